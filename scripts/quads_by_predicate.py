"""How many quads a figure costs, and what they are spent on: by class and predicate, of a store or of N-Quads files.

    python scripts/quads_by_predicate.py .gongkai/store
    python scripts/quads_by_predicate.py --before OLD_STORE NEW_STORE > table.md

Counted is what grows with the documents: their own graphs, ``graph/things`` and ``graph/derived``. The ontology, the
canned queries, the description of the dataset and the closure of the code lists (``skos:broaderTransitive``), which are
the same however many documents there are, are told apart. The first class of a thing (in the order of ``_FIRST``, then
by name) is the one it is counted under.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph
from pyoxigraph import Quad

from loaders.build.snapshots import find_current
from loaders.errors import GongkaiError, MissingFile
from loaders.graph.iris import RDF, SKOS

#: Graphs that do not grow with the documents.
_FIXED = ("/graph/ontology", "/graph/queries", "/graph/dataset")
_CLOSURE = SKOS("broaderTransitive")
#: Of several classes the one that tells most.
_FIRST = ("Figure", "Finding", "Fragment", "RollUp", "QuantityRollUp", "Project", "Agency")


@dataclass
class Tally:
    """The quads of a store: ``rows`` by class and predicate, ``fixed`` those that do not grow, ``figures`` in all."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    things: Counter[str] = field(default_factory=Counter)
    fixed: int = 0
    figures: int = 0

    @property
    def total(self) -> int:
        """All quads that grow with the documents."""
        return sum(self.rows.values())


def count(quads: Iterable[Quad]) -> Tally:
    """Counts quads; they are held in memory until the class of each subject is known."""
    tally = Tally()
    classes: dict[str, str] = {}
    uses: Counter[tuple[str, str]] = Counter()
    for quad in quads:
        if str(quad.graph_name).rstrip(">").endswith(_FIXED) or quad.predicate == _CLOSURE:
            tally.fixed += 1
            continue
        subject = quad.subject.value
        if quad.predicate == RDF("type"):
            found = _shorten(quad.object.value)
            classes[subject] = min(classes.get(subject, found), found, key=_rank)
        uses[subject, quad.predicate.value] += 1
    for (subject, predicate), number in uses.items():
        tally.rows[classes.get(subject, "(no class)"), _shorten(predicate)] += number
    tally.things.update(classes.values())
    tally.figures = tally.things["Figure"]
    return tally


def _rank(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _shorten(iri: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[-1]


def read(path: Path) -> Iterator[Quad]:
    """The quads of a store (its folder), of a file of N-Quads, or of all such files in a folder.

    Raises :class:`loaders.errors.MissingFile` if there is neither.
    """
    files = sorted(path.glob("*.nq")) if path.is_dir() else [path]
    snapshot = find_current(path) if path.is_dir() and not files else None
    if snapshot is not None:
        yield from pyoxigraph.Store.read_only(str(snapshot.database))
        return
    if not files or not all(f.is_file() for f in files):
        raise MissingFile(str(path), "it is neither a store nor N-Quads", "Name a store's folder or files of N-Quads")
    for file in files:
        yield from pyoxigraph.parse(path=file, format=pyoxigraph.RdfFormat.N_QUADS)


def tell(after: Tally, before: Tally | None, least: float) -> Iterator[str]:
    """The table in Markdown: quads for each figure, rows above ``least``, the others added up."""
    tallies = [t for t in (before, after) if t is not None]
    if not all(t.figures for t in tallies):
        yield "no figures"
        return
    heads = ["before", "after"] if before is not None else ["quads"]
    yield f"| class | predicate | {' | '.join(heads)} |"
    yield f"| --- | --- |{' ---: |' * len(heads)}"
    keys = sorted({key for t in tallies for key in t.rows}, key=lambda k: (-max(t.rows[k] for t in tallies), k))
    shares = {key: [t.rows[key] / t.figures for t in tallies] for key in keys}
    small = [shares[k] for k in keys if max(shares[k]) < least]
    for key in keys:
        if max(shares[key]) >= least:
            yield _row(*key, shares[key])
    yield _row("others", f"each below {least:g}", [sum(column) for column in zip(*small, strict=True)] or [0.0])
    for name in sorted({k[0] for k in keys}, key=lambda n: -max(_share(t, n) for t in tallies)):
        if max(_share(t, name) for t in tallies) >= least:
            yield _row(f"**{name}**", f"all, {after.things[name]} things", [_share(t, name) for t in tallies])
    yield _row("**all**", f"{after.total} quads, {after.figures} figures", [t.total / t.figures for t in tallies])
    yield f"| fixed | ontology, queries, description, closure | {' | '.join(str(t.fixed) for t in tallies)} |"


def _share(tally: Tally, name: str) -> float:
    return sum(n for (each, _), n in tally.rows.items() if each == name) / tally.figures


def _row(name: str, predicate: str, numbers: list[float]) -> str:
    return f"| {name} | {predicate} | {' | '.join(f'{n:.2f}' for n in numbers)} |"


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 1 with the reason if there is nothing to count."""
    parser = argparse.ArgumentParser(description="Quads for each figure, by class and predicate.")
    parser.add_argument("store", type=Path, help="a store, or N-Quads")
    parser.add_argument("--before", type=Path, help="another store, to compare with")
    parser.add_argument("--least", type=float, default=0.2, help="rows below so many quads a figure are added up")
    options = parser.parse_args(arguments)
    try:
        before = count(read(options.before)) if options.before else None
        for line in tell(count(read(options.store)), before, options.least):
            print(line)
    except GongkaiError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
