"""Terms that a document defines: what stands under 名词解释, one to a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loaders.documents import Block, Document, Passage
from loaders.facts import Definition
from loaders.words.numbering import STYLES, opening_marker, tidied
from loaders.words.numerals import TEN
from loaders.words.sentences import tidy

#: what the part is called; a line of a table of contents is followed by no definition
HEADED = re.compile(r"(?:(?:专业|专业性|相关|有关)*(?:名词|术语|名词术语)(?:的)?(?:解释|说明|注释)|名词解释)[:：]?$")
PART = re.compile(rf"^第[{TEN}]+部分|^附(?:件|表|录)[:：\d一二三]?")
#: 甲：指…, 甲是指…, 甲，反映…: the term and where its definition begins
TERM = re.compile(
    r"^(?P<term>[“《]?[^，。；：:]{2,60}?)(?:\s*[：:]\s*(?=\S)|(?=是指|系指|，指|，是指|，反映|指(?:为|以|用|单|本|政|除|在|预|事|行|各|财|部|市|省|县|区|按|机|纳|国|当|上)))[，,]?"
)
#: the same behind a number, where a text only says what the term mostly is: 2.“三公”经费主要是…
MAINLY = re.compile(r"^(?P<term>[“《]?[^，。；：:]{2,30}?)(?=主要(?:是|指|包括))")
#: what ends a definition; one that ends in none breaks off at the end of its page or line
CLOSED = re.compile(r"[。；;！!：:，,）)]$")
#: a group of codes as 一般公共服务（类）…（项） belongs to the term
MARK = re.compile(rf"^(?:[（(][{TEN}百]+[）)]|[{TEN}百]+、|\d{{1,3}}[.．、]|[（(]\d{{1,3}}[）)]|[●•·▪■◆]\s*)\s*")
NO_TERM = re.compile(
    r"联系人|联系方式|联系电话|^(?:其中|注|备注|附件?|说明|本表|单位|[\d\s]+)$|[?？]|年度?预算(?:数)?$|如下$|包括$"
)
#: a line inside a paragraph that opens another definition
LINE = re.compile(r"[^，。；：:]{2,40}[：:](?:是?指|反映)")
LONGEST = 3000


def find_definitions(document: Document) -> tuple[Definition, ...]:
    """The terms defined under a heading 名词解释 or the like, in order, each with its text.

    A paragraph that defines nothing carries on the definition before it.
    """
    found: list[Definition] = []
    blocks = list(document.blocks)
    for i, block in enumerate(blocks):
        text = tidied(block).text if block.table is None else ""
        if len(text) <= 24 and HEADED.search(text):
            found.extend(d for d in _section(blocks, i) if all(d.span != f.span for f in found))
    return tuple(found)


def _section(blocks: list[Block], start: int) -> Iterator[Definition]:
    last: tuple[Passage, Passage] | None = None
    numbered = False
    own = opening_marker(tidied(blocks[start]).text)
    for block, passage in _joined(blocks[start + 1 :]):
        if (
            (block.table is not None and not _is_text(block))
            or PART.match(passage.text)
            or HEADED.search(passage.text[-12:])
        ):
            break
        stated = _split(passage)
        if last is not None and numbered and not CLOSED.search(last[1].text) and not MARK.match(passage.text):
            stated = None  # in a numbered list, what follows words that break off carries them on
        if stated is not None:
            numbered = MARK.match(passage.text) is not None
            if last is not None:
                yield _make(*last)
            last = stated
        elif own is not None and opening_marker(passage.text) == (own[0], own[1] + 1):
            break  # the next part, or the next line of a table of contents
        elif block.kind == "heading" and block.level <= blocks[start].level and not MARK.match(passage.text):
            break
        elif last is not None and len(last[1].text) < LONGEST and not re.fullmatch(r"[-—–\s\d]+", passage.text):
            last = (last[0], Passage.join([last[1], passage]))
    if last is not None:
        yield _make(*last)


def _joined(blocks: list[Block]) -> Iterator[tuple[Block, Passage]]:
    """The paragraphs of a section; where a page ends between a term and what it means, the two are one."""
    term: Passage | None = None
    for block, passage in ((b, p) for b in blocks for p in _parts(b)):
        if term is not None:
            passage, term = Passage.join([term, passage]), None
        elif MARK.match(passage.text) and passage.text.endswith(("：", ":")):
            term = passage
            continue
        yield block, passage


def _parts(block: Block) -> list[Passage]:
    """The block, cut where one of its lines opens a definition: a line that ends in a comma does not hide the next."""
    passage = block.passage
    breaks = [i for i in range(1, len(passage.offsets)) if passage.offsets[i] != passage.offsets[i - 1] + 1]
    starts = [0, *(i for i in breaks if block.table is None and _opens(passage.text, i))]
    return [tidy(passage.part(a, b)) for a, b in zip(starts, [*starts[1:], len(passage.text)], strict=True)]


def _opens(text: str, i: int) -> bool:
    """Whether a definition begins with the line at ``i``: never inside a clause that the line before left open."""
    return text[i - 1] in "。；，：,;:" and LINE.match(text, i) is not None


def _is_text(block: Block) -> bool:
    """Whether a block that was taken for a table by its blanks is a paragraph that defines a term."""
    table = block.table
    return table is not None and table.layout not in ("tabs", "ruled") and _split(tidy(block.passage)) is not None


def _split(passage: Passage) -> tuple[Passage, Passage] | None:
    """Term and definition of a paragraph, without the number before them; None if it defines nothing."""
    start = 0
    for pattern in (MARK, *STYLES.values()):
        m = pattern.match(passage.text, start)
        if m:
            start = m.end()
            break
    body = passage.part(start, len(passage.text))
    m = TERM.match(body.text) or (MAINLY.match(body.text) if start else None)
    if m is None:
        return None
    term = body.part(*m.span("term")).strip()
    text = body.part(m.end(), len(body.text)).strip()
    if len(text.text) < 6 or NO_TERM.search(term.text) or re.search(r"[，。；]", term.text):
        return None
    return term, text


def _make(term: Passage, text: Passage) -> Definition:
    return Definition(term.text, term.span, text.text, text.span)
