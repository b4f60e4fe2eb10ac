"""The canned queries: files of plain SPARQL, each with a header in Turtle that says what it asks.

A file ``queries/<name>.rq`` begins with comment lines ``#: …``. Without the ``#:`` they are Turtle about ``<>``, the
query: a ``sh:SPARQLSelectExecutable`` with titles, descriptions, ``sh:parameter`` and the columns as CSVW. So a query
file is run by any SPARQL tool as it is, and its header is published as it is. A parameter ``sh:path <#year>`` fills the
slot ``VALUES ?year { UNDEF }``, or ``VALUES ?yearAsked { UNDEF }`` where the query computes a column of that name.
``docs/queries.md`` tells how to write one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from loaders.errors import QueryError
from loaders.graph.canned import CHOICES, list_choice_files, list_files, read_file
from loaders.graph.internal import read_internal
from loaders.settings import DEFAULT_BASE
from service.errors import BadParameter, UnknownQuery
from service.queries.binding import bind
from service.queries.headers import list_themes, read_query
from service.queries.parameters import ALL, Choice, Parameter, Text
from service.queries.query import CannedQuery, Chart, Column, Pivot, Theme

__all__ = [
    "ALL", "BadParameter", "CannedQuery", "Chart", "Choice", "Column", "Parameter", "Pivot", "QueryCatalogue", "Text",
    "Theme", "UnknownQuery", "choices_query", "read_query",
]  # fmt: skip


class QueryCatalogue:
    """All canned queries of a folder, by name; ``lists`` are the queries that give choices, by name."""

    def __init__(
        self,
        queries: Sequence[CannedQuery],
        themes: Sequence[Theme] = (),
        lists: Mapping[str, str] | None = None,
    ) -> None:
        self._queries = {q.name: q for q in queries}
        self.themes = tuple(themes)
        self.lists = dict(lists or {})

    @classmethod
    def load(cls, base: str = DEFAULT_BASE, folder: Path | None = None) -> QueryCatalogue:
        """Reads every ``*.rq`` of the folder. Raises QueryError if a header is wrong or names what is not there."""
        queries = [read_query(path, base) for path in list_files(folder)]
        themes = list_themes(base, folder)
        lists = {path.stem: read_file(path, base, CHOICES).sparql for path in list_choice_files(folder)}
        keys = {theme.key for theme in themes}
        for query in queries:
            if query.theme and query.theme not in keys:
                raise QueryError(f"{query.name}.rq", f"there is no theme {query.theme!r}", "Add it to themes.ttl")
            for parameter in query.parameters:
                if parameter.choice_list and parameter.choice_list not in lists:
                    raise QueryError(
                        f"{query.name}.rq", f"there is no list of choices {parameter.choice_list!r}",
                        f"Add {CHOICES}/{parameter.choice_list}.rq",
                    )  # fmt: skip
        return cls(queries, themes, lists)

    def __contains__(self, name: str) -> bool:
        return name in self._queries

    def list_all(self) -> list[CannedQuery]:
        """All of them, by theme, order and name."""
        places = {theme.key: number for number, theme in enumerate(self.themes)}
        return sorted(self._queries.values(), key=lambda q: (places.get(q.theme, len(places)), q.order, q.name))

    def by_theme(self) -> list[tuple[Theme, list[CannedQuery]]]:
        """The themes that have queries, each with its queries."""
        listed = self.list_all()
        groups = [(theme, [q for q in listed if q.theme == theme.key]) for theme in self.themes]
        return [(theme, queries) for theme, queries in groups if queries]

    def find(self, name: str) -> CannedQuery:
        """The query of a name. Raises :class:`UnknownQuery` with the names there are."""
        if name not in self._queries:
            raise UnknownQuery(name, sorted(self._queries))
        return self._queries[name]


def choices_query(of_class: str) -> str:
    """The SPARQL that lists the members of a class with all their names, one name a row."""
    return bind(read_internal("queries/choices-of-class"), {"class": [ox.NamedNode(of_class)]})
