"""Tables of formats that know their cells (Word, Excel, HTML) as lines of text with tabs between the cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from loaders.characters import UNSEEN

_IDEOGRAPH = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_SPACED = re.compile(r"[\u4e00-\u9fff](?:[ \u3000]+[\u4e00-\u9fff])+")
_NOTE = re.compile(r"(?:注|备注|说明|附注)\s*\d?\s*[:：、.]")
#: A name over all columns, which is the first row of a header: 2026年预算数.
_GROUP = re.compile(r"(?:(?:19|20)\d{2}\s*年(?:度)?)?(?:年初|全年|调整)?(?:预算|决算|执行)数")
_AMOUNT = re.compile(r"[-−]?\d[\d,，.．]*%?")
#: An amount with two decimals that a narrow column broke: ``12,868.1`` and ``9``, ``1,234,`` and ``567.00``.
_BROKEN = re.compile(r"-?(?:[\d,]*\d\.(?:\n\d\d|\d\n\d)|(?:\d{1,3},)+\n\d{3}(?:,\d{3})*\.\d\d)")
#: No table of an office has more columns; what a file claims beyond them is cut.
MAX_COLUMNS = 400


def clean_cell(text: str) -> str:
    """A cell's text on one line: breaks between ideographs and within an amount vanish, other white space is one blank.

    Words that are spaced out (合 计) are closed up.
    """
    text = UNSEEN.sub("", text)
    lines = [re.sub(r"[ \t\xa0\u3000\f\v]+", " ", part).strip() for part in re.split(r"[\r\n\u2028\x0b]+", text)]
    out = ""
    for line in filter(None, lines):
        broken = _BROKEN.fullmatch(f"{out}\n{line}")
        if out and not broken and not (_IDEOGRAPH.match(out[-1]) or _IDEOGRAPH.match(line[0])):
            out += " "
        out += line
    return out.replace(" ", "") if _SPACED.fullmatch(out) else out


def clean_line(text: str) -> str:
    """A line of prose without tabs, doubled blanks and characters that no one sees."""
    return re.sub(r"[ \t\xa0\f\v]+", " ", UNSEEN.sub("", text)).strip(" ")


def holds_data(rows: Iterable[Sequence[str]]) -> bool:
    """Whether at least two rows have words and a number in cells of their own: a table of data, not of a page."""
    filled = ([clean_cell(c) for c in row if c.strip()] for row in rows)
    return sum(any(map(_AMOUNT.fullmatch, row)) and not all(map(_AMOUNT.fullmatch, row)) for row in filled) >= 2


def make_table(rows: Iterable[Sequence[str]]) -> list[str]:
    """The rows of a table as lines. Rows without any text, and empty columns at either side, are left out.

    What stands above the header (a title, the office and unit) and notes stay without tabs: in the first rows, and in
    the first after an empty row, each row that holds one text or a unit.
    """
    cells = [[clean_cell(c) for c in row[:MAX_COLUMNS]] for row in rows]
    width = max((len(row) for row in cells), default=0)
    cells = [row + [""] * (width - len(row)) for row in cells]
    used = [c for c in range(width) if any(row[c] for row in cells)]
    lines = []
    heading = True
    for row in cells:
        filled = [c for c in row if c]
        if not filled:
            heading = True
            continue
        heading = heading and stands_above(filled)
        alone = heading or is_note(filled)
        lines.append(" ".join(filled) if alone else "\t".join(row[used[0] : used[-1] + 1]))
    return lines


def stands_above(filled: Sequence[str]) -> bool:
    """Whether the filled cells of a row above a header are a title, or the office and unit."""
    return (len(filled) == 1 and not _GROUP.fullmatch(filled[0])) or _is_caption_row(filled)


def is_note(filled: Sequence[str]) -> bool:
    """Whether the filled cells of a row are a note on the table."""
    return len(filled) == 1 and bool(_NOTE.match(filled[0]))


def _is_caption_row(filled: Sequence[str]) -> bool:
    """Whether a row above a table states its office and unit: 部门：… 单位：万元."""
    return (
        len(filled) <= 4
        and any(re.search(r"单位\s*[:：]", c) for c in filled)
        and not any(c[:1].isdigit() for c in filled)
    )
