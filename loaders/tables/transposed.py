"""Tables of projects that stand transposed: a column for each project, and in rows what is said of them.

    项目名称   | 河道清淤项目 | 水质监测项目
    年初预算数 | 120.00       | 35.50
    执行数     | 108.20       | 35.00

They are turned upright before they are read. What else names projects in a row is left as it is: the header of a list,
and a form with several fields beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from loaders.documents import Block, Cell, Document
from loaders.tables.axes import type_words
from loaders.tables.cells import TOTAL, is_known, is_measure
from loaders.words.normalise import plain

Row = tuple[Cell, ...]

_NAMES = re.compile(r"^(?:[一二]级|子|重点|专项)?(?:项目|任务)名称[:]?$|^专项(?:资金)?名称[:]?$")
#: Fields that hold a number for each project, beside those that head columns everywhere.
_FIELD = re.compile(
    r"(?:率|得分|评分|分值|金额|总额|预算数?|决算数?|执行数|支出数?|资金|拨款|经费|结余|结转)(?:[(][^)]*[)])?[:]?$"
)
#: So many projects, and so many fields of numbers, are no accident.
_FEWEST = 2


def turn_tables(document: Document) -> Document:
    """The document with its transposed tables upright; text and places are what they were."""
    blocks = tuple(_turn_block(block) for block in document.blocks)
    return document if blocks == document.blocks else replace(document, blocks=blocks)


def _turn_block(block: Block) -> Block:
    table = block.table
    if table is None or table.layout not in ("tabs", "ruled") or len(table.parts) > 1:
        return block
    at = next((i for i, row in enumerate(table.rows) if len(row) > 1), len(table.rows))
    if at == len(table.rows) or not is_transposed(table.rows[at:]):
        return block
    return replace(block, table=replace(table, rows=(*table.rows[:at], *_turn(table.rows[at:], at)), parts=()))


def is_transposed(rows: Sequence[Row]) -> bool:
    """Whether the first row names projects, and each number below stands in the column of one, behind its field."""
    first, below = rows[0], [row for row in rows[1:] if row]
    if not _NAMES.match(plain(first[0].text)) or any(cell.column is None for row in rows for cell in row):
        return False
    names = {c.column: plain(c.text) for c in first[1:] if c.text.strip()}
    projects = [name for name in names.values() if not TOTAL.match(name)]
    if len(set(projects)) < max(_FEWEST, len(projects)) or any(map(_is_head, projects)):
        return False
    start = min(column for column in names if column is not None)
    told = 0
    for row in below:
        fields = [c for c in row if (c.column or 0) < start]
        numbers = [c for c in row if is_measure(c.text)]
        if not fields or any(c.column not in names for c in row if c not in fields):
            return False
        if numbers and not (_is_field(fields[-1]) and len(numbers) == len(row) - len(fields)):
            return False
        told += len(numbers) >= _FEWEST
    return told >= _FEWEST


def _is_head(name: str) -> bool:
    """Whether words beside 项目名称 head a column of a list and name no project."""
    return is_known(name) or is_measure(name) or type_words(name) in ("measure", "fund", "category")


def _is_field(cell: Cell) -> bool:
    flat = plain(cell.text)
    return is_known(cell.text) or type_words(cell.text) in ("measure", "fund") or bool(_FIELD.search(flat))


def _turn(rows: Sequence[Row], top: int) -> list[Row]:
    """Rows and columns exchanged; ``top`` rows stand above."""
    turned: dict[int, list[Cell]] = {}
    for number, row in enumerate(rows):
        for cell in row:
            turned.setdefault(cell.column or 0, []).append(replace(cell, column=number))
    return [
        tuple(replace(cell, row=top + number) for cell in turned[column])
        for number, column in enumerate(sorted(turned))
    ]
