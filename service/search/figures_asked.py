"""The values of sheets that are asked for: by office, year and phase; the most of them; one over another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from service.queries.answers import Row
from service.search.asked import Asked
from service.search.asking_words import load_words

#: What a part is a share of, where the question does not say.
_WHOLE = {
    **dict.fromkeys(("procurement-goods", "procurement-works", "procurement-services", "procurement-medium",
                     "procurement-small"), "procurement"),
    **dict.fromkeys(("travel-abroad", "reception", "vehicles-bought", "vehicles-run"), "three-public"),
    **dict.fromkeys(("personnel", "running"), "basic-expenditure"),
}  # fmt: skip
_TOTALS = ("expenditure-total", "income-total")
#: The share of offices whose year stands for all of them.
_MOST_OF = 0.5
_CHARACTERS = re.compile(r"#char=(\d+),(\d+)$")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a sheet. IRIs for ``agency``, ``document``, ``place`` (the characters); codes of phase, scope, degree.

    ``number`` is in yuan where ``unit`` is CNY. ``year`` is that of the value, ``of_year`` that of its document.
    """

    item: str
    agency: str
    document: str
    title: str
    of_year: int
    year: int
    phase: str
    scope: str
    degree: str
    number: Decimal | None
    unit: str
    place: str
    kind: str
    says: str = ""

    @property
    def stretch(self) -> tuple[int, int]:
        """The characters of the document that state it; (0, 0) where they are not known."""
        match = _CHARACTERS.search(self.place)
        return (int(match[1]), int(match[2])) if match else (0, 0)


def read_value(row: Row) -> Value:
    """A value from a row of ``search/office-values``."""

    def get(name: str, prefix: str = "") -> str:
        text = row[name].text if name in row else ""
        return text.rpartition("#")[2].removeprefix(prefix).lower() if prefix else text

    said = get("amount") or get("number")
    document_year = int(get("documentYear") or get("year") or 0)
    return Value(
        item=get("item"), agency=get("agency"), document=get("document"), title=get("title"), of_year=document_year,
        year=int(get("year") or document_year), phase=get("phase", "phase"), scope=get("scope", "scope"),
        degree=get("degree", "degree"), number=Decimal(said) if said else None,
        unit="CNY" if "amount" in row else get("unit", "unit").upper(), place=get("place"), kind=get("kind", "kind"),
    )  # fmt: skip


def list_needed(asked: Asked) -> tuple[str, ...]:
    """The items that an answer needs: those asked for, what may stand in for them, wholes, heads and cars."""
    instead = load_words()["instead"]
    needed = [*asked.items, *(each for item in asked.items for each in instead.get(item, ()))]
    if asked.form == "share":
        needed += [find_whole(asked)[1], *instead["expenditure-total"]]
    if asked.form == "rate" and not asked.items:
        needed += ["expenditure-total", *instead["expenditure-total"], "general-budget-expenditure"]
    needed += {"head": ["staff"], "car": ["vehicles"]}.get(asked.form, [])
    return tuple(dict.fromkeys(needed))


def find_whole(asked: Asked) -> tuple[str, str]:
    """Which of two items is the part and which the whole; the whole that goes with one."""
    items = asked.items
    if len(items) == 1:
        return items[0], _WHOLE.get(items[0], "expenditure-total")
    first, second = items[:2]
    if first in _TOTALS or _WHOLE.get(second) == first:
        return second, first
    return first, second


def choose(values: Iterable[Value], asked: Asked, item: str, agency: str) -> list[Value]:
    """The values of an item for an office: of the years asked for, else its latest; of the phase, else each one's own.

    Where it is not stated, those of what may stand in for it.
    """
    own = [v for v in values if v.agency == agency]
    for each in (item, *load_words()["instead"].get(item, ())):
        found = [v for v in own if v.item == each and v.number is not None]
        found = keep_phase(keep_years(found, own, asked), asked.phase)
        if found:
            return found
    return []


