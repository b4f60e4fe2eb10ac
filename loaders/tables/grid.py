"""A raw table divided into sections of header and entries, whatever its layout."""

from __future__ import annotations

from loaders.documents import Table
from loaders.facts import DocumentKind
from loaders.tables.cells import merge_measures, merge_words
from loaders.tables.entries import Section
from loaders.tables.gridded import Gridded
from loaders.tables.streamed import Streamed


def divide(
    table: Table,
    kind: DocumentKind,
    fiscal_year: int | None,
    inherited: Section | None = None,
    *,
    by_shape: bool = False,
) -> list[Section]:
    """The sections of a table. ``inherited`` is the last section of the table that this one goes on from.

    ``by_shape`` takes the words over its first numbers for its header, if no header of an official form stands there.
    """
    rows = [list(row) for row in table.rows if row]
    if table.layout in ("tabs", "ruled"):
        rows = [merge_measures(row) for row in rows]
        return Gridded(rows, kind, fiscal_year, inherited, by_shape=by_shape).divide()
    return Streamed([merge_words(row) for row in rows], kind, fiscal_year, inherited).divide()
