"""Entries and sections of a table.

An *entry* is what one row of an official table says: codes, labels, and the values that follow them. In a table of
several panels (income beside expenditure) a row holds several entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from loaders.documents import Cell
from loaders.facts import DocumentKind, TokenClass
from loaders.tables.cells import CODE, OFFICE, SUBJECT_CODE, is_listed_code, is_measure, split_code
from loaders.tables.columns import Column
from loaders.words.codes import load_codes
from loaders.words.normalise import plain


@dataclass(frozen=True, slots=True)
class Value:
    """A value cell and the column under which it stands (None where the layout does not say)."""

    cell: Cell
    column: Column | None = None


@dataclass
class Entry:
    """One row of a panel. ``codes`` pairs a cell with ``subject`` or ``unit``; ``texts`` are cells of words.

    ``placement``, where arithmetic or the header decides, gives each value its column and says whether it is derived.
    ``code`` is the subject code where its levels stand in columns of their own, ``measure`` and ``sign`` the unit and the
    comparator of its target where they stand in columns of their own. ``heads`` gives cells of words, by where they start, their columns.
    """

    codes: list[tuple[Cell, str]] = field(default_factory=list)
    texts: list[Cell] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    section: int = 0
    row: int = 0
    placement: list[tuple[Column | None, bool]] | None = None
    code: str = ""
    measure: str = ""
    sign: str = ""
    heads: dict[int, Column] = field(default_factory=dict)

    @property
    def label(self) -> Cell | None:
        """The words nearest to the values."""
        return self.texts[-1] if self.texts else None


@dataclass
class Section:
    """A header and the entries under it.

    ``leaves`` are the value columns as far as the header tells them, in their order if that is ``sure``.
    ``panel_starts`` are the columns with which a further panel begins, where columns are known. ``inherited`` is
    the section whose header this one, which has none of its own, goes on under.
    """

    header: list[list[Cell]] = field(default_factory=list)
    columns: dict[int, Column] = field(default_factory=dict)
    leaves: list[Column] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    other: list[tuple[Cell, Column | None, Entry | None]] = field(default_factory=list)
    ordinals: list[Cell] = field(default_factory=list)
    #: numbers that are no values, with their class and the reason for the ledger
    told: list[tuple[Cell, TokenClass, str]] = field(default_factory=list)

    groups: list[Column] = field(default_factory=list)
    levels: list[list[Column]] = field(default_factory=list)
    #: what the document is and of which year: its headers are read so
    kind: DocumentKind = "unknown"
    year: int | None = None
    side_by_side: bool = False
    panel_starts: frozenset[int] = frozenset()
    sure: bool = False
    inherited: Section | None = None

    @property
    def most(self) -> int:
        """The largest number of values in a row."""
        return max((len(e.values) for e in self.entries), default=0)

    @property
    def panels(self) -> bool:
        """Whether the header heads several panels side by side, such as income and expenditure."""
        if self.side_by_side:
            return True
        words = [plain(c.text) for row in self.header for c in row]
        pairs = [{"收入", "支出"}, {"财政拨款收入", "财政拨款支出"}]
        if sum(bool(re.search("编码|代码", word)) for word in words) != 1:
            pairs.append(
                {"本年收入", "本年支出"}
            )  # behind one column of codes they are columns, as of a fund's accounts
        return words.count("项目") >= 2 or any(pair <= set(words) for pair in pairs)

    @property
    def words(self) -> str:
        """All header words, joined."""
        return "|".join(plain(c.text) for row in self.header for c in row)


def add_words(cell: Cell, column: Column | None, entry: Entry, section: Section) -> Entry:
    """Puts a label cell, and the code that it may begin with, into an entry."""
    parts = split_code(cell)
    if parts is not None:
        entry.codes.append((parts[0], parts[2]))
        cell = parts[1]
    entry.texts.append(cell)
    if column is not None:
        entry.heads[cell.passage.start] = column
    section.other.append((cell, column, entry))
    return entry


@dataclass(frozen=True, eq=False)
class BareNumber:
    """A bare whole number that may be a code, and what stands around it.

    ``role`` is that of its column, ``follow`` the text of the cell behind it, ``header`` all header words of the table,
    ``axis`` what its column of names is of.
    """

    text: str
    role: str
    follow: str
    header: str
    entry: Entry
    axis: str = ""

    @cached_property
    def fresh(self) -> bool:
        """Whether something begins here: nothing of the row was read yet, or values were."""
        return not self.entry.texts or bool(self.entry.values)

    @cached_property
    def worded(self) -> bool:
        """Whether words follow, other than those of a unit of measure."""
        return bool(re.search(r"[\u4e00-\u9fff]", self.follow)) and not is_measure(self.follow)

    @cached_property
    def headed(self) -> bool:
        """Whether the table's header speaks of codes."""
        return bool(re.search(r"编码|代码|科目", self.header))

    @cached_property
    def office_follows(self) -> bool:
        return bool(re.search(OFFICE, self.follow))

    @cached_property
    def two_digits_follow(self) -> bool:
        return bool(re.fullmatch(r"\d{2}", self.follow.strip()))

    @cached_property
    def is_listed(self) -> bool:
        """Whether a shipped code list has this code under the name that follows."""
        lists = (load_codes(name) for name in ("function", "economic-2018", "government-economic-2018"))
        return any(codes.matches(self.text, self.follow) for codes in lists)

    @cached_property
    def names_subject(self) -> bool:
        """Whether it is a code of a classification although its name may end like that of an institution."""
        return is_listed_code(self.text, self.follow)

    @cached_property
    def may_be_subject(self) -> bool:
        return bool(SUBJECT_CODE.match(self.text))

    @cached_property
    def is_headed_subject(self) -> bool:
        """Whether it has the form of a 类, 款 or 项 under a header of codes, with its name or its lower levels behind."""
        leads = len(self.text) == 3 and self.fresh and self.two_digits_follow
        return self.may_be_subject and self.headed and (self.worded or leads)

    @cached_property
    def is_government_class(self) -> bool:
        """Whether it is the class of the government economic classification behind the code of the department's."""
        return (
            bool(re.fullmatch(r"5\d{2}", self.text))
            and self.may_be_subject
            and self.two_digits_follow
            and any(c.text.startswith("3") for c, kind in self.entry.codes if kind == "subject")
            and not self.entry.values
            and len(re.findall(r"(?:^|\|)类(?=\|款)", self.header)) >= 2
        )

    @cached_property
    def continues_code(self) -> bool:
        """Whether it stands straight behind the code of an upper level."""
        codes, entry = self.entry.codes, self.entry
        behind = bool(codes) and all(c.passage.start < codes[-1][0].passage.start for c in entry.texts)
        return len(self.text) == 2 and behind and not entry.values


