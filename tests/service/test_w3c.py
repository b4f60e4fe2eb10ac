"""Conformance: the W3C's tests of SPARQL 1.1 Query, Protocol, results and Service Description, over HTTP.

The suite is not part of the checkout. It is looked for where GONGKAI_W3C points, else in the shared material; without
it everything here is skipped. What fails is listed below by name, with the reason; a test on it that passes fails.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from tests import commands
from tests.commands import environment
from tests.service.w3c_suite import (
    EVALUATION,
    MEDIA_TYPES,
    NOTHING,
    PUBLISHED,
    SYNTAX,
    Case,
    Exchange,
    ProtocolCase,
    Table,
    read_cases,
    read_protocol,
    read_result_graph,
    read_table,
    same_graphs,
    same_tables,
    write_data,
)
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
_SHARED = Path(os.environ.get("GONGKAI_SHARED") or ROOT.parent / "shared")
SUITE = Path(os.environ.get("GONGKAI_W3C") or _SHARED / "w3c" / "sparql" / "sparql11")

#: What is known to fail, and why. All of it is the engine's.
KNOWN = {
    "aggregates/agg-empty-group-count-graph": "an aggregate inside GRAPH ?g is not evaluated for each graph",
    "aggregates/agg-groupconcat-04": "GROUP_CONCAT of strings in one language gives a string in none",
    "aggregates/agg-groupconcat-06": "GROUP_CONCAT of strings in one language gives a string in none",
    "bindings/graph": "VALUES inside GRAPH ?g does not bind ?g where it is UNDEF",
    "functions/bnode01": "BNODE(text) gives the same node for the same text in every row",
    "negation/graph-minus": "MINUS inside GRAPH ?g does not see the binding of ?g",
    "property-path/zero_or_more_set_end": "a path of no steps does not reach a term that is not in the data",
    "property-path/zero_or_more_set_start": "a path of no steps does not reach a term that is not in the data",
    "property-path/zero_or_one_set_end": "a path of no steps does not reach a term that is not in the data",
    "property-path/zero_or_one_set_start": "a path of no steps does not reach a term that is not in the data",
    "syntax-query/test_4": "a call of an unknown function is refused, though its syntax is right",
}

PRESENT = (SUITE / "protocol" / "manifest.ttl").is_file()
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not PRESENT, reason=f"there is no SPARQL 1.1 test suite in {SUITE}; set GONGKAI_W3C to its folder"
    ),
]
CASES = read_cases(SUITE, (*EVALUATION, *SYNTAX)) if PRESENT else []
PROTOCOL = read_protocol(SUITE) if PRESENT else []
#: The tests of the query half; those of updates are refused, as they must be here.
ASKING = [
    case for case in PROTOCOL if case.id.startswith(("query_", "bad_query_")) or case.id == "bad_multiple_queries"
]
REFUSED = [case for case in PROTOCOL if case not in ASKING]

_SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Any]) -> Iterator[httpx.Client]:
    """A client of a server over a store that ``gongkai load`` made of every data file."""
    folder = tmp_path_factory.mktemp("w3c")
    data, store = folder / "suite.nq", folder / "store"
    write_data(SUITE, CASES, PROTOCOL, data)
    commands.run("load", str(data), "--store", str(store), env=environment()).check_returncode()
    server = serve(store, GONGKAI_WORKERS="1")
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        yield client
    server.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_query(endpoint: httpx.Client, case: Case) -> None:
    fault = judge(endpoint, case)
    if case.id in KNOWN:
        assert fault, f"{case.id} passes now: take it off the list"
    else:
        assert not fault, fault


def test_the_list_of_known_failures_is_of_tests_and_short() -> None:
    evaluation = [case.id for case in CASES if case.kind == "evaluation"]
    syntax = [case.id for case in CASES if case.kind != "evaluation"]
    assert set(KNOWN) <= {*evaluation, *syntax}
    assert all(KNOWN.values())
    assert len(evaluation) == 235
    assert len(syntax) == 103
    assert len(set(evaluation) - set(KNOWN)) >= 225
    assert len(set(syntax) - set(KNOWN)) >= 102


def judge(endpoint: httpx.Client, case: Case) -> str:
    """What is wrong with the answer to a test's query; "" if nothing is."""
    if case.kind == "evaluation":
        return judge_answer(endpoint, case)
    response = endpoint.post(
        "/sparql", params={"default-graph-uri": NOTHING}, content=case.query.read_bytes(),
        headers={"Content-Type": "application/sparql-query"},
    )  # fmt: skip
    if case.kind == "positive":
        return "" if response.status_code == 200 else f"{response.status_code}: {response.text[:300]}"
    problem = response.headers["content-type"].startswith("application/problem+json")
    return "" if response.status_code == 400 and problem else f"{response.status_code}: {response.text[:300]}"


