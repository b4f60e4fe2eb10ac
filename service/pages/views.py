"""The pages of documents: the list, and each one's text."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote as quote_path

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from service.http.negotiation import GRAPHS, SHAPE, find_graph
from service.http.prefix import find_origin
from service.http.problems import Problem
from service.pages.document_marks import DocumentText, read_document
from service.pages.document_page import mark_text
from service.pages.page_view import PDF, find_page
from service.pages.site import Form, Site, pick_language
from service.pages.text_tables import find_stretches
from service.queries.answers import Answers, Row
from service.queries.citing import Reference, cite

_QUERIES = ("pages/documents", "pages/documents-figures", "pages/documents-findings", "pages/documents-ledger")
_NOTHING = (0, 0)
_ASKED = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")


class Views:
    """The handlers of the pages."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @property
    def answers(self) -> Answers:
        return self.site.answers

    async def documents(self, request: Request) -> Response:
        """All documents, with how much is in them and how they fare in the checks."""
        return self.site.page(
            request, "documents.html", tries=self.answers.settings.tries_documents, **await self.read_documents()
        )

    async def document(self, request: Request) -> Response:
        """A document's text with all that it states marked; as ``.json``, ``.txt`` and ``.ttl`` its data."""
        name, extension = _split_name(request.path_params["name"])
        language = pick_language(request)
        unknown = Problem(404, "unknown_document", f"document {name[:80]!r}", "it is not loaded", "See the start page")
        graph = GRAPHS[0] if extension == "ttl" else None if extension else find_graph(request.headers.get("accept"))
        if graph is not None:
            # A question of one stretch is answered with the statements of that stretch.
            asked = _ASKED.fullmatch(request.query_params.get("quote", ""))
            place = quote_path(f"{name}#char={asked[1]},{asked[2]}" if asked else name, safe="=,")
            return RedirectResponse(f"/data/document/{place}.{graph.key}", 303, {"Vary": "Accept"})
        try:
            iri = ox.NamedNode(f"{self.answers.settings.base}id/document/{name}").value
        except ValueError:
            raise unknown from None
        found = await read_document(self.answers, self.site.words, iri, language)
        if found is None:
            raise unknown
        if extension == "txt":
            return PlainTextResponse(found.text)
        if extension == "json":
            return Response(_describe(found, name), media_type="application/json")
        quote = _read_quote(request, len(found.text))
        spans = found.spans + ([quote] if quote != _NOTHING else [])
        values = {"document": [ox.NamedNode(iri)]}
        queries = ("pages/documents-ledger", "pages/documents-findings")
        ledger, findings = await asyncio.gather(*(self.answers.ask_internal(q, values) for q in queries))
        forms = (("Turtle", "ttl", "text/turtle"), ("JSON", "json", "application/json"), ("text", "txt", "text/plain"))
        kinds = [m.kind for m in (*found.marks, *found.backs)]
        return self.site.page(
            request, "document.html", document=found, name=name, quote=quote, counts={k: kinds.count(k) for k in kinds},
            ledger=_group(ledger.rows, "class").get(iri, {}), findings=_group(findings.rows, "verdict").get(iri, {}),
            stretches=find_stretches(
                mark_text(found.text, found.marks, spans, quote, found.backs), paged=found.get("media") == PDF
            ),
            pages=f"/documents/{quote_path(name, safe='')}/pages/" if found.get("media") == PDF else "",
            quoted_page=find_page(found.text, quote[0]), vocabulary=self.site.words,
            reference=self._cite(request, found, name), versions=found.versions,
            alternates=tuple(Form(n, f"/documents/{quote_path(name, safe='')}.{e}", m) for n, e, m in forms),
            crumbs=(("/documents", "文件" if language == "zh" else "Documents"),),
        )  # fmt: skip

    def _cite(self, request: Request, found: DocumentText, name: str) -> Reference:
        address = f"{find_origin(request)}/documents/{quote_path(name, safe='')}"
        return cite(
            found.get("title") or name, address, self.site.data_version(), name, found.get("year"),
            datetime.now(UTC).date(), found.get("agencyLabel") or "公开", pick_language(request),
        )  # fmt: skip

    async def read_documents(self) -> dict[str, Any]:
        """The documents with their figures, findings and ledgers, as templates take them."""
        documents, figures, findings, ledger = (
            table.rows for table in await asyncio.gather(*(self.answers.ask_internal(q) for q in _QUERIES))
        )
        return {
            "documents": documents,
            "figures": _count(figures),
            "findings": _group(findings, "verdict"),
            "ledger": _group(ledger, "class"),
        }


def _split_name(name: str) -> tuple[str, str]:
    """The id of a document, and the extension that asks for its data."""
    stem, _, extension = name.rpartition(".")
    return (stem, extension) if stem and extension in ("json", "txt", "ttl") else (name, "")


def _describe(found: DocumentText, name: str) -> bytes:
    """A document with its text and all marks as JSON."""
    document = {
        "version": SHAPE,
        "document": name,
        "iri": found.iri,
        **{key: found.get(key) for key in ("title", "agencyLabel", "year", "sha", "source")},
        "text": found.text,
        "marks": [
            {"kind": m.kind, "start": m.start, "end": m.end, "iri": m.iri, "title": m.title}
            for m in sorted((*found.marks, *found.backs), key=lambda m: (m.start, m.end, m.iri))
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _read_quote(request: Request, length: int) -> tuple[int, int]:
    """The stretch that ``?quote=start-end`` asks to mark; an empty one if it is not asked for."""
    asked = request.query_params.get("quote")
    if asked is None:
        return _NOTHING
    found = _ASKED.fullmatch(asked)
    if not found or not int(found[1]) < int(found[2]) <= length:
        raise Problem(
            422, "bad_parameter", f"quote={asked[:40]}", "it is no stretch of this text",
            f"Write start-end, within 0-{length}",
        )  # fmt: skip
    return int(found[1]), int(found[2])


def _count(rows: Sequence[Row]) -> dict[str, int]:
    return {row["document"].text: int(row["count"].text) for row in rows if "document" in row}


def _group(rows: Sequence[Row], key: str) -> dict[str, dict[str, int]]:
    """Counts by document, then by the end of the key's IRI or its text."""
    groups: dict[str, dict[str, int]] = {}
    for row in rows:
        name = row[key].text.rpartition("#")[2]
        groups.setdefault(row["document"].text, {})[name] = int(row["count"].text)
    return groups
