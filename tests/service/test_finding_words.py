"""What findings say: both languages are made of the same codes, values and sides."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.words.findings import Outcome, explain, find_sign


def make(rule: str, verdict: str, left: str, right: str, reasons: str = "", /, **more: object) -> Outcome:
    """A finding; ``reasons`` are its codes with blanks between them, ``values`` a mapping."""
    values = more.pop("values", {})
    assert isinstance(values, dict)
    told = tuple(values.items())
    return Outcome(rule, verdict, left, right, reasons=tuple(reasons.split()), values=told, **more)  # type: ignore[arg-type]


CASES = [
    (
        make(
            "income-expenditure", "contradicted", "预算收入 190.57万元", "预算支出 190.6万元",
            "sides-differ apart-beyond-rounding", item="收支",
            values={"gap": Decimal("-0.03"), "unit": "万元", "allowed": Decimal("0.01")},
        ),
        "收支：预算收入 190.57万元 ≠ 预算支出 190.6万元，相差 0.03 万元，四舍五入只能解释 0.01。",
        "收支: 预算收入 190.57万元 ≠ 预算支出 190.6万元 (difference -0.03 万元, rounding explains 0.01)",
    ),
    (
        make("wording", "contradicted", "决算数小于预算数", "203.59万元 / 0万元", "outturn-above-budget",
             item="其他商业服务业等支出", values={"outturn": "203.59", "budget": "0"}),
        "其他商业服务业等支出：原文写“决算数小于预算数”，决算数 203.59 大于预算数 0。",
        "其他商业服务业等支出: the text says 决算数小于预算数; 203.59 is above 0",
    ),
    (
        make("wording", "not checkable", "小于", "", "budget-and-outturn-not-stated", item="决算数小于预算数"),
        "决算数小于预算数无法核对，因为旁边没有同时写明预算数和决算数。",
        "决算数小于预算数: budget and outturn are not both stated beside it",
    ),
    (
        make("code-class", "contradicted", "303", "政府预算支出经济分类", "code-of-other-class", item="补助支出"),
        "补助支出：编码 303 不属于政府预算支出经济分类。",
        "补助支出: 303 is no code of 政府预算支出经济分类",
    ),
    (
        make("row-total", "not checkable", "合计", "各列之和", "columns-are-open", item="支出总表", values={"rows": 3}),
        "支出总表：合计、各列之和无法核对，因为有 3 行，原文看不出各数所在的栏。",
        "支出总表: in 3 rows the text does not say in which column each number stands",
    ),
    (
        make("projects-within", "contradicted", "涉及金额 17954.37万元", "项目支出 178923,139元",
             "part-above-whole apart-beyond-rounding", item="绩效",
             values={"gap": Decimal("62.0561"), "unit": "万元", "allowed": Decimal("0.005")}),
        "绩效：涉及金额 17954.37万元 > 项目支出 178923,139元，相差 62.0561 万元，四舍五入只能解释 0.005。",
        "绩效: 涉及金额 17954.37万元 > its whole 项目支出 178923,139元 "
        "(difference 62.0561 万元, rounding explains 0.005)",
    ),
    (
        make("code-sum", "holds", "合计 10万元", "1 + 2 … (13 terms) = 10", "sum-is-long sides-agree codes-summed",
             item="支出", values={"terms": 13, "code": "201", "below": "20101+20102"}),
        "支出：合计 10万元 = 1 + 2 …（共 13 项） = 10。201 = 20101+20102。",
        "支出: 合计 10万元 = 1 + 2 … (13 terms) = 10; 201 = 20101+20102",
    ),
    (
        make("same-in-prose", "contradicted", "3.1", "3.15", "sides-differ apart-in-last-places", item="x",
             values={"gap": Decimal("-0.05"), "unit": "", "allowed": Decimal("0.03")}),
        "x：3.1 ≠ 3.15，相差 0.05，四舍五入只能解释 0.03；文件说明了尾数可有差异。",
        "x: 3.1 ≠ 3.15 (difference -0.05, rounding explains 0.03; the document says that last places may differ)",
    ),
    (
        make("share", "contradicted", "占 12.83%", "1 / 8 = 12.5", "is-no-quotient", item="占比",
             difference=Decimal("0.33"), tolerance=Decimal("0.005")),
        "占比：占 12.83% ≠ 1 / 8 = 12.5，相差 0.33，四舍五入只能解释 0.005。",
        "占比: 占 12.83% is not 1 / 8 = 12.5",
    ),
    (
        make("score-sum", "holds", "得分 9", "4 + 5 = 9", "prose-and-table sides-agree", item="投入"),
        "投入（文字与表格）：得分 9 = 4 + 5 = 9。",
        "投入 (prose and table): 得分 9 = 4 + 5 = 9",
    ),
    (
        make("same-in-tables", "holds", "合计 9", "小计 9", "sides-agree", item="支出", detail="表一 / 表二"),
        "支出：表一 / 表二：合计 9 = 小计 9。",
        "支出: 表一 / 表二: 合计 9 = 小计 9",
    ),
    (
        make("catalogue-year", "contradicted", "2023", "2022", "catalogue-year-differs"),
        "目录所记年度为“2023”，正文为“2022”。",
        "the catalogue's year is 2023; the text states 2022",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "chinese", "english"), CASES, ids=[case[0].rule for case in CASES])
def test_both_languages(outcome: Outcome, chinese: str, english: str) -> None:
    assert explain(outcome, "zh") == chinese
    assert explain(outcome, "en") == english


def test_what_bears_no_code_says_its_sides() -> None:
    """As in graphs of others, or of a later version with codes that this one does not know."""
    old = Outcome("parts", "contradicted", "a", "b", "x: a ≠ b")
    assert explain(old, "en") == "x: a ≠ b"
    assert explain(old, "zh") == "a ≠ b。"
    assert explain(make("parts", "contradicted", "a", "b", "never-heard-of"), "en") == "a ≠ b"
    assert explain(make("new-rule", "contradicted", "1", "2"), "zh") == "1 ≠ 2。"
    assert explain(make("new-rule", "not checkable", "1", "2"), "zh") == "1、2无法核对。"
    assert find_sign(make("row-part", "holds", "", "")) == "≤"
    assert find_sign(make("row-part", "contradicted", "", "")) == ">"
