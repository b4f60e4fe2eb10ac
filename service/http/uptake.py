"""How quickly a reader takes what waits for it, judged in windows of so many seconds of waiting."""

from __future__ import annotations


class Uptake:
    """The windows of one connection. ``slowest`` is in bytes per second; at least one byte a window is always needed.

    Only time in which something waits for the reader counts, so that nobody is judged for what there was not to read. A
    window may be put together from several waits. Times are seconds of any clock, ``taken`` the bytes taken so far.
    """

    def __init__(self, seconds: float, slowest: float) -> None:
        self.seconds = seconds
        self.least = max(1.0, slowest * seconds)
        self._since: float | None = None
        self._waited = 0.0
        self._taken = 0

    def begin(self, now: float, taken: int) -> float:
        """Something waits from now on; gives after how many seconds the window will be over."""
        if not self._waited:
            self._taken = taken
        self._since = now
        return self.seconds - self._waited

    def pause(self, now: float) -> None:
        """Nothing waits any more."""
        if self._since is not None:
            self._waited = min(self.seconds, self._waited + now - self._since)
            self._since = None

    def close(self, taken: int) -> bool:
        """The window is over: says whether enough was taken in it. The next begins with the next wait."""
        enough = taken - self._taken >= self.least
        self._since, self._waited = None, 0.0
        return enough
