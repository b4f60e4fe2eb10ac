"""One file becomes N-Quads in the store's cache, in this process or in several; what fails is told, never raised.

The cache is known by the file's content, its catalogue entry, the base of IRIs and the loaders' own code, so that a
file is converted again exactly when another outcome is possible.
"""

from __future__ import annotations

import contextlib
import json
import logging
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyoxigraph
from pyoxigraph import RdfFormat

from loaders import __version__
from loaders.build.pool import Broken, Limits, run_tasks
from loaders.build.snapshots import replace_file, writing
from loaders.build.storage import RemoteFolder, has_vanished, list_modules
from loaders.build.versions import Converted, sketch_figures
from loaders.build.walled import Bounds, can_wall, run_walled
from loaders.catalogue import Catalogue, CatalogueEntry
from loaders.characters import show_name, write_json
from loaders.derived.learning import list_namings
from loaders.errors import GongkaiError, MissingFile, StoreError
from loaders.facts import Facts
from loaders.paths import has_gone
from loaders.readers import prepare
from loaders.resources import find_ontology_folder
from loaders.settings import Settings
from loaders.tables.forms import read_forms
from loaders.walls import Wall, list_installation

Reader = Callable[[Path, Catalogue], Facts]
Item = TypeVar("Item")
Result = TypeVar("Result")

_LOG = logging.getLogger(__name__)
#: Importing the solver takes a second of a processor, since it brings pandas along: most of what a document of few
#: pages costs. Of so many documents one will want it, and each is read in a process of its own.
_SOLVER, _MANY = "ortools.sat.python.cp_model", 4


