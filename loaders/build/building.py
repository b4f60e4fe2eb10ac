"""Documents become a new snapshot of the store: parallel, incremental, atomic.

A build that fails or is killed leaves the published snapshot as it was, and what it has converted stays in the cache
for the next. A file that cannot be read stops no other; what the store held of it before stays, and the report says so.
"""

from __future__ import annotations

import contextlib
import logging
import time as clock
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from traceback import clear_frames

from loaders import __version__
from loaders.build.ahead import LoadingAhead
from loaders.build.collecting import Collector, digest_sources, drop_duplicates, list_documents
from loaders.build.conversion import (
    Cache,
    Executor,
    Failure,
    Reader,
    Task,
    convert_all,
    find_cores,
    fingerprint_loaders,
    fingerprint_surroundings,
    list_keys,
)
from loaders.build.digests import Digests
from loaders.build.filling import fill_database
from loaders.build.growing import Growing, fingerprint_foundation
from loaders.build.loading import Progress, ignore, load_files
from loaders.build.material import Material
from loaders.build.merging import Gathered, gather, refuse_other_loaders
from loaders.build.recording import record
from loaders.build.snapshots import Manifest, Snapshot, Workshop, find_current
from loaders.build.storage import is_url
from loaders.build.versions import Converted, settle
from loaders.characters import show_name
from loaders.errors import StoreError
from loaders.paths import Places, has_gone, is_folder, resolve
from loaders.resources import documents_folder
from loaders.settings import Settings

