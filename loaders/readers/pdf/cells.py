"""Glyphs into the cells of a ruled table, and a table's cells into lines of text with tabs between the cells."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.readers.pdf.glyphs import LINE_TOLERANCE, Fragment, Glyph, group_lines, is_ideograph, make_fragment
from loaders.readers.pdf.grid import Lattice

Region = tuple[int, int]

#: One number and nothing else.
NUMBER = re.compile(r"[-－—+(（]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?[%％)）]?")
_DIGITS = re.compile(r"[\d.,，%％+\-－—()（）]+")
#: Glyphs of one run stand no further apart than this part of the type size.
_RUN_GAP = 0.2
#: A run is centred on a cell that it leaves at both sides by the same, but for this part of the type size.
_OFF_CENTRE = 0.3
#: So many glyphs of a name may lie in the cell of its amount.
_LONGEST_SPILL = 3
#: A table whose lines cut more than this part of its runs is none.
_CUT = 0.12


@dataclass(slots=True)
class GridRow:
    """One row of a table as it will be written: fragments by column."""

    cells: list[list[Fragment]]
    y: float


def is_number(text: str) -> bool:
    """Whether a cell's text is one number."""
    return bool(NUMBER.fullmatch(text.replace(" ", "")))


def fill_lattice(lattice: Lattice, glyphs: Sequence[Glyph]) -> dict[Region, list[Glyph]] | None:
    """The glyphs of each region; None if the lines cut through words, so that this is no table.

    A run of glyphs that reaches over a line stays whole where its text is too long for its cell.
    """
    runs = [part for run in _make_runs(glyphs) for part in _part_amount(lattice, run)]
    regions = [[lattice.region_at(*g.centre) for g in run] for run in runs]
    standing: dict[Region, list[tuple[int, Glyph]]] = {}
    for number, (run, own) in enumerate(zip(runs, regions, strict=True)):
        for glyph, region in zip(run, own, strict=True):
            standing.setdefault(region, []).append((number, glyph))
    pieces: list[tuple[Region, list[Glyph]]] = []
    cuts = 0
    for number, (run, own) in enumerate(zip(runs, regions, strict=True)):
        parts = [run]
        if any(region != own[0] for region in own):
            parts, cut = _split_run(lattice, run, own, standing, number)
            cuts += cut
        pieces += [(lattice.region_at(*_middle(part)), part) for part in parts]
    if cuts >= 3 and cuts > _CUT * sum(1 for run in runs if len(run) > 1):
        return None
    cells: dict[Region, list[Glyph]] = {}
    for region, part in _lift(pieces):
        cells.setdefault(region, []).extend(part)
    return cells if len(cells) > 1 else None


def _lift(pieces: list[tuple[Region, list[Glyph]]]) -> list[tuple[Region, list[Glyph]]]:
    """Puts the last lines of a cell that is too low for its text, and that lie on the next cell's text, back into it.

    Such a line was drawn right after the line above it, one line lower and at the same left, and collides with other
    text of the cell in which it stands.
    """
    by_region: dict[Region, list[list[Glyph]]] = {}
    for region, run in pieces:
        by_region.setdefault(region, []).append(run)
    out: list[tuple[Region, list[Glyph]]] = []
    for region, run in pieces:
        first = run[0]
        if out:
            above, before = out[-1]
            pitch = (first.y - before[0].y) / first.size
            follows = above[1] == region[1] and above[0] < region[0] and 0.9 < pitch < 1.7
            if follows and abs(before[0].x0 - first.x0) < 0.5 * first.size and _collides(run, by_region[region]):
                region = above
        out.append((region, run))
    return out


def _collides(run: list[Glyph], others: list[list[Glyph]]) -> bool:
    """Whether a run lies on another one of its cell."""
    size = run[0].size
    for other in others:
        near = other is not run and abs(other[0].y - run[0].y) < 0.75 * size
        if near and other[0].x0 < run[-1].right - 0.3 * size and run[0].x0 < other[-1].right - 0.3 * size:
            return True
    return False


