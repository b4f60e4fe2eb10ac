"""What answers to a duty: projects, indicators, goals and divisions that share its topics or its rarer words.

Inferred, never stated: official documents do not say which project serves which duty. A link says which topics and
words both sides have and how strong that is; duties that close every list (承办其他事项) answer to nothing.

Strong (:data:`STRONG` and above) is a link by a word that names one field of work, or by two words that every office
has; weak (below) is one by a single such word that no more than :data:`FEW` duties have, by three that are too broad
alone, or by a topic that one duty alone has and that it and a name, or what a division does, name in words of a field
of more than two characters. Any other shared topic is told and ranks a link, but makes none.

What stands in a project's purpose and not in its name counts half, as does what stands in a sentence of a goal; what
stands in a paragraph, which says many things, a third; a word of every office in a duty of :data:`LONG_DUTY` characters
half. What a third of an office's duties say (信访 in an office for petitions), and what its own name says, tells no
duty from the others. A sentence by which an office drafts or carries out the rules of its whole field says of no part
of the field that it is this duty's: its words count half, and not at all where the duty says more.
"""

from __future__ import annotations

import bisect
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from loaders.documents import Span
from loaders.facts import Division, Duty, Goal, Indicator, Mandate, Project, ServiceLink
from loaders.meaning import wordings
from loaders.meaning.vocabulary import Grade, cut, load
from loaders.words.normalise import normalise

Kind = Literal["project", "indicator", "goal", "division"]

TURN = re.compile(r"^[（(]?\w{0,3}[）)]?[、.]?\s*职能转变")
OTHER_DUTY = re.compile(r"(?:交办|下达|布置)的?其他|其他(?:事项|任务|工作)")
SHORT_DUTY = 40
#: a sentence about the rules of the whole field
RULES = re.compile(
    r"^(?:[（(]?\w{1,3}[）)、.．]\s*)?(?:负责|组织|研究|参与|牵头|按规定|会同有关部门)*(?:贯彻|执行|起草|拟订|拟定|制定)[^。；]*?(?:法律|法规|规章)"
)
#: the least strength of a strong link, and of a weak one
STRONG, WEAK = Decimal("0.6"), Decimal("0.3")
#: no more than so many duties are named for one thing
MOST = 3
#: so many characters make a paragraph, and so many a duty that lists much
PARAGRAPH, LONG_DUTY = 90, 120
#: so many characters make a sentence of a goal
SENTENCE = 40
#: in no more duties stands a word that alone makes a weak link
FEW = 1
#: what a word of each grade adds to a link, and what a strong and a weak link need
WEIGHTS: dict[Grade, float] = {"specific": 2, "general": 1, "broad": 0.4, "unspecific": 0}
ENOUGH, LITTLE = 2, 1
#: how surely a topic is named that makes a link, and what its words may not be
SURE = Decimal("0.8")
TOO_WIDE: tuple[Grade | None, ...] = ("general", "broad", "unspecific")
#: a word of so many characters is two words in one
COMPOUND = 6
#: a link that is weaker than the best by more is not given
BEHIND = Decimal("0.04")


@dataclass(frozen=True, slots=True)
class _Side:
    """One end of a link: what it is called, what it says, and where all of it stands."""

    kind: Kind
    label: str
    span: Span
    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Own:
    """The topics of one end of a link, and those that its name is surely of."""

    topics: set[str]
    sure: set[str]


@dataclass(frozen=True, slots=True)
class _Duty:
    """A duty: where it stands, its topics, its words with their grades, whether it lists much, or only rules."""

    span: Span
    topics: set[str]
    sure: set[str]
    words: dict[str, Grade]
    long: bool
    rules: bool


