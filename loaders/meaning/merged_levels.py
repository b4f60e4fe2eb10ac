"""Levels of indicators whose merged cells a page break divides, by where their labels stand on the pages.

A spreadsheet prints the label of a merged cell in the middle of the whole cell, on whichever page that is, so that on
the other pages the cell is empty. Laid end to end, the pages of a sheet are one column of rows: the first cell begins
with the first row and ends as far below its label as it began above, the next one begins there, and so on. Where a cell
begins inside a page, the reader has found it by its lines and put the label into its first row. This is believed only
if every cell ends between two rows, the last one with the last row, and each label that stands in a row falls to that
row; else nothing is said. Rows of a cell that prints no label have none.
"""

from __future__ import annotations

import bisect
import itertools
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from loaders.documents import Box, Cell, Document
from loaders.words.indicator_levels import AT_LEVEL1, AT_LEVEL2

Row = tuple[Cell, ...]

#: A cell may end this part of the lower of two rows beside the edge between them; where lines show the edge, this part
#: of a row of middle height, since what is lost at the page breaks adds up.
_SLACK, _LOOSE = 0.45, 1.2
#: A cell without a label is believed in where so many others of so many rows end where lines show them to end.
_PROVED, _TALL = 2, 3
#: Lines of one label stand closer than this part of their height.
_LINE_GAP = 0.45
_PATTERNS = {"level1": AT_LEVEL1, "level2": AT_LEVEL2}
_WORD = "指标"


@dataclass(slots=True)
class _Place:
    """A row, or a label, on its page, in points from the page's top."""

    page: int
    top: float
    bottom: float
    text: str = ""
    start: int = -1  #: in the text


@dataclass(frozen=True, slots=True)
class _Label:
    """``middle`` is from the top of the first page of the sheet, all pages laid end to end.

    ``row`` is the row in which the reader put the label, -1 if in none; ``begins`` is true if its cell begins there.
    """

    text: str
    middle: float
    row: int = -1
    begins: bool = False


def find_levels(
    document: Document, header: Row, rows: Sequence[Row], columns: Mapping[str, int]
) -> dict[int, dict[str, str]]:
    """The levels of the rows of a sheet over several pages: by position of the row, "level1" and "level2" if sure.

    ``rows`` are those below ``header``; ``columns`` are those of "level1", "level2", "name" and "target".
    """
    places = [_place_row(document, row, columns) for row in rows]
    known = [place for place in places if place is not None]
    if len(known) < len(rows) or len({p.page for p in known}) < 2:
        return {}
    sheet = _Sheet(document, header, rows, columns, known)
    found: dict[int, dict[str, str]] = {}
    stops: Sequence[int] = ()  # where cells of the level below end
    for key in ("level2", "level1"):
        labels = sheet.list_labels(key) if key in columns else None
        assigned = _Walk(labels, sheet.edges, stops).assign() if labels else None
        for at, label in enumerate(assigned or ()):
            found.setdefault(at, {})[key] = label
        if assigned:
            changes = [at for at in range(1, len(assigned)) if assigned[at] != assigned[at - 1]]
            stops = [0, *changes, len(assigned)]
    return found


class _Sheet:
    """The pages of a sheet laid end to end: the edges between its rows, and how far down each page is moved."""

    def __init__(
        self, document: Document, header: Row, rows: Sequence[Row], columns: Mapping[str, int], places: Sequence[_Place]
    ) -> None:
        self.document = document
        self.rows = rows
        self.columns = columns
        self.heads = {key: _heading(document, header, columns[key]) for key in columns}
        bodies = [c for row in rows for c in row if c.column in (columns["name"], columns["target"])]
        self.left = min(b.x0 for c in bodies for b in document.boxes_of(c.passage.span))
        self.edges: list[float] = []
        self.shifts: dict[int, float] = {}
        self.firsts: set[int] = set()  #: the first row of each page
        self._lay(places)

    def _lay(self, places: Sequence[_Place]) -> None:
        """Lays the rows of all pages end to end, below the header."""
        top = max((head.bottom for head in self.heads.values() if head is not None), default=0.0)
        end = 0.0
        for page, group in itertools.groupby(places, key=lambda place: place.page):
            own = list(group)
            gaps = [below.top - above.bottom for above, below in itertools.pairwise(own)]
            half = max(0.0, statistics.median(gaps) / 2) if gaps else (own[0].bottom - own[0].top) / 2
            self.firsts.add(max(len(self.edges) - 1, 0))
            first = own[0].top - half if self.edges else max(top, own[0].top - half)
            self.shifts[page] = end - first if self.edges else 0.0
            if not self.edges:
                self.edges.append(first)
            self.edges += [(a.bottom + b.top) / 2 + self.shifts[page] for a, b in itertools.pairwise(own)]
            end = own[-1].bottom + half + self.shifts[page]
            self.edges.append(end)

    def list_labels(self, key: str) -> list[_Label] | None:
        """The labels below a head, from the top; None if words stand there that are none.

        A page may print again, outside its edges, what stands on the page before or behind it.
        """
        labels: list[_Label] = []
        height = statistics.median(b - a for a, b in itertools.pairwise(self.edges))
        for place in _join_lines(self._list_words(key)):
            text = _as_level(place.text, key)
            if not text:
                return None
            middle = (place.top + place.bottom) / 2 + self.shifts[place.page]
            row = self._row_of(place, key)
            label = _Label(text, middle, row, row > 0 and row not in self.firsts)
            same = next((o for o in labels if o.text == text and abs(o.middle - middle) < height), None)
            if same is None:
                labels.append(label)
            elif label.begins and not same.begins:
                labels[labels.index(same)] = label
        return sorted(labels, key=lambda label: label.middle)

    def _list_words(self, key: str) -> Iterator[_Place]:
        """The words that stand below a head and before the names, with their places."""
        head = self.heads[key]
        first, last = min(self.shifts), max(self.shifts)
        boxes = self.document.boxes
        begin = bisect.bisect_left(boxes, first, key=lambda box: box.page)
        end = bisect.bisect_right(boxes, last, key=lambda box: box.page)
        for box in boxes[begin:end] if head is not None else ():
            inside = box.page in self.shifts and box.x0 < self.left
            above = box.page == first and box.top < self.edges[0] - 1
            below = box.page == last and box.bottom + self.shifts[box.page] > self.edges[-1] + 1
            if inside and not above and not below:
                for x0, x1, place in _part_words(box, self.document.text[box.span.start : box.span.end]):
                    if head is not None and x0 < head.x1 and head.x0 < x1 <= self.left:
                        yield place

    def _row_of(self, place: _Place, key: str) -> int:
        """The row in whose cell the reader put a word; -1 if in none."""
        for at, row in enumerate(self.rows):
            for cell in row:
                if cell.column == self.columns[key] and cell.passage.start <= place.start < cell.passage.end:
                    return at
        return -1


