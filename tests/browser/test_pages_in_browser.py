"""The pages in a real Chromium: both languages, light and dark, narrow and wide, with and without scripts.

No page may violate axe-core's rules, be wider than its window, complain on the console, or ask another host.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

from tests.browser.contrast import find_faint
from tests.volume import FULL, size

pytestmark = pytest.mark.browser
FREE = "/queries/offices-funding-service?service=free-inspection"
#: Over the hand-made graph, where labels and texts try to become markup.
PAGES = [
    "/", "/queries", FREE, f"{FREE}&_sort=-amount&_rows=agencyLabel&_columns=role&_value=amount",
    f"{FREE}&_find=%3Cscript%3Ealert(1)%3C/script%3E", "/documents", "/documents/shenzhen-2023-budget",
    "/documents/evil-2024-budget", "/documents/evil-2024-budget/checks",
    "/documents/yueyang-2023-accounts?quote=98-103", "/page/figure/shenzhen-2023-budget/63-68",
    "/page/agency/000000-deadbeef", "/page/agency/440300-1f3c9a20?property=gk:agency&class=gk:Figure",
    "/compare", "/data", "/help", "/ontology", "/sparql", "/search",
    "/search?q=%E5%8F%A3%E5%B2%B8+2023", "/dumps", "/dataset", "/try",
]  # fmt: skip
#: Over the five documents: what is too small to be seen in a graph made by hand.
LARGE = [
    "/documents/yueyang-2023-accounts", "/documents/yueyang-2023-accounts/checks", "/page/service/free-inspection",
    "/queries/function-tree", "/compare?by=economic",
    # Profiles, and a sheet with its citation.
    "/page/agency/440300-e2feb0bf", "/page/agency/430600-15806559?phase=budget", "/page/place/440000",
    "/page/code/function/229", "/page/agency/440300-e2feb0bf/project/c45cb349", "/documents/shenzhen-2023-budget/sheet",
]  # fmt: skip
#: Only what violates a rule is reported whole: to describe all that does not takes a third of the time.
RULES: dict[str, object] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"],
}  # fmt: skip
#: Contrast is measured on each page in both states without axe-core (tests/browser/contrast.py), ten times as fast.
BUT_CONTRAST = RULES | {"rules": {"color-contrast": {"enabled": False}}}
#: For the whole text of a document: two rules compare each of its thousand links with all others, which takes half a
#: minute. They are tried on it at night; the same marks stand on the pages of small documents.
OF_TEXTS = RULES | {
    "rules": {rule: {"enabled": False} for rule in ("color-contrast", "link-in-text-block", "target-size")}
}
#: What else depends on width and colours.
OF_THE_STATE: dict[str, object] = {
    "runOnly": {"type": "rule", "values": ["link-in-text-block", "target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}


class Visitor:
    """A tab that goes from page to page and keeps what went wrong."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        self.page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture(scope="module", params=[(1280, "zh-CN", "light"), (360, "en-GB", "dark")], ids=str)
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[int, Visitor]]:
    """A tab in one of two states, and which of them."""
    width, locale, scheme = request.param
    made = browser.new_context(viewport={"width": width, "height": 800}, locale=locale, color_scheme=scheme)
    yield int(scheme == "dark"), Visitor(made)
    made.close()


def look(visitor: Visitor, address: str, path: str, rules: dict[str, object]) -> None:
    """Opens a page and holds it to what is asked of every page."""
    page = visitor.page
    visitor.complaints.clear()
    visitor.asked.clear()
    response = page.goto(address + path)
    assert response is not None
    assert response.status == 200
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "the page is wider than the window"
    assert page.locator("h1").count() == 1
    for field in page.locator("input:not([type=hidden]), select, textarea").all():
        assert field.evaluate("e => e.labels.length > 0 || !!e.ariaLabel"), field.evaluate("e => e.outerHTML")
    assert find_faint(page) == []
    found = Axe().run(page, options=rules).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found] == []
    assert visitor.complaints == []
    assert [url for url in visitor.asked if not url.startswith(address)] == []


def choose_rules(state: int, number: int) -> dict[str, object]:
    """All rules in one of the two states, page by page in turns, and in the other those that depend on it. The measure
    of contrast that axe-core has is among them for some pages, at night for all, as are all rules in both states."""
    if FULL:
        return RULES
    if (state + number) % 2:
        return OF_THE_STATE
    return RULES if number % 8 == 4 else BUT_CONTRAST


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_quiet_and_fits(visitor: tuple[int, Visitor], site: str, path: str) -> None:
    state, tab = visitor
    look(tab, site, path, choose_rules(state, PAGES.index(path)))


