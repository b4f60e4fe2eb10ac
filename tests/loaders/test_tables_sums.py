"""Sums that rows say of each other, columns that other tables tell, and names that a narrow header broke."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from loaders.documents import Cell, Passage
from loaders.tables.agreement import gather, name_column
from loaders.tables.sums import SummedRow, find_sums
from loaders.tables.wrapped import is_official_name, join_wrapped
from tests.loaders.tables_by_hand import by_stated, read


@dataclass
class Row:
    label: str
    total: str
    code: str = ""
    numbers: list[Decimal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = [Decimal(self.total)]


def sums(*rows: Row) -> list[tuple[list[int], list[int]]]:
    listed: list[SummedRow] = list(rows)
    return find_sums(listed)


def test_a_class_is_the_sum_of_its_sections_and_the_total_that_of_the_classes() -> None:
    found = sums(Row("合计", "5"), Row("甲", "3", "201"), Row("乙", "3", "20103"), Row("丙", "2", "208"))
    assert ([1], [2]) in found
    assert ([0], [1, 3]) in found


def test_units_of_one_table_have_sums_of_their_own() -> None:
    found = sums(
        Row("合计", "9"), Row("甲局", "5"), Row("一般公共服务支出", "5", "201"), Row("政府办公厅", "5", "20103"),
        Row("乙中心", "4"), Row("一般公共服务支出", "4", "201"), Row("政府办公厅", "4", "20103"),
    )  # fmt: skip
    assert ([1], [2]) in found
    assert ([5], [6]) in found
    assert ([0], [1, 4]) in found


def test_a_list_without_codes_is_nested_by_its_totals_only_if_all_of_it_is_explained() -> None:
    rows = [
        Row("合计", "3000.50"),
        Row("甲局", "1000.50"),
        Row("项目一", "600.25"),
        Row("项目二", "400.25"),
        Row("乙局", "2000.00"),
    ]
    assert sums(*rows) == [([1], [2, 3]), ([0], [1, 4])]
    rows[4] = Row("乙局", "1999.00")
    assert sums(*rows) == []


def test_small_numbers_that_happen_to_add_up_make_no_sum() -> None:
    assert sums(Row("合计", "6"), Row("甲", "3"), Row("乙", "1"), Row("丙", "2")) == [([0], [1, 2, 3])]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("本年收入|财政拨款收入", "财政拨款收入"),
        ("一、一般公共预算拨款收入", "一般公共预算"),
        ("一般公共预算拨款", "一般公共预算"),
        ("（二）政府性基金预算", "政府性基金预算"),
        ("基本支出|小计", "基本支出"),
        ("其中：项目支出", "项目支出"),
    ],
)
def test_names_under_which_tables_restate_an_amount(label: str, name: str) -> None:
    # The ends that forms add or leave out go, down to four characters.
    assert name_column(label) == name_column(name)


def test_small_and_round_amounts_are_no_evidence() -> None:
    assert gather([(Decimal("5.00"), "项目支出"), (Decimal(100), "基本支出"), (Decimal("12.34"), "项目支出")]) == {
        Decimal("12.34"): {"项目支出"}
    }


TWO_TABLES = """2023年部门预算

收支总表
单位：万元
项目 预算数
基本支出 2,147.85
项目支出 90,448.39
支出总计 92,596.24

支出总表
单位：万元
科目编码 科目名称 合计 基本支出 项目支出 事业单位经营支出 上缴上级支出
合计 92,596.24 2,147.85 90,448.39
201 一般公共服务支出 44,865.73 861.47 44,004.26
213 农林水支出 47,730.51 1,286.38 46,444.13

