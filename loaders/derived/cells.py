"""The figures that sums are made of, read from the store: money by code, from one official table or from prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import cast

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store, Variable

from loaders.graph.internal import read_internal
from loaders.graph.iris import Iris
from loaders.reconcile.same import find_part
from loaders.reconcile.sheets import is_total_leaf, split_column
from loaders.words.normalise import plain

#: Forms of whole expenditure, best first; "" is prose that goes through the items one by one.
PREFERENCE = ("expenditure", "general-function", "general-economic", "", "basic-economic")
#: Tables of part of the money, whatever their form.
_PARTIAL = re.compile(r"结转|结余|采购|项目支出|三公|政府性基金|国有资本")
_TOTAL_ROW = re.compile(r"^(?:合计|总计|共计|金额合计|(?:本年)?支出(?:合计|总计)|\*?合计)$")
_PROSE_TOTAL = re.compile(r"^(?:一般公共预算)?财政拨款支出(?:合计|总计)?$")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of money as sums need it: ``amount`` and ``precision`` in yuan, ``codes`` by classification.

    ``column`` is None where the text leaves it open; ``table`` is None in prose. ``inferred`` tells that no code is
    printed and the one here follows from names.
    """

    figure: NamedNode
    agency: NamedNode
    year: int
    phase: NamedNode
    amount: Decimal
    precision: Decimal
    start: int
    form: str
    column: str | None
    table: NamedNode | None
    title: str
    label: str
    codes: tuple[tuple[str, str], ...] = ()
    inferred: bool = False

    def code(self, classification: str) -> str:
        """The digits of its code in a classification; "" if it has none there."""
        return dict(self.codes).get(classification, "")


