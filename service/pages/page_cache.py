"""Pages kept in memory as they go out, compressed, with an entity tag: no page is made twice from the same data.

A page is decided by the data, the address, the language and form that the reader asks for, and the day, since a
citation names it. A new snapshot empties the cache. Where nobody can tell whether the data change (an endpoint
elsewhere), and for answers that are no success, nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from loaders import __version__
from service.engine.cache import ByteCache
from service.http.delivery import SMALLEST, choose_encoding, compress_beside, make_tag, matches
from service.http.prefix import find_prefix
from service.pages.site import Site, pick_language

Handler = Callable[[Request], Awaitable[Response]]
_LONGEST_ADDRESS = 4_000
_VARY = "Accept, Accept-Encoding, Accept-Language"


class PageCache:
    """Wraps handlers of pages. ``limit`` is the number of bytes that all kept pages may have."""

    def __init__(self, site: Site, limit: int, max_age: int) -> None:
        self.site = site
        self.pages = ByteCache(limit)
        self.max_age = max_age

    def keep(self, handler: Handler) -> Handler:
        """The handler, answering from memory where it can."""

        async def answer(request: Request) -> Response:
            store = self.site.answers.store
            fingerprint, edition = store.fingerprint, store.edition
            if not fingerprint or len(str(request.url)) > _LONGEST_ADDRESS:
                return await handler(request)
            encoding = choose_encoding(request.headers.get("accept-encoding"))
            key = (edition, self._make_key(request), encoding)
            held = edition.partition("/")[2]
            tag = make_tag(__version__, self.site.web_version, fingerprint, held, *map(str, key[1:]))
            headers = {"ETag": tag, "Vary": _VARY, "Cache-Control": f"public, max-age={self.max_age}"}
            found = self.pages.get(key)
            if found is None:
                response = await handler(request)
                if response.status_code != 200 or not response.body or store.edition != edition:
                    return response
                body = bytes(response.body)
                head = {k: v for k, v in response.headers.items() if k not in ("content-length", "vary")}
                if encoding and len(body) > SMALLEST:
                    body = await compress_beside(body, encoding)
                    head["content-encoding"] = encoding
                # The head stands before the body; how long it is stands beside both.
                written = json.dumps(head).encode("utf-8")
                found = written + body, len(written)
                self.pages.put(key, *found)
            if matches(request.headers.get("if-none-match"), tag):
                return Response(status_code=304, headers=headers)
            kept, length = found
            return Response(kept[length:], headers={**json.loads(kept[:length]), **headers})

        return answer

    def _make_key(self, request: Request) -> bytes:
        """What decides a page beside the data."""
        today = datetime.now(UTC).date()
        parts = (find_prefix(request), request.url, pick_language(request), request.headers.get("accept", ""), today)
        return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()
