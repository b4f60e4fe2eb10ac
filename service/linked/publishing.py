"""A store is published to a graph store elsewhere: graph by graph, only what changed, the index last.

What is there is told by a graph of its own, ``…/graph/publication``, the index: a line of text for each graph that was
published, with its digest. It says nothing of any thing, so that no query finds other rows. A run

1. reads the index and marks it as being changed by this run, and reads it again: a server that does not keep what it
   is given is found out before anything is sent;
2. puts each graph whose digest is another, those of documents first, each whole, then deletes those that have gone;
3. puts the new index, unless another run has put its mark there meanwhile.

Interrupted at any moment, every graph there is whole, the old one or the new one, and the index says that a run was
begun. The next run sends only what that one had not sent: the store's folder remembers it, for that mark alone.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from loaders.build.loading import Progress
from loaders.build.snapshots import Snapshot, replace_file, writing
from loaders.errors import StoreError
from loaders.graph.iris import Iris
from service.linked.graph_client import GraphClient

#: Of how many graphs that were sent the folder remembers at once.
_REMEMBERED = 20
#: A line of the index: the SHA-256 of a graph's sorted N-Triples and its name, or the mark of the run that goes on.
_LINE, _RUN = ox.NamedNode("http://spdx.org/rdf/terms#checksumValue"), "running"


@dataclass(frozen=True)
class Index:
    """What a store elsewhere says that it holds: the digest of each graph, and the mark of a run that is not over."""

    digests: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""


@dataclass(frozen=True)
class Published:
    """What a run did: how many graphs it put, deleted and left as they were, and how many triples it sent."""

    put: int
    deleted: int
    kept: int
    triples: int


class Publication:
    """A snapshot on its way to a store elsewhere.

    ``store`` is the folder of the store, where what was sent is remembered until the index is there.
    """

    def __init__(self, store: Path, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.folder = store / "publishing"
        iris = Iris(snapshot.manifest.base)
        self.name = iris.graph("publication")
        self._documents = f"{snapshot.manifest.base}id/document/"
        self._store = ox.Store.read_only(str(snapshot.database))

    def list_graphs(self) -> list[str]:
        """The graphs of the snapshot, those of documents first."""
        names = [g.value for g in self._store.named_graphs() if isinstance(g, ox.NamedNode)]
        return sorted(names, key=lambda name: (not name.startswith(self._documents), name))

    def read_graph(self, name: str) -> tuple[bytes, str, int]:
        """The triples of a graph as N-Triples in order, their digest, their number."""
        graph = ox.NamedNode(name)
        lines = sorted(f"{quad.triple} .\n" for quad in self._store.quads_for_pattern(None, None, None, graph))
        body = "".join(lines).encode("utf-8")
        return body, sha256(body).hexdigest(), len(lines)

    def publish(self, client: GraphClient, progress: Progress, *, everything: bool = False) -> Published:
        """Brings the store elsewhere to what the snapshot holds; ``everything`` sends what it has already, too.

        Raises :class:`loaders.errors.StoreError` if that is impossible; what was sent so far need not be sent again.
        """
        before = self.read_index(client)
        names = self.list_graphs()
        if self.name.value in names:
            raise StoreError(str(self.snapshot.folder), f"it has a graph {self.name.value} itself", "Load it otherwise")
        sent = {} if everything else self._recall(client.url, before.mark)
        known = {} if everything else {**before.digests, **sent}
        mark = before.mark if sent else uuid.uuid4().hex
        if before.mark != mark:
            client.put(self.name.value, self.write_index(Index(before.digests, mark)))
            if self.read_index(client) != Index(before.digests, mark):
                raise StoreError(client.url, "it does not keep what it is given", "Is it a SPARQL 1.1 graph store?")
        digests: dict[str, str] = {}
        counts = {"put": 0, "kept": 0, "triples": 0}
        try:
            for number, name in enumerate(names):
                progress("publish", number, len(names))
                body, digests[name], triples = self.read_graph(name)
                if known.get(name) == digests[name]:
                    counts["kept"] += 1
                    continue
                client.put(name, body)
                sent[name] = digests[name]
                counts["put"] += 1
                counts["triples"] += triples
                if counts["put"] % _REMEMBERED == 0:
                    self._remember(client.url, mark, sent)
            gone = sorted({*before.digests, *sent} - {*names})
            for name in gone:
                client.delete(name)
        finally:
            self._remember(client.url, mark, sent)
        if self.read_index(client).mark != mark:
            raise StoreError(
                client.url, "another run publishes there at the same time", "Let one of them end, then publish again"
            )
        client.put(self.name.value, self.write_index(Index(digests)))
        self._find_memory(client.url).unlink(missing_ok=True)
        progress("publish", len(names), len(names))
        return Published(counts["put"], len(gone), counts["kept"], counts["triples"])

    def write_bulk(self, output: IO[bytes], progress: Progress) -> int:
        """Writes everything and the index as N-Quads for the loader of a store elsewhere; gives the number of quads."""
        names, digests, total = self.list_graphs(), {}, 0
        for number, name in enumerate(names):
            progress("write", number, len(names))
            body, digests[name], triples = self.read_graph(name)
            total += triples
            for line in body.splitlines():
                output.write(line[:-1] + f"<{name}> .\n".encode())
        for line in self.write_index(Index(digests)).splitlines():
            output.write(line[:-1] + f"<{self.name.value}> .\n".encode())
        progress("write", len(names), len(names))
        return total

    def read_index(self, client: GraphClient) -> Index:
        """What the store elsewhere says that it holds."""
        digests, mark = {}, ""
        for triple in client.get(self.name.value):
            head, _, rest = _read_text(triple.object).partition(" ")
            if triple.predicate == _LINE and head == _RUN:
                mark = rest
            elif triple.predicate == _LINE:
                digests[rest] = head
        return Index(digests, mark)

    def write_index(self, index: Index) -> bytes:
        """The index as N-Triples."""
        return "".join(f"{triple} .\n" for triple in self._state(index)).encode("utf-8")

    def _state(self, index: Index) -> Iterator[ox.Triple]:
        for name, digest in sorted(index.digests.items()):
            yield ox.Triple(self.name, _LINE, ox.Literal(f"{digest} {name}"))
        if index.mark:
            yield ox.Triple(self.name, _LINE, ox.Literal(f"{_RUN} {index.mark}"))

    def _find_memory(self, url: str) -> Path:
        return self.folder / f"{sha256(url.encode('utf-8')).hexdigest()[:16]}.json"

    def _recall(self, url: str, mark: str) -> dict[str, str]:
        """What a run that was interrupted had sent, if the store elsewhere still bears its mark."""
        try:
            known = json.loads(self._find_memory(url).read_text(encoding="utf-8"))
            return dict(known["sent"]) if mark and known["mark"] == mark else {}
        except (OSError, ValueError, KeyError, TypeError):
            # Nothing remembered, or not whole: everything that the index does not tell is sent again.
            return {}

    def _remember(self, url: str, mark: str, sent: Mapping[str, str]) -> None:
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            body = json.dumps({"mark": mark, "sent": dict(sent)}).encode("ascii")
            replace_file(self._find_memory(url), body)


def _read_text(term: object) -> str:
    return term.value if isinstance(term, ox.Literal) else ""