@pytest.mark.parametrize("path", LARGE)
def test_large_pages_too(visitor: tuple[int, Visitor], five: str, path: str) -> None:
    state, tab = visitor
    look(tab, five, path, size(OF_TEXTS, RULES) if path == LARGE[0] else choose_rules(state, LARGE.index(path)))


def test_every_page_says_the_same_without_scripts(browser: Browser, site: str) -> None:
    plain = browser.new_context(java_script_enabled=False).new_page()
    scripted = browser.new_context().new_page()
    # The editor stands in place of the plain form: that page has tests of its own.
    for path in [p for p in PAGES if p != "/sparql"][:: size(3, 1)]:
        for page in (plain, scripted):
            page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang=en")
        for kept in ("h1", "main table", "main svg", "main form"):
            assert plain.locator(kept).count() == scripted.locator(kept).count(), (path, kept)
        assert plain.locator("h1").inner_text() == scripted.locator("h1").inner_text()
    plain.context.close()
    scripted.context.close()


def test_a_figure_opens_beside_its_text(browser: Browser, five: str) -> None:
    page = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{five}/documents/shenzhen-2023-budget")
    figure = page.locator('.text a.figure[title*="免除查验没有问题作业服务工作"]').first
    figure.click()
    page.locator("#meaning", has_text="70,000,000 元").wait_for()
    assert page.url == f"{five}/documents/shenzhen-2023-budget", "the text stays"
    assert "总额等于所列各项之和" in page.locator("#meaning").inner_text()
    assert page.locator("#meaning").evaluate("e => e === document.activeElement"), "the keyboard goes along"
    page.get_by_label("数字", exact=False).first.uncheck()
    assert page.locator(".text .figure").nth(1).evaluate("e => getComputedStyle(e).backgroundColor") == (
        "rgba(0, 0, 0, 0)"
    )
    page.context.close()


def test_the_keyboard_reaches_the_content_first(browser: Browser, site: str) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(site)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box() is not None
    page.keyboard.press("Enter")
    assert page.url == f"{site}/#main"
    page.context.close()


def test_on_paper_only_the_content_stays(browser: Browser, site: str) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{site}{FREE}")
    page.emulate_media(media="print")
    assert not page.locator("nav.main").is_visible()
    assert not page.locator("form.parameters").is_visible()
    assert page.locator("main table").first.is_visible()
    assert page.locator("#cite-gbt").is_visible()
    page.context.close()


def test_the_question_in_four_clicks(browser: Browser, site: str) -> None:
    """How much did Shenzhen plan for it in 2023, under which code, and where is that stated?"""
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.get_by_role("link", name="哪些部门资助免除查验没有问题服务？").click()
    row = page.locator("tbody tr", has_text="深圳市人民政府口岸办公室").filter(has_text="服务本身")
    assert "70,000,000" in row.inner_text()
    assert "2299999" in row.inner_text()
    row.get_by_role("link", name="免除查验没有问题作业服务工作 7,000 万元").click()
    assert page.url == f"{site}/documents/shenzhen-2023-budget?quote=48-71#char=48,71"
    assert "".join(page.locator("mark").all_inner_texts()) == "免除查验没有问题作业服务工作 7,000 万元"
    page.get_by_role("link", name="7,000", exact=True).click()
    assert "70,000,000 元" in page.locator("main").inner_text()
    context.close()


def test_from_a_contradiction_to_the_characters(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.locator("tbody tr", has_text="岳阳市人民政府口岸管理办公室").get_by_role("link", name="核对").click()
    finding = page.locator(".finding", has_text="文字表述与数值一致")
    assert "矛盾" in finding.inner_text()
    finding.get_by_role("link").nth(1).click()
    assert page.locator("mark").all_inner_texts() == ["101.64"]
    assert page.locator("mark").is_visible()
    page.get_by_role("link", name="数字账、核对结果、各表状态").click()
    page.get_by_role("link", name="English").click()
    assert "101.64 is above 0" in page.locator("main").inner_text()
    context.close()


def test_english_at_one_click(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/queries/offices-funding-service?service=free-inspection")
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text() == "Which offices fund a service"
    assert page.locator("tbody tr").count() == 3
    page.get_by_role("button", name="Ask").click()
    assert page.locator("h1").inner_text() == "Which offices fund a service"
    assert page.locator("tbody tr").count() == 3
    context.close()


def test_sparql_by_form(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/sparql")
    page.get_by_label("Query (SPARQL 1.1)").fill(
        "SELECT ?s WHERE { ?s a <https://w3id.org/gongkai/ontology#Document> }"
    )
    page.get_by_role("button", name="Run").click()
    assert page.locator("tbody tr").count() == 3
    page.get_by_label("Query (SPARQL 1.1)").fill("SELECT ?s WHERE {")
    page.get_by_role("button", name="Run").click()
    assert "line 1, column 17" in page.locator("main").inner_text()
    context.close()
