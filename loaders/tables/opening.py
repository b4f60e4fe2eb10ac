"""Tables whose rows and headers are known, before their values have columns; and the placing of those values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from loaders.documents import Block, Table
from loaders.facts import Direction, DocumentKind
from loaders.meaning.continued import goes_on, name_title
from loaders.tables.agreement import gather, place_totals
from loaders.tables.assign import codes_of
from loaders.tables.columns import Column
from loaders.tables.entries import Entry, Section, Value
from loaders.tables.forms import FORMS, Form, recognise_form
from loaders.tables.grid import divide
from loaders.tables.interleaved import count_used, find_interleaved, find_public
from loaders.tables.leaves import Leaves, find_leaves
from loaders.tables.levels import complete_codes
from loaders.tables.money import StatedUnits, find_money
from loaders.tables.placement import PlacedRow, mark_derived, place_rows, solve_columns
from loaders.tables.shifted import put_totals_right
from loaders.words.numbers import parse_number, tokenise
from loaders.words.units import UnitWord

#: Forms about these: their rows do not add up, and a bare number in them is no money unless its words say so.
INDICATOR_SUBJECTS = frozenset({"indicator", "assessment"})


@dataclass(frozen=True)
class Context:
    """What the document says of its tables, and of the unit of their money; ``forms`` are known.

    ``bodies`` names, by index, the blocks that are of one unit below the office; ``triangle`` is what ▲ says.
    """

    kind: DocumentKind
    fiscal_year: int | None
    agency: str = ""
    units: StatedUnits = field(default_factory=StatedUnits)
    forms: tuple[Form, ...] = FORMS
    bodies: Mapping[int, str] = field(default_factory=dict)
    triangle: Direction = ""


#: Forms of what is planned: their money is a budget, in whatever document they are printed again.
_PLANS = frozenset({"project-declaration", "performance-targets", "project-targets"})
_CARRIED_OUT = re.compile(r"完成|执行|自评|评价|监控")
#: Forms of what was done: money without a word of its phase may be planned, changed or spent.
_REVIEWS = frozenset({"self-evaluation", "scoring"})


def kind_of_form(form: Form | None, title: str, kind: DocumentKind) -> DocumentKind:
    """As which kind of document a table is read: a form of targets or of their evaluation says of itself what it is.

    Elsewhere what no words say is of the phase of the document.
    """
    if form is None or kind == "unknown":
        return kind
    if form.id in _PLANS and not _CARRIED_OUT.search(title):
        return "budget"
    if form.id in _REVIEWS or (form.id == "indicators" and kind == "accounts"):
        return "evaluation"
    return kind


class OpenTable:
    """A table whose rows and header are known, before its values have their columns."""

    def __init__(
        self, block: Block, index: int, context: Context, previous: OpenTable | None, between: Sequence[Block] = ()
    ) -> None:
        assert block.table is not None
        table: Table = block.table
        self.table, self.block, self.index, self.context = table, block, index, context
        self.body = context.bodies.get(index, "")
        self.title: str = table.title.text.strip()
        self.kind: DocumentKind = context.kind
        self.sections: list[Section] = divide(table, context.kind, context.fiscal_year)
        self.continues = previous is not None and self._continues(previous, between)
        if not self.sections[0].header:
            self.sections = self._divide(previous)
        words = "|".join(s.words for s in self.sections)
        self.form: Form | None = recognise_form(self.title, words, context.forms)
        if self.continues and previous is not None:
            self.form = self.form or previous.form
            self.title = self.title or previous.title
        self.kind = kind_of_form(self.form, self.title, context.kind)
        if self.kind != context.kind:
            self.sections = self._divide(previous)
        self.money = self._table_money(previous if self.continues else None)

    def _divide(self, previous: OpenTable | None) -> list[Section]:
        """The sections: under the header of the table that this one goes on from if it has none of its own."""
        year = self.context.fiscal_year
        sections = divide(self.table, self.kind, year)
        if sections[0].header:
            return sections
        if self.continues and previous is not None and previous.sections:
            return divide(self.table, self.kind, year, previous.sections[-1])
        return divide(self.table, self.kind, year, by_shape=True)

    def _continues(self, previous: OpenTable, between: Sequence[Block]) -> bool:
        """Whether the table goes on from the one before: by its title, or without a title by having no other header."""
        if self.body != previous.body:
            return False
        if self.title:
            return name_title(self.title) == name_title(previous.title)
        words = self.sections[0].words
        if not goes_on(self.block, previous.block, between):
            return False
        return not words or words in {s.words for s in previous.sections}

    @property
    def is_indicators(self) -> bool:
        """Whether the table is a form of indicators, whose rows do not add up."""
        return self.form is not None and self.form.subject in INDICATOR_SUBJECTS

    def _table_money(self, previous: OpenTable | None) -> UnitWord | None:
        """The unit of the table's money, if words state it: its own, beside it, of the part before it, or for all tables."""
        own = find_money(self.table, self.sections) or self.context.units.beside.get(self.index)
        if own is None and previous is not None:
            own = previous.money
        return own or self.context.units.general


