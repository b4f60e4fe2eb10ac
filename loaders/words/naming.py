"""Names of offices: what is one, its short forms, its superior body, its nature, as a text states them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from loaders.documents import Document, Passage
from loaders.words import places
from loaders.words.normalise import plain
from loaders.words.numerals import TEN

#: a stretch that may be an office's name, brackets for （本级） and the like included
NAME = r"[\u4e00-\u9fff][\u4e00-\u9fff、A-Za-z]{2,36}?(?:[（(][\u4e00-\u9fff]{2,24}[）)])?"
ENDINGS = (
    "办公室|办公厅|局|委员会|委|厅|部|署|院|中心|站|所|馆|处|会|支队|大队|总队|学校|大学|学院|中学|小学|幼儿园|政府|公司|党校|"
    "团|台|园|集团|基地|办|联合会|街道|海关|银行|社|队|校|科|场|室|厂|库|宫|监狱|"
    "人大|政协|妇联|残联|文联|侨联|科协|作协|社科联|工商联"
)
#: The same where it ends as an office's name does, so that 财政 or 项目 inside a name does not end it.
ENDED = rf"{NAME}(?<=[{''.join(sorted({word[-1] for word in ENDINGS.split('|')}))}级）)])"
OFFICE = re.compile(rf"^[\u4e00-\u9fff]{{2,}}.*(?:{ENDINGS})$")
#: remarks behind a name that are no part of it
REMARK = re.compile(
    r"[（(](?:本级|行政|机关|汇总|盖章|公章|签章|事业|本部|单位|部门|参公|局本级|部本级)[）)]?$"
    # 交通运输局局本级 says 局 twice, 交通运输局本级 once
    r"|(?<=[局委厅部署院办会处])[局委厅部署院办会处]本级$|(?:本级|（|\()$"
)
_OFFICE_END = "局委厅部署院办会处"
_SEAT = rf"(?:[{_OFFICE_END}]|委员会)?(?:机关)?(?:本级|机关|本部|行政)"
_SEAT_ALONE = re.compile(rf"^[（(]?{_SEAT}[)）]?$")
_AT_SEAT = re.compile(
    rf"[（(](?:{_SEAT}|汇总|部门)[)）]|(?<=[{_OFFICE_END}])[{_OFFICE_END}](?:机关)?本级$"
    rf"|(?:机关)?本级$|(?<=[{_OFFICE_END}])(?:机关|本部|行政)$"
)
#: What an office may be for: 非税收入管理局, 住房资金管理中心, 目标考核办公室.
_BUSINESS = r"(?:管理|服务|征收|监管|结算|评审|评价|审核|编审|建设|推进|促进|预算(?:审核|评审|编制|管理)|考核|考评|编制|督查|绩效|审批|中心|办公室|所$)"
NO_OFFICE = re.compile(
    rf"(?:收入|支出|预算|项目|资金|目标|绩效|公开)(?!{_BUSINESS})|决算|经费|合计|名称|情况|编码|科目|主管部门|"
    r"预算部门|基层单位|金额|[:：]|"
    r"^(?:本|我|各|该|其他|有关|相关|所属|下属|内设|根据|按照|关于|附件?|第.{1,2}部分)"
)
CAPTION = re.compile(
    r"(?:^|(?<=[\s　]))(?:申报|填报|编制|预算|公开|实施|项目|主管预算|被?评价|自评|评价项目|项目实施|项目承担|承担|资金使用|项目使用)?"
    r"(?:部门|单位)(?:[（(](?:部门|单位|公章|盖章|签章)[）)])?"
    r"(?:名称)?(?:[（(](?:公章|盖章|签章)[）)])?(?:\s*[:：]\s*|(?<=名称)\s+)(?P<name>[\u4e00-\u9fff][^\s:：]{2,60})"
)
SUPERIOR = re.compile(
    r"(?:主管部门|上级主管部门|主管单位)(?:名称)?(?:[（(]公章[）)])?[:：]?\s*(?P<name>[\u4e00-\u9fff][^\s:：，。；]{2,40})"
)
#: What an office is for, before the name of whose department it is: 是主管全市审计工作的市政府组成部门.
_DESCRIBED = r"(?:(?:综合)?(?:主管|分管|主持|负责|承担)[\u4e00-\u9fff、]{2,40}?的)"
SUBORDINATE = (
    re.compile(r"(?:隶属于?|归属于?|归口)(?P<name>[\u4e00-\u9fff]{2,24}?)(?:管理|领导)"),
    re.compile(
        rf"(?:^|[，。；]|办|局|委|院|室|心)(?:是|为|系){_DESCRIBED}?"
        r"(?:隶属于)?(?P<name>[\u4e00-\u9fff]{2,24}?)"
        r"(?:的)?(?:下属|直属|所属|主管|组成部门|工作部门|派出机构|部门管理|授权代表)"
    ),
)
UNIT_ROW = re.compile(r"(?m)^[ \t　]*(?P<code>\d{3,9})[ \t　]+(?P<name>[\u4e00-\u9fff][\u4e00-\u9fff（）()]{3,40})")
NATURES = (
    r"全额(?:财政)?拨款(?:的)?事业单位", r"差额拨款(?:的)?事业单位", r"自收自支(?:的)?事业单位",
    r"参照公务员法管理(?:的)?事业单位", r"参公(?:管理)?事业单位", r"公益[一二]类事业单位", r"财政补助事业单位",
    r"事业性科研单位", r"直属特设机构", r"行政单位", r"事业单位",
)  # fmt: skip
#: a definition or a class of units, not this office
DEFINITION = re.compile(r"(?:指|保障|包括|含|其他|各|一般|等|和|反映)[^。；]{0,24}$")
SELF = (
    "我办",
    "我局",
    "我委",
    "我厅",
    "我部",
    "我院",
    "我中心",
    "我站",
    "我会",
    "我单位",
    "本单位",
    "本部门",
    "本办",
    "本局",
    "本委",
    "本中心",
)


#: A division or a force inside an office, where it is named without place or office: 禁毒支队, 计财科.
DIVISION = re.compile(r"^(?!.*[省市区县州旗盟镇乡局委厅校院].)[\u4e00-\u9fff]+(?:支队|大队|中队|科|股|处|室|组)$")

#: 某某局(某某办公室): one office with two names on its door.
_SECOND_NAME = re.compile(r"[(][^()]*[)]$")


def is_seat(words: str) -> bool:
    """Whether words say no more than that the office's own seat is meant, beside its units.

    >>> is_seat("局机关"), is_seat("（本级）"), is_seat("安平市信访局机关")
    (True, True, False)
    """
    return bool(_SEAT_ALONE.match(words))


def strip_seat(name: str) -> str:
    """An office's name without what tells its own seat, or the sum with its units, from the office.

    >>> strip_seat("安平市信访局（本级）"), strip_seat("安平市信访局局机关本级"), strip_seat("安平市信访局机关")
    ('安平市信访局', '安平市信访局', '安平市信访局')
    """
    return _AT_SEAT.sub("", plain(name))


@lru_cache(maxsize=1 << 12)
def flat_label(label: str) -> str:
    """A project's label as labels are compared: white space and the 年 of a year before it tell none from another.

    >>> flat_label("2026年 巡查经费") == flat_label("2026巡查经费")
    True
    """
    return _YEAR_WORD.sub("", "".join(label.split()))


_YEAR_WORD = re.compile(r"(?<=^20\d\d)年度?")


def clean_name(name: Passage) -> Passage:
    """The name without years, remarks such as （本级） and captions run on behind it."""
    name = name.strip()
    m = re.match(rf"^(?:第[{TEN}]+部分[:：]?)?(?:(?:19|20)\d{{2}}年?度?)?(?:关于)?", name.text)
    name = name.part(m.end() if m else 0, len(name.text))
    m = re.search(r"[（(](?:盖章|公章|签章)|单位[:：]|金额", name.text)
    if m:
        name = name.part(0, m.start())
    m = re.search(r"(?:的?主要|机关)?$|的$", name.text)
    name = name.part(0, m.start() if m else len(name.text))
    while True:
        m = REMARK.search(name.text)
        if m is None:
            break
        name = name.part(0, m.start())
    # a second name in brackets is an alias
    m = re.search(r"[（(][\u4e00-\u9fff]{2,}[）)]$", name.text)
    if m:
        name = name.part(0, m.start())
    return name.strip()


def is_own(name: str, agency: str) -> bool:
    """Whether a name is the office's: in full or its seat's, without its place, or with a second name in brackets.

    >>> is_own("市信访局（本级）", "安平市信访局"), is_own("信访局", "安平市信访局"), is_own("市水文站", "安平市信访局")
    (True, True, False)
    """
    bare, office = (_SECOND_NAME.sub("", strip_seat(n)) for n in (name, agency))
    return bool(bare and office) and (office.endswith(bare) or bare.endswith(office))


def is_office(name: str) -> bool:
    """Whether a string has the shape of an office's full name."""
    return 4 <= len(name) <= 40 and bool(OFFICE.match(name)) and not NO_OFFICE.search(name)


