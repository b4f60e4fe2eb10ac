"""Statements of quantities in the official tables: which form, row and column print which item.

A form is one rule more in :data:`RULES`, not a branch of code. ``rank`` orders the places that print one item: 1 is the
table that exists for it, higher ranks are tables that print it beside something else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loaders.facts import Facts
from loaders.quantities.cells import Entry, Grid, make_grids, read_measure
from loaders.quantities.statements import Scope, Statement

_WHOLE = r"(?:(?:合计|总计|小计|总额|支出合计|支出总计|收入合计|收入总计|采购金额)(?:/(?:合计|小计))?)?"
_SUB = r"(?:/(?:合计|小计))?"
_GENERAL = r"(?:一般)?公共预算(?:财政)?(?:拨款|资金)?"
_FUNDS = r"政府性基金(?:预算)?(?:财政)?(?:拨款|资金)?"
_CAPITAL = r"国有资本经营(?:预算)?(?:财政)?(?:拨款|资金)?"


@dataclass(frozen=True, slots=True)
class Rule:
    """``row`` is matched against the row's words ("" is a total row), ``measure`` against the column without its frame.

    ``title`` must be found in the table's title, ``without`` must not; ``side`` is the flow that the column's first part
    names.
    """

    item: str
    forms: tuple[str, ...]
    row: str = ""
    measure: str = _WHOLE
    scope: Scope = ""
    rank: int = 1
    title: str = ""
    without: str = ""
    side: str = ""


_BALANCE = ("balance",)
_FISCAL = ("appropriation-balance",)
_BASIC = ("basic-economic",)
_FUNCTION = ("general-function",)
_ECONOMIC = ("general-economic",)
_PERSONNEL = rf"(?:基本支出/)?人员(?:经费|支出|经费支出|类|类支出){_SUB}"
_RUNNING = rf"(?:基本支出/)?(?:日常)?公用(?:经费|支出|经费支出|类|类支出){_SUB}"
_BASIC_COLUMN = rf"基本支出{_SUB}"
_PROJECT_COLUMN = rf"(?:项目|专项业务经费)支出{_SUB}"

RULES: tuple[Rule, ...] = (
    Rule("income-current", _BALANCE, r"本年收入(?:合计|总计|小计)", ".*", "all", side="收入"),
    Rule("expenditure-current", _BALANCE, r"本年支出(?:合计|总计|小计)", _WHOLE, "all", side="支出"),
    Rule("income-total", _BALANCE, r"(?:收入|收)(?:预算|决算)?总计", ".*", "all", side="收入"),
    Rule("expenditure-total", _BALANCE, r"(?:支出|支)(?:预算|决算)?总计", _WHOLE, "all", side="支出"),
    # Where a form prints no 总计, what stands below 结转 as 合计 is the whole.
    Rule("income-total", _BALANCE, r"收入(?:预算|决算)?合计|合计|总计", ".*", "all", 2, side="收入"),
    Rule("expenditure-total", _BALANCE, r"支出(?:预算|决算)?合计|合计|总计", _WHOLE, "all", 2, side="支出"),
    Rule("basic-expenditure", _BALANCE, r"(?:基本支出|人员经费和公用经费支出)", _WHOLE, "all", 2, side="支出"),
    Rule("project-expenditure", _BALANCE, r"(?:项目支出|专项业务经费支出)", _WHOLE, "all", 2, side="支出"),
    Rule("basic-expenditure", _BALANCE, "支出总计", _BASIC_COLUMN, "all", 2),
    Rule("project-expenditure", _BALANCE, "支出总计", _PROJECT_COLUMN, "all", 2),
    Rule("personnel", _BALANCE, "支出总计", _PERSONNEL, "all", 3),
    Rule("running", _BALANCE, "支出总计", _RUNNING, "all", 3),
    Rule("income-total", ("income",), scope="all", rank=3, without="财政拨款"),
    Rule("income-current", ("income",), measure=r"本年收入(?:合计|/小计|/合计)", scope="all", rank=2, without="财政拨款"),
    Rule("expenditure-total", ("expenditure",), scope="all", rank=3, without="财政拨款|决算"),
    Rule("expenditure-current", ("expenditure",), measure="本年支出(?:合计|/小计|/合计)", scope="all", rank=2, without="财政拨款"),
    Rule("basic-expenditure", ("expenditure",), measure=_BASIC_COLUMN, scope="all", without="财政拨款"),
    Rule("project-expenditure", ("expenditure",), measure=_PROJECT_COLUMN, scope="all", without="财政拨款"),
    Rule("personnel", ("expenditure",), measure=_PERSONNEL, scope="all", rank=3, without="财政拨款"),
    Rule("running", ("expenditure",), measure=_RUNNING, scope="all", rank=3, without="财政拨款"),
    Rule("general-budget-expenditure", _FUNCTION, scope="general", title="公共预算"),
    Rule("general-budget-expenditure", _FUNCTION, measure=rf"本年支出{_SUB}", scope="general", title="公共预算"),
    Rule("general-budget-expenditure", _ECONOMIC, scope="general", rank=2, title="公共预算", without="项目支出|基本支出"),
    Rule("general-budget-expenditure", _FISCAL, r"支出(?:总计|合计)|总计|合计", rf"(?:合计/)?{_GENERAL}", "general", 3, side="支出"),
    Rule("fund-budget-expenditure", ("government-funds",), scope="government"),
    Rule("fund-budget-expenditure", ("government-funds",), measure=rf"本年支出{_SUB}", scope="government"),
    Rule("fund-budget-expenditure", _FISCAL, r"支出(?:总计|合计)|总计|合计", rf"(?:合计/)?{_FUNDS}", "government", 3, side="支出"),
    Rule("capital-budget-expenditure", ("state-capital",), scope="state"),
    Rule("capital-budget-expenditure", ("state-capital",), measure=rf"本年支出{_SUB}", scope="state"),
    Rule("capital-budget-expenditure", _FISCAL, r"支出(?:总计|合计)|总计|合计", rf"(?:合计/)?{_CAPITAL}", "state", 3, side="支出"),
    Rule("basic-expenditure", _FUNCTION, measure=_BASIC_COLUMN, scope="general", title="公共预算"),
    Rule("project-expenditure", _FUNCTION, measure=_PROJECT_COLUMN, scope="general", title="公共预算"),
    Rule("personnel", _FUNCTION, measure=_PERSONNEL, scope="general", title="公共预算"),
    Rule("running", _FUNCTION, measure=_RUNNING, scope="general", title="公共预算"),
    Rule("basic-expenditure", _BASIC, scope="general", title="公共预算"),
    Rule("personnel", _BASIC, measure=_PERSONNEL, scope="general", title="公共预算|财政拨款"),
    Rule("running", _BASIC, measure=_RUNNING, scope="general", title="公共预算|财政拨款"),
    Rule("personnel", _BASIC, r"人员(?:经费|支出)(?:合计|小计)?", ".*", "general", title="公共预算|财政拨款"),
    Rule("running", _BASIC, r"(?:日常)?公用(?:经费|支出)(?:合计|小计)?", ".*", "general", title="公共预算|财政拨款"),
    Rule("office-running-costs", ("running-costs",), measure=rf"(?:机关运行经费(?:支出)?|{_WHOLE})"),
    Rule("procurement", ("procurement",), measure=rf"{_WHOLE}|(?:.*/)?(?:采购)?(?:元)?(?:预算|资金)?(?:总)?金额.*"),
    Rule("procurement-goods", ("procurement",), r"(?:政府采购)?货物(?:类|采购|支出|预算|品目)*", rf"{_WHOLE}|(?:.*/)?(?:采购)?(?:预算)?金额.*"),
    Rule("procurement-works", ("procurement",), r"(?:政府采购)?工程(?:类|采购|支出|预算|品目)*", rf"{_WHOLE}|(?:.*/)?(?:采购)?(?:预算)?金额.*"),
    Rule("procurement-services", ("procurement",), r"(?:政府采购)?服务(?:类|采购|支出|预算|品目)*", rf"{_WHOLE}|(?:.*/)?(?:采购)?(?:预算)?金额.*"),
)  # fmt: skip

#: The items of the table of the three public expenses, in the order in which their words are tried.
_THREE = tuple(
    (re.compile(words), item)
    for words, item in (
        (r"机关运行|行政经费|运行经费", "office-running-costs"),
        (r"购置费?(?:支出)?(?:及|和|与|、|\+)?运行|用车(?:购置)?(?:及|和|与|、)?(?:购置)?运[行维].{0,6}购置", "cars"),
        (r"用车.{0,2}购置|购置(?:费|经费|支出)?$", "vehicles-bought"),
        (r"用车.{0,2}运[行维]|^运[行维].*费?$", "vehicles-run"),
        (r"出国|出境|因公出", "travel-abroad"),
        (r"接待", "reception"),
        (r"会议费$", "meetings"),
        (r"培训费$", "training"),
        (r"[三3][“”\"]?公[“”\"]?.{0,2}经费|^[“”\"]?三公", "three-public"),
    )
)
_FUND_PART = re.compile(rf"^(?:{_GENERAL}|财政拨款)$")
_OTHER_FUND = re.compile(rf"^(?:{_FUNDS}|{_CAPITAL}|其他.*|.*专户.*|.*结转.*)$")
_SUM = re.compile(r"^(?:合计|总计|小计|总额)$")
#: Lines of the economic classification, which stand in tables of any fund. Source: 支出经济分类科目 (财政部, 2018).
_CODES = {"30215": "meetings", "30216": "training", "30227": "entrusted-services"}
_NAMES = {"会议费": "meetings", "培训费": "training", "委托业务费": "entrusted-services"}


def find_in_tables(facts: Facts) -> Iterator[Statement]:
    """The statements of all tables of a document, of whatever year and phase."""
    office = facts.agency.label if facts.agency else ""
    for grid in make_grids(facts.document, facts.figures, office):
        yield from _find_by_rules(grid)
        if grid.form == "three-public":
            yield from _find_three_public(grid)
        if grid.form in (*_BASIC, *_ECONOMIC):
            yield from _find_lines(grid)


def _is_level(entry: Entry) -> bool:
    figure = entry.figure
    return figure.unit == "CNY" and figure.aspect == "level" and not figure.candidates and not figure.budget_unit


def _state(entry: Entry, item: str, rank: int, scope: Scope, *, sure: bool = True) -> Statement:
    f = entry.figure
    return Statement(item, f.value, f.precision, (f.span,), "table", f.block, rank, scope, f.fiscal_year, f.phase, sure)


def _find_by_rules(grid: Grid) -> Iterator[Statement]:
    for rule in RULES:
        if grid.form not in rule.forms or not re.search(rule.title, grid.title):
            continue
        if rule.without and re.search(rule.without, grid.title):
            continue
        for entry in grid.entries:
            if _is_level(entry) and _fits(rule, grid, entry):
                yield _state(entry, rule.item, rule.rank, rule.scope)


def _fits(rule: Rule, grid: Grid, entry: Entry) -> bool:
    if rule.row:
        label = entry.label if entry.labels else entry.figure.subject_label
        if not re.fullmatch(rule.row, label):
            return False
    elif entry.row not in grid.total_rows:
        return False
    path = entry.path
    if rule.side:
        if not path or rule.side not in path[0]:
            # The flow may be said by the row alone.
            if rule.side not in entry.label:
                return False
        else:
            path = path[1:]
    return re.fullmatch(rule.measure, _measure(grid, path)) is not None


def _measure(grid: Grid, path: Sequence[str]) -> str:
    """The column without its frame; in a table of basic expenditure 基本支出 is frame as well."""
    return read_measure(p for p in path if not (grid.form == "basic-economic" and p.endswith("基本支出")))


def _find_three_public(grid: Grid) -> Iterator[Statement]:
    """The items of a table of the three public expenses, which may stand in its rows or in its columns."""
    in_rows = any(_item_of(entry.label) for entry in grid.entries if entry.labels)
    others = any(_item_of(part) in ("meetings", "training") for e in grid.entries for part in e.path)
    for entry in grid.entries:
        if not _is_level(entry):
            continue
        item, rank = _read_row(entry) if in_rows else _read_column(grid, entry, mixed=others)
        if item and item != "cars":
            # Rows of a unit below the office bear its name; those of years without one are the office's.
            sure = in_rows or entry.row in (grid.total_rows or _year_rows(grid)) or grid.lone_row is not None
            yield _state(entry, item, rank, "", sure=sure)


def _item_of(words: str) -> str:
    for pattern, item in _THREE:
        if pattern.search(words):
            return item
    return ""


def _read_row(entry: Entry) -> tuple[str, int]:
    item = _item_of(entry.label) or ("three-public" if entry.is_total else "")
    rank = _rank_fund(read_measure(entry.path).split("/")) if item else 0
    return (item, rank) if rank else ("", 0)


def _rank_fund(parts: Sequence[str]) -> int:
    """1 for a column of all funds, 2 for that of the general budget, 0 for another fund or another thing."""
    rank = 1
    for part in parts:
        if _OTHER_FUND.match(part):
            return 0
        if _FUND_PART.match(part):
            rank = 2
        elif part and not _SUM.match(part):
            return 0
    return rank


def _read_column(grid: Grid, entry: Entry, *, mixed: bool) -> tuple[str, int]:
    """The item that the column names, deepest part first. ``mixed``: the total comprises 会议费 and 培训费 as well."""
    own = grid.total_rows or (frozenset((grid.lone_row,)) if grid.lone_row else _year_rows(grid))
    if entry.row not in own:
        return "", 0
    rank, item = 1, ""
    for part in reversed(entry.path):
        if _OTHER_FUND.match(part):
            return "", 0
        if _FUND_PART.match(part):
            rank = 2
            continue
        item = _item_of(part)
        if item:
            return item, rank
    total = any(_SUM.match(part) for part in entry.path)
    return ("three-public", rank + 2 if mixed else rank) if total else ("", 0)


def _year_rows(grid: Grid) -> frozenset[tuple[int, int]]:
    """The rows of a table that has one row a year and no unit's name but one, the office's."""
    words = {w for entries in grid.rows.values() for w in entries[0].labels if not re.match(r"(?:19|20)\d{2}年", w)}
    names = {w for w in words if not re.search(r"增减|变[动化]|比例|金额|幅度|[上本当]年", w)}
    return frozenset(grid.rows) if len(names) <= 1 else frozenset()


def _find_lines(grid: Grid) -> Iterator[Statement]:
    """会议费, 培训费, 委托业务费 in a table by economic class; several lines of one item add up."""
    scope: Scope = "basic" if grid.form == "basic-economic" or "基本支出" in grid.title else "general"
    if "项目支出" in grid.title:
        scope = "project"
    found: dict[tuple[str, int | None, str], list[Entry]] = defaultdict(list)
    for entry in grid.entries:
        figure = entry.figure
        item = _CODES.get(figure.subject_code) or ("" if figure.subject_code else _NAMES.get(entry.label, ""))
        if item and _is_level(entry) and re.fullmatch(_WHOLE, _measure(grid, entry.path)):
            found[item, figure.fiscal_year, figure.phase].append(entry)
    for (item, year, phase), entries in found.items():
        value = sum((e.figure.value for e in entries), Decimal(0))
        precision = sum((e.figure.precision for e in entries), Decimal(0))
        spans = tuple(e.figure.span for e in entries)
        yield Statement(item, value, precision, spans, "table", entries[0].figure.block, 3, scope, year, phase)
