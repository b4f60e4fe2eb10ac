"""Which documents are the same, which are versions of one, and which only look alike.

A document is known by its id, made of place, office, year and kind. Another content with the same id is a *re-issue* if
it states mostly the same figures, or lies where the earlier file lay, or the catalogue says so (``replaces``): then
it is a new version, which replaces the one before, and both stay in the store. Else it is another document, told
apart by the digest of its content. An id is never given to another content: the first version keeps the plain id, the
next is ``<id>-v2``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Any

from loaders.derived.learning import Naming
from loaders.facts import Figure
from loaders.paths import resolve

#: The most digests that a sketch of a document's figures has.
SKETCH = 64
#: The share of equal figures from which a document with the same id is a re-issue and not another document.
ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class Converted:
    """A document whose quads lie in the cache: what the build and the start page say of it.

    ``family`` is the id that its text or the catalogue gives, which its cached quads bear; ``id`` that of this version
    in the store; ``replaced_by`` the id of the version that supersedes it, "" for the newest. ``text`` is the SHA-256
    of its text, ``sketch`` of what its figures state; ``namings`` are the names that it prints beside codes; ``issues``
    what was not found or not read.
    """

    id: str
    path: str
    sha256: str
    key: str
    title: str
    kind: str
    fiscal_year: int | None
    agency: str
    quads: int
    figures: int
    numbers: int
    unaccounted: int
    findings: int
    contradicted: int
    checksum: str
    size: int = 0
    level: str = ""
    open_figures: int = 0
    open_units: int = 0
    text: str = ""
    family: str = ""
    revision: int = 1
    replaced_by: str = ""
    replaces: str = ""
    namings: tuple[Naming, ...] = ()
    sketch: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    seconds: float = 0.0

    def __post_init__(self) -> None:
        # From JSON they come as lists.
        rows: Any = self.namings
        if isinstance(rows, tuple) and all(isinstance(n, Naming) for n in rows[:1]):
            return
        object.__setattr__(self, "namings", tuple(n if isinstance(n, Naming) else Naming(*n) for n in rows))
        object.__setattr__(self, "sketch", tuple(self.sketch))
        object.__setattr__(self, "issues", tuple(self.issues))

    def as_row(self) -> dict[str, Any]:
        """The document as an object of JSON, as manifests and the cache hold it."""
        row = {name: getattr(self, name) for name in _NAMES}
        namings = [[n.code, n.name, n.start, n.end] for n in self.namings]
        return {**row, "namings": namings, "sketch": list(self.sketch), "issues": list(self.issues)}

    def as_converted(self) -> Converted:
        """The document as it was converted, before it got id and version."""
        if not self.replaced_by and self.revision == 1 and self.id == self.origin:
            return self
        return replace(self, id=self.origin, revision=1, replaced_by="")

    @property
    def origin(self) -> str:
        """The id that the document's cached quads bear."""
        return self.family or self.id


def sketch_figures(figures: Iterable[Figure]) -> tuple[str, ...]:
    """The least digests of what the figures state, enough to estimate what two documents share; zeros do not count."""
    digests = {
        sha256(
            f"{f.value.normalize():f}|{f.unit}|{f.fiscal_year}|{f.phase}|{f.aspect}|{f.form}|"
            f"{f.subject_code or f.subject_label}|{f.column}".encode()
        ).hexdigest()[:8]
        for f in figures
        if f.value
    }
    return tuple(sorted(digests)[:SKETCH])


