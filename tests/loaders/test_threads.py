"""What is asked beforehand in threads comes in order, a few at a time, and its errors reach who waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.threads import map_ahead


@given(items=st.lists(st.integers()), threads=st.integers(1, 5))
def test_results_come_in_order(items: list[int], threads: int) -> None:
    assert list(map_ahead(lambda item: item * 2, items, threads)) == [item * 2 for item in items]


def test_no_more_is_taken_than_can_wait() -> None:
    taken: list[int] = []

    def count() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = map_ahead(lambda item: item, count(), 2)
    assert next(results) == 0
    assert len(taken) <= 9
    assert sum(results) == sum(range(1000))


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_reaches_who_waits_and_ends_the_threads(threads: int) -> None:
    def work(item: int) -> float:
        return 1 / (item - 5)

    results = map_ahead(work, range(1000), threads)
    with pytest.raises(ZeroDivisionError):
        list(results)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_one_thread_is_the_one_that_asks() -> None:
    assert set(map_ahead(lambda _: threading.current_thread(), range(3), 1)) == {threading.current_thread()}


def test_leaving_early_ends_the_threads() -> None:
    results = map_ahead(lambda item: item, range(1000), 2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
