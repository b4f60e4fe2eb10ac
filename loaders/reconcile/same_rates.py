"""Checks of one rate or score stated twice, where both are known to be of one project, or of the whole office."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loaders.facts import Finding
from loaders.reconcile.judging import Judge, Term, excuse
from loaders.reconcile.lists import style_of
from loaders.reconcile.mentions import Mention, Paragraph

_RATE = re.compile(r"([\u4e00-\u9fff“”]{0,16}(?:满意度|[\u4e00-\u9fff]率))(?:得分|评分)?(?:为|是|达到|达|约)?$")
_BOUND = re.compile(r"^(?:\\)?%?(?:及)?(?:以上|以内|以下|左右)")
#: A rate of a part of the year, an average, a bound: none is the rate of the year.
_OTHER_TIME = re.compile(r"季度|半年|截至|\d月|月底|[≤≥<>＜＞]|平均")
_LEAD = re.compile(r"^.*(?:年度|年|我办|我局|我单位|本单位|本部门|部门)")
#: What a project's own paragraph, item or heading calls it.
_PROJECT = re.compile(
    r"(?P<name>[^，。；：:、（）()]{2,40}?(?:项目|专项|工程|经费|资金|课题|政策|补助|补贴))(?:支出)?(?:的)?(?:绩效)?"
    r"(?:自评|评价|目标)?(?:综述|情况|结果|报告|完成情况)?(?:[：:，。]|$)"
)
_ORDINAL = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]+")
#: The projects as a whole, or the document's own words for what it evaluates, are no one project.
_NO_PROJECT = re.compile(
    r"^(?:各|所有|全部|本|该|上述|以上|\d+|[一二三四五六七八九十]+)?个?(?:二级|一级|预算)*(?:项目|专项|经费|资金)$"
)
_WHOLE = re.compile(
    r"我(?:办|局|委|厅|处|院|校|站|所|队|馆|中心|单位|部门|区|县|市|镇|乡|街道)|本(?:办|局|委|厅|院|校|站|所|中心|单位|部门)|整体支出|部门整体|单位整体"
)
#: A name that bears so many values is that of several things.
_SEVERAL = 3


@dataclass(frozen=True)
class _Rate:
    """A stated rate with its name and of whom it is: a project's name, "office", or "" where that is not said."""

    name: str
    mention: Mention
    owner: str


def check_same_rates(paragraphs: Sequence[Paragraph], judge: Judge) -> Iterator[Finding]:
    """Findings of ``same-rate``: the same named rate or score in two paragraphs, whether as 分 or as %."""
    rates = list(_rates(paragraphs))
    doubtful: set[str] = set()
    for i, first in enumerate(rates):
        for second in rates[i + 1 :]:
            if second.mention.paragraph is first.mention.paragraph or not _is_same_name(first, second):
                continue
            one, two = first.mention.figure, second.mention.figure
            if one.fiscal_year != two.fiscal_year or (one.phase and two.phase and one.phase != two.phase):
                continue
            if first.owner and second.owner and first.owner != second.owner:
                continue  # rates of two projects
            finding = judge.compare("same-rate", first.name, [Term(one)], [Term(two)], same=True)
            if first.owner and second.owner and not _is_of_several(first.name, rates):
                yield finding
            elif finding.verdict == "contradicted" and first.name not in doubtful:
                doubtful.add(first.name)
                yield excuse(finding, "owner-is-not-plain")


def _rates(paragraphs: Sequence[Paragraph]) -> Iterator[_Rate]:
    for at, paragraph in enumerate(paragraphs):
        for mention in paragraph.mentions:
            figure = mention.figure
            if figure.unit not in ("PERCENT", "SCORE") or figure.aspect not in ("level", "score") or figure.comparator:
                continue
            match = _RATE.search(mention.clause)
            if match is None or _BOUND.match(mention.after):
                continue
            if _OTHER_TIME.search(mention.clause + mention.after[:3]):
                continue
            yield _Rate(_LEAD.sub("", match.group(1)), mention, _owner(paragraphs, at, mention))


def _owner(paragraphs: Sequence[Paragraph], at: int, mention: Mention) -> str:
    """Of which project a rate is, by its paragraph, the item that it belongs to, or the heading; else of the office."""
    own = paragraphs[at]
    texts = [own.text[: mention.start], *_lead_of(paragraphs, at), *reversed(own.section)]
    for text in texts:
        names = [_bare(m.group("name")) for m in _PROJECT.finditer(_ORDINAL.sub("", text))]
        names = [n for n in names if not _NO_PROJECT.match(n) and not _WHOLE.search(n)]
        if names:
            return names[-1]
    if "项目" in own.text[: mention.start].rsplit("。", 1)[-1]:
        return ""
    return "office" if _WHOLE.search("".join([own.text, *own.section])) else ""


def _bare(name: str) -> str:
    return re.sub(r"[“”\"《》]|^(?:其中|关于|对|我[办局委院])|\d{4}年度?", "", name)


def _lead_of(paragraphs: Sequence[Paragraph], at: int) -> Iterator[str]:
    """The paragraph that begins the numbered item in which another stands."""
    if style_of(paragraphs[at].text):
        return
    for paragraph in reversed(paragraphs[max(0, at - 8) : at]):
        if paragraph.section != paragraphs[at].section:
            return
        if style_of(paragraph.text):
            yield paragraph.text
            return


def _is_same_name(first: _Rate, second: _Rate) -> bool:
    """Equal names, or a short one in a sentence that gives the long one too."""
    one, two = first.name, second.name
    if one == two:
        return len(one) >= 4
    long, short, mention = (one, two, second.mention) if len(one) > len(two) else (two, one, first.mention)
    sentence = mention.paragraph.text.split("。")[mention.sentence]
    return bool(short) and long.endswith(short) and long in sentence


def _is_of_several(name: str, rates: Sequence[_Rate]) -> bool:
    return len({r.mention.figure.value for r in rates if r.name == name}) >= _SEVERAL
