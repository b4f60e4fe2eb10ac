"""Every example of the README and of the tour is run, and prints what they say.

An example is a line `$ …` in a ```console block; the lines after it are what it prints, with `…` for lines or parts of
lines that vary or are left out.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests import commands
from tests.waiting import CALM, PATIENCE, wait_until

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ADDRESS = "127.0.0.1:8000"

pytestmark = pytest.mark.slow


def read_examples() -> list[tuple[str, str]]:
    """The commands of the pages and what they print."""
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/tour.md"))
    examples = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.rstrip("\n").split("\n")
            # A command goes on while a quotation or a backslash is open.
            length = next(
                n
                for n in range(1, len(lines) + 1)
                if "\n".join(lines[:n]).count("'") % 2 == 0 and lines[n - 1][-1:] != "\\"
            )
            examples.append(("\n".join(lines[:length]), "\n".join(lines[length:])))
    return examples


EXAMPLES = read_examples()


def match_output(expected: str, actual: str) -> bool:
    """Whether ``actual`` is ``expected``, where a line `…` stands for any lines, `…` in a line for any characters."""
    pattern = ""
    for line in expected.split("\n"):
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(piece) for piece in line.rstrip().split("…")) + r"[ ]*\n"
    return re.fullmatch(pattern, actual.replace("\r\n", "\n").rstrip("\n") + "\n") is not None


@pytest.fixture(scope="module")
def environment(copy_of_five: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of the examples, with a store built from the five documents."""
    names = {k: v for k, v in os.environ.items() if not k.startswith("GONGKAI_")}
    with commands.standing_in(tmp_path_factory.mktemp("commands")) as forked:
        path = os.pathsep.join((str(forked), str(BIN), names["PATH"]))
        yield names | CALM | {"GONGKAI_STORE": str(copy_of_five), "PATH": path, "COLUMNS": "120"}


def listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def address(environment: dict[str, str]) -> Iterator[str]:
    """Where the graph is served, on a free port."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = commands.start(
        "serve", "--port", str(port), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        wait_until(lambda: server.poll() is not None or listens(port), "the server to listen")
        assert server.poll() is None, server.stdout.read() if server.stdout else ""
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


def test_there_is_an_example_of_each_use() -> None:
    commands = " ".join(command for command, _ in EXAMPLES)
    assert "/sparql" in commands
    assert set(re.findall(r"gongkai ([a-z]+)", commands)) >= {"query", "figures", "account", "facts", "check"}


def test_the_installed_command_starts() -> None:
    """The examples themselves are forked (:mod:`tests.commands`)."""
    ran = subprocess.run([BIN / "gongkai", "--help"], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert "Usage: gongkai" in ran.stdout


def test_matching_is_strict() -> None:
    assert match_output("a\n…\nb … d", "a\nx\ny\nb c d\n")
    assert match_output("a\n…\nb", "a\nb")
    assert not match_output("a\nb", "a\nb\nc")
    assert not match_output("a\nb", "a\nB")
    assert not match_output("a … c", "a b\nc")


@pytest.mark.parametrize(("command", "expected"), EXAMPLES, ids=[re.sub(r"\s+", " ", c)[:60] for c, _ in EXAMPLES])
def test_the_example_prints_what_the_page_says(
    command: str, expected: str, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    if re.match(r"(make|git|source) ", command):
        pytest.skip("set-up, not an example")
    if ADDRESS in command:
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed")
        command = command.replace(ADDRESS, request.getfixturevalue("address"))
    ran = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert match_output(expected, ran.stdout), f"{ran.stdout}\n{ran.stderr}"
