"""Duties: the numbered responsibilities that follow 主要职能, 主要职责, 职能是 and the like."""

from __future__ import annotations

import re

from loaders.documents import Block, Document, Passage
from loaders.facts import Duty
from loaders.words.numbering import PART, Flow, Item, items, opening_marker, tidied
from loaders.words.sentences import split

WORD = (
    r"(?:(?:主要|基本|工作|机关|部门|单位|本部门|本单位)*"
    r"(?:职能职责|职责职能|职能|职责|工作职责|职责任务)|主要工作职责)"
)
#: a heading or a short line that announces duties
ANNOUNCED = re.compile(rf"{WORD}(?:及(?:内设)?机构设置|和机构设置)?(?:情况)?(?:是|为|包括|如下|有)*[:：。]?$")
#: an announcement inside a paragraph, with the list, or its only text, behind it
INSIDE = re.compile(rf"{WORD}(?:主要)?(?:是|为|包括|如下|有)+[:：]?\s*|{WORD}[:：]\s*")
SAID = re.compile(rf"^{WORD}(?:主要)?(?:是|为|包括|如下)?\s*[:：]\s*(?=.{{12}})")
#: what a section about something else is called
ELSEWHERE = re.compile(
    r"机构设置|内设机构|机构编制|人员情况|部门预算单位|预算单位|决算单位|工作任务|工作目标|年度总体工作|收支"
)
#: what a document says in place of its duties
WITHHELD = re.compile(r"涉密|不予公开|不公开|保密|见附件|详见|另行公开|无此项|不涉及")
MENTION = re.compile(r"(?:履行|根据|按照|各自|上述|结合|依据|转变|有关|明确|符合|完成主要|其)(?:本?部门|本?单位)?$")


def find_duties(document: Document) -> tuple[Duty, ...]:
    """The duties of the office, from the first section that lists any, in order.

    Items are counted up from one: numbers of a list inside an item, or of one that begins anew, belong to the item.
    """
    blocks = list(document.blocks)
    for i, block in enumerate(blocks):
        if block.kind == "table":
            continue
        passage = tidied(block)
        text = passage.text
        if len(text) <= 60 and ANNOUNCED.search(text) and not re.search(r"[.．…·]{3}", text):
            found = _listed(section(blocks, i), 0)
            if len(found) >= 2 or (len(found) == 1 and _is_sentence(found[0])):
                return found
            if not found:
                stated = section(blocks, i)
                found = _unnumbered(stated) or _single(_announced(stated))
                if found:
                    return found
            continue
        for m in INSIDE.finditer(text):
            if MENTION.search(text[: m.start()]):
                continue
            flow = Flow.of([passage, *section(blocks, i)])
            found = _listed_in(flow, m.end())
            if len(found) >= 2:
                return found
            found = _clauses(_whole(passage.part(m.end(), len(text)), section(blocks, i)))
            if len(found) >= 2:
                return found
    return ()


def section(blocks: list[Block], start: int) -> list[Passage]:
    """The text behind block ``start`` that its announcement governs: to the next table, part or sibling heading."""
    own = opening_marker(tidied(blocks[start]).text)
    behind = (opening_marker(tidied(b).text) for b in blocks[start + 1 :] if b.kind != "table")
    if own is not None and next((m for m in behind if m and m[0] == own[0]), None) == (own[0], 1):
        own = None  # a list in the style of its heading, also behind an introduction: its second item is no sibling
    outer = {(m[0], m[1] + 1) for s in blocks[start].section if (m := opening_marker(s))}
    found: list[Passage] = []
    for block in blocks[start + 1 :]:
        if block.kind == "table":
            break
        passage = tidied(block)
        marker = opening_marker(passage.text)
        sibling = own is not None and marker == (own[0], own[1] + 1)
        if PART.match(passage.text) or sibling or (block.kind == "heading" and marker in outer):
            break
        if block.kind == "heading" and blocks[start].level and block.level <= blocks[start].level and not marker:
            break
        if len(passage.text) <= 30 and ELSEWHERE.search(passage.text) and not passage.text.endswith(("。", "；")):
            break
        found.append(passage)
    return found


def _listed(passages: list[Passage], start: int) -> tuple[Duty, ...]:
    return _listed_in(Flow.of(passages), start)


def _listed_in(flow: Flow, start: int) -> tuple[Duty, ...]:
    return tuple(_duty(item) for item in items(flow, start))


def _duty(item: Item) -> Duty:
    passage = item.passage
    if passage.text.endswith(("；", ";")):
        passage = passage.part(0, len(passage.text) - 1).strip()
    return Duty(passage.text, passage.span, item.number)


def _unnumbered(passages: list[Passage]) -> tuple[Duty, ...]:
    """Duties that are stated one to a paragraph, or one to a clause, without numbers."""
    if not passages:
        return ()
    whole = _whole(passages[0], passages[1:])
    announced = INSIDE.search(whole.text)
    return _clauses(whole.part(announced.end(), len(whole.text)) if announced else whole)


def _is_sentence(duty: Duty) -> bool:
    """Whether the only item of a list says something, as 1.贯彻执行法律法规。 does."""
    return len(duty.label) >= 6 and duty.label.endswith("。") and not WITHHELD.search(duty.label)


def _announced(passages: list[Passage]) -> list[Passage]:
    """The passages from where one of them says 单位职能：, without those words; all of them where none does."""
    for i, passage in enumerate(passages):
        m = SAID.match(passage.text)
        if m is not None:
            return [passage.part(m.end(), len(passage.text)), *passages[i + 1 :]]
    return passages


def _single(passages: list[Passage]) -> tuple[Duty, ...]:
    """The sentence or two that are all that stands under a heading of duties."""
    if not passages:
        return ()
    whole = _whole(passages[0], passages[1:])
    if len(whole.text) < 12 or not whole.text.endswith(("。", "；")) or WITHHELD.search(whole.text):
        return ()
    parts = split(whole, "；;") if "；" in whole.text or ";" in whole.text else [whole]
    return tuple(Duty(p.text, p.span) for p in parts)


def _whole(passage: Passage, following: list[Passage]) -> Passage:
    """The passage with the blocks that carry on its last sentence."""
    for more in following:
        if passage.text.endswith(("。", "：", ":")):
            break
        passage = Passage.join([passage, more])
    return passage


def _clauses(passage: Passage) -> tuple[Duty, ...]:
    parts = split(passage, "；;")
    if len(parts) < 3:
        return ()
    return tuple(Duty(p.text, p.span) for p in parts)
