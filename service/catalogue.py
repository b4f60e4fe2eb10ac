"""The canned queries: files of plain SPARQL, each with a header in Turtle that says what it asks.

A file ``queries/<name>.rq`` begins with comment lines ``#: …``. Without the ``#:`` they are Turtle about ``<>``, the
query: a ``sh:SPARQLSelectExecutable`` with titles, descriptions, ``sh:parameter`` and the columns as CSVW. So a query
file is run by any SPARQL tool as it is, and its header is published as it is. A parameter ``sh:path <#year>`` fills the
slot ``VALUES ?year { UNDEF }``, or ``VALUES ?yearAsked { UNDEF }`` where the query computes a column of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox

from loaders.errors import QueryError
from loaders.resources import queries_folder
from loaders.settings import DEFAULT_BASE
from service.binding import Term, bind, find_slots, rebase
from service.guard import KNOWN_PREFIXES
from service.tokens import StrayCharacter

MARK = "#:"
ALL = "all"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SHOWN_CHOICES = 20
_MOST_DIGITS = 40

Text = Mapping[str, str]


class UnknownQuery(QueryError):
    """There is no canned query of this name; ``choices`` are the names there are."""

    def __init__(self, name: str, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)
        super().__init__(f"query {name!r}", "there is none of this name", f"Choose one of: {', '.join(choices)}")


class BadParameter(QueryError):
    """A parameter is unknown or its value is not of its type; ``choices`` are those there are, if they are few."""

    def __init__(self, name: str, problem: str, remedy: str, choices: Sequence[str] = ()) -> None:
        self.parameter = name
        self.choices = tuple(choices)
        super().__init__(f"parameter {name!r}", problem, remedy)


@dataclass(frozen=True)
class Choice:
    """A value that a parameter takes: what the user writes, the term it stands for, further names of it."""

    value: str
    term: Term
    label: str = ""
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Parameter:
    """A parameter. ``kind`` is "iri" or the name of an XSD datatype; ``of_class`` the class whose members it takes.

    ``slot`` is the variable it fills, ``options`` the literal values it takes, ``defaults`` those it has by itself.
    """

    name: str
    slot: str
    kind: str
    title: Text
    description: Text
    of_class: str = ""
    options: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    optional: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    def read(self, values: Sequence[str], choices: Sequence[Choice] = ()) -> list[Term]:
        """The terms of what a user wrote; none where everything is meant.

        Raises :class:`BadParameter` with the choices if a value is not of this parameter's type.
        """
        given = [v.strip() for v in values if v.strip()] or list(self.defaults)
        if ALL in (v.lower() for v in given):
            return []
        if not given and not self.optional:
            raise BadParameter(self.name, "a value is needed", self._remedy(choices), self._list(choices))
        return [self._read_one(v, choices) for v in given]

    def _read_one(self, value: str, choices: Sequence[Choice]) -> Term:
        if self.kind == "iri":
            for choice in choices:
                if value in (choice.value, choice.term.value, choice.label) or value in choice.names:
                    return choice.term
            raise BadParameter(self.name, f"{value[:80]!r} is not known", self._remedy(choices), self._list(choices))
        if self.options and value not in self.options:
            raise BadParameter(self.name, f"{value[:80]!r} is not known", self._remedy(()), self.options)
        if self.kind == "string":
            return ox.Literal(value)
        try:
            number = Decimal(value)
            if not number.is_finite():
                raise InvalidOperation
            whole = number == number.to_integral_value()
        except (InvalidOperation, ValueError):
            raise BadParameter(self.name, f"{value[:80]!r} is no number", self._remedy(())) from None
        # An exponent such as 1e999999999 would be written out in full below.
        if abs(number.adjusted()) > _MOST_DIGITS or (self.kind == "integer" and not whole):
            raise BadParameter(self.name, f"{value[:80]!r} is no {self.kind}", self._remedy(()))
        if (self.minimum is not None and number < self.minimum) or (self.maximum is not None and number > self.maximum):
            raise BadParameter(self.name, f"{value[:80]} is out of range", self._remedy(()))
        return ox.Literal(f"{number:f}", datatype=ox.NamedNode(_XSD + self.kind))

    def _list(self, choices: Sequence[Choice]) -> tuple[str, ...]:
        return self.options or tuple(c.value for c in choices)

    def _remedy(self, choices: Sequence[Choice]) -> str:
        if self.options:
            return f"Choose one of: {', '.join((*self.options, ALL))}"
        if choices:
            shown = ", ".join(f"{c.value} ({c.label})" if c.label else c.value for c in choices[:_SHOWN_CHOICES])
            rest = len(choices) - _SHOWN_CHOICES
            return f"Choose one of: {shown}{f' and {rest} more' if rest > 0 else ''}; or {ALL}"
        if self.of_class:
            return "The store holds nothing of this kind; build it first: gongkai build"
        low, high = self.minimum, self.maximum
        between = f" from {low} to {high}" if low is not None and high is not None else ""
        return f"Write a value of type {self.kind}{between}, or {ALL}"


@dataclass(frozen=True)
class Column:
    """A column of the result. ``link`` is the name of the column that holds the IRI behind its value.

    ``language`` is "zh" or "en" for a column whose words are in that language: only such pages show it.
    """

    name: str
    title: Text
    link: str = ""
    numeric: bool = False
    language: str = ""


@dataclass(frozen=True)
class CannedQuery:
    """One canned query: its name, its SPARQL with the slots open, its header."""

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

    @property
    def sparql(self) -> str:
        """The query without its header."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(MARK)).lstrip("\n")

    def fill(self, given: Mapping[str, Sequence[str]], choices: Mapping[str, Sequence[Choice]]) -> str:
        """The SPARQL with the values given, each bound as a term.

        Raises :class:`BadParameter` for an unknown parameter or a value that is not of its type.
        """
        names = [p.name for p in self.parameters]
        for name in given:
            if name not in names:
                raise BadParameter(
                    name, f"{self.name} has no such parameter", f"It takes: {', '.join(names) or 'none'}", names
                )
        terms = {p.slot: p.read(given.get(p.name, ()), choices.get(p.name, ())) for p in self.parameters}
        return bind(self.sparql, terms)


