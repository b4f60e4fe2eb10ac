"""Checks of tables, each on a table made for it: what holds, what rounds, what contradicts, what cannot be checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import loaders.reconcile
from loaders.reconcile import RULES
from tests.loaders.reconcile_sketch import Sketch, verdicts

COLUMNS = ("支出总计", "基本支出", "项目支出")


def three(total: str, basic: str, project: str) -> dict[str, str]:
    return dict(zip(COLUMNS, (total, basic, project), strict=True))


def expenditure() -> Sketch:
    return Sketch("支出总表", "expenditure")


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        (three("10.00", "4.00", "6.00"), "holds"),
        (three("10.01", "4.00", "6.00"), "holds within rounding"),
        (three("10.02", "4.00", "6.00"), "contradicted"),
    ],
)
def test_total_of_a_row(cells: dict[str, str], verdict: str) -> None:
    sketch = expenditure()
    sketch.row("一般公共服务支出", cells, "201")
    assert verdicts(sketch.findings(), "row-total") == [verdict]


def test_total_of_a_row_with_open_columns_is_not_checkable() -> None:
    sketch = expenditure()
    sketch.row("一般公共服务支出", {"?": "10.00", "??": "4.00"}, "201", open_columns=COLUMNS)
    assert [f.verdict for f in sketch.findings("row-total")] == ["not checkable"]


def test_columns_that_are_no_parts_are_left_alone() -> None:
    """Government procurement stands beside the parts of the total, not among them."""
    sketch = expenditure()
    sketch.row("一般公共服务支出", {**three("10", "4", "6"), "2023年政府采购项目": "3"}, "201")
    assert verdicts(sketch.findings(), "row-total") == ["holds"]


def test_an_unknown_header_blames_no_row() -> None:
    """Columns that sum in no row are not a total and its parts, whatever the header says."""
    sketch = Sketch("支出总表", "expenditure")
    for code in ("201", "208", "210"):
        sketch.row("某项", {"合计": "10.00", "甲": "2.00", "乙": "3.00"}, code)
    assert [f.verdict for f in sketch.findings("row-total")] == ["not checkable"]


def test_groups_of_columns_are_summed_by_their_subtotals() -> None:
    sketch = Sketch("一般公共预算支出表", "general-function")
    header = ("合计", "基本支出|小计", "基本支出|人员经费", "基本支出|公用经费", "项目支出")
    sketch.row("公共安全支出", dict(zip(header, ("12.00", "7.00", "5.00", "2.00", "5.00"), strict=True)), "204")
    sketch.row("教育支出", dict(zip(header, ("12.00", "7.00", "5.00", "2.50", "5.00"), strict=True)), "205")
    sketch.row("科学技术支出", dict(zip(header, ("3.00", "2.00", "1.00", "1.00", "1.00"), strict=True)), "206")
    assert sorted(verdicts(sketch.findings(), "row-total")) == ["contradicted", *["holds"] * 5]


def test_part_of_which_is_within_its_column() -> None:
    sketch = Sketch("收入总表", "income")
    sketch.row("某单位", {"一般公共预算拨款|小计": "5.00", "一般公共预算拨款|其中:专项资金": "6.00"})
    sketch.row("另一单位", {"一般公共预算拨款|小计": "5.00", "一般公共预算拨款|其中:专项资金": "4.00"})
    assert verdicts(sketch.findings(), "row-part") == ["contradicted", "holds"]


@pytest.mark.parametrize(
    ("parent", "verdict"), [("30", "holds"), ("31", "holds within rounding"), ("32", "contradicted")]
)
def test_class_and_its_items(parent: str, verdict: str) -> None:
    sketch = expenditure()
    sketch.row("一般公共服务支出", {"支出总计": parent}, "201")
    sketch.row("行政运行", {"支出总计": "10"}, "2010301")
    sketch.row("一般行政管理事务", {"支出总计": "20"}, "2010302")
    assert verdicts(sketch.findings(), "code-sum") == [verdict]


def test_class_whose_items_print_nothing_is_not_checkable() -> None:
    sketch = expenditure()
    sketch.row("一般公共服务支出", {"支出总计": "30", "基本支出": "30"}, "201")
    sketch.row("行政运行", {"支出总计": "30"}, "2010301")
    assert sorted(verdicts(sketch.findings(), "code-sum")) == ["holds", "not checkable"]


def test_class_with_an_open_item_is_not_checkable() -> None:
    sketch = expenditure()
    sketch.row("一般公共服务支出", {"支出总计": "30"}, "201")
    sketch.row("行政运行", {"?": "10"}, "2010301", open_columns=COLUMNS)
    assert verdicts(sketch.findings(), "code-sum") == ["not checkable"]


def test_two_offices_in_one_table_are_summed_apart() -> None:
    sketch = expenditure()
    for first, second in (("10", "4"), ("20", "5")):
        sketch.row("一般公共服务支出", {"支出总计": first}, "201")
        sketch.row("行政运行", {"支出总计": first}, "2010301")
        sketch.row("住房保障支出", {"支出总计": second}, "221")
    assert verdicts(sketch.findings(), "code-sum") == ["holds", "holds"]


@pytest.mark.parametrize(
    ("total", "verdict"), [("30.00", "holds"), ("30.01", "holds within rounding"), ("31.00", "contradicted")]
)
def test_total_row(total: str, verdict: str) -> None:
    sketch = expenditure()
    sketch.row("合计", {"支出总计": total})
    sketch.row("一般公共服务支出", {"支出总计": "20.00"}, "201")
    sketch.row("住房保障支出", {"支出总计": "10.00"}, "221")
    assert verdicts(sketch.findings(), "column-total") == [verdict]


def test_a_total_row_that_fits_the_next_column_is_not_blamed() -> None:
    sketch = expenditure()
    sketch.row("合计", {"基本支出": "30.00", "项目支出": "10.00"})
    sketch.row("一般公共服务支出", three("20.00", "8.00", "12.00"), "201")
    sketch.row("住房保障支出", three("10.00", "2.00", "8.00"), "221")
    assert set(verdicts(sketch.findings(), "column-total")) == {"not checkable"}


def balance(income: str, expenditure_total: str, education: str = "6.00") -> Sketch:
    sketch = Sketch("收支总表", "balance")
    sketch.row("一、财政拨款收入", {"收入|预算数": "9.00"})
    sketch.row("一、一般公共服务支出", {"支出|预算数": "4.00"})
    sketch.row("二、教育支出", {"支出|预算数": education})
    sketch.row("本年收入合计", {"收入|预算数": "9.00"})
    sketch.row("本年支出合计", {"支出|预算数": "10.00"})
    sketch.row("上年结转", {"收入|预算数": "1.00"})
    sketch.row("收入总计", {"收入|预算数": income})
    sketch.row("支出总计", {"支出|预算数": expenditure_total})
    return sketch


def test_balance_table() -> None:
    findings = balance("10.00", "10.00").findings()
    assert {f.verdict for f in findings} == {"holds"}
    assert {"balance-total", "balance-carry", "income-expenditure"} <= {f.rule for f in findings}
    assert "contradicted" in verdicts(balance("10.00", "10.00", "6.50").findings(), "balance-total")
    assert verdicts(balance("10.00", "10.01").findings(), "income-expenditure") == ["contradicted"]
    assert "contradicted" in verdicts(balance("11.00", "11.00").findings(), "balance-carry")


def test_change_and_growth_columns() -> None:
    sketch = Sketch("一般公共预算支出表", "general-function", 2023)
    years = {"2022年执行数": 2022, "2023年预算数": 2023}
    aspects = {"增减额": "change", "增减率": "growth"}
    for code, change in (("201", "2.00"), ("204", "2.00"), ("205", "2.50")):
        cells = {"2022年执行数": "8.00", "2023年预算数": "10.00", "增减额": change}
        sketch.row("某类", cells, code, years=years, aspects=aspects)  # type: ignore[arg-type]
    assert verdicts(sketch.findings(), "row-change") == ["holds", "holds", "contradicted"]


def test_one_item_in_two_tables() -> None:
    sketch = Sketch("一般公共预算支出表（按功能分类）", "general-function")
    sketch.row("合计", three("10.00", "4.00", "6.00"))
    sketch.row("一般公共服务支出", three("10.00", "4.00", "6.00"), "201")
    sketch.title, sketch.form, sketch.block = "一般公共预算基本支出表（按经济分类）", "basic-economic", 1
    sketch.row("合计", {"合计": "4.01"})
    assert verdicts(sketch.findings(), "same-in-tables") == ["contradicted"]


def test_tables_of_two_funds_are_not_compared() -> None:
    sketch = Sketch("政府性基金预算支出表", "government-funds")
    sketch.row("合计", three("10.00", "4.00", "6.00"))
    sketch.title, sketch.form, sketch.block = "一般公共预算支出表", "general-function", 1
    sketch.row("合计", three("20.00", "4.00", "16.00"))
    assert sketch.findings("same-in-tables") == []


def test_final_zeros_that_a_table_drops_count_as_stated() -> None:
    """10.1 beside numbers with two decimals, none of which ends in 0, is 10.10; 10.10 beside 4.00 is not rounder."""
    dropped = expenditure()
    for code, cells in (
        ("201", ("8.42", "3.11", "5.31")),
        ("205", ("8.33", "3.22", "5.11")),
        ("208", ("10.1", "4.02", "6.12")),
    ):
        dropped.row("某类", three(*cells), code)
    assert verdicts(dropped.findings(), "row-total") == ["holds", "holds", "contradicted"]


_AMOUNT = st.integers(min_value=0, max_value=10_000_000)


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Rows of code, basic and project expenditure in hundredths, classes before sections before items."""
    rows: list[tuple[str, int, int]] = []
    for number in draw(
        st.lists(st.sampled_from(("201", "204", "205", "208", "210", "221")), min_size=1, max_size=4, unique=True)
    ):
        sections = []
        for section in range(1, draw(st.integers(1, 3)) + 1):
            code = f"{number}{section:02d}"
            items = [(f"{code}{i:02d}", draw(_AMOUNT), draw(_AMOUNT)) for i in range(1, draw(st.integers(1, 4)) + 1)]
            sections.append([(code, sum(i[1] for i in items), sum(i[2] for i in items)), *items])
        rows.append((number, sum(s[0][1] for s in sections), sum(s[0][2] for s in sections)))
        rows.extend(row for section in sections for row in section)
    return rows


