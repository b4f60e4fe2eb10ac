"""The guard: what it refuses and where, what it lets through, and that it cannot be fooled."""

from __future__ import annotations

import contextlib
import socket
import string
import threading
import time
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.sparql.guard import Limits, Refusal, inspect
from service.sparql.tokens import StrayCharacter, split
from tests.volume import size
from tests.waiting import wait_until

U = "http://127.0.0.1:9/x"


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <http://x> {}" }',
        "SELECT * { ?s ?p 'it''s' , '''SERVICE <x> {''' }",
        "ASK {} # SERVICE <http://x> { }",
        "PREFIX ex: <http://x/> SELECT * { ex:SERVICE ex:p ?service . ?s <http://x/SERVICE/y> ex:INSERT }",
        "SELECT * { GRAPH <http://x/service> { ?s ?p ?o } }",
        'SELECT * { ?s ?p "x"@service }',
        "SELECT ?部门 { ?部门 ?p '口岸办公室，“你好”' }",
        "PREFIX s: <http://x/service#> SELECT * { GRAPH s:service { ?s ?p ?o } FILTER(?o < 3 && ?o > 1) }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (<http://a/service#x>, <http://b>)) }",
        "BASE <http://x/> PREFIX : <y#> DESCRIBE :a",
        "select?s{?s ?p ?o}",
        "SELECT * { ?s (<p>/<q>|^<r>)* ?o }",
    ],
)
def test_lets_through(query: str) -> None:
    inspect(query)


@pytest.mark.parametrize(
    ("query", "rule", "line", "column"),
    [
        ("INSERT DATA { <a> <b> <c> }", "update", 1, 1),
        ("PREFIX a: <http://x/>\nLOAD <http://x>", "update", 2, 1),
        ("# note\n  drop all", "update", 2, 3),
        (f"SELECT * {{ SERVICE <{U}> {{ ?s ?p ?o }} }}", "service", 1, 12),
        (f"SELECT * {{\n SERVICE SILENT <{U}> {{ ?s ?p ?o }} }}", "service", 2, 2),
        ("SELECT * { SERVICE ?x { ?s ?p ?o } }", "service", 1, 12),
        ("SELECT * { ?s ex:p ?o }", "prefix", 1, 15),
        ("SELECT * { ?s ?p ?o", "syntax", 1, 10),
        ("SELECT * { ?s ?p ?o )", "syntax", 1, 21),
        ('SELECT * { ?s ?p "a\nb" }', "syntax", 1, 18),
        ("SELECT * { ?s ?p “x” }", "syntax", 1, 18),
        ("SELECT * { ?s ?p ?o ， }", "syntax", 1, 21),
        ("", "syntax", 1, 1),
        ("   \n", "syntax", 2, 1),
        ("EXPLAIN SELECT * {}", "syntax", 1, 1),
        ('ASK { ?s ?p "\\u0022" }', "escape", 1, 14),
        ("SELECT * {" + "{" * 100, "max_nesting", 1, 110),
    ],
)
def test_refuses_with_rule_and_place(query: str, rule: str, line: int, column: int) -> None:
    with pytest.raises(Refusal) as caught:
        inspect(query)
    assert (caught.value.rule, caught.value.line, caught.value.column) == (rule, line, column)
    assert caught.value.remedy


