"""Columns recovered by arithmetic.

Where a layout lost its empty cells, a row of a table has fewer numbers than columns. The numbers keep their order, a
total equals its parts along the row, and a class equals its sections and items down the column; a blank counts as zero.
Each row's possible placements are listed, and a constraint model (OR-tools CP-SAT) chooses one for each row so that the
columns add up. A row is placed only if no other solution places it otherwise; else it stays open.

Tolerance is that of the stated precision: half a last place for every number of a sum; where all totals of a table add up
to the last place, it was printed without rounding, and its columns must add up so as well.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ortools.sat.python import cp_model

from loaders.tables.columns import Column
from loaders.tables.forms import plain

#: A row with more possible placements than this is left open.
MOST_PLACEMENTS = 400
#: A row with more ways to lose its cells than this is not tried.
MOST_TRIALS = 20_000
#: A table with more open rows than this is solved by rows only.
MOST_OPEN_ROWS = 250
#: Seconds that one table may take, by the solver's own deterministic clock.
SOLVER_SECONDS = 2.0

_TOTAL = re.compile(
    r"^(?:合计|总计|总计|支出总计|收入总计|本年支出合计|本年收入合计|总额|“?三公”?经费合计|支出合计|收入合计)$"
)
_OUTSIDE = re.compile(r"其中|采购|备注|增减|增长|比例|%|上年(?:预算|决算|执行)|面向|中小企业")


@dataclass
class Row:
    """One row to place: its code ("" for a total or uncoded row), its label, its numbers as printed, their order kept."""

    code: str
    label: str
    numbers: list[Decimal]
    choices: list[tuple[int, ...]] = field(default_factory=list)
    placed: tuple[int, ...] | None = None
    derived: bool = False


Identity = tuple[int, tuple[int, ...]]


def row_identities(columns: tuple[Column, ...]) -> list[Identity]:
    """Which columns are totals of which others along a row, as the header's words say.

    The first column, if it is a total (合计, 总计 …), is the sum of the columns behind it, of each group only its 小计; a 小计 is
    the sum of its group. Columns that only repeat a part (其中…) or stand outside the sum (采购, 增减) are no parts. The list
    is empty where the header names no total.
    """
    names = [plain(c.label) for c in columns]
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


def place_rows(rows: list[Row], columns: tuple[Column, ...], sure: bool) -> None:
    """Fills :attr:`Row.placed` where it is certain. ``sure`` says whether the header's order is known for certain.

    Rows whose numbers fill all columns are placed by their order; if the header is not sure, only when they add up.
    """
    identities = row_identities(columns)
    width = len(columns)
    for row in rows:
        count = len(row.numbers)
        if count > width or not count:
            continue
        if count == width:
            whole = tuple(range(width))
            if sure or (identities and _adds_up(row.numbers, whole, identities)):
                row.placed = whole
                continue
        if identities and sure and math.comb(width, count) <= MOST_TRIALS:
            row.choices = list(itertools.islice(_choices(row.numbers, width, identities), MOST_PLACEMENTS + 1))
            if len(row.choices) > MOST_PLACEMENTS:
                row.choices = []
            elif len(row.choices) == 1:
                row.placed, row.derived = row.choices[0], True
    if identities and sure:
        _solve(rows, width)


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


def _choices(numbers: list[Decimal], width: int, identities: list[Identity]) -> Iterator[tuple[int, ...]]:
    total = identities[0][0]
    for where in itertools.combinations(range(width), len(numbers)):
        if where[0] == total and _adds_up(numbers, where, identities):
            yield where


def _children(rows: list[Row]) -> list[tuple[list[int], list[int]]]:
    """Sums down the column: row indexes of a sum (several that state the same) and of its parts.

    The parts of a code are the codes one level (two digits) below it; the parts of the table's total row are its
    classes (three digits). A code that stands twice, as in a table of several units, gives no sum.
    """
    by_code: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        if row.code:
            by_code.setdefault(row.code, []).append(i)
    if any(len(v) > 1 for v in by_code.values()):
        return []
    sums = []
    for code, (index,) in by_code.items():
        below = [v[0] for c, v in by_code.items() if len(c) == len(code) + 2 and c.startswith(code)]
        if below:
            sums.append(([index], below))
    totals = [
        i
        for i, row in enumerate(rows)
        if not row.code and re.fullmatch(r"合计|总计|支出合计|收入合计|本年支出合计", plain(row.label))
    ]
    classes = [v[0] for c, v in by_code.items() if len(c) == 3]
    if len(totals) == 1 and classes:
        sums.append((totals, classes))
    return sums


def _solve(rows: list[Row], width: int) -> None:
    """Chooses among the placements that rows leave open, so that columns add up; only unique choices are taken."""
    sums = _children(rows)
    involved = {i for whole, parts in sums for i in (*whole, *parts)}
    open_rows = [i for i in involved if rows[i].placed is None and len(rows[i].choices) > 1]
    if not open_rows or len(open_rows) > MOST_OPEN_ROWS:
        return
    usable = [s for s in sums if all(rows[i].placed is not None or rows[i].choices for i in (*s[0], *s[1]))]
    usable = _consistent(rows, usable)
    if not usable:
        return
    model, choice = _model(rows, open_rows, usable, width)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = SOLVER_SECONDS
    solver.parameters.num_workers = 1
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return
    first = {i: next(k for k, v in enumerate(choice[i]) if solver.value(v)) for i in open_rows}
    for i in open_rows:
        other = model.clone()
        other.add(other.get_bool_var_from_proto_index(choice[i][first[i]].index) == 0)
        if solver.solve(other) == cp_model.INFEASIBLE:
            rows[i].placed, rows[i].derived = rows[i].choices[first[i]], True


def _consistent(rows: list[Row], sums: list[tuple[list[int], list[int]]]) -> list[tuple[list[int], list[int]]]:
    """Only the sums whose totals (first column) agree: one that a document contradicts cannot place anything."""
    kept = []
    for whole, parts in sums:
        numbers = [rows[i].numbers for i in (*whole, *parts)]
        slack = max(_half(n) for n in numbers) * (len(parts) + 1)
        if abs(rows[whole[0]].numbers[0] - sum((rows[i].numbers[0] for i in parts), Decimal(0))) <= slack:
            kept.append((whole, parts))
    return kept


def _model(
    rows: list[Row], open_rows: list[int], sums: list[tuple[list[int], list[int]]], width: int
) -> tuple[cp_model.CpModel, dict[int, list[cp_model.IntVar]]]:
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
            return (int(row.numbers[row.placed.index(column)] * scale) if column in row.placed else 0), []
        return 0, [
            (choice[i][k], int(row.numbers[where.index(column)] * scale))
            for k, where in enumerate(row.choices)
            if column in where
        ]

    exact = all(rows[w[0]].numbers[0] == sum((rows[i].numbers[0] for i in p), Decimal(0)) for w, p in sums)
    for whole, parts in sums:
        if not any(i in choice for i in (*whole, *parts)):
            continue
        slack = 0 if exact else int(max(_half(rows[i].numbers) for i in (*whole, *parts)) * scale * (len(parts) + 1))
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
