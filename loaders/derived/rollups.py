"""Sums of expenditure by agency, year, phase and code, each figure of one official table counted once.

A document states the same money in several tables, a table states a class and the items that it is made of, and two
documents may state the budget of one year. So for each agency, year and phase, and each classification:

1. One document is taken: of the kind that the phase belongs to (a budget for the initial budget, final accounts for
   adjusted and final amounts), then one about that very year, then the newest. A document that a newer version
   replaces is never taken.
2. In it one table is taken: the first that there is of 支出总表, 一般公共预算支出表 by function or by economic class,
   the items of the prose of final accounts, the table of basic expenditure. ``extent`` says which money it is of.
3. In that, the column of totals, and in the column the rows without rows below them.

What is summed is compared with what the table prints for the class, or for the whole.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from pyoxigraph import NamedNode

from loaders.derived.cells import Cell, DocumentEntry, Source, find_total
from loaders.facts import Verdict

_LEVELS = (3, 5, 7)
#: Items that prose must go through to be taken for the list of all items.
_LEAST_ITEMS = 3


@dataclass(frozen=True, slots=True)
class RollUp:
    """A sum in yuan. ``code`` is "" for the whole; ``cells`` are what it sums, ``printed`` what states the same.

    ``difference`` is the sum less what is printed, None where nothing is; ``inferred`` tells that no code is printed.
    """

    agency: NamedNode
    year: int
    phase: NamedNode
    classification: str
    code: str
    total: Decimal
    cells: tuple[Cell, ...]
    source: Source
    printed: tuple[Cell, ...]
    difference: Decimal | None
    tolerance: Decimal
    verdict: Verdict
    inferred: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """The rows of a classification in a source: those without rows below them, and all rows by code.

    ``segments`` are the rows in stretches in which each code stands once.
    """

    leaves: tuple[Cell, ...]
    rows: dict[str, tuple[Cell, ...]]
    segments: tuple[tuple[Cell, ...], ...] = ()


def make_rollups(
    documents: Iterable[tuple[DocumentEntry, Sequence[Source]]],
    labels: dict[NamedNode, str],
    phases: dict[str, str],
    wanted: Container[tuple[str, int]] | None = None,
) -> Iterator[RollUp]:
    """The sums of all documents, each agency, year, phase, classification and code at most once.

    ``labels`` are those of agencies; ``phases`` gives the IRI of the kind of document that a phase (by IRI) is of. With
    ``wanted`` only those of these agencies (by IRI) and years; all documents that state any of these must be there.
    """
    best: dict[tuple[str, int, str, str], tuple[tuple[object, ...], Source, Tree]] = {}
    for entry, sources in documents:
        for source, classification, tree in _pick_sources(sources):
            cell = tree.leaves[0]
            rank = (
                phases.get(cell.phase.value) == entry.kind.value,
                entry.year == cell.year,
                entry.year or 0,
                entry.node.value,
            )
            key = (cell.agency.value, cell.year, cell.phase.value, classification)
            if wanted is not None and key[:2] not in wanted:
                continue
            if key not in best or rank > best[key][0]:
                best[key] = (rank, source, tree)
    for (_, _, _, classification), (_, source, tree) in sorted(best.items()):
        total = find_total(source, labels.get(tree.leaves[0].agency, ""))
        yield from _sum_tree(source, classification, _leave_parts(tree, total, classification), total)


def _pick_sources(sources: Sequence[Source]) -> Iterator[tuple[Source, str, Tree]]:
    """The first source of each agency, year, phase and classification that can be summed."""
    taken: set[tuple[str, int, str, str]] = set()
    for source in sources:
        classifications = dict.fromkeys(name for cell in source.cells for name, _ in cell.codes)
        for classification in classifications:
            tree = find_tree(source, classification)
            if tree is None:
                continue
            cell = tree.leaves[0]
            key = (cell.agency.value, cell.year, cell.phase.value, classification)
            if key not in taken:
                taken.add(key)
                yield source, classification, tree


def find_tree(source: Source, classification: str) -> Tree | None:
    """The rows of a source by code; None if there are none, or if they cannot be told apart or told to be all."""
    coded = sorted((c for c in source.cells if c.code(classification)), key=lambda c: c.start)
    if not coded:
        return None
    if any(len(c.code(classification)) not in _LEVELS for c in coded):
        return None
    if not source.form:
        return _find_items(coded, classification)
    main = [c for c in source.cells if c.codes]
    if len(coded) < len(main):
        # A second code beside the rows' own: the rows that bear it must be those without rows below them.
        return _find_second(main, coded, classification)
    if _is_doubled(coded, classification):
        return None
    return _join(list(_segment(coded, classification)), classification)


def _join(segments: Sequence[Sequence[Cell]], classification: str) -> Tree:
    rows: dict[str, list[Cell]] = {}
    leaves: list[Cell] = []
    for segment in segments:
        for cell in segment:
            rows.setdefault(cell.code(classification), []).append(cell)
        leaves += _list_leaves(segment, classification)
    return Tree(tuple(leaves), {code: tuple(cells) for code, cells in rows.items()}, tuple(map(tuple, segments)))


def _leave_parts(tree: Tree, total: Cell | None, classification: str) -> Tree:
    """The tree without the tables of single units that follow that of all of them under the same title.

    They are told by the sum: that of all stretches is not what the first total states, and that of the first ones is.
    """
    if total is None or len(tree.segments) < 2 or _fits(tree.leaves, total):
        return tree
    for count in range(1, len(tree.segments)):
        first = _join(tree.segments[:count], classification)
        if _fits(first.leaves, total):
            return first
    return tree


def _fits(cells: Sequence[Cell], total: Cell) -> bool:
    difference = sum((c.amount for c in cells), Decimal(0)) - total.amount
    return abs(difference) <= sum((c.precision for c in (*cells, total)), Decimal(0))


def _list_leaves(segment: Sequence[Cell], classification: str) -> list[Cell]:
    """The rows without rows below them."""
    codes = sorted({c.code(classification) for c in segment})
    # What begins with a code follows it at once in this order.
    above = {code for code, following in pairwise(codes) if following.startswith(code)}
    return [c for c in segment if c.code(classification) not in above]


def _find_items(cells: Sequence[Cell], classification: str) -> Tree | None:
    """The items that prose goes through; None if it does not, or states one with two amounts."""
    items: dict[str, Cell] = {}
    for cell in cells:
        code = cell.code(classification)
        if len(code) != max(_LEVELS) or classification != "function":
            continue
        if items.setdefault(code, cell).amount != cell.amount:
            return None
    if len(items) < _LEAST_ITEMS:
        return None
    return Tree(tuple(items.values()), {})


def _find_second(main: Sequence[Cell], coded: Sequence[Cell], classification: str) -> Tree | None:
    own = next(name for name, _ in main[0].codes if name != classification or len(main[0].codes) == 1)
    if own == classification:
        return None
    leaves: list[Cell] = []
    for segment in _segment([c for c in main if c.code(own)], own):
        leaves += _list_leaves(segment, own)
    return Tree(tuple(leaves), {}) if {c.figure for c in leaves} == {c.figure for c in coded} else None


def _segment(cells: Sequence[Cell], classification: str) -> Iterator[list[Cell]]:
    """The rows as stretches in which each code stands once, such as the part of one office.

    A class that is printed again, with the same amount, at the head of the next page is left out there.
    """
    segment: dict[str, Cell] = {}
    for cell in sorted(cells, key=lambda c: c.start):
        code = cell.code(classification)
        again = segment.get(code)
        if again is not None:
            if len(code) == min(_LEVELS) and again.table != cell.table and again.amount == cell.amount:
                continue
            yield list(segment.values())
            segment = {}
        segment[code] = cell
    if segment:
        yield list(segment.values())


def _is_doubled(cells: Sequence[Cell], classification: str) -> bool:
    """Whether rows have two cells each in what is taken for one column: two columns under the same header."""
    same = sum(1 for a, b in pairwise(cells) if a.table == b.table and a.code(classification) == b.code(classification))
    return same * 3 > len(cells)


def _sum_tree(source: Source, classification: str, tree: Tree, total: Cell | None) -> Iterator[RollUp]:
    groups: dict[str, list[Cell]] = {"": list(tree.leaves)}
    for cell in tree.leaves:
        code = cell.code(classification)
        for length in _LEVELS:
            if length <= len(code):
                groups.setdefault(code[:length], []).append(cell)
    for code, cells in sorted(groups.items()):
        if code:
            printed = tree.rows.get(code, ())
        else:
            printed = () if total is None else (total,)
        yield _sum_cells(source, classification, code, cells, printed)


def _sum_cells(
    source: Source, classification: str, code: str, cells: Sequence[Cell], printed: tuple[Cell, ...]
) -> RollUp:
    total = sum((c.amount for c in cells), Decimal(0))
    difference = total - sum((c.amount for c in printed), Decimal(0)) if printed else None
    tolerance = sum((c.precision for c in (*cells, *printed)), Decimal(0)) if printed else Decimal(0)
    first = cells[0]
    return RollUp(
        agency=first.agency,
        year=first.year,
        phase=first.phase,
        classification=classification,
        code=code,
        total=total,
        cells=tuple(cells),
        source=source,
        printed=printed,
        difference=difference,
        tolerance=tolerance,
        verdict=_judge(source, difference, tolerance),
        inferred=any(c.inferred for c in cells),
    )


def _judge(source: Source, difference: Decimal | None, tolerance: Decimal) -> Verdict:
    if difference is None:
        return "not checkable"
    if difference == 0:
        return "holds"
    if source.open:
        # Cells that could not be placed are missing, however small they are.
        return "not checkable"
    if abs(difference) <= tolerance:
        return "holds within rounding"
    # Items of prose whose codes are not known may be what is missing.
    return "contradicted" if source.form else "not checkable"
