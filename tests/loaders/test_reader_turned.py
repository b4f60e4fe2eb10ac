"""Pages of a PDF whose tables lie on their side, or stand in other columns than those of the page before."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

from loaders.documents import Document, Span
from loaders.facts import Figure
from loaders.pipeline import read_document_facts
from loaders.readers.pdf.reader import read
from loaders.settings import Settings
from tests.loaders.filemaker import FONT

STYLE = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), FONT),
        ("FONTSIZE", (0, 0), (-1, -1), 8),
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
    ]
)
SPENDING = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["", "合计", "1,250.40", "900.40", "350.00"],
    ["201", "一般公共服务支出", "1,150.40", "800.40", "350.00"],
    ["2210201", "住房公积金", "100.00", "100.00", ""],
]


def lie(path: Path, degrees: int) -> Document:
    """A page with an upright title, and below it a table that is turned by so many degrees."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 12)
    for number, words in enumerate(("安平市青原区司法局2021年部门预算", "一般公共预算支出表", "单位：万元")):
        canvas.drawString(40, A4[1] - 40 - 20 * number, words)
    table = Table(SPENDING, colWidths=[60, 110, 70, 70, 70])
    table.setStyle(STYLE)
    wide, high = table.wrap(0, 0)
    canvas.saveState()
    canvas.translate(*((200 + high, 200) if degrees > 0 else (200, 200 + wide)))
    canvas.rotate(degrees)
    table.drawOn(canvas, 0, 0)
    canvas.restoreState()
    canvas.setFont(FONT, 12)
    canvas.drawString(40, 60, "注：本表金额四舍五入。")
    canvas.save()
    return read(path, Settings())


@pytest.mark.parametrize("degrees", [90, -90])
def test_a_table_on_its_side_is_read_like_an_upright_one(tmp_path: Path, degrees: int) -> None:
    document = lie(tmp_path / "a.pdf", degrees)
    facts = read_document_facts(document)
    found = [(f.stated, f.value, f.unit, f.subject_code, f.subject_label, f.column) for f in facts.figures]
    assert found == [
        ("1,250.40", Decimal(12_504_000), "CNY", "", "合计", "合计"),
        ("900.40", Decimal(9_004_000), "CNY", "", "合计", "基本支出"),
        ("350.00", Decimal(3_500_000), "CNY", "", "合计", "项目支出"),
        ("1,150.40", Decimal(11_504_000), "CNY", "201", "一般公共服务支出", "合计"),
        ("800.40", Decimal(8_004_000), "CNY", "201", "一般公共服务支出", "基本支出"),
        ("350.00", Decimal(3_500_000), "CNY", "201", "一般公共服务支出", "项目支出"),
        ("100.00", Decimal(1_000_000), "CNY", "2210201", "住房公积金", "合计"),
        ("100.00", Decimal(1_000_000), "CNY", "2210201", "住房公积金", "基本支出"),
    ]
    assert {f.table for f in facts.figures} == {"一般公共预算支出表"}
    assert [r.kind for r in facts.ledger if r.stated == "2210201"] == ["code"]


@pytest.mark.parametrize("degrees", [90, -90])
def test_what_lies_on_its_side_is_found_where_it_is_printed(tmp_path: Path, degrees: int) -> None:
    document = lie(tmp_path / "a.pdf", degrees)
    at = document.text.index("1,250.40")
    (box,) = document.boxes_of(Span(at, at + 8))
    # Higher than wide, as a number is that lies on its side, and within the table.
    assert box.bottom - box.top > 2 * (box.x1 - box.x0)
    assert 195 <= box.x0 < box.x1 <= 290
    assert A4[1] - 590 <= box.top < box.bottom <= A4[1] - 195


HEADER = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因"]
LEFTS = [40, 100, 170, 260, 330, 400, 440, 480, 550]


def draw(canvas: Canvas, rows: list[list[str]], lefts: list[int], top: float) -> None:
    table = Table(rows, colWidths=[b - a for a, b in itertools.pairwise(lefts)])
    table.setStyle(STYLE)
    _, high = table.wrap(0, 0)
    table.drawOn(canvas, lefts[0], top - high)


def go_on(path: Path, lefts: list[int], row: list[str]) -> list[Figure]:
    """The figures of a row on a second page without a header, whose columns stand at ``lefts``."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 12)
    canvas.drawString(40, A4[1] - 40, "安平市青原区司法局2023年部门决算")
    canvas.drawString(40, A4[1] - 60, "项目支出绩效自评表")
    first = ["产出指标", "数量指标", "培训场次", "≥10场", "12场", "10", "10", "无"]
    second = ["", "质量指标", "合格率", "≥95%", "91%", "20", "18", "师资不足"]
    draw(canvas, [HEADER, first, second], LEFTS, A4[1] - 80)
    canvas.showPage()
    draw(canvas, [row, row], lefts, A4[1] - 80)
    canvas.save()
    facts = read_document_facts(read(path, Settings()))
    found = [f for f in facts.figures if f.subject_label == "及时率"]
    assert len(found) % 2 == 0
    return found[: len(found) // 2]


def test_a_page_that_lost_its_result_column_keeps_target_and_scores(tmp_path: Path) -> None:
    lefts = [40, 100, 170, 260, 400, 440, 480, 550]
    found = go_on(tmp_path / "a.pdf", lefts, ["", "质量指标", "及时率", "≥90", "8", "7", "延误"])
    assert [(f.stated, f.column, f.phase, f.aspect) for f in found] == [
        ("90", "年度指标值", "target", "level"),
        ("8", "分值", "", "maximum"),
        ("7", "得分", "result", "score"),
    ]


def test_a_page_that_lost_its_score_column_has_no_score(tmp_path: Path) -> None:
    lefts = [40, 100, 170, 260, 330, 400, 480, 550]
    found = go_on(tmp_path / "a.pdf", lefts, ["", "质量指标", "及时率", "≥90", "12", "8", "延误"])
    assert [(f.stated, f.column, f.phase) for f in found] == [
        ("90", "年度指标值", "target"),
        ("12", "实际完成值", "result"),
        ("8", "分值", ""),
    ]


def test_a_page_whose_columns_stand_nowhere_is_open(tmp_path: Path) -> None:
    lefts = [40, 130, 215, 290, 365, 425, 505, 550]
    found = go_on(tmp_path / "a.pdf", lefts, ["", "质量指标", "及时率", "≥90", "12", "8", "延误"])
    assert [(f.stated, f.column) for f in found] == [("90", "年度指标值"), ("12", ""), ("8", "")]
    assert all(f.has_open_column and not f.phase and not f.aspect for f in found[1:])
