"""What a request to an endpoint asks, read from its address and its body by the SPARQL 1.1 Protocol."""

from __future__ import annotations

import asyncio
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_to_bytes

import pyoxigraph as ox
from starlette.requests import ClientDisconnect, Request

from service.http.problems import Problem

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
#: Some editors begin each file with it; it is no part of the query.
_MARK = "\ufeff"
#: Quoted-printable has its own ways with ends of lines, and with signs that begin no byte.
_WELL_SPELT = re.compile(rb"(?:[ -$&-~]++|%[0-9A-Fa-f]{2})*+")


@dataclass(frozen=True)
class Question:
    """What a request asks: the query ("" for none), the graphs it names, the format it names."""

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    format: str = ""


async def read_question(request: Request, most: int, seconds: float) -> Question:
    """The question of a GET, HEAD or POST; ``most`` bytes of address or body are read, for ``seconds`` at most.

    Raises :class:`service.http.problems.Problem` if there is none that can be read.
    """
    raw = request.scope["query_string"]
    if len(raw) > most:
        raise _too_long("its address", most, 414)
    if request.method in ("GET", "HEAD"):
        return read_alone(raw) or _read_fields(read_fields(raw, "the address"))
    fields = read_fields(raw, "the address")
    content_type = request.headers.get("content-type", "")
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    if kind == _UPDATE:
        raise _no_update()
    if kind not in (FORM, DIRECT):
        raise Problem(
            415, "content_type", f"Content-Type: {content_type[:80] or '(none)'}", "a query is not sent like that",
            f"Send the query itself as {DIRECT}, or query=… as {FORM}", {"Accept-Post": f"{DIRECT}, {FORM}"},
            zh=("查询不能这样发送", f"请以 {DIRECT} 发送查询本身，或以 {FORM} 发送 query=…"),
        )  # fmt: skip
    if charset not in ("", "utf-8", "utf8"):
        raise Problem(
            415, "charset", f"Content-Type: {content_type[:80]}", "only UTF-8 is read", "Send UTF-8",
            zh=("只支持 UTF-8", "请用 UTF-8 编码"),
        )  # fmt: skip
    body = await _read_body(request, most, seconds)
    if kind == DIRECT:
        if any(name == "query" for name, _ in fields):
            raise _two_queries(2)
        return _read_fields([("query", _decode(body, "the body")), *fields])
    question = _read_fields(read_fields(body, "the form"))
    # The protocol puts all of it into the form; a dataset or a format in the address is taken as well.
    extra = _read_fields([(name, value) for name, value in fields if name != "query"])
    return Question(
        question.query, question.default + extra.default, question.named + extra.named,
        question.format or extra.format,
    )  # fmt: skip


def read_alone(raw: bytes) -> Question | None:
    """The question of an address with a query and nothing else, which is read in half the time."""
    if not raw.startswith(b"query=") or b"&" in raw:
        return None
    try:
        return Question(unescape(raw[6:]).decode("utf-8").removeprefix(_MARK))
    except UnicodeDecodeError:
        return None


def unescape(raw: bytes) -> bytes:
    """What a value of an address says: ``+`` is a space, ``%XX`` a byte, and any other ``%`` itself.

    Quoted-printable is the same but for its sign, and its decoder is three times as fast as that of addresses.
    """
    spaced = raw.replace(b"+", b" ")
    if not _WELL_SPELT.fullmatch(spaced):
        return unquote_to_bytes(spaced)
    return binascii.a2b_qp(spaced.replace(b"=", b"%3D").replace(b"%", b"="))


async def _read_body(request: Request, most: int, seconds: float) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise _too_long("its body", most, 413)
    except TimeoutError:
        raise Problem(
            408, "client_timeout_seconds", "request", f"its body did not arrive within {seconds:g} seconds",
            "Send it again", {"Connection": "close"}, zh=(f"请求内容未在 {seconds:g} 秒内到达", "请重新发送"),
        ) from None  # fmt: skip
    except ClientDisconnect:
        raise Problem(400, "disconnected", "request", "its body ended before it was whole", "Send it again") from None
    return bytes(body)


def _read_fields(fields: Sequence[tuple[str, str]]) -> Question:
    queries = [value for name, value in fields if name == "query"]
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in fields):
        raise _no_update()
    if len(queries) > 1:
        raise _two_queries(len(queries))
    default = tuple(value for name, value in fields if name == "default-graph-uri")
    named = tuple(value for name, value in fields if name == "named-graph-uri")
    for graph in (*default, *named):
        check_graph(graph, "default-graph-uri, named-graph-uri")
    wish = next((value for name, value in fields if name == "format"), "")
    return Question(queries[0].removeprefix(_MARK) if queries else "", default, named, wish)


def check_graph(graph: str, place: str) -> None:
    """Raises :class:`service.http.problems.Problem` if ``graph`` is no absolute IRI."""
    try:
        ox.NamedNode(graph)
    except ValueError:
        raise Problem(
            400, "graph_iri", place, f"{graph[:80]!r} is no absolute IRI", "Name a graph by its full IRI",
            zh=(f"{graph[:80]!r} 不是绝对 IRI", "请写出图的完整 IRI"),
        ) from None  # fmt: skip


def read_fields(raw: bytes, place: str) -> list[tuple[str, str]]:
    """The fields of an address or a form, in order, decoded. Raises :class:`service.http.problems.Problem`."""
    try:
        return parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except UnicodeDecodeError:
        raise _not_utf8(place) from None
    except ValueError:
        raise Problem(
            400, "fields", place, "it has more than 1,000 fields", "Send fewer", zh=("参数超过 1,000 个", "请减少参数")
        ) from None


def _decode(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8(place) from None


def _not_utf8(place: str) -> Problem:
    return Problem(
        400, "not_utf8", place, "it is not UTF-8", "Encode the query as UTF-8 (and then in %XX)",
        zh=("编码不是 UTF-8", "请先用 UTF-8 编码（再转为 %XX）"),
    )  # fmt: skip


def _two_queries(count: int) -> Problem:
    return Problem(
        400, "two_queries", "request", f"it has {count} queries", "Send one query at a time",
        zh=(f"请求中有 {count} 个查询", "一次只发送一个查询"),
    )  # fmt: skip


def _too_long(what: str, most: int, status: int) -> Problem:
    return Problem(
        status, "max_request_bytes", "request", f"{what} exceeds {most:,} bytes",
        "Shorten the query, or raise GONGKAI_MAX_REQUEST_BYTES on a server of your own", {"Connection": "close"},
        zh=(f"请求超过 {most:,} 字节", "请缩短查询，或在自己的服务器上调高 GONGKAI_MAX_REQUEST_BYTES"),
    )  # fmt: skip


def _no_update() -> Problem:
    return Problem(
        403, "update", "request", "it asks for an update, and this endpoint is read-only",
        "Ask with query=…; to change data, build a store of your own",
        zh=("请求要修改数据，而本端点只读", "请用 query=… 查询；要修改数据，请自建数据库"),
    )  # fmt: skip
