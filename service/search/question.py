"""What a question names: offices, places, years, codes, services, phases; found with the loaders' own spaCy components.

A character matcher holds every name that the graph or the ontology has for such a thing, in Chinese and English;
services are also found by the wording patterns that documents are read with. The longest name wins. Nothing here knows
an office.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from loaders.documents import Passage
from loaders.meaning import wordings
from loaders.meaning.language import language
from loaders.words import places
from loaders.words.normalise import normalise_passage
from service.search.asking_words import stands_alone
from service.search.entries import SearchEntry
from service.search.folding import squeeze
from service.search.names import is_self_reference, list_forms
from service.search.terms import stem

_YEARS = re.compile(
    r"(?<![\d.])(?P<first>(?:19|20)\d\d)(?:年度?)?(?:\s*(?:-|–|—|~|至|到|to)\s*(?P<last>(?:19|20)\d\d))?(?:年度?|(?![\d.]))"
)
_MOST_YEARS = 40
#: Official words for the phases of money and of performance, and what people say for them.
_PHASES = {
    "budget": ("年初预算", "部门预算", "预算", "计划安排", "budget", "budgeted", "planned", "plan"),
    "adjusted": ("调整预算", "全年预算", "预算调整", "adjusted budget", "revised budget", "adjusted", "revised"),
    "final": ("决算", "实际支出", "执行数", "花了", "final accounts", "accounts", "actual", "outturn", "spent"),
    "target": ("绩效目标", "目标值", "目标", "target"),
    "result": ("完成值", "完成情况", "实际完成", "achieved", "result"),
}
#: Words that ask, and name nothing.
ASKING = re.compile(
    r"请问|是多少|是什么|哪些|哪个|哪一个|哪里|哪家|什么样|为什么|什么时候|什么|多少钱|多少|有没有|是否|怎么样|怎样|怎么|如何|查询|查找|告诉我|"
    r"几个|是(?=$|\W)|[的了吗呢么吧]|\b(?:which|what|who|whom|whose|where|when|why|how|much|many|the|a|an|of|for|in|on|at|by|to|with|"
    r"from|and|or|is|are|was|were|do|does|did|has|have|had|show|me|list|find|tell|please|about|their|there|its?)\b",
    re.IGNORECASE,
)  # fmt: skip
#: More things of one name than this, and the name says nothing: every office has a code called 行政运行.
_MOST_MEANT = 12
#: What an office calls itself for short has at most so many characters.
_SHORT = 8
_LATIN = re.compile(r"[A-Za-z]+")
_MOST_WORDS = 12
_KINDS = {"Agency": 0, "Service": 1, "Topic": 2, "Place": 3}


@dataclass(frozen=True, slots=True)
class Mention:
    """What some words of the question were taken for.

    ``kind`` is a class of the ontology, ``year`` or ``phase``; ``values`` are IRIs, years or the phase's code.
    ``sure`` is False where the words fit several things and the question does not say which. ``implied`` is set for
    the offices of a place that was named without an office.
    """

    kind: str
    words: str
    start: int
    end: int
    values: tuple[str, ...]
    label: str
    english: str = ""
    sure: bool = True
    implied: bool = False


class Recogniser:
    """Finds what a question names. ``named`` are the entries whose names it knows."""

    def __init__(self, named: Sequence[SearchEntry]) -> None:
        from spacy.matcher import PhraseMatcher
        from spacy.tokens import Doc

        self.entries = {e.iri: e for e in named}
        self.places = {_code(e): e for e in named if e.kind == "Place"}
        self.codes = _list_english_codes(named)
        self._by_name: dict[str, list[SearchEntry]] = {}
        for entry in named:
            for name in {*entry.names, *_short_names(entry), *self._compose_names(entry)}:
                key = squeeze(name)[0]
                if len(key) >= 2 and not (entry.kind == "Agency" and is_self_reference(key)):
                    known = self._by_name.setdefault(key, [])
                    if entry not in known:
                        known.append(entry)
        nlp = language()
        self._matcher = PhraseMatcher(nlp.vocab)
        # One token per character, as the pipeline makes them; without its tokenizer, which is slow for so many.
        self._matcher.add("name", [Doc(nlp.vocab, words=list(name)) for name in sorted(self._by_name)])
        self._topics = [(e, {stem(w) for n in e.names if n.isascii() for w in _LATIN.findall(n.lower())})
                        for e in named if e.kind in ("Service", "Topic")]  # fmt: skip
        self._slugs = {e.iri.rpartition("/")[2]: e for e in named if e.kind in ("Service", "Topic")}

    def find_service(self, slug: str) -> SearchEntry | None:
        """The service or topic of a slug, if the graph has it."""
        return self._slugs.get(slug)

    def read(self, question: str) -> list[Mention]:
        """All that the question names, in order; no two mentions overlap but implied ones."""
        found = [*self._find_names(question), *self._find_services(question), *self._find_topics(question),
                 *_find_years(question), *_find_phases(question)]  # fmt: skip
        kept: list[Mention] = []
        for mention in sorted(found, key=lambda m: (m.start - m.end, _KINDS.get(m.kind, 9))):
            if not any(k.start < mention.end and mention.start < k.end for k in kept):
                kept.append(mention)
        kept.sort(key=lambda m: m.start)
        return self._settle(kept)

    def _find_names(self, question: str) -> Iterable[Mention]:
        squeezed, offsets = squeeze(question)
        if not squeezed:
            return
        doc = language().make_doc(squeezed)
        for _, first, last in self._matcher(doc):
            name = squeezed[first:last]
            start, end = offsets[first], offsets[last - 1] + 1
            if stands_alone(question, start, end):
                by_kind: dict[str, list[SearchEntry]] = {}
                for entry in self._by_name[name]:
                    by_kind.setdefault(entry.kind, []).append(entry)
                kind = min(by_kind, key=lambda k: (_KINDS.get(k, 9), k))
                if len(by_kind[kind]) <= _MOST_MEANT or kind == "Agency":
                    yield _mention(kind, question, start, end, by_kind[kind])

    def _find_services(self, question: str) -> Iterable[Mention]:
        passage = normalise_passage(Passage.cut(question, 0, len(question)))
        for hit in wordings.find_hits(wordings.load(), passage.text, passage.text):
            entry = self._slugs.get(hit.service)
            if entry is not None:
                span = passage.locate(hit.start, hit.end)
                yield _mention(entry.kind, question, span.start, span.end, [entry])

    def _find_topics(self, question: str) -> Iterable[Mention]:
        """Services by some words of their English names, where these are those of one service only."""
        words = [m for m in _LATIN.finditer(question) if not ASKING.fullmatch(m.group())]
        for size in range(min(len(words), _MOST_WORDS), 1, -1):
            for first in range(len(words) - size + 1):
                window = words[first : first + size]
                wanted = {stem(m.group().lower()) for m in window}
                fitting = [e for e, known in self._topics if wanted <= known]
                if len(fitting) == 1 and len(wanted) > 1:
                    yield _mention(fitting[0].kind, question, window[0].start(), window[-1].end(), fitting)

    def _compose_names(self, entry: SearchEntry) -> Iterable[str]:
        """深圳口岸办: the place of an office before what it calls itself, or what its kind is called, for short."""
        place = self.places.get(entry.place) if entry.kind == "Agency" else None
        if place is not None:
            yield from list_forms(entry.label, entry.place)
            for name in entry.names:
                if len(name) <= _SHORT and not is_self_reference(name):
                    yield from (before + name for before in (place.label, *_short_names(place)))

    def _settle(self, mentions: list[Mention]) -> list[Mention]:
        """Names that several things bear are settled by the places named beside them."""
        named = [self.entries[v] for m in mentions if m.kind == "Place" for v in m.values if v in self.entries]
        spots = [_code(e) for e in named]
        settled: list[Mention] = []
        for mention in mentions:
            others = [s for s in spots if mention.kind != "Place" or s not in map(_code, self._of(mention))]
            if len(mention.values) > 1 and mention.kind in ("Agency", "Place") and others:
                inside = [e for e in self._of(mention) if any(_lies_in(_code(e), s) for s in others)]
                if inside:
                    mention = replace(
                        _mention(mention.kind, "", mention.start, mention.end, inside), words=mention.words
                    )
            settled.append(mention)
        if not any(m.kind == "Agency" for m in settled):
            settled += [i for m in settled if m.kind == "Place" and (i := self._imply(m)) is not None]
        return settled

    def _imply(self, mention: Mention) -> Mention | None:
        """The offices that sit in a place, where it is named without one."""
        spots = [_code(e) for e in self._of(mention)]
        offices = [e for e in self.entries.values()
                   if e.kind == "Agency" and e.place and any(_lies_in(e.place, s) for s in spots)]  # fmt: skip
        if not offices or len(offices) > _MOST_MEANT:
            return None
        implied = _mention("Agency", "", mention.start, mention.end, offices)
        return replace(implied, words=mention.words, implied=True, sure=len(offices) == 1 or implied.sure)

    def _of(self, mention: Mention) -> list[SearchEntry]:
        return [self.entries[v] for v in mention.values if v in self.entries]


def list_content(question: str, mentions: Sequence[Mention]) -> str:
    """What is left to look for in texts: the question without the words that ask, and without offices and years."""
    taken = [(m.start, m.end) for m in mentions if m.kind in ("Agency", "Place", "year")]
    taken += [m.span() for m in ASKING.finditer(question)]
    left = "".join(" " if any(a <= i < b for a, b in taken) else c for i, c in enumerate(question))
    return " ".join(left.split())


def drop_asking(question: str) -> str:
    """The question without the words that ask."""
    return " ".join(ASKING.sub(" ", question).split())


def _list_english_codes(named: Sequence[SearchEntry]) -> dict[str, list[SearchEntry]]:
    """Codes by their English label; of those that few codes bear, since most offices have 行政运行."""
    found: dict[str, list[SearchEntry]] = {}
    for entry in named:
        if entry.kind in ("FunctionCode", "EconomicCode") and entry.english:
            found.setdefault(entry.english.lower(), []).append(entry)
    return {name: entries for name, entries in found.items() if len(entries) <= _MOST_MEANT}


def _mention(kind: str, question: str, start: int, end: int, entries: Sequence[SearchEntry]) -> Mention:
    few = entries[:3]
    more = f" (+{len(entries) - 3})" if len(entries) > 3 else ""
    return Mention(
        kind=kind,
        words=question[start:end],
        start=start,
        end=end,
        values=tuple(e.iri for e in entries),
        label="、".join(e.label for e in few) + more,
        english=", ".join(e.english or e.label for e in few) + more,
        sure=len(entries) == 1,
    )


def _find_years(question: str) -> Iterable[Mention]:
    for match in _YEARS.finditer(question):
        first = int(match["first"])
        last = int(match["last"] or first)
        between = range(first, last + 1) if first <= last <= first + _MOST_YEARS else (first, last)
        label = str(first) if first == last else f"{first}–{last}"
        yield Mention("year", match.group(), *match.span(), tuple(map(str, between)), label, label)


@functools.cache
def _phase_pattern() -> re.Pattern[str]:
    words = sorted((w for ws in _PHASES.values() for w in ws), key=len, reverse=True)
    return re.compile("|".join(re.escape(w) if w[0] > "z" else rf"\b{re.escape(w)}\b" for w in words), re.IGNORECASE)


def _find_phases(question: str) -> Iterable[Mention]:
    for match in _phase_pattern().finditer(question):
        phase = next(p for p, words in _PHASES.items() if match.group().lower() in words)
        yield Mention("phase", match.group(), *match.span(), (phase,), phase, phase)


def _short_names(entry: SearchEntry) -> Iterable[str]:
    """深圳 for 深圳市: of provinces and cities only, since short names of counties are words of every kind."""
    code = _code(entry)
    if entry.kind == "Place" and code.endswith("00"):
        short = places.ENDING.sub("", entry.label)
        if len(short) >= 2 and places.load().by_short.get(short) == code:
            yield short


def _code(entry: SearchEntry) -> str:
    return entry.iri.rpartition("/")[2] if entry.kind == "Place" else entry.place


def _lies_in(code: str, place: str) -> bool:
    return bool(code) and (code == place or places.is_within(code, place))
