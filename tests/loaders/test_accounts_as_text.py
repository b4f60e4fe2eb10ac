"""The official tables of final accounts (部门决算公开表样) as text: a row a line, or a cell a line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loaders.facts import DocumentKind, Figure
from tests.loaders.tables_by_hand import read, unaccounted

LAYOUTS = pytest.mark.parametrize("split", [lambda row: row, lambda row: row.replace(" ", "\n")], ids=["rows", "cells"])


def accounts(title: str, rows: str, split: Callable[[str], str], kind: DocumentKind = "accounts") -> list[Figure]:
    text = f"{title}\n部门：某市口岸办\n金额单位：万元\n{split(rows)}\n\n第三部分 说明\n"
    numbers = read(text, kind)
    assert unaccounted(numbers) == []
    assert all(f.unit == "CNY" for f in numbers.figures)
    return list(numbers.figures)


@LAYOUTS
def test_three_public(split: Callable[[str], str]) -> None:
    """公开07表: six columns of the budget, then the same six of the accounts."""
    six = ("合计", "因公出国（境）费", "公务用车购置及运行维护费", "公务接待费")
    cars = ("小计", "公务用车购置费", "公务用车运行维护费")
    rows = "\n".join(" ".join(r) for r in (("预算数", "决算数"), six * 2, cars * 2, map(str, range(1, 13))))
    found = accounts(
        "“三公”经费支出决算表", f"{rows}\n15.00 0.01 12.00 0.02 11.98 2.99 12.50 0.03 9.94 0.04 9.90 2.53", split
    )
    items = ("“三公”经费", "因公出国（境）费", six[2], *cars[1:], "公务接待费")
    assert [(f.stated, f.subject_label, f.phase) for f in found] == [
        *zip(("15.00", "0.01", "12.00", "0.02", "11.98", "2.99"), items, ["budget"] * 6, strict=True),
        *zip(("12.50", "0.03", "9.94", "0.04", "9.90", "2.53"), items, ["final"] * 6, strict=True),
    ]


@LAYOUTS
def test_balance_of_appropriations(split: Callable[[str], str]) -> None:
    """公开04表: one column of income beside four of expenditure; line 61 has nothing but its number."""
    rows = (
        "收入 支出\n"
        "项目 行次 金额 项目 行次 合计 一般公共预算财政拨款 政府性基金预算财政拨款 国有资本经营预算财政拨款\n"
        "栏次 1 栏次 2 3 4 5\n一、一般公共预算财政拨款 1 880.00 一、一般公共服务支出 33 860.00 850.00 7.00 3.00\n"
        "本年收入合计 27 881.00 本年支出合计 59 861.00 851.00 8.00 2.00\n"
        "年初财政拨款结转和结余 28 10.00 年末财政拨款结转和结余 60 30.00 29.00 1.00 0.00\n"
        "一般公共预算财政拨款 29 9.00 61\n总计 32 891.00 总计 64 892.00 882.00 9.00 1.00"
    )
    funds = ("合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
    told = {
        "一般公共预算财政拨款": ("880.00", "9.00"), "一般公共服务支出": ("860.00", "850.00", "7.00", "3.00"),
        "本年收入合计": ("881.00",), "本年支出合计": ("861.00", "851.00", "8.00", "2.00"),
        "年初财政拨款结转和结余": ("10.00",), "年末财政拨款结转和结余": ("30.00", "29.00", "1.00", "0.00"),
        "总计": ("891.00", "892.00", "882.00", "9.00", "1.00"),
    }  # fmt: skip
    found: dict[str, list[tuple[str, str]]] = {}
    for figure in accounts("财政拨款收入支出决算总表", rows, split):
        found.setdefault(figure.subject_label, []).append((figure.stated, figure.column))
    for name, stated in told.items():
        income = [(s, "金额") for s in (stated if len(stated) < 4 else stated[: len(stated) - 4])]
        assert found.pop(name) == [*income, *zip(stated[len(income) :], funds, strict=len(income) != len(stated))], name
    assert not found


@LAYOUTS
def test_basic_expenditure_in_three_panels(split: Callable[[str], str]) -> None:
    """公开06表: codes, names and 决算数 three times side by side, the panels' names above."""
    rows = (
        "人员经费 公用经费\n科目编码 科目名称 决算数 科目编码 科目名称 决算数 科目编码 科目名称 决算数\n"
        "301 工资福利支出 400.00 302 商品和服务支出 75.00 310 资本性支出 5.00\n"
        "30101 基本工资 250.00 30201 办公费 30.00 31002 办公设备购置 4.50\n人员经费合计 401.00 公用经费合计 80.00"
    )
    found = accounts("一般公共预算财政拨款基本支出决算明细表", rows, split)
    assert {f.column for f in found} == {"决算数"}
    assert [(f.subject_code, f.stated) for f in found] == [
        ("301", "400.00"), ("302", "75.00"), ("310", "5.00"), ("30101", "250.00"), ("30201", "30.00"),
        ("31002", "4.50"), ("", "401.00"), ("", "80.00"),
    ]  # fmt: skip


