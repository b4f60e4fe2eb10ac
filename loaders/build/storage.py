"""Folders that several machines share: of a file system, or of an object store that fsspec reaches by its URL.

What is written appears whole or not at all: in a file system by a name of the writer's own that is then changed, in an
object store by one put. Nothing here trusts a clock. Where a place cannot be used, one error says why: the credentials,
the clock, the network, the package that is missing.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from loaders.build.refusals import explain_remote, list_codes
from loaders.build.snapshots import explain
from loaders.characters import show_name
from loaders.errors import GongkaiError, StoreError
from loaders.extras import naming_extras
from loaders.paths import is_folder, resolve

#: Stores of objects: one put is whole or not there. Elsewhere a file is written under another name and moved.
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "oss", "az", "abfs", "abfss", "adl", "memory"})
#: Settings for what would otherwise be waited for over many minutes, in seconds; FSSPEC_S3_… go before them.
_PATIENT = {"config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2}}}
_DEFAULTS: dict[str, dict[str, Any]] = {"s3": _PATIENT, "s3a": _PATIENT}
#: What a listing calls the time of an object's last change, by store.
_TIMES = ("LastModified", "mtime", "last_modified", "updated", "modified", "created")


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of a folder: its name below it, its size in bytes, the time of its change (seconds since 1970)."""

    name: str
    size: int
    time: float


class Folder(Protocol):
    """A folder that others may write to as well. All methods raise :class:`loaders.errors.StoreError`."""

    @property
    def place(self) -> str:
        """The path or URL, as messages and workers name it."""

    def list(self, inside: str = "") -> list[Stored]:
        """The files in it and below, or below the folder ``inside`` of it, sorted by name; none if it is not there."""

    def read(self, name: str) -> bytes | None:
        """A file's content, None if it is not there."""

    def measure(self, name: str) -> int | None:
        """A file's size in bytes, None if it is not there."""

    def fetch(self, name: str, target: Path) -> bool:
        """Puts a file at ``target``, by a link where that can be; False if it is not there."""

    def write(self, name: str, content: bytes) -> None:
        """Puts a file there, in place of what was."""

    def drop(self, name: str) -> None:
        """Takes a file away, if it is there."""

    def create(self, name: str, content: bytes) -> bool:
        """Puts a file there unless there is one; whether it did."""


def is_url(place: str | Path) -> bool:
    """Whether a place is named by a URL, as ``s3://bucket/folder``, and not by a path."""
    scheme, mark, _ = str(place).partition("://")
    return bool(mark) and scheme.replace("+", "").replace("-", "").isalnum()


def open_folder(place: str | Path) -> Folder:
    """The folder of a path or URL. It need not be there yet."""
    if not is_url(place):
        return LocalFolder(Path(place))
    if str(place).startswith(("file://", "local://")):
        return LocalFolder(Path(str(place).partition("://")[2]))
    return RemoteFolder(str(place).rstrip("/"))


