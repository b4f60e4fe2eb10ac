"""A limit of time on reading one file, so that a hostile one ends in an error and not in a wait without end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from loaders.errors import OversizedFile


class _TimeIsUp(BaseException):
    """Not an Exception, since libraries pass over those."""


@contextmanager
def within(seconds: float, place: str) -> Iterator[None]:
    """Stops what is done inside after ``seconds``.

    It works in the main thread of a process, where the build and the commands read, by the alarm of POSIX; elsewhere,
    and where an alarm is set already, nothing is limited.

    Raises:
        OversizedFile: the time is up.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TimeIsUp as error:
        raise OversizedFile(
            place,
            f"reading it takes more than {seconds:g} seconds",
            "Split it, or raise GONGKAI_MAX_READ_SECONDS.",
        ) from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler of signals has these
    raise _TimeIsUp
