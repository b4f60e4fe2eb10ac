"""Parquet files, the one way in which they are written: money and other decimals exact, whole numbers as integers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any, Literal

from loaders.extras import naming_extras

Kind = Literal["whole", "decimal", "truth", "text"]


def make_schema(kinds: Mapping[str, Kind], about: Mapping[str, str] | None = None) -> Any:
    """The schema of columns by name, with ``about`` as its metadata. Decimals have six places.

    Raises :class:`loaders.errors.MissingExtra` where Parquet is not installed.
    """
    with naming_extras("Parquet"):
        import pyarrow as pa
    types = {"whole": pa.int64(), "decimal": pa.decimal128(38, 6), "truth": pa.bool_(), "text": pa.string()}
    return pa.schema([(name, types[kind]) for name, kind in kinds.items()], metadata=dict(about) if about else None)


class ParquetFile:
    """A file that is written in parts; a context manager."""

    def __init__(self, output: IO[bytes] | str, schema: Any) -> None:
        import pyarrow.parquet as pq

        self.schema = schema
        self._writer = pq.ParquetWriter(output, schema)

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Writes rows, as values by name of column; none is no part."""
        import pyarrow as pa

        if table := list(rows):
            self._writer.write_table(pa.Table.from_pylist(table, self.schema))

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
