"""Bars that lie: Chinese names of offices and projects are long, and stand well beside a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.charts.svg import add, colour, fit, measure, shorten, start, ticks, write

MOST_BARS = 40
_THICK, _GAP, _WIDTH, _ROOM = 18, 10, 880, 70


@dataclass(frozen=True)
class Point:
    """One number of a chart: the category or moment it stands at, its series ("" for the only one)."""

    label: str
    value: float
    series: str = ""


def draw_bars(points: Sequence[Point], title: str, language: str) -> Markup:
    """Bars, grouped by label; one colour a series. Draws the first :data:`MOST_BARS` labels."""
    labels = list(dict.fromkeys(p.label for p in points))[:MOST_BARS]
    series = list(dict.fromkeys(p.series for p in points))
    values: dict[tuple[str, str], float] = {}
    for point in points:
        values.setdefault((point.label, point.series), point.value)
    shown = [v for (label, _), v in values.items() if label in set(labels)]
    scale = ticks(min([0.0, *shown]), max([0.0, *shown]))
    left = min(300.0, max((measure(label) for label in labels), default=0) + 14)
    thick = _THICK if len(series) == 1 else max(14, _THICK - 2 * len(series))
    groups = [[(s, values[label, s]) for s in series if (label, s) in values] for label in labels]
    height = sum(len(g) * thick + _GAP for g in groups) + 26
    root = start(_WIDTH, height, title)
    span = scale[-1] - scale[0] or 1

    def place(value: float) -> float:
        return left + (value - scale[0]) / span * (_WIDTH - _ROOM - left)

    for tick in scale:
        add(root, "line", x1=place(tick), x2=place(tick), y1=0, y2=height - 22, class_="base" if tick == 0 else "grid")
        add(root, "text", shorten(tick, language), x=place(tick), y=height - 6, text_anchor="middle", class_="faint")
    y = 4.0
    for label, group in zip(labels, groups, strict=True):
        middle = y + len(group) * thick / 2
        add(root, "text", fit(label, left - 10), label, x=left - 8, y=middle + 4, text_anchor="end")
        for name, value in group:
            begin, end = sorted((place(0), place(value)))
            words = f"{label}{f' · {name}' if name else ''}: {value:,.12g}"
            add(
                root, "rect", title=words, x=begin, y=y + 1, width=max(end - begin, 1.0), height=thick - 2, rx=2,
                class_=f"fill{colour(series.index(name))}",
            )  # fmt: skip
            at, anchor = (end + 5, "start") if value >= 0 else (begin - 5, "end")
            add(root, "text", shorten(value, language), x=at, y=y + thick / 2 + 4, text_anchor=anchor, class_="faint")
            y += thick
        y += _GAP
    return write(root)
