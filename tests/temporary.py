"""Where the files of tests lie: in memory, where it has room for them.

A small build takes half as long there as on a disk, and the tests make hundreds of stores that nobody keeps. The
nightly run uses the disk, as do all whose ``TMPDIR`` says where, and who have no such memory.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from service.engine.memory import find_free
from tests.volume import FULL

#: A file system in memory that every Linux has; in containers it is often too small.
_IN_MEMORY = Path("/dev/shm")
#: What must be free for a run and for each of its workers, in bytes. One worker was seen to take 0.7 GB at most.
_ROOM, _ROOM_OF_WORKER = 1 << 30, 1 << 30


def settle() -> None:
    """Has this process, and those that it starts, put temporary files into memory if they fit."""
    if not FULL and "TMPDIR" not in os.environ and has_room(_IN_MEMORY):
        os.environ["TMPDIR"] = str(_IN_MEMORY)
        tempfile.tempdir = None  # it was asked for before, perhaps


def has_room(place: Path) -> bool:
    """Whether a folder in memory is there, lets programs in it be started, and can take what a run puts there."""
    if not os.access(place, os.W_OK | os.X_OK):
        return False
    found, wanted = os.statvfs(place), _ROOM + (os.cpu_count() or 1) * _ROOM_OF_WORKER
    free = min(found.f_bavail * found.f_frsize, find_free())
    return free > wanted and not found.f_flag & os.ST_NOEXEC
