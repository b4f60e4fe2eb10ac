"""The words that several rooms share: the examples of their docstrings are right."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from loaders.words import comparators, normalise, numbers, numerals
from loaders.words.credit_codes import find_credit_codes, is_credit_code
from loaders.words.places import index
from loaders.words.places import load as load_places


@pytest.mark.parametrize("module", [comparators, normalise, numbers, numerals], ids=lambda m: m.__name__)
def test_the_examples_are_right(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


# ---------------------------------------------------------------- places that ended


def test_a_division_that_ended_is_found_by_a_name_that_is_nothing_else() -> None:
    known = index(
        {"370000": "山东省", "370100": "济南市", "341400": "巢湖市", "110105": "朝阳区"},
        {"371200": "莱芜市", "340181": "巢湖市", "140411": "郊区", "130103": "桥东区", "130602": "桥东区"},
    )
    assert known.find("莱芜市财政局") == "371200"
    assert known.name("371200") == "莱芜市"
    # a name of today is today's, a word of every kind and a name that several bore are none
    assert known.find("巢湖市财政局") == "341400"
    assert known.find("郊区农业局") == ""
    assert known.find("桥东区教育局") == ""


def test_places_of_today_and_those_that_ended_lately_are_known() -> None:
    places = load_places()
    assert places.find("上海市闸北区教育局") == "310108"
    assert places.find("北京市朝阳区教育局") == "110105"
    # 南市区 of Shanghai ended in 2000: no document online is of it
    assert places.find("上海市南市区教育局") == "310000"


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("91350100M000100Y43", True),
        ("11440300455755370J", True),
        ("11440300455755370K", False),
        ("91350100M000100Y4", False),
        ("9135O100M000100Y43", False),
    ],
)
def test_credit_identifiers_are_checked(code: str, sound: bool) -> None:
    assert is_credit_code(code) == sound


def test_credit_identifiers_are_found_behind_their_name() -> None:
    text = "统一社会信用代码：91350100M000100Y43，电话 12345678901234567X；统一社会信用代码 1144 0300 4557 5537 0J 。"
    assert [(code, text[start:end]) for code, start, end in find_credit_codes(text)] == [
        ("91350100M000100Y43", "91350100M000100Y43"),
        ("11440300455755370J", "1144 0300 4557 5537 0J"),
    ]
