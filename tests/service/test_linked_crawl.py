"""A crawl over a graph of another base, served under a path, with data that nobody would write by hand."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import rdflib

from loaders.build.building import load_files
from loaders.settings import DEFAULT_BASE, Settings
from tests.service.conftest import Server, free_port
from tests.service.linked_crawl import FORMS, Crawl, crawl
from tests.waiting import PATIENCE

PATH = "/some/gongkai"
#: Characters that XML forbids, marks that markup and quotations end with, line ends of all kinds, both directions.
NASTY = r"\u0001\u0008\u000B\u001F\uFFFE\uFFFF ]]> </script> & \r\n\t \u2028 \u0085 \U0001F600 \u202E \u0301"
ODD = r"""
@prefix gk: <{base}ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<{base}id/project/nasty> a gk:Project ; rdfs:label "nasty {nasty}"@zh, "x"@zh-Hant-HK-x-private, "y"@en-GB-oed, "" ;
  gk:purpose "a\\b\"c'd", "{nasty}"^^<urn:x:odd?type#a>, "NaN"^^xsd:double, "INF"^^xsd:float, "01"^^xsd:boolean,
    "2023-02-30"^^xsd:date, "1e400"^^xsd:decimal, "<b>&amp;</b>"^^rdf:XMLLiteral, "{{]"^^rdf:JSON ;
  rdfs:seeAlso <http://x.example/%E5%8F%A3%20a?b=c&d='e'>, <urn:uuid:%00>, <mailto:a@b>, <tag:x,2023:口岸#片段>,
    [ rdfs:label "blank" ; rdfs:seeAlso [ rdfs:label "blanker" ] ] .
<{base}id/check/odd/1> a gk:Check ; rdfs:label "a check, whose findings have the values of its reason"@en ;
  gk:rule "stated-relation" ; gk:verdict gk:verdictContradicted ; gk:reasonCode "outturn-above-budget" .
