"""The store behind one small interface: the embedded Oxigraph, or any SPARQL 1.1 endpoint."""

from __future__ import annotations

import asyncio
import io
import os
import urllib.parse
from typing import Any, Protocol

import httpcore
import pyoxigraph as ox

from loaders.build.snapshots import Snapshot, find_current, find_pointer, refuse_other_base
from loaders.errors import StoreError
from service.engine.cache import ByteCache, CachedAnswers
from service.engine.evaluation import GRAPH_FORMATS, RESULT_FORMATS, Collector, TooLarge
from service.engine.lanes import PoolLimits
from service.engine.pool import WorkerPool
from service.engine.workers import Answer, Job
from service.engine.xml_output import NoXmlName, write_graph, write_rows
from service.settings import ServiceSettings
from service.sparql.failures import QueryFailure, explain_error


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

    def describe(self) -> dict[str, Any]:
        """What /health tells of it."""
        ...


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
        self._answers = CachedAnswers(self.pool.run, lambda: self.edition, self.cache, settings.failure_memory_seconds)

    async def start(self) -> None:
        await self.pool.start()

    async def close(self) -> None:
        await self.pool.close()

    async def run(self, job: Job) -> Answer:
        return await self._answers.run(job)

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
        snapshot = find_current(self.folder)
        if snapshot is None:
            raise StoreError(str(self.folder), "there is no store yet", "Build it: gongkai build")
        refuse_other_base(self.folder, snapshot, self.base)
        return snapshot

    def find_mark(self) -> object:
        """What changes whenever another snapshot is published; cheap to ask for."""
        try:
            state = find_pointer(self.folder).stat()
        except OSError:
            return None
        return (state.st_ino, state.st_mtime_ns)

    def describe(self) -> dict[str, Any]:
        snapshot = self.pool.snapshot or self.find_snapshot()
        return {
            "kind": "embedded",
            "snapshot": snapshot.name,
            "fingerprint": snapshot.manifest.fingerprint,
            "quads": snapshot.manifest.quads,
            "built": snapshot.manifest.time,
            "mode": self.pool.mode,
            "isolation": self.pool.isolation,
            "replaced_workers": self.pool.killed,
            "processes": self.pool.count(),
        }


class RemoteStore:
    """A SPARQL 1.1 endpoint elsewhere. Its answers are read whole and written again in the format asked for."""

    version = "remote"
    edition = "remote"
    fingerprint = ""
    ready = True

    def __init__(self, settings: ServiceSettings) -> None:
        self.endpoint = settings.endpoint
        self.seconds = settings.query_timeout_seconds

    async def start(self) -> None:
        if not self.endpoint.startswith(("http://", "https://")):
            raise StoreError(
                self.endpoint, "this is no address of an endpoint", "Set GONGKAI_ENDPOINT to an http(s) URL"
            )

    async def close(self) -> None:
        """Nothing is held open."""

    async def run(self, job: Job) -> Answer:
        return Answer(await asyncio.to_thread(self._ask, job), self.version)

    def describe(self) -> dict[str, Any]:
        return {"kind": "remote", "endpoint": self.endpoint}

    def _post(self, body: bytes, wanted: str, limit: int) -> tuple[int, bytes]:
        """The status and the answer, of which one byte more than ``limit`` is read at most."""
        headers = [("Accept", wanted), ("Content-Type", "application/x-www-form-urlencoded")]
        patience = dict.fromkeys(("connect", "read", "write", "pool"), self.seconds)
        parts, size = [], 0
        try:
            with httpcore.stream(
                "POST", self.endpoint, headers=headers, content=body, extensions={"timeout": patience}
            ) as response:
                for part in response.iter_stream():
                    parts.append(part)
                    size += len(part)
                    if size > limit:
                        break
                return response.status, b"".join(parts)[: limit + 1]
        except httpcore.TimeoutException as error:
            raise QueryFailure("timeout", f"no answer within {self.seconds:g} seconds", "Ask for less") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            raise QueryFailure("store", f"{self.endpoint} cannot be reached ({error})", "Try again later") from error

    def _ask(self, job: Job) -> bytes:
        fields = [("query", job.query)]
        fields += [("default-graph-uri", g) for g in job.default] + [("named-graph-uri", g) for g in job.named]
        graph = job.format in GRAPH_FORMATS
        wanted = "application/n-triples" if graph else "application/sparql-results+json"
        status, body = self._post(urllib.parse.urlencode(fields).encode("ascii"), wanted, job.limit)
        if status >= 400:
            reason = "syntax" if status == 400 else "evaluation"
            detail = body[:500].decode("utf-8", "replace")
            raise QueryFailure(reason, f"the endpoint answered {status}: {detail}", "Change the query")
        if status >= 300:
            raise QueryFailure(
                "store", f"{self.endpoint} answered {status}", "Set GONGKAI_ENDPOINT to the address that it leads to"
            )
        if len(body) > job.limit:
            raise QueryFailure("too large", f"the answer is larger than {job.limit:,} bytes", "Ask for less")
        out = Collector(job.limit)
        try:
            if graph:
                triples = ox.parse(io.BytesIO(body), ox.RdfFormat.N_TRIPLES)
                write_graph((q.triple for q in triples), GRAPH_FORMATS[job.format], out)
            else:
                results = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
                write_rows(results, RESULT_FORMATS[job.format], out)
        except TooLarge:
            raise QueryFailure("too large", f"the answer is larger than {job.limit:,} bytes", "Ask for less") from None
        except NoXmlName as error:
            raise explain_error({"error": "form", "message": str(error)}) from None
        except (SyntaxError, ValueError) as error:
            raise QueryFailure(
                "store", f"{self.endpoint} gave no readable answer ({error})", "Try again later"
            ) from error
        return b"".join(out.parts)


def open_store(settings: ServiceSettings) -> Store:
    """The store that the settings name, not yet started."""
    return RemoteStore(settings) if settings.endpoint else EmbeddedStore(settings)
