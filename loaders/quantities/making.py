"""A document's facts become its sheet: statements are gathered, decided on, and written down item by item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from loaders.facts import Degree, Facts, Phase, SheetEntry
from loaders.quantities.counts import find_counts
from loaders.quantities.deciding import Decision, decide
from loaders.quantities.items import ITEMS, MONEY, Item
from loaders.quantities.nothing import find_nothing
from loaders.quantities.prose import find_in_prose
from loaders.quantities.statements import Statement
from loaders.quantities.tables import find_in_tables
from loaders.words import places

#: The phase that a kind of document is about, and the others that it may state beside it.
_PHASES: dict[str, tuple[Phase, tuple[Phase, ...]]] = {
    "budget": ("budget", ()),
    "accounts": ("final", ("budget", "adjusted")),
    "evaluation": ("final", ("budget", "adjusted")),
}
#: An evaluation of a whole office; one of a project states the project's money.
_OF_OFFICE = re.compile(r"整体")


def make_sheet(facts: Facts) -> tuple[SheetEntry, ...]:
    """The sheet of a document: one entry for each item of :data:`loaders.quantities.items.ITEMS`, in that order.

    Behind them stands what the document states of the same year in another phase, such as the budget in accounts.
    """
    if facts.kind not in _PHASES:
        return ()
    main, others = _PHASES[facts.kind]
    money = _find_money(facts)
    counts = list(find_counts(facts))
    now = [s for s in money if s.source == "nil" or s.phase == main or (facts.kind == "budget" and not s.phase)]
    before = [replace(s, item="three-public-last-year") for s in money if _is_of_last_year(facts, s)]
    now = [*(s for s in now if s.year == facts.fiscal_year), *before, *counts]
    decisions = decide(now, [item.id for item in ITEMS])
    said = dict(_describe_identity(facts))
    entries = [said.get(item.id) or _describe(facts, item, decisions[item.id], main) for item in ITEMS]
    for phase in others:
        stated = [s for s in money if s.phase == phase and s.year == facts.fiscal_year and s.source != "nil"]
        found = decide(stated, MONEY)
        entries += [
            _describe(facts, item, found[item.id], phase)
            for item in ITEMS
            if item.kind == "money" and found[item.id].statement is not None
        ]
    return tuple(entries)


def _find_money(facts: Facts) -> list[Statement]:
    if facts.kind == "evaluation" and not _OF_OFFICE.search(facts.title + facts.document.text[:200]):
        return []
    return [*find_in_tables(facts), *find_in_prose(facts), *find_nothing(facts)]


def _is_of_last_year(facts: Facts, statement: Statement) -> bool:
    """Whether a table prints the whole three public expenses of the year before; prose compares with other funds too."""
    return (
        statement.item == "three-public"
        and statement.source == "table"
        and facts.fiscal_year is not None
        and statement.year == facts.fiscal_year - 1
    )


def _describe(facts: Facts, item: Item, decision: Decision, main: Phase) -> SheetEntry:
    statement = decision.statement
    phase = main if item.kind == "money" else ""
    if statement is None:
        spans = tuple(s.span for s in decision.evidence)
        return SheetEntry(item.id, None, "", item.unit, facts.fiscal_year, phase, "", decision.degree, evidence=spans)
    return SheetEntry(
        item.id,
        statement.value,
        "",
        item.unit,
        statement.year,
        statement.phase or phase,
        statement.scope,
        decision.degree,
        statement.span,
        tuple(span for s in decision.evidence for span in s.spans),
        tuple(span for s in decision.against for span in s.spans),
        statement.precision,
    )


def _describe_identity(facts: Facts) -> Iterator[tuple[str, SheetEntry]]:
    """What the document is: its office, place, year, kind and level."""
    agency = facts.agency
    place = places.load().name(agency.place) if agency and agency.place else ""
    said = (
        ("agency", _name_agency(facts), agency.span if agency else None),
        ("place", place, agency.span if agency else None),
        ("year", str(facts.fiscal_year or ""), facts.year_span),
        ("kind", facts.kind, facts.kind_span),
        ("level", facts.level, facts.kind_span),
    )
    for item, text, span in said:
        degree: Degree = "stated" if text else "absent"
        evidence = (span,) if span else ()
        yield item, SheetEntry(item, None, text, "TEXT", facts.fiscal_year, "", "", degree, span, evidence)


def _name_agency(facts: Facts) -> str:
    """The office's name as printed; a document of the office alone says （本级） behind it."""
    agency = facts.agency
    if agency is None:
        return ""
    if facts.level == "unit" and agency.span is not None:
        behind = re.match(r"\s*[（(]本级[）)]", facts.document.text[agency.span.end :])
        if behind:
            return agency.label + behind.group().strip()
    return agency.label
