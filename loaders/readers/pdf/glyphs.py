"""The glyphs of a PDF page: normalised, laid upright, without over-printed doubles; lines and their text.

All coordinates are points from the page's top left corner. Glyphs are put on lines by their baseline, since some fonts
declare boxes far from where they draw.
"""

from __future__ import annotations

import itertools
import re
import statistics
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from loaders.characters import UNSEEN, mend_text

#: Two baselines nearer than this part of the type size are one line.
LINE_TOLERANCE = 0.35
#: A gap wider than this part of the type size separates words.
WORD_GAP = 0.3
#: Two equal glyphs nearer than this part of the type size are one glyph printed twice.
_DOUBLE = 0.2
#: A page is looked at by squares so wide, in points.
_SQUARE = 16
#: Radicals that broken fonts give in place of the ideographs, and that have no compatibility mapping in Unicode.
_RADICALS = str.maketrans(
    "⺠⻓⻛⻋⻅⻔⻚⻢⻥⻰⻉⻄⻘⻝⻩⻬⻮⻤⻆⻣⻁⻜⻦⻨⺎⺋⻎⺮⺌⺍⺆⺈⻙⻪",
    "民长风车见门页马鱼龙贝西青食黄齐齿鬼角骨虎飞鸟麦兀㔾辶竹小⺍冂刀韦黾",
)
_CID = re.compile(r"^\(cid:\d+\)$")
_WIDE_LATIN = frozenset("MWmw@%&—…")
_RUN = re.compile(r"[0-9０-９][0-9０-９.,，．]*[%％]?|[^0-9０-９]+")

_BY_HEIGHT, _FROM_LEFT = attrgetter("y", "x0"), attrgetter("x0")

#: The glyphs of one text that are drawn so far, by squares of the page.
_Drawn = dict[tuple[int, int], "list[Glyph]"]
#: ``start, end, x0, top, x1, bottom``: a stretch of a fragment's text and where it stands on the page.
Place = tuple[int, int, float, float, float, float]


@dataclass(slots=True, init=False)
class Glyph:
    """One character as it is drawn. ``y`` is its baseline; ``upright`` is false where it is turned.

    ``right`` is where the next glyph may begin: some fonts declare digits as wide as ideographs. ``centre`` is x and y
    of the middle of what is printed.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    upright: bool
    right: float
    centre: tuple[float, float]

    def __init__(self, text: str, x0: float, x1: float, y: float, size: float, upright: bool = True) -> None:
        self.text, self.x0, self.x1, self.y, self.size, self.upright = text, x0, x1, y, size, upright
        right = x1
        if text.isascii() and text not in _WIDE_LATIN:
            right = min(x1, x0 + 0.62 * size)
        self.right = right
        self.centre = (x0 + right) / 2, y - 0.35 * size


@dataclass(slots=True)
class Fragment:
    """The text of one line, or of one line of a cell, and where its runs stand."""

    text: str
    places: list[Place]
    y: float
    size: float
    x0: float
    x1: float


@lru_cache(maxsize=1 << 15)
def normalise_glyphs(text: str) -> str:
    """A glyph's text with radicals, compatibility ideographs and ligatures as the characters that they stand for."""
    if _CID.match(text):
        return "\ufffd"
    text = mend_text(text)
    if len(text) == 1 and text < "\u2e80":
        return " " if text.isspace() else "" if text < " " or UNSEEN.match(text) else text
    out = []
    for c in text.translate(_RADICALS):
        if "\u2e80" <= c <= "\u2fdf" or "\uf900" <= c <= "\ufaff" or "\ufb00" <= c <= "\ufb06":
            c = unicodedata.normalize("NFKC", c)
        out.append(" " if c.isspace() else "" if c < " " or UNSEEN.match(c) else c)
    return "".join(out)


def read_glyphs(chars: Sequence[dict[str, Any]]) -> list[Glyph]:
    """The glyphs of a page's characters (pdfplumber's), each once, in the order in which they were drawn."""
    out: list[Glyph] = []
    drawn: dict[str, _Drawn] = {}
    for char in chars:
        text = normalise_glyphs(char["text"])
        if not text:
            continue
        upright = bool(char["upright"])
        base = char["y1"] - char["matrix"][5] if upright else char["bottom"] - char["top"]
        size = max(float(char["size"]), 1.0)
        glyph = Glyph(text, float(char["x0"]), float(char["x1"]), float(char["top"] + base), size, upright)
        if text != " ":
            seen = drawn.get(text)
            if seen is None:
                seen = drawn[text] = {}
            elif _is_double(glyph, seen):
                continue
            seen.setdefault((int(glyph.x0 / _SQUARE), int(glyph.y / _SQUARE)), []).append(glyph)
        out.append(glyph)
    return out


def _is_double(glyph: Glyph, seen: _Drawn) -> bool:
    """Whether the same glyph was drawn at nearly this place: in one of the squares that it may lie in."""
    x, y, reach = glyph.x0, glyph.y, _DOUBLE * glyph.size
    near = min(reach, 4.0)
    rows = range(int((y - near) / _SQUARE), int((y + near) / _SQUARE) + 1)
    for column in range(int((x - near) / _SQUARE), int((x + near) / _SQUARE) + 1):
        for row in rows:
            for other in seen.get((column, row), ()):
                if abs(other.x0 - x) < reach and abs(other.y - y) < reach and _adjoin(other, glyph):
                    return True
    return False


