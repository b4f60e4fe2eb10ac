"""The ledger: every number token of a document in exactly one row, with what lies outside paragraphs and tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.accounting import make_ledger
from loaders.documents import Document, Span
from loaders.facts import NumberToken, TokenClass
from loaders.readers.blocks import make_blocks
from loaders.reading import read_numbers
from tests.golden_score import ledger_faults


def document(text: str) -> Document:
    return Document("made", text, "0" * 64, "text", make_blocks(text))


def ledger(text: str) -> list[tuple[str, str]]:
    """Characters and class of each row of the ledger of a budget of 2023."""
    rows = read_numbers(document(text), "budget", 2023, "某市口岸办").ledger
    assert ledger_faults(text, rows) == []
    return [(row.stated, row.kind) for row in rows]


def row(start: int, end: int, stated: str, kind: TokenClass) -> NumberToken:
    return NumberToken(Span(start, end), stated, kind, "told by the test")


def test_rows_that_readers_gave_are_kept() -> None:
    text = "安排 5 元"
    rows = make_ledger(document(text), [row(3, 4, "5", "criterion")])
    assert rows == (row(3, 4, "5", "criterion"),)


def test_a_figure_wins_over_another_claim_and_the_first_over_the_second() -> None:
    text = "12 34"
    claims = [row(0, 2, "12", "code"), row(0, 2, "12", "figure"), row(3, 5, "34", "date"), row(3, 5, "34", "date")]
    assert [(r.stated, r.kind) for r in make_ledger(document(text), claims)] == [("12", "figure"), ("34", "date")]


def test_a_token_that_no_reader_saw_is_classed_here_or_unaccounted() -> None:
    text = "截至2023年\n一串 77 数字\n"
    bare = Document("made", text, "0" * 64, "text", ())
    assert [(r.stated, r.kind) for r in make_ledger(bare, [])] == [("2023", "date"), ("77", "unaccounted")]


def test_digits_left_over_from_a_token_have_a_row_of_their_own() -> None:
    text = "共1,234,567元"
    rows = make_ledger(Document("made", text, "0" * 64, "text", ()), [row(1, 6, "1,234", "figure")])
    assert [(r.stated, r.kind) for r in rows] == [("1,234", "figure"), ("567", "unaccounted")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一部分 概况\n- 3 -\n\n第二部分 预算\n", [("3", "reference")]),
        ("第一部分 概况\n第 3 页 共 9 页\n第二部分 预算\n", [("3", "reference"), ("9", "reference")]),
        ("目 录\n一、收支总表........3\n二、收入总表........14\n", [("3", "reference"), ("14", "reference")]),
        ("2023年某市口岸办部门预算\n", [("2023", "date")]),
        ("公开03表\n支出总表\n单位：万元\n项目\t预算数\n基本支出\t3.00\n", [("03", "reference"), ("3.00", "figure")]),
        ("表3 收入总表\n单位：万元\n项目\t预算数\n基本支出\t3.00\n", [("3", "reference"), ("3.00", "figure")]),
        ("附件2\n\n某市口岸办情况\n", [("2", "reference")]),
        ("咨询电话：0755-83758561\n", [("0755", "contact"), ("83758561", "contact")]),
        ("（国务院令第729号）\n", [("729", "reference")]),
        ("推进5G和“1+10+10”建设。\n", [("5", "name"), ("1", "name"), ("10", "name"), ("10", "name")]),
        ("办结率≥95%的，得2分，否则扣1分。\n", [("95", "criterion"), ("2", "criterion"), ("1", "criterion")]),
        ("完全无法解释的 4711 在此\n", [("4711", "unaccounted")]),
        ("", []),
        ("没有一个数字。\n", []),
    ],
)
def test_the_ledger_of_small_texts(text: str, expected: list[tuple[str, str]]) -> None:
    assert ledger(text) == expected


def test_codes_ordinals_and_dates_of_a_table() -> None:
    text = (
        "公开02表\n2023年支出总表\n部门：某市口岸办 单位：万元\n科目编码 科目名称 合计 基本支出 项目支出\n栏次 1 2 3\n"
        "2010301 行政运行 9.30 9.10 0.20\n- 5 -\n\n第三部分\n"
    )
    assert ledger(text) == [
        ("02", "reference"),
        ("2023", "date"),
        ("1", "ordinal"),
        ("2", "ordinal"),
        ("3", "ordinal"),
        ("2010301", "code"),
        ("9.30", "figure"),
        ("9.10", "figure"),
        ("0.20", "figure"),
        ("5", "reference"),
    ]


def test_full_width_digits_are_found() -> None:
    assert ledger("本年度预算收入为５８,２２７万元。\n") == [("５８,２２７", "figure")]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("下设综合处、秘书处等六个处室。", ["六"]),
        ("内设机构包括综合科、财务科四个科室，编制人数25人。", ["四", "25"]),
        ("纳入预算的预算单位共十二家单位。", ["十二"]),
        ("第六个科室负责此事，坚持“两个维护”。", []),
        ("一、部门职责\n", []),
    ],
)
def test_counts_in_chinese_numerals_stand_in_the_ledger(text: str, counts: list[str]) -> None:
    assert [stated for stated, kind in ledger(text) if kind == "figure"] == counts


ALPHABET = "0123456789年月日万元%，。、；：（）〔〕“”表单位合计支出项目编码名称第一二部分- \t\n.,"


@given(st.text(alphabet=ALPHABET, max_size=160))
def test_of_any_text_every_digit_stands_in_exactly_one_row(text: str) -> None:
    ledger(text)


LINES = (
    "支出总表",
    "单位：万元",
    "科目编码\t科目名称\t合计\t基本支出",
    "201\t一般公共服务支出\t5.20\t5.20",
    "科目编码 科目名称 合计 基本支出",
    "201 一般公共服务支出 5.20",
    "- 4 -",
    "7",
    "",
    "第二部分 预算表",
    "一、收入情况",
    "收入58,227万元，比2022年增加7,027万元。",
    "注：本表为空",
    "一级指标\t二级指标\t指标值\t分值\t得分",
    "产出指标\t数量指标\t≥5个\t10\t9",
    "合计",
    "2010301",
    "行政运行",
    "12.50",
    "年度\t合计",
    "2022年\t3.00",
    "联系电话\t83758561",
    "5+2",
    "1.2023年",
    "收入总表........3",
)


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_of_any_lines_of_official_documents_every_digit_stands_in_exactly_one_row(lines: list[str]) -> None:
    text = "\n".join(lines)
    numbers = read_numbers(document(text), "budget", 2023, "某市口岸办")
    assert ledger_faults(text, numbers.ledger) == []
    assert {f.span for f in numbers.figures} <= {r.span for r in numbers.ledger if r.kind == "figure"}
    for figure in numbers.figures:
        assert text[figure.span.start : figure.span.end] == figure.stated


def test_numbers_on_the_axis_of_a_chart_are_told_as_such() -> None:
    chart = "90\n75\n60\n在职人员\n45 离休人员\n30\n15\n0\n2022 2023\n"
    rows = ledger(f"人员情况\n本单位在职人员 38 人。\n\n{chart}\n二、收支情况\n本年收入 70 万元。\n")
    assert rows[0] == ("38", "figure")
    assert rows[1:8] == [(number, "reference") for number in ("90", "75", "60", "45", "30", "15", "0")]
    assert rows[8:] == [("2022", "date"), ("2023", "date"), ("70", "figure")]


def test_numbers_in_uneven_steps_are_no_axis() -> None:
    rows = ledger("人员情况\n\n90\n75\n61\n45\n30\n16\n")
    assert {kind for _, kind in rows} == {"unaccounted"}
