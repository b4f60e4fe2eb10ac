"""What is said of each thing, written beforehand as answers are written, in files beside the snapshot: the shelf.

A look-up asks for the statements of one thing. Here they lie together, as they go into an answer, so that nothing has
to be parsed, joined or spelt when somebody asks; the files are mapped, and take no memory but the system's own for
what is read. A folder holds ``rows``, the things with their statements one after the other, ``hashes``, the hashes of
their IRIs in order, ``places``, where each begins, all of it twice: of statements *about* a thing, and of those
that *name* it as their object; and ``predicates.json``, since a row names its predicate by number.

::

    https://example.org/office/1
    0 TAB {"type":"uri","value":"https://w3id.org/gongkai/ontology#Agency"}
    3 TAB {"type":"literal","value":"深圳市口岸办","xml:lang":"zh"}

Things with more than ``MOST_ROWS`` statements, or longer ones than ``MOST_CHARACTERS``, have ``!`` in place of rows:
those are the engine's matter, which can be stopped.

The shelf of a snapshot that grew from another has the files of that one's, by hard links, and before them ``changed-…``
of the things of which anything else is said, or nothing any more, since the shelf was made of a whole snapshot.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import shutil
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from service.engine.rows import Term, Unwritten, write_json_term

#: The name of the folder, and the edition of its form: another number where the same statements get other bytes.
PART, EDITION = "lookups", 1
#: Of one thing. Reading and writing so many takes half a millisecond.
MOST_ROWS, MOST_CHARACTERS = 1_000, 200_000
Side = Literal["about", "naming"]
SIDES: tuple[Side, ...] = ("about", "naming")
_FILES = ("rows", "hashes", "places")
_CHANGED = "changed-"
_PREDICATES = "predicates.json"
_MUCH = "!"
#: Statements of which so many are put in order at once, in memory.
_AT_ONCE = 400_000
_BITS = 64
#: Where one thing in so many has changed, the shelf is made anew.
_LARGEST_PART = 4
#: A predicate and the other end, as JSON.
_Said = tuple[str, str]
#: The hash of a thing, the thing, its rows.
_Entry = tuple[int, str, list[str]]


# Made of a whole snapshot


def write_shelf(store: ox.Store, folder: Path, quads: int) -> None:
    """Writes the statements of a snapshot of so many quads into ``folder``. Raises OSError if it cannot."""
    shares = 1 << max(0, (quads // _AT_ONCE).bit_length())
    work = folder / "work"
    work.mkdir()
    numbers: dict[str, int] = {}
    with contextlib.ExitStack() as opened:
        heaps = {
            side: [
                opened.enter_context((work / f"{side}-{share}").open("w", encoding="utf-8", newline="\n"))
                for share in range(shares)
            ]
            for side in SIDES
        }
        shift = _BITS - (shares.bit_length() - 1)
        for quad in store:
            number = numbers.setdefault(quad.predicate.value, len(numbers))
            subject, thing = quad.subject, quad.object
            if isinstance(subject, ox.NamedNode):
                heap = heaps["about"][_hash(subject.value) >> shift]
                heap.write(f"{subject.value}\t{number}\t{_write(thing)}\n")
            if isinstance(thing, ox.NamedNode):
                heap = heaps["naming"][_hash(thing.value) >> shift]
                heap.write(f"{thing.value}\t{number}\t{_write(subject)}\n")
    predicates = list(numbers)
    for side in SIDES:
        heaped = (entry for share in range(shares) for entry in _read_heap(work / f"{side}-{share}", predicates))
        _write_side(folder, side, heaped)
    (folder / _PREDICATES).write_text(json.dumps(predicates), encoding="utf-8")
    shutil.rmtree(work)


def _write(term: Term) -> str:
    try:
        return write_json_term(term)
    except Unwritten:
        return _MUCH  # a statement about a statement


def _read_heap(file: Path, predicates: list[str]) -> Iterator[_Entry]:
    """The things of a share in the order of their hashes."""
    found: dict[str, set[_Said]] = {}
    with file.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            iri, number, term = line[:-1].split("\t")
            found.setdefault(iri, set()).add((predicates[int(number)], term))
    numbers = {iri: number for number, iri in enumerate(predicates)}
    for key, iri in sorted((_hash(iri), iri) for iri in found):
        yield key, iri, _make_rows(found[iri], numbers)


def _make_rows(said: Collection[_Said], numbers: Mapping[str, int]) -> list[str]:
    """The rows of one thing, in an order that depends on nothing else; ``!`` if they are too many."""
    terms = [term for _, term in said]
    if len(terms) > MOST_ROWS or sum(map(len, terms)) > MOST_CHARACTERS or _MUCH in terms:
        return [_MUCH]
    return [f"{numbers[predicate]}\t{term}" for predicate, term in sorted(said)]


def _write_side(folder: Path, name: str, entries: Iterable[_Entry]) -> None:
    """Writes the three files; the entries come in the order of their hashes."""
    hashes, places = array("Q"), array("Q")
    with (folder / f"{name}-rows").open("wb") as out:
        for key, iri, rows in entries:
            hashes.append(key)
            places.append(out.tell())
            out.write("\n".join((iri, *rows)).encode("utf-8"))
        places.append(out.tell())
    (folder / f"{name}-hashes").write_bytes(hashes.tobytes())
    (folder / f"{name}-places").write_bytes(places.tobytes())


@lru_cache(maxsize=1 << 16)
def _hash(iri: str) -> int:
    return int.from_bytes(blake2b(iri.encode("utf-8", "surrogatepass"), digest_size=_BITS // 8).digest(), "little")


# Grown from that of the snapshot before


def grow_shelf(
    last: Path, before: ox.Store, now: ox.Store, graphs: Collection[ox.NamedNode], things: Iterable[str], folder: Path
) -> bool:
    """Writes into ``folder`` the shelf of ``now``, which grew from ``before``, whose shelf is in ``last``.

    ``graphs`` are those that are not the same in both, ``things`` the IRIs of that of which something else is said in
    other graphs. Gives False, and writes nothing, where so much has changed that it is better made anew. Raises OSError
    or ValueError if the last one cannot be read, or the new one not written.
    """
    shelf = Shelf("", last)
    changed = _find_changed(before, now, graphs, things)
    numbers = {node.value: int(number) for number, node in shelf.nodes.items()}
    sides: dict[Side, dict[str, list[str]]] = {}
    for side in SIDES:
        # What had changed before is still no longer as the first shelf has it.
        rows = {iri: rows for iri, rows in shelf.list_changed(side) if iri not in changed[side]}
        if (len(rows) + len(changed[side])) * _LARGEST_PART > shelf.count(side):
            return False
        for iri in changed[side]:
            said = _read_said(now, side, ox.NamedNode(iri))
            for predicate, _ in said:
                numbers.setdefault(predicate, len(numbers))
            rows[iri] = _make_rows(said, numbers)
        sides[side] = rows
    for side, rows in sides.items():
        for name in _FILES:
            _share(last / f"{side}-{name}", folder / f"{side}-{name}")
        _write_side(folder, _CHANGED + side, sorted((_hash(iri), iri, found) for iri, found in rows.items()))
    (folder / _PREDICATES).write_text(json.dumps(list(numbers)), encoding="utf-8")
    return True


def _share(file: Path, place: Path) -> None:
    try:
        os.link(file, place)
    except OSError:  # not every disk has links
        shutil.copyfile(file, place)


def _find_changed(
    before: ox.Store, now: ox.Store, graphs: Iterable[ox.NamedNode], things: Iterable[str]
) -> dict[Side, set[str]]:
    """The things of which other statements may be made, and those which other statements may name."""
    about, naming = set(things), set[str]()
    for store in (before, now):
        for graph in graphs:
            for quad in store.quads_for_pattern(None, None, None, graph):
                if isinstance(quad.subject, ox.NamedNode):
                    about.add(quad.subject.value)
                if isinstance(quad.object, ox.NamedNode):
                    naming.add(quad.object.value)
    for store in (before, now):
        for iri in about:
            for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, None):
                if isinstance(quad.object, ox.NamedNode):
                    naming.add(quad.object.value)
    return {"about": about, "naming": naming}


def _read_said(store: ox.Store, side: Side, thing: ox.NamedNode) -> set[_Said]:
    """What a snapshot says of a thing, or of what else names it; one more than may be where it is too much."""
    if side == "about":
        ends = ((q.predicate.value, _write(q.object)) for q in store.quads_for_pattern(thing, None, None, None))
    else:
        ends = ((q.predicate.value, _write(q.subject)) for q in store.quads_for_pattern(None, None, thing, None))
    found: set[_Said] = set()
    while len(found) <= MOST_ROWS and (more := set(islice(ends, MOST_ROWS))):
        found |= more
    return found


# Read


class _Files:
    """One side of a shelf: hashes in order, and where the rows of each lie."""

    def __init__(self, folder: Path, name: str) -> None:
        self._rows = _map(folder / f"{name}-rows")
        self._hashes, self._places = (
            memoryview(_map(folder / f"{name}-{what}")).cast("Q") for what in ("hashes", "places")
        )
        if len(self._places) != len(self) + 1 or self._places[-1] != len(self._rows):
            raise ValueError(f"{folder}: the files of {name} do not belong together")

    def __len__(self) -> int:
        return len(self._hashes)

    def find(self, key: int, iri: str) -> list[str] | None:
        """The rows of a thing by its hash; None if it is not here."""
        at = bisect_left(self._hashes, key)
        while at < len(self._hashes) and self._hashes[at] == key:
            first, rows = self.read(at)
            if first == iri:
                return rows
            at += 1
        return None

    def read(self, at: int) -> tuple[str, list[str]]:
        """The thing at a place, and its rows."""
        iri, *rows = self._rows[self._places[at] : self._places[at + 1]].decode("utf-8").split("\n")
        return iri, rows


class Shelf:
    """The shelf of one snapshot, whose name it bears.

    By the number that stands for it in a row: ``nodes``, the predicate itself, ``written``, as JSON has it; and
    ``numbers`` by the IRI. Raises OSError or ValueError if the files in ``folder`` are not what was written.
    """

    def __init__(self, snapshot: str, folder: Path) -> None:
        self.snapshot = snapshot
        predicates = json.loads((folder / _PREDICATES).read_text(encoding="utf-8"))
        self.nodes = {str(number): ox.NamedNode(iri) for number, iri in enumerate(predicates)}
        self.written = {number: write_json_term(node) for number, node in self.nodes.items()}
        self.numbers = {node.value: number for number, node in self.nodes.items()}
        self._first = {side: _Files(folder, side) for side in SIDES}
        grown = (folder / f"{_CHANGED}{SIDES[0]}-rows").exists()
        self._changed = {side: _Files(folder, _CHANGED + side) for side in SIDES} if grown else {}

    def count(self, side: Side) -> int:
        """How many things it had when it was made of a whole snapshot."""
        return len(self._first[side])

    def list_changed(self, side: Side) -> Iterator[tuple[str, list[str]]]:
        """The things that have changed since then, with their rows."""
        files = self._changed.get(side)
        return (files.read(at) for at in range(len(files))) if files is not None else iter(())

    def find(self, side: Side, iri: str) -> list[str] | None:
        """The rows of a thing, number of the predicate, tab, the other end as JSON; None if they are too many."""
        key, rows = _hash(iri), None
        if self._changed:
            rows = self._changed[side].find(key, iri)
        if rows is None:
            rows = self._first[side].find(key, iri)
        return [] if rows is None else None if rows == [_MUCH] else rows


def _map(file: Path) -> mmap.mmap | bytes:
    with file.open("rb") as opened:
        # Nothing cannot be mapped.
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if file.stat().st_size else b""
