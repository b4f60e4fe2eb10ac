"""Whatever is sent to whatever route: no defect of ours answers, and every error says what is wrong."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.routing import Mount, Route

from service.app import create_app
from service.http.front import Front
from service.settings import ServiceSettings
from tests.service.rubbish import Line, Reply, Rubbish, list_rubbish
from tests.volume import size
from tests.waiting import PATIENCE

_LINES = 8
#: What stands for the parameters of a route when the rubbish is elsewhere; a new route with parameters needs a line.
_SAMPLES = {
    "/queries/{name}": "offices-funding-service",
    "/queries/choices/{name}": "agency",
    "/graph/{name}": "documents",
    "/documents/{name}": "shenzhen-2023-budget",
    "/documents/{name}/checks": "shenzhen-2023-budget",
    "/documents/{name}/checks.json": "shenzhen-2023-budget",
    "/documents/{name}/pages/{page}": "1",
    "/try/{name}": "nothing",
    "/try/{name}/text": "nothing",
    "/try/{name}/forget": "nothing",
    "/try/{name}/{file}": "figures.csv",
    "/documents/{name}/sheet": "shenzhen-2023-budget",
    "/documents/{name}/sheet.json": "shenzhen-2023-budget",
    "/id/{path:path}": "agency/440300-1f3c9a20",
    "/page/{path:path}": "agency/440300-1f3c9a20",
    "/data/{path:path}": "agency/440300-1f3c9a20.ttl",
    "/ontology.{extension}": "nt",
    "/ontology/{version}": "0.2.0",
    "/shapes/{version}": "0.2.0",
    "/reconcile/suggest/{what}": "entity",
    "/reconcile/flyout/{what}": "entity",
    "/dataset.{extension}": "jsonld",
    "/dumps/{path:path}": "figures.csv",
    "/sitemap-{number:int}.xml": "1",
    "/frames/{name}": "Agency.jsonld",
    "/changes.{extension}": "json",
    "/changes/{name}": "1",
    "/web": "style.css",
}
_KINDS = tuple(list_rubbish())


@cache
def list_routes() -> dict[str, str]:
    """The addresses of all routes of the application, with ``{}`` for their parameters, and a good value for these."""
    app = create_app(ServiceSettings(store=Path("nowhere")))
    front = next(m for m in app.user_middleware if m.cls is Front)
    found = dict.fromkeys(front.kwargs["routes"], "")
    for route in app.router.routes:
        assert isinstance(route, Route | Mount), f"a route of a new sort: {route}"
        path = re.sub(r"\{[^}]*\}", "{}", route.path) if isinstance(route, Route) else f"{route.path}/{{}}"
        found[path] = _SAMPLES[route.path] if "{}" in path else ""
    return found


#: Routes that read bodies, headers and parameters of their own: they get everything in every run.
_READERS = ("/sparql", "/reconcile", "/queries/{}")
#: To every so manieth route goes a parameter, which routes read themselves, and anything else.
_PARAMETERS, _OTHERS = size(3, 1), size(12, 1)


def pair(routes: dict[str, str]) -> Iterator[tuple[str, Rubbish]]:
    """What is sent where: at night all to all, else each kind to some routes, in turns."""
    for place, route in enumerate(routes):
        for number, kind in enumerate(_KINDS):
            every = _PARAMETERS if kind.title.startswith("parameter ") else _OTHERS
            if route in _READERS or (place + number) % every == 0:
                yield route, kind


async def sweep(url: str, routes: dict[str, str]) -> list[tuple[str, Rubbish, Reply]]:
    """Sends each kind to its route, over a few connections at once."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    waiting = pair(routes)
    found = []

    async def work(line: Line) -> None:
        for route, kind in waiting:
            request = kind.write(route, routes[route])
            if request is not None:
                found.append((route, kind, await line.ask(request, kind.ends)))

    lines = [Line(parts.hostname, parts.port) for _ in range(_LINES)]
    async with asyncio.timeout(600):
        await asyncio.gather(*(work(line) for line in lines))
    for line in lines:
        line.close()
    return found


