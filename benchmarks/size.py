"""Measures a store of a given size: build by step, disk, start, memory, canned queries, beside Oxigraph's server.

The documents have the real shape: those of ``official/``, converted by the loaders, and copies of them, each of an
office and a year of its own (as in ``growing.py``), so that 100 million quads are there without days of conversion.
Run by ``make bench BENCH=size ARGS="--quads 1e7 --quads 1e8"``: two sizes in a run show what grows beyond linear. Every
canned query is asked of all offices, and where it can be asked of one office, of one of them too. Oxigraph's server
reads the same files, by hard links: nothing is loaded twice.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import platform
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from growing import copy_document, make_templates
from pyoxigraph import Store
from serving.servers import Missing, Running, serve_gongkai, serve_oxigraph

from loaders.build.building import build
from loaders.build.conversion import Cache
from loaders.build.snapshots import find_current
from loaders.settings import Settings
from service.engine.store import open_store
from service.linked import snapshot_parts
from service.queries.answers import Answers
from service.queries.catalogue import QueryCatalogue
from service.settings import ServiceSettings

#: Above this exponent of two sizes a time is said to grow faster than linear.
LINEAR = 1.15
_ITEMS = 24
#: Of queries that ask of one office.
_ONE = ", one office"


@dataclass
class Size:
    """What a store of one size costs. Times in seconds of the clock, the rest in bytes."""

    quads: int
    documents: int
    steps: dict[str, float] = field(default_factory=dict)
    disk: int = 0
    start: float = 0.0
    memory: int = 0
    queries: dict[str, float] = field(default_factory=dict)
    peers: dict[str, float] = field(default_factory=dict)


class _Steps:
    """The progress of a build as seconds by step: a step lasts until the next begins."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name, self._begin = "collect", time.monotonic()

    def __call__(self, stage: str, _done: int, _total: int) -> None:
        if stage != self._name:
            self.end(stage)

    def end(self, following: str = "") -> None:
        now = time.monotonic()
        self.seconds[self._name] = self.seconds.get(self._name, 0.0) + now - self._begin
        _tell(f"{self._name}: {now - self._begin:,.0f} s")
        self._name, self._begin = following, now


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures each size and prints tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=float, action="append", help="sizes of the stores (default 1e7, 1e8)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each query (default 3)")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds for one query at most (default 60)")
    parser.add_argument("--place", type=Path, help="where stores are made, and kept (default: nowhere)")
    parser.add_argument("--alone", action="store_true", help="without Oxigraph's server")
    options = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}\n")
    found = []
    with tempfile.TemporaryDirectory() as name:
        place = options.place or Path(name)
        place.mkdir(parents=True, exist_ok=True)
        for quads in options.quads or (1e7, 1e8):
            found.append(measure(place / f"{quads:.0e}", int(quads), options))
            print_size(found[-1])
    if len(found) > 1:
        print_slopes(found[0], found[-1])
    return 0


def measure(place: Path, quads: int, options: argparse.Namespace) -> Size:
    """Makes a store of about so many quads and asks it."""
    store = place / "store"
    documents, steps = fill(place, quads)
    snapshot = find_current(store)
    assert snapshot is not None
    size = Size(snapshot.manifest.quads, documents, steps)
    size.disk = sum(f.stat().st_size for f in snapshot.database.rglob("*") if f.is_file())
    queries = asyncio.run(fill_queries(store))
    settings = {"GONGKAI_QUERY_TIMEOUT_SECONDS": str(options.patience), "GONGKAI_CACHE_BYTES": "0",
                "GONGKAI_SLOW_WORKERS": "1", "GONGKAI_SHORT_QUERY_SECONDS": str(options.patience),
                "GONGKAI_KEEP_ANSWERS_QUADS": str(10**12)}  # fmt: skip
    with serve_gongkai(Path(), place, **settings) as running:
        size.start = running.load_seconds
        size.queries = ask_all(running, queries, options)
        size.memory = running.memory()
    if not options.alone:
        try:
            with oxigraph(place, store) as running:
                size.peers = ask_all(running, queries, options)
        except Missing as reason:
            print(f"{reason}\n")
    return size


