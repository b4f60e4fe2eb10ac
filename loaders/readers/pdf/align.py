"""Tables without lines on a PDF page: rows of words that stand in columns, found by where the numbers stand.

Prose must never be cut into cells, so a table is only taken where several lines agree: numbers in the same column,
gaps at the same places, no sentences. A table that goes on from the page before needs no more than a row that fits it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from loaders.readers.pdf.cells import is_number
from loaders.readers.pdf.edges import cut_lines, is_amount
from loaders.readers.pdf.glyphs import Fragment, Glyph
from loaders.readers.pdf.header import place_header
from loaders.words import lines as forms

#: Fewer rows with numbers are no table.
_MIN_ROWS = 3
#: Lines of labels alone that may stand between two rows.
_MAX_BETWEEN = 3
#: Lines of a page (header, footer) that may stand between a table and the page's edge.
_MAX_EDGE = 3
_SENTENCE = re.compile(r"[。；]|.{18,}[，]")

Interval = tuple[float, float]


@dataclass(slots=True)
class Columns:
    """Where the numbers of a table stand, and where its labels do: left and right of each column.

    ``amounts`` are those numbers that are no codes; they stand at the right of their columns.
    """

    numbers: list[Interval]
    labels: list[Interval]
    amounts: list[Interval]

    @property
    def all(self) -> list[Interval]:
        return sorted([*self.numbers, *self.labels])


@dataclass(slots=True)
class Aligned:
    """A table without lines: its first line, the line behind its last, its rows as cells by column."""

    first: int
    end: int
    rows: list[list[list[Fragment]]]
    columns: Columns


@dataclass(slots=True)
class _Line:
    parts: list[Fragment]
    y: float
    size: float
    numbers: list[Fragment] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.parts)


def find_tables(lines: Sequence[Sequence[Glyph]], before: Columns | None = None) -> list[Aligned]:
    """The tables among the lines of a page. ``before`` are the columns of a table at the end of the page before."""
    found = [_measure(parts) for parts in cut_lines(lines)]
    tables: list[Aligned] = []
    at = 0
    while at < len(found):
        end = _stretch(found, at)
        body = [line for line in found[at:end] if line.numbers]
        columns = _find_columns(found[at:end]) if body else Columns([], [], [])
        goes_on = before is not None and not tables and at <= _MAX_EDGE and _fits(body, before)
        if goes_on and before is not None:
            columns = _join(columns, before)
        elif len(body) < _MIN_ROWS or len(columns.all) < 2 or not _agree(body, columns.all):
            at += 1
            continue
        first = _header(found, at, columns.all)
        rows, columns = _make_table(found[first:end], at - first, columns)
        tables.append(Aligned(first, end, rows, columns))
        at = end
    return tables


def find_open(tables: Sequence[Aligned], lines: int) -> Columns | None:
    """The columns of the table that reaches the end of a page of so many lines, and may go on; None without one."""
    return tables[-1].columns if tables and tables[-1].end + _MAX_EDGE >= lines else None


def _measure(parts: list[Fragment]) -> _Line:
    return _Line(parts, parts[0].y, max(p.size for p in parts), [p for p in parts if is_number(p.text)])


def _is_row(line: _Line) -> bool:
    """Whether a line has a number in a cell of its own, and no sentence beside it."""
    return len(line.parts) >= 2 and bool(line.numbers) and not any(_SENTENCE.search(p.text) for p in line.parts)


def _stretch(lines: Sequence[_Line], start: int) -> int:
    """The line behind the last row of the table that begins at ``start``; ``start`` itself if none does."""
    if not _is_row(lines[start]):
        return start
    end = start + 1
    at = end
    while at < len(lines) and at - end <= _MAX_BETWEEN:
        line = lines[at]
        if line.y - lines[at - 1].y > 6 * line.size or _SENTENCE.search(line.text) or forms.is_unit_line(line.text):
            break
        if forms.is_caption(line.text) and len(line.parts) == 1:
            break
        if _is_row(line):
            end = at + 1
        at += 1
    while end < len(lines) and len(lines[end].parts) == 1 and _is_tail(lines, end):
        end += 1
    return end


def _is_tail(lines: Sequence[_Line], at: int) -> bool:
    """Whether a line is the end of a label that the row above began: under one of its labels, near it."""
    row, line = lines[at - 1], lines[at]
    part = line.parts[0]
    pitch = line.y - row.y
    if is_number(part.text) or pitch >= 1.5 * max(row.size, line.size) or forms.HEADING.match(part.text):
        return False
    above = [*row.parts, *(lines[at - 2].parts if at >= 2 and row.y - lines[at - 2].y < 1.0 * row.size else ())]
    under = any(abs(part.x0 - p.x0) < 2 * line.size and not is_number(p.text) for p in above)
    if pitch < 1.0 * max(row.size, line.size):
        return under
    further = lines[at + 1].y - line.y if at + 1 < len(lines) else 2 * pitch
    return under and further > 1.15 * pitch and at >= 2 and row.y - lines[at - 2].y > 1.15 * pitch


def _find_columns(lines: Sequence[_Line]) -> Columns:
    """The columns that some rows have."""
    numbers = _merge([(n.x0, n.x1) for line in lines for n in line.numbers])
    labels = []
    for line in lines:
        for part in line.parts:
            if not is_number(part.text) and not any(part.x0 < right and part.x1 > left for left, right in numbers):
                labels.append((part.x0, part.x1))
    amounts = _merge([(n.x0, n.x1) for line in lines for n in line.numbers if is_amount(n.text)])
    return Columns(numbers, _merge(labels), amounts)


def _join(columns: Columns, before: Columns) -> Columns:
    """The columns of a table and of its part on the page before."""
    numbers = _merge([*columns.numbers, *before.numbers])
    labels = [c for c in (*columns.labels, *before.labels) if not any(c[0] < r and c[1] > left for left, r in numbers)]
    return Columns(numbers, _merge(labels), _merge([*columns.amounts, *before.amounts]))


def _fits(body: Sequence[_Line], columns: Columns) -> bool:
    """Whether all rows fit the columns: each number in one of numbers, each label begins where a label does."""
    if not body:
        return False
    for line in body:
        for part in line.parts:
            if is_number(part.text):
                taken = any(abs(part.x1 - right) < line.size or (part.x1 > left and part.x0 < right)
                            for left, right in columns.all)  # fmt: skip
            else:
                taken = any(part.x0 < right and part.x1 > left for left, right in columns.labels)
            if not taken:
                return False
    return True


def _merge(spans: list[Interval]) -> list[Interval]:
    out: list[Interval] = []
    for left, right in sorted(spans):
        if out and left < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], right))
        else:
            out.append((left, right))
    return out


def _agree(body: Sequence[_Line], columns: Sequence[Interval]) -> bool:
    """Whether the rows share their columns: most numbers stand in a column that other rows use too."""
    used = [0] * len(columns)
    total = 0
    for line in body:
        for number in line.numbers:
            total += 1
            used[_column_of(number, columns)] += 1
    shared = sum(n for n in used if n >= 2)
    return shared * 10 >= total * 7 and not _is_contents(body, sum(1 for n in used if n))


def _is_contents(body: Sequence[_Line], number_columns: int) -> bool:
    """Whether the rows are a table of contents: titles, and page numbers that grow."""
    if number_columns > 1 or not all(line.numbers[0] is line.parts[-1] for line in body):
        return False
    texts = [line.numbers[0].text for line in body]
    if not all(t.isdigit() and len(t) <= 3 for t in texts):
        return False
    return all(int(a) <= int(b) for a, b in pairwise(texts))


def _column_of(part: Fragment, columns: Sequence[Interval]) -> int:
    """The first column that a fragment overlaps, or the nearest one."""
    for index, (left, right) in enumerate(columns):
        if part.x0 < right and part.x1 > left:
            return index
    middle = (part.x0 + part.x1) / 2
    return min(range(len(columns)), key=lambda i: abs((columns[i][0] + columns[i][1]) / 2 - middle))


def _header(lines: Sequence[_Line], start: int, columns: Sequence[Interval]) -> int:
    """The first line of the header above a table."""
    at = start
    while at > 0:
        line = lines[at - 1]
        words = line.text
        plain = not (forms.is_unit_line(words) or _SENTENCE.search(words) or "：" in words or ":" in words)
        near = lines[at].y - line.y < 4 * line.size
        several = len(line.parts) >= 2 or _belongs(lines, at - 1, start)
        inside = (
            line.parts[0].x0 >= columns[0][0] - 4 * line.size and line.parts[-1].x1 <= columns[-1][1] + 4 * line.size
        )
        if not (plain and near and several and inside):
            break
        at -= 1
    return at


def _belongs(lines: Sequence[_Line], at: int, start: int) -> bool:
    """Whether a line of one piece is part of a header or of the first row's label, and no title."""
    words = lines[at].text
    if forms.is_caption(words) or forms.HEADING.match(words):
        return False
    above = at and lines[at].y - lines[at - 1].y < 0.9 * lines[at].size and len(lines[at - 1].parts) >= 2
    if above and not lines[at - 1].numbers:
        return True
    over = at + 1 < start and any(len(line.parts) >= 2 for line in lines[at + 1 : start])
    return over or lines[at + 1].y - lines[at].y < 0.9 * lines[at].size


