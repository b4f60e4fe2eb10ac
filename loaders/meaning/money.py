"""Amounts of money in a clause, by the figures already read or, where there are none, by what the clause prints."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from loaders.documents import Passage, Span
from loaders.facts import Figure
from loaders.words.sentences import AMOUNT

SCALE = {
    "亿元": Decimal(100_000_000),
    "万元": Decimal(10_000),
    "万": Decimal(10_000),
    "千元": Decimal(1000),
    "元": Decimal(1),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in yuan; ``start`` and ``end`` are positions in the passage, ``end`` behind the unit."""

    value: Decimal
    span: Span
    start: int
    end: int


def read_number(text: str) -> Decimal | None:
    """The value of a printed number with thousands separators or stray blanks, or None."""
    try:
        return Decimal(re.sub(r"[\s,，]", "", text))
    except InvalidOperation:
        return None


def find_amounts(passage: Passage, figures: tuple[Figure, ...]) -> list[Amount]:
    """The amounts of money that a passage states with a unit, in order.

    A figure that was read at the same place gives span and value; otherwise number and unit as printed do.
    """
    found = []
    for m in AMOUNT.finditer(passage.text):
        number = read_number(m.group(1))
        if number is None:
            continue
        span = passage.locate(m.start(1), m.start(1) + len(m.group(1).rstrip()))
        figure = figure_at(figures, span)
        if figure is not None and figure.unit == "CNY":
            found.append(Amount(figure.value, figure.span, m.start(), m.end()))
        else:
            found.append(Amount(number * SCALE[m.group(2)], span, m.start(), m.end()))
    return found


def figure_at(figures: tuple[Figure, ...], span: Span) -> Figure | None:
    """The figure stated at a span, or overlapping it; ``figures`` are in order of their start."""
    i = bisect.bisect_right(figures, span.start, key=lambda f: f.span.start) - 1
    for figure in figures[max(i, 0) : i + 2]:
        if figure.span.overlaps(span):
            return figure
    return None
