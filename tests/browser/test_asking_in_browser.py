"""Search and the SPARQL editor in a real Chromium: with and without scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
QUERY = """PREFIX gk: <https://w3id.org/gongkai/ontology#>
SELECT ?agency ?amount WHERE { ?figure gk:agency ?agency ; gk:amount ?amount } ORDER BY DESC(?amount)"""


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens a page: ``visit(path, locale=…, scripts=…, width=…)``; what it complains of fails the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def go(path: str, locale: str = "zh-CN", scripts: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            locale=locale, java_script_enabled=scripts, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        # A refused query is an answer of 400, which the browser calls an error to load.
        page.on("console", lambda m: None if "400" in m.text else complaints.append(m.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(site) else complaints.append(f"elsewhere: {r.url}"))
        page.goto(site + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def open_editor(page: Page, query: str) -> None:
    page.locator("body[data-editor=ready]").wait_for()
    page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", query)
    page.locator(".yasqe_queryButton").click()


def test_a_question_in_two_clicks(browser: Browser, five: str) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{five}/search")
    page.get_by_label("词语或问题，中文或英文").fill("哪些口岸办资助免除查验没有问题服务？")
    page.locator("main").get_by_role("button").click()
    assert "免除企业没有问题的集装箱检查费用" in page.locator("mark").all_inner_texts()
    page.get_by_role("link", name="哪些部门为某项服务出资").click()
    assert "70,000,000" in page.locator("tbody").inner_text()
    page.go_back()
    page.locator(".passages li", has_text="未列入年初预算").get_by_role("link").click()
    assert "免除企业没有问题的集装箱检查费用" in "".join(page.locator("mark").all_inner_texts())
    assert page.locator("mark").first.is_visible()
    context.close()


def test_an_english_question_over_the_five_documents(browser: Browser, five: str) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{five}/search?q=Shenzhen+three+public+expenses+2023")
    # The sheet of the office comes first, then the question as a canned query.
    assert page.locator(".cards a").first.get_attribute("href") == "/documents/shenzhen-2023-budget/sheet"
    page.locator(".cards a[href*='three-public-expenses']").first.click()
    assert "three-public-expenses?agency=440300-" in page.url
    assert "&year=2023" in page.url
    # 9 万元, as the budget of 2023 states it.
    assert "90,000" in page.locator("main").inner_text()
    context.close()


@pytest.mark.parametrize("path", ["/search", "/search?q=%E5%8F%A3%E5%B2%B8", "/sparql", "/search?q=%3Cscript%3E"])
def test_pages_fit_a_telephone(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, locale="en-GB", width=360)
    if path == "/sparql":
        page.locator("body[data-editor=ready]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_editor_runs_a_query_and_shows_labels(visit: Callable[..., Page], site: str) -> None:
    page = visit("/sparql")
    open_editor(page, QUERY)
    assert page.locator("#sparql-form").is_hidden()
    cell = page.locator("#results a.iri", has_text="深圳市人民政府口岸办公室").first
    cell.wait_for()
    assert cell.get_attribute("href") == "/id/agency/440300-1f3c9a20"
    assert "70000000" in page.locator("#results tbody").inner_text()
    page.locator("#results").get_by_role("button", name="图").click()
    assert page.locator("#results svg.bars rect").count() == 8
    assert "113,870,000" in page.locator("#results svg.bars").text_content()


def test_errors_stand_at_their_line(visit: Callable[..., Page]) -> None:
    page = visit("/sparql", locale="en-GB")
    open_editor(page, "SELECT ?x WHERE {\n  ?x a dcat:Nothing, nope:Nothing }")
    problem = page.get_by_role("alert")
    problem.wait_for()
    assert "the prefix 'dcat:' is not declared" in problem.inner_text()
    assert "PREFIX dcat: <http://www.w3.org/ns/dcat#>" in problem.inner_text()
    assert page.locator(".problem-line").count() == 1


def test_completion_from_the_data_own_description(visit: Callable[..., Page]) -> None:
    page = visit("/sparql", locale="en-GB")
    page.locator("body[data-editor=ready]").wait_for()
    page.evaluate(
        """() => { const editor = document.querySelector('.CodeMirror').CodeMirror;
        editor.setValue('PREFIX gk: <https://w3id.org/gongkai/ontology#>\\nSELECT * WHERE { ?s a gk:Fig');
        editor.focus(); editor.setCursor({ line: 1, ch: 28 }); }"""
    )
    page.keyboard.press("Control+Space")
    page.wait_for_function(
        "document.querySelector('.CodeMirror').CodeMirror.getValue().includes('gk:Figure') "
        "|| document.querySelector('.CodeMirror-hints')"
    )
    assert "gk:Figure" in page.locator("body").inner_text()


def test_examples_and_results_without_scripts(visit: Callable[..., Page]) -> None:
    page = visit("/sparql", locale="en-GB", scripts=False)
    page.get_by_label("Example").select_option(label="Which offices fund a service")
    page.get_by_role("button", name="Load").click()
    assert "gk:ServiceLink" in page.get_by_label("Query (SPARQL 1.1)").input_value()
    page.get_by_label("Query (SPARQL 1.1)").fill(QUERY)
    page.get_by_role("button", name="Run").click()
    assert page.locator("tbody a", has_text="深圳市人民政府口岸办公室").count() == 3
