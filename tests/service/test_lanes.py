"""Fairness: the queues by themselves, and against a running server that heavy queries cannot starve."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from service.engine import memory
from service.engine.lanes import FairQueue, Ticket
from service.engine.memory import fits_memory
from service.engine.workers import Job
from tests.waiting import PATIENCE, RUNAWAY, count_running, read_processes, send_query, wait_until


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


def test_memory_that_a_unit_or_a_container_may_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, unit = tmp_path / "own", tmp_path / "groups/system.slice/gongkai.service"
    unit.mkdir(parents=True)
    own.write_text("4:memory:/old\n0::/system.slice/gongkai.service\n", encoding="ascii")
    for name, text in (("max", "4000000"), ("current", "3000000"), ("stat", "anon 1\ninactive_file 500000\n")):
        (unit / f"memory.{name}").write_text(text, encoding="ascii")
    (unit.parent / "memory.max").write_text("max\n", encoding="ascii")
    (unit.parent / "memory.current").write_text("9", encoding="ascii")
    monkeypatch.setattr(memory, "_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(memory, "_OWN_GROUP", own)
    assert memory.find_free() == 1_500_000
    (unit / "memory.max").write_text("1000000", encoding="ascii")
    assert memory.find_free() == 1, "what is overdrawn counts as nothing, not as no limit"
    own.write_text("0::/../elsewhere\n", encoding="ascii")
    assert memory.find_free() > 1_500_000


@pytest.fixture(scope="module")
def fair(store: Path, serve: Callable[..., Server]) -> Iterator[Server]:
    """A server with two processes for quick queries and two for slow ones."""
    server = serve(store, GONGKAI_WORKERS="2", GONGKAI_SLOW_WORKERS="2", GONGKAI_SHORT_QUERY_SECONDS="0.2")
    yield server
    server.stop()


def test_heavy_queries_of_one_client_starve_nobody(fair: Server) -> None:
    """Twelve queries at once that never end while the test waits, and another client's look-ups are answered."""
    url = f"{fair.url}/sparql"
    with ExitStack() as clients:
        for number in range(12):
            query = f"{RUNAWAY} # {number}"
            clients.enter_context(closing(send_query(fair.url, query, X_Forwarded_For="192.0.2.1")))
        # One client may hold all places of the slow lane but one.
        wait_until(lambda: read_processes(fair.url)["slow"] == 1, "its share of the slow lane")
        for number in range(20):
            answer = httpx.get(
                url, params={"query": f"ASK {{ <http://x/{number}> ?p ?o }}"}, timeout=PATIENCE,
                headers={"X-Forwarded-For": "192.0.2.2"},
            )  # fmt: skip
            assert answer.status_code == 200
        processes = read_processes(fair.url)
        assert processes["slow"] == 1
        waiting = processes["waiting_slow"] + processes["waiting_quick"] + processes["quick"] + processes["yielded"]
        assert waiting == 11, "a heavy query has ended: the test shows nothing"
    wait_until(lambda: count_running(fair.url) == 0, "the end of queries whose clients have left")
    processes = read_processes(fair.url)
    assert processes["idle"] + processes["quick"] <= 2


def count_copies(copies: int) -> str:
    """A query that multiplies: each pair of statements ``copies`` times."""
    values = " ".join(str(number) for number in range(copies))
    return f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . VALUES ?copy {{ {values} }} }}"


def test_a_slow_query_ends_well(fair: Server, web: httpx.Client) -> None:
    """What runs longer than a quick query may goes on in the other lane and is answered whole."""
    total = int(web.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
                .json()["results"]["bindings"][0]["n"]["value"])  # fmt: skip
    # How much work is slow depends on the machine: twice as much until the lane is seen to change.
    for copies in (2**power for power in range(2, 12)):
        with ThreadPoolExecutor(1) as threads:
            query = {"query": count_copies(copies)}
            asked = threads.submit(httpx.get, f"{fair.url}/sparql", params=query, timeout=PATIENCE)
            wait_until(lambda: asked.done() or read_processes(fair.url)["slow"] == 1, "the slow lane")  # noqa: B023
            changed = not asked.done()
            response = asked.result()
        assert response.status_code == 200
        assert int(response.json()["results"]["bindings"][0]["n"]["value"]) == total * total * copies
        if changed:
            return
    pytest.fail("too quick to have changed lanes: the test shows nothing")
