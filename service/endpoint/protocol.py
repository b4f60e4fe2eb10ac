"""The SPARQL 1.1 Protocol, query half, at ``/sparql``."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from loaders.errors import GongkaiError
from loaders.graph.internal import read_internal
from service.endpoint.federation import Federation
from service.endpoint.limits import list_limits
from service.endpoint.question import Question, read_alone, read_question
from service.endpoint.service_description import PREFIXES, describe_service
from service.engine.store import AT_ONCE, EmbeddedStore
from service.engine.workers import Answer, Job
from service.engine.xml_output import serialize_graph
from service.http.delivery import (
    SMALLEST,
    WholeResponse,
    choose_encoding,
    compress_beside,
    freeze,
    make_tag,
    matches,
)
from service.http.journal import SCOPE_KEY, Record
from service.http.negotiation import GRAPHS, HTML, RESULTS, Format, choose, find_named, prefers_page
from service.http.outbox import Outbox
from service.http.prefix import find_address
from service.http.problems import Problem, find_status
from service.pages.editor import EditorPage
from service.pages.site import Site
from service.queries.answers import read_table
from service.queries.binding import bind_window
from service.sparql.failures import QueryFailure
from service.sparql.guard import Inspection, inspect
from service.sparql.hints import sharpen
from service.sparql.lookups import Count, Lookup, find_lookup

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
K = TypeVar("K")
V = TypeVar("V")
SOFTWARE = "3"
"""Part of every entity tag; another number where the same question gets other bytes than from earlier versions."""

_NEGOTIATED = frozenset((b"accept", b"accept-encoding"))
_SHOWN_ROWS = 500
_SHOWN_BYTES = 1_000_000
_LISTED_GRAPHS = 500
_REMEMBERED = 1_000
_LONGEST_REMEMBERED = 8_192
#: How long an answer is waited for before the client's going is watched for: most are there by then.
_PATIENCE = 0.02


@dataclass(frozen=True)
class _Kept:
    """The answer to an address that was asked before: where its body is in the cache, its headers and its tag."""

    edition: str
    key: tuple[str, bytes, str]
    headers: list[tuple[bytes, bytes]]
    tag: str
    query: str


class Endpoint:
    """Answers ``/sparql``, and ``/sparql/help`` with what it can do and its limits."""

    def __init__(self, site: Site, outbox: Outbox) -> None:
        self.site = site
        self.outbox = outbox
        self.settings = site.answers.settings
        self.editor = EditorPage(site)
        self.store = site.answers.store
        self._longest = self.settings.max_query_bytes
        self.federation = Federation(self.settings)
        self._kept: OrderedDict[tuple[bytes, ...], _Kept] = OrderedDict()
        self._inspected: OrderedDict[str, Inspection] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""
        record: Record = scope.setdefault(SCOPE_KEY, Record(scope["method"], scope["path"]))
        signature: tuple[bytes, ...] = ()
        wanted: dict[bytes, bytes] = {}
        if scope["method"] == "GET":
            wanted = dict(scope["headers"])
            # Every header of these names in its order: two requests that differ in any are not the same.
            chosen = [part for header in scope["headers"] if header[0] in _NEGOTIATED for part in header]
            signature = (scope["query_string"], *chosen)
            kept = self._kept.get(signature)
            if kept is not None and await self._send_kept(kept, wanted, send, record):
                return
        request = Request(scope, receive)
        response: Response | None
        try:
            response = await self._answer_at_once(signature, wanted, record)
            if response is None:
                response = await self.handle(request, signature)
        except GongkaiError as error:
            record.outcome = find_status(error)[1]
            if isinstance(error, QueryFailure):
                error = sharpen(error, record.query)
            response = self.site.error(request, error, query=record.query)
        if response is not None:
            headers, body = freeze(response)
            await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _send_kept(self, kept: _Kept, wanted: dict[bytes, bytes], send: Send, record: Record) -> bool:
        """Sends the answer that an address got before, if it still holds."""
        if kept.edition != self.store.edition or not isinstance(self.store, EmbeddedStore):
            return False
        record.query, record.snapshot = kept.query, self.store.version
        if matches(wanted.get(b"if-none-match", b"").decode("latin-1"), kept.tag):
            record.source = "client"
            await send({"type": "http.response.start", "status": 304, "headers": _trim(kept.headers)})
            await send({"type": "http.response.body", "body": b""})
            return True
        found = self.store.cache.get(kept.key)
        if found is None:
            return False
        record.source, record.rows = "cache", found[1]
        await send({"type": "http.response.start", "status": 200, "headers": list(kept.headers)})
        await send({"type": "http.response.body", "body": found[0]})
        return True

    async def handle(self, request: Request, signature: tuple[bytes, ...] = ()) -> Response | None:
        """The answer to a request; None if the client has gone.

        Raises :class:`loaders.errors.GongkaiError` of the kinds that ``service.http.problems`` knows.
        """
        if request.method not in METHODS:
            raise Problem(
                405, "method", f"{request.method[:20]} {request.url.path}", "it does not take that method",
                "Ask with GET or POST; the data cannot be changed here", {"Allow": ", ".join(METHODS)},
                zh=("不接受这种方法", "请用 GET 或 POST 查询；数据在此不可修改"),
            )  # fmt: skip
        if request.method == "OPTIONS":
            return answer_options(METHODS)
        question = await read_question(request, self.settings.max_request_bytes, self.settings.client_timeout_seconds)
        browser = prefers_page(_find_accept(request)) and not question.format
        if not question.query.strip():
            if request.method != "POST" and not (
                question.default or question.named or b"query=" in request.scope["query_string"]
            ):
                return await self._describe(request, browser, question)
            raise Problem(
                400, "no_query", "request", "it has no query", "Send it as query=…",
                zh=("请求中没有查询", "请以 query=… 发送"),
            )  # fmt: skip
        return await self._answer(request, question, browser, signature)

    async def _answer(
        self, request: Request, question: Question, browser: bool, signature: tuple[bytes, ...]
    ) -> Response | None:
        record: Record = request.scope[SCOPE_KEY]
        record.query, record.source = question.query, "guard"
        store = self.store if isinstance(self.store, EmbeddedStore) else None
        lookup = self._find_lookup(question.query)
        # What is answered without the engine need not be judged for it.
        inspection = self._inspect(question.query) if lookup is None else Inspection(lookup.form, has_dataset=False)
        form = _choose(request, question, inspection, browser)
        job = self._make_job(question, inspection, form)
        self.outbox.check(record.client)
        encoding = choose_encoding(request.headers.get("accept-encoding"))
        edition, way = self.store.edition, AT_ONCE if store and lookup and store.looks_up(lookup) else ""
        tag = self._make_tag(job, encoding, way) if form is not HTML and not inspection.has_service else ""
        if tag and request.method != "POST" and matches(request.headers.get("if-none-match"), tag):
            record.source = "client"
            return self._confirm(form, tag)
        record.source = "run"
        answer = store.look_up(job, lookup) if lookup and store else None
        if answer is None:
            # The processes have to find it, and the guard stands before them.
            inspection = self._inspect(question.query)
            answer = await run_while_connected(request.receive, self._run(job, inspection))
        if answer is None:
            record.outcome, record.status = "disconnected", 499
            return None
        record.rows, record.snapshot = answer.rows, answer.snapshot
        record.source = "run" if answer.seconds else "cache"
        if form is HTML:
            return await self._show(request, question, inspection, answer)
        if (answer.edition, answer.way) != (edition, way):
            # The tag is that of what is sent.
            tag = self._make_tag(job, encoding, answer.way) if tag and answer.edition == self.store.edition else ""
        return await self._respond(job, form, answer, encoding, tag, signature)

    async def _answer_at_once(
        self, signature: tuple[bytes, ...], wanted: Mapping[bytes, bytes], record: Record
    ) -> WholeResponse | None:
        """The answer to a look-up whose address holds a query and nothing else; None where that is not to be had.

        As :meth:`_answer` gives it, without what only other requests need, which costs more than the look-up itself.
        """
        store, question = self.store, read_alone(signature[0]) if signature else None
        if question is None or not isinstance(store, EmbeddedStore) or signature.count(b"accept") > 1:
            return None
        lookup = self._find_lookup(question.query)
        if lookup is None or not store.looks_up(lookup):
            return None
        record.query, record.source = question.query, "guard"
        accept = wanted.get(b"accept", b"").decode("latin-1")
        inspection = Inspection(lookup.form, has_dataset=False)
        form = None if prefers_page(accept) else choose(accept, _list_formats(inspection))
        if form is None or len(signature[0]) > self.settings.max_request_bytes:
            return None
        job = self._make_job(question, inspection, form)
        self.outbox.check(record.client)
        encoding = choose_encoding(wanted.get(b"accept-encoding", b"").decode("latin-1"))
        tag = self._make_tag(job, encoding, AT_ONCE)
        if tag and matches(wanted.get(b"if-none-match", b"").decode("latin-1"), tag):
            record.source = "client"
            return self._confirm(form, tag)
        answer = store.look_up(job, lookup)
        if answer is None:
            return None
        record.source = "run" if answer.seconds else "cache"
        record.rows, record.snapshot = answer.rows, answer.snapshot
        return await self._respond(job, form, answer, encoding, tag, signature)

    def _confirm(self, form: Format, tag: str) -> WholeResponse:
        """What the client has is still the answer."""
        response = WholeResponse(b"", _make_headers(form, tag, self.settings.cache_max_age_seconds))
        response.status_code, response.raw_headers = 304, _trim(response.raw_headers)
        return response

    async def _respond(
        self, job: Job, form: Format, answer: Answer, encoding: str, tag: str, signature: tuple[bytes, ...]
    ) -> WholeResponse:
        """An answer as it goes out. It is remembered for its address if it is the same for all who ask so."""
        body, coding, key = await self._encode(job, answer, encoding)
        headers = _make_headers(form, tag, self.settings.cache_max_age_seconds)
        headers.append((b"x-gongkai-snapshot", answer.snapshot.encode("latin-1")))
        headers.append((b"x-gongkai-rows", str(answer.rows).encode("ascii")))
        if coding:
            headers.append((b"content-encoding", coding.encode("ascii")))
        response = WholeResponse(body, headers)
        if signature and tag and len(signature[0]) < _LONGEST_REMEMBERED:
            _keep(self._kept, signature, _Kept(answer.edition, key, response.raw_headers, tag, job.query))
        return response

    def _make_job(self, question: Question, inspection: Inspection, form: Format) -> Job:
        rows = inspection.form in ("SELECT", "ASK")
        return self.site.answers.job(
            question.query, form.key if form is not HTML else ("json" if rows else "ttl"),
            union=not inspection.has_dataset, default=question.default, named=question.named,
            fixed=not inspection.has_service,
        )  # fmt: skip

    async def _run(self, job: Job, inspection: Inspection) -> Answer:
        if inspection.has_service:
            job = await self.federation.resolve(job, inspection)
        return await self.store.run(job)

    def _find_lookup(self, query: str) -> Lookup | Count | None:
        """What a query looks up, if that is found here and the query is no longer than queries may be."""
        if not isinstance(self.store, EmbeddedStore) or len(query.encode("utf-8", "surrogatepass")) > self._longest:
            return None
        return find_lookup(query)

    def _inspect(self, query: str) -> Inspection:
        found = self._inspected.get(query)
        if found is None:
            found = inspect(query, self.settings.limits)
            if len(query) <= _LONGEST_REMEMBERED:
                _keep(self._inspected, query, found)
        return found

    def _make_tag(self, job: Job, encoding: str, way: str) -> str:
        if not (job.repeatable and self.store.fingerprint):
            return ""
        held = way or self.store.edition.partition("/")[2]
        return make_tag(SOFTWARE, self.store.fingerprint, held, job.key.hex(), encoding)

    async def _encode(self, job: Job, answer: Answer, encoding: str) -> tuple[bytes, str, tuple[str, bytes, str]]:
        """The body as it goes out, its content coding, and its place in the cache."""
        if not encoding or len(answer.body) < SMALLEST:
            return answer.body, "", (answer.edition, job.key, answer.way)
        key = (answer.edition, job.key, answer.way + encoding)
        cache = self.store.cache if isinstance(self.store, EmbeddedStore) and job.repeatable else None
        found = cache.get(key) if cache else None
        if found is not None:
            return found[0], encoding, key
        body = await compress_beside(answer.body, encoding)
        if cache is not None and answer.edition == self.store.edition:
            cache.put(key, body, answer.rows)
        return body, encoding, key

    async def _show(self, request: Request, question: Question, inspection: Inspection, answer: Answer) -> Response:
        """The answer as a page: the first rows, and how many there are in all."""
        context: dict[str, Any] = {"query": question.query, "table": None, "text": None, "size": len(answer.body)}
        if inspection.form in ("SELECT", "ASK"):
            table = read_table(answer.body, answer.snapshot)
            context |= {"table": table, "rows": table.rows[:_SHOWN_ROWS], "total": len(table.rows)}
        else:
            context |= {"text": answer.body[:_SHOWN_BYTES].decode("utf-8", "ignore")}
        return await self.editor.show(request, _list_formats(inspection), **context)

    async def _describe(self, request: Request, browser: bool, question: Question) -> Response:
        """The Service Description, or for a browser the page to write a query on."""
        if browser or find_named(question.format, (HTML,)):
            return await self.editor.show(request, RESULTS + GRAPHS)
        accept = _find_accept(request)
        form = find_named(question.format, GRAPHS) if question.format else choose(accept, GRAPHS)
        if form is None:
            raise Problem(
                406, "not_acceptable", f"Accept: {(accept or '')[:120]}", "the service description has no such form",
                "Ask for text/turtle", zh=("服务描述没有这种格式", "请要求 text/turtle"),
            )  # fmt: skip
        job = self.site.answers.job
        query = bind_window(read_internal("endpoint/named-graphs"), _LISTED_GRAPHS + 1)
        rows = read_table((await self.store.run(job(query, "json", union=False))).body).rows
        # An engine elsewhere may take an empty pattern for one row of nothing.
        listed = [row for row in rows if "graph" in row]
        count = len(listed)
        if count > _LISTED_GRAPHS:
            answer = await self.store.run(job(read_internal("endpoint/graph-count"), "json", union=False))
            count = int(read_table(answer.body).rows[0]["count"].text)
        quads = self.store.describe().get("quads")
        description = describe_service(
            find_address(request), self.settings,
            [row["graph"].text for row in listed[:_LISTED_GRAPHS] if row["graph"].is_iri], count, quads,
            self.site.answers.catalogue.list_all(),
        )  # fmt: skip
        writer = ox.RdfFormat.from_media_type(form.media_type)
        body = serialize_graph(description, writer, PREFIXES if form.key in ("ttl", "trig") else None)
        tag = make_tag("description", body)
        headers = {"Content-Type": form.content_type, "Vary": "Accept", "Cache-Control": "no-cache", "ETag": tag}
        if matches(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers)

    async def help(self, request: Request) -> Response:
        """The page that says what the endpoint takes, gives and bounds."""
        return self.site.page(
            request, "sparql_help.html", limits=list_limits(self.settings), results=RESULTS, graphs=GRAPHS,
            settings=self.settings, queries=self.site.answers.catalogue.list_all(),
        )  # fmt: skip


def _choose(request: Request, question: Question, inspection: Inspection, browser: bool) -> Format:
    offered = _list_formats(inspection)
    if question.format:
        form = find_named(question.format, (*offered, HTML))
        wish = f"format={question.format[:60]}"
    else:
        accept = _find_accept(request)
        form = HTML if browser else choose(accept, offered)
        wish = f"Accept: {(accept or '')[:120]}"
    if form is None:
        names = ", ".join(f"{f.key} ({f.media_type})" for f in offered)
        raise Problem(
            406, "not_acceptable", wish, f"a {inspection.form} query has no answer in that form",
            f"Ask for one of: {names}", zh=(f"{inspection.form} 查询没有这种格式的结果", f"可选：{names}"),
        )  # fmt: skip
    return form


def _find_accept(request: Request) -> str | None:
    """The Accept header, though it be sent in several lines."""
    return ", ".join(request.headers.getlist("accept")) or None


def _make_headers(form: Format, tag: str, age: int) -> list[tuple[bytes, bytes]]:
    keeping = f"public, max-age={age}" if tag else "no-cache"
    headers = [
        (b"content-type", form.content_type.encode("latin-1")),
        (b"vary", b"Accept, Accept-Encoding"),
        (b"cache-control", keeping.encode("ascii")),
    ]
    if tag:
        headers.append((b"etag", tag.encode("ascii")))
    return headers


def _list_formats(inspection: Inspection) -> tuple[Format, ...]:
    return RESULTS if inspection.form in ("SELECT", "ASK") else GRAPHS


def _trim(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers that a 304 carries."""
    return [h for h in headers if h[0] not in (b"content-length", b"content-encoding")]


