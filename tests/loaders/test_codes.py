"""Look-ups in the shipped code lists: names of codes, and the code that names of 类, 款 and 项 mean."""

from __future__ import annotations

import re

import pytest

from loaders.words.codes import CodeList, fold, load_codes

LISTS = ("function", "economic-2018", "economic-2007", "government-economic-2018")
SMALL = CodeList(
    {
        "201": ("一般公共服务支出",),
        "20103": ("政府办公厅（室）及相关机构事务",),
        "2010301": ("行政运行",),
        "20104": ("发展与改革事务",),
        "2010401": ("行政运行",),
        "2019999": ("其他一般公共服务支出",),
        "229": ("其他支出",),
        "22999": ("其他支出",),
        "2299999": ("其他支出",),
    }
)


@pytest.mark.parametrize("name", LISTS)
def test_a_shipped_list_holds_codes_with_names(name: str) -> None:
    codes = load_codes(name)
    assert len(codes.names) > 30
    assert all(re.fullmatch(r"\d{3}(?:\d{2}){0,2}", code) for code in codes.names)
    assert all(names and all(names) for names in codes.names.values())


def test_lists_are_of_their_classification() -> None:
    assert {c[0] for c in load_codes("function").names} == {"2"}
    assert {c[0] for c in load_codes("economic-2018").names} == {"3"}
    assert {c[0] for c in load_codes("government-economic-2018").names} == {"5"}


def test_a_reform_moved_the_housing_fund() -> None:
    # 财政部 reformed the economic classification for 2018: 住房公积金 was 30311 before, and is 30113 now
    assert load_codes("economic-2007").matches("30311", "住房公积金")
    assert load_codes("economic-2018").matches("30113", "住房公积金")
    assert not load_codes("economic-2018").matches("30311", "住房公积金")


def test_a_list_that_is_not_shipped_is_empty() -> None:
    assert load_codes("function-1999").names == {}
    assert load_codes("function-1999").find(("其他支出",)) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("政府办公厅（室）及相关机构事务", "政府办公厅(室) 及相关机构事务"),
        ("“三公”经费", "三公经费"),
        ("教育支出", "教育"),
        ("办公费", "办公"),
        ("差旅费用", "差旅"),
        ("ＡＢ", "AB"),
    ],
)
def test_names_that_printing_varies_fold_into_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("行政运行", "事业运行"), ("其他支出", "其他收入"), ("支出", ""), ("学费", "学")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_names_match_their_codes_only() -> None:
    assert SMALL.matches("201", "一般公共服务")
    assert SMALL.matches("20103", "政府办公厅(室)及相关机构事务")
    assert not SMALL.matches("201", "外交支出")
    assert not SMALL.matches("999", "一般公共服务支出")


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        (("一般公共服务支出",), "201"),
        (("一般公共服务支出", "政府办公厅（室）及相关机构事务", "行政运行"), "2010301"),
        (("一般公共服务支出", "发展与改革事务", "行政运行"), "2010401"),
        (("一般公共服务", "政府办公厅(室)及相关机构事务"), "20103"),
        (("其他支出",), "229"),
        (("其他支出", "其他支出"), "22999"),
        (("其他支出", "其他支出", "其他支出"), "2299999"),
        (("外交支出", "发展与改革事务", "行政运行"), ""),  # no ancestor bears that name
        (("一般公共服务支出", "没有的款", "行政运行"), ""),
        (("一般公共服务支出", "没有的款", "其他一般公共服务支出"), "2019999"),  # the list lacks 20199
        (("没有的类",), ""),
    ],
)
def test_the_code_that_names_mean(levels: tuple[str, ...], code: str) -> None:
    assert SMALL.find(levels) == code


def test_a_name_that_means_two_codes_means_none() -> None:
    twice = CodeList({"201": ("一般公共服务支出",), "2010301": ("行政运行",), "2010401": ("行政运行",)})
    assert twice.find(("一般公共服务支出", "某事务", "行政运行")) == ""


def test_the_code_of_other_expenditure_in_the_shipped_list() -> None:
    assert load_codes("function").find(("其他支出", "其他支出", "其他支出")) == "2299999"
