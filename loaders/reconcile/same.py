"""Checks of one quantity stated more than once: in two tables, in table and prose, twice in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.facts import DocumentKind, Figure, Finding
from loaders.reconcile.balances import totals_of_sides
from loaders.reconcile.judging import Judge, Term, excuse
from loaders.reconcile.mentions import Mention, Paragraph
from loaders.reconcile.obstacles import Statement, find_obstacle, is_near, is_other_quantity
from loaders.reconcile.same_rates import check_same_rates
from loaders.reconcile.scopes import Scope, fund_of
from loaders.reconcile.sheets import ColumnKey, Row, Sheet, is_total_leaf, split_column
from loaders.words.normalise import plain

_ROLES = (
    ("basic", r"^基本支出$"),
    ("project", r"^项目支出$"),
    ("personnel", r"^人员(?:经费|支出|类)(?:支出)?$"),
    ("public", r"^(?:日常)?公用(?:经费|支出)(?:支出)?$"),
)
_FUND_COLUMNS = (
    ("general", r"^一般公共预算(?:财政)?(?:拨款)?$"),
    ("government", r"^政府性基金(?:预算)?(?:财政)?(?:拨款)?$"),
)
_THREE = (
    ("total", r"^(?:合计|总计|小计|“三公”经费合计|三公经费合计)$"),
    ("travel", r"^因公出国"),
    ("reception", r"^公务接待费?$"),
    ("purchase", r"^(?:公务用车)?购置费$"),
    ("run", r"^(?:公务用车)?运行(?:维护)?费$"),
)
#: Columns and tables of another extent than the year's whole.
_PARTIAL = re.compile(r"结转|结余|上年|当年|财政拨款$|政府采购|项目|其中")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What an amount in a table is of: a code or the total, of a fund, whole or basic or project."""

    flow: str
    fund: str
    part: str
    item: str
    year: int | None
    phase: str


def check_same(
    sheets: Sequence[Sheet],
    paragraphs: Sequence[Paragraph],
    scopes: dict[Mention, Scope],
    kind: DocumentKind,
    judge: Judge,
) -> Iterator[Finding]:
    """Findings of ``same-in-tables``, ``same-in-prose-and-table``, ``same-in-prose`` and ``same-rate``."""
    tables = table_quantities(sheets)
    for quantity, statements in tables.items():
        yield from _among_tables(quantity, statements, judge)
    yield from _with_prose(tables, scopes, kind, judge)
    if kind != "budget":
        yield from check_same_rates(paragraphs, judge)


# -- tables ----------------------------------------------------------------------------------------------------------


def table_quantities(sheets: Sequence[Sheet]) -> dict[Quantity, list[Statement]]:
    """The quantities that tables of known form state, one statement a table.

    A table that states a quantity with two values (the parts of several offices) states none.
    """
    found: dict[Quantity, list[Statement]] = {}
    for sheet in sheets:
        values: dict[Quantity, list[Figure]] = {}
        for quantity, figure in quantities_of_cells(sheet):
            values.setdefault(quantity, []).append(figure)
        for quantity, figures in values.items():
            if len({f.value for f in figures}) == 1:
                found.setdefault(quantity, []).append(Statement(figures[0], sheet.title, _extent_of(figures[0])))
        for extent, quantity, figure in (*_balance_totals(sheet), *_balance_years(sheet)):
            found.setdefault(quantity, []).append(Statement(figure, sheet.title, extent, is_total=True))
    return {quantity: _mark_repeated(statements) for quantity, statements in found.items()}


def _mark_repeated(statements: list[Statement]) -> list[Statement]:
    """The statements, marked where tables of one title state several amounts: each body has its own set of tables."""
    values: dict[tuple[str, str], set[Decimal]] = {}
    for statement in statements:
        values.setdefault((plain(statement.place), statement.extent), set()).add(statement.figure.value)
    if all(len(v) == 1 for v in values.values()):
        return statements
    return [replace(s, is_of_several=True) for s in statements]


