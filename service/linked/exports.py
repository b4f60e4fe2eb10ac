"""What the command line prints of documents: figures, ledger and facts, in the columns of the design."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import IO, Any

from loaders.documents import Span
from loaders.facts import Facts, Statements
from loaders.quantities.items import ITEMS
from loaders.words.numbers import trim_zeros
from service.queries.parquet import Kind, ParquetFile, make_schema

FIGURE_COLUMNS = (
    "document", "start", "end", "stated", "value", "unit", "fiscal_year", "phase", "aspect", "subject_kind",
    "subject_code", "subject_label", "column", "table", "agency", "budget_unit", "direction", "comparator",
)  # fmt: skip
LEDGER_COLUMNS = ("document", "start", "end", "stated", "class", "reason")
SHEET_COLUMNS = (
    "document", "item", "value", "unit", "year", "phase", "scope", "degree", "start", "end", "quote",
)  # fmt: skip
#: How many characters of its surroundings the quote of a sheet's line gives on either side.
_QUOTE_REACH = 20
_LISTS = tuple(field.name for field in fields(Statements))
_WHOLE = {"start", "end", "fiscal_year"}


def list_figures(facts: Facts) -> Iterator[dict[str, Any]]:
    """One row per figure, by start; ``value`` a decimal, money in yuan; None where no words state the unit."""
    for figure in sorted(facts.figures, key=lambda f: f.span):
        yield {
            "document": facts.id,
            "start": figure.span.start,
            "end": figure.span.end,
            "stated": figure.stated,
            "value": None if figure.has_open_unit else figure.value,
            "unit": figure.unit,
            "fiscal_year": figure.fiscal_year,
            "phase": figure.phase,
            "aspect": figure.aspect,
            "subject_kind": figure.subject_kind,
            "subject_code": figure.subject_code,
            "subject_label": figure.subject_label,
            "column": figure.column,
            "table": figure.table,
            "agency": figure.agency or (facts.agency.label if facts.agency else ""),
            "budget_unit": figure.budget_unit,
            "direction": figure.direction,
            "comparator": figure.comparator,
        }


def list_ledger(facts: Facts) -> Iterator[dict[str, Any]]:
    """One row per number token."""
    for token in sorted(facts.ledger, key=lambda t: t.span):
        yield {
            "document": facts.id,
            "start": token.span.start,
            "end": token.span.end,
            "stated": token.stated,
            "class": token.kind,
            "reason": token.reason,
        }


def list_sheet(facts: Facts) -> Iterator[dict[str, Any]]:
    """One row per standard quantity, in the order of the sheet; money in yuan, no value where nothing is accepted.

    Of accounts and evaluations what was spent; what they state of the budget beside it is in the graph.
    """
    for entry in facts.sheet[: len(ITEMS)]:
        yield {
            "document": facts.id,
            "item": entry.item,
            "value": entry.text or entry.value,
            "unit": entry.unit,
            "year": entry.year,
            "phase": entry.phase,
            "scope": entry.scope,
            "degree": entry.degree,
            "start": entry.span.start if entry.span else None,
            "end": entry.span.end if entry.span else None,
            "quote": _quote(facts, entry.span) if entry.span else "",
        }


def _quote(facts: Facts, span: Span) -> str:
    """The line or sentence around a place, with blanks made one."""
    text = facts.document.text
    start = max(text.rfind("\n", 0, span.start) + 1, span.start - _QUOTE_REACH)
    end = text.find("\n", span.end)
    end = min(len(text) if end < 0 else end, span.end + _QUOTE_REACH)
    return " ".join(text[start:end].split())


def describe_facts(facts: Facts) -> dict[str, Any]:
    """The facts of one document as plain values: every item with ``label``, ``start`` and ``end``."""
    agency = facts.agency
    return {
        "document": facts.id,
        "kind": facts.kind,
        "fiscal_year": facts.fiscal_year,
        "title": facts.title,
        "agency": _describe(agency) if agency else None,
        **{name: [_describe(item) for item in getattr(facts, name)] for name in _LISTS},
    }


def _describe(item: Any) -> dict[str, Any]:
    """A fact as a JSON object: its span as start and end, further spans as [start, end], decimals as numbers."""
    row: dict[str, Any] = {}
    for each in fields(item):
        value = getattr(item, each.name)
        if each.name == "span":
            row |= {"start": value.start, "end": value.end} if value else {"start": None, "end": None}
        else:
            row[each.name] = _plain(value)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Span):
        return [value.start, value.end]
    if isinstance(value, tuple):
        # A stated text with its span: a function of a division, a reason of a change, a detail of a project.
        if len(value) == 3 and isinstance(value[0], str) and isinstance(value[2], Span):
            return {"name": value[0], "label": value[1], "start": value[2].start, "end": value[2].end}
        if len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], Span):
            return {"label": value[0], "start": value[1].start, "end": value[1].end}
        return [_plain(v) for v in value]
    return value


def write_figures(documents: Iterable[Facts], form: str, output: IO[Any]) -> None:
    """Writes the figures as csv, json or parquet."""
    rows = (row for facts in documents for row in list_figures(facts))
    if form == "csv":
        _write_csv(FIGURE_COLUMNS, rows, output)
    elif form == "json":
        _write_json(rows, output)
    else:
        _write_parquet(FIGURE_COLUMNS, list(rows), output)


def write_ledger(documents: Iterable[Facts], form: str, output: IO[str]) -> None:
    """Writes the ledger as csv or json."""
    rows = (row for facts in documents for row in list_ledger(facts))
    if form == "csv":
        _write_csv(LEDGER_COLUMNS, rows, output)
    else:
        _write_json(rows, output)


def write_sheet(documents: Iterable[Facts], form: str, output: IO[str]) -> None:
    """Writes the office sheets as csv or json."""
    rows = (row for facts in documents for row in list_sheet(facts))
    if form == "csv":
        _write_csv(SHEET_COLUMNS, rows, output)
    else:
        _write_json(rows, output)


def write_facts(documents: Iterable[Facts], output: IO[str]) -> None:
    """Writes the facts as a JSON list of one object per document."""
    _write_json((describe_facts(facts) for facts in documents), output)


def _write_csv(columns: Sequence[str], rows: Iterable[dict[str, Any]], output: IO[str]) -> None:
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_spell(row[name]) for name in columns])


def _spell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return trim_zeros(format(value, "f"))
    return str(value)


def dump_rows(rows: Iterable[dict[str, Any]]) -> str:
    """Rows as the JSON list that the command line prints."""
    output = io.StringIO()
    _write_json(rows, output)
    return output.getvalue()


def _write_json(rows: Iterable[dict[str, Any]], output: IO[str]) -> None:
    """A JSON list, written as the rows come."""
    separator = "["
    for row in rows:
        text = json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False)
        output.write(f"{separator}\n{text}")
        separator = ","
    output.write("\n]\n" if separator == "," else "[]\n")


def find_kind(column: str) -> Kind:
    """How a column of figures is kept in Parquet. Six decimals hold any amount of yuan and any percentage printed."""
    return "decimal" if column == "value" else "whole" if column in _WHOLE else "text"


def _write_parquet(columns: Sequence[str], rows: Sequence[dict[str, Any]], output: IO[bytes]) -> None:
    with ParquetFile(output, make_schema({name: find_kind(name) for name in columns})) as file:
        file.write(rows)
