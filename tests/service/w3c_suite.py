"""The W3C's test suite for SPARQL 1.1 as plain values, and answers held against what it expects.

Every data file of the suite becomes a named graph of one store; a test then picks its data by ``default-graph-uri`` and
``named-graph-uri``. So one store and one server do for all tests, and the protocol's choice of a dataset is tested too.

Numbers are compared by value: the store keeps what a number is, not how it was spelled.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox

#: Where the suite is published; its files are named below this, wherever they lie.
PUBLISHED = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
#: A graph that no file fills.
NOTHING = PUBLISHED + "nothing"

EVALUATION = (
    "aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping", "negation",
    "project-expression", "property-path", "subquery", "json-res", "csv-tsv-res",
)  # fmt: skip
SYNTAX = ("syntax-query",)

_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_HT = "http://www.w3.org/2011/http#"
_CNT = "http://www.w3.org/2011/content#"
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_XSD = "http://www.w3.org/2001/XMLSchema#"

_RESULTS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}
#: How an answer is asked for, by the ending of the file that it is held against.
MEDIA_TYPES = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
    ".ttl": "text/turtle",
}
#: The types whose values the store keeps as integers.
_INTEGERS = frozenset(
    (
        "integer", "nonPositiveInteger", "negativeInteger", "long", "int", "short", "byte", "nonNegativeInteger",
        "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "positiveInteger",
    )
)  # fmt: skip
_NUMBERS = frozenset({"decimal", "double", "float"})

Cell = tuple[str, ...]
Row = tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Case:
    """One test. ``kind`` is evaluation, positive or negative; ``data`` and ``graphs`` are files of the suite."""

    id: str
    kind: str
    query: Path
    iri: str
    data: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    result: Path | None = None


@dataclass(frozen=True)
class Exchange:
    """One request of a protocol test, and what its answer must be. ``body`` is None where there is none."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[int, ...]
    boolean: bool | None = None
    form: str = ""


@dataclass(frozen=True)
class ProtocolCase:
    """One test of the protocol: its requests in order, and the graphs that must hold its files."""

    id: str
    exchanges: tuple[Exchange, ...]
    graphs: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The rows of an answer, each as its bound variables and their values."""

    variables: frozenset[str]
    rows: tuple[Row, ...]


class _Manifest:
    """A manifest file as a graph that is asked for one value at a time."""

    def __init__(self, suite: Path, folder: str) -> None:
        self.folder = suite / folder
        self.base = f"{PUBLISHED}{folder}/"
        self.store = ox.Store()
        self.store.load(path=self.folder / "manifest.ttl", format=ox.RdfFormat.TURTLE, base_iri=self.base)

    def entries(self) -> Iterator[ox.NamedNode]:
        for head in self.all(ox.NamedNode(self.base), _MF + "entries"):
            for item in self.list(head):
                assert isinstance(item, ox.NamedNode)
                yield item

    def all(self, subject: object, predicate: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        found = self.store.quads_for_pattern(subject, ox.NamedNode(predicate), None)  # type: ignore[arg-type]
        return [quad.object for quad in found]  # type: ignore[misc]

    def one(self, subject: object, predicate: str) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
        return next(iter(self.all(subject, predicate)), None)

    def text(self, subject: object, predicate: str) -> str:
        found = self.one(subject, predicate)
        return found.value if isinstance(found, ox.Literal | ox.NamedNode) else ""

    def list(self, head: object) -> Iterator[ox.NamedNode | ox.BlankNode | ox.Literal]:
        while head is not None and head != ox.NamedNode(_RDF + "nil"):
            first = self.one(head, _RDF + "first")
            assert first is not None, f"{self.folder}: a list without an item"
            yield first
            head = self.one(head, _RDF + "rest")

    def name(self, iri: str) -> str:
        """A file of the suite as its path below the suite's folder."""
        return iri.removeprefix(PUBLISHED)


def read_cases(suite: Path, folders: Sequence[str]) -> list[Case]:
    """The tests of queries in some folders of the suite, in the order of their manifests."""
    return [case for folder in folders for case in _read_folder(suite, folder)]


