"""Pages of a PDF that are pictures: their text by Tesseract, their lines by the picture's dark runs.

The lines of tables are taken out of the picture before its characters are recognised, since they mislead Tesseract; the
same lines then part the recognised characters into cells, as drawn lines do on other pages.
"""

from __future__ import annotations

import csv
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loaders.readers.pdf.glyphs import Glyph, Place, is_ideograph, normalise_glyphs
from loaders.readers.pdf.grid import Rule, find_rules, join_rules
from loaders.settings import Settings

#: Dots per inch at which a page is drawn, and the most dots of a page.
_DPI = 250.0
_MAX_DOTS = 25_000_000
#: The most memory of the process that draws a page, in bytes.
_MAX_MEMORY = 3_000_000_000
#: What is darker than this, of 255, is ink.
_DARK = 160
#: A rule of a table is at least this long (across, down) and at most this thick, in points.
_LONG, _HIGH, _THICK = 30.0, 14.0, 4.0
#: Tesseract's data of how a page stands, and from where on it is sure.
_ORIENTATION, _SURE_TURN = "osd", 1.0
#: Words that Tesseract is less sure of than this, in percent, are specks.
_UNSURE = 10.0
#: The part of its type size by which digits are high; ideographs reach this far below their baseline.
_DIGIT_HEIGHT, _DEPTH = 0.72, 0.1
#: Words that stand nearer than this, in type sizes, are one run (Tesseract parts ``7, 651. 71``).
_RUN_GAP = 0.9

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]


class NotRecognised(Exception):
    """A page could not be recognised; the message says why."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as Tesseract gives it, in points of the page: its line, its box."""

    text: str
    line: tuple[int, int, int]
    x0: float
    top: float
    x1: float
    bottom: float


@lru_cache(maxsize=4)
def find_tesseract(language: str) -> str:
    """The path of a Tesseract that knows ``language``; an empty string without one."""
    program = shutil.which("tesseract")
    if program is None:
        return ""
    try:
        listing = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=20, check=True, text=True, env=_environment()
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    return program if set(language.split("+")) <= set(listing.split()) else ""


def can_recognise(settings: Settings) -> bool:
    """Whether pages that are pictures are recognised here: the setting allows it, and Tesseract is installed."""
    return settings.ocr == "auto" and bool(find_tesseract(settings.ocr_language))


@dataclass(frozen=True, slots=True)
class Recognised:
    """The glyphs and lines of a page, in points of the picture as it was turned: by ``turn`` degrees, clockwise."""

    glyphs: list[Glyph]
    lines: list[dict[str, Any]]
    turn: int = 0

    def place_back(self, place: Place, wide: float, high: float) -> Place:
        """Where a stretch of the text stands on the page, which is ``wide`` and ``high``, as it is printed."""
        start, end, x0, top, x1, bottom = place
        if self.turn == 90:
            return start, end, top, high - x1, bottom, high - x0
        if self.turn == 180:
            return start, end, wide - x1, high - bottom, wide - x0, high - top
        if self.turn == 270:
            return start, end, wide - bottom, x0, wide - top, x1
        return place


def recognise(path: Path, page: int, wide: float, settings: Settings) -> Recognised:
    """What is seen on page ``page`` (from 0), which is ``wide`` points wide. A page on its side is turned first.

    Raises:
        NotRecognised: the page cannot be drawn, or takes more than ``settings.ocr_seconds``.
    """
    grey = _draw(path, page, settings.ocr_seconds)
    scale = wide / grey.shape[1]
    turn = find_turn(grey, 72 / scale, settings)
    grey = np.ascontiguousarray(np.rot90(grey, -turn // 90))
    across, down = find_runs(grey < _DARK, 1 / scale)
    clean = grey.copy()
    clean[_widen(across | down, 2)] = 255
    table = _run_tesseract(clean, 72 / scale, settings)
    lines = [*_make_lines(across, scale, upright=False), *_make_lines(down, scale, upright=True)]
    walls = join_rules(find_rules(lines)[0])
    return Recognised(make_glyphs(list(_read_words(table, scale)), walls), lines, turn)


def find_turn(grey: Grey, dpi: float, settings: Settings) -> int:
    """By how many degrees (90, 180, 270) a picture must be turned clockwise so that its text stands upright.

    0 if it stands upright, if it has too few characters to tell, or without Tesseract's data for orientation (osd).
    """
    if not find_tesseract(_ORIENTATION):
        return 0
    try:
        said = _ask_tesseract(grey, dpi, settings, "-l", _ORIENTATION, "--psm", "0")
    except NotRecognised:
        return 0  # too few characters
    found = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    sure = float(found.get("Orientation confidence", 0)) >= _SURE_TURN
    return int(found.get("Rotate", 0)) % 360 if sure else 0


def _environment() -> dict[str, str]:
    """What a program of others gets to know of ours."""
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "TMPDIR")}
    return {**keep, "OMP_THREAD_LIMIT": "1", "LC_ALL": "C"}


def _draw(path: Path, page: int, seconds: int) -> Grey:
    script = str(Path(__file__).with_name("picture.py"))
    limits = (_DPI, _MAX_DOTS, _MAX_MEMORY, seconds)
    command = [sys.executable, "-I", script, str(path), str(page), *map(str, limits)]
    try:
        made = subprocess.run(command, capture_output=True, timeout=seconds, check=True, env=_environment())
    except subprocess.TimeoutExpired as error:
        raise NotRecognised(f"drawing it takes more than {seconds} seconds (GONGKAI_OCR_SECONDS)") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise NotRecognised("it cannot be drawn") from error
    head, _, body = made.stdout.partition(b"\n")
    fields = head.split()
    if len(fields) != 4 or fields[0] != b"P5":
        raise NotRecognised("it cannot be drawn")
    width, height = int(fields[1]), int(fields[2])
    return np.frombuffer(body, dtype=np.uint8).reshape(height, width)


