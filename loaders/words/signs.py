"""Signs of change that stand at a number: ↑ 5.2%, 5.2%↓, ▼ 50.00, ▲ 20.00.

↑ says more, ↓ and ▼ say less. ▲ says more where the document writes ▼ for less, and less where a note says so, as
tables of accounts do; elsewhere it may be either, and what it says is open.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from loaders.facts import Direction

#: "either" is ▲ where nothing tells what it stands for; "" is no sign.
Sign = Literal["up", "down", "either", ""]
_RISING, _FALLING, TRIANGLE = "↑⬆", "↓⬇▼▽", "▲△"
SIGN = f"[{_RISING}{_FALLING}{TRIANGLE}]"
_TRIANGLES: dict[str, Sign] = {"up": "up", "down": "down", "": "either"}
_MEASURE_WORD = r"(?:[%％‰]|个?百分点|(?:百万|千万|[万亿千])?元|人次|[人个辆次项台])?"
_AT_END = re.compile(rf"(?P<sign>{SIGN})[ \u00a0\u3000]*$")
_BEHIND = re.compile(rf"[ \u00a0\u3000]*{_MEASURE_WORD}[ \u00a0\u3000]*(?P<sign>{SIGN})(?![ \u00a0\u3000]*\d)")
#: ▼ at a number: the document writes both signs.
_COUNTERPART = re.compile(rf"[▼▽][ \u00a0\u3000]*\d|\d[ \u00a0\u3000]*{_MEASURE_WORD}[ \u00a0\u3000]*[▼▽]")
_QUOTED = r"[“\"'‘（(]?[▲△][”\"'’）)]?"
_MORE, _LESS = r"(?:增|上升|提高|上涨|正数)", r"(?:减|下降|降低|下跌|负)"
#: A note that says what ▲ stands for: 注：“▲”表示减少; 增减（▲为负）; 增加（+）减少（▲）.
_LEGEND = re.compile(
    rf"{_QUOTED}(?:符?号)?\s*(?:表示|代表|指的?是|即为?|为|是|[:：=＝])\s*(?:同比|[比较]上年|数[额值])?(?:(?P<more>{_MORE})|(?P<less>{_LESS}))"
    rf"|以\s*{_QUOTED}(?:符?号)?\s*(?:表示|代表)?(?:(?P<more_by>{_MORE})|(?P<less_by>{_LESS}))"
    rf"|(?:(?P<more_in>增加?|增长|上升)|(?P<less_in>减少?|下降|降低|负数?))\s*[（(]\s*[“\"]?[▲△][”\"]?\s*[）)]"
)


@lru_cache(maxsize=64)
def read_triangle(text: str) -> Direction:
    """What ▲ at a number says in a document of this text: more, less, or "" where nothing tells.

    >>> [read_triangle(text) for text in ("▲5.2%，▼3.1%", "注：“▲”表示减少。", "同比▲5.2%")]
    ['up', 'down', '']
    """
    if "▲" not in text and "△" not in text:
        return ""
    said = {
        "up" if (name or "").startswith("more") else "down" for name in (m.lastgroup for m in _LEGEND.finditer(text))
    }
    if len(said) == 1:
        return "up" if "up" in said else "down"
    return "up" if not said and _COUNTERPART.search(text) else ""


def read_sign(text: str, start: int, end: int, triangle: Direction) -> tuple[Sign, int]:
    """The sign of change at the number from ``start`` to ``end``, and where it stands (-1 without one).

    The one before the number is its own; one behind it and its unit is, unless a number follows. ``triangle`` is what ▲
    says in the document.
    """
    before = _AT_END.search(text, max(0, start - 4), start)
    found = before or _BEHIND.match(text, end)
    if found is None:
        return "", -1
    sign = found.group("sign")
    if sign in TRIANGLE:
        return _TRIANGLES[triangle], found.start("sign")
    return ("up" if sign in _RISING else "down"), found.start("sign")


def agree(said: Direction, sign: Sign) -> Direction:
    """The direction of a change whose words say ``said`` ("" if none): "" where word and sign do not agree.

    A sign that may be either is no more than its words where these say less: 下降▲5% is less in both readings.
    """
    if sign == "either":
        return "down" if said == "down" else ""
    if not sign:
        return said
    return sign if said in ("", sign) else ""
