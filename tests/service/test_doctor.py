"""What ``gongkai doctor`` finds: each fault made here is named, with what to do, and a sound place has no failure."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.checks.doctor import Finding, examine
from service.command.cli import app
from service.settings import ServiceSettings


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def look(**values: object) -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine(ServiceSettings(**values))}


def test_a_sound_store_has_no_failure(store_of_five: Path, free_port: int) -> None:
    found = look(store=store_of_five, port=free_port)
    assert not [f for f in found.values() if f.degree == "failure"]
    assert found["store"].degree == found["port"].degree == found["disk"].degree == "ok"
    assert "5 documents" in found["store"].text
    assert found["graph"].degree == "ok"
    assert all(f.remedy for f in found.values() if f.degree != "ok")


@pytest.fixture
def broken(store_of_five: Path, tmp_path: Path) -> Path:
    place = tmp_path / "store"
    shutil.copytree(store_of_five, place, ignore=shutil.ignore_patterns("cache", "derived"))
    return place


def test_a_store_whose_files_are_damaged(broken: Path) -> None:
    for file in broken.glob("snapshots/*/*/CURRENT"):
        file.write_bytes(b"nothing")
    found = look(store=broken)["store"]
    assert (found.degree, found.remedy) == ("failure", "Build it again: gongkai build --fresh")


def test_a_store_whose_snapshot_is_gone(broken: Path) -> None:
    shutil.rmtree(next(broken.glob("snapshots/*")))
    found = look(store=broken)
    assert found["store"].degree == "failure"
    assert "gongkai build" in found["store"].remedy


def test_a_store_of_another_base(store_of_five: Path) -> None:
    found = look(store=store_of_five, base="https://example.org/other/")["store"]
    assert found.degree == "failure"


def test_no_store_is_a_warning(tmp_path: Path) -> None:
    found = look(store=tmp_path / "none")
    assert found["store"].degree == "warning"
    assert not (tmp_path / "none").exists()


def test_what_does_not_fit_is_told(store_of_five: Path) -> None:
    found = look(store=store_of_five, max_memory_quads=10, worker_memory_bytes=10**15, max_connections=10**9)
    assert found["graph"].degree == found["memory"].degree == "warning"
    assert "GONGKAI_MAX_MEMORY_QUADS (10)" in found["graph"].text
    assert (found["files"].degree, "GONGKAI_MAX_CONNECTIONS" in found["files"].remedy) == ("failure", True)


@pytest.mark.parametrize(("walls", "degree"), [("landlock", "ok"), ("none", "warning")])
def test_which_walls_stand_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, walls: str, degree: str) -> None:
    monkeypatch.setattr("service.checks.doctor._CHILD", f"print('seccomp {walls}')")
    found = look(store=tmp_path)
    assert (found["isolation"].degree, found["walls"].degree) == ("ok", degree)
    assert ("Landlock" in found["walls"].text) == ("lsm=" in found["walls"].remedy) == (walls == "none")


def test_a_port_that_is_taken_and_one_that_cannot_be(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert look(store=tmp_path, port=port)["port"].degree == "warning"
    assert look(store=tmp_path, host="192.0.2.1")["port"].degree == "failure"


def test_the_command_prints_and_fails_where_something_would(
    store_of_five: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = CliRunner()
    done = runner.invoke(app, ["doctor", "--store", str(store_of_five), "--json"])
    assert done.exit_code == 0
    subjects = {finding["subject"] for finding in json.loads(done.stdout)}
    assert subjects >= {"versions", "store", "memory", "files", "isolation", "walls", "port"}
    monkeypatch.setenv("GONGKAI_MAX_CONNECTIONS", "1000000000")
    done = runner.invoke(app, ["doctor", "--store", str(tmp_path)])
    assert done.exit_code == 1
    assert "failure  files: " in done.stdout
