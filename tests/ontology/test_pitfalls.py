"""The ontology has none of the pitfalls that a program can see, and a reasoner draws nothing from it that is wrong."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib

from loaders.graph import quads
from tests.loaders.test_graph import make_facts
from tests.ontology.test_scripts import load

check = load("check_ontology")

_HEAD = """
@prefix gk: <https://w3id.org/gongkai/ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_SOUND = """
gk:Tree a owl:Class ; rdfs:label "树"@zh, "tree"@en ; skos:definition "木本"@zh, "a plant of wood"@en .
gk:grows a owl:ObjectProperty ; rdfs:label "生"@zh, "grows"@en ; skos:definition "生出"@zh, "brings forth"@en ;
  rdfs:domain gk:Tree ; rdfs:range gk:Tree ; skos:example "橡树" ; gk:inverseLabel "生于"@zh .
"""


def find(turtle: str) -> list[str]:
    """The pitfalls of a small ontology."""
    found: list[str] = check.find_pitfalls(rdflib.Graph().parse(data=_HEAD + turtle, format="turtle"))
    return found


@pytest.mark.parametrize(
    ("gone", "put", "wanted"),
    [
        ('"树"@zh, ', "", "gk:Tree has no label in zh"),
        (', "brings forth"@en', "", "gk:grows has no definition in en"),
        ("rdfs:domain gk:Tree ;", "", "gk:grows has 0 of rdfs:domain, not one"),
        ('skos:example "橡树" ;', "", "gk:grows has no example"),
        (' ; gk:inverseLabel "生于"@zh', "", "gk:grows does not say how it reads backwards (gk:inverseLabel)"),
        ("gk:Tree a owl:Class ;", "gk:Tree rdfs:subClassOf gk:Tree . gk:Tree a owl:Class ;",
         "gk:Tree is below itself by rdfs:subClassOf"),
        ("gk:grows a owl:ObjectProperty ;", "gk:grows a owl:ObjectProperty, owl:DatatypeProperty ;",
         "gk:grows is a http://www.w3.org/2002/07/owl#DatatypeProperty and a http://www.w3.org/2002/07/owl#ObjectProperty"),
        ("gk:Tree a owl:Class ;", "gk:Tree owl:deprecated true . gk:Tree a owl:Class ;",
         "gk:grows relies on gk:Tree, which is deprecated"),
    ],
)  # fmt: skip
def test_a_pitfall_is_found(gone: str, put: str, wanted: str) -> None:
    assert find(_SOUND) == []
    assert wanted in find(_SOUND.replace(gone, put, 1))


def test_a_term_that_hangs_from_nothing_is_found() -> None:
    lonely = 'gk:Stone a owl:Class ; rdfs:label "石"@zh, "stone"@en ; skos:definition "石"@zh, "stone"@en .'
    assert find(_SOUND + lonely) == ["gk:Stone is connected to no other term"]


def test_the_ontology_has_no_pitfall() -> None:
    assert check.find_pitfalls(check.read("gongkai.ttl")) == []


def test_a_reasoner_finds_what_is_wrong() -> None:
    wrong = "@prefix : <https://example.org/> . :oak a gk:Tree ; gk:grows :acorn . :acorn a gk:Seed . "
    made = _SOUND + wrong + "gk:Tree owl:disjointWith gk:Seed ."
    found = check.reason(rdflib.Graph().parse(data=_HEAD + made, format="turtle"))
    assert any(sentence.startswith("inconsistent") for sentence in found)
    assert "https://example.org/acorn is taken for a gk:Tree" in found


def test_a_reasoner_takes_nothing_for_what_it_is_not() -> None:
    graph = check.read("gongkai.ttl")
    content = ox.serialize((quad.triple for quad in quads(make_facts())), format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    graph.parse(data=content.decode("utf-8"), format="nt")
    assert check.reason(graph) == []
