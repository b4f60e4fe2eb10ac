"""Which query runs where and for how long: two lanes, killing at the limit, and changing to a new snapshot.

Every query begins in the quick lane: one process for each core and a spare, each taken by the next client in turn. What
is not done after ``short_seconds`` moves to the slow lane: its process goes on at lower priority, a new one takes its
place, and so no heavy query holds up a light one for longer than that. If the slow lane is full, it is ended and waits
for a place there. A query that was slow once goes there directly. A process that ran a slow query is not used again.

A new snapshot is served from disk at once, and from memory as soon as it is loaded, if it is small enough; queries that
run end on the old one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from loaders.errors import GongkaiError
from loaders.snapshots import Snapshot
from service.failures import QueryFailure, explain_end, explain_error
from service.lanes import CLIENT, FairQueue, PoolLimits, Run, Ticket
from service.memory import fits_memory
from service.workers import Answer, Job, Mode, Nursery, Worker

_LOG = logging.getLogger("gongkai.workers")
_POLL_SECONDS = 0.1
_LOAD_SECONDS = 1800.0
#: A client that has gone may be back with the same question; what ends so soon costs less than a new process.
_GRACE_SECONDS = 0.05
_KNOWN_SLOW = 10_000
_BIG_ANSWER = 8_000_000
#: On a machine that is busy otherwise, a query that had less than this part of a processor's time is no slow one yet,
#: until it has been there so many times longer.
_LIGHT = 10
_STARVED = 10


class WorkerPool:
    """Query processes on the current snapshot. ``find_snapshot`` tells which; ``find_mark`` changes whenever it may."""

    def __init__(
        self, find_snapshot: Callable[[], Snapshot], find_mark: Callable[[], object], limits: PoolLimits
    ) -> None:
        self._find_snapshot = find_snapshot
        self._find_mark = find_mark
        self._limits = limits
        self._nursery: Nursery | None = None
        self._retired: set[Nursery] = set()
        self._idle: list[Worker] = []
        self._quick: set[Run] = set()
        self._slow: set[Run] = set()
        self._forking = 0
        self._lane_quick = FairQueue(limits.queue_length)
        self._lane_slow = FairQueue(limits.queue_length)
        self._known_slow: OrderedDict[bytes, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loading: asyncio.Task[None] | None = None
        self._mark: object = None
        self._closed = False
        self.killed = 0
        self.forked = 0
        self.switches = 0

    # What others see

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot that is served now."""
        return self._nursery.snapshot if self._nursery else None

    @property
    def mode(self) -> str:
        """memory, disk, or "" before the start."""
        return self._nursery.mode if self._nursery else ""

    @property
    def isolation(self) -> str:
        """How query processes are kept from the network."""
        return self._nursery.isolation if self._nursery else ""

    @property
    def ready(self) -> bool:
        """Whether a query would be taken up now or soon."""
        return self._nursery is not None and not self._nursery.dead and not self._closed

    def count(self) -> dict[str, int]:
        """How many processes are idle and busy, and how many queries wait, by lane."""
        return {
            "idle": len(self._idle), "quick": len(self._quick), "slow": len(self._slow),
            "waiting_quick": len(self._lane_quick), "waiting_slow": len(self._lane_slow),
        }  # fmt: skip

    async def start(self) -> None:
        """Starts the processes. Raises StoreError if the store cannot be opened."""
        self._mark = self._find_mark()
        await self._switch(self._find_snapshot(), "disk")
        self._begin(self._tend())

    async def close(self) -> None:
        """Ends all processes, those with a query in hand as well."""
        self._closed = True
        for ticket in self._lane_quick.clear() + self._lane_slow.clear():
            _fail(
                ticket,
                QueryFailure("busy", "the service is being stopped", "Try again", zh=("服务正在停止", "请稍后再试")),
            )
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for run in self._quick | self._slow:
            run.ticket.stop_timer()
        nurseries = [*self._retired, *([self._nursery] if self._nursery else [])]
        self._nursery = None
        await asyncio.gather(*(n.close() for n in nurseries))

    def run(self, job: Job) -> asyncio.Future[Answer]:
        """Evaluates a job within the limits.

        The future becomes the answer, or :class:`QueryFailure` if there is no whole one. Whoever cancels it ends the
        query. Raises :class:`QueryFailure` at once if none is taken any more.
        """
        ticket = Ticket(job, CLIENT.get(), asyncio.get_running_loop().create_future())
        slow = job.key in self._known_slow
        if self._idle and not slow and not (len(self._lane_quick) or len(self._lane_slow) or self._closed):
            worker = self._idle.pop()
            if worker.lost or worker.ended.done():
                self._fill()
                self._enter(ticket, self._lane_quick)
                self._dispatch()
            else:
                self._set_going(ticket, worker, False)
        else:
            self._enter(ticket, self._lane_slow if slow else self._lane_quick)
            self._dispatch()
        ticket.outcome.add_done_callback(lambda outcome: self._abandon(ticket) if outcome.cancelled() else None)
        return ticket.outcome

    # Waiting

    def _enter(self, ticket: Ticket, lane: FairQueue) -> None:
        if self._closed:
            raise self._busy("the service is being stopped", "服务正在停止")
        seconds = self._limits.queue_seconds
        # Nobody waits who can be served at once, however short the queue.
        free = len(self._idle) - len(lane)
        if lane is self._lane_slow:
            free = min(free, self._limits.slow_workers - len(self._slow)) if self._may_be_slow(ticket.client) else 0
        leaving = None
        if free > 0:
            lane.put_back(ticket)
        else:
            leaving = lane.put(ticket)
        if leaving is not None:
            leaving.stop_timer()
            _fail(leaving, self._busy("the queue is full", "等候队列已满"))
        if leaving is not ticket:
            ticket.timer = asyncio.get_running_loop().call_later(seconds, self._give_up, ticket)

    def _give_up(self, ticket: Ticket) -> None:
        if self._lane_quick.remove(ticket) or self._lane_slow.remove(ticket):
            seconds = f"{self._limits.queue_seconds:g}"
            _fail(ticket, self._busy(f"no process was free within {seconds} seconds", f"{seconds} 秒内没有空闲进程"))

    def _abandon(self, ticket: Ticket) -> None:
        ticket.stop_timer()
        if self._lane_quick.remove(ticket) or self._lane_slow.remove(ticket):
            return
        for run in self._quick | self._slow:
            if run.ticket is ticket:
                ticket.timer = asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._stop, run)

    def _busy(self, problem: str, problem_zh: str) -> QueryFailure:
        return QueryFailure(
            "busy", f"all query processes are busy: {problem}", "Try again in a few seconds",
            zh=(f"所有查询进程都在忙：{problem_zh}", "请过几秒再试"), retry=2,
        )  # fmt: skip

    # Running

    def _dispatch(self) -> None:
        while self._idle and not self._closed:
            slow = None
            if len(self._slow) < self._limits.slow_workers and len(self._lane_slow):
                slow = self._lane_slow.take(self._may_be_slow)
            ticket = slow or self._lane_quick.take()
            if ticket is None:
                return
            worker = self._idle.pop()
            if worker.lost or worker.ended.done():
                (self._lane_slow if slow else self._lane_quick).put_back(ticket)
                self._fill()
                continue
            self._set_going(ticket, worker, slow is not None)

    def _may_be_slow(self, client: str) -> bool:
        """Nobody has the whole slow lane: one place of it is for the others."""
        theirs = sum(run.ticket.client == client for run in self._slow)
        return theirs < max(1, self._limits.slow_workers - 1)

    def _set_going(self, ticket: Ticket, worker: Worker, slow: bool) -> None:
        ticket.stop_timer()
        run = Run(ticket, worker, perf_counter())
        self._quick.add(run)
        worker.send(ticket.job, partial(self._take_answer, run))
        loop = asyncio.get_running_loop()
        short = min(self._limits.short_seconds, self._limits.query_seconds)
        ticket.timer = loop.call_later(short, self._judge, run)
        if slow:
            self._move(run)

    def _judge(self, run: Run) -> None:
        """A query in the quick lane is not quick, unless it has only waited for a processor."""
        if self._closed:
            return
        loop, short, most = asyncio.get_running_loop(), self._limits.short_seconds, self._limits.query_seconds
        spent, age = run.worker.measure(), perf_counter() - run.began
        if spent is not None and spent < short / _LIGHT and age < min(_STARVED * short, most):
            run.ticket.timer = loop.call_later(min(short, most - age), self._judge, run)
            return
        self._remember_slow(run.ticket.job)
        if age >= most:
            self._time_out(run)
        elif len(self._slow) < self._limits.slow_workers and self._may_be_slow(run.ticket.client):
            self._move(run)
        elif not len(self._lane_quick):
            # Nobody waits for its process. It may stay a little longer.
            run.ticket.timer = loop.call_later(min(short, most - age), self._judge, run)
        else:
            ticket = run.ticket
            self._end(run)
            ticket.stop_timer()
            self._enter(ticket, self._lane_slow)
            self._dispatch()

    def _move(self, run: Run) -> None:
        self._quick.discard(run)
        self._slow.add(run)
        run.slow = True
        run.worker.lower()
        run.ticket.stop_timer()
        left = self._limits.query_seconds - (perf_counter() - run.began)
        run.ticket.timer = asyncio.get_running_loop().call_later(max(0.0, left), self._time_out, run)
        self._remember_slow(run.ticket.job)
        self._fill()

    def _remember_slow(self, job: Job) -> None:
        self._known_slow[job.key] = None
        self._known_slow.move_to_end(job.key)
        if len(self._known_slow) > _KNOWN_SLOW:
            self._known_slow.popitem(last=False)

    def _time_out(self, run: Run) -> None:
        seconds = f"{self._limits.query_seconds:g}"
        self._end(run)
        _fail(run.ticket, QueryFailure(
            "timeout", f"the query was stopped after {seconds} seconds",
            "Ask for less (LIMIT, a filter on year or agency), or raise GONGKAI_QUERY_TIMEOUT_SECONDS",
            zh=(f"查询运行了 {seconds} 秒，已被终止",
                "请缩小范围（LIMIT、按年份或部门筛选），或调高 GONGKAI_QUERY_TIMEOUT_SECONDS"),
        ))  # fmt: skip
        self._dispatch()

    def _stop(self, run: Run) -> None:
        self._end(run)
        self._dispatch()

    def _end(self, run: Run) -> None:
        """Kills the process of a run, and has another forked in its place."""
        if not run.stopped:
            run.stopped = True
            self.killed += 1
            run.ticket.stop_timer()
            self._quick.discard(run)
            self._slow.discard(run)
            run.worker.kill()
            self._sweep()
            self._fill()

    def _take_answer(self, run: Run, head: dict[str, Any] | None, body: bytes) -> None:
        if run.stopped or self._closed:
            return
        if head is None:
            run.stopped = True
            self._quick.discard(run)
            self._slow.discard(run)
            run.ticket.stop_timer()
            self._begin(self._explain(run))
            self._fill()
            return
        run.ticket.stop_timer()
        self._quick.discard(run)
        self._slow.discard(run)
        # A process that grew large is not used again: what it took it may not give back, and then the next would fail.
        spent = run.slow or len(body) > _BIG_ANSWER or head.get("error") == "memory"
        if spent or run.worker.nursery is not self._nursery:
            run.worker.kill()
            self._sweep()
            self._fill()
        else:
            self._idle.append(run.worker)
        if not run.ticket.outcome.done():
            if "error" in head:
                run.ticket.outcome.set_exception(explain_error(head))
            else:
                name, seconds = run.worker.nursery.snapshot.name, perf_counter() - run.began
                run.ticket.outcome.set_result(Answer(body, name, int(head["rows"]), seconds))
        self._dispatch()

    async def _explain(self, run: Run) -> None:
        try:
            async with asyncio.timeout(2):
                code = await run.worker.ended
        except TimeoutError:
            code = 1
        _fail(run.ticket, explain_end(code))
        self._dispatch()

    # Processes

    def _begin(self, work: object) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _fill(self) -> None:
        """Has as many processes forked as the quick lane lacks."""
        nursery = self._nursery
        if self._closed or nursery is None or nursery.dead:
            return
        here = sum(run.worker.nursery is nursery for run in self._quick)
        for _ in range(self._limits.workers - len(self._idle) - here - self._forking):
            self._forking += 1
            self._begin(self._fork(nursery))

    async def _fork(self, nursery: Nursery) -> None:
        try:
            worker = await nursery.fork()
        except (GongkaiError, OSError) as error:
            self._forking -= 1
            if nursery is self._nursery and not nursery.dead and not self._closed:
                _LOG.error("a query process could not be replaced: %s", error)
                await asyncio.sleep(0.5)
                self._fill()
            return
        except BaseException:
            self._forking -= 1
            raise
        self._forking -= 1
        self.forked += 1
        if nursery is self._nursery:
            self._idle.append(worker)
            self._dispatch()
        else:
            worker.kill()
            self._fill()

    def _sweep(self) -> None:
        """Closes what holds an old snapshot once nothing runs on it."""
        busy = {run.worker.nursery for run in self._quick | self._slow}
        for nursery in [n for n in self._retired if n not in busy]:
            self._retired.discard(nursery)
            self._begin(nursery.close())

    async def _switch(self, snapshot: Snapshot, mode: Mode) -> None:
        """Makes a snapshot, held in a mode, the one that is served. Raises StoreError; then nothing has changed."""
        seconds = _LOAD_SECONDS if mode == "memory" else 30.0
        nursery = await Nursery.start(snapshot, mode, self._limits.memory, seconds)
        try:
            workers = [await nursery.fork()]
            for _ in range(self._limits.workers - 1):
                workers.append(await nursery.fork())
        except BaseException:
            await nursery.close()
            raise
        self.forked += len(workers)
        old, idle = self._nursery, self._idle
        self._nursery, self._idle = nursery, workers
        self.switches += 1
        if old is not None:
            self._retired.add(old)
        for worker in idle:
            worker.kill()
        self._sweep()
        self._dispatch()

    async def _tend(self) -> None:
        """Follows the published snapshot, and starts the processes again should they all have ended."""
        self._load(self._nursery.snapshot if self._nursery else None)
        pause = _POLL_SECONDS
        while True:
            await asyncio.sleep(pause)
            mark = self._find_mark()
            dead = self._nursery is None or self._nursery.dead
            if mark == self._mark and not dead:
                continue
            try:
                snapshot = self._find_snapshot()
                if dead or self._nursery is None or snapshot.name != self._nursery.snapshot.name:
                    await self._switch(snapshot, "disk")
                    self._load(snapshot)
                self._mark, pause = mark, _POLL_SECONDS
            except (GongkaiError, OSError) as error:
                _LOG.error("the published snapshot cannot be served, trying again in %.1f s: %s", pause, error)
                pause = min(pause * 2, 5.0)

    def _load(self, snapshot: Snapshot | None) -> None:
        """Has a snapshot loaded into memory, if it is small enough, beside all that runs."""
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
        if snapshot is not None and fits_memory(
            snapshot.manifest.quads, self._limits.memory_quads, self._limits.workers
        ):
            self._loading = self._begin(self._load_beside(snapshot))

    async def _load_beside(self, snapshot: Snapshot) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await self._switch(snapshot, "memory")
            except (GongkaiError, OSError) as error:
                _LOG.warning("the snapshot is served from disk: %s", error)


def _fail(ticket: Ticket, failure: QueryFailure) -> None:
    ticket.stop_timer()
    if not ticket.outcome.done():
        ticket.outcome.set_exception(failure)
