"""What an engine that releases Python's lock is asked beforehand, in threads, while others use what it said."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
#: So many results for each thread wait at most.
_WAITING = 4


def map_ahead(work: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Iterator[Result]:
    """``work`` of each item, in order, by so many threads; by none where one is enough. At most a few results wait.

    Raises what ``work`` raises; what has not begun by then is not begun.
    """
    if threads < 2:
        yield from map(work, items)
        return
    left, waiting = iter(items), deque[Future[Result]]()
    with ThreadPoolExecutor(threads, thread_name_prefix="ahead") as pool:
        try:
            while True:
                waiting.extend(pool.submit(work, item) for item in islice(left, threads * _WAITING - len(waiting)))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
