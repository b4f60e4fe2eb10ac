"""RDF files become a new snapshot of the store; what builds share to fill a database."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from loaders import __version__
from loaders.build.conversion import hash_file
from loaders.build.history import History, find_last
from loaders.build.snapshots import Manifest, Snapshot, Workshop, explain
from loaders.errors import DocumentError, MissingFile, UnknownFormat
from loaders.settings import Settings

#: What a build tells of its progress: the stage, how much of it is done, how much it is in all.
Progress = Callable[[str, int, int], None]

RDF_FORMATS = {
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
}


def load_files(
    files: Sequence[Path],
    store_dir: Path | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Loads RDF files (.nq, .trig, .ttl, .nt) into a new snapshot of the store, in place of what it held.

    All of them or none: raises :class:`loaders.errors.DocumentError` with file and line for the first that is no RDF,
    and :class:`loaders.errors.StoreError` if the store cannot be written; the published snapshot then stays.
    """
    settings = settings or Settings()
    progress = progress or ignore
    formats = [_find_format(path) for path in files]
    if not files:
        raise DocumentError("gongkai load", "no file is named", "Name one or more of .nq, .trig, .ttl or .nt")
    with Workshop(store_dir or settings.store, settings.keep_snapshots) as workshop:
        count, fingerprint = _fill(workshop, list(zip(files, formats, strict=True)), progress)
        manifest = Manifest(
            kind="load",
            base=settings.base,
            version=__version__,
            time=settings.find_time().strftime("%Y-%m-%dT%H:%M:%SZ"),
            fingerprint=fingerprint,
            quads=count,
            sources=tuple(str(f) for f in files),
        )
        # What a loaded graph has that the one before had not is not looked for.
        new = workshop.describe(manifest)
        History(new.folder).write_release(find_last(workshop.store), new, settings.keep_changes)
        return workshop.publish(manifest)


def _fill(workshop: Workshop, files: list[tuple[Path, RdfFormat]], progress: Progress) -> tuple[int, str]:
    """Loads all files; returns the number of quads and a digest of the contents."""
    total = sha256(b"load")
    with open_database(workshop) as store:
        for number, (path, format) in enumerate(files):
            progress("load", number, len(files))
            total.update(_load_file(store, path, format).encode("ascii"))
        progress("load", len(files), len(files))
        return len(store), total.hexdigest()[:16]


def _find_format(path: Path) -> RdfFormat:
    format = RDF_FORMATS.get(path.suffix.lower())
    if format is None:
        known = ", ".join(RDF_FORMATS)
        raise UnknownFormat(str(path), f"its ending {path.suffix!r} is of no RDF format", f"Use one of {known}")
    if not path.is_file():
        raise MissingFile(str(path), "there is no such file", "Check the name and the folder")
    return format


def _load_file(store: Store, path: Path, format: RdfFormat) -> str:
    """Loads one file; returns the SHA-256 of its bytes."""
    # Read in this process first, so that an error in reading is not taken for one of the store.
    try:
        content = hash_file(path)
        with path.open("rb") as file:
            store.bulk_load(input=file, format=format, base_iri=path.resolve().as_uri())
    except SyntaxError as error:
        remedy = "Mend the line, or leave the file out"
        problem = str(error.msg).split(": ", 1)[-1]
        raise DocumentError(f"{path}, line {error.lineno}", problem, remedy) from error
    except PermissionError as error:
        raise DocumentError(str(path), f"it cannot be read ({error.strerror})", "Make it readable") from error
    return content


def open_database(workshop: Workshop) -> contextlib.AbstractContextManager[Store]:
    """The database of the snapshot in the making, flushed at the end.

    It has no way to be closed but to be forgotten: leave the function that holds it before the snapshot is published.
    """
    return _open(workshop.store, workshop.database)


def open_origins(workshop: Workshop) -> contextlib.AbstractContextManager[Store]:
    """The database of its origins (:mod:`loaders.derived.origins`), as :func:`open_database`."""
    return _open(workshop.store, workshop.origins)


@contextlib.contextmanager
def _open(place: Path, folder: Path) -> Iterator[Store]:
    with telling_damage(place):
        try:
            store = Store(folder)
            yield store
            store.flush()
        except OSError as error:
            raise explain(place, error, "it cannot be written") from error


@contextlib.contextmanager
def telling_damage(place: Path) -> Iterator[None]:
    """Turns what the engine raises for a damaged database into a :class:`loaders.errors.StoreError`."""
    try:
        yield
    except RuntimeError as error:
        if "corrupt" not in str(error).lower():
            raise
        raise explain(place, error, "its database is damaged") from error


def copy_snapshot(snapshot: Snapshot, workshop: Workshop) -> None:
    """Begins the snapshot in the making as a copy of one with origins. Its files are shared (hard links), not copied.

    Raises :class:`loaders.errors.StoreError` if it cannot be read, or the disk refuses.
    """
    for source, target in ((snapshot.database, workshop.database), (snapshot.origins, workshop.origins)):
        with telling_damage(source):
            try:
                Store.read_only(str(source)).backup(str(target))
            except OSError as error:
                raise explain(source, error, "it cannot be copied") from error


def open_snapshot(snapshot: Snapshot) -> Store:
    """The database of a snapshot, to be read. Raises :class:`loaders.errors.StoreError` if it cannot be opened."""
    try:
        return Store.read_only(str(snapshot.database))
    except OSError as error:
        raise explain(snapshot.database, error, "it cannot be opened") from error


def ignore(stage: str, done: int, total: int) -> None:
    """The progress of a build that nobody watches."""
