"""The bodies below an office: the units whose budgets or accounts a department's document adds up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loaders.documents import Block, Document, Passage, Span
from loaders.meaning.forms import flat, header_columns
from loaders.words import places
from loaders.words.naming import clean_name, is_office
from loaders.words.numbering import Flow, continued, items, opening_marker, tidied
from loaders.words.numerals import TEN, read_numeral
from loaders.words.sentences import keep, sentences, split, tidy

UNITS = (
    r"(?:预算单位|决算单位|下属单位|所属单位|直属单位|基层单位|二级单位|下属事业单位|所属事业单位|直属事业单位|下属机构|"
    r"独立核算[^，。；]{0,8}单位|下设[^，。；]{0,8}事业单位)"
)
#: a sentence about the units below, and where in it their list may begin
ABOUT = re.compile(rf"{UNITS}|(?:部门|单位)(?:综合)?(?:预算|决算)包括|(?:预算|决算)包括")
BEGINS = re.compile(r"(?:具体|分别)?(?:包括|是|为|(?<!国)有|如下)\s*(?:\d+\s*[家个][^：:，、]{0,8})?[:：]?\s*|[:：]\s*")
BELOW = re.compile(r"(?:[:：]|见下表|如下表?|包括|\d\s*[家个][^，。；]{0,6}单位)[。:：]?$")
NONE = re.compile(r"(?:没有|无)(?:独立核算的)?(?:其他)?(?:下属|所属|二级|直属|基层)|仅(?:包括|含)|只有本级")
TITLE = re.compile(r"(?:单位名称|预算单位(?:名称)?|部门(?:单位)?名称)$")
TAIL = re.compile(
    r"(?:的?(?:收支)?(?:预算|决算))$|等$|等?(?:共计?|合计)\s*\d{1,3}\s*[家个](?:[\u4e00-\u9fff]{0,4}单位)?$"
)
LEAD = re.compile(
    r"^(?:分别[是为]|以及|及其?|和|与|其中[:：]?|我?[局委办厅院署]属|下属(?:的)?|所属|直属|\d{1,2}\s*[家个](?:[\u4e00-\u9fff]{2,8}单位)?[:：]?)\s*"
)
#: 审计（12、13）; 行政单位 behind a name
REMARK = re.compile(r"[（(][^（()）]*[）)]$")
ENDS = re.compile(r"[。；;，,、\s]+$")
OWN = re.compile(r"本级|机关(?:预算|决算|本部)?(?:[（(]|$)|本部$|汇总|合计|小计|总计")
#: units whose number stands behind them, what may stand before them, and what a short name looks like
COUNTED = re.compile(
    rf"等?\s*(?P<n>\d{{1,3}}|[{TEN}]{{1,3}})\s*[个家]\s*(?!内设)[\u4e00-\u9fff]{{0,6}}?(?:事业单位|事业机构|预算单位|[所直下]属单位)"
)
INCLUDED = re.compile(r"[^、]{0,30}?(?:下设|下辖|下属|所属|直属|另有|设有|包括|含)(?:事业单位|单位|机构)?\s*[:：]?\s*")
SHORT = re.compile(r"^[\u4e00-\u9fff（）()]{2,30}(?:局|中心|站|所|馆|台|院|校|会|队|办公室|处|园|库|场|社|团|学院)$")
#: units whose number stands before them: 下设二级预算单位53个，分别是：
NUMBERED = re.compile(rf"{UNITS}\s*(?:共|共有|有|为)?\s*(?P<n>\d{{1,3}}|[{TEN}]{{1,3}})\s*[个家]")
#: the mark of a footnote behind a name, which a page sets at the end of its line
NOTE = re.compile(r"\s*[*＊※†]\s?\d?|[¹²³⁴⁵⁶⁷⁸⁹]")
#: the number of a name in a list within a sentence: 1.某某局 2.某某中心
COUNTER = re.compile(r"(?:^|(?<=[\s、，；]))(?P<n>\d{1,3})\s*[.．、](?!\d)\s*")
#: a name that leaves out the place: 市中医院
PLACELESS = re.compile(r"^[省市区县州旗盟](?=[\u4e00-\u9fff]{3})")
#: how many units of a class are named next: 7个强制隔离戒毒所，分别是…
CLASS = re.compile(r"^\d{1,3}\s*[家个所][\u4e00-\u9fff]{2,16}$")
#: what is said of a unit behind its name
RANKED = re.compile(r"^(?:为|属)?(?:正|副)?[厅处科股]级|建制$|^(?:为|属)?公益")
NO_UNIT = re.compile(
    r"内设|处室|科室|下属|所属|直属(?![\u4e00-\u9fff]{0,4}(?:局|所|队|站|院|库|馆)$)|预算(?!.{0,10}(?:中心|所|院|局|办公室)$)|[，。：:；\d]|是|(?<!国)有|^(?:我|本|该|其)|办公设备|车辆|设备"
)
SEAT = re.compile(r"[（(]?本级[）)]?$")
MOST = 400
#: paragraphs into which a page may break one list, and letters of a place before a name
MOST_BREAKS, MOST_PLACE = 8, 12


def find_subordinates(document: Document, label: str) -> tuple[tuple[str, Span], ...]:
    """The names of the bodies that the office ``label`` says are below it, in order, each once.

    The office itself (…本级) is left out. Nothing is claimed where a document only says how many there are. A name
    without its place (市中医院) is told by the full one, where a table of units has one that ends in it.
    """
    found: dict[str, Span] = {}

    def add(passage: Passage) -> None:
        name = _clean(passage, label)
        if name is not None and name.text != label and name.text not in found and not label.startswith(name.text):
            found[name.text] = name.span

    blocks = list(document.blocks)
    for i, block in enumerate(blocks):
        if len(found) > MOST:
            break
        if block.table is not None:
            continue
        for sentence in sentences(_run_on(blocks, i)):
            for name in (*_counted(sentence), *_numbered(sentence, label)):
                found.setdefault(name.text, name.span)
            for name in _told(blocks, i, sentence, label):
                add(name)
    return tuple(_in_full(found, blocks).items())


def _run_on(blocks: list[Block], i: int) -> Passage:
    """The text of a block without marks of footnotes; that of the next ones with it, where it breaks off in a list."""
    passage = continued(blocks, i)
    if blocks[i].kind == "paragraph" and ABOUT.search(passage.text):
        for following in blocks[i + 1 : i + 1 + MOST_BREAKS]:
            more = tidied(following)
            closed = passage.text.endswith(("。", "；", "：", ":")) or "、" not in passage.text[-40:]
            if closed or following.kind != "paragraph" or opening_marker(more.text) is not None:
                break
            passage = Passage.join([passage, more])
    return keep(passage, (m.span() for m in NOTE.finditer(passage.text)))


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


def _told(blocks: list[Block], i: int, sentence: Passage, label: str) -> list[Passage]:
    """What may be units in a sentence about units, or in the list or table that it announces."""
    if not ABOUT.search(sentence.text) or NONE.search(sentence.text) or len(sentence.text) > 8000:
        return []
    names = _first(sentence, label)
    if not names and BELOW.search(sentence.text) and sentence.end == tidied(blocks[i]).end:
        return list(_below(blocks, i))
    return names


def _bare(passage: Passage) -> Passage:
    """A name in a list without the words and marks around it."""
    passage = passage.strip()
    m = LEAD.match(passage.text)
    passage = passage.part(m.end() if m else 0, len(passage.text))
    while True:
        m = ENDS.search(passage.text) or TAIL.search(passage.text) or REMARK.search(passage.text)
        if m is None or OWN.search(m.group()):
            return passage
        passage = passage.part(0, m.start()).strip()


def _is_another(name: str, label: str) -> bool:
    """Whether a name is surely another office's than ``label``: one with its place, that does not end as it does."""
    return bool(label) and is_office(name) and not name.endswith(label[-3:]) and bool(places.load().find(name))


