"""How fast files are read: pages of PDF a second on one core, whose time it is, memory; files of text a second.

Times are of the processor, so that other work on the machine counts little. Prints Markdown. With ``--pdf FILE`` real
files are measured beside the generated one. With ``--against CHECKOUT`` they are converted (facts and quads) by this
checkout and by another one, in turn, and what differs is told.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import hashlib
import json
import multiprocessing
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any
from unittest import mock

import pdfplumber
import pyoxigraph
import pypdfium2
import pypdfium2.raw as pdfium
from official.documents import make_document

from loaders.errors import DocumentError
from loaders.graph import quads
from loaders.pipeline import read_document, read_facts
from loaders.readers.pdf import reader as pdf
from loaders.resources import documents_folder
from loaders.settings import DEFAULT_BASE, Settings
from tests.loaders.filemaker import Item, make_pdf

PROMISED_MEMORY = 500_000_000
#: How much faster than pdfplumber a page is drawn, and than another checkout a document is converted.
PROMISED_DRAWING, PROMISED_WHOLE = 4.0, 3.0
#: So many files are converted by one process.
_TOGETHER = 8
_COLUMNS = [(side, key) for side in (0, 1) for key in ("facts", "all")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each measurement (default 3)")
    parser.add_argument("--texts", type=int, default=50, help="files of text (default 50)")
    parser.add_argument("--pdf", type=Path, action="append", default=[], help="a real PDF to measure as well")
    parser.add_argument("--against", type=Path, help="another checkout that converts the same files, in turn")
    parser.add_argument("--convert", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.convert:
        print(json.dumps(convert_all(options.pdf)))
        return 0
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.against is not None:
            return 0 if measure_against(options.against, options.pdf, options.repeat) else 1
        kept = measure_pdf([make_long_pdf(folder), *options.pdf], options.repeat)
        kept &= measure_drawing([make_long_pdf(folder), *options.pdf], options.repeat)
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
    print("| file | pages | pages/s | opening and drawing | facts (s) | most memory, reading (MB) | and facts |")
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
        kept &= whole < PROMISED_MEMORY
        print(f"| {path.stem[:24]} | {pages} | {pages / seconds:.1f} | {share:.0%} | {facts:.1f} "
              f"| {reading / 1e6:.0f} | {whole / 1e6:.0f} |")  # fmt: skip
    print(f"\nLess than {PROMISED_MEMORY / 1e6:.0f} MB: "
          f"{'kept' if kept else 'NOT kept'}.\n")  # fmt: skip
    return kept


def measure_drawing(paths: Sequence[Path], repeat: int) -> bool:
    """Pages drawn a second: by the reader, by pdfplumber (all that it says of them), by PDFium (its characters alone).

    ``unlike`` counts the characters of PDFium that are not at the place, within half a point, where pdfplumber has
    them, and those of pdfplumber that PDFium has not; the reader's are the same, which a test holds.
    """
    print("## Drawing on one core\n")
    print("| file | pages | reader, pages/s | pdfplumber | PDFium, characters | unlike pdfplumber's |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    kept = True
    for path in paths:
        rates = []
        found: list[list[tuple[str, int, int]]] = []
        for call in (_draw, _draw_slowly, _draw_natively):
            times = []
            for _ in range(repeat):
                begin = process_time()
                drawn = call(path)
                times.append(process_time() - begin)
            rates.append(len(drawn) / statistics.median(times))
            found.append([char for page in drawn for char in page])
        unlike = (Counter(found[1]) - Counter(found[2])).total() + (Counter(found[2]) - Counter(found[1])).total()
        kept &= rates[0] >= PROMISED_DRAWING * rates[1] and Counter(found[0]) == Counter(found[1])
        print(f"| {path.stem[:24]} | {len(drawn)} | {rates[0]:.0f} | {rates[1]:.0f} | {rates[2]:.0f} "
              f"| {unlike:,} of {len(found[1]):,} |")  # fmt: skip
    print(
        f"\nThe same characters as pdfplumber, {PROMISED_DRAWING:g} times as fast: {'kept' if kept else 'NOT kept'}.\n"
    )
    return kept


Pages = list[list[tuple[str, int, int]]]


def _round(text: str, x: float, y: float) -> tuple[str, int, int]:
    return text, round(x * 2), round(y * 2)


def _draw(path: Path) -> Pages:
    from loaders.readers.pdf.engine import draw, open_pages

    pdf, count = open_pages(path, 5000)
    pages = []
    for number in range(count):
        pages.append([_round(c["text"], c["x0"], c["matrix"][5]) for c in draw(pdf.pages[number]).chars])
    pdf.stream.close()
    return pages


def _draw_slowly(path: Path) -> Pages:
    pages = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            _ = page.lines, page.rects, page.curves
            pages.append([_round(c["text"], c["x0"], c["matrix"][5]) for c in page.chars])
            page.close()
    return pages


def _draw_natively(path: Path) -> Pages:
    """PDFium's characters through ctypes: text, origin, box, size."""
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    pages = []
    with pypdfium2.PdfDocument(path) as pdf:
        for number in range(len(pdf)):
            page = pdfium.FPDF_LoadPage(pdf, number)
            text = pdfium.FPDFText_LoadPage(page)
            chars = []
            for at in range(pdfium.FPDFText_CountChars(text)):
                if pdfium.FPDFText_IsGenerated(text, at):
                    continue
                pdfium.FPDFText_GetCharOrigin(text, at, ctypes.byref(x), ctypes.byref(y))
                pdfium.FPDFText_GetLooseCharBox(text, at, ctypes.byref(box))
                pdfium.FPDFText_GetFontSize(text, at)
                chars.append(_round(chr(pdfium.FPDFText_GetUnicode(text, at)), x.value, y.value))
            pages.append(chars)
            pdfium.FPDFText_ClosePage(text)
            pdfium.FPDF_ClosePage(page)
    return pages


