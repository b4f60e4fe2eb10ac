"""Total rows printed some cells beside their columns, put right by their sums.

``金额合计`` behind an empty first cell may push its amounts one column on (58,227 under 其中：其他资金, the last cell under no
header at all). The sums of the columns above tell where they belong: a row is moved only where one of its amounts is
not the sum of its own column and every one of them is that of the column it moves to.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from loaders.tables.cells import TOTAL
from loaders.tables.columns import Column
from loaders.tables.entries import Entry, Section, Value
from loaders.words.normalise import plain
from loaders.words.numbers import parse_number, tokenise

#: How many cells a row may stand to the side, and how many of its sums other than nothing must hold there.
_SHIFTS = (-1, 1, -2, 2)
_SUMS = 2


def put_totals_right(section: Section) -> None:
    """Gives the total rows of a section with known columns that stand beside them the columns of their sums."""
    if not section.columns or section.panels:
        return
    above: list[Entry] = []
    for entry in section.entries:
        if not any(TOTAL.match(plain(t.text)) for t in entry.texts):
            above.append(entry)
            continue
        shift = _find_shift(_numbers(entry), _sum_columns(above)) if len(above) > 1 else 0
        if shift:
            entry.values = [replace(v, column=_beside(v, section.columns, shift)) for v in entry.values]
            entry.placement = [(v.column, True) for v in entry.values]
        above = []


def _find_shift(own: dict[int, Decimal], sums: dict[int, Decimal]) -> int:
    """By how many cells a row must be moved for each of its numbers to be a sum; 0 if it need or can not."""
    if all(sums.get(at) == number for at, number in own.items()):
        return 0
    for shift in _SHIFTS:
        pairs = [(number, sums.get(at + shift)) for at, number in own.items()]
        if all(number == whole for number, whole in pairs) and sum(1 for number, _ in pairs if number) >= _SUMS:
            return shift
    return 0


def _beside(value: Value, columns: dict[int, Column], shift: int) -> Column | None:
    return None if value.cell.column is None else columns.get(value.cell.column + shift)


def _sum_columns(entries: list[Entry]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for entry in entries:
        for column, number in _numbers(entry).items():
            sums[column] = sums.get(column, Decimal(0)) + number
    return sums


def _numbers(entry: Entry) -> dict[int, Decimal]:
    found = ((v.cell.column, tokenise(v.cell.text)) for v in entry.values)
    return {column: parse_number(tokens[0].stated) for column, tokens in found if column is not None and tokens}