def estimate_likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of figures that two documents have in common, from 0 to 1, by their sketches; 0 if either has none."""
    if not one or not other:
        return 0.0
    least = set(sorted({*one, *other})[:SKETCH])
    return len(least & set(one) & set(other)) / len(least)


_NAMES = tuple(field.name for field in fields(Converted))


@dataclass(frozen=True)
class Settled:
    """What :func:`settle` found. ``documents`` are all that belong into the store, each with its id and successor.

    ``found`` gives each newly read document's id by its content; ``notes`` say of a file what was decided about it.
    """

    documents: tuple[Converted, ...]
    found: dict[str, str]
    notes: tuple[tuple[str, str], ...]


def settle(earlier: Sequence[Converted], found: Sequence[Converted]) -> Settled:
    """Gives every document its id and version. ``found`` stands in the order in which the documents were issued.

    ``earlier`` are those of the snapshot before. Of ``found`` each content is there once.
    """
    return _Settling(earlier).run(found)


class _Settling:
    def __init__(self, earlier: Sequence[Converted]) -> None:
        self.rows: dict[str, Converted] = {d.id: d for d in earlier}
        self._earlier: dict[str, list[Converted]] = {}
        for row in earlier:
            self._earlier.setdefault(row.sha256, []).append(row)
        self.taken: set[str] = set()
        self.found: dict[str, str] = {}
        self.notes: list[tuple[str, str]] = []

    def run(self, found: Sequence[Converted]) -> Settled:
        known = {d.sha256: row for d in found if (row := self._find_unchanged(d))}
        for document in found:
            if row := known.get(document.sha256):
                self._renew(document, row)
        for document in found:
            if document.sha256 not in known:
                self._place(document)
        return Settled(tuple(sorted(self.rows.values(), key=lambda d: d.id)), self.found, tuple(self.notes))

    def _find_unchanged(self, document: Converted) -> Converted | None:
        """The row of the same content, text and id, if the store holds it."""
        for row in self._earlier.get(document.sha256, ()):
            same_text = not row.text or row.text == document.text
            if row.origin == document.origin and same_text:
                return row
        return None

    def _renew(self, document: Converted, row: Converted) -> None:
        mine = (document.id, document.family, document.revision, document.replaced_by)
        if mine != (row.id, row.origin, row.revision, row.replaced_by):
            document = replace(
                document, id=row.id, family=row.origin, revision=row.revision, replaced_by=row.replaced_by
            )
        self._put(document)

    def _place(self, document: Converted) -> None:
        family = document.origin
        current = [d for d in self.rows.values() if not d.replaced_by]
        candidates = [d for d in current if d.id == document.replaces]
        candidates += [d for d in current if d.sha256 == document.sha256]
        candidates += [d for d in current if d.origin == family and self._is_reissue(d, document)]
        earlier = next(iter(candidates), None)
        if earlier is None:
            if family in self.rows:
                other = f"{family}-{document.sha256[:8]}"
                self._note(
                    document,
                    f"another document of the same office, year and kind is {family}; this one is {other}. If it "
                    "replaces that one, say so in catalogue.toml with replaces",
                )
                document = replace(document, id=other)
            self._put(replace(document, family=family))
            return
        root, revision = family, 1
        if earlier.origin == family:
            root, revision = earlier.id.removesuffix(f"-v{earlier.revision}"), earlier.revision + 1
        identity = family if family not in self.rows else f"{root}-v{max(revision, 2)}"
        while identity in self.rows:
            revision += 1
            identity = f"{root}-v{max(revision, 2)}"
        if earlier.sha256 == document.sha256:
            why = "is read anew, with another text or id, as"
        else:
            why = "is a new version of it:"
        self._note(document, f"the store holds {earlier.id}; this {why} {identity}, and that one stays as superseded")
        self.rows[earlier.id] = replace(earlier, replaced_by=identity)
        self._put(replace(document, id=identity, family=family, revision=revision, replaced_by=""))

    def _is_reissue(self, earlier: Converted, document: Converted) -> bool:
        same_place = resolve(earlier.path) == resolve(document.path)
        return same_place or estimate_likeness(earlier.sketch, document.sketch) >= ALIKE

    def _put(self, document: Converted) -> None:
        self.rows[document.id] = document
        self.found[document.sha256] = document.id

    def _note(self, document: Converted, note: str) -> None:
        self.notes.append((document.path, note))
