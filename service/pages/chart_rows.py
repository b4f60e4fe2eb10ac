"""Rows on their way into a chart: in panels of what may stand together, told apart, none lost without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service.queries.answers import Row
from service.queries.query import Chart, Column
from service.queries.results import read_number
from service.words.terms import WORDS, say

#: What is measured: of several measures each has a panel, even where a chart names them as its series.
_MEASURE = "quantityLabel"
#: Columns that say what kind of number a row holds. Numbers of several such kinds are not the same thing: each has a
#: panel of its own, unless the chart is there to set them beside one another. The first column of years is one too.
_KINDS = (_MEASURE, "phaseLabel", "phase", "fundLabel", "partLabel", "scopeLabel")
#: Whose a number is: said wherever there are several.
_OFFICE = "agencyLabel"
#: A column with longer words, in characters, tells nothing apart at a glance.
_LONGEST = 36

#: Why rows are not drawn, with how many there are and a name or a number.
REASONS: dict[str, tuple[str, str]] = {
    "no number": ("{n} 行没有“{what}”的数", '{n} rows have no number under "{what}"'),
    "no label": ("{n} 行没有“{what}”", '{n} rows have nothing under "{what}"'),
    "repeated": ("{n} 行是已画的同一处的同一个数", "{n} rows repeat a number that is drawn, of the same place"),
    "totals": ("{n} 行是合计，图中画的是其各部分", "{n} rows are totals, of which the parts are drawn"),
    "no size": ("{n} 行为零或负数，没有大小可画", "{n} rows are zero or below and have no size"),
    "bars": ("一图一屏，只画最大的几组；{n} 行只在表中",
             "a panel fits on a screen and has its largest groups; {n} rows are in the table only"),
    "lines": ("每图只画最大的 {what} 条线；{n} 行只在表中",
              "only the {what} largest lines of a panel; {n} rows are in the table only"),
    "tiles": ("每图只画最大的 {what} 块，{n} 行未画，请筛选",
              "only the {what} largest tiles of a panel; {n} rows are not drawn: filter"),
    "flows": ("每图只画最大的 {what} 条，{n} 行未画，请筛选",
              "only the {what} largest flows of a panel; {n} rows are not drawn: filter"),
    "circles": ("{n} 行会使流向成环", "{n} rows would lead round in a circle"),
    "panels": ("只画行数最多的 {what} 图，{n} 行未画，请选下列之一",
               "only the {what} panels of the most rows; {n} rows are not drawn: choose below"),
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A row as a chart takes it: its number, its words by the chart's variables, and what tells it from the others."""

    row: Row
    value: float
    label: str = ""
    series: str = ""
    source: str = ""
    target: str = ""
    panel: str = ""
    detail: str = ""
    #: what the colour of its series follows from, and what filters the rows of its panel (column, value)
    key: str = ""
    only: tuple[tuple[str, str], ...] = ()


class Losses:
    """How many rows a chart does not draw, by reason."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, reason: str, count: int, what: str = "") -> None:
        """Counts rows that are not drawn for a reason of :data:`REASONS`."""
        if count:
            self._counts[reason, what] += count

    @property
    def total(self) -> int:
        """How many rows are not drawn."""
        return self._counts.total()

    def say(self, language: str) -> tuple[str, ...]:
        """The reasons in words."""
        index = 0 if language == "zh" else 1
        return tuple(REASONS[reason][index].format(n=n, what=what) for (reason, what), n in self._counts.items())


def part_measures(chart: Chart) -> Chart:
    """The chart with one measure a panel: a total beside its parts would be read as one more of them."""
    return replace(chart, series="") if chart.series == _MEASURE else chart


def mark_rows(
    chart: Chart, rows: Sequence[Row], columns: Sequence[Column], language: str, losses: Losses
) -> list[Mark]:
    """The rows that have a number and words, each told apart from all others by panel, label, series and detail."""
    titles = {c.name: c.title.get(language, c.name) for c in columns}

    def words(row: Row, variable: str) -> str:
        value = row.get(variable) if variable else None
        return say(WORDS, value.text, language) if value else ""

    # A tile may do without a label: its key stands for it.
    needed = [v for v in (chart.source, chart.target) if v]
    needed += [chart.label] if chart.label and chart.kind != "treemap" else []
    panels = _choose_panels(chart, columns)
    marks = []
    for row in rows:
        number = read_number(row.get(chart.value))
        missing = next((v for v in needed if not words(row, v)), None)
        if number is None:
            losses.add("no number", 1, titles.get(chart.value, chart.value))
        elif missing is not None:
            losses.add("no label", 1, titles.get(missing, missing))
        else:
            marks.append(Mark(
                row, float(number), words(row, chart.label), words(row, chart.series), words(row, chart.source),
                words(row, chart.target), " · ".join(w for p in panels if (w := words(row, p))),
                key=_find_key(row, chart.series), only=tuple((p, row[p].text) for p in panels if p in row),
            ))  # fmt: skip
    marks = _drop_repeated(marks, chart, columns, losses)
    return _tell_apart(marks, chart, columns, panels, words)


def _choose_panels(chart: Chart, columns: Sequence[Column]) -> tuple[str, ...]:
    """The variables of which each value has a panel of its own: the chart's, and what is not to be mixed."""
    drawn = (chart.label, chart.series, chart.source, chart.target)
    return tuple(dict.fromkeys(v for v in (*chart.panel, *_list_kinds(columns)) if v not in drawn))