def _make_table(lines: Sequence[_Line], body: int, columns: Columns) -> tuple[list[list[list[Fragment]]], Columns]:
    """The cells of each row, and the columns with those that only the header knows. ``body`` is the first row's line.

    Pieces of a label above or below its numbers are put beside them.
    """
    head = lines[:body]
    while head and not forms.is_header_line(head[-1].text) and _leads(lines, len(head)):
        head = head[:-1]  # the first pieces of the first row's labels
    placed, extra = place_header([line.parts for line in head], columns.all, columns.amounts)
    if extra:
        columns = Columns(columns.numbers + extra, columns.labels, columns.amounts)
    every = columns.all
    rows: list[list[list[Fragment]]] = []
    for line in placed:
        rows.append([[] for _ in every])
        for column, part in line:
            rows[-1][column].append(part)
    return rows + _make_rows(lines[len(head) :], every), columns


def _leads(lines: Sequence[_Line], at: int) -> bool:
    """Whether the line before ``at`` is nearer to the row at ``at`` than lines of a header are to each other."""
    return at < len(lines) and lines[at].y - lines[at - 1].y < 0.9 * lines[at].size


def _make_rows(lines: Sequence[_Line], columns: Sequence[Interval]) -> list[list[list[Fragment]]]:
    rows: list[list[list[Fragment]]] = []
    bases: list[float] = []
    for at, line in enumerate(lines):
        row: list[list[Fragment]] = [[] for _ in columns]
        for part in line.parts:
            row[_column_of(part, columns)].append(part)
        near = bool(rows) and line.y - bases[-1] < 0.9 * line.size
        joins = bool(rows) and not _clash(rows[-1], row) and (near or (at > 0 and _is_tail(lines, at)))
        if joins:
            for index, cell in enumerate(row):
                rows[-1][index].extend(cell)
            bases[-1] = line.y
        else:
            rows.append(row)
            bases.append(line.y)
    return rows


def _clash(above: Sequence[list[Fragment]], row: Sequence[list[Fragment]]) -> bool:
    """Whether two lines cannot be one row: both have numbers, or one has more than a piece of a label."""
    numbers = [any(is_number(f.text) for cell in cells for f in cell) for cells in (above, row)]
    return all(numbers) or not any(numbers)