def find_fault(kind: Rubbish, reply: Reply) -> str:
    """What is wrong with an answer; "" if it is a success, a redirection or a declared error."""
    if reply.status == 0:
        return "" if kind.ends else "no answer"
    if reply.status == 500:
        return f"500: {reply.body[:200]!r}"
    if reply.status < 400 or kind.method == "HEAD":
        return ""
    if reply.kind == "application/problem+json":
        told = json.loads(reply.body)
        missing = {"status", "title", "detail", "code"} - told.keys()
        return f"its problem lacks {missing}" if missing or told["status"] != reply.status else ""
    if reply.kind == "text/html":
        return "" if b"<h1" in reply.body else "a page without a heading"
    if reply.kind == "text/plain" and ("Accept", "text/plain") in kind.headers:
        return ""
    return f"{reply.status} as {reply.kind!r}: {reply.body[:200]!r}"


def judge(found: list[tuple[str, Rubbish, Reply]]) -> list[str]:
    told = ((route, kind.title, find_fault(kind, reply)) for route, kind, reply in found)
    return [f"{route} ({title}): {fault}" for route, title, fault in told if fault]


@pytest.fixture(scope="module")
def target(store: Path, serve: Callable[..., Any]) -> Iterator[Any]:
    """A server that a slow test cannot tire: what lasts is not what is tested here."""
    running = serve(store, GONGKAI_CLIENT_TIMEOUT_SECONDS="60", GONGKAI_MAX_CLIENT_CONNECTIONS="1000")
    yield running
    running.stop()


def test_there_are_some_two_hundred_kinds() -> None:
    assert len(_KINDS) >= 200
    assert len({kind.title for kind in _KINDS}) == len(_KINDS)
    # No route and no kind is left out of the ordinary run, and none of them meets the same few always.
    sent = list(pair(list_routes()))
    assert {kind.title for _, kind in sent} == {kind.title for kind in _KINDS}
    assert {route for route, _ in sent} == set(list_routes())
    assert set(_READERS) < set(list_routes())


@pytest.mark.slow
def test_no_route_answers_rubbish_with_a_defect(target: Any) -> None:
    faults = judge(asyncio.run(sweep(target.url, list_routes())))
    assert [fault for fault in faults if "500" in fault] == []


def test_what_a_page_lacks_over_an_endpoint_is_no_defect(
    target: Any, serve: Callable[..., Any], tmp_path: Path
) -> None:
    """The pages that need no index, with a store elsewhere."""
    remote = serve(tmp_path, GONGKAI_ENDPOINT=f"{target.url}/sparql")
    try:
        for path in (
            "/",
            "/data",
            "/coverage.json",
            "/documents",
            "/queries",
            "/help",
            "/loaded",
            "/health",
            "/ontology",
        ):
            for accept in ("text/html", "*/*"):
                answer = httpx.get(remote.url + path, headers={"Accept": accept}, timeout=PATIENCE)
                assert answer.status_code < 500, path
    finally:
        remote.stop()


def test_three_hundred_parameters_and_broken_texts_are_told(target: Any) -> None:
    page = f"{target.url}/queries/offices-funding-service"
    many = httpx.get(page, params={f"p{n}": "1" for n in range(300)}, timeout=PATIENCE)
    assert (many.status_code, many.json()["code"]) == (400, "fields")
    for body in ('{"q0":{"query":"\\ud800"},"q1":{"query":"深圳"}}', '{"\\udfff":{"query":"深圳"}}'):
        answer = httpx.post(f"{target.url}/reconcile", data={"queries": body}, timeout=PATIENCE)
        assert answer.status_code == 200
        assert any(row["result"] for row in answer.json().values())
    extend = '{"ids":["\\ud800"],"properties":[{"id":"place"}]}'
    answer = httpx.post(f"{target.url}/reconcile", data={"extend": extend}, timeout=PATIENCE)
    assert answer.status_code == 200
    assert answer.json()["rows"] == {"\ufffd": {"place": []}}
