"""Which rows of a table are the sums of which others, as far as codes, the order of rows and their totals say.

A class equals its sections and items; a unit equals the classes printed below it; the total row equals the classes, the
units, or all rows of a list. In a list without codes, rows that head others are found by their totals, and only if the
whole list is explained so: every row is a part of something, and the total row is the sum of what is left.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Protocol

from loaders.words.normalise import plain

_TOTAL = re.compile(r"^(?:合计|总计|支出合计|收入合计|本年支出合计|本年收入合计|支出总计|收入总计)$")
#: A longer list without codes is not searched for rows that head others.
MOST_LISTED = 400

#: Row indexes of a sum (of several that state the same, the first counts) and of its parts.
Sum = tuple[list[int], list[int]]


class SummedRow(Protocol):
    """A row as far as sums need it: its code, its label, its numbers, of which the first is its total."""

    code: str
    label: str
    numbers: list[Decimal]


def find_sums(rows: list[SummedRow]) -> list[Sum]:
    """The sums down the columns of a table."""
    totals = [i for i, row in enumerate(rows) if not row.code and _TOTAL.match(plain(row.label))]
    total = totals[0] if len(totals) == 1 else None
    codes = [row.code for row in rows if row.code]
    if not codes:
        return _find_nested(rows, total)
    if len(set(codes)) == len(codes):
        tree = _find_tree([i for i, row in enumerate(rows) if row.code], rows)
        classes = [i for i, row in enumerate(rows) if len(row.code) == 3] or _find_roots(rows)
        heads = [i for i, row in enumerate(rows) if not row.code]
        # A table of one unit prints the unit's row where others print the total; both state the same.
        whole = [total] if total is not None else heads[:1] if len(heads) == 1 and heads[0] == 0 else []
        return [*tree, (whole, classes)] if whole and classes else tree
    return _find_blocks(rows, total)


def _find_tree(indexes: list[int], rows: list[SummedRow]) -> list[Sum]:
    """Codes and the codes one level (two digits) below them."""
    by_code = {rows[i].code: i for i in indexes}
    under: dict[str, list[int]] = {}
    for i in indexes:
        under.setdefault(rows[i].code[:-2], []).append(i)
    return [([index], under[code]) for code, index in by_code.items() if under.get(code)]


def _find_roots(rows: list[SummedRow]) -> list[int]:
    """The rows of codes whose upper levels a table without classes does not print."""
    codes = {row.code for row in rows if row.code}
    return [
        i
        for i, row in enumerate(rows)
        if row.code and not any(row.code[:n] in codes for n in (3, 5) if n < len(row.code))
    ]


def _find_blocks(rows: list[SummedRow], total: int | None) -> list[Sum]:
    """The sums of a table of several units: a row without a code, the unit's, heads a block of codes."""
    blocks: list[tuple[int, list[int]]] = []
    for i, row in enumerate(rows):
        if not row.code:
            blocks.append((i, []))
        elif blocks:
            blocks[-1][1].append(i)
    sums: list[Sum] = []
    for head, inside in blocks:
        codes = [rows[i].code for i in inside]
        if not inside or len(set(codes)) < len(codes):
            continue
        sums.extend(_find_tree(inside, rows))
        classes = [i for i in inside if len(rows[i].code) == 3]
        if classes and head != total:
            sums.append(([head], classes))
    units = [head for head, inside in blocks if inside and head != total]
    if total is not None and len(units) >= 2:
        sums.append(([total], units))
    return sums


def _find_nested(rows: list[SummedRow], total: int | None) -> list[Sum]:
    """The sums of a list without codes, from its last row to its first: a row takes up those below that it adds up to."""
    if total is None or not 3 <= len(rows) <= MOST_LISTED:
        return []
    sums: list[Sum] = []
    waiting: list[int] = []
    for i in range(len(rows) - 1, -1, -1):
        if i == total:
            continue
        count = _count_parts(rows[i].numbers[0], [rows[k].numbers[0] for k in waiting])
        if count:
            sums.append(([i], waiting[:count]))
            waiting = waiting[count:]
        waiting.insert(0, i)
    left = sum((rows[k].numbers[0] for k in waiting), Decimal(0))
    if len(waiting) < 2 or left != rows[total].numbers[0] or not left:
        return []
    return [*sums, ([total], waiting)]


def _count_parts(whole: Decimal, following: list[Decimal]) -> int:
    """How many of the numbers that follow add up to ``whole``; at least two, and a number of four digits or more."""
    if len(whole.as_tuple().digits) < 4:
        return 0
    running = Decimal(0)
    for count, number in enumerate(following, 1):
        running += number
        if running == whole and count >= 2:
            return count
        if running > whole:
            return 0
    return 0
