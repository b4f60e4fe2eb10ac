"""The description of the API for programs (OpenAPI 3.1), made of the catalogue of queries: each has an entry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from loaders import __version__
from service.linked.openapi_endpoint import describe_endpoint
from service.linked.openapi_rows import describe_tables
from service.queries.catalogue import QueryCatalogue
from service.queries.parameters import Parameter
from service.queries.query import CannedQuery
from service.queries.table_exports import EXPORTS
from service.search.entries import KINDS, PASSAGE
from service.settings import ServiceSettings

_TYPES = {"integer": "integer", "decimal": "number", "boolean": "boolean"}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def describe_api(catalogue: QueryCatalogue, settings: ServiceSettings) -> dict[str, Any]:
    """The whole description as JSON values."""
    queries = catalogue.list_all()
    paths: dict[str, Any] = describe_endpoint(settings)
    for query in queries:
        for form in EXPORTS:
            paths[f"/queries/{query.name}.{form.extension}"] = {"get": _describe_query(query, form.extension)}
    paths |= {plain.path: {"get": _describe_plain(plain)} for plain in _PLAIN}
    paths["/search.json"] = {"get": _describe_search()}
    paths["/changes.json"] = {"get": _describe_changes()}
    paths["/reconcile"]["post"] = _describe_batch()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gongkai 公开",
            "version": __version__,
            "description": "部门预算、决算与绩效评价的知识图谱。Budgets, accounts and evaluations as a graph.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": {"Problem": _describe_problem(), **describe_tables(queries)}},
    }


def _describe_query(query: CannedQuery, extension: str) -> dict[str, Any]:
    media = next(e.media_type.partition(";")[0] for e in EXPORTS if e.extension == extension)
    schema = {"$ref": f"#/components/schemas/{query.name}"} if extension == "json" else {"type": "string"}
    return {
        "operationId": f"{query.name}.{extension}",
        "summary": " · ".join(query.title.get(n, "") for n in ("zh", "en")),
        "description": "\n\n".join([*query.description.values(), *query.row.values()]),
        "tags": [query.theme] if query.theme else [],
        "parameters": [
            *(_describe_parameter(p) for p in query.parameters),
            _option("lang", "标签的语言 language of labels", {"type": "string", "enum": ["zh", "en"]}),
            _option("_sort", "排序的列 column to sort by, - first for falling", {"type": "string"}),
            _option("_find", "只要含有这些词的行 only rows with these words", {"type": "string"}),
        ],
        "responses": {
            "200": {"description": "结果 the result", "content": {media: {"schema": schema}}},
            "422": {"description": "参数不对，附可选的值 a bad parameter, with the choices", "content": _PROBLEM},
            "503": {"description": "暂时无法回答 busy", "content": _PROBLEM},
            "504": {"description": "查询超时 timed out", "content": _PROBLEM},
        },
    }


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES.get(parameter.kind, "string")}
    if parameter.options:
        schema["enum"] = [*parameter.options, "all"]
    elif parameter.kind in _TYPES:
        # Beside a value every parameter takes "all".
        schema = {"anyOf": [schema, {"const": "all"}]}
    example = next(iter(parameter.defaults or parameter.options), "")
    return ({"example": [example]} if example else {}) | {
        "name": parameter.name,
        "in": "query",
        "required": not parameter.optional and not parameter.defaults,
        "description": " · ".join([*parameter.title.values(), *parameter.description.values()]),
        "schema": {"type": "array", "items": schema}
        | ({"default": list(parameter.defaults)} if parameter.defaults else {}),
        "style": "form",
        "explode": True,
    }


def _option(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


@dataclass(frozen=True)
class _Plain:
    """A path without parameters but for one in itself, which has an example, ``shape`` the name of its schema."""

    path: str
    operation: str
    zh: str
    en: str
    shape: str = ""
    media: str = "application/json"
    example: str = ""


_PLAIN = (
    _Plain("/documents/{document}.json", "document", "一份文件的正文和标记", "A document with its marks",
           example="shenzhen-2023-budget"),
    _Plain("/documents/{document}/checks.json", "documentChecks", "一份文件的核对", "A document's checks",
           example="shenzhen-2023-budget"),
    _Plain("/documents/{document}/sheet.json", "documentSheet", "一份文件的部门表", "A document's office sheet",
           "Sheet", example="shenzhen-2023-budget"),
    _Plain("/data/{thing}.ttl", "thing", "一个事物的全部陈述", "All statements about a thing", media="text/turtle",
           example="service/free-inspection"),
    _Plain("/dumps.json", "dumps", "可下载的文件、大小与 SHA-256", "Files to download, with their SHA-256", "Dumps"),
    _Plain("/dataset.ttl", "dataset", "数据集的描述", "The dataset as DCAT and VoID", media="text/turtle"),
    _Plain("/reconcile", "reconciliation", "名称对照服务的说明", "The manifest of the Reconciliation API 0.2"),
    _Plain("/coverage.json", "coverage", "载入了什么、缺什么", "What is loaded and what is missing"),
    _Plain("/health", "health", "状态", "Status"),
)  # fmt: skip


def _describe_plain(plain: _Plain) -> dict[str, Any]:
    variable = plain.path.partition("{")[2].partition("}")[0]
    parameters = [
        {"name": variable, "in": "path", "required": True, "schema": {"type": "string"}, "example": plain.example}
    ]
    schema = {"$ref": f"#/components/schemas/{plain.shape}"} if plain.shape else {
        "type": "string" if "turtle" in plain.media else "object"
    }  # fmt: skip
    return {
        "operationId": plain.operation,
        "summary": f"{plain.zh} · {plain.en}",
        "parameters": parameters if variable else [],
        "responses": {
            "200": {"description": plain.en, "content": {plain.media: {"schema": schema}}},
            "404": {"description": "没有 there is none", "content": _PROBLEM},
        },
    }


def _describe_changes() -> dict[str, Any]:
    return {
        "operationId": "changes",
        "summary": "数据的变化 · What each publication changed, as JSON Feed 1.1",
        "parameters": [_option("_page", "第几页 which page", {"type": "integer", "minimum": 1, "default": 1})],
        "responses": {
            "200": {"description": "a page of the feed",
                    "content": {"application/feed+json": {"schema": {"$ref": "#/components/schemas/Feed"}}}},
            "422": {"description": "没有这一页 there is no such page", "content": _PROBLEM},
            "501": {"description": "没有数据 no data here", "content": _PROBLEM},
        },
    }  # fmt: skip


_ANY = {"type": "object"}
_NAMES = {"q0": {"query": "深圳口岸办", "type": "Agency", "limit": 3}}


def _describe_batch() -> dict[str, Any]:
    """Names to things, many at once, as OpenRefine asks."""
    queries = {"type": "string", "description": "queries by key, as JSON"}
    form = {"type": "object", "properties": {"queries": queries}, "required": ["queries"]}
    example = {"queries": json.dumps(_NAMES, ensure_ascii=False)}
    return {
        "operationId": "reconcile",
        "summary": "名称对照 · Which things some names mean",
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": form, "example": example}},
        },
        "responses": {
            "200": {"description": "candidates by key", "content": {"application/json": {"schema": _ANY}}},
            **{
                status: {"description": said, "content": _PROBLEM}
                for status, said in (
                    ("400", "无法解读 it cannot be read"), ("404", "没有这一类 no such type"), ("408", "太慢 too slow"),
                    ("413", "太多 too many"), ("422", "不对 it is wrong"),
                    ("501", "没有索引 no index here"), ("503", "索引正在生成 the index is being made"),
                )
            },
        },
    }  # fmt: skip


def _describe_search() -> dict[str, Any]:
    wanted = _option("q", "词语或问题 words or a question", {"type": "string", "minLength": 1, "maxLength": 300})
    return {
        "operationId": "search",
        "summary": "搜索与提问 · Search and ask",
        "parameters": [
            wanted | {"required": True, "example": "深圳口岸办 2023 三公经费"},
            _option("kind", "只列一类 one kind only", {"type": "string", "enum": [*KINDS, PASSAGE]}),
        ],
        "responses": {
            "200": {
                "description": "结果 what was found",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Search"}}},
            },
            "422": {"description": "参数不对 a bad parameter", "content": _PROBLEM},
            "501": {"description": "没有索引 no index here", "content": _PROBLEM},
            "503": {"description": "索引正在生成 the index is being made", "content": _PROBLEM},
        },
    }


def _describe_problem() -> dict[str, Any]:
    texts = {
        n: {"type": "string"} for n in ("type", "title", "detail", "instance", "code", "place", "problem", "remedy")
    }
    return {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            **texts,
            "status": {"type": "integer"},
            "choices": {"type": "array", "items": {"type": "string"}},
        },
    }