def judge_answer(endpoint: httpx.Client, case: Case) -> str:
    """Asks for the answer in the format of the expected one, and compares."""
    assert case.result is not None
    query = f"BASE <{case.iri}>\n{case.query.read_text(encoding='utf-8')}"
    fields: dict[str, str | list[str]] = {"query": query}
    # What the request names would take the place of what the query names.
    if not re.search(r"\bFROM\b", query):
        fields["default-graph-uri"] = [PUBLISHED + name for name in case.data] or [NOTHING]
        fields["named-graph-uri"] = [PUBLISHED + name for name in case.graphs]
    expected, ending = case.result.read_bytes(), case.result.suffix
    wanted: Table | bool | list[ox.Triple]
    if ending == ".ttl":
        wanted = read_result_graph(expected, PUBLISHED + case.result.relative_to(SUITE).as_posix())
        ending = ".srj" if isinstance(wanted, Table) else ending
    else:
        wanted = read_table(expected, ending)
    response = endpoint.post("/sparql", data=fields, headers={"Accept": MEDIA_TYPES[ending]})
    if response.status_code != 200:
        return f"{response.status_code}: {response.text[:300]}"
    if response.headers["content-type"].split(";")[0] != MEDIA_TYPES[ending]:
        return f"asked for {MEDIA_TYPES[ending]}, got {response.headers['content-type']}"
    if isinstance(wanted, list):
        given_graph = [quad.triple for quad in ox.parse(response.content, ox.RdfFormat.TURTLE)]
        return "" if same_graphs(wanted, given_graph) else f"another graph: {response.text[:1000]}"
    given = read_table(response.content, ending)
    if isinstance(wanted, bool) or isinstance(given, bool):
        return "" if wanted is given else f"expected {wanted}, got {given}"
    ordered = bool(re.search(r"\bORDER\s+BY\b", query, re.IGNORECASE))
    return "" if same_tables(wanted, given, ordered) else f"expected {wanted}, got {given}"


@pytest.mark.parametrize("case", ASKING, ids=lambda case: case.id)
def test_protocol(endpoint: httpx.Client, case: ProtocolCase) -> None:
    for exchange in case.exchanges:
        check_exchange(send(endpoint, exchange), exchange)


def test_the_query_half_of_the_protocol_is_whole() -> None:
    assert len(ASKING) == 20
    assert len(REFUSED) == 14


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_updates_are_refused(endpoint: httpx.Client, case: ProtocolCase) -> None:
    """Those that must fail do; so do the others, since the endpoint is read-only, and they say so."""
    assert send(endpoint, case.exchanges[0]).status_code in (400, 403, 405, 415)
    if not case.id.startswith("bad_"):
        assert send(endpoint, case.exchanges[0]).status_code in (403, 405)


def send(endpoint: httpx.Client, exchange: Exchange) -> httpx.Response:
    """Sends one request as the manifest has it."""
    return endpoint.request(exchange.method, exchange.path, headers=exchange.headers, content=exchange.body)


def check_exchange(response: httpx.Response, exchange: Exchange) -> None:
    """Holds an answer against what the manifest expects."""
    assert response.status_code // 100 in exchange.statuses, response.text[:300]
    kind = response.headers["content-type"].split(";")[0]
    tables = {MEDIA_TYPES[ending] for ending in (".srx", ".srj")}
    if exchange.boolean is not None:
        assert response.json()["boolean"] is exchange.boolean
    if exchange.form == "boolean":
        assert kind in tables
        assert isinstance(response.json()["boolean"], bool)
    elif exchange.form == "tabular":
        assert kind in tables | {MEDIA_TYPES[".csv"], MEDIA_TYPES[".tsv"]}
        assert response.json()["results"]["bindings"][0]["value"]["value"] == "1"
    elif exchange.form == "RDF":
        found = ox.RdfFormat.from_media_type(kind)
        assert found is not None, kind
        list(ox.parse(response.content, found))


@pytest.fixture(scope="module")
def description(endpoint: httpx.Client) -> list[ox.Triple]:
    """What a GET without a query gives."""
    response = endpoint.get("/sparql")
    assert response.status_code == 200
    found = ox.RdfFormat.from_media_type(response.headers["content-type"].split(";")[0])
    assert found is not None, response.headers["content-type"]
    return [quad.triple for quad in ox.parse(response.content, found)]


def test_service_description_returns_rdf(description: list[ox.Triple]) -> None:
    assert description


def test_service_description_names_the_endpoint(endpoint: httpx.Client, description: list[ox.Triple]) -> None:
    named = {t.object.value for t in description if t.predicate.value == _SD + "endpoint"}  # type: ignore[union-attr]
    assert named == {str(endpoint.base_url).rstrip("/") + "/sparql"}


def test_service_description_conforms_to_its_schema(description: list[ox.Triple]) -> None:
    """Properties stand on what the vocabulary says they stand on, and lead to what it says they lead to."""
    types: dict[object, set[str]] = {}
    for triple in description:
        if triple.predicate.value.endswith("#type"):
            types.setdefault(triple.subject, set()).add(triple.object.value)  # type: ignore[union-attr]
    ranges = {
        "endpoint": ("Service", None),
        "supportedLanguage": ("Service", {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"}),
        "feature": (
            "Service",
            {"DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"},
        ),
        "resultFormat": ("Service", None),
        "defaultDataset": ("Service", "Dataset"),
        "defaultGraph": ("Dataset", "Graph"),
        "namedGraph": ("Dataset", "NamedGraph"),
    }
    services = [s for s, kinds in types.items() if _SD + "Service" in kinds]
    assert len(services) == 1
    used = set()
    for triple in description:
        name = triple.predicate.value
        if not name.startswith(_SD) or name.removeprefix(_SD) not in ranges:
            continue
        used.add(name.removeprefix(_SD))
        domain, range_ = ranges[name.removeprefix(_SD)]
        assert _SD + domain in types[triple.subject], f"{name} of {triple.subject}"
        assert not isinstance(triple.object, ox.Literal)
        if isinstance(range_, set):
            assert triple.object.value.removeprefix(_SD) in range_  # type: ignore[union-attr]
        elif range_:
            assert _SD + range_ in types[triple.object], f"{name} to {triple.object}"
    assert {"endpoint", "supportedLanguage", "resultFormat", "defaultDataset", "defaultGraph"} <= used
