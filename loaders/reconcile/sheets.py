"""Tables as the checks see them: pages of one form put together, rows of figures, columns with their headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

from loaders.documents import Document
from loaders.facts import Figure
from loaders.tables.budget_units import units_of_blocks
from loaders.words.normalise import plain

#: A column: its header, year, phase and aspect, and its place among columns of the same header.
ColumnKey = tuple[str, int | None, str, str, int]
_TOTAL_ROW = re.compile(r"^(?:合计|总计|金额合计|(?:本年)?(?:收入|支出)(?:合计|总计)|共计|\*?合计)$")
_TOTAL_LEAF = re.compile(
    r"^(?:合计|总计|小计|总额|金额合计|(?:本年)?(?:收入|支出)(?:合计|总计)|[“\"]?三公[”\"]?经费(?:支出)?(?:合计|总计)|(?:收入|支出)预算合计)$"
)
#: Forms that hold goals, scores and texts, not columns of an account.
_NO_ACCOUNT = frozenset(
    {"performance-targets", "project-declaration", "self-evaluation", "indicators", "scoring", "divisions"}
)


@dataclass
class Row:
    """Figures of one printed row by column. ``label`` is the row's whole wording, ordinals included."""

    block: int
    number: int
    cells: dict[ColumnKey, Figure] = field(default_factory=dict)
    label: str = ""
    code: str = ""
    name: str = ""
    unplaced: list[Figure] = field(default_factory=list)
    shifted: bool = False

    @property
    def open(self) -> bool:
        """Whether the text leaves the column of a number of this row open."""
        return bool(self.unplaced)

    @property
    def is_total(self) -> bool:
        return not self.code and bool(_TOTAL_ROW.match(plain(self.label).strip(":")))


@dataclass
class Sheet:
    """One table of the document, its pages together."""

    title: str
    form: str
    rows: list[Row] = field(default_factory=list)
    #: The unit below the office that the whole table is of; "" for the office's own.
    body: str = ""
    #: Whether the table behind it looks like its next page, which was not put to it.
    goes_on: bool = False

    @cached_property
    def columns(self) -> list[ColumnKey]:
        """All columns with figures, in order of first appearance."""
        return list(dict.fromkeys(key for row in self.rows for key in row.cells))

    @property
    def is_account(self) -> bool:
        """Whether its numbers are amounts in columns, not goals and scores."""
        return self.form not in _NO_ACCOUNT

    @property
    def open_rows(self) -> int:
        return sum(1 for row in self.rows if row.open)

    def figures(self) -> Iterator[Figure]:
        for row in self.rows:
            yield from row.cells.values()


def _is_undirected(figure: Figure) -> bool:
    return figure.aspect in ("change", "growth") and not figure.direction


def make_sheets(document: Document, figures: Sequence[Figure]) -> list[Sheet]:
    """The tables of a document. Consecutive tables of one title, form and body are pages of one sheet.

    A column of changes of which one may be more or less (▲ 20.00, where nothing says what ▲ stands for) is left out.
    """
    blocks: dict[int, list[Figure]] = {}
    undirected = {(f.table, f.column) for f in figures if f.row >= 0 and _is_undirected(f)}
    for figure in figures:
        if figure.row >= 0 and figure.block >= 0 and (figure.table, figure.column) not in undirected:
            blocks.setdefault(figure.block, []).append(figure)
    sheets: list[Sheet] = []
    bodies = units_of_blocks(document.blocks, figures[0].agency) if figures else {}
    for block in sorted(blocks):
        first = blocks[block][0]
        title, body = plain(first.table), bodies.get(block, "")
        last = sheets[-1] if sheets else None
        if last is None or not title or (plain(last.title), last.form, last.body) != (title, first.form, body):
            last = Sheet(first.table, first.form, body=body)
            sheets.append(last)
        last.rows.extend(row for row in _rows(document, block, blocks[block]) if not _only_counts(row))
    for sheet, following in pairwise(sheets):
        sheet.goes_on = _is_next_page(sheet, following)
    for sheet in sheets:
        sheet.goes_on |= _is_followed_by_rows(sheet, document)
    return sheets


