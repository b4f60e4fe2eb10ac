"""Headers whose cells extraction interleaved line by line, known by the columns that an official form prescribes.

The words of such a header are all there, some broken, but their lines say nothing of their order. Where they are just the
words of one form, that form's order holds; rows that leave cells out are placed by what they add up to.
Source: 部门决算公开表样 (财政部), 支出决算表, 收入决算表 and “三公”经费支出决算表.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from loaders.documents import Cell
from loaders.facts import DocumentKind
from loaders.tables.columns import Column, read_column
from loaders.words.normalise import plain

_FLOWS: tuple[tuple[str, ...], ...] = (
    ("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"),
    ("本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"),
)
#: The columns of which an expenditure table of accounts fills the first three, if the office's total has three numbers.
USUAL = 3
_CARS = "公务用车购置及运行维护费"
_THREE_PUBLIC = (
    "合计",
    "因公出国（境）费",
    f"{_CARS}|小计",
    f"{_CARS}|公务用车购置费",
    f"{_CARS}|公务用车运行维护费",
    "公务接待费",
)
_THREE_PUBLIC_WORDS = ("合计", "小计", "因公出国", "公务用车", "购置", "运行", "接待")
#: Source: 政府性基金预算财政拨款收入支出决算表.
_FUND = ("年初结转和结余", "本年收入", "本年支出|小计", "本年支出|基本支出", "本年支出|项目支出", "年末结转和结余")
#: What was planned or spent in the year before, and what is planned: of Chongqing, the offices of the centre, Shaanxi.
_TWO_YEARS: tuple[tuple[str, ...], ...] = (
    ("{0}年预算数", *(f"{{1}}年预算数|{name}" for name in (
        "总计", "基本支出|小计", "基本支出|人员经费", "基本支出|公用经费", "项目支出"))),
    ("{0}年执行数", *(f"{{1}}年预算数|{name}" for name in ("小计", "基本支出", "项目支出")),
     *(f"{{1}}年预算数比{{0}}年执行数|{name}" for name in ("增减额", "增减%"))),
    ("{0}年执行数|执行数", "{0}年执行数|扣除中央基建投资后执行数",
     *(f"{{1}}年预算数|{name}" for name in (
         "年初预算数|小计", "年初预算数|基本支出", "年初预算数|项目支出", "扣除中央基建投资后预算数")),
     *(f"{{1}}年预算数比{{0}}年执行数{base}|{name}" for base in ("", "(扣除中央基建投资)") for name in ("增减额", "增减(%)"))),
    *(tuple(f"{half}|{name}" for half in ("{0}年", "{1}年", "增减变化情况") for name in (
        "合计", *(f"一般公共预算拨款安排的“三公”经费预算|{name}" for name in (
            "小计", f"因公出国(境){abroad}", "公务接待费", f"公务用车购置及{run}|小计", f"公务用车购置及{run}|公务用车购置费",
            f"公务用车购置及{run}|公务用车{runs}")), "会议费", "培训费"))
      for abroad in ("费", "费用") for run in ("运行费", "运行维护费") for runs in ("运行费", "运行维护费")),
)  # fmt: skip
#: What such a form prints over the names of its rows.
_ROW_NAMES = (
    "功能分类科目科目编码科目名称", "科目编码科目名称", "功能分类科目编码功能分类科目名称", "序号单位编码单位名称",
    "单位编码单位名称", "",
)  # fmt: skip
_NO_VALUES = ("code", "label", "ordinal")
#: The cells of one half of that form: a group, and each column.
_THREE_PUBLIC_CELLS = (
    "合计", "小计", r"因公出国[(]境[)]经?费用?", "公务接待费", "公务用车购置(?:及|和)运行(?:维护)?经?费", "公务用车购置经?费",
    "公务用车运行(?:维护)?经?费",
)  # fmt: skip
_HALF = re.compile(r"(?:(?:19|20)\d{2}年?度?|上年|本年|当年)?(?:年初|全年|调整)?(?:预算|决算|执行)数?")
_PHASE = re.compile(r"(?:年初|全年|调整)?(预算|决算)数?")


def find_interleaved(header: Sequence[Sequence[Cell]], kind: DocumentKind, year: int | None) -> tuple[Column, ...]:
    """The value columns of an interleaved header in the order of its form; none if it is not known to be such."""
    lines = [[plain(cell.text) for cell in row] for row in header]
    finders = (_find_three_public, _find_two_of_three_public, _find_fund, _find_flows, _find_two_years)
    names = next((found for find in finders if (found := find(lines))), ())
    return tuple(read_column(name, kind, year) for name in names)


def _find_flows(lines: list[list[str]]) -> tuple[str, ...]:
    """The columns of income or expenditure, if all are in the header and only some of them are broken over lines."""
    words = [word for line in lines for word in line]
    for names in _FLOWS:
        whole = [name for name in names if name in words]
        broken = [name for name in names if name not in words]
        pieces = [word for word in words if word not in names]
        if len(whole) >= USUAL and broken and whole[0] == names[0] and all(_is_made_of(n, pieces) for n in broken):
            return names
    return ()


def _is_made_of(name: str, pieces: list[str]) -> bool:
    """Whether two or three pieces, in the order of the lines, make up a name."""
    own = [piece for piece in pieces if piece in name]
    return any("".join(some) == name for n in (2, 3) for some in itertools.combinations(own, n))


def _find_three_public(lines: list[list[str]]) -> tuple[str, ...]:
    """The six columns of the “三公” expenses, each with two phases, where the header ends with a line of six such pairs."""
    phases = lines[-1] if lines else []
    pair = phases[:2]
    if len(phases) != 2 * len(_THREE_PUBLIC) or phases != pair * len(_THREE_PUBLIC):
        return ()
    said = [m.group(1) for word in pair if (m := _PHASE.fullmatch(word))]
    text = "".join(word for line in lines[:-1] for word in line)
    if sorted(said) != ["决算", "预算"] or not all(word in text for word in _THREE_PUBLIC_WORDS):
        return ()
    return tuple(f"{name}|{phase}" for name in _THREE_PUBLIC for phase in pair)


def _find_two_of_three_public(lines: list[list[str]]) -> tuple[str, ...]:
    """The six columns of one phase or year and the same six of another, where the words of the header are just theirs.

    Its levels are known neither by lines nor by order; the form puts each half's columns together.
    """
    words = [word for line in lines for word in line if not word.isdigit()]
    halves, rest = words[:2], words[2:]
    if len(set(halves)) != 2 or not all(map(_HALF.fullmatch, halves)) or len(rest) != 2 * len(_THREE_PUBLIC_CELLS):
        return ()
    printed = [[word for word in rest if re.fullmatch(cell, word)] for cell in _THREE_PUBLIC_CELLS]
    if any(len(words) != 2 for words in printed):
        return ()
    total, whole, abroad, guests, cars, bought, run = (words[0] for words in printed)
    last = (guests,) if rest.index(guests) > rest.index(cars) else ()
    names = (total, abroad, *(() if last else (guests,)), f"{cars}|{whole}", f"{cars}|{bought}", f"{cars}|{run}", *last)
    return tuple(f"{half}|{name}" for half in halves for name in names)


def _find_fund(lines: list[list[str]]) -> tuple[str, ...]:
    """The six columns of the accounts of a fund, where the words of the header are just theirs, in whatever order."""
    words = [
        w for line in lines for w in line if not (w.isdigit() or read_column(w, "unknown", None).role in _NO_VALUES)
    ]
    cells = [cell for name in _FUND for cell in dict.fromkeys(name.split("|"))]
    return _FUND if sorted(words) == sorted(dict.fromkeys(cells)) else ()


def _find_two_years(lines: list[list[str]]) -> tuple[str, ...]:
    """The columns of a form that compares two years, where its words and pieces of words together are just the form's."""
    text = "".join(word for line in lines for word in line if not word.isdigit())
    years = sorted(set(re.findall(r"(?:19|20)\d{2}(?=年)", text)))
    if len(years) != 2:
        return ()
    printed, words = Counter(text), {word for line in lines for word in line}
    found: dict[tuple[str, ...], int] = {}
    for form in _TWO_YEARS:
        names = tuple(plain(name.format(*years)) for name in form)
        levels = [name.split("|") for name in names]
        cells = dict.fromkeys("|".join(level[: i + 1]) for level in levels for i in range(len(level)))
        heads = [cell.split("|")[-1] for cell in cells]
        if any(printed == Counter("".join(heads)) + Counter(rows) for rows in _ROW_NAMES):
            found[names] = sum(
                head in words for head in heads
            )  # 运行费 beside 购置及运行维护费, or the other way round
    return max(found, key=lambda names: found[names], default=())


