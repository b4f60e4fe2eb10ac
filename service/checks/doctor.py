"""Whether this machine can serve and build: what is there, what is missing, and what to do about it.

Nothing is changed by looking; the store is opened for reading, no port is kept.
"""

from __future__ import annotations

import errno
import os
import platform
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from loaders import __version__
from loaders.build.snapshots import Snapshot, find_current, refuse_other_base
from loaders.errors import GongkaiError
from loaders.extras import APART, EXTRAS, is_there
from service.engine.memory import BYTES_PER_QUAD, find_free, fits_memory
from service.settings import ServiceSettings

Degree = Literal["ok", "warning", "failure"]
#: A build writes the next snapshot beside the published one, most of it by links; at worst as much again.
_ROOM = 1.2
#: What the answers of one client and the store's own files take, beside connections.
_OTHER_FILES = 200
_CHILD = (
    "from loaders.isolation import cut_off; from loaders.walls import Wall, put_up; print(cut_off(), put_up(Wall()))"
)
_CHILD_SECONDS = 30
_LIBRARIES = ("pyoxigraph", "rdflib", "starlette", "uvicorn", "tantivy", "pdfplumber", "pypdfium2", "ortools", "spacy")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is, how it is, and what to do about it if anything."""

    subject: str
    degree: Degree
    text: str
    remedy: str = ""


def examine(settings: ServiceSettings) -> Iterator[Finding]:
    """Looks at everything, one finding or more for each."""
    for look in _LOOKS:
        try:
            yield from look(settings)
        except GongkaiError as error:
            yield Finding(
                look.__name__.removeprefix("_look_at_"), "failure", f"{error.place}: {error.problem}", error.remedy
            )


def _look_at_versions(_: ServiceSettings) -> Iterator[Finding]:
    yield Finding("versions", "ok", f"Gongkai {__version__}, Python {platform.python_version()}, {platform.platform()}")
    missing = [extra for extra in EXTRAS if extra not in APART and not is_there(extra)]
    if missing:
        yield Finding(
            "extras", "warning", f"not installed: {', '.join(missing)}", f"pip install 'gongkai[{','.join(missing)}]'"
        )
    known = [f"{name} {version(name)}" for name in _LIBRARIES if _is_installed(name)]
    yield Finding("libraries", "ok", ", ".join(known))


def _is_installed(name: str) -> bool:
    return find_spec(name) is not None


def _look_at_store(settings: ServiceSettings) -> Iterator[Finding]:
    if settings.endpoint:
        yield Finding("store", "ok", f"queries go to {settings.endpoint}")
        return
    snapshot = find_current(settings.store)
    if snapshot is None:
        yield Finding(
            "store",
            "warning",
            f"nothing was published in {settings.store} yet",
            "gongkai build, or gongkai serve, which builds",
        )
        yield from _look_at_folder(settings.store, 0)
        return
    refuse_other_base(settings.store, snapshot, settings.base)
    yield _open(snapshot)
    if snapshot.manifest.version != __version__:
        yield Finding(
            "store version", "warning", f"it was built by Gongkai {snapshot.manifest.version}, this is {__version__}",
            "gongkai build --fresh, if what is read has changed",
        )  # fmt: skip
    yield from _look_at_folder(settings.store, sum(f.stat().st_size for f in snapshot.folder.rglob("*") if f.is_file()))


def _open(snapshot: Snapshot) -> Finding:
    try:
        store = ox.Store.read_only(str(snapshot.database))
        found = next(iter(store.quads_for_pattern(None, None, None)), None) is not None
    except (OSError, RuntimeError, ValueError) as error:  # the database's faults are RuntimeErrors
        return Finding(
            "store", "failure", f"{snapshot.database} cannot be read: {error}", "Build it again: gongkai build --fresh"
        )
    if not found:
        return Finding("store", "warning", f"snapshot {snapshot.name} is empty", "gongkai build FILE…")
    held = f"{len(snapshot.manifest.documents)} documents, {snapshot.manifest.quads:,} quads"
    return Finding("store", "ok", f"snapshot {snapshot.name} of {snapshot.manifest.time}: {held}")


def _look_at_folder(store: Path, size: int) -> Iterator[Finding]:
    place = store
    while not place.exists() and place != place.parent:
        place = place.parent
    if not os.access(place, os.W_OK):
        yield Finding(
            "folder", "warning", f"{place} cannot be written: builds, the search index and dumps cannot be made there",
            "Let this user write there, or make them elsewhere",
        )  # fmt: skip
    free = shutil.disk_usage(place).free
    few = free < size * _ROOM
    yield Finding(
        "disk", "warning" if few else "ok", f"{free / 1e9:.1f} GB free, a snapshot takes {size / 1e9:.2f} GB",
        "Free space before the next build" if few else "",
    )  # fmt: skip


def _look_at_memory(settings: ServiceSettings) -> Iterator[Finding]:
    free = find_free()
    cores = os.cpu_count() or 1
    workers = settings.workers or cores + 1
    slow = settings.slow_workers or max(2, cores)
    snapshot = None if settings.endpoint else find_current(settings.store)
    if snapshot is not None:
        quads = snapshot.manifest.quads
        if fits_memory(quads, settings.max_memory_quads, workers):
            yield Finding("graph", "ok", f"{quads:,} quads will be held in memory")
        else:
            needed = quads * BYTES_PER_QUAD * (workers + 2)
            why = (
                f"more than GONGKAI_MAX_MEMORY_QUADS ({settings.max_memory_quads:,})"
                if quads > settings.max_memory_quads
                else f"{needed / 1e9:.1f} GB would be needed, {free / 1e9:.1f} GB are free"
            )
            yield Finding("graph", "warning", f"{quads:,} quads will be queried on disk, which is slower: {why}",
                          "More memory, fewer GONGKAI_WORKERS, or a higher GONGKAI_MAX_MEMORY_QUADS")  # fmt: skip
    most = settings.worker_memory_bytes * (workers + slow)
    if free and (not settings.worker_memory_bytes or most > free):
        said = (
            f"{workers + slow} query processes may take {most / 1e9:.0f} GB at worst"
            if most
            else "query processes have no limit"
        )
        yield Finding("memory", "warning", f"{said}, {free / 1e9:.1f} GB are free",
                      "Lower GONGKAI_WORKER_MEMORY_BYTES or GONGKAI_WORKERS")  # fmt: skip
    else:
        yield Finding("memory", "ok", f"{free / 1e9:.1f} GB free for {workers} quick and {slow} slow query processes")


def _look_at_limits(settings: ServiceSettings) -> Iterator[Finding]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.max_connections + _OTHER_FILES
    if hard != resource.RLIM_INFINITY and hard < needed:
        yield Finding("files", "failure", f"{hard:,} open files are allowed, {needed:,} may be needed",
                      "Raise the limit (ulimit -n, LimitNOFILE) or lower GONGKAI_MAX_CONNECTIONS")  # fmt: skip
    else:
        yield Finding(
            "files", "ok", f"up to {'any number of' if hard == resource.RLIM_INFINITY else f'{hard:,}'} open files"
        )


def _look_at_isolation(_: ServiceSettings) -> Iterator[Finding]:
    """In a process of its own, for what is taken away stays away."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD], capture_output=True, text=True, timeout=_CHILD_SECONDS, check=False
    )
    how, walls = done.stdout.split() or ("none", "none")
    if how == "none":
        problem = "query processes keep the network: neither seccomp nor a namespace can be had"
        yield Finding("isolation", "warning", problem,
                      "Let the system call seccomp through (docs/deploying.md), or do not serve strangers")  # fmt: skip
    else:
        yield Finding("isolation", "ok", f"query processes have no network: {how}")
    if walls == "none":
        problem = "query processes and readers of documents may read what this user may: the kernel has no Landlock"
        yield Finding("walls", "warning", problem,
                      "Take Linux 5.13 or newer with landlock in its lsm=, let its calls through (docs/deploying.md) "
                      "or give the service a user who may read nothing else")  # fmt: skip
    else:
        yield Finding("walls", "ok", f"query processes and readers of documents see no file but their own: {walls}")


