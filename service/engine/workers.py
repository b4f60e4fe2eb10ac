"""Query processes as the web process sees them: each can be killed at any moment, and another forked at once.

A native query cannot be interrupted, and some queries crash the engine. So a query runs in a process of its own, forked
by a :mod:`service.engine.nursery`, the process that holds a snapshot. What runs where, and for how long, is decided in
:mod:`service.engine.pool`.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from loaders.build.snapshots import Snapshot
from loaders.errors import StoreError
from service.engine.channel import ANSWER, pack_job
from service.sparql.failures import name_end

Mode = Literal["memory", "disk"]

_ROOT = Path(__file__).resolve().parents[2]
# Run with -P: nothing is imported from the folder that the server happens to be started in.
_COMMAND = (
    "import sys; sys.path.insert(0, {root!r}); from service.engine.nursery import main; sys.exit(main(sys.argv[1:]))"
)
_START_SECONDS = 30.0
_SOCKET_BYTES = 1 << 20
_TICKS = os.sysconf("SC_CLK_TCK")
#: Functions whose answer is another one each time; with what may stand before their bracket.
_VOLATILE = re.compile(r"(?:now|rand|uuid)(?:\s|#[^\r\n]*)*\(", re.IGNORECASE)


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
    fixed: bool = True
    """Whether the answer depends on the snapshot alone; not so where a part of it was fetched elsewhere."""

    @cached_property
    def key(self) -> bytes:
        """The same for the same question in the same form."""
        # repr keeps the parts apart, whatever they hold.
        parts = (self.query, self.format, self.base, self.limit, self.union, self.default, self.named)
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()

    @cached_property
    def repeatable(self) -> bool:
        """Whether the same snapshot gives the same answer again."""
        # Most look-ups have no bracket, which is found in no time.
        return self.fixed and ("(" not in self.query or _VOLATILE.search(self.query) is None)


@dataclass(frozen=True)
class Answer:
    """A complete answer: its bytes, the edition that gave it, its rows, the seconds that it took.

    An edition is a snapshot as it is held, such as ``000007/memory``: where a query names no order, the rows come in
    another order from memory than from disk. ``way`` tells answers apart that did not come from the engine.
    """

    body: bytes
    edition: str
    rows: int = 0
    seconds: float = 0.0
    way: str = ""

    @property
    def snapshot(self) -> str:
        """The name of the snapshot."""
        return self.edition.partition("/")[0]


#: Takes the head and the body of an answer; no head where the process ended before it had answered.
Receiver = Callable[[dict[str, Any] | None, bytes], None]


class Worker(asyncio.Protocol):
    """One query process and our end of its channel. ``ended`` becomes its exit code, negative for a signal.

    ``ready`` becomes the head of what it says first. ``processor`` is the seconds of processor that it had spent when
    it last answered.
    """

    def __init__(self, number: int, nursery: NurseryLink) -> None:
        loop = asyncio.get_running_loop()
        self.number = number
        self.nursery = nursery
        self.ended: asyncio.Future[int] = loop.create_future()
        self.ready: asyncio.Future[dict[str, Any]] = loop.create_future()
        self.lost = False
        self.pid = 0
        self.processor = 0.0
        self._receiver: Receiver = self._begin
        self._transport: asyncio.Transport | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._needed = ANSWER.size

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        while self._size >= self._needed:
            whole = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts = [whole]
            head_size, body_size = ANSWER.unpack_from(whole)
            start = ANSWER.size + head_size
            if self._needed < start + body_size:
                self._needed = start + body_size
                continue
            head, body = json.loads(whole[ANSWER.size : start]), whole[start : start + body_size]
            self._parts, self._size, self._needed = [], 0, ANSWER.size
            self.pid = int(head.get("ready", self.pid))
            self.processor = float(head.get("processor", self.processor))
            receiver, self._receiver = self._receiver, _ignore
            receiver(head, body)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as asyncio has it
        self.lost = True
        receiver, self._receiver = self._receiver, _ignore
        receiver(None, b"")

    def _begin(self, head: dict[str, Any] | None, _: bytes) -> None:
        if self.ready.done():
            return
        if head is None:
            self.ready.set_exception(ConnectionResetError("the query process has ended"))
        else:
            self.ready.set_result(head)

    def send(self, job: Job, receiver: Receiver) -> None:
        """Gives it a job; ``receiver`` is called once, with the answer or without a head, unless it is killed."""
        assert self._transport is not None
        if self.lost:
            asyncio.get_running_loop().call_soon(receiver, None, b"")
            return
        self._receiver = receiver
        values = {"query": job.query, "format": job.format, "base": job.base, "limit": job.limit,
                  "union": job.union, "default": job.default, "named": job.named,
                  "prefixes": job.prefixes if job.format in ("ttl", "trig") else {}}  # fmt: skip
        self._transport.write(pack_job(values))

    def measure(self) -> float | None:
        """The seconds of processor that it has spent on its present job; None where the system does not tell."""
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        fields = text.rpartition(") ")[2].split()  # the name, which may hold anything, stands before the last bracket
        return (int(fields[11]) + int(fields[12])) / _TICKS - self.processor

    def kill(self) -> None:
        """Ends it, whatever it does."""
        if self._transport is not None:
            self._transport.abort()
        self.nursery.order("kill", self)

    def lower(self) -> None:
        """Lets quicker queries go first on the processors; it cannot be raised again."""
        self.nursery.order("lower", self)


def _ignore(_head: dict[str, Any] | None, _body: bytes) -> None:
    """Nobody waits for it."""


class NurseryLink:
    """The process that holds a snapshot, and our end of its control channel."""

    def __init__(self, snapshot: Snapshot, mode: Mode, process: asyncio.subprocess.Process) -> None:
        self.snapshot = snapshot
        self.mode: Mode = mode
        self.isolation = ""
        self.walls = ""
        self.dead = False
        self.workers: dict[int, Worker] = {}
        self._process = process
        self._control: socket.socket | None = None
        self._listener: asyncio.Task[None] | None = None
        self._count = 0

    @property
    def edition(self) -> str:
        """The snapshot as it is held."""
        return f"{self.snapshot.name}/{self.mode}"

    @classmethod
    async def start(cls, snapshot: Snapshot, mode: Mode, memory: int, seconds: float = _START_SECONDS) -> NurseryLink:
        """Starts the process and waits until it holds the snapshot. Raises StoreError if it cannot."""
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-c", _COMMAND.format(root=str(_ROOT)), str(theirs.fileno()), str(os.getpid()),
                mode, str(memory), str(snapshot.database), pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL, env=_environment(),
            )  # fmt: skip
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        nursery = cls(snapshot, mode, process)
        nursery._control = ours.dup()
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            async with asyncio.timeout(seconds):
                first = await reader.readline()
                told = (
                    json.loads(first) if first else {"error": f"its process ended ({name_end(await process.wait())})"}
                )
        except BaseException as error:
            writer.close()
            await nursery.close()
            if isinstance(error, TimeoutError):
                raise StoreError(
                    str(snapshot.database), f"a process did not hold it within {seconds:g} seconds", "Try again"
                ) from None
            raise
        if "error" in told:
            writer.close()
            await nursery.close()
            raise StoreError(
                str(snapshot.database), f"it cannot be opened ({told['error']})", "Build the store again: gongkai build"
            )
        nursery.isolation = str(told["isolation"])
        nursery._listener = asyncio.get_running_loop().create_task(nursery._listen(reader, writer))
        return nursery

    async def fork(self) -> Worker:
        """Another query process, ready. Raises StoreError if it cannot open the store, or the nursery is no more."""
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BYTES)
        ours.setblocking(False)
        self._count += 1
        number = self._count
        worker = Worker(number, self)
        self.workers[number] = worker
        try:
            with theirs:
                self._send({"do": "fork", "number": number}, theirs.fileno())
            await loop.create_connection(lambda: worker, sock=ours)
            async with asyncio.timeout(_START_SECONDS):
                head = await worker.ready
                self.walls = str(head.get("walls", ""))
        except (OSError, TimeoutError) as error:
            ours.close()
            worker.kill()
            raise StoreError(
                str(self.snapshot.database), f"a query process could not open it ({error})",
                "Build the store again: gongkai build; if that does not help, raise GONGKAI_WORKER_MEMORY_BYTES",
            ) from error  # fmt: skip
        except BaseException:
            worker.kill()
            raise
        if "error" in head:
            worker.kill()
            raise StoreError(
                str(self.snapshot.database), f"it cannot be opened ({head['message']})",
                "Build the store again: gongkai build",
            )  # fmt: skip
        return worker

    def order(self, what: str, worker: Worker) -> None:
        """Tells the process to do something with one of its own."""
        if worker.number in self.workers and not self.dead:
            with contextlib.suppress(OSError):  # then it is ending, and all its own with it
                self._send({"do": what, "number": worker.number})

    def _send(self, message: dict[str, Any], handle: int | None = None) -> None:
        assert self._control is not None
        if self.dead:
            raise ConnectionResetError("the process that holds the snapshot has ended")
        extra = [] if handle is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [handle]))]
        self._control.sendmsg([json.dumps(message).encode("ascii") + b"\n"], extra)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError):
                while line := await reader.readline():
                    told = json.loads(line)
                    worker = self.workers.pop(told["ended"], None)
                    if worker is not None and not worker.ended.done():
                        worker.ended.set_result(int(told["code"]))
        finally:
            self.dead = True
            writer.close()
            for worker in self.workers.values():
                if not worker.ended.done():
                    worker.ended.set_result(-signal.SIGKILL)
            self.workers.clear()

    async def close(self) -> None:
        """Ends the process and all that it has forked."""
        self.dead = True
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        if self._control is not None:
            self._control.close()  # at which it ends its own, and itself
        try:
            async with asyncio.timeout(5):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def _environment() -> dict[str, str]:
    """What a query process may know of ours: where Python finds its libraries, nothing else."""
    keep = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR")
    return {name: os.environ[name] for name in keep if name in os.environ}
