"""A finding as a chart: what fits on a screen, the largest by themselves, all others together and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from markupsafe import Markup

from service.pages.charts import (
    MOST_SERIES,
    MOST_SLOPES,
    MOST_TILES,
    OTHERS,
    Dot,
    Place,
    Point,
    Slope,
    Tile,
    choose_bars,
    choose_lines,
    draw_bars,
    draw_lines,
    draw_scatter,
    draw_slopes,
    draw_tiles,
    draw_treemap,
)  # fmt: skip
from service.pages.explorer.asking import Finding, Item
from service.pages.explorer.wording import name_provinces, say_count, t

#: Where a click on an item leads; "" for nowhere.
Follow = Callable[[Item], str]


@dataclass(frozen=True)
class Chart:
    """A chart: its drawing (None for a table), the items drawn by themselves, and those that are left to the table.

    ``unnamed`` are labels of points whose names found no room in the drawing.
    """

    svg: Markup | None
    shown: tuple[Item, ...]
    rest: tuple[Item, ...] = ()
    unnamed: tuple[str, ...] = ()


def draw_finding(found: Finding, title: str, language: str, follow: Follow) -> Chart:
    """The chart that the wish asks for."""
    drawn = found.drawn
    if not found.items or drawn == "table":
        return Chart(None, tuple(found.items))
    return _DRAWING[drawn](found, title, language, follow)


def find_share(item: Item, found: Finding) -> Decimal | None:
    """Which part of all an item is, in per cent; None where there is no whole."""
    return item.value * 100 / found.total if found.total > 0 else None


def _draw_bars(found: Finding, title: str, language: str, follow: Follow) -> Chart:
    if found.wish.by == "year":
        # Each stands for itself in a year of its own: by size, as bars are read.
        found = replace(found, items=sorted(found.items, key=lambda i: (-i.value, i.label, i.key)))
    points = [Point(i.label, _measure(i, found), detail=_count(i, found, language), href=follow(i), key=i.key)
              for i in found.items]  # fmt: skip
    # Two things of one name are told apart by a number.
    points = _tell_apart(points)
    shown = choose_bars(points)
    if len(shown) == len(points):
        return Chart(draw_bars(points, title, language), tuple(found.items))
    # Room for all others, as one bar where they add up.
    shown = choose_bars(points, _HEIGHT_LESS)
    kept = {id(p) for p in shown}
    rest = tuple(i for i, p in zip(found.items, points, strict=True) if id(p) not in kept)
    if adds_up(found):
        left = sum((Decimal(str(_measure(i, found))) for i in rest), Decimal(0))
        words = t(language, f"其余 {len(rest)} 项合计", f"all {len(rest)} others together")
        shown = [*shown, Point(words, float(left), key=OTHERS)]
    return Chart(draw_bars(shown, title, language), tuple(i for i in found.items if i not in rest), rest)


_HEIGHT_LESS = 540.0


def adds_up(found: Finding) -> bool:
    """Whether the items make a whole: amounts of one year, no quotients, nothing counted twice."""
    return not found.wish.per and found.wish.by not in ("project", "topic", "year") and found.wish.drawn != "slope"


def _draw_lines(found: Finding, title: str, language: str, follow: Follow) -> Chart:  # noqa: ARG001 (as the others)
    # What has one year makes no line, and its points would cover one another.
    years = Counter(i.key for i in found.items)
    points = [Point(str(i.year), float(i.value), i.label, key=i.key) for i in found.items if years[i.key] > 1]
    shown = choose_lines(points) if len({p.series for p in points}) > MOST_SERIES else points
    kept = {p.series for p in shown}
    rest = tuple(i for i in found.items if i.label not in kept)
    return Chart(draw_lines(shown, title, language), tuple(i for i in found.items if i.label in kept), rest)


def _draw_treemap(found: Finding, title: str, language: str, follow: Follow) -> Chart:
    sized = [i for i in found.items if i.value > 0]
    shown, rest = sized[: MOST_TILES - 1], sized[MOST_TILES - 1 :]
    tiles = [Tile(i.key, _say_share(i, found, language), float(i.value), href=follow(i)) for i in shown]
    if rest:
        left = sum((i.value for i in rest), Decimal(0))
        words = t(language, f"其余 {len(rest)} 项", f"{len(rest)} others")
        tiles.append(Tile(OTHERS, words, float(left), faint=True))
    svg = draw_treemap(tiles, title, language) if tiles else None
    return Chart(svg, tuple(shown), (*rest, *(i for i in found.items if i.value <= 0)))


def _draw_slopes(found: Finding, title: str, language: str, follow: Follow) -> Chart:  # noqa: ARG001 (as the others)
    shown, rest = found.items[:MOST_SLOPES], found.items[MOST_SLOPES:]
    slopes = [Slope(i.label, float(i.value), float(i.after or 0), i.key) for i in shown]
    svg = draw_slopes(slopes, (str(found.wish.year), str(found.wish.to)), title, language)
    return Chart(svg, tuple(shown), tuple(rest))


def _draw_scatter(found: Finding, title: str, language: str, follow: Follow) -> Chart:  # noqa: ARG001 (as the others)
    per = found.wish.per or "staff"
    dots = [
        Dot(i.label, float(i.number), float(i.amount), float(i.amount / i.number))
        for i in found.items
        if i.number is not None and i.number > 0
    ]
    across = say_count(per, language)
    axes = across, f"{found.wish.about.name(language)} ({t(language, '元', 'yuan')})"
    svg, unnamed = draw_scatter(dots, axes, title, language)
    return Chart(svg, tuple(found.items), unnamed=tuple(dot.label for dot in unnamed))


def _draw_tiles(found: Finding, title: str, language: str, follow: Follow) -> Chart:
    codes = {p.iri: p for p in found.directory.places.values()}
    places: list[Place] = []
    links: dict[str, str] = {}
    for item in found.items:
        code = codes[item.key].code if item.key in codes else ""
        if code and item.value > 0:
            places.append(Place(code, item.label, float(item.value)))
            links.setdefault(code[:2], follow(item))
    return Chart(draw_tiles(places, name_provinces(language), links, title, language), tuple(found.items))


_DRAWING: Mapping[str, Callable[[Finding, str, str, Follow], Chart]] = {
    "bar": _draw_bars,
    "line": _draw_lines,
    "treemap": _draw_treemap,
    "slope": _draw_slopes,
    "scatter": _draw_scatter,
    "grid": _draw_tiles,
}


def _measure(item: Item, found: Finding) -> float:
    share = find_share(item, found) if found.wish.share else None
    return float(round(share, 2)) if share is not None else float(item.value)


def _say_share(item: Item, found: Finding, language: str) -> str:
    """The words of a tile: its name, and in per cent how much of all it is where that is asked for."""
    count = _count(item, found, language)
    words = f"{item.label}{f' · {count}' if count else ''}"
    share = find_share(item, found) if found.wish.share else None
    return words if share is None else f"{words} {share:.1f}%"


def _count(item: Item, found: Finding, language: str) -> str:
    """Of how many offices a sum is; the year where things stand by years; "" where each item is of one."""
    if found.wish.by == "year":
        return str(item.year)
    if item.offices == 1 and found.wish.by not in ("kind",):
        return ""
    zh, en = ("项目", "project") if found.wish.by == "topic" else ("部门", "office")
    return t(language, f"{item.offices} 个{zh}", f"{item.offices} {en}{'' if item.offices == 1 else 's'}")


def _tell_apart(points: Sequence[Point]) -> list[Point]:
    seen: dict[tuple[str, str], int] = {}
    told = []
    for point in points:
        place = (point.label, point.detail)
        seen[place] = seen.get(place, 0) + 1
        more = f"({seen[place]})" if seen[place] > 1 else ""
        detail = " · ".join(w for w in (point.detail, more) if w)
        told.append(Point(point.label, point.value, point.series, detail, point.href, point.key))
    return told
