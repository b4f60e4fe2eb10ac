"""Short ways to build a store from hand-made documents in tests."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from pyoxigraph import NamedNode, Store

from loaders.build.building import BuildReport, build
from loaders.build.snapshots import find_current
from loaders.settings import DEFAULT_BASE, Settings

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
# New processes import the reader by its name, so it has to stand on the path that they inherit.
sys.path.append(str(HERE))
READ = importlib.import_module("hand_reader").read
SERIAL = Settings(jobs=1)


def run(files: list[Path], store: Path, settings: Settings = SERIAL, **options: bool) -> BuildReport:
    return build(files, store, settings, convert=READ, **options)


def open_current(store: Path) -> Store:
    snapshot = find_current(store)
    assert snapshot is not None
    return Store.read_only(str(snapshot.database))


def list_ids(store: Path) -> list[str]:
    query = f"SELECT ?d WHERE {{ GRAPH ?d {{ ?d a <{DEFAULT_BASE}ontology#Document> }} }}"
    return sorted(row["d"].value.rsplit("/", 1)[1] for row in open_current(store).query(query))


def dump(store: Path, graph: str) -> set[str]:
    found = open_current(store).quads_for_pattern(None, None, None, NamedNode(DEFAULT_BASE + graph))
    return {str(q.triple) for q in found}
