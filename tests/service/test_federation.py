"""SERVICE to endpoints on the list: the answers of a join, within limits, and never from a private place."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pyoxigraph as ox
import pytest

from loaders.build.building import load_files
from service.endpoint.federation import find_calls, is_public, write_values
from service.sparql.guard import Refusal, inspect
from tests.standing_in import Handler, standing_in
from tests.waiting import PATIENCE


class Server(Protocol):
    """What the fixtures ``server`` and ``serve`` give."""

    url: str

    def stop(self) -> None: ...


class Neighbour(Handler):
    """An endpoint that behaves as its path says."""

    heard: list[str] = []  # noqa: RUF012
    end_of_silence = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(f"{self.path} {body.decode('ascii')[:2000]}")
        if self.path == "/away":
            self.send_response(307)
            self.send_header("Location", "http://localhost:9/elsewhere")
            self.end_headers()
            return
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("Location", "/plain")
            self.end_headers()
            return
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        if self.path == "/silent":
            self.end_of_silence.wait(PATIENCE)
        rows = [
            {"x": {"type": "literal", "value": '口岸 "a" \\ {', "xml:lang": "zh"}},
            {"y": {"type": "bnode", "value": "b0"}},
        ]
        text = json.dumps({"head": {"vars": ["x", "y"]}, "results": {"bindings": rows}}).encode()
        # From a huge answer the caller hangs up, as it should.
        self.wfile.write(b" " * 3_000_000 + text if self.path == "/huge" else text)


@pytest.fixture(scope="module")
def neighbour() -> Iterator[str]:
    """The address of an endpoint with many faults."""
    with standing_in(Neighbour) as address:
        yield address
        Neighbour.end_of_silence.set()


@pytest.fixture(scope="module")
def federated(
    server: Server, neighbour: str, serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server with an own small graph, which may call the first server and the neighbour."""
    folder = tmp_path_factory.mktemp("federated")
    (folder / "own.nt").write_text(
        '<https://w3id.org/gongkai/id/document/shenzhen-2023-budget> <http://x/note> "ours" .\n', encoding="ascii"
    )
    store = folder / "store"
    store.mkdir()
    load_files([folder / "own.nt"], store)
    paths = ("plain", "silent", "huge", "away", "moved", "broken")
    allowed = [f"{server.url}/sparql", *(f"{neighbour}/{path}" for path in paths), "http://127.0.0.1:9/closed"]
    running = serve(
        store, GONGKAI_SERVICE_ALLOW=json.dumps(allowed), GONGKAI_SERVICE_ALLOW_PRIVATE="true",
        GONGKAI_MAX_SERVICE_CALLS="3",
    )  # fmt: skip
    yield running.url
    running.stop()


@pytest.fixture(scope="module")
def hasty(neighbour: str, store: Path, serve: Callable[..., Server]) -> Iterator[str]:
    """A server that waits a second and a half for the neighbour who says nothing."""
    running = serve(
        store, GONGKAI_SERVICE_ALLOW=json.dumps([f"{neighbour}/silent"]), GONGKAI_SERVICE_ALLOW_PRIVATE="true",
        GONGKAI_SERVICE_TIMEOUT_SECONDS="1.5",
    )  # fmt: skip
    yield running.url
    running.stop()


def ask(url: str, query: str) -> httpx.Response:
    return httpx.get(f"{url}/sparql", params={"query": query}, timeout=PATIENCE)


def test_a_join_over_two_endpoints(federated: str, server: Server) -> None:
    query = f"""PREFIX gk: <https://w3id.org/gongkai/ontology#>
      SELECT ?document ?note ?year WHERE {{
        ?document <http://x/note> ?note .
        SERVICE <{server.url}/sparql> {{ ?document a gk:Document ; gk:year ?year . # a comment }}
        }} }}"""
    response = ask(federated, query)
    assert response.status_code == 200, response.text
    rows = response.json()["results"]["bindings"]
    assert [(row["note"]["value"], row["year"]["value"]) for row in rows] == [("ours", "2023")]
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-cache"
    assert "BasicFederatedQuery" in httpx.get(f"{federated}/sparql", timeout=PATIENCE).text


def test_terms_come_through_whole(federated: str, neighbour: str) -> None:
    for path in ("plain", "moved"):
        rows = ask(federated, f"SELECT * {{ SERVICE <{neighbour}/{path}> {{ ?x ?p ?y }} }}").json()["results"][
            "bindings"
        ]
        assert {"type": "literal", "value": '口岸 "a" \\ {', "xml:lang": "zh"} in [row.get("x") for row in rows]
        assert [row["y"]["value"] for row in rows if "y" in row] == [f"{neighbour}/.well-known/genid/b0"]
    assert "SELECT+%2A+WHERE" in Neighbour.heard[-1]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("huge", "larger than 2,000,000 bytes"),
        ("away", "another host"),
        ("broken", "answered 500"),
    ],
)
def test_a_call_that_fails_is_told_or_silent(federated: str, neighbour: str, path: str, words: str) -> None:
    check_failure(federated, f"{neighbour}/{path}", words)


