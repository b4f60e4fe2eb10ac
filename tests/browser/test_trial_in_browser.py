"""A document of the reader's own in a real browser, without scripts: brought, looked at, taken away, dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.contrast import find_faint
from tests.browser.test_pages_in_browser import OF_TEXTS, RULES, choose_rules
from tests.volume import size

pytestmark = pytest.mark.browser


def hold(page: Page, rules: dict[str, object]) -> None:
    """What is asked of every page: no violation, no faint text, not wider than its window."""
    found = Axe().run(page, options=rules).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found] == []
    assert find_faint(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize(("width", "locale", "scheme"), [(1400, "zh-CN", "light"), (390, "en-GB", "dark")])
def test_a_document_is_brought_and_looked_at(
    browser: Browser, site: str, documents_folder: Path, width: int, locale: str, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale=locale, color_scheme=scheme, bypass_csp=True  # type: ignore[arg-type]
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{site}/try")
    page.locator("input[type=file]").set_input_files(documents_folder / "shenzhen-2023-budget.txt")
    page.get_by_role("button", name="读这份文件" if locale == "zh-CN" else "Read it").click()
    page.locator("#sheet").wait_for(timeout=120_000)
    hold(page, choose_rules(int(scheme == "dark"), 0))
    with page.expect_download() as download:
        page.get_by_role("link", name="figures.csv").click()
    assert "7,000" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    page.locator('a[href*="/text"]').first.click()
    page.locator(".text .grid td").first.wait_for()
    hold(page, size(OF_TEXTS, RULES))
    # The figure of the question: in a cell of a table, marked, and its place leads there.
    assert page.locator(".text .grid td .figure", has_text="7,000").count() > 0
    page.go_back()
    page.locator("form.toolbar button").click()
    page.locator("input[type=file]").wait_for()
    context.close()
