"""Answers kept by the thing that was asked about: each reader of a document asks of the same rows and passages again.

Equal things would do as well, but to compare or hash a passage takes as long as it has characters.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")


def keep_answers(most: int) -> Callable[[Callable[[Thing], Answer]], Callable[[Thing], Answer]]:
    """Makes a function of one unchanging thing remember its answers, by the thing's identity.

    At most ``most`` are kept, with their things, which so keep their identity; then all are forgotten. Those who ask
    share the answer, so it has to be unchanging too.
    """

    def decorate(function: Callable[[Thing], Answer]) -> Callable[[Thing], Answer]:
        kept: dict[int, tuple[Thing, Answer]] = {}

        @functools.wraps(function)
        def ask(thing: Thing) -> Answer:
            found = kept.get(id(thing))
            if found is not None and found[0] is thing:
                return found[1]
            answer = function(thing)
            if len(kept) >= most:
                kept.clear()
            kept[id(thing)] = thing, answer
            return answer

        return ask

    return decorate
