"""A store that grows holds what a build from nothing would: quad for quad, whatever comes, changes and goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Quad, Store

from loaders.build import growing
from loaders.build.building import BuildReport, build, remove
from loaders.build.conversion import Cache
from loaders.build.filling import fill_database
from loaders.build.loading import ignore
from loaders.build.snapshots import Workshop, find_current
from loaders.settings import DEFAULT_BASE, Settings
from tests.loaders.building import list_ids, open_current, run
from tests.loaders.growing_documents import Folder

SETTINGS = Settings(jobs=1, build_time="2026-01-31T12:00:00Z")


def list_quads(store: Store) -> set[str]:
    """All quads but those of nodes without a name, which the ontology alone has; these are counted."""
    quads = list(store)
    named = {str(q) for q in quads if not (isinstance(q.subject, BlankNode) or isinstance(q.object, BlankNode))}
    return {*named, f"{len(quads) - len(named)} about nodes without a name"}


def build_from_nothing(report: BuildReport, store: Path, place: Path) -> tuple[set[str], set[str]]:
    """What a build from nothing makes of the documents of a report: the snapshot, and its origins."""
    with Workshop(place) as workshop:
        count = fill_database(
            workshop, report.documents, Cache(store / "cache"), DEFAULT_BASE, SETTINGS.find_time(), ignore
        )
        quads = list_quads(Store.read_only(str(workshop.database)))
        assert len(Store.read_only(str(workshop.database))) == count
        return quads, list_quads(Store.read_only(str(workshop.origins)))


def check_against_nothing(report: BuildReport, store: Path, place: Path, step: str) -> None:
    expected, expected_origins = build_from_nothing(report, store, place)
    found = list_quads(open_current(store))
    assert sorted(expected - found)[:20] == [], step
    assert sorted(found - expected)[:20] == [], step
    assert report.snapshot is not None
    assert len(open_current(store)) == report.quads, step
    origins = list_quads(Store.read_only(str(report.snapshot.origins)))
    assert sorted(expected_origins - origins)[:20] == [], step
    assert sorted(origins - expected_origins)[:20] == [], step


def has_grown(report: BuildReport) -> bool:
    return report.snapshot is not None and growing.read_changes(report.snapshot) is not None


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_grown_store_is_one_built_from_nothing(tmp_path: Path, seed: int) -> None:
    folder, store = Folder(tmp_path / "documents", seed), tmp_path / "s"
    folder.add(4)
    build([folder.folder], store, SETTINGS)
    grown = 0
    for number in range(6):
        step = f"{number}: {folder.step()}"
        report = build([folder.folder], store, SETTINGS, mirror=True)
        grown += has_grown(report)
        check_against_nothing(report, store, tmp_path / "other", step)
    assert grown >= 4
    # Without earlier versions the files alone say all.
    newest = [d.id for d in report.documents if not d.replaced_by]
    older = [d.id for d in report.documents if d.replaced_by]
    if older:
        report = remove(older, store, SETTINGS)
        check_against_nothing(report, store, tmp_path / "other", "removed")
    assert list_ids(store) == sorted(newest)
