"""The guide to the ontology says what is so: its files, its terms, its example."""

from __future__ import annotations

import re
from pathlib import Path

import pyshacl
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SKOS

from loaders.graph.validation import DataGraph

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
    graph = DataGraph().parse(data=example, format="turtle")
    graph.parse(ROOT / "tests" / "ontology" / "shapes" / "valid.document.ttl")
    for name in ("gongkai.ttl", "codes/function.ttl"):
        graph.parse(ROOT / "ontology" / name)
    conforms, _, text = pyshacl.validate(
        graph, shacl_graph=Graph().parse(ROOT / "ontology" / "shapes.ttl"), inplace=True
    )
    assert conforms, text
