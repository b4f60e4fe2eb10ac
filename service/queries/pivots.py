"""A result turned: one column's values down the side, another's along the top, a number in each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from service.errors import BadParameter
from service.queries.answers import Row
from service.queries.query import CannedQuery, Column
from service.queries.results import list_values, read_number

#: What may be made of the numbers that meet in one cell.
WAYS = {"sum": ("合计", "sum"), "count": ("行数", "rows"), "max": ("最大", "largest"), "min": ("最小", "smallest")}
MOST_COLUMNS, MOST_ROWS = 30, 200


@dataclass(frozen=True)
class PivotTable:
    """The turned table. ``cells`` are by row and column; ``crowded`` says that several rows met in some cell."""

    rows: str
    columns: str
    value: str
    way: str
    side: list[str]
    top: list[str]
    cells: dict[tuple[str, str], Decimal]
    row_totals: dict[str, Decimal]
    column_totals: dict[str, Decimal]
    crowded: bool
    cut: bool


def choose_pivot(
    query: CannedQuery, columns: Sequence[Column], options: Mapping[str, Sequence[str]]
) -> tuple[str, str, str, str] | None:
    """Rows, columns, value and way: as the address asks, else as the query proposes; None if neither says.

    Raises BadParameter for a name that is no column of the result.
    """
    names = [c.name for c in columns]
    proposed = (query.pivot.rows, query.pivot.columns, query.pivot.value) if query.pivot else ("", "", "")
    chosen = []
    for option, default in zip(("_rows", "_columns", "_value"), proposed, strict=True):
        name = (options.get(option) or [""])[-1] or default
        if name and name not in names and name != default:
            raise BadParameter(option, f"there is no column {name[:60]!r}", f"It takes: {', '.join(names)}", names)
        chosen.append(name)
    way = (options.get("_total") or ["sum"])[-1]
    if way not in WAYS:
        raise BadParameter("_total", f"{way[:40]!r} is not known", f"Choose one of: {', '.join(WAYS)}", tuple(WAYS))
    rows, tops, value = chosen
    return (rows, tops, value, way) if rows and tops and (value or way == "count") else None


def turn(rows: Sequence[Row], chosen: tuple[str, str, str, str]) -> PivotTable:
    """The pivot table. Totals are given for sums and counts alone: of largest values they would mean nothing."""
    side_name, top_name, value_name, way = chosen
    met: dict[tuple[str, str], list[Decimal]] = {}
    for row in rows:
        number = Decimal(1) if way == "count" else read_number(row.get(value_name))
        if number is not None and side_name in row and top_name in row:
            met.setdefault((row[side_name].text, row[top_name].text), []).append(number)
    present = [r for r in rows if side_name in r and top_name in r]
    side = list(dict.fromkeys(r[side_name].text for r in present))
    top = list_values(present, top_name, 10_000) or list(dict.fromkeys(r[top_name].text for r in present))
    cut = len(side) > MOST_ROWS or len(top) > MOST_COLUMNS
    cells = {key: _join(numbers, way) for key, numbers in met.items()}
    adds = way in ("sum", "count")
    return PivotTable(
        side_name, top_name, value_name, way, side[:MOST_ROWS], top[:MOST_COLUMNS], cells,
        _add_up(cells, 0, side) if adds else {},
        _add_up(cells, 1, top) if adds else {},
        any(len(numbers) > 1 for numbers in met.values()), cut,
    )  # fmt: skip


def _add_up(cells: Mapping[tuple[str, str], Decimal], at: int, names: Sequence[str]) -> dict[str, Decimal]:
    """The sum of each row (``at`` 0) or column (1)."""
    return {name: sum((v for key, v in cells.items() if key[at] == name), Decimal(0)) for name in names}


def _join(numbers: Sequence[Decimal], way: str) -> Decimal:
    if way == "max":
        return max(numbers)
    return min(numbers) if way == "min" else sum(numbers, Decimal(0))
