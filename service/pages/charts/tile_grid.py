"""Provinces as tiles of a grid, their cities as dots within: where money is, without a map and without a border.

A tile says nothing of size or shape of a province: it stands about where the province lies, so that readers find it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markupsafe import Markup

from service.pages.charts.svg import WIDTH, add, fit, link, shorten, spell, start, write

#: Column and row of each tile by the first two digits of its division code (GB/T 2260).
TILES: dict[str, tuple[int, int]] = {
    "23": (9, 0),
    "65": (1, 1), "15": (7, 1), "22": (9, 1),
    "62": (3, 2), "64": (4, 2), "14": (6, 2), "13": (7, 2), "11": (8, 2), "21": (9, 2),
    "54": (1, 3), "63": (2, 3), "61": (5, 3), "41": (6, 3), "37": (7, 3), "12": (8, 3),
    "51": (3, 4), "50": (4, 4), "42": (5, 4), "34": (6, 4), "32": (7, 4), "31": (8, 4),
    "53": (3, 5), "52": (4, 5), "43": (5, 5), "36": (6, 5), "33": (7, 5),
    "45": (4, 6), "44": (5, 6), "35": (6, 6), "71": (8, 6),
    "46": (4, 7), "82": (5, 7), "81": (6, 7),
}  # fmt: skip
_COLUMNS, _ROWS, _LARGEST = 10, 8, 9.5
#: So many dots have room in a tile; what is beyond is told in words.
MOST_DOTS = 6


@dataclass(frozen=True)
class Place:
    """A place with an amount: its division code of six digits, its name."""

    code: str
    label: str
    value: float


def draw_tiles(
    places: Sequence[Place], names: Mapping[str, str], links: Mapping[str, str], title: str, language: str
) -> Markup:
    """All tiles; within each its places as dots whose areas are their amounts, the province itself with a ring.

    ``names`` are those of provinces, ``links`` the addresses that tiles lead to, both by two digits.
    """
    side_x, side_y = WIDTH / _COLUMNS, 68.0
    most = max((p.value for p in places), default=0.0)
    root = start(WIDTH, side_y * _ROWS, title)
    for digits, (column, row) in TILES.items():
        x, y = column * side_x, row * side_y
        own = sorted((p for p in places if p.code[:2] == digits), key=lambda p: (-p.value, p.code))
        said = "; ".join(f"{p.label}: {spell(p.value)}" for p in own)
        name = names.get(digits, digits)
        tile = link(root, links.get(digits, "") if own else "", f"{name}: {said}")
        add(
            tile, "rect", title=said or name, x=x + 2, y=y + 2, width=side_x - 4, height=side_y - 4, rx=4,
            class_="tint2" if own else "idle",
        )  # fmt: skip
        words = fit(f"{name} +{len(own) - MOST_DOTS}" if len(own) > MOST_DOTS else name, side_x - 10)
        add(tile, "text", words, x=x + 7, y=y + 17, class_="name" if own else "faint")
        _add_dots(tile, own[:MOST_DOTS], x, y, most, (side_x, side_y))
        if len(own) == 1:
            add(tile, "text", shorten(own[0].value, language), x=x + side_x - 7, y=y + side_y - 9, text_anchor="end")
    return write(root)


def _add_dots(
    tile: Element, places: Sequence[Place], x: float, y: float, most: float, side: tuple[float, float]
) -> None:
    """Dots from left to right, in one row or two; areas compare over the whole drawing."""
    rows = 1 if len(places) <= 3 else 2
    for number, place in enumerate(places):
        size = max(1.5, math.sqrt(max(place.value, 0.0) / most) * _LARGEST) if most > 0 else 1.5
        cx = x + 18 + (number % 3) * (side[0] - 26) / 3
        cy = y + 42 if rows == 1 else y + 32 + (number // 3) * 20
        kind = "fill1 ring" if place.code[2:] == "0000" else "fill1"
        add(tile, "circle", title=f"{place.label}: {spell(place.value)}", cx=cx, cy=cy, r=size, class_=kind)
