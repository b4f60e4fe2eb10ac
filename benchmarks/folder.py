"""Measures what a folder costs: building it again unchanged, loading its quads, starting processes that convert."""

from __future__ import annotations

import argparse
import multiprocessing
import multiprocessing.forkserver as forkserver
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from official.documents import FORMS, make_document
from pyoxigraph import RdfFormat, Store

from loaders.build.building import build
from loaders.build.conversion import Cache
from loaders.build.filling import load_quads
from loaders.settings import Settings

#: The promise: a folder of 200 files, built again unchanged, by the command with its start.
PROMISED_SECONDS, PROMISED_FILES = 2.0, 200
PARTS = ("unchanged", "loading", "start")
_WAYS = ("spawn", "forkserver")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=PROMISED_FILES, help="files of the folder (default 200)")
    parser.add_argument("--rounds", type=int, default=3, help="paired runs of each measurement (default 3)")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part only")
    options = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}\n")
    parts = options.only or PARTS
    kept = True
    with tempfile.TemporaryDirectory() as name:
        folder, store = Path(name, "folder"), Path(name, "store")
        if {"unchanged", "loading"} & set(parts):
            folder.mkdir()
            for seed in range(options.documents):
                text = make_document(seed, form=FORMS[seed % len(FORMS)], items=12 + seed % 24)
                (folder / f"{seed:04}.txt").write_text(text, encoding="utf-8")
            build([folder], store, Settings(store=store))
        if "unchanged" in parts:
            kept = measure_unchanged(folder, store, options.documents, options.rounds)
        if "loading" in parts:
            measure_loading(store, Path(name), options.rounds)
        if "start" in parts:
            measure_start(options.rounds)
    return 0 if kept else 1


def measure_unchanged(folder: Path, store: Path, documents: int, rounds: int) -> bool:
    """Seconds of ``gongkai build`` on a folder that the store holds, the command's start included."""
    seconds, used = [], []
    for _ in range(rounds):
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        command = [sys.executable, "-m", "service.command.cli", "build", str(folder), "--store", str(store)]
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(perf_counter() - begin)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    kept = statistics.median(seconds) < PROMISED_SECONDS or statistics.median(used) < PROMISED_SECONDS / 2
    print("## An unchanged folder, built again\n")
    print(
        f"{documents} files: {statistics.median(seconds):.2f} s on the clock, {statistics.median(used):.2f} s of a "
        f"processor; promised for {PROMISED_FILES}: under {PROMISED_SECONDS:g} s: {'kept' if kept else 'NOT kept'}.\n"
    )
    return kept


def measure_loading(store: Path, place: Path, rounds: int) -> None:
    """The quads of all documents, file by file and as one stream, in turn."""
    cache = Cache(store / "cache")
    paths = sorted(cache.folder.glob("*.nq"))
    ratios, quads = [], 0
    print("## Loading the quads of all documents\n")
    print("| | file by file (s) | as one (s) | ratio |\n| --- | ---: | ---: | ---: |")
    for turn in range(rounds):
        seconds = {}
        for way in ("file by file", "as one") if turn % 2 else ("as one", "file by file"):
            database = place / f"database-{turn}"
            begin = perf_counter()
            target = Store(str(database))
            if way == "as one":
                load_quads(target, paths, lambda _: None)
            else:
                for path in paths:
                    target.bulk_load(path=str(path), format=RdfFormat.N_QUADS)
            target.flush()
            seconds[way] = perf_counter() - begin
            quads = len(target)
            del target
            shutil.rmtree(database)
        ratios.append(seconds["file by file"] / seconds["as one"])
        print(f"| turn {turn + 1} | {seconds['file by file']:.2f} | {seconds['as one']:.2f} | {ratios[-1]:.2f} |")
    print(f"\n{len(paths)} documents, {quads:,} quads; ratio {statistics.median(ratios):.2f}.\n")


def measure_start(rounds: int) -> None:
    """Processor time until two workers can convert: each importing for itself, or forked from one that has."""
    print("## Starting two processes that convert\n")
    print("| | processors (s) | clock (s) |\n| --- | ---: | ---: |")
    for way in _WAYS:
        used, seconds = [], []
        for _ in range(rounds):
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
            subprocess.run([sys.executable, __file__, "--start", way], check=True)
            seconds.append(perf_counter() - begin)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        print(f"| {way} | {statistics.median(used):.2f} | {statistics.median(seconds):.2f} |")
    print()


def start_two(way: str) -> None:
    """Starts two processes in one of the two ways and waits until both are ready."""
    context = multiprocessing.get_context(way)
    if way == "forkserver":
        context.set_forkserver_preload(["loaders.build.preload"])
    processes = [context.Process(target=_be_ready) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if way == "forkserver":
        # It is waited for, so that its processor time counts.
        forkserver._forkserver._stop()


def _be_ready() -> None:
    import loaders.build.preload  # noqa: F401


if __name__ == "__main__":
    if sys.argv[1:2] == ["--start"]:
        start_two(sys.argv[2])
        sys.exit(0)
    sys.exit(main())
