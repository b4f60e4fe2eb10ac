"""Recall and precision of what is read from offices' own PDFs, of a form each, against lists written by reading them.

The PDFs stand beside the checkout and are no part of it; the lists in ``tests/golden/forms`` are. Indicators are rows
of level 1, name, comparator, target, unit, result, weight, score; the name of a duty is how it begins.
``python -m tests.loaders.test_meaning_forms_golden`` prints the measures, with what was missed and what was wrong.
"""

from __future__ import annotations

import functools
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loaders.facts import Facts
from loaders.pipeline import read_document, read_document_facts

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "forms"
NAMES = sorted(p.stem for p in GOLDEN.glob("*.json"))
LEAST = 0.98


def tight(text: object) -> str:
    """A text in one form: without white space, with brackets and marks of one width."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(text))).translate(str.maketrans("〈〉", "<>"))


def amount(value: object) -> str:
    """A decimal as it is compared, "" for none."""
    return "" if value is None or value == "" else f"{float(str(value)):g}"


def opening(golden: dict[str, Any], label: str) -> str:
    """The beginning of a duty that the golden list gives, or that of the label."""
    text = tight(label)
    return next((o for o in map(tight, golden["duties"]) if text.startswith(o)), text[:20])


READ: dict[str, Callable[[Facts, dict[str, Any]], list[tuple[str, ...]]]] = {
    "agency": lambda f, g: [(tight(f.agency.label),)] if f.agency else [],
    "units": lambda f, g: [(tight(label),) for label, _ in f.agency.subordinates] if f.agency else [],
    "divisions": lambda f, g: [(tight(d.label),) for d in f.divisions],
    "duties": lambda f, g: [(opening(g, d.label),) for d in f.duties],
    "projects": lambda f, g: [(tight(p.label), amount(p.amount)) for p in f.projects],
    "indicators": lambda f, g: [
        (
            tight(i.level1),
            tight(i.label),
            i.comparator,
            tight(i.target),
            tight(i.unit),
            tight(i.result),
            amount(i.maximum),
            amount(i.score),
        )
        for i in f.indicators
    ],
    "citations": lambda f, g: [(tight(c.label), tight(c.number)) for c in f.citations],
    "changes": lambda f, g: [(tight(c.label), c.direction, amount(c.amount)) for c in f.changes],
    "definitions": lambda f, g: [(tight(d.label),) for d in f.definitions],
    "assessments": lambda f, g: [(tight(a.label), amount(a.maximum), amount(a.score), a.grade) for a in f.assessments],
}
MONEY = {"projects": (1,), "changes": (2,), "indicators": (6, 7), "assessments": (1, 2)}


def wanted(golden: dict[str, Any], kind: str) -> list[tuple[str, ...]]:
    """What the list says of a kind, in the form of what is read."""
    rows = [golden[kind]] if isinstance(golden[kind], str) else golden[kind]
    cells = [[row] if isinstance(row, str) else row for row in rows]
    return [tuple(amount(c) if i in MONEY.get(kind, ()) else tight(c) for i, c in enumerate(row)) for row in cells]


def measure(facts: Facts, golden: dict[str, Any], kind: str) -> tuple[float, float, list[Any], list[Any]]:
    """Recall and precision of a kind, what was missed and what was wrong."""
    want, have = Counter(wanted(golden, kind)), Counter(READ[kind](facts, golden))
    hits = sum((want & have).values())
    recall = hits / sum(want.values()) if want else 1.0
    precision = hits / sum(have.values()) if have else 1.0
    return recall, precision, sorted((want - have).elements()), sorted((have - want).elements())


def kinds(golden: dict[str, Any]) -> list[str]:
    """The kinds that a list speaks of."""
    return [kind for kind in READ if kind in golden]


@functools.cache
def golden(name: str) -> dict[str, Any]:
    """The list of a document."""
    stated: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return stated


@functools.cache
def reading(path: Path) -> Facts:
    """What is read from a PDF, once."""
    return read_document_facts(read_document(path), strict=False)


@pytest.mark.parametrize("name", NAMES)
def test_statements_of_a_form_are_read_as_by_hand(name: str, shared_folder: Path) -> None:
    stated = golden(name)
    path = shared_folder / "documents" / stated["file"]
    if not path.exists():
        pytest.skip(f"needs {path}")
    facts = reading(path)
    for kind in kinds(stated):
        recall, precision, missed, wrong = measure(facts, stated, kind)
        assert recall >= LEAST, f"{kind}: missed {missed}, wrong {wrong}"
        assert precision >= LEAST, f"{kind}: wrong {wrong}, missed {missed}"
    assert sorted(a.label for a in facts.absences if a.label != "totals") == sorted(stated["absent"])


def report(name: str, facts: Facts) -> None:
    """Prints the measures of a document."""
    stated = golden(name)
    print(name, [a.label for a in facts.absences], "absent by hand", stated["absent"])
    for kind in kinds(stated):
        recall, precision, missed, wrong = measure(facts, stated, kind)
        print(f"  {kind:12} {recall:.2f} {precision:.2f} of {len(wanted(stated, kind))}")
        print(*(f"    missed {m}" for m in missed), *(f"    wrong  {w}" for w in wrong), sep="\n")


if __name__ == "__main__":
    for each in NAMES:
        report(each, reading(Path(sys.argv[1]) / golden(each)["file"]))
