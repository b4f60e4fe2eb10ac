"""How a target is compared: the words and signs that stand before its number, and the sign they mean."""

from __future__ import annotations

import re

COMPARATORS = {
    "≥": ">=", "≤": "<=", "≧": ">=", "≦": "<=", "＞": ">", "＜": "<", ">": ">", "<": "<", "=": "==", "＝": "==", "不低于": ">=", "不少于": ">=",
    "不超过": "<=", "不高于": "<=", "大于等于": ">=", "小于等于": "<=", "大于": ">", "小于": "<", "至少": ">=", "超过": ">", "不大于": "<=",
    "不小于": ">=", "高于": ">", "低于": "<", "控制在": "<=", "\\geq": ">=", "\\leq": "<=",
}  # fmt: skip
_AT_END = re.compile("(" + "|".join(re.escape(k) for k in sorted(COMPARATORS, key=len, reverse=True)) + r")\s*$")


def read_comparator(text: str) -> str:
    """The comparator that a text ends in, as its sign; "" if it ends in none.

    >>> read_comparator("满意度不低于")
    '>='
    """
    match = _AT_END.search(text)
    return COMPARATORS[match.group(1)] if match else ""
