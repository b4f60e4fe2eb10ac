"""Look-ups: which queries are taken for one, and that their answers are those of the engine, whatever is asked."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.build.building import build
from loaders.build.snapshots import Snapshot, find_current
from loaders.settings import DEFAULT_BASE, Settings
from service.endpoint.question import unescape
from service.engine.evaluation import evaluate
from service.engine.lookups import answer
from service.engine.rows import read_json_term, write_json_term
from service.engine.shelf import MOST_ROWS, SIDES, Shelf, Side, write_shelf
from service.engine.statistics import Statistics, write_statistics
from service.engine.workers import Job
from service.linked.snapshot_parts import make as make_part
from service.sparql.guard import Refusal, inspect
from service.sparql.lookups import RDF_TYPE, Count, Lookup, find_lookup
from tests.commands import run
from tests.loaders.growing_documents import Folder
from tests.service.conftest import Server, start_server
from tests.service.query_maker import QueryMaker
from tests.volume import more, size
from tests.waiting import wait_until

_GK = f"{DEFAULT_BASE}ontology#"
_PREFIX = f"PREFIX gk: <{_GK}>\n"
_THING = "http://example.org/thing"

_TAKEN: dict[str, Lookup | Count] = {
    f"SELECT ?p ?o WHERE {{ <{_THING}> ?p ?o }}": Lookup((_THING, "?p", "?o"), ("p", "o")),
    f"select*{{<{_THING}>?p $o.}}": Lookup((_THING, "?p", "?o"), ("o", "p")),
    f"SELECT DISTINCT ?o {{ <{_THING}> a ?o }} LIMIT 3": Lookup((_THING, RDF_TYPE, "?o"), ("o",), True, 3),
    f"{_PREFIX}SELECT ?s {{ ?s gk:agency <{_THING}> }}": Lookup(("?s", f"{_GK}agency", _THING), ("s",)),
    f"{_PREFIX}PREFIX gk: <http://other/>\nDESCRIBE gk:x": Lookup(("http://other/x", "?p", "?o")),
    f" DESCRIBE\t<{_THING}>\r\n": Lookup((_THING, "?p", "?o")),
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }": Count("all", "n"),
    "SELECT (count( ?p ) as ?n) { GRAPH ?g { ?s ?p ?o . } }": Count("all", "n", named=True),
    f"{_PREFIX}SELECT (COUNT(?s) AS ?n) {{ ?s a gk:Figure }}": Count("class", "n", f"{_GK}Figure"),
    f"{_PREFIX}SELECT (COUNT(*) AS ?n) {{ ?s gk:amount ?o }}": Count("property", "n", f"{_GK}amount"),
    "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n) LIMIT 5":
        Count("class", "n", key="c", order=-1, limit=5),
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g": Count("graph", "n", named=True, key="g"),
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?n": Count("property", "n", key="p", order=1),
}  # fmt: skip
_LEFT = (
    f"PREFIX a: <http://a/%zz>\nDESCRIBE <{_THING}>",
    "SELECT ?s ?p ?o { ?s ?p ?o }",
    f"SELECT ?p {{ <{_THING}> ?p ?p }}",
    f"SELECT ?x {{ <{_THING}> ?p ?o }}",
    f"SELECT ?p ?p {{ <{_THING}> ?p ?o }}",
    f"SELECT ?p {{ <{_THING}> ?p ?o . ?o ?q ?r }}",
    f"SELECT ?p {{ <{_THING}> ?p ?o }} ORDER BY ?p",
    f"SELECT ?p {{ <{_THING}> ?p ?o FILTER(?o > 1) }}",
    f"SELECT ?p {{ <{_THING}> ?p 5 }}",
    f"SELECT ?p FROM <{_THING}> {{ <{_THING}> ?p ?o }}",
    "SELECT ?p { <thing> ?p ?o }",
    "SELECT ?p { <http://example.org/a/../b> ?p ?o }",
    "SELECT ?p { gk:undeclared ?p ?o }",
    f"SELECT ?p {{ <{_THING}> gk:a+ ?p }}",
    f"# a comment\nDESCRIBE <{_THING}>",
    f"DESCRIBE <{_THING}> <{_THING}>",
    f"DESCRIBE ?s {{ ?s a <{_THING}> }}",
    "BASE <http://example.org/> DESCRIBE <thing>",
    "PREFIX x: <rel> DESCRIBE x:a",
    f"SELECT ?sab {{ ?sa <{_THING}> }}",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(?x) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?s) { ?s ?p ?o }",
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?o",
    "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY ?c",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?s { ?s ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) { GRAPH <http://g> { ?s ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o }",
)


@pytest.mark.parametrize("query", _TAKEN)
def test_taken(query: str) -> None:
    assert find_lookup(query) == _TAKEN[query]


@pytest.mark.parametrize("query", _LEFT)
def test_left_to_the_engine(query: str) -> None:
    assert find_lookup(query) is None


@pytest.fixture(scope="module")
def database(store_of_five: Path) -> Path:
    snapshot = find_current(store_of_five)
    assert snapshot is not None
    return snapshot.database


@pytest.fixture(scope="module")
def engine(database: Path) -> ox.Store:
    return ox.Store.read_only(str(database))


@pytest.fixture(scope="module")
def shelf(engine: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return _shelve(engine, tmp_path_factory.mktemp("shelf"), len(engine))


def _shelve(store: ox.Store, folder: Path, quads: int) -> Shelf:
    write_shelf(store, folder, quads)
    return Shelf("000001", folder)


@pytest.fixture(scope="module")
def counts(engine: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Statistics:
    folder = tmp_path_factory.mktemp("counts")
    write_statistics(engine, folder)
    return Statistics.read("000001", folder)


def _ask_engine(store: ox.Store, query: str, form: str) -> bytes:
    job = {"query": query, "format": form, "base": "http://localhost/", "limit": 10**8, "union": True, "default": [],
           "named": [], "prefixes": {}}  # fmt: skip
    head, parts = evaluate(store, job)
    assert "error" not in head, head
    return b"".join(parts)


def _read(body: bytes, form: str) -> Counter[Any]:
    """The rows or triples of an answer, each as often as it is there."""
    if form == "json":
        found = json.loads(body)
        return Counter(
            [tuple(found["head"]["vars"])] + [tuple(sorted((k, tuple(sorted(v.items()))) for k, v in row.items()))
                                              for row in found["results"]["bindings"]]
        )  # fmt: skip
    if form == "csv":
        return Counter(tuple(row) for row in csv.reader(io.StringIO(body.decode("utf-8"), newline="")))
    return Counter(ox.parse(body, {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES}[form]))


@pytest.fixture(scope="module")
def samples(engine: ox.Store) -> list[ox.Quad]:
    """Statements by chance, of all kinds."""
    chance = random.Random(5)
    quads = list(engine)
    return [quad for quad in chance.sample(quads, 400) if isinstance(quad.subject, ox.NamedNode)]


def test_the_same_as_the_engine(shelf: Shelf, engine: ox.Store, samples: list[ox.Quad]) -> None:
    chance, taken = random.Random(6), 0
    for quad in samples:
        subject, predicate = f"<{quad.subject.value}>", f"<{quad.predicate.value}>"  # type: ignore[union-attr]
        forms = [
            (f"SELECT ?p ?o WHERE {{ {subject} ?p ?o }}", "json"), (f"SELECT * {{ {subject} ?p ?o }}", "csv"),
            (f"SELECT ?o {{ {subject} {predicate} ?o }}", "json"), (f"SELECT ?o ?p {{ {subject} ?p ?o }}", "json"),
            (f"SELECT DISTINCT ?p {{ {subject} ?p ?o }}", "json"), (f"DESCRIBE {subject}", "ttl"),
            (f"DESCRIBE {subject}", "nt"),
        ]  # fmt: skip
        if isinstance(quad.object, ox.NamedNode):
            forms.append((f"SELECT ?s {{ ?s {predicate} <{quad.object.value}> }}", "json"))
            forms.append((f"SELECT ?s ?p {{ ?s ?p <{quad.object.value}> }}", "csv"))
        for query, form in chance.sample(forms, 3):
            lookup = find_lookup(query)
            assert isinstance(lookup, Lookup), query
            found = answer(shelf, Job(query, form, "http://localhost/", 10**8), lookup)
            if found is not None:
                taken += 1
                body, rows = found
                expected = _ask_engine(engine, query, form)
                assert _read(body, form) == _read(expected, form), query
                assert rows == (_read(expected, form).total() - (form in ("json", "csv")))
    assert taken > 600


def test_no_thing_no_rows(shelf: Shelf) -> None:
    lookup = find_lookup(f"SELECT ?p {{ <{_THING}> ?p ?o }}")
    assert isinstance(lookup, Lookup)
    body, rows = answer(shelf, Job("", "json", "", 10**6), lookup) or (b"", 1)
    assert (json.loads(body), rows) == ({"head": {"vars": ["p"]}, "results": {"bindings": []}}, 0)
    assert answer(shelf, Job("", "csv", "", 10**6), lookup) == (b"p\r\n", 0)


def test_what_is_much_or_other_goes_to_the_pool(shelf: Shelf) -> None:
    many = Lookup(("?s", RDF_TYPE, f"{_GK}Figure"), ("s",))
    assert answer(shelf, Job("", "json", "", 10**8), many) is None
    few = Lookup((f"{_GK}Figure", "?p", "?o"), ("p", "o"))
    assert answer(shelf, Job("", "json", "", 10**8), few) is not None
    assert answer(shelf, Job("", "xml", "", 10**8), few) is None
    assert answer(shelf, Job("", "json", "", 80), few) is None, "an answer that may be over the limit is not begun"
    assert answer(shelf, Job("", "json", "", 10**8, default=("http://g",)), few) is None
    assert answer(shelf, Job("", "json", "", 10**8, union=False), few) is None
    assert answer(shelf, Job("", "json", "", 10**8), Lookup(("not an iri", "?p", "?o"), ("p",))) is None


_ODD = [
    "",
    "plain",
    'a "quotation" \\',
    "tab\tline\nreturn\r",
    "\x00\x1f\x85\u2028\ufeff",
    "汉字𠀀",
    '","xml:lang":"en',
    "!",
]


def _make_odd_store() -> ox.Store:
    """Terms of every kind, a thing with much, one with a statement about a statement."""
    store, first = ox.Store(), ox.NamedNode("http://g/1")
    thing, names = ox.NamedNode(_THING), [ox.NamedNode(f"http://p/{number}") for number in range(3)]
    for text in _ODD:
        for literal in (ox.Literal(text), ox.Literal(text, language="zh-hans"), ox.Literal(text, datatype=names[0])):
            store.add(ox.Quad(thing, names[1], literal, first))
    store.add(ox.Quad(thing, names[2], ox.BlankNode("b1"), first))
    store.add(ox.Quad(ox.BlankNode("b1"), names[2], thing, first))
    store.add(ox.Quad(thing, names[2], thing, first))
    for number in range(MOST_ROWS + 1):
        store.add(ox.Quad(ox.NamedNode("http://much"), names[0], ox.Literal(number), first))
    for number in range(MOST_ROWS):
        store.add(ox.Quad(ox.NamedNode("http://all"), names[0], ox.Literal(number), first))
    stated = ox.Triple(thing, names[0], thing)
    store.add(ox.Quad(ox.NamedNode("http://stated"), names[0], stated, first))  # type: ignore[arg-type]
    return store


@pytest.mark.parametrize("quads", [10, 5_000_000])
def test_odd_terms(tmp_path: Path, quads: int) -> None:
    store = _make_odd_store()
    shelf = _shelve(store, tmp_path, quads)
    for query in (
        f"SELECT ?p ?o {{ <{_THING}> ?p ?o }}", f"SELECT ?o {{ <{_THING}> <http://p/1> ?o }}",
        f"SELECT ?p {{ <{_THING}> ?p ?o }}", f"SELECT DISTINCT ?p {{ <{_THING}> ?p ?o }}",
        f"SELECT ?p {{ <{_THING}> ?p <{_THING}> }}", f"SELECT ?s ?p {{ ?s ?p <{_THING}> }}",
        f"SELECT ?o {{ <{_THING}> <http://p/none> ?o }}", "SELECT ?o { <http://all> ?p ?o }",
    ):  # fmt: skip
        lookup = find_lookup(query)
        assert isinstance(lookup, Lookup)
        for form in ("json", "csv"):
            body, _ = answer(shelf, Job(query, form, "http://localhost/", 10**8), lookup) or (b"", 0)
            assert _read(body, form) == _read(_ask_engine(store, query, form), form), (query, form)
    for thing in (_THING, "http://much", "http://stated"):
        lookup = find_lookup(f"DESCRIBE <{thing}>")
        assert isinstance(lookup, Lookup)
        assert answer(shelf, Job("", "nt", "http://localhost/", 10**8), lookup) is None


def test_a_statement_in_two_graphs_is_one(tmp_path: Path) -> None:
    """The union of graphs is a set, though the engine goes through it graph by graph."""
    store, names = ox.Store(), [ox.NamedNode(f"http://{name}") for name in "spo"]
    for graph in ("http://g/1", "http://g/2"):
        store.add(ox.Quad(*names, ox.NamedNode(graph)))
    shelf = _shelve(store, tmp_path, 2)
    assert shelf.find("about", "http://s") == ['0\t{"type":"uri","value":"http://o"}']
    assert shelf.find("naming", "http://o") == ['0\t{"type":"uri","value":"http://s"}']


def test_the_same_files_whatever_is_put_in_order_at_once(engine: ox.Store, tmp_path: Path) -> None:
    kept = []
    for quads in (0, 10**7):
        folder = tmp_path / str(quads)
        folder.mkdir()
        write_shelf(engine, folder, quads)
        kept.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert len(kept[0]) == 7
    assert kept[0] == kept[1]


def test_things_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("service.engine.shelf._hash", len)
    store = ox.Store()
    for name in "abc":
        store.add(ox.Quad(ox.NamedNode(f"http://{name}"), ox.NamedNode("http://p"), ox.Literal(name)))
    shelf = _shelve(store, tmp_path, 3)
    assert shelf.find("about", "http://b") == ['0\t{"type":"literal","value":"b"}']
    assert shelf.find("about", "http://d") == []


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["", "zh", "@"]))
@settings(max_examples=size(100, 1_000))
def test_terms_are_read_as_they_were_written(text: str, kind: str) -> None:
    name = ox.NamedNode("http://example.org/type")
    literal = (
        ox.Literal(text)
        if not kind
        else ox.Literal(text, language=kind)
        if kind != "@"
        else ox.Literal(text, datatype=name)
    )
    for term in (literal, name, ox.BlankNode("b")):
        written = write_json_term(term)
        assert read_json_term(written) == term
        assert not set("\t\n") & set(written)


@pytest.mark.parametrize("seed", [3, *more(1, 2, 4)])
def test_a_grown_shelf_says_what_one_made_at_once_says(tmp_path: Path, seed: int) -> None:
    folder, store = Folder(tmp_path / "documents", seed), tmp_path / "store"
    folder.add(4)
    build([folder.folder], store, Settings(jobs=1))
    make_part(store, _take(store), "lookups")
    grown = 0
    for number in range(size(4, 6)):
        folder.step()
        build([folder.folder], store, Settings(jobs=1), mirror=True)
        snapshot = _take(store)
        found = Shelf("", make_part(store, snapshot, "lookups"))
        grown += any(True for _ in found.list_changed("about"))
        whole = _shelve(ox.Store.read_only(str(snapshot.database)), _new(tmp_path / f"at-once-{number}"), 1)
        things = {t.value for q in ox.Store.read_only(str(snapshot.database)) for t in (q.subject, q.object)
                  if isinstance(t, ox.NamedNode)}  # fmt: skip
        # What is gone is asked for too.
        for iri in things | {iri for side in SIDES for iri, _ in found.list_changed(side)}:
            for side in SIDES:
                assert _spell(found, side, iri) == _spell(whole, side, iri), (side, iri)
    assert grown >= 2


def _take(store: Path) -> Snapshot:
    snapshot = find_current(store)
    assert snapshot is not None
    return snapshot


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _spell(shelf: Shelf, side: Side, iri: str) -> list[tuple[str, str]] | None:
    """The rows with their predicates in full, in their order: numbers may differ."""
    rows = shelf.find(side, iri)
    return None if rows is None else [(shelf.written[n], end) for n, _, end in [row.partition("\t") for row in rows]]


@pytest.mark.parametrize("gone", ["about-rows", "naming-hashes", "predicates.json"])
def test_files_that_are_not_all_there(tmp_path: Path, gone: str) -> None:
    write_shelf(_make_odd_store(), tmp_path, 10)
    (tmp_path / gone).write_bytes(b"")
    if gone == "about-rows":
        (tmp_path / gone).unlink()
    with pytest.raises((OSError, ValueError)):
        Shelf("000001", tmp_path)


@pytest.mark.parametrize("query", [query for query, form in _TAKEN.items() if isinstance(form, Count)])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_counts_are_those_of_the_engine(counts: Statistics, engine: ox.Store, query: str, form: str) -> None:
    count = find_lookup(query)
    assert isinstance(count, Count)
    body, _ = counts.answer(Job(query, form, "", 10**8), count) or (b"", 0)
    found, expected = _read(body, form), _read(_ask_engine(engine, query, form), form)
    if count.limit:  # of equal numbers any may come first
        assert found.total() == expected.total() == count.limit + 1
        return
    assert found == expected


def test_classes_without_a_name_are_left_to_the_engine(tmp_path: Path) -> None:
    store = ox.Store()
    store.load(
        input=b"@prefix : <http://x/> . :a a [] , :C .", format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("http://g")
    )
    write_statistics(store, tmp_path)
    counts, job = Statistics.read("000001", tmp_path), Job("", "csv", "", 10**6)
    assert counts.answer(job, Count("class", "n", key="c")) is None
    assert counts.answer(job, Count("class", "n", "http://x/C", named=True)) is None
    assert counts.answer(job, Count("all", "n")) == (b"n\r\n2\r\n", 1)


def test_largest_first(counts: Statistics) -> None:
    query = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) LIMIT 4"
    count = find_lookup(query)
    assert isinstance(count, Count)
    body, rows = counts.answer(Job(query, "json", "", 10**8), count) or (b"{}", 0)
    numbers = [int(row["n"]["value"]) for row in json.loads(body)["results"]["bindings"]]
    assert rows == 4
    assert numbers == sorted(numbers, reverse=True)


def test_whatever_is_taken_is_answered_in_bounded_time(
    shelf: Shelf, counts: Statistics, samples: list[ox.Quad]
) -> None:
    """Of many thousand queries by chance, well-formed and sly: nothing called cheap exceeds its budget, and nothing is
    called cheap that the guard refuses."""
    maker, chance, taken = QueryMaker(3, "http://127.0.0.1:9/x"), random.Random(4), 0
    for _ in range(size(6_000, 100_000)):
        query = maker.make()
        if chance.random() < 0.3:
            quad = chance.choice(samples)
            query = chance.choice(list(_TAKEN)).replace(_THING, quad.subject.value)  # type: ignore[union-attr]
            if chance.random() < 0.5:
                place = chance.randrange(len(query))
                query = query[:place] + chance.choice(" ?<>.{}*#'ax\\\n") + query[place + chance.randrange(2) :]
        lookup = find_lookup(query)
        if lookup is None:
            continue
        taken += 1
        try:
            inspect(query)
        except Refusal as refusal:
            pytest.fail(f"{refusal}: {query}")
        begin = time.process_time()
        job = Job(query, chance.choice(["json", "csv", "ttl"]), "http://localhost/", 10**8)
        answer(shelf, job, lookup) if isinstance(lookup, Lookup) else counts.answer(job, lookup)
        assert time.process_time() - begin < 0.5  # a millisecond or two, on a machine that is not busy otherwise
    assert taken > size(300, 5_000)


@given(
    st.binary(max_size=40)
    | st.lists(st.sampled_from([b"%", b"%E5", b"%0d", b"=", b"+", b"_", b"4", b"a"])).map(b"".join)
)
@settings(max_examples=size(100, 300))
def test_values_of_addresses(raw: bytes) -> None:
    assert unescape(raw) == unquote_to_bytes(raw.replace(b"+", b" "))


@pytest.fixture(scope="module")
def served(copy_of_five: Path) -> Iterator[Server]:
    server = start_server(copy_of_five, GONGKAI_MAX_LOOKUP_QUADS="1000000")
    yield server
    server.stop()


def test_served_as_from_the_processes(served: Server, engine: ox.Store, samples: list[ox.Quad]) -> None:
    with httpx.Client(base_url=served.url, timeout=60) as client:
        _wait_for_shelf(client)
        for quad in samples[:20]:
            query = f"SELECT ?p ?o {{ <{quad.subject.value}> ?p ?o }}"  # type: ignore[union-attr]
            found = client.get("/sparql", params={"query": query, "format": "json"})
            # In other words it is no look-up.
            other = client.get("/sparql", params={"query": f"#\n{query}", "format": "json"})
            assert _read(found.content, "json") == _read(other.content, "json")
            assert found.headers["x-gongkai-rows"] == other.headers["x-gongkai-rows"]
            assert client.get("/sparql", params={"query": query, "format": "json"}).content == found.content
            again = client.get(
                "/sparql", params={"query": query, "format": "json"}, headers={"If-None-Match": found.headers["etag"]}
            )
            assert again.status_code == 304


def _wait_for_shelf(client: httpx.Client) -> None:
    wait_until(lambda: client.get("/health").json()["store"]["lookups"] == "web process", "the shelf")


def test_what_is_published_later_is_looked_up_too(tmp_path: Path) -> None:
    data, query = tmp_path / "data.nq", "SELECT ?o { <http://s> <http://p> ?o }"

    def publish(word: str) -> None:
        data.write_text(f'<http://s> <http://p> "{word}" <http://g> .\n', encoding="utf-8")
        assert run("load", str(data), "--store", str(tmp_path / "store")).returncode == 0

    publish("before")
    server = start_server(tmp_path / "store", GONGKAI_MAX_LOOKUP_QUADS="1000")
    try:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            _wait_for_shelf(client)
            accept = {"Accept": "application/sparql-results+json"}
            first = client.get("/sparql", params={"query": query}, headers=accept)
            assert "before" in first.text
            publish("after")
            wait_until(lambda: "after" in client.get("/sparql", params={"query": query}, headers=accept).text, "it")
            _wait_for_shelf(client)
            told = accept | {"If-None-Match": first.headers["etag"]}
            second = client.get("/sparql", params={"query": query}, headers=told)
            assert "after" in second.text
            told = accept | {"If-None-Match": second.headers["etag"]}
            assert client.get("/sparql", params={"query": query}, headers=told).status_code == 304
            assert client.get("/sparql", params={"query": query}, headers={"Accept": "image/png"}).status_code == 406
            page = client.get("/sparql", params={"query": query}, headers={"Accept": "text/html"})
            assert "text/html" in page.headers["content-type"]
    finally:
        server.stop()


def test_counted_once_somebody_counts(served: Server, engine: ox.Store) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    expected = _ask_engine(engine, query, "csv").decode().split()[1]
    with httpx.Client(base_url=served.url, timeout=60) as client:

        def count(name: str) -> str:
            text = client.get("/sparql", params={"query": query.replace("?n", name), "format": "csv"}).text
            return text.split()[1]

        def count_lookups() -> float:
            lines = client.get("/metrics").text.splitlines()
            return next(float(line.split()[1]) for line in lines if line.startswith("gongkai_lookups "))

        assert count("?n") == expected
        names = (f"?n{number}" for number in itertools.count())

        def is_kept() -> bool:
            before = count_lookups()
            assert count(next(names)) == expected
            return count_lookups() == before + 1

        wait_until(is_kept, "the statements to be counted")


def test_no_look_up_is_longer_than_queries_may_be(store: Path) -> None:
    server = start_server(store, GONGKAI_MAX_LOOKUP_QUADS="1000000", GONGKAI_MAX_QUERY_BYTES="80")
    try:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            short, long = "DESCRIBE <http://example.org/x>", f"DESCRIBE <http://example.org/{'x' * 80}>"
            assert client.get("/sparql", params={"query": short, "format": "ttl"}).status_code == 200
            refused = client.get("/sparql", params={"query": long, "format": "ttl"})
            assert refused.status_code == 413
            assert "max_query_bytes" in refused.text
    finally:
        server.stop()


def test_without_a_shelf(store: Path) -> None:
    server = start_server(store, GONGKAI_MAX_LOOKUP_QUADS="0", GONGKAI_MAX_MEMORY_QUADS="0")
    try:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            assert client.get("/health").json()["store"]["lookups"] == "query processes"
            described = f"DESCRIBE <{DEFAULT_BASE}id/document/shenzhen-2023-budget>"
            described_so = client.get("/sparql", params={"query": described}, headers={"Accept": "text/turtle"})
            assert described_so.status_code == 200
            assert b"Document" in described_so.content
    finally:
        server.stop()


def test_what_is_no_iri_is_not_counted(counts: Statistics) -> None:
    job = Job("", "json", "http://localhost/", 1_000)
    assert counts.answer(job, Count("class", "n", "http://a/%zz")) is None
    assert counts.answer(job, Count("class", "n", "http://a/b")) is not None
