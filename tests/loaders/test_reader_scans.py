"""Pages that are pictures: declared, or recognised where Tesseract is installed, and then marked."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from loaders.errors import ScannedFile
from loaders.readers.pdf import ocr as pdf_ocr
from loaders.readers.pdf.reader import read
from loaders.settings import Settings
from tests.loaders.filemaker import FONT

SETTINGS = Settings(max_file_bytes=10_000_000)
WITHOUT_OCR = Settings(ocr="off")
ROWS = [
    ("2080501", "12,001.40", "9,001.40", "3,000.00"),
    ("2080502", "4,465.25", "4,465.25", ""),
    ("2120804", "1,300.00", "", "1,300.00"),
    ("2210201", "17,766.65", "13,466.65", "4,300.00"),
]
NEEDS_TESSERACT = pytest.mark.skipif(
    not pdf_ocr.find_tesseract("chi_sim"), reason="needs Tesseract with chi_sim (tesseract-ocr, tesseract-ocr-chi-sim)"
)


@pytest.fixture(autouse=True)
def forget() -> None:
    pdf_ocr.find_tesseract.cache_clear()


def draw_table(path: Path) -> Path:
    """A page with a ruled table of codes and numbers, in a font that every renderer has."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("Helvetica", 11)
    xs, top, high = (72, 150, 240, 330, 420), 700, 24
    for r, row in enumerate(ROWS):
        for c, cell in enumerate(row):
            y = top - r * high - 16
            (canvas.drawString if c == 0 else canvas.drawRightString)(xs[c] + 4 if c == 0 else xs[c + 1] - 4, y, cell)
    for r in range(len(ROWS) + 1):
        canvas.line(xs[0], top - r * high, xs[-1], top - r * high)
    for x in xs:
        canvas.line(x, top, x, top - len(ROWS) * high)
    canvas.showPage()
    canvas.save()
    return path


def scan(source: Path, path: Path, words: str = "") -> Path:
    """The pages of a PDF as pictures, and before them a page of text, if ``words`` are given."""
    canvas = Canvas(str(path), pagesize=A4)
    if words:
        canvas.setFont(FONT, 12)
        canvas.drawString(72, 700, words)
        canvas.showPage()
    pdf = pypdfium2.PdfDocument(source)
    try:
        for page in pdf:
            picture = io.BytesIO()
            page.render(scale=200 / 72, grayscale=True).to_pil().save(picture, "PNG")
            canvas.drawImage(ImageReader(picture), 0, 0, *A4)
            canvas.showPage()
    finally:
        pdf.close()
    canvas.save()
    return path


@pytest.fixture
def scanned(tmp_path: Path) -> Path:
    return scan(draw_table(tmp_path / "a.pdf"), tmp_path / "b.pdf")


def test_a_scan_is_declared(scanned: Path) -> None:
    with pytest.raises(
        ScannedFile, match=r"none of its 1 pages can be read: they have no text, only a picture.*ocrmypdf"
    ):
        read(scanned, WITHOUT_OCR)


def test_a_scan_is_declared_without_tesseract(scanned: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScannedFile, match=r"Install Tesseract with its Chinese data"):
        read(scanned, SETTINGS)


def test_a_page_that_is_a_picture_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "江宁市交通运输局2023年部门预算公开说明"
    path = scan(draw_table(tmp_path / "a.pdf"), tmp_path / "b.pdf", words)
    document = read(path, WITHOUT_OCR)
    assert document.warnings == ("page 2 has no text, only a picture (not recognised: GONGKAI_OCR is off)",)
    assert [len(page) for page in document.pages] == [len(words), 0]
    assert document.recognised == ()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Tesseract with chi_sim is not installed" in read(path, SETTINGS).warnings[0]


def test_letters_drawn_as_shapes_are_declared(tmp_path: Path) -> None:
    """Some printers turn all text into curves: neither text nor picture."""
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    for n in range(300):
        x, y = 72 + n % 30 * 14, 700 - n // 30 * 20
        path = canvas.beginPath()
        path.moveTo(x, y)
        path.curveTo(x + 3, y + 9, x + 6, y + 9, x + 9, y)
        canvas.drawPath(path, fill=1)
    canvas.save()
    with pytest.raises(ScannedFile, match="no text, only drawn shapes"):
        read(tmp_path / "a.pdf", WITHOUT_OCR)


@NEEDS_TESSERACT
def test_a_scanned_table_is_recognised_in_its_cells_and_marked(scanned: Path) -> None:
    document = read(scanned, SETTINGS)
    assert document.recognised == (1,)
    assert "recognised in a picture (OCR)" in document.warnings[0]
    lines = [line for line in document.text.splitlines() if "\t" in line]
    assert len(lines) == len(ROWS)
    found = [cell for line in lines for cell in line.split("\t")]
    expected = [cell for row in ROWS for cell in row]
    assert len(found) == len(expected)
    # Recognition is not perfect, but of sixteen clear cells it reads nearly all, each in its own column.
    assert sum(a == b for a, b in zip(found, expected, strict=True)) >= 14
    for box in document.boxes:
        assert box.page == 1
        assert 60 < box.x0 < box.x1 < 430
        assert 140 < box.bottom < 250


@NEEDS_TESSERACT
def test_recognition_ends_with_its_limits(scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScannedFile, match="0 pages are recognised already"):
        read(scanned, Settings(ocr_pages=0))
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "tesseract").write_text('#!/bin/sh\n[ "$1" = --list-langs ] && { echo chi_sim; exit; }\nexec sleep 60\n')
    (slow / "tesseract").chmod(0o755)
    pdf_ocr.find_tesseract.cache_clear()
    monkeypatch.setenv("PATH", f"{slow}:/usr/bin:/bin")
    with pytest.raises(ScannedFile, match="more than 3 seconds"):
        read(scanned, Settings(ocr_seconds=3))


def test_a_page_of_endless_size_is_drawn_within_bounds(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(14_000, 14_000))
    canvas.drawString(72, 700, "1")
    canvas.save()
    assert pdf_ocr._draw(tmp_path / "a.pdf", 0, Settings().ocr_seconds).size <= 25_100_000


def test_a_file_that_cannot_be_drawn(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\nno more")
    with pytest.raises(pdf_ocr.NotRecognised, match="cannot be drawn"):
        pdf_ocr._draw(tmp_path / "a.pdf", 0, 20)
