"""The profile of a project: its owner, its money by year and phase, its targets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from service.pages.charts import Point, draw_spark
from service.pages.profiles.accepted import Moment
from service.pages.profiles.asking import Asker
from service.pages.profiles.targets import Targets, read_targets
from service.pages.things import Fact, Thing
from service.queries.answers import Row

#: What a reader asks of a project first, by the local names of the properties.
_ABOUT = ("agency", "parentProject", "projectType", "projectStart", "projectEnd", "purpose", "serves", "about")
_STATED = 12


@dataclass(frozen=True)
class Statement:
    """An amount of the project in yuan with its column and place."""

    figure: str
    amount: Decimal
    column: str
    place: str


@dataclass(frozen=True)
class Stated:
    """What is stated of one moment: each amount once, the largest first; ``times`` is how often any is."""

    moment: Moment
    statements: tuple[Statement, ...]
    times: int


@dataclass(frozen=True)
class ProjectProfile:
    """``about`` are its first facts, ``lines`` charts of phases in which it has money in two years."""

    about: tuple[Fact, ...]
    money: tuple[Stated, ...]
    lines: tuple[tuple[str, Markup], ...]
    undated: int
    targets: Targets


async def read_project(ask: Asker, thing: Thing) -> ProjectProfile:
    """Reads a project's profile."""
    rows, targets = await asyncio.gather(
        *(ask.rows(name, thing.iri) for name in ("pages/profile-project-money", "pages/profile-targets"))
    )
    facts = {f.property.replace("#", "/").rpartition("/")[2]: f for g in thing.groups for f in g.facts}
    dated = [r for r in rows if "year" in r and "phase" in r]
    money = _list_money(dated, ask.words.prefix)
    return ProjectProfile(
        tuple(facts[name] for name in _ABOUT if name in facts), money, _draw(ask, money),
        len({r["figure"].text for r in rows} - {r["figure"].text for r in dated}), read_targets(targets),
    )  # fmt: skip


def _list_money(rows: Sequence[Row], prefix: str) -> tuple[Stated, ...]:
    """By moment, the newest first; rows come with the largest amount of a moment first."""
    found: dict[Moment, dict[Decimal, Statement]] = {}
    times: dict[Moment, set[str]] = {}
    for row in rows:
        moment = Moment(int(row["year"].text), row["phase"].text.removeprefix(prefix))
        amount = Decimal(row["amount"].text)
        column = row["column"].text.replace("|", " / ") if "column" in row else ""
        statement = Statement(row["figure"].text, amount, column, row["place"].text)
        found.setdefault(moment, {}).setdefault(amount, statement)
        times.setdefault(moment, set()).add(row["figure"].text)
    return tuple(
        Stated(m, tuple(found[m].values())[:_STATED], len(times[m])) for m in sorted(found, key=lambda m: m.rank)
    )


def _draw(ask: Asker, money: Sequence[Stated]) -> tuple[tuple[str, Markup], ...]:
    """One chart a phase, of the largest amount of each year."""
    made = []
    for phase in dict.fromkeys(s.moment.phase for s in money):
        points = [Point(str(s.moment.year), float(s.statements[0].amount)) for s in money if s.moment.phase == phase]
        if len(points) > 1:
            title = ask.t(f"{ask.say(phase)}（元）", f"{ask.say(phase)} (yuan)")
            made.append((title, draw_spark(points, title, ask.language)))
    return tuple(made)
