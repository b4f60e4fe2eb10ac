"""Small made-up texts, each for a kind of meaning: projects below units, targets in prose goals, changes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from loaders.documents import Passage
from loaders.facts import Facts, Goal
from loaders.meaning.aims import find_aims
from loaders.pipeline import read_facts

SPENT = "支出项目类别（资金使用单位）\t总计\t一般公共预算\t绩效目标\n"


def read(tmp_path: Path, text: str) -> Facts:
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8")
    return read_facts(path, strict=False)


def test_projects_stand_below_the_units_that_spend(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "宜昌市水利局2026年部门预算\n\n项目支出及其他支出预算表\n单位名称：宜昌市水利局 单位：万元\n"
        + SPENT
        + "合计\t150.00\t150.00\t\n宜昌市水利局\t100.00\t100.00\t\n购置经费\t40.00\t40.00\t保障办公需要\n"
        "政府采购监管经费\t60.00\t60.00\t保障采购监管\n宜昌市东山水闸\t50.00\t50.00\t\n"
        "购置经费\t20.00\t20.00\t保障水闸运行\n水利科普体验中心\t30.00\t30.00\t保障科普活动开展\n",
    )
    assert [(p.label, p.amount, p.purpose) for p in facts.projects] == [
        ("购置经费", Decimal(400000), "保障办公需要"),
        ("政府采购监管经费", Decimal(600000), "保障采购监管"),
        ("购置经费", Decimal(200000), "保障水闸运行"),
        ("水利科普体验中心", Decimal(300000), "保障科普活动开展"),
    ]
    assert {g.project for g in facts.goals} == {p.label for p in facts.projects}


def test_kinds_of_expenditure_below_units_are_no_projects(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "宜昌市水利局2026年部门预算\n\n部门预算基本支出预算表\n单位名称：宜昌市水利局 单位：万元\n"
        "支出项目类别（资金使用单位）\t总计\t一般公共预算\n合计\t90.00\t90.00\n"
        "宜昌市水利局（本级）\t90.00\t90.00\n工资福利支出\t90.00\t90.00\n",
    )
    assert facts.projects == ()


def test_projects_beside_their_indicators(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "宜昌市水利局2026年部门预算\n\n2026年一般性项目绩效目标表\n单位：万元\n"
        "序号\t项目名称\t当年财政拨款预算金额\t当年绩效目标\t指标名称\t指标性质\t指标值\t计量单位\t指标权重(%)\n"
        "1\t河道综合管理\t28.54\t确保巡查不少于240次\t巡查河道次数\t≥\t240\t次\t20\n"
        "\t\t\t\t巡查覆盖率\t＝\t100\t%\t20\n"
        "2\t水库事务\t35.65\t确保安全度汛\t检查水库数量\t≥\t8\t座\t30\n",
    )
    assert [(p.label, p.amount) for p in facts.projects] == [
        ("河道综合管理", Decimal(285400)),
        ("水库事务", Decimal(356500)),
    ]
    assert [(i.label, i.comparator, i.target, i.unit, i.project) for i in facts.indicators] == [
        ("巡查河道次数", "≥", "240", "次", "河道综合管理"),
        ("巡查覆盖率", "=", "100", "%", "河道综合管理"),
        ("检查水库数量", "≥", "8", "座", "水库事务"),
    ]


def test_indicators_headed_beside_an_upright_word(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "宜昌市水利局2026年部门预算\n\n单位：万元\n\n绩效指标\t指标名称\t指标性质\t指标值\t计量单位\t指标权重(%)\n"
        "\t整治塘坝数量\t≥\t7\t处\t10\n\t灌溉保证率\t≥\t90\t%\t10\n",
    )
    assert [(i.label, i.comparator, i.target, i.unit) for i in facts.indicators] == [
        ("整治塘坝数量", "≥", "7", "处"),
        ("灌溉保证率", "≥", "90", "%"),
    ]


def aims(text: str) -> list[tuple[str, str, str, str]]:
    passage = Passage.cut(text, 0, len(text))
    goal = Goal(text, passage.span, "performance goal", project="防汛经费", year=2026)
    found = find_aims([(goal, passage)])
    assert all(i.project == "防汛经费" and i.target_span is not None for i in found)
    assert all(text[i.target_span.start : i.target_span.end] == i.target for i in found if i.target_span)
    return [(i.label, i.comparator, i.target, i.unit) for i in found]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("保障我单位闸门故障响应时间不高于3小时，确保", [("闸门故障响应时间", "≤", "3", "小时")]),
        ("年度巡查量：≥4,000；满意度： 95%以上。", [("年度巡查量", "≥", "4,000", ""), ("满意度", "≥", "95", "%")]),
        ("故障排除速度：24小时内；完好率：（99%）", [("故障排除速度", "≤", "24", "小时"), ("完好率", "", "99", "%")]),
        ("到岗率超过98%，服务水平不断提升", [("到岗率", ">", "98", "%")]),
        ("灌溉纠纷 200 件、水土流失30件。", [("灌溉纠纷", "", "200", "件"), ("水土流失", "", "30", "件")]),
        ("节约工程资金8亿元以上", [("节约工程资金", "≥", "8", "亿元")]),
        ("2026年，做好18个闸站的运维、信息安全维护", [("闸站的运维", "", "18", "个")]),
        ("及时完成清淤河道不少于12条", [("及时完成清淤河道", "≥", "12", "条")]),
        ("培养40名基层水利人才，提高素质", [("培养基层水利人才", "", "40", "名")]),
    ],
)  # fmt: skip
def test_targets_in_goals(text: str, right: list[tuple[str, str, str, str]]) -> None:
    assert aims(text) == right


@pytest.mark.parametrize(
    "text",
    [
        "通过开展2025-2026年运维项目，保障运行",
        "围绕“12218”体系，落实水〔2025〕19号文件",
        "为我局20个系统提供运行维护的服务",
        "实行24小时值班制度，确保信息通畅",
        "按照每亩不高于75万元的标准购买",
        "已整治水库12座，项目总投资300万元",
        "安排资金300万元，支付工程款100万元",
        "对解放路266号地块进行管理",
        "开展全国1%人口抽样调查",
    ],
)
def test_numbers_in_goals_that_are_no_targets(text: str) -> None:
    assert aims(text) == []
