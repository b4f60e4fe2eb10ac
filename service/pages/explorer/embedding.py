"""A chart on another site: the snippet that readers copy, and oEmbed (https://oembed.com), by which programs get it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from service.http.prefix import find_origin, find_prefix
from service.http.problems import Problem
from service.pages.explorer.wish import Refused, Wish, read_fields

#: Width and height of a frame, in pixels, unless a program asks for less.
SIZE = 960, 720
_LEAST = 200
_PATHS = ("/explore", "/embed/explore")


@dataclass(frozen=True)
class Target:
    """The chart that oEmbed is asked for, its language ("" for the reader's), the size of its frame."""

    wish: Wish
    language: str
    width: int
    height: int


def make_snippet(address: str, title: str, width: int = SIZE[0], height: int = SIZE[1]) -> str:
    """The markup that shows a chart on another site."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}" '
        'loading="lazy" style="border:0;max-width:100%"></iframe>'
    )


def read_target(request: Request) -> Target:
    """What oEmbed is asked. Raises Problem: 404 for what is no chart of ours, 501 for a format that is not offered."""
    given = request.query_params
    if given.get("format", "json") != "json":
        raise Problem(
            501,
            "format",
            "format",
            "only json is offered",
            "Ask for format=json",
            zh=("只提供 json", "请用 format=json"),
        )
    parts = urlsplit(given.get("url", "")[:8_000]) if _is_address(given.get("url", "")) else urlsplit("")
    path = parts.path.removeprefix(find_prefix(request))
    own = urlsplit(find_origin(request))
    if parts.netloc != own.netloc or path not in _PATHS:
        raise Problem(
            404, "no_chart", "url", "it is the address of no chart of this site",
            f"Give the address of a chart: {find_origin(request)}/explore?…",
            zh=("它不是本站图表的地址", f"请给出图表的地址：{find_origin(request)}/explore?…"),
        )  # fmt: skip
    try:
        fields = parse_qs(parts.query, max_num_fields=200)
        wish = read_fields({name: values for name, values in fields.items() if name != "lang"})
    except (ValueError, Refused) as error:
        problem, zh = (
            (error.problem, error.zh[0]) if isinstance(error, Refused) else ("it has too many parameters", "参数过多")
        )
        raise Problem(404, "no_chart", "url", problem, "Open it to see what can be shown",
                      zh=(zh, "打开该地址可看到能显示什么")) from None  # fmt: skip
    language = (fields.get("lang") or [""])[-1]
    return Target(
        wish, language if language in ("zh", "en") else "",
        _read_size(given, "maxwidth", SIZE[0]), _read_size(given, "maxheight", SIZE[1]),
    )  # fmt: skip


def describe_embed(request: Request, target: Target, title: str) -> Response:
    """The answer of oEmbed: a frame with the chart."""
    origin = find_origin(request)
    pairs = [(n, v) for n, values in target.wish.write().items() for v in values]
    pairs += [("lang", target.language)] if target.language else []
    address = f"{origin}/embed/explore" + (f"?{urlencode(pairs)}" if pairs else "")
    found = {
        "version": "1.0", "type": "rich", "provider_name": "Gongkai 公开", "provider_url": f"{origin}/", "title": title,
        "html": make_snippet(address, title, target.width, target.height),
        "width": target.width, "height": target.height, "cache_age": 3600,
    }  # fmt: skip
    return Response(json.dumps(found, ensure_ascii=False, indent=1) + "\n", media_type="application/json")


def _is_address(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https")
    except ValueError:
        return False


def _read_size(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) >= _LEAST):
        raise Problem(
            422, "bad_parameter", name, f"{text[:20]!r} is no number of pixels from {_LEAST} on", "Write such a number",
            zh=(f"“{text[:20]}”不是 {_LEAST} 以上的像素数", "请写这样的数"),
        )  # fmt: skip
    return min(usual, int(text))
