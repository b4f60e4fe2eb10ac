"""gongkai selftest: answers of another engine held against ours; what differs is told with its reason."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

from loaders.build.snapshots import find_current
from loaders.graph.internal import list_internal_files, read_internal
from service.checks.comparing import Difference, compare_graphs, compare_tables, read_value
from service.checks.sample_terms import TERMS
from service.checks.samples import Sample
from service.checks.selftest import Outcome, count, judge
from service.engine.portable import drop_open_slots, fill_empty_patterns, mark_words
from service.queries.answers import Row, Table, Value
from service.queries.binding import find_slots
from tests import commands
from tests.service.conftest import free_port
from tests.service.other_engines import Engine, Twist, serve_engine
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
XSD = "http://www.w3.org/2001/XMLSchema#"
#: One office, one document and one indirect query: enough to see a difference, quick enough for a test.
FEW = ("--only", "projects", "--only", "pages/document", "--only", "choices/year", "--quick")


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (Value("1.0", datatype=f"{XSD}decimal"), Value("1", datatype=f"{XSD}integer"), True),
        (Value("1e2", datatype=f"{XSD}double"), Value("100", datatype=f"{XSD}int"), True),
        (Value("0.3333333333333333333", datatype=f"{XSD}decimal"),
         Value("0.33333333333333333", datatype=f"{XSD}decimal"), True),
        (Value("123456789012.5", datatype=f"{XSD}decimal"), Value("123456789012.6", datatype=f"{XSD}decimal"), False),
        (Value("1", datatype=f"{XSD}decimal"), Value("1"), False),
        (Value("true", datatype=f"{XSD}boolean"), Value("1", datatype=f"{XSD}boolean"), True),
        (Value("true", datatype=f"{XSD}boolean"), Value("1", datatype=f"{XSD}integer"), False),
        (Value("口岸", language="zh-CN"), Value("口岸", language="zh-cn"), True),
        (Value("口岸", language="zh"), Value("口岸"), False),
        (Value("x"), Value("x", datatype=f"{XSD}string"), True),
        (Value("x", "uri"), Value("x"), False),
        (Value("2023-01-01T08:00:00+08:00", datatype=f"{XSD}dateTime"),
         Value("2023-01-01T00:00:00Z", datatype=f"{XSD}dateTime"), True),
        (Value("2023", datatype=f"{XSD}gYear"), Value("2023Z", datatype=f"{XSD}gYear"), True),
        (Value("2023", datatype=f"{XSD}gYear"), Value("2023", datatype=f"{XSD}integer"), False),
        (Value("b0", "bnode"), Value("genid7", "bnode"), True),
    ],
)  # fmt: skip
def test_values_are_compared_not_spellings(one: Value, other: Value, equal: bool) -> None:
    assert (read_value(one) == read_value(other)) == equal


def make_table(*rows: dict[str, str], columns: tuple[str, ...] = ("a", "b")) -> Table:
    return Table(columns, [Row((k, Value(v)) for k, v in row.items()) for row in rows])


def compare(here: Table, there: Table, *, ordered: bool = True, **lists: str) -> Difference:
    return compare_tables(here, there, ordered=ordered, lists=lists)


def test_what_differs_is_told_with_its_kind() -> None:
    here = make_table({"a": "1", "b": "x y"}, {"a": "1", "b": "x y"}, {"a": "2"})
    assert compare(here, here).status == "same"
    turned = make_table({"a": "2"}, {"a": "1", "b": "x y"}, {"a": "1", "b": "x y"})
    assert compare(here, turned).status == "order"
    assert compare(here, turned, ordered=False).status == "same"
    fewer = compare(here, make_table({"a": "1", "b": "x y"}, {"a": "2"}))
    assert (fewer.status, fewer.missing, fewer.more) == ("rows", 1, 0)
    assert "3 here, 2 there" in fewer.why
    other = compare(here, make_table({"a": "1", "b": "x z"}, {"a": "1", "b": "x y"}, {"a": "2"}))
    assert (other.status, other.missing, other.more) == ("values", 1, 1)
    assert "b: here x y (string), there x z (string)" in other.why
    parts = make_table({"a": "1", "b": "y x"}, {"a": "1", "b": "x y"}, {"a": "2"})
    assert compare(here, parts).status == "values"
    assert compare(here, parts, b=" ").status == "order"
    assert compare(here, make_table(columns=("a", "c"))).status == "rows"


def test_graphs_are_compared_as_sets() -> None:
    node = ox.NamedNode("http://example.org/a")
    one = ox.Triple(node, node, ox.Literal("1.0", datatype=ox.NamedNode(f"{XSD}decimal")))
    same = ox.Triple(node, node, ox.Literal("1", datatype=ox.NamedNode(f"{XSD}decimal")))
    assert compare_graphs([one], [same, same]).status == "same"
    assert compare_graphs([one], []).status == "rows"


def test_a_query_is_as_bad_as_its_worst_question() -> None:
    outcomes = [Outcome("a", "", status, "", 0, 0, 0) for status in ("same", "values", "order")]
    outcomes += [Outcome("b", "", "same", "", 0, 0, 0), Outcome("b", "x", "order", "", 0, 0, 0)]
    outcomes += [Outcome("c", "", "skipped", "", 0, 0, 0)]
    judged = judge(outcomes)
    assert judged == {"a": "values", "b": "order", "c": "skipped"}
    assert count(judged) == (1, 2)


def test_every_internal_query_that_an_engine_gets_has_its_terms() -> None:
    for path in list_internal_files("checks", "endpoint", "linked", "pages", "queries", "search"):
        name = f"{path.parent.name}/{path.stem}"
        assert set(TERMS.get(name, {})) == set(find_slots(read_internal(name))), name


# -- the way there -----------------------------------------------------------------------------------------------------


def test_open_slots_are_left_out_and_filled_ones_stay() -> None:
    query = 'SELECT ?x WHERE { VALUES ?year { UNDEF } VALUES ?lang { "zh" } # VALUES ?c { UNDEF }\n ?x ?p "VALUES ?d" }'
    assert "?year" not in drop_open_slots(query)
    assert '"zh"' in drop_open_slots(query)
    assert "# VALUES ?c { UNDEF }" in drop_open_slots(query)
    everything = "SELECT * WHERE { VALUES ?year { UNDEF } ?x ?p ?o }"
    assert drop_open_slots(everything) == everything


def test_an_empty_pattern_is_asked_in_words_that_find_what_is_there() -> None:
    graphs = [ox.NamedNode(f"http://example.org/{name}") for name in ("a", "b")]
    store = ox.Store()
    store.extend(ox.Quad(graphs[0], graphs[0], ox.Literal(n), graph) for graph in graphs for n in (1, 2))
    for query in ("SELECT ?g WHERE { GRAPH ?g {} }", "SELECT ?g { # GRAPH ?x {}\n graph ?g { } FILTER(BOUND(?g)) }"):
        filled = fill_empty_patterns(query)
        assert "GROUP BY ?g" in filled
        assert "# GRAPH ?x {}" in filled or "#" not in query
        assert sorted(r["g"].value for r in store.query(filled)) == [g.value for g in graphs]
    other = 'SELECT ?g WHERE { GRAPH ?g { ?s ?p "GRAPH ?g {}" } }'
    assert fill_empty_patterns(other) == other


def test_words_that_are_joined_come_back() -> None:
    query = (
        'SELECT (GROUP_CONCAT(?x ; separator = "；") AS ?a) (CONCAT("…", STR("。"), "…", "ok") AS ?b) '
        'WHERE { ?x ?p "不变" }'
    )
    portable = mark_words(query)
    assert "；" not in portable.query
    assert "…" not in portable.query
    assert '"不变"' in portable.query
    assert '"ok"' in portable.query
    assert set(portable.marks.values()) == {"；", "…"}
    mark = next(m for m, word in portable.marks.items() if word == "；")
    assert portable.restore(f"a{mark}b") == "a；b"


def test_what_a_question_says_of_itself() -> None:
    inner = 'SELECT (GROUP_CONCAT(DISTINCT ?x ; separator = "；") AS ?a) { { SELECT ?x { ?x ?p ?o } ORDER BY ?x } }'
    assert Sample("x", sparql=inner).lists == {"a": "；"}
    assert not Sample("x", sparql=inner).is_ordered
    assert Sample("x", sparql=f"{inner} ORDER BY ?a").is_ordered
    assert Sample("x", sparql="CONSTRUCT WHERE { ?s ?p ?o }").makes_graph


# -- the command -------------------------------------------------------------------------------------------------------


def run(store: Path, endpoint: str, *more: str) -> subprocess.CompletedProcess[str]:
    arguments = ("selftest", "--endpoint", endpoint, "--store", str(store), *more)
    return commands.run(*arguments, text=True, cwd=ROOT, timeout=PATIENCE * 4)


@pytest.fixture(scope="module")
def quads(copy_of_five: Path) -> ox.Store:
    snapshot = find_current(copy_of_five)
    assert snapshot is not None
    return ox.Store.read_only(str(snapshot.database))


@pytest.mark.slow
def test_oxigraphs_server_agrees_in_everything(copy_of_five: Path, quads: ox.Store, tmp_path: Path) -> None:
    binary = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if binary is None:
        pytest.skip("Oxigraph's server is not installed: pip install 'gongkai[bench]'")
    quads.dump(str(tmp_path / "five.nq"), ox.RdfFormat.N_QUADS)
    place = str(tmp_path / "oxigraph")
    subprocess.run(
        [binary, "load", "--location", place, "--file", str(tmp_path / "five.nq")], check=True, capture_output=True
    )
    with _running_oxigraph(binary, place) as url:
        done = run(copy_of_five, f"{url}/query", "--quick", "--json", "--seconds", "300")
        found = json.loads(done.stdout)
        bad = {q["name"]: q["why"] for q in found["questions"] if q["status"] not in ("same", "order")}
        assert bad == {}
        assert done.returncode == 0
        assert found["agreeing"] == found["queries"] > 120
        assert found["weaknesses"] == []


@contextmanager
def _running_oxigraph(binary: str, place: str) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [binary, "serve-read-only", "--location", place, "--bind", f"127.0.0.1:{port}", "--union-default-graph"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: _answers(port), "Oxigraph's server to answer")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def drop_a_row(query: str, body: bytes) -> bytes:
    data = json.loads(body)
    if "ORDER BY" in query and len(data["results"]["bindings"]) > 1:
        data["results"]["bindings"].pop()
    return json.dumps(data).encode("utf-8")


def add_a_yuan(query: str, body: bytes) -> bytes:
    data = json.loads(body)
    for row in data["results"]["bindings"]:
        if "amount" in row:
            row["amount"]["value"] = str(int(float(row["amount"]["value"])) + 1)
    return json.dumps(data).encode("utf-8")


def turn_around(query: str, body: bytes) -> bytes:
    data = json.loads(body)
    if "ORDER BY" in query:
        data["results"]["bindings"].reverse()
    return json.dumps(data).encode("utf-8")


@pytest.mark.parametrize(
    ("twist", "status", "code"), [(drop_a_row, "rows", 1), (add_a_yuan, "values", 1), (turn_around, "order", 0)]
)
def test_an_engine_that_answers_wrongly_is_told(
    copy_of_five: Path, quads: ox.Store, twist: Twist, status: str, code: int
) -> None:
    def keep_documents(query: str, body: bytes) -> bytes:
        # Which documents there are is asked first; what is falsified is the rest.
        return body if "GRAPH ?g { ?document a" in query else twist(query, body)

    with serve_engine(Engine(quads, keep_documents)) as engine:
        done = run(copy_of_five, engine.url, "--only", "pages/agency-projects", "--json")
    found = json.loads(done.stdout)
    assert [q["status"] for q in found["questions"]] == [status]
    assert done.returncode == code


def test_an_engine_that_agrees(copy_of_five: Path, quads: ox.Store) -> None:
    with serve_engine(Engine(quads)) as engine:
        done = run(copy_of_five, engine.url, *FEW)
    assert done.returncode == 0, done.stdout
    assert " queries agree" in done.stderr


def test_a_slow_engine_is_a_matter_of_time(copy_of_five: Path, quads: ox.Store) -> None:
    def linger(query: str, body: bytes) -> bytes:
        if "gk:project ?project" in query:
            engine.seconds = 0
            __import__("time").sleep(3)
        return body

    with serve_engine(Engine(quads, linger)) as engine:
        done = run(copy_of_five, engine.url, "--only", "pages/agency-projects", "--seconds", "1")
    assert done.returncode == 1
    assert done.stdout.startswith("timeout\tpages/agency-projects\tno answer within 1 seconds")


def read_error(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("gongkai:")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_what_cannot_be_compared_is_one_message(store: Path, graph: Path, tmp_path: Path) -> None:
    quads = ox.Store()
    quads.load(path=str(graph))
    assert "cannot be reached" in read_error(run(store, f"http://127.0.0.1:{free_port()}/sparql"))
    assert "no address of an endpoint" in read_error(run(store, "ftp://example.org"))
    assert "there is no store yet" in read_error(run(tmp_path, "http://127.0.0.1:1/"))
    with serve_engine(Engine(ox.Store())) as empty:
        assert "3 of 3 are missing there" in read_error(run(store, empty.url))
    with serve_engine(Engine(quads, secret="Bearer x")) as closed:
        assert "GONGKAI_ENDPOINT_USER" in read_error(run(store, closed.url))
    with serve_engine(Engine(quads, status=404)) as absent:
        assert "there is no SPARQL endpoint" in read_error(run(store, absent.url))
    with serve_engine(Engine(quads)) as engine:
        assert "no query has such a name" in read_error(run(store, engine.url, "--only", "no-such-query"))
