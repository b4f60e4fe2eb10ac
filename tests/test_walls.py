"""Walls around what strangers send: each thing that is forbidden is tried, in the processes that work behind them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from loaders.build.pool import Broken
from loaders.build.walled import Bounds, run_walled
from loaders.walls import Wall, find_version, list_installation
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="walls are Linux's")
NEEDS_LANDLOCK = pytest.mark.skipif(not find_version(), reason="this kernel has no Landlock")
ALLOWED = {"read own", "write null"}
#: Of what the store holds: a process on the disk reads it, nobody writes it.
READ_BY = {"disk": {"read store"}, "memory": set[str]()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A document of one's own, that of another, and a store."""
    for name in ("own.txt", "other.txt"):
        (tmp_path / name).write_text("2023年部门预算", encoding="utf-8")
    (tmp_path / "store").mkdir()
    store = ox.Store(str(tmp_path / "store/database"))
    store.add(ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.NamedNode("a:c")))
    store.flush()
    del store
    return tmp_path


@pytest.fixture
def port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def run_case(case: str, folder: Path, port: int) -> dict[str, str]:
    """What became of each attempt in a kind of process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.breaking_out", case, str(folder), str(port)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def list_done(found: dict[str, str]) -> set[str]:
    return {name for name, what in found.items() if what == "done"}


@NEEDS_LANDLOCK
def test_a_reader_of_a_build_sees_its_document_alone(folder: Path, port: int) -> None:
    found = run_case("reader", folder, port)
    assert list_done(found) == ALLOWED
    assert {found[name] for name in ("read passwd", "read other", "write store", "connect", "start")} == {
        "PermissionError"
    }


@NEEDS_LANDLOCK
def test_a_reader_of_scans_starts_what_recognises_them_and_no_more(
    folder: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = folder / "bin"
    tools.mkdir()
    (tools / "tesseract").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    assert list_done(run_case("scans", folder, port)) == {*ALLOWED, "start python"}


@NEEDS_LANDLOCK
@pytest.mark.parametrize("mode", ["memory", "disk"])
def test_a_query_process_sees_its_database_alone(folder: Path, port: int, mode: str) -> None:
    found = run_case(mode, folder, port)
    assert (found["walls"], found["quads"], found["ask"]) == ("landlock", "1", "True")
    assert list_done(found) == {"write null", *READ_BY[mode]}


@NEEDS_LANDLOCK
@pytest.mark.parametrize("case", ["trial", "drawer"])
def test_what_reads_or_draws_for_readers_of_pages_sees_nothing_else(case: str, folder: Path, port: int) -> None:
    assert list_done(run_case(case, folder, port)) == ALLOWED - ({"read own"} if case == "drawer" else set())


def test_without_landlock_the_other_walls_stand(folder: Path, port: int) -> None:
    found = run_case("bare", folder, port)
    assert found["read passwd"] == "done"
    # A limit on the size of files stands in for the wall: nothing of any size is written.
    assert {found[name] for name in ("connect", "start", "start python")} == {"PermissionError"}


def burn() -> str:
    while True:
        pass


def crash() -> str:
    os.abort()


def write(path: Path, size: int) -> str:
    try:
        path.write_bytes(b"0" * size)
    except OSError as error:
        return error.strerror or ""
    return "written"


CALLED = Path(tempfile.gettempdir(), f"gongkai-called-{os.getpid()}")


class Call:
    """A value that would call something where it is read."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (os.system, (f"touch {CALLED}",))


OPEN = Wall(("/",))


@pytest.mark.parametrize(
    ("work", "seconds", "outcome"), [(burn, 1, Broken(1)), (crash, 0, Broken()), (Call, 0, Broken())]
)
def test_what_burns_dies_or_lies_is_broken(work: Callable[[], str], seconds: int, outcome: Broken) -> None:
    begin = time.process_time()
    assert run_walled(work, Bounds(OPEN, seconds)) == outcome
    assert time.process_time() - begin < PATIENCE
    assert not CALLED.exists()


def test_a_value_comes_back_whole_and_the_process_has_no_file_of_its_parent(tmp_path: Path) -> None:
    assert run_walled(lambda: [Broken(2.0), "公开", None, 3], Bounds(OPEN)) == [Broken(2.0), "公开", None, 3]
    with (tmp_path / "open.txt").open("w", encoding="utf-8") as file:
        handle = file.fileno()
        assert run_walled(partial(_is_open, handle), Bounds(OPEN)) is False


def _is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


def test_the_size_of_files_is_bounded_where_no_wall_keeps_from_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.walls.find_version", lambda: 0)
    bounds = Bounds(Wall(), file_bytes=1000)
    assert run_walled(partial(write, tmp_path / "small", 1000), bounds) == "written"
    assert run_walled(partial(write, tmp_path / "large", 1001), bounds) == "File too large"


def test_the_installation_holds_no_documents_and_no_store() -> None:
    places = [Path(place) for place in list_installation()]
    for hidden in ("documents/catalogue.toml", ".gongkai/store", "tests", "pyproject.toml"):
        assert not any((ROOT / hidden).is_relative_to(place) for place in places), hidden
    assert any((ROOT / "loaders/walls.py").is_relative_to(place) for place in places)
