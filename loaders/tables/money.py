"""In what unit the money of a table is stated: above it, in its header, below it, or for all tables of the document.

What no words state stays open: neither the unit of other tables nor yuan is taken in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from loaders.documents import Document, Passage, Table
from loaders.tables.entries import Section
from loaders.words.normalise import plain
from loaders.words.traditional import fold
from loaders.words.units import SCALE_WORDS, WORDS, UnitWord, find_unit_line, unit_named

#: The rows of a form's head that may name its unit.
_HEAD_ROWS = 12
#: A longer cell is a text that mentions a unit.
_LONGEST_NAME = 30
#: How many blocks below a table a note on its unit may stand.
_NOTE_REACH = 2
#: ``本表金额单位均为万元``, ``以上数据单位：万元``
_STATEMENT = re.compile(
    rf"(?P<scope>[^。；;，,：:注]{{0,24}}?)(?:金额|货币|计量|数据|计价|数额)*单位(?:均|都|一律|统一|全部)*(?:以|为|是|[:：])+"
    rf"(?:人民币)?[“\"(（]?(?:人民币)?(?P<scale>{SCALE_WORDS}|)元"
)
#: A unit in brackets at the end of a line, behind words without a sentence.
_IN_BRACKETS = re.compile(rf"^[^。；;，,]*[(](?:单位:)?(?:人民币)?({SCALE_WORDS}|)元[)]$")
#: The unit of a price is that of its column only.
_RATE = re.compile(r"单价|标准|[/／每]")
#: What such a statement is about, if it is more than the table beside it.
_ALL = re.compile(
    r"(?:本|此|该)(?:说明|报告|文件|文本|公开|套|次|书|册|部分|部门预算|部门决算|预算|决算)|全文|全套|文中|各表|[所全]有|附表|套表|报表"
    r"|以下(?:各|所有|表格|同)|无特[殊别]|除(?:特别|另有)|表格(?:中|内)?(?:的)?(?:数据|金额)?$"
)


@dataclass(frozen=True, slots=True)
class StatedUnits:
    """The units of money that a document states beside its tables.

    ``general`` holds for all tables and amounts without a unit of their own; ``beside`` has the unit that a paragraph
    next to a table states for it, by the index of the table's block.
    """

    general: UnitWord | None = None
    beside: Mapping[int, UnitWord] = field(default_factory=dict)


def find_units(document: Document) -> StatedUnits:
    """What the paragraphs and notes of a document state of the unit of its money. Two general units make none."""
    general: set[UnitWord] = set()
    beside: dict[int, UnitWord] = {}
    last = -1
    for index, block in enumerate(document.blocks):
        if block.table is not None:
            last = index
            general |= {unit for note in block.table.notes for unit, whole in _read(note) if whole}
            continue
        named = _unit_of_heading(block.passage)
        if named is not None and index + 1 < len(document.blocks) and document.blocks[index + 1].table is not None:
            beside.setdefault(index + 1, named)
        for unit, whole in _read(block.passage):
            if whole:
                general.add(unit)
            elif last >= 0 and index - last <= _NOTE_REACH and not _is_below(block.passage):
                beside.setdefault(last, unit)
            elif index + 1 < len(document.blocks) and document.blocks[index + 1].table is not None:
                beside.setdefault(index + 1, unit)
    return StatedUnits(general.pop() if len(general) == 1 else None, beside)


def _unit_of_heading(passage: Passage) -> UnitWord | None:
    """The unit of money in brackets at the end of a short line above a table: 年度收入情况（万元）."""
    words = plain(passage.text)
    match = _IN_BRACKETS.search(words) if len(words) <= _LONGEST_NAME and "元" in words else None
    return WORDS[f"{match.group(1)}元"] if match is not None else None


def _is_below(passage: Passage) -> bool:
    """Whether a statement is about what follows it."""
    return bool(re.search(r"下表|以下|下列|如下", fold(passage.text)))


def _read(passage: Passage) -> Iterator[tuple[UnitWord, bool]]:
    """The units that a passage states in words, and whether each is that of all tables."""
    if "位" not in passage.text or "元" not in passage.text:
        return
    words = plain(passage.text)
    for match in _STATEMENT.finditer(words):
        scale = match.group("scale")
        yield WORDS[f"{scale}元"], bool(_ALL.search(match.group("scope")))


def find_money(table: Table, sections: list[Section]) -> UnitWord | None:
    """The unit of money that a table states itself: above it, in its header, in its notes or in the head of a form.

    Where columns have units of their own that differ, none is the table's.
    """
    for line in (table.unit, *table.caption):
        found = find_unit_line(line.text) if line else None
        if found is not None:
            return found
    header = {_money_named(cell.text) for s in sections for row in s.header for cell in row} - {None}
    if header:
        return header.pop() if len(header) == 1 else None
    for note in (*table.notes, *(cell.passage for cell in table.cells())):
        stated = next((unit for unit, _ in _read(note)), None)
        if stated is not None:
            return stated
    head = {
        _money_named(cell.text) for row in table.rows[:_HEAD_ROWS] for cell in row if len(cell.text) <= _LONGEST_NAME
    } - {None}
    return head.pop() if len(head) == 1 else None


def _money_named(text: str) -> UnitWord | None:
    named = None if _RATE.search(text) else unit_named(text)
    return named if named is not None and named.unit == "CNY" else None
