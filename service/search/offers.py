"""Which canned queries answer a question, filled in with what it names, and why each is offered."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.errors import BadParameter
from service.queries.catalogue import CannedQuery, Choice, Parameter
from service.search.folding import compact, squeeze
from service.search.question import Mention
from service.search.terms import find_terms

#: A keyword of a query that stands in the question; a thing that the query takes; one that it has no use for.
_KEYWORD, _TAKEN, _IDLE = 1.5, 1.0, -0.4
#: Services are what questions turn on; a year is named in most.
_WEIGHT = {"Service": 2.0, "Topic": 1.5, "year": 0.5, "phase": 0.4, "Place": 0.0}
#: Words of title and description that the question uses, as a share of what it asks.
_WORDS = 2.0
#: A parameter that is named after what the question names: a service for "service".
_NAMESAKE = 0.5
#: What most queries take.
_COMMON = ("Agency", "Place", "year")
_LEAST, _LEAST_OF_BEST = 1.0, 0.45


@dataclass(frozen=True)
class Reason:
    """Why a query is offered: the words of the question, and the parameter or the words of the query that they met."""

    words: str
    met: str
    parameter: str = ""


@dataclass(frozen=True)
class Offer:
    """A canned query with the parameters that the question fills."""

    query: CannedQuery
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    score: float = 0.0


class Offers:
    """The canned queries of a catalogue, weighed by their words."""

    def __init__(self, queries: Sequence[CannedQuery]) -> None:
        self.queries = queries
        self._terms = {q.name: _list_words(q) for q in queries}
        counts: dict[str, int] = {}
        for terms in self._terms.values():
            for term in terms:
                counts[term] = counts.get(term, 0) + 1
        self._weights = {t: 1.0 + math.log((len(queries) + 1) / n) for t, n in counts.items()}

    def make(
        self,
        content: str,
        question: str,
        mentions: Sequence[Mention],
        choices: Mapping[str, Mapping[str, Sequence[Choice]]],
        limit: int = 6,
    ) -> list[Offer]:
        """The best offers, best first.

        ``content`` is the question without words that ask; ``choices`` are the values that there are, by query and
        parameter.
        """
        keywords = self._find_keywords(question, mentions)
        offers = [self._weigh(q, content, keywords, mentions, choices.get(q.name, {})) for q in self.queries]
        least = max(_LEAST, _LEAST_OF_BEST * max((o.score for o in offers), default=0.0))
        good = [o for o in offers if o.score >= least]
        good.sort(key=lambda o: (-o.score, o.query.name))
        return good[:limit]

    def _weigh(
        self,
        query: CannedQuery,
        content: str,
        keywords: Sequence[str],
        mentions: Sequence[Mention],
        choices: Mapping[str, Sequence[Choice]],
    ) -> Offer:
        named = [keyword for keyword in keywords if _has_keyword(query, keyword)]
        reasons = [Reason(keyword, keyword) for keyword in named]
        # A keyword that many queries share says little of each.
        score = sum(_KEYWORD / math.sqrt(sum(_has_keyword(q, k) for q in self.queries)) for k in named)
        score += self._weigh_words(query, content)
        given: dict[str, tuple[str, ...]] = {}
        used: set[Mention] = set()
        for parameter in query.parameters:
            filled = ((m, _fill(parameter, m, choices.get(parameter.name, ()), query.parameters)) for m in mentions)
            mention, values = next(((m, v) for m, v in filled if v), (None, ()))
            if mention is not None:
                given[parameter.name] = values
                score += _NAMESAKE * (mention.kind not in _COMMON and mention.kind.lower() == parameter.name)
                used.add(mention)
                reasons.append(Reason(mention.words, mention.label, parameter.name))
        score += sum(_weigh_mention(mention, mention in used) for mention in mentions)
        if not query.parameters or all(p.optional or p.defaults or p.name in given for p in query.parameters):
            return Offer(query, given, tuple(reasons), round(score, 3))
        return Offer(query, given, tuple(reasons), round(score - 1.0, 3))

    def _weigh_words(self, query: CannedQuery, content: str) -> float:
        """How much of what is asked the query's own words say, the rarer ones counting more."""
        asked = {t.text for t in find_terms(content)}
        total = sum(self._weights.get(t, 1.0) for t in asked)
        return _WORDS * sum(self._weights[t] for t in asked & self._terms[query.name]) / total if total else 0.0

    def _find_keywords(self, question: str, mentions: Sequence[Mention]) -> list[str]:
        """The keywords that stand in the question, but for those inside a longer one, or inside an office's name."""
        taken = [(m.start, m.end) for m in mentions if m.kind in ("Agency", "Place", "Port", "year")]
        found: list[tuple[int, int, str]] = []
        for keyword in {k for q in self.queries for words in q.keywords.values() for k in words}:
            if len(compact(keyword)) >= 2:
                places = (place for place in _locate(question, keyword) if not any(_inside(place, t) for t in taken))
                found += ((start, end, keyword) for start, end in places)
        kept = [f for f in found if not any(_inside(f[:2], other[:2]) and f[:2] != other[:2] for other in found)]
        return list(dict.fromkeys(keyword for _, _, keyword in sorted(kept)))


