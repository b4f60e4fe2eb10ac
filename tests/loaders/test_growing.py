"""A store that grows holds what a build from nothing would: quad for quad, whatever comes, changes and goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from loaders.build import growing
from loaders.build.building import BuildReport, build, list_documents, remove
from loaders.build.conversion import Cache
from loaders.build.filling import fill_database
from loaders.build.loading import ignore
from loaders.build.snapshots import Workshop, mark_snapshot
from loaders.settings import DEFAULT_BASE, Settings
from tests.loaders.building import list_ids, open_current, run
from tests.loaders.growing_documents import Folder
from tests.volume import more, size

ONTOLOGY = NamedNode(f"{DEFAULT_BASE}graph/ontology")
SETTINGS = Settings(jobs=1, build_time="2026-01-31T12:00:00Z")


def list_quads(store: Store) -> set[str]:
    """All quads; those of the ontology, which has nodes without a name, are counted."""
    graphs = [g for g in store.named_graphs() if isinstance(g, NamedNode) and g != ONTOLOGY]
    quads = {str(q) for graph in graphs for q in store.quads_for_pattern(None, None, None, graph)}
    return {*quads, f"{len(store) - len(quads)} of the ontology"}


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
# The steps of 3: a change with an addition, a change, a removal with a change, and two changes.
@pytest.mark.parametrize("seed", [3, *more(1, 2)])
def test_a_grown_store_is_one_built_from_nothing(tmp_path: Path, seed: int) -> None:
    folder, store = Folder(tmp_path / "documents", seed), tmp_path / "s"
    folder.add(4)
    build([folder.folder], store, SETTINGS)
    grown = 0
    # What one step left wrong is still there after the next.
    looked_at = size((2, 4), range(5))
    for number in range(5):
        step = f"{number}: {folder.step()}"
        report = build([folder.folder], store, SETTINGS, mirror=True)
        grown += has_grown(report)
        if number in looked_at:
            check_against_nothing(report, store, tmp_path / "other", step)
    assert grown >= 4
    # Without earlier versions the files alone say all.
    newest = [d.id for d in report.documents if not d.replaced_by]
    older = [d.id for d in report.documents if d.replaced_by]
    if older:
        report = remove(older, store, SETTINGS)
        check_against_nothing(report, store, tmp_path / "other", "removed")
    assert list_ids(store) == sorted(newest)


def test_a_document_more_touches_nothing_else(tmp_path: Path) -> None:
    folder, store = Folder(tmp_path / "documents", 7), tmp_path / "s"
    folder.add(4)
    first = build([folder.folder], store, SETTINGS)
    assert first.snapshot is not None
    assert not has_grown(first)
    reader = open_current(store)
    before = list_quads(reader)
    folder.add()
    second = build([folder.folder], store, SETTINGS)
    assert second.snapshot is not None
    changes = growing.read_changes(second.snapshot)
    assert changes is not None
    assert changes.documents == second.converted
    assert changes.mark == mark_snapshot(first.snapshot)
    # Whoever reads the snapshot before notices nothing, though its files are shared.
    assert list_quads(reader) == before
    assert list_quads(Store.read_only(str(first.snapshot.database))) == before
    added = f"{DEFAULT_BASE}id/document/{second.converted[0]}"
    others = {f"{DEFAULT_BASE}id/document/{d.id}" for d in first.documents}
    gone = before - list_quads(open_current(store))
    # What was counted, and what stood for the office, is another; of other documents only who calls a code otherwise.
    assert gone
    changed = [q for q in gone if any(q.endswith(f"<{graph}>") for graph in (*others, added))]
    assert [q for q in changed if f"<{DEFAULT_BASE}id/finding/" not in q] == []
    # --fresh makes all from nothing, and the same.
    grown = list_quads(open_current(store))
    (store / "current").write_text(f"{first.snapshot.name}\n", encoding="ascii")
    third = build([folder.folder], store, SETTINGS, fresh=True)
    assert third.changed
    assert not has_grown(third)
    assert list_quads(open_current(store)) == grown


@pytest.mark.parametrize("what", ["origins/*.sst", "origins/MANIFEST*", "database/*.sst", "database/MANIFEST*"])
def test_a_damaged_snapshot_is_not_grown_from(tmp_path: Path, files: list[Path], what: str) -> None:
    store = tmp_path / "s"
    first = run(files, store)
    assert first.snapshot is not None
    damaged = list(first.snapshot.folder.glob(what))
    assert damaged
    for path in damaged:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    files[0].with_name("d.txt").write_text("1.00", encoding="utf-8")
    report = run(list_documents(files[0].parent), store)
    assert report.succeeded
    assert not has_grown(report)
    assert list_ids(store) == ["a", "b", "c", "d"]
    # From then on it grows again.
    files[0].with_name("e.txt").write_text("2.00", encoding="utf-8")
    report = run(list_documents(files[0].parent), store)
    assert has_grown(report)
    assert list_ids(store) == ["a", "b", "c", "d", "e"]


def test_other_code_or_ontology_is_not_grown_from(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(files, tmp_path / "s")
    monkeypatch.setattr(growing, "fingerprint_loaders", lambda: "newer")
    files[0].with_name("d.txt").write_text("1.00", encoding="utf-8")
    report = run(list_documents(files[0].parent), tmp_path / "s")
    assert report.changed
    assert not has_grown(report)


def test_a_torn_cache_is_not_loaded(tmp_path: Path, files: list[Path], log: Callable[[], list[str]]) -> None:
    store = tmp_path / "s"
    report = run(files, store)
    log()
    kept = next(d for d in report.documents if d.id == "b")
    path = store / "cache" / f"{kept.key}.nq"
    whole = path.read_bytes()
    path.write_bytes(whole[:-40] + b"#" * 39 + b"\n")
    # Where its document stays as it is, nothing is read of it.
    files[0].with_name("d.txt").write_text("1.00", encoding="utf-8")
    assert has_grown(run(list_documents(files[0].parent), store))
    assert log() == ["d.txt"]
    # Where it is loaded, it is not believed.
    run(list_documents(files[0].parent), store, fresh=True)
    assert log() == []
