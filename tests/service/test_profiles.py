"""Pages of offices, places, codes and projects over the five documents; expected values are read off the documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from html import unescape
from pathlib import Path

import httpx
import pytest

from loaders.build.building import build
from loaders.settings import Settings
from service.pages.profiles.accepted import Accepted, Moment, choose_moment, list_series, pick_headlines
from service.pages.profiles.breakdown import read_breakdowns
from service.queries.answers import Row, Value
from tests.loaders.test_sheet import BUDGET
from tests.service.conftest import Server
from tests.service.five_documents import SHENZHEN, YUEYANG
from tests.waiting import PATIENCE

BROWSER = {"accept": "text/html"}
_OFFICE = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX gk: <https://w3id.org/gongkai/ontology#>
SELECT ?office WHERE { ?office a gk:Agency ; rdfs:label ?label . FILTER(STR(?label) = "%s") }"""
_ROLLUPS = """PREFIX gk: <https://w3id.org/gongkai/ontology#> PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?item ?number WHERE { ?rollup a gk:QuantityRollUp ; gk:agency <%s> ; gk:year %s ; gk:quantity ?item .
  OPTIONAL { ?rollup gk:phase ?phase } FILTER(!BOUND(?phase) || ?phase = gk:%s)
  ?rollup gk:rollUpAmount|gk:scopedAmount|gk:rollUpValue ?number }"""
_SUMS = """PREFIX gk: <https://w3id.org/gongkai/ontology#>
SELECT ?sum WHERE { ?rollup a gk:RollUp ; gk:agency <%s> ; gk:year %s ; gk:phase gk:%s ; gk:sum ?sum }"""


@pytest.fixture(scope="module")
def web(store_of_five: Path, serve: Callable[..., Server]) -> Iterator[httpx.Client]:
    running = serve(store_of_five, GONGKAI_WORKERS="1")
    with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
        yield client
    running.stop()


def ask(web: httpx.Client, query: str) -> list[dict[str, str]]:
    answer = web.get("/sparql", params={"query": query}, headers={"accept": "application/sparql-results+json"})
    return [{n: v["value"] for n, v in row.items()} for row in answer.json()["results"]["bindings"]]


def find_office(web: httpx.Client, label: str) -> str:
    (found,) = ask(web, _OFFICE % label)
    return found["office"]


