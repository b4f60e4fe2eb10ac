"""A browser, and two servers: one over the hand-made graph, one over the five documents, built once."""

from __future__ import annotations

import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from loaders.build.building import load_files
from service.linked import snapshot_parts as derived
from tests import commands
from tests.commands import environment
from tests.waiting import CALM, HELD, PATIENCE, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
GRAPH = ROOT / "tests" / "service" / "graph.trig"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/health", timeout=PATIENCE).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


@contextmanager
def serve(store: Path) -> Iterator[str]:
    """The address of a server over a store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = commands.start(
        "serve", "--store", str(store), "--port", str(port), env=environment(**CALM | HELD), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: process.poll() is not None or answers(address), "the server to answer")
        assert process.poll() is None, "the server did not start"
        yield address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the hand-made graph, in which much is hostile."""
    store = tmp_path_factory.mktemp("store")
    snapshot = load_files([GRAPH], store)
    for part in ("search", "dumps"):
        derived.make(store, snapshot, part)
    with serve(store) as address:
        yield address


@pytest.fixture(scope="session")
def five(copy_of_five: Path) -> Iterator[str]:
    """The address of a server over the five documents."""
    with serve(copy_of_five) as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield running
        running.close()
