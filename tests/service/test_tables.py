"""The Parquet data set: it holds what the graph holds, partitioned; ten sums agree in SPARQL, DuckDB and pandas."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from loaders.build.snapshots import find_current
from loaders.errors import StoreError
from service.linked.parquet_tables import export_parquet
from service.linked.tables import TABLES, list_kinds
from tests import commands
from tests.service.five_documents import Graph

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "PREFIX gk: <https://w3id.org/gongkai/ontology#>\n"
NAMES = [table.name for table in TABLES]


def list_sums() -> Iterator[tuple[str, str, str, str]]:
    """Title, SPARQL, SQL and Python of each sum in docs/scaling.md."""
    text = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    for title, body in re.findall(r"^### (\d+\. .*)\n((?:(?!^#).*\n?)*)", text, re.MULTILINE):
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```", body, re.MULTILINE | re.DOTALL))
        yield title, blocks["sparql"], blocks["sql"], blocks["python"]


SUMS = list(list_sums())


@pytest.fixture(scope="module")
def folder(store_of_five: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    snapshot = find_current(store_of_five)
    assert snapshot is not None
    tables = tmp_path_factory.mktemp("tables") / "tables"
    counts = export_parquet(snapshot, tables, lambda *_: None)
    assert list(counts) == NAMES
    return tables


@pytest.fixture(scope="module")
def duck(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in NAMES:
        connection.execute(
            f"CREATE VIEW {name} AS FROM read_parquet('{folder}/{name}/**/*.parquet', hive_partitioning = true)"
        )
    return connection


@pytest.fixture(scope="module")
def frames(folder: Path) -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(folder / name) for name in NAMES}


def spell(value: Any) -> Any:
    """A value as it is compared: numbers by value, to the sixth place."""
    if isinstance(value, str):
        return value
    return round(Decimal(str(value)), 6).normalize()


def gather(columns: list[str], rows: list[tuple[Any, ...]]) -> Counter[tuple[tuple[str, Any], ...]]:
    return Counter(tuple(sorted((c, spell(v)) for c, v in zip(columns, row, strict=True))) for row in rows)


def test_there_are_ten_sums() -> None:
    assert [title.partition(".")[0] for title, *_ in SUMS] == [str(n) for n in range(1, 11)]


@pytest.mark.parametrize(("sparql", "sql", "python"), [s[1:] for s in SUMS], ids=[s[0] for s in SUMS])
def test_a_sum_is_the_same_three_times(
    graph_of_five: Graph, duck: duckdb.DuckDBPyConnection, frames: dict[str, pd.DataFrame],
    sparql: str, sql: str, python: str,
) -> None:  # fmt: skip
    found = graph_of_five.ask(PREFIX + sparql)
    columns = sorted(found[0])
    graph = gather(columns, [tuple(plain(row[c].text, row[c].datatype) for c in columns) for row in found])
    assert len(graph) > 1
    answer = duck.execute(sql)
    assert gather([d[0] for d in answer.description], answer.fetchall()) == graph
    names: dict[str, Any] = dict(frames)
    exec(python, names)
    frame = names["answer"]
    assert gather(list(frame.columns), [tuple(row) for row in frame.itertuples(index=False)]) == graph


def plain(text: str, datatype: str) -> Any:
    return Decimal(text) if datatype.rpartition("#")[2] in ("integer", "decimal", "double") else text


def test_partitions_are_years_and_places(folder: Path) -> None:
    parts = {p.relative_to(folder / "figures").parts[:2] for p in (folder / "figures").rglob("*.parquet")}
    assert parts == {
        ("year=2017", "place=310000"), ("year=2021", "place=440300"), ("year=2023", "place=430600"),
        ("year=2023", "place=440300"), ("year=2023", "place=610300"),
    }  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_column_is_filled_and_of_its_kind(frames: dict[str, pd.DataFrame], table: Any) -> None:
    frame = frames[table.name]
    assert set(frame.columns) == set(list_kinds(table))
    # None of the five documents prints duties below a division.
    empty = ["division"] if table.name == "duties" else []
    assert [c for c in frame.columns if frame[c].isna().all()] == empty
    assert frame["iri"].str.startswith("https://w3id.org/gongkai/id/").all()
    repeated = frame.duplicated(["iri", "document"])
    assert not repeated.any()


def test_a_row_cuts_its_words_out_of_the_text(graph_of_five: Graph, frames: dict[str, pd.DataFrame]) -> None:
    for row in frames["figures"].itertuples():
        assert graph_of_five.texts[row.document][row.start : row.end] == row.stated
        assert f"{row.document}#char={row.start},{row.end}" in row.evidence.split()


def test_known_rows(duck: duckdb.DuckDBPyConnection) -> None:
    known = duck.execute(
        "SELECT amount, stated, phase, unit FROM figures WHERE year = 2023 AND place = 430600 AND start = 2536"
    ).fetchall()
    assert known == [(Decimal(1016400), "101.64", "final", "cny")]


def test_an_export_replaces_only_an_export(store_of_five: Path, tmp_path: Path) -> None:
    snapshot = find_current(store_of_five)
    assert snapshot is not None
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(StoreError, match="no export wrote"):
        export_parquet(snapshot, tmp_path / "mine", lambda *_: None)
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"
    first = export_parquet(snapshot, tmp_path / "tables", lambda *_: None)
    (tmp_path / "tables" / "figures" / "stale.parquet").write_bytes(b"PAR1")
    assert export_parquet(snapshot, tmp_path / "tables", lambda *_: None) == first
    assert not (tmp_path / "tables" / "figures" / "stale.parquet").exists()
    about = json.loads((tmp_path / "tables" / "_gongkai.json").read_text(encoding="utf-8"))
    assert (about["fingerprint"], about["rows"]) == (snapshot.manifest.fingerprint, first)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "tables"]


def test_the_command_without_a_store(tmp_path: Path) -> None:
    done = commands.run("export", "--store", str(tmp_path), "--parquet", str(tmp_path / "t"), text=True, cwd=ROOT)
    assert done.returncode == 1
    assert "there is no store yet" in done.stderr
    assert not (tmp_path / "t").exists()