def _adjoin(glyph: Glyph, other: Glyph) -> bool:
    """Whether two glyphs begin within four points or little more of each other, however large they are."""
    return abs(int(glyph.x0 / 4) - int(other.x0 / 4)) <= 1 and abs(int(glyph.y / 4) - int(other.y / 4)) <= 1


def group_lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs by line, top to bottom, each line left to right."""
    lines: list[list[Glyph]] = []
    base = 0.0
    for glyph in sorted(glyphs, key=_BY_HEIGHT):
        if lines and glyph.y - base <= LINE_TOLERANCE * min(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
            base = glyph.y
    out = []
    for line in lines:
        line.sort(key=_FROM_LEFT)
        out += _part_overlaid(line)
    return [line for line in out if any(g.text != " " for g in line)]


def _part_overlaid(line: list[Glyph]) -> list[list[Glyph]]:
    """A line as the lines that were drawn over each other on slightly different baselines, where glyphs collide.

    This is so where a cell is too low for its text, and the text runs into the cell below.
    """
    drawn = [g for g in line if g.text != " "]
    collisions = sum(
        1 for a, b in itertools.pairwise(drawn) if b.x0 < a.right - 0.3 * a.size and abs(a.y - b.y) > 0.04 * a.size
    )
    if collisions < 2:
        return [line]
    bases: list[float] = []
    for y in sorted(g.y for g in drawn):
        if not bases or y - bases[-1] > 0.04 * drawn[0].size:
            bases.append(y)
    parts: list[list[Glyph]] = [[] for _ in bases]
    for glyph in line:
        parts[min(range(len(bases)), key=lambda i: abs(bases[i] - glyph.y))].append(glyph)
    return parts


def is_ideograph(text: str) -> bool:
    return "\u3400" <= text[:1] <= "\u9fff"


def word_gap(line: Sequence[Glyph]) -> float:
    """The gap, in type sizes, beyond which two glyphs of a line are of two words.

    Wider for a line that is spaced out, where most ideographs stand apart from each other.
    """
    gaps: list[float] = []
    before: Glyph | None = None  # the glyph before, if that is an ideograph
    for glyph in line:
        text = glyph.text
        if text == " ":
            continue
        if not "\u3400" <= text < "\ua000":  # no ideograph
            before = None
            continue
        if before is not None:
            gaps.append((glyph.x0 - before.right) / before.size)
        before = glyph
    if len(gaps) < 3:
        return WORD_GAP
    apart = sum(1 for gap in gaps if gap > WORD_GAP)
    middle = statistics.median(gaps)
    return max(WORD_GAP, min(middle * 1.8, 2.0)) if apart * 10 >= len(gaps) * 7 else WORD_GAP


def split_line(line: Sequence[Glyph], gap: float) -> list[list[Glyph]]:
    """A line cut where its glyphs stand further apart than ``gap`` type sizes; blanks count as nothing."""
    parts: list[list[Glyph]] = []
    for glyph in line:
        if glyph.text == " ":
            continue
        if parts and glyph.x0 - parts[-1][-1].right <= gap * max(glyph.size, parts[-1][-1].size):
            parts[-1].append(glyph)
        else:
            parts.append([glyph])
    return parts


def make_fragment(line: Sequence[Glyph]) -> Fragment:
    """The text of one line of glyphs, words separated by one blank."""
    limit = word_gap(line)
    spaced = limit > WORD_GAP
    text = ""
    drawn: list[Glyph] = []
    owners: list[Glyph] = []  # of each character of the text
    blank = False
    for glyph in line:
        shown = glyph.text
        if shown == " ":
            blank = True
            continue
        if drawn:
            before = drawn[-1]
            gap = (glyph.x0 - before.right) / glyph.size
            if gap > limit or (blank and not spaced and gap > _least_gap(before.text, shown)):
                text += " "
                owners.append(before)
        text += shown
        if len(shown) == 1:
            owners.append(glyph)
        else:
            owners += [glyph] * len(shown)
        drawn.append(glyph)
        blank = False
    if not drawn:
        return Fragment("", [], 0.0, 1.0, 0.0, 0.0)
    places = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        own = owners[start:end]
        top = min([g.y - 0.85 * g.size for g in own])
        bottom = max([g.y + 0.15 * g.size for g in own])
        places.append((start, end, own[0].x0, top, max([g.right for g in own]), bottom))
    size = statistics.median([g.size for g in drawn])
    y = statistics.median([g.y for g in drawn])
    return Fragment(text, places, y, size, drawn[0].x0, max([g.right for g in drawn]))


def _least_gap(before: str, behind: str) -> float:
    """The gap that a blank has to be at least, in type sizes, to part words: more between digits, which it may pad."""
    return 0.08 if behind.isdigit() and before.isdigit() else -0.5