def _extent_of(figure: Figure) -> str:
    """How much of a year a column states: 本年支出合计 is without what was carried over."""
    return "year" if re.search(r"本年(?:支出|收入)", plain(figure.column)) else ""


_BALANCES = {"balance": "all", "appropriation-balance": "fiscal"}


_YEAR_TOTALS = (("income", re.compile(r"^本年收入合计$")), ("expenditure", re.compile(r"^本年支出合计$")))


def _balance_years(sheet: Sheet) -> Iterator[tuple[str, Quantity, Figure]]:
    """本年收入合计 and 本年支出合计 of such a table, without what was carried over: the first column of each fund."""
    fund = _BALANCES.get(sheet.form)
    if fund is None:
        return
    seen: set[Quantity] = set()
    for figure in sheet.figures():
        for flow, words in _YEAR_TOTALS:
            if figure.unit != "CNY" or figure.aspect != "level" or not words.match(plain(figure.subject_label)):
                continue
            inside = fund_of(figure.column.rpartition("|")[2])
            inside = fund if inside == "all" else inside
            quantity = Quantity(flow, inside, "total", "total", figure.fiscal_year, figure.phase)
            if quantity not in seen:
                seen.add(quantity)
                yield "year", quantity, figure


def _balance_totals(sheet: Sheet) -> Iterator[tuple[str, Quantity, Figure]]:
    """收入总计 and 支出总计 of a table of income and expenditure: the whole, with what was carried over."""
    fund = _BALANCES.get(sheet.form)
    if fund is None:
        return
    for flow, figures in zip(("income", "expenditure"), totals_of_sides(sheet), strict=True):
        if len({f.value for f in figures}) == 1 and figures[0].unit == "CNY" and figures[0].aspect == "level":
            figure = figures[0]
            inside = fund_of(figure.column.rpartition("|")[2])
            year, phase = figure.fiscal_year, figure.phase
            inside = fund if inside == "all" else inside
            yield "whole", Quantity(flow, inside, "total", "total", year, phase), figure


def quantities_of_cells(sheet: Sheet, office: str = "") -> Iterator[tuple[Quantity, Figure]]:
    """The quantities that the cells of one table state. A row that bears the office's name stands for the total."""
    yield from _function_cells(sheet, office)
    yield from _three_cells(sheet)


def _function_cells(sheet: Sheet, office: str = "") -> Iterator[tuple[Quantity, Figure]]:
    """Cells of tables of expenditure by function or economic class, by code and by kind of expenditure."""
    if sheet.form not in (
        "expenditure",
        "general-function",
        "general-economic",
        "basic-economic",
        "government-funds",
        "state-capital",
    ):
        return
    title = plain(sheet.title)
    if re.search(r"结转|采购|项目支出|三公", title) or not title:
        return
    fund = fund_of(title)
    whole = "basic" if "基本支出" in title else "total"
    doubled = {k[:4] for k in sheet.columns if k[4] > 0}
    for key in sheet.columns:
        role = None if key[:4] in doubled else find_part(key, whole)
        if role is None:
            continue
        part, column_fund = role
        for row in sheet.rows:
            figure = row.cells.get(key)
            item = _item(row, office)
            if figure is None or not item or row.shifted or figure.unit != "CNY":
                continue
            yield Quantity("expenditure", column_fund or fund, part, item, figure.fiscal_year, figure.phase), figure


def _item(row: Row, office: str) -> str:
    if row.is_total or (office and not row.code and plain(row.label).startswith(plain(office))):
        return "total"
    return row.code if len(row.code) in (3, 5, 7) else ""


def find_part(key: ColumnKey, whole: str) -> tuple[str, str] | None:
    """The part of expenditure, and the fund, that a column states; None for columns of another extent."""
    if key[3] != "level" or key[4]:
        return None
    groups, leaf = split_column(key[0])
    if any(_PARTIAL.search(g) and not re.fullmatch(r"本年支出|基本支出|.{0,12}基本支出", g) for g in groups):
        return None
    inside = "basic" if any("基本支出" in g for g in groups) else whole
    if is_total_leaf(leaf):
        return inside, ""
    for role, pattern in _ROLES:
        if re.match(pattern, leaf):
            return role, ""
    for fund, pattern in _FUND_COLUMNS:
        if re.match(pattern, leaf):
            return inside, fund
    return None