def _keep(table: OrderedDict[K, V], key: K, value: V) -> None:
    table[key] = value
    table.move_to_end(key)
    if len(table) > _REMEMBERED:
        table.popitem(last=False)


def answer_options(methods: Sequence[str]) -> Response:
    """The answer to OPTIONS: what may be done, by anyone from anywhere."""
    allowed = ", ".join(methods)
    return Response(
        status_code=204,
        headers={
            "Allow": allowed,
            "Access-Control-Allow-Methods": allowed,
            "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, Cache-Control",
            "Access-Control-Max-Age": "86400",
        },
    )


async def run_while_connected(receive: Receive, work: Awaitable[Answer]) -> Answer | None:
    """The answer, or None if the client went away first: the work is then cancelled, which ends its process."""
    ours = asyncio.current_task()
    assert ours is not None
    gone = False
    watcher: asyncio.Task[None] | None = None

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        ours.cancel()

    def begin() -> None:
        nonlocal watcher
        watcher = asyncio.ensure_future(watch())

    timer = asyncio.get_running_loop().call_later(_PATIENCE, begin)
    try:
        return await work
    except asyncio.CancelledError:
        if not gone or ours.uncancel():
            raise  # somebody else wants all of this to end
        return None
    finally:
        timer.cancel()
        if watcher is not None and not watcher.done():
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