def _run_tesseract(grey: Grey, dpi: float, settings: Settings) -> str:
    return _ask_tesseract(grey, dpi, settings, "-l", settings.ocr_language, "--psm", "6", "tsv")


def _ask_tesseract(grey: Grey, dpi: float, settings: Settings, *options: str) -> str:
    picture = b"P5 %d %d 255\n" % (grey.shape[1], grey.shape[0]) + grey.tobytes()
    program = find_tesseract(settings.ocr_language)
    command = [program, "stdin", "stdout", "--dpi", f"{dpi:.0f}", *options]
    try:
        made = subprocess.run(
            command,
            input=picture,
            capture_output=True,
            timeout=settings.ocr_seconds,
            check=True,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise NotRecognised(
            f"recognising it takes more than {settings.ocr_seconds} seconds (GONGKAI_OCR_SECONDS)"
        ) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise NotRecognised("Tesseract fails on it") from error
    return made.stdout.decode("utf-8", errors="replace")


def find_runs(dark: Mask, dots: float) -> tuple[Mask, Mask]:
    """The dark dots of long thin lines, across and down. ``dots`` is the number of dots in a point."""
    across = _runs(dark, int(_LONG * dots))
    down = _runs(dark.T, int(_HIGH * dots))
    thick = max(2, int(_THICK * dots))
    across &= ~_runs(across.T, thick).T
    down &= ~_runs(down.T, thick).T
    return across, down.T


def _runs(dark: Mask, least: int) -> Mask:
    """The dots of a mask that lie in a row of at least ``least`` dots, from left to right."""
    out = np.zeros_like(dark)
    for y in np.flatnonzero(dark.sum(axis=1) >= least):
        for start, end in _stretches(dark[y]):
            if end - start >= least:
                out[y, start:end] = True
    return out


def _stretches(row: Mask) -> Iterator[tuple[int, int]]:
    steps = np.diff(np.concatenate(([0], row.astype(np.int8), [0])))
    return zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True)


def _widen(mask: Mask, by: int) -> Mask:
    out = mask.copy()
    for step in range(1, by + 1):
        out[step:] |= mask[:-step]
        out[:-step] |= mask[step:]
        out[:, step:] |= mask[:, :-step]
        out[:, :-step] |= mask[:, step:]
    return out


def _make_lines(mask: Mask, scale: float, *, upright: bool) -> Iterator[dict[str, Any]]:
    """The lines of a mask as drawn objects of a page."""
    rows = mask.T if upright else mask
    for y in np.flatnonzero(rows.any(axis=1)).tolist():
        for start, end in _stretches(rows[y]):
            low, high, at = start * scale, end * scale, (y + 0.5) * scale
            box = (at, at, low, high) if upright else (low, high, at, at)
            yield {
                "object_type": "line",
                "stroke": True,
                "stroking_color": 0,
                **dict(zip(("x0", "x1", "top", "bottom"), box, strict=True)),
            }


def _read_words(table: str, scale: float) -> Iterator[Word]:
    """The words of Tesseract's table, in points."""
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != "5" or not text or float(row["conf"]) < _UNSURE:
            continue
        left, top, wide, high = (int(row[k]) * scale for k in ("left", "top", "width", "height"))
        line = (int(row["block_num"]), int(row["par_num"]), int(row["line_num"]))
        yield Word(text, line, left, top, left + wide, top + high)


def make_glyphs(words: Sequence[Word], rules: Sequence[Rule] = ()) -> list[Glyph]:
    """The characters of recognised words, each with its share of its run's width, on the line's baseline.

    Tesseract's boxes of single characters are rough and overlap, but their order is right: so words that stand together
    are one run, which is parted only where a gap or a vertical line (of ``rules``) parts it.
    """
    out: list[Glyph] = []
    lines: dict[tuple[int, int, int], list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    for line in lines.values():
        size = statistics.median(_type_size(word) for word in line)
        base = statistics.median(w.bottom - (_DEPTH * size if _has_ideograph(w) else 0.0) for w in line)
        run: list[Word] = []
        for word in line:
            if run and _parts(run, word, size, rules):
                out += _part_run(run, base, size)
                run = []
            run.append(word)
        out += _part_run(run, base, size)
    return out


def _parts(run: Sequence[Word], word: Word, size: float, rules: Sequence[Rule]) -> bool:
    """Whether a word begins a new run: it stands apart from the words before it, or behind a vertical line."""
    before = run[-1]
    if word.x0 - before.x1 > _RUN_GAP * size:
        return True
    left, right = (before.x0 + before.x1) / 2, (word.x0 + word.x1) / 2
    middle = (word.top + word.bottom) / 2
    return any(left < rule.at < right and rule.start < middle < rule.end for rule in rules)


def _has_ideograph(word: Word) -> bool:
    return any(is_ideograph(c) for c in word.text)


def _type_size(word: Word) -> float:
    high = word.bottom - word.top
    return max(high if _has_ideograph(word) else high / _DIGIT_HEIGHT, 4.0)


def _part_run(run: Sequence[Word], base: float, size: float) -> Iterator[Glyph]:
    text = normalise_glyphs("".join(word.text for word in run))
    left, right = min(w.x0 for w in run), max(w.x1 for w in run)
    own = statistics.median(w.bottom for w in run)
    shares = [1.0 if ord(c) > 0x2E7F else 0.3 if c in ",.:;" else 0.55 for c in text]
    step = (right - left) / (sum(shares) or 1.0)
    x = left
    for char, share in zip(text, shares, strict=True):
        yield Glyph(char, x, x + share * step, base if abs(own - base) < 0.5 * size else own, size)
        x += share * step