def list_modules(places: Iterable[str]) -> list[str]:
    """The modules that reach the URLs among some places: imported once, each new process has them."""
    found = []
    for scheme in sorted({place.partition("://")[0] for place in places if is_url(place)}):
        with naming_extras(f"{scheme}://"):
            import fsspec
        # What is unknown or lacks its package is told where it is used.
        with contextlib.suppress(ValueError, ImportError):
            found.append(fsspec.get_filesystem_class(scheme).__module__)
    return found


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder of a file system, which other machines may have mounted too."""

    path: Path

    @property
    def place(self) -> str:
        return str(self.path)

    def list(self, inside: str = "") -> list[Stored]:
        root = self.path / inside
        with self._reading():
            found = []
            for place, _, names in os.walk(root, onerror=_raise_unless_gone):
                for path in (Path(place, name) for name in names):
                    known = path.stat()
                    name = path.relative_to(self.path).as_posix()
                    found.append(Stored(name, known.st_size, known.st_mtime))
        return sorted(found, key=lambda s: s.name)

    def read(self, name: str) -> bytes | None:
        with self._reading():
            try:
                return (self.path / name).read_bytes()
            except FileNotFoundError:
                return None

    def measure(self, name: str) -> int | None:
        with self._reading():
            try:
                return (self.path / name).stat().st_size
            except FileNotFoundError:
                return None

    def fetch(self, name: str, target: Path) -> bool:
        source = self.path / name
        with self._reading():
            if not source.is_file():
                return False
            new = _name_new(target)
            try:
                try:
                    os.link(source, new)
                except OSError:
                    shutil.copyfile(source, new)
                new.replace(target)
            finally:
                new.unlink(missing_ok=True)
        return True

    def write(self, name: str, content: bytes) -> None:
        self._put(name, content, lambda new, target: new.replace(target))

    def drop(self, name: str) -> None:
        with self._reading():
            (self.path / name).unlink(missing_ok=True)

    def create(self, name: str, content: bytes) -> bool:
        if (self.path / name).exists():
            return False

        def link(new: Path, target: Path) -> None:
            try:
                os.link(new, target)
            except FileExistsError:
                raise
            except OSError as error:
                if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
                    raise
                new.replace(target)  # a file system without links: the same content, at worst, once more

        try:
            self._put(name, content, link)
        except FileExistsError:
            return False
        return True

    def _put(self, name: str, content: bytes, move: Callable[[Path, Path], object]) -> None:
        target = self.path / name
        new = _name_new(target)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with new.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                move(new, target)
            finally:
                new.unlink(missing_ok=True)
        except FileExistsError:
            if target.exists():
                raise
            raise explain(self.path, FileExistsError(errno.EEXIST, ""), "it cannot be written") from None
        except OSError as error:
            raise explain(self.path, error, "it cannot be written") from error

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise explain(self.path, error, "it cannot be read") from error


def _raise_unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _name_new(target: Path) -> Path:
    """A name that no other writer on any machine takes, and that no reader takes for a document or a result."""
    return target.with_name(f".{target.name}.{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}.new")


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder of an object store or another file system, by a URL that fsspec knows."""

    url: str

    @property
    def place(self) -> str:
        return self.url

    def list(self, inside: str = "") -> list[Stored]:
        with self._using() as (system, root):
            below = f"{root}/{inside}" if inside else root
            system.invalidate_cache()
            try:
                found = system.find(below, detail=True)
            except FileNotFoundError:
                if inside:
                    return []
                raise
            return sorted(
                (
                    Stored(path[len(root) :].lstrip("/"), int(info.get("size") or 0), _read_time(info))
                    for path, info in found.items()
                    if info.get("type", "file") == "file"
                ),
                key=lambda s: s.name,
            )

    def read(self, name: str) -> bytes | None:
        with self._using() as (system, root):
            try:
                content: bytes = system.cat_file(f"{root}/{name}")
            except FileNotFoundError as error:
                _raise_if_no_bucket(error)
                return None
            return content

    def measure(self, name: str) -> int | None:
        with self._using() as (system, root):
            # What is kept of earlier listings knows nothing of what other machines have put there since.
            system.invalidate_cache()
            try:
                return int(system.info(f"{root}/{name}")["size"])
            except FileNotFoundError as error:
                _raise_if_no_bucket(error)
                return None

    def fetch(self, name: str, target: Path) -> bool:
        new = _name_new(target)
        try:
            with self._using() as (system, root):
                try:
                    system.get_file(f"{root}/{name}", str(new))
                except FileNotFoundError as error:
                    _raise_if_no_bucket(error)
                    return False
            new.replace(target)
        except OSError as error:
            raise explain(target.parent, error, "it cannot be written") from error
        finally:
            new.unlink(missing_ok=True)
        return True

    def write(self, name: str, content: bytes) -> None:
        with self._using() as (system, root):
            self._put(system, f"{root}/{name}", content)

    def drop(self, name: str) -> None:
        with self._using() as (system, root), contextlib.suppress(FileNotFoundError):
            system.rm_file(f"{root}/{name}")

    def create(self, name: str, content: bytes) -> bool:
        with self._using() as (system, root):
            path = f"{root}/{name}"
            if not _is_object_store(system):
                if system.exists(path):
                    return False
                self._put(system, path, content)
                return True
            try:
                system.pipe_file(path, content, mode="create")
            except FileExistsError:
                return False
            except (OSError, NotImplementedError) as error:
                if not _knows_no_condition(error):
                    raise
                # A store without conditional puts: results are known by what they are made of, so twice does no harm.
                if system.exists(path):
                    return False
                self._put(system, path, content)
            return True

    @staticmethod
    def _put(system: Any, path: str, content: bytes) -> None:
        if _is_object_store(system):
            system.pipe_file(path, content)
            return
        target = PurePosixPath(path)
        new = str(target.with_name(_name_new(Path(target.name)).name))
        system.makedirs(str(target.parent), exist_ok=True)
        system.pipe_file(new, content)
        system.mv(new, path)

    @contextlib.contextmanager
    def _using(self) -> Iterator[tuple[Any, str]]:
        """The file system and the folder's name in it; whatever it refuses becomes one error."""
        try:
            with naming_extras(show_name(self.url)):
                import fsspec

            scheme = self.url.partition("://")[0]
            options = {} if scheme in fsspec.config.conf else _DEFAULTS.get(scheme, {})
            system, root = fsspec.url_to_fs(self.url, **options)
            yield system, str(root).rstrip("/")
        except GongkaiError:
            raise
        except Exception as error:  # each store has its own errors; none of them is ours
            raise explain_remote(self.url, error) from error


def _is_object_store(system: Any) -> bool:
    names = system.protocol if isinstance(system.protocol, tuple | list) else (system.protocol,)
    return not _OBJECT_STORES.isdisjoint(names)


def _knows_no_condition(error: BaseException) -> bool:
    return "NotImplemented" in list_codes(error) or getattr(error, "errno", None) == errno.ENOSYS


def _raise_if_no_bucket(error: FileNotFoundError) -> None:
    if "NoSuchBucket" in list_codes(error):
        raise error


def _read_time(info: dict[str, Any]) -> float:
    value = next((info[name] for name in _TIMES if info.get(name) is not None), 0.0)
    return value.timestamp() if isinstance(value, datetime) else float(value) if _is_number(value) else 0.0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def refuse_within(results: str | Path, files: Iterable[str | Path]) -> None:
    """Raises :class:`loaders.errors.StoreError` for results below a folder of documents: they would be read too."""
    for file in files:
        if is_url(file) or is_url(results):
            inside = f"{results}/".startswith(f"{str(file).rstrip('/')}/")
        else:
            inside = is_folder(file) and resolve(results).is_relative_to(resolve(file))
        if inside:
            raise StoreError(
                show_name(str(results)),
                f"it lies within {show_name(str(file))}, and would be read as documents",
                "Put results beside the documents",
            )


def has_vanished(root: str) -> bool:
    """Whether a folder of sources is not there any more: gone, empty as a mount point is, or refusing to be looked at.

    A URL is never taken for vanished here: its store says so itself.
    """
    if not root or is_url(root):
        return False
    if not is_folder(root):
        return not Path(root).is_file()
    try:
        with os.scandir(root) as entries:
            return next(entries, None) is None
    except OSError:
        return True
