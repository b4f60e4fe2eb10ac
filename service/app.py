"""The web application: routes, errors, headers."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from loaders import __version__
from loaders.errors import GongkaiError
from service.endpoint.graph_store import GraphStore
from service.endpoint.protocol import Endpoint
from service.engine.memory import tidy_up
from service.engine.pictures import Pictures
from service.engine.store import Store, open_store
from service.http.front import EXPOSED, Front
from service.http.journal import SCOPE_KEY, Journal, Record
from service.http.negotiation import prefers_page
from service.http.outbox import Outbox
from service.http.prefix import find_prefix
from service.http.problems import Problem
from service.linked.changes import ChangePages
from service.linked.crawling import Crawling
from service.linked.linked_data import LinkedData
from service.linked.openapi import describe_api
from service.linked.routes import Asking
from service.linked.trial_pages import TrialPages
from service.pages.checks_page import ChecksPage
from service.pages.compare_page import ComparePage
from service.pages.data_pages import DataPages
from service.pages.explorer.page import ExplorerPages
from service.pages.loaded_page import LoadedPage
from service.pages.page_cache import PageCache
from service.pages.page_view import PageView
from service.pages.query_page import QueryPages
from service.pages.sheet_page import SheetPage
from service.pages.site import Site
from service.pages.start_page import StartPage
from service.pages.views import Views
from service.queries.answers import Answers
from service.queries.catalogue import QueryCatalogue
from service.settings import ServiceSettings

_WEB = Path(__file__).parent / "web"
#: Objects; garbage in cycles is rare here. Python's own number is 700.
_COLLECT_AFTER = 20_000
Handler = Callable[[Request], Awaitable[Response]]
Lifespan = Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]
#: What is told of this moment, of a build, or of files beside the data, is no matter of the data: such pages are never
#: kept.
_PASSING = {"/health", "/ready", "/metrics", "/loaded", "/loaded.json", "/documents/{name}/pages/{page}"}


def create_app(settings: ServiceSettings | None = None, store: Store | None = None) -> Starlette:
    """The application over a store; it is opened when the server starts.

    Raises :class:`loaders.errors.QueryError` if a canned query's file is wrong.
    """
    settings = settings or ServiceSettings()
    store = store or open_store(settings)
    site = Site(Answers(store, settings, QueryCatalogue.load(settings.base)))
    asking, journal = Asking(site, store), Journal(settings, store)
    outbox = Outbox(settings.max_unsent_bytes, settings.max_client_unsent_bytes)
    endpoint, errors = Endpoint(site, outbox), _Errors(site)
    cache = PageCache(site, settings.page_cache_bytes, settings.cache_max_age_seconds)
    pages = _list_pages(site, endpoint) | Crawling(site).pages | _Condition(store, journal).pages
    pages |= ChangePages(site, asking.maker).pages
    pages["/documents/{name}/pages/{page}"] = PageView(site, Pictures(store, settings)).answer
    app = Starlette(
        routes=[
            *(Route(path, h if path in _PASSING else cache.keep(h), methods=["GET"]) for path, h in pages.items()),
            *(Route(path, handler, methods=methods) for path, handler, methods in asking.routes()),
            *_list_trial_routes(TrialPages(site, settings)),
            Mount("/web", StaticFiles(directory=_WEB), name="web"),
        ],
        middleware=[
            # Outermost: its routes are plain ones, which nothing of what follows slows down.
            Middleware(
                Front, routes={"/sparql": endpoint, "/graphs": GraphStore(site, outbox)}, journal=journal,
                outbox=outbox, proxies=settings.proxies, per_client=settings.max_client_connections,
                prefix=settings.root_path,
                tell=lambda scope, error: site.error(Request(scope), error),
            ),
            Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"],
                       expose_headers=EXPOSED),
        ],
        exception_handlers={
            GongkaiError: errors.explain, HTTPException: errors.explain_http, Exception: errors.explain_defect,
        },
        lifespan=_make_lifespan(store, asking, journal),
    )  # fmt: skip
    # Slashes at the end of an address are a matter of Front, with an address that no Host header can falsify.
    app.router.redirect_slashes = False
    return app


def _make_lifespan(store: Store, asking: Asking, journal: Journal) -> Lifespan:
    @contextlib.asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
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

    return live


def _list_trial_routes(trials: TrialPages) -> list[Route]:
    """What a reader's own document is brought to, and read at. None of it is kept with the pages of the data."""
    return [
        Route("/try", trials.form, methods=["GET"]),
        Route("/try", trials.bring, methods=["POST"]),
        Route("/try/{name}", trials.result, methods=["GET"]),
        Route("/try/{name}/text", trials.text, methods=["GET"]),
        Route("/try/{name}/forget", trials.forget, methods=["POST"]),
        Route("/try/{name}/{file}", trials.file, methods=["GET"]),
    ]


