"""A few seconds of attack: what others get stays right. How fast it stays, ``benchmarks/abuse.py`` tells."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.service.trap import listening
from tests.waiting import HELD, PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benchmarks"))
hostility = importlib.import_module("serving.hostility")
client = importlib.import_module("serving.client")
servers = importlib.import_module("serving.servers")

GK = "https://w3id.org/gongkai/ontology#"
QUERIES = [
    f"SELECT ?s WHERE {{ ?s a <{GK}Document> }}",
    f"SELECT ?f ?m WHERE {{ ?f a <{GK}Figure> ; <{GK}amount> ?m }}",
    f"SELECT (SUM(?m) AS ?n) WHERE {{ ?f <{GK}amount> ?m }}",
    "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p",
]


def test_an_attack_changes_no_answer_and_leaves_nothing_behind(store: Path, serve: Callable[..., Any]) -> None:
    running = serve(
        store, GONGKAI_WORKERS="2", GONGKAI_SLOW_WORKERS="2", GONGKAI_QUERY_TIMEOUT_SECONDS="2",
        GONGKAI_MAX_RESULT_BYTES="1000000", GONGKAI_CACHE_BYTES="0", **HELD,
    )  # fmt: skip
    try:
        server = servers.Running("gongkai", f"{running.url}/sparql", running.process, 0.0)
        before = len(servers.list_processes(running.process.pid))
        good: Counter[int] = Counter()
        harm = 0
        with listening() as (address, heard):
            replies = client.run(ask_each(server))
            asked, sources = hostility.prepare(server.url, QUERIES, replies), hostility.list_sources(16)
            # Until enough was sent to show something, however slow the machine is.
            for seed in range(1, 20):
                outcome = client.run(hostility.trouble(server, asked, sources, address, 3.0, 0.3, 0.0, seed))
                assert outcome.wrong == []
                assert outcome.undeclared == []
                good += outcome.good
                harm += sum(outcome.harm.values())
                if good[200] > 20 and harm > 10:
                    break
            assert not heard
        assert good[200] > 20
        assert harm > 10
        assert set(good) <= {200, 503}
        wait_until(lambda: servers.count_zombies(running.process.pid) == 0, "the end of all zombies")
        wait_until(
            lambda: len(servers.list_processes(running.process.pid)) <= before + 2, "as many processes as before"
        )
        assert httpx.get(f"{running.url}/health", timeout=PATIENCE).status_code == 200
    finally:
        running.stop()


async def ask_each(server: Any) -> list[Any]:
    connection = client.Connection(server.url)
    replies = [await connection.ask(client.make_request(server.url, query)) for query in QUERIES]
    connection.close()
    assert all(reply.status == 200 for reply in replies)
    return replies
