"""IRIs that answer: ``/id/…`` leads by 303 to a page or to data, by Accept or by extension."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from loaders.graph.internal import read_internal
from loaders.reconcile.wording import word_sides
from loaders.resources import find_ontology_folder
from loaders.settings import DEFAULT_BASE
from service.engine.xml_output import serialize_graph
from service.http.negotiation import GRAPHS, HTML, Format, choose, find_named, prefers_page
from service.http.prefix import find_origin
from service.http.problems import Problem
from service.linked.json_ld import type_nodes
from service.pages.charts import MOST_NEIGHBOURS, Neighbour, draw_network
from service.pages.profiles import EXTENTS, PARAMETERS, PROFILED, Asker, describe_place, read_profile
from service.pages.references import cite_page
from service.pages.site import Form, Site, pick_language
from service.pages.structured import describe_office
from service.pages.thing_sections import SectionMaker, read_outcome
from service.pages.things import Thing, ThingReader
from service.queries.answers import Row, Value
from service.queries.binding import bind
from service.words.findings import explain, find_sign

#: How many things a page of a list holds.
_LISTED = 100


class LinkedData:
    """The handlers of ``/id/…``, ``/page/…``, ``/data/…``, ``/ontology`` and of the few other IRIs that are minted."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def redirect(self, request: Request) -> Response:
        """303 to the page or the data of a thing."""
        path: str = request.path_params["path"]
        stem, _, extension = path.rpartition(".")
        form = find_named(extension, (*GRAPHS, HTML)) if stem and "/" not in extension else None
        # A name may itself end as a file does.
        known = await self._find(stem) if form else None
        if known is None:
            form, known = choose(request.headers.get("accept"), (HTML, *GRAPHS)), await self._find(path)
        if known is None:
            raise self._unknown(path)
        if form is None:
            raise Problem(
                406, "not_acceptable", "Accept", "there is neither a page nor data in that form", "Ask for text/turtle"
            )
        stem = known
        if form is HTML and stem.startswith("document/") and "#" in stem:
            # A place in a document, its # escaped: the page marks it.
            return RedirectResponse(self.site.local(f"{self.site.base}id/{stem}"), 303, {"Vary": "Accept"})
        if form is not HTML:
            target = f"/data/{stem}.{form.key}"
        elif stem.startswith("document/"):
            target = f"/documents/{stem.removeprefix('document/')}"
        else:
            target = f"/page/{stem}"
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(quote(target, safe=_UNESCAPED) + query, 303, {"Vary": "Accept"})

    async def page(self, request: Request) -> Response:
        """The facts about a thing in groups, where it is stated, what points to it, its neighbourhood."""
        path: str = request.path_params["path"]
        language = pick_language(request)
        reader = ThingReader(self.site.answers, self.site.words, language)
        iri = self._name(path).value
        if "property" in request.query_params:
            return await self._list_uses(request, reader, iri, path)
        thing = await reader.read(iri, counted=PROFILED)
        if thing is None:
            raise self._unknown(path)
        chosen = {name: request.query_params.get(name, "") for name in PARAMETERS}
        profile = await read_profile(Asker(self.site.answers, self.site.words, language, chosen), thing)
        sections = [] if profile else await SectionMaker(self.site.answers, self.site.words, language).make(thing)
        neighbours = [] if profile else self._find_neighbours(thing, request)
        title = f"{'邻近关系' if language == 'zh' else 'Neighbourhood'}: {thing.label}"
        return self.site.page(
            request,
            "thing.html",
            thing=thing,
            sections=sections,
            profile=profile,
            vocabulary=self.site.words,
            extents=EXTENTS,
            stand=describe_place,
            shorten_thing=self.site.answers.shorten,
            reference=cite_page(self.site, request, thing.label, {n: [v] for n, v in chosen.items() if v})
            if profile
            else None,
            kinds=[self.site.words.say(k, language) for k in thing.kinds],
            network=draw_network(thing.label, neighbours, title) if neighbours else None,
            shorten=self.site.words.shorten,
            alternates=tuple(Form(f.key, f"/data/{path}.{f.key}", f.media_type) for f in GRAPHS),
            structured=describe_office(thing, find_origin(request), request.url.path)
            if f"{self.site.words.prefix}Agency" in thing.kinds
            else None,
            finding=self._read_finding(thing, language),
            figure=self._read_figure(thing),
            part=request.query_params.get("_part") == "1",
        )

    async def _list_uses(self, request: Request, reader: ThingReader, iri: str, path: str) -> Response:
        """All things of one class that point to a thing by one property, in pages."""
        given = request.query_params
        try:
            property, kind = (ox.NamedNode(self._expand(given.get(n, ""))) for n in ("property", "class"))
            number = int(given.get("_page", "1"))
        except ValueError:
            raise Problem(
                422,
                "bad_parameter",
                "property, class, _page",
                "they are no IRIs and no number",
                "Begin at the thing's page",
            ) from None
        thing = await reader.read(iri, 1)
        use = (
            next((u for u in thing.uses if (u.property, u.kind) == (property.value, kind.value)), None)
            if thing
            else None
        )
        if thing is None or use is None:
            raise self._unknown(path)
        pages = max(1, -(-use.count // _LISTED))
        number = min(max(number, 1), pages)
        users = await reader.list_users(iri, use.property, use.kind, (number - 1) * _LISTED, _LISTED)
        return self.site.page(
            request,
            "thing_uses.html",
            thing=thing,
            use=use,
            users=users,
            number=number,
            pages=pages,
            shorten=self.site.words.shorten,
            crumbs=((f"/page/{path}", thing.label),),
        )

    def _expand(self, name: str) -> str:
        return f"{self.site.words.prefix}{name.removeprefix('gk:')}" if name.startswith("gk:") else name

    def _find_neighbours(self, thing: Thing, request: Request) -> list[Neighbour]:
        """What stands around a thing: half of what it names, half of what names it, as far as there is room."""
        out = [
            Neighbour(v.text, f.name, self.site.link(request, self.site.local(v.iri)), f.property)
            for g in thing.groups
            for f in g.facts
            for v in f.values
            if v.iri.startswith(f"{self.site.base}id/") and not f.property.endswith("#dataSet")
        ]
        into = [
            Neighbour(v.text, u.kind_name, self.site.link(request, self.site.local(v.iri)), u.kind, True)
            for u in thing.uses
            for v in u.first[:3]
            if v.iri.startswith(f"{self.site.base}id/")
        ]
        half = MOST_NEIGHBOURS // 2
        kept = into[: max(half, MOST_NEIGHBOURS - len(out))]
        return out[: MOST_NEIGHBOURS - len(kept)] + kept

    def _read_finding(self, thing: Thing, language: str) -> dict[str, str] | None:
        """The sides of a finding beside one another, and the sentence on them."""
        # A check has a rule and reasons as well, and the sides and values of none of its findings.
        if f"{self.site.words.prefix}Finding" not in thing.kinds or not {"rule", "verdict"} <= thing.raw.keys():
            return None
        row = {name: values[0] for name, values in thing.raw.items()}
        named = {"message": "comment", "item": "checkedItem", "detail": "checkedDetail"}
        codes = " ".join(value.text for value in thing.raw.get("reasonCode", ()))
        same = {name: row[own] for name, own in named.items() if own in row}
        outcome = read_outcome(Row({**row, **same, "reasons": Value(codes)}))
        left, right = word_sides(outcome, language)
        said = {"sentence": explain(outcome, language), "sign": find_sign(outcome), "left": left, "right": right}
        return {**said, "verdict": row["verdict"].text.rpartition("#")[2]}

    def _read_figure(self, thing: Thing) -> list[tuple[str, str]] | None:
        """The meaning of a figure in a few words: whose, when, what, how much."""
        if f"{self.site.words.prefix}Figure" not in thing.kinds:
            return None
        shown = {f.property.rpartition("#")[2]: f for g in thing.groups for f in g.facts}
        names = ("agency", "year", "phase", "subjectLabel", "function", "economic", "project", "column", "aspect")
        return [(shown[n].name, "、".join(v.text for v in shown[n].values)) for n in names if n in shown]

    async def data(self, request: Request) -> Response:
        """All statements about a thing, in an RDF format; as JSON-LD with ``?parts=1`` those of what it names, too."""
        stem, _, extension = request.path_params["path"].rpartition(".")
        form = find_named(extension, GRAPHS)
        if form is None or not stem:
            names = ", ".join(f".{f.key}" for f in GRAPHS)
            raise Problem(404, "format", f".{extension[:20]}", "there is no such form of it", f"Ask for one of {names}")
        answers = self.site.answers
        query = bind(read_internal("linked/thing-statements", answers.settings.base), {"thing": [self._name(stem)]})
        answer = await answers.store.run(answers.job(query, form.key))
        if not await self._exists(stem):
            raise self._unknown(stem)
        if form.key != "jsonld":
            return _reply(answer.body, form)
        bodies = [answer.body]
        if request.query_params.get("parts") == "1":
            parts = bind(read_internal("linked/part-statements", answers.settings.base), {"thing": [self._name(stem)]})
            bodies.append((await answers.store.run(answers.job(parts, form.key))).body)
        return _reply(type_nodes(*bodies), form)

    async def graph(self, request: Request) -> Response:
        """303 to the content of a named graph that is no document's."""
        name = quote(f"{self.site.base}graph/{request.path_params['name']}", safe="")
        return RedirectResponse(f"/graphs?graph={name}", 303)

    async def description(self, request: Request) -> Response:
        """303 to what describes the catalogue of data, the themes of queries, the lists of choices."""
        page = prefers_page(request.headers.get("accept"))
        if request.url.path == "/catalogue":
            return RedirectResponse("/dataset", 303)
        themes = request.url.path == "/queries/themes"
        return RedirectResponse("/queries" if page and themes else "/queries.ttl", 303, {"Vary": "Accept"})

    async def ontology(self, request: Request) -> Response:
        """The ontology's own file, that of its alignments or of its shapes, its IRIs below the base of this service.

        A version in the path is answered if it is the one that is served; one before it (its file is no longer kept)
        leads to the newest, whose change log tells what became of it.
        """
        accept = request.headers.get("accept")
        extension = request.path_params.get("extension", "")
        named = find_named(extension, GRAPHS) if extension else choose(accept, GRAPHS) or GRAPHS[0]
        if named is None:
            names = ", ".join(f".{f.key}" for f in GRAPHS)
            raise Problem(404, "format", f".{extension[:20]}", "there is no such form of it", f"Ask for one of {names}")
        form = named
        path = request.url.path.strip("/").partition("/")[0]
        name = _FILES.get(path, "gongkai.ttl")
        text = read_ontology(name, self.site.base)
        version = request.path_params.get("version", "")
        asked = f"<{self.site.base}{path}/{version}> "
        if version and any(f"owl:{p} {asked}" in text for p in ("priorVersion", "incompatibleWith")):
            return RedirectResponse(f"/{path}", 303)
        if version and f"owl:versionIRI {asked}" not in text:
            raise Problem(404, "version", version[:20], "this version is not kept", f"Ask for /{path}, the newest")
        if form.key == "ttl":
            return _reply(text.encode("utf-8"), form)
        found = ox.RdfFormat.from_media_type(form.media_type)
        triples = (q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE))
        return _reply(serialize_graph(triples, found), form)

    async def _exists(self, path: str) -> bool:
        values = {"thing": [self._name(path)]}
        return bool((await self.site.answers.ask_internal("linked/thing-exists", values)).rows)

    async def _find(self, path: str) -> str | None:
        """The path of a thing as its IRI has it; None if there is none. A server sees escapes only undone."""
        written = (path, quote(path, safe=_UNESCAPED))
        for each in dict.fromkeys(written):
            if _may_be_named(each) and await self._exists(each):
                return each
        return None

    def _name(self, path: str) -> ox.NamedNode:
        try:
            return ox.NamedNode(f"{self.site.base}id/{path}")
        except ValueError:
            raise self._unknown(path) from None

    def _unknown(self, path: str) -> Problem:
        return Problem(404, "unknown_thing", f"id/{path[:80]}", "nothing is known of it", "See the start page")


#: What stands in the path of an IRI without an escape, beside letters and digits (RFC 3986).
_UNESCAPED = "/:.-_~;=,!$&'()*+@"


def _may_be_named(path: str) -> bool:
    try:
        ox.NamedNode(f"urn:x:{path}")
    except ValueError:
        return False
    return True


#: Files of the ontology that have a path of their own.
_FILES = {"alignments": "alignments.ttl", "shapes": "shapes.ttl"}


@lru_cache(maxsize=4)
def read_ontology(name: str, base: str) -> str:
    """A file of the ontology as Turtle, its IRIs below a base."""
    text = (find_ontology_folder() / name).read_text(encoding="utf-8")
    return text.replace(DEFAULT_BASE, base)


def _reply(body: bytes, form: Format) -> Response:
    return Response(body, headers={"Content-Type": form.content_type, "Vary": "Accept"})
