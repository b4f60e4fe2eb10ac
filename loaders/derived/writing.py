"""What is derived, as quads in the graph ``graph/derived``, marked as derived and saying from what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Quad, Store

from loaders import __version__
from loaders.derived.cells import DocumentEntry, Source, list_documents, list_sources
from loaders.derived.cubes import (
    COUNTS,
    EXPENDITURE,
    MEMBER,
    QUANTITIES,
    SCOPED,
    CubeWriter,
    Member,
    list_members,
    relist_members,
)
from loaders.derived.quantities import QuantityRollUp, Value, choose_values, read_values
from loaders.derived.rollups import RollUp, make_rollups
from loaders.derived.years import compare_agency, group_instruments, group_units, unite_instruments
from loaders.graph.iris import PROV, RDF, RDFS, SKOS, XSD, Iris
from loaders.graph.writer import format_decimal
from loaders.quantities.items import ITEMS
from loaders.threads import map_ahead

_VERDICTS = {
    "holds": "verdictHolds",
    "holds within rounding": "verdictRounding",
    "contradicted": "verdictContradicted",
    "not checkable": "verdictNotCheckable",
}
#: The kind of document that an amount of each phase belongs to.
_KINDS = {"phaseBudget": "kindBudget", "phaseAdjusted": "kindAccounts", "phaseFinal": "kindAccounts"}
_LEVELS = {0: "levelWhole", 3: "levelLei", 5: "levelKuan", 7: "levelXiang"}
_TITLES = {
    "zh": "推算所得：支出汇总、上位科目的传递闭包、机构与职责的年度变化，均非文件原文",
    "en": "Derived: sums of expenditure, all codes above a code, changes between years; no document states them",
}

_ITEM_NAMES = {item.id: item.zh for item in ITEMS}

Statement = tuple[NamedNode, NamedNode, NamedNode | Literal]


@dataclass(frozen=True, slots=True)
class Part:
    """What is derived for one reason, such as the sums of one agency and year: replaced as a whole, or kept.

    ``name`` tells parts apart. :data:`loaders.derived.cubes.MEMBER` statements among the others belong to no graph.
    """

    name: str
    statements: tuple[Statement, ...]


#: Whose sums, or values, a document has: document, agency, year.
Tell = Callable[[NamedNode, NamedNode, int], None]


def derive(store: Store, base: str) -> Iterator[Quad]:
    """What follows from the documents in ``store``; the same store gives the same.

    A sum that is no document's is a ``gk:RollUp`` with ``gk:sum``, never a ``gk:Figure`` with ``gk:amount``: a query
    that adds up figures does not count it.
    """
    iris = Iris(base)
    graph = iris.graph("derived")
    members: dict[NamedNode, set[NamedNode | Literal]] = defaultdict(set)
    for part in derive_parts(store, iris):
        for subject, predicate, value in part.statements:
            if predicate == MEMBER:
                members[subject].add(value)
            else:
                yield Quad(subject, predicate, value, graph)
    for part in describe_cubes(iris, members):
        yield from (Quad(*statement, graph) for statement in part.statements)


def derive_parts(
    store: Store,
    iris: Iris,
    tell_sums: Tell = lambda *_: None,
    tell_values: Tell = lambda *_: None,
    threads: int = 1,
) -> Iterator[Part]:
    """All parts but the description of the cubes, which is made of their members."""
    labels = Labels(store)
    yield describe_graph(iris)
    yield from sum_up(store, iris, labels, tell=tell_sums, threads=threads)
    yield from choose(store, iris, labels, tell=tell_values)
    yield close(store)
    for agency, units in group_units(store, iris).items():
        yield compare(store, iris, agency, units)
    for number, same in group_instruments(store, iris).items():
        yield unite(number, same)


def describe_graph(iris: Iris) -> Part:
    """What the graph of all that is derived is."""
    return Part("about", tuple(_describe(iris.graph("derived"), iris)))


def sum_up(
    store: Store,
    iris: Iris,
    labels: Labels,
    documents: Iterable[NamedNode] | None = None,
    wanted: Container[tuple[str, int]] | None = None,
    tell: Tell = lambda *_: None,
    threads: int = 1,
) -> Iterator[Part]:
    """The sums of each agency and year; with ``wanted`` of these only, for which ``documents`` state something."""
    kinds = {iris.gk(phase).value: iris.gk(kind).value for phase, kind in _KINDS.items()}
    cubes = CubeWriter(iris)

    def sources() -> Iterator[tuple[DocumentEntry, list[Source]]]:
        entries = (
            list_documents(store, iris)
            if documents is None
            else [entry for node in documents for entry in list_documents(store, iris, node)]
        )
        for entry, found in map_ahead(lambda e: (e, list(list_sources(store, iris, e.node))), entries, threads):
            for agency, year in {(s.cells[0].agency, s.cells[0].year) for s in found if s.cells}:
                tell(entry.node, agency, year)
            yield entry, found

    rollups = make_rollups(sources(), labels, kinds, wanted)
    for (agency, year), group in groupby(rollups, key=lambda r: (r.agency, r.year)):
        statements = (s for rollup in group for s in _write_rollup(rollup, iris, labels, cubes))
        yield Part(name_sums(agency.value, year), tuple(statements))


def name_sums(agency: str, year: int) -> str:
    """The name of the part with the sums of an agency and year."""
    return f"sums/{agency}/{year}"


def choose(
    store: Store,
    iris: Iris,
    labels: Labels,
    documents: Iterable[NamedNode] | None = None,
    wanted: Container[tuple[str, int]] | None = None,
    tell: Tell = lambda *_: None,
) -> Iterator[Part]:
    """The standard quantities of each agency and year, as :func:`sum_up` gives sums.

    Heads may be those of the year before: ``documents`` that state values of that year must be there too.
    """
    cubes = CubeWriter(iris)

    def values() -> Iterator[Value]:
        for document in (None,) if documents is None else documents:
            for value in read_values(store, iris, document):
                tell(value.document, value.agency, value.year)
                yield value

    chosen = [c for c in choose_values(values()) if wanted is None or (c.value.agency.value, c.value.year) in wanted]
    for (agency, year), group in groupby(chosen, key=lambda c: (c.value.agency, c.value.year)):
        statements = (s for each in group for s in _write_quantity(each, iris, labels, cubes))
        yield Part(name_values(agency.value, year), tuple(statements))


def name_values(agency: str, year: int) -> str:
    """The name of the part with the standard quantities of an agency and year."""
    return f"values/{agency}/{year}"


def close(store: Store) -> Part:
    """What stands above each concept."""
    return Part("broader", tuple(close_broader(store)))


def compare(store: Store, iris: Iris, agency: NamedNode, units: Iterable[NamedNode]) -> Part:
    """What changed between the years of one agency, among whose divisions and duties ``units`` are all."""
    return Part(f"years/{agency.value}", tuple(compare_agency(store, iris, agency, units)))


def unite(number: str, same: Iterable[NamedNode]) -> Part:
    """The instruments that bear one number."""
    return Part(f"instrument/{number}", tuple(unite_instruments(same)))


def describe_cubes(iris: Iris, members: Mapping[NamedNode, Iterable[Member]]) -> Iterator[Part]:
    """The cubes, and the lists of the members that their dimensions have."""
    yield describe_constraints(iris, members)
    for constraint, found in members.items():
        yield from (Part(name, statements) for name, statements in list_members(constraint, found))


def describe_constraints(iris: Iris, constraints: Container[NamedNode]) -> Part:
    """The cubes without lists of members; ``constraints`` are those of dimensions that have any."""
    return Part("cubes", tuple(CubeWriter(iris).describe(constraints)))


def relist(constraint: NamedNode, members: Iterable[Member], changed: Iterable[Member]) -> Iterator[Part]:
    """Of the list of a dimension's members the parts that differ once some have come or gone."""
    return (Part(name, statements) for name, statements in relist_members(constraint, members, changed))


