"""What answers the queries of a validation gives what rdflib itself gives."""

from __future__ import annotations

import pytest
import rdflib
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDFS, XSD

from loaders.graph.validation import DataGraph

EX = "https://example.org/"
A, B, C, P = (URIRef(EX + name) for name in ("a", "b", "c", "part"))
TRIPLES = (
    (A, P, B),
    (B, P, C),
    (C, P, BNode("loose")),
    (A, RDFS.label, Literal("甲", lang="zh")),
    (A, RDFS.label, Literal("甲")),
    (B, RDFS.label, Literal("2.50", datatype=XSD.decimal)),
)
QUERIES = {
    "a path": "SELECT $this ?value WHERE { $this ex:part+ ?value }",
    "what there is not": "SELECT $this WHERE { FILTER NOT EXISTS { $this rdfs:label ?label } }",
    "literals of all sorts": "SELECT $this ?value WHERE { $this ex:part*/rdfs:label ?value }",
    "what may be absent": "SELECT $this ?part ?name WHERE { $this ex:part ?part OPTIONAL { ?part rdfs:label ?name } }",
    "a value within a filter": "SELECT $this ?thing WHERE { ?thing ex:part ?part FILTER(?part = $this) }",
}


def fill(graph: rdflib.Graph) -> rdflib.Graph:
    graph.bind("ex", EX)
    for triple in TRIPLES:
        graph.add(triple)
    return graph


@pytest.mark.parametrize("this", [A, B, C], ids=["first", "middle", "last"])
@pytest.mark.parametrize("text", QUERIES.values(), ids=QUERIES)
def test_answers_are_those_of_rdflib(text: str, this: URIRef) -> None:
    expected, found = (
        {
            frozenset((name, to_value(term)) for name, term in row.asdict().items())
            for row in fill(graph).query(text, initBindings={"this": this})
        }
        for graph in (rdflib.Graph(), DataGraph())
    )
    assert found == expected


def to_value(term: rdflib.term.Node) -> object:
    """A number by its value, which may be written with fewer zeros; everything else as it is."""
    return term.value if isinstance(term, Literal) and term.datatype else term


def test_each_query_finds_something_of_some_thing() -> None:
    """What is compared above is not nothing on both sides."""
    graph = fill(DataGraph())
    counts = {
        name: [len(graph.query(text, initBindings={"this": this})) for this in (A, B, C)]
        for name, text in QUERIES.items()
    }
    assert counts == {
        "a path": [3, 2, 1],
        "what there is not": [0, 0, 1],
        "literals of all sorts": [3, 1, 0],
        "what may be absent": [1, 1, 1],
        "a value within a filter": [0, 1, 1],
    }


def test_a_graph_that_has_changed_answers_anew() -> None:
    graph = fill(DataGraph())
    question = "ASK { $this rdfs:label ?label }"
    assert not graph.query(question, initBindings={"this": C}).askAnswer
    graph.add((C, RDFS.label, Literal("丙")))
    assert graph.query(question, initBindings={"this": C}).askAnswer
    graph.remove((C, None, None))
    assert not graph.query(question, initBindings={"this": C}).askAnswer
    graph += [(C, RDFS.label, Literal("丙"))]
    assert graph.query(question, initBindings={"this": C}).askAnswer