@dataclass
class Placing:
    """Entries under the same header whose values were placed together, and the columns they were placed in."""

    sections: list[Section]
    entries: list[Entry]
    rows: list[PlacedRow]
    columns: tuple[Column, ...]

    def apply(self) -> None:
        """Gives the entries the places that their rows have got."""
        for entry, row in zip(self.entries, self.rows, strict=True):
            where = row.placed if row.placed is not None else row.certain
            if where is not None:
                derived = row.derived or row.placed is None
                entry.placement = [(None if c is None else self.columns[c], derived) for c in where]


def complete_chain(chain: list[OpenTable]) -> list[Placing]:
    """Completes codes and columns of the tables that make up one table over several pages."""
    complete_codes([s for o in chain for s in o.sections])
    for table in chain:
        for section in table.sections:
            put_totals_right(section)
    return place_entries([s for o in chain for s in o.sections if not o.is_indicators])


def agree_tables(openings: list[OpenTable], placings: list[Placing]) -> None:
    """Places total rows that their own sums leave open by what other tables of the document print, and what follows."""
    undecided = [p for p in placings if any(row.placed is None and row.choices for row in p.rows)]
    if not undecided:
        return
    printed = [
        (section, list(itertools.chain.from_iterable(map(_name_values, section.entries))))
        for o in openings
        if not o.is_indicators
        for section in o.sections
    ]
    for placing in undecided:
        own = {id(s) for s in placing.sections}
        evidence = gather(pair for section, pairs in printed if id(section) not in own for pair in pairs)
        if place_totals(placing.rows, placing.columns, evidence):
            solve_columns(placing.rows, len(placing.columns))
            placing.apply()


def _name_values(entry: Entry) -> Iterator[tuple[Decimal, str]]:
    """The values of an entry with the names under which they stand: their columns, and for a lone value its row."""
    for position, value in enumerate(entry.values):
        number = _number(value)
        column = value.column or (entry.placement[position][0] if entry.placement is not None else None)
        if column is not None and number is not None:
            yield number, column.label
        if len(entry.values) == 1 and entry.label is not None and number is not None:
            yield number, entry.label.text


def place_entries(sections: list[Section]) -> list[Placing]:
    """Gives the values of sections whose layout lost columns their places, as far as arithmetic is certain of them.

    Sections under the same header, as of one table on several pages, are solved as one.
    """
    groups: dict[tuple[str, ...], list[Section]] = {}
    for section in sections:
        loose = any(v.column is None for e in section.entries for v in e.values)
        if loose and section.levels and not section.panels:
            groups.setdefault(tuple(c.label for level in section.levels for c in level), []).append(section)
    placings = []
    for group in groups.values():
        entries = [e for s in group for e in s.entries if e.values and all(v.column is None for v in e.values)]
        most = _usual_most([len(e.values) for e in entries])
        form = _find_form(group[0], entries) if most else ()
        leaves = Leaves(form) if len(form) >= max(most, 1) else find_leaves(group[0].levels, most)
        if not most or not leaves.columns:
            continue
        for section in group:
            section.leaves, section.sure = list(leaves.columns), leaves.sure
        rows = [_row(e) for e in entries]
        columns = leaves.columns[: count_used(leaves.columns, rows)]
        placing = Placing(group, entries, rows, columns)
        place_rows(rows, columns, leaves.sure)
        if len(columns) < len(leaves.columns):
            mark_derived(rows)
        placing.apply()
        placings.append(placing)
    return placings


def _find_form(section: Section, entries: list[Entry]) -> tuple[Column, ...]:
    """The columns that a known form has under the words of the header, in its order; none if it is of none."""
    known = find_interleaved(section.header, section.kind, section.year)
    return known or find_public(section.header, section.kind, section.year, [_row(e).numbers for e in entries])


def _usual_most(counts: list[int]) -> int:
    """The largest number of values in a row, but for one row in twenty: a name may hold numbers that look like values."""
    ordered = sorted(counts)
    return ordered[-1 - len(ordered) // 20] if ordered else 0


def _number(value: Value) -> Decimal | None:
    tokens = tokenise(value.cell.text)
    return parse_number(tokens[0].stated) if tokens else None


def _row(entry: Entry) -> PlacedRow:
    numbers = [parse_number(tokenise(v.cell.text)[0].stated) for v in entry.values]
    return PlacedRow(codes_of(entry)[0], entry.label.text if entry.label is not None else "", numbers)
