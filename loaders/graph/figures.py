"""Figures with all their dimensions, and the tables that they stand in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from loaders.documents import Span
from loaders.facts import Figure, FigureQuantity, Project
from loaders.graph.codes import Codes
from loaders.graph.iris import DCTERMS, QB, RDFS, SDMX_MEASURE, clean_code
from loaders.graph.writer import Writer

UNITS = {
    "PERCENT": "unitPercent",
    "PERSON": "unitPerson",
    "VEHICLE": "unitVehicle",
    "ITEM": "unitItem",
    "DAY": "unitDay",
    "HOUR": "unitHour",
    "SCORE": "unitScore",
    "TIMES": "unitTimes",
    "TEU": "unitTeu",
    "OTHER": "unitOther",
}

# What counted people, cars and machines are.
_HOLDINGS = {
    "staff status": "staffStatus",
    "staff type": "staffType",
    "asset": "assetKind",
    "asset kind": "assetType",
    "threshold": "threshold",
    "holding": "holding",
}

#: Dimensions that hold a code of a classification.
CODED = ("function", "economic", "government-economic")


def write_figures(writer: Writer) -> None:
    """Every figure of the document, its tables, and the codes that only this document prints.

    The form that a figure shares with its table is the table's, and what follows
    from its other statements is not stated: ``queries/internal/graph/what-follows.rq`` says it.
    """
    codes = Codes(writer)
    tables = _gather_tables(writer)
    quantities = {q.span: q for q in writer.facts.quantities}
    of_projects = {s: p for p in writer.facts.projects for s in (p.amount_span, *p.figures) if s is not None}
    targets = {i.target_span: i.span for i in writer.facts.indicators if i.target_span is not None}
    for figure in writer.facts.figures:
        table = tables.get(figure.block)
        node = _write_figure(writer, figure, table)
        _write_subject(writer, codes, node, figure, of_projects.get(figure.span))
        if figure.span in targets:
            indicator = writer.iris.stated("indicator", writer.facts.id, targets[figure.span])
            writer.add(node, writer.gk("indicator"), indicator)
        if figure.span in quantities:
            _write_quantity(writer, node, quantities[figure.span])
        if table is None:
            # That the figure is of this data set follows from its standing in no table.
            _write_prose(writer)
        else:
            writer.add(node, QB("dataSet"), _write_sheet(writer, table, figure))
    codes.write()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table with the form that all its figures share."""

    span: Span
    form: str


def _gather_tables(writer: Writer) -> dict[int, _Sheet]:
    """The tables that figures stand in, by the number of their block."""
    blocks = writer.facts.document.blocks
    figures: dict[int, list[Figure]] = defaultdict(list)
    for figure in writer.facts.figures:
        if 0 <= figure.block < len(blocks) and blocks[figure.block].table is not None:
            figures[figure.block].append(figure)
    return {
        number: _Sheet(
            blocks[number].span,
            _find_shared(f.form for f in within),
        )
        for number, within in figures.items()
    }


