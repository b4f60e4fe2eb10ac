"""From the entries of a table to figures and ledger rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from loaders.documents import Block, Cell, Passage, Span, Table
from loaders.facts import Aspect, Direction, DocumentKind, Figure, NumberToken, Phase, SubjectKind, Unit
from loaders.meaning.forms import divide_forms, names_project
from loaders.prose.amounts import Setting, describe_figure, read_amounts
from loaders.tables.assign import assign_columns, axis_of, codes_of, label_of, name_row
from loaders.tables.axes import (
    Axis,
    item_of_column,
    item_of_title,
    names_office,
    project_of_title,
    type_head,
    type_words,
)
from loaders.tables.budget_units import UnitWalker, is_office, name_codes, settle_units, unit_of_form, unit_of_title
from loaders.tables.cells import STRANGE_MEASURE, is_measure, is_written
from loaders.tables.columns import CAR_KIND, Column, read_column, read_year
from loaders.tables.entries import Entry, Section, Value
from loaders.tables.forms import Form
from loaders.tables.opening import Context, OpenTable, Placing, agree_tables, complete_chain
from loaders.tables.serialised import find_targets, relabel
from loaders.tables.weights import find_weights, weigh
from loaders.words.comparators import read_comparator
from loaders.words.lines import is_amount
from loaders.words.nonfigures import find_nonfigures
from loaders.words.normalise import plain
from loaders.words.numbers import (
    MINUS,
    PERCENT_LEAD,
    find_written,
    half_last_place,
    parse_number,
    scale_number,
    tokenise,
    unit_at,
)
from loaders.words.numerals import TEN
from loaders.words.points import heads_pairs, split_pair
from loaders.words.signs import TRIANGLE, Sign, read_sign
from loaders.words.units import OPEN, SCALES, UnitWord, says_money, unit_after, unit_named

_OTHER = UnitWord("OTHER", Decimal(1), "")
_SCORE = UnitWord("SCORE", Decimal(1), "分")
#: What the numbers of a pair of points are, in this order.
_POINTS_TOLD: tuple[Aspect, Aspect] = ("maximum", "score")
#: The roles of columns that hold amounts, aims and what was reached.
_STATED = frozenset({"value", "target", "result"})
#: Where the money of a form comes from: rows below its whole.
_FUNDS = re.compile(
    r"^(?:其中[:：]?)?(?:[①-⑳\d.、]*)(?:(?:中央|省级?|市级?|区县?级?|县级?|本级|地方|上级|本年度?|当年)?财政(?:性|专户)?(?:拨款|资金|补助)"
    r"|其他资金|其他收入|上年结转(?:资金)?|自有资金|自筹资金|单位资金|社会资金|一般公共预算(?:拨款)?|政府性基金(?:预算)?(?:拨款)?)"
    r"(?:小计|合计)?[:：]?$"
)
#: The same in a column of fields below the field of their whole: 市财政, 其它.
_FUND_FIELD = re.compile(r"^(?:其中[:：]?)?(?:中央|省级?|市级?|区级?|县级?|地方|本级)*财政$|^其[他它](?:资金|来源)?$")
#: A column that compares with another time, where signs say which way.
_COMPARING = re.compile(r"同比|环比")
#: A field of a form that holds money, whatever header stands above.
_FIELD_MONEY = re.compile(r"(?:资金|预算|经费|金额)?总额[:]?$|^(?:其中[:]?)?财政拨款[:]?$")
#: A row of the money of a form, which states its unit itself perhaps: 年度资金总额 | 150万.
_OF_FORM_MONEY = re.compile(r"总额[:]?$|^(?:其中[:])?[^|]{0,12}(?:资金|拨款)[:]?$")
#: Rows of what is counted though no unit stands behind the name: cars by kind, equipment over a price.
_COUNTED = re.compile(rf"{CAR_KIND}$|^(?:[^(]*[)、.])?单(?:价|位价值)\d+万元.*设备")
#: Columns of worth, whatever their rows count.
_WORTH = re.compile(r"价值|金额|原值|净值|价格|总价|费|资金|经费|采购|购置|支出")
_RATE_LABEL = re.compile(r"率|比|度$|程度|%")
#: What stands behind such a label is no number.
_CODE_LABEL = re.compile(r"(?:编码|代码|编号)[:]?$")
_MONEY_LABEL = re.compile(r"资金|金额|预算|拨款|总额|经费|支出|收入|合计|总计|小计|结转|费用")
#: A row label that is little more than a year; other labels with a year are names of projects.
_ANY_YEAR = r"(?:19|20)\d{2}年?"
_YEAR_LABEL = r"(?:其中:?)?(?:19|20)\d{2}年?(?:度)?(?:年初|部门|财政|拨款|预算|决算|执行|支出|收入|合计|总计|金额|资金|数|额)*(?:[(][^)]*[)])?"
#: The field of a form that names the project that the form is about.
_PROJECT_FIELD = re.compile(r"^(?:专项|项目|专项资金|项目支出|政策)名称[:]?$")
#: A field that names its own greatest score: 执行率分值（10分）.
_POINTS = re.compile(r"^(.{2,20}(?:分值|权重|满分))[(]\d+(?:\.\d+)?分?[)]$")
#: A level of indicators, or an indicator, with the points that it may have: 产出指标（50分）.
#: The same torn from its name is of nothing that is known.
_LEVEL_POINTS = re.compile(r"^(.{2,40}?|)[(](?:满分|权重|分值)?[:]?(\d+(?:\.\d+)?)分[)]$")
#: A column of goals in words, or the field before them, and those of what was reached.
_GOAL = r"(?:项目|总体|年度|当年|绩效|预期|实施期|中期)*目标(?:[(][^)]*[)])?"
_GOAL_COLUMN = re.compile(rf"(?:^|[|]){_GOAL}$")
_GOAL_FIELD = re.compile(rf"^{_GOAL}[:]?$")
_REACHED_COLUMN = re.compile(r"(?:^|[|])(?:目标|年度|总体)*(?:实际)?(?:完成情况|完成)$")
#: Words of a goal that state its money and no aim.
_BUDGETED = re.compile(r"预算(?:安排|资金|批复|下达|总额|数|为|约)|安排(?:[^，。；]{0,6}(?:预算|资金|经费))")
#: A field and its amount in one cell: 其中：政府性基金：140.00.
_FIELD_IN_CELL = re.compile(r"^(?:其中[:：])?\s*([^:：\d]{2,30})[:：]\s*[\d,，.]+\s*(?:[万亿]?元)?$")
#: A row of points over whose columns the indicators stand.
_POINTS_ROW = re.compile(r"^(?:实际|自评|评价|综合)?(?:得分|评分|得分率|分值|标准分|满分|权重分?)(?:[(][^)]*[)])?$")
#: A field of the whole result, under no column of points: 绩效自评综合得分 | 96.
_POINTS_FIELD = re.compile(r"^(?:绩效|自评|评价|综合|最终|考核)+(?:总?得分|总分)$")
#: A total straight below a row that only names what it is of.
_PART_TOTAL = re.compile(r"^(?:支出|经费)?(?:合计|小计|总额)$")
#: A row whose name is that of a total of points.
_WHOLE_POINTS = re.compile(r"总分|总得分")
_TOTAL_POINTS = re.compile(r"总分|总得分|合计|总计")
#: Between the members of a list in one cell.
_LISTED = re.compile(r"[；;\n]")
#: What names a row by its year or as the change between two years, and not by what it is of.
_YEAR_ROW = re.compile(r"^(?:(?:19|20)\d{2}年?度?|上年|本年|当年)?(?:预算|决算)?(?:数|额)?$|增减")
#: What a nameless row is that holds the sum of at least so many others.
_WHOLE, _FEWEST_PARTS = "合计", 2
#: Longer words beside a value describe it; they do not name its row.
_LONGEST_NAME = 40
_LABEL_LEAD = re.compile(
    rf"^(?:[{TEN}]{{1,3}}[、.．]|[（(][{TEN}\d]{{1,3}}[）)]|\d{{1,2}}[、.．](?!\d)|其中[:：]|[*★△▲#]|[①-⑳]|(?:(?:指标|任务|目标)\s*\d+|指标)\s*[:：]|指标\s*[1-9](?=[\u4e00-\u9fff]{{3}})|任务\d+|\s)+"
)


@dataclass
class TableReading:
    """What one table yielded: its form, sections, figures, ledger rows, and the unit of its money."""

    form: Form | None
    sections: list[Section]
    money: UnitWord | None
    title: str
    figures: list[Figure] = field(default_factory=list)
    rows: list[NumberToken] = field(default_factory=list)


def _is_sentence(text: str) -> bool:
    """Whether the cell beside is of words that say something, as a goal does, and names no row."""
    return len(text) > _LONGEST_NAME and bool(re.search(r"[。；;]", text))


def _direct(change: Decimal, sign: Sign) -> Direction:
    """Whether a change of a table is one up or down; open where its sign may be either."""
    if not change:
        return "unchanged"
    return "" if sign == "either" else "down" if change < 0 else "up"


def read_tables(blocks: Sequence[Block], context: Context) -> dict[int, TableReading]:
    """The reading of each table among the blocks of a document, by block index.

    Tables that go on over pages are placed together, since their sums run over the page break.
    """
    openings: list[OpenTable] = []
    for index, block in enumerate(blocks):
        if block.kind == "table":
            previous = openings[-1] if openings else None
            between = blocks[previous.index + 1 : index] if previous is not None else ()
            openings.append(OpenTable(block, index, context, previous, between))
    chain: list[OpenTable] = []
    placings: list[Placing] = []
    for opening in openings:
        if chain and not opening.continues:
            placings.extend(complete_chain(chain))
            chain = []
        chain.append(opening)
    placings.extend(complete_chain(chain))
    agree_tables(openings, placings)
    readings: dict[int, TableReading] = {}
    run: list[TableReading] = []
    names = name_codes(blocks)
    walker = UnitWalker(names)
    for opening in openings:
        if run and not opening.continues:
            _settle(run, context.agency)
            run, walker = [], UnitWalker(names)
        run.append(_TableReader(opening, walker).read())
        readings[opening.index] = run[-1]
    _settle(run, context.agency)
    for index, unit in context.bodies.items():
        if index in readings:
            reading = readings[index]
            reading.figures = [replace(f, budget_unit=f.budget_unit or unit) for f in reading.figures]
    return readings


def _settle(run: Sequence[TableReading], agency: str) -> None:
    """Weighs what the parts of one table say of units, and of totals whose names say less than their sums."""
    settled = settle_units([f for reading in run for f in reading.figures], agency)
    settled = settle_points(name_totals(settled))
    for reading in run:
        reading.figures, settled = settled[: len(reading.figures)], settled[len(reading.figures) :]


def settle_points(figures: list[Figure]) -> list[Figure]:
    """The figures; a total of points is what was reached if it is the sum of that, though it stands under 分值."""
    points = [f for f in figures if f.unit == "SCORE" and f.row >= 0]
    scored = {(f.block, f.row) for f in points if f.aspect == "score"}
    parts = [f for f in points if not _WHOLE_POINTS.search(plain(f.subject_label))]

    def add(aspect: Aspect, without: Figure) -> Decimal:
        own = (without.block, without.row)
        return sum((f.value for f in parts if f.aspect == aspect and (f.block, f.row) != own), Decimal(0))

    def is_reached(f: Figure) -> bool:
        total = f.aspect == "maximum" and f.row >= 0 and (f.block, f.row) not in scored
        return (
            total
            and bool(_TOTAL_POINTS.search(plain(f.subject_label)))
            and (f.value == add("score", f) != add("maximum", f))
        )

    return [replace(f, aspect="score", phase="result") if is_reached(f) else f for f in figures]


def name_totals(figures: list[Figure]) -> list[Figure]:
    """The figures; one of a row without a name is a total if it is the sum of its column, but for rounding."""
    rows = [f for f in figures if f.row >= 0 and f.column]
    named = [f for f in rows if f.label_span is not None and f.subject_label != f.column]  # else by the header's words
    totals = set()
    for figure in (f for f in rows if f.subject_label == f.column):
        others = [f for f in named if f.column == figure.column]
        apart = abs(sum((f.value for f in others), Decimal(0)) - figure.value)
        if len(others) >= _FEWEST_PARTS and apart <= sum((f.precision for f in others), figure.precision):
            totals.add(figure.span)
    return [replace(f, subject_label=_WHOLE) if f.span in totals else f for f in figures]


def _find_projects(table: Table) -> Iterator[tuple[int, str]]:
    """The projects that the forms in a table are about, each with the place from which on it is the one."""
    for row in table.rows:
        for field_cell, value in itertools.pairwise(row):
            if _PROJECT_FIELD.match(plain(field_cell.text)):
                yield value.passage.start, value.text.strip()


@dataclass(frozen=True, eq=False)
class _UnitQuestion:
    """A value without a unit of its own, and what stands around it."""

    cell: Cell
    column: Column | None
    candidates: tuple[Column, ...]
    row: Column
    label: str
    target_unit: UnitWord | None

    @cached_property
    def compared(self) -> bool:
        """Whether a comparator stands before the number."""
        return bool(read_comparator(re.split(r"\d", self.cell.text)[0]))

    @property
    def is_whole(self) -> bool:
        """Whether the number has no fraction, as what is counted has none."""
        return parse_number(tokenise(self.cell.text)[0].stated) % 1 == 0

    @property
    def role(self) -> str:
        return self.column.role if self.column is not None else ""


#: A year that stands in a cell of its own.
_YEAR_CELL = re.compile(r"((?:199|20[0-4])\d)\s*年?(?:度)?(?:预算数?|决算数?)?")


class _TableReader:
    """Reads the figures of a table whose values have been placed."""

    def __init__(self, table: OpenTable, walker: UnitWalker) -> None:
        self.open, self.walker = table, walker
        self.table, self.block, self.index, self.context = table.table, table.block, table.index, table.context
        self.sections, self.form, self.title, self.money = table.sections, table.form, table.title, table.money
        self.is_indicators = table.is_indicators
        self.kind = table.kind
        self.heading = ""  # the item of the last row, if that has no values
        self.reading = TableReading(table.form, table.sections, table.money, table.title)
        self.seen: set[int] = set()
        self.units: dict[int, str] = {}  # of which unit each entry is
        self.projects = list(_find_projects(table.table)) if self.is_indicators else []
        #: The forms that follow each other in the table.
        self.forms = divide_forms(table.table) if self.is_indicators else []
        self.words: dict[int | None, list[Cell]] = {}
        for cell in table.table.cells():
            if cell.column is not None and not is_measure(cell.text):
                self.words.setdefault(cell.column, []).append(cell)

    def read(self) -> TableReading:
        for section in self.sections:
            self._note_told(section)
            carried: list[Cell] = []
            weights = find_weights(section) if self.is_indicators else frozenset()
            for entry in section.entries:
                unit = self.walker.of(entry, section, entry.texts or carried)
                self._read_entry(entry, section, carried, unit, weights)
                carried = entry.texts or carried
            for cell, column, owner in section.other:
                self._read_words(cell, column, owner)
            for row in section.header:
                for cell in row:
                    self._read_words(cell, None, None, header=True)
        for note in self.table.notes:
            self._take_prose(note, None, "")
        for number, form in enumerate(self.forms):
            self.walker.form = "" if number else self.walker.form
            self._note_unit_of(form)
        titled = unit_of_title(self.title) or self.walker.form
        if titled and len(self.forms) < 2:
            self.reading.figures = [replace(f, budget_unit=f.budget_unit or titled) for f in self.reading.figures]
        self.reading.figures.sort(key=lambda f: f.span)
        return self.reading

    def _note_unit_of(self, form: Table) -> None:
        """Notes whose the project of a form is; where several forms follow each other, its figures are that unit's."""
        said = unit_of_form(form)
        self.walker.form = ("" if is_office(said, self.context.agency) else said) if said else self.walker.form
        if len(self.forms) < 2:
            return
        start, end = form.rows[0][0].passage.start, form.rows[-1][-1].passage.end
        self.reading.figures = [
            replace(f, budget_unit=f.budget_unit or self.walker.form) if start <= f.span.start < end else f
            for f in self.reading.figures
        ]

    # -- entries -----------------------------------------------------------------------------------------------

    def _read_entry(
        self, entry: Entry, section: Section, carried: list[Cell], unit: str, weights: frozenset[str]
    ) -> None:
        self.units[id(entry)] = unit
        for cell, kind in entry.codes:
            what = "classification code" if kind == "subject" else "code of a unit or project"
            self._note_all(cell, "code", what)
        texts = entry.texts or carried
        named = label_of(texts)
        if named is not None and read_column(plain(named.text), self.kind, None).role == "contact":
            for value in entry.values:
                self._note_all(value.cell, "contact", "contact detail")
            return
        columns = assign_columns(entry, section, self.is_indicators)
        heading = named is not None and not entry.values and type_words(named.text) == "item"
        if weights:
            columns = [(weigh(c) if c is not None and c.label in weights else c, rest) for c, rest in columns]
        told = {cell.passage.start for cell, *_ in section.told}
        columns = [self._without_weight(v, *place, section) for v, place in zip(entry.values, columns, strict=True)]
        target_unit: UnitWord | None = None
        for position, (value, (column, candidates)) in enumerate(zip(entry.values, columns, strict=True)):
            is_told = value.cell.passage.start in told
            figure = None if is_told else self._figure(value, column, candidates, entry, texts, target_unit)
            if figure is None:
                continue
            if column is not None and entry.placement is not None and entry.placement[position][1]:
                figure = replace(figure, derived=True)
            if unit:
                figure = replace(figure, budget_unit=unit)
            if figure.phase == "target" and figure.stated_unit:
                printed = unit_after(figure.stated_unit, 0)
                target_unit = printed[0] if printed else UnitWord(figure.unit, Decimal(1), figure.stated_unit)
            self.reading.figures.append(figure)
            self._note(figure, describe_figure(figure, "the row"))
        self.heading = _LABEL_LEAD.sub("", named.text).strip(" :：") if heading and named is not None else ""

    @staticmethod
    def _sign_beside(entry: Entry, column: Column | None) -> str:
        """The comparator of a target that stands in a column of its own, where the row has one target."""
        targets = [v for v in entry.values if v.column is not None and v.column.role == "target"]
        alone = column is not None and column.role == "target" and len(targets) == 1
        return read_comparator(entry.sign) if alone and entry.sign else ""

    def _note_told(self, section: Section) -> None:
        for cell in section.ordinals:
            self._note_all(cell, "ordinal", "number of a column, a line or a row")
        for cell, kind, reason in section.told:
            self._note_all(cell, kind, reason)

    def _without_weight(
        self, value: Value, column: Column | None, candidates: tuple[Column, ...], section: Section
    ) -> tuple[Column | None, tuple[Column, ...]]:
        """The column of a value, which is open where it would be a weight of more than the whole.

        Where rows are lines, the money of a project may stand in the line of an indicator.
        """
        tokens = tokenise(value.cell.text)
        weighs = column is not None and column.role == "maximum" and value.column is None and len(tokens) == 1
        if not weighs or parse_number(tokens[0].stated) <= _WHOLE_WEIGHT:
            return column, candidates
        return None, tuple(c for c in section.leaves if c.role != "maximum")

    def _figure(
        self,
        value: Value,
        column: Column | None,
        candidates: tuple[Column, ...],
        entry: Entry,
        texts: list[Cell],
        target_unit: UnitWord | None,
    ) -> Figure | None:
        passage = value.cell.passage
        text = passage.text
        tokens = tokenise(text) or find_written(text)
        if not tokens:
            return None
        token = tokens[0]
        span = passage.locate(token.span.start, tokens[-1].span.end)
        stated = text[token.span.start : tokens[-1].span.end]
        label, label_span = name_row(entry, texts, value.cell)
        if text.strip().isdigit() and _CODE_LABEL.search(plain(label)):
            self._note_all(value.cell, "code", "code of a unit or project")
            return None
        named = " ".join(c.text for c in texts[-2:] if len(c.text) <= _LONGEST_NAME)
        row = read_column(plain(named), self.kind, self.context.fiscal_year)
        unit, own = self._unit(value.cell, token.span, column, candidates, row, label, target_unit)
        if not own and entry.measure and column is not None and column.role in ("target", "result"):
            printed = unit_after(entry.measure, 0)
            whole = printed is not None and (
                "/" not in entry.measure or printed[0].unit == "CNY"
            )  # 人/年 counts no people
            unit = printed[0] if printed and whole else UnitWord("OTHER", Decimal(1), entry.measure)
        number = scale_number(stated, unit.factor)
        if (
            re.fullmatch(r"\s*[（(]\s*\d[\d,.]*\s*[)）]\s*", text)
            and "." in text
            and not stated.startswith(tuple(MINUS))
        ):
            number = -number
        phase, aspect = self._meaning(column, candidates, row, text, own)
        signed = self._signed(text, Span(token.span.start, tokens[-1].span.end), column, aspect, unit.unit)
        if signed is None:
            self.seen.add(value.cell.passage.start)
            reason = "a sign of change stands at it, and no words say of what it is the change"
            self.reading.rows.append(NumberToken(span, stated, "unaccounted", reason))
            return None
        aspect, sign = signed
        number = -abs(number) if sign == "down" else number
        phase = phase or self._phase_of_whole(column, label, label_span)
        year = self._year(column, candidates, row, texts, entry)
        code, code_cell, extra = codes_of(entry)
        subject, kind = self._subject(label, column, code, self._row_axis(entry, texts, label))
        name = self._name_column(column, candidates, value.cell)
        if column is not None and column.role == "value" and _POINTS_ROW.match(plain(label)):
            subject, name = column.label.replace("|", " "), label  # the indicators stand over the columns
            unit, aspect = self._points(row, unit, own)
        elif not own and _POINTS_FIELD.match(plain(label)) and (column is None or column.role in ("label", "text")):
            unit, aspect, phase = _SCORE, "score", "result"
        elif self.heading and _PART_TOTAL.match(plain(subject)):
            subject = self.heading
        dimensions = [*extra, *self._row_dimensions(entry, texts, subject)]
        dimensions += self._of_form(value.cell, dimensions)
        if self.form is not None and self.form.fund:
            dimensions.append(("fund", self.form.fund))
        return Figure(
            span=span,
            stated=stated,
            value=number,
            unit=unit.unit,
            fiscal_year=year,
            phase=phase,
            aspect=aspect,
            subject_kind=kind,
            subject_label=subject,
            subject_code=code,
            column=name,
            table=self.title,
            form=self.form.id if self.form is not None else "",
            agency=self.context.agency,
            stated_unit=unit.word,
            precision=half_last_place(stated) * unit.factor,
            direction=_direct(number, sign) if aspect in ("change", "growth") else "",
            comparator=read_comparator(PERCENT_LEAD.sub("", text[: token.span.start]))
            or self._sign_beside(entry, column),
            candidates=tuple(c.label for c in candidates) if column is None else (),
            dimensions=tuple(dimensions),
            label_span=label_span,
            code_span=code_cell.passage.span if code_cell is not None else None,
            block=self.index,
            row=entry.row,
        )

    def _signed(
        self, text: str, at: Span, column: Column | None, aspect: Aspect, unit: Unit
    ) -> tuple[Aspect, Sign] | None:
        """The aspect of a value and its sign of change; None where such a sign stands at what is no change.

        At an aim a sign only marks it, and behind a level it tells how that moved.
        """
        sign, place = read_sign(text, at.start, at.end, self.context.triangle)
        if not sign or (self.is_indicators and (column is None or column.role != "value")):
            return aspect, ""
        if aspect == "level" and column is not None and _COMPARING.search(plain(column.label)):
            aspect = "growth" if unit == "PERCENT" else "change"
        if aspect in ("change", "growth"):
            return aspect, sign
        if place >= at.end:
            return aspect, ""
        return (aspect, sign) if sign == "down" and text[place] in TRIANGLE else None

    @staticmethod
    def _points(row: Column, unit: UnitWord, own: bool) -> tuple[UnitWord, Aspect]:
        """The unit and aspect of a row of points over whose columns the indicators stand."""
        if row.role not in ("maximum", "score"):
            return unit, "level"
        return (unit if own else row.unit or _SCORE), row.aspect

    def _name_column(self, column: Column | None, candidates: tuple[Column, ...], cell: Cell) -> str:
        """The column of a value; of a field of a form, which stands in none, the project that the form is about."""
        if column is not None or candidates:
            return column.label if column is not None else ""
        named = next((name for start, name in reversed(self.projects) if start < cell.passage.start), "")
        return named or (project_of_title(self.title) if self.is_indicators else "")

    def _of_form(self, cell: Cell, dimensions: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The project of the form that a value stands in, where several forms follow each other in one table."""
        if len(self.forms) < 2:
            return []
        form = next(f for f in reversed(self.forms) if f.rows[0][0].passage.start <= cell.passage.start)
        named = next((p.text for row in form.rows if (p := names_project(row)) is not None), "")
        return [("project", named)] if named and "project" not in dict(dimensions) else []

    def _unit(
        self,
        cell: Cell,
        at: Span,
        column: Column | None,
        candidates: tuple[Column, ...],
        row: Column,
        label: str,
        target_unit: UnitWord | None,
    ) -> tuple[UnitWord, bool]:
        """The unit of a value, and whether the cell itself states it. What no words state is open."""
        asked = _UnitQuestion(cell, column, candidates, row, label, target_unit)
        own = unit_at(cell.text, at)
        if own is not None:
            about = f"{label}|{column.label}" if column is not None else label
            counted = own[0].word in SCALES and self.is_indicators and not says_money(about)
            return (replace(own[0], unit="OTHER") if counted else own[0]), True
        strange = STRANGE_MEASURE.match(cell.text)
        if strange is not None and asked.role in ("target", "result"):
            return UnitWord("OTHER", Decimal(1), strange.group("word")), True
        rules = (*_UNIT_RULES, *(_INDICATOR_UNIT_RULES if self.is_indicators else ()))
        found = next((unit for rule in rules if (unit := rule(self, asked)) is not None), None)
        if found is None and self.is_indicators:
            found = self._unit_above(cell) or _OTHER
        return found or self.money or OPEN, False

    def _unit_of_field(self, asked: _UnitQuestion) -> UnitWord | None:
        """The money of the form, in a field of money that stands under no column."""
        return self.money if asked.column is None and _FIELD_MONEY.search(plain(asked.label)) else None

    def _unit_in_dispute(self, asked: _UnitQuestion) -> UnitWord | None:
        """Open where the columns that remain possible have several units."""
        if asked.column is not None:
            return None
        several = len({(c.unit or self.money, c.role != "value") for c in asked.candidates}) > 1
        return (_OTHER if asked.compared else OPEN) if several else None

    def _unit_of_column(self, asked: _UnitQuestion) -> UnitWord | None:
        return asked.column.unit if asked.column is not None else None

    def _unit_of_row(self, asked: _UnitQuestion) -> UnitWord | None:
        """The unit that the row's name states, if that is money or the name says that it counts."""
        unit = asked.row.unit
        if unit is None or unit.unit == "CNY":
            return unit
        label = plain(asked.label)
        if _COUNTED.search(label):
            worth = asked.column is not None and _WORTH.search(plain(asked.column.label))
            return unit if asked.is_whole and not worth else None
        counts = re.search(r"[（(].{1,4}[)）]$|人数|数量|(?:人员|行政|事业|工勤)编制$|编制数|个数|增减[%％]$", label)
        return unit if counts else None

    def _unit_of_target(self, asked: _UnitQuestion) -> UnitWord | None:
        """A result has the unit of its target."""
        return asked.target_unit if asked.role == "result" else None

    def _unit_of_funds(self, asked: _UnitQuestion) -> UnitWord | None:
        """The money of the form, above its indicators."""
        return self.money if not asked.compared and _FUNDS.match(plain(asked.label)) else None

    def _unit_of_aim(self, asked: _UnitQuestion) -> UnitWord | None:
        """A target or result without a unit: open where its name speaks of money, else of no unit."""
        if not asked.compared and asked.role not in ("target", "result"):
            return None
        money = not asked.compared and _MONEY_LABEL.search(asked.label) and not _RATE_LABEL.search(asked.label)
        return OPEN if money else _OTHER

    def _unit_of_score(self, asked: _UnitQuestion) -> UnitWord | None:
        return _SCORE if asked.role in ("maximum", "score") else None

    def _unit_of_words(self, asked: _UnitQuestion) -> UnitWord | None:
        return _OTHER if asked.role == "text" else None

    def _unit_of_money(self, asked: _UnitQuestion) -> UnitWord | None:
        """Of money, as the row or all its possible columns say."""
        heads = (asked.column,) if asked.column is not None else asked.candidates
        named = heads and all(_MONEY_LABEL.search(c.label) for c in heads)
        return (self.money or OPEN) if _MONEY_LABEL.search(asked.label) or named else None

    def _unit_of_amount(self, asked: _UnitQuestion) -> UnitWord | None:
        """The money of the form, for what is printed like an amount and is no rate."""
        amount = asked.column is None and is_amount(asked.cell.text) and not _RATE_LABEL.search(asked.label)
        return self.money if amount else None

    def _unit_above(self, cell: Cell) -> UnitWord | None:
        """The unit that the nearest words above a cell name, as 预算金额（元） does inside a form; None without columns."""
        above = [c for c in self.words.get(cell.column, ()) if c.row < cell.row]
        return unit_named(above[-1].text) if above else None

    def _meaning(
        self, column: Column | None, candidates: tuple[Column, ...], row: Column, text: str, own: bool
    ) -> tuple[Phase, Aspect]:
        default: Phase = {"budget": "budget", "accounts": "final", "evaluation": ""}.get(self.kind, "")  # type: ignore[assignment]
        if column is None:
            if self.is_indicators and read_comparator(re.split(r"\d", text)[0]):
                return "target", "level"
            phases, aspects = {c.phase for c in candidates}, {c.aspect for c in candidates}
            if len(phases) > 1 or len(aspects) > 1:
                return (phases.pop() if len(phases) == 1 else ""), (aspects.pop() if len(aspects) == 1 else "")
            if self.is_indicators and own:
                return "target", "level"
            phase = self._phase_of_open(row, default, phases)
            return phase, row.aspect if row.aspect in ("change", "growth") else "level"
        if column.role in ("target", "result", "maximum", "score") or column.phase == "result":
            return column.phase, column.aspect
        if column.role == "text" and _GOAL_COLUMN.search(plain(column.label)):
            return "target", "level"
        planned = column.phase in ("budget", "adjusted", "final") and _OF_FORM_MONEY.search(plain(row.label))
        if self.is_indicators and ((own and not planned) or re.match(r"\s*[≥≤<>＜＞=＝]", text)):
            return "target", "level"
        aspect = column.aspect
        if (
            aspect == "level"
            and row.aspect in ("change", "growth")
            and re.match(rf"(?:{_ANY_YEAR}[比较]{_ANY_YEAR})?增减|[比较]上年", row.label.split("|")[-1])
        ):
            aspect = row.aspect
        phase = column.phase
        rated = (
            self.is_indicators and row.phase == "result"
        )  # the name of an indicator (完成率) says nothing of a phase
        if row.phase and row.phase != default and phase == default and not rated:
            phase = row.phase
        return phase, aspect

    def _phase_of_open(self, row: Column, default: Phase, phases: set[Phase]) -> Phase:
        """The phase of an amount of an open column: what its row says, else that of whichever column it is."""
        if self.is_indicators:
            return default if row.phase == "result" else row.phase or default
        said = row.phase or default
        return next(iter(phases - {""}), default) if said == default else said

    def _phase_of_whole(self, column: Column | None, label: str, at: Span | None) -> Phase:
        """The phase of a fund in a column of fields: that of the field of money above it (计划安排资金, 实际到位资金)."""
        if column is not None or at is None or not (_FUND_FIELD.match(plain(label)) or _FUNDS.match(plain(label))):
            return ""
        beside = next((cells for cells in self.words.values() if any(c.passage.span == at for c in cells)), [])
        above = [plain(c.text) for c in beside if c.passage.start < at.start]
        whole = next((w for w in reversed(above) if not _FUND_FIELD.match(w) and not _FUNDS.match(w)), "")
        return read_column(whole, self.kind, None).phase if _MONEY_LABEL.search(whole) else ""

    def _year(
        self, column: Column | None, candidates: tuple[Column, ...], row: Column, texts: list[Cell], entry: Entry
    ) -> int | None:
        for cell in reversed(texts[-2:]):
            match = _YEAR_CELL.fullmatch(cell.text.strip())
            if match:
                return int(match.group(1))
        if column is not None and column.year is not None:
            return column.year
        years = {c.year for c in candidates}
        if len(years) == 1 and None not in years:
            return years.pop()
        if len(years - {None}) > 1:
            return None  # it may be of either
        if candidates and column is None and self._compares_years(entry):
            return None
        label = plain(texts[-1].text) if texts else ""
        above = plain(texts[-2].text) if len(texts) > 1 else ""
        if re.search(r"\d{4}", label):
            said = label if re.fullmatch(_YEAR_LABEL, label) else ""
        else:
            said = row.label if re.fullmatch(_YEAR_LABEL, above) or not re.search(r"\d{4}", above) else label
        if row.year is not None and said and read_year(said, self.context.fiscal_year) is not None:
            return row.year
        return self.context.fiscal_year

    def _compares_years(self, entry: Entry) -> bool:
        """Whether the header over an entry names a year that is not the document's, of whichever of its columns."""
        named = self.sections[entry.section].groups if entry.section < len(self.sections) else []
        return any(group.year not in (None, self.context.fiscal_year) for group in named)

    @staticmethod
    def _row_dimensions(entry: Entry, texts: list[Cell], subject: str) -> list[tuple[str, str]]:
        """What else the words of a row say of its figures: project and category, where another word names them."""
        typed = [(axis_of(entry, c), _LABEL_LEAD.sub("", c.text).strip()) for c in texts]
        return [(axis, name) for axis, name in typed if axis in ("project", "category") and name and name != subject]

    def _row_axis(self, entry: Entry, texts: list[Cell], label: str) -> Axis:
        """What the name of a row is: of its own words, else of the header over it; the total of units is of all units."""
        cell = next((c for c in reversed(texts) if c.text == label), None)
        if any(kind == "unit" for _, kind in entry.codes) and names_office(label):
            return "unit"
        if cell is None:
            return type_words(label)
        head = entry.heads.get(cell.passage.start)
        return "unit" if head is not None and type_head(head.label) == "unit" else axis_of(entry, cell)

    def _subject(self, label: str, column: Column | None, code: str, axis: Axis) -> tuple[str, SubjectKind]:
        """What a figure is of: the name of its row, or the item of its column where the row names none."""
        subject = _LABEL_LEAD.sub("", label).strip(" :：")
        kind: SubjectKind = self.form.subject if self.form is not None else "item"
        if kind == "indicator" and axis == "project" and column is not None and column.role == "value":
            kind = "project"  # its money, in a table that prints its indicators beside it
        elif axis == "indicator" and column is not None and column.role != "value":
            kind = "indicator"  # in a table of projects
        if code:
            kind = {"2": "function", "3": "economic", "5": "government-economic"}.get(code[0], kind)  # type: ignore[assignment]
            return subject, kind
        item = item_of_column(column.label) if column is not None else ""
        if kind in ("function", "economic", "government-economic") and not (self._is_three_public and item):
            kind = "item" if not self._is_three_public else kind
        nameless = axis == "unit" or not subject or bool(_YEAR_ROW.search(plain(subject))) or names_office(subject)
        if item and (nameless or axis in ("measure", "fund")):
            return _LABEL_LEAD.sub("", item), kind
        if nameless and self._is_three_public and item_of_title(self.title):
            return item_of_title(self.title), kind
        return subject or (column.label.replace("|", " ") if column is not None else ""), kind

    @property
    def _is_three_public(self) -> bool:
        return self.form is not None and self.form.id == "three-public"

    # -- words -------------------------------------------------------------------------------------------------

    def _read_words(self, cell: Cell, column: Column | None, entry: Entry | None, *, header: bool = False) -> None:
        if not (re.search(r"\d", cell.text) or is_written(cell.text)) or cell.passage.start in self.seen:
            return
        self.seen.add(cell.passage.start)
        before = len(self.reading.figures)
        if header or not (self._take_written(cell, column, entry) or self._take_pair(cell, column, entry)):
            self._take_words(cell, column, entry, header=header)
        unit = self.units.get(id(entry), "") if entry is not None else ""
        if unit:
            self.reading.figures[before:] = [replace(f, budget_unit=unit) for f in self.reading.figures[before:]]

    def _take_written(self, cell: Cell, column: Column | None, entry: Entry | None) -> bool:
        """Reads a value that its cell says in words alone (百分之九十); whether it does."""
        if column is None or entry is None or column.role not in _STATED or not is_written(cell.text):
            return False
        figure = self._figure(Value(cell, column), column, (), entry, entry.texts, None)
        if figure is not None:
            self.reading.figures.append(figure)
            self._note(figure, describe_figure(figure, "the row"))
        return True

    def _take_pair(self, cell: Cell, column: Column | None, entry: Entry | None) -> bool:
        """Reads both kinds of points from one cell, each of the indicator of its row; whether the cell is of such."""
        head = plain(column.label) if column is not None else ""
        pair = split_pair(cell.text, head)
        if pair is None and (not heads_pairs(head) or len(tokenise(cell.text)) < 2):
            return False
        if pair is None or entry is None or entry.label is None:
            self._note_all(cell, "unaccounted", "points, and nothing tells the most that may be had from what was had")
            return True
        label = entry.label if entry.label is not cell else entry.texts[-2] if len(entry.texts) > 1 else None
        for (start, end), aspect in zip(pair, _POINTS_TOLD, strict=True):
            stated = cell.text[start:end]
            figure = Figure(
                span=cell.passage.locate(start, end),
                stated=stated,
                value=parse_number(stated),
                unit="SCORE",
                fiscal_year=self.context.fiscal_year,
                phase="result" if aspect == "score" else "",
                aspect=aspect,
                subject_kind=self.form.subject if self.form is not None else "indicator",
                subject_label=_LABEL_LEAD.sub("", label.text).strip(" :：") if label is not None else "",
                column=column.label if column is not None else "",
                table=self.title,
                form=self.form.id if self.form is not None else "",
                agency=self.context.agency,
                precision=half_last_place(stated),
                dimensions=tuple(self._of_form(cell, [])),
                label_span=label.passage.span if label is not None else None,
                block=self.index,
                row=entry.row,
            )
            self.reading.figures.append(figure)
            self._note(figure, describe_figure(figure, "the row"))
        return True

    def _take_words(self, cell: Cell, column: Column | None, entry: Entry | None, *, header: bool) -> None:
        role = column.role if column is not None else ""
        if role == "contact":
            self._note_all(cell, "contact", "contact detail")
        elif role == "criterion":
            self._criteria(cell)
        elif role in ("ordinal", "year"):
            self._note_all(
                cell, "ordinal" if role == "ordinal" else "date", "serial number" if role == "ordinal" else "year"
            )
        elif header:
            self._header_words(cell)
        else:
            if any(cell.passage.start == start for start, _ in self.projects):
                self._note_all(cell, "name", "part of the name of a project")
                return
            if self.is_indicators and self._take_points(cell, column):
                return
            if self.is_indicators and role == "label" and entry is not None and self._names_indicator(entry, cell):
                self._note_all(cell, "name", "part of the name of an indicator")
                return
            code = codes_of(entry)[0] if entry is not None else ""
            label = ""
            if (
                entry is not None
                and entry.label is not None
                and entry.label is not cell
                and not _FIELD_IN_CELL.match(entry.label.text.strip())
                and not (self.is_indicators and _FIELD_IN_CELL.match(cell.text.strip()))
                and not _is_sentence(entry.label.text)
            ):
                label = _LABEL_LEAD.sub("", entry.label.text)
            aim = self._aim_of(cell, column, entry)
            if column is not None and role in ("target", "result") and label and not aim:
                self._read_stated_values(cell, column, label, code)
            else:
                self._take_prose(cell.passage, None, label, code, aim=aim)

    def _aim_of(self, cell: Cell, column: Column | None, entry: Entry | None) -> Phase:
        """Whether words are goals or what was reached of them: by their column, or by the field before them."""
        if column is not None and _GOAL_COLUMN.search(plain(column.label)):
            return "target"
        heads = self._heads(entry) if entry is not None else []
        if column is not None and _REACHED_COLUMN.search(plain(column.label)):
            return "result" if any(_GOAL_COLUMN.search(plain(h.label)) for h in heads) else ""
        before = [c for c in (entry.texts if entry is not None else ()) if c.passage.start < cell.passage.start]
        return "target" if self.is_indicators and any(_GOAL_FIELD.match(plain(c.text)) for c in before) else ""

    def _take_points(self, cell: Cell, column: Column | None) -> bool:
        """Reads the points that a level or an indicator may have from behind its name; whether there are any."""
        match = _LEVEL_POINTS.match(plain(cell.text))
        tokens = tokenise(cell.text)
        if match is None or not tokens:
            return False
        printed = tokens[-1]
        self._take_prose(cell.passage.part(printed.span.start, len(cell.text)), None, "")
        found = self.reading.figures[-1] if self.reading.figures else None
        if found is None or found.unit != "SCORE":
            return False
        self.reading.figures[-1] = replace(
            found,
            subject_label=match.group(1),
            subject_kind=self.form.subject if self.form is not None else "indicator",
            column=column.label if column is not None else "",
            phase="",
            aspect="maximum",
            direction="",
        )
        return True

    def _names_indicator(self, entry: Entry, cell: Cell) -> bool:
        """Whether a cell is the name of an indicator, whose numbers (规模≥3万平方米的展览补助) are part of it."""
        head = entry.heads.get(cell.passage.start)
        named = head is not None and type_head(head.label) == "indicator" and "指标值" not in cell.text
        return named and any(h.role in ("target", "result") for h in self._heads(entry))

    def _heads(self, entry: Entry) -> list[Column]:
        """The columns of the section that an entry stands in."""
        return list(self.sections[entry.section].columns.values()) if entry.section < len(self.sections) else []

    def _read_stated_values(self, cell: Cell, column: Column, label: str, code: str) -> None:
        """The numbers of a target or result that is stated in words: each is of the indicator of its row.

        A cell that lists as many values as its row lists indicators (供暖面积；维修次数 | ≥90平方米；≥36次) has one each.
        """
        before = len(self.reading.figures)
        self._take_prose(cell.passage, column.phase, label, code)
        stated = self.reading.figures[before:]
        names = _LISTED.split(label.strip("；;"))
        one_each = len(names) > 1 and len(names) == len(stated) == len(_LISTED.split(cell.text.strip("；;")))
        kind: SubjectKind = self.form.subject if self.form is not None else "indicator"
        self.reading.figures[before:] = [
            replace(
                figure,
                subject_label=names[at].strip() if one_each else label.strip(),
                subject_kind=kind,
                column=column.label,
            )
            for at, figure in enumerate(stated)
        ]

    def _header_words(self, cell: Cell) -> None:
        stretches = find_nonfigures(cell.text)
        for token in tokenise(cell.text):
            hit = next((s for s in stretches if s.start < token.span.end and token.span.start < s.end), None)
            span = cell.passage.locate(token.span.start, token.span.end)
            if hit is not None:
                self.reading.rows.append(NumberToken(span, token.stated, hit.kind, hit.reason))
            else:
                self.reading.rows.append(NumberToken(span, token.stated, "name", "part of a column header"))

    def _criteria(self, cell: Cell) -> None:
        stretches = find_nonfigures(cell.text)
        for token in tokenise(cell.text):
            span = cell.passage.locate(token.span.start, token.span.end)
            hit = next((s for s in stretches if s.start < token.span.end and token.span.start < s.end), None)
            if hit is not None and hit.kind in ("ordinal", "date", "reference"):
                self.reading.rows.append(NumberToken(span, token.stated, hit.kind, hit.reason))
            else:
                self.reading.rows.append(
                    NumberToken(span, token.stated, "criterion", "number of a scoring rule or explanation")
                )

    def _take_prose(
        self, passage: Passage, phase: Phase | None, label: str, code: str = "", *, aim: Phase = ""
    ) -> None:
        kind: DocumentKind = "unknown" if self.kind == "evaluation" and not aim else self.kind
        setting = Setting(
            kind="budget" if aim == "target" else kind,
            fiscal_year=self.context.fiscal_year,
            agency=self.context.agency,
            section="/".join((*self.block.section, self.title)),
            block=self.index,
            money=self.money,
            table=self.title,
            form=self.form.id if self.form is not None else "",
            label=label,
            code=code,
            triangle=self.context.triangle,
        )
        figures, rows = read_amounts(passage, setting)
        points = _POINTS.match(plain(passage.text))
        if points is not None and len(figures) == 1:
            figures = [
                replace(
                    figures[0], subject_label=points.group(1), unit="SCORE", phase="", aspect="maximum", direction=""
                )
            ]
        elif phase:
            figures = [replace(f, phase=phase) for f in figures]
        elif aim == "target":  # an amount of a goal is one to be reached, unless words say that it is budgeted
            figures = [replace(f, phase="target") if self._is_aimed_at(f, passage) else f for f in figures]
        elif aim == "result":
            figures = [replace(f, phase="result") if not f.phase and f.aspect == "level" else f for f in figures]
        one = _FIELD_IN_CELL.match(passage.text.strip())
        if one is not None and len(figures) == 1 and not figures[0].subject_label:
            figures = [replace(figures[0], subject_label=one.group(1).strip())]
        if one is not None and self.is_indicators and not aim:  # the money of a form is what is budgeted, and no aim
            figures = [replace(f, phase="budget") if f.unit == "CNY" and f.phase == "target" else f for f in figures]
        self.reading.figures.extend(relabel(figures, passage))
        targets = find_targets(rows, passage, setting)
        self.reading.figures.extend(targets)
        for target in targets:
            self._note(target, "target of an indicator in a cell of several")
        self.reading.rows.extend(rows)

    @staticmethod
    def _is_aimed_at(figure: Figure, passage: Passage) -> bool:
        """Whether an amount in the words of a goal is not said to be budgeted."""
        at = passage.find_offset(figure.span.start)
        clause = re.split(r"[。；;\n]", passage.text[:at])[-1] if at is not None else ""
        planned = figure.phase == "budget" or (not figure.phase and figure.unit == "CNY" and figure.aspect == "level")
        return planned and not _BUDGETED.search(clause)

    # -- ledger ------------------------------------------------------------------------------------------------

    def _note(self, figure: Figure, reason: str) -> None:
        self.reading.rows.append(NumberToken(figure.span, figure.stated, "figure", reason))

    def _note_all(self, cell: Cell, kind: str, reason: str) -> None:
        self.seen.add(cell.passage.start)
        for token in tokenise(cell.text):
            span = cell.passage.locate(token.span.start, token.span.end)
            self.reading.rows.append(NumberToken(span, token.stated, kind, reason))  # type: ignore[arg-type]


#: All weights of a form together.
_WHOLE_WEIGHT = 100

_UnitRule = Callable[[_TableReader, _UnitQuestion], UnitWord | None]
#: What states the unit of a value whose cell does not: the first rule that gives one decides.
_UNIT_RULES: tuple[_UnitRule, ...] = (
    _TableReader._unit_of_field,
    _TableReader._unit_in_dispute,
    _TableReader._unit_of_column,
    _TableReader._unit_of_row,
)
#: The same in tables of indicators, whose values are of all kinds.
_INDICATOR_UNIT_RULES: tuple[_UnitRule, ...] = (
    _TableReader._unit_of_target,
    _TableReader._unit_of_funds,
    _TableReader._unit_of_aim,
    _TableReader._unit_of_score,
    _TableReader._unit_of_words,
    _TableReader._unit_of_money,
    _TableReader._unit_of_amount,
)