@dataclass(frozen=True, slots=True)
class Task:
    """One file to convert: its path, the SHA-256 of its bytes, its entry if it has one, its key in the cache.

    ``size`` is in bytes, ``age`` the time of its last change (seconds since 1970). A file that lies elsewhere has its
    ``url``, and a path that only names it. ``root`` is the folder that was named, ``order`` its number among those.
    """

    path: Path
    sha256: str
    entry: CatalogueEntry | None
    key: str
    size: int = 0
    url: str = ""
    age: float = 0.0
    root: str = ""
    order: int = 0

    @property
    def place(self) -> str:
        """Where the file lies: its URL, else its path, as the system has it."""
        return self.url or str(self.path)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be built: where, what, what to do. ``kept`` tells that its earlier version stays.

    ``path`` is as the system has it; the rest, and ``str()``, is shown on one line. ``passing`` tells that it is not
    the file's fault: it is tried again with the next build.
    """

    path: str
    place: str
    problem: str
    remedy: str
    kept: bool = False
    passing: bool = False

    def __str__(self) -> str:
        stays = " What the store held of it stays." if self.kept else ""
        return show_name(f"{self.place}: {self.problem}. {self.remedy}.{stays}")


@lru_cache(maxsize=1)
def fingerprint_loaders() -> str:
    """A digest of all code and vocabulary that decides what a document becomes."""
    total = sha256(__version__.encode())
    package = Path(__file__).resolve().parent.parent
    for path in sorted([*package.rglob("*.py"), *find_ontology_folder().rglob("*.ttl")]):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def name_recogniser(path: Path, settings: Settings) -> str:
    """What reads scanned pages of a file here: a PDF is read anew once Tesseract is there, or for another language."""
    there = settings.ocr == "auto" and path.suffix.lower() == ".pdf" and shutil.which("tesseract") is not None
    return settings.ocr_language if there else ""


def make_key(path: Path, content: str, entry: CatalogueEntry | None, settings: Settings, recogniser: str = "") -> str:
    """The key of a file in the cache. ``content`` is the SHA-256 of its bytes."""
    known = () if entry is None else tuple(str(v) for k, v in sorted(asdict(entry).items()) if k != "path")
    added = repr(read_forms(settings.forms)) if settings.forms is not None else ""
    parts = (fingerprint_loaders(), added, settings.base, content, path.name, recogniser, *known)
    return sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def describe_reading(settings: Settings) -> dict[str, Any]:
    """What machines must have in common to read documents alike, beside the loaders: forms, a program for scans."""
    forms = "" if settings.forms is None else repr(read_forms(settings.forms))
    return {
        "forms": sha256(forms.encode("utf-8")).hexdigest()[:16] if forms else "",
        "scans": settings.ocr_language if settings.ocr == "auto" and shutil.which("tesseract") is not None else "",
    }


def fingerprint_surroundings(settings: Settings) -> str:
    """A digest of what, beside file and loaders, decides whether a file can be read: limits, a program for scans."""
    limits = (
        settings.max_file_bytes,
        settings.max_pages,
        settings.max_unpacked_bytes,
        settings.convert_seconds,
        settings.convert_memory_bytes,
        shutil.which("tesseract") or "",
    )
    return sha256(repr(limits).encode()).hexdigest()[:8]


class Cache:
    """Converted documents below one folder: ``<key>.nq`` and, written last, ``<key>.json``.

    What cannot be read is kept too, as ``<key>.failed-<surroundings>.json``, and not tried again where nothing changed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def place(self) -> str:
        """The folder's path."""
        return str(self.folder)

    def find_quads(self, key: str) -> Path:
        """Where the N-Quads of a key lie."""
        return self.folder / f"{key}.nq"

    def find(self, key: str) -> Converted | None:
        """What was converted under a key; None if nothing was, or if it is not whole. Its content is not read."""
        try:
            found = Converted(**json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8")))
            whole = self.find_quads(key).stat().st_size == found.size
        except (OSError, ValueError, TypeError):
            return None
        return found if whole else None

    def holds(self, converted: Converted) -> bool:
        """Whether a document that a manifest lists is there, and whole as far as its size tells."""
        try:
            whole = self.find_quads(converted.key).stat().st_size == converted.size
            return whole and (self.folder / f"{converted.key}.json").is_file()
        except OSError:
            return False

    def verify(self, converted: Converted) -> bool:
        """Whether the quads of a document are what was put there: reads and digests them."""
        try:
            return hash_file(self.find_quads(converted.key)) == converted.checksum
        except OSError:
            return False

    def find_failure(self, key: str, surroundings: str) -> Failure | None:
        """Why the file of a key could not be read, if that was found out in the same surroundings."""
        try:
            path = self.folder / f"{key}.failed-{surroundings}.json"
            return Failure(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def forget(self, key: str) -> None:
        """Drops what was converted under a key. Raises :class:`loaders.errors.StoreError` if the disk refuses."""
        with writing(self.folder):
            (self.folder / f"{key}.json").unlink(missing_ok=True)

    def recall(self, key: str) -> None:
        """Nothing: only one build at a time writes here, and it looked before."""

    def put_failure(self, key: str, surroundings: str, failure: Failure) -> None:
        """Remembers that a file cannot be read. Raises :class:`loaders.errors.StoreError` if the disk refuses."""
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            text = write_json(asdict(failure))
            replace_file(self.folder / f"{key}.failed-{surroundings}.json", text.encode("utf-8"))

    def put(self, converted: Converted, content: bytes) -> None:
        """Keeps a document. Raises :class:`loaders.errors.StoreError` if the disk refuses."""
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_file(self.find_quads(converted.key), content)
            text = write_json(converted.as_row())
            replace_file(self.folder / f"{converted.key}.json", text.encode("utf-8"))

    def prune(self, keys: set[str]) -> None:
        """Forgets all keys but these. What cannot be removed stays; it does no harm."""
        if not self.folder.is_dir():
            return
        with os.scandir(self.folder) as files:
            gone = [file.path for file in files if file.name.partition(".")[0] not in keys]
        for path in gone:
            try:
                Path(path).unlink()
            except OSError as error:
                _LOG.warning("%s cannot be removed: %s", path, error)


def convert_file(
    task: Task, settings: Settings, cache: Shelf, read: Reader | None, *, walled: bool = False
) -> Converted | Failure | Broken:
    """Reads one document and puts its quads into the cache; ``walled`` tells to read it in a process of its own.

    Returns a :class:`Failure` for whatever is wrong with the document, also for a defect of the loaders, since one
    file never stops the others; :class:`~loaders.build.pool.Broken` if the process behind walls died or was killed.
    Raises only :class:`loaders.errors.StoreError`: then no file can be built.
    """
    try:
        with open_source(task) as file:
            work = partial(_make_quads, file, task, settings, read)
            if walled:
                prepare(file)
            made = run_walled(work, find_bounds(file, settings)) if walled else work()
    except StoreError:
        raise
    except Exception as error:
        return _explain(error, task)
    if isinstance(made, Failure | Broken):
        return made
    converted, content = made
    cache.put(converted, content)
    return converted


def find_bounds(file: Path, settings: Settings) -> Bounds:
    """What reading a file may use and see: that file and the installation; Tesseract where scans are recognised."""
    read: list[str | Path] = [file, *list_installation()]
    start: list[str | Path] = []
    if settings.forms is not None:
        read.append(settings.forms)
    tesseract = name_recogniser(file, settings) and shutil.which("tesseract")
    if tesseract:
        start += [os.path.realpath(tesseract), os.path.realpath(sys.executable)]
    wall = Wall(tuple(read), tuple(start))
    return Bounds(wall, settings.convert_seconds, settings.max_unpacked_bytes)


def _make_quads(file: Path, task: Task, settings: Settings, read: Reader | None) -> tuple[Converted, bytes] | Failure:
    """A document's summary and its N-Quads. Raises only :class:`loaders.errors.StoreError`."""
    path, place = task.place, show_name(task.place)
    begin = time.monotonic()
    try:
        facts = (read or _find_reader(settings))(file, Catalogue((task.entry,) if task.entry else ()))
        if facts.document.sha256 != task.sha256:
            remedy = "Build again once nothing writes to it any more"
            return Failure(path, place, "it changed while it was being built", remedy, passing=True)
        # Imported when first needed: a build of known files needs none of it.
        from loaders.graph import quads

        entry = task.entry
        source, language = (entry.source, entry.language) if entry else ("", "zh")
        content = pyoxigraph.serialize(quads(facts, settings.base, source, language or "zh"), format=RdfFormat.N_QUADS)
    except StoreError:
        raise
    except Exception as error:
        return _explain(error, task)
    return _summarise(facts, task, content or b"", time.monotonic() - begin), content or b""


def _explain(error: Exception, task: Task) -> Failure:
    """Why a file could not be read: what is wrong with it, or with the loaders."""
    path, place = task.place, show_name(task.place)
    if isinstance(error, GongkaiError):
        return _rename(Failure(path, error.place, error.problem, error.remedy), task)
    if isinstance(error, MemoryError):
        remedy = "Raise GONGKAI_CONVERT_MEMORY_BYTES, or leave the file out"
        return Failure(path, place, "it needs more memory than it may use", remedy)
    _LOG.error("%s\n%s", place, "".join(traceback.format_exception(error)))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    problem = f"the loaders fail on it: {type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})"
    return Failure(path, place, show_name(problem), "This is a defect of Gongkai; report it with the file")


class Shelf(Protocol):
    """Where converted documents are put. ``place`` is a path or URL."""

    @property
    def place(self) -> str: ...

    def recall(self, key: str) -> Converted | None:
        """What another machine put there under a key in the meantime, if it is whole."""

    def put(self, converted: Converted, content: bytes) -> None:
        """Keeps a document: what is known of it, and its N-Quads. Raises :class:`loaders.errors.StoreError`."""


class Executor(Protocol):
    """Where conversions run: processes of this machine, or many machines."""

    def run(
        self, tasks: Sequence[Item], work: Callable[[Item], Result], preload: Sequence[str]
    ) -> Iterator[tuple[int, Result | Broken]]:
        """The number of each task with its result, as they are done; ``work`` and tasks may be pickled."""

    def reach(self, cache: Shelf) -> Shelf:
        """Where those who convert put what they have converted, for ``cache`` to have it."""

    def collect(self, converted: Converted, cache: Shelf) -> None:
        """Puts into ``cache`` what was converted elsewhere. Raises :class:`loaders.errors.StoreError`."""


class Here:
    """This machine: its processes of the pool; where one job is asked for, this process itself."""

    def __init__(self, settings: Settings) -> None:
        self.jobs = settings.jobs or find_cores()
        self.within = settings.jobs == 1
        self.limits = find_limits(settings)

    def run(
        self, tasks: Sequence[Item], work: Callable[[Item], Result], preload: Sequence[str]
    ) -> Iterator[tuple[int, Result | Broken]]:
        if self.within:
            return ((number, work(task)) for number, task in enumerate(tasks))
        return run_tasks(tasks, work, self.jobs, self.limits, preload)

    def reach(self, cache: Shelf) -> Shelf:
        return cache

    def collect(self, converted: Converted, cache: Shelf) -> None:
        """Nothing: it is there."""


def find_limits(settings: Settings) -> Limits:
    """What the conversion of one document may use."""
    return Limits(settings.convert_seconds, settings.convert_memory_bytes, settings.convert_tasks)


def convert_all(
    tasks: list[Task], settings: Settings, cache: Shelf, read: Reader | None = None, executor: Executor | None = None
) -> Iterator[tuple[Task, Converted | Failure]]:
    """Each task with its outcome, as they are done; the largest files first, so that none is left for the end.

    ``executor`` is where it is done, default :class:`Here`. Raises :class:`loaders.errors.StoreError` if the cache
    cannot be written, or a folder of documents has vanished: what was converted by then stays. In other processes the
    module of ``read`` is imported anew.
    """
    tasks = sorted(tasks, key=lambda t: -t.size)
    executor = executor or Here(settings)
    shelf = executor.reach(cache)
    work = partial(_convert_apart, settings=settings, cache=shelf, read=read)
    preload = list_preload(len(tasks)) if read is None else [read.__module__]
    preload += list_modules([shelf.place, *(task.url for task in tasks)])
    for number, outcome in executor.run(tasks, work, preload):
        task = tasks[number]
        if isinstance(outcome, tuple):
            raise StoreError(*outcome)
        if isinstance(outcome, Broken):
            outcome = _explain_broken(task, outcome)
        if isinstance(outcome, Failure):
            _refuse_vanished(task)
        else:
            executor.collect(outcome, cache)
        yield task, outcome


def list_preload(documents: int) -> list[str]:
    """What the fork server imports for so many documents, in this order."""
    return ["loaders.build.preload", *([_SOLVER] if documents >= _MANY else [])]


def _refuse_vanished(task: Task) -> None:
    if not task.url and has_gone(task.path) and has_vanished(task.root):
        raise StoreError(
            show_name(task.root),
            "the folder of documents has vanished",
            "Bring it back (is it still mounted?) and run the command again, which goes on from here; the store is as "
            "it was",
        )


def _explain_broken(task: Task, broken: Broken) -> Failure:
    path, place = task.place, show_name(task.place)
    if broken.machines:
        problem = f"{broken.machines} machines were lost one after the other while they converted it"
        return Failure(path, place, problem, "Build again; if it happens again, leave the file out", passing=True)
    if broken.seconds is None:
        problem = "the process that converted it died, perhaps for lack of memory"
        return Failure(path, place, problem, "Give it more memory, or leave the file out")
    problem = f"it was not converted within the limit of {broken.seconds:g} seconds"
    return Failure(path, place, problem, "Raise GONGKAI_CONVERT_SECONDS, or leave the file out")


def _convert_apart(
    task: Task, settings: Settings, cache: Shelf, read: Reader | None
) -> Converted | Failure | Broken | tuple[str, str, str]:
    """:func:`convert_file` in a process of the pool, or in the build's own; errors travel as plain values.

    In a process of the pool our own readers read behind walls; a reader of the caller's may need what we do not know.
    """
    walled = read is None and multiprocessing.parent_process() is not None and can_wall()
    try:
        known = cache.recall(task.key)
        if known:
            return replace(known, path=task.place)
        return convert_file(task, settings, cache, read, walled=walled)
    except StoreError as error:
        return error.place, error.problem, error.remedy


def find_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _find_reader(settings: Settings) -> Reader:
    # Imported when first needed: the language pipeline takes a second, and a build of known files needs none.
    from loaders.pipeline import read_facts

    return partial(read_facts, settings=settings)


@contextlib.contextmanager
def open_source(task: Task) -> Iterator[Path]:
    """A task's file where it can be read: what lies elsewhere is fetched, and dropped afterwards.

    Raises :class:`loaders.errors.MissingFile` if it has gone, :class:`loaders.errors.StoreError` if its store refuses.
    """
    if not task.url:
        yield task.path
        return
    folder, _, name = task.url.rpartition("/")
    with tempfile.TemporaryDirectory(prefix="gongkai-") as place:
        file = Path(place, name)
        if not RemoteFolder(folder).fetch(name, file):
            raise MissingFile(task.url, "there is no such file", "Check the name and the folder")
        yield file


def hash_source(task: Task) -> str:
    """The SHA-256 of the bytes of a task's file. Raises OSError, and what :func:`open_source` raises."""
    with open_source(task) as file:
        return hash_file(file)


def _rename(failure: Failure, task: Task) -> Failure:
    """The failure of a file that was fetched, by its own place in place of that of the copy."""
    if not task.url:
        return failure
    name = re.escape(show_name(task.path.name))
    shown = re.compile(rf"\S*gongkai-[^/\s]+/{name}")
    put = partial(shown.sub, lambda _: show_name(task.url))
    return replace(failure, place=put(failure.place), problem=put(failure.problem), remedy=put(failure.remedy))


def _summarise(facts: Facts, task: Task, content: bytes, seconds: float) -> Converted:
    return Converted(
        id=facts.id,
        path=task.place,
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
        size=len(content),
        level=facts.level,
        open_figures=sum(f.has_open_column for f in facts.figures),
        open_units=sum(f.has_open_unit for f in facts.figures),
        text=sha256(facts.document.text.encode("utf-8", "surrogatepass")).hexdigest(),
        family=facts.id,
        replaces=task.entry.replaces if task.entry else "",
        namings=list_namings(facts),
        sketch=sketch_figures(facts.figures),
        issues=facts.warnings,
        seconds=round(seconds, 2),
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
