"""The page to write SPARQL on: a form that works without scripts, and an editor in its place where they run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from service.http.front import SECURITY_HEADERS
from service.http.negotiation import Format
from service.pages.site import Site, pick_language
from service.pages.used_terms import UsedTerms
from service.queries.answers import Answers, Row, Table
from service.sparql.hints import explain_nothing

#: The editor sets styles and shows pictures that are in its own script; it still loads nothing from elsewhere.
_POLICY = (
    SECURITY_HEADERS["Content-Security-Policy"]
    .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    .replace("img-src 'self'", "img-src 'self' data:")
)
_MOST_LABELS = 400


class EditorPage:
    """The page at ``/sparql`` and what its editor completes with."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.answers: Answers = site.answers
        self.used = UsedTerms(self.answers)

    async def show(
        self, request: Request, formats: Sequence[Format], query: str = "", table: Table | None = None, **context: Any
    ) -> Response:
        """The page, with an answer if there is one. ``?example=name`` puts a canned query into it."""
        wanted = request.query_params.get("example", "")
        examples = self.answers.catalogue.list_all()
        chosen = self.answers.catalogue.find(wanted) if wanted else None
        if chosen is not None and not query:
            query = chosen.fill({}, await self.answers.choices(chosen), pick_language(request))
        labels = await self._find_labels(context["rows"], pick_language(request)) if table is not None else {}
        nothing = explain_nothing(query) if table is not None and not table.rows else None
        shown: dict[str, Any] = {"rows": [], "total": 0, "text": None, "size": 0, "nothing": nothing, **context}
        response = self.site.page(
            request, "sparql.html", query=query, table=table, formats=formats, settings=self.answers.settings,
            examples=examples, chosen=wanted, labels=labels, **shown,
        )  # fmt: skip
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    async def completions(self, _: Request) -> Response:
        """Prefixes, and the classes and properties that the data use, from their VoID description."""
        terms: dict[str, list[dict[str, Any]]] = {"class": [], "property": []}
        for term in await self.used.list_all():
            terms[term.kind].append({"iri": term.iri, "count": term.count, "zh": term.zh, "en": term.en})
        document = {"prefixes": self.answers.prefixes(), "classes": terms["class"], "properties": terms["property"]}
        return Response(json.dumps(document, ensure_ascii=False), media_type="application/json")

    async def _find_labels(self, rows: Sequence[Row], language: str) -> Mapping[str, str]:
        """The labels of the first IRIs of a table, in a language where there is one in it."""
        iris = list(dict.fromkeys(v.text for row in rows for v in row.values() if v.is_iri))[:_MOST_LABELS]
        if not iris:
            return {}
        labels: dict[str, str] = {}
        things = [ox.NamedNode(iri) for iri in iris]
        for row in (await self.answers.ask_internal("pages/labels", {"thing": things})).rows:
            if row["thing"].text not in labels or row["label"].language == language:
                labels[row["thing"].text] = row["label"].text
        return labels
