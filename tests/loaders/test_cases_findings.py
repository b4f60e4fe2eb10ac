"""Contradictions that were none, each beside a twin that is one. All texts are made up; sums were done by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from loaders.documents import Document
from loaders.pipeline import read_facts
from loaders.readers.blocks import make_blocks
from loaders.reading import read_numbers
from loaders.reconcile import reconcile
from loaders.reconcile.counts import check_counts
from loaders.reconcile.judging import Judge
from loaders.reconcile.mentions import make_paragraphs
from loaders.reconcile.reasons import REASONS
from loaders.reconcile.same import table_quantities
from loaders.reconcile.sheets import make_sheets
from tests.loaders.reconcile_sketch import Sketch, findings_of

ACCUSED = "contradicted"


def accused(text: str, kind: str = "accounts", year: int = 2023) -> list[str]:
    """The rules by which a text is said to contradict itself."""
    return [f.rule for f in findings_of(text, kind, year) if f.verdict == ACCUSED]  # type: ignore[arg-type]


def why(text: str, rule: str, kind: str = "accounts") -> set[str]:
    """Why the findings of a rule are not checkable: codes of notes."""
    found = [f for f in findings_of(text, kind) if f.rule == rule and f.verdict == "not checkable"]  # type: ignore[arg-type]
    return {code for f in found for code in f.reasons if REASONS[code].kind == "note"}


def accused_in_file(path: Path) -> list[str]:
    return [f.rule for f in read_facts(path, strict=False).findings if f.verdict == ACCUSED]


# -- prose -----------------------------------------------------------------------------------------------------------

#: name, kind of document, a text that is no contradiction, its twin that is one, the rule
TWINS = (
    (
        "rates of two projects; one rate of the whole office",
        "accounts",
        "1.桥梁养护项目绩效自评综述：执行数10.00万元。群众满意度为91.00%。\n\n"
        "2.路灯改造项目绩效自评综述：执行数20.00万元。群众满意度为97.00%。",
        "我局2023年度群众满意度为91.00%。\n\n经评价，我局整体支出绩效良好，群众满意度为97.00%。",
        "same-rate",
    ),
    (
        "rates of two projects that headings name; one project twice",
        "evaluation",
        "（一）河道清淤项目\n该项目资金到位率为80.00%。\n\n（二）堤防加固项目\n该项目资金到位率为90.00%。",
        "（一）河道清淤项目。该项目资金到位率为80.00%。\n\n（二）河道清淤项目。该项目资金到位率为90.00%。",
        "same-rate",
    ),
    (
        "a share of this year's expenditure, beside a total with what is carried over",
        "budget",
        "2023年支出预算500.00万元，比上年增加1.00万元。\n\n（一）基本支出。基本支出预算100.00万元，占本年支出预算25.00%。"
        "\n\n（二）项目支出。项目支出预算300.00万元，占本年支出预算75.00%。\n\n（三）年终结转结余资金100.00万元。",
        "2023年支出预算400.00万元，比上年增加1.00万元。\n\n（一）基本支出。基本支出预算100.00万元，占支出预算26.00%。"
        "\n\n（二）项目支出。项目支出预算300.00万元，占支出预算75.00%。",
        "share",
    ),
    (
        "a total with and one without what was carried over; a total stated twice",
        "accounts",
        "2023年度收入总计700.00万元。\n\n2023年度本年收入600.00万元。",
        "2023年度收入总计700.00万元。\n\n2023年度收入总计706.00万元。",
        "same-in-prose",
    ),
    (
        "a grand total divided without what is carried over; a total of the year",
        "accounts",
        "2023年度支出总计90.00万元，其中：基本支出30.00万元，项目支出50.00万元。",
        "2023年度支出合计90.00万元，其中：基本支出30.00万元，项目支出50.00万元。",
        "parts",
    ),
    (
        "the budget of one and the outturn of the other; two outturns",
        "accounts",
        "2023年一般公共预算财政拨款支出预算80.00万元，其中基本支出30.00万元，项目支出50.00万元。\n\n"
        "2023年度一般公共预算财政拨款基本支出决算34.00万元。",
        "2023年度一般公共预算财政拨款支出决算80.00万元，其中基本支出30.00万元，项目支出50.00万元。\n\n"
        "2023年度一般公共预算财政拨款基本支出决算34.00万元。",
        "same-in-prose",
    ),
    (
        "bodies below the office; the office twice",
        "accounts",
        "2023年度支出合计100.00万元，其中：基本支出40.00万元，项目支出60.00万元。\n\n"
        "局机关2023年度支出合计30.00万元，其中：基本支出20.00万元，项目支出10.00万元。",
        "2023年度支出合计100.00万元，其中：基本支出40.00万元，项目支出60.00万元。\n\n"
        "我局2023年度支出合计30.00万元，其中：基本支出20.00万元，项目支出10.00万元。",
        "same-in-prose",
    ),
    (
        "procurement of one fund within procurement of all; of all twice",
        "budget",
        "所属单位政府采购预算总额90.00万元：政府采购货物预算40.00万元、政府采购服务预算50.00万元；"
        "其中一般公共预算拨款政府采购60.00万元：政府采购货物预算25.00万元、政府采购服务预算35.00万元。",
        "政府采购预算总额90.00万元。\n\n2023年政府采购预算总额60.00万元。",
        "same-in-prose",
    ),
    (
        "income of the year beside expenditure with what was carried over; a budget that does not balance",
        "budget",
        "2023年财政拨款收入预算85.00万元，财政拨款支出预算97.00万元（含上年财政拨款结转12.00万元）。",
        "2023年财政拨款收入预算85.00万元，财政拨款支出预算97.00万元。",
        "income-expenditure",
    ),
    (
        "five parts cut off after two decimals; five parts that are too few by a larger gap",
        "accounts",
        "2023年度支出合计10.04万元，其中：甲支出2.00万元，乙支出2.00万元，丙支出2.00万元，丁支出2.00万元，戊支出2.00万元。",
        "2023年度支出合计10.06万元，其中：甲支出2.00万元，乙支出2.00万元，丙支出2.00万元，丁支出2.00万元，戊支出2.00万元。",
        "parts",
    ),
    (
        "quotients cut off throughout (33.3333, 66.6666); cut off where others are rounded up",
        "accounts",
        "2023年度支出合计3,000.00万元，其中：基本支出2,000.00万元，占66.66%；项目支出1,000.00万元，占33.33%。",
        "2023年度支出合计3,000.00万元，其中：基本支出2,000.00万元，占66.66%；项目支出1,000.00万元，占33.33%。\n\n"
        "2023年度收入合计7,000.00万元，其中：财政拨款收入5,000.00万元，占71.43%；其他收入2,000.00万元，占28.57%。\n\n"
        "2023年度财政拨款支出11,000.00万元，其中：教育支出4,000.00万元，占36.36%；农林水支出7,000.00万元，占63.64%。",
        "share",
    ),
    (
        "the outturn beside the words is of another item; of the same item",
        "accounts",
        "年初预算为50.00万元，支出决算为60.00万元，其中人员支出决算为20.00万元，决算数大于年初预算数。",
        "年初预算为50.00万元，支出决算为40.00万元，决算数大于年初预算数。",
        "wording",
    ),
    (
        "bodies beside those that are counted; one too many",
        "budget",
        "我办下设机构共2个，包括秘书处、法规处、另设机关党委办公室。",
        "我办下设机构共2个，包括秘书处、法规处、机关党委办公室。",
        "count-listed",
    ),
    (
        "a list that breaks off at the end of a page; one that ends",
        "accounts",
        "2023年度支出合计90.00万元，其中：甲支出30.00万元，用于养护；乙支出59.50万元，用于巡查；丙支出0.20万元，用于",
        "2023年度支出合计90.00万元，其中：甲支出30.00万元，用于养护；乙支出59.50万元，用于巡查；丙支出0.20万元，用于维修。",
        "parts",
    ),
    (
        "items that need not be all; the items of an official division",
        "accounts",
        "2023年度教育支出110.00万元，其中：\n1.小学教育95.00万元。\n2.初中教育16.00万元。",
        "2023年度一般公共预算财政拨款基本支出110.00万元，其中：\n1.人员经费95.00万元。\n2.公用经费16.00万元。",
        "listed-items",
    ),
    (
        "的 within a name; another name of the class",
        "budget",
        "对企业的补助（312）10.00万元。",
        "公务接待费（30216）10.00万元。",
        "code-name",
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "harmless", "rule"), [(k, h, r) for _, k, h, _, r in TWINS], ids=[t[0] for t in TWINS]
)
def test_what_is_no_contradiction_is_not_called_one(kind: str, harmless: str, rule: str) -> None:
    assert rule not in accused(harmless, kind)


@pytest.mark.parametrize(("kind", "real", "rule"), [(k, r, n) for _, k, _, r, n in TWINS], ids=[t[0] for t in TWINS])
def test_its_twin_is_found(kind: str, real: str, rule: str) -> None:
    assert rule in accused(real, kind)


def test_a_reason_says_what_is_not_known_to_be_the_same() -> None:
    budget = (
        "2023年一般公共预算财政拨款支出预算80.00万元，其中基本支出30.00万元，项目支出50.00万元。\n\n"
        "2023年度一般公共预算财政拨款基本支出决算34.00万元。"
    )
    whole = "2023年度支出总计90.00万元，其中：基本支出30.00万元，项目支出50.00万元。"
    rates = "我局群众满意度为91.00%。\n\n路灯改造工作完成，群众满意度为97.00%。"
    assert why(budget, "same-in-prose") <= {"phases-may-differ"}
    assert why(whole, "parts") == {"list-may-be-incomplete"}
    assert why(rates, "same-rate") == {"owner-is-not-plain"}


# -- prose and tables ------------------------------------------------------------------------------------------------

BALANCE = """某某县林草局2022年度部门决算
收入支出决算总表
单位：万元
收入\t\t支出
项目\t决算数\t项目\t决算数
一、一般公共预算财政拨款收入\t2,500.00\t一、一般公共服务支出\t2,600.00
二、其他收入\t161.68\t二、外交支出
本年收入合计\t2,661.68\t本年支出合计\t2,600.00
年初结转和结余\t300.00\t年末结转和结余\t361.68
{lines}总计\t{total}\t总计\t2,961.68

