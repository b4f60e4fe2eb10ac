"""One piece of work on what strangers made, in a process forked for it alone, behind walls; it gives plain values back.

The process sees the files that its wall leaves open, writes none, has no network, inherits no open file but its end of
a pipe, and ends with its parent. What it says is believed to be values, nothing more: pickles can call anything, so
those from here are read with our own classes of values alone.
"""

from __future__ import annotations

import dataclasses
import gc
import importlib
import io
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from loaders.build.pool import Broken
from loaders.isolation import cut_off, die_with_parent, limit_use
from loaders.walls import Wall, put_up

Result = TypeVar("Result")

#: Packages whose dataclasses and named tuples may come back, and the other classes that may.
_OURS = ("loaders", "service")
_PLAIN = frozenset({("decimal", "Decimal"), ("datetime", "date"), ("datetime", "datetime")})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the process may use beside its parent's limits: ``seconds`` of processor (0 for any number), files of
    ``file_bytes`` at most, and its wall."""

    wall: Wall
    seconds: float = 0
    file_bytes: int = 0


def can_wall() -> bool:
    """Whether work can be done behind walls here: where processes are forked, and there is anything to take away."""
    return sys.platform == "linux"


def run_walled(work: Callable[[], Result], bounds: Bounds) -> Result | Broken:
    """The result of ``work``, which is dataclasses of ours, strings, numbers and lists of such.

    An exception of ``work`` ends its process; so it should return its errors. For a process with one thread of its own.
    """
    gc.freeze()  # what is here now is shared with the process, and its collector leaves it alone
    ours, theirs = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(ours)
            _confine(parent, theirs, bounds)
            with os.fdopen(theirs, "wb") as pipe:
                pickle.dump(work(), pipe, protocol=pickle.HIGHEST_PROTOCOL)
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(theirs)
    try:
        with os.fdopen(ours, "rb") as pipe:
            said = pipe.read()
    finally:
        _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        return Broken(bounds.seconds if code == -signal.SIGXCPU else None)
    try:
        return _Values(io.BytesIO(said)).load()  # type: ignore[no-any-return]
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, TypeError, ValueError):
        return Broken()


def _confine(parent: int, pipe: int, bounds: Bounds) -> None:
    die_with_parent(parent)
    # An open file of its parent's would lead past the walls.
    os.closerange(3, pipe)
    os.closerange(pipe + 1, os.sysconf("SC_OPEN_MAX"))
    limit_use(bounds.seconds, bounds.file_bytes)
    put_up(bounds.wall)
    cut_off(programs=bool(bounds.wall.start))


class _Values(pickle.Unpickler):
    """Reads values: dataclasses of ours, and a few classes of the standard library."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return getattr(importlib.import_module(module), name)
        if module.partition(".")[0] in _OURS:
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and (dataclasses.is_dataclass(found) or hasattr(found, "_fields")):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")
