"""What strangers find things by: search, reconciliation, the dataset's description, its dumps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response

from loaders.errors import GongkaiError
from service.engine.store import Store
from service.linked.dataset import DatasetPages
from service.linked.reconciliation import Reconciliation
from service.linked.snapshot_parts import open_maker
from service.pages.site import Site
from service.search.page import SearchPage
from service.search.room import Search

_LOG = logging.getLogger("gongkai.asking")
Handler = Callable[[Request], Awaitable[Response]]


class Asking:
    """The handlers of these pages, over what is made of each snapshot."""

    def __init__(self, site: Site, store: Store) -> None:
        self.maker = open_maker(store, site.answers.settings)
        search = Search(self.maker)
        self.search = SearchPage(site, search)
        self.reconciliation = Reconciliation(site, search)
        self.dataset = DatasetPages(site, self.maker)
        self._least = site.answers.settings.keep_answers_quads
        self._warming: asyncio.Task[None] | None = None

    def routes(self) -> Iterator[tuple[str, Handler, list[str]]]:
        """Paths, their handlers, the methods that they take."""
        yield "/search", self.search.page, ["GET"]
        yield "/search.json", self.search.data, ["GET"]
        yield "/reconcile", self.reconciliation.answer, ["GET", "POST"]
        yield "/reconcile/preview", self.reconciliation.preview, ["GET"]
        yield "/reconcile/suggest/{what}", self.reconciliation.suggest, ["GET"]
        yield "/reconcile/flyout/{what}", self.reconciliation.flyout, ["GET"]
        yield "/reconcile/properties", self.reconciliation.propose, ["GET"]
        yield "/dataset", self.dataset.describe, ["GET"]
        yield "/dataset.{extension}", self.dataset.describe, ["GET"]
        yield "/.well-known/void", self.dataset.describe, ["GET"]
        yield "/dumps", self.dataset.list_dumps, ["GET"]
        yield "/dumps.json", self.dataset.list_dumps, ["GET"]
        yield "/dumps/{path:path}", self.dataset.send_dump, ["GET"]

    def start(self) -> None:
        """Opens the index, if there is one, and begins what is missing, so that whoever asks first need not wait."""
        self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        try:
            if self.maker is not None and self.maker.is_ready("search"):
                await self.search.warm()
                self.maker.begin("dumps")
            if self.maker is not None and self.maker.find_snapshot().manifest.quads >= self._least:
                self.maker.begin("answers")
        except GongkaiError as error:
            # The first question will say the same to whoever asks it.
            _LOG.warning("what is made of the snapshot beforehand is missing: %s", error)

    async def close(self) -> None:
        """Ends what is being made."""
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        if self.maker is not None:
            await self.maker.close()
