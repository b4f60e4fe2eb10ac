"""Checks of prose, each on a sentence made for it."""

from __future__ import annotations

import pytest

from tests.loaders.reconcile_sketch import findings_of, verdicts

SENTENCES = [
    ("2023年度支出合计10.00万元，其中：基本支出4.00万元，项目支出6.00万元。", "parts", ["holds"]),
    ("2023年度支出合计10.01万元，其中：基本支出4.00万元，项目支出6.00万元。", "parts", ["holds within rounding"]),
    ("2023年度支出合计12.00万元，其中：基本支出4.00万元，项目支出6.00万元。", "parts", ["contradicted"]),
    ("2023年度甲类支出12.00万元，其中：乙工作4.00万元，丙工作6.00万元。", "parts", ["not checkable"]),
    (
        "政府采购支出总额9.00万元，其中：货物支出2.00万元、工程支出3.00万元、服务支出5.00万元。",
        "parts",
        ["contradicted"],
    ),
    (
        "资产合计10.00万元，其中：流动资产4.00万元，非流动资产6.00万元。负债合计3.00万元。净资产合计8.00万元。",
        "accounting-equation",
        ["contradicted"],
    ),
    ("公务接待费决算2.00万元，与上年相比减少2.00万元，减少50.00%。", "growth", ["holds"]),
    ("公务接待费决算2.00万元，与上年相比减少2.00万元，减少45.00%。", "growth", ["contradicted"]),
    # 25 is 24.5 to 25.5, in what changed and in what was before: 24.5 / 25.605 = 95.68 to 25.5 / 26.595 = 95.88.
    ("公务接待费决算1.10万元，与上年相比减少25万元，下降95.0%。", "growth", ["contradicted"]),
    ("公务接待费决算1.10万元，与上年相比减少25万元，下降95.8%。", "growth", ["holds"]),
    ("机关运行经费支出72.09万元，比年初预算数增加6.85万元，增长10.49%。", "growth", ["holds within rounding"]),
    # 45.50 / 1200.00 is 3.79 %: right to one place, beside percentages of two.
    (
        "收入总计1,245.50万元，与上年相比增加45.50万元，增长3.8%。完成预算的98.75%，完成预算的83.33%，完成预算的97.39%。",
        "growth",
        ["holds"],
    ),
    ("收入预算19.83万元，比2022年预算数20.29万元减少0.46万元。", "change", ["holds"]),
    ("收入预算19.83万元，比2022年预算数20.29万元减少0.56万元。", "change", ["contradicted"]),
    (
        "2023年度支出合计10.00万元，其中：基本支出4.00万元，占40.00%；项目支出6.00万元，占60.00%。",
        "share",
        ["holds", "holds"],
    ),
    (
        "2023年度支出合计10.00万元，其中：基本支出4.00万元，占42.00%；项目支出6.00万元，占58.00%。",
        "share",
        ["contradicted", "contradicted"],
    ),
    (
        "2023年度支出合计10.00万元，其中：基本支出4.00万元，占40.00%；项目支出6.00万元，占59.00%。",
        "shares-sum",
        ["contradicted"],
    ),
    ("年初预算为50.00万元，支出决算为40.00万元，完成年初预算的80.00%。", "rate", ["holds"]),
    ("年初预算为50.00万元，支出决算为40.00万元，完成年初预算的90.00%。", "rate", ["contradicted"]),
    ("支出决算为40.00万元，完成年初预算的90.00%。", "rate", ["not checkable"]),
    ("年初预算为50.00万元，支出决算为40.00万元，决算数小于年初预算数的主要原因是节约。", "wording", ["holds"]),
    ("年初预算为50.00万元，支出决算为60.00万元，决算数小于年初预算数的主要原因是节约。", "wording", ["contradicted"]),
    ("年初预算为50.00万元，支出决算为60.00万元，决算数等于年初预算数。", "wording", ["contradicted"]),
    ("我办下设机构共3个，包括秘书处、政策法规处、海空铁口岸处。", "count-listed", ["holds"]),
    ("我办下设机构共4个，包括秘书处、政策法规处、海空铁口岸处。", "count-listed", ["contradicted"]),
    (
        "2023年部门预算年初预算数为100.00万元，预算总规模调整为120.00万元，较年初预算数增加了20.00万元，预算调整比例为20.00%。",
        "adjustment-rate",
        ["holds"],
    ),
    (
        "2023年部门预算年初预算数为100.00万元，预算总规模调整为120.00万元，较年初预算数增加了20.00万元，预算调整比例为16.67%。",
        "adjustment-rate",
        ["contradicted"],
    ),
    ("四个季度执行率分别为80.00%、90.00%、100.00%及110.00%，全年平均执行率为95.00%。", "average", ["holds"]),
    ("四个季度执行率分别为80.00%、90.00%、100.00%及110.00%，全年平均执行率为92.00%。", "average", ["contradicted"]),
    ("此次自评评分为90.0分，其中部门决策满分40分，得分38.0分；部门管理满分60分，得分52.0分。", "score-sum", ["holds"]),
    (
        "此次自评评分为91.0分，其中部门决策满分40分，得分38.0分；部门管理满分60分，得分52.0分。",
        "score-sum",
        ["contradicted"],
    ),
    (
        "此次自评评分为90.0分，其中部门决策满分20分，得分38.0分；部门管理满分60分，得分52.0分。",
        "score-maximum",
        ["contradicted", "holds"],
    ),
]


