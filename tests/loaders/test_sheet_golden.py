"""The office sheets of the five documents, against values that were read from their texts by hand."""

from __future__ import annotations

import csv
import functools
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.catalogue import Catalogue
from loaders.facts import SheetEntry
from loaders.pipeline import read_facts
from loaders.resources import documents_folder

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
NAMES = sorted(path.stem.removeprefix("sheet-") for path in GOLDEN.glob("sheet-*.csv"))


@functools.cache
def read_sheet(name: str) -> dict[str, SheetEntry]:
    path = documents_folder() / f"{name}.txt"
    entries: dict[str, SheetEntry] = {}
    for entry in read_facts(path, Catalogue.gather([path], documents_folder())).sheet:
        entries.setdefault(entry.item, entry)
    return entries


@pytest.mark.parametrize("name", NAMES)
def test_sheet_of_a_document(name: str) -> None:
    wrong = {}
    with (GOLDEN / f"sheet-{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            wanted = None if row["value"] == "-" else Decimal(row["value"])
            entry = read_sheet(name)[row["item"]]
            if entry.value != wanted:
                wrong[row["item"]] = (entry.value, wanted, entry.degree)
    assert wrong == {}
