"""Clients that misbehave by how they speak, not by what they ask: too slowly, not to the end, with too much beside it.

Each coroutine does one such thing and says how it ended. That the server hangs up is one of the good ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from urllib.parse import urlsplit

from serving.client import make_request

_LARGE = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 15000"
_POINT = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"
#: A slow reader takes so many bytes at a time, a slow writer gives one; so long between, and so long in all (seconds).
_SIP, _SIP_SECONDS, _DROP_SECONDS, _PATIENCE = 2_000, 0.5, 0.2, 8.0

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _open(url: str, source: str) -> Streams:
    parts = urlsplit(url)
    # A small window, so that what is not read is not on its way either.
    return await asyncio.open_connection(parts.hostname, parts.port, local_addr=(source, 0), limit=1 << 14)


async def read_slowly(url: str, source: str, end: float) -> str:
    """Asks for much, and takes it by sips."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(make_request(url, _LARGE))
        last = min(end, perf_counter() + _PATIENCE)
        while perf_counter() < last:
            if not await asyncio.wait_for(reader.read(_SIP), _PATIENCE):
                return "hung up"
            await asyncio.sleep(_SIP_SECONDS)
        return "gone"

    return await _with(url, source, act)


async def write_slowly(url: str, source: str, end: float) -> str:
    """Begins a request, a byte at a time, and never ends it."""

    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        last = min(end, perf_counter() + _PATIENCE)
        for byte in make_request(url, _LARGE):
            if perf_counter() > last:
                return "gone"
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(_DROP_SECONDS)
        return "sent"

    return await _with(url, source, act)


async def send_many_parameters(url: str, source: str, _: float) -> str:
    """A request that names 300 graphs."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        graphs = "".join(f"&named-graph-uri=http%3A%2F%2Fexample.org%2F{n}" for n in range(300))
        writer.write(make_request(url, _POINT).replace(b" HTTP/1.1", graphs.encode("ascii") + b" HTTP/1.1", 1))
        status = await asyncio.wait_for(reader.readline(), _PATIENCE * 4)
        return status.split()[1].decode("ascii") if status else "hung up"

    return await _with(url, source, act)


async def leave_in_head(url: str, source: str, _: float) -> str:
    """Hangs up in the middle of the head of a request."""

    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        head = make_request(url, _POINT)
        writer.write(head[: len(head) // 2])
        await writer.drain()
        return "gone"

    return await _with(url, source, act)


async def leave_in_body(url: str, source: str, _: float) -> str:
    """Announces a body, and hangs up in the middle of it."""

    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        parts = urlsplit(url)
        writer.write(
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/sparql-query\r\n"
            "Content-Length: 5000\r\n\r\nSELECT ?s WHERE {".encode("ascii")
        )
        await writer.drain()
        await asyncio.sleep(_DROP_SECONDS)
        return "gone"

    return await _with(url, source, act)


async def leave_in_answer(url: str, source: str, _: float) -> str:
    """Hangs up after the first bytes of a large answer."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(make_request(url, _LARGE))
        await asyncio.wait_for(reader.read(100), _PATIENCE * 4)
        return "gone"

    return await _with(url, source, act)


async def _with(
    url: str, source: str, act: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[str]]
) -> str:
    try:
        reader, writer = await _open(url, source)
    except OSError:
        return "not let in"
    try:
        return await act(reader, writer)
    except TimeoutError:
        return "nothing came"
    except OSError:
        return "hung up"
    finally:
        writer.transport.abort()


#: What each of them is called.
KINDS: dict[str, Callable[[str, str, float], Awaitable[str]]] = {
    "slow reader": read_slowly,
    "slow writer": write_slowly,
    "300 parameters": send_many_parameters,
    "gone in the head": leave_in_head,
    "gone in the body": leave_in_body,
    "gone in the answer": leave_in_answer,
}
