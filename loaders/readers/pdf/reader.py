"""PDF: the text of its pages, tables with tabs between their cells, and the place of every run on its page."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.characters import show_name
from loaders.documents import Box, Document, Span
from loaders.errors import DamagedFile, ScannedFile
from loaders.readers.blocks import make_layout
from loaders.readers.pdf.align import Columns
from loaders.readers.pdf.canvas import Canvas
from loaders.readers.pdf.engine import draw, open_pages, reading
from loaders.readers.pdf.furniture import Place, find_edges
from loaders.readers.pdf.ocr import NotRecognised, can_recognise, find_tesseract, recognise
from loaders.readers.pdf.page import PageLine, lay_out, read_page
from loaders.readers.text import read_bytes
from loaders.settings import Settings

#: Between pages: a blank line and a form feed.
PAGE_BREAK = "\n\f"
#: A page whose fonts leave more than this part of its glyphs without a character cannot be read.
_NAMELESS = 0.3
#: Fewer letters on a picture that covers this part of the page are a stamp or a number on a scan.
_FEW_LETTERS, _COVER = 40, 0.5
#: Letters that are drawn as shapes, not as text, make at least this many curves.
_MANY_CURVES = 150
#: A picture of this part of a page, and no more than that, may be a chart.
_CHART, _WHOLE = 0.04, 0.9
_OCR = (
    "Install Tesseract with its Chinese data (tesseract-ocr, tesseract-ocr-chi-sim) and try again, or recognise the "
    "text first (`ocrmypdf -l chi_sim IN OUT`) and read the result."
)


@dataclass(slots=True)
class _Page:
    """What was read of one page. ``problem`` says why its text is not what is printed, if so.

    ``left`` and ``above`` are where its corner lies in the coordinates of its lines: mostly 0, not always.
    ``pictures`` are the boxes of its larger pictures, in points.
    """

    lines: list[PageLine]
    wide: float
    high: float
    problem: str = ""
    recognised: bool = False
    pictures: tuple[tuple[int, ...], ...] = ()
    left: float = 0.0
    above: float = 0.0


def read(path: Path, settings: Settings) -> Document:
    """A PDF as a document.

    Pages that are pictures, or whose fonts name no characters, are recognised where Tesseract is installed (see the
    setting ``ocr``) and named in ``Document.recognised``; else they are warned of.

    Raises:
        EncryptedFile, DamagedFile: the PDF cannot be opened.
        ScannedFile: no page can be read: all are pictures, or have fonts that name no characters.
        OversizedFile: it has more bytes, pages or drawn objects than are read.
        DocumentError: it is missing or empty.
    """
    data = read_bytes(path, settings.max_file_bytes)
    if b"%PDF-" not in data[:1024]:
        raise DamagedFile(
            str(path), "the file is no PDF: it does not begin with %PDF", "Look into it, and name it as what it is."
        )
    with reading(path):
        pages = _read_pages(path, settings.max_pages)
        _recognise_pages(path, pages, settings)
    recognised = tuple(n for n, page in enumerate(pages, 1) if page.recognised)
    text, spans, boxes, edges = _write(pages)
    _check(path, pages, text)
    warnings = _warn(pages, settings)
    if recognised:
        warnings.append(f"{_name_pages(recognised)} recognised in a picture (OCR): characters may be wrong")
    if nameless := text.count("\ufffd"):
        warnings.append(f"{nameless:,} glyphs have no character in the PDF")
    blocks, furniture = make_layout(text, edges)
    return Document(
        name=show_name(path.stem),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format="pdf",
        blocks=blocks,
        pages=tuple(spans),
        warnings=tuple(warnings),
        media_type="application/pdf",
        path=str(path),
        boxes=tuple(boxes),
        furniture=furniture,
        recognised=recognised,
    )


def _read_pages(path: Path, max_pages: int) -> list[_Page]:
    """The lines of each page, and what is wrong with them."""
    pdf, count = open_pages(path, max_pages)
    pages: list[_Page] = []
    columns: Columns | None = None
    try:
        for number in range(count):
            page = pdf.pages[number]
            drawn = draw(page)
            lines, columns = read_page(drawn.chars, [*drawn.lines, *drawn.rects, *drawn.curves], columns)
            made = _Page(lines, float(page.width), float(page.height))
            made.left, made.above = float(page.mediabox[0]), float(page.mediabox[1])
            made.problem = _find_problem(made, drawn)
            made.pictures = tuple(_list_pictures(made, drawn.images))
            pages.append(made)
            page.close()
    finally:
        pdf.stream.close()
    return pages


def _find_problem(made: _Page, drawn: Canvas) -> str:
    """Why a page's text is not what is printed on it; empty if it is."""
    letters = "".join("".join(line.text.split()) for line in made.lines if not line.aside)
    nameless = letters.count("\ufffd")
    if nameless > _NAMELESS * len(letters):
        return "fonts that name no characters"
    if len(letters) >= _FEW_LETTERS:
        return ""
    covered = sum(float(i["width"]) * float(i["height"]) for i in drawn.images)
    if covered > _COVER * made.wide * made.high or (drawn.images and not letters):
        return "no text, only a picture"
    return "no text, only drawn shapes" if not letters and len(drawn.curves) >= _MANY_CURVES else ""


