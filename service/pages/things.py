"""What the graph says of one thing, read in few queries: facts in groups, where it is stated, what points to it."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from loaders.graph.internal import read_internal
from service.pages.vocabulary import Vocabulary
from service.queries.answers import Answers, Row, Value
from service.queries.binding import bind_window
from service.words.terms import CELL_WORDS, SUBJECT_KINDS, say

#: The groups in which facts stand, and the properties of each; what is in none comes last.
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("名称与标识", "Names", (
        "label", "prefLabel", "shortName", "altLabel", "hiddenLabel", "title", "notation", "number", "identifier",
        "creditCode", "divisionCode", "edition", "definition", "scopeNote", "historyNote", "changeNote", "note",
        "officeKind", "nature", "rank", "kind", "portKind", "issuer",
    )),
    ("归属", "Belongs to", (
        "agency", "ofDivision", "unitOf", "subOrganizationOf", "place", "parentPlace", "abolishedIn", "isReplacedBy",
        "parentProject", "broader", "nameOf", "inScheme", "inDocument", "attestedIn", "attestedInBudgets",
        "attestedInDocuments", "attestedYear", "dataSet", "isPartOf", "ofChange", "defines",
    )),
    ("数值", "Number", (
        "amount", "value", "acceptedAmount", "acceptedValue", "rollUpAmount", "scopedAmount", "rollUpValue", "perHead",
        "obsValue", "unit", "openUnit", "statedAs", "statedUnit", "precision", "direction", "comparator",
        "changeAmount", "maximum", "score", "pointsLost", "weight", "count",
    )),
    ("含义", "Meaning", (
        "year", "phase", "aspect", "function", "economic", "governmentEconomic", "inferredFunction",
        "inferredEconomic", "inferredGovernmentEconomic", "inference", "project", "possibleProject", "indicator",
        "subjectLabel",
        "subjectKind", "subjectCode", "column", "openColumn", "dimension", "form", "derived", "codeLevel",
        "placeLevel", "level1", "level2", "target", "targetUnit", "targetFigure", "result", "qualitative", "criteria",
        "purpose", "functionText", "reason", "statedBy", "eventKind", "date", "quote", "lossReason", "goalKind",
    )),
    ("主题与关联", "Topics and links", (
        "about", "concerns", "service", "role", "match", "strength", "wording", "paidBy", "cites", "basis", "serves",
        "measures", "carriesOut", "continues", "originalOrganization", "resultingOrganization", "references",
    )),
    ("核对", "Check", (
        "rule", "verdict", "left", "right", "leftValue", "rightValue", "difference", "tolerance", "usesFigure",
        "computedOn", "tableState", "nothing", "evidence", "tokenClass", "absenceOf", "explanation",
    )),
    ("外部链接", "Elsewhere", (
        "exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch", "sameAs", "seeAlso",
    )),
)  # fmt: skip
#: How many of the things that point to one its page shows at most, by property and class.
_FEW = 8
#: How many places a page quotes.
_QUOTED = 12
_LEAF = re.compile(r"page=([0-9]+)&")
_BOX = re.compile(r"page=([0-9]+)&viewrect=(-?[0-9.]+),(-?[0-9.]+),(-?[0-9.]+),(-?[0-9.]+)")
#: Properties whose values are short codes, and the words for these.
_CODED = {"subjectKind": SUBJECT_KINDS, "form": CELL_WORDS}
_LAST = ("其他", "Further facts")
#: Said in another way by the page itself, or of use to programs alone.
_HIDDEN = {"type", "fiscalYear", "start", "end", "isDefinedBy", "topConceptOf", "structure", "computedOn", "value#dqv"}


@dataclass(frozen=True)
class Shown:
    """A value as a page shows it. ``iri`` is that of a thing, "" for a literal."""

    text: str
    iri: str = ""
    language: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Fact:
    """A property with its values."""

    property: str
    name: str
    values: tuple[Shown, ...]


@dataclass(frozen=True)
class Group:
    """Facts that belong together."""

    zh: str
    en: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Place:
    """Where a document states the thing; ``page`` is that of a PDF, "" where nothing says it."""

    document: str
    title: str
    start: int
    end: int
    before: str
    text: str
    after: str
    page: str = ""


@dataclass(frozen=True)
class Use:
    """Things of one class that point to the thing by one property: how many, and the first of them."""

    property: str
    kind: str
    name: str
    kind_name: str
    count: int
    first: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Thing:
    """One thing. ``places`` are the first of all ``place_count``.

    ``raw`` are its values by the local name of the property, for the sections of its class.
    """

    iri: str
    label: str
    kinds: tuple[str, ...]
    groups: tuple[Group, ...]
    places: tuple[Place, ...]
    place_count: int
    uses: tuple[Use, ...] = ()
    raw: dict[str, list[Value]] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The page of a PDF on which the thing itself stands, as a figure does; "" for others."""
        return find_leaf(self.one("onPage"))

    def one(self, name: str) -> str:
        """The text of the first value of a property; "" if there is none."""
        found = self.raw.get(name)
        return found[0].text if found else ""


