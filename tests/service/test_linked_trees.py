"""Things as trees: frames that are published and used, schema.org in pages, and the way of an IRI from w3id.org."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from jinja2 import Environment
from pyld import jsonld

from service.linked.frames import FRAMES
from service.pages.structured import describe_office
from service.pages.things import Thing
from service.queries.answers import Value
from tests.waiting import PATIENCE

BASE = "https://w3id.org/gongkai/"
BROWSER = {"Accept": "text/html"}
BUDGET = f"{BASE}id/document/shenzhen-2023-budget"
FIGURE = f"{BASE}id/figure/shenzhen-2023-budget/63-68"


@pytest.fixture(autouse=True)
def load_from_the_server(web: httpx.Client) -> Iterator[None]:
    """pyld fetches contexts from the server under test, and from nowhere else."""
    before = jsonld.get_document_loader()

    def load(url: str, _: Any) -> dict[str, Any]:
        assert url.startswith(str(web.base_url).rstrip("/"))
        return {"contextUrl": None, "documentUrl": url, "document": web.get(url).json(),
                "contentType": "application/ld+json"}  # fmt: skip

    jsonld.set_document_loader(load)
    yield
    jsonld.set_document_loader(before)


def frame(web: httpx.Client, kind: str, data: Any) -> list[dict[str, Any]]:
    """The things of a class in some JSON-LD, as its published frame makes trees of them."""
    listed = web.get("/frames").json()["frames"]
    answer = web.get(listed[kind])
    assert answer.headers["content-type"] == 'application/ld+json;profile="http://www.w3.org/ns/json-ld#frame"'
    framed = jsonld.frame(data, answer.json())
    found: list[dict[str, Any]] = framed.get("@graph", [framed] if "@id" in framed else [])
    return found


def read_graph(web: httpx.Client, name: str) -> Any:
    text = web.get("/graphs", params={"graph": name}, headers={"Accept": "application/n-triples"}).text
    return jsonld.from_rdf(text, {"format": "application/n-quads"})


def read_thing(web: httpx.Client, iri: str) -> Any:
    return web.get(iri.replace(f"{BASE}id/", "/data/") + ".jsonld", params={"parts": "1"}).json()


def test_a_figure_with_the_words_that_state_it(web: httpx.Client) -> None:
    [figure] = frame(web, "Figure", read_thing(web, FIGURE))
    assert figure["@id"] == FIGURE
    assert figure["statedAs"] == "7,000"
    place = figure["prov:wasDerivedFrom"]
    assert place["@id"] == f"{BUDGET}#char=63,68"
    selectors = {s["@type"]: s for s in place["oa:hasSelector"]}
    assert selectors["oa:TextQuoteSelector"]["oa:exact"] == "7,000"
    position = selectors["oa:TextPositionSelector"]
    assert [position[name]["@value"] for name in ("oa:start", "oa:end")] == ["63", "68"]
    assert figure["agency"]["label"] == {"zh": "深圳市人民政府口岸办公室"}
    assert figure["project"]["@type"] == "Project"


def test_a_project_with_what_it_is_part_of(web: httpx.Client) -> None:
    project = f"{BASE}id/agency/440300-1f3c9a20/project/bbbbbbbb"
    found = {p["@id"]: p for p in frame(web, "Project", read_thing(web, project))}
    whole = found[project]["parentProject"]
    assert whole["label"] == {"zh": "上级转移支付项目"}
    assert found[project]["agency"]["label"] == {"zh": "深圳市人民政府口岸办公室"}
    # Without its parts it names them, and says nothing of them.
    alone = web.get(project.replace(f"{BASE}id/", "/data/") + ".jsonld").json()
    [bare] = frame(web, "Project", alone)
    parent = bare["parentProject"]
    assert (parent if isinstance(parent, str) else parent["@id"]) == whole["@id"]
    assert "label" not in parent


def test_there_is_a_frame_for_each_kind_of_thing(web: httpx.Client) -> None:
    """Each frame finds the things of its class, each once at the top, in a graph that has any."""
    names = web.get("/sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"}).json()
    graphs = [read_graph(web, row["g"]["value"]) for row in names["results"]["bindings"]]
    seen = set()
    for kind in FRAMES:
        query = f"SELECT DISTINCT ?s {{ ?s a <{BASE}ontology#{kind}> }}"
        rows = web.get("/sparql", params={"query": query}).json()["results"]["bindings"]
        found = {thing["@id"] for data in graphs for thing in frame(web, kind, data)}
        assert found == {row["s"]["value"] for row in rows}, kind
        seen |= {kind} if found else set()
    assert len(seen) >= 6
    assert web.get("/frames/Nothing.jsonld").status_code == 404
    assert web.get("/frames/..%2fx").status_code == 404


def read_structured(page: str) -> dict[str, Any]:
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/", "/dataset"])
def test_the_data_as_search_engines_read_them(web: httpx.Client, path: str, language: str) -> None:
    told = read_structured(web.get(path, params={"lang": language}, headers=BROWSER).text)
    # What Google's guide for datasets demands, and more.
    assert (told["@context"], told["@type"], told["@id"]) == ("https://schema.org", "Dataset", f"{BASE}dataset")
    assert 50 <= len(told["description"].encode()) <= 5000
    assert ("公开" in told["name"]) is (language == "zh")
    assert told["license"].startswith("https://creativecommons.org/")
    assert told["temporalCoverage"] == "2023-01-01/2024-12-31"
    assert web.get(told["url"], headers=BROWSER).status_code == 200
    for file in told["distribution"]:
        assert web.get(file["contentUrl"], timeout=PATIENCE).status_code == 200
    if path == "/dataset":
        web.get("/dataset.ttl")
        again = read_structured(web.get(path, params={"lang": language}, headers=BROWSER).text)
        assert "gongkai.nq.gz" in str(again["distribution"])


def test_an_office_as_search_engines_read_it(web: httpx.Client) -> None:
    page = web.get("/page/agency/440300-1f3c9a20", headers=BROWSER)
    told = read_structured(page.text)
    assert (told["@type"], told["name"]) == ("GovernmentOrganization", "深圳市人民政府口岸办公室")
    assert told["@id"] == f"{BASE}id/agency/440300-1f3c9a20"
    assert web.get(told["url"], headers=BROWSER).status_code == 200
    # No browser runs it, and nothing else may be run.
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "application/ld+json" not in web.get("/page/service/free-inspection", headers=BROWSER).text.partition(
        "<body>")[0].replace('type="application/ld+json" href', "")  # fmt: skip


def test_an_office_with_names_and_place_that_cannot_end_the_block() -> None:
    label = "</script><script>alert(1)</script>"
    raw = {
        "altLabel": [Value("口岸办"), Value("口岸办")], "place": [Value(f"{BASE}id/place/440300", "uri")],
        "subOrganizationOf": [Value(f"{BASE}id/agency/440300-x", "uri")],
    }  # fmt: skip
    told = describe_office(Thing("http://x/a", label, (), (), (), 0, raw=raw), "http://x/g", "/page/a")
    assert told["url"] == "http://x/g/page/a"
    assert told["alternateName"] == ["口岸办"]
    assert told["areaServed"] == [{"@type": "AdministrativeArea", "@id": f"{BASE}id/place/440300"}]
    assert told["parentOrganization"][0]["@id"] == f"{BASE}id/agency/440300-x"
    shown = Environment(autoescape=True).from_string("{{ told | tojson }}").render(told=told)
    assert "<" not in shown
    assert json.loads(shown) == told


def read_rules(root: Path) -> tuple[str, list[tuple[re.Pattern[str], str, int]]]:
    """The server's name in the file for w3id.org, and its rules: a pattern, where it leads, the status."""
    text = (root / "deploy" / "w3id.htaccess").read_text(encoding="utf-8")
    [server] = re.findall(r"^SetEnvIf Request_URI \^ GONGKAI=(\S+)$", text, re.MULTILINE)
    found = re.findall(r"^RewriteRule (\S+) %\{ENV:GONGKAI\}(\S+) \[R=(\d+),L(?:,NE)?\]$", text, re.MULTILINE)
    assert len(found) == len(re.findall(r"^RewriteRule ", text, re.MULTILINE)) >= 6
    return server, [(re.compile(pattern), target, int(status)) for pattern, target, status in found]


