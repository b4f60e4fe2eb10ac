"""Documents become a new snapshot of the store: parallel, incremental, atomic.

A build that fails or is killed leaves the published snapshot as it was. A file that cannot be read stops no other;
what the store held of it before stays, and the report says so.
"""

from __future__ import annotations

import contextlib
import os
import time as clock
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from loaders import __version__
from loaders.canned import describe_queries, list_choice_files, list_files
from loaders.catalogue import FILE_NAME, Catalogue
from loaders.conversion import (
    Cache,
    Converted,
    Failure,
    Reader,
    Task,
    convert_all,
    fingerprint_loaders,
    hash_file,
    list_keys,
    make_key,
)
from loaders.description import describe
from loaders.errors import DocumentError, GongkaiError, MissingFile, OversizedFile, StoreError
from loaders.graph.iris import Iris
from loaders.loading import Progress, ignore, load_files, open_database
from loaders.resources import documents_folder, ontology_files
from loaders.settings import DEFAULT_BASE, Settings
from loaders.snapshots import Manifest, Snapshot, Workshop, find_current

__all__ = ["BuildReport", "Progress", "build", "list_documents", "load_files"]


@dataclass(frozen=True)
class BuildReport:
    """What a build did. ``snapshot`` is the published one, None if there is none; ``changed`` if it is a new one.

    ``documents`` are those in the store; of these, ``converted`` were read now, ``reused`` came from the cache and
    ``kept`` from the snapshot before. ``duplicates`` are pairs of files with the same content: left out, and the other.
    """

    snapshot: Snapshot | None
    changed: bool
    documents: tuple[Converted, ...] = ()
    converted: tuple[str, ...] = ()
    reused: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    quads: int = 0
    seconds: float = 0.0

    @property
    def succeeded(self) -> bool:
        """Whether every file was built."""
        return not self.failures


def list_documents(folder: Path) -> list[Path]:
    """The documents in a folder: every file but the catalogue, read-me's and hidden ones, sorted by name."""
    return sorted(
        p
        for p in folder.iterdir()
        if p.is_file() and p.name != FILE_NAME and not p.name.startswith(".") and p.stem.lower() != "readme"
    )


def build(
    files: Sequence[Path] = (),
    store_dir: Path | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    *,
    fresh: bool = False,
    convert: Reader | None = None,
) -> BuildReport:
    """Builds ``files`` (default: the documents that come with Gongkai) into the store, beside what it holds.

    A folder stands for the documents in it. A document takes the place of an earlier one with the same id, the same
    path or the same content; with ``fresh`` the store holds ``files`` only. ``convert`` reads one document, default
    ``loaders.pipeline.read_facts``. With more than one job the calling script needs the usual
    ``if __name__ == "__main__"``, since new processes import it.

    Raises :class:`loaders.errors.StoreError` if the store cannot be written or another process builds it, and
    :class:`loaders.errors.CatalogueError` if a catalogue is wrong. Files that cannot be read are in the report.
    """
    settings = settings or Settings()
    begin = clock.monotonic()
    with Workshop(store_dir or settings.store, settings.keep_snapshots) as workshop:
        work = _Build(workshop, settings, progress or ignore, convert)
        work.collect(list(files) or [documents_folder()], fresh)
        work.convert()
        work.keep(fresh)
        snapshot, changed = work.publish()
    return BuildReport(
        snapshot=snapshot,
        changed=changed,
        documents=tuple(work.documents),
        converted=tuple(work.converted),
        reused=tuple(work.reused),
        kept=tuple(work.kept),
        failures=tuple(work.failures),
        duplicates=tuple(work.duplicates),
        quads=snapshot.manifest.quads if snapshot else 0,
        seconds=clock.monotonic() - begin,
    )


