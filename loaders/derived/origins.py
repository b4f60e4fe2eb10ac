"""Where shared and derived statements come from: what a store has to know to replace those of one document only.

A second database lies beside that of a snapshot, which nobody queries. In it a graph for each document holds what it
says of things that others name too (offices, codes, instruments …), and a graph for each part of what is derived
(:class:`loaders.derived.writing.Part`) its statements. A statement leaves the snapshot when the last that gives it
goes. Beside these, an index says which documents a part is made of.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast
from urllib.parse import quote, unquote

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from loaders.derived.learning import NameTally, Naming, Said
from loaders.graph.iris import Iris

_OWN = "urn:gongkai:"
_PART = f"{_OWN}part/"
_INDEX = "#index"
#: Every statement that some document, or part, gives, where it is not in the snapshot as it stands here.
_ALL = NamedNode(f"{_OWN}all")
_TALLIES = NamedNode(f"{_OWN}tallies")
_TALLY = NamedNode(f"{_OWN}tally")
_SEAL = NamedNode(f"{_OWN}seal")
_NAMES = NamedNode(f"{_OWN}names")
#: What the index says of an agency: that a document states figures, or standard quantities, of it for a year.
SUMS, VALUES = NamedNode(f"{_OWN}sums"), NamedNode(f"{_OWN}values")
#: What the index says of a number: that a document cites this instrument by it.
CITES = NamedNode(f"{_OWN}cites")

Statement = tuple[NamedNode, NamedNode, NamedNode | Literal]


class Difference(NamedTuple):
    """Statements that nothing gives any more, and those that nothing gave before."""

    gone: list[Triple]
    come: list[Triple]


class Origins:
    """The origins of one snapshot. ``store`` is their database, the snapshot's or one in the making."""

    def __init__(self, store: Store, iris: Iris) -> None:
        self._store = store
        self._documents = iris.document("").value

    # What documents, and parts, give.

    def replace_shares(self, document: NamedNode, statements: Iterable[Triple]) -> Difference:
        """Puts what a document says of shared things in place of what it said before."""
        return self._replace(document, statements, self._documents)

    def replace_part(self, name: str, statements: Iterable[Triple]) -> Difference:
        """Puts the statements of a part in place of its earlier ones."""
        return self._replace(_name_part(name), statements, _PART)

    def list_part(self, name: str) -> list[Triple]:
        """The statements of a part."""
        return [q.triple for q in self._store.quads_for_pattern(None, None, None, _name_part(name))]

    def rewrite(self, before: Triple, after: Triple) -> None:
        """Puts one statement in place of another in every part that gives it."""
        for quad in list(self._store.quads_for_pattern(*_split(before), None)):
            if cast(NamedNode, quad.graph_name).value.startswith(_PART):
                self._store.remove(quad)
                self._store.add(Quad(*_split(after), quad.graph_name))

    def list_shares(self, document: NamedNode) -> list[Triple]:
        """What a document says of shared things."""
        return [q.triple for q in self._store.quads_for_pattern(None, None, None, document)]

    def list_subjects(self, predicate: NamedNode, value: NamedNode) -> set[NamedNode]:
        """The shared things of which some document says this."""
        found = self._store.quads_for_pattern(None, predicate, value, None)
        return {cast(NamedNode, q.subject) for q in found if self._gives(q, self._documents)}

    def _replace(self, graph: NamedNode, statements: Iterable[Triple], others: str) -> Difference:
        old = {q.triple for q in self._store.quads_for_pattern(None, None, None, graph)}
        new = set(statements)
        gone, come = old - new, new - old
        first = [t for t in come if not self._is_given(t, others)]
        for triple in gone:
            self._store.remove(Quad(*_split(triple), graph))
        self._store.extend(Quad(*_split(t), graph) for t in come)
        return Difference([t for t in gone if not self._is_given(t, others)], first)

    def _is_given(self, triple: Triple, others: str) -> bool:
        return any(self._gives(q, others) for q in self._store.quads_for_pattern(*_split(triple), None))

    @staticmethod
    def _gives(quad: Quad, others: str) -> bool:
        name = cast(NamedNode, quad.graph_name).value
        return name.startswith(others) and not name.endswith(_INDEX)

    # What is given and does not stand in the snapshot as it is: names of codes, members of cubes.

    def apply(self, difference: Difference) -> None:
        """Keeps what is given of such statements."""
        for triple in difference.gone:
            self._store.remove(Quad(*_split(triple), _ALL))
        self._store.extend(Quad(*_split(t), _ALL) for t in difference.come)

    def list_given(self, subject: NamedNode | None, predicate: NamedNode | None) -> Iterator[Triple]:
        """What is given of them."""
        return (q.triple for q in self._store.quads_for_pattern(subject, predicate, None, _ALL))

    def seal(self, mark: str) -> None:
        """Marks the origins as whole, and whose they are: the last that is written, so that nothing is lacking."""
        for quad in list(self._store.quads_for_pattern(_SEAL, None, None, _TALLIES)):
            self._store.remove(quad)
        self._store.add(Quad(_SEAL, _SEAL, Literal(mark), _TALLIES))

    def is_sealed(self, mark: str) -> bool:
        """Whether the origins are whole and those of this mark. A database may open though its end is cut off."""
        return Quad(_SEAL, _SEAL, Literal(mark), _TALLIES) in self._store

    # The index.

    def put_index(self, document: NamedNode, statements: Iterable[Statement]) -> None:
        """Puts what the index says of a document in place of what it said."""
        graph = _name_index(document)
        old, new = set(self._store.quads_for_pattern(None, None, None, graph)), {Quad(*s, graph) for s in statements}
        for quad in old - new:
            self._store.remove(quad)
        self._store.extend(new - old)

    def list_index(self, document: NamedNode) -> list[Statement]:
        """What the index says of a document."""
        found = self._store.quads_for_pattern(None, None, None, _name_index(document))
        return [cast(Statement, (q.subject, q.predicate, q.object)) for q in found]

    def look_up(self, subject: NamedNode, predicate: NamedNode) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
        """What the index says of a subject, each with the document."""
        for quad in self._store.quads_for_pattern(subject, predicate, None, None):
            graph = cast(NamedNode, quad.graph_name).value
            if graph.endswith(_INDEX):
                yield NamedNode(graph.removesuffix(_INDEX)), cast("NamedNode | Literal", quad.object)

    # Names of codes.

    def list_said(self, code: str, flat: str) -> list[Said]:
        """Who prints a name, folded as ``flat``, beside a code; sorted."""
        found = []
        for document, row in self.look_up(_name_naming(code, flat), _NAMES):
            name, start, end, year = json.loads(cast(Literal, row).value)
            identity = document.value.removeprefix(self._documents)
            found.append(Said(identity, year, Naming(code, name, start, end)))
        return sorted(found, key=lambda said: said.document)

    def read_tallies(self, code: str) -> dict[str, NameTally]:
        """How many documents print which name of a code."""
        rows = self._store.quads_for_pattern(_name_code(code), _TALLY, None, _TALLIES)
        found: dict[str, NameTally] = {}
        for quad in rows:
            for flat, (spellings, years) in json.loads(cast(Literal, quad.object).value).items():
                counted = {int(year) if year else None: number for year, number in years.items()}
                found[flat] = NameTally(Counter(spellings), Counter(counted))
        return found

    def write_tallies(self, code: str, tallies: Mapping[str, NameTally]) -> None:
        """Puts tallies in place of those before; names that nobody prints are left out."""
        subject = _name_code(code)
        for quad in list(self._store.quads_for_pattern(subject, _TALLY, None, _TALLIES)):
            self._store.remove(quad)
        self._store.extend(list_tallies({code: tallies}))


