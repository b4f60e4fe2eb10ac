"""What every part of a document's graph is written with: quads each once, fragments and where they stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad

from loaders.documents import Box, Span
from loaders.facts import Facts, Figure
from loaders.graph.iris import ORG, PROV, RDF, RDFS, XSD, Iris
from loaders.graph.projects import Projects
from loaders.words import places
from loaders.words.normalise import normalise
from loaders.words.numbers import trim_zeros
from loaders.words.office_kinds import name_kind
from loaders.words.redaction import Redaction

# Things that several documents may name. What is said of them alone stands in one graph, once: engines that take the
# union of all named graphs for the default graph count a statement as often as it stands in a graph, and sums with it.
_SHARED = ("agency/", "citation/", "code/", "port/", "software/", "term/")

#: Edges in tenths of a point, as readers give them, are reckoned with as whole numbers up to this; others are rounded.
_MOST_TENTHS = 1_000_000
Length = TypeVar("Length", int, Decimal)


class Writer:
    """Collects the quads of one document. ``node`` is the document, ``agency`` its agency's IRI or None."""

    def __init__(self, facts: Facts, base: str) -> None:
        self.facts = facts
        self.iris = Iris(base)
        self.gk = self.iris.gk
        self.redaction = Redaction(facts.document.text, facts.ledger)
        self.node = self.iris.document(facts.id)
        self.agency: NamedNode | None = None
        if facts.agency is not None:
            self.agency = self.iris.agency(facts.agency.label, facts.agency.place)
        self._quads: dict[Quad, None] = {}
        self._about: NamedNode | None = None
        self._about_shared = False
        self._things = self.iris.graph("things")
        self._shared = tuple(self.iris.thing(kind).value for kind in _SHARED)
        # What points to a thing of this document alone belongs to its graph.
        kinds = ("document/", "figure/", "goal/", "definition/", "indicator/")
        self._ours = tuple(self.iris.thing(kind).value for kind in kinds)
        self._agencies: dict[str, NamedNode] = {}
        self.things: list[tuple[Span, NamedNode]] = []
        self.projects = Projects(facts, self.iris, self.root())
        self._fragments: dict[Span, NamedNode] = {}
        self._named: set[tuple[NamedNode, str]] = set()
        self.checks: dict[tuple[str, ...], NamedNode] = {}
        self.tables: dict[tuple[Span, str, str], NamedNode] = {}
        self._ordered = sorted(facts.figures, key=lambda f: f.span.start)
        self._starts = [f.span.start for f in self._ordered]
        self._figures = {f.span: self.iris.stated("figure", facts.id, f.span) for f in facts.figures}

    def list_quads(self) -> list[Quad]:
        """All quads so far, in the order of writing."""
        return list(self._quads)

    def add(self, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal | None) -> None:
        """One statement; none if ``value`` is None."""
        if value is not None:
            self._quads[Quad(subject, predicate, value, self._choose_graph(subject, value))] = None

    def _choose_graph(self, subject: NamedNode, value: NamedNode | Literal) -> NamedNode:
        if subject is not self._about:  # several statements in a row are about one thing
            self._about, self._about_shared = subject, subject.value.startswith(self._shared)
        if not self._about_shared or (isinstance(value, NamedNode) and value.value.startswith(self._ours)):
            return self.node
        return self._things

    def type(self, subject: NamedNode, *classes: NamedNode) -> None:
        """The classes of a thing."""
        for each in classes:
            self.add(subject, RDF("type"), each)

    def text(self, subject: NamedNode, predicate: NamedNode, value: str, language: str | None = None) -> None:
        """A string from the document, without persons; nothing if it is empty."""
        cleaned = self.redaction.clean(value)
        if cleaned.strip():
            self.add(subject, predicate, Literal(cleaned, language=language) if language else Literal(cleaned))

    def label(self, subject: NamedNode, value: str) -> None:
        """The Chinese label of a thing."""
        self.text(subject, RDFS("label"), value, "zh")

    def number(self, subject: NamedNode, predicate: NamedNode, value: Decimal | int | None) -> None:
        """A decimal or an integer in its shortest form; nothing if it is None."""
        if value is not None:
            self.add(subject, predicate, _make_number(value, decimal=isinstance(value, Decimal)))

    def flag(self, subject: NamedNode, predicate: NamedNode, value: bool) -> None:
        """A boolean."""
        self.add(subject, predicate, Literal("true" if value else "false", datatype=XSD("boolean")))

    def year(self, subject: NamedNode, year: int | None, *, full: bool = False) -> None:
        """``gk:year``; with ``full`` also ``gk:fiscalYear``."""
        self.number(subject, self.gk("year"), year)
        if full and year is not None:
            self.add(subject, self.gk("fiscalYear"), _make_year(year))

    def derive(self, subject: NamedNode, spans: Iterable[Span | None]) -> None:
        """``prov:wasDerivedFrom`` the fragment of each span."""
        for span in spans:
            if span is not None and len(span) > 0:
                self.add(subject, PROV("wasDerivedFrom"), self.fragment(span))

    def cite(self, subject: NamedNode, span: Span | None) -> None:
        """As :meth:`derive`, of what says itself where it stands: its fragment is named and not described."""
        if span is not None and len(span) > 0:
            self.add(subject, PROV("wasDerivedFrom"), self.iris.fragment(self.facts.id, span))

    def state(self, subject: NamedNode, span: Span, *, agency: bool = True) -> None:
        """Where a thing stands: its document, its agency, its fragment."""
        self.add(subject, self.gk("inDocument"), self.node)
        if agency:
            self.add(subject, self.gk("agency"), self.agency)
        self.derive(subject, (span,))

    def attest(self, subject: NamedNode, span: Span | None) -> None:
        """That this document attests a thing which others may attest too."""
        self.add(subject, self.gk("attestedIn"), self.node)
        self.derive(subject, (span,))

    def own(self, node: NamedNode, *spans: Span | None) -> None:
        """Where a thing says what it says: topics, ports and instruments named there are its own."""
        self.things.extend((span, node) for span in spans if span is not None)

    def figure_at(self, span: Span | None) -> NamedNode | None:
        """The figure that exactly this stretch states, or None."""
        return None if span is None else self._figures.get(span)

    def figures_within(self, span: Span) -> list[Figure]:
        """The figures that stand wholly in a stretch, by place."""
        first, end = (bisect_left(self._starts, at) for at in (span.start, span.end))
        return [f for f in self._ordered[first:end] if f.span.end <= span.end]

    def figures_at(self, spans: Iterable[Span]) -> list[Figure]:
        """The figures that exactly these stretches state, by place."""
        return [f for span in sorted(set(spans)) for f in self.figures_within(span) if f.span == span]

    def fragment(self, span: Span) -> NamedNode:
        """The fragment of a span: where it stands, its characters, its place on paper; persons are masked in it.

        Its class and end follow from that (``queries/internal/graph/what-follows.rq``), and what Web Annotation says of
        it, selectors and the words around it, from that and the text (``queries/internal/linked/thing-statements.rq``).
        """
        if span in self._fragments:
            return self._fragments[span]
        node = self._fragments[span] = self.iris.fragment(self.facts.id, span)
        self.add(node, self.gk("inDocument"), self.node)
        self.number(node, self.gk("start"), span.start)
        self.add(node, self.gk("quote"), Literal(self.redaction.text[span.start : span.end]))
        self.place(node, span)
        return node

    def place(self, subject: NamedNode, span: Span) -> None:
        """The page and box of a stretch, for formats that have pages; that it was recognised in a picture, if so.

        As RFC 3778 writes them: page, left, top, width and height.
        """
        box = self.facts.document.place_of(span)
        if box is None:
            return
        self.add(subject, self.gk("onPage"), Literal(f"page={box.page}&viewrect={_write_corners(box)}"))
        if box.page in self.facts.document.recognised:
            self.flag(subject, self.gk("recognised"), True)

    def root(self) -> NamedNode:
        """What divisions, duties and projects hang below: the agency, or the document if it names none."""
        return self.agency or self.node

    def name_agency(self, label: str) -> NamedNode | None:
        """The agency of a name that stands in a table: the document's own, or a unit in the same place."""
        own = self.facts.agency
        key = normalise(label)
        if not key:
            return self.agency
        if own is not None and key in {normalise(n) for n in (own.label, *own.aliases)}:
            return self.agency
        if key not in self._agencies:
            # Found by the same rule as that of a document's own agency, so that both get the same IRI.
            place = places.load().find(key, self.facts.document.text)
            whole = place or (own.place if own else "")
            node = self.iris.agency(label, whole)
            self._agencies[key] = node
            if place:
                self.add(node, self.gk("place"), self.iris.place(place))
            self.type(node, self.gk("Agency"), ORG("FormalOrganization"))
            self.label(node, label)
            self.text(node, self.gk("officeKind"), name_kind(label, whole))
            self.add(node, self.gk("attestedIn"), self.node)
        return self._agencies[key]

    def add_project(self, subject: NamedNode, label: str, span: Span | None = None, unit: str = "") -> None:
        """That something is of the project of a name; where several units have one, that it may be of each of them."""
        nodes = self.projects.find(label, span, unit)
        through = self.gk("project" if len(nodes) == 1 else "possibleProject")
        for node in nodes:
            self.add(subject, through, self.name_project(node, label))

    def name_project(self, node: NamedNode, label: str) -> NamedNode:
        """A project's IRI, with what is known of any project, so that none is named without a label."""
        if (node, label) in self._named:
            return node
        self._named.add((node, label))
        self.type(node, self.gk("Project"))
        self.label(node, label)
        self.add(node, self.gk("agency"), self.agency)
        self.add(node, self.gk("attestedIn"), self.node)
        return node


