"""How an answer goes out: compressed as the client likes, with a tag that tells whether it is still the same."""

from __future__ import annotations

import asyncio
import hashlib
import zlib

import brotli
import zstandard
from starlette.responses import Response

from service.http.negotiation import parse_weights, remember_headers

#: In the order of our liking: the quickest first.
ENCODINGS = ("zstd", "br", "gzip")
#: Below this a compressed answer saves no packet.
SMALLEST = 1_000
_INLINE = 1 << 17


@remember_headers
def choose_encoding(accept: str | None) -> str:
    """The content coding for an Accept-Encoding header: zstd, br, gzip, or "" for none."""
    if not accept:
        return ""
    weights = parse_weights(accept)
    other = weights.get("*", 0.0)
    best, best_weight = "", 0.0
    for name in ENCODINGS:
        weight = weights.get(name, weights.get("x-gzip", other) if name == "gzip" else other)
        if weight > best_weight:
            best, best_weight = name, weight
    return best if best_weight >= weights.get("identity", 0.0) else ""


def compress(body: bytes, encoding: str) -> bytes:
    """The body in a content coding. Quick settings: an answer is made to be read once."""
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(body)
    if encoding == "br":
        return bytes(brotli.compress(body, quality=4))
    if encoding == "gzip":
        # Without a time in it, so that the same body gives the same bytes.
        packer = zlib.compressobj(5, zlib.DEFLATED, 31)
        return packer.compress(body) + packer.flush()
    return body


async def compress_beside(body: bytes, encoding: str) -> bytes:
    """:func:`compress`, off the event loop where that takes more than a moment."""
    if len(body) <= _INLINE:
        return compress(body, encoding)
    return await asyncio.to_thread(compress, body, encoding)


def make_tag(*parts: object) -> str:
    """A strong entity tag of what decides an answer's bytes."""
    return '"' + hashlib.sha256("\0".join(map(str, parts)).encode("utf-8")).hexdigest()[:32] + '"'


def matches(header: str | None, tag: str) -> bool:
    """Whether an If-None-Match header holds a tag; compared weakly, as it is to be."""
    if not header:
        return False
    return header.strip() == "*" or tag in {t.strip().removeprefix("W/") for t in header.split(",")}


class WholeResponse(Response):
    """A body with headers that are made already: what starlette would make of them costs as much as a small query."""

    def __init__(self, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = 200
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", str(len(body)).encode("ascii")), *headers]


def freeze(response: Response) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The headers and the body of a response."""
    return list(response.raw_headers), bytes(response.body)