def test_a_neighbour_who_says_nothing_is_left(hasty: str, neighbour: str) -> None:
    """The neighbour is silent as long as this test runs: only the time limit ends the calls."""
    check_failure(hasty, f"{neighbour}/silent", "within 1.5 seconds")


def check_failure(url: str, neighbour: str, words: str) -> None:
    """A call of a neighbour is answered by an error that says why; with SILENT it joins with nothing."""
    failed = ask(url, f"SELECT * {{ SERVICE <{neighbour}> {{ ?x ?p ?y }} }}")
    assert (failed.status_code, failed.json()["code"]) == (502, "federation")
    assert words in failed.json()["detail"]
    silent = ask(url, f"SELECT * {{ ?s ?p ?o SERVICE SILENT <{neighbour}> {{ ?x ?q ?y }} }} LIMIT 1")
    assert len(silent.json()["results"]["bindings"]) == 1


def test_nobody_listens(federated: str) -> None:
    assert ask(federated, "SELECT * { SERVICE <http://127.0.0.1:9/closed> { ?x ?p ?y } }").status_code == 502


def test_too_many_and_nested_calls_are_refused(federated: str, neighbour: str) -> None:
    one = f"SERVICE <{neighbour}/plain> {{ ?x ?p ?y }} "
    many = ask(federated, f"SELECT * {{ {one * 4} }}").json()
    assert (many["code"], many["line"]) == ("max_service_calls", 1)
    nested = ask(federated, f"SELECT * {{ SERVICE <{neighbour}/plain> {{ {one} }} }}").json()
    assert nested["code"] == "service"
    other = ask(federated, f"SELECT * {{ SERVICE <{neighbour}/other> {{ ?x ?p ?y }} }}").json()
    assert (other["status"], other["code"]) == (403, "service")


def test_a_private_address_is_not_called(neighbour: str, store: Path, serve: Callable[..., Server]) -> None:
    port = neighbour.rpartition(":")[2]
    allowed = [f"{neighbour}/plain", f"http://localhost:{port}/plain"]
    running = serve(store, GONGKAI_SERVICE_ALLOW=json.dumps(allowed))
    try:
        before = len(Neighbour.heard)
        for target in allowed:
            response = ask(running.url, f"SELECT * {{ SERVICE <{target}> {{ ?x ?p ?y }} }}")
            assert (response.status_code, "not a public one" in response.text) == (502, True)
        assert len(Neighbour.heard) == before
    finally:
        running.stop()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False), ("192.168.0.1", False), ("0.0.0.0", False), ("100.64.0.1", False), ("::1", False),
        ("224.0.0.1", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("fe80::1", False),
        ("fd00::1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_what_a_public_address_is(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_calls_are_cut_out_exactly() -> None:
    query = "PREFIX e: <http://e/> # {\nSELECT * { SERVICE SILENT e:x { ?s ?p '}' # }\n } ?a ?b ?c }"
    prologue, (call,) = find_calls(query, {"e": "http://e/"}, 4)
    assert prologue == "PREFIX e: <http://e/> # {\n"
    assert (call.target, call.silent, call.pattern) == ("http://e/x", True, " ?s ?p '}' # }\n ")
    assert query[: call.start] + "@" + query[call.end :] == "PREFIX e: <http://e/> # {\nSELECT * { @ ?a ?b ?c }"
    with pytest.raises(Refusal):
        find_calls("SELECT * { SERVICE <http://e/x> ?s { } }", {}, 4)


def test_values_are_as_the_engine_joins() -> None:
    """The answer with VALUES in the place of SERVICE is that of a join with the neighbour's solutions."""
    store = ox.Store()
    store.load(b"<http://x/a> <http://x/p> 1 . <http://x/b> <http://x/p> 2 .", ox.RdfFormat.TURTLE)
    block = write_values(
        store.query("SELECT ?s ?none { ?s <http://x/p> 1 OPTIONAL { ?s <http://x/q> ?none } }"), "http://h/"
    )
    query = f"SELECT * {{ ?s <http://x/p> ?o {block} }}"
    inspect(query)
    assert [str(row["s"]) for row in store.query(query)] == ["<http://x/a>"]  # type: ignore[union-attr]
    empty = write_values(store.query("SELECT ?s { ?s <http://x/none> ?o }"), "http://h/")
    assert not list(store.query(f"SELECT * {{ ?s ?p ?o {empty} }}"))  # type: ignore[arg-type]
    unit = write_values(store.query("SELECT * { <http://x/a> <http://x/p> 1 }"), "http://h/")
    assert len(list(store.query(f"SELECT ?s {{ ?s ?p ?o {unit} }}"))) == 2  # type: ignore[arg-type]
