"""The files of a build: which they are, what each holds, what the catalogue knows of it; from folders or by URL."""

from __future__ import annotations

import contextlib
import stat
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from loaders.build.conversion import Executor, Failure, Task, hash_file, hash_source, make_key, name_recogniser
from loaders.build.storage import RemoteFolder, Stored, is_url
from loaders.catalogue import FILE_NAME, Catalogue
from loaders.characters import show_name
from loaders.errors import CatalogueError, DocumentError, GongkaiError, MissingFile, OversizedFile
from loaders.paths import exists, is_folder, resolve, walk
from loaders.resources import documents_folder
from loaders.settings import Settings

#: Digests of many files at once, each by its place; what is left out is digested here.
Digest = Callable[[Sequence[Task]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the files: those whose name falls to ``number`` of ``count`` (1 to ``count``), whoever asks and where.

    A file's part depends on nothing but its name below the folder that was named, so that parts that are listed at
    different times, on machines that mount the folder elsewhere, overlap nowhere and leave out nothing.
    """

    number: int = 1
    count: int = 1

    def has(self, name: str) -> bool:
        """Whether the file of this name, with slashes between its folders, is in the part."""
        if self.count == 1:
            return True
        form = unicodedata.normalize("NFC", name).encode("utf-8", "surrogateescape")
        return int.from_bytes(sha256(form).digest()[:8], "big") % self.count == self.number - 1


def list_documents(folder: Path, tell: Callable[[OSError], None] = lambda _: None) -> list[Path]:
    """The documents in a folder and the folders in it, sorted by path. ``tell`` is given what the system refuses.

    Every file but catalogues, read-me's and what is hidden or a program's lock or backup (``~$x.docx``, ``x.txt~``).
    """

    def enter(inside: Path) -> bool:
        # What stores hold is no document, should one lie within the folder.
        return not inside.name.startswith(".") and not is_folder(inside / "snapshots")

    return [path for path in walk(folder, enter, tell) if names_document(path)]


def names_document(path: Path) -> bool:
    """Whether a file of this name would be taken for a document of its folder."""
    hidden = path.name.startswith((".", "~$")) or path.name.endswith(("~", ".part", ".crdownload", ".tmp"))
    return not hidden and path.name != FILE_NAME and path.stem.lower() != "readme"


def drop_duplicates(
    found: Iterable[Task], find_place: Callable[[Path], Path] = resolve
) -> tuple[list[Task], list[tuple[str, str]]]:
    """Each content once, that which a catalogue names before others; and pairs of what is left out and its other."""
    first: dict[str, Task] = {}
    duplicates = []
    for task in sorted(found, key=lambda t: t.entry is None or find_place(t.entry.path) != find_place(t.path)):
        other = first.setdefault(task.sha256, task)
        if other is not task:
            duplicates.append((task.place, other.place))
    return list(first.values()), duplicates


#: How many files are digested by one piece of work.
_DIGESTED = 50


def digest_sources(executor: Executor, tasks: Sequence[Task]) -> dict[str, str]:
    """The SHA-256 of each file by its place, found by ``executor``; of what it cannot read there is none."""
    pieces = [tasks[n : n + _DIGESTED] for n in range(0, len(tasks), _DIGESTED)]
    found: dict[str, str] = {}
    for _, digests in executor.run(pieces, _digest_some, ()):
        if isinstance(digests, dict):
            found |= digests
    return found


def _digest_some(tasks: Sequence[Task]) -> dict[str, str]:
    found = {}
    for task in tasks:
        # Whoever asked reads it once more, and tells what is wrong with it.
        with contextlib.suppress(OSError, GongkaiError):
            found[task.place] = hash_source(task)
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that was named or found: where it lies, below which of the named folders, what a listing said of it."""

    path: Path
    root: str
    order: int
    url: str = ""
    stored: Stored | None = None

    @property
    def place(self) -> str:
        return self.url or str(self.path)


class Collector:
    """Finds each file's content and entry. ``faults`` are files and folders that cannot be read.

    ``share`` leaves out what other machines take; ``digest`` digests many files elsewhere, ``hash_path`` one here (by
    its path with links followed, which ``find_place`` finds).
    """

    def __init__(
        self,
        settings: Settings,
        share: Share | None = None,
        digest: Digest | None = None,
        hash_path: Callable[[Path], str] = hash_file,
        find_place: Callable[[Path], Path] = resolve,
    ) -> None:
        self.settings, self.share, self._digest_many = settings, share or Share(), digest
        self._hash_path, self._find_place = hash_path, find_place
        self.faults: list[Failure] = []
        self.catalogue = Catalogue()
        self._remote: list[tuple[str, Catalogue]] = []
        self._digests: dict[str, str] = {}

    def collect(
        self,
        files: Sequence[Path | str],
        more: Callable[[], Iterable[Path]] | None = None,
        *,
        allow_empty: bool = False,
    ) -> list[Task]:
        """A task for each document of ``files`` (paths, or URLs as texts) that is in the share, in their order.

        ``more`` gives further files, which are taken where they were not named. Raises
        :class:`loaders.errors.CatalogueError` if a catalogue is wrong and :class:`loaders.errors.StoreError` if a
        store of objects refuses.
        """
        found: dict[Path, _Candidate] = {}
        for order, file in enumerate(files):
            for candidate in self._find(file, order, allow_empty):
                found.setdefault(self._find_place(candidate.path), candidate)
        if self._digest_many is not None:
            self._digests |= self._digest_many([_sketch_task(c) for c in found.values()])
        for path in more() if more is not None else ():
            found.setdefault(self._find_place(path), _Candidate(path, str(path.parent), len(files)))
        local = [Path(f) for f in files if not is_url(f)]
        # Of each folder once, however many of its files are looked at.
        parents = dict.fromkeys(place.parent for place, c in found.items() if not c.url)
        gathered = Catalogue.gather((), documents_folder(), [*(f for f in local if is_folder(f)), *parents])
        self.catalogue = Catalogue.join([("", gathered), *self._remote]) if self._remote else gathered
        return [task for candidate in found.values() if (task := self._inspect(candidate)) is not None]

    def hash(self, path: Path) -> str:
        """The SHA-256 of a file's bytes, read once. Raises OSError."""
        return self._hash(_Candidate(path, "", 0))

    def _hash(self, candidate: _Candidate) -> str:
        place = candidate.place
        if place not in self._digests:
            self._digests[place] = (
                hash_source(_sketch_task(candidate))
                if candidate.url
                else self._hash_path(self._find_place(candidate.path))
            )
        return self._digests[place]

    def _find(self, file: Path | str, order: int, allow_empty: bool) -> list[_Candidate]:
        if is_url(file):
            return self._find_remote(str(file), order)
        path = Path(file)
        if not is_folder(path):
            return [_Candidate(path, str(path.parent), order)] if self.share.has(path.name) else []
        inside = list_documents(path, self._tell_refused)
        if not inside and not allow_empty:
            self._blame(str(path), "the folder holds no documents", "Put documents into it, or name another folder")
        return [
            _Candidate(p, str(path), order) for p in inside if self.share.has(p.relative_to(path).as_posix())
        ]  # fmt: skip

    def _find_remote(self, url: str, order: int) -> list[_Candidate]:
        url = url.rstrip("/")
        folder = RemoteFolder(url)
        listed = folder.list()
        if len(listed) == 1 and not listed[0].name:
            # The URL of a file: a listing of it has itself, by no name below it.
            name = url.rpartition("/")[2]
            return [_Candidate(Path(url), "", order, url, listed[0])] if self.share.has(name) else []
        for stored in listed:
            if PurePosixPath(stored.name).name == FILE_NAME:
                self._remote.append(self._load_remote(folder, stored.name, listed))
        inside = [s for s in listed if _names_remote(s.name)]
        if not inside:
            self._blame(url, "the folder holds no documents", "Put documents into it, or name another folder")
        return [
            _Candidate(Path(f"{url}/{s.name}"), url, order, f"{url}/{s.name}", s)
            for s in inside
            if self.share.has(s.name)
        ]

    @staticmethod
    def _load_remote(folder: RemoteFolder, name: str, listed: Sequence[Stored]) -> tuple[str, Catalogue]:
        """A catalogue of a folder that is known by its URL."""
        url = f"{folder.url}/{name}"
        below = name.removesuffix(FILE_NAME)
        names = {s.name[len(below) :] for s in listed if s.name.startswith(below)}

        def find(file: str) -> list[Path]:
            fold = unicodedata.normalize("NFC", file)
            met = [file] if file in names else [n for n in names if unicodedata.normalize("NFC", n) == fold]
            return [Path(f"{folder.url}/{below}{n}") for n in met]

        try:
            text = (folder.read(name) or b"").decode("utf-8")
            return url, Catalogue.parse(text, Path(url), find)
        except UnicodeDecodeError as error:
            raise CatalogueError(url, f"it cannot be read ({error})", "Mend the file; it is TOML") from error
        except CatalogueError as error:
            raise CatalogueError(error.place.replace(str(Path(url)), url), error.problem, error.remedy) from error

    def _tell_refused(self, error: OSError) -> None:
        self._blame(str(error.filename), f"it cannot be read ({error.strerror})", "Make it readable, or move it")

    def _blame(self, place: str, problem: str, remedy: str) -> None:
        self.faults.append(Failure(place, show_name(place), problem, remedy))

    def _inspect(self, candidate: _Candidate) -> Task | None:
        place = candidate.place
        try:
            size, age = self._measure(candidate)
            if size > self.settings.max_file_bytes:
                # The reader refuses it too, but only after all of it was hashed.
                raise OversizedFile(
                    place,
                    f"it has {size} bytes, more than the limit of {self.settings.max_file_bytes}",
                    "Split the file, or raise GONGKAI_MAX_FILE_BYTES",
                )
            content = self._hash(candidate)
            place_here = None if candidate.url else self._find_place(candidate.path)
            entry = self.catalogue.find(candidate.path, content, place_here)
        except OSError as error:
            self._blame(place, f"it cannot be read ({error.strerror})", "Make it readable")
        except DocumentError as error:
            self.faults.append(Failure(place, error.place, error.problem, error.remedy))
        except CatalogueError as error:
            self.faults.append(Failure(place, error.place, error.problem, error.remedy))
        else:
            recogniser = name_recogniser(candidate.path, self.settings)
            key = make_key(candidate.path, content, entry, self.settings, recogniser)
            return replace(_sketch_task(candidate), sha256=content, entry=entry, key=key, size=size, age=age)
        return None

    @staticmethod
    def _measure(candidate: _Candidate) -> tuple[int, float]:
        """Size in bytes and time of the last change."""
        if candidate.stored is not None:
            return candidate.stored.size, candidate.stored.time
        path, place = candidate.path, candidate.place
        try:
            known = path.stat()
        except (OSError, ValueError):
            if exists(path):
                raise
            raise MissingFile(place, "there is no such file", "Check the name and the folder") from None
        if not stat.S_ISREG(known.st_mode):
            raise DocumentError(place, "it is no regular file", "Name a file, or a folder of files")
        return known.st_size, known.st_mtime


def _sketch_task(candidate: _Candidate) -> Task:
    """What is known of a file before it is read."""
    size, age = (candidate.stored.size, candidate.stored.time) if candidate.stored else (0, 0.0)
    return Task(
        candidate.path, "", None, "", size, url=candidate.url, age=age, root=candidate.root, order=candidate.order
    )


def _names_remote(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return names_document(Path(name)) and not any(p.startswith(".") for p in parts[:-1])
