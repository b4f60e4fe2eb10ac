"""Numbered lists in running text: （一）, 一、, 1., 1、, （1）, ①, whether each item stands on a line or all in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.documents import Block, Passage
from loaders.kept import keep_answers
from loaders.words.numerals import CIRCLED, NUMERAL, TEN, read_numeral
from loaders.words.sentences import tidy

#: style -> what its marker looks like; the group ``n`` is the ordinal
STYLES: dict[str, re.Pattern[str]] = {
    "（一）": re.compile(rf"[（(]\s*(?P<n>[{NUMERAL}]{{1,4}})\s*[）)]\s*[、.．]?\s*"),
    "一、": re.compile(rf"(?P<n>[{NUMERAL}]{{1,4}})\s*、\s*"),
    "（1）": re.compile(r"[（(]\s*(?P<n>\d{1,2})\s*[）)]\s*[、.．]?\s*"),
    "1.": re.compile(r"(?P<n>\d{1,2})\s*(?:[、．]|\.(?!\d))\s*"),
    "①": re.compile(rf"(?P<n>[{CIRCLED}])\s*"),
    "一是": re.compile(rf"(?P<n>[{NUMERAL}]{{1,2}})是\s*"),
}
PART = re.compile(rf"^第[{TEN}]+部分")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a numbered list: its marker as printed without closing marks, its ordinal, its text."""

    number: str
    ordinal: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class Marker:
    """Where a list marker stands in a flow of blocks."""

    style: str
    ordinal: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Several blocks as one passage. ``starts`` are the positions in it at which a block begins."""

    passage: Passage
    starts: frozenset[int]

    @classmethod
    def of(cls, passages: list[Passage]) -> Flow:
        """The flow of these passages, in order."""
        starts = []
        position = 0
        for p in passages:
            starts.append(position)
            position += len(p.text)
        return cls(Passage.join(passages), frozenset(starts))


def markers(flow: Flow, style: str, start: int = 0) -> Iterator[Marker]:
    """The markers of a style, at a block's beginning or behind a mark that ends a clause."""
    text = flow.passage.text
    for m in STYLES[style].finditer(text, start):
        before = text[: m.start()].rstrip()[-1:]
        # a block that does not end its sentence has been cut by a page break, not by an item
        opens = m.start() in flow.starts or m.start() == start or before in "。；;：:，,！"
        if opens and (ordinal := read_numeral(m.group("n"))):
            yield Marker(style, ordinal, m.start(), m.end())


def items(flow: Flow, start: int = 0) -> list[Item]:
    """The numbered list that begins at or behind ``start``: the style whose 1 comes first, counted up.

    A number out of turn, as of a list inside an item or one that begins anew, ends nothing and opens nothing.
    """
    first: Marker | None = None
    for style in STYLES:
        one = next((m for m in markers(flow, style, start) if m.ordinal == 1), None)
        if one is not None and (first is None or one.start < first.start):
            first = one
    if first is None:
        return []
    chain = [first]
    following = list(markers(flow, first.style, first.end))
    for k, m in enumerate(following):
        wanted = chain[-1].ordinal + 1
        # a number left out: the next but one at a block's beginning, where the next comes nowhere any more
        skipped = m.ordinal == wanted + 1 and m.start in flow.starts and all(n.ordinal != wanted for n in following[k:])
        if m.ordinal == wanted or skipped:
            chain.append(m)
    found = []
    for m, nxt in zip(chain, [*chain[1:], None], strict=True):
        end = nxt.start if nxt else len(flow.passage.text)
        if nxt is None:
            # the last item ends with its block
            end = min((s for s in flow.starts if s > m.end), default=end)
        printed = flow.passage.text[m.start : m.end].strip().rstrip("、.．")
        body = flow.passage.part(m.end, end).strip()
        if body:
            found.append(Item(printed.removesuffix("是") if m.style == "一是" else printed, m.ordinal, body))
    return found


def opening_marker(text: str) -> tuple[str, int] | None:
    """Style and ordinal of the marker with which a block begins, or None."""
    for style, pattern in STYLES.items():
        m = pattern.match(text)
        if m and style != "一是":
            return style, read_numeral(m.group("n"))
    return None


@keep_answers(1 << 12)
def tidied(block: Block) -> Passage:
    """The block's text on one line."""
    return tidy(block.passage)


def continued(blocks: list[Block], index: int) -> Passage:
    """The text of a block, with that of the next where it ends in a colon and a paragraph without a number follows.

    An announcement (处室分别是：) and its list are one sentence, however the page sets them.
    """
    passage = tidied(blocks[index])
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    if following is None or following.kind != "paragraph" or not passage.text.endswith(("：", ":")):
        return passage
    more = tidied(following)
    return passage if opening_marker(more.text) is not None else Passage.join([passage, more])
