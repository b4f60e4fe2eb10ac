"""A server that is told to stop: first it says so, then it closes; what is under way is answered."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.service.conftest import Server
from tests.waiting import PATIENCE, wait_until

ASK = {"query": "ASK { ?s ?p ?o }"}


def test_a_server_that_leaves_says_so_and_still_answers(store: Path, serve: Callable[..., Server]) -> None:
    server = serve(store, GONGKAI_WORKERS="1", GONGKAI_DRAIN_SECONDS="3600")
    try:
        assert httpx.get(f"{server.url}/ready", timeout=PATIENCE).json()["status"] == "ready"
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: httpx.get(f"{server.url}/ready", timeout=PATIENCE).status_code == 503, "it to say so")
        assert httpx.get(f"{server.url}/ready", timeout=PATIENCE).json() == {"status": "leaving"}
        assert httpx.get(f"{server.url}/sparql", params=ASK, timeout=PATIENCE).status_code == 200
        assert httpx.get(f"{server.url}/health", timeout=PATIENCE).status_code == 200
        # It would go on for an hour: the second signal ends it before the test's patience does.
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(timeout=PATIENCE)
    finally:
        server.stop()


def test_it_closes_once_the_time_is_over(store: Path, serve: Callable[..., Server]) -> None:
    server = serve(store, GONGKAI_WORKERS="1", GONGKAI_DRAIN_SECONDS="0.5", GONGKAI_MAX_MEMORY_QUADS="0")
    try:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(timeout=PATIENCE)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/ready", timeout=PATIENCE)
    finally:
        server.stop()
