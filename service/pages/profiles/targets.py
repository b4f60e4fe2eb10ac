"""Targets with their results: which were missed, which met, and how many cannot be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.queries.answers import Row

_SHOWN = 8


@dataclass(frozen=True)
class Target:
    """An indicator. ``aim`` and ``result`` are as printed; ``met`` is None where they cannot be compared."""

    iri: str
    label: str
    group: str
    year: str
    aim: str
    result: str
    met: bool | None


@dataclass(frozen=True)
class Targets:
    """The indicators of an office or project: how many, and the first of the missed, of the met and of the others."""

    met_count: int
    missed_count: int
    open_count: int
    missed: tuple[Target, ...]
    met: tuple[Target, ...]
    others: tuple[Target, ...]
    years: tuple[str, ...]

    @property
    def count(self) -> int:
        """All of them."""
        return self.met_count + self.missed_count + self.open_count


def read_targets(rows: Iterable[Row]) -> Targets:
    """The indicators of rows of ``pages/profile-targets``, which come newest first; each once."""
    found: dict[str, Target] = {}
    for row in rows:
        target = _read(row)
        found.setdefault(target.iri, target)
    met, missed, others = (tuple(t for t in found.values() if t.met is verdict) for verdict in (True, False, None))
    years = tuple(sorted({t.year for t in found.values()}))
    return Targets(len(met), len(missed), len(others), missed[:_SHOWN], met[:_SHOWN], others[:_SHOWN], years)


def _read(row: Row) -> Target:
    def get(name: str) -> str:
        return row[name].text if name in row else ""

    met = get("met")
    return Target(
        row["indicator"].text, row["label"].text, get("level2"), get("year"),
        f"{get('comparator')}{get('target')}{get('unit')}", get("result"), None if not met else met == "true",
    )  # fmt: skip
