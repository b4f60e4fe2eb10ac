"""The client for programs against a real server over the five documents; the notebook and the R script that use it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import polars as pl
import pytest

from gongkai import BadRequest, Client, ClientError, Column, Limited, NotFound, NotReached, Refused, Table
from tests.service.conftest import start_server
from tests.service.five_documents import QUERIES

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
BASE = "https://w3id.org/gongkai/"


@pytest.fixture(scope="module")
def url(copy_of_five: Path) -> Iterator[str]:
    server = start_server(copy_of_five, GONGKAI_WORKERS="1")
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def gk(url: str) -> Iterator[Client]:
    with Client(url, language="en") as client:
        yield client


def test_a_canned_query_is_a_frame(gk: Client) -> None:
    table = gk.query("offices-funding-service", service="free-inspection", year=[2023])
    assert table.snapshot
    frame = table.to_pandas()
    assert list(frame.columns) == table.names
    # As the two documents state them, in yuan.
    assert {1016400, 70000000} <= set(frame["amount"].dropna())
    assert frame["amount"].dtype.kind == "f" or frame["amount"].dtype.kind == "i"
    other = table.to_polars()
    assert (other.columns, other.height) == (table.names, len(frame))
    assert other["amount"].dtype.is_numeric()
    row = next(row for row in table if row["amount"] == 1016400)
    assert any(iri.startswith(f"{BASE}id/document/yueyang-2023-accounts#char=") for iri in table.cite(row))
    titles = {column.name: column for column in table.columns}
    assert titles["amount"].title["en"] == "amount (yuan)"
    assert titles["year"].title["zh"] == "年度"


def test_every_canned_query_is_told_with_its_columns(gk: Client) -> None:
    told = {query.name: query for query in gk.queries()}
    assert set(told) == {query.name for query in QUERIES}
    query = told["offices-funding-service"]
    assert "service" in query.parameters
    assert list(query.columns) == gk.query("offices-funding-service", service="free-inspection").names


def test_a_sheet_leads_to_the_words(gk: Client) -> None:
    sheet = gk.sheet("yueyang-2023-accounts")
    text = httpx.get(f"{gk.url}/documents/yueyang-2023-accounts.txt").text
    stated = [row for row in sheet if row["evidence"]]
    assert len(stated) > 10
    for row in stated:
        [place] = sheet.cite(row)
        start, end = map(int, place.rpartition("#char=")[2].split(","))
        assert text[start:end].strip()
    assert "expenditure-total" in sheet.to_polars()["item"].to_list()


def test_sparql_keeps_types(gk: Client) -> None:
    [row] = gk.sparql('SELECT (1 AS ?a) (1.10 AS ?b) (1e0 AS ?c) (true AS ?d) ("x" AS ?e) ?f WHERE {}')
    assert row == {"a": 1, "b": Decimal("1.10"), "c": 1.0, "d": True, "e": "x", "f": None}
    assert [type(row[name]) for name in "abcd"] == [int, Decimal, float, bool]
    assert gk.sparql("ASK { ?s ?p ?o }")[0]["boolean"] is True
    # A literal that is not of its own type.
    [odd] = gk.sparql('SELECT ("x"^^<http://www.w3.org/2001/XMLSchema#integer> AS ?a) WHERE {}')
    assert odd["a"] == "x"


def test_what_is_large_comes_in_parts(gk: Client) -> None:
    query = f"SELECT ?s WHERE {{ ?s a <{BASE}ontology#Indicator> }} ORDER BY ?s"
    whole = [row["s"] for row in gk.sparql(query)]
    parts = list(gk.sparql_pages(query, 40))
    assert [len(part) for part in parts] == [40, 40, len(whole) - 80]
    assert [row["s"] for part in parts for row in part] == whole
    assert [len(part) for part in gk.sparql_pages("SELECT ?s WHERE { ?s <http://x/none> ?o } ORDER BY ?s")] == [0]
    for wrong in ("SELECT * { ?s ?p ?o }", f"{query} LIMIT 5", "SELECT * { { SELECT ?s { } ORDER BY ?s } }"):
        with pytest.raises(ValueError, match="ORDER BY"):
            next(gk.sparql_pages(wrong))


def test_names_and_questions(gk: Client) -> None:
    names = ["深圳市人民政府口岸办公室", "zzyzx"] * 30
    found = gk.reconcile(names)
    assert len(found) == 60
    assert [f[0].id for f in found[::2]] == [found[0][0].id] * 30
    assert (found[0][0].match, found[0][0].score, found[1]) == (True, 100, [])
    assert gk.reconcile(["深圳口岸办"], properties={"place": "440300"})[0][0].id == found[0][0].id
    asked = gk.search("深圳口岸办 2023 三公经费")
    assert asked.queries
    assert asked.sheets
    assert gk.describe(f"{BASE}id/{found[0][0].id}").startswith("@prefix") or "<http" in gk.describe(found[0][0].id)


def test_changes(gk: Client) -> None:
    changes = list(gk.changes())
    assert sorted(change.document for change in changes) == sorted(
        str(row["document"]).rpartition("/")[2] for row in gk.documents()
    )
    assert {change.status for change in changes} == {"added"}


@pytest.mark.parametrize(
    ("ask", "error", "code"),
    [
        (lambda gk: gk.query("none"), NotFound, "unknown_query"),
        (lambda gk: gk.query("../sparql"), NotFound, ""),
        (lambda gk: gk.query("procurement", nonsense="x"), BadRequest, "bad_parameter"),
        (lambda gk: gk.sheet("none"), NotFound, "unknown_document"),
        (lambda gk: gk.sparql("SELECT * { ?s ?p }"), BadRequest, "syntax"),
        (lambda gk: gk.sparql("DROP ALL"), Refused, "update"),
        (lambda gk: gk.search(""), BadRequest, "bad_parameter"),
        (lambda gk: gk.describe(f"{BASE}id/agency/none"), NotFound, "unknown_thing"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(gk: Client, ask: Callable[[Client], Any], error: type[Refused], code: str) -> None:
    with pytest.raises(error) as refused:
        ask(gk)
    assert refused.value.code == code or not code
    assert refused.value.remedy
    assert str(refused.value).startswith(str(refused.value.status))


def answer_with(*answers: httpx.Response) -> tuple[Client, list[httpx.Request]]:
    """A client of a server that gives these answers, one after the other, and what it was asked."""
    asked: list[httpx.Request] = []
    left = list(answers)

    def give(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return left.pop(0)

    return Client("http://x/g/", http=httpx.Client(transport=httpx.MockTransport(give))), asked


def test_a_busy_server_is_asked_again() -> None:
    busy = {"code": "busy", "place": "x", "problem": "full", "remedy": "wait"}
    answer = {"head": {"vars": []}, "results": {"bindings": []}}
    client, asked = answer_with(
        httpx.Response(503, headers={"Retry-After": "0"}, json=busy), httpx.Response(200, json=answer)
    )
    assert len(client.sparql("SELECT * {}")) == 0
    assert [request.url.path for request in asked] == ["/g/sparql"] * 2
    client, asked = answer_with(*[httpx.Response(503, headers={"Retry-After": "0"}, json=busy)] * 4)
    with pytest.raises(Limited, match=r"503 busy: x: full\. wait"):
        client.sparql("SELECT * {}")
    assert len(asked) == 4


def test_what_is_no_gongkai_is_told() -> None:
    with pytest.raises(NotReached, match="Is the server running"):
        Client("http://127.0.0.1:9", retries=0).documents()
    client, _ = answer_with(httpx.Response(200, text="<html>"))
    with pytest.raises(NotReached, match="no JSON"):
        client.documents()
    client, _ = answer_with(httpx.Response(200, json={"version": 2}))
    with pytest.raises(NotReached, match="has shape 2"):
        client.documents()
    client, _ = answer_with(httpx.Response(502, text="Bad gateway"))
    with pytest.raises(Refused, match="Bad gateway"):
        client.documents()


def test_mixed_columns_become_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ({"a": 1, "b": 1, "c": None}, {"a": 1.5, "b": "x", "c": None}, {"a": Decimal("0.1"), "b": True})
    table = Table((Column("a"), Column("b"), Column("c")), rows)
    frame = table.to_polars()
    assert frame["a"].to_list() == [1.0, 1.5, 0.1]
    assert (frame["a"].dtype, frame["b"].to_list()) == (pl.Float64, ["1", "x", "True"])
    assert list(table.to_pandas()["a"]) == [1.0, 1.5, 0.1]
    assert table[0] is rows[0]
    assert len(table[1:]) == 2
    empty = Table((Column("a"),), ())
    assert (empty.to_pandas().shape, empty.to_polars().shape) == ((0, 1), (0, 1))
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(ClientError, match="pip install polars"):
        table.to_polars()


def test_the_notebook_runs(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = json.loads((EXAMPLES / "gongkai.ipynb").read_text(encoding="utf-8"))
    monkeypatch.setenv("GONGKAI_URL", url)
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
            exec("".join(cell["source"]), names)
    assert {1016400, 70000000} <= set(names["funding"]["amount"].dropna())
    assert isinstance(names["totals"], pd.DataFrame)
    assert names["parts"] == len(names["totals"]) > 2
    assert names["matches"]["我局"] is None
    assert all(value for name, value in names["matches"].items() if name != "我局")
    assert names["sheet"].height > 10
    assert names["refused"].choices


def test_the_script_for_r(gk: Client) -> None:
    """Where R is installed, it runs; elsewhere only what it asks is tried: its addresses, its query, its columns."""
    script = EXAMPLES / "gongkai.R"
    if program := shutil.which("Rscript"):
        done = subprocess.run([program, str(script), gk.url], capture_output=True, text=True, check=False)
        if "there is no package called" not in done.stderr:
            assert done.returncode == 0, done.stderr
            assert "70000000" in done.stdout.replace("7e+07", "70000000")
    text = script.read_text(encoding="utf-8")
    [(path, parameter, value)] = re.findall(r'ask\("(/queries/[^"]+)", (\w+) = "([^"]+)"\)', text)
    shown = re.findall(r'"(\w+)"', re.search(r"funding\[, c\(([^)]+)\)", text)[1])  # type: ignore[index]
    table = pd.read_csv(f"{gk.url}{path}?{parameter}={value}")
    assert set(shown) <= set(table.columns)
    query = re.search(r'"/sparql", query = "(.*?)"\)', text, re.DOTALL)
    assert query is not None
    assert set(re.findall(r"totals\$(\w+)", text)) <= set(gk.sparql(query[1]).names)
    for opening, closing in ("()", "[]", "{}"):
        assert text.count(opening) == text.count(closing)
