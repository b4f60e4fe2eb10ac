"""SERVICE for endpoints on the list: asked by the web process, within limits, and put into the query as VALUES.

Query processes have no network, and the engine's own client knows no limit of time or size. So each
``SERVICE <e> { P }`` is answered beforehand: ``SELECT * WHERE { P }`` goes to ``e``, and what comes back stands in its
place. By SPARQL's semantics, which evaluates P by itself and then joins, that is the same. P has to be selective by
itself: it is not narrowed by what stands around it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpcore
import pyoxigraph as ox

from loaders import __version__
from service.engine.workers import Job
from service.settings import ServiceSettings
from service.sparql.failures import QueryFailure
from service.sparql.guard import Inspection, Refusal, find_target
from service.sparql.tokens import Token, split

_ACCEPT = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
_MOST_REDIRECTS = 3
_AT_ONCE = 8
#: Forms of IPv6 that carry an IPv4 address which the network may unpack.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


@dataclass(frozen=True)
class Call:
    """One SERVICE clause: where it stands in the query, what it calls, the pattern between its braces."""

    start: int
    end: int
    target: str
    silent: bool
    pattern: str


class Federation:
    """Makes the calls that the settings allow."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def resolve(self, job: Job, inspection: Inspection) -> Job:
        """The job with the answers of its SERVICE clauses in their place.

        Raises :class:`service.sparql.guard.Refusal` for too many or nested clauses,
        :class:`service.sparql.failures.QueryFailure` if a call fails that is not SILENT.
        """
        query = job.query
        prologue, calls = find_calls(query, inspection.prefixes, self.settings.max_service_calls)
        blocks: list[str] = []
        for call in calls:
            try:
                async with self._turns:
                    blocks.append(await self._ask(call, prologue))
            except QueryFailure:
                if not call.silent:
                    raise
                blocks.append("{ }")  # one solution that binds nothing, as SILENT has it
        for call, block in reversed(list(zip(calls, blocks, strict=True))):
            query = query[: call.start] + block + query[call.end :]
        return replace(job, query=query, fixed=False)

    async def _ask(self, call: Call, prologue: str) -> str:
        seconds = self.settings.service_timeout_seconds
        text = f"{prologue}\nSELECT * WHERE {{{call.pattern}\n}}"
        try:
            async with asyncio.timeout(seconds):
                body, media_type = await self._fetch(call.target, urlencode({"query": text}).encode("ascii"))
        except TimeoutError:
            raise _failure(
                call, f"it gave no whole answer within {seconds:g} seconds", f"{seconds:g} 秒内没有完整应答"
            ) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            raise _failure(call, f"it cannot be reached ({error})", f"无法连接（{error}）") from error
        except _Refused as refused:
            raise _failure(call, str(refused), refused.zh) from None
        try:
            form = ox.QueryResultsFormat.from_media_type(media_type) or ox.QueryResultsFormat.JSON
            return write_values(ox.parse_query_results(body, form), call.target)
        except (SyntaxError, ValueError, UnicodeDecodeError) as error:
            raise _failure(call, f"its answer cannot be read ({str(error)[:200]})", "应答无法解读") from error

    async def _fetch(self, target: str, body: bytes) -> tuple[bytes, str]:
        """The body and the media type of the answer to a POST."""
        headers: dict[bytes | str, bytes | str] = {
            "Accept": _ACCEPT, "Accept-Encoding": "identity", "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": f"Gongkai/{__version__}",
        }  # fmt: skip
        origin = urlsplit(target)[:2]
        backend = GuardedBackend(self.settings.service_allow_private)
        context = ssl.create_default_context()
        async with httpcore.AsyncConnectionPool(network_backend=backend, ssl_context=context) as pool:
            for _ in range(_MOST_REDIRECTS + 1):
                async with pool.stream("POST", target, headers=headers, content=body) as response:
                    given = {name.lower(): value for name, value in response.headers}
                    if response.status in (307, 308):
                        target = urljoin(target, given.get(b"location", b"").decode("latin-1"))
                        if urlsplit(target)[:2] != origin:
                            raise _Refused("it sends the query on to another host", "它把查询转往其他主机")
                        continue
                    if response.status != 200:
                        raise _Refused(f"it answered {response.status}", f"应答状态为 {response.status}")
                    found = bytearray()
                    async for part in response.aiter_stream():
                        found += part
                        if len(found) > self.settings.max_service_bytes:
                            most = f"{self.settings.max_service_bytes:,}"
                            raise _Refused(f"its answer is larger than {most} bytes", f"应答超过 {most} 字节")
                    media_type = given.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip()
                    return bytes(found), media_type
        raise _Refused("it sends the query on and on", "它不断转发查询")


