"""What is asked of the graph as a whole, asked once for each snapshot and kept beside it (:mod:`service.engine.kept`).

These are the questions of pages that no reader chooses anything in: what is loaded and how it fares, the choices that
forms offer, and every canned query as its page shows it first, in both languages. On a large graph each takes up to
some seconds; where another question stands behind a page, it is asked when somebody asks it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any

from loaders.build.snapshots import Snapshot
from loaders.errors import StoreError
from service.engine.kept import write_answers
from service.engine.memory import find_free
from service.engine.store import EmbeddedStore
from service.engine.workers import Answer, Job
from service.pages.whole import list_questions
from service.queries.answers import Answers
from service.queries.catalogue import QueryCatalogue
from service.settings import ServiceSettings
from service.sparql.failures import QueryFailure

#: Those of this room in ``queries/internal``.
_OPEN = ("linked/documents", "linked/links", "linked/sitemap")
#: What is answered within this time, in seconds, is not worth a place.
_LEAST_SECONDS = 0.02
#: How long one may take, in times of what a reader's may; what is not done then is left to who asks it.
_PATIENCE = 4
_LANGUAGES = ("zh", "en")


def make_answers(store: Path, snapshot: Snapshot, folder: Path, jobs: int) -> None:
    """Asks everything, at most ``jobs`` questions at once, and writes the answers into ``folder``.

    Raises :class:`loaders.errors.StoreError` if another snapshot was published meanwhile, or none can be read.
    """
    write_answers(folder, asyncio.run(_ask_apart(store, snapshot, jobs)))


async def _ask_apart(folder: Path, snapshot: Snapshot, jobs: int) -> list[tuple[Job, Answer]]:
    settings = ServiceSettings(store=folder, base=snapshot.manifest.base)
    if settings.worker_memory_bytes and (free := find_free()):
        jobs = max(1, min(jobs, free // settings.worker_memory_bytes))
    # On disk, in processes that can be killed. One place of the slow lane is always for other clients.
    apart = {
        "workers": jobs, "slow_workers": jobs + 1, "max_memory_quads": 0, "max_lookup_quads": 0, "cache_bytes": 0,
        "query_timeout_seconds": settings.query_timeout_seconds * _PATIENCE,
    }  # fmt: skip
    store = _Listening(settings.model_copy(update=apart))
    await store.start()
    try:
        await ask_all(Answers(store, settings, QueryCatalogue.load(settings.base)), jobs)
    finally:
        await store.close()
    if any(answer.snapshot != snapshot.name for _, answer in store.heard.values()):
        raise StoreError(str(folder), "another snapshot was published meanwhile", "Make it of that one")
    return [(job, answer) for job, answer in store.heard.values() if answer.seconds >= _LEAST_SECONDS]


class _Listening(EmbeddedStore):
    """Remembers every question with its answer."""

    def __init__(self, settings: ServiceSettings) -> None:
        super().__init__(settings)
        self.heard: dict[bytes, tuple[Job, Answer]] = {}

    async def run(self, job: Job) -> Answer:
        answer = await super().run(job)
        self.heard[job.key] = (job, answer)
        return answer


async def ask_all(answers: Answers, jobs: int = 1) -> None:
    """Asks the questions exactly as pages do, ``jobs`` at once. What fails is left: whoever asks it is told why."""
    questions = _list_all(answers)

    async def ask() -> None:
        # Each takes the next one of the same list.
        for question in questions:
            with contextlib.suppress(QueryFailure):
                await question

    await asyncio.gather(*(ask() for _ in range(jobs)))


def _list_all(answers: Answers) -> Iterator[Awaitable[Any]]:
    # Canned queries take the longest: they come first, so that none of them is left for the end. The choices of their
    # parameters are asked for with them.
    for query in answers.catalogue.list_all():
        for language in _LANGUAGES if query.localised else _LANGUAGES[:1]:
            yield answers.run(query, {}, "json", language)
    yield from list_questions(answers)
    for name in _OPEN:
        yield answers.ask_internal(name)
