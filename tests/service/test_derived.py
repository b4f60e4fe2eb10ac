"""What is made of a snapshot beside it: made once, whole, removed with its snapshot; what goes wrong is told."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from loaders.build.building import load_files
from loaders.errors import StoreError
from service.linked import snapshot_parts as derived
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[2]


def write(path: Path, name: str) -> Path:
    path.write_text(
        f'<https://w3id.org/gongkai/id/port/1> a <https://w3id.org/gongkai/ontology#Port> ; '
        f'<http://www.w3.org/2000/01/rdf-schema#label> "{name}"@zh .', encoding="utf-8"
    )  # fmt: skip
    return path


def test_made_once_and_removed_with_its_snapshot(tmp_path: Path) -> None:
    store = tmp_path / "store"
    folders = []
    for number in range(3):
        snapshot = load_files([write(tmp_path / "a.ttl", f"口岸{number}")], store)
        folder = derived.make(store, snapshot, "search")
        before = sorted(p.stat().st_mtime_ns for p in folder.rglob("*"))
        assert derived.make(store, snapshot, "search") == folder
        assert sorted(p.stat().st_mtime_ns for p in folder.rglob("*")) == before
        folders.append(folder)
    # Two snapshots are kept, and so is what belongs to them.
    assert [f.is_dir() for f in folders] == [False, True, True]
    assert not list(store.rglob(".making-*"))


def test_what_was_begun_and_never_finished_goes(tmp_path: Path) -> None:
    store = tmp_path / "store"
    snapshot = load_files([write(tmp_path / "a.ttl", "口岸")], store)
    folder = derived.make(store, snapshot, "search").parent
    old, new = folder / ".making-old", folder / ".making-new"
    for work in (old, new):
        work.mkdir()
    os.utime(old, (1e9, 1e9))
    derived.make(store, snapshot, "lookups")
    assert not old.exists()
    assert new.exists(), "somebody may be making it now"


def test_who_is_told_to_leave_takes_away_what_was_begun(tmp_path: Path) -> None:
    data, store = tmp_path / "data.nq", tmp_path / "store"
    data.write_text("".join(f'<http://s/{n}> <http://p> "{n}" <http://g> .\n' for n in range(50_000)), encoding="utf-8")
    load_files([data], store)
    command = [sys.executable, "-m", "service.linked.snapshot_parts", str(store), "lookups"]
    with subprocess.Popen(command, cwd=ROOT) as process:
        wait_until(lambda: list(store.rglob(".making-*")) or process.poll() is not None, "its beginning")
        process.terminate()
        assert process.wait(PATIENCE) in (143, 0)
    assert not list(store.rglob(".making-*"))


def test_a_store_that_was_built_anew_shares_nothing_with_the_old_one(tmp_path: Path) -> None:
    first = load_files([write(tmp_path / "a.ttl", "甲")], tmp_path / "one")
    second = load_files([write(tmp_path / "a.ttl", "乙")], tmp_path / "two")
    assert first.name == second.name
    store = tmp_path / "one"
    assert derived.find_folder(store, first, "search") != derived.find_folder(store, second, "search")


def test_the_same_data_give_the_same_files(tmp_path: Path, graph: Path) -> None:
    sums = []
    for name in ("one", "two"):
        snapshot = load_files([graph], tmp_path / name)
        folder = derived.make(tmp_path / name, snapshot, "dumps")
        sums.append((folder / "files.json").read_text(encoding="utf-8"))
    assert sums[0] == sums[1]


def test_what_follows_is_a_file_that_is_made_when_it_is_asked_for(
    tmp_path: Path, graph: Path, serve: Callable[..., Any]
) -> None:
    store = tmp_path / "store"
    snapshot = load_files([graph], store)
    server = serve(store, GONGKAI_WORKERS="1")
    try:
        assert httpx.get(f"{server.url}/dumps", timeout=PATIENCE).status_code == 200
        assert not derived.find_folder(store, snapshot, "package-gongkai-following.nt.gz").exists()
        answer = httpx.get(f"{server.url}/dumps/gongkai-following.nt.gz", timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        lines = gzip.decompress(answer.content).decode().splitlines()
    finally:
        server.stop()
    figure = "<https://w3id.org/gongkai/id/figure/shenzhen-2023-budget/63-68>"
    said = {line.removeprefix(f"{figure} ").removesuffix(" .") for line in lines if line.startswith(figure)}
    gk = "<https://w3id.org/gongkai/ontology#"
    assert f"{gk}unit> {gk}unitCny>" in said
    assert f'{gk}end> "68"^^<http://www.w3.org/2001/XMLSchema#integer>' in said
    assert '<http://www.w3.org/2000/01/rdf-schema#label> "免除查验没有问题作业服务工作 7,000万元"@zh' in said


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, serve: Callable[..., Any]) -> None:
    store = tmp_path / "store"
    snapshot = load_files([write(tmp_path / "a.ttl", "罗湖口岸")], store)
    (store / "derived").write_text("a file where a folder belongs", encoding="utf-8")
    with pytest.raises(StoreError, match="choose another folder"):
        derived.make(store, snapshot, "search")
    server = serve(store, GONGKAI_WORKERS="1", GONGKAI_MAX_LOOKUP_QUADS="1000")
    try:
        for _ in range(2):
            answer = httpx.get(f"{server.url}/search.json", params={"q": "罗湖"}, timeout=PATIENCE)
            assert answer.status_code == 503
            assert answer.json()["code"] == "store"
        assert httpx.get(f"{server.url}/dumps", timeout=PATIENCE).status_code == 503
        # The description and the endpoint need none of it.
        assert httpx.get(f"{server.url}/dataset.ttl", timeout=PATIENCE).status_code == 200
        assert httpx.get(f"{server.url}/sparql", params={"query": "ASK {}"}, timeout=PATIENCE).status_code == 200
        described = {"query": "DESCRIBE <https://w3id.org/gongkai/id/port/1>", "format": "nt"}
        assert "罗湖口岸" in httpx.get(f"{server.url}/sparql", params=described, timeout=PATIENCE).text
        assert httpx.get(f"{server.url}/health", timeout=PATIENCE).json()["store"]["lookups"] == "query processes"
    finally:
        server.stop()


def test_a_remote_store_has_neither_index_nor_dumps(tmp_path: Path, serve: Callable[..., Any], server: Any) -> None:
    remote = serve(tmp_path, GONGKAI_ENDPOINT=f"{server.url}/sparql")
    try:
        for path in ("/search.json?q=x", "/dumps", "/reconcile?queries=%7B%22q%22:%7B%22query%22:%22x%22%7D%7D"):
            answer = httpx.get(remote.url + path, timeout=PATIENCE)
            assert answer.status_code == 501, path
            assert answer.json()["remedy"]
        assert httpx.get(f"{remote.url}/reconcile", timeout=PATIENCE).json()["versions"] == ["0.2"]
        assert "dataset" in httpx.get(f"{remote.url}/dataset.ttl", timeout=PATIENCE).text
    finally:
        remote.stop()
