"""What a server gives, typed: tables that become data frames in one line, descriptions, changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, overload

from gongkai.errors import ClientError

if TYPE_CHECKING:
    import pandas
    import polars

#: A cell: money in yuan; exact decimals from SPARQL; None where nothing is bound.
Value = str | int | float | Decimal | bool | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its titles by language, the key of its unit where all rows share one."""

    name: str
    title: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""


@dataclass(frozen=True)
class Table(Sequence[Row]):
    """Rows of an answer, each a mapping by name of column.

    ``snapshot`` tells the data that gave them, "" if the server does not. ``evidence`` names the columns that hold the
    places in documents which state a row.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    name: str = ""
    snapshot: str = ""
    evidence: tuple[str, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]

    def cite(self, row: Row) -> list[str]:
        """The IRIs of the characters that state a row (``…/id/document/ID#char=start,end``), the row's own first."""
        return [iri for name in self.evidence for iri in str(row.get(name) or "").split()]

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a pandas frame. Raises :class:`gongkai.errors.ClientError` if pandas is not installed."""
        try:
            import pandas
        except ModuleNotFoundError as error:
            raise ClientError("to_pandas needs pandas: pip install pandas") from error
        return pandas.DataFrame([self._flatten(row) for row in self.rows], columns=self.names)

    def to_polars(self) -> polars.DataFrame:
        """The table as a polars frame. Raises :class:`gongkai.errors.ClientError` if polars is not installed."""
        try:
            import polars
        except ModuleNotFoundError as error:
            raise ClientError("to_polars needs polars: pip install polars") from error
        rows = [self._flatten(row) for row in self.rows]
        # A column with whole and broken numbers is one of broken ones; any other mixture is told by polars.
        return polars.DataFrame({name: _widen([row[name] for row in rows]) for name in self.names}, strict=True)

    def _flatten(self, row: Row) -> dict[str, Any]:
        """A row with every column; decimals as floating numbers, which hold any amount of yuan printed so far."""
        return {name: float(v) if isinstance(v := row.get(name), Decimal) else v for name in self.names}


def _widen(values: list[Any]) -> list[Any]:
    kinds = {type(v) for v in values if v is not None}
    if kinds == {int, float}:
        return [None if v is None else float(v) for v in values]
    return values if len(kinds) < 2 else [None if v is None else str(v) for v in values]


@dataclass(frozen=True, slots=True)
class QueryDescription:
    """A canned query: its name, its title and description, the parameters that it takes with their meanings.

    ``columns`` are the names of what a row has, as ``/openapi.json`` gives them.
    """

    name: str
    title: str
    description: str
    parameters: Mapping[str, str]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A document that came, changed or went with a publication of the data.

    ``status`` is added, changed or withdrawn; "" of a publication that was not compared. ``figures`` are the figures
    of a changed document, each with ``status``, ``subject``, ``before`` and ``after``, ``unlisted`` how many more.
    """

    snapshot: str
    time: str
    status: str
    title: str
    url: str
    document: str = ""
    figures: tuple[Mapping[str, Any], ...] = ()
    unlisted: int = 0