class _Build:
    """One run of :func:`build`, step by step: collect, convert, keep, publish."""

    def __init__(self, workshop: Workshop, settings: Settings, progress: Progress, read: Reader | None) -> None:
        self.workshop, self.settings, self.progress, self.read = workshop, settings, progress, read
        self.cache = Cache(workshop.store / "cache")
        self.catalogue = Catalogue()
        self.tasks: list[Task] = []
        self.documents: list[Converted] = []
        self.converted: list[str] = []
        self.reused: list[str] = []
        self.kept: list[str] = []
        self.failures: list[Failure] = []
        self.duplicates: list[tuple[str, str]] = []
        self.current: Snapshot | None
        try:
            self.current = find_current(workshop.store)
        except StoreError:
            # A damaged snapshot is no reason not to build: a build is its remedy.
            self.current = None

    def collect(self, files: list[Path], fresh: bool) -> None:
        """Finds each file's content and entry; the same content is taken once, a catalogued file before others."""
        paths: dict[Path, Path] = {}
        for file in files:
            inside = list_documents(file) if file.is_dir() else [file]
            if not inside:
                remedy = "Put documents into it, or name another folder"
                self.failures.append(Failure(str(file), str(file), "the folder holds no documents", remedy))
            for path in inside:
                paths.setdefault(path.resolve(), path)
        if not fresh:
            # Newer loaders read again what the store holds, if it is still where it was and what it was.
            for path in self._list_earlier():
                paths.setdefault(path.resolve(), path)
        self.catalogue = Catalogue.gather(paths.values(), documents_folder())
        found = [task for path in paths.values() if (task := self._inspect(path)) is not None]
        first: dict[str, Task] = {}
        for task in sorted(found, key=lambda t: t.entry is None or t.entry.path.resolve() != t.path.resolve()):
            other = first.setdefault(task.sha256, task)
            if other is not task:
                self.duplicates.append((str(task.path), str(other.path)))
        self.tasks = list(first.values())

    def _list_earlier(self) -> Iterator[Path]:
        if self.current is None:
            return
        for row in self.current.manifest.documents:
            path = Path(str(row.get("path")))
            with contextlib.suppress(OSError):
                if path.is_file() and hash_file(path) == row.get("sha256"):
                    yield path

    def _inspect(self, path: Path) -> Task | None:
        place = str(path)
        try:
            if not path.exists():
                raise MissingFile(place, "there is no such file", "Check the name and the folder")
            if not path.is_file():
                raise DocumentError(place, "it is no regular file", "Name a file, or a folder of files")
            size = path.stat().st_size
            if size > self.settings.max_file_bytes:
                # The reader refuses it too, but only after all of it was hashed.
                raise OversizedFile(
                    place,
                    f"it has {size} bytes, more than the limit of {self.settings.max_file_bytes}",
                    "Split the file, or raise GONGKAI_MAX_FILE_BYTES",
                )
            content = hash_file(path)
            entry = self.catalogue.find(path, content)
        except OSError as error:
            self.failures.append(Failure(place, place, f"it cannot be read ({error.strerror})", "Make it readable"))
        except GongkaiError as error:
            self.failures.append(Failure(place, error.place, error.problem, error.remedy))
        else:
            return Task(path, content, entry, make_key(path, content, entry, self.settings.base))
        return None

    def convert(self) -> None:
        """Converts what the cache lacks, and refuses a second document with an id that is taken."""
        outcomes: dict[str, Converted | Failure] = {}
        for task in self.tasks:
            known = self.cache.find(task.key)
            if known is not None:
                outcomes[task.key] = replace(known, path=str(task.path))
        cached = set(outcomes)
        pending = [t for t in self.tasks if t.key not in cached]
        jobs = self.settings.jobs or os.cpu_count() or 1
        self.progress("convert", len(outcomes), len(self.tasks))
        done = convert_all(pending, self.catalogue, self.settings.base, self.cache, jobs, self.read)
        for task, outcome in done:
            outcomes[task.key] = outcome
            self.progress("convert", len(outcomes), len(self.tasks))
        taken: dict[str, Converted] = {}
        # Catalogued ids come first: they were given, the others are found.
        for task in sorted(self.tasks, key=lambda t: t.entry is None):
            outcome = outcomes[task.key]
            if isinstance(outcome, Failure):
                self.failures.append(outcome)
                continue
            other = taken.setdefault(outcome.id, outcome)
            if other is not outcome:
                problem = f"its id {outcome.id!r} is already that of {other.path}"
                remedy = f"Leave one of the two out, or give this one an id in {task.path.parent / FILE_NAME}"
                self.failures.append(Failure(outcome.path, outcome.path, problem, remedy))
                continue
            self.documents.append(outcome)
            (self.reused if task.key in cached else self.converted).append(outcome.id)

    def keep(self, fresh: bool) -> None:
        """Takes over the documents of the snapshot before that nothing took the place of."""
        if self.current is None or self.current.manifest.base != self.settings.base:
            return
        failed = {_resolve(f.path): number for number, f in enumerate(self.failures)}
        known = {trait for d in self.documents for trait in _list_traits(d)}
        for row in self.current.manifest.documents:
            earlier = self.cache.find(str(row.get("key")))
            if earlier is None:
                continue
            document = replace(earlier, path=str(row.get("path")))
            number = failed.get(_resolve(document.path))
            if known & _list_traits(document) or (fresh and number is None):
                continue
            self.documents.append(document)
            self.kept.append(document.id)
            if number is not None:
                self.failures[number] = replace(self.failures[number], kept=True)

    def publish(self) -> tuple[Snapshot | None, bool]:
        """Makes and publishes the snapshot, unless the published one holds exactly this."""
        self.documents.sort(key=lambda d: d.id)
        if not self.documents:
            return self.current, False
        total = sha256(f"build {fingerprint_loaders()} {self.settings.base}".encode())
        for path in (*list_files(), *list_choice_files()):
            total.update(path.read_bytes())
        for document in self.documents:
            total.update(f"{document.id} {document.key} {document.path}\n".encode("utf-8", "surrogateescape"))
        fingerprint = total.hexdigest()[:16]
        if self.current is not None and self.current.manifest.fingerprint == fingerprint:
            return self.current, False
        moment = self.settings.find_time()
        count = self._fill(moment)
        manifest = Manifest(
            kind="build",
            base=self.settings.base,
            version=__version__,
            time=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            fingerprint=fingerprint,
            quads=count,
            documents=tuple(asdict(d) for d in self.documents),
        )
        before = list_keys(self.current.manifest.documents) if self.current else set()
        snapshot = self.workshop.publish(manifest)
        self.cache.prune(before | {d.key for d in self.documents})
        return snapshot, True

    def _fill(self, moment: datetime) -> int:
        """Loads documents, ontology and description into the database of the snapshot in the making; counts quads."""
        iris = Iris(self.settings.base)
        total = len(self.documents) + 2
        with open_database(self.workshop) as store:
            for number, document in enumerate(self.documents):
                self.progress("load", number, total)
                store.bulk_load(path=self.cache.find_quads(document.key), format=RdfFormat.N_QUADS)
            self.progress("load", total - 2, total)
            store.bulk_extend(_read_ontology(iris))
            queries = iris.graph("queries")
            store.bulk_extend(
                Quad(t.subject, t.predicate, t.object, queries) for t in describe_queries(self.settings.base)
            )
            self.progress("load", total - 1, total)
            store.bulk_extend(list(describe(store, self.documents, self.settings.base, moment)))
            self.progress("load", total, total)
            return len(store)


def _read_ontology(iris: Iris) -> Iterator[Quad]:
    """The ontology's statements in their graph. With another base, what lies below ours is moved below that."""
    graph = iris.graph("ontology")
    for path in ontology_files():
        for triple in pyoxigraph.parse(path=path, rename_blank_nodes=True):
            subject, predicate, value = (_move(t, iris.base) for t in (triple.subject, triple.predicate, triple.object))
            yield Quad(subject, predicate, value, graph)


def _move(term: Any, base: str) -> Any:
    if isinstance(term, NamedNode | Literal) and term.value.startswith(DEFAULT_BASE):
        moved = base + term.value.removeprefix(DEFAULT_BASE)
        return NamedNode(moved) if isinstance(term, NamedNode) else Literal(moved)
    return term


def _list_traits(document: Converted) -> set[tuple[str, str]]:
    """What makes two documents the same one for the store."""
    return {("id", document.id), ("content", document.sha256), ("path", _resolve(document.path))}


def _resolve(path: str) -> str:
    return str(Path(path).resolve())
