"""Facets of a result: the different values of a column, with how many rows each has, to narrow the result by.

A count is that of the rows which pass everything else that the reader asked for, so that it is what a click gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.queries.answers import Row, Table
from service.queries.query import Column
from service.queries.results import View, choose_rows, sort_values

#: How many facets a page offers, how many values of each, and how long values may be on average, in characters.
_MOST_FACETS, _MOST_VALUES, _LONGEST = 6, 100, 28
#: So few values are offered even where most rows have one of their own.
_FEW = 3
#: Of how many values, at most, a row may have one of its own.
_SHARED = 0.7


@dataclass(frozen=True)
class FacetValue:
    """A value ("" for none): the number of its rows, whether it is chosen, and all of ``_only`` after a click on it."""

    text: str
    count: int
    chosen: bool
    only: tuple[str, ...]


@dataclass(frozen=True)
class Facet:
    """A column with its values, the most frequent first, years in their order; ``left_out`` more are not listed."""

    column: Column
    values: tuple[FacetValue, ...]
    left_out: int

    @property
    def chosen(self) -> int:
        """How many of its values are chosen."""
        return sum(v.chosen for v in self.values)


def list_facets(table: Table, columns: Sequence[Column], view: View) -> list[Facet]:
    """The facets of those columns whose values are few and short enough to choose from, and of those chosen already."""
    found = []
    for column in columns:
        chosen = [value for name, value in view.only if name == column.name]
        if not chosen and not _divides(table.rows, column):
            continue
        others = replace(view, only=tuple(pair for pair in view.only if pair[0] != column.name))
        found.append(_make_facet(choose_rows(table.rows, others), column, chosen, view))
    return [f for number, f in enumerate(found) if number < _MOST_FACETS or f.chosen]


def _divides(rows: Sequence[Row], column: Column) -> bool:
    """Whether a column's values tell groups of rows apart: several, short, not another one in nearly each row."""
    if column.numeric:
        return False
    values = [row[column.name] for row in rows if column.name in row]
    different = {v.text for v in values}
    if any(v.is_iri for v in values) or not 1 < len(different) <= max(_FEW, _SHARED * len(values)):
        return False
    return sum(map(len, different)) / len(different) <= _LONGEST


def _make_facet(rows: Sequence[Row], column: Column, chosen: Sequence[str], view: View) -> Facet:
    counts: dict[str, int] = dict.fromkeys(chosen, 0)
    for row in rows:
        text = row[column.name].text if column.name in row else ""
        counts[text] = counts.get(text, 0) + 1
    order = sort_values(rows, column.name)
    ranks = {text: rank for rank, text in enumerate(order)}
    if not all(text.isdigit() for text in order):
        order.sort(key=lambda text: (-counts[text], ranks[text]))
    # What is chosen stands first, so that it can be taken back; what has no value stands last.
    texts = [*chosen, *(t for t in [*order, ""] if t in counts and t not in chosen)]
    asked = [f"{name}:{value}" for name, value in view.only]

    def toggle(text: str) -> tuple[str, ...]:
        own = f"{column.name}:{text}"
        return tuple(a for a in asked if a != own) if own in asked else (*asked, own)

    values = tuple(FacetValue(t, counts[t], t in chosen, toggle(t)) for t in texts[:_MOST_VALUES])
    return Facet(column, values, max(0, len(texts) - _MOST_VALUES))
