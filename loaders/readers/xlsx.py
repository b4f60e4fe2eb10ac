"""Excel (XLSX, XLSM): each sheet one page; values as they are shown, formulas by their kept values."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree

from loaders.documents import Document
from loaders.readers.office import check_archive, parsing
from loaders.readers.rows import MAX_COLUMNS
from loaders.readers.sheets import EMPTY_RUN, MAX_ROWS, make_sheets, show
from loaders.readers.text import read_bytes
from loaders.settings import Settings

#: How many cells a warning names.
_NAMED = 12
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read(path: Path, settings: Settings) -> Document:
    """An Excel file as a document. Hidden sheets are read too; macros are never run.

    Raises:
        DocumentError: the file is missing, too large, locked or damaged, or holds no text.
    """
    data = read_bytes(path, settings.max_file_bytes)
    check_archive(path, data, settings.max_unpacked_bytes)
    warnings: list[str] = []
    with parsing(path):
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            warnings += _tell_uncomputed(data, book.worksheets)
            sheets = (_rows(sheet, warnings) for sheet in book.worksheets)
            return make_sheets(path, data, sheets, form="xlsx", media_type=_TYPE, warnings=warnings)
        finally:
            book.close()


def _rows(sheet: Any, warnings: list[str]) -> Iterator[list[str]]:
    empty = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS)):
        if number >= MAX_ROWS:
            warnings.append(f"sheet {sheet.title!r}: rows beyond {MAX_ROWS:,} are not read")
            return
        cells = [show(cell.value, cell.number_format if cell.value is not None else "") for cell in row]
        empty = 0 if any(cells) else empty + 1
        if empty > EMPTY_RUN:
            return
        yield cells


def _tell_uncomputed(data: bytes, sheets: Sequence[Any]) -> Iterator[str]:
    """A warning for each sheet with formulas that no program has computed: their numbers are missing."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for sheet in sheets:
            part = sheet._worksheet_path.lstrip("/")
            cells = list(_find_uncomputed(archive.read(part))) if part in archive.namelist() else []
            if cells:
                named = ", ".join(cells[:_NAMED]) + (" …" if len(cells) > _NAMED else "")
                yield f"sheet {sheet.title!r}: formulas without a value, {len(cells)} numbers are missing: {named}"


def _find_uncomputed(source: bytes) -> Iterator[str]:
    """The cells of a sheet's XML that hold a formula and no value; one whose value is an empty text has one."""
    if b"<f" not in source and b":f" not in source:
        return
    for _, cell in etree.iterparse(io.BytesIO(source), tag="{*}c", resolve_entities=False, no_network=True):
        value = cell.find("{*}v")
        if cell.find("{*}f") is not None and cell.get("t") != "str" and (value is None or not value.text):
            yield str(cell.get("r", "?"))
        cell.clear()
