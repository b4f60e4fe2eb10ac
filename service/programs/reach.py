"""The service asked as a client asks it, without a socket: the same routes, guard, limits and errors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx2
from starlette.applications import Starlette

from service.app import create_app
from service.settings import ServiceSettings

Parameters = Mapping[str, str | Sequence[str]]


class Refused(Exception):
    """The service answered with an error; its text is that of the service: what, where, what to do."""


class Reach:
    """Asks the service. Answers are JSON, or text where that is asked for."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def ask(self, path: str, parameters: Parameters | None = None, *, accept: str = "application/json") -> Any:
        """The answer to GET. Raises :class:`Refused`."""
        answer = await self._client.get(path, params=dict(parameters or {}), headers={"Accept": accept})
        return _read(answer, accept)

    async def send(self, path: str, form: Mapping[str, str], *, accept: str) -> Any:
        """The answer to a POST of a form. Raises :class:`Refused`."""
        answer = await self._client.post(path, data=dict(form), headers={"Accept": accept})
        return _read(answer, accept)


def _read(answer: httpx2.Response, accept: str) -> Any:
    if answer.is_error:
        raise Refused(_explain(answer))
    if answer.is_redirect:
        raise Refused(f"{answer.request.url.path}: it is at {answer.headers.get('location', '')} instead")
    return answer.json() if "json" in accept else answer.text


def _explain(answer: httpx2.Response) -> str:
    try:
        told = answer.json()
        return f"{told['status']} {told['code']}: {told['detail']}"
    except (json.JSONDecodeError, KeyError, TypeError):
        return f"{answer.status_code}: {answer.text[:500]}"


@asynccontextmanager
async def reach_service(settings: ServiceSettings) -> AsyncIterator[Reach]:
    """The service over a store, started here and stopped at the end.

    Raises :class:`loaders.errors.StoreError` if there is no store to open.
    """
    app: Starlette = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://gongkai.local", timeout=None) as client:
            yield Reach(client)


def escape(part: str) -> str:
    """One part of a path."""
    return quote(part, safe="")
