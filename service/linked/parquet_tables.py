"""The tables as a Parquet data set, partitioned by year and place.

::

    FOLDER/figures/year=2023/place=440300/part-0.parquet   every figure; the same for the other tables
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loaders.build.loading import Progress, open_snapshot
from loaders.build.snapshots import Snapshot
from loaders.extras import naming_extras
from service.linked.export_folders import replacing_folder, seal_folder
from service.linked.tables import PARTITIONS, TABLES, TableForm, TableSource, list_kinds
from service.queries.parquet import make_schema

#: How many rows a group of a file has at most, and at least where there are as many.
_GROUP_ROWS, _LEAST_ROWS = 1 << 17, 1 << 13


def export_parquet(snapshot: Snapshot, folder: Path, progress: Progress) -> dict[str, int]:
    """Writes all tables of a snapshot into ``folder`` and gives the rows of each.

    Raises :class:`loaders.errors.StoreError` if the folder holds anything but an earlier export or cannot be written,
    and :class:`loaders.errors.MissingExtra` where Parquet is not installed.
    """
    source = TableSource(open_snapshot(snapshot), snapshot.manifest.base)
    with replacing_folder(folder) as work:
        counts = {table.name: _write(source, table, work / table.name, progress) for table in TABLES}
        seal_folder(work, snapshot, counts)
    return counts


def _write(source: TableSource, table: TableForm, folder: Path, progress: Progress) -> int:
    with naming_extras("gongkai export"):
        import pyarrow as pa
        import pyarrow.dataset as ds
    schema = make_schema(list_kinds(table))
    count = 0

    def list_batches() -> Iterator[Any]:
        nonlocal count
        for rows in source.list_batches(table, progress):
            count += len(rows)
            yield from pa.Table.from_pylist(rows, schema).to_batches()

    parts = pa.schema([schema.field(name) for name in PARTITIONS])
    folder.mkdir()
    ds.write_dataset(
        ds.Scanner.from_batches(list_batches(), schema=schema), str(folder), format="parquet",
        partitioning=ds.partitioning(parts, flavor="hive"), basename_template="part-{i}.parquet",
        file_options=ds.ParquetFileFormat().make_write_options(compression="zstd"),
        max_rows_per_group=_GROUP_ROWS, min_rows_per_group=_LEAST_ROWS, max_open_files=500, use_threads=False,
    )  # fmt: skip
    return count
