"""Which official quantity a figure states, in texts of offices that exist nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.catalogue import Catalogue
from loaders.facts import Facts
from loaders.pipeline import read_facts

BUDGET = """2024年某某市气象局部门预算

一、部门预算收支情况

2024年某某市气象局部门预算收入1,200万元，部门预算支出1,200万元。

二、“三公”经费预算情况

2024年“三公”经费预算12万元。其中：公务接待费2万元，公务用车运行维护费10万元。

三、其他说明

某某市气象局2024年机关运行经费预算80万元。政府采购预算50万元，其中：政府采购货物预算20万元、政府采购服务预算30万元。

表3 支出总表

单位：万元

科目编码	科目名称	合计	基本支出	项目支出
220	自然资源海洋气象等支出	1,000	400	600
22005	气象事务	1,000	400	600
2200501	行政运行	400	400	0
2200504	气象事业机构	600	0	600
221	住房保障支出	200	200	0
22102	住房改革支出	200	200	0
2210201	住房公积金	200	200	0
合计		1,200	600	600
"""
EVALUATION = """2022年度部门整体绩效评价报告

部门名称：某某市水务局

一、部门预算编制情况

2022年我局部门预算支出900万元。其中：人员支出300万元、公用支出100万元、项目支出500万元。

2022年，我局全年共支出850万元，资产合计4,000万元，其中在用资产3,900万元。
"""


def read(folder: Path, text: str) -> Facts:
    path = folder / "document.txt"
    path.write_text(text, encoding="utf-8")
    return read_facts(path, Catalogue())


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return read(tmp_path_factory.mktemp("budget"), BUDGET)


def test_totals_parts_and_items(budget: Facts) -> None:
    at = {f.span: f for f in budget.figures}
    found = {(q.flow, q.part, q.item, int(at[q.span].value) // 10000) for q in budget.quantities}
    assert found >= {
        ("income", "total", "total", 1200), ("expenditure", "total", "total", 1200),
        ("expenditure", "basic", "total", 600), ("expenditure", "project", "total", 600),
        ("expenditure", "total", "2200504", 600), ("expenditure", "basic", "2210201", 200),
        ("three-public", "total", "total", 12), ("three-public", "reception", "total", 2),
        ("three-public", "run", "total", 10), ("running", "total", "total", 80),
        ("procurement", "total", "total", 50), ("procurement", "goods", "total", 20),
        ("procurement", "services", "total", 30),
    }  # fmt: skip


def test_each_figure_has_one_quantity_and_a_total_is_of_no_code(budget: Facts) -> None:
    spans = [q.span for q in budget.quantities]
    assert len(spans) == len(set(spans))
    assert spans == sorted(spans)
    codes = {f.span: f.subject_code for f in budget.figures}
    assert all((q.item == "total") == (not codes[q.span]) for q in budget.quantities)


def test_what_words_leave_open_has_none(tmp_path: Path) -> None:
    facts = read(tmp_path, BUDGET.replace("政府采购预算50万元", "有关方面费用50万元"))
    other = next(f for f in facts.figures if f.stated == "50" and f.unit == "CNY")
    assert other.span not in {q.span for q in facts.quantities}


def test_parts_of_a_budget_in_an_evaluation_are_budget(tmp_path: Path) -> None:
    facts = read(tmp_path, EVALUATION)
    phases = {f.stated: f.phase for f in facts.figures if f.unit == "CNY"}
    assert [phases[n] for n in ("900", "300", "100", "500")] == ["budget"] * 4
    assert phases["850"] == "final"
    assert phases["4,000"] == phases["3,900"] == ""


BOUGHT = BUDGET.replace(
    "政府采购预算50万元，其中：政府采购货物预算20万元、政府采购服务预算30万元。",
    "政府采购预算总额50万元：政府采购货物预算20万元、政府采购服务预算30万元；"
    "其中一般公共预算拨款政府采购11万元：政府采购货物预算8万元、政府采购服务预算3万元。\n\n"
    "2024年项目支出均实行了绩效目标管理，涉及一般公共预算财政拨款590万元。",
)


def test_what_one_fund_buys_is_not_all_that_is_bought(tmp_path: Path) -> None:
    facts = read(tmp_path, BOUGHT)
    stated = {f.stated: f for f in facts.figures if f.unit == "CNY" and not f.table}
    assert stated["20"].subject_label == "政府采购货物"
    assert stated["8"].subject_label == "一般公共预算拨款政府采购货物"
    assert stated["3"].subject_label == "一般公共预算拨款政府采购服务"
    said = {q.span: q.part for q in facts.quantities if q.flow == "procurement"}
    assert [said.get(stated[n].span) for n in ("50", "20", "30")] == ["total", "goods", "services"]
    assert [said.get(stated[n].span) for n in ("11", "8", "3")] == [None] * 3


def test_money_of_a_fund_that_projects_with_goals_concern_is_theirs(tmp_path: Path) -> None:
    figure = next(f for f in read(tmp_path, BOUGHT).figures if f.stated == "590")
    assert figure.subject_label == "项目支出一般公共预算财政拨款"
