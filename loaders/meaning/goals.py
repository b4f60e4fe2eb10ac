"""Goals and key tasks: of the office for the year, of its projects in their forms, and what was achieved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from loaders.documents import Block, Cell, Document, Passage, Span, Table
from loaders.facts import Goal, Project
from loaders.meaning.duties import section
from loaders.meaning.forms import NO_NAME, NOTHING, flat, form_project, value_behind
from loaders.words.numbering import Flow, Item, items, opening_marker, tidied
from loaders.words.sentences import ORDINAL_WORD, sentences, split, tidy

Kind = Literal["annual goal", "key task", "performance goal", "achievement"]

WORD = (
    r"(?:工作目标|工作任务|重点工作(?:任务)?|主要任务|工作要点|年度总体工作|年度目标|履职目标|重点任务|工作计划|年度工作|"
    r"工作思路|工作安排)"
)
#: a heading or a short line that announces goals
ANNOUNCED = re.compile(
    rf"{WORD}(?:及(?:工作)?(?:目标|任务|重点|计划))?(?:[和及]支出政策)?(?:情况)?(?:主要)?(?:是|为|包括|如下|有|安排)*[:：]?$"
)
TASKS = re.compile(r"任务|重点工作|要点|计划|安排")
DONE = re.compile(
    r"(?:履职|工作|任务|目标)(?:的)?完成情况[:：]?|主要(?:工作|履职)(?:成效|情况)[:：]?|绩效目标(?:实现|完成)情况[:：]"
)
#: announcements that stand inside a paragraph: …主要任务是：, …工作目标包括：
INSIDE = re.compile(rf"{WORD}(?:主要)?(?:是|为|包括|如下|有)+[:：]\s*")
#: how a form calls a project's goals
FORM = re.compile(
    r"^(?:(?:项目|部门|单位|整体|年度|总体|实施期|中长期|本年度|当年|绩效)*(?:绩效)?(?:总?体?目标)(?:[（(].*[）)])?\d?|项目总目标|绩效总目标|目标\d?)$"
)
COLUMN = re.compile(r"^(?:年度|当年|本年度?|绩效|总体|总|项目)*目标$")
#: the two heads of a self-evaluation under which the goal stands, and what became of it
PLANNED = re.compile(r"^(?:年初|年度|总体|项目)*(?:预期|设定|预定|计划|绩效)*(?:的)?(?:总体|绩效)?目标$")
OUTCOME = re.compile(r"完成(?:情况|效果)(?:综述|说明|分析)?$")
NAMES = re.compile(r"^(?:(?:一级|二级)?(?:项目|任务)(?:名称)?|支出项目类别[（(]资金使用单位[）)])$")
GOAL = re.compile(r"目\s*标\s*(?P<n>\d{1,2})\s*[：:.、]\s*")
#: what ends a goal that a page's layout has broken over lines
ENDED = re.compile(
    r"^(?:[年度总体项目绩效指标产出效益成本满意\d]{1,3}|.{0,4}[一二三]级指标.*|.*指标|.*目标|表\d*|备注.*|……)$"
)
#: what a part says that is not published: 为涉密内容，按规定不予公开
WITHHELD = re.compile(r"(?:不予|不宜|不便)公开[。；;]?$|^(?:为|属于?|涉及)?(?:涉密|秘密)(?:内容|事项|信息)[。；;]?$")
MOST = 60


def find_goals(document: Document, fiscal_year: int | None) -> tuple[Goal, ...]:
    """The goals and tasks of a document in order: the office's as listed in prose, those of projects as in forms."""
    return tuple(goal for goal, _ in read_goals(document, fiscal_year))


def read_goals(document: Document, fiscal_year: int | None) -> list[tuple[Goal, Passage]]:
    """The same, each with the passage that states it."""
    found: dict[tuple[int, int], tuple[Goal, Passage]] = {}
    blocks = list(document.blocks)
    for i in range(len(blocks)):
        for passage, kind, number, project in _in_block(blocks, i):
            stated = _trim(passage)
            if (
                len(stated.text) < 4
                or NOTHING.match(flat(stated))
                or flat(stated) == "无"
                or WITHHELD.search(stated.text)
            ):
                continue
            if not any(g.span.contains(stated.span) for g, _ in found.values()):
                goal = Goal(stated.text, stated.span, kind, number, project, fiscal_year)
                found[goal.span.start, goal.span.end] = goal, stated
    return sorted(found.values(), key=lambda stated: stated[0].span)


