"""Forked commands are like started ones: what they are given, what they give, how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import commands
from tests.commands import CLI, ROOT, environment
from tests.forking import SPARE
from tests.waiting import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere commands are started, not forked")
SCRIPT = """
import json, os, resource, sys, time
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "word": os.environ.get("FORKED_WORD"),
                  "name": __name__, "file": __file__, "encoding": sys.stdout.encoding, "read": sys.stdin.read(),
                  "limit": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
                  "open": sorted(map(int, os.listdir("/proc/self/fd"))), "leads": os.getsid(0) == os.getpid()}))
sys.stdout.flush()
if sys.argv[1:] == ["wait"]:
    time.sleep(600)
sys.exit(7)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def test_a_command_says_what_a_started_one_says() -> None:
    for arguments in (["--help"], ["figures", "nowhere.txt"], ["query", "--no-such"]):
        forked = commands.run(*arguments, env=environment(), cwd=ROOT)
        started = subprocess.run(
            [sys.executable, "-m", CLI, *arguments], capture_output=True, env=environment(), cwd=ROOT, check=False
        )
        # How it was called stands in messages about its use.
        told, expected = (
            done.stderr.replace(b"python -m service.command.cli", b"gongkai") for done in (forked, started)
        )
        assert (forked.returncode, forked.stdout, told) == (started.returncode, started.stdout, expected)


def test_a_script_has_what_it_was_given(script: Path, tmp_path: Path) -> None:
    process = commands.start(
        "\u7532", b"\xb9", file=script, limit=4096, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=environment(FORKED_WORD="\u4e59", PYTHONIOENCODING="gbk"), encoding="ascii", start_new_session=True,
    )  # fmt: skip
    output, _ = process.communicate("in", timeout=PATIENCE)
    found = json.loads(output)
    # The fourth is the folder of open files itself, while it is listed.
    assert found == {
        "arguments": ["\u7532", "\udcb9"], "folder": str(tmp_path), "word": "\u4e59", "name": "__main__",
        "file": str(script), "encoding": "gbk", "read": "in", "limit": 4096, "open": [0, 1, 2, 3, SPARE], "leads": True,
    }  # fmt: skip
    assert process.returncode == 7


def test_a_process_can_be_ended_and_waited_for(script: Path) -> None:
    for ends, code in ((signal.SIGKILL, -9), (signal.SIGTERM, -15)):
        process = commands.start("wait", file=script, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert b"wait" in process.stdout.readline()
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)
        os.kill(process.pid, ends)
        assert process.wait(PATIENCE) == code
        assert process.poll() == code
        process.stdout.close()


ENDING = """
import atexit, sys, threading, time
atexit.register(lambda: print("at the end"))
threading.Thread(target=lambda: (time.sleep(0.1), print("of a thread"))).start()
print("before")
sys.exit({code})
"""


@pytest.mark.parametrize("code", ["None", "7", "-1", "'in words'", "1 / 0"])
@pytest.mark.parametrize("full", [False, True], ids=["", "on a full disk"])
def test_a_process_ends_as_python_does(tmp_path: Path, code: str, full: bool) -> None:
    """Though it is not taken apart: threads are waited for, exit handlers run, and what cannot be written is told."""
    script = tmp_path / "script.py"
    script.write_text(ENDING.format(code=code), encoding="utf-8")
    with Path("/dev/full").open("wb") as disk:
        output = disk if full else subprocess.PIPE
        forked = commands.run(file=script, env=environment(), stdout=output)
        started = subprocess.run(
            [sys.executable, script], env=environment(PYTHONUNBUFFERED=""), stdout=output, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
    told = [(done.returncode, done.stdout, done.stderr.splitlines()[-1:]) for done in (forked, started)]
    assert told[0] == told[1]
    assert full or forked.stdout == b"before\nof a thread\nat the end\n"
