"""Connections that cannot be held for nothing: uvicorn's HTTP with limits that it has not itself.

A request's head has to arrive in time and be of a bounded size; a peer that takes nothing of its answer is given up by
the system; one client has a bounded number of connections.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.settings import ServiceSettings

#: What a head may have besides the longest address; and what may come in one piece with it.
_HEAD_BYTES = 65_536
_PIECE = 1 << 18
#: The parser of addresses counts in 16 bits.
_LONGEST_ADDRESS = 65_535
#: What may wait to be sent with something else, in bytes.
_SMALL = 1 << 14


class JoinedWrites:
    """A transport that sends what is written in one turn of the loop at once.

    uvicorn writes head and body of an answer one after the other: two system calls here, two packets and two wakings
    of the client. What is more than a little goes out at once, so that a slow reader is noticed at once. All but
    writing is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Sends the data at the end of this turn, after what was written before."""
        self._parts.append(data)
        if len(data) > _SMALL:
            self.flush()
        elif len(self._parts) == 1:
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Sends what waits."""
        if self._parts:
            parts, self._parts = self._parts, []
            if not self._transport.is_closing():
                self._transport.write(parts[0] if len(parts) == 1 else b"".join(parts))

    def close(self) -> None:
        """Closes it once all is sent."""
        self.flush()
        self._transport.close()


class BoundedConnection(HttpToolsProtocol):
    """One connection. :func:`bound_connections` makes the class that has the limits of some settings."""

    seconds = 30.0
    most = _HEAD_BYTES + _PIECE
    in_all = 1000
    per_client = 100
    exempt: frozenset[str] = frozenset()
    counts: ClassVar[Counter[str]] = Counter()

    _timer: asyncio.TimerHandle | None = None
    _head = 0
    _client = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(JoinedWrites(transport, self.loop))  # type: ignore[arg-type]
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if isinstance(peer, tuple) else ""
        self.counts[self._client] += 1
        connected = transport.get_extra_info("socket")
        if connected is not None and hasattr(socket, "TCP_USER_TIMEOUT") and connected.family != socket.AF_UNIX:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self.seconds * 1000))
        if self._client not in self.exempt and self.counts[self._client] > self.per_client:
            self._refuse(503, "max_client_connections", f"this client has more than {self.per_client} connections")
        elif len(self.connections) > self.in_all:
            self._refuse(503, "max_connections", f"there are more than {self.in_all} connections")
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.counts[self._client] -= 1
        if self.counts[self._client] <= 0:
            del self.counts[self._client]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is not None:
            self._head += len(data)
            if self._head > self.most:
                self._refuse(431, "max_request_bytes", "the head of the request is too large")
                return
        if not self.transport.is_closing():
            super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Instead of uvicorn's own: says what is most often wrong."""
        if len(getattr(self, "url", b"")) > _LONGEST_ADDRESS:
            self._refuse(
                414, "address_too_long",
                f"an address may have {_LONGEST_ADDRESS:,} bytes, counted as they are sent (%XX is three); "
                "send the query by POST instead",
            )  # fmt: skip
            return
        self._refuse(400, "http", "this is no HTTP; in an address all but ASCII is written as %XX of its UTF-8")

    def _await_head(self) -> None:
        self._head = 0
        self._timer = self.loop.call_later(self.seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._refuse(408, "client_timeout_seconds", f"no request arrived within {self.seconds:g} seconds")

    def _refuse(self, status: int, code: str, problem: str) -> None:
        self._stop_waiting()
        if self.transport.is_closing():
            return
        body = json.dumps({"status": status, "code": code, "title": problem, "detail": problem}).encode("ascii")
        again = "Retry-After: 5\r\n" if status == 503 else ""
        head = (
            f"HTTP/1.1 {status} Refused\r\nContent-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n"
            f"{again}Connection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()


def bound_connections(settings: ServiceSettings) -> type[HttpToolsProtocol]:
    """The protocol class with the limits of these settings."""
    limits: dict[str, Any] = {
        "seconds": settings.client_timeout_seconds,
        "most": settings.max_request_bytes + _HEAD_BYTES + _PIECE,
        "in_all": settings.max_connections,
        "per_client": settings.max_client_connections,
        "exempt": frozenset(name.strip() for name in settings.trusted_proxies.split(",")),
        "counts": Counter(),
    }
    return type("Connection", (BoundedConnection,), limits)