def printed(rows: list[tuple[str, int, int]], wrong: tuple[int, int, int] | None = None) -> Sketch:
    """The rows as a table with a total row; ``wrong`` is a row, a column and what is added to it."""
    sketch = expenditure()
    tops = [r for r in rows if len(r[0]) == 3]
    everything = [("", sum(r[1] for r in tops), sum(r[2] for r in tops)), *rows]
    for i, (code, basic, project) in enumerate(everything):
        cells = [basic + project, basic, project]
        if wrong is not None and wrong[0] == i:
            cells[wrong[1]] += wrong[2]
        sketch.row("某项" if code else "合计", three(*(f"{c / 100:.2f}" for c in cells)), code)
    return sketch


@given(trees())
def test_a_consistent_table_has_no_contradiction(rows: list[tuple[str, int, int]]) -> None:
    assert {f.verdict for f in printed(rows).findings()} == {"holds"}


@given(trees(), st.data())
def test_one_wrong_cell_is_named(rows: list[tuple[str, int, int]], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(rows)))
    column = data.draw(st.integers(0, 2))
    # more than rounding can explain: half a hundredth for each number of the longest sum
    error = data.draw(st.integers(min_value=60, max_value=1_000_000))
    sketch = printed(rows, (row, column, error))
    span = sketch.figures[row * 3 + column].span
    assert any(f.verdict in ("contradicted", "not checkable") and span in f.spans for f in sketch.findings())


