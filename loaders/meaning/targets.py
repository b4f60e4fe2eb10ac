"""What a performance indicator aims at: comparator, number and unit, or a statement in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.documents import Passage

SYMBOLS = {
    "≥": "≥", "＞＝": "≥", ">=": "≥", "大于等于": "≥", "不少于": "≥", "不低于": "≥", "不小于": "≥",
    "至少": "≥", "达到": "≥",
    "≧": "≥", "≦": "≤",
    "≤": "≤", "<=": "≤", "小于等于": "≤", "不超过": "≤", "不高于": "≤", "不大于": "≤", "不多于": "≤", "控制在": "≤",
    "＞": ">", ">": ">", "大于": ">", "高于": ">", "超过": ">",
    "＜": "<", "<": "<", "小于": "<", "低于": "<", "少于": "<",
    "=": "=", "＝": "=", "等于": "=",
}  # fmt: skip
BEHIND = {"以上": "≥", "及以上": "≥", "以下": "≤", "及以下": "≤", "以内": "≤", "之内": "≤"}
QUANTITY = re.compile(
    r"^\s*(?P<sign>" + "|".join(sorted(map(re.escape, SYMBOLS), key=len, reverse=True)) + r")?\s*"
    r"(?P<number>-?\d[\d,]*(?:\.\d+)?)\s*(?P<unit>[%％‰]|[\u4e00-\u9fff（）()/每A-Za-z]{1,10}?)?(?P<behind>及?以[上下]|[以之]内)?\s*$"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A target as printed, without comparator and unit. ``passage`` is where ``text`` stands."""

    text: str
    passage: Passage
    comparator: str = ""
    unit: str = ""
    qualitative: bool = False


def read_target(cell: Passage) -> Target:
    """The target that a cell states; words without a number are a qualitative target."""
    cell = cell.strip()
    m = QUANTITY.match(cell.text)
    if m is None:
        return Target(cell.text, cell, qualitative=True)
    comparator = SYMBOLS.get(m.group("sign") or "", "") or BEHIND.get((m.group("behind") or "").removeprefix("及"), "")
    return Target(m.group("number"), cell.part(*m.span("number")), comparator, m.group("unit") or "")
