"""A document's text cut into pieces at what it states, so that a template can mark it without any HTML."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """Something that a stretch of text states: its span, its IRI, what it means.

    ``kind`` is figure or code for what stands by itself; anything else (entity, duty, finding …) may hold others.
    """

    start: int
    end: int
    iri: str
    title: str
    kind: str = "figure"


@dataclass(frozen=True)
class Piece:
    """A stretch of text. ``anchors`` are the spans that begin where it begins; ``mark`` is the figure or code it is.

    ``quoted`` if it belongs to the stretch that the reader was sent to. ``within`` are the kinds of what it is a part
    of, and ``around`` is the innermost of these.
    """

    text: str
    anchors: tuple[str, ...] = ()
    mark: Mark | None = None
    quoted: bool = False
    within: tuple[str, ...] = ()
    around: Mark | None = None


def mark_text(
    text: str,
    marks: Sequence[Mark],
    spans: Iterable[tuple[int, int]] = (),
    quote: tuple[int, int] = (0, 0),
    backs: Sequence[Mark] = (),
) -> list[Piece]:
    """The text as pieces, in order and without gaps. A mark that overlaps an earlier one is left out.

    A span that begins inside a mark is anchored at the mark; a mark that ``quote`` touches is quoted as a whole.
    ``backs`` are what marks may stand within; they may overlap one another.
    """
    anchors: dict[int, list[str]] = {}
    for start, end in sorted(set(spans) | {(m.start, m.end) for m in (*marks, *backs)}):
        if 0 <= start < end <= len(text):
            anchors.setdefault(start, []).append(f"char={start},{end}")
    ground = _Ground(backs)
    starts = sorted({*anchors, *quote, *(b.end for b in backs)})
    pieces: list[Piece] = []
    position = 0

    def between(low: int, high: int) -> list[int]:
        return starts[bisect.bisect_left(starts, low) : bisect.bisect_left(starts, high)]

    def add_plain(end: int) -> None:
        nonlocal position
        for cut in [*between(position + 1, end), end]:
            if cut > position:
                quoted = quote[0] <= position and cut <= quote[1]
                within, around = ground.look(position)
                names = tuple(anchors.get(position, ()))
                pieces.append(Piece(text[position:cut], names, None, quoted, within, around))
                position = cut

    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if mark.start < position or not mark.start < mark.end <= len(text):
            continue
        add_plain(mark.start)
        names = tuple(name for start in between(mark.start, mark.end) for name in anchors.get(start, ()))
        touched = mark.start < quote[1] and quote[0] < mark.end
        within, around = ground.look(mark.start)
        pieces.append(Piece(text[mark.start : mark.end], names, mark, touched, within, around))
        position = mark.end
    add_plain(len(text))
    return pieces


class _Ground:
    """What stretches of text lie behind a place; asked for places in rising order."""

    def __init__(self, backs: Sequence[Mark]) -> None:
        self._coming = sorted((b for b in backs if b.start < b.end), key=lambda b: b.start, reverse=True)
        self._here: list[Mark] = []

    def look(self, place: int) -> tuple[tuple[str, ...], Mark | None]:
        """The kinds of what lies behind ``place``, and the innermost of it."""
        while self._coming and self._coming[-1].start <= place:
            self._here.append(self._coming.pop())
        if not self._here:
            return (), None
        self._here = [b for b in self._here if b.end > place]
        if not self._here:
            return (), None
        inner = min(self._here, key=lambda b: (b.end - b.start, b.kind == "finding", b.iri))
        return tuple(dict.fromkeys(b.kind for b in self._here)), inner