def find_aliases(label: str, place: str, document: Document) -> tuple[str, ...]:
    """The short forms of an office's name that its document uses, in order of first use.

    Attested forms only: those that the text declares (以下简称“市国资委”), a second name in brackets, self-reference
    (我办, 本单位) and regular contractions (市口岸办) that are not the tail of another place's office.
    """
    text = re.sub(r"\s", "", document.text)
    found: dict[str, int] = {}
    for m in re.finditer(rf"{re.escape(label)}[（(](?:以下)?(?:简称|称)[“\"]?([^”\"）)]{{2,16}})", text):
        found.setdefault(m.group(1), m.start(1))
    for m in re.finditer(rf"{re.escape(label)}[（(]([\u4e00-\u9fff]{{4,24}})[）)]", text):
        if is_office(m.group(1)) and not m.group(1).startswith(("以下", "简称", "下称")):
            found.setdefault(m.group(1), m.start(1))
    for m in re.finditer(
        rf"(?:{re.escape(label)}，?挂|对外称)[“\"]?([\u4e00-\u9fff]{{4,24}}?)[”\"]?(?:的?牌子|）)", text
    ):
        found.setdefault(m.group(1), m.start(1))
    for m in re.finditer(rf"(?:{'|'.join(SELF)})(?![门法级])", text):
        found.setdefault(m.group(), m.start())
    names = places.load()
    for form in _contractions(label, names.name(place)):
        for m in re.finditer(re.escape(form), text):
            before = text[max(0, m.start() - 2) : m.start()]
            # 宁波市口岸办 is another city's, 省口岸办 another level's, 深圳市口岸办公室 a longer name
            foreign = names.by_short.get(before) if form[0] in "省市区县" else before[-1:] in tuple("省市区县家州")
            if not foreign and not re.match(r"公[室厅]|员会", text[m.end() :]):
                found.setdefault(form, m.start())
                break
    return tuple(sorted((f for f in found if f != label), key=lambda f: found[f]))


