"""The tables as CSV with two descriptions: CSV on the Web (W3C, 2015) and a Fiscal Data Package (0.3).

::

    FOLDER/figures.csv         the same for the other tables
    FOLDER/csv-metadata.json   CSVW: titles in both languages, datatypes, the property of each column
    FOLDER/datapackage.json    the same files for frictionless and OpenSpending; its model names measures and dimensions

A cell that a spreadsheet would run as a formula begins with ``'``, as in every CSV that is served.
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from loaders.build.description import DESCRIPTIONS, TITLES
from loaders.build.loading import Progress, open_snapshot
from loaders.build.snapshots import Snapshot
from service.linked.descriptions import LICENCE, RIGHTS
from service.linked.export_folders import Packing, open_packed, replacing_folder, seal_folder
from service.linked.table_words import Words
from service.linked.tables import IRIS, ONE_IRI, TABLES, Row, TableForm, TableSource, find_property, list_kinds
from service.queries.parquet import Kind
from service.queries.spreadsheet import guard_cell
from service.words.columns import TABLE_WORDS

_DATATYPES: dict[Kind, str] = {"whole": "integer", "decimal": "decimal", "truth": "boolean", "text": "string"}
_FIELD_TYPES: dict[Kind, str] = {"whole": "integer", "decimal": "number", "truth": "boolean", "text": "string"}
_KEY = ["iri", "document"]
#: Dimensions of the fiscal model, each a column of the figures: its type, and that of a classification.
_DIMENSIONS = (
    ("document", "fact", ""), ("year", "datetime", ""), ("phase", "other", ""), ("aspect", "other", ""),
    ("agency", "entity", "administrative"), ("function", "classification", "functional"),
    ("economic", "classification", "economic"), ("project", "activity", ""), ("place", "location", ""),
)  # fmt: skip
_MIND = (
    "Documents print the same amount in several tables: add up the quantities, which have each once, not the figures. "
    "同一金额会印在多张表中：请加总 quantities，不要加总 figures。"
)


def export_csv(snapshot: Snapshot, folder: Path, progress: Progress, packing: Packing = "none") -> dict[str, int]:
    """Writes all tables of a snapshot and their descriptions into ``folder`` and gives the rows of each.

    Packed files are described by the names that they have once they are unpacked. Raises
    :class:`loaders.errors.StoreError` if the folder holds anything but an earlier export or cannot be written.
    """
    base = snapshot.manifest.base
    source = TableSource(open_snapshot(snapshot), base)
    words = Words(base)
    with replacing_folder(folder) as work:
        counts = {table.name: _write(source, table, work, progress, packing) for table in TABLES}
        for name, described in (
            ("csv-metadata.json", describe_web_tables(base, words)),
            ("datapackage.json", describe_package(snapshot, words)),
        ):
            text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
            (work / name).write_text(text, encoding="utf-8")
        seal_folder(work, snapshot, counts)
    return counts


def _write(source: TableSource, table: TableForm, folder: Path, progress: Progress, packing: Packing) -> int:
    columns = list(list_kinds(table))
    count = 0
    with open_packed(folder / f"{table.name}.csv", packing) as packed:
        output = io.TextIOWrapper(packed, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(output, lineterminator="\r\n")
        writer.writerow(columns)
        for rows in source.list_batches(table, progress):
            writer.writerows([spell(row.get(name)) for name in columns] for row in rows)
            count += len(rows)
        # The file below stays open for whoever packs it.
        output.detach()
    return count


def spell(value: Any) -> str:
    """A value as a cell has it: decimals in full, truth as ``true`` and ``false``, nothing as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return guard_cell(value) if isinstance(value, str) else str(value)


def describe_web_tables(base: str, words: Words) -> dict[str, Any]:
    """The metadata document of CSV on the Web for the files."""
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": [{"@value": text, "@language": language} for language, text in TITLES.items()],
        "dc:license": {"@id": LICENCE},
        "dc:rights": [{"@value": text, "@language": n} for n, text in zip(("zh", "en"), RIGHTS, strict=True)],
        "dc:source": {"@id": f"{base}dataset"},
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tables": [_describe_web_table(table, words) for table in TABLES],
    }


def _describe_web_table(table: TableForm, words: Words) -> dict[str, Any]:
    zh, en, row = TABLE_WORDS[table.name]
    return {
        "url": f"{table.name}.csv",
        "dc:title": [{"@value": zh, "@language": "zh"}, {"@value": en, "@language": "en"}],
        "dc:description": {"@value": row, "@language": "en"},
        "tableSchema": {
            "aboutUrl": "{+iri}",
            "primaryKey": _KEY,
            "columns": [_describe_web_column(table, name, kind, words) for name, kind in list_kinds(table).items()],
        },
    }


def _describe_web_column(table: TableForm, name: str, kind: Kind, words: Words) -> dict[str, Any]:
    zh, en = words.name(table, name)
    column: dict[str, Any] = {
        # The first is what the file's header has.
        "name": name, "titles": [name], "dc:title": [{"@value": zh, "@language": "zh"},
                                                     {"@value": en, "@language": "en"}],
        "datatype": "anyURI" if name in IRIS | ONE_IRI else _DATATYPES[kind],
        "required": name in _KEY,
    }  # fmt: skip
    of = find_property(table, name, words.base)
    if of:
        column["propertyUrl"] = of
    if name in IRIS:
        column["separator"] = " "
    return column


def describe_package(snapshot: Snapshot, words: Words) -> dict[str, Any]:
    """The descriptor of the Fiscal Data Package for the files."""
    return {
        "profile": "fiscal-data-package",
        "name": "gongkai",
        "title": TITLES["en"],
        "description": f"{DESCRIPTIONS['en']} {DESCRIPTIONS['zh']} {_MIND} {RIGHTS[1]}",
        "homepage": f"{snapshot.manifest.base}dataset",
        "version": snapshot.manifest.fingerprint,
        "created": snapshot.manifest.time,
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE, "title": "Creative Commons Attribution 4.0"}],
        "countryCode": "CN",
        "granularity": "aggregated",
        "resources": [_describe_resource(table, words) for table in TABLES],
        "model": {
            "measures": {"amount": {"source": "amount", "resource": "figures", "currency": "CNY", "factor": 1}},
            "dimensions": {name: _describe_dimension(name, *kinds) for name, *kinds in _DIMENSIONS},
        },
    }


def _describe_dimension(name: str, kind: str, classification: str) -> Row:
    described: Row = {
        "dimensionType": kind, "primaryKey": name, "attributes": {name: {"source": name, "resource": "figures"}},
    }  # fmt: skip
    return described | ({"classificationType": classification} if classification else {})


def _describe_resource(table: TableForm, words: Words) -> dict[str, Any]:
    fields = []
    for name, kind in list_kinds(table).items():
        zh, en = words.name(table, name)
        field: dict[str, Any] = {"name": name, "type": _FIELD_TYPES[kind], "title": f"{zh} {en}"}
        if name in ONE_IRI:
            field["format"] = "uri"
        if of := find_property(table, name, words.base):
            field["rdfType"] = of
        fields.append(field)
    return {
        "name": table.name, "title": " ".join(TABLE_WORDS[table.name][:2]), "description": TABLE_WORDS[table.name][2],
        "path": f"{table.name}.csv", "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv",
        "encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"'},
        "schema": {"fields": fields, "primaryKey": _KEY, "missingValues": [""]},
    }  # fmt: skip
