"""Names to things: the queries of a reconciliation batch, read with care, and the candidates for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.http.problems import Problem
from service.linked.wellformed import load_json
from service.search.entries import KINDS, SearchEntry
from service.search.room import Room
from service.search.terms import compact, find_terms

_USUAL, _MOST = 5, 50
_LONGEST_NAME = 300
#: How many entries are judged by their names for one query.
_JUDGED = 60
_EXACT, _COMPOSED, _ALMOST = 100.0, 98.0, 90.0


@dataclass(frozen=True)
class Wish:
    """A property that a candidate should have one of some values of."""

    property: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """One query of a batch."""

    query: str
    kinds: tuple[str, ...]
    limit: int
    wishes: tuple[Wish, ...]


@dataclass(frozen=True)
class Candidate:
    """A thing that a name may mean; ``score`` from 0 to 100 says how alike the names are."""

    entry: SearchEntry
    score: float
    note: str = ""


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
    wanted = [k.removeprefix(f"{base}ontology#") for k in kinds if k]
    return Asked(
        query.strip(),
        tuple(k for k in wanted if k in KINDS) if wanted else KINDS,
        min(int(limit) or 1, _MOST),
        tuple(Wish(w["pid"], _list_values(w.get("v"), base)) for w in wishes[:20]),
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
        if not asked.kinds:
            return []
        words = asked.query or " ".join(v for wish in asked.wishes for v in wish.values)
        found: dict[str, Candidate] = {}
        for hit in self.room.index.find(words, asked.kinds, max(_JUDGED, asked.limit)):
            found[hit.entry.iri] = Candidate(hit.entry, compare(words, hit.entry), describe(self.room, hit.entry))
        for entry in self._list_composed(words):
            known = found.get(entry.iri)
            if entry.kind in asked.kinds and (known is None or known.score < _COMPOSED):
                found[entry.iri] = Candidate(entry, _COMPOSED, describe(self.room, entry))
        ranks = {kind: number for number, kind in enumerate(KINDS)}
        return sorted(found.values(), key=lambda c: (-c.score, ranks.get(c.entry.kind, 99), c.entry.iri))[:_JUDGED]

    def _list_composed(self, words: str) -> list[SearchEntry]:
        """Things that the words name as a whole, as questions name them: 深圳口岸办."""
        entries = self.room.recogniser.entries
        return [
            entries[value]
            for mention in self.room.recogniser.read(words)
            if mention.sure and not mention.implied and compact(mention.words) == compact(words)
            for value in mention.values
            if value in entries
        ]


def describe(room: Room, entry: SearchEntry) -> str:
    """What tells a thing from others of its name: its code, its office, its place, its years."""
    agency, place = room.recogniser.entries.get(entry.agency), room.recogniser.places.get(entry.place)
    parts = [*(n for n in entry.names if n.isdigit()), agency.label if agency else "", place.label if place else ""]
    parts.append("、".join(map(str, entry.years[:4])))
    return " · ".join(dict.fromkeys(p for p in parts if p))


def compare(words: str, entry: SearchEntry) -> float:
    """How alike some words and the best name of an entry are, from 0 to 100."""
    asked = compact(words)
    best = 0.0
    for name in entry.names or (entry.label,):
        if compact(name) == asked:
            return _EXACT
        best = max(best, _dice(words, name) * _ALMOST)
    return best


def _dice(one: str, other: str) -> float:
    """Twice the share of the terms that two texts have in common."""
    first, second = ({t.text for t in find_terms(text)} for text in (one, other))
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _wrong(place: str, problem: str) -> Problem:
    return Problem(
        400, "bad_query", place, problem, 'Send queries={"q0": {"query": "name", "type": "Agency", "limit": 5}}'
    )


__all__ = ["Asked", "Candidate", "Matcher", "Wish", "compare", "describe", "read_batch"]
