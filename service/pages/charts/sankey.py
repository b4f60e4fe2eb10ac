"""Flows: what comes from where and goes where, as bands whose width is the amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.pages.charts.colours import choose_colours
from service.pages.charts.svg import HEIGHT, LINE, add, fit, shorten, spell, start, write

MOST_FLOWS = 40
_WIDTH, _NODE, _GAP, _LABEL = 880.0, 12.0, 9.0, 190.0


@dataclass(frozen=True)
class Flow:
    """An amount above zero that goes from one end to the other; ``detail`` tells it from others between the two."""

    source: str
    target: str
    value: float
    detail: str = ""


def draw_sankey(flows: Sequence[Flow], title: str, language: str) -> Markup:
    """The flows in layers from left to right: those that :func:`choose_flows` gives."""
    flows = choose_flows(flows)
    layer = _find_layers(flows)
    ends: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for flow in flows:
        ends[flow.source][1] += flow.value
        ends[flow.target][0] += flow.value
    sizes = {name: max(pair) for name, pair in ends.items()}
    depth = max(layer.values(), default=0)
    columns = [[n for n in sizes if layer[n] == i] for i in range(depth + 1)]
    most = max((len(c) for c in columns), default=1)
    height = max(200.0, min(HEIGHT, most * 34.0))
    scale = min(
        ((height - _GAP * (len(c) - 1)) / sum(sizes[n] for n in c) for c in columns if c), default=1.0
    )  # fmt: skip
    step = (_WIDTH - 2 * _LABEL - _NODE) / max(depth, 1)
    deepest = height
    place: dict[str, tuple[float, float]] = {}
    for index, column in enumerate(columns):
        column.sort(key=lambda n: (_find_centre(n, flows, place), -sizes[n]))
        y = 4.0
        for name in column:
            place[name] = (_LABEL + index * step, y)
            # A thin band has room for its words as well.
            y += max(sizes[name] * scale, LINE) + _GAP
            deepest = max(deepest, y)
    root = start(_WIDTH, deepest + 8, title)
    out, into = {n: p[1] for n, p in place.items()}, {n: p[1] for n, p in place.items()}
    colours = choose_colours([flow.source for flow in flows])
    for flow in sorted(flows, key=lambda f: (place[f.source][1], place[f.target][1])):
        thick = flow.value * scale
        x1, x2 = place[flow.source][0] + _NODE, place[flow.target][0]
        y1, y2 = out[flow.source], into[flow.target]
        out[flow.source] += thick
        into[flow.target] += thick
        middle = (x1 + x2) / 2
        thick = max(thick, 0.7)
        path = (
            f"M{x1:.1f},{y1:.1f}C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
            f"v{thick:.1f}C{middle:.1f},{y2 + thick:.1f} {middle:.1f},{y1 + thick:.1f} {x1:.1f},{y1 + thick:.1f}z"
        )
        words = f"{flow.source} → {flow.target}{f' · {flow.detail}' if flow.detail else ''}: {spell(flow.value)}"
        add(root, "path", title=words, d=path, class_=f"tint{colours.get(flow.source, 8)}", fill_opacity="0.75")
    for name, (x, y) in place.items():
        size = max(sizes[name] * scale, 1.0)
        words = f"{name} {shorten(sizes[name], language)}"
        add(root, "rect", title=words, x=x, y=y, width=_NODE, height=size, class_=f"fill{colours.get(name, 8)}")
        last = layer[name] == depth and depth > 0
        at, anchor = (x + _NODE + 6, "start") if last or layer[name] > 0 else (x - 6, "end")
        room = _LABEL - 12 if last or layer[name] == 0 else step - 30
        add(root, "text", fit(words, room), words, x=at, y=y + size / 2 + 4, text_anchor=anchor)
    return write(root)


def choose_flows(flows: Sequence[Flow]) -> list[Flow]:
    """The flows that are drawn: the :data:`MOST_FLOWS` largest, without those that would lead round in a circle."""
    return _break_circles(sorted((f for f in flows if f.value > 0), key=lambda f: -f.value)[:MOST_FLOWS])


def _break_circles(flows: Sequence[Flow]) -> list[Flow]:
    """The flows in order, without those that would close a circle."""
    onward: dict[str, set[str]] = defaultdict(set)
    kept = []
    for flow in flows:
        if flow.source != flow.target and not _reaches(flow.target, flow.source, onward):
            onward[flow.source].add(flow.target)
            kept.append(flow)
    return kept


def _reaches(begin: str, end: str, onward: Mapping[str, set[str]]) -> bool:
    seen, waiting = {begin}, [begin]
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        fresh = onward.get(name, set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return False


def _find_layers(flows: Sequence[Flow]) -> dict[str, int]:
    """For each end the length of the longest way to it."""
    layer = {name: 0 for flow in flows for name in (flow.source, flow.target)}
    for _ in range(len(layer)):
        moved = False
        for flow in flows:
            if layer[flow.target] <= layer[flow.source]:
                layer[flow.target] = layer[flow.source] + 1
                moved = True
        if not moved:
            break
    return layer


def _find_centre(name: str, flows: Sequence[Flow], place: Mapping[str, tuple[float, float]]) -> float:
    """The mean height of what flows into a node, by which crossings become few."""
    known = [(place[f.source][1], f.value) for f in flows if f.target == name and f.source in place]
    total = sum(value for _, value in known)
    return sum(y * value for y, value in known) / total if total else 0.0
