"""Word (DOCX): paragraphs and tables in the order of the document."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx

from loaders.characters import show_name
from loaders.documents import Document, Span
from loaders.errors import EmptyFile
from loaders.readers.blocks import make_blocks
from loaders.readers.office import check_archive, parsing
from loaders.readers.rows import MAX_COLUMNS, clean_line, holds_data, make_table
from loaders.readers.text import read_bytes
from loaders.settings import Settings

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Elements around paragraphs, rows and cells: content controls, custom XML, insertions.
_WRAPPERS = frozenset(f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "smartTag", "moveTo"))
#: What is not shown, or shown a second time.
_SKIPPED = frozenset(
    [
        *(f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "pPr", "rPr")),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    ]
)
#: Tables in cells of tables deeper than this are left as text.
_DEPTH = 4


def read(path: Path, settings: Settings) -> Document:
    """A Word file as a document. Text deleted in tracked changes is left out, inserted text is in.

    Raises:
        DocumentError: the file is missing, too large, locked or damaged, or holds no text.
    """
    data = read_bytes(path, settings.max_file_bytes)
    check_archive(path, data, settings.max_unpacked_bytes)
    with parsing(path):
        lines = list(_lines(docx.Document(io.BytesIO(data)).element.body, 0))
    text = "\n".join(lines) + "\n"
    if not text.strip():
        raise EmptyFile(str(path), "the file holds no text", "Its pages may be pictures: recognise their text first.")
    return Document(
        name=show_name(path.stem),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format="docx",
        blocks=make_blocks(text),
        pages=(Span(0, len(text)),),
        media_type=_TYPE,
        path=str(path),
    )


def _lines(container: Any, depth: int) -> Iterator[str]:
    """The lines of a document's body or of a cell; around a table stands a blank line."""
    for item in container:
        if item.tag == f"{_W}p":
            yield from (clean_line(line) for line in "".join(_text(item)).split("\n"))
        elif item.tag == f"{_W}tbl":
            yield ""
            yield from _table_lines(item, depth) if depth < _DEPTH else ["".join(_text(item))]
            yield ""
        elif item.tag in _WRAPPERS:
            yield from _lines(item, depth)


def _table_lines(table: Any, depth: int) -> Iterator[str]:
    """The lines of a table. Cells that hold tables follow it, one after the other, for a table is no text of a cell.

    A table that has no numbers beside such cells only arranges the page.
    """
    cells = [cell for row in _children(table, f"{_W}tr") for cell in _children(row, f"{_W}tc")]
    nesting = [cell for cell in cells if next(cell.iter(f"{_W}tbl"), None) is not None]
    rows = list(_rows(table, depth)) if len(nesting) < len(cells) else []
    if nesting and not holds_data(rows):
        nesting, rows = cells, []
    yield from make_table(rows)
    for cell in nesting:
        yield ""
        yield from _lines(cell, depth + 1)


def _text(node: Any) -> Iterator[str]:
    """The text of a paragraph with its breaks: results of fields and text boxes included, moved text once."""
    for child in node:
        tag = child.tag
        if tag == f"{_W}t":
            yield child.text or ""
        elif tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif tag == f"{_W}tab" and node.tag == f"{_W}r":
            yield " "
        elif tag == f"{_W}noBreakHyphen":
            yield "-"
        elif isinstance(tag, str) and tag not in _SKIPPED:
            yield from _text(child)
            if tag in (f"{_W}p", f"{_W}tr"):  # of a text box
                yield "\n"
            elif tag == f"{_W}tc":
                yield " "


def _children(node: Any, tag: str) -> Iterator[Any]:
    """The children of a kind, also those inside content controls."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, tag)


def _rows(table: Any, depth: int) -> Iterator[list[str]]:
    """The rows of a table, without the cells that hold tables; a merged cell's text stands where the cell begins."""
    for row in _children(table, f"{_W}tr"):
        cells = [""] * _number(row, f"{_W}trPr/{_W}gridBefore")
        for cell in _children(row, f"{_W}tc"):
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            nests = next(cell.iter(f"{_W}tbl"), None) is not None
            text = "" if goes_on or nests else "\n".join(part.replace("\t", " ") for part in _lines(cell, depth + 1))
            cells += [text, *[""] * (max(1, _number(cell, f"{_W}tcPr/{_W}gridSpan")) - 1)]
        yield cells


def _number(node: Any, path: str) -> int:
    """The number that a property states, 0 without it; never more than a table's columns."""
    found = node.find(path)
    value = found.get(f"{_W}val", "0") if found is not None else "0"
    return min(int(value), MAX_COLUMNS) if value.isdecimal() else 0
