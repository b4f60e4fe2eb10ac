"""The SPARQL protocol against a running server: methods, negotiation, datasets, errors, limits."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest

from loaders.build.building import load_files
from service.http.negotiation import GRAPHS, HTML, RESULTS, choose, prefers_page
from tests.waiting import PATIENCE, RUNAWAY, count_running, running, send_query, wait_until


class Server(Protocol):
    """What the fixture ``server`` gives."""

    url: str

    def stop(self) -> None: ...


SELECT = "SELECT ?s WHERE { ?s a <https://w3id.org/gongkai/ontology#Document> } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT WHERE { ?s a <https://w3id.org/gongkai/ontology#Document> }"
DOCUMENT = "https://w3id.org/gongkai/id/document/"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/gongkai/ontology#Document> }"


def count(response: httpx.Response) -> int:
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def test_get_post_form_and_direct_give_the_same(web: httpx.Client) -> None:
    by_get = web.get("/sparql", params={"query": SELECT})
    by_form = web.post("/sparql", data={"query": SELECT})
    direct = web.post("/sparql", content=SELECT, headers={"Content-Type": "application/sparql-query"})
    assert by_get.status_code == by_form.status_code == direct.status_code == 200
    assert by_get.content == by_form.content == direct.content
    assert len(by_get.json()["results"]["bindings"]) == 3


def test_csv_keeps_every_value_in_its_column(web: httpx.Client) -> None:
    query = """SELECT ?iri ?text ?none ?last WHERE { VALUES (?iri ?text ?none ?last) {
        (<https://w3id.org/gongkai/id/document/x#char=93,155> "a \\"b\\", c\\r\\nd"@zh UNDEF 7000.5)
        (<https://w3id.org/gongkai/id/x> "" UNDEF true) } }"""
    response = web.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    assert list(csv.reader(io.StringIO(response.text, newline=""))) == [
        ["iri", "text", "none", "last"],
        ["https://w3id.org/gongkai/id/document/x#char=93,155", 'a "b", c\r\nd', "", "7000.5"],
        ["https://w3id.org/gongkai/id/x", "", "", "true"],
    ]
    assert response.text.count("\r\n") == 4
    ask = web.get("/sparql", params={"query": "ASK {}"}, headers={"Accept": "text/csv"})
    assert ask.text.strip() == "true"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
        ("image/png, text/*;q=0.3", "text/csv"),
    ],
)
def test_select_by_accept(web: httpx.Client, accept: str, media_type: str) -> None:
    response = web.get("/sparql", params={"query": SELECT}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == media_type
    form = ox.QueryResultsFormat.from_media_type(media_type)
    assert "Accept" in response.headers["vary"]
    if form != ox.QueryResultsFormat.CSV:  # which the library writes but does not read
        assert len(list(ox.parse_query_results(response.content, form))) == 3
    else:
        assert response.text.splitlines()[0] == "s"


@pytest.mark.parametrize("form", GRAPHS, ids=lambda f: f.key)
def test_construct_in_every_format(web: httpx.Client, form: object) -> None:
    for response in (
        web.get("/sparql", params={"query": CONSTRUCT}, headers={"Accept": form.media_type}),  # type: ignore[attr-defined]
        web.get("/sparql", params={"query": CONSTRUCT, "format": form.key}),  # type: ignore[attr-defined]
    ):
        assert response.status_code == 200
        found = ox.RdfFormat.from_media_type(response.headers["content-type"].split(";")[0])
        assert len(list(ox.parse(response.content, found))) == 3


@pytest.mark.parametrize("key", [f.key for f in RESULTS])
def test_format_parameter(web: httpx.Client, key: str) -> None:
    response = web.get("/sparql", params={"query": SELECT, "format": key}, headers={"Accept": "image/png"})
    assert response.status_code == 200


def test_ask_and_describe(web: httpx.Client) -> None:
    assert web.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True
    described = web.get("/sparql", params={"query": f"DESCRIBE <{DOCUMENT}shenzhen-2023-budget>"})
    assert described.headers["content-type"].startswith("text/turtle")
    assert b"2023" in described.content


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"method": "GET", "params": {"query": SELECT}, "headers": {"Accept": "image/png"}}, 406, "not_acceptable"),
        ({"method": "GET", "params": {"query": SELECT, "format": "ttl"}}, 406, "not_acceptable"),
        ({"method": "GET", "params": {"query": CONSTRUCT, "format": "csv"}}, 406, "not_acceptable"),
        ({"method": "PUT", "params": {"query": SELECT}}, 405, "method"),
        ({"method": "POST", "content": SELECT}, 415, "content_type"),
        ({"method": "POST", "content": SELECT, "headers": {"Content-Type": "text/plain"}}, 415, "content_type"),
        ({"method": "POST", "data": {"query": SELECT}, "headers": {"Content-Type":
          "application/x-www-form-urlencoded; charset=gb18030"}}, 415, "charset"),
        ({"method": "POST", "content": "x", "headers": {"Content-Type": "application/sparql-update"}}, 403, "update"),
        ({"method": "POST", "data": {"update": "DROP ALL"}}, 403, "update"),
        ({"method": "POST", "data": {"query": "DROP ALL"}}, 403, "update"),
        ({"method": "POST", "data": {"x": "y"}}, 400, "no_query"),
        ({"method": "GET", "params": [("query", SELECT), ("query", SELECT)]}, 400, "two_queries"),
        ({"method": "GET", "params": {"query": "SELECT * { ?s ?p ?o"}}, 400, "syntax"),
        ({"method": "GET", "params": {"query": "SELECT ?x { ?s ?p ?o } GROUP BY ?s"}}, 400, "syntax"),
        ({"method": "GET", "params": {"query": "SELECT (<http://x/f>(1) AS ?y) {}"}}, 400, "evaluation"),
        ({"method": "GET", "params": {"query": SELECT, "default-graph-uri": "not an iri"}}, 400, "graph_iri"),
        ({"method": "POST", "content": b"\xff\xfe", "headers": {"Content-Type": "application/sparql-query"}}, 400,
         "not_utf8"),
        ({"method": "POST", "content": b"x" * 300_000, "headers": {"Content-Type": "application/sparql-query"}}, 413,
         "max_request_bytes"),
        ({"method": "GET", "params": {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}}, 403,
         "service"),
    ],
)  # fmt: skip
def test_errors(web: httpx.Client, request_: dict[str, object], status: int, code: str) -> None:
    response = web.request(url="/sparql", **request_)  # type: ignore[arg-type]
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["remedy"]
    assert problem["type"].endswith(f"#{code}")


