"""Text made comparable: what prints alike is equal. The one place where characters are normalised (Unicode's NFKC)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from loaders.characters import UNSEEN
from loaders.documents import Passage
from loaders.words.traditional import fold

#: Words of cells and labels are asked for again and again; longer texts are not kept.
_KEPT, _SHORT = 16384, 64


def normalise(text: str) -> str:
    """The text in NFKC and without white space, which breaks of lines and pages put anywhere.

    >>> normalise("金 额（万元）")
    '金额(万元)'
    """
    return _normalise_short(text) if len(text) <= _SHORT else _normalise(text)


def _normalise(text: str) -> str:
    return "".join(UNSEEN.sub("", unicodedata.normalize("NFKC", text)).split())


_normalise_short = lru_cache(maxsize=_KEPT)(_normalise)


def plain(text: str) -> str:
    """The text normalised, with traditional characters simplified, as vocabularies of forms have it.

    >>> plain("單位：萬元")
    '单位:万元'
    """
    return _plain_short(text) if len(text) <= _SHORT else fold(_normalise(text))


@lru_cache(maxsize=_KEPT)
def _plain_short(text: str) -> str:
    return fold(_normalise(text))


def normalise_passage(passage: Passage) -> Passage:
    """The passage normalised; every character keeps the offset of the one that it came from."""
    parts = [_normalise_short(character) for character in passage.text]
    text = "".join(parts)
    if len(text) == len(parts) and "" not in parts:
        return Passage(text, passage.offsets)
    offsets = (offset for part, offset in zip(parts, passage.offsets, strict=True) for _ in part)
    return Passage(text, tuple(offsets))


def drop_unseen(passage: Passage) -> Passage:
    """The passage without the characters that no one sees (zero-width blanks and the like) inside words and numbers."""
    if passage.text.isascii() or not UNSEEN.search(passage.text):
        return passage
    kept = [at for at, c in enumerate(passage.text) if not UNSEEN.match(c)]
    return Passage("".join(passage.text[at] for at in kept), tuple(passage.offsets[at] for at in kept))
