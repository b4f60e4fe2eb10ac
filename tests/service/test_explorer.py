"""The explorer: what is drawn is what is asked and nothing else; its numbers are those of its data and its SPARQL."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pages.charts import (
    Dot,
    Place,
    Point,
    Slope,
    choose_bars,
    choose_colours,
    draw_bars,
    draw_scatter,
    draw_slopes,
    draw_tiles,
)
from service.pages.charts.alone import stand_alone
from service.pages.charts.svg import COLOURS, HEIGHT
from service.pages.charts.tile_grid import TILES
from service.pages.explorer.measures import BREAKDOWNS, FITTING, MEASURES
from service.pages.explorer.wish import Refused, Wish, read_fields
from tests.waiting import PATIENCE

SHENZHEN = "440300-e2feb0bf"
PAGE = {"Accept": "text/html", "Accept-Language": "zh"}


@pytest.fixture(scope="module")
def site(store_of_five: Path, serve: Callable[..., Any]) -> Iterator[httpx.Client]:
    """A server over the five documents."""
    running = serve(store_of_five)
    with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
        yield client
    running.stop()


def read_rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, list[str]]:
    """Addresses that fit by themselves, whatever the data hold."""
    by = draw(st.sampled_from(sorted(BREAKDOWNS)))
    measure = draw(st.sampled_from([m for m in MEASURES if by in MEASURES[m].breakdowns]))
    fields: dict[str, list[str]] = {"measure": [measure], "by": [by]}
    if by in ("project", "topic"):
        fields["office"] = [SHENZHEN]
    elif draw(st.booleans()):
        fields["place"] = [draw(st.sampled_from(["440000", "440300", "430600"]))]
    if by in ("office", "place", "kind") and MEASURES[measure].money and draw(st.booleans()):
        fields["per"] = [draw(st.sampled_from(["staff", "posts", "units", "vehicles"]))]
    chart = draw(st.sampled_from(["", *FITTING[by]]))
    if chart and chart not in ("slope", "treemap", "scatter"):
        fields["chart"] = [chart]
    return fields


def test_a_number_is_the_same_on_the_page_in_the_data_and_by_sparql(site: httpx.Client) -> None:
    seen = []

    @settings(max_examples=25)
    @given(wishes())
    def compare(fields: dict[str, list[str]]) -> None:
        asked = urlencode(fields, doseq=True)
        page = site.get(f"/explore?{asked}", headers=PAGE)
        assert page.status_code == 200, (fields, page.text[:2000])
        shown = [Decimal(v) for v in re.findall(r'<data value="([^"]+)">', page.text)]
        if not shown:
            assert "没有这样的数" in page.text
            return
        rows = read_rows(site.get(f"/explore.csv?{asked}"))
        query = site.get(f"/explore.rq?{asked}").text
        answer = read_rows(site.post("/sparql", data={"query": query}, headers={"Accept": "text/csv"}))
        column = "ratio" if "per" in fields else "amount"
        stated = sorted(Decimal(row[column]) for row in answer if row["thing"] and row[column])
        assert sorted(Decimal(row["value"]) for row in rows) == stated == sorted(shown)
        assert {row["thing"] for row in rows} == {row["thing"] for row in answer if row[column]}
        seen.append(fields["by"][0])

    compare()
    assert len(set(seen)) >= 5, "the choices came to numbers"


def test_what_the_documents_say_is_drawn(site: httpx.Client) -> None:
    """Read off the documents: the totals of 2023, Shenzhen's project, the class of Yueyang's accounts."""
    totals = {row["label"]: row["value"] for row in read_rows(site.get("/explore.csv?year=2023&phase=budget"))}
    assert totals == {"深圳市人民政府口岸办公室": "582270000", "宝鸡市人民政府口岸办公室": "1905700"}
    page = site.get("/explore?year=2023&phase=budget", headers=PAGE).text
    assert re.search(
        r"<h2 id=\"chart\">支出总计：按部门</h2>\s*<p class=\"note\">2023 · 年初预算 · 口径：全部资金 · 单位：元", page
    )
    # What is not mixed with it is offered: accounts, and another year.
    assert "2023 · 决算" in page
    assert "2017 · 年初预算" in page
    assert "没有画：2 个部门没有这一年度、阶段和口径的数：" in page
    assert "岳阳市人民政府口岸管理办公室" in page
    projects = read_rows(site.get(f"/explore.csv?measure=project-expenditure&by=project&office={SHENZHEN}&year=2023"))
    assert {r["label"]: r["value"] for r in projects}["口岸管理业务"] == "413380000"


@pytest.mark.parametrize(("asked", "name", "words"), [
    ("measure=nonsense", "measure", "没有“nonsense”"),
    ("by=%3Cscript%3E", "by", "没有“&lt;script&gt;”"),
    ("year=1e9", "year", "不是年度"), ("year=２０２３", "year", "不是年度"), ("year=1999", "year", "没有“1999”"),
    ("office=nobody", "office", "没有“nobody”"), ("place=990000", "place", "没有“990000”"),
    ("kind=%3Cb%3E", "kind", "没有“&lt;b&gt;”"), ("scope=all", "scope", "没有“all”"), ("phase=x", "phase", "没有“x”"),
    ("foo=1", "foo", "没有这个参数"), ("year=2023&year=2017", "year", "几个不同的值"),
    ("measure=staff&phase=final", "phase", "个数没有阶段"), ("measure=staff&chart=treemap", "chart", "面积须能相加"),
    ("chart=treemap&per=staff", "chart", "面积须能相加"), ("by=year&chart=bar", "chart", "画不了"),
    ("measure=staff&by=function", "by", "划分"), ("by=year&year=2023", "year", "不选年度"), ("to=2023", "to", "斜率图"),
    ("measure=project-expenditure&by=project", "office", "一次看一个部门"),
    ("measure=expenditure-current&function=999", "function", "没有“999”这个科目"),
    ("measure=expenditure-current&function=201&economic=301", "function", "只能选一个"),
    ("share=1&per=staff", "share", "总额"), ("chart=slope", "chart", "两个年度"),
    ("&".join(f"office={n}" for n in range(101)), "office", "超过 100 个"),
    ("&".join(f"a{n}=1" for n in range(300)), "address", "超过 200 个"),
])  # fmt: skip
def test_nonsense_is_refused_in_the_readers_language_with_what_can_be(
    site: httpx.Client, asked: str, name: str, words: str
) -> None:
    page = site.get(f"/explore?{asked}", headers=PAGE)
    assert page.status_code == 422
    assert f"<code>{name}</code>" in page.text
    assert words in page.text
    assert "<script>" not in page.text
    # The ways out lead somewhere, or to a refusal of their own, never to a defect.
    for address in re.findall(r'<li><a href="(/explore[^"]*)"', page.text)[:3]:
        assert site.get(address.replace("&amp;", "&"), headers=PAGE).status_code in (200, 422)
    english = site.get(f"/explore?{asked}", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert english.status_code == 422
    refused = re.search(r'<p class="lead">.*?</p>', english.text, re.S)
    assert refused is not None
    assert not re.search("[\u4e00-\u9fff]", refused[0].replace("２０２３", ""))
    problem = site.get(f"/explore.csv?{asked}", headers={"Accept": "application/problem+json"}).json()
    assert (problem["status"], problem["parameter"]) == (422, name)


def test_an_office_without_the_measure_is_told_what_it_has(site: httpx.Client) -> None:
    page = site.get("/explore?office=430600-15806559&year=2023&phase=budget", headers=PAGE)
    assert page.status_code == 200
    assert "没有这样的数" in page.text
    found = re.search(r'<a href="(/explore\?[^"]*)">2023 · 决算</a>', page.text)
    assert found is not None
    assert '<data value="' in site.get(found[1].replace("&amp;", "&"), headers=PAGE).text


def test_clicks_lead_down_and_crumbs_up(site: httpx.Client) -> None:
    page = site.get("/explore?measure=expenditure-current&by=function&year=2023&phase=budget", headers=PAGE).text
    chart = ET.fromstring(re.search(r"<svg.*?</svg>", page[page.index("explore-chart") :], re.S)[0])  # type: ignore[index]
    down = next(a.get("href", "") for a in chart.iter("a") if "function=" in a.get("href", ""))
    deeper = site.get(down, headers=PAGE).text
    crumbs = re.search(r'explore-crumbs".*?</nav>', deeper, re.S)
    assert crumbs is not None
    up = re.search(r'<a href="([^"]+)">本年支出合计：全部</a>', crumbs[0])
    assert up is not None
    assert sum(map(Decimal, re.findall(r'<data value="([^"]+)"', deeper))) in {
        Decimal(v) for v in re.findall(r'<data value="([^"]+)"', page)
    }, "what is below a class adds up to it"
    assert "function=" not in up[1]


def test_the_embed_page_alone_may_be_framed(site: httpx.Client) -> None:
    framed = site.get("/embed/explore?by=place&lang=en")
    assert framed.status_code == 200
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert framed.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    for path in ("/explore?by=place", "/explore.svg?by=place", "/", "/embed/explore?by=x"):
        assert "frame-ancestors 'none'" in site.get(path).headers["content-security-policy"], path
    origin = str(site.base_url).rstrip("/")
    answer = site.get("/oembed", params={"url": f"{origin}/explore?by=place&lang=en", "maxwidth": "400"})
    described = answer.json()
    assert (described["type"], described["width"]) == ("rich", 400)
    address = re.search(r'src="([^"]+)"', described["html"])
    assert address is not None
    assert site.get(address[1].replace("&amp;", "&")).status_code == 200
    assert described["title"] in framed.text
    page = site.get("/explore?by=place&lang=en", headers=PAGE).text
    assert "application/json+oembed" in page
    for wrong, status in (
        ("http://elsewhere.example/explore", 404), (f"{origin}/queries", 404), (f"{origin}/explore?by=x", 404),
        ("http://[::1", 404), ("javascript:x", 404), ("", 404),
    ):  # fmt: skip
        assert site.get("/oembed", params={"url": wrong}).status_code == status, wrong
    assert site.get("/oembed", params={"url": f"{origin}/explore", "format": "xml"}).status_code == 501
    assert site.get("/oembed", params={"url": f"{origin}/explore", "maxwidth": "-1"}).status_code == 422


def test_pictures_say_what_they_are_of(site: httpx.Client) -> None:
    svg = site.get("/explore.svg?year=2023&phase=budget&lang=zh")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    root = ET.fromstring(svg.content)
    words = [t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words[0] == "支出总计：按部门"
    assert words[1] == "2023 · 年初预算 · 口径：全部资金 · 单位：元"
    assert any(line.startswith("来源：2 个部门") for line in words[-2:])
    assert not [e for e in root.iter() if "style" in e.attrib or "class" in e.attrib]
    png = site.get("/explore.png?year=2023&phase=budget&lang=zh")
    assert png.status_code in (200, 501)
    if png.status_code == 200:
        assert png.content.startswith(b"\x89PNG\r\n")
    assert site.get("/explore.svg?chart=table").status_code == 422


def test_an_address_says_all_and_is_written_as_it_is_read() -> None:
    for fields in ({}, {"measure": ["three-public"], "by": ["year"], "office": ["a", "b"], "per": ["staff"]},
                   {"share": ["1"], "chart": ["treemap"], "year": ["2023"]}):  # fmt: skip
        wish = read_fields(fields)
        assert read_fields(wish.write()) == wish
    assert Wish().write(by="year", year=None) == {"measure": ["expenditure-total"], "by": ["year"]}
    with pytest.raises(Refused):
        read_fields({"by": ["function"], "measure": ["staff"]})


EVIL = "<script>alert(1)</script>\"' onload=alert(1) \x00 }"


def test_thousands_fit_on_a_screen_and_labels_stay_words() -> None:
    many = [Point(f"{EVIL}{n} {'很长的名称' * 9}", float(n), href=f"/explore?office={n}") for n in range(5_000)]
    shown = choose_bars(many)
    assert {p.value for p in shown} == set(map(float, range(5_000 - len(shown), 5_000))), "the largest"
    root = ET.fromstring(draw_bars(shown, EVIL, "zh"))
    assert float(root.get("viewBox", "").split()[3]) <= HEIGHT
    assert {e.tag for e in root.iter()} <= {"svg", "a", "rect", "text", "line", "title"}
    # A long name goes on in the next line.
    assert len([t for t in root.iter("text") if t.get("class") == "name"]) > len(shown)
    alone = ET.fromstring(stand_alone(draw_bars(shown, EVIL, "zh"), EVIL, [EVIL], EVIL))
    assert not [e for e in alone.iter() if e.tag.endswith(("script", "}a"))]
    slopes = [Slope(f"{EVIL}{n}", float(n), float(-n)) for n in range(5_000)]
    assert (
        float(ET.fromstring(draw_slopes(slopes, ("2022", "2023"), "t", "en")).get("viewBox", "").split()[3]) <= HEIGHT
    )


def test_names_of_slopes_do_not_cover_one_another() -> None:
    slopes = [Slope(f"部门{n}", 100.0 + n / 50, 0.0) for n in range(20)]
    root = ET.fromstring(draw_slopes(slopes, ("2022", "2023"), "t", "zh"))
    for anchor in ("start", "end"):
        heights = sorted(float(t.get("y", 0)) for t in root.iter("text") if t.get("text-anchor") == anchor)
        assert min(b - a for a, b in pairwise(heights)) >= 14


def test_a_thing_has_its_colour_whatever_stands_beside_it() -> None:
    names = [f"https://w3id.org/gongkai/id/agency/{n}" for n in range(40)]
    for count in range(1, COLOURS + 1):
        colours = choose_colours(names[:count])
        assert len(set(colours.values())) == count, "none twice in a chart"
        assert choose_colours(list(reversed(names[:count]))) == colours
    assert choose_colours(names[: COLOURS + 1]) == {}
    phases = [f"https://w3id.org/gongkai/ontology#phase{name}" for name in ("Budget", "Final", "Adjusted")]
    assert [choose_colours([*names[:5], *phases])[p] for p in phases] == [choose_colours([p])[p] for p in phases]


def test_the_area_of_a_dot_is_the_amount() -> None:
    places = [Place("440300", "深圳市", 400.0), Place("440100", "广州市", 100.0), Place("430000", "湖南省", 25.0)]
    root = ET.fromstring(draw_tiles(places, {"44": EVIL, "43": "湖南"}, {"44": "/explore?place=440000"}, "t", "zh"))
    sizes = [float(c.get("r", 0)) for c in root.iter("circle")]
    # Shenzhen's has the whole radius, that of a quarter half of it, that of a sixteenth a quarter of it.
    assert sorted(sizes) == pytest.approx([9.5 / 4, 9.5 / 2, 9.5], abs=0.06)
    assert [a.get("href") for a in root.iter("a")] == ["/explore?place=440000"]
    assert len(set(TILES.values())) == len(TILES) == 34, "a tile for each province, none upon another"
    assert all(re.fullmatch("[1-8][0-9]", code) for code in TILES)


def test_only_charts_that_would_be_drawn_are_offered(site: httpx.Client) -> None:
    """Whatever is offered of a state answers with 200 and is no refusal."""
    for asked in ("", "?year=2023&phase=budget", "?by=year", "?measure=three-public", f"?by=year&office={SHENZHEN}"):
        page = site.get(f"/explore{asked}", headers=PAGE).text
        row = re.search(r"画成.*?</p>", page, re.DOTALL)
        assert row is not None, asked
        offered = [a.replace("&amp;", "&") for a in re.findall(r'href="([^"]+)#chart"', row[0])]
        assert offered
        for address in offered:
            assert site.get(address, headers=PAGE).status_code == 200, (asked, address)


def test_an_office_alone_is_named_so_and_more_are_added(site: httpx.Client) -> None:
    assert "只看一个部门" in site.get("/explore", headers=PAGE).text
    one = site.get(f"/explore?office={SHENZHEN}", headers=PAGE).text
    assert "加一个部门" in one
    assert "只看一个部门" not in one


def test_a_scatter_names_its_points_or_those_without_a_name() -> None:
    """Two points far from each other are named; of twenty at one place not all are, and none is lost."""
    apart = [Dot("甲办", 10, 100, 10), Dot("乙办", 100, 1000, 10)]
    drawing, unnamed = draw_scatter(apart, ("人", "元"), "图", "zh")
    assert not unnamed
    assert ">甲办<" in re.sub(r"<title>[^<]*</title>", "", drawing)
    heap = [Dot(f"第{n}办公室", 50, 500, 10) for n in range(20)]
    drawing, unnamed = draw_scatter(heap, ("人", "元"), "图", "zh")
    words = re.sub(r"<title>[^<]*</title>", "", drawing)
    named = [dot for dot in heap if f">{dot.label}<" in words]
    assert named
    assert unnamed
    assert {d.label for d in named} | {d.label for d in unnamed} == {d.label for d in heap}
    assert not {d.label for d in named} & {d.label for d in unnamed}
