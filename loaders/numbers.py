"""Number tokens and what they are worth: separators, stray spaces, signs, units, scales, precision.

The token is the one of the ledger: a maximal run of digits with its separators and decimal point, with stray inner
spaces (``41, 338``) and separators that extraction broke (``194829,473``). Nothing here knows a document.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from loaders.documents import Span
from loaders.facts import Unit

#: Digits, thousands separators (whole or broken, with one stray space behind), decimal part, exponent.
TOKEN = re.compile(
    r"(?:(?:\d{1,3}(?:[,，]\d{3})+|\d+)\.\d{2}){2,}(?![\d.,，])"  # amounts of two decimals that extraction ran together
    r"|\d+(?:[,，][ \u00a0]?\d{3}(?!\d))+(?:\.\d+)?"  # 41, 338  1,234.56  194829,473
    r"|\d+(?:[,，]\d+)+(?:\.\d+)?"  # separators that extraction broke
    r"|\d+\.\d+[eE][+-]?\d+"  # 1.2e4
    r"|\d+(?:\.\d+)*"
)
_AMOUNT = re.compile(r"(?:\d{1,3}(?:[,，]\d{3})+|\d+)\.\d{2}")
#: An ordinal that runs into a year: ``1.2023年`` is the list number 1 and the year 2023.
_ORDINAL_YEAR = re.compile(r"^(\d{1,2})\.((?:19|20)\d{2})$")
#: A list number that runs into an amount of the same sentence is not separable by form; a date with points is one token.
MINUS = "-−﹣－–"
_OPENERS = set("\n\t \u3000\u00a0(（=＝:：,，;；|")


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
    return tokens


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
        re.search(r"(?:增长|增加|减少|下降|变动|增减|[率为额])$", text[max(0, at - 2) : at])
    )


def parse_number(stated: str) -> Decimal:
    """The value of a token's characters, without any unit.

    Separators are dropped wherever extraction left them, since Chinese official forms use the comma only to group
    thousands. Full-width digits count as digits.

    Raises:
        ValueError: ``stated`` holds no number.
    """
    text = unicodedata.normalize("NFKC", stated)
    for sign in MINUS:
        text = text.replace(sign, "-")
    text = re.sub(r"[,，\s]", "", text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{stated!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{stated!r} is not a number")
    return value


def half_last_place(stated: str) -> Decimal:
    """Half of the last stated place: 0.005 for ``190.57``, 0.5 for ``58,227``."""
    value = parse_number(stated)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(5).scaleb(min(exponent, 0) - 1)


_MONEY: dict[str, Decimal] = {
    "亿元": Decimal(10**8),
    "百万元": Decimal(10**6),
    "万元": Decimal(10**4),
    "千元": Decimal(10**3),
    "元": Decimal(1),
}
_COUNTS: dict[str, Unit] = {
    "个百分点": "PERCENT", "百分点": "PERCENT", "%": "PERCENT", "％": "PERCENT", "﹪": "PERCENT",
    "人次": "PERSON", "人": "PERSON", "名": "PERSON", "位": "PERSON", "员": "PERSON",
    "辆": "VEHICLE",
    "标箱": "TEU", "标准箱": "TEU", "TEU": "TEU",
    "批次": "TIMES", "次": "TIMES", "批": "TIMES", "期": "TIMES", "场次": "TIMES", "场": "TIMES", "届": "TIMES",
    "轮": "TIMES", "趟": "TIMES", "班次": "TIMES", "人天": "DAY", "个工作日": "DAY", "工作日": "DAY", "天": "DAY",
    "日": "DAY", "小时": "HOUR", "学时": "HOUR", "分": "SCORE",
    "个": "ITEM", "台（套）": "ITEM", "台(套)": "ITEM", "台/套": "ITEM", "台套": "ITEM", "台": "ITEM", "套": "ITEM",
    "份": "ITEM", "件": "ITEM", "项": "ITEM", "条": "ITEM", "家": "ITEM", "处": "ITEM", "座": "ITEM", "所": "ITEM",
    "篇": "ITEM", "部": "ITEM", "本": "ITEM", "册": "ITEM", "张": "ITEM", "组": "ITEM", "类": "ITEM", "宗": "ITEM",
    "户": "ITEM", "幅": "ITEM", "块": "ITEM", "支": "ITEM", "艘": "ITEM", "架": "ITEM", "间": "ITEM", "只": "ITEM",
    "枚": "ITEM", "笔": "ITEM", "例": "ITEM", "起": "ITEM", "列": "ITEM", "株": "ITEM", "棵": "ITEM", "把": "ITEM",
    "门": "ITEM", "盏": "ITEM", "道": "ITEM", "片": "ITEM", "口": "ITEM", "颗": "ITEM", "头": "ITEM", "单": "ITEM",
    "款": "ITEM", "副": "ITEM", "枝": "ITEM", "栋": "ITEM", "幢": "ITEM", "层": "ITEM", "支队伍": "ITEM", "对": "ITEM",
    "批文": "ITEM", "团组": "ITEM", "部门": "ITEM", "单位": "ITEM", "页": "ITEM", "路": "ITEM", "课时": "HOUR", "学分": "OTHER", "立方": "OTHER", "席": "ITEM", "村": "ITEM", "校": "ITEM",
    "名次": "OTHER", "克拉": "OTHER", "兆": "OTHER", "摄氏度": "OTHER", "分贝": "OTHER", "公升": "OTHER", "千伏": "OTHER", "千瓦": "OTHER", "版": "ITEM", "集": "ITEM", "档": "ITEM",
    "平方米": "OTHER", "平方公里": "OTHER", "㎡": "OTHER", "立方米": "OTHER", "公里": "OTHER", "千米": "OTHER",
    "米": "OTHER", "亩": "OTHER", "公顷": "OTHER", "吨": "OTHER", "公斤": "OTHER", "千克": "OTHER", "克": "OTHER",
    "升": "OTHER", "度": "OTHER", "千瓦时": "OTHER", "分钟": "OTHER", "秒": "OTHER", "倍": "OTHER", "级": "OTHER",
    "字": "OTHER", "美元": "OTHER", "港元": "OTHER", "港币": "OTHER", "欧元": "OTHER", "日元": "OTHER", "周": "OTHER",
    "个月": "OTHER", "月": "OTHER", "年": "OTHER", "周岁": "OTHER", "岁": "OTHER", "万美元": "OTHER",
}  # fmt: skip
_SCALES: dict[str, Decimal] = {"亿": Decimal(10**8), "万": Decimal(10**4), "千": Decimal(10**3)}


@dataclass(frozen=True, slots=True)
class UnitWord:
    """A unit as printed: its code, the factor that turns the stated number into it, its characters."""

    unit: Unit
    factor: Decimal
    word: str


def _build_words() -> dict[str, UnitWord]:
    words: dict[str, UnitWord] = {}
    for word, factor in _MONEY.items():
        words[word] = UnitWord("CNY", factor, word)
        words["人民币" + word] = UnitWord("CNY", factor, "人民币" + word)
        words[word + "人民币"] = UnitWord("CNY", factor, word + "人民币")
    for word, unit in _COUNTS.items():
        words[word] = UnitWord(unit, Decimal(1), word)
        for scale, factor in _SCALES.items():
            if unit != "PERCENT" and not word.startswith("万"):
                words.setdefault(scale + word, UnitWord(unit, factor, scale + word))
    words["‰"] = UnitWord("PERCENT", Decimal("0.1"), "‰")
    words["个千分点"] = UnitWord("PERCENT", Decimal("0.1"), "个千分点")
    return words


WORDS = _build_words()
_LONGEST = max(len(w) for w in WORDS)
#: 万 or 亿 with its 元 left off: ``0万；``
_BARE_SCALE = re.compile(r"(亿|万)(?=[\s，。；,;、）)]|$)")
#: Words that begin like a unit and are none: 分别, 名称, 日常 …
_NOT_A_UNIT = re.compile(
    r"分[别类析配管布解为设]|名[称义]|日[常期前均]|部分|本[部单级年市省区]|度[假]|级[别]|年[度初末底]|月[度底份]|项目|级次"
)
_FILLER = re.compile(r"[ \u00a0\u3000\n]*(?:\\?(?=%))?(?:余|多|来)?[ \u00a0]*(?:（含）|\(含\))?")


def unit_after(text: str, at: int) -> tuple[UnitWord, int] | None:
    """The unit word that follows offset ``at`` (blanks and 余/多 between allowed) and where it ends, or None."""
    filler = _FILLER.match(text, at)
    start = filler.end() if filler else at
    for length in range(min(_LONGEST, len(text) - start), 0, -1):
        word = WORDS.get(text[start : start + length])
        if word and not _NOT_A_UNIT.match(text, start + length - 1) and not _NOT_A_UNIT.match(text, start):
            return word, start + length
    bare = _BARE_SCALE.match(text, start)
    if bare:
        return UnitWord("CNY", _SCALES[bare.group(1)], bare.group(1)), bare.end()
    return None


def unit_named(text: str) -> UnitWord | None:
    """The unit that a caption, a header or a bracket names: ``单位：万元``, ``金额（元）``, ``数量(个)``, ``%``."""
    compact = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    money = re.search(r"(?:单位|金额|[(])[^。;]{0,6}?[:(]?(?:人民币)?(亿元|百万元|万元|千元|元)", compact)
    if money:
        return WORDS[money.group(1)]
    bracket = re.search(r"\(([^()]{1,4})\)", compact)
    if bracket and bracket.group(1) in WORDS:
        return WORDS[bracket.group(1)]
    return None
