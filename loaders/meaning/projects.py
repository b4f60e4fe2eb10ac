"""Projects and sub-projects with their money and purpose, from prose lists, project tables and application forms."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from loaders.documents import Block, Document, Passage, Table
from loaders.facts import Figure, Phase, Project
from loaders.meaning.assessments import SCORES
from loaders.meaning.details import read_details, read_sections
from loaders.meaning.forms import (
    NOTHING,
    NUMBER,
    TOTAL,
    divide_forms,
    flat,
    form_project,
    labelled,
    read_levels,
    rows_of,
    scale_of,
    value_behind,
)  # fmt: skip
from loaders.meaning.money import Amount, figure_at, find_amounts, read_number
from loaders.meaning.nesting import nest
from loaders.meaning.owners import attach_figures, fill_units, is_same, merge, settle_units, units_of_forms
from loaders.meaning.procured import find_procured, lists_purchases
from loaders.words import places
from loaders.words.naming import is_office
from loaders.words.numbering import STYLES, tidied
from loaders.words.numerals import TEN
from loaders.words.sentences import sentences, split, tidy

NAME = {"name": r"^(?:一级|二级)?(?:项目|任务|专项|专项资金)名称$|^单位（?[（(]?项目[）)]?名称$|^主要任务$"}
#: heads the tasks of 年度主要任务 in a form of the whole office's goals: no projects by themselves
TASKS = re.compile(r"^(?:年度)?(?:主要)?任务(?:名称)?$")
#: 项目 alone heads items of income and expenditure as well; a goal beside it tells
BARE_NAME = {"name": r"^项目$"}
MONEY = {
    "amount": r"^(?:项目|预算|资金|年度|(?:当年|本年度?)(?:财政拨款)?)?"
    r"(?:预算数|金额|总额|预算金额|资金总额|项目金额|预算总额|年度预算|预算安排|合计|总计|本年预算|年初预算数?|本年拨款)(?:[（(].*[）)])?[:：]?$"
}
PURPOSE = {
    "purpose": r"^(?:主要内容|项目简介|项目概况|用途|实施内容|项目内容|"
    r"(?:项目|年度|当年|本年度?|总体|绩效总?)*绩效总?目标)$"
}
#: what an account of self-evaluation prints beside each project: its score
SCORE = {"score": SCORES.pattern}
#: rows of such an account that are of the whole office, or of no project
NO_SCORED = re.compile(r"整体|绩效自评$|^\d+$")
#: names of projects below the units that spend: 支出项目类别（资金使用单位）, as the form of goals has it
SPENT = {"name": r"^(?:支出项目类别|项目名称)[（(]资金使用单位[）)]$"}
#: Classes of projects that forms print above them (预算管理一体化规范: 通用项目, 专用项目, 项目类别)
CLASS = re.compile(r"^(?:通用|专用)项目$|^(?:部门|单位)?(?:其他|一般)?(?:运转|特定目标|人员)类(?:项目)?$")
PROJECTS = re.compile(r"项目支出|重点项目|专项业务|主要项目")
#: sums and remainders that are no project
NO_PROJECT = re.compile(
    r"^(?:全额|差额|自收自支|任务|绩效|目标|资金|基本支出|项目支出|人员支出|公用支出|人员经费|公用经费|其他|合计|总计|--|项目|单位)$|结转|结余|政府采购|科目|"
    r"^(?:其中|上述|上年|本年|全部|该|此|所有|各|同名|一般公共预算|政府性基金|国有资本经营预算拨款)"
)
PARTS = re.compile(r"(?:主要|具体)?(?:包括|其中)\s*[:：]")
FOR = re.compile(
    r"[，,]?\s*(?:主要)?(?:用于|是用于|为)\s*(?P<what>[^。；]*?)(?=[。；]|[，,]\s*(?:与上年|与\d|较|比\s*\d|比上年)|$)"
)
ADJUSTED = re.compile(
    r"(?P<name>[\u4e00-\u9fffA-Za-z0-9“”（）]{2,30}?)由\s*[\d,.\s]+万?元\s*(?:调整|增加|减少|调减|调增)(?:为|至|到)\s*(?=\d)"
)
#: expenditure that is of no project, as prose lists it
UNITS_MONEY = re.compile(r"^(?:事业单位经营|经营|上缴上级|对附属单位补助|对下级单位补助)支出$")
#: quoted words before 项目 that are no name of one
NO_QUOTED = re.compile(r"^.{1,3}$|(?:内容|分数|数量|名称|指标|类别|属性|方式|阶段)$")
QUOTED = re.compile(r"(?P<list>“[^”]{2,40}”(?:[、，]\s*“[^”]{2,40}”)*)\s*等?(?:\s*\d+\s*个)?项目(?!库|管理|支出|绩效)")
#: what stands in a row of column numbers: ** | 1 | 2 | 3
STARS = re.compile(r"^[*＊×—–\-/栏次]+$")
TASK = re.compile(r"^任务\s*\d+$")


def find_projects(
    document: Document, figures: tuple[Figure, ...], fiscal_year: int | None, phase: Phase
) -> tuple[Project, ...]:
    """The projects of a document in order of first mention; one that several forms repeat is given once.

    Two mentions are one project where label, unit, parent and amount agree or one of them leaves them open.
    """
    found: list[Project] = []
    for block in document.blocks:
        if block.table is not None:
            found.extend(_mark_tasks(block.table, _table(document, block, block.table, figures)))
        else:
            found.extend(_prose(block, figures))
    found = nest(attach_figures([p for p in found if not _is_none(p)], figures), figures)
    found = settle_units(found)
    merged: list[Project] = []
    for project in sorted(found, key=lambda p: (p.span.start, -(p.span.end))):
        if project.phase == "":
            project = replace(project, phase=_phase_of(project, figures) or phase if project.amount is not None else "")
        project = replace(project, year=fiscal_year)
        for i, known in enumerate(merged):
            if is_same(known, project):
                merged[i] = merge(known, project)
                break
        else:
            merged.append(project)
    merged = fill_units(merged, units_of_forms(document))
    told = read_sections(document, tuple(p.label for p in merged))
    merged = [replace(p, details=(*p.details, *told.pop(p.label, ()))) for p in merged]
    return tuple(sorted(merged, key=lambda p: p.span.start))


def _phase_of(project: Project, figures: tuple[Figure, ...]) -> Phase:
    """The phase of the figure that states a project's amount, where it is one of money that is planned or spent."""
    figure = figure_at(figures, project.amount_span) if project.amount_span is not None else None
    return figure.phase if figure is not None and figure.phase in ("budget", "adjusted", "final") else ""


