"""A client of HTTP/1.1 that costs little, so that what is measured is the server."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar, cast
from urllib.parse import quote, urlsplit

T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its header lines (raw), its body."""

    status: int
    headers: bytes
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header; "" if it is absent."""
        for line in self.headers.split(b"\r\n"):
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.lower().encode("ascii"):
                return value.strip().decode("latin-1")
        return ""


class Gone(ConnectionError):
    """The server closed the connection before its answer was whole; ``begun`` where a part of it had come."""

    begun = False


class _Channel(asyncio.Protocol):
    """Collects one answer at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.WriteTransport | None = None
        self.buffer = bytearray()
        self.waiter: asyncio.Future[Reply] | None = None
        self.head: tuple[int, bytes, int] | None = None
        self.start = 0
        self.checked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is no subclass of asyncio's.
        self.transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiter is not None and not self.waiter.done():
            gone = Gone(str(exc or "closed"))
            gone.begun = self.head is not None or bool(self.buffer)
            self.waiter.set_exception(gone)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[:end])
            lower = head.lower()
            length = -1
            if (at := lower.find(b"\r\ncontent-length:")) >= 0:
                length = int(lower[at + 17 :].split(b"\r\n", 1)[0])
            status = int(head[9:12])
            if status in (204, 304):
                length = 0
            self.head, self.start = (status, head, length), end + 4
        status, head, length = self.head
        if length >= 0:
            if len(self.buffer) - self.start >= length:
                self._finish(bytes(self.buffer[self.start : self.start + length]))
        elif self.buffer.endswith(b"\r\n0\r\n\r\n") or self.buffer[self.start :] == b"0\r\n\r\n":
            self._finish(_join(memoryview(self.buffer)[self.start :].tobytes()))

    def _finish(self, body: bytes) -> None:
        assert self.head is not None
        reply = Reply(self.head[0], self.head[1], body)
        self.buffer.clear()
        self.head = None
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(reply)


def _join(chunked: bytes) -> bytes:
    parts = []
    at = 0
    while True:
        end = chunked.index(b"\r\n", at)
        size = int(chunked[at:end].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(chunked[end + 2 : end + 2 + size])
        at = end + 4 + size


class Connection:
    """A kept-alive connection to a server, made anew when the server has closed it."""

    def __init__(self, url: str, source: str = "") -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.host, self.port = parts.hostname, parts.port or 80
        #: The address that it comes from; any of this machine's if none is named.
        self.local = (source, 0) if source else None
        self._channel: _Channel | None = None

    async def ask(self, request: bytes) -> Reply:
        """Sends a request and waits for its whole answer. Raises :class:`Gone` if there is none.

        A kept connection may be closed by the server just when it is used again: as every client of HTTP/1.1 does, it
        then asks once more on a new one, if nothing of an answer has come (RFC 9110, 9.2.2).
        """
        kept = self._channel is not None
        try:
            return await self._ask(request)
        except ConnectionError as error:
            if not kept or getattr(error, "begun", False):
                raise
            return await self._ask(request)

    async def _ask(self, request: bytes) -> Reply:
        channel = self._channel
        if channel is None or channel.transport is None or channel.transport.is_closing():
            loop = asyncio.get_running_loop()
            _, channel = await loop.create_connection(_Channel, self.host, self.port, local_addr=self.local)
            self._channel = channel
        assert channel.transport is not None
        channel.waiter = asyncio.get_running_loop().create_future()
        channel.transport.write(request)
        try:
            reply = await channel.waiter
        except BaseException:
            self.close()
            raise
        if b"connection: close" in reply.headers.lower():
            self.close()
        return reply

    def close(self) -> None:
        """Closes it at once, whatever is under way."""
        if self._channel is not None and self._channel.transport is not None:
            self._channel.transport.abort()
        self._channel = None


def make_request(url: str, query: str, accept: str = "application/sparql-results+json", more: str = "") -> bytes:
    """A GET request for a query. ``more`` are further header lines, each with its line end."""
    parts = urlsplit(url)
    return (
        f"GET {parts.path}?query={quote(query, safe='')} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {accept}\r\n"
        f"{more}\r\n"
    ).encode("ascii")


def make_post(url: str, query: str, accept: str = "application/sparql-results+json", more: str = "") -> bytes:
    """A POST request with a query as its body. ``more`` are further header lines, each with its line end."""
    parts, body = urlsplit(url), query.encode("utf-8")
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {accept}\r\n"
        f"Content-Type: application/sparql-query\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    )
    return head.encode("ascii") + body


@dataclass
class Rate:
    """What came of a load: seconds, answers by status, seconds of each good answer."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    lost: int = 0

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return self.statuses[200] / self.seconds if self.seconds else 0.0


async def press(url: str, requests: Sequence[bytes], clients: int, seconds: float) -> Rate:
    """As many requests as ``clients`` connections can send in ``seconds``, each after the answer to the one before."""
    rate = Rate()
    begin = perf_counter()
    end = begin + seconds

    async def run(number: int) -> None:
        connection = Connection(url)
        turn = number * len(requests) // clients
        while (now := perf_counter()) < end:
            try:
                reply = await connection.ask(requests[turn % len(requests)])
            except OSError:
                rate.lost += 1
                continue
            turn += 1
            rate.statuses[reply.status] += 1
            if reply.status == 200:
                rate.times.append(perf_counter() - now)
        connection.close()

    await asyncio.gather(*(run(n) for n in range(clients)))
    rate.seconds = perf_counter() - begin
    return rate


async def time_each(
    url: str, request: bytes, runs: int, patience: float, check: Callable[[Reply], None]
) -> list[float]:
    """The seconds of each of up to ``runs`` requests, one after the other, after one that is not counted.

    Ends early, with at least one, when ``patience`` seconds are spent. Raises TimeoutError if the first takes longer.
    """
    connection = Connection(url)
    begin = perf_counter()
    times: list[float] = []
    try:
        async with asyncio.timeout(patience):
            check(await connection.ask(request))
        while len(times) < runs and (not times or perf_counter() - begin < patience):
            now = perf_counter()
            check(await connection.ask(request))
            times.append(perf_counter() - now)
    finally:
        connection.close()
    return times


def percentile(times: Sequence[float], part: float) -> float:
    """The value below which ``part`` of the times lie; not a number if there are none."""
    if not times:
        return math.nan
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def run(work: Awaitable[T]) -> T:
    """Runs asynchronous work, on uvloop where it is installed: it costs the client half."""

    async def wait() -> T:
        return await work

    try:
        import uvloop
    except ImportError:
        return asyncio.run(wait())
    return uvloop.run(wait())
