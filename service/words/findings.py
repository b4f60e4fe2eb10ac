"""What a finding says, in either language, made of its data: the rule, the two sides, the gap, the verdict.

The rules state their messages in English. The Chinese sentence is composed here of the same sides; only the reasons
why something cannot be checked, which are words and no data, are translated one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from service.words.terms import UNITS, say

#: How the two sides stand to one another.
SIGNS = {"holds": "=", "holds within rounding": "≈", "contradicted": "≠", "not checkable": "?"}
_PART_RULES = {"row-part", "part-exceeds", "projects-within", "score-maximum"}

# Sentences of rules whose sides are words, names or counts: for what agrees, and for what does not.
_SENTENCES = {
    "wording": ("原文“{left}”与数值相符：{right}。", "原文写“{left}”，数值却是 {right}。"),
    "category-name": ("科目名称“{left}”属实。", "没有名为“{left}”的科目；科目表中相近的是“{right}”。"),
    "code-class": ("编码 {left} 属于{right}。", "编码 {left} 不属于{right}。"),
    "code-name": ("名称“{left}”与科目表一致。", "名称“{left}”与科目表不一致，科目表为“{right}”。"),
    "code-use": ("{left} 与表中 {right} 科目各行相符。", "{left}，而表中 {right} 科目各行之和与此不符。"),
    "line-name": ("同一行的名称一致：{left}。", "同一行在一张表中叫“{left}”，在另一张表中叫“{right}”。"),
    "count-stated": ("数量前后一致：{left}。", "一处写 {left}，另一处写 {right}。"),
    "count-listed": ("所写数量与所列一致：{left}。", "写的是 {left} 个，列出的是 {right} 个。"),
    "same-series": ("各处所列数值一致。", "各处所列数值不一致：{left}；{right}。"),
    "catalogue-agency": ("目录所记部门与正文一致：{right}。", "目录所记部门为“{left}”，正文为“{right}”。"),
    "catalogue-year": ("目录所记年度与正文一致：{right}。", "目录所记年度为 {left}，正文为 {right}。"),
    "catalogue-kind": ("目录所记种类与正文一致：{right}。", "目录所记种类为 {left}，正文为 {right}。"),
    "catalogue-title": ("目录所记标题与正文一致：{right}。", "目录所记标题为“{left}”，正文为“{right}”。"),
}
# Why something cannot be checked, or what else is known of it.
_REASONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"in (\d+) rows the text does not say in which column", r"有 \1 行，原文看不出各数所在的栏"),
        (r"the columns of some classes are open", "有的类所在的栏未定"),
        (r"fit the columns beside those under which they stand", "合计行的数与相邻各栏相符，而不与所在各栏相符"),
        (r"fit other columns", "这一行的数与其他各栏相符"),
        (r"its name is that of another code", "这一行的名称是另一科目的名称"),
        (r"the columns of the table are a conclusion", "该表各数所在的栏系推断而得"),
        (r"the (\d+) items under it need not be complete", r"其下列出的 \1 项不一定齐全"),
        (r"the list under it need not be complete", "其下所列不一定齐全"),
        (r"a number of the list was not read as an amount", "所列之中有一个数未读作金额"),
        (r"budget and amount spent are not both stated", "旁边没有同时写明预算数和支出数"),
        (r"initial and adjusted budget are not both stated", "年初预算数和调整预算数没有同时写明"),
        (r"it is not plain what has changed", "看不出是什么有了增减"),
        (
            r"so the columns do not mean a total and its parts, or they were read wrongly",
            "所以这些栏并非总数与其各部分，或读取有误",
        ),
        (r"the table repeats its classes for several offices", "表中各类按几个单位重复列示"),
        (r"not all rows of classes are in the table", "表中各类的行不全"),
        (r"no column for (.+?)$", r"没有 \1 一栏"),
        (r"the codes below print no amount in this column", "其下各科目在此栏没有金额"),
        (r"budget and outturn are not both stated", "旁边没有同时写明预算数和决算数"),
        (r"the whole is not stated plainly", "总体未明确写出"),
        (r"an item of last year that this year lacks", "差额或许是上年有而今年没有的项目"),
        (r"the items are set out as the whole by class", "各项按类列示，合为总额"),
        (r"the document says that last places may differ", "文件说明了尾数可有差异"),
        (r"has no value", "除数为零，无法复算"),
        (r"the text states none", "正文没有写明"),
    )
)
_TERMS = re.compile(r" … \((\d+) terms\)")


@dataclass(frozen=True)
class Outcome:
    """What a finding holds. ``unit`` is the key of the unit of difference and tolerance, "" if there is none."""

    rule: str
    verdict: str
    left: str
    right: str
    message: str
    difference: Decimal | None = None
    tolerance: Decimal | None = None
    unit: str = ""


def explain(outcome: Outcome, language: str) -> str:
    """One sentence on what was found."""
    if language != "zh":
        return outcome.message or f"{outcome.left} {SIGNS.get(outcome.verdict, '?')} {outcome.right}".strip()
    # What is not put in so many words by its sides is put before them: the row, the item, the table.
    item, found, _ = outcome.message.partition(": ")
    item = item if found and not item.startswith("the ") else ""
    left, right = (_TERMS.sub(r" …（共 \1 项）", side) for side in (outcome.left, outcome.right))
    reasons = [
        match.expand(words) for pattern, words in _REASONS if (match := pattern.search(outcome.message)) is not None
    ]
    begin = f"{item}：" if item and item not in left else ""
    if outcome.verdict == "not checkable":
        sides = "、".join(side for side in (left, right) if side)
        return f"{begin}{sides}无法核对" + (f"，因为{'；'.join(reasons)}。" if reasons else "。")
    if outcome.rule in _SENTENCES:
        agrees, differs = _SENTENCES[outcome.rule]
        sentence = (differs if outcome.verdict == "contradicted" else agrees).format(left=left, right=right)
        return f"{begin}{sentence}{_add(reasons)}"
    return f"{begin}{left} {find_sign(outcome)} {right}{_measure(outcome)}。{_add(reasons)}"


def find_sign(outcome: Outcome) -> str:
    """The sign between the sides: a part is compared with its whole, anything else with its equal."""
    if outcome.rule in _PART_RULES:
        return {"contradicted": ">", "not checkable": "?"}.get(outcome.verdict, "≤")
    return SIGNS.get(outcome.verdict, "?")


def _measure(outcome: Outcome) -> str:
    if not outcome.difference or outcome.verdict == "holds":
        return ""
    unit = say(UNITS, outcome.unit, "zh") if outcome.unit else ""
    words = f"，相差 {_spell(abs(outcome.difference))}{unit}"
    if outcome.verdict == "contradicted" and outcome.tolerance is not None:
        words += f"，四舍五入只能解释 {_spell(outcome.tolerance)}{unit}"
    return words


def _spell(value: Decimal) -> str:
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text if Decimal(text.replace(",", "")) or not value else f"{value:.2g}"


def _add(reasons: list[str]) -> str:
    return "".join(f"{reason}。" for reason in reasons)
