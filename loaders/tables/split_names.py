"""Names that a narrow column broke around the line of their code and amounts, put together again.

A cell whose text is centred leaves its code and amounts on the middle line of the name::

    机关事业单位基本养
    2080505 老保险缴费 40.00 40.00
    支出

Such a layout is symmetric: as many lines of the name stand below the code's as above it. The shipped code lists settle
what belongs together where they have the name; else symmetry does, and only for a code that has no words beside it.
"""

from __future__ import annotations

import functools
import itertools
import re

from loaders.documents import Cell, Passage
from loaders.tables.cells import ITEM_START, KNOWN, OFFICE, SUBJECT_CODE, TOTAL, is_measure
from loaders.tables.wrapped import is_official_name
from loaders.words.codes import fold, load_codes
from loaders.words.lines import is_amount, is_number_word
from loaders.words.normalise import plain

#: A name has no more lines than this above the line of its code, and as many below.
MOST_LINES = 3
#: A level of a code, or the code of a unit, that may stand alone before amounts.
_BARE_CODE, _HUNDREDTHS = re.compile(r"\d{2,9}"), re.compile(r"-?[\d,]+\.\d\d")
_LISTS = ("function", "economic-2018", "economic-2007", "government-economic-2018")
_NOTE = re.compile(r"^(?:注|备注|说明|附注)\s*\d?\s*[:：、.]")


def join_split_names(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The lines of a table without columns, each code followed by its whole name and both by the amounts of the line."""
    joined: list[list[Cell]] = []
    at = free = 0  # ``free``: the first of the joined lines that is no part of a name
    while at < len(rows):
        row = rows[at]
        at += 1
        places = _find_codes(row)
        if places:
            above = _lines_above(joined[max(free, len(joined) - MOST_LINES) :])
            below = _lines_below(rows[at : at + MOST_LINES])
            place, up, down = _choose(row, places, above, below)
            if up or down:
                pieces = [r[0] for r in (*joined[len(joined) - up :], *rows[at : at + down])]
                del joined[len(joined) - up :]
                row = _insert(row, place, pieces, up)
                at += down
            joined.append(row)
            free = len(joined)
            continue
        joined.append(row)
    return joined


def _find_codes(row: list[Cell]) -> list[int]:
    """Where a line that has amounts holds codes of a classification: at its start, or behind the amount of a panel."""
    if len(row) < 2 or not any(is_amount(c.text) for c in row):
        return []
    if _BARE_CODE.fullmatch(row[0].text.strip()) and all(_HUNDREDTHS.fullmatch(c.text.strip()) for c in row[1:]):
        return [0]
    return [
        at
        for at, cell in enumerate(row)
        if SUBJECT_CODE.match(cell.text.strip())
        and at + 1 < len(row)
        and (at == 0 or (len(cell.text.strip()) == 5 and is_number_word(row[at - 1].text)))
    ]


def _is_piece(row: list[Cell]) -> bool:
    words = plain(row[0].text) if len(row) == 1 else ""
    return (
        0 < len(words) <= 20
        and bool(re.search(r"[\u4e00-\u9fff]", words))
        and not is_measure(row[0].text)
        and not re.search(r"\d|[。；，：:]", words)
        and not (TOTAL.match(words) or ITEM_START.match(words) or _NOTE.match(words))
    )


def _lines_above(rows: list[list[Cell]]) -> list[str]:
    """The pieces that stand straight above a line, the last of them last; a word of the header is none."""
    found = itertools.takewhile(lambda r: _is_piece(r) and not _heads(r), reversed(rows))
    return [plain(r[0].text) for r in found][::-1]


def _heads(row: list[Cell]) -> bool:
    words = plain(row[0].text)
    return words in KNOWN or (is_official_name(words) and bool(re.search(r"编码|代码|名称|科目", words)))


def _lines_below(rows: list[list[Cell]]) -> list[str]:
    return [plain(r[0].text) for r in itertools.takewhile(_is_piece, rows)]


def _words_behind(row: list[Cell], place: int) -> str:
    """The words between a code and the number behind it."""
    return "".join(c.text for c in itertools.takewhile(lambda c: not is_measure(c.text), row[place + 1 :]))


def _choose(row: list[Cell], places: list[int], above: list[str], below: list[str]) -> tuple[int, int, int]:
    """Which code of a line has a broken name, and how many lines above and below belong to it; no lines if none has."""
    if _BARE_CODE.fullmatch(row[places[0]].text.strip()) and not SUBJECT_CODE.match(row[places[0]].text.strip()):
        return places[0], *_reach_of_bare(row[places[0]].text.strip(), above, below)
    for place in places:
        code, beside = row[place].text.strip(), plain(_words_behind(row, place))
        for up, down in _list_reaches(len(above), len(below)):
            name = "".join((*above[len(above) - up :], beside, *below[:down]))
            if any(load_codes(classification).matches(code, name) for classification in _LISTS):
                return place, up, down
    bare = [place for place in places if not _words_behind(row, place)]
    reach = min(len(above), len(below))
    return (bare[0], reach, reach) if len(bare) == 1 and reach else (0, 0, 0)


def _reach_of_bare(code: str, above: list[str], below: list[str]) -> tuple[int, int]:
    """How many lines above and below are the name of a level of a code, or of a unit by its code; none if no name is made.

    Neither stands in a list by itself: the name must be one that ends a listed code with that level, or an office's.
    """
    for reach in range(1, min(len(above), len(below)) + 1):
        name = "".join((*above[len(above) - reach :], *below[:reach]))
        if _names_level(code, name) if len(code) == 2 else re.fullmatch(rf".{{2,}}(?:{OFFICE})", name):
            return reach, reach
    return 0, 0


def _names_level(level: str, name: str) -> bool:
    return (level, fold(name)) in _list_levels()


@functools.cache
def _list_levels() -> frozenset[tuple[str, str]]:
    """The last level of each listed code with its names."""
    lists = (load_codes(classification).names for classification in _LISTS)
    return frozenset((code[-2:], fold(name)) for codes in lists for code, names in codes.items() for name in names)


def _list_reaches(above: int, below: int) -> list[tuple[int, int]]:
    """Numbers of lines above and below, the most symmetric and nearest first; none at all comes before any."""
    every = itertools.product(range(above + 1), range(below + 1))
    return sorted(every, key=lambda p: (p != (0, 0), abs(p[0] - p[1]), sum(p)))


def _insert(row: list[Cell], place: int, pieces: list[Cell], up: int) -> list[Cell]:
    """A line with the whole name behind its code."""
    beside = list(itertools.takewhile(lambda c: not is_measure(c.text), row[place + 1 :]))
    parts = [c.passage for c in (*pieces[:up], *beside, *pieces[up:])]
    name = Cell(Passage.join(parts), row[place].row, None)
    return [*row[: place + 1], name, *row[place + 1 + len(beside) :]]