def _read_folder(suite: Path, folder: str) -> Iterator[Case]:
    manifest = _Manifest(suite, folder)
    for entry in manifest.entries():
        kinds = {t.value.removeprefix(_MF) for t in manifest.all(entry, _RDF + "type") if isinstance(t, ox.NamedNode)}
        name = f"{folder}/{entry.value.rpartition('#')[2]}"
        action = manifest.one(entry, _MF + "action")
        if kinds & {"PositiveSyntaxTest11", "NegativeSyntaxTest11"}:
            assert isinstance(action, ox.NamedNode), name
            kind = "positive" if "PositiveSyntaxTest11" in kinds else "negative"
            yield Case(name, kind, suite / manifest.name(action.value), action.value)
            continue
        query, result = manifest.text(action, _QT + "query"), manifest.text(entry, _MF + "result")
        yield Case(
            name,
            "evaluation",
            suite / manifest.name(query),
            query,
            tuple(manifest.name(d.value) for d in manifest.all(action, _QT + "data") if isinstance(d, ox.NamedNode)),
            tuple(
                manifest.name(d.value) for d in manifest.all(action, _QT + "graphData") if isinstance(d, ox.NamedNode)
            ),
            suite / manifest.name(result),
        )


def read_protocol(suite: Path) -> list[ProtocolCase]:
    """The tests of the protocol, those of updates too."""
    manifest = _Manifest(suite, "protocol")
    cases = []
    for entry in manifest.entries():
        action = manifest.one(entry, _MF + "action")
        # Requests stand in collections in a collection: ( [ … ] [ … ] ) or ( [ … ] ), each a list of its own.
        exchanges = tuple(
            _read_exchange(manifest, node) for node in _flatten(manifest, manifest.one(action, _HT + "requests"))
        )
        graphs = {}
        for data in manifest.all(entry, _UT + "graphData"):
            label = manifest.text(data, _RDFS + "label")
            graphs[label] = suite / manifest.name(manifest.text(data, _UT + "graph"))
        cases.append(ProtocolCase(entry.value.rpartition("#")[2], exchanges, graphs))
    return cases


def _flatten(manifest: _Manifest, head: object) -> Iterator[object]:
    for item in manifest.list(head):
        if manifest.one(item, _RDF + "first") is not None:
            yield from _flatten(manifest, item)
        else:
            yield item


def _read_exchange(manifest: _Manifest, node: object) -> Exchange:
    headers = {
        manifest.text(h, _HT + "fieldName"): manifest.text(h, _HT + "fieldValue")
        for h in _flatten(manifest, manifest.one(node, _HT + "headers"))
    }
    body = manifest.one(node, _HT + "body")
    content = None
    if body is not None:
        content = manifest.text(body, _CNT + "chars").encode(manifest.text(body, _CNT + "characterEncoding"))
    response = manifest.one(node, _HT + "resp")
    statuses = tuple(
        sorted(int(s.value[-3]) for s in manifest.all(response, _MF + "expectedStatus") if isinstance(s, ox.NamedNode))
    )
    boolean = manifest.text(response, _MF + "expectedBoolean")
    return Exchange(
        manifest.text(node, _HT + "methodName"),
        manifest.text(node, _HT + "absolutePath").replace("/sparql/", "/sparql", 1),
        headers,
        content,
        statuses,
        None if not boolean else boolean == "true",
        manifest.text(response, _MF + "expectedFormat"),
    )


def write_data(suite: Path, cases: Iterable[Case], protocol: Iterable[ProtocolCase], target: Path) -> None:
    """Writes every data file that the tests name into one N-Quads file, each in a graph named by its IRI."""
    graphs = {PUBLISHED + name: suite / name for case in cases for name in (*case.data, *case.graphs)}
    for case in protocol:
        graphs |= case.graphs
    quads = (
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))
        for graph, path in graphs.items()
        for quad in ox.parse(path=path, base_iri=_locate(graph, suite, path), rename_blank_nodes=True)
    )
    ox.serialize(quads, str(target), ox.RdfFormat.N_QUADS)


def _locate(graph: str, suite: Path, path: Path) -> str:
    return graph if graph.startswith(PUBLISHED) else PUBLISHED + path.relative_to(suite).as_posix()


def read_table(content: bytes, ending: str) -> Table | bool:
    """A result in the format of a file's ending, or the answer of an ASK."""
    if ending == ".csv":
        return _read_csv(content.decode("utf-8"))
    results = ox.parse_query_results(content, _RESULTS[ending])
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = [v.value for v in results.variables]
    rows = tuple(
        tuple((name, spell_term(term)) for name, term in zip(names, solution, strict=True) if term is not None)
        for solution in results
    )
    return Table(frozenset(names), tuple(tuple(sorted(row)) for row in rows))


