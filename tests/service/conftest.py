"""A real server over a real store: the hand-made graph beside this file, loaded, served by uvicorn on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from loaders.build import build, load_files
from service import derived
from tests.service.five_documents import Graph

GRAPH = Path(__file__).with_name("graph.trig")
ROOT = Path(__file__).resolve().parent.parent.parent


def environment(**more: str) -> dict[str, str]:
    """The environment of a subprocess: ours without GONGKAI_ settings, plus those given."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GONGKAI_")}
    return clean | {"PYTHONPATH": str(ROOT), **more}


@dataclass
class Server:
    """A running ``gongkai serve``."""

    process: subprocess.Popen[str]
    url: str

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
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
    if settings.get("GONGKAI_MAX_MEMORY_QUADS") == "0" or "GONGKAI_ENDPOINT" in settings:
        return
    for _ in range(100):
        if httpx.get(f"{url}/health", timeout=10).json()["store"].get("mode") == "memory":
            return
        time.sleep(0.05)


def start_server(store: Path, **settings: str) -> Server:
    """Starts ``gongkai serve`` on a store and waits until it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve", "--store", str(store), "--port", str(port)],
        env=environment(**settings), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=store,
    )  # fmt: skip
    server = Server(process, f"http://127.0.0.1:{port}")
    for _ in range(300):
        try:
            httpx.get(f"{server.url}/health", timeout=2)
            _wait_for_memory(server.url, settings)
            return server
        except httpx.TransportError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    process.kill()
    raise AssertionError(f"the server did not start: {process.stderr.read() if process.stderr else ''}")


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
    # As the command does: no question has to wait for the index.
    derived.make(folder, load_files([GRAPH], folder), "search")
    return folder


@pytest.fixture(scope="session")
def server(store: Path) -> Iterator[Server]:
    """A server with a short time limit and little patience."""
    running = start_server(
        store, GONGKAI_QUERY_TIMEOUT_SECONDS="2", GONGKAI_WORKERS="2", GONGKAI_MAX_RESULT_BYTES="2000000"
    )
    yield running
    running.stop()


@pytest.fixture
def web(server: Server) -> Iterator[httpx.Client]:
    """A client of the server that follows no redirect."""
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def graph_of_five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    """The graph of the five documents."""
    folder = tmp_path_factory.mktemp("five")
    assert build(store_dir=folder).succeeded
    found = Graph(folder)
    yield found
    found.close()