def _make_runs(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs that were drawn one after another and stand close together on one line."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if glyph.text == " ":
            continue
        if runs:
            last = runs[-1][-1]
            gap = (glyph.x0 - last.right) / glyph.size
            if abs(glyph.y - last.y) <= LINE_TOLERANCE * glyph.size and -0.4 < gap <= _RUN_GAP:
                runs[-1].append(glyph)
                continue
        runs.append([glyph])
    return runs


#: An amount straight behind words, of which one at least says what it is of.
_AMOUNT_BEHIND = re.compile(r"(?<=[\u4e00-\u9fff）)])-?\d[\d,]*\.\d{2}$")


def _part_amount(lattice: Lattice, run: list[Glyph]) -> list[list[Glyph]]:
    """A run as one or two: a name that fills its cell, and the amount in the next column that touches it."""
    found = _AMOUNT_BEHIND.search("".join(g.text for g in run))
    if found is None or any(len(g.text) != 1 for g in run):
        return [run]
    name, amount = run[: found.start()], run[found.start() :]
    here, there = (lattice.region_at(*_middle(part)) for part in (name, amount))
    return [name, amount] if here[1] < there[1] else [run]


def _middle(run: Sequence[Glyph]) -> tuple[float, float]:
    """The middle of a run, across and down."""
    return (run[0].x0 + run[-1].right) / 2, sum(g.centre[1] for g in run) / len(run)


def _split_run(
    lattice: Lattice,
    run: list[Glyph],
    regions: Sequence[Region],
    standing: dict[Region, list[tuple[int, Glyph]]],
    number: int,
) -> tuple[list[list[Glyph]], bool]:
    """A run parted where a line stands between two of its glyphs; whether a line cuts it elsewhere.

    It is not parted where it is one number, or where its end would lie on the text of the next cell.
    """
    parts: list[list[Glyph]] = [[run[0]]]
    cut = False
    for at in range(1, len(run)):
        before, glyph, left, right = run[at - 1], run[at], regions[at - 1], regions[at]
        if left != right and left[1] != right[1]:
            wall = lattice.sides(right)[0]
            slack = 0.15 * glyph.size
            clean = before.right <= wall + slack and glyph.x0 >= wall - slack
            touching = glyph.x0 - before.right < 0.1 * glyph.size
            covered = any(
                other != number and abs(g.y - glyph.y) < 0.5 * g.size and g.x0 < glyph.right and g.right > glyph.x0
                for other, g in standing[right]
            )
            beside = [g for other, g in standing[right] if other != number and abs(g.y - glyph.y) < 0.5 * g.size]
            spills = _spills(run[at:], beside)
            if clean and not (touching and (covered or spills or _is_whole(run))):
                parts.append([])
            else:
                cut = cut or not (clean or covered)
        parts[-1].append(glyph)
    if len(parts) > 1 and _overflows(lattice, run, regions, standing, number):
        return [run], cut
    return (parts, cut) if len(parts) > 1 else ([run], cut)


def _overflows(
    lattice: Lattice,
    run: list[Glyph],
    regions: Sequence[Region],
    standing: dict[Region, list[tuple[int, Glyph]]],
    number: int,
) -> bool:
    """Whether a run is centred on a cell that is too narrow for it, so that both its ends lie in the cells beside.

    These have text of their own, and little of the run: three cells that are full of text touch each other as well.
    """
    own = lattice.region_at(*_middle(run))
    beside = {region for region in regions if region != own}
    size = run[0].size
    left, right = lattice.sides(own)
    over = left - run[0].x0, run[-1].right - right
    if own not in regions or min(over) <= 0 or abs(over[0] - over[1]) > _OFF_CENTRE * size or len(beside) != 2:
        return False
    widths = [b - a for a, b in (lattice.sides(region) for region in beside)]
    tight = all(g.x0 - before.right < 0.1 * g.size for before, g in itertools.pairwise(run))
    written = all(any(other != number for other, _ in standing[region]) for region in beside)
    return tight and written and max(over) < 0.5 * min(widths)


def _spills(rest: Sequence[Glyph], beside: Sequence[Glyph]) -> bool:
    """Whether the end of a run is the end of a name that its cell has no room for: the next cell holds one amount."""
    words = all(is_ideograph(g.text) or g.text in "（）()、" for g in rest)
    return len(rest) <= _LONGEST_SPILL and words and bool(beside) and is_number("".join(g.text for g in beside))


def _is_whole(run: Sequence[Glyph]) -> bool:
    return is_number("".join(g.text for g in run))


def make_rows(lattice: Lattice, cells: dict[Region, list[Glyph]]) -> list[GridRow]:
    """The rows of a table, each with one list of fragments for each column; rows without any text left out.

    A merged cell stands where it begins. Rows that no line parts are parted by their numbers.
    """
    columns = _used_columns(lattice, cells)
    by_row: dict[int, dict[int, list[Fragment]]] = {}
    widths: dict[tuple[int, int], float] = {}
    for (r, c), glyphs in cells.items():
        fragments = make_cell(glyphs)
        if fragments:
            column = columns.index(c) if c in columns else 0
            by_row.setdefault(r, {}).setdefault(column, []).extend(fragments)
            left, right = lattice.sides((r, c))
            widths[(r, column)] = right - left
    rows: list[GridRow] = []
    for r in sorted(by_row):
        for part in _part_row(by_row[r]):
            row = [join_lines(part.get(c, []), widths.get((r, c), 0.0)) for c in range(len(columns))]
            rows.append(GridRow(row, lattice.ys[r]))
    return rows


def _used_columns(lattice: Lattice, cells: dict[Region, list[Glyph]]) -> list[int]:
    """The columns of a lattice without slivers between doubled lines."""
    begun = {c for _, c in cells}
    return [c for c in range(lattice.columns) if c in begun or lattice.xs[c + 1] - lattice.xs[c] > 6]


def make_cell(glyphs: Sequence[Glyph]) -> list[Fragment]:
    """The lines of a cell. Glyphs that are turned stand in the order in which they were drawn."""
    turned = [g for g in glyphs if not g.upright]
    out = [make_fragment(line) for line in group_lines(g for g in glyphs if g.upright)]
    if turned:
        text = "".join(g.text for g in turned).strip()
        first = turned[0]
        box = (
            0,
            len(text),
            min(g.x0 for g in turned),
            min(g.y for g in turned) - first.size,
            max(g.x1 for g in turned),
            max(g.y for g in turned),
        )
        out.append(Fragment(text, [box], first.y, first.size, first.x0, max(g.x1 for g in turned)))
    for fragment in out:
        _close_up(fragment)
    return [f for f in out if f.text]


def _close_up(fragment: Fragment) -> None:
    """Removes the blanks of a cell's words that are spaced out, as in 合 计."""
    words = fragment.text.split(" ")
    if len(words) > 1 and all(len(w) == 1 and is_ideograph(w) for w in words):
        text = "".join(words)
        box = fragment.places
        fragment.places = [(0, len(text), fragment.x0, box[0][3], fragment.x1, box[0][5])]
        fragment.text = text


def _part_row(row: dict[int, list[Fragment]]) -> list[dict[int, list[Fragment]]]:
    """A row as the rows that it holds: where two columns have whole numbers above each other, on the same lines."""
    stacked = {c: lines for c, lines in row.items() if len(lines) > 1 and all(is_number(f.text) for f in lines)}
    stacked = {
        c: lines for c, lines in stacked.items() if not is_number("".join(f.text for f in lines)) or len(lines) > 2
    }
    if len(stacked) < 2:
        return [row]
    bases: list[float] = []
    for lines in stacked.values():
        for fragment in lines:
            if not any(abs(fragment.y - b) < 0.5 * fragment.size for b in bases):
                bases.append(fragment.y)
    bases.sort()
    if len(bases) < 2 or any(len(lines) > len(bases) for lines in stacked.values()):
        return [row]
    parts: list[dict[int, list[Fragment]]] = [{} for _ in bases]
    for c, lines in row.items():
        for fragment in lines:
            nearest = min(range(len(bases)), key=lambda i: abs(bases[i] - fragment.y))
            parts[nearest].setdefault(c, []).append(fragment)
    return parts


def join_lines(lines: list[Fragment], width: float) -> list[Fragment]:
    """The lines of a cell, with a blank in front of each that begins a new word."""
    out = lines[:1]
    for before, line in itertools.pairwise(lines):
        out.append(_with_blank(line) if needs_blank(before, line, width) else line)
    return out


def needs_blank(before: Fragment, line: Fragment, width: float) -> bool:
    """Whether a blank belongs between two lines of a cell.

    Not between ideographs; between letters and digits only where the line above had room for more, so that the break
    was meant. A number broken for want of room goes on.
    """
    last, first = before.text[-1], line.text[0]
    if not (last.isascii() and last.isalnum() and first.isascii() and (first.isalnum() or first in ".-")) and not (
        last in ".,%" and first.isdigit()
    ):
        return False
    tail = re.split(r"[^\w.,%\-]", before.text)[-1]
    head = re.split(r"[^\w.,%\-]", line.text)[0]
    room = width - (before.x1 - before.x0)
    tight = room < 0.5 * line.size + min(0.6 * line.size, 5.0)
    if _DIGITS.fullmatch(before.text) and _DIGITS.fullmatch(line.text):
        if not is_number(before.text + line.text):
            return True
        decimals = "." in before.text and "." not in line.text
        return not (tight or decimals or last in ".," or first == "." or room < 1.5 * line.size)
    if last.isdigit() and first.isdigit() and "." in tail and "." in head:
        return True
    return not tight


def _with_blank(line: Fragment) -> Fragment:
    places = [(s + 1, e + 1, x0, top, x1, bottom) for s, e, x0, top, x1, bottom in line.places]
    return Fragment(" " + line.text, places, line.y, line.size, line.x0, line.x1)