def keep_years(found: Sequence[Value], own: Sequence[Value], asked: Asked) -> list[Value]:
    """Those of the years asked for: of the document's year, or of their own where they are of another year."""
    latest = max((v.of_year for v in own), default=0)
    if asked.last_year:
        return [v for v in found if v.of_year == latest - 1]
    if not asked.years:
        return [v for v in found if v.of_year == latest]
    exact = [v for v in found if v.of_year in asked.years]
    return exact or [v for v in found if v.year in asked.years]


def keep_phase(found: Sequence[Value], phase: str) -> list[Value]:
    """Those of a phase; where none is asked for, what a document is about: plans in budgets, else what was spent."""
    if phase:
        return [v for v in found if v.phase in (phase, "")]
    own = [v for v in found if v.phase in ("", "budget" if v.kind == "budget" else "final")]
    return own or list(found)


@dataclass(frozen=True)
class Ranked:
    """Values in order, all of one year, phase and scope; how many offices have the item for other ones only."""

    values: tuple[Value, ...]
    year: int
    others: int


def rank(values: Iterable[Value], asked: Asked, item: str, agencies: frozenset[str] | None) -> Ranked:
    """The values of an item in order: of the year asked for, else of that which most offices have.

    ``year`` of the result is 0 where no year has most of them: then the latest of each office are ranked.
    """
    found = [
        v for v in values if v.item == item and v.number is not None and (agencies is None or v.agency in agencies)
    ]
    everyone = {v.agency for v in found}
    found = keep_phase(found, asked.phase)
    years = Counter(v.of_year for v in found)
    year = asked.years[0] if asked.years else max(years, key=lambda y: (years[y], y), default=0)
    if not asked.years and years[year] < _MOST_OF * len(found):
        # No year stands for all: the latest of each office, and the answer says so.
        latest = {v.agency: max(w.of_year for w in found if w.agency == v.agency) for v in found}
        found, year = [v for v in found if v.of_year == latest[v.agency]], 0
    else:
        found = [v for v in found if v.of_year == year]
    for attribute in ("phase", "scope"):
        counts = Counter(getattr(v, attribute) for v in found)
        common = max(counts, key=lambda c: (counts[c], c), default="")
        found = [v for v in found if getattr(v, attribute) == common]
    best: dict[str, Value] = {}
    for value in found:
        best.setdefault(value.agency, value)
    ordered = sorted(best.values(), key=lambda v: (v.number if asked.least else -(v.number or 0), v.agency))
    return Ranked(tuple(ordered), year, len(everyone) - len(best))


def add_parts(values: Iterable[Value], items: Sequence[str], name: str) -> list[Value]:
    """The sums of some items, where a document states all of them for the same year, phase and scope.

    ``name`` is the item of the sums; the place is that of the largest part.
    """
    found: dict[tuple[str, ...], dict[str, Value]] = {}
    for value in values:
        if value.item in items and value.number is not None:
            key = (value.document, str(value.year), value.phase, value.scope)
            found.setdefault(key, {}).setdefault(value.item, value)
    sums = []
    for parts in found.values():
        if len(parts) == len(items):
            numbers = [parts[item].number or Decimal(0) for item in items]
            largest = max(parts.values(), key=lambda v: v.number or Decimal(0))
            says = " + ".join(f"{number:,f}" for number in numbers)
            degree = largest.degree if len({v.degree for v in parts.values()}) == 1 else "stated"
            sums.append(replace(largest, item=name, number=sum(numbers, Decimal(0)), says=says, degree=degree))
    return sums


def divide(part: Value, whole: Value, *, of_phases: bool = False) -> Decimal | None:
    """A part over a whole of one document; None where that is nothing, or of another phase unless that is asked."""
    if part.number is None or not whole.number or part.document != whole.document:
        return None
    if part.phase and whole.phase and part.phase != whole.phase and not of_phases:
        return None
    return part.number / whole.number
