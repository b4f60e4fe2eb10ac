"""Tables of a web page saved as text, one cell a line, each ended by ``|``: on its line, or alone on the next.

    项目 |
    预算数 |
    公务接待费 |
    12 |

The lines say nothing of rows. Where all rows are alike (words, then as many numbers or blanks) the columns are counted
and rows are made; else the cells are left one a line, without their marks.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from loaders.documents import Cell, Layout, Passage
from loaders.words.lines import Line, is_number_word

#: A cell with more characters is a sentence that happens to end with the mark.
LONGEST = 60
#: Fewer cells make no table.
FEWEST = 6
#: A table has no more columns than this.
MOST_COLUMNS = 20
_BLANK = re.compile(r"^(?:[-—–/]+|无|不适用)?$")


def find_piped(lines: Sequence[Line], at: int) -> int:
    """How many lines from ``at`` are cells of such a table; 0 if none are, or too few to make one."""
    end, cells = at, 0
    if "|" in lines[at].words.strip("| "):
        return 0  # a row, as of the site's index above a table
    while end < len(lines):
        words = lines[end].words
        alone = words.strip("| ") == "" and "|" in words
        among = cells >= FEWEST and end + 1 < len(lines) and _is_cell(lines[end + 1].words)
        ended = words.endswith("|") and (len(words) <= LONGEST or among)
        opened = len(words) <= LONGEST and end + 1 < len(lines) and lines[end + 1].words == "|"
        if lines[end].tabbed or not (alone or ended or opened):
            break
        cells += not alone
        end += 1
    rows = sum(line.words.strip("|").count("|") >= 2 for line in lines[at:end])
    return end - at if cells >= FEWEST and rows * 2 < cells else 0


def _is_cell(words: str) -> bool:
    return words.endswith("|") and len(words) <= LONGEST


#: So many lines with marks between their cells are a table.
_FEWEST_ROWS = 3
#: Between the pieces of a cell that goes on in the next line, and at most so many lines a cell.
_LINES_A_CELL = 4


def find_rows(lines: Sequence[Line], at: int) -> tuple[int, int]:
    """How many lines from ``at`` are rows with marks between cells (``合计 | 12 | 9 |``), and how many were looked at.

    The first is 0 if they are no such rows. A line without a mark belongs to them as a piece of a cell that goes on.
    """
    end = at
    while end < len(lines) and not lines[end].tabbed:
        words = lines[end].words
        if "|" in words and not (words.endswith("|") or words.startswith("|")):
            break
        if "|" not in words and not (end > at and _goes_on(lines, end)):
            break
        if end > at and _opens_cells(lines, end):
            break
        end += 1
    rows = sum(len(row) >= 2 for row in split_rows(lines[at:end])) if end - at >= _FEWEST_ROWS else 0
    return (end - at if rows >= _FEWEST_ROWS else 0), end - at


def _opens_cells(lines: Sequence[Line], at: int) -> bool:
    """Whether from a line on every line is one cell (``项目名称 |``), so that no rows follow."""
    ahead = [line.words for line in lines[at : at + FEWEST]]
    return len(ahead) == FEWEST and all(w.endswith("|") and "|" not in w.strip("| ") for w in ahead)


def _goes_on(lines: Sequence[Line], at: int) -> bool:
    """Whether a line without a mark is a piece of a cell behind which another cell of the row begins soon."""
    ahead = [line.words for line in lines[at : at + _LINES_A_CELL]]
    marked = next((i for i, words in enumerate(ahead) if "|" in words), 0)
    return bool(marked) and ahead[marked].startswith("|") and all(len(words) <= LONGEST for words in ahead[:marked])


def split_rows(lines: Sequence[Line]) -> list[list[Passage]]:
    """The cells of such lines, row by row, without the marks that fill a row up. An empty cell is kept."""
    rows: list[list[Passage]] = []
    held: list[Passage] = []
    row: list[Passage] = []
    for number, line in enumerate(lines):
        words = line.words
        parts = list(_split(line.whole))
        for passage, ended in parts[1:] if words.startswith("|") and not held and not row else parts:
            if passage:
                held.append(passage)
            if ended:
                row.append(Passage.join(held) if held else Passage("", ()))
                held = []
        follow = lines[number + 1].words if number + 1 < len(lines) else ""
        if words.endswith("|") and not (follow.startswith("|") and not follow.endswith("|")):
            rows.append(row)
            row = []
    if held:
        row.append(Passage.join(held))
    return [trimmed for r in (*rows, row) if (trimmed := _trim(r))]


def _trim(row: list[Passage]) -> list[Passage]:
    while row and not row[-1].text:
        row.pop()
    return row


def align_rows(rows: Sequence[Sequence[Passage]]) -> tuple[list[list[Cell]], Layout]:
    """Rows of cells, in columns where a header of one row is as wide as those below it; else without."""
    first = next((i for i, row in enumerate(rows) if any(_holds_value(c.text) for c in row)), len(rows))
    grouped = _spread_group(rows, first)
    if grouped:
        return grouped, "tabs"
    head = rows[first - 1] if first else ()
    widths = {len(row) for row in rows[first:] if len(row) > 1}
    if first and any(len(row) == len(head) for row in rows[: first - 1]):
        widths.add(0)  # which row is the header is open
    if len(widths) == 1 and len(head) in widths and all(c.text for c in head):
        return [[Cell(c, at, i) for i, c in enumerate(row) if c.text] for at, row in enumerate(rows)], "tabs"
    return [[Cell(c, at, None) for c in row if c.text] for at, row in enumerate(rows)], "spaces"


#: A name over several columns: 比上年增、减情况, 其中.
_GROUP = re.compile(r"情况$|其中[:：]?$|增减(?:变化)?$|购置(?:及|和)运行(?:维护)?费$")


def _spread_group(rows: Sequence[Sequence[Passage]], first: int) -> list[list[Cell]]:
    """Rows in columns under a header of two rows of which the second divides one name of the first; [] if none is.

    Marks fill a row up at its end, wherever the name stands that is as wide as several columns.
    """
    widths = {len(row) for row in rows[first:] if len(row) > 1}
    if first != 2 or len(widths) != 1 or not all(c.text for row in rows[:2] for c in row):
        return []
    groups = [i for i, c in enumerate(rows[0]) if _GROUP.search(re.sub(r"\s", "", c.text))]
    if len(groups) != 1 or len(rows[0]) + len(rows[1]) - 1 != min(widths):
        return []
    more = len(rows[1]) - 1
    above = [Cell(c, 0, i + (more if i > groups[0] else 0)) for i, c in enumerate(rows[0])]
    below = [Cell(c, 1, groups[0] + i) for i, c in enumerate(rows[1])]
    return [
        above,
        below,
        *([Cell(c, at, i) for i, c in enumerate(row) if c.text] for at, row in enumerate(rows[2:], 2)),
    ]


def split_cells(lines: Sequence[Line]) -> list[Passage]:
    """The cells of such lines in their order; a mark that ends nothing is an empty cell."""
    cells: list[Passage] = []
    held: list[Passage] = []
    for line in lines:
        parts = list(_split(line.whole))
        for passage, ended in parts:
            if passage:
                held.append(passage)
            if ended:
                cells.append(Passage.join(held))
                held = []
    return [*cells, Passage.join(held)] if held else cells


def split_padded(lines: Sequence[Line]) -> list[list[Passage]]:
    """The rows of cells one a line where marks by themselves (``||||``) fill each row up; none if they do not."""
    padded = [i for i, line in enumerate(lines) if _PAD.fullmatch(line.words)]
    if len(padded) < _FEWEST_ROWS:
        return []
    bounds = [0, *(i + 1 for i in padded), len(lines)]
    rows = [split_cells([x for x in lines[a:b] if not _PAD.fullmatch(x.words)]) for a, b in itertools.pairwise(bounds)]
    return [row for row in rows if any(c.text for c in row)]


#: Marks alone, more than the one that ends a cell.
_PAD = re.compile(r"\|{2,}")


def _split(passage: Passage) -> Iterator[tuple[Passage, bool]]:
    start = 0
    for mark in re.finditer(r"\|", passage.text):
        yield _close_up(passage.part(start, mark.start()).strip()), True
        start = mark.end()
    if passage.text[start:].strip():
        yield _close_up(passage.part(start, len(passage.text)).strip()), False


def _close_up(cell: Passage) -> Passage:
    """A cell without the blanks that space out a word of single characters: ``合 计``."""
    if not re.fullmatch(r"[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff])+", cell.text):
        return cell
    return Passage.join(cell.part(i, i + 1) for i, c in enumerate(cell.text) if not c.isspace())


def make_rows(cells: Sequence[Passage]) -> tuple[list[list[Cell]], Layout]:
    """Rows of cells, with columns where those of the header can be counted; else what can be told of rows without."""
    first = next((i for i, c in enumerate(cells) if _is_value(c.text)), 0)
    label = next((i for i in range(first - 1, -1, -1) if cells[i].text), 0)
    width = _count_columns(cells, label)
    if not width:
        return [[Cell(c, i, None)] for i, c in enumerate(c for c in cells if c.text)], "lines"
    marked = all(not cells[i].text for i in range(label - 1, len(cells), width)) and label >= width
    start = label - 1 if marked else label
    body = [cells[i : i + width] for i in range(start, len(cells), width)]
    head = cells[:start]
    if len(head) == width:
        rows = [head, *body]
        return [[Cell(c, at, column) for column, c in enumerate(row) if c.text] for at, row in enumerate(rows)], "tabs"
    rows = [[c for c in row if c.text] for row in (head, *body)]
    return [[Cell(c, at, None) for c in row] for at, row in enumerate(filter(None, rows))], "spaces"


def _count_columns(cells: Sequence[Passage], label: int) -> int:
    """How many cells a row has, if from the first label all rows have as many; else 0."""
    starts = [i for i, c in enumerate(cells) if i >= label and c.text and not _holds_value(c.text)]
    for width in sorted({b - a for a, b in itertools.pairwise(starts)}):
        regular = 2 <= width <= MOST_COLUMNS and all((i - label) % width == 0 for i in starts)
        if regular and len(starts) == -(-(len(cells) - label) // width):
            return width
    return 0


def _is_value(text: str) -> bool:
    return is_number_word(text)


def _holds_value(text: str) -> bool:
    return is_number_word(text) or bool(_BLANK.match(text))
