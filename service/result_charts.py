"""The chart of a canned query's result, as its header proposes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup

from service.answers import Row, Value
from service.canned import CannedQuery, Chart, ChartKind, Column
from service.charts import (
    MOST_BARS,
    MOST_FLOWS,
    MOST_SERIES,
    MOST_TILES,
    Flow,
    Point,
    Tile,
    draw_bars,
    draw_lines,
    draw_sankey,
    draw_treemap,
    list_leaves,
)  # fmt: skip
from service.parameters import BadParameter
from service.results import read_number
from service.words import WORDS, say

KINDS: tuple[ChartKind, ...] = get_args(ChartKind)


@dataclass(frozen=True)
class Drawing:
    """A chart: its SVG, what is drawn, the series by colour, how many rows it could not show."""

    svg: Markup
    kind: str
    value: str
    series: tuple[str, ...] = ()
    left_out: int = 0


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
    """The chart of the rows; None where there is nothing to draw."""
    name = next((c.title.get(language, c.name) for c in columns if c.name == chart.value), chart.value)
    title = f"{title}: {name}"
    numbered = [(row, float(number)) for row in rows if (number := read_number(row.get(chart.value))) is not None]

    def words(row: Row, variable: str) -> str:
        value: Value | None = row.get(variable) if variable else None
        return say(WORDS, value.text, language) if value else ""

    match chart.kind:
        case "bar" | "line":
            points = [Point(words(r, chart.label), n, words(r, chart.series)) for r, n in numbered]
            points = [p for p in points if p.label]
            if not points:
                return None
            # Of several numbers at one place only the first could be seen.
            again = len(points) - len({(p.label, p.series) for p in points})
            series = tuple(dict.fromkeys(p.series for p in points))
            if chart.kind == "bar":
                left = again + max(0, len({p.label for p in points}) - MOST_BARS)
                return Drawing(draw_bars(points, title, language), "bar", name, series if series != ("",) else (), left)
            left = again + max(0, len(series) - MOST_SERIES)
            return Drawing(draw_lines(points, title, language), "line", name, (), left)
        case "treemap":
            tiles = [
                Tile(_text(r, chart.key) or words(r, chart.label), words(r, chart.label), n, _text(r, chart.parent))
                for r, n in numbered
            ]
            leaves = list_leaves(tiles)
            if not leaves:
                return None
            left = max(0, len(leaves) - MOST_TILES) + sum(t.value <= 0 for t in tiles)
            return Drawing(draw_treemap(tiles, title, language), "treemap", name, (), left)
        case "sankey":
            flows = [Flow(words(r, chart.source), words(r, chart.target), n) for r, n in numbered]
            drawn = [f for f in flows if f.value > 0 and f.source and f.target]
            if not drawn:
                return None
            left = len(flows) - len(drawn) + max(0, len(drawn) - MOST_FLOWS)
            return Drawing(draw_sankey(drawn, title, language), "sankey", name, (), left)


def _text(row: Row, variable: str) -> str:
    return row[variable].text if variable and variable in row else ""
