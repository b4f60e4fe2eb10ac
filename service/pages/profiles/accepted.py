"""The values of standard quantities that stand for an office, and the moments (year and phase) that they are of.

A value is that of one document's sheet, chosen when the graph was built (``loaders/derived/quantities.py``): what a
page shows here is what the sheet and a query over ``gk:QuantityRollUp`` give. Values of different phases or scopes
never come into one series.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loaders.quantities.items import ITEMS
from service.queries.answers import Row

#: What an office is known by, in order; of a pair the second stands where there is no value of the first.
HEADLINES: tuple[tuple[str, ...], ...] = (
    ("income-total", "income-current"), ("expenditure-total", "expenditure-current"), ("general-budget-expenditure",),
    ("basic-expenditure",), ("project-expenditure",), ("three-public",), ("procurement",), ("office-running-costs",),
    ("staff",), ("posts",), ("vehicles",), ("units",),
)  # fmt: skip
HEADLINE_ITEMS = tuple(item for pair in HEADLINES for item in pair)
THREE_PUBLIC = ("travel-abroad", "reception", "vehicles-bought", "vehicles-run")
#: Phases of one year: what was spent says more than what was planned.
PHASES = ("phaseFinal", "phaseBudget", "phaseAdjusted", "phaseResult", "phaseTarget")
_ORDER = {item.id: number for number, item in enumerate(ITEMS)}
_NAMES = {item.id: (item.zh, item.en) for item in ITEMS}
_UNSTATED = "scopeUnstated"


@dataclass(frozen=True, order=True)
class Moment:
    """A year and a phase. ``phase`` is the name of the term, such as ``phaseBudget``."""

    year: int
    phase: str

    @property
    def word(self) -> str:
        """The phase as addresses have it: ``budget``."""
        return self.phase.removeprefix("phase").lower()

    @property
    def rank(self) -> tuple[int, int]:
        """The later year first, in it what was spent before what was planned."""
        return -self.year, PHASES.index(self.phase) if self.phase in PHASES else len(PHASES)


@dataclass(frozen=True)
class Accepted:
    """One value. ``number`` is in yuan where ``unit`` is "", else in the unit; ``phase`` is "" for counts.

    ``scope`` is "" where the value is of the scope that its quantity means, else the name of the narrower one;
    ``value`` is the line of the sheet, ``place`` the stretch of its document, ``rollup`` what stands for the office.
    """

    agency: str
    item: str
    year: int
    phase: str
    scope: str
    funds: str
    degree: str
    number: Decimal
    unit: str
    per_head: Decimal | None
    value: str
    document: str
    place: str
    rollup: str = ""

    @property
    def money(self) -> bool:
        """Whether it is an amount."""
        return not self.unit

    def name(self, language: str) -> str:
        """What its quantity is called."""
        zh, en = _NAMES[self.item]
        return zh if language == "zh" else en


@dataclass(frozen=True)
class Series:
    """Values of one quantity, phase and scope, a year each, in order."""

    values: tuple[Accepted, ...]

    @property
    def first(self) -> Accepted:
        """The earliest: what holds of it but the year and the number holds of all."""
        return self.values[0]


def read_accepted(rows: Iterable[Row], prefix: str) -> list[Accepted]:
    """The values of rows of ``pages/profile-values``, in the order of the sheet; ``prefix`` is that of our terms."""
    found: dict[tuple[str, ...], Accepted] = {}
    for row in rows:
        item = row["quantity"].text.rpartition("/")[2]
        if item not in _NAMES:
            continue
        scope = _end(row, "scope", prefix)
        number = next((row[name].text for name in ("amount", "scoped", "number") if name in row), None)
        if number is None:
            continue
        value = Accepted(
            agency=row["agency"].text,
            item=item,
            year=int(row["year"].text),
            phase=_end(row, "phase", prefix),
            scope=scope if "scoped" in row else "",
            funds="" if scope == _UNSTATED else scope,
            degree=_end(row, "degree", prefix),
            number=Decimal(number),
            unit=_end(row, "unit", prefix) if "number" in row else "",
            per_head=Decimal(row["perHead"].text) if "perHead" in row else None,
            value=row["value"].text,
            document=row["document"].text,
            place=row["place"].text,
            rollup=row["rollup"].text,
        )
        # A value of several places is shown with the first of them.
        found.setdefault((value.agency, str(value.year), value.phase, item, value.scope, number), value)
    return sorted(found.values(), key=lambda v: (v.agency, v.year, v.phase, _ORDER[v.item], v.scope))


def list_moments(values: Iterable[Accepted]) -> list[Moment]:
    """The moments of amounts, the newest first."""
    return sorted({Moment(v.year, v.phase) for v in values if v.phase}, key=lambda m: m.rank)


def choose_moment(values: Sequence[Accepted], years: Iterable[int] = ()) -> Moment | None:
    """The moment that an office is shown at, unless another is asked for; None if there are no amounts.

    Of the newest year that a document is about (``years``), or, if there is none, of any: the phase of which most
    headline quantities are known. A budget also prints a line of the year before: that makes no newest year.
    """
    counts: dict[Moment, int] = defaultdict(int)
    for value in values:
        if value.phase:
            counts[Moment(value.year, value.phase)] += value.item in HEADLINE_ITEMS and not value.scope
    if not counts:
        return None
    about = set(years)
    newest = max((m.year for m in counts if m.year in about), default=max(m.year for m in counts))
    return min((m for m in counts if m.year == newest), key=lambda m: (-counts[m], m.rank))


def pick_headlines(values: Sequence[Accepted], moment: Moment) -> list[Accepted]:
    """The headline quantities of a moment, in their order; counts are of its year."""
    best: dict[str, Accepted] = {}
    for value in values:
        at = value.year == moment.year and value.phase in ("", moment.phase)
        if at and (value.item not in best or not value.scope):
            best[value.item] = value
    chosen = (next((best[item] for item in pair if item in best), None) for pair in HEADLINES)
    return [value for value in chosen if value is not None]


def pick_sheet(values: Sequence[Accepted], moment: Moment) -> list[Accepted]:
    """All values of a moment, in the order of the sheet; counts are of its year."""
    at = [v for v in values if v.year == moment.year and v.phase in ("", moment.phase)]
    return sorted(at, key=lambda v: (_ORDER[v.item], v.scope))


def list_series(values: Iterable[Accepted], items: Sequence[str] = HEADLINE_ITEMS) -> list[Series]:
    """The values of some quantities as series of one phase and scope, those of at least two years."""
    found: dict[tuple[str, str, str], list[Accepted]] = defaultdict(list)
    for value in values:
        if value.item in items:
            found[value.item, value.phase, value.scope].append(value)
    made = [Series(tuple(sorted(own, key=lambda v: v.year))) for own in found.values() if len(own) > 1]
    return sorted(made, key=lambda s: (items.index(s.first.item), Moment(0, s.first.phase).rank, s.first.scope))


def _end(row: Row, name: str, prefix: str) -> str:
    return row[name].text.removeprefix(prefix) if name in row else ""
