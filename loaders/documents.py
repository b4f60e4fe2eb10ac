"""The ground floor: a document's text, its blocks, tables and cells, each with its place.

Offsets are 0-based code points into :attr:`Document.text`, end exclusive. This module imports nothing of ours.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

BlockKind = Literal["heading", "paragraph", "table"]
Layout = Literal["tabs", "spaces", "lines", "ruled"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a document's text: ``text[start:end]``."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two stretches share at least one character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside this stretch."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text joined over line, cell and page breaks, in which every character still knows its place.

    ``offsets[i]`` is the document offset of ``text[i]``. Characters of a passage are in document order,
    but need not be adjacent there.
    """

    text: str
    offsets: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.text) != len(self.offsets):
            raise ValueError(f"a passage of {len(self.text)} characters has {len(self.offsets)} offsets")

    @classmethod
    def cut(cls, text: str, start: int, end: int) -> Passage:
        """The passage ``text[start:end]`` of a document's text."""
        return cls(text[start:end], tuple(range(start, end)))

    @classmethod
    def join(cls, parts: Iterable[Passage]) -> Passage:
        """Several passages as one, with nothing between them."""
        items = list(parts)
        return cls("".join(p.text for p in items), tuple(o for p in items for o in p.offsets))

    @property
    def start(self) -> int:
        """Document offset of the first character (-1 for an empty passage)."""
        return self.offsets[0] if self.offsets else -1

    @property
    def end(self) -> int:
        """Document offset behind the last character (-1 for an empty passage)."""
        return self.offsets[-1] + 1 if self.offsets else -1

    @property
    def span(self) -> Span:
        """The stretch of the document from the first character to the last."""
        return Span(self.start, self.end)

    def __bool__(self) -> bool:
        return bool(self.text)

    def part(self, start: int, end: int) -> Passage:
        """Characters ``start`` to ``end`` of the passage, as a passage."""
        if start == 0 and end == len(self.text):
            return self
        return Passage(self.text[start:end], self.offsets[start:end])

    def strip(self) -> Passage:
        """The passage without white space at either end."""
        text = self.text
        if text and not text[0].isspace() and not text[-1].isspace():
            return self
        left = len(text) - len(text.lstrip())
        return self.part(left, max(left, len(text.rstrip())))

    def locate(self, start: int, end: int) -> Span:
        """The document's span of characters ``start`` to ``end`` of this passage (``end`` > ``start``)."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1)

    def find_offset(self, offset: int) -> int | None:
        """The index in this passage of the character at document offset ``offset``, or None."""
        i = bisect.bisect_left(self.offsets, offset)
        return i if i < len(self.offsets) and self.offsets[i] == offset else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. ``column`` is None where the text does not say in which column it stood."""

    passage: Passage
    row: int
    column: int | None

    @property
    def text(self) -> str:
        return self.passage.text


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was found: caption lines, rows of cells, notes. What it means is for ``loaders.tables``.

    ``layout`` says how columns are known: ``tabs`` and ``ruled`` give each cell a column, in ``spaces`` a row is a
    line but empty cells are lost, in ``lines`` each line is one cell and rows are lost as well. ``parts`` says, where
    columns are known, of which pieces the table is made (on several pages, or with a blank line between): the index of
    the first row of each, and how many columns its rows have.
    """

    span: Span
    rows: tuple[tuple[Cell, ...], ...]
    layout: Layout
    title: Passage = Passage("", ())
    unit: Passage = Passage("", ())
    caption: tuple[Passage, ...] = ()
    notes: tuple[Passage, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()

    def cells(self) -> Iterator[Cell]:
        """All cells, row by row."""
        for row in self.rows:
            yield from row


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a table, in reading order.

    ``section`` holds the headings above it, outermost first. ``level`` is 1, 2, … for a heading, else 0.
    """

    kind: BlockKind
    span: Span
    passage: Passage
    level: int = 0
    section: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """Where a stretch of the text stands on a page: 1-based page, points from the page's top left corner."""

    span: Span
    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True)
class Document:
    """One published file: its text, its blocks in reading order, the SHA-256 of its bytes.

    ``pages`` holds for each page the span of its text (one page for a plain text). ``name`` is the file's name
    without its ending, as ``loaders.characters.show_name`` shows it; ``path`` is the path as the system has it.
    ``boxes`` says, for a PDF, where each run of characters stands on its page, in the order of the text; it is empty
    for other formats. ``furniture`` holds the lines that repeat at the edge of pages and the page
    numbers: they are in the text, but in no block. ``recognised`` names the pages (from 1) whose text was recognised in
    their picture (OCR) and may hold wrong characters.
    """

    name: str
    text: str
    sha256: str
    format: str
    blocks: tuple[Block, ...] = ()
    pages: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    media_type: str = "text/plain"
    path: str = ""
    boxes: tuple[Box, ...] = ()
    furniture: tuple[Span, ...] = ()
    recognised: tuple[int, ...] = ()

    @property
    def tables(self) -> list[Block]:
        """The blocks that are tables."""
        return [b for b in self.blocks if b.kind == "table"]

    @property
    def prose(self) -> list[Block]:
        """The blocks that are not tables."""
        return [b for b in self.blocks if b.kind != "table"]

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of the first character of each line."""
        starts = [0]
        starts.extend(i + 1 for i, c in enumerate(self.text) if c == "\n")
        return starts

    def line_of(self, offset: int) -> int:
        """The 1-based number of the line that holds ``offset``."""
        return bisect.bisect_right(self.line_starts, offset)

    def boxes_of(self, span: Span) -> list[Box]:
        """The boxes of the runs that ``span`` touches; none for a format without pages."""
        first = bisect.bisect_right(self._box_ends, span.start)
        found = []
        for at in range(first, len(self.boxes)):
            box = self.boxes[at]
            if box.span.start >= span.end:
                break
            found.append(box)
        return found

    def place_of(self, span: Span) -> Box | None:
        """Where ``span`` begins on its page: one box around its runs on its first page; None without pages."""
        boxes = self.boxes_of(span)
        own = [b for b in boxes if b.page == boxes[0].page]
        if not own:
            return None
        return Box(
            span,
            own[0].page,
            min(b.x0 for b in own),
            min(b.top for b in own),
            max(b.x1 for b in own),
            max(b.bottom for b in own),
        )

    @cached_property
    def _box_ends(self) -> list[int]:
        return [b.span.end for b in self.boxes]
