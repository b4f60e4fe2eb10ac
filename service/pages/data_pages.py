"""Pages about the data and the service: coverage and quality, the ontology in both languages, help, limits."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from service.http.negotiation import SHAPE
from service.http.prefix import find_origin
from service.pages.coverage import FORMS, read_coverage
from service.pages.site import Form, Site, pick_language
from service.pages.views import Views
from service.pages.vocabulary import VocabularyTerm
from service.queries.table_exports import EXPORTS
from service.settings import ServiceSettings

#: The settings that a user of the service meets as limits, with their units.
LIMITS: tuple[tuple[str, str, str, str], ...] = (
    ("query_timeout_seconds", "一个查询最长运行时间", "the longest that a query may run", "s"),
    ("max_result_bytes", "一个结果的最大字节数；超过即报错", "the largest result; more is an error", "B"),
    ("max_query_bytes", "查询语句的最大字节数", "the longest query", "B"),
    ("max_request_bytes", "请求体的最大字节数", "the largest request body", "B"),
    ("max_nesting", "括号嵌套层数", "how deep brackets may be nested", ""),
    ("max_path_steps", "属性路径的最多步数", "the most steps of a property path", ""),
    ("max_clauses", "OPTIONAL、UNION、FILTER 等子句的最多个数", "the most clauses such as OPTIONAL or FILTER", ""),
    ("queue_length", "等候的查询数", "how many queries may wait", ""),
    ("queue_wait_seconds", "等候的最长时间", "how long a query may wait", "s"),
    ("max_facts_shown", "一页显示的最多核对结果", "how many findings a page shows", ""),
)  # fmt: skip


class DataPages:
    """The handlers of ``/data``, ``/ontology`` as a page, ``/help`` and ``/openapi.json``."""

    def __init__(self, site: Site, views: Views) -> None:
        self.site = site
        self.views = views

    async def data(self, request: Request) -> Response:
        """What is loaded, what is missing, how good it is, where to get it."""
        coverage = await read_coverage(self.site.answers)
        if request.url.path.endswith(".json"):
            return self._describe(coverage)
        more = await self.views.read_documents()
        return self.site.page(
            request, "data.html", coverage=coverage, form_names=FORMS, vocabulary=self.site.words,
            store=self.site.answers.store.describe(), **{k: v for k, v in more.items() if k != "documents"},
            alternates=(Form("JSON", "/coverage.json", "application/json"),),
        )  # fmt: skip

    def _describe(self, coverage: Any) -> Response:
        rows = [
            {
                "document": str(row["document"]).rpartition("/")[2],
                "agency": str(row.get("agencyLabel", "")),
                "year": str(row.get("year", "")),
                "sections": {
                    name: {"state": cell.state, "figures": cell.count, "said": cell.said}
                    for name in (*coverage.forms, *coverage.parts)
                    if (cell := coverage.cells.get((str(row["document"]), name))) is not None
                },
            }
            for row in coverage.documents
        ]
        body = json.dumps({"version": SHAPE, "documents": rows}, ensure_ascii=False, indent=1) + "\n"
        return Response(body, media_type="application/json")

    async def help(self, request: Request) -> Response:
        """How to use it: pages, exports, programs, limits."""
        settings = self.site.answers.settings
        described = ServiceSettings.model_fields
        limits = [
            (f"GONGKAI_{name.upper()}", zh, en, getattr(settings, name), unit)
            for name, zh, en, unit in LIMITS
            if name in described
        ]
        return self.site.page(
            request, "help.html", limits=limits, exports=EXPORTS, origin=find_origin(request),
            themes=self.site.answers.catalogue.by_theme(),
            alternates=(Form("OpenAPI", "/openapi.json", "application/json"),),
        )  # fmt: skip

    def ontology(self, request: Request) -> Response:
        """The terms of the ontology for people, in the page's language; programs get the file itself."""
        language = pick_language(request)
        terms = list(self.site.words.terms.values())
        schemes: dict[str, list[VocabularyTerm]] = {}
        for term in terms:
            if term.scheme:
                schemes.setdefault(term.scheme, []).append(term)
        terms.sort(key=lambda t: t.name.lower())
        return self.site.page(
            request, "ontology.html", classes=[t for t in terms if t.kind == "class"],
            properties=[t for t in terms if t.kind == "property"], schemes=schemes,
            others=[t for t in terms if not t.kind and not t.scheme and t.iri not in schemes],
            vocabulary=self.site.words,
            alternates=(
                Form("Turtle", "/ontology.ttl", "text/turtle"), Form("RDF/XML", "/ontology.rdf", "application/rdf+xml"),
                Form("JSON-LD", "/ontology.jsonld", "application/ld+json"),
            ),
            language_name=language,
        )  # fmt: skip
