"""The pieces of a document's text as stretches: prose, tables, and where a page begins.

Readers write each row of a table as one line with tabs between its cells, so that the text itself knows its tables.
All its characters are kept, in their order, but for tabs, line ends and page breaks, which are shown as what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.pages.document_page import Piece

#: Lines with tabs are a table from so many on; a single one may be a line that was indented.
_LEAST_ROWS = 2
#: Columns beyond this are no table that anybody printed.
_MOST_COLUMNS = 60
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_NUMBER = re.compile(r"[-−+]?[\d,，.]+%?")


@dataclass(frozen=True)
class Cell:
    """A cell with what it holds; ``numeric`` if that is one number."""

    pieces: tuple[Piece, ...]
    numeric: bool


@dataclass(frozen=True)
class Stretch:
    """Pieces of prose, or rows of cells, or the beginning of page ``page``.

    No cell of a table is left out, so that columns stand below one another.
    """

    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    page: int = 0

    @property
    def columns(self) -> int:
        """How many cells the longest row has."""
        return max((len(row) for row in self.rows), default=0)


def find_stretches(pieces: Sequence[Piece], *, paged: bool = False) -> list[Stretch]:
    """The text in stretches, in order; with ``paged`` a form feed that begins a line begins a page."""
    gathered = _Gathering()
    page = 1
    for line in _split_lines(pieces):
        if paged and line[0].text.startswith("\f"):
            page += 1
            gathered.turn(page)
            line = [_cut(line[0], line[0].text[1:], first=True), *line[1:]]
        gathered.take(line)
    return gathered.end()


class _Gathering:
    """Lines gathered to stretches."""

    def __init__(self) -> None:
        self._made: list[Stretch] = []
        self._prose: list[Piece] = []
        self._rows: list[list[Piece]] = []

    def take(self, line: list[Piece]) -> None:
        """The next line."""
        if any("\t" in piece.text for piece in line):
            self._rows.append(line)
        else:
            self._end_rows()
            self._prose += line

    def turn(self, page: int) -> None:
        """A page begins."""
        self._end_rows()
        self._end_prose()
        self._made.append(Stretch(page=page))

    def end(self) -> list[Stretch]:
        """All that was gathered."""
        self._end_rows()
        self._end_prose()
        return self._made

    def _end_prose(self) -> None:
        if self._prose:
            self._made.append(Stretch(pieces=tuple(_join(self._prose))))
            self._prose = []

    def _end_rows(self) -> None:
        rows = tuple(_make_row(row) for row in self._rows)
        if len(rows) >= _LEAST_ROWS and all(len(row) <= _MOST_COLUMNS for row in rows):
            self._end_prose()
            self._made.append(Stretch(rows=rows))
        else:
            self._prose += [piece for row in self._rows for piece in row]
        self._rows = []


def _split_lines(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces of each line, its end with it."""
    line: list[Piece] = []
    for piece in pieces:
        parts = _LINES.findall(piece.text) if "\n" in piece.text else [piece.text]
        for number, part in enumerate(parts):
            line.append(_cut(piece, part, first=not number))
            if part.endswith("\n"):
                yield line
                line = []
    if line:
        yield line


def _join(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Pieces of prose with the parts of one piece made one again: a link is no shorter than it need be."""
    last: Piece | None = None
    for piece in pieces:
        if last is not None and not piece.anchors and piece == replace(last, text=piece.text, anchors=()):
            last = replace(last, text=last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _make_row(line: Sequence[Piece]) -> tuple[Cell, ...]:
    """The cells of a line: what stands between its tabs. An anchor on a tab belongs to the cell behind it."""
    cells: list[list[Piece]] = [[]]
    for piece in line:
        anchored = bool(piece.anchors)
        for number, part in enumerate(piece.text.rstrip("\r\n").split("\t")):
            if number:
                cells.append([])
            if part:
                cells[-1].append(_cut(piece, part, first=anchored))
                anchored = False
        if anchored:
            cells[-1].append(_cut(piece, "", first=True))
    return tuple(
        Cell(_blunt(cell), _NUMBER.fullmatch("".join(p.text for p in cell).strip()) is not None) for cell in cells
    )


def _blunt(cell: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces of a cell; a single character among them that is part of something larger leads nowhere by itself.

    It is too small to be hit (WCAG 2.2, 2.5.8), and the rest of what it is a part of leads there.
    """
    return tuple(
        replace(p, around=replace(p.around, iri="")) if p.around and len(cell) > 1 and len(p.text.strip()) == 1 else p
        for p in cell
    )


def _cut(piece: Piece, part: str, *, first: bool) -> Piece:
    """A part of a piece: the first has its anchors."""
    if part == piece.text and first:
        return piece
    return replace(piece, text=part, anchors=piece.anchors if first else ())
