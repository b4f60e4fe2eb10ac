"""Chinese numerals: the characters that official documents number and count with, and what they are worth."""

from __future__ import annotations

#: What most lists number with, as the inside of a character class: ``f"[{TEN}]"``.
TEN = "一二三四五六七八九十"
#: Ordinals beyond ninety-nine, with the zero of years.
NUMERAL = "〇一二三四五六七八九十百"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
#: The digits of a year that is written out (二〇二三年), for :meth:`str.translate`.
DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_VALUES = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
_STEPS = {"十": 10, "百": 100}


def read_numeral(text: str) -> int:
    """The value of a whole number in Arabic, Chinese or circled digits; 0 if it is none.

    >>> [read_numeral(text) for text in ("12", "十二", "二十", "一百零三", "两", "⑫", "甲")]
    [12, 12, 20, 103, 2, 12, 0]
    """
    if text.isdecimal():  # full-width ones too
        return int(text)
    if len(text) == 1 and text in CIRCLED:
        return CIRCLED.index(text) + 1
    total = digit = 0
    for c in text:
        if c in _STEPS:
            total += (digit or 1) * _STEPS[c]
            digit = 0
        elif c in _VALUES:
            digit = _VALUES[c]
        else:
            return 0
    return total + digit
