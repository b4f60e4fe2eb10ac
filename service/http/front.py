"""The outermost layer: whose request it is, the plain routes past the router, the headers of answers, the journal."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from time import perf_counter
from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from loaders.errors import GongkaiError
from service.clients import Proxies, name_client
from service.engine.lanes import CLIENT
from service.http.journal import SCOPE_KEY, Journal, Record
from service.http.outbox import READER, Outbox, Reader
from service.http.prefix import PREFIX_KEY, find_told, prefix_head, strip_prefix
from service.http.problems import TITLES, Problem, find_status

PlainRoute = Callable[[Scope, Receive, Send], Awaitable[None]]
#: Makes the answer that tells an error, as the client likes to be told.
Tell = Callable[[Scope, GongkaiError], Response]
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Names a request in the log, in its answer and, behind a trusted proxy, in the log of that.
REQUEST_ID = b"x-request-id"
#: Names have to differ, not to be secret; those of the system's own source cost a call each.
_NAMES = random.Random()
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
EXPOSED = ["ETag", "Retry-After", "X-Request-Id", "X-Gongkai-Snapshot", "X-Gongkai-Rows"]
#: For any page anywhere: the data are public, and no request carries a secret.
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(EXPOSED),
}
_EXTRA = [(k.lower().encode("ascii"), v.encode("ascii")) for k, v in (SECURITY_HEADERS | CORS_HEADERS).items()]
_EXTRA_NAMES = frozenset(name for name, _ in _EXTRA)
#: A body of so many bytes is no matter of shares; a larger one goes out in parts.
_SMALL = 1 << 16
_PART = 1 << 18
#: What may stand in an address as it is, beside letters and digits.
_PLAIN = "%/?:@!$&'()*+,;=~-._[]"


class Front:
    """Answers the paths of ``routes`` by themselves, since a router with its middleware costs more than a point query,
    and hands all others to the application.

    ``per_client`` bounds how many requests a client has at once behind a proxy, whose connections cannot be told apart.
    """

    def __init__(
        self, app: ASGIApp, routes: Mapping[str, PlainRoute], journal: Journal, outbox: Outbox, proxies: Proxies,
        per_client: int, tell: Tell, prefix: str = "",
    ) -> None:  # fmt: skip
        self.app = app
        self.routes = routes
        self.journal = journal
        self.outbox = outbox
        self.proxies = proxies
        self.per_client = per_client
        self.tell = tell
        self.prefix = prefix
        self.busy: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin = perf_counter()
        peer = str((scope.get("client") or ("", 0))[0])
        host, scheme = self.proxies.find_client(peer, scope["headers"])
        if host != peer:
            scope["client"] = (host, 0)
        scope["scheme"] = scheme or scope["scheme"]
        self._find_place(scope, peer)
        client = name_client(host)
        CLIENT.set(client)
        record = Record(scope["method"], scope["path"], client, self._find_id(scope, peer))
        scope[SCOPE_KEY] = record
        answer = _Answer(self, scope, send, record)
        brought = host != peer and not self.proxies.trusts(host)
        self.busy[client] += brought
        try:
            if brought and self.busy[client] > self.per_client:
                await answer.refuse(_refuse_requests(self.per_client))
            else:
                await self._find_route(scope)(scope, receive, answer.send)
        except Exception:
            record.status = record.status or 500
            raise
        finally:
            self.busy[client] -= brought
            if not self.busy[client]:
                del self.busy[client]
            record.seconds = perf_counter() - begin
            if record.status >= 400 and record.outcome == "ok":
                record.outcome = f"http {record.status}"
            self.journal.note(record)

    def _find_id(self, scope: Scope, peer: str) -> str:
        """The request's own name: that which a trusted proxy gave it, else a new one."""
        if self.proxies.trusts(peer):
            for name, value in scope["headers"]:
                if name == REQUEST_ID and _REQUEST_ID.fullmatch(value):
                    return str(value, "ascii")
        return f"{_NAMES.getrandbits(64):016x}"

    def _find_place(self, scope: Scope, peer: str) -> None:
        """Under which host and path the client sees this site: as set, else as a trusted proxy tells."""
        prefix, host = find_told(dict(scope["headers"])) if self.proxies.trusts(peer) else ("", "")
        scope[PREFIX_KEY] = prefix = self.prefix or prefix
        if host:
            others = [header for header in scope["headers"] if header[0] != b"host"]
            scope["headers"] = [*others, (b"host", host.encode("ascii"))]
        strip_prefix(scope, prefix)

    def _find_route(self, scope: Scope) -> ASGIApp:
        path: str = scope["path"]
        if path.endswith("/") and path != "/":
            if scope["method"] != "OPTIONS":
                return _redirect(scope)
            # What a browser asks before it asks must not be answered by a redirection.
            path = scope["path"] = "/" + path.strip("/")
        return self.routes.get(path, self.app)


