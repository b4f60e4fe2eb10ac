"""Commands on a folder: report, list, remove, diff, an interrupted build, a watched folder that a service shows."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from loaders.build.building import build
from loaders.build.report import write_report
from loaders.build.snapshots import find_current
from loaders.settings import Settings
from tests import commands
from tests.commands import environment
from tests.service.conftest import start_server
from tests.volume import size
from tests.waiting import PATIENCE, wait_until

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
UNDATED = "部门预算\n收支总表\n单位：万元\n项目\t预算数\n本年收入合计\t100.00\n"
NEWS = "今天天气很好，大家都去公园里散步，一共走了5公里。\n"


def command(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return commands.run(*arguments, cwd=cwd, text=True, encoding="utf-8", env=environment(GONGKAI_JOBS="1", **settings))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "文件 夹"
    (place / "下级").mkdir(parents=True)
    (place / "a.txt").write_text(BUDGET, encoding="utf-8")
    (place / "下级" / "copy.txt").write_text(BUDGET, encoding="utf-8")
    (place / "news.txt").write_text(NEWS, encoding="utf-8")
    (place / "undated.txt").write_text(UNDATED, encoding="utf-8")
    return place


@pytest.mark.slow
def test_report_list_ask_diff_and_remove(folder: Path, tmp_path: Path) -> None:
    done = command("build", str(folder), "--store", "s", "--report", "out/report.json", "--table", cwd=tmp_path)
    assert done.returncode == 1, "a file that is no budget is told, and the exit code says so"
    assert done.stdout == ""
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    rows = {Path(r["file"]).name: r for r in report["files"]}
    assert {name: r["status"] for name, r in rows.items()} == {
        "a.txt": "read", "copy.txt": "duplicate", "news.txt": "not read", "undated.txt": "partly read",
    }  # fmt: skip
    assert report["counts"] == {"read": 1, "partly read": 1, "not read": 1, "duplicate": 1}
    assert "部门预算" in rows["news.txt"]["reasons"][0]
    assert any("fiscal_year" in r for r in rows["undated.txt"]["reasons"])
    assert (rows["a.txt"]["kind"], rows["a.txt"]["fiscal_year"], rows["a.txt"]["level"]) == (
        "budget",
        2026,
        "department",
    )
    for words in ("partly read", "1 only partly read", "news.txt", "duplicate"):
        assert words in done.stderr
    identity = rows["a.txt"]["document"]

    listed = list(csv.DictReader(io.StringIO(command("list", "--store", "s", "--format", "csv", cwd=tmp_path).stdout)))
    assert [(r["document"], r["agency"], r["figures"]) for r in listed][-1] == (identity, "无锡市口岸办公室", "3")
    assert identity in command("list", "--store", "s", cwd=tmp_path).stdout

    asked = command("list", "--store", "s", "--ask", cwd=tmp_path).stdout
    assert "a.txt" not in asked
    filled = asked.replace("# fiscal_year = ", "fiscal_year = 2024").replace(
        '# agency = ""', 'agency = "无锡市口岸办公室"'
    )
    (folder / "catalogue.toml").write_text(filled, encoding="utf-8")
    (folder / "news.txt").unlink()
    done = command("build", str(folder), "--store", "s", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{identity.rsplit('-', 2)[0]}-2024-budget" in done.stderr

    (folder / "a.txt").write_text(BUDGET.replace("30.00\n", "31.00\n", 1), encoding="utf-8")
    assert command("build", str(folder), "--store", "s", cwd=tmp_path).returncode == 0
    diff = command("diff", "--store", "s", "--format", "json", cwd=tmp_path)
    # The copy still states what it did: it is the first version now, and the second is elsewhere.
    changed = [(r["status"], r["before"], r["after"]) for r in json.loads(diff.stdout)]
    assert changed == [("changed", "300000", "310000")]
    assert "1 changed" in diff.stderr
    assert "300000" in command("diff", "2", "3", "--store", "s", cwd=tmp_path).stdout
    assert "000007" not in command("diff", "7", "3", "--store", "s", cwd=tmp_path).stdout

    removed = command("remove", f"{identity}-v2", "--store", "s", cwd=tmp_path)
    assert removed.returncode == 0, removed.stderr
    assert f"{identity}-v2: removed" in removed.stderr
    assert command("remove", "nothing", "--store", "s", cwd=tmp_path).returncode == 1
    left = json.loads(command("list", "--store", "s", "--format", "json", "--all", cwd=tmp_path).stdout)
    assert {r["document"]: r["replaced_by"] for r in left}[identity] == ""


def has_cached(store: Path, count: int) -> bool:
    return len(list((store / "cache").glob("*.json"))) >= count


@pytest.mark.slow
def test_an_interrupted_build_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    count = size(24, 60)
    for number in range(count):
        text = BUDGET.replace("口岸办公室", f"第{number}口岸办公室") + f"说明{number}\n" * 200
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    for attempt in range(5):
        store = tmp_path / f"s{attempt}"
        process = commands.start(
            "build", str(folder), "--store", str(store), cwd=tmp_path,
            env=environment(GONGKAI_JOBS="2"), stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        wait_until(partial(has_cached, store, 3), "the first documents")
        # As a terminal does it: every process of the group hears of it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
        if process.returncode:  # else it was done before it heard of it
            break
    assert process.returncode == 130, errors
    assert "goes on" in errors
    assert "Traceback" not in errors
    assert find_current(store) is None
    done = len(list((store / "cache").glob("*.json")))
    assert 3 <= done < count
    report = build([folder], store, Settings(jobs=2))
    assert (len(report.reused), len(report.converted)) == (done, count - done)


@pytest.mark.slow
def test_a_watched_folder_is_served(tmp_path: Path) -> None:
    folder, store = tmp_path / "folder", tmp_path / "store"
    folder.mkdir()
    (folder / "a.txt").write_text(BUDGET, encoding="utf-8")
    build([folder], store, Settings(jobs=1))
    server = start_server(store, GONGKAI_WORKERS="1")
    watcher = commands.start(
        "watch", str(folder), "--store", str(store), cwd=tmp_path,
        env=environment(GONGKAI_JOBS="1"), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert watcher.stderr is not None
        # The first build finds nothing new; from its summary on, what comes is noticed.
        while "(unchanged)" not in watcher.stderr.readline():
            assert watcher.poll() is None
        (folder / "b.txt").write_text(
            BUDGET.replace("无锡市", "苏州市").replace("1,230.00", "4,567.00"), encoding="utf-8"
        )
        wait_until(lambda: count_amounts(server.url, "45670000") == 1, "the amount of the new file")
        (folder / "b.txt").unlink()
        wait_until(lambda: count_amounts(server.url, "45670000") == 0, "the amount's end with its file")
        watcher.send_signal(signal.SIGINT)
        assert watcher.wait(timeout=PATIENCE) == 0
    finally:
        watcher.kill()
        watcher.communicate()
        server.stop()


def count_amounts(url: str, amount: str) -> int:
    """How many figures of an amount the service states."""
    query = f"""PREFIX gk: <https://w3id.org/gongkai/ontology#>
        SELECT (COUNT(?f) AS ?n) {{ ?f a gk:Figure ; gk:amount ?amount FILTER(?amount = {amount}) }}"""
    answer = httpx.post(f"{url}/sparql", data={"query": query}, headers={"Accept": "text/csv"}, timeout=PATIENCE)
    return int(answer.text.split()[1])


def test_the_page_of_what_was_loaded_and_of_a_superseded_document(folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert command("build", str(folder), "--store", str(store), cwd=tmp_path).returncode == 1
    (folder / "a.txt").write_text(BUDGET.replace("30.00\n", "31.00\n", 1), encoding="utf-8")
    write_report(build([folder], store, Settings(jobs=1)), store / "report.json")
    server = start_server(store, GONGKAI_WORKERS="1")
    try:
        page = httpx.get(f"{server.url}/loaded?lang=en", timeout=PATIENCE).text
        for words in ("news.txt", "not read", "partly read", "superseded"):
            assert words in page
        assert str(tmp_path) not in page
        assert "未读" in httpx.get(f"{server.url}/loaded?lang=zh", timeout=PATIENCE).text
        data = httpx.get(f"{server.url}/loaded.json", timeout=PATIENCE)
        assert str(tmp_path) not in data.text
        files = {(r["file"], r["document"]): r for r in data.json()["files"]}
        earlier = next(d for (_, d), r in files.items() if r["replaced_by"])
        later = files[next(key for key in files if key[1] == earlier)]["replaced_by"]
        text = httpx.get(f"{server.url}/documents/{earlier}?lang=en", timeout=PATIENCE).text
        assert f"/documents/{later}" in text
        assert "count in no sum" in text
        # Its figures are still marked, and their IRIs answer.
        assert text.count('class="figure"') == 3
        figure = next(line for line in text.split('"') if line.startswith(f"/id/figure/{earlier}/"))
        turtle = {"Accept": "text/turtle"}
        answer = httpx.get(server.url + figure, headers=turtle, timeout=PATIENCE, follow_redirects=True)
        assert answer.status_code == 200
        assert "isReplacedBy" in answer.text
        assert f"/documents/{earlier}" in httpx.get(f"{server.url}/documents/{later}?lang=en", timeout=PATIENCE).text
    finally:
        server.stop()


@pytest.mark.slow
def test_shares_are_converted_and_merged(folder: Path, tmp_path: Path) -> None:
    first = command("convert", str(folder), "--shard", "1/2", "--into", "r", cwd=tmp_path)
    refused = command("merge", "r", "--store", "s", cwd=tmp_path)
    assert refused.returncode == 1
    assert "of its 2 shares 2/2 is not done" in refused.stderr
    assert find_current(tmp_path / "s") is None
    second = command("convert", str(folder), "--shard", "2/2", "--into", "r", cwd=tmp_path)
    assert sorted((first.returncode, second.returncode)) == [0, 1], "one of the two has the file that is no budget"
    assert "news.txt" in first.stderr + second.stderr
    told = [line for run in (first, second) for line in run.stderr.splitlines() if line.startswith("share ")]
    assert [line.partition(":")[0] for line in told] == ["share 1/2", "share 2/2"]
    done = command("merge", "r", "--store", "s", "--table", cwd=tmp_path)
    assert done.returncode == 1
    assert "2 documents in s (0 converted, 2 from the cache, 0 kept, 1 only partly read)" in done.stderr
    assert "copy.txt" in done.stderr
    assert done.stdout == ""


def test_options_of_many_machines_that_do_not_fit(tmp_path: Path) -> None:
    for arguments, words in (
        (("build", "--results", "r"), "--results is for --cluster"),
        (("convert", "--shard", "5/4", "--into", "r"), "is no share"),
        (("convert",), "Missing option '--into'"),
        (("merge", "r"), "it holds no results of gongkai convert"),
    ):
        ran = command(*arguments, cwd=tmp_path, COLUMNS="200")
        assert ran.returncode != 0
        assert words in ran.stderr
        assert "Traceback" not in ran.stderr
