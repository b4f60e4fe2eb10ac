"""Running text: joined, split into sentences, clauses and lists; every piece still knows its place.

Chinese marks neither words nor, in extracted text, lines that belong together. What it does mark are sentences,
clauses and enumerations, by punctuation; brackets and quotation marks shield the punctuation inside them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from loaders.documents import Document, Passage
from loaders.kept import keep_answers
from loaders.words.numerals import TEN

#: opening marks and what closes them; a half-width mark closes its full-width fellow
PAIRS = {"（": ")", "(": ")", "《": "》", "〈": "〉", "“": "”", "「": "」", "『": "』", "【": "】", "[": "]", "〔": "]"}
NARROW = {"）": ")", "〕": "]"}
CLOSING = "）)》〉”」』】]〕"
CJK = r"\u3400-\u9fff\uf900-\ufaff"
#: a line or page break with the blanks around it, and blanks between two Chinese characters
BREAK = re.compile(r"[ \t\u3000\xa0]*[\r\n\f]+\s*")
INNER_BLANK = re.compile(rf"(?<=[{CJK}，。；：、（）《》“”])[ \t\u3000\xa0]+(?=[{CJK}，。；：、（）《》“”])")
#: tags and blanks of HTML with which a form was filled in, as they are or written out: ``<p>``, ``&lt;br/&gt;``
_TAGS = "p|br|div|span|strong|b|i|u|em|font|sup|sub|table|tbody|thead|tr|td|th|li|ul|ol|h[1-6]|a|img|o:p|style|hr"
MARKUP = re.compile(rf"(?:<|&lt;)/?(?:{_TAGS})(?:\s[^<>]{{0,300}}?)?/?(?:>|&gt;)|&nbsp;", re.IGNORECASE)
#: what a tidy passage has none of
_UNTIDY = re.compile(r"[<&\s]")
#: an amount of money as prose states it
AMOUNT = re.compile(
    r"(?<![\d.,])(-?\d[\d,，]*(?:\s*\.\s*\d+)?|-?\d{1,3}(?:,\s?\d{3})+(?:\.\d+)?)\s*(亿元|万元|元|万(?=[；;，,。、]|$))"
)
#: what stands alone in a letter-spaced line: an ideograph, a mark, a number or a part of one
GLYPH = re.compile(r"[\d.,，．]+[%％]?|[^\sA-Za-z]")
IDEOGRAPH = re.compile(rf"[{CJK}]")
FEWEST_SPACED = 6
SPACED_OUT = re.compile(rf"(?<!\S)[{CJK}]\s+[{CJK}](?!\S)")
#: one, two … as ordinals of an enumeration inside a sentence
ORDINAL_WORD = re.compile(rf"(?:^|(?<=[：:；;，,。]))\s*[{TEN}]{{1,2}}是")


def keep(passage: Passage, drop: Iterable[tuple[int, int]]) -> Passage:
    """The passage without the given stretches (ascending, not overlapping)."""
    parts: list[Passage] = []
    position = 0
    for start, end in drop:
        parts.append(passage.part(position, start))
        position = end
    if not parts:
        return passage
    parts.append(passage.part(position, len(passage.text)))
    return Passage.join(parts)


def tidy(passage: Passage) -> Passage:
    """The passage on one line: breaks, markup and the blanks between Chinese characters are gone, nothing else."""
    if not _UNTIDY.search(passage.text):
        return passage
    passage = keep(passage, (m.span() for m in MARKUP.finditer(passage.text))).strip()
    passage = keep(passage, (m.span() for m in BREAK.finditer(passage.text)))
    return keep(passage, (m.span() for m in INNER_BLANK.finditer(passage.text)))


def squeeze(passage: Passage) -> Passage:
    """The passage without any white space."""
    return keep(passage, (m.span() for m in re.finditer(r"\s+", passage.text)))


def close_up(passage: Passage) -> Passage:
    """The passage without the blanks of words that are letter-spaced: ``预 算 数 14 , 770. 62 万 元``.

    A run is letter-spaced if six ideographs stand alone in it. Two numbers stay two, unless all digits stand alone.
    """
    if not SPACED_OUT.search(passage.text):
        return passage
    drop: list[tuple[int, int]] = []
    words = list(re.finditer(r"\S+", passage.text))
    for spaced, group in itertools.groupby(words, lambda word: bool(GLYPH.fullmatch(word.group()))):
        run = list(group)
        if not spaced or sum(bool(IDEOGRAPH.fullmatch(word.group())) for word in run) < FEWEST_SPACED:
            continue
        alone = all(len(word.group()) == 1 for word in run if word.group()[0].isdigit())
        for word, following in itertools.pairwise(run):
            if alone or not (word.group()[-1].isdigit() and following.group()[0].isdigit()):
                drop.append((word.end(), following.start()))
    return keep(passage, drop)


#: Half-width marks that end a clause. A comma before three digits groups them, unless a decimal point stands before.
_NARROW_MARK = re.compile(
    r"(?<!\d)[,;:]|[,;:](?!\d)|(?<=\d);|(?<=\d),(?=\d{1,2}(?!\d))|(?<=\.\d),(?=\d)|(?<=\.\d\d),(?=\d)"
)
_WIDE = {",": "，", ";": "；", ":": "："}


def widen_marks(text: str) -> str:
    """The text with half-width marks between its clauses as full-width ones, no character more or less.

    >>> widen_marks("收入1,200.5,支出300万元;其余不变")
    '收入1,200.5，支出300万元；其余不变'
    """
    return _NARROW_MARK.sub(lambda m: _WIDE[m.group()], text) if text else text


def lines(document: Document) -> Iterator[Passage]:
    """The lines of a document's text that are not blank, stripped."""
    position = 0
    for line in document.text.splitlines(keepends=True):
        passage = Passage.cut(document.text, position, position + len(line)).strip()
        position += len(line)
        if passage:
            yield passage


