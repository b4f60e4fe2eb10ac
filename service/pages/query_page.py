"""The pages of canned queries: the catalogue, and each query's form, result, chart, pivot, exports and citation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from service.http.negotiation import find_graph, parse_accept
from service.http.prefix import find_origin
from service.http.problems import Problem
from service.pages.cell_words import CellWords, say_value
from service.pages.result_charts import choose_chart, draw
from service.pages.site import Form, Site, pick_language
from service.queries.answers import Row, Table, Value, read_table
from service.queries.citing import cite, make_link, write_snippets
from service.queries.emptiness import explain_empty
from service.queries.facets import list_facets
from service.queries.pivots import WAYS, choose_pivot, turn
from service.queries.query import CannedQuery, Column, Theme
from service.queries.query_export import write_catalogue, write_query
from service.queries.results import (
    SIZES,
    View,
    arrange,
    choose_columns,
    find_unit,
    read_address,
    read_number,
    read_view,
    show_columns,
)  # fmt: skip
from service.queries.table_exports import EXPORTS, export
from service.words.amounts import MONEY_UNITS, format_number
from service.words.rounding import round_to_sense

_LONG = 24
_MONEY = {"yuan": ("元", "yuan"), "wan": ("万元", "10,000 yuan"), "yi": ("亿元", "100 million yuan")}


@dataclass(frozen=True)
class Cell:
    """A cell as a page shows it; ``exact`` is the number behind a text that shows less of it."""

    text: str
    href: str = ""
    kind: str = ""
    exact: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a column: ``order`` is how it is sorted now, ``sort`` what a click on it asks for."""

    name: str
    title: str
    description: str
    numeric: bool
    order: str
    sort: str


@dataclass(frozen=True)
class Line:
    """A row as a page shows it: its cells, and the addresses of the places that state it."""

    cells: list[Cell]
    evidence: list[str]


