"""The page to write SPARQL on: a form that works without scripts, and an editor in its place where they run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from service.answers import Answers, Row, Table
from service.negotiation import Format
from service.site import SECURITY_HEADERS, Site, pick_language

#: The editor sets styles and shows pictures that are in its own script; it still loads nothing from elsewhere.
_POLICY = (
    SECURITY_HEADERS["Content-Security-Policy"]
    .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    .replace("img-src 'self'", "img-src 'self' data:")
)
_MOST_LABELS = 400
_LABELS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing ?label WHERE { VALUES ?thing { UNDEF } ?thing rdfs:label ?label }
"""
_VOCABULARY = """PREFIX void: <http://rdfs.org/ns/void#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?kind ?term (MAX(?number) AS ?count) (SAMPLE(?zhOfIt) AS ?zh) (SAMPLE(?enOfIt) AS ?en) WHERE {
  WHAT
  OPTIONAL { ?term rdfs:label ?zhOfIt . FILTER(LANG(?zhOfIt) = "zh") }
  OPTIONAL { ?term rdfs:label ?enOfIt . FILTER(LANG(?enOfIt) = "en") }
} GROUP BY ?kind ?term ORDER BY DESC(?count)
"""
#: What a build has counted; and for data that came without a description, their own count.
_DESCRIBED = """{ ?part void:class ?term ; void:entities ?number . BIND("class" AS ?kind) }
  UNION { ?part void:property ?term ; void:triples ?number . BIND("property" AS ?kind) }"""
_COUNTED = """{ { SELECT ?term (COUNT(*) AS ?number) WHERE { ?s a ?term } GROUP BY ?term } BIND("class" AS ?kind) }
  UNION { { SELECT ?term (COUNT(*) AS ?number) WHERE { ?s ?term ?o } GROUP BY ?term } BIND("property" AS ?kind) }"""


class EditorPage:
    """The page at ``/sparql`` and what its editor completes with."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.answers: Answers = site.answers
        self._vocabulary: dict[str, bytes] = {}

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
        shown: dict[str, Any] = {"rows": [], "total": 0, "text": None, "size": 0, **context}
        response = self.site.page(
            request, "sparql.html", query=query, table=table, formats=formats, settings=self.answers.settings,
            examples=examples, chosen=wanted, labels=labels, **shown,
        )  # fmt: skip
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    async def completions(self, _: Request) -> Response:
        """Prefixes, and the classes and properties that the data use, from their VoID description."""
        version = self.answers.store.version
        if version not in self._vocabulary:
            rows: list[Row] = []
            for counted in (_DESCRIBED, _COUNTED):
                # With nothing to group, an aggregate gives one row without its terms.
                rows = rows or [
                    row for row in (await self.answers.ask(_VOCABULARY.replace("WHAT", counted))).rows if "term" in row
                ]
            self._vocabulary = {version: self._write_vocabulary(rows)}
        return Response(self._vocabulary[version], media_type="application/json")

    def _write_vocabulary(self, rows: Sequence[Row]) -> bytes:
        terms: dict[str, list[dict[str, Any]]] = {"class": [], "property": []}
        for row in rows:
            names = {language: str(row.get(language, "")) for language in ("zh", "en")}
            terms[row["kind"].text].append({"iri": row["term"].text, "count": row["count"].plain, **names})
        document = {"prefixes": self.answers.prefixes(), "classes": terms["class"], "properties": terms["property"]}
        return json.dumps(document, ensure_ascii=False).encode("utf-8")

    async def _find_labels(self, rows: Sequence[Row], language: str) -> Mapping[str, str]:
        """The labels of the first IRIs of a table, in a language where there is one in it."""
        iris = list(dict.fromkeys(v.text for row in rows for v in row.values() if v.is_iri))[:_MOST_LABELS]
        if not iris:
            return {}
        labels: dict[str, str] = {}
        things = [ox.NamedNode(iri) for iri in iris]
        for row in (await self.answers.ask(_LABELS, {"thing": things})).rows:
            if row["thing"].text not in labels or row["label"].language == language:
                labels[row["thing"].text] = row["label"].text
        return labels
