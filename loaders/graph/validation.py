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
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Variable
from rdflib.namespace import SH

from loaders.graph.following import list_following
from loaders.graph.iris import OWL, RDF, RDFS, XSD
from loaders.resources import ontology_files, shapes_file

_STRING = XSD("string")


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
    """A graph whose queries pyoxigraph answers: pyshacl asks that of a constraint anew for everything it is about.

    Answering them itself took rdflib four fifths of the time of a validation. What is asked (``SELECT`` and ``ASK``)
    and what is bound beforehand are the same, as are the answers; the terms are those of rdflib, but numbers lose zeros
    that say nothing. Give ``inplace=True`` to pyshacl, which copies the graph else.
    """

    _answering: pyoxigraph.Store | None = None

    def add(self, triple: Any) -> DataGraph:
        """As rdflib's; what answers queries is made anew."""
        self._answering = None
        super().add(triple)
        return self

    def addN(self, quads: Any) -> DataGraph:
        """As rdflib's; what answers queries is made anew."""
        self._answering = None
        super().addN(quads)
        return self

    def remove(self, triple: Any) -> DataGraph:
        """As rdflib's; what answers queries is made anew."""
        self._answering = None
        super().remove(triple)
        return self

    def query(self, query_object: Any, *arguments: Any, **more: Any) -> rdflib.query.Result:
        """As rdflib's, for the text of a ``SELECT`` or ``ASK``.

        A ``SELECT`` gives every variable that is bound beforehand, which SHACL demands of ``$this``. Raises SyntaxError
        if the text is no query, RuntimeError if it lacks such a variable.
        """
        asked = dict(zip(("processor", "result", "initNs", "initBindings"), arguments, strict=False)) | more
        if self._answering is None:
            self._answering = pyoxigraph.Store()
            self._answering.bulk_extend(Quad(*(_to_oxigraph(term) for term in triple)) for triple in self)
        found = self._answering.query(
            query_object,
            prefixes={prefix: str(name) for prefix, name in [*self.namespaces(), *(asked.get("initNs") or {}).items()]},
            substitutions={Variable(k): _to_oxigraph(term) for k, term in (asked.get("initBindings") or {}).items()},
        )
        return _to_result(found)


def _to_oxigraph(term: Any) -> Any:
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype)) if term.datatype else None)


def _to_rdflib(term: Any) -> rdflib.term.IdentifiedNode | rdflib.Literal:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    kind = None if term.language or term.datatype == _STRING else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, lang=term.language, datatype=kind)


def _to_result(found: Any) -> rdflib.query.Result:
    if isinstance(found, pyoxigraph.QueryBoolean):
        answer = rdflib.query.Result("ASK")
        answer.askAnswer = bool(found)
        return answer
    result = rdflib.query.Result("SELECT")
    result.vars = [rdflib.Variable(variable.value) for variable in found.variables]
    result.bindings = [
        {name: _to_rdflib(term) for name, term in zip(result.vars, row, strict=True) if term is not None}
        for row in found
    ]
    return result


def validate(quads: Iterable[Quad]) -> list[Violation]:
    """Validates the quads of one or more documents; an empty list means that all shapes are satisfied.

    The ontology's statements about whatever the quads refer to (codes, places, services) are taken into account. All
    quads have the default base. Graph names are ignored; an ``Iterable`` of a ``pyoxigraph.Store`` will do. What
    follows from the quads is looked at with them.
    """
    whole = pyoxigraph.Store()
    whole.bulk_extend(Quad(*q.triple) for q in quads)
    statements = {(q.subject, q.predicate, q.object) for q in whole}
    statements.update((t.subject, t.predicate, t.object) for t in list_following(whole))
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
    data = DataGraph()
    for statement in statements:
        data.add(tuple(_to_rdflib(term) for term in statement))
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
