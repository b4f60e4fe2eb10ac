"""What is made of a snapshot beside it: the search index, the dumps. Each is made once, whole, and never changed.

::

    <store>/derived/000007-1f3c9a20/search/     the index of snapshot 000007
    <store>/derived/000007-1f3c9a20/dumps/      its files to download
    <store>/derived/000007-1f3c9a20/answers/    answers to what is asked of it as a whole
    <store>/derived/000007-1f3c9a20/counts/     how many statements it has
    <store>/derived/000007-1f3c9a20/lookups/    what is said of each thing, as answers say it
    <store>/derived/000007-1f3c9a20/package-…/  one of the files that are made when they are first asked for

The index of a snapshot that grew from another grows from that one's, and so do its look-ups: only what changed
documents touch is replaced.

Made by ``gongkai build`` and ``gongkai load`` after they have published, else at the first question that needs it, by a
process of its own: ``python -m service.linked.snapshot_parts STORE PART``. What belongs to a snapshot that is gone is
removed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from loaders.build.growing import read_changes
from loaders.build.snapshots import Snapshot, find_current, find_previous, mark_snapshot, writing
from loaders.errors import GongkaiError, StoreError
from loaders.graph.iris import Iris
from service.engine import shelf, statistics
from service.engine.kept import EDITION as KEPT_EDITION
from service.engine.kept import PART as KEPT
from service.engine.kept import name_part
from service.engine.store import EmbeddedStore, Store, find_published
from service.http.problems import Problem
from service.linked import dumps, kept_questions
from service.linked.packages import EDITION, PACKAGES, Package, make_package
from service.search import index as search_index
from service.search.entries import list_changed, list_entries
from service.settings import ServiceSettings

_LOG = logging.getLogger("gongkai.derived")
_MAKING = ".making-"
_COMMAND = (sys.executable, "-m", "service.linked.snapshot_parts")
#: How long an attempt that failed is not repeated.
_PAUSE_SECONDS = 30.0
#: How long a process that is making something may take to leave.
_LEAVE_SECONDS = 2.0
#: What was begun so long ago and never finished was left by one that was killed.
_FORSAKEN_SECONDS = 86_400.0


@dataclass(frozen=True)
class Making:
    """What a part is made of, and where: the folder of the store, its snapshot and that one's database, opened.

    ``folder`` is there and empty; ``jobs`` is how many processes may work on it.
    """

    place: Path
    snapshot: Snapshot
    store: ox.Store
    folder: Path
    jobs: int

    @property
    def base(self) -> str:
        """The base of the snapshot's IRIs."""
        return self.snapshot.manifest.base

    def begin_anew(self) -> None:
        """Empties the folder."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()


def _make_search(making: Making) -> None:
    changes, last = read_changes(making.snapshot), find_last(making.place, making.snapshot, "search")
    if changes is not None and last is not None:
        changed = list_changed(making.store, making.base, changes.documents, changes.things)
        if search_index.grow_index(last, changed, making.folder):
            return
        making.begin_anew()
    search_index.make_index(list_entries(making.store, making.base), making.folder)


def _make_dumps(making: Making) -> None:
    dumps.make_dumps(making.store, making.base, making.folder)


def _make_answers(making: Making) -> None:
    kept_questions.make_answers(making.place, making.snapshot, making.folder, making.jobs)


def _make_counts(making: Making) -> None:
    statistics.write_statistics(making.store, making.folder)


def _make_shelf(making: Making) -> None:
    place, snapshot, folder = making.place, making.snapshot, making.folder
    changes, last, before = read_changes(snapshot), find_last(place, snapshot, shelf.PART), find_previous(place)
    if changes is not None and last is not None and before is not None and mark_snapshot(before) == changes.mark:
        iris = Iris(making.base)
        graphs = [iris.document(identity) for identity in changes.documents]
        try:
            old = ox.Store.read_only(str(before.database))
            if shelf.grow_shelf(last, old, making.store, graphs, changes.things, folder):
                return
        except (OSError, ValueError) as error:
            _LOG.warning("the shelf of the snapshot before is of no use: %s", error)
        making.begin_anew()
    shelf.write_shelf(making.store, folder, snapshot.manifest.quads)


def _make_package(package: Package) -> Callable[[Making], None]:
    def make(making: Making) -> None:
        make_package(package, making.snapshot, making.store, making.folder)

    return make


#: The parts, how each is made, and the edition of its form: what an older Gongkai made is made anew.
PARTS: dict[str, tuple[Callable[[Making], None], int]] = {
    "search": (_make_search, search_index.EDITION),
    "dumps": (_make_dumps, dumps.EDITION),
    KEPT: (_make_answers, KEPT_EDITION),
    "counts": (_make_counts, statistics.EDITION),
    shelf.PART: (_make_shelf, shelf.EDITION),
    **{package.part: (_make_package(package), EDITION) for package in PACKAGES},
}


def find_folder(store: Path, snapshot: Snapshot, part: str) -> Path:
    """Where a part of a snapshot belongs, whether or not it is there."""
    # A store that was removed and built again counts from 1 again: the contents tell the two apart.
    return _name_folder(store, mark_snapshot(snapshot), part)


def _name_folder(store: Path, mark: str, part: str) -> Path:
    return name_part(store, mark, part, PARTS[part][1])


def find_last(store: Path, snapshot: Snapshot, part: str) -> Path | None:
    """The folder of a part of the snapshot that this one grew from; None if it was made from nothing, or it is gone."""
    changes = read_changes(snapshot)
    folder = _name_folder(store, changes.mark, part) if changes is not None else None
    return folder if folder is not None and folder.is_dir() else None


def make(store: Path, snapshot: Snapshot, part: str, jobs: int = 1) -> Path:
    """Makes a part of a snapshot unless it is there, with so many processes; returns its folder.

    Raises :class:`loaders.errors.StoreError` if the store cannot be read or written.
    """
    folder = find_folder(store, snapshot, part)
    if folder.is_dir():
        return folder
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=_MAKING, dir=folder.parent))
        try:
            work.chmod(0o755)
            PARTS[part][0](Making(store, snapshot, ox.Store.read_only(str(snapshot.database)), work, jobs))
            try:
                work.rename(folder)
            except OSError:
                # Another process was quicker; what it made is the same.
                if not folder.is_dir():
                    raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
        _prune(store, folder.parent)
    return folder


def _prune(store: Path, kept: Path) -> None:
    for folder in (store / "derived").iterdir():
        snapshot = store / "snapshots" / folder.name.partition("-")[0]
        if folder != kept and not snapshot.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
    for work in kept.glob(f"{_MAKING}*"):
        with contextlib.suppress(OSError):
            if work.stat().st_mtime < time.time() - _FORSAKEN_SECONDS:
                shutil.rmtree(work, ignore_errors=True)


@contextlib.contextmanager
def making_beside(store: Path, part: str) -> Iterator[None]:
    """Makes a part of the published snapshot in a process of its own, while what stands in the block is done.

    Raises :class:`loaders.errors.StoreError` at the end if it cannot.
    """
    process = subprocess.Popen(
        [*_COMMAND, str(store), part], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        yield
        _, errors = process.communicate()
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_LEAVE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    if process.returncode:
        raise StoreError(str(store), f"the part {part!r} could not be made", _tell(errors) or "Build again")


def _tell(errors: bytes) -> str:
    """What a process that made a part has said, as far as anybody wants to read it."""
    return errors.decode("utf-8", "replace").strip()[-2000:]


class Maker:
    """The parts of the published snapshot, made in the background where they are missing.

    ``find_snapshot`` gives the snapshot that is published now; ``patience`` is how long a request waits, in seconds.
    """

    def __init__(self, store: Path, find_snapshot: Callable[[], Snapshot], patience: float) -> None:
        self.store = store
        self.find_snapshot = find_snapshot
        self.patience = patience
        self._running: dict[Path, asyncio.Task[None]] = {}
        self._failed: dict[Path, tuple[float, GongkaiError]] = {}

    def begin(self, part: str) -> tuple[Snapshot, Path, bool]:
        """The snapshot, the folder of a part of it, and whether it is there; if not, its making begins.

        Raises the error of the last attempt if that failed a short while ago.
        """
        snapshot = self.find_snapshot()
        folder = find_folder(self.store, snapshot, part)
        ready = folder.is_dir()
        failed_at, error = self._failed.get(folder, (0.0, None))
        if not ready and error is not None and time.monotonic() < failed_at + _PAUSE_SECONDS:
            raise error
        if not ready and folder not in self._running:
            task = self._running[folder] = asyncio.create_task(self._run(part))
            task.add_done_callback(lambda done: self._forget(folder, done))
        return snapshot, folder, ready

    def is_ready(self, part: str) -> bool:
        """Whether the part of the published snapshot is there."""
        return find_folder(self.store, self.find_snapshot(), part).is_dir()

    def is_near(self, part: str) -> bool:
        """Whether the part need not be made of the whole snapshot, but grows from that of the one before."""
        return find_last(self.store, self.find_snapshot(), part) is not None

    async def need(self, part: str) -> tuple[Snapshot, Path]:
        """The snapshot and the folder of a part of it. Raises a 503 :class:`Problem` while it is being made."""
        snapshot, folder, ready = self.begin(part)
        if not ready:
            task = self._running[folder]
            done, _ = await asyncio.wait({task}, timeout=self.patience)
            if not done:
                raise Problem(
                    503, "not_ready", part, "it is being made for the data that were just published",
                    "Ask again in a few seconds",
                )  # fmt: skip
            task.result()
            if not folder.is_dir():
                # The data were replaced meanwhile.
                raise Problem(503, "not_ready", part, "the data were replaced just now", "Ask again in a few seconds")
        return snapshot, folder

    def _forget(self, folder: Path, task: asyncio.Task[None]) -> None:
        self._running.pop(folder, None)
        self._failed.pop(folder, None)
        error = None if task.cancelled() else task.exception()
        # Whoever waits for it gets the error, and whoever asks soon after; the log has it too.
        if isinstance(error, GongkaiError):
            self._failed[folder] = (time.monotonic(), error)

    async def close(self) -> None:
        """Ends what is being made."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, part: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, str(self.store), part,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            _, errors = await process.communicate()
        except asyncio.CancelledError:
            # Told to, it takes away what it has begun.
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _LEAVE_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
            raise
        if process.returncode != 0:
            _LOG.error("making %s of %s failed: %s", part, self.store, _tell(errors))
            raise StoreError(str(self.store), f"the part {part!r} could not be made", "The log of the server says why")


def open_maker(store: Store, settings: ServiceSettings) -> Maker | None:
    """The maker for a store. Beside a store elsewhere the parts are made of the build that was published there.

    None where there is no such build in the store's folder: of what is elsewhere alone nothing can be made.
    """
    if isinstance(store, EmbeddedStore):
        return Maker(store.folder, store.find_snapshot, settings.index_wait_seconds)
    if find_current(settings.store) is None:
        return None
    return Maker(settings.store, lambda: find_published(settings.store, settings.base), settings.index_wait_seconds)


def main(arguments: list[str]) -> int:
    """``python -m service.linked.snapshot_parts STORE PART``: makes a part of the published snapshot."""
    store, part = Path(arguments[0]), arguments[1]
    # Queries come first: this may take as long as it does.
    os.nice(5)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        snapshot = find_current(store)
        if snapshot is None:
            raise StoreError(str(store), "there is no store yet", "Build it: gongkai build")
        make(store, snapshot, part)
    except GongkaiError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
