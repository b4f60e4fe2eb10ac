"""For crawlers and programs: ``/robots.txt``, ``/sitemap.xml`` (sitemaps.org 0.9), ``/context.jsonld`` and frames."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from lxml import etree
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from loaders.graph.iris import OWL, RDF, RDFS, XSD
from service.http.prefix import find_origin
from service.http.problems import Problem
from service.linked.frames import answer_frame, answer_frames
from service.linked.linked_data import read_ontology
from service.pages.site import Site
from service.sparql.guard import list_prefixes

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: A map names at most 50,000 addresses (sitemaps.org).
MOST_ADDRESSES = 40_000
_PLACES = ("/", "/queries", "/documents", "/data", "/dataset", "/changes", "/ontology", "/help", "/sparql/help")
#: What is made anew for every question: nothing to list, and work for nobody.
_CLOSED = ("/sparql?query=", "/search?q=", "/search.json", "/reconcile", "/graphs", "/dumps/")
Handler = Callable[[Request], Awaitable[Response]]


class Crawling:
    """The handlers of these addresses."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.pages: dict[str, Handler] = {
            "/robots.txt": self.robots,
            "/sitemap.xml": self.sitemap,
            "/sitemap-{number:int}.xml": self.sitemap,
            "/context.jsonld": self.context,
            "/frames": answer_frames,
            "/frames/{name}": answer_frame,
        }

    async def robots(self, request: Request) -> Response:
        """What crawlers may ask for, and where the map is."""
        origin = find_origin(request)
        rules = "".join(f"Disallow: {path}\n" for path in _CLOSED)
        return PlainTextResponse(f"User-agent: *\n{rules}Allow: /\n\nSitemap: {origin}/sitemap.xml\n")

    async def sitemap(self, request: Request) -> Response:
        """The pages that last; where there are too many for one map, a map of maps."""
        number: int | None = request.path_params.get("number")
        paths = list(dict.fromkeys(await self._list_paths()))
        return _write(*choose_part(paths, number, find_origin(request), MOST_ADDRESSES))

    async def _list_paths(self) -> list[str]:
        answers = self.site.answers
        things = (row["thing"].text for row in (await answers.ask_internal("linked/sitemap")).rows)
        shown = (self.site.local(iri).replace("/id/", "/page/", 1) for iri in things)
        queries = (f"/queries/{query.name}" for query in answers.catalogue.list_all())
        return [*_PLACES, *queries, *(quote(path, safe="/:.-_~;=,%") for path in shown if path.startswith("/"))]

    async def context(self, _: Request) -> Response:
        """The JSON-LD context of the ontology: a name for each of its terms, typed as the ontology says."""
        return Response(_make_context(self.site.base), media_type="application/ld+json")


def choose_part(paths: Sequence[str], number: int | None, origin: str, most: int) -> tuple[str, str, list[str]]:
    """The elements and the addresses of a map: of all paths, of one part, or of the parts themselves if they are many.

    Raises :class:`service.http.problems.Problem` if there is no such part.
    """
    count = -(-len(paths) // most)
    if number is None and count > 1:
        return "sitemapindex", "sitemap", [f"{origin}/sitemap-{n + 1}.xml" for n in range(count)]
    first = 0 if number is None else number - 1
    if not 0 <= first < count:
        raise Problem(404, "sitemap", f"sitemap-{number}.xml", "there is no such map", "Begin at /sitemap.xml")
    return "urlset", "url", [origin + path for path in paths[first * most : (first + 1) * most]]


def _write(root: str, item: str, addresses: Sequence[str]) -> Response:
    document = etree.Element(f"{{{_SITEMAP}}}{root}", nsmap={None: _SITEMAP})  # type: ignore[dict-item]
    for address in addresses:
        etree.SubElement(etree.SubElement(document, f"{{{_SITEMAP}}}{item}"), f"{{{_SITEMAP}}}loc").text = address
    body = etree.tostring(document, xml_declaration=True, encoding="utf-8")
    return Response(body, media_type="application/xml")


@lru_cache(maxsize=4)
def _make_context(base: str) -> str:
    graph = ox.Store()
    graph.load(read_ontology("gongkai.ttl", base).encode("utf-8"), ox.RdfFormat.TURTLE)
    terms: dict[str, Any] = {"@version": 1.1, **dict(sorted(list_prefixes(base).items())), "label": _LABEL}
    terms |= dict(sorted(_define_terms(graph, f"{base}ontology#")))
    return json.dumps({"@context": terms}, ensure_ascii=False, indent=1) + "\n"


_LABEL = {"@id": "http://www.w3.org/2000/01/rdf-schema#label", "@container": "@language"}


def _define_terms(graph: ox.Store, namespace: str) -> Iterator[tuple[str, Any]]:
    def list_all(kind: ox.NamedNode) -> Iterator[str]:
        found = (quad.subject for quad in graph.quads_for_pattern(None, RDF("type"), kind))
        return (node.value for node in found if isinstance(node, ox.NamedNode) and node.value.startswith(namespace))

    for kind in (OWL("Class"), RDFS("Class")):
        yield from ((iri.removeprefix(namespace), iri) for iri in list_all(kind))
    for iri in list_all(OWL("ObjectProperty")):
        yield iri.removeprefix(namespace), {"@id": iri, "@type": "@id"}
    for iri in list_all(OWL("DatatypeProperty")):
        ranges = [q.object for q in graph.quads_for_pattern(ox.NamedNode(iri), RDFS("range"), None)]
        kinds = [r.value for r in ranges if isinstance(r, ox.NamedNode) and r.value.startswith(XSD.base)]
        # A string of JSON is one already.
        typed = {"@type": kinds[0]} if len(kinds) == 1 and not kinds[0].endswith("#string") else {}
        yield iri.removeprefix(namespace), {"@id": iri, **typed}