@LAYOUTS
def test_accounts_of_a_fund(split: Callable[[str], str]) -> None:
    """公开08表: 本年收入 and 本年支出 are columns behind one column of codes, not panels."""
    rows = (
        "项目 年初结转和结余 本年收入 本年支出 年末结转和结余\n功能分类科目编码 科目名称 小计 基本支出 项目支出\n"
        "栏次 1 2 3 4 5 6\n合计 1.00 30.00 29.00 4.00 25.00 2.00\n212 城乡社区支出 1.10 30.10 29.10 4.10 25.10 2.10"
    )
    columns = (
        "年初结转和结余", "本年收入", "本年支出|小计", "本年支出|基本支出", "本年支出|项目支出", "年末结转和结余",
    )  # fmt: skip
    found = accounts("政府性基金预算财政拨款收入支出决算表", rows, split)
    whole = zip(("1.00", "30.00", "29.00", "4.00", "25.00", "2.00"), columns, strict=True)
    part = zip(("1.10", "30.10", "29.10", "4.10", "25.10", "2.10"), columns, strict=True)
    assert [(f.stated, f.column) for f in found] == [*whole, *part]
    assert {f.subject_code for f in found} == {"", "212"}


@LAYOUTS
def test_numbers_of_lines_and_columns_are_no_amounts(split: Callable[[str], str]) -> None:
    rows = (
        "收入 支出\n项目 行次 金额 项目 行次 金额\n栏次 1 栏次 2\n一、财政拨款收入 1 880.00 一、农林水支出 43 870.00\n"
        "本年收入合计 27 880.00 本年支出合计 58 870.00\n总计 31 890.00 总计 62 890.00"
    )
    found = accounts("收入支出决算总表", rows, split)
    assert [f.stated for f in found] == ["880.00", "870.00", "880.00", "870.00", "890.00", "890.00"]


@LAYOUTS
def test_three_public_of_two_years(split: Callable[[str], str]) -> None:
    six = "合计 因公出国（境）费 公务用车购置及运行费 公务接待费"
    cars = "小计 公务用车购置费 公务用车运行费"
    rows = f"2022年预算数 2023年预算数\n{six} {six}\n{cars} {cars}\n"
    stated = "15.00 0.01 12.00 0.02 11.98 2.99 12.50 0.03 9.94 0.04 9.90 2.53"
    found = accounts("“三公”经费支出表", rows + stated, split, "budget")
    assert [f.fiscal_year for f in found] == [2022] * 6 + [2023] * 6
    assert [f.column.split("|", 1)[1] for f in found[:6]] == [
        "合计", "因公出国(境)费", "公务用车购置及运行费|小计", "公务用车购置及运行费|公务用车购置费",
        "公务用车购置及运行费|公务用车运行费", "公务接待费",
    ]  # fmt: skip


@LAYOUTS
def test_projects_of_units(split: Callable[[str], str]) -> None:
    """项目支出表 in the layout of the centre: the last words of a row are whose the project is, not what it is."""
    rows = (
        "类型 项目名称 项目单位 合计 本年拨款 财政拨款结转结余\n"
        "一般公共预算 政府性基金预算 国有资本经营预算 一般公共预算 政府性基金预算\n"
        "合计 400.00 360.00 30.00 0.00 10.00 0.00\n"
        "特定目标类 河道清淤 安平市河道管理处 100.00 90.00 6.00 0.00 4.00 0.00"
    )
    found = accounts("项目支出表", rows, split, "budget")
    funds = ("一般公共预算", "政府性基金预算", "国有资本经营预算")
    columns = ["合计", *(f"本年拨款|{f}" for f in funds), *(f"财政拨款结转结余|{f}" for f in funds[:2])]
    assert [f.column for f in found] == columns * 2
    assert [f.subject_label for f in found] == ["合计"] * 6 + ["河道清淤"] * 6


def test_a_number_of_either_year_is_of_none() -> None:
    """Where the columns that remain name two years, neither is claimed."""
    rows = "科目编码 科目名称 2022年预算数 2023年预算数\n201 一般公共服务支出 5.00\n205 教育支出 7.00 8.00"
    found = accounts("支出预算表", rows, lambda text: text, "budget")
    assert [(f.stated, f.fiscal_year) for f in found] == [("5.00", None), ("7.00", 2022), ("8.00", 2023)]
