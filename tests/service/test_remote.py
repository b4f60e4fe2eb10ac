"""The store behind its interface: our own endpoint, served in place of an embedded store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pyoxigraph as ox
import pytest

from tests.service.other_engines import Engine, serve_engine
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


def test_search_and_reconciliation_beside_a_remote_store(
    server: Server, serve: Callable[..., Server], store: Path
) -> None:
    """Over the folder of the build that was published there, what is made of a build is there as well."""
    running = serve(store, GONGKAI_ENDPOINT=f"{server.url}/sparql")
    try:
        here, there = (httpx.Client(base_url=url, timeout=PATIENCE) for url in (running.url, server.url))
        for path in ("/search.json?q=口岸", '/reconcile?queries={"q":{"query":"岳阳市人民政府口岸管理办公室"}}'):
            ours, theirs = here.get(path), there.get(path)
            assert ours.status_code == 200, ours.text
            assert ours.json() == theirs.json()
        assert here.get("/dumps").status_code == 200
    finally:
        running.stop()


def test_search_without_a_build_says_why(remote: str) -> None:
    answer = httpx.get(f"{remote}/search.json?q=x", timeout=PATIENCE)
    assert answer.status_code == 501
    assert "--store" in answer.json()["detail"]


def lose_words(query: str, body: bytes) -> bytes:
    """Answers as an engine that cuts quotients of whole numbers, cannot join words that are not ASCII, and finds no
    graph for an empty pattern.
    """
    if "?part / ?whole" in query or "GRAPH ?empty {}" in query:
        return body.replace(b'"true"', b'"false"')
    return body.replace("；".encode(), b"?")


def test_pages_say_what_the_engine_is_known_for(serve: Callable[..., Server], tmp_path: Path) -> None:
    with serve_engine(Engine(twist=lose_words)) as engine:
        running = serve(tmp_path, GONGKAI_ENDPOINT=engine.url)
        try:
            quotients, groups = "cuts quotients of whole numbers", "may lose rows, or take very long"
            for name, words, warned in (
                ("number-ledger", quotients, True), ("duties", quotients, False),
                ("economic-tree", groups, True), ("duties", groups, False),
            ):  # fmt: skip
                page = httpx.get(
                    f"{running.url}/queries/{name}?lang=en", headers={"Accept": "text/html"}, timeout=PATIENCE
                )
                assert page.status_code == 200
                assert (words in page.text) == warned, (name, words)
            store = httpx.get(f"{running.url}/health", timeout=PATIENCE).json()["store"]
            assert store["weaknesses"] == ["joined-words", "empty-patterns", "joined-groups", "quotients"]
        finally:
            running.stop()


def give_empty_rows(query: str, body: bytes) -> bytes:
    """A row of nothing where there should be none, as some engines give for a group of nothing."""
    return body.replace(b'"bindings":[]', b'"bindings":[{}]') if b'"bindings"' in body else body


@pytest.mark.parametrize("path", ["/data", "/coverage.json", "/documents", "/sparql"])
def test_rows_that_lack_what_they_must_have_are_the_engines_fault(
    serve: Callable[..., Server], tmp_path: Path, path: str
) -> None:
    with serve_engine(Engine(twist=give_empty_rows)) as engine:
        running = serve(tmp_path, GONGKAI_ENDPOINT=engine.url)
        try:
            answer = httpx.get(f"{running.url}{path}", timeout=PATIENCE)
        finally:
            running.stop()
    assert answer.status_code in (200, 502), answer.text
    assert answer.status_code == 200 or "a row without ?" in answer.json()["detail"]
