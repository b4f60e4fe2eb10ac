"""Statements of quantities in running text: the words before an amount name the quantity, its fund and its year.

Only an amount whose nearest words are a quantity's own name counts; what stands between (预算, 安排, 为) may say nothing
else. Sub-totals (其中, 授予中小企业), changes and other years state something else and are left out.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.facts import Facts, Figure
from loaders.quantities.statements import Scope, Statement
from loaders.words.normalise import normalise_passage, plain

#: What may stand between the name of a quantity and its amount.
_TAIL = (
    r"(?:财政拨款|一般公共预算|当年|本年|部门|年初|(?:19|20)\d\d年度?|总额|总计|合计|共计|总|预算|决算|支出|经费|费用|金额|数|安排|编制|拟|"
    r"申报|财政|拨款|资金|预计|实际|全年|均|共|为|是|约|有|计|涉及|达|[:：。,“”\"])*"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """``name`` is what must stand last before the amount; ``near`` must stand in the paragraph or its heading.

    ``item`` is "" for what is a sum of two items, which is none of the sheet's.
    """

    item: str
    name: str
    near: str = ""
    without: str = ""
    rank: int = 1


_FUNDED = r"一般公共预算|财政拨款|财政补助|政府性基金|国有资本|公共预算|拨款"
PHRASES: tuple[Phrase, ...] = tuple(
    Phrase(*each)
    for each in (
        ("", r"公务用车购置费?(?:支出)?(?:及|和|与|、)(?:公务用车)?运行(?:维护)?费?(?:支出)?"),
        ("vehicles-bought", r"(?:公务)?用车购置(?:费|经费|支出)?(?:用)?"),
        ("vehicles-run", r"(?:公务)?用车运行(?:维护)?(?:费|经费|支出)?(?:用)?"),
        ("vehicles-bought", r"车辆购置(?:费|经费|支出)?(?:用)?", "公务用车|公务车|三公"),
        ("vehicles-run", r"车辆运行(?:维护)?(?:费|经费|支出)?(?:用)?", "公务用车|公务车|三公"),
        ("travel-abroad", r"因公出国(?:[(]境[)])?(?:费用?|经费|支出)?"),
        ("reception", r"公务接待(?:费用?|经费|支出)?"),
        ("three-public", r"[“\"]?三公[”\"]?经费"),
        ("office-running-costs", r"(?:机关|机构)运行经费|行政经费"),
        ("office-running-costs", r"拨款运行经费", "机关运行经费"),
        ("procurement-medium", r"(?:面向|授予|支持)中小企业(?:预留)?(?:政府采购)?(?:项目)?(?:合同)?"),
        ("procurement-small", r"(?:面向|授予|支持)小微企业(?:预留)?(?:政府采购)?(?:项目)?(?:合同)?"),
        (
            "procurement-goods",
            r"(?:政府)?采购货物(?:类)?|货物类?(?:政府)?采购|货物类?(?:项目)?",
            "采购",
            "中小企业|小微",
        ),
        (
            "procurement-works",
            r"(?:政府)?采购工程(?:类)?|工程类?(?:政府)?采购|工程类?(?:项目)?",
            "采购",
            "中小企业|小微",
        ),
        (
            "procurement-services",
            r"(?:政府)?采购服务(?:类)?|服务类?(?:政府)?采购|服务类?(?:项目)?",
            "采购",
            "中小企业|小微",
        ),
        (
            "procurement",
            r"政府采购(?:项目)?(?:纳入(?:(?:19|20)\d\d年)?部门预算)?(?:规模)?",
            "",
            "中小企业|小微|拨款政府采购$",
        ),
        ("meetings", r"会议费"),
        ("training", r"培训费"),
        # Below procurement it is what of it is procured.
        ("entrusted-services", r"委托业务费", r"^(?!.*采购)"),
        ("general-budget-expenditure", r"一般公共预算(?:当年)?(?:财政)?(?:拨款)?支出"),
        ("fund-budget-expenditure", r"政府性基金(?:预算)?(?:当年)?(?:财政)?(?:拨款)?支出"),
        ("capital-budget-expenditure", r"国有资本经营(?:预算)?(?:当年)?(?:财政)?(?:拨款)?支出"),
        ("basic-expenditure", r"基本支出"),
        ("project-expenditure", r"项目支出"),
        ("personnel", r"人员(?:经费|支出)"),
        ("running", r"(?:日常)?公用(?:经费|支出)"),
        ("income-current", r"本年(?:度)?收入"),
        ("expenditure-current", r"本年(?:度)?支出"),
        ("income-total", r"(?:收支|收、支|收入支出|收入、支出|收入)(?:总)?"),
        ("expenditure-total", r"支出(?:总)?"),
    )
)
_COMPILED = tuple((p, re.compile(f"(?P<lead>.*?)(?:{p.name}){_TAIL}$")) for p in PHRASES)
#: A clause that names no subject of its own: 2026年预算数, 支出决算为.
_ELLIPSIS = re.compile(
    r"(?:(?:19|20)\d\d年度?|本年|当年|年初|全年)*(?:支出|收入|费用)?(?:财政拨款)?(?:预算|决算|执行)?(?:数|额|安排)?(?:为|是|约|共|[:：])*"
)
_UNIT = re.compile(r"^(?:亿|万|千)?元")
_BREAK = re.compile(r"[。；;！]")
_CLAUSE = re.compile(r"[，,]|(?<!收)、(?!支出)|其中[:：]?")
_CHANGED = re.compile(
    r"(?:增加|减少|增长|下降|压减|调减|调增|上升|提高|降低|增|减|持平|多|少|节约|结余)(?:了|约|额|数|为)?$"
)
#: Money of what is evaluated, audited or made public is no statement of a total: 开展绩效评价，涉及一般公共预算支出 ….
_CONCERNED = re.compile(r"(?:评价|自评|评审|监控|绩效(?:目标)?管理|目标和指标)[^。；;]*(?:涉及|公开|涵盖)")
#: What is only remarked of a quantity: 政府采购金额（以合同签订为准）.
_REMARK = re.compile(r"\((?:以|按|不?含|指)[^()]*\)")
#: Several amounts are told of several items: each is what the prose reader found it to be of.
_EACH = re.compile(r"(?:各自?|分别)(?:为|是|达)?$")
_OTHER = re.compile(r"上年|去年|比|较|占|结转|结余|人均|其他|增加|减少|下降|增长|下达|追加|中小企业|小微")
_QUANTIFIER = re.compile(
    r"(?:19|20)\d\d年|本年|当年|年初|我|本|部门|单位|局|委|办|厅|院|中心|市|区|县|的|按|安排|预算|决算|总"
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an amount stands: its block and headings, the text before it, and what document that is."""

    facts: Facts
    office: str
    block: int
    heading: str
    text: str