def test_names_the_declaration_of_a_known_prefix() -> None:
    with pytest.raises(Refusal, match=r"PREFIX gk: <https://w3id\.org/gongkai/ontology#>"):
        inspect("SELECT * { ?s a gk:Figure }")


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("SELECT (1" + "+1" * 1000 + " AS ?x) {}", "max_operators"),
        ("SELECT (" + "!" * 1000 + "true AS ?x) {}", "max_path_steps"),
        ("SELECT * { ?s " + "/".join(["<p>"] * 200) + " ?o }", "max_path_steps"),
        ("SELECT * { ?s " + "/".join(["(<p>/<q>)"] * 80) + " ?o }", "max_path_steps"),
        ("SELECT * {" + "OPTIONAL { ?s ?p ?o } " * 500 + "}", "max_clauses"),
        ("ASK {" + " " * 70_000 + "}", "max_query_bytes"),
        ("SELECT (" + "(" * 200, "max_nesting"),
        ("SELECT * { ?s ?p " + "[" * 200, "max_nesting"),
    ],
)
def test_limits(query: str, rule: str) -> None:
    with pytest.raises(Refusal) as caught:
        inspect(query)
    assert caught.value.rule == rule


def test_service_on_the_list_passes() -> None:
    limits = Limits(service=frozenset({U}))
    inspect(f"SELECT * {{ SERVICE <{U}> {{ ?s ?p ?o }} }}", limits)
    inspect("PREFIX e: <http://127.0.0.1:9/> SELECT * { SERVICE e:x { ?s ?p ?o } }", limits)
    with pytest.raises(Refusal):
        inspect("PREFIX e: <http://127.0.0.1:9/y/> SELECT * { SERVICE e:x { ?s ?p ?o } }", limits)


