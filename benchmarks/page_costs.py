"""What one answer of each class of page costs while nothing is kept: seconds of a processor, by page and by query.

Run by ``make bench BENCH=page_costs ARGS="STORE --keep before.json"``, and then with ``--against before.json``. Every
query of a page is evaluated in this process, one after the other, on the database as it lies on disk (``--memory``: on
the graph in memory), and no answer goes from one page to the next but those that are kept beside the snapshot
(``--bare``: nor these). Of each class the page that holds most is asked: the office with most figures, the longest
document. Times are those of the processor (user and system), so that other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from starlette.testclient import TestClient

from loaders.build.snapshots import find_current
from service.app import create_app
from service.engine.evaluation import evaluate
from service.engine.nursery import load_into_memory
from service.engine.store import EmbeddedStore
from service.engine.workers import Answer, Job
from service.queries.answers import Answers
from service.queries.query import CannedQuery
from service.settings import ServiceSettings

_NAME: ContextVar[str] = ContextVar("name", default="")
_GK = "https://w3id.org/gongkai/ontology#"
#: Pages that no data choose.
_FIXED = (
    "/", "/queries", "/documents", "/data", "/compare", "/compare?by=economic", "/explore", "/explore?chart=table",
    "/search?q=三公经费", "/search?q=深圳统计局2023年三公经费", "/loaded", "/help", "/ontology", "/coverage.json",
    "/dataset", "/sparql/completions.json",
)  # fmt: skip
#: A thing of each class that has a page of its own: the one that most other things point to by a property.
_THINGS = {
    "office": ("agency", "Agency"), "code": ("function", "FunctionCode"), "economic code": ("economic", "EconomicCode"),
    "place": ("place", "Place"), "project": ("project", "Project"), "service": ("service", "Topic"),
    "division": ("ofDivision", "Division"), "indicator": ("indicator", "Indicator"),
}  # fmt: skip
_LARGEST = "SELECT ?thing WHERE {{ {pattern} }} GROUP BY ?thing ORDER BY DESC(COUNT(*)) ?thing LIMIT 1"
#: Queries of a page that take less than this, in seconds, are not named.
_BRIEF = 0.05


class Measured(EmbeddedStore):
    """The store, asked in this process; ``asked`` is each query with its name, seconds and rows."""

    def __init__(self, settings: ServiceSettings, *, memory: bool, bare: bool) -> None:
        super().__init__(settings)
        database = str(self.find_snapshot().database)
        self.database = load_into_memory(database) if memory else ox.Store.read_only(database)
        self.held, self.bare = self.find_snapshot(), bare
        self.asked: list[tuple[str, float, int]] = []

    async def start(self) -> None:
        """There is nothing to start: no process beside this one."""

    async def close(self) -> None:
        """There is nothing to end."""

    @property
    def edition(self) -> str:
        return f"{self.find_snapshot().name}/disk"

    def find(self, query: str) -> str:
        """The IRI that a query of ours finds; "" for none."""
        rows = self.database.query(f"PREFIX gk: <{_GK}> {query}", use_default_graph_as_union=True)
        return next((row[0].value for row in rows), "")  # type: ignore[union-attr,index]

    async def run(self, job: Job) -> Answer:
        begin = time.process_time()
        name = _NAME.get() or " ".join(job.query.split())[:60]
        place = None if self.bare else self.kept.find(job, self.held)
        kept = await self.kept.read(place, self.edition) if place else None
        if kept is not None:
            self.asked.append((f"{name} (kept)", time.process_time() - begin, kept.rows))
            return kept
        form = {"query": job.query, "format": job.format, "base": job.base, "limit": job.limit, "union": job.union,
                "default": job.default, "named": job.named, "prefixes": job.prefixes}  # fmt: skip
        head, parts = evaluate(self.database, form)
        if "error" in head:
            raise RuntimeError(f"{head}: {job.query[:300]}")
        spent = time.process_time() - begin
        self.asked.append((name, spent, int(head["rows"])))
        return Answer(b"".join(parts), self.edition, int(head["rows"]), spent)


def name_queries() -> list[Answers]:
    """Has each question of ours say its name; gives the answerers that were asked, once they are."""
    seen: list[Answers] = []
    inner, outer = Answers.ask_internal, Answers.run

    async def ask_internal(self: Answers, name: str, values: Any = None) -> Any:
        seen[:] = [self]
        token = _NAME.set(name)
        try:
            return await inner(self, name, values)
        finally:
            _NAME.reset(token)

    async def run(self: Answers, query: CannedQuery, *given: Any) -> Answer:
        seen[:] = [self]
        await self.choices(query)
        token = _NAME.set(query.name)
        try:
            return await outer(self, query, *given)
        finally:
            _NAME.reset(token)

    Answers.ask_internal, Answers.run = ask_internal, run  # type: ignore[assignment,method-assign]
    return seen


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path, nargs="?", help="a store's folder (default: that of GONGKAI_STORE)")
    parser.add_argument("--only", action="append", default=[], help="only pages whose name or address holds this")
    parser.add_argument("--bare", action="store_true", help="without the answers that are kept beside the snapshot")
    parser.add_argument("--memory", action="store_true", help="on the graph in memory, not on disk")
    parser.add_argument("--keep", type=Path, help="where to write what was measured, as JSON")
    parser.add_argument("--against", type=Path, help="what was kept before")
    options = parser.parse_args(arguments)
    folder = options.store or ServiceSettings().store
    if find_current(folder) is None:
        print(f"{folder}: there is no store, so nothing is measured. Build one: gongkai build")
        return 0
    before = json.loads(options.against.read_text(encoding="utf-8")) if options.against else {}
    found = measure(folder, options.only, memory=options.memory, bare=options.bare)
    if options.keep:
        options.keep.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    print_pages(found, before)
    return 0


def measure(folder: Path, only: Sequence[str], *, memory: bool, bare: bool) -> dict[str, dict[str, Any]]:
    """Each page's seconds, those of its queries, and its bytes."""
    settings = ServiceSettings(store=folder, cache_bytes=0, page_cache_bytes=0)
    store = Measured(settings, memory=memory, bare=bare)
    answerers = name_queries()
    found: dict[str, dict[str, Any]] = {}
    with TestClient(create_app(settings, store), headers={"Accept": "text/html", "Accept-Language": "zh"}) as client:
        # A server opens its index when it starts.
        client.get("/search?q=1")
        for name, address in list_pages(store, client):
            if only and not any(word in f"{name} {address}" for word in only):
                continue
            store.asked.clear()
            for each in answerers:
                each._choices.clear()
            begin = time.process_time()
            answer = client.get(address)
            spent = time.process_time() - begin
            found[name] = {
                "address": address, "status": answer.status_code, "seconds": round(spent, 3),
                "bytes": len(answer.content), "queries": [(n, round(s, 4), r) for n, s, r in store.asked],
            }  # fmt: skip
            print(name, address, answer.status_code, round(spent, 2), file=sys.stderr, flush=True)
    return found


