"""Rows of official forms by their header words, with cells that a page break has cut joined again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from loaders.documents import Block, Cell, Passage, Table
from loaders.kept import keep_answers
from loaders.meaning.money import SCALE
from loaders.words.sentences import tidy

#: a number alone in its cell
NUMBER = re.compile(r"^-?\d[\d,，\s]*(?:\.\s*\d+)?$")
#: what a cell holds instead of a value
NOTHING = re.compile(r"^(?:[-—–/…\.\s]*|不适用|无内容)$")
#: longer words head no column
_LONGEST_HEADER = 24
#: rows that add up others
TOTAL = re.compile(r"^(?:合计|总计|小计|金额合计|共计|总分|本页小计|其中)[:：]?$")


@keep_answers(1 << 13)
def flat_row(row: tuple[Cell, ...]) -> tuple[str, ...]:
    """The words of each cell of a row, without white space."""
    return tuple(flat(cell.passage) for cell in row)


def flat(passage: Passage) -> str:
    """The passage's text without white space."""
    return "".join(passage.text.split())


@lru_cache(maxsize=1 << 15)
def _fits(pattern: str, text: str) -> bool:
    """Whether a header's pattern is in a cell's text; the words of headers come again and again."""
    return re.search(pattern, text) is not None


def header_columns(row: tuple[Cell, ...], wanted: dict[str, str]) -> dict[str, int]:
    """Which column each wanted word stands in, if the row is a header: pattern by name -> column by name.

    Each cell serves one name, the first that fits.
    """
    return fit_columns(short_cells(row), wanted)


@keep_answers(1 << 13)
def short_cells(row: tuple[Cell, ...]) -> tuple[tuple[int, str], ...]:
    """The columns of a row whose words are short enough for a header, with their words without white space."""
    texts = zip(row, flat_row(row), strict=True)
    return tuple((c.column, text) for c, text in texts if c.column is not None and len(text) <= _LONGEST_HEADER)


def fit_columns(cells: Sequence[tuple[int, str]], wanted: dict[str, str]) -> dict[str, int]:
    """As :func:`header_columns`, for the short cells of a row."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for name, pattern in wanted.items():
        for column, text in cells:
            if column not in taken and _fits(pattern, text):
                found[name] = column
                taken.add(column)
                break
    return found


def cell_at(row: tuple[Cell, ...], column: int) -> Passage | None:
    """The tidied text of the row's cell in a column, or None."""
    for cell in row:
        if cell.column == column:
            passage = tidy(cell.passage)
            return passage if passage else None
    return None


def rows_of(
    block: Block, wanted: dict[str, str], key: str, optional: dict[str, str] | None = None
) -> list[dict[str, Passage]]:
    """The body rows of every table part under a header that has all wanted words.

    A row without its ``key`` cell carries on the row before, as after a page break: its text is joined to that row's.
    Only tables whose columns are known are read.
    """
    table: Table | None = block.table
    if table is None or table.layout not in ("tabs", "ruled"):
        return []
    columns: dict[str, int] = {}
    rows: list[dict[str, Passage]] = []
    for row in table.rows:
        header = header_columns(row, wanted | (optional or {}))
        if wanted.keys() <= header.keys():
            columns = header
            continue
        if not columns:
            continue
        cells = {name: p for name, column in columns.items() if (p := cell_at(row, column))}
        if key in cells:
            rows.append(cells)
        elif rows and cells:
            for name, passage in cells.items():
                if name in rows[-1] and not NUMBER.match(passage.text) and rows[-1][name].end <= passage.start:
                    rows[-1][name] = Passage.join([rows[-1][name], passage])
    return rows


def read_levels(block: Block, wanted: dict[str, str], optional: dict[str, str]) -> list[tuple[int, dict[str, Passage]]]:
    """The body rows of a table whose header of names ("name") stands over several columns, one a level of names.

    Each with the column in which its own name stands. None where every name stands in one column.
    """
    found: list[tuple[int, dict[str, Passage]]] = []
    columns: dict[str, int] = {}
    names: range = range(0)
    for row in block.table.rows if block.table is not None and block.table.layout in ("tabs", "ruled") else ():
        header = header_columns(row, wanted | optional)
        if wanted.keys() <= header.keys():
            columns, first = header, header["name"]
            behind = [c.column for c in row if c.column is not None and c.column > first]
            names = range(first, min(behind, default=first))
            continue
        own = next((column for column in names if cell_at(row, column)), None)
        if own is None or len(names) < 2:
            continue
        cells = {name: p for name, column in columns.items() if (p := cell_at(row, column))}
        passage = cell_at(row, own)
        if passage is not None:
            found.append((own, cells | {"name": passage}))
    return found if len({depth for depth, _ in found}) > 1 else []