def split(passage: Passage, separators: str) -> list[Passage]:
    """The passage cut at each separator that stands outside brackets and quotation marks.

    Separators are dropped; pieces are stripped and never empty. An unbalanced bracket shields nothing.
    """
    text = passage.text
    shielded = shield(text)
    pieces: list[Passage] = []
    start = 0
    for i, character in enumerate(text):
        if character in separators and not shielded[i]:
            pieces.append(passage.part(start, i).strip())
            start = i + 1
    pieces.append(passage.part(start, len(text)).strip())
    return [p for p in pieces if p]


def shield(text: str) -> list[bool]:
    """For each character whether it stands inside a closed pair of brackets or quotation marks."""
    change = [0] * (len(text) + 1)
    stack: list[tuple[int, str]] = []
    for i, character in enumerate(text):
        if character in PAIRS:
            stack.append((i, PAIRS[character]))
        elif character in CLOSING:
            wanted = NARROW.get(character, character)
            # whatever was opened inside and never closed shields nothing
            for k in range(len(stack) - 1, -1, -1):
                if stack[k][1] == wanted:
                    change[stack[k][0]] += 1
                    change[i + 1] -= 1
                    del stack[k:]
                    break
    shielded: list[bool] = []
    level = 0
    for i in range(len(text)):
        level += change[i]
        shielded.append(level > 0)
    return shielded


_SENTENCE_END = re.compile(r"[。！？!?][”’」』）)]*")


def sentences(passage: Passage) -> list[Passage]:
    """The sentences of a passage, each with its closing mark."""
    return list(_list_sentences(passage))


@keep_answers(1 << 12)
def _list_sentences(passage: Passage) -> tuple[Passage, ...]:
    pieces: list[Passage] = []
    start = 0
    for m in _SENTENCE_END.finditer(passage.text):
        pieces.append(passage.part(start, m.end()).strip())
        start = m.end()
    pieces.append(passage.part(start, len(passage.text)).strip())
    return tuple(p for p in pieces if p)


def clauses(passage: Passage) -> list[Passage]:
    """The parts of a passage between semicolons and full stops."""
    return [c for s in sentences(passage) for c in split(s, "；;。")]
