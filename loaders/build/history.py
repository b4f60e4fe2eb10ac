"""What was different each time a store was published: documents and figures added, changed, withdrawn.

::

    <snapshot>/history/000007-1f3c9a20.json    one publication: when, by what, how many of each
    <snapshot>/history/000007-1f3c9a20.jsonl   its documents, one a line, with their figures

The history lies in each snapshot, so that it is published with it in one step; what came before is shared by hard
links. It outlives the snapshots that it tells of. This module knows no RDF.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from loaders.build.snapshots import Snapshot, find_current, mark_snapshot, replace_file, writing
from loaders.characters import write_json
from loaders.errors import StoreError

Status = Literal["added", "changed", "withdrawn"]
STATUSES: tuple[Status, ...] = ("added", "changed", "withdrawn")
#: The most figures of a document, and of a publication, that are listed one by one; the counts are always whole.
MOST_OF_DOCUMENT, MOST_OF_RELEASE = 500, 50_000


@dataclass(frozen=True, slots=True)
class StatedValue:
    """What a figure stated: its IRI, its characters, a plain decimal (money in yuan)."""

    iri: str
    stated: str
    value: str


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of a document that was there before and after; ``before`` or ``after`` is None where it was not.

    ``phase``, ``aspect`` and ``unit`` are spelled as in the columns of ``gongkai figures``.
    """

    status: Status
    subject: str
    column: str
    year: str
    phase: str
    aspect: str
    unit: str
    before: StatedValue | None = None
    after: StatedValue | None = None


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document that came, changed or went.

    ``before`` and ``after`` are the ids of its newest version then and now, "" where there is none. ``reread`` tells
    that the file is the same and was read or described otherwise. ``counts`` are the figures by status; of a document
    that came or went all of them. ``figures`` lists those of a document that changed, at most
    :data:`MOST_OF_DOCUMENT`; ``compared`` is false where they could not be compared.
    """

    document: str
    status: Status
    title: str
    kind: str
    fiscal_year: int | None
    agency: str
    before: str
    after: str
    reread: bool = False
    compared: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)
    figures: tuple[FigureChange, ...] = ()

    @property
    def unlisted(self) -> int:
        """How many figures changed that :attr:`figures` does not list."""
        return sum(self.counts.values()) - len(self.figures) if self.status == "changed" else 0


@dataclass(frozen=True, slots=True)
class Release:
    """A publication. ``mark`` tells its snapshot from all others, ``follows`` that of the one before ("" for none).

    ``kind`` is "build" or "load"; ``compared`` is false where what it holds was not compared with what was there.
    ``documents`` and ``figures`` are counts by status.
    """

    mark: str
    snapshot: str
    time: str
    kind: str
    version: str
    follows: str
    compared: bool
    documents: Mapping[str, int]
    figures: Mapping[str, int]

    @property
    def size(self) -> int:
        """How many documents it lists."""
        return sum(self.documents.values())


def find_last(store: Path) -> Snapshot | None:
    """The published snapshot, or None where there is none that can be read."""
    try:
        return find_current(store)
    except StoreError:
        # What is broken is replaced by what is being published.
        return None


class History:
    """The history in the folder of a snapshot."""

    def __init__(self, snapshot_folder: Path) -> None:
        self.folder = snapshot_folder / "history"

    def write_release(
        self, last: Snapshot | None, new: Snapshot, keep: int, changes: Iterable[DocumentChange] | None = None
    ) -> Release:
        """Writes what is different from ``last`` and takes over what it knew, ``keep`` publications in all.

        Without ``changes`` nothing was compared. Raises :class:`loaders.errors.StoreError` if the disk refuses.
        """
        with writing(self.folder):
            self.folder.mkdir()
            if last is not None:
                self._take_over(History(last.folder), keep - 1)
            mark = mark_snapshot(new)
            documents: dict[str, int] = dict.fromkeys(STATUSES, 0)
            figures: dict[str, int] = dict.fromkeys(STATUSES, 0)
            with self._find(mark, "jsonl").open("w", encoding="utf-8") as file:
                for change in changes or ():
                    documents[change.status] += 1
                    for status, number in change.counts.items():
                        figures[status] += number
                    file.write(write_json(asdict(change)) + "\n")
                file.flush()
                os.fsync(file.fileno())
            manifest = new.manifest
            release = Release(
                mark, new.name, manifest.time, manifest.kind, manifest.version,
                "" if last is None else mark_snapshot(last), changes is not None, documents, figures,
            )  # fmt: skip
            replace_file(self._find(mark, "json"), write_json(asdict(release)).encode("utf-8"))
        return release

    def _take_over(self, earlier: History, keep: int) -> None:
        for mark in earlier.list_marks()[:keep]:
            for ending in ("json", "jsonl"):
                source, target = earlier._find(mark, ending), self._find(mark, ending)
                try:
                    target.hardlink_to(source)
                except OSError:
                    # Not every file system knows links.
                    shutil.copyfile(source, target)

    def list_marks(self) -> list[str]:
        """The marks of the publications that are remembered, the newest first."""
        if not self.folder.is_dir():
            return []
        marks = [path.stem for path in self.folder.glob("*-*.json")]
        return sorted(marks, key=lambda mark: int(mark.partition("-")[0]), reverse=True)

    def list_releases(self) -> list[Release]:
        """The publications that are remembered, the newest first."""
        return [self.read_release(mark) for mark in self.list_marks()]

    def read_release(self, mark: str) -> Release:
        """A publication by its mark, which must be one of those listed. Raises :class:`loaders.errors.StoreError`."""
        path = self._find(mark, "json")
        try:
            return Release(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(str(path), f"it cannot be read ({error})", "Build the store again") from error

    def read_documents(self, mark: str, start: int = 0, stop: int | None = None) -> Iterator[DocumentChange]:
        """The documents of a publication, those from ``start`` to before ``stop``."""
        with self._find(mark, "jsonl").open(encoding="utf-8") as file:
            for line in islice(file, start, stop):
                yield _read_change(line)

    def _find(self, mark: str, ending: str) -> Path:
        return self.folder / f"{mark}.{ending}"


def _read_change(line: str) -> DocumentChange:
    row = json.loads(line)
    row["figures"] = tuple(
        FigureChange(**{**f, **{s: StatedValue(**f[s]) for s in ("before", "after") if f[s]}}) for f in row["figures"]
    )
    return DocumentChange(**row)