def _clean(passage: Passage, label: str = "") -> Passage | None:
    """The name of a unit in a list; that of another office is its own where its seat is named (某某分局本级)."""
    passage = _bare(passage)
    seat = SEAT.search(passage.text)
    if seat is not None and _is_another(passage.text[: seat.start()], label):
        passage = passage.part(0, seat.start())
    if OWN.search(passage.text) or not is_office(passage.text):
        return None
    name = clean_name(passage)
    return name if is_office(name.text) and not NO_UNIT.search(name.text) else None


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


def _announced(sentence: Passage, m: re.Match[str]) -> list[Passage]:
    """The members of the list that an announcement in a sentence opens."""
    clause = (split(sentence.part(m.end(), len(sentence.text)), "。") or [Passage("", ())])[0]
    counters = list(COUNTER.finditer(clause.text))
    if len(counters) > 1 and [int(c["n"]) for c in counters] == [*range(1, len(counters) + 1)]:
        ends = [c.start() for c in counters[1:]] + [len(clause.text)]
        return [clause.part(c.end(), end).strip() for c, end in zip(counters, ends, strict=True)]
    pieces = split(clause, "、，,；;")
    named = [
        piece
        for piece, behind in zip(pieces, [*pieces[1:], Passage("", ())], strict=False)
        if not (RANKED.search(piece.text) or (CLASS.match(piece.text) and behind.text.startswith("分别")))
    ]
    return [both for piece in named for both in _both(piece)]


