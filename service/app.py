"""The web application: routes, errors, headers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from loaders import __version__
from loaders.errors import GongkaiError
from service.answers import Answers
from service.asking import Asking
from service.catalogue import QueryCatalogue
from service.checks_page import ChecksPage
from service.linked_data import LinkedData
from service.problems import Problem
from service.protocol import METHODS, Endpoint
from service.query_page import QueryPages
from service.settings import ServiceSettings
from service.site import SECURITY_HEADERS, Site
from service.store import Store, open_store
from service.views import Views

_WEB = Path(__file__).parent / "web"
Handler = Callable[[Request], Awaitable[Response]]


class SecurityHeaders:
    """Adds the headers that keep a page harmless to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(k.lower().encode("ascii"), v.encode("ascii")) for k, v in SECURITY_HEADERS.items()]
                # A page that needs more than the others (the editor) says so itself.
                set_already = {name for name, _ in message["headers"]}
                extra = [header for header in extra if header[0] not in set_already]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def create_app(settings: ServiceSettings | None = None, store: Store | None = None) -> FastAPI:
    """The application over a store; it is opened when the server starts.

    Raises :class:`loaders.errors.QueryError` if a canned query's file is wrong.
    """
    settings = settings or ServiceSettings()
    store = store or open_store(settings)
    answers = Answers(store, settings, QueryCatalogue.load(settings.base))
    site = Site(answers)
    asking = Asking(site, store)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await store.start()
        asking.start()
        try:
            yield
        finally:
            await asking.close()
            await store.close()

    # FastAPI's own documentation pages load scripts from elsewhere, so they stay off.
    app = FastAPI(title="Gongkai", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    views, checks, linked, endpoint = Views(site), ChecksPage(site), LinkedData(site), Endpoint(site)
    queries = QueryPages(site)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__, "store": store.describe()})

    # The hot route is a plain one: FastAPI's parsing of parameters would cost more than a point query.
    app.router.routes.append(Route("/sparql", endpoint.handle, methods=list(METHODS), include_in_schema=False))
    pages: dict[str, Handler] = {
        "/": views.start,
        "/queries": queries.list_queries,
        "/queries/{name}": queries.answer,
        "/documents": views.documents,
        "/documents/{name}": views.document,
        "/documents/{name}/checks": checks.page,
        "/documents/{name}/checks.json": checks.data,
        "/id/{path:path}": linked.redirect,
        "/page/{path:path}": linked.page,
        "/data/{path:path}": linked.data,
        "/ontology": linked.ontology,
        "/sparql/completions.json": endpoint.editor.completions,
        "/health": health,
    }
    for path, handler in pages.items():
        app.router.routes.append(Route(path, handler, methods=["GET"]))
    for path, handler, methods in asking.routes():
        app.router.routes.append(Route(path, handler, methods=methods))
    app.mount("/web", StaticFiles(directory=_WEB), name="web")
    app.add_middleware(SecurityHeaders)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"],
                       expose_headers=["X-Gongkai-Snapshot", "Retry-After"])  # fmt: skip

    async def explain(request: Request, error: Exception) -> Response:
        assert isinstance(error, GongkaiError)
        return site.error(request, error)

    async def explain_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 405:
            problem = Problem(
                405, "method", f"{request.method[:20]} {request.url.path[:80]}", "it does not take that method",
                f"Use {(error.headers or {}).get('Allow', 'GET')}", error.headers,
            )  # fmt: skip
        else:
            problem = Problem(
                error.status_code, "not_found", request.url.path[:120], "there is nothing at this address",
                "Begin at the start page /",
            )  # fmt: skip
        return site.error(request, problem)

    app.add_exception_handler(GongkaiError, explain)
    app.add_exception_handler(HTTPException, explain_http)
    return app
