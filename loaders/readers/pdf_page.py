"""One page of a PDF as lines of text: prose as it stands, each table row as one line with tabs between its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from loaders.readers.pdf_cells import fill_lattice, make_cell, make_rows
from loaders.readers.pdf_glyphs import Fragment, Glyph, Place, group_lines, make_fragment, read_glyphs
from loaders.readers.pdf_grid import Lattice, find_lattices


@dataclass(slots=True)
class PageLine:
    """A line of text, with the places of its runs, and its height on the page."""

    text: str
    places: list[Place]
    y: float


def read_page(chars: Sequence[dict[str, Any]], shapes: Sequence[dict[str, Any]]) -> list[PageLine]:
    """The lines of a page, from pdfplumber's characters and drawn objects, top to bottom."""
    glyphs = read_glyphs(chars)
    free = glyphs
    items: list[tuple[float, list[PageLine]]] = []
    for lattice in find_lattices(shapes):
        inside = [g for g in free if lattice.holds(*g.centre)]
        cells = fill_lattice(lattice, inside)
        if cells is None:
            continue
        rows = make_rows(lattice, cells)
        if not rows:
            continue
        taken = set(map(id, inside))
        free = [g for g in free if id(g) not in taken]
        items.append((lattice.ys[0], [_row_line(row.cells, row.y) for row in rows]))
    for line in read_lines(free):
        items.append((line.y, [line]))
    items.sort(key=lambda item: item[0])
    return [line for _, lines in items for line in lines]


def read_lines(glyphs: Sequence[Glyph]) -> list[PageLine]:
    """Text outside ruled tables."""
    lines = [make_fragment(line) for line in group_lines(g for g in glyphs if g.upright)]
    turned = [g for g in glyphs if not g.upright]
    if turned:
        lines += make_cell(turned)
    return [PageLine(f.text, f.places, f.y - f.size) for f in lines if f.text]


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


__all__ = ["Lattice", "PageLine", "read_lines", "read_page"]
