"""What two versions of a document, or two snapshots of a store, state differently: figures added, changed, withdrawn.

Two figures are the same one if they mean the same (subject, column, form, year, phase, aspect, unit); those that mean
the same and have the same value are paired first, in the order of the text. Where several figures mean the same and
their number differs, they are not paired by guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

import pyoxigraph
from pyoxigraph import NamedNode, Quad, Store

from loaders.build.loading import open_snapshot, telling_damage
from loaders.build.snapshots import Snapshot
from loaders.build.versions import Converted
from loaders.graph.iris import DCTERMS, QB, RDF, Iris

Status = Literal["added", "changed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure as the graph states it. ``value`` is a plain decimal, money in yuan; ``start`` its place in the text."""

    iri: str
    start: int
    stated: str
    value: str
    unit: str
    year: str
    phase: str
    aspect: str
    subject: str
    column: str
    form: str
    agency: str

    @property
    def meaning(self) -> tuple[str, ...]:
        """What the figure is about, without its value."""
        return (self.subject, self.column, self.form, self.year, self.phase, self.aspect, self.unit, self.agency)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Figures of two texts: those found again (``same``), those with another value, those that only one text has."""

    same: tuple[tuple[Stated, Stated], ...]
    changed: tuple[tuple[Stated, Stated], ...]
    withdrawn: tuple[Stated, ...]
    added: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that two snapshots do not share. ``document`` is the document's id without its version."""

    document: str
    status: Status
    before: Stated | None
    after: Stated | None


_FIELDS = {
    "start": "start",
    "statedAs": "stated",
    "amount": "value",
    "supersededAmount": "value",
    "value": "value",
    "supersededValue": "value",
    "unit": "unit",
    "year": "year",
    "phase": "phase",
    "aspect": "aspect",
    "subjectCode": "code",
    "subjectLabel": "label",
    "column": "column",
    "form": "form",
    "agency": "agency",
}


def read_figures(quads: Iterable[Quad], base: str) -> list[Stated]:
    """The figures among ``quads``, superseded ones too, in the order of the text."""
    gk = Iris(base).gk
    names = {gk(name).value: field for name, field in _FIELDS.items()}
    tables = {QB("dataSet"), DCTERMS("isPartOf")}
    classes = {(RDF("type"), gk("Figure")), (gk("supersededClass"), gk("Figure"))}
    parts: dict[str, dict[str, str]] = defaultdict(dict)
    figures: set[str] = set()
    forms: dict[str, str] = {}
    for quad in quads:
        subject = str(cast(NamedNode, quad.subject).value)
        if (quad.predicate, quad.object) in classes:
            figures.add(subject)
        if quad.predicate == gk("form"):
            forms[subject] = cast(pyoxigraph.Literal, quad.object).value
        elif quad.predicate in tables:
            parts[subject]["table"] = cast(NamedNode, quad.object).value
        field = names.get(quad.predicate.value)
        if field is not None:
            value = cast(NamedNode, quad.object).value
            parts[subject][field] = value.rpartition("#")[2] if field in ("unit", "phase", "aspect") else value
        if quad.predicate == gk("openUnit"):
            parts[subject]["unit"] = ""  # without it, what has no unit is money
    found = []
    for iri in figures:
        p = parts[iri]
        get = p.get
        found.append(
            Stated(
                iri, int(get("start", "0")), get("stated", ""), get("value", ""), get("unit", "CNY"), get("year", ""),
                get("phase", ""), get("aspect", ""), f"{get('code', '')} {get('label', '')}".strip(),
                get("column", ""), get("form", forms.get(get("table", ""), "")), get("agency", ""),
            )
        )  # fmt: skip
    return sorted(found, key=lambda f: (f.start, f.iri))


def _list_figure_quads(store: Store, graph: NamedNode, base: str) -> Iterator[Quad]:
    """What :func:`read_figures` needs of a graph, which is a quarter of it."""
    gk = Iris(base).gk
    for predicate in (RDF("type"), gk("supersededClass")):
        yield from store.quads_for_pattern(None, predicate, gk("Figure"), graph)
    for predicate in (*map(gk, _FIELDS), gk("openUnit"), QB("dataSet"), DCTERMS("isPartOf")):
        yield from store.quads_for_pattern(None, predicate, None, graph)


def pair_figures(before: Sequence[Stated], after: Sequence[Stated]) -> Pairing:
    """Finds the figures of one text again in another."""
    same, old, new = _match(before, after, lambda f: (f.meaning, f.value), certain=False)
    changed, old, new = _match(old, new, lambda f: f.meaning, certain=True)
    return Pairing(tuple(same), tuple(changed), tuple(old), tuple(new))


