"""Builds: incremental, parallel, atomic; what fails is told and nothing that was there is lost."""

from __future__ import annotations

import importlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Store

from loaders import conversion
from loaders.build import BuildReport, build, list_documents
from loaders.conversion import Converted
from loaders.errors import CatalogueError, DocumentError, MissingFile, StoreError, UnknownFormat
from loaders.loading import load_files
from loaders.settings import DEFAULT_BASE, Settings
from loaders.snapshots import Snapshot, Workshop, find_current

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
# New processes import the reader by its name, so it has to stand on the path that they inherit.
sys.path.append(str(HERE))
READ = importlib.import_module("hand_reader").read
SERIAL = Settings(jobs=1)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What the reader was asked to read since the last call, in any process."""
    path = tmp_path / "log.txt"
    monkeypatch.setenv("HAND_LOG", str(path))

    def take() -> list[str]:
        names = path.read_text(encoding="utf-8").split() if path.exists() else []
        path.unlink(missing_ok=True)
        return sorted(names)

    return take


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"甲市{name} 12.50 万元，13.00 万元", encoding="utf-8")
    return list_documents(folder)


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
        f"{DEFAULT_BASE}graph/things",
        *(f"{DEFAULT_BASE}id/document/{d.id}" for d in report.documents),
    }
    assert list(store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())) == []
    # The union of the graphs counts a statement as often as it stands in one of them: so each stands in one.
    assert len({q.triple for q in store}) == len(store)
    assert stages[0] == ("convert", 0, 5)
    assert ("convert", 5, 5) in stages
    assert stages[-1] == ("load", 7, 7)


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
    assert (report.converted, report.reused) == (("b",), ("a", "c"))
    after = dump(tmp_path / "s", "id/document/b")
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
    report = run([tmp_path / "documents", tmp_path / "s" / "snapshots"], tmp_path / "s")
    assert [f.problem for f in report.failures] == ["the folder holds no documents"]


def test_too_large_a_file_is_refused(tmp_path: Path, files: list[Path]) -> None:
    size = files[0].stat().st_size
    files[1].write_text("x" * (size + 1), encoding="utf-8")
    report = run(files[:2], tmp_path / "s", Settings(jobs=1, max_file_bytes=size))
    assert [d.id for d in report.documents] == ["a"]
    assert f"it has {size + 1} bytes, more than the limit of {size}" in str(report.failures[0])
    assert "GONGKAI_MAX_FILE_BYTES" in report.failures[0].remedy


def test_two_documents_with_one_id(tmp_path: Path, files: list[Path]) -> None:
    files[1].write_text("id:a 77.00", encoding="utf-8")
    report = run(files, tmp_path / "s")
    assert [d.id for d in report.documents] == ["a", "c"]
    failure = report.failures[0]
    assert failure.path == str(files[1])
    assert str(files[0]) in failure.problem
    assert "catalogue.toml" in failure.remedy


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
    assert len(kept) == 4


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


SCRIPT = """
import os, sys
from pathlib import Path
sys.path.append({here!r})
if __name__ == "__main__":
    uid = int(sys.argv[4])
    import hand_reader, loaders.build, loaders.graph.codes
    from loaders.errors import GongkaiError
    from loaders.settings import Settings
    if uid:
        os.setuid(uid)
    try:
        files = loaders.build.list_documents(Path(sys.argv[1]))
        loaders.build.build(files, Path(sys.argv[2]), Settings(jobs=int(sys.argv[3])), convert=hand_reader.read)
    except GongkaiError as error:
        print(error)
        sys.exit(3)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a build of a folder in a process of its own."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(here=str(HERE)), encoding="utf-8")
    processes: list[subprocess.Popen[str]] = []

    def begin(folder: Path, store: Path, jobs: int = 1, uid: int = 0, file_limit: int = 0) -> subprocess.Popen[str]:
        def limit() -> None:
            if file_limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

        process = subprocess.Popen(
            [sys.executable, str(script), str(folder), str(store), str(jobs), str(uid)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=limit,
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_an_unwritable_folder(tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]]) -> None:
    store = tmp_path / "s"
    run(files, store)
    files[0].write_text("9.00", encoding="utf-8")
    uid = 65534 if os.geteuid() == 0 else 0
    if uid:
        # Nobody may walk to the files, and read them, but not write.
        for folder in (tmp_path, *tmp_path.parents):
            if not folder.stat().st_mode & 0o001 and folder.is_relative_to(tmp_path.parent.parent):
                folder.chmod(folder.stat().st_mode | 0o055)
    store.chmod(0o555)
    try:
        process = start(files[0].parent, store, uid=uid)
        output, _ = process.communicate(timeout=60)
    finally:
        store.chmod(0o755)
    assert process.returncode == 3, output
    assert "Permission denied" in output
    assert "--store" in output
    assert list_ids(store) == ["a", "b", "c"]
    assert '"9.00"' not in "".join(dump(store, "id/document/a"))


