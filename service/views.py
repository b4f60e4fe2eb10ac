"""The pages: start page, canned queries, documents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from service.answers import Answers, Row, Table, Value, read_table
from service.catalogue import CannedQuery, Column
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
  ?thing gk:inDocument ?document ; a|gk:supersededClass gk:Figure ; gk:start ?start ; gk:end ?end .
  OPTIONAL {{ ?thing gk:subjectLabel ?subject }}
  OPTIONAL {{ ?thing gk:amount|gk:supersededAmount ?amount }}
  OPTIONAL {{ ?thing gk:value|gk:supersededValue ?value }}
  OPTIONAL {{ ?thing gk:unit/rdfs:label ?unit . FILTER(LANG(?unit) = "zh") }}
  OPTIONAL {{ ?thing gk:phase/rdfs:label ?phase . FILTER(LANG(?phase) = "zh") }}
  OPTIONAL {{ ?thing gk:year ?year }}
}}
"""
_VERSIONS = f"""{_PREFIXES}
SELECT ?earlier ?later WHERE {{
  VALUES ?document {{ UNDEF }}
  {{ ?document dcterms:isReplacedBy ?later }} UNION {{ ?document dcterms:replaces ?earlier }}
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
_BOM = b"\xef\xbb\xbf"


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

    async def queries(self, request: Request) -> Response:
        """The catalogue of canned queries."""
        return self.site.page(request, "queries.html", queries=self.answers.catalogue.list_all())

    async def query(self, request: Request) -> Response:
        """One canned query: ``.csv`` and ``.json``, or the page with form, result and evidence."""
        name, _, extension = request.path_params["name"].partition(".")
        query = self.answers.catalogue.find(name)
        given, language = _read_parameters(request), pick_language(request)
        if extension == "csv":
            answer = await self.answers.run(query, given, "csv", language)
            headers = {"Content-Disposition": f'inline; filename="{name}.csv"'}
            # Excel takes a CSV for UTF-8 only if it begins with a byte order mark.
            return Response(_BOM + answer.body, headers=headers, media_type="text/csv; charset=utf-8")
        if extension == "json":
            answer = await self.answers.run(query, given, "json", language)
            return Response(render_json(query, given, read_table(answer.body, answer.snapshot)),
                            media_type="application/json")  # fmt: skip
        if extension == "rq":
            sparql = query.fill(given, await self.answers.choices(query), language)
            return Response(sparql, media_type="application/sparql-query; charset=utf-8")
        if extension:
            raise Problem(
                404, "format", f".{extension[:20]}", "there is no such form of it", "Ask for .csv, .json or .rq"
            )
        answer = await self.answers.run(query, given, "json", language)
        table = read_table(answer.body, answer.snapshot)
        return self.site.page(
            request, "query.html", query=query, given=given, choices=await self.answers.choices(query),
            columns=show_columns(query, table, language), rows=table.rows, snapshot=table.snapshot,
            sparql=query.fill(given, await self.answers.choices(query), language),
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
        versions = {k: v.text for row in (await self.answers.ask(_VERSIONS, values)).rows for k, v in row.items()}
        quote = _read_quote(request, len(text))
        if quote != _NOTHING:
            anchors.append(quote)
        return self.site.page(
            request, "document.html", document=found[0], versions=versions, name=name, count=len(marks),
            ledger=_group((await self.answers.ask(_LEDGER)).rows, "class").get(iri, {}),
            pieces=mark_text(text, marks, anchors, quote), quote=quote,
        )  # fmt: skip


def render_json(query: CannedQuery, given: Mapping[str, Sequence[str]], table: Table) -> bytes:
    """A canned query's result as JSON: its columns with titles, its rows with numbers as numbers."""
    titles = {c.name: c.title for c in query.columns}
    document = {
        "query": query.name,
        "title": query.title,
        "parameters": {name: list(values) for name, values in given.items()},
        "snapshot": table.snapshot,
        "columns": [{"name": name, "title": titles.get(name, {})} for name in table.columns],
        "rows": [{name: row[name].plain if name in row else None for name in table.columns} for row in table.rows],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def show_columns(query: CannedQuery, table: Table, language: str) -> list[Column]:
    """The columns that a page in a language shows: those the header names, but for other languages', else all."""
    named = [c for c in query.columns if c.name in table.columns and c.language in ("", language)]
    return named or [Column(name, {"zh": name, "en": name}) for name in table.columns]


def _read_parameters(request: Request) -> dict[str, list[str]]:
    fields = parse_qs(request.scope["query_string"].decode("utf-8", "replace"), max_num_fields=200)
    return {name: values for name, values in fields.items() if name != "lang"}


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


__all__ = ["Value", "Views", "render_json", "show_columns"]
