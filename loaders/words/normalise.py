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


class _Characters(dict[int, str]):
    """Each character normalised by itself, learnt when it first comes; ``unlike`` are those that are not one then."""

    def __init__(self) -> None:
        super().__init__()
        self.unlike: set[str] = set()

    def __missing__(self, code: int) -> str:
        if len(self) >= _KEPT:
            self.clear()
        character = chr(code)
        made = self[code] = _normalise(character)
        if len(made) != 1:
            self.unlike.add(character)
        return made


_EACH = _Characters()


def normalise_passage(passage: Passage) -> Passage:
    """The passage normalised; every character keeps the offset of the one that it came from."""
    text = passage.text.translate(_EACH)
    if _EACH.unlike.isdisjoint(passage.text):
        return Passage(text, passage.offsets)
    parts = [_EACH[ord(character)] for character in passage.text]
    offsets = (offset for part, offset in zip(parts, passage.offsets, strict=True) for _ in part)
    return Passage("".join(parts), tuple(offsets))


def drop_unseen(passage: Passage) -> Passage:
    """The passage without the characters that no one sees (zero-width blanks and the like) inside words and numbers."""
    if passage.text.isascii() or not UNSEEN.search(passage.text):
        return passage
    kept = [at for at, c in enumerate(passage.text) if not UNSEEN.match(c)]
    return Passage("".join(passage.text[at] for at in kept), tuple(passage.offsets[at] for at in kept))
