"""The history of a store: what each publication changed, carried on from snapshot to snapshot."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from loaders.build.building import load_files, remove
from loaders.build.history import STATUSES, DocumentChange, History, Release
from loaders.build.snapshots import Snapshot, find_current, mark_snapshot
from loaders.settings import Settings
from tests.loaders.building import SERIAL, run


def current(store: Path) -> Snapshot:
    found = find_current(store)
    assert found is not None
    return found


def read(store: Path) -> list[tuple[Release, list[DocumentChange]]]:
    history = History(current(store).folder)
    return [(release, list(history.read_documents(release.mark))) for release in history.list_releases()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one document of one figure, and another that stays as it is."""
    place = tmp_path / "folder"
    place.mkdir()
    (place / "a.txt").write_text("甲 30.00", encoding="utf-8")
    return place


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s"


def test_each_publication_tells_what_came_changed_and_went(folder: Path, store: Path) -> None:
    run([folder], store)
    [(first, [came])] = read(store)
    assert first.mark == mark_snapshot(current(store))
    assert (first.follows, first.compared, first.kind) == ("", True, "build")
    assert first.documents == {"added": 1, "changed": 0, "withdrawn": 0}
    assert (came.document, came.status, came.before, came.after) == ("a", "added", "", "a")
    # Of what is new the figures are counted, not listed.
    assert (came.counts["added"], came.figures, came.unlisted) == (1, (), 0)

    (folder / "b.txt").write_text("id:a 甲 31.00", encoding="utf-8")
    os.utime(folder / "b.txt", (2e9, 2e9))
    (folder / "catalogue.toml").write_text(
        '[[document]]\nfile = "b.txt"\nid = "a"\nreplaces = "a"\nkind = "budget"\n'
        'fiscal_year = 2023\nagency = "甲市口岸办"\n'
        f'sha256 = "{sha256((folder / "b.txt").read_bytes()).hexdigest()}"\n',
        encoding="utf-8",
    )
    run([folder], store)
    (second, [changed]), (earlier, _) = read(store)
    assert earlier == first
    assert second.follows == first.mark
    assert (changed.status, changed.before, changed.after, changed.reread) == ("changed", "a", "a-v2", False)
    assert changed.counts == {"added": 0, "changed": 1, "withdrawn": 0}
    [figure] = changed.figures
    assert figure.before is not None
    assert figure.after is not None
    assert (figure.before.stated, figure.before.value) == ("30.00", "30")
    assert (figure.after.stated, figure.after.value) == ("31.00", "31")
    assert (figure.subject, figure.year, figure.phase, figure.aspect, figure.unit) == (
        "项", "2023", "budget", "level", "CNY",
    )  # fmt: skip
    assert figure.after.iri.startswith("https://w3id.org/gongkai/id/figure/a-v2/")

    # The earlier version is current again.
    remove(["a-v2"], store, SERIAL)
    (_, [back]), *_ = read(store)
    assert (back.status, back.before, back.after) == ("changed", "a-v2", "a")
    assert [(f.before.value, f.after.value) for f in back.figures if f.before and f.after] == [("31", "30")]

    remove(["a"], store, Settings(jobs=1, keep_changes=3))
    (last, [gone]), *_ = releases = read(store)
    assert (gone.status, gone.before, gone.after) == ("withdrawn", "a", "")
    assert last.figures == {"added": 0, "changed": 0, "withdrawn": 1}
    assert [release.snapshot for release, _ in releases] == ["000004", "000003", "000002"]
    # Only two snapshots are kept; what the others changed is remembered, and whole, as far as that is wanted.
    assert len(list((store / "snapshots").iterdir())) == 2
    assert [[c.status for c in changes] for _, changes in releases] == [["withdrawn"], ["changed"], ["changed"]]


def test_a_file_that_is_described_otherwise_is_told_as_such(folder: Path, store: Path) -> None:
    run([folder], store)
    digest = sha256((folder / "a.txt").read_bytes()).hexdigest()
    (folder / "catalogue.toml").write_text(
        f'[[document]]\nfile = "a.txt"\nid = "a"\nsha256 = "{digest}"\ntitle = "另一个标题"\nkind = "budget"\n'
        'fiscal_year = 2023\nagency = "甲市口岸办"\n',
        encoding="utf-8",
    )
    run([folder], store)
    (release, [changed]), _ = read(store)
    assert (changed.status, changed.reread, changed.title) == ("changed", True, "另一个标题")
    assert sum(changed.counts.values()) == 0
    assert release.documents["changed"] == 1
    # Nothing new is no publication.
    run([folder], store)
    assert len(read(store)) == 2


def test_what_is_loaded_is_not_compared(folder: Path, store: Path, tmp_path: Path) -> None:
    run([folder], store)
    (tmp_path / "x.nt").write_text("<http://x/a> <http://x/b> <http://x/c> .\n", encoding="ascii")
    load_files([tmp_path / "x.nt"], store)
    # Another base gives every thing another name, and is not compared either.
    run([folder], store, Settings(jobs=1, base="https://example.org/g/"))
    (again, none), (loaded, nothing), (first, one) = read(store)
    assert [r.compared for r in (again, loaded, first)] == [False, False, True]
    assert (none, nothing, len(one)) == ([], [], 1)
    assert [r.kind for r in (again, loaded, first)] == ["build", "load", "build"]


def test_damage_in_the_last_snapshot_hides_its_figures_and_stops_nothing(folder: Path, store: Path) -> None:
    run([folder], store)
    for path in current(store).database.glob("*.sst"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (folder / "a.txt").write_text("甲 31.00", encoding="utf-8")
    assert run([folder], store).succeeded
    (release, [changed]), _ = read(store)
    assert (changed.status, changed.compared, changed.figures) == ("changed", False, ())
    assert set(release.figures) == set(STATUSES)
