"""The answer to a question: a statement in both languages, rows with evidence, what is not loaded, where to go on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from service.pages.explorer.measures import MEASURES
from service.pages.explorer.wish import MOST_OFFICES

Both = tuple[str, str]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One line of an answer. ``number`` is in yuan where ``unit`` is CNY, in percent where it is PERCENT.

    ``label`` is what is told (an item, a project, a duty) in Chinese and English, ``says`` a value in words (a target).
    ``phase`` and ``scope`` and ``degree`` are codes, "" where there is none. ``evidence`` and ``sheet`` are addresses.
    """

    office: str
    office_iri: str
    label: Both
    number: Decimal | None = None
    unit: str = ""
    says: str = ""
    year: int = 0
    phase: str = ""
    scope: str = ""
    degree: str = ""
    document: str = ""
    quote: str = ""
    evidence: str = ""
    sheet: str = ""
    stretch: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Onward:
    """Where an answer leads: what it is called, and its address."""

    label: Both
    address: str


@dataclass(frozen=True)
class Answer:
    """What a question is answered with.

    ``status`` is value, ranking, comparison, share, list; unstated where the office is loaded and does not say; absent
    where the office or the year is not loaded. ``missing`` names what is not loaded, ``notes`` say what the reader has
    to know, ``total`` how many rows there are of which ``rows`` are the first. ``unread`` are words of the question
    that it makes no use of: then it is no answer to the whole of it.
    """

    status: str
    title: Both
    rows: tuple[AnswerRow, ...] = ()
    missing: tuple[Both, ...] = ()
    notes: tuple[Both, ...] = ()
    onward: tuple[Onward, ...] = ()
    total: int = 0
    unread: tuple[str, ...] = ()

    @property
    def worded(self) -> bool:
        """Whether its rows are words without numbers: duties, divisions, contradictions."""
        return all(row.number is None and not row.says for row in self.rows)

    def describe(self, base: str) -> dict[str, Any]:
        """The answer for programs."""
        return {
            "status": self.status,
            "title": _both(self.title),
            "rows": [_describe_row(row, base) for row in self.rows],
            "total": self.total,
            "unread": list(self.unread),
            "not_loaded": [_both(each) for each in self.missing],
            "notes": [_both(each) for each in self.notes],
            "links": [{"label": _both(o.label), "url": o.address} for o in self.onward],
        }


def _both(words: Both) -> dict[str, str]:
    return {"zh": words[0], "en": words[1]}


def _describe_row(row: AnswerRow, base: str) -> dict[str, Any]:
    start, end = row.stretch
    return {
        "office": {"iri": row.office_iri, "label": row.office} if row.office_iri else None,
        "label": _both(row.label),
        "value": str(row.number) if row.number is not None else None,
        "unit": row.unit or None,
        "says": row.says or None,
        "year": row.year or None,
        "phase": f"{base}ontology#phase{row.phase.title()}" if row.phase else None,
        "scope": row.scope or None,
        "degree": row.degree or None,
        "document": row.document or None,
        "start": start if end else None,
        "end": end or None,
        "quote": row.quote or None,
        "url": row.evidence or None,
        "sheet": row.sheet or None,
    }


def comparison_address(
    offices: Sequence[str], years: Sequence[int], measure: str = "", phases: Collection[str] = ()
) -> str:
    """The page that compares offices (identifiers) in some years: the one place that knows its address.

    ``measure`` is an item of the sheet, ``phases`` are those of the values. What the explorer shows is compared there,
    by office in one year and by year else; anything else code by code.
    """
    if measure in MEASURES and len(offices) <= MOST_OFFICES:
        pairs = [("measure", measure), ("by", "office" if len(years) == 1 else "year")]
        pairs += [("year", str(year)) for year in years if len(years) == 1]
        if MEASURES[measure].money and len(phases) == 1:
            pairs += [("phase", phase) for phase in phases]
        return f"/explore?{urlencode([*pairs, *(('office', office) for office in offices)])}"
    pairs = [("agency", office) for office in offices] + [("year", str(year)) for year in years]
    return f"/compare?{urlencode(pairs)}"
