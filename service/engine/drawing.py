"""A program of its own: the picture of one page of a PDF, light enough for the web, on stdout.

PDFium and the coders of pictures are written in C and C++ and work on hostile bytes: here, in a process that has no
network, starts nothing, sees no file but the one that it inherits and the installation's (libraries, fonts), writes
none, has bounded memory and time, and draws one page. :mod:`service.engine.pictures`
starts and ends it.

Input on stdin: one JSON object (:class:`Order`); the PDF is an open file whose number the object names.
Output: one line of JSON, then the picture. The line has the size of the page in points (``wide``, ``high``), how many
pages there are, and the size of the picture in dots; or ``problem``, and no picture follows.
"""

from __future__ import annotations

import io
import json
import math
import os
import sys
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from loaders.isolation import cut_off, die_with_parent, limit_memory, limit_use
from loaders.walls import Wall, list_installation, put_up

if TYPE_CHECKING:
    from PIL.Image import Image

#: Dots per inch at which a page is drawn at most, and the most dots of a picture.
_DPI = 150.0
_MAX_DOTS = 2_600_000
#: A page is larger than nothing and smaller than a house, in points.
_LEAST, _MOST = 1.0, 20_000.0
#: The least a picture is wide and high; how good a WebP is at first and at last, of 100; by what it shrinks else.
_LEAST_DOTS = 150
_QUALITIES = (50, 30, 15)
_SHRINK_LEAST, _SHRINK_MOST = 0.4, 0.85
#: Colours of a PNG: enough for print in grey and a red stamp.
_COLOURS = 24
#: What is masked in the text is painted over, and so much beside it, in points.
_PAD = 1.0
_GREY = (120, 120, 120)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Order:
    """What is to be drawn. ``file`` is the number of an open file, ``page`` counts from 0.

    ``text`` is the page's text as it is published if parts of it are masked, with ``mask`` for each masked character;
    else "". ``bytes`` is the most that the picture may have, ``memory`` what drawing may use, ``seconds`` how long.
    """

    file: int
    sha256: str
    page: int
    form: str
    text: str
    mask: str
    bytes: int
    memory: int
    seconds: int
    parent: int


class Undrawable(Exception):
    """The page cannot be shown; the message is a word for why: changed, damaged, absent, masked, heavy."""


def main() -> int:
    """Draws what is ordered on stdin; the exit code is 0 if the answer is whole, whatever it is."""
    order = Order(**json.load(sys.stdin))
    die_with_parent(order.parent)
    put_up(Wall(list_installation()))
    cut_off()
    limit_use(order.seconds, 0)
    limit_memory(order.memory)
    try:
        head, picture = _draw(order)
    except Undrawable as error:
        head, picture = {"problem": str(error)}, b""
    except MemoryError:
        head, picture = {"problem": "heavy"}, b""
    sys.stdout.buffer.write(json.dumps(head).encode("ascii") + b"\n" + picture)
    sys.stdout.buffer.flush()
    return 0


def _draw(order: Order) -> tuple[dict[str, Any], bytes]:
    with os.fdopen(order.file, "rb", closefd=False) as file:
        data = file.read()
    if sha256(data).hexdigest() != order.sha256:
        raise Undrawable("changed")
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
        if not 0 <= order.page < count:
            raise Undrawable("absent")
        image, wide, high = _render(document[order.page])
    except (pypdfium2.PdfiumError, ValueError, OSError) as error:
        raise Undrawable("damaged") from error
    if order.text:
        _paint_over(image, wide, find_masked(data, order.page, order.text, order.mask))
    body, width, height = write_picture(image, order.form, order.bytes)
    return {"wide": wide, "high": high, "pages": count, "width": width, "height": height}, body