def fill(place: Path, quads: int) -> tuple[int, dict[str, float]]:
    """Builds the store if there is none; the number of documents, and seconds by step."""
    folder, store = place / "folder", place / "store"
    if store.exists():
        return len(list(folder.iterdir())), {}
    folder.mkdir(parents=True)
    templates = make_templates(place / "templates", _ITEMS)
    each = statistics.mean(template.quads.count(b"\n") for template in templates)
    cache, settings = Cache(store / "cache"), Settings(store=store)
    count = max(1, round(quads / each))
    begin = time.monotonic()
    for number in range(count):
        copy_document(templates[number % len(templates)], number // 3, number, folder, cache, settings)
    made = time.monotonic() - begin
    steps = _Steps()
    report = build([folder], store, settings, steps)
    steps.end()
    assert report.succeeded, report.failures[:3]
    assert report.converted == (), "copies were converted"
    assert report.snapshot is not None
    begin = time.monotonic()
    snapshot_parts.make(store, report.snapshot, "search")
    return count, {"make the copies": made, **steps.seconds, "search index": time.monotonic() - begin}


async def fill_queries(store: Path) -> dict[str, str]:
    """Every canned query as it stands when nothing is chosen, and with an office where one can be."""
    settings = ServiceSettings(
        store=store, workers=1, max_memory_quads=0, max_lookup_quads=0, query_timeout_seconds=600
    )
    opened = open_store(settings)
    await opened.start()
    found = {}
    try:
        answers = Answers(opened, settings, QueryCatalogue.load(settings.base))
        for query in answers.catalogue.list_all():
            choices = await answers.choices(query)
            found[query.name] = query.fill({}, choices, "zh")
            if choices.get("agency"):
                office = choices["agency"][len(choices["agency"]) // 2].value
                found[query.name + _ONE] = query.fill({"agency": [office]}, choices, "zh")
    finally:
        await opened.close()
    return found


@contextmanager
def oxigraph(place: Path, store: Path) -> Iterator[Running]:
    """Oxigraph's own server over the same files."""
    snapshot = find_current(store)
    assert snapshot is not None
    if not (place / "oxigraph").exists():
        Store.read_only(str(snapshot.database)).backup(str(place / "oxigraph"))
    with serve_oxigraph(Path(), place) as running:
        yield running


def ask_all(running: Running, queries: dict[str, str], options: argparse.Namespace) -> dict[str, float]:
    """The median seconds of each query's runs; infinite where the server gave no answer in time."""
    found = {}
    for name, query in queries.items():
        found[name] = ask(running.url, query, options.runs, options.patience)
        _tell(f"{name}: {_say(found[name])}")
    return found


def ask(url: str, query: str, runs: int, patience: float) -> float:
    body = urllib.parse.urlencode({"query": query}).encode("ascii")
    headers = {"Accept": "application/sparql-results+json", "Accept-Encoding": "gzip"}
    taken = []
    for _ in range(runs):
        begin = time.monotonic()
        try:
            request = urllib.request.Request(url, data=body, headers=headers)
            with urllib.request.urlopen(request, timeout=patience + 10) as answer:
                content = answer.read()
                if answer.headers.get("Content-Encoding") == "gzip":
                    gzip.decompress(content)
        except (urllib.error.HTTPError, TimeoutError, ConnectionError):
            return float("inf")
        taken.append(time.monotonic() - begin)
    return statistics.median(taken)


def print_size(size: Size) -> None:
    """One store."""
    gigabytes = size.disk / 1e9
    print(f"### {size.quads:,} quads, {size.documents:,} documents\n")
    steps = ", ".join(f"{name or 'end'} {seconds:,.0f} s" for name, seconds in size.steps.items())
    print(f"Build: {steps}. Disk {gigabytes:.1f} GB ({size.disk / size.quads:.0f} bytes a quad). ")
    print(f"Start {size.start:.1f} s, memory after all queries {size.memory / 1e9:.1f} GB. ")
    print("\n| canned query | seconds | Oxigraph's server |\n| --- | ---: | ---: |")
    for name, seconds in sorted(size.queries.items(), key=lambda item: -item[1]):
        print(f"| {name} | {_say(seconds)} | {_say(size.peers.get(name))} |")
    print(flush=True)


def _say(seconds: float | None) -> str:
    return "" if seconds is None else "no answer in time" if seconds == float("inf") else f"{seconds:.3f}"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def print_slopes(small: Size, large: Size) -> None:
    """What grows faster than the quads do."""
    factor = large.quads / small.quads
    print(f"### What grows faster than linear ({factor:.1f} times the quads)\n")
    pairs = {f"build: {n}": (s, large.steps.get(n, 0.0)) for n, s in small.steps.items() if s > 1}
    pairs |= {f"query: {n}": (s, large.queries.get(n, 0.0)) for n, s in small.queries.items() if s > 0.05}
    found = {name: after / before for name, (before, after) in pairs.items() if after / before > factor**LINEAR}
    for name, ratio in sorted(found.items(), key=lambda item: -item[1]):
        print(f"- {name}: {ratio:.1f} times")
    print("" if found else "Nothing.")


if __name__ == "__main__":
    sys.exit(main())
