"""Queries that are no more than a look-up: one pattern that begins at a thing, or a count that the snapshot knows.

What is recognised here is answered without the engine, by reading at most so many statements
(:mod:`service.engine.lookups`): its cost is bounded by its form, not by trust, so that even the guard is not asked. The
forms are a few regular expressions over the whole text, of plain spellings only and linear in its length; whatever fits
none (comments, escapes, relative IRIs, names beyond ASCII) takes the ordinary way through guard and engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
#: A longer query is hardly a look-up.
_MOST_CHARACTERS = 4_000

# Possessive throughout: a word is read in one way only, as SPARQL's longest match reads it.
_IRI = r"<[A-Za-z][A-Za-z0-9+.\-]*+:[^\x00-\x20<>\"{}|^`\\]*+>"
_NAME = r"(?:[A-Za-z][A-Za-z0-9_\-]*+)?:[A-Za-z0-9_][A-Za-z0-9_\-]*+"
_VARIABLE = r"[?$][A-Za-z_][A-Za-z0-9_]*+"
_GAP = r"[ \t\r\n]*+"
_TERM = rf"(?:{_VARIABLE}|{_IRI}|{_NAME})"
_PATTERN = (
    rf"(?P<subject>{_TERM}){_GAP}(?P<predicate>{_TERM}|a(?=[ \t\r\n<?$])){_GAP}(?P<object>{_TERM}){_GAP}(?:\.{_GAP})?+"
)
_GROUP = rf"(?:(?i:WHERE){_GAP})?+\{{{_GAP}{_PATTERN}\}}"
_GRAPHS = (
    rf"(?:(?i:WHERE){_GAP})?+\{{{_GAP}"
    rf"(?P<named>(?i:GRAPH){_GAP}(?P<graph>{_VARIABLE}){_GAP}\{{{_GAP})?+{_PATTERN}(?(named)\}}{_GAP})\}}"
)
_LIMIT = rf"(?:{_GAP}(?i:LIMIT){_GAP}(?P<limit>\d{{1,9}}+))?+"
_COUNTED = (
    rf"\({_GAP}(?i:COUNT){_GAP}\({_GAP}(?P<counted>\*|{_VARIABLE}){_GAP}\){_GAP}"
    rf"(?i:AS){_GAP}(?P<name>{_VARIABLE}){_GAP}\)"
)
_ORDER = (
    rf"(?:{_GAP}(?i:ORDER)[ \t\r\n]++(?i:BY){_GAP}"
    rf"(?:(?P<down>(?i:DESC)){_GAP}\({_GAP}(?P<descending>{_VARIABLE}){_GAP}\)|(?P<ascending>{_VARIABLE})))?+"
)

_DECLARED = rf"{_GAP}(?i:PREFIX)[ \t\r\n]++((?:[A-Za-z][A-Za-z0-9_\-]*+)?):{_GAP}<([^\x00-\x20<>\"{{}}|^`\\]*+)>"
_PREFIX = re.compile(_DECLARED)
_PROLOGUE = re.compile(rf"(?:{_DECLARED})*+{_GAP}")
_SELECT = re.compile(
    rf"(?i:SELECT){_GAP}(?P<distinct>(?i:DISTINCT|REDUCED){_GAP})?+(?:\*|(?P<names>(?:{_VARIABLE}{_GAP})++))"
    rf"{_GAP}{_GROUP}{_LIMIT}{_GAP}"
)
_DESCRIBE = re.compile(rf"(?i:DESCRIBE){_GAP}(?P<thing>{_IRI}|{_NAME}){_GAP}")
_COUNT = re.compile(rf"(?i:SELECT){_GAP}{_COUNTED}{_GAP}{_GRAPHS}{_GAP}")
_COUNT_EACH = re.compile(
    rf"(?i:SELECT){_GAP}(?P<key>{_VARIABLE}){_GAP}{_COUNTED}{_GAP}{_GRAPHS}"
    rf"{_GAP}(?i:GROUP)[ \t\r\n]++(?i:BY){_GAP}(?P<by>{_VARIABLE}){_ORDER}{_LIMIT}{_GAP}"
)

#: What is counted: all statements, or those of each property, class or graph.
Counted = Literal["all", "property", "class", "graph"]
Pattern = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One pattern with a thing at its beginning or end. A place holds an IRI, or ``?`` and the name of a variable.

    ``names`` are the columns; none for a DESCRIBE, whose pattern is all that is said of the thing.
    """

    pattern: Pattern
    names: tuple[str, ...] = ()
    distinct: bool = False
    limit: int | None = None

    @property
    def form(self) -> Literal["SELECT", "DESCRIBE"]:
        """The form of the query."""
        return "SELECT" if self.names else "DESCRIBE"


@dataclass(frozen=True, slots=True)
class Count:
    """How many statements there are. ``named`` counts one in two graphs twice.

    ``of`` is the IRI of the one property or class that is counted, "" for all. ``key`` names the column of those
    that are counted one by one, "" where one number is asked for; ``name`` that of the numbers. ``order`` is -1 for the
    largest number first, 1 for the smallest, 0 for any.
    """

    what: Counted
    name: str
    of: str = ""
    named: bool = False
    key: str = ""
    order: int = 0
    limit: int | None = None
    form: Literal["SELECT"] = "SELECT"


