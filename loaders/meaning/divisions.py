"""Divisions: the units inside the office, as lists in prose (内设…处、…处) and as tables (内设机构 | 机构职能)."""

from __future__ import annotations

import re
from collections.abc import Collection

from loaders.documents import Block, Document, Passage, Span
from loaders.facts import Division
from loaders.meaning.forms import rows_of
from loaders.words.numbering import Flow, continued, items, tidied
from loaders.words.numerals import TEN
from loaders.words.sentences import sentences, split

ENDINGS = (
    r"(?:处|科|室|部|组|中心|办|司|委|站|所|队|大队|支队|局|署|委员会|支部|总支|"
    r"办公室|办事处|分局|工会|团委|党委|馆|院|会|股)"
)
UNIT = re.compile(rf"^[\u4e00-\u9fffA-Za-z0-9“”、]{{1,36}}{ENDINGS}$")
BRACKETS = re.compile(r"[（(][^（()）]*[）)]")
#: what announces a list of divisions
ANNOUNCED = re.compile(
    r"(?:内设(?:机构|处室|科室|部门|职能处室|职能科室)?|另设|下设(?:机构|处室|科室|部门)?|设有?(?=\s*\d*\s*个?(?:内设|职能)?(?:机构|处室|科室))|"
    r"设置|设下列|共设(?!置)|(?<!、)设(?=[\u4e00-\u9fff]{2,8}[处科室部]、)|(?:机构|处室|科室)(?=(?:分别|依次)(?:是|为|有)))"
)
COUNT = re.compile(
    rf"^\s*(?:机构)?(?:共|为|有|设|设置)?\s*(?:[\d{TEN}两]+)\s*个?\s*(?:职能)?(?:内设|正[处科]级|副[处科]级)?(?:机构|处室|科室|部门|处|科|室)?"
)
LEAD = re.compile(
    r"^[\s，,:：和及]*(?:具体)?(?:各[\u4e00-\u9fff]{2,10}?(?=(?:分别|依次)?[为是：:]))?(?:分别|依次)?(?:包括|为|是|有|如下)?\s*[:：]?\s*"
)
#: units with a budget of their own are other offices, not divisions
OTHER_OFFICE = re.compile(r"事业单位|预算单位|基层单位|下属单位|所属单位|直属单位|二级单位|独立核算|决算单位")
CLOSING = re.compile(rf"等?\s*[\d{TEN}]{{1,3}}\s*个\s*(?:职能)?内设(?:机构|处室|科室|部门)")
INCLUDED = re.compile(r"\s*(?:本级|机关)?(?:内设|下设|设有|设|包括|包含|含|有)?\s*")
#: a list behind what its number leaves out: 内设9个处室及机关党委，分别是办公室、…
NAMELY = re.compile(r"\s*[，,]\s*(?:分别|依次)(?:是|为|有)\s*[:：]?\s*")
#: what may stand between a unit's name and 下设
SEAT = re.compile(r"\s*(?:[（(][^（()）]*[）)])?\s*(?:本级|机关)?\s*$")
#: letters of a unit's name without its place
SHORTEST = 5
DOES = re.compile(
    r"\s*(?P<name>[^，。；：:、]{2,24})[:：](?=\s*(?:主要)?(?:负责|承担|牵头|组织|协助|贯彻|承办|指导|拟订))"
)
TRAILER = re.compile(rf"(?:等)?\s*(?:[\d{TEN}两]+)\s*个?\s*(?:职能)?(?:内设)?(?:机构|处室|科室|部门|处|科|室)?$|等$")


def find_divisions(document: Document, units: Collection[str] = ()) -> tuple[Division, ...]:
    """The divisions a document names, each once, in order of first mention, with the functions that it states.

    Those that are said to be of one of ``units``, the bodies below the office (某某中心下设…), are not the office's.
    """
    found: dict[str, Division] = {}

    def add(name: Passage, functions: tuple[tuple[str, Span], ...] = ()) -> None:
        label = re.sub(r"\s", "", name.text)
        known = found.get(label)
        if known is None:
            found[label] = Division(label, name.span, functions)
        elif functions and not known.functions:
            found[label] = Division(label, known.span, functions)

    blocks = list(document.blocks)
    for i, block in enumerate(blocks):
        if block.table is not None:
            for name, function in _table(block):
                add(name, tuple((s.text, s.span) for s in sentences(function)))
            continue
        passage = continued(blocks, i)
        for sentence in sentences(passage):
            for name in (*_prose(sentence, units), *_counted(sentence)):
                add(name)
        if re.search(r"内设机构[^。]{0,6}[:：]$|设下列\s*\d+\s*个(?:内设)?机构[:：]$", tidied(block).text):
            for name, function in _numbered(blocks, i):
                add(name, ((function.text, function.span),) if function else ())
        elif re.search(r"(?:^|[）)、])(?:机构设置|内设机构)(?:情况)?$", passage.text) and i + 1 < len(blocks):
            for name, function in _numbered(blocks, i):
                add(name, ((function.text, function.span),) if function else ())
            for name in _bare(blocks[i + 1]):
                add(name)
    for name, function in _told(blocks):
        add(name, tuple((s.text, s.span) for s in sentences(function)))
    return tuple(sorted(found.values(), key=lambda d: d.span.start))


def _is_unit(text: str) -> bool:
    """Whether a string has the shape of a unit's name; brackets behind it, nested ones too, may say anything."""
    while (shorter := BRACKETS.sub("", text)) != text:
        text = shorter
    # a bracket that is never closed opens no name
    return bool(UNIT.match(re.split(r"[（(]", text)[0].strip()))


