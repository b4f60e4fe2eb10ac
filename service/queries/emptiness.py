"""Why a canned query gave no rows: what is loaded, which condition is to blame, which sections are missing.

Nothing is guessed: each part is asked of the store. One condition at a time is left out to see whether rows come then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from loaders.tables.forms import FORMS
from service.queries.answers import Answers, Row, Value, read_table
from service.queries.parameters import ALL, Choice, Parameter, Text
from service.queries.query import CannedQuery

_MOST_NEAR = 8


@dataclass(frozen=True)
class LoadedDocument:
    """A document in the store. ``fits`` tells whether it passes the office, year and document that were asked for."""

    iri: str
    id: str
    title: str
    agency: str
    year: int | None
    kind: Text
    fits: bool


@dataclass(frozen=True)
class Loosened:
    """What comes without one condition: how many rows, and values of it that give rows, the nearest first."""

    parameter: str
    title: Text
    asked: tuple[str, ...]
    rows: int
    near: tuple[Choice, ...]


@dataclass(frozen=True)
class Need:
    """A class of facts that the query reads, and how many of them each document holds; 0: that section is not there."""

    iri: str
    label: Text
    counts: Mapping[str, int]

    @property
    def found(self) -> bool:
        """Whether any document holds one."""
        return any(self.counts.values())


@dataclass(frozen=True)
class FormState:
    """How an official form that the query reads stands in a document, with the words that say so and their place."""

    document: str
    form: str
    label: Text
    state: str
    words: str
    evidence: str


@dataclass(frozen=True)
class Explanation:
    """Why there are no rows."""

    loaded: tuple[LoadedDocument, ...]
    loosened: tuple[Loosened, ...]
    needs: tuple[Need, ...]
    states: tuple[FormState, ...]

    @property
    def nearest(self) -> list[LoadedDocument]:
        """The documents, those first that fit what was asked, then those that hold most of what the query reads."""
        counts = {d.iri: sum(need.counts.get(d.iri, 0) for need in self.needs) for d in self.loaded}
        return sorted(self.loaded, key=lambda d: (not d.fits, -counts[d.iri]))


async def explain_empty(
    answers: Answers, query: CannedQuery, given: Mapping[str, Sequence[str]], language: str = "zh"
) -> Explanation:
    """Explains an answer without rows. It asks the store as often as there are conditions, and a few times more."""
    choices = await answers.choices(query)
    asked = {p.name: p.read(given.get(p.name, ()), choices.get(p.name, ())) for p in query.parameters}
    documents = (await answers.ask_internal("queries/loaded-documents")).rows
    fitting = {name: {t.value for t in terms} for name, terms in asked.items() if terms}
    loaded = tuple(_read_document(row, fitting) for row in documents)
    loosened = [
        await _loosen(answers, query, given, parameter, choices.get(parameter.name, ()), language)
        for parameter in query.parameters
        if asked[parameter.name]
    ]
    needs = [await _count_need(answers, iri, loaded) for iri in query.needs]
    return Explanation(loaded, tuple(loosened), tuple(needs), await _list_states(answers, query))


async def _loosen(
    answers: Answers,
    query: CannedQuery,
    given: Mapping[str, Sequence[str]],
    parameter: Parameter,
    choices: Sequence[Choice],
    language: str,
) -> Loosened:
    asked = tuple(v for v in given.get(parameter.name, ()) if v.strip()) or parameter.defaults
    without = {**given, parameter.name: [ALL]}
    answer = await answers.run(query, without, "json", language)
    rows = read_table(answer.body, answer.snapshot).rows
    return Loosened(parameter.name, parameter.title, asked, len(rows), _find_near(parameter, asked, rows, choices))


def _find_near(
    parameter: Parameter, asked: Sequence[str], rows: Sequence[Row], choices: Sequence[Choice]
) -> tuple[Choice, ...]:
    """The values of a parameter that stand in the rows got without it; numbers by distance, others by frequency."""
    counts: dict[Value, int] = {}
    for row in rows:
        value = row.get(parameter.slot) or row.get(parameter.name)
        if value is not None:
            counts[value] = counts.get(value, 0) + 1
    known = {c.term.value: c for c in choices}
    if parameter.kind in ("integer", "decimal"):
        goal = [float(a) for a in asked]
        order = sorted(counts, key=lambda v: (min((abs(float(v.text) - g) for g in goal), default=0.0), v.text))
    else:
        order = sorted(counts, key=lambda v: (-counts[v], v.text))
    return tuple(known.get(v.text) or _as_choice(v) for v in order[:_MOST_NEAR])


def _as_choice(value: Value) -> Choice:
    term: ox.NamedNode | ox.Literal = ox.NamedNode(value.text) if value.is_iri else ox.Literal(value.text)
    return Choice(value.text, term, value.text)


def _read_document(row: Row, fitting: Mapping[str, set[str]]) -> LoadedDocument:
    facts = {"document": row["document"].text, "agency": str(row.get("agency", "")), "year": str(row.get("year", ""))}
    return LoadedDocument(
        facts["document"],
        str(row.get("id", "")),
        str(row.get("title", "")),
        str(row.get("agencyLabel", "")),
        int(facts["year"]) if facts["year"] else None,
        {language: row[language].text for language in ("zh", "en") if language in row},
        all(facts[name] in values for name, values in fitting.items() if name in facts),
    )


async def _count_need(answers: Answers, iri: str, loaded: Sequence[LoadedDocument]) -> Need:
    values = {"class": [ox.NamedNode(iri)]}
    counts = {d.iri: 0 for d in loaded}
    for row in (await answers.ask_internal("queries/needed-class", values)).rows:
        if "document" in row:
            counts[row["document"].text] = int(row["count"].text)
    labels = (await answers.ask_internal("queries/class-labels", values)).rows
    name = iri.rpartition("#")[2]
    return Need(iri, {k: v.text for k, v in labels[0].items()} if labels else {"zh": name, "en": name}, counts)


async def _list_states(answers: Answers, query: CannedQuery) -> tuple[FormState, ...]:
    if not query.forms:
        return ()
    names: dict[str, Text] = {form.id: {"zh": form.zh, "en": form.en} for form in FORMS}
    values = {"form": [ox.Literal(form) for form in query.forms]}
    rows = (await answers.ask_internal("queries/table-states", values)).rows
    return tuple(
        FormState(
            row["document"].text,
            row["form"].text,
            names.get(row["form"].text, {"zh": row["form"].text, "en": row["form"].text}),
            row["state"].text,
            str(row.get("words", "")),
            row["place"].text,
        )
        for row in rows
    )
