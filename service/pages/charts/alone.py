"""A chart outside a page: with its title, its source and its colours within it, as SVG or PNG.

In a page the stylesheet colours a chart; a picture that travels has the light scheme's colours as attributes, since no
style may stand in what this site serves.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from loaders.extras import naming_extras
from service.pages.charts.svg import LINE, WIDTH, add, clean, wrap

_STYLES = Path(__file__).parent.parent.parent / "web" / "gongkai.css"
_FONTS = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
_SVG = "http://www.w3.org/2000/svg"
_EDGE = 16.0
#: Pixels of a PNG for each of the drawing.
_SCALE = 2


def stand_alone(drawing: str, title: str, about: Sequence[str], source: str) -> bytes:
    """The drawing as an SVG file: ``title`` and the lines of ``about`` above it, ``source`` below, links left out."""
    chart = ET.fromstring(drawing)
    _, _, width, height = (float(n) for n in chart.get("viewBox", "0 0 0 0").split())
    head = [
        *((line, True) for line in wrap(title, WIDTH - 60, 2)),
        *((t, False) for a in about for t in wrap(a, WIDTH, 2)),
    ]
    foot = wrap(source, WIDTH, 2)
    top = _EDGE + LINE * 1.35 * len(head) + 8
    whole = top + height + LINE * (len(foot) + 1) + _EDGE
    full = width + 2 * _EDGE
    root = ET.Element("svg", {
        "xmlns": _SVG, "viewBox": f"0 0 {full:.0f} {whole:.0f}", "width": f"{full:.0f}", "height": f"{whole:.0f}",
        "role": "img", "aria-label": clean(title), "font-family": _FONTS, "font-size": "12",
    })  # fmt: skip
    colours = _read_colours()
    add(root, "rect", width=full, height=whole, fill=colours["raised"])
    for number, (line, strong) in enumerate(head):
        y = _EDGE + LINE * 1.35 * (number + 0.7)
        add(
            root, "text", line, x=_EDGE, y=y, fill=colours["ink" if strong else "soft"],
            font_size="16" if strong else "12", font_weight="700" if strong else "400",
        )  # fmt: skip
    inner = add(root, "g", transform=f"translate({_EDGE:.0f},{top:.0f})")
    for element in _unlink(chart):
        _colour(element, colours)
        inner.append(element)
    for number, line in enumerate(foot):
        add(root, "text", line, x=_EDGE, y=top + height + LINE * (number + 1.4), fill=colours["soft"], font_size="11")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def paint(svg: bytes) -> bytes:
    """An SVG file of :func:`stand_alone` as PNG.

    Raises MissingExtra where the library that paints is not installed; see :func:`can_write` for its fonts.
    """
    with naming_extras("a chart as PNG"):
        import resvg_py
    painted: bytes = bytes(resvg_py.svg_to_bytes(svg_string=svg.decode("utf-8"), zoom=_SCALE))
    return painted


@cache
def can_write() -> bool:
    """Whether this machine has a font with Chinese characters: without one, all would be painted alike."""
    empty = f'<svg xmlns="{_SVG}" width="20" height="20" font-family="sans-serif"><text y="16">{{}}</text></svg>'
    first, second = (paint(empty.format(character).encode()) for character in "公开")
    return first != second


def _unlink(chart: ET.Element) -> list[ET.Element]:
    """The elements of a drawing, those within links in their place."""
    found: list[ET.Element] = []
    for element in chart:
        found.extend(_unlink(element) if element.tag.rpartition("}")[2] == "a" else [element])
    return found


def _colour(element: ET.Element, colours: dict[str, str]) -> None:
    for part in element.iter():
        tag, classes = part.tag.rpartition("}")[2], part.attrib.pop("class", "").split()
        if tag == "text":
            part.set("fill", colours["ink"])
        for name in classes:
            for attribute, value in _attributes(name, tag, colours).items():
                part.set(attribute, value)


def _attributes(name: str, tag: str, colours: dict[str, str]) -> dict[str, str]:
    """What a class of the stylesheet means, as attributes."""
    numbered = re.fullmatch(r"(fill|tint|stroke)([0-9])", name)
    if numbered:
        kind, number = numbered.groups()
        return {"stroke" if kind == "stroke" else "fill": colours[f"{'f' if kind == 'tint' else 's'}{number}"]}
    return {
        "faint": {"fill": colours["soft"]} if tag == "text" else {},
        "grid": {"stroke": colours["line"]},
        "base": {"stroke": colours["edge"]},
        "edge": {"stroke": colours["edge"]},
        "idle": {"fill": colours["idle"]},
        "rest": {"fill": colours["edge"]},
        "line": {"stroke-width": "2.5", "fill": "none"},
        "ring": {"stroke": colours["ink"], "stroke-width": "1.5"},
    }.get(name, {})


@cache
def _read_colours() -> dict[str, str]:
    """The light scheme of the stylesheet: the first value of each of its colours."""
    found: dict[str, str] = {}
    for name, value in re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", _STYLES.read_text(encoding="utf-8")):
        found.setdefault(name, value)
    return found
