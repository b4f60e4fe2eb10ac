"""One statement of a quantity: where the document says how much of what, in which scope."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from loaders.documents import Span

#: What an amount comprises: all funds of the office, fiscal appropriations of all kinds, the general public budget, the
#: basic or the project expenditure out of it; "" where the item itself says it.
Scope = Literal["all", "fiscal", "general", "basic", "project", "state", "government", ""]
#: Where it stands: a table, running text, or words that say there is none.
Source = Literal["table", "prose", "nil"]


@dataclass(frozen=True, slots=True)
class Statement:
    """``value`` is in the item's unit, money in yuan; ``precision`` half of its last place, in that unit.

    ``place`` is the index of the block that states it, ``rank`` how directly its form states it (1 is best). ``sure``
    tells whether the row is the office's by its own words. ``spans`` are the numbers added up, of one line mostly.
    ``date`` is the year and month as of which something is counted, if the sentence says so (0 for its beginning).
    """

    item: str
    value: Decimal
    precision: Decimal
    spans: tuple[Span, ...]
    source: Source
    place: int
    rank: int = 1
    scope: Scope = ""
    year: int | None = None
    phase: str = ""
    sure: bool = True
    date: tuple[int, int] | None = None

    @property
    def span(self) -> Span:
        """The first of the numbers that state it."""
        return self.spans[0]

    def agrees(self, other: Statement) -> bool:
        """Whether the two are one amount within the rounding of both."""
        return abs(self.value - other.value) <= self.precision + other.precision