def read_page(web: httpx.Client, iri: str, **asked: str) -> str:
    path = iri.removeprefix("https://w3id.org/gongkai/id/")
    answer = web.get(f"/page/{path}", params=asked, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    return answer.text


def read_table(page: str, section: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    after = page.partition(f'id="{section}"')[2]
    table = after[: after.index("</table>")]
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [[strip(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def strip(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", "", html).split()))


def read_cards(page: str) -> dict[str, tuple[str, str]]:
    """The headline quantities with their exact amounts and where their numbers lead."""
    cards = page.partition('<dl class="stats sheet-cards">')[2].partition("</dl>")[0]
    found = {}
    for card in re.findall(r"<div>(.*?)</div>", cards, re.DOTALL):
        name = strip(card.partition("<dt>")[2].partition("</dt>")[0])
        exact = re.search(r"<span>([0-9,.]+) ", card)
        number = exact[1] if exact else strip(card.partition("<dd>")[2].partition("<small>")[0])
        found[name] = (number, unescape(re.findall(r'href="([^"]+)"', card)[0]))
    return found


def test_an_office_begins_with_its_headline_quantities(web: httpx.Client) -> None:
    page = read_page(web, find_office(web, SHENZHEN), lang="zh")
    assert '<h2 id="headlines">2023 年初预算</h2>' in page
    cards = read_cards(page)
    # 收支总表, 支出总表 and the chapters on procurement and the three public expenses; 万元 in the document.
    assert {name: number for name, (number, _) in cards.items()} == {
        "收入总计": "582,270,000", "支出总计": "582,270,000", "一般公共预算财政拨款支出": "582,270,000",
        "基本支出": "40,550,000", "项目支出": "541,720,000", "“三公”经费": "90,000", "政府采购": "10,640,000",
        "机关运行经费": "2,690,000", "实有人数": "46", "编制数": "49", "公务用车保有量": "2", "所属预算单位数": "0",
    }  # fmt: skip
    for number, href in cards.values():
        place = re.fullmatch(r"/documents/shenzhen-2023-budget\?quote=(\d+)-(\d+)&lang=zh#char=\1,\2", href)
        assert place, (number, href)
    assert page.index('id="headlines"') < page.index('id="sheet"') < page.index('id="breakdown"')
    # The IRI stands at the foot.
    assert page.index('class="identity"') < page.index('<p class="iri">')


def test_the_values_are_those_of_the_sheet_and_of_sparql(web: httpx.Client) -> None:
    for label, document, year, phase in (
        (SHENZHEN, "shenzhen-2023-budget", 2023, "phaseBudget"), (YUEYANG, "yueyang-2023-accounts", 2023, "phaseFinal"),
    ):  # fmt: skip
        office = find_office(web, label)
        page = read_page(web, office, lang="en")
        rows = read_table(page, "sheet")
        shown = sorted(Decimal(cells[1].replace(",", "")) for cells in rows)
        assert shown == sorted(Decimal(r["number"]) for r in ask(web, _ROLLUPS % (office, year, phase)))
        sheet = web.get(f"/documents/{document}/sheet.json").json()["lines"]
        own = {(f"{document} {line['start']}–{line['end']}", Decimal(line["value"])) for line in sheet}
        of_document = {(c[5], Decimal(c[1].replace(",", ""))) for c in rows if c[5].startswith(document)}
        assert len(of_document) > 15
        assert of_document <= own
        assert set(read_cards(page).values()) <= {
            (cells[1], href) for cells, href in zip(rows, re.findall(r'<td class="number"><a href="([^"]+)"',
            unescape(page.partition('id="sheet"')[2].partition("</table>")[0])), strict=True)
        }  # fmt: skip


def test_what_was_spent_comes_before_what_was_planned(web: httpx.Client) -> None:
    office = find_office(web, YUEYANG)
    page = read_page(web, office, lang="zh")
    assert '<h2 id="headlines">2023 决算</h2>' in page
    # 三、支出决算情况说明; 九、“三公”; 十; 十二.
    cards = {name: number for name, (number, _) in read_cards(page).items()}
    assert (cards["项目支出"], cards["“三公”经费"], cards["机关运行经费"], cards["政府采购"]) == (
        "4,466,700", "34,800", "720,900", "2,222,700",
    )  # fmt: skip
    planned = read_page(web, office, lang="zh", phase="budget")
    assert '<h2 id="headlines">2023 年初预算</h2>' in planned
    assert read_cards(planned)["“三公”经费"][0] == "34,800"
    wrong = web.get(f"/page/{office.partition('/id/')[2]}", params={"year": "1999", "lang": "zh"}, headers=BROWSER)
    assert wrong.status_code == 422
    assert "2023" in wrong.text


def test_three_public_expenses_with_their_parts(web: httpx.Client) -> None:
    page = read_page(web, find_office(web, YUEYANG), lang="zh")
    part = page.partition('id="public"')[2].partition("</section>")[0]
    assert re.findall(r'<span class="what">([^<]+)</span>', part) == [
        "因公出国（境）费", "公务接待费", "公务用车购置费", "公务用车运行维护费",
    ]  # fmt: skip
    amounts = re.findall(r'<span class="money"><a [^>]+>([0-9,]+)</a>', part)
    assert amounts == ["0", "22,300", "0", "12,500"]
    assert ">34,800</a>" in part


def test_composition_opens_level_by_level(web: httpx.Client) -> None:
    office = find_office(web, SHENZHEN)
    page = read_page(web, office, lang="zh")
    part = page.partition('id="breakdown"')[2].partition("</section>")[0]
    # 表 3: 208 社会保障和就业支出 921 = 20805 920 + 20899 2 as the lower rows print it, so that the sum is 922.
    found = dict(re.findall(r'<code>(\d+)</code>.*?<span class="money">([0-9,]+)</span>', part))
    assert (found["208"], found["20805"], found["2080505"], found["229"]) == (
        "9,220,000", "9,200,000", "2,350,000", "70,000,000",
    )  # fmt: skip
    assert "表中印作 9,210,000" in part
    # 表 8, by economic class: the items of 302 are 54,006 together, and 54,005 is printed.
    assert (found["302"], found["30206"]) == ("540,060,000", "92,000,000")
    assert "表中印作 540,050,000" in part
    sums = {f"{Decimal(r['sum']):,.0f}" for r in ask(web, _SUMS % (office, 2023, "phaseBudget"))}
    assert set(found.values()) <= sums
    assert len(found) > 50


def test_largest_projects_come_first(web: httpx.Client) -> None:
    rows = read_table(read_page(web, find_office(web, SHENZHEN), lang="zh"), "projects")
    # （四）项目支出, 5 and 6.
    assert [(r[0], r[2]) for r in rows[:4]] == [
        ("口岸管理业务", "413,380,000"), ("口岸管养工作", "370,790,000"), ("上级转移支付项目", "113,870,000"),
        ("免除查验没有问题作业服务工作", "70,000,000"),
    ]  # fmt: skip
    assert rows[3][1] == "上级转移支付项目"
    assert len(rows) == 10


def test_no_english_on_a_chinese_page_and_no_long_number(web: httpx.Client) -> None:
    for label in (SHENZHEN, YUEYANG):
        page = read_page(web, find_office(web, label), lang="zh")
        # What contradicts itself is quoted from the documents.
        main = page.partition('<main id="main">')[2].partition('<details class="rest">')[0]
        main = re.sub(r'<section aria-labelledby="contradictions">.*?</section>', "", main, flags=re.DOTALL)
        words = strip(re.sub(r"<svg.*?</svg>|<code>.*?</code>|<td class=\"where\">.*?</td>", "", main, flags=re.DOTALL))
        assert re.findall(r"[A-Za-z]{3,}", words) == []
        assert not re.search(r"\d\.\d{5}", words)
        assert "None" not in main


def test_a_place_lists_its_offices_with_their_numbers(web: httpx.Client) -> None:
    page = read_page(web, "https://w3id.org/gongkai/id/place/430000", lang="zh")
    (row,) = read_table(page, "offices")
    assert row[:3] == [YUEYANG, "2023 决算", "岳阳市"]
    # 一、收、支总计; 三、支出决算; 九、“三公”.
    assert row[3:7] == ["9,495,400", "4,752,000", "4,466,700", "34,800"]
    empty = read_page(web, "https://w3id.org/gongkai/id/place/650000", lang="en")
    assert "No document of an office of this place is loaded." in empty


def test_a_code_tells_who_spends_under_it(web: httpx.Client) -> None:
    code = "https://w3id.org/gongkai/id/code/function/229"
    page = read_page(web, code, lang="zh", phase="final")
    # 9、其他支出: 101.64 万元; the prose names the item and prints no code.
    assert [r[:2] for r in read_table(page, "spenders")] == [[YUEYANG, "1,016,400 ≈"]]
    planned = read_page(web, code, lang="zh", phase="budget", scope="whole")
    assert [SHENZHEN, "70,000,000"] in [r[:1] + [c for c in r[1:] if c != "—"] for r in read_table(planned, "spenders")]
    wrong = web.get("/page/code/function/229", params={"scope": "'\"<script>"}, headers=BROWSER)
    assert wrong.status_code == 422
    assert "<script>'" not in wrong.text


def test_a_project_has_owner_and_money(web: httpx.Client) -> None:
    query = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX gk: <https://w3id.org/gongkai/ontology#>
    SELECT ?p WHERE { ?p a gk:Project ; rdfs:label ?label . FILTER(STR(?label) = "课题调研活动") }"""
    (project,) = ask(web, query)
    page = read_page(web, project["p"], lang="zh")
    assert SHENZHEN in page.partition('<dl class="facts">')[2].partition("</dl>")[0]
    rows = read_table(page, "money")
    # 第三部分, 2; 第七部分; 表 12, where the other funds are 0.
    assert [r[:-1] for r in rows] == [["2023 年初预算", "2,000,000"], ["0"]]


def test_a_sheet_and_an_office_can_be_cited(web: httpx.Client) -> None:
    sheet = web.get("/documents/yueyang-2023-accounts/sheet?lang=zh", headers=BROWSER).text
    cited = strip(sheet.partition('<p class="cite">')[2].partition("</p>")[0])
    assert YUEYANG in cited
    assert "/documents/yueyang-2023-accounts/sheet" in cited
    office = read_page(web, find_office(web, SHENZHEN), lang="zh", year="2023")
    cited = strip(office.partition('<p class="cite">')[2].partition("</p>")[0])
    assert re.search(r"/page/agency/440300-[0-9a-f]{8}\?year=2023", cited)
    assert "数据版本" in cited


# ---- offices of one kind


CITIES = {"广州市": 1_000, "厦门市": 2_000, "长沙市": 500_000}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Server]) -> Iterator[httpx.Client]:
    """Three offices of one kind, and one of another; the income of each is its own."""
    folder = tmp_path_factory.mktemp("kinds")
    files = []
    for number, (office, income) in enumerate(
        [*((f"{city}水务局", income) for city, income in CITIES.items()), ("长沙市统计局", 1_000)]
    ):
        file = folder / f"office-{number}.txt"
        text = BUDGET.replace("某某市水务局", office).replace("1,000", f"{income:,}")
        file.write_text(text, encoding="utf-8")
        files.append(file)
    report = build(files, folder / "store", Settings(store=folder / "store", jobs=1))
    assert report.succeeded
    running = serve(folder / "store", GONGKAI_WORKERS="1")
    with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
        yield client
    running.stop()


def test_an_office_stands_among_offices_of_its_kind(kinds: httpx.Client) -> None:
    page = read_page(kinds, find_office(kinds, "厦门市水务局"), lang="zh")
    part = page.partition('id="standing"')[2].partition("</section>")[0]
    assert "水务局" in part.partition("</h2>")[0]
    first = part.partition("<h3")[2]
    assert "从大到小第 2，共 3 个部门" in strip(first.partition("</h3>")[0])
    assert "对数刻度" in first.partition("</h3>")[0]
    # One dot an office, the own one of another class and named.
    drawing = first.partition("<svg")[2].partition("</svg>")[0]
    assert (drawing.count('class="peer"'), drawing.count('class="fill1"')) == (2, 1)
    assert "厦门市水务局 2,000万" in drawing
    rows = read_table(page, "standing")
    assert [r[:2] for r in rows] == [
        ["长沙市水务局", "5,000,000,000"], ["厦门市水务局", "20,000,000"], ["广州市水务局", "10,000,000"],
    ]  # fmt: skip
    assert 'id="standing"' not in read_page(kinds, find_office(kinds, "长沙市统计局"), lang="zh")


# ---- how values are chosen


def make_value(item: str, year: int, phase: str, number: str = "1", scope: str = "") -> Accepted:
    return Accepted("a", item, year, phase, scope, scope, "degreeStated", Decimal(number), "", None, "v", "d", "p")


def test_a_line_of_the_year_after_makes_no_newest_year() -> None:
    values = [
        make_value("income-total", 2023, "phaseBudget"), make_value("three-public", 2023, "phaseBudget"),
        make_value("income-total", 2023, "phaseFinal"), make_value("three-public", 2024, "phaseBudget"),
    ]  # fmt: skip
    assert choose_moment(values, [2023]) == Moment(2023, "phaseBudget")
    assert choose_moment(values) == Moment(2024, "phaseBudget")
    assert choose_moment([]) is None


def test_series_mix_neither_phases_nor_scopes() -> None:
    values = [
        make_value("three-public", 2022, "phaseBudget", "5"), make_value("three-public", 2023, "phaseBudget", "6"),
        make_value("three-public", 2023, "phaseFinal", "4"), make_value("basic-expenditure", 2022, "phaseBudget"),
        make_value("basic-expenditure", 2023, "phaseBudget", scope="scopeGeneral"),
    ]  # fmt: skip
    (series,) = list_series(values)
    assert [(v.year, v.phase, v.number) for v in series.values] == [
        (2022, "phaseBudget", Decimal(5)), (2023, "phaseBudget", Decimal(6)),
    ]  # fmt: skip


def test_a_value_of_the_whole_comes_before_one_of_less_money() -> None:
    values = [
        make_value("basic-expenditure", 2023, "phaseBudget", "7", "scopeGeneral"),
        make_value("basic-expenditure", 2023, "phaseBudget", "9"),
        make_value("income-current", 2023, "phaseBudget", "3"),
    ]  # fmt: skip
    shown = pick_headlines(values, Moment(2023, "phaseBudget"))
    assert [(v.item, v.number) for v in shown] == [("income-current", Decimal(3)), ("basic-expenditure", Decimal(9))]


def test_a_breakdown_hangs_items_below_what_is_there() -> None:
    def row(code: str, amount: str, difference: str = "") -> Row:
        values = {"rollup": f"r/{code}", "classification": "x/scheme/function", "code": f"x/{code}", "sum": amount,
                  "extent": "whole", "verdict": "v", **({"difference": difference} if difference else {})}  # fmt: skip
        return Row({name: Value(text) for name, text in values.items()})

    (tree,) = read_breakdowns([row("#codeWhole", "10"), row("201", "4"), row("2010101", "4", "1"), row("208", "6")])
    assert [(b.notation, b.amount, b.share) for b in tree.branches] == [
        ("208", Decimal(6), Decimal("60.0")), ("201", Decimal(4), Decimal("40.0")),
    ]  # fmt: skip
    (item,) = tree.branches[1].parts
    assert (item.notation, item.printed) == ("2010101", Decimal(3))
