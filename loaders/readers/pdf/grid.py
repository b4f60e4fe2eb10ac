"""Ruled tables of a PDF page: a lattice of the drawn lines, its slots joined where no line parts them.

A lattice needs no closed frame: a table without its outer lines, or cut by the page's end, is closed at the ends of
the lines that it has.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Lines nearer than this are one line; gaps in a line up to this are closed. In points.
SNAP = 2.5
#: The part of a slot's side that must be drawn to part it from its neighbour.
_COVER = 0.6
#: A filled shape thinner than this is a line, in points.
_THIN = 3.0


@dataclass(slots=True)
class Rule:
    """A straight line: at ``at`` (x of a vertical, y of a horizontal one), from ``start`` to ``end``."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Lattice:
    """A ruled table: the x and y of its lines, and for each slot the region (merged cell) that it belongs to.

    A region is named by its first slot ``(row, column)``.
    """

    xs: list[float]
    ys: list[float]
    owner: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    extent: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.ys) - 1

    @property
    def columns(self) -> int:
        return len(self.xs) - 1

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the table, with a point to spare."""
        return self.xs[0] - 1, self.ys[0] - 1, self.xs[-1] + 1, self.ys[-1] + 1

    def region_at(self, x: float, y: float) -> tuple[int, int]:
        """The region that holds a point of the table."""
        column = bisect.bisect_right(self.xs, x, 1, len(self.xs) - 1) - 1
        row = bisect.bisect_right(self.ys, y, 1, len(self.ys) - 1) - 1
        return self.owner[(row, column)]

    def sides(self, region: tuple[int, int]) -> tuple[float, float]:
        """x of a region's left and right side."""
        return self.xs[region[1]], self.xs[self.extent[region][1] + 1]


def is_light(colour: Any) -> bool:
    """Whether a colour (grey, RGB or CMYK, parts from 0 to 1) is nearly white, and so draws no line on paper."""
    if isinstance(colour, int | float):
        return colour > 0.97
    if not isinstance(colour, tuple | list) or not all(isinstance(c, int | float) for c in colour):
        return False
    if len(colour) == 4:
        return all(c < 0.03 for c in colour)
    return len(colour) in (1, 3) and all(c > 0.97 for c in colour)


def find_rules(objects: Iterable[dict[str, Any]]) -> tuple[list[Rule], list[Rule]]:
    """The visible vertical and horizontal lines among drawn objects (pdfplumber's lines, rects and curves)."""
    down: list[Rule] = []
    across: list[Rule] = []
    for item in objects:
        stroked, filled = bool(item.get("stroke")), bool(item.get("fill"))
        if not (stroked and not is_light(item.get("stroking_color"))) and not (
            filled and not is_light(item.get("non_stroking_color"))
        ):
            continue
        x0, x1, top, bottom = (float(item[k]) for k in ("x0", "x1", "top", "bottom"))
        wide, high = x1 - x0, bottom - top
        if wide <= _THIN and high > wide:
            down.append(Rule((x0 + x1) / 2, top, bottom))
        elif high <= _THIN and wide > high:
            across.append(Rule((top + bottom) / 2, x0, x1))
        elif item["object_type"] == "rect" or (item["object_type"] == "curve" and _is_box(item.get("pts") or ())):
            down += [Rule(x0, top, bottom), Rule(x1, top, bottom)]
            across += [Rule(top, x0, x1), Rule(bottom, x0, x1)]
    return down, across


def _is_box(points: Sequence[tuple[float, float]]) -> bool:
    """Whether a path goes along the axes only."""
    pairs = list(itertools.pairwise(points))
    return bool(pairs) and all(abs(a[0] - b[0]) < 0.5 or abs(a[1] - b[1]) < 0.5 for a, b in pairs)


def join_rules(rules: list[Rule]) -> list[Rule]:
    """Lines at nearly the same place put at one place, and pieces of one line joined."""
    rules = sorted(rules, key=lambda r: r.at)
    groups: list[list[Rule]] = []
    for rule in rules:
        if groups and rule.at - groups[-1][-1].at <= SNAP and rule.at - groups[-1][0].at <= 2 * SNAP:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    out: list[Rule] = []
    for group in groups:
        weight = sum(r.end - r.start for r in group) or 1.0
        at = sum(r.at * (r.end - r.start) for r in group) / weight if weight > 1 else group[0].at
        pieces: list[Rule] = []
        for rule in sorted(group, key=lambda r: r.start):
            if pieces and rule.start <= pieces[-1].end + SNAP:
                pieces[-1].end = max(pieces[-1].end, rule.end)
            else:
                pieces.append(Rule(at, rule.start, rule.end))
        out += [p for p in pieces if p.end - p.start > 2 * SNAP]
    return out


