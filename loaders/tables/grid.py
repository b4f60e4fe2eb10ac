"""A raw table divided into sections of header and entries, whatever its layout.

An *entry* is what one row of an official table says: codes, labels, and the values that follow them. In a table of
several panels (income beside expenditure) a row holds several entries. Where a layout lost its rows (one cell a line),
entries are found again by the order code, label, values that all these forms keep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from loaders.documents import Cell, Passage, Table
from loaders.facts import DocumentKind
from loaders.numbers import WORDS, tokenise
from loaders.readers.lines import HEADER_WORDS, is_number_word
from loaders.tables.columns import Column, read_column
from loaders.tables.forms import plain

_COMPARE = r"(?:≥|≤|>=|<=|>|<|＞|＜|=|＝|大于等于|小于等于|大于|小于|不低于|不少于|不超过|不高于|不大于|不小于|至少|超过|达到|约|完成|\\?geq|\\?leq|\$)"
_NUMBER = r"[-−－+]?\d[\d,，]*(?: \d{3})*(?:\.\d+)?"
_MEASURE = re.compile(
    rf"^\s*{_COMPARE}?\s*{_NUMBER}\s*(?:{'|'.join(sorted((re.escape(w) for w in WORDS), key=len, reverse=True))})?"
    rf"\s*(?:以上|以内|以下|及以上)?\s*(?:[（(]含[)）])?\s*$"
)
_CODE = re.compile(r"^\d{3}(?:\d{2}){0,2}$|^\d{2}$|^\d{6,9}$|^\d{12,}$")
_SUBJECT_CODE = re.compile(r"^(?:2(?:0[1-9]|1\d|2[0-9]|3[0-4])|3(?:0[1-9]|1[0-3]|99)|5(?:0[1-9]|1[0-5]|99))(?:\d{2}){0,2}$")
_ITEM_START = re.compile(r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d))\s*\S")
_TOTAL = re.compile(r"^(?:合计|总计|本年(?:收入|支出)合计|(?:收入|支出)总计|金额合计|小计)[:：]?$")
_HEADERISH = re.compile(
    r"(?:预算|决算|预算数|决算数|执行数|编码|代码|名称|合计|小计|总计|指标|指标值|目标值|分值|得分|标准|说明|总额|资金|拨款|内容|备注|收入|支出|费|经费|金额|数量|时间|情况|比例|结余|结转|年|年度|安排)(?:[（(][^）)]*[）)])?$"
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value cell and the column under which it stands (None where the layout does not say)."""

    cell: Cell
    column: Column | None = None


@dataclass
class Entry:
    """One row of a panel. ``codes`` pairs a cell with ``subject`` or ``unit``; ``texts`` are cells of words.

    ``placement``, where arithmetic or the header decides, gives each value its column and says whether it is derived.
    """

    codes: list[tuple[Cell, str]] = field(default_factory=list)
    texts: list[Cell] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    section: int = 0
    row: int = 0
    placement: list[tuple[Column | None, bool]] | None = None

    @property
    def label(self) -> Cell | None:
        """The words nearest to the values."""
        return self.texts[-1] if self.texts else None


@dataclass
class Section:
    """A header and the entries under it. ``leaves`` are the value columns in order as far as the header tells them."""

    header: list[list[Cell]] = field(default_factory=list)
    columns: dict[int, Column] = field(default_factory=dict)
    leaves: list[Column] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    other: list[tuple[Cell, Column | None, Entry | None]] = field(default_factory=list)
    ordinals: list[Cell] = field(default_factory=list)

    groups: list[Column] = field(default_factory=list)
    levels: list[list[Column]] = field(default_factory=list)

    @property
    def panels(self) -> bool:
        """Whether the header heads several panels side by side, such as income and expenditure."""
        labels = [plain(c.label).split("|")[-1] for level in self.levels for c in level if c.role == "label"]
        words = {plain(c.text) for row in self.header for c in row}
        return len(labels) != len(set(labels)) or {"收入", "支出"} <= words

    @property
    def words(self) -> str:
        """All header words, joined."""
        return "|".join(plain(c.text) for row in self.header for c in row)


