"""What XLSX and XLS share: cells as their sheet shows them, each sheet one page of the text."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from loaders.characters import show_name
from loaders.documents import Document, Span
from loaders.errors import EmptyFile
from loaders.readers.blocks import make_blocks
from loaders.readers.rows import make_table
from loaders.words.numbers import trim_zeros

#: Rows of a sheet beyond this are not read; a warning says so.
MAX_ROWS = 100_000
#: Empty rows in a row after which a sheet is taken to have ended.
EMPTY_RUN = 1000
#: The most places after the point that a cell shows.
_MAX_PLACES = 30
_PLACES = re.compile(r"0(?:\.(0+))?(%?)")
#: A point that is printed between the digits of a whole number, as in 0!.0000, which shows yuan as 万元.
_PRINTED_POINT = re.compile(r"[0#?](?:!\.|\\\.|\"\.\")([0#?]+)")
#: Commas behind the last digit: each leaves three digits out.
_THOUSANDS = re.compile(r"[0#?](,+)(?![0#?.,])")


def make_sheets(
    path: Path,
    data: bytes,
    sheets: Iterable[Iterable[Sequence[str]]],
    *,
    form: str,
    media_type: str,
    warnings: list[str],
) -> Document:
    """A document of sheets, each an iterable of rows of shown cells. ``warnings`` may grow while the rows are taken.

    Raises:
        EmptyFile: no sheet holds any text.
    """
    parts: list[str] = []
    spans: list[Span] = []
    at = 0
    for rows in sheets:
        text = "\n".join(make_table(rows))
        if not text:
            continue
        if spans:
            parts.append("\n\n\f")
            at += 3
        spans.append(Span(at, at + len(text)))
        parts.append(text)
        at += len(text)
    text = "".join(parts) + "\n"
    if not text.strip():
        raise EmptyFile(str(path), "the file holds no text", "Check that it is the right file.")
    return Document(
        name=show_name(path.stem),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format=form,
        blocks=make_blocks(text),
        pages=tuple(spans),
        warnings=tuple(warnings),
        media_type=media_type,
        path=str(path),
    )


def show(value: Any, form: str) -> str:
    """A cell's value as its sheet shows it: places after the point, thousands and percent by its number format."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        plain = isinstance(value, datetime.datetime) and value.time() == datetime.time()
        return value.date().isoformat() if plain and isinstance(value, datetime.datetime) else value.isoformat()
    if not isinstance(value, int | float | Decimal):
        return str(value)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return str(number)
    positive = form.split(";")[0]
    thousands = _THOUSANDS.search(positive)
    if thousands:
        number = number.scaleb(-3 * len(thousands.group(1)))
    point = _PRINTED_POINT.search(positive)
    if point and len(point.group(1)) <= _MAX_PLACES and abs(number) < Decimal(10) ** 20:
        digits = len(point.group(1))
        return f"{number.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-digits):f}"
    pattern = re.sub(r'"[^"]*"|\[[^\]]*\]|_.|\\.|\*.', "", form.split(";")[0]).replace("#", "").replace("?", "")
    places = _PLACES.search(pattern.replace(",", ""))
    if places is None:
        return _plain(number)
    if places.group(2):
        number *= 100
    digits = min(len(places.group(1) or ""), _MAX_PLACES)
    shown = number.quantize(Decimal(1).scaleb(-digits)) if abs(number) < Decimal(10) ** 20 else number
    text = f"{shown:,f}" if "," in pattern.rstrip(",") else f"{shown:f}"
    return text + places.group(2)


def _plain(number: Decimal) -> str:
    """A number without a format: as Excel shows it, without the noise of binary fractions."""
    if not number.is_finite():
        return str(number)
    return trim_zeros(f"{Decimal(f'{number:.15g}'):f}")
