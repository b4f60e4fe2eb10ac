"""Goals and key tasks: of the office for the year, of its projects in their forms, and what was achieved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from loaders.documents import Document, Passage, Table
from loaders.facts import Goal
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
ANNOUNCED = re.compile(rf"{WORD}(?:及(?:工作)?(?:目标|任务|重点|计划))?(?:情况)?(?:是|为|包括|如下|有|安排)*[:：]?$")
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
COLUMN = re.compile(r"^(?:年度|绩效|年度绩效|绩效总|项目绩效|总体|项目)?目标$")
GOAL = re.compile(r"目\s*标\s*(?P<n>\d{1,2})\s*[：:.、]\s*")
#: what ends a goal that a page's layout has broken over lines
ENDED = re.compile(
    r"^(?:[年度总体项目绩效指标产出效益成本满意\d]{1,3}|.{0,4}[一二三]级指标.*|.*指标|.*目标|表\d*|备注.*|……)$"
)
MOST = 60


def find_goals(document: Document, fiscal_year: int | None) -> tuple[Goal, ...]:
    """The goals and tasks of a document in order: the office's as listed in prose, those of projects as in forms."""
    found: dict[tuple[int, int], Goal] = {}

    def add(passage: Passage, kind: Kind, number: str = "", project: str = "") -> None:
        passage = _trim(passage)
        if len(passage.text) >= 4 and not NOTHING.match(flat(passage)) and flat(passage) != "无":
            goal = Goal(passage.text, passage.span, kind, number, project, fiscal_year)
            if not any(g.span.contains(goal.span) for g in found.values()):
                found[goal.span.start, goal.span.end] = goal

    blocks = list(document.blocks)
    for i, block in enumerate(blocks):
        if block.table is not None:
            for passage, number, project in _table(block.table):
                add(passage, "performance goal", number, project)
            continue
        passage = tidied(block)
        text = passage.text
        if re.search(r"[.．…·]{3}", text):
            continue
        kind: Kind = "key task" if TASKS.search(text[-16:]) else "annual goal"
        if len(text) <= 40 and ANNOUNCED.search(text):
            for item in _listed([], section(blocks, i)):
                add(item.passage, kind, item.number)
        elif (m := INSIDE.search(text)) is not None and m.end() < len(text):
            for item in _listed([passage.part(m.end(), len(text))], section(blocks, i)):
                add(item.passage, kind, item.number)
        for sentence in sentences(passage):
            m = DONE.search(sentence.text)
            if m is not None:
                rest = sentence.part(m.end(), len(sentence.text))
                for number, part in _ordinals(rest):
                    add(part, "achievement", number)
    return tuple(sorted(found.values(), key=lambda g: g.span))


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
    about = form_project(table)
    project = about.text if about is not None else ""
    column = name = -1
    cut: tuple[Passage, str, str] | None = None
    aligned = table.layout in ("tabs", "ruled")
    for row in table.rows:
        cells = [(c.column, tidy(c.passage)) for c in row if c.text.strip()]
        named = value_behind(row, r"(?:一级|二级|子)?(?:项目|专项)名称")
        if named is not None and not COLUMN.match(flat(named)) and not NO_NAME.search(named.text):
            project = named.text
        header = {flat(p): c for c, p in cells if c is not None}
        goal_at = next((c for t, c in header.items() if COLUMN.match(t)), None)
        name_at = next((c for t, c in header.items() if re.match(r"^(?:一级|二级)?(?:项目|任务)(?:名称)?$", t)), None)
        if goal_at is not None and name_at is not None:
            column, name = goal_at, name_at
            continue
        if column >= 0:
            in_row = dict(cells)
            text, of = in_row.get(column), in_row.get(name)
            if text is not None and of is not None:
                if cut:
                    yield cut
                cut = (text, "", of.text)
            elif text is not None and cut is not None and cut[0].end <= text.start:
                cut = (Passage.join([cut[0], text]), "", cut[2])
            continue
        for k, (_, label) in enumerate(cells):
            if FORM.match(flat(label)) and not opening_marker(label.text):
                for _, value in cells[k + 1 :]:
                    if FORM.match(flat(value)) or len(value.text) < 8:
                        continue
                    for number, part in _goals(value):
                        yield part, number, project
                break
        else:
            if not aligned:
                lone = cells[0][1] if len(cells) == 1 else None
                if lone is not None and (m := GOAL.match(lone.text)) is not None:
                    if cut:
                        yield cut
                    cut = (lone.part(m.end(), len(lone.text)), m.group("n"), project)
                elif lone is not None and cut and not ENDED.match(flat(lone)):
                    cut = (Passage.join([cut[0], lone]), cut[1], cut[2])
                elif cut:
                    yield cut
                    cut = None
                continue
            for _, cell in cells:
                if GOAL.search(cell.text[:12]):
                    for number, part in _goals(cell):
                        yield part, number, project
    if cut:
        yield cut


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
