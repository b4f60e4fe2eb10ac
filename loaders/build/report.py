"""What became of each file of a build: read, partly read, not read or a duplicate, with reasons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from loaders.build.building import BuildReport
from loaders.build.snapshots import replace_file, writing
from loaders.build.versions import Converted
from loaders.characters import show_name, write_rows

Status = Literal["read", "partly read", "not read", "duplicate"]
STATUSES: tuple[Status, ...] = ("read", "partly read", "not read", "duplicate")

#: Where a store keeps the report of its last build.
FILE_NAME = "report.json"


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of a build. ``document`` is its id in the store, "" if it is not there; ``open_figures`` have no column,
    ``open_units`` no unit and so no value.

    ``file`` and ``reasons`` are as they are shown (:func:`loaders.characters.show_name`).
    ``how`` is "converted", "from the cache" or "kept" from the snapshot before; ``seconds`` those of its conversion.
    """

    file: str
    status: Status
    reasons: tuple[str, ...] = ()
    document: str = ""
    replaced_by: str = ""
    kind: str = ""
    fiscal_year: int | None = None
    level: str = ""
    agency: str = ""
    title: str = ""
    figures: int = 0
    open_figures: int = 0
    open_units: int = 0
    numbers: int = 0
    unaccounted: int = 0
    findings: int = 0
    contradicted: int = 0
    how: str = ""
    seconds: float = 0.0


_NAMES = tuple(field.name for field in fields(FileRow))


def list_rows(report: BuildReport) -> list[FileRow]:
    """A row for each file, sorted by path; so has what the store kept of files not read this time."""
    notes: dict[str, list[str]] = {}
    for path, note in report.notes:
        notes.setdefault(path, []).append(note)
    converted, kept = set(report.converted), set(report.kept)
    rows = [_describe(d, notes.get(d.path, []), converted, kept) for d in report.documents]
    for failure in report.failures:
        reason = f"{failure.problem}. {failure.remedy}."
        stays = ("what the store held of it stays",) if failure.kept else ()
        rows.append(FileRow(show_name(failure.path), "not read", (show_name(reason), *stays)))
    for path, other in report.duplicates:
        rows.append(FileRow(show_name(path), "duplicate", (f"the same content as {show_name(other)}",)))
    return sorted(rows, key=lambda r: (r.file, r.document))


def _describe(document: Converted, notes: list[str], converted: set[str], kept: set[str]) -> FileRow:
    how = "converted" if document.id in converted else "kept" if document.id in kept else "from the cache"
    lacking = find_gaps(document)
    return FileRow(
        file=show_name(document.path),
        status="partly read" if lacking else "read",
        reasons=tuple(show_name(reason) for reason in (*lacking, *notes)),
        document=document.id,
        replaced_by=document.replaced_by,
        kind=document.kind,
        fiscal_year=document.fiscal_year,
        level=document.level,
        agency=document.agency,
        title=document.title,
        figures=document.figures,
        open_figures=document.open_figures,
        open_units=document.open_units,
        numbers=document.numbers,
        unaccounted=document.unaccounted,
        findings=document.findings,
        contradicted=document.contradicted,
        how=how,
        seconds=document.seconds,
    )


def find_gaps(document: Converted) -> tuple[str, ...]:
    """Why a document is only partly read; nothing if it is read. A contradiction is the document's."""
    gaps = list(document.issues)
    if document.unaccounted:
        gaps.append(f"{document.unaccounted} of {document.numbers} numbers are unaccounted for")
    if document.open_figures:
        gaps.append(f"{document.open_figures} of {document.figures} figures have no certain column")
    if document.open_units:
        gaps.append(f"{document.open_units} of {document.figures} figures have no value, for no words state their unit")
    if not document.figures:
        gaps.append("no figure was found in it")
    return tuple(gaps)


def count_statuses(rows: Iterable[FileRow]) -> dict[Status, int]:
    """How many files have each status."""
    found = Counter(r.status for r in rows)
    return {status: found[status] for status in STATUSES}


def to_json(report: BuildReport) -> dict[str, Any]:
    """The whole report as an object of JSON."""
    rows = list_rows(report)
    return {
        "snapshot": report.snapshot.name if report.snapshot else None,
        "built": report.snapshot.manifest.time if report.snapshot else None,
        "changed": report.changed,
        "quads": report.quads,
        "seconds": round(report.seconds, 2),
        "removed": list(report.removed),
        "counts": count_statuses(rows),
        "files": [{name: getattr(row, name) for name in _NAMES} for row in rows],
    }


def write_report(report: BuildReport, path: Path) -> None:
    """Writes the report as JSON. Raises :class:`loaders.errors.StoreError` if the disk refuses."""
    row = to_json(report)
    text = write_rows({name: value for name, value in row.items() if name != "files"}, "files", row["files"])
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode("utf-8"))


def read_report(store: Path) -> dict[str, Any] | None:
    """The report of a store's last build; None if there is none that can be read."""
    try:
        found = json.loads((store / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("files"), list) else None