def measure_against(checkout: Path, paths: Sequence[Path], repeat: int) -> bool:
    """Whole conversions by another checkout and by this one, in turn: pages a second; whether the outcome differs."""
    print("## Whole conversions of two checkouts, in turn, on one core\n")
    print("| file | pages | figures | other: facts (s) | + quads | this: facts (s) | + quads | × | × | differs |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    totals = [0.0] * 4
    pages = 0
    same = True
    here = Path(__file__).resolve().parents[1]
    for some in (paths[at : at + _TOGETHER] for at in range(0, len(paths), _TOGETHER)):
        runs = [(_convert_in(checkout, some), _convert_in(here, some)) for _ in range(repeat)]
        for number, path in enumerate(some):
            other, this = (side[number] for side in runs[0])
            unlike = [key for key in ("error", "text", "figures", "quads") if other.get(key) != this.get(key)]
            same &= not unlike
            if "error" in other or "error" in this:
                print(f"| {path.stem[:24]} | {this.get('error', 'read')} | | | | | | | | {', '.join(unlike)} |")
                continue
            times = [statistics.median(run[side][number][key] for run in runs) for side, key in _COLUMNS]
            totals = [total + time for total, time in zip(totals, times, strict=True)]
            pages += this["pages"]
            cells = [path.stem[:24], this["pages"], this["count"], *(f"{time:.2f}" for time in times)]
            cells += [f"{times[0] / times[2]:.1f}", f"{times[1] / times[3]:.1f}", ", ".join(unlike)]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    rates = [pages / total for total in totals]
    print(
        f"\n{pages:,} pages. Facts: {rates[0]:.1f} pages/s by the other, {rates[2]:.1f} by this, "
        f"{rates[2] / rates[0]:.2f} times. With quads: {rates[1]:.1f}, {rates[3]:.1f}, {rates[3] / rates[1]:.2f} times."
        f" The outcome is {'the same' if same else 'NOT the same'}.\n"
    )
    return same and rates[2] >= PROMISED_WHOLE * rates[0]


def _convert_in(checkout: Path, paths: Sequence[Path]) -> list[dict[str, Any]]:
    """What :func:`convert` says of files, in a new process that has the code of a checkout."""
    command = [sys.executable, str(Path(__file__).resolve()), "--convert"]
    for path in paths:
        command += ["--pdf", str(path.resolve())]
    places = [checkout.resolve(), Path(__file__).resolve().parent]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places))}
    ran = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def convert_all(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """:func:`convert` of each file, by a process that has converted before, so that what is loaded once is left out."""
    for path in [*sorted(documents_folder().glob("*.txt"))[:1], *paths[:1]]:
        with contextlib.suppress(DocumentError):
            list(quads(read_facts(path, settings=Settings(ocr="off"), strict=False), DEFAULT_BASE, "", "zh"))
    return [convert(path) for path in paths]


def convert(path: Path) -> dict[str, Any]:
    """Seconds of the processor that a file takes to become facts, and quads as well; digests of what it became."""
    begin = process_time()
    try:
        facts = read_facts(path, settings=Settings(ocr="off"), strict=False)
    except DocumentError as error:
        return {"error": type(error).__name__}
    middle = process_time()
    lines = pyoxigraph.serialize(quads(facts, DEFAULT_BASE, "", "zh"), format=pyoxigraph.RdfFormat.N_QUADS) or b""
    end = process_time()
    rows = [
        (f.subject_label, f.unit, f.fiscal_year, f.phase, f.column, str(f.value), f.span.start, f.span.end)
        for f in facts.figures
    ]
    return {
        "pages": len(facts.document.pages), "count": len(rows), "facts": middle - begin, "all": end - begin,
        "text": _digest(facts.document.text.encode()), "figures": _digest(repr(rows).encode()), "quads": _digest(lines),
    }  # fmt: skip


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


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
