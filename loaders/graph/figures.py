"""Figures with all their dimensions, and the tables that they stand in."""

from __future__ import annotations

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
    """Every figure of the document, its tables, and the codes that only this document prints."""
    codes = Codes(writer)
    quantities = {q.span: q for q in writer.facts.quantities}
    of_projects = {s: p for p in writer.facts.projects for s in (p.amount_span, *p.figures) if s is not None}
    targets = {i.target_span: i.span for i in writer.facts.indicators if i.target_span is not None}
    for figure in writer.facts.figures:
        node = _write_figure(writer, figure)
        _write_subject(writer, codes, node, figure, of_projects.get(figure.span))
        if figure.span in targets:
            indicator = writer.iris.stated("indicator", writer.facts.id, targets[figure.span])
            writer.add(node, writer.gk("indicator"), indicator)
        if figure.span in quantities:
            _write_quantity(writer, node, quantities[figure.span])
        writer.add(node, QB("dataSet"), _find_table(writer, figure) or _write_prose(writer))
    codes.write()


def _write_figure(writer: Writer, figure: Figure) -> NamedNode:
    gk = writer.gk
    node = writer.iris.stated("figure", writer.facts.id, figure.span)
    writer.type(node, gk("Figure"), QB("Observation"))
    writer.label(node, f"{figure.subject_label} {figure.stated}{figure.stated_unit}".strip())
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
    writer.text(node, gk("form"), figure.form)
    writer.flag(node, gk("derived"), figure.derived)
    writer.number(node, gk("start"), figure.span.start)
    writer.number(node, gk("end"), figure.span.end)
    writer.place(node, figure.span)
    writer.cite(node, (figure.span,))
    return node


def _write_measure(writer: Writer, node: NamedNode, figure: Figure) -> None:
    """What is measured: once for those who ask for money or for counts, once with its unit for clients of data cubes.

    A cube has one measure, and each of its observations has it: so the number is ``sdmx-measure:obsValue`` too.
    """
    gk = writer.gk
    if figure.has_open_unit:
        writer.flag(node, gk("openUnit"), True)
        unit = "unitOpen"
    elif figure.unit == "CNY":
        writer.number(node, gk("amount"), figure.value)
        unit = "unitCny"
    else:
        writer.number(node, gk("value"), figure.value)
        unit = UNITS[figure.unit]
    writer.number(node, SDMX_MEASURE("obsValue"), figure.value)
    writer.add(node, gk("unit"), gk(unit))


def _write_subject(writer: Writer, codes: Codes, node: NamedNode, figure: Figure, project: Project | None) -> None:
    gk = writer.gk
    writer.text(node, gk("subjectLabel"), figure.subject_label)
    writer.text(node, gk("subjectKind"), figure.subject_kind)
    if project is not None:
        writer.add(node, gk("project"), writer.name_project(writer.projects.node(project), project.label))
    elif figure.subject_kind == "project" and writer.projects.holds(figure.subject_label):
        writer.add_project(node, figure.subject_label, figure.span, figure.budget_unit)
    # The edition of a code is that of the year in which the document uses it, whatever year the figure is about.
    year = writer.facts.fiscal_year or figure.fiscal_year
    printed = clean_code(figure.subject_code)
    if printed:
        writer.add(node, gk("subjectCode"), Literal(printed))
        codes.link(node, figure.subject_kind, printed, year, figure.subject_label, figure.code_span)
    for name, value in figure.dimensions:
        if name in _HOLDINGS:
            _write_holding(writer, node, name, value)
            continue
        # Some tables print a second code beside the row's own.
        if name not in CODED or codes.link(node, name, clean_code(value), year, "", None) is None:
            writer.text(node, gk("dimension"), f"{name}={value}")
    inferred = clean_code(figure.inferred_code)
    if inferred:
        label = figure.subject_label if figure.subject_kind != "project" else ""
        reasons = {"en": figure.inference, "zh": figure.inference_zh}
        codes.infer(node, figure.subject_kind, inferred, year, label, reasons)


def _write_holding(writer: Writer, node: NamedNode, name: str, value: str) -> None:
    if name == "threshold":
        writer.number(node, writer.gk("threshold"), Decimal(value))
    else:
        writer.text(node, writer.gk(_HOLDINGS[name]), value)


def _write_quantity(writer: Writer, node: NamedNode, quantity: FigureQuantity) -> None:
    gk = writer.gk
    flow = "".join(word.capitalize() for word in quantity.flow.split("-"))
    writer.add(node, gk("officialQuantity"), gk(f"quantity{flow}{quantity.part.capitalize()}"))
    if quantity.fund:
        writer.add(node, gk("fundScope"), gk(f"fund{quantity.fund.capitalize()}"))
    writer.flag(node, gk("ofWhole"), quantity.item == "total")


def _write_prose(writer: Writer) -> NamedNode:
    """The data set of what the document states outside its tables."""
    node = writer.iris.thing(f"prose/{writer.facts.id}")
    writer.type(node, writer.gk("Prose"), QB("DataSet"))
    writer.text(node, RDFS("label"), "正文中的数字", "zh")
    writer.text(node, RDFS("label"), "figures in the running text", "en")
    writer.add(node, QB("structure"), writer.gk("figureStructure"))
    writer.add(node, writer.gk("inDocument"), writer.node)
    return node


def _find_table(writer: Writer, figure: Figure) -> NamedNode | None:
    """The data set of the table that a figure stands in; None in prose."""
    blocks = writer.facts.document.blocks
    if not 0 <= figure.block < len(blocks) or blocks[figure.block].table is None:
        return None
    span = blocks[figure.block].span
    return write_table(writer, span, figure.table, figure.form)


def write_table(writer: Writer, span: Span, title: str, form: str) -> NamedNode:
    """A table of the document as a data set; the same each time it is named, and written once."""
    known = writer.tables.get((span, title, form))
    if known is not None:
        return known
    gk = writer.gk
    node = writer.tables[span, title, form] = writer.iris.stated("table", writer.facts.id, span)
    writer.type(node, gk("Table"), QB("DataSet"))
    writer.label(node, title.strip() or form)
    writer.text(node, DCTERMS("title"), title, "zh")
    writer.text(node, gk("form"), form)
    writer.add(node, QB("structure"), gk("figureStructure"))
    writer.state(node, span)
    return node
