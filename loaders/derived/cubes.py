"""The cubes of what a build derives, told in both vocabularies: W3C Data Cube, and cube.link for viewers.

Four cubes, so that no observation of one can be added to another's by mistake: expenditure by code; standard quantities
in the scope that they mean; amounts out of a narrower scope; counts of people, cars and units. The structures of the
W3C vocabulary stand in the ontology; here each cube names its own and lists the members of its dimensions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import Literal, NamedNode

from loaders.graph.iris import CUBE, DCTERMS, QB, RDF, RDFS, SH, XSD, Iris, Namespace

_QUDT = Namespace("http://qudt.org/schema/qudt/")
_SCHEMA = Namespace("http://schema.org/")

Member = NamedNode | Literal
Statement = tuple[NamedNode, NamedNode, Member]


@dataclass(frozen=True, slots=True)
class Cube:
    """A cube: its name in IRIs, its labels, its structure, the properties that make its key, and its measure."""

    name: str
    zh: str
    en: str
    structure: str
    dimensions: tuple[str, ...]
    measure: str
    #: what every observation has besides
    attributes: tuple[str, ...] = ("unit",)


EXPENDITURE = Cube(
    "expenditure", "支出汇总（按科目）", "expenditure by code", "expenditureStructure",
    ("agency", "fiscalYear", "phase", "classification", "rollUpCode"), "sum",
    ("unit", "rollUpLevel", "extent", "sumVerdict", "codesInferred"),
)  # fmt: skip
QUANTITIES = Cube(
    "quantities", "标准项目（按其本来口径）", "standard quantities, in the scope that they mean", "quantityStructure",
    ("agency", "fiscalYear", "phase", "quantity", "valueScope"), "rollUpAmount", ("unit", "degree"),
)  # fmt: skip
SCOPED = Cube(
    "scoped-quantities", "标准项目（较窄口径）", "standard quantities, out of narrower funds", "scopedStructure",
    ("agency", "fiscalYear", "phase", "quantity", "valueScope"), "scopedAmount", ("unit", "degree"),
)  # fmt: skip
COUNTS = Cube(
    "counts", "人员、车辆与机构数", "people, cars, units and divisions", "countStructure",
    ("agency", "fiscalYear", "quantity"), "rollUpValue", ("unit", "degree"),
)  # fmt: skip
CUBES = (EXPENDITURE, QUANTITIES, SCOPED, COUNTS)


#: Says of the constraint of a dimension that some observation has this member. No statement of the graph: from all of
#: them the lists of members are made (:func:`list_members`).
MEMBER = NamedNode("urn:gongkai:member")


class CubeWriter:
    """Writes observations, and what describes the cubes that have any."""

    def __init__(self, iris: Iris) -> None:
        self._iris = iris
        # What an observation has if it says nothing else.
        self._usual = {("unit", iris.gk("unitCny")), ("codesInferred", Literal("false", datatype=XSD("boolean")))}

    def observe(self, cube: Cube, node: NamedNode, values: dict[str, NamedNode | Literal]) -> Iterator[Statement]:
        """One observation with its key, measure and attributes, each by its property's name; its :data:`MEMBER` s.

        That it is one, of which cube, in which build, its fiscal year and what is usual follow:
        ``queries/internal/graph/what-follows.rq`` says it.
        """
        for name, value in values.items():
            if name != "fiscalYear" and (name, value) not in self._usual:
                yield node, self._iris.gk(name), value
            if name in cube.dimensions:
                yield self._name(cube, f"/constraint/{name}"), MEMBER, value

    def describe(self, constraints: Container[NamedNode]) -> Iterator[Statement]:
        """The cubes that have observations: a cube without any says nothing that a viewer could open.

        ``constraints`` are those of dimensions that have members, as :meth:`observe` tells them; see
        :func:`list_members`.
        """
        for cube in CUBES:
            if self._name(cube, f"/constraint/{cube.dimensions[0]}") in constraints:
                yield from self._describe(cube)

    def _name(self, cube: Cube, part: str = "") -> NamedNode:
        return self._iris.thing(f"cube/{cube.name}{part}")

    def _describe(self, cube: Cube) -> Iterator[Statement]:
        node, rows = self._name(cube), self._name(cube, "/observations")
        shape = self._name(cube, "/constraint")
        yield node, RDF("type"), QB("DataSet")
        yield node, RDF("type"), CUBE("Cube")
        for text, language in ((cube.zh, "zh"), (cube.en, "en")):
            for predicate in (RDFS("label"), DCTERMS("title"), _SCHEMA("name")):
                yield node, predicate, Literal(text, language=language)
        yield node, QB("structure"), self._iris.gk(cube.structure)
        yield node, CUBE("observationSet"), rows
        yield node, CUBE("observationConstraint"), shape
        yield rows, RDF("type"), CUBE("ObservationSet")
        yield shape, RDF("type"), CUBE("Constraint")
        yield shape, RDF("type"), SH("NodeShape")
        for name in (*cube.dimensions, cube.measure, *cube.attributes):
            yield from self._constrain(cube, shape, name)

    def _constrain(self, cube: Cube, shape: NamedNode, name: str) -> Iterator[Statement]:
        node = self._name(cube, f"/constraint/{name}")
        once = Literal("1", datatype=XSD("integer"))
        yield shape, SH("property"), node
        yield node, SH("path"), self._iris.gk(name)
        yield node, SH("minCount"), once
        yield node, SH("maxCount"), once
        for text, language in zip(_NAMES[name], ("zh", "en"), strict=True):
            yield node, SH("name"), Literal(text, language=language)
            yield node, _SCHEMA("name"), Literal(text, language=language)
        if name == cube.measure:
            yield node, RDF("type"), CUBE("MeasureDimension")
            yield node, SH("datatype"), XSD("decimal")
            yield node, _QUDT("scaleType"), _QUDT("RatioScale")
        elif name in cube.dimensions:
            yield node, RDF("type"), CUBE("KeyDimension")
            yield node, _QUDT("scaleType"), _QUDT("IntervalScale" if name == "fiscalYear" else "NominalScale")


def list_members(constraint: NamedNode, members: Iterable[Member]) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    """``sh:in`` of a dimension with all members: its head and each link by itself, with a name for it.

    A link is named by its member, so that one more changes no other's but that of the one before it.
    """
    ordered = sort_members(members)
    for number in range(-1, len(ordered)):
        yield _make_link(constraint, ordered, number)


def relist_members(
    constraint: NamedNode, members: Iterable[Member], changed: Iterable[Member]
) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    """Of :func:`list_members` what differs once ``changed`` have come among the members, or gone from them."""
    ordered = sort_members(members)
    values = [member.value for member in ordered]
    numbers: set[int] = set()
    for member in changed:
        place = bisect_left(values, member.value)
        numbers.add(place - 1)
        if place < len(values) and values[place] == member.value:
            numbers.add(place)
        else:
            yield _name_link(constraint, member), ()
    for number in sorted(numbers):
        yield _make_link(constraint, ordered, number)


def sort_members(members: Iterable[Member]) -> list[Member]:
    """Members in the order of their list."""
    return sorted(members, key=lambda member: member.value)


def _make_link(constraint: NamedNode, ordered: Sequence[Member], number: int) -> tuple[str, tuple[Statement, ...]]:
    """The link of a member, or the head for -1."""
    last = number + 1 == len(ordered)
    following = RDF("nil") if last else NamedNode(_name_link(constraint, ordered[number + 1]))
    if number < 0:
        return constraint.value, () if last else ((constraint, SH("in"), following),)
    name, member = _name_link(constraint, ordered[number]), ordered[number]
    return name, ((NamedNode(name), RDF("first"), member), (NamedNode(name), RDF("rest"), following))


def _name_link(constraint: NamedNode, member: Member) -> str:
    return f"{constraint.value}/{sha256(member.value.encode()).hexdigest()[:16]}"


_NAMES = {
    "agency": ("部门", "office"),
    "fiscalYear": ("财政年度", "fiscal year"),
    "phase": ("阶段", "phase"),
    "classification": ("分类", "classification"),
    "rollUpCode": ("科目", "code"),
    "rollUpLevel": ("级次", "level"),
    "quantity": ("标准项目", "standard quantity"),
    "valueScope": ("口径", "scope"),
    "sum": ("合计金额（元）", "sum in yuan"),
    "rollUpAmount": ("金额（元）", "amount in yuan"),
    "scopedAmount": ("该口径的金额（元）", "amount in yuan in this scope"),
    "rollUpValue": ("数量", "number"),
    "unit": ("单位", "unit"),
    "degree": ("可信程度", "degree of proof"),
    "extent": ("范围", "extent"),
    "sumVerdict": ("与印出合计核对", "agrees with the printed total"),
    "codesInferred": ("科目是否推定", "codes inferred"),
}
