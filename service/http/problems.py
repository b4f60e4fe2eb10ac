"""Errors as RFC 9457 problem documents, or as a page for a browser: every one says what, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.errors import GongkaiError, MissingExtra, StoreError
from service.errors import BadParameter, UnknownQuery
from service.sparql.failures import QueryFailure
from service.sparql.guard import Refusal
from service.sparql.hints import cut_excerpt, find_token
from service.words.reasons import say_reason

_REFUSALS = {"update": 403, "service": 403, "max_query_bytes": 413}
_FAILURES = {"timeout": 504, "busy": 503, "store": 503, "federation": 502, "form": 406}
RETRY_SECONDS = 5

TITLES: dict[int, tuple[str, str]] = {
    400: ("请求有误", "Bad request"),
    403: ("不允许", "Forbidden"),
    404: ("没有找到", "Not found"),
    405: ("方法不适用", "Method not allowed"),
    406: ("没有这种格式", "Not acceptable"),
    408: ("请求超时", "Request timed out"),
    413: ("请求过大", "Too large"),
    414: ("地址过长", "Address too long"),
    415: ("不认识的内容类型", "Unsupported media type"),
    416: ("没有这一段", "Range not satisfiable"),
    422: ("参数不对", "Unprocessable parameter"),
    431: ("请求头过大", "Request header fields too large"),
    501: ("此处不提供", "Not offered here"),
    500: ("服务内部错误", "Internal error"),
    502: ("其他端点未能回答", "Another endpoint failed"),
    503: ("暂时无法回答", "Service unavailable"),
    504: ("查询超时", "Query timed out"),
}


class Problem(GongkaiError):
    """An error of HTTP. ``code`` names it for programs; ``status`` is the HTTP status.

    ``zh`` is problem and remedy in Chinese, ``title`` what stands above it in Chinese and English instead of what its
    status is called.
    """

    def __init__(
        self,
        status: int,
        code: str,
        place: str,
        problem: str,
        remedy: str,
        headers: Mapping[str, str] | None = None,
        zh: tuple[str, str] = ("", ""),
        title: tuple[str, str] | None = None,
    ) -> None:
        self.zh = zh
        self.title = title
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
        case MissingExtra():
            return 501, "missing_extra"
    return 500, "internal"


def find_title(error: GongkaiError) -> tuple[str, str]:
    """What stands above an error, in Chinese and English: its own title, else what its status is called."""
    own = error.title if isinstance(error, Problem) else None
    return own or TITLES.get(find_status(error)[0], TITLES[500])


def find_headers(error: GongkaiError) -> dict[str, str]:
    """The headers that an error's answer carries."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
    if isinstance(error, Problem):
        headers |= error.headers
    if isinstance(error, QueryFailure) and error.retry:
        headers["Retry-After"] = str(error.retry)
    elif find_status(error)[0] == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return headers


def describe(error: GongkaiError, base: str, instance: str, language: str = "en", query: str = "") -> dict[str, Any]:
    """The problem document of an error, in ``zh`` or ``en``; with ``query``, what stands where the error is."""
    status, code = find_status(error)
    place, problem, remedy = tell(error, language)
    document: dict[str, Any] = {
        "type": f"{base}problems#{code}",
        "title": find_title(error)[0 if language == "zh" else 1],
        "status": status,
        "detail": f"{place}：{problem}。{remedy}" if language == "zh" else f"{place}: {problem}. {remedy}",
        "instance": instance,
        "code": code,
        "place": place,
        "problem": problem,
        "remedy": remedy,
    }
    if isinstance(error, Refusal):
        document |= {"rule": error.rule, "line": error.line, "column": error.column, "token": error.token}
    elif isinstance(error, QueryFailure) and error.line:
        document |= {"line": error.line, "column": error.column}
        document |= {"token": find_token(query, error.line, error.column)} if query else {}
    elif isinstance(error, BadParameter):
        document |= {"parameter": error.parameter, "choices": list(error.choices)}
    elif isinstance(error, UnknownQuery):
        document |= {"choices": list(error.choices)}
    if query and document.get("line"):
        document["excerpt"] = cut_excerpt(query, document["line"], document["column"])
    return document


def write_text(document: Mapping[str, Any], language: str = "en") -> str:
    """A problem document as a few lines of text, for a terminal."""
    label = "怎么办" if language == "zh" else "What to do"
    lines = [
        f"{document['status']} {document['title']} ({document['code']})",
        f"{document['place']}: {document['problem']}",
    ]
    if "excerpt" in document:
        lines += ["", *(f"    {line}" for line in document["excerpt"].splitlines()), ""]
    lines.append(f"{label}: {document['remedy']}")
    return "\n".join(lines) + "\n"


_PLACES = {"request": "请求", "query": "查询", "the address": "地址", "the body": "请求内容", "the form": "表单"}


def tell(error: GongkaiError, language: str) -> tuple[str, str, str]:
    """Place, problem and remedy in a language; in English what has no Chinese."""
    chinese: tuple[str, str] = getattr(error, "zh", ("", ""))
    if language != "zh":
        return error.place, error.problem, error.remedy
    if not chinese[0]:
        return (
            error.place,
            say_reason(error.problem, language).rstrip("。"),
            say_reason(error.remedy, language).rstrip("。"),
        )
    line = getattr(error, "line", 0)
    place = f"第 {line} 行第 {getattr(error, 'column', 0)} 列" if line else _PLACES.get(error.place, error.place)
    return place, chinese[0], chinese[1] or error.remedy