def _match(
    before: Sequence[Stated], after: Sequence[Stated], key: Callable[[Stated], Hashable], *, certain: bool
) -> tuple[list[tuple[Stated, Stated]], list[Stated], list[Stated]]:
    groups: dict[Hashable, list[Stated]] = defaultdict(list)
    for figure in after:
        groups[key(figure)].append(figure)
    olds: dict[Hashable, list[Stated]] = defaultdict(list)
    for figure in before:
        olds[key(figure)].append(figure)
    pairs = []
    for each, figures in olds.items():
        others = groups.get(each, [])
        if others and (len(others) == len(figures) or not certain):
            pairs += list(zip(figures, others, strict=False))
    done = {id(f) for pair in pairs for f in pair}
    return pairs, [f for f in before if id(f) not in done], [f for f in after if id(f) not in done]


#: Documents as a manifest lists them.
Rows = Sequence[dict[str, Any]]


class Comparison:
    """Two snapshots of a build, compared document by document; their databases are opened when figures are wanted."""

    def __init__(self, before: Snapshot, after: Snapshot) -> None:
        self._before, self._after = before, after
        self._stores: dict[str, Store] = {}

    def list_documents(self) -> Iterator[tuple[Converted | None, Converted | None]]:
        """The documents whose newest versions differ, before and after, by id; None on the side that has none."""
        for one, other in _pair_documents(*_list_rows(self._before.manifest.documents, self._after.manifest.documents)):
            if one is None or other is None or (one.id, one.checksum) != (other.id, other.checksum):
                yield one, other

    def pair(self, one: Converted | None, other: Converted | None) -> Pairing:
        """Their figures. Raises :class:`loaders.errors.StoreError` if a snapshot cannot be read."""
        return pair_figures(self._read(self._before, one), self._read(self._after, other))

    def _read(self, snapshot: Snapshot, row: Converted | None) -> list[Stated]:
        if row is None:
            return []
        base = snapshot.manifest.base
        graph = Iris(base).document(row.id)
        with telling_damage(snapshot.database):
            store = self._stores.get(snapshot.name) or open_snapshot(snapshot)
            self._stores[snapshot.name] = store
            return read_figures(_list_figure_quads(store, graph, base), base)


def compare_snapshots(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """The figures of the documents' newest versions that two snapshots of a build do not share, by document and place.

    Raises :class:`loaders.errors.StoreError` if a snapshot cannot be opened.
    """
    comparison = Comparison(before, after)
    for one, other in comparison.list_documents():
        name = (other or one).id  # type: ignore[union-attr]
        pairing = comparison.pair(one, other)
        for left, right in pairing.changed:
            yield Difference(name, "changed", left, right)
        for left in pairing.withdrawn:
            yield Difference(name, "withdrawn", left, None)
        for right in pairing.added:
            yield Difference(name, "added", None, right)


def _pair_documents(
    old: dict[str, Converted], new: dict[str, Converted]
) -> Iterator[tuple[Converted | None, Converted | None]]:
    """Each newest version of the one with the newest version of the other that it is, has become, or came from."""
    reached: set[str] = set()
    replaced = {row.replaced_by: row for row in old.values() if row.replaced_by}
    for row in old.values():
        if row.replaced_by:
            continue
        later = new.get(row.id)
        while later is not None and later.replaced_by:
            later = new.get(later.replaced_by)
        # Where a version was taken out, the one before it is current again.
        earlier: Converted | None = row
        while later is None and earlier is not None:
            earlier = replaced.get(earlier.id)
            later = new.get(earlier.id) if earlier is not None else None
        if later is not None and later.id in reached:
            later = None
        if later is not None:
            reached.add(later.id)
        yield row, later
    for row in new.values():
        if not row.replaced_by and row.id not in reached:
            yield None, row


def _list_rows(old: Rows, new: Rows) -> tuple[dict[str, Converted], dict[str, Converted]]:
    """The documents of two snapshots by id, without those that no change can touch.

    They are the same in both, and no version of another: most documents of a store that grew a little.
    """
    known = {row["id"]: row for row in old}
    versions = {row.get("replaced_by") for rows in (old, new) for row in rows}
    same = {
        row["id"]
        for row in new
        if not row.get("replaced_by") and row["id"] not in versions and known.get(row["id"]) == row
    }
    before, after = (
        sorted((Converted(**row) for row in rows if row["id"] not in same), key=lambda d: d.id) for rows in (old, new)
    )
    return {d.id: d for d in before}, {d.id: d for d in after}


def read_cached_figures(path: Path, document: Converted, base: str) -> list[Stated]:
    """The figures in a file of N-Quads that a conversion made, under the ids of ``document``. Raises OSError."""
    quads = pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.N_QUADS)
    figures = read_figures(quads, base)
    # Only the IRIs differ between versions.
    old, new = f"{base}id/figure/{document.origin}/", f"{base}id/figure/{document.id}/"
    return [replace(f, iri=new + f.iri.removeprefix(old)) for f in figures]