第三部分 说明
"""


def test_another_table_of_the_document_tells_the_columns_of_a_total() -> None:
    numbers = read(TWO_TABLES)
    placed = {f.stated: (f.column, f.derived) for f in numbers.figures if f.table == "支出总表"}
    assert placed["90,448.39"] == ("项目支出", True)
    # and what the total's columns then decide: the parts of 事业单位经营支出 and 上缴上级支出 must be nought
    assert placed["44,004.26"] == ("项目支出", True)
    assert placed["1,286.38"] == ("基本支出", True)


def test_without_the_other_table_the_columns_stay_open() -> None:
    alone = TWO_TABLES.replace("基本支出 2,147.85\n", "").replace("项目支出 90,448.39\n", "")
    open_ones = {f.stated for f in read(alone).figures if f.table == "支出总表" and not f.column}
    assert open_ones >= {"90,448.39", "44,004.26", "1,286.38"}


def test_another_row_of_the_same_table_tells_nothing() -> None:
    text = TWO_TABLES.replace("基本支出 2,147.85\n", "").replace("项目支出 90,448.39\n", "")
    # a row that fills all columns prints both amounts under their names, but in the very table that is in question
    text = text.replace("\n第三部分", "229 其他支出 92,597.24 2,147.85 90,448.39 1.00 0.00\n\n第三部分")
    total = [f for f in read(text).figures if f.table == "支出总表"][:3]
    assert [f.column for f in total] == ["合计", "", ""]  # the first number is the total wherever the others stand


def cells(*words: str) -> list[list[Cell]]:
    rows, start = [], 0
    for number, word in enumerate(words):
        rows.append([Cell(Passage.cut(word, 0, len(word)), number, None)])
        start += len(word)
    return rows


def test_broken_column_names_are_put_together() -> None:
    joined = join_wrapped(
        cells(
            "总计", "财政拨款", "财政专", "户拨款", "其他资", "金", "一般公共预", "算", "国有资本经", "营预算", "备注"
        )
    )
    assert [row[0].text for row in joined] == [
        "总计", "财政拨款", "财政专户拨款", "其他资金", "一般公共预算", "国有资本经营预算", "备注",
    ]  # fmt: skip


def test_whole_names_side_by_side_stay_two() -> None:
    words = ("项目", "支出", "基本支出", "项目支出", "事业收入")
    assert [row[0].text for row in join_wrapped(cells(*words))] == list(words)
    assert is_official_name("政府性基金预算拨款")
    assert not is_official_name("道路养护工程")


def test_a_department_and_a_government_code_in_one_row_are_two_codes() -> None:
    text = (
        "基本支出表\n单位：万元\n科目编码\n部门预算支出经济分类科目\n科目编码\n政府预算支出经济分类科目\n合计\n类\n款\n类\n款\n"
        "301\n01\n基本工资\n501\n01\n工资奖金津贴补贴\n187.70\n301\n02\n津贴补贴\n501\n01\n工资奖金津贴补贴\n199.86\n\n第三部分\n"
    )
    found = by_stated(read(text))
    assert {k: f.subject_code for k, f in found.items()} == {"187.70": "30101", "199.86": "30102"}
    assert dict(found["187.70"].dimensions)["government-economic"] == "50101"


@pytest.mark.parametrize(
    ("total", "columns"),
    [
        ("\t合计\t\t90\t70\t20", ["总额", "财政拨款", "其他资金"]),  # one cell more than the rows above
        ("合计\t\t90\t70\t20", ["总额", "财政拨款", "其他资金"]),  # where it should be
        ("合计\t\t91\t70\t20", ["总额", "财政拨款", "其他资金"]),  # a wrong sum is no reason to move it
    ],
)
def test_a_total_row_beside_its_columns_is_put_where_its_sums_hold(total: str, columns: list[str | None]) -> None:
    numbers = read(
        "项目支出表\n单位：万元\n\n"
        "任务名称\t主要内容\t总额\t财政拨款\t其他资金\t\n"
        "灌渠\t维护灌渠\t60\t50\t10\t\n"
        "闸门\t更换闸门\t30\t20\t10\t\n" + total + "\n"
    )
    row = [f for f in numbers.figures if f.subject_label == "合计"]
    assert [f.column or None for f in row] == columns