def is_measure(text: str) -> bool:
    """Whether a cell holds one number with an optional comparator and unit, and nothing else."""
    return bool(re.search(r"\d", text)) and len(text) <= 40 and (is_number_word(text) or bool(_MEASURE.match(text)))


def divide(table: Table, kind: DocumentKind, fiscal_year: int | None, inherited: Section | None = None) -> list[Section]:
    """The sections of a table. ``inherited`` is the last section of the table that this one goes on from."""
    rows = [list(row) for row in table.rows if row]
    if table.layout in ("tabs", "ruled"):
        return _Gridded(rows, kind, fiscal_year, inherited).divide()
    return _Streamed([_merge_words(row) for row in rows], kind, fiscal_year, inherited).divide()


def _is_counting(row: list[Cell]) -> bool:
    """Whether a row only numbers columns: 栏次 1 2 3, or 1 2 3=1+2."""
    numbers = [c.text for c in row if re.fullmatch(r"\d{1,2}|\d{1,2}\s*=.*", c.text.strip())]
    words = [c for c in row if c.text.strip() not in numbers]
    if len(numbers) < 2 or len(words) > 2 or any(not re.search(r"栏次|行次|列次|类|款|项|\*", plain(c.text)) for c in words):
        return False
    leading = [int(re.match(r"\d+", n).group()) for n in numbers]  # type: ignore[union-attr]
    return leading == list(range(leading[0], leading[0] + len(leading))) and leading[0] in (0, 1, 2)


def _header_score(row: list[Cell]) -> tuple[int, int]:
    """How many cells are known header words, and how many cells there are."""
    known = 0
    for cell in row:
        flat = plain(cell.text).strip(":")
        if flat in _KNOWN or (len(flat) <= 24 and _HEADERISH.search(flat) and not re.match(r"[一二三四五六七八九十\d]+、", flat)):
            known += 1
    return known, len(row)


_KNOWN = frozenset(plain(w) for w in HEADER_WORDS) | {"预算", "决算", "类", "款", "项", "单位", "指标", "权重", "财政拨款", "其他资金", "其中:财政拨款", "其中:其他资金"}


def _is_header(row: list[Cell], follows_header: bool) -> bool:
    if any(is_measure(c.text) for c in row):
        return False
    if any(len(c.text) > 40 for c in row):
        return False
    known, cells = _header_score(row)
    strict = sum(1 for c in row if plain(c.text).strip(":") in _KNOWN)
    if follows_header:
        return known >= 1 and known * 2 >= cells and not _ITEM_START.match(row[0].text)
    return (strict >= 2 or (strict >= 1 and known >= 3)) and known * 3 >= cells * 2


def _names_column(cell: Cell) -> bool:
    """Whether a cell above the data reads as the name of a column, and not as a field of the form or its value."""
    flat = plain(cell.text).strip(":")
    return flat in _KNOWN or (len(flat) <= 24 and not flat.startswith("(") and bool(_HEADERISH.search(flat)))


