"""What may be explored: the standard quantities, what each is divided by, and the charts that fit a division."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.quantities.items import ITEMS, Item

Text = tuple[str, str]

#: What a measure is divided by, in Chinese and English.
BREAKDOWNS: dict[str, Text] = {
    "office": ("部门", "office"),
    "kind": ("部门种类", "kind of office"),
    "place": ("地区", "place"),
    "year": ("年度", "year"),
    "function": ("功能科目", "function"),
    "economic": ("经济科目", "economic class"),
    "fund": ("资金（预算）", "fund (budget)"),
    "part": ("组成部分", "part"),
    "project": ("项目", "project"),
    "topic": ("主题", "topic"),
}
CHARTS: dict[str, Text] = {
    "bar": ("柱图", "bars"),
    "line": ("折线", "lines"),
    "treemap": ("矩形树图", "treemap"),
    "slope": ("斜率图（两年）", "slope (two years)"),
    "scatter": ("散点图", "scatter"),
    "grid": ("省份方格图", "tile grid"),
    "table": ("表格", "table"),
}
#: The charts of each division, the usual one first. Areas add up, so what may not be added has no treemap: a project
#: may be a part of another that does not say so, or be about several topics.
FITTING: dict[str, tuple[str, ...]] = {
    "office": ("bar", "treemap", "slope", "scatter", "table"),
    "kind": ("bar", "treemap", "table"),
    "place": ("bar", "grid", "treemap", "table"),
    "year": ("line", "table"),
    "function": ("treemap", "bar", "table"),
    "economic": ("treemap", "bar", "table"),
    "fund": ("bar", "treemap", "table"),
    "part": ("bar", "treemap", "table"),
    "project": ("bar", "table"),
    "topic": ("bar", "table"),
}
#: What an amount may be divided by: counts of the same office and year.
PER: dict[str, Text] = {
    "staff": ("每名实有人员", "per person in post"),
    "posts": ("每个编制", "per authorised post"),
    "units": ("每个所属单位", "per subordinate unit"),
    "vehicles": ("每辆公务用车", "per official car"),
}
#: Divisions whose values are those of offices, so that counts of the offices divide them.
OF_OFFICES = ("office", "kind", "place", "year")
#: Divisions of which a filter by code may be asked.
OF_CODES = ("function", "economic")

_PARTS = {
    "expenditure-current": ("basic-expenditure", "project-expenditure"),
    "basic-expenditure": ("personnel", "running"),
    "three-public": ("travel-abroad", "reception", "vehicles-bought", "vehicles-run"),
    "procurement": ("procurement-goods", "procurement-works", "procurement-services"),
}
_FUNDS = {
    "expenditure-current": ("general-budget-expenditure", "fund-budget-expenditure", "capital-budget-expenditure"),
}
#: Sums by code are made of one table, which is of one extent: that which states this measure (gk:extent).
_EXTENTS = {
    "expenditure-current": "whole",
    "general-budget-expenditure": "general",
    "basic-expenditure": "basic",
}


@dataclass(frozen=True)
class Measure:
    """A standard quantity as the explorer shows it. ``extent`` is that of its sums by code, "" where it has none."""

    item: Item
    parts: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()
    extent: str = ""

    @property
    def id(self) -> str:
        """Its name in addresses, as ``gongkai sheet`` has it."""
        return self.item.id

    @property
    def money(self) -> bool:
        """Whether it is an amount in yuan; else it is a count, which has no phase."""
        return self.item.unit == "CNY"

    @property
    def breakdowns(self) -> tuple[str, ...]:
        """What it may be divided by."""
        more = {
            "part": bool(self.parts),
            "fund": bool(self.funds),
            "function": bool(self.extent),
            "economic": bool(self.extent),
            "project": self.id == "project-expenditure",
            "topic": self.id == "project-expenditure",
        }
        return tuple(name for name in BREAKDOWNS if more.get(name, True))

    def name(self, language: str) -> str:
        """What it is called."""
        return self.item.zh if language == "zh" else self.item.en


MEASURES: dict[str, Measure] = {
    item.id: Measure(item, _PARTS.get(item.id, ()), _FUNDS.get(item.id, ()), _EXTENTS.get(item.id, ""))
    for item in ITEMS
    if item.kind in ("money", "count")
}
#: What a reader sees who asks for nothing.
FIRST = "expenditure-total"
