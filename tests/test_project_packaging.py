"""What an installation is made of: one version, pinned packages, no dependency too many or too few."""

from __future__ import annotations

import re
import stat
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import loaders

from .test_project_layout import find_imports, list_modules

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
OURS = {"loaders", "service", "tests", "scripts"}

# Needed at run time without an import of ours, and why.
INDIRECT: dict[str, str] = {
    "httptools": "the parser of HTTP under uvicorn's protocol that we extend",
    "uvloop": "the event loop that uvicorn is told to use",
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
    ("name", "extras"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "test", "dev"])]
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


def find_third_parties(*folders: str) -> dict[str, set[str]]:
    """The packages of others that modules import, and the modules that do."""
    imported: dict[str, set[str]] = {}
    # Helper modules beside a test are imported by their bare names.
    local = OURS | {path.stem for path in list_modules(*folders) if "tests" in path.parts}
    for path in list_modules(*folders):
        for name in find_imports(path):
            top = name.partition(".")[0]
            # A package that lies with the script that uses it, as its own modules see it too.
            beside = any((folder / top / "__init__.py").is_file() for folder in path.parents[:2])
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


def test_every_import_is_declared_and_every_dependency_used() -> None:
    declared = {str(canonicalize_name(Requirement(text).name)) for text in read_project()["dependencies"]}
    undeclared, used = find_undeclared(find_third_parties("loaders", "service"), declared)
    assert not undeclared, "pyproject.toml does not name the package of " + "; ".join(undeclared)
    assert declared - used == set(INDIRECT)


def test_what_the_tests_import_is_declared() -> None:
    declared = {str(canonicalize_name(Requirement(text).name)) for text in read_project()["dependencies"]}
    declared |= {str(canonicalize_name(requirement.name)) for requirement in gather("test")}
    undeclared, _ = find_undeclared(find_third_parties("tests", "scripts", "benchmarks"), declared)
    assert not undeclared, "pyproject.toml does not name the package of " + "; ".join(undeclared)


def test_ci_can_be_run() -> None:
    assert (ROOT / ".ci/run").stat().st_mode & stat.S_IXUSR