class _Gridded:
    """Tables whose cells know their columns."""

    def __init__(self, rows: list[list[Cell]], kind: DocumentKind, fiscal_year: int | None, inherited: Section | None) -> None:
        self.rows, self.kind, self.year = rows, kind, fiscal_year
        self.sections: list[Section] = []
        self.inherited = inherited

    def divide(self) -> list[Section]:
        at = self._top()
        previous_header = bool(at)
        while at < len(self.rows):
            row = self.rows[at]
            section = self.sections[-1]
            if _is_counting(row):
                section.ordinals.extend(row)
                previous_header = False
            elif self._repeats(row):
                section.header.append(row)
                previous_header = False
            elif _is_header(row, previous_header and not section.entries and len(row) > 1) and not self._is_data(row):
                if previous_header and not section.entries:
                    section.header.append(row)
                else:
                    self.sections.append(Section([row]))
                self._name(self.sections[-1])
                previous_header = True
            else:
                self._read_row(row, section, at)
                previous_header = False
            at += 1
        return self.sections

    def _repeats(self, row: list[Cell]) -> bool:
        words = [plain(c.text) for c in row]
        return len(words) > 1 and any(words == [plain(c.text) for c in h] for s in self.sections for h in s.header)

    def _top(self) -> int:
        """Rows above the first data row are the header, if any of them holds header words."""
        at = 0
        while at < len(self.rows) and not self._is_data(self.rows[at]) and not _is_counting(self.rows[at]):
            at += 1
        at = min(at, 6)
        head = self.rows[:at]
        known = [i for i, row in enumerate(head) if _is_header(row, follows_header=False) or (len(row) > 1 and _header_score(row)[0] * 3 >= len(row) * 2)]
        if not known:
            section = Section()
            if self.inherited is not None:
                section.columns, section.leaves, section.groups = self.inherited.columns, self.inherited.leaves, self.inherited.groups
                section.levels = self.inherited.levels
                section.header = list(self.inherited.header)
            self.sections.append(section)
            return 0
        last = known[-1] + 1
        while last < at and _is_header(self.rows[last], follows_header=True):
            last += 1
        section = Section()
        self.sections.append(section)
        for number, row in enumerate(head[:last]):
            if number < known[0] and (len(row) == 1 or not _is_header(row, follows_header=True)):
                section.other.extend((c, None, None) for c in row)
            else:
                section.header.append(row)
        self._name(section)
        return last

    @staticmethod
    def _is_data(row: list[Cell]) -> bool:
        if any(is_measure(c.text) and not re.fullmatch(r"(?:19|20)\d{2}", c.text.strip()) for c in row) and not _is_counting(row):
            return True
        first = row[0].text.strip()
        return bool(_ITEM_START.match(first)) or (len(row) == 1 and bool(_TOTAL.match(plain(first)))) or bool(
            re.fullmatch(r"(?:19|20)\d{2}\s*年?", first))

    def _name(self, section: Section) -> None:
        """Names the columns: a group's name goes on to the right until a row above, or the same row, names another."""
        width = max((c.column or 0) for row in section.header for c in row) + 1
        width = max(width, max((c.column or 0) for row in self.rows for c in row) + 1)
        levels: list[list[str]] = []
        starts: set[int] = set()
        for number, row in enumerate(section.header):
            here = {c.column or 0: plain(c.text) for c in row}
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
        section.leaves = [c for c in section.columns.values() if c.role in ("value", "target", "result", "maximum", "score")]

    def _read_row(self, row: list[Cell], section: Section, number: int) -> None:
        entry = Entry(row=number, section=len(self.sections) - 1)
        shift = 0
        width = max(section.columns, default=0)
        for position, cell in enumerate(row):
            at = (cell.column or 0) + shift
            column = section.columns.get(at)
            if column is not None and section.header and at < width and self._misfits(cell, column, row, position):
                wider = section.columns.get(at + 1)
                if wider is not None and not self._misfits(cell, wider, row, position):
                    shift += 1
                    column = wider
            entry = self._place(cell, column, entry, section, row, position)
        self._close(entry, section)

    @staticmethod
    def _misfits(cell: Cell, column: Column, row: list[Cell], position: int) -> bool:
        numeric = is_number_word(cell.text)
        if column.role in ("code", "unit code"):
            return not re.fullmatch(r"[\dA-Za-z]+", cell.text.strip()) and not numeric
        if column.role == "label":
            return numeric and (not cell.text.strip().isdigit() or position == len(row) - 1 or is_number_word(row[position + 1].text))
        return False

    def _place(self, cell: Cell, column: Column | None, entry: Entry, section: Section, row: list[Cell], position: int) -> Entry:
        text = cell.text.strip()
        role = column.role if column else "value"
        follow = row[position + 1].text if position + 1 < len(row) else ""
        if is_measure(text):
            code = _code_kind(text, role, follow, section.words, entry)
            if code:
                if entry.values:
                    self._close(entry, section)
                    entry = Entry(row=entry.row, section=entry.section)
                entry.codes.append((cell, code))
            elif role in ("ordinal", "contact", "criterion"):
                section.other.append((cell, column, entry))
            elif role == "year" or (re.fullmatch(r"(?:19|20)\d{2}", text) and role in ("label", "text")):
                section.other.append((cell, column, entry))
                entry.texts.append(cell)
            else:
                entry.values.append(Value(cell, column))
            return entry
        if role in ("criterion", "contact"):
            section.other.append((cell, column, entry))
            return entry
        if role in ("target", "result", "maximum", "score", "text") or (role == "value" and len(text) > 40):
            section.other.append((cell, column, entry))
            if role == "value" or (role == "text" and not entry.texts and not entry.values and len(text) <= 20):
                entry.texts.append(cell)
            return entry
        if re.fullmatch(r"[\d\s]+", text):
            entry.codes.append((cell, "unit"))
            return entry
        if entry.values:
            self._close(entry, section)
            entry = Entry(row=entry.row, section=entry.section)
        return _add_words(cell, column, entry, section)

    @staticmethod
    def _close(entry: Entry, section: Section) -> None:
        if entry.values or entry.texts or entry.codes:
            section.entries.append(entry)


