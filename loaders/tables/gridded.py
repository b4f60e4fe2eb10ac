"""Tables whose cells know their columns: headers of several levels, rows with lost or shifted cells."""

from __future__ import annotations

import itertools
import re

from loaders.documents import Cell, Passage
from loaders.facts import DocumentKind
from loaders.tables.axes import names_office, type_head
from loaders.tables.cells import (
    ITEM_START,
    KNOWN,
    LATIN_MEASURE,
    STRANGE_MEASURE,
    TOTAL,
    fills_form,
    header_score,
    heads_numbers,
    holds_value,
    is_counting,
    is_header,
    is_measure,
    is_written,
    is_year_cell,
    may_head,
    names_levels,
    opens_form,
    without_formula,
)
from loaders.tables.columns import Column, read_column, settle_totals
from loaders.tables.entries import Entry, Section, Value, add_words, code_kind
from loaders.words.comparators import COMPARATORS
from loaders.words.lines import is_number_word
from loaders.words.normalise import normalise, plain
from loaders.words.units import WORDS

#: Pairs of names under which two panels of a balance begin.
_BALANCE = re.compile(r"收入|来源"), re.compile(r"支出|运用|使用")
#: The column that tells ≥ from 定性.
_KIND_OF_AIM = re.compile(r"(?:指标值|目标值|指标)(?:类型|性质)$")
#: The number of a kind of units (1 全额, 2 差额) in their column of codes.
_SHORT_CODE = re.compile(r"\d{1,2}$")
_VALUES = ("value", "target", "result", "maximum", "score")


def find_panels(columns: dict[int, Column]) -> frozenset[int]:
    """The columns with which a further panel begins: behind values the same names follow again, or those of a balance.

    An empty amount of one panel then takes none of the next.
    """
    order = sorted(columns)
    names = {at: plain(columns[at].label).split("|")[-1] for at in order}
    heads = [at for at in order if columns[at].role in ("code", "label", "ordinal") and names[at]]
    if not heads:
        return frozenset()
    first = heads[0]
    starts: list[int] = []
    for before, at in itertools.pairwise(order):
        if columns[before].role not in _VALUES or at not in heads:
            continue
        balance = _BALANCE[0].search(plain(columns[first].label)) and _BALANCE[1].search(plain(columns[at].label))
        valued = any(columns[later].role in _VALUES for later in order if later > at)
        block = [names[i] for i in order if first <= i < (starts[0] if starts else at)]
        again = [names[i] for i in order if i >= at][: len(block)] == block
        if valued and (again or balance):
            starts.append(at)
    return frozenset(starts)


#: What alone stands above a header, over all its columns: 2022年预算数.
_OVER_ALL = re.compile(r"(?:19|20)\d{2}年(?:度)?(?:年初|全年|调整)?(?:预算|决算|执行)数")


