"""A browser behind a proxy that shows the site under a path gets all that a page needs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.service.test_under_a_path import PREFIX, run_nginx

pytestmark = pytest.mark.browser


def test_a_browser_behind_nginx_gets_all_that_a_page_needs(site: str, browser: Browser, tmp_path: Path) -> None:
    failed: list[str] = []
    with run_nginx(site.rstrip("/"), tmp_path) as address:
        page = browser.new_page()
        page.on("response", lambda r: failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("console", lambda m: failed.append(m.text) if m.type == "error" else None)
        page.goto(f"{address}/")
        page.locator("nav.main a[href$='/sparql']").click()
        page.wait_for_selector("body[data-editor=ready]")
        assert urlsplit(page.url).path == f"{PREFIX}/sparql"
        page.locator("nav.main a[href$='/documents']").click()
        assert page.locator("h1").count() == 1
        page.close()
    assert failed == []
