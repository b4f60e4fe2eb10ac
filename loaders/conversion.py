"""One file becomes N-Quads in the store's cache, in this process or in several; what fails is told, never raised.

The cache is known by the file's content, its catalogue entry, the base of IRIs and the loaders' own code, so that a
file is converted again exactly when another outcome is possible.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat

from loaders import __version__
from loaders.catalogue import Catalogue, Entry
from loaders.errors import GongkaiError, StoreError
from loaders.facts import Facts
from loaders.graph import quads
from loaders.resources import find_ontology_folder
from loaders.snapshots import replace_file, writing

Reader = Callable[[Path, Catalogue], Facts]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """One file to convert: its path, the SHA-256 of its bytes, its entry if it has one, its key in the cache."""

    path: Path
    sha256: str
    entry: Entry | None
    key: str


@dataclass(frozen=True, slots=True)
class Converted:
    """A document whose quads lie in the cache: what the build and the start page say of it."""

    id: str
    path: str
    sha256: str
    key: str
    title: str
    kind: str
    fiscal_year: int | None
    agency: str
    quads: int
    figures: int
    numbers: int
    unaccounted: int
    findings: int
    contradicted: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be built: where, what, what to do. ``kept`` tells that its earlier version stays."""

    path: str
    place: str
    problem: str
    remedy: str
    kept: bool = False

    def __str__(self) -> str:
        stays = " What the store held of it stays." if self.kept else ""
        return f"{self.place}: {self.problem}. {self.remedy}.{stays}"


@lru_cache(maxsize=1)
def fingerprint_loaders() -> str:
    """A digest of all code and vocabulary that decides what a document becomes."""
    total = sha256(__version__.encode())
    package = Path(__file__).resolve().parent
    for path in sorted([*package.rglob("*.py"), *find_ontology_folder().rglob("*.ttl")]):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def make_key(path: Path, content: str, entry: Entry | None, base: str) -> str:
    """The key of a file in the cache. ``content`` is the SHA-256 of its bytes."""
    known = () if entry is None else tuple(str(v) for k, v in sorted(asdict(entry).items()) if k != "path")
    parts = (fingerprint_loaders(), base, content, path.name, *known)
    return sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


class Cache:
    """Converted documents below one folder: ``<key>.nq`` and, written last, ``<key>.json``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_quads(self, key: str) -> Path:
        """Where the N-Quads of a key lie."""
        return self.folder / f"{key}.nq"

    def find(self, key: str) -> Converted | None:
        """What was converted under a key; None if nothing was, or if it is damaged."""
        try:
            found = Converted(**json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8")))
            content = self.find_quads(key).read_bytes()
        except (OSError, ValueError, TypeError):
            return None
        return found if sha256(content).hexdigest() == found.checksum else None

    def put(self, converted: Converted, content: bytes) -> None:
        """Keeps a document. Raises :class:`loaders.errors.StoreError` if the disk refuses."""
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_file(self.find_quads(converted.key), content)
            text = json.dumps(asdict(converted), ensure_ascii=False)
            replace_file(self.folder / f"{converted.key}.json", text.encode("utf-8"))

    def prune(self, keys: set[str]) -> None:
        """Forgets all keys but these. What cannot be removed stays; it does no harm."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if path.name.split(".", 1)[0] not in keys:
                try:
                    path.unlink()
                except OSError as error:
                    _LOG.warning("%s cannot be removed: %s", path, error)


def convert_file(task: Task, catalogue: Catalogue, base: str, cache: Cache, read: Reader | None) -> Converted | Failure:
    """Reads one document and puts its quads into the cache.

    Returns a :class:`Failure` for whatever is wrong with the document, also for a defect of the loaders, since one
    file never stops the others. Raises only :class:`loaders.errors.StoreError`: then no file can be built.
    """
    place = str(task.path)
    try:
        facts = (read or _find_reader())(task.path, catalogue)
        entry = task.entry
        source, language = (entry.source, entry.language) if entry else (task.path.name, "zh")
        content = pyoxigraph.serialize(quads(facts, base, source, language), format=RdfFormat.N_QUADS)
    except StoreError:
        raise
    except GongkaiError as error:
        return Failure(place, error.place, error.problem, error.remedy)
    except Exception as error:
        _LOG.error("%s\n%s", place, traceback.format_exc())
        frame = traceback.extract_tb(error.__traceback__)[-1]
        problem = (
            f"the loaders fail on it: {type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})"
        )
        return Failure(place, place, problem, "This is a defect of Gongkai; report it with the file")
    converted = _summarise(facts, task, content or b"")
    cache.put(converted, content or b"")
    return converted


