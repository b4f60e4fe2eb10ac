"""How fast files are read: pages of PDF a second on one core, whose time it is, memory; files of text a second.

Times are of the processor, so that other work on the machine counts little. Prints Markdown. With ``--pdf FILE`` real
files are measured beside the generated one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import resource
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any
from unittest import mock

from official.documents import make_document

from loaders.pipeline import read_document, read_facts
from loaders.readers.pdf import reader as pdf
from tests.loaders.filemaker import Item, make_pdf

PROMISED_MEMORY = 500_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each measurement (default 3)")
    parser.add_argument("--texts", type=int, default=50, help="files of text (default 50)")
    parser.add_argument("--pdf", type=Path, action="append", default=[], help="a real PDF to measure as well")
    options = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = measure_pdf([make_long_pdf(folder), *options.pdf], options.repeat)
        measure_texts(folder, options.texts, options.repeat)
    return 0 if kept else 1


def make_long_pdf(folder: Path) -> Path:
    """A PDF of about as many pages as the longest real file, its tables ruled and running over pages."""
    items: list[Item] = []
    for line in make_document(5, form="tabs", items=64, copies=7, prose=4).splitlines():
        if "\t" not in line:
            items.append(line or " ")
            continue
        row = tuple(line.split("\t"))
        if items and isinstance(items[-1], list) and len(items[-1][0]) == len(row):
            items[-1].append(row)
        else:
            items.append([row])
    return make_pdf(folder / "long.pdf", items, breaks=True)


def measure_pdf(paths: Sequence[Path], repeat: int) -> bool:
    """Pages a second, the share of the PDF libraries, and the most memory of a process that reads and converts."""
    print("## PDF on one core\n")
    print("| file | pages | pages/s | in the PDF libraries | facts (s) | most memory, reading (MB) | and facts |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    kept = True
    for path in paths:
        runs = [_time_reading(path) for _ in range(repeat)]
        seconds = statistics.median(run[0] for run in runs)
        share = statistics.median(run[1] / run[0] for run in runs)
        pages = runs[0][2]
        begin = process_time()
        read_facts(path, strict=False)
        facts = process_time() - begin - seconds
        reading, whole = (_measure_memory(path, deep=deep) for deep in (False, True))
        kept &= whole < PROMISED_MEMORY and share > 0.5
        print(f"| {path.stem[:24]} | {pages} | {pages / seconds:.1f} | {share:.0%} | {facts:.1f} "
              f"| {reading / 1e6:.0f} | {whole / 1e6:.0f} |")  # fmt: skip
    print(f"\nMost of the time the libraries' own, and less than {PROMISED_MEMORY / 1e6:.0f} MB: "
          f"{'kept' if kept else 'NOT kept'}.\n")  # fmt: skip
    return kept


def _time_reading(path: Path) -> tuple[float, float, int]:
    """Seconds of one reading, seconds of it outside our own code, and the number of pages."""
    own = 0.0

    def timed(call: Any) -> Any:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal own
            begin = process_time()
            try:
                return call(*args, **kwargs)
            finally:
                own += process_time() - begin

        return run

    # What is ours: glyphs into lines and cells, the text, the blocks. The rest parses and draws the PDF.
    with (
        mock.patch.object(pdf, "read_page", timed(pdf.read_page)),
        mock.patch.object(pdf, "_write", timed(pdf._write)),
        mock.patch.object(pdf, "make_layout", timed(pdf.make_layout)),
    ):
        begin = process_time()
        document = read_document(path)
        whole = process_time() - begin
    return whole, whole - own, len(document.pages)


def _measure_memory(path: Path, *, deep: bool) -> int:
    """The most bytes of memory that a new process has in use while it reads a file."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_read_alone, (path, deep))


def _read_alone(path: Path, deep: bool) -> int:
    if deep:
        read_facts(path, strict=False)
    else:
        read_document(path)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def measure_texts(folder: Path, number: int, repeat: int) -> None:
    """Files of text read a second, and all facts of them."""
    paths = []
    for seed in range(number):
        path = folder / f"{seed}.txt"
        path.write_text(make_document(seed, form="tabs", items=36), encoding="utf-8")
        paths.append(path)
    characters = sum(len(path.read_text(encoding="utf-8")) for path in paths) / number
    print("## Text on one core\n")
    print("| files | characters each | read, files/s | all facts, files/s |\n| ---: | ---: | ---: | ---: |")
    rates = []
    for call in (read_document, lambda path: read_facts(path, strict=False)):
        times = []
        for _ in range(repeat):
            begin = process_time()
            for path in paths:
                call(path)
            times.append(process_time() - begin)
        rates.append(number / statistics.median(times))
    print(f"| {number} | {characters:,.0f} | {rates[0]:.0f} | {rates[1]:.1f} |")


if __name__ == "__main__":
    sys.exit(main())