def _mark_tasks(table: Table, projects: Iterable[Project]) -> Iterator[Project]:
    """The projects of a table; those below a header of tasks are marked, up to the next header of projects."""
    heads: list[tuple[int, bool]] = []
    for row in table.rows:
        words = {flat(cell.passage) for cell in row}
        if any(TASKS.match(word) for word in words):
            heads.append((row[0].passage.start, True))
        elif any(re.search(NAME["name"], word) for word in words):
            heads.append((row[0].passage.start, False))
    for project in projects:
        above = [is_task for start, is_task in heads if start < project.span.start]
        yield replace(project, is_task=True) if above and above[-1] else project


def _is_none(project: Project) -> bool:
    """Whether what stands where a project should is a sum, a row of column numbers, or the office with the money."""
    label = re.sub(r"\s", "", project.label)
    bare = re.sub(r"[（(][^（()）]*[）)]$", "", label)
    return bool(
        TOTAL.match(label)
        or STARS.match(label)
        or UNITS_MONEY.match(label)
        # what has a goal of its own may be called as a centre is
        or (project.amount is not None and not project.purpose and is_office(bare) and places.load().find(bare))
    )


def _project(name: Passage, amount: Amount | None = None, parent: str = "", purpose: Passage | None = None) -> Project:
    return Project(
        label=name.text,
        span=name.span,
        mentions=(name.span,),
        amount=amount.value if amount else None,
        amount_span=amount.span if amount else None,
        parent=parent,
        purpose=purpose.text if purpose else "",
        purpose_span=purpose.span if purpose else None,
    )


