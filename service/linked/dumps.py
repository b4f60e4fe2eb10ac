"""The files to download: the whole graph as N-Quads and TriG, the figures as CSV and Parquet, each with its SHA-256.

Written in bounded memory: quads are streamed from the store, figures document by document.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from loaders.extras import is_there
from loaders.graph.internal import read_internal
from service.linked.export_folders import digest_file, open_packed
from service.linked.exports import FIGURE_COLUMNS, find_kind
from service.queries.binding import bind
from service.queries.parquet import ParquetFile, make_schema
from service.queries.spreadsheet import guard_cell
from service.sparql.guard import list_prefixes

#: Changes whenever dumps made before would lack something.
EDITION = 3
#: The file that lists those of a folder.
FILE_LIST = "files.json"
_COLUMNS = (*FIGURE_COLUMNS, "figure", "evidence")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,150}")


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file: its name below ``/dumps/``, its size in bytes, its SHA-256, what it is.

    ``kind`` is ``graph`` or ``figures``; ``document`` the IRI of the one document that it is about, else "".
    """

    name: str
    media_type: str
    size: int
    sha256: str
    kind: str
    document: str = ""
    rows: int = 0


def make_dumps(store: ox.Store, base: str, folder: Path) -> list[DumpFile]:
    """Writes all files and their list into an empty folder."""
    found = [
        _write_graph(store, folder, "gongkai.nq.gz", ox.RdfFormat.N_QUADS, base),
        _write_graph(store, folder, "gongkai.trig.gz", ox.RdfFormat.TRIG, base),
        *sorted(_write_figures(store, folder, base), key=lambda file: (file.document, file.name)),
    ]
    text = json.dumps([asdict(f) for f in found], ensure_ascii=False, indent=1)
    (folder / FILE_LIST).write_text(text, encoding="utf-8")
    return found


def list_files(folder: Path) -> list[DumpFile]:
    """The files that a folder of dumps holds."""
    return [DumpFile(**row) for row in json.loads((folder / FILE_LIST).read_text(encoding="utf-8"))]


def _write_graph(store: ox.Store, folder: Path, name: str, form: ox.RdfFormat, base: str) -> DumpFile:
    path = folder / name
    prefixes = list_prefixes(base) if form == ox.RdfFormat.TRIG else None
    with open_packed(path.with_suffix(""), "gzip") as packed:
        store.dump(packed, form, prefixes=prefixes)
    return describe_file(path, "application/gzip", "graph")


def _write_figures(store: ox.Store, folder: Path, base: str) -> Iterator[DumpFile]:
    (folder / "documents").mkdir()
    taken: set[str] = set()
    with _FigureFiles(folder / "figures") as everything:
        for iri in list_documents(store, base):
            rows = list(_list_figures(store, base, iri))
            everything.write(rows)
            with _FigureFiles(folder / "documents" / f"{name_file(iri, taken)}.figures") as own:
                own.write(rows)
            yield from own.describe(iri)
    yield from everything.describe()


class _FigureFiles:
    """Figures as CSV and, where the package for it is installed, as Parquet.

    ``stem`` is the path without the ending.
    """

    def __init__(self, stem: Path) -> None:
        self.count = 0
        self._csv = stem.with_name(f"{stem.name}.csv")
        self._parquet = stem.with_name(f"{stem.name}.parquet") if is_there("parquet") else None

    def __enter__(self) -> _FigureFiles:
        self._open = ExitStack()
        self._writer = _begin(self._open.enter_context(_open_csv(self._csv)))
        self._table = None
        if self._parquet is not None:
            schema = make_schema({name: find_kind(name) for name in _COLUMNS})
            self._table = self._open.enter_context(ParquetFile(str(self._parquet), schema))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def write(self, rows: Sequence[dict[str, Any]]) -> None:
        self.count += len(rows)
        _write_rows(self._writer, rows)
        if self._table is not None:
            self._table.write(rows)

    def describe(self, document: str = "") -> Iterator[DumpFile]:
        yield describe_file(self._csv, "text/csv", "figures", document, self.count)
        if self._parquet is not None:
            yield describe_file(self._parquet, "application/vnd.apache.parquet", "figures", document, self.count)


def _list_figures(store: ox.Store, base: str, document: str) -> Iterator[dict[str, Any]]:
    """The figures of a document in the columns of ``gongkai figures``, with their IRIs and places."""
    query = bind(read_internal("linked/dump-figures", base), {"documentAsked": [ox.NamedNode(document)]})
    seen: set[str] = set()
    for found in _select(store, query):
        if found["figure"] in seen:
            # An office or a table with two names gives two rows; the figure is one.
            continue
        seen.add(found["figure"])
        row: dict[str, Any] = {name: found.get(name) for name in _COLUMNS}
        row["document"] = document.rpartition("/id/document/")[2]
        row["value"] = Decimal(found.get("amount") or found["value"]) if {"amount", "value"} & found.keys() else None
        row["unit"] = "CNY" if "amount" in found else found.get("unit", "").rpartition("#unit")[2].upper() or None
        for name in ("phase", "aspect"):
            row[name] = found.get(name, "").rpartition(f"#{name}")[2].lower() or None
        for name in (n for n in _COLUMNS if find_kind(n) == "whole"):
            row[name] = int(found[name]) if name in found else None
        row["evidence"] = f"{document}#char={row['start']},{row['end']}"
        yield row


def list_documents(store: ox.Store, base: str) -> list[str]:
    """The IRIs of all documents, superseded versions among them."""
    return [row["document"] for row in _select(store, read_internal("linked/dump-documents", base))]


def _select(store: ox.Store, query: str) -> Iterator[dict[str, str]]:
    solutions = cast("ox.QuerySolutions", store.query(query, use_default_graph_as_union=True))
    names = [v.value for v in solutions.variables]
    for solution in solutions:
        yield {
            name: term.value
            for name, term in zip(names, solution, strict=True)
            if isinstance(term, ox.NamedNode | ox.Literal)
        }


def name_file(iri: str, taken: set[str]) -> str:
    """The end of a document's IRI if that is a plain name, and no other's; else a digest of the IRI."""
    name = iri.rpartition("/")[2]
    if not _PLAIN.fullmatch(name) or name in taken:
        name = sha256(iri.encode("utf-8")).hexdigest()[:16]
    taken.add(name)
    return name


def _open_csv(path: Path) -> io.TextIOWrapper:
    # With a byte order mark, or Excel takes the Chinese for something else.
    return path.open("w", encoding="utf-8-sig", newline="")


def _begin(file: IO[str]) -> Any:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    return writer


def _write_rows(writer: Any, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        writer.writerow([_spell(row[name]) for name in _COLUMNS])


def _spell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return guard_cell(value) if isinstance(value, str) else value


def describe_file(path: Path, media_type: str, kind: str, document: str = "", rows: int = 0) -> DumpFile:
    """A file that was written, as the list tells it."""
    name = f"documents/{path.name}" if path.parent.name == "documents" else path.name
    return DumpFile(name, media_type, path.stat().st_size, digest_file(path), kind, document, rows)