def _is_next_page(sheet: Sheet, following: Sheet) -> bool:
    """Whether a table without a total of its own goes on with the codes of the one before, or has its columns."""
    if any(row.is_total for row in following.rows):
        return False
    codes = [[row.code for row in s.rows if row.code] for s in (sheet, following)]
    if all(codes) and codes[0][-1][:1] == codes[1][0][:1] and codes[0][-1] < codes[1][0]:
        return True
    titles = plain(sheet.title), plain(following.title)
    here, there = ({split_column(key[0])[1] for key in s.columns} for s in (sheet, following))
    return bool(there) and len(here & there) * 5 >= len(there) * 4 and titles[1] in ("", titles[0])


#: A row of a table that was read as prose: a code, a name, numbers.
_ROW_AS_PROSE = re.compile(r"^[\[（(]?[235]\d{2}(?:\d{2}){0,2}[\]）)]?[\u4e00-\u9fff（）]+-?\d[\d,]*\.\d{2}")
_NEAR = 3


def _is_followed_by_rows(sheet: Sheet, document: Document) -> bool:
    """Whether rows of codes stand as prose right behind a table."""
    last = max((row.block for row in sheet.rows), default=-1)
    if not 0 <= last < len(document.blocks):
        return False
    for block in document.blocks[last + 1 : last + 1 + _NEAR]:
        if block.table is not None:
            return False
        if _ROW_AS_PROSE.match(re.sub(r"\s", "", block.passage.text)):
            return True
    return False


def _only_counts(row: Row) -> bool:
    """Whether a row numbers its columns: 1, 2, 3, 4."""
    stated = [f.stated for f in (*row.cells.values(), *row.unplaced)]
    return len(stated) >= 3 and not row.code and stated in ([str(i + k) for i in range(len(stated))] for k in (1, 2))


def _rows(document: Document, block: int, figures: Iterable[Figure]) -> Iterator[Row]:
    """Entries of a table block: figures of one row with one label."""
    current: Row | None = None
    place: object = None
    for figure in figures:
        here = (figure.row, figure.label_span, figure.code_span, figure.subject_code)
        if current is None or here != place:
            if current is not None:
                yield current
            current, place = Row(block, figure.row), here
            current.label = raw_label(document, figure)
            current.code, current.name = figure.subject_code, figure.subject_label
        if not figure.column and figure.candidates:
            current.unplaced.append(figure)
            continue
        count = sum(1 for k in current.cells if k[0] == figure.column and k[1] == figure.fiscal_year)
        key = (figure.column, figure.fiscal_year, figure.phase, figure.aspect, count)
        current.cells[key] = figure
    if current is not None:
        yield current


def raw_label(document: Document, figure: Figure) -> str:
    """The wording of a figure's row as printed, with its ordinals; the subject's label if it has no place."""
    if figure.label_span is None:
        return figure.subject_label
    return "".join(document.text[figure.label_span.start : figure.label_span.end].split())


@lru_cache(maxsize=1 << 12)
def split_column(label: str) -> tuple[tuple[str, ...], str]:
    """The groups above a column and its own header, without 其中 and brackets of unit."""
    parts = [p for p in (clean_header(part) for part in plain(label).split("|")) if p]
    if not parts:
        return (), ""
    return tuple(parts[:-1]), parts[-1]


def clean_header(part: str) -> str:
    part = re.sub(r"^(?:其中[:：]?)+", "", part)
    return re.sub(r"[(](?:单位[:：])?(?:人民币)?(?:万元|元|千元|%|个|人|辆)[)]$", "", part).strip(":：")


def is_total_leaf(leaf: str) -> bool:
    """Whether a header names a total of the columns beside it."""
    return bool(_TOTAL_LEAF.match(leaf))
