"""The bodies below an office: the units whose budgets or accounts a department's document adds up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loaders.documents import Block, Document, Passage, Span
from loaders.meaning.forms import flat, header_columns
from loaders.words.naming import clean_name, is_office
from loaders.words.numbering import Flow, continued, items, opening_marker, tidied
from loaders.words.numerals import TEN, read_numeral
from loaders.words.sentences import sentences, split, tidy

UNITS = (
    r"(?:预算单位|决算单位|下属单位|所属单位|直属单位|基层单位|二级单位|下属事业单位|所属事业单位|直属事业单位|下属机构|"
    r"独立核算[^，。；]{0,8}单位|下设[^，。；]{0,8}事业单位|(?:所|直|下|[局委厅办署院部])属(?:行政|事业)单位)"
)
#: a sentence about the units below, and where in it their list may begin
ABOUT = re.compile(rf"{UNITS}|(?:部门|单位)(?:综合)?(?:预算|决算)包括|(?:预算|决算|系统)包括")
BEGINS = re.compile(r"(?:具体|分别)?(?:包括|是|为|(?<!国)有|如下)\s*(?:\d+\s*[家个][^：:，、]{0,8})?[:：]?\s*|[:：]\s*")
BELOW = re.compile(r"(?:[:：]|见下表|如下表?|包括|\d\s*[家个][^，。；]{0,6}单位)[。:：]?$")
NONE = re.compile(r"(?:没有|无)(?:独立核算的)?(?:其他)?(?:下属|所属|二级|直属|基层)|仅(?:包括|含)|只有本级")
TITLE = re.compile(r"(?:单位名称|预算单位(?:名称)?|部门(?:单位)?名称)$")
TAIL = re.compile(r"(?:的?(?:预算|决算|收支预算))$|等?共?\s*\d{1,3}\s*[家个][\u4e00-\u9fff]{0,6}单位$|等$")
LEAD = re.compile(
    r"^(?:以及|及其?|和|与|其中[:：]?|我?[局委办厅院署]属|下属(?:的)?|所属|直属|\d{1,2}\s*[家个](?:[\u4e00-\u9fff]{2,8}单位)?[:：]?|"
    r"(?:分别|依次|具体)?(?:为|是|包括)[:：]?|[^、，。]{1,20}(?:管理|主管)的(?:直属|下属|所属)?(?:事业)?单位)\s*"
)
#: 审计（12、13）; 行政单位 behind a name
REMARK = re.compile(r"[（(][^（()）]*[）)]$")
ENDS = re.compile(r"[。；;，,、\s]+$")
OWN = re.compile(r"本级|本级预算|机关$|本部$|汇总|合计|小计|总计")
#: the seat behind the name of a unit: that of a body below is the body, that of the office itself is none
SEAT = re.compile(
    r"\s*(?:[（(](?:[局委厅办署院部]?(?:机关)?本级|机关|本部)[）)]|(?:(?<=([局委厅办署院部]))\1)?(?:机关)?本级|机关|本部)$"
)
#: a mark that leads to a note, with the number of the note
MARK = re.compile(r"\s*[*＊※]\s*\d{0,2}$")
#: the number of units before their list
TOLD = re.compile(rf"(?P<n>\d{{1,3}}|[{TEN}]{{1,3}})\s*[个家](?!内设)[^，。；、]{{0,12}}?[，,]?$")
#: their number behind it
CLOSING = re.compile(rf"等?共?\s*(?P<n>\d{{1,3}}|[{TEN}]{{1,3}})\s*[个家][\u4e00-\u9fff]{{0,6}}单位$")
#: the number of an item that stands behind another in one line: 1.甲局 2.乙中心
ORDINAL = re.compile(r"(?:^|(?<=[\u4e00-\u9fff）)\s]))\s*\d{1,2}\s*[.．、](?!\d)\s*")
#: units whose number stands behind them, what may stand before them, and what a short name looks like
COUNTED = re.compile(
    rf"等?\s*(?P<n>\d{{1,3}}|[{TEN}]{{1,3}})\s*[个家]\s*(?!内设)[\u4e00-\u9fff]{{0,6}}?(?:事业单位|事业机构|预算单位|[所直下]属单位)"
)
INCLUDED = re.compile(r"[^、]{0,30}?(?:下设|下辖|下属|所属|直属|另有|设有|包括|含)(?:事业单位|单位|机构)?\s*[:：]?\s*")
SHORT = re.compile(r"^[\u4e00-\u9fff（）()]{2,30}(?:局|中心|站|所|馆|台|院|校|会|队|办公室|处|园|库|场|社|团|学院)$")
#: what is said of a unit behind its name
RANKED = re.compile(r"^(?:为|属)?(?:正|副)?[厅处科股]级|建制$|^(?:为|属)?公益")
NO_UNIT = re.compile(
    r"内设|处室|科室|下属|所属|直属(?:的|单位|事业|机构)|^直属|预算(?!.{0,10}(?:中心|所|院|局|办公室)$)|[，。：:；\d]|是|(?<!国)有|^(?:我|本|该|其)|办公设备|车辆|设备"
)
#: what is announced as within the office is no unit
INNER = re.compile(r"(?:内设|处室|科室)[^；。、]{0,10}$")
#: 7个学校 is what the names behind it are
CLASS = re.compile(rf"(?:以?及|和)?(?:\d{{1,3}}|[{TEN}]{{1,3}})\s*[个家所][^:：]*$")
#: what a member of a list of units may look like, and what it may not say
NAMED = re.compile(r"[\u4e00-\u9fffA-Za-z0-9（）()“”·]{2,40}")
NO_NAME = re.compile(r"内设|^(?:我|本|该|其|无|等)|^\d+$|单位$")
#: where a text ends that no list runs on from
CLOSED = re.compile(r"[。！？；;：:]$")
#: a name that leaves out the place (市中医院), and how many letters of a place may stand before it
PLACELESS = re.compile(r"^[省市区县州旗盟](?=[\u4e00-\u9fff]{3})")
MOST_PLACE = 12
#: over so many blocks a list may run
MOST_BLOCKS = 12
MOST = 400


def find_subordinates(document: Document, label: str) -> tuple[tuple[str, Span], ...]:
    """The names of the bodies that the office ``label`` says are below it, in order, each once.

    The office itself (…本级) is left out. Nothing is claimed where a document only says how many there are. A short
    name (市规划馆) counts in a list of as many names as the text says, and in a table of units. A name without its
    place (市中医院) is told by the full one, where a table of units has one that ends in it.
    """
    found: dict[str, Span] = {}

    def add(name: Passage) -> None:
        if name.text != label and name.text not in found and not label.startswith(name.text):
            found[name.text] = name.span

    blocks = list(document.blocks)
    for i, block in enumerate(blocks):
        if len(found) > MOST:
            break
        if block.table is not None:
            continue
        for sentence in sentences(_whole(blocks, i)):
            for name in _counted(sentence):
                found.setdefault(name.text, name.span)
            for name in _told(blocks, i, sentence, label):
                add(name)
    return tuple(_in_full(found, blocks).items())


def _in_full(found: dict[str, Span], blocks: list[Block]) -> dict[str, Span]:
    """The names, those without their place as a table of units prints them, where just one of its names is meant."""
    if not any(PLACELESS.match(name) for name in found):
        return found
    full = {flat(p): p.span for block in blocks if block.table is not None for p in _table(block)}
    names: dict[str, Span] = {}
    for name, span in found.items():
        meant = [t for t in full if PLACELESS.match(name) and _is_full(t, name)]
        names.setdefault(*((meant[0], full[meant[0]]) if len(meant) == 1 else (name, span)))
    return names


def _is_full(title: str, name: str) -> bool:
    """Whether a title is, or has in brackets, a name with its place before it: 安平市中医院 of 市中医院."""
    return any(
        part.endswith(name) and 2 <= len(part) - len(name) + 1 <= MOST_PLACE for part in re.split(r"[（()）]", title)
    )


def _whole(blocks: list[Block], index: int) -> Passage:
    """The text of a block, with the blocks over which its list of units runs on, without the marks of notes."""
    passage = continued(blocks, index)
    following = index + (1 if passage.end == tidied(blocks[index]).end else 2)
    for block in blocks[following : following + MOST_BLOCKS]:
        bare = _unmarked(passage)
        unended = bare.text[max(bare.text.rfind("。"), 0) :]
        more = tidied(block) if block.kind == "paragraph" else None
        if more is None or CLOSED.search(bare.text) or not ABOUT.search(unended) or opening_marker(more.text):
            break
        passage = Passage.join([bare, more])
    return passage


def _unmarked(passage: Passage) -> Passage:
    m = MARK.search(passage.text)
    return passage.part(0, m.start()) if m else passage


def _told(blocks: list[Block], i: int, sentence: Passage, label: str) -> list[Passage]:
    """The units in a sentence about units, or in the list or table that it announces."""
    if not ABOUT.search(sentence.text) or NONE.search(sentence.text) or len(sentence.text) > 8000:
        return []
    names = _first(sentence, label)
    if not names and BELOW.search(sentence.text) and sentence.end == tidied(blocks[i]).end:
        return list(_below(blocks, i, label))
    return names


def _clean(passage: Passage, label: str, proven: bool = False) -> Passage | None:
    """The name of a unit in a piece of a list, or None; ``proven`` says that the list is one of units.

    The seat of a body below (X局本级) is that body; the seat of the office ``label`` is none.
    """
    passage = _bare(passage)
    seat = SEAT.search(passage.text)
    if seat is not None and _is_below(passage.text[: seat.start()], label):
        passage = passage.part(0, seat.start())
    if OWN.search(passage.text):
        return None
    if proven:
        return passage if NAMED.fullmatch(passage.text) and not NO_NAME.search(passage.text) else None
    if not is_office(passage.text):
        return None
    name = clean_name(passage)
    return name if is_office(name.text) and not NO_UNIT.search(name.text) else None


def _bare(passage: Passage) -> Passage:
    """A piece of a list without what stands before its name, and behind it: remarks, marks of notes, 预算."""
    passage = passage.strip()
    while (m := LEAD.match(passage.text)) and m.end():
        passage = passage.part(m.end(), len(passage.text))
    while True:
        m = next((n for n in (e.search(passage.text) for e in (ENDS, MARK, TAIL, REMARK)) if n), None)
        if m is None or OWN.search(m.group()):
            return passage
        passage = passage.part(0, m.start()).strip()


def _is_below(name: str, label: str) -> bool:
    """Whether a name is that of another office than ``label``, of which it is no short form."""
    rest = iter(label)
    return is_office(name) and not all(character in rest for character in name)


def _is_own(piece: Passage, label: str) -> bool:
    return OWN.search(piece.text) is not None and _clean(piece, label) is None


def _counted(sentence: Passage) -> list[Passage]:
    """The units that stand before their number (下设气象台、…等8个直属事业单位), where as many stand there as it says.

    The number proves the list, so that a short name needs not have the shape of a full one.
    """
    found: list[Passage] = []
    for closing in COUNTED.finditer(sentence.text):
        before = sentence.part(0, closing.start())
        opening = max(before.text.rfind(mark) for mark in "：:；;。")
        clause = before.part(opening + 1, len(before.text)).strip()
        lead = INCLUDED.match(clause.text)
        pieces = split(clause.part(lead.end() if lead else 0, len(clause.text)), "、")
        names = [piece for piece in pieces if SHORT.match(piece.text) and not OWN.search(piece.text)]
        if len(names) == len(pieces) == read_numeral(closing.group("n")):
            found.extend(names)
    return found


def _first(sentence: Passage, label: str) -> list[Passage]:
    """The units of the first list in a sentence that is one of units."""
    for m in BEGINS.finditer(sentence.text):
        before = sentence.text[: m.start()]
        if INNER.search(before):
            continue
        clause = (split(sentence.part(m.end(), len(sentence.text)), "。") or [Passage("", ())])[0]
        pieces = _pieces(clause, label)
        told = TOLD.search(before) or CLOSING.search(clause.text)
        names = _proven(pieces, read_numeral(told["n"]), label) if told else []
        if names:
            return names
        cleaned = [name for p in pieces if (name := _clean(p, label)) is not None]
        own = sum(_is_own(p, label) for p in pieces)
        if cleaned and len(cleaned) + own >= 0.7 * len(pieces):
            # what the list is of is known: a name that looks like something else (…项目研究评审中心) is one too
            return [
                name
                for p in pieces
                if (name := _clean(p, label) or _clean(p, label, SHORT.match(_bare(p).text) is not None))
            ]
    return []


def _proven(pieces: list[Passage], count: int, label: str) -> list[Passage]:
    """The units where a list begins with as many names as the text says, the office's own seat counted or not."""
    for proven in (False, True):
        names: list[Passage] = []
        own = 0
        for piece in pieces:
            if _is_own(piece, label):
                own += 1
            elif (name := _clean(piece, label, proven)) is not None:
                names.append(name)
            else:
                break
        at_end = len(names) + own == len(pieces)
        if count and count in (len(names), len(names) + own) and (at_end or not proven):
            return names
    return []


