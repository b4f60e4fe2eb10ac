"""Exports in other forms than Parquet: the same ten sums in each, and each as its own validator likes it."""

from __future__ import annotations

import asyncio
import csv
import gzip
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pandas as pd
import pyoxigraph as ox
import pytest
import zstandard
from csvw import CSVW
from datasette.app import Datasette
from frictionless import Package as DataPackage
from frictionless import system

from loaders.build.loading import ignore, open_snapshot
from loaders.build.snapshots import Snapshot, find_current
from loaders.graph.following import list_following
from service.linked.csv_tables import export_csv
from service.linked.dumps import list_files
from service.linked.packages import PACKAGES, Package, make_package
from service.linked.rdf_files import export_rdf
from service.linked.sqlite_tables import export_sqlite
from service.linked.tables import TABLES, TableSource, find_property
from tests.service.five_documents import Graph
from tests.service.test_tables import NAMES, PREFIX, SUMS, gather, plain
from tests.waiting import PATIENCE

PROFILE = Path(__file__).with_name("fiscal-data-package.json")
Answer = tuple[list[str], list[tuple[Any, ...]]]


def find_snapshot(store: Path) -> Snapshot:
    found = find_current(store)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def five(store_of_five: Path) -> Snapshot:
    return find_snapshot(store_of_five)


@pytest.fixture(scope="module")
def small(store: Path) -> Snapshot:
    """The hand-made graph: for validators, which take their time."""
    return find_snapshot(store)


