"""IRIs that answer: ``/id/…`` leads by 303 to a page or to data, by Accept or by extension."""

from __future__ import annotations

from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from loaders.resources import find_ontology_folder
from service.binding import bind, rebase
from service.negotiation import GRAPHS, HTML, Format, choose, find_named
from service.problems import Problem
from service.site import Site, pick_language

_OUT = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?property ?propertyLabel ?value ?valueLabel WHERE {
  VALUES ?thing { UNDEF }
  ?thing ?property ?value .
  OPTIONAL { ?property rdfs:label ?propertyLabel . FILTER(LANG(?propertyLabel) = "LANGUAGE") }
  OPTIONAL { ?value rdfs:label ?valueLabel . FILTER(LANG(?valueLabel) = "zh") }
} ORDER BY ?property ?value LIMIT COUNT
"""
_IN = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?property ?propertyLabel ?value ?valueLabel WHERE {
  VALUES ?thing { UNDEF }
  ?value ?property ?thing .
  OPTIONAL { ?property rdfs:label ?propertyLabel . FILTER(LANG(?propertyLabel) = "LANGUAGE") }
  OPTIONAL { ?value rdfs:label ?valueLabel . FILTER(LANG(?valueLabel) = "zh") }
} ORDER BY ?property ?value LIMIT COUNT
"""
_DATA = """CONSTRUCT { ?thing ?property ?value . ?from ?to ?thing } WHERE {
  VALUES ?thing { UNDEF }
  { ?thing ?property ?value } UNION { ?from ?to ?thing }
}
"""


class LinkedData:
    """The handlers of ``/id/…``, ``/page/…``, ``/data/…`` and ``/ontology``."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def redirect(self, request: Request) -> Response:
        """303 to the page or the data of a thing."""
        path: str = request.path_params["path"]
        stem, _, extension = path.rpartition(".")
        form = find_named(extension, (*GRAPHS, HTML)) if stem else None
        if form is None or "/" in extension:
            stem = path
            form = choose(request.headers.get("accept"), (HTML, *GRAPHS))
        if form is None:
            raise Problem(
                406, "not_acceptable", "Accept", "there is neither a page nor data in that form", "Ask for text/turtle"
            )
        if form is not HTML:
            target = f"/data/{stem}.{form.key}"
        elif stem.startswith("document/"):
            target = f"/documents/{stem.removeprefix('document/')}"
        else:
            target = f"/page/{stem}"
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(quote(target, safe="/:.-_~;=,") + query, 303, {"Vary": "Accept"})

    async def page(self, request: Request) -> Response:
        """The facts about a thing, in both directions."""
        path: str = request.path_params["path"]
        thing = self._name(path)
        most = self.site.answers.settings.max_facts_shown
        language = pick_language(request)
        tables = []
        for text in (_OUT, _IN):
            query = text.replace("LANGUAGE", language).replace("COUNT", str(most + 1))
            tables.append((await self.site.answers.ask(query, {"thing": [thing]})).rows)
        facts, uses = tables
        if not facts and not uses:
            raise self._unknown(path)
        label = next((r["value"].text for r in facts if r["property"].text.endswith("#label")), thing.value)
        return self.site.page(
            request, "thing.html", iri=thing.value, label=label, facts=facts, uses=uses, most=most,
            data=f"/data/{path}",
            graphs=GRAPHS,
        )  # fmt: skip

    async def data(self, request: Request) -> Response:
        """All statements about a thing, in an RDF format."""
        stem, _, extension = request.path_params["path"].rpartition(".")
        form = find_named(extension, GRAPHS)
        if form is None or not stem:
            names = ", ".join(f".{f.key}" for f in GRAPHS)
            raise Problem(404, "format", f".{extension[:20]}", "there is no such form of it", f"Ask for one of {names}")
        answers = self.site.answers
        query = bind(rebase(_DATA, answers.settings.base), {"thing": [self._name(stem)]})
        answer = await answers.store.run(answers.job(query, form.key))
        if not await self._exists(stem):
            raise self._unknown(stem)
        return _reply(answer.body, form)

    async def ontology(self, request: Request) -> Response:
        """The ontology's own file."""
        path = find_ontology_folder() / "gongkai.ttl"
        accept = request.headers.get("accept")
        form = choose(accept, GRAPHS) or GRAPHS[0]
        if form.key == "ttl":
            return _reply(path.read_bytes(), form)
        found = ox.RdfFormat.from_media_type(form.media_type)
        body = ox.serialize(ox.parse(path=path, format=ox.RdfFormat.TURTLE), format=found)
        return _reply(body or b"", form)

    async def _exists(self, path: str) -> bool:
        query = "SELECT ?thing WHERE { VALUES ?thing { UNDEF } { ?thing ?p ?o } UNION { ?s ?q ?thing } } LIMIT 1"
        return bool((await self.site.answers.ask(query, {"thing": [self._name(path)]})).rows)

    def _name(self, path: str) -> ox.NamedNode:
        try:
            return ox.NamedNode(f"{self.site.base}id/{path}")
        except ValueError:
            raise self._unknown(path) from None

    def _unknown(self, path: str) -> Problem:
        return Problem(404, "unknown_thing", f"id/{path[:80]}", "nothing is known of it", "See the start page")


def _reply(body: bytes, form: Format) -> Response:
    return Response(body, headers={"Content-Type": form.content_type, "Vary": "Accept"})
