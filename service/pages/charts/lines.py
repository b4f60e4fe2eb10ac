"""Lines over years or other ordered steps; each series has a colour and a shape of point of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

from markupsafe import Markup

from service.pages.charts.bars import Point, colour_series
from service.pages.charts.svg import COLOURS, LINE, add, measure, shorten, spell, start, ticks, wrap, write

MOST_SERIES = COLOURS
_WIDTH, _HEIGHT, _TOP, _BOTTOM, _RIGHT = 880, 340, 12, 30, 210


def draw_lines(points: Sequence[Point], title: str, language: str) -> Markup:
    """One line a series, with its name at its end. Draws the first :data:`MOST_SERIES` series: see
    :func:`choose_lines`.

    Labels that are numbers, such as years, stand at their distance from one another, others in the order in which they
    come. A gap in years is left open: nobody knows what stood between.
    """
    series = list(dict.fromkeys(p.series for p in points))[:MOST_SERIES]
    points = [p for p in points if p.series in series]
    colours = colour_series(points)
    labels, where, numeric = _place_labels(points)
    scale = ticks(min([0.0, *(p.value for p in points)]), max([0.0, *(p.value for p in points)]))
    left = max(measure(shorten(t, language)) for t in scale) + 14
    low, high = min(where.values(), default=0.0), max(where.values(), default=0.0)
    span, rise = (high - low) or 1.0, (scale[-1] - scale[0]) or 1.0

    def across(label: str) -> float:
        if high == low:
            return (left + _WIDTH - _RIGHT) / 2
        return left + 14 + (where[label] - low) / span * (_WIDTH - _RIGHT - left - 28)

    def up(value: float) -> float:
        return _HEIGHT - _BOTTOM - (value - scale[0]) / rise * (_HEIGHT - _BOTTOM - _TOP)

    root = start(_WIDTH, _HEIGHT, title)
    for tick in scale:
        kind = "base" if tick == 0 else "grid"
        add(root, "line", x1=left, x2=_WIDTH - _RIGHT, y1=up(tick), y2=up(tick), class_=kind)
        add(root, "text", shorten(tick, language), x=left - 6, y=up(tick) + 4, text_anchor="end", class_="faint")
    _add_labels(root, {label: across(label) for label in labels})
    ends: list[tuple[float, float, int, str]] = []
    for name in series:
        number = colours[name]
        own = sorted((p for p in points if p.series == name), key=lambda p: where[p.label])
        for before, after in pairwise(own):
            if not numeric or where[after.label] - where[before.label] <= 1 or len(labels) <= 3:
                add(
                    root, "line", x1=across(before.label), y1=up(before.value), x2=across(after.label),
                    y2=up(after.value), class_=f"line stroke{number}",
                )  # fmt: skip
        for point in own:
            words = f"{f'{name} · ' if name else ''}{point.label}: {spell(point.value)}"
            _add_shape(root, number, across(point.label), up(point.value), words)
        if own:
            ends.append((up(own[-1].value), across(own[-1].label), number, name))
    _add_names(root, ends)
    return write(root)


def choose_lines(points: Sequence[Point]) -> list[Point]:
    """The points of :data:`MOST_SERIES` series in their order: of the longest ones, and of these the largest."""
    values: dict[str, list[float]] = {}
    for point in points:
        values.setdefault(point.series, []).append(abs(point.value))
    shown = sorted(values, key=lambda name: (-min(len(values[name]), 3), -max(values[name])))[:MOST_SERIES]
    return [p for p in points if p.series in shown]


def _place_labels(points: Sequence[Point]) -> tuple[list[str], dict[str, float], bool]:
    """The labels in order, where each stands, and whether they are numbers."""
    labels = list(dict.fromkeys(p.label for p in points))
    numbers = {label: _number(label) for label in labels}
    if None in numbers.values():
        return labels, {label: float(i) for i, label in enumerate(labels)}, False
    where = {label: number or 0.0 for label, number in numbers.items()}
    return sorted(labels, key=lambda label: where[label]), where, True


def _add_labels(root: Element, places: Mapping[str, float]) -> None:
    """The labels below, those left out for which there is no room."""
    free = 0.0
    for label, x in places.items():
        if x - measure(label) / 2 >= free:
            add(root, "text", label, x=x, y=_HEIGHT - 9, text_anchor="middle", class_="faint")
            free = x + measure(label) / 2 + 6


def _add_names(root: Element, ends: list[tuple[float, float, int, str]]) -> None:
    """The series' names behind their last points, moved apart where they would cover one another."""
    last = 0.0
    lines = [(y, x, number, name, wrap(name, _WIDTH - x - 24, 2)) for y, x, number, name in sorted(ends) if name]
    free = float(_HEIGHT - _BOTTOM) - sum(LINE * len(words) for *_, words in lines)
    for y, x, number, name, words in lines:
        # Neither above what stands before it, nor so low that those behind it have no room.
        at = max(last, min(y - LINE * len(words) / 2, free + last))
        free -= max(0.0, at - last)
        for row, line in enumerate(words):
            add(root, "text", line, name, x=x + 12, y=at + 12 + row * LINE, class_=f"fill{number}")
        last = at + LINE * len(words)


def _add_shape(root: Element, number: int, x: float, y: float, title: str) -> None:
    kind = f"fill{number}"
    match number % 4:
        case 0:
            add(root, "circle", title=title, cx=x, cy=y, r=5, class_=kind)
        case 1:
            add(root, "rect", title=title, x=x - 4.5, y=y - 4.5, width=9, height=9, class_=kind)
        case 2:
            add(root, "path", title=title, d=f"M{x:.1f},{y - 6:.1f}l6,10.5h-12z", class_=kind)
        case _:
            add(root, "path", title=title, d=f"M{x:.1f},{y - 6:.1f}l6,6l-6,6l-6,-6z", class_=kind)


def _number(label: str) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None
