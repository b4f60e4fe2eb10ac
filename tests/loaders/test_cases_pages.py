"""Pages of a PDF with a watermark, on their head, or with pictures, of offices that do not exist."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

from loaders.documents import Span
from loaders.facts import Facts
from loaders.pipeline import read_document_facts
from loaders.readers.pdf.ocr import find_tesseract
from loaders.readers.pdf.reader import read
from loaders.settings import Settings
from tests.loaders.filemaker import FONT

ROWS = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["", "合计", "3,610.52", "3,100.52", "510.00"],
    ["213", "农林水支出", "3,400.52", "2,890.52", "510.00"],
    ["2130201", "行政运行", "2,890.52", "2,890.52", ""],
    ["2130205", "森林资源培育", "510.00", "", "510.00"],
    ["2210201", "住房公积金", "210.00", "210.00", ""],
]
VALUES = [Decimal(v.replace(",", "")) * 10000 for row in ROWS[1:] for v in row[2:] if v]
LABELS = {row[1] for row in ROWS[1:]}
STYLE = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), FONT),
        ("FONTSIZE", (0, 0), (-1, -1), 9),
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
    ]
)
Draw = Callable[[Canvas], None]


def make(path: Path, before: Draw | None = None, after: Draw | None = None, *, over: bool = False) -> Facts:
    """The facts of one page with a title and a table, and with what is drawn before and after them."""
    canvas = Canvas(str(path), pagesize=A4)
    if over:
        canvas.translate(*A4)
        canvas.rotate(180)
    if before:
        before(canvas)
    canvas.setFont(FONT, 12)
    for number, words in enumerate(("云岭市林业局2024年部门预算", "一般公共预算支出表", "单位：万元")):
        canvas.drawString(60, A4[1] - 60 - 20 * number, words)
    table = Table(ROWS, colWidths=[60, 120, 80, 80, 80])
    table.setStyle(STYLE)
    table.wrap(0, 0)
    table.drawOn(canvas, 60, 560)
    if after:
        after(canvas)
    canvas.save()
    return read_document_facts(read(path, Settings()))


def stamp(words: str, degrees: float, size: float, x: float, y: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillGray(0.8)
        canvas.translate(x, y)
        canvas.rotate(degrees)
        canvas.setFont(FONT, size)
        canvas.drawString(0, 0, words)
        canvas.restoreState()

    return draw


@pytest.mark.parametrize(
    ("words", "degrees", "size"),
    [
        ("内部使用2024", 30, 30),
        ("内部使用2024", 45, 24),
        ("仅供公开 90210", -30, 18),
        ("12345678", 60, 12),
        ("12345678", -75, 12),
        ("公开2024年", 0, 60),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_watermark_is_no_part_of_cells(tmp_path: Path, words: str, degrees: float, size: float, first: bool) -> None:
    mark = stamp(words, degrees, size, 120 if degrees >= 0 else 100, 565 if degrees >= 0 else 680)
    facts = make(tmp_path / "a.pdf", mark if first else None, None if first else mark)
    assert [f.value for f in facts.figures] == VALUES
    assert {f.subject_label for f in facts.figures} == LABELS
    text = facts.document.text
    assert words.replace(" ", "") in text.replace(" ", "")
    at = text.rindex("0" if words.startswith("仅") else words[-5:].strip("年"))
    assert any(span.start <= at < span.end for span in facts.document.furniture)
    assert not [t for t in facts.ledger if t.kind == "unaccounted"]


def test_large_titles_and_slanted_type_are_no_watermark(tmp_path: Path) -> None:
    def slanted(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.transform(1, 0, 0.25, 1, 60, 500)
        canvas.setFont(FONT, 10)
        canvas.drawString(0, 0, "注：本表金额四舍五入。")
        canvas.restoreState()

    facts = make(tmp_path / "a.pdf", stamp("云岭市", 0, 40, 60, A4[1] - 45), slanted)
    furniture = "".join(facts.document.text[s.start : s.end] for s in facts.document.furniture)
    assert "云岭市" not in furniture
    assert "注：" not in furniture
    assert [f.value for f in facts.figures] == VALUES


def test_a_page_on_its_head_is_turned(tmp_path: Path) -> None:
    facts = make(tmp_path / "a.pdf", over=True)
    upright = make(tmp_path / "b.pdf")
    assert facts.document.text == upright.document.text
    assert [f.value for f in facts.figures] == VALUES
    (box,) = facts.document.boxes_of(Span(at := facts.document.text.index("3,610.52"), at + 8))
    (other,) = upright.document.boxes_of(Span(at, at + 8))
    assert abs(box.x0 - (A4[0] - other.x1)) < 1
    assert abs(box.bottom - (A4[1] - other.top)) < 4


def picture(wide: float, high: float) -> Draw:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 200)).save(data, "PNG")

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(io.BytesIO(data.getvalue())), 60, 200, wide, high)

    return draw


def test_pictures_that_may_be_charts_are_told(tmp_path: Path) -> None:
    facts = make(tmp_path / "a.pdf", after=picture(300, 200))
    assert "page 1 has pictures, whose numbers are not read" in facts.warnings
    assert not [w for w in make(tmp_path / "b.pdf", after=picture(50, 50)).warnings if "pictures" in w]


def scan(path: Path, degrees: int) -> Path:
    """A page with a title, some sentences and a table, as a picture that is turned clockwise by so many degrees."""
    make(path.with_name("source.pdf"), after=write_sentences)
    pdf = pypdfium2.PdfDocument(path.with_name("source.pdf"))
    try:
        picture = pdf[0].render(scale=200 / 72, grayscale=True).to_pil().rotate(-degrees, expand=True)
    finally:
        pdf.close()
    size = (A4[1], A4[0]) if degrees in (90, 270) else A4
    canvas = Canvas(str(path), pagesize=size)
    canvas.drawImage(ImageReader(picture), 0, 0, *size)
    canvas.save()
    return path


def write_sentences(canvas: Canvas) -> None:
    canvas.setFont(FONT, 12)
    for number in range(12):
        canvas.drawString(
            60, 480 - 22 * number, "本单位按照规定编制预算，收入和支出全部纳入预算管理，保障机关正常运转。"
        )


@pytest.mark.skipif(
    not (find_tesseract("chi_sim") and find_tesseract("osd")),
    reason="needs Tesseract with chi_sim and osd (tesseract-ocr, tesseract-ocr-chi-sim, tesseract-ocr-osd)",
)
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_scan_on_its_side_is_turned(tmp_path: Path, degrees: int) -> None:
    document = read(scan(tmp_path / "a.pdf", degrees), Settings())
    assert document.recognised == (1,)
    assert "一般公共预算支出表" in document.text
    at = document.text.index("科目编码\t科目名称\t合计")
    box = document.place_of(Span(at, at + 4))
    assert box is not None
    x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    upright = {0: (x, y), 90: (y, A4[1] - x), 180: (A4[0] - x, A4[1] - y), 270: (A4[0] - y, x)}[degrees]
    assert 60 < upright[0] < 120  # in the first column
    assert 130 < upright[1] < 200
