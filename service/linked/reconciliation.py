"""The W3C Reconciliation Service API 0.2 at ``/reconcile``: names in a table become IRIs, as OpenRefine asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from loaders import __version__
from service.http.front import SECURITY_HEADERS
from service.http.prefix import find_origin
from service.http.problems import Problem
from service.linked.matching import Asked, Candidate, Matcher, Wish, describe, read_batch
from service.linked.properties import Properties
from service.pages.site import Site
from service.pages.used_terms import UsedTerms
from service.search.entries import KINDS, SearchEntry
from service.search.room import Room, Search
from service.words.terms import KINDS as KIND_WORDS

_PREVIEW = {"width": 420, "height": 240}
_SUGGESTED = 20
#: The preview is shown inside the client's own page.
_FRAMED = SECURITY_HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")


class Reconciliation:
    """The handlers of ``/reconcile`` and what lies below it."""

    def __init__(self, site: Site, search: Search) -> None:
        self.site = site
        self.search = search
        self.settings = site.answers.settings
        self.space = f"{site.base}id/"
        self.properties = Properties(site.answers, self.space)
        self.used = UsedTerms(site.answers)

    async def answer(self, request: Request) -> Response:
        """The manifest, a batch of queries (``queries=``) or a request for values (``extend=``), by GET or POST."""
        fields = await self._read_fields(request)
        if "queries" in fields:
            asked = read_batch(fields["queries"], self.settings.max_reconcile_queries, self.site.base)
            room = await self.search.enter()
            matcher = Matcher(room, self.space)
            found = await asyncio.to_thread(lambda: {key: matcher.find(each) for key, each in asked.items()})
            results = {key: await self._rate(asked[key], candidates) for key, candidates in found.items()}
            return JSONResponse({key: {"result": rows} for key, rows in results.items()})
        if "extend" in fields:
            return JSONResponse(await self.properties.extend(fields["extend"], self.settings.max_reconcile_queries))
        return JSONResponse(self._describe(request))

    async def preview(self, request: Request) -> Response:
        """A small page about a thing, for a frame in the client."""
        entry = await self._look_up(request)
        room = await self.search.enter()
        response = self.site.page(request, "preview.html", entry=entry, note=_describe_entry(room, entry),
                                  page=self.site.local(entry.iri))  # fmt: skip
        response.headers["Content-Security-Policy"] = _FRAMED
        return response

    async def flyout(self, request: Request) -> Response:
        """A few words about a suggestion, as HTML in JSON."""
        what = request.path_params["what"]
        if what != "entity":
            term = next((t for t in await self._list_terms(what) if t["id"] == request.query_params.get("id")), None)
            if term is None:
                raise _unknown(request.query_params.get("id", ""))
            return JSONResponse({"id": term["id"], "html": f"<p>{escape(term['name'])}</p>"})
        entry = await self._look_up(request)
        room = await self.search.enter()
        words = (f"<p><b>{escape(entry.label)}</b></p><p>{escape(entry.english)}</p>"
                 f"<p>{escape(_describe_entry(room, entry))}</p>")  # fmt: skip
        return JSONResponse({"id": self._shorten(entry.iri), "html": words})

    async def suggest(self, request: Request) -> Response:
        """What begins with, or holds, the letters typed: things, properties or types."""
        what = request.path_params["what"]
        prefix = request.query_params.get("prefix", "")[: self.settings.max_question_characters]
        if what != "entity":
            terms = await self._list_terms(what)
            wanted = prefix.strip().lower()
            found = [t for t in terms if wanted in f"{t['id']} {t['name']}".lower()]
            return JSONResponse({"result": found[:_SUGGESTED]})
        room = await self.search.enter()
        kinds = [k for k in request.query_params.get("type", "").split(",") if k in KINDS] or list(KINDS)
        hits = await asyncio.to_thread(room.index.find, prefix, kinds, _SUGGESTED)
        rows = [
            {"id": self._shorten(h.entry.iri), "name": h.entry.label, "description": _describe_entry(room, h.entry),
             "notable": [_describe_kind(h.entry.kind)]}
            for h in hits
        ]  # fmt: skip
        return JSONResponse({"result": rows})

    async def propose(self, request: Request) -> Response:
        """The properties that things of a type have."""
        kind = request.query_params.get("type", "")
        limit = request.query_params.get("limit", "")
        found = await self.properties.propose(kind)
        if limit.isdigit():
            found = found[: int(limit)]
        return JSONResponse({"type": kind, "properties": found} | ({"limit": int(limit)} if limit.isdigit() else {}))

    async def _rate(self, asked: Asked, candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
        """Candidates with what their properties say for them, the best first."""
        values: Mapping[str, Mapping[str, list[tuple[str, str]]]] = {}
        if asked.wishes and candidates:
            values = await self.properties.fetch(
                [self._shorten(c.entry.iri) for c in candidates], [w.property for w in asked.wishes]
            )
        rows: list[dict[str, Any]] = []
        for candidate in candidates:
            identity = self._shorten(candidate.entry.iri)
            met = [_meets(wish, values.get(identity, {}).get(wish.property, [])) for wish in asked.wishes]
            score = candidate.score
            if met:
                score = score * 0.6 + 40 * sum(met) / len(met)
            rows.append(
                {
                    "id": identity,
                    "name": candidate.entry.label,
                    "description": candidate.note,
                    "score": round(score, 2),
                    "match": False,
                    "type": [_describe_kind(candidate.entry.kind)],
                    "features": [
                        {"id": "name", "value": round(candidate.score, 2)},
                        *({"id": w.property, "value": m} for w, m in zip(asked.wishes, met, strict=True)),
                    ],
                }
            )
        rows.sort(key=lambda row: (-row["score"], row["id"]))
        # Certain is only what is named exactly, agrees in all properties, and is alone in that.
        if rows and rows[0]["score"] >= 95 and (len(rows) == 1 or rows[1]["score"] < rows[0]["score"] - 3):
            rows[0]["match"] = True
        return rows[: asked.limit]

    def _describe(self, request: Request) -> dict[str, Any]:
        origin = find_origin(request)
        service = f"{origin}/reconcile"
        suggest = {
            what: {
                "service_url": service,
                "service_path": f"/suggest/{what}",
                "flyout_service_url": service,
                "flyout_service_path": f"/flyout/{what}?id=${{id}}",
            }
            for what in ("entity", "property", "type")
        }
        return {
            "versions": ["0.2"],
            "name": "公开 Gongkai",
            "identifierSpace": self.space,
            "schemaSpace": f"{self.site.base}ontology#",
            "documentation": f"{origin}/dataset",
            "serviceVersion": __version__,
            "logo": f"{origin}/web/icon.svg",
            "view": {"url": f"{origin}/id/{{{{id}}}}"},
            "feature_view": {"url": f"{self.site.base}ontology#{{{{id}}}}"},
            "defaultTypes": [_describe_kind(kind) for kind in ("Agency", "Service", "Port", "Place", "FunctionCode")],
            "preview": {"url": f"{service}/preview?id={{{{id}}}}", **_PREVIEW},
            "suggest": suggest,
            "extend": {
                "propose_properties": {"service_url": service, "service_path": "/properties"},
                "property_settings": [
                    {"name": "limit", "label": "limit", "type": "number", "default": 0,
                     "help_text": "how many values at most; 0 for all"}
                ],
            },
        }  # fmt: skip

    async def _read_fields(self, request: Request) -> dict[str, str]:
        raw = request.scope["query_string"]
        if request.method == "POST":
            body = bytearray()
            async for part in request.stream():
                body += part
                if len(body) > self.settings.max_request_bytes:
                    raise Problem(
                        413, "max_request_bytes", "request",
                        f"its body exceeds {self.settings.max_request_bytes:,} bytes",
                        "Send fewer queries at a time, or raise GONGKAI_MAX_REQUEST_BYTES on a server of your own",
                    )  # fmt: skip
            raw = bytes(body) + b"&" + raw
        try:
            fields = parse_qs(raw.decode("utf-8"), max_num_fields=100)
        except ValueError:
            raise Problem(
                400,
                "fields",
                "request",
                "it is no form of UTF-8",
                "Send queries=… as application/x-www-form-urlencoded",
            ) from None
        return {name: values[0] for name, values in fields.items()}

    async def _look_up(self, request: Request) -> SearchEntry:
        identity = request.query_params.get("id", "")[:500]
        room = await self.search.enter()
        entry = room.index.look_up(self.space + identity)
        if entry is None:
            raise _unknown(identity)
        return entry

    async def _list_terms(self, what: str) -> list[dict[str, str]]:
        if what == "type":
            return [_describe_kind(kind) for kind in KINDS]
        if what == "property":
            used = await self.used.list_all()
            names = [(self.properties.shorten(t.iri), f"{t.zh} {t.en}".strip()) for t in used if t.kind == "property"]
            return [{"id": identity, "name": name or identity} for identity, name in names]
        raise Problem(404, "unknown_suggestion", what[:40], "nothing of this kind is suggested",
                      "Choose one of: entity, property, type")  # fmt: skip

    def _shorten(self, iri: str) -> str:
        return iri.removeprefix(self.space)


def _describe_kind(kind: str) -> dict[str, str]:
    return {"id": kind, "name": " / ".join(KIND_WORDS.get(kind, (kind,)))}


def _describe_entry(room: Room, entry: SearchEntry) -> str:
    return " · ".join(part for part in (KIND_WORDS.get(entry.kind, (entry.kind,))[0], describe(room, entry)) if part)


def _meets(wish: Wish, values: Sequence[tuple[str, str]]) -> bool:
    """Whether one of a thing's values, by identifier or by label, is one of those wished for."""
    return any(wanted in (identity, label) for wanted in wish.values for identity, label in values)


def _unknown(identity: str) -> Problem:
    return Problem(404, "unknown_thing", f"id {identity[:80]!r}", "nothing is known of it", "Take an id from a result")
