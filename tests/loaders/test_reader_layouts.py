"""Round trips of official tables through every layout and format: the same figures come back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from loaders.documents import Document
from loaders.pipeline import read_document
from loaders.readers.blocks import make_blocks
from loaders.reading import read_numbers
from tests.loaders.filemaker import (
    DOCUMENT,
    FONT,
    Item,
    Row,
    as_text,
    make_docx,
    make_html,
    make_pdf,
    make_xls,
    make_xlsx,
)
from tests.loaders.layoutmaker import Layout, make_unruled

INCOME: list[Row] = [
    ("单位编码", "单位名称", "合计", "财政拨款收入", None, None, "其他资金收入", None),
    ("", "", "", "小计", "一般公共预算", "政府性基金预算", "事业收入", "其他收入"),
    ("", "合计", "10,640.00", "10,500.00", "10,000.00", "500.00", "100.00", "40.00"),
    ("101001", "江宁市交通运输局机关", "6,300.00", "6,300.00", "6,000.00", "300.00", "", ""),
    ("101002", "江宁市公路事业发展中心", "2,140.00", "2,100.00", "2,000.00", "100.00", "", "40.00"),
    ("101003", "江宁市港航事业发展中心", "2,200.00", "2,100.00", "2,000.00", "100.00", "100.00", ""),
]
IN_YUAN: list[Row] = [
    ("科目编码", None, None, "科目名称", "合计", "基本支出", "项目支出"),
    ("类", "款", "项", "", "", "", ""),
    ("", "", "", "合计", "1,189,000", "1,000,000", "189,000"),
    ("201", "", "", "一般公共服务支出", "1,189,000", "1,000,000", "189,000"),
    ("201", "05", "", "统计信息事务", "1,189,000", "1,000,000", "189,000"),
    ("201", "05", "04", "信息事务", "189,000", "", "189,000"),
    ("201", "05", "50", "事业运行", "1,000,000", "1,000,000", ""),
]
GROUPED: list[Item] = [
    "江宁市交通运输局2023年部门预算",
    "第二部分 部门预算表",
    "收入预算总表",
    "单位：万元",
    INCOME,
    "支出预算总表",
    "单位：元",
    IN_YUAN,
    "第三部分 名词解释",
    "项目支出是指为完成特定任务发生的支出。",
]


def meanings(document: Document) -> Counter[tuple[object, ...]]:
    numbers = read_numbers(document, "budget", 2023, "江宁市交通运输局")
    assert [row for row in numbers.ledger if row.kind == "unaccounted"] == []
    return Counter(
        (f.value, f.unit, f.column, f.subject_label, f.subject_code, f.phase, f.fiscal_year) for f in numbers.figures
    )


def expect(items: list[Item], number: int) -> Counter[tuple[object, ...]]:
    text = as_text(items)
    found = meanings(Document("text", text, "", "text", make_blocks(text)))
    assert found.total() == number
    return found


def wide(number: int) -> list[float]:
    """Narrow codes, wide names, amounts between."""
    known = {3: [500.0, 100.0, 80.0], 4: [220.0, 140.0, 220.0, 140.0], 5: [80.0, 300.0, 120.0, 120.0, 120.0]}
    return known[number]


def tight(number: int) -> list[float]:
    """Columns hardly wider than their cells."""
    known = {
        3: [150.0, 70.0, 70.0],
        4: [130.0, 60.0, 130.0, 60.0],
        5: [60.0, 150.0, 60.0, 60.0, 60.0],
        7: [25.0, 25.0, 25.0, 120.0, 70.0, 70.0, 70.0],
        8: [50.0, 120.0, *[75.0] * 6],
    }
    return known[number]


PLAIN = {
    "left": Layout("left"),
    "right": Layout("right"),
    "left-wide": Layout("left", widths=wide),
    "centre-wide": Layout(widths=wide),
    "broken-cells": Layout(wrap=8, widths=wide),
    "broken-cells-left": Layout("left", wrap=8),
    "tight": Layout(size=7, widths=tight),
    "header-and-footer": Layout(size=14, furniture=True),
    "level-rules": Layout(wrap=9, rules=True, furniture=True),
}
WITH_GROUPS = {
    "left": Layout("left"),
    "centre": Layout(),
    "right": Layout("right"),
    "broken-headers": Layout(wrap=6),
    "tight": Layout("left", size=7, widths=tight),
}


@pytest.mark.parametrize("name", PLAIN)
def test_tables_without_lines(tmp_path: Path, name: str) -> None:
    document = read_document(make_unruled(tmp_path / "a.pdf", DOCUMENT, PLAIN[name]))
    assert len(document.pages) == 2  # the second table runs over the page
    assert meanings(document) == expect(DOCUMENT, 47)


@pytest.mark.parametrize("name", WITH_GROUPS)
def test_grouped_headers_without_lines(tmp_path: Path, name: str) -> None:
    document = read_document(make_unruled(tmp_path / "a.pdf", GROUPED, WITH_GROUPS[name]))
    assert meanings(document) == expect(GROUPED, 33)


def test_grouped_headers_with_lines(tmp_path: Path) -> None:
    assert meanings(read_document(make_pdf(tmp_path / "a.pdf", GROUPED))) == expect(GROUPED, 33)


def test_every_format_gives_the_same_figures(tmp_path: Path) -> None:
    expected = expect(GROUPED, 33)
    (tmp_path / "a.txt").write_text(as_text(GROUPED), encoding="gb18030")
    for path in (
        tmp_path / "a.txt",
        make_docx(tmp_path / "a.docx", GROUPED),
        make_xlsx(tmp_path / "a.xlsx", GROUPED),
        make_xls(tmp_path / "a.xls", GROUPED),
        make_html(tmp_path / "a.html", GROUPED),
    ):
        assert meanings(read_document(path)) == expected, path.suffix


def test_header_and_footer_are_marked_and_part_nothing(tmp_path: Path) -> None:
    document = read_document(
        make_unruled(tmp_path / "a.pdf", [*DOCUMENT, *GROUPED[2:6]], Layout(furniture=True, size=16))
    )
    assert len(document.pages) == 3
    furniture = [document.text[span.start : span.end] for span in document.furniture]
    assert furniture == [line for n in (1, 2, 3) for line in ("江宁市交通运输局2023年部门预算公开", f"- {n} -")]
    for block in document.blocks:
        assert not any(block.passage.text.count(words) for words in set(furniture))
    numbers = read_numbers(document, "budget", 2023, "")
    marked = [row for row in numbers.ledger if any(s.contains(row.span) for s in document.furniture)]
    assert {row.reason for row in marked} == {"page number or running header"}


def test_captions_at_the_head_of_each_page_are_no_furniture(tmp_path: Path) -> None:
    """Table number, title, office, year and unit stand at one height on many pages, and are what names the table."""
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    for page in range(4):
        canvas.setFont(FONT, 10)
        for n, words in enumerate(
            ["公开表2", "收入总体情况表", "部门（单位）：江宁市交通运输局", "（2023年度）", "单位：万元"]
        ):
            canvas.drawString(72, 815 - 9 * n, words)
        for n in range(6):
            canvas.drawString(72, 700 - 20 * n, f"事项{page}{n}")
            canvas.drawRightString(300, 700 - 20 * n, f"{page * 10 + n}.50")
        canvas.drawString(300, 20, f"{page + 7}")
        canvas.showPage()
    canvas.save()
    document = read_document(tmp_path / "a.pdf")
    assert [document.text[s.start : s.end] for s in document.furniture] == ["7", "8", "9", "10"]
    assert {b.table.title.text for b in document.tables if b.table} == {"收入总体情况表"}
    assert {b.table.unit.text for b in document.tables if b.table} == {"单位：万元"}


def test_prose_with_numbers_at_its_edges_stays_prose(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    canvas.setFont(FONT, 12)
    lines = [f"其中基本支出预算为 {n}68.12 万元，比上年减少，项目支出 {n}0.30" for n in range(1, 8)]
    for n, line in enumerate(lines):
        canvas.drawString(72, 700 - 20 * n, line)
    canvas.save()
    document = read_document(tmp_path / "a.pdf")
    assert "\t" not in document.text
    assert [line.replace(" ", "") for line in document.text.splitlines()] == [line.replace(" ", "") for line in lines]


def test_a_result_without_unit_has_its_targets(tmp_path: Path) -> None:
    """≤3843.67万元 was aimed at, 4262.96 was spent: ten thousands of yuan as well."""
    lines = [
        "2023年部门整体绩效自评表",
        "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值",
        "成本指标\t经济成本指标\t基本经费投入成本\t≤3843.67万元\t4262.96",
    ]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    numbers = read_numbers(read_document(tmp_path / "a.txt"), "evaluation", 2023, "")
    assert [(f.stated, str(f.value), f.unit, f.phase) for f in numbers.figures] == [
        ("3843.67", "38436700.00", "CNY", "target"),
        ("4262.96", "42629600.00", "CNY", "result"),
    ]


def test_targets_whose_sign_number_and_unit_stand_apart(tmp_path: Path) -> None:
    """The form of Chongqing: weights are weights, not money, whatever the unit above the form."""
    lines = [
        "2026年市级重点专项资金绩效目标表",
        "单位：万元",
        "当年预算\t12,700.00\t\t市级支出\t\t\t",
        "绩效指标\t指标名称\t指标性质\t指标值\t计量单位\t指标权重(%)\t是否核心",
        "\t完工项目验收率\t≥\t90\t%\t20\t是",
        "\t实施项目数量\t≥\t86\t个数\t15\t是",
        "\t受益人口\t≥\t150\t万人\t10\t否",
    ]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    numbers = read_numbers(read_document(tmp_path / "a.txt"), "budget", 2026, "")
    assert [(f.subject_label, str(f.value), f.unit, f.phase, f.aspect, f.column) for f in numbers.figures] == [
        ("当年预算", "127000000.00", "CNY", "budget", "level", ""),
        ("完工项目验收率", "90", "PERCENT", "target", "level", "指标值"),
        ("完工项目验收率", "20", "PERCENT", "", "maximum", "指标权重(%)"),
        ("实施项目数量", "86", "ITEM", "target", "level", "指标值"),
        ("实施项目数量", "15", "PERCENT", "", "maximum", "指标权重(%)"),
        ("受益人口", "1500000", "PERSON", "target", "level", "指标值"),
        ("受益人口", "10", "PERCENT", "", "maximum", "指标权重(%)"),
    ]


def test_sources_of_a_forms_money_are_money(tmp_path: Path) -> None:
    """The form of Shaanxi: the unit stands once, beside the first of three rows."""
    lines = [
        "部门专项业务经费绩效目标表",
        "项目名称\t\t购买服务\t\t\t",
        "资金金额（万元）\t\t实施期资金总额：\t2672.44\t\t执行率分值（10分）",
        "\t\t其中：财政拨款\t2172.44\t\t",
        "\t\t其他资金\t500.00\t\t",
        "年度绩效指标\t一级指标\t二级指标\t三级指标\t指标值\t分值权重（90分）",
        "\t成本指标\t经济成本\t体检成本(万元)\t≤276.22\t2",
    ]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    numbers = read_numbers(read_document(tmp_path / "a.txt"), "budget", 2026, "")
    money = [(f.subject_label, str(f.value)) for f in numbers.figures if f.unit == "CNY"]
    assert money[:3] == [("实施期资金总额", "26724400.00"), ("财政拨款", "21724400.00"), ("其他资金", "5000000.00")]


def test_a_unit_in_a_column_of_its_own_is_the_targets(tmp_path: Path) -> None:
    """The form of Hunan: 度量单位 behind the rule of scoring, a weight under 备注."""
    lines = [
        "2026年项目支出绩效目标表",
        "单位：万元",
        "项目名称\t资金总额\t一级指标\t三级指标\t指标值\t指标值内容\t评（扣）分标准\t度量单位\t指标值类型\t备注",
        "运转经费\t270.00\t成本指标\t水费\t120\t总费用\t偏离目标40%不得分\t万元\t＝\t7",
        "\t\t产出指标\t用水量\t92.32\t用水总量\t偏离目标30%得4分\t万吨\t＝\t7",
        "\t\t\t达标率\t100\t达标\t偏离目标20%得6分\t%\t≥\t5",
        "\t\t\t固定电话费标准\t58.8\t标准\t偏离目标20%得6分\t万元\t≤\t4",
    ]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    numbers = read_numbers(read_document(tmp_path / "a.txt"), "budget", 2026, "")
    assert [(f.subject_label, str(f.value), f.unit, f.column) for f in numbers.figures] == [
        ("运转经费", "2700000.00", "CNY", "资金总额"),
        ("水费", "1200000", "CNY", "指标值"),
        ("水费", "7", "SCORE", "备注"),
        ("用水量", "923200.00", "OTHER", "指标值"),
        ("用水量", "7", "SCORE", "备注"),
        ("达标率", "100", "PERCENT", "指标值"),
        ("达标率", "5", "SCORE", "备注"),
        ("固定电话费标准", "588000.0", "CNY", "指标值"),
        ("固定电话费标准", "4", "SCORE", "备注"),
    ]
    assert {r.stated: r.kind for r in numbers.ledger}["40"] == "criterion"
