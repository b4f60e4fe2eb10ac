"""Codes whose levels stand in columns of their own (类 | 款 | 项), with the upper levels printed once and left out below.

Where columns are known, a level that a row leaves out is that of the row above. Where they are lost, a lone pair of digits
is a 款 or a 项; the shipped code lists, else the order of rows, decide which.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from loaders.documents import Cell
from loaders.tables.columns import Column
from loaders.tables.entries import Entry, Section
from loaders.words.codes import load_codes
from loaders.words.normalise import plain

_LEVELS = ("类", "款", "项")


@dataclass
class _State:
    """The code of the row above, level by level; ``full`` if items of the table print all three levels."""

    parts: tuple[str, ...] = ()
    full: bool = False


def complete_codes(sections: list[Section]) -> None:
    """Fills :attr:`Entry.code` of all entries whose codes stand in levels; ``sections`` are those of one table in order."""
    state = _State()
    for section in sections:
        columns = _level_columns(section.columns)
        state.full = state.full or any(_is_full(e) for e in section.entries)
        for entry in section.entries:
            subject = [c for c, kind in entry.codes if kind == "subject"]
            if not subject:
                continue
            if columns:
                _by_columns(entry, [c for c in subject if c.column in columns], columns, state)
            elif any(len(c.text.strip()) == 2 for c in subject):
                _by_order(entry, subject, state)
            elif len(subject[0].text.strip()) == 3:
                state.parts = (subject[0].text.strip(),)


def _is_full(entry: Entry) -> bool:
    """Whether an entry prints 类, 款 and 项 all three."""
    lengths = [len(c.text.strip()) for c, kind in entry.codes if kind == "subject"]
    return lengths[:3] == [3, 2, 2]


def _level_columns(columns: dict[int, Column]) -> dict[int | None, int]:
    """The columns headed 类, 款 and 项, and the level of each; of several such groups the first."""
    found: dict[int | None, int] = {}
    for at, column in sorted(columns.items()):
        last = plain(column.label).split("|")[-1]
        if last in _LEVELS:
            level = _LEVELS.index(last)
            if level in found.values():
                break
            found[at] = level
    return found if len(found) >= 2 else {}


def _by_columns(entry: Entry, subject: list[Cell], columns: dict[int | None, int], state: _State) -> None:
    if not subject:
        return
    parts = list(state.parts)
    for cell in subject:
        text, level = cell.text.strip(), columns[cell.column]
        if len(text) != (3 if level == 0 else 2):
            return
        if len(parts) < level:
            return
        parts = [*parts[:level], text]
    state.parts = tuple(parts)
    entry.code = "".join(parts)


def _by_order(entry: Entry, subject: list[Cell], state: _State) -> None:
    codes = [c.text.strip() for c in subject]
    if len(codes[0]) == 3:
        pairs = list(itertools.takewhile(lambda c: len(c) == 2, codes[1:]))
        state.parts = (codes[0], *pairs[:2])
    elif all(re.fullmatch(r"\d{2}", c) for c in codes[:2]) and len(codes) >= 2 and state.parts:
        state.parts = (state.parts[0], codes[0], codes[1])
    elif re.fullmatch(r"\d{2}", codes[0]) and state.parts:
        state.parts = _choose(codes[0], entry.label.text if entry.label is not None else "", state)
    else:
        return
    entry.code = "".join(state.parts)


def _choose(pair: str, name: str, state: _State) -> tuple[str, ...]:
    """Whether ``pair`` is a 款 or a 项 behind the row above."""
    above = state.parts
    section = (above[0], pair)
    if len(above) == 1:
        return section
    item = (above[0], above[1], pair)
    lists = [load_codes(c) for c in ("function", "economic-2018", "economic-2007")]
    fits_section = any(codes.matches("".join(section), name) for codes in lists)
    fits_item = any(codes.matches("".join(item), name) for codes in lists)
    if fits_section != fits_item:
        return section if fits_section else item
    if state.full:
        return section
    if len(above) == 2 or pair > above[2]:
        return item
    return section
