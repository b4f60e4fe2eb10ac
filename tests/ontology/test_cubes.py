"""The cubes of the graph: well-formed by the W3C's constraints, and openable by clients of cube.link."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import SH

from loaders.build.snapshots import find_current
from loaders.graph.following import list_following
from loaders.graph.iris import CUBE
from tests.ontology.cube_constraints import CONSTRAINTS, PREFIXES, find_violations, normalise

GK = "https://w3id.org/gongkai/ontology#"
CUBE_BASE = "https://w3id.org/gongkai/id/cube/"


@pytest.fixture(scope="module")
def graph(store_of_five: Path) -> ox.Store:
    """All statements of the five documents, the ontology and what was derived, in one graph, with what follows."""
    snapshot = find_current(store_of_five)
    assert snapshot is not None
    whole = ox.Store()
    whole.extend(ox.Quad(*quad.triple) for quad in ox.Store.read_only(str(snapshot.database)))
    whole.extend([ox.Quad(*triple) for triple in list_following(whole)])
    normalise(whole)
    return whole


def ask(graph: ox.Store, query: str) -> list[list[str]]:
    """The rows of a query as plain strings."""
    found = graph.query(f"PREFIX gk: <{GK}> PREFIX cube: <https://cube.link/> {PREFIXES} {query}")
    assert isinstance(found, ox.QuerySolutions)
    return [["" if v is None else v.value for v in row] for row in found]  # type: ignore[union-attr]


def test_cubes_break_no_constraint_of_the_recommendation(graph: ox.Store) -> None:
    assert find_violations(graph) == {}


def test_every_figure_is_an_observation_with_one_measure_and_its_unit(graph: ox.Store) -> None:
    figures = ask(graph, "SELECT ?f { ?f a gk:Figure }")
    seen = ask(
        graph,
        """PREFIX m: <http://purl.org/linked-data/sdmx/2009/measure#>
        SELECT ?f (COUNT(?v) AS ?n) { ?f a gk:Figure ; a qb:Observation ; qb:dataSet ?set ; m:obsValue ?v ; gk:unit ?u }
        GROUP BY ?f""",
    )
    assert len(figures) > 1500
    assert len(seen) == len(figures)
    assert {n for _, n in seen} == {"1"}


def test_an_amount_is_a_figures_alone(graph: ox.Store) -> None:
    assert ask(graph, "SELECT ?x { ?x gk:amount ?y FILTER NOT EXISTS { ?x a gk:Figure } }") == []


# Read in the documents: Yueyang's accounts state 3.48 万元 in budget and final, and 25 people; Shenzhen's budget of
# 2023 9 万元 and 46 people, its evaluation of 2021 8.89 and 7.56 万元 and 52 people; Baoji's 0.4 万元 and 8 people.
def test_three_public_expenses_per_head_are_one_pattern(graph: ox.Store) -> None:
    rows = ask(
        graph,
        """SELECT ?place ?year ?phase ?amount ?each {
          ?r gk:quantity <https://w3id.org/gongkai/id/quantity/three-public> ;
          gk:agency ?a ; gk:year ?year ; gk:phase ?p ; gk:rollUpAmount ?amount ; gk:perHead ?each
          BIND(SUBSTR(STRAFTER(STR(?a), "agency/"), 1, 6) AS ?place) BIND(STRAFTER(STR(?p), "#phase") AS ?phase)
        } ORDER BY ?place ?year ?phase""",
    )
    assert rows == [
        ["430600", "2023", "Budget", "34800", "1392"],
        ["430600", "2023", "Final", "34800", "1392"],
        ["440300", "2021", "Budget", "88900", "1709.62"],
        ["440300", "2021", "Final", "75600", "1453.85"],
        ["440300", "2023", "Budget", "90000", "1956.52"],
        ["610300", "2023", "Budget", "4000", "500"],
    ]


def test_no_office_has_two_amounts_of_one_quantity(graph: ox.Store) -> None:
    key = "?r gk:agency ?a ; gk:quantity ?q ; gk:year ?y ; gk:phase ?p"
    twice = f"SELECT ?a ?q ?y ?p {{ {key} ; gk:rollUpAmount ?v }} GROUP BY ?a ?q ?y ?p HAVING (COUNT(*) > 1)"
    assert ask(graph, twice) == []
    narrow = "FILTER NOT EXISTS { ?q gk:wholeInScope ?s }"
    mixed = f"SELECT ?r {{ ?r gk:rollUpAmount ?v ; gk:quantity ?q ; gk:valueScope ?s {narrow} }}"
    assert ask(graph, mixed) == []
    # 人员经费 is stated of all funds by one office, and by three of the general public budget only.
    scoped = "SELECT ?r { ?r gk:quantity <https://w3id.org/gongkai/id/quantity/personnel> ; gk:scopedAmount ?v }"
    assert len(ask(graph, scoped)) == 3


def test_viewers_of_cube_link_find_cube_set_and_constraint(graph: ox.Store) -> None:
    rows = ask(
        graph,
        """SELECT ?cube (COUNT(?o) AS ?n) {
          ?cube a cube:Cube ; cube:observationSet ?set ; cube:observationConstraint ?shape .
          ?set a cube:ObservationSet ; cube:observation ?o . ?o a cube:Observation ; cube:observedBy ?by .
          ?shape a cube:Constraint } GROUP BY ?cube ORDER BY ?cube""",
    )
    assert [cube.removeprefix(CUBE_BASE) for cube, _ in rows] == [
        "counts",
        "expenditure",
        "quantities",
        "scoped-quantities",
    ]
    assert all(int(n) > 5 for _, n in rows)


@pytest.mark.parametrize("cube", ["counts", "expenditure", "quantities", "scoped-quantities"])
def test_observations_satisfy_the_constraint_of_their_cube(graph: ox.Store, cube: str) -> None:
    data, shapes = _take(graph, cube)
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, text
    # The constraint is no decoration: an observation without its year is found.
    first = next(data.subjects(rdflib.URIRef(CUBE("observedBy").value), None))
    data.remove((first, rdflib.URIRef(f"{GK}fiscalYear"), None))
    conforms, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert not conforms
    assert isinstance(report, rdflib.Graph)
    assert set(report.objects(None, SH.focusNode)) == {first}


def _take(graph: ox.Store, cube: str) -> tuple[rdflib.Graph, rdflib.Graph]:
    """The observations of a cube, and its constraint aimed at them."""
    data, shapes = rdflib.Graph(), rdflib.Graph()
    own = ox.NamedNode(f"{CUBE_BASE}{cube}/observations")
    shape = rdflib.URIRef(f"{CUBE_BASE}{cube}/constraint")
    for quad in graph.quads_for_pattern(own, CUBE("observation"), None):
        shapes.add((shape, SH.targetNode, rdflib.URIRef(quad.object.value)))  # type: ignore[union-attr]
        data += _read(graph.quads_for_pattern(quad.object, None, None))  # type: ignore[arg-type]
    about = [q for q in graph if str(q.subject).startswith(f"<{shape}")]
    shapes += _read(about)
    return data, shapes


def _read(quads: object) -> rdflib.Graph:
    text = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES)  # type: ignore[attr-defined]
    assert text is not None
    return rdflib.Graph().parse(data=text.decode("utf-8"), format="nt")


# ---------------------------------------------------------------- the constraints themselves, on small broken cubes

_SOUND = """
  :dsd a qb:DataStructureDefinition ; qb:component [ qb:dimension :town ], [ qb:dimension :day ], [ qb:measure :rain ],
    [ qb:attribute :unit ; qb:componentRequired true ] .
  :town rdfs:range skos:Concept ; a qb:CodedProperty ; qb:codeList :towns . :day rdfs:range xsd:date .
  :towns a skos:ConceptScheme . :ada a skos:Concept ; skos:inScheme :towns .
  :bor a skos:Concept ; skos:inScheme :towns .
  :set a qb:DataSet ; qb:structure :dsd .
  :one a qb:Observation ; qb:dataSet :set ; :town :ada ; :day "2020-01-01"^^xsd:date ; :rain 5 ; :unit :mm .
  :two a qb:Observation ; qb:dataSet :set ; :town :bor ; :day "2020-01-01"^^xsd:date ; :rain 5 ; :unit :mm .
