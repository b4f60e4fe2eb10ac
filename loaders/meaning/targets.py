"""What a performance indicator aims at: comparator, number and unit, or a statement in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.documents import Passage
from loaders.words.comparators import BEHIND, COMPARATORS

#: In the cell of a target 达到 sets a floor; in a sentence it may as well tell what was reached.
SYMBOLS = COMPARATORS | {"达到": "≥"}
QUANTITY = re.compile(
    r"^\s*(?P<sign>" + "|".join(sorted(map(re.escape, SYMBOLS), key=len, reverse=True)) + r")?\s*"
    r"(?P<number>-?\d[\d,]*(?:\.\d+)?)\s*(?P<unit>[%％‰]|[\u4e00-\u9fff（）()/*·每A-Za-z]{1,10}?)?(?P<behind>及?以[上下]|[以之]内)?\s*$"
)


#: several targets in one cell, and a number in a sentence that is compared or a share: measurable, if not one quantity
SEVERAL = re.compile(r"[；;，,、\n]\s*")
MEASURED = re.compile(
    r"(?:" + "|".join(sorted(map(re.escape, COMPARATORS), key=len, reverse=True)) + r")\s*-?\d"
    r"|\d\s*[%％‰]|\d\s*[\u4e00-\u9fff]{0,4}?(?:"
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
    """

    text: str
    passage: Passage
    comparator: str = ""
    unit: str = ""
    qualitative: bool = False
    dated: bool = False


def read_target(cell: Passage) -> Target:
    """The target that a cell states; words without a number are a qualitative target.

    Several quantities in one cell (≥2次；≥1次), or one in a sentence, are kept as printed, and are not qualitative; nor
    is a bound that is named and not a number (≤核定人数), or a date.
    """
    cell = cell.strip()
    if DATE.match(cell.text):
        return Target(cell.text, cell, dated=True)
    m = QUANTITY.match(cell.text)
    named = NAMED_BOUND.match(cell.text) if m is None else None
    if named is not None:
        return _named(cell, named)
    if m is None:
        parts = [part for part in SEVERAL.split(cell.text) if part]
        several = len(parts) > 1 and all(QUANTITY.match(part) for part in parts)
        return Target(cell.text, cell, qualitative=not several and not MEASURED.search(cell.text))
    comparator = SYMBOLS.get(m.group("sign") or "", "") or BEHIND.get((m.group("behind") or "").removeprefix("及"), "")
    return Target(m.group("number"), cell.part(*m.span("number")), comparator, m.group("unit") or "")


def _named(cell: Passage, m: re.Match[str]) -> Target:
    """A bound that is named; what is to equal words (=提升) is a state, which is qualitative."""
    comparator, bound = COMPARATORS[m.group("sign")], cell.part(*m.span("bound"))
    if comparator != "=":
        return Target(bound.text, bound, comparator)
    unit = NO_UNIT.search(bound.text)
    state = bound.part(0, unit.start()) if unit is not None else bound
    return Target(state.text, state, comparator, qualitative=True)
