"""What is remembered between two questions: answers by the identity of a thing, and the collector's own settings."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from loaders.circles import THRESHOLDS, seldom_sought
from loaders.documents import Passage
from loaders.kept import keep_answers


def test_an_equal_thing_is_asked_about_by_itself() -> None:
    asked: list[Passage] = []

    @keep_answers(8)
    def read(passage: Passage) -> str:
        asked.append(passage)
        return passage.text

    one, other = Passage.cut("预算", 0, 2), Passage.cut("预算", 0, 2)
    assert [read(one), read(one), read(other), read(other), read(one)] == ["预算"] * 5
    assert one == other
    assert [id(passage) for passage in asked] == [id(one), id(other)]


def test_a_thing_made_where_a_forgotten_one_was_gets_its_own_answer() -> None:
    """Python gives the place of what is gone to what comes next; an answer must not go with the place."""

    @keep_answers(3)
    def count(things: list[int]) -> int:
        return sum(things)

    for number in range(1000):
        assert count([number, number]) == 2 * number


def test_an_error_is_no_answer() -> None:
    @keep_answers(3)
    def fail(thing: object) -> None:
        raise ValueError(str(thing))

    for _ in range(2):
        with pytest.raises(ValueError, match="预算"):
            fail("预算")


@pytest.fixture
def thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("thresholds")
@pytest.mark.parametrize(
    ("before", "within"),
    [((700, 10, 10), THRESHOLDS), ((90_000, 5, 5), (90_000, 5, 5)), ((0, 10, 10), (0, 10, 10))],
    ids=["Python's own", "seldom already", "never"],
)
def test_circles_are_sought_seldom_within_and_as_before_behind(
    before: tuple[int, int, int], within: tuple[int, int, int]
) -> None:
    @seldom_sought()
    def convert() -> None:
        with seldom_sought():
            assert gc.get_threshold() == within
        assert gc.get_threshold() == within
        raise ValueError("a document that cannot be read")

    gc.set_threshold(*before)
    for _ in range(2):
        with pytest.raises(ValueError, match="a document"):
            convert()
        assert gc.get_threshold() == before


@pytest.mark.usefixtures("thresholds")
def test_the_last_thread_that_is_done_puts_the_thresholds_back() -> None:
    gc.set_threshold(700, 10, 10)
    entered, leave = threading.Event(), threading.Event()

    def convert() -> None:
        with seldom_sought():
            entered.set()
            leave.wait(60)

    other = threading.Thread(target=convert)
    with seldom_sought():
        other.start()
        assert entered.wait(60)
    assert gc.get_threshold() == THRESHOLDS
    leave.set()
    other.join(60)
    assert gc.get_threshold() == (700, 10, 10)