"""


@pytest.mark.parametrize(
    ("name", "gone", "put"),
    [
        ("IC-1", "", ":one qb:dataSet :other . :other qb:structure :dsd ."),
        ("IC-2", "", ":set qb:structure :more . :more qb:component [ qb:measure :rain ] ."),
        ("IC-3", "", ":bare a qb:DataStructureDefinition ; qb:component [ qb:dimension :day ] ."),
        ("IC-4", ":day rdfs:range xsd:date .", ""),
        ("IC-5", "; qb:codeList :towns", ""),
        ("IC-6", "qb:dimension :day", "qb:dimension :day ; qb:componentRequired false"),
        ("IC-7", "", ":key a qb:SliceKey ; qb:componentProperty :day ."),
        ("IC-8", "", ":dsd qb:sliceKey :key . :key a qb:SliceKey ; qb:componentProperty :wind ."),
        ("IC-9", "", ":slice a qb:Slice ."),
        ("IC-10", "", ":slice qb:sliceStructure :key . :dsd qb:sliceKey :key . :key a qb:SliceKey ; "
                      "qb:componentProperty :day . :slice a qb:Slice ."),
        ("IC-11", ":town :bor ;", ""),
        ("IC-12", ":town :bor", ":town :ada"),
        ("IC-13", ":rain 5 ; :unit :mm .", ":rain 5 ."),
        ("IC-14", ":rain 5 ; ", ""),
        ("IC-18", "", ":odd qb:slice :slice ; qb:structure :dsd . :slice a qb:Slice ; qb:sliceStructure :key ; "
                      "qb:observation :one . :key a qb:SliceKey . :dsd qb:sliceKey :key ."),
        ("IC-19", ":town :bor", ":town :mars"),
        ("IC-20", "", ":town qb:codeList :tree . :tree a qb:HierarchicalCodeList ; qb:hierarchyRoot :top ; "
                      "qb:parentChildProperty :below . :top :below :ada ."),
        ("IC-21", "", ":town qb:codeList :tree . :tree a qb:HierarchicalCodeList ; qb:hierarchyRoot :top ; "
                      "qb:parentChildProperty [ owl:inverseOf :above ] . :ada :above :top ."),
    ],
)  # fmt: skip
def test_a_broken_cube_breaks_the_constraint(name: str, gone: str, put: str) -> None:
    assert _check(_SOUND) == {}
    assert name in _check(_SOUND.replace(gone, put, 1) if gone else _SOUND + put)


_MEASURED = """
  :dsd qb:component [ qb:dimension :day ], [ qb:dimension qb:measureType ], [ qb:measure :rain ], [ qb:measure :wind ] .
  :day rdfs:range xsd:date . qb:measureType rdfs:range rdf:Property . :set a qb:DataSet ; qb:structure :dsd .
  :one qb:dataSet :set ; :day "2020-01-01"^^xsd:date ; qb:measureType :rain ; :rain 5 .
  :two qb:dataSet :set ; :day "2020-01-01"^^xsd:date ; qb:measureType :wind ; :wind 3 .
"""


@pytest.mark.parametrize(
    ("name", "gone", "put"),
    [
        ("IC-15", "; :wind 3", ""),
        ("IC-16", ":rain 5", ":rain 5 ; :wind 4"),
        ("IC-17", ':two qb:dataSet :set ; :day "2020-01-01"', ':two qb:dataSet :set ; :day "2020-01-02"'),
    ],
)
def test_a_broken_cube_of_measures_breaks_the_constraint(name: str, gone: str, put: str) -> None:
    assert _check(_MEASURED) == {}
    assert name in _check(_MEASURED.replace(gone, put, 1))


def test_all_constraints_are_there() -> None:
    assert {*CONSTRAINTS, "IC-20", "IC-21"} == {f"IC-{number}" for number in range(1, 22)}


def _check(turtle: str) -> dict[str, list[str]]:
    store = ox.Store()
    store.load(("PREFIX : <https://example.org/> " + PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE)
    normalise(store)
    return find_violations(store)
