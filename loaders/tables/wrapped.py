"""Names of columns that a narrow header broke over several lines, put together again by the vocabulary of official forms.

The names are those of the unified budget and accounts tables (the funds, kinds of income and expenditure, and
classifications that the Ministry of Finance prescribes); a name outside them stays as it was broken.
"""

from __future__ import annotations

import itertools
import re

from loaders.documents import Cell, Passage
from loaders.tables.cells import KNOWN
from loaders.words.normalise import plain

#: A name has no more pieces than this.
MOST_PIECES = 5
#: Words that name a column by themselves; the others of the header words may also be the end of a longer name.
_NAMES = KNOWN - {"预算", "金额", "编码", "名称", "资金", "科目"}
_FUND = r"(?:一般公共预算|政府性基金(?:预算)?|国有资本经营预算|社会保险基金预算|公共预算|财政专户(?:管理)?|政府预算)"
_WHOLE = re.compile(
    "^(?:本年|上年|当年)?(?:"
    + "|".join(
        (
            rf"{_FUND}(?:财政)?(?:拨款|资金|收入|支出|拨款收入|拨款支出|管理资金|管理资金收入|安排|小计|结转)*",
            r"财政拨款(?:收入|支出|小计|结转|结余|合计)*|财政专户(?:管理资金|拨款)(?:收入)?|其他专户(?:收入)?(?:拨款)?|教育收费(?:资金)?",
            r"(?:单位|其他|自有|专户)资金(?:收入|支出)?|其他(?:收入|支出)|非同级财政拨款(?:收入)?",
            r"事业(?:单位)?(?:经营|预算)?(?:收入|支出)|经营(?:收入|支出)",
            r"上级补助(?:收入|资金)?|附属单位(?:上缴)?(?:收入|资金)?|上缴上级(?:支出)?|对附属单位补助(?:支出)?",
            r"(?:上年|年初|年末|使用)?(?:非财政拨款)?(?:结转|结余)(?:[和、]?(?:结转|结余))?(?:资金|下年|收入|分配)?|结转下年(?:支出)?",
            r"使用非财政拨款结余(?:和专用结余)?|上年结转(?:和|、)?结余(?:资金)?|上年结余[、和]?结转",
            r"(?:一般|基本|项目|人员|公用|日常公用|专项业务)(?:支出|经费)(?:支出)?(?:预算)?",
            r"对个人和家庭的补助(?:支出)?|商品和服务支出|工资福利支出|资本性支出",
            r"因公出国[(]境[)](?:费|费用|经费)?|公务接待费|公务用车(?:购置|运行)?(?:及|和)?(?:运行)?(?:维护)?(?:费|费用)",
            r"(?:支出)?(?:功能|经济)(?:分类)?科目(?:名称|编码|代码)?",
            r"(?:部门|政府)(?:预算)?(?:支出)?经济(?:分类)?科目(?:名称|编码|代码)?",
            r"支出项目类别(?:[(]资金使用单位[)])?|预算(?:单位|项目)(?:名称|代码|编码)?|项目(?:名称|类别|编码|代码)",
            r"(?:单位|部门|科目|功能科目|经济科目)(?:名称|编码|代码)|\d{4}年(?:度)?(?:年初)?(?:预算|决算)数?",
            r"(?:年初|全年|调整|上年)(?:预算|决算|执行)数?|三级指标|二级指标|一级指标|(?:年度)?指标值|绩效目标",
        )
    )
    + r")(?:[(][^()]{1,8}元[)])?$"
)


def is_official_name(words: str) -> bool:
    """Whether ``words`` are a whole column name of the official forms."""
    return bool(_WHOLE.match(plain(words)))


def join_wrapped(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The lines of a table, those of one cell that together make an official name joined into one.

    Pieces are joined only if one of them is no name by itself: two names side by side stay two.
    """
    pieces = [_piece(row) for row in rows]
    joined: list[list[Cell]] = []
    at = 0
    while at < len(rows):
        run = list(itertools.takewhile(bool, pieces[at : at + MOST_PIECES]))
        taken = next((n for n in range(len(run), 1, -1) if _make_one(run[:n])), 1)
        if taken > 1:
            cells = [row[0] for row in rows[at : at + taken]]
            joined.append([Cell(Passage.join([c.passage for c in cells]), cells[0].row, None)])
        elif joined and run and (whole := _end_name(joined[-1], rows[at][0])):
            joined[-1] = whole
        else:
            joined.append(rows[at])
        at += taken
    return joined


def _end_name(row: list[Cell], tail: Cell) -> list[Cell]:
    """A line of several names, the last broken one of which the next line ends (``科目编码 科目编``, ``码``); else nothing."""
    if len(row) < 2 or len(tail.text.strip()) > 2 or any(re.search(r"\d", c.text) for c in row):
        return []
    for at in range(len(row) - 1, -1, -1):
        words = plain(row[at].text)
        if words not in _NAMES and not is_official_name(words) and is_official_name(words + plain(tail.text)):
            whole = Cell(Passage.join([row[at].passage, tail.passage]), row[at].row, None)
            return [*row[:at], whole, *row[at + 1 :]]
    return []


def _piece(row: list[Cell]) -> str:
    """The words of a line that may be a piece of a name; an empty string if it cannot be one."""
    words = plain(row[0].text) if len(row) == 1 else ""
    return words if 0 < len(words) <= 14 and re.search(r"[\u4e00-\u9fff]", words) else ""


def _make_one(words: list[str]) -> bool:
    return is_official_name("".join(words)) and not all(w in _NAMES or is_official_name(w) for w in words)


#: The name of the column of points, broken as such columns are narrow, and what may end it.
_BROKEN_POINTS = ("分值权", "指标权", "指标分")
_REST_OF_POINTS = re.compile(r"[重值](?:[(]\d{1,3}分?[)])?$")


def join_points(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The lines of a table, the name of the last column of a header of indicators put to its end.

    Where it is printed on two lines (分值, （90）), it stands above the line of the other names and its points below.
    """
    joined: list[list[Cell]] = []
    for row in rows:
        head = joined[-1][-1] if joined else None
        if head and len(row) == 1 and plain(head.text) in _BROKEN_POINTS and _REST_OF_POINTS.match(plain(row[0].text)):
            joined[-1][-1] = Cell(Passage.join([head.passage, row[0].passage]), head.row, None)
            continue
        above = joined[-1] if joined else []
        ends = len(above) == 1 and plain(above[0].text) in ("分值", "权重", *_BROKEN_POINTS)
        names = [plain(c.text) for c in row]
        if ends and len(row) >= 3 and "三级指标" in names and names[-1].endswith("值"):
            joined[-1] = [*row, above[0]]
        else:
            joined.append(row)
    return joined
