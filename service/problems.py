"""Errors as RFC 9457 problem documents, or as a page for a browser: every one says what, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.errors import GongkaiError, StoreError
from service.catalogue import BadParameter, UnknownQuery
from service.guard import Refusal
from service.workers import QueryFailure

_REFUSALS = {"update": 403, "service": 403, "max_query_bytes": 413}
_FAILURES = {"timeout": 504, "busy": 503, "store": 503}
RETRY_SECONDS = 5

TITLES: dict[int, tuple[str, str]] = {
    400: ("请求有误", "Bad request"),
    403: ("不允许", "Forbidden"),
    404: ("没有找到", "Not found"),
    405: ("方法不适用", "Method not allowed"),
    406: ("没有这种格式", "Not acceptable"),
    413: ("请求过大", "Too large"),
    415: ("不认识的内容类型", "Unsupported media type"),
    422: ("参数不对", "Unprocessable parameter"),
    501: ("此处不提供", "Not offered here"),
    500: ("服务内部错误", "Internal error"),
    503: ("暂时无法回答", "Service unavailable"),
    504: ("查询超时", "Query timed out"),
}


class Problem(GongkaiError):
    """An error of HTTP. ``code`` names it for programs; ``status`` is the HTTP status."""

    def __init__(
        self, status: int, code: str, place: str, problem: str, remedy: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        super().__init__(place, problem, remedy)


def find_status(error: GongkaiError) -> tuple[int, str]:
    """The HTTP status of an error and the code that names it."""
    match error:
        case Problem():
            return error.status, error.code
        case Refusal():
            return _REFUSALS.get(error.rule, 400), error.rule
        case QueryFailure():
            return _FAILURES.get(error.reason, 400), error.reason.replace(" ", "_")
        case UnknownQuery():
            return 404, "unknown_query"
        case BadParameter():
            return 422, "bad_parameter"
        case StoreError():
            return 503, "store"
    return 500, "internal"


def find_headers(error: GongkaiError) -> dict[str, str]:
    """The headers that an error's answer carries."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept"}
    if isinstance(error, Problem):
        headers |= error.headers
    if find_status(error)[0] == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return headers


def describe(error: GongkaiError, base: str, instance: str) -> dict[str, Any]:
    """The problem document of an error."""
    status, code = find_status(error)
    document: dict[str, Any] = {
        "type": f"{base}problems#{code}",
        "title": TITLES.get(status, TITLES[500])[1],
        "status": status,
        "detail": str(error),
        "instance": instance,
        "code": code,
        "place": error.place,
        "problem": error.problem,
        "remedy": error.remedy,
    }
    if isinstance(error, Refusal):
        document |= {"rule": error.rule, "line": error.line, "column": error.column, "token": error.token}
    elif isinstance(error, QueryFailure) and error.line:
        document |= {"line": error.line, "column": error.column}
    elif isinstance(error, BadParameter):
        document |= {"parameter": error.parameter, "choices": list(error.choices)}
    elif isinstance(error, UnknownQuery):
        document |= {"choices": list(error.choices)}
    return document
