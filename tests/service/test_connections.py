"""Connections that hold a place for nothing are closed: silent, slow, endless ones, too many of one client."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from service.http.connections import JoinedWrites
from tests.service.slow_reader import SlowReader
from tests.waiting import PATIENCE, wait_until


@pytest.fixture(scope="module")
def strict(store: Path, serve: Callable[..., Any]) -> Iterator[str]:
    """A server with little patience that trusts nobody."""
    server = serve(
        store, GONGKAI_CLIENT_TIMEOUT_SECONDS="1", GONGKAI_TRUSTED_PROXIES="192.0.2.1",
        GONGKAI_MAX_CLIENT_CONNECTIONS="5", GONGKAI_MAX_RESULT_BYTES="60000000",
    )  # fmt: skip
    yield server.url
    server.stop()


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)


def read_all(connection: socket.socket) -> bytes:
    found = b""
    while part := connection.recv(65536):
        found += part
    return found


@pytest.mark.parametrize("sent", [b"", b"GET /sparql?query=ASK%20%7B", b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_come(strict: str, sent: bytes) -> None:
    begin = time.monotonic()
    with connect(strict) as connection:
        connection.sendall(sent)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - begin > 0.8, "it was not waited for"


def test_a_body_that_does_not_come(strict: str) -> None:
    with connect(strict) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 99\r\n\r\nASK"
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("begin", [b"GET /sparql?query=", b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: "])
def test_a_head_without_end(strict: str, begin: bytes) -> None:
    with connect(strict) as connection:
        connection.sendall(begin)
        answer = b""
        try:
            for _ in range(200):
                connection.sendall(b"a" * 65536)
            raise AssertionError("13 MB of a head were taken")
        except OSError:
            connection.settimeout(1)
            with contextlib.suppress(OSError):  # the reset may come before the answer is read
                answer = connection.recv(100)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 414 "))
    assert httpx.get(f"{strict}/ready", timeout=PATIENCE).status_code == 200


def test_what_is_no_http_is_told(strict: str) -> None:
    for sent in ("GET /sparql?query=ASK{?s?p'口岸'} HTTP/1.1\r\nHost: x\r\n\r\n", "口岸\r\n\r\n"):
        with connect(strict) as connection:
            connection.sendall(sent.encode())
            answer = read_all(connection)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"%XX" in answer


def test_one_client_has_not_all_connections(strict: str) -> None:
    held = [connect(strict) for _ in range(5)]
    try:
        with connect(strict) as sixth:
            answer = read_all(sixth)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After" in answer
    finally:
        for connection in held:
            connection.close()

    def is_taken() -> bool:
        with connect(strict) as next_one:
            next_one.sendall(b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return read_all(next_one).startswith(b"HTTP/1.1 200 ")

    wait_until(is_taken, "connections that are closed to count no more")


def test_a_reader_who_sleeps_is_left(strict: str) -> None:
    """Of an answer of tens of megabytes nothing but the head is read; the server lets go of it."""
    query = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 60000"
    with SlowReader(strict, query, Accept_Encoding="identity") as reader:
        assert reader.read_head() == 200
        assert reader.length > 5_000_000
        reader.wait_for_reset()


@pytest.mark.parametrize("sizes", [[10, 20], [10, 50_000, 10], [50_000, 10], [1], [16_384, 16_385, 3, 200_000, 7]])
def test_joined_writes_keep_their_order_and_go_out_before_the_end(sizes: list[int]) -> None:
    parts = [bytes([65 + i]) * size for i, size in enumerate(sizes)]

    async def talk() -> bytes:
        loop = asyncio.get_running_loop()

        class Sender(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                assert isinstance(transport, asyncio.Transport)
                joined = JoinedWrites(transport, loop)
                for part in parts:
                    joined.write(part)
                joined.close()
                joined.write(b"too late")

        server = await loop.create_server(Sender, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            received = await reader.read()
            writer.close()
            return received

    assert asyncio.run(talk()) == b"".join(parts)


def test_who_is_no_trusted_proxy_does_not_name_its_requests(strict: str) -> None:
    answer = httpx.get(f"{strict}/health", headers={"X-Request-Id": "forged"}, timeout=PATIENCE)
    assert answer.headers["x-request-id"] != "forged"
