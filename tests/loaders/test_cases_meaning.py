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


def changes(tmp_path: Path, title: str, text: str) -> list[tuple[str, str, Decimal | None]]:
    facts = read(tmp_path, f"宜昌市水利局{title}\n\n{text}\n")
    return [(c.label, c.direction, c.amount) for c in facts.changes]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (
            "二、收入预算情况说明\n2026年度收入预算1048.73万元，比2025年年初预算数1025.13万元增加23.60万元，增长2.3%。",
            [("收入预算", "up", Decimal(236000))],
        ),
        (
            "（一）总体情况\n2026年，宜昌市水利局（本级）收入预算为200.10万元，比上年增加6.10万元，主要原因是人员增加。",
            [("收入预算", "up", Decimal(61000))],
        ),
        (
            "（一）机关运行经费。2026年一般公共预算财政拨款运行经费559.43万元，比2025年减少91.7万元，主要原因为机构改革。",
            [("机关运行经费", "down", Decimal(917000))],
        ),
        (
            "公务用车购置及运行维护费40.67万元（公务用车购置费10万元，比上年增加10万元；公务用车运行维护费30.67万元，"
            "比上年减少2万元。）比上年增加8万元，主要原因是车辆报废；公务接待费2万元，比上年减少1万元。",
            [
                ("公务用车购置费", "up", Decimal(100000)),
                ("公务用车运行维护费", "down", Decimal(20000)),
                ("公务用车购置及运行维护费", "up", Decimal(80000)),
                ("公务接待费", "down", Decimal(10000)),
            ],
        ),
        (
            "公务接待费7万元，比上年增加0万元，增长0%，主要原因是：无增减变化。",
            [("公务接待费", "unchanged", Decimal(0))],
        ),
    ],
)
def test_changes_of_budgets(tmp_path: Path, text: str, right: list[tuple[str, str, Decimal | None]]) -> None:
    assert changes(tmp_path, "2026年部门预算", text) == right


def test_change_from_the_budget_of_the_year_s_beginning(tmp_path: Path) -> None:
    text = (
        "五、一般公共预算财政拨款支出决算情况说明\n1.农林水支出（类）水利（款）防汛支出（项）。年初预算81.29万元，"
        "支出决算51.03万元，完成年初预算的62.8%。决算数小于年初预算数的主要原因是：汛情较轻。\n"
        "2.农林水支出（类）水利（款）抗旱支出（项）。年初预算10万元，支出决算14万元。"
        "决算数大于年初预算数的主要原因是：旱情较重。"
    )
    assert changes(tmp_path, "2022年度部门决算", text) == [
        ("防汛支出", "down", Decimal(302600)),
        ("抗旱支出", "up", Decimal(40000)),
    ]


TITLE = "宜昌市水利局2026年部门预算\n\n"


def test_duties_numbered_in_the_style_of_their_heading(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        TITLE
        + "第一部分 部门概况\n一、基本概况\n（一）职能职责\n（一）负责渠道管理工作。\n（二）负责全市闸站管理工作。\n"
        "（三）负责全市节约用水工作。\n（二）机构设置\n局机关设办公室、渠道科。\n",
    )
    assert [d.label for d in facts.duties] == [
        "负责渠道管理工作。",
        "负责全市闸站管理工作。",
        "负责全市节约用水工作。",
    ]
    assert [d.label for d in facts.divisions] == ["办公室", "渠道科"]


def test_heading_of_duties_with_a_full_stop(tmp_path: Path) -> None:
    text = "（一）主要职责。\n负责全市渠道管理工作；负责全市闸站管理工作；负责全市节约用水工作。\n（二）内设机构。\n"
    assert len(read(tmp_path, TITLE + text).duties) == 3


def test_glossary_does_not_begin_in_the_table_of_contents(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "目录\n一、部门概况\n二、名词解释\n三、部门预算表\n\n" + TITLE + "一、部门概况\n（一）主要职能\n"
        "1.负责全市渠道管理，指导全市闸站工作。\n2.公务接待费：2026年安排预算5.80万元，与上年持平。\n\n"
        "二、名词解释\n1.项目支出：是在基本支出之外发生的支出。\n",
    )
    assert [d.label for d in facts.definitions] == ["项目支出"]