def test_bad_percent_encoding(web: httpx.Client) -> None:
    assert web.get("/sparql?query=SELECT%20%FF").json()["code"] == "not_utf8"


def test_a_syntax_error_names_its_place(web: httpx.Client) -> None:
    problem = web.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"}).json()
    assert (problem["line"], problem["code"]) == (2, "syntax")


def test_chinese_everywhere(web: httpx.Client) -> None:
    query = 'SELECT ?部门 WHERE { ?部门 ?p "深圳市人民政府口岸办公室"@zh }'
    for response in (
        web.get("/sparql", params={"query": query}),
        web.get(f"/sparql?query={quote(query)}"),
        web.post("/sparql", data={"query": query}),
        web.post(
            "/sparql", content=query.encode(), headers={"Content-Type": "application/sparql-query; charset=UTF-8"}
        ),
    ):
        assert response.status_code == 200
        assert len(response.json()["results"]["bindings"]) == 1


def test_union_is_the_default_graph_unless_a_dataset_is_named(web: httpx.Client) -> None:
    one = f"{DOCUMENT}shenzhen-2023-budget"
    assert count(web.get("/sparql", params={"query": COUNT})) == 3
    assert count(web.get("/sparql", params={"query": COUNT, "default-graph-uri": one})) == 1
    two = [("query", COUNT), ("default-graph-uri", one), ("default-graph-uri", f"{DOCUMENT}evil-2024-budget")]
    assert count(web.get("/sparql", params=two)) == 2
    assert count(web.get("/sparql", params={"query": COUNT.replace("WHERE", f"FROM <{one}> WHERE")})) == 1
    # The request's dataset wins over the query's.
    mixed = {"query": COUNT.replace("WHERE", "FROM <http://nowhere/> WHERE"), "default-graph-uri": one}
    assert count(web.get("/sparql", params=mixed)) == 1
    graphs = "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert count(web.get("/sparql", params={"query": graphs})) == 4
    assert count(web.get("/sparql", params={"query": graphs, "named-graph-uri": one})) == 1
    assert count(web.get("/sparql", params={"query": graphs, "default-graph-uri": one})) == 0
    direct = web.post(
        f"/sparql?default-graph-uri={quote(one, safe='')}", content=COUNT,
        headers={"Content-Type": "application/sparql-query"},
    )  # fmt: skip
    assert count(direct) == 1


def test_service_description(web: httpx.Client, server: Server) -> None:
    response = web.get("/sparql")
    assert response.headers["content-type"].startswith("text/turtle")
    triples = list(ox.parse(response.content, ox.RdfFormat.TURTLE))
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert [t.object.value for t in triples if t.predicate.value == f"{sd}endpoint"] == [f"{server.url}/sparql"]
    assert (
        web.get("/sparql", headers={"Accept": "application/rdf+xml"}).headers["content-type"] == "application/rdf+xml"
    )
    assert web.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


