"""Measures what one document more costs, in a small store and in a large one: it is to cost the same.

The documents are those of ``official/``, converted by the loaders; most are copies of a few, each of an office and
a year of its own: text and quads have other names of the same length in them, so that nobody waits for conversion.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from official.documents import FORMS, make_document

from loaders.build.building import build
from loaders.build.conversion import Cache, make_key
from loaders.build.versions import Converted
from loaders.graph.iris import Iris
from loaders.settings import Settings

#: The promises: so many seconds for one document more, and so little more of a processor in the larger store.
PROMISED_SECONDS, PROMISED_RATIO = 5.0, 1.2
_TEMPLATES = 6
_YEARS = ("2022", "2023", "2024")


@dataclass(frozen=True)
class Template:
    """A document that is copied: its text, its quads, what the build knows of it."""

    text: str
    quads: bytes
    row: Converted


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[200, 2000], help="sizes of the stores")
    parser.add_argument("--items", type=int, default=4, help="lines of a document's budget (default 4)")
    parser.add_argument("--rounds", type=int, default=3, help="documents that are added, one by one (default 3)")
    parser.add_argument("--place", type=Path, help="where stores are made, and kept")
    options = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}\n")
    print("| documents | quads | built from nothing (s of a processor) | one more: processor (s) | clock (s) |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    used: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        templates = make_templates(Path(name, "templates"), options.items)
        for count in options.documents:
            place = (options.place or Path(name)) / str(count)
            used.append(measure(place, templates, count, options.items, options.rounds))
    kept = used[-1] / used[0] <= PROMISED_RATIO and max(used) < PROMISED_SECONDS
    print(
        f"\nRatio of the last to the first {used[-1] / used[0]:.2f}; promised: under {PROMISED_SECONDS:g} s, at most "
        f"{PROMISED_RATIO:g} times as much: {'kept' if kept else 'NOT kept'}."
    )
    return 0 if kept else 1


def measure(place: Path, templates: Sequence[Template], count: int, items: int, rounds: int) -> float:
    """Seconds of a processor for one document more in a store of ``count``."""
    folder, store = place / "folder", place / "store"
    before = os.times()
    if not store.exists():
        folder.mkdir(parents=True)
        cache, settings = Cache(store / "cache"), Settings(store=store)
        for number in range(count):
            copy_document(templates[number % len(templates)], number // len(_YEARS), number, folder, cache, settings)
        report = build([folder], store, settings)
        assert report.converted == (), report.converted[:3]
        assert report.succeeded
        _run(folder, store)
    after = os.times()
    whole = after.user + after.system - before.user - before.system
    processor, clock, said = [], [], ""
    for number in range(rounds):
        seed = 1000 + len(list(folder.iterdir()))
        text = make_document(seed, form=FORMS[0], items=items, prose=0)
        (folder / f"more-{seed}-{number}.txt").write_text(text, encoding="utf-8")
        spent, seconds, said = _run(folder, store)
        processor.append(spent)
        clock.append(seconds)
        assert "(1 converted" in said, said
    quads = said.rpartition(" kept")[2].split(" quads")[0].rpartition(" ")[2]
    print(
        f"| {count:,} | {quads} | {whole:.0f} | {statistics.median(processor):.2f} | {statistics.median(clock):.2f} |",
        flush=True,
    )
    return statistics.median(processor)


def _run(folder: Path, store: Path) -> tuple[float, float, str]:
    """Builds the folder with the command; seconds of a processor, of the clock, and what it said."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    command = [sys.executable, "-m", "service.command.cli", "build", str(folder), "--store", str(store)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "GONGKAI_JOBS": "1"})
    seconds, after = perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, seconds, done.stderr


def make_templates(place: Path, items: int) -> list[Template]:
    """A few documents as the loaders convert them."""
    place.mkdir(parents=True)
    for seed in range(_TEMPLATES):
        text = make_document(seed, form=FORMS[seed % len(FORMS)], items=items + seed % 3, prose=0)
        (place / f"{seed}.txt").write_text(text, encoding="utf-8")
    store = place.parent / "template-store"
    report = build([place], store, Settings(store=store))
    assert report.succeeded, report.failures
    cache = Cache(store / "cache")
    return [
        Template(Path(d.path).read_text(encoding="utf-8"), cache.find_quads(d.key).read_bytes(), d)
        for d in report.documents
    ]


def copy_document(template: Template, office: int, number: int, folder: Path, cache: Cache, settings: Settings) -> None:
    """Puts a copy into the folder and, as if it had been converted, into the cache."""
    row, year = template.row, _YEARS[number % len(_YEARS)]
    stated = str(row.fiscal_year)
    # Two characters of its name are others; nothing moves in the text.
    word = row.agency[:2]
    other = chr(0x4E00 + office // 5000) + chr(0x4E00 + office % 5000)
    agency = row.agency.replace(word, other)
    iris = Iris(settings.base)
    old = iris.agency(row.agency).value.rpartition("/")[2]
    new = iris.agency(agency).value.rpartition("/")[2]
    changes = [(row.agency, agency), (row.id, row.id.replace(old, new).replace(stated, year)), (old, new)]

    def move(text: str) -> str:
        for before, after in (*changes, (f"{stated}年", f"{year}年"), (f'"{stated}"', f'"{year}"')):
            text = text.replace(before, after)
        return text

    text, quads = move(template.text), move(template.quads.decode("utf-8")).encode("utf-8")
    path = folder / f"{number:05}.txt"
    path.write_text(text, encoding="utf-8")
    content = sha256(text.encode("utf-8")).hexdigest()
    identity = changes[1][1]
    cache.put(
        replace(
            row,
            id=identity,
            family=identity,
            path=str(path),
            sha256=content,
            key=make_key(path, content, None, settings),
            title=move(row.title),
            agency=agency,
            fiscal_year=int(year),
            checksum=sha256(quads).hexdigest(),
            size=len(quads),
            text=content,
        ),
        quads,
    )


if __name__ == "__main__":
    sys.exit(main())
