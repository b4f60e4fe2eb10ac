"""Which items of Wikidata are our places: the command against an endpoint that stands in for Wikidata's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from rdflib import OWL, Graph

from tests.ontology.test_scripts import load
from tests.standing_in import Handler, standing_in

wikidata = load("match_wikidata")
PLACE, ITEM = "https://w3id.org/gongkai/id/place/", "http://www.wikidata.org/entity/"

#: Items as Wikidata has them; numbers from 9000001 on are made up.
ITEMS = """
@prefix wd:   <http://www.wikidata.org/entity/> .
@prefix wdt:  <http://www.wikidata.org/prop/direct/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
wd:Q15174 wdt:P442 "440300" ; rdfs:label "深圳市"@zh, "Shenzhen"@en .
wd:Q9000001 wdt:P442 "440100" ; rdfs:label "廣州"@zh ; skos:altLabel "广州市"@zh-hans .
wd:Q9000002 wdt:P442 "610300" ; rdfs:label "宝鸡市"@zh .
wd:Q9000003 wdt:P442 "610300" ; rdfs:label "宝鸡市区"@zh .
wd:Q9000004 wdt:P442 "430600", "430602" ; rdfs:label "岳阳市"@zh .
wd:Q9000005 wdt:P442 "310000" ; rdfs:label "上海话"@zh .
wd:Q9000006 wdt:P442 "110105" ; rdfs:label "朝阳区"@zh ; wdt:P576 "2001-01-01T00:00:00Z"^^xsd:dateTime .
wd:Q9000007 wdt:P442 "110103" ; rdfs:label "崇文区"@zh ; wdt:P576 "2010-07-01T00:00:00Z"^^xsd:dateTime .
wd:Q9000008 wdt:P442 "110104" ; rdfs:label "宣武区"@zh .
wd:Q9000009 wdt:P442 "no code" ; rdfs:label "无"@zh .
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A SPARQL endpoint over these items."""
    store = ox.Store()
    store.load(ITEMS.encode(), format=ox.RdfFormat.TURTLE)

    class Answer(Handler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if "gongkai" not in self.headers["User-Agent"]:
                self.send_error(403)
                return
            found = store.query(parse_qs(body)["query"][0])
            assert isinstance(found, ox.QuerySolutions)
            text = found.serialize(format=ox.QueryResultsFormat.JSON)
            assert text is not None
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text)

    with standing_in(Answer) as address:
        yield f"{address}/sparql"


def test_only_what_agrees_in_everything_is_the_same(
    endpoint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "places-wikidata.ttl"
    assert wikidata.main(["--endpoint", endpoint, "--output", str(target)]) == 0
    same = {(str(s).removeprefix(PLACE), str(o).removeprefix(ITEM)) for s, o in Graph().parse(target)[: OWL.sameAs]}
    assert same == {("440300", "Q15174"), ("440100", "Q9000001"), ("110103", "Q9000007")}
    told = capsys.readouterr()
    assert "3 places" in told.err
    for line in (
        "610300 宝鸡市: Q9000002, Q9000003 all have the code",
        "430600 岳阳市: Q9000004 has the codes 430600, 430602",
        "310000 上海市: Q9000005 is called 上海话",
        "110105 朝阳区: Q9000006 has ended, the place has not",
        "110104 宣武区: the place has ended, Q9000008 has not",
        "440305 南山区: no item has the code",
    ):
        assert line in told.out.splitlines()


def test_an_endpoint_that_does_not_answer_is_told(tmp_path: Path) -> None:
    target = tmp_path / "never.ttl"
    with pytest.raises(SystemExit, match=r"http://127\.0\.0\.1:1/: no answer that can be read"):
        wikidata.main(["--endpoint", "http://127.0.0.1:1/", "--output", str(target)])
    assert not target.exists()
