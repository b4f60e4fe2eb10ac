"""Bars that lie: Chinese names of offices and projects are long, and stand well beside a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.pages.charts.svg import COLOURS, LINE, add, colour, fit, measure, shorten, start, ticks, write

MOST_BARS = 40
_THICK, _GAP, _WIDTH, _ROOM = 18, 10, 880, 70
#: The most room for the words beside a group of bars, and for the name of a series behind a bar.
_MOST_WORDS, _MOST_NAME = 330.0, 150.0


@dataclass(frozen=True)
class Point:
    """One number of a chart: the category or moment it stands at, its series ("" for the only one).

    ``detail`` is what else tells its group of bars from others of the same label, such as a year.
    """

    label: str
    value: float
    series: str = ""
    detail: str = ""

    @property
    def place(self) -> str:
        """The label with what tells it apart."""
        return f"{self.label} · {self.detail}" if self.detail else self.label


def draw_bars(points: Sequence[Point], title: str, language: str, series: Sequence[str] = ()) -> Markup:
    """Bars, grouped by label and detail; one colour a series. Draws every point of the first :data:`MOST_BARS` groups.

    ``series`` are those that several charts share, so that a colour means the same in each.
    """
    names = list(dict.fromkeys([*series, *(p.series for p in points)]))
    groups = group_points(points)[:MOST_BARS]
    shown = [p.value for group in groups for p in group]
    scale = ticks(min([0.0, *shown]), max([0.0, *shown]))
    left = min(_MOST_WORDS, max((measure(g[0].place) for g in groups), default=0) + 14)
    # Where colours come round again, the names stand behind the bars.
    room = _ROOM + (min(_MOST_NAME, max(map(measure, names), default=0)) if len(names) > COLOURS else 0)
    thick = _THICK if len(names) == 1 else max(14, _THICK - 2 * len(names))
    lines = [_write_place(g[0], left - 10) for g in groups]
    heights = [max(len(g) * thick, LINE * len(words)) for g, words in zip(groups, lines, strict=True)]
    height = sum(heights) + _GAP * len(groups) + 26
    root = start(_WIDTH, height, title)
    span = scale[-1] - scale[0] or 1

    def place(value: float) -> float:
        return left + (value - scale[0]) / span * (_WIDTH - room - left)

    for tick in scale:
        add(root, "line", x1=place(tick), x2=place(tick), y1=0, y2=height - 22, class_="base" if tick == 0 else "grid")
        add(root, "text", shorten(tick, language), x=place(tick), y=height - 6, text_anchor="middle", class_="faint")
    top = 4.0
    for group, words, tall in zip(groups, lines, heights, strict=True):
        for row, line in enumerate(words):
            y = top + tall / 2 + 4 + (row - (len(words) - 1) / 2) * LINE
            add(
                root,
                "text",
                line,
                group[0].place,
                x=left - 8,
                y=y,
                text_anchor="end",
                class_="faint" if row else "name",
            )
        y = top + (tall - len(group) * thick) / 2
        for point in sorted(group, key=lambda p: names.index(p.series)):
            begin, end = sorted((place(0), place(point.value)))
            said = f"{point.place}{f' · {point.series}' if point.series else ''}: {point.value:,.12g}"
            add(
                root, "rect", title=said, x=begin, y=y + 1, width=max(end - begin, 1.0), height=thick - 2, rx=2,
                class_=f"fill{colour(names.index(point.series))}",
            )  # fmt: skip
            number = shorten(point.value, language)
            if len(names) > COLOURS and point.series:
                number = f"{number} {fit(point.series, _MOST_NAME - 20)}"
            at, anchor = (end + 5, "start") if point.value >= 0 else (begin - 5, "end")
            add(root, "text", number, x=at, y=y + thick / 2 + 4, text_anchor=anchor, class_="faint")
            y += thick
        top += tall + _GAP
    return write(root)


def group_points(points: Sequence[Point]) -> list[list[Point]]:
    """The points of each group of bars, in the order in which the groups begin."""
    groups: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        groups.setdefault((point.label, point.detail), []).append(point)
    return list(groups.values())


def _write_place(point: Point, width: float) -> list[str]:
    """A group's words in one line, or label and detail in a line each: what tells it apart is not to be cut off."""
    if not point.detail or measure(point.place) <= width:
        return [fit(point.place, width)]
    return [fit(point.label, width), fit(point.detail, width)]
