"""Projects and targets by what a question calls them: the likeness of words, pair of characters by pair."""

from __future__ import annotations

from collections.abc import Sequence

from service.search.asking_words import load_words
from service.search.folding import compact

#: A name is meant if the question holds so much of it, or it so much of what the question calls it.
_OF_NAME, _OF_QUESTION = 0.6, 0.8


def find_named(labels: Sequence[str], called: str, like: Sequence[str] = ()) -> list[int]:
    """Which of some labels are meant, by number: those most alike; all that hold a word of a group of ``like``.

    >>> find_named(["安保服务", "公安执法办案", "公安行政管理"], "公安执法办案")
    [1]
    """
    if like:
        words = [compact(w) for meaning in like for w in load_words()["like"][meaning] if not w.isascii()]
        held = [n for n, label in enumerate(labels) if any(word in compact(label) for word in words)]
        if held:
            return held
    asked = compact(called)
    scores = [_score(compact(label), asked) for label in labels]
    best = max(scores, default=0.0)
    return [n for n, score in enumerate(scores) if score == best] if best else []


def _score(label: str, asked: str) -> float:
    if len(label) < 2 or len(asked) < 2:
        return 0.0
    if label == asked:
        return 3.0
    in_label, in_asked = _pair(label), _pair(asked)
    common = in_label & in_asked
    of_label, of_asked = len(common) / len(in_label), len(common) / len(in_asked)
    return of_label + of_asked if of_label >= _OF_NAME or of_asked >= _OF_QUESTION else 0.0


def _pair(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}