<{base}id/project/%E5%8F%A3> a gk:Project ; rdfs:label "an escaped name"@en .
<{base}id/project/a.b.ttl> a gk:Project ; rdfs:label "a name that ends as a file does"@en .
<{base}id/project/a;b=c,d(e)!*$&+@:~> a gk:Project ; rdfs:label "all marks that a path may have"@en .
"""


#: rdflib says so of literals that are none of their types, and of its own old ways.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*:UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def placed(
    graph: Path, tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Server]
) -> Iterator[tuple[str, str]]:
    """The hand-made graph and odd data: the address that it is served at, under a path, is its base."""
    port = free_port()
    address = f"http://127.0.0.1:{port}{PATH}"
    folder = tmp_path_factory.mktemp("crawled")
    text = graph.read_text(encoding="utf-8").replace(DEFAULT_BASE, f"{address}/")
    (folder / "graph.trig").write_text(text, encoding="utf-8")
    (folder / "odd.ttl").write_text(ODD.format(base=f"{address}/", nasty=NASTY), encoding="utf-8")
    load_files([folder / "graph.trig", folder / "odd.ttl"], folder / "store", Settings(base=f"{address}/"))
    server = serve(folder / "store", port, GONGKAI_BASE=f"{address}/", GONGKAI_ROOT_PATH=PATH, GONGKAI_WORKERS="1",
                   GONGKAI_TRUSTED_PROXIES="192.0.2.1")  # fmt: skip
    yield address, f"{address}/"
    server.stop()


@pytest.fixture(scope="module")
def crawled(placed: tuple[str, str]) -> Crawl:
    address, base = placed
    with httpx.Client(timeout=PATIENCE) as client:
        return crawl(address, base, client, samples=1, pages=4)


def test_what_a_crawler_finds_answers_parses_and_agrees(crawled: Crawl) -> None:
    assert crawled.faults == []
    named = {of.rpartition("#")[2] for of in crawled.classes}
    assert {"Agency", "Document", "Figure", "Project", "Division", "Finding"} <= named
    assert crawled.asked > 150


@pytest.mark.parametrize(
    "name",
    ["project/nasty", "project/%E5%8F%A3", "project/a.b.ttl", "project/a;b=c,d(e)!*$&+@:~", "check/odd/1"],
)  # fmt: skip
def test_odd_things_answer_in_every_form(placed: tuple[str, str], name: str) -> None:
    address, base = placed
    with httpx.Client(timeout=PATIENCE) as client:
        found = Crawl(address, base, client)
        found.dereference(f"{base}id/{name}")
    assert found.faults == []


def test_texts_that_xml_cannot_write_are_whole_in_the_others(placed: tuple[str, str]) -> None:
    address, base = placed
    place = f"{address}/id/project/nasty"
    label = "nasty " + NASTY.encode("ascii").decode("unicode-escape").encode("utf-16", "surrogatepass").decode("utf-16")
    with httpx.Client(timeout=PATIENCE, follow_redirects=True) as client:
        for media, form in FORMS.items():
            data = client.get(place, headers={"Accept": media}).content
            graph = rdflib.Dataset(default_union=True).parse(data=data, format=form)
            texts = [str(o) for o in graph.objects(rdflib.URIRef(f"{base}id/project/nasty"), rdflib.RDFS.label)]
            assert len(texts) == 4, media
            assert (label in texts) is (form != "xml"), media


#: One thing in different writings: the path after id/ as it is sent, and how it is answered.
WRITINGS = [
    ("agency/440300-1f3c9a20", 200), ("%61gency/440300-1f3c9a20", 200), ("agency/440300%2D1f3c9a20", 200),
    ("agency%2F440300-1f3c9a20", 200), ("agency/440300-1f3c9a20/", 200), ("agency/440300-1f3c9a20?a=b", 200),
    ("agency//440300-1f3c9a20", 404), ("AGENCY/440300-1f3c9a20", 404), ("agency/440300-1f3c9a20.ttl", 200),
    ("agency/440300-1f3c9a20.exe", 404), ("agency/440300-1f3c9a20.", 404), ("agency/440300-1f3c9a20%00", 404),
    ("agency/440300-1f3c9a20%20", 404), ("agency/%ff%fe", 404), ("agency/%", 404), ("agency/%zz", 404),
    ("../id/agency/440300-1f3c9a20", 404), ("%2e%2e/%2e%2e/etc/passwd", 404), ("", 404), (".ttl", 404), ("/", 404),
    ("%E5%B2%B3%E9%98%B3", 404), ("a" * 3000, 404), ("agency/<b>", 404), ("agency/\\", 404), ("agency/{{id}}", 404),
]  # fmt: skip


@pytest.mark.parametrize(("written", "status"), WRITINGS)
def test_writings_of_an_identifier(placed: tuple[str, str], written: str, status: int) -> None:
    """Sent as they stand, without a client that mends them: a right answer, or a clear one that there is none."""
    for accept in ("text/turtle", "text/html"):
        answer_status, body, kind = send_raw(placed[0], f"/id/{written}", accept)
        assert answer_status in {status, 404 if status == 404 else 200}, body[:300]
        if status == 404:
            assert kind.startswith("text/html") if accept == "text/html" else "problem" in kind
            assert b"Traceback" not in body


def send_raw(address: str, path: str, accept: str, **headers: str) -> tuple[int, bytes, str]:
    """The status, the body and the type of an answer, redirections followed."""
    parts = urlsplit(address)
    target = parts.path + path
    for _ in range(5):
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.putrequest("GET", target, skip_accept_encoding=True)
            for name, value in {"Accept": accept, **headers}.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status not in (301, 302, 303, 307, 308):
            return answer.status, body, answer.headers.get("Content-Type", "")
        location = urlsplit(answer.headers["Location"])
        assert location.netloc in ("", parts.netloc), location
        target = location.path + (f"?{location.query}" if location.query else "")
    raise AssertionError(f"it leads on and on: {target}")


#: What prints addresses of this server, and is the same at each question.
PRINTED = ("/reconcile", "/sitemap.xml", "/robots.txt", "/queries.ttl", "/openapi.json")
ACCEPTS = [
    ("", 200), ("*", 406), ("*/*;q=0", 406), ("text/turtle;q=2", 200), ("text/turtle;q=x", 200), (",,,;;;", 406),
    ("text/turtle;q=-1", 406), ("text/*", 200), ("application/nonsense", 406), ("TEXT/TURTLE", 200), ("/", 406),
    ("text/turtle;charset=x", 200), ("text/turtle," * 500, 200), ("a/b;" + ";" * 4000, 406),
    ("text/turtle;q=0.5, text/turtle;q=0", 200),
]  # fmt: skip


@pytest.mark.parametrize(("accept", "status"), ACCEPTS)
def test_nonsense_in_accept(placed: tuple[str, str], accept: str, status: int) -> None:
    found, body, kind = send_raw(placed[0], "/id/agency/440300-1f3c9a20", accept)
    assert found in (status, 406 if status == 406 else 200), (found, body[:200])
    assert kind


@pytest.mark.parametrize("name", ["X_Forwarded_Host", "X_Forwarded_Prefix", "X_Forwarded_Proto", "Forwarded"])
def test_forged_headers_become_no_address(placed: tuple[str, str], name: str) -> None:
    """Who is no trusted proxy changes no address by what it says of itself."""
    plain = {path: send_raw(placed[0], path, "text/turtle,*/*;q=0.5")[1] for path in PRINTED}
    for value in (
        "forged.example",
        "/forged",
        "forged",
        "host=forged.example;proto=forged",
        "[::1",
        "forged.example:99999",
    ):
        for path, body in plain.items():
            told = {name: value}
            assert send_raw(placed[0], path, "text/turtle,*/*;q=0.5", **told)[1] == body, (path, value)
            assert b"forged" not in body