@pytest.mark.parametrize(
    ("text", "divisions", "units"),
    [
        ("局本级内设2个处室和机关党委，处室分别是：办公室、渠道处。", ["机关党委", "办公室", "渠道处"], []),
        (
            "内设2个处室，分别为办公室、渠道处。\n局下设1个事业单位为宜昌市渠道管理中心，处级建制。",
            ["办公室", "渠道处"],
            ["宜昌市渠道管理中心"],
        ),
        (
            "纳入预算编制范围的单位共2个，包括本级及所属1个二级预算单位。\n序号\t单位名称\n1\t宜昌市水利局本级（机关）\n"
            "2\t宜昌市渠道管理站\n",
            [],
            ["宜昌市渠道管理站"],
        ),
    ],
)
def test_divisions_and_units(tmp_path: Path, text: str, divisions: list[str], units: list[str]) -> None:
    facts = read(tmp_path, TITLE + "（二）机构设置\n" + text + "\n")
    assert [d.label for d in facts.divisions] == divisions
    assert facts.agency is not None
    assert [label for label, _ in facts.agency.subordinates] == units


def test_office_of_a_form_that_is_no_budget(tmp_path: Path) -> None:
    facts = read(tmp_path, "宜昌市水利局政府信息公开申请表\n申请人信息\t姓名\t\t工作单位\t\n所需信息内容描述\t\n")
    assert facts.kind == "unknown"
    assert facts.agency is not None
    assert facts.agency.label == "宜昌市水利局"


def test_composite_score_of_a_project(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "宜昌市财政项目支出绩效评价报告\n评价项目单位：宜昌市水利局\n\n六、评价结论\n项目综合评分87.5分，评价级次为良。\n",
    )
    assert [a.score for a in facts.assessments] == [Decimal("87.5")]
    assert [a.grade for a in facts.assessments] == ["良"]


SELF = "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t指标分值\t自评得分\t偏差原因分析及改进措施\n"


def test_scored_indicators_have_weight_score_and_why_points_were_lost(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "宜昌市水利局部门整体绩效自评表\n（2024年度）\n"
        + SELF
        + "产出指标\t数量指标\t巡渠次数\t≥36次\t27\t8\t6\t汛期道路中断，已增派人员。\n"
        "\t\t闸站检修座数\t=9座\t9\t4\t4\t无\n总分\t\t\t\t\t\t97.5\t\n评价等级\t优（S≥90）\t\t\t\t\t\t\n",
    )
    assert [(i.label, i.result, i.maximum, i.score, i.loss_reason) for i in facts.indicators] == [
        ("巡渠次数", "27", Decimal(8), Decimal(6), "汛期道路中断，已增派人员。"),
        ("闸站检修座数", "9", Decimal(4), Decimal(4), ""),
    ]
    assert [(a.score, a.grade) for a in facts.assessments if a.label == "总分"] == [(Decimal("97.5"), "优")]


def test_comparator_and_unit_in_columns_of_their_own_or_in_the_name(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        TITLE + "项目支出绩效目标表\n单位：万元\n一级指标\t二级指标\t三级指标\t指标值\t度量单位\t指标值类型\n"
        "成本指标\t经济成本指标\t抽水电费\t35\t万元\t≤\n产出指标\t数量指标\t清淤里程（公里）\t12\t\t≥\n"
        "产出指标\t数量指标\t演练；巡查次数\t≥2次；≥12次\t\t\n效益指标\t社会效益指标\t防汛能力\t有所提高\t\t定性\n",
    )
    assert [(i.label, i.comparator, i.target, i.unit, i.qualitative) for i in facts.indicators] == [
        ("抽水电费", "≤", "35", "万元", False),
        ("清淤里程（公里）", "≥", "12", "公里", False),
        ("演练；巡查次数", "", "≥2次；≥12次", "", False),
        ("防汛能力", "", "有所提高", "", True),
    ]
    assert facts.projects == ()  # the title of a form of all projects names none


