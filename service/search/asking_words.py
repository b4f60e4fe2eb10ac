"""The words of questions (``asking.toml``), and where they stand in one: the longest wording wins."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.meaning.language import language
from loaders.words.office_words import DUTIES
from service.search.folding import squeeze
from service.search.names import find_kind

_FILE = Path(__file__).with_name("asking.toml")
#: Tables whose words are matched as they are; of the others the module that reads them makes its own use.
_CUES = (
    "items",
    "fallback",
    "lists",
    "most",
    "comparing",
    "share",
    "phase",
    "years",
    "kinds",
    "bodies",
    "like",
    "services",
    "codes",
)


@dataclass(frozen=True, slots=True)
class Cue:
    """Some words of a question that stand in a table: what they mean there, and where they stand."""

    table: str
    meaning: str
    start: int
    end: int
    words: str


@functools.cache
def load_words() -> dict[str, Any]:
    """The tables of ``asking.toml``."""
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def find_cues(question: str, taken: Iterable[tuple[int, int]] = ()) -> list[Cue]:
    """All words of the tables in a question, in order; none overlaps another or a stretch that is ``taken``."""
    squeezed, offsets = squeeze(question)
    if not squeezed:
        return []
    matcher, meanings = _make_matcher()
    busy = list(taken)
    found: list[Cue] = []
    for _, first, last in matcher(language().make_doc(squeezed)):
        start, end = offsets[first], offsets[last - 1] + 1
        if stands_alone(question, start, end):
            table, meaning = meanings[squeezed[first:last]]
            found.append(Cue(table, meaning, start, end, question[start:end]))
    kept: list[Cue] = []
    for cue in sorted(found, key=lambda c: (c.start - c.end, c.start)):
        if not any(a < cue.end and cue.start < b for a, b in busy):
            kept.append(cue)
            busy.append((cue.start, cue.end))
    return sorted(kept, key=lambda c: c.start)


def stands_alone(question: str, start: int, end: int) -> bool:
    """Whether no Latin word or number goes on beyond a stretch: "car" is no word of "care".

    >>> stands_alone("the cars", 4, 7), stands_alone("the cars", 4, 8)
    (False, True)
    """

    def runs_on(a: str, b: str) -> bool:
        return (a.isdigit() and b.isdigit()) or (a.isascii() and b.isascii() and a.isalpha() and b.isalpha())

    before = start > 0 and runs_on(question[start - 1], question[start])
    return not before and not (end < len(question) and runs_on(question[end - 1], question[end]))


def list_wordings() -> Iterator[tuple[str, str, str]]:
    """Each wording with its table and what it means there."""
    tables = load_words()
    for table in _CUES:
        for meaning, wordings in tables[table].items():
            for wording in wordings:
                yield table, meaning, wording
    for duty in DUTIES:
        for phrase in duty.english:
            for written in _write_with_and(phrase):
                yield "kinds", find_kind(duty.short), written


def _write_with_and(phrase: str) -> Iterator[str]:
    """A phrase of the table of offices, which leaves out "and": with it in each of its gaps, and without."""
    words = phrase.split()
    yield phrase
    for gap in range(1, len(words)):
        yield " ".join((*words[:gap], "and", *words[gap:]))


@functools.cache
def _make_matcher() -> tuple[Any, dict[str, tuple[str, str]]]:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

    meanings: dict[str, tuple[str, str]] = {}
    for table, meaning, wording in list_wordings():
        key = squeeze(wording)[0]
        meanings.setdefault(key, (table, meaning))
        if wording.isascii() and not key.endswith("s"):
            meanings.setdefault(f"{key}s", (table, meaning))
    nlp = language()
    matcher = PhraseMatcher(nlp.vocab)
    matcher.add("cue", [Doc(nlp.vocab, words=list(key)) for key in sorted(meanings)])
    return matcher, meanings
