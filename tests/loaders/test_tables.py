"""Tables of official forms: what a header says, which form it is, what each cell becomes, and bad tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.facts import Aspect, DocumentKind, Phase
from loaders.tables.cells import is_measure
from loaders.tables.columns import Role, read_column, read_phase, read_unit, read_year
from loaders.tables.forms import recognise_form
from loaders.words.normalise import plain
from tests.loaders.tables_by_hand import FUNCTION, by_stated, read, unaccounted

# -- headers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("合计", "value"),
        ("基本支出", "value"),
        ("本年收入|一般公共预算", "value"),
        ("预算数", "value"),
        ("科目编码", "code"),
        ("功能科目编码", "code"),
        ("科目编码|类", "code"),
        ("类", "code"),
        ("款", "code"),
        ("单位代码", "unit code"),
        ("部门编码", "unit code"),
        ("科目名称", "label"),
        ("项目名称", "label"),
        ("单位名称", "label"),
        ("序号", "ordinal"),
        ("行次", "ordinal"),
        ("指标值", "target"),
        ("年度目标值", "target"),
        ("实际完成值", "result"),
        ("分值", "maximum"),
        ("权重", "maximum"),
        ("得分", "score"),
        ("自评分", "score"),
        ("评分标准", "criterion"),
        ("备注", "text"),
        ("联系电话", "contact"),
        ("计量单位", "unit"),
        ("年度", "year"),
    ],
)
def test_the_role_of_a_column(label: str, role: Role) -> None:
    assert read_column(label, "budget", 2023).role == role


@pytest.mark.parametrize(
    ("label", "aspect"),
    [
        ("合计", "level"),
        ("增减额", "change"),
        ("比上年增减", "change"),
        ("增减%", "growth"),
        ("增减变化|增减率", "growth"),
        ("占比", "share"),
        ("占总支出%", "share"),
        ("分值", "maximum"),
        ("得分", "score"),
        ("调整预算数", "level"),
    ],
)
def test_the_aspect_of_a_column(label: str, aspect: Aspect) -> None:
    assert read_column(label, "budget", 2023).aspect == aspect


@pytest.mark.parametrize(
    ("label", "year"),
    [
        ("2022年预算数", 2022),
        ("2023年预算数", 2023),
        ("2022年执行数", 2022),
        ("上年预算数", 2022),
        ("上年决算数", 2022),
        ("当年预算数", 2023),
        ("2023年预算数比2022年执行数", 2023),
        ("比2022年增减", 2023),
        ("2022年结转", None),
        ("合计", None),
    ],
)
def test_the_year_of_a_column(label: str, year: int | None) -> None:
    assert read_year(plain(label), 2023) == year


def test_without_a_fiscal_year_a_column_says_only_the_year_it_names() -> None:
    assert read_year("上年预算数", None) is None
    assert read_year("2022年预算数", None) == 2022


@pytest.mark.parametrize(
    ("label", "kind", "phase"),
    [
        ("合计", "budget", "budget"),
        ("合计", "accounts", "final"),
        ("合计", "evaluation", ""),
        ("年初预算数", "accounts", "budget"),
        ("预算数", "accounts", "budget"),
        ("全年预算数", "accounts", "adjusted"),
        ("调整预算数", "accounts", "adjusted"),
        ("决算数", "budget", "final"),
        ("全年执行数", "evaluation", "final"),
        ("一般公共预算财政拨款", "accounts", "final"),
        ("政府性基金预算财政拨款", "accounts", "final"),
        ("2022年执行数", "budget", "final"),
        ("截至2023年底累计完成投资", "budget", "final"),
        ("预计累计完成投资", "budget", "budget"),
        ("项目总投资", "budget", ""),
    ],
)
def test_the_phase_of_a_column(label: str, kind: DocumentKind, phase: Phase) -> None:
    assert read_phase(label, "value", kind) == phase


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("金额（元）", "CNY"),
        ("增减（%）", "PERCENT"),
        ("执行率", "PERCENT"),
        ("采购数量", "ITEM"),
        ("数量(辆)", "VEHICLE"),
        ("编制人数", "PERSON"),
        ("在职人员", "PERSON"),
        ("车辆保有量", "VEHICLE"),
        ("车辆编制数", "VEHICLE"),
        ("实有车辆", "VEHICLE"),
        ("（一）车辆数合计（辆）", "VEHICLE"),
        ("副部（省）级及以上领导用车", "VEHICLE"),
        ("单价100万元（含）以上设备（不含车辆）", "ITEM"),
        ("单位价值50万元以上通用设备（台、套）", "ITEM"),
        ("公务用车", None),
        ("分值", None),
        ("人员经费", None),
        ("公务用车购置费", None),
        ("合计", None),
    ],
)
def test_the_unit_of_a_column(label: str, unit: str | None) -> None:
    found = read_unit(plain(label))
    assert (found.unit if found else None) == unit


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("收支总表", "balance"),
        ("部门收支总体情况表", "balance"),
        ("收入总表", "income"),
        ("2026年部门收入总体情况表", "income"),
        ("支出总表", "expenditure"),
        ("财政拨款收支总表", "appropriation-balance"),
        ("政府预算拨款收支总表", "appropriation-balance"),
        ("一般公共预算支出表", "general-function"),
        ("一般公共预算支出表（按功能分类）", "general-function"),
        ("一般公共预算支出表（按经济分类）", "general-economic"),
        ("一般公共预算基本支出表", "basic-economic"),
        ("一般公共预算“三公”经费支出表", "three-public"),
        ("政府性基金预算支出表", "government-funds"),
        ("国有资本经营预算支出表", "state-capital"),
        ("项目支出表", "projects"),
        ("单位综合预算专项业务经费支出表", "special-business"),
        ("政府采购支出表", "procurement"),
        ("一般公共预算机关运行经费支出预算表", "running-costs"),
        ("部门整体支出绩效目标表", "performance-targets"),
        ("项目支出绩效目标申报表", "project-declaration"),
        ("项目支出绩效自评表", "self-evaluation"),
        ("某地特产一览表", ""),
        ("", ""),
    ],
)
def test_forms_by_their_titles(title: str, form: str) -> None:
    known = recognise_form(title, "")
    assert (known.id if known is not None else "") == form


def test_a_scoring_table_is_known_by_its_header() -> None:
    form = recognise_form("", "一级指标|二级指标|分值|评分标准|得分")
    assert form is not None
    assert form.id == "scoring"


@pytest.mark.parametrize(
    "text", ["5", "5.00", "-5.00", "41, 338", "≥2人", "大于 98%", "100%", "≤3个工作日", "1.2万元", "5人以上"]
)
def test_cells_that_measure(text: str) -> None:
    assert is_measure(text)


@pytest.mark.parametrize(
    "text", ["", "--", "不适用", "第5项", "5G基站", "2023年5月", "甲5", "1、人员经费", "20%的企业"]
)
def test_cells_that_do_not_measure(text: str) -> None:
    assert not is_measure(text)


# -- whole tables --------------------------------------------------------------------------------------------------


def test_a_table_by_function() -> None:
    numbers = read(FUNCTION)
    found = by_stated(numbers)
    assert len(found) == 14
    figure = found["10.55"]
    assert figure.value == Decimal(105_500)
    assert (figure.unit, figure.stated_unit, figure.precision) == ("CNY", "万元", Decimal(50))
    assert (figure.fiscal_year, figure.phase, figure.aspect) == (2023, "budget", "level")
    assert (figure.subject_code, figure.subject_label, figure.subject_kind) == ("2010301", "行政运行", "function")
    assert (figure.column, figure.table, figure.form) == ("合计", "支出总表", "expenditure")
    assert FUNCTION[figure.label_span.start : figure.label_span.end] == "行政运行"  # type: ignore[union-attr]
    assert FUNCTION[figure.code_span.start : figure.code_span.end] == "2010301"  # type: ignore[union-attr]
    assert found["20.05"].column == "项目支出"
    assert found["0.00"].value == 0, "a printed zero is a figure"
    assert found["35.00"].subject_code == ""
    assert unaccounted(numbers) == []
    assert [(t.title, t.state) for t in numbers.tables] == [("支出总表", "filled")]


def test_two_panels_side_by_side() -> None:
    text = (
        "收支总表\n单位：元\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n"
        "一、一般公共预算拨款收入\t1,001\t一、一般公共服务支出\t902\n二、事业收入\t\t二、教育支出\t103\n"
        "收入总计\t1,004\t支出总计\t1,005\n\n第三部分 说明\n"
    )
    found = by_stated(read(text))
    assert {k: (f.subject_label, f.column) for k, f in found.items()} == {
        "1,001": ("一般公共预算拨款收入", "收入|预算数"),
        "902": ("一般公共服务支出", "支出|预算数"),
        "103": ("教育支出", "支出|预算数"),
        "1,004": ("收入总计", "收入|预算数"),
        "1,005": ("支出总计", "支出|预算数"),
    }
    assert found["902"].unit == "CNY"
    assert found["902"].value == 902


def test_codes_in_three_columns_and_broken_separators() -> None:
    text = (
        "支出预算总表\n编制部门：某市口岸办\t\t\t\t\t单位：元\n项目\t\t\t\t支出预算\t\t\n"
        "功能分类科目编码\t\t\t功能分类科目名称\t合计\t基本支出\t项目支出\n类\t款\t项\t\t\t\t\n"
        "201\t\t\t一般公共服务支出\t194829,473\t11663,914\t183165,559\n"
        "201\t03\t\t政府办公厅（室）及相关机构事务\t190410,477\t11663,915\t178746,563\n"
        "201\t03\t01\t行政运行\t13270,732\t41, 338\t1606,818\n\n第三部分\n"
    )
    found = by_stated(read(text, year=2017))
    assert found["194829,473"].value == Decimal(194_829_473)
    assert found["41, 338"].value == Decimal(41_338)
    assert [found[k].subject_code for k in ("194829,473", "190410,477", "13270,732")] == ["201", "20103", "2010301"]
    assert plain(found["183165,559"].column).endswith("项目支出")


def test_years_side_by_side_and_their_change() -> None:
    text = (
        "一般公共预算支出表\n单位：万元\n"
        "科目编码\t科目名称\t2022年执行数\t2023年预算数\t增减额\t增减%\n"
        "201\t一般公共服务支出\t133.50\t120.40\t-13.10\t-9.81%\n\n第三部分\n"
    )
    found = by_stated(read(text))
    assert {k: (f.value, f.unit, f.fiscal_year, f.phase, f.aspect) for k, f in found.items()} == {
        "133.50": (Decimal(1_335_000), "CNY", 2022, "final", "level"),
        "120.40": (Decimal(1_204_000), "CNY", 2023, "budget", "level"),
        "-13.10": (Decimal(-131_000), "CNY", 2023, "budget", "change"),
        "-9.81": (Decimal("-9.81"), "PERCENT", 2023, "budget", "growth"),
    }
    assert found["-13.10"].direction == "down"


def test_a_sub_header_of_changes_only() -> None:
    text = (
        "一般公共预算支出表\n单位：万元\n"
        "科目编码\t科目名称\t2022年执行数\t2023年预算数\t2023年预算数比2022年执行数\t\n\t\t\t\t增减额\t增减%\n"
        "201\t一般公共服务支出\t133.50\t120.40\t-13.10\t-9.81%\n\n第三部分\n"
    )
    found = by_stated(read(text))
    assert {k: (f.value, f.unit, f.fiscal_year, f.phase, f.aspect) for k, f in found.items()} == {
        "133.50": (Decimal(1_335_000), "CNY", 2022, "final", "level"),
        "120.40": (Decimal(1_204_000), "CNY", 2023, "budget", "level"),
        "-13.10": (Decimal(-131_000), "CNY", 2023, "budget", "change"),
        "-9.81": (Decimal("-9.81"), "PERCENT", 2023, "budget", "growth"),
    }
    assert found["-13.10"].direction == "down"


def test_a_row_of_the_year_before_in_a_table_of_the_three_public_expenses() -> None:
    text = (
        "一般公共预算“三公”经费支出表\n单位：万元\n年度\t合计\t因公出国（境）费\t公务接待费\t公务用车购置及运行维护费\n"
        "2022年\t12.50\t5.00\t1.50\t6.00\n2023年\t11.40\t4.00\t1.40\t6.01\n\n第三部分\n"
    )
    numbers = read(text)
    years = {f.stated: f.fiscal_year for f in numbers.figures}
    assert {years[s] for s in ("12.50", "5.00", "1.50", "6.00")} == {2022}
    assert {years[s] for s in ("11.40", "4.00", "1.40", "6.01")} == {2023}
    assert [r.kind for r in numbers.ledger if r.stated in ("2022", "2023")] == ["date", "date"]


def test_budget_adjusted_and_final_side_by_side() -> None:
    text = (
        "财政拨款“三公”经费支出决算表\n单位：万元\n"
        "项目\t年初预算数\t全年预算数\t决算数\n公务接待费\t7.05\t6.50\t6.43\n\n第三部分\n"
    )
    found = by_stated(read(text, "accounts"))
    assert {k: f.phase for k, f in found.items()} == {"7.05": "budget", "6.50": "adjusted", "6.43": "final"}


def test_indicators_with_targets_results_and_scores() -> None:
    text = (
        "项目支出绩效自评表\n一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\n"
        "产出指标\t数量指标\t查验集装箱数量\t≥3000个\t3215个\t20\t19.5\n"
        "满意度指标\t服务对象满意度\t企业满意度\t≥95%\t98%\t10\t9\n\n第三部分\n"
    )
    found = by_stated(read(text, "evaluation", 2021))
    assert {k: (f.unit, f.phase, f.aspect) for k, f in found.items()} == {
        "3000": ("ITEM", "target", "level"),
        "3215": ("ITEM", "result", "level"),
        "20": ("SCORE", "", "maximum"),
        "19.5": ("SCORE", "result", "score"),
        "95": ("PERCENT", "target", "level"),
        "98": ("PERCENT", "result", "level"),
        "10": ("SCORE", "", "maximum"),
        "9": ("SCORE", "result", "score"),
    }
    assert found["3000"].comparator == "≥"
    assert found["3000"].subject_label == "查验集装箱数量"


def test_contacts_in_a_form_are_no_figures() -> None:
    text = (
        "项目支出绩效目标申报表\n单位：万元\n项目名称\t查验服务\t联系电话\t83758561\n"
        "项目资金\t100.00\t填报人\t张三\n\n第三部分\n"
    )
    numbers = read(text)
    assert [f.stated for f in numbers.figures] == ["100.00"]
    assert [r.kind for r in numbers.ledger if r.stated == "83758561"] == ["contact"]


def test_line_numbers_and_column_numbers_are_ordinals() -> None:
    text = (
        "收入支出决算总表\n单位：万元\n收入\t\t\t支出\t\t\n项目\t行次\t金额\t项目\t行次\t金额\n栏次\t\t1\t栏次\t\t2\n"
        "一、一般公共预算财政拨款收入\t1\t791.59\t一、一般公共服务支出\t32\t800.10\n\n第三部分\n"
    )
    numbers = read(text, "accounts")
    assert sorted(f.stated for f in numbers.figures) == ["791.59", "800.10"]
    assert {r.kind for r in numbers.ledger if r.stated in ("1", "2", "32")} == {"ordinal"}


# -- kinds of nothing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "note", ["注：本表无发生额。", "注：本单位无政府性基金预算支出，故本表为空。", "备注：本单位不涉及"]
)
def test_a_table_declared_empty(note: str) -> None:
    text = f"政府性基金预算支出表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n{note}\n\n第三部分 说明\n"
    (state,) = read(text).tables
    assert (state.state, state.form) == ("declared empty", "government-funds")
    assert state.evidence == note
    assert state.evidence_span is not None
    assert text[state.evidence_span.start : state.evidence_span.end] == note


def test_a_blank_table_and_a_table_of_zeros() -> None:
    head = "政府性基金预算支出表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    assert [t.state for t in read(head + "\n第三部分 说明\n").tables] == ["blank"]
    zeros = read(head + "\t合计\t0.00\t0.00\t0.00\n\n第三部分 说明\n")
    assert [t.state for t in zeros.tables] == ["filled"]
    assert [f.value for f in zeros.figures] == [0, 0, 0]


@pytest.mark.parametrize("nothing", ["-", "--", "—", "/", "不适用", "无", ""])
def test_marks_for_nothing_are_no_figures(nothing: str) -> None:
    text = (
        f"支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
        f"201\t一般公共服务支出\t3.00\t{nothing}\t3.01\n\n第三部分\n"
    )
    found = by_stated(read(text))
    assert {k: f.column for k, f in found.items()} == {"3.00": "合计", "3.01": "项目支出"}