def find_in_prose(facts: Facts) -> Iterator[Statement]:
    """The statements of running text, of whatever year and phase."""
    by_block: dict[int, list[Figure]] = defaultdict(list)
    for figure in facts.figures:
        prose = figure.block >= 0 and facts.document.blocks[figure.block].kind != "table"
        if prose and not figure.budget_unit:  # what is told of a unit is no statement of the office
            by_block[figure.block].append(figure)
    office = _name_office(facts)
    for index, figures in by_block.items():
        yield from _read_block(facts, index, figures, office)


def _name_office(facts: Facts) -> str:
    """The office as its text names it; the 本级 that a document is of is the whole of that document."""
    if facts.agency is None:
        return ""
    own = plain(facts.agency.label)
    named = f"{own}(本级)"
    return named if named in plain(facts.document.text) and facts.level != "department" else own


def _read_block(facts: Facts, index: int, figures: list[Figure], office: str) -> Iterator[Statement]:
    block = facts.document.blocks[index]
    passage = normalise_passage(block.passage)
    heading = plain("/".join(block.section))
    position, subject = 0, ""
    for figure in sorted((f for f in figures if f.unit == "CNY"), key=lambda f: f.span):
        start = bisect.bisect_left(passage.offsets, figure.span.start)
        before = _UNIT.sub("", passage.text[position:start])
        words = _REMARK.sub("", _nearest(before))
        if _BREAK.search(before):
            subject = ""
        # 公务接待费支出预算为3万元，支出决算为2万元: the second amount has the first one's subject.
        if subject and _ELLIPSIS.fullmatch(words):
            words = subject + words
        subject = words
        if _EACH.search(words) and figure.subject_label:
            words = plain(figure.subject_label)
        if figure.aspect == "level":
            yield from _read_amount(figure, words, _Place(facts, office, index, heading, passage.text[:start]))
        position = bisect.bisect_left(passage.offsets, figure.span.end)