class QueryCatalogue:
    """All canned queries of a folder, by name."""

    def __init__(self, queries: Sequence[CannedQuery]) -> None:
        self._queries = {q.name: q for q in queries}

    @classmethod
    def load(cls, base: str = DEFAULT_BASE, folder: Path | None = None) -> QueryCatalogue:
        """Reads every ``*.rq`` of the folder. Raises QueryError if a header is wrong."""
        files = sorted((folder or queries_folder()).glob("*.rq"))
        return cls([read_query(path, base) for path in files])

    def list_all(self) -> list[CannedQuery]:
        """All of them, by theme and name."""
        return sorted(self._queries.values(), key=lambda q: (q.theme, q.name))

    def find(self, name: str) -> CannedQuery:
        """The query of a name. Raises :class:`UnknownQuery` with the names there are."""
        if name not in self._queries:
            raise UnknownQuery(name, sorted(self._queries))
        return self._queries[name]


def choices_query(of_class: str) -> str:
    """The SPARQL that lists the members of a class with all their names, one name a row."""
    return bind(_CHOICES, {"class": [ox.NamedNode(of_class)]})


_CHOICES = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?value ?label ?name WHERE {
  VALUES ?class { UNDEF }
  ?value a ?class .
  OPTIONAL { ?value rdfs:label ?label . FILTER(LANG(?label) = "zh") }
  OPTIONAL { ?value rdfs:label|skos:prefLabel|skos:altLabel|skos:hiddenLabel ?name }
} ORDER BY ?value
"""


def read_query(path: Path, base: str = DEFAULT_BASE) -> CannedQuery:
    """Reads one query file. Raises :class:`loaders.errors.QueryError` if its header or its slots are wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(str(path), f"it cannot be read ({error})", "Mend the file; it is UTF-8 text") from error
    text = rebase(text, base)
    lines = [line.removeprefix(MARK) for line in text.splitlines() if line.startswith(MARK)]
    prefixes = {**KNOWN_PREFIXES, "csvw": "http://www.w3.org/ns/csvw#", "gk": f"{base}ontology#"}
    turtle = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in prefixes.items()) + "\n".join(lines)
    this = f"{base}queries/{path.stem}"
    try:
        graph = _Header(ox.parse(turtle, ox.RdfFormat.TURTLE, base_iri=this), prefixes)
        slots = find_slots(text)
    except (SyntaxError, StrayCharacter) as error:
        raise QueryError(str(path), f"its header or its SPARQL cannot be read ({error})", "Mend the file") from error
    node = ox.NamedNode(this)
    title = graph.texts(node, "rdfs:label")
    if not title:
        raise QueryError(str(path), "its header has no rdfs:label", "Begin the file with lines '#: <> rdfs:label …'")
    parameters = sorted(graph.values(node, "sh:parameter"), key=lambda p: int(graph.one(p, "sh:order") or 0))
    return CannedQuery(
        path.stem,
        text,
        title,
        graph.texts(node, "rdfs:comment"),
        graph.texts(node, "skos:scopeNote"),
        graph.one(node, "dcat:theme"),
        graph.lists(node, "dcat:keyword"),
        tuple(_read_parameter(path, graph, p, slots) for p in parameters),
        tuple(_read_column(graph, c) for c in graph.items(node, "csvw:tableSchema", "csvw:column")),
        turtle,
    )


