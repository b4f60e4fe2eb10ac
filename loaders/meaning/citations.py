"""Laws, regulations, plans and notices that a document relies on: 《…》 with its number, or the number alone."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from loaders.documents import Document, Passage, Span
from loaders.facts import Citation
from loaders.meaning.language import spans as marked
from loaders.words import places
from loaders.words.normalise import normalise
from loaders.words.sentences import shield, tidy

#: an official document's number: issuer's sign, year in brackets, running number
NUMBER = re.compile(
    r"(?P<sign>[\u4e00-\u9fff]{2,12}(?:[（(][^）)]{1,8}[）)])?[\u4e00-\u9fff]{0,4})\s*"
    r"[〔\[（(【]\s*(?P<year>(?:19|20)\d{2})\s*[〕\]）)】]\s*(?:第\s*)?\d{1,5}\s*号"
)
#: what stands before the bracket of such a number, and how far back it is looked for
SIGN = re.compile(r"(?P<sign>[\u4e00-\u9fff]{2,12}(?:[（(][^）)]{1,8}[）)])?[\u4e00-\u9fff]{0,4})\s*$")
SIGN_LENGTH = 40
YEAR = re.compile(r"(?:19|20)\d{2}")
TITLE = re.compile(r"《(?P<title>[^《》]*(?:[〈《][^〉》]*[〉》][^《》]*)*)》")
#: what a legal or official instrument is called at its end
INSTRUMENT = re.compile(
    r"(?:法|法典|条例|规定|办法|意见|通知|通报|方案|规划|细则|准则|制度|决定|决议|公告|通告|请示|批复|纲要|要点|标准|框架|规程|规则|"
    r"目录|章程|公约|协定|协议|职责|规范|指南|指引|纪要|函|令|指示|计划|体系|科目|要求)(?:[（(][^）)]*[）)])?$"
)
#: titles of forms, systems and attachments are no instruments
NO_INSTRUMENT = re.compile(r"(?:表|系统|平台|报表|名单|清单|台账|手册|报告|合同)(?:[（(][^）)]*[）)])?$")
ISSUER = re.compile(
    r"^(?P<issuer>(?:中共中央|国务院|中央|全国人民代表大会|[\u4e00-\u9fff]{2,20}?(?:人民政府办公[厅室]|人民政府|办公[厅室]|委员会|部|局|厅|署|委|院|会))"
    r"(?:[、 ]?(?:国务院|中共中央|[\u4e00-\u9fff]{2,16}?(?:办公[厅室]|委员会|部|局|厅|委)))*)(?=关于|印发|转发)"
)
#: what every office calls rules of its own
OWN_RULE = re.compile(r"(?:制度|办法|规定|方案|细则|规程|流程|要求|计划|职责|规则|手册)$")
BARE = re.compile(r"^(?:条例|办法|规定|意见|通知|方案|细则|规划|规划纲要|纲要|决定|公告|标准|制度)$")
VERB = re.compile(r"^(?:已|将|被|并)*(?:纳入|列入|根据|按照|落实|贯彻|结合|依据|依照|对照|执行)")
#: words before a document's number that are no part of its sign
BEFORE_SIGN = re.compile(
    r"根据|按照?|依据?|据|照|以|和|及|与|的|关于|由|经|为|称|文件|目标|年度|执行|落实|贯彻|印发|下达|见|即|号|通知|精神|规定|如|其中"
)
#: an issuer named right before the title, such as 国务院《…》
NAMED_BEFORE = re.compile(
    r"(?:^|[，。；、：:”\"“》①②③④⑤⑥\s按照根据依据和及与])(?P<issuer>(?:中共中央|国务院|财政部|[\u4e00-\u9fff]{2,14}(?:人民政府|政府|办公厅|委员会|部|局|厅|委|署))"
    r"(?:、(?:国务院|[\u4e00-\u9fff]{2,14}(?:人民政府|办公厅|委员会|部|局|厅|委)))*)$"
)


def find_citations(document: Document, agency: str = "") -> tuple[Citation, ...]:
    """The instruments a document names, each once with all its places, in order of first mention.

    ``key`` is the same for the same instrument in any document: its number if it has no title, else its title, with
    the office ``agency`` where the title is one that every office gives to a rule of its own (财务管理制度).
    """
    found: dict[str, Citation] = {}
    for block in document.blocks:
        if block.table is not None:
            passages = [tidy(cell.passage) for cell in block.table.cells()]
        else:
            passages = [tidy(block.passage)]
        for passage in passages:
            for citation in _in_passage(passage, document):
                key = _key(citation.label)
                known = found.get(key)
                if known is None:
                    found[key] = citation
                else:
                    better = citation if citation.number and not known.number else known
                    found[key] = replace(
                        known,
                        number=better.number,
                        year=better.year,
                        issuer=known.issuer or citation.issuer,
                        mentions=(*known.mentions, *citation.mentions),
                    )
    for citation in _numbers_alone(document, found):
        key = _key(citation.label)
        found[key] = (
            replace(found[key], mentions=(*found[key].mentions, *citation.mentions)) if key in found else citation
        )
    keyed = (replace(c, key=_identify(c, agency)) for c in found.values())
    return tuple(sorted(keyed, key=lambda c: c.span.start))


def _key(text: str) -> str:
    plain = re.sub(r"[《》〈〉<>“”\"]", "", normalise(text))
    plain = re.sub(r"[〔【\[]", "(", re.sub(r"[〕】\]]", ")", plain))
    return re.sub(r"^中华人民共和国|\((?:试行|暂行|修订|草案|修正)\)$", "", plain)


def _identify(citation: Citation, agency: str) -> str:
    """What tells this instrument from all others."""
    key = _key(citation.label)
    own = (
        len(key) <= 12
        and not citation.number
        and not citation.issuer
        and OWN_RULE.search(key)
        and not places.load().find(key + "局")
        and not re.match(r"中国|全国|国家|.*条例", key)
    )
    return f"{_key(agency)}/{key}" if own and agency else key


def _in_passage(passage: Passage, document: Document) -> list[Citation]:
    citations: list[Citation] = []
    for m in TITLE.finditer(passage.text):
        title = m.group("title").strip()
        number, year = _number_behind(passage, m.end(), document)
        before = passage.text[: m.start()]
        behind = passage.text[m.end() : m.end() + 4]
        stated = bool(INSTRUMENT.search(title)) and not NO_INSTRUMENT.search(title)
        if not number and BARE.match(title):
            continue  # 《条例》: a short name given before
        if not number and not stated and not re.match(r"(?:等)?(?:批复|文件|通知|精神|规定|要求|规划|纲要)", behind):
            continue
        issued = ISSUER.match(title)
        named = NAMED_BEFORE.search(before)
        issuer = issued.group("issuer") if issued else named.group("issuer") if named else ""
        issuer = VERB.sub("", issuer)
        span = passage.locate(m.start("title"), m.end("title"))
        citations.append(Citation(title, span, number, year, issuer, mentions=(span,)))
    return citations


def _number_behind(passage: Passage, position: int, document: Document) -> tuple[str, int | None]:
    """The number in brackets behind a title, even where a page break has cut it in two."""
    rest = passage.text[position : position + 60]
    if len(rest) < 40:
        at = passage.offsets[position - 1] + 1
        rest = document.text[at : at + 80]
    m = re.match(r"\s*(?:文件)?\s*[（(]?\s*", rest)
    start = m.end() if m else 0
    # 《…》(沪府办)[2006]52号: the sign may have brackets of its own
    found = re.match(
        r"(?P<sign>[\u4e00-\u9fff\s]{2,16}[）)]?)\s*[〔\[（(【]\s*(?P<year>(?:19|20)\d{2})\s*[〕\]）)】]\s*(?:第\s*)?(?P<n>\d{1,5})\s*号",
        rest[start:],
    )
    if not found or (m and "(" not in m.group() and "（" not in m.group()):
        return "", None
    number = re.sub(r"\s", "", found.group())
    if number.count("）") + number.count(")") > number.count("（") + number.count("("):
        # the bracket that opened before the sign closes behind it
        number = rest[start - 1 : start] + number if re.match(r"[\u4e00-\u9fff]+[）)]", number) else number
    return number, int(found.group("year"))


def _numbers_alone(document: Document, titled: dict[str, Citation]) -> list[Citation]:
    known = {_key(c.number) for c in titled.values() if c.number}
    spans: dict[str, list[Span]] = defaultdict(list)
    citations: list[Citation] = []
    for block in document.blocks:
        passage = tidy(block.passage)
        shielded = shield(passage.text)
        if "号" not in passage.text:
            continue
        for _, begin, end in marked(passage.text, "entity_ruler"):
            before = SIGN.search(passage.text, max(0, begin - SIGN_LENGTH), begin)
            if before is None:
                continue
            sign = BEFORE_SIGN.split(before.group("sign"))[-1]
            start = before.end("sign") - len(sign)
            label = re.sub(r"\s", "", passage.text[start:end])
            if _key(label) in known:
                if not shielded[start]:
                    spans[_key(label)].append(passage.locate(start, end))
                continue
            if len(sign) < 2 or (shielded[start] and _behind_title(passage.text, start)):
                continue
            known.add(_key(label))
            spans[_key(label)].append(passage.locate(start, end))
            citations.append(Citation(label, passage.locate(start, end), label, int(YEAR.findall(label)[0])))
    return [replace(c, mentions=tuple(spans[_key(c.label)])) for c in citations]


def _behind_title(text: str, position: int) -> bool:
    return bool(re.search(r"》\s*(?:文件)?\s*[（(][^）)]{0,12}$", text[:position]))