#: How forms of the “三公” expenses name each column, what they print beside these, and over the names of rows.
_PUBLIC = (
    ("合计", "“三公”经费合计", "三公经费合计"), ("因公出国(境)费", "因公出国(境)费用", "因公出国(境)经费"),
    ("公务用车购置及运行费", "公务用车购置及运行维护费", "公务用车购置和运行费"),
    ("公务用车购置费", "购置费", "公务用车购置经费"), ("公务用车运行费", "公务用车运行维护费", "运行费", "运行维护费"),
    ((), ("会议费", "培训费"), ("机关运行经费预算数",)), ("", "“三公”经费预算数", "“三公”经费"),
    ("", "单位名称", "预算单位", "部门名称", "单位编码单位名称", "单位代码单位名称"),
)  # fmt: skip


def find_public(
    header: Sequence[Sequence[Cell]], kind: DocumentKind, year: int | None, rows: Sequence[Sequence[Decimal]]
) -> tuple[Column, ...]:
    """The columns of a form of the “三公” expenses by its words, or the pieces of these, and by its sums.

    Forms put the receptions before the cars or behind them, which broken lines do not tell: the order is the one in
    which all whole rows add up, and none is known where both do.
    """
    lines = [[plain(cell.text) for cell in row] for row in header]
    text = "".join(word for line in lines for word in line if not word.isdigit())
    years = sorted(set(re.findall(r"(?:19|20)\d{2}年预算数", text)))
    halves = tuple(years) if len(years) == 2 else ("",)
    if not {"公", "境", "接", "待"} <= set(text):
        return ()
    for total, abroad, cars, bought, run, tail, group, names in itertools.product(*_PUBLIC):
        words = (total, abroad, cars, "小计", bought, run, "公务接待费", *tail, group)
        said = plain("".join(words)) * len(halves) + "".join(years[: len(halves) if halves[0] else 0]) + plain(names)
        if len(said) != len(text) or sorted(said) != sorted(text):
            continue
        orders = []
        for behind in (True, False):
            own = [f"{cars}|小计", f"{cars}|{bought}", f"{cars}|{run}"]
            made = [total, abroad, *own, "公务接待费"] if behind else [total, abroad, "公务接待费", *own]
            if _adds_up(
                [row for row in rows if len(row) == (len(made) + len(tail)) * len(halves)], behind, len(halves)
            ):
                orders.append([*made, *tail])
        if len(orders) == 1:
            lead = f"{group}|" if group else ""
            over = [f"{half}|" if half else "" for half in halves]
            return tuple(read_column(f"{half}{lead}{name}", kind, year) for half in over for name in orders[0])
    return ()


