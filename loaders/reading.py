"""All numbers of a document: figures from tables and prose, the ledger, and the state of each table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from loaders.accounting import make_ledger
from loaders.documents import Block, Document, Span
from loaders.facts import DocumentKind, Figure, NumberToken, TableState
from loaders.prose.amounts import AmountReader, Setting
from loaders.tables.budget_units import units_of_blocks
from loaders.tables.figures import TableReading, read_tables
from loaders.tables.forms import FORMS, Form
from loaders.tables.money import find_units
from loaders.tables.opening import Context
from loaders.words.nonfigures import find_nonfigures
from loaders.words.numbers import tokenise
from loaders.words.signs import read_triangle
from loaders.words.sites import is_site_table
from loaders.words.units import UnitWord

#: How far behind a table a note on its emptiness may stand, in blocks.
_NOTE_REACH = 2
_EMPTY = re.compile(
    r"本表(?:本年|为空|无)|无发生额|空表|无数据|不涉及|故本表|无此项|没有[^，。]{0,20}(?:收入|支出|预算|安排)|无[^，。]{0,24}(?:支出|收入|预算|安排|采购)"
)


_Stated = TypeVar("_Stated", Figure, NumberToken)


@dataclass(frozen=True)
class Numbers:
    """What :func:`read_numbers` found. ``readings`` holds the reading of each table block, by block index."""

    figures: tuple[Figure, ...]
    ledger: tuple[NumberToken, ...]
    tables: tuple[TableState, ...]
    readings: dict[int, TableReading]


def read_numbers(
    document: Document,
    kind: DocumentKind,
    fiscal_year: int | None,
    agency: str = "",
    forms: Sequence[Form] = FORMS,
) -> Numbers:
    """The figures, ledger and table states of a document whose kind, year and agency are known (or not)."""
    bodies = units_of_blocks(document.blocks, agency)
    triangle = read_triangle(document.text)
    context = Context(kind, fiscal_year, agency, find_units(document), tuple(forms), bodies, triangle)
    figures: list[Figure] = []
    rows: list[NumberToken] = []
    readings = read_tables(document.blocks, context)
    for index, block in enumerate(document.blocks):
        if block.table is not None and is_site_table([[cell.text for cell in row] for row in block.table.rows]):
            rows.extend(_class_site(block))
            del readings[index]
            continue
        if block.kind == "table":
            figures.extend(readings[index].figures)
            rows.extend(readings[index].rows)
    told, ledger = read_prose(document, kind, fiscal_year, agency, context.units.general)
    figures.extend(told)
    rows.extend(ledger)
    ledger_rows = make_ledger(document, [_as_printed(row, document.text) for row in rows])
    figures = _unique([_as_printed(figure, document.text) for figure in figures])
    return Numbers(tuple(figures), ledger_rows, _states(document, readings), readings)


def read_prose(
    document: Document, kind: DocumentKind, fiscal_year: int | None, agency: str = "", money: UnitWord | None = None
) -> tuple[list[Figure], list[NumberToken]]:
    """The figures of a document's headings and paragraphs, and the ledger rows of their numbers."""
    figures: list[Figure] = []
    rows: list[NumberToken] = []
    given = carried = ""
    stock_year: int | None = None
    units = units_of_blocks(document.blocks, agency)
    triangle = read_triangle(document.text)
    for index, block in enumerate(document.blocks):
        if block.kind == "table":
            given = carried = ""
            continue
        setting = Setting(
            kind=kind,
            fiscal_year=fiscal_year,
            agency=agency,
            section="/".join(block.section),
            block=index,
            label=given if block.kind == "paragraph" else "",
            carried=carried,
            stock_year=stock_year,
            money=money,
            triangle=triangle,
        )
        reader = AmountReader(block.passage, setting)
        found, ledger = reader.read()
        unit = units.get(index, "")
        figures.extend(replace(f, budget_unit=f.budget_unit or unit) for f in found)
        rows.extend(ledger)
        given, carried = reader.subjects.closing, reader.subjects.last_head
        cars = [f.fiscal_year for f in found if f.unit == "VEHICLE" and not f.phase]
        stock_year = cars[-1] if cars else None
        if block.kind == "heading":
            given = carried = ""
    return figures, rows


def _class_site(block: Block) -> Iterator[NumberToken]:
    """The numbers of a table that the site prints around the document: dates, numbers of an index, else references."""
    assert block.table is not None
    for cell in block.table.cells():
        stretches = find_nonfigures(cell.text)
        for token in tokenise(cell.text):
            hit = next((s for s in stretches if s.start < token.span.end and token.span.start < s.end), None)
            kind, reason = (hit.kind, hit.reason) if hit else ("reference", "data of the site about the document")
            yield NumberToken(cell.passage.locate(token.span.start, token.span.end), token.stated, kind, reason)


def _as_printed(item: _Stated, text: str) -> _Stated:
    """A figure or a row of the ledger with its characters as the text has them, with those that no one sees."""
    printed = text[item.span.start : item.span.end]
    return item if item.stated == printed else replace(item, stated=printed)


def _unique(figures: list[Figure]) -> list[Figure]:
    out: list[Figure] = []
    for figure in sorted(figures, key=lambda f: f.span):
        if not out or not out[-1].span.overlaps(figure.span):
            out.append(figure)
    return out


def _states(document: Document, readings: dict[int, TableReading]) -> tuple[TableState, ...]:
    """For each table with a form or title whether it is filled, blank or declared empty, with the words that say so."""
    states = []
    for index, reading in readings.items():
        block = document.blocks[index]
        title = reading.title
        if not title and reading.form is None:
            continue
        evidence, span = _find_note(document, index, block)
        values = [f for f in reading.figures if f.form == (reading.form.id if reading.form else "")]
        if any(f.value for f in values):
            state = "filled"
        elif evidence:
            state = "declared empty"
        else:
            state = "filled" if values else "blank"
        form = reading.form.id if reading.form else ""
        said = state == "declared empty"
        states.append(
            TableState(title or (reading.form.zh if reading.form else ""), block.span, form, state,  # type: ignore[arg-type]
                       evidence if said else "", span if said else None)
        )  # fmt: skip
    return tuple(states)


def _find_note(document: Document, index: int, block: Block) -> tuple[str, Span | None]:
    assert block.table is not None
    for note in block.table.notes:
        if _EMPTY.search(note.text):
            return note.text, note.span
    for other in document.blocks[index + 1 : index + 1 + _NOTE_REACH]:
        if other.kind == "table":
            break
        if re.match(r"(?:注|备注|说明|附注)", other.passage.text) and _EMPTY.search(other.passage.text):
            return other.passage.text, other.passage.span
    return "", None
