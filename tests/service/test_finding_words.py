"""What findings say: the Chinese sentence is made of the same sides as the English one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.words.findings import Outcome, explain, find_sign


def make(rule: str, verdict: str, left: str, right: str, message: str, **more: object) -> Outcome:
    return Outcome(rule, verdict, left, right, message, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "chinese"),
    [
        (
            make(
                "income-expenditure", "contradicted", "预算收入 190.57万元", "预算支出 190.6万元",
                "收支: 预算收入 190.57万元 ≠ 预算支出 190.6万元 (difference -0.03 万元, rounding explains 0.01)",
                difference=Decimal("-300"), tolerance=Decimal("100"), unit="CNY",
            ),
            "收支：预算收入 190.57万元 ≠ 预算支出 190.6万元，相差 300元，四舍五入只能解释 100元。",
        ),
        (
            make("wording", "contradicted", "决算数小于预算数", "203.59万元 / 0万元",
                 "其他商业服务业等支出: the text says 决算数小于预算数; 203.59 is above 0"),
            "其他商业服务业等支出：原文写“决算数小于预算数”，数值却是 203.59万元 / 0万元。",
        ),
        (
            make("code-class", "contradicted", "303", "政府预算支出经济分类", "补助支出（303）: 303 is no code of it"),
            "补助支出（303）：编码 303 不属于政府预算支出经济分类。",
        ),
        (
            make("row-total", "not checkable", "合计", "各列之和",
                 "支出总表: in 3 rows the text does not say in which column each number stands"),
            "支出总表：合计、各列之和无法核对，因为有 3 行，原文看不出各数所在的栏。",
        ),
        (
            make("projects-within", "contradicted", "涉及金额 17954.37万元", "项目支出 178923,139元",
                 "绩效: 涉及金额 17954.37万元 > its whole 项目支出 178923,139元", difference=Decimal(620561)),
            "绩效：涉及金额 17954.37万元 > 项目支出 178923,139元，相差 620,561。",
        ),
        (
            make("code-sum", "holds", "合计 10万元", "1 + 2 … (13 terms) = 10", "支出: 合计 10万元 = 1 + 2"),
            "支出：合计 10万元 = 1 + 2 …（共 13 项） = 10。",
        ),
        (
            make("same-in-prose", "holds within rounding", "3.1", "3.14",
                 "x: 3.1 ≈ 3.14 (difference 0.04); the document says that last places may differ"),
            "x：3.1 ≈ 3.14。文件说明了尾数可有差异。",
        ),
        (make("catalogue-year", "contradicted", "2023", "2022", "the catalogue's year is 2023; the text states 2022"),
         "目录所记年度为 2023，正文为 2022。"),
    ],
    ids=lambda value: value.rule if isinstance(value, Outcome) else "",
)  # fmt: skip
def test_chinese(outcome: Outcome, chinese: str) -> None:
    assert explain(outcome, "zh") == chinese


def test_english_is_the_message_of_the_rule() -> None:
    assert explain(make("parts", "contradicted", "a", "b", "x: a ≠ b"), "en") == "x: a ≠ b"
    assert explain(make("parts", "contradicted", "a", "b", ""), "en") == "a ≠ b"


def test_a_rule_never_heard_of_says_its_sides() -> None:
    unknown = make("new-rule", "contradicted", "1", "2", "item: something else")
    assert explain(unknown, "zh") == "item：1 ≠ 2。"
    assert find_sign(make("row-part", "holds", "", "", "")) == "≤"
    assert find_sign(make("row-part", "contradicted", "", "", "")) == ">"
