"""Checks of balance tables: numbered lines and the year's total, what is carried over, income and expenditure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from loaders.facts import Figure, Finding
from loaders.reconcile.judging import Judge, Term, excuse
from loaders.reconcile.sheets import ColumnKey, Sheet
from loaders.words.normalise import plain
from loaders.words.numerals import TEN

_BALANCE_FORMS = frozenset({"balance", "appropriation-balance"})
_TOP = re.compile(rf"^[{TEN}]{{1,3}}[、.．]")
_SUB = re.compile(r"^(?:[（(]|\d|其中|[①-⑳]|一般公共预算|政府性基金|国有资本|基本支出|项目支出)")
_TOP_OR_CARRIED = re.compile(rf"{_TOP.pattern}|^(?:(?:上|本)年|年初|年末|结转|动用|使用|用)[^:]*(?:结转|结余|基金)")
_YEAR_TOTAL = re.compile(r"^本年(?:收入|支出)(?:合计|总计|小计)$")
_TOTAL = re.compile(r"^(?:(?:收入|支出)?(?:总计|合计)|(?:收入|支出)预算(?:总计|合计))$")
_INCOME_TOTAL = re.compile(r"^收入(?:预算)?总计$")
_EXPENDITURE_TOTAL = re.compile(r"^支出(?:预算)?总计$")


def check_balances(sheet: Sheet, judge: Judge) -> Iterator[Finding]:
    """Findings of ``balance-total``, ``balance-carry`` and ``income-expenditure`` of one table."""
    if sheet.form not in _BALANCE_FORMS:
        return
    doubled = {k[:4] for k in sheet.columns if k[4] > 0}
    for key in sheet.columns:
        if key[:4] not in doubled and key[3] == "level":
            yield from (_doubt(f, sheet) for f in _check_column(sheet, key, judge))
    yield from _check_sides(sheet, judge)


def _doubt(finding: Finding, sheet: Sheet) -> Finding:
    """A sum of lines of which some may stand in the next table, or in a column that the text leaves open."""
    if finding.verdict != "contradicted" or not (sheet.goes_on or sheet.open_rows):
        return finding
    return excuse(finding, "table-may-go-on" if sheet.goes_on else "columns-are-concluded")


class _Column:
    """One column of a balance table: its lines with their figures, from the top to the total."""

    def __init__(self, sheet: Sheet, key: ColumnKey) -> None:
        self.lines = [(plain(row.label).strip(":"), row.cells[key]) for row in sheet.rows if key in row.cells]
        self.years = [i for i, (label, _) in enumerate(self.lines) if _YEAR_TOTAL.match(label)]
        self.totals = [i for i, (label, _) in enumerate(self.lines) if _TOTAL.match(label)]
        self.item = f"{sheet.title} {key[0].replace('|', ' ')}"

    @property
    def is_numbered(self) -> bool:
        """Whether its lines are numbered 一、二、三、 once: not again, as in two panels read as one column."""
        heads = [re.split(r"[、.．]", label)[0] for label, _ in self.lines if _TOP.match(label)]
        return bool(heads) and len(set(heads)) == len(heads)

    def pick(self, first: int, last: int, *, only: re.Pattern[str] | None = None, without: str = "") -> list[Figure]:
        """The figures of some lines: that fit ``only``, and are ``without`` sub-lines (``s``) or totals (``t``)."""
        return [
            figure
            for label, figure in self.lines[first:last]
            if (only is None or only.match(label))
            and not ("s" in without and _SUB.match(label))
            and not ("t" in without and _TOTAL.match(label))
        ]

    def compare(self, judge: Judge, rule: str, at: int, parts: list[Figure]) -> Finding:
        """The figure of line ``at`` against the sum of others."""
        label, figure = self.lines[at]
        return judge.compare(rule, f"{self.item} {label}", [Term(figure)], [Term(f) for f in parts])


def _check_column(sheet: Sheet, key: ColumnKey, judge: Judge) -> Iterator[Finding]:
    column = _Column(sheet, key)
    if len(column.years) == 1:
        yield from _check_year(column, judge)
        yield from _check_carried(column, judge)
    elif not column.years and len(column.totals) == 1 and column.is_numbered:
        yield from _check_total(column, judge)


def _check_year(column: _Column, judge: Judge) -> Iterator[Finding]:
    """本年收入合计 = its numbered lines."""
    if column.is_numbered and (parts := column.pick(0, column.years[0], only=_TOP)):
        yield column.compare(judge, "balance-total", column.years[0], parts)


def _check_carried(column: _Column, judge: Judge) -> Iterator[Finding]:
    """总计 = 本年合计 and what is carried over, with or without the lines that only divide it."""
    if not column.totals:
        return
    year, total = column.years[0], column.totals[-1]
    findings = [
        column.compare(judge, "balance-carry", total, [column.lines[year][1], *column.pick(year + 1, total, without=w)])
        for w in ("t", "st")
    ]
    year_figure = column.lines[year][1]
    if all(f.verdict == "contradicted" for f in findings):
        chosen = _fit(column.lines[total][1], [year_figure], column.pick(year + 1, total, without="t"), judge)
        if chosen is not None:
            findings.append(column.compare(judge, "balance-carry", total, [year_figure, *chosen]))
    yield next((f for f in findings if f.verdict != "contradicted"), findings[-1])


#: So many lines stand between the year's total and the grand total at most.
_MANY = 10


def _fit(total: Figure, fixed: list[Figure], lines: list[Figure], judge: Judge) -> list[Figure] | None:
    """Those lines that make up a total together with fixed ones. The others only divide one of them.

    Forms set out 年初结转和结余 by fund, or by 基本支出结转 and 项目支出结转, under names that no list has in full.
    """
    lines = [f for f in lines if f.value][:_MANY]
    base = sum((f.value for f in fixed), Decimal(0))
    for size in range(1, len(lines) + 1):
        for chosen in combinations(lines, size):
            slack = sum((judge.precision(f) for f in (total, *fixed, *chosen)), Decimal(0))
            if abs(base + sum(f.value for f in chosen) - total.value) <= slack:
                return list(chosen)
    return None


def _check_total(column: _Column, judge: Judge) -> Iterator[Finding]:
    """总计 = its numbered lines, or all lines but those that divide one."""
    total = column.totals[0]
    options = [column.pick(0, total, only=p) for p in (_TOP, _TOP_OR_CARRIED)]
    options.append(column.pick(0, total, without="s"))
    findings = [column.compare(judge, "balance-total", total, o) for o in options if o]
    yield from (f for f in findings[-1:] if all(g.verdict == "contradicted" for g in findings))
    yield from [f for f in findings if f.verdict != "contradicted"][:1]


def totals_of_sides(sheet: Sheet) -> tuple[list[Figure], list[Figure]]:
    """收入总计 and 支出总计. Labels tell the sides apart, or the columns where both are just 总计."""
    income: list[Figure] = []
    expenditure: list[Figure] = []
    for row in sheet.rows:
        label = plain(row.label).strip(":")
        figures = list(row.cells.values()) or row.unplaced
        if not figures:
            continue
        side = plain(figures[0].column).split("|")[0]
        if _INCOME_TOTAL.match(label) or (_TOTAL.match(label) and "收入" in side and "支出" not in side):
            income.append(figures[0])
        elif _EXPENDITURE_TOTAL.match(label) or (_TOTAL.match(label) and "支出" in side and "收入" not in side):
            expenditure.append(figures[0])
    return income, expenditure


def _check_sides(sheet: Sheet, judge: Judge) -> Iterator[Finding]:
    """收入总计 = 支出总计."""
    income, expenditure = totals_of_sides(sheet)
    if (
        not income
        or not expenditure
        or len({f.value for f in income}) > 1
        or len({(f.fiscal_year, f.phase) for f in income + expenditure}) > 1
    ):
        return
    for figure in {f.value: f for f in expenditure}.values():
        yield judge.compare("income-expenditure", sheet.title, [Term(income[0])], [Term(figure)], same=True)