def _prose(block: Block, figures: tuple[Figure, ...]) -> Iterator[Project]:
    passage = tidied(block)
    listed = any(PROJECTS.search(s) for s in block.section) and not any("“三公”" in s for s in block.section)
    if listed and block.kind == "paragraph":
        yield from _item(passage, figures)
    for m in QUOTED.finditer(passage.text):
        for name in split(passage.part(*m.span("list")), "、，"):
            inner = name.part(1, len(name.text) - 1) if name.text.startswith("“") else name
            if inner and not NO_PROJECT.search(inner.text) and not NO_QUOTED.search(inner.text):
                yield _project(inner)
    for m in ADJUSTED.finditer(passage.text):
        amounts = find_amounts(passage.part(m.end(), min(len(passage.text), m.end() + 24)), figures)
        name = passage.part(*m.span("name"))
        if amounts and not re.search(r"总规模|预算数$|指标值", name.text) and not NO_PROJECT.match(name.text):
            yield replace(_project(name, amounts[0]), phase="adjusted")


def _item(passage: Passage, figures: tuple[Figure, ...]) -> Iterator[Project]:
    """A numbered paragraph 3. 综合管理预算 597 万元，主要包括：… 45 万元，用于…；…"""
    text = passage.text
    start = 0
    for style, pattern in STYLES.items():
        m = pattern.match(text)
        if m and style != "一是":
            start = m.end()
            break
    else:
        return
    head = sentences(passage.part(start, len(text)))[:1]
    if not head:
        return
    first = head[0]
    amounts = find_amounts(first, figures)
    name = _named(first.part(0, amounts[0].start)) if amounts else None
    if name is None:
        return
    parts = PARTS.search(first.text, amounts[0].end)
    purpose = None if parts else _purpose(first.part(amounts[0].end, len(first.text)))
    yield _project(name, amounts[0], "", purpose)
    if parts:
        for clause in split(first.part(parts.end(), len(first.text)), "；;。"):
            inside = find_amounts(clause, figures)
            sub = _named(clause.part(0, inside[0].start)) if inside else None
            if sub is not None:
                yield _project(sub, inside[0], name.text, _purpose(clause.part(inside[0].end, len(clause.text))))


def _named(passage: Passage) -> Passage | None:
    """A project's name from the words in front of its amount, or None if they are none."""
    m = re.match(r"^\s*(?:以及|及|其中[:：]?|和)?\s*[“\"]?", passage.text)
    name = passage.part(m.end() if m else 0, len(passage.text))
    m = re.search(r"[”\"]?\s*(?:年初)?(?:预算|支出预算|预算数|经费预算)?\s*(?:安排|共|合计|为)?\s*$", name.text)
    name = name.part(0, m.start() if m else len(name.text)).strip()
    if (
        len(name.text) < 2
        or len(name.text) > 50
        or re.search(r"[，。；：:,]", name.text)
        or NO_PROJECT.search(name.text)
    ):
        return None
    return name


def _purpose(passage: Passage) -> Passage | None:
    m = FOR.search(passage.text)
    if m is None:
        return None
    what = passage.part(*m.span("what")).strip()
    while what and what.text[-1] in "，,；;":
        what = what.part(0, len(what.text) - 1)
    return what if what else None


def _number(passage: Passage, table: Table, figures: tuple[Figure, ...]) -> Amount | None:
    """A number cell as an amount in yuan; None if no words state its unit."""
    value = read_number(passage.text) if NUMBER.match(passage.text) else None
    if value is None:
        return None
    figure = figure_at(figures, passage.span)
    if figure is not None and figure.unit == "CNY":
        return Amount(figure.value, figure.span, 0, 0)
    scale = scale_of(table)
    if scale is None or (figure is not None and figure.has_open_unit):
        return None
    return Amount(value * scale, passage.span, 0, 0)


def _table(document: Document, block: Block, table: Table, figures: tuple[Figure, ...]) -> Iterator[Project]:
    for part in divide_forms(table):
        form = form_project(part)
        if form is not None:
            yield from _form(part, form, figures)
    if table.layout in ("tabs", "ruled"):
        yield from _below_units(block, table, figures)
        if lists_purchases(block):
            yield from find_procured(block, figures)
            return
        levels = read_levels(block, NAME | MONEY, PURPOSE)
        if levels:
            yield from _levelled(table, levels, figures)
            return
        rows = rows_of(block, NAME | MONEY, "name", PURPOSE) or rows_of(block, BARE_NAME | MONEY | PURPOSE, "name")
        if not rows:
            yield from _scored(block)
        for row in rows:
            amount = _number(row["amount"], table, figures) if "amount" in row else None
            project = _row(row["name"], amount, row.get("purpose"))
            if project is not None and not CLASS.match(flat(row["name"])):
                yield project
    elif any(re.search(NAME["name"], flat(c.passage)) for c in table.cells()):
        yield from _tree(document, table, figures)