@pytest.mark.parametrize(
    "path",
    [
        "", "ontology", "ontology.ttl", "ontology/0.2.0", "shapes", "alignments", "id/agency/440300-1f3c9a20",
        "id/document/shenzhen-2023-budget", "id/figure/shenzhen-2023-budget/63-68",
        "id/service/free-inspection", "graph/dataset", "queries", "queries/offices-funding-service",
        "queries/themes", "queries/choices/year", "dataset", "dataset.ttl", "catalogue", "changes", "changes.atom",
        "frames", "frames/Figure.jsonld", "context.jsonld", "problems",
    ],
)  # fmt: skip
def test_iris_lead_from_w3id_to_an_answer(web: httpx.Client, root: Path, path: str) -> None:
    """As Apache does it: the first rule whose pattern is found in the path below the folder."""
    server, rules = read_rules(root)
    found = next(((m, target, status) for pattern, target, status in rules if (m := pattern.search(path))), None)
    assert found is not None, path
    match, target, status = found
    assert status == 303
    place = re.sub(r"\$(\d)", lambda m: match[int(m[1])] or "", target)
    assert urlsplit(server + place).netloc == urlsplit(server).netloc
    for accept in ("text/html", "*/*"):
        answer = web.get(place, headers={"Accept": accept}, follow_redirects=True)
        # The hand-made graph has no graph of that name; the way is what counts.
        expected = {200, 404} if path.startswith("graph/") else {200}
        assert answer.status_code in expected, (place, accept, answer.status_code)


@pytest.mark.parametrize("path", ["ontology/../x", "idx/1", "id/", "web/x", "sparql", "datasets", "queriesx"])
def test_other_paths_lead_nowhere(root: Path, path: str) -> None:
    assert not [pattern for pattern, *_ in read_rules(root)[1] if pattern.search(path)]
