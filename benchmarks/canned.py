"""Asks a store every query of ours, each in a process of its own: processor seconds, rows, and a digest of the rows.

Run by ``make bench BENCH=canned ARGS="STORE --keep before.json"``, and after a change with ``--against before.json``:
what then has other rows, or the same in another order, is named. The database is opened from disk, read-only, as the
service opens what is too large for memory; with ``--memory`` it is held in memory, which the processes share. Times
are those of the processor (user and system), so that other work on the machine counts little; a first small query of
each process is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from loaders.build.snapshots import find_current
from service.checks.samples import Sample, list_samples
from service.engine.nursery import load_into_memory
from service.engine.portable import drop_open_slots
from service.engine.store import open_store
from service.queries.answers import Answers
from service.queries.catalogue import QueryCatalogue
from service.settings import ServiceSettings

#: Processor seconds of a query in a table: those below this are counted together.
_BRIEF = 0.1


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, compares, prints; the exit code is 1 where rows are others than before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path, nargs="?", help="a store's folder (default: that of GONGKAI_STORE)")
    parser.add_argument("--patience", type=int, default=30, help="processor seconds for one query (default 30)")
    parser.add_argument("--only", action="append", default=[], help="only queries whose name holds this")
    parser.add_argument("--each", action="store_true", help="each parameter by itself as well, and both languages")
    parser.add_argument("--memory", action="store_true", help="on the graph in memory, not on disk")
    parser.add_argument("--keep", type=Path, help="where to write what was measured, as JSON")
    parser.add_argument("--against", type=Path, help="what was kept before")
    options = parser.parse_args(arguments)
    folder = options.store or ServiceSettings().store
    snapshot = find_current(folder)
    if snapshot is None:
        print(f"{folder}: there is no store, so nothing is measured. Build one: gongkai build")
        return 0
    before = json.loads(options.against.read_text(encoding="utf-8")) if options.against else {}
    found: dict[str, dict[str, Any]] = {}
    held = load_into_memory(str(snapshot.database)) if options.memory else None
    for sample in asyncio.run(_list(folder, options.only, quick=not options.each)):
        if not sample.missing:
            name = f"{sample.name} {sample.given}".strip()
            found[name] = measure(snapshot.database, sample, options.patience, held)
            print(name, found[name]["seconds"], found[name]["rows"], file=sys.stderr, flush=True)
            if options.keep:
                options.keep.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(f"{snapshot.manifest.quads:,} quads, {len(snapshot.manifest.documents)} documents\n")
    print_table(found, before)
    return 1 if print_differences(found, before) else 0


async def _list(store: Path, only: Sequence[str], *, quick: bool) -> list[Sample]:
    settings = ServiceSettings(store=store, workers=1, max_memory_quads=0, query_timeout_seconds=600.0)
    opened = open_store(settings)
    await opened.start()
    try:
        answers = Answers(opened, settings, QueryCatalogue.load(settings.base))
        return await list_samples(answers, only, quick=quick)
    finally:
        await opened.close()


def measure(database: Path, sample: Sample, patience: int, held: ox.Store | None = None) -> dict[str, Any]:
    """Asks in a process of its own, the store on disk or the one ``held``.

    Gives ``seconds`` of a processor (None: no answer in time), ``rows``, and digests of the rows, ordered and sorted.
    """
    with tempfile.TemporaryFile() as result:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                result.write(
                    json.dumps(_ask(held or ox.Store.read_only(str(database)), sample, patience)).encode("utf-8")
                )
                result.flush()
                code = 0
            finally:
                os._exit(code)
        os.waitpid(child, 0)
        result.seek(0)
        text = result.read()
    return json.loads(text) if text else {"seconds": None, "rows": None, "ordered": "", "sorted": ""}


def _ask(store: ox.Store, sample: Sample, patience: int) -> dict[str, Any]:
    options: dict[str, Any] = {"use_default_graph_as_union": True}
    if sample.graph:
        options = {"default_graph": [ox.NamedNode(sample.graph)]}
    list(store.query("SELECT ?s ?p ?o WHERE { ?s a ?c ; ?p ?o } LIMIT 5", use_default_graph_as_union=True))
    spent = _spent()
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent) + patience + 1, int(spent) + patience + 1))
    answer = store.query(drop_open_slots(sample.sparql), **options)
    rows = [str(bool(answer))] if isinstance(answer, ox.QueryBoolean) else [_spell(row) for row in answer]
    seconds = _spent() - spent
    ordered = _digest(rows)
    return {"seconds": round(seconds, 3), "rows": len(rows), "ordered": ordered, "sorted": _digest(sorted(rows))}


def _spell(row: Any) -> str:
    if isinstance(row, ox.Triple):
        return str(row)
    return "\t".join("" if term is None else str(term) for term in row)


def _digest(rows: Sequence[str]) -> str:
    return sha256("\n".join(rows).encode("utf-8")).hexdigest()[:16]


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def print_table(found: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]) -> None:
    """A row for each query that is not brief, the slowest first."""

    def longest(name: str) -> float:
        times = [side[name]["seconds"] for side in (found, before) if name in side]
        return max(float("inf") if t is None else t for t in times)

    print("| query | rows | seconds before | seconds |\n| --- | ---: | ---: | ---: |")
    names = sorted(found, key=lambda name: (-longest(name), name))
    for name in (n for n in names if longest(n) >= _BRIEF):
        row = found[name]
        print(f"| {name} | {row['rows']} | {_say(before.get(name))} | {_say(row)} |")
    brief = [n for n in names if longest(n) < _BRIEF]
    print(f"| {len(brief)} others | | | below {_BRIEF} |\n")


def _say(row: Mapping[str, Any] | None) -> str:
    return "" if row is None else "none in time" if row["seconds"] is None else f"{row['seconds']:.2f}"


def print_differences(found: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]) -> int:
    """Names what has other rows than before; gives how many."""
    differing = 0
    for name in sorted(found.keys() & before.keys()):
        old, new = before[name], found[name]
        if None in (old["seconds"], new["seconds"]) or old["ordered"] == new["ordered"]:
            continue
        same = old["sorted"] == new["sorted"]
        differing += not same
        print(f"- {name}: {'another order' if same else 'OTHER ROWS'}, {old['rows']} before, {new['rows']} now")
    return differing


if __name__ == "__main__":
    sys.exit(main())
