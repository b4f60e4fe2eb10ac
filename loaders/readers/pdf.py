"""PDF: the text of its pages, tables with tabs between their cells, and the place of every run on its page."""

from __future__ import annotations

import hashlib
from pathlib import Path

from loaders.documents import Box, Document, Span
from loaders.errors import DamagedFile, ScannedFile
from loaders.readers.blocks import make_blocks
from loaders.readers.pdf_engine import draw, open_pages, reading
from loaders.readers.pdf_page import PageLine, read_page
from loaders.readers.text import read_bytes
from loaders.settings import Settings

#: Between pages: a blank line and a form feed.
PAGE_BREAK = "\n\f"
#: A PDF whose fonts leave more than this part of its glyphs without a character cannot be read.
_NAMELESS = 0.3
_OCR = "Recognise its text first (for example with `ocrmypdf -l chi_sim IN OUT`) and read the result."


def read(path: Path, limit: int, max_pages: int | None = None) -> Document:
    """A PDF as a document. ``max_pages`` is by default the setting of that name.

    Raises:
        EncryptedFile, DamagedFile: the PDF cannot be opened.
        ScannedFile: it has no text, only pictures, or fonts that name no characters.
        OversizedFile: it has more bytes, pages or drawn objects than are read.
        DocumentError: it is missing or empty.
    """
    data = read_bytes(path, limit)
    if b"%PDF-" not in data[:1024]:
        raise DamagedFile(
            str(path), "the file is no PDF: it does not begin with %PDF", "Look into it, and name it as what it is."
        )
    with reading(path):
        pages, pictures = _read_pages(path, Settings().max_pages if max_pages is None else max_pages)
    text, spans, boxes = _write(pages)
    letters = sum(1 for c in text if not c.isspace())
    if not letters:
        raise ScannedFile(str(path), f"none of its {len(pages)} pages has text: it is a scan", _OCR)
    nameless = text.count("\ufffd")
    if nameless > _NAMELESS * letters:
        raise ScannedFile(
            str(path), f"the fonts of the PDF name no characters for {nameless:,} of {letters:,} glyphs", _OCR
        )
    warnings = [f"page {n} has no text, only a picture" for n in pictures]
    if nameless:
        warnings.append(f"{nameless:,} glyphs have no character in the PDF")
    return Document(
        name=path.stem,
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format="pdf",
        blocks=make_blocks(text),
        pages=tuple(spans),
        warnings=tuple(warnings),
        media_type="application/pdf",
        path=str(path),
        boxes=tuple(boxes),
    )


def _read_pages(path: Path, max_pages: int) -> tuple[list[list[PageLine]], list[int]]:
    """The lines of each page, and the numbers of the pages that have a picture and no text."""
    pdf, count = open_pages(path, max_pages)
    pages: list[list[PageLine]] = []
    pictures: list[int] = []
    try:
        for number in range(count):
            page = pdf.pages[number]
            draw(page)
            lines = read_page(page.chars, [*page.lines, *page.rects, *page.curves])
            if not lines and page.images:
                pictures.append(number + 1)
            pages.append(lines)
            page.close()
    finally:
        pdf.stream.close()
    return pages, pictures


def _write(pages: list[list[PageLine]]) -> tuple[str, list[Span], list[Box]]:
    """The text of all pages, the span of each, and the boxes of all runs."""
    parts: list[str] = []
    spans: list[Span] = []
    boxes: list[Box] = []
    at = 0
    for number, lines in enumerate(pages):
        if number:
            parts.append(PAGE_BREAK)
            at += len(PAGE_BREAK)
        start = at
        for index, line in enumerate(lines):
            if index:
                parts.append("\n")
                at += 1
            for first, last, x0, top, x1, bottom in line.places:
                place = Span(at + first, at + last)
                boxes.append(Box(place, number + 1, round(x0, 1), round(top, 1), round(x1, 1), round(bottom, 1)))
            parts.append(line.text)
            at += len(line.text)
        spans.append(Span(start, at))
    parts.append("\n")
    return "".join(parts), spans, boxes
