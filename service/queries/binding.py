"""Parameters of a query: bound as terms into its ``VALUES ?name { UNDEF }`` slots, never pasted into text.

A query with its slots unfilled is valid SPARQL and means "everything". The engine's own substitutions are not used:
they fail for a variable that is not projected, do not reach into subqueries, and make BOUND(?x) false. A slot may stand
in several subqueries of one query: it is filled in each, so that each is narrowed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pyoxigraph as ox

from loaders.errors import QueryError
from loaders.settings import DEFAULT_BASE
from service.sparql.tokens import Token, split

Term = ox.NamedNode | ox.Literal


def find_slots(query: str) -> dict[str, list[Token]]:
    """The UNDEF tokens of a query that are slots, in order, by the name of their variable."""
    tokens = [t for t in split(query) if t.kind != "comment"]
    slots: dict[str, list[Token]] = {}
    for i in range(len(tokens) - 4):
        values, variable, opening, undef, closing = tokens[i : i + 5]
        if (
            values.is_word("VALUES")
            and variable.kind == "variable"
            and (opening.text, closing.text) == ("{", "}")
            and undef.is_word("UNDEF")
        ):
            slots.setdefault(variable.text[1:], []).append(undef)
    return slots


def bind(query: str, values: Mapping[str, Sequence[Term]]) -> str:
    """The query with terms in its slots; a slot that gets no term stays open.

    Raises :class:`loaders.errors.QueryError` if the query has no slot of a name.
    """
    slots = find_slots(query)
    parts: list[tuple[Token, str]] = []
    for name, terms in values.items():
        if name not in slots:
            raise QueryError(name, "the query has no slot for this parameter", f"Add VALUES ?{name} {{ UNDEF }} to it")
        if terms:
            # The engine's own writing of a term: it escapes what has to be escaped.
            parts += [(slot, " ".join(str(term) for term in terms)) for slot in slots[name]]
    for slot, text in sorted(parts, key=lambda part: part[0].start, reverse=True):
        query = query[: slot.start] + text + query[slot.end :]
    return query


def bind_window(query: str, most: int, skip: int | None = None) -> str:
    """The query with another number behind its LIMIT and, if ``skip`` is given, behind its OFFSET.

    SPARQL takes a number there and no variable, so that no slot can stand in its place. Raises
    :class:`loaders.errors.QueryError` unless the query has each of these words once.
    """
    wanted = {"LIMIT": most} if skip is None else {"LIMIT": most, "OFFSET": skip}
    tokens = [t for t in split(query) if t.kind != "comment"]
    found = [(word.text.upper(), number) for word, number in pairwise(tokens) if word.is_word(*wanted)]
    if sorted(word for word, _ in found) != sorted(wanted):
        words = " and ".join(sorted(wanted))
        raise QueryError(query[:40], f"the query has not each of {words} once", "Write each once, with a number")
    for word, number in reversed(found):
        query = f"{query[: number.start]}{wanted[word]:d}{query[number.end :]}"
    return query


def rebase(query: str, base: str) -> str:
    """The query with the IRIs of the default base moved to another base."""
    if base == DEFAULT_BASE:
        return query
    for token in reversed(split(query)):
        if token.kind == "iri" and token.text.startswith(f"<{DEFAULT_BASE}"):
            moved = f"<{base}{token.text[len(DEFAULT_BASE) + 1 :]}"
            query = query[: token.start] + moved + query[token.end :]
    return query
