"""Indicators written one behind the other in one cell, each with its levels, its name and its targets.

    1.1－产出指标，12－质量指标，环境应急事件响应率；实施周期指标值：100%，年度指标值：100%；

The systems that provinces plan their budgets with print them so where a form has one cell for all indicators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from loaders.documents import Passage
from loaders.facts import Figure, NumberToken
from loaders.prose.amounts import Setting
from loaders.words.comparators import read_comparator
from loaders.words.numbers import half_last_place, scale_number
from loaders.words.units import unit_named

_LEVEL = r"\d{1,2}\s*[-－—–]\s*(?:产出|效益|满意度|成本)[\u4e00-\u9fff]{0,6}"
_RECORD = re.compile(
    rf"{_LEVEL}[，,]\s*\d{{1,2}}\s*[-－—–]\s*[^，,；;]{{2,16}}[，,]\s*(?P<name>[^；;]{{2,80}})[；;]"
    rf"(?P<targets>.*?)(?=(?:\d{{1,3}}\s*[、.．]\s*)?{_LEVEL}|$)",
    re.S,
)
#: The unit that a name gives in brackets: 受益对象满意度（%）, 标志牌设置（个）.
_UNIT = re.compile(r"[（(]([^（()）]{1,4})[)）]\s*$")
_BARE = re.compile(r"\s*(?P<number>\d+(?:[.,]\d+)*)\s*(?=[，,；;。]|$)")
_SIGN = re.compile(r"\s*[≥≤≧≦⩾⩽＞＜><=＝]{1,2}")
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


def find_targets(rows: Sequence[NumberToken], passage: Passage, setting: Setting) -> list[Figure]:
    """The bare numbers that are targets of such indicators (年度指标值：≧90), of those that ``rows`` leave unaccounted.

    The unit is that of the name's brackets, else it is open.
    """
    loose = {row.span: row for row in rows if row.kind == "unaccounted"}
    found = []
    for record in _RECORD.finditer(passage.text):
        name = record.group("name").strip()
        bracket = _UNIT.search(name)
        unit = unit_named(bracket.group()) if bracket else None
        for head in _TARGET.finditer(passage.text, record.start("targets"), record.end("targets")):
            sign = _SIGN.match(passage.text, head.end())
            number = _BARE.match(passage.text, sign.end() if sign else head.end())
            row = loose.get(passage.locate(*number.span("number"))) if number else None
            if row is None:
                continue
            factor = unit.factor if unit else Decimal(1)
            found.append(
                Figure(
                    row.span, row.stated, scale_number(row.stated, factor), unit.unit if unit else "",
                    setting.fiscal_year, "target", "level", "indicator", name, column=head.group("column"),
                    table=setting.table, form=setting.form, agency=setting.agency,
                    stated_unit=unit.word if unit else "", precision=half_last_place(row.stated) * factor,
                    comparator=read_comparator(sign.group()) if sign else "", block=setting.block,
                )
            )  # fmt: skip
    return found
