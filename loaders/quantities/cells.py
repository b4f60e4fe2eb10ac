"""The figures of a table beside the words of their row and column, as the rules of quantities read them."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from loaders.documents import Cell, Document
from loaders.facts import Figure
from loaders.words.naming import strip_seat
from loaders.words.normalise import plain

TOTAL = re.compile(
    r"^(?:[一二三四五六七八九十]+、)?(?:部门|单位|本年|本部门|全部|各项)?(?:支出|收入|收支|采购)?(?:预算|决算)?(?:合计|总计|总额|小计|共计|汇总)(?:数|金额)?[:：]?$"
)
_NUMBERED = re.compile(
    r"^(?:其中[:：]?|[(]?[一二三四五六七八九十]{1,3}[)、.．:：]|[(]\d{1,2}[)]|\d{1,2}[)、.．](?!\d)|[A-C][.、]?(?=货物|工程|服务)|[*#·—-]+)+"
)
_NUMBER = re.compile(r"^[-+]?[\d,，.]*\d[\d,，.]*[%％]?$|^[-—–*/]+$")
_YEAR_LABEL = re.compile(r"^(?:(?:19|20)\d{2}年?度?|上年|当年|本年)(?:预算|决算)?数?$")
#: Words at the front of a column's path that say of which document or year it is, not of which part.
_FRAME = re.compile(
    r"^(?:其中:?|(?:(?:19|20)\d{2}年?度?|当年|本年|本年度)?(?:年初|部门|财务)?(?:预算|决算)?(?:数|额|金额|安排)?(?:[(][^)]*[)])?|预算单位|"
    r"(?:本年|当年)?(?:一般公共预算|政府性基金预算|国有资本经营预算)?(?:当年)?(?:财政)?(?:拨款)?支出(?:预算|决算)?(?:数|表)?|支出预算|收入预算)$"
)


@lru_cache(maxsize=1 << 13)
def strip_label(text: str) -> str:
    """A row's words as vocabularies have them: without blanks, numbering and 其中.

    >>> strip_label("其中：（一）因公出国（境）支出")
    '因公出国(境)支出'
    """
    return _NUMBERED.sub("", plain(text))


def read_measure(path: Iterable[str]) -> str:
    """A column without year, phase and the words that its whole table shares.

    >>> read_measure(["2026年预算数", "基本支出", "人员经费"])
    '基本支出/人员经费'
    """
    return "/".join(part for part in path if not _FRAME.match(part))


@dataclass(frozen=True)
class Entry:
    """One figure of a table. ``labels`` are the words of its row left of it, nearest first; ``path`` its column."""

    figure: Figure
    labels: tuple[str, ...]
    path: tuple[str, ...]
    row: tuple[int, int]

    @cached_property
    def label(self) -> str:
        """The nearest words to the left; what the figure is said to be of where the row has none."""
        return self.labels[0] if self.labels else strip_label(self.figure.subject_label)

    @property
    def is_total(self) -> bool:
        """Whether words of the row say that it adds up all others."""
        return any(TOTAL.match(label) for label in (*self.labels, strip_label(self.figure.subject_label)))


@dataclass(frozen=True)
class Grid:
    """A table, with its continuations on further pages."""

    form: str
    title: str
    entries: tuple[Entry, ...]
    office: str

    @cached_property
    def rows(self) -> dict[tuple[int, int], list[Entry]]:
        """Entries by row, in order."""
        found: dict[tuple[int, int], list[Entry]] = defaultdict(list)
        for entry in self.entries:
            found[entry.row].append(entry)
        return found

    @cached_property
    def total_rows(self) -> frozenset[tuple[int, int]]:
        """Rows that are of the whole by their own words: a total, else the office's own line."""
        totals = frozenset(row for row, entries in self.rows.items() if entries[0].is_total)
        if totals:
            return totals
        own = [row for row, entries in self.rows.items() if any(self._is_office(e) for e in entries[:1])]
        return frozenset(own[:1])

    @cached_property
    def lone_row(self) -> tuple[int, int] | None:
        """The only row that has figures, if the table has one row without words of its own."""
        named = [row for row, entries in self.rows.items() if not all(_YEAR_LABEL.match(w) for w in entries[0].labels)]
        bare = [row for row, entries in self.rows.items() if not entries[0].labels]
        return bare[0] if len(bare) == 1 and not [row for row in named if row != bare[0]] else None

    def _is_office(self, entry: Entry) -> bool:
        words = (*entry.labels, plain(entry.figure.subject_label))
        return bool(self.office) and any(strip_seat(word) == self.office for word in words)


def make_grids(document: Document, figures: Iterable[Figure], office: str) -> Iterator[Grid]:
    """The tables of a document that have figures, each with its continuations; ``office`` names the office."""
    by_block: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.block >= 0 and document.blocks[figure.block].kind == "table":
            by_block[figure.block].append(figure)
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for block, found in by_block.items():
        title = plain(found[0].table)
        key = (found[0].form, title or f"#{block}")
        groups[key].extend(_make_entries(document, block, found))
    own = strip_seat(office)
    for (form, title), entries in groups.items():
        yield Grid(form, "" if title.startswith("#") else title, tuple(entries), own)


def _make_entries(document: Document, block: int, figures: list[Figure]) -> Iterator[Entry]:
    table = document.blocks[block].table
    assert table is not None
    cells = sorted((c for c in table.cells() if c.passage), key=lambda c: c.passage.start)
    starts = [c.passage.start for c in cells]
    for figure in figures:
        i = bisect.bisect_right(starts, figure.span.start) - 1
        inside = i >= 0 and cells[i].passage.end >= figure.span.end
        row = cells[i].row if inside else figure.row
        labels = _words_left(table.rows[row], cells[i]) if inside and row < len(table.rows) else ()
        path = tuple(strip_label(p) for p in plain(figure.column).split("|") if p)
        yield Entry(figure, labels, path, (block, row))


def _words_left(row: tuple[Cell, ...], cell: Cell) -> tuple[str, ...]:
    """The texts of a row left of a cell that are no numbers, nearest first."""
    found: list[str] = []
    for other in row:
        if other.passage.start >= cell.passage.start:
            break
        words = strip_label(other.text)
        if words and not _NUMBER.match(words):
            found.append(words)
    return tuple(reversed(found))
