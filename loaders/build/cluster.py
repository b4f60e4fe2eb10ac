"""Conversion on many machines by Dask Distributed: the same work as in this machine's processes, given out elsewhere.

Which worker does what is decided here, task by task, so that it is known what is lost with a worker: a task whose
worker dies goes to another one; one that takes long while others are idle is begun once more, so that a worker which
is cut off or stands still holds up nothing. Results are known by what they are made of, and written whole or not at
all, so that twice does no harm. On each worker a document is converted in a process of the pool, under the same limits
as here.

A worker is asked first: whether it has these very loaders, sees the documents, and reads and writes the very folder of
results that is seen here. One that does not is left out, and told once.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import statistics
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from loaders import __version__
from loaders.build.conversion import (
    Cache,
    Failure,
    Item,
    Result,
    Shelf,
    Task,
    describe_reading,
    find_cores,
    find_limits,
    fingerprint_loaders,
)
from loaders.build.pool import Broken, Limits, Standing
from loaders.build.shards import SharedCache
from loaders.build.storage import has_vanished, is_url, open_folder, refuse_within
from loaders.build.versions import Converted
from loaders.characters import show_name
from loaders.errors import GongkaiError, StoreError
from loaders.extras import naming_extras
from loaders.paths import is_folder, resolve
from loaders.settings import Settings

#: The address that means a cluster of this machine's own.
LOCAL = "local"
#: How many workers may be lost with a task before it is given up.
LOSSES = 3
#: A task is begun once more by an idle worker after this time, and this many times what tasks usually take, in seconds.
SLOW_SECONDS, SLOW_TIMES = 10.0, 3.0
#: How long a worker may take beyond the limit of a task before it is taken for lost, in seconds.
_GRACE = 60.0
#: How long a scheduler may take to answer at first, in seconds.
_PATIENCE = 20.0
#: How often the scheduler is asked for its workers, in seconds.
_ROUND = 1.0
#: What is waited for until another machine's file is seen here, in seconds: network file systems keep what was absent.
_DELAYS = (0.0, 0.1, 0.5, 2.0, 5.0, 15.0, 30.0)
#: How many results are fetched at once, and how many may wait to be fetched.
_FETCHES, _FETCHED_LATER = 8, 256
#: From what difference on clocks are told to differ, in seconds; S3 refuses 900.
_CLOCKS = 60.0
_GOES_ON = "what is converted stays, and the same command goes on with it"


@dataclass(frozen=True, slots=True)
class Terms:
    """What every worker must have in common with this machine, and what it is to find in the folder of results."""

    loaders: str
    settings: Settings
    roots: tuple[str, ...]
    results: str
    probe: str


@dataclass(frozen=True, slots=True)
class _Unfit:
    """Why a worker can do nothing: in place of a result."""

    reason: str


@dataclass
class _Worker:
    """One worker as it is seen here: how many tasks it takes at once, which it has, and whether it is fit."""

    slots: int
    fit: bool = False
    reason: str = ""
    busy: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Run:
    """One beginning of a task on a worker; ``number`` is None for the question whether the worker is fit."""

    number: int | None
    worker: str
    begin: float
    future: Any


@contextlib.contextmanager
def join_cluster(
    address: str,
    results: str | Path,
    files: Sequence[Path | str],
    settings: Settings,
    tell: Callable[[str], None],
    slow_seconds: float = SLOW_SECONDS,
) -> Iterator[Cluster]:
    """The cluster at ``address`` of a scheduler; ``local`` starts one here, with a worker for each job.

    ``results`` is the folder or URL that all workers write to, ``files`` what is to be built, ``tell`` hears which
    workers are left out and why. A task that takes longer than ``slow_seconds`` is begun once more where a worker is
    idle. Raises :class:`loaders.errors.StoreError` if the scheduler does not answer.
    """
    if resolve(results) != resolve(settings.store):
        refuse_within(results, files)
    with naming_extras(f"--cluster {address}"):
        import distributed
    patience = min(_PATIENCE, settings.cluster_wait_seconds)
    with contextlib.ExitStack() as stack:
        try:
            if address == LOCAL:
                address = stack.enter_context(
                    distributed.LocalCluster(
                        n_workers=settings.jobs or find_cores(), threads_per_worker=1, host="127.0.0.1",
                        dashboard_address=None, silence_logs=50,
                    )
                ).scheduler_address  # fmt: skip
            client = stack.enter_context(distributed.Client(address, timeout=patience, set_as_default=False))
        except (OSError, TimeoutError, ValueError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise StoreError(
                address, f"no scheduler of Dask answers there ({reason})",
                "Start one (dask scheduler) and name its address, as tcp://host:8786, or use --cluster local",
            ) from error  # fmt: skip
        place = str(results) if is_url(results) else str(resolve(results))
        yield stack.enter_context(
            contextlib.closing(Cluster(client, address, place, files, settings, tell, slow_seconds))
        )


class Cluster:
    """An executor (:class:`loaders.build.conversion.Executor`) over the workers of one scheduler."""

    def __init__(
        self,
        client: Any,
        address: str,
        results: str,
        files: Sequence[Path | str],
        settings: Settings,
        tell: Callable[[str], None],
        slow_seconds: float,
    ) -> None:
        self.client, self.address, self.results, self.settings, self.tell = client, address, results, settings, tell
        self.slow_seconds = slow_seconds
        self.limits = find_limits(settings)
        self._told: set[str] = set()
        self._fetching = ThreadPoolExecutor(_FETCHES, "gongkai-fetch")
        self._fetches: deque[Future[None]] = deque()
        local = [Path(f) for f in files if not is_url(f)]
        self.roots = tuple(sorted({str(f if is_folder(f) else f.parent) for f in local}))

    def reach(self, cache: Shelf) -> Shelf:  # noqa: ARG002 - the same for every cache
        """The folder of results, wherever a worker is."""
        return SharedCache(open_folder(self.results))

    def collect(self, converted: Converted, cache: Shelf) -> None:
        """Begins to fetch a result, which :meth:`run` ends; nothing if the cache lies in the folder of results."""
        assert isinstance(cache, Cache)
        self._fetches.append(self._fetching.submit(self._fetch, converted, cache))
        while len(self._fetches) > _FETCHED_LATER or (self._fetches and self._fetches[0].done()):
            self._fetches.popleft().result()

    def _fetch(self, converted: Converted, cache: Cache) -> None:
        shared = SharedCache(open_folder(self.results))
        same = resolve(cache.folder.parent) == resolve(self.results)
        for delay in _DELAYS:
            time.sleep(delay)
            if cache.find(converted.key) is not None if same else shared.fetch(converted, cache):
                return
        raise StoreError(
            show_name(self.results),
            f"what a worker put there of {converted.path} is not there, or not whole",
            f"Check that all machines see the same folder; {_GOES_ON}",
        )

    def run(
        self, tasks: Sequence[Item], work: Callable[[Item], Result], preload: Sequence[str]
    ) -> Iterator[tuple[int, Result | Broken]]:
        """The number of each task with its result, as they are done.

        Raises :class:`loaders.errors.StoreError` if the scheduler goes, or no fit worker is there or comes.
        """
        if not tasks:
            return
        with self._offer_terms() as terms:
            yield from _Rounds(self, tasks, work, preload, terms).run()
        while self._fetches:
            self._fetches.popleft().result()

    def close(self) -> None:
        """Gives up what is being fetched."""
        self._fetching.shutdown(wait=True, cancel_futures=True)

    @contextlib.contextmanager
    def _offer_terms(self) -> Iterator[Terms]:
        """Puts a file into the folder of results, for workers to find there."""
        folder, name = open_folder(self.results), f"probes/{uuid.uuid4().hex}"
        folder.write(name, name.encode("ascii"))
        try:
            yield Terms(fingerprint_loaders(), self.settings, self.roots, self.results, name)
        finally:
            with contextlib.suppress(StoreError):
                folder.drop(name)  # first: who writes after this list sees that it has gone, and takes his own away
                for stored in folder.list("probes"):
                    if stored.name.startswith(name):
                        folder.drop(stored.name)

    def warn(self, about: str, message: str) -> None:
        """Tells something once."""
        if about not in self._told:
            self._told.add(about)
            self.tell(message)


class _Rounds:
    """One :meth:`Cluster.run`: tasks are given out to free workers until each has a result."""

    def __init__(
        self, cluster: Cluster, tasks: Sequence[Any], work: Callable[[Any], Any], preload: Sequence[str], terms: Terms
    ) -> None:
        self.cluster, self.tasks, self.work, self.preload, self.terms = cluster, tasks, work, preload, terms
        self.waiting = deque(range(len(tasks)))
        self.open = set(range(len(tasks)))
        self.losses: Counter[int] = Counter()
        self.runs: dict[str, _Run] = {}
        self.done: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.lengths: list[float] = []
        self.workers: dict[str, _Worker] = {}
        self.missing_since = time.monotonic()
        self._looked = float("-inf")

    def run(self) -> Iterator[tuple[int, Any]]:
        """Gives out and takes in."""
        try:
            while self.open:
                self._look()
                yield from self._give_up()
                self._refuse_to_wait()
                self._give_out()
                with contextlib.suppress(queue.Empty):
                    outcome = self._take(self.done.get(timeout=0.2))
                    while outcome is not None:
                        yield outcome
                        outcome = self._take(self.done.get_nowait())
        finally:
            for run in self.runs.values():
                with contextlib.suppress(Exception):  # whatever has become of the scheduler, nothing is to be done now
                    run.future.cancel()

    def _look(self) -> None:
        """Which workers have come and gone."""
        now = time.monotonic()
        if now - self._looked < _ROUND:
            return
        self._looked = now
        try:
            there: dict[str, int] = self.cluster.client.nthreads()
        except Exception as error:  # a closed connection is told by a dozen kinds of errors
            raise self._explain_scheduler(error) from error
        for address in self.workers.keys() - there.keys():
            self._lose(address, "it has gone")
        for address in there.keys() - self.workers.keys():
            self.workers[address] = _Worker(there[address])
            self._submit(address, None, _look_around, self.terms)
        if self.cluster.limits.seconds:
            longest = self.cluster.limits.seconds + _GRACE
            for run in [r for r in self.runs.values() if now - r.begin > longest and r.worker in self.workers]:
                self._reject(run.worker, f"it does not answer after {longest:g} seconds")

    def _explain_scheduler(self, error: Exception) -> StoreError:
        reason = " ".join(str(error).split()) or type(error).__name__
        return StoreError(
            self.cluster.address, f"the scheduler does not answer any more ({reason})", f"Start it again; {_GOES_ON}"
        )

    def _lose(self, address: str, why: str) -> None:
        """Takes a worker's tasks from it, for others to do."""
        for key in self.workers[address].busy:
            run = self.runs.pop(key)
            if run.number is not None and run.number in self.open:
                self.losses[run.number] += 1
                if not self._is_running(run.number):
                    self.waiting.appendleft(run.number)
            with contextlib.suppress(Exception):  # its future may be lost with it
                run.future.cancel()
        self.workers.pop(address)
        self.cluster.warn(f"{address} {why}", f"worker {address}: {why}; others do what it had to do")

    def _reject(self, address: str, reason: str) -> None:
        """Leaves a worker out from now on."""
        worker = self.workers[address]
        slots = worker.slots
        self._lose(address, reason)
        self.workers[address] = _Worker(slots, reason=reason)

    def _give_up(self) -> Iterator[tuple[int, Broken]]:
        """Tasks that were lost too often."""
        for number in [n for n, lost in self.losses.items() if lost >= LOSSES and n in self.open]:
            self.open.discard(number)
            with contextlib.suppress(ValueError):
                self.waiting.remove(number)
            yield number, Broken(machines=self.losses[number])

    def _refuse_to_wait(self) -> None:
        """Ends it where nobody is there to do anything."""
        now = time.monotonic()
        if any(w.fit or not w.reason for w in self.workers.values()):
            self.missing_since = now
            return
        reasons = {w.reason for w in self.workers.values() if w.reason}
        if reasons:
            raise StoreError(
                self.cluster.address,
                f"none of its workers ({len(self.workers)}) can convert for this machine: {'; '.join(sorted(reasons))}",
                f"Mend that on the workers; {_GOES_ON}",
            )
        if now - self.missing_since > self.cluster.settings.cluster_wait_seconds:
            raise StoreError(
                self.cluster.address,
                f"it has had no worker for {self.cluster.settings.cluster_wait_seconds:g} seconds",
                f"Start some (dask worker {self.cluster.address}), or raise GONGKAI_CLUSTER_WAIT_SECONDS; {_GOES_ON}",
            )

    def _give_out(self) -> None:
        """A task for each free place of a fit worker: one that waits, else one that another worker is slow with."""
        for address, worker in self.workers.items():
            while worker.fit and len(worker.busy) < worker.slots:
                number = self.waiting.popleft() if self.waiting else self._find_slow(address)
                if number is None:
                    break
                if number in self.open:
                    self._submit(
                        address, number, _do, self.tasks[number], self.work, self.cluster.limits, tuple(self.preload)
                    )

    def _find_slow(self, address: str) -> int | None:
        usual = statistics.median(self.lengths) if self.lengths else 0.0
        limit = time.monotonic() - max(self.cluster.slow_seconds, SLOW_TIMES * usual)
        begun = Counter(r.number for r in self.runs.values())
        mine = {r.number for r in self.runs.values() if r.worker == address}
        slow = [
            r for r in self.runs.values()
            if r.number in self.open and begun[r.number] == 1 and r.begin < limit and r.number not in mine
        ]  # fmt: skip
        return min(slow, key=lambda r: r.begin).number if slow else None

    def _is_running(self, number: int) -> bool:
        return any(r.number == number for r in self.runs.values())

    def _submit(self, address: str, number: int | None, function: Callable[..., Any], *arguments: Any) -> None:
        key = f"gongkai-{uuid.uuid4().hex}"
        try:
            future = self.cluster.client.submit(
                function, *arguments, key=key, workers=[address], allow_other_workers=False, pure=False, retries=0
            )
        except Exception as error:  # as above
            raise self._explain_scheduler(error) from error
        self.runs[key] = _Run(number, address, time.monotonic(), future)
        self.workers[address].busy.add(key)
        future.add_done_callback(lambda _: self.done.put(key))

    def _take(self, key: str) -> tuple[int, Any] | None:
        """What has become of a run, if it is a result that is still waited for."""
        run = self.runs.pop(key, None)
        if run is None:
            return None  # its worker is lost, or was left out
        self.workers[run.worker].busy.discard(key)
        outcome: Any
        if run.future.status == "finished":
            outcome = run.future.result()
        else:
            outcome = self._explain_broken_run(run)
        if run.number is None:
            self._welcome(run.worker, outcome)
            return None
        if run.number not in self.open:
            return None  # another worker was faster
        if isinstance(outcome, _Unfit):
            self.waiting.appendleft(run.number)
            self._reject(run.worker, outcome.reason)
            return None
        self.open.discard(run.number)
        self.lengths.append(time.monotonic() - run.begin)
        return run.number, outcome

    def _explain_broken_run(self, run: _Run) -> _Unfit:
        if run.future.status != "error":
            return _Unfit("it was lost")
        error = run.future.exception()
        if isinstance(error, ImportError | AttributeError):
            return _Unfit(f"it has no Gongkai, or another version of it ({error})")
        return _Unfit(f"it fails ({type(error).__name__}: {error})")

    def _welcome(self, address: str, answer: Any) -> None:
        """Takes a worker in, or leaves it out, by what it answered."""
        reason = answer.reason if isinstance(answer, _Unfit) else _find_unfit(answer, self.terms)
        if reason:
            self._reject(address, reason)
            return
        self.workers[address].fit = True
        drift = answer["clock"] - time.time()
        # The answer took its way: only what is more than the question's whole time is the clock's.
        if abs(drift) > _CLOCKS:
            self.cluster.warn(
                f"{address} clock",
                f"worker {address}: its clock is {abs(drift):.0f} seconds {'ahead' if drift > 0 else 'behind'}. "
                "Nothing here relies on it, but S3 refuses a difference of 900: set it by NTP",
            )


