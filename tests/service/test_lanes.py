"""Fairness: the queues by themselves, and against a running server that heavy queries cannot starve."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from service.lanes import FairQueue, Ticket
from service.memory import fits_memory
from service.workers import Job


class Server(Protocol):
    """What the fixture ``serve`` gives."""

    url: str

    def stop(self) -> None: ...


def make_ticket(client: str, name: str = "") -> Ticket:
    loop = asyncio.new_event_loop()
    try:
        return Ticket(Job(name, "json", "http://x/", 1), client, loop.create_future())
    finally:
        loop.close()


def test_clients_take_turns() -> None:
    queue = FairQueue(100)
    for name in ("a1", "a2", "a3", "b1", "c1", "c2"):
        queue.put(make_ticket(name[0], name))
    order = []
    while (ticket := queue.take()) is not None:
        order.append(ticket.job.query)
    assert order == ["a1", "b1", "c1", "a2", "c2", "a3"]
    assert len(queue) == 0


def test_whoever_has_most_waiting_leaves_when_it_is_full() -> None:
    queue = FairQueue(3)
    tickets = [make_ticket("a", f"a{n}") for n in range(3)]
    assert [queue.put(t) for t in tickets] == [None, None, None]
    newcomer = make_ticket("b", "b0")
    assert queue.put(newcomer) is tickets[2]
    own = make_ticket("a", "a9")
    assert queue.put(own) is own
    assert len(queue) == 3


def test_removing_and_who_may() -> None:
    queue = FairQueue(10)
    first, second = make_ticket("a"), make_ticket("b")
    queue.put(first)
    queue.put(second)
    assert queue.take(lambda client: client == "b") is second
    assert queue.take(lambda client: client == "b") is None
    assert queue.remove(first)
    assert not queue.remove(first)
    assert queue.take() is None


def test_what_fits_in_memory() -> None:
    assert fits_memory(1000, 2000, 3)
    assert not fits_memory(3000, 2000, 3)
    assert not fits_memory(10**12, 10**13, 3)


@pytest.fixture(scope="module")
def fair(store: Path, serve: Callable[..., Server]) -> Iterator[Server]:
    """A server with two processes for quick queries and two for slow ones."""
    server = serve(
        store, GONGKAI_WORKERS="2", GONGKAI_SLOW_WORKERS="2", GONGKAI_QUERY_TIMEOUT_SECONDS="4",
        GONGKAI_SHORT_QUERY_SECONDS="0.2", GONGKAI_QUEUE_WAIT_SECONDS="6",
    )  # fmt: skip
    yield server
    server.stop()


def test_heavy_queries_of_one_client_starve_nobody(fair: Server) -> None:
    """Twelve runaway queries at once, and others' look-ups go on; each gets its whole answer or a declared error."""
    url = f"{fair.url}/sparql"

    def run_away(number: int) -> int:
        query = f"SELECT (COUNT(*) AS ?n{number}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }}"
        headers = {"X-Forwarded-For": "192.0.2.1"}
        return httpx.get(url, params={"query": query}, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(12) as threads:
        running = [threads.submit(run_away, number) for number in range(12)]
        time.sleep(0.3)
        waits = []
        for number in range(20):
            begin = time.monotonic()
            answer = httpx.get(
                url, params={"query": f"ASK {{ <http://x/{number}> ?p ?o }}"}, timeout=30,
                headers={"X-Forwarded-For": "192.0.2.2"},
            )  # fmt: skip
            waits.append(time.monotonic() - begin)
            assert answer.status_code == 200
        # In turn with the other client, a look-up waits for one heavy query to leave its place, at worst.
        assert sorted(waits)[10] < 1.0
        assert max(waits) < 3.0, "a look-up waited as long as a heavy query runs"
        assert {task.result() for task in running} <= {503, 504}
    processes = httpx.get(f"{fair.url}/health").json()["store"]["processes"]
    assert processes["idle"] + processes["quick"] <= 2


def test_a_slow_query_ends_well(fair: Server, web: httpx.Client) -> None:
    """What runs longer than a quick query may goes on in the other lane and is answered whole."""
    query = {
        "query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g a <https://w3id.org/gongkai/ontology#Figure> }"
    }
    begin = time.monotonic()
    response = httpx.get(f"{fair.url}/sparql", params=query, timeout=30)
    seconds = time.monotonic() - begin
    total = int(web.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
                .json()["results"]["bindings"][0]["n"]["value"])  # fmt: skip
    figures = int(web.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s a "
                                             "<https://w3id.org/gongkai/ontology#Figure> }"})
                  .json()["results"]["bindings"][0]["n"]["value"])  # fmt: skip
    assert response.status_code == 200
    assert int(response.json()["results"]["bindings"][0]["n"]["value"]) == total * total * figures
    assert seconds > 0.2, "too quick to have changed lanes: the test shows nothing"
