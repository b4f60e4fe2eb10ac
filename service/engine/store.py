"""The store behind one small interface: the embedded Oxigraph, or any SPARQL 1.1 endpoint."""

from __future__ import annotations

import os
from collections.abc import Awaitable
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from loaders.build.snapshots import Snapshot, find_current, find_pointer, refuse_other_base
from loaders.errors import StoreError
from service.engine.cache import ByteCache, CachedAnswers
from service.engine.kept import KeptAnswers, Place
from service.engine.lanes import PoolLimits
from service.engine.lookups import answer
from service.engine.pool import WorkerPool
from service.engine.remote import RemoteStore
from service.engine.shelf import Shelf
from service.engine.statistics import Statistics
from service.engine.weaknesses import Weakness
from service.engine.workers import Answer, Job
from service.settings import ServiceSettings
from service.sparql.lookups import Count, Lookup

#: The way of answers that the engine did not give (:class:`service.engine.workers.Answer`).
AT_ONCE = "+"


class Store(Protocol):
    """Where queries are answered. Every answer is whole.

    Every failure is a :class:`service.sparql.failures.QueryFailure`.
    """

    async def start(self) -> None:
        """Makes it ready. Raises :class:`loaders.errors.StoreError` if that is impossible."""
        ...

    async def close(self) -> None:
        """Frees what it holds."""
        ...

    async def run(self, job: Job) -> Answer:
        """Answers one query."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the data change."""
        ...

    @property
    def edition(self) -> str:
        """Changes whenever the same question may get other bytes."""
        ...

    @property
    def fingerprint(self) -> str:
        """The same for the same contents; "" where nobody can tell whether they change."""
        ...

    @property
    def ready(self) -> bool:
        """Whether it would answer now."""
        ...

    def find_met(self, query: str) -> list[Weakness]:
        """What of a query the engine is known to answer wrongly; nothing of our own."""
        ...

    def describe(self) -> dict[str, Any]:
        """What /health tells of it."""
        ...

    def list_sources(self) -> list[tuple[str, str, str]]:
        """The documents that were built from files of this machine: identifier, path, SHA-256."""
        ...


def find_published(folder: Path, base: str) -> Snapshot:
    """The snapshot of a store's folder that is published now.

    Raises :class:`loaders.errors.StoreError` if there is none, or it was made for another base.
    """
    snapshot = find_current(folder)
    if snapshot is None:
        raise StoreError(str(folder), "there is no store yet", "Build it: gongkai build")
    refuse_other_base(folder, snapshot, base)
    return snapshot


class EmbeddedStore:
    """The published snapshot of a store folder, queried by killable processes; what was asked before is kept."""

    def __init__(self, settings: ServiceSettings) -> None:
        cores = os.cpu_count() or 1
        self.folder = settings.store
        self.base = settings.base
        self.pool = WorkerPool(
            self.find_snapshot,
            self.find_mark,
            PoolLimits(
                settings.workers or cores + 1,
                settings.slow_workers or max(2, cores),
                settings.short_query_seconds,
                settings.query_timeout_seconds,
                settings.queue_length,
                settings.queue_wait_seconds,
                settings.worker_memory_bytes,
                settings.max_memory_quads,
            ),
        )
        self.cache = ByteCache(settings.cache_bytes)
        self.kept = KeptAnswers(settings.store)
        #: The counts of a snapshot and what is said of its things, if they have been made.
        self.statistics: Statistics | None = None
        self.shelf: Shelf | None = None
        self.counts_wanted = False
        self.looked_up = 0
        self._answers = CachedAnswers(self._evaluate, lambda: self.edition, self.cache, settings.failure_memory_seconds)

    async def start(self) -> None:
        await self.pool.start()

    async def close(self) -> None:
        await self.pool.close()

    async def run(self, job: Job) -> Answer:
        return await self._answers.run(job)

    def _evaluate(self, job: Job) -> Awaitable[Answer]:
        snapshot = self.pool.snapshot
        place = self.kept.find(job, snapshot) if snapshot is not None and job.repeatable else None
        return self.pool.run(job) if place is None else self._recall(job, place)

    async def _recall(self, job: Job, place: Place) -> Answer:
        return await self.kept.read(place, self.edition) or await self.pool.run(job)

    def look_up(self, job: Job, lookup: Lookup | Count) -> Answer | None:
        """The answer to a job that is no more than a look-up, at once; None if the processes have to find it."""
        edition, begin = self.edition, perf_counter()
        key = (edition, job.key, AT_ONCE)
        kept = self.cache.get(key)
        if kept is not None:
            return Answer(kept[0], edition, kept[1], way=AT_ONCE)
        found = self._look_up(job, lookup) if self.looks_up(lookup) else None
        if found is None:
            return None
        self.looked_up += 1
        self.cache.put(key, *found)
        return Answer(found[0], edition, found[1], perf_counter() - begin, AT_ONCE)

    def looks_up(self, lookup: Lookup | Count) -> bool:
        """Whether what answers such a question at once was made of the snapshot that is served now."""
        if isinstance(lookup, Lookup):
            return self._is_shelved()
        self.counts_wanted = True
        return self.statistics is not None and self.statistics.snapshot == self.version

    def _is_shelved(self) -> bool:
        return self.shelf is not None and self.shelf.snapshot == self.version

    def _look_up(self, job: Job, lookup: Lookup | Count) -> tuple[bytes, int] | None:
        if isinstance(lookup, Lookup):
            return answer(self.shelf, job, lookup) if self.shelf is not None else None
        return self.statistics.answer(job, lookup) if self.statistics is not None else None

    @property
    def version(self) -> str:
        snapshot = self.pool.snapshot or self.find_snapshot()
        return snapshot.name

    @property
    def edition(self) -> str:
        return self.pool.edition

    @property
    def fingerprint(self) -> str:
        snapshot = self.pool.snapshot or self.find_snapshot()
        return snapshot.manifest.fingerprint

    @property
    def ready(self) -> bool:
        return self.pool.ready

    def find_snapshot(self) -> Snapshot:
        """The snapshot that is published now.

        Raises :class:`loaders.errors.StoreError` if there is none, or it was made for another base.
        """
        return find_published(self.folder, self.base)

    def find_mark(self) -> object:
        """What changes whenever another snapshot is published; cheap to ask for."""
        try:
            state = find_pointer(self.folder).stat()
        except OSError:
            return None
        return (state.st_ino, state.st_mtime_ns)

    def find_met(self, query: str) -> list[Weakness]:  # noqa: ARG002 - it has none
        return []

    def describe(self) -> dict[str, Any]:
        snapshot = self.pool.snapshot or self.find_snapshot()
        return {
            "kind": "embedded",
            "snapshot": snapshot.name,
            "fingerprint": snapshot.manifest.fingerprint,
            "quads": snapshot.manifest.quads,
            "built": snapshot.manifest.time,
            "mode": self.pool.mode,
            "lookups": "web process" if self._is_shelved() else "query processes",
            "isolation": self.pool.isolation,
            "walls": self.pool.walls,
            "replaced_workers": self.pool.killed,
            "processes": self.pool.count(),
        }

    def list_sources(self) -> list[tuple[str, str, str]]:
        snapshot = self.pool.snapshot or self.find_snapshot()
        return [(str(d["id"]), str(d["path"]), str(d["sha256"])) for d in snapshot.manifest.documents]


def open_store(settings: ServiceSettings) -> Store:
    """The store that the settings name, not yet started."""
    return RemoteStore(settings) if settings.endpoint else EmbeddedStore(settings)