def _describe(graph: NamedNode, iris: Iris) -> Iterator[Statement]:
    activity = iris.derivation()
    yield graph, RDF("type"), PROV("Entity")
    yield graph, PROV("wasGeneratedBy"), activity
    yield activity, RDF("type"), PROV("Activity")
    yield activity, PROV("wasAssociatedWith"), iris.thing(f"software/gongkai-{__version__}")
    for language, title in _TITLES.items():
        yield graph, RDFS("label"), Literal(title, language=language)


def close_broader(store: Store) -> Iterator[Statement]:
    """``skos:broaderTransitive`` from each concept to all that are above it."""
    above: dict[NamedNode, list[NamedNode]] = {}
    for quad in store.quads_for_pattern(None, SKOS("broader"), None, None):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            above.setdefault(quad.subject, []).append(quad.object)
    for concept in sorted(above, key=lambda node: node.value):
        reached: dict[NamedNode, None] = {}
        waiting = list(above[concept])
        while waiting:
            node = waiting.pop()
            # A circle ends here: a concept is not above itself, whatever a list says.
            if node != concept and node not in reached:
                reached[node] = None
                waiting += above.get(node, ())
        for node in sorted(reached, key=lambda n: n.value):
            yield concept, SKOS("broaderTransitive"), node


#: kind of roll-up -> its cube, the name of its measure
_QUANTITY_CUBES = {"whole": QUANTITIES, "scoped": SCOPED, "count": COUNTS}


