"""The items of an office sheet, in its order: the quantities that budgets and accounts publish, and the counts.

``ontology/quantities.ttl`` says of each what it means; a test holds that file and this table together. The list is that
of the forms which 财政部 prescribes for 部门预算 and 部门决算 disclosure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ItemKind = Literal["identity", "money", "count"]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sheet. ``unit`` is CNY (money is in yuan), PERSON, VEHICLE, ITEM or TEXT.

    ``scopes`` are those in which an amount is the whole of what the item means: all funds for the totals of an office,
    that of its budget for each of the three budgets; for what the forms print without saying of which money, none.
    """

    id: str
    zh: str
    en: str
    unit: str = "CNY"
    kind: ItemKind = "money"
    scopes: tuple[str, ...] = ("",)


_ALL = ("all",)

ITEMS: tuple[Item, ...] = (
    Item("agency", "部门（单位）", "office", "TEXT", "identity"),
    Item("place", "地区", "place", "TEXT", "identity"),
    Item("year", "财政年度", "fiscal year", "TEXT", "identity"),
    Item("kind", "文件种类", "kind of document", "TEXT", "identity"),
    Item("level", "级次", "level", "TEXT", "identity"),
    Item("income-current", "本年收入合计", "income of the year", scopes=_ALL),
    Item("income-total", "收入总计", "total income", scopes=_ALL),
    Item("expenditure-current", "本年支出合计", "expenditure of the year", scopes=_ALL),
    Item("expenditure-total", "支出总计", "total expenditure", scopes=_ALL),
    Item("general-budget-expenditure", "一般公共预算财政拨款支出", "expenditure of the general public budget", scopes=("", "general")),
    Item("fund-budget-expenditure", "政府性基金预算支出", "expenditure of the budget of government-managed funds", scopes=("", "government")),
    Item("capital-budget-expenditure", "国有资本经营预算支出", "expenditure of the budget of state capital operations", scopes=("", "state")),
    Item("basic-expenditure", "基本支出", "basic expenditure", scopes=_ALL),
    Item("project-expenditure", "项目支出", "project expenditure", scopes=_ALL),
    Item("personnel", "人员经费", "personnel", scopes=_ALL),
    Item("running", "公用经费", "running expenses of the basic expenditure", scopes=_ALL),
    Item("three-public", "“三公”经费", "the three public expenses"),
    Item("three-public-last-year", "上年“三公”经费", "the three public expenses of the year before"),
    Item("travel-abroad", "因公出国（境）费", "official travel abroad"),
    Item("reception", "公务接待费", "official receptions"),
    Item("vehicles-bought", "公务用车购置费", "official cars bought"),
    Item("vehicles-run", "公务用车运行维护费", "official cars run"),
    Item("procurement", "政府采购", "government procurement"),
    Item("procurement-goods", "政府采购货物", "procurement of goods"),
    Item("procurement-works", "政府采购工程", "procurement of works"),
    Item("procurement-services", "政府采购服务", "procurement of services"),
    Item("procurement-medium", "面向中小企业的政府采购", "procurement from small and medium firms"),
    Item("procurement-small", "面向小微企业的政府采购", "procurement from small and micro firms"),
    Item("office-running-costs", "机关运行经费", "running costs of offices"),
    Item("meetings", "会议费", "meetings"),
    Item("training", "培训费", "training"),
    Item("entrusted-services", "委托业务费", "entrusted services"),
    Item("posts", "编制数", "authorised posts", "PERSON", "count"),
    Item("staff", "实有人数", "people in post", "PERSON", "count"),
    Item("vehicles", "公务用车保有量", "official cars owned", "VEHICLE", "count"),
    Item("divisions", "内设机构数", "internal divisions", "ITEM", "count"),
    Item("units", "所属预算单位数", "subordinate budget units", "ITEM", "count"),
    Item("duties", "主要职责数", "main duties", "ITEM", "count"),
    Item("projects", "项目数", "projects", "ITEM", "count"),
)  # fmt: skip

MONEY = tuple(item.id for item in ITEMS if item.kind == "money")
COUNTS = tuple(item.id for item in ITEMS if item.kind == "count")