一、收入支出决算总体情况说明
{prose}
"""


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("2022年度收入支出总计2,961.68万元。", []),
        ("2022年度收、支总计均为2,961.68万元。", []),
        ("2022年度收入支出总计0.3万元。", ["same-in-prose-and-table"]),
        ("2022年度收入总计2,691.68万元。", ["same-in-prose-and-table"]),
        ("2022年度收入合计2,661.68万元。2022年度支出合计2,600.00万元。", []),
        ("2021年度收入支出总计1,900.00万元。", []),
    ],
)
def test_totals_of_prose_against_the_table_of_income_and_expenditure(
    tmp_path: Path, prose: str, expected: list[str]
) -> None:
    path = tmp_path / "made.txt"
    path.write_text(BALANCE.format(lines="", total="2,961.68", prose=prose), "utf-8")
    assert accused_in_file(path) == expected


@pytest.mark.parametrize(
    ("lines", "total", "expected"),
    [
        ("一般公共预算财政拨款结转\t250.00\n其他资金结转\t50.00\n", "2,961.68", []),
        (
            "一般公共预算财政拨款结转\t250.00\n其他资金结转\t50.00\n",
            "2,999.68",
            ["balance-carry", "income-expenditure"],
        ),
    ],
)
def test_lines_that_only_divide_what_was_carried_over(
    tmp_path: Path, lines: str, total: str, expected: list[str]
) -> None:
    path = tmp_path / "made.txt"
    path.write_text(BALANCE.format(lines=lines, total=total, prose="本年收支平衡。"), "utf-8")
    assert sorted(accused_in_file(path)) == expected


@pytest.mark.parametrize(("words", "expected"), [("涉及资金", []), ("涉及预算金额", ["projects-within"])])
def test_money_of_projects_is_of_a_phase_that_words_say(words: str, expected: list[str]) -> None:
    sketch = Sketch("支出总表", "expenditure", 2023)
    for label, code in (("合计", ""), ("农林水支出", "213")):
        sketch.row(label, {"合计": "10.00", "基本支出": "4.00", "项目支出": "6.00"}, code)
    text = f"2023年实行绩效目标管理的项目3个，{words}7.00万元。"
    prose = Document("made", text, "0" * 64, "text", make_blocks(text))
    figures = [*read_numbers(prose, "budget", 2023).figures, *(replace(f, block=-1) for f in sketch.figures)]
    table = make_sheets(sketch.document(), sketch.figures)
    judge = Judge(prose, figures)
    found = check_counts(make_paragraphs(prose, figures), table_quantities(table), judge)
    assert [f.rule for f in found if f.verdict == ACCUSED] == expected


# -- tables ----------------------------------------------------------------------------------------------------------


def make_pages(title: str, form: str, second: list[tuple[str, str, str]]) -> Sketch:
    """A total of 30 with one class of 10 on its page; further rows in a second table."""
    sketch = Sketch("一般公共预算支出表", "general-function")
    sketch.row("合计", {"合计": "30.00"})
    sketch.row("一般公共服务支出", {"合计": "10.00"}, "201")
    sketch.title, sketch.form, sketch.block = title, form, 1
    for label, code, stated in second:
        sketch.row(label, {"合计": stated}, code)
    return sketch


def test_rows_that_go_on_in_a_table_that_was_not_joined() -> None:
    page = [("教育支出", "205", "15.00"), ("农林水支出", "213", "5.00")]
    for title in ("", "续表"):
        found = make_pages(title, "", page).findings("column-total")
        assert [f.verdict for f in found] == ["not checkable"]
        assert "table-may-go-on" in found[0].reasons
    own_total = [("合计", "", "20.00"), *page]
    found = make_pages("政府性基金预算支出表", "government-funds", own_total).findings("column-total")
    assert [f.verdict for f in found] == [ACCUSED, "holds"]


def test_a_row_without_a_code_among_those_of_a_class() -> None:
    for label, code, verdict in (("公立医院", "", "not checkable"), ("公立医院", "21002", ACCUSED)):
        sketch = Sketch("一般公共预算支出表", "general-function")
        sketch.row("卫生健康支出", {"合计": "30.00"}, "210")
        sketch.row(label, {"合计": "12.00"}, code)
        sketch.row("公共卫生", {"合计": "10.00"}, "21004")
        assert [f.verdict for f in sketch.findings("code-sum")] == [verdict]


@pytest.mark.parametrize(
    ("whole", "verdict"),
    [
        (("30.00", "20.00", "10.00"), "not checkable"),  # one more item, of projects, would be the whole
        (("20.00", "20.00", "10.00"), "holds"),
        (("30.00", "21.00", "12.00"), ACCUSED),  # the parts lack more than their whole
        (("18.00", "20.00", "10.00"), ACCUSED),
    ],
)
def test_items_that_an_office_leaves_out(whole: tuple[str, str, str], verdict: str) -> None:
    """信访事务 with its one published item: what is secret is no contradiction, what cannot be a row is one."""
    sketch = Sketch("支出总表", "expenditure")
    sketch.row("信访事务", dict(zip(("合计", "基本支出", "项目支出"), whole, strict=True)), "20140")
    sketch.row("行政运行", {"合计": "20.00", "基本支出": "20.00"}, "2014001")
    assert sketch.findings("code-sum")[0].verdict == verdict


def test_page_that_leaves_out_the_column_of_codes() -> None:
    for label, verdict in (("农林水支出", "not checkable"), ("", ACCUSED)):
        sketch = Sketch("一般公共预算财政拨款支出决算表", "general-function")
        sketch.row("合计", {"本年支出|小计": "560.12"})
        sketch.row("社会保障和就业支出", {"本年支出|小计": "60.12"}, "208")
        sketch.block = 1
        if label:
            sketch.row(label, {"小计": "500.00"})
        assert [f.verdict for f in sketch.findings("column-total")] == [verdict]


@pytest.mark.parametrize(("last", "expected"), [("30204\t手续费\t7.00", False), ("30204\t手续费\t", True)])
def test_codes_that_the_table_prints_and_no_row_bears(tmp_path: Path, last: str, expected: bool) -> None:
    """10 = 3 + 7 where 手续费 is printed with 7.00, read or not; without it 10 is not 3."""
    path = tmp_path / "made.txt"
    path.write_text(
        "某市某局2024年度部门决算\n一般公共预算财政拨款基本支出决算表\n单位：万元\n\n"
        "科目编码\t科目名称\t决算数\t科目编码\t科目名称\t决算数\n301\t工资福利支出\t100.00\t302\t商品和服务支出\t10.00\n"
        f"30101\t基本工资\t100.00\t30201\t办公费\t3.00\n30106\t伙食补助费\t\t{last}\n",
        "utf-8",
    )
    assert ("code-sum" in accused_in_file(path)) is expected


def test_two_tables_of_which_one_totals_rounded_parts() -> None:
    for parts, verdict in ((("2.54", "0.24"), "holds within rounding"), (("2.54", "0.25"), ACCUSED)):
        sketch = Sketch("一般公共预算支出表（按功能分类）", "general-function")
        row = dict(zip(("基本支出|小计", "基本支出|人员经费", "基本支出|公用经费"), ("2.79", *parts), strict=True))
        sketch.row("合计", row)
        sketch.row("教育支出", row, "205")
        sketch.title, sketch.form, sketch.block = "一般公共预算基本支出表（按经济分类）", "basic-economic", 1
        sketch.row("合计", {"合计": "2.78"})
        assert [f.verdict for f in sketch.findings("same-in-tables")][:1] == [verdict]


def test_tables_that_are_repeated_for_each_body() -> None:
    """Two sets of tables; the second one's basic expenditure is no contradiction to the first one's."""
    for bodies, expected in ((("10.00", "6.00"), []), (("10.00",), [ACCUSED])):
        sketch = Sketch("", "")
        for number, stated in enumerate(bodies):
            for title, form, amount in (
                ("一般公共预算支出表", "general-function", stated),
                ("一般公共预算基本支出表", "basic-economic", "4.00" if number == 0 else stated),
            ):
                sketch.title, sketch.form = title, form
                column = "基本支出" if form == "general-function" else "合计"
                sketch.row("合计", {column: amount})
                sketch.block += 1
        assert [f.verdict for f in sketch.findings("same-in-tables") if f.verdict == ACCUSED] == expected


def test_amounts_of_a_unit_below_the_office_are_no_parts_of_its_total() -> None:
    sketch = Sketch("一般公共预算支出表", "general-function")
    (total,) = sketch.row("合计", {"合计": "30.00"})
    (part,) = sketch.row("一般公共服务支出", {"合计": "10.00"}, "201")
    assert [f.verdict for f in sketch.findings("column-total")] == [ACCUSED]
    of_unit = [total, replace(part, budget_unit="某某市测绘院")]
    found = [f for f in reconcile(sketch.document(), "budget", 2023, of_unit) if f.rule == "column-total"]
    assert [f.verdict for f in found] == ["not checkable"]
    assert "bodies-may-differ" in found[0].reasons


SCORES = """<html><body><h1>某市水务局2023年度部门整体支出绩效评价报告</h1><p>部门整体支出绩效自评表</p>
<table><tr><td>一级指标</td><td>分值</td><td>二级指标</td><td>分值</td><td>三级指标</td><td>分值</td><td>得分</td></tr>
<tr><td>投入</td><td>40</td><td>目标设定</td><td>40</td><td>目标合理性</td><td>40</td><td>38</td></tr>
<tr><td>过程</td><td>60</td><td>预算执行</td><td>60</td><td>执行情况</td><td>60</td><td>59</td></tr>
<tr><td colspan=5>合计</td><td>100</td><td>{total}</td></tr></table></body></html>"""


@pytest.mark.parametrize(("total", "expected"), [("97", []), ("99", ["score-sum"])])
def test_points_of_higher_levels_are_not_counted_again(tmp_path: Path, total: str, expected: list[str]) -> None:
    path = tmp_path / "made.html"
    path.write_text(SCORES.format(total=total), "utf-8")
    assert accused_in_file(path) == expected