__all__ = ["BuildReport", "Progress", "build", "list_documents", "load_files", "merge", "remove"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class BuildReport:
    """What a build did. ``snapshot`` is the published one, None if there is none; ``changed`` if it is a new one.

    ``documents`` are those in the store, superseded versions among them; of these, ``converted`` were read now,
    ``reused`` came from the cache and ``kept`` from the snapshot before, all by their ids; ``removed`` are gone.
    ``duplicates`` are pairs of files with the same content: left out, and the other. ``notes`` are pairs of a file and
    what was decided about its id and version.
    """

    snapshot: Snapshot | None
    changed: bool
    documents: tuple[Converted, ...] = ()
    converted: tuple[str, ...] = ()
    reused: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    quads: int = 0
    seconds: float = 0.0

    @property
    def succeeded(self) -> bool:
        """Whether every file was built."""
        return not self.failures


def build(
    files: Sequence[Path | str] = (),
    store_dir: Path | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    *,
    fresh: bool = False,
    mirror: bool = False,
    retry: bool = False,
    convert: Reader | None = None,
    executor: Executor | None = None,
) -> BuildReport:
    """Builds ``files`` (default: the documents that come with Gongkai) into the store, beside what it holds.

    A folder stands for the documents in it and below. The same content is one document, wherever it lies; another
    content with the same id is a new version, or another document (see :mod:`loaders.build.versions`). With ``fresh``
    the store holds ``files`` only; with ``mirror`` documents whose files have gone from the named folders leave it.
    With ``retry`` files that could not be read are tried again though nothing changed. ``convert`` reads one document,
    default ``loaders.pipeline.read_facts``; ``executor`` does it elsewhere. A text with ``://`` among ``files`` is the
    URL of a file or folder that fsspec knows. With other than one job the calling script needs the usual
    ``if __name__ == "__main__"``, since new processes import it.

    Raises :class:`loaders.errors.StoreError` if the store cannot be written or another process builds it, and
    :class:`loaders.errors.CatalogueError` if a catalogue is wrong. Files that cannot be read are in the report.
    """
    settings = settings or Settings()
    begin = clock.monotonic()
    with Workshop(store_dir or settings.store, settings.keep_snapshots) as workshop, contextlib.ExitStack() as stack:
        work = _Build(workshop, settings, progress or ignore, convert, executor)
        work.collect(list(files) or [documents_folder()], fresh, mirror)
        # One job is one job: nothing is done beside it.
        if (fresh or work.current is None) and (settings.jobs != 1 or executor is not None):
            work.ahead = stack.enter_context(LoadingAhead(workshop, work.cache, settings.base))
        while True:
            work.convert(retry)
            work.settle(fresh)
            work.decide(fresh)
            if (work.is_published() or work.drop_torn()) and (done := work.try_publishing()) is not None:
                return work.report(*done, begin)


def remove(
    names: Sequence[str],
    store_dir: Path | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Takes documents out of the store. ``names`` are ids, or paths of files as ``gongkai list`` tells them.

    A path stands for all versions that came from it. Where the newest version goes, the one before is current again.
    All of them or none: raises :class:`loaders.errors.StoreError` for a name that the store does not hold.
    """
    settings = settings or Settings()
    begin = clock.monotonic()
    with Workshop(store_dir or settings.store, settings.keep_snapshots) as workshop:
        work = _Build(workshop, settings, progress or ignore)
        gone = {d.id for name in names for d in work.find_earlier(name)}
        work.documents = [
            replace(d, replaced_by="" if d.replaced_by in gone else d.replaced_by)
            for d in work.earlier
            if d.id not in gone
        ]
        work.kept = [d.id for d in work.documents]
        work.decide(fresh=False)
        while True:
            if not work.is_published():
                work.drop_torn()
            if (done := work.try_publishing(emptied=True)) is not None:
                return work.report(*done, begin)


def merge(
    sources: Sequence[Path | str],
    store_dir: Path | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    *,
    fresh: bool = False,
    partial: bool = False,
) -> BuildReport:
    """Builds a store of what was converted elsewhere: folders that shares wrote to, and other stores, by path or URL.

    What comes out is what one build of all the files gives, whichever machine converted which. With ``partial`` shares
    that are not done are left out, and documents that are not whole are told as failures; without it nothing is
    published then. With ``fresh`` the store holds nothing else.

    Raises :class:`loaders.errors.StoreError` if a source cannot be read, was made by other loaders or for another base,
    is not done or not whole, or if another process builds the store.
    """
    settings = settings or Settings()
    begin = clock.monotonic()
    with Workshop(store_dir or settings.store, settings.keep_snapshots) as workshop:
        work = _Build(workshop, settings, progress or ignore)
        refuse_other_loaders(workshop.store, None if fresh or not work.earlier else work.current)
        gathered = gather(sources, workshop.store, settings, work.cache, work.progress, partial=partial)
        work.take(gathered)
        work.settle(fresh)
        while True:
            work.decide(fresh)
            if not work.is_published() and not work.drop_torn():
                raise StoreError(
                    str(work.cache.folder), "what was just put there is not whole", "Check the disk; merge again"
                )
            if (done := work.try_publishing()) is not None:
                return work.report(*done, begin)


class _Build:
    """One run of :func:`build`, step by step: collect, convert, settle, publish."""

    def __init__(
        self,
        workshop: Workshop,
        settings: Settings,
        progress: Progress,
        read: Reader | None = None,
        executor: Executor | None = None,
    ) -> None:
        self.workshop, self.settings, self.progress, self.read = workshop, settings, progress, read
        self.executor = executor
        self.cache = Cache(workshop.store / "cache")
        self._digests = Digests(workshop.store)
        # Where paths lead: asked of the system once, for many documents are looked at often.
        self._resolve = Places().find
        self.collector = Collector(
            settings,
            digest=None if executor is None else partial(digest_sources, executor),
            hash_path=self._digests.find,
            find_place=self._resolve,
        )
        self.tasks: list[Task] = []
        self.faults: list[Failure] = []
        self.fresh_keys: set[str] = set()
        self.outcomes: dict[str, Converted | Failure] = {}
        self.documents: list[Converted] = []
        self.converted: list[str] = []
        self.reused: list[str] = []
        self.kept: list[str] = []
        self.failures: list[Failure] = []
        self.duplicates: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []
        self.lost: list[tuple[str, str]] = []
        self._mirrored: list[Path] = []
        self.growing: Growing | None = None
        self.ahead: LoadingAhead | None = None
        #: whether the published snapshot proved to be damaged
        self.spoilt = False
        self.current: Snapshot | None
        try:
            self.current = find_current(workshop.store)
        except StoreError:
            # A damaged snapshot is no reason not to build: a build is its remedy.
            self.current = None
        #: what the published snapshot holds, and those of them whose quads are at hand
        self.listed = list(self._list_rows())
        ours = self.current is not None and self.current.manifest.base == settings.base
        self.earlier = [d for d in self.listed if self.cache.holds(d)] if ours else []

    def _list_rows(self) -> Iterator[Converted]:
        for row in () if self.current is None else self.current.manifest.documents:
            with contextlib.suppress(TypeError):
                yield Converted(**row)

    def find_earlier(self, name: str) -> list[Converted]:
        """The documents of the store that an id or a path means. Raises :class:`loaders.errors.StoreError` if none."""
        found = [d for d in self.earlier if d.id == name]
        place = resolve(name)
        found = found or [d for d in self.earlier if self._resolve(d.path) == place]
        # Nobody can type a name that is no text: as it is shown will do.
        found = found or [d for d in self.earlier if show_name(self._resolve(d.path)) == show_name(place)]
        if not found:
            raise StoreError(str(self.workshop.store), f"it holds no document {name!r}", "See gongkai list")
        if len({self._resolve(d.path) for d in found}) > 1:
            raise StoreError(
                str(self.workshop.store), f"several files are shown as {name!r}", "Name the document by its id"
            )
        return found

    def collect(self, files: list[Path | str], fresh: bool, mirror: bool) -> None:
        """Finds each file's content and entry; the same content is taken once, a catalogued file before others."""
        folders = [file for f in files if not is_url(f) and is_folder(file := Path(f))]
        self._mirrored = [resolve(folder) for folder in folders] if mirror else []
        # Newer loaders read again what the store holds, if it is still where it was and what it was.
        found = self.collector.collect(files, None if fresh else self._list_earlier, allow_empty=mirror)
        self.faults = self.collector.faults
        self.tasks, self.duplicates = drop_duplicates(found, self._resolve)
        self._digests.save()

    def take(self, gathered: Gathered) -> None:
        """Takes over what was collected and converted elsewhere."""
        self.tasks, self.duplicates = drop_duplicates(gathered.tasks)
        self.outcomes, self.faults = gathered.outcomes, gathered.faults

    def _list_earlier(self) -> Iterator[Path]:
        for document in self.earlier or self._list_foreign():
            path = Path(document.path)
            with contextlib.suppress(OSError):
                if path.is_file() and self.collector.hash(path) == document.sha256:
                    yield path
                    continue
            if not self.earlier:
                self.lost.append((document.path, f"it was in the store for another base, and has gone: {document.id}"))

    def _list_foreign(self) -> list[Converted]:
        """The documents of a snapshot for another base: none of its quads will do, but its files will."""
        foreign = self.current is not None and self.current.manifest.base != self.settings.base
        return self.listed if foreign else []

    def convert(self, retry: bool) -> None:
        """Converts what the cache lacks."""
        surroundings = fingerprint_surroundings(self.settings)
        # What the store holds was found in the cache; as it was converted, before it got id and version.
        held = {d.key: d.as_converted() for d in self.earlier}
        for task in self.tasks:
            known: Converted | Failure | None = held.get(task.key) or self.cache.find(task.key)
            if known is None and not retry:
                known = self.cache.find_failure(task.key, surroundings)
            if task.key not in self.outcomes and known:
                self.outcomes[task.key] = known if known.path == task.place else replace(known, path=task.place)
        pending = [t for t in self.tasks if t.key not in self.outcomes]
        total, size = len(self.tasks), sum(t.size for t in pending)
        self.progress("convert", total - len(pending), total)
        done = 0
        for task, outcome in convert_all(pending, self.settings, self.cache, self.read, self.executor):
            self.outcomes[task.key] = outcome
            self.fresh_keys.add(task.key)
            if self.ahead is not None and isinstance(outcome, Converted):
                self.ahead.give(task.key)
            if isinstance(outcome, Failure) and not outcome.passing:
                self.cache.put_failure(task.key, surroundings, outcome)
            done += task.size
            # Bytes tell better than files how much is left, since the largest come first.
            self.progress("bytes", done, size)
            self.progress("convert", len(self.outcomes), total)

    def settle(self, fresh: bool) -> None:
        """Gives each document its id and version, and takes over what nothing took the place of."""
        found = [(t, o) for t in self.tasks if isinstance(o := self.outcomes[t.key], Converted)]
        self.failures = [*self.faults, *(o for t in self.tasks if isinstance(o := self.outcomes[t.key], Failure))]
        # Of two that nobody has seen before, what a catalogue names comes first, then the older file.
        found.sort(key=lambda pair: (pair[0].entry is None, pair[0].age, pair[0].place))
        failed = {self._resolve(f.path): number for number, f in enumerate(self.failures)}
        read = {self._resolve(o.path): o for _, o in found}
        earlier = [d for d in self.earlier if not _is_other(d, read.get(self._resolve(d.path)))]
        settled = settle(earlier, [o for _, o in found])
        ids = set(settled.found.values())
        self.notes = [*self.lost, *settled.notes]
        self.documents = [d for d in settled.documents if d.id in ids or not fresh or self._resolve(d.path) in failed]
        self._drop_gone(ids)
        self.converted = [d.id for d in self.documents if d.id in ids and d.key in self.fresh_keys]
        self.reused = sorted(ids - set(self.converted))
        self.kept = [d.id for d in self.documents if d.id not in ids]
        for document in self.documents:
            number = failed.get(self._resolve(document.path))
            if number is not None and document.id not in ids:
                self.failures[number] = replace(self.failures[number], kept=True)

    def _drop_gone(self, ids: set[str]) -> None:
        """Leaves out documents whose files have gone, but for those in ``ids``, which were found now.

        A superseded version stays though its file has gone; it goes with the version that replaces it.
        """
        while True:
            there = {d.id for d in self.documents}
            self.documents = [
                replace(d, replaced_by="") if d.replaced_by and d.replaced_by not in there else d
                for d in self.documents
            ]
            gone = {d.id for d in self.documents if d.id not in ids and not d.replaced_by and self._has_gone(d)}
            if not gone:
                return
            self.documents = [d for d in self.documents if d.id not in gone]

    def _has_gone(self, document: Converted) -> bool:
        path = self._resolve(document.path)
        return any(path.is_relative_to(root) for root in self._mirrored) and has_gone(path)

    def _fingerprint(self) -> str:
        total = sha256(f"build {fingerprint_foundation(self.settings.base)}".encode())
        for d in sorted(self.documents, key=lambda d: d.id):
            total.update(f"{d.id} {d.key} {d.path} {d.replaced_by}\n".encode("utf-8", "surrogateescape"))
        return total.hexdigest()[:16]

    def is_published(self) -> bool:
        """Whether the published snapshot holds exactly this."""
        return self.current is not None and self.current.manifest.fingerprint == self._fingerprint()

    def decide(self, fresh: bool) -> None:
        """Decides whether the new snapshot grows from the published one, or is made from nothing."""
        self.documents.sort(key=lambda d: d.id)
        self.growing = None
        if fresh or self.current is None or self.spoilt:
            return
        manifest, base = self.current.manifest, self.settings.base
        if manifest.extra.get("foundation") == fingerprint_foundation(base) and self.current.origins.is_dir():
            growing = Growing(self.current, self.listed, self.documents, self.cache, base)
            self.growing = growing if growing.is_worth_it() else None

    def drop_torn(self) -> bool:
        """Checks what is loaded from the cache; True if all of it is whole, else it is to be converted again."""
        loaded = self.documents if self.growing is None else self.growing.changed
        torn = {d.key for d in loaded if d.key not in self.fresh_keys and not self.cache.verify(d)}
        for key in torn:
            self.cache.forget(key)
            self.outcomes.pop(key, None)
        self.earlier = [d for d in self.earlier if d.key not in torn]
        self.documents = [d for d in self.documents if d.key not in torn]
        return not torn

    def try_publishing(self, *, emptied: bool = False) -> tuple[Snapshot | None, bool] | None:
        """Makes and publishes the snapshot, unless the published one holds exactly this; tells whether it did.

        None if it could not grow from the published one: then it is to be decided, checked and tried once more.
        """
        self.documents.sort(key=lambda d: d.id)
        if self.is_published() or not (self.documents or emptied or self._mirrored):
            return self.current, False
        moment = self.settings.find_time()
        try:
            count = self._fill(moment)
        except StoreError as error:
            if self.growing is None:
                raise
            # Damage in the published snapshot is no reason not to build: a build from nothing is its remedy.
            _LOG.warning("the new snapshot is made from nothing: %s", error)
            # The databases are closed once nothing names them any more, and the error's frames do.
            clear_frames(error.__traceback__)
        else:
            return self._publish(count, moment), True
        self.growing, self.spoilt = None, True
        self.workshop.begin_anew()
        return None

    def _fill(self, moment: datetime) -> int:
        if self.growing is not None:
            return self.growing.run(self.workshop, moment, self.progress)
        base, loaded, threads = self.settings.base, None, self.settings.jobs or find_cores()
        if self.ahead is not None:
            material = Material(self.documents, self.cache, base)
            loaded = self.ahead.finish(d.key for d in self.documents if material.is_plain(d))
        return fill_database(self.workshop, self.documents, self.cache, base, moment, self.progress, loaded, threads)

    def _publish(self, count: int, moment: datetime) -> Snapshot:
        manifest = Manifest(
            kind="build",
            base=self.settings.base,
            version=__version__,
            time=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            fingerprint=self._fingerprint(),
            quads=count,
            documents=tuple(d.as_row() for d in self.documents),
            extra={
                "loaders": fingerprint_loaders(),
                "foundation": fingerprint_foundation(self.settings.base),
            },
        )
        record(self.current, self.workshop.describe(manifest), self.settings.keep_changes)
        before = list_keys(self.current.manifest.documents) if self.current else set()
        snapshot = self.workshop.publish(manifest)
        self.cache.prune(before | {d.key for d in self.documents} | {t.key for t in self.tasks})
        return snapshot

    def report(self, snapshot: Snapshot | None, changed: bool, begin: float) -> BuildReport:
        """What the build did. ``begin`` is when it began, by the monotonic clock."""
        there = {d.id for d in self.documents}
        return BuildReport(
            snapshot=snapshot,
            changed=changed,
            documents=tuple(self.documents),
            converted=tuple(self.converted),
            reused=tuple(self.reused),
            kept=tuple(self.kept),
            removed=tuple(d.id for d in self.earlier if d.id not in there) if changed else (),
            failures=tuple(self.failures),
            duplicates=tuple(self.duplicates),
            notes=tuple(self.notes),
            quads=snapshot.manifest.quads if snapshot else 0,
            seconds=clock.monotonic() - begin,
        )


def _is_other(earlier: Converted, found: Converted | None) -> bool:
    """Whether a file that the store knows now holds another document altogether, which takes its place."""
    return (
        found is not None
        and not earlier.replaced_by
        and earlier.sha256 != found.sha256
        and earlier.origin != found.origin
        and earlier.id != found.replaces
    )