def labelled(table: Table, label: str) -> Passage | None:
    """The value that a form gives behind a label cell in the same row, such as 项目名称 | 单一窗口运维."""
    for row in table.rows:
        value = value_behind(row, label)
        if value is not None:
            return value
    return None


def value_behind(row: tuple[Cell, ...], label: str) -> Passage | None:
    """The cell behind the first cell of the row that is this label (a pattern), or None."""
    is_label = re.compile(label).fullmatch
    for text, behind in zip(flat_row(row), row[1:], strict=False):
        if is_label(text):
            value = tidy(behind.passage)
            if value and not re.search(r"[:：]$", value.text):
                return value
    return None


#: the title of a form of one project, such as 安保服务项目绩效目标表; what follows names forms of other things
FORM_TITLE = re.compile(
    r"^(?:(?:19|20)\d{2}年?度?)?(?P<name>.{3,40}?)(?:项目)?(?:支出)?绩效目标(?:申报|批复|公开)?表(?:[（(].*[）)])?$"
)
OTHER_FORM = re.compile(
    r"部门|单位|整体|专项资金总体|^(?:二级|一级|部门|单位)?项目(?:支出)?$|年度?$|^表\d|[：:]"
    r"|^(?:市|省|区|县)?(?:本)?级(?:财政|预算|重点|专项|资金|项目|支出)*$"
    # whatever is said of projects as such: 政策和项目预算, 重点项目, 转移支付项目
    r"|^(?:重点|一般性?|主要|财政|专项|转移支付|特定目标类|其他运转类|政策|项目|资金|支出|预算|[和及与、])+$"
    # a number of a form or a year; more digits may begin a name: 96123 热线运行
    r"|^(?!(?!(?:19|20)\d\d(?!\d))\d{3,}\s*[\u4e00-\u9fff])\d"
)


def form_project(table: Table) -> Passage | None:
    """The project that a form of goals is about: behind 项目名称, or in the title; None if it is of none, or many."""
    named = labelled(table, r"(?:(?:子|一级|二级)?项目|专项资金)名称")
    if named is not None:
        return None if NO_NAME.search(named.text) else named
    m = FORM_TITLE.match(table.title.text.strip())
    if m is None or OTHER_FORM.search(m.group("name")):
        return None
    title = table.title.strip()
    return title.part(*m.span("name"))


#: the field that names the project of a form
PROJECT_FIELD = r"(?:(?:子|一级|二级)?项目|专项资金)名称[:：]?"


def names_project(row: tuple[Cell, ...]) -> Passage | None:
    """The project that a row of a form names, behind its field; empty where that is left blank, None in other rows."""
    texts = flat_row(row)
    at = next((i for i, text in enumerate(texts) if re.fullmatch(PROJECT_FIELD, text)), -1)
    if at < 0 or (at + 1 < len(texts) and NO_NAME.search(texts[at + 1])):
        return None
    named = value_behind(row, PROJECT_FIELD)
    return named if named is not None or any(texts[at + 1 :]) else row[at].passage.part(0, 0)


def divide_forms(table: Table) -> list[Table]:
    """The forms of a table that follow each other without a title between them, each from its 项目名称 on."""
    starts = [i for i, row in enumerate(table.rows) if names_project(row) is not None]
    if len(starts) < 2:
        return [table]
    return [replace(table, rows=table.rows[a:b]) for a, b in itertools.pairwise([0, *starts[1:], len(table.rows)])]


#: a cell behind 项目名称 that is another header
NO_NAME = re.compile(r"名称|分数|分值|内容$|标准$|金额|预算数|总额|目标$|单位|编码|类别|部门|负责人|联系|^[（(]")


def scale_of(table: Table) -> Decimal | None:
    """How many yuan one unit of the table's amounts is: by its unit line, or by （万元） in a header; else None."""
    for text in (table.unit.text, *(c.text for c in table.cells())):
        m = re.search(r"(?:单位|金额)[:：]?\s*[（(]?\s*(亿元|万元|千元|元)|[（(]\s*(亿元|万元|千元|元)\s*[）)]", text)
        if m:
            return SCALE[m.group(1) or m.group(2)]
    return None
