"""The endpoint under attack: many clients, some of whose requests run away, crash, deepen, flood, forge or disconnect.

Run by ``make bench BENCH=abuse``; prints Markdown, and ends with 1 if a promise is not kept. ``--minutes 30`` is the
length that the promises are about; the default is shorter.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from serving.client import Connection, Reply, make_request, run
from serving.graph import make_graph
from serving.hostility import Outcome, list_sources, prepare, trouble
from serving.questions import PREFIXES, find_subjects
from serving.servers import Running, list_processes, serve_gongkai

from tests.service.trap import listening

CLIENTS = 64
HARM = 0.05
#: Longer than a query may run.
REST = 8.0
#: The promises: the good ones' p95 beside that in peace, and memory once it is quiet again beside that before.
PROMISED_SLOWDOWN = 2.0
PROMISED_GROWTH = 1.25
#: Of the good requests so many may be told to come again.
PROMISED_BUSY = 0.001
#: What a query process may take beside the graph, in bytes; and how many of them there are at most.
WORKER_BYTES, PROCESSES = 800_000_000, 2 * 3 + 2
SETTINGS = {
    "GONGKAI_QUERY_TIMEOUT_SECONDS": "5",
    "GONGKAI_MAX_RESULT_BYTES": "5000000",
    "GONGKAI_CACHE_BYTES": "0",
    "GONGKAI_QUEUE_WAIT_SECONDS": "10",
    "GONGKAI_WORKERS": "3",
    "GONGKAI_SLOW_WORKERS": "2",
    "GONGKAI_WORKER_MEMORY_BYTES": str(WORKER_BYTES),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Attacks, and prints what came of it; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="how long to attack (default 2)")
    parser.add_argument("--quiet", type=float, default=20.0, help="seconds of peace before (default 20)")
    parser.add_argument("--quads", type=float, default=2e5, help="the size of the graph (default 2e5)")
    parser.add_argument("--clients", type=int, default=CLIENTS, help=f"how many clients (default {CLIENTS})")
    parser.add_argument("--folder", type=Path, help="where graph and store are made, and kept (default: nowhere)")
    options = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    print("## The endpoint under attack\n")
    print(f"{options.clients} clients, {HARM:.0%} of whose requests mean harm. Load at the start {load:.1f}.\n")
    with tempfile.TemporaryDirectory() as name, listening() as (listener, heard):
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / f"abuse-{int(options.quads)}.nq"
        if not data.exists():
            make_graph(data, int(options.quads), folder)
        offices, figures = find_subjects(data)
        with serve_gongkai(data, folder, "gongkai-abuse", **SETTINGS) as server:
            queries = list_good(offices, figures)
            replies = run(ask_each(server, queries))
            asked, sources = prepare(server.url, queries, replies), list_sources(options.clients)
            before = len(list_processes(server.process.pid))
            quiet = run(trouble(server, asked, sources, listener, options.quiet, 0.0, REST))
            attack = run(trouble(server, asked, sources, listener, options.minutes * 60, HARM, REST))
            return 0 if report(quiet, attack, before, heard) else 1


def list_good(offices: Sequence[str], figures: Sequence[str]) -> list[str]:
    """What clients ask who mean no harm: figures, offices, a code's tree, sums of one office."""
    queries = [f"SELECT ?p ?o WHERE {{ <{figure}> ?p ?o }}" for figure in figures[::10]]
    for office in offices[:8]:
        sums = f"{{ ?f gk:agency <{office}> ; gk:year ?y ; gk:amount ?m }}"
        queries.append(f"SELECT ?y (SUM(?m) AS ?n) WHERE {sums} GROUP BY ?y")
        queries.append(f"SELECT ?r ?m WHERE {{ ?r a gk:RollUp ; gk:agency <{office}> ; gk:sum ?m }}")
    return [PREFIXES + query for query in queries]


async def ask_each(server: Running, queries: Sequence[str]) -> list[Reply]:
    """The answer to each query in peace. Raises SystemExit if one is not answered."""
    connection = Connection(server.url)
    replies = [await connection.ask(make_request(server.url, query)) for query in queries]
    connection.close()
    if any(reply.status != 200 for reply in replies):
        raise SystemExit(f"a good query was not answered: {[r.body[:200] for r in replies if r.status != 200][:1]}")
    return replies


def report(quiet: Outcome, attack: Outcome, processes: int, heard: list[str]) -> bool:
    """Prints what came of it, each promise with whether it was kept."""
    print("| | in peace | under attack |\n| --- | ---: | ---: |")
    rows = [
        ("seconds", f"{quiet.seconds:.0f}", f"{attack.seconds:.0f}"),
        ("good answers", f"{quiet.good[200]:,}", f"{attack.good[200]:,}"),
        ("good requests told to come again (503)", f"{quiet.good[503]:,}", f"{attack.good[503]:,}"),
        ("median of good answers (ms)", *(f"{statistics.median(o.times) * 1e3:.1f}" for o in (quiet, attack))),
        ("p95 of good answers (ms)", f"{quiet.p95 * 1e3:.1f}", f"{attack.p95 * 1e3:.1f}"),
        ("memory once it is quiet (MB)", *(f"{o.settled / 1e6:,.0f}" for o in (quiet, attack))),
        ("memory at most (MB)", *(f"{max(o.memory) / 1e6:,.0f}" for o in (quiet, attack))),
        ("processes at the end", f"{quiet.processes}", f"{attack.processes}"),
    ]
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print("\nRequests that meant harm, by kind and status: "
          + ", ".join(f"{name} ({count})" for name, count in sorted(attack.harm.items())) + ".\n")  # fmt: skip
    kept = True

    def say(promise: str, good: bool, how: str) -> None:
        nonlocal kept
        kept &= good
        print(f"- {promise}: {'kept' if good else 'NOT kept'} ({how})")

    slowdown = attack.p95 / quiet.p95
    say(f"the good ones' p95 at most {PROMISED_SLOWDOWN:g} times that in peace", slowdown <= PROMISED_SLOWDOWN,
        f"{slowdown:.2f}")  # fmt: skip
    wrong = quiet.wrong + attack.wrong
    say("no wrong, cut or missing answer", not wrong, f"{len(wrong)} {wrong[:2]}" if wrong else "none")
    other = quiet.undeclared + attack.undeclared
    say("no error but refusals and declared 503 and 504", not other, f"{len(other)} {other[:2]}" if other else "none")
    busy = attack.good[503] / max(1, attack.good.total())
    say(f"at most {PROMISED_BUSY:.1%} of the good ones told to come again", busy <= PROMISED_BUSY, f"{busy:.3%}")
    bound = max(quiet.memory) + PROCESSES * WORKER_BYTES
    say("memory never above what the settings allow", max(attack.memory) <= bound,
        f"{max(attack.memory) / 1e6:,.0f} of {bound / 1e6:,.0f} MB")  # fmt: skip
    growth = attack.settled / max(1, quiet.settled)
    say("memory flat", growth <= PROMISED_GROWTH, f"{growth:.2f} times that before, once all is quiet again")
    say("no zombies, and as many processes as before", attack.zombies == 0 and attack.processes <= processes + 2,
        f"{attack.zombies} zombies, {attack.processes} processes, {processes} before")  # fmt: skip
    say("nobody was called", not heard, f"{len(heard)} calls")
    print(f"\nLoad at the end {os.getloadavg()[0]:.1f}.\n")
    return kept


if __name__ == "__main__":
    sys.exit(main())
