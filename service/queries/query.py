"""What a canned query is: its SPARQL with open slots, and what its header says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pyoxigraph as ox

from service.errors import BadParameter
from service.queries.binding import Term, bind, find_slots
from service.queries.parameters import Choice, Parameter, Text

ChartKind = Literal["bar", "line", "treemap", "sankey"]

#: The slot that takes the language of labels; it is no parameter.
LANGUAGE_SLOT = "lang"


@dataclass(frozen=True)
class Theme:
    """A group of queries in the catalogue; ``order`` is its place among the themes."""

    key: str
    title: Text
    description: Text
    order: int = 0


@dataclass(frozen=True)
class Column:
    """A column of the result. ``link`` is the name of the column that holds the IRI behind its value.

    ``language`` is "zh" or "en" for a column whose words are in that language: only such pages show it. ``datatype`` is
    the name of an XSD datatype; a year is gYear and no number. ``unit`` is a unit's key where all rows share it.
    """

    name: str
    title: Text
    link: str = ""
    numeric: bool = False
    language: str = ""
    datatype: str = "string"
    unit: str = ""
    description: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """How the result may be drawn; every field but ``kind`` names a variable, "" where there is none.

    ``label`` is the category axis of a bar chart, the x axis of a line chart, the words on a tile of a treemap;
    ``value`` the number; ``series`` what is told apart by colour. A treemap's tile has a ``key`` and the key of its
    ``parent``; a parent's value is its own printed total, never to be added to its children's. A sankey's flows go
    from ``source`` to ``target``. ``panel`` are variables of which each value has a drawing of its own.
    """

    kind: ChartKind
    value: str
    label: str = ""
    series: str = ""
    key: str = ""
    parent: str = ""
    source: str = ""
    target: str = ""
    panel: tuple[str, ...] = ()

    def variables(self) -> tuple[str, ...]:
        """The variables that it draws."""
        fields = (self.label, self.value, self.series, self.key, self.parent, self.source, self.target, *self.panel)
        return tuple(name for name in fields if name)


@dataclass(frozen=True)
class Pivot:
    """The pivot to begin with: a variable for rows, one for columns, a numeric one for the cells."""

    rows: str
    columns: str
    value: str


@dataclass(frozen=True)
class CannedQuery:
    """One canned query: its name, its SPARQL with the slots open, its header.

    ``text`` is the whole file, ``header`` the Turtle. ``evidence`` are the variables that hold the fragments of text
    which state a row, the row's own first; several fragments in one value are separated by a space. ``minimum_rows``
    is how many rows the five documents give at least, with the defaults. ``needs`` are the IRIs of the classes of
    facts, ``forms`` the official forms that it reads: where a document has none, the query can find nothing in it.
    """

    name: str
    text: str
    title: Text
    description: Text
    row: Text
    theme: str = ""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[Column, ...] = ()
    header: str = ""
    sparql: str = ""
    order: int = 0
    charts: tuple[Chart, ...] = ()
    pivot: Pivot | None = None
    evidence: tuple[str, ...] = ()
    minimum_rows: int = 0
    needs: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()

    @property
    def localised(self) -> bool:
        """Whether its labels come in the language asked for."""
        return LANGUAGE_SLOT in find_slots(self.sparql)

    def fill(
        self,
        given: Mapping[str, Sequence[str]],
        choices: Mapping[str, Sequence[Choice]],
        language: str = "zh",
    ) -> str:
        """The SPARQL with the values given, each bound as a term, its labels in a language.

        Raises :class:`BadParameter` for an unknown parameter or a value that is not of its type.
        """
        names = [p.name for p in self.parameters]
        for name in given:
            if name not in names:
                raise BadParameter(
                    name, f"{self.name} has no such parameter", f"It takes: {', '.join(names) or 'none'}", names
                )
        terms: dict[str, list[Term]] = {
            p.slot: p.read(given.get(p.name, ()), choices.get(p.name, ())) for p in self.parameters
        }
        if self.localised:
            terms[LANGUAGE_SLOT] = [ox.Literal(language)]
        return bind(self.sparql, terms)
