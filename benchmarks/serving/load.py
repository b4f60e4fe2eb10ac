"""Load on a server: a number of clients, each asking again as soon as it is answered. Run as a process of its own.

``python -m serving.load URL CLIENTS SECONDS KIND`` prints JSON: requests, seconds, failures, and p50, p95, p99 in ms.
KIND is ``same`` (one look-up again and again) or ``other`` (each look-up another one, so that no cache helps).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from itertools import count
from time import perf_counter
from urllib.parse import quote, urlsplit

import uvloop


def make_requests(host: str, kind: str) -> Iterator[bytes]:
    """Requests without end: the facts of one thing."""
    for number in count():
        thing = "<https://w3id.org/gongkai/id/place/440300>" if kind == "same" else f"<https://w3id.org/x/{number}>"
        query = quote(
            f"SELECT ?p ?o WHERE {{ VALUES ?s {{ {thing} <https://w3id.org/gongkai/id/place/440300> }} ?s ?p ?o }}"
        )
        head = f"GET /sparql?query={query} HTTP/1.1\r\nHost: {host}\r\nAccept: application/sparql-results+json\r\n\r\n"
        yield head.encode("ascii")


class Client(asyncio.Protocol):
    """One connection that is kept; asks until the time is over."""

    def __init__(self, requests: Iterator[bytes], stop: float, times: list[float], over: asyncio.Future[int]) -> None:
        self.requests, self.stop, self.times, self.over = requests, stop, times, over
        self.failures = 0
        self.buffer = b""
        self.missing = -1
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.buffer, self.missing, self.began = b"", -1, perf_counter()
        if self.began >= self.stop:
            self.transport.close()
        else:
            self.transport.write(next(self.requests))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.missing < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            self.failures += not self.buffer.startswith(b"HTTP/1.1 200")
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self.missing = end + 4 + int(length)
        if len(self.buffer) >= self.missing:
            self.times.append(perf_counter() - self.began)
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(self.failures + (exc is not None))


async def run(url: str, clients: int, seconds: float, kind: str) -> dict[str, float]:
    """Puts the load on and gives what was measured."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    requests = make_requests(parts.netloc, kind)
    times: list[float] = []
    begin = perf_counter()
    ends = [loop.create_future() for _ in range(clients)]
    for over in ends:
        await loop.create_connection(
            lambda over=over: Client(requests, begin + seconds, times, over), parts.hostname, parts.port
        )
    failures = sum(await asyncio.gather(*ends))
    spent = perf_counter() - begin
    times.sort()
    at = {f"p{p}": round(1000 * times[min(len(times) - 1, len(times) * p // 100)], 3) for p in (50, 95, 99)}
    return {"requests": len(times), "seconds": round(spent, 3), "failures": failures, **at}


if __name__ == "__main__":
    address, number, duration, what = sys.argv[1:]
    print(json.dumps(uvloop.run(run(address, int(number), float(duration), what))))
