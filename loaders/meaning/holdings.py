"""Staff and assets: what a counted number of people, cars or machines counts, as dimensions of its figure.

A document says how many posts it was given (编制), how many people it has (实有), how many have retired; how many cars
and how many machines above a price it owns or will buy. The words around a number tell which; here they become
dimensions.
"""

from __future__ import annotations

import re
from dataclasses import replace

from loaders.documents import Document
from loaders.facts import Figure
from loaders.meaning.money import SCALE, read_number
from loaders.words.numbering import tidied
from loaders.words.sentences import sentences

#: status -> words that say it; the first that stands nearest before the number counts
STATUS = (
    ("编外", re.compile(r"编外|临聘|聘用|雇员|劳务派遣|派遣|合同制|员额(?!控制)|辅警|协管")),
    ("离退休", re.compile(r"离退休|离休(?:、|和|及)退休|离、退休")),
    ("离休", re.compile(r"离休")),
    ("退休", re.compile(r"退休")),
    ("实有", re.compile(r"实有|实际在编|实际在职|现有|在职|在编人数|在岗|在编人员|在编在职")),
    ("编制", re.compile(r"编制|核定|职数|定编")),
)
KIND = (
    ("参公", re.compile(r"参公|参照公务员")),
    ("行政", re.compile(r"行政(?!执法)|公务员|机关(?!事业)")),
    ("事业", re.compile(r"事业")),
    ("工勤", re.compile(r"工勤|工人|后勤服务")),
    ("政法专项", re.compile(r"政法专项")),
)
ABOUT_STAFF = re.compile(r"编制|实有|在职|在编|离休|退休|编外|聘用|雇员|工勤")
ABOUT_ASSETS = re.compile(r"车辆|用车|设备|保有量")
CARS = re.compile(r"车辆|用车|轿车|越野车|客车|货车|执法车|(?<!通)车(?!间|站|次|船)")
CAR_KIND = re.compile(
    r"(?:副部[（(]省[）)]级及以上领导|主要负责人|主要领导干部|机要通信(?:(?:和|及|、)应急保障)?|应急保障|执法执勤|特种专业技术|离退休干部服务|老干部服务|"
    r"业务|行政执法专|一般公务|公务|其他)用车|定编车辆|在编车辆"
)
MACHINES = re.compile(r"(?:(?:通用|专用|大型|医疗|专业)*设备|仪器)")
THRESHOLD = re.compile(
    r"(?:单价|单位价值|单台|单件|单套|价值|原值)\s*(?:在)?\s*(?P<number>\d[\d,.]*)\s*(?P<unit>亿元|万元|千元|元)\s*[（(]?(?:含|及)?[）)]?\s*(?:（含）|\(含\))?\s*以上"
)
PLANNED = re.compile(r"购置|新增|采购|更新|拟|计划|安排(?!决算)")
#: What was bought or given away before is neither planned nor there: 2025年已完成 2 辆公务用车更新.
DONE = re.compile(r"已(?:经)?(?:完成|购置|采购|更新|报废|处置)[^，。；\d]{0,8}$")
OWNED = re.compile(r"共有|现有|实有|保有|占用|占有|截[至止]")


def describe_holdings(document: Document, figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The figures; those that count staff, cars or machines in running text have dimensions that say what they count.

    The dimensions are ``staff status``, ``staff type``, ``asset``, ``asset kind``, ``threshold`` (yuan) and ``holding``
    (owned or planned). A number whose words do not decide keeps the dimensions it had.
    """
    wanted = [
        f
        for f in figures
        if f.unit in ("PERSON", "VEHICLE", "ITEM")
        and f.aspect == "level"
        and f.phase in ("", "final", "budget")
        and not f.table
    ]
    if not wanted:
        return figures
    blocks = {f.block for f in wanted}
    found: dict[tuple[int, int], tuple[tuple[str, str], ...]] = {}
    for number, block in enumerate(document.blocks):
        if number not in blocks or block.table is not None:
            continue
        for sentence in sentences(tidied(block)):
            if not (ABOUT_STAFF.search(sentence.text) or ABOUT_ASSETS.search(sentence.text)):
                continue
            inside = [f for f in wanted if sentence.start <= f.span.start and f.span.end <= sentence.end]
            # a word may stand before several numbers: 实有 8 人，其中行政 5 人、事业 3 人
            status, holding, last = "", "", 0
            for figure in sorted(inside, key=lambda f: f.span):
                at = sentence.find_offset(figure.span.start)
                if at is None:
                    continue
                words = sentence.text[last:at]
                behind = sentence.text[at : at + 24]
                last = at
                if figure.unit == "PERSON" and ABOUT_STAFF.search(sentence.text):
                    status = _status(words) or status
                    found[figure.span.start, figure.span.end] = _staff(words, behind, status)
                elif figure.unit in ("VEHICLE", "ITEM"):
                    holding = _holding(words) or holding
                    found[figure.span.start, figure.span.end] = _asset(words, holding, figure)
    return tuple(
        replace(f, dimensions=(*f.dimensions, *found[f.span.start, f.span.end]))
        if found.get((f.span.start, f.span.end)) and not {d[0] for d in f.dimensions} & {"staff status", "asset"}
        else f
        for f in figures
    )


def _status(words: str) -> str:
    best, place = "", -1
    for name, pattern in STATUS:
        for m in pattern.finditer(words):
            if m.end() > place:
                best, place = name, m.end()
    return best


def _kind(words: str) -> str:
    clause = re.split(r"[，；。]|其中[:：]?", words)[-1]
    return next((name for name, pattern in KIND if pattern.search(clause)), "")


def _staff(words: str, behind: str, status: str) -> tuple[tuple[str, str], ...]:
    if not status or re.search(
        r"来宾|人次|培训|会议|团组|考察|旅客|群众|家属|主任|局长|领导职数|科长", words[-12:] + behind[:6]
    ):
        return ()
    kind = _kind(words)
    return (("staff status", status), *((("staff type", kind),) if kind else ()))


def _holding(words: str) -> str:
    if DONE.search(words):
        return ""
    plan = [m.end() for m in PLANNED.finditer(words)]
    own = [m.end() for m in OWNED.finditer(words)]
    if not plan and not own:
        return ""
    return "planned" if max(plan, default=-1) > max(own, default=-1) else "owned"


def _asset(words: str, holding: str, figure: Figure) -> tuple[tuple[str, str], ...]:
    clause = re.split(r"[，；。、]|其中[:：]?", words)[-1]
    threshold = THRESHOLD.search(clause)
    rows: list[tuple[str, str]] = []
    if figure.unit == "ITEM":
        machine = MACHINES.search(clause)
        if not machine:
            return ()
        rows = [("asset", "设备")]
        if machine.group() != "设备":
            rows.append(("asset kind", machine.group()))
    elif CARS.search(clause) or figure.unit == "VEHICLE":
        rows = [("asset", "车辆")]
        kind = CAR_KIND.search(clause)
        if kind:
            rows.append(("asset kind", kind.group()))
    if threshold:
        number = read_number(threshold.group("number"))
        if number is not None:
            rows.append(("threshold", f"{(number * SCALE[threshold.group('unit')]).normalize():f}"))
    if holding:
        rows.append(("holding", holding))
    return tuple(rows)
