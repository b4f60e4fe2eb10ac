"""Of which unit below the office the rows of a table are (预算单位): its own rows, and rows under a unit's name.

A name of a unit stands in a column of units, beside the code of a unit, or on a line of its own over the projects of
that unit. What a table says of units is weighed when it is read in whole: where it names no unit but the office, its
figures are the office's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from loaders.documents import Block, Cell, Table
from loaders.facts import Figure
from loaders.tables.assign import axis_of
from loaders.tables.axes import names_office, type_head, type_words
from loaders.tables.columns import Column
from loaders.tables.entries import Entry, Section
from loaders.words.lines import split_title
from loaders.words.naming import DIVISION, is_own, is_seat, strip_seat
from loaders.words.normalise import plain
from loaders.words.numbering import STYLES

#: Headers under which units stand in one column with the projects that they use, or with the kinds of what they buy.
_MIXED = re.compile(
    r"支出项目类别|采购品目大类|[(](?:资金)?(?:使用|预算|用款)?单位[)]|(?:单位|部门)(?:名称)?[(/、和及](?:项目|(?:功能)?科目)"
)
#: What such a table tells of projects and of no unit.
_GOAL = re.compile(r"(?:绩效总?目标|项目(?:简介|概况|内容)|(?:主要|实施)内容|用途)$")
#: What stands behind a name that is whole: nothing, or that it is the seat or has another name.
_WHOLE = re.compile(r"$|[（(]|本级|机关")
_CODE = re.compile(r"\d{3}(?:\d{3}){0,3}")
_BRACKETS = re.compile(r"[(][^()]*[)]$")
_SERIAL = re.compile(r"^[\d.、()（）\s]*(?:(?<=\d)[-_—]\s*)?")
#: The kinds of what is bought, each the sum of the units below it (政府采购法, article 2).
_BOUGHT = re.compile(r"^[A-C]?(?:货物|工程|服务)(?:类|采购)?$")
#: The header under which they stand, with the units that buy; what is bought stands in a column of its own.
_BOUGHT_HEAD = re.compile(r"采购品目大类")
#: What no unit is called: kinds of goods, and sums.
_GOODS = re.compile(r"(?:货物|工程|服务|设备|家具|用品|物资|用具|器材|类|品目|合计|总计|小计)$|[A-Za-z\d]")
#: What sums up units and is none.
_SUM = re.compile(r"汇总(?:数)?$|^(?:合计|总计|小计)|(?:合计|总计|小计)$")
_LONGEST_TITLE = 100
#: The kinds of units by the way they are funded, each the sum of the units below it.
_FUNDED = re.compile(
    r"^(?:财政)?(?:全额|差额|定额|自收自支|经费自理|参公)(?:拨款|补助|补贴|预算|管理)?(?:事业)?(?:单位)?$"
)
#: A shorter word in a column of units is one of measure (台, 套).
_SHORTEST = 4


class UnitWalker:
    """Tells, row by row of a table and its further pages, of which unit it is.

    What a unit's name governs ends at the next one, at a total of units, or where another header stands.
    """

    def __init__(self, names: Mapping[str, Set[str]] | None = None) -> None:
        self._names = names or {}
        self._above = ""
        self._section: Section | None = None
        self._aimed: set[int] = set()  # the rows that have a goal of their own
        self.form = ""  #: the unit that the form says carries its project out, on this page or one before

    def of(self, entry: Entry, section: Section, texts: Sequence[Cell]) -> str:
        """The unit that a row is of, as printed; "" if none is said."""
        if section is not self._section:
            if self._section is None or section.words != self._section.words:
                self._above = ""
            self._section = section
            self._aimed = {id(e) for cell, column, e in section.other if e is not None and _is_goal(cell, column)}
        own = "" if id(entry) in self._aimed and self._is_mixed(section) else find_unit(entry, texts)
        own = self._complete(own, entry) if own else self._named(entry)
        if own and not _SUM.search(own):
            self._above = own
            return own
        sums = any(type_words(c.text) == "measure" for c in texts) and self._fills_units(entry)
        kinds = len(texts) == 1 and any(p.match(plain(texts[0].text)) for p in (_BOUGHT, _FUNDED))
        if own or sums or kinds:
            self._above = ""
        return self._above if self._governs(section) else ""

    def _complete(self, name: str, entry: Entry) -> str:
        """A name as the document prints it in full beside the same code, where its cell cut it off."""
        codes = [c.text.strip() for c, kind in entry.codes if kind == "unit"]
        known = {n for code in codes for n in self._names.get(code, ())}
        longer = {n for n in known if name and n.startswith(name) and not _WHOLE.match(n, len(name))}
        return longer.pop() if len(longer) == 1 else name

    def _named(self, entry: Entry) -> str:
        """The one name that the document prints behind the code of the unit of a row that has no name of a unit."""
        codes = {c.text.strip() for c, kind in entry.codes if kind == "unit"}
        known = {n for code in codes for n in self._names.get(code, ())}
        return known.pop() if len(codes) == len(known) == 1 else ""

    @staticmethod
    def _fills_units(entry: Entry) -> bool:
        """Whether the words of a row stand where units do: a total of all units."""
        return any(type_head(h.label) == "unit" for h in entry.heads.values()) or not entry.heads

    @staticmethod
    def _governs(section: Section) -> bool:
        """Whether a unit named above says of what this row is: a column of units goes on, or the header mixes both."""
        columns = section.columns.values()
        units = [c for c in columns if c.role in ("label", "unit") and type_head(c.label) == "unit"]
        return bool(units) or UnitWalker._is_mixed(section)

    @staticmethod
    def _is_mixed(section: Section) -> bool:
        """Whether units stand in one column with their projects: a row with a goal is then a project's, whatever its name."""
        return any(_MIXED.search(plain(c.label)) for c in section.columns.values())


