"""The profile of a code: who spends under it, over years, in one phase and scope at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from service.pages.charts import Point, draw_bars, draw_lines
from service.pages.profiles.accepted import Moment
from service.pages.profiles.asking import Asker
from service.pages.profiles.breakdown import EXTENTS, Branch, read_branch
from service.pages.things import Thing
from service.queries.answers import Row

#: Of so many offices a chart draws the largest, and says so; a line each, or a bar each.
_LINES, _BARS = 6, 15
#: How many offices the table lists; the rest is in the data.
_LISTED = 60


@dataclass(frozen=True)
class Spender:
    """An office with what it spends under the code, by year."""

    agency: str
    label: str
    sums: dict[int, Branch]


@dataclass(frozen=True)
class CodeProfile:
    """Who spends under a code in a phase and scope. ``options`` are (phase, scope, offices), the fullest first."""

    phase: str
    extent: str
    options: tuple[tuple[str, str, int], ...]
    years: tuple[int, ...]
    spenders: tuple[Spender, ...]
    count: int
    drawn: int
    chart_title: str
    chart: Markup | None


async def read_code(ask: Asker, thing: Thing) -> CodeProfile | None:
    """Reads a code's profile; None if no sums are known. Raises BadParameter for a phase or scope without sums."""
    rows = await ask.rows("pages/profile-code-sums", thing.iri)
    if not rows:
        return None
    prefix = ask.words.prefix
    pairs = Counter((r["phase"].text.removeprefix(prefix), r["extent"].text) for r in _unique(rows))
    options = sorted(pairs, key=lambda p: (-pairs[p], Moment(0, p[0]).rank, p[1]))
    words = {Moment(0, phase).word: phase for phase, _ in options}
    wanted = ask.pick("phase", tuple(words), "")
    fitting = [o for o in options if not wanted or o[0] == words[wanted]]
    scope = ask.pick("scope", tuple(dict.fromkeys(extent for _, extent in fitting)), fitting[0][1])
    phase, extent = next(o for o in fitting if o[1] == scope)
    own = [r for r in _unique(rows) if (r["phase"].text.removeprefix(prefix), r["extent"].text) == (phase, extent)]
    spenders = _line_up(own)
    years = tuple(sorted({year for s in spenders for year in s.sums}))
    scope_name = EXTENTS.get(extent, (extent, extent))[ask.language != "zh"]
    title = ask.t(f"{thing.label} · {ask.say(phase)} · {scope_name}（元）",
                  f"{thing.label} · {ask.say(phase)} · {scope_name} (yuan)")  # fmt: skip
    drawn, named, chart = _draw(spenders, years, title, ask.language)
    counted = {p: len({r["agency"].text for r in rows if (r["phase"].text.removeprefix(prefix), r["extent"].text) == p})
               for p in options}  # fmt: skip
    return CodeProfile(
        phase, extent, tuple((*p, counted[p]) for p in options), years, tuple(spenders[:_LISTED]), len(spenders), drawn,
        named, chart,
    )  # fmt: skip


def _unique(rows: Sequence[Row]) -> list[Row]:
    """Each sum once: one that is printed in several places has a row for each."""
    return list({r["rollup"].text: r for r in reversed(rows)}.values())[::-1]


def _line_up(rows: Sequence[Row]) -> list[Spender]:
    """The offices, those that spend most in their newest year first."""
    sums: dict[str, dict[int, Branch]] = {}
    labels: dict[str, str] = {}
    for row in rows:
        branch = read_branch(row, Decimal(0))
        sums.setdefault(row["agency"].text, {})[int(row["year"].text)] = branch
        labels.setdefault(row["agency"].text, row["label"].text)
    spenders = [Spender(agency, labels[agency], own) for agency, own in sums.items()]
    return sorted(spenders, key=lambda s: (-s.sums[max(s.sums)].amount, s.label))


def _draw(
    spenders: Sequence[Spender], years: Sequence[int], title: str, language: str
) -> tuple[int, str, Markup | None]:
    """How many offices are drawn, what the chart is called, and the chart.

    Lines over years, of the offices that have at least two; else bars of the year that most offices have.
    """
    shown = [s for s in spenders if len(s.sums) > 1][:_LINES]
    if shown:
        points = [Point(str(y), float(b.amount), s.label) for s in shown for y, b in sorted(s.sums.items())]
        return len(shown), title, draw_lines(points, title, language)
    year = max(years, key=lambda y: (sum(1 for s in spenders if y in s.sums), y))
    named = f"{year} · {title}"
    bars = [Point(s.label, float(s.sums[year].amount)) for s in spenders if year in s.sums][:_BARS]
    return len(bars), named, draw_bars(bars, named, language) if len(bars) > 1 else None
