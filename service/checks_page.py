"""The page of a document's checks: its ledger, its contradictions with their places, its tables."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from service.graph_checks import read_checks
from service.problems import Problem
from service.site import Site

#: How many places of one finding the page quotes; the JSON has all.
_MOST_QUOTES = 12
#: Verdicts as the ontology calls them, which the words and the colours of pages go by.
_TAGS = {
    "holds": "verdictHolds",
    "holds within rounding": "verdictRounding",
    "contradicted": "verdictContradicted",
    "not checkable": "verdictNotCheckable",
}


class ChecksPage:
    """The handlers of ``/documents/{name}/checks`` and ``/documents/{name}/checks.json``."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def page(self, request: Request) -> Response:
        """The checks for people."""
        return await self._answer(request, as_json=False)

    async def data(self, request: Request) -> Response:
        """The checks as JSON."""
        return await self._answer(request, as_json=True)

    async def _answer(self, request: Request, *, as_json: bool) -> Response:
        name = request.path_params["name"]
        check = await read_checks(self.site.answers, name)
        if check is None:
            raise Problem(404, "unknown_document", f"document {name[:80]!r}", "it is not loaded", "See the start page")
        if as_json:
            body = json.dumps(check.describe(), ensure_ascii=False, indent=1) + "\n"
            return Response(body, media_type="application/json")
        return self.site.page(
            request, "checks.html", check=check, tags=_TAGS, most_quotes=_MOST_QUOTES,
            most=self.site.answers.settings.max_facts_shown,
        )  # fmt: skip
