"""A snapshot grows from the one before: only what new, changed and removed documents touch is made anew.

The database is begun as a checkpoint of the last one's, which shares its files (hard links) and is made in
milliseconds; readers of the last one notice nothing. What would be the same after a build of all documents from nothing
(``--fresh``) is the same here, quad for quad; a test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from loaders.build.conversion import Cache, fingerprint_loaders
from loaders.build.counts import CountedStore
from loaders.build.description import TIME, describe, make_seal
from loaders.build.loading import Progress, copy_snapshot, open_database, open_origins
from loaders.build.material import Material
from loaders.build.snapshots import Snapshot, Workshop, mark_snapshot, writing
from loaders.build.versions import Converted
from loaders.characters import write_json
from loaders.derived.cells import list_documents, list_sources
from loaders.derived.origins import SUMS, VALUES, Origins, Statement, read_naming
from loaders.derived.quantities import read_values
from loaders.derived.renewal import Naming, Renewal, Touched
from loaders.errors import StoreError
from loaders.graph.canned import list_all_files
from loaders.graph.internal import list_internal_files
from loaders.graph.iris import DCTERMS, XSD, Iris

_CHANGES = "changes.json"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different from the snapshot that another grew from, which ``mark`` tells (``snapshots.mark_snapshot``).

    ``documents`` are the ids of those whose graph is another, or has come or gone; ``things`` the IRIs of that of which
    something else was said, or is said now.
    """

    mark: str
    documents: tuple[str, ...]
    things: tuple[str, ...]


