"""How a target is compared: the words and signs around its number, and the sign they mean.

There is one spelling of a comparator, in figures, indicators and the graph: one of :data:`SIGNS`.
"""

from __future__ import annotations

import re

#: Every comparator that there is.
SIGNS = ("=", "≠", "<", "≤", ">", "≥")
#: Words and signs before a number.
COMPARATORS = {
    "≥": "≥", "≧": "≥", "⩾": "≥", ">=": "≥", "＞=": "≥", ">＝": "≥", "＞＝": "≥", "\\geqslant": "≥", "\\geq": "≥", "\\ge": "≥",
    "大于等于": "≥", "大于或等于": "≥", "不低于": "≥", "不少于": "≥", "不小于": "≥", "至少": "≥",
    "≤": "≤", "≦": "≤", "⩽": "≤", "<=": "≤", "＜=": "≤", "<＝": "≤", "＜＝": "≤", "\\leqslant": "≤", "\\leq": "≤", "\\le": "≤",
    "小于等于": "≤", "小于或等于": "≤", "不超过": "≤", "不高于": "≤", "不大于": "≤", "不多于": "≤", "控制在": "≤",
    ">": ">", "＞": ">", "﹥": ">", "大于": ">", "高于": ">", "超过": ">",
    "<": "<", "＜": "<", "﹤": "<", "小于": "<", "低于": "<", "少于": "<",
    "=": "=", "＝": "=", "==": "=", "═": "=", "﹦": "=", "等于": "=", "≠": "≠", "!=": "≠", "不等于": "≠",
}  # fmt: skip
#: Words behind a number and its unit.
BEHIND = {
    "以上": "≥", "及以上": "≥", "（含）以上": "≥", "(含)以上": "≥",
    "以下": "≤", "及以下": "≤", "以内": "≤", "之内": "≤", "（含）以下": "≤", "(含)以下": "≤", "（含）以内": "≤", "(含)以内": "≤",
}  # fmt: skip


def _any_of(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_AT_END = re.compile(rf"({_any_of(COMPARATORS)})\s*$")
_BEHIND = re.compile(rf"\s*({_any_of(BEHIND)})")


def read_comparator(text: str) -> str:
    """The comparator that a text ends in, as its sign; "" if it ends in none.

    >>> read_comparator("满意度不低于")
    '≥'
    """
    match = _AT_END.search(text)
    return COMPARATORS[match.group(1)] if match else ""


def read_comparator_behind(text: str) -> str:
    """The comparator that a text behind a number and its unit begins with; "" if it begins with none.

    >>> read_comparator_behind("以上的企业")
    '≥'
    """
    match = _BEHIND.match(text)
    return BEHIND[match.group(1)] if match else ""
