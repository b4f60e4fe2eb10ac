"""Stated changes with both amounts and what changed: a classification code, a standard quantity of the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import NamedNode

from loaders.documents import Span
from loaders.facts import Change, Figure
from loaders.graph.codes import find_property
from loaders.graph.iris import clean_code, find_classification
from loaders.graph.writer import Writer
from loaders.quantities.items import ITEMS

#: What may stand behind the name of an item and names no other: 公务接待费支出, 培训费预算.
_BEHIND = re.compile(r"(?:财政拨款)?(?:支出)?(?:预算|决算)?$")
_NAMES = {item.zh: item.id for item in ITEMS if item.unit == "CNY"}


def write_changes(writer: Writer) -> None:
    """Every change, with a ``gk:Reason`` for each of its reasons and ``gk:changed`` for what it is of."""
    figures = {figure.span: figure for figure in writer.facts.figures}
    for change in writer.facts.changes:
        _write_change(writer, change, figures)


def _write_change(writer: Writer, change: Change, figures: dict[Span, Figure]) -> None:
    gk = writer.gk
    node = writer.iris.stated("change", writer.facts.id, change.span)
    writer.type(node, gk("Change"))
    writer.label(node, change.label)
    writer.text(node, gk("direction"), change.direction)
    for name, amount in (
        ("changeAmount", change.amount),
        ("amountBefore", change.before),
        ("amountAfter", change.after),
    ):
        writer.number(node, gk(name), amount)
    spans = (change.amount_span, change.before_span, change.after_span)
    for span in spans:
        writer.add(node, gk("statedBy"), writer.figure_at(span))
    writer.year(node, change.year)
    _write_changed(writer, node, change, [figures[span] for span in spans if span is not None and span in figures])
    _write_reasons(writer, node, change)
    writer.state(node, change.span)
    writer.derive(node, spans)
    writer.own(node, change.span)


def _write_reasons(writer: Writer, node: NamedNode, change: Change) -> None:
    gk = writer.gk
    for order, (words, span) in enumerate(change.reasons, 1):
        writer.text(node, gk("reason"), words)
        writer.derive(node, (span,))
        # The same words may explain two changes of one sentence: a reason for each.
        reason = writer.iris.thing(f"reason/{writer.facts.id}/{span.start}-{span.end}-{change.span.start}")
        writer.type(reason, gk("Reason"))
        writer.label(reason, words)
        writer.add(reason, gk("ofChange"), node)
        writer.number(reason, gk("order"), order)
        writer.state(reason, span)
        writer.own(reason, span)


def _write_changed(writer: Writer, node: NamedNode, change: Change, figures: list[Figure]) -> None:
    """The code that the change's figures are of, and the standard quantity that they state or the label names."""
    gk, year = writer.gk, writer.facts.fiscal_year
    for figure in figures:
        code = clean_code(figure.subject_code or figure.inferred_code)
        # An inferred code may be of another classification than the row's subject: its digits tell.
        told = figure.subject_code or not find_classification("", code, year)
        kind = figure.subject_kind if told else ""
        if code and find_property(kind, code, year):
            writer.add(node, gk("changed"), writer.iris.code(find_classification(kind, code, year), code))
            if not figure.subject_code:
                writer.text(node, gk("inference"), figure.inference, "en")
                writer.text(node, gk("inference"), figure.inference_zh, "zh")
            break
    for item in dict.fromkeys((*_stated_items(writer, change), *_named_item(change))):
        writer.add(node, gk("changed"), writer.iris.thing(f"quantity/{item}"))


def _stated_items(writer: Writer, change: Change) -> Iterator[str]:
    """The standard quantities of which the amount after the change is the value accepted."""
    for entry in writer.facts.sheet:
        if change.after_span in entry.evidence and change.after == entry.value and entry.unit == "CNY":
            yield entry.item


def _named_item(change: Change) -> Iterator[str]:
    """The standard quantity that the label names by its own name."""
    name = _NAMES.get(change.label) or _NAMES.get(_BEHIND.sub("", change.label))
    if name:
        yield name
