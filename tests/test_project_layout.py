"""What holds for the checkout as a whole: nothing of a particular machine, documents unchanged, no test of speed.

Which room may import which is held by the contracts in ``pyproject.toml`` (``make lint``).
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Put together from halves, so that this file does not hold what it forbids.
_HOSTS = (
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb.deb" + "ian.org",
    "npm" + "mirror",
)
_OPTIONS = ("index" + "-url", "find" + "-links", "PIP_" + "INDEX", "UV_" + "INDEX", "trusted" + "-host")
_FOLDERS = "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "o" + "pt", "Us" + "ers"))
FORBIDDEN = re.compile(
    "|".join(re.escape(word) for word in (*_HOSTS, *_OPTIONS)) + rf"|(?<![\w.%$}}{{*~:>-])/(?:{_FOLDERS})/",
    re.IGNORECASE,
)


def list_tracked() -> list[Path]:
    """The files that git tracks; skips the test outside a git checkout (as in a source distribution)."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def list_modules(*folders: str) -> list[Path]:
    """The Python files of some folders of the checkout."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
    )


def test_forbidden_words_are_recognised() -> None:
    for bad in (
        "/ro" + "ot/x",
        "cd /wo" + "rk/main",
        "--extra-index" + "-url x",
        "https://py" + "pi.org/simple",
        '"/ho' + 'me/me/"',
    ):
        assert FORBIDDEN.search(bad), bad
    for good in (
        "../shared",
        "https://w3id.org/gongkai/",
        "docs/work/x",
        "network/work",
        "/usr/bin/env bash",
        "~/work/x",
    ):
        assert not FORBIDDEN.search(good), good


def test_nothing_of_a_particular_machine_is_tracked() -> None:
    found = []
    for path in list_tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT)
        found += [
            f"{name}:{number}: {line.strip()[:100]}" for number, line in enumerate(lines, 1) if FORBIDDEN.search(line)
        ]
    assert not found, "\n".join(found)


def test_what_is_made_is_not_tracked() -> None:
    made = (".venv", ".gongkai", "dist", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")
    assert not [path for path in list_tracked() if set(path.relative_to(ROOT).parts) & set(made)]


def test_the_documents_are_as_catalogued() -> None:
    entries = tomllib.loads((ROOT / "documents/catalogue.toml").read_text(encoding="utf-8"))["document"]
    stated = {entry["file"]: entry["sha256"] for entry in entries}
    actual = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (ROOT / "documents").glob("*.txt")}
    assert len(actual) == 5
    assert actual == stated


@pytest.mark.shared
def test_the_documents_are_byte_for_byte_those_published(shared_folder: Path) -> None:
    for path in (ROOT / "documents").glob("*.txt"):
        assert path.read_bytes() == (shared_folder / "documents" / path.name).read_bytes(), path.name


def find_speed_claims(tree: ast.AST) -> Iterator[int]:
    """Where a test asserts that something took less than a time, or looks so many times for what may come later."""
    clocks = {"monotonic", "perf_counter", "time"}

    def reads_clock(node: ast.AST) -> bool:
        return any(
            isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in clocks
            and isinstance(inner.func.value, ast.Name) and inner.func.value.id == "time"
            for inner in ast.walk(node)
        )  # fmt: skip

    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            for compare in (inner for inner in ast.walk(node.test) if isinstance(inner, ast.Compare)):
                sides = [compare.left, *compare.comparators]
                for operator, left, right in zip(compare.ops, sides, sides[1:], strict=False):
                    early = isinstance(operator, ast.Lt | ast.LtE) and reads_clock(left)
                    if early or (isinstance(operator, ast.Gt | ast.GtE) and reads_clock(right)):
                        yield node.lineno
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Call):
            named = isinstance(node.iter.func, ast.Name) and node.iter.func.id == "range"
            if named and any(isinstance(inner, ast.Attribute) and inner.attr == "sleep" for inner in ast.walk(node)):
                yield node.lineno


def test_no_test_depends_on_speed() -> None:
    """A test waits for something to hold (``tests/waiting.py``); how long anything takes is for ``benchmarks/``."""
    claims = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in list_modules("tests")
        for line in find_speed_claims(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not claims
    slow = "begin = time.monotonic()\nassert time.monotonic() - begin < 1\nfor _ in range(9):\n    time.sleep(1)\n"
    assert list(find_speed_claims(ast.parse(slow))) == [2, 3]


def test_the_list_of_functions_that_branch_too_often_only_gets_shorter() -> None:
    """``pyproject.toml`` lists what ruff may overlook; what was mended leaves the list."""
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    branching = {"C901", "PLR0912"}
    listed = {
        name: set(codes) & branching for name, codes in ruff["per-file-ignores"].items() if set(codes) & branching
    }
    assert len(listed) <= 16
    command = [
        sys.executable, "-m", "ruff", "check", "--isolated", "--select", ",".join(sorted(branching)),
        "--output-format", "json",
        "--config", f"lint.mccabe.max-complexity={ruff['mccabe']['max-complexity']}", *listed,
    ]  # fmt: skip
    found: dict[str, set[str]] = {}
    for fault in json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True).stdout):
        found.setdefault(Path(fault["filename"]).relative_to(ROOT).as_posix(), set()).add(fault["code"])
    assert found == listed
