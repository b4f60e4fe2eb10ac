"""The ten tasks of docs/tasks.md over the five documents: from the start page, in at most four clicks, no scripts."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent.parent
SHENZHEN, YUEYANG, BAOJI = "深圳市人民政府口岸办公室", "岳阳市人民政府口岸管理办公室", "宝鸡市人民政府口岸办公室"


class Reader:
    """Someone at the start page who has four clicks."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.left = 4
        page.goto(address)

    def click(self, what: Locator) -> None:
        """One click on the first of what is meant."""
        assert self.left, "a fifth click"
        self.left -= 1
        what.first.click()

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name)

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def row(self, *words: str) -> Locator:
        found = self.page.locator("tbody tr")
        for word in words:
            found = found.filter(has_text=word)
        return found


@pytest.fixture
def reader(browser: Browser, five: str) -> Iterator[Reader]:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False, accept_downloads=True)
    yield Reader(context.new_page(), five)
    context.close()


def test_task_1_the_plan_its_code_its_place(reader: Reader) -> None:
    reader.click(reader.link("哪些部门资助免除查验没有问题服务？"))
    row = reader.row(SHENZHEN, "服务本身")
    assert "70,000,000" in row.inner_text()
    assert "2299999" in row.inner_text()
    reader.click(row.get_by_role("link", name="免除查验没有问题作业服务工作 7,000 万元"))
    assert "7,000" in "".join(reader.page.locator("mark").all_inner_texts())
    assert reader.page.locator("mark").first.is_visible()


def test_task_2_not_in_the_initial_budget(reader: Reader) -> None:
    reader.click(reader.link("哪些部门资助免除查验没有问题服务？"))
    cells = reader.row(YUEYANG).locator("td").all_inner_texts()
    assert "1,016,400" in cells
    head = [h.strip() for h in reader.page.locator("thead th").all_inner_texts()]
    assert cells[head.index("同一行年初预算（元）")] == "0"
    assert any("免除企业没有问题的集装箱检查费用未列入年初预算" in c for c in cells)


def test_task_3_a_contradiction_in_words(reader: Reader) -> None:
    reader.click(reader.row(YUEYANG).get_by_role("link", name="核对"))
    finding = reader.page.locator(".finding", has_text="文字表述与数值一致")
    assert "决算数小于预算数" in finding.inner_text()
    assert "203.59" in finding.inner_text()
    sides = finding.locator(".sides > div").all_inner_texts()
    assert "决算数小于预算数" in sides[0]
    assert "203.59" in sides[2]
    reader.click(finding.get_by_role("link"))
    assert reader.page.locator("mark").first.is_visible()


def test_task_4_duties_and_divisions(reader: Reader) -> None:
    reader.click(reader.link(SHENZHEN))
    divisions = reader.page.locator("section", has=reader.page.get_by_role("heading", name="内设机构"))
    changes = {
        name: " ".join(divisions.locator("li", has_text=name).inner_text().split()).removeprefix(name).strip()
        for name in ("海空铁口岸处", "数字口岸处", "政策法规处")
    }
    assert changes == {"海空铁口岸处": "2021", "数字口岸处": "2023", "政策法规处": "2021、2023"}
    duties = reader.page.locator("section", has=reader.page.get_by_role("heading", name="职责"))
    assert "贯彻执行国家、省、市有关口岸工作的法律、法规和政策" in duties.first.inner_text()


def test_task_5_three_public_expenses_for_excel(reader: Reader) -> None:
    reader.click(reader.link("查询"))
    reader.click(reader.page.locator('a[href="/queries/three-public-expenses"]'))
    assert SHENZHEN in reader.text()
    address = reader.link("CSV").first.get_attribute("href")
    answer = reader.page.request.get(f"{reader.page.url.partition('/queries')[0]}{address}")
    reader.left -= 1
    assert answer.body().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))
    assert {r["amount"] for r in rows if "深圳" in r["agencyLabel"] and r["year"] == "2023"} >= {"90000"}
    assert reader.left >= 0


def test_task_6_compare_two_offices(reader: Reader) -> None:
    reader.click(reader.link("比较"))
    reader.click(reader.page.get_by_label(BAOJI))
    reader.click(reader.page.get_by_label(SHENZHEN))
    reader.click(reader.page.get_by_role("button", name="比较"))
    row = reader.row("201", "一般公共服务支出")
    assert "1,730,000" in row.inner_text()
    assert "489,570,000" in row.inner_text()
    # The totals as both offices print them: Shenzhen's lines are rounded to 万元.
    assert reader.page.locator("tfoot td").all_inner_texts() == ["1,905,700", "582,260,000"]
    assert "范围不同" in reader.page.locator(".warning").inner_text()


def test_task_7_what_a_figure_means(reader: Reader) -> None:
    reader.click(reader.row(YUEYANG).get_by_role("link", name="情况说明"))
    reader.click(reader.page.locator(".text a.figure", has_text="101.64"))
    text = reader.text()
    assert "1,016,400 元" in text
    assert "101.64万元" in text
    assert YUEYANG in text
    identities = reader.page.locator("section", has=reader.page.get_by_role("heading", name="参与的核对"))
    assert identities.locator("tbody tr").count() >= 1


def test_task_8_tables_declared_empty(reader: Reader) -> None:
    reader.click(reader.link("数据"))
    table = reader.page.locator("table.matrix").first
    head = [" ".join(h.split()) for h in table.locator("thead th").all_inner_texts()]
    row = table.locator("tr", has_text=BAOJI)
    cells = dict(zip(head[1:], row.locator("td").all_inner_texts(), strict=True))
    assert cells["政府性基金预算表"] == "声明为空"
    assert cells["政府采购表"] == "声明为空"
    assert cells["评分表"] == "—"
    assert int(cells["收支总表"]) > 0


def test_task_9_cite_the_contradictions(reader: Reader) -> None:
    reader.click(reader.link("查询"))
    reader.click(reader.page.locator('a[href="/queries/contradictions"]'))
    citation = reader.page.locator("#cite-gbt").inner_text()
    assert re.search(r"数据版本 \d{6}-[0-9a-f]{8}\[DS/OL\]\. \(\d{4}-\d\d-\d\d\)\[\d{4}-\d\d-\d\d\]\. http", citation)
    assert "@misc{gongkai-" in reader.page.locator("#cite-bibtex").inner_text()


def test_task_10_vague_targets_and_their_sparql(reader: Reader) -> None:
    reader.click(reader.link("查询"))
    reader.click(reader.page.locator('a[href="/queries/vague-targets"]'))
    assert reader.page.locator("tbody tr").count() > 5
    reader.click(reader.page.get_by_text("背后的 SPARQL"))
    assert "gk:qualitative true" in reader.page.locator("#sparql-text").inner_text()
    reader.click(reader.page.get_by_role("button", name="在 SPARQL 页面打开"))
    assert reader.page.locator("textarea").input_value().count("gk:qualitative") == 1


def test_every_task_that_is_written_down_is_done() -> None:
    written = re.findall(r"^\| (\d+) \|", _read_first_table(), re.MULTILINE)
    done = re.findall(r"^test_task_(\d+)_", "\n".join(dir(sys.modules[__name__])), re.MULTILINE)
    assert written == [str(n) for n in range(1, 11)]
    assert sorted(map(int, done)) == list(range(1, 11))


def _read_first_table() -> str:
    """The ten tasks; those behind the next heading are of ``test_newcomer_tasks.py``."""
    return (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8").partition("\n## ")[0]
