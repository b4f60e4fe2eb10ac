"""Tables without lines on a PDF page: rows of words that stand in columns, found by where the numbers stand.

Prose must never be cut into cells, so a table is only taken where several lines agree: numbers in the same column,
gaps at the same places, no sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from loaders.readers import lines as forms
from loaders.readers.pdf_cells import is_number
from loaders.readers.pdf_glyphs import Fragment, Glyph, make_fragment, split_line, word_gap

#: A gap wider than this many type sizes parts two cells.
_CELL_GAP = 0.8
#: Fewer rows with numbers are no table.
_MIN_ROWS = 3
#: Lines of labels alone that may stand between two rows.
_MAX_BETWEEN = 3
_SENTENCE = re.compile(r"[。；]|.{18,}[，]")


@dataclass(slots=True)
class _Line:
    parts: list[Fragment]
    y: float
    size: float
    numbers: list[Fragment] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.parts)


def cut(line: Sequence[Glyph]) -> list[Fragment]:
    """A line of glyphs as the fragments between its wide gaps."""
    return [make_fragment(part) for part in split_line(line, max(_CELL_GAP, word_gap(line)))]


def find_tables(lines: Sequence[Sequence[Glyph]]) -> list[tuple[int, int, list[list[list[Fragment]]]]]:
    """The tables among the lines of a page: first line, line behind the last, and the rows as cells by column."""
    found = [_measure(line) for line in lines]
    tables = []
    at = 0
    while at < len(found):
        end = _stretch(found, at)
        body = [line for line in found[at:end] if line.numbers]
        columns = _find_columns(found[at:end]) if len(body) >= _MIN_ROWS else []
        if len(columns) < 2 or not _agree(body, columns):
            at += 1
            continue
        first = _header(found, at, columns)
        tables.append((first, end, _make_rows(found[first:end], columns)))
        at = end
    return tables


def _measure(line: Sequence[Glyph]) -> _Line:
    parts = cut(line)
    size = max(p.size for p in parts)
    return _Line(parts, parts[0].y, size, [p for p in parts if is_number(p.text)])


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
    while end < len(lines) and len(lines[end].parts) == 1 and _is_tail(lines[end - 1], lines[end]):
        end += 1
    return end


def _is_tail(row: _Line, line: _Line) -> bool:
    """Whether a line is the end of a label that the row above began."""
    label = row.parts[0]
    near = line.y - row.y < 1.0 * max(row.size, line.size)
    return near and abs(line.parts[0].x0 - label.x0) < 2 * line.size and not is_number(label.text)


def _find_columns(lines: Sequence[_Line]) -> list[tuple[float, float]]:
    """Left and right of each column: where the numbers stand, and the labels beside them."""
    numbers = _merge([(n.x0, n.x1) for line in lines for n in line.numbers])
    labels = []
    for line in lines:
        for part in line.parts:
            if not is_number(part.text) and not any(part.x0 < right and part.x1 > left for left, right in numbers):
                labels.append((part.x0, part.x1))
    return sorted([*numbers, *_merge(labels)])


def _merge(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    out: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if out and left < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], right))
        else:
            out.append((left, right))
    return out


def _agree(body: Sequence[_Line], columns: Sequence[tuple[float, float]]) -> bool:
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


def _column_of(part: Fragment, columns: Sequence[tuple[float, float]]) -> int:
    """The first column that a fragment overlaps, or the nearest one."""
    for index, (left, right) in enumerate(columns):
        if part.x0 < right and part.x1 > left:
            return index
    middle = (part.x0 + part.x1) / 2
    return min(range(len(columns)), key=lambda i: abs((columns[i][0] + columns[i][1]) / 2 - middle))


def _header(lines: Sequence[_Line], start: int, columns: Sequence[tuple[float, float]]) -> int:
    """The first line of the header above a table."""
    at = start
    while at > 0:
        line = lines[at - 1]
        words = line.text
        plain = not (forms.is_unit_line(words) or _SENTENCE.search(words) or "：" in words or ":" in words)
        near = lines[at].y - line.y < 4 * line.size
        several = len(line.parts) >= 2 or (at < start and len(line.parts) == 1 and not forms.is_caption(words))
        inside = (
            line.parts[0].x0 >= columns[0][0] - 4 * line.size and line.parts[-1].x1 <= columns[-1][1] + 4 * line.size
        )
        if not (plain and near and several and inside):
            break
        at -= 1
    return at


def _make_rows(lines: Sequence[_Line], columns: Sequence[tuple[float, float]]) -> list[list[list[Fragment]]]:
    """The cells of each row. Pieces of a label above or below its numbers are put beside them."""
    rows: list[list[list[Fragment]]] = []
    bases: list[float] = []
    for line in lines:
        row: list[list[Fragment]] = [[] for _ in columns]
        for part in line.parts:
            row[_column_of(part, columns)].append(part)
        joins = bool(rows) and line.y - bases[-1] < 0.9 * line.size and not _clash(rows[-1], row)
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