def _scored(block: Block) -> Iterator[Project]:
    """The projects that an account of self-evaluation lists with their scores; it prints no money."""
    for row in rows_of(block, NAME | SCORE, "name"):
        name, score = flat(row["name"]), row.get("score")
        if score is not None and NUMBER.match(score.text) and not (TOTAL.match(name) or NO_SCORED.search(name)):
            yield _project(row["name"])


def _levelled(
    table: Table, levels: list[tuple[int, dict[str, Passage]]], figures: tuple[Figure, ...]
) -> Iterator[Project]:
    """Projects whose parts stand in a column of their own, further to the right."""
    above: list[tuple[int, str]] = []
    for depth, row in levels:
        amount = _number(row["amount"], table, figures) if "amount" in row else None
        project = _row(row["name"], amount, row.get("purpose"))
        if project is None or CLASS.match(flat(row["name"])):
            continue
        while above and above[-1][0] >= depth:
            above.pop()
        yield replace(project, parent=above[-1][1] if above else "")
        above.append((depth, project.label))


def _below_units(block: Block, table: Table, figures: tuple[Figure, ...]) -> Iterator[Project]:
    """Projects of a form that prints each unit's sum in the row above them; a unit has no goal."""
    rows = [row for row in rows_of(block, SPENT | MONEY | PURPOSE, "name") if not STARS.match(flat(row["name"]))]
    amounts = [_number(row["amount"], table, figures) if "amount" in row else None for row in rows]
    values = [amount.value if amount is not None else Decimal(0) for amount in amounts]
    for i, (row, amount) in enumerate(zip(rows, amounts, strict=True)):
        purpose = row.get("purpose")
        if amount is not None and (purpose is not None or not _is_unit(rows, values, i)):
            yield _project(row["name"], amount, "", purpose)


def _is_unit(rows: list[dict[str, Passage]], values: list[Decimal], i: int) -> bool:
    """Whether a row without a goal is an office's, or adds up the rows below it as far as they have goals."""
    if is_office(re.sub(r"[（(][^（()）]*[）)]$", "", flat(rows[i]["name"]))):
        return True
    below = itertools.takewhile(lambda k: "purpose" in rows[k], range(i + 1, len(rows)))
    parts = [values[k] for k in below]
    return bool(parts) and sum(parts) == values[i]


def _row(name: Passage, amount: Amount | None, purpose: Passage | None) -> Project | None:
    if TASK.match(name.text) and purpose is not None:
        name, purpose = purpose, None
    if STARS.match(flat(name)):
        return None
    if amount is None or TOTAL.match(flat(name)) or NOTHING.match(name.text) or NO_PROJECT.search(name.text):
        return None
    if NUMBER.match(name.text) or len(name.text) > 60 or NO_ROW.fullmatch(name.text):
        return None
    m = MARKED.match(name.text)
    return _project(name.part(m.end(), len(name.text)) if m else name, amount, "", purpose)


#: what heads or levels a form and is no name
NO_ROW = re.compile(rf"[{TEN}]级指标|.*名称|.*效益指标|(?:产出|满意度|成本)指标")
#: a list number before a project's name in a table
MARKED = re.compile(rf"^(?:\d{{1,3}}[、.．](?!\d)|[（(][{TEN}\d]{{1,3}}[）)])\s*(?=[\u4e00-\u9fff“])")
CURRENT = (
    r"(?:项目)?(?:当年预算|年度(?:预算)?资金(?:总额)?|年度预算|项目当年预算|资金总额|年度金额|预算金额)"
    r"(?:[（(].*[）)])?[:：]?"
)
WHOLE = r"(?:项目总预算|实施期资金总额|项目资金总额|项目金额|资金总额|总金额)(?:[（(].*[）)])?[:：]?"