_OFFICE_CODE = re.compile(r"\d{6}|\d{9}|\d{12}")
CodeRule = tuple[str, Callable[[BareNumber], bool], str]
#: When a bare whole number is a code, and of what: the first rule that holds decides.
CODE_RULES: tuple[CodeRule, ...] = (
    ("a column of codes", lambda n: n.role == "code", "subject"),
    ("a column of unit codes", lambda n: n.role == "unit code", "unit"),
    (
        "a unit's code in a column of units",
        lambda n: n.axis == "unit" and bool(_OFFICE_CODE.fullmatch(n.text)),
        "unit",
    ),
    ("a column of something else", lambda n: n.role not in ("value", "label", "text"), ""),
    (
        "the code of an office before its name needs no header",
        lambda n: not n.headed and n.fresh and n.worded and bool(_OFFICE_CODE.fullmatch(n.text)) and n.office_follows,
        "unit",
    ),
    (
        "a listed code before its name needs no header",
        lambda n: not n.headed and n.may_be_subject and n.worded and n.fresh and n.is_listed,
        "subject",
    ),
    (
        "a number before words without a header of codes",
        lambda n: not n.headed and n.may_be_subject and n.worded and n.fresh,
        "",
    ),
    (
        "the code of an office under a header of codes",
        lambda n: (
            n.is_headed_subject
            and n.office_follows
            and not n.names_subject
            and not re.search(r"事务|支出|服务", n.follow)
        ),
        "unit",
    ),
    ("a code before its name or its lower levels", lambda n: n.is_headed_subject, "subject"),
    ("the government economic code behind the department's", lambda n: n.is_government_class, "subject"),
    ("款 or 项 behind its upper level", lambda n: n.continues_code and n.headed, "subject"),
    (
        "款 or 项 with the upper level left out, under 类|款",
        lambda n: (
            len(n.text) == 2
            and bool(re.search(r"(?:^|\|)类\|款", n.header))
            and n.fresh
            and (n.worded or n.two_digits_follow)
        ),
        "subject",
    ),
    (
        "the code of an office before its name",
        lambda n: (n.headed or n.role == "label") and n.worded and n.office_follows and len(n.text) >= 3 and n.fresh,
        "unit",
    ),
    (
        "a code under 单位编码 or 项目代码",
        lambda n: (
            n.headed
            and n.worded
            and len(n.text) in (3, 5, 6, 7, 9, 12)
            and bool(re.search(r"(?:单位|部门|项目|机构).{0,4}(?:编码|代码)", n.header))
            and n.fresh
        ),
        "unit",
    ),
)


def code_kind(text: str, role: str, follow: str, header: str, entry: Entry, axis: str = "") -> str:
    """``subject`` or ``unit`` where a bare whole number is a code, else an empty string."""
    if not text.isdigit() or not CODE.match(text):
        return ""
    number = BareNumber(text, role, follow, header, entry, axis)
    return next((kind for _, holds, kind in CODE_RULES if holds(number)), "")
