"""Of which quantity a clause speaks: income or expenditure, of which fund, the whole or its basic or project part.

Two statements are compared only where both say so plainly. What a clause leaves out is taken from the whole that it
divides, or from the heading above, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from loaders.reconcile.mentions import Mention, Paragraph
from loaders.words.numerals import TEN

_FUND = r"一般公共预算|政府性基金|国有资本经营|财政(?=拨款)|财政拨款"
_CORE = re.compile(
    rf"(?P<lead>.*?)(?P<fund>(?:(?:{_FUND})(?:预算)?(?:当年|本年)?(?:财政)?(?:拨款)?(?:当年|本年)?)?)"
    r"(?:预算|决算|拨款|资金|总|整体|部门|年度)*(?P<part>基本|项目)?(?P<flow>收入、支出|收支|收、支|收入|支出)"
    r"(?:总?预算|决算|合计|总计|总额|总规模|规模|总体|数|安排|共计|为|是|调整|总|约|达|完成|[:：“”])*$"
)
_LEAD = re.compile(
    r"^(?:其中|本|我|我们|全|上述|[\u4e00-\u9fff（）()]*?(?:年|年度|当年|本年|单位|部门|局|办|委|会|厅|中心|办公室|院|处|队|署|本级|系统|政府|安排|编制|机关|合计|公开|的))?[，,:：]?$"
)
_THREE = (
    ("car", r"公务用车(?:购置费?(?:及|和|与|、)?(?:公务用车)?运行(?:维护)?费?|购置(?:及|和)运行)"),
    ("purchase", r"公务用车购置费?"),
    ("run", r"公务用车运行(?:维护)?费?"),
    ("travel", r"因公出国(?:[（(]境[）)])?(?:费用?|经费)?"),
    ("reception", r"公务接待费?用?"),
    ("total", r"[“\"]?三公[”\"]?经费"),
)
_TAIL = (
    r"(?:财政拨款|一般公共预算|财政|拨款|支出|预算|决算|数|合计|总额|安排|为|是|总计|共计|当年|\d{4}年|[:：“”\".。])*$"
)
_OTHERS = (
    ("running", "total", r"机关运行经费(?:财政拨款)?"),
    ("procurement", "total", r"政府采购(?:项目)?(?:总额)?"),
    ("procurement", "goods", r"政府采购货物"),
    ("procurement", "works", r"政府采购工程"),
    ("procurement", "services", r"政府采购服务"),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A quantity. ``fund`` is all, fiscal, general, government or state; ``part`` total, basic, project, or an item."""

    flow: str
    fund: str
    part: str = "total"
    plain_fund: bool = True


def scope_of(clause: str) -> Scope | None:
    """The quantity that the words before an amount name, or None. ``plain_fund`` tells whether they name the fund."""
    dated = bool(re.search(r"(?:19|20)\d{2}年度?", clause))
    clause = re.sub(r"(?:19|20)\d{2}年度?", "", clause)
    clause = re.sub(rf"^(?:[（(]?[{TEN}\d]+[）)、.．])+", "", clause)
    clause = re.sub(r"^其中[，,：:]?", "", clause)
    for part, pattern in _THREE:
        if re.search(rf"(?:^|预算|拨款|中|的|度|年|单位|部门){pattern}{_TAIL}", clause) and "会议" not in clause:
            return Scope("three-public", "", part)
    for flow, part, pattern in _OTHERS:
        if re.search(rf"(?:^|预算|拨款|中|的|度|年|单位|部门){pattern}{_TAIL}", clause):
            return Scope(flow, "", part)
    match = _CORE.match(clause)
    if (
        match is None
        or not _LEAD.match(match.group("lead"))
        or re.search(r"结转|结余|上年|去年|其他|专户", match.group("lead"))
    ):
        return None
    words = match.group("fund")
    bare = not (dated or words or match.group("part") or match.group("lead").strip("，,:：") not in ("", "其中"))
    if bare and not re.search(
        r"合计|总计|总额|规模|总体|整体|部门|总(?:收入|支出)|预算(?:收入|支出)|(?:收入|支出)总?预算(?!数)", clause
    ):
        return None
    flow = {"收入": "income", "支出": "expenditure"}.get(match.group("flow"), "both")
    part = {"基本": "basic", "项目": "project"}.get(match.group("part") or "", "total")
    if flow == "income" and part == "total" and "拨款" in words:
        part = "granted"  # of the year, without what was carried over
    return Scope(flow, fund_of(words), part, bool(words))


def fund_of(words: str) -> str:
    """The fund that words name: general, government, state, fiscal, or all where they name none."""
    for fund, pattern in (
        ("general", "一般公共预算"),
        ("government", "政府性基金"),
        ("state", "国有资本"),
        ("fiscal", "财政"),
    ):
        if pattern in words:
            return fund
    return "all"


def heading_fund(paragraph: Paragraph) -> str:
    """The fund that the nearest heading above names, or an empty string."""
    for heading in reversed(paragraph.section):
        fund = fund_of(heading)
        if fund != "all":
            return fund
        if re.search(r"收入|支出|收支", heading):
            return ""
    return ""


def scopes_in(paragraphs: Sequence[Paragraph]) -> dict[Mention, Scope]:
    """The quantity of each amount that says plainly of what it is.

    A part without a fund (基本支出) takes that of the whole before it in its sentence, else of the heading. A whole
    without a fund that equals the amount of one fund and not the amount of all funds is that fund's.
    """
    found: dict[Mention, Scope] = {}
    totals: dict[tuple[str, str], set[object]] = {}
    for paragraph in paragraphs:
        whole: tuple[int, Scope] | None = None
        for mention in paragraph.mentions:
            if not mention.is_level:
                continue
            scope = scope_of(mention.clause)
            if scope is None:
                continue
            if scope.flow in ("income", "expenditure", "both"):
                scope = _complete(scope, mention, whole, totals)
                if scope is None:
                    continue
                if scope.part == "total":
                    whole = (mention.sentence, scope)
                    totals.setdefault((scope.flow, scope.fund), set()).add(mention.figure.value)
            found[mention] = scope
    return found


def _complete(
    scope: Scope, mention: Mention, whole: tuple[int, Scope] | None, totals: dict[tuple[str, str], set[object]]
) -> Scope | None:
    if scope.plain_fund:
        return scope
    heading = heading_fund(mention.paragraph)
    if scope.part == "total":
        value = mention.figure.value
        if heading:
            return replace(scope, fund=heading)
        if value in totals.get((scope.flow, "all"), set()):
            return scope
        for fund in ("fiscal", "general"):
            if value in totals.get((scope.flow, fund), set()) and totals.get((scope.flow, "all")):
                return replace(scope, fund=fund)
        return scope
    if whole is not None and whole[0] == mention.sentence and whole[1].flow == scope.flow:
        return replace(scope, fund=whole[1].fund)
    if heading:
        return replace(scope, fund=heading)
    return None
