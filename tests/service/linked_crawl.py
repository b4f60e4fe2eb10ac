"""A crawl of a served graph as linked data: from its description and its site map to IRIs of every class in every form.

Run against any server by ``python -m tests.service.linked_crawl http://127.0.0.1:8000 --samples 20``; a short one is a
test. The base of the graph need not be the server's address: what it names is asked for where it is served.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin

import httpx
import rdflib
from lxml import etree
from rdflib.compare import isomorphic

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
#: Media types, and how rdflib reads them.
FORMS = {
    "text/turtle": "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml",
    "application/ld+json": "json-ld", "application/n-quads": "nquads", "application/trig": "trig",
}  # fmt: skip
#: Properties of the description whose values are addresses that answer.
_ADDRESSES = (DCAT.downloadURL, DCAT.accessURL, DCAT.endpointURL, DCAT.endpointDescription, DCAT.landingPage,
              VOID.dataDump, VOID.sparqlEndpoint, VOID.exampleResource, rdflib.FOAF.homepage)  # fmt: skip
_LINK = re.compile(r'\s(?:href|src|action)="([^"]+)"')
#: Characters that XML forbids, what stands for them, and line ends that it changes.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ufffd\r]")
_CLASSES = "SELECT DISTINCT ?class WHERE { ?thing a ?class } ORDER BY ?class"
_MEMBERS = """SELECT DISTINCT ?thing WHERE {{
  ?thing a <{of}> . FILTER(isIRI(?thing) && STRSTARTS(STR(?thing), "{base}id/"))
}} ORDER BY MD5(STR(?thing)) LIMIT {most}"""
_STATED = "CONSTRUCT {{ <{iri}> ?property ?value }} WHERE {{ <{iri}> ?property ?value }}"


@dataclass
class Crawl:
    """What was asked for, and what was wrong with it: nothing in ``faults`` if all is well."""

    address: str
    base: str
    client: httpx.Client
    asked: int = 0
    faults: list[str] = field(default_factory=list)
    classes: dict[str, int] = field(default_factory=dict)

    def localise(self, iri: str) -> str:
        """Where this server answers for an IRI of its graph; a client that leaves # as it is asks for a part of it."""
        local = f"{self.address}/{iri.removeprefix(self.base)}" if iri.startswith(self.base) else iri
        return local.replace("#", "%23") if local.startswith(f"{self.address}/id/") else local

    def get(self, address: str, accept: str = "*/*") -> httpx.Response:
        self.asked += 1
        try:
            return self.client.get(address, headers={"Accept": accept}, follow_redirects=True)
        except httpx.TransportError as error:
            # An answer that breaks off is a fault like any other, and the crawl goes on.
            return httpx.Response(599, text=str(error), request=httpx.Request("GET", address))

    def is_ours(self, address: str) -> bool:
        return (address.rstrip("/") + "/").startswith(f"{self.address}/")

    def dereference(self, iri: str) -> None:
        """A thing as a page and in every form: the same statements in all, those of the endpoint among them."""
        place = self.localise(iri)
        _expect(self, place, "text/html", {200})
        stated = {s for s in _construct(self, _STATED.format(iri=iri)) if _is_plain(s)}
        first: rdflib.Graph | None = None
        for media, form in FORMS.items():
            graph = _parse(self, place, media, form)
            if graph is None:
                continue
            missing = [s for s in stated if s not in graph]
            if missing:
                self.blame(iri, f"{media} lacks {len(missing)} statements of the endpoint: {missing[:1]}")
            if first is None:
                first = graph
            elif not isomorphic(_keep_writable(graph), _keep_writable(first)):
                self.blame(iri, f"{media} says something else than the others")

    def blame(self, place: str, problem: str) -> None:
        self.faults.append(f"{place}: {problem}")


def crawl(address: str, base: str, client: httpx.Client, samples: int, pages: int) -> Crawl:
    """Crawls a server: ``samples`` things a class, ``pages`` of the map. ``base`` is that of the graph's IRIs."""
    found = Crawl(address.rstrip("/"), base, client)
    _read_description(found)
    _read_map(found, pages)
    for of in list(_select(found, _CLASSES)):
        things = list(_select(found, _MEMBERS.format(of=of, base=base, most=samples)))
        if things:
            found.classes[of] = len(things)
        for iri in things:
            found.dereference(iri)
    return found


def _read_description(found: Crawl) -> None:
    """The dataset's description in every form, the same in all, and every address that it names."""
    graphs = {}
    for media, form in FORMS.items():
        graph = _parse(found, f"{found.address}/dataset", media, form)
        if graph is not None:
            graphs[media] = graph
    first = graphs.get("text/turtle", rdflib.Graph())
    for media, graph in graphs.items():
        if not isomorphic(graph, first):
            found.blame("/dataset", f"{media} says something else than Turtle")
    addresses = {str(o) for p in _ADDRESSES for o in first.objects(None, p)}
    if not addresses:
        found.blame("/dataset", "it names no address")
    for each in sorted(addresses):
        local = found.localise(each)
        if found.is_ours(local):
            _expect(found, local, "*/*", {200, 400} if local.endswith("/sparql") else {200})


