"""Units as printed and what they are worth: money and its scales, counts, rates; and where a text names a unit.

Nothing here knows a document.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from loaders.facts import Unit
from loaders.words.normalise import plain
from loaders.words.traditional import fold

#: What the scales of Chinese numbers are worth.
SCALES: dict[str, Decimal] = {
    "万亿": Decimal(10**12), "千亿": Decimal(10**11), "百亿": Decimal(10**10), "十亿": Decimal(10**9),
    "亿": Decimal(10**8), "千万": Decimal(10**7), "百万": Decimal(10**6), "十万": Decimal(10**5), "万": Decimal(10**4),
    "千": Decimal(10**3), "百": Decimal(100),
}  # fmt: skip
#: Those that stand before words of what is counted; others are hardly printed there.
_COUNT_SCALES = ("亿", "万", "千")
_COUNTS: dict[str, Unit] = {
    "个百分点": "PERCENT", "百分点": "PERCENT", "%": "PERCENT", "％": "PERCENT", "﹪": "PERCENT",
    "人次": "PERSON", "人": "PERSON", "名": "PERSON", "位": "PERSON", "员": "PERSON", "口人": "PERSON",
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
    "批文": "ITEM", "团组": "ITEM", "部门": "ITEM", "单位": "ITEM", "页": "ITEM", "路": "ITEM",
    "课时": "HOUR", "学分": "OTHER", "立方": "OTHER", "席": "ITEM", "村": "ITEM", "校": "ITEM",
    "名次": "OTHER", "克拉": "OTHER", "兆": "OTHER", "摄氏度": "OTHER", "分贝": "OTHER", "公升": "OTHER",
    "千伏": "OTHER", "千瓦": "OTHER", "版": "ITEM", "集": "ITEM", "档": "ITEM", "种": "ITEM", "点位": "ITEM", "票": "ITEM",
    "科次": "TIMES", "平方千米": "OTHER",
    "平方米": "OTHER", "平方公里": "OTHER", "㎡": "OTHER", "立方米": "OTHER", "公里": "OTHER", "千米": "OTHER",
    "米": "OTHER", "亩": "OTHER", "公顷": "OTHER", "吨": "OTHER", "公斤": "OTHER", "千克": "OTHER", "克": "OTHER",
    "升": "OTHER", "度": "OTHER", "千瓦时": "OTHER", "分钟": "OTHER", "秒": "OTHER", "倍": "OTHER", "级": "OTHER",
    "字": "OTHER", "美元": "OTHER", "港元": "OTHER", "港币": "OTHER", "欧元": "OTHER", "日元": "OTHER", "周": "OTHER",
    "km": "OTHER", "km²": "OTHER", "km2": "OTHER", "hm": "OTHER", "hm²": "OTHER", "hm2": "OTHER", "kg": "OTHER", "t": "OTHER",
    "微克/立方米": "OTHER", "毫克/立方米": "OTHER", "毫克/升": "OTHER", "微克": "OTHER", "毫克": "OTHER", "毫升": "OTHER",
    "厘米": "OTHER", "毫米": "OTHER", "m": "OTHER", "m²": "OTHER", "m2": "OTHER", "m³": "OTHER", "m3": "OTHER",
    "个月": "OTHER", "月": "OTHER", "年": "OTHER", "周岁": "OTHER", "岁": "OTHER", "万美元": "OTHER",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnitWord:
    """A unit as printed: its code ("" if open), the factor that turns the stated number into it, its characters."""

    unit: Unit
    factor: Decimal
    word: str


def _build_words() -> dict[str, UnitWord]:
    words: dict[str, UnitWord] = {}
    for word, factor in {"元": Decimal(1), **{f"{scale}元": factor for scale, factor in SCALES.items()}}.items():
        words[word] = UnitWord("CNY", factor, word)
        words["人民币" + word] = UnitWord("CNY", factor, "人民币" + word)
        words[word + "人民币"] = UnitWord("CNY", factor, word + "人民币")
    for word, unit in _COUNTS.items():
        words[word] = UnitWord(unit, Decimal(1), word)
        for scale in _COUNT_SCALES:
            if unit != "PERCENT" and not word.startswith("万"):
                words.setdefault(scale + word, UnitWord(unit, SCALES[scale], scale + word))
    words["‰"] = UnitWord("PERCENT", Decimal("0.1"), "‰")
    words["个千分点"] = UnitWord("PERCENT", Decimal("0.1"), "个千分点")
    return words


WORDS = _build_words()
SCALE_WORDS = "|".join(sorted(SCALES, key=len, reverse=True))
#: Money whose unit no words state: what it is worth in yuan is not known.
OPEN = UnitWord("", Decimal(1), "")
_LONGEST = max(len(w) for w in WORDS)
#: 万元 with blanks between, as letter-spaced lines print it.
_SPACED_MONEY = re.compile(rf"(?:人民币)?[ \u00a0]?((?:{SCALE_WORDS})?)[ \u00a0]+元")
#: 万 or 亿 with its 元 left off: ``0万；``, ``投资40亿用于…``
_BARE_SCALE = re.compile(
    rf"({SCALE_WORDS})(?=[\s，。；,;、（）()]|$|用于|的|以[上下内]|左右|多(?![\u4e00-\u9fff])|资金|投资|[-—~～至到]\s*\d)"
)
_SAYS_MONEY = re.compile(
    r"预算|决算|支出|收入|经费|资金|费|拨款|投资|金额|价值|造价|贷款|债券|税收|产值|总值|销售额|成本|结转|结余|补助|补贴|(?<!名)额|元"
)
#: Words that begin like a unit and are none: 分别, 名称, 日常 …
_NOT_A_UNIT = re.compile(
    r"[mtg](?=[A-Za-z])|分[别类析配管布解为设]|名[称义]|日[常期前均]|部分|本[部单级年市省区]|度[假]|级[别]|年[度初末底]|月[度底份]|项目|级次"
)
_NAMED_MONEY = re.compile(rf"(?:单位|金额|[(])[^。;\d]{{0,6}}?[:(]?(?:人民币)?({SCALE_WORDS}|)元")
_NAMED_SCALE = re.compile(rf"(?:单位|金额)[:(]*(?:人民币)?({SCALE_WORDS})(?![\u4e00-\u9fff])")
#: ``单位：人`` names what is counted; ``填报单位：…`` names an office.
_NAMED_COUNT = re.compile(r"(?:^|[^\u4e00-\u9fff]|计量|数量|度量)单位:([^:]{1,5})$")
#: Units of Latin letters in brackets: 面积（m²）, 容量（TB）; letters of formulas (A, B/A) are none.
_LATIN_UNIT = re.compile(r"[kcm]?m[23]?|[kKMGTP]B|[kKMG]?[Ww]h?|[kKm]?[Vg]|[kMG]?Hz|[mM]bps|dB|℃|°C|h|t|L|ml")
#: A unit alone at the end of the line above a table: ``341-湖州市财政局 万元``.
_LONE_UNIT = re.compile(rf"(?<![^\s])(?:人民币)?({SCALE_WORDS}|)元$")
#: A unit in brackets behind its number: 4.52（万人）.
_IN_BRACKETS = re.compile(r"\s*[（(]\s*((?:[万亿千萬億])?(?:元|人次|人|户|亩|畝|公里|吨|噸|平方米))\s*[）)]")
#: People who are counted by a scale alone: 惠及 500 万农村居民, which is no 居民补助.
_PEOPLE = re.compile(
    r"([亿万千])[余多]?(?=[\u4e00-\u9fff]{0,4}?(?:居民|群众|人口|村民|农民|市民|学生|旅客|游客|患者|考生|职工|老人|儿童|用户|读者|观众)"
    r"(?!补|医|保|基[金本]|大病|养老|消费|服务|生活|工资|住房|收入))"
)
#: 余 and 多 between a scale and what is counted: 7万余户, 3 亿多元.
_ABOUT = re.compile(r"[亿万千][余多]")
_FILLER = re.compile(r"[ \u00a0\u3000\n]*(?:\\?(?=%))?(?:余|多|来)?[ \u00a0]*(?:（含）|\(含\))?")


def unit_after(text: str, at: int) -> tuple[UnitWord, int] | None:
    """The unit word that follows offset ``at`` (blanks and 余/多 between allowed) and where it ends, or None.

    A scale alone (40亿) is given as money; whether the words around it speak of money, :func:`says_money` tells.
    """
    filler = _FILLER.match(text, at)
    start = filler.end() if filler else at
    ahead = fold(text[start : start + _LONGEST + 2])
    for length in range(min(_LONGEST, len(ahead)), 0, -1):
        word = WORDS.get(ahead[:length])
        if word and not _NOT_A_UNIT.match(ahead, length - 1) and not _NOT_A_UNIT.match(ahead):
            return _as_printed(word, text[start : start + length]), start + length
    about = _ABOUT.match(ahead)
    for length in range(min(_LONGEST, len(ahead) - 2) if about else 0, 0, -1):
        word = WORDS.get(ahead[0] + ahead[2 : 2 + length])
        if word and not _NOT_A_UNIT.match(ahead, length + 1) and not _NOT_A_UNIT.match(ahead, 2):
            return _as_printed(word, text[start : start + 2 + length]), start + 2 + length
    bracket = _IN_BRACKETS.match(text, at)
    if bracket:
        return WORDS[fold(bracket.group(1))], bracket.end()
    spaced = _SPACED_MONEY.match(ahead)
    if spaced:
        word = WORDS[f"{spaced.group(1)}元"]
        return word, start + spaced.end()
    people = _PEOPLE.match(fold(text[start : start + 12]))
    if people:
        return UnitWord("PERSON", SCALES[people.group(1)], text[start : start + people.end()]), start + people.end()
    bare = _BARE_SCALE.match(ahead)
    if bare:
        return UnitWord("CNY", SCALES[bare.group(1)], text[start : start + bare.end()]), start + bare.end()
    return None


def says_money(words: str) -> bool:
    """Whether words speak of money, so that a scale alone behind them is a number of yuan."""
    return bool(_SAYS_MONEY.search(fold(words)))


def _as_printed(word: UnitWord, printed: str) -> UnitWord:
    return word if word.word == printed else UnitWord(word.unit, word.factor, printed)


def unit_named(text: str) -> UnitWord | None:
    """The unit that a caption, a header or a bracket names: ``单位：万元``, ``金额（元）``, ``数量(个)``, ``%``.

    ``单位：万`` stands for 万元. The characters of the unit are given in their simplified forms.
    """
    compact = plain(text)
    money = _NAMED_MONEY.search(compact)
    if money:
        return WORDS[f"{money.group(1)}元"]
    scale = _NAMED_SCALE.search(compact)
    if scale:
        return UnitWord("CNY", SCALES[scale.group(1)], scale.group(1))
    for bracket in re.findall(r"\(([^()]{1,4})\)", compact):  # the first may be an ordinal: (一)车辆数合计(辆)
        if bracket in WORDS:
            return WORDS[bracket]
        if _LATIN_UNIT.fullmatch(bracket):
            return UnitWord("OTHER", Decimal(1), bracket)
    return None


def find_unit_line(text: str) -> UnitWord | None:
    """The unit that a line above a table gives its numbers (``单位：万元``, ``单位：人``, ``某某局 万元``), or None."""
    named = unit_named(text)
    if named is not None:
        return named
    words = fold(unicodedata.normalize("NFKC", text)).strip()
    count = _NAMED_COUNT.search(re.sub(r"\s", "", words))
    if count and count.group(1) in WORDS:
        return WORDS[count.group(1)]
    lone = _LONE_UNIT.search(words) if is_lone_unit(text) else None
    return WORDS[f"{lone.group(1)}元"] if lone else None


def is_lone_unit(text: str) -> bool:
    """Whether a line ends with a unit of money that stands alone, with no amount and no sentence before it."""
    words = fold(unicodedata.normalize("NFKC", text)).strip()
    lone = _LONE_UNIT.search(words)
    before = words[: lone.start()].strip() if lone else ""
    return lone is not None and len(words) <= 40 and not re.search(r"\d$|[,。;:]", before)


def is_unit_line(text: str) -> bool:
    """Whether a line names the unit of the money below it: ``单位：万元``, ``單 位 ： 萬 元``, ``单位：万``."""
    return bool(_UNIT_LINE.search(fold(text)))


_UNIT_LINE = re.compile(
    rf"单\s*位\s*[:：（(]?\s*(?:人民币)?\s*(?:(?:{SCALE_WORDS}|)\s*元|[:：（(]\s*(?:{SCALE_WORDS})(?![\u4e00-\u9fff]))"
)
