"""What a performance indicator aims at: comparator, number and unit, or a statement in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from loaders.documents import Passage
from loaders.meaning.money import read_number
from loaders.words.comparators import BEHIND, COMPARATORS
from loaders.words.numerals import read_written

#: In the cell of a target 达到 sets a floor; in a sentence it may as well tell what was reached.
SYMBOLS = COMPARATORS | {"达到": "≥"}
QUANTITY = re.compile(
    r"^\s*(?P<sign>" + "|".join(sorted(map(re.escape, SYMBOLS), key=len, reverse=True)) + r")?\s*"
    r"(?P<number>-?\d[\d,]*(?:\.\d+)?)\s*(?!年[底初末前]|月[底初末份前上中下之以])(?P<unit>[%％‰]|[\u4e00-\u9fff（）()/*·、每A-Za-z]{1,10}?)?(?P<behind>及?以[上下]|[以之]内)?\s*$"
)

#: a percentage in words, which is all that a cell says
SHARE = re.compile(
    r"^\s*(?P<sign>" + "|".join(sorted(map(re.escape, SYMBOLS), key=len, reverse=True)) + r")?\s*百分之"
    r"(?P<number>[〇零一二三四五六七八九十百两点]{1,8})\s*(?P<behind>及?以[上下]|[以之]内)?\s*$"
)


#: what counts or measures behind a number, days and months of a deadline too; 年 and 号 are of plans and of documents
COUNTERS = (
    r"[个次人名户家项件辆台套期场篇处座条份批所起宗幅块部支组只艘天日月]|(?:平方|立方)?(?:公里|米)|公顷|分钟|秒|周|季度"
    r"|[亿万千]?(?:元|千瓦时|吨|亩)"
)
#: several targets in one cell, and a number in a sentence that is compared or a share: measurable, if not one quantity
SEVERAL = re.compile(r"[；;，,、\n]\s*")
MEASURED = re.compile(
    r"(?:" + "|".join(sorted(map(re.escape, COMPARATORS), key=len, reverse=True)) + r")\s*-?\d"
    r"|\d\s*(?:[%％‰]|"
    + COUNTERS
    + r")|\d\s*[\u4e00-\u9fff]{0,4}?(?:"
    + "|".join(sorted(map(re.escape, BEHIND), key=len, reverse=True))
    + r")"
)


#: a bound that is named and no number: ≤核定人数, 不低于上年; so is a state with the sign and unit of its form: =提升无
NAMED_BOUND = re.compile(
    r"^\s*(?P<sign>"
    + "|".join(sorted(map(re.escape, COMPARATORS), key=len, reverse=True))
    + r")\s*(?P<bound>[\u4e00-\u9fff（）()“”]{2,20})$"
)
NO_UNIT = re.compile(r"(?<=..)(?<!有)无$")
#: a day or month by which something is to be done: 12月底前, 2026年6月30日前完成. It is no quantity, and not vague.
DATE = re.compile(
    r"^(?:于|在|截至|到)?(?:(?:19|20)\d{2}年度?\s*(?:\d{1,2}月(?:份|\d{1,2}日)?)?|\d{1,2}月(?:份|\d{1,2}日)?)"
    r"(?:[上中下]旬|底|末|初)?(?:之前|以前|前|之内|内|止)?(?:完成|完毕|到位)?$"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A target as printed, without comparator and unit. ``passage`` is where ``text`` stands.

    ``qualitative`` are words that name no amount; ``dated`` is a day or month by which something is to be done.
    ``printed`` is all that its cell says, with comparator and unit where these stand in it.
    """

    text: str
    passage: Passage
    comparator: str = ""
    unit: str = ""
    qualitative: bool = False
    dated: bool = False
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its comparator and its unit, each "" where none is printed."""

    comparator: str
    number: Decimal
    unit: str


def read_quantity(text: str) -> Quantity | None:
    """The one quantity that a text is, or None.

    >>> read_quantity("≥2次/年")
    Quantity(comparator='≥', number=Decimal('2'), unit='次/年')
    """
    m = QUANTITY.match(text)
    if m is None:
        return _read_share(text)
    number = read_number(m.group("number"))
    return None if number is None else Quantity(_comparator(m), number, m.group("unit") or "")


def _read_share(text: str) -> Quantity | None:
    """A percentage in words: 不低于百分之九十五."""
    m = SHARE.match(text)
    number = read_written(m.group("number")) if m is not None else None
    return None if m is None or number is None else Quantity(_comparator(m), number, "%")


def split_targets(text: str) -> list[str]:
    """The parts of a text that may state several targets: ≥2次；≥1次."""
    return [part for part in SEVERAL.split(text) if part]


def _comparator(m: re.Match[str]) -> str:
    return SYMBOLS.get(m.group("sign") or "", "") or BEHIND.get((m.group("behind") or "").removeprefix("及"), "")


def read_target(cell: Passage) -> Target:
    """The target that a cell states; words without a number are a qualitative target.

    Several quantities in one cell (≥2次；≥1次), or one in a sentence, are kept as printed, and are not qualitative; nor
    is a bound that is named and not a number (≤核定人数), or a date.
    """
    cell = cell.strip()
    if DATE.match(cell.text):
        return Target(cell.text, cell, dated=True, printed=cell.text)
    m = QUANTITY.match(cell.text)
    named = NAMED_BOUND.match(cell.text) if m is None else None
    if named is not None:
        return _named(cell, named)
    share = _read_share(cell.text) if m is None else None
    if share is not None:
        return Target(cell.text, cell, share.comparator, printed=cell.text)
    if m is None:
        parts = split_targets(cell.text)
        several = len(parts) > 1 and all(QUANTITY.match(part) for part in parts)
        vague = not several and not MEASURED.search(cell.text)
        return Target(cell.text, cell, qualitative=vague, printed=cell.text)
    number = cell.part(*m.span("number"))
    return Target(m.group("number"), number, _comparator(m), m.group("unit") or "", printed=cell.text)


def _named(cell: Passage, m: re.Match[str]) -> Target:
    """A bound that is named; what is to equal words (=提升) is a state, which is qualitative."""
    comparator, bound = COMPARATORS[m.group("sign")], cell.part(*m.span("bound"))
    if comparator != "=":
        return Target(bound.text, bound, comparator, printed=cell.text)
    unit = NO_UNIT.search(bound.text)
    state = bound.part(0, unit.start()) if unit is not None else bound
    return Target(state.text, state, comparator, qualitative=True, printed=cell.text)
