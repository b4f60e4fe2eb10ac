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
"""

from __future__ import annotations

import contextlib
import json
import mmap
import shutil
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from service.engine.rows import Unwritten, write_json_term

#: The name of the folder, and the edition of its form: another number where the same statements get other bytes.
PART, EDITION = "lookups", 1
#: Of one thing. Reading and writing so many takes half a millisecond.
MOST_ROWS, MOST_CHARACTERS = 1_000, 200_000
Side = Literal["about", "naming"]
_SIDES: tuple[Side, ...] = ("about", "naming")
_PREDICATES = "predicates.json"
_MUCH = "!"
#: Statements of which so many are put in order at once, in memory.
_AT_ONCE = 400_000
_BITS = 64


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
            for side in _SIDES
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
    # Numbers by the order of the IRIs, so that the same statements give the same bytes.
    order = sorted(numbers)
    ranks = {str(numbers[iri]): str(rank) for rank, iri in enumerate(order)}
    for side in _SIDES:
        _put_in_order(work, side, shares, ranks, folder)
    (folder / _PREDICATES).write_text(json.dumps(order), encoding="utf-8")
    shutil.rmtree(work)


def _write(term: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple) -> str:
    try:
        return write_json_term(term)
    except Unwritten:
        return _MUCH  # a statement about a statement


def _put_in_order(work: Path, side: Side, shares: int, ranks: dict[str, str], folder: Path) -> None:
    hashes, places = array("Q"), array("Q")
    with (folder / f"{side}-rows").open("wb") as out:
        for share in range(shares):
            for key, iri, rows in _read_heap(work / f"{side}-{share}", ranks):
                hashes.append(key)
                places.append(out.tell())
                out.write("\n".join((iri, *rows)).encode("utf-8"))
        places.append(out.tell())
    (folder / f"{side}-hashes").write_bytes(hashes.tobytes())
    (folder / f"{side}-places").write_bytes(places.tobytes())


def _read_heap(file: Path, ranks: dict[str, str]) -> Iterator[tuple[int, str, list[str]]]:
    """The hash of each thing, the thing and its rows, in the order of the hashes."""
    found: dict[str, set[tuple[str, str]]] = {}
    with file.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            iri, number, term = line[:-1].split("\t")
            found.setdefault(iri, set()).add((ranks[number], term))
    for key, iri in sorted((_hash(iri), iri) for iri in found):
        rows = sorted(found[iri])
        terms = [term for _, term in rows]
        if len(rows) > MOST_ROWS or sum(map(len, terms)) > MOST_CHARACTERS or _MUCH in terms:
            yield key, iri, [_MUCH]
        else:
            yield key, iri, [f"{rank}\t{term}" for rank, term in rows]


@lru_cache(maxsize=1 << 16)
def _hash(iri: str) -> int:
    return int.from_bytes(blake2b(iri.encode("utf-8", "surrogatepass"), digest_size=_BITS // 8).digest(), "little")


@dataclass(frozen=True)
class _Files:
    rows: mmap.mmap | bytes
    hashes: memoryview
    places: memoryview


class Shelf:
    """The shelf of one snapshot, whose name it bears.

    By the number that stands for it in a row: ``nodes``, the predicate itself, ``written``, as JSON has it; and
    ``numbers`` by the IRI.
    """

    def __init__(self, snapshot: str, predicates: list[str], sides: dict[Side, _Files]) -> None:
        self.snapshot = snapshot
        self.nodes = {str(number): ox.NamedNode(iri) for number, iri in enumerate(predicates)}
        self.written = {number: write_json_term(node) for number, node in self.nodes.items()}
        self.numbers = {node.value: number for number, node in self.nodes.items()}
        self._sides = sides

    @classmethod
    def read(cls, snapshot: str, folder: Path) -> Shelf:
        """Opens the files in ``folder``. Raises OSError or ValueError if they are not what was written."""
        sides = {}
        for side in _SIDES:
            hashes, places = (memoryview(_map(folder / f"{side}-{what}")).cast("Q") for what in ("hashes", "places"))
            if len(places) != len(hashes) + 1:
                raise ValueError(f"{folder}: the files do not belong together")
            sides[side] = _Files(_map(folder / f"{side}-rows"), hashes, places)
        return cls(snapshot, json.loads((folder / _PREDICATES).read_text(encoding="utf-8")), sides)

    def find(self, side: Side, iri: str) -> list[str] | None:
        """The rows of a thing, number of the predicate, tab, the other end as JSON; None if they are too many."""
        files, key = self._sides[side], _hash(iri)
        at = bisect_left(files.hashes, key)
        while at < len(files.hashes) and files.hashes[at] == key:
            first, *rows = files.rows[files.places[at] : files.places[at + 1]].decode("utf-8").split("\n")
            if first == iri:
                return None if rows[0] == _MUCH else rows
            at += 1
        return []


def _map(file: Path) -> mmap.mmap | bytes:
    with file.open("rb") as opened:
        # Nothing cannot be mapped.
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if file.stat().st_size else b""
