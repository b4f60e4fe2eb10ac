"""The OpenAPI description of SPARQL over HTTP: the endpoint, its graphs, and how the service is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.http.negotiation import GRAPHS, RESULTS, Format
from service.http.problems import TITLES
from service.settings import ServiceSettings

_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def describe_endpoint(settings: ServiceSettings) -> dict[str, Any]:
    """The paths ``/sparql``, ``/graphs``, ``/ontology``, ``/ready`` and ``/metrics``, as JSON values."""
    ready = {"application/json": {"type": "object", "required": ["status"]}}
    return {
        "/sparql": {"get": _ask(settings, form=False), "post": _ask(settings, form=True)},
        "/graphs": {"get": _graph()},
        "/ontology": {"get": _respond("本体 · The ontology", "ontology", _list_media(GRAPHS))},
        "/ready": {"get": _respond("是否可以查询 · Whether queries are answered", "ready", ready)},
        "/metrics": {
            "get": _respond("运行指标 · Counters for Prometheus", "metrics", {"text/plain": {"type": "string"}})
        },
    }


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
        "SPARQL 查询；无查询时为服务描述 · A SPARQL query; without one, the service description",
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
        "一个图的全部内容 · One graph whole, ?graph=IRI or ?default", "graph", _list_media(GRAPHS), 400, 404, 406, 414,
        503, 504, parameters=parameters,
    )  # fmt: skip


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
