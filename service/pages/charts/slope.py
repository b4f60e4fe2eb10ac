"""Two moments beside one another, a line for each thing: what rose, what fell, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.pages.charts.colours import choose_colours
from service.pages.charts.svg import HEIGHT, LINE, WIDTH, add, fit, shorten, spell, start, write

_SIDE, _TOP, _BOTTOM = 300.0, 30.0, 10.0
#: So many things have room for their names, one a line, on either side.
MOST_SLOPES = 24


@dataclass(frozen=True)
class Slope:
    """A thing at both moments. ``key`` is what its colour follows from."""

    label: str
    before: float
    after: float
    key: str = ""


def draw_slopes(slopes: Sequence[Slope], moments: tuple[str, str], title: str, language: str) -> Markup:
    """The first :data:`MOST_SLOPES` things, each named at both ends; coloured where there are colours enough."""
    slopes = slopes[:MOST_SLOPES]
    colours = choose_colours([s.key or s.label for s in slopes])
    low, high = min([0.0, *(min(s.before, s.after) for s in slopes)]), max(max(s.before, s.after) for s in slopes)
    height = min(HEIGHT, max(220.0, len(slopes) * LINE * 1.5 + _TOP + _BOTTOM))
    rise = (high - low) or 1.0
    left, right = _SIDE, WIDTH - _SIDE

    def up(value: float) -> float:
        return height - _BOTTOM - (value - low) / rise * (height - _BOTTOM - _TOP)

    root = start(WIDTH, height, title)
    for x, moment in ((left, moments[0]), (right, moments[1])):
        add(root, "line", x1=x, x2=x, y1=_TOP - 8, y2=height, class_="base")
        add(root, "text", moment, x=x, y=14, text_anchor="middle", class_="name")
    for slope in slopes:
        colour = colours.get(slope.key or slope.label, 8)
        said = f"{slope.label}: {moments[0]} {spell(slope.before)} → {moments[1]} {spell(slope.after)}"
        y1, y2 = up(slope.before), up(slope.after)
        add(root, "line", title=said, x1=left, y1=y1, x2=right, y2=y2, class_=f"line stroke{colour}")
        add(root, "circle", title=said, cx=left, cy=y1, r=4, class_=f"fill{colour}")
        add(root, "circle", title=said, cx=right, cy=y2, r=4, class_=f"fill{colour}")
    for x, anchor, ends in (
        (left - 10, "end", [(up(s.before), s.before, s.label) for s in slopes]),
        (right + 10, "start", [(up(s.after), s.after, s.label) for s in slopes]),
    ):
        for y, value, label in _spread(ends, height):
            number = shorten(value, language)
            words = f"{fit(label, _SIDE - 90)} {number}" if anchor == "end" else f"{number} {fit(label, _SIDE - 90)}"
            add(root, "text", words, label, x=x, y=y + 4, text_anchor=anchor)
    return write(root)


def _spread(ends: Sequence[tuple[float, float, str]], height: float) -> list[tuple[float, float, str]]:
    """Names moved apart where they would cover one another, none beyond the drawing."""
    ordered = sorted(ends)
    slack = height - _TOP - LINE * len(ordered)
    last, found = _TOP - 8, []
    for y, value, label in ordered:
        at = max(last, min(y, last + max(slack, 0.0)))
        slack -= max(0.0, at - last)
        found.append((at, value, label))
        last = at + LINE
    return found
