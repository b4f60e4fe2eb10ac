"""The endpoint beside its peers on the same graph: seconds of each query, rate of many clients, loading, memory.

Run by ``make bench BENCH=peers``; prints Markdown, and ends with 1 if a promise is not kept. The graph has the shape of
the built documents (``benchmarks/serving/graph.py``). Peers: Oxigraph's native server and rdflib-endpoint
(``pip install '.[bench]'``), Virtuoso where it is installed. Only ratios within one run say anything.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from serving.client import Reply, make_request, percentile, press, run, time_each
from serving.graph import make_graph
from serving.questions import Question, count_answer, find_subjects, list_questions
from serving.servers import Missing, Running, serve_gongkai, serve_oxigraph, serve_rdflib, serve_virtuoso

#: The promises: no slower than Oxigraph's server; scans this many times faster; this many times rdflib-endpoint.
PROMISED_SCANS = 3.0
PROMISED_RDFLIB = 20.0
PROMISED_RATE, PROMISED_CACHED_RATE = 2_500.0, 6_000.0
PROMISED_REPEATED_SECONDS = 0.001
CLIENTS = 16
#: Below this ratio two medians are taken for the same: runs of one thing differ by as much.
SAME = 1.15

Server = Callable[[Path, Path], AbstractContextManager[Running]]
GONGKAI, CACHED, OXIGRAPH, RDFLIB, VIRTUOSO = "gongkai", "gongkai, cached", "oxigraph", "rdflib", "virtuoso"
SERVERS: dict[str, Server] = {
    GONGKAI: lambda data, folder: serve_gongkai(data, folder, GONGKAI_CACHE_BYTES="0", **_SETTINGS),
    CACHED: lambda data, folder: serve_gongkai(data, folder, "gongkai-cached", **_SETTINGS),
    OXIGRAPH: serve_oxigraph,
    RDFLIB: serve_rdflib,
    VIRTUOSO: serve_virtuoso,
}
_SETTINGS = {"GONGKAI_QUERY_TIMEOUT_SECONDS": "120", "GONGKAI_MAX_MEMORY_QUADS": "2000000"}
#: Slow queries run at a lower priority. Where other work shares the machine, that measures the other work.
_ONE_LANE = {"GONGKAI_SHORT_QUERY_SECONDS": "100"}


@dataclass
class Measured:
    """What one server did: seconds of each run of each question (none: too slow), rates, loading, memory in bytes."""

    times: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    rate: float = 0.0
    rate_p95: float = 0.0
    load_seconds: float = 0.0
    idle: int = 0
    busy: int = 0

    def median(self, question: str) -> float | None:
        """The median of a question's runs."""
        found = self.times.get(question)
        return statistics.median(found) if found else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures everything and prints it; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=float, default=1e6, help="size of the graph (default 1e6; 1e7 takes long)")
    parser.add_argument("--runs", type=int, default=15, help="runs of each question at most (default 15)")
    parser.add_argument("--patience", type=float, default=20.0, help="seconds for one question at most (default 20)")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long the rate is measured (default 8)")
    parser.add_argument("--only", choices=SERVERS, action="append", help="measure this server only")
    parser.add_argument("--one-lane", action="store_true", help="for a machine that other work shares: no low priority")
    parser.add_argument("--folder", type=Path, help="where graph and stores are made, and kept (default: nowhere)")
    options = parser.parse_args(arguments)
    print("## The endpoint beside its peers\n")
    if options.one_lane:
        _SETTINGS.update(_ONE_LANE)
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / f"graph-{int(options.quads)}.nq"
        if not data.exists():
            make_graph(data, int(options.quads), folder)
        with data.open("rb") as file:
            quads = sum(1 for _ in file)
        offices, figures = find_subjects(data)
        questions = list_questions(offices[len(offices) // 2], figures[len(figures) // 2])
        print(
            f"{quads:,} quads, {len(offices)} offices. Python {platform.python_version()}, {os.cpu_count()} cores, "
            f"load at the start {os.getloadavg()[0]:.1f}\n"
        )
        measured: dict[str, Measured] = {}
        for key in options.only or SERVERS:
            place = folder / f"{int(options.quads)}"
            place.mkdir(exist_ok=True)
            try:
                with SERVERS[key](data, place) as server:
                    measured[key] = _measure(server, questions, figures, options)
            except Missing as missing:
                print(f"not measured: {missing}\n")
        _print_tables(questions, measured)
        print(f"\nLoad at the end {os.getloadavg()[0]:.1f}.\n")
        return 0 if _judge(questions, measured) else 1


def _measure(
    server: Running, questions: Sequence[Question], figures: Sequence[str], options: argparse.Namespace
) -> Measured:
    found = Measured(load_seconds=server.load_seconds, idle=server.memory())
    for question in questions:
        request = make_request(server.url, question.query, question.accept)

        def check(reply: Reply, question: Question = question) -> None:
            if reply.status != 200:
                raise ValueError(f"status {reply.status}")
            if question.name not in found.rows:
                found.rows[question.name] = count_answer(reply.body, question.accept)

        try:
            found.times[question.name] = run(time_each(server.url, request, options.runs, options.patience, check))
        except TimeoutError:
            found.faults[question.name] = f"over {options.patience:g} s"
        except (OSError, ValueError, SyntaxError) as error:
            found.faults[question.name] = str(error)[:40] or type(error).__name__
        if found.faults.get(question.name, "").startswith("over"):
            _let_finish(server, questions[0])
    # Different figures, so that no cache of one answer answers all; as many as there are in the list.
    points = [make_request(server.url, f"SELECT ?p ?o WHERE {{ <{figure}> ?p ?o }}") for figure in figures]
    run(press(server.url, points, CLIENTS, 1.0))
    rate = run(press(server.url, points, CLIENTS, options.seconds))
    found.rate, found.rate_p95 = rate.per_second, percentile(rate.times, 0.95)
    found.busy = server.memory()
    return found


def _let_finish(server: Running, question: Question) -> None:
    """Waits until the server answers again: some go on with a query that nobody waits for any more."""
    request = make_request(server.url, question.query, question.accept)
    try:
        run(time_each(server.url, request, 1, 120.0, lambda _: None))
    except (TimeoutError, OSError):
        print(f"{server.name} did not answer for 120 s after a query that was given up\n")


def _print_tables(questions: Sequence[Question], measured: dict[str, Measured]) -> None:
    names = list(measured)
    print("Median / p95 in ms, one client:\n")
    print(f"| query | rows | {' | '.join(names)} |\n| --- | ---: |{' ---: |' * len(names)}")
    for question in questions:
        rows = next((m.rows[question.name] for m in measured.values() if question.name in m.rows), 0)
        cells = []
        for each in measured.values():
            if times := each.times.get(question.name):
                other = each.rows.get(question.name, rows) != rows
                note = f" ({each.rows[question.name]:,} rows)" if other else ""
                cells.append(f"{statistics.median(times) * 1e3:.2f} / {percentile(times, 0.95) * 1e3:.2f}{note}")
            else:
                cells.append(each.faults.get(question.name, "–"))
        print(f"| {question.name} | {rows:,} | {' | '.join(cells)} |")
    print(f"\n| | {' | '.join(names)} |\n| --- |{' ---: |' * len(names)}")
    lines: list[tuple[str, Callable[[Measured], str]]] = [
        (f"point look-ups a second, {CLIENTS} clients", lambda m: f"{m.rate:,.0f}"),
        ("their p95 (ms)", lambda m: f"{m.rate_p95 * 1e3:.1f}"),
        ("loading and start (s)", lambda m: f"{m.load_seconds:.1f}"),
        ("memory after the start (MB)", lambda m: f"{m.idle / 1e6:,.0f}"),
        ("memory after all (MB)", lambda m: f"{m.busy / 1e6:,.0f}"),
    ]
    for label, show in lines:
        print(f"| {label} | {' | '.join(show(m) for m in measured.values())} |")


def _judge(questions: Sequence[Question], measured: dict[str, Measured]) -> bool:
    """Prints each promise with whether it was kept in this run."""
    kept = True

    def say(promise: str, good: bool, how: str) -> None:
        nonlocal kept
        kept &= good
        print(f"- {promise}: {'kept' if good else 'NOT kept'} ({how})")

    ours, cached = measured.get(GONGKAI), measured.get(CACHED)
    if ours and (oxigraph := measured.get(OXIGRAPH)):
        ratios = _ratios(questions, oxigraph, ours)
        slower = {name: ratio for name, ratio in ratios.items() if ratio < 1 / SAME}
        say("no query slower than Oxigraph's server", not slower, _list_ratios(slower or ratios))
        scans = {q.name: ratios[q.name] for q in questions if q.scans and q.name in ratios}
        low = {name: ratio for name, ratio in scans.items() if ratio < PROMISED_SCANS}
        say(f"scans and aggregates at least {PROMISED_SCANS:g} times faster", not low, _list_ratios(scans))
    if ours and (rdflib := measured.get(RDFLIB)):
        ratios = _ratios(questions, rdflib, ours)
        low = {name: ratio for name, ratio in ratios.items() if ratio < PROMISED_RDFLIB}
        say(f"at least {PROMISED_RDFLIB:g} times rdflib-endpoint", not low, _list_ratios(ratios))
    if ours:
        say(f"{PROMISED_RATE:,.0f} point look-ups a second, isolated", ours.rate >= PROMISED_RATE, f"{ours.rate:,.0f}")
    if cached:
        good = cached.rate >= PROMISED_CACHED_RATE
        say(f"{PROMISED_CACHED_RATE:,.0f} point look-ups a second, cached", good, f"{cached.rate:,.0f}")
        small = [q.name for q in questions if cached.rows.get(q.name, 10_000) < 1_000 and cached.times.get(q.name)]
        worst = max(((cached.median(name) or 0.0), name) for name in small)
        good = worst[0] < PROMISED_REPEATED_SECONDS
        say("repeated queries under 1 ms, the client's part included", good, f"{worst[1]}: {worst[0] * 1e3:.2f} ms")
    return kept


def _ratios(questions: Sequence[Question], slow: Measured, fast: Measured) -> dict[str, float]:
    """How many times longer one takes than the other, for questions that both have answered alike."""
    found = {}
    for question in questions:
        one, other = slow.median(question.name), fast.median(question.name)
        if one and other and slow.rows.get(question.name) == fast.rows.get(question.name):
            found[question.name] = one / other
    return found


def _list_ratios(ratios: dict[str, float]) -> str:
    return ", ".join(f"{name} {ratio:.1f}×" for name, ratio in ratios.items()) or "none compared"


if __name__ == "__main__":
    sys.exit(main())
