"""The path that a proxy puts before ours: ``https://example.org/gongkai/…``.

Our own addresses begin with ``/``. What goes out to a client gets the prefix of its request: links of pages, headers
that redirect, addresses in data. The prefix is that of the setting, or what a trusted proxy tells (X-Forwarded-Prefix).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from starlette.requests import Request

from service.clients import LONGEST_PREFIX, read_prefix

#: Where the scope of a request keeps its prefix: "" or "/…" without a slash at its end.
PREFIX_KEY = "gongkai.prefix"
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
#: Attributes of markup that hold addresses. Quotes in texts are escaped, so that nothing else can look like one.
_ADDRESS = re.compile(r'(\s(?:href|src|action|formaction|data-part|data-endpoint|data-completions)=")/(?!/)')
#: Fields of data that hold addresses.
_FIELDS = frozenset({"url", "evidence"})


def find_told(headers: Mapping[bytes, bytes]) -> tuple[str, str]:
    """The prefix and the host that a trusted proxy tells; "" for what it does not tell or what is neither."""
    if b"x-forwarded-prefix" not in headers and b"x-forwarded-host" not in headers:
        return "", ""
    try:
        prefix = read_prefix(headers.get(b"x-forwarded-prefix", b"").decode("latin-1"))
    except ValueError:
        prefix = ""
    # Where several proxies have written, the first is what the client asked.
    host = headers.get(b"x-forwarded-host", b"").decode("latin-1").partition(",")[0].strip()
    return prefix, host if len(host) <= LONGEST_PREFIX and _HOST.fullmatch(host) else ""


def strip_prefix(scope: MutableMapping[str, Any], prefix: str) -> None:
    """Takes the prefix off a path that a proxy has handed on as it was asked; a path without it stays."""
    path: str = scope["path"]
    if not prefix or not (path + "/").startswith(f"{prefix}/"):
        return
    scope["path"] = path[len(prefix) :] or "/"
    raw: bytes | None = scope.get("raw_path")
    written = prefix.encode("ascii")
    if raw is not None and raw.startswith(written):
        scope["raw_path"] = raw[len(written) :] or b"/"


def find_prefix(request: Request) -> str:
    """The prefix of a request."""
    found: str = request.scope.get(PREFIX_KEY, "")
    return found


def find_origin(request: Request) -> str:
    """The address of this site as the client wrote it, without a slash at its end."""
    return str(request.base_url).rstrip("/") + find_prefix(request)


def find_path(request: Request) -> str:
    """The path of a request as the client wrote it."""
    return find_prefix(request) + request.url.path


def find_address(request: Request) -> str:
    """The address of a request as the client wrote it, without its query."""
    return find_origin(request) + request.url.path


def prefix_page(html: str, prefix: str) -> str:
    """Markup whose links to this site have the prefix."""
    return _ADDRESS.sub(rf"\g<1>{prefix}/", html) if prefix else html


def prefix_data(data: Any, prefix: str) -> Any:
    """JSON whose addresses of this site have the prefix."""
    if not prefix:
        return data
    if isinstance(data, dict):
        return {
            key: prefix + value if key in _FIELDS and isinstance(value, str) and value.startswith("/")
            else prefix_data(value, prefix)
            for key, value in data.items()
        }  # fmt: skip
    return [prefix_data(part, prefix) for part in data] if isinstance(data, list) else data


def prefix_head(message: MutableMapping[str, Any], prefix: str) -> None:
    """Puts the prefix into the headers of an answer that lead to this site."""
    if not prefix:
        return
    written = prefix.encode("ascii")
    message["headers"] = [
        (name, written + value if name == b"location" and value[:1] == b"/" and value[:2] != b"//"
         else value.replace(b"</", b"<" + written + b"/") if name == b"link" else value)
        for name, value in message["headers"]
    ]  # fmt: skip
