"""What crawlers and programs find their way by: robots.txt, the site map, Link headers, the JSON-LD context."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import httpx
import pytest
import rdflib
from lxml import etree

from service.http.problems import Problem
from service.linked.crawling import choose_part

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def read_map(answer: httpx.Response) -> tuple[str, list[str]]:
    root = etree.fromstring(answer.content)
    return etree.QName(root).localname, [str(node.text) for node in root.iter(LOC)]


def test_robots_may_have_what_lasts(web: httpx.Client) -> None:
    text = web.get("/robots.txt").text
    robots = RobotFileParser()
    robots.parse(text.splitlines())
    assert robots.site_maps() == [f"{web.base_url}/sitemap.xml"]
    for path, allowed in {
        "/": True, "/documents/shenzhen-2023-budget": True, "/queries/procurement": True, "/sparql": True,
        "/sparql?query=x": False, "/search?q=x": False, "/dumps/gongkai.nq.gz": False,
    }.items():  # fmt: skip
        assert robots.can_fetch("any", f"{web.base_url}{path}") is allowed, path


def test_every_address_of_the_map_answers_with_a_page(web: httpx.Client) -> None:
    kind, addresses = read_map(web.get("/sitemap.xml"))
    assert kind == "urlset"
    assert len(addresses) == len(set(addresses)) > 60
    paths = {urlsplit(address).path for address in addresses}
    assert {"/", "/documents/shenzhen-2023-budget", "/page/agency/440300-1f3c9a20", "/queries/procurement"} <= paths
    for address in addresses:
        answer = httpx.get(address, headers={"Accept": "text/html"}, timeout=300)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html"), address
    assert web.get("/sitemap-2.xml").status_code == 404
    assert web.get("/sitemap-0.xml").status_code == 404
    assert web.get("/sitemap-x.xml").status_code == 404


def test_a_map_that_would_be_too_large_is_in_parts() -> None:
    paths = [f"/{n}" for n in range(45)]
    assert choose_part(paths, None, "http://x", 20) == (
        "sitemapindex", "sitemap", [f"http://x/sitemap-{n}.xml" for n in (1, 2, 3)]
    )  # fmt: skip
    parts = [choose_part(paths, n, "http://x", 20) for n in (1, 2, 3)]
    assert {part[:2] for part in parts} == {("urlset", "url")}
    assert [a for part in parts for a in part[2]] == [f"http://x/{n}" for n in range(45)]
    assert [len(part[2]) for part in parts] == [20, 20, 5]
    with pytest.raises(Problem):
        choose_part(paths, 4, "http://x", 20)


def test_pages_link_to_their_other_forms(web: httpx.Client) -> None:
    page = web.get("/page/agency/440300-1f3c9a20", headers={"Accept": "text/html"})
    links = read_links(page.headers["link"])
    assert links["/dataset"]["rel"] == "describedby"
    turtle = links["/data/agency/440300-1f3c9a20.ttl"]
    assert (turtle["rel"], turtle["type"]) == ("alternate", "text/turtle")
    for url, link in links.items():
        answer = web.get(url, headers={"Accept": link.get("type", "*/*")})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(link.get("type", ""))


def read_links(header: str) -> dict[str, dict[str, str]]:
    """The links of a Link header by their addresses."""
    found = re.findall(r'<([^>]*)>((?:; *\w+="[^"]*")*)', header)
    return {url: dict(re.findall(r'(\w+)="([^"]*)"', rest)) for url, rest in found}


def test_the_context_gives_names_to_all_terms(web: httpx.Client) -> None:
    answer = web.get("/context.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    terms = answer.json()["@context"]
    gk = "https://w3id.org/gongkai/ontology#"
    assert terms["agency"] == {"@id": f"{gk}agency", "@type": "@id"}
    assert terms["amount"] == {"@id": f"{gk}amount", "@type": "http://www.w3.org/2001/XMLSchema#decimal"}
    described = rdflib.Graph().parse(data=web.get("/ontology.ttl").text, format="turtle")
    properties = {
        str(s).removeprefix(gk)
        for kind in (rdflib.OWL.ObjectProperty, rdflib.OWL.DatatypeProperty, rdflib.OWL.Class)
        for s in described.subjects(rdflib.RDF.type, kind)
        if str(s).startswith(gk)
    }
    assert properties <= set(terms)
    written = {"@context": terms, "@id": "http://x/f", "@type": "Figure", "amount": "5", "agency": "http://x/a",
               "label": {"zh": "甲", "en": "A"}}  # fmt: skip
    read = rdflib.Graph().parse(data=json.dumps(written), format="json-ld")
    subject = rdflib.URIRef("http://x/f")
    assert read.value(subject, rdflib.URIRef(f"{gk}amount")) == rdflib.Literal("5", datatype=rdflib.XSD.decimal)
    assert read.value(subject, rdflib.URIRef(f"{gk}agency")) == rdflib.URIRef("http://x/a")
    assert read.value(subject, rdflib.RDF.type) == rdflib.URIRef(f"{gk}Figure")
    assert {str(label) for label in read.objects(subject, rdflib.RDFS.label)} == {"甲", "A"}
