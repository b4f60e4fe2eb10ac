"""What pages say of years, boxes, codes and citations, in the language of the page."""

from __future__ import annotations

from datetime import date

import pytest

from loaders.resources import find_ontology_folder
from service.http.problems import describe
from service.linked.trial import Refused
from service.linked.trial_pages import _tell
from service.pages.things import is_year, say_box
from service.queries.citing import cite
from service.words.terms import CLASSIFICATIONS


@pytest.mark.parametrize(("name", "is_one"), [
    ("year", True), ("yearBefore", True), ("attestedYear", True), ("fiscalYear", True), ("amount", False),
    ("count", False), ("yearly", False),
])  # fmt: skip
def test_years_are_no_amounts(name: str, is_one: bool) -> None:
    assert is_year(name) is is_one


def test_a_box_is_said_in_words() -> None:
    where = "page=9&viewrect=434.9,156.8,30.1,10"
    assert say_box(where, "zh") == "第 9 页；方框距左边 434.9、距上边 156.8，宽 30.1、高 10（点，1/72 英寸）"
    assert say_box(where, "en").startswith("page 9; box 434.9 from the left")
    assert say_box("elsewhere", "zh") == "elsewhere"


def test_every_classification_has_words() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in (find_ontology_folder() / "codes").glob("*.ttl"))
    for name in ("function", "economic-2007", "economic-2018", "government-economic-2018"):
        assert f"s:{name} a skos:ConceptScheme" in text
        assert name in CLASSIFICATIONS


def test_a_citation_is_in_the_language_of_its_page() -> None:
    today = date(2026, 11, 30)
    assert "：数据版本 7[DS/OL]" in cite("标题", "http://x", "7", "k", "", today).gbt
    assert "Title: data version 7[DS/OL]" in cite("Title", "http://x", "7", "k", "", today, language="en").gbt


@pytest.mark.parametrize("code", ["ScannedFile", "max_try_seconds", "MemoryError", "died"])
def test_a_visitor_is_not_told_what_the_server_lacks(code: str) -> None:
    """The loaders' advice is for who runs the server: programs to install, settings to raise."""
    problem = _tell("a.pdf", Refused(code, "no text", "Install Tesseract, raise GONGKAI_MAX_TRY_SECONDS"))
    for language, title in (("zh", "这个文件读不出来"), ("en", "This file cannot be read")):
        told = describe(problem, "https://x/", "/try", language)
        assert told["title"] == title
        assert not any(word in told["detail"] for word in ("Tesseract", "GONGKAI", "Install", "安装"))
        assert ("请" in told["remedy"]) is (language == "zh")
