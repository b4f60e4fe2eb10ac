"""Projects: of which unit they are, what figures hang on them, and which node each of them is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Quad

from loaders.facts import Facts
from loaders.graph.document import quads
from loaders.graph.validation import validate
from loaders.meaning.nesting import find_even_nesting, find_nesting
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


#: Class, kind, project: equal amounts would nest in several ways, and the page break divides a kind.
CLASSES = """宜昌市商贸局2026年部门预算

部门专项业务经费支出表
单位：元
单位编码\t单位（项目）名称\t项目金额\t项目简介
\t合计\t2000\t
301001\t宜昌市商贸局\t1900\t
\t通用项目\t400\t
\t大型活动\t200\t
\t业务培训班\t200\t
\t大宗印刷项目\t200\t
\t政策汇编印制\t200\t
\t专用项目\t1500\t
\t其他履职专项\t1500\t
\t会展推介活动\t300\t
\t促进消费供应链大会（专项资金宜昌市商贸局）\t500\t
\f部门专项业务经费支出表
单位：元
单位编码\t单位（项目）名称\t项目金额\t项目简介
\t商贸业务宣传\t300\t
\t网站运行维护\t400\t
301002\t宜昌市会展服务中心\t100\t
\t通用项目\t100\t
\t专项购置\t100\t
\t会议设备购置\t100\t
"""


def test_kinds_of_projects_are_above_those_below_them_over_a_page_break(tmp_path: Path) -> None:
    parents = {p.label: p.parent for p in read(tmp_path, CLASSES).projects}
    assert parents == {
        "大型活动": "",
        "业务培训班": "大型活动",
        "大宗印刷项目": "",
        "政策汇编印制": "大宗印刷项目",
        "其他履职专项": "",
        "会展推介活动": "其他履职专项",
        "促进消费供应链大会（专项资金宜昌市商贸局）": "其他履职专项",
        "商贸业务宣传": "其他履职专项",
        "网站运行维护": "其他履职专项",
        "专项购置": "",
        "会议设备购置": "专项购置",
    }


def test_parts_on_the_next_page_add_up_to_the_kind(tmp_path: Path) -> None:
    facts = read(tmp_path, CLASSES)
    kind = next(p for p in facts.projects if p.label == "其他履职专项")
    assert all(p.sums and p.sums[0][1] == kind.amount_span for p in facts.projects if p.parent == kind.label)


def test_a_row_that_the_next_page_prints_again_is_no_part_of_itself(tmp_path: Path) -> None:
    row = "\t商贸业务宣传\t300\t\n"
    text = CLASSES.replace("\f", row + "\f")
    assert text.count(row) == 2
    parents = {p.label: p.parent for p in read(tmp_path, text).projects}
    assert parents["商贸业务宣传"] == parents["网站运行维护"] == parents["会展推介活动"] == "其他履职专项"


def test_an_office_in_brackets_behind_a_project_is_not_the_unit_of_what_follows(tmp_path: Path) -> None:
    assert {p.unit for p in read(tmp_path, CLASSES).projects} == {"宜昌市商贸局", "宜昌市会展服务中心"}


def test_an_even_nesting_fits_all_rows_or_none() -> None:
    assert find_even_nesting([Decimal(n) for n in (5, 2, 3, 4)], Decimal(9)) is None  # 4 has no part
    assert find_even_nesting([Decimal(n) for n in (5, 2, 3)], Decimal(10)) is None  # they add up as they stand
    assert find_even_nesting([Decimal(n) for n in (5, 2, 3, 4, 4)], Decimal(9)) == [
        (0, ((1, ()), (2, ()))),
        (3, ((4, ()),)),
    ]


def _form(title: str, name: str, *units: str) -> str:
    return (
        f"{HEAD}{title}\n项目名称\t{name}\n"
        + "".join(f"{unit}\n" for unit in units)
        + "年度资金总额（万元）\t50.00\n一级指标\t二级指标\t三级指标\t指标值\n产出指标\t数量指标\t巡查次数\t≥4次\n"
    )


@pytest.mark.parametrize(
    ("units", "unit"),
    [
        (("主管部门\t安平市水务局\t实施单位\t[301]安平市河道管理所",), "安平市河道管理所"),
        (("主管部门及代码\t301_安平市水务局",), "安平市水务局"),
        (("主管部门\t安平市水务局\t实施单位\t安平市水务局本级",), "安平市水务局本级"),
        (("主管部门\t安平市水务局\t实施单位\t安平市河道管理所、安平市水文中心",), ""),  # of which is not told
        (("主管部门\t安平市水务局\t实施单位\t建设科",), ""),  # a division has no budget
        ((), ""),
    ],
)
def test_the_unit_of_a_form_is_its_projects(tmp_path: Path, units: tuple[str, ...], unit: str) -> None:
    facts = read(tmp_path, _form("项目支出绩效目标表", "河道巡查", *units))
    assert [(p.label, p.unit) for p in facts.projects] == [("河道巡查", unit)]


def test_a_form_of_several_units_money_is_of_none(tmp_path: Path) -> None:
    """The department's form of a project that two of its units have: the department is not whose projects they are."""
    form = _form("项目支出绩效目标表", "日常保障运行", "主管部门\t安平市水务局").removeprefix(HEAD)
    form = form.replace("50.00", "110.00")
    units = [p.unit for p in read(tmp_path, BY_UNIT + "\n" + form).projects if p.label == "日常保障运行"]
    assert sorted(units) == ["", "安平市水文监测中心", "安平市河道管理所"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("市级机关保留车辆管理费项目绩效目标表", "市级机关保留车辆管理费"),
        ("96123热线服务平台项目绩效目标表", "96123热线服务平台"),
        ("市级项目支出绩效目标表", None),
        ("市级财政专项资金绩效目标表", None),
        ("2026年度项目支出绩效目标表", None),
        ("1.项目支出绩效目标表", None),
    ],
)
def test_the_title_of_a_form_names_its_project_if_it_names_one(tmp_path: Path, title: str, name: str | None) -> None:
    facts = read(tmp_path, _form(title, "", "").replace("项目名称\t\n\n", ""))
    assert [p.label for p in facts.projects] == ([name] if name else [])
    assert [i.project for i in facts.indicators] == [name or ""]


def test_the_department_over_a_form_of_several_projects_is_theirs(tmp_path: Path) -> None:
    text = HEAD + (
        "2026年一般性项目绩效目标表\n资金主管部门：安平市水务局 单位：万元\n"
        "序号\t项目名称\t当年财政拨款预算金额\t当年绩效目标\n1\t河道巡查\t50.00\t巡查河道\n2\t堤防维护\t40.00\t堤防完好\n"
    )
    assert [(p.label, p.unit) for p in read(tmp_path, text).projects] == [
        ("河道巡查", "安平市水务局"),
        ("堤防维护", "安平市水务局"),
    ]
