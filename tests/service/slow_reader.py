"""A client that reads as slowly as a test wants, from an address of its own on the loopback."""

from __future__ import annotations

import json
import select
import socket
from typing import Any, Self
from urllib.parse import quote, urlsplit

from tests.waiting import PATIENCE, wait_until


class SlowReader:
    """One request of a client whose answer is read only when asked for, through a buffer of some kilobytes."""

    def __init__(self, url: str, query: str, source: str = "127.0.0.1", **headers: str) -> None:
        parts = urlsplit(url)
        assert parts.port
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        self.socket.settimeout(PATIENCE)
        self.socket.bind((source, 0))
        self.socket.connect((parts.hostname, parts.port))
        lines = [f"GET /sparql?query={quote(query)} HTTP/1.1", "Host: x", "Accept: text/csv"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        self.status, self.length, self.found = 0, 0, b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def read_head(self) -> int:
        """Reads until the head is whole; gives the status."""
        while b"\r\n\r\n" not in self.found:
            part = self.socket.recv(1024)
            assert part, "the connection ended within the head"
            self.found += part
        head, _, self.found = self.found.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:])
        self.status, self.length = int(head.split()[1]), int(fields["content-length"])
        return self.status

    def read(self, size: int) -> bytes:
        """Reads so many bytes of the body, with what was read before."""
        while len(self.found) < size:
            part = self.socket.recv(1 << 16)
            assert part, f"the connection ended after {len(self.found):,} of {self.length:,} bytes"
            self.found += part
        return self.found

    def read_problem(self) -> dict[str, Any]:
        """Reads the body, a problem document."""
        problem: dict[str, Any] = json.loads(self.read(self.length))
        return problem

    def wait_for_reset(self) -> None:
        """Reads nothing until the server has broken the connection off."""
        assert self._is_reset(PATIENCE), "the server holds on to a reader who reads nothing"

    def nibble_until_reset(self) -> None:
        """Reads a byte now and then until the server has broken the connection off."""

        def nibble() -> bool:
            if self._is_reset(0.02):
                return True
            self.found += self.socket.recv(1)
            return False

        wait_until(nibble, "the end of a reader who takes a byte now and then")

    def _is_reset(self, seconds: float) -> bool:
        """Whether the connection is broken off, now or within some seconds; what has arrived may still be read."""
        poll = select.poll()
        poll.register(self.socket, 0)
        return bool(poll.poll(seconds * 1000))