def find_lookup(query: str) -> Lookup | Count | None:
    """What a query looks up; None where it asks for more than that, or in other words."""
    if len(query) > _MOST_CHARACTERS:
        return None
    prologue = _PROLOGUE.match(query)
    start = prologue.end() if prologue is not None else 0
    for form, read in _FORMS:
        found = form.fullmatch(query, start)
        if found is not None:
            try:
                return read(found, _Terms(query[:start]))
            except _Other:
                return None
    return None


class _Other(Exception):
    """The form is that of a look-up, the words are not."""


class _Terms:
    """The terms of a query with these declarations before it."""

    def __init__(self, prologue: str) -> None:
        self._prologue = prologue
        self._prefixes: dict[str, str] | None = None

    def spell(self, term: str) -> str:
        """An IRI in full, or a variable with its question mark."""
        if term[0] in "?$":
            return "?" + term[1:]
        if term == "a":
            return RDF_TYPE
        if term[0] == "<":
            iri = term[1:-1]
        else:
            if self._prefixes is None:
                self._prefixes = dict(_PREFIX.findall(self._prologue))
            prefix, _, local = term.partition(":")
            iri = self._prefixes.get(prefix, "") + local
        # What has to be resolved against a base is read by the engine alone.
        if "/." in iri or _SCHEME.match(iri) is None:
            raise _Other
        return iri


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*+:")


def _read_pattern(found: re.Match[str], terms: _Terms) -> Pattern:
    places = terms.spell(found["subject"]), terms.spell(found["predicate"]), terms.spell(found["object"])
    variables = [place for place in places if place[0] == "?"]
    if len(set(variables)) < len(variables):
        raise _Other
    return places


def _read_limit(found: re.Match[str]) -> int | None:
    return None if found["limit"] is None else int(found["limit"])


def _read_select(found: re.Match[str], terms: _Terms) -> Lookup:
    pattern = _read_pattern(found, terms)
    if pattern[0][0] == "?" and pattern[2][0] == "?":
        raise _Other
    variables = [place for place in pattern if place[0] == "?"]
    # SELECT * has its columns in the order of the alphabet, as the engine has them.
    names = (
        [terms.spell(name) for name in re.findall(_VARIABLE, found["names"])] if found["names"] else sorted(variables)
    )
    if not names or len(set(names)) < len(names) or not set(names) <= set(variables):
        raise _Other
    return Lookup(pattern, tuple(name[1:] for name in names), bool(found["distinct"]), _read_limit(found))


def _read_describe(found: re.Match[str], terms: _Terms) -> Lookup:
    return Lookup((terms.spell(found["thing"]), "?p", "?o"))


def _read_counted(found: re.Match[str], terms: _Terms) -> tuple[Pattern, str]:
    """The pattern whose matches are counted, and the variable of its graph or ""."""
    pattern = _read_pattern(found, terms)
    graph = terms.spell(found["graph"]) if found["graph"] else ""
    counted, name = found["counted"], terms.spell(found["name"])
    if graph in pattern or name in (*pattern, graph):
        raise _Other
    if counted != "*" and terms.spell(counted) not in (*pattern, graph):
        raise _Other
    if pattern[0][0] != "?":
        raise _Other
    return pattern, graph


def _read_count(found: re.Match[str], terms: _Terms) -> Count:
    (_, predicate, value), graph = _read_counted(found, terms)
    name = found["name"][1:]
    if value[0] == "?":
        if predicate[0] == "?":
            return Count("all", name, "", bool(graph))
        return Count("property", name, predicate, bool(graph))
    if predicate == RDF_TYPE:
        return Count("class", name, value, bool(graph))
    raise _Other


def _read_count_each(found: re.Match[str], terms: _Terms) -> Count:
    (_, predicate, value), graph = _read_counted(found, terms)
    key, name = terms.spell(found["key"]), terms.spell(found["name"])
    what: Counted
    if value[0] != "?" or key != terms.spell(found["by"]):
        raise _Other
    if predicate[0] == "?" and key in (graph, predicate):
        what = "graph" if key == graph else "property"
    elif predicate == RDF_TYPE and key == value:
        what = "class"
    else:
        raise _Other
    ordered_by = found["descending"] or found["ascending"]
    if ordered_by and terms.spell(ordered_by) != name:
        raise _Other
    order = 0 if not ordered_by else -1 if found["down"] else 1
    return Count(what, name[1:], "", bool(graph), key[1:], order, _read_limit(found))


_Reading = Callable[[re.Match[str], _Terms], Lookup | Count]
_FORMS: tuple[tuple[re.Pattern[str], _Reading], ...] = (
    (_SELECT, _read_select), (_DESCRIBE, _read_describe), (_COUNT, _read_count), (_COUNT_EACH, _read_count_each),
)  # fmt: skip
