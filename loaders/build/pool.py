"""Work done in processes that can be killed: a task that hangs, dies or wants too much memory harms no other.

Processes come from a fork server: it has imported what conversion needs once, runs no thread, and gives each worker its
copy without importing again. The database and the language pipeline's threads never live in it. Where there is no fork
server (outside Linux), each worker imports for itself.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar, cast

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use. ``seconds`` for a task, ``bytes`` of address space, ``tasks`` until it is replaced.

    0 means no limit.
    """

    seconds: float = 0
    bytes: int = 0
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """A task without a result: its process died, or was killed after ``seconds`` (else None).

    ``machines`` is how many were lost with it, one after the other, where there are several; else 0.
    """

    seconds: float | None = None
    machines: int = 0


class _Worker(Generic[Task, Result]):
    """One process, its end of the line, and the task that it works on."""

    def __init__(self, context: BaseContext, work: Callable[[Task], Result], limits: Limits) -> None:
        self.channel, theirs = context.Pipe()
        self.process = cast(
            BaseProcess,
            context.Process(  # type: ignore[attr-defined]
                target=_serve, args=(theirs, work, limits.bytes, dict(os.environ), list(sys.path)), daemon=True
            ),
        )
        self.process.start()
        theirs.close()
        self.tasks = 0
        self.number: int | None = None
        self.deadline = float("inf")

    def give(self, number: int, task: Task, seconds: float) -> None:
        self.number, self.tasks = number, self.tasks + 1
        self.deadline = time.monotonic() + seconds if seconds else float("inf")
        # A process that has died already is noticed when its answer is awaited.
        with contextlib.suppress(BrokenPipeError):
            self.channel.send(task)

    def dismiss(self) -> None:
        """Ends the process, whatever it does."""
        self.channel.close()
        self.process.kill()
        self.process.join()


def run_tasks(
    tasks: Sequence[Task], work: Callable[[Task], Result], jobs: int, limits: Limits, preload: Sequence[str] = ()
) -> Iterator[tuple[int, Result | Broken]]:
    """The number of each task with its result, as they are done, ``jobs`` at once; tasks are begun in their order.

    ``work`` and the tasks are pickled. An exception of ``work`` ends its process, so it should return its errors.
    ``preload`` names modules that the fork server imports, if it does not run yet.
    Leaving the iterator early kills all workers.
    """
    context = _find_context(preload)
    waiting = deque(range(len(tasks)))
    workers: list[_Worker[Task, Result]] = []
    try:
        while waiting or any(w.number is not None for w in workers):
            while waiting:
                worker = next((w for w in workers if w.number is None), None)
                if worker is None:
                    if len(workers) >= min(jobs, len(tasks)):
                        break
                    workers.append(worker := _Worker(context, work, limits))
                number = waiting.popleft()
                worker.give(number, tasks[number], limits.seconds)
            busy = {w.channel: w for w in workers if w.number is not None}
            nearest = min(w.deadline for w in busy.values())
            patience = None if nearest == float("inf") else max(0.0, nearest - time.monotonic())
            for channel in wait(list(busy), patience):
                worker = busy.pop(cast(Connection, channel))
                number = cast(int, worker.number)
                outcome: Result | Broken
                try:
                    outcome = worker.channel.recv()
                    worker.number = None
                    worn = limits.tasks and worker.tasks >= limits.tasks
                except (EOFError, ConnectionResetError):
                    outcome, worn = Broken(), True
                if worn:
                    worker.dismiss()
                    workers.remove(worker)
                yield number, outcome
            now = time.monotonic()
            for worker in [w for w in busy.values() if w.deadline <= now]:
                number = cast(int, worker.number)
                worker.dismiss()
                workers.remove(worker)
                yield number, Broken(limits.seconds)
    finally:
        for worker in workers:
            worker.dismiss()


class Standing(Generic[Task, Result]):
    """One process that stays from task to task: what it has learnt, and its lists, serve the next one too.

    It is another one for another ``work`` or other limits, and after a task that broke it. For one thread at a time.
    """

    def __init__(self) -> None:
        self._worker: _Worker[Task, Result] | None = None
        self._terms: bytes = b""

    def run(
        self, task: Task, work: Callable[[Task], Result], limits: Limits, preload: Sequence[str] = ()
    ) -> Result | Broken:
        """The result of a task; as :func:`run_tasks` of one."""
        terms = pickle.dumps((work, limits))
        if self._worker is None or terms != self._terms:
            self.dismiss()
            self._worker, self._terms = _Worker(_find_context(preload), work, limits), terms
        worker = self._worker
        worker.give(0, task, limits.seconds)
        outcome: Result | Broken = Broken(limits.seconds)
        worn = True
        try:
            if worker.channel.poll(limits.seconds or None):
                outcome = worker.channel.recv()
                worn = bool(limits.tasks) and worker.tasks >= limits.tasks
        except (EOFError, ConnectionResetError):
            outcome = Broken()
        except BaseException:
            self.dismiss()
            raise
        if worn:
            self.dismiss()
        return outcome

    def dismiss(self) -> None:
        """Ends the process, if there is one."""
        if self._worker is not None:
            self._worker.dismiss()
            self._worker = None


def _find_context(preload: Sequence[str]) -> BaseContext:
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # It has no effect on a server that runs already.
    context.set_forkserver_preload(["__main__", *preload])
    return context


def _serve(
    channel: Connection,
    work: Callable[[Task], Result],
    memory: int,
    environment: dict[str, str],
    path: list[str],
) -> None:
    """What a worker does: one task after another, until there are no more."""
    _follow_parent()
    # The fork server's environment is that of its start, which may be long ago.
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:] = path
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            channel.send(work(channel.recv()))


def _follow_parent() -> None:
    """A build that is killed leaves no process behind: each watches its parent, which alone hears Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
