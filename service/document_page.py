"""A document's text cut into pieces at its figures and anchors, so that a template can mark them without any HTML."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A figure in a text: its span, its IRI, what it means."""

    start: int
    end: int
    iri: str
    title: str


@dataclass(frozen=True)
class Piece:
    """A stretch of text. ``anchors`` are the spans that begin where it begins; ``mark`` is the figure that it is.

    ``quoted`` if it belongs to the stretch that the reader was sent to.
    """

    text: str
    anchors: tuple[str, ...] = ()
    mark: Mark | None = None
    quoted: bool = False


def mark_text(
    text: str, marks: Sequence[Mark], spans: Iterable[tuple[int, int]] = (), quote: tuple[int, int] = (0, 0)
) -> list[Piece]:
    """The text as pieces, in order and without gaps. A mark that overlaps an earlier one is left out.

    A span that begins inside a mark is anchored at the mark; a mark that ``quote`` touches is quoted as a whole.
    """
    anchors: dict[int, list[str]] = {}
    for start, end in sorted(set(spans) | {(m.start, m.end) for m in marks}):
        if 0 <= start < end <= len(text):
            anchors.setdefault(start, []).append(f"char={start},{end}")
    starts = sorted({*anchors, *quote})
    pieces: list[Piece] = []
    position = 0

    def between(low: int, high: int) -> list[int]:
        return starts[bisect.bisect_left(starts, low) : bisect.bisect_left(starts, high)]

    def add_plain(end: int) -> None:
        nonlocal position
        for cut in [*between(position + 1, end), end]:
            if cut > position:
                within = quote[0] <= position and cut <= quote[1]
                pieces.append(Piece(text[position:cut], tuple(anchors.get(position, ())), quoted=within))
                position = cut

    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if mark.start < position or not mark.start < mark.end <= len(text):
            continue
        add_plain(mark.start)
        names = tuple(name for start in between(mark.start, mark.end) for name in anchors.get(start, ()))
        touched = mark.start < quote[1] and quote[0] < mark.end
        pieces.append(Piece(text[mark.start : mark.end], names, mark, touched))
        position = mark.end
    add_plain(len(text))
    return pieces
