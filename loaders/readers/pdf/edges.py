"""A page's lines cut into the pieces that stand apart: by wide gaps, and by edges that many lines share.

Between a number that ends its column and the label that begins the next one there is often less room than between two
words. But both columns have an edge, at which other lines end or begin too, and running text has none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from loaders.readers.pdf.cells import is_number
from loaders.readers.pdf.glyphs import WORD_GAP, Fragment, Glyph, make_fragment, split_line, word_gap

#: A gap wider than this many type sizes parts two cells.
CELL_GAP = 0.8
#: A gap narrower than this parts nothing, whatever stands at its sides.
_NARROW = 0.22
#: Edges nearer than this, in points, are one edge; so many lines make it one.
_NEAR, _LINES = 1.5, 3


def cut_lines(lines: Sequence[Sequence[Glyph]]) -> list[list[Fragment]]:
    """The cells of each line, as fragments from left to right."""
    pieces = [_cut_fine(line) for line in lines]
    shown = [[make_fragment(piece) for piece in line] for line in pieces]
    ends = sorted(f.x1 for line in shown for f in line if is_number(f.text))
    starts = sorted(f.x0 for line in shown for f in line if not is_number(f.text))
    out = []
    for line, own, fragments in zip(lines, pieces, shown, strict=True):
        limit = max(CELL_GAP, word_gap(line))
        cells: list[list[int]] = []
        for index in range(len(own)):
            if index and not _parts(fragments[index - 1], fragments[index], limit, starts, ends):
                cells[-1].append(index)
            else:
                cells.append([index])
        out.append([fragments[cell[0]] if len(cell) == 1 else _join(own, cell) for cell in cells])
    return out


def _join(pieces: Sequence[Sequence[Glyph]], numbers: Sequence[int]) -> Fragment:
    """Some pieces of a line as one cell."""
    return make_fragment([glyph for number in numbers for glyph in pieces[number]])


def _cut_fine(line: Sequence[Glyph]) -> list[list[Glyph]]:
    """A line at all gaps at which it may be cut; a line whose words are spaced out at its wide ones only."""
    usual = word_gap(line)
    return split_line(line, _NARROW if usual <= WORD_GAP else max(CELL_GAP, usual))


def _parts(left: Fragment, right: Fragment, limit: float, starts: Sequence[float], ends: Sequence[float]) -> bool:
    """Whether two pieces are of two cells."""
    if right.x0 - left.x1 > limit * max(left.size, right.size):
        return True
    before, behind = is_number(left.text), is_number(right.text)
    if not before and not behind:  # two headers, at the edges of their columns
        return _shared(ends, left.x1) and _shared(starts, right.x0)
    if before and not (is_amount(left.text) and _shared(ends, left.x1)):
        return False
    return (is_amount(right.text) and _shared(ends, right.x1)) if behind else _shared(starts, right.x0)


def is_amount(text: str) -> bool:
    """Whether a number is written as amounts in tables are: with a point or separators."""
    return "." in text[-3:] or "," in text


def _shared(edges: Sequence[float], at: float) -> bool:
    """Whether at least three pieces have this edge."""
    return bisect_left(edges, at + _NEAR) - bisect_left(edges, at - _NEAR) >= _LINES
