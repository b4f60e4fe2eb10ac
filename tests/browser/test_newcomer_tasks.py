"""Tasks 11 to 22 of docs/tasks.md: someone who sees the site for the first time, by clicks alone, at most four of them.

They are done over the five documents, every other one in English. Over a store of many documents they are done in both
languages where ``GONGKAI_TASKS_AT`` names the address of a server over the PDFs of the shared material.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from service.queries.catalogue import QueryCatalogue

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = QueryCatalogue.load()
MANY = os.environ.get("GONGKAI_TASKS_AT", "")
SHENZHEN, YUEYANG, BAOJI = "深圳市人民政府口岸办公室", "岳阳市人民政府口岸管理办公室", "宝鸡市人民政府口岸办公室"


@dataclass(frozen=True)
class Task:
    """A question about an office: the query that answers it, words of the row in both languages, what is marked."""

    number: int
    query: str
    office: str
    row: tuple[str, ...]
    marked: str


#: As read in the documents.
FIVE = (
    Task(11, "three-public-expenses", "上海市口岸服务办公室", ("2017", "474,000"), "47.4"),
    Task(13, "staffing", YUEYANG, ("2023", "25"), "25"),
    Task(14, "budgets-and-accounts", YUEYANG, ("2023", "4,752,000"), "475.2"),
    Task(15, "points-lost", SHENZHEN, ("编外人员控制率", "实际编外人员 16 人"), "编外人员控制率"),
    Task(16, "procurement", SHENZHEN, ("2023", "10,640,000"), "1,064"),
    Task(17, "running-costs", YUEYANG, ("2023", "720,900"), "72.09"),
    Task(18, "office-history", BAOJI, ("1995-10", "宝鸡口岸服务中心"), "成立了宝鸡口岸服务中心"),
    Task(19, "meetings-and-training", SHENZHEN, ("2023", "50,000"), "5"),
    Task(20, "vehicles-and-equipment", YUEYANG, ("公务用车保有量", "1"), "1"),
    Task(21, "legal-bases", BAOJI, ("宝市编发〔1993〕1号",), "宝市编发〔1993〕1 号"),
    Task(22, "changes-and-reasons", BAOJI, ("222,300", "增加了绩效工资"), "22.23"),
)
ALL = (
    Task(11, "three-public-expenses", "深圳市审计局", ("2026", "280,000"), "28.00"),
    Task(13, "staffing", "中共西安市委宣传部", ("2020", "105"), "105"),
    Task(14, "budgets-and-accounts", "佛山市轨道交通局", ("2019", "7,463,900"), "746.39"),
    Task(15, "points-lost", "宁德市人民政府办公室", ("基本经费投入成本", "年中追加预算经费"), "基本经费投入成本"),
    Task(16, "procurement", "北京市水务局", ("2026", "789,613,800"), "78961.38"),
    Task(17, "running-costs", "广州市信访局", ("2026", "4,443,900"), "444.39"),
    Task(18, "office-history", "西安市气象局", ("2019-09", "西安市人工影响天气服务保障中心"), "2019 年 9 月 29 日"),
    Task(19, "meetings-and-training", "苏州市审计局", ("2026", "430,000"), "43.00"),
    Task(20, "vehicles-and-equipment", "杭州市公安局", ("公务用车保有量", "943"), "943"),
    Task(21, "legal-bases", "西安市商务局", ("综合保税区管理办法",), "综合保税区管理办法"),
    Task(22, "changes-and-reasons", "深圳市民政局", ("120,000", "2026年未安排经费用于公务用车购置"), "减少12.00万元"),
)  # fmt: skip


class Newcomer:
    """Someone at the start page who has four clicks and types nothing."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page, self.language, self.left = page, language, 4
        page.goto(address)

    def click(self, what: Locator) -> None:
        assert self.left, "a fifth click"
        self.left -= 1
        what.first.click()

    def follow(self, task: Task) -> None:
        """From the start page to the query, to the office's rows, to the evidence of the row."""
        query = CATALOGUE.find(task.query)
        office = next(c.title[self.language] for c in query.columns if c.name == "agencyLabel")
        self.click(self.page.locator(f'main a[href^="/queries/{task.query}"]'))
        facet = self.page.locator("details.facet").filter(has=self.page.locator("summary", has_text=office))
        if facet.count():
            self.click(facet.locator("summary"))
            self.click(facet.locator("a", has_text=task.office))
        rows = self.page.locator(".result tbody tr").filter(has_text=task.office)
        for words in task.row:
            rows = rows.filter(has_text=words)
        self.click(rows.locator("td.sources a"))
        # A word that ends a line of the text goes on in the next one.
        marked = re.sub(r"\s", "", "".join(self.page.locator("mark").all_inner_texts()))
        assert re.sub(r"\s", "", task.marked) in marked
        assert self.page.locator("mark").first.is_visible()


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[dict[str, Page]]:
    contexts = {
        language: browser.new_context(locale=locale, java_script_enabled=False, viewport={"width": 1400, "height": 900})
        for language, locale in (("zh", "zh-CN"), ("en", "en-GB"))
    }
    yield {language: context.new_page() for language, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("task", FIVE, ids=lambda t: f"{t.number}-{t.query}")
def test_a_newcomer_finds_it_in_four_clicks(pages: dict[str, Page], five: str, task: Task) -> None:
    language = "zh" if task.number % 2 else "en"
    Newcomer(pages[language], five, language).follow(task)


def test_task_12_the_largest_office(pages: dict[str, Page], five: str) -> None:
    newcomer = Newcomer(pages["en"], five, "en")
    rows = pages["en"].locator("section", has=pages["en"].locator("#largest")).locator("tbody tr")
    assert SHENZHEN in rows.first.inner_text()
    assert "58,227" in rows.first.inner_text(), "in units of 10,000 yuan, as it is printed"
    assert "2023" in rows.first.inner_text()
    newcomer.click(rows.first.get_by_role("link", name="text"))
    assert "58,227" in "".join(pages["en"].locator("mark").all_inner_texts())


@pytest.mark.skipif(not MANY, reason="needs a server over the PDFs; set GONGKAI_TASKS_AT to its address")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("task", ALL, ids=lambda t: f"{t.number}-{t.query}")
def test_the_same_over_all_documents(pages: dict[str, Page], task: Task, language: str) -> None:
    pages[language].set_default_timeout(60_000)
    Newcomer(pages[language], MANY, language).follow(task)


def test_all_that_is_written_down_is_done() -> None:
    text = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8").partition("## ")[2]
    written = {int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert written == set(range(11, 23)) == {12, *(t.number for t in FIVE)} == {12, *(t.number for t in ALL)}
    for task in ALL:
        row = next(line for line in text.splitlines() if line.startswith(f"| {task.number} |"))
        assert task.office in row


def test_the_first_screen_says_what_it_is_and_what_is_loaded(browser: Browser, five: str) -> None:
    """Without scrolling: one sentence, what is loaded as a picture and in numbers, four questions."""
    for width, height, language in ((1400, 900, "zh"), (390, 844, "zh"), (390, 844, "en")):
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.goto(f"{five}/?lang={language}")
        for seen in ("h1", ".lead", ".holds dl", ".holds svg", ".asks li:last-child"):
            box = page.locator(seen).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height, (width, language, seen)
        assert page.locator(".asks li").count() == 4
        assert page.locator(".holds rect").count() >= 3, "a bar for each year that has documents"
        context.close()


def test_the_first_column_and_the_evidence_stay_in_sight(browser: Browser, five: str) -> None:
    for width in (1400, 390):
        context = browser.new_context(viewport={"width": width, "height": 844})
        page = context.new_page()
        page.goto(f"{five}/queries/offices-funding-service?service=free-inspection&lang=zh")
        table = page.locator(".scroll.result")
        frame = table.bounding_box()
        assert frame is not None
        for left in (0, 300, 5000):
            table.evaluate("(e, left) => { e.scrollLeft = left }", left)
            for cell in ("tbody tr:first-child td:first-child", "tbody tr:first-child td.sources"):
                box = table.locator(cell).bounding_box()
                assert box is not None
                assert frame["x"] - 1 <= box["x"], (width, left, cell)
                assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1, (width, left, cell)
        context.close()


def test_what_is_copied_is_the_plain_number(browser: Browser, five: str) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, permissions=["clipboard-read"])
    page = context.new_page()
    page.goto(f"{five}/queries/offices-funding-service?service=free-inspection&lang=zh")

    def copy(start: str, end: str) -> str:
        """What the clipboard gets of the stretch from one cell to another."""
        page.evaluate(
            """([start, end]) => {
              const range = document.createRange();
              range.setStart(document.querySelector(start).firstChild, 0);
              range.setEndAfter(document.querySelector(end).lastChild);
              getSelection().removeAllRanges();
              getSelection().addRange(range);
            }""",
            [start, end],
        )
        page.keyboard.press("Control+c")
        return str(page.evaluate("navigator.clipboard.readText()"))

    row = ".result tbody tr:nth-child(2)"
    amount = page.locator(f"{row} td.number").first.inner_text()
    assert amount.startswith("70,000,000")
    assert copy(f"{row} td.number", f"{row} td.number") == "70000000"
    cells = copy(f"{row} td:nth-child(2)", f"{row} td:nth-child(7)").split("\t")
    assert cells[3] == "70000000"
    assert "7,000 万元" in cells[5], "a quote stays word for word"
    context.close()


def test_the_editors_buttons_do_not_cover_its_code(browser: Browser, five: str) -> None:
    for width in (390, 1400):
        context = browser.new_context(viewport={"width": width, "height": 844})
        page = context.new_page()
        page.goto(f"{five}/sparql")
        page.locator(".yasqe_queryButton").wait_for()
        buttons, code = page.locator(".yasqe_buttons").bounding_box(), page.locator(".CodeMirror-code").bounding_box()
        assert buttons is not None
        assert code is not None
        assert buttons["y"] + buttons["height"] <= code["y"] + 4, width
        context.close()
