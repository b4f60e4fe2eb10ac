"""The pool of query processes: each can be killed at any moment, and is replaced at once.

A native query cannot be interrupted, and some queries crash the engine. So a query runs in a process of its own
(:mod:`service.engine`); at its time limit, or when the client has gone, that process is killed and another started.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from loaders.errors import GongkaiError, StoreError
from loaders.snapshots import Snapshot
from service.engine import ANSWER, JOB

_LOG = logging.getLogger("gongkai.workers")
_ENGINE = Path(__file__).with_name("engine.py")
_START_SECONDS = 30.0


@dataclass(frozen=True)
class Job:
    """One query to evaluate. ``format`` is a key such as ``json`` or ``ttl``.

    ``default`` and ``named`` are the graphs that the request names; with ``union``, and where neither the request nor
    the query names any, the default graph is the union of the named ones. ``limit`` caps the answer, in bytes.
    """

    query: str
    format: str
    base: str
    limit: int
    union: bool = True
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    prefixes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A complete answer: its bytes and the name of the snapshot that gave it."""

    body: bytes
    snapshot: str


class QueryFailure(GongkaiError):
    """A query got no answer. ``reason`` is one of syntax, evaluation, too large, memory, crash, timeout, busy, store.

    ``line`` and ``column`` (1-based; 0 if unknown) are the place of a syntax error.
    """

    def __init__(self, reason: str, problem: str, remedy: str, line: int = 0, column: int = 0) -> None:
        self.reason = reason
        self.line = line
        self.column = column
        super().__init__(f"line {line}, column {column}" if line else "query", problem, remedy)


_REMEDIES = {
    "syntax": "Correct the query there; the engine names what it expected",
    "evaluation": "Change the query: the engine understood it but cannot evaluate it",
    "too large": "Ask for less (LIMIT, fewer columns, a filter), or raise GONGKAI_MAX_RESULT_BYTES on your own server",
    "memory": "Ask for less, sort less, or join on fewer free variables",
    "store": "Build the store again: gongkai build",
}


