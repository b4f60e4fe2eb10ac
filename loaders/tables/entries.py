"""Entries and sections of a table.

An *entry* is what one row of an official table says: codes, labels, and the values that follow them. In a table of
several panels (income beside expenditure) a row holds several entries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from loaders.documents import Cell
from loaders.tables.cells import CODE, OFFICE, SUBJECT_CODE, is_measure, split_code
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
    ``code`` is the subject code where its levels stand in columns of their own, ``measure`` the unit of its target where
    that stands in a column of its own.
    """

    codes: list[tuple[Cell, str]] = field(default_factory=list)
    texts: list[Cell] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    section: int = 0
    row: int = 0
    placement: list[tuple[Column | None, bool]] | None = None
    code: str = ""
    measure: str = ""

    @property
    def label(self) -> Cell | None:
        """The words nearest to the values."""
        return self.texts[-1] if self.texts else None


@dataclass
class Section:
    """A header and the entries under it.

    ``leaves`` are the value columns as far as the header tells them, in their order if that is ``sure``. ``inherited`` is
    the section whose header this one, which has none of its own, goes on under.
    """

    header: list[list[Cell]] = field(default_factory=list)
    columns: dict[int, Column] = field(default_factory=dict)
    leaves: list[Column] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    other: list[tuple[Cell, Column | None, Entry | None]] = field(default_factory=list)
    ordinals: list[Cell] = field(default_factory=list)

    groups: list[Column] = field(default_factory=list)
    levels: list[list[Column]] = field(default_factory=list)
    side_by_side: bool = False
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
        pairs = ({"收入", "支出"}, {"本年收入", "本年支出"}, {"财政拨款收入", "财政拨款支出"})
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
    section.other.append((cell, column, entry))
    return entry


def code_kind(text: str, role: str, follow: str, header: str, entry: Entry) -> str:
    """``subject`` or ``unit`` where a bare whole number is a code, else an empty string."""
    if not text.isdigit() or not CODE.match(text):
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
    if not heads and fresh and worded and re.fullmatch(r"\d{6}|\d{9}|\d{12}", text) and re.search(OFFICE, follow):
        return "unit"  # the code of an office before its name needs no header
    if not heads and SUBJECT_CODE.match(text) and worded and (not entry.texts or entry.values):
        known = (load_codes(name) for name in ("function", "economic-2018", "government-economic-2018"))
        return "subject" if any(codes.matches(text, follow) for codes in known) else ""
    if (
        SUBJECT_CODE.match(text)
        and heads
        and (worded or (len(text) == 3 and fresh and re.fullmatch(r"\d{2}", follow.strip() or "-")))
    ):
        if re.search(OFFICE, follow) and not re.search(r"事务|支出|服务", follow):
            return "unit"
        return "subject"
    if (
        re.fullmatch(r"5\d{2}", text)
        and SUBJECT_CODE.match(text)
        and re.fullmatch(r"\d{2}", follow.strip())
        and any(c.text.startswith("3") for c, k in entry.codes if k == "subject")
        and not entry.values
        and len(re.findall(r"(?:^|\|)类(?=\|款)", header)) >= 2
    ):
        return "subject"  # the government economic code behind the department's
    follows_code = bool(entry.codes) and all(c.passage.start < entry.codes[-1][0].passage.start for c in entry.texts)
    if len(text) == 2 and follows_code and not entry.values and heads:
        return "subject"
    if (
        len(text) == 2
        and re.search(r"(?:^|\|)类\|款", header)
        and fresh
        and (worded or re.fullmatch(r"\d{2}", follow.strip()))
    ):
        return "subject"
    if (heads or role == "label") and worded and re.search(OFFICE, follow) and len(text) >= 3 and fresh:
        return "unit"
    if (
        heads
        and worded
        and len(text) in (3, 5, 6, 7, 9, 12)
        and re.search(r"(?:单位|部门|项目|机构).{0,4}(?:编码|代码)", header)
        and fresh
    ):
        return "unit"
    return ""
