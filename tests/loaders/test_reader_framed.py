"""Tables of Markdown in plain texts: made-up offices and amounts; which amount is of what was read off by hand."""

from __future__ import annotations

from loaders.readers.blocks import make_blocks
from loaders.readers.framed import unframe
from loaders.words.lines import split_lines
from tests.loaders.tables_by_hand import read, unaccounted

SPENDING = (
    "支出总表\n\n"
    "| 部门：青柳县水利局 | | | 单位：万元 | |\n"
    "| --- | :---: | --- | ---: | --- |\n"
    "| 科目编码 | 科目名称 | 合计 | 基本支出 | 项目<br>支出 |\n"
    "| 213 | 农林水支出 | 9.00 | | 9.00 |\n"
    "| 2130301 | 行政运行 | 4.00 | 4.00 | |\n"
    "| | 合计 | 13.00 | 4.00 | 9.00 |\n\n"
    "第三部分 说明\n"
)


def test_marks_are_where_cells_end_and_blank_cells_count() -> None:
    numbers = read(SPENDING)
    assert unaccounted(numbers) == []
    assert [(f.subject_code, f.stated, f.column, f.unit, int(f.value)) for f in numbers.figures] == [
        ("213", "9.00", "合计", "CNY", 90_000),
        ("213", "9.00", "项目支出", "CNY", 90_000),
        ("2130301", "4.00", "合计", "CNY", 40_000),
        ("2130301", "4.00", "基本支出", "CNY", 40_000),
        ("", "13.00", "合计", "CNY", 130_000),
        ("", "4.00", "基本支出", "CNY", 40_000),
        ("", "9.00", "项目支出", "CNY", 90_000),
    ]
    assert all(SPENDING[f.span.start : f.span.end] == f.stated for f in numbers.figures)


def test_two_years_beside_each_other_keep_their_blanks() -> None:
    text = (
        "“三公”经费支出情况表\n单位：万元\n"
        "| 2022年预算数 | | | 2023年预算数 | | |\n|---|---|---|---|---|---|\n"
        "| 合计 | 因公出国（境）费 | 公务接待费 | 合计 | 因公出国（境）费 | 公务接待费 |\n"
        "| 7.00 | | 7.00 | 6.00 | 6.00 | |\n"
    )
    assert [(f.stated, f.fiscal_year, f.subject_label) for f in read(text).figures] == [
        ("7.00", 2022, "“三公”经费"),
        ("7.00", 2022, "公务接待费"),
        ("6.00", 2023, "“三公”经费"),
        ("6.00", 2023, "因公出国（境）费"),
    ]


def test_a_row_of_its_own_above_the_header_is_the_title() -> None:
    text = "| 支出总表 | | |\n| - | - | - |\n| 单位：元 | | |\n"
    text += "| 科目名称 | 合计 | 基本支出 |\n| 行政运行 | 50 | 50 |\n| 注：含上年结转。 | | |\n"
    (block,) = [b for b in make_blocks(text) if b.table is not None]
    assert block.table is not None
    assert (block.table.title.text, block.table.unit.text) == ("支出总表", "单位：元")
    assert [[c.text for c in row] for row in block.table.rows] == [
        ["科目名称", "合计", "基本支出"],
        ["行政运行", "50", "50"],
    ]
    assert [note.text for note in block.table.notes] == ["注：含上年结转。"]


def test_lines_with_marks_that_are_no_table_stay_as_they_are() -> None:
    for text in (
        "| 甲 | 乙 |\n| 1 | 2 |\n",
        "| 甲 | 乙 |\n| --- |\n| 1 | 2 |\n",
        "甲 | 乙\n--- | ---\n",
        "|\n|---|\n",
        "| --- |\n",
    ):
        lines = split_lines(text)
        assert unframe(lines) == lines


def test_a_mark_that_is_escaped_ends_no_cell() -> None:
    text = "| 项目 | 预算数 |\n| --- | --- |\n| 水泵\\|闸门 | 5 |\n"
    assert [line.text for line in unframe(split_lines(text))][:2] == [" 项目 \t 预算数 ", " 水泵\\|闸门 \t 5 "]
