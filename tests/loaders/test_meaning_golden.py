"""Recall and precision of what is read from the words of the five documents, against expectations written by hand.

``python tests/loaders/test_meaning_golden.py`` prints the measures, with what was missed and what was wrong.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loaders.documents import Document
from loaders.facts import Statements
from loaders.meaning.identity import Identity, identify
from loaders.meaning.statements import read_meaning
from loaders.readers.text import read
from loaders.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "meaning"
NAMES = sorted(p.stem for p in GOLDEN.glob("*.json"))
LISTS = (
    "duties",
    "divisions",
    "projects",
    "tasks",
    "indicators",
    "assessments",
    "citations",
    "ports",
    "changes",
    "services",
)
#: the least recall and precision that a list may have; what falls short is known, see the golden files
FLOOR = {"projects": 0.92, "ports": 0.94}


@functools.cache
def reading(name: str) -> tuple[Document, Identity, Statements]:
    """Document, identity and meaning of one of the five, read once."""
    document = read(ROOT / "documents" / f"{name}.txt", Settings())
    identity = identify(document)
    return document, identity, read_meaning(document, identity)


@functools.cache
def golden(name: str) -> dict[str, Any]:
    """The expectations for one document."""
    expected: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return expected


def tight(text: str) -> str:
    """The text without white space, so that line breaks do not decide."""
    return re.sub(r"\s", "", text)


def number(value: object) -> str | None:
    """A decimal in one form, None as it is."""
    return None if value is None else f"{Decimal(str(value)).normalize():f}"


def found(name: str, kind: str) -> list[tuple[Any, ...]]:
    """What was read, in the form of the golden file."""
    document, _, meaning = reading(name)
    if kind == "duties":
        openings = {tight(e[1]) for e in golden(name)["duties"]}
        width = {o: len(o) for o in openings}
        rows = []
        for duty in meaning.duties:
            text = tight(duty.label)
            match = next((o for o in openings if text.startswith(o)), text[:20])
            rows.append((duty.number, match[: width.get(match, 20)]))
        return rows
    if kind == "services":
        return [
            (
                s.match,
                s.role,
                document.text[s.amount_span.start : s.amount_span.end] if s.amount_span else None,
                s.label,
            )
            for s in meaning.services
            if s.service == "free-inspection"
        ]
    return list(SHOWN[kind](meaning))


#: what of each thing the golden files state
SHOWN: dict[str, Callable[[Statements], Iterable[tuple[Any, ...]]]] = {
    "divisions": lambda m: ((tight(d.label),) for d in m.divisions),
    "projects": lambda m: ((tight(p.label), number(p.amount), tight(p.parent)) for p in m.projects),
    "tasks": lambda m: ((tight(g.label),) for g in m.goals if g.figures),
    "indicators": lambda m: (
        (i.level1, i.level2, tight(i.label), i.comparator, i.target, i.unit.strip()) for i in m.indicators
    ),
    "assessments": lambda m: ((tight(a.label), number(a.maximum), number(a.score)) for a in m.assessments),
    "citations": lambda m: ((tight(c.label), tight(c.number)) for c in m.citations),
    "ports": lambda m: ((tight(p.label),) for p in m.ports),
    "changes": lambda m: ((tight(c.label), c.direction, number(c.amount)) for c in m.changes),
}


def wanted(name: str, kind: str) -> list[tuple[Any, ...]]:
    """What the golden file says, normalised like what was read."""
    rows: list[tuple[Any, ...]] = []
    for row in golden(name).get(kind, []):
        cells = [row] if isinstance(row, str) else list(row)
        cells = [tight(c) if isinstance(c, str) else c for c in cells]
        if kind == "services":
            cells[0] = row[0]
        if kind == "projects":
            cells[1] = number(cells[1])
        if kind == "assessments":
            cells[1:] = [number(c) for c in cells[1:]]
        if kind == "changes":
            cells[2] = number(cells[2])
        rows.append(tuple(cells))
    return rows


def measure(name: str, kind: str) -> tuple[float, float, list[Any], list[Any]]:
    """Recall and precision of a list, what was missed and what is in it wrongly; every row counts once."""
    want, have = Counter(wanted(name, kind)), Counter(found(name, kind))
    hits = sum((want & have).values())
    recall = hits / sum(want.values()) if want else 1.0
    precision = hits / sum(have.values()) if have else 1.0
    return recall, precision, sorted((want - have).elements(), key=str), sorted((have - want).elements(), key=str)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", LISTS)
def test_list_is_read_as_by_hand(name: str, kind: str) -> None:
    recall, precision, missed, wrong = measure(name, kind)
    floor = FLOOR.get(kind, 1.0)
    assert recall >= floor, f"missed {missed}"
    assert precision >= floor, f"wrong {wrong}"


@pytest.mark.parametrize("name", NAMES)
def test_identity_is_found_in_the_text(name: str) -> None:
    document, identity, _ = reading(name)
    expected = golden(name)["identity"]
    assert identity.kind == expected["kind"]
    assert identity.fiscal_year == expected["year"]
    assert identity.level == expected["level"]
    assert identity.agency is not None
    assert identity.agency.label == expected["agency"]
    assert identity.agency.place == expected["place"]
    assert identity.agency.parent == expected["parent"]
    assert identity.agency.nature == expected["nature"]
    assert set(expected["aliases"]) <= set(identity.agency.aliases)
    assert identity.year_span is not None
    assert document.text[identity.year_span.start : identity.year_span.end] == str(expected["year"])
    span = identity.agency.span
    assert tight(document.text[span.start : span.end]) == expected["agency"]


@pytest.mark.parametrize("name", NAMES)
def test_every_item_stands_where_it_says(name: str) -> None:
    document, _, meaning = reading(name)
    items: list[tuple[str, Any]] = [
        *((x.label, x.span) for x in meaning.divisions),
        *((x.label, x.span) for x in meaning.projects),
        *((x.label, x.span) for x in meaning.indicators),
        *((x.label, x.span) for x in meaning.assessments),
        *((x.label, x.span) for x in meaning.citations),
        *((x.label, x.span) for x in meaning.ports),
        *((x.label, x.span) for x in meaning.services),
        *((x.quote, x.quote_span) for x in meaning.services),
        *((x.target, x.target_span) for x in meaning.indicators),
        *((x.purpose, x.purpose_span) for x in meaning.projects if x.purpose),
        *(part for x in meaning.changes for part in x.reasons),
        *(part for x in meaning.divisions for part in x.functions),
    ]
    assert items
    for label, span in items:
        stated = tight(document.text[span.start : span.end])
        # a cell cut by a page break runs over what stands between: its characters are there, in order, from end to end
        rest = iter(stated)
        assert all(c in rest for c in tight(label)), (label, stated[:60])
        assert (stated[0], stated[-1]) == (tight(label)[0], tight(label)[-1]), (label, stated)
    for duty in meaning.duties:
        assert tight(document.text[duty.span.start : duty.span.end]) == tight(duty.label)


def main() -> None:
    """Prints recall and precision for each list and document, then what was missed and what is wrong."""
    notes = []
    print("document".ljust(26), *(k[:11].rjust(11) for k in LISTS))
    for name in NAMES:
        cells = []
        for kind in LISTS:
            recall, precision, missed, wrong = measure(name, kind)
            cells.append(f"{recall:.2f}/{precision:.2f}".rjust(11) if wanted(name, kind) or wrong else "-".rjust(11))
            notes += [f"{name} {kind} missed {m}" for m in missed] + [f"{name} {kind} wrong {w}" for w in wrong]
        print(name.ljust(26), *cells)
    print(*notes, sep="\n")


if __name__ == "__main__":
    main()
