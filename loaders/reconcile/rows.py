"""Checks along a row: a total is the sum of the columns beside it, a change is this year less last year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from loaders.facts import Figure, Finding
from loaders.reconcile.judging import Judge, Term, excuse
from loaders.reconcile.sheets import ColumnKey, Row, Sheet, is_total_leaf, split_column
from loaders.words.normalise import plain

#: Columns that stand in a table of expenditure without being a part of its total.
_NO_PART = re.compile(
    r"政府采购|面向|采购|人数|数量|单价|备注|说明|编制|占比|比重|上年.{0,2}(?:执行|决算|预算)|简介|项目个数|编码|代码|序号|年$"
)
_NO_THREE = re.compile(r"会议费|培训费|机关运行")
#: Sets of columns that official forms define as the whole of their total.
_PARTITIONS: tuple[tuple[str, ...], ...] = (
    ("基本支出", "项目支出"),
    ("人员", "公用"),
    ("因公出国", "公务接待", "公务用车"),
    ("购置", "运行"),
    ("一般公共预算", "政府性基金"),
)


@dataclass(frozen=True)
class Identity:
    """A total column and the columns it sums. ``official`` where the form itself defines the parts."""

    total: ColumnKey
    parts: tuple[ColumnKey, ...]
    official: bool


def check_rows(sheet: Sheet, judge: Judge) -> Iterator[Finding]:
    """Findings of ``row-total`` and ``row-change`` of one table."""
    if not sheet.is_account:
        return
    for identity in _identities(sheet):
        yield from _check_identity(sheet, identity, judge)
    yield from _check_of_which(sheet, judge)
    yield from _check_changes(sheet, judge)
    if sheet.open_rows:
        figures = [f for row in sheet.rows for f in row.unplaced]
        yield judge.statement(
            "row-total",
            "columns-are-open",
            "合计",
            "各列之和",
            "not checkable",
            figures,
            item=sheet.title,
            values={"rows": sheet.open_rows},
        )


def _identities(sheet: Sheet) -> Iterator[Identity]:
    keys = [k for k in sheet.columns if k[3] == "level" and k[4] == 0]
    doubled = {k[:4] for k in sheet.columns if k[4] > 0}
    paths: dict[ColumnKey, tuple[tuple[str, ...], str]] = {k: split_column(k[0]) for k in keys if k[:4] not in doubled}
    money = {k for k in paths if all(r.cells[k].unit == "CNY" for r in sheet.rows if k in r.cells)}
    for total in paths:
        groups, leaf = paths[total]
        if total not in money or not is_total_leaf(leaf):
            continue
        three = "三公" in leaf or ("三公" in "".join(groups))
        parts = []
        for key in _children(total, groups, paths):
            name = "|".join((*paths[key][0][len(groups) :], paths[key][1]))
            if key not in money or _NO_PART.search(name) or (three and _NO_THREE.search(name)):
                continue
            parts.append(key)
        unnamed = any(not k[0] for k in sheet.columns)
        if parts and not unnamed:
            yield Identity(
                total,
                tuple(parts),
                _is_official([paths[k][1] if not is_total_leaf(paths[k][1]) else paths[k][0][-1] for k in parts]),
            )


def _children(
    total: ColumnKey, groups: tuple[str, ...], paths: dict[ColumnKey, tuple[tuple[str, ...], str]]
) -> Iterator[ColumnKey]:
    """The columns right under a group: its own leaves, and for each group within it its total or its leaves."""
    depth = len(groups)
    inner: dict[str, list[ColumnKey]] = {}
    for key, (above, leaf) in paths.items():
        if key == total or above[:depth] != groups or key[1:3] != total[1:3]:
            continue
        if len(above) == depth:
            if not is_total_leaf(leaf):
                inner.setdefault(leaf, []).insert(0, key)
        else:
            inner.setdefault(above[depth], []).append(key)
    for name, keys in inner.items():
        own = [k for k in keys if len(paths[k][0]) == depth and paths[k][1] == name]
        sums = [k for k in keys if len(paths[k][0]) == depth + 1 and is_total_leaf(paths[k][1])]
        if sums:
            yield sums[0]
        elif own:
            yield own[0]
        else:
            leaves = [k for k in keys if len(paths[k][0]) == depth + 1]
            yield from leaves if leaves else keys


def _is_official(names: list[str]) -> bool:
    return any(all(any(word in name for name in names) for word in words) for words in _PARTITIONS)


def _check_identity(sheet: Sheet, identity: Identity, judge: Judge) -> Iterator[Finding]:
    """The identity in each row. Where it fails in most rows, the header means something else, and no row is blamed."""
    found: list[tuple[Row, Finding]] = []
    for row in sheet.rows:
        total = row.cells.get(identity.total)
        parts = [row.cells[k] for k in identity.parts if k in row.cells]
        if total is None or not parts or row.open or row.shifted:
            continue
        item = " ".join(w for w in (sheet.title, row.code, row.name or row.label) if w)
        found.append((row, judge.compare("row-total", item, [Term(total)], [Term(f) for f in parts])))
    found = [(row, _excuse(row, f, identity, judge)) for row, f in found]
    telling = [f for row, f in found if _tells(row, identity)]
    bad = [f for _, f in found if f.verdict == "contradicted"]
    good = len(telling) - len([f for f in bad if f in telling])
    trusted = len(bad) * 2 < len(found) or (not bad) or (identity.official and len(bad) == 1)
    if not identity.official and good < 1:
        trusted = not bad
    if trusted:
        yield from (f for _, f in found)
        return
    yield from (f for _, f in found if f.verdict != "contradicted")
    figures = [row.cells[identity.total] for row, f in found if f.verdict == "contradicted"]
    names = " + ".join(k[0].split("|")[-1] for k in identity.parts)
    yield judge.statement(
        "row-total",
        "columns-do-not-add-up",
        identity.total[0],
        names,
        "not checkable",
        figures,
        item=sheet.title,
        values={"bad": len(bad), "rows": len(found)},
    )


def _excuse(row: Row, finding: Finding, identity: Identity, judge: Judge) -> Finding:
    """A row that fits once its numbers are moved to other columns tells nothing of its sum.

    So stand a total row whose total equals one of several parts, and, in a table that came without columns, a row
    whose total is the sum of some other numbers of the row.
    """
    if finding.verdict != "contradicted":
        return finding
    total = row.cells[identity.total]
    parts = [row.cells[k] for k in identity.parts if k in row.cells and row.cells[k].value]
    moved = row.is_total and len(parts) > 1 and any(f.value == total.value for f in parts)
    if not moved and judge.is_streamed(total):
        others = [f.value for f in row.cells.values() if f is not total and f.value and f.unit == total.unit]
        sums = (sum(chosen) for n in (1, 2, 3) for chosen in combinations(others[:12], n))
        moved = any(abs(s - total.value) <= 3 * total.precision for s in sums)
    if not moved:
        return finding
    return excuse(finding, "numbers-fit-other-columns")


def _check_of_which(sheet: Sheet, judge: Judge) -> Iterator[Finding]:
    """A column 其中：… beside the total of its group: the part is not above the whole."""
    for key in sheet.columns:
        groups, _ = split_column(key[0])
        if key[3] != "level" or key[4] or not re.match(r"其中[:：].", plain(key[0]).split("|")[-1]):
            continue
        wholes = [k for k in sheet.columns if k[1:] == key[1:] and k != key and split_column(k[0])[0] == groups]
        wholes = [k for k in wholes if is_total_leaf(split_column(k[0])[1])]
        for row in sheet.rows:
            part, whole = row.cells.get(key), row.cells.get(wholes[0]) if len(wholes) == 1 else None
            if part is None or whole is None or part.unit != whole.unit or row.open or row.shifted:
                continue
            item = " ".join(w for w in (sheet.title, row.code, row.name) if w)
            yield judge.within("row-part", item, part, whole)


def _tells(row: Row, identity: Identity) -> bool:
    """Whether a row says more than 0 = 0."""
    return bool(row.cells[identity.total].value) or any(row.cells[k].value for k in identity.parts if k in row.cells)


def _check_changes(sheet: Sheet, judge: Judge) -> Iterator[Finding]:
    changes = [k for k in sheet.columns if k[3] in ("change", "growth")]
    if not changes:
        yield from _check_change_rows(sheet, judge)
        return
    levels = [k for k in sheet.columns if k[3] == "level" and k[1] is not None]
    years = sorted({k[1] for k in levels if k[1] is not None})
    if len(years) != 2:
        return
    for change in changes:
        groups, leaf = split_column(change[0])
        before, now = (_partner([k for k in levels if k[1] == year], change, groups, leaf) for year in years)
        if before is None or now is None:
            continue
        found = []
        for row in sheet.rows:
            stated, old, new = row.cells.get(change), row.cells.get(before), row.cells.get(now)
            if stated is None or old is None or new is None or row.open:
                continue
            item = " ".join(w for w in (sheet.title, row.code, row.name) if w)
            if change[3] == "change":
                found.append(judge.compare("row-change", item, [Term(stated)], [Term(new), Term(old, -1)]))
            elif old.value:
                found.append(judge.ratio("row-growth", item, stated, [Term(new), Term(old, -1)], [Term(old)]))
        bad = [f for f in found if f.verdict == "contradicted"]
        telling = [f for f in found if f.left_value or f.right_value]  # not 0 = 0 - 0
        if len(bad) * 2 < len(telling) or not bad:
            yield from found


def _partner(keys: list[ColumnKey], change: ColumnKey, groups: tuple[str, ...], leaf: str) -> ColumnKey | None:
    """The level column of a year that a change column belongs to: the only one, or the one of the same sub-header."""
    if len(keys) == 1:
        return keys[0]
    tail = (*groups[1:], leaf)
    same = [
        k
        for k in keys
        if k[4] == change[4] and (split_column(k[0])[0][1:], split_column(k[0])[1]) == (tail[:-1], tail[-1])
    ]
    if len(same) == 1:
        return same[0]
    if not groups:
        alike = [k for k in keys if k[4] == change[4] and "|" not in k[0]]
        return alike[0] if len(alike) == 1 and len({k[0] for k in keys}) == 1 else None
    return None


def _check_change_rows(sheet: Sheet, judge: Judge) -> Iterator[Finding]:
    """Rows of last year, this year and the change, one under another."""
    for first, second, third in zip(sheet.rows, sheet.rows[1:], sheet.rows[2:], strict=False):
        for key, stated in third.cells.items():
            if stated.aspect != "change":
                continue
            old, new = _same_header(first, key), _same_header(second, key)
            if old is None or new is None or old.fiscal_year is None or new.fiscal_year != old.fiscal_year + 1:
                continue
            item = f"{sheet.title} {split_column(key[0])[1]}"
            yield judge.compare("row-change", item, [Term(stated)], [Term(new), Term(old, -1)])


def _same_header(row: Row, key: ColumnKey) -> Figure | None:
    found = [f for k, f in row.cells.items() if k[0] == key[0] and k[4] == key[4] and k[3] == "level"]
    return found[0] if len(found) == 1 else None
