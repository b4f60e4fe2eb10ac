"""What a snapshot takes of each document: its own graph, what it says of shared things, what the index must know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from loaders.build.conversion import Cache
from loaders.build.differences import pair_figures, read_cached_figures
from loaders.build.supersession import link_earlier, link_later, rename_version, supersede
from loaders.build.versions import Converted
from loaders.derived.origins import Statement, index_namings, index_number
from loaders.derived.years import plain_number
from loaders.graph.iris import RDF, Iris
from loaders.words.codes import fold


class Material:
    """The documents of one snapshot, each with the versions of it, and their quads in the cache."""

    def __init__(self, documents: Sequence[Converted], cache: Cache, base: str) -> None:
        self.iris = Iris(base)
        self._cache, self._base = cache, base
        self._by_id = {d.id: d for d in documents}
        self._earlier: dict[str, list[Converted]] = {}
        for document in documents:
            if document.replaced_by:
                self._earlier.setdefault(document.replaced_by, []).append(document)

    def __contains__(self, identity: str) -> bool:
        return identity in self._by_id

    def is_plain(self, document: Converted) -> bool:
        """Whether the quads of a document are those of its conversion: it has no other version, and its own id."""
        return document.id == document.origin and not document.replaced_by and document.id not in self._earlier

    def find_recipe(self, document: Converted) -> tuple[object, ...]:
        """What decides the quads of a document: where it is the same, they are."""
        later = self._by_id.get(document.replaced_by)
        replacing = () if later is None else (later.id, later.key, later.checksum)
        earlier = sorted(d.id for d in self._earlier.get(document.id, ()))
        mine = (document.id, document.origin, document.key, document.checksum, document.revision, document.replaced_by)
        return (*mine, replacing, *earlier)

    def list_quads(self, document: Converted) -> Iterator[Quad]:
        """All quads of a document: those of its graph, with what ties it to its versions, and of shared things."""
        path = self._cache.find_quads(document.key)
        quads = rename_version(pyoxigraph.parse(path=path, format=RdfFormat.N_QUADS), document, self._base)
        yield from supersede(quads, self._base) if document.replaced_by else quads
        for earlier in self._earlier.get(document.id, ()):
            yield from link_earlier(earlier, document, self._base)
        later = self._by_id.get(document.replaced_by)
        if later is not None:
            pair = [read_cached_figures(self._cache.find_quads(d.key), d, self._base) for d in (document, later)]
            yield from link_later(document, later, pair_figures(*pair), self._base)

    def read(self, document: Converted) -> tuple[bytes | list[Quad], list[Triple]]:
        """The quads of a document's own graph, as N-Quads where nobody had to change them; what it says of things.

        Raises OSError.
        """
        if not self.is_plain(document):
            quads = list(dict.fromkeys(self.list_quads(document)))
            own = self.iris.document(document.id)
            return [q for q in quads if q.graph_name == own], [q.triple for q in quads if q.graph_name != own]
        mine: list[bytes] = []
        shared: list[bytes] = []
        ending = f" {self.iris.graph('things')} .\n".encode()
        with self._cache.find_quads(document.key).open("rb") as file:
            for line in file:
                (shared if line.endswith(ending) else mine).append(line)
        found = pyoxigraph.parse(b"".join(shared), RdfFormat.N_QUADS)
        return b"".join(mine), [cast(Quad, q).triple for q in found]

    def list_index(self, document: Converted, shares: Iterable[Triple]) -> list[Statement]:
        """What the index says of a document before anything is derived: names of codes, numbers of instruments."""
        gk = self.iris.gk
        rows: list[Statement] = []
        if not document.replaced_by:
            rows += index_namings(((fold(n.name), n) for n in document.namings), document.fiscal_year)
        kind, citation, number = RDF("type"), gk("Citation"), gk("number")
        cited = {t.subject for t in shares if t.predicate == kind and t.object == citation}
        for triple in shares:
            if triple.predicate == number and triple.subject in cited:
                words = cast(Literal, triple.object).value
                rows.append(index_number(plain_number(words), cast(NamedNode, triple.subject)))
        return rows