def find_mandates(
    duties: tuple[Duty, ...],
    divisions: tuple[Division, ...],
    projects: tuple[Project, ...],
    indicators: tuple[Indicator, ...],
    goals: tuple[Goal, ...],
    services: tuple[ServiceLink, ...],
    agency: str = "",
) -> tuple[Mandate, ...]:
    """The links from projects, indicators, goals and divisions to the duties that they answer to, strongest first.

    ``agency`` is the name of the office, whose own words tie nothing.

    A word or topic counts the more the fewer duties have it. Of one thing the :data:`MOST` strongest are given, and
    weak ones only where there is no strong one.

    Raises :class:`loaders.errors.StoreError` if a list of words of the ontology cannot be read.
    """
    named = [d for d in duties if not _is_no_field(d.label)]
    if not named:
        return ()
    topics, sure = _topic_finder(services), _topic_finder(tuple(k for k in services if _is_sure(k)))
    said = [_read(d, _Own(topics([d.span]), sure([d.span])), set(cut(agency))) for d in named]
    rarity = _Rarity(said)
    found: list[Mandate] = []
    for side in _sides(divisions, projects, indicators, goals):
        own, words = _Own(topics(side.spans), sure(_naming(side))), _weigh(side)
        links = [link for d in said if (link := _link(side, d, own, words, rarity)) is not None]
        best = max((k.strength for k in links), default=Decimal(0))
        near = [k for k in links if best - k.strength <= BEHIND and (k.strength >= STRONG) == (best >= STRONG)]
        found.extend(sorted(near, key=lambda k: (-k.strength, k.duty))[:MOST])
    return tuple(found)


def _is_no_field(text: str) -> bool:
    """Whether a duty is none in particular: what else is assigned, how the office is to change."""
    return TURN.match(text) is not None or (OTHER_DUTY.search(text) is not None and len(text) <= SHORT_DUTY)


def _is_sure(link: ServiceLink) -> bool:
    """Whether a topic is named in a way that makes a link: 系统运维 says less than 电子口岸."""
    return link.strength >= SURE and load().get(normalise(link.label)) not in TOO_WIDE


def _naming(side: _Side) -> tuple[Span, ...]:
    """Where one end of a link names what it is for: its name, what a division does; a sentence names too much."""
    if side.kind == "division":
        return side.spans
    return (side.span,) if len(normalise(side.label)) < (SENTENCE if side.kind == "goal" else PARAGRAPH) else ()


def _read(duty: Duty, own: _Own, names: set[str]) -> _Duty:
    """A duty with its words; those of the office's own name are too broad."""
    parts = [p for p in re.split(r"(?<=[。；])", duty.label) if p]
    rest = "".join(p for p in parts if not RULES.match(p))
    words = cut(rest or duty.label)
    graded: dict[str, Grade] = {w: "broad" if w in names and g != "unspecific" else g for w, g in words.items()}
    return _Duty(duty.span, own.topics, own.sure, graded, len(normalise(duty.label)) >= LONG_DUTY, not rest)


def _topic_finder(services: tuple[ServiceLink, ...]) -> Callable[[Iterable[Span]], set[str]]:
    """What finds the topics that are named within some places."""
    # what heads the scheme is too broad to tie a project to a duty
    broad = {t.slug for t in wordings.load() if t.top}
    ordered = sorted((k for k in services if k.service not in broad), key=lambda k: k.span)
    starts = [k.span.start for k in ordered]

    def topics(spans: Iterable[Span]) -> set[str]:
        found: set[str] = set()
        for span in spans:
            for link in ordered[bisect.bisect_left(starts, span.start) :]:
                if link.span.start >= span.end:
                    break
                if link.span.end <= span.end:
                    found.add(link.service)
        return found

    return topics


def _sides(
    divisions: tuple[Division, ...],
    projects: tuple[Project, ...],
    indicators: tuple[Indicator, ...],
    goals: tuple[Goal, ...],
) -> Iterator[_Side]:
    for d in divisions:
        text = d.label + "".join(f for f, _ in d.functions)
        yield _Side("division", d.label, d.span, text, (d.span, *(s for _, s in d.functions)))
    for p in projects:
        spans = (p.span, *((p.purpose_span,) if p.purpose_span else ()))
        yield _Side("project", p.label, p.span, p.label + p.purpose[:200], spans)
    for i in indicators:
        yield _Side("indicator", i.label, i.span, i.label, (i.span,))
    for g in goals:
        yield _Side("goal", g.label, g.span, g.label[:400], (g.span,))