def _three_cells(sheet: Sheet) -> Iterator[tuple[Quantity, Figure]]:
    """Cells of the table of the three public expenses. Rows of one office, or the total row of several."""
    if sheet.form != "three-public":
        return
    rows = [row for row in sheet.rows if row.is_total and not row.shifted] or sheet.rows
    doubled = {k[:4] for k in sheet.columns if k[4] > 0}
    for key in sheet.columns:
        if key[3] != "level" or key[:4] in doubled or not key[0]:
            continue
        groups, leaf = split_column(key[0])
        part = next((p for p, pattern in _THREE if re.match(pattern, leaf)), None)
        if part == "total" and groups and re.search(r"公务用车", groups[-1]):
            part = "car"
        elif part == "total" and "会议" in sheet.title and not any("三公" in g for g in (*groups, leaf)):
            part = None
        if part is None or any(re.search(r"结转|结余|当年预算", g) for g in groups):
            continue
        for row in rows:
            figure = row.cells.get(key)
            if figure is not None and figure.unit == "CNY" and _is_sound(row, key):
                yield Quantity("three-public", "", part, "", figure.fiscal_year, figure.phase), figure


def _is_sound(row: Row, key: ColumnKey) -> bool:
    """Whether the three public expenses of a row and year sum to a total of theirs, so that its columns are right."""
    sums: dict[tuple[str, ...], dict[str, Figure]] = {}
    for other, figure in row.cells.items():
        if other[1:] != key[1:]:
            continue
        groups, leaf = split_column(other[0])
        part = next((p for p, pattern in _THREE if re.match(pattern, leaf)), "")
        if part == "total" and groups and "公务用车" in groups[-1]:
            groups, part = groups[:-1], "car"
        if part in ("total", "travel", "reception", "car"):
            sums.setdefault(groups, {})[part] = figure
    for parts in sums.values():
        if "total" in parts and len(parts) > 1:
            rest = sum((f.value for p, f in parts.items() if p != "total"), Decimal(0))
            slack = sum((f.precision for f in parts.values()), Decimal(0))
            if abs(parts["total"].value - rest) > slack:
                return False
    return True


def _among_tables(quantity: Quantity, statements: list[Statement], judge: Judge) -> Iterator[Finding]:
    """A quantity in two tables; a total with what was carried over is no total without it."""
    first = statements[0]
    for other in statements[1:]:
        if plain(other.place) == plain(first.place) or other.extent != first.extent:
            continue
        sides = [Term(first.figure)], [Term(other.figure)]
        places = f"{first.place} / {other.place}"
        finding = judge.compare("same-in-tables", _words(quantity), *sides, same=True, detail=places)
        obstacle = find_obstacle(first, other, "unknown", judge) if finding.verdict == "contradicted" else ""
        yield excuse(finding, obstacle) if obstacle else finding


_NAMES = {
    "expenditure": "支出",
    "income": "收入",
    "both": "收支",
    "all": "",
    "fiscal": "财政拨款",
    "general": "一般公共预算",
    "government": "政府性基金",
    "state": "国有资本经营预算",
    "basic": "基本",
    "project": "项目",
    "personnel": "人员经费",
    "public": "公用经费",
    "three-public": "“三公”经费",
    "travel": "因公出国（境）",
    "reception": "公务接待",
    "car": "公务用车",
    "purchase": "购置",
    "run": "运行",
    "running": "机关运行经费",
    "procurement": "政府采购",
    "goods": "货物",
    "works": "工程",
    "services": "服务",
    "granted": "拨款",
    "total": "",
    "": "",
}