def _write_quantity(chosen: QuantityRollUp, iris: Iris, labels: Labels, cubes: CubeWriter) -> Iterator[Statement]:
    gk, value, cube = iris.gk, chosen.value, _QUANTITY_CUBES[chosen.kind]
    node = name_quantity(chosen, iris)
    quantity = iris.thing(f"quantity/{value.item}")
    facts: dict[str, NamedNode | Literal] = {
        "agency": value.agency,
        "fiscalYear": Literal(f"{value.year:04d}", datatype=XSD("gYear")),
        "quantity": quantity,
        cube.measure: _decimal(value.number),
        "unit": gk(value.unit),
        "degree": gk(value.degree),
    }
    if chosen.kind != "count":
        facts |= {"phase": gk(value.phase), "valueScope": gk(value.scope)}
    yield node, RDF("type"), gk("QuantityRollUp")
    words = [labels.get(value.agency, ""), f"{value.year}年", labels.get(gk(value.phase), "") if value.phase else ""]
    yield node, RDFS("label"), Literal(" ".join(w for w in (*words, _ITEM_NAMES[value.item]) if w), language="zh")
    yield node, gk("year"), Literal(str(value.year), datatype=XSD("integer"))
    yield from cubes.observe(cube, node, facts)
    if chosen.per_head is not None and chosen.people is not None:
        yield node, gk("perHead"), _decimal(chosen.per_head)
        yield node, gk("heads"), name_quantity(QuantityRollUp(chosen.people, "count"), iris)
    if chosen.plan is not None:
        yield node, gk("plannedAs"), name_quantity(QuantityRollUp(chosen.plan, "whole"), iris)
    yield node, PROV("wasDerivedFrom"), value.node


def name_quantity(chosen: QuantityRollUp, iris: Iris) -> NamedNode:
    """The IRI of an office's value: agency, year and phase, quantity, and the scope if it is a narrower one."""
    value = chosen.value
    time = f"{value.year}-{value.phase.removeprefix('phase').lower()}" if value.phase else str(value.year)
    scope = f"/{value.scope.removeprefix('scope').lower()}" if chosen.kind == "scoped" else ""
    agency = value.agency.value.rpartition("/")[2]
    return iris.thing(f"quantity-rollup/{agency}/{time}/{value.item}{scope}")


def _write_rollup(rollup: RollUp, iris: Iris, labels: Labels, cubes: CubeWriter) -> Iterator[Statement]:
    gk = iris.gk
    node = name_rollup(rollup, iris)
    yield node, RDF("type"), gk("RollUp")
    code = iris.code(rollup.classification, rollup.code) if rollup.code else gk("codeWhole")
    label = label_sum(labels, rollup.agency, rollup.year, rollup.phase, code if rollup.code else None)
    yield node, RDFS("label"), label
    yield node, gk("year"), Literal(str(rollup.year), datatype=XSD("integer"))
    facts: dict[str, NamedNode | Literal] = {
        "agency": rollup.agency,
        "fiscalYear": Literal(f"{rollup.year:04d}", datatype=XSD("gYear")),
        "phase": rollup.phase,
        "classification": iris.scheme(rollup.classification),
        "rollUpCode": code,
        "rollUpLevel": gk(_LEVELS[len(rollup.code)]),
        "extent": Literal(rollup.source.extent),
        "sum": _decimal(rollup.total),
        "unit": gk("unitCny"),
        "sumVerdict": gk(_VERDICTS[rollup.verdict]),
        "codesInferred": Literal("true" if rollup.inferred else "false", datatype=XSD("boolean")),
    }
    yield from cubes.observe(EXPENDITURE, node, facts)
    yield from ((node, gk("sums"), cell.figure) for cell in rollup.cells)
    yield from ((node, gk("printedTotal"), cell.figure) for cell in rollup.printed)
    if rollup.difference is not None:
        yield node, gk("sumDifference"), _decimal(rollup.difference)
        yield node, gk("sumTolerance"), _decimal(rollup.tolerance)
    yield from ((node, PROV("wasDerivedFrom"), source) for source in (rollup.source.document, *rollup.source.tables))


def name_rollup(rollup: RollUp, iris: Iris) -> NamedNode:
    """The IRI of a sum: agency, year and phase, classification, code or "whole"."""
    agency = rollup.agency.value.rpartition("/")[2]
    phase = rollup.phase.value.removeprefix(iris.gk("phase").value).lower()
    return iris.thing(f"rollup/{agency}/{rollup.year}-{phase}/{rollup.classification}/{rollup.code or 'whole'}")


def label_sum(labels: Labels, agency: NamedNode, year: int, phase: NamedNode, code: NamedNode | None) -> Literal:
    """What a sum is called. ``code`` is None for the whole."""
    parts = [labels.get(agency, ""), f"{year}年", labels.get(phase, ""), "汇总"]
    if code is not None:
        parts += [code.value.rpartition("/")[2], labels.get(code, "")]
    return Literal(" ".join(p for p in parts if p), language="zh")


def _decimal(value: object) -> Literal:
    return Literal(format_decimal(value), datatype=XSD("decimal"))  # type: ignore[arg-type]


class Labels(dict[NamedNode, str]):
    """Chinese labels of things, looked up in the store when they are first asked for."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def get(self, node: NamedNode, default: str = "") -> str:  # type: ignore[override]
        if node not in self:
            self[node] = self._find(node) or default
        return self[node]

    def _find(self, node: NamedNode) -> str:
        found: Iterable[Quad] = self._store.quads_for_pattern(node, RDFS("label"), None, None)
        names = sorted(q.object.value for q in found if isinstance(q.object, Literal) and q.object.language == "zh")
        return names[0] if names else ""
