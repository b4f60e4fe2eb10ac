"""Services and topics as ``services.ttl`` and ``topics.ttl`` word them: literal wordings and patterns of word groups.

How a pattern is read stands at the top of the first. Nothing here knows an office, a place or an amount.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph

from loaders.errors import StoreError
from loaders.facts import Role
from loaders.meaning.language import register, spans
from loaders.resources import find_ontology_folder
from loaders.words.normalise import normalise

GK = "ontology#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
IDENTIFIER = "http://purl.org/dc/terms/identifier"
ROLES: dict[str, Role] = {"roleService": "service", "roleAdministration": "administration", "roleMention": "mention"}
LITERAL_PRIORITY = 10
OFFICIAL, LOOSE = Decimal("1.0"), Decimal("0.8")
#: a name of one or two characters (教育, 审计) is part of many other words
SHORT, SHORT_LENGTH = Decimal("0.6"), 2
#: the files that hold services and topics
FILES = ("services.ttl", "topics.ttl")
#: what ends a clause and what ends a sentence, in NFKC text; a comma between digits ends nothing
ENDS = {"clause": re.compile(r"[。!?;:]|,(?!\d)|(?<!\d),"), "sentence": re.compile(r"[。!?;]")}

JOINED = re.compile(r"[、和及与]")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One ``gk:WordingPattern``."""

    scope: str
    required: tuple[Words, ...]
    reach: int
    followed: Words
    follow_reach: int
    context: tuple[Words, ...]
    excluded: tuple[Words, ...]
    role: Role
    strength: Decimal
    priority: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A service or topic: its slug, its literal wordings with their strength, its patterns; ``top``: of the scheme."""

    slug: str
    wordings: tuple[tuple[str, Decimal], ...]
    role: Role
    patterns: tuple[Pattern, ...]
    top: bool = False

    @property
    def strengths(self) -> dict[str, Decimal]:
        """The literal wordings with their strengths."""
        return dict(self.wordings)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a service is named in a normalised passage: characters ``start`` to ``end`` of it."""

    service: str
    start: int
    end: int
    role: Role
    strength: Decimal
    priority: int


@functools.cache
def load(path: Path | None = None) -> tuple[Topic, ...]:
    """The services and topics of the ontology, or of the file ``path`` alone, read once.

    Raises :class:`loaders.errors.StoreError` if a file is missing or is not Turtle.
    """
    facts: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for source in [path] if path else [find_ontology_folder() / name for name in FILES]:
        try:
            for triple in pyoxigraph.parse(path=str(source), format=pyoxigraph.RdfFormat.TURTLE):
                predicate = triple.predicate.value
                key = predicate.partition(GK)[2] or predicate
                facts[value(triple.subject)][key].append(triple.object)
        except (OSError, SyntaxError) as error:
            problem = f"the list of services cannot be read: {error}"
            raise StoreError(str(source), problem, "Reinstall Gongkai.") from error
    topics = []
    for fact in facts.values():
        if fact["wordingRole"] and fact[IDENTIFIER]:
            words: dict[str, Decimal] = {}
            for label, strength in (("prefLabel", OFFICIAL), ("altLabel", OFFICIAL), ("hiddenLabel", LOOSE)):
                for literal in fact[SKOS + label]:
                    if literal.language == "zh":
                        word = normalise(literal.value)
                        words.setdefault(word, SHORT if len(word) <= SHORT_LENGTH else strength)
            topics.append(
                Topic(
                    slug=fact[IDENTIFIER][0].value,
                    wordings=tuple(sorted(words.items())),
                    role=_role(fact["wordingRole"][0]),
                    patterns=tuple(_pattern(facts, value(p)) for p in fact["wordingPattern"]),
                    top=bool(fact[SKOS + "topConceptOf"]),
                )
            )
    return tuple(sorted(topics, key=lambda t: t.slug))


def value(term: Any) -> str:
    """The IRI, name or text of a term of a graph."""
    return str(getattr(term, "value", term))


def _role(term: Any) -> Role:
    return ROLES[value(term).partition(GK)[2]]


