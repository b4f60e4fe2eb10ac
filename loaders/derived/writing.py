"""What is derived, as quads in the graph ``graph/derived``, marked as derived and saying from what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Quad, Store

from loaders.derived.cells import list_documents, list_sources
from loaders.derived.cubes import COUNTS, EXPENDITURE, QUANTITIES, SCOPED, CubeWriter
from loaders.derived.quantities import QuantityRollUp, choose_values
from loaders.derived.rollups import RollUp, make_rollups
from loaders.derived.years import compare_years
from loaders.graph.iris import PROV, RDF, RDFS, SKOS, XSD, Iris
from loaders.graph.writer import format_decimal
from loaders.quantities.items import ITEMS

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


def derive(store: Store, base: str, time: datetime) -> Iterator[Quad]:
    """What follows from the documents in ``store``. ``time`` is when the build was made, in UTC.

    A sum that is no document's is a ``gk:RollUp`` with ``gk:sum``, never a ``gk:Figure`` with ``gk:amount``: a query
    that adds up figures does not count it.
    """
    iris = Iris(base)
    graph = iris.graph("derived")
    build = iris.build(time)
    parts = (
        _describe(graph, build),
        _write_cubes(store, iris),
        close_broader(store),
        compare_years(store, iris),
    )
    for statements in parts:
        for subject, predicate, value in statements:
            yield Quad(subject, predicate, value, graph)


def _describe(graph: NamedNode, build: NamedNode) -> Iterator[Statement]:
    yield graph, RDF("type"), PROV("Entity")
    yield graph, PROV("wasGeneratedBy"), build
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


def _write_cubes(store: Store, iris: Iris) -> Iterator[Statement]:
    cubes, labels = CubeWriter(iris), _Labels(store)
    yield from _write_rollups(store, iris, cubes, labels)
    for chosen in choose_values(store, iris):
        yield from _write_quantity(chosen, iris, labels, cubes)
    yield from cubes.describe()


#: kind of roll-up -> its cube, the name of its measure
_QUANTITY_CUBES = {"whole": QUANTITIES, "scoped": SCOPED, "count": COUNTS}


def _write_quantity(chosen: QuantityRollUp, iris: Iris, labels: _Labels, cubes: CubeWriter) -> Iterator[Statement]:
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


def _write_rollups(store: Store, iris: Iris, cubes: CubeWriter, labels: _Labels) -> Iterator[Statement]:
    gk = iris.gk
    kinds = {gk(phase).value: gk(kind).value for phase, kind in _KINDS.items()}
    documents = ((entry, list(list_sources(store, iris, entry.node))) for entry in list_documents(store, iris))
    for rollup in make_rollups(documents, labels, kinds):
        yield from _write_rollup(rollup, iris, labels, cubes)


def _write_rollup(rollup: RollUp, iris: Iris, labels: _Labels, cubes: CubeWriter) -> Iterator[Statement]:
    gk = iris.gk
    node = name_rollup(rollup, iris)
    yield node, RDF("type"), gk("RollUp")
    yield node, RDFS("label"), Literal(_label(rollup, iris, labels), language="zh")
    yield node, gk("year"), Literal(str(rollup.year), datatype=XSD("integer"))
    code = iris.code(rollup.classification, rollup.code) if rollup.code else gk("codeWhole")
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


def _label(rollup: RollUp, iris: Iris, labels: _Labels) -> str:
    parts = [labels.get(rollup.agency, ""), f"{rollup.year}年", labels.get(rollup.phase, ""), "汇总"]
    if rollup.code:
        parts += [rollup.code, labels.get(iris.code(rollup.classification, rollup.code), "")]
    return " ".join(p for p in parts if p)


def _decimal(value: object) -> Literal:
    return Literal(format_decimal(value), datatype=XSD("decimal"))  # type: ignore[arg-type]


class _Labels(dict[NamedNode, str]):
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
