"""The web application: routes, errors, headers."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from loaders import __version__
from loaders.errors import GongkaiError
from service.endpoint.graph_store import GraphStore
from service.endpoint.protocol import Endpoint
from service.engine.memory import tidy_up
from service.engine.store import Store, open_store
from service.http.front import EXPOSED, Front
from service.http.journal import Journal
from service.http.negotiation import prefers_page
from service.http.outbox import Outbox
from service.http.problems import Problem
from service.linked.linked_data import LinkedData
from service.linked.openapi import describe_api
from service.linked.routes import Asking
from service.pages.checks_page import ChecksPage
from service.pages.compare_page import ComparePage
from service.pages.data_pages import DataPages
from service.pages.loaded_page import LoadedPage
from service.pages.page_cache import PageCache
from service.pages.query_page import QueryPages
from service.pages.site import Site
from service.pages.views import Views
from service.queries.answers import Answers
from service.queries.catalogue import QueryCatalogue
from service.settings import ServiceSettings

_WEB = Path(__file__).parent / "web"
#: Objects; garbage in cycles is rare here. Python's own number is 700.
_COLLECT_AFTER = 20_000
Handler = Callable[[Request], Awaitable[Response]]


def create_app(settings: ServiceSettings | None = None, store: Store | None = None) -> FastAPI:
    """The application over a store; it is opened when the server starts.

    Raises :class:`loaders.errors.QueryError` if a canned query's file is wrong.
    """
    settings = settings or ServiceSettings()
    store = store or open_store(settings)
    answers = Answers(store, settings, QueryCatalogue.load(settings.base))
    site = Site(answers)
    asking = Asking(site, store)

    journal = Journal(settings, store)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await store.start()
        asking.start()
        # What is here now stays. Looking through it for garbage took a tenth of the time of small queries.
        gc.collect()
        gc.freeze()
        before = gc.get_threshold()
        gc.set_threshold(_COLLECT_AFTER)
        tidying = asyncio.create_task(tidy_up())
        try:
            yield
        finally:
            tidying.cancel()
            await asyncio.gather(tidying, return_exceptions=True)
            await asking.close()
            await store.close()
            journal.close()
            gc.set_threshold(*before)
            gc.unfreeze()

    # FastAPI's own documentation pages load scripts from elsewhere, so they stay off.
    # Its telemetry, which calls nobody here, would read its settings anew for each request.
    silence: TelemetryConfig = {"auto_configure": False, "tracing": False, "metrics": False, "logs": False}
    app = FastAPI(title="Gongkai", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None,
                  openapi_url=None, telemetry=silence)  # fmt: skip
    # Slashes at the end of an address are a matter of Front, with an address that no Host header can falsify.
    app.router.redirect_slashes = False
    outbox = Outbox(settings.max_unsent_bytes, settings.max_client_unsent_bytes)
    views, checks, linked, endpoint = Views(site), ChecksPage(site), LinkedData(site), Endpoint(site, outbox)
    queries, data = QueryPages(site), DataPages(site, views)
    compare = ComparePage(site)

    async def ontology(request: Request) -> Response:
        return data.ontology(request) if prefers_page(request.headers.get("accept")) else await linked.ontology(request)

    async def api(_: Request) -> Response:
        return JSONResponse(describe_api(answers.catalogue, settings))

    loaded = LoadedPage(site)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__, "store": store.describe()})

    async def ready(_: Request) -> Response:
        if store.ready:
            return JSONResponse({"status": "ready", "snapshot": store.version})
        return JSONResponse({"status": "not ready"}, 503, {"Retry-After": "1"})

    async def metrics(_: Request) -> Response:
        return Response(journal.expose(), media_type="text/plain; version=0.0.4; charset=utf-8")

    pages: dict[str, Handler] = {
        "/": views.start,
        "/queries": queries.list_queries,
        "/queries.ttl": queries.describe,
        "/queries/themes": linked.description,
        "/queries/choices/{name}": linked.description,
        "/catalogue": linked.description,
        "/graph/{name}": linked.graph,
        "/alignments": linked.ontology,
        "/queries/{name}": queries.answer,
        "/documents": views.documents,
        "/documents/{name}": views.document,
        "/documents/{name}/checks": checks.page,
        "/documents/{name}/checks.json": checks.data,
        "/loaded": loaded.page,
        "/loaded.json": loaded.data,
        "/id/{path:path}": linked.redirect,
        "/page/{path:path}": linked.page,
        "/data/{path:path}": linked.data,
        "/compare": compare.answer,
        "/compare.csv": compare.answer,
        "/compare.json": compare.answer,
        "/data": data.data,
        "/coverage.json": data.data,
        "/help": data.help,
        "/ontology": ontology,
        "/ontology.{extension}": linked.ontology,
        "/openapi.json": api,
        "/health": health,
        "/ready": ready,
        "/metrics": metrics,
        "/sparql/help": endpoint.help,
        "/sparql/completions.json": endpoint.editor.completions,
    }
    cache = PageCache(site, settings.page_cache_bytes, settings.cache_max_age_seconds)
    # What is told of this moment, or of a build, is no matter of the data.
    passing = {"/health", "/ready", "/metrics", "/loaded", "/loaded.json"}
    for path, handler in pages.items():
        kept = handler if path in passing else cache.keep(handler)
        app.router.routes.append(Route(path, kept, methods=["GET"]))
    for path, handler, methods in asking.routes():
        app.router.routes.append(Route(path, handler, methods=methods))
    app.mount("/web", StaticFiles(directory=_WEB), name="web")
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"],
                       expose_headers=EXPOSED)  # fmt: skip
    # Added last, so outermost: these two routes are plain ones that nothing of the above slows down.
    app.add_middleware(
        Front, routes={"/sparql": endpoint, "/graphs": GraphStore(site, outbox)}, journal=journal, outbox=outbox,
        proxies=settings.proxies, per_client=settings.max_client_connections,
        tell=lambda scope, error: site.error(Request(scope), error),
    )  # fmt: skip

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

    async def explain_defect(request: Request, _: Exception) -> Response:
        # The exception itself goes on to the server's log; strangers learn nothing of our insides.
        return site.error(request, Problem(
            500, "internal", request.url.path[:120], "this is a defect of the service", "Tell those who run it",
            zh=("这是服务自身的缺陷", "请告知服务的运行者"),
        ))  # fmt: skip

    app.add_exception_handler(GongkaiError, explain)
    app.add_exception_handler(Exception, explain_defect)
    app.add_exception_handler(HTTPException, explain_http)
    return app
