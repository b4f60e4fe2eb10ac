"""The profile of an office: its sheet, years, breakdown, projects, targets, mandate, documents, and its kind."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox
from markupsafe import Markup

from service.pages.charts import Point, draw_spark
from service.pages.profiles.accepted import (
    PHASES,
    THREE_PUBLIC,
    Accepted,
    Moment,
    Series,
    choose_moment,
    list_moments,
    list_series,
    pick_headlines,
    pick_sheet,
)
from service.pages.profiles.asking import Asker
from service.pages.profiles.breakdown import Breakdown, read_breakdowns
from service.pages.profiles.standing import LEAST, Standing, name_peers, read_standings
from service.pages.profiles.targets import Targets, read_targets
from service.pages.thing_sections import read_outcome
from service.pages.things import Thing
from service.queries.answers import Row
from service.words.findings import explain

#: How many projects and contradictions a profile shows; the rest is a click away.
_PROJECTS, _CONTRADICTIONS = 10, 8
_STAGE_ONE = (
    "pages/profile-wholes", "pages/profile-project-moments", "pages/profile-kind", "pages/profile-targets",
    "pages/profile-units", "pages/profile-documents", "pages/agency-divisions", "pages/agency-duties",
    "pages/agency-contradictions",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One small chart of a series; its title names quantity and scope."""

    title: str
    series: Series
    chart: Markup


@dataclass(frozen=True)
class Years:
    """What is known of the headline quantities in one phase: charts, and a table of years that leads to the proofs."""

    phase: str
    lines: tuple[Line, ...]
    years: tuple[int, ...]
    rows: tuple[tuple[Accepted, dict[int, Accepted]], ...]


@dataclass(frozen=True)
class ProjectLine:
    """A project with its largest amount of a moment, in yuan."""

    project: str
    label: str
    parent: str
    parent_label: str
    amount: Decimal
    place: str


@dataclass(frozen=True)
class Held:
    """A division or duty with the years whose documents name it."""

    iri: str
    label: str
    years: tuple[str, ...]
    division: str = ""
    division_label: str = ""


@dataclass(frozen=True)
class DocumentLine:
    """A document of the office; ``name`` is that in its address, ``kind`` the name of the term."""

    name: str
    title: str
    kind: str
    year: str


@dataclass(frozen=True)
class OfficeProfile:
    """All that the page of an office shows first. ``sheet`` holds every accepted value of the moment."""

    moment: Moment | None
    moments: tuple[Moment, ...]
    headlines: tuple[Accepted, ...]
    sheet: tuple[Accepted, ...]
    public: tuple[Accepted, tuple[Accepted, ...]] | None
    years: tuple[Years, ...]
    breakdowns: tuple[Breakdown, ...]
    breakdown_moment: Moment | None
    projects: tuple[ProjectLine, ...]
    project_count: int
    project_moment: Moment | None
    targets: Targets
    divisions: tuple[Held, ...]
    division_years: tuple[str, ...]
    duties: tuple[Held, ...]
    duty_year: str
    units: tuple[tuple[str, str, bool], ...]
    documents: tuple[DocumentLine, ...]
    contradictions: tuple[tuple[str, str, str], ...]
    contradiction_count: int
    standings: tuple[Standing, ...]


async def read_office(ask: Asker, thing: Thing) -> OfficeProfile:
    """Reads an office's profile. Raises BadParameter for a year or phase that it has no values of."""
    values, answers = await asyncio.gather(
        ask.accepted([thing.iri]), asyncio.gather(*(ask.rows(name, thing.iri) for name in _STAGE_ONE))
    )
    found = dict(zip(_STAGE_ONE, answers, strict=True))
    documents = [_read_document(row) for row in found["pages/profile-documents"]]
    moments = list_moments(values)
    years = [int(d.year) for d in documents if d.year]
    moment = ask.choose(moments, choose_moment(values, years))
    prefix = ask.words.prefix
    spent = _nearest(_read_moments(found["pages/profile-wholes"], prefix), moment)
    planned = _nearest(_read_moments(found["pages/profile-project-moments"], prefix), moment)
    peers, codes, projects = await asyncio.gather(
        _ask_peers(ask, values, moment, found["pages/profile-kind"]),
        _ask_at(ask, "pages/profile-breakdown", thing, spent),
        _ask_at(ask, "pages/agency-projects", thing, planned),
    )  # fmt: skip
    shown = _list_projects(projects)
    duties, duty_year = _list_duties(found["pages/agency-duties"])
    contradictions = found["pages/agency-contradictions"]
    return OfficeProfile(
        moment=moment,
        moments=tuple(moments),
        headlines=tuple(pick_headlines(values, moment)) if moment else (),
        sheet=tuple(pick_sheet(values, moment)) if moment else (),
        public=_find_public(values, moment),
        years=_list_years(ask, values),
        breakdowns=tuple(read_breakdowns(codes)),
        breakdown_moment=spent,
        projects=tuple(shown[:_PROJECTS]),
        project_count=len(shown),
        project_moment=planned,
        targets=read_targets(found["pages/profile-targets"]),
        divisions=_list_divisions(found["pages/agency-divisions"]),
        division_years=tuple(sorted({r["year"].text for r in found["pages/agency-divisions"]})),
        duties=duties,
        duty_year=duty_year,
        units=_list_units(found["pages/profile-units"]),
        documents=tuple(documents),
        contradictions=tuple(
            (r["finding"].text, r["document"].text.rpartition("/")[2], explain(read_outcome(r), ask.language))
            for r in contradictions[:_CONTRADICTIONS]
        ),
        contradiction_count=len(contradictions),
        standings=tuple(
            read_standings(
                found["pages/profile-kind"], peers, values, moment, prefix, ask.language, ask.name_moment(moment)
            )
            if moment
            else ()
        ),
    )


