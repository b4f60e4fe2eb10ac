"""Whose an amount is where a sentence names a unit below the office: 市河道管理处2024年支出预算 430 万元，其中：….

What is named at the beginning of a clause, straight before what every office has (收入, 支出, 预算, “三公”经费), has
it, and the parts that follow up to the next unit or the end of the sentence. The office's own name is of no unit, its
seat (本级) is one only where another unit is told beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.prose.lexicon import YEAR
from loaders.words.naming import is_office, is_own, is_seat, strip_seat
from loaders.words.normalise import plain

_HAS = (
    r"(?:总)?(?:收入|支出|收支)(?:总)?(?:预算|决算|总计|合计|\s*\d)|(?:部门|单位)?(?:预算|决算)(?:总额|总数|数|收入|支出|\s*\d)"
    r"|一般公共预算(?:财政)?(?:拨款)?(?:收入|支出)|(?:基本|项目)支出|[“\"]三公|机关运行经费|政府采购(?:预算|支出)"
)
#: A clause that begins with a name, a year perhaps, and what the named has.
_TOLD = re.compile(
    rf"(?:^|(?<=[，。；：:\n]))\s*(?:其中[，：:]?)?(?P<name>[\u4e00-\u9fff]{{2,30}}?(?:[（(](?:本级|机关|本部)[）)])?)\s*"
    rf"(?:{YEAR})?(?:部门|单位)?(?:年初)?(?={_HAS})"
)
#: A list of amounts by unit: 其中：局本级 5 万元、水文站 4 万元.
_LISTED = re.compile(
    r"(?:^|(?<=[，。；：:、\n]))\s*(?:其中[，：:]?)?(?P<name>[\u4e00-\u9fff]{2,30}?(?:[（(](?:本级|机关|本部)[）)])?)\s*"
    r"(?:安排|为)?(?=(?P<amount>\d[\d,]*(?:\.\d+)?\s*[亿万千百]*元))"
)
_ENDS = re.compile(r"[。；;\n]")


@dataclass(frozen=True, slots=True)
class Body:
    """A unit and the stretch of a text that tells of it; ``name`` is as printed, from ``start`` to ``named``."""

    name: str
    start: int
    named: int
    end: int


def find_bodies(text: str, agency: str) -> list[Body]:
    """The units that sentences of a text tell of, in their order; none without an office to tell them from.

    >>> [b.name for b in find_bodies("安平市水文站2024年支出预算30万元，市水利局支出预算90万元。", "安平市水利局")]
    ['安平市水文站']
    """
    if not agency:
        return []
    told, listed = (list(_name(pattern, text, agency)) for pattern in (_TOLD, _LISTED))
    if not any(seat for _, _, seat in listed):
        listed = []  # who gives or gets the money, perhaps
    found = sorted((*told, *listed), key=lambda one: one[0].start)
    if all(own or seat for _, own, seat in found):
        return []
    starts = [body.start for body, _, _ in found[1:]] + [len(text)]
    return [
        Body(body.name, body.start, body.named, min(body.end, following))
        for (body, own, seat), following in zip(found, starts, strict=True)
        if seat or not own
    ]


def _name(pattern: re.Pattern[str], text: str, agency: str) -> Iterator[tuple[Body, bool, bool]]:
    """What clauses name, each with whether it is the office itself and whether it is its seat."""
    for match in pattern.finditer(text):
        name = match.group("name").strip()
        own = is_own(name, agency)
        seat = is_seat(name) or (own and strip_seat(name) != plain(name))
        if not (own or seat or is_office(name)):
            continue
        if "amount" in match.groupdict():
            end = match.end("amount")
        else:
            mark = _ENDS.search(text, match.end())
            end = mark.start() if mark else len(text)
        yield Body(name, match.start("name"), match.end("name"), end), own, seat
