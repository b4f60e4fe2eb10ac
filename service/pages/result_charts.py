"""The chart of a canned query's result, as its header proposes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from markupsafe import Markup

from service.errors import BadParameter
from service.pages.chart_rows import Losses, Mark, mark_rows, part_measures
from service.pages.charts import (
    MOST_FLOWS,
    MOST_SERIES,
    MOST_TILES,
    Flow,
    Point,
    Tile,
    choose_bars,
    choose_flows,
    choose_lines,
    colour_series,
    draw_bars,
    draw_lines,
    draw_sankey,
    draw_treemap,
    list_leaves,
)  # fmt: skip
from service.queries.answers import Row
from service.queries.query import CannedQuery, Chart, ChartKind, Column

KINDS: tuple[ChartKind, ...] = get_args(ChartKind)
MOST_PANELS = 6
#: So many other panels are named as links.
_MOST_OTHERS = 24


@dataclass(frozen=True)
class Panel:
    """One drawing of a chart: what its rows have in common ("" for the only one), its SVG."""

    title: str
    svg: Markup


@dataclass(frozen=True)
class Drawing:
    """A chart: its panels, what is drawn, the colours of its series; how many rows it draws and why it draws no others.

    ``others`` are panels that are not drawn: their titles, the filters (column, value) that show them, their rows.
    """

    panels: tuple[Panel, ...]
    kind: str
    value: str
    series: Mapping[str, int] = field(default_factory=dict)
    others: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    drawn: int = 0
    left_out: int = 0
    reasons: tuple[str, ...] = ()


def choose_chart(query: CannedQuery, asked: str) -> Chart | None:
    """The chart that ``_chart`` asks for, else the first that the query proposes; None if it proposes none.

    Raises BadParameter for a kind that the query has not.
    """
    if not asked:
        return query.charts[0] if query.charts else None
    kinds = tuple(c.kind for c in query.charts)
    for chart in query.charts:
        if chart.kind == asked:
            return chart
    remedy = f"Choose one of: {', '.join(kinds)}" if kinds else "Leave it out"
    raise BadParameter("_chart", f"{asked[:40]!r} is no chart of this query", remedy, kinds)


def draw(chart: Chart, rows: Sequence[Row], columns: Sequence[Column], title: str, language: str) -> Drawing | None:
    """The chart of the rows; None where there are none. Each row is a mark of its own, or is counted with a reason."""
    if not rows:
        return None
    name = next((c.title.get(language, c.name) for c in columns if c.name == chart.value), chart.value)
    losses, chart = Losses(), part_measures(chart)
    marks = mark_rows(chart, rows, columns, language, losses)
    series = [_point(m) for m in marks] if chart.kind == "bar" else []
    counts = Counter(m.panel for m in marks)
    largest = {title for title, _ in counts.most_common(MOST_PANELS)}
    losses.add("panels", sum(n for title, n in counts.items() if title not in largest), str(MOST_PANELS))
    panels = []
    for panel in (p for p in counts if p in largest):
        said = f"{title}: {name}{f' · {panel}' if panel else ''}"
        own = [m for m in marks if m.panel == panel]
        if (svg := _draw_panel(chart, own, said, language, series, losses)) is not None:
            panels.append(Panel(panel, svg))
    only = {m.panel: tuple(f"{column}:{value}" for column, value in m.only) for m in marks}
    others = tuple((panel, only[panel], n) for panel, n in counts.most_common() if panel not in largest)
    colours = colour_series(series) if {p.series for p in series} - {""} else {}
    return Drawing(
        tuple(panels), chart.kind, name, colours, others[:_MOST_OTHERS], len(rows) - losses.total, losses.total,
        losses.say(language),
    )  # fmt: skip


def _point(mark: Mark) -> Point:
    return Point(mark.label, mark.value, mark.series, mark.detail, key=mark.key)


def _draw_panel(
    chart: Chart, marks: Sequence[Mark], title: str, language: str, series: Sequence[Point], losses: Losses
) -> Markup | None:
    """One panel; None where nothing of it can be drawn."""
    match chart.kind:
        case "bar":
            points = [_point(m) for m in marks]
            chosen = choose_bars(points)
            losses.add("bars", len(points) - len(chosen))
            return draw_bars(chosen, title, language, series)
        case "line":
            points = [Point(m.label, m.value, " · ".join(w for w in (m.series, m.detail) if w)) for m in marks]
            chosen = choose_lines(points)
            losses.add("lines", len(points) - len(chosen), str(MOST_SERIES))
            return draw_lines(chosen, title, language)
        case "treemap":
            return _draw_treemap(chart, marks, title, language, losses)
        case "sankey":
            sized = [m for m in marks if m.value > 0]
            losses.add("no size", len(marks) - len(sized))
            flows = [Flow(m.source, m.target, m.value, m.detail) for m in sized]
            losses.add("flows", max(0, len(flows) - MOST_FLOWS), str(MOST_FLOWS))
            drawn = choose_flows(flows)
            losses.add("circles", min(len(flows), MOST_FLOWS) - len(drawn))
            return draw_sankey(drawn, title, language) if drawn else None


def _draw_treemap(chart: Chart, marks: Sequence[Mark], title: str, language: str, losses: Losses) -> Markup | None:
    """The parts as tiles. A row whose parts are rows too is a total, whichever of its amounts it states."""
    keyed = [(_text(m.row, chart.key) or m.label, _text(m.row, chart.parent), m) for m in marks]
    above = {parent for key, parent, mark in keyed if parent and parent != key and mark.value > 0}
    tiles: dict[str, Tile] = {}
    for number, (key, parent, mark) in enumerate(keyed):
        if key in above:
            losses.add("totals", 1)
            tiles.setdefault(key, Tile(key, mark.label, mark.value, parent))
        elif mark.value <= 0:
            losses.add("no size", 1)
        else:
            own = key if key not in tiles else f"{key}\n{number}"
            label = " · ".join(w for w in (mark.label, mark.detail) if w)
            tiles[own] = Tile(own, label, mark.value, parent)
    leaves = [t for t in list_leaves(list(tiles.values())) if t.key not in above]
    losses.add("tiles", max(0, len(leaves) - MOST_TILES), str(MOST_TILES))
    return draw_treemap(list(tiles.values()), title, language) if leaves else None


def _text(row: Row, variable: str) -> str:
    return row[variable].text if variable and variable in row else ""