def _read_parameter(path: Path, graph: _Header, node: _Node, slots: Mapping[str, object]) -> Parameter:
    name = graph.one(node, "sh:path").rpartition("#")[2]
    slot = next((s for s in (name, f"{name}Asked") if s in slots), None)
    if slot is None:
        raise QueryError(str(path), f"the parameter {name!r} has no slot", f"Add VALUES ?{name} {{ UNDEF }} to it")
    minimum, maximum = graph.one(node, "sh:minInclusive"), graph.one(node, "sh:maxInclusive")
    return Parameter(
        name,
        slot,
        graph.one(node, "sh:datatype").rpartition("#")[2] or "iri",
        graph.texts(node, "sh:name"),
        graph.texts(node, "sh:description"),
        graph.one(node, "sh:class"),
        tuple(v.value for v in graph.items(node, "sh:in")),
        tuple(v.value for v in graph.values(node, "sh:defaultValue")),
        graph.one(node, "sh:optional") != "false",
        Decimal(minimum) if minimum else None,
        Decimal(maximum) if maximum else None,
    )


def _read_column(graph: _Header, node: _Node) -> Column:
    return Column(
        graph.one(node, "csvw:name"),
        graph.texts(node, "csvw:title"),
        graph.one(node, "csvw:valueUrl").strip("{}"),
        graph.one(node, "csvw:datatype").endswith(("decimal", "integer")),
        graph.one(node, "csvw:lang"),
    )


_Node = ox.NamedNode | ox.BlankNode | ox.Literal


class _Header:
    """The statements of a header, looked up by prefixed names."""

    def __init__(self, quads: ox.QuadParser, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._objects: dict[tuple[str, str], list[_Node]] = {}
        for quad in quads:
            self._objects.setdefault((str(quad.subject), quad.predicate.value), []).append(quad.object)

    def values(self, node: _Node, name: str) -> list[_Node]:
        prefix, _, local = name.partition(":")
        return self._objects.get((str(node), self._prefixes[prefix] + local), [])

    def one(self, node: _Node, name: str) -> str:
        found = self.values(node, name)
        return found[0].value if found else ""

    def texts(self, node: _Node, name: str) -> dict[str, str]:
        return {v.language or "": v.value for v in self.values(node, name) if isinstance(v, ox.Literal)}

    def lists(self, node: _Node, name: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for value in self.values(node, name):
            if isinstance(value, ox.Literal):
                found[value.language or ""] = (*found.get(value.language or "", ()), value.value)
        return found

    def items(self, node: _Node, *path: str) -> list[_Node]:
        """The members of the RDF list at the end of a path."""
        for name in path:
            node = next(iter(self.values(node, name)), ox.Literal(""))
        found: list[_Node] = []
        rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        while first := self._objects.get((str(node), f"{rdf}first")):
            found.append(first[0])
            node = self._objects[(str(node), f"{rdf}rest")][0]
        return found
