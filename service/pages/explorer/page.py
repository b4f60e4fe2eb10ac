"""The pages of the explorer: ``/explore`` with its chart, table and data, ``/embed/explore``, oEmbed."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import Response

from loaders.errors import MissingExtra
from service.http.front import SECURITY_HEADERS
from service.http.prefix import find_origin
from service.http.problems import Problem
from service.pages.charts.alone import can_write, paint, stand_alone
from service.pages.explorer import measures
from service.pages.explorer.asking import Finding, Item, explore
from service.pages.explorer.drawing import Chart, adds_up, draw_finding, find_share
from service.pages.explorer.embedding import describe_embed, make_snippet, read_target
from service.pages.explorer.holdings import Holdings
from service.pages.explorer.steps import drill, list_crumbs, list_filters
from service.pages.explorer.wish import Refused, Wish, read_wish
from service.pages.explorer.wording import PHASE_NAMES, SCOPE_NAMES, pick, say_about, say_count, say_title, say_unit, t
from service.pages.site import Form, Site, make_link, pick_language
from service.queries.spreadsheet import BOM, guard_cell

#: Rows of the table in a page; the CSV has all.
MOST_ROWS = 100
#: Names that a page lists of those it leaves out.
_MOST_NAMED = 12
_FORMS = (
    ("CSV", "csv", "text/csv"), ("SVG", "svg", "image/svg+xml"), ("PNG", "png", "image/png"),
    ("SPARQL", "rq", "application/sparql-query"),
)  # fmt: skip
_FRAMED = SECURITY_HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")


class ExplorerPages:
    """The handlers of ``/explore``, its data forms, ``/embed/explore`` and ``/oembed``."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.holdings = Holdings(site.answers)

    async def page(self, request: Request) -> Response:
        """The chart for people; a wish that cannot be granted is told with what can."""
        language = pick_language(request)
        try:
            found, chart = await self._find(request, language, linked=True)
        except Refused as refused:
            return self._refuse(request, refused, language)
        return self.site.page(request, "explore.html", **await self._describe(request, found, chart, language))

    async def embed(self, request: Request) -> Response:
        """The chart alone, the one page that other sites may frame."""
        language = pick_language(request)
        found, chart = await self._find(request, language, linked=False)
        title, about, source = self._say(found, language)
        response = self.site.page(
            request, "embed.html", title=title, about=about, source=source, chart=chart, found=found,
            rows=found.items[:MOST_ROWS], address=make_link("/explore", found.wish.write(), language),
        )  # fmt: skip
        response.headers["Content-Security-Policy"] = _FRAMED
        return response

    async def data(self, request: Request) -> Response:
        """What is shown as CSV, SVG, PNG, or the SPARQL that gave it."""
        language = pick_language(request)
        found, chart = await self._find(request, language, linked=False)
        match request.url.path.rpartition(".")[2]:
            case "csv":
                return Response(_write_csv(found), media_type="text/csv; charset=utf-8")
            case "rq":
                return Response(found.sparql, media_type="application/sparql-query; charset=utf-8")
            case kind:
                return await self._picture(found, chart, kind, language)

    async def oembed(self, request: Request) -> Response:
        """What oEmbed says of a chart's address."""
        target = read_target(request)
        language = "en" if target.language == "en" else "zh"
        found = await explore(self.site.answers, self.holdings, target.wish, language)
        title, _, _ = self._say(found, language)
        return describe_embed(request, target, title)

    async def _find(self, request: Request, language: str, linked: bool) -> tuple[Finding, Chart]:
        found = await explore(self.site.answers, self.holdings, read_wish(request), language)
        title, _, _ = self._say(found, language)
        tongue = request.query_params.get("lang", "")

        def follow(item: Item) -> str:
            changes = drill(found, item) if linked else None
            if changes is None:
                return self.site.local(item.key) if linked and found.wish.by in ("project", "topic") else ""
            return make_link("/explore", found.wish.write(**changes), tongue if tongue in ("zh", "en") else "")

        return found, draw_finding(found, title, language, follow)

    def _say(self, found: Finding, language: str) -> tuple[str, str, str]:
        """Title, what it is of, source."""
        wish = found.wish
        years = sorted({i.year for i in found.items if i.year is not None})
        shown = (years[0], years[-1]) if wish.by == "year" and years else (wish.year, wish.to)
        said = "–".join(str(y) for y in dict.fromkeys(shown) if y is not None)
        title = say_title(wish, tuple(name for _, name, _ in list_filters(found, language)), language)
        count, version = found.offices, self.site.data_version()
        source = t(
            language,
            f"来源：{count} 个部门公开的部门预算、决算，公开（Gongkai）汇集，数据版本 {version}",
            f"Source: published budgets and final accounts of {count} office{'' if count == 1 else 's'}, "
            f"collected by Gongkai, version {version}",
        )
        return title, say_about(wish, said, language), source

    async def _picture(self, found: Finding, chart: Chart, kind: str, language: str) -> Response:
        if chart.svg is None:
            fitting = tuple(c for c in measures.FITTING[found.wish.by] if c != "table")
            raise Refused(
                "chart", ("没有可画的图：表格和空的结果没有图片", "请选一种图"),
                ("there is no picture of a table or of nothing", "Choose a chart"), fitting,
            )  # fmt: skip
        title, about, source = self._say(found, language)
        svg = stand_alone(chart.svg, title, [about], source)
        if kind == "svg":
            return Response(svg, media_type="image/svg+xml; charset=utf-8")
        if not await asyncio.to_thread(can_write):
            raise Problem(
                501, "no_font", "PNG", "this server has no font with Chinese characters", "Ask for SVG",
                zh=("这台服务器没有中文字体", "请改取 SVG"),
            )  # fmt: skip
        return Response(await asyncio.to_thread(paint, svg), media_type="image/png")

    def _refuse(self, request: Request, refused: Refused, language: str) -> Response:
        """What cannot be shown, why, and addresses that can."""
        fields = parse_qs(request.scope["query_string"].decode("utf-8", "replace"))
        known = {name: values[:100] for name, values in fields.items() if name in Wish.__dataclass_fields__}
        links = [
            (words[0 if language == "zh" else 1], make_link("/explore", _change(known, changes), ""))
            for words, changes in refused.links[:60]
        ]
        problem, remedy = refused.zh if language == "zh" else (refused.problem, refused.remedy)
        response = self.site.page(
            request, "explore_refused.html", 422, refused=refused, problem=problem, remedy=remedy, links=links
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _describe(self, request: Request, found: Finding, chart: Chart, language: str) -> dict[str, Any]:
        wish, address = found.wish, found.wish.write()
        title, about, source = self._say(found, language)
        origin = find_origin(request)
        forms = [Form(n, make_link(f"/explore.{e}", address, language), m) for n, e, m in await self._list_forms(chart)]
        embed = f"{origin}{make_link('/embed/explore', address, language)}"
        page = f"{origin}{make_link('/explore', address, language)}"
        discovery = f"{origin}/oembed?{urlencode({'url': page, 'format': 'json'})}"
        return {
            "found": found, "wish": wish, "chart": chart, "title": title, "about": about, "source": source,
            "rows": found.items[:MOST_ROWS], "more_rows": max(0, len(found.items) - MOST_ROWS), "drill": drill,
            "share": lambda item: find_share(item, found), "whole": adds_up(found) and len(found.items) > 1,
            "forms": forms, "embed": embed, "snippet": make_snippet(embed, title), "page_address": page,
            "charts": _name_charts(found), "fitting": _list_fitting(found), "breakdowns": measures.BREAKDOWNS,
            "measures": measures.MEASURES, "per": measures.PER, "phases": PHASE_NAMES, "scopes": SCOPE_NAMES,
            "say_count": say_count, "unit": say_unit(wish, language), "pick": lambda pair: pick(pair, language),
            "path_back": list_crumbs(found, language), "filters": list_filters(found, language),
            "named": _name_offices(found, language), "others": _list_others(found, language),
            "years": sorted({y for y, _, _ in found.other}),
            "held_phases": sorted({p for _, p, _ in found.other} - {""}),
            "held_scopes": sorted({s for _, _, s in found.other} - {""}),
            "alternates": (*forms, Form("oEmbed", discovery, "application/json+oembed")),
        }  # fmt: skip

    async def _list_forms(self, chart: Chart) -> list[tuple[str, str, str]]:
        """The forms that there are: no picture of a table, no PNG where it cannot be written."""
        without = {"svg", "png"} if chart.svg is None else set()
        if "png" not in without and not await asyncio.to_thread(_can_paint):
            without.add("png")
        return [form for form in _FORMS if form[1] not in without]


def _can_paint() -> bool:
    try:
        return can_write()
    except MissingExtra:
        return False


def _list_fitting(finding: Finding) -> list[str]:
    """The charts that the finding may be drawn as, as it is; none that would be refused or empty."""
    wish = finding.wish
    found = []
    for chart in measures.FITTING[wish.by]:
        areas = chart == "treemap" and (wish.per or not wish.about.money)
        points = chart == "scatter" and (not wish.about.money or wish.code)
        shares = wish.share and chart in ("slope", "scatter", "grid")
        if not (areas or points or shares or chart in finding.unfit):
            found.append(chart)
    return found


def _name_charts(found: Finding) -> dict[str, measures.Text]:
    """What the charts are called: lines that are drawn as bars are called so."""
    return {**measures.CHARTS, found.wish.drawn: measures.CHARTS[found.drawn]}


def _name_offices(found: Finding, language: str) -> dict[str, tuple[int, str]]:
    """Those that are not drawn, by reason: how many, and the names of some."""
    join = t(language, "、", ", ")
    listed = {
        "absent": found.absent,
        "nested": found.nested,
        "undivided": found.undivided,
        "ungrouped": found.ungrouped,
    }
    return {
        reason: (len(offices), join.join(o.say(language) for o in offices[:_MOST_NAMED])
                 + ("……" if len(offices) > _MOST_NAMED else ""))
        for reason, offices in listed.items() if offices
    }  # fmt: skip


def _list_others(found: Finding, language: str) -> list[tuple[str, dict[str, list[str]], int]]:
    """The other years, phases and scopes that there are, as addresses, with how many offices have each."""
    wish = found.wish
    grouped: dict[tuple[int, str, str], int] = {}
    for (year, phase, scope), count in found.other.items():
        key = (0 if wish.by == "year" else year, phase, scope)
        grouped[key] = max(count, grouped.get(key, 0))
    now = (0 if wish.by == "year" else wish.year, wish.phase, wish.scope)
    found_links = []
    for (year, phase, scope), count in sorted(
        grouped.items(), key=lambda kv: (kv[0][2] != wish.scope, -kv[0][0], kv[0][1])
    ):
        if (year, phase, scope) == now or (wish.drawn == "slope" and scope == wish.scope and phase == wish.phase):
            continue
        words = [str(year) if year else "", pick(PHASE_NAMES[phase], language) if phase else "",
                 pick(SCOPE_NAMES.get(scope, (scope, scope)), language) if scope else ""]  # fmt: skip
        changes = {"year": year or None, "to": None, "phase": phase, "scope": scope}
        if scope and wish.by not in measures.OF_OFFICES:
            continue
        found_links.append((" · ".join(w for w in words if w), wish.write(**changes), count))
    return found_links[:12]


def _change(fields: Mapping[str, Sequence[str]], changes: Mapping[str, Any]) -> dict[str, list[str]]:
    """The parameters of an address with changes; what is emptied is left out."""
    changed = {name: list(values) for name, values in fields.items()}
    for name, value in changes.items():
        changed.pop(name, None)
        if value not in ("", None, False, ()):
            changed[name] = list(value) if isinstance(value, tuple) else [str(value)]
    return changed


def _write_csv(found: Finding) -> bytes:
    """A row for each thing, all of them; a byte order mark for Excel."""
    wish = found.wish
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow([
        "thing", "label", "value", "unit", "amount", "number", "offices", "share", "after", "measure", "by", "year",
        "to", "phase", "scope", "degree", "source",
    ])  # fmt: skip
    whole = adds_up(found)
    for item in found.items:
        share = find_share(item, found) if whole else None
        unit = f"{wish.about.item.unit}/{wish.per}" if wish.per else wish.about.item.unit
        writer.writerow([
            item.key, guard_cell(item.label), f"{item.value:f}", unit, f"{item.amount:f}",
            "" if item.number is None else f"{item.number:f}", item.offices, "" if share is None else f"{share:.4f}",
            "" if item.after is None else f"{item.after:f}", wish.measure, wish.by, item.year or "", wish.to or "",
            wish.phase, wish.scope or "whole", item.degree, item.source,
        ])  # fmt: skip
    return BOM + output.getvalue().encode("utf-8")