def read_result_graph(content: bytes, base: str) -> Table | list[ox.Triple]:
    """A graph, or the table that a graph describes in the vocabulary of result sets."""
    triples = [quad.triple for quad in ox.parse(content, ox.RdfFormat.TURTLE, base_iri=base)]
    values: dict[object, dict[str, list[object]]] = {}
    for triple in triples:
        values.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
    sets = [v for v in values.values() if ox.NamedNode(_RS + "ResultSet") in v.get(_RDF + "type", [])]
    if not sets:
        return triples
    rows = []
    for solution in sets[0].get(_RS + "solution", []):
        bindings = [values[b] for b in values[solution].get(_RS + "binding", [])]
        cells = ((b[_RS + "variable"][0], b[_RS + "value"][0]) for b in bindings)
        rows.append(tuple(sorted((name.value, spell_term(term)) for name, term in cells)))  # type: ignore[attr-defined]
    names = frozenset(v.value for v in sets[0].get(_RS + "resultVariable", []))  # type: ignore[attr-defined]
    return Table(names, tuple(rows))


def _read_csv(text: str) -> Table:
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    rows = [
        tuple(sorted((name, _spell_csv(value)) for name, value in zip(header, line, strict=True) if value))
        for line in lines
    ]
    return Table(frozenset(header), tuple(rows))


def _spell_csv(value: str) -> Cell:
    if value.startswith("_:"):
        return ("blank", value)
    number = _read_number(value)
    return ("text", value) if number is None else ("number", number)


def spell_term(term: object) -> Cell:
    """A term as strings that are equal where the terms mean the same."""
    if isinstance(term, ox.BlankNode):
        return ("blank", term.value)
    if isinstance(term, ox.NamedNode):
        return ("iri", term.value)
    assert isinstance(term, ox.Literal), term
    kind = term.datatype.value.removeprefix(_XSD)
    number = _read_number(term.value) if kind in _INTEGERS | _NUMBERS else None
    if number is not None:
        return ("literal", number, "integer" if kind in _INTEGERS else kind, "")
    if kind == "boolean":
        return ("literal", {"1": "true", "0": "false"}.get(term.value, term.value), kind, "")
    # Tags of languages differ in case only by spelling (BCP 47).
    return ("literal", term.value, kind, (term.language or "").lower())


def _read_number(text: str) -> str | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite():
        return str(value)
    return format(value.normalize() if value else Decimal(0), "e")


def same_tables(left: Table, right: Table, ordered: bool) -> bool:
    """Whether two results hold the same rows, blank nodes renamed; in the same order if that is asked for."""
    if left.variables != right.variables or len(left.rows) != len(right.rows):
        return False
    if ordered:
        names: dict[str, str] | None = {}
        for one, other in zip(left.rows, right.rows, strict=True):
            names = None if names is None else _match(one, other, names)
        return names is not None
    return _pair(list(left.rows), list(right.rows), {})


def _pair(left: list[Row], right: list[Row], names: dict[str, str]) -> bool:
    if not left:
        return not right
    first, rest = left[0], left[1:]
    tried: set[Row] = set()
    for number, other in enumerate(right):
        if other in tried:
            continue
        tried.add(other)
        longer = _match(first, other, names)
        if longer is not None and _pair(rest, right[:number] + right[number + 1 :], longer):
            return True
        if longer == names:
            # No blank node was renamed for it, so that no other choice can do better.
            return False
    return False


def _match(left: Row, right: Row, names: dict[str, str]) -> dict[str, str] | None:
    """The renaming of blank nodes, made longer so that the rows are the same; None if that is impossible."""
    if len(left) != len(right):
        return None
    longer = dict(names)
    for (name, one), (other_name, other) in zip(left, right, strict=True):
        if name != other_name or one[0] != other[0]:
            return None
        if one[0] != "blank":
            if one != other:
                return None
        elif longer.setdefault(one[1], other[1]) != other[1]:
            return None
    return longer if len(set(longer.values())) == len(longer) else None


def same_graphs(left: Iterable[ox.Triple], right: Iterable[ox.Triple]) -> bool:
    """Whether two graphs are isomorphic."""
    graphs = [
        ox.Dataset(ox.Quad(t.subject, t.predicate, _plain(t.object)) for t in triples) for triples in (left, right)
    ]
    for graph in graphs:
        graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return graphs[0] == graphs[1]


def _plain(term: object) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """The term, a number in one spelling."""
    assert isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal), term
    if isinstance(term, ox.Literal):
        cell = spell_term(term)
        if len(cell) == 4 and term.datatype.value.startswith(_XSD) and not term.language:
            return ox.Literal(cell[1], datatype=ox.NamedNode(_XSD + cell[2]))
    return term
