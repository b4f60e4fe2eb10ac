"""Versions of documents: the same file twice, corrected re-issues, documents that only look alike."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Store

from loaders.build.building import BuildReport, build, remove
from loaders.build.conversion import hash_file
from loaders.build.differences import compare_snapshots
from loaders.build.snapshots import Snapshot, find_current
from loaders.build.versions import Converted, estimate_likeness, settle
from loaders.errors import StoreError
from loaders.settings import DEFAULT_BASE, Settings
from tests.loaders.building import SERIAL, dump, open_current, run

PREFIXES = f"""PREFIX gk: <{DEFAULT_BASE}ontology#> PREFIX id: <{DEFAULT_BASE}id/>
    PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX prov: <http://www.w3.org/ns/prov#>"""

BUDGET = """2026年无锡市口岸办公室部门预算
第一部分 无锡市口岸办公室概况
一、主要职责
负责口岸管理工作。
第二部分 2026年部门预算表
收支总表
单位：万元
项目\t预算数
一般公共预算拨款收入\t1,200.00
政府性基金预算拨款收入\t30.00
本年收入合计\t1,230.00
基本支出\t900.00
项目支出\t330.00
本年支出合计\t1,230.00
"""
CORRECTED = BUDGET.replace("30.00\n本年收入", "31.00\n本年收入")


def select(store: Store, query: str) -> list[tuple[str, ...]]:
    solutions = store.query(PREFIXES + query, use_default_graph_as_union=True)
    return [tuple("" if t is None else t.value.removeprefix(f"{DEFAULT_BASE}id/") for t in row) for row in solutions]


