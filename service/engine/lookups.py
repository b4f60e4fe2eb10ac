"""Look-ups that the web process answers itself, from the shelf beside the snapshot.

A question to a query process costs four wakings, two of them between our own processes; finding what is said of a thing
on the shelf (:mod:`service.engine.shelf`) costs less than one. What :mod:`service.sparql.lookups` recognises is read
here row by row, never by the engine: it can neither crash nor take longer than ``shelf.MOST_ROWS`` rows do. What has
more goes to the pool, where it can be killed.
"""

from __future__ import annotations

import pyoxigraph as ox

from service.engine.evaluation import GRAPH_FORMATS
from service.engine.rows import FORMATS, read_json_term, write_json_term, write_written
from service.engine.shelf import Shelf
from service.engine.workers import Job
from service.engine.xml_output import serialize_graph
from service.sparql.lookups import Lookup

_BLANK = '\t{"type":"bnode"'


def answer(shelf: Shelf, job: Job, lookup: Lookup) -> tuple[bytes, int] | None:
    """The answer's bytes and rows; None where it is not to be had by reading a little."""
    if job.default or job.named or not job.union:
        return None
    rows = _find(shelf, lookup.pattern)
    if rows is None:
        return None
    if not rows and not _are_iris(lookup.pattern):
        return None  # the engine says what is wrong with it
    # An answer that may be over the limit is not begun: a name of eight characters stands for each of its terms.
    if sum(map(len, rows)) * 8 > job.limit:
        return None
    return _write_select(shelf, lookup, rows, job) if lookup.names else _write_described(shelf, lookup, rows, job)


def _find(shelf: Shelf, pattern: tuple[str, str, str]) -> list[str] | None:
    """The rows of the statements that match, as the shelf has them; None if they are many."""
    subject, predicate, thing = pattern
    rows = shelf.find("naming", thing) if subject[0] == "?" else shelf.find("about", subject)
    if rows and predicate[0] != "?":
        number = shelf.numbers.get(predicate)
        rows = [row for row in rows if row.startswith(f"{number}\t")] if number is not None else []
    if rows and subject[0] != "?" and thing[0] != "?":
        end = "\t" + write_json_term(ox.NamedNode(thing))
        rows = [row for row in rows if row.endswith(end)]
    return rows


def _are_iris(pattern: tuple[str, str, str]) -> bool:
    try:
        for place in pattern:
            if place[0] != "?":
                ox.NamedNode(place)
    except ValueError:
        return False
    return True


def _write_select(shelf: Shelf, lookup: Lookup, rows: list[str], job: Job) -> tuple[bytes, int] | None:
    if job.format not in FORMATS:
        return None
    predicate = lookup.pattern[1][1:] if lookup.pattern[1][0] == "?" else ""
    columns = [0 if name == predicate else 2 for name in lookup.names]
    parts = [row.partition("\t") for row in rows]
    found: list[tuple[str, ...]]
    if columns == [0, 2]:
        found = [(shelf.written[number], term) for number, _, term in parts]
    else:
        found = [tuple([part[2] if column else shelf.written[part[0]] for column in columns]) for part in parts]
    # What the pattern leaves open tells its statements apart; what is asked for may not.
    if lookup.distinct:
        found = list(dict.fromkeys(found))
    found = found[: lookup.limit]
    return write_written(lookup.names, found, job.format), len(found)


def _write_described(shelf: Shelf, lookup: Lookup, rows: list[str], job: Job) -> tuple[bytes, int] | None:
    form = GRAPH_FORMATS.get(job.format)
    # RDF/XML has names that it cannot write, and a description goes on at blank nodes: both are the engine's matter.
    if form in (None, ox.RdfFormat.RDF_XML) or any(_BLANK in row for row in rows):
        return None
    subject = ox.NamedNode(lookup.pattern[0])
    triples = [
        ox.Triple(subject, shelf.nodes[number], read_json_term(term))
        for number, _, term in [row.partition("\t") for row in rows]
    ]
    readable = form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG)
    return serialize_graph(triples, form, job.prefixes if readable else None), len(triples)
