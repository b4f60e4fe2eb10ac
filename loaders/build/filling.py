"""Documents, ontology and description fill the database of a snapshot in the making."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from loaders.build.conversion import Cache
from loaders.build.description import describe
from loaders.build.differences import pair_figures, read_cached_figures
from loaders.build.loading import Progress, open_database
from loaders.build.snapshots import Workshop
from loaders.build.supersession import link_versions, rename_version, supersede
from loaders.build.versions import Converted
from loaders.derived import derive
from loaders.derived.learned import revise_names, write_disagreements
from loaders.derived.learning import compare_namings
from loaders.graph.canned import describe_queries
from loaders.graph.iris import Iris, move_term
from loaders.resources import ontology_files
from loaders.settings import DEFAULT_BASE


def fill_database(
    workshop: Workshop, documents: Sequence[Converted], cache: Cache, base: str, moment: datetime, progress: Progress
) -> int:
    """Loads everything into the database of the snapshot in the making and returns the number of its quads.

    Raises :class:`loaders.errors.StoreError` if the disk refuses. ``moment`` is the time that the build states.
    """
    iris = Iris(base)
    total = len(documents) + 3
    plain = [d for d in documents if d.id == d.origin and not d.replaced_by and not _replaces(d, documents)]
    versions = [d for d in documents if d not in plain]
    with open_database(workshop) as store:
        progress("load", 0, total)
        load_quads(store, [cache.find_quads(d.key) for d in plain], lambda done: progress("load", done, total))
        for number, document in enumerate(versions, len(plain)):
            progress("load", number, total)
            store.bulk_extend(_list_quads(document, documents, cache, base))
        progress("load", total - 3, total)
        store.bulk_extend(_read_ontology(iris))
        queries = iris.graph("queries")
        store.bulk_extend(Quad(t.subject, t.predicate, t.object, queries) for t in describe_queries(base))
        _learn_codes(store, documents, base)
        progress("load", total - 2, total)
        store.bulk_extend(list(derive(store, base, moment)))
        progress("load", total - 1, total)
        store.bulk_extend(list(describe(store, documents, base, moment)))
        progress("load", total, total)
        return len(store)


def load_quads(store: pyoxigraph.Store, paths: Sequence[Path], tell: Callable[[int], None]) -> None:
    """Loads files of N-Quads that a conversion wrote, all at once; ``tell`` hears how many are done."""
    if paths:
        # We wrote them ourselves, and their digests were compared: they need no validation.
        store.bulk_load(input=cast(IO[bytes], _Files(paths, tell)), format=RdfFormat.N_QUADS, lenient=True)


def _learn_codes(store: pyoxigraph.Store, documents: Sequence[Converted], base: str) -> None:
    """What the newest versions of all documents together say of codes."""
    newest = [d for d in documents if not d.replaced_by]
    learned, disagreements = compare_namings({d.id: d.namings for d in newest}, {d.id: d.fiscal_year for d in newest})
    gone, new = revise_names(store, learned, base)
    for quad in gone:
        store.remove(quad)
    store.extend([*new, *write_disagreements(disagreements, base)])


def _replaces(document: Converted, documents: Sequence[Converted]) -> bool:
    return any(d.replaced_by == document.id for d in documents)


def _list_quads(document: Converted, documents: Sequence[Converted], cache: Cache, base: str) -> Iterator[Quad]:
    """The quads of a document that has another version, with what ties the two."""
    path = cache.find_quads(document.key)
    quads = rename_version(pyoxigraph.parse(path=path, format=RdfFormat.N_QUADS), document, base)
    yield from supersede(quads, base) if document.replaced_by else quads
    later = next((d for d in documents if d.id == document.replaced_by), None)
    if later is not None:
        pair = [read_cached_figures(cache.find_quads(d.key), d, base) for d in (document, later)]
        yield from link_versions(document, later, pair_figures(*pair), base)


class _Files(io.RawIOBase):
    """Several files read as one, so that the database sorts all their quads at once."""

    def __init__(self, paths: Sequence[Path], tell: Callable[[int], None]) -> None:
        self._paths, self._tell = list(paths), tell
        self._done = 0
        self._file: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._file is None:
                if self._done == len(self._paths):
                    return 0
                self._file = self._paths[self._done].open("rb")
            count: int = self._file.readinto(buffer)
            if count:
                return count
            self._file.close()
            self._file = None
            self._done += 1
            self._tell(self._done)


def _read_ontology(iris: Iris) -> Iterator[Quad]:
    """The ontology's statements in their graph. With another base, what lies below ours is moved below that."""
    graph = iris.graph("ontology")
    for path in ontology_files():
        for triple in pyoxigraph.parse(path=path, rename_blank_nodes=True):
            terms = (triple.subject, triple.predicate, triple.object)
            if iris.base == DEFAULT_BASE:
                yield Quad(*terms, graph)
                continue
            subject, predicate, value = (move_term(term, iris.base) for term in terms)
            yield Quad(subject, predicate, value, graph)
