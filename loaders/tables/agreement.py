"""Columns of a total row found by what other tables of the same document print under the same name.

The tables of one document restate each other: a total that one of them prints as 项目支出 stands in another beside that
name. Where the sums of a total row leave several placements, that one is taken whose every amount another table prints
under the name of the column it would stand in, if no other placement has that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from loaders.tables.columns import Column
from loaders.tables.placement import Choice, PlacedRow, is_total_row
from loaders.words.normalise import plain
from loaders.words.numerals import TEN

Evidence = dict[Decimal, set[str]]

_LEAD = re.compile(rf"^(?:[{TEN}]+[、.．]|[(][{TEN}\d]+[)]|\d+[、.．]|其中:|减:|加:)+")
_ENDS = ("收入", "拨款", "资金", "支出", "财政", "预算", "小计")
#: An amount with fewer digits may well stand elsewhere for another reason.
FEWEST_DIGITS = 4


def name_column(label: str) -> str:
    """The name of a column (of a subtotal, that of its group) or a row, without ordinals and words that forms add."""
    levels = [n for n in plain(label).split("|") if n not in ("小计", "合计")] or [plain(label)]
    name = _LEAD.sub("", levels[-1])
    name = re.sub(r"[(][^()]*[)]$", "", name).removeprefix("本年")
    while True:
        end = next((e for e in _ENDS if name.endswith(e) and len(name) - len(e) >= 4), None)
        if end is None:
            return name
        name = name.removesuffix(end)


def gather(placed: Iterable[tuple[Decimal, str]]) -> Evidence:
    """Amounts and the names under which a document prints them; small and round numbers are left out."""
    evidence: Evidence = {}
    for amount, label in placed:
        if label and _is_telling(amount):
            evidence.setdefault(amount, set()).add(name_column(label))
    return evidence


def place_totals(rows: list[PlacedRow], columns: tuple[Column, ...], evidence: Evidence) -> bool:
    """Places open total rows by ``evidence``; returns whether any was placed."""
    names = [name_column(c.label) for c in columns]
    found = False
    for row in rows:
        if row.placed is not None or len(row.choices) < 2 or not is_total_row(row):
            continue
        agreeing = [c for c in row.choices if _agrees(row, c, names, evidence)]
        if len(agreeing) == 1:
            row.placed, row.derived = agreeing[0], True
            found = True
    return found


def _agrees(row: PlacedRow, choice: Choice, names: list[str], evidence: Evidence) -> bool:
    """Whether another table prints every amount but the total under the name of its column."""
    parts = [(n, c) for n, c in zip(row.numbers, choice, strict=True) if n and c]
    return bool(parts) and all(_is_telling(n) and names[column] in evidence.get(n, ()) for n, column in parts)


def _is_telling(amount: Decimal) -> bool:
    return len(amount.normalize().as_tuple().digits) >= FEWEST_DIGITS