def test_a_browser_gets_pages(web: httpx.Client) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    form = web.get("/sparql", headers=browser)
    assert "<textarea" in form.text
    result = web.post("/sparql", data={"query": SELECT}, headers=browser)
    assert "/documents/shenzhen-2023-budget" in result.text
    error = web.get("/sparql", params={"query": "SELECT"}, headers=browser)
    assert error.status_code == 400
    assert "text/html" in error.headers["content-type"]
    assert web.post("/sparql", data={"query": SELECT, "format": "csv"}, headers=browser).text.startswith("s\r\n")


def test_head_options_cors(web: httpx.Client) -> None:
    head = web.head("/sparql", params={"query": SELECT})
    assert (head.status_code, head.content) == (200, b"")
    assert "POST" in web.options("/sparql").headers["allow"]
    cross = web.get("/sparql", params={"query": SELECT}, headers={"Origin": "https://example.org"})
    assert cross.headers["access-control-allow-origin"] == "*"
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    allowed = web.options("/sparql", headers=preflight)
    assert allowed.status_code == 204
    assert "content-type" in allowed.headers["access-control-allow-headers"].lower()
    assert allowed.headers["access-control-allow-origin"] == "*"


def test_a_runaway_query_is_stopped(impatient: Server) -> None:
    def count_replaced() -> int:
        return int(httpx.get(f"{impatient.url}/health", timeout=PATIENCE).json()["store"]["replaced_workers"])

    before = count_replaced()
    begin = time.monotonic()
    response = httpx.get(f"{impatient.url}/sparql", params={"query": RUNAWAY}, timeout=PATIENCE)
    assert time.monotonic() - begin > 0.9, "it was not given its second"
    assert response.status_code == 504
    assert response.json()["code"] == "timeout"
    wait_until(lambda: count_replaced() > before, "another process in place of the one that was ended")


def test_others_go_on_beside_a_runaway_query(web: httpx.Client, server: Server) -> None:
    with running(server.url):
        for number in range(5):
            assert web.get("/sparql", params={"query": f"ASK {{}} # {number}"}).status_code == 200
        assert count_running(server.url) == 1, "it has ended: the test shows nothing"


def test_an_answer_is_whole_or_an_error(web: httpx.Client) -> None:
    response = web.get("/sparql", params={"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"})
    assert (response.status_code, response.json()["code"]) == (400, "too_large")


def test_a_client_that_leaves_frees_its_process(server: Server) -> None:
    """Nobody else ends these queries within the test's patience."""
    with ExitStack() as clients:
        for number in range(3):  # each another text, or it is remembered
            clients.enter_context(running(server.url, f"{RUNAWAY} # left {number}"))
    wait_until(lambda: count_running(server.url) == 0, "the end of queries whose clients have left")
    assert httpx.get(f"{server.url}/sparql", params={"query": "ASK {}"}, timeout=PATIENCE).status_code == 200


@pytest.fixture(scope="module")
def small(
    tmp_path_factory: pytest.TempPathFactory, graph: Path, serve: Callable[..., Server]
) -> Iterator[tuple[Server, Path]]:
    """A server with one process, no queue, no slow lane, loose limits."""
    store = tmp_path_factory.mktemp("small")
    load_files([graph], store)
    server = serve(
        store, GONGKAI_WORKERS="1", GONGKAI_QUEUE_LENGTH="0", GONGKAI_SHORT_QUERY_SECONDS="240",
        GONGKAI_MAX_MEMORY_QUADS="0", GONGKAI_FAILURE_MEMORY_SECONDS="0",
        GONGKAI_WORKER_MEMORY_BYTES="1000000000", GONGKAI_MAX_OPERATORS="900",
    )  # fmt: skip
    yield server, store
    server.stop()


def test_busy_says_when_to_come_back(small: tuple[Server, Path]) -> None:
    url = f"{small[0].url}/sparql"
    with running(small[0].url):
        # The only place is taken, and is yielded long before the query counts as slow; but once only.
        wait_until(lambda: httpx.get(url, params={"query": "ASK {}"}, timeout=PATIENCE).status_code == 200, "its place")
        with running(small[0].url, f"{RUNAWAY} # again"):
            refused = httpx.get(url, params={"query": "ASK { ?s ?p ?o }"}, timeout=PATIENCE)
            assert refused.status_code == 503
            assert refused.json()["code"] == "busy"
            assert int(refused.headers["retry-after"]) > 0
    wait_until_answering(url)


def wait_until_answering(url: str) -> None:
    def answers() -> bool:
        return httpx.get(url, params={"query": "ASK {}"}, timeout=PATIENCE).status_code == 200

    wait_until(answers, "another query process")


def count_forked(url: str) -> float:
    text = httpx.get(f"{url}/metrics", timeout=PATIENCE).text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("gongkai_forked_processes ")))


