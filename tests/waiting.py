"""Waiting that does not depend on how fast the machine is: for something to hold, never for a time to pass."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

#: How long anything may take before a test gives up, in seconds: much longer than on the slowest loaded machine, since
#: it is used up only by what is broken.
PATIENCE = 300.0

#: Settings of a server whose limits no test meets by the slowness of the machine. A test of a limit sets its own.
CALM = {
    "GONGKAI_QUERY_TIMEOUT_SECONDS": "240",
    "GONGKAI_QUEUE_WAIT_SECONDS": "240",
    "GONGKAI_INDEX_WAIT_SECONDS": "240",
    "GONGKAI_SERVICE_TIMEOUT_SECONDS": "60",
    "GONGKAI_CLIENT_TIMEOUT_SECONDS": "240",
    # A shelf for look-ups takes a second to make: only servers whose tests look things up have one.
    "GONGKAI_MAX_LOOKUP_QUADS": "0",
    # So does a graph that is read into memory: only servers whose tests are about that hold one (HELD).
    "GONGKAI_MAX_MEMORY_QUADS": "0",
}

#: The settings of a server that holds its graph in memory, as servers of small graphs do where nothing is set.
HELD = {"GONGKAI_MAX_MEMORY_QUADS": "5000000"}

#: A query that no machine finishes.
RUNAWAY = "SELECT (COUNT(*) AS ?c) { ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Asks again until the answer is true, and returns it; fails after ``seconds``, saying what did not come."""
    end = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} seconds in vain: {what}")
        time.sleep(0.02)


def read_processes(url: str) -> dict[str, int]:
    """How many query processes of a server are idle and busy, and how many queries wait, by lane: from ``/health``."""
    with urlopen(f"{url}/health", timeout=PATIENCE) as answer:
        processes: dict[str, Any] = json.load(answer)["store"]["processes"]
    return processes


def count_running(url: str) -> int:
    """How many queries a server runs just now."""
    processes = read_processes(url)
    return sum(processes[name] for name in ("quick", "yielded", "slow"))


def send_query(url: str, query: str, **headers: str) -> socket.socket:
    """Sends a query to ``/sparql`` and does not wait for the answer; whoever closes the connection has left."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    connection = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    lines = [f"GET /sparql?query={quote(query)} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    connection.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    return connection


@contextmanager
def running(url: str, query: str = RUNAWAY, **headers: str) -> Iterator[socket.socket]:
    """A query that runs until the block is left; it begins to run before the block does, and ends with it.

    The server learns a moment later that its client has left: who counted then would count it still.
    """
    before = count_running(url)
    with send_query(url, query, **headers) as connection:
        wait_until(lambda: count_running(url) > before, "the query to run")
        yield connection
    wait_until(lambda: count_running(url) <= before, "the end of the query whose client has left")