# Each of these the engine reads as a SERVICE call, though a lexer by the book sees names, IRIs or strings.
FORGED = [
    "PREFIX SERVICE: <http://a/> PREFIX : <{u}> SELECT * {{ SERVICE:x {{?s ?p ?o}} }}",
    "PREFIX : <{u}> SELECT * {{ SERVICE:x {{?s ?p ?o}} }}",
    "PREFIX e: <{u}> SELECT * {{ SERVICEe:x {{?s ?p ?o}} }}",
    "PREFIX SERVICEe: <http://a/> PREFIX e: <{u}> SELECT * {{ SERVICEe:x {{?s ?p ?o}} }}",
    "PREFIX SERVICE: <http://a/> PREFIX : <{u}> SELECT * {{ SERVICE:x # c\n {{?s ?p ?o}} }}",
    "SELECT * {{ ?s ?p trueSERVICE<{u}>{{?s ?p ?o}} }}",
    "SELECT * {{ SERVICESILENT<{u}>{{?s ?p ?o}} }}",
    "SELECT * {{ ?s ?p 1SERVICE<{u}>{{?s ?p ?o}} }}",
    "SELECT * {{ ?s ?p ?o }} OPTIONAL{{}}SERVICE<{u}>{{?s ?p ?o}}",
    "SELECT * {{ BIND(1 AS ?a) FILTER(?a<'>')SERVICE<{u}>{{?s?p?o}}#'\n}}",
    "SELECT * {{ BIND(1 AS ?a) FILTER(?a<'>'||true)SERVICE<{u}>{{?s?p?o}}}}#')}}",
    "SELECT * {{ VALUES ?x {{<{u}>}} BIND(1 AS ?b) FILTER(?b<?b||true)SERVICE?x#>\n{{?s?p?o}} }}",
    "SELECT * {{ VALUES ?x {{<{u}>}} BIND(1 AS ?b) FILTER(?b<2)SERVICE?x#>)\n{{?s?p?o}} }}",
    "SELECT * {{ BIND(1 AS ?b) FILTER(?b<2||true)#>'''\nSERVICE<{u}>{{?s?p?o}}#'''||true)\n}}",
    "SELECT * {{ SERVICE\t<{u}>{{?s ?p ?o}} }}",
    "SELECT * {{ SERVICE#<http://ok>\n<{u}>{{?s ?p ?o}} }}",
    "SELECT * {{ sErViCe<{u}>{{?s ?p ?o}} }}",
]


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A listening socket, and the connections that were made to it."""
    heard: list[str] = []
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen(16)
        trap.settimeout(0.2)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, address = trap.accept()
                except TimeoutError:
                    continue
                heard.append(str(address))
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{trap.getsockname()[1]}/", heard
        stop.set()
        thread.join()


def run(query: str) -> None:
    """Evaluates a query in this process, where nothing but the guard stands before the network."""
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://x/s"), ox.NamedNode("http://x/p"), ox.Literal(1)))
    with contextlib.suppress(SyntaxError, RuntimeError, OSError, ValueError):
        results = store.query(query)
        if not isinstance(results, ox.QueryBoolean):
            for _ in results:
                pass


def test_the_engine_does_call_out_where_nothing_stops_it(listener: tuple[str, list[str]]) -> None:
    """Without this, the next tests would show nothing."""
    url, heard = listener
    before = len(heard)
    run(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}")
    run(FORGED[1].format(u=url))
    wait_until(lambda: len(heard) >= before + 2, "both calls")


@pytest.mark.parametrize("forged", FORGED)
def test_no_forged_service_passes_and_calls(forged: str, listener: tuple[str, list[str]]) -> None:
    url, heard = listener
    before = len(heard)
    query = forged.format(u=url)
    try:
        inspect(query)
    except Refusal:
        return
    run(query)
    time.sleep(0.3)
    assert len(heard) == before, "a query that the guard passed reached the network"


_PIECES = st.sampled_from(
    [
        "SERVICE", "service", "SILENT", "<URL>", "?x", ":a", "s:a", "SERVICE:a", "{", "}", "(", ")", "'", '"', "'''",
        "#", "\n", " ", "<", ">", "?a", "1", "true", "FILTER(", "BIND(1 AS ?a)", "?s ?p ?o", ".", ";", "||true", "\\",
        "a:b", "_:b", "@en", "GRAPH", "OPTIONAL", "UNION", "VALUES ?x {<URL>}", "<b#", "ex:",
    ]
)  # fmt: skip


@settings(max_examples=size(150, 400), deadline=None)
@given(st.lists(_PIECES, max_size=14))
def test_whatever_passes_stays_silent(listener: tuple[str, list[str]], pieces: list[str]) -> None:
    url, heard = listener
    prologue = f"PREFIX : <{url}> PREFIX s: <{url}> PREFIX SERVICE: <http://a/> "
    query = prologue + "SELECT * { " + "".join(pieces).replace("URL", url) + " }"
    try:
        inspect(query)
    except Refusal:
        return
    before = len(heard)
    run(query)
    assert len(heard) == before, query


@settings(max_examples=size(100, 300), deadline=None)
@given(st.text(alphabet=string.printable + "，“口岸é\u2028", max_size=200))
def test_tokens_cover_the_text(text: str) -> None:
    """Tokens are the text in order; between them is white space only."""
    stray: StrayCharacter | None = None
    tokens = []
    try:
        tokens = split(text)
    except StrayCharacter as error:
        stray = error
    if stray is not None:
        assert text[stray.offset] == stray.character
        return
    position = 0
    for token in tokens:
        assert text[position : token.start].strip(" \t\r\n") == ""
        assert text[token.start : token.end] == token.text
        position = token.end
    assert text[position:].strip(" \t\r\n") == ""


@settings(max_examples=size(100, 200), deadline=None)
@given(st.text(max_size=60))
def test_any_string_literal_is_one_token(text: str) -> None:
    tokens = split(f"{ox.Literal(text)} ?x")
    assert [t.kind for t in tokens] == ["string", "variable"]


@pytest.mark.parametrize(
    "text",
    ["a." * 32_000, "'''" + "\\'" * 30_000, "<" * 60_000, "<a " * 20_000, "_:a." * 15_000, "?" * 60_000, "'" * 60_001],
)
def test_linear_time(text: str) -> None:
    begin = time.process_time()  # whatever else the machine does
    with contextlib.suppress(Refusal):
        inspect(f"SELECT * {{ {text} }}", Limits(query_bytes=10**6))
    assert time.process_time() - begin < 2.0
