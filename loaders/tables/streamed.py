"""Tables without columns: lines of words, or one cell a line.

Where a layout lost its rows, entries are found again by the order code, label, values that all official forms keep.
"""

from __future__ import annotations

import itertools
import re

from loaders.documents import Cell
from loaders.facts import DocumentKind, TokenClass
from loaders.tables.cells import (
    ITEM_START,
    KNOWN,
    OFFICE,
    SUBJECT_CODE,
    TOTAL,
    header_score,
    is_counting,
    is_header,
    is_measure,
    names_column,
    split_code,
)
from loaders.tables.columns import read_column
from loaders.tables.entries import Entry, Section, Value, add_words, code_kind
from loaders.tables.interleaved import find_interleaved
from loaders.tables.split_names import join_split_names
from loaders.tables.wrapped import is_official_name, join_points, join_wrapped
from loaders.words.lines import is_amount, is_number_word
from loaders.words.normalise import normalise, plain

#: The name of a field of a form; what stands behind it is its value, not a column.
_FIELD = re.compile(
    r"^(?:专项|项目|部门|单位|主管|实施|申报|填报|专项资金)+[（(]?(?:单位|部门)?[）)]?(?:名称|单位|部门)[:]?$"
)
_UNIT_CODES = re.compile(r"(?:单位|部门|机构)[^|]{0,4}(?:编码|代码)")
#: The same, its last character broken off.
_BROKEN_CODES = re.compile(r"(?:单位|部门|机构)[代编](?:\||$)")
#: A column, or the first of several, that holds codes of a classification.
_CODE_COLUMNS = re.compile(r"(?:^|\|)类(?=\|款)|(?:科目|分类)[^|]{0,6}(?:编码|代码)")

_POINTS_HEAD = re.compile(r"(?:指标)?(?:分值|权重)")
_POINTS_BELOW = re.compile(r"[(]\d{1,3}分?[)]")
_HUNDREDTHS, _TENTHS = re.compile(r"-?[\d,]+\.\d\d"), re.compile(r"-?[\d,]+\.\d")

#: A line of so many header words heads columns; a field of a form has its value beside it, and perhaps a second field.
_COLUMNS = 5
#: A balance has so many panels, each with its line numbers.
_PANELS = 2
#: The first words of a row that sums up those above it: 人员经费合计, 合计.
_NAMED_TOTAL = re.compile(r"^(?:[\u4e00-\u9fff]{2,10}(?:经费|支出))?(?:合计|总计)$")


def _find_counting(rows: list[list[Cell]]) -> set[int]:
    """Rows of one cell that together number the columns of a header: 1, 2, 3, … in consecutive lines."""
    found: set[int] = set()
    run: list[int] = []
    for at, row in enumerate([*rows, []]):
        text = row[0].text.strip() if len(row) == 1 else ""
        if text.isdigit() and int(text) == len(run) + 1:
            run.append(at)
            continue
        if len(run) >= 3:
            found.update(run)
        run = [at] if text == "1" else []
    return found


def _find_serials(rows: list[list[Cell]]) -> set[int]:
    """Rows that begin with a number that counts them, as every such row before it did: 1, 2, 3, … at least five."""
    starts = [(at, int(row[0].text)) for at, row in enumerate(rows) if re.fullmatch(r"\s*[1-9]\d{0,2}\s*", row[0].text)]
    found: set[int] = set()
    run: list[int] = []
    expected = 1
    for at, number in [*starts, (-1, 0)]:
        if number == expected:
            run.append(at)
            expected += 1
            continue
        if number >= 100:
            continue  # a code of three digits
        if len(run) >= 5:
            found.update(run)
        run, expected = ([at], 2) if number == 1 else ([], 1)
    return found


def _find_points(rows: list[list[Cell]]) -> dict[int, tuple[TokenClass, str]]:
    """Numbers in brackets alone in their lines, below 分值: the points that a rate or all indicators may have."""
    found: dict[int, tuple[TokenClass, str]] = {}
    headed = False
    for row in rows:
        headed = headed or bool(_POINTS_HEAD.fullmatch(plain(row[0].text)))
        if headed and len(row) == 1 and _POINTS_BELOW.fullmatch(plain(row[0].text)):
            found[row[0].passage.start] = ("criterion", "points of all indicators together, in a header")
    return found


