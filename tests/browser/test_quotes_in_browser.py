"""What a reader is sent to can be read: the quoted stretch and all marks within it, in every state and both schemes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from tests.browser.contrast import find_faint
from tests.browser.test_pages_in_browser import OF_TEXTS, RULES
from tests.volume import size

pytestmark = pytest.mark.browser
#: WCAG's enhanced contrast: the cited characters are what everything else leads to.
ENHANCED = 7.0
#: It has marks of every kind, and figures within most of them.
DOCUMENT = "/documents/baoji-2023-budget"
#: What a quote may meet: the element whose place is taken, and how far the quote begins before and ends behind it.
SITUATIONS = {
    "a figure": (".figure", 0, 0),
    "the second half of a figure": (".figure", 1, 0),
    "from before a figure into it": (".figure", -5, -1),
    "a figure among others": (".figure", -60, 60),
    "a code": (".code", 0, 0),
    "a figure in words that are marked": (".figure:is(.change, .duty, .link)", 0, 0),
    "a figure where the document contradicts itself": (".figure.finding", 0, 0),
    "a name": (".entity", 0, 0),
    "a statement with figures in it": (":is(.change, .duty)", -10, 200),
    "rows of a table with codes": (".code", -100, 400),
}


@pytest.fixture(scope="module", params=[("light", "zh-CN"), ("dark", "en-GB")], ids="-".join)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    scheme, locale = request.param
    context = browser.new_context(color_scheme=scheme, locale=locale, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def places(browser: Browser, five: str) -> dict[str, tuple[int, int]]:
    """For each kind of mark the place of the first in the text, counted in characters."""
    found = browser.new_page()
    found.goto(five + DOCUMENT)
    spans = found.evaluate(
        """(kinds) => {
          const text = document.querySelector(".reading .text");
          return kinds.map((kind) => {
            // Of several characters, so that it has a second half.
            const element = [...text.querySelectorAll(`a${kind}`)].find((e) => [...e.textContent].length > 1);
            if (!element) return [kind, null];
            const before = document.createRange();
            before.setStart(text, 0);
            before.setEndBefore(element);
            const start = [...before.toString()].length;
            return [kind, [start, start + [...element.textContent].length]];
          });
        }""",
        sorted({kind for kind, _, _ in SITUATIONS.values()}),
    )
    found.context.close()
    assert [kind for kind, span in spans if span is None] == [], "the document has none of these"
    return {kind: (span[0], span[1]) for kind, span in spans}


def open_quote(page: Page, five: str, places: dict[str, tuple[int, int]], situation: str) -> Locator:
    """Opens the document at a quote; gives what is quoted."""
    kind, before, behind = SITUATIONS[situation]
    start, end = places[kind]
    start, end = max(0, start + before), end + behind
    page.goto(f"{five}{DOCUMENT}?quote={start}-{end}#char={start},{end}")
    quoted = page.locator(".text mark")
    assert quoted.count() > 0
    return quoted


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_quoted_can_be_read(page: Page, five: str, places: dict[str, tuple[int, int]], situation: str) -> None:
    quoted = open_quote(page, five, places, situation)
    quoted.first.scroll_into_view_if_needed()
    assert find_faint(page, ".text", ENHANCED, ENHANCED) == []


@pytest.mark.parametrize("situation", ["rows of a table with codes"])
def test_axe_finds_nothing_on_a_quoted_page(
    page: Page, five: str, places: dict[str, tuple[int, int]], situation: str
) -> None:
    open_quote(page, five, places, situation)
    found = Axe().run(page, options=size(OF_TEXTS, RULES)).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found] == []


@pytest.mark.parametrize("situation", ["a figure", "a code", "a figure where the document contradicts itself"])
@pytest.mark.parametrize("shown", [True, False], ids=["marked", "marks off"])
def test_it_can_be_read_while_it_is_pointed_at_and_chosen(
    page: Page, five: str, places: dict[str, tuple[int, int]], situation: str, shown: bool
) -> None:
    quoted = open_quote(page, five, places, situation)
    link = quoted.locator("a").first
    # Another of its kind, which nobody quotes, must be readable in the same states.
    other = page.locator(f".text a{SITUATIONS[situation][0]}:not(mark *)").last
    for box in page.locator(".legend input").all():
        # Not by the mouse: the page is still on its way to the quote, and a click would land beside the box.
        box.evaluate("(e, shown) => { if (e.checked !== shown) e.click() }", shown)
    for element in (link, other):
        element.scroll_into_view_if_needed()
        element.hover()
        assert element.evaluate("e => e.matches(':hover')")
        assert find_faint(page, ".text", ENHANCED, ENHANCED) == [], "hover"
        element.focus()
        assert find_faint(page, ".text", ENHANCED, ENHANCED) == [], "focus"
        element.evaluate("e => e.classList.add('chosen')")  # as the script does when it is opened beside the text
        page.mouse.move(0, 0)
        assert find_faint(page, ".text", ENHANCED, ENHANCED) == [], "chosen"


def test_a_figure_is_told_apart_from_the_quote_around_it(
    page: Page, five: str, places: dict[str, tuple[int, int]]
) -> None:
    quoted = open_quote(page, five, places, "a figure among others")
    figure = quoted.locator("a.figure").first
    assert figure.evaluate("e => parseFloat(getComputedStyle(e).borderBottomWidth)") >= 1
    colours = figure.evaluate(
        "e => [getComputedStyle(e).borderBottomColor, getComputedStyle(e.closest('mark')).backgroundColor]"
    )
    assert colours[0] != colours[1]


def test_on_paper_the_quote_is_dark_on_white(page: Page, five: str, places: dict[str, tuple[int, int]]) -> None:
    """Printers leave backgrounds out, so none may be needed."""
    open_quote(page, five, places, "a figure among others")
    page.emulate_media(media="print")
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("* { background: transparent !important } html { background: white !important }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert find_faint(page, ".text", ENHANCED, ENHANCED) == []
    page.emulate_media(media="screen")


def test_the_measure_sees_what_cannot_be_read(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<body style='background:#fff'><p id='a' style='color:#fff'>x</p>"
        "<div style='background:#fbe9b7'><p id='b' style='color:#ffffff'>y</p></div>"
        "<p style='color:#767676'>grey</p><p style='color:rgba(0,0,0,.2)'>faint</p></body>"
    )
    # By WCAG's formula: white on pale yellow is 1.20, #767676 on white 4.54, a fifth of black on white (#ccc) 1.61.
    assert [line.split(" ", 1)[0] for line in find_faint(page)] == ["1.00", "1.20", "1.61"]
    page.context.close()
