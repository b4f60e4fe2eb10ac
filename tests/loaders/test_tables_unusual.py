"""Bad and unusual tables: spellings of amounts, contradictory sums, lost headers, long tables, codes in levels."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from loaders.documents import Document
from loaders.readers.blocks import make_blocks
from loaders.reading import read_numbers
from loaders.tables.columns import read_column
from tests.loaders.tables_by_hand import FUNCTION, by_stated, read, unaccounted
from tests.volume import size

# -- bad tables ----------------------------------------------------------------------------------------------------

CELL = (
    "支出总表\n单位：{unit}\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    "201\t一般公共服务支出\t{cell}\t\t\n\n第三部分\n"
)


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("1,234，567.89", "元", "1234567.89"),  # mixed separators
        ("194829,473", "元", "194829473"),
        ("41, 338", "元", "41338"),
        ("１２,３４５", "元", "12345"),
        ("-5.25", "元", "-5.25"),
        ("−5.25", "元", "-5.25"),
        ("（5.25）", "元", "-5.25"),  # negative in parentheses
        ("(1,005.25)", "元", "-1005.25"),
        ("3.5", "亿元", "350000000"),
        ("3.5亿元", "万元", "350000000"),  # the cell's own unit prevails
        ("3.5", "千元", "3500"),
        ("1.2e4", "元", "12000"),
        ("0.00", "万元", "0"),
    ],
)
def test_spellings_of_an_amount(cell: str, unit: str, value: str) -> None:
    numbers = read(CELL.format(cell=cell, unit=unit))
    (figure,) = numbers.figures
    assert (figure.value, figure.unit) == (Decimal(value), "CNY")
    assert figure.column == "合计"
    assert unaccounted(numbers) == []


@pytest.mark.parametrize(("cell", "value"), [("5.5%", "5.5"), ("5.5 ％", "5.5"), ("5.5‰", "0.55")])
def test_percent_and_per_mille(cell: str, value: str) -> None:
    (figure,) = read(CELL.format(cell=cell, unit="万元")).figures
    assert (figure.value, figure.unit) == (Decimal(value), "PERCENT")


def test_contradictory_sums_alter_no_value() -> None:
    text = FUNCTION.replace("35.00", "99.99")
    found = by_stated(read(text))
    assert found["99.99"].value == Decimal(999_900)
    assert len(found) == 14


def test_contradictory_sums_leave_columns_open() -> None:
    text = (
        "支出总表\n单位：万元\n科目编码 科目名称 合计 基本支出 项目支出\n"
        "合计 50.00 10.00 20.00\n201 一般公共服务支出 33.00 33.00\n"
        "20103 政府办公厅（室）及相关机构事务 31.00 7.00\n\n第三部分\n"
    )
    numbers = read(text)
    assert [f.stated for f in numbers.figures] == ["50.00", "10.00", "20.00", "33.00", "33.00", "31.00", "7.00"]
    for figure in numbers.figures[3:]:
        # 33.00 twice: the total and one of two parts; 31.00 and 7.00 fit no identity at all
        assert figure.column in ("", "合计")
        if not figure.column:
            assert len(figure.candidates) >= 2
    # values keep their order: the first of two can stand anywhere but in the last column, the second not in the first
    assert numbers.figures[-2].candidates == ("合计", "基本支出")
    assert numbers.figures[-1].candidates == ("基本支出", "项目支出")


def test_an_unknown_header_loses_no_number() -> None:
    text = "甲地乙物一览表\n单位：万元\n天\t地\t玄\t黄\n子\t1.50\t2.50\t3.50\n丑\t4.50\t\t5.50\n\n第三部分 说明\n"
    numbers = read(text)
    assert [f.stated for f in numbers.figures] == ["1.50", "2.50", "3.50", "4.50", "5.50"]
    assert {f.form for f in numbers.figures} == {""}
    assert numbers.figures[0].value == Decimal(15_000)
    assert unaccounted(numbers) == []


def test_a_table_without_any_header_loses_no_number() -> None:
    text = "支出总表\n单位：元\n201\t一般公共服务支出\t3.00\t1.00\t2.00\n202\t外交支出\t9.00\t\t9.01\n\n第三部分\n"
    numbers = read(text)
    assert [f.stated for f in numbers.figures] == ["3.00", "1.00", "2.00", "9.00", "9.01"]
    assert all(f.column == "" for f in numbers.figures)


@pytest.mark.parametrize("glue", ["\t", " "], ids=["tabs", "spaces"])
def test_a_header_that_repeats_on_each_page_is_read_once(glue: str) -> None:
    header = glue.join(["科目编码", "科目名称", "合计", "基本支出", "项目支出"])
    rows = [f"2010{i}{glue}一般行政管理事务{glue}{i}.30{glue}{i}.10{glue}{i}.20" for i in range(1, 10)]
    pages = [f"{header}\n" + "\n".join(rows[i : i + 3]) + f"\n- {i // 3 + 4} -\n\n" for i in (0, 3, 6)]
    numbers = read("支出总表\n单位：万元\n" + "".join(pages) + "第三部分 说明\n")
    assert len(numbers.figures) == 27
    assert [f.column for f in numbers.figures] == ["合计", "基本支出", "项目支出"] * 9
    assert {f.subject_code for f in numbers.figures} == {f"2010{i}" for i in range(1, 10)}
    assert unaccounted(numbers) == []


def test_a_title_that_repeats_on_each_page_goes_on_with_the_table() -> None:
    page = "支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n{row}\n\n"
    text = page.format(row="201\t一般公共服务支出\t3.30\t3.10\t0.20") + page.format(
        row="205\t教育支出\t4.30\t4.10\t0.40"
    )
    numbers = read(text + "第三部分 说明\n")
    assert [f.column for f in numbers.figures] == ["合计", "基本支出", "项目支出"] * 2
    assert {f.form for f in numbers.figures} == {"expenditure"}


def test_a_table_that_goes_on_without_title_and_header_keeps_its_unit_and_form() -> None:
    text = (
        "支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
        "201\t一般公共服务支出\t3.30\t3.10\t0.20\n注：含结转。\n"
        "205\t教育支出\t4.30\t4.10\t0.40\n\n第三部分\n"
    )
    numbers = read(text)
    assert [f.value for f in numbers.figures][3:] == [43_000, 41_000, 4_000]
    assert {f.form for f in numbers.figures} == {"expenditure"}
    assert [f.column for f in numbers.figures][3:] == ["合计", "基本支出", "项目支出"]


def long_table(rows: int, glue: str) -> str:
    lines = ["支出总表", "单位：万元", glue.join(["科目编码", "科目名称", "合计", "基本支出", "项目支出"])]
    lines += [
        glue.join(
            [
                f"2{i % 30 + 1:02}{i // 30 % 90 + 1:02}{i // 2700 + 1:02}",
                "一般行政管理事务",
                f"{i + 3}.30",
                f"{i + 1}.10",
                "2.20",
            ]
        )
        for i in range(rows)
    ]
    return "\n".join(lines) + "\n\n第三部分 说明\n"


def count_work(text: str) -> int:
    """How many functions are entered, left or called in C while the numbers of a text are read."""
    work = 0

    def count(*_: object) -> None:
        nonlocal work
        work += 1

    document = Document("made", text, "0" * 64, "text", make_blocks(text))
    sys.setprofile(count)
    try:
        read_numbers(document, "budget", 2023, "某市口岸办")
    finally:
        sys.setprofile(None)
    return work


@pytest.mark.parametrize(
    "glue",
    ["\t", pytest.param(" "), pytest.param("\n")],
    ids=["tabs", "spaces", "lines"],
)
def test_the_work_grows_with_the_rows_and_not_faster(glue: str) -> None:
    rows = size(200, 300)
    assert count_work(long_table(4 * rows, glue)) < 4 * 1.15 * count_work(long_table(rows, glue))


@pytest.mark.parametrize("glue", ["\t", " ", "\n"], ids=["tabs", "spaces", "lines"])
def test_a_table_of_thousands_of_rows(glue: str) -> None:
    rows = size(3_000, 10_000) if glue == "\t" else size(1_000, 1_500)
    numbers = read(long_table(rows, glue))
    assert len(numbers.figures) == 3 * rows
    assert {f.column for f in numbers.figures[:30]} <= {"合计", "基本支出", "项目支出", ""}
    assert unaccounted(numbers) == []


def test_the_change_of_a_budget_against_an_account_is_of_the_budget() -> None:
    column = read_column("2023年预算数比2022年执行数|增减额", "budget", 2023)
    assert (column.year, column.aspect) == (2023, "change")


# -- codes whose levels stand apart --------------------------------------------------------------------------------

LEVELS = (
    "部门支出总体情况表\n单位：万元\n科目编码 功能科目 总计 基本支出 项目支出\n"
    "类 款 项\n{counting}合计 68.12 28.17 39.95\n"
    "204 公共安全支出 68.12 28.17 39.95\n02 {first} 28.17 28.17 0.00\n204 02 01 行政运行 28.17 28.17 0.00\n"
    "{pair} {second} 39.95 0.00 39.95\n204 {pair} 02 一般行政管理事务 39.95 0.00 39.95\n\n第三部分 情况说明\n"
)


def codes_of(text: str) -> list[str]:
    """The codes of the rows in order."""
    codes = [f.subject_code for f in read(text).figures]
    return [c for i, c in enumerate(codes) if i % 3 == 0]


def test_a_section_that_prints_its_own_two_digits_only() -> None:
    text = LEVELS.format(counting="", first="公安", second="司法", pair="06")
    assert codes_of(text) == ["", "204", "20402", "2040201", "20406", "2040602"]


def test_a_section_of_a_name_that_no_list_holds() -> None:
    text = LEVELS.format(counting="", first="公安", second="检察", pair="04")
    found = codes_of(text)
    assert found[:4] == ["", "204", "20402", "2040201"]
    assert found[4] in ("20404", ""), "right, or not said"
    assert found[5] == "2040402"


def test_columns_that_are_numbered_behind_stars() -> None:
    numbers = read(LEVELS.format(counting="** ** ** ** 1 2 3\n", first="公安", second="检察", pair="04"))
    assert [r.kind for r in numbers.ledger if r.stated in ("1", "2", "3")] == ["ordinal"] * 3


def test_levels_that_a_row_leaves_out_are_those_above_it() -> None:
    text = (
        "部门支出总体情况表\n单位：万元\n科目编码\t\t\t功能科目\t总计\t基本支出\t项目支出\n类\t款\t项\t\t\t\t\n"
        "204\t\t\t公共安全支出\t68.12\t28.17\t39.95\n"
        "\t02\t\t甲类事务\t28.17\t28.17\t0.00\n\t\t01\t行政运行\t28.17\t28.17\t0.00\n"
        "\t13\t\t乙类事务\t39.95\t0.00\t39.95\n\t\t02\t一般行政管理事务\t39.95\t0.00\t39.95\n\n第三部分\n"
    )
    assert codes_of(text) == ["204", "20402", "2040201", "20413", "2041302"]


def test_comparator_number_and_unit_in_cells_of_their_own() -> None:
    text = (
        "2023年项目支出绩效目标表\n单位：万元\n绩效指标\t指标名称\t指标性质\t指标值\t计量单位\t指标权重\n"
        "产出指标\t完工项目验收率\t≥\t90\t%\t20\n产出指标\t新增岗位\t≥\t12\t个\t10\n\n第三部分\n"
    )
    found = by_stated(read(text))
    assert {k: (f.value, f.unit, f.comparator) for k, f in found.items()} == {
        "90": (Decimal(90), "PERCENT", "≥"),
        "20": (Decimal(20), "SCORE", ""),
        "12": (Decimal(12), "ITEM", "≥"),
        "10": (Decimal(10), "SCORE", ""),
    }


def test_the_name_of_a_row_follows_its_code() -> None:
    text = (
        "一般公共预算基本支出表\n单位：万元\n部门经济科目编码\t部门经济科目名称\t政府经济科目编码\t政府经济科目名称\t合计\n"
        "30101\t基本工资\t50501\t工资福利支出\t45.06\n\n第三部分\n"
    )
    figure = by_stated(read(text))["45.06"]
    assert (figure.subject_label, figure.subject_code) == ("基本工资", "30101")
    assert ("government-economic", "50501") in figure.dimensions


@pytest.mark.parametrize("code_column", ["合计", "总计"])
def test_a_total_row_with_its_name_in_the_column_of_codes(code_column: str) -> None:
    text = (
        "支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
        f"{code_column}\t\t30.00\t10.00\t20.00\n201\t一般公共服务支出\t30.00\t10.00\t20.00\n\n第三部分\n"
    )
    columns = [(f.stated, f.column) for f in read(text).figures]
    assert columns == [("30.00", "合计"), ("10.00", "基本支出"), ("20.00", "项目支出")] * 2


def test_counts_in_a_table_of_money() -> None:
    """机构运行信息表: cars by kind and equipment over a price are counted, whatever unit stands over the table."""
    rows = (
        "一、机关运行经费\t1\t86.40", "（一）车辆数合计（辆）\t2\t6", "1．副部（省）级及以上领导用车\t3\t0",
        "2．主要负责人用车\t4\t1", "3．其他用车\t5\t5", "（二）单价100万元（含）以上设备（不含车辆）\t6\t3",
        "4．其他用车\t7\t2.50",
    )  # fmt: skip
    text = "机构运行信息表\n单位：万元\n项目\t行次\t统计数\n" + "\n".join(rows) + "\n\n第三部分\n"
    found = [(f.stated, f.value, f.unit) for f in read(text, "accounts").figures]
    cars = [("6", 6, "VEHICLE"), ("0", 0, "VEHICLE"), ("1", 1, "VEHICLE"), ("5", 5, "VEHICLE"), ("3", 3, "ITEM")]
    assert found == [("86.40", 864_000, "CNY"), *cars, ("2.50", 25_000, "CNY")]  # half a car is the cost of one


def test_the_worth_of_cars_is_money() -> None:
    text = "资产情况表\n单位：万元\n项目\t数量（辆）\t账面原值\n机要通信用车\t2\t36\n执法执勤用车\t3\t54\n\n第三部分\n"
    assert [(f.stated, f.unit) for f in read(text, "accounts").figures] == [
        ("2", "VEHICLE"), ("36", "CNY"), ("3", "VEHICLE"), ("54", "CNY"),
    ]  # fmt: skip


@pytest.mark.parametrize("counting", ["**\t1", "栏次\t1"])
def test_the_only_column_that_is_numbered(counting: str) -> None:
    text = (
        "国有资本经营预算支出预算表\n单位：万元\n功能分类科目名称\t项目支出\n"
        f"{counting}\n合计\t\n备注：本部门没有国有资本经营预算拨款安排的支出，故本表无数据。\n"
    )
    numbers = read(text)
    assert numbers.figures == ()
    assert [(r.stated, r.kind) for r in numbers.ledger] == [("1", "ordinal")]


def test_an_amount_of_one_beside_a_name_is_no_number_of_a_column() -> None:
    (figure,) = read("国有资本经营预算支出预算表\n单位：万元\n功能分类科目名称\t项目支出\n合计\t1\n").figures
    assert (figure.value, figure.subject_label) == (Decimal(10_000), "合计")


@pytest.mark.parametrize(
    ("title", "fund"),
    [
        ("财政拨款支出表（功能科目）", "财政拨款"),  # of all funds: codes of funds stand in it
        ("一般公共预算支出表", "一般公共预算"),
        ("一般公共预算财政拨款支出决算表", "一般公共预算"),
    ],
)
def test_the_fund_of_a_table_by_function_is_what_its_title_says(title: str, fund: str) -> None:
    text = (
        f"{title}\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n212\t城乡社区支出\t35.00\t12.00\t23.00\n"
    )
    assert {dict(f.dimensions)["fund"] for f in read(text).figures} == {fund}


@pytest.mark.parametrize("cell", ["[20101]人大事务", "20101人大事务", "（20101）人大事务", "[20101]个人事务"])
def test_a_code_before_a_name_that_begins_like_a_measure_word(cell: str) -> None:
    text = f"一般公共预算支出情况表（按功能分类科目）\n单位：万元\n功能科目名称\t小计\t基本支出\n{cell}\t1.52\t1.50\n"
    assert {(f.subject_code, f.subject_label[0]) for f in read(text).figures} in ({("20101", "人")}, {("20101", "个")})


def test_a_bare_number_that_counts_is_no_code() -> None:
    text = "人员情况表\n项目\t金额（万元）\n205人会议\t3.20\n"
    assert [f.subject_code for f in read(text).figures if f.stated == "3.20"] == [""]


@pytest.mark.parametrize(
    ("label", "phase", "aspect"),
    [
        ("预算安排|年中调整金额", "adjusted", "change"),  # beside 年初预算数, which it changes
        ("调整预算数", "adjusted", "level"),
        ("年初预算数", "budget", "level"),
    ],
)
def test_what_is_added_to_a_budget_is_no_budget(label: str, phase: str, aspect: str) -> None:
    column = read_column(label, "evaluation", 2024)
    assert (column.phase, column.aspect) == (phase, aspect)


@pytest.mark.parametrize(("whole", "label"), [("46.90", "合计"), ("46.91", "合计"), ("48.00", "金额")])
def test_a_row_without_a_name_that_sums_up_the_others_is_their_total(whole: str, label: str) -> None:
    text = (
        "2023年市级部门项目支出绩效表\n单位：万元\n单位名称\t项目名称\t金额\t项目总体绩效目标\n"
        f"**\t**\t**\t**\n\t\t{whole}\t\n某市渔港站\t渔港修缮\t12.45\t保障渔港安全。\n某市灯塔站\t灯塔维护\t34.46\t保障灯塔明亮。\n"
    )
    assert [f.subject_label for f in read(text).figures] == [label, "渔港修缮", "灯塔维护"]
