"""What the page of an office, a project, a code, a figure, a finding or a service shows beside its plain facts."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox
from markupsafe import Markup

from loaders.reconcile.reasons import read_values, sort_codes
from service.pages.charts import Point, draw_bars
from service.pages.things import Shown, Thing
from service.pages.vocabulary import Vocabulary
from service.queries.answers import Answers, Row
from service.words.amounts import format_number
from service.words.findings import Outcome, explain
from service.words.terms import VERDICT_NAMES

Cell = Shown | tuple[Shown, ...]

_OF_AGENCY = (
    "pages/agency-totals", "pages/agency-divisions", "pages/agency-duties", "pages/agency-projects",
    "pages/agency-contradictions",
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A part of a page: a table with its heads, and a chart where there is one. ``numeric`` are columns of numbers."""

    key: str
    title: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    numeric: frozenset[int] = frozenset()
    chart: Markup | None = None
    note: str = ""


Maker = Callable[["SectionMaker", Thing], Awaitable[list[Section]]]


class SectionMaker:
    """Makes the sections of things, in one language."""

    def __init__(self, answers: Answers, words: Vocabulary, language: str) -> None:
        self.answers = answers
        self.words = words
        self.language = language

    def t(self, zh: str, en: str) -> str:
        """The words in the page's language."""
        return zh if self.language == "zh" else en

    async def make(self, thing: Thing) -> list[Section]:
        """The sections of a thing's classes; none for a class that has none of its own."""
        found: list[Section] = []
        for kind in thing.kinds:
            maker = MAKERS.get(kind.removeprefix(self.words.prefix))
            if maker is not None:
                found += await maker(self, thing)
        return [s for s in found if s.rows or s.chart]

    async def ask(self, name: str, thing: Thing) -> list[Row]:
        """The rows of an internal query about the thing."""
        return (await self.answers.ask_internal(name, {"thing": [ox.NamedNode(thing.iri)]})).rows

    def term(self, row: Row, name: str) -> Shown:
        """A term of the ontology by its name in the page's language."""
        return Shown(self.words.say(row[name].text, self.language)) if name in row else Shown("")

    def money(self, row: Row) -> Shown:
        """An amount in yuan that leads to the figure that states it."""
        return Shown(format_number(row["amount"]), row["figure"].text) if "amount" in row else Shown("")


async def _show_agency(maker: SectionMaker, thing: Thing) -> list[Section]:
    t = maker.t
    totals, divisions, duties, projects, findings = await asyncio.gather(
        *(maker.ask(name, thing) for name in _OF_AGENCY)
    )
    return [
        _show_totals(maker, totals),
        _show_divisions(maker, divisions),
        Section(
            "duties",
            t("职责", "Mandate"),
            (t("年度", "year"), t("编号", "no."), t("职责", "duty"), t("内设机构", "division")),
            tuple(
                (
                    Shown(years),
                    Shown(_text(r, "number")),
                    Shown(r["label"].text, r["duty"].text),
                    Shown(_text(r, "divisionLabel"), _text(r, "division")),
                )
                for r, years in _join_years(duties, "duty")
            ),
        ),
        Section(
            "projects",
            t("项目与资金", "Projects and money"),
            (
                t("年度", "year"),
                t("阶段", "phase"),
                t("项目", "project"),
                t("上级项目", "parent"),
                t("金额（元）", "yuan"),
            ),
            tuple(
                (
                    Shown(r["year"].text),
                    maker.term(r, "phase"),
                    Shown(r["label"].text, r["project"].text),
                    Shown(_text(r, "parentLabel")),
                    maker.money(r),
                )
                for r in _keep_largest(projects, ("project", "year", "phase"))
            ),
            frozenset({4}),
        ),
        _show_findings(maker, findings, "contradictions", t("文件中的矛盾", "Contradictions in its documents")),
    ]


def _show_totals(maker: SectionMaker, rows: Sequence[Row]) -> Section:
    """The total expenditure of each year and phase, by the most official of the lines that state it."""
    order = ("支出总计", "支出合计", "部门预算支出", "本年支出合计", "合计", "收、支总计", "收支总计")
    best: dict[tuple[str, str], Row] = {}
    for row in sorted(rows, key=lambda r: (order.index(r["label"].text), -Decimal(r["amount"].text), r["figure"].text)):
        # A row called 合计 is the whole only in the table of expenditure.
        if row["label"].text != "合计" or _text(row, "form") == "expenditure":
            best.setdefault((row["year"].text, row["phase"].text), row)
    shown = [best[key] for key in sorted(best)]
    say = maker.words.say
    points = [Point(r["year"].text, float(r["amount"].text), say(r["phase"].text, maker.language)) for r in shown]
    title = maker.t("历年支出总额（元）", "Total expenditure by year (yuan)")
    return Section(
        "money",
        title,
        (maker.t("年度", "year"), maker.t("阶段", "phase"), maker.t("行", "line"), maker.t("元", "yuan")),
        tuple((Shown(r["year"].text), maker.term(r, "phase"), Shown(r["label"].text), maker.money(r)) for r in shown),
        frozenset({3}),
        draw_bars(points, title, maker.language) if points else None,
        maker.t(
            "阶段不同的数不可直接相比；一年之内同一阶段取表中总计。",
            "Phases are not the same thing. Of each year and phase the printed total is shown.",
        ),
    )


