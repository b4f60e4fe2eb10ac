"""The store on disk: whole snapshots, one of them published, switched by replacing one small file.

::

    <store>/current              the name of the published snapshot
    <store>/snapshots/000007/    a snapshot: manifest.json, database/ (Oxigraph), history/; of a build also origins/
    <store>/work/                the snapshot in the making; whatever lies there is nobody's
    <store>/lock                 held (flock) by the one build that runs; freed by the system if that is killed

A snapshot is never changed after its publication, so that readers need no lock. This module knows no RDF.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from loaders.characters import is_text, write_rows
from loaders.errors import BusyStore, GongkaiError, StoreError

_NAME = re.compile(r"\d{6,}")
_POINTER = "current"
_MANIFEST = "manifest.json"
_DATABASE = "database"
_ORIGINS = "origins"

_REMEDIES = {
    errno.ENOSPC: "Free space on that disk, or choose another folder with --store or GONGKAI_STORE",
    errno.EDQUOT: "Raise the quota, or choose another folder with --store or GONGKAI_STORE",
    errno.EFBIG: "Raise the limit on file sizes (ulimit -f), or choose another folder with --store",
    errno.EACCES: "Make the folder writable for you, or choose another with --store or GONGKAI_STORE",
    errno.EPERM: "Make the folder writable for you, or choose another with --store or GONGKAI_STORE",
    errno.EROFS: "Choose a folder on a writable disk with --store or GONGKAI_STORE",
    errno.ENOTDIR: "A part of the path is a file; choose another folder with --store or GONGKAI_STORE",
    errno.EEXIST: "A part of the path is a file; choose another folder with --store or GONGKAI_STORE",
}
_OTHER_REMEDY = "Choose another folder with --store or GONGKAI_STORE; what was published stays as it was"


@dataclass(frozen=True)
class Manifest:
    """What a snapshot holds. ``kind`` is "build" or "load"; ``documents`` are those of a build, as JSON objects.

    ``fingerprint`` is the same for the same contents; ``time`` is ISO 8601 in UTC; ``version`` is the loaders'.
    """

    kind: str
    base: str
    version: str
    time: str
    fingerprint: str
    quads: int
    documents: tuple[dict[str, Any], ...] = ()
    sources: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """One snapshot: its name, its folder, what it holds. ``database`` is opened with ``pyoxigraph.Store.read_only``."""

    name: str
    folder: Path
    manifest: Manifest

    @property
    def database(self) -> Path:
        """The folder of the Oxigraph database."""
        return self.folder / _DATABASE

    @property
    def origins(self) -> Path:
        """The folder of a second database, which tells where statements come from; a build only has one."""
        return self.folder / _ORIGINS


def mark_snapshot(snapshot: Snapshot) -> str:
    """A mark that tells a snapshot from all others, also from one of the same number in a store built again."""
    made = f"{snapshot.manifest.fingerprint} {snapshot.manifest.time}"
    return f"{snapshot.name}-{sha256(made.encode()).hexdigest()[:8]}"


def find_pointer(store: Path) -> Path:
    """The small file that names the published snapshot; replaced by another file when another one is published."""
    return store / _POINTER


def find_current(store: Path) -> Snapshot | None:
    """The published snapshot of the store in ``store``, or None if nothing was published yet.

    Raises :class:`loaders.errors.StoreError` if the store is there but broken.
    """
    try:
        name = (store / _POINTER).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise explain(store, error, "it cannot be read") from error
    folder = store / "snapshots" / name
    if not _NAME.fullmatch(name) or not (folder / _DATABASE).is_dir():
        raise StoreError(str(store), f"its snapshot {name!r} is not there", "Build it again: gongkai build")
    return _read_snapshot(folder)


def _read_snapshot(folder: Path) -> Snapshot:
    try:
        data = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        data["documents"], data["sources"] = tuple(data["documents"]), tuple(data["sources"])
        return Snapshot(folder.name, folder, Manifest(**data))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(
            str(folder / _MANIFEST), f"it cannot be read ({error})", "Build the store again: gongkai build"
        ) from error


def find_snapshot(store: Path, name: str) -> Snapshot:
    """A snapshot that is kept, by its name, such as 000007; its number alone will do.

    Raises :class:`loaders.errors.StoreError` if there is none of that name, or it is broken.
    """
    kept = {p.name: p for p in _list_snapshots(store)} if (store / "snapshots").is_dir() else {}
    padded = name.zfill(6) if name.isdigit() else name
    if padded not in kept:
        raise StoreError(
            str(store),
            f"it has no snapshot {name!r}; kept are {', '.join(kept) or 'none'}",
            "Name one of these, or keep more of them: GONGKAI_KEEP_SNAPSHOTS",
        )
    return _read_snapshot(kept[padded])


def refuse_other_base(store: Path, snapshot: Snapshot, base: str) -> None:
    """Raises :class:`loaders.errors.StoreError` for a snapshot of another base: its IRIs lead nowhere."""
    made = snapshot.manifest.base
    if made != base:
        how = "gongkai load FILE…" if snapshot.manifest.kind == "load" else "gongkai build"
        raise StoreError(
            str(store),
            f"its snapshot {snapshot.name} was made for the base {made}, and GONGKAI_BASE is {base} now",
            f"Use it under its own base (GONGKAI_BASE={made}), make it anew for this one ({how}), or choose another "
            "folder with --store",
        )


def find_previous(store: Path) -> Snapshot | None:
    """The newest snapshot before the published one, if it is still kept. Raises as :func:`find_current` does."""
    current = find_current(store)
    earlier = [p for p in _list_snapshots(store) if int(p.name) < int(current.name)] if current else []
    return _read_snapshot(earlier[-1]) if earlier else None


class Workshop:
    """The right to change one store: ``with Workshop(store, keep) as workshop`` holds the store's lock.

    ``database`` is where the new snapshot is made; :meth:`publish` makes it the current one. Raises
    :class:`loaders.errors.StoreError` if another process builds, or the folder cannot be written.
    """

    def __init__(self, store: Path, keep: int = 2) -> None:
        self.store = store
        self.keep = keep
        self._lock = -1

    @property
    def folder(self) -> Path:
        """The folder of the snapshot in the making."""
        return self.store / "work"

    @property
    def database(self) -> Path:
        """Where the database of the snapshot in the making belongs."""
        return self.folder / _DATABASE

    @property
    def origins(self) -> Path:
        """Where the database of its origins belongs."""
        return self.folder / _ORIGINS

    def begin_anew(self) -> None:
        """Drops what was made of the snapshot in the making. Raises :class:`loaders.errors.StoreError`."""
        with writing(self.store):
            shutil.rmtree(self.folder)
            self.folder.mkdir()

    def __enter__(self) -> Workshop:
        if not is_text(str(self.store)):
            raise StoreError(
                str(self.store), "the database takes no path that is not UTF-8", "Choose another folder with --store"
            )
        with writing(self.store):
            (self.store / "snapshots").mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.store / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._acquire()
            with writing(self.store):
                # What a killed build left behind; under the lock it is nobody's.
                if self.folder.exists():
                    shutil.rmtree(self.folder)
                self.folder.mkdir()
                self._drop_unpublished()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._release()

    def _drop_unpublished(self) -> None:
        # A build that was killed between the renaming and the switch leaves a snapshot that no reader can have found.
        # The pointer is read here as it is: whatever else is broken, the next build is the cure.
        pointer = self.store / _POINTER
        current = pointer.read_text(encoding="ascii", errors="replace").strip() if pointer.exists() else ""
        for folder in _list_snapshots(self.store) if _NAME.fullmatch(current) else []:
            if int(folder.name) > int(current):
                shutil.rmtree(folder)

    def _acquire(self) -> None:
        # A lock of the system's, not a file that says so: it ends with its process, however that ends.
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._lock, 32).decode("ascii", "replace").strip() or "unknown"
            raise BusyStore(
                str(self.store),
                f"process {owner} is building this store",
                "Wait until it has ended, or choose another folder with --store",
            ) from None
        except OSError as error:
            raise explain(self.store, error, "it cannot be locked") from error
        with writing(self.store):
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"{os.getpid()}\n".encode("ascii"), 0)

    def _release(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def describe(self, manifest: Manifest) -> Snapshot:
        """The snapshot in the making under the name that it will have, where it lies until it is published."""
        with writing(self.store):
            numbers = [int(p.name) for p in _list_snapshots(self.store)]
        return Snapshot(f"{max(numbers, default=0) + 1:06d}", self.folder, manifest)

    def publish(self, manifest: Manifest) -> Snapshot:
        """Makes the snapshot in the making the current one, in one step, and removes old ones.

        Raises :class:`loaders.errors.StoreError` if the disk refuses; the current snapshot is then the earlier one.
        """
        with writing(self.store):
            _write_through(self.folder / _MANIFEST, _write_manifest(manifest).encode("utf-8"))
            name = self.describe(manifest).name
            folder = self.store / "snapshots" / name
            self.folder.rename(folder)
            _sync_folder(folder.parent)
            replace_file(self.store / _POINTER, f"{name}\n".encode("ascii"))
        self._prune(name)
        return Snapshot(name, folder, manifest)

    def _prune(self, current: str) -> None:
        # The one before stays: a reader may have found it just before the switch and not opened it yet.
        old = [p for p in _list_snapshots(self.store) if p.name != current]
        for folder in old[: max(0, len(old) - (self.keep - 1))]:
            shutil.rmtree(folder, ignore_errors=True)


def _write_manifest(manifest: Manifest) -> str:
    """The manifest as JSON, a document a line: there may be thousands, and most of each build's are the last one's."""
    row = {field.name: getattr(manifest, field.name) for field in fields(manifest) if field.name != "documents"}
    return write_rows({**row, "sources": list(manifest.sources)}, "documents", manifest.documents)


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file so that at every moment either the old content is there or the new. Raises OSError."""
    new = path.with_name(path.name + ".new")
    _write_through(new, content)
    new.replace(path)
    _sync_folder(path.parent)


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turns what the disk refuses inside the block into a :class:`loaders.errors.StoreError` with its remedy."""
    try:
        yield
    except GongkaiError:
        raise
    except OSError as error:
        raise explain(place, error, "it cannot be written") from error


def explain(place: Path, error: Exception, problem: str) -> StoreError:
    """An error of the system, or of the database, as one of ours: with its reason and a remedy that fits."""
    number = getattr(error, "errno", None)
    reason = os.strerror(number) if number else str(error)
    if number is None:
        # The database reports the system's errors as text only.
        number = next((n for n in _REMEDIES if os.strerror(n).lower() in str(error).lower()), None)
    return StoreError(str(place), f"{problem} ({reason})", _REMEDIES.get(number or 0, _OTHER_REMEDY))


def _list_snapshots(store: Path) -> list[Path]:
    folders = [p for p in (store / "snapshots").iterdir() if _NAME.fullmatch(p.name)]
    return sorted(folders, key=lambda p: int(p.name))


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
