"""The pages: start page, documents."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from service.answers import Answers, Row
from service.document_page import Mark, mark_text
from service.problems import Problem
from service.site import Site, pick_language

_PREFIXES = """PREFIX gk: <https://w3id.org/gongkai/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX oa: <http://www.w3.org/ns/oa#>
"""
_DOCUMENTS = f"""{_PREFIXES}
SELECT DISTINCT ?document ?title ?agency ?agencyLabel ?year ?kindZh ?kindEn WHERE {{
  VALUES ?document {{ UNDEF }}
  ?document a gk:Document .
  OPTIONAL {{ ?document rdfs:label ?title }}
  OPTIONAL {{ ?document gk:year ?year }}
  OPTIONAL {{ ?document gk:agency ?agency . ?agency rdfs:label ?agencyLabel . FILTER(LANG(?agencyLabel) = "zh") }}
  OPTIONAL {{ ?document gk:kind/rdfs:label ?kindZh . FILTER(LANG(?kindZh) = "zh") }}
  OPTIONAL {{ ?document gk:kind/rdfs:label ?kindEn . FILTER(LANG(?kindEn) = "en") }}
}} ORDER BY ?agencyLabel ?year ?document
"""
_FIGURES = f"""{_PREFIXES}
SELECT ?document (COUNT(DISTINCT ?figure) AS ?count) WHERE {{ ?figure a gk:Figure ; gk:inDocument ?document }}
GROUP BY ?document
"""
_FINDINGS = f"""{_PREFIXES}
SELECT ?document ?verdict (COUNT(DISTINCT ?finding) AS ?count) WHERE {{
  ?finding a gk:Finding ; gk:inDocument ?document ; gk:verdict ?verdict
}} GROUP BY ?document ?verdict
"""
_LEDGER = f"""{_PREFIXES}
SELECT DISTINCT ?document ?class ?count WHERE {{
  ?entry a gk:LedgerEntry ; gk:inDocument ?document ; gk:tokenClass ?class ; gk:count ?count
}} ORDER BY ?document DESC(?count)
"""
_TEXT = f"""{_PREFIXES}
SELECT ?text WHERE {{ VALUES ?document {{ UNDEF }} ?document gk:text ?text }}
"""
_MARKS = f"""{_PREFIXES}
SELECT DISTINCT ?thing ?start ?end ?subject ?amount ?value ?unit ?phase ?year WHERE {{
  VALUES ?document {{ UNDEF }}
  ?thing gk:inDocument ?document ; a gk:Figure ; gk:start ?start ; gk:end ?end .
  OPTIONAL {{ ?thing gk:subjectLabel ?subject }}
  OPTIONAL {{ ?thing gk:amount ?amount }}
  OPTIONAL {{ ?thing gk:value ?value }}
  OPTIONAL {{ ?thing gk:unit/rdfs:label ?unit . FILTER(LANG(?unit) = "zh") }}
  OPTIONAL {{ ?thing gk:phase/rdfs:label ?phase . FILTER(LANG(?phase) = "zh") }}
  OPTIONAL {{ ?thing gk:year ?year }}
}}
"""
_ANCHORS = f"""{_PREFIXES}
SELECT DISTINCT ?start ?end WHERE {{
  VALUES ?document {{ UNDEF }}
  ?fragment oa:hasSource ?document ; oa:hasSelector ?position .
  ?position oa:start ?start ; oa:end ?end .
}}
"""

_NOTHING = (0, 0)


class Views:
    """The handlers of the pages."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @property
    def answers(self) -> Answers:
        return self.site.answers

    async def start(self, request: Request) -> Response:
        """What is loaded, and where to go from here."""
        documents = (await self.answers.ask(_DOCUMENTS)).rows
        return self.site.page(
            request, "start.html", documents=documents, figures=_count((await self.answers.ask(_FIGURES)).rows),
            findings=_group((await self.answers.ask(_FINDINGS)).rows, "verdict"),
            ledger=_group((await self.answers.ask(_LEDGER)).rows, "class"),
            queries=self.answers.catalogue.list_all(),
        )  # fmt: skip

    async def document(self, request: Request) -> Response:
        """A document's text with its figures marked; each place that anything is derived from has an anchor."""
        name = request.path_params["name"]
        unknown = Problem(404, "unknown_document", f"document {name[:80]!r}", "it is not loaded", "See the start page")
        try:
            document = ox.NamedNode(f"{self.answers.settings.base}id/document/{name}")
        except ValueError:
            raise unknown from None
        iri, values = document.value, {"document": [document]}
        found = (await self.answers.ask(_DOCUMENTS, values)).rows
        if not found:
            raise unknown
        texts = (await self.answers.ask(_TEXT, values)).rows
        text = str(texts[0]["text"]) if texts else ""
        marks = [_read_mark(row, pick_language(request)) for row in (await self.answers.ask(_MARKS, values)).rows]
        anchors = [(int(r["start"].text), int(r["end"].text)) for r in (await self.answers.ask(_ANCHORS, values)).rows]
        quote = _read_quote(request, len(text))
        if quote != _NOTHING:
            anchors.append(quote)
        return self.site.page(
            request, "document.html", document=found[0], name=name, count=len(marks),
            ledger=_group((await self.answers.ask(_LEDGER)).rows, "class").get(iri, {}),
            pieces=mark_text(text, marks, anchors, quote), quote=quote,
        )  # fmt: skip


def _read_quote(request: Request, length: int) -> tuple[int, int]:
    """The stretch that ``?quote=start-end`` asks to mark; an empty one if it is not asked for."""
    asked = request.query_params.get("quote")
    if asked is None:
        return _NOTHING
    found = re.fullmatch(r"([0-9]{1,12})-([0-9]{1,12})", asked)
    if not found or not int(found[1]) < int(found[2]) <= length:
        raise Problem(
            422, "bad_parameter", f"quote={asked[:40]}", "it is no stretch of this text",
            f"Write start-end, within 0-{length}",
        )  # fmt: skip
    return int(found[1]), int(found[2])


def _read_mark(row: Row, language: str) -> Mark:
    amount = f"{row['amount'].text} 元" if "amount" in row else ""
    value = f"{row['value'].text} {row.get('unit', '')}" if "value" in row else ""
    parts = [row.get("subject"), row.get("year"), row.get("phase"), amount or value]
    return Mark(int(row["start"].text), int(row["end"].text), row["thing"].text, " · ".join(str(p) for p in parts if p))


def _count(rows: Sequence[Row]) -> dict[str, int]:
    return {row["document"].text: int(row["count"].text) for row in rows if "document" in row}


def _group(rows: Sequence[Row], key: str) -> dict[str, dict[str, int]]:
    """Counts by document, then by the end of the key's IRI or its text."""
    groups: dict[str, dict[str, int]] = {}
    for row in rows:
        name = row[key].text.rpartition("#")[2]
        groups.setdefault(row["document"].text, {})[name] = int(row["count"].text)
    return groups
