"""Chinese numerals: the characters that official documents number and count with, and what they are worth."""

from __future__ import annotations

from decimal import Decimal

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


#: The digits of amounts in words, the forms of banks among them, and their scales.
WRITTEN_DIGITS: dict[str, int] = {
    **_VALUES, **{c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}, **dict(zip("兩貳參叄弍陸", (2, 2, 3, 3, 2, 6), strict=True)),
}  # fmt: skip
_SMALL_SCALES = {**_STEPS, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_GREAT_SCALES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
WRITTEN_SCALES = "".join((*_SMALL_SCALES, *_GREAT_SCALES))


def read_written(text: str) -> Decimal | None:
    """The value of an amount in words; None if it is none, or short for another (两万五 is 25,000).

    百 alone is 100, as in 百分之百.

    >>> [str(read_written(text)) for text in ("一千二百万", "壹仟零伍拾", "两亿三千万", "三点五万", "两万五", "百")]
    ['12000000', '1050', '230000000', '35000.0', 'None', '100']
    """
    if text == "百":
        return Decimal(100)
    if text[:1] not in {*WRITTEN_DIGITS, "十", "拾"}:
        return None
    whole, point, behind = text.partition("点")
    scale = behind.lstrip("".join(WRITTEN_DIGITS))
    places = "".join(str(WRITTEN_DIGITS[c]) for c in behind[: len(behind) - len(scale)])
    number = _read_whole(whole)
    if number is None or bool(point) != bool(places):
        return None
    for c in scale:
        number *= _GREAT_SCALES.get(c) or _SMALL_SCALES[c]
    if not places:
        return number
    factor = _read_whole("一" + scale) if scale else Decimal(1)
    return number + Decimal(f"0.{places}") * factor if factor else None


def _read_whole(text: str) -> Decimal | None:
    total = section = digit = 0
    for c in text:
        if c in WRITTEN_DIGITS:
            if digit:
                return None  # digits side by side are no amount
            digit = WRITTEN_DIGITS[c]
        elif c in _SMALL_SCALES:
            section += (digit or 1) * _SMALL_SCALES[c]
            digit = 0
        elif c in _GREAT_SCALES:
            scale = _GREAT_SCALES[c]
            total = (total + section + digit) * scale if scale > 10**4 else total + (section + digit) * scale
            section = digit = 0
        else:
            return None
    short = digit and text[-2:-1] in {*_SMALL_SCALES, *_GREAT_SCALES} - {"十", "拾"}
    return None if short else Decimal(total + section + digit)


def half_last_written(text: str) -> Decimal:
    """Half of the last place of an amount in words: 5000 for 一千二百万, 500 for 三点五万, 0.5 for 壹仟贰佰."""
    behind = text.partition("点")[2]
    places = sum(c in WRITTEN_DIGITS for c in behind)
    scale = Decimal(1)
    for c in reversed(text):
        if c not in (WRITTEN_SCALES if places else _GREAT_SCALES):
            break
        scale *= _GREAT_SCALES.get(c) or _SMALL_SCALES[c]
    return scale.scaleb(-places) / 2
