"""The files to download: the whole graph as N-Quads and TriG, the figures as CSV and Parquet, each with its SHA-256.

Written in bounded memory: quads are streamed from the store, figures document by document.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from loaders.graph.internal import read_internal
from service.linked.exports import FIGURE_COLUMNS
from service.queries.binding import bind
from service.queries.spreadsheet import guard_cell
from service.sparql.guard import list_prefixes

#: Changes whenever dumps made before would lack something.
EDITION = 2
_LIST = "files.json"
_COLUMNS = (*FIGURE_COLUMNS, "figure", "evidence")
_WHOLE = {"start", "end", "fiscal_year"}
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,150}")
_BLOCK = 1 << 20


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
    (folder / _LIST).write_text(text, encoding="utf-8")
    return found


def list_files(folder: Path) -> list[DumpFile]:
    """The files that a folder of dumps holds."""
    return [DumpFile(**row) for row in json.loads((folder / _LIST).read_text(encoding="utf-8"))]


def _write_graph(store: ox.Store, folder: Path, name: str, form: ox.RdfFormat, base: str) -> DumpFile:
    path = folder / name
    prefixes = list_prefixes(base) if form == ox.RdfFormat.TRIG else None
    # No time and no name in the head: the same graph gives the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        store.dump(cast("IO[bytes]", packed), form, prefixes=prefixes)
    return _describe(path, "application/gzip", "graph")


def _write_figures(store: ox.Store, folder: Path, base: str) -> Iterator[DumpFile]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {name: pa.int64() if name in _WHOLE else pa.string() for name in _COLUMNS} | {"value": pa.decimal128(38, 6)}
    schema = pa.schema([(name, kinds[name]) for name in _COLUMNS])
    (folder / "documents").mkdir()
    whole_csv, whole_parquet = folder / "figures.csv", folder / "figures.parquet"
    total = 0
    taken: set[str] = set()
    with _open_csv(whole_csv) as everything, pq.ParquetWriter(whole_parquet, schema) as table_of_all:
        writer = _begin(everything)
        for row in _select(store, read_internal("linked/dump-documents", base)):
            iri = row["document"]
            identity = _name_file(iri, taken)
            rows = list(_list_figures(store, base, iri))
            total += len(rows)
            _write_rows(writer, rows)
            table = pa.Table.from_pylist(rows, schema)
            if rows:
                table_of_all.write_table(table)
            stem = folder / "documents" / identity
            path = stem.with_name(f"{identity}.figures.csv")
            with _open_csv(path) as file:
                _write_rows(_begin(file), rows)
            yield _describe(path, "text/csv", "figures", iri, len(rows))
            path = stem.with_name(f"{identity}.figures.parquet")
            pq.write_table(table, path)
            yield _describe(path, "application/vnd.apache.parquet", "figures", iri, len(rows))
    yield _describe(whole_csv, "text/csv", "figures", rows=total)
    yield _describe(whole_parquet, "application/vnd.apache.parquet", "figures", rows=total)


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
        for name in _WHOLE:
            row[name] = int(found[name]) if name in found else None
        row["evidence"] = f"{document}#char={row['start']},{row['end']}"
        yield row


def _select(store: ox.Store, query: str) -> Iterator[dict[str, str]]:
    solutions = cast("ox.QuerySolutions", store.query(query, use_default_graph_as_union=True))
    names = [v.value for v in solutions.variables]
    for solution in solutions:
        yield {
            name: term.value
            for name, term in zip(names, solution, strict=True)
            if isinstance(term, ox.NamedNode | ox.Literal)
        }


def _name_file(iri: str, taken: set[str]) -> str:
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


def _describe(path: Path, media_type: str, kind: str, document: str = "", rows: int = 0) -> DumpFile:
    digest = sha256()
    with path.open("rb") as file:
        while part := file.read(_BLOCK):
            digest.update(part)
    name = f"documents/{path.name}" if path.parent.name == "documents" else path.name
    return DumpFile(name, media_type, path.stat().st_size, digest.hexdigest(), kind, document, rows)
