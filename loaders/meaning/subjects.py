"""What a stated change is of: its subject without whose money it is, how it is funded and what only introduces it."""

from __future__ import annotations

import re

from loaders.words.numerals import TEN

#: words that name no item
GENERIC = re.compile(
    r"^(?:年初|预算数|决算数|支出|收入|预算|决算|支出决算|支出预算|收入决算|收入预算|其中|)$",
)
#: words of a comparison, taken for what is compared: 比执行数减少
COMPARING = re.compile(r"^(?:同?比|较|与|相比|对比|年初|执行数|其中|预算数?$|决算数?$)")
#: what introduces an item and is no part of it
OPENING = re.compile(
    r"^(?:[（(]详见[^）)]*[）)])?(?:主要(?:原因)?[是为]|其中|包括|由于|因(?:为|(?!公))|以及|同时|相应|导致|即"
    rf"|[{TEN}]是){{1,6}}(?=..)"
)
#: who does not spend it: 本部门没有使用国有资本经营预算拨款安排的支出
SPENDER = re.compile(
    r"^(?:[（(]详见[^）)]*[）)])?(?:本单位|本部门|本级|我[局办委厅]|我(?:单位|部门))?(?:当年)?(?:(?:没有|未|无)(?:使用|安排)|没有)?(?=..)"
)
#: whose it is: 本级3家行政单位的, 各单位
HOLDERS = re.compile(
    r"^[^“”]*?(?:各|所属|下属|直属|[家个])[\u4e00-\u9fff]{0,9}单位的?(?=[\u4e00-\u9fff“])(?![^“”]*单位的)"
)
ITSELF = re.compile(r"^(?:[（(]本级[）)]|本级)?的?(?=..)")
#: whose money it is, before the item that it is for: 财政拨款安排“三公”经费
PROVIDED = re.compile(
    r"^(?:通过)?(?:一般公共预算|政府性基金预算|国有资本经营预算)?(?:财政拨款|拨款|部门|单位|相应)*"
    r"安排(?!的(?:支出|收入)$)(?:的)?(?=..)"
)
#: what stands behind an item and says no more than that it is planned, spent or granted
SPENT = re.compile(r"(?:(?<!”经费)(?<=费)预算(?:支出)?|(?<=[）)])(?:预算)?支出|(?<=费)财政拨款(?:预算)?)$")


def without_frame(label: str) -> str:
    """The label without what introduces it or says how the money is provided."""
    return PROVIDED.sub("", SPENDER.sub("", OPENING.sub("", label)))


def without_holder(label: str, agency: str) -> str:
    """The label without the office, or the units, whose money it is, and without what stands behind an item."""
    label = SPENT.sub("", label)
    if agency and label.startswith(agency):
        rest = ITSELF.sub("", label[len(agency) :])
        label = rest if len(rest) > 1 else label
    return without_frame(HOLDERS.sub("", label))


def names_an_item(label: str) -> bool:
    """Whether a label names what changed, not the comparison or the frame of its sentence."""
    return bool(label) and COMPARING.match(label) is None