def join_tasks(goals: Sequence[Goal], tasks: Sequence[Project]) -> tuple[Goal, ...]:
    """The goals with the tasks that a form of 年度主要任务 names and prints money for, in order."""
    named = [
        Goal(task.label, task.span, "key task", year=task.year, figures=_money(task))
        for task in tasks
        if not any(goal.span.contains(task.span) for goal in goals)
    ]
    return tuple(sorted([*goals, *named], key=lambda goal: goal.span))


def _money(task: Project) -> tuple[Span, ...]:
    return (*((task.amount_span,) if task.amount_span is not None else ()), *task.figures)


def _in_block(blocks: list[Block], i: int) -> Iterator[tuple[Passage, Kind, str, str]]:
    """What one block states or announces: each with its kind, number and project."""
    block = blocks[i]
    if block.table is not None:
        for passage, number, project in _table(block.table):
            yield passage, "performance goal", number, project
        return
    passage = tidied(block)
    if re.search(r"[.．…·]{3}", passage.text):
        return  # a line of a table of contents
    for item, kind in _announced(passage, blocks, i):
        yield item.passage, kind, item.number, ""
    for sentence in sentences(passage):
        m = DONE.search(sentence.text)
        if m is not None:
            for number, part in _ordinals(sentence.part(m.end(), len(sentence.text))):
                yield part, "achievement", number, ""


def _announced(passage: Passage, blocks: list[Block], i: int) -> Iterator[tuple[Item, Kind]]:
    """The items behind a short line that announces them, or behind such words inside a paragraph."""
    text = passage.text
    kind: Kind = "key task" if TASKS.search(text[-16:]) else "annual goal"
    first: list[Passage] = []
    if len(text) > 40 or not ANNOUNCED.search(text):
        m = INSIDE.search(text)
        if m is None or m.end() >= len(text):
            return
        first = [passage.part(m.end(), len(text))]
    for item in _listed(first, section(blocks, i)):
        yield item, kind


def _trim(passage: Passage) -> Passage:
    passage = passage.strip()
    while passage and passage.text[-1] in "；;，,-—":
        passage = passage.part(0, len(passage.text) - 1).strip()
    return passage


def _listed(first: list[Passage], following: list[Passage]) -> list[Item]:
    """The numbered items behind an announcement; 一是, 二是 count too; without numbers one item a paragraph."""
    passages = [p for p in [*first, *following] if p]
    if not passages:
        return []
    found = items(Flow.of(passages))
    if found:
        return found[:MOST]
    if first and not following:
        return [Item("", k, p) for k, p in enumerate(split(first[0], "；;"), 1)]
    # a paragraph that only leads up to the list, such as 2026年主要工作目标包括：
    stated = [p for p in passages if not p.text.endswith(("：", ":")) and len(p.text) > 6]
    return [Item("", k, p) for k, p in enumerate(stated[:MOST], 1)]


def _ordinals(passage: Passage) -> Iterator[tuple[str, Passage]]:
    """一是…；二是…: each with its number."""
    marks = list(ORDINAL_WORD.finditer(passage.text))
    for m, nxt in zip(marks, [*marks[1:], None], strict=False):
        yield m.group().strip().removesuffix("是"), passage.part(m.end(), nxt.start() if nxt else len(passage.text))


def _table(table: Table) -> Iterator[tuple[Passage, str, str]]:
    """Goals of a form: behind or below a cell 年度目标, or in a column 绩效目标; with the project that it is about."""
    yield from _FormGoals(table).read()


Stated = tuple[Passage, str, str]