@dataclass(frozen=True, slots=True)
class Source:
    """One official table, or the prose, of a document: cells of one agency, year and phase, in the column of totals.

    ``extent`` is whole, general (一般公共预算 only), appropriation (财政拨款 only) or basic (基本支出 only). ``open``
    counts cells whose column the text leaves open.
    """

    document: NamedNode
    form: str
    extent: str
    cells: tuple[Cell, ...]
    tables: tuple[NamedNode, ...] = ()
    open: int = 0


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document that nothing replaces, with its kind and fiscal year."""

    node: NamedNode
    kind: NamedNode
    year: int | None


@dataclass
class _Sheet:
    title: str
    form: str
    cells: list[Cell] = field(default_factory=list)


def list_documents(store: Store, iris: Iris, document: NamedNode | None = None) -> list[DocumentEntry]:
    """The documents in the store but those that a newer version replaces; of ``document`` only, if it is named."""
    found = []
    query = read_internal("derived/documents", iris.base)
    found_rows = store.query(query, substitutions={Variable("document"): document}) if document else store.query(query)
    for row in cast(QuerySolutions, found_rows):
        document, kind, year = row["document"], row["kind"], row["year"]
        assert isinstance(document, NamedNode)
        assert isinstance(kind, NamedNode)
        found.append(DocumentEntry(document, kind, int(year.value) if isinstance(year, Literal) else None))
    return found


def list_sources(store: Store, iris: Iris, document: NamedNode) -> Iterator[Source]:
    """What a document has to take sums from, for each agency, year and phase, best first."""
    cells = list(_read_cells(store, iris, document))
    sheets = _gather_sheets(cells)
    sheets.sort(key=lambda sheet: PREFERENCE.index(sheet.form))
    for sheet in sheets:
        yield from _split_sheet(document, sheet)


def _read_cells(store: Store, iris: Iris, document: NamedNode) -> Iterator[Cell]:
    base = iris.thing("code/").value
    last: Cell | None = None
    query = read_internal("derived/figures", iris.base)
    rows = cast(QuerySolutions, store.query(query, substitutions={Variable("document"): document}))
    names = [variable.value for variable in rows.variables]
    for row in rows:
        values: dict[str, object] = dict(zip(names, row, strict=True))
        code, inferred = values["code"], values["inferred"]
        known = code if isinstance(code, NamedNode) else inferred
        codes: tuple[tuple[str, str], ...] = ()
        if isinstance(known, NamedNode):
            classification, _, digits = known.value.removeprefix(base).rpartition("/")
            codes = ((classification, digits),)
        figure = values["figure"]
        assert isinstance(figure, NamedNode)
        if last is not None and last.figure == figure:
            # A row may print a code of each of two classifications.
            last = replace(last, codes=tuple(dict.fromkeys((*last.codes, *codes))))
            continue
        if last is not None:
            yield last
        last = _make_cell(figure, values, codes, inferred=code is None and inferred is not None)
    if last is not None:
        yield last


def _make_cell(
    figure: NamedNode, values: dict[str, object], codes: tuple[tuple[str, str], ...], *, inferred: bool
) -> Cell:
    def text(name: str) -> str:
        value = values[name]
        return value.value if isinstance(value, Literal) else ""

    agency, phase, table = values["agency"], values["phase"], values["table"]
    assert isinstance(agency, NamedNode)
    assert isinstance(phase, NamedNode)
    return Cell(
        figure=figure,
        agency=agency,
        year=int(text("year")),
        phase=phase,
        amount=Decimal(text("amount")),
        precision=Decimal(text("precision")),
        start=int(text("start")),
        form=text("form"),
        column=text("column") or None,
        table=table if isinstance(table, NamedNode) else None,
        title=text("title"),
        label=text("label"),
        codes=codes,
        inferred=inferred,
    )


def _gather_sheets(cells: Sequence[Cell]) -> list[_Sheet]:
    """The tables of whole expenditure, pages of one title put together, and the prose as one sheet."""
    sheets: dict[tuple[str, str], _Sheet] = {}
    for cell in cells:
        if cell.form not in PREFERENCE or (cell.table is None) != (cell.form == ""):
            continue
        title = plain(cell.title) if cell.table is not None else ""
        if cell.table is not None and (not title or _PARTIAL.search(title)):
            continue
        sheets.setdefault((cell.form, title), _Sheet(title, cell.form)).cells.append(cell)
    return list(sheets.values())


def _split_sheet(document: NamedNode, sheet: _Sheet) -> Iterator[Source]:
    groups: dict[tuple[str, int, str], list[Cell]] = {}
    for cell in sheet.cells:
        groups.setdefault((cell.agency.value, cell.year, cell.phase.value), []).append(cell)
    for group in groups.values():
        if not sheet.form:
            named = [c for c in group if c.codes or _PROSE_TOTAL.match(plain(c.label))]
            yield Source(document, "", "appropriation", tuple(named))
            continue
        extent = "basic" if "基本支出" in sheet.title else _find_extent(sheet)
        column = _find_total_column(group, extent)
        if column is None:
            continue
        cells = tuple(c for c in group if c.column == column)
        tables = dict.fromkeys(c.table for c in cells if c.table is not None)
        unplaced = sum(1 for c in group if c.column is None)
        yield Source(document, sheet.form, extent, cells, tuple(tables), unplaced)


def _find_extent(sheet: _Sheet) -> str:
    if "一般公共预算" in sheet.title:
        return "general"
    return "appropriation" if "财政拨款" in sheet.title else "whole"


def _find_total_column(cells: Sequence[Cell], extent: str) -> str | None:
    """The column that states the whole of each row: one of totals, or the only column of money; None if in doubt."""
    columns = list(dict.fromkeys(c.column for c in cells if c.column is not None))
    whole = "basic" if extent == "basic" else "total"
    totals = [c for c in columns if find_part((c, None, "", "level", 0), whole) == (whole, "")]
    if len(totals) > 1:
        # Of a total and the totals of groups beside it, that of no group is the whole.
        totals = [c for c in totals if not split_column(c)[0]]
    if len(totals) == 1:
        return totals[0]
    return columns[0] if not totals and len(columns) == 1 and not is_part(columns[0]) else None


def is_part(column: str) -> bool:
    """Whether a column's header names a part of expenditure."""
    groups, leaf = split_column(column)
    return any(_PARTIAL.search(p) or "基本支出" in p for p in (*groups, leaf)) and not is_total_leaf(leaf)


def find_total(source: Source, agency_label: str) -> Cell | None:
    """The cell that prints the total of the source: its total row, or the row that names the agency itself."""
    bare = [c for c in source.cells if not c.codes]
    if not source.form:
        first = min((c.start for c in source.cells if c.codes), default=0)
        before = [c for c in bare if c.start < first]
        return before[-1] if before else None
    total = [c for c in bare if _TOTAL_ROW.match(plain(c.label).strip(":"))]
    if not total:
        total = [c for c in bare if agency_label and plain(c.label) == plain(agency_label)]
    return total[0] if total else None