def _pieces(clause: Passage, label: str) -> list[Passage]:
    """What a list lists, without ranks (处级建制) and classes (7个学校); of 1.甲局 2.乙站 each alone."""
    pieces: list[Passage] = []
    for listed in split(clause, "、，,；;"):
        at = 0
        for start, end in [*(m.span() for m in ORDINAL.finditer(listed.text)), (len(listed.text),) * 2]:
            pieces.append(listed.part(at, start).strip())
            at = end
    named = [p for p in pieces if p and not RANKED.search(p.text) and not CLASS.match(p.text)]
    return [q for p in named for q in _both(p, label)]


def _both(piece: Passage, label: str) -> list[Passage]:
    """甲中心和乙中心 as two names, where both are."""
    for m in re.finditer(r"以及|及其?|和", piece.text):
        left, right = piece.part(0, m.start()), piece.part(m.end(), len(piece.text))
        if (_clean(left, label) is not None or OWN.search(left.text)) and _clean(right, label) is not None:
            return [left, right]
    return [piece]


def _below(blocks: list[Block], start: int, label: str) -> Iterator[Passage]:
    """The units listed below an announcement: in a table under 单位名称, or one to a numbered paragraph."""
    following: list[Passage] = []
    for block in blocks[start + 1 : start + 40]:
        if block.table is not None:
            if not following:
                yield from (name for cell in _table(block) if (name := _clean(cell, label, proven=True)))
            break
        passage = tidied(block)
        if len(passage.text) > 60 or (block.kind == "heading" and opening_marker(passage.text) is None):
            break
        following.append(passage)
    if following:
        listed = items(Flow.of(following))
        yield from (name for item in listed if (name := _clean(item.passage, label)))


def _table(block: Block) -> Iterator[Passage]:
    column: int | None = None
    for row in block.table.rows if block.table is not None else ():
        header = header_columns(row, {"name": TITLE.pattern})
        if header:
            column = header["name"]
            continue
        if column is None:
            continue
        for cell in row:
            if cell.column == column and flat(cell.passage):
                yield tidy(cell.passage)