@pytest.mark.parametrize("limit", [1_000, 20_000, 300_000])
def test_a_disk_that_takes_no_more(
    tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]], limit: int
) -> None:
    store = tmp_path / "s"
    before = run(files, store).snapshot
    files[0].write_text("甲" * 5_000 + " 9.00", encoding="utf-8")
    process = start(files[0].parent, store, file_limit=limit)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 3, output
    assert "File too large" in output
    assert "ulimit" in output
    assert find_current(store) == before
    assert list_ids(store) == ["a", "b", "c"]
    assert run(files, store).changed
    assert '"9.00"' in "".join(dump(store, "id/document/a"))


@pytest.mark.parametrize("size", ["40k", "400k", "3m"])
def test_a_full_disk(tmp_path: Path, files: list[Path], size: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
        == 0
    )
    if not mounted:
        pytest.skip("needs the right to mount a small disk")
    try:
        with pytest.raises(StoreError, match="No space left on device") as caught:
            run(files, disk / "s")
        assert "Free space" in caught.value.remedy
        assert find_current(disk / "s") is None
    finally:
        # Lazily: the error's traceback still holds the database open.
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_killed_at_any_moment(
    tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]], jobs: int
) -> None:
    store = tmp_path / "s"
    run(files, store)
    before, count = list_ids(store), len(open_current(store))
    for name in ("d", "e"):
        files[0].with_name(f"{name}.txt").write_text(f"慢 {name} 1.00", encoding="utf-8")
    chance = random.Random(jobs)
    whole = measure(start, files[0].parent, tmp_path / "other", jobs)
    killed = 0
    for _ in range(8):
        process = start(files[0].parent, store, jobs)
        try:
            process.wait(chance.uniform(0.4 * whole, 1.05 * whole))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        found = list_ids(store)
        assert found in (before, [*before, "d", "e"])
        assert found != before or len(open_current(store)) == count
        if found != before:
            # It was done: back to the start for the next round.
            run(files, store, fresh=True)
            for path in (store / "cache").glob("*"):
                path.unlink()
    assert killed >= 3
    process = start(files[0].parent, store, jobs)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert list_ids(store) == [*before, "d", "e"]
    assert not (store / "work").exists()
    assert len(list((store / "snapshots").iterdir())) <= 2


def measure(start: Callable[..., subprocess.Popen[str]], folder: Path, store: Path, jobs: int) -> float:
    begin = time.monotonic()
    process = start(folder, store, jobs)
    process.communicate(timeout=120)
    assert process.returncode == 0
    return time.monotonic() - begin


def test_a_killed_build_leaves_no_process(
    tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]]
) -> None:
    for number in range(40):
        files[0].with_name(f"slow{number}.txt").write_text(f"慢 {number}.00", encoding="utf-8")
    log = tmp_path / "alive.txt"
    os.environ["HAND_LOG"] = str(log)
    try:
        process = start(files[0].parent, tmp_path / "s", 2)
        deadline = time.monotonic() + 60
        while not log.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
        process.wait()
        time.sleep(1)
        size = log.stat().st_size
        time.sleep(1)
        assert log.stat().st_size == size
    finally:
        del os.environ["HAND_LOG"]


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
