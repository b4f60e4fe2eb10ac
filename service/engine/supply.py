"""The query processes themselves: always as many as are wanted, all on the snapshot that is published now.

A new snapshot is served from disk at once, and from memory as soon as it is loaded, if it is small enough; queries that
run end on the old one. Which query gets which process is decided in :mod:`service.engine.pool`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from loaders.build.snapshots import Snapshot
from loaders.errors import GongkaiError
from service.engine.lanes import PoolLimits
from service.engine.memory import fits_memory
from service.engine.workers import Mode, NurseryLink, Worker

_LOG = logging.getLogger("gongkai.workers")
_POLL_SECONDS = 0.1
_LOAD_SECONDS = 1800.0


class Supply:
    """Idle query processes on the current snapshot. ``find_snapshot`` tells which, ``find_mark`` changes when it may.

    ``list_held`` gives the processes that hold places of the quick lane, ``list_busy`` all that have a query in hand;
    ``dispatch`` is called when there is one more.
    """

    def __init__(
        self, find_snapshot: Callable[[], Snapshot], find_mark: Callable[[], object], limits: PoolLimits,
        list_held: Callable[[], Iterable[Worker]], list_busy: Callable[[], Iterable[Worker]],
        dispatch: Callable[[], None],
    ) -> None:  # fmt: skip
        self._find_snapshot = find_snapshot
        self._find_mark = find_mark
        self._limits = limits
        self._list_held = list_held
        self._list_busy = list_busy
        self._dispatch = dispatch
        self._retired: set[NurseryLink] = set()
        #: Forks under way; those of a snapshot that is no longer served bring nothing.
        self._forking: Counter[NurseryLink] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loading: asyncio.Task[None] | None = None
        self._mark: object = None
        self.closed = False
        self.nursery: NurseryLink | None = None
        self.idle: list[Worker] = []
        self.forked = 0
        self.switches = 0

    async def start(self) -> None:
        """Starts the processes. Raises StoreError if the store cannot be opened."""
        self._mark = self._find_mark()
        await self._switch(self._find_snapshot(), "disk")
        self.begin(self._tend())

    async def close(self) -> None:
        """Ends all processes, those with a query in hand as well."""
        self.closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        nurseries = [*self._retired, *([self.nursery] if self.nursery else [])]
        self.nursery = None
        await asyncio.gather(*(n.close() for n in nurseries))

    def take(self) -> Worker | None:
        """An idle process; None if there is none."""
        while self.idle:
            worker = self.idle.pop()
            if not (worker.lost or worker.ended.done()):
                return worker
            self.fill()
        return None

    def give_back(self, worker: Worker, reuse: bool) -> None:
        """What has answered is idle again, if it may be used again and holds the current snapshot; else it is ended."""
        if reuse and worker.nursery is self.nursery:
            self.idle.append(worker)
        else:
            self.end(worker)

    def end(self, worker: Worker) -> None:
        """Kills a process, and has another forked if one is lacking."""
        worker.kill()
        self._sweep()
        self.fill()

    def fill(self) -> None:
        """Has as many processes forked as the quick lane lacks."""
        nursery = self.nursery
        if self.closed or nursery is None or nursery.dead:
            return
        here = sum(worker.nursery is nursery for worker in self._list_held())
        for _ in range(self._limits.workers - len(self.idle) - here - self._forking[nursery]):
            self._forking[nursery] += 1
            self.begin(self._fork(nursery))

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs something that is ended with the rest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _fork(self, nursery: NurseryLink) -> None:
        try:
            worker = await nursery.fork()
        except (GongkaiError, OSError) as error:
            worker = None
            if nursery is self.nursery and not nursery.dead and not self.closed:
                _LOG.error("a query process could not be replaced: %s", error)
                await asyncio.sleep(0.5)
        finally:
            self._forking[nursery] -= 1
            if not self._forking[nursery]:
                del self._forking[nursery]
        if worker is None:
            self.fill()
            return
        self.forked += 1
        if nursery is self.nursery:
            self.idle.append(worker)
            self._dispatch()
        else:
            worker.kill()
            self.fill()

    def _sweep(self) -> None:
        """Closes what holds an old snapshot once nothing runs on it."""
        busy = {worker.nursery for worker in self._list_busy()}
        for nursery in [n for n in self._retired if n not in busy]:
            self._retired.discard(nursery)
            self.begin(nursery.close())

    async def _switch(self, snapshot: Snapshot, mode: Mode) -> None:
        """Makes a snapshot, held in a mode, the one that is served. Raises StoreError; then nothing has changed."""
        seconds = _LOAD_SECONDS if mode == "memory" else 30.0
        nursery = await NurseryLink.start(snapshot, mode, self._limits.memory, seconds)
        try:
            workers = [await nursery.fork()]
            for _ in range(self._limits.workers - 1):
                workers.append(await nursery.fork())
        except BaseException:
            await nursery.close()
            raise
        self.forked += len(workers)
        old, idle = self.nursery, self.idle
        self.nursery, self.idle = nursery, workers
        self.switches += 1
        if old is not None:
            self._retired.add(old)
        for worker in idle:
            worker.kill()
        self._sweep()
        self._dispatch()

    async def _tend(self) -> None:
        """Follows the published snapshot, and starts the processes again should they all have ended."""
        self._load(self.nursery.snapshot if self.nursery else None)
        pause = _POLL_SECONDS
        while True:
            await asyncio.sleep(pause)
            mark = self._find_mark()
            dead = self.nursery is None or self.nursery.dead
            if mark == self._mark and not dead:
                continue
            try:
                snapshot = self._find_snapshot()
                if dead or self.nursery is None or snapshot.name != self.nursery.snapshot.name:
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
            self._loading = self.begin(self._load_beside(snapshot))

    async def _load_beside(self, snapshot: Snapshot) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await self._switch(snapshot, "memory")
            except (GongkaiError, OSError) as error:
                _LOG.warning("the snapshot is served from disk: %s", error)
