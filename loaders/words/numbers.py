"""Number tokens and what they are worth: separators, stray spaces, signs, scales within them, precision.

The token is the one of the ledger: a maximal run of digits with its separators and decimal point, with stray inner
spaces (``41, 338``) and separators that extraction broke (``194829,473``). A number that is said in steps is one token:
``1亿2000`` of ``1亿2000万元``. Nothing here knows a document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from loaders.characters import UNSEEN
from loaders.documents import Span
from loaders.words.numerals import WRITTEN_DIGITS, WRITTEN_SCALES, half_last_written, read_written
from loaders.words.units import SCALES, UnitWord, unit_after

#: Digits, thousands separators (whole or broken, with one stray space behind), decimal part, exponent.
TOKEN = re.compile(
    r"(?:(?:\d{1,3}(?:[,，]\d{3})+|\d+)\.\d{2}){2,}(?![\d.,，])"  # amounts of two decimals that extraction ran together
    r"|\d{2,}[ \u00a0]\.\d{1,2}(?![\d.])"  # 25180 .33
    r"|\d+(?:[,，][ \u00a0]?\d{3}(?!\d))+(?:\.\d+)?"  # 41, 338  1,234.56  194829,473
    r"|\d+(?:[,，]\d+)+(?:\.\d+)?"  # separators that extraction broke
    r"|\d+\.\d+[eE][+-]?\d+"  # 1.2e4
    r"|\d+(?:\.\d+)*"
)
_AMOUNT = re.compile(r"(?:\d{1,3}(?:[,，]\d{3})+|\d+)\.\d{2}")
#: An ordinal that runs into a year: ``1.2023年`` is the list number 1 and the year 2023.
_ORDINAL_YEAR = re.compile(r"^(\d{1,2})\.((?:19|20)\d{2})$")
#: A list number that runs into an amount of the same sentence is not separable by form; a date with points is one token.
DIGIT_WORDS = "".join(WRITTEN_DIGITS)
_BANK_DIGITS = frozenset("壹贰叁肆伍陆柒捌玖")
#: Points and commas of other widths, and those that they stand for.
_POINTS = str.maketrans("．﹒﹐", "..,")
MINUS = "-−﹣－–"
_OPENERS = set("\n\t \u3000\u00a0(（=＝:：,，;；|")
_STEP_WORDS = "|".join(sorted(SCALES, key=len, reverse=True))
#: What stands between the steps of a number: ``1亿2000``, ``2亿零300``.
_BETWEEN = re.compile(rf"({_STEP_WORDS})[零〇]?")
_COUNTED = frozenset({"CNY", "PERSON", "VEHICLE", "ITEM", "TIMES", "TEU"})
_STEP = re.compile(rf"([\d.,，]+)({_STEP_WORDS})[零〇]?")


@dataclass(frozen=True, slots=True)
class Token:
    """A number token of a text: its span, and its characters."""

    span: Span
    stated: str


def tokenise(text: str) -> list[Token]:
    """All number tokens of ``text`` in order; together they cover every digit exactly once.

    A minus sign belongs to the token where it stands alone before the digits (at the start of a line or cell, or
    behind a blank or an opening bracket) and does not join two numbers, as it does in a range, a date or ``- 6 -``.
    """
    return list(_tokenise_short(text) if len(text) <= _SHORT else _tokenise(text))


def _tokenise(text: str) -> Sequence[Token]:
    if not text.isascii():
        seen = text.translate(_POINTS)
        if UNSEEN.search(text):
            return _tokenise_seen(text, seen)
        if seen != text:
            return [Token(t.span, text[t.span.start : t.span.end]) for t in tokenise(seen)]
    tokens: list[Token] = []
    for match in TOKEN.finditer(text):
        start, end = match.span()
        if match.group().count(".") > 1 and _is_run_together(match.group()):
            pieces = [Span(start + m.start(), start + m.end()) for m in _AMOUNT.finditer(match.group())]
            tokens.extend(Token(span, text[span.start : span.end]) for span in pieces[:-1])
            start = pieces[-1].start
        split = _ORDINAL_YEAR.match(match.group())
        if split and text[end : end + 2].lstrip().startswith("年"):
            middle = start + len(split.group(1))
            tokens.append(Token(Span(start, middle), text[start:middle]))
            start = middle + 1
        if start and text[start - 1] in MINUS and _is_sign(text, start - 1, end):
            start -= 1
        tokens.append(Token(Span(start, end), text[start:end]))
    return _join_steps(text, tokens)


#: Cells are asked for their numbers again and again, by each who reads the table; longer texts are not kept.
_SHORT = 64
_tokenise_short = lru_cache(maxsize=1 << 13)(_tokenise)


#: An amount in words; 几十万元 and 上百万元 are none.
_WRITTEN = re.compile(
    rf"(?<![\d.几数上第{DIGIT_WORDS}{WRITTEN_SCALES}])[{DIGIT_WORDS}十拾][{DIGIT_WORDS}{WRITTEN_SCALES}]*"
    rf"(?:点[{DIGIT_WORDS}]+[{WRITTEN_SCALES}]*)?(?=[ \u3000]*(?:人民币)?元(?![{DIGIT_WORDS}]角))"
)


#: What stands before a percentage in words, and before digits too (百分之 15).
PERCENT_LEAD = re.compile(r"(?P<of>[百千])分之[ \u3000]*$")
_DIGITS_AND_POINT = rf"(?:点[{DIGIT_WORDS}]+)?"
_PERCENTAGE = re.compile(
    rf"(?<=[百千]分之)(?:百(?![{DIGIT_WORDS}]|分)|[{DIGIT_WORDS}十][{DIGIT_WORDS}十百]*{_DIGITS_AND_POINT})(?![几多余来分点十百{DIGIT_WORDS}])"
    rf"|(?<![几数{DIGIT_WORDS}十百])[{DIGIT_WORDS}十][{DIGIT_WORDS}十]*{_DIGITS_AND_POINT}(?=个?百分点)"
)
#: A tenth of what was before (增长一成); 一成多, 近三成 and 三成五 are not read.
_TENTHS = re.compile(rf"(?<=增长|增加|上升|提高|下降|减少|降低)[{DIGIT_WORDS}](?=成(?:[，,。；;、）)]|$))")


def find_written(text: str) -> list[Token]:
    """The amounts of money and the percentages that a text says in words.

    ``壹仟贰佰万`` of 壹仟贰佰万元整, ``三点五万`` of 三点五万元; ``八点五`` of 百分之八点五, ``两`` of 两个百分点 and of 下降两成. A
    single digit before 元 is none (三元区), unless it is of the form that banks use.
    """
    found: list[re.Match[str]] = []
    if "元" in text:
        found += (m for m in _WRITTEN.finditer(text) if len(m.group()) > 1 or m.group() in _BANK_DIGITS)
    if "分之" in text or "百分点" in text:
        found += _PERCENTAGE.finditer(text)
    if "成" in text:
        found += _TENTHS.finditer(text)
    tokens = [Token(Span(*m.span()), m.group()) for m in found if read_written(m.group()) is not None]
    return sorted(tokens, key=lambda token: token.span)


def unit_at(text: str, span: Span) -> tuple[UnitWord, int] | None:
    """The unit of the number at ``span`` and where it ends: 百分之 before it, 成 behind a digit in words, else the word behind."""
    lead = PERCENT_LEAD.search(text, max(0, span.start - 4), span.start)
    if lead is not None:
        return UnitWord("PERCENT", Decimal(1 if lead["of"] == "百" else "0.1"), f"{lead['of']}分之"), span.end
    if text[span.end : span.end + 1] == "成" and not text[span.start].isdigit():
        return UnitWord("PERCENT", Decimal(10), "成"), span.end + 1
    return unit_after(text, span.end)


def _tokenise_seen(text: str, points: str) -> list[Token]:
    """The tokens of a text with characters that no one sees, which part no number (``1\u200b,\u200b250``)."""
    places = [at for at, c in enumerate(points) if not UNSEEN.match(c)]
    spans = (
        Span(places[t.span.start], places[t.span.end - 1] + 1) for t in tokenise("".join(points[at] for at in places))
    )
    return [Token(span, text[span.start : span.end]) for span in spans]


def _join_steps(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens, those that are steps of one number joined: each smaller than the scale before it, and a unit behind."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        last = at
        while last + 1 < len(tokens) and _steps_down(text, tokens[last], tokens[last + 1]):
            last += 1
        if last > at and not _is_counted(text, tokens[last]):
            last = at
        span = Span(tokens[at].span.start, tokens[last].span.end)
        joined.append(Token(span, text[span.start : span.end]))
        at = last + 1
    return joined


def _is_counted(text: str, token: Token) -> bool:
    """Whether a unit of something that is counted in large numbers stands behind a number; a year does not."""
    unit = unit_after(text, token.span.end)
    return unit is not None and unit[0].unit in _COUNTED


def _steps_down(text: str, token: Token, following: Token) -> bool:
    """Whether a number goes on in the next one, as 1亿 does in 2000万."""
    between = _BETWEEN.fullmatch(text, token.span.end, following.span.start)
    if between is None or "." in token.stated or following.stated.count(".") > 1 or "-" in following.stated:
        return False
    scale = re.match(_STEP_WORDS, text[following.span.end :])
    return parse_number(following.stated) * (SCALES[scale.group()] if scale else 1) < SCALES[between.group(1)]


def _is_run_together(stated: str) -> bool:
    """Whether characters are amounts of two decimals without anything between.

    A date is none, nor is 12.345.67, where a point may stand for a comma.
    """
    inner = stated.split(".")[1:-1]
    return "".join(_AMOUNT.findall(stated)) == stated and any(len(part) != 3 for part in inner)


def _is_sign(text: str, at: int, end: int) -> bool:
    before = text[at - 1] if at else "\n"
    if text[end : end + 1] and text[end] in MINUS:
        return False
    return before in _OPENERS or bool(
        re.search(r"(?:增长|增加|减少|下降|变动|增减|[率为额]|[算数]的)$", text[max(0, at - 2) : at])
    )


def parse_number(stated: str) -> Decimal:
    """The value of a token's characters, without any unit behind it; of steps (``1亿2000``) their sum.

    Separators are dropped wherever extraction left them, since Chinese official forms use the comma only to group
    thousands. Full-width digits count as digits. What a unit makes of it is for :func:`scale_number`.

    Raises:
        ValueError: ``stated`` holds no number.
    """
    return scale_number(stated, Decimal(1))


def scale_number(stated: str, factor: Decimal) -> Decimal:
    """The value of a token whose unit is worth ``factor``: of ``1亿2000`` and 万元 (10,000) it is 120,000,000.

    A unit counts for the last step only, since the steps before it have scales of their own.

    Raises:
        ValueError: ``stated`` holds no number.
    """
    written = read_written(stated)
    if written is not None:
        return written * factor
    steps = _STEP.findall(stated)
    higher = sum((_parse(number) * SCALES[scale] for number, scale in steps), Decimal(0))
    return higher + _parse(_STEP.sub("", stated)) * factor


_PARTING = re.compile(r"[,，\s]")


@lru_cache(maxsize=1 << 13)
def _parse(stated: str) -> Decimal:
    text = unicodedata.normalize("NFKC", stated)
    for sign in MINUS:
        text = text.replace(sign, "-")
    text = UNSEEN.sub("", _PARTING.sub("", text))
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{stated!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{stated!r} is not a number")
    return value


@lru_cache(maxsize=1 << 13)
def half_last_place(stated: str) -> Decimal:
    """Half of the last stated place: 0.005 for ``190.57``, 0.5 for ``58,227`` and the 2000 of ``1亿2000``."""
    if read_written(stated) is not None:
        return half_last_written(stated)
    value = _parse(_STEP.sub("", stated))
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(5).scaleb(min(exponent, 0) - 1)


def trim_zeros(text: str) -> str:
    """A decimal without the zeros that end it, nor the point that then ends it.

    >>> [trim_zeros(text) for text in ("1.50", "100", "2.00", "1,200.0")]
    ['1.5', '100', '2', '1,200']
    """
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_brief(value: Decimal) -> str:
    """A number with separators and at most four decimals, or two figures of a smaller one.

    >>> [format_brief(Decimal(text)) for text in ("1234.50", "0", "0.00001234")]
    ['1,234.5', '0', '0.000012']
    """
    text = trim_zeros(f"{value:,.4f}")
    return text if Decimal(text.replace(",", "")) or not value else f"{value:.2g}"