def _find_key(row: Row, series: str) -> str:
    """What tells a series in whatever language: its thing, where the row has it beside its label."""
    thing = series.removesuffix("Label")
    return row[thing if thing in row else series].text if series and (thing in row or series in row) else ""


def _list_kinds(columns: Sequence[Column]) -> list[str]:
    year = next((c.name for c in columns if c.datatype == "gYear"), "")
    return [c.name for c in columns if c.name in (year, *_KINDS)]


def _drop_repeated(marks: list[Mark], chart: Chart, columns: Sequence[Column], losses: Losses) -> list[Mark]:
    """One mark of those that show one number of one place under the same words."""
    link = next((c.link for c in columns if c.name == chart.value), "")
    if not link:
        return marks
    kept: dict[object, Mark] = {}
    for mark in marks:
        place = mark.row[link].text if link in mark.row else ""
        same = (replace(mark, row=Row()), place) if place else object()
        kept.setdefault(_freeze(same), mark)
    losses.add("repeated", len(marks) - len(kept))
    return list(kept.values())


def _freeze(key: object) -> object:
    if not isinstance(key, tuple):
        return key
    mark, place = key
    return (mark.value, mark.label, mark.series, mark.source, mark.target, mark.panel, place)


def _tell_apart(
    marks: list[Mark], chart: Chart, columns: Sequence[Column], panels: Sequence[str], words: Callable[[Row, str], str]
) -> list[Mark]:
    """The marks, each with as few further words as tell it from the others; a number where no words do."""
    if not marks:
        return []
    drawn = {chart.label, chart.series, chart.source, chart.target, chart.value, *panels}
    offered = [c for c in columns if not c.numeric and c.name not in drawn]
    # What a number is of is said wherever it differs, though the label tells the marks apart.
    kinds = [_OFFICE, *_list_kinds(columns)]
    chosen = [c.name for c in offered if c.name in kinds and len({words(m.row, c.name) for m in marks}) > 1]
    offered = [c for c in offered if c.name not in chosen and max(len(words(m.row, c.name)) for m in marks) <= _LONGEST]

    def keys(names: Sequence[str]) -> list[tuple[str, ...]]:
        return [(m.panel, m.label, m.series, m.source, m.target, *(words(m.row, n) for n in names)) for m in marks]

    while len(set(keys(chosen))) < len(marks):
        gains = {c.name: len(set(keys([*chosen, c.name]))) for c in offered if c.name not in chosen}
        best = max(gains, key=lambda name: gains[name], default=None)
        if best is None or gains[best] == len(set(keys(chosen))):
            break
        chosen.append(best)
    told = []
    seen: Counter[tuple[str, ...]] = Counter()
    for mark, key in zip(marks, keys(chosen), strict=True):
        seen[key] += 1
        said = [w for n in chosen if (w := words(mark.row, n))] + ([f"({seen[key]})"] if seen[key] > 1 else [])
        told.append(replace(mark, detail=" · ".join(said)))
    return told
