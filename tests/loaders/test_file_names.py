"""File names as disks have them: bytes that are no UTF-8, line breaks, marks, great length. None ends a build."""

from __future__ import annotations

import json
import os
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store

from loaders.build.building import BuildReport, build, list_documents, remove
from loaders.build.report import list_rows, read_report, write_report
from loaders.build.snapshots import find_current
from loaders.build.watching import watch
from loaders.catalogue import Catalogue
from loaders.errors import CatalogueError, StoreError
from loaders.pipeline import read_facts
from loaders.settings import Settings
from tests.loaders.filemaker import make_docx, make_html, make_pdf, make_xls, make_xlsx
from tests.waiting import PATIENCE

BUDGET = """2026年{place}口岸办公室部门预算
第一部分 {place}口岸办公室概况
一、主要职责
负责口岸管理工作。
第二部分 2026年部门预算表
收支总表
单位：万元
项目\t预算数
一般公共预算拨款收入\t1,200.00
政府性基金预算拨款收入\t30.00
本年收入合计\t1,230.00
"""
NEWS = "今天天气很好，大家都去公园里散步，一共走了5公里。\n"
#: Each is a name as bytes, and the city whose budget it holds ("" for what is no budget).
NAMES = {
    "无锡市部门预算.txt".encode("gbk"): "无锡市",
    "坏消息.txt".encode("gbk"): "",
    b"two\nlines.txt": "苏州市",
    b"two\nlines of news.txt": "",
    b"a\ttab and \x1b[31mcolour.txt": "常州市",
    "右\u202e左.txt".encode(): "南京市",
    b"-x.txt": "镇江市",
    b"--help": "扬州市",
    b"n" * 251 + b".txt": "泰州市",
    unicodedata.normalize("NFC", "café.txt").encode(): "徐州市",
    unicodedata.normalize("NFD", "café.txt").encode(): "宿迁市",
    "资料".encode("gbk") + b"/inside.txt": "淮安市",
    b"plain.txt": "盐城市",
}


def make_folder(folder: Path) -> Path:
    for name, city in NAMES.items():
        path = name_of(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BUDGET.format(place=city) if city else NEWS + str(len(name)), encoding="utf-8")
    return folder


def name_of(folder: Path, name: bytes) -> Path:
    return folder / os.fsdecode(name)


@pytest.fixture(params=[1, 2], ids=["in its process", "in others"])
def built(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path, BuildReport]:
    folder, store = make_folder(tmp_path / "folder"), tmp_path / "store"
    return folder, store, build([folder], store, Settings(jobs=request.param))


def test_every_file_is_built_or_told_whatever_it_is_called(built: tuple[Path, Path, BuildReport]) -> None:
    folder, _, report = built
    assert report.snapshot is not None
    expected = {os.fsencode(name_of(folder, n)): "read" if city else "not read" for n, city in NAMES.items()}
    # As bytes, so that what differs can be told.
    built = {os.fsencode(d.path): "read" for d in report.documents}
    assert built | {os.fsencode(f.path): "not read" for f in report.failures} == expected
    assert len(Store.read_only(str(report.snapshot.database))) == report.quads
    for failure in report.failures:
        str(failure).encode("utf-8")
        assert "\n" not in str(failure)


def test_the_next_build_knows_them_again(built: tuple[Path, Path, BuildReport]) -> None:
    folder, store, first = built
    again = build([folder], store, Settings(jobs=1))
    assert not again.changed
    assert (again.converted, len(again.reused)) == ((), len(first.documents))
    assert {(f.path, f.problem) for f in again.failures} == {(f.path, f.problem) for f in first.failures}


def test_the_report_is_utf_8_and_shows_names_escaped(built: tuple[Path, Path, BuildReport]) -> None:
    _, store, report = built
    write_report(report, store / "report.json")
    text = (store / "report.json").read_bytes().decode("utf-8")
    assert read_report(store) == json.loads(text)
    files = {r["file"].rpartition("folder/")[2]: r["status"] for r in json.loads(text)["files"]}
    assert files[r"\xce\xde\xce\xfd\xcaв\xbf\xc3\xc5Ԥ\xcb\xe3.txt"] == "read"
    assert files[r"\xbb\xb5\xcf\xfbϢ.txt"] == "not read"
    assert files[r"two\nlines.txt"] == "read"
    assert files[r"a\ttab and \u001b[31mcolour.txt"] == "read"
    assert files[r"右\u202e左.txt"] == "read"
    assert files[r"\xd7\xca\xc1\xcf/inside.txt"] == "read"
    for row in list_rows(report):
        assert row.file.isprintable()
        assert all(reason.isprintable() for reason in row.reasons)


