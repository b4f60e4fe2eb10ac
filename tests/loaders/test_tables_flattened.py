"""Tables that extraction flattened: names broken around their codes, interleaved headers, cells one a line.

All texts are made up; which amount is of what was worked out by hand from them.
"""

from __future__ import annotations

from decimal import Decimal

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
