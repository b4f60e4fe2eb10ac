"""Indicators written one behind the other in one cell, each with its levels, its name and its targets.

    1.1－产出指标，12－质量指标，环境应急事件响应率；实施周期指标值：100%，年度指标值：100%；

The systems that provinces plan their budgets with print them so where a form has one cell for all indicators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from loaders.documents import Passage
from loaders.facts import Figure

_LEVEL = r"\d{1,2}\s*[-－—–]\s*(?:产出|效益|满意度|成本)[\u4e00-\u9fff]{0,6}"
_RECORD = re.compile(
    rf"{_LEVEL}[，,]\s*\d{{1,2}}\s*[-－—–]\s*[^，,；;]{{2,16}}[，,]\s*(?P<name>[^；;]{{2,80}})[；;]"
    rf"(?P<targets>.*?)(?=(?:\d{{1,3}}\s*[、.．]\s*)?{_LEVEL}|$)",
    re.S,
)
_TARGET = re.compile(r"(?P<column>(?:实施周期|年度|中期|本年)?指标值)\s*[:：]")


def relabel(figures: Sequence[Figure], passage: Passage) -> list[Figure]:
    """The figures of a cell; those of indicators written in it are each of their indicator, and targets."""
    records = list(_RECORD.finditer(passage.text))
    if not records:
        return list(figures)
    named = []
    for figure in figures:
        at = passage.find_offset(figure.span.start)
        record = next((m for m in records if at is not None and m.start("targets") <= at < m.end("targets")), None)
        if record is None or at is None:
            named.append(figure)
            continue
        heads = list(_TARGET.finditer(passage.text, record.start("targets"), at))
        column = heads[-1].group("column") if heads else ""
        name = record.group("name").strip()
        named.append(
            replace(figure, subject_label=name, subject_kind="indicator", column=column, phase="target", aspect="level")
        )
    return named
