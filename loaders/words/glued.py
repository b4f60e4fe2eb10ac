"""Forms whose cells ran into each other: a viewer's text of a table without a sign between its cells.

``分值执行率得分年度资金总额202010100.00%10`` is 20, 20, 10, 100.00% and 10, which nothing in it tells. Behind column names
that touch each other a number is whole only where a comparator begins it.
"""

from __future__ import annotations

import re

from loaders.words.comparators import read_comparator

_LETTER = r"(?:[（(][A-Z](?:/[A-Z])?(?:[×xX*]100[%％])?[)）])?"
_NAME = (
    rf"(?:分值|得分|权重|执行率{_LETTER}|(?:年初|全年|调整)?(?:预算|执行)数{_LETTER}"
    r"|(?:年度|全年|实际|预期)*(?:指标|目标|完成|实际|实现)值)"
)
#: Names of columns that touch each other.
_HEAD = re.compile(rf"{_NAME}{_NAME}|[一二三]级指标[一二三]级指标")
_LEVELS = re.compile(
    r"^(?:(?:产出|效益|满意度|成本)指标)?(?:(?:数量|质量|时效|成本|经济效益|社会效益|生态效益|可持续影响|服务对象满意度)指标)?"
)
_NUMBER_AROUND = re.compile(r"^\d+(?:\.\d+)?|\d+(?:\.\d+)?$")
_NO_NAME = re.compile(rf"\d|{_NAME}|级指标|[产效满成][出益意本度]+指标")


def find_glued(text: str) -> int:
    """Where the cells of a form begin to run into each other in a text; its length if they nowhere do.

    >>> find_glued("资金分值得分年度资金总额2010"), find_glued("资金 分值 得分 年度资金总额 20 10")
    (6, 21)
    """
    head = _HEAD.search(text)
    return head.end() if head else len(text)


def is_whole(text: str, start: int) -> bool:
    """Whether a number among glued cells is one of its own: a comparator stands before it.

    >>> is_whole("合格率10≥95%", 6), is_whole("合格率1095%", 3)
    (True, False)
    """
    return bool(read_comparator(text[max(0, start - 6) : start]))


def name_glued(label: str) -> str:
    """The name of an indicator without the points and levels that touch it; "" if more of other cells is in it.

    >>> name_glued("10质量指标巡查合格率20"), name_glued("巡查率10合格率")
    ('巡查合格率', '')
    """
    name = _LEVELS.sub("", _NUMBER_AROUND.sub("", _NUMBER_AROUND.sub("", label)))
    return "" if _NO_NAME.search(name) else name
