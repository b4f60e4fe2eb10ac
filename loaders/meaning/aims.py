"""Measurable targets that stand in the prose of a goal: 系统故障响应时间不高于2小时, 培养40名会计人才.

A form that has no table of indicators says in its goals what is to be reached. Only words that name what is measured,
a number and its unit or comparator make a target; a number that describes (为20个系统提供服务) makes none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from loaders.documents import Passage
from loaders.facts import Goal, Indicator
from loaders.meaning.targets import SYMBOLS
from loaders.words.comparators import BEHIND
from loaders.words.numbering import STYLES
from loaders.words.sentences import split
from loaders.words.units import WORDS

#: Units that date or number a thing rather than measure it, unless a comparator stands beside them.
_NO_MEASURE = frozenset("年月日届级路道度口头层字版档类号分期")
_MONEY = {word for word, unit in WORDS.items() if unit.unit == "CNY"}
_TIME = {word for word, unit in WORDS.items() if unit.unit in ("DAY", "HOUR")} | {"分钟", "秒", "个月", "年", "周"}
#: Units that count things, which may stand between a verb and them.
_COUNTED = {word for word, unit in WORDS.items() if unit.unit in ("ITEM", "PERSON", "TIMES", "VEHICLE")} | {
    "公里", "平方米", "平方公里", "公顷", "亩", "吨",
}  # fmt: skip


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_SIGNS = SYMBOLS | {"达": "≥", "超": ">", "约": "", "为": ""}
_BEHIND = BEHIND | {"内": "≤"}
_QUANTITY = re.compile(
    rf"(?P<sign>{_any_of(_SIGNS)})?\s*(?<![\d.,A-Za-z第+\-—~～至/〔\[])"
    rf"(?P<number>\d[\d,]*(?:\.\d+)?)(?![\d\-—~～+])\s*(?P<unit>{_any_of(WORDS)}|[A-Za-z]{{1,3}}(?![A-Za-z\d]))?"
    rf"\s*(?P<behind>{_any_of(_BEHIND)})?"
)
#: What is quoted or cited is a name, whatever numbers it has.
_NAMED = re.compile(r"“[^”]*”|《[^》]*》|「[^」]*」|〔[^〕]*〕")
#: What was so before, or is so whatever is done.
_BEFORE = re.compile(r"已(?!安排)|原有|现有|上年|去年|截至|截止|目前|总投资|总建筑")
_VERB = re.compile(
    r"(?:做好|培养|培训|完成|建设|建成|新建|举办|举行|承办|召开|开展|组织|制作|编制|编写|编印|印制|印发|提供|新增|购置|采购|"
    r"更换|安装|改造|维修|形成|发布|出具|撰写|检查|抽查|维护|服务|支持|资助|扶持|救助|打造|选派|引进|办理|处理|审核|评审|"
    r"保障|实现|创建|培育|设立|建立|选树|慰问|走访|发放|配备|修建|种植|治理)$"
)
#: Verbs that say no more than that it is to be so.
_LIGHT = re.compile(
    r"^(?:(?:并|且|以及|及(?![时格])|和|与|同时|其中|力争|预计|计划|拟|将|全年|年内|年度内|当年|本年度?|(?:19|20)\d{2}年度?|确保|保障|保证|"
    r"实现|达到|做好|完成|使得?|从而|按(?:年度)?计划|(?:我|本)(?:单位|局|委|办|院|中心|部门|馆|站|所|校|项目)的?)[，,]?)+"
)
_JOINT = re.compile(r"^(?:[、，,；;）)\s]|左右|及(?![时格])|和|并|以及)+")
_COMMA = re.compile(r",(?!\d{3})|(?<!\d),")
_TAIL = re.compile(
    r"(?:不少|共计?|合计|总计|预计|控制|均|均?(?:应|须|要)?(?:达到?|为|在)|[（(][%％‰][）)]|[\s:：（(])+$"
)
#: Where the words before a quantity begin anew: behind 数量指标：, 以下目标： and the like
_HEAD = re.compile(r"^.*[:：](?=.)")
_NO_LABEL = re.compile(
    r"^(?:按照?|以|占|约|在|对|不|仅|由|从|自|近|每|给予|预算|资金|项目|费用)?$|^(?:每|全)?[年月周日季]度?$|[“《（(]$|^[\W\d]*$"
)
#: What money without a comparator must be said of to be aimed at; else it is what is spent
_EARNED = re.compile(r"完成|实现|目标|节约|争取|带动|收入|产值|销售|引资|融资|达")
_CLOSED = re.compile(r"^[\s）)]*(?:左右)?(?:$|[、及和并且])")
_MOST_LABEL = 40


def find_aims(stated: Iterable[tuple[Goal, Passage]]) -> tuple[Indicator, ...]:
    """The measurable targets in goals of forms. Where forms list indicators, their goals but repeat these."""
    return tuple(
        aim
        for goal, passage in stated
        if goal.kind == "performance goal"
        for clause in _clauses(passage)
        if not _BEFORE.search(clause.text)
        for aim in _in_clause(clause, goal)
    )


def _clauses(passage: Passage) -> Iterator[Passage]:
    """The passage's clauses; a comma within a number ends none."""
    for part in split(passage, "，。；;！\n"):
        start = 0
        for m in _COMMA.finditer(part.text):
            yield part.part(start, m.start())
            start = m.end()
        yield part.part(start, len(part.text))