def _form(table: Table, name: Passage, figures: tuple[Figure, ...]) -> Iterator[Project]:
    """An application form: one project, its money, and its sub-projects under 子项目名称."""
    amount: Amount | None = None
    for label in (CURRENT, WHOLE):
        for row in table.rows:
            value = value_behind(row, label)
            amount = amount or (_number(value, table, figures) if value is not None else None)
    purpose = labelled(table, r"项目概况|项目简介|项目内容|主要内容")
    yield replace(_project(name, amount, "", purpose), details=read_details(table))
    inside = False
    for row in table.rows:
        texts = [flat(c.passage) for c in row]
        if any(t == "子项目名称" for t in texts):
            inside = True
            continue
        if not inside:
            continue
        cells = [tidy(c.passage) for c in row]
        money = _number(cells[-1], table, figures) if len(cells) >= 2 else None
        if money is None:
            if len(cells) == 1 and row[0].column == 0:
                continue
            break
        yield _project(cells[-2], money, name.text)


def _tree(document: Document, table: Table, figures: tuple[Figure, ...]) -> Iterator[Project]:
    """A table in spaces or lines: one project a row, its depth by the blanks before it, its purpose behind or below."""
    yield from _TreeReader(document, table, figures).read()


_INDICATOR_HEAD = re.compile(r"[一二三]级指标|指标名称|指标性质|^指标值")
_INDICATOR_WORDS = re.compile(r"[一二三]级指标|总体目标|绩效指标|指标名称|指标性质|指标值")


class _TreeReader:
    """Reads a table of projects row by row. ``last`` is the project that the next rows may say more of."""

    def __init__(self, document: Document, table: Table, figures: tuple[Figure, ...]) -> None:
        self.document = document
        self.table = table
        self.figures = figures
        self.begun = False
        self.above: list[tuple[int, str]] = []
        self.last: Project | None = None

    def read(self) -> Iterator[Project]:
        """Each project once all that is said of it is read."""
        for row in self.table.rows:
            cells = [tidy(c.passage) for c in row if c.text.strip()]
            texts = [flat(c) for c in cells]
            if not cells or self._note_header(texts) or not self.begun:
                continue
            if _INDICATOR_WORDS.search("".join(texts)):
                break
            yield from self._read_row(cells, texts)
        yield from self._close()

    def _note_header(self, texts: list[str]) -> bool:
        """Whether a row heads projects, or something else after which none follow."""
        if any(_INDICATOR_HEAD.search(t) for t in texts):
            self.begun = False
            return True
        if any(re.search(NAME["name"], t) for t in texts):
            # 项目名称 | 某项目 is a line of a form
            lone = len(texts) == 2 and texts[0] == "项目名称" and not re.search(r"金额|预算|内容", texts[1])
            self.begun, self.last = not lone, None
            return True
        return False

    def _read_row(self, cells: list[Passage], texts: list[str]) -> Iterator[Project]:
        numbers = [c for c in cells if NUMBER.match(c.text)]
        # a column of units before that of projects names whose project it is
        words = [c for c in cells if not NUMBER.match(c.text) and not (len(cells) > 2 and is_office(flat(c)))]
        if numbers and cells[0] is numbers[0]:
            self.last = None  # a unit's code: its row is no project
        elif numbers and words and not TOTAL.match(flat(words[0])):
            yield from self._close()
            self._begin(words, numbers[0])
        elif self.last is not None and len(words) == 1 and not numbers and len(words[0].text) > 4:
            self._add_purpose(self.last, words[0])
        elif TOTAL.match(texts[0]):
            yield from self._close()

    def _begin(self, words: list[Passage], number: Passage) -> None:
        purpose = words[1] if len(words) > 1 else None
        project = _row(words[0], _number(number, self.table, self.figures), purpose)
        if project is None:
            return
        depth = _indent(self.document, words[0])
        while self.above and self.above[-1][0] >= depth:
            self.above.pop()
        self.last = replace(project, parent=self.above[-1][1] if self.above else "")
        self.above.append((depth, project.label))

    def _add_purpose(self, project: Project, words: Passage) -> None:
        purpose, span = Passage.join([words]).text, Passage.join([words]).span
        if project.purpose and project.purpose_span is not None:
            more = Passage.cut(self.document.text, project.purpose_span.start, words.end)
            purpose, span = tidy(more).text, more.span
        self.last = replace(project, purpose=purpose, purpose_span=span)

    def _close(self) -> Iterator[Project]:
        if self.last is not None:
            yield self.last
        self.last = None


def _indent(document: Document, name: Passage) -> int:
    line = document.line_starts[document.line_of(name.start) - 1]
    return name.start - line