def test_every_rule_is_told_and_used() -> None:
    """Each entry of the registry has its names and source, and some check makes findings of it."""
    folder = Path(loaders.reconcile.__file__).parent
    code = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py") if p.name != "registry.py")
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', code))
    for rule in RULES.values():
        assert rule.zh, rule.id
        assert rule.en, rule.id
        assert rule.source, rule.id
        assert rule.id in used


def test_a_row_that_numbers_its_columns_is_no_row() -> None:
    sketch = expenditure()
    sketch.row("总计", three("1", "2", "3"))
    assert sketch.findings() == []


def test_a_class_under_another_header_is_not_missed_from_the_total() -> None:
    sketch = expenditure()
    sketch.row("合计", three("30.00", "10.00", "20.00"))
    sketch.row("一般公共服务支出", three("20.00", "8.00", "12.00"), "201")
    sketch.row("住房保障支出", {"别的列": "10.00"}, "221")
    assert set(verdicts(sketch.findings(), "column-total")) == {"not checkable"}


@pytest.mark.parametrize(("again", "verdict"), [("502.00", "holds"), ("501.00", "contradicted")])
def test_a_section_printed_again_as_its_only_item_counts_once(again: str, verdict: str) -> None:
    sketch = expenditure()
    sketch.row("援助其他地区支出", three("502.00", "0.00", "502.00"), "219")
    sketch.row("其他支出", three("502.00", "0.00", "502.00"), "21999")
    sketch.row("其他支出", three(again, "0.00", again), "21999")
    assert verdict in verdicts(sketch.findings(), "code-sum")
    assert ("contradicted" in verdicts(sketch.findings(), "code-sum")) == (verdict == "contradicted")


def test_names_that_slid_beside_their_codes_accuse_no_one() -> None:
    names = {"30101": "基本工资", "30102": "津贴补贴", "30106": "伙食补助费", "30107": "绩效工资"}
    names["30108"] = "机关事业单位基本养老保险缴费"
    once, slid = expenditure(), expenditure()
    for code, name in names.items():
        once.row("绩效工资" if code == "30102" else name, three("10.00", "4.00", "6.00"), code)
    assert "contradicted" in verdicts(once.findings(), "code-name")
    for code, name in zip(names, [*list(names.values())[1:], "职业年金缴费"], strict=True):
        slid.row(name, three("10.00", "4.00", "6.00"), code)
    assert "contradicted" not in verdicts(slid.findings(), "code-name")