def _find_shared(values: Iterable[str]) -> str:
    """The value that all have; "" if they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _write_figure(writer: Writer, figure: Figure, table: _Sheet | None) -> NamedNode:
    gk = writer.gk
    node = writer.iris.stated("figure", writer.facts.id, figure.span)
    writer.type(node, gk("Figure"))
    writer.add(node, gk("inDocument"), writer.node)
    writer.add(node, gk("agency"), writer.name_agency(figure.agency))
    if figure.budget_unit:
        writer.add(node, gk("budgetUnit"), writer.name_agency(figure.budget_unit))
    writer.year(node, figure.fiscal_year, full=True)
    if figure.phase:
        writer.add(node, gk("phase"), gk(f"phase{figure.phase.capitalize()}"))
    if figure.aspect:
        writer.add(node, gk("aspect"), gk(f"aspect{figure.aspect.capitalize()}"))
    _write_measure(writer, node, figure)
    writer.add(node, gk("statedAs"), Literal(figure.stated))
    writer.text(node, gk("statedUnit"), figure.stated_unit)
    if not figure.has_open_unit:
        writer.number(node, gk("precision"), figure.precision)
    writer.text(node, gk("direction"), figure.direction)
    writer.text(node, gk("comparator"), figure.comparator)
    writer.text(node, gk("column"), figure.column)
    for candidate in figure.candidates:
        writer.text(node, gk("openColumn"), candidate)
    if table is None or not table.form:
        writer.text(node, gk("form"), figure.form)
    if figure.derived:
        writer.flag(node, gk("derived"), True)
    writer.number(node, gk("start"), figure.span.start)
    writer.place(node, figure.span)
    writer.cite(node, figure.span)
    return node


def _write_measure(writer: Writer, node: NamedNode, figure: Figure) -> None:
    """What is measured: an amount, which is in yuan, a value with its unit, or a number whose unit is open.

    For clients of data cubes the first two are ``sdmx-measure:obsValue`` as well, which follows; of the last no other
    property has the number.
    """
    gk = writer.gk
    if figure.has_open_unit:
        writer.flag(node, gk("openUnit"), True)
        writer.number(node, SDMX_MEASURE("obsValue"), figure.value)
    elif figure.unit == "CNY":
        writer.number(node, gk("amount"), figure.value)
    else:
        writer.number(node, gk("value"), figure.value)
        writer.add(node, gk("unit"), gk(UNITS[figure.unit]))


def _write_subject(writer: Writer, codes: Codes, node: NamedNode, figure: Figure, project: Project | None) -> None:
    gk = writer.gk
    writer.text(node, gk("subjectLabel"), figure.subject_label)
    if project is not None:
        writer.add(node, gk("project"), writer.name_project(writer.projects.node(project), project.label))
    elif figure.subject_kind == "project" and writer.projects.holds(figure.subject_label):
        writer.add_project(node, figure.subject_label, figure.span, figure.budget_unit)
    # The edition of a code is that of the year in which the document uses it, whatever year the figure is about.
    year = writer.facts.fiscal_year or figure.fiscal_year
    printed = clean_code(figure.subject_code)
    own = None
    if printed:
        own = codes.link(node, figure.subject_kind, printed, year, figure.subject_label, figure.code_span)
    linked = {own}
    for name, value in figure.dimensions:
        if name in _HOLDINGS:
            _write_holding(writer, node, name, value)
            continue
        # Some tables print a second code beside the row's own.
        second = codes.link(node, name, clean_code(value), year, "", None) if name in CODED else None
        linked.add(second)
        if second is None:
            writer.text(node, gk("dimension"), f"{name}={value}")
    _write_kind(writer, node, figure, printed, own, len(linked - {None}))
    inferred = clean_code(figure.inferred_code)
    if inferred:
        label = figure.subject_label if figure.subject_kind != "project" else ""
        reasons = {"en": figure.inference, "zh": figure.inference_zh}
        codes.infer(node, figure.subject_kind, inferred, year, label, reasons)


def _write_kind(
    writer: Writer, node: NamedNode, figure: Figure, printed: str, own: NamedNode | None, linked: int
) -> None:
    """The kind and the code of the subject, where they do not follow.

    A subject without a stated kind is a line of the classification of its only code or, without any, an item; its
    code is then that code. ``printed`` are the digits of its code, ``own`` is what they name, and ``linked`` says how
    many codes the figure has.
    """
    if own is not None and linked == 1 and figure.subject_kind in CODED:
        return
    if linked or figure.subject_kind != "item":
        writer.text(node, writer.gk("subjectKind"), figure.subject_kind)
    if printed:
        writer.add(node, writer.gk("subjectCode"), Literal(printed))


def _write_holding(writer: Writer, node: NamedNode, name: str, value: str) -> None:
    if name == "threshold":
        writer.number(node, writer.gk("threshold"), Decimal(value))
    else:
        writer.text(node, writer.gk(_HOLDINGS[name]), value)


def _write_quantity(writer: Writer, node: NamedNode, quantity: FigureQuantity) -> None:
    gk = writer.gk
    flow = "".join(word.capitalize() for word in quantity.flow.split("-"))
    through = "officialTotal" if quantity.item == "total" else "officialPart"
    writer.add(node, gk(through), gk(f"quantity{flow}{quantity.part.capitalize()}"))
    if quantity.fund:
        writer.add(node, gk("fundScope"), gk(f"fund{quantity.fund.capitalize()}"))


def _write_prose(writer: Writer) -> None:
    """The data set of what the document states outside its tables."""
    node = writer.iris.thing(f"prose/{writer.facts.id}")
    writer.type(node, writer.gk("Prose"))
    writer.text(node, RDFS("label"), "正文中的数字", "zh")
    writer.text(node, RDFS("label"), "figures in the running text", "en")
    writer.add(node, writer.gk("inDocument"), writer.node)


def _write_sheet(writer: Writer, table: _Sheet, figure: Figure) -> NamedNode:
    """The data set of the table that a figure stands in."""
    return write_table(writer, table.span, figure.table, table.form)


def write_table(writer: Writer, span: Span, title: str, form: str) -> NamedNode:
    """A table of the document as a data set; the same each time it is named, and written once."""
    known = writer.tables.get((span, title, form))
    if known is not None:
        return known
    gk = writer.gk
    node = writer.tables[span, title, form] = writer.iris.stated("table", writer.facts.id, span)
    writer.type(node, gk("Table"))
    writer.label(node, title.strip() or form)
    writer.text(node, DCTERMS("title"), title, "zh")
    writer.text(node, gk("form"), form)
    writer.state(node, span)
    return node
