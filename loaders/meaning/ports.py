"""Ports, checkpoints and zones that a text names: recognised by what they are called, not from a list.

Chinese writes no spaces, so a name has to be cut out of its sentence. Its end is a word such as 口岸; its beginning is
found by leaving out what no name contains (verbs, prepositions, conjunctions), and what remains must be more than a
description such as 陆路 or 国际一流. Of 东兴、友谊关口岸 both are named, the first without its word. A bare
机场口岸 is that of the office's place; X港 is a port where X is a place and X港 none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from loaders.documents import Document, Passage
from loaders.facts import Port
from loaders.meaning import vocabulary
from loaders.meaning.language import register, spans
from loaders.words import places
from loaders.words.numbering import tidied
from loaders.words.sentences import tidy

KINDS = {
    "口岸": "port",
    "口岸区": "port area",
    "港务区": "port area",
    "港区": "port area",
    "邮轮母港": "cruise port",
    "检查站": "checkpoint",
    "综合保税区": "bonded zone",
    "综保区": "bonded zone",
    "保税港区": "bonded zone",
    "保税区": "bonded zone",
    "出口加工区": "bonded zone",
    "保税物流中心": "bonded logistics centre",
    "铁路物流中心": "railway port",
    "铁路物流基地": "railway port",
}
register("gongkai_places", lambda: {"PLACE": list(KINDS)})
#: behind the word it is part of another: 口岸办, 口岸协会, 口岸经济带 …
NOT_BEHIND = re.compile(
    r"^(?:办|委|管理(?!维护)|管养|业务|工作|服务(?!楼)|营商|信息|事务|单位|资产|物业|收费|经济|领域|义工|城市|协会|条例|体制|特色|"
    r"文化|标准|品质|功能建设|规则|精神|秩序|合作|发展|综合管理|综合改革|机构|企业|部门|人员|政策|法|样板|专项|安全|应急|疫情|党)"
)
#: what ends the search for a name's beginning, to the left
STOP = re.compile(
    r"[，。；：、！？“”‘’（）()《》〈〉\s<>:;,.\d]|和|与|及|在|对|至|于|为|将|把|从|到|由|以|的|是|等|了|按|经|就|并|无|往|因|来|原|个|家|待|驻|赴|"
    r"每|各|两|共|多个|其他|全部|部分|有关|相关|本市|全市|全省|我市|我省|我国|当前|今年|几年|百年|现场|工具|业务|班列|新型|初步|疫情|优势|市(?=$|口岸)|"
    # verbs of official prose
    r"建(?=文明|平安|和谐|智慧)|推进|推动|加快|加速|建设好?|开展|开通|实施|实现|支持|保障|提升|促进|协调|组织|负责|承担|完成|打造|优化|结合|研究|制作|制定|取消|助力|"
    r"助推|形成|依托|围绕|深化|参与|落实|建立|完善|加强|积极|继续|做好|做|配合|协助|成为|除|包括|列入|推广|确定|探索|试点|试行|发挥|进一步|"
    r"抓好|抓紧|升级|改造|重建|争取|作为|具有|富于|设立|设在|共建|确保|营造|新增|属于|督促|检查(?!站)|处置|处理|迎接|解决|起草|梳理|全面|根据|恢复|发放|承办|"
    r"召开|商定|增强|促使|明确|运行|运营|提出|提供|提高|利用|进出|出入|举办|举行|参加|安排|用于|位于|挂靠|联系|指导|服务|管理(?!线)|监管|监督|改革|"
    r"发展|规范|强化|统筹|创建|创新(?!合作|中心|示范|园)|巩固|解除|关闭|发生|成立|归入|影响|维护|挖掘|联合|拓展|扩大|整合|整顿|清理|筑牢|坚守|通过|涉及|针对|面向|"
    r"覆盖|申报|申请|验收|衔接|打通|畅通|联通|连接|养护|批准|同意|授权|纳入|对接|培育|引导|谋划|统一|准备|启用|启动"
)
#: descriptions, which make no name
PLAIN = re.compile(
    r"^(?:陆路|陆|港口|良好|水路|水运|海空港?|海港|空港|海空铁|铁路|公路|航空|海|空|港|客运|货运|旅检|一二类|一类|二类|一、二类|特色|指定|开放|"
    r"复合型?|通关|国际一流|国际|海关|新|老|小|大|中心|一线|二线|对外|对外开放|进口|整车进口|汽车整车进口|进出口|综合|特区|国家|国家级|"
    r"[粤深珠闽京沪琼桂](?:港澳?|澳|台)|本|该|市|省|全国|地方|外省市|跨境|边境|沿海|内陆|智慧|数字|电子|先锋|创新|质量|高效|法治|平安|和谐|文明|活力|机场|车站|码头|"
    r"水上客运|重点|主要|其他|非开放|专用|新开放|扩大|一般|境外|入境|出境|城市|现代化|标杆|大湾区|一二线|深层次|特殊|一流|文化|物流|贸易|外贸)*$"
)


#: what joins names that share the word behind the last: 东兴、友谊关口岸
SHARED = re.compile(r"[\u4e00-\u9fff]{2}[、和与及]$")
#: how many characters such a name has at most: a longer stretch may be something else in a list
MOST_SHARED = 4
#: one of several names, and which words they may share
SHARING = frozenset({"口岸", "港区", "检查站", "综合保税区", "综保区", "保税区"})
#: a port that without a name before it is the office's own city's
OWN = re.compile(r"(?:国际)?机场")
#: 盐田港 of 盐田区; not 盐田港口, 盐田港区, 某港澳 …
HARBOUR = re.compile(r"(?P<place>[\u4e00-\u9fff]{2,3})港(?![口区务澳台珠深资企元币府人站湾城])")
#: the platform that port offices run under this name everywhere
PLATFORM = re.compile(r"单一窗口")


@dataclass(frozen=True, slots=True)
class _Named:
    """A name of a port and where it stands: the words themselves, or those that share its last word with it."""

    label: str
    passage: Passage
    kind: str
    main: str = ""


def find_ports(document: Document, place: str = "") -> tuple[Port, ...]:
    """The named ports, checkpoints, zones and platforms of a document, each name once, in order of first mention.

    ``place`` is the code of the office's place, or "". Names of one thing are told by ``variant_of``: one is the other
    with a word more in front (新皇岗口岸), or with a word of the middle left out (西九龙站内地口岸区 beside
    广深港高铁西九龙站内地口岸区), or written short (综保区); a bare
    机场口岸 is told by ``variant_of`` to be that of the office's place.

    Raises :class:`loaders.errors.StoreError` if a list of words or places of the ontology cannot be read.
    """
    found: dict[str, Port] = {}
    candidates: list[_Named] = []
    city = places.ENDING.sub("", places.load().name(place))
    for block in document.blocks:
        passages = [tidy(c.passage) for c in block.table.cells()] if block.table else [tidied(block)]
        for passage in passages:
            named_here = _in_passage(passage, city)
            candidates.extend(named_here)
            candidates.extend(_Named(m.group(), passage.part(*m.span()), "platform") for m in _platforms(passage))
            candidates.extend(_harbours(passage, named_here))
    names = {c.label for c in candidates}
    for named in candidates:
        # a longer cut of a name that stands alone elsewhere is words run on before it
        shorter = [n for n in names if n != named.label and named.label.endswith(n) and len(named.label) - len(n) <= 2]
        cut = named.label == named.passage.text and shorter and PLAIN.match(named.label[: -len(shorter[0])])
        label = shorter[0] if cut else named.label
        size = len(named.passage.text)
        span = named.passage.part(size - len(label) if cut else 0, size).span
        if label in found:
            found[label] = replace(found[label], mentions=(*found[label].mentions, span))
        else:
            found[label] = Port(label, span, named.kind, named.main, (span,))
    main = _variants(list(found.values()))
    return tuple(
        sorted(
            (replace(p, variant_of=p.variant_of or main.get(p.label, "")) for p in found.values()), key=lambda p: p.span
        )
    )


def _platforms(passage: Passage) -> Iterator[re.Match[str]]:
    return PLATFORM.finditer(passage.text)


def _harbours(passage: Passage, taken: list[_Named]) -> Iterator[_Named]:
    """X港 where X is a city, a county or a district, no word runs into it and no longer name has it (X港东港区)."""
    for m in HARBOUR.finditer(passage.text):
        for start in (m.start("place"), m.start("place") + 1):
            named = passage.part(start, m.end())
            begins = start == 0 or STOP.search(passage.text[max(0, start - 4) : start]) is not None
            if begins and _is_harbour(named.text[:-1]) and not any(t.passage.span.overlaps(named.span) for t in taken):
                yield _Named(named.text, named, "port")
                break


def _is_harbour(place: str) -> bool:
    """Whether X港 is a port: X is a place, and X港 is none, as 防城港 is."""
    return len(place) > 1 and _is_place(place) and not _is_place(place + "港")


def _is_place(name: str) -> bool:
    known = places.load()
    return name in known.by_short or any(name + ending in known.by_name for ending in "区县市")


def _plain(label: str) -> str:
    """A name without what variants add or leave out."""
    label = re.sub(r"^(?:新|老|原|现)(?=[\u4e00-\u9fff]{3})", "", label)
    return label.replace("综保区", "综合保税区").replace("内地口岸区", "口岸").replace("口岸区", "口岸")


def _variants(ports: list[Port]) -> dict[str, str]:
    """The main name of each name that is a variant of another: the one with most mentions, of those the longest."""
    groups: list[list[Port]] = []
    for port in sorted(ports, key=lambda p: -len(_plain(p.label))):
        for group in groups:
            if group[0].kind in (port.kind, "port", "port area") and any(
                _same(_plain(q.label), _plain(port.label)) for q in group
            ):
                group.append(port)
                break
        else:
            groups.append([port])
    main: dict[str, str] = {}
    for group in groups:
        first = max(group, key=lambda p: (len(p.mentions), len(p.label)))
        main.update({p.label: first.label for p in group if p is not first})
    return main


def _same(long: str, short: str) -> bool:
    """Whether two names are of one place: equal, or the longer has a word more in it (a railway, a city)."""
    if long == short:
        return True
    if len(short) < 5 or long[-2:] != short[-2:]:
        return False
    # 广深港高铁西九龙站口岸 and 西九龙站口岸; 广深港高铁西九龙口岸 and 广深港西九龙口岸
    return (long.endswith(short) and len(short) >= 6) or (
        len(long) - len(short) <= 3 and len(short) >= 8 and _is_inside(short, long)
    )


def _is_inside(short: str, long: str) -> bool:
    """Whether the short name is the long one with characters left out."""
    at = 0
    for c in long:
        if at < len(short) and short[at] == c:
            at += 1
    return at == len(short)


def _in_passage(passage: Passage, city: str) -> list[_Named]:
    if not any(word in passage.text for word in KINDS):
        return []
    found_words = [(start, end) for _, start, end in spans(passage.text, "gongkai_places")]
    # of 口岸 and 口岸区 at one place, and of 保税区 within 综合保税区, the longer word counts
    found_words = [a for a in found_words if not any(b != a and b[0] <= a[0] and a[1] <= b[1] for b in found_words)]
    found: list[_Named] = []
    for start, end in sorted(found_words):
        word = passage.text[start:end]
        if word == "口岸区" and passage.text[end : end + 1] == "域":
            word, end = "口岸", end - 1
        if word == "口岸" and NOT_BEHIND.match(passage.text[end:]):
            continue
        name = _name(passage, start)
        if name is not None:
            found.extend(_sharing(passage, name, end, word))
            found.append(_Named(passage.text[name:end], passage.part(name, end), KINDS[word]))
        elif city and word == "口岸" and OWN.fullmatch(_words_before(passage, start)):
            at = start - len(_words_before(passage, start))
            printed = passage.part(at, end)
            found.append(_Named(printed.text, printed, KINDS[word], city + printed.text))
    return found


def _sharing(passage: Passage, name: int, end: int, word: str) -> list[_Named]:
    """The names before one that share its last word, in order; a word of the language is no name."""
    found: list[_Named] = []
    at = name
    while word in SHARING and SHARED.search(passage.text[:at]):
        before = _words_before(passage, at - 1)
        if not 2 <= len(before) <= MOST_SHARED or PLAIN.match(before) or vocabulary.is_said(before):
            break
        at -= len(before) + 1
        found.insert(0, _Named(before + word, passage.part(at, end), KINDS[word]))
    return found


def _words_before(passage: Passage, end: int) -> str:
    """What stands before a place in a text, back to what no name contains."""
    before = passage.text[max(0, end - 20) : end]
    last = 0
    for m in STOP.finditer(before):
        last = m.end()
    return before[last:]


def _name(passage: Passage, start: int) -> int | None:
    """Where the name that ends at ``start`` begins, or None if only a description stands there."""
    before = passage.text[max(0, start - 20) : start]
    last = 0
    for m in STOP.finditer(before):
        last = m.end()
    name = before[last:]
    # an electronic or smart port is a system; a slogan stands in quotation marks
    if (
        before[last - 1 : last] == "“"
        or name.endswith(("电子", "智慧", "数字", "国家级", "特区", "口岸办", "口岸委"))
        or len(name) < 2
        or len(name) > 16
        or PLAIN.match(name)
    ):
        return None
    return start - len(name)