def _is_goal(cell: Cell, column: Column | None) -> bool:
    told = len(cell.text.strip()) >= _SHORTEST
    return told and column is not None and bool(_GOAL.search(plain(column.label)))


def name_codes(blocks: Iterable[Block]) -> dict[str, set[str]]:
    """The names of offices that the tables of a document print behind each code."""
    found: dict[str, set[str]] = {}
    for block in blocks:
        for row in block.table.rows if block.table is not None else ():
            for code, name in pairwise(row):
                flat = "".join(name.text.split())
                if _CODE.fullmatch(code.text.strip()) and names_office(flat):
                    found.setdefault(code.text.strip(), set()).add(flat)
    return found


def unit_of_title(title: str) -> str:
    """The unit that a table's title names behind its code; "" if it names none.

    >>> unit_of_title("301007_安平市公安局机场分局_警务用房维修项目绩效目标表")
    '安平市公安局机场分局'
    """
    unit, _ = split_title(title)
    return unit if names_office(unit) else ""


#: The field of a project's form that names who carries the project out.
_CARRIED_OUT = re.compile(r"^(?:项目)?(?:实施|承担|执行)单位[:]?$")
#: A division behind the name of its office: 某某局建设科. A force (某市公安局交通警察支队) may have a budget of its own.
_SECTION = re.compile(r"[局委厅部署院办会][\u4e00-\u9fff]{2,8}(?:科|股|处|(?<!办公)室|组)$")


def unit_of_form(table: Table) -> str:
    """The unit that a form says carries its project out (实施单位), if it is one unit; "" if none or several are named."""
    names = set()
    for row in table.rows:
        cells = [c for c in row if c.text.strip()]
        for field, value in pairwise(cells):
            name = _SERIAL.sub("", value.text.strip())
            inside = DIVISION.match(name) or _SECTION.search(name)
            if _CARRIED_OUT.match(plain(field.text)) and names_office(name) and not inside:
                names.add(name)
    return names.pop() if len(names) == 1 else ""


