"""Ways through the explorer: what a click on a thing leads to, the way back, the filters that hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.pages.explorer.asking import Finding, Item
from service.pages.explorer.measures import OF_CODES
from service.pages.explorer.wish import Wish
from service.pages.explorer.wording import t

#: The digits of the levels of each classification, from 类 to 项.
_DEEPEST = {"function": 7, "economic": 5}


def drill(found: Finding, item: Item) -> dict[str, Any] | None:
    """The changes to the wish that show what is within a thing; None where a click leads to the thing's own page."""
    wish = found.wish
    plain: dict[str, Any] = {"chart": "", "share": False, "per": "", "to": None}
    match wish.by:
        case "kind":
            return {**plain, "by": "office", "kind": item.key, "per": wish.per}
        case "place":
            return _drill_place(found, item, {**plain, "per": wish.per})
        case "function" | "economic":
            if len(item.code) >= _DEEPEST[wish.by]:
                return {**plain, "by": "office", wish.by: item.code}
            return {**plain, wish.by: item.code, "chart": wish.chart, "share": wish.share}
        case "part" | "fund":
            return {**plain, "by": "office", "measure": item.key.rpartition("/")[2]}
        case "year":
            return {**plain, "by": "office", "year": item.year, "per": wish.per}
        case "office":
            return _drill_office(found, item, plain)
    return None


def _drill_place(found: Finding, item: Item, plain: dict[str, Any]) -> dict[str, Any]:
    code = next((p.code for p in found.directory.places.values() if p.iri == item.key), "")
    inside = code[:2] if code.endswith("0000") else code[:4]
    within = [c for c in found.directory.places if c.startswith(inside)]
    if len(within) > 1 and code.endswith("00") and found.wish.place != code:
        return {**plain, "place": code}
    return {**plain, "by": "office", "place": code}


def _drill_office(found: Finding, item: Item, plain: dict[str, Any]) -> dict[str, Any] | None:
    """Into an office: by the parts of the measure, else by function, else over the years."""
    wish = found.wish
    office = found.directory.offices.get(item.key)
    if office is None:
        return None
    one = {**plain, "office": (office.id,), "kind": "", "place": ""}
    if wish.code or wish.scope:
        return {**one, "by": "year", "year": None}
    if wish.about.parts:
        return {**one, "by": "part"}
    return {**one, "by": "function"} if wish.about.extent else {**one, "by": "year", "year": None, "phase": wish.phase}


def list_filters(found: Finding, language: str) -> list[tuple[str, str, dict[str, Any]]]:
    """The filters that hold: of which parameter, in words, and the changes that take one away."""
    wish, directory = found.wish, found.directory
    listed: list[tuple[str, str, dict[str, Any]]] = []
    if wish.place:
        name = next((p.say(language) for c, p in directory.places.items() if c == wish.place), wish.place)
        listed.append(("place", name, {"place": ""}))
    if wish.kind:
        listed.append(("kind", wish.kind, {"kind": ""}))
    for identifier in wish.office:
        office = directory.find(identifier)
        rest = tuple(o for o in wish.office if o != identifier)
        listed.append(("office", office.say(language) if office else identifier, {"office": rest}))
    for name in OF_CODES:
        code = getattr(wish, name)
        if code:
            words = t(
                language,
                "功能科目" if name == "function" else "经济科目",
                "function" if name == "function" else "class",
            )
            listed.append((name, f"{words} {code}", {name: ""}))
    return listed


def list_crumbs(found: Finding, language: str) -> list[tuple[str, dict[str, list[str]] | None]]:
    """The way back, from all of a measure down to what is shown; the last leads nowhere."""
    wish = found.wish
    steps: list[tuple[str, Wish]] = []
    kept: dict[str, Any] = {"place": "", "kind": "", "office": (), "function": "", "economic": ""}
    every = t(language, f"{wish.about.name('zh')}：全部", f"{wish.about.name('en')}: all")
    codes = wish.by in OF_CODES
    back: dict[str, Any] = {"chart": "", "share": False} if codes or wish.by in ("year", "part", "fund") else {}
    steps.append(
        (
            every,
            replace(wish, **{**kept, **back, "by": wish.by if wish.by in (*OF_CODES, "kind", "place") else "office"}),
        )
    )
    for name, words, _ in list_filters(found, language):
        value: Any = getattr(wish, name)
        if name == "office":
            words = (
                words
                if len(wish.office) == 1
                else t(language, f"{len(wish.office)} 个部门", f"{len(wish.office)} offices")
            )
        if name in OF_CODES:
            lengths = [n for n in (3, 5, 7) if n < len(value)]
            steps += [(value[:n], replace(wish, **{**kept, name: value[:n], "by": name, **back})) for n in lengths]
        kept = {**kept, name: value}
        step = (words, replace(wish, **kept))
        if step not in steps:
            steps.append(step)
    return [(words, each.write()) for words, each in steps[:-1]] + [(steps[-1][0], None)]
