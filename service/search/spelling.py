"""A question as it was meant: pinyin as the characters it stands for, a word that is a letter off.

Only words that nothing else explains are read otherwise, and only as one word that is known; the answer says so.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from loaders.words.office_words import BODIES, DUTIES
from service.search import place_names
from service.search.asking_words import list_wordings, load_words
from service.search.pinyin import join_letters, write_pinyin
from service.search.terms import stem

_LATIN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
#: Shorter words have too many neighbours, and shorter pinyin is English as often as not.
_SHORTEST_WORD, _SHORTEST_PINYIN, _MOST_SYLLABLES = 5, 6, 6


@dataclass(frozen=True, slots=True)
class Respelling:
    """Words of a question that were read as others."""

    words: str
    meant: str


def respell(question: str) -> tuple[str, tuple[Respelling, ...]]:
    """The question with pinyin in characters and misspelt English words put right, and what was read otherwise."""
    text, changes = _write_characters(question)
    parts: list[str] = []
    last = 0
    for match in _LATIN.finditer(text):
        meant = _correct(match.group())
        if meant:
            parts += [text[last : match.start()], meant]
            last = match.end()
            changes.append(Respelling(match.group(), meant))
    return "".join((*parts, text[last:])), tuple(changes)


def _write_characters(question: str) -> tuple[str, list[Respelling]]:
    words = list(_LATIN.finditer(question))
    known, english = _list_pinyin(), _list_words()
    parts: list[str] = []
    changes: list[Respelling] = []
    last = at = 0
    while at < len(words):
        for size in range(min(_MOST_SYLLABLES, len(words) - at), 0, -1):
            window = words[at : at + size]
            letters = "".join(join_letters(m.group()) for m in window)
            plain = all(m.group().lower() in english for m in window)
            between = question[window[0].end() : window[-1].start()] if size > 1 else ""
            if len(letters) >= _SHORTEST_PINYIN and letters in known and not plain and "," not in between:
                parts += [question[last : window[0].start()], known[letters]]
                last = window[-1].end()
                changes.append(Respelling(question[window[0].start() : last], known[letters]))
                at += size
                break
        else:
            at += 1
    return "".join((*parts, question[last:])), changes


def _correct(word: str) -> str:
    """The one known word that is a letter away from a word that is none; "" where there is none or several."""
    lower = word.lower()
    known = _list_words()
    if len(lower) < _SHORTEST_WORD or lower in known or stem(lower) in known:
        return ""
    near = {w for w in known if abs(len(w) - len(lower)) <= 1 and len(w) >= _SHORTEST_WORD
            and w[0] == lower[0] and DamerauLevenshtein.distance(w, lower, score_cutoff=1) <= 1}  # fmt: skip
    stems = {stem(w) for w in near}
    return min(near, key=len) if len(stems) == 1 else ""


@functools.cache
def _list_words() -> frozenset[str]:
    """Every English word that the tables, the names of offices and those of cities have, and common ones."""
    phrases = [wording for _, _, wording in list_wordings() if wording.isascii()]
    phrases += [phrase for duty in DUTIES for phrase in duty.english]
    words = {w for phrase in phrases for w in re.findall(r"[a-z]+", phrase.lower())}
    return frozenset(
        words
        | set(load_words()["common"]["english"].split())
        | {w for w in place_names.list_latin() if len(w) >= _SHORTEST_WORD}
    )


@functools.cache
def _list_pinyin() -> dict[str, str]:
    """Characters by their pinyin: what kinds of offices are called, and the words of the tables."""
    found: dict[str, str] = {}
    phrases = [wording for _, _, wording in list_wordings() if not wording.isascii()]
    phrases += [form + body for duty in DUTIES for form in (duty.short, *duty.full) for body in BODIES]
    for phrase in phrases:
        found.setdefault(write_pinyin(phrase), phrase)
    return found
