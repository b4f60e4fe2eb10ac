"""The page of an office sheet: the standard quantities of an office and year, as one document states them."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from service.http.negotiation import SHAPE
from service.http.problems import Problem
from service.pages.references import cite_page
from service.pages.site import Form, Site, pick_language
from service.queries.answers import Row
from service.queries.citing import Reference

_STRETCH = re.compile(r"#char=([0-9]+),([0-9]+)$")
#: How much of the text around a number the page quotes, in characters on either side.
_REACH = 24


@dataclass(frozen=True)
class Line:
    """One line of the sheet: ``amount`` in yuan, or ``number`` in ``unit``. Terms are IRIs, "" where there is none."""

    iri: str
    item: str
    zh: str
    en: str
    amount: str
    number: str
    unit: str
    year: str
    phase: str
    scope: str
    degree: str
    start: int
    end: int
    quote: str

    def describe(self) -> dict[str, Any]:
        """The line as ``gongkai sheet`` has it."""
        return {
            "item": self.item, "value": self.amount or self.number, "unit": _end(self.unit, "unit") or "CNY",
            "year": int(self.year) if self.year else None, "phase": _end(self.phase, "phase"),
            "scope": _end(self.scope, "scope"), "degree": _end(self.degree, "degree"), "start": self.start,
            "end": self.end, "quote": self.quote, "id": self.iri,
        }  # fmt: skip


class SheetPage:
    """The handlers of ``/documents/{name}/sheet`` and ``/documents/{name}/sheet.json``."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def page(self, request: Request) -> Response:
        """The sheet for people."""
        name = request.path_params["name"]
        row, lines = await self._read(name)
        language = pick_language(request)
        address = f"/documents/{quote(name, safe='')}"
        title = row["title"].text if "title" in row else name
        return self.site.page(
            request, "sheet.html", name=name, row=row, title=title, lines=lines,
            say=lambda iri: self.site.words.say(iri, language), reference=self._cite(request, row, title),
            alternates=(Form("JSON", f"{address}/sheet.json", "application/json"),),
            crumbs=(("/documents", "文件" if language == "zh" else "Documents"), (address, title)),
        )  # fmt: skip

    def _cite(self, request: Request, row: Row, title: str) -> Reference:
        year = row["year"].text if "year" in row else ""
        author = row["agencyLabel"].text if "agencyLabel" in row else "公开"
        what = "（部门表）" if pick_language(request) == "zh" else " (office sheet)"
        return cite_page(self.site, request, f"{title}{what}", {}, year=year, author=author)

    async def data(self, request: Request) -> Response:
        """The sheet as JSON."""
        name = request.path_params["name"]
        row, lines = await self._read(name)
        sheet = {
            "version": SHAPE,
            "document": name,
            "agency": row["agencyLabel"].text if "agencyLabel" in row else None,
            "year": int(row["year"].text) if "year" in row else None,
            "lines": [line.describe() for line in lines],
        }
        return Response(json.dumps(sheet, ensure_ascii=False, indent=1) + "\n", media_type="application/json")

    async def _read(self, name: str) -> tuple[Row, list[Line]]:
        answers = self.site.answers
        iri = f"{answers.settings.base}id/document/{quote(name, safe='')}"
        values = {"document": [ox.NamedNode(iri)]}
        found, lines = await asyncio.gather(
            *(answers.ask_internal(query, values) for query in ("pages/document", "pages/document-sheet"))
        )
        if not found.rows:
            raise Problem(404, "unknown_document", f"document {name[:80]!r}", "it is not loaded", "See the start page")
        row = found.rows[0]
        text = row["text"].text if "text" in row else ""
        return row, [_read_line(each, text) for each in lines.rows]


def _read_line(row: Row, text: str) -> Line:
    place = _STRETCH.search(row["place"].text)
    start, end = (int(place[1]), int(place[2])) if place else (0, 0)

    def get(name: str) -> str:
        return row[name].text if name in row else ""

    around = text[max(text.rfind("\n", 0, start) + 1, start - _REACH) : end + _REACH].partition("\n")[0]
    return Line(
        get("value"), get("item"), get("zh"), get("en"), get("amount"), get("number"), get("unit"), get("year"),
        get("phase"), get("scope"), get("degree"), start, end, " ".join(around.split()),
    )  # fmt: skip


def _end(iri: str, kind: str) -> str:
    """What a term of a small vocabulary is called: ``…#degreeProved`` is ``proved``."""
    name = iri.rpartition("#")[2].removeprefix(kind)
    return name.upper() if kind == "unit" else name.lower()