class _FormGoals:
    """Reads a form row by row. ``cut`` is a goal that the next row may go on with."""

    def __init__(self, table: Table) -> None:
        about = form_project(table)
        self.table = table
        self.project = about.text if about is not None else ""
        self.goal_column = self.name_column = -1
        self.planned: int | None = None  # the column of a goal in the next row, -1 where columns are not told
        self.cut: Stated | None = None

    def read(self) -> Iterator[Stated]:
        """Each goal with its number and its project."""
        aligned = self.table.layout in ("tabs", "ruled")
        for row in self.table.rows:
            cells = [(c.column, tidy(c.passage)) for c in row if c.text.strip()]
            self._note_project(row)
            if self._note_header(cells) or self._note_outcomes(cells):
                continue
            if self.planned is not None:
                yield from self._below_plan(cells)
                continue
            if self.goal_column >= 0:
                yield from self._in_column(dict(cells))
            elif any(FORM.match(flat(p)) and not opening_marker(p.text) for _, p in cells):
                yield from self._behind_label([p for _, p in cells])
            elif aligned:
                yield from (goal for _, p in cells if GOAL.search(p.text[:12]) for goal in self._split(p))
            else:
                yield from self._over_lines(cells[0][1] if len(cells) == 1 else None)
        yield from self._close()

    def _note_project(self, row: Sequence[Cell]) -> None:
        named = value_behind(tuple(row), r"(?:一级|二级|子)?(?:项目|专项)名称")
        if named is not None and not COLUMN.match(flat(named)) and not NO_NAME.search(named.text):
            self.project = named.text

    def _note_header(self, cells: list[tuple[int | None, Passage]]) -> bool:
        """Whether the row heads columns of goals and of names."""
        header = {flat(p): c for c, p in cells if c is not None}
        goal = next((c for t, c in header.items() if COLUMN.match(t)), None)
        name = next((c for t, c in header.items() if NAMES.match(t)), None)
        if goal is None or name is None:
            return False
        self.goal_column, self.name_column = goal, name
        return True

    def _note_outcomes(self, cells: list[tuple[int | None, Passage]]) -> bool:
        """Whether the row only heads a goal and its outcome, which stand in the next: 预期目标 | 实际完成情况."""
        words = [flat(p) for _, p in cells]
        outcome = next((i for i, w in enumerate(words) if OUTCOME.search(w)), 0)
        if (
            not outcome
            or outcome != len(words) - 1
            or not PLANNED.match(words[outcome - 1])
            or max(map(len, words)) > 14
        ):
            return False
        column = cells[outcome - 1][0]
        self.planned = -1 if column is None else column
        return True

    def _below_plan(self, cells: list[tuple[int | None, Passage]]) -> Iterator[Stated]:
        """The goal under its head: in its column, or the last but one of the row."""
        column, self.planned = self.planned, None
        goal = next((p for c, p in cells if c is not None and c == column), None)
        if column == -1 and len(cells) >= 2:
            goal = cells[-2][1]
        if goal is not None and len(goal.text) >= 8 and not OUTCOME.search(flat(goal)):
            yield from self._split(goal)

    def _in_column(self, row: dict[int | None, Passage]) -> Iterator[Stated]:
        """A goal beside its project's name; without a name it goes on with the one above."""
        text, of = row.get(self.goal_column), row.get(self.name_column)
        if text is not None and of is not None:
            yield from self._close()
            self.cut = (text, "", of.text)
        elif text is not None and self.cut is not None and self.cut[0].end <= text.start:
            self._join(text)

    def _behind_label(self, cells: list[Passage]) -> Iterator[Stated]:
        """The goals behind the first cell that is called 年度目标 or the like."""
        first = next(k for k, p in enumerate(cells) if FORM.match(flat(p)) and not opening_marker(p.text))
        for value in cells[first + 1 :]:
            if not FORM.match(flat(value)) and len(value.text) >= 8:
                yield from self._split(value)

    def _over_lines(self, lone: Passage | None) -> Iterator[Stated]:
        """A goal that the layout has broken over lines, each a row of one cell."""
        if lone is not None and (m := GOAL.match(lone.text)) is not None:
            yield from self._close()
            self.cut = (lone.part(m.end(), len(lone.text)), m.group("n"), self.project)
        elif lone is not None and self.cut is not None and not ENDED.match(flat(lone)):
            self._join(lone)
        else:
            yield from self._close()

    def _split(self, value: Passage) -> Iterator[Stated]:
        for number, part in _goals(value):
            yield part, number, self.project

    def _join(self, more: Passage) -> None:
        assert self.cut is not None
        self.cut = (Passage.join([self.cut[0], more]), *self.cut[1:])

    def _close(self) -> Iterator[Stated]:
        if self.cut is not None:
            yield self.cut
        self.cut = None


def _goals(value: Passage) -> Iterator[tuple[str, Passage]]:
    """目标1：… 目标2：… as several, anything else as one."""
    marks = list(GOAL.finditer(value.text))
    if not marks:
        yield "", value
        return
    for m, nxt in zip(marks, [*marks[1:], None], strict=True):
        part = value.part(m.end(), nxt.start() if nxt else len(value.text))
        tags = re.search(r"\s*(?:</?p>\s*)+$", part.text)
        yield m.group("n"), part.part(0, tags.start() if tags else len(part.text))
