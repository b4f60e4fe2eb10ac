"""The W3C Reconciliation Service API 0.2 at ``/reconcile``: names in a table become IRIs, as OpenRefine asks for it."""

from __future__ import annotations

import asyncio
import json
import re
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
from service.linked.matching import Asked, Candidate, Matcher, describe, read_batch
from service.linked.properties import Properties
from service.linked.rating import Values, describe_kind, rate
from service.pages.site import Site
from service.pages.used_terms import UsedTerms
from service.search.entries import KINDS, SearchEntry
from service.search.room import Room, Search
from service.words.terms import KINDS as KIND_WORDS

_PREVIEW = {"width": 420, "height": 240}
_SUGGESTED, _FURTHEST = 20, 500
_BATCH = 500
_CALLBACK, _LONGEST_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", re.ASCII), 100
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
            values = await self._fetch_values(asked, found)
            return respond(request, {
                key: {"result": rate(each, found[key], values, self._shorten)} for key, each in asked.items()
            })  # fmt: skip
        if "extend" in fields:
            values_of = await self.properties.extend(fields["extend"], self.settings.max_reconcile_queries)
            return respond(request, values_of)
        return respond(request, self._describe(request))

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
            return respond(request, {"id": term["id"], "html": f"<p>{escape(term['name'])}</p>"})
        entry = await self._look_up(request)
        room = await self.search.enter()
        words = (f"<p><b>{escape(entry.label)}</b></p><p>{escape(entry.english)}</p>"
                 f"<p>{escape(_describe_entry(room, entry))}</p>")  # fmt: skip
        return respond(request, {"id": self._shorten(entry.iri), "html": words})

    async def suggest(self, request: Request) -> Response:
        """What begins with, or holds, the letters typed: things, properties or types. ``cursor`` skips so many."""
        what = request.path_params["what"]
        prefix = request.query_params.get("prefix", "")[: self.settings.max_question_characters]
        first = min(_read_number(request, "cursor", 0), _FURTHEST)
        last = first + min(_read_number(request, "limit", _SUGGESTED) or _SUGGESTED, _SUGGESTED)
        if what != "entity":
            terms = await self._list_terms(what)
            wanted = prefix.strip().lower()
            found = [t for t in terms if wanted in f"{t['id']} {t['name']}".lower()]
            return respond(request, {"result": found[first:last]})
        room = await self.search.enter()
        kinds = tuple(k for k in request.query_params.get("type", "").split(",") if k in KINDS) or KINDS
        entries = await asyncio.to_thread(self._suggest_things, room, prefix, kinds, last)
        rows = [
            {"id": self._shorten(e.iri), "name": e.label, "description": _describe_entry(room, e),
             "notable": [describe_kind(e.kind)]}
            for e in entries[first:last]
        ]  # fmt: skip
        return respond(request, {"result": rows})

    def _suggest_things(self, room: Room, prefix: str, kinds: tuple[str, ...], most: int) -> list[SearchEntry]:
        """What the letters name by a rule, then what holds them."""
        named = Matcher(room, self.space).find(Asked(prefix.strip(), kinds, most, ())) if prefix.strip() else []
        hits = room.index.find(prefix, kinds, most)
        entries = [*(c.entry for c in named if c.fits), *(h.entry for h in hits), *(c.entry for c in named)]
        return list({entry.iri: entry for entry in entries}.values())[:most]

    async def propose(self, request: Request) -> Response:
        """The properties that things of a type have."""
        kind = request.query_params.get("type", "").removeprefix(f"{self.site.base}ontology#")
        limit = _read_number(request, "limit", 0)
        found = await self.properties.propose(kind)
        answer = {"type": kind, "properties": found[:limit] if limit else found}
        return respond(request, answer | ({"limit": limit} if limit else {}))

    async def _fetch_values(self, asked: Mapping[str, Asked], found: Mapping[str, Sequence[Candidate]]) -> Values:
        """Of all candidates of a batch the values of all properties that its queries name, in one question."""
        properties = {wish.property for each in asked.values() for wish in each.wishes}
        things = {self._shorten(c.entry.iri) for key, each in asked.items() if each.wishes for c in found[key]}
        return await self.properties.fetch(sorted(things), sorted(properties)) if things and properties else {}

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
            # OpenRefine sends batches of ten unless a service says that it takes more.
            "batchSize": min(self.settings.max_reconcile_queries, _BATCH),
            "logo": f"{origin}/web/icon.svg",
            "view": {"url": f"{origin}/id/{{{{id}}}}"},
            "feature_view": {"url": f"{self.site.base}ontology#{{{{id}}}}"},
            "defaultTypes": [describe_kind(kind) for kind in ("Agency", "Service", "Port", "Place", "FunctionCode")],
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
            return [describe_kind(kind) for kind in KINDS]
        if what == "property":
            used = await self.used.list_all()
            names = [(self.properties.shorten(t.iri), f"{t.zh} {t.en}".strip()) for t in used if t.kind == "property"]
            return [{"id": identity, "name": name or identity} for identity, name in names]
        raise Problem(404, "unknown_suggestion", what[:40], "nothing of this kind is suggested",
                      "Choose one of: entity, property, type")  # fmt: skip

    def _shorten(self, iri: str) -> str:
        return iri.removeprefix(self.space)


def _describe_entry(room: Room, entry: SearchEntry) -> str:
    return " · ".join(part for part in (KIND_WORDS.get(entry.kind, (entry.kind,))[0], describe(room, entry)) if part)


def _read_number(request: Request, name: str, usual: int) -> int:
    """A whole number of the query, 0 or more. Raises a 400 :class:`Problem` if it is something else."""
    given = request.query_params.get(name, "")
    if given and not re.fullmatch(r"[0-9]{1,9}", given):
        raise Problem(400, "bad_number", f"{name} {given[:40]!r}", "it is no whole number", f"Send {name}=20")
    return int(given) if given else usual


def respond(request: Request, data: Any) -> Response:
    """JSON, or the call of a function with it where an old client asks for JSONP (``callback=``).

    Raises a 400 :class:`Problem` where the callback is no name of a function: it would be run as a script.
    """
    callback = request.query_params.get("callback")
    if callback is None:
        return JSONResponse(data)
    if len(callback) > _LONGEST_CALLBACK or not _CALLBACK.fullmatch(callback):
        raise Problem(400, "bad_callback", f"callback {callback[:40]!r}", "it is no name of a function",
                      "Send letters, digits, _ and $, or leave callback out: CORS lets every site ask")  # fmt: skip
    # The comment before it keeps the answer from being taken for another kind of file by its first bytes.
    written = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Response(f"/**/{callback}({written});", headers={"Content-Type": "application/javascript; charset=utf-8"})


def _unknown(identity: str) -> Problem:
    return Problem(404, "unknown_thing", f"id {identity[:80]!r}", "nothing is known of it", "Take an id from a result")