def index_namings(namings: Iterable[tuple[str, Naming]], year: int | None) -> Iterator[Statement]:
    """The rows of the index for names that a document of a fiscal year prints beside codes, each with it folded."""
    for flat, naming in namings:
        row = json.dumps([naming.name, naming.start, naming.end, year], ensure_ascii=False)
        yield _name_naming(naming.code, flat), _NAMES, Literal(row)


def read_naming(statement: Statement) -> tuple[str, str, Said] | None:
    """The code, the folded name, and what is said, of a row of the index; None if it is about something else."""
    subject, predicate, value = statement
    if predicate != _NAMES:
        return None
    code, flat = (unquote(p) for p in subject.value.removeprefix(f"{_OWN}naming/").split("/"))
    name, start, end, year = json.loads(value.value)
    return code, flat, Said("", year, Naming(code, name, start, end))


def index_number(number: str, instrument: NamedNode) -> Statement:
    """The row of the index for a number by which a document cites an instrument."""
    return name_number(number), CITES, instrument


def name_number(number: str) -> NamedNode:
    """What the index calls a number."""
    return NamedNode(f"{_OWN}number/{quote(number, safe='')}")


def read_number(node: NamedNode) -> str:
    """The number that the index calls so."""
    return unquote(node.value.removeprefix(f"{_OWN}number/"))


def list_tallies(tallies: Mapping[str, Mapping[str, NameTally]]) -> Iterator[Quad]:
    """The tallies of codes as an empty database takes them."""
    for code, names in tallies.items():
        rows = {
            flat: (+tally.spellings, {"" if y is None else str(y): n for y, n in (+tally.years).items()})
            for flat, tally in sorted(names.items())
            if tally.documents
        }
        if rows:
            text = json.dumps(rows, ensure_ascii=False, sort_keys=True)
            yield Quad(_name_code(code), _TALLY, Literal(text), _TALLIES)


def list_first(document: NamedNode, shares: Iterable[Triple], index: Iterable[Statement]) -> Iterator[Quad]:
    """What an empty database takes for one document."""
    yield from (Quad(*_split(t), document) for t in shares)
    graph = _name_index(document)
    yield from (Quad(*s, graph) for s in index)


def list_first_part(name: str, statements: Iterable[Statement]) -> Iterator[Quad]:
    """What an empty database takes for one part."""
    graph = _name_part(name)
    return (Quad(*s, graph) for s in statements)


def list_first_given(statements: Iterable[Statement]) -> Iterator[Quad]:
    """What an empty database takes of that which does not stand in the snapshot as it is given."""
    return (Quad(*s, _ALL) for s in statements)


def _name_part(name: str) -> NamedNode:
    return NamedNode(f"{_PART}{quote(name, safe='/:')}")


def _name_index(document: NamedNode) -> NamedNode:
    return NamedNode(f"{document.value}{_INDEX}")


def _name_code(code: str) -> NamedNode:
    return NamedNode(f"{_OWN}code/{quote(code, safe='')}")


def _name_naming(code: str, flat: str) -> NamedNode:
    return NamedNode(f"{_OWN}naming/{quote(code, safe='')}/{quote(flat, safe='')}")


def _split(triple: Triple) -> Statement:
    return cast(Statement, (triple.subject, triple.predicate, triple.object))
