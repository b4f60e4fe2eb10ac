"""One made-up budget in every format that offices publish, for round trips: the figures must be the same from each.

A document is a list of items: a line of text, or a table (rows of cells; None is a slot that a merged cell covers).
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import docx
import openpyxl
import xlwt
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

Row = tuple[str | None, ...]
Item = str | list[Row]

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))

BALANCE: list[Row] = [
    ("收入", None, "支出", None),
    ("项目", "预算数", "项目", "预算数"),
    ("一、一般公共预算拨款收入", "17,466.65", "一、一般公共服务支出", "12,001.40"),
    ("二、政府性基金预算拨款收入", "300.00", "二、社会保障和就业支出", "4,465.25"),
    ("三、事业收入", "", "三、城乡社区支出", "1,300.00"),
    ("本年收入合计", "17,766.65", "本年支出合计", "17,766.65"),
    ("上年结转", "33.35", "结转下年", "33.35"),
    ("收入总计", "17,800.00", "支出总计", "17,800.00"),
]
SPENDING: list[Row] = [
    ("科目编码", "科目名称", "合计", "基本支出", "项目支出"),
    ("", "合计", "17,766.65", "13,466.65", "4,300.00"),
    ("201", "一般公共服务支出", "12,001.40", "9,001.40", "3,000.00"),
    ("20103", "政府办公厅（室）及相关机构事务", "12,001.40", "9,001.40", "3,000.00"),
    ("2010301", "行政运行", "9,001.40", "9,001.40", ""),
    ("2010302", "一般行政管理事务", "3,000.00", "", "3,000.00"),
    ("208", "社会保障和就业支出", "4,465.25", "4,465.25", ""),
    ("20805", "行政事业单位养老支出", "4,465.25", "4,465.25", ""),
    ("2080501", "行政单位离退休", "4,465.25", "4,465.25", ""),
    ("212", "城乡社区支出", "1,300.00", "", "1,300.00"),
    ("21208", "国有土地使用权出让收入安排的支出", "1,300.00", "", "1,300.00"),
    ("2120804", "农村基础设施建设支出", "1,300.00", "", "1,300.00"),
]
EXPENSES: list[Row] = [
    ("项目", "2022年预算数", "2023年预算数"),
    ("合计", "61.50", "58.20"),
    ("1.因公出国（境）费用", "10.00", "9.00"),
    ("2.公务接待费", "6.50", "5.20"),
    ("3.公务用车购置及运行维护费", "45.00", "44.00"),
]
DOCUMENT: list[Item] = [
    "江宁市交通运输局2023年部门预算",
    "第一部分 部门概况",
    "本部门2023年收入预算17,800.00万元，比2022年增加7,027.10万元，增长65.23%，主要原因是项目增加。",
    "第二部分 部门预算表",
    "收支预算总表",
    "单位：万元",
    BALANCE,
    "支出预算总表",
    "单位：万元",
    SPENDING,
    "一般公共预算“三公”经费支出预算表",
    "单位：万元",
    EXPENSES,
    "第三部分 名词解释",
    "一般公共预算拨款收入是指市级财政当年拨付的资金。",
]


def as_text(items: Sequence[Item] = DOCUMENT) -> str:
    """The document as its text form: each row a line, tabs between the cells."""
    lines: list[str] = []
    for item in items:
        if isinstance(item, str):
            lines.append(item)
        else:
            lines += ["\t".join(cell or "" for cell in row) for row in item]
    return "\n".join(lines) + "\n"


def _merges(rows: Sequence[Row]) -> list[tuple[int, int, int]]:
    """Row, first and last column of each cell that covers the slots to its right."""
    found = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None:
                last = c
                while last + 1 < len(row) and row[last + 1] is None:
                    last += 1
                if last > c:
                    found.append((r, c, last))
    return found


def make_pdf(
    path: Path,
    items: Sequence[Item] = DOCUMENT,
    *,
    narrow: bool = False,
    breaks: bool = False,
    open_sides: bool = False,
    turned: int = 0,
) -> Path:
    """A PDF with ruled tables. ``narrow`` breaks text and numbers inside cells, ``breaks`` gives each item of a page
    few lines so that tables run over pages, ``open_sides`` leaves the outer lines out, ``turned`` rotates the pages."""
    size = (A4[0], 300) if breaks else landscape(A4)
    style = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=14, wordWrap="CJK")
    story: list[Flowable] = []
    for item in items:
        if isinstance(item, str):
            story.append(Paragraph(item, style))
            continue
        cells = [[_cell(cell or "", narrow and r > 0) for cell in row] for r, row in enumerate(item)]
        width = 60 if narrow else None
        lines = [("INNERGRID", (0, 0), (-1, -1), 0.5, colors.black)]
        lines += [
            ("LINEABOVE", (0, 0), (-1, 0), 0.5, colors.black),
            ("LINEBELOW", (0, -1), (-1, -1), 0.5, colors.black),
        ]
        if not open_sides:
            lines += [("BOX", (0, 0), (-1, -1), 0.5, colors.black)]
        spans = [("SPAN", (c, r), (last, r)) for r, c, last in _merges(item)]
        table = Table(cells, colWidths=[width] * len(item[0]) if width else None, repeatRows=0)
        table.setStyle(
            TableStyle([("FONTNAME", (0, 0), (-1, -1), FONT), ("FONTSIZE", (0, 0), (-1, -1), 9), *lines, *spans])
        )
        story += [table, Spacer(1, 8)]

    def turn(canvas: Canvas, _: object) -> None:
        if turned:
            canvas.setPageRotation(turned)

    SimpleDocTemplate(str(path), pagesize=size, topMargin=30, bottomMargin=30).build(story, turn, turn)
    return path


def _cell(text: str, broken: bool) -> str:
    """A cell's text, broken by hand where the column is narrow: 9 points, 5 ideographs or 10 digits to the line."""
    if not broken:
        return text
    step = 10 if text.isascii() else 5
    if text.isascii() and len(text) > 8:
        return f"{text[:8]}\n{text[8:]}"
    return "\n".join(text[i : i + step] for i in range(0, len(text), step)) if len(text) > step else text