def read_changes(snapshot: Snapshot) -> Changes | None:
    """What the snapshot that this one grew from had not; None if it was made from nothing."""
    try:
        found = json.loads((snapshot.folder / _CHANGES).read_text(encoding="utf-8"))
        return Changes(found["mark"], tuple(found["documents"]), tuple(found["things"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fingerprint_foundation(base: str) -> str:
    """A digest of what every snapshot holds beside documents, and of what decides the rest: code, ontology, queries."""
    total = sha256(f"foundation {fingerprint_loaders()} {base}".encode())
    for path in [*list_all_files(), *list_internal_files("build", "derived", "graph")]:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


class Growing:
    """A snapshot in the making that grows from ``last``, which holds ``earlier``; it shall hold ``documents``."""

    def __init__(
        self, last: Snapshot, earlier: Sequence[Converted], documents: Sequence[Converted], cache: Cache, base: str
    ) -> None:
        self.last, self.documents, self.base = last, documents, base
        self.iris = Iris(base)
        self._made = datetime.strptime(last.manifest.time, TIME).replace(tzinfo=UTC)
        old, self._material = Material(earlier, cache, base), Material(documents, cache, base)
        recipes = {d.id: old.find_recipe(d) for d in earlier}
        self._kept = [d for d in documents if recipes.get(d.id) == self._material.find_recipe(d)]
        same = {d.id for d in self._kept}
        self.changed = [d for d in documents if d.id not in same]
        self._gone = [d.id for d in earlier if d.id not in same]

    def is_worth_it(self) -> bool:
        """Whether more stays than changes: else all is made from nothing in less time."""
        return len(self.changed) + len(self._gone) <= len(self._kept)

    def run(self, workshop: Workshop, moment: datetime, progress: Progress) -> int:
        """Makes the database, and what belongs beside it; returns the number of quads.

        Raises :class:`loaders.errors.StoreError` if the last snapshot cannot be read, or the disk refuses.
        """
        copy_snapshot(self.last, workshop)
        with open_database(workshop) as store, open_origins(workshop) as database:
            origins = Origins(database, self.iris)
            self._refuse_damage(store, origins)
            target = CountedStore(store, self.iris)
            self._replace_documents(target, origins, progress)
            total = len(self.changed) + 1
            progress("load", total - 1, total)
            count = self._describe(target, moment)
            origins.seal(make_seal(count, moment))
            progress("load", total, total)
        self._write_changes(workshop, target.touched)
        return count

    def _refuse_damage(self, store: Store, origins: Origins) -> None:
        """Raises :class:`loaders.errors.StoreError` if the end of either database is lacking."""
        iris, modified = self.iris, Literal(self.last.manifest.time, datatype=XSD("dateTime"))
        described = Quad(iris.dataset(), DCTERMS("modified"), modified, iris.graph("dataset"))
        # Both were the last to be written.
        if described not in store or not origins.is_sealed(make_seal(self.last.manifest.quads, self._made)):
            raise StoreError(str(self.last.folder), "it is not whole", "Build it again: gongkai build --fresh")

    def _replace_documents(self, target: CountedStore, origins: Origins, progress: Progress) -> None:
        renewal, touched = Renewal(target, origins, self.iris), Touched()
        said: list[Naming] = []
        unsaid: list[Naming] = []
        new = {d.id for d in self.changed}
        for identity in self._gone:
            node = self.iris.document(identity)
            self._note(origins, node, touched, unsaid)
            target.remove_graph(node)
            if identity not in new:
                renewal.replace_shares(node, ())
                origins.put_index(node, ())
        for number, document in enumerate(self.changed):
            progress("load", number, len(self.changed) + 1)
            node = self.iris.document(document.id)
            own, shares = self._material.read(document)
            if isinstance(own, bytes):
                # We wrote them ourselves, and their digest was compared: they need no validation.
                target.store.bulk_load(input=own, format=RdfFormat.N_QUADS, lenient=True)
            else:
                target.store.bulk_extend(own)
            target.note_graph(node)
            renewal.replace_shares(node, shares)
            origins.put_index(node, self._material.list_index(document, shares))
        # What is derived from a document depends on whether another replaces it, so all must be there first.
        for document in self.changed:
            node = self.iris.document(document.id)
            origins.put_index(node, [*origins.list_index(node), *self._list_derived(target, node)])
            self._note(origins, node, touched, said)
        renewal.run(touched, said, unsaid)

    def _note(self, origins: Origins, node: NamedNode, touched: Touched, namings: list[Naming]) -> None:
        rows, shares = origins.list_index(node), origins.list_shares(node)
        touched.note_index(rows)
        touched.note_shares(shares, self.iris)
        namings += [found for row in rows if (found := read_naming(row)) is not None]

    def _list_derived(self, target: CountedStore, node: NamedNode) -> list[Statement]:
        rows: set[Statement] = set()
        for entry in list_documents(target.store, self.iris, node):
            for source in list_sources(target.store, self.iris, entry.node):
                rows |= {(c.agency, SUMS, Literal(str(c.year))) for c in source.cells[:1]}
        for value in read_values(target.store, self.iris, node):
            rows.add((value.agency, VALUES, Literal(str(value.year))))
        return list(rows)

    def _describe(self, target: CountedStore, moment: datetime) -> int:
        """Describes the dataset anew, where anything is different; returns the number of quads in all."""
        manifest, new = self.last.manifest, [d.id for d in self.changed]
        before = set(describe(target.before, self._gone, len(manifest.documents), self.base, self._made))
        after = set(describe(target.counts, new, len(self.documents), self.base, moment))
        for quad in before - after:
            target.store.remove(quad)
        target.store.extend(after - before)
        target.touched.update(s for q in before ^ after if isinstance(s := q.subject, NamedNode))
        described = manifest.quads - target.before.triples
        return target.counts.triples + described + len(after) - len(before)

    def _write_changes(self, workshop: Workshop, touched: set[NamedNode]) -> None:
        documents = sorted({*self._gone, *(d.id for d in self.changed)})
        row: dict[str, Any] = {
            "mark": mark_snapshot(self.last),
            "documents": documents,
            "things": sorted(node.value for node in touched),
        }
        with writing(workshop.store):
            (workshop.folder / _CHANGES).write_text(write_json(row), encoding="utf-8")
