"""Of which quantity a clause speaks: income or expenditure, of which fund, the whole or its basic or project part.

Two statements are compared only where both say so plainly. What a clause leaves out is taken from the whole that it
divides, or from the heading above, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from loaders.reconcile.mentions import Mention, Paragraph
from loaders.words.numerals import TEN

_FUND = r"一般公共预算|政府性基金|国有资本经营|财政(?=拨款)|财政拨款"
_CORE = re.compile(
    rf"(?P<lead>.*?)(?P<fund>(?:(?:{_FUND})(?:预算)?(?:当年|本年)?(?:财政)?(?:拨款)?(?:当年|本年)?)?)"
    r"(?:预算|决算|拨款|资金|总|整体|部门|年度)*(?P<part>基本|项目)?(?P<flow>收支|收入|支出)"
    r"(?:总?预算|决算|合计|总计|总额|总规模|规模|总体|数|安排|共计|为|是|调整|总|约|达|完成|均|各|都|[:：“”])*$"
)
#: 收入总计和支出总计 are one statement of both.
_BOTH = re.compile(
    r"收(?:入)?(?:决算|预算)?(?:总计|合计)?[、，和与及]?支(?:出(?!结构))?(?=(?:决算|预算)?(?:总|合计|均|各))"
)
#: Of how much of a year: with what was carried over, or without it.
_EXTENTS = (
    ("whole", re.compile(r"总计|总规模|总量|收支总|总收入|总支出")),
    ("year", re.compile(r"本年度?[^，。]{0,12}(?:收入|支出)")),
)
_LEAD = re.compile(
    r"^(?:其中|本|我|我们|全|上述|[\u4e00-\u9fff（）()]*?(?:年|年度|当年|本年|单位|部门|局|办|委|会|厅|中心|办公室|院|处|队|署|本级|系统|政府|安排|编制|机关|合计|公开|的))?[，,:：]?$"
)
_TAIL = (
    r"(?:财政拨款|一般公共预算|财政|拨款|支出|预算|决算|数|合计|总额|安排|为|是|总计|共计|当年|\d{4}年|[:：“”\".。])*$"
)


def _said(words: str) -> re.Pattern[str]:
    """Words of an item at the end of a clause, with no more behind them than that it is money of a kind or year."""
    return re.compile(rf"(?:^|预算|拨款|中|的|度|年|单位|部门){words}{_TAIL}")


_THREE = (
    ("car", _said(r"公务用车(?:购置费?(?:及|和|与|、)?(?:公务用车)?运行(?:维护)?费?|购置(?:及|和)运行)")),
    ("purchase", _said(r"公务用车购置费?")),
    ("run", _said(r"公务用车运行(?:维护)?费?")),
    ("travel", _said(r"因公出国(?:[（(]境[）)])?(?:费用?|经费)?")),
    ("reception", _said(r"公务接待费?用?")),
    ("total", _said(r"[“\"]?三公[”\"]?经费")),
)
_OTHERS = (
    ("running", "total", _said(r"机关运行经费(?:财政拨款)?")),
    ("procurement", "total", _said(r"政府采购(?:项目)?(?:总额)?")),
    ("procurement", "goods", _said(r"政府采购货物")),
    ("procurement", "works", _said(r"政府采购工程")),
    ("procurement", "services", _said(r"政府采购服务")),
)


#: A year that tells no quantity from another, and the number that a list gives a clause.
_DATED, _NUMBERED = re.compile(r"(?:19|20)\d{2}年度?"), re.compile(rf"^(?:[（(]?[{TEN}\d]+[）)、.．])+")
#: A heading that runs into its first sentence.
_HEADING = re.compile(r"^.*(?:情况|说明)(?=(?:19|20)\d{2}年)")


#: A fund out of which income or expenditure comes, before the words of which: 政府性基金安排的收入.
_GIVEN_BY = re.compile(r"(?:一般公共预算|政府性基金|国有资本经营)[^，。；]{0,10}的$")
#: A source of money, which is never the whole income: 单位资金收入 is what the unit has of its own.
_SOURCE = re.compile(r"(?:单位|部门)资金(?:收入|支出)")


@dataclass(frozen=True, slots=True)
class Scope:
    """A quantity. ``fund`` is all, fiscal, general, government or state; ``part`` total, basic, project, or an item."""

    flow: str
    fund: str
    part: str = "total"
    plain_fund: bool = True
    #: "whole" with what was carried over, "year" without it, "" where the words do not say.
    extent: str = ""
    #: The body that the words name, such as 市救助站; "" for the office as a whole.
    body: str = ""
    #: Whether words of the statement or the heading above say which fund; not where it is all funds for want of any.
    is_fund_known: bool = True
    #: Of an item that is of all funds as a rule, such as procurement: the fund to which the words narrow it.
    inside: str = ""

    @property
    def quantity(self) -> tuple[str, str, str]:
        """Of what it is, without how much of the year and of which body."""
        return self.flow, self.fund, self.part


def scope_of(clause: str) -> Scope | None:
    """The quantity that the words before an amount name, or None. ``plain_fund`` tells whether they name the fund."""
    clause = _HEADING.sub("", clause)
    dated = bool(_DATED.search(clause))
    clause = _DATED.sub("", clause)
    clause = _NUMBERED.sub("", clause)
    clause = re.sub(r"^其中[，,：:]?", "", clause)
    for part, said in _THREE:
        if said.search(clause) and "会议" not in clause:
            return Scope("three-public", "", part)
    for flow, part, said in _OTHERS:
        if said.search(clause):
            fund = fund_of(clause)
            return Scope(flow, "", part, inside="" if fund in ("all", "fiscal") else fund)
    extent = next((e for e, words in _EXTENTS if words.search(clause)), "")
    clause = _BOTH.sub("收支", clause)
    match = _CORE.match(clause)
    if (
        match is None
        or not _LEAD.match(match.group("lead"))
        or re.search(r"结转|结余|上年|去年|其他|专户", match.group("lead"))
        or _SOURCE.search(clause)
    ):
        return None
    given = _GIVEN_BY.search(match.group("lead"))
    words = match.group("fund") or (given.group() if given else "")
    bare = not (dated or words or match.group("part") or match.group("lead").strip("，,:：") not in ("", "其中"))
    if bare and not re.search(
        r"合计|总计|总额|规模|总体|整体|部门|总(?:收入|支出)|预算(?:收入|支出)|(?:收入|支出)总?预算(?!数)", clause
    ):
        return None
    flow = {"收入": "income", "支出": "expenditure"}.get(match.group("flow"), "both")
    part = {"基本": "basic", "项目": "project"}.get(match.group("part") or "", "total")
    if flow == "income" and part == "total" and "拨款" in words:
        part = "granted"  # of the year, without what was carried over
    return Scope(flow, fund_of(words), part, bool(words), extent, _body_in(match.group("lead")))


_BODY = re.compile(
    r"[\u4e00-\u9fff（）()]{1,30}(?:局|委员会|办公室|厅|中心|院|处|队|署|站|所|馆|校|园|本级|机关)(?=年|年度|$)"
)


def _body_in(lead: str) -> str:
    """The body that the words before a quantity name, if it is not the office by 我 or 本."""
    match = _BODY.search(re.sub(r"[，,:：]|年度?$", "", lead))
    name = match.group() if match else ""
    return "" if re.match(r"^(?:其中)?(?:我|本|全|上述)", name) else name


def fund_of(words: str) -> str:
    """The fund that words name: general, government, state, fiscal, or all where they name none."""
    for fund, pattern in (
        ("general", "一般公共预算"),
        ("government", "政府性基金"),
        ("state", "国有资本"),
        ("fiscal", "财政(?!局|厅|部|所|分局|监督|事务|支出绩效)"),
    ):
        if re.search(pattern, words):
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
    body = ""
    for paragraph, before in zip(paragraphs, (None, *paragraphs), strict=False):
        body = _body_of_part(paragraph, body)
        whole: tuple[int, Scope] | None = None
        inside: tuple[int, str] = -1, ""
        for mention, said in _plain_scopes(paragraph, before):
            scope = said
            if said.flow in ("income", "expenditure", "both"):
                completed = _complete(said, mention, whole, totals)
                if completed is None:
                    continue
                scope = completed
                if scope.part == "total":
                    whole = (mention.sentence, scope)
                    totals.setdefault((scope.flow, scope.fund), set()).add(mention.figure.value)
            if scope.flow == "procurement":
                inside = (mention.sentence, scope.inside) if scope.part == "total" else inside
                if inside[0] == mention.sentence and not scope.inside:
                    scope = replace(scope, inside=inside[1])
            found[mention] = replace(scope, body=scope.body or body)
    return found


#: What every whole is divided into.
_PARTS = frozenset({"basic", "project"})
_LABELLED_SUM = re.compile(r"(?:财政拨款|一般公共预算(?:财政拨款)?|政府性基金预算(?:财政拨款)?)(?=支出[总合]计$)")
_DIVIDED = re.compile(r"其中|包括|分别为|(?<!，)[：:]")


def _plain_scopes(paragraph: Paragraph, before: Paragraph | None) -> Iterator[tuple[Mention, Scope]]:
    """The amounts of a paragraph that say of what they are, without those that are but parts of an item."""
    divided: tuple[Mention, Scope | None] | None = None
    if before is not None and before.levels() and before.text.endswith(("：", ":")):
        divided = before.levels()[-1], scope_of(before.levels()[-1].clause)
    for mention in paragraph.levels():
        scope = _scope_by_label(mention)
        of_item = divided is not None and divided[1] is None and _is_part_of(mention, divided[0])
        if scope is None or scope.part not in _PARTS:
            divided = mention, scope
        elif of_item and not scope.plain_fund:
            continue
        if scope is not None and not (scope.flow == "both" and _LISTED.match(mention.after)):
            yield mention, scope


def _is_part_of(mention: Mention, whole: Mention) -> bool:
    """Whether an amount is a part of another before it, of which it is listed: 某项支出 3 元，其中：基本支出 2 元."""
    if mention.paragraph is not whole.paragraph:
        return True
    return bool(_DIVIDED.search(mention.paragraph.text[whole.end : mention.start]))


def _scope_by_label(mention: Mention) -> Scope | None:
    """The quantity of an amount; of the fund of the sum told before it, where its label has that: 财政拨款支出总计."""
    scope = scope_of(mention.clause)
    if scope is None or scope.plain_fund:
        return scope
    fund = _LABELLED_SUM.match(mention.figure.subject_label)
    return replace(scope, fund=fund_of(fund.group()), plain_fund=True) if fund else scope


#: A heading, or a line by itself, that is but the name of a body.
_NAME_LINE = re.compile(
    rf"^(?:[（(]?[{TEN}\d]*[）)、.．])?(?P<name>[\u4e00-\u9fff（）()]{{2,30}}?"
    r"(?:[中小大]学|学校|学院|幼儿园|医院|中心|站|所|队|馆|院|园|本级|机关|处|局|台|场|社|公司|委员会|办公室))[:：]?$"
)
_NO_NAME = re.compile(r"收入|支出|收支|预算|决算|经费|资金|采购|绩效|情况|说明|职责|机构|职能|构成")


def _body_of_part(paragraph: Paragraph, body: str) -> str:
    """The body whose part of the document a paragraph stands in; a heading that is no name ends it."""
    match = _NAME_LINE.match(paragraph.text)
    if match and not _NO_NAME.search(match.group("name")):
        return match.group("name")
    if paragraph.kind == "heading" or re.match(rf"^[{TEN}]{{1,3}}、", paragraph.text):
        return ""
    return body


#: A second amount right behind the first: 收、支总计各是 A、B.
_LISTED = re.compile(r"^(?:万元|元)?[、,，和]$")


def _complete(
    scope: Scope, mention: Mention, whole: tuple[int, Scope] | None, totals: dict[tuple[str, str], set[object]]
) -> Scope | None:
    if scope.plain_fund:
        if scope.part != "total" and not scope.body and whole is not None and whole[0] == mention.sentence:
            return replace(scope, body=whole[1].body)
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
        return replace(scope, is_fund_known=_speaks_of_all(scope, mention))
    if whole is not None and whole[0] == mention.sentence and whole[1].flow == scope.flow:
        known = whole[1].is_fund_known
        return replace(scope, fund=whole[1].fund, body=scope.body or whole[1].body, is_fund_known=known)
    if heading:
        return replace(scope, fund=heading)
    return None


_OF_ALL = re.compile(r"收支|收入|支出|预算|决算")


def _speaks_of_all(scope: Scope, mention: Mention) -> bool:
    """Whether a statement without a fund is of all funds: it is of a total, or stands under a heading about it."""
    if scope.extent or re.search(r"部门|单位|整体|总", mention.clause):
        return True
    section = mention.paragraph.section
    return not section or bool(_OF_ALL.search(section[-1]))