def make_unruled_pdf(path: Path, items: Sequence[Item] = DOCUMENT) -> Path:
    """A PDF whose tables have no lines: labels at the left of their columns, numbers at the right."""
    canvas = Canvas(str(path), pagesize=landscape(A4))
    width, height = landscape(A4)
    y = height - 50
    canvas.setFont(FONT, 10)
    for item in items:
        rows: list[Row] = [(item,)] if isinstance(item, str) else item
        step = (width - 100) / len(rows[0])
        numeric = [sum("." in (row[c] or "")[-3:] for row in rows) > 2 for c in range(len(rows[0]))]
        for row in rows:
            if y < 50:
                canvas.showPage()
                canvas.setFont(FONT, 10)
                y = height - 50
            for c, cell in enumerate(row):
                if not cell:
                    continue
                if numeric[c]:
                    canvas.drawRightString(50 + (c + 1) * step - 10, y, cell)
                else:
                    canvas.drawString(50 + c * step, y, cell)
            y -= 18
    canvas.save()
    return path


def make_docx(path: Path, items: Sequence[Item] = DOCUMENT) -> Path:
    """A Word file; cells that cover others are merged."""
    document = docx.Document()
    for item in items:
        if isinstance(item, str):
            document.add_paragraph(item)
            continue
        table = document.add_table(len(item), len(item[0]))
        for r, row in enumerate(item):
            for c, cell in enumerate(row):
                if cell:
                    table.cell(r, c).text = cell
        for r, c, last in _merges(item):
            table.cell(r, c).merge(table.cell(r, last))
    document.save(str(path))
    return path


def make_xlsx(path: Path, items: Sequence[Item] = DOCUMENT) -> Path:
    """An Excel file: one sheet for each table with the lines above it; numbers are numbers, shown with two places."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for item in items:
        if isinstance(item, str):
            sheet.append([item])
            continue
        for row in item:
            sheet.append([None if cell is None else _value(cell) for cell in row])
        for r, c, last in _merges(item):
            top = sheet.max_row - len(item) + 1 + r
            sheet.merge_cells(start_row=top, end_row=top, start_column=c + 1, end_column=last + 1)
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, float):
                    cell.number_format = "#,##0.00_ ;[Red]\\-#,##0.00"
        sheet = book.create_sheet()
    book.save(path)
    return path


def make_xls(path: Path, items: Sequence[Item] = DOCUMENT) -> Path:
    """An Excel file of the old form, otherwise as :func:`make_xlsx` makes it."""
    book = xlwt.Workbook()
    shown = xlwt.easyxf(num_format_str="#,##0.00_ ;[Red]\\-#,##0.00")
    sheet, at = book.add_sheet("1"), 0
    for item in items:
        if isinstance(item, str):
            sheet.write(at, 0, item)
            at += 1
            continue
        for r, row in enumerate(item):
            for c, cell in enumerate(row):
                if cell:
                    value = _value(cell)
                    sheet.write(at + r, c, value, *([shown] if isinstance(value, float) else []))
        sheet, at = book.add_sheet(f"after {item[0][0]} {len(item)}"), 0
    book.save(str(path))
    return path


def _value(cell: str) -> str | float:
    return float(cell.replace(",", "")) if "." in cell and cell.replace(",", "").replace(".", "").isdigit() else cell


def make_html(path: Path, items: Sequence[Item] = DOCUMENT, code: str = "utf-8") -> Path:
    """A web page with navigation, a list of links beside the text, and a footer around the document."""
    parts = [
        f'<html><head><meta charset="{code}"><title>{items[0]}-江宁市政府网</title><style>p{{}}</style></head><body>'
    ]
    links = "".join(f"<li><a href='/{n}'>栏目{n}信息公开</a></li>" for n in range(30, 42))
    parts.append(
        f"<div class='top'><ul>{links}</ul></div><div id='page'><div class='side'>{links}</div><div class='main'>"
    )
    for item in items:
        if isinstance(item, str):
            parts.append(f"<p>&nbsp;&nbsp;{html.escape(item)}</p>\n")
            continue
        parts.append("<table border=1>")
        for row in item:
            parts.append("<tr>")
            for c, cell in enumerate(row):
                if cell is not None:
                    wide = 1
                    while c + wide < len(row) and row[c + wide] is None:
                        wide += 1
                    parts.append(f"<td colspan={wide}><p>\n {html.escape(cell)}\n</p></td>")
            parts.append("</tr>")
        parts.append("</table>")
    parts.append(
        "</div></div><div class='foot'><a>关于我们</a> 电话 025-12345678 <script>var x = 20230101;</script></div>"
        "</body></html>"
    )
    path.write_bytes("".join(parts).encode(code))
    return path


__all__ = [
    "BALANCE",
    "DOCUMENT",
    "EXPENSES",
    "SPENDING",
    "as_text",
    "make_docx",
    "make_html",
    "make_pdf",
    "make_unruled_pdf",
    "make_xls",
    "make_xlsx",
]
