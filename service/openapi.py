"""The OpenAPI 3.1 description at ``/openapi.json``: what programs may ask, each canned query with its parameters.

The routes are plain ones, which FastAPI does not describe by itself; a test sends to each what this page promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from loaders import __version__
from service.catalogue import CannedQuery, Parameter, QueryCatalogue
from service.negotiation import GRAPHS, RESULTS, Format
from service.problems import TITLES
from service.settings import ServiceSettings

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_NUMBERS = {"integer": "integer", "decimal": "number"}


def describe_api(catalogue: QueryCatalogue, settings: ServiceSettings) -> dict[str, Any]:
    """The description as JSON, of a service with these canned queries and settings."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gongkai 公开",
            "version": __version__,
            "summary": "What Chinese government offices are charged with, spend and achieve 政府部门职责、支出与绩效",
            "description": "SPARQL, canned queries and linked data over a graph in which every figure leads to the "
            "characters that state it. Errors are RFC 9457 problem documents.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/sparql": {"get": _ask(settings, form=False), "post": _ask(settings, form=True)},
            "/graphs": {"get": _graph()},
            **{f"/queries/{query.name}.{ending}": _canned(query, ending) for query in catalogue.list_all()
               for ending in ("json", "csv", "rq")},
            "/documents/{name}/checks.json": _get(
                "The checks of a document 一份文件的核对", "documentChecks", {"application/json": {"type": "object"}},
                [_name("name", "the document's identifier 文件编号", "shenzhen-2023-budget")], 404, 406,
            ),
            "/data/{path}": _get(
                "All statements about a thing 关于一个事物的全部陈述", "data", _list_media(GRAPHS),
                [_name("path", "what follows /id/, then a dot and a format, such as .ttl",
                       "document/shenzhen-2023-budget.ttl")], 404,
            ),
            "/ontology": _get("The ontology 本体", "ontology", _list_media(GRAPHS), []),
            "/health": _get("Whether the service runs 服务是否运行", "health", {"application/json": {
                "type": "object", "required": ["status", "version", "store"]}}, []),
            "/ready": _get("Whether it answers queries 是否可以查询", "ready", {"application/json": {
                "type": "object", "required": ["status"]}}, []),
            "/metrics": _get("Counters for Prometheus 运行指标", "metrics", {"text/plain": {"type": "string"}}, []),
        },
        "components": {"schemas": {"Problem": _describe_problem()}},
    }  # fmt: skip


def _ask(settings: ServiceSettings, *, form: bool) -> dict[str, Any]:
    iris = {"type": "array", "items": {"type": "string", "format": "iri"}}
    fields: dict[str, Any] = {
        "query": {"type": "string", "maxLength": settings.max_query_bytes, "description": "SPARQL 1.1 查询"},
        "default-graph-uri": iris,
        "named-graph-uri": iris,
        "format": {"type": "string", "enum": [f.key for f in (*RESULTS, *GRAPHS)]},
    }
    media = _list_media((*RESULTS, *GRAPHS))
    operation = _respond(
        "A SPARQL query; without one, the service description SPARQL 查询；无查询时为服务描述",
        "postQuery" if form else "getQuery", media, 400, 403, 406, 408, 413, 414, 415, 502, 503, 504,
    )  # fmt: skip
    if form:
        graphs = [{"name": n, "in": "query", "schema": iris} for n in ("default-graph-uri", "named-graph-uri")]
        operation["parameters"] = graphs
        operation["requestBody"] = {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {"type": "object", "properties": fields, "required": ["query"]}
                },
                "application/sparql-query": {"schema": {"type": "string"}, "example": "ASK { ?s ?p ?o }"},
            },
        }
    else:
        operation["parameters"] = [{"name": name, "in": "query", "schema": schema} for name, schema in fields.items()]
    return operation


def _graph() -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": "graph", "in": "query", "schema": {"type": "string", "format": "iri"}},
        {"name": "default", "in": "query", "schema": {"type": "string"}, "allowEmptyValue": True},
        {"name": "format", "in": "query", "schema": {"type": "string", "enum": [f.key for f in GRAPHS]}},
    ]
    return _respond(
        "One graph whole, ?graph=IRI or ?default 一个图的全部内容", "graph", _list_media(GRAPHS), 400, 404, 406, 414,
        503, 504, parameters=parameters,
    )  # fmt: skip


def _canned(query: CannedQuery, ending: str) -> dict[str, Any]:
    media = {
        "json": {"application/json": {"type": "object"}},
        "csv": {"text/csv": {"type": "string"}},
        "rq": {"application/sparql-query": {"type": "string"}},
    }[ending]
    operation = _respond(
        f"{query.title.get('en', query.name)} {query.title.get('zh', '')}".strip(), f"{query.name}.{ending}", media,
        422, 503, 504, parameters=[_describe_parameter(p) for p in query.parameters],
    )  # fmt: skip
    operation["description"] = " ".join(query.description.values())
    return {"get": operation}


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _NUMBERS.get(parameter.kind, "string")}
    for name, bound in (("minimum", parameter.minimum), ("maximum", parameter.maximum)):
        if bound is not None:
            schema[name] = _number(bound)
    if parameter.options:
        schema["enum"] = list(parameter.options)
    return {
        "name": parameter.name,
        "in": "query",
        "required": not parameter.optional,
        "description": " ".join(parameter.description.values()),
        # A parameter may be given several times, and then any of its values will do.
        "schema": {"type": "array", "items": schema, "maxItems": 20},
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _name(name: str, description: str, example: str) -> dict[str, Any]:
    return {
        "name": name, "in": "path", "required": True, "description": description, "example": example,
        "schema": {"type": "string", "minLength": 1},
    }  # fmt: skip


def _get(
    summary: str, name: str, media: dict[str, Any], parameters: list[dict[str, Any]], *statuses: int
) -> dict[str, Any]:
    return {"get": _respond(summary, name, media, *statuses, 503, 504, parameters=parameters)}


def _respond(
    summary: str, name: str, media: dict[str, Any], *statuses: int, parameters: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {"description": "the answer, whole", "content": {m: {"schema": s} for m, s in media.items()}}
    }
    for status in dict.fromkeys(statuses):
        responses[str(status)] = {
            "description": " ".join(reversed(TITLES[status])),
            "content": {
                "application/problem+json": {"schema": _PROBLEM},
                "text/plain": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            },
        }
    return {"summary": summary, "operationId": name, "parameters": list(parameters), "responses": responses}


def _list_media(formats: Sequence[Format]) -> dict[str, Any]:
    return {form.media_type: {} for form in formats}


def _describe_problem() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "RFC 9457: what is wrong, where, and what to do",
        "required": ["type", "title", "status", "detail", "code", "problem", "remedy"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "instance": text,
            "code": text, "place": text, "problem": text, "remedy": text,
            "line": {"type": "integer"}, "column": {"type": "integer"},
        },
    }  # fmt: skip
