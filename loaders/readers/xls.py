"""Excel of the years before 2007 (XLS): each sheet one page; values as shown, formulas by their kept values."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlrd
from xlrd.biffh import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER

from loaders.documents import Document
from loaders.errors import DamagedFile, EncryptedFile
from loaders.readers.detect import COMPOUND
from loaders.readers.office import parsing
from loaders.readers.rows import MAX_COLUMNS
from loaders.readers.sheets import EMPTY_RUN, MAX_ROWS, make_sheets, show
from loaders.readers.text import read_bytes
from loaders.settings import Settings

_TYPE = "application/vnd.ms-excel"


def read(path: Path, settings: Settings) -> Document:
    """An XLS file as a document. Hidden sheets are read too; macros are never run.

    Raises:
        DocumentError: the file is missing, too large, locked or damaged, or holds no text.
    """
    data = read_bytes(path, settings.max_file_bytes)
    if not data.startswith(COMPOUND):
        raise DamagedFile(str(path), "the file is no Excel file", "Look into it, and name it as what it is.")
    warnings: list[str] = []
    with parsing(path):
        try:
            book = xlrd.open_workbook(
                file_contents=data, formatting_info=True, ragged_rows=True, on_demand=True, logfile=io.StringIO()
            )
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise EncryptedFile(
                    str(path), "the file is locked with a password", "Save it without its password and try again."
                ) from error
            raise
        sheets = (_rows(book, number, warnings) for number in range(book.nsheets))
        return make_sheets(path, data, sheets, form="xls", media_type=_TYPE, warnings=warnings)


def _rows(book: Any, number: int, warnings: list[str]) -> Iterator[list[str]]:
    sheet = book.sheet_by_index(number)
    empty = 0
    for row in range(min(sheet.nrows, MAX_ROWS)):
        cells = [_show(book, cell) for cell in sheet.row_slice(row, 0, MAX_COLUMNS)]
        empty = 0 if any(cells) else empty + 1
        if empty > EMPTY_RUN:
            break
        yield cells
    if sheet.nrows > MAX_ROWS:
        warnings.append(f"sheet {sheet.name!r}: rows beyond {MAX_ROWS:,} are not read")
    book.unload_sheet(number)


def _show(book: Any, cell: Any) -> str:
    if cell.ctype == XL_CELL_DATE:
        return _show_date(book, cell)
    if cell.ctype == XL_CELL_BOOLEAN:
        return show(bool(cell.value), "")
    if cell.ctype == XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype == XL_CELL_NUMBER:
        value = int(cell.value) if cell.value.is_integer() else cell.value
        return show(value, _form(book, cell))
    return str(cell.value)


def _form(book: Any, cell: Any) -> str:
    """The number format of a cell."""
    style = book.xf_list[cell.xf_index] if cell.xf_index is not None else None
    known = book.format_map.get(style.format_key) if style is not None else None
    return str(known.format_str) if known is not None else ""


def _show_date(book: Any, cell: Any) -> str:
    try:
        return show(xlrd.xldate_as_datetime(cell.value, book.datemode), "")
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):  # a number that no day has: shown as the number
        return show(cell.value, "")
