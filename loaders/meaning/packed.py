"""Indicators of a project told in a row by one cell: 1、1－产出指标，11－数量指标，检查次数；年度指标值：≥3次；2、…"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.documents import Passage

_CODE = r"(?:\d{1,3}\s*[－—–-]\s*)?"
#: where an indicator begins: its number, both levels with or without their codes
_OPENING = re.compile(
    rf"(?:^|(?<=[；;。]))\s*(?:\d{{1,3}}\s*[.．、]\s*)?{_CODE}(?P<level1>[\u4e00-\u9fff]{{2,6}}指标)\s*[，,、]\s*"
    rf"{_CODE}(?P<level2>[\u4e00-\u9fff]{{2,14}})\s*[，,、]\s*"
)
#: what it is to reach, in the year or over the whole of the project
_VALUE = re.compile(r"[；;，,。]\s*(?P<of>[\u4e00-\u9fff]{0,8}?)(?:指标值|目标值)\s*[:：]\s*")
_YEARLY = re.compile(r"^(?:本|当)?年度?(?:绩效)?$|^$")


@dataclass(frozen=True, slots=True)
class Packed:
    """An indicator told in a cell. ``yearly`` is False where its only target is that of the project's whole period."""

    level1: str
    level2: str
    name: Passage
    target: Passage
    yearly: bool = True


def unpack(cell: Passage) -> Iterator[Packed]:
    """The indicators that a cell tells one behind the other, each with levels, name and target; none if it tells none.

    The target of the year is told where there is one beside that of the whole period (实施周期指标值).
    """
    openings = list(_OPENING.finditer(cell.text))
    ends = [m.start() for m in openings[1:]] + [len(cell.text)]
    for opening, end in zip(openings, ends, strict=True):
        body = cell.part(opening.end(), end)
        values = list(_VALUE.finditer(body.text))
        if not values:
            continue
        chosen = next((v for v in values if _YEARLY.match(v["of"])), values[-1])
        following = [v.start() for v in values if v.start() > chosen.start()]
        target = body.part(chosen.end(), following[0] if following else len(body.text))
        target = target.part(0, len(target.text.rstrip("；;。， ")))
        name = body.part(0, values[0].start()).strip()
        if name and target:
            yield Packed(opening["level1"], opening["level2"], name, target, bool(_YEARLY.match(chosen["of"])))
