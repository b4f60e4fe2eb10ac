"""A result as files that researchers open: CSV and TSV that Excel reads, XLSX, Parquet, JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.extras import naming_extras
from service.engine.xml_output import replace_forbidden
from service.http.negotiation import SHAPE
from service.queries.answers import Row, Table, Value
from service.queries.parquet import Kind, ParquetFile, make_schema
from service.queries.query import CannedQuery
from service.queries.results import read_number
from service.queries.spreadsheet import BOM, guard_cell

#: The longest text that a cell of a workbook may hold, and the most rows of a sheet.
_MOST_CELL, _MOST_ROWS = 32_767, 1_048_575
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Export:
    """A form of a result: its extension, its media type, and what people call it."""

    extension: str
    media_type: str
    name: str


EXPORTS = (
    Export("csv", "text/csv; charset=utf-8", "CSV"),
    Export("tsv", "text/tab-separated-values; charset=utf-8", "TSV"),
    Export("xlsx", _WORKBOOK, "Excel"),
    Export("json", "application/json", "JSON"),
    Export("parquet", "application/vnd.apache.parquet", "Parquet"),
)


def export(
    extension: str, query: CannedQuery, given: Mapping[str, Sequence[str]], table: Table, rows: Sequence[Row]
) -> bytes:
    """The rows in the form of an extension of :data:`EXPORTS`: all columns, numbers as numbers."""
    table = replace(table, rows=list(rows))
    match extension:
        case "csv":
            return BOM + write_separated(table, ",", "\r\n", guard=True)
        case "tsv":
            return write_separated(table, "\t", "\n", guard=True)
        case "xlsx":
            return write_workbook(query, table)
        case "parquet":
            return write_parquet(query, table)
    return write_json(query, given, table)


def write_separated(table: Table, separator: str, end: str, *, guard: bool) -> bytes:
    """Rows with a separator. With ``guard`` a text that a spreadsheet would run as a formula begins with ``'``."""
    output = io.StringIO()
    writer = csv.writer(output, delimiter=separator, lineterminator=end)
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([_spell(row, name, guard) for name in table.columns])
    return output.getvalue().encode("utf-8")


def _spell(row: Row, name: str, guard: bool) -> str:
    if name not in row:
        return ""
    text = row[name].text
    return guard_cell(text) if guard and read_number(row[name]) is None else text


def write_workbook(query: CannedQuery, table: Table) -> bytes:
    """An Excel workbook: the rows under titles in both languages, and a sheet that says where they are from."""
    with naming_extras("Excel"):
        from openpyxl import Workbook
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据 data")
    sheet.freeze_panes = "A2"
    columns = {c.name: c for c in query.columns}
    for number, name in enumerate(table.columns, 1):
        wide = max((len(r[name].text) for r in table.rows[:200] if name in r), default=8)
        sheet.column_dimensions[get_column_letter(number)].width = min(60, max(10, wide * 1.4))
    titles = [
        f"{columns[n].title.get('zh', n)} {columns[n].title.get('en', '')}".strip() if n in columns else n
        for n in table.columns
    ]
    sheet.append([_cell(sheet, title, Font(bold=True)) for title in titles])
    replaced = 0
    for row in table.rows[:_MOST_ROWS]:
        values = [row[name].plain if name in row else None for name in table.columns]
        replaced += sum(replace_forbidden(value)[1] for value in values if isinstance(value, str))
        sheet.append([_cell(sheet, value) for value in values])
    about = book.create_sheet("说明 about")
    for line in (
        ("查询 query", query.name), ("标题", query.title.get("zh", "")), ("title", query.title.get("en", "")),
        ("每行含义", query.row.get("zh", "")), ("a row", query.row.get("en", "")),
        ("数据版本 snapshot", table.snapshot),
        ("列 columns", ", ".join(table.columns)),
    ):  # fmt: skip
        about.append([_cell(about, text) for text in line])
    if replaced:
        note = f"{replaced:,}；写作 U+FFFD，CSV、JSON 保留原字符 (as U+FFFD: XML 1.0 cannot hold them; CSV and JSON do)"
        about.append([_cell(about, text) for text in ("替换的字符 characters replaced", note)])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _cell(sheet: object, value: str | int | float | bool | None, font: object = None) -> object:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        value = replace_forbidden(value)[0][:_MOST_CELL]
    cell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]
    if isinstance(value, str):
        # A text that begins with = stays a text.
        cell.data_type = "s"
    if font is not None:
        cell.font = font  # type: ignore[assignment]
    return cell


def write_parquet(query: CannedQuery, table: Table) -> bytes:
    """A Parquet file: money and other decimals exact, whole numbers as integers, the query named in its metadata."""
    kinds = {name: _kind_of([row[name] for row in table.rows if name in row]) for name in table.columns}
    about = {"query": query.name, "title": query.title.get("en", ""), "snapshot": table.snapshot}
    output = io.BytesIO()
    with ParquetFile(output, make_schema(kinds, about)) as file:
        file.write({name: _as_kind(row.get(name), kind) for name, kind in kinds.items()} for row in table.rows)
    return output.getvalue()


def _kind_of(values: Sequence[Value]) -> Kind:
    """The kind of a column: that of its values, if they are all of one."""
    types = {value.datatype.rpartition("#")[2] for value in values}
    if types and types <= {"integer", "int", "long"}:
        return "whole"
    if types and types <= {"integer", "int", "long", "decimal"}:
        return "decimal"
    return "truth" if types == {"boolean"} else "text"


def _as_kind(value: Value | None, kind: Kind) -> object:
    if value is None:
        return None
    match kind:
        case "whole":
            return int(value.text)
        case "decimal":
            return _round(read_number(value))
        case "truth":
            return value.text == "true"
    return value.text


def _round(number: object) -> object:
    return number.quantize(Decimal("0.000001")) if isinstance(number, Decimal) else None


def write_json(query: CannedQuery, given: Mapping[str, Sequence[str]], table: Table) -> bytes:
    """A canned query's result as JSON: its columns with titles, its rows with numbers as numbers."""
    columns = {c.name: c for c in query.columns}
    document = {
        "version": SHAPE,
        "query": query.name,
        "title": dict(query.title),
        "parameters": {name: list(values) for name, values in given.items()},
        "snapshot": table.snapshot,
        "columns": [
            {
                "name": name,
                "title": dict(columns[name].title) if name in columns else {},
                "unit": columns[name].unit if name in columns else "",
            }
            for name in table.columns
        ],
        "evidence": list(query.evidence),
        "rows": [{name: row[name].plain if name in row else None for name in table.columns} for row in table.rows],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
