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


@dataclass(frozen=True, slots=True)
class Target:
    """A target as printed, without comparator and unit. ``passage`` is where ``text`` stands."""

    text: str
    passage: Passage
    comparator: str = ""
    unit: str = ""
    qualitative: bool = False


def read_target(cell: Passage) -> Target:
    """The target that a cell states; words without a number are a qualitative target."""
    cell = cell.strip()
    m = QUANTITY.match(cell.text)
    if m is None:
        return Target(cell.text, cell, qualitative=True)
    comparator = SYMBOLS.get(m.group("sign") or "", "") or BEHIND.get((m.group("behind") or "").removeprefix("及"), "")
    return Target(m.group("number"), cell.part(*m.span("number")), comparator, m.group("unit") or "")
