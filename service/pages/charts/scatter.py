"""Two numbers of each thing as a point: an amount over a count, with what it comes to for each of the counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.pages.charts.svg import HEIGHT, LINE, WIDTH, add, fit, measure, shorten, spell, start, ticks, write

_TOP, _BOTTOM, _RIGHT = 26.0, 44.0, 30.0
_MOST_NAME = 190.0


@dataclass(frozen=True)
class Dot:
    """A thing: how many are counted (``across``), the amount (``up``), and what it comes to for each."""

    label: str
    across: float
    up: float
    each: float


def draw_scatter(
    dots: Sequence[Dot], axes: tuple[str, str], title: str, language: str
) -> tuple[Markup, tuple[Dot, ...]]:
    """All points, from nought on both axes, each named where there is room; and those for whose names there is none.

    ``axes`` are words for both. Names of the largest are placed first.
    """
    wide = ticks(0.0, max((d.across for d in dots), default=1.0))
    tall = ticks(0.0, max((d.up for d in dots), default=1.0))
    height = HEIGHT - 120
    left = max(measure(shorten(t, language)) for t in tall) + 14
    root = start(WIDTH, height, title)

    def across(value: float) -> float:
        return left + value / wide[-1] * (WIDTH - _RIGHT - left)

    def up(value: float) -> float:
        return height - _BOTTOM - value / tall[-1] * (height - _BOTTOM - _TOP)

    for tick in tall:
        add(root, "line", x1=left, x2=WIDTH - _RIGHT, y1=up(tick), y2=up(tick), class_="grid" if tick else "base")
        add(root, "text", shorten(tick, language), x=left - 6, y=up(tick) + 4, text_anchor="end", class_="faint")
    for tick in wide:
        x = across(tick)
        add(root, "line", x1=x, x2=x, y1=_TOP, y2=height - _BOTTOM, class_="grid" if tick else "base")
        add(root, "text", shorten(tick, language), x=x, y=height - _BOTTOM + 16, text_anchor="middle", class_="faint")
    add(root, "text", axes[0], x=WIDTH - _RIGHT, y=height - 8, text_anchor="end", class_="name")
    add(root, "text", axes[1], x=4, y=13, class_="name")
    taken: list[tuple[float, float, float]] = []
    ordered = sorted(dots, key=lambda d: (-d.up, d.label))
    for dot in ordered:
        said = f"{dot.label}: {spell(dot.up)} / {spell(dot.across)} = {spell(dot.each)}"
        add(root, "circle", title=said, cx=across(dot.across), cy=up(dot.up), r=5, class_="fill1", fill_opacity="0.75")
        taken.append((across(dot.across) - 6, across(dot.across) + 6, up(dot.up)))
    unnamed = []
    for dot in ordered:
        words = fit(dot.label, _MOST_NAME)
        own = (across(dot.across) - 6, across(dot.across) + 6, up(dot.up))
        for begin, y in _list_places(across(dot.across), up(dot.up), measure(words)):
            box = (begin, begin + measure(words), y)
            inside = left < begin and box[1] < WIDTH and _TOP < y < height - _BOTTOM
            if inside and not any(t != own and _cover(box, t) for t in taken):
                add(root, "text", words, dot.label, x=begin, y=y + 4)
                taken.append(box)
                break
        else:
            unnamed.append(dot)
    return write(root), tuple(unnamed)


def _list_places(x: float, y: float, width: float) -> list[tuple[float, float]]:
    """Where a name may stand at its point, the best first: behind it, before it, above, below, and aslant."""
    behind, before, middle = x + 9, x - 9 - width, x - width / 2
    rows = (y - LINE, y + LINE)
    return [(behind, y), (before, y), *((begin, row) for begin in (middle, behind, before) for row in rows)]


def _cover(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and abs(one[2] - other[2]) < LINE - 2
