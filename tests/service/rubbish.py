"""Rubbish for a web server: what no honest client sends, as bytes on a socket, and the answer to it read with care."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from dataclasses import dataclass

#: Half of a surrogate pair and others that are no text, percent-encoded, as a query string has them.
_BROKEN_TEXTS = (
    "%ED%A0%80", "%ED%BF%BF", "%FF%FE", "%C3", "%C0%AF", "%F4%90%80%80", "%00", "a%00b", "%0D%0A", "%0A", "%", "%%", "%G1",
    "%u5E9F", "%E5%8F", "%EF%BB%BF", "%E2%80%AE", "%F0%9F%98%80", "%EF%BF%BE", "%7F", "%1B%5B31m", "%25%32%35", "+", "%20",
)  # fmt: skip
#: Values that numbers, dates, lists, paths and templates stumble over.
_ODD_VALUES = (
    "-1", "0", "1e999999999", "NaN", "Infinity", "9" * 400, "0x10", "1_000", "%D9%A1", "%EF%BC%91", "true", "null", "[]", "{}",
    "..%2F..%2Fetc%2Fpasswd", "%3Cscript%3E", "%7B%7B7*7%7D%7D", "'%20OR%201=1--", "%22", "%5C", "%60id%60", "a" * 3000,
    "%E5%8F%A3" * 900, "id/agency", "http://[", "http://[::1", "javascript:x", "urn:x", "_:b", "gk:", ":", "1-", "-5-2", "5-2",
    "999999999999999999999-9999999999999999999999",
)  # fmt: skip
#: Every parameter that some route reads, so that each meets what it does not expect.
PARAMETERS = (
    "q", "lang", "query", "format", "default-graph-uri", "named-graph-uri", "graph", "queries", "extend", "id", "prefix",
    "type", "limit", "property", "class", "kind", "quote", "by", "level", "agency", "year", "phase", "service", "tag",
    "_page", "_size", "_sort", "_find", "_only", "_unit", "_show", "_chart", "_rows", "_columns", "_value", "_total",
    "_version", "_part",
    # of the explorer
    "measure", "to", "scope", "place", "office", "function", "economic", "per", "share", "chart", "url", "maxwidth",
)  # fmt: skip
_PATHS = (
    "{}/", "{}//", "{}%2F", "{}/..", "{}/../../../../etc/passwd", "{}/%2e%2e/%2e%2e/etc/passwd", "{}%00", "{}%0d%0aX:%20y",
    "{}%ED%A0%80", "{}%FF", "{}%", "{};a=b", "{}.json", "{}.ttl", "{}.csv.gz", "{}." + "x" * 300, "/{}", "{}?", "{}??", "{}#a",
    "{}" + "/a" * 500, "{}" + "a" * 5000, "{}\\..\\..", "{}%5c..%5c", "http://elsewhere.example{}", "{}/%E5%8F%A3", "{}|", "{}^",
)  # fmt: skip
_NAMES = (
    "x", "%00", "%ED%A0%80", "%FF", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", ".", "%20", "a" * 3000, "%E5%8F%A3", "%3C%3E",
    "%22", "{x}", "-1", ".ttl", ".json", "x.ttl", "x.xyz", "agency/440300-1f3c9a20.rdf", "document/x", "code//", "%0A", "%25",
    "service/free-inspection.nq", "agency/%00.ttl", "document/shenzhen-2023-budget.html",
)  # fmt: skip
_HEADERS: tuple[tuple[str, str], ...] = (
    *(("Accept", value) for value in (
        "", ",", ";", "*", "*/*;q=abc", "text/html;q=nan", "text/html;q=inf", "text/html;q=-1", "text/html;q=1;q=0",
        "text/turtle;q=", "a/b", "application/json;q=1e400", "/", "a/b/c", "text/html;level=\"a,b\"", ", ".join(["a/b"] * 3000),
        "\xff\xfe", "text/plain", "application/problem+json", "application/rdf+xml, */*;q=0.1", "image/*",
    )),
    *(("Accept-Language", value) for value in ("", ";;;", "zh;q=abc", "en;q=...", "*", "zh-Hant-TW-x-a", "q=1", "\xe5", "en," * 900)),
    *(("Accept-Encoding", value) for value in ("", "*;q=0", "gzip;q=abc", "br, zstd;q=2", "identity;q=0", "x-gzip", "\x80")),
    *(("Range", value) for value in (
        "bytes=", "bytes=-", "bytes=5-2", "bytes=99999999999999999999-", "bytes=0-0,2-3,5-", "lines=1-2", "bytes=a-b", "bytes",
        "bytes=-0", "bytes=0-" + ",0-" * 500,
    )),
    *(("If-None-Match", value) for value in ("", "*", "W/", '"', '"a', "\xff", '"a",' * 500)),
    *(("If-Modified-Since", value) for value in ("", "now", "Thu, 32 Foo 9999 99:99:99 GMT", "0", "Mon, 01 Jan 0000 00:00:00 GMT")),
    *(("If-Range", value) for value in ('"x"', "garbage")),
    *(("If-Unmodified-Since", value) for value in ("garbage",)),
    *(("Host", value) for value in ("", "[", "[::1", "a b", "a:99999999", "a:b", "x/../y", "\xff", "a" * 3000, "<x>")),
    *(("X-Forwarded-For", value) for value in ("", ",,,", "not-an-address", "::1%eth0", "1.2.3.4:99999", "[", "a," * 2000, "\xff")),
    *(("X-Forwarded-Proto", value) for value in ("", "javascript", "https,http", "\xff")),
    ("Forwarded", 'for="[::1'), ("Forwarded", "for=;;,,="), ("Cookie", "a=" + "b" * 4000), ("Cookie", ";=;\xff"),
    ("Authorization", "Basic !!!"), ("Content-Length", "0"), ("Transfer-Encoding", "gzip, chunked"), ("Expect", "100-continue"),
    ("Connection", "Upgrade, close"), ("Upgrade", "websocket"), ("Origin", "null"), ("Origin", "\xff"), ("Referer", "\xff"),
    ("User-Agent", ""), ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-Prefix", "/../x"), ("Content-Type", "a"),
    ("Access-Control-Request-Method", "NONSENSE"), ("TE", "trailers"), ("Via", "1.1 x"), ("If-Match", '"x"'),
)  # fmt: skip
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_PART = b'--x\r\nContent-Disposition: form-data; name="queries"; filename="a\x00b"\r\n\r\n{'
_BODIES: tuple[tuple[str, bytes], ...] = (
    ("", b"query=ASK%7B%7D"), (_FORM, b""), (_FORM, b"\xff\xfe"), (_FORM, b"query=%ED%A0%80"), (_FORM, b"%00=%00&&&==&"),
    (_FORM, b"a=1&" * 1500), (_FORM, b"queries=%7B"), (_FORM, b"queries=%5B%5D"), (_FORM, b"queries=null"), (_FORM, b"queries=1e999"),
    (_FORM, b'queries={"q0":{"query":"\\ud800"}}'), (_FORM, b'queries={"\\udfff":{"query":"a"}}'),
    (_FORM, b'queries={"q0":{"query":"a","type":"\\ud800","properties":[{"pid":"\\ud800","v":"\\ud800"}]}}'),
    (_FORM, b'queries={"q0":{"query":"a","properties":[{"pid":"place","v":{"id":"\\udc00"}}]}}'),
    (_FORM, b'queries={"q0":{"query":"a","limit":1e308}}'), (_FORM, b'queries={"q0":{"query":"a","limit":NaN}}'),
    (_FORM, b"queries=" + b"[" * 50_000), (_FORM, b'queries={"q0":{"query":"\\u0000"}}'), (_FORM, b"queries=" + b"9" * 5000),
    (_FORM, b'extend={"ids":["\\ud800"],"properties":[{"id":"place"}]}'), (_FORM, b'extend={"ids":["a"],"properties":[{"id":"\\ud800"}]}'),
    (_FORM, b'extend={"ids":["a"],"properties":[{"id":"place","settings":{"limit":"Infinity"}}]}'), (_FORM, b"extend=[]"),
    (_FORM, b'extend={"ids":["a b","<>"],"properties":[{"id":"place","settings":[1]}]}'), (_FORM, b"query=" + b"%28" * 9000),
    (f"{_FORM}; charset=utf-16", "query=ASK{}".encode("utf-16")), (f"{_FORM}; charset=nonsense", b"query=ASK%7B%7D"),
    (_JSON, b'{"query": "ASK {'), (_JSON, b"\xef\xbb\xbf{}"), (_JSON, b'"\\ud800"'), ("application/sparql-query", b"\xed\xa0\x80"),
    ("application/sparql-query", b"\xef\xbb\xbfASK {}"), ("application/sparql-query", b"\x00"), ("application/sparql-query", b""),
    ("application/sparql-query", b'SELECT * { ?s ?p "\\uD800" }'), ("application/sparql-query", b"ASK { " + b"{" * 5000),
    ("application/sparql-query", b"ASK { <http://\\uD800> ?p ?o }"), ("application/sparql-update", b"CLEAR ALL"),
    ("multipart/form-data; boundary=x", _PART), ("multipart/form-data", _PART), ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=" + "y" * 300, b"--"), ("text/plain; charset=\"", b"x"), (";;;", b"x"), ("\xff/\xff", b"x"),
)  # fmt: skip
_METHODS = (
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "REPORT",
    "get",
    "NONSENSE",
    "QUERY",
)


@dataclass(frozen=True)
class Rubbish:
    """One kind: how it departs from a plain GET. ``path`` holds ``{}`` for the route's address, ``name`` stands in
    place of the route's parameters; ``ends``: the sender says no more before all that was announced is sent."""

    title: str
    method: str = "GET"
    path: str = "{}"
    name: str = ""
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    ends: bool = False
    raw: bytes = b""

    def write(self, route: str, sample: str) -> bytes | None:
        """The request for a route that is written with ``{}`` for its parameters; None if the kind needs some.

        ``sample`` is a good value for them, "" for a route without.
        """
        if self.name and not sample:
            return None
        path = route.replace("{}", self.name or sample)
        if self.raw:
            return self.raw.replace(b"/ROUTE", path.encode())
        address = self.path.replace("{}", path) + (f"?{self.query}" if self.query else "")
        headers = list(self.headers)
        if not any(name == "Host" for name, _ in headers):
            headers.insert(0, ("Host", "gongkai.example"))
        if self.body and not any(name in ("Content-Length", "Transfer-Encoding") for name, _ in headers):
            headers.append(("Content-Length", str(len(self.body) + (500 if self.ends else 0))))
        lines = [f"{self.method} {address} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


def list_rubbish() -> Iterator[Rubbish]:
    """All kinds, each with a title that says what it is."""
    for method in _METHODS:
        yield Rubbish(f"method {method}", method)
    for path in _PATHS:
        yield Rubbish(f"path {path[:40]}", path=path)
    for name in _NAMES:
        yield Rubbish(f"name {name[:40]}", name=name)
    # All parameters at once would hide one behind another: each text goes to every parameter in turn, by their numbers.
    texts = (*_BROKEN_TEXTS, *_ODD_VALUES)
    for number, text in enumerate(texts):
        names = PARAMETERS[number % 3 :: 3]
        yield Rubbish(f"values {text[:40]}", query="&".join(f"{name}={text[:800]}" for name in names))
    for name in PARAMETERS:
        yield Rubbish(f"parameter {name}", query=f"{name}=%ED%A0%80%00&{name}=-1&{name}")
    for text in _BROKEN_TEXTS[:12]:
        yield Rubbish(f"parameter named {text}", query=f"{text}=1")
    yield Rubbish("300 parameters", query="&".join(f"p{n}=1" for n in range(300)))
    yield Rubbish("2,000 parameters", query="&".join(f"p{n}" for n in range(2000)))
    yield Rubbish("300 times one parameter", query="&".join("year=2021" for _ in range(300)))
    yield Rubbish("300 options", query="&".join(f"_p{n}=1" for n in range(300)))
    yield Rubbish("semicolons", query="a;b;c&;&;=")
    yield Rubbish("a long address", query="a=" + "%E5" * 15_000)
    yield Rubbish("an overlong address", query="a=" + "%E5" * 30_000)
    for name, value in _HEADERS:
        yield Rubbish(f"{name}: {value[:40]!r}", headers=((name, value),))
    for name, value in (
        ("Accept", "text/html"),
        ("If-None-Match", "*"),
        ("Content-Type", "a"),
        ("Host", "b"),
        ("Range", "bytes=0-1"),
    ):
        yield Rubbish(f"{name} three times", headers=((name, value),) * 3)
    yield Rubbish("400 headers", headers=tuple((f"X-{n}", "a") for n in range(400)))
    yield Rubbish("a browser with rubbish", query="lang=%ED%A0%80&_page=x", headers=(("Accept", "text/html"),))
    for kind, body in _BODIES:
        headers = (("Content-Type", kind),) if kind else ()
        yield Rubbish(f"{kind[:30]} {body[:60]!r}", "POST", headers=headers, body=body)
    packed = gzip.compress(b"query=ASK%7B%7D")[:-6]
    coded = (("Content-Type", _FORM), ("Content-Encoding", "gzip"))
    yield Rubbish("a gzip body cut off", "POST", headers=coded, body=packed)
    yield Rubbish("a body with GET", body=b"query=ASK{}", headers=(("Content-Type", _FORM),))
    yield Rubbish("a body that ends early", "POST", headers=(("Content-Type", _FORM),), body=b"query=ASK", ends=True)
    yield Rubbish(
        "chunks cut off",
        "POST",
        headers=(("Content-Type", _FORM), ("Transfer-Encoding", "chunked")),
        body=b"5\r\nqu",
        ends=True,
    )
    yield Rubbish(
        "a chunk without a size", "POST", headers=(("Transfer-Encoding", "chunked"),), body=b"zz\r\nquery\r\n0\r\n\r\n"
    )
    yield Rubbish(
        "two lengths", raw=b"POST /ROUTE HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
    )
    yield Rubbish(
        "length and chunks",
        raw=b"POST /ROUTE HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    )
    yield Rubbish("HTTP/1.0 without Host", raw=b"GET /ROUTE HTTP/1.0\r\n\r\n")
    yield Rubbish("HTTP/9.9", raw=b"GET /ROUTE HTTP/9.9\r\nHost: x\r\n\r\n")
    yield Rubbish("HTTP/0.9", raw=b"GET /ROUTE\r\n\r\n")
    yield Rubbish("bytes above 127", raw=b"GET /ROUTE?q=\xe5\x8f\xa3 HTTP/1.1\r\nHost: x\r\n\r\n")
    yield Rubbish("a header without a colon", raw=b"GET /ROUTE HTTP/1.1\r\nHost x\r\n\r\n")
    yield Rubbish("a folded header", raw=b"GET /ROUTE HTTP/1.1\r\nHost: x\r\nAccept: a\r\n b\r\n\r\n")
    yield Rubbish("NUL in a header", raw=b"GET /ROUTE HTTP/1.1\r\nHost: x\r\nAccept: a\x00b\r\n\r\n")
    yield Rubbish("bare line feeds", raw=b"GET /ROUTE HTTP/1.1\nHost: x\n\n")


@dataclass(frozen=True)
class Reply:
    """An answer as it came. ``status`` 0: the connection ended without one."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """Its media type."""
        return self.headers.get("content-type", "").partition(";")[0]


class Line:
    """A connection to a server that is kept as long as the server keeps it."""

    def __init__(self, host: str, port: int) -> None:
        self.address = (host, port)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes, ends: bool) -> Reply:
        """Sends what may be no request at all, and reads what comes of it."""
        reader, writer = self._open or await asyncio.open_connection(*self.address, limit=1 << 20)
        self._open = None
        try:
            writer.write(request)
            if ends:
                writer.write_eof()
            reply = await _read(reader, request.startswith(b"HEAD "))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return Reply(0, {}, b"")
        if reply.headers.get("connection", "") == "close" or ends or reply.status in (0, 101, 400):
            writer.close()
        else:
            self._open = reader, writer
        return reply

    def close(self) -> None:
        """Ends the connection."""
        if self._open:
            self._open[1].close()


async def _read(reader: asyncio.StreamReader, headless: bool) -> Reply:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split()[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    if status == 100:
        return await _read(reader, headless)
    if headless or status in (204, 304):
        return Reply(status, headers, b"")
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
        return Reply(status, headers, body)
    return Reply(status, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


__all__ = ["PARAMETERS", "Line", "Reply", "Rubbish", "list_rubbish"]