def _find_pieces(rows: list[list[Cell]]) -> dict[int, tuple[TokenClass, str]]:
    """Numbers that their cells broke over lines (12,868.1 above the line of its row, 9 below it), in tables of hundredths.

    What stands between the pieces belongs to other cells, so that no characters state the number. Where a line is one
    cell, or amounts are printed without their last noughts, there are no such pieces.
    """
    cells = [c.text for row in rows for c in row]
    usual = sum(bool(_HUNDREDTHS.fullmatch(text)) for text in cells)
    broken = [at for at, row in enumerate(rows) if all(_TENTHS.fullmatch(c.text) for c in row)]
    alone = [row for row in rows if len(row) == 1 and is_number_word(row[0].text)]
    tenths = sum(bool(_TENTHS.fullmatch(text)) for text in cells)
    if (
        tenths != sum(len(rows[at]) for at in broken)
        or usual < tenths
        or sum(len(row) > 1 for row in rows) < len(alone)
    ):
        return {}
    found: dict[int, tuple[TokenClass, str]] = {}
    for at in broken:
        end = next((e for e in (at + 1, at + 2) if e < len(rows) and _is_rest(rows[e], rows[at])), 0)
        for cell in (*rows[at], *rows[end]) if end else ():
            found[cell.passage.start] = ("unaccounted", "piece of a number that its cell broke over lines")
    return found


def _is_rest(row: list[Cell], broken: list[Cell]) -> bool:
    return len(row) == len(broken) and all(re.fullmatch(r"\d", c.text.strip()) for c in row)


