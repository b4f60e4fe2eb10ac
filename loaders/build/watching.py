"""A folder is watched, and the store kept current: what comes is read, what changes read anew, what goes leaves.

The published snapshot switches atomically, so a service over the store has the new figures with its next query.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from loaders.build.building import BuildReport, Progress, build
from loaders.build.collecting import names_document
from loaders.build.conversion import Reader
from loaders.catalogue import FILE_NAME
from loaders.errors import BusyStore, CatalogueError, MissingFile
from loaders.paths import is_folder, resolve, walk
from loaders.settings import Settings

#: How long nothing may happen in the folder before what happened is looked at, in milliseconds: files come in pieces.
_QUIET = 800
#: How long to wait at most for such a quiet moment.
_LONGEST = 15_000
#: How often the folder is looked over where the system's notices cannot be read, in seconds.
_ROUND = 1.0

#: The files of the folders that matter, each with the time and size that tell that it has changed.
_State = frozenset[tuple[Path, int, int]]


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

    Raises :class:`loaders.errors.MissingFile` if a folder is none, and what :func:`loaders.build.building.build`
    raises.
    """
    settings = settings or Settings()
    for folder in folders:
        if not is_folder(folder):
            raise MissingFile(str(folder), "there is no such folder", "Name a folder that is there")
    store = resolve(settings.store)

    def matters(place: Path) -> bool:
        # A catalogue decides what documents become; the store may lie within the folder.
        return not resolve(place).is_relative_to(store) and (place.name == FILE_NAME or names_document(place))

    # The watch begins before the first build, or what comes during it would be missed.
    due = True
    for found in _notice(folders, matters, stop or threading.Event()):
        due = due or found
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


def _notice(folders: Sequence[Path], matters: Callable[[Path], bool], stop: threading.Event) -> Iterator[bool]:
    """At least every second whether something that matters has happened since; ends when ``stop`` is set."""
    # The library breaks off at the first name that is no UTF-8, be it the folder's own or one that comes later. From
    # then on the folder is looked over; what it then holds may be what the library broke off at.
    with contextlib.suppress(WatchfilesRustInternalError, UnicodeEncodeError):
        for found in watchfiles.watch(
            *folders, watch_filter=lambda _, path: matters(Path(path)), step=_QUIET, debounce=_LONGEST,
            stop_event=stop, rust_timeout=500, yield_on_timeout=True, raise_interrupt=True,
            ignore_permission_denied=True,
        ):  # fmt: skip
            yield bool(found)
        return
    state = _survey(folders, matters)
    yield True
    while not stop.wait(_ROUND):
        now = _survey(folders, matters)
        changed, state = now != state, _await_quiet(folders, matters, stop, now) if now != state else now
        yield changed


def _await_quiet(
    folders: Sequence[Path], matters: Callable[[Path], bool], stop: threading.Event, state: _State
) -> _State:
    """The state of the folders once nothing happens in them any more, or when it has been waited for long enough."""
    end = time.monotonic() + _LONGEST / 1000
    while time.monotonic() < end and not stop.wait(_QUIET / 1000):
        before, state = state, _survey(folders, matters)
        if before == state:
            break
    return state


def _survey(folders: Sequence[Path], matters: Callable[[Path], bool]) -> _State:
    found: set[tuple[Path, int, int]] = set()
    for folder in folders:
        # What cannot be looked at is told by the build.
        for path in walk(folder, lambda inside: not inside.name.startswith("."), lambda _: None):
            with contextlib.suppress(OSError):
                if matters(path):
                    known = path.stat()
                    found.add((path, known.st_mtime_ns, known.st_size))
    return frozenset(found)
