"""The page that compares offices, years and phases; the same as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json

from starlette.requests import Request
from starlette.responses import Response

from service.errors import BadParameter
from service.http.negotiation import SHAPE
from service.pages.charts import Point, colour_series, draw_bars
from service.pages.comparison import CLASSIFICATIONS, MOST_COLUMNS, Comparison, Wish, compare
from service.pages.site import Form, Site, pick_language
from service.queries.citing import make_link
from service.queries.spreadsheet import BOM, guard_cell
from service.words.amounts import MONEY_UNITS

#: More columns than colours could not be told apart.
_MOST_DRAWN = 8
_KNOWN = ("by", "level", "agency", "year", "phase", "_unit", "_show", "lang")


class ComparePage:
    """The handler of ``/compare``, ``/compare.csv`` and ``/compare.json``."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def answer(self, request: Request) -> Response:
        """The comparison that the address asks for."""
        language = pick_language(request)
        wish, unit, show = _read_wish(request)
        found = await compare(self.site.answers, self.site.words, wish, language)
        if found.many and not request.url.path.endswith("/compare"):
            raise BadParameter(
                "agency", f"that would be {found.many} columns, and {MOST_COLUMNS} are the most",
                f"Name offices, years or phases (agency, year, phase) so that at most {MOST_COLUMNS} are left",
            )  # fmt: skip
        if request.url.path.endswith(".csv"):
            return Response(_write_csv(found), media_type="text/csv; charset=utf-8")
        if request.url.path.endswith(".json"):
            return Response(_write_json(found), media_type="application/json")
        asked = {n: request.query_params.getlist(n) for n in _KNOWN if n in request.query_params and n != "lang"}
        forms = (("CSV", "csv", "text/csv"), ("JSON", "json", "application/json"))
        totals = [
            sum(a.value for (_, n), a in found.cells.items() if n == number) for number in range(len(found.sides))
        ]
        return self.site.page(
            request, "compare.html", found=found, wish=wish, unit=unit, show=show, classifications=CLASSIFICATIONS,
            offered=_offer(found, self.site, language), chart=_draw(found, language), totals=totals,
            colours=colour_series([Point("", 0, s.title) for s in found.sides]),
            most=MOST_COLUMNS, groups=_list_groups(found, self.site, language),
            vocabulary=self.site.words, units=MONEY_UNITS,
            alternates=tuple(Form(n, make_link("", f"/compare.{e}", asked), m) for n, e, m in forms),
        )  # fmt: skip


def _read_wish(request: Request) -> tuple[Wish, str, str]:
    given = request.query_params
    for name in given:
        if name not in _KNOWN:
            raise BadParameter(name, "there is no such option", f"The options are: {', '.join(_KNOWN)}", _KNOWN)
    by = _read_one(request, "by", tuple(CLASSIFICATIONS), "function")
    levels = tuple(str(level) for level in CLASSIFICATIONS[by][3])
    level = given.get("level", "") or levels[0]
    if level not in levels:
        # A level that another classification has: its nearest here, so that changing the one keeps the other.
        level = levels[-1] if level in ("3", "5", "7") else _read_one(request, "level", levels, levels[0])
    lists = [tuple(v for v in given.getlist(n) if v)[:50] for n in ("agency", "year", "phase")]
    unit = _read_one(request, "_unit", tuple(MONEY_UNITS), "yuan")
    return Wish(by, int(level), *lists), unit, _read_one(request, "_show", ("amount", "share"), "amount")


def _read_one(request: Request, name: str, choices: tuple[str, ...], default: str) -> str:
    value = request.query_params.get(name, "") or default
    if value not in choices:
        raise BadParameter(name, f"{value[:60]!r} is not known", f"Choose one of: {', '.join(choices)}", choices)
    return value


def _offer(found: Comparison, site: Site, language: str) -> dict[str, dict[str, str]]:
    """What may be chosen, by parameter: the value in the address and what people read."""
    shorten, say = site.answers.shorten, site.words.say
    return {
        "agency": {shorten(r["agency"].text): r["agencyLabel"].text for r in found.choices},
        "year": dict(sorted((r["year"].text, r["year"].text) for r in found.choices)),
        "phase": {
            r["phase"].text.rpartition("#phase")[2].lower(): say(r["phase"].text, language) for r in found.choices
        },
    }


def _list_groups(found: Comparison, site: Site, language: str) -> list[tuple[str, dict[str, list[str]]]]:
    """Smaller comparisons in place of one with too many columns: what it is, and its parameters."""
    return [
        (
            f"{g.kind} · {g.year} {site.words.say(g.phase, language)} ({len(g.agencies)})",
            {"agency": [site.answers.shorten(a) for a in g.agencies], "year": [g.year],
             "phase": [g.phase.rpartition("#phase")[2].lower()]},
        )
        for g in found.groups
    ]  # fmt: skip


def _draw(found: Comparison, language: str) -> object:
    if not found.codes or len(found.sides) > _MOST_DRAWN:
        return None
    points = [
        Point(f"{notation} {name}", float(found.cells[notation, number].value), side.title)
        for notation, _, name in found.codes
        for number, side in enumerate(found.sides)
        if (notation, number) in found.cells
    ]
    title = "比较（元）" if language == "zh" else "Comparison (yuan)"
    return draw_bars(points, title, language) if points else None


def _write_csv(found: Comparison) -> bytes:
    """One row for each code and column; a byte order mark for Excel."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(["code", "name", "agency", "year", "phase", "yuan", "how", "code_known", "figures"])
    for notation, _, name in found.codes:
        for number, side in enumerate(found.sides):
            amount = found.cells.get((notation, number))
            if amount is not None:
                how = "summed" if amount.summed else "printed"
                known = "inferred" if amount.inferred else "printed"
                texts = [guard_cell(t) for t in (notation, name, side.agency_label)]
                row = [*texts, side.year, side.phase_label, f"{amount.value:f}", how, known]
                writer.writerow([*row, " ".join(amount.figures)])
    return BOM + output.getvalue().encode("utf-8")


def _write_json(found: Comparison) -> bytes:
    document = {
        "version": SHAPE,
        "by": found.wish.by,
        "level": found.wish.level,
        "columns": [
            {"agency": s.agency, "agencyLabel": s.agency_label, "year": int(s.year), "phase": s.phase}
            for s in found.sides
        ],
        "rows": [
            {
                "code": notation,
                "iri": iri,
                "name": name,
                "cells": [
                    {"yuan": float(a.value), "summed": a.summed, "inferred": a.inferred, "figures": list(a.figures)}
                    if (a := found.cells.get((notation, number))) is not None
                    else None
                    for number in range(len(found.sides))
                ],
            }
            for notation, iri, name in found.codes
        ],
        "warnings": [{"zh": zh, "en": en} for zh, en in found.warnings],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