class Gridded:
    """Tables whose cells know their columns."""

    def __init__(
        self,
        rows: list[list[Cell]],
        kind: DocumentKind,
        fiscal_year: int | None,
        inherited: Section | None,
        *,
        by_shape: bool = False,
    ) -> None:
        self.rows, self.kind, self.year = rows, kind, fiscal_year
        self.sections: list[Section] = []
        self.inherited = inherited
        #: Whether a header without a word of the official forms is known by standing over numbers.
        self.by_shape = by_shape

    def divide(self) -> list[Section]:
        at = self._top()
        previous_header = bool(at)
        moving = False
        while at < len(self.rows):
            row = self.rows[at]
            section = self.sections[-1]
            moves = self._moves(row)
            if is_counting(row):
                section.ordinals.extend(row)
                previous_header = False
            elif self._repeats(row):
                section.header.append(row)
                previous_header = False
            elif moves:
                if section.entries or not moving:
                    self.sections.append(Section())
                self.sections[-1].header.append(row)
                self._name(self.sections[-1])
                previous_header = False
            elif is_header(row, previous_header and not section.entries and len(row) > 1) and not self._is_data(row):
                if previous_header and not section.entries:
                    section.header.append(row)
                else:
                    self.sections.append(Section([*self._take_group(at, section), row]))
                self._name(self.sections[-1])
                previous_header = True
            elif more := self._heads_others(at, section):
                self.sections.append(Section(self.rows[at : at + more]))
                self._name(self.sections[-1])
                previous_header = True
                at += more - 1
            elif not self._completes(row, section):
                if section.entries and section.header and opens_form(row):
                    self.sections.append(Section())
                self._read_row(row, self.sections[-1], at)
                previous_header = False
            moving = moves
            at += 1
        return self.sections

    def has_header(self) -> bool:
        """Whether a header stands above the first row of data."""
        self._top()
        return bool(self.sections.pop().header)

    def _heads_others(self, at: int, section: Section) -> int:
        """How many rows from one on stand over numbers of their own kind: words where the section has numbers."""
        for count in (1, 2):
            rows, following = self.rows[at : at + count], self._next_row(at + count)
            if following is None or len(rows[0]) < 3 or not all(map(may_head, rows)):
                return 0
            if heads_numbers([c for row in rows for c in row], following):
                numbers = {c.column for c in following if is_measure(c.text)}
                roles = [section.columns[c].role for c in numbers if c is not None and c in section.columns]
                if roles != ["value"] * len(numbers):
                    return 0
                filled = {v.cell.column for e in section.entries for v in e.values}
                return count if numbers <= filled else 0
        return 0

    def _take_group(self, at: int, section: Section) -> list[list[Cell]]:
        """The row above a header inside a table, taken from the entries, if it is a row of names of columns too."""
        if not at or not section.entries:
            return []
        above, last = self.rows[at - 1], section.entries[-1]
        known, cells = header_score(above)
        if last.row != at - 1 or last.values or known < cells or cells < 2:
            return []
        section.entries.pop()
        starts = {c.passage.start for c in above}
        section.other = [o for o in section.other if o[0].passage.start not in starts]
        return [above]

    @staticmethod
    def _completes(row: list[Cell], section: Section) -> bool:
        """Whether a row is the end of an office's name that the break of a page cut off (某某研究 | 中心), and joins it."""
        if len(row) != 1 or not section.entries or not section.entries[-1].values:
            return False
        entry, tail = section.entries[-1], row[0]
        head = next((c for c in entry.texts if c.column == tail.column), None)
        if head is None or names_office(head.text) or names_office(tail.text) or is_measure(tail.text):
            return False
        whole = Cell(Passage.join([head.passage, tail.passage]), head.row, head.column)
        if not names_office(whole.text):
            return False
        entry.texts[entry.texts.index(head)] = whole
        return True

    def _repeats(self, row: list[Cell]) -> bool:
        """Whether a row prints a line of the header again, in the same columns."""
        words = [(c.column, plain(c.text)) for c in row]
        header = self.sections[-1].header
        return len(words) > 1 and any(words == [(c.column, plain(c.text)) for c in h] for h in header)

    def _moves(self, row: list[Cell]) -> bool:
        """Whether a row prints a line of a header again in other columns, as on a page with other columns."""
        words = [plain(c.text) for c in row]
        return len(words) > 1 and any(words == [plain(c.text) for c in h] for s in self.sections for h in s.header)

    def _top(self) -> int:
        """Rows above the first data row are the header, if any of them holds header words."""
        at = 0
        while at < len(self.rows) and not self._is_data(self.rows[at]) and not is_counting(self.rows[at]):
            at += 1
        at = min(at, 6)
        head = self.rows[:at]
        known = [
            i
            for i, row in enumerate(head)
            if is_header(row, follows_header=False) or (len(row) > 1 and header_score(row)[0] * 3 >= len(row) * 2)
        ]
        if not known and self.by_shape and self.inherited is None:
            known = self._find_shape(head)
        if not known:
            section = Section()
            if self.inherited is not None and not opens_form(self.rows[0]):
                section.columns, section.leaves, section.groups = (
                    self.inherited.columns,
                    self.inherited.leaves,
                    self.inherited.groups,
                )
                section.levels = self.inherited.levels
                section.panel_starts = self.inherited.panel_starts
                section.header = list(self.inherited.header)
            self.sections.append(section)
            return 0
        last = known[-1] + 1
        # Above the row that is surely a header stand its groups, some of them words of no official ending.
        above = [i for i in range(known[0]) if sum(plain(c.text) in KNOWN for c in head[i]) >= 2]
        known[:0] = above[:1]
        if known[0] and len(head[known[0] - 1]) == 1 and _OVER_ALL.fullmatch(plain(head[known[0] - 1][0].text)):
            known.insert(0, known[0] - 1)
        while last < at and is_header(self.rows[last], follows_header=True):
            last += 1
        section = Section()
        self.sections.append(section)
        for number, row in enumerate(head[:last]):
            outside = number < known[0] and (len(row) == 1 or not is_header(row, follows_header=True))
            if outside or fills_form(row, head[number + 1] if number + 1 < at else self._next_row(at)):
                section.other.extend((c, None, None) for c in row)
            else:
                section.header.append(row)
        if section.header:
            self._name(section)
        return last

    def _find_shape(self, head: list[list[Cell]]) -> list[int]:
        """The rows above the first row of numbers, if they are words over all its numbers; none otherwise."""
        first = self._next_row(len(head))
        if not head or first is None or not all(map(may_head, head)) or len(head[0]) < 3:
            return []
        words = [Cell(c.passage, c.row, c.column) for row in head for c in row]
        return list(range(len(head))) if heads_numbers(words, first) else []

    def _next_row(self, at: int) -> list[Cell] | None:
        return self.rows[at] if at < len(self.rows) else None

    @staticmethod
    def _is_data(row: list[Cell]) -> bool:
        if any(is_measure(c.text) and not is_year_cell(row, i) for i, c in enumerate(row)) and not is_counting(row):
            return True
        if names_levels(row) or any(holds_value(c.text) for c in row):
            return True
        first = row[0].text.strip()
        return (
            bool(ITEM_START.match(first))
            or (len(row) == 1 and bool(TOTAL.match(plain(first))))
            or bool(re.fullmatch(r"(?:19|20)\d{2}\s*年?", first))
        )

    def _name(self, section: Section) -> None:
        """Names the columns: a group's name goes on to the right until a row above, or the same row, names another."""
        width = max((c.column or 0) for row in section.header for c in row) + 1
        width = max(width, max((c.column or 0) for row in self.rows for c in row) + 1)
        levels: list[list[str]] = []
        starts: set[int] = set()
        for number, row in enumerate(section.header):
            here = {c.column or 0: normalise(without_formula(c.text)) for c in row}
            last = number == len(section.header) - 1 and len(section.header) > 1
            names, current = [], ""
            for column in range(width):
                if column in here:
                    current = here[column]
                elif column in starts or last:
                    current = ""
                names.append(current)
            starts |= set(here)
            levels.append(names)
        section.columns = {}
        for column in range(width):
            parts: list[str] = []
            for names in levels:
                if names[column] and (not parts or parts[-1] != names[column]):
                    parts.append(names[column])
            section.columns[column] = read_column("|".join(parts), self.kind, self.year)
        section.columns = settle_totals(section.columns)
        roles = "".join({"code": "c", "label": "l", "value": "v"}.get(c.role, "") for c in section.columns.values())
        section.side_by_side = bool(re.search(r"c+l+v+c+l+v", roles))
        section.panel_starts = find_panels(section.columns)
        section.leaves = [
            c for c in section.columns.values() if c.role in ("value", "target", "result", "maximum", "score")
        ]

    def _read_row(self, row: list[Cell], section: Section, number: int) -> None:
        entry = Entry(row=number, section=len(self.sections) - 1)
        shifted = self._find_shift(row, section)
        for position, cell in enumerate(row):
            at = None if cell.column is None else cell.column + (1 if position >= shifted else 0)
            column = None if at is None else section.columns.get(at)
            if at is not None and self._crosses(section, row[position - 1].column if position else None, at):
                self._close(entry, section)
                entry = Entry(row=entry.row, section=entry.section)
            entry = self._place(cell, column, entry, section, row, position)
        self._close(entry, section)

    @staticmethod
    def _crosses(section: Section, before: int | None, at: int) -> bool:
        """Whether a further panel begins between two columns of a row."""
        return before is not None and any(before < start <= at for start in section.panel_starts)

    def _find_shift(self, row: list[Cell], section: Section) -> int:
        """From which cell on a row stands one column too far left, having lost a blank cell; its length if none.

        A row is moved only if that brings a number out of a column of names, and misplaces nothing else.
        """
        columns = section.columns
        unmoved = self._count_misfits(row, columns, len(row))
        if not section.header or not unmoved or any(c.column is None for c in row):
            return len(row)
        width = max(columns, default=0)
        best, fewest = len(row), unmoved
        for start in range(len(row)):
            if (row[-1].column or 0) + 1 > width:
                break
            misfits = self._count_misfits(row, columns, start)
            if misfits < fewest:
                best, fewest = start, misfits
        return best if fewest == 0 else len(row)

    @staticmethod
    def _count_misfits(row: list[Cell], columns: dict[int, Column], shifted: int) -> int:
        """How many numbers stand in columns of names, and names in columns of numbers, if cells from ``shifted`` move."""
        misfits = 0
        for position, cell in enumerate(row):
            column = columns.get((cell.column or 0) + (1 if position >= shifted else 0))
            if column is None:
                continue
            text = cell.text.strip()
            moved = position >= shifted
            amount = is_number_word(text) and bool(re.search(r"[.,，]|^\d{1,2}$|^0$", text) or not text.isdigit())
            number_among_names = column.role == "label" and amount
            name_before_shift = column.role == "code" and position == shifted - 1 and not is_number_word(text)
            name_among_numbers = column.role == "value" and moved and not is_measure(text) and len(text) > 3
            misfits += position > 0 and (number_among_names or name_before_shift or name_among_numbers)
        return misfits

    def _place(
        self, cell: Cell, column: Column | None, entry: Entry, section: Section, row: list[Cell], position: int
    ) -> Entry:
        text = cell.text.strip()
        role = column.role if column else "value"
        follow = row[position + 1].text if position + 1 < len(row) else ""
        aimed = role in ("target", "result") and (LATIN_MEASURE.match(text) or STRANGE_MEASURE.match(text))
        if is_measure(text) or aimed:
            axis = type_head(column.label) if column is not None and role in ("label", "unit") else ""
            # Only a number's digits ask what heads them: to join the words of a header takes longer than all else.
            header = section.words if text.isdigit() else ""
            code = code_kind(text, role, follow, header, entry, axis)
            if code:
                if entry.values and (section.panels or not section.header):
                    self._close(entry, section)
                    entry = Entry(row=entry.row, section=entry.section)
                entry.codes.append((cell, code))
            elif role == "unit code" and _SHORT_CODE.match(text):
                section.ordinals.append(cell)
            elif role in ("ordinal", "contact", "criterion"):
                section.other.append((cell, column, entry))
            elif role == "year" or (re.fullmatch(r"(?:19|20)\d{2}", text) and role in ("label", "text")):
                section.other.append((cell, column, entry))
                entry.texts.append(cell)
                if column is not None:
                    entry.heads[cell.passage.start] = column
            else:
                entry.values.append(Value(cell, column))
            return entry
        if role in ("value", "target", "result") and is_written(text):
            section.other.append((cell, column, entry))
            return entry
        if text in COMPARATORS:  # the sign of a target, in a column of its own
            entry.sign = text
            section.other.append((cell, column, entry))
            return entry
        if text in WORDS and not entry.measure and column is not None and _KIND_OF_AIM.search(plain(column.label)):
            entry.measure = text  # a unit that stands where the sign does, which stands where the unit does
            section.other.append((cell, column, entry))
            return entry
        if role == "unit" and len(text) <= 6 and any(c.role == "target" for c in section.columns.values()):
            entry.measure = text
            section.other.append((cell, column, entry))
            return entry
        if role in ("criterion", "contact"):
            section.other.append((cell, column, entry))
            return entry
        if role in ("target", "result", "maximum", "score", "text") or (role == "value" and len(text) > 40):
            section.other.append((cell, column, entry))
            if self._names_row(cell, role, row, position):
                entry.texts.append(cell)
            elif role == "value" or (role == "text" and not entry.texts and not entry.values and len(text) <= 20):
                entry.texts.append(cell)
                if column is not None:
                    entry.heads[cell.passage.start] = column
            return entry
        if re.fullmatch(r"[\d\s]+", text):
            entry.codes.append((cell, "unit"))
            return entry
        if entry.values and (section.panels or not section.header):
            self._close(entry, section)
            entry = Entry(row=entry.row, section=entry.section)
        return add_words(cell, column, entry, section)

    @staticmethod
    def _names_row(cell: Cell, role: str, row: list[Cell], position: int) -> bool:
        """Whether the first cell of a table's row names the numbers behind it, whatever words stand over it."""
        first = position == 0 and not cell.column and role in ("target", "result")
        return first and len(cell.text.strip()) <= 20 and any(is_measure(c.text) for c in row[1:])

    @staticmethod
    def _close(entry: Entry, section: Section) -> None:
        if entry.values or entry.texts or entry.codes:
            section.entries.append(entry)
