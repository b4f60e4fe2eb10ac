"""A small line of one measure over years, for a grid of many: first and last number named, gaps in years left open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from service.pages.charts.bars import Point
from service.pages.charts.svg import add, measure, shorten, start, write

_WIDTH, _HEIGHT, _TOP, _BOTTOM, _SIDE = 300, 116, 26, 24, 34


def draw_spark(points: Sequence[Point], title: str, language: str) -> Markup:
    """The line from zero; labels are years, and a point stands at its year's distance from the others.

    A line joins years that follow one another: nobody knows what stood between others.
    """
    own = sorted(((int(p.label), p.value) for p in points), key=lambda p: p[0])
    first, last = own[0][0], own[-1][0]
    high, low = max(0.0, *(v for _, v in own)), min(0.0, *(v for _, v in own))
    rise = (high - low) or 1.0

    def across(year: int) -> float:
        return _SIDE + (year - first) / ((last - first) or 1) * (_WIDTH - 2 * _SIDE)

    def up(value: float) -> float:
        return _HEIGHT - _BOTTOM - (value - low) / rise * (_HEIGHT - _BOTTOM - _TOP)

    told = ", ".join(f"{year}: {shorten(value, language)}" for year, value in own)
    root = start(_WIDTH, _HEIGHT, f"{title}. {told}")
    add(root, "line", x1=0, x2=_WIDTH, y1=up(0), y2=up(0), class_="base")
    for (before, one), (after, other) in pairwise(own):
        if after - before == 1:
            add(
                root, "line", x1=across(before), y1=up(one), x2=across(after), y2=up(other), class_="line stroke2"
            )  # fmt: skip
    for year, value in own:
        add(root, "circle", title=f"{year}: {value:,.12g}", cx=across(year), cy=up(value), r=4, class_="fill2")
    for year, value in dict.fromkeys((own[0], own[-1])):
        said = shorten(value, language)
        half = measure(said) / 2
        add(
            root, "text", said, x=min(max(across(year), half), _WIDTH - half), y=max(up(value) - 9, 12),
            text_anchor="middle",
        )  # fmt: skip
        add(root, "text", str(year), x=across(year), y=_HEIGHT - 6, text_anchor="middle", class_="faint")
    return write(root)
