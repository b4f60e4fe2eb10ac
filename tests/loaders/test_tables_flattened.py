"""Tables that extraction flattened: names broken around their codes, interleaved headers, cells one a line.

All texts are made up; which amount is of what was worked out by hand from them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.loaders.tables_by_hand import read, unaccounted

FUNCTION = "支出决算表\n单位：万元\n项目\n合计 基本支出 项目支出\n功能分类\n科目名称\n科目编码\n"
ECONOMIC = (
    "一般公共预算财政拨款基本支出决算表\n单位：万元\n经济分\n经济分类 类\n"
    "科目名称 决算数 科目名称 决算数\n科目编码 科目编\n码\n"
)


def rows_of(text: str) -> list[tuple[str, str, str, str]]:
    """What each figure is of: code, label, characters, column."""
    numbers = read(text, "accounts", 2021)
    assert unaccounted(numbers) == []
    return [(f.subject_code, f.subject_label, f.stated, f.column) for f in numbers.figures]


# -- a name around the line of its code ----------------------------------------------------------------------------


def test_a_code_alone_on_the_middle_line_of_its_name_is_no_money() -> None:
    # 64.00 - 20.00 = 44.00 is what 项目支出 lacks, 70.00 - 70.00 = 0 what 基本支出 lacks.
    rows = rows_of(
        FUNCTION
        + "一般行政管理事\n2013302 44.00 44.00\n务\n2010301 行政运行 90.00 70.00 20.00\n合计 134.00 70.00 64.00\n"
    )
    assert rows[:2] == [
        ("2013302", "一般行政管理事务", "44.00", "合计"),
        ("2013302", "一般行政管理事务", "44.00", "项目支出"),
    ]
    assert rows[2:5] == [("2010301", "行政运行", n, c) for n, c in
                         (("90.00", "合计"), ("70.00", "基本支出"), ("20.00", "项目支出"))]  # fmt: skip


def test_names_broken_one_after_the_other_share_no_line() -> None:
    rows = rows_of(
        FUNCTION
        + "社会保障和就\n208 30.00 21.00 9.00\n业支出\n机关事业单位基\n2080505 本养老保险缴 12.00 9.00 3.00\n费支出\n"
        "机关事业单位职\n2080506 18.00 12.00 6.00\n业年金缴费支出\n合计 30.00 21.00 9.00\n"
    )
    assert {(code, label) for code, label, *_ in rows} == {
        ("208", "社会保障和就业支出"),
        ("2080505", "机关事业单位基本养老保险缴费支出"),
        ("2080506", "机关事业单位职业年金缴费支出"),
        ("", "合计"),
    }
    assert [column for *_, column in rows] == ["合计", "基本支出", "项目支出"] * 4


def test_a_name_that_no_list_has_is_joined_by_symmetry() -> None:
    rows = rows_of(
        FUNCTION
        + "2010301 行政运行 90.00 70.00 20.00\n旧城水渠\n2129977 5.00 1.00 4.00\n修补专项\n合计 95.00 71.00 24.00\n"
    )
    assert rows[3:6] == [("2129977", "旧城水渠修补专项", n, c) for n, c in
                         (("5.00", "合计"), ("1.00", "基本支出"), ("4.00", "项目支出"))]  # fmt: skip


def test_a_code_whose_name_is_nowhere_is_still_no_money() -> None:
    rows = rows_of(FUNCTION + "2010301 行政运行 90.00 70.00 20.00\n2129977 5.00 1.00 4.00\n合计 95.00 71.00 24.00\n")
    assert [row[2] for row in rows] == ["90.00", "70.00", "20.00", "5.00", "1.00", "4.00", "95.00", "71.00", "24.00"]
    assert rows[3][0] == "2129977"


def test_panels_side_by_side_keep_codes_names_and_totals_apart() -> None:
    rows = rows_of(
        ECONOMIC + "301 工资福利支出 60.50 302 商品和服务支出 7.25\n30101 基本工资 40.30 30201 办公费 5.05\n"
        "机关事业单位基本养老保\n30108 20.20 30206 电费 2.20\n险缴费\n"
        "31099 其他资本性支出\n人员经费合计 60.50 公用经费合计 7.25\n"
    )
    assert rows == [
        ("301", "工资福利支出", "60.50", "决算数"),
        ("302", "商品和服务支出", "7.25", "决算数"),
        ("30101", "基本工资", "40.30", "决算数"),
        ("30201", "办公费", "5.05", "决算数"),
        ("30108", "机关事业单位基本养老保险缴费", "20.20", "决算数"),
        ("30206", "电费", "2.20", "决算数"),
        ("", "人员经费合计", "60.50", "决算数"),
        ("", "公用经费合计", "7.25", "决算数"),
    ]


def test_the_first_number_of_a_row_is_its_total_where_the_second_is_open() -> None:
    # Two items of which each could be basic or project expenditure, if only their sum is known.
    figures = read(
        FUNCTION + "2010301 行政运行 5.00 5.00\n2010302 一般行政管理事务 5.00 5.00\n合计 10.00 5.00 5.00\n",
        "accounts",
        2021,
    ).figures
    assert [f.column for f in figures] == ["合计", "", "合计", "", "合计", "基本支出", "项目支出"]
    assert "基本支出" in figures[1].candidates
    assert figures[0].value == Decimal(50_000)


# -- headers whose words are interleaved ---------------------------------------------------------------------------

INTERLEAVED = (
    "支出决算表\n单位：万元\n项目\n对附属单位补\n本年支出合计 基本支出 项目支出 上缴上级支出 经营支出\n"
    "功能分类\n助支出\n科目名称\n科目编码\n"
)
PAIRS = (
    "财政拨款“三公”经费支出决算表\n单位：万元\n财政拨款“三公”经费\n公务用车购置及运行维护费\n因公出国\n"
    "合计 公务用车 公务用车 公务接待费\n（境）费 小计\n购置费 运行维护费\n" + " ".join(["预算数 决算数"] * 6) + "\n"
)


def test_an_interleaved_header_of_expenditure_has_the_order_of_its_form() -> None:
    rows = rows_of(
        INTERLEAVED + "2010301 行政运行 90.00 70.00 20.00\n2010302 一般行政管理事务 5.00 5.00\n合计 95.00 70.00 25.00\n"
    )
    assert [(stated, column) for *_, stated, column in rows] == [
        ("90.00", "本年支出合计"), ("70.00", "基本支出"), ("20.00", "项目支出"),
        ("5.00", "本年支出合计"), ("5.00", "项目支出"),
        ("95.00", "本年支出合计"), ("70.00", "基本支出"), ("25.00", "项目支出"),
    ]  # fmt: skip


def test_a_fourth_number_of_the_office_leaves_open_which_columns_are_filled() -> None:
    rows = rows_of(INTERLEAVED + "2010301 行政运行 90.00 70.00 20.00\n合计 99.00 70.00 20.00 9.00\n")
    assert [column for *_, column in rows] == ["本年支出合计", "", "", "本年支出合计", "", "", ""]


def test_an_interleaved_header_that_lacks_a_word_of_its_form_is_none() -> None:
    rows = rows_of(INTERLEAVED.replace("助支出\n", "") + "2010301 行政运行 90.00 70.00 20.00\n合计 90.00 70.00 20.00\n")
    assert "项目支出" not in {column for *_, column in rows}


def three_public(values: str) -> list[tuple[str, str, str, str]]:
    figures = read(PAIRS + values + "\n", "accounts", 2021).figures
    return [(f.stated, f.phase, f.subject_label, f.column.split("|")[-1]) for f in figures]


def test_twelve_numbers_stand_under_six_pairs_of_phases() -> None:
    # 10 = 0 + 6 + 4 and 7 = 0 + 5 + 2; 6 = 0 + 6 and 5 = 0 + 5.
    found = three_public("10.00 7.00 0 0 6.00 5.00 0 0 6.00 5.00 4.00 2.00")
    assert [label for _, _, label, _ in found[::2]] == [
        "“三公”经费", "因公出国（境）费", "公务用车购置及运行维护费", "公务用车购置费", "公务用车运行维护费",
        "公务接待费",
    ]  # fmt: skip
    assert [label for _, _, label, _ in found[::2]] == [label for _, _, label, _ in found[1::2]]
    assert [(phase, column) for _, phase, _, column in found] == [("budget", "预算数"), ("final", "决算数")] * 6


def test_sums_find_the_pair_that_is_blank() -> None:
    # 11 = 8 + 3, 8 = 2 + 6 and 7 = 6 + 1, 6 = 2 + 4: no room for travel abroad.
    found = three_public("11.00 7.00 8.00 6.00 2.00 2.00 6.00 4.00 3.00 1.00")
    assert [(stated, label) for stated, _, label, _ in found[2:]] == [
        ("8.00", "公务用车购置及运行维护费"), ("6.00", "公务用车购置及运行维护费"),
        ("2.00", "公务用车购置费"), ("2.00", "公务用车购置费"),
        ("6.00", "公务用车运行维护费"), ("4.00", "公务用车运行维护费"),
        ("3.00", "公务接待费"), ("1.00", "公务接待费"),
    ]  # fmt: skip


def test_pairs_of_which_some_are_blank_stay_open_if_no_sum_holds() -> None:
    found = three_public("11.00 7.00 8.00 6.00 2.00 2.00 6.00 4.00 5.00 1.00")
    assert {(phase, column) for _, phase, _, column in found} == {("", "")}


# -- tables printed one cell a line, each ended by a mark ----------------------------------------------------------

TITLE = "白沙镇人民政府2020年度部门决算\n一、“三公”经费支出决算表\n单位:万元\n"
CELLS = ("项 目", "预 算 数", "决 算 数", "合 计", "12", "9", "公务接待费", "5", "", "公务用车运行维护费", "7", "9")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{cell} |\n" if cell else "|\n" for cell in CELLS),
        "".join(("|\n" if i % 3 == 0 else "") + f"{cell} |\n" for i, cell in enumerate(CELLS)),
        "".join(f"{cell}\n|\n" if cell else "|\n" for cell in CELLS),
    ],
    ids=["mark behind", "mark before rows", "mark on its own line"],
)
def test_cells_with_marks_behind_them_make_rows(text: str) -> None:
    figures = read(TITLE + text + "二、情况说明\n本年没有变化。\n", "accounts", 2020).figures
    assert [(f.subject_label, f.stated, f.column, f.phase) for f in figures] == [
        ("合计", "12", "预算数", "budget"),
        ("合计", "9", "决算数", "final"),
        ("公务接待费", "5", "预算数", "budget"),
        ("公务用车运行维护费", "7", "预算数", "budget"),
        ("公务用车运行维护费", "9", "决算数", "final"),
    ]
    assert {f.value for f in figures} == {Decimal(n) for n in (120_000, 90_000, 50_000, 70_000)}


def test_the_same_without_marks() -> None:
    text = TITLE + "项目\n预算数\n决算数\n合计\n12\n9\n公务接待费\n12\n9\n"
    figures = read(text, "accounts", 2020).figures
    assert [(f.subject_label, f.stated, f.phase) for f in figures] == [
        ("合计", "12", "budget"), ("合计", "9", "final"), ("公务接待费", "12", "budget"), ("公务接待费", "9", "final"),
    ]  # fmt: skip


def test_a_table_of_marked_cells_takes_no_money_from_the_one_above() -> None:
    first = "".join(f"{c} |\n" for c in ("经费项目", "2020年度支出(万元)", "公务接待费", "30.5", "公务用车购置费", "4"))
    second = "".join(f"{c} |\n" for c in ("使用项目", "2020年度数量", "公务用车保有量", "6", "公务用车购置数", "1"))
    figures = read(f"经费情况\n{first}车辆使用情况\n{second}", "accounts", 2020).figures
    assert [(f.subject_label, f.value, f.unit == "CNY") for f in figures] == [
        ("公务接待费", Decimal(305_000), True),
        ("公务用车购置费", Decimal(40_000), True),
        ("公务用车保有量", Decimal(6), False),
        ("公务用车购置数", Decimal(1), False),
    ]


def test_a_sentence_with_a_mark_behind_it_is_no_cell() -> None:
    prose = "本年“三公”经费支出决算为9万元，比上年减少1万元，主要原因是压缩接待。 |\n" * 2
    assert [f.stated for f in read(prose, "accounts", 2020).figures] == ["9", "1"] * 2


def test_a_header_of_two_levels_over_marked_cells_heads_each_year_and_its_change() -> None:
    cells = (
        *("年度", "合计", "因公出国(境)经费", "公务接待费", "公务用车购置及运行费", "小计", "车辆购置", "车辆运行"),
        *("2015年", "20", "2", "8", "10", "4", "6"),
        *("2016年", "15", "1", "6", "8", "2", "6"),
        *("2016年比2015年增减%", "-25", "-50", "-25", "-20", "-50", "0"),
    )
    text = "两年对比情况\n" + "".join(f"{cell}\n|\n" for cell in cells)
    figures = read(text, "accounts", 2016).figures
    assert [f.fiscal_year for f in figures[:12]] == [2015] * 6 + [2016] * 6
    assert [f.column.split("|")[-1] for f in figures] == [
        "合计", "因公出国(境)经费", "公务接待费", "小计", "车辆购置", "车辆运行",
    ] * 3  # fmt: skip
    assert {(f.aspect, f.unit) for f in figures[12:]} == {("growth", "PERCENT")}


# -- codes of units and levels, years beside each other, headers on further pages ------------------------------------


def test_a_code_before_amounts_is_no_amount_though_its_header_is_broken() -> None:
    text = (
        "收入总表\n单位：万元\n本年收入 上年结转结余\n单位代\n单位名称 合计 一般公共预 事业\n码 小计\n算 收入\n"
        "合计 1,136.23 1,136.23\n青柳县应急管理综合行政\n328002 1,136.23 1,136.23\n执法监督局\n"
    )
    numbers = read(text)
    assert [f.stated for f in numbers.figures] == ["1,136.23"] * 4
    assert numbers.figures[-1].subject_label == "青柳县应急管理综合行政执法监督局"
    assert [(row.stated, row.kind) for row in numbers.ledger if row.kind != "figure"] == [("328002", "code")]


def test_a_level_of_a_code_before_amounts_is_no_amount() -> None:
    text = (
        "收入总体情况表\n单位：万元\n科目编码\n科目名称 合计 财政拨款收入\n类 款 项\n"
        "208 社会保障和就业支出 132.89 132.89\n05 行政事业单位养老支出 132.89 132.89\n"
        "01 行政单位离退休 3.63 3.63\n机关事业单位基本养老保\n05 129.26 129.26\n险缴费支出\n"
    )
    numbers = read(text)
    assert [(f.subject_code, f.stated) for f in numbers.figures[::2]] == [
        ("208", "132.89"), ("20805", "132.89"), ("2080501", "3.63"), ("2080505", "129.26"),
    ]  # fmt: skip
    assert {row.stated for row in numbers.ledger if row.kind == "code"} == {"208", "05", "01"}
    assert numbers.figures[-1].subject_label == "机关事业单位基本养老保险缴费支出"


def test_lines_around_the_level_of_a_code_that_make_no_name_stay_apart() -> None:
    text = (
        "收入总体情况表\n单位：万元\n科目编码\n科目名称 合计 财政拨款收入\n类 款 项\n"
        "208 社会保障和就业支出 132.89 132.89\n渠道养护\n05 129.26 129.26\n其他养护\n"
    )
    assert "渠道养护其他养护" not in {f.subject_label for f in read(text).figures}


YEARS = (
    "功能分类科目 2023年预算数\n2022年预算\n科目编 数 基本支出\n科目名称 总计 项目支出\n码\n小计 人员经费 公用经费\n"
)


def test_a_header_of_two_years_is_whole_on_a_further_page_too() -> None:
    # 86.51 = 42.64 + 43.87, 132.38 = 86.51 + 45.87; nothing tells what 52.17 is.
    text = (
        f"一般公共预算支出情况表\n单位：万元\n{YEARS}合计 181.21 132.38 86.51 42.64 43.87 45.87\n"
        f"205 教育支出 52.17\n— 19 —\n{YEARS}208 社会保障和就业支出 129.04 132.38 86.51 42.64 43.87 45.87\n"
    )
    figures = read(text).figures
    places = [
        (2022, "2022年预算数"),
        *((2023, f"2023年预算数|{name}") for name in (
            "总计", "基本支出|小计", "基本支出|人员经费", "基本支出|公用经费", "项目支出")),
    ]  # fmt: skip
    assert [(f.fiscal_year, f.column) for f in figures[:6]] == places
    assert (figures[6].stated, figures[6].fiscal_year) == ("52.17", None)
    assert [(f.fiscal_year, f.column) for f in figures[7:]] == places


def test_an_amount_of_an_open_column_is_of_no_year_where_the_header_names_two() -> None:
    text = "某表\n单位：万元\n项目 2022年\n总计 基本支出 项目支出 特别支出\n合计 9.00 8.00 7.00\n会议费 3.00 2.00\n"
    assert {f.fiscal_year for f in read(text).figures if f.candidates} <= {None}


def test_three_public_expenses_of_two_years_one_cell_a_line() -> None:
    names = "合计\n因公出国（境）经费\n公务用车购置及运行维护费\n公务接待费\n"
    text = (
        f"一般公共预算“三公”经费支出情况表\n单位：万元\n2022年预算数\n2023年预算数\n{names}{names}"
        + "小计\n公务用车购置经费\n公务用车运行维护费\n" * 2
        + "22.45\n10.00\n7.00\n2.00\n5.00\n5.45\n16.45\n3.00\n9.00\n4.00\n5.00\n4.45\n"
    )
    assert [(f.fiscal_year, f.subject_label, f.stated) for f in read(text).figures] == [
        (year, label, stated)
        for year, row in (
            (2022, ("22.45", "10.00", "7.00", "2.00", "5.00", "5.45")),
            (2023, ("16.45", "3.00", "9.00", "4.00", "5.00", "4.45")),
        )
        for label, stated in zip(
            ("“三公”经费", "因公出国（境）经费", "公务用车购置及运行维护费", "公务用车购置经费", "公务用车运行维护费",
             "公务接待费"), row, strict=True)
    ]  # fmt: skip


def test_the_end_of_a_broken_name_of_a_column_names_no_row() -> None:
    text = (
        "一般公共预算“三公”经费、会议费、培训费支出表\n单位：万元\n公务用车购置及运行维护费\n"
        "“三公”经费合计 因公出国（境）费 公务接待费 会议费 培训费\n公务用车运行维\n小计 公务用车购置费\n护费\n"
        "10.00 0.00 0.00 0.00 0.00 10.00 11.00 43.00\n"
    )
    assert "护费" not in {f.subject_label for f in read(text).figures}


def test_two_years_and_their_change_one_cell_a_line_behind_serial_numbers() -> None:
    money = "合计\n一般公共预算拨款安排的“三公”经费预算\n会议费\n培训费\n"
    public = "小计\n因公出国（境）费用\n公务接待费\n公务用车购置及运行维护费\n"
    row = ("9.00", "5.00", "0", "2.00", "3.00", "0", "3.00", "1.00", "3.00")
    change = ("-2.00", "0", "0", "0", "0", "0", "0", "0", "-2.00")
    later = ("7.00", "5.00", "0", "2.00", "3.00", "0", "3.00", "1.00", "1.00")
    text = (
        "一般公共预算拨款“三公”经费、会议费、培训费表\n单位：万元\n序\n号单位编码\n单位名称\n2022年\n2023年\n增减变化情况\n"
        + money * 3 + public * 3 + "小计\n公务用车购置费\n公务用车运行费\n" * 3
        + "1\n合计\n" + "\n".join((*row, *later, *change))
        + "\n2\n234\n青柳县水利局\n" + "\n".join((*row, *later, *change)) + "\n"
    )  # fmt: skip
    figures = read(text).figures
    assert [f.stated for f in figures] == [*row, *later, *change] * 2
    assert [(f.fiscal_year, f.aspect) for f in figures[:27]] == (
        [(2022, "level")] * 9 + [(2023, "level")] * 9 + [(2023, "change")] * 9
    )
    assert [f.column.split("|")[-1] for f in figures[:9]] == [
        "合计", "小计", "因公出国(境)费用", "公务接待费", "小计", "公务用车购置费", "公务用车运行费", "会议费",
        "培训费",
    ]  # fmt: skip
    assert [f.subject_label for f in figures[9:18]][3] == "公务接待费"


# -- forms of goals, numbers in pieces, names whose characters stand apart --------------------------------------------


def test_a_form_of_a_project_that_begins_with_its_money_is_one_of_its_own() -> None:
    form = (
        "{0}项目绩效目标表\n资金总额： {1}\n专项资金情\n财政拨款： {1}\n况（万元）\n其他资金： 0.00\n"
        "项目实施期 全面检查，确保安全。\n目标\n一级指标 二级指标 三级指标 目标值\n成本指标 预算执行率 ≥90%\n"
    )
    figures = read(form.format("河堤修缮", "121.60") + form.format("堤岸绿化", "57.00")).figures
    assert [(f.stated, f.value, f.unit, f.phase, f.table) for f in figures] == [
        (stated, Decimal(value), unit, phase, f"{name}项目绩效目标表")
        for name, amount, yuan in (("河堤修缮", "121.60", 1_216_000), ("堤岸绿化", "57.00", 570_000))
        for stated, value, unit, phase in (
            (amount, yuan, "CNY", "budget"), (amount, yuan, "CNY", "budget"), ("0.00", 0, "CNY", "budget"),
            ("90", 90, "PERCENT", "target"),
        )
    ]  # fmt: skip


def test_points_whose_header_is_printed_around_that_of_the_indicators() -> None:
    numbers = read(
        "水闸运行维护绩效目标表\n（2023年度）\n项目名称 水闸运行维护\n年度资金总额： 134.87\n执行率\n"
        "其中：财政拨款 84.87\n项目资金\n分值\n（万元）\n上年结转 50.00\n（10）\n其他资金 -\n分值\n"
        "一级指标 二级指标 三级指标 指标值\n（90）\n成本指标 经济成本指标 项目总成本 ≤134.87万元 20\n"
        "数量指标 水闸维护量 ≥33台（套） 8\n设备完好率 ≥96% 8\n"
    )
    assert unaccounted(numbers) == []
    assert [(f.stated, f.unit, f.phase, f.aspect) for f in numbers.figures] == [
        ("134.87", "CNY", "budget", "level"),
        ("84.87", "CNY", "budget", "level"),
        ("50.00", "CNY", "budget", "level"),
        ("134.87", "CNY", "target", "level"),
        ("20", "SCORE", "", "maximum"),
        ("33", "ITEM", "target", "level"),
        ("8", "SCORE", "", "maximum"),
        ("96", "PERCENT", "target", "level"),
        ("8", "SCORE", "", "maximum"),
    ]


def test_no_weight_is_more_than_the_whole() -> None:
    numbers = read(
        "一般性项目绩效目标表\n单位：万元\n序号 项目名称 当年预算金额 绩效指标 指标性质 指标值 指标权重(%)\n"
        "河道巡查完成率 ≥ 90 10\n1 河道管理 18,473.32\n水闸检修次数 ≥ 4 20\n"
    )
    assert [f.aspect for f in numbers.figures if f.stated == "18,473.32"] == ["level"]


def test_pieces_of_numbers_that_cells_broke_are_no_amounts() -> None:
    # 91.80 = 70.29 + 21.51: the column of 21.51 stays open, for no characters in a row state it.
    numbers = read(
        "支出预算表\n单位：万元\n科目名称 合计 基本支出 项目支出\n21.5\n合计 91.80 70.29\n1\n"
        "水利支出 70.29 70.29\n12.8\n其他支出 21.51\n1\n"
    )
    assert [f.stated for f in numbers.figures] == ["91.80", "70.29", "70.29", "70.29", "21.51"]
    assert unaccounted(numbers) == ["21.5", "1", "12.8", "1"]
    whole = read("支出预算表\n单位：万元\n科目名称 合计 基本支出\n21.5\n合计 91.8\n其他支出 1.25 1\n")
    assert "21.5" in [f.stated for f in whole.figures]
    cells = "支出预算表\n单位：元\n科目名称\n合计\n基本支出\n合计\n91.25\n91.25\n"
    cells += "水利支出\n21.5\n21.5\n0\n其他支出\n69.75\n69.75\n"
    assert len(read(cells).figures) == 7


def test_names_of_rows_whose_characters_stand_apart() -> None:
    figures = read(
        "收支总体情况表\n单位：万元\n收 入 支 出\n项目 预算数 项目 预算数\n一、财政拨款 8.00 一、教育支出 5.50\n"
        "二、其他支出 2.50\n本 年 收 入 合 计 8.00 本 年 支 出 合 计 8.00\n收 入 总 计 8.00 支 出 总 计 8.00\n"
    ).figures
    assert [f.subject_label for f in figures] == [
        "财政拨款", "教育支出", "其他支出", "本年收入合计", "本年支出合计", "收入总计", "支出总计",
    ]  # fmt: skip


def test_line_numbers_that_columns_have_as_well_are_no_amounts() -> None:
    numbers = read(
        "财政拨款收入支出决算总表\n单位：万元\n收入 支出\n项 目 行次 金额 项 目 行次 合计 一般公共预算财政拨款 "
        "政府性基金预算财政拨款\n栏 次 1 栏 次 2 3 4\n"
        "一、一般公共预算财政拨款 1 68.14 一、一般公共服务支出 28 0.00 0.00 0.00\n"
        "二、政府性基金预算财政拨款 2 0.00 二、外交支出 29 0.00 0.00 0.00\n3 三、国防支出 30 0.00 0.00 0.00\n"
        "4 四、公共安全支出 31 68.14 68.14 0.00\n5 五、教育支出 32 0.00 0.00 0.00\n",
        "accounts",
        2019,
    )
    assert {f.stated for f in numbers.figures} == {"68.14", "0.00"}
    assert [f.column for f in numbers.figures if f.subject_label == "国防支出"] == [
        "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款",
    ]  # fmt: skip


def test_points_whose_name_is_broken_around_the_header_of_the_indicators() -> None:
    figures = read(
        "渠道培训绩效目标表\n（2023年度）\n项目名称 渠道培训\n分值权\n一级指标 二级指标 三级指标 指标值\n重（90）\n"
        "数量指标 培训班次 ≥33期 8\n培训满意率 ≥96% 6\n"
    ).figures
    assert [(f.stated, f.unit, f.aspect) for f in figures] == [
        ("33", "TIMES", "level"), ("8", "SCORE", "maximum"), ("96", "PERCENT", "level"), ("6", "SCORE", "maximum"),
    ]  # fmt: skip


def test_a_form_whose_first_field_is_broken_is_known_by_its_money() -> None:
    figures = read(
        "渠道补助项目绩效目标表\n渠道\n项目名\n称 补助\n专项资 资金总额 1405.00\n金情况\n财政拨款 1405.00\n（万元\n）\n"
        "其他资金 0.00\n一级指标 二级指标 三级指标 指标值\n数量指标 养护次数 ≥3次\n"
    ).figures
    assert [(f.stated, f.phase, f.table) for f in figures] == [
        ("1405.00", "budget", "渠道补助项目绩效目标表"),
        ("1405.00", "budget", "渠道补助项目绩效目标表"),
        ("0.00", "budget", "渠道补助项目绩效目标表"),
        ("3", "target", "渠道补助项目绩效目标表"),
    ]


def test_blanks_between_the_office_and_the_unit_hide_neither_unit_nor_title() -> None:
    wide = " " * 90
    text = (
        f"{wide}收入总体情况表{wide}\n  单位名称：青柳县水利局{wide}单位：万元 \n{wide}财政拨款收入   其他资金收入\n"
        f"   单位名称   合计{wide}一般公共预算  其他收入\n   合计   44.08 44.08 0.00\n"
    )
    assert [(f.stated, f.unit, f.table) for f in read(text).figures] == [
        ("44.08", "CNY", "收入总体情况表"), ("44.08", "CNY", "收入总体情况表"), ("0.00", "CNY", "收入总体情况表"),
    ]  # fmt: skip


def test_an_amount_that_ran_into_the_next_panel_is_one() -> None:
    numbers = read(
        "收支总表\n单位：元\n收入 支出\n项目 预算数 项目 预算数\n一、财政拨款收入 8,300一、教育支出 5,300\n"
        "二、事业收入 900（二）卫生健康支出 3,900\n收入总计 9,200 支出总计 9,200\n"
    )
    assert unaccounted(numbers) == []
    assert [(f.subject_label, f.stated) for f in numbers.figures] == [
        ("财政拨款收入", "8,300"), ("教育支出", "5,300"), ("事业收入", "900"), ("卫生健康支出", "3,900"),
        ("收入总计", "9,200"), ("支出总计", "9,200"),
    ]  # fmt: skip


def test_a_header_with_a_group_is_the_same_on_a_further_page() -> None:
    header = "项目 支出预算\n功能分类科目编码\n功能分类科目名称 合计 基本支出 项目支出\n类 款 项\n"
    numbers = read(
        f"支出预算总表\n单位：元\n{header}208 社会保障和就业支出 3,196 2,135 1,061\n"
        f"208 05 行政事业单位养老支出 3,196 2,135 1,061\n- 5 -\n{header}210 卫生健康支出 3,000 1,400 1,600\n"
        "210 11 行政事业单位医疗 3,000 1,400 1,600\n合计 6,196 3,535 2,661\n"
    )
    assert [f.column for f in numbers.figures] == ["支出预算|合计", "支出预算|基本支出", "支出预算|项目支出"] * 5


PUBLIC = (
    "一般公共预算“三公”经费、会议费、培训费支出表\n单位：万元\n公务用车购置及运行维护费\n"
    "“三公”经费合计 因公出国（境）费 公务接待费 会议费 培训费\n公务用车运行维\n小计 公务用车购置费\n护费\n"
)


@pytest.mark.parametrize(
    ("row", "names"),
    [
        # 13 = 0 + 3 + 10 and 3 = 1 + 2, so that the receptions stand behind the cars; 13 = 0 + 10 + 3 before them.
        ("13.00 0.00 3.00 1.00 2.00 10.00 11.00 43.00", ("小计", "公务用车购置费", "公务用车运行维护费", "公务接待费")),
        ("13.00 0.00 10.00 3.00 1.00 2.00 11.00 43.00", ("公务接待费", "小计", "公务用车购置费", "公务用车运行维护费")),
    ],
)
def test_sums_tell_where_the_receptions_stand(row: str, names: tuple[str, ...]) -> None:
    figures = read(f"{PUBLIC}{row}\n").figures
    assert [f.column.split("|")[-1] for f in figures] == ["合计", "因公出国(境)费", *names, "会议费", "培训费"]
    assert figures[2].subject_label == ("公务接待费" if names[0] == "公务接待费" else "公务用车购置及运行维护费")


@pytest.mark.parametrize(
    "row", ["0.00 0.00 0.00 0.00 0.00 0.00 1.00 2.00", "13.00 0.00 3.00 1.00 1.00 10.00 1.00 2.00", "13.00 3.00 10.00"]
)
def test_expenses_of_which_both_or_no_order_adds_up_stay_open(row: str) -> None:
    assert {f.column for f in read(f"{PUBLIC}{row}\n").figures} == {""}


def test_broken_headers_of_two_years_of_three_public_expenses() -> None:
    text = (
        "一般公共预算“三公”经费支出情况表\n单位：万元\n2022年预算数 2023年预算数\n"
        "公务用车购置及运行维护费 公务用车购置及运行维护费\n因公出国 因公出国\n合计 公务接待费 合计 公务接待费\n"
        "（境）经费 公务用车购置 公务用车运行 （境）经费 公务用车购置 公务用车运行\n小计 小计\n"
        "经费 维护费 经费 维护费\n"
        "20.45 10.00 5.00 1.00 4.00 5.45 19.45 10.00 5.00 2.00 3.00 4.45\n"
    )
    figures = read(text).figures
    assert [f.fiscal_year for f in figures] == [2022] * 6 + [2023] * 6
    assert [f.subject_label for f in figures[:6]] == [
        "“三公”经费", "因公出国（境）经费", "公务用车购置及运行维护费", "公务用车购置经费", "公务用车运行维护费",
        "公务接待费",
    ]  # fmt: skip
