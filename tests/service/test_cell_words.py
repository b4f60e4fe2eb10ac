"""No cell of a controlled vocabulary shows a word of the other language; what documents print stays as printed."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from loaders.facts import Direction, DocumentKind, Match, Role, TokenClass
from loaders.meaning.ports import KINDS
from loaders.tables.forms import FORMS
from service.pages.cell_words import CellWords, read_topics, say_value
from service.queries.answers import Row, Value
from service.queries.query import CannedQuery, Column
from service.queries.results import show_columns
from service.words.terms import CELL_WORDS
from tests.service.five_documents import QUERIES, Graph

#: Columns that hold names of files and things, which have no language.
_NAMES = {("offices-funding-service", "document")}
#: What the documents print holds Latin letters too; a code of ours is nothing but small letters.
_CODE = re.compile(r"[a-z]+(?:[ -][a-z]+)*")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def table(graph: Graph, query: CannedQuery, language: str) -> tuple[list[Row], list[Column]]:
    given: dict[str, str | list[str]] = {p.name: "all" for p in query.parameters if p.optional}
    found = graph.table(query.name, language, **given)
    return found.rows, [c for c in show_columns(query, found, language) if not c.numeric]


def cells(graph: Graph, query: CannedQuery, language: str) -> set[tuple[str, str, str]]:
    """Column, what the graph holds, what the page says: of the words, each once."""
    rows, columns = table(graph, query, language)
    words = graph.loop.run_until_complete(CellWords.read(graph.answers, rows[:500], columns, language))
    return {
        (column.name, row[column.name].text, words.say(row, column))
        for row in rows[:500]
        for column in columns
        if column.name in row and not row[column.name].is_iri and (query.name, column.name) not in _NAMES
    }


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_chinese_pages_show_no_english_codes_and_english_ones_no_chinese_words(
    graph_of_five: Graph, query: CannedQuery
) -> None:
    chinese = cells(graph_of_five, query, "zh")
    assert [c for c in chinese if _CODE.fullmatch(c[2])] == []
    assert [c for c in chinese if c[0] == "message" and re.search(r"\b(?:is|the|of|found)\b", c[2])] == []
    codes = {(column, text) for column, text, _ in chinese if _CODE.fullmatch(text)}
    english = cells(graph_of_five, query, "en")
    assert [c for c in english if c[:2] in codes and _HAN.search(c[2])] == []
    topics = read_topics()
    assert [c for c in english if c[0] in ("serviceLabel", "topicLabel", "topics") and c[2] in topics] == []


def test_every_code_that_the_loaders_can_write_has_words() -> None:
    written = {c for kind in (Match, Direction, DocumentKind, Role, TokenClass) for c in get_args(kind) if c}
    written |= {*KINDS.values(), "platform", "true", "false"} | {form.id for form in FORMS}
    assert written <= set(CELL_WORDS)
    for code, (zh, en) in CELL_WORDS.items():
        assert zh or not en, code
        assert not _CODE.fullmatch(zh), code
        assert not _HAN.search(en), code


def test_what_documents_print_stays() -> None:
    assert say_value("其他支出", "line", "en") == "其他支出"
    assert say_value("单一窗口", "line", "en") == "单一窗口", "a project that is called as a topic is"
    assert say_value("单一窗口", "topics", "en") == read_topics()["单一窗口"]
    assert say_value("单一窗口；大通关", "topics", "en").count(";") == 1
    assert say_value("administration", "role", "zh") == "政策管理"
    row = Row(message=Value("as the graph says it"))
    assert CellWords("zh", {}).say(row, Column("message", {})) == "as the graph says it"
