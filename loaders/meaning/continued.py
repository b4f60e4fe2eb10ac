"""Which tables go on the table before them: over a page break, or under the same title again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from loaders.documents import Block, Cell, Document, Table
from loaders.meaning.forms import cell_at, flat
from loaders.words.indicator_levels import AT_LEVEL1, AT_LEVEL2
from loaders.words.lines import is_caption
from loaders.words.normalise import plain
from loaders.words.numerals import TEN

Row = tuple[Cell, ...]

#: Of the rows of a page that goes on a sheet, at least this part has a name and a target.
_STATED = 0.5


def goes_on(block: Block, previous: Block, between: Sequence[Block]) -> bool:
    """Whether a table may go on the one before it: it has its title again, or none and no heading or title between."""
    assert block.table is not None
    assert previous.table is not None
    known = name_title(previous.table.title.text)
    title = name_title(block.table.title.text)
    if title:
        return title == known
    words = [name_title(b.passage.text) for b in between]
    return block.section == previous.section and not any(is_caption(w) and w != known for w in words)


def name_title(title: str) -> str:
    """A title for comparison, without the words that a table goes on (续表, （续）)."""
    return re.sub(rf"^续表[:]?|[(]?续(?:表)?[\d{TEN}]*[)]?$", "", plain(title))


def list_sheets(
    document: Document, head: Callable[[Row], Mapping[str, int]], end: re.Pattern[str]
) -> list[list[tuple[int, Table]]]:
    """The tables of a document whose columns are known, by their index; pages without a header with those they go on.

    ``head`` gives the columns of a row that heads indicators ("name", "target" …), and ``end`` is what ends a sheet.
    """
    sheets: list[list[tuple[int, Table]]] = []
    columns: Mapping[str, int] = {}
    last = -1
    for i, block in enumerate(document.blocks):
        table = block.table
        if table is None:
            continue
        known = table.layout in ("tabs", "ruled")
        noted = any(end.match(flat(b.passage)) for b in document.blocks[last + 1 : i])
        if columns and known and not noted and _continues(document, last, i, columns, head):
            sheets[-1].append((i, table))
            if any(_ends(row, end) for row in table.rows) or _is_closed(table, end):
                columns = {}
        elif known:
            sheets.append([(i, table)])
            columns = _find_open(table, head, end)
        else:
            columns = {}
        last = i
    return sheets


def _find_open(table: Table, head: Callable[[Row], Mapping[str, int]], end: re.Pattern[str]) -> Mapping[str, int]:
    """The columns of the sheet that is not ended where a table ends; none if there is no such sheet."""
    columns: Mapping[str, int] = {}
    for row in table.rows:
        columns = head(row) or ({} if _ends(row, end) else columns)
    return {} if _is_closed(table, end) else columns


def _ends(row: Row, end: re.Pattern[str]) -> bool:
    return bool(row) and end.match(flat(row[0].passage)) is not None


def _is_closed(table: Table, end: re.Pattern[str]) -> bool:
    """Whether notes stand below a table."""
    return any(end.match(flat(note)) for note in table.notes)


def _continues(
    document: Document, last: int, i: int, columns: Mapping[str, int], head: Callable[[Row], Mapping[str, int]]
) -> bool:
    """Whether a table is the next page of a sheet: a page break before it, no header, and cells as the columns want."""
    block, previous = document.blocks[i], document.blocks[last]
    assert block.table is not None
    between = document.text[previous.span.end : block.span.start]
    if between.count("\f") != 1 or not goes_on(block, previous, document.blocks[last + 1 : i]):
        return False
    rows = [row for row in block.table.rows if row]
    if any(head(row) for row in rows) or not _are_levels(rows, columns):
        return False
    stated = sum(bool(cell_at(row, columns["name"]) and cell_at(row, columns["target"])) for row in rows)
    return stated > 0 and stated >= _STATED * len(rows)


def _are_levels(rows: Iterable[Row], columns: Mapping[str, int]) -> bool:
    """Whether what stands in the columns of levels names levels."""
    for row in rows:
        for key, pattern in (("level1", AT_LEVEL1), ("level2", AT_LEVEL2)):
            cell = cell_at(row, columns[key]) if key in columns else None
            if cell is not None and not pattern.match(flat(cell)):
                return False
    return True