def _list_pictures(made: _Page, images: Sequence[dict[str, Any]]) -> Iterator[tuple[int, ...]]:
    """The boxes of pictures that are large enough to show numbers, as charts do, and are not the page itself."""
    for image in images:
        part = float(image["width"]) * float(image["height"]) / (made.wide * made.high)
        if _CHART <= part <= _WHOLE:
            yield tuple(round(float(image[side])) for side in ("x0", "top", "x1", "bottom"))


def _find_pictures(pages: Sequence[_Page]) -> list[int]:
    """The pages (from 1) with pictures whose numbers are not read. What stands on most pages alike is a letterhead."""
    often = Counter(box for page in pages for box in set(page.pictures))
    rare = {box for box, number in often.items() if number * 2 <= len(pages) or len(pages) < 3}
    return [n for n, p in enumerate(pages, 1) if not (p.problem or p.recognised or rare.isdisjoint(p.pictures))]


def _recognise_pages(path: Path, pages: Sequence[_Page], settings: Settings) -> None:
    """Recognises the pages that have a problem, if that can be done here."""
    if not any(page.problem for page in pages) or not can_recognise(settings):
        return
    left = settings.ocr_pages
    for number, page in enumerate(pages):
        if not page.problem:
            continue
        if not left:
            page.problem += f", and {settings.ocr_pages} pages are recognised already (GONGKAI_OCR_PAGES)"
            continue
        left -= 1
        try:
            found = recognise(path, number, page.wide, settings)
        except NotRecognised as error:
            page.problem += f"; {error}"
            continue
        lines, _ = lay_out(found.glyphs, found.lines)
        for line in lines:
            line.places = [found.place_back(place, page.wide, page.high) for place in line.places]
        if found.turn in (90, 270):
            page.wide, page.high = page.high, page.wide
        if lines:
            page.lines, page.recognised, page.problem = lines, True, ""
            page.left = page.above = 0.0
        else:
            page.problem += "; Tesseract finds no characters in it"


def _check(path: Path, pages: Sequence[_Page], text: str) -> None:
    """Raises ScannedFile if nothing of the PDF can be read."""
    if not any(page.problem for page in pages) and any(not c.isspace() for c in text):
        return
    bad = [page for page in pages if page.problem]
    readable = any(page.lines and not page.problem for page in pages)
    if not readable:
        reasons = "; ".join(sorted({page.problem for page in bad})) or "no text"
        raise ScannedFile(str(path), f"none of its {len(pages)} pages can be read: they have {reasons}", _OCR)


def _warn(pages: Sequence[_Page], settings: Settings) -> list[str]:
    """A warning for each reason why pages are not read, with their numbers."""
    reasons: dict[str, list[int]] = {}
    for number, page in enumerate(pages, 1):
        if page.problem:
            reasons.setdefault(page.problem, []).append(number)
    hint = ""
    if settings.ocr == "off":
        hint = " (not recognised: GONGKAI_OCR is off)"
    elif reasons and not find_tesseract(settings.ocr_language):
        hint = f" (not recognised: Tesseract with {settings.ocr_language} is not installed)"
    told = [f"{_name_pages(numbers)} has {reason}{hint}" for reason, numbers in reasons.items()]
    pictured = _find_pictures(pages)
    return [*told, f"{_name_pages(pictured)} has pictures, whose numbers are not read"] if pictured else told


def _name_pages(numbers: Sequence[int]) -> str:
    """``page 3``, ``pages 3, 5-7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return f"page {named}" if len(numbers) == 1 else f"each of the pages {named}"


def _write(pages: Sequence[_Page]) -> tuple[str, list[Span], list[Box], list[Span]]:
    """The text of all pages, the span of each, the boxes of all runs, and the lines that are page furniture."""
    furniture: set[Place] = find_edges([page.lines for page in pages], [page.high for page in pages])
    parts: list[str] = []
    spans: list[Span] = []
    boxes: list[Box] = []
    edges: list[Span] = []
    at = 0
    for number, page in enumerate(pages):
        if number:
            parts.append(PAGE_BREAK)
            at += len(PAGE_BREAK)
        start = at
        for index, line in enumerate(page.lines):
            if index:
                parts.append("\n")
                at += 1
            for first, last, x0, top, x1, bottom in line.places:
                across = (round(x - page.left, 1) for x in (x0, x1))
                down = (round(y - page.above, 1) for y in (top, bottom))
                (left, right), (above, below) = across, down
                boxes.append(Box(Span(at + first, at + last), number + 1, left, above, right, below))
            if line.aside or (number, index) in furniture:
                edges.append(Span(at, at + len(line.text)))
            parts.append(line.text)
            at += len(line.text)
        spans.append(Span(start, at))
    parts.append("\n")
    return "".join(parts), spans, boxes, edges
