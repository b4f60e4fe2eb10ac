"""A graph under another base: every IRI of ours that the data or a description use leads somewhere on that server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from loaders.build.building import build, load_files
from loaders.build.snapshots import find_current
from loaders.errors import StoreError
from loaders.settings import DEFAULT_BASE, Settings
from service.engine.store import open_store
from service.settings import ServiceSettings
from tests import commands
from tests.commands import environment
from tests.service.conftest import free_port
from tests.volume import size
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parent.parent.parent
TURTLE = {"Accept": "text/turtle"}
#: Two budgets, which have things of most kinds; at night all five documents.
_NAMES = ("shanghai-2017-budget", "shenzhen-2023-budget")
_SOURCES = size([ROOT / "documents" / f"{name}.txt" for name in _NAMES], ())


def list_iris(store: ox.Store) -> Iterator[str]:
    """Every IRI that stands anywhere in the data, those of datatypes and graphs among them."""
    for quad in store:
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode):
                yield term.value
            elif isinstance(term, ox.Literal):
                yield term.datatype.value


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Any]) -> Iterator[tuple[str, Path]]:
    """Documents under a base that is the server's own address, so that each IRI can be asked for as it is."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    folder = tmp_path_factory.mktemp("other")
    assert build(_SOURCES, store_dir=folder, settings=Settings(base=address)).succeeded
    server = serve(folder, port, GONGKAI_BASE=address, GONGKAI_WORKERS="1")
    yield address, folder
    server.stop()


@pytest.fixture(scope="module")
def base(place: tuple[str, Path]) -> str:
    return place[0]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=PATIENCE, follow_redirects=True) as found:
        yield found


@pytest.fixture(scope="module")
def used(place: tuple[str, Path], base: str, client: httpx.Client) -> set[str]:
    """All IRIs in the data and in what the server says of itself."""
    snapshot = find_current(place[1])
    assert snapshot is not None
    found = set(list_iris(ox.Store.read_only(str(snapshot.database))))
    for path in ("sparql", "dataset.ttl", ".well-known/void", "queries.ttl", "ontology.ttl"):
        body = client.get(base + path, headers=TURTLE)
        assert body.status_code == 200, path
        for quad in ox.parse(body.content, ox.RdfFormat.TURTLE):
            found |= {t.value for t in (quad.subject, quad.predicate, quad.object) if isinstance(t, ox.NamedNode)}
    return found


@pytest.mark.slow
def test_nothing_of_the_default_base_is_left(base: str, client: httpx.Client, used: set[str]) -> None:
    assert [iri for iri in used if iri.startswith(DEFAULT_BASE)] == []
    pages = ("", "ontology", "help", "sparql", "sparql/help", "queries", "queries/projects", "dataset", "data",
             "queries/projects.rq", "openapi.json", "sparql/completions.json", "reconcile", "ontology.ttl",
             "ontology.jsonld", "ontology.rdf", "queries.ttl", "dataset.ttl", "loaded")  # fmt: skip
    for path in pages:
        for accept in ("text/html", "application/json;q=0.9, text/turtle"):
            answer = client.get(base + path, headers={"Accept": accept})
            assert DEFAULT_BASE not in answer.text, (path, accept)
    refused = client.get(f"{base}sparql", params={"query": "SELECT ?s { ?s a gk:Figure }"})
    assert refused.status_code == 400
    assert f"PREFIX gk: <{base}ontology#>" in refused.json()["remedy"]


def test_every_term_of_the_ontology_is_defined_where_it_leads(base: str, client: httpx.Client, used: set[str]) -> None:
    terms = {iri for iri in used if iri.startswith(f"{base}ontology#")} - {f"{base}ontology#"}
    # As many as the ontology's own file defines, at least: those of the data are among them.
    own = (ROOT / "ontology" / "gongkai.ttl").read_text(encoding="utf-8")
    defined = set(re.findall(r"^gk:(\w+) a ", own, re.MULTILINE))
    assert len(defined) > 300
    assert {f"{base}ontology#{name}" for name in defined} <= terms
    for form in (ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD, ox.RdfFormat.N_TRIPLES):
        accept = form.media_type
        answer = client.get(f"{base}ontology", headers={"Accept": accept})
        subjects = {str(q.subject) for q in ox.parse(answer.content, form)}
        assert {t for t in terms if f"<{t}>" not in subjects} == set(), accept
    page = client.get(f"{base}ontology", headers={"Accept": "text/html"}).text
    places = set(re.findall(r' id="([^"]+)"', page))
    assert {t for t in terms if t.rpartition("#")[2] not in places} == set()


def test_every_other_iri_leads_to_something(base: str, client: httpx.Client, used: set[str]) -> None:
    """Of things one of each kind, of all else each."""
    ours = sorted({iri.partition("#")[0] for iri in used if iri.startswith(base)})
    kinds: dict[str, str] = {}
    for iri in ours:
        path = iri.removeprefix(base)
        kinds.setdefault("/".join(path.split("/")[:2]) if path.startswith("id/") else path, iri)
    assert len(kinds) > 60
    dead = {
        iri: status
        for iri in kinds.values()
        if (status := client.get(iri, headers={"Accept": "text/html, text/turtle;q=0.9, */*;q=0.1"}).status_code) != 200
    }
    assert dead == {}


def test_canned_queries_give_rows_under_another_base(base: str, client: httpx.Client) -> None:
    rows = client.get(f"{base}queries/offices-funding-service.json", params={"service": "free-inspection"}).json()
    assert rows["rows"]
    assert all(str(row["evidence"]).startswith(f"{base}id/document/") for row in rows["rows"])


def make_store(folder: Path, base: str) -> Path:
    file = folder / "one.ttl"
    file.write_text("<http://example.org/s> <http://example.org/p> 1 .\n", encoding="utf-8")
    load_files([file], folder / "store", Settings(base=base))
    return folder / "store"


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["query", "documents-loaded"]])
def test_a_store_of_another_base_is_refused(tmp_path: Path, command: list[str]) -> None:
    store = make_store(tmp_path, "https://example.org/a/")
    base = environment(GONGKAI_BASE="https://example.org/b/")
    done = commands.run(*command, "--store", str(store), env=base, text=True)
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    # Which store, both bases, and what to do.
    for part in (str(store), "https://example.org/a/", "https://example.org/b/", "GONGKAI_BASE", "gongkai load"):
        assert part in said, (part, said)
    assert "Traceback" not in said


def test_a_snapshot_of_another_base_is_not_served_when_it_is_published(tmp_path: Path) -> None:
    store = make_store(tmp_path, "https://example.org/a/")
    found = open_store(ServiceSettings(store=store, base="https://example.org/b/"))
    with pytest.raises(StoreError, match=r"https://example\.org/a/.*https://example\.org/b/"):
        found.describe()


def test_building_for_another_base_reads_again_what_the_store_held(tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.mkdir()
    other = tmp_path / "other.txt"
    for file, office in ((held / "one.txt", "甲"), (other, "乙")):
        file.write_text(f"{office}市财政局2023年部门预算\n2023年收入预算100万元。\n", encoding="utf-8")
    build([held], tmp_path / "store", Settings(base="https://example.org/a/", jobs=1))
    with pytest.raises(StoreError, match="gongkai build"):
        open_store(ServiceSettings(store=tmp_path / "store", base="https://example.org/b/")).describe()
    done = build([other], tmp_path / "store", Settings(base="https://example.org/b/", jobs=1))
    assert len(done.documents) == 2
    assert done.snapshot is not None
    assert done.snapshot.manifest.base == "https://example.org/b/"
