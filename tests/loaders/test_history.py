"""The history of a store: what each publication changed, carried on from snapshot to snapshot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loaders.build.building import build, load_files, remove
from loaders.build.history import STATUSES, DocumentChange, History, Release
from loaders.build.snapshots import Snapshot, find_current, mark_snapshot
from loaders.settings import Settings
from tests.loaders.building import SERIAL
from tests.loaders.test_versions import BUDGET, CORRECTED


def current(store: Path) -> Snapshot:
    found = find_current(store)
    assert found is not None
    return found


def read(store: Path) -> list[tuple[Release, list[DocumentChange]]]:
    history = History(current(store).folder)
    return [(release, list(history.read_documents(release.mark))) for release in history.list_releases()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "folder"
    place.mkdir()
    (place / "first.txt").write_text(BUDGET, encoding="utf-8")
    return place


def add(folder: Path, name: str, text: str, age: int) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    os.utime(folder / name, (2e9 + age, 2e9 + age))


def test_each_publication_tells_what_came_changed_and_went(folder: Path) -> None:
    store = folder.parent / "s"
    plain = build([folder], store, SERIAL).documents[0]
    [(first, [came])] = read(store)
    assert first.mark == mark_snapshot(current(store))
    assert (first.follows, first.compared, first.kind) == ("", True, "build")
    assert first.documents == {"added": 1, "changed": 0, "withdrawn": 0}
    assert (came.document, came.status, came.before, came.after) == (plain.id, "added", "", plain.id)
    # The seven amounts of the table; of what is new they are counted, not listed.
    assert (came.counts["added"], came.figures) == (plain.figures, ())

    add(folder, "again.txt", CORRECTED, 1)
    build([folder], store, SERIAL)
    (second, [changed]), (earlier, _) = read(store)
    assert earlier == first
    assert second.follows == first.mark
    assert (changed.status, changed.before, changed.after) == ("changed", plain.id, f"{plain.id}-v2")
    assert not changed.reread
    assert changed.counts == {"added": 0, "changed": 1, "withdrawn": 0}
    [figure] = changed.figures
    assert figure.before is not None
    assert figure.after is not None
    assert (figure.before.stated, figure.before.value) == ("30.00", "300000")
    assert (figure.after.stated, figure.after.value) == ("31.00", "310000")
    assert "政府性基金" in figure.subject
    assert (figure.year, figure.unit) == ("2026", "CNY")
    assert figure.after.iri.startswith(f"https://w3id.org/gongkai/id/figure/{plain.id}-v2/")

    # The earlier version is current again.
    remove([f"{plain.id}-v2"], store, SERIAL)
    (_, [back]), *_ = read(store)
    assert (back.status, back.before, back.after) == ("changed", f"{plain.id}-v2", plain.id)
    assert [(f.before.value, f.after.value) for f in back.figures if f.before and f.after] == [("310000", "300000")]

    remove([plain.id], store, SERIAL)
    (last, [gone]), *_ = releases = read(store)
    assert (gone.status, gone.before, gone.after, gone.counts["withdrawn"]) == ("withdrawn", plain.id, "", plain.figures)
    assert last.figures == {"added": 0, "changed": 0, "withdrawn": plain.figures}
    assert [release.snapshot for release, _ in releases] == ["000004", "000003", "000002", "000001"]
    # Only two snapshots are kept; what the others changed is remembered.
    assert len(list((store / "snapshots").iterdir())) == 2


def test_a_file_that_is_read_otherwise_is_told_as_such(folder: Path) -> None:
    store = folder.parent / "s"
    build([folder], store, SERIAL)
    (folder / "catalogue.toml").write_text(
        '[[document]]\nfile = "first.txt"\ntitle = "另一个标题"\n', encoding="utf-8"
    )
    build([folder], store, SERIAL)
    (release, [changed]), _ = read(store)
    assert (changed.status, changed.reread, changed.title) == ("changed", True, "另一个标题")
    assert sum(changed.counts.values()) == 0
    assert release.documents["changed"] == 1


def test_as_many_are_remembered_as_are_wanted(folder: Path) -> None:
    store = folder.parent / "s"
    settings = Settings(jobs=1, keep_changes=2)
    for number in range(4):
        (folder / "first.txt").write_text(BUDGET.replace("30.00", f"3{number}.00"), encoding="utf-8")
        build([folder], store, settings)
    assert [release.snapshot for release, _ in read(store)] == ["000004", "000003"]
    # What is shared by links is still whole.
    assert [len(changes) for _, changes in read(store)] == [1, 1]


def test_nothing_new_is_no_publication(folder: Path) -> None:
    store = folder.parent / "s"
    build([folder], store, SERIAL)
    build([folder], store, SERIAL)
    assert len(read(store)) == 1


def test_what_is_loaded_is_not_compared(folder: Path, tmp_path: Path) -> None:
    store = folder.parent / "s"
    build([folder], store, SERIAL)
    (tmp_path / "x.nt").write_text("<http://x/a> <http://x/b> <http://x/c> .\n", encoding="ascii")
    load_files([tmp_path / "x.nt"], store)
    build([folder], store, SERIAL)
    (again, none), (loaded, nothing), (first, one) = read(store)
    assert [r.compared for r in (again, loaded, first)] == [False, False, True]
    assert (none, nothing, len(one)) == ([], [], 1)
    assert [r.kind for r in (again, loaded, first)] == ["build", "load", "build"]
    # Another base gives every thing another name.
    build([folder], store, Settings(jobs=1, base="https://example.org/g/"))
    assert read(store)[0][0].compared is False


def test_damage_in_the_last_snapshot_hides_its_figures_and_stops_nothing(folder: Path) -> None:
    store = folder.parent / "s"
    build([folder], store, SERIAL)
    for path in current(store).database.glob("*.sst"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (folder / "first.txt").write_text(CORRECTED, encoding="utf-8")
    report = build([folder], store, SERIAL)
    assert report.succeeded
    (release, [changed]), _ = read(store)
    assert (changed.status, changed.compared, changed.counts) == (
        "changed", False, {"added": 0, "changed": 0, "withdrawn": 0},
    )  # fmt: skip
    assert set(release.figures) == set(STATUSES)
