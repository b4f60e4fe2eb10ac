"""Figures of the prose with the words around them: what precedes each, its sentence, its paragraph."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from loaders.documents import Block, Document
from loaders.facts import Figure
from loaders.words.units import unit_after


@dataclass(eq=False)
class Mention:
    """A figure in running text. Offsets are into its paragraph's text, ``end`` behind the unit."""

    figure: Figure
    start: int
    end: int
    before: str
    sentence: int
    paragraph: Paragraph = field(repr=False)

    @property
    def after(self) -> str:
        """The words up to the next figure or the end of the paragraph."""
        index = self.paragraph.mentions.index(self)
        rest = self.paragraph.mentions[index + 1 :]
        return self.paragraph.text[self.end : rest[0].start if rest else len(self.paragraph.text)]

    @property
    def is_level(self) -> bool:
        """Whether it states an amount of money, with its unit."""
        figure = self.figure
        return figure.aspect == "level" and figure.unit == "CNY" and bool(figure.stated_unit)

    @property
    def clause(self) -> str:
        """The words before the figure since the last mark, and without white space."""
        return re.split(r"[，。；：;:！？]", self.before.rstrip("，。；：:"))[-1]


@dataclass(eq=False)
class Paragraph:
    """A block of prose without white space, its figures in order."""

    index: int
    kind: str
    section: tuple[str, ...]
    text: str
    offsets: list[int]
    mentions: list[Mention] = field(default_factory=list)

    def sentence_at(self, position: int) -> int:
        return self.text.count("。", 0, position)

    def levels(self) -> list[Mention]:
        return [m for m in self.mentions if m.is_level]


def make_paragraphs(document: Document, figures: Sequence[Figure]) -> list[Paragraph]:
    """All blocks of prose in order, figures or none."""
    by_block: dict[int, list[Figure]] = {}
    for figure in figures:
        if figure.row < 0 and not figure.table and figure.block >= 0:
            by_block.setdefault(figure.block, []).append(figure)
    out = []
    for index, block in enumerate(document.blocks):
        if block.table is None:
            out.append(_paragraph(index, block, by_block.get(index, [])))
    return out


def _paragraph(index: int, block: Block, figures: list[Figure]) -> Paragraph:
    kept = [(c, o) for c, o in zip(block.passage.text, block.passage.offsets, strict=True) if not c.isspace()]
    text = "".join(c for c, _ in kept)
    offsets = [o for _, o in kept]
    section = tuple(re.sub(r"\s+", "", s) for s in block.section)
    paragraph = Paragraph(index, block.kind, section, text, offsets)
    last = 0
    for figure in sorted(figures, key=lambda f: f.span):
        start = bisect_right(offsets, figure.span.start - 1)
        end = bisect_right(offsets, figure.span.end - 1)
        if start >= len(text):
            continue
        unit = unit_after(text, end)
        end = unit[1] if unit is not None else end
        before = text[last:start]
        paragraph.mentions.append(Mention(figure, start, end, before, paragraph.sentence_at(start), paragraph))
        last = end
    return paragraph
