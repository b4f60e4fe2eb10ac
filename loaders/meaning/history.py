"""The history of an office as its document tells it: founded, renamed, merged, placed under another, staffed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from loaders.documents import Document, Passage
from loaders.facts import OfficeEvent
from loaders.meaning.citations import NUMBER
from loaders.words.numbering import tidied
from loaders.words.sentences import sentences

DATE = re.compile(r"(?P<year>(?:19|20)\d{2})\s*年\s*(?:(?P<month>\d{1,2})\s*月)?(?!度|至|—|-)")
#: an event's verb; the order decides where a sentence has several
KINDS = (
    ("renamed", re.compile(r"(?:更名|改名|改称|易名)(?:为|成)|(?:改组|调整)为|更改为")),
    ("merged", re.compile(r"(?:合并|整合|归并|并入|归入|划入|撤并)")),
    (
        "founded",
        re.compile(r"(?:批准|同意|决定|正式)?(?:成立|组建|设立|建立|挂牌|创建)(?!(?:以来|后|健全|完善|科学|有效))"),
    ),
    ("placed under", re.compile(r"(?:隶属|挂靠|归属|划归|归口|移交)")),
    ("staffed", re.compile(r"核定(?:人员|全额拨款|事业|行政|机关)*编制")),
)
BODY = (
    r"[\u4e00-\u9fffA-Za-z（）]{2,36}?(?:办公室|办公厅|委员会|局|厅|中心|办|委|院|所|站|处|馆|署|总队|支队|大队|科室|学校|"
    r"学院|公司|大学)"
)
NAMED = re.compile(
    rf"(?:成立|组建|设立|建立|创建|挂牌)(?:了)?[“\"]?(?P<name>{BODY})(?![\u4e00-\u9fff]*?(?:领导小组|制度|机制))(?=[”\"，。；、（(]|$)"
)
RENAMED = re.compile(
    rf"(?:(?:由|将|原)?[“\"]?(?P<old>{BODY})[”\"]?)?(?:正式)?(?:更名|改名|改称|易名|更改|改组|调整)(?:为|成)[“\"]?(?P<name>{BODY})(?=[”\"，。；、（(]|$)"
)
MERGED = re.compile(
    rf"(?P<old>{BODY}|[\u4e00-\u9fff]{{2,10}}办)(?:、[\u4e00-\u9fff]+)*(?:整体)?(?:合并|归入|并入|划入)(?:到|至|为|组建)?[“\"]?(?P<name>{BODY})"
)
#: what a reform says without a date: one body or several that became another; the names are looked at afterwards
_OLD, _NEW = (
    r"(?P<old>[^，。；：:（）()]{3,150}?)",
    r"[“\"]?(?P<name>[\u4e00-\u9fffA-Za-z]{3,40})[”\"]?(?=[，。；、（(]|$)",
)
_DUTIES = r"(?:的?(?:全部|有关|相关|行政)?(?:职责|职能|机构|人员编制|编制))?"
UNDATED: tuple[tuple[Literal["renamed", "merged"], re.Pattern[str]], ...] = (
    ("renamed", re.compile(rf"(?:^|[，；]|将){_OLD}(?:正式)?(?:更名|改名|改称|易名)(?:为|成){_NEW}")),
    ("renamed", re.compile(
        rf"(?:^|[，；])[“\"]?(?P<name>[\u4e00-\u9fffA-Za-z]{{3,40}}?)[”\"]?，?(?:系|是)?由{_OLD}"
        r"(?:更名|改名|改组|改制)(?:而来|而成|成立|设立|组建)")),
    ("merged", re.compile(
        rf"(?:将|由|整合){_OLD}{_DUTIES}等?(?:合并|整合|归并|重组)?[，,]?(?:重新)?(?:组建|设立|成立|合并为|整合为)(?:为|成|了)?{_NEW}")),
    ("merged", re.compile(
        rf"(?:^|[，；])[“\"]?(?P<name>[\u4e00-\u9fffA-Za-z]{{3,40}}?)[”\"]?，?(?:系|是)?由{_OLD}{_DUTIES}"
        r"(?:合并|整合|重组)(?:而成|组建|成立|设立)")),
    ("merged", re.compile(rf"(?:^|[，；]|将){_OLD}整体(?:并入|划入|归并到|合并到){_NEW}")),
)  # fmt: skip
#: between two bodies; 和 within a name (文化和旅游局) stands behind no body
BETWEEN = re.compile(r"(?<=[局委办厅院所站处馆署心队校学司会室”\"])(?:[、和与]|以及)")
RANK = re.compile(
    r"(?:正|副)?(?:国|部|省|厅|局|地|处|县|科|股)级(?:建制|单位|规格|机构|事业单位|行政单位)?(?:（(?:正|副)[处科厅]级）)?"
)
LEVEL = re.compile(r"^(?:正|副)?[部厅局地处县科股]级|^省级|^国家级")
NATURE = re.compile(
    r"(?:全额拨款|差额拨款|自收自支|参照公务员法管理|参公管理|公益[一二]类|财政补助)*(?:的)?事业单位|事业性质|行政单位|行政机构|参公(?:单位|管理)"
)
SUPERIOR = re.compile(
    r"(?:隶属于?|挂靠|归属|划归|归口)(?:到|于|由|在)?(?P<name>[\u4e00-\u9fff]{2,24}?)(?:管理|领导|代管|，|。|；|$)"
)
#: sentences about others, or about what an office does
OTHER = re.compile(
    r"企业|领导小组|联席会议|志愿|党支部|工作专班|基金会|协会|新成立|成立(?:以来|后)|负责|推进|推动|加快|指导"
)


def find_events(document: Document) -> tuple[OfficeEvent, ...]:
    """The events of an office's history, in the document's order; sentences that only mention a year are none.

    What was renamed or merged into what counts without a date too: the two names are one office's.

    Read from the first two fifths of a document, where offices introduce themselves.
    """
    found: list[OfficeEvent] = []
    limit = max(len(document.text) * 2 // 5, 2000)
    for block in document.blocks:
        if block.table is not None or block.span.start > limit:
            continue
        for sentence in sentences(tidied(block)):
            found.extend(_in_sentence(sentence))
    return tuple(found)


def _in_sentence(sentence: Passage) -> Iterator[OfficeEvent]:
    if len(sentence.text) > 400 or OTHER.search(sentence.text):
        return
    dates = list(DATE.finditer(sentence.text))
    if not dates:
        yield from _read_undated(sentence)
    for i, date in enumerate(dates):
        end = dates[i + 1].start() if i + 1 < len(dates) else len(sentence.text)
        part = sentence.part(date.start(), end).strip()
        kind = next((k for k, pattern in KINDS if pattern.search(part.text)), None)
        counted = re.search(r"截[至止]\w{0,2}$", sentence.text[: date.start()]) or re.match(
            r"\d{1,2}日|底|末", part.text[date.end() - date.start() :]
        )
        if kind == "staffed" and counted:
            continue  # how things stood on a day is no event
        if kind is None or (kind in ("merged", "placed under") and not _ordered(part.text)):
            continue
        event = _read(part, kind, date)
        if event is not None:
            yield event


def _read_undated(sentence: Passage) -> Iterator[OfficeEvent]:
    """What a sentence without a date says became of which bodies: “将市A局、市B局的职责整合，组建市C局”."""
    for kind, pattern in UNDATED:
        found = pattern.search(sentence.text)
        if found is None:
            continue
        former = [_bare(name) for name in BETWEEN.split(found.group("old"))]
        subject = _bare(found.group("name"))
        several = kind == "renamed" or len(former) > 1 or "整体" in found.group()
        bodies = all(re.fullmatch(BODY, name) for name in (subject, *former))
        if bodies and several and subject not in former:
            yield OfficeEvent(sentence.text, sentence.span, kind, subject, former=former[0], others=tuple(former[1:]))
            return


def _bare(name: str) -> str:
    """The name of a body without what leads to it: “根据方案，将原市旅游局” is 市旅游局."""
    # 原 and 将 begin or end names of places as well: 太原市, 原平市, 将乐县
    return re.sub(r"^原(?!平市|州区|阳县)", "", re.sub(r"^.*(?:同意|批准|决定|将(?!乐县)|由)|[“”\"\s]", "", name))


def _ordered(text: str) -> bool:
    """Whether a merger or a move is told as an event: by a decree, a decision, or of the office itself."""
    return bool(
        NUMBER.search(text) or re.search(r"根据|按照|经[\u4e00-\u9fff]{2,16}(?:批准|同意|研究)|机构改革|三定", text)
    )


def _read(part: Passage, kind: str, date: re.Match[str]) -> OfficeEvent | None:
    text = part.text
    pattern = {"founded": NAMED, "renamed": RENAMED, "merged": MERGED}.get(kind)
    named = pattern.search(text) if pattern else None
    subject = named.group("name") if named else ""
    if not subject and kind in ("founded", "renamed"):
        return None
    former = _bare(named.groupdict().get("old") or "") if named else ""
    decree = NUMBER.search(text)
    sign = ""
    if decree:
        sign = re.split(r"根据|按照|依据|以|和|及|与|的|关于|由|经|为|称|文件|，|（|\(|《|》", decree.group("sign"))[-1]
    rank = next((m.group() for m in RANK.finditer(text) if LEVEL.match(m.group())), "")
    nature = NATURE.search(text)
    superior = SUPERIOR.search(text)
    return OfficeEvent(
        label=text,
        span=part.span,
        kind=kind,  # type: ignore[arg-type]
        subject=subject,
        year=int(date.group("year")),
        month=int(date.group("month")) if date.group("month") else None,
        former=former,
        decree=re.sub(r"\s", "", sign + text[decree.end("sign") : decree.end()]) if decree else "",
        rank=re.sub(r"(?:建制|单位|规格|机构|事业单位|行政单位)$", "", rank),
        nature=nature.group() if nature else "",
        superior=superior.group("name") if superior else "",
    )