def _weigh_mention(mention: Mention, used: bool) -> float:
    """What a mention says for a query that takes it, or against one that has no use for it."""
    if used:
        return _TAKEN * _WEIGHT.get(mention.kind, 1.0)
    idle = mention.sure and not mention.implied and mention.kind != "Place"
    return _IDLE * _WEIGHT.get(mention.kind, 1.0) if idle else 0.0


def _inside(place: tuple[int, int], other: tuple[int, int]) -> bool:
    return other[0] <= place[0] and place[1] <= other[1]


def _list_words(query: CannedQuery) -> set[str]:
    texts = [*query.title.values(), *query.description.values(), *(k for ks in query.keywords.values() for k in ks)]
    return {t.text for text in texts for t in find_terms(text)}


def _has_keyword(query: CannedQuery, keyword: str) -> bool:
    return any(keyword in words for words in query.keywords.values())


def _locate(question: str, keyword: str) -> Iterator[tuple[int, int]]:
    """Where the question has the keyword: as characters, whatever stands between them, or, for English, as words."""
    if not keyword.isascii():
        squeezed, offsets = squeeze(question)
        for found in re.finditer(re.escape(compact(keyword)), squeezed):
            yield offsets[found.start()], offsets[found.end() - 1] + 1
        return
    asked = find_terms(question)
    wanted = [t.text for t in find_terms(keyword)]
    for first in range(len(asked) - len(wanted) + 1 if wanted else 0):
        window = asked[first : first + len(wanted)]
        if [t.text for t in window] == wanted:
            yield window[0].start, window[-1].end


def _fill(
    parameter: Parameter, mention: Mention, choices: Sequence[Choice], parameters: Sequence[Parameter]
) -> tuple[str, ...]:
    """What a mention fills a parameter with; nothing if it is of another kind, or the data hold no such value."""
    values = _list_fitting(parameter, mention, choices, parameters)
    try:
        return values if values and parameter.read(values, choices) else ()
    except BadParameter:
        return ()


def _list_fitting(
    parameter: Parameter, mention: Mention, choices: Sequence[Choice], parameters: Sequence[Parameter]
) -> tuple[str, ...]:
    """Those values of a mention that are of a parameter's kind."""
    if parameter.kind == "iri":
        # Where a name fits several things and nothing settles which, all of them would be a guess.
        if not mention.sure and not mention.implied and mention.kind == "Agency":
            return ()
        by_iri = {c.term.value: c.value for c in choices}
        return tuple(by_iri[v] for v in mention.values if v in by_iri)
    if mention.kind == "year" and _is_year(parameter):
        years = [p.name for p in parameters if _is_year(p)]
        if len(years) == 2:
            return (mention.values[0] if parameter.name == years[0] else mention.values[-1],)
        return mention.values
    if parameter.options:
        return tuple(v for v in mention.values if mention.kind == "phase" and v in parameter.options)
    if parameter.kind == "string" and mention.kind.endswith("Code"):
        written = {c.value for c in choices}
        return tuple(dict.fromkeys(n for v in mention.values if (n := v.rpartition("/")[2]) in written))
    return ()


def _is_year(parameter: Parameter) -> bool:
    """A year is a whole number that has to lie in a few centuries."""
    low, high = parameter.minimum, parameter.maximum
    return parameter.kind == "integer" and low is not None and high is not None and low >= 1800 and high <= 2300