class _Rarity:
    """In how many duties each word and topic stands, and which are in too many to tell one duty from another."""

    def __init__(self, said: list[_Duty]) -> None:
        self._spread = Counter(w for d in said for w in (*d.words, *d.topics))
        self._total = len(said)
        self._most = max(2, len(said) // 3) if len(said) > 2 else len(said)

    def tells(self, words: Iterable[str]) -> list[str]:
        """Those of the words, or topics, that not every duty says."""
        return [w for w in words if 0 < self._spread[w] <= self._most]

    def is_few(self, words: Iterable[str]) -> bool:
        """Whether one of the words stands in few duties."""
        return any(self._spread[w] <= FEW for w in words)

    def is_shared(self, word: str) -> bool:
        """Whether a sixth of the duties, and more than two, say it: 自然资源 in an office for them."""
        return self._spread[word] > max(2, self._total // 6)

    def weigh(self, word: str) -> float:
        """From 1 for what one duty says down."""
        return 1 / math.sqrt(self._spread[word])


def _discount(word: str, duty: _Duty, rarity: _Rarity) -> float:
    """Half for a word of every office in a duty that lists much, for one of a field that several duties share, and for
    one among the rules of the whole field."""
    specific = duty.words[word] == "specific"
    much = duty.long if not specific else rarity.is_shared(word)
    return (0.5 if much else 1) * (0.5 if duty.rules else 1)


def _share(word: str, duty: _Duty) -> float:
    """What is left of the weight of a word that the office's own name makes broad."""
    return min(1.0, WEIGHTS[duty.words[word]] / WEIGHTS[load()[word]]) if load().get(word) else 1


def _is_rest(word: str, of: Collection[str], others: Collection[str]) -> bool:
    """Whether a word stands here within a longer one that is not there: 贸易 in 加工贸易, where there is 服务贸易."""
    return any(word != longer and longer.endswith(word) and longer not in others for longer in of)


def _weigh(side: _Side) -> dict[str, float]:
    """The words of one end of a link with what each may add to it."""
    length = len(normalise(side.label))
    name = 1 / 3 if length >= PARAGRAPH else 0.5 if side.kind == "goal" and length >= SENTENCE else 1
    rest = 1 / 3 if len(normalise(side.text)) >= PARAGRAPH else 0.5
    named = cut(side.label)
    return {
        word: WEIGHTS[grade] * (2 if len(word) >= COMPOUND else 1) * (name if word in named else rest)
        for word, grade in cut(side.text).items()
    }


def _link(side: _Side, duty: _Duty, own: _Own, words: dict[str, float], rarity: _Rarity) -> Mandate | None:
    both = rarity.tells(w for w in words if w in duty.words)
    # 信息化 within 信息化建设 is said once
    both = [w for w in both if not any(w != o and w in o for o in both)]
    both = [w for w in both if not (_is_rest(w, words, duty.words) and _is_rest(w, duty.words, words))]
    common = sorted(rarity.tells(own.topics & duty.topics))
    weight = sum(words[w] * _share(w, duty) * _discount(w, duty, rarity) for w in both)
    by_topic = any(rarity.weigh(t) == 1 for t in own.sure & duty.sure)
    if not by_topic and (weight < LITTLE or (weight < ENOUGH and not rarity.is_few(both))):
        return None
    rare = sum(words[w] * rarity.weigh(w) for w in both) + sum(rarity.weigh(t) for t in common)
    # the step between weak and strong is what counts: more words add less and less
    within = Decimal(f"{rare / (rare + 2):.2f}")
    strength = STRONG + (1 - STRONG) * within if weight >= ENOUGH else WEAK + (STRONG - WEAK - Decimal("0.01")) * within
    return Mandate(
        label=side.label,
        span=side.span,
        kind=side.kind,
        duty=duty.span,
        strength=strength.quantize(Decimal("0.01")),
        topics=tuple(common),
        words=tuple(both),
    )
