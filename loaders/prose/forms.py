"""Rows of official forms by their header words, with cells that a page break has cut joined again."""

from __future__ import annotations

import re

from loaders.documents import Block, Cell, Passage, Table
from loaders.prose.sentences import tidy


def header_columns(row: tuple[Cell, ...], wanted: dict[str, str]) -> dict[str, int]:
    """Which column each wanted word stands in, if the row is a header: pattern by name -> column by name.

    Each cell serves one name, the first that fits.
    """
    found: dict[str, int] = {}
    taken: set[int] = set()
    for name, pattern in wanted.items():
        for cell in row:
            text = re.sub(r"\s", "", cell.text)
            if cell.column is not None and cell.column not in taken and len(text) <= 24 and re.search(pattern, text):
                found[name] = cell.column
                taken.add(cell.column)
                break
    return found


def cell_at(row: tuple[Cell, ...], column: int) -> Passage | None:
    """The tidied text of the row's cell in a column, or None."""
    for cell in row:
        if cell.column == column:
            passage = tidy(cell.passage)
            return passage if passage else None
    return None


def rows_of(block: Block, wanted: dict[str, str], key: str) -> list[dict[str, Passage]]:
    """The body rows of every table part under a header that has all wanted words.

    A row without its ``key`` cell carries on the row before, as after a page break: its text is joined to that row's.
    Only tables whose columns are known are read.
    """
    table: Table | None = block.table
    if table is None or table.layout not in ("tabs", "ruled"):
        return []
    columns: dict[str, int] = {}
    rows: list[dict[str, Passage]] = []
    for row in table.rows:
        header = header_columns(row, wanted)
        if len(header) == len(wanted):
            columns = header
            continue
        if not columns:
            continue
        cells = {name: p for name, column in columns.items() if (p := cell_at(row, column))}
        if key in cells:
            rows.append(cells)
        elif rows and cells:
            for name, passage in cells.items():
                rows[-1][name] = Passage.join([rows[-1][name], passage]) if name in rows[-1] else passage
    return rows
