"""The comparison of offices, years and phases, on a graph made by hand for it: which figure stands, the warnings."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from loaders.build.building import load_files
from tests.waiting import PATIENCE

BASE = "https://w3id.org/gongkai/"
HEAD = f"""@prefix gk: <{BASE}ontology#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
"""
# Office A: 2017 and 2023, its divisions changed; office B: accounts of 2023 that print only items, one code inferred.
OFFICES = """
<{base}id/agency/1-a> a gk:Agency ; rdfs:label "甲办"@zh .
<{base}id/agency/1-b> a gk:Agency ; rdfs:label "<b>乙办</b>"@zh .
<{base}id/agency/1-a/division/x> a gk:Division ; rdfs:label "旧处"@zh ; gk:agency <{base}id/agency/1-a> ;
  gk:attestedIn <{base}id/document/a-2017> .
<{base}id/agency/1-a/division/y> a gk:Division ; rdfs:label "新处"@zh ; gk:agency <{base}id/agency/1-a> ;
  gk:attestedIn <{base}id/document/a-2023> .
<{base}id/document/a-2017> a gk:Document ; gk:year 2017 . <{base}id/document/a-2023> a gk:Document ; gk:year 2023 .
<{base}id/document/b-2023> a gk:Document ; gk:year 2023 .
<{base}id/code/function/201> skos:notation "201" ; skos:prefLabel "一般公共服务支出"@zh , "General public services"@en .
<{base}id/code/function/20103> skos:notation "20103" ; skos:prefLabel "政府办公厅"@zh .
<{base}id/code/function/2010301> skos:notation "2010301" ; skos:prefLabel "行政运行"@zh .
<{base}id/code/function/2011399> skos:notation "2011399" ; skos:prefLabel "其他商贸事务"@zh .
<{base}id/code/economic-2007/303> skos:notation "303" ; gk:edition "2007" ; skos:prefLabel "对个人和家庭的补助"@zh .
<{base}id/code/economic-2018/303> skos:notation "303" ; gk:edition "2018" ; skos:prefLabel "对个人和家庭的补助"@zh .
"""
# document, place, property, code, amount, office, year, phase, form, column, unit
FIGURES = [
    ("a-2017", "1-2", "function", "function/201", "100", "a", 2017, "Budget", "expenditure", "支出|合计", "元"),
    ("a-2017", "3-4", "function", "function/201", "60", "a", 2017, "Budget", "expenditure", "支出|基本支出", "元"),
    ("a-2017", "11-12", "function", "function/201", "20", "a", 2017, "Budget", "expenditure", "政府采购|小计", "元"),
    ("a-2017", "5-6", "function", "function/201", "999", "a", 2017, "Budget", "income", "收入|合计", "元"),
    ("a-2017", "7-8", "function", "function/201", "90", "a", 2017, "Budget", "general-function", "合计", "元"),
    ("a-2017", "9-10", "economic", "economic-2007/303", "7", "a", 2017, "Budget", "basic-economic", "合计", "元"),
    ("a-2023", "1-2", "function", "function/201", "110000", "a", 2023, "Budget", "general-function", "合计", "万元"),
    ("a-2023", "9-10", "economic", "economic-2018/303", "8", "a", 2023, "Budget", "general-economic", "合计", "元"),
    ("b-2023", "1-2", "function", "function/20103", "30", "b", 2023, "Final", "", "", "元"),
    ("b-2023", "3-4", "function", "function/2010301", "25", "b", 2023, "Final", "", "", "元"),
    ("b-2023", "5-6", "inferredFunction", "function/2011399", "5", "b", 2023, "Final", "", "", "元"),
]  # fmt: skip
# Thirteen offices by another classification, two of them of one kind: more than stand beside one another.
MANY = [("440300-1", "深圳市统计局"), ("430100-2", "长沙市统计局"), *((f"1-{n}", f"第{n}办") for n in range(3, 14))]


class Running(Protocol):
    """What the fixture ``serve`` gives."""

    url: str

    def stop(self) -> None: ...


def write_graph() -> str:
    parts = [HEAD, OFFICES.format(base=BASE)]
    for document, place, property, code, amount, office, year, phase, form, column, unit in FIGURES:
        parts.append(
            f"<{BASE}id/figure/{document}/{place}> a gk:Figure ; gk:inDocument <{BASE}id/document/{document}> ; "
            f"gk:{property} <{BASE}id/code/{code}> ; gk:amount {amount}.0 ; gk:agency <{BASE}id/agency/1-{office}> ; "
            f'gk:year {year} ; gk:phase gk:phase{phase} ; gk:aspect gk:aspectLevel ; gk:statedUnit "{unit}" '
            + (f'; gk:form "{form}" ; gk:column "{column}" ' if form else "")
            + "."
        )
    parts.append(f'<{BASE}id/code/government-economic/501> skos:notation "501" .')
    for number, (office, label) in enumerate(MANY):
        parts.append(
            f'<{BASE}id/agency/{office}> a gk:Agency ; rdfs:label "{label}"@zh . '
            f"<{BASE}id/figure/a-2023/{number + 20}> a gk:Figure ; gk:inDocument <{BASE}id/document/a-2023> ; "
            f"gk:governmentEconomic <{BASE}id/code/government-economic/501> ; gk:amount {number}.0 ; "
            f"gk:agency <{BASE}id/agency/{office}> ; gk:year 2023 ; gk:phase gk:phaseBudget ; "
            "gk:aspect gk:aspectLevel ."
        )
    return "\n".join(parts)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Running]) -> Iterator[httpx.Client]:
    folder: Path = tmp_path_factory.mktemp("comparison")
    file = folder / "graph.ttl"
    file.write_text(write_graph(), encoding="utf-8")
    load_files([file], folder / "store")
    server = serve(folder / "store", GONGKAI_WORKERS="2")
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        yield client
    server.stop()


def rows(web: httpx.Client, query: str = "") -> list[tuple[str, str, str, str, str]]:
    body = web.get(f"/compare.csv?{query}").content.decode("utf-8-sig")
    found = csv.DictReader(io.StringIO(body))
    return [(r["code"], r["agency"], r["year"], r["yuan"], f"{r['how']}/{r['code_known']}") for r in found]


def test_the_most_comprehensive_total_is_taken(web: httpx.Client) -> None:
    assert rows(web) == [
        ("201", "<b>乙办</b>", "2023", "35", "summed/inferred"),
        ("201", "甲办", "2017", "100", "printed/printed"),
        ("201", "甲办", "2023", "110000", "printed/printed"),
    ]
    assert rows(web, "level=5")[0] == ("20103", "<b>乙办</b>", "2023", "30", "printed/printed")
    assert rows(web, "level=7") == [
        ("2010301", "<b>乙办</b>", "2023", "25", "printed/printed"),
        ("2011399", "<b>乙办</b>", "2023", "5", "printed/inferred"),
    ]


def test_choices_narrow(web: httpx.Client) -> None:
    assert [r[2] for r in rows(web, "agency=1-a&year=2017")] == ["2017"]
    assert [r[1] for r in rows(web, "phase=final")] == ["<b>乙办</b>"]
    assert rows(web, "phase=final&year=2017") == []
    for query in ("agency=nobody", "year=1999", "phase=x", "by=colour", "_unit=dollar", "colour=red"):
        answer = web.get(f"/compare?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["choices"]


def warnings(web: httpx.Client, query: str) -> str:
    return "\n".join(w["zh"] + w["en"] for w in web.get(f"/compare.json?{query}").json()["warnings"])


def test_breaks_are_told(web: httpx.Client) -> None:
    everything = warnings(web, "")
    for words in ("跨阶段", "范围不同", "印出的单位不同（万元、元）", "甲办在 2017 至 2023 年间机构有变动", "Σ", "≈"):
        assert words in everything
    assert "跨科目版本" not in everything
    assert "跨科目版本：2007、2018" in warnings(web, "by=economic")
    assert warnings(web, "agency=1-a&year=2017") == ""


def test_the_page_shows_it_as_text(web: httpx.Client) -> None:
    page = web.get("/compare", headers={"Accept": "text/html"}).text
    assert "110,000" in page
    assert "<b>乙办" not in page
    assert "&lt;b&gt;乙办" in page
    assert "/id/figure/a-2017/1-2" in page
    share = web.get("/compare?agency=1-b&_show=share&lang=en", headers={"Accept": "text/html"}).text
    assert "100.0%" in share
    assert "General public services" in share


def test_of_too_many_columns_none_is_left_out_in_silence(web: httpx.Client) -> None:
    page = web.get("/compare?by=government&lang=zh")
    assert page.status_code == 200
    assert "这样会有 13 栏，最多并排 12 栏" in page.text
    assert "第3办</a>" not in page.text
    assert "统计局 · 2023" in page.text
    for form in ("csv", "json"):
        assert web.get(f"/compare.{form}?by=government").status_code == 422
    smaller = rows(web, "by=government&agency=440300-1&agency=430100-2&year=2023&phase=budget")
    assert [r[1:4] for r in smaller] == [("深圳市统计局", "2023", "0"), ("长沙市统计局", "2023", "1")]


def test_the_funds_of_columns_are_named(web: httpx.Client) -> None:
    """支出总表 is of all funds, 一般公共预算支出表 is not, and the prose of office B does not say."""
    said = warnings(web, "")
    assert "不是同样的资金" in said
    assert "甲办 2017 年初预算：全部资金（支出总表）" in said
    assert "甲办 2023 年初预算：一般公共预算（" in said
    assert "<b>乙办</b> 2023 决算：资金范围未说明（正文）" in said
    assert "general public budget (general budget by function)" in said