def _heading(document: Document, header: Row, column: int) -> Box | None:
    cell = next((c for c in header if c.column == column), None)
    return document.place_of(cell.passage.span) if cell is not None else None


def _place_row(document: Document, row: Row, columns: Mapping[str, int]) -> _Place | None:
    """Where a row stands, by its name and target: the label of a merged cell stands elsewhere."""
    own = [c for c in row if c.column in (columns["name"], columns["target"])] or list(row)
    boxes = [b for c in own for b in document.boxes_of(c.passage.span)]
    boxes = [b for b in boxes if b.page == boxes[0].page]
    if not boxes:
        return None
    return _Place(boxes[0].page, min(b.top for b in boxes), max(b.bottom for b in boxes))


def _part_words(box: Box, text: str) -> Iterator[tuple[float, float, _Place]]:
    """The words of a box, left, right and place; two words in one may be those of two columns, at its two ends."""
    words = text.split()
    height = box.bottom - box.top
    if len(words) == 2 and sum(map(len, words)) * height < box.x1 - box.x0:
        yield box.x0, box.x0 + len(words[0]) * height, _Place(box.page, box.top, box.bottom, words[0], box.span.start)
        start = box.span.start + text.rindex(words[1])
        yield box.x1 - len(words[1]) * height, box.x1, _Place(box.page, box.top, box.bottom, words[1], start)
    elif words:
        yield box.x0, box.x1, _Place(box.page, box.top, box.bottom, "".join(words), box.span.start)


def _join_lines(words: Iterable[_Place]) -> Iterator[_Place]:
    """Words on one line, and lines close below each other, as one label; letters may stand upright."""
    label: _Place | None = None
    for word in sorted(words, key=lambda w: (w.page, round(w.top), w.start)):
        near = _LINE_GAP * (word.bottom - word.top)
        if label is not None and word.page == label.page and word.top - label.bottom < near:
            label.bottom = max(label.bottom, word.bottom)
            label.text += word.text
            continue
        if label is not None:
            yield label
        label = word
    if label is not None:
        yield label


def _as_level(text: str, key: str) -> str:
    """A label as the frame has it; "" if it names no level."""
    named = text if text.endswith(_WORD) else text + _WORD
    return named if (m := _PATTERNS[key].match(named)) and m.end() == len(named) else ""


class _Walk:
    """Goes down the labels of a column, and tells the rows of each cell, which ends at one of the stops, if given."""

    def __init__(self, labels: Sequence[_Label], edges: Sequence[float], stops: Sequence[int] = ()) -> None:
        self.labels = labels
        self.edges = edges
        self.stops = stops or range(len(edges))
        self.height = statistics.median(b - a for a, b in itertools.pairwise(edges))
        self.rows = len(edges) - 1

    def assign(self) -> list[str] | None:
        """The label of each row, "" for those of a cell without one; None if that is not sure."""
        out: list[str] = []
        proved = 0
        for label, following in itertools.zip_longest(self.labels, self.labels[1:]):
            at = len(out)
            shown = self.rows if following is None else following.row if following.begins else -1
            end = self._find_end(label, at, shown)
            if end is None or (label.row >= 0 and not at <= label.row < end):
                return None
            out += [label.text] * (end - at)
            proved += end == shown and end - at >= _TALL
            out += [""] * (shown - end)
        bare = "" in out
        return out if len(out) == self.rows and not (bare and proved < _PROVED) else None

    def _find_end(self, label: _Label, at: int, shown: int) -> int | None:
        """Where the cell ends that begins with row ``at``; lines may show that it ends by ``shown``, else -1."""
        if at >= self.rows:
            return None
        end = 2 * label.middle - self.edges[at]
        if shown > at and abs(self.edges[shown] - end) <= _LOOSE * self.height:
            return shown
        below = [stop for stop in self.stops if stop >= at]
        to = min(below, key=lambda stop: abs(self.edges[stop] - end))
        exact = at < to and abs(self.edges[to] - end) <= self._slack(to)
        return to if exact and (shown < 0 or to < shown) else None

    def _slack(self, to: int) -> float:
        """How far from a stop a cell may end: less than half of what lies between the stop and those beside it."""
        k = self.stops.index(to)
        beside = [self.edges[s] for s in self.stops[max(0, k - 1) : k + 2]]
        return min(_SLACK * min(b - a for a, b in itertools.pairwise(beside)), _LOOSE * self.height)
