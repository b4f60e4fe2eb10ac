"""What is below a class belongs to it: a filter by a class, a field of topics or an office takes what is below it."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.build.building import load_files
from service.queries.parameters import Parameter
from service.queries.query import CannedQuery
from tests.service.five_documents import QUERIES, SHANGHAI, SHENZHEN, YUEYANG, Graph

#: For each list of choices with levels: a choice above others, as a person picked it from the five documents' graph.
ABOVE = {"function": "function/201", "economic": "economic-2018/302", "code": "function/201", "topic": "port-work",
         "agency": "上海市人民政府"}  # fmt: skip


@pytest.fixture(scope="module")
def graph(graph_of_five: Graph) -> Graph:
    return graph_of_five


def list_levelled() -> list[tuple[CannedQuery, Parameter]]:
    return [(q, p) for q in QUERIES for p in q.parameters if p.choice_list in ABOVE and not p.alone]


@pytest.mark.parametrize(("query", "parameter"), list_levelled(), ids=lambda x: x.name)
def test_a_class_gives_the_rows_of_all_that_is_below_it(graph: Graph, query: CannedQuery, parameter: Parameter) -> None:
    choices = graph.choices(query)[parameter.name]
    top = next(c for c in choices if ABOVE[parameter.choice_list] in (c.value, c.label))
    below = [c for c in choices if top.term.value in c.above]
    below += [c for c in choices if c.above & {b.term.value for b in below}]
    assert below
    everything = {p.name: "all" for p in query.parameters if p.optional and p.kind != "iri"}
    asked = graph.rows(query.name, **everything, **{parameter.name: top.value})
    singly = [graph.rows(query.name, **everything, **{parameter.name: c.value}) for c in [top, *below]]
    expected = {tuple(sorted(map(str, row.items()))) for rows in singly for row in rows}
    assert {tuple(sorted(map(str, row.items()))) for row in asked} == expected
    # Nothing comes twice, though it is below the class and below what is below that.
    assert len(asked) == len(expected)
    if any(singly[1:]):
        assert asked


def test_items_below_a_class_add_up_to_it(graph: Graph) -> None:
    rows = graph.rows("expenditure-by-function", function="201", agency=SHENZHEN)
    # 48,957万元 are printed for 201; of its items 2010101 has 2,216万元 and 2019999 has 46,742万元: rounded each.
    assert sorted((r["notation"], r["amount"]) for r in rows) == [("2010101", 22160000), ("2019999", 467420000)]
    assert abs(sum(r["amount"] for r in rows) - 489570000) <= sum(r["precision"] for r in rows) + 5000


def test_levels_are_told_apart_where_all_are_asked_for(graph: Graph) -> None:
    rows = graph.rows("expenditure-by-function", function="201", agency=SHENZHEN, level="class")
    assert [(r["notation"], r["amount"]) for r in rows] == [("201", 489570000)]


def test_a_tree_shows_one_level_and_skips_one_that_is_not_printed(graph: Graph) -> None:
    own = graph.rows("function-tree", function="201", agency=SHENZHEN)
    assert [r["notation"] for r in own] == ["20101", "20199"]
    # The accounts of Yueyang name items in prose only: no amount of their groups, or of 201, is printed.
    rows = graph.rows("function-tree", function="201", agency=YUEYANG)
    assert [(r["notation"], r["amount"]) for r in rows if r["phaseLabel"] == "决算"] == [
        ("2010301", 3790300), ("2010302", 21600), ("2011399", 180700),
    ]  # fmt: skip


def test_an_office_that_others_are_part_of_is_offered(graph: Graph) -> None:
    rows = graph.rows("duties", agency="上海市人民政府")
    assert len(rows) == 12
    assert {r["agencyLabel"] for r in rows} == {SHANGHAI}


_FACTS = """
@prefix gk: <https://w3id.org/gongkai/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix f: <https://w3id.org/gongkai/id/code/function/> .
@prefix : <https://w3id.org/gongkai/id/> .
:agency a gk:Agency ; rdfs:label "某局"@zh .
f:205 a gk:FunctionCode ; skos:notation "205" ; skos:prefLabel "教育支出"@zh ; gk:codeLevel gk:levelLei .
f:20508 a gk:FunctionCode ; skos:notation "20508" ; gk:codeLevel gk:levelKuan ; skos:broader f:205 .
f:2050803 a gk:FunctionCode ; skos:notation "2050803" ; gk:codeLevel gk:levelXiang ; skos:broader f:20508 .
:figure a gk:Figure ; gk:function f:2050803 ; gk:officialPart gk:quantityExpenditureTotal ;
  gk:fundScope gk:fundAll ; gk:agency :agency ; gk:year 2026 ; gk:phase gk:phaseBudget ; gk:aspect gk:aspectLevel ;
  gk:amount 81000.0 ; gk:precision 50.0 ; gk:subjectLabel "培训支出" ;
  prov:wasDerivedFrom <https://w3id.org/gongkai/id/document/d#char=1,7> .
"""


def test_a_class_that_no_figure_bears_gives_the_items_below_it(tmp_path: Path) -> None:
    (tmp_path / "facts.ttl").write_text(_FACTS, encoding="utf-8")
    load_files([tmp_path / "facts.ttl"], tmp_path / "store")
    graph = Graph(tmp_path / "store")
    try:
        for name, parameter in (
            ("expenditure-by-function", "function"),
            ("function-tree", "function"),
            ("code-use", "code"),
        ):
            for asked in ("function/205", "205", "教育支出", "20508"):
                rows = graph.rows(name, **{parameter: asked})
                assert [row["notation"] for row in rows] == ["2050803"], (name, asked)
    finally:
        graph.close()
