"""Commands and pages over files whose names are no UTF-8 or break lines, in terminals that know no Chinese."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from loaders.build.building import build
from loaders.build.report import write_report
from loaders.settings import Settings
from tests import commands
from tests.commands import environment
from tests.service.conftest import Server
from tests.volume import more, size
from tests.waiting import PATIENCE

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
"""
NEWS = "今天天气很好，大家都去公园里散步，一共走了5公里。\n"
#: 预算 in GBK is d4 a4 cb e3, of which the first two bytes happen to be a letter in UTF-8.
GOOD, SHOWN_GOOD = "预算.txt".encode("gbk"), r"Ԥ\xcb\xe3.txt"
BAD, SHOWN_BAD = b"\xb9\nnews\x1b[31m.txt", r"\xb9\nnews\u001b[31m.txt"
COPY, SHOWN_COPY = b"copy \xb9.txt", r"copy \xb9.txt"
TERMINALS = {
    "C": {"LC_ALL": "C"},
    "C, not coerced": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "ASCII": {"PYTHONIOENCODING": "ascii"},
    "GBK": {"PYTHONIOENCODING": "gbk"},
}
LEAST = TERMINALS["C, not coerced"] | TERMINALS["ASCII"]


def run(*arguments: str | bytes, cwd: Path, **terminal: str) -> subprocess.CompletedProcess[bytes]:
    """Runs a command. Python looks at the locale when it starts: where one is named, it is started anew."""
    if "LC_ALL" not in terminal:
        return commands.run(*arguments, cwd=cwd, env=environment(GONGKAI_JOBS="1", **terminal))
    return subprocess.run(
        [sys.executable, "-m", "service.command.cli", *arguments], cwd=cwd, capture_output=True, check=False,
        env=environment(GONGKAI_JOBS="1", **terminal), timeout=PATIENCE,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "folder"
    place.mkdir()
    for name, text in ((GOOD, BUDGET), (BAD, NEWS), (COPY, BUDGET)):
        (place / os.fsdecode(name)).write_text(text, encoding="utf-8")
    return place


@pytest.mark.parametrize("terminal", TERMINALS)
def test_the_commands_on_files_speak_utf_8_in_every_terminal(folder: Path, terminal: str) -> None:
    settings = TERMINALS[terminal]
    # What can be read comes out, what cannot is told, in one go.
    done = run("figures", GOOD, BAD + b".pdf", cwd=folder, **settings)
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8", "replace")
    assert done.returncode == 1
    assert "1,230.00" in done.stdout.decode("utf-8")
    assert SHOWN_BAD.encode() + b".pdf" in done.stderr


@pytest.mark.parametrize(
    ("command", "terminal"),
    [
        ("facts", LEAST), ("--help", LEAST), ("text", TERMINALS["ASCII"]), ("check", TERMINALS["ASCII"]),
        *more(("text", LEAST), ("check", LEAST)),
    ],
)  # fmt: skip
def test_every_command_speaks_utf_8_where_least_can_be_printed(
    folder: Path, command: str, terminal: dict[str, str]
) -> None:
    done = run(command, *([] if command == "--help" else [GOOD]), cwd=folder, **terminal)
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0
    assert ("1,230.00" in done.stdout.decode("utf-8")) is (command == "text")


@pytest.mark.slow
def test_the_commands_on_a_store_speak_utf_8_where_least_can_be_printed(folder: Path, tmp_path: Path) -> None:
    settings = size(TERMINALS["ASCII"], LEAST)
    done = run("build", b"folder", "--store", "s", "--table", "--report", b"r\xb9.json", cwd=tmp_path, **LEAST)
    told = done.stderr.decode("ascii")
    assert "Traceback" not in told
    assert done.returncode == 1  # the news
    assert SHOWN_BAD in told
    report = json.loads((tmp_path / os.fsdecode(b"r\xb9.json")).read_bytes().decode("utf-8"))
    statuses = {r["file"]: r["status"] for r in report["files"]}
    assert statuses[f"folder/{SHOWN_BAD}"] == "not read"
    assert sorted(statuses[f"folder/{name}"] for name in (SHOWN_GOOD, SHOWN_COPY)) == ["duplicate", "read"]
    (kept,) = (file for file, status in statuses.items() if status == "read")

    for form in ("text", "csv"):
        listed = run("list", "--store", "s", "--format", form, cwd=tmp_path, **settings)
        assert listed.returncode == 0, listed.stderr
        text = listed.stdout.decode("utf-8")
        assert "无锡市口岸办公室" in text
        if form == "csv":
            assert kept in [row["file"] for row in csv.DictReader(io.StringIO(text))]
        else:
            assert kept in text
    (folder / os.fsdecode(GOOD)).write_text(BUDGET.replace("30.00\n", "31.00\n", 1), encoding="utf-8")
    (folder / os.fsdecode(COPY)).write_text(BUDGET.replace("30.00\n", "31.00\n", 1), encoding="utf-8")
    assert b"Traceback" not in run("build", b"folder", "--store", "s", cwd=tmp_path, **settings).stderr
    diff = run("diff", "--store", "s", "--format", "json", cwd=tmp_path, **settings)
    assert diff.returncode == 0, diff.stderr
    assert "310000" in diff.stdout.decode("utf-8")
    removed = run("remove", kept, "--store", "s", cwd=tmp_path, **settings)
    assert removed.returncode == 0, removed.stderr
    assert b"removed" in removed.stderr


def test_names_that_no_file_can_have_or_that_look_like_options(folder: Path) -> None:
    """The one stops no other; the other is read after two dashes."""
    (folder / os.fsdecode(GOOD)).rename(folder / "--help")
    done = run("figures", "n" * 300, "--", "--help", cwd=folder)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"1,230.00" in done.stdout


def test_what_is_asked_for_names_the_file_as_a_catalogue_takes_it(folder: Path, tmp_path: Path) -> None:
    for name in (GOOD, COPY):
        (folder / os.fsdecode(name)).unlink()
    (folder / os.fsdecode(b"\xb9\n.txt")).write_text(
        "部门预算\n收支总表\n单位：万元\n项目\t预算数\n本年收入合计\t100.00\n", encoding="utf-8"
    )
    run("build", b"folder", "--store", "s", cwd=tmp_path)
    asked = run("list", "--ask", "--store", "s", cwd=tmp_path).stdout.decode("utf-8")
    assert r'file = "\\xb9\\n.txt"' in asked
    (folder / "catalogue.toml").write_text(asked.replace("# fiscal_year = ", "fiscal_year = 2024"), encoding="utf-8")
    run("build", b"folder", "--store", "s", cwd=tmp_path)
    listed = json.loads(run("list", "--format", "json", "--store", "s", cwd=tmp_path).stdout)
    assert [row["fiscal_year"] for row in listed] == [2024]


def test_the_page_of_what_was_loaded_shows_such_names(
    folder: Path, tmp_path: Path, serve: Callable[..., Server]
) -> None:
    store = tmp_path / "store"
    write_report(build([folder], store, Settings(jobs=1)), store / "report.json")
    server = serve(store, GONGKAI_WORKERS="1")
    try:
        answer = httpx.get(f"{server.url}/loaded?lang=en", timeout=PATIENCE)
        assert answer.status_code == 200
        for name in (SHOWN_GOOD, SHOWN_BAD, SHOWN_COPY):
            assert name in answer.text
        assert str(folder) not in answer.text
        data = httpx.get(f"{server.url}/loaded.json", timeout=PATIENCE)
        assert {r["file"] for r in data.json()["files"]} == {SHOWN_GOOD, SHOWN_BAD, SHOWN_COPY}
        assert str(folder) not in data.text
    finally:
        server.stop()
