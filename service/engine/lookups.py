"""Look-ups that the web process answers itself, from a copy of the snapshot in its own memory.

A question to a query process costs four wakings, two of them between our own processes; reading the twenty statements
about a figure costs less than one. What :mod:`service.sparql.lookups` recognises is read here statement by statement,
never by the engine: it can neither crash nor take longer than ``_MOST_ROWS`` statements do. What has more goes to the
pool, where it can be killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Coroutine
from itertools import islice
from operator import attrgetter

import pyoxigraph as ox

from loaders.build.snapshots import Snapshot
from loaders.errors import StoreError
from service.engine.evaluation import GRAPH_FORMATS
from service.engine.rows import FORMATS, Term, Unwritten, write_rows
from service.engine.workers import Job
from service.engine.xml_output import serialize_graph
from service.sparql.lookups import Lookup

#: Statements that are read for one answer, and characters of values that are written: some two milliseconds at most.
_MOST_ROWS = 1_000
_MOST_CHARACTERS = 200_000
_PARTS = ("subject", "predicate", "object")
_PLAIN = (ox.NamedNode, ox.Literal)
_DUMP = (
    "import sys, pyoxigraph as ox; ox.Store.read_only(sys.argv[1]).dump(sys.stdout.buffer, format=ox.RdfFormat.N_QUADS)"
)


class Copy:
    """A snapshot in this process's memory, for look-ups alone."""

    def __init__(self, store: ox.Store) -> None:
        self._held = [store]

    @classmethod
    async def load(cls, snapshot: Snapshot) -> Copy:
        """Loads it beside all that runs. Raises :class:`loaders.errors.StoreError` if it cannot be read."""
        # Another process reads the database, whose threads must not be here; the loading itself holds up nothing.
        reading, writing = os.pipe()
        try:
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-c", _DUMP, str(snapshot.database), stdin=asyncio.subprocess.DEVNULL,
                    stdout=writing, stderr=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
            finally:
                os.close(writing)
            store = ox.Store()
            try:
                await _finish(asyncio.to_thread(
                    store.bulk_load, path=f"/dev/fd/{reading}", format=ox.RdfFormat.N_QUADS, lenient=True
                ), process)  # fmt: skip
            except (OSError, ValueError, SyntaxError) as error:
                raise StoreError(str(snapshot.database), f"it cannot be read ({error})", "Build it again") from error
            if await process.wait():
                raise StoreError(str(snapshot.database), "it cannot be read", "Build the store again: gongkai build")
        finally:
            os.close(reading)
        return cls(store)

    async def close(self) -> None:
        """Gives the memory back, which takes a while."""
        await asyncio.to_thread(self._held.clear)

    def answer(self, job: Job, lookup: Lookup) -> tuple[bytes, int] | None:
        """The answer's bytes and rows; None where it is not to be had by reading a little."""
        if not self._held or job.default or job.named or not job.union:
            return None
        try:
            quads = self._read(lookup, min(_MOST_CHARACTERS, job.limit // 8))
            if quads is None:
                return None
            if lookup.names:
                return _write_select(lookup, quads, job)
            return _write_described(quads, job)
        except (Unwritten, ValueError):
            return None  # an IRI that is none: the engine says so

    def _read(self, lookup: Lookup, most: int) -> list[ox.Quad] | None:
        """The statements that fit, in each graph in which they stand; None if they are many or long."""
        s, p, o = [None if place[0] == "?" else ox.NamedNode(place) for place in lookup.pattern]
        quads = list(islice(self._held[0].quads_for_pattern(s, p, o, None), _MOST_ROWS + 1))
        if len(quads) > _MOST_ROWS:
            return None
        if o is not None:
            return quads
        size = 0
        for quad in quads:
            value = quad.object
            if type(value) is ox.Literal:
                size += len(value.value)
        return quads if size <= most else None


async def _finish(loading: Coroutine[None, None, None], process: asyncio.subprocess.Process) -> None:
    """Waits for a thread that reads what a process writes; if we are cancelled, both end."""
    task = asyncio.create_task(loading)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await asyncio.gather(task, return_exceptions=True)
        raise


def _write_select(lookup: Lookup, quads: list[ox.Quad], job: Job) -> tuple[bytes, int] | None:
    if job.format not in FORMATS:
        return None
    # What the pattern leaves open tells its statements apart: each counts once, in whichever graphs it stands.
    left = [(place[1:], part) for place, part in zip(lookup.pattern, _PARTS, strict=True) if place[0] == "?"]
    variables = [name for name, _ in left]
    values = [map(attrgetter(part), quads) for _, part in left]
    found: list[tuple[Term, ...]] = list(dict.fromkeys(zip(*values, strict=True)))
    if list(lookup.names) != variables:
        columns = [variables.index(name) for name in lookup.names]
        found = [tuple([row[column] for column in columns]) for row in found]
        if lookup.distinct:
            found = list(dict.fromkeys(found))
    rows = found[: lookup.limit]
    return write_rows(lookup.names, rows, job.format), len(rows)


def _write_described(quads: list[ox.Quad], job: Job) -> tuple[bytes, int] | None:
    triples = list(dict.fromkeys([quad.triple for quad in quads]))
    form = GRAPH_FORMATS.get(job.format)
    # RDF/XML has names that it cannot write, and a description goes on at blank nodes: both are the engine's matter.
    if form in (None, ox.RdfFormat.RDF_XML) or any(type(triple.object) not in _PLAIN for triple in triples):
        return None
    readable = form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG)
    return serialize_graph(triples, form, job.prefixes if readable else None), len(triples)
