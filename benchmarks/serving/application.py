"""The application as the servers under test import it: :func:`make_app` reads the environment.

``BENCH_ROUTE`` is ``plain`` (as `gongkai serve` has it), ``router`` (the same endpoint as an ordinary Starlette route
behind the middleware of the pages) or ``bare`` (no work at all: what server and loop cost by themselves).
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.app import create_app
from service.endpoint.protocol import Endpoint
from service.http.front import Front
from service.http.journal import SCOPE_KEY, Record
from service.pages.site import Site

_BODY = b'{"head":{"vars":["p","o"]},"results":{"bindings":[]}}'


async def answer_nothing(scope: dict[str, Any], receive: Callable[..., Awaitable[Any]], send: Any) -> None:
    """The least that an ASGI application does."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})


def make_app() -> Any:
    """The application that ``BENCH_ROUTE`` names."""
    route = os.environ.get("BENCH_ROUTE", "plain")
    if route == "bare":
        return answer_nothing
    app = create_app()
    if route == "router":
        _use_router(app)
    return app


def _use_router(app: Starlette) -> None:
    front = next(m for m in app.user_middleware if m.cls is Front)
    routes: dict[str, Any] = dict(front.kwargs["routes"])
    endpoint: Endpoint = routes.pop("/sparql")
    front.kwargs["routes"] = routes
    site: Site = endpoint.site
    assert site is not None

    async def sparql(request: Request) -> Response:
        request.scope.setdefault(SCOPE_KEY, Record("GET", "/sparql"))
        response = await endpoint.handle(request)
        assert response is not None
        return response

    app.router.routes.append(Route("/sparql", sparql, methods=["GET"]))
