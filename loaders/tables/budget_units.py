"""Of which unit below the office the rows of a table are (预算单位): its own rows, and rows under a unit's name.

A name of a unit stands in a column of units, beside the code of a unit, or on a line of its own over the projects of
that unit. What a table says of units is weighed when it is read in whole: where it names no unit but the office, its
figures are the office's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from loaders.documents import Cell
from loaders.facts import Figure
from loaders.tables.assign import axis_of
from loaders.tables.axes import names_office, type_head, type_words
from loaders.tables.entries import Entry, Section
from loaders.words.normalise import plain

#: What marks the office's own seat beside its units.
_SEAT = re.compile(r"[(]?(?:局|厅|委|部|办|署)?(?:机关)?(?:本级|机关|本部|行政)[)]?$")
#: Headers under which projects and the units that use them stand in one column.
_MIXED = re.compile(r"[(](?:资金)?(?:使用|预算|用款)?单位[)]")
_SERIAL = re.compile(r"^[\d.、()（）\s]*(?:\d{3,12}\s*[-_—]?\s*)?")
#: A shorter word in a column of units is one of measure (台, 套).
_SHORTEST = 4


class UnitWalker:
    """Tells, row by row of one table, of which unit it is; what a unit's name governs ends at the next one or a total."""

    def __init__(self) -> None:
        self._above = ""
        self._section: Section | None = None

    def of(self, entry: Entry, section: Section, texts: Sequence[Cell]) -> str:
        """The unit that a row is of, as printed; "" if none is said."""
        if section is not self._section:
            if self._section is None or section.header is not self._section.header:
                self._above = ""
            self._section = section
        own = find_unit(entry, texts)
        if own:
            self._above = own
            return own
        if any(type_words(c.text) == "measure" for c in texts) and self._fills_units(entry):
            self._above = ""
        return self._above if self._governs(section) else ""

    @staticmethod
    def _fills_units(entry: Entry) -> bool:
        """Whether the words of a row stand where units do: a total of all units."""
        return any(type_head(h.label) == "unit" for h in entry.heads.values()) or not entry.heads

    @staticmethod
    def _governs(section: Section) -> bool:
        """Whether a unit named above says of what this row is: a column of units goes on, or the header mixes both."""
        columns = section.columns.values()
        units = [c for c in columns if c.role in ("label", "unit") and type_head(c.label) == "unit"]
        return bool(units) or any(_MIXED.search(plain(c.label)) for c in columns)


def find_unit(entry: Entry, texts: Sequence[Cell]) -> str:
    """The name of the unit that a row states, as printed without its code; "" if it states none."""
    for cell in texts:
        name = _SERIAL.sub("", cell.text.strip())
        if axis_of(entry, cell) == "unit" and (names_office(name) or len(name) >= _SHORTEST):
            return name
    coded = any(kind == "unit" for _, kind in entry.codes)
    mixed = any(_MIXED.search(plain(h.label)) for h in entry.heads.values())
    subject = any(kind == "subject" for _, kind in entry.codes)
    if (coded or mixed) and not subject:
        return next((n for c in texts if names_office(n := _SERIAL.sub("", c.text.strip()))), "")
    return ""


def settle_units(figures: Sequence[Figure], agency: str) -> list[Figure]:
    """The figures of a whole table: those of the office as a whole lose the name of a unit.

    A table that names no unit but the office is the office's; where it names others too, the row with the office's name
    is its seat, unless that row is the sum of the others.
    """
    names = {f.budget_unit for f in figures if f.budget_unit}
    own = {n for n in names if _is_office(n, agency)}
    others = names - own
    if not others or (not agency and len(names) == 1):
        whole = own or names
    else:
        whole = {n for n in own if not _SEAT.search(plain(n)) and _sums_up(figures, n)}
    return [replace(f, budget_unit="") if f.budget_unit in whole else f for f in figures]


def _is_office(name: str, agency: str) -> bool:
    flat, office = (_SEAT.sub("", plain(n)) for n in (name, agency))
    return bool(office) and flat == office


def _sums_up(figures: Sequence[Figure], name: str) -> bool:
    """Whether the amounts in the row of a name are the sums of those of the other units, column by column."""
    own: dict[str, Decimal] = {}
    rest: dict[str, Decimal] = {}
    for figure in figures:
        if figure.unit != "CNY" or not figure.budget_unit:
            continue
        if figure.budget_unit == name:
            own.setdefault(figure.column, figure.value)
        else:
            rest[figure.column] = rest.get(figure.column, Decimal(0)) + figure.value
    held = [own[c] == rest[c] for c in own if c in rest]
    return bool(held) and all(held)