def _code_kind(text: str, role: str, follow: str, header: str, entry: Entry) -> str:
    """``subject`` or ``unit`` where a bare whole number is a code, else an empty string."""
    if not text.isdigit() or not _CODE.match(text):
        return ""
    if role == "code":
        return "subject"
    if role == "unit code":
        return "unit"
    if role not in ("value", "label", "text"):
        return ""
    fresh = not entry.texts or bool(entry.values)
    worded = bool(re.search(r"[\u4e00-\u9fff]", follow)) and not is_measure(follow)
    heads = bool(re.search(r"编码|代码|科目", header))
    if _SUBJECT_CODE.match(text) and heads and (worded or (len(text) == 3 and re.fullmatch(r"\d{2}", follow.strip() or "-"))):
        if re.search(_OFFICE, follow) and not re.search(r"事务|支出|服务", follow):
            return "unit"
        return "subject"
    if len(text) == 2 and entry.codes and not entry.texts and not entry.values and heads:
        return "subject"
    if heads and worded and re.search(_OFFICE, follow) and len(text) >= 3 and fresh:
        return "unit"
    if heads and worded and len(text) in (3, 5, 6, 7, 9, 12) and re.search(r"(?:单位|部门|项目|机构).{0,4}(?:编码|代码)", header) and fresh:
        return "unit"
    return ""


_OFFICE = r"(?:局|委员会|办公室|办公厅|中心|部|厅|院|校|学校|大学|公司|队|所|站|馆|处|会|署|厂|园|社|团|本级|机关|（本级）|\(本级\)|政府)(?:[（(][^）)]*[）)])?$"


#: A code printed in the label's own cell: ``[2080505]机关…``, ``2080505-机关…``, ``301 工资福利支出``, ``511-退役军人事务局``.
_PREFIXED = re.compile(r"^(?:[（(][一二三四五六七八九十\d]+[)）])?\s*[\[【〔(（]?\s*(\d{3,9})\s*[\]】〕)）]?\s*[-—_－:：.、]?\s*(?=[\u4e00-\u9fff“（(])")


def _split_code(cell: Cell) -> tuple[Cell, Cell, str] | None:
    """A label cell that begins with a code, as code cell, label cell and kind of code; None if it does not."""
    match = _PREFIXED.match(cell.text)
    if match is None:
        return None
    code, rest = match.group(1), cell.text[match.end() :]
    marked = bool(re.search(r"[\[【〔(（\]】〕)）_—－-]", match.group()))
    if _SUBJECT_CODE.match(code) and not re.match(r"(?:年|月|号|元|万|人|个|项|次|%)", rest):
        kind = "unit" if re.search(_OFFICE, rest) and not re.search(r"事务|支出|服务|经费|费$", rest) else "subject"
    elif marked and re.search(_OFFICE, rest) or (len(code) >= 6 and marked):
        kind = "unit"
    else:
        return None
    if len(code) == 3 and not marked and not cell.text[match.end(1) : match.end(1) + 1].isspace() and kind == "subject" and len(rest) > 16:
        return None
    passage = cell.passage
    return (
        Cell(passage.part(match.start(1), match.end(1)), cell.row, cell.column),
        Cell(passage.part(match.end(), len(cell.text)), cell.row, cell.column),
        kind,
    )


