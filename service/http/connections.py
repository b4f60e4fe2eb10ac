"""Connections that cannot be held for nothing: uvicorn's HTTP with limits that it has not itself.

A request's head has to arrive in time and be of a bounded size; a peer that takes its answer too slowly is let go of;
one client has a bounded number of connections.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import socket
import struct
import sys
import termios
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.clients import Proxies, name_client
from service.http.outbox import READER
from service.http.problems import TITLES
from service.http.uptake import Uptake
from service.settings import ServiceSettings

#: What a head may have besides the longest address; and what may come in one piece with it.
_HEAD_BYTES = 65_536
_PIECE = 1 << 18
#: What may wait to be sent with something else, in bytes.
_SMALL = 1 << 14
#: What the parser of addresses takes, in bytes.
_LONGEST_ADDRESS = 65_535
#: Closed so, a connection is reset: what is on its way is thrown away.
_NO_LINGER = struct.pack("ii", 1, 0)


class JoinedWrites:
    """A transport that sends what is written in one turn of the loop at once.

    uvicorn writes head and body of an answer one after the other: two system calls here, two packets and two wakings
    of the client. What is more than a little goes out at once, so that a slow reader is noticed at once. All but
    writing is the transport's own. ``sent`` counts the bytes handed on, ``closing`` is called once it is closed.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        closing: Callable[[], None] = lambda: None,
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._closing = closing
        self._parts: list[bytes] = []
        self.sent = 0

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
                joined = parts[0] if len(parts) == 1 else b"".join(parts)
                self.sent += len(joined)
                self._transport.write(joined)

    def close(self) -> None:
        """Closes it once all is sent."""
        self.flush()
        self._transport.close()
        self._closing()


