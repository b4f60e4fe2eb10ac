"""All that was ever found by fuzzing is tried again, and a little more by chance; long runs are ``make fuzz``."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.fuzz_readers import FORMATS
from tests.fuzzing import __main__ as command
from tests.fuzzing import engines
from tests.fuzzing.targets import TARGETS, Target

ROOT = Path(__file__).resolve().parents[2]
# The same inputs in every run that judges a change, others at each run at a desk.
SEED = 20 if os.environ.get("CI") else int(time.time())
#: Inputs by chance for each target; those of files are tried by tests/loaders/test_reader_fuzz.py.
ROUNDS = {"guard": 1000, "lookup": 1500, "accept": 2500, "reconcile": 2500, "extend": 2500, "parameters": 250}


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_finds_nothing_any_more(name: str) -> None:
    for path in sorted(TARGETS[name].folder.glob("*")):
        assert engines.explain(TARGETS[name], path.read_bytes()) == "", path.name


@pytest.mark.parametrize("name", ROUNDS)
def test_chance_finds_nothing(name: str) -> None:
    target = TARGETS[name]
    seeds = [data for _, data in target.list_seeds()]
    assert seeds
    for number in range(ROUNDS[name]):
        chance = random.Random(f"{name}-{SEED}-{number}")
        data = engines.mutate(chance.choice(seeds), seeds, chance)
        assert engines.explain(target, data) == "", (SEED, number, data[:300])


def test_each_way_in_is_a_target() -> None:
    assert set(TARGETS) == {*FORMATS, *ROUNDS, "zip"}
    assert all(list(TARGETS[name].list_seeds()) for name in ROUNDS)


def break_at(data: bytes) -> None:
    if b"}" in data:
        raise KeyError("刻意")


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_what_is_found_becomes_a_seed(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine == "atheris":
        pytest.importorskip("atheris")
    script = tmp_path / "broken.py"
    # The process of its own gets a target that is defective.
    script.write_text(
        "import sys\nfrom dataclasses import replace\nfrom tests.fuzzing import __main__, targets\n"
        "from tests.fuzzing.test_corpus import break_at\n"
        "targets.TARGETS['guard'] = replace(targets.TARGETS['guard'], run=break_at)\nsys.exit(__main__.main())\n",
        encoding="utf-8",
    )
    run, places = subprocess.run, os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])

    def run_broken(given: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        return run([given[0], str(script), *given[3:]], env={**os.environ, "PYTHONPATH": places}, **options)  # type: ignore[call-overload, no-any-return]

    class Elsewhere(Target):
        @property
        def folder(self) -> Path:
            return tmp_path / "corpus"

    target = Elsewhere(**vars(replace(TARGETS["guard"], run=break_at)))
    monkeypatch.setattr(command, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(command, "_MOST", 1)
    monkeypatch.setattr(command.subprocess, "run", run_broken)
    tried, found = command.fuzz(target, engine, 1, 5)
    assert tried >= 1
    [(place, why)] = found
    assert b"}" in place.read_bytes()
    assert "刻意" in why
    assert place.parent == tmp_path / "corpus"


def test_an_input_that_takes_too_long_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SECONDS", 0.05)

    def hang(_: bytes) -> None:
        while True:
            pass

    assert engines.explain(replace(TARGETS["guard"], run=hang), b"") == "more than 0.05 seconds"


def test_atheris_is_taken_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    assert engines.choose_engine("auto") == "chance"
    monkeypatch.setattr(engines, "find_spec", lambda name: sys)
    assert engines.choose_engine("auto") == "atheris"
    assert engines.choose_engine("chance") == "chance"
