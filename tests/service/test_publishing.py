"""gongkai publish: a store elsewhere comes to hold what the store here holds, whatever happens on the way."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from loaders.build.building import load_files
from loaders.build.snapshots import find_current
from loaders.errors import GongkaiError, SettingsError, StoreError
from service.linked.graph_client import GraphClient, Patience
from service.linked.publishing import Publication, Published
from service.settings import ServiceSettings
from tests import commands
from tests.commands import environment
from tests.service.conftest import free_port
from tests.service.other_engines import Engine, serve_engine

ROOT = Path(__file__).resolve().parent.parent.parent
BASE = "https://w3id.org/gongkai/"
INDEX = f"{BASE}graph/publication"
A, B, THINGS = f"{BASE}id/document/a", f"{BASE}id/document/b", f"{BASE}graph/things"
QUICK = Patience(seconds=10, tries=2, pause=0.01)


def load(folder: Path, **graphs: str) -> Path:
    """A store whose graphs hold a triple for each word."""
    names = {"a": A, "b": B, "things": THINGS}
    lines = [
        f'<{names[n]}> <{BASE}says> "{word}" <{names[n]}> .\n' for n, text in graphs.items() for word in text.split()
    ]
    (folder / "graph.nq").write_text("".join(lines), encoding="utf-8")
    load_files([folder / "graph.nq"], folder / "store")
    return folder / "store"


@pytest.fixture
def engine() -> Iterator[Engine]:
    with serve_engine(Engine()) as running:
        yield running


def publish(store: Path, engine: Engine, patience: Patience = QUICK, **settings: str) -> Published:
    snapshot = find_current(store)
    assert snapshot is not None
    with GraphClient(engine.url, ServiceSettings(store=store, **settings), patience) as client:
        return Publication(store, snapshot).publish(client, lambda *_: None)


def list_words(engine: Engine, graph: str) -> list[str]:
    quads = engine.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))
    return sorted(q.object.value for q in quads if isinstance(q.object, ox.Literal))


def list_puts(engine: Engine) -> list[str]:
    found = [graph for method, graph in engine.requests if method == "PUT" and graph != INDEX]
    engine.requests.clear()
    return found


def test_only_what_changed_is_sent(engine: Engine, tmp_path: Path) -> None:
    store = load(tmp_path, a="one two", b="three", things="four")
    assert publish(store, engine) == Published(3, 0, 0, 4)
    assert engine.requests[-1] == ("PUT", INDEX)
    assert list_puts(engine) == [A, B, THINGS]
    assert list_words(engine, A) == ["one", "two"]
    assert publish(store, engine) == Published(0, 0, 3, 0)
    assert list_puts(engine) == []
    load(tmp_path, a="one", things="four")
    assert publish(store, engine) == Published(1, 1, 1, 1)
    assert list_puts(engine) == [A]
    assert (list_words(engine, A), list_words(engine, B)) == (["one"], [])
    assert not list((store / "publishing").iterdir())


def test_an_interrupted_run_goes_on_where_it_was(engine: Engine, tmp_path: Path) -> None:
    store = load(tmp_path, a="one", b="two", things="three")
    engine.refuse = {B: 99}
    with pytest.raises(StoreError, match="disk full"):
        publish(store, engine)
    # Document a is whole, b is not there, and the index says that a run was begun.
    assert (list_words(engine, A), list_words(engine, B)) == (["one"], [])
    assert [word.partition(" ")[0] for word in list_words(engine, INDEX)] == ["running"]
    list_puts(engine)
    engine.refuse = {}
    assert publish(store, engine) == Published(2, 0, 1, 2)
    assert list_puts(engine) == [B, THINGS]
    assert len(list_words(engine, INDEX)) == 3


def test_what_was_remembered_does_not_hold_for_a_store_that_lost_it(engine: Engine, tmp_path: Path) -> None:
    store = load(tmp_path, a="one", b="two")
    engine.refuse = {B: 99}
    with pytest.raises(StoreError):
        publish(store, engine)
    engine.refuse = {}
    engine.store.clear()
    assert publish(store, engine).put == 2
    assert list_words(engine, A) == ["one"]


def test_half_a_memory_is_none(engine: Engine, tmp_path: Path) -> None:
    store = load(tmp_path, a="one", b="two")
    engine.refuse = {B: 99}
    with pytest.raises(StoreError):
        publish(store, engine)
    [memory] = (store / "publishing").iterdir()
    memory.write_bytes(memory.read_bytes()[:20])
    engine.refuse = {}
    assert publish(store, engine).put == 2


def test_what_passes_is_tried_again(engine: Engine, tmp_path: Path) -> None:
    store = load(tmp_path, a="one", b="two")
    engine.refuse = {A: 1, B: 1}
    assert publish(store, engine).put == 2
    assert list_words(engine, B) == ["two"]


def test_another_run_at_the_same_time_is_noticed(engine: Engine, tmp_path: Path) -> None:
    store = load(tmp_path, a="one", b="two")
    snapshot = find_current(store)
    assert snapshot is not None

    def meddle(stage: str, done: int, total: int) -> None:
        if done == 1:
            (tmp_path / "other").mkdir()
            publish(load(tmp_path / "other", a="other"), engine)

    with (
        GraphClient(engine.url, ServiceSettings(store=store), QUICK) as client,
        pytest.raises(StoreError, match="another run"),
    ):
        Publication(store, snapshot).publish(client, meddle)
    # Whoever is last to end leaves what it had; the next run mends the rest.
    assert publish(store, engine).put >= 1
    assert (list_words(engine, A), list_words(engine, B)) == (["one"], ["two"])


def test_a_server_that_keeps_nothing_is_found_out_first(tmp_path: Path) -> None:
    store = load(tmp_path, a="one")
    with serve_engine(Engine(forgets=True)) as engine:
        with pytest.raises(StoreError, match="does not keep"):
            publish(store, engine)
        assert list_puts(engine) == []


@pytest.mark.parametrize(
    ("settings", "secret"),
    [({"endpoint_token": "secret"}, "Bearer secret"),
     ({"endpoint_user": "me", "endpoint_password": "pass"}, "Basic bWU6cGFzcw==")],
)  # fmt: skip
def test_credentials(tmp_path: Path, settings: dict[str, str], secret: str) -> None:
    store = load(tmp_path, a="one")
    with serve_engine(Engine(secret=secret)) as engine:
        for wrong in ({}, dict.fromkeys(settings, "wrong")):
            with pytest.raises(StoreError, match="it refuses") as caught:
                publish(store, engine, **wrong)
            assert "wrong" not in str(caught.value).replace("the user wrong", "")
        assert len(engine.store) == 0
        assert publish(store, engine, **settings).put == 1


@pytest.mark.parametrize(
    ("engine", "problem"),
    [(Engine(status=404), "no graph store takes PUT"), (Engine(status=302), "it answered 302"),
     (Engine(status=503), "503: no, 2 times"), (Engine(seconds=2.0), "no answer within 0.5 s, 2 times"),
     (Engine(status=418), "418: no")],
    ids=["absent", "moved", "busy", "slow", "teapot"],
)  # fmt: skip
def test_a_server_that_will_not_is_one_message(tmp_path: Path, engine: Engine, problem: str) -> None:
    store = load(tmp_path, a="one")
    with serve_engine(engine), pytest.raises(StoreError, match=problem):
        publish(store, engine, Patience(seconds=0.5, tries=2, pause=0.01))


def test_addresses_that_are_none(tmp_path: Path) -> None:
    for url in ("", "store", "ftp://example.org/store", "http://"):
        with pytest.raises(StoreError, match="no address"):
            GraphClient(url, ServiceSettings(store=tmp_path), QUICK)
    with pytest.raises(SettingsError) as caught:
        GraphClient("http://me:secret@example.org/store", ServiceSettings(store=tmp_path), QUICK)
    assert isinstance(caught.value, GongkaiError)
    assert "secret@" not in str(caught.value)


def test_the_command_and_the_file_for_a_loader(engine: Engine, tmp_path: Path) -> None:
    store = load(tmp_path, a="one", b="two")

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return commands.run("publish", "--store", str(store), *more, text=True, cwd=ROOT, env=environment())

    bulk = tmp_path / "bulk.nq"
    assert run("--bulk", str(bulk)).returncode == 0
    engine.store.load(path=str(bulk), format=ox.RdfFormat.N_QUADS)
    done = run("--to", engine.url)
    assert done.returncode == 0, done.stderr
    assert "0 graphs sent (0 triples), 0 deleted, 2 unchanged" in done.stderr
    assert run().returncode == 2
    absent = run("--to", f"http://127.0.0.1:{free_port()}/store", "--tries", "1")
    assert absent.returncode == 1
    assert "cannot be reached" in absent.stderr
    assert "Traceback" not in absent.stderr
