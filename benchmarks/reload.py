"""Snapshots that change while the endpoint is asked at a steady rate, and a server that is stopped meanwhile.

Run by ``make bench BENCH=reload``; prints Markdown, and ends with 1 if a promise is not kept. Each snapshot holds one
statement that says which it is, so that an answer of one under the name of another is seen.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from serving.client import Connection, Gone, Rate, Reply, make_request, run
from serving.graph import make_graph
from serving.questions import PREFIXES, find_subjects
from serving.servers import ROOT, Running, serve_gongkai

#: The promise about stopping, in seconds.
PROMISED_STOP = 10.0
#: What is asked in each turn of a hundred: look-ups, sums, which snapshot it is.
_SUMS, _EDITIONS = 2, 8
_EDITION = "SELECT ?n WHERE { <urn:x-gongkai:edition> <urn:x-gongkai:number> ?n }"
_MARK = '<urn:x-gongkai:edition> <urn:x-gongkai:number> "{}" <urn:x-gongkai:g> .\n'
#: The bytes and the rows of an answer.
Measure = tuple[int, str]
#: A request with the measure of its answer; none where that says which snapshot it is of.
Question = tuple[bytes, Measure | None]
_SETTINGS = {"GONGKAI_CACHE_BYTES": "0"}


@dataclass
class Asked(Rate):
    """What came of the requests; ``lost`` are those without any answer."""

    #: Requests that could not be sent when they were due, since the one before was not answered yet.
    late: int = 0
    #: Connections that ended within an answer.
    cut: int = 0
    wrong: int = 0
    snapshots: set[str] = field(default_factory=set)

    @property
    def p95(self) -> float:
        """Seconds within which 95 of 100 requests were answered."""
        return sorted(self.times)[math.ceil(len(self.times) * 0.95) - 1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="requests a second (default 500)")
    parser.add_argument("--clients", type=int, default=32, help="connections (default 32)")
    parser.add_argument("--snapshots", type=int, default=4, help="how many are published meanwhile (default 4)")
    parser.add_argument("--quads", type=float, default=2e5, help="the size of the graph (default 2e5)")
    parser.add_argument("--quiet", type=float, default=15.0, help="seconds of peace before (default 15)")
    options = parser.parse_args(arguments)
    print(f"## Snapshots that change under load\n\nLoad at the start {os.getloadavg()[0]:.1f}.\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "graph.nq"
        make_graph(data, int(options.quads), folder)
        offices, figures = find_subjects(data)
        text = data.read_bytes()
        data.write_bytes(text + _MARK.format(1).encode())
        with serve_gongkai(data, folder, "gongkai-reload", **_SETTINGS) as server:
            questions = list_questions(offices, figures)
            pace = Pace(server.url, run(ask_once(server.url, questions)), options.rate, options.clients)
            quiet = run(pace.keep(asyncio.sleep(options.quiet)))
            changing = run(pace.keep(publish(server, folder, text, options.snapshots)))
            stopping, seconds = run(stop(pace, server))
            return report(quiet, changing, stopping, seconds, options.snapshots)


def list_questions(offices: Sequence[str], figures: Sequence[str]) -> list[str]:
    """A hundred questions in turn: what is said of figures, sums of offices, which snapshot this is."""
    found = [f"SELECT ?p ?o WHERE {{ <{figure}> ?p ?o }}" for figure in figures[:100]]
    for number in range(_SUMS):
        office = offices[number % len(offices)]
        sums = f"{{ ?f gk:agency <{office}> ; gk:year ?y ; gk:amount ?m }}"
        found[number * 48 + 1] = f"SELECT ?y (SUM(?m) AS ?n) WHERE {sums} GROUP BY ?y"
    for number in range(_EDITIONS):
        found[number * 12 + 6] = _EDITION
    return [PREFIXES + question for question in found]


async def ask_once(url: str, questions: Sequence[str]) -> list[Question]:
    """Each request with the measure of its answer. Raises SystemExit if one is not answered in peace."""
    connection = Connection(url)
    found = []
    for question in questions:
        request = make_request(url, question)
        reply = await connection.ask(request)
        if reply.status != 200:
            raise SystemExit(f"a question was not answered in peace: {reply.body[:200]!r}")
        found.append((request, None if question.endswith(_EDITION) else _measure(reply)))
    connection.close()
    return found


class Pace:
    """So many requests a second over so many connections, whether or not those before were answered quickly."""

    def __init__(self, url: str, asked: Sequence[Question], rate: int, clients: int) -> None:
        self.url, self.asked, self.pause, self.clients = url, asked, clients / rate, clients
        self.over = False

    async def keep(self, work: Awaitable[None]) -> Asked:
        """Asks for as long as ``work`` takes."""
        found = Asked()
        begin, self.over = perf_counter(), False
        clients = [asyncio.create_task(self._ask(number, found)) for number in range(self.clients)]
        await work
        self.over = True
        await asyncio.gather(*clients)
        found.seconds = perf_counter() - begin
        return found

    async def _ask(self, number: int, found: Asked) -> None:
        connection = Connection(self.url)
        turn, due = number * 7, perf_counter() + number * self.pause / self.clients
        while not self.over:
            wait = due - perf_counter()
            found.late += wait < -self.pause
            due = max(due, perf_counter() - self.pause) + self.pause
            await asyncio.sleep(max(wait, 0.0))
            request, expected = self.asked[turn % len(self.asked)]
            turn += 1
            await self._ask_one(connection, request, expected, found)
        connection.close()

    async def _ask_one(self, connection: Connection, request: bytes, expected: Measure | None, found: Asked) -> None:
        begin = perf_counter()
        try:
            reply = await connection.ask(request)
        except OSError as error:
            found.cut += isinstance(error, Gone) and error.begun
            found.lost += not (isinstance(error, Gone) and error.begun)
            return
        found.times.append(perf_counter() - begin)
        found.statuses[reply.status] += 1
        if reply.status == 200:
            snapshot = reply.header("X-Gongkai-Snapshot")
            found.snapshots.add(snapshot)
            told = f'"{int(snapshot)}"'.encode()
            found.wrong += told not in reply.body if expected is None else _measure(reply) != expected


def _measure(reply: Reply) -> Measure:
    """What the answer of every snapshot has, though its rows may stand in another order."""
    return len(reply.body), reply.header("X-Gongkai-Rows")


async def publish(server: Running, folder: Path, text: bytes, count: int) -> None:
    """Loads so many snapshots, one after the other, and waits until the last one is served."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    data = folder / "next.nq"
    for number in range(2, count + 2):
        data.write_bytes(text + _MARK.format(number).encode())
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "service.command.cli", "load", str(data), "--store", str(folder / "store"),
            env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        if await process.wait():
            raise SystemExit("a snapshot could not be loaded")
    connection, request = Connection(server.url), make_request(server.url, _EDITION)
    async with asyncio.timeout(60):
        while (await connection.ask(request)).header("X-Gongkai-Snapshot") != f"{count + 1:06}":
            await asyncio.sleep(0.1)
    # Until it is held in memory, and the one before is given up.
    await asyncio.sleep(10)
    connection.close()


