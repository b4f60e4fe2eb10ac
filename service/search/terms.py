"""What text is cut into for the index: characters and pairs of characters for Chinese, words, numbers.

Pairs need no dictionary and find every two-character word; single characters are indexed too, for one-character
questions. Both sides are folded alike (``folding.py``), and beside that separators inside numbers and the plural s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.search.folding import flatten, fold

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W\d_{_HAN}]+)|(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?)")
_HAN_ONLY = re.compile(rf"[{_HAN}]+")
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """One term and the stretch of the text that it stands for."""

    text: str
    start: int
    end: int


def list_terms(text: str) -> list[str]:
    """What is indexed of a text: with the pairs also each single character."""
    terms: list[str] = []
    for piece in _PIECE.finditer(flatten(text)):
        words = piece.group()
        if piece["han"]:
            terms += words
            terms += (words[at : at + 2] for at in range(len(words) - 1))
        else:
            terms.append(_spell(words, piece["word"] is not None))
    return terms


def select_terms(text: str, terms: Iterable[str]) -> list[str]:
    """Those of the terms that a text holds."""
    flat = flatten(text)
    others = {_spell(m.group(), m["word"] is not None) for m in _PIECE.finditer(flat) if not m["han"]}
    return [t for t in terms if (t in others if t.isascii() or not _HAN_ONLY.fullmatch(t) else t in flat)]


def _spell(piece: str, word: bool) -> str:
    return (stem(piece) if word else piece.replace(",", ""))[:_LONGEST_WORD]


def find_terms(text: str) -> list[SearchTerm]:
    """What is asked for by a text, with places: pairs, words, numbers; a character only where it stands alone."""
    return list(_cut(text))


def _cut(text: str) -> Iterator[SearchTerm]:
    folded, offsets = fold(text)

    def term(found: str, start: int, end: int) -> SearchTerm:
        return SearchTerm(found, offsets[start], offsets[end - 1] + 1)

    for piece in _PIECE.finditer(folded):
        start, end = piece.span()
        words = piece.group()
        if piece["han"]:
            if len(words) == 1:
                yield term(words, start, end)
            for at in range(start, end - 1):
                yield term(folded[at : at + 2], at, at + 2)
        else:
            yield term(_spell(words, piece["word"] is not None), start, end)


def stem(word: str) -> str:
    """An English word without its plural s."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word
