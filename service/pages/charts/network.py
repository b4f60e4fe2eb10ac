"""The neighbourhood of a thing as a small graph: the thing in the middle, what it names and what names it around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.pages.charts.colours import choose_colours
from service.pages.charts.svg import add, fit, measure, start, write

MOST_NEIGHBOURS = 18
_WIDTH, _HEIGHT = 880.0, 400.0


@dataclass(frozen=True)
class Neighbour:
    """What stands in relation to the thing. ``inward`` if it points to the thing; ``href`` is its page."""

    label: str
    relation: str
    href: str
    kind: str = ""
    inward: bool = False


def draw_network(centre: str, neighbours: Sequence[Neighbour], title: str) -> Markup:
    """The graph; each neighbour is a link to its page."""
    shown = neighbours[:MOST_NEIGHBOURS]
    colours = choose_colours([n.kind for n in shown])
    root = start(_WIDTH, _HEIGHT, title)
    x0, y0 = _WIDTH / 2, _HEIGHT / 2
    spots = []
    for number, neighbour in enumerate(shown):
        angle = 2 * math.pi * (number + 0.5) / len(shown) - math.pi / 2
        spots.append((neighbour, x0 + 300 * math.cos(angle), y0 + 165 * math.sin(angle)))
    for neighbour, x, y in spots:
        add(root, "line", x1=x0, y1=y0, x2=x, y2=y, class_="edge")
        # Where the relation's name stands, nearer to the neighbour than to the crowded middle.
        at = 0.56
        arrow = "←" if neighbour.inward else "→"
        words = fit(f"{neighbour.relation} {arrow}" if x < x0 else f"{arrow} {neighbour.relation}", 118)
        add(
            root, "text", words, x=x0 + (x - x0) * at, y=y0 + (y - y0) * at - 3, text_anchor="middle", class_="faint"
        )  # fmt: skip
    for neighbour, x, y in spots:
        words = fit(neighbour.label or neighbour.href, 150)
        width = measure(words) + 18
        box = add(root, "a", href=neighbour.href, aria_label=f"{neighbour.relation}: {neighbour.label}")
        add(
            box, "rect", title=f"{neighbour.relation}: {neighbour.label}", x=x - width / 2, y=y - 13, width=width,
            height=26, rx=13, class_=f"tint{colours.get(neighbour.kind, 8)}",
        )  # fmt: skip
        add(box, "text", words, x=x, y=y + 4, text_anchor="middle")
    words = fit(centre, 210)
    width = measure(words) + 26
    add(root, "rect", title=centre, x=x0 - width / 2, y=y0 - 17, width=width, height=34, rx=17, class_="centre")
    add(root, "text", words, x=x0, y=y0 + 4, text_anchor="middle")
    return write(root)
