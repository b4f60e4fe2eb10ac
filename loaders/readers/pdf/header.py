"""The header of a table without lines: which column each of its words heads.

A header stands at the left, in the middle or at the right of its column, wherever the column's own cells stand; so it
is placed by its order, and only then by its distance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations, pairwise

from loaders.readers.pdf.glyphs import Fragment

#: Lines nearer than this part of the type size are one level of a header.
_LEVEL = 0.95
#: Lines of one name follow each other nearer than this part of the type size; lines of two levels do not.
_BROKEN = 1.45

Interval = tuple[float, float]
Placed = list[tuple[int, Fragment]]


def place_header(
    lines: Sequence[Sequence[Fragment]], columns: Sequence[Interval], amounts: Sequence[Interval]
) -> tuple[list[Placed], list[Interval]]:
    """The column of each part of each header line, and further columns, which have a header and no cell.

    With further columns, the columns are counted with them, in the order of where they stand. ``amounts`` says where
    amounts stand: at the right of their columns, while other cells stand at the left.
    """
    extra = _find_extra(max(lines, key=len, default=[]), columns, amounts)
    every = sorted([*columns, *extra])
    room = _find_room(every, amounts)
    placed = [_place_line(line, room) for line in lines]
    return _unwrap([_spread(number, placed, every) for number in range(len(placed))]), extra


def _unwrap(placed: Sequence[Placed]) -> list[Placed]:
    """The header's lines, with each name that is broken over several of them in the fullest of these."""
    chains: dict[int, list[list[tuple[int, Fragment]]]] = {}
    for number, line in enumerate(placed):
        for column, part in line:
            own = chains.setdefault(column, [])
            if own and part.y - own[-1][-1][1].y < _BROKEN * part.size:
                own[-1].append((number, part))
            else:
                own.append([(number, part)])
    out: list[Placed] = [[] for _ in placed]
    for column, own in sorted(chains.items()):
        for chain in own:
            lines = range(chain[0][0], chain[-1][0] + 1)
            fullest = max(lines, key=lambda number: len(placed[number]))
            out[fullest] += [(column, part) for _, part in chain]
    return [line for line in out if line]


def _find_room(columns: Sequence[Interval], amounts: Sequence[Interval]) -> list[Interval]:
    """The room of each column, wider than its cells: to the column before for amounts, else to the one behind."""
    room = []
    for index, (left, right) in enumerate(columns):
        if any(a < right and b > left for a, b in amounts):
            room.append((columns[index - 1][1] if index else left, right))
        else:
            room.append((left, max(right, columns[index + 1][0]) if index + 1 < len(columns) else right))
    return room


def _find_extra(line: Sequence[Fragment], columns: Sequence[Interval], amounts: Sequence[Interval]) -> list[Interval]:
    """The parts of the longest header line that are more than there are columns: those that fit worst."""
    if len(line) <= len(columns):
        return []
    parts = [(p.x0, p.x1) for p in line]
    taken = set(_align(_find_room(columns, amounts), parts, lambda room, part: _beyond(part, room)))
    return [part for index, part in enumerate(parts) if index not in taken]


def _place_line(line: Sequence[Fragment], room: Sequence[Interval]) -> Placed:
    parts = [(p.x0, p.x1) for p in line]
    if len(line) > len(room):  # no header that can be told apart: each by its nearest column
        return [(min(range(len(room)), key=lambda i: _beyond(part, room[i])), p)
                for part, p in zip(parts, line, strict=True)]  # fmt: skip
    return list(zip(_align(parts, room, _beyond), line, strict=True))


def _align(few: Sequence[Interval], many: Sequence[Interval], far: Callable[[Interval, Interval], float]) -> list[int]:
    """For each of ``few`` another one of ``many``, in order, so that all together are nearest."""

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[int, ...]]:
        if i == len(few):
            return 0.0, ()
        cost, rest = best(i + 1, j + 1)
        chosen = (cost + far(few[i], many[j]), (j, *rest))
        if len(many) - j > len(few) - i:
            chosen = min(chosen, best(i, j + 1), key=lambda pair: pair[0])
        return chosen

    return list(best(0, 0)[1])


def _beyond(part: Interval, room: Interval) -> float:
    """How far a part sticks out of a room, and a little for middles that are apart."""
    out = max(0.0, room[0] - part[0]) + max(0.0, part[1] - room[1])
    return out + 0.01 * abs((part[0] + part[1]) / 2 - (room[0] + room[1]) / 2)


def _spread(number: int, placed: Sequence[Placed], columns: Sequence[Interval]) -> Placed:
    """A header line with each group's name at the first of the columns that it stands over.

    Columns with a name below share out among the groups of the line above, so that each group stands in the middle.
    """
    line = placed[number]
    if not line:
        return line
    level, size = line[0][1].y, line[0][1].size
    named: set[int] = set()
    used: set[int] = set()
    for other in placed[number + 1 :]:
        for column, part in other:
            (used if part.y - level < _LEVEL * size else named).add(column)
    named -= used
    taken = dict(line)
    moved: dict[int, int] = {}
    for run in _runs(sorted(named)):
        groups = [column for column in taken if column in run]
        cuts = min(
            combinations(range(1, len(run)), len(groups) - 1) if groups else [],
            key=lambda cuts: sum(
                _off(taken[group], first, last, columns)
                for group, (first, last) in zip(groups, _segments(run, cuts), strict=True)
            ),
            default=None,
        )
        if cuts is not None:
            moved.update(zip(groups, (first for first, _ in _segments(run, cuts)), strict=True))
    return [(moved.get(column, column), part) for column, part in line]


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers that follow one another."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _segments(run: Sequence[int], cuts: Sequence[int]) -> list[tuple[int, int]]:
    """First and last column of each part of a run."""
    bounds = [0, *cuts, len(run)]
    return [(run[a], run[b - 1]) for a, b in pairwise(bounds)]


def _off(part: Fragment, first: int, last: int, columns: Sequence[Interval]) -> float:
    """How far a name is from the middle of its columns, whose cells may stand at the left, in the middle or right."""
    middle = (part.x0 + part.x1) / 2
    left, right = columns[first][0], columns[last][1]
    next_left = columns[last + 1][0] if last + 1 < len(columns) else right
    last_right = columns[first - 1][1] if first else left
    centred = min(abs(middle - (a + b) / 2) for a, b in ((left, right), (left, next_left), (last_right, right)))
    return min(centred, abs(part.x0 - left))  # some stand at the left of their columns
