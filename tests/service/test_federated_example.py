"""The example that joins with Wikidata, over a stand-in; and our endpoint as what others call by SERVICE."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from tests.standing_in import Handler, standing_in
from tests.waiting import PATIENCE

WIKIDATA = "https://query.wikidata.org/sparql"
#: Two cities as Wikidata states them (2020 census; GDP of 2022 in yuan), and one without a GDP.
STATED = """PREFIX wd: <http://www.wikidata.org/entity/> PREFIX wdt: <http://www.wikidata.org/prop/direct/>
  wd:Q15174 wdt:P442 "440300" ; wdt:P1082 17560061 ; wdt:P2131 3238768000000 .
  wd:Q571949 wdt:P442 "430600" ; wdt:P1082 5051922 ; wdt:P2131 471067000000 .
  wd:Q1 wdt:P442 "610300" ; wdt:P1082 3321853 ."""
BASE = "https://w3id.org/gongkai/"


class StandIn(Handler):
    """An endpoint with a handful of statements."""

    store = ox.Store()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
        solutions = self.store.query(parse_qs(body)["query"][0])
        answer = solutions.serialize(format=ox.QueryResultsFormat.JSON)  # type: ignore[union-attr]
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        self.wfile.write(answer or b"")


@pytest.fixture(scope="module")
def stand_in() -> Iterator[str]:
    StandIn.store.load(STATED.encode(), ox.RdfFormat.TURTLE)
    with standing_in(StandIn) as address:
        yield f"{address}/sparql"


@pytest.fixture(scope="module")
def federated(copy_of_five: Path, stand_in: str, serve: Callable[..., Any]) -> Iterator[str]:
    server = serve(
        copy_of_five, GONGKAI_WORKERS="1", GONGKAI_SERVICE_ALLOW=json.dumps([stand_in]),
        GONGKAI_SERVICE_ALLOW_PRIVATE="true",
    )  # fmt: skip
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def example(root: Path) -> str:
    return (root / "examples" / "population-and-gdp.rq").read_text(encoding="utf-8")


def test_offices_beside_population_and_gdp(federated: str, example: str, stand_in: str) -> None:
    assert example.count(f"<{WIKIDATA}>") == 1
    query = example.replace(f"<{WIKIDATA}>", f"<{stand_in}>")
    answer = httpx.get(f"{federated}/sparql", params={"query": query}, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    rows = [{n: t["value"] for n, t in row.items()} for row in answer.json()["results"]["bindings"]]
    # Places without a GDP there are no row.
    assert {row["code"] for row in rows} == {"440300", "430600"}
    for row in rows:
        people = {"440300": 17560061, "430600": 5051922}[row["code"]]
        assert int(row["population"]) == people
        assert float(row["yuanPerHead"]) == pytest.approx(float(row["yuan"]) / people)
        assert row["value"].startswith(f"{BASE}id/")
    assert "深圳市人民政府口岸办公室" in {row["office"] for row in rows}


def test_it_is_off_unless_it_is_allowed(federated: str, web: httpx.Client, example: str) -> None:
    for refused in (
        httpx.get(f"{federated}/sparql", params={"query": example}, timeout=PATIENCE),
        web.get("/sparql", params={"query": example}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "service")


PATTERN = "?document a <https://w3id.org/gongkai/ontology#Document> ; <https://w3id.org/gongkai/ontology#year> ?year"


def test_rdflib_calls_us(web: httpx.Client) -> None:
    """Its own graph is joined with ours."""
    graph = rdflib.Graph()
    graph.parse(data=f'<{BASE}id/document/shenzhen-2023-budget> <http://x/note> "mine" .', format="turtle")
    query = f"SELECT ?note ?year {{ ?document <http://x/note> ?note SERVICE <{web.base_url}/sparql> {{ {PATTERN} }} }}"
    assert [(str(note), int(year)) for note, year in graph.query(query)] == [("mine", 2023)]  # type: ignore[misc]


def test_oxigraph_calls_us(web: httpx.Client) -> None:
    store = ox.Store()
    store.load(f'<{BASE}id/document/shenzhen-2023-budget> <http://x/note> "mine" .'.encode(), ox.RdfFormat.TURTLE)
    query = f"SELECT ?note ?year {{ ?document <http://x/note> ?note SERVICE <{web.base_url}/sparql> {{ {PATTERN} }} }}"
    rows: Any = store.query(query)
    assert [(row["note"].value, row["year"].value) for row in rows] == [("mine", "2023")]
