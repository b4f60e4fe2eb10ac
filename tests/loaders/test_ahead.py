"""Documents that are loaded while others are converted: the same quads as loaded afterwards, whatever turns up."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loaders.build import building, filling
from loaders.build.ahead import LoadingAhead
from loaders.build.building import build
from loaders.errors import StoreError
from loaders.settings import Settings
from tests.loaders.building import open_current, run
from tests.loaders.growing_documents import Folder

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALONE, TOGETHER = Settings(jobs=1, build_time=NOW), Settings(jobs=2, build_time=NOW)


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str] | None]:
    """What was loaded ahead and stayed, of each build."""
    found: list[frozenset[str] | None] = []
    finish = LoadingAhead.finish

    def note(self: LoadingAhead, wanted: Iterable[str]) -> frozenset[str] | None:
        found.append(finish(self, wanted))
        return found[-1]

    monkeypatch.setattr(LoadingAhead, "finish", note)
    return found


def quads(store: Path) -> list[str]:
    return sorted(map(str, open_current(store)))


def test_what_is_loaded_ahead_is_what_is_loaded_afterwards(
    tmp_path: Path, finished: list[frozenset[str] | None]
) -> None:
    folder = Folder(tmp_path / "documents", 1)
    folder.add(4)
    one = build([folder.folder], tmp_path / "one", ALONE)
    assert finished == []
    two = build([folder.folder], tmp_path / "two", TOGETHER)
    assert finished == [frozenset(d.key for d in two.documents)]
    assert quads(tmp_path / "two") == quads(tmp_path / "one")
    assert two.quads == one.quads == len(open_current(tmp_path / "two"))
    # From the cache nothing is converted, and what was loaded ahead is nothing.
    again = build([folder.folder], tmp_path / "two", TOGETHER, fresh=True)
    assert (again.changed, finished[1:]) == (False, [])


def test_versions_that_turn_up_are_loaded_once_more(
    tmp_path: Path, finished: list[frozenset[str] | None], texts: list[Path]
) -> None:
    build(texts, tmp_path / "one", ALONE)
    report = build(texts, tmp_path / "two", TOGETHER)
    assert sum(bool(d.replaced_by) for d in report.documents) == 1
    assert finished == [None]
    assert quads(tmp_path / "two") == quads(tmp_path / "one")


@pytest.fixture
def texts(tmp_path: Path) -> list[Path]:
    """A budget, and the same corrected."""
    folder = Folder(tmp_path / "documents", 1)
    folder.add(1)
    (file,) = folder.folder.iterdir()
    other = file.with_name("again.txt")
    other.write_text(file.read_text(encoding="utf-8") + "\n更正说明。\n", encoding="utf-8")
    return [file, other]


def test_a_disk_that_refuses_ahead_is_tried_again(
    tmp_path: Path, finished: list[frozenset[str] | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    load, calls = filling.load_quads, []

    def refuse(*arguments: object) -> None:
        calls.append(threading.current_thread().name)
        if len(calls) == 1:
            raise OSError("no space left")
        load(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(filling, "load_quads", refuse)
    folder = Folder(tmp_path / "documents", 1)
    folder.add(2)
    report = build([folder.folder], tmp_path / "s", TOGETHER)
    assert (report.succeeded, finished) == (True, [None])
    assert calls == ["loading-ahead", "MainThread"]


@pytest.mark.parametrize("stage", ["convert", "settle"])
def test_a_build_that_is_broken_off_leaves_no_thread(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def stop(*_: object) -> None:
        assert [t for t in threading.enumerate() if t.name == "loading-ahead"]
        raise StoreError("here", "it is broken off", "Try again")

    monkeypatch.setattr(building._Build, stage, stop)
    with pytest.raises(StoreError, match="broken off"):
        run(files, tmp_path / "s", TOGETHER)
    assert not [t for t in threading.enumerate() if t.name == "loading-ahead"]
    assert not (tmp_path / "s" / "work").exists()


def test_where_nothing_can_be_read_nothing_is_published(tmp_path: Path, finished: list[frozenset[str] | None]) -> None:
    report = run([tmp_path / "none.txt"], tmp_path / "s", TOGETHER)
    assert (report.snapshot, finished) == (None, [])
