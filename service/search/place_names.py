"""What places are called: in full, for short, in Latin letters; from the loaders' list of GB/T 2260.

A short name often belongs to several places (朝阳: a city, two districts, a county). All are given; the one of the
highest level is what people mean by it, if it is alone there.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph

from loaders.resources import find_ontology_folder
from loaders.words import places
from service.search.pinyin import strip_marks, write_pinyin

_LONGEST = 14
_LONGEST_LATIN = 4
#: How many digits of a code tell a place.
_PROVINCE, _PREFECTURE = 2, 4
_LATIN = re.compile(r"[a-z]+")
#: Endings of English names that say the level only.
_LEVELS = frozenset({"province", "city", "district", "county", "prefecture", "municipality", "autonomous", "region"})


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """Codes by full name, by short name, by full name with one unknown character."""

    full: dict[str, tuple[str, ...]]
    short: dict[str, tuple[str, ...]]
    almost: dict[str, tuple[str, ...]]

    def begin(self, text: str, within: Sequence[str] = ()) -> Iterator[tuple[int, tuple[str, ...], bool]]:
        """Places inside one of ``within`` that a text begins with: how many characters, codes, whether in full."""
        for length in range(min(len(text), _LONGEST), 1, -1):
            for names, whole in ((self.full, True), (self.short, False)):
                codes = _inside(names.get(text[:length], ()), within)
                if codes:
                    yield length, codes, whole

    def begin_almost(self, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Places whose full name a text begins with but for one character."""
        for length in range(min(len(text), 5), 2, -1):
            for at in range(length):
                codes = self.almost.get(f"{text[:at]}?{text[at + 1 : length]}", ())
                if codes and text[:length] not in self.full:
                    yield length, codes


def find_latin(words: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The narrowest place that words in Latin letters name, and the words left over; no codes if they name none."""
    known = _load_latin()
    found: tuple[str, ...] = ()
    left = list(words)
    at = 0
    while at < len(left):
        for size in range(min(_LONGEST_LATIN, len(left) - at), 0, -1):
            codes = known.get("".join(left[at : at + size]), ())
            if codes:
                found = _join(found, codes)
                del left[at : at + size]
                break
        else:
            at += 1
    return found, left


def _inside(codes: Sequence[str], within: Sequence[str]) -> tuple[str, ...]:
    return tuple(c for c in codes if not within or any(places.is_within(c, w) for w in within))


def _join(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """What two names beside each other mean: those of one that lie in the other; both where none does."""
    if not one:
        return other
    nested = _inside(other, one) or _inside(one, other)
    return nested or tuple(dict.fromkeys((*one, *other)))


def choose_highest(codes: Sequence[str]) -> str:
    """The code that a name of several places stands for: the only one of the highest level, else "".

    A city's name means the city rather than the county of its name (长沙); between a province and a city (吉林) it says
    nothing.
    """
    levels = [len(_stem(code)) for code in codes]
    best = [code for code, level in zip(codes, levels, strict=True) if level == min(levels)]
    return best[0] if len(best) == 1 and not {_PROVINCE, _PREFECTURE} <= set(levels) else ""


def _stem(code: str) -> str:
    """The digits of a code that tell: two of a province's, four of a prefecture's, six of a county's."""
    return re.sub(r"(?:00){1,2}$", "", code)


@functools.cache
def load() -> PlaceNames:
    """The names of the ontology's places, read once."""
    full = {name: codes for name, codes in places.load().by_name.items() if "直辖" not in name}
    short: dict[str, tuple[str, ...]] = {}
    almost: dict[str, tuple[str, ...]] = {}
    for name, codes in full.items():
        brief = shorten(name)
        if brief != name:
            short[brief] = (*short.get(brief, ()), *codes)
        if 3 <= len(name) <= 5:
            for at in range(len(name)):
                key = f"{name[:at]}?{name[at + 1 :]}"
                almost[key] = (*almost.get(key, ()), *codes)
    return PlaceNames(full, short, almost)


def shorten(name: str) -> str:
    """A place's name without the word for its level; itself where that would leave one character.

    >>> shorten("深圳市"), shorten("内蒙古自治区"), shorten("丰县")
    ('深圳', '内蒙古', '丰县')
    """
    brief = places.ENDING.sub("", name)
    return brief if len(brief) >= 2 else name


@functools.cache
def _load_latin() -> dict[str, tuple[str, ...]]:
    """Codes by name in Latin letters without blanks: pinyin in full and for short, and the ontology's English names."""
    found: dict[str, dict[str, None]] = {}
    english = _read_english()
    for name, codes in load().full.items():
        written = {write_pinyin(name), write_pinyin(name, len(shorten(name)))}
        for code in codes:
            for each in written | english.get(code, set()):
                found.setdefault(each, {})[code] = None
    return {name: tuple(codes) for name, codes in found.items()}


def _read_english() -> dict[str, set[str]]:
    """The English names of places, with and without what tells their level, without blanks."""
    found: dict[str, set[str]] = {}
    path = find_ontology_folder() / "places.ttl"
    for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
        value = triple.object
        code = re.search(r"/place/(\d{6})$", str(getattr(triple.subject, "value", "")))
        if code and isinstance(value, pyoxigraph.Literal) and value.language == "en":
            words = _LATIN.findall(strip_marks(value.value))
            own = [w for w in words if w not in _LEVELS]
            found.setdefault(code.group(1), set()).update("".join(w) for w in (words, own) if w)
    return found


@functools.cache
def list_latin() -> frozenset[str]:
    """The names in Latin letters, without blanks, of provinces and prefectures."""
    return frozenset(name for name, codes in _load_latin().items() if any(code.endswith("00") for code in codes))


def find_by_latin(letters: str) -> tuple[str, ...]:
    """The codes of provinces and prefectures of a name in Latin letters, without blanks."""
    return tuple(code for code in _load_latin().get(letters, ()) if code.endswith("00"))