@pytest.mark.parametrize("shown", [False, True], ids=["as the disk has it", "as it is shown"])
def test_a_document_is_removed_by_its_file(tmp_path: Path, shown: bool) -> None:
    folder, store = make_folder(tmp_path / "folder"), tmp_path / "store"
    report = build([folder], store, Settings(jobs=1))
    path = str(name_of(folder, "无锡市部门预算.txt".encode("gbk")))
    name = path if not shown else next(r.file for r in list_rows(report) if "\\xce\\xfd" in r.file)
    assert (name == path) is not shown
    gone = {d.id for d in report.documents if d.path == path}
    assert len(gone) == 1
    assert set(remove([name], store, Settings(jobs=1)).removed) == gone


def test_a_name_that_two_files_show_is_no_name(tmp_path: Path) -> None:
    folder, store = tmp_path / "folder", tmp_path / "store"
    folder.mkdir()
    for city, name in (("无锡市", b"\xb9.txt"), ("苏州市", rb"\xb9.txt")):
        name_of(folder, name).write_text(BUDGET.format(place=city), encoding="utf-8")
    report = build([folder], store, Settings(jobs=1))
    assert len(report.documents) == 2
    # What is shown is the true name of one of them; that one is meant.
    done = remove([str(folder / r"\xb9.txt")], store, Settings(jobs=1))
    assert [d.path for d in done.documents] == [str(name_of(folder, b"\xb9.txt"))]
    for city, name in (("南京市", b"\xba\n.txt"), ("镇江市", b"\xba\\n.txt")):
        name_of(folder, name).write_text(BUDGET.format(place=city), encoding="utf-8")
    build([folder], store, Settings(jobs=1))
    with pytest.raises(StoreError, match="several files"):
        remove([str(folder / r"\xba\n.txt")], store, Settings(jobs=1))


def test_a_file_that_went_leaves_with_mirror(tmp_path: Path) -> None:
    folder, store = make_folder(tmp_path / "folder"), tmp_path / "store"
    before = build([folder], store, Settings(jobs=1))
    gone = name_of(folder, "无锡市部门预算.txt".encode("gbk"))
    gone.unlink()
    after = build([folder], store, Settings(jobs=1), mirror=True)
    assert {d.path for d in before.documents} - {d.path for d in after.documents} == {str(gone)}


def test_the_manifest_is_utf_8_and_holds_the_true_name(tmp_path: Path) -> None:
    folder, store = make_folder(tmp_path / "folder"), tmp_path / "store"
    report = build([folder], store, Settings(jobs=1))
    assert report.snapshot is not None
    (report.snapshot.folder / "manifest.json").read_bytes().decode("utf-8")
    current = find_current(store)
    assert current is not None
    assert {d["path"] for d in current.manifest.documents} == {d.path for d in report.documents}


