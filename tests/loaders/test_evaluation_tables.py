"""Tables of targets, of their evaluation, and of final accounts: what their points, goals, totals and headers are.

All documents are made up; what is expected was written by hand beside the tables.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.documents import Document
from loaders.facts import Facts, Figure
from loaders.pipeline import read_document_facts
from loaders.readers.blocks import make_blocks

ACCOUNTS = "青溪县林业局2023年度部门决算\n\n"
EVALUATION = "青溪县林业局2023年度部门整体支出绩效自评报告\n\n"
BUDGET = "青溪县林业局2023年部门预算\n\n"


def read(head: str, *lines: str) -> Facts:
    text = head + "\n".join("\t".join(cell.strip() for cell in line.split("|")) for line in lines) + "\n"
    return read_document_facts(Document("made", text, "0" * 64, "text", make_blocks(text)), strict=False)


def by_stated(facts: Facts) -> dict[str, Figure]:
    found = {f.stated: f for f in facts.figures}
    assert len(found) == len(facts.figures), "the values of a made-up table are told apart by their digits"
    return found


def test_a_row_that_numbers_columns_beside_the_levels_of_codes() -> None:
    facts = read(
        ACCOUNTS,
        "收入决算表",
        "金额单位：万元",
        "功能分类科目编码 | | | 科目名称 | 本年收入合计 | 财政拨款收入 | 其他收入",
        "类 | 款 | 项 | 栏次 | 1 | 2 | 3",
        "213 | 02 | 04 | 事业机构 | 81.5 | 80.2 | 1.3",
    )
    assert [f.stated for f in facts.figures] == ["81.5", "80.2", "1.3"]


def test_a_header_with_years_ends_the_one_above() -> None:
    facts = read(
        EVALUATION,
        "部门整体支出绩效评价基础数据表",
        "人员情况（人） | 编制数 | 2023年实际在职人数 | 控制率",
        " | 61 | 58 | 95.08%",
        "经费情况（万元） | 2022年决算数 | 2023年预算数 | 2023年决算数",
        "公务接待 | 7.21 | 6.50 | 4.93",
    )
    figures = by_stated(facts)
    assert [(f.unit, f.fiscal_year, f.phase) for f in map(figures.get, ("7.21", "6.50", "4.93")) if f is not None] == [
        ("CNY", 2022, "final"),
        ("CNY", 2023, "budget"),
        ("CNY", 2023, "final"),
    ]
    assert (figures["61"].unit, figures["58"].unit) == ("PERSON", "PERSON")


def test_a_header_without_official_words_is_known_by_standing_over_numbers() -> None:
    facts = read(
        ACCOUNTS,
        "国有资产占用情况表",
        "金额单位：万元",
        "项目 | 行次 | 资产总额 | 流动资产 | 固定资产 | | | 无形资产",
        " | | | | 房屋 | 汽车（辆） | | ",
        " | | | | | 数量 | 账面价值 | ",
        "合计 | 1 | 930.40 | 30.20 | 700.00 | 4 | 88.60 | 111.60",
    )
    figures = by_stated(facts)
    assert "1" not in figures
    assert figures["30.20"].column == "流动资产"
    assert (figures["4"].unit, figures["88.60"].unit) == ("VEHICLE", "CNY")
    assert figures["111.60"].column == "无形资产"


def test_words_over_numbers_in_the_midst_of_a_table_are_a_header() -> None:
    facts = read(
        EVALUATION,
        "部门整体支出绩效评价基础数据表",
        "经费情况（万元） | 2022年决算数 | 2023年预算数 | 2023年决算数",
        "公务接待 | 7.21 | 6.50 | 4.93",
        "办公用房情况 | 批复规模（㎡） | 建成规模（㎡） | 规模控制率",
        " | 1200 | 1260 | 105.00%",
    )
    figures = by_stated(facts)
    assert (figures["1200"].unit, figures["1200"].stated_unit, figures["1200"].phase) == ("OTHER", "m2", "")
    assert figures["1260"].column == "建成规模(m2)"
    assert figures["105.00"].unit == "PERCENT"


def test_points_in_brackets_are_the_most_that_a_level_may_have() -> None:
    facts = read(
        EVALUATION,
        "绩效评价指标评分表",
        "一级指标 | 二级指标 | 三级指标 | 分值 | 评分标准 | 得分",
        "过程（25分） | 资金管理（13分） | 到位及时性 | 8 | 及时得8分 | 7.5",
    )
    figures = by_stated(facts)
    for stated, label in (("25", "过程"), ("13", "资金管理")):
        figure = figures[stated]
        assert (figure.subject_label, figure.aspect, figure.phase, figure.unit) == (label, "maximum", "", "SCORE")
    assert figures["7.5"].aspect == "score"


def test_weights_printed_in_percent() -> None:
    facts = read(
        BUDGET,
        "部门整体绩效目标表",
        "一级指标 | 二级指标 | 三级指标 | 指标值 | 度量单位 | 指标权重（%）",
        "产出指标 | 数量指标 | 造林面积 | ≥300 | 亩 | 35",
    )
    assert (by_stated(facts)["35"].unit, by_stated(facts)["35"].aspect) == ("PERCENT", "maximum")


@pytest.mark.parametrize("head", [ACCOUNTS, EVALUATION])
def test_the_money_of_a_sheet_of_targets_is_a_budget_in_any_document(head: str) -> None:
    facts = read(
        head,
        "项目支出绩效目标申报表",
        "项目名称 | 松材线虫病防治",
        "资金情况（万元） | 年度资金总额： | 412.80",
        " | 其中：财政拨款 | 400.30",
        "一级指标 | 二级指标 | 三级指标 | 指标值",
        "产出指标 | 数量指标 | 防治面积 | ≥2.6万亩",
    )
    assert {f.phase for f in facts.figures if f.unit == "CNY"} == {"budget"}


def test_money_of_a_self_evaluation_has_no_phase_that_no_words_say() -> None:
    facts = read(
        ACCOUNTS,
        "部门整体支出绩效自评表",
        "年度预算（万元） | | 年初预算数 | 全年预算数 | 全年执行数",
        " | 年度资金总额 | 510.10 | 530.70 | 520.90",
        "其中：一般公共预算：490.60 | | 项目支出：133.40",
        "一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分",
        "产出指标 | 数量指标 | 巡护里程 | ≥75公里 | 77公里 | 20 | 19",
    )
    figures = by_stated(facts)
    assert [figures[s].phase for s in ("510.10", "530.70", "520.90")] == ["budget", "adjusted", "final"]
    assert (figures["490.60"].subject_label, figures["490.60"].phase) == ("一般公共预算", "")
    assert (figures["133.40"].subject_label, figures["133.40"].phase) == ("项目支出", "")


def test_goals_and_what_was_reached_of_them() -> None:
    facts = read(
        EVALUATION,
        "项目支出绩效自评表",
        "项目名称 | 森林防火",
        "年度总体目标 | 预期目标 | 实际完成情况",
        " | 新建防火道31公里，培训护林员240人。 | 新建防火道33公里，培训护林员251人。",
        "一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值",
        "产出指标 | 数量指标 | 防火道 | ≥30公里 | 34公里",
    )
    phases = {f.stated: f.phase for f in facts.figures}
    assert phases == {"31": "target", "240": "target", "33": "result", "251": "result", "30": "target", "34": "result"}


def test_the_words_of_a_goal_that_budget_money_are_no_aim() -> None:
    facts = read(
        BUDGET,
        "项目支出绩效目标表",
        "项目名称 | 古树名木保护",
        "年度目标 | 全年引进社会投资210万元；需预算安排86.4万元。",
        "一级指标 | 二级指标 | 三级指标 | 指标值",
        "产出指标 | 数量指标 | 保护古树 | ≥57株",
    )
    assert {f.stated: f.phase for f in facts.figures} == {"210": "target", "86.4": "budget", "57": "target"}


def test_rows_of_points_under_indicators() -> None:
    facts = read(
        EVALUATION,
        "评价结果汇总",
        "指标 | 决策 | 过程 | 产出 | 效益",
        "权重分 | 16 | 24 | 32 | 28",
        "得分 | 15.5 | 21 | 30.2 | 27.1",
        "得分率 | 96.88% | 87.5% | 94.38% | 96.79%",
    )
    figures = by_stated(facts)
    told = {s: (f.subject_label, f.column, f.unit, f.aspect, f.phase) for s, f in figures.items()}
    assert told["24"] == ("过程", "权重分", "SCORE", "maximum", "")
    assert told["30.2"] == ("产出", "得分", "SCORE", "score", "result")
    assert told["96.79"] == ("效益", "得分率", "PERCENT", "level", "result")


def test_a_total_of_points_under_the_greatest_points_is_what_its_sum_is() -> None:
    rows = (
        "项目支出绩效自评表",
        "一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 自评得分",
        "产出指标 | 数量指标 | 育苗数量 | ≥61株 | 62株 | 55 | 54",
        "满意度指标 | 满意度 | 农户满意度 | ≥91% | 89% | 45 | 41.5",
    )
    reached = by_stated(read(EVALUATION, *rows, "评价总分 | | | | | 95.5 | "))["95.5"]
    assert (reached.aspect, reached.phase) == ("score", "result")
    greatest = by_stated(read(EVALUATION, *rows, "总分 | | | | | 100 | "))["100"]
    assert (greatest.aspect, greatest.phase) == ("maximum", "")


def test_a_row_without_a_name_is_a_total_if_it_is_the_sum() -> None:
    rows = ("项目支出预算表", "金额单位：万元", "项目名称 | 金额")
    projects = ("林区道路维修 | 23.70", "苗圃管护 | 40.10")
    summed = by_stated(read(BUDGET, *rows, " | 63.80", *projects))["63.80"]
    assert summed.subject_label == "合计"
    other = by_stated(read(BUDGET, *rows, " | 60.00", *projects))["60.00"]
    assert other.subject_label != "合计"


def test_a_total_below_a_row_that_only_names_an_item_is_of_that_item() -> None:
    facts = read(
        ACCOUNTS,
        "机构运行信息表",
        "金额单位：万元",
        "项目 | 行次 | 预算数 | 统计数",
        "一、“三公”经费支出 | 1 | — | —",
        "（一）支出合计 | 2 | 13.60 | 11.20",
        "1.公务接待费 | 3 | 3.10 | 2.40",
    )
    assert by_stated(facts)["11.20"].subject_label == "“三公”经费支出"
    assert by_stated(facts)["2.40"].subject_label == "公务接待费"


def test_a_number_in_the_name_of_a_project_is_no_figure() -> None:
    facts = read(
        EVALUATION,
        "部门整体绩效自评表",
        "专项名称 | 246部门整体",
        "一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分",
        "产出指标 | 数量指标 | 巡护次数 | ≥12次 | 13次 | 20 | 18",
    )
    assert "246" not in {f.stated for f in facts.figures}
    assert {t.kind for t in facts.ledger if t.stated == "246"} == {"name"}


def test_what_is_reached_by_part_of_a_year_and_what_is_only_expected() -> None:
    facts = read(
        EVALUATION,
        "绩效运行监控表",
        "一级指标 | 二级指标 | 三级指标 | 年度指标值 | 1-8月执行情况 | 全年预计完成情况",
        "产出指标 | 数量指标 | 检疫木材 | 900立方米 | 640立方米 | 910立方米",
    )
    assert {f.stated: f.phase for f in facts.figures} == {"900": "target", "640": "result", "910": ""}


def test_fields_with_their_numbers_stand_under_no_header() -> None:
    facts = read(
        EVALUATION,
        "单位基本情况表",
        "职工宿舍 | 两处 | 办公用房 | 一处",
        "人员编制 | 47 | 实有人数 | 44",
    )
    figures = by_stated(facts)
    assert (figures["47"].subject_label, figures["47"].unit) == ("人员编制", "PERSON")
    assert (figures["44"].subject_label, figures["44"].unit) == ("实有人数", "PERSON")


def test_tables_below_each_other_each_have_their_header_of_two_rows() -> None:
    facts = read(
        EVALUATION,
        "二、收支情况",
        "年度支出情况（万元）",
        "机构名称 | 支出合计 | 其中 | | 当年结余",
        " | | 人员支出 | 公用支出 | ",
        "局机关及二级机构汇总 | 86.4 | 51.3 | 35.1 | 2.2",
        "1、局机关 | 64.2 | 40.2 | 24.0 | 1.7",
        "机构名称 | 三公经费（万元）",
        " | 三公经费合计 | 公务接待费 | 公务用车运维费",
        "局机关及二级机构汇总 | 6.6 | 2.5 | 4.1",
        "机构名称 | 固定资产合计 | 其中",
        " | | 在用 | 出租",
        "局机关及二级机构汇总 | 930 | 812 | 118",
    )
    figures = by_stated(facts)
    assert (figures["35.1"].column, figures["35.1"].unit, figures["35.1"].budget_unit) == ("其中|公用支出", "CNY", "")
    assert figures["24.0"].budget_unit == "局机关"
    assert figures["2.5"].subject_label == "公务接待费"
    assert (figures["930"].column, figures["118"].column) == ("固定资产合计", "其中|出租")


def test_goals_in_numbers_and_the_result_of_the_whole() -> None:
    facts = read(
        EVALUATION,
        "整体支出绩效自评情况",
        "定量目标及其完成情况 | 评价内容 | 绩效目标 | 完成情况",
        " | 巡查次数 | 315次 | 322次",
        "绩效自评综合得分 | 95.2 | | ",
    )
    figures = by_stated(facts)
    assert (figures["315"].phase, figures["322"].phase) == ("target", "result")
    whole = figures["95.2"]
    assert (whole.subject_label, whole.unit, whole.aspect) == ("绩效自评综合得分", "SCORE", "score")


def test_the_total_of_a_self_evaluation_in_words_is_what_was_reached() -> None:
    facts = read(EVALUATION, "本项目满分100分，自评总分93.6分。", "")
    told = {f.stated: (f.aspect, f.phase) for f in facts.figures}
    assert told == {"100": ("maximum", ""), "93.6": ("score", "result")}


def test_a_measure_word_that_no_list_has() -> None:
    facts = read(
        EVALUATION,
        "项目支出绩效自评表",
        "一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分",
        "产出指标 | 数量指标 | 维修闸门 | ≥21扇 | 22扇 | 30 | 29",
    )
    figures = by_stated(facts)
    told = {s: (f.phase, f.unit, f.stated_unit, f.subject_label) for s, f in figures.items()}
    assert told["21"] == ("target", "OTHER", "扇", "维修闸门")
    assert told["22"] == ("result", "OTHER", "扇", "维修闸门")


def test_a_project_whose_name_ends_like_a_number_of_staff_is_money() -> None:
    facts = read(
        BUDGET,
        "项目支出预算表",
        "金额单位：元",
        "项目名称 | 项目金额",
        "林地保护规划编制 | 970000.00",
        "苗圃管护 | 1.00",
    )
    assert by_stated(facts)["970000.00"].unit == "CNY"


def test_a_section_inside_a_form_has_its_own_header() -> None:
    facts = read(
        "青溪县林业局2023年度项目支出绩效评价报告\n\n",
        "项目负责人 | 见附页 | 邮编 | 300100",
        "计划安排资金（万元） | 62 | 实际到位资金（万元） | 58",
        "其中：中央财政 | | 其中：中央财政 | ",
        "县财政 | 31 | 县财政 | 29.5",
        "二、项目支出明细情况",
        "支出内容（经济科目） | 计划支出数（万元） | 实际支出数（万元）",
        "巡山劳务费 | 44.00 | 41.25",
        "支出合计 | 61.00 | 57.30",
    )
    assert [(f.stated, f.value, f.subject_label, f.phase, f.column) for f in facts.figures] == [
        ("62", 620000, "计划安排资金（万元）", "budget", ""),
        ("58", 580000, "实际到位资金（万元）", "final", ""),
        ("31", 310000, "县财政", "budget", ""),
        ("29.5", 295000, "县财政", "final", ""),
        ("44.00", 440000, "巡山劳务费", "budget", "计划支出数(万元)"),
        ("41.25", 412500, "巡山劳务费", "final", "实际支出数(万元)"),
        ("61.00", 610000, "支出合计", "budget", "计划支出数(万元)"),
        ("57.30", 573000, "支出合计", "final", "实际支出数(万元)"),
    ]
    assert [row.kind for row in facts.ledger if row.stated == "300100"] == ["contact"]


def test_the_fields_above_the_money_of_a_form_head_no_columns() -> None:
    facts = read(
        "防火补助资金绩效自评表\n（2023年度）\n\n",
        "转移支付（项目）名称 | | 防火补助资金",
        "中央主管部门 | | 林草主管部",
        "地方主管部门 | | 青溪县林业局 | | 资金使用单位 | 青溪县森林防火站",
        "资金投入情况（万元） | | | 全年预算数（A） | 全年执行数（B） | 预算执行率（B/A×100%）",
        " | 年度资金总额： | | 62.5 | 50 | 80%",
        " | 其中：中央财政资金 | | 42.5 | 30 | 70.6%",
    )
    assert [(f.stated, f.subject_label, f.column, f.budget_unit) for f in facts.figures] == [
        ("62.5", "年度资金总额", "全年预算数(A)", ""),
        ("50", "年度资金总额", "全年执行数(B)", ""),
        ("80", "年度资金总额", "预算执行率(B/A×100%)", ""),
        ("42.5", "中央财政资金", "全年预算数(A)", ""),
        ("30", "中央财政资金", "全年执行数(B)", ""),
        ("70.6", "中央财政资金", "预算执行率(B/A×100%)", ""),
    ]


def test_targets_are_those_of_their_column_and_not_the_goal_of_the_project() -> None:
    facts = read(
        BUDGET,
        "部门预算项目绩效目标申报表",
        "单位名称 | 项目名称 | 预算数 | 年度目标 | 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 |",
        "青溪县林业局 | 防火瞭望 | 180000.00 | 按季巡查瞭望台 | 产出指标 | 数量指标 | ★巡查瞭望台 | ≧ | 24 | 座 |",
        " | | | | 效益指标 | 社会效益指标 | 其中：补助人员 | ≥ | 6 | 人/年 |",
    )
    assert [(i.label, i.comparator, i.target, i.unit, i.project) for i in facts.indicators] == [
        ("巡查瞭望台", "≥", "24", "座", "防火瞭望"),
        ("补助人员", "≥", "6", "人/年", "防火瞭望"),
    ]
    figures = by_stated(facts)
    assert (figures["24"].comparator, figures["6"].comparator) == ("≥", "≥")
    assert (figures["6"].unit, figures["6"].stated_unit) == ("OTHER", "人/年")


def test_a_header_of_two_lines_has_its_results_in_the_upper_one() -> None:
    facts = read(
        EVALUATION,
        "项目支出绩效自评表",
        "绩效指标 | | | 年度指标值 | | | 实际完成值 | 分值 | 得分",
        "一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | | | ",
        "产出指标 | 质量指标 | 巡查达标率 | ≧ | 91 | % | 97% | 30 | 28",
        " | 成本指标 | 补助达标率 | ═ | 100 | % | 99% | 20 | 19",
    )
    assert [(i.label, i.comparator, i.target, i.result) for i in facts.indicators] == [
        ("巡查达标率", "≥", "91", "97%"),
        ("补助达标率", "=", "100", "99%"),
    ]
    figures = by_stated(facts)
    assert [(figures[s].unit, figures[s].comparator, figures[s].phase) for s in ("91", "97", "100", "99")] == [
        ("PERCENT", "≥", "target"),
        ("PERCENT", "", "result"),
        ("PERCENT", "=", "target"),
        ("PERCENT", "", "result"),
    ]


def test_the_code_of_a_unit_is_no_part_of_its_name() -> None:
    facts = read(
        BUDGET,
        "项目支出表",
        "金额单位：元",
        "单位名称 | 项目名称 | 预算数",
        "730-林业部门 | | 96,500.00",
        "730001-青溪县森林防火站 | 防火瞭望 | 61,500.00",
        "730002-青溪县苗圃站 | 育苗 | 35,000.00",
    )
    assert [f.budget_unit for f in facts.figures] == ["林业部门", "青溪县森林防火站", "青溪县苗圃站"]


def test_a_sign_before_a_column_of_weights_compares_no_weight() -> None:
    facts = read(
        BUDGET,
        "项目支出绩效目标表",
        "项目名称 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 度量单位 | 指标值类型 | 备注",
        "防火瞭望 | 产出指标 | 数量指标 | 巡查瞭望台 | 24 | 座 | ≥ | 15",
        " | | 质量指标 | 巡查达标率 | 91 | % | ＝ | 12",
        " | | 成本指标 | 补助标准 | 37 | 元 | ≤ | 18",
    )
    points = [f for f in facts.figures if f.unit == "SCORE"]
    assert [(f.stated, f.comparator, f.aspect) for f in points] == [
        ("15", "", "maximum"),
        ("12", "", "maximum"),
        ("18", "", "maximum"),
    ]


def test_funds_in_lines_stand_under_the_line_of_their_columns() -> None:
    lines = [
        "项目支出绩效自评表",
        "（2023年度）",
        "项目名称 防火瞭望",
        "主管部门 青溪县林业局 实施单位 瞭望大队",
        "项目资金",
        "（万元）",
        "年初预算数 全年预算数（A） 全年执行数（B） 分值 执行率（B/A） 得分",
        "年度资金总额： 50 48 36 10 75% 7.5",
        "其中：本年财政拨款 44 42 30 - -",
        "其他资金 6 6 - -",
        "一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分",
        "产出指标 数量指标 巡查瞭望台 ≥24座 25座 40 39",
    ]
    text = "\n".join(lines) + "\n"
    facts = read_document_facts(Document("made", text, "0" * 64, "text", make_blocks(text)), strict=False)
    funds = [(f.stated, f.value, f.unit, f.phase, f.aspect, f.subject_label) for f in facts.figures[:9]]
    assert [row[:5] for row in funds] == [
        ("50", 500000, "CNY", "budget", "level"),
        ("48", 480000, "CNY", "adjusted", "level"),
        ("36", 360000, "CNY", "final", "level"),
        ("10", 10, "SCORE", "", "maximum"),
        ("75", 75, "PERCENT", "result", "level"),
        ("7.5", Decimal("7.5"), "SCORE", "result", "score"),
        ("44", 440000, "CNY", "budget", "level"),
        ("42", 420000, "CNY", "adjusted", "level"),
        ("30", 300000, "CNY", "final", "level"),
    ]
    assert [row[5] for row in funds] == ["年度资金总额"] * 6 + ["本年财政拨款"] * 3
    # Two values under three columns of money are of columns that nothing tells.
    assert [(f.stated, f.column, f.phase) for f in facts.figures[9:11]] == [("6", "", ""), ("6", "", "")]


def test_points_before_the_targets_of_a_form_in_lines_are_no_targets() -> None:
    lines = [
        "防火瞭望项目支出绩效自评表（2023年度）",
        "一级指标 二级指标 三级指标 分值 年度指标值 全年实际值 得分",
        "产出指标 数量指标 ★巡查次数 20 18",
        "东山巡查次数 31次 29次",
        "西山巡查次数 15 44次 43次 14",
    ]
    text = "\n".join(lines) + "\n"
    facts = read_document_facts(Document("made", text, "0" * 64, "text", make_blocks(text)), strict=False)
    assert [(i.label, i.target, i.unit, i.result) for i in facts.indicators] == [
        ("东山巡查次数", "31", "次", "29次"),
        ("西山巡查次数", "44", "次", "43次"),
    ]


def test_a_form_is_of_the_unit_that_carries_its_project_out() -> None:
    def form(unit: str) -> list[tuple[str, str]]:
        facts = read(
            "平安市水务局2031年部门预算\n\n",
            "项目支出绩效目标表",
            f"项目名称 | 泵站维护 | 实施单位 | {unit}",
            "年度资金总额（万元） | 12.00 | 其中：财政拨款 | 12.00",
            "一级指标 | 二级指标 | 三级指标 | 指标值",
            "产出指标 | 数量指标 | 维护泵站 | ≥6座",
        )
        return [(f.stated, f.budget_unit) for f in facts.figures if f.stated == "6"]

    assert form("平安市排水管理中心") == [("6", "平安市排水管理中心")]
    # The office itself, its seat and its divisions are no units below it.
    for own in ("平安市水务局", "平安市水务局（本级）", "平安市水务局建设科", "河道执法大队"):
        assert form(own) == [("6", "")]
    # A force that is named in full may have a budget of its own.
    assert form("平安市公安局交通警察支队") == [("6", "平安市公安局交通警察支队")]


def test_what_was_planned_and_its_change_make_the_changed_budget() -> None:
    facts = read(
        EVALUATION,
        "项目支出绩效自评表",
        "单位：万元",
        " | 预算安排 | | | 拨付情况",
        " | 年初预算安排金额① | 年中调整金额② | 小计③=①+② | 年度拨付金额④",
        "合计 | 90.50 | 8.20 | 98.70 | 88.10",
        "地方财政资金 | 80.40 | 8.10 | 88.50 | 79.60",
    )
    assert {s: f.phase for s, f in by_stated(facts).items()} == {
        "90.50": "budget",
        "8.20": "adjusted",
        "98.70": "adjusted",
        "88.10": "final",
        "80.40": "budget",
        "8.10": "adjusted",
        "88.50": "adjusted",
        "79.60": "final",
    }


def test_a_total_of_parts_of_the_budget_stays_what_was_planned() -> None:
    facts = read(
        EVALUATION,
        "项目支出绩效自评表",
        "单位：万元",
        " | 年初预算安排 | | | 拨付情况",
        " | 小计 | 财政拨款 | 其他资金 | 年度拨付金额",
        "合计 | 90.50 | 82.30 | 8.20 | 88.10",
    )
    assert [f.phase for f in facts.figures] == ["budget", "budget", "budget", "final"]


def test_people_to_be_added_are_a_goal_and_those_that_are_there_are_none() -> None:
    facts = read(
        BUDGET,
        "苗圃改造项目绩效目标表",
        "项目名称 | 苗圃改造项目",
        "年度目标 | 发表论文51篇、实验室新增人员22人、引育固定人员13人。",
        "项目概况 | 苗圃现有在职人员47人。",
        "一级指标 | 二级指标 | 三级指标 | 指标值",
        "产出指标 | 数量指标 | 发表论文 | ≥52篇",
    )
    phases = {s: f.phase for s, f in by_stated(facts).items()}
    assert phases == {"51": "target", "22": "target", "13": "target", "47": "", "52": "target"}
