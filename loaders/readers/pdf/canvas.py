"""What a page draws, as the few values of each character, line and picture that are used.

pdfminer makes an object of each, pdfplumber a dictionary of thirty values of each object. Here a dictionary of those
that are used is made at once, with the same values, bit for bit: a test compares them with pdfplumber's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.utils import mult_matrix

Object = dict[str, Any]
Matrix = tuple[float, float, float, float, float, float]

#: A longer string, in bytes, is counted before its glyphs are made: none that is meant to be read is so long.
_LONG = 100_000
_SUBPATH = re.compile(r"m[^m]+")
#: What each font says of its glyphs: their text, and their width for a type size of one.
_GLYPHS: WeakKeyDictionary[Any, dict[int, tuple[str, float]]] = WeakKeyDictionary()


class Canvas(PDFPageAggregator):
    """Takes what a page draws. Places are points from the page's top left corner; ``y0``, ``y1``, ``matrix`` are not.

    ``chars`` have text, x0, x1, top, bottom, y0, y1, matrix, size, upright; ``lines``, ``rects`` and ``curves`` have
    object_type, x0, x1, top, bottom, pts, stroke, fill and the two colours; ``images`` have x0, x1, top, bottom, width
    and height.
    """

    def __init__(self, page: Any) -> None:
        super().__init__(page.pdf.rsrcmgr, pageno=page.page_number)
        self.chars: list[Object] = []
        self.lines: list[Object] = []
        self.rects: list[Object] = []
        self.curves: list[Object] = []
        self.images: list[Object] = []
        self._left, self._top = page.mediabox[:2]
        self._height = page.height
        self._font: Any = None

    def count(self, number: int) -> None:
        """Told of each string, path and form before it is drawn, with the number of its glyphs."""

    def render_string(self, textstate: Any, seq: Iterable[Any], ncs: Any, graphicstate: Any) -> None:
        if textstate.font is not self._font:
            self._take_font(textstate.font)
        if self._vertical:
            super().render_string(textstate, seq, ncs, graphicstate)
            return
        fontsize, scaling = textstate.fontsize, textstate.scaling * 0.01
        charspace = textstate.charspace * scaling
        wordspace = 0 if self._multibyte else textstate.wordspace * scaling
        dxscale = 0.001 * fontsize * scaling
        x, y = textstate.linematrix
        spaced = False
        stops: list[tuple[float, float, str]] = []
        for part in seq:
            if isinstance(part, bytes):
                if len(part) > _LONG:
                    self.count(len(part) // 2)
                for cid in self._decode(part):
                    if spaced:
                        x += charspace
                    text, width = self._glyphs.get(cid) or self._learn(textstate.font, cid)
                    advance = width * fontsize * scaling
                    stops.append((x, advance, text))
                    x += advance
                    if cid == 32 and wordspace:
                        x += wordspace
                    spaced = True
            elif isinstance(part, int | float):
                x -= part * dxscale
                spaced = True
        textstate.linematrix = (x, y)
        self.count(len(stops))
        self._put_chars(textstate, y, scaling, stops)

    def _take_font(self, font: Any) -> None:
        """What is asked of a font with each string, asked once."""
        self._font = font
        self._vertical, self._multibyte = font.is_vertical(), font.is_multibyte()
        self._decode, self._descent = font.decode, font.get_descent()
        self._glyphs = _GLYPHS.setdefault(font, {})

    def _learn(self, font: Any, cid: int) -> tuple[str, float]:
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = self.handle_undefined_char(font, cid)
        if not isinstance(text, str):
            raise TypeError(f"a font names {text!r} as a character")
        glyph = self._glyphs[cid] = text, font.char_width(cid)
        return glyph

    def _put_chars(self, textstate: Any, y: float, scaling: float, stops: Sequence[tuple[float, float, str]]) -> None:
        """Puts down the glyphs of a string: where each begins on the baseline, its advance, its text."""
        a, b, c, d, e, f = mult_matrix(textstate.matrix, self.ctm)
        low = self._descent * textstate.fontsize + textstate.rise
        high = low + textstate.fontsize
        upright = a * d * scaling > 0 and b * c <= 0
        straight = b == 0 == c and a > 0 < d
        left, above = self._left, self._height
        put = self.chars.append
        for x, advance, text in stops:
            e1, f1 = x * a + y * c + e, x * b + y * d + f
            if straight and advance >= 0 <= textstate.fontsize:
                x0, x1, y0, y1 = e1, a * advance + e1, d * low + f1, d * high + f1
            else:
                xs = (c * low + e1, a * advance + c * low + e1, a * advance + c * high + e1, c * high + e1)
                ys = (d * low + f1, b * advance + d * low + f1, b * advance + d * high + f1, d * high + f1)
                x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
            put(
                {
                    "text": text, "x0": x0 + left, "x1": x1 + left, "top": above - y1 + self._top,
                    "bottom": above - y0 + self._top, "y0": y0, "y1": y1, "matrix": (a, b, c, d, e1, f1),
                    "size": y1 - y0, "upright": upright,
                }
            )  # fmt: skip

    def render_char(
        self,
        matrix: Matrix,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        """A glyph of vertical writing, which is rare: by way of pdfminer's object."""
        self.count(1)
        text, width = self._glyphs.get(cid) or self._learn(font, cid)
        disp = font.char_disp(cid)
        char = LTChar(matrix, font, fontsize, scaling, rise, text, width, disp, ncs, graphicstate)
        self.chars.append(
            {
                "text": text, "x0": char.x0 + self._left, "x1": char.x1 + self._left,
                "top": self._height - char.y1 + self._top, "bottom": self._height - char.y0 + self._top,
                "y0": char.y0, "y1": char.y1, "matrix": char.matrix, "size": char.size, "upright": char.upright,
            }
        )  # fmt: skip
        return float(char.adv)

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        self.count(1)
        shape = "".join([step[0] for step in path])
        if shape[:1] != "m":
            return
        if shape.count("m") > 1:
            for match in _SUBPATH.finditer(shape):
                self.paint_path(gstate, stroke, fill, evenodd, path[match.start() : match.end()])
            return
        first = path[0][-2:]
        a, b, c, d, e, f = self.ctm
        ends = [first if step[0] == "h" else step[-2:] for step in path]
        points = [(a * x + c * y + e, b * x + d * y + f) for x, y in ends]
        if len(shape) > 3 and shape.endswith("lh") and points[-2] == points[0]:
            shape = shape[:-2] + "h"
            points.pop()
        if shape in ("mlh", "ml"):
            kind, kept, points = "line", self.lines, points[:2]
        elif shape in ("mlllh", "mllll") and _is_rect(points):
            (x0, y0), (x1, y1) = points[0], points[2]
            kind, kept, points = "rect", self.rects, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        else:
            kind, kept = "curve", self.curves
        xs, ys = [x for x, _ in points], [y for _, y in points]
        kept.append(
            {
                "object_type": kind, "x0": min(xs) + self._left, "x1": max(xs) + self._left,
                "top": self._height - max(ys) + self._top, "bottom": self._height - min(ys) + self._top,
                "pts": [(self._left + x, self._top + self._height - y) for x, y in points],
                "stroke": stroke, "fill": fill, "stroking_color": gstate.scolor, "non_stroking_color": gstate.ncolor,
            }
        )  # fmt: skip

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        self.count(1)
        super().begin_figure(name, bbox, matrix)

    def render_image(self, name: str, stream: Any) -> None:  # noqa: ARG002 - pdfminer calls it by these
        item = self.cur_item
        self.images.append(
            {
                "x0": item.x0 + self._left, "x1": item.x1 + self._left, "top": self._height - item.y1 + self._top,
                "bottom": self._height - item.y0 + self._top, "width": item.width, "height": item.height,
            }
        )  # fmt: skip


def _is_rect(points: Sequence[tuple[float, float]]) -> bool:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3), last = points
    return points[0] == last and (
        (x0 == x1 and y1 == y2 and x2 == x3 and y3 == y0) or (y0 == y1 and x1 == x2 and y2 == y3 and x3 == x0)
    )
