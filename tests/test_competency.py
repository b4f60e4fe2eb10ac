"""The competency questions of docs/competency.md, asked of the graph of the five documents."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyoxigraph
import pytest
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from loaders.build.snapshots import find_current

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "competency.md").read_text(encoding="utf-8")
PREFIXES = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[0]
QUESTIONS = [
    (title.strip(), query, answer)
    for title, query, answer in re.findall(
        r"^## (\d+\..*?)$.*?```sparql\n(.*?)```.*?```csv\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE
    )
]


@pytest.fixture(scope="module")
def store(store_of_five: Path) -> pyoxigraph.Store:
    """The five documents, built as `gongkai build` does."""
    snapshot = find_current(store_of_five)
    assert snapshot is not None
    return pyoxigraph.Store.read_only(str(snapshot.database))


def test_questions_are_numbered() -> None:
    assert [q[0].split(".")[0] for q in QUESTIONS] == [str(n) for n in range(1, 24)]


@pytest.mark.parametrize("question", [q for q in QUESTIONS if int(q[0].split(".")[0]) > 10], ids=lambda q: q[0][:2])
def test_a_question_takes_eight_patterns_at_most(question: tuple[str, str, str]) -> None:
    assert 0 < count_patterns(translateQuery(parseQuery(PREFIXES + question[1])).algebra) <= 8


def count_patterns(part: object) -> int:
    """The triple patterns of a query, a path being one, wherever they stand in it."""
    if isinstance(part, CompValue):
        own = len(part.triples) if part.name == "BGP" else 0
        return own + sum(count_patterns(value) for name, value in part.items() if name != "triples")
    return sum(map(count_patterns, part)) if isinstance(part, list | tuple) else 0


@pytest.mark.parametrize(("title", "query", "answer"), QUESTIONS, ids=[q[0].split(".")[0] for q in QUESTIONS])
def test_question_has_the_answer_of_the_page(store: pyoxigraph.Store, title: str, query: str, answer: str) -> None:
    wanted = list(csv.reader(io.StringIO(answer)))
    found = store.query(PREFIXES + query, use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    names = [v.value for v in found.variables]
    rows = [["" if row[n] is None else str(getattr(row[n], "value", "")) for n in names] for row in found]
    assert [names, *rows] == wanted, title


def test_no_statement_stands_in_two_graphs(store: pyoxigraph.Store) -> None:
    seen: dict[object, object] = {}
    twice = []
    for quad in store:
        if seen.setdefault(quad.triple, quad.graph_name) != quad.graph_name:
            twice.append(quad)
    assert twice == []
