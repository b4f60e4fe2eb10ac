"""Number tokens, their values, units and precision, in the spellings that official documents and extraction leave."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.words.numbers import half_last_place, parse_number, scale_number, tokenise
from loaders.words.units import WORDS, unit_after, unit_named


def stated(text: str) -> list[str]:
    """The characters of each token; each span cuts exactly them."""
    tokens = tokenise(text)
    assert all(text[t.span.start : t.span.end] == t.stated for t in tokens)
    return [t.stated for t in tokens]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("2023年收入58,227万元", ["2023", "58,227"]),
        ("一般公共预算拨款17,466.65万元", ["17,466.65"]),
        ("194829,473", ["194829,473"]),  # separators that extraction broke
        ("41, 338", ["41, 338"]),  # a stray inner space
        ("1 234", ["1", "234"]),  # a blank alone does not join two numbers
        ("1,234，567.89", ["1,234，567.89"]),  # mixed separators
        ("１２,３４５.６", ["１２,３４５.６"]),  # full-width digits
        ("共3,4,5项", ["3,4,5"]),
        ("2023.1.5", ["2023.1.5"]),
        ("1.2e4", ["1.2e4"]),
        ("1.2E+4", ["1.2E+4"]),
        ("-12.50", ["-12.50"]),
        ("−12.50", ["−12.50"]),
        ("(−3.1)", ["−3.1"]),
        ("2021-2023年", ["2021", "2023"]),
        ("- 6 -", ["6"]),
        ("3-5人", ["3", "5"]),
        ("1.2023年部门预算", ["1", "2023"]),  # a list number that runs into a year
        ("1.2023", ["1.2023"]),  # no year: a number with four decimals
        ("共1亿2000万元", ["1亿2000"]),  # one number in steps
        ("1亿1,950.5万元、3亿2千万元", ["1亿1,950.5", "3亿2"]),
        ("3亿2000万5000元", ["3亿2000万5000"]),
        ("2万3500人次", ["2万3500"]),
        ("2亿零300万元", ["2亿零300"]),
        ("1万2亿元", ["1", "2"]),  # what follows is larger: no step
        ("1.2亿3000万元", ["1.2", "3000"]),  # a step has no decimals
        ("投资3亿2024年完成", ["3", "2024"]),  # no unit that both share
        ("1亿2000", ["1", "2000"]),  # no unit at all
        ("1亿、2000万元", ["1", "2000"]),
        ("", []),
        ("没有数字", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert stated(text) == tokens


@pytest.mark.parametrize(
    ("text", "minus"),
    [
        ("增减 -42.07", True),
        ("增减\t-42.07\t", True),
        ("（-42.07）", True),
        ("减少：-42.07", True),
        ("2022-2023", False),
        ("0755-83758561", False),
        ("-3-", False),
        ("GB-2312", False),
    ],
)
def test_a_minus_belongs_to_a_number_only_where_it_stands_alone(text: str, minus: bool) -> None:
    assert any(t.startswith("-") for t in stated(text)) is minus


@given(st.text(alphabet="0123456789０９,，. -−()万元年e%\n\t单", max_size=40))
def test_tokens_cover_every_digit_exactly_once(text: str) -> None:
    covered = [i for t in tokenise(text) for i in range(t.span.start, t.span.end) if text[i].isdigit()]
    assert covered == [i for i, c in enumerate(text) if c.isdigit()]


@given(st.text(alphabet="0123456789０９,，. -−()万元年e%\n\t单", max_size=40))
def test_every_token_has_a_value_or_is_a_date_with_points(text: str) -> None:
    for token in tokenise(text):
        if token.stated.count(".") <= 1:
            assert parse_number(token.stated).is_finite()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("58,227", "58227"),
        ("194829,473", "194829473"),
        ("41, 338", "41338"),
        ("1,234，567.89", "1234567.89"),
        ("１２３", "123"),
        ("１，２３４．５０", "1234.50"),
        ("-12.5", "-12.5"),
        ("−12.5", "-12.5"),
        ("－12.5", "-12.5"),
        ("1.2e4", "12000"),
        ("0.00", "0"),
        ("007", "7"),
    ],
)
def test_values(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "unit", "value", "half"),
    [
        ("1亿2000", "万元", "120000000", "0.5"),
        ("2万3500", "元", "23500", "0.5"),
        ("3亿2", "千万元", "320000000", "0.5"),
        ("2亿零300", "万元", "203000000", "0.5"),
        ("3亿2000万5000", "元", "320005000", "0.5"),
        ("1亿1,950.5", "万元", "119505000", "0.05"),
        ("1,950.5", "万元", "19505000", "0.05"),
    ],
)
def test_a_unit_is_that_of_the_last_step(text: str, unit: str, value: str, half: str) -> None:
    assert scale_number(text, WORDS[unit].factor) == Decimal(value)
    assert half_last_place(text) == Decimal(half)


@pytest.mark.parametrize("text", ["", "-", "万元", "2023.1.5", "NaN", "Infinity", "1-2"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(text)


@given(st.integers(-(10**15), 10**15), st.integers(0, 4))
def test_a_printed_number_is_read_back(digits: int, places: int) -> None:
    value = Decimal(digits).scaleb(-places)
    assert parse_number(f"{value:,.{places}f}") == value
    assert parse_number(f"{value:.{places}f}") == value


@pytest.mark.parametrize(
    ("text", "half"),
    [("190.57", "0.005"), ("58,227", "0.5"), ("0", "0.5"), ("0.00", "0.005"), ("94.3", "0.05"), ("1.2e4", "0.5")],
)
def test_precision_is_half_of_the_last_place(text: str, half: str) -> None:
    assert half_last_place(text) == Decimal(half)


def test_an_exponent_shifts_the_last_place() -> None:
    # 1.25e1 is 12.5: one decimal is stated
    assert half_last_place("1.25e1") == Decimal("0.05")


@pytest.mark.parametrize(
    ("text", "unit", "factor"),
    [
        ("5元", "CNY", "1"),
        ("5万元", "CNY", "10000"),
        ("5 万元", "CNY", "10000"),
        ("5亿元", "CNY", "100000000"),
        ("5百万元", "CNY", "1000000"),
        ("5千元", "CNY", "1000"),
        ("5万；", "CNY", "10000"),  # 元 left off
        ("5亿，", "CNY", "100000000"),
        ("5余万元", "CNY", "10000"),
        ("5多万元", "CNY", "10000"),
        ("5%", "PERCENT", "1"),
        ("5 ％", "PERCENT", "1"),
        ("5‰", "PERCENT", "0.1"),
        ("5个百分点", "PERCENT", "1"),
        ("5人", "PERSON", "1"),
        ("5人次", "PERSON", "1"),
        ("5万人次", "PERSON", "10000"),
        ("5名", "PERSON", "1"),
        ("5辆", "VEHICLE", "1"),
        ("120万标箱", "TEU", "10000"),
        ("120万TEU", "TEU", "10000"),
        ("5台（套）", "ITEM", "1"),
        ("5批次", "TIMES", "1"),
        ("5个工作日", "DAY", "1"),
        ("5天", "DAY", "1"),
        ("5小时", "HOUR", "1"),
        ("5分", "SCORE", "1"),
        ("5分钟", "OTHER", "1"),
        ("5平方米", "OTHER", "1"),
        ("5万平方米", "OTHER", "10000"),
        ("5个月", "OTHER", "1"),
        ("5\n万元", "CNY", "10000"),  # broken over a line
    ],
)
def test_the_unit_behind_a_number(text: str, unit: str, factor: str) -> None:
    digits = len(text) - len(text.lstrip("0123456789"))
    found = unit_after(text, digits)
    assert found is not None
    assert (found[0].unit, found[0].factor) == (unit, Decimal(factor))
    assert text[: found[1]].endswith(found[0].word)


@pytest.mark.parametrize("text", ["5", "5，", "5分别", "5名称", "5日常", "5部分", "5本级", "5度假", "5项目"])
def test_words_that_begin_like_a_unit_are_none(text: str) -> None:
    assert unit_after(text, 1) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("单位：万元", "万元"),
        ("金额单位:元", "元"),
        ("单位：人民币万元", "万元"),
        ("部门：无锡市商务局 单位：万元", "万元"),
        ("单位：千元", "千元"),
        ("单位：亿元", "亿元"),
        ("（单位：百万元）", "百万元"),
        ("金额（元）", "元"),
        ("单 位：万 元", "万元"),
        ("数量(个)", "个"),
        ("数量（辆）", "辆"),
        ("增减（%）", "%"),
    ],
)
def test_the_unit_that_a_caption_or_header_names(text: str, word: str) -> None:
    found = unit_named(text)
    assert found is not None
    assert found == WORDS[word]


@pytest.mark.parametrize("text", ["", "部门：某市商务局", "项目（类）", "预算单位：某市", "科目（按功能）"])
def test_captions_that_name_no_unit(text: str) -> None:
    found = unit_named(text)
    assert found is None or found.unit != "CNY"


def test_units_of_money_keep_their_words() -> None:
    assert WORDS["人民币万元"].factor == WORDS["万元人民币"].factor == Decimal(10_000)
    assert all(word.word == key for key, word in WORDS.items())


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("39.5020.00", ["39.50", "20.00"]),
        ("3,594,550.0013,059,500.00", ["3,594,550.00", "13,059,500.00"]),
        ("2023.12.01", ["2023.12.01"]),
        ("第1.2.3条", ["1.2.3"]),
        ("12.345.67", ["12.345.67"]),
    ],
)
def test_amounts_that_extraction_ran_together(text: str, stated: list[str]) -> None:
    assert [t.stated for t in tokenise(text)] == stated
