"""Documents, ontology and description fill the database of a snapshot in the making, from nothing."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from loaders.build.conversion import Cache
from loaders.build.counts import count_all
from loaders.build.description import describe, make_seal
from loaders.build.loading import Progress, open_database, open_origins
from loaders.build.material import Material
from loaders.build.snapshots import Workshop
from loaders.build.versions import Converted
from loaders.derived.cubes import MEMBER
from loaders.derived.learned import revise_names, write_disagreements
from loaders.derived.learning import NameTally, Said, compare_namings
from loaders.derived.origins import (
    SUMS,
    VALUES,
    Origins,
    Statement,
    list_first,
    list_first_given,
    list_first_part,
    list_tallies,
)
from loaders.derived.renewal import name_of_code, split_findings
from loaders.derived.writing import Part, derive_parts, describe_cubes
from loaders.graph.canned import describe_queries
from loaders.graph.iris import Iris, move_term
from loaders.resources import ontology_files
from loaders.settings import DEFAULT_BASE
from loaders.words.codes import fold

#: So many quads are written at once.
_BATCH = 200_000


def fill_database(
    workshop: Workshop,
    documents: Sequence[Converted],
    cache: Cache,
    base: str,
    moment: datetime,
    progress: Progress,
    loaded: Container[str] | None = None,
    threads: int = 1,
) -> int:
    """Loads everything into the database of the snapshot in the making and returns the number of its quads.

    With ``loaded`` its foundation is there already, and so are the plain documents of these keys. ``threads`` is how
    many processors deriving and counting may use. Beside it goes what
    :mod:`loaders.build.growing` needs to make the next from it. ``moment`` is the time that the build states. Raises
    :class:`loaders.errors.StoreError` if the disk refuses.
    """
    if loaded is None:
        lay_foundation(workshop, base)
    with open_database(workshop) as store, open_origins(workshop) as origins:
        count = _Filling(store, Batches(origins), documents, cache, base, loaded or (), threads).run(moment, progress)
        Origins(origins, Iris(base)).seal(make_seal(count, moment))
        return count


def lay_foundation(workshop: Workshop, base: str) -> None:
    """Begins the database with what every snapshot holds whatever its documents: ontology, lists, canned queries.

    Raises :class:`loaders.errors.StoreError` if the disk refuses.
    """
    iris = Iris(base)
    queries = iris.graph("queries")
    with open_database(workshop) as store:
        store.bulk_extend(_read_ontology(iris))
        store.bulk_extend(Quad(t.subject, t.predicate, t.object, queries) for t in describe_queries(base))


class Batches:
    """Writes quads to a database many at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[Quad] = []

    def put(self, quads: Iterable[Quad]) -> None:
        """Writes quads, now or later."""
        self._waiting += quads
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Writes what is waiting."""
        self._store.bulk_extend(self._waiting)
        self._waiting = []


class _Filling:
    def __init__(
        self,
        store: Store,
        origins: Batches,
        documents: Sequence[Converted],
        cache: Cache,
        base: str,
        loaded: Container[str],
        threads: int,
    ) -> None:
        self.store, self.origins, self.documents, self.cache, self.base = store, origins, documents, cache, base
        self.loaded, self.threads = loaded, threads
        self.iris = Iris(base)
        self.material = Material(documents, cache, base)
        self.index: dict[NamedNode, list[Statement]] = {}

    def run(self, moment: datetime, progress: Progress) -> int:
        total = len(self.documents) + 3
        self._load(lambda done: progress("load", done, total))
        progress("load", total - 3, total)
        self._learn_codes()
        progress("load", total - 2, total)
        self._derive()
        progress("load", total - 1, total)
        counts, ids = count_all(self.store, self.threads), [d.id for d in self.documents]
        described = list(describe(counts, ids, len(ids), self.base, moment))
        self.store.bulk_extend(described)
        progress("load", total, total)
        return counts.triples + len(described)

    def _load(self, tell: Callable[[int], None]) -> None:
        plain = [d for d in self.documents if self.material.is_plain(d)]
        tell(0)
        missing = [self.cache.find_quads(d.key) for d in plain if d.key not in self.loaded]
        load_quads(self.store, missing, lambda done: tell(len(plain) - len(missing) + done))
        for number, document in enumerate((d for d in self.documents if not self.material.is_plain(d)), len(plain)):
            tell(number)
            self.store.bulk_extend(self.material.list_quads(document))
        codes = self.iris.thing("code/").value
        given: set[Statement] = set()
        for document in self.documents:
            _, shares = self.material.read(document)
            node = self.iris.document(document.id)
            self.index[node] = self.material.list_index(document, shares)
            self.origins.put(list_first(node, shares, ()))
            for triple in shares:
                subject = cast(NamedNode, triple.subject)
                if subject.value.startswith(codes):
                    given.add((subject, triple.predicate, cast("NamedNode | Literal", triple.object)))
        self.origins.put(list_first_given(given))

    def _learn_codes(self) -> None:
        """What the newest versions of all documents together say of codes."""
        newest = [d for d in self.documents if not d.replaced_by]
        learned, disagreements = compare_namings(
            {d.id: d.namings for d in newest}, {d.id: d.fiscal_year for d in newest}
        )
        gone, new = revise_names(self.store, learned, self.base)
        for quad in gone:
            self.store.remove(quad)
        findings = list(write_disagreements(disagreements, self.base))
        self.store.extend([*new, *findings])
        for code, statements in split_findings(findings, self.iris).items():
            self.origins.put(list_first_part(name_of_code(code), statements))
        said: dict[str, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
        for document in newest:
            for naming in document.namings:
                said[naming.code][fold(naming.name)].append(Said(document.id, document.fiscal_year, naming))
        for code, names in said.items():
            self.origins.put(list_tallies({code: {flat: NameTally.count(who) for flat, who in names.items()}}))

    def _derive(self) -> None:
        graph, target = self.iris.graph("derived"), Batches(self.store)
        members: dict[NamedNode, set[NamedNode | Literal]] = defaultdict(set)

        def put(part: Part) -> None:
            self.origins.put(list_first_part(part.name, part.statements))
            target.put(Quad(*statement, graph) for statement in part.statements if statement[1] != MEMBER)
            for subject, predicate, value in part.statements:
                if predicate == MEMBER:
                    members[subject].add(value)

        def note(what: NamedNode) -> Callable[[NamedNode, NamedNode, int], None]:
            return lambda document, agency, year: self.index[document].append((agency, what, Literal(str(year))))

        for part in derive_parts(self.store, self.iris, note(SUMS), note(VALUES), self.threads):
            put(part)
        for part in describe_cubes(self.iris, members):
            put(part)
        target.flush()
        self.origins.put(list_first_given((s, MEMBER, v) for s, values in members.items() for v in values))
        for document, rows in self.index.items():
            self.origins.put(list_first(document, (), rows))
        self.origins.flush()


def load_quads(store: pyoxigraph.Store, paths: Iterable[Path], tell: Callable[[int], None]) -> None:
    """Loads files of N-Quads that a conversion wrote, as one stream; ``tell`` hears how many are done."""
    # We wrote them ourselves, and their digests are compared: they need no validation.
    store.bulk_load(input=cast(IO[bytes], _Files(paths, tell)), format=RdfFormat.N_QUADS, lenient=True)


class _Files(io.RawIOBase):
    """Several files read as one, so that the database sorts all their quads at once."""

    def __init__(self, paths: Iterable[Path], tell: Callable[[int], None]) -> None:
        self._paths, self._tell = iter(paths), tell
        self._done = 0
        self._file: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._file is None:
                path = next(self._paths, None)
                if path is None:
                    return 0
                self._file = path.open("rb")
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
