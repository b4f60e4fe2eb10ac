"""What is told of each request: a line of JSON in the log, and numbers for Prometheus."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from loaders import __version__
from loaders.errors import SettingsError
from service.engine.store import EmbeddedStore, Store
from service.settings import ServiceSettings

_LOG = logging.getLogger("gongkai.requests")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_BYTES = (1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
_LONGEST_TEXT = 4_000
#: Paths are counted by their first part, so that strangers cannot make ever new series.
_ROOMS = frozenset(
    ("", "sparql", "graphs", "queries", "documents", "id", "page", "data", "ontology", "search", "reconcile", "dataset",
     "dumps", "health", "ready", "metrics", "web", ".well-known")
)  # fmt: skip
SCOPE_KEY = "gongkai.record"


@dataclass
class Record:
    """What is known of one request.

    ``id`` is what its answer names it by; ``outcome`` is ok, or the code of the error; ``source`` where the answer
    came from: run, cache, client (it had it already).
    """

    method: str
    path: str
    client: str = ""
    id: str = ""
    query: str = field(default="", repr=False)
    status: int = 0
    seconds: float = 0.0
    bytes: int = 0
    rows: int | None = None
    outcome: str = "ok"
    source: str = ""
    snapshot: str = ""

    @property
    def room(self) -> str:
        """The first part of the path, or "other"."""
        part = self.path[1:].partition("/")[0]
        return f"/{part}" if part in _ROOMS else "other"


class Journal:
    """Writes the log and counts. Raises :class:`loaders.errors.SettingsError` if the log file cannot be opened."""

    def __init__(self, settings: ServiceSettings, store: Store) -> None:
        self.settings = settings
        self.registry = CollectorRegistry()
        self._file = _open_log(settings.log_file)
        self.requests = Counter("gongkai_requests", "Requests answered", ("room", "status"), registry=self.registry)
        self.queries = Counter(
            "gongkai_queries", "Queries answered, by outcome and by where the answer came from", ("outcome", "source"),
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "gongkai_query_seconds", "Time to answer a query", ("source",), buckets=_SECONDS, registry=self.registry
        )
        self.sizes = Histogram("gongkai_answer_bytes", "Bytes of an answer", buckets=_BYTES, registry=self.registry)
        Gauge("gongkai_info", "The version", ("version",), registry=self.registry).labels(__version__).set(1)
        self.registry.register(_StoreCollector(store))
        # Finding the series of some labels costs as much as counting does; there are few of them.
        self._series: dict[tuple[str, int], Counter] = {}
        self._answered: dict[tuple[str, str], tuple[Counter, Histogram]] = {}

    def expose(self) -> bytes:
        """The numbers in Prometheus' text format."""
        return generate_latest(self.registry)

    def note(self, record: Record) -> None:
        """One request has been answered."""
        series = self._series.get((record.room, record.status))
        if series is None:
            series = self.requests.labels(record.room, str(record.status))
            self._series[record.room, record.status] = series
        series.inc()
        if record.query:
            pair = self._answered.get((record.outcome, record.source))
            if pair is None:
                pair = (self.queries.labels(record.outcome, record.source), self.seconds.labels(record.source))
                self._answered[record.outcome, record.source] = pair
            pair[0].inc()
            pair[1].observe(record.seconds)
            self.sizes.observe(record.bytes)
        slow = record.query and 0 < self.settings.slow_log_seconds <= record.seconds
        if self._file is None and not slow:
            return
        line: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": "slow query" if slow else "request",
            "id": record.id, "method": record.method, "path": record.path[:200], "status": record.status,
            "outcome": record.outcome, "seconds": round(record.seconds, 6), "bytes": record.bytes,
        }  # fmt: skip
        if record.query:
            line |= {"query": hash_query(record.query), "rows": record.rows, "source": record.source}
            line |= {"snapshot": record.snapshot} if record.snapshot else {}
        if self.settings.log_clients:
            line["client"] = record.client
        if slow:
            line["text"] = record.query[:_LONGEST_TEXT]
        text = json.dumps(line, ensure_ascii=False)
        if self._file is not None:
            self._file.write(text + "\n")
        else:
            _LOG.warning("%s", text)

    def close(self) -> None:
        """Closes the log file."""
        if self._file is not None and self._file is not sys.stderr:
            self._file.close()


def hash_query(query: str) -> str:
    """A short name of a query's text: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _open_log(name: str) -> IO[str] | None:
    if not name:
        return None
    if name == "-":
        return sys.stderr
    try:
        return Path(name).open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise SettingsError(
            "GONGKAI_LOG_FILE", f"{name} cannot be written ({error.strerror})", "Name a file in a folder that is there"
        ) from error


class _StoreCollector(Collector):
    """Asks the store for its numbers when they are wanted."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def collect(self) -> list[Metric]:
        found: list[Metric] = []
        if not isinstance(self.store, EmbeddedStore):
            return found
        pool, cache = self.store.pool, self.store.cache
        states = GaugeMetricFamily("gongkai_processes", "Query processes and queries that wait", labels=["state"])
        for state, number in pool.count().items():
            states.add_metric([state], number)
        found.append(states)
        values = {
            "gongkai_ready": ("Whether queries are taken", int(pool.ready)),
            "gongkai_killed_processes": ("Query processes ended by us since the start", pool.killed),
            "gongkai_forked_processes": ("Query processes begun since the start", pool.forked),
            "gongkai_snapshot_switches": ("Changes to another snapshot or from disk to memory", pool.switches),
            "gongkai_in_memory": ("Whether the snapshot is held in memory", int(pool.mode == "memory")),
            "gongkai_quads": ("Quads of the snapshot", pool.snapshot.manifest.quads if pool.snapshot else 0),
            "gongkai_lookups": ("Look-ups answered by the web process since the start", self.store.looked_up),
            "gongkai_cache_bytes": ("Bytes of answers kept", cache.size),
            "gongkai_cache_entries": ("Answers kept", len(cache)),
        }
        found += [GaugeMetricFamily(name, text, value=value) for name, (text, value) in values.items()]
        return found
