"""The description of the API for programs (OpenAPI 3.1), made of the catalogue of queries: each has an entry."""

from __future__ import annotations

from typing import Any

from loaders import __version__
from service.linked.openapi_endpoint import describe_endpoint
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
    paths: dict[str, Any] = describe_endpoint(settings)
    for query in catalogue.list_all():
        for form in EXPORTS:
            paths[f"/queries/{query.name}.{form.extension}"] = {"get": _describe_query(query, form.extension)}
    paths["/documents/{document}.json"] = {
        "get": _describe_plain("一份文件的正文和标记", "A document with its marks", "document")
    }
    paths["/documents/{document}/checks.json"] = {
        "get": _describe_plain("一份文件的核对", "A document's checks", "document")
    }
    paths["/documents/{document}/sheet.json"] = {
        "get": _describe_plain("一份文件的部门表", "A document's office sheet", "document")
    }
    paths["/data/{thing}.ttl"] = {
        "get": _describe_plain("一个事物的全部陈述", "All statements about a thing", "thing", "text/turtle")
    }
    paths["/search.json"] = {"get": _describe_search()}
    paths["/dumps.json"] = {
        "get": _describe_plain("可下载的文件、大小与 SHA-256", "Files to download, with sizes and SHA-256", "")
    }
    paths["/dataset.ttl"] = {"get": _describe_plain("数据集的描述", "The dataset as DCAT and VoID", "", "text/turtle")}
    paths["/reconcile"] = {
        "get": _describe_plain("名称对照服务的说明", "The manifest of the Reconciliation API 0.2", "")
    }
    paths["/coverage.json"] = {"get": _describe_plain("载入了什么、缺什么", "What is loaded and what is missing", "")}
    paths["/health"] = {"get": _describe_plain("状态", "Status", "")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gongkai 公开",
            "version": __version__,
            "description": "部门预算、决算与绩效评价的知识图谱。Budgets, accounts and evaluations as a graph.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": {"Problem": _describe_problem()}},
    }


def _describe_query(query: CannedQuery, extension: str) -> dict[str, Any]:
    media = next(e.media_type.partition(";")[0] for e in EXPORTS if e.extension == extension)
    schema = {"type": "object"} if extension == "json" else {"type": "string"}
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
    return {
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


def _describe_plain(zh: str, en: str, variable: str, media: str = "application/json") -> dict[str, Any]:
    parameters = [{"name": variable, "in": "path", "required": True, "schema": {"type": "string"}}] if variable else []
    return {
        "summary": f"{zh} · {en}",
        "parameters": parameters,
        "responses": {
            "200": {
                "description": en,
                "content": {media: {"schema": {"type": "string" if "turtle" in media else "object"}}},
            },
            "404": {"description": "没有 there is none", "content": _PROBLEM},
        },
    }


def _describe_search() -> dict[str, Any]:
    wanted = _option("q", "词语或问题 words or a question", {"type": "string", "minLength": 1, "maxLength": 300})
    return {
        "operationId": "search",
        "summary": "搜索与提问 · Search and ask",
        "parameters": [
            wanted | {"required": True},
            _option("kind", "只列一类 one kind only", {"type": "string", "enum": [*KINDS, PASSAGE]}),
        ],
        "responses": {
            "200": {
                "description": "结果 what was found",
                "content": {"application/json": {"schema": {"type": "object"}}},
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