class BoundedConnection(HttpToolsProtocol):
    """One connection, and the :class:`service.http.outbox.Reader` at its end.

    :func:`bound_connections` makes the class that has the limits of some settings.
    """

    seconds = 30.0
    slowest = 1_000
    most = _HEAD_BYTES + _PIECE
    in_all = 1000
    per_client = 100
    proxies = Proxies((), "X-Forwarded-For")
    problems = "problems#"
    counts: ClassVar[Counter[str]] = Counter()

    dropped = ""
    _timer: asyncio.TimerHandle | None = None
    _head = 0
    _client = ""
    _joined: JoinedWrites
    _uptake: Uptake
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._joined = JoinedWrites(transport, self.loop, self._begin_watching)
        self._uptake = Uptake(self.seconds, self.slowest)
        super().connection_made(self._joined)  # type: ignore[arg-type]
        peer = transport.get_extra_info("peername")
        host = str(peer[0]) if isinstance(peer, tuple) else ""
        self._client = name_client(host)
        self.counts[self._client] += 1
        connected = transport.get_extra_info("socket")
        if connected is not None and hasattr(socket, "TCP_USER_TIMEOUT") and connected.family != socket.AF_UNIX:
            # A last resort, since the system then forgets the connection without telling the other end: we are first.
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self.seconds * 3000))
        if self.counts[self._client] > self.per_client and not self.proxies.trusts(host):
            self._refuse(503, "max_client_connections", f"this client has more than {self.per_client} connections")
        elif len(self.connections) > self.in_all:
            self._refuse(503, "max_connections", f"there are more than {self.in_all} connections")
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_watching()
        self.counts[self._client] -= 1
        if self.counts[self._client] <= 0:
            del self.counts[self._client]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is not None:
            self._head += len(data)
            if self._head > self.most:
                if self._is_too_long():
                    self._refuse_address()
                else:
                    self._refuse(431, "max_request_bytes", "the head of the request is too large", "Send fewer headers")
                return
        if not self.transport.is_closing():
            super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {READER: self}  # type: ignore[dict-item]
        if self._timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - as uvicorn has it
        """Instead of uvicorn's own: says what is most often wrong."""
        if self._is_too_long():
            self._refuse_address()
        else:
            self._refuse(
                400, "http", "this is no HTTP; in an address all but ASCII is written as %XX of its UTF-8",
                "Send a request of HTTP/1.1",
            )  # fmt: skip

    # What the reader takes

    def pause_writing(self) -> None:
        super().pause_writing()
        self._begin_watching()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._stop_watching()

    def count_taken(self) -> int:
        """The bytes that have arrived at the other end; elsewhere than on Linux, those that the system has taken."""
        unsent: int = self._joined.get_write_buffer_size()
        return self._joined.sent - unsent - _count_queued(self._joined)

    def drop(self, setting: str) -> None:
        """Resets the connection for the sake of a setting: what was sent of an answer never looks whole."""
        if self.dropped:
            return
        self.dropped = setting
        connected = self._joined.get_extra_info("socket")
        if connected is not None and connected.fileno() >= 0 and connected.family != socket.AF_UNIX:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._joined.abort()

    def _begin_watching(self) -> None:
        """From now on something waits for the reader. Only the time in which something does is counted."""
        if self._watch is None and not self.dropped:
            left = self._uptake.begin(self.loop.time(), self.count_taken())
            self._watch = self.loop.call_later(left, self._judge)

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
            self._uptake.pause(self.loop.time())

    def _judge(self) -> None:
        """A window is over: what was taken in it is enough, or the reader is let go of."""
        self._watch = None
        if self._uptake.close(self.count_taken()):
            self._begin_watching()
        else:
            self.drop("min_read_bytes_per_second")

    # What is refused before it is a request

    def _await_head(self) -> None:
        self._head = 0
        self._timer = self.loop.call_later(self.seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self._is_too_long():
            self._refuse_address()
            return
        self._refuse(
            408, "client_timeout_seconds", f"no request arrived within {self.seconds:g} seconds", "Send it at once"
        )

    def _is_too_long(self) -> bool:
        return len(getattr(self, "url", b"")) > _LONGEST_ADDRESS

    def _refuse_address(self) -> None:
        self._refuse(
            414, "address", f"its address is longer than {_LONGEST_ADDRESS:,} bytes", "Send the query by POST, as "
            "application/sparql-query or as query=… in application/x-www-form-urlencoded",
        )  # fmt: skip

    def _refuse(self, status: int, code: str, problem: str, remedy: str = "Try again in a few seconds") -> None:
        """Answers without the application, and closes. ``code`` is the name of the setting, where there is one."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        setting = f" (GONGKAI_{code.upper()})" if code in ServiceSettings.model_fields else ""
        told = {
            "type": f"{self.problems}{code}", "title": TITLES[status][1], "status": status,
            "detail": f"request: {problem}{setting}. {remedy}", "code": code, "place": "request",
            "problem": f"{problem}{setting}", "remedy": remedy,
        }  # fmt: skip
        body = json.dumps(told, ensure_ascii=False).encode("utf-8")
        again = "Retry-After: 5\r\n" if status == 503 else ""
        head = (
            f"HTTP/1.1 {status} Refused\r\nContent-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n"
            f"{again}Connection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()


def _count_queued(transport: JoinedWrites) -> int:
    """The bytes that the system holds for the other end; 0 where it does not tell."""
    connected = transport.get_extra_info("socket")
    if sys.platform != "linux" or connected is None or connected.fileno() < 0:
        return 0
    try:
        answer: bytes = fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, bytes(4))
    except OSError:
        return 0  # it has just been closed
    return int(struct.unpack("i", answer)[0])


def bound_connections(settings: ServiceSettings) -> type[HttpToolsProtocol]:
    """The protocol class with the limits of these settings."""
    limits: dict[str, Any] = {
        "seconds": settings.client_timeout_seconds,
        "slowest": settings.min_read_bytes_per_second,
        "most": settings.max_request_bytes + _HEAD_BYTES + _PIECE,
        "in_all": settings.max_connections,
        "per_client": settings.max_client_connections,
        "proxies": settings.proxies,
        "problems": f"{settings.base}problems#",
        "counts": Counter(),
    }
    return type("Connection", (BoundedConnection,), limits)