def _numbered(sentence: Passage, label: str) -> list[Passage]:
    """The units behind their number (预算单位3个，分别是：…), where as many stand there as it says.

    The number proves the list, as for :func:`_counted`; the office ``label`` itself, or its seat, is one of them.
    """
    number = NUMBERED.search(sentence.text)
    begins = BEGINS.search(sentence.text, number.end()) if number is not None else None
    if number is None or begins is None:
        return []
    pieces = [_bare(p) for p in _announced(sentence, begins)]
    if len(pieces) != read_numeral(number.group("n")):
        return []
    own = [p for p in pieces if OWN.search(p.text) or p.text == label]
    named = [p for p in pieces if SHORT.match(p.text) and p not in own]
    return named if len(own) <= 1 and len(named) + len(own) == len(pieces) else []


def _first(sentence: Passage, label: str) -> list[Passage]:
    """The first list in a sentence of which most members are units."""
    for m in BEGINS.finditer(sentence.text):
        pieces = _announced(sentence, m)
        names = [p for p in pieces if _clean(p, label) is not None]
        own = sum(bool(OWN.search(p.text)) for p in pieces if p not in names)
        if names and len(names) + own >= 0.7 * len(pieces):
            return names
    return []


def _both(piece: Passage) -> list[Passage]:
    """甲中心和乙中心 as two names, where both are."""
    for m in re.finditer(r"以及|及其?|和", piece.text):
        left, right = piece.part(0, m.start()), piece.part(m.end(), len(piece.text))
        if (_clean(left) is not None or OWN.search(left.text)) and _clean(right) is not None:
            return [left, right]
    return [piece]


def _below(blocks: list[Block], start: int) -> Iterator[Passage]:
    """The units listed below an announcement: in a table under 单位名称, or one to a numbered paragraph."""
    following: list[Passage] = []
    for block in blocks[start + 1 : start + 40]:
        if block.table is not None:
            if not following:
                yield from _table(block)
            break
        passage = tidied(block)
        if len(passage.text) > 60 or (block.kind == "heading" and opening_marker(passage.text) is None):
            break
        following.append(passage)
    if following:
        listed = items(Flow.of(following))
        yield from (item.passage for item in listed)


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
