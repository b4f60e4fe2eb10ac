"""The page of a document's checks: its ledger, its contradictions with their places, its tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from loaders.reconcile.wording import word_sides
from service.checks.graph_checks import read_checks
from service.checks.report import FindingCheck, Quote
from service.http.problems import Problem
from service.pages.site import Form, Site, pick_language
from service.words.findings import Outcome, explain, find_sign

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
        language = pick_language(request)
        if as_json:
            body = json.dumps(check.describe(), ensure_ascii=False, indent=1) + "\n"
            return Response(body, media_type="application/json")
        return self.site.page(
            request, "checks.html", check=check, tags=_TAGS, most_quotes=_MOST_QUOTES, say=_explain_in(language),
            told_sides=lambda row: word_sides(_read_outcome(row), language),
            sign=lambda row: find_sign(_read_outcome(row)), sort=_sort_quotes,
            alternates=(Form("JSON", f"/documents/{quote(name, safe='')}/checks.json", "application/json"),),
            crumbs=(
                ("/documents", "文件" if language == "zh" else "Documents"),
                (f"/documents/{quote(name, safe='')}", check.title),
            ),
            most=self.site.answers.settings.max_facts_shown,
        )  # fmt: skip


def _read_outcome(row: FindingCheck) -> Outcome:
    return Outcome(
        row.rule, row.verdict, row.left, row.right, row.message, row.difference, row.tolerance, row.item or None,
        row.detail, row.reasons, row.values,
    )  # fmt: skip


def _explain_in(language: str) -> Callable[[FindingCheck], str]:
    return lambda row: explain(_read_outcome(row), language)


def _sort_quotes(row: FindingCheck) -> tuple[list[Quote], list[Quote], list[Quote]]:
    """The places of a finding by the side whose words name their number: left, right, neither or both."""
    sides: tuple[list[Quote], list[Quote], list[Quote]] = ([], [], [])
    for each in row.quotes:
        left, right = each.text in row.left, each.text in row.right
        sides[2 if left == right else 0 if left else 1].append(each)
    return sides
