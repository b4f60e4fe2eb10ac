"""One value of each standard quantity for an office, year and phase, taken from the sheets of all its documents.

A document's sheet has at most one value of a quantity and phase (``gk:StandardValue``); two documents may give two.
One is taken: of a document of the kind that the phase belongs to, then of one of the whole department, then of one
about that very year, then the better borne out, then that of the newest document.

A value in the scope that the quantity means (``Item.scopes``) and one of less money (the general public budget where
all funds are meant) never stand under one property: the first is ``whole``, the others are told apart by their scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from pyoxigraph import NamedNode, QuerySolutions, Store, Variable

from loaders.graph.internal import read_internal
from loaders.graph.iris import Iris
from loaders.quantities.items import ITEMS

_ITEMS = {item.id: item for item in ITEMS}
#: The kind of document that an amount of each phase belongs to.
_KINDS = {
    "phaseBudget": ("kindBudget",),
    "phaseAdjusted": ("kindAccounts",),
    "phaseFinal": ("kindAccounts",),
    "phaseTarget": ("kindEvaluation",),
    "phaseResult": ("kindEvaluation",),
}
_LEVELS = {"department": 2, "": 1, "unit": 0}
_DEGREES = {"degreeProved": 2, "degreeStated": 1, "degreeContradicted": 0}
_UNSTATED = "scopeUnstated"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Value:
    """An accepted value of one document. ``phase`` and ``scope`` are names of terms, "" for counts."""

    node: NamedNode
    document: NamedNode
    item: str
    agency: NamedNode
    year: int
    phase: str
    scope: str
    degree: str
    number: Decimal
    unit: str
    rank: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class QuantityRollUp:
    """The value that stands for an office. ``kind`` is whole, scoped or count.

    ``people`` are those in post; ``plan`` is, for what was spent, what was budgeted of the same quantity and year.
    """

    value: Value
    kind: str
    people: Value | None = None
    plan: Value | None = None

    @property
    def per_head(self) -> Decimal | None:
        """Yuan for each person in post, rounded to hundredths; None where nobody is, or nobody knows."""
        if self.people is None or not self.people.number:
            return None
        return (self.value.number / self.people.number).quantize(_CENT, ROUND_HALF_UP)


def choose_values(values: Iterable[Value]) -> list[QuantityRollUp]:
    """The values that stand for the offices that ``values`` are of, sorted; the same values give the same.

    Heads are those of the year or the year before: values of both must be there.
    """
    best: dict[tuple[str, int, str, str, str], Value] = {}
    for value in values:
        whole = "" if _is_whole(value) else value.scope
        key = (value.agency.value, value.year, value.item, value.phase, whole)
        if key not in best or value.rank > best[key].rank:
            best[key] = value
    people = {(a, y): v for (a, y, item, _, _), v in best.items() if item == "staff"}
    plans = {(a, y, item): v for (a, y, item, phase, scope), v in best.items() if (phase, scope) == ("phaseBudget", "")}
    return list(_make_rollups((best[key] for key in sorted(best)), people, plans))


def _make_rollups(
    values: Iterable[Value], people: dict[tuple[str, int], Value], plans: dict[tuple[str, int, str], Value]
) -> Iterator[QuantityRollUp]:
    for value in values:
        if value.unit != "unitCny":
            yield QuantityRollUp(value, "count")
        elif not _is_whole(value):
            yield QuantityRollUp(value, "scoped")
        else:
            # Heads are counted at the end of a year: those of the year before are the office's at its beginning.
            office = value.agency.value
            heads = people.get((office, value.year)) or people.get((office, value.year - 1))
            plan = plans.get((office, value.year, value.item)) if value.phase == "phaseFinal" else None
            yield QuantityRollUp(value, "whole", heads, plan)


def _is_whole(value: Value) -> bool:
    scope = "" if value.scope in ("", _UNSTATED) else value.scope.removeprefix("scope").lower()
    return value.unit != "unitCny" or scope in _ITEMS[value.item].scopes


def read_values(store: Store, iris: Iris, document: NamedNode | None = None) -> Iterator[Value]:
    """The accepted values of all documents in ``store``, or of one."""
    term, quantity = iris.gk("").value, iris.thing("quantity/").value
    query = read_internal("derived/values", iris.base)
    found_rows = store.query(query, substitutions={Variable("document"): document}) if document else store.query(query)
    for row in cast(QuerySolutions, found_rows):
        found: dict[str, str] = defaultdict(str)
        for name in _NAMES:
            if row[name] is not None:
                found[name] = cast(Any, row[name]).value.removeprefix(term)
        item = found["quantity"].removeprefix(quantity)
        if item not in _ITEMS or (found["phase"] == "" and found["unit"] == "unitCny"):
            continue
        rank = (
            found["kind"] in _KINDS.get(found["phase"], (found["kind"],)),
            _LEVELS.get(found["level"], 1),
            found["documentYear"] == found["year"],
            _DEGREES[found["degree"]],
            found["documentYear"],
            found["value"],
        )
        yield Value(
            node=NamedNode(found["value"]),
            document=NamedNode(found["document"]),
            item=item,
            agency=NamedNode(found["agency"]),
            year=int(found["year"]),
            phase=found["phase"],
            scope=found["scope"],
            degree=found["degree"],
            number=Decimal(found["amount"] or found["number"]),
            unit=found["unit"],
            rank=rank,
        )


_NAMES = ("value", "document", "kind", "documentYear", "level", "quantity", "agency", "year", "phase", "scope",
          "degree", "amount", "number", "unit")  # fmt: skip
