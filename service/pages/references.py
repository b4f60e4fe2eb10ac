"""How a page about a thing or a document is cited: its address with what it was asked to show, and the data version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from starlette.requests import Request

from service.http.prefix import find_origin
from service.pages.site import Site, pick_language
from service.queries.citing import Reference, cite, make_link


def cite_page(
    site: Site,
    request: Request,
    title: str,
    asked: Mapping[str, Sequence[str]],
    *,
    year: str = "",
    author: str = "公开",
) -> Reference:
    """The reference of the page that is asked for. ``year`` is that of its content; without it the day of the build."""
    address = make_link(find_origin(request), request.url.path, asked)
    key = request.url.path.rstrip("/").rpartition("/")[2]
    when = year or str(site.answers.store.describe().get("built", ""))[:10]
    return cite(
        title, address, site.data_version(), key, when, datetime.now(UTC).date(), author, pick_language(request)
    )