def test_memory_is_bounded(small: tuple[Server, Path]) -> None:
    url = f"{small[0].url}/sparql"
    greedy = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
    forked = count_forked(small[0].url)

    def ask() -> httpx.Response | None:
        """None while the only place is not free again of what the test before had asked."""
        response = httpx.get(url, params={"query": greedy}, timeout=PATIENCE)
        return None if response.json()["code"] == "busy" else response

    assert wait_until(ask, "a place").json()["code"] == "memory"
    wait_until_answering(url)
    wait_until(lambda: count_forked(small[0].url) > forked, "another process: the one that grew is not used again")


def test_a_new_snapshot_is_served_soon(small: tuple[Server, Path], graph: Path, tmp_path: Path) -> None:
    server, store = small
    more = tmp_path / "more.nt"
    more.write_text("<http://x/new> <http://x/p> <http://x/o> .\n", encoding="ascii")
    query = {"query": "ASK { <http://x/new> ?p ?o }"}
    first = httpx.get(f"{server.url}/sparql", params=query, timeout=PATIENCE)
    assert first.status_code == 200, first.text
    load_files([graph, more], store)

    def find_new() -> httpx.Response | None:
        second = httpx.get(f"{server.url}/sparql", params=query, timeout=PATIENCE)
        assert second.status_code == 200, second.text
        return second if second.json()["boolean"] else None

    second = wait_until(find_new, "the new snapshot")
    assert not first.json()["boolean"]
    assert first.headers["x-gongkai-snapshot"] != second.headers["x-gongkai-snapshot"]


def test_choose() -> None:
    assert choose(None, RESULTS) is RESULTS[0]
    assert choose("text/html", GRAPHS) is None
    # A q that cannot be read counts as 1, one out of bounds as the nearest within.
    assert choose("text/turtle;q=x, application/n-triples", GRAPHS) is GRAPHS[0]
    assert choose("application/n-triples;q=abc, */*;q=0.9", GRAPHS) is GRAPHS[1]
    assert choose("application/sparql-results+json;q=abc, */*", RESULTS) is RESULTS[0]
    assert choose("text/csv;q=, text/tab-separated-values;q=0.9", RESULTS) is RESULTS[2]
    assert choose("text/csv;q=-1, text/tab-separated-values;q=0.1", RESULTS) is RESULTS[3]
    assert choose("text/html, text/turtle;q=0.9", (HTML, *GRAPHS)) is HTML
    assert not prefers_page("application/json, text/html;q=0.5, application/sparql-results+json")
    assert not prefers_page("*/*")
    assert prefers_page("text/html")


def test_json_is_valid(web: httpx.Client) -> None:
    body = web.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).content
    assert len(json.loads(body)["results"]["bindings"]) > 400


def test_a_byte_order_mark_before_a_query_is_no_part_of_it(web: httpx.Client) -> None:
    marked = f"\ufeff{SELECT}"
    direct = {"Content-Type": "application/sparql-query"}
    answers = [
        web.get("/sparql", params={"query": marked}),
        web.get("/sparql", params={"query": marked, "format": "json"}),
        web.post("/sparql", data={"query": marked}),
        web.post("/sparql", content=marked.encode(), headers=direct),
    ]
    plain = web.get("/sparql", params={"query": SELECT}).json()
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.json() == plain
    # Elsewhere it is a stray character, as any other.
    assert web.get("/sparql", params={"query": "SELECT \ufeff* { }"}).status_code == 400


@pytest.mark.parametrize("path", ["/sparql/", "/graphs/", "/sparql//"])
def test_a_slash_too_many_is_dropped(web: httpx.Client, path: str) -> None:
    wanted = path.rstrip("/")
    moved = web.get(path, params={"query": "ASK {}", "x": "口岸"}, headers={"Host": "elsewhere.example"})
    assert moved.status_code == 308
    assert moved.headers["location"] == f"{wanted}?query=ASK+%7B%7D&x=%E5%8F%A3%E5%B2%B8"
    if wanted == "/sparql":
        posted = web.post(path, data={"query": "ASK {}"}, follow_redirects=True)
        assert posted.json()["boolean"] is True


def test_an_address_that_is_too_long_is_told_so(web: httpx.Client, server: Server) -> None:
    """54 kB of a query that are more than the parser of addresses takes once they are %-encoded, and 70 kB plain."""
    chinese = "ASK { } #" + "口岸" * 9_000
    for query in (chinese, "ASK{}#" + "x" * 70_000):
        with send_query(server.url, query) as connection, connection.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 414 ")
        problem = json.loads(body)
        assert problem["code"] == "address"
        assert "POST" in problem["detail"]
        assert "65,535" in problem["detail"]
    assert web.post("/sparql", data={"query": chinese}).json()["boolean"] is True
    within = "ASK{}#" + "x" * 60_000
    assert web.get("/sparql", params={"query": within}).json()["boolean"] is True
