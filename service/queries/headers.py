"""Headers of canned queries: Turtle in comment lines becomes a :class:`service.queries.query.CannedQuery`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pyoxigraph as ox

from loaders.errors import QueryError
from loaders.graph.canned import PREFIXES, QueryFile, read_file, read_themes
from loaders.settings import DEFAULT_BASE
from service.queries.binding import find_slots
from service.queries.parameters import Parameter
from service.queries.query import CannedQuery, Chart, ChartKind, Column, Pivot, Theme
from service.sparql.tokens import StrayCharacter

_NUMERIC = ("decimal", "integer", "double")
_Node = ox.NamedNode | ox.BlankNode | ox.Literal


def read_query(path: Path, base: str = DEFAULT_BASE) -> CannedQuery:
    """Reads one query file. Raises :class:`loaders.errors.QueryError` if its header or its slots are wrong."""
    file = read_file(path, base)
    try:
        graph = _Header(file.triples(), base)
        slots = find_slots(file.sparql)
    except (QueryError, StrayCharacter) as error:
        raise QueryError(str(path), f"its header or its SPARQL cannot be read ({error})", "Mend the file") from error
    return _HeaderReader(path, file, graph, slots).read()


def list_themes(base: str = DEFAULT_BASE, folder: Path | None = None) -> list[Theme]:
    """The themes of ``themes.ttl``, in their order."""
    graph = _Header(read_themes(base, folder), base)
    found = [
        Theme(
            node.value.rpartition("#")[2],
            graph.texts(node, "skos:prefLabel"),
            graph.texts(node, "skos:definition"),
            int(graph.one(node, "sh:order") or 0),
        )
        for node in graph.subjects("skos:prefLabel")
    ]
    return sorted(found, key=lambda theme: (theme.order, theme.key))


class _HeaderReader:
    """Reads one header."""

    def __init__(self, path: Path, file: QueryFile, graph: _Header, slots: Mapping[str, object]) -> None:
        self.path, self.file, self.graph, self.slots = path, file, graph, slots
        self.node = ox.NamedNode(file.iri)

    def read(self) -> CannedQuery:
        graph, node = self.graph, self.node
        title = graph.texts(node, "rdfs:label")
        if not title:
            raise self._wrong("its header has no rdfs:label", "Begin the file with lines '#: <> rdfs:label …'")
        parameters = sorted(graph.values(node, "sh:parameter"), key=lambda p: int(graph.one(p, "sh:order") or 0))
        return CannedQuery(
            name=self.path.stem,
            text=self.file.text,
            title=title,
            description=graph.texts(node, "rdfs:comment"),
            row=graph.texts(node, "skos:scopeNote"),
            theme=graph.one(node, "dcat:theme").rpartition("#")[2],
            keywords=graph.lists(node, "dcat:keyword"),
            parameters=tuple(self._read_parameter(p) for p in parameters),
            columns=tuple(self._read_column(c) for c in graph.items(node, "csvw:tableSchema", "csvw:column")),
            header=self.file.header,
            sparql=self.file.sparql,
            order=int(graph.one(node, "sh:order") or 0),
            charts=tuple(self._read_chart(c) for c in graph.values(node, "gk:chart")),
            pivot=next((self._read_pivot(p) for p in graph.values(node, "gk:pivot")), None),
            evidence=self._read_evidence(),
            minimum_rows=int(graph.one(node, "gk:minimumRows") or 0),
            needs=tuple(v.value for v in graph.values(node, "gk:needs")),
            forms=tuple(v.value for v in graph.values(node, "gk:readsForm")),
        )

    def _wrong(self, problem: str, remedy: str) -> QueryError:
        return QueryError(str(self.path), problem, remedy)

    def _read_evidence(self) -> tuple[str, ...]:
        """One variable, or a list of them in their order."""
        found = self.graph.values(self.node, "gk:evidenceVariable")
        if found and not isinstance(found[0], ox.Literal):
            return tuple(v.value for v in self.graph.items(self.node, "gk:evidenceVariable"))
        return tuple(v.value for v in found)

    def _read_parameter(self, node: _Node) -> Parameter:
        graph = self.graph
        name = graph.one(node, "sh:path").rpartition("#")[2]
        slot = next((s for s in (name, f"{name}Asked") if s in self.slots), None)
        if slot is None:
            raise self._wrong(f"the parameter {name!r} has no slot", f"Add VALUES ?{name} {{ UNDEF }} to it")
        minimum, maximum = graph.one(node, "sh:minInclusive"), graph.one(node, "sh:maxInclusive")
        options = graph.values(node, "gk:option")
        titles = {graph.one(o, "rdf:value"): graph.texts(o, "rdfs:label") for o in options}
        return Parameter(
            name=name,
            slot=slot,
            kind=graph.one(node, "sh:datatype").rpartition("#")[2] or "iri",
            title=graph.texts(node, "sh:name"),
            description=graph.texts(node, "sh:description"),
            of_class=graph.one(node, "sh:class"),
            options=tuple(v.value for v in graph.items(node, "sh:in")) or tuple(titles),
            defaults=tuple(v.value for v in graph.values(node, "sh:defaultValue")),
            optional=graph.one(node, "sh:optional") != "false",
            minimum=Decimal(minimum) if minimum else None,
            maximum=Decimal(maximum) if maximum else None,
            choice_list=graph.one(node, "gk:choices").rpartition("/")[2],
            option_titles=titles,
            alone=graph.one(node, "gk:alone") == "true",
        )

    def _read_column(self, node: _Node) -> Column:
        graph = self.graph
        datatype = graph.one(node, "csvw:datatype").rpartition("#")[2] or "string"
        return Column(
            name=graph.one(node, "csvw:name"),
            title=graph.texts(node, "csvw:title"),
            link=graph.one(node, "csvw:valueUrl").strip("{}"),
            numeric=datatype in _NUMERIC,
            language=graph.one(node, "csvw:lang"),
            datatype=datatype,
            unit=graph.one(node, "gk:unit").rpartition("#unit")[2].upper(),
            description=graph.texts(node, "rdfs:comment"),
        )

    def _read_chart(self, node: _Node) -> Chart:
        kind: ChartKind | None = next((k for k in get_args(ChartKind) if k == self._one(node, "Kind")), None)
        if kind is None:
            kinds = ", ".join(get_args(ChartKind))
            raise self._wrong(f"its chart is of no known kind ({self._one(node, 'Kind')!r})", f"Choose one of: {kinds}")
        names = ("value", "label", "series", "key", "parent", "source", "target")
        panels = tuple(v.value for v in self.graph.items(node, "gk:chartPanel")) or tuple(
            v.value for v in self.graph.values(node, "gk:chartPanel") if isinstance(v, ox.Literal)
        )
        return Chart(kind, **{name: self._one(node, name.capitalize()) for name in names}, panel=panels)

    def _one(self, node: _Node, name: str) -> str:
        return self.graph.one(node, f"gk:chart{name}")

    def _read_pivot(self, node: _Node) -> Pivot:
        return Pivot(*(self.graph.one(node, f"gk:pivot{name}") for name in ("Rows", "Columns", "Value")))


class _Header:
    """The statements of a header, looked up by prefixed names."""

    def __init__(self, triples: Iterable[ox.Triple], base: str) -> None:
        self._prefixes = {**PREFIXES, "gk": f"{base}ontology#"}
        self._objects: dict[tuple[str, str], list[_Node]] = {}
        for each in triples:
            value = each.object
            assert isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal)
            self._objects.setdefault((str(each.subject), each.predicate.value), []).append(value)

    def _expand(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return self._prefixes[prefix] + local

    def subjects(self, name: str) -> list[ox.NamedNode]:
        wanted = self._expand(name)
        return [ox.NamedNode(s[1:-1]) for s, p in self._objects if p == wanted and s.startswith("<")]

    def values(self, node: _Node, name: str) -> list[_Node]:
        return self._objects.get((str(node), self._expand(name)), [])

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
        rdf = PREFIXES["rdf"]
        while first := self._objects.get((str(node), f"{rdf}first")):
            found.append(first[0])
            node = self._objects[(str(node), f"{rdf}rest")][0]
        return found
