"""Drawing SVG on the server: elements, never strings, so that no label can become markup; numbers and words that fit.

Colours are classes of the stylesheet (``fill1`` … ``fill8``), since pages may carry no style of their own.
"""

from __future__ import annotations

import math
import unicodedata
import xml.etree.ElementTree as ET
from decimal import Decimal

from markupsafe import Markup

from loaders.words.numbers import trim_zeros
from service.words.amounts import format_number

COLOURS = 8
#: A chart is at most so high, in pixels at the width of :data:`WIDTH`: what it shows is seen at once.
HEIGHT, WIDTH = 600.0, 880.0
#: The height of a line of text, in pixels, and the width of a narrow and of a wide character at 12 pixels.
LINE = 16
_NARROW, _WIDE = 6.7, 12.0

Number = float | int


def start(width: Number, height: Number, title: str) -> ET.Element:
    """An SVG with a name that screen readers say."""
    root = ET.Element(
        "svg", {"viewBox": f"0 0 {_spell(width)} {_spell(height)}", "role": "img", "aria-label": clean(title)}
    )
    return root


def add(parent: ET.Element, tag: str, text: str = "", title: str = "", **attributes: Number | str) -> ET.Element:
    """A new element within ``parent``. ``class_`` gives its classes; ``title`` is what a pointer shows."""
    spelled = {name.rstrip("_").replace("_", "-"): _spell(value) for name, value in attributes.items()}
    element = ET.SubElement(parent, tag, spelled)
    if title:
        ET.SubElement(element, "title").text = clean(title)
    if text:
        element.text = clean(text)
    return element


def link(parent: ET.Element, href: str, said: str) -> ET.Element:
    """A link within ``parent``, as the parent of what is clicked; ``parent`` itself where it leads nowhere."""
    return ET.SubElement(parent, "a", {"href": clean(href), "aria-label": clean(said)}) if href else parent


def write(root: ET.Element) -> Markup:
    """The drawing as it stands in a page; the writer has escaped all that has to be."""
    if root.find(".//a") is not None:
        # An image may hold no links; a group may.
        root.set("role", "group")
    return Markup(ET.tostring(root, encoding="unicode"))


def clean(text: str) -> str:
    """Text without what no XML may hold."""
    return "".join(c if c.isprintable() else " " for c in text)


def measure(text: str) -> float:
    """About how wide a text is, in pixels."""
    return sum(_WIDE if unicodedata.east_asian_width(c) in "WF" else _NARROW for c in text)


def fit(text: str, width: float) -> str:
    """The text, cut with an ellipsis where it is wider than ``width`` pixels; "" if nothing of it fits."""
    text = " ".join(text.split())
    if measure(text) <= width:
        return text
    room = width - _WIDE
    for end in range(len(text), 0, -1):
        if measure(text[:end]) <= room:
            return text[:end] + "…"
    return ""


def wrap(text: str, width: float, lines: int) -> list[str]:
    """The text in at most ``lines`` lines of ``width`` pixels, the last one cut if need be.

    Chinese breaks behind any character, words of letters where a space is, unless one alone is wider than a line.

    >>> wrap("natural resources and oceans", 120, 3), wrap("城乡社区支出", 40, 3)
    (['natural resources', 'and oceans'], ['城乡社', '区支出'])
    """
    found: list[str] = []
    rest = " ".join(text.split())
    while rest and len(found) < lines - 1 and measure(rest) > width:
        end = max((i for i in range(1, len(rest)) if measure(rest[:i]) <= width), default=0)
        if not end:
            break
        end = _step_back(rest, end)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    last = fit(rest, width)
    return [*found, last] if last else found


def _step_back(text: str, end: int) -> int:
    """The end of a line that parts no word of letters, where there is one before ``end``."""
    if not (text[end - 1].isascii() and text[end].isascii()) or " " in (text[end - 1], text[end]):
        return end
    start = next((i for i in range(end, 0, -1) if text[i - 1] == " " or not text[i - 1].isascii()), 0)
    return start or end


def spell(value: float | Decimal) -> str:
    """A number in full, for what a pointer shows: 70,000,000, or 12.75 for a quotient."""
    return format_number(value)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from at most ``low`` to at least ``high``."""
    if high <= low:
        high = low + 1
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 2.5, 5, 10) if f * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def shorten(value: float | Decimal, language: str) -> str:
    """A number for a label: 7,000万 or 70 million; small ones as they are."""
    number = float(value)
    size = abs(number)
    if language == "zh":
        for least, factor, name in ((1e8, 1e8, "亿"), (1e4, 1e4, "万")):
            if size >= least:
                return f"{_trim(number / factor)}{name}"
    else:
        for least, factor, name in ((1e9, 1e9, " bn"), (1e6, 1e6, " m"), (1e4, 1e3, " k")):
            if size >= least:
                return f"{_trim(number / factor)}{name}"
    return _trim(number)


def _trim(number: float) -> str:
    if 0 < abs(number) < 0.01:
        return f"{number:.2g}"
    return trim_zeros(f"{number:,.0f}" if abs(number) >= 1000 else f"{number:,.2f}")


def _spell(value: Number | str) -> str:
    if isinstance(value, str):
        return clean(value)
    return trim_zeros(f"{value:.1f}") if isinstance(value, float) else str(value)