class ThingReader:
    """Reads things for pages in one language."""

    def __init__(self, answers: Answers, words: Vocabulary, language: str) -> None:
        self.answers = answers
        self.words = words
        self.language = language

    async def read(self, iri: str, first: int = _FEW, counted: Container[str] = ()) -> Thing | None:
        """The thing with the first few of what points to it; None if the graph knows nothing of it.

        Of a thing of one of the classes ``counted`` (local names) what points to it is counted and not listed.
        """
        values = {"thing": [ox.NamedNode(iri)]}
        queries = ("pages/thing-facts", "pages/thing-places", "pages/thing-uses")
        out, places, uses = await asyncio.gather(*(self.answers.ask_internal(name, values) for name in queries))
        if not out.rows and not uses.rows:
            return None
        facts = await self._name_values(out.rows)
        raw: dict[str, list[Value]] = defaultdict(list)
        for row in facts:
            name = _local(row["property"].text)
            if row["value"] not in raw[name]:
                raw[name].append(row["value"])
        kinds = tuple(v.text for v in raw.get("type", []) if v.text in self.words.terms)
        found = self._count_uses(uses.rows)
        listed = [] if any(_local(kind) in counted for kind in kinds) else found
        lists = await asyncio.gather(*(self.list_users(iri, u.property, u.kind, 0, first) for u in listed))
        return Thing(
            iri, self._find_label(raw, iri), self._order_kinds(kinds), self._group(facts),
            await self._quote(places.rows[:_QUOTED]), len(places.rows),
            tuple(
                Use(u.property, u.kind, u.name, u.kind_name, u.count, users)
                for u, users in zip(found, lists if listed else [()] * len(found), strict=True)
            ),
            dict(raw),
        )  # fmt: skip

    async def _name_values(self, rows: Sequence[Row]) -> list[Row]:
        """The facts with the labels of what they lead to, one row a label. Terms of the ontology have their names."""
        led = dict.fromkeys(
            r["value"].text for r in rows if r["value"].is_iri and r["value"].text not in self.words.terms
        )
        if not led:
            return list(rows)
        labels: dict[str, list[Value]] = defaultdict(list)
        values = {"thing": [ox.NamedNode(iri) for iri in led]}
        for row in (await self.answers.ask_internal("pages/labels", values)).rows:
            labels[row["thing"].text].append(row["label"])
        return [
            named
            for row in rows
            for named in [Row({**row, "label": label}) for label in labels.get(row["value"].text, [])] or [row]
        ]

    async def _quote(self, rows: Sequence[Row]) -> tuple[Place, ...]:
        """Places with their words."""
        if not rows:
            return ()
        values = {"place": [ox.NamedNode(row["place"].text) for row in rows]}
        return tuple(_read_place(r) for r in (await self.answers.ask_internal("pages/place-words", values)).rows)

    async def list_users(self, iri: str, property: str, kind: str, skip: int, most: int) -> tuple[Shown, ...]:
        """Some of the things of a class that point to a thing by a property."""
        query = bind_window(read_internal("pages/thing-users"), most, skip)
        values = {"thing": [ox.NamedNode(iri)], "property": [ox.NamedNode(property)], "class": [ox.NamedNode(kind)]}
        found: dict[str, Shown] = {}
        # A thing that has an English label too comes a second time without one, and first.
        for row in sorted((await self.answers.ask(query, values)).rows, key=lambda r: "label" not in r):
            user = row["from"].text
            label = row["label"].text if "label" in row else self.answers.shorten(user)
            year = f"{row['year']} · " if "year" in row and row["year"].text not in label else ""
            found.setdefault(user, Shown(year + label, user))
        return tuple(found[user] for user in sorted(found))

    def _count_uses(self, rows: Sequence[Row]) -> list[Use]:
        """By property and class, where of several classes of one thing the narrowest of ours counts."""
        ours = [r for r in rows if r.get("class") and r["class"].text in self.words.terms]
        above = {iri for r in ours for iri in self.words.terms[r["class"].text].above}
        found = [
            Use(
                r["property"].text, r["class"].text, self.words.say(r["property"].text, self.language),
                self.words.say(r["class"].text, self.language), int(r["count"].text),
            )
            for r in ours
            if r["class"].text not in above and not r["property"].text.endswith("#computedOn")
        ]  # fmt: skip
        return sorted(found, key=lambda u: (-u.count, u.property, u.kind))

    def _order_kinds(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        above = {iri for kind in kinds for iri in self.words.terms[kind].above}
        return tuple(sorted(kinds, key=lambda k: (k in above, k)))

    def _find_label(self, raw: dict[str, list[Value]], iri: str) -> str:
        for name in ("label", "prefLabel", "title"):
            found = raw.get(name, [])
            for language in (self.language, "zh", ""):
                for value in found:
                    if value.language == language:
                        return value.text
            if found:
                return found[0].text
        return self.answers.shorten(iri)

    def _group(self, rows: Sequence[Row]) -> tuple[Group, ...]:
        values: dict[str, dict[tuple[str, str], Shown]] = defaultdict(dict)
        for row in rows:
            property = row["property"].text
            shown = self._show(_local(property), row["value"], row.get("label"))
            key = (row["value"].text, row["value"].language)
            before = values[property].get(key)
            # A thing labelled in both languages comes once for each: the page's own wins.
            if before is None or (row.get("label") and row["label"].language == self.language):
                values[property][key] = shown
        known = {name: i for i, (_, _, names) in enumerate(GROUPS) for name in names}
        order = {name: i for _, _, names in GROUPS for i, name in enumerate(names)}
        grouped: dict[int, list[Fact]] = defaultdict(list)
        for property, found in values.items():
            name = _local(property)
            if name in _HIDDEN:
                continue
            preferred = self._prefer(list(found.values()))
            # rdf:value of a definition is its text; gk:value a number. Both have a group.
            grouped[known.get(name, len(GROUPS))].append(
                Fact(property, self.words.say(property, self.language), tuple(preferred))
            )
        titles = [*((zh, en) for zh, en, _ in GROUPS), _LAST]
        return tuple(
            Group(*titles[i], tuple(sorted(facts, key=lambda f: (order.get(_local(f.property), 99), f.property))))
            for i, facts in sorted(grouped.items())
        )

    def _prefer(self, values: list[Shown]) -> list[Shown]:
        """Of texts in several languages those in the page's, if there are any; texts of none as they are."""
        own = [v for v in values if v.language in ("", self.language) or v.language not in ("zh", "en")]
        return own or values

    def _show(self, name: str, value: Value, label: Value | None) -> Shown:
        if value.is_iri:
            if value.text in self.words.terms:
                return Shown(self.words.say(value.text, self.language), value.text)
            return Shown(label.text if label else self.answers.shorten(value.text), value.text)
        if name in _CODED:
            return Shown(say(_CODED[name], value.text, self.language))
        if name == "onPage":
            return Shown(say_box(value.text, self.language))
        # A year is no amount: it is counted from, not counted, and has no thousands.
        counted = value.datatype.endswith(("#decimal", "#integer")) and not is_year(name)
        return Shown(value.text, "", value.language, counted)


def _local(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


def is_year(name: str) -> bool:
    """Whether the values of a property are years, by its local name: ``year``, ``attestedYear``, ``yearBefore``."""
    return bool(re.search(r"(?:^y|Y)ear(?![a-z])", name))


def say_box(where: str, language: str) -> str:
    """What ``gk:onPage`` says, in words: the page, and the box in points (1/72 inch) from its top left corner."""
    found = _BOX.fullmatch(where)
    if not found:
        return where
    page, left, top, wide, high = found.groups()
    if language == "zh":
        return f"第 {page} 页；方框距左边 {left}、距上边 {top}，宽 {wide}、高 {high}（点，1/72 英寸）"
    return f"page {page}; box {left} from the left and {top} from the top, {wide} wide, {high} high (points)"


def find_leaf(where: str) -> str:
    """The page of what ``gk:onPage`` says, as ``page=3&viewrect=…``; "" for nothing."""
    found = _LEAF.match(where)
    return found[1] if found else ""


def _read_place(row: Row) -> Place:
    document = row["document"].text
    return Place(
        document, str(row.get("title", document)), int(row["start"].text), int(row["end"].text),
        row["before"].text, row["exact"].text, row["behind"].text, find_leaf(str(row.get("where", ""))),
    )  # fmt: skip
