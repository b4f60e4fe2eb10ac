"""Which query runs where and for how long: two lanes, and killing at the limit.

Every query begins in the quick lane: one process for each core and a spare, each taken by the next client in turn. What
is not done after ``short_seconds`` moves to the slow lane: its process goes on at lower priority, a new one takes its
place, and so no heavy query holds up a light one for longer than that. If the slow lane is full, it is ended and waits
for a place there. A query that was slow goes there directly for a minute. A process that ran a slow one is not used
again.

That would still let a few queries hold all places for ``short_seconds``. So where the last place is taken, whoever has
had one for a moment yields it: its process goes on at lower priority, and a new one takes its place.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from loaders.build.snapshots import Snapshot
from service.engine.lanes import CLIENT, FairQueue, PoolLimits, Run, Ticket
from service.engine.supply import Supply
from service.engine.workers import Answer, Job, Worker
from service.sparql.failures import QueryFailure, explain_end, explain_error

#: A client that has gone may be back with the same question; what ends so soon costs less than a new process.
_GRACE_SECONDS = 0.05
#: For how long a query keeps a place that others may need: some times what a look-up takes, twice what a fork does.
_MOMENT_SECONDS = 0.02
_KNOWN_SLOW = 10_000
_BIG_ANSWER = 8_000_000
#: On a machine that is busy otherwise, a query that had less than this part of a processor's time is no slow one yet,
#: until it has been there so many times longer. One that has yielded its place gets less of it.
_LIGHT = 10
_LIGHT_YIELDED = 3
_STARVED = 10
#: For how long a query that was slow once goes to the slow lane directly: it may have been slow for others' sake.
_REMEMBERED_SECONDS = 60.0


class WorkerPool:
    """Query processes on the current snapshot. ``find_snapshot`` tells which; ``find_mark`` changes whenever it may."""

    def __init__(
        self, find_snapshot: Callable[[], Snapshot], find_mark: Callable[[], object], limits: PoolLimits
    ) -> None:
        self._limits = limits
        self._quick: set[Run] = set()
        self._slow: set[Run] = set()
        self._lane_quick = FairQueue(limits.queue_length)
        self._lane_slow = FairQueue(limits.queue_length)
        self._known_slow: OrderedDict[bytes, float] = OrderedDict()
        self._supply = Supply(
            find_snapshot, find_mark, limits,
            lambda: (run.worker for run in self._quick if not run.yielded),
            lambda: (run.worker for run in self._quick | self._slow),
            self._dispatch,
        )  # fmt: skip
        self._closed = False
        self.killed = 0

    # What others see

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot that is served now."""
        return self._supply.nursery.snapshot if self._supply.nursery else None

    @property
    def edition(self) -> str:
        """The snapshot that is served now, as it is held; "" before the start."""
        return self._supply.nursery.edition if self._supply.nursery else ""

    @property
    def mode(self) -> str:
        """memory, disk, or "" before the start."""
        return self._supply.nursery.mode if self._supply.nursery else ""

    @property
    def isolation(self) -> str:
        """How query processes are kept from the network."""
        return self._supply.nursery.isolation if self._supply.nursery else ""

    @property
    def walls(self) -> str:
        """How query processes are kept from files: landlock, none, or "" before the start."""
        return self._supply.nursery.walls if self._supply.nursery else ""

    @property
    def ready(self) -> bool:
        """Whether a query would be taken up now or soon."""
        return self._supply.nursery is not None and not self._supply.nursery.dead and not self._closed

    @property
    def forked(self) -> int:
        """Query processes begun since the start."""
        return self._supply.forked

    @property
    def switches(self) -> int:
        """Changes to another snapshot, or from disk to memory."""
        return self._supply.switches

    def count(self) -> dict[str, int]:
        """How many processes are idle and busy, and how many queries wait, by lane."""
        yielded = self._count_yielded()
        return {
            "idle": len(self._supply.idle), "quick": len(self._quick) - yielded, "yielded": yielded,
            "slow": len(self._slow), "waiting_quick": len(self._lane_quick), "waiting_slow": len(self._lane_slow),
        }  # fmt: skip

    async def start(self) -> None:
        """Starts the processes. Raises StoreError if the store cannot be opened."""
        await self._supply.start()

    async def close(self) -> None:
        """Ends all processes, those with a query in hand as well."""
        self._closed = True
        for ticket in self._lane_quick.clear() + self._lane_slow.clear():
            _fail(
                ticket,
                QueryFailure("busy", "the service is being stopped", "Try again", zh=("服务正在停止", "请稍后再试")),
            )
        for run in self._quick | self._slow:
            run.ticket.stop_timer()
        await self._supply.close()

    def run(self, job: Job) -> asyncio.Future[Answer]:
        """Evaluates a job within the limits.

        The future becomes the answer, or :class:`QueryFailure` if there is no whole one. Whoever cancels it ends the
        query. Raises :class:`QueryFailure` at once if none is taken any more.
        """
        ticket = Ticket(job, CLIENT.get(), asyncio.get_running_loop().create_future())
        slow = self._known_slow.get(job.key, 0.0) > perf_counter()
        direct = not (slow or len(self._lane_quick) or len(self._lane_slow) or self._closed)
        worker = self._supply.take() if direct else None
        if worker is not None:
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
        free = len(self._supply.idle) - len(lane)
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
        while self._supply.idle and not self._closed:
            slow = None
            if len(self._slow) < self._limits.slow_workers and len(self._lane_slow):
                slow = self._lane_slow.take(self._may_be_slow)
            ticket = slow or self._lane_quick.take()
            if ticket is None:
                return
            worker = self._supply.take()
            if worker is None:
                (self._lane_slow if slow else self._lane_quick).put_back(ticket)
            else:
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
        self._look_again(run, _MOMENT_SECONDS)
        if slow:
            self._move(run)

    def _look_again(self, run: Run, seconds: float) -> None:
        """Judges a run of the quick lane after so many seconds, or when its time is over."""
        left = self._limits.query_seconds - (perf_counter() - run.began)
        run.ticket.timer = asyncio.get_running_loop().call_later(max(0.0, min(seconds, left)), self._judge, run)

    def _judge(self, run: Run) -> None:
        """A query in the quick lane is not quick, unless it has only waited for a processor."""
        if self._closed:
            return
        short, most = self._limits.short_seconds, self._limits.query_seconds
        age = perf_counter() - run.began
        if age < min(short, most):
            if not run.yielded and self._may_be_needed():
                self._yield_place(run)
            self._look_again(run, short - age if run.yielded else _MOMENT_SECONDS)
            return
        spent = run.worker.measure()
        light = short / (_LIGHT_YIELDED if run.yielded else _LIGHT)
        if spent is not None and spent < light and age < min(_STARVED * short, most):
            self._look_again(run, short)
            return
        self._remember_slow(run.ticket.job)
        if age >= most:
            self._time_out(run)
        elif len(self._slow) < self._limits.slow_workers and self._may_be_slow(run.ticket.client):
            self._move(run)
        elif not (len(self._lane_quick) or self._count_yielded() == self._limits.workers):
            # Nobody waits for its place. It may stay a little longer.
            self._look_again(run, short)
        else:
            ticket = run.ticket
            self._end(run)
            ticket.stop_timer()
            self._enter(ticket, self._lane_slow)
            self._dispatch()

    def _may_be_needed(self) -> bool:
        """Whether the last place of the quick lane is taken, and another may be had."""
        return not self._supply.idle and self._count_yielded() < self._limits.workers

    def _count_yielded(self) -> int:
        return sum(run.yielded for run in self._quick)

    def _yield_place(self, run: Run) -> None:
        run.yielded = True
        run.worker.lower()
        self._supply.fill()

    def _move(self, run: Run) -> None:
        self._quick.discard(run)
        self._slow.add(run)
        run.slow = True
        run.worker.lower()
        run.ticket.stop_timer()
        left = self._limits.query_seconds - (perf_counter() - run.began)
        run.ticket.timer = asyncio.get_running_loop().call_later(max(0.0, left), self._time_out, run)
        self._remember_slow(run.ticket.job)
        self._supply.fill()

    def _remember_slow(self, job: Job) -> None:
        self._known_slow[job.key] = perf_counter() + _REMEMBERED_SECONDS
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
            self.killed += 1
            self._forget(run)
            self._supply.end(run.worker)

    def _forget(self, run: Run) -> None:
        run.stopped = True
        run.ticket.stop_timer()
        self._quick.discard(run)
        self._slow.discard(run)

    def _take_answer(self, run: Run, head: dict[str, Any] | None, body: bytes) -> None:
        if run.stopped or self._closed:
            return
        self._forget(run)
        if head is None:
            self._supply.begin(self._explain(run))
            self._supply.fill()
            return
        # A process that grew large is not used again: what it took it may not give back, and then the next would fail.
        grown = len(body) > _BIG_ANSWER or head.get("error") == "memory"
        self._supply.give_back(run.worker, not (run.slow or run.yielded or grown))
        if not run.ticket.outcome.done():
            if "error" in head:
                run.ticket.outcome.set_exception(explain_error(head))
            else:
                edition, seconds = run.worker.nursery.edition, perf_counter() - run.began
                run.ticket.outcome.set_result(Answer(body, edition, int(head["rows"]), seconds))
        self._dispatch()

    async def _explain(self, run: Run) -> None:
        try:
            async with asyncio.timeout(2):
                code = await run.worker.ended
        except TimeoutError:
            code = 1
        _fail(run.ticket, explain_end(code))
        self._dispatch()


def _fail(ticket: Ticket, failure: QueryFailure) -> None:
    ticket.stop_timer()
    if not ticket.outcome.done():
        ticket.outcome.set_exception(failure)
