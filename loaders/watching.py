"""A folder is watched, and the store kept current: what comes is read, what changes read anew, what goes leaves.

The published snapshot switches atomically, so a service over the store has the new figures with its next query.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import watchfiles

from loaders.build import BuildReport, Progress, build, names_document
from loaders.catalogue import FILE_NAME
from loaders.conversion import Reader
from loaders.errors import BusyStore, CatalogueError, MissingFile
from loaders.settings import Settings

#: How long nothing may happen in the folder before what happened is looked at, in milliseconds: files come in pieces.
_QUIET = 800
#: How long to wait at most for such a quiet moment.
_LONGEST = 15_000


def watch(
    folders: Sequence[Path],
    settings: Settings | None = None,
    stop: threading.Event | None = None,
    *,
    progress: Progress | None = None,
    convert: Reader | None = None,
) -> Iterator[BuildReport | CatalogueError]:
    """Builds the folders, then again whenever a document in them changes; gives the report of each build.

    Documents whose files have gone from the folders leave the store; what else it holds stays. A catalogue that is
    wrong is told, and waited for until it is mended. Ends when ``stop`` is set.

    Raises :class:`loaders.errors.MissingFile` if a folder is none, and what :func:`loaders.build.build` raises.
    """
    settings = settings or Settings()
    for folder in folders:
        if not folder.is_dir():
            raise MissingFile(str(folder), "there is no such folder", "Name a folder that is there")
    store = settings.store.resolve()

    def matters(_: watchfiles.Change, path: str) -> bool:
        # A catalogue decides what documents become; the store may lie within the folder.
        place = Path(path)
        return not place.resolve().is_relative_to(store) and (place.name == FILE_NAME or names_document(place))

    changes = watchfiles.watch(
        *folders, watch_filter=matters, step=_QUIET, debounce=_LONGEST, stop_event=stop, rust_timeout=500,
        yield_on_timeout=True, raise_interrupt=True, ignore_permission_denied=True,
    )  # fmt: skip
    # The watch begins before the first build, or what comes during it would be missed.
    due = True
    for found in changes:
        due = due or bool(found)
        if not due:
            continue
        try:
            report = build(list(folders), settings.store, settings, progress, mirror=True, convert=convert)
        except BusyStore:
            # Another process builds: its turn is soon over.
            continue
        except CatalogueError as error:
            due = False
            yield error
            continue
        due = False
        yield report
