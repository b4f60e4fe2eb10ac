"""What of the derived is made anew when documents come, change or go: only the parts that these touch.

The statements of documents must stand in the store already, and what they say of shared things with their origins; see
:mod:`loaders.build.growing`, which puts them there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from loaders.derived.cubes import MEMBER
from loaders.derived.learned import revise_names, write_disagreements
from loaders.derived.learning import Learned, NameTally, Said, judge_code
from loaders.derived.origins import (
    CITES,
    SUMS,
    VALUES,
    Difference,
    Origins,
    Statement,
    name_number,
    read_naming,
    read_number,
)
from loaders.derived.writing import (
    Labels,
    Part,
    choose,
    close,
    compare,
    describe_constraints,
    label_sum,
    name_sums,
    name_values,
    relist,
    sum_up,
    unite,
)
from loaders.graph.iris import RDFS, SKOS, Iris

#: A code, the name that a document prints beside it, folded, and who prints it.
Naming = tuple[str, str, Said]


class Changing(Protocol):
    """A store that is changed, and knows of which things another label, or anything, was said."""

    store: Store
    labelled: set[NamedNode]

    def add(self, quads: Iterable[Quad]) -> None:
        """Adds what is not there."""
        ...

    def remove(self, quads: Iterable[Quad]) -> None:
        """Removes what is there."""
        ...


@dataclass
class Touched:
    """What documents that came, changed or went have touched: gathered from what they said and from what they say."""

    #: agencies and years with sums, or with standard quantities; agencies (by IRI) and fiscal years
    sums: set[tuple[str, int]] = field(default_factory=set)
    values: set[tuple[str, int]] = field(default_factory=set)
    #: agencies whose divisions or duties are said
    agencies: set[NamedNode] = field(default_factory=set)
    #: numbers of instruments
    numbers: set[str] = field(default_factory=set)
    #: codes that are named, or said anything of, as ``function/2010301``
    codes: set[str] = field(default_factory=set)

    def note_index(self, rows: Iterable[Statement]) -> None:
        """Notes what the index says of a document."""
        for row in rows:
            subject, predicate, value = row
            if predicate in (SUMS, VALUES):
                (self.sums if predicate == SUMS else self.values).add((subject.value, int(value.value)))
            elif predicate == CITES:
                self.numbers.add(read_number(subject))
            elif (naming := read_naming(row)) is not None:
                self.codes.add(naming[0])

    def note_shares(self, shares: Iterable[Triple], iris: Iris) -> None:
        """Notes what a document says of shared things."""
        owner, codes = iris.gk("agency"), iris.thing("code/").value
        for triple in shares:
            subject = cast(NamedNode, triple.subject).value
            if triple.predicate == owner:
                self.agencies.add(cast(NamedNode, triple.object))
            if subject.startswith(codes):
                self.codes.add(subject.removeprefix(codes))


class Renewal:
    """Renews what is derived in one store."""

    def __init__(self, target: Changing, origins: Origins, iris: Iris) -> None:
        self.target, self.origins, self.iris = target, origins, iris
        self._graph = iris.graph("derived")
        # Whether what stands above what is another; the members of dimensions that have come or gone.
        self._broader = False
        self._members: dict[NamedNode, set[NamedNode | Literal]] = {}

    def replace_shares(self, document: NamedNode, shares: Iterable[Triple]) -> None:
        """Puts what a document says of shared things in place of what it said before; codes are left to :meth:`run`."""
        codes, things = self.iris.thing("code/").value, self.iris.graph("things")

        def split(triples: list[Triple]) -> tuple[list[Triple], list[Quad]]:
            of_codes = [t for t in triples if cast(NamedNode, t.subject).value.startswith(codes)]
            known = set(of_codes)
            return of_codes, [_put(t, things) for t in triples if t not in known]

        found = self.origins.replace_shares(document, shares)
        broader = SKOS("broader")
        self._broader = self._broader or any(t.predicate == broader for t in (*found.gone, *found.come))
        (codes_gone, gone), (codes_come, come) = split(found.gone), split(found.come)
        self.origins.apply(Difference(codes_gone, codes_come))
        self.target.remove(gone)
        self.target.add(come)

    def run(self, touched: Touched, said: Iterable[Naming], unsaid: Iterable[Naming]) -> None:
        """Renews all that is touched. ``said`` are the names beside codes that came, ``unsaid`` those that went."""
        self._name_codes(touched.codes, said, unsaid)
        labels = Labels(self.target.store)
        self._relabel(labels)
        for agency in [n for n in self.target.labelled if n.value.startswith(self.iris.thing("agency/").value)]:
            # Its name stands in the label of each, and tells which row is its total.
            touched.sums |= {(agency.value, int(v.value)) for _, v in self.origins.look_up(agency, SUMS)}
            touched.values |= {(agency.value, int(v.value)) for _, v in self.origins.look_up(agency, VALUES)}
        self._sum_up(touched.sums, labels)
        # Who was in post at the end of a year is the office's of the next.
        self._choose(touched.values | {(agency, year + 1) for agency, year in touched.values}, labels)
        if self._broader:
            self._replace(close(self.target.store))
        for agency in sorted(touched.agencies, key=lambda n: n.value):
            units = self.origins.list_subjects(self.iris.gk("agency"), agency)
            self._replace(compare(self.target.store, self.iris, agency, units))
        for number in sorted(touched.numbers):
            same = {cast(NamedNode, value) for _, value in self.origins.look_up(name_number(number), CITES)}
            self._replace(unite(number, same))
        self._list_members()

    def _replace(self, part: Part) -> None:
        found = self.origins.replace_part(part.name, (Triple(*s) for s in part.statements))
        members = Difference(
            [t for t in found.gone if t.predicate == MEMBER], [t for t in found.come if t.predicate == MEMBER]
        )
        self.origins.apply(members)
        for triple in (*members.gone, *members.come):
            changed = self._members.setdefault(cast(NamedNode, triple.subject), set())
            changed.add(cast("NamedNode | Literal", triple.object))
        self.target.remove(_put(t, self._graph) for t in found.gone if t.predicate != MEMBER)
        self.target.add(_put(t, self._graph) for t in found.come if t.predicate != MEMBER)

    def _list_members(self) -> None:
        for constraint, changed in self._members.items():
            members = [cast("NamedNode | Literal", t.object) for t in self.origins.list_given(constraint, MEMBER)]
            for part in relist(constraint, members, changed):
                self._replace(part)
        if self._members:
            self._replace(describe_constraints(self.iris, _Constraints(self.origins)))

    def _list_documents(self, what: NamedNode, wanted: Iterable[tuple[str, int]]) -> list[NamedNode]:
        years: dict[str, set[int]] = defaultdict(set)
        for agency, year in wanted:
            years[agency].add(year)
        found = {
            document
            for agency, of in years.items()
            for document, year in self.origins.look_up(NamedNode(agency), what)
            if int(year.value) in of
        }
        return sorted(found, key=lambda n: n.value)

    def _sum_up(self, wanted: set[tuple[str, int]], labels: Labels) -> None:
        documents = self._list_documents(SUMS, wanted)
        parts = sum_up(self.target.store, self.iris, labels, documents, wanted)
        self._replace_all({name_sums(*key) for key in wanted}, parts)

    def _choose(self, wanted: set[tuple[str, int]], labels: Labels) -> None:
        before = {(agency, year - 1) for agency, year in wanted}
        documents = self._list_documents(VALUES, wanted | before)
        parts = choose(self.target.store, self.iris, labels, documents, wanted)
        self._replace_all({name_values(*key) for key in wanted}, parts)

    def _replace_all(self, names: set[str], parts: Iterator[Part]) -> None:
        found = {part.name: part for part in parts}
        for name in sorted(names):
            self._replace(found.get(name) or Part(name, ()))

    # Names of codes.

    def _name_codes(self, codes: Iterable[str], said: Iterable[Naming], unsaid: Iterable[Naming]) -> None:
        changed: dict[str, dict[str, NameTally]] = {}
        for sign, namings in ((-1, unsaid), (1, said)):
            for code, flat, each in namings:
                tallies = changed.setdefault(code, self.origins.read_tallies(code))
                tally = tallies.setdefault(flat, NameTally(Counter(), Counter()))
                tally.spellings[each.naming.name] += sign
                tally.years[each.year] += sign
        for code, tallies in changed.items():
            self.origins.write_tallies(code, tallies)
        learned = []
        for code in sorted(codes):
            known = {flat: tally for flat, tally in self.origins.read_tallies(code).items() if tally.documents}
            name, findings = self._judge(code, known) if known else (None, [])
            learned += [] if name is None else [name]
            part = name_of_code(code)
            # A document's graph may have been replaced since, and what was put into it gone with it.
            self.target.remove(self._put_finding(t) for t in self.origins.list_part(part))
            self.origins.replace_part(part, (q.triple for q in findings))
            self.target.add(findings)
        self._settle_names(codes, learned)

    def _judge(self, code: str, tallies: dict[str, NameTally]) -> tuple[Learned | None, list[Quad]]:
        name, differing = judge_code(code, tallies, lambda flat: self.origins.list_said(code, flat))
        return name, list(write_disagreements(differing, self.iris.base))

    def _put_finding(self, triple: Triple) -> Quad:
        # A finding or its check: the document stands between what it is and its own name.
        _, _, path = cast(NamedNode, triple.subject).value.removeprefix(self.iris.thing("").value).partition("/")
        return _put(triple, self.iris.document(path.rpartition("/")[0]))

    def _settle_names(self, codes: Iterable[str], learned: list[Learned]) -> None:
        """Gives codes the names that they would have, had all documents been read at once."""
        things = self.iris.graph("things")
        nodes = [self.iris.thing(f"code/{code}") for code in sorted(codes)]
        given = {_put(t, things) for node in nodes for t in self.origins.list_given(node, None)}
        gone, new = revise_names(_Given(given), learned, self.iris.base)
        right = (given - set(gone)) | set(new)
        there = {q for node in nodes for q in self.target.store.quads_for_pattern(node, None, None, things)}
        self.target.remove(there - right)
        self.target.add(right - there)

    def _relabel(self, labels: Labels) -> None:
        """Gives the sums of codes that have another name their new labels."""
        gk, store, graph = self.iris.gk, self.target.store, self._graph
        prefix = self.iris.thing("code/").value
        for code in [n for n in self.target.labelled if n.value.startswith(prefix)]:
            for quad in list(store.quads_for_pattern(None, gk("rollUpCode"), code, graph)):
                node = cast(NamedNode, quad.subject)

                def get(predicate: NamedNode, of: NamedNode = node) -> Any:
                    return next(store.quads_for_pattern(of, predicate, None, graph)).object

                label = label_sum(labels, get(gk("agency")), int(get(gk("year")).value), get(gk("phase")), code)
                before, after = Triple(node, RDFS("label"), get(RDFS("label"))), Triple(node, RDFS("label"), label)
                if before != after:
                    self.origins.rewrite(before, after)
                    self.target.remove([_put(before, graph)])
                    self.target.add([_put(after, graph)])


class _Given:
    """What documents say of some codes, as a store would give it."""

    def __init__(self, quads: set[Quad]) -> None:
        self._quads = quads

    def quads_for_pattern(
        self, subject: NamedNode | None, predicate: NamedNode | None, _: None, __: NamedNode | None
    ) -> Iterator[Quad]:
        for quad in self._quads:
            if subject in (None, quad.subject) and predicate in (None, quad.predicate):
                yield quad


class _Constraints(Container[NamedNode]):
    """The constraints of dimensions that have members."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins

    def __contains__(self, constraint: object) -> bool:
        return any(True for _ in self._origins.list_given(cast(NamedNode, constraint), MEMBER))


def name_of_code(code: str) -> str:
    """The name of the part with the findings about a code that documents name differently."""
    return f"names/{code}"


def split_findings(findings: Iterable[Quad], iris: Iris) -> dict[str, list[Statement]]:
    """Findings about names of codes, with their checks, by the code."""
    about, prefix = iris.gk("aboutCode"), iris.thing("code/").value
    quads = list(findings)
    codes = {q.subject: cast(NamedNode, q.object).value.removeprefix(prefix) for q in quads if q.predicate == about}
    codes |= {cast(NamedNode, q.object): codes[q.subject] for q in quads if q.predicate == iris.gk("check")}
    found: dict[str, list[Statement]] = defaultdict(list)
    for quad in quads:
        found[codes[quad.subject]].append(cast(Statement, (quad.subject, quad.predicate, quad.object)))
    return found


def _put(triple: Triple, graph: NamedNode) -> Quad:
    return Quad(*cast(Statement, (triple.subject, triple.predicate, triple.object)), graph)
