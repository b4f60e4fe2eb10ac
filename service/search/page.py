"""``/search`` and ``/search.json``: one box for words and questions, in Chinese or English."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from service.http.negotiation import SHAPE
from service.http.prefix import find_prefix, prefix_data
from service.http.problems import Problem
from service.pages.site import Site, pick_language
from service.queries.answers import Answers, Row
from service.queries.catalogue import Choice
from service.search.answer import Answer
from service.search.answering import Answering
from service.search.asked import read_question
from service.search.entries import KINDS, PASSAGE, SearchEntry
from service.search.index import Hit, find_best_stretch
from service.search.offers import Offer, Offers
from service.search.question import Mention, drop_asking, list_content
from service.search.room import Room, Search
from service.search.terms import find_terms
from service.words.terms import CLASSIFICATIONS, say

_PER_KIND = 5
_PASSAGES = 12
#: How many offices are asked for their sheets, and how many sheets are shown.
_OFFICES, _SHEETS = 4, 6
_OF_ONE_KIND = 60
_EXAMPLES = ("哪些口岸办资助免除查验没有问题服务？", "Shenzhen three public expenses 2021", "通关便利化", "2299999")


@dataclass(frozen=True)
class Thing:
    """A thing that was found. ``page`` is its address on this site, ``place`` where a document states it, or ""."""

    entry: SearchEntry
    page: str
    place: str
    note: str
    score: float
    named: bool = False


@dataclass(frozen=True)
class Passage:
    """A passage that was found: its text in pieces, each with whether it was asked for, and its highlighted place."""

    entry: SearchEntry
    document: str
    place: str
    start: int
    end: int
    pieces: tuple[tuple[str, bool], ...]
    score: float
    terms: tuple[str, ...]


@dataclass(frozen=True)
class SheetOffer:
    """The office sheet of an office and year that the question names: its page, and a few of its lines.

    A line is its name in both languages, the amount in yuan, and the IRI of its degree of proof.
    """

    document: str
    title: str
    year: str
    page: str
    lines: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Found:
    """All that a question led to."""

    question: str
    content: str
    mentions: tuple[Mention, ...]
    offers: tuple[Offer, ...]
    things: tuple[tuple[str, tuple[Thing, ...]], ...]
    passages: tuple[Passage, ...]
    snapshot: str
    sheets: tuple[SheetOffer, ...] = ()
    answer: Answer | None = None


class SearchPage:
    """The handlers of ``/search`` and ``/search.json``."""

    def __init__(self, site: Site, search: Search) -> None:
        self.site = site
        self.search = search
        self.answers: Answers = site.answers
        self.offers = Offers(self.answers.catalogue.list_all())
        self.answering = Answering(site)

    async def page(self, request: Request) -> Response:
        """The results for people; without a question, the box and what can be asked."""
        question, kind = self._read(request)
        found = await self._find(question, kind) if question else None
        return self.site.page(
            request, "search.html", question=question, kind=kind, found=found, address=self.address,
            say=self.site.words.say, term=self._name_term, per_kind=_PER_KIND, examples=_EXAMPLES,
            most=self.answers.settings.max_question_characters, tell=_tell_note,
        )  # fmt: skip

    async def data(self, request: Request) -> Response:
        """The results for programs."""
        question, kind = self._read(request)
        if not question:
            raise Problem(422, "bad_parameter", "q", "there is no question", "Ask as /search.json?q=words")
        found = await self._find(question, kind)
        described = prefix_data(self._describe(found, pick_language(request)), find_prefix(request))
        body = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
        return Response(body, media_type="application/json")

    async def warm(self) -> None:
        """Opens the index and asks for the choices of all queries."""
        await self.search.enter()
        await self._list_choices()

    def address(self, offer: Offer) -> str:
        """The page of an offered query, filled in."""
        pairs = [(name, value) for name, values in offer.given.items() for value in values]
        return f"/queries/{offer.query.name}" + (f"?{urlencode(pairs)}" if pairs else "")

    def _name_term(self, kind: str, code: str) -> str:
        """The IRI of a term of a small list: degree and proved, unit and PERSON."""
        return f"{self.answers.settings.base}ontology#{kind}{code.title()}"

    def _read(self, request: Request) -> tuple[str, str]:
        # What is no character of a text (NUL, half of a surrogate pair, a direction mark) asks for nothing.
        raw = request.query_params.get("q", "")
        question = " ".join("".join(c if c.isprintable() else " " for c in raw).split())
        most = self.answers.settings.max_question_characters
        if len(raw) > most:
            raise Problem(
                422, "max_question_characters", f"q={question[:30]}…", f"it has more than {most:,} characters",
                "Ask in fewer words, or raise GONGKAI_MAX_QUESTION_CHARACTERS on a server of your own",
            )  # fmt: skip
        kind = request.query_params.get("kind", "")
        if kind and kind not in (*KINDS, PASSAGE):
            raise Problem(422, "bad_parameter", f"kind={kind[:40]}", "there is no such kind",
                          f"Choose one of: {', '.join((*KINDS, PASSAGE))}")  # fmt: skip
        return question, kind

    async def _find(self, question: str, kind: str) -> Found:
        room = await self.search.enter()
        choices = await self._list_choices()
        if kind:
            return await asyncio.to_thread(self._look, room, question, kind, choices)
        found, answer = await asyncio.gather(
            asyncio.to_thread(self._look, room, question, kind, choices), self._answer(room, question)
        )
        # Where the office asked for is not loaded, the sheets of others are none that was asked for.
        foreign = answer is not None and answer.status == "absent" and bool(answer.missing)
        sheets = [] if foreign else await self._list_sheets(found.mentions)
        return replace(found, sheets=tuple(sheets), answer=answer)

    async def _answer(self, room: Room, question: str) -> Answer | None:
        asked = await asyncio.to_thread(read_question, question, room.recogniser, room.offices)
        return await self.answering.answer(asked, room.offices)

    async def _list_sheets(self, mentions: Sequence[Mention]) -> list[SheetOffer]:
        """The sheets of the offices that a question names, of the years that it names, the latest first."""
        offices = [value for m in mentions if m.kind == "Agency" for value in m.values][:_OFFICES]
        if not offices:
            return []
        years = {value for m in mentions if m.kind == "year" for value in m.values}
        asked = {"thing": [ox.NamedNode(iri) for iri in offices]}
        rows = (await self.answers.ask_internal("search/agency-sheets", asked)).rows
        sheets: dict[str, list[Row]] = {}
        for row in rows:
            if not years or row["year"].text in years:
                sheets.setdefault(row["document"].text, []).append(row)
        return [self._show_sheet(iri, found) for iri, found in list(sheets.items())[:_SHEETS]]

    def _show_sheet(self, document: str, rows: Sequence[Row]) -> SheetOffer:
        lines = tuple((r["zh"].text, r["en"].text, r["amount"].text, r["degree"].text) for r in rows)
        page = f"{self.site.local(document)}/sheet"
        return SheetOffer(document, rows[0]["title"].text, rows[0]["year"].text, page, lines)

    async def _list_choices(self) -> dict[str, dict[str, list[Choice]]]:
        return {q.name: await self.answers.choices(q) for q in self.offers.queries}

    def _look(
        self, room: Room, question: str, kind: str, choices: Mapping[str, Mapping[str, Sequence[Choice]]]
    ) -> Found:
        mentions = room.recogniser.read(question)
        content = list_content(question, mentions)
        words = content if find_terms(content) else drop_asking(question)
        words = words if find_terms(words) else question
        named = {v: m for m in mentions for v in m.values if m.kind not in ("year", "phase")}
        return Found(
            question=question,
            content=words,
            mentions=tuple(mentions),
            offers=tuple(self.offers.make(drop_asking(question), question, mentions, choices)) if not kind else (),
            things=tuple(self._list_things(room, words, named, kind)),
            passages=tuple(self._list_passages(room, words, mentions, kind)),
            snapshot=room.snapshot,
        )

    def _list_things(
        self, room: Room, words: str, named: Mapping[str, Mention], kind: str
    ) -> list[tuple[str, tuple[Thing, ...]]]:
        limit = _OF_ONE_KIND if kind else _PER_KIND
        groups: list[tuple[str, tuple[Thing, ...]]] = []
        for each in KINDS if not kind else [kind] if kind != PASSAGE else []:
            meant = [room.recogniser.entries[v] for v, m in named.items() if m.kind == each]
            things = [self._show(room, Hit(e, 1.0, ()), named=True) for e in meant]
            known = {e.iri for e in meant}
            hits = room.index.find(words, [each], limit)
            things += [self._show(room, h) for h in hits if h.entry.iri not in known]
            if things:
                groups.append((each, tuple(things[:limit])))
        return groups

    def _show(self, room: Room, hit: Hit, *, named: bool = False) -> Thing:
        entry = hit.entry
        place = self.site.local(f"{entry.document}#char={entry.start},{entry.end}") if entry.end else ""
        page = self.site.local(entry.iri)
        return Thing(entry, page, place, self._note(room, entry), hit.score, named)

    def _note(self, room: Room, entry: SearchEntry) -> str:
        """What tells things of one name apart: the office, the code and its classification, the place above."""
        entries = room.recogniser.entries
        parts = [name for name in entry.names if name.isdigit()][:1]
        if "/code/" in entry.iri:
            parts.append(entry.iri.rpartition("/code/")[2].partition("/")[0])
        if entry.kind == "Place":
            code = entry.iri.rpartition("/")[2]
            above = (room.recogniser.places.get(c) for c in (code[:4] + "00", code[:2] + "0000") if c != code)
            parts += [e.label for e in above if e is not None]
        if entry.agency in entries:
            parts.append(entries[entry.agency].label)
        if entry.kind in ("Document", "Project", "Indicator"):
            parts.append("、".join(map(str, entry.years[:4])))
        return " · ".join(p for p in parts if p)

    def _list_passages(self, room: Room, words: str, mentions: Sequence[Mention], kind: str) -> list[Passage]:
        if kind not in ("", PASSAGE):
            return []
        offices = {v for m in mentions if m.kind == "Agency" and (m.sure or m.implied) for v in m.values}
        years = {int(v) for m in mentions if m.kind == "year" for v in m.values}
        services = [v for m in mentions if m.kind in ("Service", "Topic") for v in m.values]
        limit = _OF_ONE_KIND if kind else _PASSAGES
        hits = room.index.find(words, [PASSAGE], limit, services, offices, years)
        return [self._quote(room, hit, services) for hit in hits]

    def _quote(self, room: Room, hit: Hit, services: Sequence[str]) -> Passage:
        entry = hit.entry
        stretch = find_best_stretch(entry.text, hit.terms)
        linked = [(start, end) for service, start, end in entry.links if service in services]
        # The words that name the service asked for; else those of the question; a passage may also be found by the
        # heading above it: then all of it is its place.
        start, end = linked[0] if linked else entry.locate(*stretch) if stretch[1] else (entry.start, entry.end)
        document = room.recogniser.entries.get(entry.document)
        return Passage(
            entry=entry,
            document=document.label if document else entry.document,
            place=self.site.local(f"{entry.document}#char={start},{end}"),
            start=start,
            end=end,
            pieces=tuple(_mark(entry, hit.terms, linked)),
            score=hit.score,
            terms=hit.terms,
        )

    def _describe(self, found: Found, language: str) -> dict[str, Any]:
        return {
            "version": SHAPE,
            "question": found.question,
            "looked_for": found.content,
            "read": [
                {"words": m.words, "start": m.start, "end": m.end, "kind": m.kind, "values": list(m.values),
                 "label": {"zh": m.label, "en": m.english or m.label}, "sure": m.sure, "implied": m.implied}
                for m in found.mentions
            ],
            "answer": found.answer.describe(self.answers.settings.base) if found.answer is not None else None,
            "sheets": [
                {"document": s.document, "title": s.title, "year": int(s.year), "url": s.page,
                 "lines": [
                     {"label": {"zh": zh, "en": en}, "amount": amount,
                      "degree": degree.rpartition("#degree")[2].lower()}
                     for zh, en, amount, degree in s.lines
                 ]}
                for s in found.sheets
            ],
            "queries": [
                {"name": o.query.name, "title": o.query.title, "description": o.query.description,
                 "parameters": {n: list(v) for n, v in o.given.items()}, "url": self.address(o), "score": o.score,
                 "because": [{"words": r.words, "met": r.met, "parameter": r.parameter or None} for r in o.reasons]}
                for o in found.offers
            ],
            "things": [
                {"kind": kind, "iri": t.entry.iri, "label": {"zh": t.entry.label, "en": t.entry.english or None},
                 "note": t.note, "url": t.page, "evidence": t.place or None, "score": t.score, "named": t.named}
                for kind, things in found.things
                for t in things
            ],
            "passages": [
                {"document": p.entry.document, "title": p.document, "section": p.entry.label, "text": p.entry.text,
                 "start": p.start, "end": p.end, "url": p.place, "score": p.score, "matched": list(p.terms)}
                for p in found.passages
            ],
            "language": language,
            "snapshot": found.snapshot,
        }  # fmt: skip


def _mark(entry: SearchEntry, terms: Sequence[str], linked: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A passage's text in pieces, and whether each was asked for: a term, or in a linked stretch of the document."""
    text, wanted = entry.text, set(terms)
    asked = [False] * len(text)
    for term in find_terms(text):
        if term.text in wanted:
            asked[term.start : term.end] = [True] * (term.end - term.start)
    if any(len(t) == 1 for t in wanted):
        asked = [a or c in wanted for a, c in zip(asked, text, strict=True)]
    for start, end in linked:
        inside = [i for i in range(len(text)) if start <= entry.locate(i, i + 1)[0] < end]
        for i in inside:
            asked[i] = True
    pieces: list[tuple[str, bool]] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or asked[at] != asked[start]:
            pieces.append((text[start:at], asked[start]))
            start = at
    return pieces


def _tell_note(note: str, language: str) -> str:
    """A note with its classification in words: programs are given what an IRI has of it."""
    return " · ".join(say(CLASSIFICATIONS, part, language) for part in note.split(" · "))
