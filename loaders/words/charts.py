"""The axes of charts: numbers in even steps, each alone on its line, that stand in a text like any other numbers.

A chart drawn in a document leaves its words and numbers in the text, one label a line. The steps of an axis are even and
run one way without a gap, which the numbers of a list, a table or a sentence do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from loaders.facts import NumberToken
from loaders.words.lines import Line
from loaders.words.numbers import parse_number

#: Fewer numbers in even steps may be anything.
_FEWEST = 5
#: How many lines of words may stand between two numbers of an axis: the legend, the names of the bars.
_REACH = 4
_LONGEST_LABEL = 14
_YEARS = re.compile(r"(?:19|20)\d{2}(?:\s+(?:19|20)\d{2})*")
_REASON = "number on the axis of a chart"


def tell_axes(rows: Sequence[NumberToken], lines: Sequence[Line]) -> list[NumberToken]:
    """The rows of a ledger (by start) in which unaccounted numbers of a chart's axis are said to be such.

    Years below an axis (2021 2022) are dates.
    """
    out = list(rows)
    run: list[int] = []
    at = _line_numbers(rows, lines)
    for index, row in enumerate(rows):
        line = at[index]
        # Points between more digits than one number has (2.002.002.00) make no number of an axis.
        if (
            row.kind != "unaccounted"
            or not _is_label(lines[line].words)
            or row.stated.replace("．", ".").count(".") > 1
        ):
            continue
        if run and not (line - at[run[-1]] <= _REACH and _goes_on([rows[i] for i in run], row)):
            _tell(out, run)
            run = [i for i in run[-1:] if line - at[i] <= _REACH and len(run) < _FEWEST]
        run.append(index)
    _tell(out, run)
    for index, row in enumerate(out):
        if row.kind == "unaccounted" and not lines[at[index]].tabbed and _YEARS.fullmatch(lines[at[index]].words):
            out[index] = replace(row, kind="date", reason="year alone on its line")
    return out


def _tell(rows: list[NumberToken], run: Sequence[int]) -> None:
    if len(run) >= _FEWEST:
        for index in run:
            rows[index] = replace(rows[index], kind="reference", reason=_REASON)


def _goes_on(run: Sequence[NumberToken], row: NumberToken) -> bool:
    """Whether the number is the next step of a run: of one number any other is."""
    if len(run) == 1:
        return parse_number(row.stated) != parse_number(run[0].stated)
    step: Decimal = parse_number(run[1].stated) - parse_number(run[0].stated)
    return parse_number(row.stated) - parse_number(run[-1].stated) == step


def _is_label(words: str) -> bool:
    """Whether a line is short and no sentence."""
    return len(words) <= _LONGEST_LABEL and not any(mark in words for mark in "，。；：、,;:")


def _line_numbers(rows: Sequence[NumberToken], lines: Sequence[Line]) -> list[int]:
    found, line = [], 0
    for row in rows:
        while line + 1 < len(lines) and lines[line + 1].start <= row.span.start:
            line += 1
        found.append(line)
    return found
