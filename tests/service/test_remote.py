"""The store behind its interface: our own endpoint, served in place of an embedded store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pyoxigraph as ox
import pytest

from tests.waiting import PATIENCE


class Server(Protocol):
    """What the fixtures ``server`` and ``serve`` give."""

    url: str

    def stop(self) -> None: ...


@pytest.fixture(scope="module")
def remote(server: Server, serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A second server that asks the first one."""
    empty: Path = tmp_path_factory.mktemp("empty")
    running = serve(empty, GONGKAI_ENDPOINT=f"{server.url}/sparql")
    yield running.url
    running.stop()


def test_the_same_answers(remote: str, web: httpx.Client) -> None:
    query = {"query": "SELECT ?s ?year WHERE { ?s <https://w3id.org/gongkai/ontology#year> ?year } ORDER BY ?s ?year"}
    for accept in ("application/sparql-results+json", "text/csv", "text/tab-separated-values"):
        here = httpx.get(f"{remote}/sparql", params=query, headers={"Accept": accept}, timeout=PATIENCE)
        there = web.get("/sparql", params=query, headers={"Accept": accept})
        assert here.status_code == 200
        assert here.headers["content-type"] == there.headers["content-type"]
        assert here.text.splitlines()[1:] == there.text.splitlines()[1:]
    construct = {"query": "CONSTRUCT WHERE { ?s a <https://w3id.org/gongkai/ontology#Document> }"}
    graph = httpx.get(f"{remote}/sparql", params=construct, headers={"Accept": "text/turtle"}, timeout=PATIENCE)
    assert len(list(ox.parse(graph.content, ox.RdfFormat.TURTLE))) == 3


def test_pages_over_a_remote_store(remote: str) -> None:
    rows = httpx.get(
        f"{remote}/queries/offices-funding-service.json", params={"service": "free-inspection"}, timeout=PATIENCE
    ).json()["rows"]
    assert [r["amount"] for r in rows] == [1016400, 70000000, 800000]
    assert httpx.get(f"{remote}/health", timeout=PATIENCE).json()["store"]["kind"] == "remote"


def test_failures_are_told(remote: str) -> None:
    wrong = httpx.get(f"{remote}/sparql", params={"query": "SELECT ?x { ?s ?p ?o } GROUP BY ?s"}, timeout=PATIENCE)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "syntax")


@pytest.mark.parametrize(
    "path",
    ["/", "/data", "/coverage.json", "/documents", "/compare", "/loaded", "/dataset", "/help", "/queries", "/ontology",
     "/sparql/help", "/sparql/completions.json", "/.well-known/void", "/reconcile"],
)  # fmt: skip
def test_every_page_is_there_over_a_remote_store(remote: str, path: str) -> None:
    for accept in ("text/html", "*/*"):
        answer = httpx.get(f"{remote}{path}", headers={"Accept": accept}, timeout=PATIENCE)
        assert answer.status_code == 200, (path, answer.text[:300])