@lru_cache(maxsize=1 << 12)
def _make_number(value: Decimal | int, *, decimal: bool) -> Literal:
    if decimal:
        return Literal(format_decimal(Decimal(value)), datatype=XSD("decimal"))
    return Literal(str(value), datatype=XSD("integer"))


@lru_cache(maxsize=64)
def _make_year(year: int) -> Literal:
    return Literal(f"{year:04d}", datatype=XSD("gYear"))


def _write_corners(box: Box) -> str:
    """Left, top, width and height of a box."""
    edges = box.x0, box.top, box.x1, box.bottom
    tenths = [round(edge * 10) for edge in edges]
    if all(n / 10 == edge and abs(n) < _MOST_TENTHS for n, edge in zip(tenths, edges, strict=True)):
        return ",".join([_write_tenths(n) for n in _measure(*tenths)])
    return ",".join([format_decimal(n) for n in _measure(*(Decimal(f"{edge:g}") for edge in edges))])


def _measure(left: Length, top: Length, right: Length, bottom: Length) -> tuple[Length, ...]:
    return left, top, right - left, bottom - top


def _write_tenths(number: int) -> str:
    whole, tenth = divmod(abs(number), 10)
    return f"{'-' if number < 0 else ''}{whole}{f'.{tenth}' if tenth else ''}"


def format_decimal(value: Decimal) -> str:
    """A decimal as the store keeps it: plain, without idle zeros, never in scientific notation."""
    text = trim_zeros(format(value, "f"))
    return "0" if text in ("-0", "") else text
