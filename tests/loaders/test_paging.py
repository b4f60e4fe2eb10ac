"""Tables that go on over a page break with other columns than their header: inherited by meaning, or open."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.documents import Document
from loaders.facts import Facts, Figure
from loaders.pipeline import read_document_facts
from loaders.readers.blocks import make_blocks

TITLE = "安平市青原区机关事务管理局2023年度部门决算\n\n"
HEADER = "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因\n"
FIRST = (
    HEADER + "产出指标\t数量指标\t培训场次\t≥10场\t12场\t10\t10\t\n\t质量指标\t合格率\t≥95%\t91%\t20\t18\t师资不足\n"
)


def read(text: str) -> Facts:
    return read_document_facts(Document("made", text, "0" * 64, "text", make_blocks(text)), strict=False)


def form(first: str, second: str, title: str = "项目支出绩效自评表\n") -> Facts:
    return read(TITLE + title + first + "\n\f" + second + "\n\n第三部分 说明\n")


def of(facts: Facts, label: str) -> list[tuple[str, str, str, str, str]]:
    """What the figures of a row are: characters, column, phase, aspect, unit."""
    return [(f.stated, f.column, f.phase, f.aspect, f.unit) for f in facts.figures if f.subject_label == label]


def columns(facts: Facts, label: str) -> list[tuple[str, str]]:
    return [(f.stated, f.column) for f in facts.figures if f.subject_label == label]


RIGHT = [
    ("98", "年度指标值", "target", "level", "PERCENT"),
    ("92", "实际完成值", "result", "level", "PERCENT"),
    ("15", "分值", "", "maximum", "SCORE"),
    ("12", "得分", "result", "score", "SCORE"),
]


@pytest.mark.parametrize(
    "second",
    [
        "\t满意度指标\t群众满意度\t≥98%\t92%\t15\t12\t回访不足\n",  # as the page of the header
        "满意度指标\t群众满意度\t≥98%\t92%\t15\t12\t回访不足\n",  # without the first level
        "群众满意度\t≥98%\t92%\t15\t12\t回访不足\n",  # without both
        "群众满意度\t≥98%\t92%\t15\t12\n",  # and without the reason
        "满意度指标\t服务对象满意度指标\t\t群众满意度\t≥98%\t92%\t15\t12\t回访不足\n",  # one column more
    ],
)
def test_a_page_with_other_columns_keeps_what_its_cells_are(second: str) -> None:
    facts = form(FIRST, second)
    assert of(facts, "群众满意度") == RIGHT
    assert not any(f.has_open_column for f in facts.figures)


@pytest.mark.parametrize("between", ["续表\n", "项目支出绩效自评表（续）\n", "项目支出绩效自评表续表\n"])
def test_a_table_that_says_it_goes_on_is_under_its_header(between: str) -> None:
    facts = form(FIRST, between + "满意度指标\t群众满意度\t≥98%\t92%\t15\t12\t回访不足\n")
    assert of(facts, "群众满意度") == RIGHT


def test_indicators_of_such_a_page_have_their_own_result() -> None:
    facts = form(FIRST, "满意度指标\t群众满意度\t≥98%\t92%\t15\t12\t回访不足\n")
    found = {i.label: (i.target, i.result) for i in facts.indicators}
    assert found["群众满意度"] == ("98", "92%")
    scored = {a.label: (a.maximum, a.score) for a in facts.assessments}
    assert scored["群众满意度"] == (Decimal(15), Decimal(12))


def test_where_nothing_decides_the_columns_are_open() -> None:
    # One of result, maximum and score is gone, and all that is left could be any two of them.
    facts = form(FIRST, "\t数量指标\t巡检次数\t≥60\t12\t10\t\n")
    target, first, second = (f for f in facts.figures if f.subject_label == "巡检次数")
    assert (target.stated, target.column, target.phase) == ("60", "年度指标值", "target")
    for figure in (first, second):
        assert (figure.column, figure.phase, figure.aspect, figure.unit) == ("", "", "", "")
        assert figure.has_open_column
        assert {"分值", "得分"} <= set(figure.candidates)


def test_a_result_never_stands_for_a_target_or_a_score() -> None:
    facts = form(FIRST, "\t质量指标\t及时率\t≥90%\t45%\t8\t\n")
    by_stated: dict[str, Figure] = {f.stated: f for f in facts.figures if f.subject_label == "及时率"}
    assert by_stated["90"].column == "年度指标值"
    assert by_stated["45"].column == "实际完成值"
    assert by_stated["8"].has_open_column
    assert set(by_stated["8"].candidates) == {"分值", "得分"}


MONEY = "单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n201\t一般公共服务支出\t31.00\t11.00\t20.00\n"


def test_a_money_table_without_its_codes_on_the_second_page() -> None:
    facts = form(MONEY, "行政运行\t10.55\t10.55\t0.00\n机关服务\t20.45\t0.45\t20.00\n", "支出总表\n")
    assert columns(facts, "机关服务") == [("20.45", "合计"), ("0.45", "基本支出"), ("20.00", "项目支出")]


def test_a_money_table_that_lost_a_column_of_amounts_is_open() -> None:
    facts = form(MONEY, "2010301\t行政运行\t10.55\t10.55\n2010303\t机关服务\t20.45\t20.00\n", "支出总表\n")
    found = [f for f in facts.figures if f.subject_label == "机关服务"]
    assert [(f.stated, f.column, f.subject_code, f.unit) for f in found] == [
        ("20.45", "", "2010303", "CNY"),
        ("20.00", "", "2010303", "CNY"),
    ]
    assert all(f.has_open_column for f in found)


def test_a_header_printed_again_in_other_columns_heads_its_own_page() -> None:
    again = "二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\n"
    facts = form(FIRST, again + "满意度指标\t群众满意度\t≥98%\t92%\t15\t12\n")
    assert of(facts, "群众满意度") == RIGHT


def test_a_table_behind_a_heading_goes_on_nothing() -> None:
    text = TITLE + "支出总表\n" + MONEY + "\n二、政府采购情况\n\n台式计算机\t20\t30.50\n"
    facts = read(text)
    found = [f for f in facts.figures if f.subject_label == "台式计算机"]
    assert [(f.stated, f.column, f.unit, f.table) for f in found] == [("20", "", "", ""), ("30.50", "", "", "")]


STREAMED = (
    "项目支出绩效自评表\n三级指标 年度指标值 实际完成值 分值 得分\n培训场次 ≥10场 12场 10 10\n合格率 ≥95% 91% 20 18\n"
)


def test_a_page_of_lines_with_fewer_values_is_open_where_nothing_decides() -> None:
    again = "\n项目支出绩效自评表\n群众满意度 ≥98% 92% 12\n及时率 ≥90% 45% 8\n"
    facts = read(TITLE + STREAMED + again + "\n\n第三部分 说明\n")
    assert of(facts, "合格率")[1:3] == [
        ("91", "实际完成值", "result", "level", "PERCENT"),
        ("20", "分值", "", "maximum", "SCORE"),
    ]
    found = {f.stated: f for f in facts.figures if f.subject_label == "及时率"}
    assert found["90"].column == "年度指标值"
    assert found["45"].column in ("", "实际完成值")
    assert found["8"].column == ""
    assert found["8"].aspect == ""


def test_a_page_that_breaks_in_a_header_keeps_budget_and_final_apart() -> None:
    facts = read(
        TITLE
        + "财政拨款“三公”经费支出决算表\n单位：万元\n预算数\t决算数\n\f"
        + "合计\t公务接待费\t公务用车运行费\t合计\t公务接待费\t公务用车运行费\n9.5\t3.5\t6.0\t7.2\t2.1\t5.1\n"
    )
    assert {f.stated: f.phase for f in facts.figures} == {
        "9.5": "budget",
        "3.5": "budget",
        "6.0": "budget",
        "7.2": "final",
        "2.1": "final",
        "5.1": "final",
    }