def _pattern(facts: dict[str, dict[str, list[Any]]], name: str) -> Pattern:
    fact = facts[name]

    def groups(key: str) -> tuple[Words, ...]:
        return tuple(tuple(normalise(w.value) for w in facts[value(g)]["word"]) for g in fact[key])

    def number(key: str, default: str) -> Decimal:
        return Decimal(value(fact[key][0])) if fact[key] else Decimal(default)

    followed = groups("followedBy")
    return Pattern(
        scope=value(fact["scope"][0]),
        required=groups("requiresGroup"),
        reach=int(number("reach", "60")),
        followed=followed[0] if followed else (),
        follow_reach=int(number("followReach", "0")),
        context=groups("contextGroup"),
        excluded=groups("excludesGroup"),
        role=_role(fact["role"][0]),
        strength=number("strength", "1"),
        priority=int(number("priority", "0")),
    )


def find_hits(topics: tuple[Topic, ...], text: str, context: str) -> list[Hit]:
    """Where a normalised text names a service; of hits on one stretch the one of highest priority stays."""
    hits: list[Hit] = []
    marked = spans(text, "gongkai_topics") if text else ()
    known = {topic.slug: topic for topic in topics} if marked else {}
    for slug, first, last in marked:
        topic = known.get(slug)
        strength = topic.strengths.get(text[first:last]) if topic is not None else None
        if topic is not None and strength is not None:
            hits.append(Hit(slug, first, last, topic.role, strength, LITERAL_PRIORITY))
    for topic in topics:
        for pattern in topic.patterns:
            for start, end in _apply(pattern, text, context):
                hits.append(Hit(topic.slug, start, end, pattern.role, pattern.strength, pattern.priority))
    # 教育 within 教育培训 is no second topic; what a service is named by stays
    longer = [h for h in hits if h.role == "mention"]
    hits = [
        h
        for h in hits
        if h.role != "mention"
        or not any(
            o.service != h.service and o.start <= h.start and h.end <= o.end and o.end - o.start > h.end - h.start
            for o in longer
        )
    ]
    best: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (-h.priority, h.start - h.end, h.start)):
        if not any(b.service == hit.service and b.start < hit.end and hit.start < b.end for b in best):
            best.append(hit)
    return sorted(best, key=lambda h: (h.start, h.service))


def stretches(text: str, scope: str) -> Iterator[tuple[int, int]]:
    """The clauses or sentences of a normalised text."""
    start = 0
    for m in ENDS[scope].finditer(text):
        if m.start() > start:
            yield start, m.start()
        start = m.end()
    if start < len(text):
        yield start, len(text)


def _apply(pattern: Pattern, text: str, context: str) -> Iterator[tuple[int, int]]:
    if not all(any(w in text for w in group) for group in pattern.required):
        return
    if not all(any(w in context for w in group) for group in pattern.context):
        return
    for start, end in stretches(text, pattern.scope):
        scope = text[start:end]
        if any(w in scope for group in pattern.excluded for w in group):
            continue
        places = [[m.span() for w in group for m in re.finditer(re.escape(w), scope)] for group in pattern.required]
        if not all(places):
            continue
        found = _closest(places, pattern.reach)
        if found is None:
            continue
        first, last = found
        if pattern.followed:
            tail = [
                m.end()
                for w in pattern.followed
                for m in re.finditer(re.escape(w), scope)
                # 作业服务和宣传: what follows is a second thing, not what is done to the first
                if last <= m.start() <= last + pattern.follow_reach and not JOINED.search(scope[last : m.start()])
            ]
            if not tail:
                continue
            last = min(tail)
        yield start + first, start + last


def _closest(places: list[list[tuple[int, int]]], reach: int) -> tuple[int, int] | None:
    """The shortest stretch that holds one hit of each group, no two overlapping, within ``reach`` characters."""
    best: tuple[int, int] | None = None
    for choice in itertools.islice(itertools.product(*places), 2000):
        ordered = sorted(choice)
        if any(a[1] > b[0] for a, b in itertools.pairwise(ordered)):
            continue
        stretch = (ordered[0][0], max(c[1] for c in ordered))
        if stretch[1] - stretch[0] <= reach and (best is None or stretch[1] - stretch[0] < best[1] - best[0]):
            best = stretch
    return best


register("gongkai_topics", lambda: {topic.slug: [word for word, _ in topic.wordings] for topic in load()})
