"""One page of a PDF as lines of text: prose as it stands, each table row as one line with tabs between its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from loaders.readers.pdf.align import Columns, find_open, find_tables
from loaders.readers.pdf.cells import fill_lattice, join_lines, make_cell, make_rows
from loaders.readers.pdf.glyphs import Fragment, Glyph, Place, group_lines, make_fragment, normalise_glyphs, read_glyphs
from loaders.readers.pdf.grid import find_lattices
from loaders.readers.pdf.turned import find_turned, find_watermark, is_part, turn_over, write_marks


@dataclass(slots=True)
class PageLine:
    """A line of text, with the places of its runs, and its height on the page. ``aside`` is what is no part of it."""

    text: str
    places: list[Place]
    y: float
    aside: bool = False


def read_page(
    chars: Sequence[dict[str, Any]], shapes: Sequence[dict[str, Any]], before: Columns | None = None
) -> tuple[list[PageLine], Columns | None]:
    """The lines of a page, from pdfplumber's characters and drawn objects, top to bottom.

    ``before`` are the columns of a table without lines that the page before left open; those of this page come with it.
    """
    over = turn_over(chars, shapes)
    if over is not None:
        lines, columns = read_page(over.chars, over.shapes, before)
        for line in lines:
            line.places = [over.place_back(place) for place in line.places]
        return lines, columns
    marks = find_watermark(chars)
    if marks:
        known = set(map(id, marks))
        lines, columns = read_page([c for c in chars if id(c) not in known], shapes, before)
        return [*lines, *_watermark_line(marks)], columns
    turned = find_turned(chars, shapes)
    if turned is None:
        return lay_out(read_glyphs(chars), shapes, before)
    upright = [c for c in chars if not is_part(turned, c)]
    lines, columns = lay_out(read_glyphs(upright), [s for s in shapes if not is_part(turned, s)], before)
    _, top, _, bottom = turned.region
    lying, _ = lay_out(read_glyphs(turned.chars), turned.shapes)
    for number, line in enumerate(lying):
        line.places = [turned.place_back(place) for place in line.places]
        line.y = top + (bottom - top) * number / len(lying)
    return sorted([*lines, *lying], key=lambda line: line.y), columns


def _watermark_line(marks: Sequence[dict[str, Any]]) -> list[PageLine]:
    """A watermark as a line of its own behind the others; none if it has no words."""
    text = "".join(normalise_glyphs(c) for c in write_marks(marks))
    if not text.strip():
        return []
    x0, top = min(float(c["x0"]) for c in marks), min(float(c["top"]) for c in marks)
    x1, bottom = max(float(c["x1"]) for c in marks), max(float(c["bottom"]) for c in marks)
    return [PageLine(text, [(0, len(text), x0, top, x1, bottom)], bottom, aside=True)]


def lay_out(
    glyphs: list[Glyph], shapes: Sequence[dict[str, Any]], before: Columns | None = None
) -> tuple[list[PageLine], Columns | None]:
    """The lines of a page, from its glyphs and drawn objects, top to bottom; see :func:`read_page`."""
    free = glyphs
    items: list[tuple[float, list[PageLine]]] = []
    for lattice in find_lattices(shapes):
        left, top, right, bottom = lattice.frame
        inside = [g for g in free if left <= g.centre[0] <= right and top <= g.centre[1] <= bottom]
        cells = fill_lattice(lattice, inside)
        if cells is None:
            continue
        rows = make_rows(lattice, cells)
        if not rows:
            continue
        taken = set(map(id, inside))
        free = [g for g in free if id(g) not in taken]
        items.append((lattice.ys[0], [_row_line(row.cells, row.y) for row in rows]))
    lines, columns = read_lines(free, None if items else before)
    for line in lines:
        items.append((line.y, [line]))
    items.sort(key=lambda item: item[0])
    return [line for _, lines in items for line in lines], columns


def read_lines(glyphs: Sequence[Glyph], before: Columns | None = None) -> tuple[list[PageLine], Columns | None]:
    """Text outside ruled tables: prose, and tables without lines; the columns of one that may go on."""
    lines = group_lines(g for g in glyphs if g.upright)
    out: list[PageLine] = []
    at = 0
    tables = find_tables(lines, before)
    for table in tables:
        out += [_prose_line(make_fragment(line)) for line in lines[at : table.first]]
        for row in table.rows:
            y = min(f.y - f.size for cell in row for f in cell)
            out.append(_row_line([join_lines(cell, 0.0) for cell in row], y))
        at = table.end
    out += [_prose_line(make_fragment(line)) for line in lines[at:]]
    turned = [g for g in glyphs if not g.upright]
    out += [_prose_line(fragment) for fragment in make_cell(turned)]
    return [line for line in out if line.text], find_open(tables, len(lines))


def _prose_line(fragment: Fragment) -> PageLine:
    return PageLine(fragment.text, fragment.places, fragment.y - fragment.size)


def _row_line(cells: list[list[Fragment]], y: float) -> PageLine:
    text = ""
    places: list[Place] = []
    for column, fragments in enumerate(cells):
        if column:
            text += "\t"
        for fragment in fragments:
            shift = len(text)
            text += fragment.text
            places += [(s + shift, e + shift, x0, top, x1, bottom) for s, e, x0, top, x1, bottom in fragment.places]
    return PageLine(text, places, y)
