"""A whole as tiles: squarified (Bruls, Huizing and van Wijk 2000), so that areas can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.pages.charts.colours import choose_colours
from service.pages.charts.svg import LINE, add, link, shorten, spell, start, wrap, write

MOST_TILES = 40
#: A tile is a link if it is so many pixels wide and high: what is smaller is not to be hit.
_LEAST_LINK = 30
_WIDTH, _HEIGHT = 880.0, 430.0


@dataclass(frozen=True)
class Tile:
    """A part of the whole. ``parent`` is the ``key`` of the tile above it, whose own value is its printed total;
    ``href`` is where a click on it leads; ``faint`` is what is no thing of its own, such as all others."""

    key: str
    label: str
    value: float
    parent: str = ""
    href: str = ""
    faint: bool = False


Box = tuple[float, float, float, float]


def list_leaves(tiles: Sequence[Tile]) -> list[Tile]:
    """The tiles with nothing below them, the largest first: a parent and its parts are never added together."""
    parents = {t.parent for t in tiles if t.parent and t.parent != t.key}
    return sorted((t for t in tiles if t.key not in parents and t.value > 0), key=lambda t: -t.value)


def draw_treemap(tiles: Sequence[Tile], title: str, language: str) -> Markup:
    """The leaves as tiles, those below one top tile together and in one colour; of one colour all where there are more
    such groups than colours."""
    above = {t.key: t.parent for t in tiles}
    groups: dict[str, list[Tile]] = defaultdict(list)
    for tile in list_leaves(tiles)[:MOST_TILES]:
        groups[_find_top(tile.key, above)].append(tile)
    named = {name: members for name, members in groups.items() if not members[0].faint}
    # Where all hangs together, each tile has a colour of its own.
    single = len(named) == 1
    colours = choose_colours([t.key for members in named.values() for t in members] if single else list(named))
    root = start(_WIDTH, _HEIGHT, title)
    sizes = [(name, sum(t.value for t in members)) for name, members in groups.items()]
    sizes.sort(key=lambda item: -item[1])
    for box, name in _lay_out(sizes, (0.0, 0.0, _WIDTH, _HEIGHT)):
        members = {t.key: t for t in groups[name]}
        inner = _lay_out([(t.key, t.value) for t in groups[name]], box)
        for (x, y, w, h), key in inner:
            tile = members[key]
            words = f"{tile.label}: {spell(tile.value)}"
            kind = "idle" if tile.faint else f"tint{colours.get(key if single else name, 2)}"
            place = link(root, tile.href if min(w, h) >= _LEAST_LINK else "", words)
            add(
                place, "rect", title=words, x=x + 1, y=y + 1, width=max(w - 2, 0.5), height=max(h - 2, 0.5), class_=kind
            )
            lines = wrap(tile.label, w - 12, int((h - 8) // LINE)) if w > 30 and h > LINE + 6 else []
            for row, line in enumerate(lines):
                add(place, "text", line, x=x + 7, y=y + 17 + row * LINE)
            if lines and (len(lines) + 1) * LINE + 6 < h and w > 60:
                add(place, "text", shorten(tile.value, language), x=x + 7, y=y + 17 + len(lines) * LINE, class_="faint")
    return write(root)


def _find_top(key: str, above: dict[str, str]) -> str:
    seen = {key}
    while (parent := above.get(key, "")) and parent in above and parent not in seen:
        seen.add(parent)
        key = parent
    # Parts whose parent is no row of its own still belong together.
    return above.get(key, "") or key


def _lay_out(sizes: Sequence[tuple[str, float]], box: Box) -> list[tuple[Box, str]]:
    """Boxes for sizes in falling order; each row is filled as long as that makes its boxes squarer."""
    total = sum(size for _, size in sizes)
    if total <= 0:
        return []
    x, y, width, height = box
    scale = width * height / total
    rest = [(name, size * scale) for name, size in sizes]
    found: list[tuple[Box, str]] = []
    while rest:
        side = min(width, height) or 1.0
        row = [rest[0]]
        for item in rest[1:]:
            if _find_worst([*row, item], side) > _find_worst(row, side):
                break
            row.append(item)
        rest = rest[len(row) :]
        thick = sum(area for _, area in row) / side
        along = 0.0
        for name, area in row:
            length = area / thick if thick else 0.0
            at = (x + along, y, length, thick) if width < height else (x, y + along, thick, length)
            found.append((at, name))
            along += length
        if width < height:
            y, height = y + thick, height - thick
        else:
            x, width = x + thick, width - thick
    return found


def _find_worst(row: Sequence[tuple[str, float]], side: float) -> float:
    areas = [area for _, area in row]
    total = sum(areas)
    return max(max(side**2 * a / total**2, total**2 / (side**2 * a)) for a in areas) if min(areas) > 0 else 1e9
