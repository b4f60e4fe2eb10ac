"""What the endpoint adds to the protocol: tags, encodings, errors in two languages, limits shown, logs, reloading."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol

import brotli
import httpx
import pyoxigraph as ox
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.build.building import load_files
from loaders.walls import find_version
from service.endpoint.limits import list_limits
from service.settings import ServiceSettings
from service.sparql.hints import find_slip
from tests.volume import size
from tests.waiting import CALM, HELD, PATIENCE, RUNAWAY, wait_until


class Server(Protocol):
    """What the fixtures ``server`` and ``serve`` give."""

    url: str

    def stop(self) -> None: ...


ALL = "SELECT * { ?s ?p ?o }"
DOCUMENT = "https://w3id.org/gongkai/id/document/"
SD = "http://www.w3.org/ns/sparql-service-description#"
SCHEMA = "https://schema.org/"


def test_the_same_question_has_the_same_tag_and_is_not_sent_twice(web: httpx.Client) -> None:
    first = web.get("/sparql", params={"query": ALL}, headers={"Accept": "text/csv"})
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    assert first.headers["cache-control"] == "public, max-age=60"
    for method in ("GET", "HEAD"):
        again = web.request(
            method, "/sparql", params={"query": ALL}, headers={"Accept": "text/csv", "If-None-Match": f'"x", {tag}'}
        )
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers or again.headers["content-length"] == "0"
    other = {
        web.get("/sparql", params={"query": ALL}, headers={"Accept": "text/csv", "Accept-Encoding": e}).headers["etag"]
        for e in ("gzip", "br", "zstd", "identity")
    }
    other.add(web.get("/sparql", params={"query": ALL}).headers["etag"])
    other.add(web.get("/sparql", params={"query": ALL + " "}, headers={"Accept": "text/csv"}).headers["etag"])
    named = {"query": ALL, "default-graph-uri": f"{DOCUMENT}shenzhen-2023-budget"}
    other.add(web.get("/sparql", params=named, headers={"Accept": "text/csv"}).headers["etag"])
    assert len(other) == 7, "a tag says encoding, format, query and dataset"


def test_tags_tell_memory_from_disk(web: httpx.Client, store: Path, serve: Callable[..., Server]) -> None:
    on_disk = serve(store, GONGKAI_MAX_MEMORY_QUADS="0")
    try:
        question = {"query": "SELECT ?s ?p { ?s ?p ?o FILTER(isIRI(?s)) }", "format": "csv"}
        there = httpx.get(f"{on_disk.url}/sparql", params=question, timeout=PATIENCE)
        here = web.get("/sparql", params=question)
        assert there.headers["x-gongkai-snapshot"] == here.headers["x-gongkai-snapshot"]
        # The same rows, in whatever order.
        assert sorted(there.text.splitlines()) == sorted(here.text.splitlines())
        assert len(here.text.splitlines()) > 100
        assert there.headers["etag"] != here.headers["etag"]
    finally:
        on_disk.stop()


@pytest.mark.parametrize("function", ["NOW()", "RAND ( )", "uuid( )", "STRUUID#c\n()"])
def test_what_changes_by_itself_is_not_kept(web: httpx.Client, function: str) -> None:
    query = f"SELECT ({function} AS ?x) {{}}"
    first, second = (web.get("/sparql", params={"query": query}) for _ in range(2))
    assert first.status_code == 200
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-cache"
    assert first.content != second.content


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_encodings(web: httpx.Client, coding: str) -> None:
    plain = web.get("/sparql", params={"query": ALL}, headers={"Accept-Encoding": "identity"}).content
    for accept in (coding, f"{coding};q=0.5, identity;q=0.1", f"{coding}, *;q=0"):
        with web.stream("GET", "/sparql", params={"query": ALL}, headers={"Accept-Encoding": accept}) as response:
            raw = b"".join(response.iter_raw())
        assert response.headers["content-encoding"] == coding
        assert int(response.headers["content-length"]) == len(raw) < len(plain) / 3
        assert "Accept-Encoding" in response.headers["vary"]
        unpack: dict[str, Callable[[bytes], bytes]] = {
            "gzip": gzip.decompress, "br": brotli.decompress,
            "zstd": lambda b: zstandard.ZstdDecompressor().decompress(b),
        }  # fmt: skip
        assert unpack[coding](raw) == plain
    for none in ("identity", f"{coding};q=0", "", "compress"):
        with web.stream("GET", "/sparql", params={"query": ALL}, headers={"Accept-Encoding": none}) as response:
            response.read()
        assert "content-encoding" not in response.headers


def test_a_repeated_question_comes_from_the_cache(web: httpx.Client) -> None:
    def hits() -> float:
        text = web.get("/metrics").text
        found = re.search(r'^gongkai_queries_total\{outcome="ok",source="cache"\} (\S+)', text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    query = {"query": "SELECT (COUNT(*) AS ?repeated) { ?s ?p ?o }"}
    first = web.get("/sparql", params=query)
    before = hits()
    by_get, by_post = web.get("/sparql", params=query), web.post("/sparql", data=query)
    assert first.content == by_get.content == by_post.content
    assert hits() == before + 2
    assert by_post.headers["x-gongkai-rows"] == "1"


def test_two_accept_headers_are_no_other_clients_answer(web: httpx.Client) -> None:
    query = {"query": "SELECT ?twice { ?twice a ?class } LIMIT 3"}
    both = web.get("/sparql", params=query, headers=[("Accept", "text/csv"), ("Accept", "application/json;q=0.1")])
    assert both.headers["content-type"].startswith("text/csv")
    assert web.get("/sparql", params=query, headers={"Accept": "application/json;q=0.1"}).json()["results"]


@pytest.mark.parametrize(
    ("query", "token", "remedy"),
    [
        ("SELECT * {\n ?s ?p ⟨}⟩", "}", "three parts"),
        ("SELECT * { ?s a 'x' . ?s ?p ⟨.⟩ }", ".", "three parts"),
        ("SELECT * { ?s a 'x'@en ⟨?s⟩ ?p ?o }", "?s", "end the one before with a point"),
        ("SELECT * { ?s ?p ?o FILTER(?o =⟨=⟩ 1) }", "=", "one sign"),
        ("SELECT * { ?s ?p ?o FILTER(?o > 1 ⟨AND⟩ ?o < 3) }", "AND", "&&"),
        ("SELECT ⟨COUNT⟩(?s) { ?s ?p ?o }", "COUNT", "(COUNT(?x) AS ?n)"),
        ("SELECT ?s⟨,⟩ ?o { ?s ?p ?o }", ",", "not by commas"),
        ("SELECT * { ?s ?p ?o } LIMIT 10\n⟨ORDER⟩ BY ?s", "ORDER", "in this order"),
        ("SELECT * { ?s ?p ?o } ⟨FROM⟩ <http://x/>", "FROM", "before WHERE"),
    ],
)
def test_a_syntax_error_names_word_and_remedy(web: httpx.Client, query: str, token: str, remedy: str) -> None:
    before, _, rest = query.partition("⟨")
    query = before + rest.replace("⟩", "", 1)
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    problem = web.get("/sparql", params={"query": query}).json()
    assert problem["code"] == "syntax"
    assert (problem["line"], problem["column"], problem["token"]) == (line, column, token)
    assert remedy in problem["remedy"]
    text, mark = problem["excerpt"].splitlines()
    assert text == query.splitlines()[line - 1]
    assert mark.index("^") == column - 1


@settings(max_examples=size(100, 300), deadline=None)
@given(st.text(alphabet="{}().;,?sa \n'\"@en=<>^*/0SELECT", max_size=80))
def test_looking_for_slips_never_fails(text: str) -> None:
    slip = find_slip(f"SELECT * {{ {text} }}")
    assert slip is None or slip.hint[0]


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        ("SELECT * { ?s gk:label ?o }", "Add: PREFIX gk: <https://w3id.org/gongkai/ontology#>", "没有声明"),
        ("SELECT * { ?s ?p ?o ， }", "full-width", "请改写为半角"),
        ("SELECT * { ?s ?p “口岸” }", "full-width", "全角"),
        ("DROP ALL", "read-only", "只读"),
        ("SELECT * {" + "{" * 200, "nested more than 100 deep", "嵌套超过 100 层"),
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", "not on the list", "不在允许的端点之列"),
        ("SELECT ?x { ?x ?y ?z } LIMIT", "expected", "引擎在此处读不下去"),
    ],
)
def test_errors_speak_both_languages(web: httpx.Client, query: str, english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh-CN", chinese), ("fr;q=1, zh;q=0.5, en;q=0.4", chinese)):
        headers = {"Accept-Language": language, "Accept": "application/sparql-results+json, text/plain;q=0.1"}
        response = web.get("/sparql", params={"query": query}, headers=headers)
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.headers["content-language"] == ("en" if language == "en" else "zh-CN")
        assert words in response.text
        headers["Accept"] = "application/json"
        problem = web.get("/sparql", params={"query": query}, headers=headers).json()
        assert words in problem["detail"]
        assert problem["line"] >= 1
    # A program that names no language.
    assert english in web.get("/sparql", params={"query": query}).json()["detail"]


def test_a_stopped_query_is_not_run_again_at_once(impatient: Server) -> None:
    query = {"query": f"{RUNAWAY} # again"}
    first, second = (httpx.get(f"{impatient.url}/sparql", params=query, timeout=PATIENCE) for _ in range(2))
    assert (first.status_code, second.status_code) == (504, 504)
    assert 0 < int(second.headers["retry-after"]) <= 60
    assert "not tried again" in second.json()["detail"]


def test_graph_store(web: httpx.Client) -> None:
    iri = f"{DOCUMENT}shenzhen-2023-budget"
    response = web.get("/graphs", params={"graph": iri})
    assert response.headers["content-type"].startswith("text/turtle")
    triples = set(ox.parse(response.content, ox.RdfFormat.TURTLE))
    query = {"query": "CONSTRUCT WHERE { ?s ?p ?o }", "default-graph-uri": iri, "format": "nt"}
    assert len(triples) == len(web.get("/sparql", params=query).text.splitlines()) > 10
    everything = web.get("/graphs?default", headers={"Accept": "application/n-triples"})
    assert len(everything.text.splitlines()) > len(triples)
    head = web.head("/graphs", params={"graph": iri})
    assert (head.status_code, head.content) == (200, b"")
    assert (
        head.headers["content-length"] == response.headers["content-length"] or "content-encoding" in response.headers
    )
    again = web.get("/graphs", params={"graph": iri}, headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
    # The graph of a browser's link is text that it shows.
    assert web.get("/graphs", params={"graph": iri}, headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "address", "accept", "status", "code"),
    [
        ("GET", "/graphs", "*/*", 400, "graph"),
        ("GET", "/graphs?default&graph=http://x/", "*/*", 400, "graph"),
        ("GET", "/graphs?graph=x", "*/*", 400, "graph_iri"),
        ("GET", "/graphs?graph=http://x/nothing", "*/*", 404, "unknown_graph"),
        ("GET", "/graphs?graph=%FF", "*/*", 400, "not_utf8"),
        ("GET", "/graphs?default", "image/png", 406, "not_acceptable"),
        ("GET", "/graphs?default&format=csv", "*/*", 406, "not_acceptable"),
        ("PUT", "/graphs?default", "*/*", 405, "method"),
        ("POST", "/graphs?graph=http://x/", "*/*", 405, "method"),
        ("DELETE", "/graphs?default", "*/*", 405, "method"),
        ("PATCH", "/graphs?default", "*/*", 405, "method"),
        ("DELETE", "/sparql?query=ASK{}", "*/*", 405, "method"),
    ],
)
def test_graph_store_errors(web: httpx.Client, method: str, address: str, accept: str, status: int, code: str) -> None:
    response = web.request(method, address, headers={"Accept": accept})
    assert (response.status_code, response.json()["code"]) == (status, code)
    if status == 405:
        assert response.headers["allow"].startswith("GET, HEAD")


def test_the_description_says_what_is(web: httpx.Client, server: Server) -> None:
    store = ox.Store()
    store.load(web.get("/sparql", headers={"Accept": "text/turtle"}).content, ox.RdfFormat.TURTLE)

    def values(predicate: str) -> set[str]:
        return {q.object.value for q in store.quads_for_pattern(None, ox.NamedNode(predicate), None)}

    assert values(f"{SD}endpoint") == {f"{server.url}/sparql"}
    assert values(f"{SD}feature") == {f"{SD}UnionDefaultGraph"}
    formats = {v.rpartition("/")[2] for v in values(f"{SD}resultFormat")}
    assert formats == {
        "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples",
        "RDF_XML", "JSON-LD", "N-Quads", "TriG",
    }  # fmt: skip
    rows = web.get("/sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"}).json()
    assert values(f"{SD}name") == {row["g"]["value"] for row in rows["results"]["bindings"]}
    limits = {
        q.object.value: next(store.quads_for_pattern(q.subject, ox.NamedNode(f"{SCHEMA}value"), None)).object.value
        for q in store.quads_for_pattern(None, ox.NamedNode(f"{SCHEMA}name"), None)
    }
    assert float(limits["GONGKAI_QUERY_TIMEOUT_SECONDS"]) == float(CALM["GONGKAI_QUERY_TIMEOUT_SECONDS"])
    assert limits["GONGKAI_MAX_RESULT_BYTES"] == "2000000"
    # Its examples run here as they are.
    examples = values("http://www.w3.org/ns/shacl#select")
    assert examples
    for query in sorted(examples)[:3]:
        assert web.get("/sparql", params={"query": query}).status_code == 200
    again = web.get("/sparql", headers={"If-None-Match": web.get("/sparql").headers["etag"]})
    assert again.status_code == 304


def test_every_limit_is_on_the_help_page(web: httpx.Client) -> None:
    for language, words in (("zh", "默认图是所有命名图之并"), ("en", "the default graph is the union")):
        page = web.get("/sparql/help", params={"lang": language})
        assert words in page.text
        for limit in list_limits(ServiceSettings()):
            assert limit.setting in page.text
            assert (limit.text_zh if language == "zh" else limit.text.replace("'", "&#39;")) in page.text
    assert "2,000,000" in page.text


def test_every_bound_of_a_query_is_shown() -> None:
    """A limit of queries that is added is shown to those who meet it."""
    named = re.compile(r"(max|_seconds$|_bytes$|_length$).*")
    about = re.compile(r"query|request|result|queue|nesting|operators|path_steps|clauses|service")
    bounds = {name for name in ServiceSettings.model_fields if named.search(name) and about.search(name)}
    everything = ServiceSettings(service_allow=("http://x/",))
    shown = {limit.setting.removeprefix("GONGKAI_").lower() for limit in list_limits(everything)}
    assert len(bounds) >= 14
    assert bounds <= shown


def test_metrics_ready_and_health(web: httpx.Client) -> None:
    web.get("/sparql", params={"query": "SELECT * {"})
    web.get("/no-such-place/at-all")
    text = web.get("/metrics").text
    assert re.search(r'^gongkai_queries_total\{outcome="syntax",source="guard"\} \d', text, re.MULTILINE)
    assert 'gongkai_requests_total{room="other",status="404"}' in text
    assert "no-such-place" not in text
    assert re.search(r'^gongkai_processes\{state="idle"\} [1-9]', text, re.MULTILINE)
    assert web.get("/ready").json()["status"] == "ready"
    held = web.get("/health").json()["store"]
    assert held["isolation"] in ("seccomp", "namespace", "none")
    assert held["walls"] == ("landlock" if find_version() else "none")


@pytest.fixture(scope="module")
def logged(
    tmp_path_factory: pytest.TempPathFactory, graph: Path, serve: Callable[..., Server]
) -> Iterator[tuple[Server, Path, Path]]:
    """A server that writes its log to a file, in which everything is slow; its store, its log."""
    folder = tmp_path_factory.mktemp("logged")
    store, log = folder / "store", folder / "log.jsonl"
    store.mkdir()
    load_files([graph], store)
    server = serve(store, GONGKAI_LOG_FILE=str(log), GONGKAI_SLOW_LOG_SECONDS="0.0001", GONGKAI_CACHE_BYTES="0",
                   **HELD)  # fmt: skip
    yield server, store, log
    server.stop()


def read_log(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_the_log(logged: tuple[Server, Path, Path]) -> None:
    server, _, log = logged
    query = "SELECT ?s { ?s a <https://w3id.org/gongkai/ontology#Document> } # 口岸"
    sizes = {}
    for key, rows in (("json", 3), ("xml", 3), ("csv", 3), ("tsv", 3)):
        response = httpx.get(f"{server.url}/sparql", params={"query": query, "format": key}, timeout=PATIENCE)
        sizes[key] = (len(response.content), rows)
        assert response.headers["x-gongkai-rows"] == "3"
    httpx.get(f"{server.url}/sparql", params={"query": "SELECT * {"}, timeout=PATIENCE)
    httpx.get(f"{server.url}/queries", timeout=PATIENCE)
    # A line is written when its answer is on its way.
    wait_until(lambda: read_log(log)[-1]["path"] == "/queries", "the line of the last request")
    lines = read_log(log)
    answered = [line for line in lines if line.get("text") == query]
    assert [(line["bytes"], line["rows"]) for line in answered] == list(sizes.values())
    assert {line["outcome"] for line in answered} == {"ok"}
    assert len({line["query"] for line in answered}) == 1
    assert re.fullmatch("[0-9a-f]{16}", str(answered[0]["query"]))
    failed = next(line for line in lines if line.get("text") == "SELECT * {")
    assert (failed["status"], failed["outcome"], failed["event"]) == (400, "syntax", "slow query")
    assert any(line["path"] == "/queries" and "query" not in line for line in lines)
    assert "127.0.0.1" not in log.read_text(encoding="utf-8")


def test_a_request_has_a_name_in_the_log_and_in_its_answer(logged: tuple[Server, Path, Path]) -> None:
    server, _, log = logged
    names = [httpx.get(f"{server.url}{path}", timeout=PATIENCE).headers["x-request-id"] for path in ("/", "/nowhere")]
    query = httpx.get(f"{server.url}/sparql", params={"query": "ASK {}"}, timeout=PATIENCE)
    names.append(query.headers["x-request-id"])
    assert len(set(names)) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in names)
    assert "X-Request-Id" in query.headers["access-control-expose-headers"]
    wait_until(lambda: any(line["id"] == names[-1] for line in read_log(log)), "the line of the last request")
    paths = {line["id"]: line["path"] for line in read_log(log)}
    assert [paths[name] for name in names] == ["/", "/nowhere", "/sparql"]
    # A trusted proxy, as the machine itself is unless set otherwise, names its requests, but not in any way.
    for told, taken in (("a1.B_2-c", True), ("x" * 65, False), ("a b", False), ('"', False)):
        answer = httpx.get(f"{server.url}/health", headers={"X-Request-Id": told}, timeout=PATIENCE)
        assert (answer.headers["x-request-id"] == told) is taken


def is_served(url: str, iri: str) -> bool:
    question = {"query": f"ASK {{ {iri} ?p ?o }}"}
    return bool(httpx.get(f"{url}/sparql", params=question, timeout=PATIENCE).json()["boolean"])


def test_no_request_fails_while_snapshots_change(
    logged: tuple[Server, Path, Path], graph: Path, tmp_path: Path
) -> None:
    server, store, _ = logged
    done = threading.Event()
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g a <https://w3id.org/gongkai/ontology#Document> }"

    def ask(number: int) -> list[tuple[int, str]]:
        seen = []
        with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
            while not done.is_set():
                query = slow if number == 0 else f"ASK {{ <http://x/{number}/{len(seen)}> ?p ?o }}"
                response = client.get("/sparql", params={"query": query})
                seen.append((response.status_code, response.headers.get("x-gongkai-snapshot", "")))
        return seen

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(ask, number) for number in range(4)]
        try:
            for number in range(3):
                more = tmp_path / f"more{number}.nt"
                more.write_text(f"<http://x/new{number}> <http://x/p> <http://x/o> .\n", encoding="ascii")
                load_files([graph, more], store)
                wait_until(partial(is_served, server.url, f"<http://x/new{number}>"), "the new snapshot")
        finally:
            done.set()
        seen = [entry for task in running for entry in task.result()]
    assert {status for status, _ in seen} == {200}
    assert len({snapshot for _, snapshot in seen}) >= 2
    assert len(seen) > 20