@pytest.fixture(scope="module")
def small_csv(small: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("csv") / "tables"
    assert export_csv(small, folder, ignore)["figures"] == 8
    return folder


@pytest.fixture(scope="module")
def small_sqlite(small: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite") / "tables"
    export_sqlite(small, folder, ignore)
    return folder


@pytest.fixture(scope="module")
def askers(five: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[[str, str, str], Answer]]:
    """How a sum is asked of each export of the five documents, given as SPARQL, SQL and Python."""
    place = tmp_path_factory.mktemp("exports")
    counts = export_csv(five, place / "csv", ignore)
    assert export_sqlite(five, place / "sqlite", ignore) == counts
    export_rdf(five, place / "rdf", ignore)
    duck = duckdb.connect()
    for name in NAMES:
        duck.execute(f"CREATE VIEW {name} AS FROM read_csv('{place}/csv/{name}.csv', header = true, sample_size = -1)")
    with sqlite3.connect(place / "sqlite" / "gongkai.sqlite") as database:
        frames = {name: pd.read_sql(f'SELECT * FROM "{name}"', database) for name in NAMES}
    dumped = ox.Store()
    dumped.bulk_load(gzip.decompress((place / "rdf" / "gongkai.nq.gz").read_bytes()), ox.RdfFormat.N_QUADS)

    def ask_csv(_: str, sql: str, __: str) -> Answer:
        answer = duck.execute(sql)
        return [d[0] for d in answer.description], answer.fetchall()

    def ask_sqlite(_: str, __: str, python: str) -> Answer:
        names: dict[str, Any] = dict(frames)
        exec(python, names)
        return list(names["answer"].columns), [tuple(row) for row in names["answer"].itertuples(index=False)]

    def ask_rdf(sparql: str, _: str, __: str) -> Answer:
        found: Any = dumped.query(PREFIX + sparql, use_default_graph_as_union=True)
        columns = [v.value for v in found.variables]
        return columns, [tuple(plain(t.value, getattr(getattr(t, "datatype", None), "value", "")) for t in row)
                         for row in found]  # fmt: skip

    return {"csv": ask_csv, "sqlite": ask_sqlite, "rdf": ask_rdf}


@pytest.mark.parametrize(("sparql", "sql", "python"), [s[1:] for s in SUMS], ids=[s[0] for s in SUMS])
def test_a_sum_is_the_same_in_every_form(
    graph_of_five: Graph, askers: dict[str, Callable[[str, str, str], Answer]], sparql: str, sql: str, python: str
) -> None:
    found = graph_of_five.ask(PREFIX + sparql)
    columns = sorted(found[0])
    graph = gather(columns, [tuple(plain(row[c].text, row[c].datatype) for c in columns) for row in found])
    for name, ask in askers.items():
        assert gather(*ask(sparql, sql, python)) == graph, name


def test_what_follows_is_looked_for_where_it_fills_a_column(five: Snapshot) -> None:
    store, base = open_snapshot(five), five.manifest.base
    source = TableSource(store, base)
    document = next(d for d in source.documents if d.iri.endswith("/shenzhen-2023-budget"))
    following = {
        (t.subject.value, t.predicate.value)  # type: ignore[union-attr]
        for t in list_following(store, base, document.iri)
    }
    filled = {
        (table.name, column.name)
        for table in TABLES
        for row in source.list_rows(table, document)
        for column in table.columns
        if (row["iri"], find_property(table, column.name, base)) in following
    }
    assert filled == {(table.name, column.name) for table in TABLES for column in table.columns if column.follows}


def test_csv_is_valid_as_csv_on_the_web(small_csv: Path, tmp_path: Path) -> None:
    described = CSVW(str(small_csv / "csv-metadata.json"), validate=True)
    assert (described.is_valid, [str(w.message) for w in described.warnings]) == (True, [])
    metadata = json.loads((small_csv / "csv-metadata.json").read_text(encoding="utf-8"))
    for table in metadata["tables"]:
        with (small_csv / table["url"]).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [c["name"] for c in table["tableSchema"]["columns"]]
    columns = {c["name"]: c for c in metadata["tables"][0]["tableSchema"]["columns"]}
    assert columns["function"]["propertyUrl"] == "https://w3id.org/gongkai/ontology#function"
    assert {t["@language"] for t in columns["function"]["dc:title"]} == {"zh", "en"}
    # The validator sees what is wrong.
    for path in small_csv.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / "figures.csv").read_text(encoding="utf-8")
    (tmp_path / "figures.csv").write_text(text.replace(",70000000,", ",seventy million,"), encoding="utf-8", newline="")
    assert "seventy million" in (tmp_path / "figures.csv").read_text(encoding="utf-8")
    assert not CSVW(str(tmp_path / "csv-metadata.json"), validate=True).is_valid


def test_csv_is_a_fiscal_data_package(small_csv: Path, tmp_path: Path) -> None:
    for path in small_csv.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    descriptor = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["profile"] == "fiscal-data-package"

    def validate(changed: dict[str, Any]) -> list[Any]:
        # Of its own accord it takes no profile from outside the package's folder.
        with system.use_context(trusted=True):
            report = DataPackage.validate_descriptor(changed | {"profile": str(PROFILE)}, basepath=str(tmp_path))
        return report.flatten(["type", "note"]) if not report.valid else []

    assert validate(descriptor) == []
    report = DataPackage.from_descriptor(descriptor | {"profile": "data-package"}, basepath=str(tmp_path)).validate()
    assert report.valid, report.flatten(["type", "note"])
    fields = {f["name"] for f in descriptor["resources"][0]["schema"]["fields"]}
    model = descriptor["model"]
    sources = [m["source"] for m in model["measures"].values()]
    sources += [a["source"] for d in model["dimensions"].values() for a in d["attributes"].values()]
    assert set(sources) <= fields
    assert validate({k: v for k, v in descriptor.items() if k != "model"})


def test_datasette_opens_the_database(small_sqlite: Path) -> None:
    metadata = json.loads((small_sqlite / "metadata.json").read_text(encoding="utf-8"))
    shown = Datasette([str(small_sqlite / "gongkai.sqlite")], metadata=metadata)

    async def look() -> tuple[Any, str]:
        rows = await shown.client.get("/gongkai/figures.json?_shape=array&stated=7,000")
        page = await shown.client.get("/gongkai/figures")
        assert (rows.status_code, page.status_code) == (200, 200)
        return rows.json(), page.text

    [row], page = asyncio.run(look())
    assert (row["amount"], row["fiscal_year"], row["phase"]) == (70000000, 2023, "budget")
    assert row["evidence"] == "https://w3id.org/gongkai/id/document/shenzhen-2023-budget#char=63,68"
    assert "数字 figures" in page
    assert "amount in yuan" in page
    tables = metadata["databases"]["gongkai"]["tables"]
    with sqlite3.connect(small_sqlite / "gongkai.sqlite") as database:
        for name in NAMES:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info('{name}')")]
            assert list(tables[name]["columns"]) == columns


@pytest.mark.parametrize("packing", ["none", "gzip", "zstd"])
def test_the_graph_as_files(small: Snapshot, tmp_path: Path, packing: Any) -> None:
    counts = export_rdf(small, tmp_path / "rdf", ignore, packing)
    ending = {"none": "", "gzip": ".gz", "zstd": ".zst"}[packing]

    def read(name: str) -> bytes:
        body = (tmp_path / "rdf" / f"{name}{ending}").read_bytes()
        unpack = {"none": bytes, "gzip": gzip.decompress, "zstd": unpack_zstd}[packing]
        return bytes(unpack(body))

    store = open_snapshot(small)
    assert set(ox.parse(read("gongkai.nq"), ox.RdfFormat.N_QUADS)) == set(store)
    graph = ox.NamedNode("https://w3id.org/gongkai/id/document/shenzhen-2023-budget")
    own = {q.triple for q in store.quads_for_pattern(None, None, None, graph)}
    for form, kind in (("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)):
        assert {q.triple for q in ox.parse(read(f"documents/shenzhen-2023-budget.{form}"), kind)} == own
    assert counts == {"quads": len(store), "documents": 3}
    sums = dict(line.split("  ")[::-1] for line in (tmp_path / "rdf" / "SHA256SUMS").read_text().splitlines())
    files = [p for p in (tmp_path / "rdf").rglob("*") if p.is_file() and p.name != "SHA256SUMS"]
    assert sums == {
        p.relative_to(tmp_path / "rdf").as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }  # fmt: skip
    # The same data give the same bytes.
    again = tmp_path / "again"
    export_rdf(small, again, ignore, packing)
    assert (again / "SHA256SUMS").read_text() == (tmp_path / "rdf" / "SHA256SUMS").read_text()


def unpack_zstd(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body)).read()


def test_packed_tables(small: Snapshot, small_csv: Path, small_sqlite: Path, tmp_path: Path) -> None:
    export_csv(small, tmp_path / "csv", ignore, "zstd")
    assert unpack_zstd((tmp_path / "csv" / "figures.csv.zst").read_bytes()) == (small_csv / "figures.csv").read_bytes()
    export_sqlite(small, tmp_path / "sqlite", ignore, "gzip")
    packed = gzip.decompress((tmp_path / "sqlite" / "gongkai.sqlite.gz").read_bytes())
    assert packed == (small_sqlite / "gongkai.sqlite").read_bytes()
    assert not (tmp_path / "sqlite" / "gongkai.sqlite").exists()


def test_a_file_is_made_when_it_is_asked_for(web: httpx.Client) -> None:
    name = "gongkai-csv.zip"
    listed = {row["name"]: row for row in web.get("/dumps.json").json()["on_request"]}
    assert list(listed) == [package.name for package in PACKAGES]
    answer = web.get(listed[name]["url"], timeout=PATIENCE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, listed[name]["media_type"])
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert "gongkai/csv-metadata.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    page = web.get("/dumps", headers={"Accept": "text/html"}).text
    assert all(f'href="/dumps/{package.name}"' in page for package in PACKAGES)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.name)
def test_each_of_these_files_is_whole(small: Snapshot, tmp_path: Path, package: Package) -> None:
    store = open_snapshot(small)
    make_package(package, small, store, tmp_path)
    [listed] = list_files(tmp_path)
    body = (tmp_path / package.name).read_bytes()
    assert (listed.name, listed.sha256) == (package.name, hashlib.sha256(body).hexdigest())
    if package.name.endswith(".zst"):
        assert set(ox.parse(unpack_zstd(body), ox.RdfFormat.N_QUADS)) == set(store)
    elif package.name.endswith(".gz"):
        assert len(list(ox.parse(gzip.decompress(body), ox.RdfFormat.N_TRIPLES))) > 10
    else:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            assert packed.testzip() is None
            sums = packed.read("gongkai/SHA256SUMS").decode().splitlines()
            for digest, name in (line.split("  ") for line in sums):
                assert hashlib.sha256(packed.read(f"gongkai/{name}")).hexdigest() == digest
            assert len(packed.namelist()) == len(sums) + 1
    # The same data give the same bytes.
    (tmp_path / "again").mkdir()
    make_package(package, small, store, tmp_path / "again")
    assert (tmp_path / "again" / package.name).read_bytes() == body