@pytest.mark.parametrize(
    ("text", "divisions", "units"),
    [
        (
            "水利局内设4个科室，科室分别是：\n\n办公室、渠道科、闸站科（信息科）、水保科。水利局有2个下属单位，分别是：宜昌市渠道管理站、"
            "宜昌市国有闸站运行中心。",
            ["办公室", "渠道科", "闸站科（信息科）", "水保科"],
            ["宜昌市渠道管理站", "宜昌市国有闸站运行中心"],
        ),
        (
            "内设机构2个，依次为：办公室、渠道科。下设水文台、墒情中心、预算编制中心等3个直属事业单位。",
            ["办公室", "渠道科"],
            ["水文台", "墒情中心", "预算编制中心"],
        ),
        ("内设机构2个，依次为：办公室、渠道科。下设水文台、墒情中心等3个直属事业单位。", ["办公室", "渠道科"], []),
    ],
)
def test_lists_behind_a_colon_or_before_their_number(
    tmp_path: Path, text: str, divisions: list[str], units: list[str]
) -> None:
    facts = read(tmp_path, TITLE + "（二）机构设置\n" + text + "\n")
    assert [d.label for d in facts.divisions] == divisions
    assert facts.agency is not None
    assert [label for label, _ in facts.agency.subordinates] == units


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (
            "2026年收入预算90万元，比上年增加5万元，主要原因是人员增加；支出预算90万元，比上年增加6万元，主要原因是物价。",
            [("收入预算", "up", Decimal(50000)), ("支出预算", "up", Decimal(60000))],
        ),
        (
            "支出预算：2026年年初预算数80万元，其中：农林水支出50万元，住房保障支出30万元；支出比2025年增加7万元。",
            [("支出", "up", Decimal(70000))],
        ),
        (
            "宜昌市水利局2026年度一般公共预算拨款安排的会议费预算支出9万元，比上年预算减少2万元。",
            [("会议费", "down", Decimal(20000))],
        ),
        (
            "2026年度总预算80万元。与上年相比，财政拨款收、支总计各增加3万元，增长4%。",
            [("财政拨款收、支", "up", Decimal(30000))],
        ),
        ("因公出国 (境) 费用1万元, 比2025 年减少2万元。", [("因公出国(境)费用", "down", Decimal(20000))]),
    ],
)
def test_changes_of_the_clause_that_compares(
    tmp_path: Path, text: str, right: list[tuple[str, str, Decimal | None]]
) -> None:
    assert [(label.replace(" ", ""), *rest) for label, *rest in changes(tmp_path, "2026年部门预算", text)] == right


def test_term_and_meaning_on_two_pages(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        TITLE
        + "第四部分 名词解释\n一、基本支出：指为保障运转发生的支出。\n二、农林水支出（类）水利（款）防汛（项）：\n\n"
        "反映用于防汛的各项支出。\n三、项目支出：指基本支出之外的支出。\n"
        "部门预算公开联系人: 某某 联系方式: 0000-1234567\n",
    )
    assert [d.label for d in facts.definitions] == ["基本支出", "农林水支出（类）水利（款）防汛（项）", "项目支出"]


def test_duty_behind_the_word_for_it(tmp_path: Path) -> None:
    text = (
        "（一）主要职责\n根据机构改革方案，依法履行各项职责。\n"
        "单位职能：为本市农田灌溉和生活用水提供水源保障、工程管理等。\n（二）人员情况\n"
    )
    right = ["为本市农田灌溉和生活用水提供水源保障、工程管理等。"]
    assert [d.label for d in read(tmp_path, TITLE + text).duties] == right


def test_numbered_divisions_below_their_heading_and_a_single_duty(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        TITLE + "一、部门概况\n（一）主要职能\n1.负责灌区水利管理。\n（二）机构设置\n1、办公室。负责机关政务工作。\n"
        "2、渠道科（信访室）。负责渠道管护工作。\n二、收支情况\n",
    )
    assert [d.label for d in facts.duties] == ["负责灌区水利管理。"]
    assert [(d.label, d.functions[0][0]) for d in facts.divisions] == [
        ("办公室", "负责机关政务工作。"),
        ("渠道科（信访室）", "负责渠道管护工作。"),
    ]
    assert {"duties", "divisions"}.isdisjoint(a.label for a in facts.absences)


def test_tables_in_an_annex_are_not_unpublished(tmp_path: Path) -> None:
    text = "目录\n一、收支情况说明\n二、项目支出绩效目标表\n\n" + TITLE + "一、收支情况说明\n本部门收入9万元。\n\n"
    annexed = read(tmp_path, text + "附件：宜昌市水利局2026年度部门预算报表\n")
    assert [a.explanation_zh for a in annexed.absences if a.label == "indicators"] == ["原文说明见附件（绩效指标）"]
    assert "没有这一部分" in next(a for a in read(tmp_path, text).absences if a.label == "indicators").explanation_zh