def _render(page: Any) -> tuple[Image, float, float]:
    """The page as it is read (turned as it says, all of its medium), with its size in points."""
    left, bottom, right, top = page.get_mediabox()
    crop = page.get_cropbox()
    turned = page.get_rotation() in (90, 270)
    across, up = abs(right - left), abs(top - bottom)
    wide, high = (up, across) if turned else (across, up)
    if not (_LEAST <= wide <= _MOST and _LEAST <= high <= _MOST):
        raise Undrawable("damaged")
    scale = min(_DPI / 72, math.sqrt(_MAX_DOTS / (wide * high)))
    # Boxes count from the corner of the medium; PDFium draws what is cut out of it, and takes off or adds at each side.
    sides = (left - crop[0], bottom - crop[1], crop[2] - right, crop[3] - top)
    cut = [side * scale for side in _turn(sides, page.get_rotation())]
    drawn = page.render(scale=scale, crop=tuple(cut), fill_color=(255, 255, 255, 255))
    return drawn.to_pil().convert("RGB"), wide, high


def _turn(sides: tuple[float, float, float, float], degrees: int) -> tuple[float, float, float, float]:
    """What stands left, below, right and above of a page before it is turned clockwise, as it is afterwards."""
    left, bottom, right, top = sides
    for _ in range(degrees // 90 % 4):
        left, bottom, right, top = bottom, right, top, left
    return left, bottom, right, top


def find_masked(data: bytes, page: int, text: str, mask: str) -> list[Box]:
    """The boxes of the masked characters of a page, which is read again for that.

    Raises:
        Undrawable: it is not read as it was: then nobody knows where they stand.
    """
    import pdfplumber

    from loaders.readers.pdf.engine import LimitReached, draw
    from loaders.readers.pdf.page import read_page

    try:
        sheet = pdfplumber.open(io.BytesIO(data)).pages[page]
        drawn = draw(sheet)
        lines, _ = read_page(drawn.chars, [*drawn.lines, *drawn.rects, *drawn.curves])
    except LimitReached as error:
        raise Undrawable("masked") from error
    left, above = sheet.mediabox[:2]
    read = "\n".join(line.text for line in lines)
    if len(read) != len(text) or any(a != b and b != mask for a, b in zip(read, text, strict=True)):
        raise Undrawable("masked")
    boxes: list[Box] = []
    at = 0
    covered: set[int] = set()
    for line in lines:
        for first, last, x0, top, x1, bottom in line.places:
            if mask in text[at + first : at + last]:
                boxes.append((x0 - left, top - above, x1 - left, bottom - above))
                covered.update(range(at + first, at + last))
        at += len(line.text) + 1
    if any(sign == mask and not read[i].isspace() and i not in covered for i, sign in enumerate(text)):
        raise Undrawable("masked")
    return boxes


def _paint_over(image: Image, wide: float, boxes: list[Box]) -> None:
    from PIL import ImageDraw

    scale = image.width / wide
    brush = ImageDraw.Draw(image)
    for x0, top, x1, bottom in boxes:
        corners = (x0 - _PAD, top - _PAD, x1 + _PAD, bottom + _PAD)
        brush.rectangle([corner * scale for corner in corners], fill=_GREY)


def write_picture(image: Image, form: str, most: int) -> tuple[bytes, int, int]:
    """The picture as ``webp`` or ``png`` of at most ``most`` bytes, with its size: coarser and smaller until it fits.

    Raises:
        Undrawable: nothing that can still be read is as light.
    """
    from PIL.Image import Resampling

    while image.width > _LEAST_DOTS and image.height > _LEAST_DOTS:
        for body in _write(image, form):
            if len(body) <= most:
                return body, image.width, image.height
        # Its bytes go with its area.
        shrink = min(max(math.sqrt(most / len(body)), _SHRINK_LEAST), _SHRINK_MOST)
        image = image.resize((round(image.width * shrink), round(image.height * shrink)), Resampling.LANCZOS)
    raise Undrawable("heavy")


def _write(image: Image, form: str) -> Any:
    for quality in _QUALITIES if form == "webp" else (0,):
        out = io.BytesIO()
        if form == "webp":
            image.save(out, "WEBP", quality=quality, method=2)
        else:
            image.quantize(_COLOURS).save(out, "PNG", optimize=True)
        yield out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