def find_unit(entry: Entry, texts: Sequence[Cell]) -> str:
    """The name of the unit that a row states, as printed without its code, or its code alone; "" if it states none."""
    for cell in texts:
        name = _SERIAL.sub("", cell.text.strip())
        head = entry.heads.get(cell.passage.start)
        mixed = head is not None and bool(_MIXED.search(plain(head.label)))
        other = len(name) >= _SHORTEST and not type_words(name) and not mixed
        if axis_of(entry, cell) == "unit" and (names_office(name) or is_seat(name) or other):
            return name
    codes = [c.text.strip() for c, kind in entry.codes if kind == "unit"]
    if codes and not texts:
        return codes[0]  # a table that names its units by their codes alone
    coded = bool(codes)
    mixed = any(_MIXED.search(plain(h.label)) for h in entry.heads.values())
    subject = any(kind == "subject" for _, kind in entry.codes)
    if (coded or mixed) and not subject:
        return next((n for c in texts if names_office(n := _SERIAL.sub("", c.text.strip()))), _find_buyer(entry, texts))
    return ""


def _find_buyer(entry: Entry, texts: Sequence[Cell]) -> str:
    """The name of a unit, whatever it is called, that stands alone in its row where the kinds of what is bought stand."""
    if len(texts) != 1 or (head := entry.heads.get(texts[0].passage.start)) is None:
        return ""
    name = "".join(texts[0].text.split())
    alone = bool(_BOUGHT_HEAD.search(plain(head.label))) and len(name) >= _SHORTEST
    return name if alone and not type_words(name) and not _GOODS.search(name) else ""


def units_of_headings(sections: Iterable[Sequence[str]], agency: str) -> dict[str, str]:
    """The headings that are a unit's name and nothing else, joined from the top by "/", and the unit's name.

    A part of a text is of its units if at least two headings beside each other name units; the office's own name is
    none.

    >>> parts = [("二、分单位", "一、市水务局本级"), ("二、分单位", "二、市水务局排水中心"), ("一、市河道站",)]
    >>> units_of_headings(parts, "平安市水务局")
    {'二、分单位/一、市水务局本级': '市水务局本级', '二、分单位/二、市水务局排水中心': '市水务局排水中心'}
    """
    beside: dict[str, dict[str, str]] = {}
    for section in sections:
        for depth, heading in enumerate(section):
            number = next((m for style in STYLES.values() if (m := style.match(heading))), None)
            name = heading[number.end() :].strip() if number else ""
            if len(name) >= _SHORTEST and names_office(name) and plain(name) != plain(agency):
                beside.setdefault("/".join(section[:depth]), {})["/".join(section[: depth + 1])] = name
    return {path: name for found in beside.values() if len(found) > 1 for path, name in found.items()}


#: The title of a document, or of one inside it: 某某站2023年度单位决算, 2023年度某某站单位决算公开.
_KINDS = r"(?:单位|部门)?(?:综合)?(?:预算|决算)(?:信息)?(?:公开)?(?:说明|报告|文本|情况)?"
_PART_TITLES = (
    re.compile(rf"(?P<name>[^\d]{{4,40}}?)[(]?(?:19|20)\d{{2}}年度?[)]?{_KINDS}"),
    re.compile(rf"(?:19|20)\d{{2}}年度?(?P<name>[^\d]{{4,40}}?)(?:单位|部门){_KINDS.removeprefix('(?:单位|部门)?')}"),
)
#: The line above a table that says whose it is; 主管部门 says whose the office is.
_CAPTION = re.compile(
    r"(?<!主管)(?:部门|单位)(?:[(](?:部门|单位|公章|盖章)[)])?(?:名称)?:(?:\d+[-_])?(?P<name>[^\s:]{4,40}?)(?:金额)?(?:单位:.*)?$"
)


def units_of_blocks(blocks: Sequence[Block], agency: str) -> dict[int, str]:
    """The blocks, by index, that are of one unit below the office, and that unit's name.

    They stand under a heading that is the unit's name (:func:`units_of_headings`), behind the title of its own budget
    or accounts inside the document of its office, or are tables whose caption names it where others name the office.
    """
    headed = units_of_headings(sorted({tuple(b.section) for b in blocks}), agency)
    titled = _find_parts(blocks, agency)
    captions = {i: name for i, b in enumerate(blocks) if b.table is not None and (name := _unit_of_caption(b.table))}
    office_is_named = any(is_own(name, agency) for name in captions.values())
    found: dict[int, str] = {}
    part = ""
    for index, block in enumerate(blocks):
        part = titled.get(index, part)
        paths = ("/".join(block.section[:depth]) for depth in range(len(block.section), 0, -1))
        unit = next((headed[p] for p in paths if p in headed), "") or part
        if office_is_named and index in captions:
            unit = "" if is_own(captions[index], agency) else captions[index]
        if unit:
            found[index] = unit
    return found


