"""What an installation is made of: one version, pinned packages, no dependency too many or too few."""

from __future__ import annotations

import ast
import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import loaders
from loaders.extras import APART, EXTRAS

from .test_project_layout import list_modules

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
OURS = {"gongkai", "loaders", "service", "tests", "scripts"}

# Needed at run time without an import of ours, and why.
INDIRECT: dict[str, str] = {
    "httptools": "the parser of HTTP under uvicorn's protocol that we extend",
    "uvloop": "the event loop that uvicorn is told to use",
    "python-multipart": "starlette reads forms with files by it",
    "s3fs": "fsspec finds it for s3://",
}


def read_project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def read_pins(name: str) -> list[Requirement]:
    """The pinned requirements of a lock file, with their markers."""
    lines = re.sub(r"\\\n\s*", " ", (ROOT / name).read_text(encoding="utf-8")).splitlines()
    return [Requirement(line.split(" --hash=")[0]) for line in lines if line and not line.startswith("#")]


def gather(extra: str) -> list[Requirement]:
    """The requirements of an extra, those that it includes by naming ours among them."""
    project = read_project()
    found = []
    for text in project["optional-dependencies"][extra]:
        requirement = Requirement(text)
        if canonicalize_name(requirement.name) == project["name"]:
            found += [r for inner in requirement.extras for r in gather(inner)]
        else:
            found.append(requirement)
    return found


def test_one_version() -> None:
    assert "version" in read_project()["dynamic"]
    assert Version(loaders.__version__)
    assert metadata.version("gongkai") == loaders.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)
    assert versions[0] == loaders.__version__
    assert versions == sorted(versions, key=Version, reverse=True)


