"""Checks of numbers of things: stated twice, against the list beside them, and projects against their money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from loaders.documents import Span
from loaders.facts import Finding, Verdict
from loaders.reconcile.judging import Judge, excuse, show
from loaders.reconcile.mentions import Mention, Paragraph
from loaders.reconcile.obstacles import Statement
from loaders.reconcile.same import Quantity
from loaders.words.numerals import TEN, read_numeral

_TARGETS = re.compile(r"(?:项目)(?:支出)?绩效目标(?:申报)?(?:表)?")
_COUNT = rf"(?P<count>\d{{1,2}}|[{TEN}两]{{1,3}})个"
_COUNT_AGAIN = _COUNT.replace("<count>", "<count_again>")
_AFTER = re.compile(
    rf"(?:(?:设|内设|下设)(?:有)?{_COUNT}(?:内设)?(?:机构|处室|科室|职能处室)|(?:内设机构|下设机构|内设处室)(?:共)?(?:有)?{_COUNT_AGAIN})[，,：:]?(?:分别(?:是|为)|包括|即|为)?[:：，]?(?P<list>[^。；]+)"
)
_BEFORE = re.compile(
    rf"(?:内设|下设|内设机构包括|内设机构)[:：]?(?:有|为|包括)?[:：]?(?P<list>[^。；，]*?(?:处|科|室|[)）]))等?{_COUNT}(?:内设)?(?:机构|处室|科室|职能处室)"
)
_MEMBER = re.compile(r"(?:处|科|室|办|部|中心|委员会|局|组|队|所|会)(?:[（(][^）)]*[）)])?$")
_ANOTHER = re.compile(r"^另|按规定|派驻|等[\d一二三四五六七八九十两]+个")
_MANAGED = re.compile(
    r"(?:绩效目标管理|绩效管理|绩效评价|绩效自评)[^。；]{0,12}项目[^。；]{0,6}?(?:\d+个)?[，,]?(?:共)?涉及(?:[\u4e00-\u9fff]{0,6})?(?:资金|金额)(?:共)?(?:为)?$"
)


def check_counts(
    paragraphs: Sequence[Paragraph], tables: dict[Quantity, list[Statement]], judge: Judge
) -> Iterator[Finding]:
    """Findings of ``count-stated``, ``count-listed`` and ``projects-within``."""
    yield from _check_targets(paragraphs, judge)
    for paragraph in paragraphs:
        yield from _check_divisions(paragraph, judge)
    yield from _check_managed(paragraphs, tables, judge)


def _check_targets(paragraphs: Sequence[Paragraph], judge: Judge) -> Iterator[Finding]:
    """The number of projects' targets that were drawn up, stated in two places."""
    found: list[Mention] = []
    for paragraph in paragraphs:
        for mention in paragraph.mentions:
            figure = mention.figure
            if (
                figure.unit == "ITEM"
                and figure.aspect == "level"
                and re.match(r"(?:一级|二级)?(?:预算)?" + _TARGETS.pattern, mention.after)
            ):
                found.append(mention)
    for other in found[1:]:
        first = found[0]
        if other.figure.fiscal_year != first.figure.fiscal_year:
            continue
        verdict: Verdict = "holds" if first.figure.value == other.figure.value else "contradicted"
        yield judge.statement(
            "count-stated",
            "counts-agree" if verdict == "holds" else "counts-differ",
            first.figure.stated,
            other.figure.stated,
            verdict,
            [first.figure, other.figure],
            item="项目支出绩效目标",
            numbers=(first.figure.value, other.figure.value),
        )


def _check_divisions(paragraph: Paragraph, judge: Judge) -> Iterator[Finding]:
    """内设 N 个处室 against the names beside it."""
    for match in (*_AFTER.finditer(paragraph.text), *_BEFORE.finditer(paragraph.text)):
        groups = match.groupdict()
        count = next((v for k, v in groups.items() if k.startswith("count") and v), "")
        names = _split(groups["list"])
        if any(_ANOTHER.search(n) for n in names):
            continue  # bodies beside those that are counted
        members = [n for n in names if _MEMBER.search(n)]
        if len(members) < 2 or len(members) != len(names) or not count:
            continue
        stated = read_numeral(count)
        verdict: Verdict = "holds" if stated == len(members) else "contradicted"
        figures = [
            m.figure for m in paragraph.mentions if match.start() <= m.start < match.end() and m.figure.unit == "ITEM"
        ][:1]
        place = (paragraph.offsets[match.start()], paragraph.offsets[match.end() - 1] + 1)
        yield judge.statement(
            "count-listed",
            "count-is-of-list" if verdict == "holds" else "count-is-not-of-list",
            str(stated),
            str(len(members)),
            verdict,
            figures,
            [Span(*place)],
            item="内设机构",
            values={"names": "、".join(members)},
            numbers=(Decimal(stated), Decimal(len(members))),
        )


def _split(text: str) -> list[str]:
    """The members of a list, with 、 inside brackets left alone."""
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char in "（(") - (char in "）)")
        if char in "、，,和及" and depth <= 0 and (char not in "和及" or _MEMBER.search(current)):
            parts.append(current)
            current = ""
        else:
            current += char
    parts.append(current)
    return [p.strip() for p in parts if p.strip()]


def _check_managed(
    paragraphs: Sequence[Paragraph], tables: dict[Quantity, list[Statement]], judge: Judge
) -> Iterator[Finding]:
    """Projects under performance management, N of them with an amount, are part of all project expenditure."""
    wholes = [
        s
        for q, statements in tables.items()
        if (q.flow, q.fund, q.part, q.item) == ("expenditure", "all", "project", "total")
        for s in statements
    ]
    if not wholes:
        return
    for paragraph in paragraphs:
        for mention in paragraph.levels():
            text = paragraph.text[: mention.start].rsplit("。", 1)[-1]
            if not _MANAGED.search(text) or "整体支出" in text:
                continue
            same = [
                s.figure
                for s in wholes
                if s.figure.fiscal_year == mention.figure.fiscal_year and s.figure.phase == mention.figure.phase
            ]
            if not same:
                continue
            whole = max(same, key=lambda f: f.value)
            finding = judge.within("projects-within", f"绩效目标管理项目 {show(mention.figure)}", mention.figure, whole)
            if finding.verdict == "contradicted" and not _PHASE.search(mention.clause):
                finding = excuse(finding, "phases-may-differ")
            yield finding


#: Words that say whether money was planned or spent; 涉及资金 is either.
_PHASE = re.compile(r"预算|决算|支出|执行")
