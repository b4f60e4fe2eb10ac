"""One process of a run after the other: all workers of pytest-xdist come to the same place."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Waits until no other process is in such a block with the same file, which is made."""
    with place.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