def total(store: Store) -> Decimal:
    return Decimal(select(store, "SELECT (SUM(?a) AS ?s) { ?f gk:amount ?a }")[0][0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "folder"
    place.mkdir()
    (place / "first.txt").write_text(BUDGET, encoding="utf-8")
    return place


def add(folder: Path, name: str, text: str) -> None:
    """A file that is younger than all others."""
    (folder / name).write_text(text, encoding="utf-8")
    newest = max(p.stat().st_mtime for p in folder.iterdir())
    os.utime(folder / name, (newest + 10, newest + 10))


def report_of(folder: Path, **options: bool) -> BuildReport:
    return build([folder], folder.parent / "s", SERIAL, **options)


def current(folder: Path) -> Snapshot:
    found = find_current(folder.parent / "s")
    assert found is not None
    return found


def test_a_corrected_reissue_supersedes_and_both_stay_queryable(folder: Path) -> None:
    plain = report_of(folder).documents[0].id
    before = open_current(folder.parent / "s")
    once = total(before)
    first = current(folder)
    add(folder, "again.txt", CORRECTED)
    report = report_of(folder)
    assert [(d.id, d.replaced_by) for d in report.documents] == [(plain, f"{plain}-v2"), (f"{plain}-v2", "")]
    assert report.notes[0][0].endswith("again.txt")
    store = open_current(folder.parent / "s")
    # Sums hold the newest version alone: one figure is 10,000 yuan more.
    assert total(store) == once + 10_000
    counted = "SELECT (COUNT(?f) AS ?n) { ?f a gk:Figure }"
    assert select(store, counted) == select(before, counted)
    # What was superseded answers under its own IRIs, and says what took its place.
    rows = select(
        store,
        """SELECT ?old ?was ?new ?is { ?old gk:supersededClass gk:Figure ; gk:supersededAmount ?was ;
        dcterms:isReplacedBy ?new . ?new gk:amount ?is } ORDER BY ?old""",
    )
    assert len(rows) == int(select(before, counted)[0][0])
    assert sorted((was, now) for _, was, _, now in rows if was != now) == [("300000", "310000")]
    assert all(o.startswith(f"figure/{plain}/") and n.startswith(f"figure/{plain}-v2/") for o, _, n, _ in rows)
    assert select(
        store, "SELECT ?new ?old { ?new prov:wasRevisionOf ?old ; gk:revision 2 ; dcterms:replaces ?old }"
    ) == [(f"document/{plain}-v2", f"document/{plain}")]
    assert any("isReplacedBy" in t and f"{plain}-v2>" in t for t in dump(folder.parent / "s", f"id/document/{plain}"))
    texts = select(store, "SELECT ?t { ?d gk:text ?t } ORDER BY ?d")
    assert {t[0] for t in texts} == {BUDGET, CORRECTED}
    # Nothing stands in two graphs, superseded or not.
    assert len({q.triple for q in store}) == len(store)
    found = {(d.status, d.before.value if d.before else "", d.after.value if d.after else "")
             for d in compare_snapshots(first, current(folder))}  # fmt: skip
    assert found == {("changed", "300000", "310000")}


def test_versions_are_remembered_and_the_order_of_files_does_not_matter_any_more(folder: Path) -> None:
    plain = report_of(folder).documents[0].id
    add(folder, "again.txt", CORRECTED)
    report_of(folder)
    (folder / "first.txt").touch()
    os.utime(folder / "first.txt", (4e9, 4e9))
    again = report_of(folder)
    assert not again.changed
    # The file of the first version may go; the version stays.
    (folder / "first.txt").unlink()
    add(folder, "third.txt", CORRECTED.replace("900.00", "901.00"))
    report = report_of(folder)
    assert [(d.id, d.replaced_by) for d in report.documents] == [
        (plain, f"{plain}-v2"),
        (f"{plain}-v2", f"{plain}-v3"),
        (f"{plain}-v3", ""),
    ]
    # A fresh build keeps what there is of files, and takes back no IRI.
    fresh = report_of(folder, fresh=True)
    assert [(d.id, d.replaced_by) for d in fresh.documents] == [(f"{plain}-v2", f"{plain}-v3"), (f"{plain}-v3", "")]


def test_two_versions_that_nobody_has_seen_before_are_taken_by_age(folder: Path) -> None:
    add(folder, "a-corrected.txt", CORRECTED)
    report = report_of(folder)
    plain, newer = report.documents
    assert (Path(plain.path).name, Path(newer.path).name) == ("first.txt", "a-corrected.txt")
    assert plain.replaced_by == newer.id


def test_a_file_that_is_replaced_in_its_place(folder: Path) -> None:
    plain = report_of(folder).documents[0].id
    (folder / "first.txt").write_text(BUDGET.replace("00\n", "07\n"), encoding="utf-8")
    report = report_of(folder)
    assert [(d.id, d.replaced_by) for d in report.documents] == [(plain, f"{plain}-v2"), (f"{plain}-v2", "")]


def test_the_catalogue_says_what_replaces_what(folder: Path) -> None:
    plain = report_of(folder).documents[0].id
    add(folder, "b.txt", BUDGET.replace("00\n", "07\n"))
    assert [d.replaced_by for d in report_of(folder).documents] == ["", ""]
    digest = hash_file(folder / "b.txt")
    (folder / "catalogue.toml").write_text(
        f'[[document]]\nfile = "b.txt"\nsha256 = "{digest}"\nid = "wuxi-new"\nreplaces = "{plain}"\n', encoding="utf-8"
    )
    report = report_of(folder)
    # The one that was told apart has an id of its own now; its earlier IRIs still answer.
    rows = {d.id: d.replaced_by for d in report.documents}
    assert rows[plain] == "wuxi-new"
    assert rows["wuxi-new"] == ""


def test_the_same_file_twice_is_one_document(folder: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "副本.txt").write_text(BUDGET, encoding="utf-8")
    report = report_of(folder)
    assert len(report.documents) == 1
    assert len(report.duplicates) == 1


def test_removing_a_version_makes_the_one_before_current(folder: Path) -> None:
    plain = report_of(folder).documents[0].id
    once = total(open_current(folder.parent / "s"))
    add(folder, "again.txt", CORRECTED)
    report_of(folder)
    report = remove([f"{plain}-v2"], folder.parent / "s", SERIAL)
    assert report.removed == (f"{plain}-v2",)
    assert total(open_current(folder.parent / "s")) == once
    with pytest.raises(StoreError, match="gongkai list"):
        remove([plain, "nothing"], folder.parent / "s", SERIAL)
    assert [d.id for d in remove([str(folder / "first.txt")], folder.parent / "s", SERIAL).documents] == []
    assert select(open_current(folder.parent / "s"), "SELECT ?d { ?d a gk:Document }") == []
    # What was removed comes back when its folder is built again, under the same ids.
    assert [d.id for d in report_of(folder).documents] == [plain, f"{plain}-v2"]


def test_a_mirrored_folder_forgets_what_has_gone(folder: Path) -> None:
    add(folder, "other.txt", BUDGET.replace("无锡市", "苏州市"))
    elsewhere = folder.parent / "elsewhere.txt"
    elsewhere.write_text(BUDGET.replace("无锡市", "常州市"), encoding="utf-8")
    build([folder, elsewhere], folder.parent / "s", SERIAL)
    (folder / "other.txt").unlink()
    elsewhere.unlink()
    assert len(report_of(folder).documents) == 3
    report = report_of(folder, mirror=True)
    assert sorted(Path(d.path).name for d in report.documents) == ["elsewhere.txt", "first.txt"]
    (folder / "first.txt").unlink()
    assert [Path(d.path).name for d in report_of(folder, mirror=True).documents] == ["elsewhere.txt"]


def test_a_text_read_anew_is_a_new_version_and_earlier_iris_answer(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAND_PREFIX", "")
    run(files[:1], tmp_path / "s")
    # A newer reader puts something in front: the same figures stand elsewhere.
    monkeypatch.setenv("HAND_PREFIX", "页眉 ")
    monkeypatch.setattr("loaders.build.conversion.fingerprint_loaders", lambda: "newer")
    report = run(files[:1], tmp_path / "s")
    assert [(d.id, d.replaced_by) for d in report.documents] == [("a", "a-v2"), ("a-v2", "")]
    rows = select(
        open_current(tmp_path / "s"), "SELECT ?o ?n { ?o dcterms:isReplacedBy ?n . ?n a gk:Figure } ORDER BY ?o"
    )
    assert rows == [("figure/a/13-18", "figure/a-v2/16-21"), ("figure/a/4-9", "figure/a-v2/7-12")]


def make(identity: str, digest: str, sketch: str, path: str = "") -> Converted:
    return Converted(identity, path or f"{digest}.pdf", digest, digest, "t", "budget", 2026, "a", 1, 1, 1, 0, 0, 0, "c",
                     text=digest, sketch=tuple(sketch))  # fmt: skip


def test_likeness_is_a_share() -> None:
    assert estimate_likeness((), ("a",)) == 0
    assert estimate_likeness(tuple("abcd"), tuple("abcd")) == 1
    assert estimate_likeness(tuple("abcd"), tuple("cdef")) == pytest.approx(1 / 3)


def test_the_reissue_of_a_document_that_was_told_apart() -> None:
    one, other = make("x", "1" * 64, "abcdef"), make("x", "2" * 64, "uvwxyz")
    rows = settle([], [one, other]).documents
    apart = f"x-{'2' * 8}"
    assert [d.id for d in rows] == ["x", apart]
    rows = settle(rows, [make("x", "3" * 64, "uvwxyg")]).documents
    assert {d.id: d.replaced_by for d in rows} == {"x": "", apart: f"{apart}-v2", f"{apart}-v2": ""}
    # Found again, each keeps what it was.
    assert settle(rows, [other, one]).documents == tuple(rows)


def test_a_content_that_gets_another_id_leaves_the_old_one_answering() -> None:
    rows = settle([], [make("x", "1" * 64, "abc")]).documents
    rows = settle(rows, [make("y", "1" * 64, "abc")]).documents
    assert {d.id: d.replaced_by for d in rows} == {"x": "y", "y": ""}


def test_settings_of_other_jobs_give_the_same_versions(folder: Path) -> None:
    add(folder, "again.txt", CORRECTED)
    one = report_of(folder)
    two = build([folder], folder.parent / "s2", Settings(jobs=2))
    assert [(d.id, d.replaced_by, d.checksum) for d in one.documents] == [
        (d.id, d.replaced_by, d.checksum) for d in two.documents
    ]
