"""How often Python looks for circles of objects that nothing else holds: seldom, while a document is converted.

A conversion makes hundreds of thousands of objects that stay and few circles. Looked for after every 700 new objects,
which is Python's own choice, they cost an eighth of its time.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Circles among the youngest objects are looked for after so many new ones; older ones after so many such searches.
THRESHOLDS = (50_000, 20, 50)

_lock = threading.Lock()
_within = 0
_before = gc.get_threshold()


@contextmanager
def seldom_sought() -> Iterator[None]:
    """Circles are sought seldom within, in all threads, and as before when the last that asked for it is done.

    Whoever seeks them less often still, or never, is left alone.
    """
    global _within, _before
    with _lock:
        if not _within:
            _before = gc.get_threshold()
            if 0 < _before[0] < THRESHOLDS[0]:
                gc.set_threshold(*THRESHOLDS)
        _within += 1
    try:
        yield
    finally:
        with _lock:
            _within -= 1
            if not _within:
                gc.set_threshold(*_before)
