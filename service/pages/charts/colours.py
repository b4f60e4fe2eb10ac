"""Which colour a thing has: the same in every chart, and no two things of one chart the same.

There are :data:`COLOURS` colours. Terms of small vocabularies have theirs in a table. Any other thing has an order of
the colours that follows from its IRI or its words alone: it takes the first that is free, so that it has its own unless
another of the same chart has it already. A chart of more things than colours tells none of them by colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from service.pages.charts.svg import COLOURS

#: The numbers of colours of what many charts show, by the end of its IRI or its word.
_FIXED = {
    "phaseBudget": 2, "phaseAdjusted": 3, "phaseFinal": 1, "phaseTarget": 4, "phaseResult": 5,
    "verdictHolds": 5, "verdictRounding": 2, "verdictContradicted": 1, "verdictUncheckable": 8,
    "up": 1, "down": 2, "unchanged": 8,
    "figure": 3, "code": 2, "date": 4, "ordinal": 8, "reference": 5, "name": 7, "contact": 6, "criterion": 1,
}  # fmt: skip


def choose_colours(keys: Sequence[str]) -> dict[str, int]:
    """The number of a colour (1 to :data:`COLOURS`) of each thing, by its key; empty where there are too many.

    A key is an IRI, or words where a thing has none. The order of the keys does not matter.
    """
    wanted = sorted(set(keys), key=lambda key: (_name(key) not in _FIXED, key))
    if len(wanted) > COLOURS:
        return {}
    found: dict[str, int] = {}
    for key in wanted:
        found[key] = next(number for number in _prefer(key) if number not in found.values())
    return found


def _prefer(key: str) -> list[int]:
    """All colours in the order in which a thing would have them."""
    order = sorted(range(1, COLOURS + 1), key=lambda number: sha256(f"{key}\n{number}".encode()).digest())
    own = _FIXED.get(_name(key))
    return order if own is None else [own, *(number for number in order if number != own)]


def _name(key: str) -> str:
    return key.rpartition("#")[2]