class _Answer:
    """The answer to one request on its way out. Its head is held back until its body begins, so that an answer for
    which there is no room, or an error that is not told as ours are, can still become another one."""

    def __init__(self, front: Front, scope: Scope, send: Send, record: Record) -> None:
        self._front = front
        self._scope = scope
        self._send = send
        self._record = record
        self._reader: Reader | None = (scope.get("extensions") or {}).get(READER)
        self._head: Message | None = None
        self._over = False

    async def send(self, message: Message) -> None:
        """What the application sends."""
        if self._over:
            return
        if message["type"] == "http.response.start":
            self._head = message
            return
        body: bytes = message.get("body", b"")
        if self._head is not None and _is_foreign(self._head):
            await self.refuse(_retell(self._head, body))
        elif len(body) <= _SMALL or self._scope["method"] == "HEAD":
            await self._begin()
            self._record.bytes += len(body)
            await self._send(message)
        else:
            await self._deliver(body, message.get("more_body", False))

    async def refuse(self, error: GongkaiError) -> None:
        """Tells an error in place of what there was to send."""
        response = self._front.tell(self._scope, error)
        self._head = {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        self._record.outcome = find_status(error)[1]
        self._record.bytes += len(response.body)
        await self._begin()
        await self._send({"type": "http.response.body", "body": response.body})
        self._over = True

    async def _begin(self) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            self._record.status = head["status"]
            prefix_head(head, self._scope.get(PREFIX_KEY, ""))
            add_headers(head)
            head["headers"].append((REQUEST_ID, self._record.id.encode("ascii")))
            await self._send(head)

    async def _deliver(self, body: bytes, more: bool) -> None:
        """Sends a large body, or a large part of one, in parts, for as long as its client may hold so much."""
        try:
            delivery = self._front.outbox.enter(self._record.client, len(body), self._reader)
        except Problem as error:
            if self._head is not None:
                await self.refuse(error)
                return
            # Its beginning is sent already: then it ends in a way that nobody takes for its end.
            self._record.outcome, self._over = error.code, True
            if self._reader is not None:
                self._reader.drop(error.code)
            return
        try:
            await self._begin()
            for start in range(0, len(body), _PART):
                part = body[start : start + _PART]
                await self._send({"type": "http.response.body", "body": part, "more_body": True})
                if self._reader is not None and self._reader.dropped:
                    self._record.outcome, self._over = self._reader.dropped, True
                    return
                self._record.bytes += len(part)
            # It waits until the last part has been taken, but for a little.
            await self._send({"type": "http.response.body", "body": b"", "more_body": more})
        finally:
            self._front.outbox.leave(delivery)


def add_headers(message: MutableMapping[str, Any]) -> None:
    """Puts the headers of every answer into the start of one."""
    given = {name for name, _ in message["headers"]} & _EXTRA_NAMES
    extra = _EXTRA if not given else [h for h in _EXTRA if h[0] not in given]
    message["headers"] = [*message["headers"], *extra]


def _redirect(scope: Scope) -> Response:
    """308 to the address without a slash at its end: no address here has one."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    # Two slashes at its beginning would lead to another host.
    address = "/" + quote(raw.strip(b"/"), safe=_PLAIN)
    asked = quote(scope["query_string"], safe=_PLAIN)
    return RedirectResponse(address + (f"?{asked}" if asked else ""), 308)


def _is_foreign(head: Message) -> bool:
    """Whether an answer is an error that a library tells in plain text; ours name their language."""
    if head["status"] < 400:
        return False
    headers = dict(head["headers"])
    return headers.get(b"content-type", b"text/plain").startswith(b"text/plain") and b"content-language" not in headers


def _retell(head: Message, body: bytes) -> Problem:
    status: int = head["status"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head["headers"]}
    kept = {name: value for name, value in headers.items() if name not in ("content-type", "content-length")}
    title = TITLES.get(status, TITLES[400])
    problem = body.decode("utf-8", "replace")[:200].strip() or title[1].lower()
    return Problem(
        status, "http", "request", problem, "See RFC 9110 on the header in question", kept,
        zh=(title[0], "请参阅 RFC 9110 对相应请求头的规定"),
    )  # fmt: skip


def _refuse_requests(most: int) -> Problem:
    return Problem(
        503, "max_client_connections", "request",
        f"this client has more than {most:,} requests at once (GONGKAI_MAX_CLIENT_CONNECTIONS)",
        "Wait for the answers to those before",
        zh=(f"该客户端同时有超过 {most:,} 个请求（GONGKAI_MAX_CLIENT_CONNECTIONS）", "请先等待之前请求的回答"),
    )  # fmt: skip
