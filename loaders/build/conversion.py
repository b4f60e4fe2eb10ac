"""One file becomes N-Quads in the store's cache, in this process or in several; what fails is told, never raised.

The cache is known by the file's content, its catalogue entry, the base of IRIs and the loaders' own code, so that a
file is converted again exactly when another outcome is possible.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import shutil
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat

from loaders import __version__
from loaders.build.pool import Broken, Limits, run_tasks
from loaders.build.snapshots import replace_file, writing
from loaders.build.versions import Converted, sketch_figures
from loaders.catalogue import Catalogue, CatalogueEntry
from loaders.characters import show_name, write_json
from loaders.derived.learning import list_namings
from loaders.errors import GongkaiError, StoreError
from loaders.facts import Facts
from loaders.resources import find_ontology_folder
from loaders.settings import Settings
from loaders.tables.forms import read_forms

Reader = Callable[[Path, Catalogue], Facts]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """One file to convert: its path, the SHA-256 of its bytes, its entry if it has one, its key in the cache.

    ``size`` is in bytes.
    """

    path: Path
    sha256: str
    entry: CatalogueEntry | None
    key: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be built: where, what, what to do. ``kept`` tells that its earlier version stays.

    ``path`` is as the system has it; the rest, and ``str()``, is shown on one line.
    """

    path: str
    place: str
    problem: str
    remedy: str
    kept: bool = False

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
        for path in self.folder.iterdir():
            if path.name.split(".", 1)[0] not in keys:
                try:
                    path.unlink()
                except OSError as error:
                    _LOG.warning("%s cannot be removed: %s", path, error)


def convert_file(
    task: Task, catalogue: Catalogue, settings: Settings, cache: Cache, read: Reader | None
) -> Converted | Failure:
    """Reads one document and puts its quads into the cache.

    Returns a :class:`Failure` for whatever is wrong with the document, also for a defect of the loaders, since one
    file never stops the others. Raises only :class:`loaders.errors.StoreError`: then no file can be built.
    """
    path, place = str(task.path), show_name(task.path)
    begin = time.monotonic()
    try:
        facts = (read or _find_reader(settings))(task.path, catalogue)
        # Imported when first needed: a build of known files needs none of it.
        from loaders.graph import quads

        entry = task.entry
        source, language = (entry.source, entry.language) if entry else ("", "zh")
        content = pyoxigraph.serialize(quads(facts, settings.base, source, language or "zh"), format=RdfFormat.N_QUADS)
    except StoreError:
        raise
    except GongkaiError as error:
        return Failure(path, error.place, error.problem, error.remedy)
    except MemoryError:
        remedy = "Raise GONGKAI_CONVERT_MEMORY_BYTES, or leave the file out"
        return Failure(path, place, "it needs more memory than it may use", remedy)
    except Exception as error:
        _LOG.error("%s\n%s", place, traceback.format_exc())
        frame = traceback.extract_tb(error.__traceback__)[-1]
        problem = (
            f"the loaders fail on it: {type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})"
        )
        return Failure(path, place, show_name(problem), "This is a defect of Gongkai; report it with the file")
    converted = _summarise(facts, task, content or b"", time.monotonic() - begin)
    cache.put(converted, content or b"")
    return converted


def convert_all(
    tasks: list[Task], catalogue: Catalogue, settings: Settings, cache: Cache, read: Reader | None = None
) -> Iterator[tuple[Task, Converted | Failure]]:
    """Each task with its outcome, as they are done; the largest files first, so that none is left for the end.

    Raises :class:`loaders.errors.StoreError` if the cache cannot be written. With other than one job the module of
    ``read`` is imported by new processes.
    """
    tasks = sorted(tasks, key=lambda t: -t.size)
    if settings.jobs == 1:
        for task in tasks:
            yield task, convert_file(task, catalogue, settings, cache, read)
        return
    work = functools.partial(_convert_apart, catalogue=catalogue, settings=settings, cache=cache, read=read)
    limits = Limits(settings.convert_seconds, settings.convert_memory_bytes, settings.convert_tasks)
    preload = ["loaders.build.preload"] if read is None else [read.__module__]
    for number, outcome in run_tasks(tasks, work, settings.jobs or find_cores(), limits, preload):
        task = tasks[number]
        if isinstance(outcome, tuple):
            raise StoreError(*outcome)
        yield task, _explain_broken(task, outcome) if isinstance(outcome, Broken) else outcome


def _explain_broken(task: Task, broken: Broken) -> Failure:
    path, place = str(task.path), show_name(task.path)
    if broken.seconds is None:
        problem = "the process that converted it died, perhaps for lack of memory"
        return Failure(path, place, problem, "Give it more memory, or leave the file out")
    problem = f"it was not converted within the limit of {broken.seconds:g} seconds"
    return Failure(path, place, problem, "Raise GONGKAI_CONVERT_SECONDS, or leave the file out")


def _convert_apart(
    task: Task, catalogue: Catalogue, settings: Settings, cache: Cache, read: Reader | None
) -> Converted | Failure | tuple[str, str, str]:
    """:func:`convert_file` in a process of its own; errors travel as plain values."""
    try:
        return convert_file(task, catalogue, settings, cache, read)
    except StoreError as error:
        return error.place, error.problem, error.remedy


def find_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _find_reader(settings: Settings) -> Reader:
    # Imported when first needed: the language pipeline takes a second, and a build of known files needs none.
    from loaders.pipeline import read_facts

    return functools.partial(read_facts, settings=settings)


def _summarise(facts: Facts, task: Task, content: bytes, seconds: float) -> Converted:
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