def _find_unfit(answer: dict[str, Any], terms: Terms) -> str:
    """Why a worker that answered so can do nothing; "" if it is fit."""
    if answer["loaders"] != terms.loaders:
        return (
            f"it has other loaders: Gongkai {answer['version']} ({answer['loaders']}), and here is {__version__} "
            f"({terms.loaders})"
        )
    if answer["unseen"]:
        return f"it does not see {', '.join(map(show_name, answer['unseen']))}"
    if answer["results"]:
        return str(answer["results"])
    here, there = describe_reading(terms.settings), answer["reading"]
    if here["forms"] != there["forms"]:
        return f"the file of further forms (GONGKAI_FORMS) is not the same there ({there['forms'] or 'none'})"
    if here["scans"] != there["scans"]:
        has, lacks = ("it has", "this machine lacks") if there["scans"] else ("it lacks", "this machine has")
        return f"{has} Tesseract, which {lacks}: scans would not be read alike (or set GONGKAI_OCR=off)"
    try:
        known = open_folder(terms.results).read(answer["probe"])
    except StoreError as error:
        return str(error)
    return "" if known is not None else f"its {show_name(terms.results)} is another folder than that of this machine"


def _look_around(terms: Terms) -> dict[str, Any]:
    """Asked on a worker: what it has, what it sees, whether it can write where results belong."""
    problem, probe = "", f"{terms.probe}-{uuid.uuid4().hex}"
    try:
        folder = open_folder(terms.results)
        if folder.read(terms.probe) is None:
            problem = f"its {show_name(terms.results)} is another folder than that of the machine that builds"
        else:
            folder.write(probe, b"seen")
            if folder.read(terms.probe) is None:  # the build ended meanwhile (this worker was late, or cut off)
                folder.drop(probe)
    except GongkaiError as error:
        problem = str(error)
    try:
        reading = describe_reading(terms.settings)
    except GongkaiError as error:
        reading = {"forms": str(error), "scans": ""}
    return {
        "loaders": fingerprint_loaders(), "version": __version__, "clock": time.time(), "results": problem,
        "probe": probe, "reading": reading, "unseen": [root for root in terms.roots if has_vanished(root)],
    }  # fmt: skip


#: The process of each thread of a worker: made anew for each document, it would learn everything anew.
_mine = threading.local()


def _do(task: Any, work: Callable[[Any], Any], limits: Limits, preload: tuple[str, ...]) -> Any:
    """Done on a worker: one task, in a process of its own that may be killed."""
    if not preload:
        return work(task)  # it needs none of the loaders' lists, and no limits
    # A worker under Dask's nanny is called a daemon, and as such might start no process.
    multiprocessing.current_process().daemon = False
    if not hasattr(_mine, "standing"):
        _mine.standing = Standing()
    outcome = _mine.standing.run(task, work, limits, preload)
    if isinstance(outcome, tuple):
        return _Unfit(str(StoreError(*cast(tuple[str, str, str], outcome))))
    if isinstance(outcome, Failure) and isinstance(task, Task) and not task.url and has_vanished(task.root):
        return _Unfit(f"it does not see {show_name(task.root)} any more")
    return outcome
