"""Which projects of a table are parts of others above them, where arithmetic alone shows it.

Forms print a project and its parts one under the other without saying so. Where the rows of a unit do not add up to
the unit's own sum one by one, but do in exactly one way of taking some of them as sums of those below them, that is how
they nest. Where several ways fit, or none, nothing is said. Official forms print all projects at one depth: class, kind
of project, project (专用项目、其他履职尽责专项业务费 …). Where one such even way fits all rows, it is taken first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.documents import Span
from loaders.facts import Figure, Project
from loaders.meaning.forms import TOTAL
from loaders.words.naming import is_office

#: Rows of a unit above which no nesting is looked for: what can be read at a glance is shorter.
_MOST = 200
#: Ways of beginning to nest that are looked at, so that a long table costs little.
_STEPS = 20_000

#: Levels of rows in official forms below that of the parts: class, kind, and one more.
_DEEPEST = 3

#: A row and the rows below it that it adds up, by their positions.
_Tree = tuple[int, tuple["_Tree", ...]]


@dataclass(frozen=True, slots=True)
class _Row:
    figure: Figure
    project: int | None  #: position among the projects


def nest(projects: Sequence[Project], figures: Sequence[Figure]) -> list[Project]:
    """The projects, each with the project that it is part of, and with its figures that add up to that one's."""
    out = list(projects)
    for row, above in _find_parents(projects, figures):
        if not out[row].parent:
            out[row] = replace(out[row], parent=out[above].label)
    return _add_sums(out, figures)


def _find_parents(projects: Sequence[Project], figures: Sequence[Figure]) -> Iterator[tuple[int, int]]:
    """Pairs of positions: a project and the one that it is part of."""
    at = {p.amount_span: i for i, p in enumerate(projects) if p.amount_span is not None}
    for rows in _tables(at, figures):
        for whole, lines in _groups(rows):
            values = [line.figure.value for line in lines]
            for tree in find_even_nesting(values, whole) or find_nesting(values, whole) or ():
                yield from _pairs(tree, lines, None)


def _pairs(tree: _Tree, lines: Sequence[_Row], above: int | None) -> Iterator[tuple[int, int]]:
    position, parts = tree
    project = lines[position].project
    if project is not None and above is not None:
        yield project, above
    for part in parts:
        yield from _pairs(part, lines, above if project is None else project)


def _tables(at: dict[Span, int], figures: Sequence[Figure]) -> Iterator[list[_Row]]:
    """The rows of each table with projects, each by the figure of the column in which the projects' amounts stand."""
    pages: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.row >= 0 and figure.unit == "CNY" and figure.aspect == "level":
            pages[figure.block].append(figure)
    first = _join_pages(figures)
    tables: dict[tuple[int, str], list[Figure]] = defaultdict(list)
    for block, found in pages.items():
        columns = {f.column for f in found if f.span in at}
        if len(columns) == 1:
            column = columns.pop()
            tables[first[block], column] += [f for f in found if f.column == column]
    for found in tables.values():
        rows = {(f.block, f.row): f for f in reversed(found)}
        yield [_Row(f, at.get(f.span)) for f in _without_repeats([rows[row] for row in sorted(rows)])]


def _without_repeats(rows: Sequence[Figure]) -> Iterator[Figure]:
    """The rows of a table; one that a page prints again to go on with it is left out."""
    above: Figure | None = None
    for row in rows:
        again = above is not None and row.block != above.block and row.subject_label == above.subject_label
        if not (again and above is not None and row.value == above.value):
            yield row
        above = row


def _join_pages(figures: Sequence[Figure]) -> dict[int, int]:
    """The first block of the table to which a block belongs: pages of one table have its title, one after another."""
    titles = {f.block: f.table for f in figures if f.row >= 0}
    first: dict[int, int] = {}
    above = -1
    for block in sorted(titles):
        goes_on = above >= 0 and titles[block] and titles[block] == titles[above]
        first[block] = first[above] if goes_on else block
        above = block
    return first


def _groups(rows: Sequence[_Row]) -> Iterator[tuple[Decimal, list[_Row]]]:
    """The rows below each row of a unit, or below the total, with the sum that it states."""
    whole: Decimal | None = None
    lines: list[_Row] = []
    for row in rows:
        label = re.sub(r"\s", "", row.figure.subject_label)
        if row.project is None and (TOTAL.match(label) or is_office(label)):
            if whole is not None and lines:
                yield whole, lines
            whole, lines = row.figure.value, []
        elif row.figure.value:
            lines.append(row)
    if whole is not None and lines:
        yield whole, lines


def find_even_nesting(values: Sequence[Decimal], whole: Decimal) -> list[_Tree] | None:
    """How rows nest if all that have no parts stand at one depth below a sum; None if they do so in no way, or several.

    >>> find_even_nesting([Decimal(n) for n in (2, 2, 2, 2)], Decimal(4))
    [(0, ((1, ()),)), (2, ((3, ()),))]
    """
    if len(values) < 2 or sum(values) == whole or any(v <= 0 for v in values):
        return None
    ways = []
    for depth in range(1, _DEEPEST + 1):
        found = _nest_evenly(values, 0, whole, depth)
        if found is not None and found[1] == len(values):
            ways.append(found[0])
    return ways[0] if len(ways) == 1 else None


