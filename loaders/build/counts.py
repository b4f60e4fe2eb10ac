"""How many statements a snapshot has, by class, property and graph: counted once, then kept while it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from pyoxigraph import Literal, NamedNode, Quad, QuerySolution, QuerySolutions, Store, Variable

from loaders.graph.internal import read_internal
from loaders.graph.iris import RDF, RDFS, VOID, Iris
from loaders.graph.mentioned import list_mentioned
from loaders.threads import map_ahead


@dataclass
class Counts:
    """How many statements there are in all, things of each class, statements of each property and graph."""

    triples: int = 0
    classes: Counter[NamedNode] = field(default_factory=Counter)
    properties: Counter[NamedNode] = field(default_factory=Counter)
    graphs: Counter[NamedNode] = field(default_factory=Counter)


def count_all(store: Store, threads: int = 1) -> Counts:
    """The counts of a store, by looking at all of it."""
    counts = Counts(len(store))
    kinds = (
        ("build/property-counts", "property", counts.properties),
        ("build/graph-counts", "graph", counts.graphs),
        ("build/class-counts", "class", counts.classes),
    )
    found = map_ahead(lambda kind: list(cast(QuerySolutions, store.query(read_internal(kind[0])))), kinds, threads)
    for (_, name, counter), rows in zip(kinds, found, strict=True):
        _read_rows(rows, name, counter)
    return counts


def read_counts(store: Store, iris: Iris) -> Counts:
    """The counts of all but its own graph that the description in a store states; those of graphs are left out."""
    dataset, graph = iris.dataset(), iris.graph("dataset")
    counts = Counts(_read_amount(store, dataset, VOID("triples"), graph))
    for predicate, counter, amounts in (
        (VOID("class"), counts.classes, VOID("entities")),
        (VOID("property"), counts.properties, VOID("triples")),
    ):
        for quad in store.quads_for_pattern(None, predicate, None, graph):
            part = cast(NamedNode, quad.subject)
            counter[cast(NamedNode, quad.object)] = _read_amount(store, part, amounts, graph)
    return counts


def _read_amount(store: Store, node: NamedNode, predicate: NamedNode, graph: NamedNode) -> int:
    found = store.quads_for_pattern(node, predicate, None, graph)
    return next((int(cast(Literal, quad.object).value) for quad in found), 0)


class CountedStore:
    """A store that is changed, with its counts as they were (``before``) and as they are, both of changed graphs only.

    ``touched`` are the things of which something was said or is said now, but for those of which only graphs that were
    put in say something; ``labelled`` are those whose label is another.
    """

    def __init__(self, store: Store, iris: Iris) -> None:
        self.store = store
        self.before = read_counts(store, iris)
        self.counts = Counts(self.before.triples, Counter(self.before.classes), Counter(self.before.properties))
        self.touched: set[NamedNode] = set()
        self.labelled: set[NamedNode] = set()
        self._description = iris.graph("dataset")

    def _add_to_graph(self, graph: NamedNode, number: int) -> None:
        if graph not in self.before.graphs:
            amount = _read_amount(self.store, graph, VOID("triples"), self._description)
            self.before.graphs[graph] = self.counts.graphs[graph] = amount
        self.counts.graphs[graph] += number

    def add(self, quads: Iterable[Quad]) -> None:
        """Adds what is not there."""
        new = [q for q in dict.fromkeys(quads) if q not in self.store]
        self.store.extend(new)
        self._count(new, 1)

    def remove(self, quads: Iterable[Quad]) -> None:
        """Removes what is there."""
        gone = [q for q in dict.fromkeys(quads) if q in self.store]
        for quad in gone:
            self.store.remove(quad)
        self._count(gone, -1)

    def remove_graph(self, graph: NamedNode) -> None:
        """Removes a named graph."""
        self.touched.update(list_mentioned(self.store, graph))
        self._count_graph(graph, -1)
        self.store.remove_graph(graph)

    def note_graph(self, graph: NamedNode) -> None:
        """Counts a named graph that was put in and was not there before."""
        self._count_graph(graph, 1)

    def _count(self, quads: Iterable[Quad], sign: int) -> None:
        kind, label = RDF("type"), RDFS("label")
        for quad in quads:
            self.counts.triples += sign
            self.counts.properties[quad.predicate] += sign
            self._add_to_graph(cast(NamedNode, quad.graph_name), sign)
            if isinstance(quad.subject, NamedNode):
                self.touched.add(quad.subject)
            if quad.predicate == kind and isinstance(quad.object, NamedNode):
                self.counts.classes[quad.object] += sign
            elif quad.predicate == label and isinstance(quad.subject, NamedNode):
                self.labelled.add(quad.subject)

    def _count_graph(self, graph: NamedNode, sign: int) -> None:
        classes: Counter[NamedNode] = Counter()
        properties: Counter[NamedNode] = Counter()
        _read_rows(self._ask("build/graph-classes", graph), "class", classes)
        _read_rows(self._ask("build/graph-properties", graph), "property", properties)
        total = properties.total()
        self.counts.triples += sign * total
        self._add_to_graph(graph, sign * total)
        for mine, theirs in ((self.counts.classes, classes), (self.counts.properties, properties)):
            for node, number in theirs.items():
                mine[node] += sign * number

    def _ask(self, query: str, graph: NamedNode) -> QuerySolutions:
        found = self.store.query(read_internal(query), substitutions={Variable("graph"): graph})
        return cast(QuerySolutions, found)


def _read_rows(rows: Iterable[QuerySolution], name: str, counter: Counter[NamedNode]) -> None:
    for row in rows:
        node, amount = row[name], row["n"]
        if isinstance(node, NamedNode) and isinstance(amount, Literal):
            counter[node] += int(amount.value)
