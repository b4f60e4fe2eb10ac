"""What things are about: topics, ports and instruments named where a duty, a project, a goal … says what it says."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

from pyoxigraph import NamedNode

from loaders.documents import Span
from loaders.graph.statements import citation_node, port_node
from loaders.graph.writer import Writer


class _Places:
    """Finds the things whose words contain a stretch."""

    def __init__(self, writer: Writer) -> None:
        self._things = sorted(writer.things, key=lambda t: (t[0].start, t[0].end, t[1].value))
        self._starts = [span.start for span, _ in self._things]
        self._longest = max((len(span) for span, _ in self._things), default=0)

    def find(self, span: Span) -> Iterator[NamedNode]:
        """Every thing that says what stands at ``span``."""
        last = bisect.bisect_right(self._starts, span.start)
        first = bisect.bisect_left(self._starts, span.start - self._longest)
        for place, node in self._things[first:last]:
            if place.contains(span):
                yield node


def write_links(writer: Writer) -> None:
    """``gk:about``, ``gk:concerns``, ``gk:cites`` of everything that has been written, and ``gk:source`` of links."""
    places = _Places(writer)
    _write_topics(writer, places)
    _write_ports(writer, places)
    for citation in writer.facts.citations:
        target = citation_node(writer, citation)
        for mention in citation.mentions or (citation.span,):
            for thing in places.find(mention):
                writer.add(thing, writer.gk("cites"), target)
    _write_bases(writer)
    _write_decrees(writer)


def _write_topics(writer: Writer, places: _Places) -> None:
    """What things and figures are about, and where a link to a service was found."""
    gk = writer.gk
    for link in writer.facts.services:
        name = f"{link.span.start}-{link.span.end}-{link.service}"
        node = writer.iris.thing(f"link/{writer.facts.id}/{name}")
        topic = writer.iris.service(link.service)
        for thing in places.find(link.span):
            writer.add(thing, gk("about"), topic)
            writer.add(node, gk("source"), thing)
        paying = writer.figure_at(link.amount_span)
        if paying is not None:
            writer.add(paying, gk("about"), topic)


def _write_ports(writer: Writer, places: _Places) -> None:
    """Which ports things concern, and the figures whose label, or whose project, names one."""
    facts = writer.facts
    named = list({p.span: (p.span, p.amount_span) for p in facts.projects if p.amount_span is not None}.values())
    named += [(f.label_span, f.span) for f in facts.figures if f.label_span is not None]
    for port in facts.ports:
        target = port_node(writer, port)
        for mention in port.mentions or (port.span,):
            for thing in places.find(mention):
                writer.add(thing, writer.gk("concerns"), target)
            for label, amount in named:
                if label.contains(mention):
                    _concern(writer, amount, target)


def _concern(writer: Writer, amount: Span, port: NamedNode) -> None:
    figure = writer.figure_at(amount)
    if figure is not None:
        writer.add(figure, writer.gk("concerns"), port)


def _write_bases(writer: Writer) -> None:
    """``gk:basis``: the instruments that a project's form names as what it is founded on."""
    for project in writer.facts.projects:
        for name, _, span in project.details:
            if name != "basis":
                continue
            for citation in writer.facts.citations:
                if any(span.contains(m) for m in citation.mentions or (citation.span,)):
                    writer.add(writer.projects.node(project), writer.gk("basis"), citation_node(writer, citation))


def _write_decrees(writer: Writer) -> None:
    """``gk:basis`` of an event: the document that ordered it."""
    for event in writer.facts.events:
        node = writer.iris.stated("event", writer.facts.id, event.span)
        for citation in writer.facts.citations:
            if any(event.span.contains(m) for m in citation.mentions or (citation.span,)):
                writer.add(node, writer.gk("basis"), citation_node(writer, citation))