def _is_of(before: str, units: Collection[str]) -> bool:
    """Whether the words before an announcement are, or end in, the name of one of these units, or of its seat."""
    seat = SEAT.search(before)
    said = re.split(r"[，。；：、.．\s]", before[: seat.start()] if seat is not None else before)[-1]
    # 市灯塔学校 is 安平市灯塔学校
    return any(said.endswith(unit) or (len(said) >= SHORTEST and unit.endswith(said)) for unit in units)


def _prose(sentence: Passage, units: Collection[str]) -> list[Passage]:
    """The divisions that one sentence lists behind 内设, 下设, 另设 …"""
    names: list[Passage] = []
    position = 0
    while True:
        m = ANNOUNCED.search(sentence.text, position)
        if m is None:
            return names
        position = m.end()
        rest = sentence.part(m.end(), len(sentence.text))
        if OTHER_OFFICE.search(rest.text[:16]) or _is_of(sentence.text[: m.start()], units):
            continue
        count = COUNT.match(rest.text)
        if count and count.end() and (rest.text[count.end() :] or " ")[0] not in "、":
            rest = rest.part(count.end(), len(rest.text))
        lead = LEAD.match(rest.text)
        rest = rest.part(lead.end() if lead else 0, len(rest.text))
        listed = _list(rest)
        behind = rest.find_offset(listed[-1].offsets[-1]) if listed else None
        namely = NAMELY.match(rest.text, behind + 1) if behind is not None else None
        if namely is not None:
            listed += _list(rest.part(namely.end(), len(rest.text)))
        names.extend(listed)
        if listed:
            position = max(position, sentence.find_offset(listed[-1].offsets[-1]) or position)


def _counted(sentence: Passage) -> list[Passage]:
    """The divisions that stand before their number: 机关（包括办公室、法规处、…19个内设处室）"""
    names: list[Passage] = []
    for closing in CLOSING.finditer(sentence.text):
        before = sentence.part(0, closing.start())
        opening = max(before.text.rfind(mark) for mark in "（(：:；，,")
        lead = INCLUDED.match(before.text, opening + 1)
        names.extend(_list(before.part(lead.end() if lead else opening + 1, len(before.text))))
    return names


def _list(passage: Passage) -> list[Passage]:
    """The names at the beginning of a passage, joined by 、 or 和, as long as each has the shape of a unit."""
    clause = (split(passage, "。；;，,：:") or [passage])[0]
    names: list[Passage] = []
    pieces = [q for p in split(clause, "、") for q in _both(p)]
    for piece in pieces:
        trailer = TRAILER.search(piece.text)
        name = piece.part(0, trailer.start()).strip() if trailer and trailer.start() else piece
        if not _is_unit(name.text):
            if _is_unit(piece.text):
                name = piece
            else:
                break
        names.append(name)
    return names if len(names) >= 2 or (names and len(pieces) == 1) else []


def _both(piece: Passage) -> list[Passage]:
    """甲处和乙处 as two names."""
    m = re.match(rf"^(.{{2,16}}?{ENDINGS})(?:和|及|以及)(.{{2,16}}?{ENDINGS})$", piece.text)
    if m and _is_unit(m.group(1)) and _is_unit(m.group(2)):
        return [piece.part(*m.span(1)), piece.part(*m.span(2))]
    return [piece]


def _bare(block: Block) -> list[Passage]:
    """A paragraph that is nothing but a list of units."""
    if block.kind == "table":
        return []
    passage = tidied(block)
    if not re.fullmatch(r"[^，。；：]{4,400}。?", passage.text) or ANNOUNCED.search(passage.text):
        return []
    names = _list(passage)
    return names if len(names) >= 2 else []


def _numbered(blocks: list[Block], start: int) -> list[tuple[Passage, Passage]]:
    """（一）办公室。负责…；（二）…: names and functions of divisions in a numbered list."""
    following = []
    for block in blocks[start + 1 :]:
        if block.kind == "table":
            break
        following.append(tidied(block))
    found = []
    for item in items(Flow.of(following)):
        m = re.match(r"[^，。；：:]{2,24}(?=[。：:])", item.passage.text)
        if not m or not _is_unit(m.group()):
            break
        rest = item.passage.part(m.end() + 1, len(item.passage.text)).strip()
        found.append((item.passage.part(0, m.end()), rest))
    return found


def _told(blocks: list[Block]) -> list[tuple[Passage, Passage]]:
    """办公室：负责…, 综合科：牵头… in paragraphs one behind the other: divisions told by what they do."""
    found: list[tuple[Passage, Passage]] = []
    run: list[tuple[Passage, Passage]] = []
    for block in (*blocks, None):
        passage = tidied(block) if block is not None and block.kind != "table" else None
        m = DOES.match(passage.text) if passage is not None else None
        if passage is not None and m and _is_unit(m["name"]) and not OTHER_OFFICE.search(m["name"]):
            run.append((passage.part(*m.span("name")), passage.part(m.end(), len(passage.text)).strip()))
            continue
        if len(run) >= 2:
            found += run
        run = []
    return found


def _table(block: Block) -> list[tuple[Passage, Passage]]:
    rows = rows_of(
        block,
        {"name": r"^内设(?:机构|处室|科室|部门)(?:名称)?$", "function": r"(?:机构|主要|工作)?(?:职能|职责)"},
        "name",
    )
    return [(row["name"], row.get("function", Passage("", ()))) for row in rows if _is_unit(row["name"].text)]
