"""A listening socket that must stay silent: whoever calls it has got out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """The IRI of a listener, and what it heard: the first bytes of each connection."""
    heard: list[str] = []
    stop = threading.Event()
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen(64)
        trap.settimeout(0.1)

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, _ = trap.accept()
                except TimeoutError:
                    continue
                with connection, suppress(OSError):
                    connection.settimeout(0.5)
                    heard.append(connection.recv(200).decode("latin-1"))
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{trap.getsockname()[1]}/", heard
        finally:
            stop.set()
            thread.join()