def test_the_command_is_installed() -> None:
    [command] = [e for e in metadata.entry_points(group="console_scripts") if e.name == "gongkai"]
    assert callable(command.load())


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_pins_and_hashes_and_nothing_else(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    line_form = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[\w.]+( ; [^@]+?)?( --hash=sha256:[0-9a-f]{64})+")
    assert "://" not in text
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if not line.startswith("#"):
            assert line_form.fullmatch(re.sub(r" +", " ", line.rstrip())), line[:200]


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", ["linux", "darwin"])
@pytest.mark.parametrize(
    ("name", "extras"),
    [("requirements.lock", ["all", "build"]), ("requirements-dev.lock", ["all", "build", "cluster", "test", "dev"])],
)
def test_locks_satisfy_the_requirements(name: str, extras: list[str], python: str, system: str) -> None:
    environment = {"python_version": python, "python_full_version": python + ".0", "sys_platform": system}
    pins: dict[str, str] = {}
    for pin in read_pins(name):
        if pin.marker is None or pin.marker.evaluate(environment):
            assert canonicalize_name(pin.name) not in pins, f"{pin.name} is pinned twice for Python {python}"
            pins[canonicalize_name(pin.name)] = str(pin.specifier).removeprefix("==")
    wanted = [Requirement(text) for text in read_project()["dependencies"]] + [r for e in extras for r in gather(e)]
    for requirement in wanted:
        pinned = pins.get(canonicalize_name(requirement.name))
        assert pinned, f"{requirement} is not in {name}: run 'make lock'"
        assert requirement.specifier.contains(pinned), f"{requirement}, but {name} pins {pinned}: run 'make lock'"


def test_the_two_locks_agree() -> None:
    run, dev = ({(pin.name, str(pin.specifier)) for pin in read_pins(name)} for name in LOCKS)
    assert run < dev


def find_imports(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, at its top or inside its functions, type checking included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import counts by its full name, or it would slip through.
            above = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            yield ".".join((*above, *([node.module] if node.module else [])))


def find_third_parties(*folders: str) -> dict[str, set[str]]:
    """The packages of others that modules import, and the modules that do."""
    imported: dict[str, set[str]] = {}
    # Helper modules beside a test are imported by their bare names.
    local = OURS | {path.stem for path in list_modules(*folders) if "tests" in path.parts}
    for path in list_modules(*folders):
        for imported_name in find_imports(path):
            top = imported_name.partition(".")[0]
            # A package or a script that lies with the script that uses it, as a package's own modules see it too.
            beside = any((folder / top / "__init__.py").is_file() for folder in path.parents[:2]) or (
                not (path.parent / "__init__.py").exists() and path.with_name(f"{top}.py").is_file()
            )
            if top not in sys.stdlib_module_names and top not in local and not beside:
                imported.setdefault(top, set()).add(path.name)
    return imported


def find_undeclared(imported: dict[str, set[str]], declared: set[str]) -> tuple[list[str], set[str]]:
    """What is imported and not declared, in words, and what is declared and imported."""
    providers = metadata.packages_distributions()
    undeclared, used = [], set()
    for top, where in sorted(imported.items()):
        names = {str(canonicalize_name(name)) for name in providers.get(top, [top])}
        if not names & declared:
            undeclared.append(f"{', '.join(sorted(where))}: {top}")
        used |= names & declared
    return undeclared, used


def list_declared(*extras: str) -> set[str]:
    """The distributions that an installation with some extras asks for."""
    declared = {str(canonicalize_name(Requirement(text).name)) for text in read_project()["dependencies"]}
    return declared | {str(canonicalize_name(r.name)) for extra in extras for r in gather(extra)}


def test_every_import_is_declared_and_every_dependency_used() -> None:
    declared = list_declared("all", "cluster")
    undeclared, used = find_undeclared(find_third_parties("loaders", "service"), declared)
    assert not undeclared, "pyproject.toml does not name the package of " + "; ".join(undeclared)
    assert declared - used == set(INDIRECT)


#: What a target of the Makefile installs, pinned, where it can; tests do without it.
_BESIDE_THE_LOCKS = ("atheris",)


def test_what_the_tests_import_is_declared() -> None:
    declared = list_declared("all", "cluster", "test", "test-cluster") | set(_BESIDE_THE_LOCKS)
    undeclared, _ = find_undeclared(find_third_parties("tests", "scripts", "benchmarks"), declared)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^\w+ := {name}==[\d.]+$", makefile, re.MULTILINE) for name in _BESIDE_THE_LOCKS)
    assert not undeclared, "pyproject.toml does not name the package of " + "; ".join(undeclared)


def test_the_extras_are_those_that_errors_name() -> None:
    providers = metadata.packages_distributions()
    brought = {
        extra: {str(canonicalize_name(name)) for package in packages for name in providers[package]}
        for extra, packages in EXTRAS.items()
    }
    stated = read_project()["optional-dependencies"]
    declared = {extra: {str(canonicalize_name(Requirement(t).name)) for t in stated[extra]} for extra in EXTRAS}
    assert brought == declared
    [everything] = [Requirement(text) for text in stated["all"]]
    assert everything.extras == set(EXTRAS) - APART


#: Makes an interpreter that has none of the packages of some extras.
WITHOUT = """
import importlib.abc, json, os, sys
class Lacking(importlib.abc.MetaPathFinder):
    names = set(json.loads(os.environ["LACKING"]))
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Lacking())
from service.command.cli import main
sys.argv = ["gongkai", *sys.argv[1:]]
main()
"""


def run_without(extras: list[str], *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    lacking = [package for extra in extras for package in EXTRAS[extra]]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GONGKAI_")}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments], cwd=cwd, capture_output=True, text=True, encoding="utf-8",
        env=environment | {"LACKING": json.dumps(lacking), "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip


def test_text_needs_no_extra(tmp_path: Path) -> None:
    document = str(tmp_path / "accounts.txt")
    Path(document).write_text("某市某局2023年部门决算\n2023年支出总计7.5万元，比上年增加1万元。\n", encoding="utf-8")
    figures = run_without(list(EXTRAS), "figures", document, cwd=tmp_path)
    assert (figures.returncode, figures.stderr.strip()) == (0, "")
    assert figures.stdout.startswith("document,start,end,stated,value")
    built = run_without(list(EXTRAS), "build", document, "--store", str(tmp_path / "store"), cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert "1 documents" in built.stderr


@pytest.mark.parametrize(
    ("extra", "arguments"),
    [
        ("pdf", ["figures", "a.pdf"]), ("office", ["figures", "a.xlsx"]),
        ("parquet", ["figures", "a.txt", "--format", "parquet"]),
        ("serve", ["serve", "--port", "0"]), ("watch", ["watch", "."]),
        ("cluster", ["build", "a.txt", "--cluster", "local"]), ("cluster", ["merge", "s3://bucket/results"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_missing_is_told_with_its_extra(extra: str, arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "a.txt").write_text("2023年某市某局部门预算\n支出1万元。\n", encoding="utf-8")
    ran = run_without([extra], *arguments, cwd=tmp_path)
    assert ran.returncode == 1, ran.stderr
    assert f"pip install 'gongkai[{extra}]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_ci_can_be_run() -> None:
    assert (ROOT / ".ci/run").stat().st_mode & stat.S_IXUSR
