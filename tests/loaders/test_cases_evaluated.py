"""What numbers of evaluations and of final accounts are of, in running text; all wordings and values made up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.documents import Document, Passage
from loaders.facts import DocumentKind, Figure
from loaders.meaning.assessments import find_assessments
from loaders.prose.amounts import Setting, read_amounts
from loaders.prose.labels import name_heading, name_item
from loaders.readers.blocks import make_blocks
from loaders.words.nonfigures import find_nonfigures


def read(text: str, kind: DocumentKind = "evaluation", section: str = "") -> list[Figure]:
    setting = Setting(kind, 2031, "海宁山市渔业局", section)
    return read_amounts(Passage.cut(text, 0, len(text)), setting)[0]


def labels(text: str, kind: DocumentKind = "evaluation", section: str = "") -> list[tuple[str, str]]:
    return [(f.stated, f.subject_label) for f in read(text, kind, section)]


# -- the whole of an office ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "office",
    ["海宁山市渔业局", "海宁山市渔业局（本级）", "海宁山市渔船检验中心", "海宁山市渔业职业学院（海宁山技工学校）"],
)
def test_the_budget_of_an_office_is_of_the_heading_above(office: str) -> None:
    section = f"第三部分 部门预算支出具体情况/一、{office}"
    found = labels(f"{office}预算310.00万元，包括在职人员经费120.00万元。", "budget", section)
    assert found == [("310.00", "部门预算支出"), ("120.00", "在职人员经费")]


@pytest.mark.parametrize(
    "words", ["我局全年预算总额为", "2031年年初预算总规模为", "本部门年初预算数为", "海宁山市渔业局预算"]
)
def test_a_whole_budget_without_a_name_is_the_offices(words: str) -> None:
    assert labels(f"{words}88.00万元。") == [("88.00", "部门预算")]


def test_a_bare_budget_is_of_nothing() -> None:
    assert labels("年初预算数为88.00万元。") == [("88.00", "")]


@pytest.mark.parametrize("heading", ["（二）部门整体支出绩效情况", "二、部门整体支出绩效评价结果"])
def test_a_heading_of_the_evaluation_of_the_whole(heading: str) -> None:
    assert name_heading(heading).label == "部门整体支出"


@pytest.mark.parametrize(
    ("heading", "item"),
    [("第三部分 渔港建设支出情况", "渔港建设支出"), ("（一）项目基本情况", ""), ("1.产出成本", ""), ("数量指标", "")],
)
def test_headings_that_name_and_that_do_not(heading: str, item: str) -> None:
    assert name_heading(heading).label == item


def test_totals_of_income_and_expenditure_are_items() -> None:
    section = "一、收入支出决算总体情况说明/（一）年度收入总体情况"
    text = "海宁山市渔业局2031年度总收入90.00万元，其中本年收入85.00万元。与上年相比减少5.00万元。"
    assert labels(text, "accounts", section) == [("90.00", "总收入"), ("85.00", "本年收入"), ("5.00", "总收入")]


# -- money under evaluation ------------------------------------------------------------------------------------------


def test_money_that_is_concerned_is_of_what_is_evaluated() -> None:
    text = (
        "组织对2031年度一般公共预算项目支出全面开展绩效自评，其中一级项目2个，二级项目7个，"
        "共涉及资金45.00万元，占一般公共预算项目支出总额的90%。"
    )
    assert labels(text, "accounts")[2:] == [("45.00", "一般公共预算项目支出"), ("90", "一般公共预算项目支出")]


@pytest.mark.parametrize("words", ["涉及预算资金", "涉及资金", "涉及财政性资金合计", "公开金额"])
def test_money_that_is_concerned_is_of_what_is_managed(words: str) -> None:
    text = f"2031年海宁山市渔业局所有项目支出预算纳入部门预算绩效管理，{words}64.00万元。"
    assert labels(text, "budget") == [("64.00", "项目支出")]


def test_money_of_projects_that_are_counted_in_the_same_clause_group() -> None:
    text = (
        "本部门整体支出纳入绩效管理，涉及财政性资金70.00万元；"
        "本部门共3个项目纳入绩效管理，涉及财政性资金合计20.00万元。"
    )
    assert labels(text, "budget") == [("70.00", "整体支出"), ("3", "项目"), ("20.00", "项目")]


def test_a_reason_names_what_changes_before_the_change() -> None:
    text = "增减原因：1.渔船更新补贴政策到期，较2030年年初预算减少12.00万元。"
    assert labels(text, "budget") == [("12.00", "渔船更新补贴")]


def test_what_a_reason_names_has_not_the_phase_of_what_it_explains() -> None:
    found = read("决算数小于预算数的主要原因是码头修缮尾款6.00万元结转下年。", "accounts")
    assert [(f.subject_label, f.phase) for f in found] == [("码头修缮尾款", "final")]


def test_money_added_during_the_year_is_a_change() -> None:
    found = read("完成年初预算的120%，主要是年中追加中央渔港维护资金4.00万元。", "accounts")[1]
    assert (found.subject_label, found.aspect, found.direction, found.phase) == (
        "中央渔港维护资金",
        "change",
        "up",
        "final",
    )


# -- goals and results -----------------------------------------------------------------------------------------------


def test_goals_of_an_evaluation_are_targets() -> None:
    text = "年度目标：完成航道疏浚≥6公里，开展执法巡查不少于24次，设施完好率达到95%以上，受益渔民约2万人。"
    found = [(f.subject_label, f.comparator, f.phase) for f in read(text)]
    assert found == [
        ("航道疏浚", "≥", "target"), ("执法巡查", "≥", "target"),
        ("设施完好率", "≥", "target"), ("受益渔民", "", "target"),
    ]  # fmt: skip


def test_what_was_planned_and_what_was_reached() -> None:
    found = read("2031年计划疏浚航道6公里，实际完成7.5公里；设施完好率为97%，较目标值高2个百分点。")
    assert [(f.stated, f.phase, f.aspect) for f in found] == [
        ("6", "target", "level"), ("7.5", "result", "level"), ("97", "result", "level"), ("2", "", "growth")
    ]  # fmt: skip
    assert found[3].direction == "up"
    assert found[3].subject_label == "设施完好率"


def test_a_growth_is_of_the_count_before_it() -> None:
    assert labels("全年进港渔船3,400艘次，同比增长8.5%。")[1] == ("8.5", "进港渔船")


def test_points_and_their_greatest_number() -> None:
    text = "本项目综合得分为91.50分。其中：决策类指标权重20分，得18.5分；效益指标30分，得分27分，得分率90%。"
    found = [(f.stated, f.subject_label, f.aspect) for f in read(text)]
    assert found == [
        ("91.50", "综合得分", "score"), ("20", "决策类指标", "maximum"), ("18.5", "决策类指标", "score"),
        ("30", "效益指标", "maximum"), ("27", "效益指标", "score"), ("90", "效益指标", "level"),
    ]  # fmt: skip


def test_money_by_level_of_government() -> None:
    text = "项目总投资8,000万元，其中中央补助资金2,000万元，市级财政资金6,000万元。"
    found = [(f.subject_label, f.phase) for f in read(text)]
    assert found == [("项目总投资", ""), ("中央补助资金", ""), ("市级财政资金", "")]


def test_money_that_arrived_and_was_spent_is_of_the_project() -> None:
    text = "“渔港清淤”项目绩效自评综述：资金到位40.00万元，资金到位率100%；实际支出38.00万元，预算执行率95%。"
    assert {label for _, label in labels(text)} == {"渔港清淤项目"}


def test_people_are_posts_or_staff_whichever_was_told_last() -> None:
    text = "人员编制9人，其中行政6人；实有人员8人，其中行政5人。"
    assert [label for _, label in labels(text, "budget")] == ["人员编制", "行政编制", "实有人员", "行政人员"]


def test_people_at_meetings() -> None:
    assert labels("会议费支出1.20万元，用于召开渔业工作会议，人数60人。", "accounts")[1] == ("60", "会议人数")


@pytest.mark.parametrize(
    ("clause", "item"),
    [
        ("财政拨款收、支总决算", "财政拨款收、支总决算"),
        ("2031年委托业务费涉及财政拨款资金", "委托业务费"),
        ("评价组共发放问卷", "问卷"),
        ("如数量指标“渔船检验艘数”的指标值为", "渔船检验艘数"),
        ("缴存比例最高不超过", "缴存比例"),
        ("渔船1.20元/吨（海渔发〔2030〕3号）和货船", "货船"),
    ],
)
def test_words_around_an_item(clause: str, item: str) -> None:
    assert name_item(clause).label == item


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("第 3 页，共 28 页", ""),
        ("做好1%人口抽样调查", ""),
        ("320兆警用无线通信系统", ""),
        ("127部门整体支出绩效目标", ""),
        ("以自贸区设立5周年为契机", ""),
        ("不足15平方米的，小于15平方米的按15平方米收费", "15"),
        ("效益指标30分", "30"),
    ],
)
def test_numbers_of_names_pages_and_rules(text: str, left: str) -> None:
    kept = list(text)
    for stretch in find_nonfigures(text):
        kept[stretch.start : stretch.end] = "□" * (stretch.end - stretch.start)
    assert "".join(c for c in kept if c.isdigit()) == left


def test_points_in_brackets_are_of_the_name_before_them() -> None:
    text = "一、决策（25分，自评得分22.5分）\n（一）项目立项（9分，得分8分）\n质量管理（7分）"
    assert [(f.stated, f.aspect, f.subject_label) for f in read(text)] == [
        ("25", "maximum", "决策"),
        ("22.5", "score", "决策"),
        ("9", "maximum", "项目立项"),
        ("8", "score", "项目立项"),
        ("7", "maximum", "质量管理"),
    ]


@pytest.mark.parametrize("text", ["自评等级为优（91分）。", "综合评价结果（91分）"])
def test_points_behind_a_grade_were_reached(text: str) -> None:
    assert [(f.stated, f.aspect) for f in read(text)] == [("91", "score")]


def test_points_in_brackets_are_assessments() -> None:
    text = "一、决策（25分，自评得分22.5分）\n质量管理（7分）\n"
    found = find_assessments(Document("made", text, "0" * 64, "text", make_blocks(text)))
    assert [(a.label, a.maximum, a.score) for a in found] == [("决策", 25, Decimal("22.5"))]


def test_cells_that_run_into_each_other_give_no_number() -> None:
    text = (
        "资金情况(万元)全年预算数（A）全年执行数（B）分值执行率（B/A）得分年度资金总额：303010100.00%10其他资金"
        "质量指标巡查合格率20100%100%20时效指标巡查及时率10≥91%≥91%10成本指标计划投资1030万元30万元10产出指标（70分）"
    )
    found = read(text)
    assert [(f.stated, f.unit, f.phase, f.aspect, f.subject_label) for f in found] == [
        ("91", "PERCENT", "target", "level", "巡查及时率"),
        ("91", "PERCENT", "", "level", "巡查及时率"),
        ("70", "SCORE", "", "maximum", "产出指标"),
    ]
    rows = read_amounts(Passage.cut(text, 0, len(text)), Setting("evaluation", 2031))[1]
    open_rows = {row.stated for row in rows if row.kind == "unaccounted"}
    assert {"303010100.00", "20100", "1030"} <= open_rows


def test_cells_that_blanks_part_are_read() -> None:
    text = "全年预算数 全年执行数 分值 得分 巡查合格率达到98%。"
    assert [f.stated for f in read(text)] == ["98"]
