"""Small HTTP servers within a test process, which stand in for those of others."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """What answers one request; the methods that begin with ``do_`` are for who needs them. It logs nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests' output is theirs."""


class _Server(ThreadingHTTPServer):
    """Prints no traceback from its threads.

    Printing one parses its source lines, and Python before 3.11.8 fails in ``ast.parse`` when two threads parse at
    once (gh-106905): the test that happens to run then.
    """

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        super().__init__(address, handler)
        self.defects: list[Exception] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        # Clients may hang up: many a test is about that.
        if isinstance(error, Exception) and not isinstance(error, ConnectionError):
            self.defects.append(error)


@contextmanager
def standing_in(handler: type[Handler]) -> Iterator[str]:
    """Serves on a free port until the block is left; gives ``http://127.0.0.1:PORT``.

    Raises ExceptionGroup at the end where the handler itself failed.
    """
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    if server.defects:
        raise ExceptionGroup("a server that stands in for another failed", server.defects)
