"""Answers to what is asked of the graph as a whole: made once for a snapshot, given as the engine gives them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from loaders.build.building import build, load_files
from loaders.build.snapshots import Snapshot, find_current
from loaders.errors import StoreError
from loaders.settings import Settings
from service.app import create_app
from service.command.store_commands import make_index
from service.engine.kept import KeptAnswers, mark_question, write_answers
from service.engine.store import EmbeddedStore
from service.engine.workers import Answer, Job
from service.linked import kept_questions, routes
from service.linked import snapshot_parts as derived
from service.linked.kept_questions import ask_all
from service.queries.answers import Answers
from service.queries.catalogue import QueryCatalogue
from service.settings import ServiceSettings
from tests.loaders.growing_documents import Folder
from tests.waiting import wait_until

_ASK = Job("ASK { ?s ?p ?o }", "json", "http://localhost/", 1_000)


class Counted(EmbeddedStore):
    """Writes down every question that the engine is asked."""

    def __init__(self, settings: ServiceSettings) -> None:
        super().__init__(settings)
        self.reached: list[Job] = []
        ask = self.pool.run

        def run(job: Job) -> asyncio.Future[Answer]:
            self.reached.append(job)
            return ask(job)

        self.pool.run = run  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, graph: Path) -> ServiceSettings:
    """A small store with the answers to everything that is asked of it as a whole, however quick they are."""
    store = tmp_path_factory.mktemp("kept") / "store"
    snapshot = load_files([graph], store)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kept_questions, "_LEAST_SECONDS", 0.0)
        derived.make(store, snapshot, "answers")
    return ServiceSettings(store=store, workers=1, max_memory_quads=0, cache_bytes=0, page_cache_bytes=0)


def current(settings: ServiceSettings) -> Snapshot:
    found = find_current(settings.store)
    assert found is not None
    return found


def use(settings: ServiceSettings, ask: Callable[[Counted], Awaitable[Any]]) -> tuple[Any, list[Job]]:
    """What a running store answered, and what of it the engine was asked."""

    async def run() -> Any:
        store = Counted(settings)
        await store.start()
        try:
            return await ask(store), store.reached
        finally:
            await store.close()

    return asyncio.run(run())  # type: ignore[no-any-return]


def forget(settings: ServiceSettings, folder: Path) -> ServiceSettings:
    """The same data in a store beside which nothing is kept."""
    (folder / "bare").mkdir()
    bare = folder / "bare" / "store"
    bare.mkdir()
    for part in ("current", "snapshots"):
        (bare / part).symlink_to(settings.store / part)
    return settings.model_copy(update={"store": bare})


def test_the_engine_is_asked_nothing_that_is_kept(settings: ServiceSettings) -> None:
    async def ask(store: Counted) -> None:
        await ask_all(Answers(store, settings, QueryCatalogue.load(settings.base)))

    assert use(settings, ask)[1] == []


def test_a_kept_answer_is_that_of_the_engine(settings: ServiceSettings, tmp_path: Path) -> None:
    catalogue = QueryCatalogue.load(settings.base)

    async def ask(store: Counted) -> list[bytes]:
        answers = Answers(store, settings, catalogue)
        canned = [await answers.run(query, {}, "json", language)
                  for query in catalogue.list_all() for language in ("zh", "en")]  # fmt: skip
        assert {a.edition for a in canned} == {store.edition}
        assert [a.rows for a in canned] == [len(json.loads(a.body)["results"]["bindings"]) for a in canned]
        return [answer.body for answer in canned]

    kept, reached = use(settings, ask)
    made, asked = use(forget(settings, tmp_path), ask)
    assert (kept, len(reached)) == (made, 0)
    assert len(asked) > len(catalogue.list_all())


def test_pages_that_show_the_whole_ask_the_engine_nothing(settings: ServiceSettings) -> None:
    store = Counted(settings)
    pages = ("/", "/documents", "/data", "/coverage.json", "/queries/documents-loaded?lang=en")
    with TestClient(create_app(settings, store), headers={"Accept": "text/html"}) as client:
        for page in pages:
            assert client.get(page).status_code == 200
            assert [job.query for job in store.reached] == [], page
        assert client.get("/queries/documents-loaded?year=2023").status_code == 200
        assert store.reached, "a question that a reader chose was not asked"


def test_an_answer_that_is_larger_than_it_may_be_is_left_to_the_engine(tmp_path: Path) -> None:
    text = "<urn:a> a <https://w3id.org/gongkai/ontology#Port> ."
    (tmp_path / "a.ttl").write_text(text, encoding="utf-8")
    snapshot = load_files([tmp_path / "a.ttl"], tmp_path / "store")
    folder = derived.find_folder(tmp_path / "store", snapshot, "answers")
    folder.mkdir(parents=True)
    write_answers(folder, [(_ASK, Answer(b"x" * 100, snapshot.name, 1))])
    kept = KeptAnswers(tmp_path / "store")
    assert kept.find(replace(_ASK, limit=100), snapshot) is not None
    assert kept.find(replace(_ASK, limit=99), snapshot) is None
    assert kept.find(replace(_ASK, union=False), snapshot) is None
    assert kept.find(replace(_ASK, default=("urn:g",)), snapshot) is None


def test_damaged_files_are_said_so_and_not_used(
    settings: ServiceSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bare = forget(settings, tmp_path)
    folder = derived.find_folder(bare.store, current(bare), "answers")
    folder.parent.mkdir(parents=True)
    folder.mkdir()
    (folder / "index.json").write_text(json.dumps({mark_question(_ASK): [0, 9, 50, 1]}), encoding="ascii")
    (folder / "bodies").write_bytes(b"not zlib!")
    answer, reached = use(bare, lambda store: store.run(_ASK))
    assert (json.loads(answer.body)["boolean"], reached) == (True, [_ASK])
    assert f"{folder} is not used" in caplog.text
    (folder / "index.json").write_text("{", encoding="ascii")
    answer, reached = use(bare, lambda store: store.run(_ASK))
    assert (json.loads(answer.body)["boolean"], reached) == (True, [_ASK])


def test_answers_of_one_snapshot_are_not_given_of_the_next(tmp_path: Path) -> None:
    store = tmp_path / "store"
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?port a <https://w3id.org/gongkai/ontology#Port> }"
    job = Job(count, "json", "http://localhost/", 10_000)
    for number in (1, 2):
        text = "".join(f"<urn:{n}> a <https://w3id.org/gongkai/ontology#Port> .\n" for n in range(number))
        (tmp_path / "a.ttl").write_text(text, encoding="utf-8")
        snapshot = load_files([tmp_path / "a.ttl"], store)
        if number == 1:
            folder = derived.find_folder(store, snapshot, "answers")
            folder.mkdir(parents=True)
            write_answers(folder, [(job, Answer(b"kept", snapshot.name, 1))])
            assert KeptAnswers(store).find(job, snapshot) is not None
        else:
            assert KeptAnswers(store).find(job, snapshot) is None


def test_a_build_that_adds_little_waits_for_no_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, made = tmp_path / "store", list[tuple[str, str]]()
    monkeypatch.setenv("GONGKAI_KEEP_ANSWERS_QUADS", "1")
    monkeypatch.setenv("GONGKAI_JOBS", "1")
    monkeypatch.setattr(derived, "make", lambda _, snapshot, part, jobs=1: made.append((snapshot.name, part)))
    folder = Folder(tmp_path / "documents", 1)
    folder.add(4)
    for _ in range(2):
        make_index(store, build([folder.folder], store, Settings(jobs=1)).snapshot)
        folder.add(1)
    assert [part for _, part in made] == ["answers", "search", "search"]


def test_several_processes_keep_what_one_keeps(
    settings: ServiceSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_questions, "_LEAST_SECONDS", 0.0)
    folder, snapshot = derived.find_folder(settings.store, current(settings), "answers"), current(settings)
    kept_questions.make_answers(settings.store, snapshot, tmp_path, 3)
    one, three = (json.loads((place / "index.json").read_text(encoding="ascii")) for place in (folder, tmp_path))
    assert {question: place[2:] for question, place in one.items()} == {q: place[2:] for q, place in three.items()}


def test_a_build_on_several_cores_makes_the_search_index_beside_the_answers(
    tmp_path: Path, graph: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GONGKAI_KEEP_ANSWERS_QUADS", "1")
    monkeypatch.setenv("GONGKAI_JOBS", "2")
    store = tmp_path / "store"
    snapshot = load_files([graph], store)
    make_index(store, snapshot)
    assert all(derived.find_folder(store, snapshot, part).is_dir() for part in ("answers", "search"))
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_made_beside_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreError, match=r"the part 'search' could not be made.*there is no store yet"),
        derived.making_beside(tmp_path, "search"),
    ):
        pass


def test_a_server_has_each_snapshot_asked_as_a_whole_once_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(routes, "_STANDS_SECONDS", 0.2)
    file, store = tmp_path / "a.ttl", tmp_path / "store"
    asked: list[tuple[str, str]] = []
    file.write_text("<urn:1> a <urn:Port> .", encoding="utf-8")
    load_files([file], store)

    def begin(maker: derived.Maker, part: str) -> tuple[Snapshot, Path, bool]:
        asked.append((part, maker.find_snapshot().name))
        return begun(maker, part)

    begun = derived.Maker.begin
    monkeypatch.setattr(derived.Maker, "begin", begin)
    settings = ServiceSettings(store=store, workers=1, max_memory_quads=0, keep_answers_quads=1)
    with TestClient(create_app(settings)) as client:
        for number in ("000001", "000002"):
            wait_until(lambda: ("answers", number) in asked, "the answers were not begun")  # noqa: B023
            if number == "000001":
                file.write_text("<urn:2> a <urn:Port> .", encoding="utf-8")
                load_files([file], store)
        assert client.get("/health").json()["store"]["snapshot"] == "000002"
    assert [name for part, name in asked if part == "answers"] == ["000001", "000002"]
