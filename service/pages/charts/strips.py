"""A strip of dots: where one stands among others of its kind, on one axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.pages.charts.svg import add, fit, measure, shorten, start, ticks, write

_WIDTH, _SIDE, _RADIUS, _FOOT, _HEAD = 500, 30, 5, 26, 24
#: Dots that would cover one another go up, at most so many rows.
_MOST_ROWS = 8
#: From how many times the least to the greatest the axis is of powers of ten, since equal steps would hide the small.
_WIDE = 100


@dataclass(frozen=True)
class StripDot:
    """One of those compared; ``own`` is the one that the strip is about."""

    label: str
    value: float
    own: bool = False


def is_logarithmic(dots: Sequence[StripDot]) -> bool:
    """Whether the values lie so far apart that the axis is of powers of ten."""
    low, high = min(d.value for d in dots), max(d.value for d in dots)
    return low > 0 and high / low > _WIDE


def draw_strip(dots: Sequence[StripDot], title: str, language: str) -> Markup:
    """Every dot at its value, the own one marked and named. The axis begins at zero, or at a power of ten."""
    powers = is_logarithmic(dots)
    scale = _list_powers(dots) if powers else ticks(min(0.0, *(d.value for d in dots)), max(d.value for d in dots), 4)

    def turn(value: float) -> float:
        return math.log10(value) if powers else value

    low, high = turn(scale[0]), turn(scale[-1])

    def across(value: float) -> float:
        return _SIDE + (turn(value) - low) / ((high - low) or 1) * (_WIDTH - 2 * _SIDE)

    rows = _stack([across(d.value) for d in dots])
    height = _HEAD + (max(rows, default=0) + 1) * (2 * _RADIUS + 2) + _FOOT
    floor = height - _FOOT - _RADIUS - 1
    root = start(_WIDTH, height, title)
    for tick in scale:
        add(root, "line", x1=across(tick), x2=across(tick), y1=_HEAD, y2=height - _FOOT + 4, class_="grid")
        add(root, "text", shorten(tick, language), x=across(tick), y=height - 8, text_anchor="middle", class_="faint")
    # The own one last, so that nothing covers it.
    for dot, row in sorted(zip(dots, rows, strict=True), key=lambda pair: pair[0].own):
        said = f"{dot.label}: {dot.value:,.12g}"
        x, y = across(dot.value), floor - row * (2 * _RADIUS + 2)
        if dot.own:
            add(root, "line", x1=x, x2=x, y1=_HEAD - 4, y2=y, class_="mark-line")
            add(root, "circle", title=said, cx=x, cy=y, r=_RADIUS + 2, class_="fill1")
            words = fit(f"{dot.label} {shorten(dot.value, language)}", _WIDTH)
            half = measure(words) / 2
            add(root, "text", words, x=min(max(x, half), _WIDTH - half), y=14, text_anchor="middle", class_="own")
        else:
            add(root, "circle", title=said, cx=x, cy=y, r=_RADIUS, class_="peer")
    return write(root)


def _list_powers(dots: Sequence[StripDot]) -> list[float]:
    low, high = (turn(math.log10(f(d.value for d in dots))) for turn, f in ((math.floor, min), (math.ceil, max)))
    return [10.0**power for power in range(int(low), int(high) + 1)]


def _stack(places: Sequence[float]) -> list[int]:
    """For each dot the lowest row in which it covers none that came before."""
    taken: list[list[float]] = []
    rows = [0] * len(places)
    for number in sorted(range(len(places)), key=lambda n: places[n]):
        x = places[number]
        free = (row for row, ends in enumerate(taken) if x - ends[-1] >= 2 * _RADIUS + 1)
        row = next(free, len(taken))
        if row == len(taken) and row < _MOST_ROWS:
            taken.append([])
        row = min(row, _MOST_ROWS - 1)
        taken[row].append(x)
        rows[number] = row
    return rows
