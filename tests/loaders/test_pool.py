"""Work in processes of its own: what hangs, dies or grows is ended and told; the fork server is clean."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loaders.build.building import list_documents
from loaders.build.pool import Broken, Limits, Standing, run_tasks
from loaders.settings import Settings
from tests.loaders.building import HERE, ROOT, list_ids, run
from tests.waiting import PATIENCE, wait_until

sys.path.append(str(HERE))


def run_words(words: list[str], jobs: int = 2, limits: Limits | None = None) -> dict[str, object]:
    import pool_work

    return {words[n]: outcome for n, outcome in run_tasks(words, pool_work.do, jobs, limits or Limits())}


def test_each_task_has_its_result() -> None:
    assert run_words([f"word{n}" for n in range(20)]) == {f"word{n}": f"WORD{n}" for n in range(20)}
    assert run_words([]) == {}


def test_one_that_dies_and_one_that_hangs_are_told_and_harm_no_other() -> None:
    found = run_words(["a", "die", "b", "hang", "c"], limits=Limits(seconds=10))
    assert found == {"a": "A", "b": "B", "c": "C", "die": Broken(), "hang": Broken(10)}


def test_workers_are_replaced_after_so_many_tasks() -> None:
    pids = run_words([f"pid{n}" for n in range(6)], jobs=1, limits=Limits(tasks=2))
    assert len(set(pids.values())) == 3
    pids = run_words([f"pid{n}" for n in range(6)], jobs=1)
    assert len(set(pids.values())) == 1


def test_a_process_that_stays_does_one_task_after_another() -> None:
    import pool_work

    standing: Standing[str, object] = Standing()
    try:
        first, second = (standing.run(f"pid{n}", pool_work.do, Limits(tasks=4)) for n in range(2))
        assert first == second
        assert standing.run("pid", pool_work.do, Limits(seconds=10)) != first
        assert standing.run("die", pool_work.do, Limits(seconds=10)) == Broken()
        assert standing.run("a", pool_work.do, Limits(seconds=10)) == "A"
        assert standing.run("hang", pool_work.do, Limits(seconds=1)) == Broken(1)
        pids = [standing.run(f"pid{n}", pool_work.do, Limits(tasks=2)) for n in range(4)]
        assert len(set(pids)) == 2
        assert pids[0] == pids[1]
    finally:
        standing.dismiss()


@pytest.mark.skipif(sys.platform != "linux", reason="limits on address space hold on Linux")
def test_memory_is_bounded() -> None:
    assert run_words(["grow"], jobs=1, limits=Limits(bytes=3_000_000_000)) == {"grow": "MemoryError"}


def test_the_environment_is_that_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_words(["env"]) == {"env": ""}
    monkeypatch.setenv("POOL_WORD", "甲")
    assert run_words(["env"]) == {"env": "甲"}


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_leaving_early_ends_the_workers() -> None:
    import pool_work

    results = run_tasks(["pid", "hang", "hang"], pool_work.do, 3, Limits())
    pid = int(str(next(results)[1]))
    results.close()
    wait_until(lambda: not is_there(pid), "the end of the worker")


@pytest.mark.skipif(sys.platform != "linux", reason="the fork server is used on Linux")
def test_what_the_fork_server_imports_starts_no_thread() -> None:
    script = "import os, loaders.build.preload, ortools.sat.python.cp_model, spacy\n"
    script += "print(len(os.listdir('/proc/self/task')))"
    quiet = {n: v for n, v in os.environ.items() if not n.endswith("_NUM_THREADS")}
    output = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**quiet, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=True,
    ).stdout  # fmt: skip
    assert output.strip() == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="the fork server is used on Linux")
@pytest.mark.parametrize(("documents", "imported"), [(1, "False"), (4, "True")])
def test_of_many_documents_none_imports_the_solver_for_itself(documents: int, imported: str) -> None:
    script = (
        "import pool_work\nfrom loaders.build.conversion import list_preload\nfrom loaders.build.pool import *\n"
        f"print(next(run_tasks(['solver'], pool_work.do, 1, Limits(), list_preload({documents})))[1])"
    )
    path = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    # A fork server of its own: that of the tests has imported everything.
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == imported


def test_a_document_that_takes_too_long_is_given_up(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The others are in the cache: nothing but the one that waits meets the limit, however slow the machine is.
    run([files[0], files[2]], tmp_path / "s", Settings(jobs=2))
    files[1].write_text("久 1.00", encoding="utf-8")
    log, gate = tmp_path / "read.txt", tmp_path / "gate"
    monkeypatch.setenv("HAND_LOG", str(log))
    monkeypatch.setenv("HAND_GATE", str(gate))
    report = run(files, tmp_path / "s", Settings(jobs=2, convert_seconds=2))
    assert [Path(f.path).name for f in report.failures] == ["b.txt"]
    assert "2 seconds" in report.failures[0].problem
    assert "GONGKAI_CONVERT_SECONDS" in report.failures[0].remedy
    assert list_ids(tmp_path / "s") == ["a", "c"]
    # It is not tried again before the limit is another.
    log.unlink(missing_ok=True)  # on a slow machine its process was ended before it began
    run(files, tmp_path / "s", Settings(jobs=2, convert_seconds=2))
    assert not log.exists()
    gate.touch()
    report = run(list_documents(files[0].parent), tmp_path / "s", Settings(jobs=2, convert_seconds=PATIENCE))
    assert report.succeeded