def _read_map(found: Crawl, pages: int) -> None:
    """Pages that the map names, evenly over it, and what they link to."""
    answer = found.get(f"{found.address}/sitemap.xml")
    listed = [str(n.text) for n in etree.fromstring(answer.content).iter(LOC)]
    if not listed or not all(found.is_ours(each) for each in listed):
        found.blame("/sitemap.xml", "it names nothing, or addresses elsewhere")
    seen: set[str] = set()
    for each in listed[:: max(1, len(listed) // pages)]:
        answer = _expect(found, each, "text/html", {200})
        links = {urljoin(each, unescape(link)).partition("#")[0] for link in _LINK.findall(answer.text)}
        # A few links of each page: over many pages all kinds of them are tried.
        for link in sorted(link for link in links - seen if found.is_ours(link))[:: max(1, len(links) // 6)]:
            seen.add(link)
            _expect(found, link, "text/html,*/*;q=0.5", {200})


def _is_plain(statement: Sequence[object]) -> bool:
    """Whether a statement can be compared as it is: what a blank node is called is each answer's own."""
    return not any(isinstance(term, rdflib.BNode) for term in statement) and not _UNWRITABLE.search(str(statement[2]))


def _keep_writable(graph: rdflib.Graph) -> rdflib.Graph:
    """A graph without texts that XML cannot write: there they stand with other characters in place of some."""
    kept = rdflib.Graph()
    for statement in graph:
        if not _UNWRITABLE.search(str(statement[2])):
            kept.add(statement)
    return kept


def _construct(found: Crawl, query: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=_ask(found, query, "text/turtle").content, format="turtle")


def _ask(found: Crawl, query: str, accept: str) -> httpx.Response:
    """The endpoint's answer; a kept connection that the server has just closed is opened again, once."""
    found.asked += 1
    asked = {"data": {"query": query}, "headers": {"Accept": accept}}
    try:
        answer = found.client.post(f"{found.address}/sparql", **asked)  # type: ignore[arg-type]
    except httpx.ReadError:
        answer = found.client.post(f"{found.address}/sparql", **asked)  # type: ignore[arg-type]
    return answer.raise_for_status()


def _select(found: Crawl, query: str) -> Iterator[str]:
    answer = _ask(found, query, "application/sparql-results+json")
    for row in answer.json()["results"]["bindings"]:
        yield from (term["value"] for term in row.values())


def _parse(found: Crawl, place: str, media: str, form: str) -> rdflib.Graph | None:
    """The statements at an address in a form; None, with a fault, if there are none or they cannot be read."""
    answer = _expect(found, place, media, {200})
    if answer.status_code != 200:
        return None
    if answer.headers["content-type"].partition(";")[0] != media:
        found.blame(place, f"asked for {media} it sends {answer.headers['content-type']}")
    try:
        if form == "xml":
            etree.fromstring(answer.content)
        # rdflib takes XML's line ends and half of what is not well-formed as it is: lxml does not.
        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=answer.content, format=form)
    except Exception as error:  # whatever a parser says of it is a fault of what it was given
        found.blame(place, f"{media} cannot be read: {type(error).__name__} {str(error)[:200]}")
        return None
    graph = rdflib.Graph()
    for statement in dataset.triples((None, None, None)):
        graph.add(statement)
    return graph


def _expect(found: Crawl, place: str, accept: str, statuses: set[int]) -> httpx.Response:
    answer = found.get(place, accept)
    if answer.status_code not in statuses:
        found.blame(place, f"asked for {accept} it answers {answer.status_code}")
    elif not found.is_ours(str(answer.url).partition("?")[0]):
        found.blame(place, f"it leads to {answer.url}, which is elsewhere")
    return answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawls the server of the command line and tells what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="of the start page")
    parser.add_argument("--base", help="of the graph's IRIs (default: as the manifest at /reconcile tells)")
    parser.add_argument("--samples", type=int, default=10, help="things a class")
    parser.add_argument("--pages", type=int, default=60, help="pages of the site map")
    given = parser.parse_args(arguments)
    with httpx.Client(timeout=120) as client:
        space = client.get(f"{given.address.rstrip('/')}/reconcile").json()["identifierSpace"]
        found = crawl(given.address, given.base or space.removesuffix("id/"), client, given.samples, given.pages)
    for fault in found.faults:
        print(fault)
    print(f"{found.asked} requests, {len(found.classes)} classes, {len(found.faults)} faults")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