class Worker:
    """One query process and our end of its channel."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process = process
        self.reader = reader
        self.writer = writer
        self.snapshot = ""
        self.isolation = ""

    @classmethod
    async def start(cls, snapshot: Snapshot, memory: int, network: bool) -> Worker:
        """Starts a process on a snapshot and waits until it is ready. Raises StoreError if it cannot open the store."""
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", str(_ENGINE), str(theirs.fileno()), str(snapshot.database), str(memory),
                "network" if network else "-",
                pass_fds=(theirs.fileno(),), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL, env=_environment(),
            )  # fmt: skip
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        worker = cls(process, reader, writer)
        try:
            async with asyncio.timeout(_START_SECONDS):
                head, _ = await worker._receive()
        except TimeoutError:
            await worker.kill()
            raise StoreError(
                str(snapshot.database), f"a query process was not ready within {_START_SECONDS:g} seconds", "Try again"
            ) from None
        except (asyncio.IncompleteReadError, OSError):
            code = await worker.reap()
            raise StoreError(
                str(snapshot.database),
                f"a query process could not open it ({_name_end(code)})",
                "Build the store again: gongkai build; if that does not help, raise GONGKAI_WORKER_MEMORY_BYTES",
            ) from None
        except BaseException:
            await worker.kill()
            raise
        if "error" in head:
            await worker.kill()
            raise StoreError(str(snapshot.database), f"it cannot be opened ({head['message']})", _REMEDIES["store"])
        worker.snapshot, worker.isolation = snapshot.name, str(head["isolation"])
        return worker

    async def run(self, job: Job) -> tuple[dict[str, Any], bytes]:
        """Sends a job and waits for the whole answer."""
        text = json.dumps(asdict(job)).encode("utf-8")
        self.writer.write(JOB.pack(len(text)) + text)
        await self.writer.drain()
        return await self._receive()

    async def _receive(self) -> tuple[dict[str, Any], bytes]:
        head_size, body_size = ANSWER.unpack(await self.reader.readexactly(ANSWER.size))
        head = json.loads(await self.reader.readexactly(head_size))
        return head, await self.reader.readexactly(body_size) if body_size else b""

    async def kill(self) -> int:
        """Ends the process and reaps it; gives its exit code, negative for a signal."""
        self.writer.close()
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
        return await self.process.wait()

    async def reap(self) -> int:
        """The exit code of a process that has ended by itself."""
        try:
            async with asyncio.timeout(2):
                code = await self.process.wait()
        except TimeoutError:
            return await self.kill()
        self.writer.close()
        return code


@dataclass(frozen=True)
class PoolLimits:
    """Of the pool: processes, seconds for a query, length and seconds of the queue, memory of a process in bytes."""

    workers: int
    query_seconds: float
    queue_length: int
    queue_seconds: float
    memory: int
    network: bool = False


class WorkerPool:
    """Query processes on the current snapshot. ``find_snapshot`` tells which; a worker on another is retired."""

    def __init__(self, find_snapshot: Callable[[], Snapshot], limits: PoolLimits) -> None:
        self._find_snapshot = find_snapshot
        self._limits = limits
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._all: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._closed = False
        self.isolation = ""
        self.replaced = 0

    async def start(self) -> None:
        """Starts the processes. Raises StoreError if the store cannot be opened."""
        first = await self._spawn()
        self._idle.put_nowait(first)
        for _ in range(self._limits.workers - 1):
            self._idle.put_nowait(await self._spawn())

    async def close(self) -> None:
        """Ends all processes, those with a query in hand as well."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*(w.kill() for w in list(self._all)))
        self._all.clear()

    async def run(self, job: Job) -> Answer:
        """Evaluates a job within the limits.

        Raises :class:`QueryFailure` if there is no whole answer. If the caller is cancelled, so is the query.
        """
        worker = await self._take()
        healthy = False
        try:
            async with asyncio.timeout(self._limits.query_seconds):
                head, body = await worker.run(job)
            healthy = True
        except TimeoutError:
            raise QueryFailure(
                "timeout", f"the query was stopped after {self._limits.query_seconds:g} seconds",
                "Ask for less (LIMIT, a filter on year or agency), or raise GONGKAI_QUERY_TIMEOUT_SECONDS",
            ) from None  # fmt: skip
        except (asyncio.IncompleteReadError, OSError) as error:
            raise _explain_end(await worker.reap()) from error
        finally:
            if healthy:
                self._idle.put_nowait(worker)
            else:
                self._replace(worker)
        if "error" in head:
            reason = str(head["error"])
            raise QueryFailure(
                reason, str(head["message"]), _REMEDIES.get(reason, "Change the query"),
                int(head.get("line", 0)), int(head.get("column", 0)),
            )  # fmt: skip
        return Answer(body, worker.snapshot)

    async def _take(self) -> Worker:
        if self._idle.empty() and self._waiting >= self._limits.queue_length:
            raise self._busy("the queue is full")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._limits.queue_seconds):
                worker = await self._idle.get()
        except TimeoutError:
            raise self._busy(f"no process was free within {self._limits.queue_seconds:g} seconds") from None
        finally:
            self._waiting -= 1
        try:
            if worker.process.returncode is None and worker.snapshot == self._find_snapshot().name:
                return worker
            fresh = await self._spawn()
        except BaseException:
            self._replace(worker)
            raise
        await self._discard(worker)
        return fresh

    def _busy(self, problem: str) -> QueryFailure:
        return QueryFailure("busy", f"all query processes are busy: {problem}", "Try again in a few seconds")

    async def _spawn(self) -> Worker:
        worker = await Worker.start(self._find_snapshot(), self._limits.memory, self._limits.network)
        self._all.add(worker)
        self.isolation = worker.isolation
        return worker

    async def _discard(self, worker: Worker) -> None:
        self._all.discard(worker)
        await worker.kill()

    def _replace(self, worker: Worker) -> None:
        """Kills a worker now, and starts another beside the running of everything else."""
        if worker.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                worker.process.kill()
        if not self._closed:
            task = asyncio.get_running_loop().create_task(self._put_fresh(worker))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _put_fresh(self, old: Worker) -> None:
        await self._discard(old)
        pause = 0.1
        while True:
            try:
                self._idle.put_nowait(await self._spawn())
                self.replaced += 1
                return
            except (GongkaiError, OSError) as error:
                _LOG.error("a query process could not be replaced, trying again in %.1f s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)


def _explain_end(code: int) -> QueryFailure:
    if code == -signal.SIGABRT:
        return QueryFailure("memory", "the query used more memory than it may and was ended", _REMEDIES["memory"])
    return QueryFailure(
        "crash", f"the query made the engine fail ({_name_end(code)})", "Simplify the query: fewer nested parts"
    )


def _name_end(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _environment() -> dict[str, str]:
    """What a query process may know of ours: where Python finds its libraries, nothing else."""
    keep = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR")
    return {name: os.environ[name] for name in keep if name in os.environ}
