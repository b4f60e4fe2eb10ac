"""Names to things: the queries of a reconciliation batch, read with care, and the candidates for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz.distance import Indel

from loaders.words import places
from service.http.problems import Problem
from service.linked.wellformed import load_json
from service.search.entries import KINDS, SearchEntry
from service.search.folding import compact
from service.search.index import Favoured
from service.search.names import ALIKE, CODED, EXACT, SAME, AskedName, Key, find_places, is_self_reference, read_name
from service.search.room import Room

_USUAL, _MOST = 5, 50
_LONGEST_NAME = 300
#: How many things are judged that a rule finds for one query, and how many whose names look like it.
_JUDGED, _LOOKED_AT = 60, 24
#: The most that likeness alone gives, and the least that is worth telling.
_ALMOST, _LEAST = 88.0, 40.0
#: What a part of a name scores at least.
_PART = 50.0
#: An office's name without its place scores no more; a code beside another's name no more than this.
_UNPLACED, _CONTRADICTED = 88.0, 60.0
#: What 市 before an office's name takes from one that is no city's.
_OTHER_LEVEL = 5.0
#: What is left of the likeness of an office that sits elsewhere than the name says.
_ELSEWHERE = 0.6
#: What is left of the score of a thing of another kind than was asked for, where that may be.
_OTHER_KIND = 0.8
#: From this likeness on a name beside a code is that of the code.
_AGREEING = 0.7
#: Every office has such things, under the same names: none is certain without its office.
OF_AN_OFFICE = frozenset({"Project", "Division", "Duty", "Indicator", "Goal", "Assessment"})


_YEAR = re.compile(r"(?:19|20)\d\d")
#: Values of properties that name no office: identifiers and numbers.
_TOLD_ELSE = re.compile(r"[a-z]+/.*|[\d.,]*", re.DOTALL)


@dataclass(frozen=True)
class Wish:
    """A property that a candidate should have one of some values of."""

    property: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """One query of a batch. ``lenient`` is set where other kinds of things will do if there is none of these."""

    query: str
    kinds: tuple[str, ...]
    limit: int
    wishes: tuple[Wish, ...]
    lenient: bool = False


@dataclass(frozen=True)
class Candidate:
    """A thing that a name may mean; ``score`` from 0 to 100 says how alike the names are.

    ``fits`` is set where it is the thing's name by a rule, ``placed`` where the name tells whose it is as well.
    """

    entry: SearchEntry
    score: float
    note: str = ""
    fits: bool = False
    placed: bool = False


def read_batch(text: str, most: int, base: str) -> dict[str, Asked]:
    """The queries of a batch by their keys. Raises a 400 :class:`Problem` that names the query which is wrong."""
    try:
        batch = load_json(text)
    except (ValueError, RecursionError):
        raise _wrong("queries", "it is no JSON") from None
    if not isinstance(batch, dict):
        raise _wrong("queries", "it is no JSON object of queries")
    if len(batch) > most:
        raise Problem(
            413, "max_reconcile_queries", "queries", f"there are more than {most} in one batch",
            "Send smaller batches, or raise GONGKAI_MAX_RECONCILE_QUERIES on a server of your own",
        )  # fmt: skip
    return {key: _read_query(f"query {key[:40]!r}", each, base) for key, each in batch.items()}


def _read_query(place: str, each: Any, base: str) -> Asked:
    if not isinstance(each, dict):
        raise _wrong(place, "it is no JSON object")
    for name, holds, problem in _RULES:
        if name in each and not holds(each[name]):
            raise _wrong(place, problem)
    query, kinds, limit = each.get("query", ""), each.get("type", []), each.get("limit", _USUAL)
    wishes = each.get("properties", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "query" not in each and not wishes:
        raise _wrong(place, "it has neither a name nor properties")
    if not query.strip() and not wishes:
        # An empty cell of a table: nothing is asked, nothing is found, and the others of the batch get their answers.
        return Asked("", (), 1, ())
    # A type that is none of ours fits nothing; a class is named as in the manifest, or by its IRI.
    wanted = list(dict.fromkeys(k.removeprefix(f"{base}ontology#") for k in kinds if k))
    strict = each.get("type_strict", "any")
    chosen = tuple(k for k in wanted if k in KINDS) if wanted else KINDS
    if strict == "all" and len(wanted) > 1:
        # A thing is of one of these classes, never of several.
        chosen = ()
    return Asked(
        query.strip(),
        chosen,
        min(int(limit) or 1, _MOST),
        tuple(Wish(w["pid"], _list_values(w.get("v"), base)) for w in wishes[:20]),
        bool(wanted) and strict == "should",
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_NAME


def _are_kinds(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(k, str) for k in value))


def _is_limit(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and 0 < value < 1e9


def _are_wishes(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(w, dict) and isinstance(w.get("pid"), str) for w in value)


#: What a query of a batch may hold, and what is said of it where it does not.
_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("query", _is_text, f"its name is no text of at most {_LONGEST_NAME} characters"),
    ("type", _are_kinds, "its type is neither a text nor a list of texts"),
    ("limit", _is_limit, "its limit is no number above 0"),
    ("properties", _are_wishes, "its properties are no list of objects with a pid"),
    ("type_strict", lambda value: value in ("any", "all", "should"), "its type_strict is none of any, all, should"),
)


def _list_values(given: Any, base: str) -> tuple[str, ...]:
    values = given if isinstance(given, list) else [given]
    found = (v.get("id") if isinstance(v, dict) else v for v in values[:50])
    return tuple(str(v).removeprefix(f"{base}id/").strip() for v in found if v is not None and not isinstance(v, dict))


class Matcher:
    """Finds candidates in a room; ``space`` is the beginning of every identifier."""

    def __init__(self, room: Room, space: str) -> None:
        self.room = room
        self.space = space

    def find(self, asked: Asked) -> list[Candidate]:
        """The candidates for a query, the best named first; more than are wanted, since properties rank them anew."""
        kinds = asked.kinds
        words = asked.query or " ".join(v for wish in asked.wishes for v in wish.values)
        if not (kinds or asked.lenient) or is_self_reference(words):
            return []
        name = read_name(words.removeprefix(self.space), list_place_hints(asked.wishes))
        favoured = self.list_favoured(asked.wishes)
        found = self._find_named(name, kinds, favoured)
        if not any(c.fits for c in found.values()):
            alike = self._find_alike(name, kinds, favoured)
            found |= {iri: c for iri, c in alike.items() if iri not in found}
        if asked.lenient and not any(c.fits for c in found.values()):
            others = self._find_named(name, tuple(k for k in KINDS if k not in kinds), favoured)
            found |= {iri: replace(c, score=c.score * _OTHER_KIND, fits=False) for iri, c in others.items()}
        ranks = {kind: number for number, kind in enumerate(KINDS)}

        def rank(candidate: Candidate) -> tuple[float, int, int, int, str]:
            entry = candidate.entry
            # Of things that fit alike the one is meant of which there are documents, and which has more names.
            return (-candidate.score, ranks.get(entry.kind, 99), -bool(entry.document), -len(entry.names), entry.iri)

        return sorted(found.values(), key=rank)[:_JUDGED]

    def list_favoured(self, wishes: Sequence[Wish]) -> Favoured:
        """Offices and years that properties tell: of a thousand projects of one name theirs are looked at."""
        values = [value for wish in wishes for value in wish.values]
        if not values:
            return {}
        agencies = [self.space + value for value in values if value.startswith("agency/")]
        for value in values:
            if not _TOLD_ELSE.fullmatch(value):
                named = self._find_named(read_name(value), ("Agency",), {}).values()
                agencies += [c.entry.iri for c in named if c.fits and c.placed]
        return {"agency": agencies, "year": [value for value in values if _YEAR.fullmatch(value)]}

    def _find_named(self, name: AskedName, kinds: Sequence[str], favoured: Favoured) -> dict[str, Candidate]:
        """Things that the name names by a rule, or whose identifier it is."""
        found: dict[str, Candidate] = {}
        entries = self.room.index.find_by_key(list(name.keys), kinds, _JUDGED, favoured)
        if "/" in name.text and (entry := self.room.index.look_up(self.space + name.text)) and entry.kind in kinds:
            found[entry.iri] = Candidate(entry, EXACT, describe(self.room, entry), True, True)
        for entry in entries:
            if entry.iri not in found:
                score, placed, fits = judge(name, entry)
                found[entry.iri] = Candidate(entry, score, describe(self.room, entry), fits, placed)
        return found

    def _find_alike(self, name: AskedName, kinds: Sequence[str], favoured: Favoured) -> dict[str, Candidate]:
        """Things whose names look like the name: a character is wrong, a word is missing."""
        found: dict[str, Candidate] = {}
        favoured = {**favoured, "place": name.places}
        for entry in self.room.index.find_alike(name.rest or name.text, kinds, _LOOKED_AT, favoured):
            score = compare(name.rest or name.text, entry)
            if name.places and entry.place and not _lies_at(entry.place, name.places):
                score *= _ELSEWHERE
            if score >= _LEAST:
                found[entry.iri] = Candidate(entry, round(score, 2), describe(self.room, entry))
        return found


def judge(name: AskedName, entry: SearchEntry) -> tuple[float, bool, bool]:
    """What the keys that a name and a thing share say: the score, whether the place is settled, whether it fits."""
    said = [_judge_key(key, name.keys[key], name, entry) for key in entry.keys if key in name.keys]
    score, placed, fits = max(said, default=(0.0, False, False))
    if name.level and not placed and not places.load().name(entry.place).endswith(name.level):
        score -= _OTHER_LEVEL
    codes = [n for n in entry.names if n.isdigit()]
    if name.code and name.rest and codes and name.code not in codes:
        return min(score, _CONTRADICTED), placed, False
    return score, placed, fits


def _judge_key(key: str, says: Key, name: AskedName, entry: SearchEntry) -> tuple[float, bool, bool]:
    beside = bool(name.code and name.rest)
    if beside and (key.startswith(("k:", "p:")) or key == f"n::{name.code}"):
        # Code and name beside each other have to say the same.
        return (CODED, True, True) if _names_agree(name.rest, entry) else (_CONTRADICTED, True, False)
    if key.startswith("n:"):
        settled = _is_placed(name, entry)
        value = says.score if settled else _UNPLACED
        # Of a code and a name the name alone says less than both.
        return (value if key.endswith(f":{compact(name.text)}") or not beside else min(value, SAME)), settled, True
    if key.startswith("l:") and not _says_less(key, name, entry):
        return min(says.score, ALIKE), says.placed, False
    return says.score, says.placed, says.fits


def _says_less(key: str, name: AskedName, entry: SearchEntry) -> bool:
    """Whether one of two names leaves out what the office does: 口岸办 may be 口岸服务办, 口岸管理办 is another."""
    as_is = f"o:{key.removeprefix('l:')}"
    # Its full name comes first; that it calls itself 口岸办 for short does not make it a 口岸管理办.
    own = next((k for k in entry.keys if k.startswith("o:")), "")
    return as_is in name.keys or own.rpartition(":")[2] == as_is.rpartition(":")[2]


def _is_placed(name: AskedName, entry: SearchEntry) -> bool:
    """Whether a thing's own name says which place's it is, or which office's."""
    if entry.kind in OF_AN_OFFICE:
        return False
    if entry.kind != "Agency":
        return True
    if not entry.place:
        return bool(name.places) or not name.generic
    return entry.place in name.places or not (name.places or name.generic)