async def _ask_peers(ask: Asker, values: Sequence[Accepted], moment: Moment | None, kind: Sequence[Row]) -> list[Row]:
    """The values of the offices of a kind, if they are enough to be compared."""
    agencies = list(dict.fromkeys(r["agency"].text for r in kind))
    if moment is None or len(agencies) < LEAST:
        return []
    names = [ox.NamedNode(name) for name in name_peers(values, moment, agencies)]
    return (await ask.answers.ask_internal("pages/profile-peers", {"rollup": names})).rows if names else []


async def _ask_at(ask: Asker, name: str, thing: Thing, moment: Moment | None) -> list[Row]:
    return await ask.rows(name, thing.iri, moment) if moment else []


def _read_moments(rows: Sequence[Row], prefix: str) -> list[Moment]:
    found = {Moment(int(r["year"].text), r["phase"].text.removeprefix(prefix)) for r in rows}
    return sorted(found, key=lambda m: m.rank)


def _nearest(moments: Sequence[Moment], wanted: Moment | None) -> Moment | None:
    """The moment itself where it is among those known, else one of its year, else the newest."""
    if wanted in moments:
        return wanted
    of_year = [m for m in moments if wanted and m.year == wanted.year]
    return next(iter([*of_year, *moments]), None)


def _find_public(values: Sequence[Accepted], moment: Moment | None) -> tuple[Accepted, tuple[Accepted, ...]] | None:
    """The three public expenses of a moment with their parts, in the order of the sheet."""
    at = {v.item: v for v in values if moment and (v.year, v.phase) == (moment.year, moment.phase) and not v.scope}
    if "three-public" not in at:
        return None
    return at["three-public"], tuple(at[item] for item in THREE_PUBLIC if item in at)


def _list_years(ask: Asker, values: Sequence[Accepted]) -> tuple[Years, ...]:
    """By phase, in their order; only phases with a quantity of two years."""
    by_phase: dict[str, list[Series]] = defaultdict(list)
    for series in list_series(values):
        by_phase[series.first.phase].append(series)
    made = []
    for phase in sorted(by_phase, key=lambda p: PHASES.index(p) if p in PHASES else len(PHASES)):
        lines = []
        for series in by_phase[phase]:
            title = name_value(ask, series.first)
            points = [Point(str(v.year), float(v.number)) for v in series.values]
            said = f"{title} · {ask.say(phase)}" if phase else title
            lines.append(Line(title, series, draw_spark(points, said, ask.language)))
        rows = tuple((s.first, {v.year: v for v in s.values}) for s in by_phase[phase])
        years = tuple(sorted({year for _, own in rows for year in own}))
        made.append(Years(phase, tuple(lines), years, rows))
    return tuple(made)


def name_value(ask: Asker, value: Accepted) -> str:
    """The quantity, with its scope where that is a narrower one than it means."""
    scope = ask.t(f"（{ask.say(value.scope)}）", f" ({ask.say(value.scope)})") if value.scope else ""
    return f"{value.name(ask.language)}{scope}"


def _list_projects(rows: Sequence[Row]) -> list[ProjectLine]:
    """Each project once, with the largest amount of the moment; the rows come with the largest first."""
    found: dict[str, ProjectLine] = {}
    for row in rows:
        line = ProjectLine(
            row["project"].text, row["label"].text, _text(row, "parent"), _text(row, "parentLabel"),
            Decimal(row["amount"].text), row["place"].text,
        )  # fmt: skip
        found.setdefault(line.project, line)
    return list(found.values())


def _list_divisions(rows: Sequence[Row]) -> tuple[Held, ...]:
    """Every division once, those of the newest year first."""
    labels: dict[str, str] = {}
    years: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        labels.setdefault(row["division"].text, row["label"].text)
        years[row["division"].text].add(row["year"].text)
    made = [Held(iri, label, tuple(sorted(years[iri]))) for iri, label in labels.items()]
    return tuple(sorted(made, key=lambda h: (-int(h.years[-1]), h.label)))


def _list_duties(rows: Sequence[Row]) -> tuple[tuple[Held, ...], str]:
    """The duties of the office as the newest year words them, each wording once, and that year."""
    years: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        years[row["duty"].text].add(row["year"].text)
    newest = max((r["year"].text for r in rows), default="")
    found: dict[str, Held] = {}
    for row in rows:
        own = years[row["duty"].text]
        if newest in own:
            held = Held(
                row["duty"].text, row["label"].text, tuple(sorted(own)), _text(row, "division"),
                _text(row, "divisionLabel"),
            )  # fmt: skip
            found.setdefault(held.iri, held)
    # What belongs to no division first: that is the office's own.
    return tuple(sorted(found.values(), key=lambda h: (h.division_label, _number(rows, h.iri)))), newest


def _number(rows: Sequence[Row], duty: str) -> tuple[int, str]:
    """The number that a duty bears, as people count."""
    text = next((_text(r, "number") for r in rows if r["duty"].text == duty), "")
    return (int(text) if text.isdigit() else 999, text)


def _list_units(rows: Sequence[Row]) -> tuple[tuple[str, str, bool], ...]:
    """IRI, name and whether documents of its own are loaded; each unit once."""
    found: dict[str, tuple[str, str, bool]] = {}
    for row in rows:
        found.setdefault(row["unit"].text, (row["unit"].text, row["label"].text, row["own"].text == "true"))
    return tuple(found.values())


def _read_document(row: Row) -> DocumentLine:
    name = row["document"].text.rpartition("/")[2]
    kind = row["kind"].text.rpartition("#")[2]
    return DocumentLine(name, _text(row, "title") or name, kind, _text(row, "year"))


def _text(row: Row, name: str) -> str:
    return row[name].text if name in row else ""
