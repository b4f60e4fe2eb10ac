"""One graph gives one answer: from disk, from memory, and from a store into which it was loaded in another order."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from rdflib import Variable
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from loaders.build.building import load_files
from loaders.graph.canned import list_choice_files
from loaders.settings import DEFAULT_BASE
from service.queries.answers import Row
from service.queries.query import CannedQuery
from service.search.entries import list_entries
from tests.service.conftest import Server
from tests.service.five_documents import QUERIES, Graph
from tests.volume import size
from tests.waiting import HELD

#: What is compared here is not how fast it comes.
_PATIENT = {"query_timeout_seconds": 600.0, "queue_wait_seconds": 600.0}


#: Where the same statements lie. Those that were shuffled and are held in memory differ most from those on disk; at
#: night they are held in the order of the disk too.
_NAMES = size(("disk", "shuffled"), ("disk", "memory", "shuffled"))


@pytest.fixture(scope="module")
def shuffled_folder(graph_of_five: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the same statements, loaded in another order."""
    folder = tmp_path_factory.mktemp("shuffled")
    snapshot = graph_of_five.settings.store / "snapshots" / graph_of_five.answers.store.version / "database"
    lines = [f"{quad} .\n" for quad in ox.Store.read_only(str(snapshot))]
    random.Random(12).shuffle(lines)
    (folder / "shuffled.nq").write_text("".join(lines), encoding="utf-8")
    load_files([folder / "shuffled.nq"], folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def graphs(graph_of_five: Graph, shuffled_folder: Path) -> Iterator[dict[str, Graph]]:
    """The same graph on disk, in memory (at night), and in memory loaded in another order."""
    found = {}
    for name in _NAMES:
        limit = {"max_memory_quads": 0} if name == "disk" else {}
        found[name] = Graph(
            shuffled_folder if name == "shuffled" else graph_of_five.settings.store, **limit, **_PATIENT
        )
        if name != "disk":
            found[name].wait_for_memory()
        assert found[name].mode == ("disk" if name == "disk" else "memory")
    yield found
    for graph in found.values():
        graph.close()


def everything(query: CannedQuery) -> dict[str, str]:
    """The parameters of a query, all open."""
    return {p.name: "all" for p in query.parameters if p.optional}


def list_narrowed(query: CannedQuery, graph: Graph) -> Iterator[dict[str, str]]:
    """Each parameter by itself: the last of its options (at night each), or of its choices."""
    choices = graph.choices(query)
    for parameter in query.parameters:
        values = [*parameter.options] or [c.value for c in choices.get(parameter.name, ())][-1:]
        for value in size(values[-1:], values):
            yield everything(query) | {parameter.name: value}


def spell(rows: list[Row]) -> list[list[tuple[str, str, str]]]:
    """Rows with all that tells values apart."""
    return [sorted((name, str(value), f"{value.datatype} {value.language}") for name, value in row.items())
            for row in rows]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_a_query_answers_alike_from_memory_and_from_disk(graphs: dict[str, Graph], query: CannedQuery) -> None:
    asked: list[tuple[str, dict[str, str]]] = [("zh", everything(query)), *size([], [("en", {})])]
    for language, given in asked:
        answers = {name: spell(graph.run(query.name, language, **given)) for name, graph in graphs.items()}
        for name in _NAMES:
            assert answers[name] == answers["disk"], (name, given)


@pytest.mark.parametrize("query", [q for q in QUERIES if q.parameters], ids=lambda q: q.name)
def test_a_narrowed_query_answers_alike_however_it_was_loaded(graphs: dict[str, Graph], query: CannedQuery) -> None:
    for given in list_narrowed(query, graphs["disk"]):
        answers = {name: spell(graphs[name].run(query.name, **given)) for name in (_NAMES[-2], "shuffled")}
        assert answers["shuffled"] == answers[_NAMES[-2]], given


@pytest.mark.parametrize("path", list_choice_files(), ids=lambda p: p.stem)
def test_choices_are_listed_alike(graphs: dict[str, Graph], path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    answers = {name: graph.ask(text) for name, graph in graphs.items()}
    assert all(spell(answers[name]) == spell(answers["disk"]) != [] for name in _NAMES)


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_no_two_rows_stand_at_one_place_of_the_order(graphs: dict[str, Graph], query: CannedQuery) -> None:
    """What the rows are ordered by tells each row from every other, so that the engine has nothing left to decide."""
    graph = graphs["shuffled"]
    filled = query.fill({p.name: ["all"] for p in query.parameters if p.optional}, graph.choices(query))
    conditions = prepareQuery(filled).algebra["p"]
    while conditions.name != "OrderBy":
        conditions = conditions["p"]
    names = sorted({str(v) for c in conditions["expr"] for v in _variables(c["expr"])})
    # The same query, showing what it is ordered by.
    opening, _, pattern = filled.partition("WHERE\n{" if "WHERE\n{" in filled else "WHERE {")
    prefixes = opening[: opening.rindex("SELECT")]
    distinct = "DISTINCT" in opening[opening.rindex("SELECT") :]
    rows = graph.ask(f"{prefixes} SELECT {' '.join('?' + n for n in names)} WHERE {{{pattern}")
    keys = Counter(tuple(str(row.get(n)) for n in names) for row in rows)
    # DISTINCT joins rows behind the order; those that are left have a place each.
    assert len(keys) == len(rows) or (distinct and len(keys) >= len(graph.run(query.name, **everything(query))))


def _variables(expression: object) -> set[str]:
    if isinstance(expression, Variable):
        return {str(expression)}
    if isinstance(expression, CompValue):
        return set().union(*(_variables(v) for k, v in expression.items() if k != "_vars"))
    if isinstance(expression, list):
        return set().union(*(_variables(v) for v in expression))
    return set()


#: Pages that ask the store for more than one canned query, by their addresses.
_PAGES = (
    "/", "/documents", "/documents/{document}", "/documents/{document}/checks", "/documents/{document}/checks.json",
    "/compare?by=function", "/compare?by=economic&level=5", "/data", "/coverage.json", "/sparql/completions.json",
    "/reconcile/properties?type=Agency",
)  # fmt: skip
_CLASSES = ("Agency", "Project", "Duty", "Division", "Service", "Topic", "FunctionCode", "EconomicCode", "Figure",
            "Finding", "Indicator", "Port", "Citation", "Document", "Table", "Place")  # fmt: skip


#: Things that much points to, so that their pages have much to choose from.
_CROWDED = ("/id/agency/440300-e2feb0bf", "/id/code/function/201", "/id/service/free-inspection",
            "/id/document/shenzhen-2023-budget")  # fmt: skip


def list_things(graph: Graph) -> list[str]:
    """The first thing of each class (of every second, but at night), and some that much points to."""
    found = list(_CROWDED)
    for name in _CLASSES[:: size(2, 1)]:
        rows = graph.ask(f"""PREFIX gk: <https://w3id.org/gongkai/ontology#>
            SELECT ?thing WHERE {{ ?thing a gk:{name} }} ORDER BY ?thing LIMIT 1""")
        found += [row["thing"].text.removeprefix("https://w3id.org/gongkai") for row in rows]
    return found


def test_what_is_found_is_read_alike_however_it_was_loaded(graph_of_five: Graph) -> None:
    version = graph_of_five.answers.store.version
    disk = ox.Store.read_only(str(graph_of_five.settings.store / "snapshots" / version / "database"))
    quads = list(disk)
    random.Random(13).shuffle(quads)
    memory = ox.Store()
    memory.bulk_extend(quads)
    entries = list(list_entries(disk, DEFAULT_BASE))
    assert len(entries) > 1000
    assert list(list_entries(memory, DEFAULT_BASE)) == entries


@pytest.mark.slow
def test_a_page_shows_the_same_from_memory_and_from_disk(
    graph_of_five: Graph, shuffled_folder: Path, serve: Callable[..., Server]
) -> None:
    document = "shenzhen-2023-budget"
    things = list_things(graph_of_five)
    assert len(things) == size(len(_CLASSES) // 2, len(_CLASSES)) + len(_CROWDED)
    addresses = [a.format(document=document) for a in _PAGES] + [f"/page/{t.removeprefix('/id/')}" for t in things]
    patient = {f"GONGKAI_{name.upper()}": f"{seconds:g}" for name, seconds in _PATIENT.items()}
    shown: dict[str, dict[str, str]] = {}
    for name in _NAMES:
        folder = shuffled_folder if name == "shuffled" else graph_of_five.settings.store
        server = serve(folder, **patient, **({} if name == "disk" else HELD))
        try:
            with httpx.Client(base_url=server.url, timeout=600, follow_redirects=True) as client:
                version = client.get("/health").json()["store"]
                shown[name] = {a: _clean(client.get(a), version, server.url) for a in addresses}
        finally:
            server.stop()
    for address in addresses:
        for name in _NAMES:
            assert shown[name][address] == shown["disk"][address], (name, address)


def _clean(response: httpx.Response, store: dict[str, str], url: str) -> str:
    """A page without what tells servers apart: its own address and the snapshot."""
    assert response.status_code == 200, (str(response.url), response.text[:300])
    text = response.text.replace(url, "").replace(url.partition("//")[2], "")
    text = text.replace(f"{store['snapshot']}-{store['fingerprint'][:8]}", "").replace(str(store["built"])[:10], "")
    # The time of day at which it was built.
    return re.sub(r"T?\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "", text).replace(store["fingerprint"], "")