def _words(quantity: Quantity | Scope) -> str:
    flow, part = _NAMES[quantity.flow], _NAMES[quantity.part]
    words = (
        f"{_NAMES[quantity.fund]}{part}{flow}"
        if quantity.flow in ("expenditure", "income", "both")
        else f"{flow}{part}"
    )
    if isinstance(quantity, Quantity) and quantity.item not in ("", "total"):
        words = f"{quantity.item} {words}"
    return words


# -- prose -----------------------------------------------------------------------------------------------------------


def _with_prose(
    tables: dict[Quantity, list[Statement]], scopes: dict[Mention, Scope], kind: DocumentKind, judge: Judge
) -> Iterator[Finding]:
    """Each amount of the prose against the table that states it; without one, against what the prose said before."""
    told: dict[Quantity, list[Statement]] = {}
    first: dict[Quantity, Statement] = {}
    for mention, scope in scopes.items():
        said = Statement(mention.figure, "", scope.extent, mention, scope)
        keys = _keys_of(scope, mention.figure)
        first.setdefault(keys[0], said)
        statements = [s for key in keys for s in tables.get(key, [])]
        if statements:
            yield from _agree("same-in-prose-and-table", said, statements, kind, judge)
            continue
        earlier = [s for s in told.get(keys[0], []) if not _is_same_sentence(s.mention, mention)]
        yield from _agree("same-in-prose", said, earlier, kind, judge)
        told.setdefault(keys[0], []).append(said)
    yield from _sides(first, judge)


def _keys_of(scope: Scope, figure: Figure) -> list[Quantity]:
    """What tables call the quantity of an amount in prose; 收支总计 is both of income and of expenditure."""
    flows = ("income", "expenditure") if scope.flow == "both" else (scope.flow,)
    item = "" if scope.flow == "three-public" else "total"
    return [Quantity(flow, scope.fund, scope.part, item, figure.fiscal_year, figure.phase) for flow in flows]


def _is_same_sentence(one: Mention | None, two: Mention) -> bool:
    return one is not None and one.paragraph is two.paragraph and one.sentence == two.sentence


def _agree(
    rule: str, said: Statement, others: Sequence[Statement], kind: DocumentKind, judge: Judge
) -> Iterator[Finding]:
    """Whether an amount is that of any other statement. Where it is of none, one must be known to be of the same."""
    assert said.scope is not None
    words = _words(said.scope)
    findings: list[tuple[Finding, Statement]] = []
    for other in others:
        sides = (said, other) if other.place else (other, said)
        one, two = ([Term(s.figure)] for s in sides)
        total = other.is_total
        found = judge.compare(rule, words, one, two, same=not total, printed=total, detail=other.place)
        findings.append((found, other))
    agreeing = next((f for f, _ in findings if f.verdict != "contradicted"), None)
    if agreeing is not None:
        yield agreeing
        return
    left = [(f, find_obstacle(said, o, kind, judge)) for f, o in findings if not is_other_quantity(said, o, judge)]
    plain_one = next((f for f, obstacle in left if not obstacle), None)
    if plain_one is not None:
        yield plain_one
    elif left:
        yield excuse(*left[0])


def _sides(first: dict[Quantity, Statement], judge: Judge) -> Iterator[Finding]:
    """预算收入 and 预算支出 of one paragraph, where a budget must balance."""
    for key, one in first.items():
        if key.flow != "income" or key.part not in ("total", "granted") or key.phase != "budget":
            continue
        two = first.get(Quantity("expenditure", key.fund, "total", "total", key.year, key.phase))
        if one.mention is None or two is None or two.mention is None:
            continue
        if two.mention.paragraph is not one.mention.paragraph:
            continue
        sides = [Term(one.figure)], [Term(two.figure)]
        finding = judge.compare("income-expenditure", f"{_NAMES[key.fund]}收支", *sides, same=True)
        carried = one.extent != two.extent or _CARRIED.search(one.mention.paragraph.text)
        if finding.verdict == "contradicted" and carried and not is_near(one.figure, two.figure):
            finding = excuse(finding, "extents-may-differ")
        yield finding


#: What was carried over stands on one side only.
_CARRIED = re.compile(r"结转|结余")
