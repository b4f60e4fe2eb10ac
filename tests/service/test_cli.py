"""The command line as a user runs it: clean stdout, one clear message per error, exit codes."""

from __future__ import annotations

import csv
import io
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from service.linked.exports import FIGURE_COLUMNS, LEDGER_COLUMNS
from tests import commands
from tests.commands import environment
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*arguments: str, cwd: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    env = environment(GONGKAI_JOBS="1", **settings)
    return commands.run(*arguments, text=True, encoding="utf-8", env=env, cwd=cwd)


def read_error(done: subprocess.CompletedProcess[str]) -> str:
    """The one message of a command that failed."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("gongkai:")]
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.fixture
def document(documents_folder: Path) -> str:
    return str(documents_folder / "yueyang-2023-accounts.txt")


def test_help() -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in (
        "build",
        "serve",
        "figures",
        "account",
        "facts",
        "check",
        "load",
        "query",
        "text",
        "watch",
        "list",
        "remove",
        "diff",
    ):
        assert command in done.stdout
        assert run(command, "--help").returncode == 0


def test_figures(document: str, tmp_path: Path) -> None:
    done = run("figures", document)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == ",".join(FIGURE_COLUMNS)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    text = Path(document).read_bytes().decode("utf-8")
    assert len(rows) > 100
    for row in rows:
        assert text[int(row["start"]) : int(row["end"])] == row["stated"]
    assert [int(r["start"]) for r in rows] == sorted(int(r["start"]) for r in rows)
    assert len(json.loads(run("figures", document, "--format", "json").stdout)) == len(rows)
    with (tmp_path / "figures.parquet").open("wb") as file:
        commands.run("figures", document, "--format", "parquet", stdout=file, env=environment()).check_returncode()
    table = pq.read_table(tmp_path / "figures.parquet")
    assert table.column_names == list(FIGURE_COLUMNS)
    assert [str(v.normalize()) for v in table["value"].to_pylist()[:1]] == ["25"]


def test_account_facts_text(document: str) -> None:
    account = run("account", document)
    assert account.stdout.splitlines()[0] == ",".join(LEDGER_COLUMNS)
    assert "unaccounted" not in {r["class"] for r in csv.DictReader(io.StringIO(account.stdout))}
    facts = json.loads(run("facts", document, "--format", "json").stdout)[0]
    assert (facts["kind"], facts["fiscal_year"]) == ("accounts", 2023)
    assert facts["agency"]["label"] == "岳阳市人民政府口岸管理办公室"
    for name in (
        "divisions",
        "duties",
        "projects",
        "indicators",
        "assessments",
        "citations",
        "ports",
        "services",
        "changes",
    ):
        for item in facts[name]:
            assert {"label", "start", "end"} <= set(item)
    assert run("text", document).stdout.encode() == Path(document).read_bytes()


@pytest.mark.slow
@pytest.mark.foundation
def test_build_query_and_load(document: str, tmp_path: Path, graph: Path) -> None:
    store = str(tmp_path / "store")
    built = run("build", document, "--store", store)
    assert built.returncode == 0, built.stderr
    assert built.stdout == ""
    asked = run("query", "offices-funding-service", "--service", "free-inspection", "--store", store)
    rows = list(csv.DictReader(io.StringIO(asked.stdout)))
    assert [(r["amount"], r["initialBudget"], r["code"], r["match"]) for r in rows] == [
        ("1016400", "0", "2299999", "reason")
    ]
    assert run("load", str(graph), "--store", store).returncode == 0
    loaded = run("query", "offices-funding-service", "--service=free-inspection", "--format", "json", "--store", store)
    assert [r["amount"] for r in json.loads(loaded.stdout)["rows"]] == [1016400, 70000000, 800000]
    tsv = run("query", "offices-funding-service", "--role", "administration", "--format", "tsv", "--store", store)
    assert len(tsv.stdout.splitlines()) == 2


def test_check(document: str, tmp_path: Path) -> None:
    done = run("check", document)
    assert done.returncode == 0, "a document that contradicts itself is no failure"
    assert done.stdout.startswith("yueyang-2023-accounts: ")
    assert "\n  contradicted wording: " in done.stdout
    assert "\x1b" not in done.stdout
    missing = tmp_path / "missing.txt"
    failed = run("check", str(missing), "--format", "json")
    assert failed.returncode == 1
    assert "missing.txt" in read_error(failed)
    assert json.loads(failed.stdout)[0]["file"] == str(missing)


def test_build_says_what_failed_and_what_stays(document: str, tmp_path: Path) -> None:
    store, file = str(tmp_path / "store"), tmp_path / "accounts.txt"
    shutil.copy(document, file)
    assert run("build", str(file), "--store", store).returncode == 0
    file.write_bytes(b"\x00\x01\x02 no text any more")
    message = read_error(run("build", str(file), "--store", store))
    assert str(file) in message
    assert message.endswith("What the store held of it stays.")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["query", "nope"], "offices-funding-service"),
        (["query", "offices-funding-service", "--service", "nope"], "free-inspection"),
        (["query", "offices-funding-service", "--year", "soon"], "is no number"),
        (["query", "offices-funding-service", "--colour", "red"], "has no such parameter"),
    ],
)
def test_query_errors(store: Path, arguments: list[str], says: str) -> None:
    assert says in read_error(run(*arguments, "--store", str(store)))


def test_errors_of_files_and_stores(tmp_path: Path, graph: Path) -> None:
    assert "gongkai build" in read_error(run("query", "offices-funding-service", "--store", str(tmp_path / "none")))
    assert "missing.txt" in read_error(run("figures", str(tmp_path / "missing.txt")))
    broken = tmp_path / "broken.nt"
    broken.write_text("<a <b> .\n", encoding="ascii")
    assert "broken.nt" in read_error(run("load", str(broken), "--store", str(tmp_path / "s")))
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="ascii")
    assert str(blocked) in read_error(run("load", str(graph), "--store", str(blocked / "store")))
    assert "GONGKAI_PORT" in read_error(run("serve", GONGKAI_PORT="many"))
    assert run("query", "offices-funding-service", "stray").returncode == 2


def test_a_broken_store(store: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(store, broken)
    for file in broken.glob("snapshots/*/database/*"):
        file.write_bytes(b"")
    assert "gongkai build" in read_error(run("serve", "--store", str(broken), "--port", "0"))
    assert "gongkai build" in read_error(run("query", "offices-funding-service", "--store", str(broken)))


def test_a_port_in_use(store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = read_error(run("serve", "--store", str(store), "--port", str(port)))
    assert f"127.0.0.1:{port}" in message
    assert "--port" in message


def test_a_full_disk_and_a_reader_that_leaves(document: str) -> None:
    with Path("/dev/full").open("wb") as disk:
        full = commands.run("figures", document, stdout=disk, text=True, env=environment())
    assert "No space left" in read_error(full)
    # The one command of these tests that a shell and a Python of its own start.
    gone = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m service.command.cli figures {document} | head -1"], env=environment(),
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert gone.stdout.startswith("document,start,end")
    assert "Traceback" not in gone.stderr
    assert "Exception" not in gone.stderr