def _look_at_port(settings: ServiceSettings) -> Iterator[Finding]:
    place = f"{settings.host}:{settings.port}"
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((settings.host, settings.port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            yield Finding(
                "port",
                "warning",
                f"a program listens on {place}",
                "If it is not this service, choose another GONGKAI_PORT",
            )
        else:
            yield Finding("port", "failure", f"nothing can listen on {place}: {error.strerror or error}",
                          "Choose another GONGKAI_HOST and GONGKAI_PORT")  # fmt: skip
    else:
        yield Finding("port", "ok", f"{place} is free")


def _look_at_scans(settings: ServiceSettings) -> Iterator[Finding]:
    if settings.ocr == "off":
        yield Finding("scans", "ok", "pages that are pictures are declared, not recognised (GONGKAI_OCR=off)")
        return
    if not is_there("pdf"):
        return  # told as a missing extra
    from loaders.readers.pdf.ocr import find_tesseract

    if find_tesseract(settings.ocr_language):
        yield Finding("scans", "ok", f"pages that are pictures are recognised ({settings.ocr_language})")
        return
    program = shutil.which("tesseract")
    lacking = f"Tesseract has no language {settings.ocr_language}" if program else "Tesseract is not installed"
    yield Finding("scans", "warning", f"{lacking}: pages that are pictures are declared, not read",
                  "Install tesseract-ocr and its chi-sim and osd data, or set GONGKAI_OCR=off")  # fmt: skip


_LOOKS: tuple[Callable[[ServiceSettings], Iterator[Finding]], ...] = (
    _look_at_versions, _look_at_store, _look_at_memory, _look_at_limits, _look_at_isolation, _look_at_port,
    _look_at_scans,
)  # fmt: skip
