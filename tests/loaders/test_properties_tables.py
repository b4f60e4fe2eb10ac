"""Official tables made up at random are read back: values, units, years, codes; a column is right or declared open."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.reading import Numbers, read_numbers
from loaders.words.normalise import plain
from tests.golden_score import ledger_faults
from tests.loaders.tablemaker import (
    FORMS,
    HEADS,
    Form,
    Head,
    Layout,
    Printed,
    Row,
    balances,
    print_balance,
    print_table,
    tables,
)
from tests.volume import size

#: More examples, at random: GONGKAI_EXAMPLES=2000. The usual run is the same each time.
EXAMPLES = int(os.environ.get("GONGKAI_EXAMPLES", "0"))
fixed = settings(
    max_examples=EXAMPLES or size(10, 100),
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def read(printed: Printed) -> Numbers:
    """The numbers of a made-up document, whose kind and year are known."""
    return read_numbers(printed.document, "budget", 2023, "某市人民政府口岸办公室")


def check(printed: Printed, numbers: Numbers, *, columns: bool = True) -> None:
    """Every printed number is a figure with its value, unit, year and code, and there is no other."""
    text = printed.text
    found = {(f.span.start, f.span.end): f for f in numbers.figures}
    truths = {(t.start, t.end): t for t in printed.truths}
    assert set(found) == set(truths), _told(text, set(truths) ^ set(found))
    for place, truth in truths.items():
        figure = found[place]
        said = f"{text[truth.start : truth.end]} of {truth.code} {truth.label} under {truth.column}\n{text}"
        assert (figure.value, figure.unit) == (truth.value, "CNY"), f"{figure.value} {figure.unit}: {said}"
        assert (figure.fiscal_year, figure.phase, figure.aspect) == (2023, "budget", "level"), said
        assert figure.subject_code == truth.code, f"{figure.subject_code}: {said}"
        assert plain(figure.subject_label) == plain(truth.label.split("、")[-1]), f"{figure.subject_label}: {said}"
        if not columns:
            continue
        names = {truth.column, truth.column.split("|")[-1]}  # where lines lost the levels of a header, its last level
        if figure.column:
            assert figure.column in names, f"placed under {figure.column}: {said}"
        else:
            assert names & set(figure.candidates), f"open between {figure.candidates}: {said}"
    assert [row for row in numbers.ledger if row.kind == "unaccounted"] == []
    assert ledger_faults(text, numbers.ledger) == []


def _told(text: str, places: set[tuple[int, int]]) -> str:
    return f"missed or extra: {[(s, text[s:e]) for s, e in sorted(places)]}\n{text}"


def read_back(rows: list[Row], layout: Layout) -> None:
    """Prints a table, reads it, and holds it against the truth."""
    printed = print_table(rows, layout)
    numbers = read(printed)
    check(printed, numbers)
    if layout.form == "tabs":
        assert all(f.column for f in numbers.figures), "a table with all its cells has no open column"


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@fixed
def test_tables_by_function_are_read_back(form: Form, data: st.DataObject) -> None:
    read_back(*data.draw(tables(form)))


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@fixed
def test_tables_over_several_pages_are_read_back(form: Form, data: st.DataObject) -> None:
    read_back(*data.draw(tables(form, paged=True)))


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@fixed
def test_codes_in_three_columns_are_joined(form: Form, data: st.DataObject) -> None:
    read_back(*data.draw(tables(form, split=True)))


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@fixed
def test_sums_that_rounding_disturbs_place_no_number_wrongly(form: Form, data: st.DataObject) -> None:
    read_back(*data.draw(tables(form, rounded=True)))


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@fixed
def test_tables_in_whole_yuan_are_read_back(form: Form, data: st.DataObject) -> None:
    read_back(*data.draw(tables(form, whole=True)))


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@fixed
def test_income_beside_expenditure_is_read_back(form: Form, data: st.DataObject) -> None:
    left, right, layout = data.draw(balances(form, st.just(False)))
    printed = print_balance(left, right, layout)
    numbers = read(printed)
    # nothing printed says which panel a number of a torn row stood in but the label before it
    for figure in numbers.figures:
        truth = next(t for t in printed.truths if t.start == figure.span.start)
        assert figure.column in ("", "预算数", truth.column), f"{figure.column}: {truth}\n{printed.text}"
    check(printed, numbers, columns=False)


def test_totals_that_add_up_by_chance_do_not_prove_that_nothing_was_rounded() -> None:
    # in yuan: 5437143 + 50 + 57 = 5437250; printed in 万元, the totals add up, the parts (0.005 each) do not
    amounts = {"2010201": ("0", "5437143"), "2010202": ("50", "0"), "2010203": ("50", "7"), "2010101": ("0", "1")}
    parts = {code: tuple(Decimal(p) for p in pair) for code, pair in amounts.items()}
    of_section = (Decimal(100), Decimal(5437150))
    of_class = (Decimal(100), Decimal(5437151))
    rows = [
        Row((), "合计", of_class),
        Row(("201",), "一般公共服务支出", of_class),
        Row(("20101",), "人大事务", parts["2010101"]),
        Row(("2010101",), "行政运行", parts["2010101"]),
        Row(("20102",), "政协事务", of_section),
        *(Row((code,), "行政运行", parts[code]) for code in ("2010201", "2010202", "2010203")),
    ]
    read_back(rows, Layout("spaces", HEADS[0], separators=False))


def test_a_header_of_four_columns_that_repeats_one_cell_a_line() -> None:
    amount = (Decimal(0), Decimal(0), Decimal(100))
    rows = [Row((), "合计", amount), Row(("201",), "一般公共服务支出", amount), Row(("20101",), "人大事务", amount)]
    read_back(rows, Layout("lines", HEADS[3], breaks=frozenset({1})))


# -- known faults: whoever mends one takes its mark away, and widens the strategy above -----------------------------


def test_a_panel_of_blanks_beside_an_amount_with_a_separator() -> None:
    blank, amount = Decimal(0), Decimal(100_000_000)
    left = [
        ("一、一般公共预算拨款收入", blank),
        ("二、政府性基金预算拨款收入", blank),
        ("三、国有资本经营预算拨款收入", amount),
    ]
    right = [("一、一般公共服务支出", blank), ("二、外交支出", blank), ("三、国防支出", blank)]
    totals = ("收入总计", amount), ("支出总计", amount)
    printed = print_balance([*left, totals[0]], [*right, totals[1]], Layout("spaces", Head("收支总表", ())))
    check(printed, read(printed), columns=False)


@pytest.mark.parametrize("form", FORMS)
def test_a_small_whole_amount_before_a_smaller_one_is_no_code(form: Form) -> None:
    amount = (Decimal(10), Decimal(291))
    rows = [Row((), "合计", amount), Row(("201",), "一般公共服务支出", amount), Row(("20101",), "人大事务", amount)]
    read_back(rows, Layout(form, HEADS[0], "元", separators=False, decimals=0))