def find_lattices(objects: Iterable[dict[str, Any]]) -> list[Lattice]:
    """The ruled tables of a page, top to bottom: at least two columns, parted by a vertical line."""
    down, across = (join_rules(rules) for rules in find_rules(objects))
    out = []
    for own_down, own_across in _components(down, across):
        lattice = _make_lattice(own_down, own_across)
        if lattice is not None:
            out.append(lattice)
    return sorted(out, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def _components(down: list[Rule], across: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that meet, directly or by way of others."""
    parent = list(range(len(down) + len(across)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    ordered = sorted(range(len(across)), key=lambda j: across[j].at)
    heights = [across[j].at for j in ordered]
    for i, v in enumerate(down):
        first = bisect.bisect_left(heights, v.start - SNAP)
        for j in ordered[first : bisect.bisect_right(heights, v.end + SNAP)]:
            if across[j].start - SNAP <= v.at <= across[j].end + SNAP:
                parent[find(i)] = find(len(down) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, v in enumerate(down):
        groups.setdefault(find(i), ([], []))[0].append(v)
    for j, h in enumerate(across):
        groups.setdefault(find(len(down) + j), ([], []))[1].append(h)
    return list(groups.values())


def _make_lattice(down: list[Rule], across: list[Rule]) -> Lattice | None:
    if not down or len(across) < 2:
        return None
    xs = _places([v.at for v in down], [h.start for h in across], [h.end for h in across])
    ys = _places([h.at for h in across], [v.start for v in down], [v.end for v in down])
    if len(xs) < 3 or len(ys) < 2:
        return None
    lattice = Lattice(xs, ys)
    walls = _Walls(down, across)
    parent = {(r, c): (r, c) for r in range(lattice.rows) for c in range(lattice.columns)}

    def find(slot: tuple[int, int]) -> tuple[int, int]:
        while parent[slot] != slot:
            parent[slot] = parent[parent[slot]]
            slot = parent[slot]
        return slot

    for r, c in parent:
        if c + 1 < lattice.columns and not walls.upright(xs[c + 1], ys[r], ys[r + 1]):
            parent[find((r, c + 1))] = find((r, c))
        if r + 1 < lattice.rows and not walls.level(ys[r + 1], xs[c], xs[c + 1]):
            parent[find((r + 1, c))] = find((r, c))
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for slot in sorted(parent):
        root = find(slot)
        name = first.setdefault(root, slot)
        lattice.owner[slot] = name
        far = lattice.extent.get(name, slot)
        lattice.extent[name] = (max(far[0], slot[0]), max(far[1], slot[1]))
    return lattice


def _places(inner: list[float], starts: list[float], ends: list[float]) -> list[float]:
    """The distinct places of lines, with the far ends of the crossing lines where no line closes them."""
    places = sorted(set(inner))
    low, high = min(starts), max(ends)
    if low < places[0] - 2 * SNAP and sum(1 for s in starts if s < low + SNAP) >= 2:
        places.insert(0, low)
    if high > places[-1] + 2 * SNAP and sum(1 for e in ends if e > high - SNAP) >= 2:
        places.append(high)
    return places


class _Walls:
    """Whether a side of a slot is drawn."""

    def __init__(self, down: list[Rule], across: list[Rule]) -> None:
        self.down: dict[float, list[Rule]] = {}
        self.across: dict[float, list[Rule]] = {}
        for v in down:
            self.down.setdefault(v.at, []).append(v)
        for h in across:
            self.across.setdefault(h.at, []).append(h)

    def upright(self, x: float, top: float, bottom: float) -> bool:
        return _covered(self.down.get(x, ()), top, bottom)

    def level(self, y: float, left: float, right: float) -> bool:
        return _covered(self.across.get(y, ()), left, right)


def _covered(rules: Iterable[Rule], start: float, end: float) -> bool:
    drawn = sum(max(0.0, min(r.end, end) - max(r.start, start)) for r in rules)
    return drawn >= _COVER * (end - start)
