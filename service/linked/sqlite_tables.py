"""The tables as an SQLite database, with the metadata that Datasette shows beside it.

::

    FOLDER/gongkai.sqlite   a table each; amounts as whole numbers where they are whole, else as floating numbers
    FOLDER/metadata.json    titles, licence and columns for Datasette: ``datasette gongkai.sqlite -m metadata.json``
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from loaders.build.description import DESCRIPTIONS, TITLES
from loaders.build.loading import Progress, open_snapshot
from loaders.build.snapshots import Snapshot
from service.linked.descriptions import LICENCE
from service.linked.export_folders import Packing, open_packed, replacing_folder, seal_folder
from service.linked.table_words import Words
from service.linked.tables import TABLES, TableForm, TableSource, list_kinds
from service.queries.parquet import Kind
from service.words.columns import TABLE_WORDS

DATABASE = "gongkai.sqlite"
_TYPES: dict[Kind, str] = {"whole": "INTEGER", "decimal": "NUMERIC", "truth": "INTEGER", "text": "TEXT"}
#: Columns by which rows are looked up, and those that Datasette offers as facets.
_INDEXED = ("document", "agency", "fiscal_year", "function", "project")
_FACETS = ("document_kind", "fiscal_year", "phase", "agency_label")


def export_sqlite(snapshot: Snapshot, folder: Path, progress: Progress, packing: Packing = "none") -> dict[str, int]:
    """Writes all tables of a snapshot into a database in ``folder`` and gives the rows of each.

    Raises :class:`loaders.errors.StoreError` if the folder holds anything but an earlier export or cannot be written.
    """
    source = TableSource(open_snapshot(snapshot), snapshot.manifest.base)
    with replacing_folder(folder) as work:
        with closing(sqlite3.connect(work / DATABASE)) as database:
            # Nobody else sees it before it is whole, and what is not whole is thrown away.
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;")
            counts = {table.name: _fill(database, source, table, progress) for table in TABLES}
            database.commit()
            database.execute("ANALYZE")
            database.commit()
        described = _describe(snapshot)
        text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
        (work / "metadata.json").write_text(text, encoding="utf-8")
        if packing != "none":
            with (work / DATABASE).open("rb") as plain, open_packed(work / DATABASE, packing) as packed:
                shutil.copyfileobj(plain, packed)
            (work / DATABASE).unlink()
        seal_folder(work, snapshot, counts)
    return counts


def _fill(database: sqlite3.Connection, source: TableSource, table: TableForm, progress: Progress) -> int:
    kinds = list_kinds(table)
    columns = ", ".join(f'"{name}" {_TYPES[kind]}' for name, kind in kinds.items())
    database.execute(f'CREATE TABLE "{table.name}" ({columns}, PRIMARY KEY ("iri", "document"))')
    places = ", ".join("?" for _ in kinds)
    count = 0
    for rows in source.list_batches(table, progress):
        values = ([_spell(row.get(name)) for name in kinds] for row in rows)
        database.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', values)
        count += len(rows)
    for name in _INDEXED:
        if name in kinds:
            database.execute(f'CREATE INDEX "{table.name} by {name}" ON "{table.name}" ("{name}")')
    return count


def _spell(value: Any) -> Any:
    if isinstance(value, Decimal):
        # SQLite has no decimals. Amounts in yuan are mostly whole, and then exact.
        return int(value) if value == value.to_integral_value() and abs(value) < 1 << 63 else float(value)
    return int(value) if isinstance(value, bool) else value


def _describe(snapshot: Snapshot) -> dict[str, Any]:
    words = Words(snapshot.manifest.base)
    tables = {}
    for table in TABLES:
        zh, en, row = TABLE_WORDS[table.name]
        kinds = list_kinds(table)
        tables[table.name] = {
            "title": f"{zh} {en}", "description": row,
            "columns": {name: " · ".join(words.name(table, name)) for name in kinds},
            "facets": [name for name in _FACETS if name in kinds], "size": 50,
        }  # fmt: skip
    return {
        "title": f"{TITLES['zh']} {TITLES['en']}", "description": f"{DESCRIPTIONS['zh']} {DESCRIPTIONS['en']}",
        "license": "CC BY 4.0", "license_url": LICENCE, "source": "Gongkai",
        "source_url": f"{snapshot.manifest.base}dataset", "about": f"snapshot {snapshot.name}",
        "databases": {Path(DATABASE).stem: {"tables": tables}},
    }  # fmt: skip
