"""The guide to the ontology says what is so: its files, its terms, its example."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph
import pyshacl
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SKOS

from loaders.graph import quads
from loaders.graph.following import list_following
from loaders.graph.validation import DataGraph
from tests.loaders.test_graph import make_facts

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
GK = "https://w3id.org/gongkai/ontology#"


def test_every_file_is_named() -> None:
    for path in (ROOT / "ontology").glob("*.ttl"):
        assert f"`{path.name}`" in PAGE


def test_every_term_that_is_named_exists() -> None:
    terms = {str(s).removeprefix(GK) for s in Graph().parse(ROOT / "ontology" / "gongkai.ttl").subjects(RDF.type)}
    named = set(re.findall(r"\bgk:(\w+)", PAGE))
    assert len(named) > 20
    assert named - terms == set()


def test_every_code_and_service_that_is_named_exists() -> None:
    graph = Graph()
    for path in [ROOT / "ontology" / "services.ttl", *(ROOT / "ontology" / "codes").glob("*.ttl")]:
        graph.parse(path)
    named = set(re.findall(r"`id/((?:code|service)/[a-z0-9/-]+)`", PAGE))
    assert len(named) == 4
    for name in named:
        assert (URIRef(f"https://w3id.org/gongkai/id/{name}"), SKOS.prefLabel, None) in graph


def test_example_figure_satisfies_the_shapes() -> None:
    (example,) = re.findall(r"```turtle\n(.*?)```", PAGE, re.DOTALL)
    store = pyoxigraph.Store()
    store.load(example.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    following = pyoxigraph.serialize(list_following(store), format=pyoxigraph.RdfFormat.N_TRIPLES)
    graph = DataGraph().parse(data=example, format="turtle")
    graph.parse(data=following, format="nt")
    graph.parse(ROOT / "tests" / "ontology" / "shapes" / "valid.document.ttl")
    for name in ("gongkai.ttl", "codes/function.ttl"):
        graph.parse(ROOT / "ontology" / name)
    conforms, _, text = pyshacl.validate(
        graph, shacl_graph=Graph().parse(ROOT / "ontology" / "shapes.ttl"), inplace=True
    )
    assert conforms, text


def test_the_query_for_what_follows_of_figures_says_what_is_said_by_the_rules() -> None:
    (query,) = (q for q in re.findall(r"```sparql\n(.*?)```", PAGE, re.DOTALL) if "measure:obsValue" in q)
    store = pyoxigraph.Store()
    store.bulk_extend(quads(make_facts()))
    told = set(store.query(query, use_default_graph_as_union=True))
    following = set(list_following(store))
    assert len(told) == 6
    assert told <= following