def test_a_document_without_title_is_called_as_its_file_is_shown(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xb9\n.txt")
    path.write_text(NEWS, encoding="utf-8")
    assert read_facts(path, strict=False).document.name == r"\xb9\n"


@pytest.mark.parametrize(
    "named",
    ["n" * 300 + ".txt", "d/" * 3000 + "x.txt", "no\x00name.txt", "loop/x.txt", "loop"],
    ids=["too long a name", "too long a path", "a NUL", "below a loop", "a loop"],
)
def test_a_name_that_no_file_can_have_is_told_and_stops_no_other(tmp_path: Path, named: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "a.txt").write_text(BUDGET.format(place="无锡市"), encoding="utf-8")
    report = build([tmp_path / named, tmp_path / "a.txt"], tmp_path / "store", Settings(jobs=1))
    assert [Path(d.path).name for d in report.documents] == ["a.txt"]
    assert [f.path for f in report.failures] == [str(tmp_path / named)]


def test_folders_too_deep_to_be_opened_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text(BUDGET.format(place="无锡市"), encoding="utf-8")
    name, levels = "d" * 250, 20  # 5,000 characters; the system opens paths of 4,096
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=handle)
        inner = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    report = build([folder], tmp_path / "store", Settings(jobs=1))
    assert [Path(d.path).name for d in report.documents] == ["a.txt"]
    (failure,) = report.failures
    assert failure.path.startswith(str(folder / name / name))
    assert "too long" in failure.problem


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told_and_its_documents_stay(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folder")
    before = build([folder], tmp_path / "store", Settings(jobs=1))
    closed = name_of(folder, "资料".encode("gbk"))
    closed.chmod(0o000)
    try:
        report = build([folder], tmp_path / "store", Settings(jobs=1), mirror=True)
    finally:
        closed.chmod(0o700)
    assert str(closed) in {f.path for f in report.failures}
    assert len(report.documents) == len(before.documents)


def test_a_store_whose_name_is_no_utf_8_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    store = tmp_path / os.fsdecode(b"st\xb9")
    with pytest.raises(StoreError, match="UTF-8") as caught:
        build([tmp_path / "nothing.txt"], store, Settings(jobs=1))
    assert r"st\xb9" in str(caught.value)
    assert not store.exists()


def write_catalogue(folder: Path, file: str, digest: str) -> None:
    text = f'[[document]]\nid = "wuxi"\nfile = {json.dumps(file, ensure_ascii=False)}\nsha256 = "{digest}"\n'
    (folder / "catalogue.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("on_disk", "listed"),
    [
        (b"\xce\xde\xce\xfd.txt", r"\xce\xde\xce\xfd.txt"),
        (b"a\nb.txt", r"a\nb.txt"),
        (unicodedata.normalize("NFD", "café.txt").encode(), unicodedata.normalize("NFC", "café.txt")),
        ("资料".encode("gbk") + b"/x.txt", r"\xd7\xca\xc1\xcf/x.txt"),
    ],
    ids=["bytes", "line break", "other normal form", "folder"],
)
def test_a_catalogue_names_a_file_as_it_is_shown(tmp_path: Path, on_disk: bytes, listed: str) -> None:
    path = name_of(tmp_path, on_disk)
    path.parent.mkdir(exist_ok=True)
    path.write_text(BUDGET.format(place="无锡市"), encoding="utf-8")
    facts = read_facts(path)
    write_catalogue(tmp_path, listed, facts.document.sha256)
    entry = Catalogue.load(tmp_path).find(path, facts.document.sha256)
    assert entry is not None
    assert entry.path == path
    assert read_facts(path, Catalogue.load(tmp_path)).id == "wuxi"
    with pytest.raises(CatalogueError, match="content has changed"):
        Catalogue.load(tmp_path).find(path, "0" * 64)


def test_a_catalogue_name_that_two_files_show_is_refused(tmp_path: Path) -> None:
    for name in (b"\xba\n.txt", b"\xba\\n.txt"):
        name_of(tmp_path, name).write_text(BUDGET.format(place="无锡市"), encoding="utf-8")
    write_catalogue(tmp_path, r"\xba\n.txt", "0" * 64)
    with pytest.raises(CatalogueError, match="several"):
        Catalogue.load(tmp_path)


@pytest.mark.parametrize("make", [make_pdf, make_docx, make_xlsx, make_xls, make_html], ids=lambda m: m.__name__)
def test_every_format_is_read_whatever_its_file_is_called(tmp_path: Path, make: object) -> None:
    ending = "." + make.__name__.removeprefix("make_")  # type: ignore[attr-defined]
    plain = make(tmp_path / f"plain{ending}")  # type: ignore[operator]
    odd = tmp_path / (os.fsdecode(b"-\xb9\n") + ending)
    plain.rename(odd)
    document = read_facts(odd).document
    assert (document.name, document.path) == (r"-\xb9\n", str(odd))


def test_a_watched_folder_may_get_any_name(tmp_path: Path) -> None:
    folder, store, stop = tmp_path / "folder", tmp_path / "store", threading.Event()
    folder.mkdir()
    name_of(folder, "无锡市部门预算.txt".encode("gbk")).write_text(BUDGET.format(place="无锡市"), encoding="utf-8")
    steps = watch([folder], Settings(jobs=1, store=store), stop)
    giving_up = threading.Timer(PATIENCE, stop.set)
    giving_up.start()
    try:
        assert len(take(steps).documents) == 1
        later = name_of(folder, "苏州市部门预算.txt".encode("gbk"))
        later.write_text(BUDGET.format(place="苏州市"), encoding="utf-8")
        assert len(take(steps).documents) == 2
        later.unlink()
        while len(take(steps).documents) != 1:
            pass
        (folder / "plain.txt").write_text(BUDGET.format(place="南京市"), encoding="utf-8")
        while len(take(steps).documents) != 2:
            pass
    finally:
        stop.set()
        giving_up.cancel()
    list(steps)


def take(steps: Iterator[BuildReport | CatalogueError]) -> BuildReport:
    report = next(steps)
    assert isinstance(report, BuildReport)
    return report


def test_the_documents_of_a_folder_are_found_in_the_order_of_their_names(tmp_path: Path) -> None:
    found = list_documents(make_folder(tmp_path / "folder"))
    assert found == sorted(found)
    assert {os.fsencode(p.relative_to(tmp_path / "folder")) for p in found} == set(NAMES)
