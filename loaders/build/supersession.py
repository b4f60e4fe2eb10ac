"""The quads of a document's versions: each version under its own id, earlier ones marked as superseded.

In the graph of a superseded version nothing is a ``gk:Figure``, a ``gk:ServiceLink``, a finding and so on any more:
each is a ``gk:Superseded`` whose ``gk:supersededClass`` says what it was, and its amount stands in
``gk:supersededAmount``. So a query that asks for figures or sums amounts counts the newest version only, without
knowing of versions; one that wants the earlier asks for it by these names, or by its graph. IRIs stay as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from loaders.build.differences import Pairing
from loaders.build.versions import Converted
from loaders.graph.iris import DCTERMS, PROV, QB, RDF, SDMX_MEASURE, XSD, Iris

#: What a document states, and what must not count any more once another version replaces it.
_CLASSES = (
    "Figure", "Table", "TableState", "Finding", "LedgerEntry", "Indicator", "Assessment", "Change", "ServiceLink",
    "StandardValue", "Prose", "Check",
)  # fmt: skip
_MEASURES = ("amount", "value", "changeAmount", "acceptedAmount", "acceptedValue")


def rename_version(quads: Iterable[Quad], document: Converted, base: str) -> Iterator[Quad]:
    """The quads of a document with the IRIs of its version in place of those of its family."""
    if document.id == document.origin:
        yield from quads
        return
    pattern = re.compile(rf"({re.escape(base)}id/[a-z-]+/){re.escape(document.origin)}(?=$|[/#]|-[0-9a-f]{{8}}$)")

    def move(node: NamedNode) -> NamedNode:
        moved = pattern.sub(rf"\g<1>{document.id}", node.value, count=1)
        return node if moved == node.value else NamedNode(moved)

    identifier = (DCTERMS("identifier"), Literal(document.origin))
    for quad in quads:
        assert isinstance(quad.subject, NamedNode)
        assert isinstance(quad.graph_name, NamedNode)
        value = move(quad.object) if isinstance(quad.object, NamedNode) else quad.object
        if (quad.predicate, value) == identifier:
            value = Literal(document.id)
        yield Quad(move(quad.subject), quad.predicate, value, move(quad.graph_name))


def supersede(quads: Iterable[Quad], base: str) -> Iterator[Quad]:
    """The quads of a version that another one replaces: what it states is told to be superseded."""
    gk = Iris(base).gk
    classes = {gk(name) for name in _CLASSES}
    measures = {gk(name): gk(f"superseded{name[0].upper()}{name[1:]}") for name in _MEASURES}
    dropped = {QB("Observation"), QB("DataSet")}
    # What is superseded is in no cube any more: it stays part of its table.
    cube = {QB("dataSet"): DCTERMS("isPartOf"), QB("structure"): None, SDMX_MEASURE("obsValue"): None}
    kind = RDF("type")
    for quad in quads:
        if quad.predicate == kind and quad.object in classes:
            yield Quad(quad.subject, kind, gk("Superseded"), quad.graph_name)
            yield Quad(quad.subject, gk("supersededClass"), quad.object, quad.graph_name)
        elif quad.predicate == kind and quad.object in dropped:
            continue
        elif quad.predicate in cube:
            kept = cube[quad.predicate]
            if kept is not None:
                yield Quad(quad.subject, kept, quad.object, quad.graph_name)
        elif quad.predicate in measures:
            yield Quad(quad.subject, measures[quad.predicate], quad.object, quad.graph_name)
        else:
            yield quad


def link_earlier(earlier: Converted, later: Converted, base: str) -> Iterator[Quad]:
    """That a document replaces an earlier version, in its own graph."""
    iris = Iris(base)
    old, new = iris.document(earlier.id), iris.document(later.id)
    yield Quad(new, PROV("wasRevisionOf"), old, new)
    yield Quad(new, DCTERMS("replaces"), old, new)
    yield Quad(new, iris.gk("revision"), Literal(str(later.revision), datatype=XSD("integer")), new)


def link_later(earlier: Converted, later: Converted, pairing: Pairing, base: str) -> Iterator[Quad]:
    """What replaces an earlier version, and which figure each of its own is found again in, in its own graph."""
    iris = Iris(base)
    old, new = iris.document(earlier.id), iris.document(later.id)
    yield Quad(old, DCTERMS("isReplacedBy"), new, old)
    for one, other in (*pairing.same, *pairing.changed):
        yield Quad(NamedNode(one.iri), DCTERMS("isReplacedBy"), NamedNode(other.iri), old)
