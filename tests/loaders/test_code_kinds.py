"""When a bare whole number in a table is a code: each rule decides its own example, and no rule is without one."""

from __future__ import annotations

import pytest

from loaders.documents import Cell, Passage
from loaders.tables.entries import CODE_RULES, BareNumber, Entry, Value, code_kind


def cell(text: str, start: int) -> Cell:
    return Cell(Passage.cut(" " * start + text, start, start + len(text)), 0, 0)


def entry(*codes: str, texts: tuple[str, ...] = (), values: tuple[str, ...] = ()) -> Entry:
    made = Entry()
    made.codes = [(cell(code, 10 * i), "subject") for i, code in enumerate(codes)]
    made.texts = [cell(text, 100 + i) for i, text in enumerate(texts)]
    made.values = [Value(cell(value, 200 + i)) for i, value in enumerate(values)]
    return made


EXAMPLES = {
    "a column of codes": (("2010301", "code", "行政运行", "科目编码|科目名称", entry()), "subject"),
    "a column of unit codes": (("402001", "unit code", "某市某局", "单位编码|单位名称", entry()), "unit"),
    "a unit's code in a column of units": (("402001", "label", "60.00", "预算单位|合计", entry(), "unit"), "unit"),
    "a column of something else": (("2010301", "ordinal", "行政运行", "序号", entry()), ""),
    "the code of an office before its name needs no header": (
        ("402001", "value", "某市财政局", "名称|金额", entry()), "unit",
    ),
    "a listed code before its name needs no header": (
        ("2010301", "value", "行政运行", "项目|金额", entry()),
        "subject",
    ),
    "a number before words without a header of codes": (("2010301", "value", "某种杂物", "项目|金额", entry()), ""),
    "the code of an office under a header of codes": (
        ("20101", "text", "某市财政局", "科目编码|名称", entry()),
        "unit",
    ),
    "a code before its name or its lower levels": (("201", "text", "03", "科目编码|类|款|项", entry()), "subject"),
    "the government economic code behind the department's": (
        ("501", "text", "01", "部门经济分类|类|款|政府经济分类|类|款", entry("301", texts=("基本工资",))), "subject",
    ),
    "款 or 项 behind its upper level": (("03", "text", "行政运行", "科目编码|名称", entry("201")), "subject"),
    "款 or 项 with the upper level left out, under 类|款": (("03", "text", "行政运行", "类|款|项", entry()), "subject"),
    "the code of an office before its name": (("402", "label", "某市财政局", "名称|金额", entry()), "unit"),
    "a code under 单位编码 or 项目代码": (("402", "text", "某综合项目", "项目编码|名称", entry()), "unit"),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, _, _ in CODE_RULES])
def test_each_rule_decides_its_example(name: str) -> None:
    (text, role, follow, header, row, *axis), kind = EXAMPLES[name]
    number = BareNumber(text, role, follow, header, row, *axis)
    assert next((rule for rule, holds, _ in CODE_RULES if holds(number)), "") == name
    assert code_kind(text, role, follow, header, row, *axis) == kind


def test_amounts_and_words_are_no_codes() -> None:
    assert code_kind("1,234", "code", "行政运行", "科目编码", entry()) == ""
    assert code_kind("行政", "code", "", "科目编码", entry()) == ""
    assert code_kind("12", "value", "30", "金额", entry()) == ""