def _list_pages(site: Site, endpoint: Endpoint) -> dict[str, Handler]:
    """What is shown of the data, by path."""
    views, checks, linked = Views(site), ChecksPage(site), LinkedData(site)
    sheet = SheetPage(site)
    queries, data, compare, loaded = QueryPages(site), DataPages(site, views), ComparePage(site), LoadedPage(site)
    description = describe_api(site.answers.catalogue, site.answers.settings)

    async def ontology(request: Request) -> Response:
        return data.ontology(request) if prefers_page(request.headers.get("accept")) else await linked.ontology(request)

    async def api(request: Request) -> Response:
        return JSONResponse(description | {"servers": [{"url": find_prefix(request) or "/"}]})

    explorer = ExplorerPages(site)
    return {
        "/": StartPage(site, views).show,
        "/explore": explorer.page,
        **{f"/explore.{extension}": explorer.data for extension in ("csv", "svg", "png", "rq")},
        "/embed/explore": explorer.embed,
        "/oembed": explorer.oembed,
        "/queries": queries.list_queries,
        "/queries.ttl": queries.describe,
        "/queries/themes": linked.description,
        "/queries/choices/{name}": linked.description,
        "/catalogue": linked.description,
        "/graph/{name}": linked.graph,
        "/alignments": linked.ontology,
        "/shapes": linked.ontology,
        "/shapes/{version}": linked.ontology,
        "/queries/{name}": queries.answer,
        "/documents": views.documents,
        "/documents/{name}": views.document,
        "/documents/{name}/checks": checks.page,
        "/documents/{name}/checks.json": checks.data,
        "/documents/{name}/sheet": sheet.page,
        "/documents/{name}/sheet.json": sheet.data,
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
        "/ontology/{version}": linked.ontology,
        "/openapi.json": api,
        "/sparql/help": endpoint.help,
        "/sparql/completions.json": endpoint.editor.completions,
    }


class _Condition:
    """How the service is, for those who run it."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self.store = store
        self.journal = journal
        self.pages: dict[str, Handler] = {"/health": self.health, "/ready": self.ready, "/metrics": self.metrics}

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__, "store": self.store.describe()})

    async def ready(self, request: Request) -> Response:
        # It still answers while it leaves; nobody is to be sent here any more.
        leaving = getattr(request.app.state, "leaving", False)
        if self.store.ready and not leaving:
            return JSONResponse({"status": "ready", "snapshot": self.store.version})
        return JSONResponse({"status": "leaving" if leaving else "not ready"}, 503, {"Retry-After": "1"})

    async def metrics(self, _: Request) -> Response:
        return Response(self.journal.expose(), media_type="text/plain; version=0.0.4; charset=utf-8")


class _Errors:
    """Whatever goes wrong, told as the client likes to be told."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def explain(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, GongkaiError)
        return self.site.error(request, error)

    async def explain_http(self, request: Request, error: Exception) -> Response:
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
        return self.site.error(request, problem)

    async def explain_defect(self, request: Request, _: Exception) -> Response:
        # The exception itself goes on to the server's log; strangers learn nothing of our insides.
        record = request.scope.get(SCOPE_KEY)
        name = record.id if isinstance(record, Record) else "-"
        return self.site.error(request, Problem(
            500, "internal", request.url.path[:120], "this is a defect of the service",
            f"Tell those who run it, with the name of this request: {name}",
            zh=("这是服务自身的缺陷", f"请告知服务的运行者，并附上本次请求的编号 {name}"),
        ))  # fmt: skip
