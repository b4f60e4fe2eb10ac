"""Official tables made up at random are read back: values, units, years, codes; a column is right or declared open."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.reading import Numbers, read_numbers
from loaders.tables.forms import plain
from tests.golden_score import ledger_faults
from tests.loaders.tablemaker import FORMS, Form, Layout, Printed, Row, balances, print_balance, print_table, tables

#: More examples, at random: GONGKAI_EXAMPLES=2000. The usual run is the same each time.
EXAMPLES = int(os.environ.get("GONGKAI_EXAMPLES", "0"))
fixed = settings(
    max_examples=EXAMPLES or 40,
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
    left, right, layout = data.draw(balances(form))
    printed = print_balance(left, right, layout)
    numbers = read(printed)
    # nothing printed says which panel a number of a torn row stood in but the label before it
    for figure in numbers.figures:
        truth = next(t for t in printed.truths if t.start == figure.span.start)
        assert figure.column in ("", "预算数", truth.column), f"{figure.column}: {truth}\n{printed.text}"
    check(printed, numbers, columns=False)