class QueryPages:
    """The handlers of ``/queries`` and ``/queries/{name}``."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def list_queries(self, request: Request) -> Response:
        """The catalogue by theme, narrowed by words and by a tag."""
        language = pick_language(request)
        if find_graph(request.headers.get("accept")) is not None:
            return RedirectResponse("/queries.ttl", 303, {"Vary": "Accept"})
        words = request.query_params.get("q", "")[:200].lower().split()
        tag = request.query_params.get("tag", "")[:80]
        themes: list[tuple[Theme, list[CannedQuery]]] = []
        tags: dict[str, int] = {}
        for theme, queries in self.site.answers.catalogue.by_theme():
            found = []
            for query in queries:
                own = query.keywords.get(language, ())
                for each in own:
                    tags[each] = tags.get(each, 0) + 1
                if (not tag or tag in own) and _mentions(query, words):
                    found.append(query)
            if found:
                themes.append((theme, found))
        return self.site.page(
            request, "queries.html", themes=themes, tags=sorted(tags.items(), key=lambda t: (-t[1], t[0])), tag=tag,
            asked=request.query_params.get("q", "")[:200], count=sum(len(f) for _, f in themes),
            alternates=(Form("OpenAPI", "/openapi.json", "application/json"),),
        )  # fmt: skip

    async def describe(self, _: Request) -> Response:
        """All canned queries as RDF, as other tools take them in."""
        base = self.site.answers.settings.base
        body = write_catalogue(self.site.answers.catalogue, base, f"{base}sparql")
        return Response(body, media_type="text/turtle; charset=utf-8")

    async def answer(self, request: Request) -> Response:
        """One query as a page, or in the form that its extension names."""
        name, _, extension = request.path_params["name"].partition(".")
        query = self.site.answers.catalogue.find(name)
        base = self.site.answers.settings.base
        given, options = read_address(request)
        language = pick_language(request)
        if not extension and find_graph(request.headers.get("accept")) is not None:
            return RedirectResponse(f"/queries/{query.name}.ttl", 303, {"Vary": "Accept"})
        if extension == "ttl":
            return Response(write_query(query, base, f"{base}sparql"), media_type="text/turtle; charset=utf-8")
        if extension == "rq":
            sparql = query.fill(given, await self.site.answers.choices(query), language)
            return Response(sparql, media_type="application/sparql-query; charset=utf-8")
        if extension and extension not in (e.extension for e in EXPORTS):
            names = ", ".join(f".{e.extension}" for e in EXPORTS)
            raise Problem(
                404, "format", f".{extension[:20]}", "there is no such form of it", f"Ask for one of {names}, .rq, .ttl"
            )
        answer = await self.site.answers.run(query, given, "json", language)
        table = read_table(answer.body, answer.snapshot)
        view = read_view(options, table.columns)
        if extension:
            return self._export(query, given, extension, table, view)
        if _wants_json(request):
            return self._export(query, given, "json", table, view)
        return await self._show(request, query, given, options, table, view)

    def _export(
        self, query: CannedQuery, given: Mapping[str, Sequence[str]], extension: str, table: Table, view: View
    ) -> Response:
        """All rows that pass the filter, in the order asked for; pages are for people."""
        rows = arrange(table, view).matched
        form = next(e for e in EXPORTS if e.extension == extension)
        headers = {
            "Content-Disposition": f'inline; filename="{query.name}.{extension}"',
            "X-Gongkai-Snapshot": table.snapshot,
        }
        body = export(extension, query, given, table, rows)
        return Response(body, headers=headers, media_type=form.media_type)

    async def _show(
        self, request: Request, query: CannedQuery, given: Mapping[str, Sequence[str]],
        options: Mapping[str, Sequence[str]], table: Table, view: View,
    ) -> Response:  # fmt: skip
        language = pick_language(request)
        columns = show_columns(query, table, language)
        chosen_columns = choose_columns(columns, view)
        arranged = arrange(table, view)
        words = await CellWords.read(self.site.answers, arranged.rows, chosen_columns, language)
        chart = choose_chart(query, (options.get("_chart") or [""])[-1])
        chosen = choose_pivot(query, columns, options)
        choices = await self.site.answers.choices(query)
        sparql = query.fill(given, choices, language)
        origin = find_origin(request)
        version = self.site.data_version()
        shown = {n: v for n, v in options.items() if n not in ("_page", "_version")}
        tongue = {"lang": [language]}
        permanent = make_link(origin, request.url.path, given, shown, tongue, {"_version": [version]})
        csv_address = make_link(origin, f"/queries/{query.name}.csv", given, tongue)
        title = query.title.get(language, query.name)
        asked_version = (options.get("_version") or [""])[-1]
        money = [c for c in columns if find_unit(c) == "CNY"]
        return self.site.page(
            request, "query.html", query=query, given=given, options=options, choices=choices, view=view,
            heads=[_make_head(c, view, language, money) for c in chosen_columns],
            lines=[self._make_line(row, query, chosen_columns, view, words) for row in arranged.rows],
            arranged=arranged, sizes=SIZES, sparql=sparql, exports=EXPORTS, chosen_columns=chosen_columns,
            facets=list_facets(table, columns, view), chosen=_list_chosen(columns, view),
            say=lambda text, column: say_value(text, column.name, language),
            drawing=draw(chart, arranged.matched, columns, title, language) if chart else None,
            pivot=turn(arranged.matched, chosen) if chosen and arranged.matched else None, ways=WAYS, columns=columns,
            money=_MONEY if money else {}, permanent=permanent, snippets=write_snippets(csv_address),
            outdated=asked_version[:80] if asked_version not in ("", version) else "",
            reference=cite(
                title, permanent, version, query.name, self._built(), datetime.now(UTC).date(), language=language
            ),
            empty=None if arranged.total else await explain_empty(self.site.answers, query, given, language),
            weak=self.site.answers.store.find_met(sparql),
            without=lambda name: {n: v for n, v in given.items() if n != name} | {name: ["all"]},
            instead=lambda name, value: {**given, name: [value]},
            change=lambda changes: {**given, **{k: v for k, v in {**shown, **changes}.items() if v}},
            alternates=_list_forms(query, given, shown),
            crumbs=(("/queries", "查询" if language == "zh" else "Queries"),),
        )  # fmt: skip

    def _built(self) -> str:
        return str(self.site.answers.store.describe().get("built", ""))[:10]

    def _make_line(self, row: Row, query: CannedQuery, columns: Sequence[Column], view: View, words: CellWords) -> Line:
        evidence = [
            local
            for variable in query.evidence
            if variable in row
            for iri in row[variable].text.split()
            if (local := self.site.local(iri))
        ]
        return Line([self._make_cell(row, c, view, words) for c in columns], list(dict.fromkeys(evidence)))

    def _make_cell(self, row: Row, column: Column, view: View, words: CellWords) -> Cell:
        if column.name not in row:
            return Cell("")
        value = row[column.name]
        href = self.site.local(row[column.link].text.partition(" ")[0]) if column.link and column.link in row else ""
        if column.numeric:
            return _make_number(value, column, view, href)
        if value.is_iri:
            return Cell(self._shorten(value.text), href or self.site.local(value.text), "words")
        text = words.say(row, column)
        return Cell(text, href, "long" if len(text) > _LONG else "words" if len(text) > 6 else "")

    def _shorten(self, iri: str) -> str:
        """A short name of an IRI: of ours as a user writes it, of others their end, such as Q15174 of Wikidata."""
        short = self.site.answers.shorten(iri)
        return short if short != iri else iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri


def _make_number(value: Value, column: Column, view: View, href: str) -> Cell:
    """A number in the unit that was asked for, rounded to what can be read; its exact value beside it."""
    number = read_number(value)
    if number is None:
        return Cell(format_number(value), href, "number")
    unit = find_unit(column)
    shown = number
    if unit == "CNY" and view.unit != "yuan":
        shown, unit = number / MONEY_UNITS[view.unit], ""
    rounded = round_to_sense(shown, unit)
    return Cell(format_number(rounded), href, "number", format_number(shown) if rounded != shown else "")


def _make_head(column: Column, view: View, language: str, money: Sequence[Column]) -> Head:
    title = column.title.get(language, column.name)
    if column in money and view.unit != "yuan":
        zh, en = _MONEY[view.unit]
        title = title.replace("（元）", f"（{zh}）") if language == "zh" else title.replace("(yuan)", f"({en})")
    order = ("descending" if view.falling else "ascending") if view.sort == column.name else ""
    # A first click on numbers shows the largest.
    first, second = (f"-{column.name}", column.name) if column.numeric else (column.name, f"-{column.name}")
    now = f"{'-' if view.falling else ''}{view.sort}"
    sort = second if now == first else first
    return Head(column.name, title, column.description.get(language, ""), column.numeric, order, sort)


def _list_chosen(columns: Sequence[Column], view: View) -> list[tuple[Column, str, list[str]]]:
    """What the result is narrowed to: column and value, and all of ``_only`` without it."""
    known = {c.name: c for c in columns}
    return [
        (
            known.get(name) or Column(name, {"zh": name, "en": name}),
            value,
            [f"{n}:{v}" for n, v in view.only if (n, v) != (name, value)],
        )
        for name, value in view.only
    ]


def _list_forms(
    query: CannedQuery, given: Mapping[str, Sequence[str]], shown: Mapping[str, Sequence[str]]
) -> tuple[Form, ...]:
    forms = [Form(e.name, make_link("", f"/queries/{query.name}.{e.extension}", given, shown), e.media_type)
             for e in EXPORTS]  # fmt: skip
    sparql = make_link("", f"/queries/{query.name}.rq", given)
    return (*forms, Form("SPARQL", sparql, "application/sparql-query"))


def _mentions(query: CannedQuery, words: Sequence[str]) -> bool:
    """Whether all words stand in what the catalogue says of a query, in either language."""
    text = "\n".join(
        [query.name, *query.title.values(), *query.description.values(), *query.row.values()]
        + [k for each in query.keywords.values() for k in each]
    ).lower()
    return all(word in text for word in words)


def _wants_json(request: Request) -> bool:
    ranges = parse_accept(request.headers.get("accept", ""))
    return ranges.get("application/json", 0.0) > ranges.get("text/html", 0.0)