def test_units_that_look_after_others_money_or_prisoners(tmp_path: Path) -> None:
    text = (
        "（二）机构设置\n从预算单位构成看，部门预算包括：局本级预算（行政单位）、宜昌市东郊监狱（行政单位）、"
        "局属市财政项目预算审核中心预算和局属市水利绩效考评中心预算。\n"
    )
    facts = read(tmp_path, TITLE + text)
    assert facts.agency is not None
    assert [label for label, _ in facts.agency.subordinates] == [
        "宜昌市东郊监狱",
        "市财政项目预算审核中心",
        "市水利绩效考评中心",
    ]


def test_projects_of_a_form_of_goals_and_not_how_a_unit_is_financed(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        TITLE + "项目支出绩效目标表\n单位：万元\n项目名称（资金使用单位）\t总计：\t财政拨款\t绩效目标\n"
        "合计：\t30.00\t30.00\t\n宜昌市水利局\t30.00\t30.00\t\n堤防巡查经费\t30.00\t30.00\t保障堤防安全\n\n"
        "专项业务经费支出表\n单位：万元\n单位编码\t单位（项目）名称\t项目金额\t项目简介\n\t合计\t30.00\t\n\t全额\t30.00\t\n"
        "\t堤防巡查经费\t30.00\t巡查堤防\n",
    )
    assert [(p.label, p.amount) for p in facts.projects] == [("堤防巡查经费", Decimal(300000))]


def sides(tmp_path: Path, text: str) -> list[tuple[str, str, Decimal | None, Decimal | None, Decimal | None]]:
    facts = read(tmp_path, f"宜昌市水利局2026年部门预算\n\n三、“三公”经费情况说明\n{text}\n")
    return [(c.label, c.direction, c.before, c.after, c.amount) for c in facts.changes]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (
            "2026年培训费预算30万元，比2025年年初预算批复下达数24.5万元增加5.5万元。",
            [("培训费", "up", Decimal(245000), Decimal(300000), Decimal(55000))],
        ),
        ("2026年培训费预算30万元，比上年增加5.5万元。", [("培训费", "up", None, Decimal(300000), Decimal(55000))]),
        # the office's name opens the sentence
        (
            "宜昌市水利局2026年度一般公共预算拨款安排的会议费支出预算2.8万元，比上年预算增加0.3万元。",
            [("会议费支出", "up", None, Decimal(28000), Decimal(3000))],
        ),
        # the whole, not the last of its parts
        (
            "收入预算：2026年年初预算数244万元，其中：一般公共预算拨款200万元，其他收入资金44万元。收入比2025年减少10万元。",
            [("收入", "down", None, Decimal(2440000), Decimal(100000))],
        ),
        (
            "本部门预算收入58万元，其中：拨款50万元、事业收入8万元，2026年本部门预算收入较上年增加5万元。",
            [("预算收入", "up", None, Decimal(580000), Decimal(50000))],
        ),
        # 30 less 24.5 is not 6: the two amounts are not of one item
        (
            "2026年培训费预算30.00万元，比2025年预算数24.50万元增加6.00万元。",
            [("培训费", "up", Decimal(245000), None, Decimal(60000))],
        ),
    ],
)
def test_both_sides_of_a_change(
    tmp_path: Path, text: str, right: list[tuple[str, str, Decimal | None, Decimal | None, Decimal | None]]
) -> None:
    assert sides(tmp_path, text) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("公务接待费7万元，与上年持平。", [("公务接待费", "unchanged")]),
        (
            "公务接待费7万元，与2025年年初预算数相同；会议费3万元，和上年保持一致。",
            [("公务接待费", "unchanged"), ("会议费", "unchanged")],
        ),
        ("公务接待费7万元，较上年无变化，主要原因是任务不变。", [("公务接待费", "unchanged")]),
        ("公务接待费7万元，较上年没有发生增减变化。", [("公务接待费", "unchanged")]),
        ("公务接待费7万元，比上年增长0%。", [("公务接待费", "unchanged")]),
        # once more, or why: said of nothing new
        ("公务接待费7万元，比上年增加0万元，主要原因是与上年持平。", [("公务接待费", "unchanged")]),
        ("公务接待费7万元，比上年增加2万元，与2024年持平。", [("公务接待费", "up")]),
        (
            "公务接待费7万元，比上年增加2万元；会议费3万元，与上年持平。",
            [("公务接待费", "up"), ("会议费", "unchanged")],
        ),
        # compared, and the direction left open: about the same is not the same
        ("公务接待费7万元，与上年基本持平。", [("公务接待费", "")]),
    ],
)
def test_what_is_as_before_is_unchanged(tmp_path: Path, text: str, right: list[tuple[str, str]]) -> None:
    assert [(label, direction) for label, direction, *_ in sides(tmp_path, text)] == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (
            "2026年本部门预算收入80.06万元，其中一般公共预算拨款收入80.06万元、政府性基金拨款收入0万元，"
            "2026年本部门预算收入较上年减少3.36万元。",
            "预算收入",
        ),
        ("2026年一般公共财政拨款支出80万元，其中基本支出60万元。2026年一般公共预算较上年增加3万元。", "一般公共预算"),
        ("相应安排支出预算80万元，比上年增加3万元。", "支出预算"),
        ("2026年没有使用国有资本经营预算拨款安排的支出，与上年持平。", "国有资本经营预算拨款安排的支出"),
        ("（一）收入情况（详见表1-3）收入预算80万元，比上年增加3万元。", "收入预算"),
        ("公务接待费为0.00，与上年持平。", "公务接待费"),
    ],
)
def test_the_item_in_front_of_a_comparison_is_its_subject(tmp_path: Path, text: str, right: str) -> None:
    assert [label for label, *_ in sides(tmp_path, text)] == [right]