def _add_words(cell: Cell, column: Column | None, entry: Entry, section: Section) -> Entry:
    """Puts a label cell, and the code that it may begin with, into an entry."""
    parts = _split_code(cell)
    if parts is not None:
        entry.codes.append((parts[0], parts[2]))
        cell = parts[1]
    entry.texts.append(cell)
    section.other.append((cell, column, entry))
    return entry


def _merge_words(row: list[Cell]) -> list[Cell]:
    """Words of one line that extraction set apart: ``≥2 人``, ``大于 98%``, ``项 目``."""
    merged: list[Cell] = []
    for cell in row:
        last = merged[-1] if merged else None
        joins = False
        if last is not None:
            pair = last.text + cell.text
            if cell.text in WORDS and tokenise(last.text) and is_measure(pair) and re.search(r"[≥≤<>＝=＞＜于过]|\d$", last.text):
                joins = bool(re.search(r"[^\d.,%-]", last.text)) or cell.text not in ("元", "类", "款", "项", "单位", "部门", "年", "月")
            elif (re.fullmatch(_COMPARE, last.text) and is_measure(pair)) or (len(last.text) == 1 and len(cell.text) == 1 and plain(pair) in ("项目", "收入", "支出", "合计", "类别", "备注", "金额", "小计", "总计")):
                joins = True
        if joins and last is not None:
            merged[-1] = Cell(Passage.join([last.passage, cell.passage]), last.row, last.column)
        else:
            merged.append(cell)
    return merged


