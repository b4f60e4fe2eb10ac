"""Running text: lines joined to paragraphs over line and page breaks, headings and their levels."""

from __future__ import annotations

import re

from loaders.documents import Block, Passage
from loaders.words import lines as forms
from loaders.words.lines import Line, compact
from loaders.words.numerals import TEN


def usual_width(lines: list[Line]) -> int:
    """The width of a full line of running text: the 80th percentile of prose lines."""
    widths = sorted(len(line.words) for line in lines if not line.tabbed and forms.is_prose(line.words))
    return widths[len(widths) * 4 // 5] if widths else 40


def join_paragraphs(lines: list[Line], width: int) -> list[Block]:
    """Headings and paragraphs of consecutive lines of running text.

    A line goes on in the next one when it ends in the middle of a sentence: with a comma or a dash, or without any
    mark although it is long (at least two thirds of the usual width), and the next line opens no new item.
    """
    blocks: list[Block] = []
    current: list[Line] = []
    for line in lines:
        if current and not _goes_on(current[-1], line, width):
            blocks.append(_prose_block(current))
            current = []
        current.append(line)
    if current:
        blocks.append(_prose_block(current))
    return blocks


def _goes_on(line: Line, following: Line, width: int) -> bool:
    words, behind = line.words, following.words
    if forms.is_toc_line(words):
        return False
    opens = bool(forms.ORDINAL.match(behind) or forms.PART.match(behind))
    last = words[-1]
    if last in "，、,（(“《—":
        return not (opens and last in ",，" and bool(forms.PART.match(behind)))
    if last in TERMINALS:
        return False
    if last.isdigit() and re.match(r"(?:百分点|[万亿千百]?元|[%％，。；])", behind):
        return True  # a number torn from its unit
    if re.search(r"(?<!\d)(?:19|20)\d{2}$", words) and re.match(r"年度?(?!\d)", behind):
        return True  # a year torn from its word
    if re.search(r"\d\.\d\d$", words) and behind[0].isdigit():
        return False  # an amount that is whole, and a number of the next page
    if opens or forms.is_caption(behind) or forms.HEADING.match(behind):
        return False
    if len(words) * 3 >= width * 2 or (forms.SENTENCE.search(words) and len(words) >= 18):
        return True
    return len(words) * 2 >= width and bool(behind) and behind[0] in "，。；、）)”》：%"


TERMINALS = frozenset(forms.TERMINAL) | {"”", "…"}


def _prose_block(lines: list[Line]) -> Block:
    passage = Passage.join(line.passage for line in lines)
    first = lines[0].words
    level = _heading_level(first) if len(lines) == 1 else 0
    return Block("heading" if level else "paragraph", passage.span, passage, level)


def _heading_level(words: str) -> int:
    """1 to 5 for a heading, 0 for running text."""
    flat = compact(words)
    if len(flat) > 45 or flat.endswith(("。", "；", "，", "、")) or re.search(r"[。；]", flat[:-1]):
        return 0
    if forms.PART.match(flat):
        return 1
    if re.match(rf"^[{TEN}]{{1,3}}[、.．]", flat):
        return 2
    if re.match(rf"^[（(][{TEN}]{{1,3}}[）)]", flat):
        return 3
    if re.match(r"^\d{1,2}[.．、](?!\d)", flat) and len(flat) <= 30 and not re.search(r"[，：:]", flat):
        return 4
    if re.match(r"^[（(]\d{1,2}[）)]", flat) and len(flat) <= 30 and not re.search(r"[，：:]", flat):
        return 5
    return 0


def add_sections(blocks: list[Block]) -> list[Block]:
    """Each block with the headings above it."""
    path: list[tuple[int, str]] = []
    out = []
    for block in blocks:
        if block.kind == "heading":
            while path and path[-1][0] >= block.level:
                path.pop()
        section = tuple(text for _, text in path)
        out.append(Block(block.kind, block.span, block.passage, block.level, section, block.table))
        if block.kind == "heading":
            path.append((block.level, block.passage.text))
    return out
