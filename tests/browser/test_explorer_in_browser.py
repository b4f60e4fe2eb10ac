"""The explorer in a real Chromium: every kind of chart, languages and schemes, by clicks alone, framed elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.test_pages_in_browser import Visitor, choose_rules, look
from tests.standing_in import Handler, standing_in

pytestmark = pytest.mark.browser
PAGES = [
    "/explore", "/explore?chart=treemap&share=1", "/explore?measure=expenditure-current&by=function",
    "/explore?by=place&chart=grid", "/explore?by=year&measure=three-public", "/explore?chart=scatter&per=vehicles",
    "/explore?measure=three-public&by=part&chart=table", "/explore?office=430600-15806559&year=2023&phase=budget",
    "/embed/explore?by=place",
]  # fmt: skip
VIEWS = [(1400, "zh-CN", "light"), (390, "en-GB", "dark")]


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_every_chart_is_quiet_and_fits(browser: Browser, five: str, view: tuple[int, str, str]) -> None:
    width, locale, scheme = view
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
    tab = Visitor(context)
    for number, path in enumerate(PAGES):
        look(tab, five, path, choose_rules(VIEWS.index(view), number))
    page = tab.page
    page.goto(f"{five}/explore")
    box = page.locator(".explore-chart svg").bounding_box()
    assert box is not None
    assert box["height"] <= 900, "at most a screen high"
    context.close()


def test_down_by_clicks_and_up_by_crumbs_without_scripts(browser: Browser, five: str) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(five)
    page.get_by_role("link", name="探索", exact=True).click()
    page.locator("select[name=measure]").select_option(label="本年支出合计")
    page.get_by_role("button", name="换指标").click()
    page.get_by_role("link", name="功能科目", exact=True).click()
    page.locator(".explore-chart svg a[href*='function=']").first.click()
    assert page.locator("#chart").inner_text().startswith("本年支出合计：按功能科目，功能科目 2")
    page.locator(".explore-crumbs").get_by_role("link", name="本年支出合计：全部").click()
    assert "功能科目，" not in page.locator("#chart").inner_text()
    page.get_by_text("背后的 SPARQL").click()
    page.get_by_role("button", name="在 SPARQL 页面打开").click()
    assert "/sparql" in page.url
    context.close()


@contextlib.contextmanager
def other_site(body: str) -> Iterator[str]:
    """The address of a page of another origin."""

    class Page(Handler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

    with standing_in(Page) as address:
        yield f"{address}/"


def test_another_site_may_frame_the_embed_page_and_no_other(browser: Browser, five: str) -> None:
    frames = (
        f'<iframe id="a" src="{five}/embed/explore?by=place"></iframe><iframe id="b" src="{five}/explore"></iframe>'
    )
    with other_site(frames) as address:
        page = browser.new_page()
        page.goto(address)
        framed = page.frame_locator("#a").locator("h1")
        framed.wait_for()
        assert "支出总计" in framed.inner_text() or "otal expenditure" in framed.inner_text()
        assert [f.url.partition(":")[0] for f in page.frames] == ["http", "http", "chrome-error"], "it blocks the other"
        page.close()
