"""How fast documents become facts and quads: characters per second, growth with the tables, rate on two cores.

Run by ``make bench``; prints Markdown. All ratios are of numbers measured in the same run, all times are medians.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from unittest import mock

import pyoxigraph
from official.documents import FORMS, count_tables, make_document
from ortools.sat.python import cp_model

from loaders.build.conversion import Cache, Failure, Task, convert_all, hash_file, make_key
from loaders.build.snapshots import find_pointer
from loaders.catalogue import Catalogue
from loaders.facts import Facts
from loaders.graph import quads
from loaders.pipeline import read_facts
from loaders.resources import documents_folder
from loaders.settings import Settings

#: The promises, of issue and design.
PROMISED_CHARACTERS, PROMISED_SECONDS = 20_000, 2.0
PROMISED_RATIO, PROMISED_BUILD_RATIO = 1.8, 1.7
COPIES = (1, 4, 16)
SPIN = 60_000_000
PARTS = ("speed", "growth", "rate")
#: About the size of what offices publish: functional items of a document, from small to large.
SIZES = (12, 24, 36, 48, 64)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures everything and prints it; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each short measurement (default 5)")
    parser.add_argument("--documents", type=int, default=200, help="documents of the rate on two cores (default 200)")
    parser.add_argument("--rounds", type=int, default=3, help="conversions with one process and two (default 3)")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part only")
    options = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = []
        for part in options.only or PARTS:
            if part == "rate":
                kept.append(measure_rate(folder, options.documents, options.rounds))
                continue
            with held_to(1):
                kept.append((measure_speed if part == "speed" else measure_growth)(folder, options.repeat))
    return 0 if all(kept) else 1


def measure_speed(folder: Path, repeat: int) -> bool:
    """Characters per second on one core, of generated documents in each form and of the real ones."""
    print("## Speed on one core\n")
    print("| document | characters | figures | placed by arithmetic | open | CP-SAT runs | facts (s) | and quads (s) "
          "| characters/s |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")  # fmt: skip
    kept = True
    for path, label in [*_write_forms(folder), *((p, p.stem) for p in sorted(documents_folder().glob("*.txt")))]:
        catalogue = Catalogue.gather([path], documents_folder())
        with counting_solver() as runs:
            facts = read_facts(path, catalogue)
        # Bound at once: each is called within this turn of the loop.
        only_facts = measure(lambda p=path, c=catalogue: read_facts(p, c), repeat)  # type: ignore[misc]
        everything = measure(lambda p=path, c=catalogue: _convert(p, c), repeat)  # type: ignore[misc]
        characters = len(facts.document.text)
        kept &= everything / characters * PROMISED_CHARACTERS < PROMISED_SECONDS
        print(
            f"| {label} | {characters:,} | {len(facts.figures)} | {sum(f.derived for f in facts.figures)} "
            f"| {sum(bool(f.candidates) and not f.column for f in facts.figures)} | {len(runs)} "
            f"| {only_facts:.2f} | {everything:.2f} | {characters / everything:,.0f} |"
        )
    print(f"\nA document of {PROMISED_CHARACTERS:,} characters in under {PROMISED_SECONDS:g} s: {_say(kept)}.\n")
    return kept


def measure_growth(folder: Path, repeat: int) -> bool:
    """The time per table where the same tables are printed 1, 4 and 16 times."""
    print("## Growth with the number of tables, on one core\n")
    print("| form | tables | facts and quads (s) | per table (ms) | against 1× |\n| --- | ---: | ---: | ---: | ---: |")
    worst = 0.0
    for form in FORMS:
        first = 0.0
        for copies in COPIES:
            text = make_document(1, form=form, items=24, copies=copies, prose=0)
            path = folder / f"growth-{form}-{copies}.txt"
            path.write_text(text, encoding="utf-8")
            seconds = measure(lambda p=path: _convert(p, Catalogue()), repeat)  # type: ignore[misc]
            each = seconds / count_tables(text)
            first = first or each
            worst = max(worst, each / first)
            print(f"| {form} | {count_tables(text)} | {seconds:.2f} | {each * 1000:.1f} | {each / first:.2f} |")
    kept = worst < 1.25
    print(f"\nLinear, within a quarter: {_say(kept)} (most {worst:.2f}).\n")
    return kept


def measure_rate(folder: Path, number: int, rounds: int) -> bool:
    """Documents per second with one process and with two, beside what two processes can gain here at all."""
    print(f"## Rate of {number} documents on two cores\n")
    inside = folder / "documents"
    inside.mkdir()
    characters = 0
    for seed in range(number):
        text = make_document(seed, form=FORMS[seed % len(FORMS)], items=SIZES[seed % len(SIZES)])
        (inside / f"{seed:04}.txt").write_text(text, encoding="utf-8")
        characters += len(text)
    converting: dict[int, list[Run]] = {1: [], 2: []}
    bare: dict[int, list[Run]] = {1: [], 2: []}
    for turn in range(rounds):
        for jobs in (1, 2):
            bare[jobs].append(_spin(jobs))
            converting[jobs].append(_convert_all(inside, folder / f"cache-{turn}-{jobs}", jobs))
    published: dict[int, list[Run]] = {1: [], 2: []}
    whole: dict[int, list[Run]] = {1: [], 2: []}
    for cores in (1, 2):
        for runs, run in zip((published, whole), _build(inside, folder / f"store-{cores}", cores), strict=True):
            runs[cores].append(run)
    print("| | one (s) | two (s) | ratio | documents/s on two |\n| --- | ---: | ---: | ---: | ---: |")
    ratios = []
    for label, runs, rate in (
        ("processes: a bare loop, what the machine allows", bare, False),
        ("processes: conversion to quads, processes started", converting, True),
        ("cores: gongkai build, until the snapshot is published", published, True),
        ("cores: gongkai build, until search index and answers are there", whole, True),
    ):
        one, two = (statistics.median(run.seconds for run in runs[jobs]) for jobs in (1, 2))
        ratios.append(one / two)
        shown = f"{number / two:.1f}" if rate else ""
        print(f"| {label} | {one:.1f} | {two:.1f} | {one / two:.2f} | {shown} |")
    kept = ratios[1] >= PROMISED_RATIO and ratios[3] >= PROMISED_BUILD_RATIO
    print(
        f"\n{characters / number:,.0f} characters a document. Two at no less than {PROMISED_RATIO} times the rate of "
        f"one, the whole command at {PROMISED_BUILD_RATIO} times: {_say(kept)}; conversion of what the machine allows, "
        f"{ratios[1] / ratios[0]:.0%}. Load at the end {os.getloadavg()[0]:.1f}."
    )
    return kept


@dataclass(frozen=True)
class Run:
    """Seconds of one run, on the clock."""

    seconds: float


@contextlib.contextmanager
def timing() -> Iterator[list[Run]]:
    """Gives the run at its end."""
    runs: list[Run] = []
    begin = perf_counter()
    yield runs
    runs.append(Run(perf_counter() - begin))


def _convert_all(documents: Path, cache: Path, jobs: int) -> Run:
    settings = Settings(jobs=jobs)
    tasks = [
        Task(path, (content := hash_file(path)), None, make_key(path, content, None, settings), path.stat().st_size)
        for path in sorted(documents.iterdir())
    ]
    with timing() as runs:
        for _, outcome in convert_all(tasks, settings, Cache(cache)):
            if isinstance(outcome, Failure):
                raise SystemExit(str(outcome))
    shutil.rmtree(cache)
    return runs[0]


def _build(documents: Path, store: Path, cores: int) -> tuple[Run, Run]:
    """The command as it is, held to so many cores: until the snapshot is published, and to its end."""
    begin = time.time()
    with held_to(cores), timing() as runs:
        command = [sys.executable, "-m", "gongkai", "build", str(documents), "--store", str(store)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the build failed: {done.stderr[-2000:]}")
    published = find_pointer(store).lstat().st_mtime - begin
    shutil.rmtree(store)
    return Run(published), runs[0]


def _spin(jobs: int) -> Run:
    """Plain arithmetic in ``jobs`` processes, the same work in all."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        pool.map(_count, [1] * jobs)
        with timing() as runs:
            pool.map(_count, [SPIN // jobs] * jobs)
        pool.close()
        pool.join()
    return runs[0]


def _count(number: int) -> int:
    return sum(i % 7 for i in range(number))


def _write_forms(folder: Path) -> Iterator[tuple[Path, str]]:
    for form in FORMS:
        path = folder / f"speed-{form}.txt"
        path.write_text(make_document(7, form=form, items=72, prose=2), encoding="utf-8")
        yield path, f"generated, {form}"


def _convert(path: Path, catalogue: Catalogue) -> tuple[Facts, int]:
    facts = read_facts(path, catalogue)
    content = pyoxigraph.serialize(quads(facts), format=pyoxigraph.RdfFormat.N_QUADS)
    return facts, len(content or b"")


def measure(call: Callable[[], object], repeat: int) -> float:
    """The median time of a call, in seconds, after one that is not counted."""
    call()
    times = []
    for _ in range(repeat):
        begin = perf_counter()
        call()
        times.append(perf_counter() - begin)
    return statistics.median(times)


@contextlib.contextmanager
def counting_solver() -> Iterator[list[object]]:
    """Notes each run of CP-SAT."""
    runs: list[object] = []
    solve = cp_model.CpSolver.solve

    def noted(self: cp_model.CpSolver, model: cp_model.CpModel) -> object:
        runs.append(model)
        return solve(self, model)

    with mock.patch.object(cp_model.CpSolver, "solve", noted):
        yield runs


@contextlib.contextmanager
def held_to(cores: int) -> Iterator[None]:
    """Holds this thread, and the processes and threads that it begins, to so many cores, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:cores]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _say(kept: bool) -> str:
    return "kept" if kept else "NOT kept"


if __name__ == "__main__":
    sys.exit(main())
