"""How many statements a snapshot has, counted once: the answers to queries that ask for nothing else.

The description of the dataset (VoID) counts what each graph states; a query sees the union of the graphs, where a
statement of two graphs is one. Both are kept, in one file beside the snapshot.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from loaders.build.counts import count_all
from loaders.graph.internal import read_internal
from service.engine.rows import FORMATS, Term, write_rows
from service.engine.workers import Job
from service.sparql.lookups import Count

#: Another number where the file has another form.
EDITION = 1
_FILE = "counts.json"
_XSD_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
#: What is counted of the union of the graphs: names of internal queries, and of the column that tells what.
_UNION = {"property": "engine/properties-of-union", "class": "engine/classes-of-union"}


def write_statistics(store: ox.Store, folder: Path) -> None:
    """Counts a snapshot and writes the file; takes as long as looking at every statement some times."""
    named = count_all(store)
    found: dict[str, dict[str, Any]] = {
        "union": {what: _count_union(store, query, what) for what, query in _UNION.items()},
        "named": {
            what: {node.value: number for node, number in counter.items()}
            for what, counter in (("property", named.properties), ("class", named.classes), ("graph", named.graphs))
        },
    }
    if found["union"]["class"] is None:
        del found["union"]["class"], found["named"]["class"]
    for counts in found.values():
        counts["all"] = sum(counts["property"].values())
    (folder / _FILE).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def _count_union(store: ox.Store, query: str, what: str) -> dict[str, int] | None:
    rows = cast(ox.QuerySolutions, store.query(read_internal(query), use_default_graph_as_union=True))
    counted: dict[str, int] = {}
    for row in rows:
        node, number = row[what], row["n"]
        if not isinstance(node, ox.NamedNode) or not isinstance(number, ox.Literal):
            return None  # a class without a name, in a graph that was loaded: such counts are left to the engine
        counted[node.value] = int(number.value)
    return counted


@dataclass(frozen=True)
class Statistics:
    """The counts of one snapshot, whose name they bear."""

    snapshot: str
    _counts: dict[str, Any]

    @classmethod
    def read(cls, snapshot: str, folder: Path) -> Statistics:
        """Reads what :func:`write_statistics` wrote. Raises OSError or ValueError if it is not there."""
        return cls(snapshot, json.loads((folder / _FILE).read_text(encoding="utf-8")))

    def answer(self, job: Job, count: Count) -> tuple[bytes, int] | None:
        """The answer's bytes and rows; None where it is not kept."""
        if job.format not in FORMATS or job.default or job.named or not job.union:
            return None
        known = self._counts["named" if count.named else "union"].get(count.what)
        if known is None:
            return None
        if not count.key:
            number = known if count.what == "all" else known.get(count.of, 0)
            return write_rows([count.name], [[_make_number(number)]], job.format), 1
        pairs = sorted(known.items(), key=lambda pair: pair[1] * count.order) if count.order else list(known.items())
        rows: list[list[Term]] = [[ox.NamedNode(key), _make_number(number)] for key, number in pairs[: count.limit]]
        return write_rows([count.key, count.name], rows, job.format), len(rows)


def _make_number(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=_XSD_INTEGER)