def _read_amount(figure: Figure, words: str, place: _Place) -> Iterator[Statement]:
    if not words or _CHANGED.search(words) or _CONCERNED.search(_BREAK.split(place.text)[-1]):
        return
    for phrase, pattern in _COMPILED:
        match = pattern.match(words)
        if match is None or (phrase.near and not re.search(phrase.near, place.text + place.heading)):
            continue
        if phrase.without and re.search(phrase.without, words):
            return
        lead = match.group("lead")
        if _OTHER.search(lead) or not phrase.item or _is_of_fund(phrase.item, figure):
            return
        scope = _scope_of(phrase.item, lead, words, place)
        if scope is None:
            return
        for item in _items_of(phrase.item, words, place.facts):
            yield Statement(
                item, figure.value, figure.precision, (figure.span,), "prose", place.block, phrase.rank, scope,
                figure.fiscal_year, figure.phase, _is_office(lead, place.office),
            )  # fmt: skip
        return


def _items_of(item: str, words: str, facts: Facts) -> tuple[str, ...]:
    """收支 are two items of one amount; in accounts 收入合计 and 支出合计 are those of the year, 总计 has what was carried."""
    if not item.endswith("-total"):
        return (item,)
    if facts.kind == "accounts" and not re.search("总计|总额|总规模", words):
        item = item.replace("-total", "-current")
    if re.search("收支|收、支|收入支出|收入、支出", words):
        return (item.replace("expenditure", "income"), item.replace("income", "expenditure"))
    return (item,)


def _nearest(before: str) -> str:
    """The clause before an amount; a sentence more where that names only year and 预算数, as in 公务接待费。2026年预算数…"""
    sentences = _BREAK.split(before)
    words = sentences[-1]
    clauses = [c for c in _CLAUSE.split(words) if c]
    last = clauses[-1] if clauses else ""
    if _ELLIPSIS.fullmatch(last):
        rest = clauses[-2:-1] or [s for s in sentences[-2:-1] if s]
        return "".join((*rest, last))
    return last


def _scope_of(item: str, lead: str, words: str, place: _Place) -> Scope | None:
    """Of which funds an amount is; None where words before it name a part that is another quantity."""
    if item in ("income-total", "expenditure-total", "income-current", "expenditure-current"):
        return "all" if _is_whole(lead, words, place) else None
    if item.startswith("procurement"):
        # A department may give the part of the general budget behind the whole, with parts of its own.
        told = re.findall(r"一般公共预算[^，,。；;]{0,12}政府采购", place.text.rsplit("。", 1)[-1] + words)
        return "general" if told else ""
    if item not in ("basic-expenditure", "project-expenditure", "personnel", "running"):
        return ""
    if re.sub(r"一般公共预算|财政拨款|当年|安排|的", "", _strip(lead)):
        return None
    near = "".join(re.split(r"[。；;]", place.text)[-2:])
    if re.search("政府性基金|国有资本", near):
        return None
    if re.search(_FUNDED, near) or re.search(_FUNDED, place.heading.rsplit("/", 1)[-1]):
        return "general" if re.search("公共预算", near + place.heading) else "fiscal"
    return "all"


def _is_of_fund(item: str, figure: Figure) -> bool:
    """Whether an amount of income or expenditure is told as that of one fund, though not by the words next to it."""
    whole = item in ("income-total", "expenditure-total", "income-current", "expenditure-current")
    return whole and re.match(_FUNDED, plain(figure.subject_label)) is not None


def _is_whole(lead: str, words: str, place: _Place) -> bool:
    """Whether an amount of income or expenditure is the office's whole: nothing before it names a part or a fund."""
    if _strip(lead) or re.search(_FUNDED, place.heading.rsplit("/", 1)[-1]):
        return False
    return bool(lead) or re.search("总计|合计|总预算|总额|总收入|总支出", words) is not None


def _strip(lead: str) -> str:
    """What is left of the words before a quantity's name when year and office are gone."""
    return re.sub(
        r"^.*(?:19|20)\d\d年度?|^.*?(?:本|我|全)(?:部门|单位|局|委|办|厅|年度?)|^[(（]?[一二三四五六七八九十\d]+[)）、.]|其中|部门|年初|预算|决算|安排|[:：]|^.{0,20}?(?:局|委|办|厅|院|中心)(?:[(].*?[)])?",
        "",
        lead,
    )


def _is_office(lead: str, office: str) -> bool:
    """Whether the words name no unit below the office; 6家行政单位以及…中心 are all of them."""
    named = lead.replace(office, "") if office else lead
    return not re.search(r"下属|本级|机关[^运]|中心|支队|大队", named) or re.search(r"\d+[家个]", lead) is not None