@pytest.mark.parametrize(("text", "rule", "expected"), SENTENCES)
def test_sentence(text: str, rule: str, expected: list[str]) -> None:
    kind = (
        "evaluation"
        if "分" in text.replace("分别", "") and "%" not in text
        else "budget"
        if "收入预算" in text
        else "accounts"
    )
    assert verdicts(findings_of(text, kind), rule) == expected  # type: ignore[arg-type]


LISTED = """2023年度财政拨款支出年初预算数为{whole}万元，支出决算数为30.00万元，其中：
1、一般公共服务支出（类）政府办公厅（室）及相关机构事务（款）行政运行（项）。
年初预算为10.00万元，支出决算为12.00万元。
2、住房保障支出（类）住房改革支出（款）住房公积金（项）。
年初预算为15.00万元，支出决算为18.00万元。
"""


@pytest.mark.parametrize(("whole", "expected"), [("25.00", ["holds", "holds"]), ("26.00", ["contradicted", "holds"])])
def test_items_under_an_amount_prove_each_other_complete(whole: str, expected: list[str]) -> None:
    """The outturns sum to their total, so the list is complete, and the budgets must sum too."""
    assert verdicts(findings_of(LISTED.format(whole=whole)), "listed-items") == expected


def test_a_quantity_stated_twice() -> None:
    text = (
        "2023年度财政拨款支出10.00万元。\n\n组织开展绩效评价，2023年度财政拨款支出{0}万元，从评价情况来看，效果良好。"
    )
    assert verdicts(findings_of(text.format("10.00")), "same-in-prose") == ["holds"]
    assert verdicts(findings_of(text.format("10.50")), "same-in-prose") == ["contradicted"]


def test_other_expenditure_is_another_quantity() -> None:
    text = "2023年度财政拨款支出10.00万元。\n\n其他财政拨款支出2.00万元。会议费财政拨款支出1.00万元。"
    assert (findings_of(text) and verdicts(findings_of(text), "same-in-prose") == []) or not findings_of(text)


@pytest.mark.parametrize(
    "text",
    [
        # Each kind of schooling is divided as the whole is; only the whole is of the office.
        "五、一般公共预算支出情况说明\n2023年一般公共预算拨款支出90.00元，其中：基本支出80.00元，项目支出10.00元。\n"
        "幼儿教育支出50.00元，其中：基本支出45.00元，项目支出5.00元。主要用于发放工资。\n"
        "成人教育支出40.00元。其中：基本支出35.00元，项目支出5.00元。\n",
        # The break of a line parts an item from what it is divided into.
        "五、一般公共预算支出情况说明\n2023年一般公共预算拨款支出90.00元，其中：基本支出80.00元，项目支出10.00元。\n"
        "主要用于发放工资。\n\n成人教育支出40.00元，其中：\n\n基本支出35.00元，项目支出5.00元。\n",
        # The second sum is of the fund that the first names.
        "2023年度收入总计90.00万元，支出总计90.00万元。\n\n2023年度财政拨款收入总计80.00万元，支出总计80.00万元。\n",
        # Where the income comes from is no second statement of the income.
        "（一）2023年收入预算30.00万元，其中：\n1、财政拨款20.00万元；\n2、单位资金收入0万元；\n3、政府性基金安排的收入10.00万元。\n",
    ],
)
def test_a_part_of_an_item_and_a_source_are_no_second_statement_of_the_whole(text: str) -> None:
    findings = [f for f in findings_of(text, "budget") if f.rule == "same-in-prose"]
    assert [f for f in findings if f.verdict == "contradicted"] == []


@pytest.mark.parametrize(("second", "verdict"), [("实务", "contradicted"), ("事务", "holds")])
def test_name_beside_a_code(second: str, verdict: str) -> None:
    text = f"财政事务支出见其他财政事务支出科目。\n\n其他财政{second}支出（2010699）为10.00万元。"
    assert verdicts(findings_of(text, "budget"), "code-name") == [verdict]


def test_a_name_that_the_text_keeps_to_may_be_of_another_edition() -> None:
    assert verdicts(findings_of("其他财政实务支出（2010699）为10.00万元。", "budget"), "code-name") == ["not checkable"]


@pytest.mark.parametrize(("code", "verdict"), [("303", "contradicted"), ("509", "holds")])
def test_code_of_the_other_classification(code: str, verdict: str) -> None:
    text = f"按照政府预算支出经济分类的类级科目说明。\n\n对个人和家庭的补助（{code}）10.00万元，和上年保持一致。"
    assert verdicts(findings_of(text, "budget"), "code-class") == [verdict]


def test_numbers_of_targets() -> None:
    text = "本年编报了{0}个项目支出绩效目标。\n\n完成24个项目支出绩效目标申报表。"
    assert verdicts(findings_of(text.format(24), "evaluation"), "count-stated") == ["holds"]
    assert verdicts(findings_of(text.format(28), "evaluation"), "count-stated") == ["contradicted"]


def test_changes_of_a_breakdown() -> None:
    text = """一、支出按经济科目分类的明细情况
本单位2023年一般公共预算支出10.00万元，较上年增加{0}万元，其中：
（1）工资福利支出（301）8.00万元，较上年增加2.00万元；
（2）商品和服务支出（302）2.00万元，较上年减少0.50万元。
"""
    for change, verdict in (("1.50", "holds"), ("1.60", "contradicted"), ("1.40", "not checkable")):
        assert verdicts(findings_of(text.format(change), "budget"), "changes-sum") == [verdict], change
