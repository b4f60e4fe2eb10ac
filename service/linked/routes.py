"""What strangers find things by: search, reconciliation, the dataset's description, its dumps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response

from loaders.errors import GongkaiError, StoreError
from service.engine.shelf import PART, Shelf
from service.engine.statistics import Statistics
from service.engine.store import EmbeddedStore, Store
from service.linked.dataset import DatasetPages
from service.linked.reconciliation import Reconciliation
from service.linked.snapshot_parts import open_maker
from service.pages.site import Site
from service.search.page import SearchPage
from service.search.room import Search

_LOG = logging.getLogger("gongkai.asking")
#: How often the service looks whether another snapshot is served, whose statements are not counted yet.
_LOOK_SECONDS = 1.0
#: A snapshot that came later is asked as a whole once it has stood for so long: small changes follow one another.
_STANDS_SECONDS = 30.0
#: So many are counted at once: the first who asks would wait for a second.
_MANY_QUADS = 500_000
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
        self._most = site.answers.settings.max_lookup_quads
        self._store = store
        self._tasks: list[asyncio.Task[None]] = []

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
        tasks = (self._warm(), self._count(), self._shelve(), self._keep())
        self._tasks = [asyncio.create_task(task) for task in tasks]

    async def _warm(self) -> None:
        try:
            if self.maker is not None and self.maker.is_ready("search"):
                await self.search.warm()
                self.maker.begin("dumps")
        except GongkaiError as error:
            # The first question will say the same to whoever asks it.
            _LOG.warning("what is made of the snapshot beforehand is missing: %s", error)

    async def _count(self) -> None:
        """Has the statements of each snapshot counted that comes to be served, if they are many or anyone counts."""
        store, counted = self._store, ""
        if self.maker is None or not isinstance(store, EmbeddedStore):
            return
        while True:
            try:
                version = store.version
                wanted = store.counts_wanted or int(store.describe()["quads"]) >= _MANY_QUADS
                if counted != version and wanted:
                    snapshot, folder = await self.maker.need("counts")
                    store.statistics = Statistics.read(snapshot.name, folder)
                    counted = version
            except (GongkaiError, OSError, ValueError) as error:
                _LOG.info("the statements are not counted yet: %s", error)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _shelve(self) -> None:
        """Has the statements of each snapshot put where look-ups find them; of a large one, once it has stood."""
        store, clock, most = self._store, asyncio.get_running_loop().time, self._most
        if self.maker is None or not isinstance(store, EmbeddedStore) or not most:
            return
        seen, done, stands = store.version, "", clock()
        while True:
            try:
                quads = int(store.describe()["quads"])
                if store.version != seen:
                    seen, stands = store.version, clock() + (_STANDS_SECONDS if quads >= _MANY_QUADS else 0)
                if (
                    done != seen
                    and quads <= most
                    and (clock() >= stands or self.maker.is_ready(PART) or self.maker.is_near(PART))
                ):
                    snapshot, folder = await self.maker.need(PART)
                    store.shelf = await asyncio.to_thread(Shelf, snapshot.name, folder)
                    done = snapshot.name
            except StoreError as error:
                # Where nobody may write, or no room is left, it would fail again and again.
                _LOG.warning("look-ups in snapshot %s are answered by the query processes: %s", seen, error)
                done = seen
            except (GongkaiError, OSError, ValueError) as error:
                _LOG.info("look-ups are answered by the query processes: %s", error)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _keep(self) -> None:
        """Has each large snapshot that stays asked as a whole, so that no reader waits for what all ask."""
        store, clock = self._store, asyncio.get_running_loop().time
        if self.maker is None or not isinstance(store, EmbeddedStore):
            return
        seen, begun, stands = store.version, "", clock()
        while True:
            if store.version != seen:
                seen, stands = store.version, clock() + _STANDS_SECONDS
            if begun != seen and clock() >= stands:
                begun = seen
                try:
                    if self.maker.find_snapshot().manifest.quads >= self._least:
                        self.maker.begin("answers")
                except GongkaiError as error:
                    _LOG.info("no answers are kept of snapshot %s: %s", seen, error)
            await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """Ends what is being made."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.maker is not None:
            await self.maker.close()
