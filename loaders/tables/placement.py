"""Columns recovered by arithmetic.

Where a layout lost its empty cells, a row of a table has fewer numbers than columns. The numbers keep their order, a
total equals its parts along the row, and a class equals its sections and items down the column; a blank counts as zero.
Each row's possible placements are listed, and a constraint model (OR-tools CP-SAT) chooses one for each row so that the
columns add up. A row is placed only if no other solution places it otherwise; else it stays open.

Tolerance is that of the stated precision: half a last place for every number of a sum. Printed zeros are interchangeable
with blanks in every sum, so a zero has a column only where all placements of its row agree on it.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from loaders.tables.columns import Column
from loaders.tables.sums import Sum, find_sums
from loaders.words.normalise import plain

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

#: A row with more possible placements than this is left open.
MOST_PLACEMENTS = 400
#: A row with more ways to lose its cells than this is not tried.
MOST_TRIALS = 20_000
#: A table with more open rows than this is solved by rows only.
MOST_OPEN_ROWS = 250
#: What one table may take in all, in units of the solver's own deterministic clock (about seconds).
SOLVER_TIME = 0.5

_TOTAL = re.compile(
    r"^(?:合计|总计|总计|支出总计|收入总计|本年支出合计|本年收入合计|总额|“?三公”?经费合计|支出合计|收入合计)$"
)
_OUTSIDE = re.compile(r"其中|采购|备注|增减|增长|比例|%|上年(?:预算|决算|执行)|面向|中小企业")


#: A column for each number of a row; None for a zero whose column does not matter.
Choice = tuple[int | None, ...]


@dataclass
class PlacedRow:
    """One row to place: its code ("" for a total or uncoded row), its label, its numbers in order.

    ``placed`` gives each number its column, or None where the number is a zero that could stand in several.
    """

    code: str
    label: str
    numbers: list[Decimal]
    choices: list[Choice] = field(default_factory=list)
    placed: tuple[int | None, ...] | None = None
    derived: bool = False

    @property
    def certain(self) -> Choice | None:
        """Of a row that stays open, the columns on which all its placements agree; None if they agree on none."""
        if not self.choices:
            return None
        agreed = tuple(places[0] if len(set(places)) == 1 else None for places in zip(*self.choices, strict=True))
        return agreed if any(place is not None for place in agreed) else None

    def amount_in(self, where: tuple[int | None, ...], column: int) -> Decimal:
        """What the row contributes to a column if its numbers stand in the columns ``where``."""
        return sum((n for n, c in zip(self.numbers, where, strict=True) if c == column), Decimal(0))


Identity = tuple[int, tuple[int, ...]]


def row_identities(columns: tuple[Column, ...]) -> list[Identity]:
    """Which columns are totals of which others along a row, as the header's words say.

    The first column, if it is a total (合计, 总计 …), is the sum of the columns behind it, of each group only its 小计; a 小计 is
    the sum of its group. Columns that only repeat a part (其中…) or stand outside the sum (采购, 增减) are no parts. The list
    is empty where the header names no total.
    """
    names = _without_common([plain(c.label) for c in columns])
    groups = _divide_by_phase(names)
    if not groups:
        return _identities_of(names, columns)
    return [
        (group[total], tuple(group[p] for p in parts))
        for group in groups
        for total, parts in _identities_of([names[i].rsplit("|", 1)[0] for i in group], [columns[i] for i in group])
    ]


_PHASE_LEVEL = re.compile(r"(?:年初|全年|调整)?(?:预算|决算)数?")


def _divide_by_phase(names: list[str]) -> list[list[int]]:
    """The columns of each phase where all end with one and there are several: sums hold within a phase."""
    last = [name.rsplit("|", 1)[-1] for name in names]
    phases = list(dict.fromkeys(last))
    if len(phases) < 2 or not all("|" in n and _PHASE_LEVEL.fullmatch(w) for n, w in zip(names, last, strict=True)):
        return []
    return [[i for i, word in enumerate(last) if word == phase] for phase in phases]


def _identities_of(names: list[str], columns: Sequence[Column]) -> list[Identity]:
    if len(columns) < 3 or not _TOTAL.match(names[0].split("|")[-1]):
        return []
    found: list[Identity] = []
    parts = []
    for i, name in enumerate(names[1:], 1):
        levels = name.split("|")
        unit = columns[i].unit
        if columns[i].role != "value" or _OUTSIDE.search(name) or (unit is not None and unit.unit != "CNY"):
            continue
        subtotal = next(
            (
                k
                for k, n in enumerate(names)
                if len(levels) > 1 and re.fullmatch(re.escape(levels[0]) + r"\|(?:小计|合计)", n)
            ),
            None,
        )
        if subtotal == i:
            group = tuple(
                k
                for k, n in enumerate(names)
                if k != i and n.startswith(levels[0] + "|") and not _OUTSIDE.search(n.split("|", 1)[1])
            )
            if len(group) >= 2:
                found.append((i, group))
        if subtotal is None or subtotal == i:
            parts.append(i)
    if len(parts) >= 2:
        found.insert(0, (0, tuple(parts)))
    return found


def _without_common(names: list[str]) -> list[str]:
    """The names without the levels that all of them share: the title of the whole table, printed above its columns."""
    levels = [n.split("|") for n in names]
    while len(levels) > 1 and all(len(n) > 1 and n[0] == levels[0][0] for n in levels):
        levels = [n[1:] for n in levels]
    return ["|".join(n) for n in levels]


def place_rows(rows: list[PlacedRow], columns: tuple[Column, ...], sure: bool) -> None:
    """Fills :attr:`PlacedRow.placed` where it is certain. ``sure`` says whether the header's order is known for certain.

    Rows whose numbers fill all columns are placed by their order; if the header is not sure, only when they add up.
    """
    identities = row_identities(columns)
    width = len(columns)
    for row in rows:
        count = len(row.numbers)
        if count > width or not count:
            continue
        if count == width:
            whole: tuple[int, ...] = tuple(range(width))
            if sure or (identities and _adds_up(row.numbers, whole, identities)):
                row.placed = whole
                continue
        if identities and sure and math.comb(width, count) <= MOST_TRIALS:
            row.choices = _list_choices(row.numbers, width, identities)
            if len(row.choices) == 1:
                row.placed, row.derived = row.choices[0], True
    if identities and sure:
        solve_columns(rows, width)


def mark_derived(rows: list[PlacedRow]) -> None:
    """Says of all rows placed that the order of their header alone did not place them."""
    for row in rows:
        row.derived = row.derived or row.placed is not None


def is_total_row(row: PlacedRow) -> bool:
    """Whether a row states the total of its table or of a unit: it has no code."""
    return not row.code


def _half(numbers: list[Decimal]) -> Decimal:
    """Half of the last place that the numbers of a table state."""
    exponents = [e for e in (n.as_tuple().exponent for n in numbers) if isinstance(e, int)]
    return Decimal(5).scaleb(min(*exponents, 0, 0) - 1)


def _adds_up(numbers: list[Decimal], where: tuple[int, ...], identities: list[Identity]) -> bool:
    at = dict(zip(where, numbers, strict=True))
    slack = _half(numbers)
    for total, parts in identities:
        members = [at[p] for p in parts if p in at]
        if total not in at:
            if any(members):
                return False
            continue
        room = slack * (len(members) + 1) if len(members) > 1 else Decimal(0)
        if abs(at[total] - sum(members, Decimal(0))) > room:
            return False
    return True


def _list_choices(numbers: list[Decimal], width: int, identities: list[Identity]) -> list[Choice]:
    """The placements of a row that its own sums allow, those that differ only by zeros taken as one; empty if too many."""
    total = identities[0][0]
    found: dict[tuple[int, ...], list[int | None]] = {}
    for where in itertools.combinations(range(width), len(numbers)):
        if where[0] != total or not _adds_up(numbers, where, identities):
            continue
        key = tuple(c for c, n in zip(where, numbers, strict=True) if n)
        known = found.setdefault(key, list(where))
        for i, column in enumerate(where):
            if known[i] != column:
                known[i] = None
        if len(found) > MOST_PLACEMENTS:
            return []
    return [tuple(choice) for choice in found.values()]


def solve_columns(rows: list[PlacedRow], width: int) -> None:
    """Chooses among the placements that rows leave open, so that columns add up; only unique choices are taken."""
    sums = find_sums(list(rows))
    involved = {i for whole, parts in sums for i in (*whole, *parts)}
    open_rows = [i for i in involved if rows[i].placed is None and len(rows[i].choices) > 1]
    if not open_rows or len(open_rows) > MOST_OPEN_ROWS:
        return
    usable = [s for s in sums if all(rows[i].placed is not None or rows[i].choices for i in (*s[0], *s[1]))]
    usable = _consistent(rows, usable)
    if not usable:
        return
    from ortools.sat.python import cp_model  # half a second, which few documents need

    model, choice = _model(rows, open_rows, usable, width)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    left = SOLVER_TIME
    first: dict[int, int] = {}
    undecided = set(open_rows)
    while left > 0:
        solver.parameters.max_deterministic_time = left
        status = solver.solve(model)
        left -= max(solver.response_proto.deterministic_time, 0.001)
        if status == cp_model.INFEASIBLE and first:
            for i in undecided:  # no other solution places these rows otherwise
                rows[i].placed, rows[i].derived = rows[i].choices[first[i]], True
            return
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return
        found = {i: next(k for k, v in enumerate(choice[i]) if solver.value(v)) for i in open_rows}
        undecided = {i for i in undecided if found[i] == first.get(i, found[i])}
        if not undecided:
            return
        first = first or found
        model.add_bool_or([choice[i][first[i]].negated() for i in undecided])


def _consistent(rows: list[PlacedRow], sums: list[Sum]) -> list[Sum]:
    """Only the sums whose totals (first column) agree: one that a document contradicts cannot place anything."""
    kept = []
    for whole, parts in sums:
        numbers = [rows[i].numbers for i in (*whole, *parts)]
        slack = max(_half(n) for n in numbers) * (len(parts) + 1)
        if abs(rows[whole[0]].numbers[0] - sum((rows[i].numbers[0] for i in parts), Decimal(0))) <= slack:
            kept.append((whole, parts))
    return kept


def _model(
    rows: list[PlacedRow], open_rows: list[int], sums: list[Sum], width: int
) -> tuple[cp_model.CpModel, dict[int, list[cp_model.IntVar]]]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    choice = {i: [model.new_bool_var(f"r{i}c{k}") for k in range(len(rows[i].choices))] for i in open_rows}
    for options in choice.values():
        model.add_exactly_one(options)
    places = max(int(-_half(r.numbers).as_tuple().exponent) - 1 for r in rows if r.numbers)  # type: ignore[operator]
    scale = Decimal(10) ** places

    def terms(i: int, column: int) -> tuple[int, list[tuple[cp_model.IntVar, int]]]:
        """What a row contributes to a column: a fixed number, and numbers that depend on its choice."""
        row = rows[i]
        if row.placed is not None:
            return int(row.amount_in(row.placed, column) * scale), []
        amounts = [(choice[i][k], int(row.amount_in(where, column) * scale)) for k, where in enumerate(row.choices)]
        return 0, [(variable, amount) for variable, amount in amounts if amount]

    for whole, parts in sums:
        if not any(i in choice for i in (*whole, *parts)):
            continue
        slack = int(max(_half(rows[i].numbers) for i in (*whole, *parts)) * scale * (len(parts) + 1))
        for column in range(1, width):
            fixed = 0
            variables: list[cp_model.IntVar] = []
            factors: list[int] = []
            for i, sign in ((whole[0], 1), *((i, -1) for i in parts)):
                number, chosen = terms(i, column)
                fixed += sign * number
                variables.extend(v for v, _ in chosen)
                factors.extend(sign * f for _, f in chosen)
            if variables:
                total = cp_model.LinearExpr.weighted_sum(variables, factors)
                model.add_linear_constraint(total, -slack - fixed, slack - fixed)
    return model, choice
