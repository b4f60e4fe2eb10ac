"""Characters that are one for whoever looks for something: width, case, traditional and simplified, quotation marks.

One character stays one character but where NFKC makes several of it, so that places can be kept. Folding is for
finding only: no label or quotation is altered by it.
"""

from __future__ import annotations

import functools
import unicodedata

#: Marks that part no words: “三公”经费 is found as 三公经费.
QUOTES = "“”‘’\"'＂＇「」"
_WITHOUT_QUOTES = {ord(mark): None for mark in QUOTES}
#: Blocks of Unicode whose characters OpenCC may know: CJK Extension A, the unified ideographs.
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))


@functools.cache
def _simplified() -> dict[int, str]:
    """OpenCC's simplified character for each traditional one, asked once: character by character, without phrases.

    Its phrases (乾隆 keeps 乾) tell apart what a writer means; both sides are folded alike here, and places stay.
    """
    import opencc

    characters = [chr(code) for block in _HAN for code in block]
    simple = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(old): new for old, new in zip(characters, simple, strict=True) if old != new and len(new) == 1}


def simplify(text: str) -> str:
    """The text with each traditional character as its simplified one; as long as the text.

    >>> simplify("瀋陽市醫療保障局")
    '沈阳市医疗保障局'
    """
    return text if text.isascii() else text.translate(_simplified())


def fold(text: str) -> tuple[str, list[int]]:
    """The text folded, without quotation marks, and for each character where it came from."""
    folded: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if character in QUOTES:
            continue
        for each in _fold_character(character):
            folded.append(each)
            offsets.append(offset)
    return "".join(folded), offsets


def flatten(text: str) -> str:
    """The text folded, without quotation marks, where places do not matter."""
    return simplify(unicodedata.normalize("NFKC", text.translate(_WITHOUT_QUOTES)).lower())


#: A text has few characters, each many times.
_fold_character = functools.lru_cache(maxsize=8192)(flatten)


def compact(text: str) -> str:
    """The text folded and without white space and punctuation: two names that print alike are equal."""
    return "".join(c for c in flatten(text) if c.isalnum())


def squeeze(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, folded, with their offsets: blanks and punctuation part no name."""
    folded, offsets = fold(text)
    kept = [i for i, c in enumerate(folded) if c.isalnum()]
    return "".join(folded[i] for i in kept), [offsets[i] for i in kept]
