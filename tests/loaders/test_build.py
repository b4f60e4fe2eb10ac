"""Builds: incremental, parallel, atomic; what fails is told and nothing that was there is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode

from loaders.build import conversion
from loaders.build.building import build
from loaders.build.conversion import Converted
from loaders.build.loading import load_files
from loaders.build.snapshots import Snapshot, Workshop, find_current
from loaders.errors import CatalogueError, DocumentError, MissingFile, StoreError, UnknownFormat
from loaders.settings import DEFAULT_BASE, Settings
from tests.loaders.building import READ, SERIAL, dump, list_ids, open_current, run


def test_default_documents_ontology_and_description(tmp_path: Path) -> None:
    stages: list[tuple[str, int, int]] = []
    report = build((), tmp_path / "s", SERIAL, lambda *step: stages.append(step), convert=READ)
    assert report.succeeded
    assert report.changed
    assert len(report.documents) == 5
    store = open_current(tmp_path / "s")
    assert len(store) == report.quads
    graphs = {g.value for g in store.named_graphs()}
    assert graphs == {
        f"{DEFAULT_BASE}graph/ontology",
        f"{DEFAULT_BASE}graph/dataset",
        f"{DEFAULT_BASE}graph/derived",
        f"{DEFAULT_BASE}graph/queries",
        f"{DEFAULT_BASE}graph/things",
        *(f"{DEFAULT_BASE}id/document/{d.id}" for d in report.documents),
    }
    assert list(store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())) == []
    # The union of the graphs counts a statement as often as it stands in one of them: so each stands in one.
    assert len({q.triple for q in store}) == len(store)
    assert stages[0] == ("convert", 0, 5)
    assert ("convert", 5, 5) in stages
    assert stages[-1] == ("load", 8, 8)


def test_the_description_counts_what_is_there(tmp_path: Path, files: list[Path]) -> None:
    report = run(files, tmp_path / "s", Settings(jobs=1, build_time="2026-01-31T12:00:00Z"))
    store = open_current(tmp_path / "s")
    void = "http://rdfs.org/ns/void#"
    dataset = NamedNode(f"{DEFAULT_BASE}dataset")
    graph = NamedNode(f"{DEFAULT_BASE}graph/dataset")
    described = len(list(store.quads_for_pattern(None, None, None, graph)))
    stated = [q.object.value for q in store.quads_for_pattern(dataset, NamedNode(f"{void}triples"), None, graph)]
    assert stated == [str(report.quads - described)]
    query = f"""PREFIX void: <{void}> SELECT ?n WHERE {{ GRAPH ?g {{
        ?p void:class <{DEFAULT_BASE}ontology#Figure> ; void:entities ?n }} }}"""
    assert [row["n"].value for row in store.query(query)] == ["6"]
    assert '"2026-01-31T12:00:00Z"' in "".join(dump(tmp_path / "s", "graph/dataset"))


def test_a_second_build_reads_nothing_and_changes_nothing(
    tmp_path: Path, files: list[Path], log: Callable[[], list[str]]
) -> None:
    first = run(files, tmp_path / "s")
    assert log() == ["a.txt", "b.txt", "c.txt"]
    second = run(files, tmp_path / "s")
    assert log() == []
    assert first.snapshot is not None
    assert second.snapshot == first.snapshot
    assert not second.changed
    assert second.reused == ("a", "b", "c")


def test_only_what_changed_is_read_again(tmp_path: Path, files: list[Path], log: Callable[[], list[str]]) -> None:
    run(files, tmp_path / "s")
    before = dump(tmp_path / "s", "id/document/b")
    log()
    files[1].write_text("甲市b 99.50 万元", encoding="utf-8")
    report = run(files, tmp_path / "s")
    assert log() == ["b.txt"]
    assert (report.converted, report.reused, report.kept) == (("b-v2",), ("a", "c"), ("b",))
    after = dump(tmp_path / "s", "id/document/b-v2")
    assert '"99.50"' in "".join(after)
    assert '"12.50"' in "".join(before)
    assert '"12.50"' not in "".join(after)


def test_other_code_reads_everything_again(
    tmp_path: Path, files: list[Path], log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(files, tmp_path / "s")
    log()
    monkeypatch.setattr(conversion, "fingerprint_loaders", lambda: "newer")
    assert run(files[:1], tmp_path / "s").converted == ("a", "b", "c")
    assert log() == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.foundation
def test_parallel_equals_serial(tmp_path: Path, files: list[Path], log: Callable[[], list[str]]) -> None:
    settings = {"build_time": "2026-01-31T12:00:00Z"}
    run(files, tmp_path / "s1", Settings(jobs=1, **settings))
    assert log() == ["a.txt", "b.txt", "c.txt"]
    run(files, tmp_path / "s2", Settings(jobs=3, **settings))
    assert log() == ["a.txt", "b.txt", "c.txt"]
    for graph in ("id/document/a", "id/document/b", "id/document/c", "graph/ontology", "graph/dataset"):
        assert dump(tmp_path / "s1", graph) == dump(tmp_path / "s2", graph)


def test_documents_are_added_and_fresh_replaces(tmp_path: Path, files: list[Path]) -> None:
    run(files[:1], tmp_path / "s")
    report = run(files[1:2], tmp_path / "s")
    assert [d.id for d in report.documents] == ["a", "b"]
    assert list_ids(tmp_path / "s") == ["a", "b"]
    # The file of a document may go; the document stays until a fresh build.
    files[0].unlink()
    report = run(files[2:], tmp_path / "s")
    assert report.kept == ("a",)
    assert list_ids(tmp_path / "s") == ["a", "b", "c"]
    run(files[2:], tmp_path / "s", fresh=True)
    assert list_ids(tmp_path / "s") == ["c"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_bad_file_stops_no_other_and_loses_nothing(tmp_path: Path, files: list[Path], jobs: int) -> None:
    settings = Settings(jobs=jobs)
    run(files, tmp_path / "s", settings)
    files[1].write_bytes(b"\xff\xfe\x00")
    files[2].write_text("错", encoding="utf-8")
    new = files[0].with_name("d.txt")
    new.write_text("1.00", encoding="utf-8")
    report = run([*files, new, new.with_name("none.txt")], tmp_path / "s", settings)
    assert not report.succeeded
    assert list_ids(tmp_path / "s") == ["a", "b", "c", "d"]
    assert sorted(report.kept) == ["b", "c"]
    failures = {Path(f.path).name: f for f in report.failures}
    assert sorted(failures) == ["b.txt", "c.txt", "none.txt"]
    assert failures["b.txt"].problem == "byte 0 is not UTF-8"
    assert failures["b.txt"].kept
    assert "KeyError" in failures["c.txt"].problem
    assert "hand_reader.py" in failures["c.txt"].problem
    assert not failures["none.txt"].kept
    assert all(f.place and f.remedy for f in report.failures)


def test_a_file_that_kills_its_process_is_named(tmp_path: Path, files: list[Path]) -> None:
    files[0].write_text("死", encoding="utf-8")
    report = run(files, tmp_path / "s", Settings(jobs=2))
    assert [Path(f.path).name for f in report.failures] == ["a.txt"]
    assert "died" in report.failures[0].problem
    assert list_ids(tmp_path / "s") == ["b", "c"]


def test_nothing_is_published_if_no_file_can_be_read(tmp_path: Path, files: list[Path]) -> None:
    missing = tmp_path / "none.txt"
    report = run([missing], tmp_path / "s")
    assert (report.snapshot, report.changed, len(report.failures)) == (None, False, 1)
    first = run(files, tmp_path / "s")
    report = run([missing], tmp_path / "s")
    assert not report.succeeded
    assert report.snapshot == first.snapshot
    (tmp_path / "documents" / "empty").mkdir()
    report = run([tmp_path / "documents", tmp_path / "documents" / "empty"], tmp_path / "s")
    assert [f.problem for f in report.failures] == ["the folder holds no documents"]


def test_too_large_a_file_is_refused(tmp_path: Path, files: list[Path]) -> None:
    size = files[0].stat().st_size
    files[1].write_text("x" * (size + 1), encoding="utf-8")
    report = run(files[:2], tmp_path / "s", Settings(jobs=1, max_file_bytes=size))
    assert [d.id for d in report.documents] == ["a"]
    assert f"it has {size + 1} bytes, more than the limit of {size}" in str(report.failures[0])
    assert "GONGKAI_MAX_FILE_BYTES" in report.failures[0].remedy


def test_two_documents_with_one_id_that_share_no_figures_are_two(tmp_path: Path, files: list[Path]) -> None:
    files[1].write_text("id:a 77.00", encoding="utf-8")
    report = run(files, tmp_path / "s")
    other = f"a-{conversion.hash_file(files[1])[:8]}"
    assert report.succeeded
    assert [d.id for d in report.documents] == ["a", other, "c"]
    assert [d.replaced_by for d in report.documents] == ["", "", ""]
    path, note = report.notes[0]
    assert path == str(files[1])
    assert "replaces" in note
    # The next build finds the same ids, whatever is the older file by now.
    files[0].touch()
    again = run(files, tmp_path / "s")
    assert not again.changed
    assert again.notes == ()


def test_one_content_twice_is_one_document(tmp_path: Path, files: list[Path]) -> None:
    files[2].write_bytes(files[0].read_bytes())
    report = run(files, tmp_path / "s")
    assert report.succeeded
    assert [d.id for d in report.documents] == ["a", "b"]
    assert report.duplicates == ((str(files[2]), str(files[0])),)


def test_a_catalogue_beside_the_files_gives_ids(tmp_path: Path, files: list[Path]) -> None:
    digest = conversion.hash_file(files[0])
    (files[0].parent / "catalogue.toml").write_text(
        f'[[document]]\nid = "jia-2023-budget"\nfile = "a.txt"\ntitle = "t"\nagency = "甲市口岸办"\n'
        f'fiscal_year = 2023\nkind = "budget"\nlanguage = "zh"\nsource = "by hand"\nsha256 = "{digest}"\n',
        encoding="utf-8",
    )
    report = run(files, tmp_path / "s")
    assert [d.id for d in report.documents] == ["b", "c", "jia-2023-budget"]
    assert '"by hand"' in "".join(dump(tmp_path / "s", "id/document/jia-2023-budget"))
    files[0].write_text("changed", encoding="utf-8")
    report = run(files, tmp_path / "s")
    assert "its content has changed" in report.failures[0].problem
    assert report.kept == ("jia-2023-budget",)
    (files[0].parent / "catalogue.toml").write_text("[[document]]\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="missing"):
        run(files, tmp_path / "s")
    assert list_ids(tmp_path / "s") == ["b", "c", "jia-2023-budget"]


@pytest.mark.foundation
def test_another_base(tmp_path: Path, files: list[Path]) -> None:
    run(files, tmp_path / "s", Settings(jobs=1, base="https://example.org/g/"))
    assert [str(q) for q in open_current(tmp_path / "s") if DEFAULT_BASE in str(q)] == []
    query = "SELECT ?l WHERE { GRAPH ?g { <https://example.org/g/ontology#Figure> a ?l } }"
    assert len(list(open_current(tmp_path / "s").query(query))) > 0


def test_old_snapshots_go_and_the_one_before_stays(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "s"
    for number in range(4):
        files[0].write_text(f"{number}.50", encoding="utf-8")
        run(files, store)
    assert sorted(p.name for p in (store / "snapshots").iterdir()) == ["000003", "000004"]
    assert not (store / "work").exists()
    kept = {p.name.split(".")[0] for p in (store / "cache").iterdir()}
    # b, c and all four versions of a, for those that were replaced stay queryable.
    assert len(kept) == 6
    run(files, store, fresh=True)
    files[1].unlink()
    run([files[0]], store, fresh=True)
    run([files[0], files[2]], store, fresh=True)
    assert len({p.name.split(".")[0] for p in (store / "cache").iterdir()}) == 2


def test_a_reader_keeps_its_snapshot_while_another_is_published(tmp_path: Path, files: list[Path]) -> None:
    run(files, tmp_path / "s")
    reader = open_current(tmp_path / "s")
    before = len(reader)
    for number in range(3):
        files[0].write_text(f"{number}.50", encoding="utf-8")
        run(files, tmp_path / "s")
    assert len(reader) == before


def test_a_damaged_store_is_told_and_built_again(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "s"
    assert find_current(store) is None
    first = run(files, store).snapshot
    assert first is not None
    (first.folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="gongkai build"):
        find_current(store)
    assert run(files, store).changed
    (store / "current").write_text("999999\n", encoding="ascii")
    with pytest.raises(StoreError, match="is not there"):
        find_current(store)
    assert run(files, store).changed
    assert list_ids(store) == ["a", "b", "c"]
    # A torn cache is read again, not believed.
    for path in (store / "cache").glob("*.nq"):
        path.write_bytes(path.read_bytes()[:-20])
    (store / "current").unlink()
    assert run(files, store).converted == ("a", "b", "c")


def test_two_builds_do_not_collide(tmp_path: Path, files: list[Path]) -> None:
    run(files, tmp_path / "s")
    with (
        Workshop(tmp_path / "s"),
        pytest.raises(StoreError, match=f"process {os.getpid()} is building this store"),
    ):
        run(files, tmp_path / "s")
    assert not run(files, tmp_path / "s").changed


def test_a_path_through_a_file_cannot_be_written(tmp_path: Path, files: list[Path]) -> None:
    with pytest.raises(StoreError, match="cannot be written") as caught:
        run(files, files[0] / "store")
    assert "--store" in caught.value.remedy


def test_rdf_files_become_a_snapshot(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "s"
    run(files, store)
    (tmp_path / "x.ttl").write_text("<http://a> <http://p> 1 .", encoding="utf-8")
    (tmp_path / "y.nq").write_text('<http://a> <http://p> "2" <http://g> .\n', encoding="utf-8")
    (tmp_path / "z.trig").write_text('<http://h> { <http://a> <http://p> "3" }', encoding="utf-8")
    (tmp_path / "w.nt").write_text('<http://a> <http://p> "4" .\n', encoding="utf-8")
    snapshot: Snapshot = load_files([tmp_path / n for n in ("x.ttl", "y.nq", "z.trig", "w.nt")], store, SERIAL)
    assert find_current(store) == snapshot
    assert (snapshot.manifest.kind, snapshot.manifest.quads) == ("load", 4)
    rows = open_current(store).query("SELECT ?o { ?s ?p ?o }", use_default_graph_as_union=True)
    assert sorted(row["o"].value for row in rows) == ["1", "2", "3", "4"]
    # A build begins anew, for it cannot know what was loaded.
    assert [d.id for d in run(files[:1], store).documents] == ["a"]


@pytest.mark.parametrize(
    ("name", "content", "kind", "message"),
    [
        ("x.nq", b'<http://a> <http://p> "1" .\n<http://a> oops .\n', DocumentError, "x.nq, line 2"),
        ("x.ttl", b"<http://a> <http://p> 1 .\n\n\xff .\n", DocumentError, "x.ttl, line 3"),
        ("x.csv", b"a,b\n", UnknownFormat, ".csv"),
        ("", b"", MissingFile, "no such file"),
    ],
)
def test_what_is_no_rdf_changes_nothing(
    tmp_path: Path, files: list[Path], name: str, content: bytes, kind: type[Exception], message: str
) -> None:
    store = tmp_path / "s"
    before = run(files, store).snapshot
    good = tmp_path / "good.nt"
    good.write_bytes(b'<http://a> <http://p> "1" .\n')
    bad = tmp_path / (name or "none.nq")
    if name:
        bad.write_bytes(content)
    with pytest.raises(kind, match=message.replace(".", r"\.")):
        load_files([good, bad], store, SERIAL)
    assert find_current(store) == before


def test_the_manifest_says_what_is_there(tmp_path: Path, files: list[Path]) -> None:
    report = run(files, tmp_path / "s", Settings(jobs=1, build_time="2026-01-31T12:00:00Z"))
    assert report.snapshot is not None
    data = json.loads((report.snapshot.folder / "manifest.json").read_text(encoding="utf-8"))
    assert data["time"] == "2026-01-31T12:00:00Z"
    documents = [Converted(**row) for row in data["documents"]]
    assert [(d.id, d.figures, d.unaccounted) for d in documents] == [("a", 2, 0), ("b", 2, 0), ("c", 2, 0)]
    assert tuple(documents) == report.documents