def _nest_evenly(values: Sequence[Decimal], start: int, whole: Decimal, depth: int) -> tuple[list[_Tree], int] | None:
    """Rows from a position on that add up to a sum, each with parts of its own to a depth, and the row behind them."""
    trees: list[_Tree] = []
    left = whole
    while left > 0 and start < len(values):
        left -= values[start]
        parts = _nest_evenly(values, start + 1, values[start], depth - 1) if depth else ([], start + 1)
        if parts is None:
            return None
        trees.append((start, tuple(parts[0])))
        start = parts[1]
    return (trees, start) if left == 0 else None


def find_nesting(values: Sequence[Decimal], whole: Decimal) -> list[_Tree] | None:
    """How rows nest under a sum that they do not add up to as they stand; None if they do, or if no single way fits.

    >>> find_nesting([Decimal(n) for n in (5, 2, 3, 4)], Decimal(9))
    [(0, ((1, ()), (2, ()))), (3, ())]
    """
    if len(values) > _MOST or sum(values) == whole or any(v <= 0 for v in values):
        return None
    try:
        ways = _Ways(values).lists(0, whole).get(len(values), [])
    except _TooMany:
        return None
    return list(ways[0]) if len(ways) == 1 else None


class _TooMany(Exception):
    """More ways than are looked at."""


class _Ways:
    """The ways in which rows from a position on add up to an amount; at most two for each end, as two are no answer."""

    def __init__(self, values: Sequence[Decimal]) -> None:
        self._values = values
        self._known: dict[tuple[int, Decimal], dict[int, list[tuple[_Tree, ...]]]] = {}

    def lists(self, start: int, amount: Decimal) -> dict[int, list[tuple[_Tree, ...]]]:
        """The position behind the last row, and the rows with their parts."""
        if amount == 0:
            return {start: [()]}
        if start >= len(self._values) or self._values[start] > amount:
            return {}
        if (start, amount) not in self._known:
            if len(self._known) >= _STEPS:
                raise _TooMany
            self._known[start, amount] = {}
            self._known[start, amount] = self._find(start, amount)
        return self._known[start, amount]

    def _find(self, start: int, amount: Decimal) -> dict[int, list[tuple[_Tree, ...]]]:
        value = self._values[start]
        nodes = {start + 1: [()]} | self.lists(start + 1, value)
        ways: dict[int, list[tuple[_Tree, ...]]] = {}
        for end, below in nodes.items():
            for last, behind in self.lists(end, amount - value).items():
                both = [((start, parts), *rest) for parts in below for rest in behind]
                ways[last] = [*ways.get(last, []), *both][:2]
        return ways


def _add_sums(projects: Sequence[Project], figures: Sequence[Figure]) -> list[Project]:
    """The projects; the parts of one that add up to it are marked, column by column."""
    at = {f.span: f for f in figures}
    first = _join_pages(figures)
    parts: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for i, project in enumerate(projects):
        if project.parent:
            parts[_block(project, at, first), project.parent, project.unit].append(i)
    out = list(projects)
    for whole in projects:
        own = parts.get((_block(whole, at, first), whole.label, whole.unit), [])
        pairs = _find_pairs(whole, [projects[i] for i in own], at)
        for i, sums in zip(own, pairs, strict=True):
            out[i] = replace(out[i], sums=tuple(dict.fromkeys((*out[i].sums, *sums))))
    return out


def _block(project: Project, at: dict[Span, Figure], first: dict[int, int]) -> int:
    figure = at.get(project.amount_span) if project.amount_span is not None else None
    return first.get(figure.block, figure.block) if figure is not None else -1


def _find_pairs(whole: Project, parts: Sequence[Project], at: dict[Span, Figure]) -> list[list[tuple[Span, Span]]]:
    """For each part its figures that, with those of the other parts, add up to a figure of the whole."""
    found: list[list[tuple[Span, Span]]] = [[] for _ in parts]
    if not parts:
        return found
    for column, figure in _by_column(whole, at).items():
        beside = [_by_column(part, at).get(column) for part in parts]
        if figure.value and sum((f.value for f in beside if f is not None), Decimal(0)) == figure.value:
            for pairs, f in zip(found, beside, strict=True):
                if f is not None:
                    pairs.append((f.span, figure.span))
    return found


def _by_column(project: Project, at: dict[Span, Figure]) -> dict[str, Figure]:
    """The figures of a project by their columns; its amount, where that stands in prose, by none."""
    spans = [s for s in (project.amount_span, *project.figures) if s is not None and s in at]
    return {at[s].column: at[s] for s in reversed(spans)}
