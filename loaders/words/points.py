"""Points told together: the most that may be had, and what was had.

In brackets behind what they are of (投入（20分，自评得分18分）), or in one cell (10/9.5 under 分值/得分; 分值：10 得分：9.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.words.numerals import TEN

_NUMBER = r"\d{1,3}(?:\.\d+)?"
_BRACKETED = re.compile(
    rf"(?:^|(?<=[。；;：:\s])|(?<=\d[.．、])|(?=(?:产出|成本|效益|满意度)指标\s*[（(]))(?:[{TEN}]{{1,3}}、|[（(][{TEN}\d]{{1,3}}[）)])?\s*"
    r"(?P<name>[\u4e00-\u9fff][\u4e00-\u9fff、“”\"]{1,23}?)\s*[（(]\s*(?:满分|分值|权重)?[:：为]?\s*"
    rf"(?P<maximum>{_NUMBER})\s*分"
    rf"(?:\s*[，,;；、]\s*(?:实际|自评|评价|考核|最终)*(?:得分|评分|得)[:：为]?\s*(?P<score>{_NUMBER})\s*分)?\s*[）)]"
)
#: Alone in brackets behind these stands what was reached: 自评等级为优（96分）.
_REACHED = re.compile(r"得分|评分|自评|等[级次]|结果|评[为定价]|总分|[优良中差]秀?好?$")

#: The words for the most that may be had, and for what was had.
MOST, HAD = r"(?:指标|参考|标准)?(?:分值|满分|权重|标准分)", r"(?:自评|实际|评价|考核)?(?:得分|评分)"
#: A header over both: 分值/得分, 分值（得分）, 得分及分值.
_HEAD = re.compile(
    rf"(?:^|[|])(?:(?P<most_first>{MOST})|{HAD})[\s/／|、及和与-]*[（(]?\s*(?(most_first){HAD}|{MOST})\s*[)）]?(?:[（(]分[)）])?$"
)
_PAIR = re.compile(rf"\s*(?P<first>{_NUMBER})\s*分?\s*(?:[/／|｜\n]|[（(])\s*(?P<second>{_NUMBER})\s*分?\s*[)）]?\s*")
_NAMED_PAIR = re.compile(
    rf"\s*(?:(?P<most_first>{MOST})|{HAD})\s*[:：为]?\s*(?P<first>{_NUMBER})\s*分?[\s,，;；、/／]*"
    rf"(?(most_first){HAD}|{MOST})\s*[:：为]?\s*(?P<second>{_NUMBER})\s*分?\s*"
)


def heads_pairs(head: str) -> bool:
    """Whether a header stands over both kinds of points: 分值/得分.

    >>> [heads_pairs(head) for head in ("分值/得分", "权重（自评得分）", "分值", "得分")]
    [True, True, False, False]
    """
    return _HEAD.search(head) is not None


def split_pair(text: str, head: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where a cell states the most that may be had and what was had; None if it does not, or not which is which.

    Two bare numbers are in the order of the words of their header. That is not believed where more was had than may be.

    >>> [split_pair(*cell) for cell in (("10/9.5", "分值/得分"), ("得分：9 分值：10", ""), ("9/10", "分值/得分"))]
    [((0, 2), (3, 6)), ((8, 10), (3, 4)), None]
    """
    named = _NAMED_PAIR.fullmatch(text)
    ordered, found = (named, named) if named is not None else (_HEAD.search(head), _PAIR.fullmatch(text))
    if ordered is None or found is None:
        return None
    most, had = ("first", "second") if ordered["most_first"] else ("second", "first")
    if float(found[had]) > float(found[most]):
        return None
    return found.span(most), found.span(had)


@dataclass(frozen=True, slots=True)
class Points:
    """Where a text names what has points, the most it may have, and what it had (None where that is not said)."""

    name: tuple[int, int]
    maximum: tuple[int, int]
    score: tuple[int, int] | None


def find_points(text: str) -> Iterator[Points]:
    """The points that stand in brackets behind the name of what they are of, at the beginning of a sentence or heading.

    >>> [text[slice(*p.name)] for text in ["（一）项目立项（8分，自评得分7.5分）"] for p in find_points(text)]
    ['项目立项']
    """
    for m in _BRACKETED.finditer(text):
        if m["score"] is None and _REACHED.search(m["name"]):
            continue
        yield Points(m.span("name"), m.span("maximum"), m.span("score") if m["score"] else None)
