"""Excel (XLSX, XLSM): each sheet one page; values as they are shown, formulas by their kept values."""

from __future__ import annotations

import datetime
import hashlib
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from loaders.documents import Document, Span
from loaders.errors import EmptyFile
from loaders.readers.blocks import make_blocks
from loaders.readers.office import check_archive, parsing
from loaders.readers.rows import MAX_COLUMNS, make_table
from loaders.readers.text import read_bytes

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows of a sheet beyond this are not read; a warning says so.
MAX_ROWS = 100_000
#: Empty rows in a row after which a sheet is taken to have ended.
_EMPTY_RUN = 1000
_PLACES = re.compile(r"0(?:\.(0+))?(%?)")


def read(path: Path, limit: int) -> Document:
    """An Excel file as a document. Hidden sheets are read too; macros are never run.

    Raises:
        DocumentError: the file is missing, too large, locked or damaged, or holds no text.
    """
    data = read_bytes(path, limit)
    check_archive(path, data)
    parts: list[str] = []
    spans: list[Span] = []
    warnings: list[str] = []
    at = 0
    with parsing(path):
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                lines = make_table(_rows(sheet, warnings))
                text = "\n".join(lines)
                if not text:
                    continue
                if spans:
                    parts.append("\n\n\f")
                    at += 3
                spans.append(Span(at, at + len(text)))
                parts.append(text)
                at += len(text)
        finally:
            book.close()
    text = "".join(parts) + "\n"
    if not text.strip():
        raise EmptyFile(str(path), "the file holds no text", "Check that it is the right file.")
    return Document(
        name=path.stem,
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format="xlsx",
        blocks=make_blocks(text),
        pages=tuple(spans),
        warnings=tuple(warnings),
        media_type=_TYPE,
        path=str(path),
    )


def _rows(sheet: Any, warnings: list[str]) -> Iterator[list[str]]:
    empty = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS)):
        if number >= MAX_ROWS:
            warnings.append(f"sheet {sheet.title!r}: rows beyond {MAX_ROWS:,} are not read")
            return
        cells = [show(cell.value, cell.number_format if cell.value is not None else "") for cell in row]
        empty = 0 if any(cells) else empty + 1
        if empty > _EMPTY_RUN:
            return
        yield cells


def show(value: Any, form: str) -> str:
    """A cell's value as its sheet shows it: places after the point, thousands and percent by its number format."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        plain = isinstance(value, datetime.datetime) and value.time() == datetime.time()
        return value.date().isoformat() if plain and isinstance(value, datetime.datetime) else value.isoformat()
    if not isinstance(value, int | float | Decimal):
        return str(value)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    pattern = re.sub(r'"[^"]*"|\[[^\]]*\]|_.|\\.|\*.', "", form.split(";")[0]).replace("#", "").replace("?", "")
    places = _PLACES.search(pattern.replace(",", ""))
    if places is None or not number.is_finite():
        return _plain(number)
    if places.group(2):
        number *= 100
    digits = len(places.group(1) or "")
    shown = number.quantize(Decimal(1).scaleb(-digits))
    text = f"{shown:,f}" if "," in pattern else f"{shown:f}"
    return text + places.group(2)


def _plain(number: Decimal) -> str:
    """A number without a format: as Excel shows it, without the noise of binary fractions."""
    if not number.is_finite():
        return str(number)
    text = f"{Decimal(f'{number:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
