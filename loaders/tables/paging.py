"""Tables that go on over a page break with another number of columns: their cells put under the header they belong to.

A page has its own lattice: it may lack a column that the page with the header had, or have one more. Columns are then
inherited by meaning or not at all: by where their cells stand on the page; else by what their cells are, a target with
its comparator, a score no greater than its maximum, a level of indicators, an amount. A cell for which neither decides
has no column (``Cell.column`` is None), and what stands in it is open.
"""

from __future__ import annotations

import itertools
import math
import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from loaders.documents import Cell, Document, Table
from loaders.meaning.continued import goes_on
from loaders.tables.assign import may_score
from loaders.tables.cells import KNOWN, is_measure, may_head, opens_form
from loaders.tables.columns import Column
from loaders.tables.entries import Section
from loaders.tables.gridded import Gridded
from loaders.words.indicator_levels import AT_LEVEL1, AT_LEVEL2
from loaders.words.lines import is_number_word
from loaders.words.normalise import plain
from loaders.words.numbers import parse_number, tokenise

Interval = tuple[float, float]
Row = tuple[Cell, ...]

#: More ways to put columns under a header than this are not tried.
MOST_WAYS = 3000
#: Of so many cells one may be what its column does not hold: the word 合计 under 科目编码.
MOST_MISFITS = 12
#: A header with fewer groups than this has no names that repeat.
_FEWEST_GROUPS = 2
#: Cells stand under a column if they share this part of the narrower of both, and with no other column more than that.
_SHARED, _STRAY = 0.5, 0.2
_COMPARED = re.compile(r"^\s*(?:[≥≤≧≦<>＜＞=＝]|大于|小于|不低于|不少于|不超过|不高于|至少)")
_MONEY = re.compile(r"(?:预算|决算|支出|收入|金额|合计|小计|总计|资金|拨款|数|额)(?:[(][^)]*[)])?$")
_BLANK = re.compile(r"^[-—–/…·\s]*$")
_LEVELS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(r"一级"), lambda text: bool(AT_LEVEL1.match(text)) and not AT_LEVEL2.fullmatch(text)),
    (re.compile(r"二级"), lambda text: bool(AT_LEVEL2.match(text))),
    (re.compile(r"三级|指标(?:内容|名称)$"), lambda text: not (AT_LEVEL1.fullmatch(text) or AT_LEVEL2.fullmatch(text))),
)


@dataclass
class _Frame:
    """The header that a page goes on under: its columns, how many there are, and where their cells stand.

    ``widths`` holds the number of columns on its page and that of the columns in use under it, which may be fewer;
    ``used`` are those that have a cell: others are parts of merged cells.
    """

    columns: dict[int, Column]
    widths: frozenset[int]
    used: tuple[int, ...] = ()
    places: dict[int, Interval] = field(default_factory=dict)


def align_pages(document: Document) -> Document:
    """The document with the cells of pages that go on a table in the columns of its header, or in none."""
    blocks = list(document.blocks)
    walker = _Walker(document)
    changed = False
    previous: int | None = None
    for index, block in enumerate(blocks):
        if block.table is None:
            continue
        if previous is None or not goes_on(block, blocks[previous], blocks[previous + 1 : index]):
            walker.leave()
        table = walker.align(block.table)
        previous = index
        if table is not block.table:
            blocks[index] = replace(block, table=table)
            changed = True
    return replace(document, blocks=tuple(blocks)) if changed else document


