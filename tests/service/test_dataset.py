"""The data as a whole: described as DCAT and VoID, given away as files that are what they say."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from loaders.build.building import load_files
from loaders.graph.iris import DEFAULT_BASE, Iris
from service.linked.descriptions import Described, state
from service.linked.exports import FIGURE_COLUMNS
from tests.waiting import PATIENCE

DATASET = ox.NamedNode("https://w3id.org/gongkai/dataset")
DCAT, VOID, SPDX = "http://www.w3.org/ns/dcat#", "http://rdfs.org/ns/void#", "http://spdx.org/rdf/terms#"
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def files(server: Any) -> dict[str, dict[str, Any]]:
    """The files that the list names, by name."""
    listed = httpx.get(f"{server.url}/dumps.json", timeout=PATIENCE).json()
    return {row["name"]: row for row in listed["files"]}


def load(body: bytes, form: ox.RdfFormat) -> ox.Store:
    store = ox.Store()
    store.load(body, form)
    return store


def objects(store: ox.Store, subject: Any, predicate: str) -> list[Any]:
    return [q.object for q in store.quads_for_pattern(subject, ox.NamedNode(predicate), None)]


def test_every_file_is_what_the_list_says(web: httpx.Client, files: dict[str, dict[str, Any]]) -> None:
    sums = web.get("/dumps/SHA256SUMS").text.splitlines()
    assert len(sums) == len(files) == 10
    for name, row in files.items():
        answer = web.get(f"/dumps/{name}")
        assert answer.status_code == 200
        assert len(answer.content) == row["bytes"]
        assert hashlib.sha256(answer.content).hexdigest() == row["sha256"]
        assert f"{row['sha256']}  {name}" in sums
        assert answer.headers["etag"] == f'"{row["sha256"]}"'
        assert answer.headers["content-type"].startswith(row["media_type"])


@pytest.mark.parametrize(("name", "form"), [("nq", ox.RdfFormat.N_QUADS), ("trig", ox.RdfFormat.TRIG)])
def test_the_graph_is_whole(web: httpx.Client, files: object, graph: Path, name: str, form: ox.RdfFormat) -> None:
    dumped = load(gzip.decompress(web.get(f"/dumps/gongkai.{name}.gz").content), form)
    original = load(graph.read_bytes(), ox.RdfFormat.TRIG)
    assert set(dumped) == set(original)


def test_the_figures_as_csv_and_parquet(web: httpx.Client, files: dict[str, dict[str, Any]]) -> None:
    text = web.get("/dumps/figures.csv").content
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert tuple(rows[0])[: len(FIGURE_COLUMNS)] == FIGURE_COLUMNS
    assert len(rows) == files["figures.csv"]["rows"] == 8
    [row] = [r for r in rows if r["stated"] == "7,000"]
    # As it stands in the hand-made graph.
    assert row["document"] == "shenzhen-2023-budget"
    assert (row["start"], row["end"], row["value"], row["unit"]) == ("63", "68", "70000000", "CNY")
    assert (row["fiscal_year"], row["phase"], row["aspect"]) == ("2023", "budget", "level")
    assert row["evidence"] == "https://w3id.org/gongkai/id/document/shenzhen-2023-budget#char=63,68"
    table = pq.read_table(io.BytesIO(web.get("/dumps/figures.parquet").content)).to_pylist()
    assert [(r["figure"], int(r["value"])) for r in table] == [(r["figure"], int(r["value"])) for r in rows]
    one = web.get("/dumps/documents/shenzhen-2023-budget.figures.csv").content.decode("utf-8-sig")
    assert [r["stated"] for r in csv.DictReader(io.StringIO(one))] == ["11,387", "7,000", "80"]


@pytest.mark.parametrize(
    "path", ["nothing.nq", "../manifest.json", "..%2f..%2fmanifest.json", "files.json", "documents/", "", "%00"]
)
def test_only_what_is_listed_is_sent(web: httpx.Client, files: object, path: str) -> None:
    assert web.get(f"/dumps/{path}").status_code in (404, 308)


def test_the_description_names_the_files_and_services(web: httpx.Client, files: dict[str, dict[str, Any]]) -> None:
    answer = web.get("/dataset.ttl")
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    store = load(answer.content, ox.RdfFormat.TURTLE)
    distributions = {n.value: n for n in objects(store, DATASET, f"{DCAT}distribution")}
    node = distributions[f"{web.base_url}/dumps/gongkai.nq.gz"]
    assert objects(store, node, f"{DCAT}byteSize")[0].value == str(files["gongkai.nq.gz"]["bytes"])
    [checksum] = objects(store, node, f"{SPDX}checksum")
    assert objects(store, checksum, f"{SPDX}checksumValue")[0].value == files["gongkai.nq.gz"]["sha256"]
    assert objects(store, DATASET, f"{VOID}sparqlEndpoint") == [ox.NamedNode(f"{web.base_url}/sparql")]
    served = {str(q.subject) for q in store.quads_for_pattern(None, ox.NamedNode(f"{DCAT}servesDataset"), DATASET)}
    assert served == {f"<{web.base_url}/sparql>", f"<{web.base_url}/reconcile>"}


def test_the_description_is_as_portals_take_it(web: httpx.Client, files: object, root: Path) -> None:
    """As DCAT-AP 3.0 asks; and the shapes see what is missing."""
    described = rdflib.Graph().parse(data=web.get("/dataset.ttl").text, format="turtle")
    shapes = rdflib.Graph().parse(root / "tests" / "ontology" / "dcat-ap.ttl")
    holds, _, report = pyshacl.validate(described, shacl_graph=shapes)
    assert holds, report
    dct = rdflib.Namespace("http://purl.org/dc/terms/")
    assert len(set(described.subjects(rdflib.RDF.type, rdflib.URIRef(f"{DCAT}Dataset")))) == 4
    for node, property in list(described.subject_predicates(dct.LicenseDocument)):
        described.remove((node, property, dct.LicenseDocument))
    assert not pyshacl.validate(described, shacl_graph=shapes)[0]


def test_years_and_places_of_the_data_are_told(web: httpx.Client) -> None:
    store = load(web.get("/dataset.ttl").content, ox.RdfFormat.TURTLE)
    [period] = objects(store, DATASET, "http://purl.org/dc/terms/temporal")
    # The documents of the hand-made graph are of 2023 and 2024.
    assert objects(store, period, f"{DCAT}startDate")[0].value == "2023-01-01"
    assert objects(store, period, f"{DCAT}endDate")[0].value == "2024-12-31"
    place = f"{DEFAULT_BASE}id/place/440300"
    document = Described(f"{DEFAULT_BASE}id/document/a", "甲", "2021", f"{DEFAULT_BASE}id/agency/440300-1", place)
    stated = set(state(Iris(), "http://x/", "1", [], [document, replace(document, iri=f"{DEFAULT_BASE}id/document/b")]))
    spatial = ox.NamedNode("http://purl.org/dc/terms/spatial")
    assert ox.Triple(DATASET, spatial, ox.NamedNode(place)) in stated


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("text/html,*/*;q=0.8", "text/html"), ("application/ld+json", "application/ld+json"), ("*/*", "text/turtle"),
     ("text/turtle", "text/turtle"), ("application/rdf+xml", "application/rdf+xml"), ("image/png", "text/turtle")],
)  # fmt: skip
def test_forms_of_the_description(web: httpx.Client, accept: str, kind: str) -> None:
    answer = web.get("/dataset", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)


def test_well_known_void_is_data_for_whoever_asks(web: httpx.Client) -> None:
    answer = web.get("/.well-known/void", headers=BROWSER)
    assert answer.headers["content-type"].startswith("text/turtle")
    store = load(answer.content, ox.RdfFormat.TURTLE)
    assert len(objects(store, DATASET, f"{VOID}dataDump")) == 2
    assert web.get("/dataset.nonsense").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_the_data(web: httpx.Client, files: dict[str, dict[str, Any]], language: str) -> None:
    page = web.get("/dumps", params={"lang": language}, headers=BROWSER).text
    assert files["figures.parquet"]["sha256"] in page
    assert "documents/evil-2024-budget.figures.csv" in page
    page = web.get("/dataset", params={"lang": language}, headers=BROWSER).text
    assert 'href="/dumps/gongkai.nq.gz"' in page


DESCRIBED = """@prefix void: <http://rdfs.org/ns/void#> . @prefix dcterms: <http://purl.org/dc/terms/> .
<https://w3id.org/gongkai/graph/dataset> {
  <https://w3id.org/gongkai/dataset> void:documents 5 ; dcterms:title "甲乙丙"@zh , "Abc"@en ;
    void:classPartition <https://w3id.org/gongkai/id/partition/class-1> .
  <https://w3id.org/gongkai/id/partition/class-1> void:class <http://example.org/Port> ; void:entities 7 .
}
"""


def test_what_a_build_stated_is_told_with_what_the_server_adds(serve: Callable[..., Any], tmp_path: Path) -> None:
    described = tmp_path / "described.trig"
    described.write_text(DESCRIBED, encoding="utf-8")
    load_files([described], tmp_path / "store")
    server = serve(tmp_path / "store", GONGKAI_WORKERS="1")
    try:
        known = load(httpx.get(f"{server.url}/.well-known/void", timeout=PATIENCE).content, ox.RdfFormat.TURTLE)
        assert objects(known, DATASET, f"{VOID}documents")[0].value == "5"
        assert len(objects(known, DATASET, f"{DCAT}distribution")) == 4
        page = httpx.get(f"{server.url}/dataset?lang=en", headers=BROWSER, timeout=PATIENCE).text
        assert "<h1>Abc</h1>" in page
        assert "http://example.org/Port" in page
        completions = httpx.get(f"{server.url}/sparql/completions.json", timeout=PATIENCE).json()
        assert completions["classes"] == [{"iri": "http://example.org/Port", "count": 7, "zh": "", "en": ""}]
    finally:
        server.stop()


def test_no_csv_to_download_holds_a_formula(tmp_path: Path, serve: Callable[..., Any]) -> None:
    """Excel opens these files, and would run what a document says; numbers stay numbers."""
    labels = ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(1)", "＝1", "-5.00", "正常"]
    turtle = "@prefix gk: <https://w3id.org/gongkai/ontology#> . @prefix d: <https://w3id.org/gongkai/id/document/> .\n"
    turtle += "d:x-2024-budget { d:x-2024-budget a gk:Document .\n"
    for number, label in enumerate(labels):
        turtle += (
            f"<https://w3id.org/gongkai/id/figure/x-2024-budget/{number}> a gk:Figure ; "
            f"gk:inDocument d:x-2024-budget ; gk:start {number} ; gk:end {number + 1} ; "
            f'gk:statedAs "-1,200.50" ; gk:amount -1200.50 ; '
            f'gk:subjectLabel "{label}" .\n'
        )
    (tmp_path / "a.trig").write_text(turtle + "}\n", encoding="utf-8")
    load_files([tmp_path / "a.trig"], tmp_path / "store")
    server = serve(tmp_path / "store", GONGKAI_WORKERS="1")
    try:
        for name in ("figures.csv", "documents/x-2024-budget.figures.csv"):
            text = httpx.get(f"{server.url}/dumps/{name}", timeout=PATIENCE).content.decode("utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text)))
            assert [r["subject_label"] for r in rows] == [
                "'=HYPERLINK(1)", "'+1+1", "'-2+3", "'@SUM(1)", "'＝1", "-5.00", "正常",
            ]  # fmt: skip
            assert {(r["value"], r["stated"]) for r in rows} == {("-1200.5", "-1,200.50")}
    finally:
        server.stop()