def _find_parts(blocks: Sequence[Block], agency: str) -> dict[int, str]:
    """Where documents inside a document begin: the unit of each, "" for the office's own; the last place of a title.

    Titles before the office's own are of its superior, and those of a table of contents stand again further down.
    """
    places: dict[str, int] = {}
    for index, block in enumerate(blocks):
        short = block.table is None and len(block.passage.text) <= _LONGEST_TITLE
        if short and (name := _unit_of_part(plain(block.passage.text))):
            places[name] = index
    own = min((i for name, i in places.items() if is_own(name, agency)), default=None)
    if own is None:
        return {}
    return {i: "" if is_own(name, agency) else name for name, i in places.items() if i >= own}


def _unit_of_part(text: str) -> str:
    matches = (pattern.fullmatch(text) for pattern in _PART_TITLES)
    names = (_BRACKETS.sub("", m.group("name")) for m in matches if m is not None)
    return next((n for n in names if names_office(n)), "")


def _unit_of_caption(table: Table) -> str:
    """The office that stands in the lines above a table, without its code; "" if none does."""
    for line in table.caption:
        match = _CAPTION.search(plain(line.text))
        if match is not None and names_office(match.group("name")):
            return match.group("name")
    return ""


def settle_units(figures: Sequence[Figure], agency: str) -> list[Figure]:
    """The figures of a whole table: those of the office as a whole lose the name of a unit.

    A table that names no unit but the office is the office's; where it names others too, the row with the office's name
    is its seat, unless that row is the sum of the others or the seat (本级) has a row of its own. Its name without its place
    (退役军人事务局) beside its name in full is that of all of them.
    """
    names = {f.budget_unit for f in figures if f.budget_unit}
    own = {n for n in names if is_office(n, agency)}
    short = {n for n in names - own if own and len(n) >= _SHORTEST and agency.endswith(n)}
    if short:
        figures = [replace(f, budget_unit="") if f.budget_unit in short else f for f in figures]
        names -= short
    others = names - own
    if not others or (not agency and len(names) == 1):
        whole = own or names
    else:
        exact = {n for n in own if plain(n) == plain(agency)}
        if exact == own:
            return _clear_sums(figures, exact)
        whole = exact  # its seat has a row of its own: the row with the office's name is of all
    return [replace(f, budget_unit="") if f.budget_unit in whole else f for f in figures]


def is_office(name: str, agency: str) -> bool:
    """Whether a name is the office's own, or that of its seat (本级)."""
    flat, office = (strip_seat(n) for n in (name, agency))
    return bool(office) and flat == office


def _clear_sums(figures: Sequence[Figure], names: set[str]) -> list[Figure]:
    """The figures; the first row of the office's own name loses its unit if it is the sum of all rows of units.

    It is that as well if it repeats the total, and units with amounts of their own stand below it.
    """
    first = next(((f.block, f.row) for f in figures if f.budget_unit in names), None)
    sums: dict[str, Decimal] = {}
    own: dict[str, Decimal] = {}
    total: dict[str, Decimal] = {}
    for figure in figures:
        above = first is not None and figure.row >= 0 and (figure.block, figure.row) < first
        if above and figure.unit == "CNY" and not figure.budget_unit and figure.column:
            total[figure.column] = figure.value
        if figure.unit != "CNY" or not figure.budget_unit or figure.column == "":
            continue
        if (figure.block, figure.row) == first:
            own[figure.column] = figure.value
        else:
            sums[figure.column] = sums.get(figure.column, Decimal(0)) + figure.value
    whole = [own[c] == sums[c] for c in own if c in sums]
    repeats = [own[c] == total[c] for c in own if c in total]
    divided = any(sums.get(c) for c in own)
    if not (whole and all(whole)) and not (divided and repeats and all(repeats)):
        return list(figures)
    return [replace(f, budget_unit="") if (f.block, f.row) == first else f for f in figures]
