"""Where a sentence compares with another year or with the budget: more, less or the same, and how far that goes."""

from __future__ import annotations

import re

from loaders.facts import Direction
from loaders.words.sentences import AMOUNT

UP = "增加|增长|上升|提高|提升|增幅|多"
SAME = "持平|相同|一致|无变化|没有(?:发生)?(?:增减)?变[化动]|未发生(?:增减)?变[化动]|无增减(?:变化)?|保持不变"
DOWN = "减少|下降|降低|压减|缩减|下调|降幅|少"
#: what says by itself that nothing changed, before an amount of nothing: 变化0万元
NOTHING = r"(?:变化|变动|增减)(?=\s*0(?:\.0+)?\s*[亿万千]?元)"
#: what is compared with: the year before, or the budget, of the beginning of the year or adjusted
BASE = r"(?:上年度?|去年|(?:19|20)\d{2}\s*年度?|上一年度?|年初|(?:全年|当年|调整后?的?)?预算数?(?!收|支|编))"
WITH = rf"(?:与|同|比|较|相比|对比|相较)\s*(?:于)?\s*{BASE}"
COMPARED = re.compile(
    WITH + r"[^，。；,]{0,30}?(?:\s*\d[\d,.]*\s*[亿万千]?元)?(?:相比|比|同比)?[，,]?\s*"
    rf"(?P<subject>[\u4e00-\u9fff、“”]{{2,20}}?)?(?P<word>{UP}|{DOWN}|{NOTHING})\s*(?:了|约)?\s*(?=\d|-)"
)
#: the item behind the verb: 比上年增加了堤防维护经费9万元
COMPARED_OBJECT = re.compile(
    WITH + rf"[^，。；,\d]{{0,12}}?(?P<word>{UP}|{DOWN})(?:了|安排)*"
    r"(?P<object>[\u4e00-\u9fff、“”（）()]{1,40}(?:收入|支出|经费|费用?|资金|拨款|补助|补贴))(?:共|约)?\s*"
    r"(?=\d[\d,.]*\s*[亿万千]?元)"
)
#: what is as it was; what is so 基本 or 大致 is compared, but not said to be unchanged
HELD = re.compile(
    rf"(?:与|同|和|比|较)\s*(?:于)?\s*(?:上年度?|去年|(?:19|20)\d{{2}}(?:\s*年度?|(?={SAME}))|上一年度?|年初)"
    r"[^，。；,基大\d]{0,16}?"
    r"(?:\d[\d,.]*\s*[亿万千]?元)?\s*(?:相比)?[，,]?\s*(?P<word>(?:基本上?|大致上?|大体上?)?(?:" + SAME + "))"
)
BUDGET_AND_RESULT = re.compile(r"决算数?(?P<word>大于|小于|高于|低于|多于|少于)(?:年初)?(?:预算|调整预算)数?")
REASON = re.compile(
    r"(?:(?:增加|减少|增长|下降|变动|变化)?(?:的)?(?:主要|具体)?原因(?:是|为|在于)?(?:由于|因为?)?|主要是(?!用于|因公|为了?)(?:因为?|由于)?|主要因为?|是因为)\s*[:：，,]?\s*(?:是)?"
)
#: what has no other subject than the change before it: 扣除基建投资后
SAME_SUBJECT = re.compile(
    r"(?:(?:同比|环比)?(?:增长|下降|减少|增加|上升|降低|[增减升降]幅)[为约]?)?\s*\d[\d.,]*\s*[%％]"
    r"|(?:若|如|如果)?(?:扣除|剔除|不含|除去|按)[^，,；;。\d]{2,25}|并|且|但|其中"
)


def find_comparisons(text: str) -> list[re.Match[str]]:
    """Where a sentence compares with another year or with the budget, in order."""
    found = [*COMPARED.finditer(text), *BUDGET_AND_RESULT.finditer(text)]
    taken = [m.span() for m in found]
    for m in COMPARED_OBJECT.finditer(text):
        if all(m.end() <= start or end <= m.start() for start, end in taken):
            found.append(m)
            taken.append(m.span())
    for m in HELD.finditer(text):
        if all(m.end() <= start or end <= m.start() for start, end in taken) and _stands_alone(text, m.start(), taken):
            found.append(m)
            taken.append(m.span())
    return sorted(found, key=lambda m: m.start())


def _stands_alone(text: str, start: int, taken: list[tuple[int, int]]) -> bool:
    """Whether 与上年持平 is said of an item of its own, not once more or as the reason of the change before it."""
    end = max((end for _, end in taken if end <= start), default=-1)
    if end < 0:
        return True
    between = text[end:start]
    own = AMOUNT.match(between.lstrip())
    between = between.lstrip()[own.end() :] if own else between
    clause = re.split("[；;]|其中", between)
    return REASON.search(clause[-1]) is None and AMOUNT.search(clause[-1]) is not None


def end_of(found: list[re.Match[str]], i: int, text: str) -> int:
    """Where what is said of a comparison ends: at the next one, unless that is a part of its reason."""
    for following in found[i + 1 :]:
        if following.re is not COMPARED_OBJECT or not REASON.search(text, found[i].end(), following.start()):
            return following.start()
    return len(text)


def is_same_subject(between: str) -> bool:
    """Whether what stands between two comparisons names nothing else: 增加9万元，增长5%，扣除基建投资后"""
    own = AMOUNT.match(between.lstrip())
    between = between.lstrip()[own.end() :] if own else between
    return all(not part.strip() or SAME_SUBJECT.fullmatch(part.strip()) for part in re.split("[，,；;]", between))


def read_direction(word: str) -> Direction:
    """Where a comparison's word points, "" where it does not say: 变动, 基本持平."""
    if word in ("大于", "高于", "多于") or re.fullmatch(UP, word):
        return "up"
    if word in ("小于", "低于", "少于") or re.fullmatch(DOWN, word):
        return "down"
    return "unchanged" if re.fullmatch(SAME, word) else ""
