"""What the page of a figure, a service, or a code without sums shows beside its plain facts.

Offices, places, projects and codes with sums have profiles instead (``service/pages/profiles``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from loaders.reconcile.reasons import read_values, sort_codes
from service.pages.things import Shown, Thing
from service.pages.vocabulary import Vocabulary
from service.queries.answers import Answers, Row
from service.words.amounts import format_number
from service.words.findings import Outcome, explain
from service.words.terms import VERDICT_NAMES

Cell = Shown | tuple[Shown, ...]


@dataclass(frozen=True)
class Section:
    """A part of a page: a table with its heads. ``numeric`` are columns of numbers."""

    key: str
    title: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    numeric: frozenset[int] = frozenset()
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
        return [s for s in found if s.rows]

    async def ask(self, name: str, thing: Thing) -> list[Row]:
        """The rows of an internal query about the thing."""
        return (await self.answers.ask_internal(name, {"thing": [ox.NamedNode(thing.iri)]})).rows

    def term(self, row: Row, name: str) -> Shown:
        """A term of the ontology by its name in the page's language."""
        return Shown(self.words.say(row[name].text, self.language)) if name in row else Shown("")

    def money(self, row: Row) -> Shown:
        """An amount in yuan that leads to the figure that states it."""
        return Shown(format_number(row["amount"]), row["figure"].text) if "amount" in row else Shown("")


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


def _text(row: Row, name: str) -> str:
    return row[name].text if name in row else ""


def _number(row: Row, name: str) -> Decimal | None:
    return Decimal(row[name].text) if name in row else None
