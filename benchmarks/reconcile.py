"""Measures reconciliation: how many messy names are told, how many are falsely certain, how long 500 names take.

The names and their answers were written by hand (``tests/service/names/names.csv``); the store holds the five documents
and invented budgets of offices of one kind in several places. The server is asked as OpenRefine asks it: a form with
``queries``, in one request of 500, in batches of ten, and with a property. Run by ``make bench BENCH=reconcile``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from serving.servers import list_processes, serve_gongkai

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from loaders.build.building import build  # noqa: E402
from loaders.settings import Settings  # noqa: E402
from tests.service.invented_offices import add_offices  # noqa: E402
from tests.service.messy_names import Judged, ask_names, read_names  # noqa: E402

NAMES = 500
RECALL, SECONDS = 0.95, 1.0
Queries = dict[str, dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints tables; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed")
    parser.add_argument("--store", type=Path, help="a store that holds the documents already")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if given.store:
            (folder / "store").symlink_to(given.store.resolve())
        else:
            assert build(store_dir=folder / "store", settings=Settings(store=folder / "store", jobs=1)).succeeded
            add_offices(folder / "store", folder / "texts")
        with serve_gongkai(folder, folder, GONGKAI_WORKERS="2") as running, httpx.Client(timeout=300) as client:
            address = running.url.removesuffix("/sparql") + "/reconcile"

            def send(queries: Queries) -> Mapping[str, Any]:
                answer = client.post(address, data={"queries": json.dumps(queries, ensure_ascii=False)})
                answer.raise_for_status()
                found: Mapping[str, Any] = answer.json()
                return found

            kept = print_answers(list(ask_names(send)))
            return 0 if print_times(send, running.process.pid, given.rounds) and kept else 1


def print_answers(judged: Sequence[Judged]) -> bool:
    """Tells how the list is answered, by what makes the names messy; True if the promise is kept."""
    print("| names | number | right at rank 1 | certain | falsely certain |\n| --- | ---: | ---: | ---: | ---: |")
    kinds: dict[str, list[Judged]] = {"all": list(judged)}
    for each in judged:
        group = each.name.why.partition(":")[0].partition(";")[0] if each.name.answer else "none or several"
        kinds.setdefault(group, []).append(each)
    for kind, few in kinds.items():
        if kind == "all" or len(few) > 3:
            numbers = (sum(j.right for j in few), sum(j.certain for j in few), sum(j.falsely_certain for j in few))
            print(f"| {kind} | {len(few)} | {' | '.join(map(str, numbers))} |")
    for each in judged:
        if not each.right or each.falsely_certain:
            told, wanted = each.first or "nothing", each.name.answer or "certain"
            print(f"\n{each.name.name!r} ({each.name.why}): {told}, not {wanted}")
    recall = sum(j.right for j in judged) / len(judged)
    kept = recall >= RECALL and not any(j.falsely_certain for j in judged)
    word = "kept" if kept else "NOT kept"
    print(f"\nAt least {RECALL:.0%} right, none falsely certain: {word} ({recall:.1%}).\n")
    return kept


def print_times(send: Callable[[Queries], Mapping[str, Any]], server: int, rounds: int) -> bool:
    """Times 500 names, the list again and again; True if one request of them is answered as fast as promised."""
    names = list(itertools.islice(itertools.cycle(read_names()), NAMES))
    queries = {f"q{i}": {"query": n.name, "type": n.kind} if n.kind else {"query": n.name} for i, n in enumerate(names)}
    placed = {key: each | {"properties": [{"pid": "place", "v": "深圳市"}]} for key, each in queries.items()}
    ways = {
        "one request of 500": (queries, NAMES),
        "with a property each": (placed, NAMES),
        "batches of ten": (queries, 10),
    }
    print("| 500 names | clock (s) | processor of the server (s) |\n| --- | ---: | ---: |")
    measured: dict[str, float] = {}
    for way, (asked, size) in ways.items():
        clocks, processors = [], []
        for _ in range(rounds):
            before, begin = read_processor(server), time.monotonic()
            rows = list(asked.items())
            for first in range(0, len(rows), size):
                send(dict(rows[first : first + size]))
            clocks.append(time.monotonic() - begin)
            processors.append(read_processor(server) - before)
        measured[way] = statistics.median(processors)
        print(f"| {way} | {statistics.median(clocks):.2f} | {measured[way]:.2f} |")
    kept = measured["one request of 500"] < SECONDS
    print(f"\n500 names in under {SECONDS:g} s of a processor: {'kept' if kept else 'NOT kept'}.")
    return kept


def read_processor(root: int) -> float:
    """Seconds of a processor that a process and all below it have used."""
    ticks = 0
    for process in list_processes(root):
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
