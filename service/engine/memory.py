"""Whether a snapshot may be held in memory on this machine; giving back what is no longer used."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
from pathlib import Path

#: Measured on graphs of the real shape: about 350; with what loading needs besides.
BYTES_PER_QUAD = 500
_TIDY_SECONDS = 30.0


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
    bound = Path("/sys/fs/cgroup/memory.max")
    used = Path("/sys/fs/cgroup/memory.current")
    if bound.exists() and used.exists() and (limit := bound.read_text(encoding="ascii").strip()) != "max":
        left = max(1, int(limit) - int(used.read_text(encoding="ascii")))
        found = min(found, left) if found else left
    return found if found else (os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if _has_pages() else 0)


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
