"""Recall and precision of what is read from offices' own PDFs, of a form each, against lists written by reading them.

The PDFs stand beside the checkout and are no part of it; the lists in ``tests/golden/forms`` are. Indicators are rows
of level 1, name, comparator, target, unit, result, weight, score; the name of a duty is how it begins. Where ``pages``
names a kind, its list is of these pages only (counted from 1): a form of hundreds of indicators is read in parts.
``measured`` "by hand" are files that take long to read: the command measures them, the tests do not.
``open`` names the kinds in which a document falls short of its list, with why.
``python -m tests.loaders.test_meaning_forms_golden`` prints the measures, with what was missed and what was wrong.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.documents import Document
from loaders.facts import Facts
from loaders.pipeline import read_document, read_document_facts

# Reading the PDFs takes most of it.
pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "forms"
NAMES = sorted(p.stem for p in GOLDEN.glob("*.json"))
#: Those that take two to four seconds each to read; all kinds of statements stand in the others too.
AT_NIGHT = {"beijing-caizheng", "chongqing-guihua", "chongqing-qixiang", "huzhou-weijian", "xian-xuanchuan"}
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


def direction(stated: str) -> str:
    """A direction as it is compared: no change has had no word."""
    return stated or "unchanged"


@dataclasses.dataclass(frozen=True)
class Reading:
    """A document and what is said in it."""

    document: Document
    facts: Facts

    def of(self, kind: str, pages: list[int]) -> list[Any]:
        """The facts of a kind; of these pages only, if any are named."""
        found = getattr(self.facts, kind)
        return [f for f in found if not pages or self.document.text.count("\f", 0, f.span.start) + 1 in pages]


READ: dict[str, Callable[[Any, dict[str, Any]], tuple[str, ...]]] = {
    "divisions": lambda d, g: (tight(d.label),),
    "duties": lambda d, g: (opening(g, d.label),),
    "projects": lambda p, g: (tight(p.label), amount(p.amount)),
    "indicators": lambda i, g: (
        tight(i.level1),
        tight(i.label),
        i.comparator,
        tight(i.target),
        tight(i.unit),
        tight(i.result),
        amount(i.maximum),
        amount(i.score),
    ),
    "citations": lambda c, g: (tight(c.label), tight(c.number)),
    "changes": lambda c, g: (tight(c.label), direction(c.direction), amount(c.amount)),
    "definitions": lambda d, g: (tight(d.label),),
    "assessments": lambda a, g: (tight(a.label), amount(a.maximum), amount(a.score), a.grade),
}
OFFICE = ("agency", "units")
MONEY = {"projects": (1,), "changes": (2,), "indicators": (6, 7), "assessments": (1, 2)}


def wanted(golden: dict[str, Any], kind: str) -> list[tuple[str, ...]]:
    """What the list says of a kind, in the form of what is read."""
    rows = [golden[kind]] if isinstance(golden[kind], str) else golden[kind]
    cells = [[row] if isinstance(row, str) else row for row in rows]
    rows = [tuple(amount(c) if i in MONEY.get(kind, ()) else tight(c) for i, c in enumerate(row)) for row in cells]
    return [(r[0], direction(r[1]), r[2]) for r in rows] if kind == "changes" else rows


def found(reading: Reading, golden: dict[str, Any], kind: str) -> list[tuple[str, ...]]:
    """What is read of a kind."""
    agency = reading.facts.agency
    if kind in OFFICE:
        units = [label for label, _ in agency.subordinates] if agency else []
        return [(tight(label),) for label in ([agency.label] if agency and kind == "agency" else units)]
    return [READ[kind](f, golden) for f in reading.of(kind, golden.get("pages", {}).get(kind, []))]


def measure(reading: Reading, golden: dict[str, Any], kind: str) -> tuple[float, float, list[Any], list[Any]]:
    """Recall and precision of a kind, what was missed and what was wrong."""
    want, have = Counter(wanted(golden, kind)), Counter(found(reading, golden, kind))
    hits = sum((want & have).values())
    recall = hits / sum(want.values()) if want else 1.0
    precision = hits / sum(have.values()) if have else 1.0
    return recall, precision, sorted((want - have).elements()), sorted((have - want).elements())


def kinds(golden: dict[str, Any]) -> list[str]:
    """The kinds that a list speaks of."""
    return [kind for kind in (*OFFICE, *READ) if kind in golden]


@functools.cache
def golden(name: str) -> dict[str, Any]:
    """The list of a document."""
    stated: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return stated


@functools.cache
def reading(path: Path) -> Reading:
    """What is read from a PDF, once."""
    document = read_document(path)
    return Reading(document, read_document_facts(document, strict=False))


def cases() -> Iterator[Any]:
    """Each kind of each document; those known to fall short are marked, so that one that no longer does tells."""
    for name in NAMES:
        stated = golden(name)
        if stated.get("measured") == "by hand":
            continue
        for kind in (*kinds(stated), "absent"):
            why = stated.get("open", {}).get(kind)
            marks = [pytest.mark.xfail(reason=why, strict=False)] if why else []
            yield pytest.param(name, kind, marks=[*marks, pytest.mark.nightly] if name in AT_NIGHT else marks)


@pytest.mark.parametrize(("name", "kind"), list(cases()))
def test_statements_of_a_form_are_read_as_by_hand(name: str, kind: str, shared_folder: Path) -> None:
    stated = golden(name)
    path = shared_folder / "documents" / stated["file"]
    if not path.exists():
        pytest.skip(f"needs {path}")
    read = reading(path)
    if kind == "absent":
        assert sorted(a.label for a in read.facts.absences if a.label != "totals") == sorted(stated["absent"])
        return
    recall, precision, missed, wrong = measure(read, stated, kind)
    assert recall >= LEAST, f"missed {missed}, wrong {wrong}"
    assert precision >= LEAST, f"wrong {wrong}, missed {missed}"


def report(name: str, read: Reading) -> None:
    """Prints the measures of a document."""
    stated = golden(name)
    print(name, [a.label for a in read.facts.absences], "absent by hand", stated["absent"])
    for kind in kinds(stated):
        recall, precision, missed, wrong = measure(read, stated, kind)
        print(f"  {kind:12} {recall:.2f} {precision:.2f} of {len(wanted(stated, kind))}")
        print(*(f"    missed {m}" for m in missed), *(f"    wrong  {w}" for w in wrong), sep="\n")


if __name__ == "__main__":
    for each in NAMES:
        report(each, reading(Path(sys.argv[1]) / golden(each)["file"]))