def _contractions(label: str, place: str) -> Iterator[str]:
    core = re.sub(r"^(?:中国共产党|中共)", "", label)
    core = core[len(place) :] if place and core.startswith(place) else core
    core = re.sub(r"^人民政府", "", core)
    short = re.sub(r"办公[室厅]$", "办", re.sub(r"(?<!管理)委员会$", "委", core))
    short = re.sub(r"监督管理委员会$|管理委员会$", "委", short)
    cores = {short, re.sub(r"(?:监督管理|管理|服务|事务|和信息化)(?=[办局委厅处]$)", "", short), core}
    level = place[-1:] if place[-1:] in "省市区县" else ""
    for c in sorted(cores, key=len, reverse=True):
        if len(c) >= 2 and not c.startswith("办"):
            for head in filter(None, (level, re.sub(r"[省市区县]$", "", place), place)):
                yield head + c
            if len(c) >= 3 and c != core:
                yield c


def find_nature(label: str, document: Document) -> str:
    """What kind of unit the office says that it is (行政单位, 全额拨款事业单位, …), or ""."""
    text = re.sub(r"\s", "", document.text)
    if re.search(rf"{re.escape(label)}[（(]行政[）)]", text):
        return "行政单位"
    for sentence in re.split(r"[。；]", text[: len(text) * 2 // 5]):
        if label not in sentence and not sentence.startswith(SELF):
            continue
        for nature in NATURES:
            for m in re.finditer(nature, sentence):
                before = sentence[: m.start()]
                counted = re.match(r"\d+[家个]", sentence[m.end() :]) and before.endswith(("包括", "，"))
                stated = re.search(r"(?:是|为|系|属|性质：)$", before)
                listed = re.search(r"[，、]$", before) and len(m.group()) > 4
                if counted or ((stated or listed) and not DEFINITION.search(before)):
                    return m.group()
    return ""


RANK = re.compile(
    r"(?P<rank>(?:正|副)?(?:部|省|厅|局|地|处|县|科|股)级)(?:建制|规格|(?:行政|事业|参公)?(?:单位|机构)|事业编制|全额)"
)


#: ranks of others, or of people
NO_RANK = re.compile(r"领导职数|下属|下设|所属|及以上")


def find_rank(label: str, document: Document) -> str:
    """The administrative rank that the document states of the office, the latest that it tells, or ""."""
    found = ""
    limit = max(len(document.text) * 2 // 5, 2000)
    for block in document.blocks:
        if block.table is not None or block.span.start > limit:
            continue
        for sentence in re.split(r"[。；]", re.sub(r"\s", "", block.passage.text)):
            m = RANK.search(sentence)
            own = label in sentence or sentence.startswith(SELF)
            if m and own and not NO_RANK.search(sentence):
                found = m.group("rank")
    return found


def find_parent(label: str, place: str, document: Document) -> str:
    """The superior body as stated: by 主管部门, by unit codes (402 over 402002), or by 隶属…; "" if not stated.

    市政府 and the like are given their full name, 某市人民政府, where the place is known.
    """
    found = itertools.chain(
        _superiors_named(document), _superiors_by_code(label, document), _superiors_in_prose(place, document)
    )
    return next((name for name in found if name != label), "")


def _superiors_named(document: Document) -> Iterator[str]:
    """Behind 主管部门."""
    for line in document.text.splitlines():
        m = SUPERIOR.search(line)
        if m:
            name = clean_name(Passage.cut(m.group("name"), 0, len(m.group("name")))).text
            if is_office(name):
                yield name


def _superiors_by_code(label: str, document: Document) -> Iterator[str]:
    """Those whose code the office's own begins with: 402 over 402002."""
    codes = {m.group("code"): m.group("name") for m in UNIT_ROW.finditer(document.text)}
    for code, name in codes.items():
        if name == label:
            above = (codes.get(code[:length], "") for length in range(len(code) - 1, 2, -1))
            yield from (n for n in above if n and is_office(n))


def _superiors_in_prose(place: str, document: Document) -> Iterator[str]:
    """Behind 隶属 and the like, in the first two fifths of the text."""
    text = re.sub(r"\s", "", document.text)
    head = text[: len(text) * 2 // 5]
    for pattern in SUBORDINATE:
        for m in pattern.finditer(head):
            name = expand_name(m.group("name"), place)
            if is_office(name) or name.endswith("政府"):
                yield name


def expand_name(name: str, place: str) -> str:
    """市政府办公室 as 某市人民政府办公室, where the place is known."""
    full = places.load().name(place)
    m = re.match(r"(?:本)?(省|市|区|县)(?:人民)?(政府|委)(.*)$", name)
    if not m or not full.endswith(m.group(1)):
        return name
    body = "人民政府" if m.group(2) == "政府" else "委"
    return ("中共" if body == "委" else "") + full + body + m.group(3)
