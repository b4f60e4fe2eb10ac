"""What conversions have written is loaded while others still run: on two cores neither waits for the other.

A build from nothing loads each document's quads as they are, unless another version of it turns up. That is known only
when all are converted, so what is loaded here is loaded on trust: where it proves not to be what the snapshot takes,
it is dropped, and everything is loaded then.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterable
from pathlib import Path
from traceback import clear_frames

from loaders.build import filling
from loaders.build.conversion import Cache
from loaders.build.loading import open_database
from loaders.build.snapshots import Workshop
from loaders.errors import StoreError

_LOG = logging.getLogger(__name__)


class _Stopped(OSError):
    """Nobody wants what is being loaded any more."""


class LoadingAhead:
    """Loads documents into the database of a snapshot in the making, in a thread of its own, as they are given.

    ``with LoadingAhead(…) as ahead`` ends the thread whatever happens.
    """

    def __init__(self, workshop: Workshop, cache: Cache, base: str) -> None:
        self._workshop, self._cache, self._base = workshop, cache, base
        self._waiting: queue.SimpleQueue[Path | _Stopped | None] = queue.SimpleQueue()
        self._given: set[str] = set()
        self._failed = ""
        self._thread = threading.Thread(target=self._run, name="loading-ahead", daemon=True)

    def __enter__(self) -> LoadingAhead:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.put(_Stopped())
        self._thread.join()

    def give(self, key: str) -> None:
        """The quads that a conversion has put into the cache under ``key``."""
        if key not in self._given:
            self._given.add(key)
            self._waiting.put(self._cache.find_quads(key))

    def finish(self, wanted: Iterable[str]) -> frozenset[str] | None:
        """Waits until all is loaded, and gives the keys of it; the foundation is laid then.

        Where it could not be loaded, or is more than ``wanted``, all of it is dropped: None. Raises
        :class:`loaders.errors.StoreError` if it cannot be dropped.
        """
        self._waiting.put(None)
        self._thread.join()
        if not self._failed and self._given <= set(wanted):
            return frozenset(self._given)
        _LOG.info("what was converted is loaded once more: %s", self._failed or "documents have other versions")
        self._workshop.begin_anew()
        return None

    def _run(self) -> None:
        try:
            self._load()
        except (StoreError, OSError, SyntaxError, RuntimeError, ValueError) as error:
            # Who loads it then is told, if it is not that nobody wants it.
            self._failed = str(error) or type(error).__name__
            # The database is closed once nothing names it any more, and the error's frames do.
            _forget(error)

    def _load(self) -> None:
        filling.lay_foundation(self._workshop, self._base)
        with open_database(self._workshop) as store:
            filling.load_quads(store, iter(self._next, None), lambda _: None)

    def _next(self) -> Path | None:
        found = self._waiting.get()
        if isinstance(found, _Stopped):
            raise found
        return found


def _forget(error: BaseException | None) -> None:
    while error is not None:
        clear_frames(error.__traceback__)
        error = error.__context__
