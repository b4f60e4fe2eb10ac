"""Why two statements are not known to be of one quantity: each dimension that may differ is a reason not to accuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from loaders.facts import DocumentKind, Figure
from loaders.reconcile.judging import Judge
from loaders.reconcile.mentions import Mention
from loaders.reconcile.scopes import Scope

#: Two amounts that are this near are of one quantity all the same: a slip of the pen.
_NEAR = Decimal("0.001")
#: Words that name a fund or a document, and no phase.
_NO_PHASE = re.compile(
    r"一般公共预算|政府性基金预算|国有资本经营预算|预算(?:单位|管理|部门|绩效|执行|内|外|收入|支出)|部门预算|完成[^，。]{0,4}预算"
)
_SAYS_FINAL = re.compile(r"决算|实际(?:支出|完成|发生)|执行数|支出数")
_SAYS = re.compile(rf"{_SAYS_FINAL.pattern}|预算|年初安排|批复")


@dataclass(frozen=True, slots=True)
class Statement:
    """An amount with where it stands: the title of its table, or an empty string for prose.

    ``extent`` is "whole" with what was carried over, "year" without, "" where neither is said.
    """

    figure: Figure
    place: str
    extent: str = ""
    mention: Mention | None = None
    scope: Scope | None = None
    #: Whether it is the total of a table's lines, each of which may be rounded.
    is_total: bool = False
    #: Whether tables of its title state several amounts for it, as where each body has a set of tables.
    is_of_several: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements of one document, and of which kind that is."""

    one: Statement
    two: Statement
    kind: DocumentKind
    judge: Judge

    @property
    def both(self) -> tuple[Statement, Statement]:
        return self.one, self.two


def find_obstacle(one: Statement, two: Statement, kind: DocumentKind, judge: Judge) -> str:
    """The code of the reason why two different amounts may be of different quantities; "" if they are of one."""
    pair = Pair(one, two, kind, judge)
    near = is_near(one.figure, two.figure)
    for code, bears, even_near in _OBSTACLES:
        if (even_near or not near) and bears(pair):
            return code
    return ""


def is_near(one: Figure, two: Figure) -> bool:
    """Whether two amounts are so near that they must be of one quantity."""
    size = max(abs(one.value), abs(two.value))
    return abs(one.value - two.value) <= size * _NEAR


def _other_column(pair: Pair) -> bool:
    """The column of one in the table of the three public expenses is a conclusion."""
    return any(s.place and pair.judge.is_streamed(s.figure) for s in pair.both) and any(
        s.scope is not None and s.scope.flow == "three-public" for s in pair.both
    )


def _other_body(pair: Pair) -> bool:
    """One is of a body below the office, or both of different ones."""
    if pair.one.figure.budget_unit != pair.two.figure.budget_unit:
        return True
    return _body_of(pair.one, pair.judge) != _body_of(pair.two, pair.judge)


#: Titles of tables that are of a part of the office.
_PART_TITLE = re.compile(r"本级|机关|下属|所属")


def _may_be_other_body(pair: Pair) -> bool:
    """The tables are repeated for several bodies, or the title of one tells of a part of the office."""
    parts = {bool(_PART_TITLE.search(s.place)) for s in pair.both if s.place}
    return any(s.is_of_several for s in pair.both) or len(parts) > 1 or _other_body(pair)


def is_other_quantity(one: Statement, two: Statement, judge: Judge) -> bool:
    """Whether both say that they are of different extents, funds or bodies, so that there is nothing to compare."""
    pair = Pair(one, two, "unknown", judge)
    extents = {s.extent for s in pair.both}
    scopes = [s.scope for s in pair.both if s.scope is not None]
    return (len(extents) > 1 and "" not in extents) or len({s.inside for s in scopes}) > 1 or _other_body(pair)


def _body_of(statement: Statement, judge: Judge) -> str:
    """The body that the words before an amount, or the heading above, name; "" for the office as a whole."""
    body = statement.scope.body if statement.scope is not None else ""
    is_office = body[-4:] in judge.document.text[:_TITLE] and not body.endswith(_BELOW)
    return "" if is_office else body


#: The office is named where the document begins.
_TITLE = 100
#: What is never the office as a whole.
_BELOW = ("本级", "机关")


def _other_extent(pair: Pair) -> bool:
    """One with and one without what was carried over. In a budget a total that does not say is the whole."""
    extents = {s.extent for s in pair.both}
    return len(extents) > 1 and (pair.kind != "budget" or "year" in extents)


def _other_fund(pair: Pair) -> bool:
    """Which fund one is of is not said."""
    return any(s.scope is not None and not s.scope.is_fund_known for s in pair.both)


def _other_phase(pair: Pair) -> bool:
    """The words before one speak of the budget, and it was read as spent, or the reverse."""
    return any(s.mention is not None and not is_phase_plain(s.mention) for s in pair.both) or (
        pair.one.figure.phase != pair.two.figure.phase
    )


def is_phase_plain(mention: Mention) -> bool:
    """Whether the words before an amount, else those before it in its sentence, are of the phase that was read."""
    sentence = mention.paragraph.text[: mention.start].rsplit("。", 1)[-1]
    for words in (mention.clause, sentence):
        told = [m.group() for m in _SAYS.finditer(_NO_PHASE.sub("", words))]
        if told:
            final = bool(_SAYS_FINAL.match(told[-1]))
            return mention.figure.phase in (("final", "result", "") if final else ("budget", "adjusted", "target", ""))
    return True


def _other_year(pair: Pair) -> bool:
    """The words before one speak of last year, though none of its number was said."""
    return pair.one.figure.fiscal_year != pair.two.figure.fiscal_year or any(
        s.mention is not None and _PAST.search(s.mention.clause) is not None for s in pair.both
    )


_PAST = re.compile(r"上年|去年|上一年|往年|以前年度|^(?:比|较|与|同)")

_Test = Callable[[Pair], bool]
#: Each reason with its test, and whether it counts even where the amounts are all but equal.
_OBSTACLES: tuple[tuple[str, _Test, bool], ...] = (
    ("columns-are-concluded", _other_column, True),
    ("years-may-differ", _other_year, True),
    ("phases-may-differ", _other_phase, True),
    ("bodies-may-differ", _may_be_other_body, True),
    ("extents-may-differ", _other_extent, False),
    ("funds-may-differ", _other_fund, False),
)
