"""Tables printed one cell a line or with blanks, whose text cells read as prose or whose header has no caption."""

from __future__ import annotations

from decimal import Decimal

from tests.loaders.tables_by_hand import by_stated, read, unaccounted

GOALS = """2026年部门预算

单位：万元
单位名称：某市水务局
表12
部门项目支出预算表
项目
总计
一般公共预算
绩效目标
河道整治经费
64.10
64.20
围绕河道治理的重点问题，搜集梳理形成决策参考；编制完成
《河道治理年度计划》。
　　堤防维护经费
47,500.30
47,500.40
完成堤防维护任务，确保堤防安全，经费较好地用于日常养
护。完成轮换任务，确保常备常新。
泵站购置
补助经费
7.50
7.60

第三部分 说明
2026年预算比上年增加1.25万元，主要原因是泵站更新。
"""

PROJECTS = """第七部分  重点项目预算绩效情况说明
2026年，本单位重点项目绩效目标情况如下：
二级预算单位名称
一级项目名称
预算数（万元）
绩效目标
某市水务局
（本级）
上级下达资金
1,610.10
资助河道重点工程建设和宣传，推动更多优秀工程。
某市水务局
（本级）
水利人才专项经
费
1,416.20
持续为水利领域引进更多高层次人才，为高质量建设提供有力人
才保障。

第八部分  名词解释
一、财政拨款收入：指财政部门拨付的资金。
"""


def test_a_text_cell_that_reads_as_prose_does_not_end_its_table() -> None:
    numbers = read(GOALS, year=2026)
    found = by_stated(numbers)
    assert {k: f.value for k, f in found.items() if k != "1.25"} == {
        "64.10": Decimal(641_000),
        "64.20": Decimal(642_000),
        "47,500.30": Decimal(475_003_000),
        "47,500.40": Decimal(475_004_000),
        "7.50": Decimal(75_000),
        "7.60": Decimal(76_000),
    }
    assert {f.table for k, f in found.items() if k != "1.25"} == {"部门项目支出预算表"}
    assert found["1.25"].aspect == "change"
    assert found["1.25"].table == ""
    assert unaccounted(numbers) == []


def test_the_same_table_with_blanks_between_its_cells() -> None:
    lines = GOALS.replace("64.10\n64.20", "64.10 64.20").replace("47,500.30\n47,500.40", "47,500.30 47,500.40")
    numbers = read(lines.replace("7.50\n7.60", "7.50 7.60"), year=2026)
    assert len([f for f in numbers.figures if f.table == "部门项目支出预算表"]) == 6
    assert unaccounted(numbers) == []


def test_a_header_of_one_cell_lines_with_a_money_column_opens_a_table() -> None:
    numbers = read(PROJECTS, year=2026)
    found = by_stated(numbers)
    assert {k: (f.value, f.unit) for k, f in found.items()} == {
        "1,610.10": (Decimal(16_101_000), "CNY"),
        "1,416.20": (Decimal(14_162_000), "CNY"),
    }
    assert found["1,610.10"].subject_label == "上级下达资金"
    assert unaccounted(numbers) == []


def test_numbers_behind_a_table_that_ended_are_not_taken_for_its_rows() -> None:
    text = GOALS.replace("增加1.25万元", "增加1.25\n万元")
    (change,) = [f for f in read(text, year=2026).figures if f.stated == "1.25"]
    assert change.table == ""
