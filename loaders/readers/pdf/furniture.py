"""Page numbers and running headers of a PDF, found by where they stand: at the edge of pages, at one height.

They stay in the text, but belong to no block, so that a table or a sentence goes on behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loaders.readers.pdf.page import PageLine
from loaders.words import lines as forms
from loaders.words.numerals import TEN

#: The part of a page's height, at its head and at its foot, in which furniture stands.
_EDGE = 0.09
#: How many lines at either end of a page are looked at.
_REACH = 2
#: Furniture stands at one height, within this many points.
_HEIGHT = 6.0
#: A running header stands on at least so many pages, and on one page in so many.
_LEAST, _ONE_IN = 3, 4
_NUMBER = re.compile(r"[\s\-—–―~·.第页共/／]*(\d{1,4})[\s\-—–―~·.第页共/／]*(?:\d{1,4}[\s\-—–―~·.页]*)?")
#: What stands above a table on each page: its number, the office and unit, the year, that it goes on.
_CAPTION = re.compile(
    rf"(?:部门|单位)\s*[)）]?(?:名称)?\s*[:：]|年度?\s*[）)]?$|^[（(]续|^附[件表]|表\s*[\d{TEN}—.-]*$"
)

#: A page and a line of it, both from 0.
Place = tuple[int, int]


def find_edges(pages: Sequence[Sequence[PageLine]], heights: Sequence[float]) -> set[Place]:
    """The lines that are page numbers or running headers, by page and line. ``heights`` are the pages', in points."""
    edges = list(_list_edges(pages, heights))
    return _find_numbers(edges) | _find_headers(edges, sum(1 for page in pages if page))


def _list_edges(
    pages: Sequence[Sequence[PageLine]], heights: Sequence[float]
) -> Iterator[tuple[Place, str, str, float]]:
    """The lines at the edges of pages: place, "head" or "foot", their words, and how far from the edge they stand."""
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        for index, line in enumerate(lines):
            if "\t" in line.text or not line.text.strip():
                continue
            if index < _REACH and line.y < _EDGE * height:
                yield (number, index), "head", line.text, line.y
            elif index >= len(lines) - _REACH and line.y > (1 - _EDGE) * height - 8:
                yield (number, index), "foot", line.text, height - line.y


def _find_numbers(edges: Sequence[tuple[Place, str, str, float]]) -> set[Place]:
    """Numbers at the edge that count the pages: on several pages the same distance behind the page's own number."""
    counts: dict[tuple[str, int], list[tuple[Place, float]]] = {}
    for place, edge, words, far in edges:
        match = _NUMBER.fullmatch(words)
        if match:
            counts.setdefault((edge, int(match.group(1)) - place[0]), []).append((place, far))
    found: set[Place] = set()
    for members in counts.values():
        if len({place[0] for place, _ in members}) >= 2:
            found |= _level(members)
    return found


def _find_headers(edges: Sequence[tuple[Place, str, str, float]], pages: int) -> set[Place]:
    """Words that repeat at the edge, whatever number they hold, and that are no caption of a table."""
    words_at: dict[tuple[str, str], list[tuple[Place, float]]] = {}
    for place, edge, words, far in edges:
        flat = forms.compact(words)
        if forms.is_caption(words) or forms.is_unit_line(words) or _CAPTION.search(flat):
            continue
        key = re.sub(r"\d+", "#", flat)
        if re.search(r"\w", key.replace("#", "")):
            words_at.setdefault((edge, key), []).append((place, far))
    found: set[Place] = set()
    for members in words_at.values():
        level = _level(members)
        if len({place[0] for place in level}) >= max(_LEAST, -(-pages // _ONE_IN)):
            found |= level
    return found


def _level(members: Sequence[tuple[Place, float]]) -> set[Place]:
    """Those that stand at the height at which most of them stand."""
    best: set[Place] = set()
    for _, height in members:
        near = {place for place, far in members if abs(far - height) <= _HEIGHT}
        best = max(best, near, key=len)
    return best