class _Refused(Exception):
    """A call that we end; ``zh`` says why in Chinese."""

    def __init__(self, text: str, zh: str) -> None:
        self.zh = zh
        super().__init__(text)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only, unless ``private``.

    The name is looked up once, all its addresses are judged, and the connection goes to one of those judged: a name
    that changes its address between look and call gains nothing.
    """

    def __init__(self, private: bool) -> None:
        self._private = private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:  # fmt: skip
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
        addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
        if not self._private and not all(map(is_public, addresses)):
            raise _Refused("its address is not a public one", "它的地址不是公网地址")
        return await self._inner.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:  # noqa: ARG002 - as the library has it
        raise _Refused("a socket of this machine is not called", "不调用本机套接字")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever form it is written in."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if any(found in network for network in _TRANSLATED):
            return False
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def find_calls(query: str, prefixes: dict[str, str], most: int) -> tuple[str, list[Call]]:
    """The prologue of a query that the guard let through, and its SERVICE clauses in order."""
    tokens = [t for t in split(query) if t.kind != "comment"]
    body = next(i for i, t in enumerate(tokens) if t.kind == "word" and not _in_prologue(tokens, i))
    calls: list[Call] = []
    i = body
    while i < len(tokens):
        if tokens[i].is_word("SERVICE"):
            if len(calls) >= most:
                raise Refusal(
                    "max_service_calls", query, tokens[i].start, f"more than {most} SERVICE clauses", "Ask in parts",
                    tokens[i].text, zh=(f"SERVICE 超过 {most} 个", "请分几次查询"),
                )  # fmt: skip
            silent = tokens[i + 1].is_word("SILENT")
            opening = i + 2 + silent
            closing = _find_closing(query, tokens, opening)
            pattern = query[tokens[opening].end : tokens[closing].start]
            calls.append(Call(tokens[i].start, tokens[closing].end, find_target(tokens, i, prefixes), silent, pattern))
            i = closing
        i += 1
    return query[: tokens[body].start], calls


def _in_prologue(tokens: list[Token], index: int) -> bool:
    return tokens[index].is_word("PREFIX", "BASE", "VERSION")


def _find_closing(query: str, tokens: list[Token], opening: int) -> int:
    depth = 0
    for i in range(opening, len(tokens)):
        if tokens[i].text == "{" and tokens[i].kind == "bracket":
            depth += 1
        elif tokens[i].text == "}" and tokens[i].kind == "bracket":
            depth -= 1
            if not depth:
                return i
        elif not depth or tokens[i].is_word("SERVICE"):
            problem = "SERVICE inside SERVICE" if depth else f"{tokens[i].text[:40]!r} stands where a brace is due"
            raise Refusal(
                "service", query, tokens[i].start, problem, "Write SERVICE <endpoint> { pattern }, one beside another",
                tokens[i].text, zh=("SERVICE 的写法不对或相互嵌套", "请写 SERVICE <端点> { 图模式 }，并列而不嵌套"),
            )  # fmt: skip
    raise Refusal("syntax", query, len(query), "SERVICE has no pattern", "Write SERVICE <endpoint> { pattern }",
                  zh=("SERVICE 没有图模式", "请写 SERVICE <端点> { 图模式 }"))  # fmt: skip


def write_values(results: Any, target: str) -> str:
    """Solutions as a group with VALUES. A blank node of another endpoint becomes a genid IRI of that endpoint.

    Raises ValueError if there is a term that VALUES does not take.
    """
    if not isinstance(results, ox.QuerySolutions):
        raise ValueError("it is no table")
    names = [variable.value for variable in results.variables]
    host = "://".join(urlsplit(target)[:2])
    rows = [f"({' '.join(_write_term(term, host) for term in solution)})" for solution in results]
    return f"{{ VALUES ({' '.join('?' + name for name in names)}) {{ {' '.join(rows)} }} }}"


def _write_term(term: object, host: str) -> str:
    if term is None:
        return "UNDEF"
    if isinstance(term, ox.BlankNode):
        return str(ox.NamedNode(f"{host}/.well-known/genid/{term.value}"))
    if isinstance(term, ox.NamedNode | ox.Literal):
        return str(term)
    raise ValueError(f"{type(term).__name__} cannot stand in VALUES")


def _failure(call: Call, problem: str, problem_zh: str) -> QueryFailure:
    return QueryFailure(
        "federation", f"SERVICE <{call.target}> failed: {problem}",
        "Narrow the pattern inside SERVICE, try later, or write SERVICE SILENT to go on without it",
        zh=(f"SERVICE <{call.target}> 失败：{problem_zh}",
            "请收窄 SERVICE 内的模式，稍后再试，或写 SERVICE SILENT 以忽略失败"),
    )  # fmt: skip
