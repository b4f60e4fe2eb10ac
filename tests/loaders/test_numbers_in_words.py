"""Percentages and amounts in Chinese numerals, in sentences and in cells. The office does not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.facts import Facts
from loaders.pipeline import read_facts
from loaders.tables.cells import is_written
from loaders.words.numbers import find_written

TITLE = "安平市青原区水务局2024年度部门决算"


def read(tmp_path: Path, body: str) -> Facts:
    path = tmp_path / "page.html"
    path.write_text(f"<html><body><h1>{TITLE}</h1>{body}</body></html>", encoding="utf-8")
    facts = read_facts(path)
    assert all(facts.document.text[f.span.start : f.span.end] == f.stated for f in facts.figures)
    return facts


def make_table(rows: list[list[str]]) -> str:
    return "<table>" + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows) + "</table>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("增长百分之八点五", ["八点五"]),
        ("达到百分之百。", ["百"]),
        ("百分之一百二十", ["一百二十"]),
        ("千分之三", ["三"]),
        ("百分之零点五", ["零点五"]),
        ("下降两个百分点", ["两"]),
        ("下降二点五个百分点", ["二点五"]),
        ("增长一成。", ["一"]),
        ("百分之几", []),
        ("百分之十几", []),
        ("百分之几十", []),
        ("百分之二十多", []),
        ("几个百分点", []),
        ("两三个百分点", []),
        ("下降三成五", []),
        ("增长近三成", []),
        ("增长一成多", []),
        ("一成不变", []),
        ("三分之二", []),
        ("十分之一", []),
    ],
)
def test_what_is_said_in_words(text: str, found: list[str]) -> None:
    assert [token.stated for token in find_written(text)] == found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("百分之九十", True),
        ("不低于百分之九十五", True),
        ("壹仟贰佰万元整", True),
        ("人民币三百元", True),
        ("百分之九十以上", True),
        ("百分之九十以上的职工", False),
        ("十二次", False),
        ("95%", False),
    ],
)
def test_cells_that_say_one_number_in_words(text: str, written: bool) -> None:
    assert is_written(text) is written


def test_sentences(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "<p>2024年度收入总计1,250.40万元，比上年增长百分之八点五。支出总计1,200.00万元，比上年下降百分之十五，占预算的百分之九十九。"
        "会议费4.00万元，增长一成。培训费下降了千分之三。投诉率下降两个百分点。合格率为百分之 98.5。</p>",
    )
    told = [(f.subject_label, f.stated, float(f.value), f.aspect, f.direction) for f in facts.figures]
    assert [t for t in told if t[1] not in ("1,250.40", "1,200.00", "4.00")] == [
        ("收入总计", "八点五", 8.5, "growth", "up"),
        ("支出总计", "十五", 15, "growth", "down"),
        ("支出总计", "九十九", 99, "share", ""),
        ("会议费", "一", 10, "growth", "up"),
        ("培训费", "三", 0.3, "growth", "down"),
        ("投诉率", "两", 2, "growth", "down"),
        ("合格率", "98.5", 98.5, "level", ""),
    ]
    assert {f.unit for f in facts.figures} == {"CNY", "PERCENT"}


def test_cells_of_indicators(tmp_path: Path) -> None:
    rows = [
        ["一级指标", "二级指标", "三级指标", "指标值", "实际完成值"],
        ["产出指标", "质量指标", "设备验收合格率", "百分之百", "百分之九十八点五"],
        ["满意度指标", "服务对象满意度指标", "群众满意度", "大于等于百分之九十", "93%"],
    ]
    told = [
        (f.subject_label, f.stated, float(f.value), f.unit, f.phase, f.comparator)
        for f in read(tmp_path, make_table(rows)).figures
    ]
    assert told == [
        ("设备验收合格率", "百", 100, "PERCENT", "target", ""),
        ("设备验收合格率", "九十八点五", 98.5, "PERCENT", "result", ""),
        ("群众满意度", "九十", 90, "PERCENT", "target", "≥"),
        ("群众满意度", "93", 93, "PERCENT", "result", ""),
    ]


def test_cells_of_money(tmp_path: Path) -> None:
    rows = [
        ["项目名称", "年初预算数", "决算数", "执行率"],
        ["河道清淤项目", "一千二百万元", "1,100.00", "百分之九十一点七"],
        ["节水宣传项目", "8.00", "捌万元整", "100%"],
    ]
    told = [
        (f.subject_label, f.stated, float(f.value), f.column, f.phase)
        for f in read(tmp_path, "<p>项目支出决算表</p><p>单位：万元</p>" + make_table(rows)).figures
    ]
    assert told == [
        ("河道清淤项目", "一千二百万", 12_000_000, "年初预算数", "budget"),
        ("河道清淤项目", "1,100.00", 11_000_000, "决算数", "final"),
        ("河道清淤项目", "九十一点七", 91.7, "执行率", "result"),
        ("节水宣传项目", "8.00", 80_000, "年初预算数", "budget"),
        ("节水宣传项目", "捌万", 80_000, "决算数", "final"),
        ("节水宣传项目", "100", 100, "执行率", "result"),
    ]