def _in_clause(clause: Passage, goal: Goal) -> Iterator[Indicator]:
    begin = _begin(clause.text)
    names = [m.span() for m in _NAMED.finditer(clause.text)]
    for m in _QUANTITY.finditer(clause.text):
        if any(a <= m.start("number") < b for a, b in names) or not _is_measure(m):
            continue
        label = _label(clause, begin, m)
        if label is None:
            continue
        begin = m.end()
        number = clause.part(*m.span("number"))
        yield Indicator(
            label=label.text,
            span=label.span,
            comparator=_SIGNS.get(m.group("sign") or "", "") or _BEHIND.get(m.group("behind") or "", ""),
            target=number.text,
            unit=m.group("unit") or "",
            target_span=number.span,
            project=goal.project,
            year=goal.year,
        )


def _begin(text: str) -> int:
    """Where a clause begins behind its list number."""
    return max((m.end() for m in (pattern.match(text) for pattern in STYLES.values()) if m), default=0)


def _is_measure(m: re.Match[str]) -> bool:
    """Whether unit or comparator show that the number measures something."""
    unit, behind = m.group("unit") or "", m.group("behind") or ""
    if behind == "内" and unit not in _TIME:
        return False
    if _SIGNS.get(m.group("sign") or "") or behind:
        return True
    return bool(unit) and unit in WORDS and unit not in _NO_MEASURE


def _label(clause: Passage, begin: int, m: re.Match[str]) -> Passage | None:
    """What a quantity is of: the words before one that ends its clause, or the verb before and the things behind it."""
    before, behind = clause.part(begin, m.start()), clause.text[m.end() :]
    if _CLOSED.match(behind):
        label = _bare(before)
        if m.group("unit") in _MONEY and not (m.group("behind") or m.group("sign") or _EARNED.search(before.text)):
            return None
        return label
    verb = _VERB.search(before.text.rstrip())
    if verb is None or m.group("unit") not in _COUNTED:
        return None
    things = re.match(r"[^、：:（(]+", behind)
    if things is None or len(things.group()) < 2:
        return None
    return _bare(Passage.join([before.part(*verb.span()), clause.part(m.end(), m.end() + things.end())]))


def _bare(words: Passage) -> Passage | None:
    """The words that name what is measured, without those around them; None if none are left."""
    tail = _TAIL.search(words.text)
    words = words.part(0, tail.start() if tail else len(words.text))
    head = _HEAD.match(words.text)
    words = words.part(head.end() if head else 0, len(words.text)).strip()
    joint = _JOINT.match(words.text)
    words = words.part(joint.end() if joint else 0, len(words.text)).strip()
    light = _LIGHT.match(words.text)
    words = words.part(light.end() if light else 0, len(words.text)).strip()
    named = 3 <= len(re.sub(r"\s", "", words.text)) <= _MOST_LABEL and not _NO_LABEL.search(words.text)
    return words if named else None