def _adds_up(rows: Sequence[Sequence[Decimal]], behind: bool, halves: int) -> bool:
    """Whether the total is the sum of travel, cars and receptions, and cars that of buying and running, in all rows."""
    for row in rows:
        width = len(row) // halves
        for start in range(0, len(row), width):
            total, abroad, *rest = row[start : start + 6]
            whole, bought, run, guests = rest if behind else (*rest[1:], rest[0])
            if total != abroad + whole + guests or whole != bought + run:
                return False
    return bool(rows)


class NumberedRow(Protocol):
    """A row as far as its numbers go; one without a code states the total of the office."""

    code: str
    numbers: list[Decimal]


def count_used(columns: Sequence[Column], rows: Sequence[NumberedRow]) -> int:
    """How many of the columns, from the first, the rows of a table fill.

    In the expenditure table of accounts an office that has 上缴上级, 经营 or 附属单位补助 has them beside its basic and
    project expenditure. Where no row has more than three numbers, and the office's total is the sum of the two behind
    it, the table fills the first three columns.
    """
    if tuple(plain(column.label) for column in columns) != _FLOWS[0]:
        return len(columns)
    totals = [row.numbers for row in rows if not row.code and len(row.numbers) == USUAL]
    summed = any(total == basic + project for total, basic, project in totals)
    return USUAL if summed and max(len(row.numbers) for row in rows) == USUAL else len(columns)
