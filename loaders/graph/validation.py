"""A document's graph held against the SHACL shapes of the ontology; what does not fit is told as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyoxigraph
import pyshacl
import rdflib
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from loaders.graph.iris import OWL, RDF, RDFS
from loaders.resources import ontology_files, shapes_file


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One result of SHACL: of which thing, along which property, what is wrong, and with which value.

    ``severity`` is Violation, Warning or Info.
    """

    focus: str
    path: str
    message: str
    value: str
    severity: str

    def __str__(self) -> str:
        path = f" {self.path}" if self.path else ""
        value = f" (here: {self.value})" if self.value else ""
        return f"{self.severity}: {self.focus}{path}: {self.message}{value}"


class DataGraph(rdflib.Graph):
    """A graph whose queries are parsed once each: pyshacl asks that of a constraint anew for every thing it is about.

    Parsing took nine tenths of the time of a validation. Give ``inplace=True`` to pyshacl, which copies the graph else.
    """

    def query(self, query_object: Any, *arguments: Any, **more: Any) -> rdflib.query.Result:
        """As rdflib's; only queries without namespaces of their own are kept."""
        if isinstance(query_object, str) and not more.get("initNs") and not any(arguments[2:3]):
            query_object = _prepare(query_object, tuple(sorted(self.namespaces())))
        return super().query(query_object, *arguments, **more)


@lru_cache(maxsize=1000)
def _prepare(query: str, names: tuple[tuple[str, Any], ...]) -> Query:
    return prepareQuery(query, initNs=dict(names))


def validate(quads: Iterable[Quad]) -> list[Violation]:
    """Validates the quads of one or more documents; an empty list means that all shapes are satisfied.

    The ontology's statements about whatever the quads refer to (codes, places, services) are taken into account. All
    quads have the default base. Graph names are ignored; an ``Iterable`` of a ``pyoxigraph.Store`` will do.
    """
    statements = {(q.subject, q.predicate, q.object) for q in quads}
    ontology = _read_ontology()
    known: set[object] = {s for s, _, _ in statements}
    queue = [o for _, _, o in statements if o in ontology]
    while queue:
        node = queue.pop()
        if node in known:
            continue
        known.add(node)
        for triple in ontology[node]:
            statements.add(triple)
            if triple[2] in ontology and triple[2] not in known:
                queue.append(triple[2])
    # Shapes ask whether a property is one of the vocabulary, and whether it is one that is still in use.
    for predicate in {p for _, p, _ in statements if p in ontology}:
        statements.update(t for t in ontology[predicate] if t[1] in (RDF("type"), OWL("deprecated")))
    # Shapes aim at classes, and classes of classes are known by these statements alone.
    statements.update(t for triples in ontology.values() for t in triples if t[1] == RDFS("subClassOf"))
    content = pyoxigraph.serialize((Triple(*s) for s in statements), format=RdfFormat.N_TRIPLES)
    data = DataGraph().parse(data=content, format="nt")
    _, report, _ = pyshacl.validate(data, shacl_graph=_read_shapes(), inplace=True)
    assert isinstance(report, rdflib.Graph)
    return sorted(_read_result(report, node) for node in report.subjects(rdflib.RDF.type, SH.ValidationResult))


@lru_cache(maxsize=1)
def _read_ontology() -> dict[object, list[tuple[NamedNode, NamedNode, NamedNode]]]:
    found: dict[object, list[tuple[NamedNode, NamedNode, NamedNode]]] = defaultdict(list)
    for path in ontology_files():
        for quad in pyoxigraph.parse(path=path, rename_blank_nodes=True):
            found[quad.subject].append((quad.subject, quad.predicate, quad.object))
    return dict(found)


@lru_cache(maxsize=1)
def _read_shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(shapes_file(), format="turtle")


def _read_result(report: rdflib.Graph, node: rdflib.term.Node) -> Violation:
    messages = list(report.objects(node, SH.resultMessage))
    # Shapes speak two languages; reports of the command line are in English.
    english = [m for m in messages if isinstance(m, rdflib.Literal) and m.language in ("en", None)]
    return Violation(
        focus=str(report.value(node, SH.focusNode) or ""),
        path=str(report.value(node, SH.resultPath) or ""),
        message=min((str(m) for m in english or messages), default=""),
        value=str(report.value(node, SH.value) or ""),
        severity=str(report.value(node, SH.resultSeverity) or "").removeprefix(str(SH)),
    )
