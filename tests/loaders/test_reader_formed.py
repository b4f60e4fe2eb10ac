"""Forms of self-evaluation saved cell by cell: one a line, with marks, in rows, in one line. All are made up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from loaders.facts import Facts
from loaders.pipeline import read_facts

FUNDS = ["年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]
HEADS = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]
#: What the form says, read off it by hand: label, characters, unit, phase, aspect, column.
EXPECTED = [
    ("年度资金总额", "60.5", "CNY", "budget", "level", "年初预算数"),
    ("年度资金总额", "58", "CNY", "adjusted", "level", "全年预算数"),
    ("年度资金总额", "43.5", "CNY", "final", "level", "全年执行数"),
    ("年度资金总额", "10", "SCORE", "", "maximum", "分值"),
    ("年度资金总额", "75", "PERCENT", "result", "level", "执行率"),
    ("年度资金总额", "7.5", "SCORE", "result", "score", "得分"),
    ("当年财政拨款", "60.5", "CNY", "budget", "level", "年初预算数"),
    ("当年财政拨款", "58", "CNY", "adjusted", "level", "全年预算数"),
    ("当年财政拨款", "43.5", "CNY", "final", "level", "全年执行数"),
    ("疏浚渠道长度", "12", "OTHER", "target", "level", "年度指标值"),
    ("疏浚渠道长度", "11", "OTHER", "result", "level", "实际完成值"),
    ("疏浚渠道长度", "20", "SCORE", "", "maximum", "分值"),
    ("疏浚渠道长度", "18", "SCORE", "result", "score", "得分"),
    ("验收合格率", "100", "PERCENT", "target", "level", "年度指标值"),
    ("验收合格率", "100", "PERCENT", "result", "level", "实际完成值"),
    ("验收合格率", "30", "SCORE", "", "maximum", "分值"),
    ("验收合格率", "30", "SCORE", "result", "score", "得分"),
    ("改善灌溉条件", "30", "SCORE", "", "maximum", "分值"),
    ("改善灌溉条件", "28", "SCORE", "result", "score", "得分"),
    ("农户满意度", "90", "PERCENT", "target", "level", "年度指标值"),
    ("农户满意度", "93", "PERCENT", "result", "level", "实际完成值"),
    ("农户满意度", "10", "SCORE", "", "maximum", "分值"),
    ("农户满意度", "10", "SCORE", "result", "score", "得分"),
]


#: What the site prints above a document.
INDEX = (
    "索引号: | 011217651/2022-01866 | 发文日期: | 2022-06-01 |\n发文单位: | 青柳县水利局 | 发布日期: | 2022年6月1日 |\n"
    "主题: | 财政 | 效力: | 有效 |\n"
)


def facts_of(folder: Path, text: str) -> Facts:
    path = folder / "made.txt"
    path.write_text(text, encoding="utf-8")
    return read_facts(path)


def told(facts: Facts) -> list[tuple[str, str, str, str, str, str]]:
    return [(f.subject_label, f.stated, f.unit, f.phase, f.aspect, f.column) for f in facts.figures]


def one_a_line() -> str:
    """Blank cells are lost, and some words are broken over two lines."""
    cells = [
        "附件1", "项目支出绩效自评表", "（2021年度）", "项目名称", "渠道疏浚经费", "主管部门", "青柳县水利局",
        "实施单位",
        "青柳县河道管理所", "项目资金", "（万元）", "年初", "预算数", "全年", "预算数", "全年", "执行数", *FUNDS[3:],
        "年度资金总额", "60.5", "58", "43.5", "10", "75%", "7.5", "其中:当年财政拨款", "60.5", "58", "43.5", "其他资金",
        *HEADS[:3], "年度", "指标值", *HEADS[4:], "产出指标", "数量指标", "指标1疏浚渠道长度", "≥12公里", "11公里",
        "20", "18",
        "遇汛期停工,剩余渠段下年疏浚。", "指标2", "……", "质量指标", "验收合格率", "100%", "100%", "30", "30",
        "效益指标",
        "社会效益", "指标", "改善灌溉条件", "明显改善", "基本达成", "30", "28", "满意度", "指标",
        "服务对象满意度指标", "农户满意度",
        "≥90%", "93%", "10", "10",
    ]  # fmt: skip
    return "\n\n".join(cells) + "\n"


def rows(blank: str = "") -> list[list[str]]:
    """The rows as a page prints them; a cell over several rows stands in the first."""
    return [
        ["项目支出绩效自评表（2021年度）"],
        ["项目名称", "渠道疏浚经费"],
        ["主管部门", "青柳县水利局"],
        ["实施单位", "青柳县河道管理所"],
        ["项目资金（万元）", *FUNDS],
        ["年度资金总额", "60.5", "58", "43.5", "10", "75%", "7.5"],
        ["其中:当年财政拨款", "60.5", "58", "43.5", blank, blank, blank],
        HEADS,
        ["产出指标", "数量指标", "疏浚渠道长度", "≥12公里", "11公里", "20", "18", "遇汛期停工"],
        ["质量指标", "验收合格率", "100%", "100%", "30", "30", blank],
        ["效益指标", "社会效益指标", "改善灌溉条件", "明显改善", "基本达成", "30", "28", blank],
        ["满意度指标", "服务对象满意度指标", "农户满意度", "≥90%", "93%", "10", "10", blank],
    ]


def marked_cells() -> str:
    """A page saved one cell a line, each ended by a mark; empty cells are kept."""
    return "".join(f"{cell} |\n" if cell else "|\n" for row in rows() for cell in row)


def marked_rows() -> str:
    """A page saved one row a line, filled up with marks to the width of the widest."""
    return "".join(" | ".join(row) + " |" + "|" * (9 - len(row)) + "\n" for row in rows())


def one_line() -> str:
    cells = [cell for row in rows() for cell in row if cell]
    return "附件: " + " ".join(cells) + "\n"


@pytest.mark.parametrize("make", [one_a_line, marked_cells, marked_rows, one_line])
def test_a_form_saved_cell_by_cell_keeps_its_rows_and_columns(tmp_path: Path, make: object) -> None:
    facts = facts_of(tmp_path, make())  # type: ignore[operator]
    assert (facts.kind, facts.fiscal_year) == ("evaluation", 2021)
    assert facts.agency is not None
    assert facts.agency.label == "青柳县河道管理所"
    assert [p.label for p in facts.projects] == ["渠道疏浚经费"]
    assert told(facts) == EXPECTED
    assert facts.figures[0].value == Decimal(605_000)
    assert {f.fiscal_year for f in facts.figures} == {2021}
    assert [row.stated for row in facts.ledger if row.kind == "unaccounted"] == []


def test_indicators_of_such_a_form_have_levels_results_and_points(tmp_path: Path) -> None:
    found = {i.label: i for i in facts_of(tmp_path, one_a_line()).indicators}
    assert found["验收合格率"].level1 == "产出指标"
    assert found["验收合格率"].level2 == "质量指标"
    assert found["农户满意度"].level1 == "满意度指标"


def test_a_row_with_a_cell_too_few_is_left_open(tmp_path: Path) -> None:
    """Whether 80 and 20 are of what was aimed at or of points, nothing says once a blank cell is lost."""
    text = one_a_line().replace("≥12公里\n\n11公里\n\n20\n\n18\n\n", "20\n\n18\n\n")
    figures = [f for f in facts_of(tmp_path, text).figures if f.stated in ("20", "18")]
    assert [f.stated for f in figures] == ["20", "18"]
    assert [f.column for f in figures] == ["", ""]
    assert [t for t in told(facts_of(tmp_path, text)) if t[0] == "验收合格率"] == EXPECTED[13:17]


def test_a_fund_with_fewer_amounts_than_the_header_has_is_left_open(tmp_path: Path) -> None:
    text = one_a_line().replace("其中:当年财政拨款\n\n60.5\n\n58\n\n43.5\n\n", "其中:当年财政拨款\n\n58\n\n43.5\n\n")
    figures = [f for f in facts_of(tmp_path, text).figures if f.subject_label == "当年财政拨款"]
    assert [(f.stated, f.column, f.phase) for f in figures] == [("58", "", ""), ("43.5", "", "")]


def test_marks_alone_end_rows_and_a_scale_is_of_the_form_s_money(tmp_path: Path) -> None:
    """Fields and rows are left blank, amounts have their 万, and only the site says whose the form is."""
    form = [
        ["项目支出绩效自评表"], ["（2021年度）"], ["项目名称", "渠道疏浚经费"], ["主管部门", "", "实施单位", ""],
        ["项目资金（万元）", "", *FUNDS], ["年度资金总额", "60万", "58万", "43.5万", "100", "75%", "98"],
        ["其中:当年财政拨款", "60万", "58万", "43.5万", "—", "", "—"], ["绩 效 指 标", *HEADS],
        ["产出指标", "数量指标", "疏浚渠道", "≥2条", "3条", "60", "58", ""], ["", "", "", "", "", ""],
        ["成本指标", "疏浚费用", "60万", "43.5万", "40", "40", ""], ["总分", "100", "98", ""],
    ]  # fmt: skip
    lines = "".join("".join(f"{c} |\n" if c else "|\n" for c in row) + "|" * (12 - len(row)) + "\n" for row in form)
    facts = facts_of(tmp_path, INDEX + lines)
    assert facts.agency is not None
    assert facts.agency.label == "青柳县水利局"
    assert [(f.subject_label, f.value, f.unit, f.phase, f.column) for f in facts.figures] == [
        ("年度资金总额", 600_000, "CNY", "budget", "年初预算数"),
        ("年度资金总额", 580_000, "CNY", "adjusted", "全年预算数"),
        ("年度资金总额", 435_000, "CNY", "final", "全年执行数"),
        ("年度资金总额", 100, "SCORE", "", "分值"),
        ("年度资金总额", 75, "PERCENT", "result", "执行率"),
        ("年度资金总额", 98, "SCORE", "result", "得分"),
        ("当年财政拨款", 600_000, "CNY", "budget", "年初预算数"),
        ("当年财政拨款", 580_000, "CNY", "adjusted", "全年预算数"),
        ("当年财政拨款", 435_000, "CNY", "final", "全年执行数"),
        ("疏浚渠道", 2, "ITEM", "target", "年度指标值"),
        ("疏浚渠道", 3, "ITEM", "result", "实际完成值"),
        ("疏浚渠道", 60, "SCORE", "", "分值"),
        ("疏浚渠道", 58, "SCORE", "result", "得分"),
        ("疏浚费用", 600_000, "CNY", "target", "年度指标值"),
        ("疏浚费用", 435_000, "CNY", "result", "实际完成值"),
        ("疏浚费用", 40, "SCORE", "", "分值"),
        ("疏浚费用", 40, "SCORE", "result", "得分"),
        ("总分", 100, "SCORE", "", "分值"),
        ("总分", 98, "SCORE", "result", "得分"),
    ]


def test_rows_of_marks_under_a_header_of_two_rows(tmp_path: Path) -> None:
    text = (
        "青柳县水利局2019年度“三公”经费决算情况说明\n附表 | ||||\n青柳县水利局2019年“三公”经费决算情况表 | ||||\n"
        "单位:万元 | ||||\n项目 | 上年决算数 | 本年决算数 | 比上年增、减情况 | |\n增、减金额 | 增、减幅度 | |||\n"
        "合计 | 8.00 | 6.00 | -2.00 | -25% |\n1.公务接待费 | 3.00 | 2.40 | -0.60 | -20% |\n"
        "2.公务用车运行费 | 5.00 | 3.60 | -1.40 | -28% |\n"
    )
    found = facts_of(tmp_path, text).figures
    assert [(f.subject_label, f.stated, f.fiscal_year, f.aspect, f.direction) for f in found[4:8]] == [
        ("公务接待费", "3.00", 2018, "level", ""),
        ("公务接待费", "2.40", 2019, "level", ""),
        ("公务接待费", "-0.60", 2019, "change", "down"),
        ("公务接待费", "-20", 2019, "growth", "down"),
    ]
    assert [f.value for f in found[:2]] == [Decimal(80_000), Decimal(60_000)]


def test_a_cell_may_go_on_over_lines_before_the_next_mark(tmp_path: Path) -> None:
    text = (
        "青柳县水利局2020年度项目支出绩效自评报告\n项目\n  目标\n   | 一级指标\n   | 二级指标\n   | 三级指标\n"
        "   | 指标值\n"
        "   | 实施进度\n   | \n项目决策\n   | 数量指标\n   | 巡渠次数\n   | 至少巡渠3次\n   | 已完成100%\n   | |\n"
        "成本指标\n   | 巡渠成本\n   | 10万元\n   | 已完成90%\n   | ||\n"
        "质量指标\n   | 巡渠质量\n   | 达标\n   | 已完成80%\n   | ||\n"
    )
    assert told(facts_of(tmp_path, text)) == [
        ("巡渠次数", "3", "TIMES", "target", "level", "指标值"),
        ("巡渠次数", "100", "PERCENT", "result", "level", "实施进度"),
        ("巡渠成本", "10", "CNY", "target", "level", "指标值"),
        ("巡渠成本", "90", "PERCENT", "result", "level", "实施进度"),
        ("巡渠质量", "80", "PERCENT", "result", "level", "实施进度"),
    ]


def test_goals_whose_weights_are_in_percent_keep_their_rows_one_cell_a_line(tmp_path: Path) -> None:
    text = (
        "青柳县水利局2023年部门预算\n一般性项目绩效目标表\n序号\n项目名称\n当年财政拨款预算金额\n当年绩效目标\n指标名称\n"
        "指标性质\n指标值\n计量单位\n指标权重(%)\n1\n河道管理\n901.54\n全年巡查河道。\n巡查次数\n≥\n25\n次\n20\n"
        "受益人数\n≥\n5000\n人\n30\n巡查完成率\n＝\n100\n%\n50\n"
    )
    found = facts_of(tmp_path, text).figures
    assert [(f.subject_label, f.stated, f.unit, f.comparator) for f in found if f.phase == "target"] == [
        ("巡查次数", "25", "TIMES", "≥"),
        ("受益人数", "5000", "PERSON", "≥"),
        ("巡查完成率", "100", "PERCENT", "="),
    ]
    assert [(f.subject_label, f.stated) for f in found if f.aspect == "maximum"] == [
        ("巡查次数", "20"),
        ("受益人数", "30"),
        ("巡查完成率", "50"),
    ]
