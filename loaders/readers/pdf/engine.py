"""pdfplumber and pdfminer behind limits: a hostile PDF ends in an error, not in full memory or an endless page.

pdfminer inflates every stream whole, and follows drawn forms as often as they name each other. Here a stream is
inflated to a limit, and a page is drawn against limits of glyphs, lines and time.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pdfminer.pdffont
import pdfminer.pdftypes
import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed
from pdfminer.pdfpage import PDFPage
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException

from loaders.errors import DamagedFile, DocumentError, EncryptedFile, OversizedFile
from loaders.readers.pdf.canvas import Canvas
from loaders.readers.pdf.content import Interpreter

#: The most bytes that one stream of a PDF may inflate to.
MAX_STREAM_BYTES = 64_000_000
#: The most glyphs and lines that one page may draw.
MAX_PAGE_OBJECTS = 400_000
#: The most glyphs that a font can number with its two bytes.
MAX_GLYPHS = 65_536
#: The most seconds that one page may take to draw.
MAX_PAGE_SECONDS = 60.0
#: The time is looked at after so many of these.
_CHECK_EVERY = 512

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its warnings on slips of fonts fill a terminal


class LimitReached(Exception):
    """A stream or a page is beyond a limit; the message says which."""


class _BoundedZlib:
    """What pdfminer uses of zlib, but inflating no further than a limit."""

    error = zlib.error

    @staticmethod
    def decompress(data: bytes) -> bytes:
        return _inflate(data)


def _inflate(data: bytes) -> bytes:
    engine = zlib.decompressobj()
    out = engine.decompress(data, MAX_STREAM_BYTES)
    if engine.unconsumed_tail:
        raise LimitReached(f"a stream inflates to more than {MAX_STREAM_BYTES:,} bytes")
    if not engine.eof:
        raise zlib.error("incomplete or truncated stream")
    return out


def _salvage(data: bytes) -> bytes:
    """What can be inflated of a corrupt stream; pdfminer's own way takes quadratic time."""
    engine = zlib.decompressobj()
    out = bytearray()
    for at in range(0, len(data), 256):
        try:
            out += engine.decompress(data[at : at + 256], MAX_STREAM_BYTES)
        except zlib.error:
            break
        if len(out) > MAX_STREAM_BYTES:
            raise LimitReached(f"a stream inflates to more than {MAX_STREAM_BYTES:,} bytes")
    return bytes(out)


# pdfminer has no setting for this: its module's names are bound anew, for all of this process.
setattr(pdfminer.pdftypes, "zlib", _BoundedZlib)  # noqa: B010 - a module's name, of which mypy knows another type
pdfminer.pdftypes.decompress_corrupted = _salvage


def _bound_widths(read: Callable[[list[object]], Any], size: int) -> Callable[[Iterable[object]], Any]:
    """pdfminer's reader of a font's widths, which writes out every range, for ranges that a font can have."""

    def read_widths(seq: Iterable[object]) -> Any:
        items = list(seq)
        pending: list[float] = []
        for item in items:
            value = pdfminer.pdftypes.resolve1(item)
            if isinstance(value, int | float):
                pending.append(value)
            elif isinstance(value, list):
                pending = []
            if len(pending) == size:
                if abs(pending[1] - pending[0]) > MAX_GLYPHS:
                    raise LimitReached(f"a font names a range of more than {MAX_GLYPHS:,} glyphs")
                pending = []
        return read(items)

    return read_widths


for _name, _size in (("get_widths", 3), ("get_widths2", 5)):
    setattr(pdfminer.pdffont, _name, _bound_widths(getattr(pdfminer.pdffont, _name), _size))


class _Bounded(Canvas):
    """Takes what a page draws, up to the limits."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.drawn = 0
        self.checked = 0
        self.deadline = time.monotonic() + MAX_PAGE_SECONDS

    def count(self, number: int) -> None:
        self.drawn += number
        if self.drawn > MAX_PAGE_OBJECTS:
            raise LimitReached(f"a page draws more than {MAX_PAGE_OBJECTS:,} glyphs and lines")
        if self.drawn - self.checked >= _CHECK_EVERY:
            self.checked = self.drawn
            if time.monotonic() > self.deadline:
                raise LimitReached(f"a page takes more than {MAX_PAGE_SECONDS:.0f} seconds")


def draw(page: Page) -> Canvas:
    """What a page draws, against the limits."""
    canvas = _Bounded(page)
    Interpreter(page.pdf.rsrcmgr, canvas).process_page(page.page_obj)
    return canvas


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns whatever a PDF library raises on a file into an error of ours.

    The libraries raise errors of every kind on damaged files (KeyError, struct.error, AssertionError, RecursionError),
    so all are caught; none is passed over.
    """
    place = str(path)
    try:
        yield
    except DocumentError:
        raise
    except LimitReached as error:
        raise OversizedFile(
            place, f"the PDF is beyond what is read: {error}", "Print it to a new PDF and try again."
        ) from error
    except MemoryError as error:
        raise OversizedFile(place, "the PDF needs more memory than there is", "Split it into smaller files.") from error
    except Exception as error:
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, PDFPasswordIncorrect | PDFTextExtractionNotAllowed) or "Encrypt" in type(cause).__name__:
            raise EncryptedFile(
                place,
                "the PDF is locked with a password",
                "Open it with its password, save it without one and try again.",
            ) from error
        raise DamagedFile(
            place,
            f"the PDF is damaged ({type(cause).__name__}: {str(cause)[:120]})",
            "Download it again, or print it to a new PDF.",
        ) from error


def open_pages(path: Path, max_pages: int) -> tuple[PDF, int]:
    """The opened PDF and its number of pages.

    Raises:
        OversizedFile: it has more than ``max_pages`` pages.
    """
    pdf = pdfplumber.open(path)
    found = list(islice(PDFPage.create_pages(pdf.doc), max_pages + 1))
    if len(found) > max_pages:
        pdf.stream.close()
        raise OversizedFile(
            str(path), f"the PDF has more than {max_pages:,} pages", "Split it, or raise GONGKAI_MAX_PAGES."
        )
    # pdfplumber would look for them again.
    pdf._pages = [Page(pdf, page, page_number=number) for number, page in enumerate(found, 1)]
    return pdf, len(found)
