"""Many clients at once, a few of whose requests mean harm; and what became of the requests that did not."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from serving import misconduct
from serving.client import Connection, Gone, Reply, make_post, make_request, percentile
from serving.servers import Running, count_zombies, list_processes

#: What may answer a request that means harm: refusals, and the two ways of saying that it takes too much.
REFUSALS = frozenset({400, 403, 408, 413, 414, 422, 503, 504})
#: Seconds that nothing may take, so that a client that hangs is told as such.
PATIENCE = 60.0
MEMORY_SECONDS = 2.0
_SOURCES = 8
#: Characters of a query that is sent by POST.
_LONG = 10_000

RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HUGE = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 100000000"
#: Values of many types in one order: the engine's comparison of them is no order, and its sorting ends the process.
PANIC = "SELECT ?s WHERE { ?s (<a:b>|!<a:b>) ?o } ORDER BY ?o LIMIT 7"


@dataclass(frozen=True)
class Asked:
    """A good request and its right answer: the bytes, or, in another order, the same rows."""

    request: bytes
    body: bytes
    rows: tuple[str, ...]


@dataclass
class Outcome:
    """What came of a phase. ``wrong`` are good requests with another answer; ``harm`` counts statuses by kind."""

    times: list[float] = field(default_factory=list)
    good: Counter[int] = field(default_factory=Counter)
    harm: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    settled: int = 0
    seconds: float = 0.0
    zombies: int = 0
    processes: int = 0

    @property
    def p95(self) -> float:
        """The time below which 95 of 100 good answers came, in seconds."""
        return percentile(self.times, 0.95)


def list_harms(listener: str) -> dict[str, str]:
    """Queries that mean harm, by kind. ``listener`` is an address that must never hear anything."""
    return {
        "runaway": RUNAWAY,
        "huge": HUGE,
        "crashing": "SELECT * " + "{" * 4000 + "}" * 4000,
        "panic": PANIC,
        "deep": "SELECT * WHERE " + "{" * 98 + "?s ?p ?o" + "}" * 98,
        "long path": "SELECT * WHERE { ?s " + "/".join(["<a:b>"] * 99) + " ?o }",
        "wide": "SELECT * WHERE { " + " ".join(f"OPTIONAL {{ ?s ?p{n} ?o{n} }}" for n in range(380)) + " } LIMIT 1",
        "service": f"SELECT * WHERE {{ SERVICE <{listener}> {{ ?s ?p ?o }} }}",
        "hidden service": f"SELECT * {{ BIND(1 AS ?b) FILTER(?b<2||true)#>'''\nSERVICE<{listener}>{{?s?p?o}}#'''\n}}",
        "update": f"LOAD <{listener}>",
        "disconnecting": RUNAWAY + " # gone",
        # Each step doubles, or multiplies by eight, what the step before made.
        "growth by CONCAT": _grow("CONCAT({0}, {0})", 44),
        "growth by REPLACE": _grow("REPLACE({0}, 'x', 'xxxxxxxx')", 14),
        "growth by GROUP_CONCAT": "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f)); separator='------') AS ?g) WHERE "
        "{ ?a ?b ?c . ?d ?e ?f }",
        "regex": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o FILTER(REGEX(STR(?o), "
        "'^(([a-z]|[0-9]|.)+.?)+[A-Z]([a-z]+)+$|(a*)*b|(x+x+)+y{1,500}')) }",
        "10,000 values": f"SELECT * {{ VALUES ?v {{ {' '.join(map(str, range(10_000)))} }} ?s ?p ?o FILTER(?o > ?v) }}",
    }


def _grow(step: str, steps: int) -> str:
    binds = " ".join(f"BIND({step.format(f'?a{n}')} AS ?a{n + 1})" for n in range(steps))
    return f"SELECT (STRLEN(?a{steps}) AS ?n) WHERE {{ BIND('xxxxxxxx' AS ?a0) {binds} }}"


def prepare(url: str, queries: Sequence[str], replies: Sequence[Reply]) -> list[Asked]:
    """The good requests with the answers that ``replies`` gave in peace."""
    return [
        Asked(make_request(url, query), reply.body, list_rows(reply.body))
        for query, reply in zip(queries, replies, strict=True)
    ]


def list_rows(body: bytes) -> tuple[str, ...]:
    """The rows of a JSON result, in an order of their own."""
    return tuple(sorted(json.dumps(row, sort_keys=True) for row in json.loads(body)["results"]["bindings"]))


def list_sources(clients: int) -> list[str]:
    """The addresses that clients come from: eight of this machine's own, in turns."""
    return [f"127.0.0.{2 + number % _SOURCES}" for number in range(clients)]