class _Streamed:
    """Tables without columns: lines of words, or one cell a line."""

    def __init__(self, rows: list[list[Cell]], kind: DocumentKind, fiscal_year: int | None, inherited: Section | None) -> None:
        self.rows, self.kind, self.year = rows, kind, fiscal_year
        self.inherited = inherited
        self.sections: list[Section] = [Section()]

    def divide(self) -> list[Section]:
        at = self._read_header(0, top=True)
        entry = Entry()
        while at < len(self.rows):
            row = self.rows[at]
            section = self.sections[-1]
            if _is_counting(row):
                section.ordinals.extend(row)
            elif self._opens_header(at):
                self._close(entry, section)
                entry = Entry()
                self.sections.append(Section())
                at = self._read_header(at, top=False)
                continue
            else:
                for position, cell in enumerate(row):
                    entry = self._place(cell, entry, section, at, position)
            at += 1
        self._close(entry, self.sections[-1])
        return self.sections

    def _opens_header(self, at: int) -> bool:
        row = self.rows[at]
        if len(row) >= 2:
            return _is_header(row, follows_header=False) and not _TOTAL.match(plain(row[0].text))
        words = [plain(r[0].text) for r in self.rows[at : at + 3] if len(r) == 1]
        strict = [w for w in words if w in _KNOWN and not _TOTAL.match(w)]
        return len(words) == 3 and len(strict) == 3

    def _read_header(self, at: int, *, top: bool) -> int:
        """Reads header lines from ``at``; they end where the first row of data begins."""
        section = self.sections[-1]
        start = at
        while at < len(self.rows) and not self._begins_data(at) and (top or at - start < 30):
            if not top and not self._headerlike(self.rows[at]):
                break
            if _is_counting(self.rows[at]):
                section.ordinals.extend(self.rows[at])
            else:
                section.header.append(self.rows[at])
            at += 1
            if top and at - start > 80:
                break
        if top and not any(self._headerlike(row) for row in section.header):
            for row in section.header:
                section.other.extend((c, None, None) for c in row)
            section.header = []
            if self.inherited is not None:
                section.columns, section.leaves, section.groups = self.inherited.columns, self.inherited.leaves, self.inherited.groups
                section.levels = self.inherited.levels
                section.header = list(self.inherited.header)
            return at
        section.levels = [[read_column(plain(c.text), self.kind, self.year) for c in row if _names_column(c)] for row in section.header]
        columns = [c for level in section.levels for c in level]
        section.leaves = [c for c in columns if c.role in ("value", "target", "result", "maximum", "score")]
        section.groups = [c for c in columns if c.year is not None or c.aspect == "change"]
        return max(at, start + 1) if not top else at

    @staticmethod
    def _headerlike(row: list[Cell]) -> bool:
        known, cells = _header_score(row)
        return known >= 1 and known * 2 >= cells

    def _begins_data(self, at: int) -> bool:
        row = self.rows[at]
        if _is_counting(row):
            return False
        first = row[0].text.strip()
        measured = [c for c in row if is_measure(c.text) and not re.fullmatch(r"(?:19|20)\d{2}", c.text.strip())]
        if measured:
            return True
        if _ITEM_START.match(first):
            return True
        follow = self.rows[at + 1] if at + 1 < len(self.rows) else []
        return bool(_TOTAL.match(plain(first))) and len(row) == 1 and bool(follow) and is_number_word(follow[0].text)

    def _place(self, cell: Cell, entry: Entry, section: Section, number: int, position: int) -> Entry:
        text = cell.text.strip()
        if is_measure(text):
            kind = _code_kind(text, "value", self._next(number, position), section.words, entry)
            if kind == "subject" and entry.texts and not entry.values and position == 0 and len(self.rows[number]) > 1:
                # a row that begins with a code of the kind the last row began with: the last row had no values
                self._close(entry, section)
                entry = Entry(row=number, section=len(self.sections) - 1)
            if kind and entry.values:
                self._close(entry, section)
                entry = Entry(row=number, section=len(self.sections) - 1)
            if kind:
                if entry.texts and any(k == "subject" and c.text[:1] == text[:1] and len(text) > 2 for c, k in entry.codes):
                    self._close(entry, section)
                    entry = Entry(row=number, section=len(self.sections) - 1)
                entry.codes.append((cell, kind))
            elif self._is_ordinal(text, section, entry, number, position):
                section.ordinals.append(cell)
            else:
                entry.values.append(Value(cell))
            return entry
        if entry.values and not self._only_tail(text):
            self._close(entry, section)
            entry = Entry(row=number, section=len(self.sections) - 1)
        parts = _split_code(cell)
        if parts is not None and parts[2] == "subject" and entry.texts and entry.codes:
            self._close(entry, section)  # the row above had no values
            entry = Entry(row=number, section=len(self.sections) - 1)
        if not entry.texts and not entry.codes:
            entry.row = number
        return _add_words(cell, None, entry, section)

    def _next(self, number: int, position: int) -> str:
        row = self.rows[number]
        if position + 1 < len(row):
            return row[position + 1].text
        return self.rows[number + 1][0].text if number + 1 < len(self.rows) else ""

    def _is_ordinal(self, text: str, section: Section, entry: Entry, number: int, position: int) -> bool:
        """A serial number before its label (序号), or a line number behind it (行次)."""
        if not text.isdigit() or len(text) > 3:
            return False
        words = section.words
        above = self.rows[max(0, number - 3) : number]
        if number == len(self.rows) - 1 and len(self.rows[number]) == 1 and any(len(r) == 1 and r[0].text == "表" for r in above):
            return True  # the number of the next table, torn from its caption
        if re.search("序号", words) and position == 0 and not entry.texts and re.search(r"[\u4e00-\u9fff]", self._next(number, position)):
            return True
        return bool(re.search("行次", words)) and not entry.values and bool(entry.texts)

    @staticmethod
    def _only_tail(text: str) -> bool:
        return text in ("--", "-", "—", "/", "……", "…", "不适用", "无")

    @staticmethod
    def _close(entry: Entry, section: Section) -> None:
        if entry.values or entry.texts or entry.codes:
            section.entries.append(entry)