class Streamed:
    """Tables without columns: lines of words, or one cell a line."""

    def __init__(
        self, rows: list[list[Cell]], kind: DocumentKind, fiscal_year: int | None, inherited: Section | None
    ) -> None:
        self.rows, self.kind, self.year = join_points(join_wrapped(join_split_names(rows))), kind, fiscal_year
        rows = self.rows
        self.inherited = inherited
        self.sections: list[Section] = [self._make_section()]
        self.serial = 0
        self.counted = 0  #: the number of a column that was read last, behind 栏次
        self.columns: set[int] = set()  #: where the numbers of columns stand that were read
        self.counting = _find_counting(rows)
        self.serials = _find_serials(rows)
        self.told = {**_find_points(rows), **_find_pieces(rows)}
        cells = [c for row in rows for c in row]
        #: Where the cell before a cell starts, by the start of the cell.
        self.before = {b.passage.start: a.passage.start for a, b in itertools.pairwise(cells)}
        bare = [b for a, b in itertools.pairwise(cells) if re.fullmatch(r"\d{6,}", a.text.strip())]
        amounts = sum(is_number_word(c.text) and bool(re.search(r"\d[.,，]\d", c.text)) for c in cells)
        #: Whether amounts are printed with decimals or separators, so that a long bare number before words is a code.
        self.punctuated = amounts >= 3 and all(re.search(r"[\u4e00-\u9fff]", c.text) for c in bare)

    def _make_section(self) -> Section:
        return Section(kind=self.kind, year=self.year)

    def divide(self) -> list[Section]:
        at = self._read_header(0, top=True)
        entry = Entry()
        while at < len(self.rows):
            row = self.rows[at]
            section = self.sections[-1]
            again = self._count_repeated(at)
            if again:
                self._close(entry, section)
                entry = Entry()
                first, section = self.sections[0], self._make_section()
                section.levels, section.leaves, section.groups = first.levels, first.leaves, first.groups
                section.header = self.rows[at : at + again]
                self.sections.append(section)
                at += again
                continue
            if is_counting(row):
                section.ordinals.extend(row)
                self.columns.update(cell.passage.start for cell in row)
            elif self._opens_header(at):
                self._close(entry, section)
                entry = Entry()
                self.sections.append(self._make_section())
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
            return is_header(row, follows_header=False) and not TOTAL.match(plain(row[0].text))
        ahead = [r for r in self.rows[at : at + 3] if len(r) == 1]
        words = [plain(r[0].text) for r in ahead]
        strict = [w for w in words if w in KNOWN and not TOTAL.match(w)]
        if len(words) < 3 or not all(self._headerlike(r) for r in ahead):
            return False
        return len(strict) == 3 or (len(strict) == 2 and any(re.search(r"编码|名称|指标", w) for w in words))

    def _read_header(self, at: int, *, top: bool) -> int:
        """Reads header lines from ``at``; they end where the first row of data begins."""
        section = self.sections[-1]
        start = at
        while at < len(self.rows) and not self._begins_data(at) and (top or at - start < 30):
            if not top and not self._headerlike(self.rows[at]):
                break
            if is_counting(self.rows[at]) or at in self.counting:
                section.ordinals.extend(self.rows[at])
                self.columns.update(cell.passage.start for cell in self.rows[at])
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
                section.inherited = self.inherited
                section.columns, section.leaves, section.groups = (
                    self.inherited.columns,
                    self.inherited.leaves,
                    self.inherited.groups,
                )
                section.levels = self.inherited.levels
                section.header = list(self.inherited.header)
            return at
        if top:
            at = self._give_back(section, at)
        if not top and self._repeats_header(section):
            return max(at, start + 1)
        section.levels = [
            [
                read_column(normalise(c.text), self.kind, self.year)
                for c, left in zip(row, [None, *row], strict=False)
                if (names_column(c) or self._heads_columns(row, c))
                and not (
                    left is not None
                    and plain(c.text) not in KNOWN
                    and _FIELD.search(plain(left.text))
                    and not (len(row) >= _COLUMNS and self._headerlike(row))
                )
            ]
            for row in section.header
        ]
        columns = [c for level in section.levels for c in level]
        section.leaves = [c for c in columns if c.role in ("value", "target", "result", "maximum", "score")]
        section.groups = [c for c in columns if c.year is not None or c.aspect == "change"]
        return max(at, start + 1) if not top else at

    def _give_back(self, section: Section, at: int) -> int:
        """Cuts lines of one cell behind the last official header word from the header: they name the first row of data."""
        official = [i for i, row in enumerate(section.header) if any(plain(c.text) in KNOWN for c in row)]
        last = max(official, default=len(section.header))
        while last + 1 < len(section.header) and is_official_name(section.header[last + 1][0].text):
            last += 1
        behind = section.header[last + 1 :]
        if not behind or len(behind) > 4 or any(len(row) > 1 for row in behind):
            return at
        if self._ends_header(section.header, behind):
            return at
        section.header = section.header[: last + 1]
        return self.rows.index(behind[0])

    def _ends_header(self, header: list[list[Cell]], behind: list[list[Cell]]) -> bool:
        """Whether the last lines belong to the header: with them it is a known one, or they end a name broken in it."""
        if find_interleaved(header, self.kind, self.year):
            return True
        last = behind[0][0].text
        pieces = [c.text for row in header[: -len(behind)] for c in row if not is_official_name(c.text)]
        return len(behind) == 1 and not is_official_name(last) and any(is_official_name(p + last) for p in pieces)

    def _count_repeated(self, at: int) -> int:
        """How many rows from ``at`` are the whole header of the table once more, as on a further page; 0 if they are not.

        Its first lines may be pieces of words that no one would take for a header.
        """
        header = self.sections[0].header
        if len(header) < 2 or plain(self.rows[at][0].text) != plain(header[0][0].text):
            return 0
        rows = self.rows[at : at + len(header)]
        same = [[plain(c.text) for c in row] for row in rows] == [[plain(c.text) for c in row] for row in header]
        return len(header) if same else 0

    def _repeats_header(self, section: Section) -> bool:
        """Whether a header on a later page repeats the end of the one before it; its columns are then the same."""
        words = [plain(c.text) for row in section.header for c in row]
        for earlier in reversed(self.sections[:-1]):
            known = [plain(c.text) for row in earlier.header for c in row]
            if words and known[-len(words) :] == words:
                section.levels, section.leaves, section.groups = earlier.levels, earlier.leaves, earlier.groups
                section.header = [*earlier.header, *section.header]
                return True
        return False

    @staticmethod
    def _headerlike(row: list[Cell]) -> bool:
        known, cells = header_score(row)
        return known >= 1 and known * 2 >= cells

    def _heads_columns(self, row: list[Cell], cell: Cell) -> bool:
        """Whether a cell names a column in words of no official ending, since most cells beside it do."""
        return len(row) >= 2 and self._headerlike(row) and not re.search(r"[:]|元[)]?$|\d$", plain(cell.text))

    def _begins_data(self, at: int) -> bool:
        row = self.rows[at]
        if is_counting(row) or at in self.counting:
            return False
        first = row[0].text.strip()
        measured = [c for c in row if is_measure(c.text) and not re.fullmatch(r"(?:19|20)\d{2}", c.text.strip())]
        if measured:
            return True
        if ITEM_START.match(first):
            return True
        follow = self.rows[at + 1] if at + 1 < len(self.rows) else []
        return bool(TOTAL.match(plain(first))) and len(row) == 1 and bool(follow) and is_number_word(follow[0].text)

    def _place(self, cell: Cell, entry: Entry, section: Section, number: int, position: int) -> Entry:
        text = cell.text.strip()
        if cell.passage.start in self.told:
            token, reason = self.told[cell.passage.start]
            section.told.append((cell, token, reason))
            if token != "unaccounted":
                return entry  # a piece of a value counts as one of its row, whose columns it leaves open
        if is_measure(text):
            kind = self._code_kind(cell, entry, number, position)
            if kind == "subject" and entry.texts and not entry.values and position == 0 and len(self.rows[number]) > 1:
                # a row that begins with a code of the kind the last row began with: the last row had no values
                self._close(entry, section)
                entry = Entry(row=number, section=len(self.sections) - 1)
            if kind and entry.values and not self._goes_on(cell, entry):
                self._close(entry, section)
                entry = Entry(row=number, section=len(self.sections) - 1)
            if kind:
                if entry.texts and any(
                    k == "subject" and c.text[:1] == text[:1] and min(len(text), len(c.text.strip())) > 2
                    for c, k in entry.codes
                ):
                    self._close(entry, section)
                    entry = Entry(row=number, section=len(self.sections) - 1)
                entry.codes.append((cell, kind))
            elif self._is_ordinal(text, section, entry, number, position):
                section.ordinals.append(cell)
            else:
                entry.values.append(Value(cell))
            return entry
        return self._place_words(cell, entry, section, number, position)

    def _place_words(self, cell: Cell, entry: Entry, section: Section, number: int, position: int) -> Entry:
        text = cell.text.strip()
        if entry.values and not self._only_tail(text):
            self._close(entry, section)
            entry = Entry(row=number, section=len(self.sections) - 1)
        parts = split_code(cell)
        if position == 0 and entry.codes and entry.texts and _NAMED_TOTAL.search(plain(text)):
            self._close(entry, section)  # the row above had no values, and this one is a total below it
            entry = Entry(row=number, section=len(self.sections) - 1)
        if parts is not None and parts[2] == "subject" and entry.texts and entry.codes:
            self._close(entry, section)  # the row above had no values
            entry = Entry(row=number, section=len(self.sections) - 1)
        if not entry.texts and not entry.codes:
            entry.row = number
        return add_words(cell, None, entry, section)

    def _code_kind(self, cell: Cell, entry: Entry, number: int, position: int) -> str:
        text, follow = cell.text.strip(), self._next(number, position)
        kind = code_kind(text, "value", follow, self._words, entry)
        if kind or not text.isdigit():
            return kind
        if self._goes_on(cell, entry) and (len(text) == 2 or re.fullmatch(r"\d{2}", follow.strip())):
            return "subject"
        if self._is_nameless_code(text, number, position):
            return "subject"
        if self.punctuated and len(text) >= 6 and _UNIT_CODES.search(self._words) and re.search(OFFICE, follow):
            return "unit"
        return self._kind_before_amounts(text, number, position)

    def _kind_before_amounts(self, text: str, number: int, position: int) -> str:
        """What code a whole number is that opens a line of amounts with decimals, its name broken over the lines around.

        Columns of codes may be so narrow that the words of their header are broken as well (单位代, 码).
        """
        follow = [c.text.strip() for c in self.rows[number][position + 1 :]]
        if position == 0 and follow and re.search(OFFICE, follow[0]):
            follow = follow[1:]
        if position or not follow or not all(re.fullmatch(r"-?[\d,]+\.\d{2}", word) for word in follow):
            return ""
        if len(text) == 2 and _CODE_COLUMNS.search(self._words):
            return "subject"
        words = self._words
        broken = _BROKEN_CODES.search(words) and re.search(r"(?:^|\|)码(?:\||$)", words)
        return "unit" if 3 <= len(text) <= 9 and (_UNIT_CODES.search(words) or broken) else ""

    def _is_nameless_code(self, text: str, number: int, position: int) -> bool:
        """Whether a number that opens a line of amounts is a code whose name stands elsewhere, under a header of codes."""
        follow = self.rows[number][position + 1 :]
        return (
            position == 0
            and bool(SUBJECT_CODE.match(text))
            and bool(follow)
            and all(is_amount(c.text) or c.text.strip() == "0" for c in follow)
            and bool(re.search(r"编码|代码|科目", self._words))
        )

    def _goes_on(self, cell: Cell, entry: Entry) -> bool:
        """Whether a number goes on with the codes of a row that prints those of several classifications.

        Behind the functional code of a row comes the economic one, behind the department's that of the government; a
        level of two digits follows the level above it at once.
        """
        subject = [c for c, kind in entry.codes if kind == "subject"]
        if not subject or len(_CODE_COLUMNS.findall(self._words)) < 2:
            return False
        text = cell.text.strip()
        if len(text) == 2:
            return (
                self.before.get(cell.passage.start) == subject[-1].passage.start and len(subject[0].text.strip()) <= 3
            )
        first = [c.text.strip()[0] for c in subject if len(c.text.strip()) >= 3]
        return bool(first) and len(text) == 3 and text[0] in "35" and text[0] > first[-1]

    @property
    def _words(self) -> str:
        """The words of all headers so far: on a later page a table repeats only the last of them."""
        return "|".join(s.words for s in self.sections)

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
        if (
            number == len(self.rows) - 1
            and len(self.rows[number]) == 1
            and any(len(r) == 1 and r[0].text == "表" for r in above)
        ):
            return True  # the number of the next table, torn from its caption
        if number in self.counting or (number in self.serials and position == 0):
            return True
        if self._counts_column(text, number, position) or self._is_in_column_numbers(number):
            self.columns.add(self.rows[number][position].passage.start)
            return True
        if self._counts_line(text, section, entry):
            return True
        follow, next_serial = self._next(number, position), int(text) == self.serial + 1
        if (
            re.search(r"序\|?号", words)
            and position == 0
            and (not entry.texts or bool(entry.values) or next_serial)
            and (re.search(r"[\u4e00-\u9fff]", follow) or (next_serial and re.fullmatch(r"\d{3,9}", follow.strip())))
        ):
            self.serial = int(text)
            return True
        return bool(re.search("行次", words)) and not entry.values and bool(entry.texts)

    def _counts_column(self, text: str, number: int, position: int) -> bool:
        """Whether a number stands behind 栏次, or goes on with the numbers that stand there."""
        row = self.rows[number][:position] or (self.rows[number - 1] if number else [])
        before = plain(row[-1].text) if row else ""
        if before != "栏次" and not (self.counted and before == str(self.counted) and int(text) == self.counted + 1):
            self.counted = 0
            return False
        self.counted = int(text)
        return True

    def _is_in_column_numbers(self, number: int) -> bool:
        """Whether a line numbers the columns: 栏 次 1 栏 次 2 3 4."""
        return bool(re.fullmatch(r"(?:栏次\d+)+", re.sub(r"\s", "", "".join(c.text for c in self.rows[number]))))

    def _counts_line(self, text: str, section: Section, entry: Entry) -> bool:
        """Whether a number behind the amount of one panel is the line number of an empty line of the next panel.

        Source: 部门决算公开表样 (财政部), 财政拨款收入支出决算总表, whose lines 29 to 31 have nothing beside them.
        """
        if (
            not entry.values
            or section.words.count("行次") < _PANELS
            or not all(is_amount(v.cell.text) for v in entry.values)
        ):
            return False
        known = {plain(c.text) for c in section.ordinals if c.passage.start not in self.columns}
        return text not in known and str(int(text) - 1) in known

    @staticmethod
    def _only_tail(text: str) -> bool:
        return text in ("--", "-", "—", "/", "……", "…", "不适用", "无")

    @staticmethod
    def _close(entry: Entry, section: Section) -> None:
        """Puts an entry to its section. As many words of a line as the header has columns of names stand under these."""
        names = [c for level in section.levels for c in level if c.role == "label"]
        one_line = len({c.row for c in entry.texts}) == 1 and len(entry.texts) > 1
        if one_line and len(names) == len(entry.texts) and len({c.label for c in names}) == len(names):
            entry.heads.update(zip((c.passage.start for c in entry.texts), names, strict=True))
        if entry.values or entry.texts or entry.codes:
            section.entries.append(entry)