async def trouble(
    server: Running,
    asked: Sequence[Asked],
    sources: Sequence[str],
    listener: str,
    seconds: float,
    harm: float,
    rest: float,
    seed: int = 1,
) -> Outcome:
    """Sends requests from a client at each of ``sources`` (addresses), of which the part ``harm`` mean harm.

    ``rest`` is for how many seconds afterwards nothing is sent, before what is left is counted.
    """
    outcome = Outcome()
    begin = perf_counter()
    end = begin + seconds
    harms = list_harms(listener)
    async with asyncio.TaskGroup() as group:
        watcher = group.create_task(_watch(server, outcome))
        clients = [
            group.create_task(
                _act(server.url, asked, harms, end, harm, random.Random(seed * 1000 + number), source, outcome)
            )
            for number, source in enumerate(sources)
        ]
        await asyncio.gather(*clients)
        watcher.cancel()
    outcome.seconds = perf_counter() - begin
    # What still runs comes to its time limit; processes that were killed are waited for, and replaced.
    await asyncio.sleep(rest)
    outcome.settled = server.memory()
    outcome.zombies = count_zombies(server.process.pid)
    outcome.processes = len(list_processes(server.process.pid))
    return outcome


async def _watch(server: Running, outcome: Outcome) -> None:
    while True:
        outcome.memory.append(server.memory())
        await asyncio.sleep(MEMORY_SECONDS)


async def _act(
    url: str,
    own: Sequence[Asked],
    harms: dict[str, str],
    end: float,
    harm: float,
    chance: random.Random,
    source: str,
    outcome: Outcome,
) -> None:
    connection = Connection(url, source)
    kinds = [*harms, *misconduct.KINDS]
    try:
        while perf_counter() < end:
            if chance.random() < harm:
                kind = chance.choice(kinds)
                if kind in harms:
                    await _harm(url, kind, harms[kind], source, chance, outcome)
                else:
                    outcome.harm[f"{kind}: {await misconduct.KINDS[kind](url, source, end)}"] += 1
            else:
                await _ask(connection, chance.choice(own), outcome)
    finally:
        connection.close()


async def _ask(connection: Connection, asked: Asked, outcome: Outcome) -> None:
    begin = perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            reply = await connection.ask(asked.request)
    except (OSError, TimeoutError) as error:
        outcome.wrong.append(f"no answer: {type(error).__name__} {error}")
        return
    outcome.good[reply.status] += 1
    if reply.status == 200:
        outcome.times.append(perf_counter() - begin)
        if reply.body != asked.body and list_rows(reply.body) != asked.rows:
            outcome.wrong.append(f"another answer: {asked.request[:200]!r}")
    elif reply.status == 503 and reply.header("Retry-After"):
        # Declared: the client is told to come again. How many there were is in the report.
        pass
    else:
        outcome.undeclared.append(f"good: {reply.status} {reply.body[:200]!r}")


async def _harm(url: str, kind: str, query: str, source: str, chance: random.Random, outcome: Outcome) -> None:
    connection = Connection(url, source)
    # Nobody but a trusted proxy is believed when it names another client.
    forged = f"X-Forwarded-For: 10.0.{chance.randrange(256)}.{chance.randrange(256)}\r\n"
    try:
        # A different comment each time, so that no memory of earlier failures answers in the engine's place.
        asked = f"{query} # {chance.random()}"
        request = (make_request if len(asked) < _LONG else make_post)(url, asked, more=forged)
        if kind == "disconnecting":
            async with asyncio.timeout(0.3):
                await connection.ask(request)
        else:
            async with asyncio.timeout(PATIENCE):
                reply = await connection.ask(request)
            outcome.harm[f"{kind}: {reply.status}"] += 1
            if reply.status == 200:
                # Only what is cheap enough to be answered may be: never a cut result, never the listener's.
                json.loads(reply.body)
            elif reply.status not in REFUSALS:
                outcome.undeclared.append(f"{kind}: {reply.status} {reply.body[:200]!r}")
    except TimeoutError:
        outcome.harm[f"{kind}: gone" if kind == "disconnecting" else f"{kind}: no answer"] += 1
        if kind != "disconnecting":
            outcome.undeclared.append(f"{kind}: no answer within {PATIENCE:g} s")
    except (Gone, ConnectionError) as error:
        outcome.undeclared.append(f"{kind}: {type(error).__name__} {error}")
    finally:
        connection.close()
