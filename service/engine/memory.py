"""Whether a snapshot may be held in memory on this machine; giving back what is no longer used."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

#: Measured on graphs of the real shape: about 350; with what loading needs besides.
BYTES_PER_QUAD = 500
_TIDY_SECONDS = 30.0
_GROUPS, _OWN_GROUP = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def fits_memory(quads: int, most: int, workers: int) -> bool:
    """Whether ``quads`` are at most ``most``, and the memory that is free holds them.

    Processes share them until they scan, which makes a copy; so each process, and one for the next snapshot, counts.
    """
    if quads > most:
        return False
    free = find_free()
    return free == 0 or quads * BYTES_PER_QUAD * (workers + 2) < free


def find_free() -> int:
    """The bytes of memory that may be taken; 0 where the system does not tell."""
    table = Path("/proc/meminfo")
    found = 0
    if table.exists():
        for line in table.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                found = int(line.split()[1]) * 1024
    for left in _list_bounds():
        found = min(found, left) if found else left
    return found if found else (os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if _has_pages() else 0)


def _list_bounds() -> Iterator[int]:
    """What is left of each limit of memory that this process is under (cgroup v2): a container's, a unit's."""
    try:
        lines = _OWN_GROUP.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    own = next((line[3:] for line in lines if line.startswith("0::")), "/")
    # In a container its own group is the root of what is seen, whatever its name outside.
    for group in ("/", *(str(folder) for folder in (PurePosixPath(own), *PurePosixPath(own).parents) if folder.name)):
        folder = _GROUPS / group.lstrip("/")
        with contextlib.suppress(OSError, ValueError):
            limit = int((folder / "memory.max").read_text(encoding="ascii"))  # "max" where there is none
            used = int((folder / "memory.current").read_text(encoding="ascii"))
            yield max(1, limit - used + _read_reclaimable(folder))


def _read_reclaimable(folder: Path) -> int:
    """Bytes of files that were read and are given up first where memory is wanted."""
    with contextlib.suppress(OSError):
        for line in (folder / "memory.stat").read_text(encoding="ascii").splitlines():
            if line.startswith("inactive_file "):
                return int(line.split()[1])
    return 0


def _has_pages() -> bool:
    return "SC_PHYS_PAGES" in os.sysconf_names and os.sysconf("SC_PHYS_PAGES") > 0


async def tidy_up() -> None:
    """Gives memory back to the system from time to time, until cancelled.

    Large answers leave gaps that the C library keeps for later; under an attack of half an hour it kept 150 MB of them.
    """
    with contextlib.suppress(OSError):
        library = ctypes.CDLL(None)
        while hasattr(library, "malloc_trim"):  # of the GNU library alone
            await asyncio.sleep(_TIDY_SECONDS)
            gc.collect()
            await asyncio.to_thread(library.malloc_trim, 0)