async def stop(pace: Pace, server: Running) -> tuple[Asked, float]:
    """Asks the server to stop, as systems do, while it is asked; what came of it, and the seconds that it took."""
    taken = 0.0

    async def end() -> None:
        nonlocal taken
        await asyncio.sleep(3)
        begin = perf_counter()
        server.process.send_signal(signal.SIGTERM)
        while server.process.poll() is None and perf_counter() < begin + 4 * PROMISED_STOP:
            await asyncio.sleep(0.01)
        taken = perf_counter() - begin

    return await pace.keep(end()), taken


def report(quiet: Asked, changing: Asked, stopping: Asked, seconds: float, count: int) -> int:
    """Prints what came of it; 1 if a promise is not kept."""
    print("| | in peace | snapshots change | it is stopped |\n| --- | ---: | ---: | ---: |")
    rows: list[tuple[str, Callable[[Asked], str]]] = [
        ("seconds", lambda a: f"{a.seconds:.0f}"),
        ("good answers", lambda a: f"{a.statuses[200]:,}"),
        ("a second", lambda a: f"{a.per_second:,.0f}"),
        ("other answers", lambda a: f"{a.statuses.total() - a.statuses[200]:,}"),
        ("wrong answers", lambda a: f"{a.wrong:,}"),
        ("answers cut off", lambda a: f"{a.cut:,}"),
        ("requests without any answer", lambda a: f"{a.lost:,}"),
        ("sent late, for the one before was not answered", lambda a: f"{a.late:,}"),
        ("p95 (ms)", lambda a: f"{a.p95 * 1e3:.1f}"),
        ("slowest (ms)", lambda a: f"{max(a.times) * 1e3:.0f}"),
        ("snapshots that answered", lambda a: f"{len(a.snapshots)}"),
    ]
    for name, tell in rows:
        print(f"| {name} | {tell(quiet)} | {tell(changing)} | {tell(stopping)} |")
    others = changing.statuses.total() - changing.statuses[200]
    failed = others + changing.cut + changing.lost + changing.wrong
    # One may be gone before anybody asks it.
    kept = not failed and len(changing.snapshots) > count // 2
    print(f"\nNo request fails and none is answered wrongly while snapshots change: {'kept' if kept else 'NOT kept'}.")
    whole = not (stopping.cut or stopping.wrong) and set(stopping.statuses) <= {200, 503} and seconds <= PROMISED_STOP
    told = "kept" if whole else "NOT kept"
    print(f"Stopped after {seconds:.1f} s (at most {PROMISED_STOP:g}), no answer cut off: {told}.")
    return 0 if kept and whole else 1


if __name__ == "__main__":
    sys.exit(main())
