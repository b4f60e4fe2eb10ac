"""How the explorer calls things: a chart's title and what it is of, units, filters, what is not in it."""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox

from loaders.quantities.items import ITEMS
from loaders.resources import find_ontology_folder
from service.pages.explorer.measures import BREAKDOWNS, PER
from service.pages.explorer.wish import Wish

_UNITS = {
    "CNY": ("元", "yuan"), "PERSON": ("人", "people"), "VEHICLE": ("辆", "vehicles"), "ITEM": ("个", "items"),
}  # fmt: skip
PHASE_NAMES = {
    "budget": ("年初预算", "initial budget"), "adjusted": ("调整预算", "adjusted budget"),
    "final": ("决算", "final accounts"), "target": ("目标", "target"), "result": ("完成", "result"),
}  # fmt: skip
SCOPE_NAMES = {
    "": ("本来口径", "the scope that it means"),
    "all": ("全部资金", "all funds"), "general": ("一般公共预算", "general public budget"),
    "fiscal": ("财政拨款", "fiscal appropriations"), "basic": ("基本支出", "basic expenditure"),
    "project": ("项目支出", "project expenditure"), "government": ("政府性基金预算", "government-managed funds"),
    "state": ("国有资本经营预算", "state capital operations"), "unstated": ("未说明口径", "scope not stated"),
}  # fmt: skip


def t(language: str, zh: str, en: str) -> str:
    """The text in a language."""
    return zh if language == "zh" else en


def pick(pair: tuple[str, str], language: str) -> str:
    """The text of a pair in a language."""
    return pair[0 if language == "zh" else 1]


def say_unit(wish: Wish, language: str) -> str:
    """The unit of what is drawn."""
    if wish.share:
        return "%"
    unit = pick(_UNITS[wish.about.item.unit], language)
    return f"{unit}{t(language, '，', ', ')}{pick(PER[wish.per], language)}" if wish.per else unit


def say_count(per: str, language: str) -> str:
    """What an amount is divided by: the name of the count."""
    item = next(item for item in ITEMS if item.id == per)
    return item.zh if language == "zh" else item.en


def say_title(wish: Wish, filters: tuple[str, ...], language: str) -> str:
    """The title: what is measured, divided by what, of whom."""
    name = wish.about.name(language)
    share = t(language, "比重", ", share") if wish.share else ""
    per = t(language, f"（{pick(PER[wish.per], language)}）", f" {pick(PER[wish.per], language)}") if wish.per else ""
    by = pick(BREAKDOWNS[wish.by], language)
    said = t(language, f"{name}{per}{share}：按{by}", f"{_capital(name)}{per}{share} by {by}")
    return f"{said}{t(language, '，', ', ')}{' · '.join(filters)}" if filters else said


def say_about(wish: Wish, years: str, language: str) -> str:
    """The line below the title: year, phase, scope, unit."""
    parts = [years]
    if wish.phase:
        parts.append(pick(PHASE_NAMES[wish.phase], language))
    if wish.about.money:
        scope = (
            SCOPE_NAMES.get(wish.scope, (wish.scope, wish.scope)) if wish.scope else _WHOLE_SCOPES[_find_whole(wish)]
        )
        if wish.by in ("project", "topic"):
            scope = "每个项目取所列的最大金额", "the largest amount stated of each project"
        parts.append(t(language, f"口径：{pick(scope, language)}", f"scope: {pick(scope, language)}"))
    parts.append(t(language, f"单位：{say_unit(wish, language)}", f"unit: {say_unit(wish, language)}"))
    return " · ".join(p for p in parts if p)


_WHOLE_SCOPES = {
    "all": ("全部资金", "all funds"),
    "general": ("一般公共预算", "general public budget"),
    "government": ("政府性基金预算", "government-managed funds"),
    "state": ("国有资本经营预算", "state capital operations"),
    "": ("表中所列", "as the forms print it"),
}


def _find_whole(wish: Wish) -> str:
    """The scope in which an amount is the whole of the measure, as ``loaders/quantities/items.py`` has it."""
    return next((s for s in wish.about.item.scopes if s), "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def name_provinces(language: str) -> dict[str, str]:
    """The short names of provinces by the first two digits of their codes; in English their names."""
    wanted = "zh" if language == "zh" else "en"
    found: dict[str, str] = {}
    gk = "https://w3id.org/gongkai/ontology#"
    store = ox.Store()
    store.load(path=str(find_ontology_folder() / "places.ttl"), format=ox.RdfFormat.TURTLE)
    province = ox.NamedNode(f"{gk}levelProvince")
    label = ox.NamedNode(f"{gk}shortName" if wanted == "zh" else "http://www.w3.org/2000/01/rdf-schema#label")
    for quad in store.quads_for_pattern(None, ox.NamedNode(f"{gk}placeLevel"), province):
        for name in store.quads_for_pattern(quad.subject, label, None):
            if isinstance(name.object, ox.Literal) and name.object.language == wanted:
                code = str(getattr(quad.subject, "value", "")).rpartition("/")[2]
                found[code[:2]] = name.object.value
    return found
