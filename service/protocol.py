"""The SPARQL 1.1 Protocol, query half, at ``/sparql``, and the Service Description."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from service.answers import read_table
from service.editor import EditorPage
from service.guard import Inspection, inspect
from service.negotiation import GRAPHS, HTML, RESULTS, Format, choose, find_named, prefers_page
from service.problems import Problem
from service.site import Site
from service.workers import Answer

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
_SHOWN_ROWS = 500
_SHOWN_BYTES = 1_000_000

_SD = "http://www.w3.org/ns/sparql-service-description#"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_FORMATS = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True)
class Question:
    """What a request asks: the query ("" for none), the graphs it names, the format it names."""

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    format: str = ""


class Endpoint:
    """Answers ``/sparql``."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.settings = site.answers.settings
        self.editor = EditorPage(site)

    async def handle(self, request: Request) -> Response:
        """One request. Raises :class:`loaders.errors.GongkaiError` of the kinds that ``service.problems`` knows."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(METHODS)})
        question = await self._read(request)
        browser = prefers_page(request.headers.get("accept")) and not question.format
        if not question.query.strip():
            if request.method != "POST" and not (question.default or question.named):
                return await self._describe(request, browser, question)
            raise Problem(400, "no_query", "request", "it has no query", "Send it as query=…")
        inspection = inspect(question.query, self.settings.limits)
        form = self._choose(request, question, inspection, browser)
        job = self.site.answers.job(
            question.query,
            form.key if form is not HTML else ("json" if inspection.form in ("SELECT", "ASK") else "ttl"),
            union=not inspection.has_dataset,
            default=question.default,
            named=question.named,
        )
        answer = await run_while_connected(request, self.site.answers.store.run(job))
        if answer is None:
            return Response(status_code=204)
        if form is HTML:
            return await self._show(request, question, inspection, answer)
        headers = {"Content-Type": form.content_type, "Vary": "Accept", "X-Gongkai-Snapshot": answer.snapshot}
        return Response(answer.body, headers=headers)

    def _choose(self, request: Request, question: Question, inspection: Inspection, browser: bool) -> Format:
        offered = RESULTS if inspection.form in ("SELECT", "ASK") else GRAPHS
        if question.format:
            form = find_named(question.format, (*offered, HTML))
            wish = f"format={question.format[:60]}"
        else:
            form = HTML if browser else choose(request.headers.get("accept"), offered)
            wish = f"Accept: {request.headers.get('accept', '')[:120]}"
        if form is None:
            names = ", ".join(f"{f.key} ({f.media_type})" for f in offered)
            raise Problem(
                406, "not_acceptable", wish, f"a {inspection.form} query has no answer in that form",
                f"Ask for one of: {names}",
            )  # fmt: skip
        return form

    async def _read(self, request: Request) -> Question:
        fields = _read_fields(request.scope["query_string"], "the address")
        if request.method in ("GET", "HEAD"):
            return _read_question(fields)
        body = await self._read_body(request)
        content_type = request.headers.get("content-type", "")
        kind, _, parameters = content_type.partition(";")
        kind = kind.strip().lower()
        charset = parameters.lower().partition("charset=")[2].strip(" \"'")
        if kind in (_FORM, _DIRECT) and charset not in ("", "utf-8", "utf8"):
            raise Problem(415, "charset", f"Content-Type: {content_type[:80]}", "only UTF-8 is read", "Send UTF-8")
        if kind == _FORM:
            question = _read_question(_read_fields(body, "the form"))
            extra = _read_question(fields)
            return question if question.format else Question(
                question.query, question.default, question.named, extra.format
            )  # fmt: skip
        if kind == _DIRECT:
            return _read_question([("query", _decode(body, "the body")), *fields])
        if kind == _UPDATE:
            raise _no_update()
        raise Problem(
            415, "content_type", f"Content-Type: {content_type[:80] or '(none)'}", "a query is not sent like that",
            f"Send the query itself as {_DIRECT}, or query=… as {_FORM}", {"Accept-Post": f"{_DIRECT}, {_FORM}"},
        )  # fmt: skip

    async def _read_body(self, request: Request) -> bytes:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self.settings.max_request_bytes:
                raise Problem(
                    413, "max_request_bytes", "request", f"its body exceeds {self.settings.max_request_bytes:,} bytes",
                    "Shorten the query, or raise GONGKAI_MAX_REQUEST_BYTES on a server of your own",
                )  # fmt: skip
        return bytes(body)

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
        accept = request.headers.get("accept")
        form = find_named(question.format, GRAPHS) if question.format else choose(accept, GRAPHS)
        if form is None:
            raise Problem(
                406, "not_acceptable", f"Accept: {(accept or '')[:120]}", "the service description has no such form",
                "Ask for text/turtle",
            )  # fmt: skip
        body = ox.serialize(
            describe_service(str(request.url.replace(query="", fragment="")), self.settings.service_allow),
            format=_writer(form), prefixes={"sd": _SD} if form.key in ("ttl", "trig") else None,
        )  # fmt: skip
        return Response(body, headers={"Content-Type": form.content_type, "Vary": "Accept"})


def _writer(form: Format) -> ox.RdfFormat:
    found = ox.RdfFormat.from_media_type(form.media_type)
    assert found is not None, form.media_type
    return found


def _list_formats(inspection: Inspection) -> Sequence[Format]:
    return RESULTS if inspection.form in ("SELECT", "ASK") else GRAPHS


def describe_service(address: str, allowed: Sequence[str] = ()) -> list[ox.Triple]:
    """The Service Description of the endpoint at an address."""
    try:
        endpoint = ox.NamedNode(address)
    except ValueError:
        raise Problem(400, "host", "Host", "the address of the request is no IRI", "Send a proper Host") from None
    service = ox.BlankNode("service")
    dataset, graph = ox.BlankNode("dataset"), ox.BlankNode("graph")

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(_SD + name)

    triples = [
        ox.Triple(service, _RDF_TYPE, sd("Service")),
        ox.Triple(service, sd("endpoint"), endpoint),
        ox.Triple(service, sd("supportedLanguage"), sd("SPARQL11Query")),
        ox.Triple(service, sd("feature"), sd("UnionDefaultGraph")),
        ox.Triple(service, sd("defaultDataset"), dataset),
        ox.Triple(dataset, _RDF_TYPE, sd("Dataset")),
        ox.Triple(dataset, sd("defaultGraph"), graph),
        ox.Triple(graph, _RDF_TYPE, sd("Graph")),
    ]
    if allowed:
        triples.append(ox.Triple(service, sd("feature"), sd("BasicFederatedQuery")))
    names = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle",
             "N-Triples", "RDF_XML", "JSON-LD", "N-Quads", "TriG")  # fmt: skip
    triples += [ox.Triple(service, sd("resultFormat"), ox.NamedNode(_FORMATS + name)) for name in names]
    return triples


def _read_question(fields: Sequence[tuple[str, str]]) -> Question:
    queries = [value for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise _no_update()
    if any(name in ("using-graph-uri", "using-named-graph-uri") for name, _ in fields):
        raise _no_update()
    if len(queries) > 1:
        raise Problem(400, "two_queries", "request", f"it has {len(queries)} queries", "Send one query at a time")
    default = tuple(value for name, value in fields if name == "default-graph-uri")
    named = tuple(value for name, value in fields if name == "named-graph-uri")
    for graph in (*default, *named):
        try:
            ox.NamedNode(graph)
        except ValueError:
            raise Problem(
                400, "graph_iri", "default-graph-uri, named-graph-uri", f"{graph[:80]!r} is no absolute IRI",
                "Name a graph by its full IRI",
            ) from None  # fmt: skip
    wish = next((value for name, value in fields if name == "format"), "")
    return Question(queries[0] if queries else "", default, named, wish)


def _read_fields(raw: bytes, place: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except UnicodeDecodeError:
        raise _not_utf8(place) from None
    except ValueError:
        raise Problem(400, "fields", place, "it has more than 1,000 fields", "Send fewer") from None


def _decode(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8(place) from None


def _not_utf8(place: str) -> Problem:
    return Problem(400, "not_utf8", place, "it is not UTF-8", "Encode the query as UTF-8 (and then in %XX)")


def _no_update() -> Problem:
    return Problem(
        403, "update", "request", "it asks for an update, and this endpoint is read-only",
        "Ask with query=…; to change data, build a store of your own",
    )  # fmt: skip


async def run_while_connected(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer | None:
    """The answer, or None if the client went away first: the work is then cancelled, which ends its process."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    task = asyncio.ensure_future(work)
    watcher = asyncio.ensure_future(watch())
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        watcher.cancel()
        # The outcome, if there is one, was taken above; here both only have to have ended.
        await asyncio.gather(task, watcher, return_exceptions=True)