def _names_agree(rest: str, entry: SearchEntry) -> bool:
    return any(Indel.normalized_similarity(rest, compact(name)) >= _AGREEING for name in entry.names)


def _lies_at(code: str, spots: Collection[str]) -> bool:
    """Whether a place is one of some, or inside or above one."""
    return any(code == spot or places.is_within(code, spot) or places.is_within(spot, code) for spot in spots)


def list_place_hints(wishes: Sequence[Wish]) -> list[str]:
    """The places that properties tell, by code or by name."""
    return [code for wish in wishes for value in wish.values for code in find_places(value)]


def describe(room: Room, entry: SearchEntry) -> str:
    """What tells a thing from others of its name: its code, its office, its place, its years."""
    agency, place = room.recogniser.entries.get(entry.agency), room.recogniser.places.get(entry.place)
    parts = [*(n for n in entry.names if n.isdigit()), agency.label if agency else "", place.label if place else ""]
    parts.append("、".join(map(str, entry.years[:4])))
    return " · ".join(dict.fromkeys(p for p in parts if p))


def compare(words: str, entry: SearchEntry) -> float:
    """How alike some words and the best name of an entry are, from 0 to 100; below what any rule gives."""
    asked = compact(words)
    names = [compact(name) for name in entry.names or (entry.label,)]
    best = float(max((Indel.normalized_similarity(asked, name) for name in names), default=0.0)) * _ALMOST
    # A part of a name is worth telling, however short it is.
    return max(best, _PART) if len(asked) > 1 and any(asked in name for name in names) else best


def _wrong(place: str, problem: str) -> Problem:
    return Problem(
        400, "bad_query", place, problem, 'Send queries={"q0": {"query": "name", "type": "Agency", "limit": 5}}'
    )
