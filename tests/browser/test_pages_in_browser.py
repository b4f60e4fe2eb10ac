"""The pages in a real Chromium: both languages, narrow and wide, no request elsewhere, evidence by clicks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from loaders.build import load_files

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent.parent
GRAPH = ROOT / "tests" / "service" / "graph.trig"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGES = [
    "/", "/queries", "/queries/offices-funding-service?service=free-inspection", "/documents/shenzhen-2023-budget",
    "/documents/evil-2024-budget", "/page/figure/shenzhen-2023-budget/63-68", "/page/agency/000000-deadbeef", "/sparql",
    "/documents/yueyang-2023-accounts/checks", "/documents/evil-2024-budget/checks",
    "/documents/yueyang-2023-accounts?quote=98-103",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the hand-made graph."""
    store = tmp_path_factory.mktemp("store")
    load_files([GRAPH], store)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GONGKAI_")} | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve", "--store", str(store), "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(timeout=15)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(params=[(1280, "zh-CN"), (1280, "en-GB"), (360, "zh-CN"), (360, "en-GB")], ids=str)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, locale = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_quiet_and_fits(page: Page, site: str, path: str) -> None:
    complaints: list[str] = []
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(site):
            elsewhere.append(request.url)

    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
    page.on("request", note)
    response = page.goto(site + path)
    assert response is not None
    assert response.status == 200
    assert complaints == []
    assert elsewhere == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "the page is wider than the window"
    assert page.locator("h1").count() == 1
    for field in page.locator("input:not([type=hidden]), select, textarea").all():
        assert field.evaluate("e => e.labels.length") > 0, field.evaluate("e => e.outerHTML")


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
    assert "70000000" in page.locator("main").inner_text()
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
