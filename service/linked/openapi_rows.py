"""The shapes of our own JSON for the OpenAPI description: tables of canned queries, each with its rows, sheets, feeds.

Each shape says its version; it changes when a field leaves or means something else, not when one is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from service.http.negotiation import SHAPE
from service.queries.query import CannedQuery, Column

Schema = dict[str, Any]
#: How values of a datatype stand in JSON; what is no number or truth is a text.
_TYPES = {"integer": "integer", "gYear": "integer", "decimal": "number", "boolean": "boolean"}
_TEXTS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
_VERSION: Schema = {"const": SHAPE, "description": "of this shape"}


def name_row(query: CannedQuery) -> str:
    """The name of the schema of a query's rows among the components."""
    return f"{query.name}.row"


def describe_tables(queries: Sequence[CannedQuery]) -> dict[str, Schema]:
    """The schemas of all tables, and of what they have alike, by name."""
    schemas: dict[str, Schema] = {"Table": _describe_table(), **_SHAPES}
    for query in queries:
        schemas[name_row(query)] = _describe_row(query)
        rows = {"type": "array", "items": _refer(name_row(query))}
        schemas[query.name] = {"allOf": [_refer("Table"), {"type": "object", "properties": {"rows": rows}}]}
    return schemas


def _refer(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _describe_table() -> Schema:
    column = {
        "type": "object", "required": ["name", "title", "unit"],
        "properties": {
            "name": {"type": "string"}, "title": _TEXTS, "unit": {"type": "string", "examples": ["CNY"]},
        },
    }  # fmt: skip
    return {
        "type": "object", "required": ["version", "query", "snapshot", "columns", "evidence", "rows"],
        "properties": {
            "version": _VERSION, "query": {"type": "string"}, "title": _TEXTS,
            "parameters": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            "snapshot": {"type": "string", "description": "the data that gave the rows"},
            "columns": {"type": "array", "items": column},
            "evidence": {
                "type": "array", "items": {"type": "string"},
                "description": "columns with the IRIs of the characters that state a row, the row's own first",
            },
            "rows": {"type": "array", "items": {"type": "object"}},
        },
    }  # fmt: skip


def _describe_row(query: CannedQuery) -> Schema:
    """A row: what is shown is described by the query's header, what stands behind it is named."""
    columns = {column.name: column for column in query.columns}
    solutions = ox.Store().query(query.sparql)
    names = [v.value for v in solutions.variables] if isinstance(solutions, ox.QuerySolutions) else list(columns)
    properties = {name: _describe_cell(columns.get(name)) for name in names}
    return {
        "type": "object", "description": " · ".join(query.row.values()), "required": names, "properties": properties,
        "additionalProperties": False,
    }  # fmt: skip


def _describe_cell(column: Column | None) -> Schema:
    if column is None:
        return {"type": ["string", "number", "boolean", "null"]}
    title = " · ".join(column.title.values())
    unit = f" ({column.unit})" if column.unit else ""
    return {"type": [_TYPES.get(column.datatype, "string"), "null"], "title": title + unit}


_SHAPES: dict[str, Schema] = {
    "Sheet": {
        "type": "object", "required": ["version", "document", "lines"],
        "properties": {
            "version": _VERSION, "document": {"type": "string"}, "agency": {"type": ["string", "null"]},
            "year": {"type": ["integer", "null"]}, "lines": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Search": {
        "type": "object", "required": ["version", "snapshot"],
        "properties": {
            "version": _VERSION, "snapshot": {"type": "string"},
            "answer": {
                "type": ["object", "null"], "required": ["status", "title", "rows", "not_loaded"],
                "description": "status is value, ranking, comparison, share, list, absent (not loaded) or unstated",
            },
            **{name: {"type": "array", "items": {"type": "object"}}
               for name in ("read", "sheets", "queries", "things", "passages")},
        },
    },
    "Dumps": {
        "type": "object", "required": ["version", "snapshot", "files", "on_request"],
        "properties": {
            "version": _VERSION, "snapshot": {"type": "string"},
            "files": {"type": "array", "items": {"type": "object", "required": ["name", "url", "bytes", "sha256"]}},
            "on_request": {"type": "array", "items": {"type": "object", "required": ["name", "url"]}},
        },
    },
    "Feed": {
        "type": "object", "required": ["version", "title", "items", "_gongkai"],
        "description": "JSON Feed 1.1; _gongkai says the version of what is ours",
        "properties": {
            "version": {"type": "string"}, "title": {"type": "string"}, "next_url": {"type": "string"},
            "_gongkai": {"type": "object", "required": ["version"], "properties": {"version": _VERSION}},
            "items": {
                "type": "array",
                "items": {"type": "object", "required": ["id", "url", "title", "date_published", "tags", "_gongkai"]},
            },
        },
    },
}  # fmt: skip
