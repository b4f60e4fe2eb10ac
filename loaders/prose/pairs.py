"""Numbers told together of items told together: 收、支总计各是 3.5，4.5 万元; 购置数及保有量分别为 1 辆和 7 辆.

The first number is of the first item, the second of the second; a unit printed once is that of all, and so is the verb in
front (各减少). Where items and numbers are not equally many, nothing is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.prose.labels import name_item

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_UNIT = r"(?:[亿万千百]*元|个?百分点|[%％]|[亿万]?(?:人次|批次|[辆个人次批台套家项名户件亩起宗例处座条所场份篇册]|公里|平方米|吨))?"
_TOGETHER = re.compile(
    r"(?P<items>[^，。；：:;\n\d]{0,60}?)(?P<word>各自?|分别)(?:为|是|达|计|有|约|共|净?增加|净?减少|增长|下降|上升|降低|压减|提高|了)*\s*"
    rf"(?P<numbers>{_NUMBER}\s*{_UNIT}(?:\s*(?:[，、和及与]|以及)\s*{_NUMBER}\s*{_UNIT})+)"
)
_Y = r"(?:19|20)\d{2}"
#: One item of several years: 2021 年、2022 年分别安排资金 3 万元、4 万元; 2021—2023 年预算分别为….
_OF_YEARS = re.compile(
    rf"(?<!\d)(?P<years>{_Y}\s*年?度?(?:\s*(?:[、和及与至到]|[-—–~～]+)\s*{_Y}\s*年?度?)+(?<=[年度]))(?P<items>[^，。；：:;\n\d]{{0,40}}?)"
    rf"(?:各自?|分别)(?P<behind>[^，。；：:;\n\d]{{0,12}}?)(?P<numbers>{_NUMBER}\s*{_UNIT}(?:\s*(?:[，、和及与]|以及)\s*{_NUMBER}\s*{_UNIT})+)"
)
_RANGE = re.compile(r"[至到\-—–~～]")
_ONE = re.compile(_NUMBER)
_COMPARED = re.compile(r"\s*(?:[较比与同]|相比)")
#: A clause that tells one number.
_CLAUSE = re.compile(rf"(?P<item>[^\d]{{2,40}}?)\s*{_NUMBER}\s*[\u4e00-\u9fff%％]{{1,4}}\s*")
_BETWEEN = re.compile(r"、|和|及|与")
#: Both sides at once: 收、支总计, 财政拨款收入和支出合计.
_BOTH_SIDES = re.compile(r"(?P<fund>财政拨款)?(?:本年)?收入?[、和及与]?支出?(?P<sum>总计|合计|总额|决算|预算)数?$")
#: What the second item leaves out: 公务用车购置数及保有量.
_HEADS = ("公务用车", "国（境）外公务接待", "国内公务接待", "公务接待", "因公出国（境）", "因公出国(境)")
#: What the first item leaves out: 教育、卫生支出.
_ENDS = re.compile(r"(?:支出|收入|经费|总计|合计)$")


@dataclass(frozen=True, slots=True)
class Member:
    """One of several numbers told together: what it is of, where the first of them begins and the last ends.

    ``year`` is told where they are of several years.
    """

    label: str
    first: int
    end: int
    year: int | None = None


def find_pairs(text: str) -> dict[int, Member]:
    """The numbers of ``text`` that are told together, by where each begins."""
    found: dict[int, Member] = {}
    labels: list[str] = []
    if "各" not in text and "分别" not in text:
        return found
    for match in _OF_YEARS.finditer(text):
        found.update(_pair_years(match))
    for match in _TOGETHER.finditer(text):
        numbers = [m.span() for m in _ONE.finditer(text, *match.span("numbers"))]
        own = _split(match.group("items"))
        if own:
            labels = own
        elif not name_item(match.group("items")):
            labels = _told_before(text, match.start(), len(numbers)) or labels
        elif not labels:
            continue
        if len(labels) != len(numbers):
            continue
        for (start, _), label in zip(numbers, labels, strict=True):
            found.setdefault(start, Member(label, numbers[0][0], numbers[-1][1]))
    return found


def _pair_years(match: re.Match[str]) -> dict[int, Member]:
    """The numbers of one item of several years, each with its year; none where they are not equally many."""
    years = [int(year) for year in re.findall(_Y, match.group("years"))]
    if len(years) == 2 and _RANGE.search(match.group("years")):
        years = list(range(years[0], years[1] + 1))
    numbers = [m.span() for m in _ONE.finditer(match.string, *match.span("numbers"))]
    name = name_item(match.group("items")) or name_item(match.group("behind"))
    if len(years) != len(numbers):
        return {}
    first, end = numbers[0][0], numbers[-1][1]
    return {start: Member(name.label, first, end, year) for (start, _), year in zip(numbers, years, strict=True)}


def _told_before(text: str, at: int, count: int) -> list[str]:
    """The items of the last ``count`` clauses of the sentence before ``at``, if each tells one number: 事故 11 起，死亡 3 人，."""
    sentence = text[max(text.rfind(stop, 0, at) for stop in "。；\n") + 1 : at]
    clauses = [c for c in re.split(r"[，,、：:]", sentence) if c.strip() and not _COMPARED.match(c)][-count:]
    told = [_CLAUSE.fullmatch(clause) for clause in clauses]
    names = [name_item(clause.group("item")).label for clause in told if clause]
    return names if len(names) == count and all(names) else []


def _split(words: str) -> list[str]:
    """The items that the words before 各 or 分别 name, whole; none if they are not several."""
    sides = _BOTH_SIDES.search(words)
    if sides:
        fund, total = sides.group("fund") or "", sides.group("sum")
        return [f"{fund}收入{total}", f"{fund}支出{total}"]
    items = _BETWEEN.split(re.sub(r"^\s*年度?", "", words).strip())
    if len(items) < 2:
        return []
    head = next((h for h in _HEADS if h in items[0]), "")
    tail = _ENDS.search(items[-1])
    whole = [items[0], *(item if head in item else head + item for item in items[1:])]
    if tail:
        whole = [item if _ENDS.search(item) or item.endswith("费") else item + tail.group() for item in whole]
    names = [name_item(item) for item in whole]
    return [name.label for name in names] if all(name and not name.weak for name in names) else []