def list_pages(store: Measured, client: TestClient) -> Iterator[tuple[str, str]]:
    """A name and an address for each class of page."""
    yield from ((path, path) for path in _FIXED)
    document = store.find(_LARGEST.format(pattern="?from gk:inDocument ?thing"))
    for suffix in ("", "/sheet", "/checks"):
        yield f"document{suffix}", f"/documents/{quote(document.rpartition('/')[2])}{suffix}"
    for name, (property, kind) in _THINGS.items():
        thing = store.find(_LARGEST.format(pattern=f"?from gk:{property} ?thing . ?thing a gk:{kind}"))
        yield from [(name, f"/page/{quote(thing.partition('/id/')[2])}")] if thing else []
    for kind in ("Figure", "Finding", "RollUp", "QuantityRollUp"):
        thing = store.find(f"SELECT ?thing WHERE {{ ?thing a gk:{kind} }} ORDER BY ?thing LIMIT 1")
        yield from [(kind, f"/page/{quote(thing.partition('/id/')[2])}")] if thing else []
    listed = dict.fromkeys(re.findall(r'href="(/queries/[a-z0-9-]+)"', client.get("/queries").text))
    yield from ((path, path) for path in listed)


def print_pages(found: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]) -> None:
    """A row a page, the slowest first, with the queries that take most of it."""
    print("| page | before | seconds | in queries | slowest queries |\n| --- | ---: | ---: | ---: | --- |")
    for name in sorted(found, key=lambda n: -max(found[n]["seconds"], before.get(n, found[n])["seconds"])):
        page = found[name]
        slowest = sorted(page["queries"], key=lambda q: -q[1])[:4]
        said = ", ".join(f"{n} {s:.2f}" for n, s, _ in slowest if s >= _BRIEF)
        old = f"{before[name]['seconds']:.2f}" if name in before else ""
        status = "" if page["status"] == 200 else f" ({page['status']})"
        asked = sum(q[1] for q in page["queries"])
        print(f"| {name}{status} | {old} | {page['seconds']:.2f} | {asked:.2f} | {said} |")
    times = sorted(page["seconds"] for page in found.values())
    print(f"\n{len(times)} pages, {sum(t > 1 for t in times)} above 1 s, {sum(t > 0.15 for t in times)} above 0.15 s")


if __name__ == "__main__":
    sys.exit(main())