def _show_divisions(maker: SectionMaker, rows: Sequence[Row]) -> Section:
    """Which divisions are attested in which year."""
    years = sorted({r["year"].text for r in rows})
    named: dict[str, tuple[str, set[str]]] = {}
    for row in rows:
        named.setdefault(row["division"].text, (row["label"].text, set()))[1].add(row["year"].text)
    order = sorted(named.items(), key=lambda item: (min(item[1][1]), item[1][0]))
    return Section(
        "divisions",
        maker.t("历年内设机构", "Divisions through time"),
        (maker.t("内设机构", "division"), *years),
        tuple((Shown(label, iri), *(Shown("●" if y in seen else "—") for y in years)) for iri, (label, seen) in order),
        note=maker.t("● 该年文件列有此机构；— 没有列出。", "● listed in a document of that year; — not listed."),
    )


def _show_findings(maker: SectionMaker, rows: Sequence[Row], key: str, title: str) -> Section:
    t = maker.t
    return Section(
        key,
        title,
        (t("应有关系", "what should hold"), t("发现", "what was found"), t("结论", "verdict")),
        tuple(
            (
                Shown(_text(r, maker.language) or r["rule"].text, r["finding"].text),
                Shown(explain(read_outcome(r), maker.language)),
                maker.term(r, "verdict"),
            )
            for r in rows
        ),
    )


async def _show_money(maker: SectionMaker, thing: Thing) -> list[Section]:
    t = maker.t
    rows = await maker.ask("pages/money", thing)
    shown = [
        (
            Shown(r["agencyLabel"].text, r["agency"].text),
            Shown(_text(r, "year")),
            maker.term(r, "phase"),
            Shown(_text(r, "column").replace("|", " / ")),
            maker.money(r),
        )
        for r in rows
    ]
    heads = (t("部门", "office"), t("年度", "year"), t("阶段", "phase"), t("栏目", "column"), t("金额（元）", "yuan"))
    note = t(
        "同一笔钱常在几张表中各印一次，不可相加。", "One amount is often printed in several tables: do not add them up."
    )
    return [Section("money", t("金额", "Money"), heads, tuple(shown), frozenset({4}), note=note)]


async def _show_figure(maker: SectionMaker, thing: Thing) -> list[Section]:
    rows = await maker.ask("pages/figure-findings", thing)
    title = maker.t("参与的核对", "The identities that it takes part in")
    return [_show_findings(maker, rows, "identities", title)]


async def _show_service(maker: SectionMaker, thing: Thing) -> list[Section]:
    t = maker.t
    rows = await maker.ask("pages/service-links", thing)
    heads = (
        t("部门", "office"),
        t("文件年度", "document of"),
        t("角色", "role"),
        t("原文", "words"),
        t("金额（元）", "yuan"),
    )
    shown = tuple(
        (
            Shown(r["agencyLabel"].text, r["agency"].text),
            Shown(_text(r, "year")),
            maker.term(r, "role"),
            Shown(_text(r, "quote"), r["link"].text),
            maker.money(r),
        )
        for r in rows
    )
    return [Section("links", t("各部门的说法与资金", "What offices say and pay"), heads, shown, frozenset({4}))]


MAKERS: dict[str, Maker] = {
    "Agency": _show_agency,
    "Project": _show_money,
    "FunctionCode": _show_money,
    "EconomicCode": _show_money,
    "GovernmentEconomicCode": _show_money,
    "Figure": _show_figure,
    "Service": _show_service,
    "Topic": _show_service,
}


def read_outcome(row: Row) -> Outcome:
    """The finding of a row of ours, as its sentence is made of."""
    verdict = row["verdict"].text.rpartition("#")[2]
    return Outcome(
        row["rule"].text,
        VERDICT_NAMES.get(verdict, verdict),
        _text(row, "left"),
        _text(row, "right"),
        _text(row, "message"),
        _number(row, "difference"),
        _number(row, "tolerance"),
        _text(row, "item") or None,
        _text(row, "detail"),
        sort_codes(_text(row, "reasons").split()),
        read_values(_text(row, "reasonValues")),
    )


def _join_years(rows: Sequence[Row], key: str) -> list[tuple[Row, str]]:
    """One row for each thing, with the years that it is attested in."""
    years: dict[str, list[str]] = defaultdict(list)
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row[key].text, row)
        if row["year"].text not in years[row[key].text]:
            years[row[key].text].append(row["year"].text)
    return [(row, "、".join(years[iri])) for iri, row in first.items()]


def _keep_largest(rows: Sequence[Row], keys: Sequence[str]) -> list[Row]:
    """The first row of each combination; the rows come with the largest amount first."""
    best: dict[tuple[str, ...], Row] = {}
    for row in rows:
        best.setdefault(tuple(row[k].text for k in keys), row)
    return list(best.values())


def _text(row: Row, name: str) -> str:
    return row[name].text if name in row else ""


def _number(row: Row, name: str) -> Decimal | None:
    return Decimal(row[name].text) if name in row else None
