"""Parts that a document of its kind should have and lacks, with the source's own explanation where it gives one.

Where the source has the part and nothing was read from it, no absence is claimed: then the shapes find a violation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.documents import Document, Span
from loaders.facts import Absence, Division, DocumentKind, Duty, Figure
from loaders.words.numbering import tidied
from loaders.words.numerals import TEN

#: part -> the words by which a document announces it
SIGNS = {
    "duties": re.compile(r"(?:主要|部门|单位|机构|工作)?(?:职能|职责)(?:情况|职责|是|：|:|$|(?:及|和)(?:内设)?机构)"),
    "divisions": re.compile(
        r"内设(?:机构|处室|科室|部门)|(?:职责|职能)(?:及|和)机构设置|下设[\u4e00-\u9fff（）]{0,12}(?:处|科|部|室)"
    ),
    "totals": re.compile(r"(?:收入|支出|收支)(?:预算|决算)?(?:总计|合计|总额)|收支总表"),
    "indicators": re.compile(r"[一二三]级指标|绩效指标|指标值"),
}
#: where running text states a part itself, without a heading: 设内科、外科2个临床科室
STATED = {
    "divisions": re.compile(
        rf"设(?:有|立|置)?[^。；]{{0,80}}?[\d{TEN}两]+个[^，。；、]{{0,8}}?(?:科室|处室|股室|内设机构|部门)"
        # a number says that there are some: 包括32个机关行政科室, 12个机关行政处（科、股）室
        rf"|[\d{TEN}两]+\s*个\s*(?:机关)?(?:行政|内设|职能)(?:机构|处室|科室|股室|处（科、股）室)"
    )
}
#: what a document says in place of a part: it is secret, elsewhere, or there is none
WITHHELD = re.compile(r"涉密|不予公开|不公开|另行公开|保密")
ELSEWHERE = re.compile(r"(?:详?见|另附)[^，。]{0,12}(?:附件|附表|附后|下表|网站|公开表)|附件")
#: tables that a list of contents names, and the line behind the text that says where they are
LISTED = {"indicators": re.compile(r"^[^，。；：]*绩效目标表"), "totals": re.compile(r"^[^，。；：]*收支(?:预算)?总表")}
ANNEX = re.compile(r"^附件\s*[:：].{0,40}(?:报表|预算表|决算表|公开表)")
NONE = re.compile(r"(?:无|没有|未设|不设)(?:独立)?(?:内设|下设)|不涉及|无此项")
#: which parts each kind has
EXPECTED: dict[DocumentKind, tuple[str, ...]] = {
    "budget": ("duties", "divisions", "totals", "indicators"),
    "accounts": ("duties", "divisions", "totals", "indicators"),
    "evaluation": ("duties", "divisions", "totals", "indicators"),
    "unknown": (),
}
NAMES = {"duties": "职责", "divisions": "内设机构", "totals": "收支合计", "indicators": "绩效指标"}


def find_absences(
    document: Document,
    kind: DocumentKind,
    duties: tuple[Duty, ...],
    divisions: tuple[Division, ...],
    indicators: Sequence[object],
    figures: tuple[Figure, ...],
) -> tuple[Absence, ...]:
    """The parts of which nothing was read and which the source explains, or does not have at all.

    ``figures`` tell whether there are amounts; ``indicators`` are indicators and scored items, whichever there are.
    """
    present = {
        "duties": bool(duties),
        "divisions": bool(divisions),
        "totals": any(f.unit == "CNY" or f.has_open_unit for f in figures),
        "indicators": bool(indicators),
    }
    return tuple(a for part in EXPECTED[kind] if not present[part] for a in _explain(document, part))


def _explain(document: Document, part: str) -> list[Absence]:
    """The explanation for a missing part, or nothing if the source has it."""
    sign = SIGNS[part]
    announced: Span | None = None
    blocks = list(document.blocks)
    for i, block in enumerate(blocks):
        text = tidied(block).text if block.table is None else re.sub(r"\s", "", block.passage.text)
        if part in STATED and block.table is None and STATED[part].search(text):
            return []
        if not sign.search(text) or re.search(r"[.．…·]{3}", text):
            continue
        following = tidied(blocks[i + 1]).text if i + 1 < len(blocks) and blocks[i + 1].table is None else ""
        here = text if len(text) > 40 else text + following
        for pattern, en, zh in (
            (WITHHELD, "the source withholds this part", "原文说明该部分不予公开"),
            (NONE, "the source says that there is none", "原文说明没有"),
            (ELSEWHERE, "the source refers to an annex", "原文说明见附件"),
        ):
            if pattern.search(here[:300]) and len(here) < 400:
                where = blocks[i + 1].span if following and not pattern.search(text) else block.span
                return [_make(part, where, en, zh)]
        if block.table is not None or len(text) <= 40 or part != "duties":
            announced = announced or _governs(blocks, i)
    if announced is not None:
        return []
    annex = _annexed(document, part)
    if annex is not None:
        return [_make(part, annex, "the source refers to an annex", "原文说明见附件")]
    return [_make(part, None, "the published file has no such part", "公开的文件没有这一部分")]


def _annexed(document: Document, part: str) -> Span | None:
    """The line that gives the tables as an annex, where the part is listed among tables that are not in the text."""
    listed = LISTED.get(part)
    if listed is None or not any(b.table is None and listed.search(tidied(b).text) for b in document.blocks):
        return None
    return next((b.span for b in document.blocks if b.table is None and ANNEX.match(tidied(b).text)), None)


def _governs(blocks: list, index: int) -> Span | None:  # type: ignore[type-arg]
    """Where an announcement has something behind it: not a line of a table of contents, or of a list of annexes."""
    block = blocks[index]
    if block.table is not None:
        # a form left blank has a header and no rows
        filled = sum(1 for c in block.table.cells() if c.text.strip())
        return block.span if filled > 24 else None
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    if following is None or following.kind == "heading":
        return None
    return block.span if len(following.passage.text) > 20 else None


def _make(part: str, span: Span | None, en: str, zh: str) -> Absence:
    return Absence(part, span, en, f"{zh}（{NAMES[part]}）")  # type: ignore[arg-type]
