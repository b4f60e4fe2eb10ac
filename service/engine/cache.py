"""Answers kept in memory, up to a number of bytes; those asked for longest ago go first."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from service.engine.workers import Answer, Job
from service.sparql.failures import QueryFailure

#: What an entry costs beside its bytes: its key, its place in the table.
_OVERHEAD = 400
_FAILURES = 2_000
#: An answer larger than this part of the cache would drive out too many others.
_LARGEST_PART = 4
_LASTING = ("syntax", "evaluation", "too large", "form")
_PASSING = ("timeout", "crash", "memory")

Key = tuple[str, bytes, str]


class ByteCache:
    """Values with a size, by key. Keys are of one edition; those of others are dropped when it changes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.hits = 0
        self._entries: OrderedDict[Key, tuple[bytes, int]] = OrderedDict()
        self._edition = ""

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> tuple[bytes, int] | None:
        """The bytes and the rows that were put there, if they are still."""
        found = self._entries.get(key)
        if found is None:
            return None
        self.hits += 1
        self._entries.move_to_end(key)
        return found

    def put(self, key: Key, body: bytes, rows: int) -> None:
        """Keeps bytes, unless they are too many."""
        if key[0] != self._edition:
            self._entries.clear()
            self.size, self._edition = 0, key[0]
        cost = len(body) + _OVERHEAD
        if cost * _LARGEST_PART > self.limit:
            return
        old = self._entries.pop(key, None)
        if old is not None:
            self.size -= len(old[0]) + _OVERHEAD
        self._entries[key] = (body, rows)
        self.size += cost
        while self.size > self.limit:
            _, (gone, _) = self._entries.popitem(last=False)
            self.size -= len(gone) + _OVERHEAD


@dataclass(eq=False)
class _Flight:
    """One evaluation that several requests wait for."""

    outcome: asyncio.Future[Answer]
    waiting: int = 0


class CachedAnswers:
    """Answers jobs from the cache, or by ``evaluate``; one evaluation serves all who ask the same at the same time.

    What failed is remembered too: for good (while the snapshot lasts) where it must fail again, for
    ``failure_seconds`` where a query was stopped or ended the engine, so that asking again costs nothing.
    """

    def __init__(
        self, evaluate: Callable[[Job], Awaitable[Answer]], find_edition: Callable[[], str], cache: ByteCache,
        failure_seconds: float,
    ) -> None:  # fmt: skip
        self._evaluate = evaluate
        self._find_edition = find_edition
        self._failure_seconds = failure_seconds
        self._flights: dict[bytes, _Flight] = {}
        self._failures: OrderedDict[tuple[str, bytes], tuple[QueryFailure, float]] = OrderedDict()
        self.cache = cache

    async def run(self, job: Job) -> Answer:
        """The answer. If all who wait for it are cancelled, so is it.

        Raises :class:`service.sparql.failures.QueryFailure`.
        """
        if not job.repeatable:
            return await self._evaluate(job)
        edition = self._find_edition()
        kept = self.cache.get((edition, job.key, ""))
        if kept is not None:
            return Answer(kept[0], edition, kept[1])
        failure = self._failures.get((edition, job.key))
        if failure is not None and (left := failure[1] - monotonic()) > 0:
            if failure[0].reason not in _PASSING:
                raise failure[0].copy()
            seconds = max(1, round(left))
            raise failure[0].copy(
                f"; it is not tried again for {seconds} seconds", f"；{seconds} 秒内不再重试", seconds
            )
        flight = self._flights.get(job.key)
        if flight is None:
            flight = _Flight(asyncio.ensure_future(self._evaluate(job)))
            self._flights[job.key] = flight
            flight.outcome.add_done_callback(partial(self._keep, job, edition))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.outcome)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                if self._flights.get(job.key) is flight:
                    del self._flights[job.key]
                flight.outcome.cancel()

    def _keep(self, job: Job, edition: str, outcome: asyncio.Future[Answer]) -> None:
        """Remembers what came of a question that was asked while ``edition`` was served."""
        if outcome.cancelled():
            return
        failure = outcome.exception()
        if failure is None:
            answer = outcome.result()
            if answer.edition == self._find_edition():
                self.cache.put((answer.edition, job.key, ""), answer.body, answer.rows)
        elif isinstance(failure, QueryFailure):
            seconds = float("inf") if failure.reason in _LASTING else self._failure_seconds
            if seconds and failure.reason in (*_LASTING, *_PASSING):
                self._failures[edition, job.key] = (failure.copy(), monotonic() + seconds)
                if len(self._failures) > _FAILURES:
                    self._failures.popitem(last=False)
