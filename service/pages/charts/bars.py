"""Bars that lie: Chinese names of offices and projects are long, and stand well beside a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.pages.charts.colours import choose_colours
from service.pages.charts.svg import (
    HEIGHT,
    LINE,
    WIDTH,
    add,
    fit,
    link,
    measure,
    shorten,
    spell,
    start,
    ticks,
    wrap,
    write,
)

#: The key of what is no thing of its own: all others together.
OTHERS = "others"
_THICK, _GAP, _ROOM, _AXIS = 18, 8, 70, 26
#: The most room for the words beside a group of bars, their lines, and the room for a series' name behind a bar.
_MOST_WORDS, _MOST_LINES, _MOST_NAME = 330.0, 3, 150.0


@dataclass(frozen=True)
class Point:
    """One number of a chart: the category or moment it stands at, its series ("" for the only one).

    ``detail`` is what else tells its group of bars from others of the same label, such as a year; ``href`` is where a
    click on its group leads, ``key`` what its series is told by (an IRI, its words if there is none).
    """

    label: str
    value: float
    series: str = ""
    detail: str = ""
    href: str = ""
    key: str = ""

    @property
    def place(self) -> str:
        """The label with what tells it apart."""
        return f"{self.label} · {self.detail}" if self.detail else self.label


def draw_bars(points: Sequence[Point], title: str, language: str, series: Sequence[Point] = ()) -> Markup:
    """Bars, grouped by label and detail; one colour a series. Draws the points of all groups: see :func:`choose_bars`.

    ``series`` are points that several charts share, so that a colour means the same in each.
    """
    names = list(dict.fromkeys(p.series for p in (*series, *points)))
    colours = colour_series([*series, *points])
    groups = group_points(points)
    shown = [p.value for p in points]
    scale = ticks(min([0.0, *shown]), max([0.0, *shown]))
    left = _find_left(groups)
    # Where there are more series than colours, their names stand behind the bars.
    room = _ROOM + (0 if colours else min(_MOST_NAME, max(map(measure, names), default=0)))
    thick = _find_thickness(len(names))
    heights = [_measure_group(g, left, thick) for g in groups]
    height = sum(heights) + _GAP * len(groups) + _AXIS
    root = start(WIDTH, height, title)
    span = scale[-1] - scale[0] or 1

    def place(value: float) -> float:
        return left + (value - scale[0]) / span * (WIDTH - room - left)

    for tick in scale:
        add(root, "line", x1=place(tick), x2=place(tick), y1=0, y2=height - 22, class_="base" if tick == 0 else "grid")
        add(root, "text", shorten(tick, language), x=place(tick), y=height - 6, text_anchor="middle", class_="faint")
    top = 4.0
    for group, tall in zip(groups, heights, strict=True):
        # One link a group, with its words: bars by themselves are too thin to be hit.
        words = link(root, group[0].href, group[0].place)
        lines = _write_place(group[0], left - 10)
        for row, line in enumerate(lines):
            y = top + tall / 2 + 4 + (row - (len(lines) - 1) / 2) * LINE
            add(words, "text", line, group[0].place, x=left - 8, y=y, text_anchor="end", class_="name")
        y = top + (tall - len(group) * thick) / 2
        for point in sorted(group, key=lambda p: names.index(p.series)):
            begin, end = sorted((place(0), place(point.value)))
            said = f"{point.place}{f' · {point.series}' if point.series else ''}: {spell(point.value)}"
            add(
                words, "rect", title=said, x=begin, y=y + 1, width=max(end - begin, 1.0),
                height=thick - 2, rx=2, class_="rest" if point.key == OTHERS else f"fill{colours.get(point.series, 1)}",
            )  # fmt: skip
            number = shorten(point.value, language)
            if not colours and point.series:
                number = f"{number} {fit(point.series, _MOST_NAME - 20)}"
            at, anchor = (end + 5, "start") if point.value >= 0 else (begin - 5, "end")
            add(root, "text", number, x=at, y=y + thick / 2 + 4, text_anchor=anchor, class_="faint")
            y += thick
        top += tall + _GAP
    return write(root)


def colour_series(points: Sequence[Point]) -> Mapping[str, int]:
    """The number of the colour of each series, by its name; empty where there are more series than colours."""
    keys = {p.series: p.key or p.series for p in points}
    colours = choose_colours(list(keys.values())) if len(keys) > 1 else dict.fromkeys(keys.values(), 1)
    return {name: colours[key] for name, key in keys.items()} if colours else {}


def choose_bars(points: Sequence[Point], height: float = HEIGHT) -> list[Point]:
    """The points that fit into a height, in their order: those of the groups with the largest numbers."""
    groups = group_points(points)
    left, thick = _find_left(groups), _find_thickness(len({p.series for p in points}))
    free = height - _AXIS
    chosen: set[tuple[str, str]] = set()
    for group in sorted(groups, key=lambda g: -max(abs(p.value) for p in g)):
        free -= _measure_group(group, left, thick) + _GAP
        if free < 0 and chosen:
            break
        chosen.add((group[0].label, group[0].detail))
    return [p for p in points if (p.label, p.detail) in chosen]


def group_points(points: Sequence[Point]) -> list[list[Point]]:
    """The points of each group of bars, in the order in which the groups begin."""
    groups: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        groups.setdefault((point.label, point.detail), []).append(point)
    return list(groups.values())


def _find_left(groups: Sequence[Sequence[Point]]) -> float:
    return min(_MOST_WORDS, max((measure(g[0].place) for g in groups), default=0) + 14)


def _find_thickness(series: int) -> int:
    return _THICK if series <= 1 else max(14, _THICK - 2 * series)


def _measure_group(group: Sequence[Point], left: float, thick: int) -> float:
    return max(len(group) * thick, LINE * len(_write_place(group[0], left - 10)))


def _write_place(point: Point, width: float) -> list[str]:
    """A group's words in as many lines as they take: what tells it apart begins a line of its own."""
    if not point.detail or measure(point.place) <= width:
        return wrap(point.place, width, _MOST_LINES)
    return [*wrap(point.label, width, _MOST_LINES - 1), *wrap(point.detail, width, _MOST_LINES - 1)]