def test_an_amount_before_a_comma_is_no_base(tmp_path: Path) -> None:
    assert sides(tmp_path, "培训费30万元，比上年1.5万元，增加5.3%。") == [("培训费", "up", None, Decimal(300000), None)]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        # whose money it is and how it is granted are no part of what changed
        ("宜昌市水利局2026年差旅费财政拨款预算4万元，比上年减少1万元。", [("差旅费", "down", Decimal(10000))]),
        ("宜昌市水利局各单位培训费预算4万元，较上年增加1万元。", [("培训费", "up", Decimal(10000))]),
        (
            "宜昌市水利局本级1家行政单位以及水文站、测量队2家参公事业单位的机关运行经费财政拨款预算40万元，"
            "比上年减少3万元。",
            [("机关运行经费", "down", Decimal(30000))],
        ),
        ("宜昌市水利局2026年支出预算40万元，比上年执行数减少3万元。", [("支出预算", "down", Decimal(30000))]),
        (
            "2026年通过一般公共预算财政拨款安排的“三公”经费预算共6万元，比上年减少2万元。",
            [("“三公”经费", "down", Decimal(20000))],
        ),
        (
            "（详见表9）本部门没有使用政府性基金预算拨款安排的支出，与上年持平。",
            [("政府性基金预算拨款安排的支出", "unchanged", None)],
        ),
        # 年初 is no subject: what heads the paragraph is
        (
            "（二）支出预算：2026年年初预算数50万元。按功能分，农林水支出30万元，住房支出20万元。比2025年减少6万元。",
            [("支出预算", "down", Decimal(60000))],
        ),
        # items that grow or shrink by an amount as the reason
        (
            "收入预算90万元，比上年减少8万元，主要是事业收入减少9万元，其他收入增加1万元。",
            [
                ("收入预算", "down", Decimal(80000)),
                ("事业收入", "down", Decimal(90000)),
                ("其他收入", "up", Decimal(10000)),
            ],
        ),
        (
            "2026年收支预算90万元，比上年增加4万元，其中：\n\n1.收入预算增加4万元，其中事业收入增加3万元。\n\n"
            "2.支出预算增加4万元。",
            [
                ("收支预算", "up", Decimal(40000)),
                ("收入预算", "up", Decimal(40000)),
                ("事业收入", "up", Decimal(30000)),
                ("支出预算", "up", Decimal(40000)),
            ],
        ),
        # nothing says against what
        ("办公费减少3万元，其中印刷费减少2万元。", []),
        # the second of two changes has no subject of its own
        (
            "一般公共预算拨款90万元，比2025年执行数减少20万元，减幅18.2%，扣除堤防投资后比2025年执行数增加5万元。",
            [("一般公共预算拨款", "down", Decimal(200000)), ("一般公共预算拨款", "up", Decimal(50000))],
        ),
        # a line named by its code
        (
            "减少较多的科目为2130314防汛支出，2026年预算数7为万元，比2025年执行减少5万元。",
            [("防汛支出", "down", Decimal(50000))],
        ),
        # a change of nothing; the budget as base
        ("水资源费收入7万元，比上年决算数相比变化0万元。", [("水资源费收入", "unchanged", Decimal(0))]),
        ("会议费支出7万元，比预算数增加2万元，增长40%。", [("会议费支出", "up", Decimal(20000))]),
        # of the sum, not of its last part
        (
            "收入预算90万元，其中：财政拨款60万元、上年结转20万元、其他收入10万元，较上年减少4万元。",
            [("收入预算", "down", Decimal(40000))],
        ),
        # of the clause before, not of the first of the paragraph
        (
            "公务用车购置支出5万元，比上年预算数下降10%；公务用车运行支出3万元，主要用于维修等支出。与上年预算数持平。",
            [("公务用车购置支出", "down", None), ("公务用车运行支出", "unchanged", None)],
        ),
        # the item behind the verb
        (
            "收入预算90万元，比上年增加7万元，一是比上年增加了堤防专项资金9万元；二是比上年减少了办公费2万元。",
            [
                ("收入预算", "up", Decimal(70000)),
                ("堤防专项资金", "up", Decimal(90000)),
                ("办公费", "down", Decimal(20000)),
            ],
        ),
        # behind a title on the same line
        (
            "七、“三公”经费支出表的说明宜昌市水利局“三公”经费预算数为6万元，与上年持平。",
            [("“三公”经费", "unchanged", None)],
        ),
    ],
)
def test_a_change_is_of_the_item_alone(tmp_path: Path, text: str, right: list[tuple[str, str, Decimal | None]]) -> None:
    assert changes(tmp_path, "2026年部门预算", text) == right


