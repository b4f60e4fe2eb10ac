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
    while end < len(lines):
        words = lines[end].words
        alone = words.strip("| ") == "" and "|" in words
        ended = words.endswith("|") and len(words) <= LONGEST
        opened = len(words) <= LONGEST and end + 1 < len(lines) and lines[end + 1].words == "|"
        if lines[end].tabbed or not (alone or ended or opened):
            break
        cells += not alone
        end += 1
    rows = sum(line.words.strip("|").count("|") >= 2 for line in lines[at:end])
    return end - at if cells >= FEWEST and rows * 2 < cells else 0


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
