"""Projects: of which unit they are, what figures hang on them, and which node each of them is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pyoxigraph import Quad

from loaders.facts import Facts
from loaders.graph.document import quads
from loaders.graph.validation import validate
from loaders.meaning.nesting import find_nesting
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


#: A table of procurement names projects beside what is bought; kinds of goods sum up units.
BOUGHT = (
    HEAD
    + """政府采购支出表
部门：安平市水务局\t单位：万元
采购品目大类\t专项名称\t采购品目名称\t一般公共预算资金\t总计
合计\t\t\t16.00\t16.00
货物\t\t\t5.00\t5.00
安平市河道管理所\t\t\t5.00\t5.00
\t巡查船艇更新\t巡逻艇\t3.00\t3.00
\t商品和服务支出(公用经费定额)\t复印纸\t2.00\t2.00
服务\t\t\t11.00\t11.00
安平市水文监测中心\t\t\t11.00\t11.00
\t水质检测\t检测服务\t7.00\t7.00
\t水质检测\t维护服务\t4.00\t4.00
"""
)


def test_what_is_bought_hangs_on_the_project_and_is_not_its_amount(tmp_path: Path) -> None:
    facts = read(tmp_path, BOUGHT)
    assert [(p.label, p.unit, p.amount, len(p.procured)) for p in facts.projects] == [
        ("巡查船艇更新", "安平市河道管理所", None, 2),
        ("水质检测", "安平市水文监测中心", None, 4),
    ]
    units = {f.stated: f.budget_unit for f in facts.figures}
    assert units["11.00"] != "安平市河道管理所"
    statements = list(quads(facts))
    assert validate(statements) == []
    (node,) = nodes(statements, "水质检测")
    assert len(objects(statements, node, "buys")) == 4
    assert not any(_says(q, "project") and q.object == node for q in statements)


NESTED = (
    HEAD.replace("安平", "宜昌")
    + """部门综合预算专项业务经费支出表
\t\t单位：元
单位编码\t单位（项目）名称\t项目金额\t项目简介
\t合计\t9000.00\t
301\t宜昌市水务局\t9000.00\t
\t通用项目\t{common}.00\t
\t设施维护\t5000.00\t
\t闸门维护\t2000.00\t
\t泵站维护\t3000.00\t
\t专用项目\t4000.00\t
\t防汛演练\t4000.00\t
"""
)


def test_rows_nest_where_they_add_up_in_one_way_alone(tmp_path: Path) -> None:
    facts = read(tmp_path, NESTED.format(common=5000))
    assert [(p.label, p.amount, p.parent) for p in facts.projects] == [
        ("设施维护", Decimal(5000), ""),
        ("闸门维护", Decimal(2000), "设施维护"),
        ("泵站维护", Decimal(3000), "设施维护"),
        ("防汛演练", Decimal(4000), ""),
    ]
    statements = list(quads(facts))
    assert validate(statements) == []
    pairs = {(_stated(statements, q.subject), _stated(statements, q.object)) for q in statements if _says(q, "sumsTo")}
    assert pairs == {("2000.00", "5000.00"), ("3000.00", "5000.00")}


def test_rows_that_do_not_add_up_are_left_as_they_stand(tmp_path: Path) -> None:
    facts = read(tmp_path, NESTED.format(common=5001))
    assert [p.parent for p in facts.projects] == [""] * 4
    assert not any(_says(q, "sumsTo") for q in quads(facts))


def _stated(statements: list[Quad], figure: object) -> str:
    return next(q.object.value for q in statements if q.subject == figure and _says(q, "statedAs"))


def test_two_ways_of_nesting_are_none() -> None:
    one, two = Decimal(1), Decimal(2)
    assert find_nesting([one, one, one], two) is None  # the first or the second may have a part
    five, three, four = Decimal(5), Decimal(3), Decimal(4)
    assert find_nesting([five, two, three, four], Decimal(9)) == [(0, ((1, ()), (2, ()))), (3, ())]
    assert find_nesting([one, one], two) is None  # they add up as they stand


LEVELS = (
    HEAD
    + """项目支出表
预算单位：安平市水务局\t\t\t单位：万元
类型\t项目名称\t\t合计\t本年财政拨款
\t一级项目\t二级项目\t\t
特定目标类项目\t\t\t9.00\t9.00
\t综合管理\t\t9.00\t9.00
\t\t2026年渠道清淤\t5.00\t5.00
\t\t水源巡护\t4.00\t4.00
"""
)


def test_names_in_a_column_of_their_own_are_parts(tmp_path: Path) -> None:
    found = read(tmp_path, LEVELS).projects
    assert [(p.label, p.amount, p.parent) for p in found] == [
        ("综合管理", Decimal(90000), ""),
        ("2026年渠道清淤", Decimal(50000), "综合管理"),
        ("水源巡护", Decimal(40000), "综合管理"),
    ]
