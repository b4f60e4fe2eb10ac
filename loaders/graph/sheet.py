"""The office sheet in the graph: each accepted value of a standard quantity, small enough to ask directly."""

from __future__ import annotations

from loaders.facts import SheetEntry
from loaders.graph.figures import UNITS
from loaders.graph.writer import Writer
from loaders.quantities.items import ITEMS

_ITEMS = {item.id: item for item in ITEMS}


def write_sheet(writer: Writer) -> None:
    """One ``gk:StandardValue`` for each number of the sheet. What is absent or open has none."""
    for number, entry in enumerate(writer.facts.sheet):
        if entry.value is not None and entry.span is not None:
            # Behind the sheet's own lines stand those of other phases, which have the phase in their name.
            _write_entry(writer, entry, entry.item if number < len(ITEMS) else f"{entry.item}-{entry.phase}")


def _write_entry(writer: Writer, entry: SheetEntry, name: str) -> None:
    gk, facts, item = writer.gk, writer.facts, _ITEMS[entry.item]
    assert entry.value is not None
    node = writer.iris.thing(f"sheet/{facts.id}/{name}")
    writer.type(node, gk("StandardValue"))
    writer.label(node, f"{item.zh} {entry.year or ''}".strip())
    quantity = writer.iris.thing(f"quantity/{entry.item}")
    writer.add(node, gk("quantity"), quantity)
    writer.add(node, gk("inDocument"), writer.node)
    writer.add(node, gk("agency"), writer.agency)
    writer.year(node, entry.year)
    if entry.phase:
        writer.add(node, gk("phase"), gk(f"phase{entry.phase.capitalize()}"))
    if item.unit == "CNY":
        writer.add(node, gk("valueScope"), gk(f"scope{(entry.scope or 'unstated').capitalize()}"))
    writer.add(node, gk("degree"), gk(f"degree{entry.degree.capitalize()}"))
    if entry.unit == "CNY":
        writer.number(node, gk("acceptedAmount"), entry.value)
        writer.add(node, gk("unit"), gk("unitCny"))
    else:
        writer.number(node, gk("acceptedValue"), entry.value)
        writer.add(node, gk("unit"), gk(UNITS[entry.unit]))
    writer.number(node, gk("precision"), entry.precision)
    for span in entry.evidence:
        writer.add(node, gk("statedBy"), writer.figure_at(span))
    for figure in writer.figures_at(entry.evidence):
        # What states the very value states the quantity; the parts of a sum that bears it out do not.
        if (figure.value, figure.unit) == (entry.value, entry.unit):
            writer.add(writer.figure_at(figure.span) or node, gk("quantity"), quantity)
    for span in entry.against:
        writer.add(node, gk("contradictedBy"), writer.figure_at(span))
    writer.derive(node, (entry.span,))
