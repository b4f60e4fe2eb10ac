"""A canned query's result as a reader asks to see it: sorted, filtered, in pages, in other units and forms."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import httpx
import openpyxl
import pyarrow.parquet as pq
import pytest

from service.errors import BadParameter
from service.queries.answers import Table, Value
from service.queries.citing import cite, write_snippets
from service.queries.query import CannedQuery, Column
from service.queries.results import arrange, list_values, read_view
from service.queries.table_exports import write_separated, write_workbook
from tests.waiting import PATIENCE

BROWSER = {"Accept": "text/html"}
FREE = "/queries/offices-funding-service"
XSD = "http://www.w3.org/2001/XMLSchema#"


def number(text: str) -> Value:
    return Value(text, datatype=f"{XSD}decimal")


TABLE = Table(
    ("office", "amount"),
    [
        {"office": Value("岳阳"), "amount": number("1016400")},
        {"office": Value("深圳"), "amount": number("70000000")},
        {"office": Value("宝鸡"), "amount": number("9")},
        {"office": Value("上海")},
        {"office": Value("深圳"), "amount": number("800000")},
    ],
)


def offices(**options: str) -> list[str]:
    view = read_view({f"_{k}": [v] for k, v in options.items()}, TABLE.columns)
    return [r["office"].text for r in arrange(TABLE, view).matched]


def test_sorting() -> None:
    assert offices(sort="amount") == ["宝鸡", "深圳", "岳阳", "深圳", "上海"], "numbers by size, none at the end"
    assert offices(sort="-amount") == ["深圳", "岳阳", "深圳", "宝鸡", "上海"], "none at the end in either direction"
    assert offices(sort="office") == ["宝鸡", "上海", "深圳", "深圳", "岳阳"], "Bao, Shang, Shen, Yue: by pinyin"


def test_filters() -> None:
    assert offices(find="深圳") == ["深圳", "深圳"]
    assert offices(find="深圳 70,000,000") == ["深圳"], "a number as the page prints it is found"
    assert offices(only="office:岳阳") == ["岳阳"]
    assert offices(only="office:不存在") == []
    assert list_values(TABLE.rows, "office") == ["宝鸡", "上海", "深圳", "岳阳"]
    assert list_values(TABLE.rows[:1], "office") == [], "one value gives nothing to choose"


def test_pages() -> None:
    rows = [{"n": number(str(i))} for i in range(45)]
    table = Table(("n",), rows)
    second = arrange(table, read_view({"_size": ["20"], "_page": ["2"]}, table.columns))
    assert [r["n"].text for r in second.rows] == [str(i) for i in range(20, 40)]
    assert (second.pages, second.total) == (3, 45)
    beyond = arrange(table, read_view({"_size": ["20"], "_page": ["99"]}, table.columns))
    assert (beyond.page, len(beyond.rows)) == (3, 5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_sort", "nothing"),
        ("_only", "nothing:1"),
        ("_size", "7"),
        ("_page", "-1"),
        ("_page", "²"),
        ("_unit", "dollar"),
    ],
)
def test_options_that_mean_nothing_name_the_choices(name: str, value: str) -> None:
    with pytest.raises(BadParameter):
        read_view({name: [value]}, TABLE.columns)


def test_the_page_sorts_filters_and_turns(web: httpx.Client) -> None:
    ask = {"service": "free-inspection"}
    falling = web.get(FREE, params={**ask, "_sort": "-amount"}, headers=BROWSER).text
    assert falling.index("70,000,000") < falling.index("1,016,400") < falling.index("800,000")
    assert 'aria-sort="descending"' in falling
    rising = web.get(FREE, params={**ask, "_sort": "amount"}, headers=BROWSER).text
    assert rising.index(">800,000") < rising.index(">1,016,400") < rising.index(">70,000,000")
    found = web.get(FREE, params={**ask, "_find": "岳阳"}, headers=BROWSER).text
    assert len(re.findall(r"<tr>\s*<td", found)) == 1
    assert "1 / 3" in found
    wan = web.get(FREE, params={**ask, "_unit": "wan"}, headers=BROWSER).text
    assert ">7,000<" in wan
    assert "金额（万元）" in wan
    turned = web.get(
        FREE, params={**ask, "_rows": "agencyLabel", "_columns": "role", "_value": "amount"}, headers=BROWSER
    ).text
    pivot = turned[turned.index('id="pivot"') :]
    assert "71,016,400" in pivot, "the service itself, both offices"
    assert "70,800,000" in pivot, "Shenzhen, the service and its administration"


def test_exports_hold_what_the_page_shows(web: httpx.Client) -> None:
    ask = {"service": "free-inspection", "_sort": "-amount", "_find": "口岸"}
    rows = list(csv.DictReader(io.StringIO(web.get(f"{FREE}.csv", params=ask).content.decode("utf-8-sig"))))
    assert [r["amount"] for r in rows] == ["70000000", "1016400", "800000"]
    tsv = web.get(f"{FREE}.tsv", params=ask)
    assert tsv.headers["content-type"] == "text/tab-separated-values; charset=utf-8"
    assert tsv.text.splitlines()[1].split("\t")[4] == "70000000"
    book = openpyxl.load_workbook(io.BytesIO(web.get(f"{FREE}.xlsx", params=ask).content))
    sheet = book["数据 data"]
    head = [c.value for c in sheet[1]]
    place = head.index("金额（元） amount (yuan)")
    assert [sheet.cell(r, place + 1).value for r in (2, 3, 4)] == [70000000, 1016400, 800000]
    table = pq.read_table(io.BytesIO(web.get(f"{FREE}.parquet", params=ask).content))
    assert [int(v.as_py()) for v in table["amount"]] == [70000000, 1016400, 800000]
    assert table["year"].to_pylist() == [2023, 2023, 2023]
    asked = web.get(FREE, params=ask, headers={"Accept": "application/json"})
    assert asked.json()["rows"][0]["amount"] == 70000000


def test_a_spreadsheet_runs_nothing() -> None:
    evil = Table(("a", "b"), [{"a": Value("=cmd|' /C calc'!A0"), "b": number("-5")}, {"a": Value("@SUM(1)")}])
    assert write_separated(evil, ",", "\r\n", guard=True) == b"a,b\r\n'=cmd|' /C calc'!A0,-5\r\n'@SUM(1),\r\n"
    query = CannedQuery("q", "", {"en": "q"}, {}, {}, columns=(Column("a", {"zh": "甲", "en": "a"}),))
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(query, evil)))
    cell = book["数据 data"]["A2"]
    assert (cell.data_type, cell.value) == ("s", "=cmd|' /C calc'!A0")


def test_citation(web: httpx.Client) -> None:
    page = unescape(web.get(FREE, params={"service": "free-inspection"}, headers=BROWSER).text)
    version = re.search(r"数据版本 <code>([^<]+)</code>", page)
    assert version is not None
    assert re.fullmatch(r"\d{6}-[0-9a-f]{8}", version[1])
    assert f"公开. 哪些部门为某项服务出资：数据版本 {version[1]}[DS/OL]." in page
    assert "@misc{gongkai-offices-funding-service," in page
    (link,) = set(re.findall(r'<a href="(http[^"]+_version=[^"]+)"', page))
    assert web.get(link, headers=BROWSER).status_code == 200
    old = web.get(FREE, params={"_version": "000000-00000000"}, headers=BROWSER).text
    assert "000000-00000000" in old
    assert "结果可能不同" in old


def test_what_is_cited_is_escaped_by_the_rules_of_each_language() -> None:
    from datetime import date

    reference = cite("50% & {x}_y", "https://a.example/?q=1&b=}", "v", "Key!", "2026-11-21", date(2026, 11, 22))
    assert (
        reference.gbt == "公开. 50% & {x}_y：数据版本 v[DS/OL]. (2026-11-21)[2026-11-22]. https://a.example/?q=1&b=}."
    )
    assert r"title   = {{50\% \& \{x\}\_y}}" in reference.bibtex
    assert reference.bibtex.startswith("@misc{gongkai-key,")
    assert reference.bibtex.count("{") - reference.bibtex.count(r"\{") == (
        reference.bibtex.count("}") - reference.bibtex.count(r"\}")
    )
    snippets = write_snippets("http://h/?a='\";$(id)`x`\\")
    assert snippets["curl"] == "curl -s 'http://h/?a='\"'\"'\";$(id)`x`\\' -o result.csv"
    assert 'read_csv("http://h/?a=\'\\";$(id)`x`\\\\")' in snippets["Python"]


@pytest.mark.parametrize("option", ["_sort=nope", "_colour=red", "_chart=pie", "_rows=nope", "_total=mean", "_size=3"])
def test_bad_options_get_422_with_choices(web: httpx.Client, option: str) -> None:
    problem = web.get(f"{FREE}?{option}")
    assert problem.status_code == 422
    assert problem.json()["code"] == "bad_parameter"
    assert problem.json()["choices"]


def test_the_api_is_described(web: httpx.Client) -> None:
    described = web.get("/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    entry = described["paths"][f"{FREE}.json"]["get"]
    parameters = {p["name"]: p for p in entry["parameters"]}
    assert parameters["role"]["schema"]["items"]["enum"] == ["service", "administration", "mention", "all"]
    assert "422" in entry["responses"]
    names = {q.removeprefix("/queries/").removesuffix(".csv") for q in described["paths"] if q.endswith(".csv")}
    listed = set(re.findall(r'href="/queries/([a-z0-9-]+)"', web.get("/queries").text))
    assert names == listed


def test_the_catalogue_is_searched(web: httpx.Client) -> None:
    def names(**params: str) -> set[str]:
        text = web.get("/queries", params=params, headers=BROWSER).text
        return set(re.findall(r'href="/queries/([a-z0-9-]+)(?:\?[^"]*)?"', text))

    everything = names()
    assert "offices-funding-service" in names(q="服务 出资")
    assert "offices-funding-service" in names(q="which OFFICES fund")
    assert names(q="三公") < everything
    assert names(q="nothing of the kind") == set()
    assert "offices-funding-service" in names(tag="经费")
    assert names(tag="<b>") == set()


def test_pages_are_kept_and_revalidated(web: httpx.Client) -> None:
    first = web.get("/queries", headers=BROWSER)
    again = web.get("/queries", headers={**BROWSER, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert web.get("/queries", headers=BROWSER).text == first.text
    english = web.get("/queries", headers={**BROWSER, "Accept-Language": "en"})
    assert english.headers["etag"] != first.headers["etag"]
    assert "Canned queries" in english.text
    plain = httpx.get(f"{web.base_url}/queries", headers={**BROWSER, "Accept-Encoding": "identity"}, timeout=PATIENCE)
    assert plain.text == first.text
    assert "etag" not in web.get("/queries/nope", headers=BROWSER).headers
    assert "etag" not in web.get("/health").headers
    assert json.loads(web.get("/coverage.json").text)["documents"]
