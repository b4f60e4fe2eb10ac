"""How the web process, the nursery and the query processes speak: lengths, JSON, and bodies over inherited sockets."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

JOB = struct.Struct(">I")
ANSWER = struct.Struct(">IQ")
_JOB_BYTES = 1 << 16


def read_exactly(channel: socket.socket, size: int) -> bytes:
    """The next bytes of the channel; none if the other side has closed it before all were there."""
    parts: list[bytes] = []
    while size > 0:
        part = channel.recv(min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def pack_job(job: dict[str, Any]) -> bytes:
    """A job as it goes to a query process."""
    text = json.dumps(job).encode("ascii")
    return JOB.pack(len(text)) + text


def read_job(channel: socket.socket) -> dict[str, Any] | None:
    """The next job, or None if there will be none."""
    first = channel.recv(_JOB_BYTES)  # all of it, but for the longest; nobody sends a second one before the answer
    if first and len(first) < JOB.size:
        first += read_exactly(channel, JOB.size - len(first))
    if len(first) < JOB.size:
        return None
    missing = JOB.size + JOB.unpack_from(first)[0] - len(first)
    rest = read_exactly(channel, missing)
    return None if len(rest) < missing else json.loads(first[JOB.size :] + rest)


def send_answer(channel: socket.socket, head: dict[str, Any], parts: Sequence[bytes]) -> None:
    """Writes one answer: the sizes of head and body, then both."""
    text = json.dumps(head).encode("utf-8")
    size = sum(len(p) for p in parts)
    first = ANSWER.pack(len(text), size) + text
    if size < 1 << 16:
        channel.sendall(first + b"".join(parts))
        return
    channel.sendall(first)
    for part in parts:
        channel.sendall(part)


def tell(control: socket.socket, message: dict[str, Any]) -> None:
    """One line of JSON on a control channel."""
    control.sendall(json.dumps(message).encode("utf-8") + b"\n")