class _Walker:
    """One pass over the tables of a document, with the header that is in force."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.frame: _Frame | None = None
        #: The rows that the next frame is made of, and their number of columns.
        self.pending: tuple[Sequence[Row], int] | None = None

    def leave(self) -> None:
        """Forgets the header: what comes goes on no table before it."""
        self.frame = self.pending = None

    def align(self, table: Table) -> Table:
        """A table with its cells under the header in force, which it may replace."""
        if not table.parts:
            self.leave()
            return table
        rows = list(table.rows)
        changed = _join_header(rows, table.parts)
        for (first, width), (last, _) in itertools.pairwise([*table.parts, (len(rows), 0)]):
            part = rows[first:last]
            if self.pending is not None or self.frame is not None:
                moved = self._align_part(part, width)
                if moved is not None:
                    rows[first:last] = moved
                    changed = True
                    continue
            elif not part:
                continue
            self._begin(part, width)
        return replace(table, rows=tuple(rows)) if changed else table

    def _begin(self, part: Sequence[Row], width: int) -> None:
        if self.frame is None or _has_header(part) or (part and opens_form(list(part[0]))):
            self.frame, self.pending = None, (part, width)

    def _align_part(self, part: Sequence[Row], width: int) -> list[Row] | None:
        """The rows of a part that goes on without a header of its own; None if they stay as they are."""
        if _has_header(part) or not part or opens_form(list(part[0])):
            return None
        frame = self._find_frame()
        if frame is None:
            return None
        rest: Sequence[Row] = ()
        headers = _list_headers(part)
        if headers:
            at = next(i for i, row in enumerate(part) if row and row[0].row == headers[0].header[0][0].row)
            part, rest = part[:at], part[at:]
            self.frame, self.pending = None, (rest, width)
        places = self._place(part)
        mapping = map_columns(frame, part, width, places)
        for column, interval in places.items():
            to = mapping.get(column) if mapping is not None else column
            if to is not None:
                frame.places.setdefault(to, interval)
        if mapping is None:
            return None
        return [
            tuple(replace(c, column=mapping.get(c.column) if c.column is not None else None) for c in row)
            for row in part
        ] + list(rest)

    def _find_frame(self) -> _Frame | None:
        if self.pending is not None:
            part, width = self.pending
            sections = _list_headers(part)
            self.pending = None
            if sections and _is_official(sections[-1]):
                last = sections[-1]
                below = [r for r in part if r[0].row >= last.header[0][0].row]
                used = sorted({c.column for r in below for c in r if c.column is not None})
                widths = frozenset({width, used[-1] + 1})
                self.frame = _Frame(last.columns, widths, tuple(used), self._place(below))
        return self.frame

    def _place(self, rows: Sequence[Row]) -> dict[int, Interval]:
        """Where the cells of each column stand on the page, left and right; nothing for a format without pages."""
        if not self.document.boxes:
            return {}
        found: dict[int, list[Interval]] = {}
        for row in rows:
            for cell in row if len(row) > 1 else ():
                boxes = self.document.boxes_of(cell.passage.span)
                if boxes and cell.column is not None:
                    found.setdefault(cell.column, []).append((min(b.x0 for b in boxes), max(b.x1 for b in boxes)))
        return {
            column: (statistics.median(a for a, _ in cells), statistics.median(b for _, b in cells))
            for column, cells in found.items()
        }


def _join_header(rows: list[Row], parts: Sequence[tuple[int, int]]) -> bool:
    """Puts the groups of a header whose lower line a page break cut off over the names that repeat below each of them.

    Returns whether any group was moved: 预算数 | 决算数 over 合计 | 接待费 | 合计 | 接待费 stand over the first and third.
    """
    moved = False
    for (first, width), (below, lower_width) in itertools.pairwise(parts):
        part = [list(row) for row in rows[first:below]]
        if width == lower_width or not part or below >= len(rows) or not all(map(may_head, part)):
            continue
        names = [plain(c.text) for c in rows[below]]
        length, rest = divmod(len(names), len(part[-1]))
        if len(part[-1]) < _FEWEST_GROUPS or rest or length < 2 or names != names[:length] * len(part[-1]):
            continue
        places = [c.column for c in rows[below][::length]]
        rows[below - 1] = tuple(replace(c, column=at) for c, at in zip(part[-1], places, strict=True))
        moved = True
    return moved


def _has_header(part: Sequence[Row]) -> bool:
    rows = [list(row) for row in part if row]
    return bool(rows) and Gridded(rows, "unknown", None, None).has_header()


def _list_headers(part: Sequence[Row]) -> list[Section]:
    """The headers that stand in a part, in order."""
    rows = [list(row) for row in part if row]
    return [s for s in Gridded(rows, "unknown", None, None).divide() if s.header] if rows else []


def _is_official(section: Section) -> bool:
    """Whether a header has names of columns as official forms print them; rows of words may be taken for one."""
    return sum(plain(c.text) in KNOWN for row in section.header for c in row) >= 2


def map_columns(
    frame: _Frame, part: Sequence[Row], part_width: int, part_places: Mapping[int, Interval]
) -> dict[int, int] | None:
    """Under which column of a header each column of a part stands, if that is decided; None if all stay as they are.

    ``part_width`` is the number of columns of the part, and the places are those of its cells on their pages, if known.
    """
    used = sorted({c.column for row in part for c in row if c.column is not None})
    by_place = _match_places(used, part_places, frame.places)
    if part_width in frame.widths:
        moved = by_place is not None and any(
            a != b and not _overlap(part_places[a], frame.places.get(a, (0.0, 0.0))) for a, b in by_place.items()
        )
        return by_place if moved else None
    if by_place is not None:
        return by_place
    found = _match_kinds(frame.columns, _list_ways(range(max(frame.widths)), range(part_width)), part)
    if len(found) == len(used) or not len(used) <= len(frame.used) < max(frame.widths):
        return found
    again = _match_kinds(frame.columns, _list_ways(frame.used, used), part)
    return again if len(again) == len(used) else found


def _match_places(
    used: Sequence[int], part: Mapping[int, Interval], places: Mapping[int, Interval]
) -> dict[int, int] | None:
    """Each column under the one over its cells; None unless every column stands under one of its own."""
    found: dict[int, int] = {}
    for column in used:
        if column not in part:
            return None
        shares = {to: _overlap(part[column], interval) for to, interval in places.items()}
        near = [to for to, share in shares.items() if share >= _STRAY]
        if len(near) != 1 or shares[near[0]] < _SHARED:
            return None
        found[column] = near[0]
    order = list(found.values())
    return found if found and all(a < b for a, b in itertools.pairwise(order)) else None


def _overlap(a: Interval, b: Interval) -> float:
    """The part of the narrower interval that both share."""
    narrow = min(a[1] - a[0], b[1] - b[0])
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0])) / narrow if narrow > 0 else 0.0


def _match_kinds(
    columns: Mapping[int, Column], possible: Iterable[dict[int, int]], part: Sequence[Row]
) -> dict[int, int]:
    """Each column under the one that it has in every possible way that fits its cells best."""
    cells: dict[int, list[str]] = {}
    for row in part:
        for cell in row:
            if cell.column is not None and not _BLANK.match(cell.text):
                cells.setdefault(cell.column, []).append(plain(cell.text))
    ways = [w for w in possible if _scores_fit(w, columns, part)]
    misfits = [_count_misfits(way, columns, cells) for way in ways]
    most = sum(map(len, cells.values())) // MOST_MISFITS
    fewest = min(misfits, default=most + 1)
    ways = [way for way, number in zip(ways, misfits, strict=True) if number == fewest <= most]
    targets = {column: {way.get(column) for way in ways} for column in cells}
    return {
        column: to for column, found in targets.items() if len(found) == 1 and (to := next(iter(found))) is not None
    }


def _list_ways(columns: Sequence[int], part: Sequence[int]) -> Iterator[dict[int, int]]:
    """The ways to put the columns of a part under those of a header: the fewer all find a place, in order."""
    fewer = min(len(columns), len(part))
    if math.comb(max(len(columns), len(part)), fewer) > MOST_WAYS:
        return
    if len(part) <= len(columns):
        for chosen in itertools.combinations(columns, fewer):
            yield dict(zip(part, chosen, strict=True))
    else:
        for chosen in itertools.combinations(part, fewer):
            yield dict(zip(chosen, columns, strict=True))


def _count_misfits(way: Mapping[int, int], columns: Mapping[int, Column], cells: Mapping[int, list[str]]) -> int:
    """How many cells the columns that they are put under may not hold."""
    return sum(
        not _may_hold(columns[to], text) for own, to in way.items() if to in columns for text in cells.get(own, ())
    )


def _may_hold(column: Column, text: str) -> bool:
    """Whether a column with such a header may hold such a cell."""
    number = is_number_word(text)
    role = column.role
    if role in ("code", "unit code", "ordinal"):
        return text.isalnum() and text.isascii()
    if role in ("maximum", "score"):
        return may_score(column, text)
    if role == "result":
        return not _COMPARED.match(text)
    if role == "year":
        return bool(re.match(r"(?:19|20)\d{2}", text))
    if role == "unit":
        return not number and len(text) <= 6
    if role in ("label", "text", "criterion", "contact"):
        words = column.label.split("|")[-1]
        level = next((test for pattern, test in _LEVELS if role == "label" and pattern.search(words)), None)
        return not is_measure(text) and (level is None or level(text))
    if role == "value" and _MONEY.search(column.label.split("|")[-1]):
        return is_measure(text)
    return True


def _scores_fit(way: Mapping[int, int], columns: Mapping[int, Column], part: Sequence[Row]) -> bool:
    """Whether no row scores more than its maximum."""
    roles = {own: columns[to].role for own, to in way.items() if to in columns}
    for row in part:
        at = {roles.get(c.column): c.text for c in row if c.column is not None and is_number_word(c.text.strip())}
        if "maximum" in at and "score" in at and _number(at["score"]) > _number(at["maximum"]):
            return False
    return True


def _number(text: str) -> float:
    tokens = tokenise(text)
    return float(parse_number(tokens[0].stated)) if tokens and tokens[0].stated.count(".") <= 1 else 0.0
