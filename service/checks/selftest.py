"""Every query of ours put to another engine that holds the same graph, its answers held against those of our own."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import pyoxigraph as ox

from loaders.errors import StoreError
from loaders.graph.internal import read_internal
from service.checks.comparing import Difference, Status, compare_graphs, compare_tables
from service.checks.samples import Sample, list_samples
from service.engine.remote import RemoteStore
from service.engine.store import Store
from service.engine.workers import Job
from service.queries.answers import Answers, read_table
from service.settings import ServiceSettings
from service.sparql.failures import QueryFailure

Tell = Callable[[int, int], None]
#: The ends of a comparison, the worst first.
ORDER: tuple[Status, ...] = ("timeout", "error", "rows", "values", "order", "same", "skipped")
#: Those with which an engine counts as agreeing: an order of rows is compared, and told, but makes no other answer.
AGREEING: tuple[Status, ...] = ("same", "order")


@dataclass(frozen=True)
class Outcome:
    """What came of one question. ``rows`` are those of our own answer; seconds are what each side took."""

    name: str
    given: str
    status: Status
    why: str
    rows: int
    seconds: float
    seconds_there: float


async def compare_engines(
    answers: Answers, there: RemoteStore, only: Sequence[str] = (), tell: Tell = lambda _done, _total: None,
    *, quick: bool = False,
) -> AsyncIterator[Outcome]:  # fmt: skip
    """Asks both everything, one question after another, and gives what came of each.

    ``answers`` is our own engine with its catalogue, which is right; ``there`` the other one. ``only`` narrows it to
    queries whose name holds one of its parts, with ``quick`` each is asked once; ``tell`` hears how many questions are
    done.

    Raises :class:`service.sparql.failures.QueryFailure` if our own engine fails or the other cannot be reached, and
    :class:`loaders.errors.StoreError` if it holds other documents.
    """
    await there.learn()
    await _refuse_other_graph(answers, there)
    samples = await list_samples(answers, only, quick=quick)
    for number, sample in enumerate(samples):
        tell(number, len(samples))
        yield await _compare(answers, there, sample)
    tell(len(samples), len(samples))


async def _refuse_other_graph(answers: Answers, there: RemoteStore) -> None:
    job = answers.job(read_internal("checks/held-documents", answers.settings.base), "json")
    ours, theirs = [
        {row["document"].text for row in read_table((await store.run(job)).body).rows}
        for store in (answers.store, there)
    ]
    if ours != theirs:
        raise StoreError(
            there.endpoint,
            f"it holds other documents than the store here: {len(ours - theirs)} of {len(ours)} are missing there, "
            f"{len(theirs - ours)} are more",
            "Publish the store there first: gongkai publish --to",
        )


async def _compare(answers: Answers, there: Store, sample: Sample) -> Outcome:
    if sample.missing:
        why = f"the store has no {sample.missing} to ask about"
        return Outcome(sample.name, sample.given, "skipped", why, 0, 0.0, 0.0)
    form = "nt" if sample.makes_graph else "json"
    job = _make_job(answers.settings, sample, form)
    begin = time.monotonic()
    ours = (await answers.store.run(job)).body
    middle = time.monotonic()
    rows = 0
    try:
        theirs = (await there.run(job)).body
    except QueryFailure as failure:
        if failure.reason == "store":
            raise
        difference = Difference("timeout" if failure.reason == "timeout" else "error", failure.problem)
    else:
        if form == "json":
            table = read_table(ours)
            rows = len(table.rows)
            difference = compare_tables(table, read_table(theirs), ordered=sample.is_ordered, lists=sample.lists)
        else:
            triples = _parse(ours)
            rows = len(triples)
            difference = compare_graphs(triples, _parse(theirs))
    end = time.monotonic()
    return Outcome(sample.name, sample.given, difference.status, difference.why, rows, middle - begin, end - middle)


def _make_job(settings: ServiceSettings, sample: Sample, form: str) -> Job:
    default = (sample.graph,) if sample.graph else ()
    return Job(sample.sparql, form, settings.base, settings.max_result_bytes, default=default)


def _parse(body: bytes) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES)]


def judge(outcomes: Iterable[Outcome]) -> dict[str, Status]:
    """The worst end of each query's questions, by its name; a query agrees if all of its questions do."""
    found: dict[str, Status] = {}
    for outcome in outcomes:
        worst = found.get(outcome.name, "skipped")
        found[outcome.name] = min(worst, outcome.status, key=ORDER.index)
    return found


def count(judged: Mapping[str, Status]) -> tuple[int, int]:
    """How many queries agree, of how many that could be asked."""
    asked = [status for status in judged.values() if status != "skipped"]
    return sum(status in AGREEING for status in asked), len(asked)


def describe(outcomes: Sequence[Outcome], there: RemoteStore) -> dict[str, Any]:
    """The result as plain values for JSON."""
    judged = judge(outcomes)
    agreeing, asked = count(judged)
    return {
        "endpoint": there.endpoint, "queries": asked, "agreeing": agreeing,
        "statuses": dict(Counter(judged.values())), "weaknesses": [w.name for w in there.weaknesses or ()],
        "questions": [asdict(o) for o in outcomes],
    }  # fmt: skip


def run_selftest(
    answers: Answers, there: RemoteStore, only: Sequence[str],
    tell: Tell, hear: Callable[[Outcome], None], *, quick: bool = False,
) -> list[Outcome]:  # fmt: skip
    """Opens both stores, compares them, and closes them; ``hear`` is given each outcome as it comes.

    Raises what :func:`compare_engines` raises, and :class:`loaders.errors.StoreError` if a store cannot be opened.
    """

    async def run() -> list[Outcome]:
        async with _opened(answers.store), _opened(there):
            found = []
            async for outcome in compare_engines(answers, there, only, tell, quick=quick):
                hear(outcome)
                found.append(outcome)
            return found

    return asyncio.run(run())


@asynccontextmanager
async def _opened(store: Store) -> AsyncIterator[None]:
    await store.start()
    try:
        yield
    finally:
        await store.close()
