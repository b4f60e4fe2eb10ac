"""The outermost layer: whose request it is, the plain routes past FastAPI, the headers of every answer, the journal."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from time import perf_counter
from typing import Any

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.journal import SCOPE_KEY, Journal, Record
from service.lanes import CLIENT
from service.site import SECURITY_HEADERS

PlainRoute = Callable[[Scope, Receive, Send], Awaitable[None]]
EXPOSED = ["ETag", "Retry-After", "X-Gongkai-Snapshot", "X-Gongkai-Rows"]
#: For any page anywhere: the data are public, and no request carries a secret.
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(EXPOSED),
}
_EXTRA = [(k.lower().encode("ascii"), v.encode("ascii")) for k, v in (SECURITY_HEADERS | CORS_HEADERS).items()]
_EXTRA_NAMES = frozenset(name for name, _ in _EXTRA)


class Front:
    """Answers the paths of ``routes`` by themselves, since FastAPI's parsing would cost more than a point query does,
    and hands all others to the application."""

    def __init__(self, app: ASGIApp, routes: Mapping[str, PlainRoute], journal: Journal) -> None:
        self.app = app
        self.routes = routes
        self.journal = journal

    def _find_route(self, scope: Scope) -> PlainRoute:
        path = scope["path"]
        route = self.routes.get(path)
        if route is None and path.rstrip("/") in self.routes:
            return drop_slash
        return route or self.app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin = perf_counter()
        client = name_client(scope)
        CLIENT.set(client)
        record = Record(scope["method"], scope["path"], client)
        scope[SCOPE_KEY] = record

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
                add_headers(message)
            else:
                record.bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self._find_route(scope)(scope, receive, send_on)
        except Exception:
            record.status = record.status or 500
            raise
        finally:
            record.seconds = perf_counter() - begin
            if record.status >= 400 and record.outcome == "ok":
                record.outcome = f"http {record.status}"
            self.journal.note(record)


async def drop_slash(scope: Scope, receive: Receive, send: Send) -> None:
    """Sends on to the same address without the slash at its end; 308, so that a POST stays one."""
    path = scope.get("root_path", "") + scope["path"].rstrip("/")
    query = scope["query_string"]
    response = RedirectResponse(path + ("?" + query.decode("latin-1") if query else ""), 308)
    await response(scope, receive, send)


def add_headers(message: MutableMapping[str, Any]) -> None:
    """Puts the headers of every answer into the start of one."""
    given = {name for name, _ in message["headers"]} & _EXTRA_NAMES
    extra = _EXTRA if not given else [h for h in _EXTRA if h[0] not in given]
    message["headers"] = [*message["headers"], *extra]


def name_client(scope: Scope) -> str:
    """Who asks: an IPv4 address, or the network of an IPv6 one, of which one client has many."""
    host = (scope.get("client") or ("", 0))[0]
    if ":" in host:
        try:
            return str(ipaddress.ip_network(f"{host.partition('%')[0]}/64", strict=False))
        except ValueError:
            return host
    return str(host)
