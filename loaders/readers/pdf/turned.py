"""What does not stand upright on a page: a table on its side, a page upside down, a watermark across the text.

A table or page is turned upright, to be read like any other. Only text at right angles that fills a region of its own
is turned; the label of a row that is set upright in a narrow cell stays as it is. A watermark is taken out of the text.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.readers.pdf.glyphs import Place

#: Fewer turned characters are a label or a watermark.
FEWEST_TURNED = 20
#: Of the characters in a region that lies on its side, at least this part is turned.
_MOST = 0.9
#: Lines reach a little beyond the text that they frame, in points.
_MARGIN = 12.0

#: A character is at a slant if its baseline rises or falls by this part, and is not upright by the same.
_SLANT = 0.05
#: What is printed over the text is this much larger, and each of its characters lies on so many others.
_LARGE, _COVERED = 2.5, 2

Object = dict[str, Any]
#: x0, top, x1, bottom.
Region = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Turned:
    """What lies on its side, turned upright: characters and drawn objects as pdfplumber gives them.

    ``clockwise`` says how it lies on the page, ``region`` where.
    """

    clockwise: bool
    region: Region
    chars: list[Object]
    shapes: list[Object]

    def place_back(self, place: Place) -> Place:
        """Where a stretch of the turned text stands on the page."""
        start, end, *box = place
        x0, top, x1, bottom = _turn_back((box[0], box[1], box[2], box[3]), self.clockwise)
        return start, end, x0, top, x1, bottom


def find_turned(chars: Sequence[Object], shapes: Sequence[Object]) -> Turned | None:
    """The part of a page that lies on its side, if there is one."""
    lying = [c for c in chars if not c["upright"] and not c["text"].isspace() and _is_square(c["matrix"])]
    if len(lying) < FEWEST_TURNED:
        return None
    drawn = [c for c in chars if not c["text"].isspace()]
    clockwise = sum(c["matrix"][1] < 0 for c in lying) * 2 > len(lying)
    lying = [c for c in lying if (c["matrix"][1] < 0) == clockwise]
    region = _surround(lying)
    if len(lying) < _MOST * sum(_holds(region, c) for c in drawn):
        return None
    wide = (region[0] - _MARGIN, region[1] - _MARGIN, region[2] + _MARGIN, region[3] + _MARGIN)
    inside = [s for s in shapes if _holds(wide, s)]
    known = set(map(id, lying))
    known |= {id(c) for c in chars if c["text"].isspace() and not c["upright"] and _holds(region, c)}
    return Turned(
        clockwise,
        region,
        [_turn_char(c, clockwise) for c in chars if id(c) in known],
        [_turn_shape(s, clockwise) for s in inside],
    )


def is_part(turned: Turned, item: Object) -> bool:
    """Whether a character or drawn object of the page is part of what was turned."""
    x0, top, x1, bottom = turned.region
    return _holds((x0 - _MARGIN, top - _MARGIN, x1 + _MARGIN, bottom + _MARGIN), item) and not item.get("upright")


def turn_over(chars: Sequence[Object], shapes: Sequence[Object]) -> Over | None:
    """The whole of a page that stands on its head, turned upright; None if it does not."""
    if not any(c["matrix"][0] < 0 for c in chars):
        return None
    drawn = [c for c in chars if not c["text"].isspace()]
    over = sum(c["matrix"][0] < 0 and c["matrix"][3] < 0 for c in drawn)
    if not over or over < _MOST * len(drawn):
        return None
    x0, top, x1, bottom = _surround([*drawn, *shapes])
    across, down = x0 + x1, top + bottom
    return Over(
        across,
        down,
        [_turn_char_over(c, across, down) for c in chars],
        [_turn_shape_over(s, across, down) for s in shapes],
    )


@dataclass(frozen=True, slots=True)
class Over:
    """A page that stood on its head, turned: where x and y are the sums of the old places and the new ones."""

    across: float
    down: float
    chars: list[Object]
    shapes: list[Object]

    def place_back(self, place: Place) -> Place:
        """Where a stretch of the turned text stands on the page."""
        start, end, x0, top, x1, bottom = place
        return start, end, self.across - x1, self.down - bottom, self.across - x0, self.down - top


def _turn_char_over(char: Object, across: float, down: float) -> Object:
    made = _turn_shape_over(char, across, down)
    base = char["matrix"][5] - char["y0"]
    return {**made, "upright": True, "y1": base, "matrix": (1.0, 0.0, 0.0, 1.0, made["x0"], 0.0)}


def _turn_shape_over(shape: Object, across: float, down: float) -> Object:
    return {
        **shape,
        "x0": across - float(shape["x1"]),
        "x1": across - float(shape["x0"]),
        "top": down - float(shape["bottom"]),
        "bottom": down - float(shape["top"]),
        "pts": [(across - x, down - y) for x, y in shape.get("pts") or ()],
    }


def find_watermark(chars: Sequence[Object]) -> list[Object]:
    """The characters that lie across the text of a page: at a slant, or much larger and printed over it."""
    marks: list[Object] = []
    drawn: list[Object] = []
    for char in chars:
        if _is_slanted(char["matrix"]):
            marks.append(char)
        elif not char["text"].isspace():
            drawn.append(char)
    if drawn:
        usual = statistics.median(float(c["size"]) for c in drawn)
        large = [c for c in drawn if float(c["size"]) >= _LARGE * usual]
        small = [c for c in drawn if float(c["size"]) < _LARGE * usual] if large else []
        regions = [_surround([c]) for c in large]
        over = [region for region in regions if sum(_holds(region, s) for s in small) >= _COVERED]
        if len(over) * 2 > len(large):
            marks += large
    return marks


def write_marks(marks: Sequence[Object]) -> str:
    """The words of a watermark, in the order in which they were drawn, with a blank where the next one begins."""
    text = ""
    before: Object | None = None
    for char in marks:
        if before is not None:
            far = abs(char["matrix"][4] - before["matrix"][4]) + abs(char["matrix"][5] - before["matrix"][5])
            text += " " if far > 3 * float(before["size"]) else ""
        text += char["text"]
        before = char
    return " ".join(text.split())


def _is_slanted(matrix: Sequence[float]) -> bool:
    """Whether a character is turned, and not by a right angle; a slanted font turns none."""
    return bool(matrix[1]) and abs(matrix[1]) > _SLANT * abs(matrix[0]) and abs(matrix[0]) > _SLANT * abs(matrix[1])


def _is_square(matrix: Sequence[float]) -> bool:
    return abs(matrix[0]) < 0.01 * abs(matrix[1]) and abs(matrix[3]) < 0.01 * abs(matrix[2])


def _surround(items: Iterable[Object]) -> Region:
    boxes = [(float(i["x0"]), float(i["top"]), float(i["x1"]), float(i["bottom"])) for i in items]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _holds(region: Region, item: Object) -> bool:
    x, y = (float(item["x0"]) + float(item["x1"])) / 2, (float(item["top"]) + float(item["bottom"])) / 2
    return region[0] <= x <= region[2] and region[1] <= y <= region[3]


def _turn(region: Region, clockwise: bool) -> Region:
    """Where a region stands when the page is turned so that what lies on it stands upright; the origin stays."""
    x0, top, x1, bottom = region
    return (top, -x1, bottom, -x0) if clockwise else (-bottom, x0, -top, x1)


def _turn_back(region: Region, clockwise: bool) -> Region:
    x0, top, x1, bottom = region
    return (-bottom, x0, -top, x1) if clockwise else (top, -x1, bottom, -x0)


def _turn_char(char: Object, clockwise: bool) -> Object:
    box = (float(char["x0"]), float(char["top"]), float(char["x1"]), float(char["bottom"]))
    x0, top, x1, bottom = _turn(box, clockwise)
    # How far the baseline lies below the top of the turned glyph.
    base = box[2] - char["matrix"][4] if clockwise else char["matrix"][4] - box[0]
    return {
        **char, "upright": True, "x0": x0, "top": top, "x1": x1, "bottom": bottom, "size": bottom - top,
        "y1": base, "matrix": (1.0, 0.0, 0.0, 1.0, x0, 0.0),
    }  # fmt: skip


def _turn_shape(shape: Object, clockwise: bool) -> Object:
    box = (float(shape["x0"]), float(shape["top"]), float(shape["x1"]), float(shape["bottom"]))
    x0, top, x1, bottom = _turn(box, clockwise)
    points = [_turn((x, y, x, y), clockwise)[:2] for x, y in shape.get("pts") or ()]
    return {**shape, "x0": x0, "top": top, "x1": x1, "bottom": bottom, "pts": points}
