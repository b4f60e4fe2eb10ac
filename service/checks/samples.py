"""What every query of ours is tried with: parameters of the canned ones, terms for the slots of the internal ones.

A test of another engine (:mod:`service.checks.selftest`) asks all of them; the tests of the internal queries bind the
same terms (:mod:`service.checks.sample_terms`). Which things there are to ask about is asked of the store itself
(``queries/internal/checks/samples.rq``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyoxigraph as ox

from loaders.graph.internal import list_internal_files, read_internal
from service.checks.sample_terms import IN_ONE_GRAPH, NEVER_SENT, TERMS
from service.engine.portable import find_closing
from service.errors import BadParameter
from service.queries.answers import Answers
from service.queries.binding import bind, rebase
from service.queries.parameters import ALL, Choice
from service.queries.query import CannedQuery
from service.sparql.tokens import split

#: Rooms whose queries are no matter of answers: the build asks the database in the making, no other engine ever gets
#: them; those of ``engine`` tell what an engine is known for (:mod:`service.engine.weaknesses`).
_OTHER_ROOMS = ("build", "derived", "engine")
#: Of how many choices of a parameter one that finds something is looked for.
_TRIED = 6


@dataclass(frozen=True)
class Sample:
    """One question: the name of its query, what it was given, the whole SPARQL, the graph that it is asked of.

    ``name`` is ``offices-funding-service`` for a canned query, ``choices/year`` for a list of choices and
    ``pages/document`` for an internal one. ``missing`` names what the store has none of; then there is no question.
    """

    name: str
    given: str = ""
    sparql: str = ""
    graph: str = ""
    missing: str = ""

    @property
    def makes_graph(self) -> bool:
        """Whether the answer is triples."""
        return any(t.is_word("CONSTRUCT", "DESCRIBE") for t in split(self.sparql))

    @property
    def lists(self) -> dict[str, str]:
        """The columns that ``GROUP_CONCAT`` makes, each with what it puts between the parts."""
        found, tokens = {}, split(self.sparql)
        for number, token in enumerate(tokens):
            if token.is_word("GROUP_CONCAT"):
                end = find_closing(tokens, number + 1)
                inside = tokens[number:end]
                separators = [t.text[1:-1] for t, b in pairwise(reversed(inside)) if b.text == "="]
                alias = next((t for t in tokens[end : end + 3] if t.kind == "variable"), None)
                if alias is not None:
                    found[alias.text[1:]] = separators[0] if separators else " "
        return found

    @property
    def is_ordered(self) -> bool:
        """Whether it asks for an order of its rows."""
        tokens = split(self.sparql)
        depth = 0
        for token in tokens:
            depth += (token.text == "{") - (token.text == "}")
            if depth == 0 and token.is_word("ORDER"):
                return True
        return False


async def list_samples(answers: Answers, only: Sequence[str] = (), *, quick: bool = False) -> list[Sample]:
    """All questions, of the queries whose name holds one of ``only``: canned ones, lists of choices, internal ones.

    ``answers`` is asked which choices there are, and which of them find something. With ``quick`` each canned query is
    asked once, as it comes.
    """
    things = {r["kind"].text: ox.NamedNode(r["iri"].text) for r in (await answers.ask_internal("checks/samples")).rows}
    found = [
        sample
        for query in answers.catalogue.list_all()
        if _is_wanted(query.name, only)
        async for sample in _list_canned(answers, query, quick)
    ]
    found += [
        Sample(f"choices/{name}", sparql=text)
        for name, text in sorted(answers.catalogue.lists.items())
        if _is_wanted(f"choices/{name}", only)
    ]
    found += [s for s in _list_internal(things, answers.settings.base) if _is_wanted(s.name, only)]
    return found


def _is_wanted(name: str, only: Sequence[str]) -> bool:
    return not only or any(part in name for part in only)


async def _list_canned(answers: Answers, query: CannedQuery, quick: bool) -> AsyncIterator[Sample]:
    """With its defaults in both languages, with everything open, and each parameter narrowed by itself."""
    choices = await answers.choices(query)
    if quick:
        yield Sample(query.name, "", query.fill({}, choices))
        return
    everything = {p.name: [ALL] for p in query.parameters if p.optional}
    asked: list[tuple[str, dict[str, list[str]], str]] = [("", {}, "zh")]
    if query.localised:
        asked.append(("lang=en", {}, "en"))
    if any(p.defaults for p in query.parameters):
        asked.append(("all", everything, "zh"))
    for parameter in query.parameters:
        values = list(parameter.options)
        if not values:
            values = await _choose(answers, query, parameter.name, choices.get(parameter.name, ()), everything)
        asked += [(f"{parameter.name}={v}", everything | {parameter.name: [v]}, "zh") for v in values]
    for words, given, language in asked:
        yield Sample(query.name, words, query.fill(given, choices, language))


async def _choose(
    answers: Answers, query: CannedQuery, name: str, choices: Sequence[Choice], given: Mapping[str, list[str]]
) -> list[str]:
    """The first of a parameter's choices that finds something; the very first if none of the first few does."""
    for choice in choices[:_TRIED]:
        try:
            answer = await answers.run(query, {**given, name: [choice.value]})
        except BadParameter:
            continue
        if answer.rows:
            return [choice.value]
    return [choices[0].value] if choices else []


def _list_internal(things: Mapping[str, ox.NamedNode], base: str) -> Iterator[Sample]:
    for path in list_internal_files():
        name = f"{path.parent.name}/{path.stem}"
        if path.parent.name in _OTHER_ROOMS or name in NEVER_SENT:
            continue
        terms = TERMS.get(name, {})
        kinds = [t for t in terms.values() if isinstance(t, str)] + ["document"] * (name in IN_ONE_GRAPH)
        missing = next((k for k in kinds if k not in things), "")
        if missing:
            yield Sample(name, missing=missing)
            continue
        bound = {slot: [things[t] if isinstance(t, str) else t] for slot, t in terms.items()}
        graph = things["document"].value if name in IN_ONE_GRAPH else ""
        yield Sample(name, sparql=rebase(bind(read_internal(name), bound), base), graph=graph)
