"""Checks of balance tables: numbered lines and the year's total, what is carried over, income and expenditure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loaders.facts import Figure, Finding
from loaders.reconcile.judging import Judge, Term
from loaders.reconcile.sheets import ColumnKey, Row, Sheet
from loaders.words.normalise import plain
from loaders.words.numerals import TEN

_BALANCE_FORMS = frozenset({"balance", "appropriation-balance"})
_TOP = re.compile(rf"^[{TEN}]{{1,3}}[、.．]")
_SUB = re.compile(r"^(?:[（(]|\d|其中|[①-⑳]|一般公共预算|政府性基金|国有资本|基本支出|项目支出)")
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
            yield from _check_column(sheet, key, judge)
    yield from _check_sides(sheet, judge)


def _lines(sheet: Sheet, key: ColumnKey) -> list[tuple[str, Row, Figure]]:
    return [(plain(row.label).strip(":"), row, row.cells[key]) for row in sheet.rows if key in row.cells]


def _check_column(sheet: Sheet, key: ColumnKey, judge: Judge) -> Iterator[Finding]:
    lines = _lines(sheet, key)
    tops = [(label, f) for label, _, f in lines if _TOP.match(label)]
    years = [(i, f) for i, (label, _, f) in enumerate(lines) if _YEAR_TOTAL.match(label)]
    totals = [(i, f) for i, (label, _, f) in enumerate(lines) if _TOTAL.match(label)]
    item = f"{sheet.title} {key[0].replace('|', ' ')}"
    if len(years) == 1 and tops and not _restarts([t[0] for t in tops]):
        before = [f for label, _, f in lines[: years[0][0]] if _TOP.match(label)]
        if before:
            yield judge.compare(
                "balance-total", f"{item} {lines[years[0][0]][0]}", [Term(years[0][1])], [Term(f) for f in before]
            )
    if len(years) == 1 and totals:
        carried = lines[years[0][0] + 1 : totals[-1][0]]
        whole = [Term(totals[-1][1])]
        options = [
            [f for label, _, f in carried if not _TOTAL.match(label)],
            [f for label, _, f in carried if not _SUB.match(label) and not _TOTAL.match(label)],
        ]
        findings = [
            judge.compare(
                "balance-carry", f"{item} {lines[totals[-1][0]][0]}", whole, [Term(years[0][1]), *(Term(f) for f in o)]
            )
            for o in options
        ]
        yield next((f for f in findings if f.verdict != "contradicted"), findings[-1])
    elif not years and len(totals) == 1 and tops and not _restarts([t[0] for t in tops]):
        above = lines[: totals[0][0]]
        options = [
            [f for label, _, f in above if _TOP.match(label)],
            [f for label, _, f in above if not _SUB.match(label)],
        ]
        findings = [
            judge.compare(
                "balance-total", f"{item} {lines[totals[0][0]][0]}", [Term(totals[0][1])], [Term(f) for f in o]
            )
            for o in options
            if o
        ]
        yield from (f for f in findings[-1:] if all(g.verdict == "contradicted" for g in findings))
        yield from [f for f in findings if f.verdict != "contradicted"][:1]


def _restarts(labels: list[str]) -> bool:
    """Whether the numbering 一、二、三、 begins again, as in two panels read as one column."""
    heads = [re.split(r"[、.．]", label)[0] for label in labels]
    return len(set(heads)) != len(heads)


def _check_sides(sheet: Sheet, judge: Judge) -> Iterator[Finding]:
    """收入总计 = 支出总计. Labels tell the sides apart, or the columns where both are just 总计."""
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
    if (
        not income
        or not expenditure
        or len({f.value for f in income}) > 1
        or len({(f.fiscal_year, f.phase) for f in income + expenditure}) > 1
    ):
        return
    for figure in {f.value: f for f in expenditure}.values():
        yield judge.compare("income-expenditure", sheet.title, [Term(income[0])], [Term(figure)], same=True)
