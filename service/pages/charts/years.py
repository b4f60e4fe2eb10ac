"""A small drawing of how many documents there are of each year, stacked by kind, for the start page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from service.pages.charts.svg import add, start, write

_WIDTH, _HEIGHT, _BASE = 420, 118, 98
#: The widest that a bar may be, in pixels, and from how many years on only every second or further one is named.
_WIDEST, _NAMED = 40, 12


def draw_years(counts: Mapping[int, Mapping[str, int]], kinds: Sequence[str], title: str) -> Markup:
    """One bar a year, from the first year to the last, without a gap for years that have none left out.

    ``counts`` are numbers of documents by year and kind; ``kinds``, at most eight, are in the order of their colours.
    """
    years = range(min(counts), max(counts) + 1)
    step = _WIDTH / len(years)
    width = min(_WIDEST, step * 0.74)
    most = max(sum(each.values()) for each in counts.values())
    every = -(-len(years) // _NAMED)
    root = start(_WIDTH, _HEIGHT, title)
    add(root, "line", x1=0, x2=_WIDTH, y1=_BASE, y2=_BASE, class_="base")
    for number, year in enumerate(years):
        middle, top = (number + 0.5) * step, float(_BASE)
        own = counts.get(year, {})
        said = f"{year}: " + ", ".join(f"{kind} {own[kind]}" for kind in kinds if own.get(kind))
        for place, kind in enumerate(kinds):
            tall = (_BASE - 18) * own.get(kind, 0) / most
            top -= tall
            if tall:
                add(root, "rect", title=said, x=middle - width / 2, y=top, width=width, height=tall,
                    class_=f"fill{place + 1}")  # fmt: skip
        if own:
            add(root, "text", str(sum(own.values())), x=middle, y=top - 4, text_anchor="middle", class_="faint")
        if number % every == (len(years) - 1) % every:
            add(root, "text", str(year), x=middle, y=_HEIGHT - 4, text_anchor="middle", class_="faint")
    return write(root)
