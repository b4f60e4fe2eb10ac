"""A real server over a real store: the hand-made graph beside this file, loaded, served by uvicorn on a free port."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from loaders.build.building import load_files
from service.linked import snapshot_parts as derived
from tests import commands
from tests.commands import environment
from tests.service.five_documents import Graph
from tests.waiting import CALM, HELD, PATIENCE, wait_until

GRAPH = Path(__file__).with_name("graph.trig")


@dataclass
class Server:
    """A running ``gongkai serve``."""

    process: subprocess.Popen[str]
    url: str

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            if self.process.stderr:
                self.process.stderr.close()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_memory(url: str, settings: dict[str, str]) -> None:
    """Waits until a small graph is held in memory: what was tagged before has another tag from then on."""
    if settings["GONGKAI_MAX_MEMORY_QUADS"] == "0" or "GONGKAI_ENDPOINT" in settings:
        return

    def mode() -> str:
        return str(httpx.get(f"{url}/health", timeout=PATIENCE).json()["store"].get("mode"))

    wait_until(lambda: mode() == "memory", "the graph to be held in memory")


def start_server(store: Path, port: int = 0, **settings: str) -> Server:
    """Starts ``gongkai serve`` on a store, with limits that no slow machine meets, and waits until it answers.

    It listens on a free port unless one is named, and asks the disk unless it is told to hold the graph (``HELD``).
    """
    port, settings = port or free_port(), {**CALM, **settings}
    process = commands.start(
        "serve", "--store", str(store), "--port", str(port), cwd=store, text=True,
        env=environment(**settings), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    server = Server(process, f"http://127.0.0.1:{port}")

    def answers() -> bool:
        if process.poll() is not None:
            raise AssertionError(f"the server did not start: {process.stderr.read() if process.stderr else ''}")
        try:
            return bool(httpx.get(f"{server.url}/health", timeout=PATIENCE))
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, "the server to answer")
        _wait_for_memory(server.url, settings)
    except BaseException:
        process.kill()
        raise
    return server


@pytest.fixture(scope="session")
def graph() -> Path:
    """The hand-made graph."""
    return GRAPH


@pytest.fixture(scope="session")
def serve() -> Callable[..., Server]:
    """Starts a server: ``serve(store, GONGKAI_WORKERS="1")``; whoever calls it stops it."""
    return start_server


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds the hand-made graph."""
    folder = tmp_path_factory.mktemp("store")
    # The index as the command makes it; the dumps, which each server would begin to make in a process of its own.
    snapshot = load_files([GRAPH], folder)
    for part in ("search", "dumps"):
        derived.make(folder, snapshot, part)
    return folder


@pytest.fixture(scope="session")
def server(store: Path) -> Iterator[Server]:
    """A server that takes its time and gives no answer above 2 MB."""
    running = start_server(
        store, GONGKAI_WORKERS="2", GONGKAI_MAX_LOOKUP_QUADS="1000000", GONGKAI_MAX_RESULT_BYTES="2000000", **HELD
    )
    yield running
    running.stop()


@pytest.fixture(scope="session")
def impatient(store: Path) -> Iterator[Server]:
    """A server that ends each query after a second: only for what is about that."""
    running = start_server(store, GONGKAI_QUERY_TIMEOUT_SECONDS="1", GONGKAI_WORKERS="1")
    yield running
    running.stop()


@pytest.fixture
def web(server: Server) -> Iterator[httpx.Client]:
    """A client of the server that follows no redirect."""
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="session")
def graph_of_five(copy_of_five: Path) -> Iterator[Graph]:
    """The graph of the five documents."""
    found = Graph(copy_of_five)
    yield found
    found.close()
