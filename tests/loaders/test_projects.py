"""Projects: of which unit they are, what figures hang on them, and which node each of them is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pyoxigraph import Quad

from loaders.facts import Facts
from loaders.graph.document import quads
from loaders.graph.validation import validate
from loaders.pipeline import read_facts

GK = "https://w3id.org/gongkai/ontology#"
HEAD = "安平市水务局2026年部门预算\n\n"
#: Two units below the office print a project of the same name.
BY_UNIT = (
    HEAD
    + """部门预算项目支出及其他支出预算表
单位名称：安平市水务局\t单位：万元
支出项目类别（资金使用单位）\t总计\t一般公共预算\t其他资金\t绩效目标
合计\t150.00\t130.00\t20.00\t
安平市河道管理所\t90.00\t90.00\t0.00\t
日常保障运行\t50.00\t50.00\t0.00\t河道巡查
堤防维护\t40.00\t40.00\t0.00\t堤防完好
安平市水文监测中心\t60.00\t40.00\t20.00\t
日常保障运行\t60.00\t40.00\t20.00\t水文监测
"""
)


def read(folder: Path, text: str, name: str = "text.txt") -> Facts:
    """The facts of a text, by the way of every file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_facts(path, strict=False)


def objects(statements: list[Quad], subject: object, term: str) -> set[str]:
    """What the graph says of a thing by one of our terms."""
    return {q.object.value for q in statements if q.subject == subject and q.predicate.value == GK + term}


def nodes(statements: list[Quad], label: str) -> list[object]:
    """The projects of a label."""
    return sorted(
        {
            q.subject
            for q in statements
            if q.predicate.value.endswith("#label") and q.object.value == label and "/project/" in q.subject.value
        },
        key=str,
    )


def test_projects_of_one_name_and_two_units_are_two(tmp_path: Path) -> None:
    facts = read(tmp_path, BY_UNIT)
    assert [(p.label, p.unit, p.amount) for p in facts.projects] == [
        ("日常保障运行", "安平市河道管理所", Decimal(500000)),
        ("堤防维护", "安平市河道管理所", Decimal(400000)),
        ("日常保障运行", "安平市水文监测中心", Decimal(600000)),
    ]
    statements = list(quads(facts))
    assert validate(statements) == []
    two = nodes(statements, "日常保障运行")
    assert len(two) == 2
    units = {unit for node in two for unit in objects(statements, node, "budgetUnit")}
    assert len(units) == 2
    # every figure of the row hangs on its own project: the whole, and the money by fund
    stated = {
        tuple(sorted(q.object.value for f in figures for q in statements if q.subject == f and _says(q, "amount")))
        for node in two
        for figures in [{q.subject for q in statements if _says(q, "project") and q.object == node}]
    }
    assert ("200000", "400000", "600000") in stated
    goals = {q.subject for q in statements if _says(q, "goalKind")}
    assert {len(objects(statements, goal, "project")) for goal in goals} == {1}
    assert len({next(iter(objects(statements, goal, "project"))) for goal in goals}) == 3


def _says(quad: Quad, term: str) -> bool:
    return quad.predicate.value == GK + term


def test_a_name_of_several_units_projects_stays_open(tmp_path: Path) -> None:
    text = BY_UNIT + "\n绩效情况说明\n本年对“日常保障运行”项目开展评价。\n"
    facts = read(tmp_path, text)
    assert [p.unit for p in facts.projects if p.label == "日常保障运行"] == [
        "安平市河道管理所",
        "安平市水文监测中心",
        "",
    ]
    assert validate(list(quads(facts))) == []
    assert len(nodes(list(quads(facts)), "日常保障运行")) == 3
    # where one unit alone has a project of the name, the mention is of it
    text = BY_UNIT + "\n绩效情况说明\n本年对“堤防维护”项目开展评价。\n"
    assert [p.unit for p in read(tmp_path, text).projects if p.label == "堤防维护"] == ["安平市河道管理所"]


def test_the_project_of_a_unit_is_one_node_in_the_documents_of_both(tmp_path: Path) -> None:
    own = """安平市河道管理所2026年单位预算

项目支出表
单位名称：安平市河道管理所\t单位：万元
项目名称\t金额\t绩效目标
堤防维护\t40.00\t堤防完好
"""
    of_office = nodes(list(quads(read(tmp_path, BY_UNIT))), "堤防维护")
    of_unit = nodes(list(quads(read(tmp_path, own, "own.txt"))), "堤防维护")
    assert of_office == of_unit
    assert len(of_office) == 1


def test_a_sum_of_a_table_is_no_project_of_the_graph(tmp_path: Path) -> None:
    statements = list(quads(read(tmp_path, BY_UNIT)))
    assert nodes(statements, "合计") == nodes(statements, "安平市河道管理所") == []
