"""What is asked of every server: a dozen queries of the kinds that users of the graph send."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from loaders.settings import DEFAULT_BASE

PREFIXES = f"""PREFIX gk: <{DEFAULT_BASE}ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""
TURTLE = "text/turtle"
JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Question:
    """A query. ``scans`` tells that it looks at a large part of the graph; ``rows`` that its answer is large."""

    name: str
    query: str
    accept: str = JSON
    scans: bool = False


def list_questions(office: str, figure: str) -> list[Question]:
    """The questions, two of them about one office and one figure (IRIs) of the graph."""
    code = f"<{DEFAULT_BASE}id/code/function/201>"
    found = [
        Question("point: a figure", f"SELECT ?p ?o WHERE {{ <{figure}> ?p ?o }}"),
        Question("DESCRIBE an office", f"DESCRIBE <{office}>", TURTLE),
        Question("labels with 通关", 'SELECT ?s ?l { ?s rdfs:label ?l FILTER(CONTAINS(?l, "口岸通关")) }', scans=True),
        Question(
            "sum by office and year",
            "SELECT ?a ?y (SUM(?m) AS ?sum) WHERE { ?f a gk:Figure ; gk:phase gk:phaseBudget ; "
            "gk:aspect gk:aspectLevel ; gk:agency ?a ; gk:year ?y ; gk:amount ?m } GROUP BY ?a ?y",
            scans=True,
        ),
        Question(
            "the same from roll-ups",
            "SELECT ?a ?y ?m WHERE { ?r a gk:RollUp ; gk:rollUpLevel gk:levelWhole ; gk:phase gk:phaseBudget ; "
            f"gk:agency ?a ; gk:year ?y ; gk:sum ?m ; gk:classification <{DEFAULT_BASE}id/scheme/function> }}",
        ),
        Question(
            "sum of one office by code",
            f"SELECT ?c (SUM(?m) AS ?sum) WHERE {{ ?f gk:agency <{office}> ; gk:function ?c ; gk:amount ?m }} "
            "GROUP BY ?c",
        ),
        Question(
            "ten largest projects",
            "SELECT ?p ?l ?m WHERE { ?f gk:project ?p ; gk:amount ?m . ?p rdfs:label ?l } ORDER BY DESC(?m) LIMIT 10",
            scans=True,
        ),
        Question("codes below a class", f"SELECT ?c ?l WHERE {{ ?c skos:broader+ {code} ; rdfs:label ?l }}"),
        Question(
            "sum below a class",
            f"SELECT (SUM(?m) AS ?sum) WHERE {{ ?c skos:broader+ {code} . ?f gk:function ?c ; gk:amount ?m }}",
        ),
        Question(
            "join with OPTIONAL",
            f"SELECT ?f ?l ?q ?p WHERE {{ ?f gk:agency <{office}> ; rdfs:label ?l ; "
            "prov:wasDerivedFrom ?e ; gk:statedAs ?q OPTIONAL { ?f gk:project ?p } }",
        ),
        Question("COUNT(*)", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", scans=True),
        Question("10,000 rows", "SELECT ?s ?o WHERE { ?s rdfs:label ?o } LIMIT 10000", scans=True),
        Question("100,000 rows", "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 100000", scans=True),
        Question("CONSTRUCT 10,000", "CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s rdfs:label ?o } LIMIT 10000", TURTLE),
    ]
    return [Question(q.name, PREFIXES + q.query, q.accept, q.scans) for q in found]


def find_subjects(data: Path, most: int = 500) -> tuple[list[str], list[str]]:
    """IRIs of offices that have figures, and of figures, up to ``most`` of each, spread over a file of N-Quads."""
    agency = f"<{DEFAULT_BASE}ontology#agency> <"
    figure = f"<{DEFAULT_BASE}id/figure/"
    kind = f"<{DEFAULT_BASE}ontology#Figure>"
    found: dict[str, dict[str, None]] = {"Agency": {}, "Figure": {}}
    with data.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith(figure) and agency in line:
                found["Agency"].setdefault(line.split(agency, 1)[1].split(">", 1)[0])
            elif line.startswith(figure) and kind in line:
                found["Figure"].setdefault(line[1 : line.index(">")])
    lists = []
    for values in found.values():
        each = list(values)
        lists.append(each[:: max(1, len(each) // most)][:most])
    return lists[0], lists[1]


def count_answer(body: bytes, accept: str) -> int:
    """The rows of a result, or the triples of a graph, so that servers are held to the same answer."""
    if accept == JSON:
        return body.count(b'"bindings"') and _count_rows(body)
    return sum(1 for _ in ox.parse(body, ox.RdfFormat.TURTLE))


def _count_rows(body: bytes) -> int:
    results = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
    assert isinstance(results, ox.QuerySolutions)
    return sum(1 for _ in results)