def test_an_announced_change_is_stated_once(tmp_path: Path) -> None:
    text = (
        "本单位独立核算。\n\n2022年度培训费支出决算大于预算数的主要情况：\n\n因为新成立，培训费支出的决算数大于预算数。"
    )
    assert changes(tmp_path, "2022年度部门决算", text) == [("培训费支出", "up", None)]


def test_a_change_that_names_nothing_is_of_what_stands_above(tmp_path: Path) -> None:
    text = (
        "六、“三公”经费支出情况\n\n（一）公务接待费\n\n2026年预算安排9万元，比上年减少1万元。\n\n（二）会议、培训等情况\n\n"
        "2026年预算安排9万元，比上年减少2万元。\n\n（三）项目情况\n\n堤防维护费30万元，主要用于巡查。\n\n比上年执行数增加3万元。"
    )
    # what a heading of several things is of, nobody says
    assert changes(tmp_path, "2026年部门预算", text) == [
        ("公务接待费", "down", Decimal(10000)),
        ("堤防维护费", "up", Decimal(30000)),
    ]


def test_a_reason_that_compares_is_a_reason_and_a_change(tmp_path: Path) -> None:
    text = "收入预算90万元，比上年增加7万元，主要原因是比上年增加了堤防专项资金9万元；支出预算90万元，比上年增加6万元。"
    facts = read(tmp_path, f"宜昌市水利局2026年部门预算\n\n{text}\n")
    assert [(c.label, c.amount, [words for words, _ in c.reasons]) for c in facts.changes] == [
        ("收入预算", Decimal(70000), ["比上年增加了堤防专项资金9万元"]),
        ("堤防专项资金", Decimal(90000), []),
        ("支出预算", Decimal(60000), []),
    ]


def test_a_reason_that_opens_the_next_line_is_of_the_change_before(tmp_path: Path) -> None:
    facts = read(tmp_path, TITLE + "1.会议费支出预算2.8万元，比上年增加0.3万元。\n主要原因是，会议增多。\n")
    [change] = facts.changes
    assert [reason for reason, _ in change.reasons] == ["会议增多"]


def test_what_is_withheld_is_no_goal(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        TITLE
        + "二、部门重点任务和支出政策主要包括：\n（一）抓好防汛抗旱工作。\n（二）其余为涉密内容，按规定不予公开。\n",
    )
    assert [g.label for g in facts.goals] == ["抓好防汛抗旱工作。"]


def test_a_reason_below_a_heading_is_not_of_the_change_above_it(tmp_path: Path) -> None:
    facts = read(
        tmp_path, TITLE + "一、会议费\n会议费支出预算2.8万元，比上年增加0.3万元。\n二、培训费\n主要原因是培训增多。\n"
    )
    [change] = facts.changes
    assert change.reasons == ()


def test_a_goal_may_speak_of_what_is_secret(tmp_path: Path) -> None:
    facts = read(tmp_path, TITLE + "二、2026年主要工作任务\n（一）加强涉密人员管理。\n（二）做好防汛。\n")
    assert [g.label for g in facts.goals] == ["加强涉密人员管理。", "做好防汛。"]
