"""From the entries of a table to figures and ledger rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from loaders.documents import Block, Cell, Passage, Table
from loaders.facts import Aspect, DocumentKind, Figure, NumberToken, Phase, SubjectKind
from loaders.numbers import MINUS, UnitWord, half_last_place, parse_number, tokenise, unit_after, unit_named
from loaders.prose.amounts import _COMPARATORS as COMPARATORS
from loaders.prose.amounts import Setting, read_amounts
from loaders.prose.nonfigures import find_nonfigures
from loaders.tables.columns import Column, read_column
from loaders.tables.forms import Form, plain, recognise_form
from loaders.tables.grid import Entry, Section, Value, divide
from loaders.tables.leaves import find_leaves
from loaders.tables.placement import Row, place_rows

_OTHER = UnitWord("OTHER", Decimal(1), "")
_SCORE = UnitWord("SCORE", Decimal(1), "分")
_MONEY_LABEL = re.compile(r"资金|金额|预算|拨款|总额|经费|支出|收入|合计|总计|小计|结转|费用")
_INDICATOR_FORMS = frozenset({"performance-targets", "project-declaration", "self-evaluation", "indicators", "scoring"})
#: A row label that is little more than a year; other labels with a year are names of projects.
_YEAR_LABEL = r"(?:其中:?)?(?:19|20)\d{2}年?(?:度)?(?:年初|部门|财政|拨款|预算|决算|执行|支出|收入|合计|总计|金额|资金|数|额)*(?:[(][^)]*[)])?"
_LABEL_LEAD = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d)|其中[:：]|[*★△▲#]|[①-⑳]|指标\d+[:：]|任务\d+[:：]?|目标\d+[:：]|\s)+"
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


@dataclass(frozen=True)
class Context:
    """What the document says of all its tables. ``money`` is the unit most of its tables state."""

    kind: DocumentKind
    fiscal_year: int | None
    agency: str = ""
    money: UnitWord | None = None


def read_tables(blocks: list[tuple[int, Block]], context: Context) -> dict[int, TableReading]:
    """The reading of each table block of a document, by block index.

    Tables that go on over pages are placed together, since their sums run over the page break.
    """
    openings: list[OpenTable] = []
    for index, block in blocks:
        openings.append(OpenTable(block, index, context, openings[-1] if openings else None))
    chain: list[OpenTable] = []
    for opening in openings:
        if chain and not opening.continues:
            place_entries([s for o in chain for s in o.sections if not o.is_indicators])
            chain = []
        chain.append(opening)
    place_entries([s for o in chain for s in o.sections if not o.is_indicators])
    return {o.index: o.read() for o in openings}


def place_entries(sections: list[Section]) -> None:
    """Gives the values of sections whose layout lost columns their places, as far as arithmetic is certain of them.

    Sections under the same header, as of one table on several pages, are solved as one.
    """
    groups: dict[tuple[str, ...], list[Section]] = {}
    for section in sections:
        loose = any(v.column is None for e in section.entries for v in e.values)
        if loose and section.levels and not section.panels:
            groups.setdefault(tuple(c.label for level in section.levels for c in level), []).append(section)
    for group in groups.values():
        entries = [e for s in group for e in s.entries if e.values and all(v.column is None for v in e.values)]
        most = max((len(e.values) for e in entries), default=0)
        leaves = find_leaves(group[0].levels, most)
        if not most or not leaves.columns:
            continue
        for section in group:
            section.leaves = list(leaves.columns)
        rows = [_row(e) for e in entries]
        place_rows(rows, leaves.columns, leaves.sure)
        for entry, row in zip(entries, rows, strict=True):
            if row.placed is not None:
                entry.placement = [(leaves.columns[c], row.derived) for c in row.placed]


def _row(entry: Entry) -> Row:
    numbers = [parse_number(tokenise(v.cell.text)[0].stated) for v in entry.values]
    return Row(_codes(entry)[0], entry.label.text if entry.label is not None else "", numbers)


class OpenTable:
    """A table whose rows and header are known, before its values have their columns."""

    def __init__(self, block: Block, index: int, context: Context, previous: OpenTable | None) -> None:
        assert block.table is not None
        table: Table = block.table
        self.table, self.block, self.index, self.context = table, block, index, context
        title = table.title.text.strip()
        continues = previous is not None and (not title or plain(title) == plain(previous.title))
        inherited = previous.sections[-1] if continues and previous is not None and previous.sections else None
        self.sections = divide(table, context.kind, context.fiscal_year, inherited)
        words = "|".join(s.words for s in self.sections)
        form = recognise_form(title, words)
        if continues and previous is not None and (form is None or not title):
            form = previous.form if form is None else form
            title = title or previous.title
        self.form = form
        self.title = title
        self.continues = continues
        self.money = self._table_money(previous if continues else None)
        self.reading = TableReading(form, self.sections, self.money, title)
        self.seen: set[int] = set()

    def read(self) -> TableReading:
        for section in self.sections:
            for cell in section.ordinals:
                self._note_all(cell, "ordinal", "number of a column, a line or a row")
            carried: list[Cell] = []
            for entry in section.entries:
                self._read_entry(entry, section, carried)
                carried = entry.texts or carried
            for cell, column, owner in section.other:
                self._read_words(cell, column, owner)
            for row in section.header:
                for cell in row:
                    self._read_words(cell, None, None, header=True)
        for note in self.table.notes:
            self._take_prose(note, None, "")
        self.reading.figures.sort(key=lambda f: f.span)
        return self.reading

    # -- units -------------------------------------------------------------------------------------------------

    def _table_money(self, previous: OpenTable | None) -> UnitWord | None:
        named = unit_named(self.table.unit.text) if self.table.unit else None
        if named is None:
            for line in self.table.caption:
                named = named or unit_named(line.text)
        if named is None:
            for section in self.sections:
                for row in section.header:
                    for cell in row:
                        found = unit_named(cell.text)
                        if named is None and found is not None and found.unit == "CNY":
                            named = found
        if named is None:
            for row in self.table.rows[:12]:
                for cell in row:
                    found = unit_named(cell.text) if len(cell.text) <= 30 else None
                    if named is None and found is not None and found.unit == "CNY":
                        named = found
        if named is not None and named.unit == "CNY":
            return named
        if previous is not None and previous.money is not None:
            return previous.money
        return self.context.money

    # -- entries -----------------------------------------------------------------------------------------------

    def _read_entry(self, entry: Entry, section: Section, carried: list[Cell]) -> None:
        for cell, kind in entry.codes:
            what = "classification code" if kind == "subject" else "code of a unit or project"
            self._note_all(cell, "code", what)
        texts = entry.texts or carried
        named = _label_of(texts)
        if named is not None and read_column(plain(named.text), self.context.kind, None).role == "contact":
            for value in entry.values:
                self._note_all(value.cell, "contact", "contact detail")
            return
        columns = assign_columns(entry, section, self.is_indicators)
        target_unit: UnitWord | None = None
        for position, (value, (column, candidates)) in enumerate(zip(entry.values, columns, strict=True)):
            figure = self._figure(value, column, candidates, entry, texts, target_unit)
            if figure is None:
                continue
            if entry.placement is not None and entry.placement[position][1]:
                figure = replace(figure, derived=True)
            if figure.phase == "target" and figure.stated_unit:
                target_unit = UnitWord(figure.unit, Decimal(1), figure.stated_unit)
            self.reading.figures.append(figure)
            self._note(figure, f"{figure.aspect} of {figure.subject_label or 'the row'}")

    @property
    def is_indicators(self) -> bool:
        """Whether the table is a form of indicators, whose rows do not add up."""
        return self.form is not None and self.form.id in _INDICATOR_FORMS

    def _figure(
        self, value: Value, column: Column | None, candidates: tuple[Column, ...], entry: Entry, texts: list[Cell], target_unit: UnitWord | None
    ) -> Figure | None:
        passage = value.cell.passage
        text = passage.text
        tokens = tokenise(text)
        if not tokens:
            return None
        token = tokens[0]
        span = passage.locate(token.span.start, tokens[-1].span.end)
        stated = text[token.span.start : tokens[-1].span.end]
        label_cell = _label_of(texts)
        label = label_cell.text if label_cell is not None else ""
        row = read_column(plain(" ".join(c.text for c in texts[-2:])), self.context.kind, self.context.fiscal_year)
        unit, own = self._unit(text, token.span.end, column, row, label, target_unit)
        number = parse_number(stated)
        if re.fullmatch(r"\s*[（(]\s*\d[\d,.]*\s*[)）]\s*", text) and "." in text and not stated.startswith(tuple(MINUS)):
            number = -number
        phase, aspect = self._meaning(column, row, text, own)
        year = self._year(column, candidates, row, texts)
        code, code_cell, extra = _codes(entry)
        subject, kind = self._subject(label, column, code)
        dimensions = list(extra)
        if self.form is not None and self.form.fund:
            dimensions.append(("fund", self.form.fund))
        direction = ""
        if aspect in ("change", "growth") and number:
            direction = "down" if number < 0 else "up"
        return Figure(
            span=span,
            stated=stated,
            value=number * unit.factor,
            unit=unit.unit,
            fiscal_year=year,
            phase=phase,
            aspect=aspect,
            subject_kind=kind,
            subject_label=subject,
            subject_code=code,
            column=column.label if column is not None else "",
            table=self.title,
            form=self.form.id if self.form is not None else "",
            agency=self.context.agency,
            stated_unit=unit.word,
            precision=half_last_place(stated) * unit.factor,
            direction=direction,  # type: ignore[arg-type]
            comparator=_comparator(text[: token.span.start]),
            candidates=tuple(c.label for c in candidates) if column is None else (),
            dimensions=tuple(dimensions),
            label_span=label_cell.passage.span if label_cell is not None else None,
            code_span=code_cell.passage.span if code_cell is not None else None,
            block=self.index,
            row=entry.row,
        )

    def _unit(
        self, text: str, end: int, column: Column | None, row: Column, label: str, target_unit: UnitWord | None
    ) -> tuple[UnitWord, bool]:
        """The unit of a value, and whether the cell itself states it."""
        own = unit_after(text, end)
        if own is not None:
            return own[0], True
        if column is not None and column.unit is not None:
            return column.unit, False
        if row.unit is not None and (row.unit.unit == "CNY" or re.search(r"[（(].{1,4}[)）]$|人数|数量|编制数|个数", plain(label))):
            return row.unit, False
        if self.is_indicators:
            if column is not None and column.role == "result" and target_unit is not None:
                return target_unit, False
            compared = bool(_comparator(re.split(r"\d", text)[0]))
            role = column.role if column is not None else ""
            if compared or role in ("target", "result"):
                return _OTHER, False
            if role in ("maximum", "score"):
                return _SCORE, False
            if column is not None and _MONEY_LABEL.search(column.label):
                return self.money or _OTHER, False
            if _MONEY_LABEL.search(label) or self.money is not None:
                return self.money or _OTHER, False
            return _OTHER, False
        return self.money or UnitWord("CNY", Decimal(1), ""), False

    def _meaning(self, column: Column | None, row: Column, text: str, own: bool) -> tuple[Phase, Aspect]:
        default: Phase = {"budget": "budget", "accounts": "final", "evaluation": ""}.get(self.context.kind, "")  # type: ignore[assignment]
        if column is None:
            if self.is_indicators and (own or _comparator(text)):
                return "target", "level"
            phase = row.phase or default
            return phase, row.aspect if row.aspect in ("change", "growth") else "level"
        if column.role in ("target", "result", "maximum", "score"):
            return column.phase, column.aspect
        if self.is_indicators and (own or re.match(r"\s*[≥≤<>＜＞=＝]", text)):
            return "target", "level"
        aspect = column.aspect
        if aspect == "level" and row.aspect in ("change", "growth") and re.match(r"增减|比上年|较上年", row.label.split("|")[-1]):
            aspect = row.aspect
        phase = column.phase
        if row.phase and row.phase != default and phase == default:
            phase = row.phase
        return phase, aspect

    def _year(self, column: Column | None, candidates: tuple[Column, ...], row: Column, texts: list[Cell]) -> int | None:
        for cell in reversed(texts):
            match = re.fullmatch(r"((?:19|20)\d{2})\s*年?(?:度)?(?:预算数?|决算数?)?", cell.text.strip())
            if match:
                return int(match.group(1))
        if column is not None and column.year is not None:
            return column.year
        years = {c.year for c in candidates}
        if len(years) == 1 and None not in years:
            return years.pop()
        label = plain(texts[-1].text) if texts else ""
        if row.year is not None and (not re.search(r"\d{4}", label) or re.fullmatch(_YEAR_LABEL, label)):
            return row.year
        return self.context.fiscal_year

    def _subject(self, label: str, column: Column | None, code: str) -> tuple[str, SubjectKind]:
        subject = _LABEL_LEAD.sub("", label).strip(" :：")
        kind: SubjectKind = self.form.subject if self.form is not None else "item"
        if code:
            kind = {"2": "function", "3": "economic", "5": "government-economic"}.get(code[0], kind)  # type: ignore[assignment]
        elif kind in ("function", "economic") and column is not None and self.form is not None and self.form.id == "three-public":
            parts = [p for p in column.label.split("|") if p]
            named = [p for p in parts if not re.fullmatch(r"小计|合计|总计", p)] or parts
            subject = named[-1] if named else subject
        elif kind in ("function", "economic", "government-economic"):
            kind = "item"
        return subject or (column.label.replace("|", " ") if column is not None else ""), kind

    # -- words -------------------------------------------------------------------------------------------------

    def _read_words(self, cell: Cell, column: Column | None, entry: Entry | None, *, header: bool = False) -> None:
        if not re.search(r"\d", cell.text) or cell.passage.start in self.seen:
            return
        self.seen.add(cell.passage.start)
        role = column.role if column is not None else ""
        if role == "contact":
            self._note_all(cell, "contact", "contact detail")
        elif role == "criterion":
            self._criteria(cell)
        elif role in ("ordinal", "year"):
            self._note_all(cell, "ordinal" if role == "ordinal" else "date", "serial number" if role == "ordinal" else "year")
        elif header:
            self._header_words(cell)
        else:
            code = _codes(entry)[0] if entry is not None else ""
            label = ""
            if entry is not None and entry.label is not None and entry.label is not cell:
                label = _LABEL_LEAD.sub("", entry.label.text)
            phase: Phase = "target" if role == "target" else "result" if role == "result" else ""
            self._take_prose(cell.passage, phase or None, label, code)

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
                self.reading.rows.append(NumberToken(span, token.stated, "criterion", "number of a scoring rule or explanation"))

    def _take_prose(self, passage: Passage, phase: Phase | None, label: str, code: str = "") -> None:
        setting = Setting(
            kind=self.context.kind,
            fiscal_year=self.context.fiscal_year,
            agency=self.context.agency,
            section="/".join((*self.block.section, self.title)),
            block=self.index,
            money=self.money,
            table=self.title,
            form=self.form.id if self.form is not None else "",
            label=label,
            code=code,
        )
        figures, rows = read_amounts(passage, setting)
        if phase:
            figures = [replace(f, phase=phase) for f in figures]
        self.reading.figures.extend(figures)
        self.reading.rows.extend(rows)

    # -- ledger ------------------------------------------------------------------------------------------------

    def _note(self, figure: Figure, reason: str) -> None:
        self.reading.rows.append(NumberToken(figure.span, figure.stated, "figure", reason))

    def _note_all(self, cell: Cell, kind: str, reason: str) -> None:
        self.seen.add(cell.passage.start)
        for token in tokenise(cell.text):
            span = cell.passage.locate(token.span.start, token.span.end)
            self.reading.rows.append(NumberToken(span, token.stated, kind, reason))  # type: ignore[arg-type]


def _label_of(texts: list[Cell]) -> Cell | None:
    """The cell that names the row: the last one that is not merely a year or a mark."""
    for cell in reversed(texts):
        if not re.fullmatch(r"(?:19|20)\d{2}\s*年?(?:度)?|--?|—|/", cell.text.strip()):
            return cell
    return texts[-1] if texts else None


def _comparator(text: str) -> str:
    match = re.search("(" + "|".join(re.escape(k) for k in sorted(COMPARATORS, key=len, reverse=True)) + r")\s*$", text.strip())
    return COMPARATORS[match.group(1)] if match else ""


def _codes(entry: Entry) -> tuple[str, Cell | None, list[tuple[str, str]]]:
    """The subject code of an entry, its cell, and further codes as dimensions; 类, 款, 项 in columns are joined."""
    subject = [c for c, kind in entry.codes if kind == "subject"]
    extra: list[tuple[str, str]] = [("unit-code", c.text.strip()) for c, kind in entry.codes if kind == "unit"]
    if not subject:
        return "", None, extra
    code = subject[0].text.strip()
    rest = subject[1:]
    while rest and len(rest[0].text.strip()) == 2 and len(code) in (3, 5):
        code += rest.pop(0).text.strip()
    for cell in rest:
        text = cell.text.strip()
        name = {"5": "government-economic", "2": "function", "3": "economic"}.get(text[:1], "code")
        extra.append((name, text))
    return code, subject[0], extra


def assign_columns(entry: Entry, section: Section, indicators: bool) -> list[tuple[Column | None, tuple[Column, ...]]]:
    """For each value of an entry its column, or None and the columns that remain possible."""
    if not entry.values or all(v.column is not None for v in entry.values):
        return [(v.column, ()) for v in entry.values]
    if entry.placement is not None:
        return [(column, ()) for column, _ in entry.placement]
    leaves = [c for c in section.leaves if c.role in ("value", "target", "result", "maximum", "score")]
    if section.panels:
        leaves = [c for c in leaves if not _GROUP_WORD.match(plain(c.label))]
    count = len(entry.values)
    distinct = list({c.label: c for c in leaves}.values())
    if len(distinct) == 1:
        return [(distinct[0], ())] * count
    if len(leaves) == count and indicators:
        return [(c, ()) for c in leaves]
    if indicators:
        return _assign_indicator(entry, leaves)
    thirds = _assign_years(entry, section)
    if thirds:
        return [(c, ()) for c in thirds]
    return [(v.column, tuple(distinct)) if v.column is None else (v.column, ()) for v in entry.values]


#: Words above the columns of a panel that name the panel, not a column.
_GROUP_WORD = re.compile(r"^(?:本年)?(?:收入|支出|财政拨款收入|财政拨款支出|收入预算|支出预算)$")


def _assign_years(entry: Entry, section: Section) -> list[Column]:
    """Columns of a row that states last year, this year and the change for the same items, by arithmetic.

    The header names two years (or 上年 and 当年) and a change; the values divide into three equal parts, and the third
    is the second minus the first, item by item. The columns so found are named after their group only.
    """
    groups = [c for c in section.groups if c.year is not None or c.aspect == "change"]
    count = len(entry.values)
    if len(groups) != 3 or count % 3 or groups[2].aspect != "change" or groups[0].year == groups[1].year:
        return []
    numbers = [parse_number(tokenise(v.cell.text)[0].stated) for v in entry.values]
    part = count // 3
    for i in range(part):
        if numbers[2 * part + i] != numbers[part + i] - numbers[i]:
            return []
    return [groups[i // part] for i in range(count)]


def _assign_indicator(entry: Entry, leaves: list[Column]) -> list[tuple[Column | None, tuple[Column, ...]]]:
    """Scores stand at the right end of an indicator row, the target at the left."""
    roles = [c.role for c in leaves]
    scored = [c for c in leaves if c.role in ("maximum", "score")]
    out: list[tuple[Column | None, tuple[Column, ...]]] = []
    count = len(entry.values)
    for position, value in enumerate(entry.values):
        from_right = count - position
        if scored and from_right <= len(scored) and count >= len(scored):
            out.append((scored[len(scored) - from_right], ()))
        elif _comparator(re.split(r"\d", value.cell.text)[0]) and "target" in roles:
            out.append((leaves[roles.index("target")], ()))
        elif "result" in roles and position > 0:
            out.append((leaves[roles.index("result")], ()))
        elif "target" in roles and (unit_after(value.cell.text, tokenise(value.cell.text)[0].span.end) or position == 0 and len(leaves) <= 2):
            out.append((leaves[roles.index("target")], ()))
        else:
            out.append((None, tuple(leaves)))
    return out
