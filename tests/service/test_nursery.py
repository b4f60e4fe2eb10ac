"""The processes behind the endpoint: they come back when they die, leave nothing behind, and reach nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from loaders.build.loading import load_files
from loaders.build.snapshots import find_current
from service.engine.lanes import PoolLimits
from service.engine.nursery import load_into_memory
from service.engine.supply import Supply
from tests.waiting import HELD, PATIENCE, running, wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to find processes")
QUESTION = {"query": "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/gongkai/ontology#Document> }"}


def list_children(pid: int) -> list[int]:
    """The processes that a process has started and that are no zombies; none where it has gone itself."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in text.split() if is_alive(int(child))]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def two_of(nursery: int) -> list[int]:
    """The query processes of a nursery once they are two, else none."""
    found = list_children(nursery)
    return found if len(found) == 2 else []


def has_gone(pid: int) -> bool:
    return not is_alive(pid)


def ask(url: str, number: int) -> int:
    question = {"query": f"{QUESTION['query']} # {number}"}
    return httpx.get(f"{url}/sparql", params=question, timeout=PATIENCE).status_code


def test_it_heals_and_leaves_nothing(store: Path, serve: Callable[..., Any]) -> None:
    server = serve(store, GONGKAI_WORKERS="2", **HELD)
    try:

        def mode() -> str:
            return str(httpx.get(f"{server.url}/health", timeout=PATIENCE).json()["store"]["mode"])

        wait_until(lambda: mode() == "memory", "memory")
        # The nursery of the disk has gone with its processes; one remains, with two of its own.
        wait_until(lambda: len(list_children(server.process.pid)) == 1, "one nursery")
        (nursery,) = list_children(server.process.pid)
        workers = wait_until(lambda: two_of(nursery), "two query processes")
        for number, worker in enumerate(workers):
            os.kill(worker, signal.SIGKILL)
            wait_until(partial(has_gone, worker), "the end of a process that was killed")
            assert ask(server.url, number) == 200
        wait_until(lambda: two_of(nursery), "two query processes again")
        os.kill(nursery, signal.SIGKILL)
        wait_until(lambda: ask(server.url, time.monotonic_ns()) == 200, "an answer after the nursery's death")
        wait_until(lambda: mode() == "memory", "memory again")
        assert nursery not in list_children(server.process.pid)
        everyone = list_children(server.process.pid)
        everyone += [worker for one in everyone for worker in list_children(one)]
        server.process.kill()
        server.process.wait()
        wait_until(lambda: not any(map(is_alive, everyone)), "the end of all processes of the server")
    finally:
        server.stop()


def list_priorities(pid: int) -> list[int]:
    """The nice values of a process's threads, those that have not ended meanwhile; none where the process has."""
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found.append(int((thread / "stat").read_text(encoding="utf-8").rpartition(") ")[2].split()[16]))
    return found


@pytest.mark.slow
def test_a_slow_query_goes_on_behind_all_others(store: Path, serve: Callable[..., Any]) -> None:
    server = serve(store, GONGKAI_SHORT_QUERY_SECONDS="0.3")
    try:
        with running(server.url):

            def lowered() -> list[list[int]]:
                nurseries = list_children(server.process.pid)
                workers = [worker for nursery in nurseries for worker in list_children(nursery)]
                return [found for found in map(list_priorities, workers) if max(found, default=0) > 0]

            # The engine's thread is one of several: each has a priority of its own.
            def lowered_wholly() -> bool:
                found = lowered()
                return len(found) == 1 and len(found[0]) > 1 and min(found[0]) >= 10

            wait_until(lowered_wholly, "one process all of whose threads have a lower priority")
    finally:
        server.stop()


def test_memory_holds_what_the_disk_does(store: Path) -> None:
    import pyoxigraph as ox

    snapshot = find_current(store)
    assert snapshot is not None
    held = load_into_memory(str(snapshot.database))
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    there = ox.Store.read_only(str(snapshot.database))
    assert [tuple(map(str, row)) for row in held.query(query)] == [tuple(map(str, row)) for row in there.query(query)]  # type: ignore[union-attr]
    assert len(held) == len(there) == snapshot.manifest.quads
    with pytest.raises((OSError, ValueError)):
        load_into_memory(str(store / "nothing"))


def test_a_query_process_reaches_nothing() -> None:
    """The engine's own call of SERVICE, behind the filter, makes no connection; nor can a program be started."""
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen(1)
        trap.settimeout(1)
        code = f"""
import os, sys
import pyoxigraph as ox
from loaders.isolation import cut_off
from tests.waiting import PATIENCE
how = cut_off()
store = ox.Store()
try:
    print(len(list(store.query("SELECT * {{ SERVICE <http://127.0.0.1:{trap.getsockname()[1]}/> {{ ?s ?p ?o }} }}"))))
except Exception as error:
    print(how, type(error).__name__)
pid = os.fork()
if pid == 0:
    try:
        os.execv(sys.executable, [sys.executable, "-c", "pass"])
    except OSError:
        os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
        root = str(Path(__file__).resolve().parents[2])
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": root},
        )
        how = done.stdout.split()[0]
        if how == "none":
            pytest.skip("this system has neither seccomp nor network namespaces for us; the guard stands alone")
        with pytest.raises(TimeoutError):
            trap.accept()
        assert how == "namespace" or done.stdout.split()[-1] == "7"


def test_a_process_that_is_lost_while_the_snapshot_changes_is_replaced(graph: Path, tmp_path: Path) -> None:
    """One was being made of the old snapshot and never came; it was counted as if it would, and none was made."""
    snapshots = [load_files([graph], tmp_path / "store") for _ in range(2)]

    def lose_one(supply: Supply) -> None:
        worker = supply.take()
        assert worker is not None
        supply.end(worker)

    async def lose() -> None:
        published = snapshots[0]
        ours = set(list_children(os.getpid()))
        supply = Supply(
            lambda: published, lambda: published.name, PoolLimits(1, 1, 1.0, 60.0, 10, 60.0, 1 << 30, 0),
            tuple, tuple, lambda: None,
        )  # fmt: skip
        await supply.start()
        (old,) = set(list_children(os.getpid())) - ours
        try:
            os.kill(old, signal.SIGSTOP)
            lose_one(supply)
            published = snapshots[1]
            async with asyncio.timeout(PATIENCE):
                while supply.switches < 2:
                    await asyncio.sleep(0.01)
                lose_one(supply)
                while not supply.idle:
                    await asyncio.sleep(0.01)
        finally:
            os.kill(old, signal.SIGCONT)
            await supply.close()

    asyncio.run(lose())