def convert_all(
    tasks: list[Task], catalogue: Catalogue, base: str, cache: Cache, jobs: int, read: Reader | None
) -> Iterator[tuple[Task, Converted | Failure]]:
    """Each task with its outcome, as they are done, ``jobs`` at once.

    Raises :class:`loaders.errors.StoreError` if the cache cannot be written. With more than one job the module of
    ``read`` is imported by new processes.
    """
    if min(jobs, len(tasks)) <= 1:
        for task in tasks:
            yield task, convert_file(task, catalogue, base, cache, read)
        return
    done: set[str] = set()
    for task, outcome in _run_pool(tasks, min(jobs, len(tasks)), catalogue, base, cache, read):
        if outcome is not None:
            done.add(task.key)
            yield task, outcome
    # A process that dies takes the whole pool with it; those left are tried alone, which tells the guilty one.
    for task in [t for t in tasks if t.key not in done]:
        for _, outcome in _run_pool([task], 1, catalogue, base, cache, read):
            place = str(task.path)
            problem = "the process that converted it died, perhaps for lack of memory"
            yield task, outcome or Failure(place, place, problem, "Give it more memory, or leave the file out")


def _run_pool(
    tasks: list[Task], workers: int, catalogue: Catalogue, base: str, cache: Cache, read: Reader | None
) -> Iterator[tuple[Task, Converted | Failure | None]]:
    # Never fork: the database and the language pipeline run threads of their own.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_follow_parent)
    try:
        futures: dict[Future[Converted | Failure | tuple[str, str, str]], Task] = {
            pool.submit(_convert_apart, task, catalogue, base, cache, read): task for task in tasks
        }
        for future in as_completed(futures):
            try:
                outcome = future.result()
            except BrokenProcessPool:
                yield futures[future], None
                continue
            if isinstance(outcome, tuple):
                raise StoreError(*outcome)
            yield futures[future], outcome
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _convert_apart(
    task: Task, catalogue: Catalogue, base: str, cache: Cache, read: Reader | None
) -> Converted | Failure | tuple[str, str, str]:
    """:func:`convert_file` in a process of its own; errors travel as plain values."""
    try:
        return convert_file(task, catalogue, base, cache, read)
    except StoreError as error:
        return error.place, error.problem, error.remedy


def _follow_parent() -> None:
    """A build that is killed leaves no process behind: each watches its parent, which alone hears Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _find_reader() -> Reader:
    # Imported when first needed: the language pipeline takes a second, and a build of known files needs none.
    from loaders.pipeline import read_facts

    return read_facts


def _summarise(facts: Facts, task: Task, content: bytes) -> Converted:
    return Converted(
        id=facts.id,
        path=str(task.path),
        sha256=task.sha256,
        key=task.key,
        title=facts.title or facts.document.name,
        kind=facts.kind,
        fiscal_year=facts.fiscal_year,
        agency=facts.agency.label if facts.agency else "",
        quads=content.count(b"\n"),
        figures=len(facts.figures),
        numbers=len(facts.ledger),
        unaccounted=sum(t.kind == "unaccounted" for t in facts.ledger),
        findings=len(facts.findings),
        contradicted=sum(f.verdict == "contradicted" for f in facts.findings),
        checksum=sha256(content).hexdigest(),
    )


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes. Raises OSError."""
    total = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            total.update(chunk)
    return total.hexdigest()


def list_keys(documents: Iterable[dict[str, object]]) -> set[str]:
    """The keys of the documents that a manifest lists."""
    return {str(d["key"]) for d in documents}
