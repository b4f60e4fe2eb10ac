"""Checks of evaluations: scores within their maxima, and both summed from the lowest level to the total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from loaders.facts import Figure, Finding
from loaders.reconcile.judging import Judge, Term, excuse
from loaders.reconcile.mentions import Paragraph
from loaders.reconcile.sheets import ColumnKey, Row, Sheet
from loaders.words.normalise import plain

_TOTAL = re.compile(r"^(?:总分|合计|总计|总得分|得分合计|综合得分|[—\-/]*)$")
_LEVELS = "一二三四五"


def check_scores(sheets: Sequence[Sheet], paragraphs: Sequence[Paragraph], judge: Judge) -> Iterator[Finding]:
    """Findings of ``score-maximum``, ``maximum-sum`` and ``score-sum``."""
    totals: list[Figure] = []
    levels: dict[int, list[tuple[Figure, list[Figure]]]] = {}
    for sheet in sheets:
        if sheet.form in ("scoring", "self-evaluation") or any(k[3] in ("score", "maximum") for k in sheet.columns):
            yield from _check_sheet(sheet, judge, totals, levels)
    for paragraph in paragraphs:
        yield from _check_prose(paragraph, judge, totals, levels)


def _level(key: ColumnKey) -> int:
    """1, 2, 3 for 一级, 二级, 三级指标; 0 where the header names no level."""
    match = re.search(rf"([{_LEVELS}])级指标", plain(key[0]))
    return _LEVELS.index(match.group(1)) + 1 if match else 0


def _check_sheet(
    sheet: Sheet, judge: Judge, totals: list[Figure], levels: dict[int, list[tuple[Figure, list[Figure]]]]
) -> Iterator[Finding]:
    maxima = [k for k in sheet.columns if k[3] == "maximum" and k[4] == 0]
    scores = [k for k in sheet.columns if k[3] == "score" and k[4] == 0]
    if len(scores) != 1 or not maxima:
        return
    score_key = scores[0]
    maxima.sort(key=_level)
    open_sums: dict[int, tuple[Figure, str, list[Figure], list[Figure]]] = {}
    scored: list[tuple[Figure, Figure]] = []
    unscored: list[Figure] = []
    lines = _merge(sheet.rows)
    project = ""
    for row, cells in lines:
        if project != (project := _project_of(cells)):  # the form of another project begins
            yield from _close(open_sums, 0, judge)
            scored, unscored = [], []
        if _TOTAL.match(plain(row.label)):
            yield from _close(open_sums, 0, judge)
            score = cells.get(score_key)
            maximum = next((cells[k] for k in maxima if k in cells), None)
            if score is not None and scored:
                totals.append(score)
            yield from _check_total(score, maximum, scored, unscored, judge)
            scored, unscored = [], []  # what follows is the table of another project
            continue
        present = [k for k in maxima if k in cells]
        for key in (
            present[:-1]
            if len(maxima) > 1 and present and present[-1] == maxima[-1]
            else (present if len(maxima) > 1 and present and present[-1] != maxima[-1] else [])
        ):
            level = _level(key)
            yield from _close(open_sums, level - 1, judge)
            open_sums[level] = (cells[key], cells[key].subject_label, [], [])
            if level == 1:
                levels.setdefault(1, []).append((cells[key], open_sums[1][3]))
        own = cells.get(maxima[-1])
        score = cells.get(score_key)
        if own is None:
            continue
        for _, _, below, _ in open_sums.values():
            below.append(own)
        if score is None:
            unscored.append(own)
        else:
            scored.append((own, score))
            for _, _, _, got in open_sums.values():
                got.append(score)
            yield judge.within("score-maximum", own.subject_label, score, own)
    yield from _close(open_sums, 0, judge)


def _project_of(cells: dict[ColumnKey, Figure]) -> str:
    """The project whose form a row stands in, where a table holds several forms."""
    return next((value for f in cells.values() for name, value in f.dimensions if name == "project"), "")


#: What the points of a table sum to where its total states none.
_HUNDRED = Decimal(100)


def _check_total(
    score: Figure | None,
    maximum: Figure | None,
    scored: Sequence[tuple[Figure, Figure]],
    unscored: Sequence[Figure],
    judge: Judge,
) -> Iterator[Finding]:
    """The total score and the total of points. Points without a score are those of higher levels, or of a blank line.

    Where the points that were read do not make up the total's, lines are missing, and its score tells nothing.
    """
    whole = maximum.value if maximum is not None else _HUNDRED
    points = [m for m, _ in scored]
    complete = any(sum(f.value for f in chosen) == whole for chosen in (points, [*points, *unscored]))
    if score is not None and scored:
        finding = judge.compare("score-sum", "总分", [Term(score)], [Term(got) for _, got in scored])
        missing = finding.verdict == "contradicted" and not complete
        yield excuse(finding, "lines-may-be-missing") if missing else finding
    if maximum is None:
        return
    options = [chosen for chosen in (points, [*points, *unscored]) if chosen]
    findings = [judge.compare("maximum-sum", "总分", [Term(maximum)], [Term(f) for f in o]) for o in options]
    good = next((f for f in findings if f.verdict != "contradicted"), None)
    if good is not None:
        yield good
    elif findings:
        missing = bool(points and unscored) or (findings[0].difference or Decimal(0)) > 0
        yield excuse(findings[0], "lines-may-be-missing") if missing else findings[0]


def _merge(rows: Sequence[Row]) -> list[tuple[Row, dict[ColumnKey, Figure]]]:
    """Entries of one printed row put together: 一级, 二级 and 三级 each have a label of their own."""
    out: list[tuple[Row, dict[ColumnKey, Figure]]] = []
    for row in rows:
        if (
            out
            and out[-1][0].block == row.block
            and out[-1][0].number == row.number
            and not set(out[-1][1]) & set(row.cells)
        ):
            out[-1][1].update(row.cells)
        else:
            out.append((row, dict(row.cells)))
    return out


def _close(
    open_sums: dict[int, tuple[Figure, str, list[Figure], list[Figure]]], above: int, judge: Judge
) -> Iterator[Finding]:
    for level in sorted(open_sums):
        if level > above:
            maximum, name, below, _ = open_sums.pop(level)
            if below:
                yield judge.compare("maximum-sum", name, [Term(maximum)], [Term(f) for f in below])


def _check_prose(
    paragraph: Paragraph, judge: Judge, totals: list[Figure], levels: dict[int, list[tuple[Figure, list[Figure]]]]
) -> Iterator[Finding]:
    """评分为 S 分，其中 A 满分 M 分，得分 s 分；…: sums, maxima, and the table's scores of the same part."""
    by_sentence: dict[int, list[Figure]] = {}
    for mention in paragraph.mentions:
        if mention.figure.unit == "SCORE":
            by_sentence.setdefault(mention.sentence, []).append(mention.figure)
    for figures in by_sentence.values():
        scores = [f for f in figures if f.aspect == "score"]
        maxima = [f for f in figures if f.aspect == "maximum"]
        if len(maxima) < 2 or len(scores) != len(maxima) + 1:
            continue
        yield judge.compare("score-sum", scores[0].subject_label, [Term(scores[0])], [Term(f) for f in scores[1:]])
        for maximum, score in zip(maxima, scores[1:], strict=True):
            yield judge.within("score-maximum", maximum.subject_label, score, maximum)
            table = [
                got
                for whole, got in levels.get(1, [])
                if whole.subject_label and whole.subject_label in maximum.subject_label
            ]
            if len(table) == 1 and table[0]:
                yield judge.compare(
                    "score-sum",
                    maximum.subject_label,
                    [Term(score)],
                    [Term(f) for f in table[0]],
                    codes=["prose-and-table"],
                )
        for total in totals[:1]:
            sides = [Term(scores[0])], [Term(total)]
            yield judge.compare("same-rate", "总分", *sides, same=True, codes=["prose-and-table"])
