"""Whose a project is: the unit that its row or form names, the figures of its row, and which mentions are one project.

Two units may have projects of one name. A mention that names no unit is of the only unit that has a project of this
name and amount; where several have, it stays without one.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from loaders.documents import Document, Span, Table
from loaders.facts import Figure, Project
from loaders.meaning.forms import divide_forms, flat, form_project, labelled
from loaders.words.naming import DIVISION, flat_label, is_office, strip_seat


def attach_figures(projects: Iterable[Project], figures: Sequence[Figure]) -> list[Project]:
    """The projects with the unit of the figure that states their amount, and the further figures of its row.

    ``figures`` are in order of their start.
    """
    starts = [f.span.start for f in figures]
    rows: dict[tuple[int, int, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.row >= 0 and figure.unit == "CNY":
            rows[figure.block, figure.row, figure.subject_label].append(figure)
    out = []
    for project in projects:
        stated = _stated_by(project, figures, starts)
        if stated is not None:
            beside = rows.get((stated.block, stated.row, stated.subject_label), [])
            more = (f.span for f in beside if f.span != stated.span and f.subject_kind == stated.subject_kind)
            project = replace(
                project, unit=project.unit or stated.budget_unit, figures=_once((*project.figures, *more))
            )
        out.append(project)
    return out


def _stated_by(project: Project, figures: Sequence[Figure], starts: Sequence[int]) -> Figure | None:
    if project.amount_span is None:
        return None
    i = bisect.bisect_left(starts, project.amount_span.start)
    return figures[i] if i < len(figures) and figures[i].span == project.amount_span else None


def settle_units(projects: Sequence[Project]) -> list[Project]:
    """The projects; one without a unit gets that of the only unit with a project of this name and no other amount."""
    named: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        if project.unit:
            named[flat_label(project.label)].append(project)
    return [_settle(p, named[flat_label(p.label)]) if not p.unit else p for p in projects]


#: Fields of a form of one project that name its unit; the department only where no unit carries the project out.
_UNITS = (
    r"(?:项目)?(?:实施|承担|执行|用款|使用)单位(?:名称)?(?:及代码)?[:：]?",
    r"(?:项目)?主管(?:部门|单位)(?:名称)?(?:及代码)?[:：]?",
)
_CODE = re.compile(r"^[\[【（(]?\d+[\]】）)]?[-_—\s]*")


#: The department in the lines above a form of several projects: 资金主管部门：某某局.
_OVER = re.compile(r"(?:^|\s)(?:资金|项目)?主管(?:部门|单位)(?:名称)?[:：]\s*(?P<name>\S+)")


def units_of_forms(document: Document) -> dict[Span, str]:
    """The unit that each form of projects names as theirs, by where the form names its project, or by its own place."""
    found: dict[Span, str] = {}
    tables = (block.table for block in document.blocks if block.table is not None)
    for table in itertools.chain.from_iterable(map(divide_forms, tables)):
        name = form_project(table)
        unit = next((u for label in _UNITS if (u := _read_unit(table, label)) is not None), "")
        over = [m.group("name") for line in table.caption if (m := _OVER.search(line.text)) is not None]
        if name is not None and unit:
            found[name.span] = unit
        elif name is None and len(over) == 1 and (unit := _name_unit(over[0])):
            found[table.span] = unit
    return found


def _read_unit(table: Table, label: str) -> str | None:
    """The one office that a field names, without its code; "" if it names several or none, None if it is blank."""
    value = labelled(table, label)
    return _name_unit(flat(value)) if value is not None else None


def _name_unit(words: str) -> str:
    """The one office that words name, without its code; "" if they name several or none."""
    name = _CODE.sub("", words)
    return (
        name if is_office(strip_seat(name)) and not DIVISION.match(name) and not re.search("[、，,；;]", name) else ""
    )


def fill_units(projects: Sequence[Project], forms: Mapping[Span, str]) -> list[Project]:
    """The projects; one without a unit gets that of its form, unless projects of this name are of units already."""
    taken = {flat_label(p.label) for p in projects if p.unit}
    return [
        p if p.unit or flat_label(p.label) in taken else replace(p, unit=_find_form(p.mentions, forms))
        for p in projects
    ]


def _find_form(mentions: Iterable[Span], forms: Mapping[Span, str]) -> str:
    """The unit of the first form that is of one of the mentions, or holds it."""
    for mention in mentions:
        for form, unit in forms.items():
            if form.start <= mention.start and mention.end <= form.end:
                return unit
    return ""


def _settle(project: Project, named: Sequence[Project]) -> Project:
    fitting = [p for p in named if _agree(p, project)]
    if len({strip_seat(p.unit) for p in fitting}) > 1 and project.amount is not None:
        fitting = [p for p in fitting if p.amount == project.amount]
    units = {strip_seat(p.unit): p.unit for p in reversed(fitting)}
    return replace(project, unit=next(iter(units.values()))) if len(units) == 1 else project


def is_same(a: Project, b: Project) -> bool:
    """Whether two mentions are one project."""
    return flat_label(a.label) == flat_label(b.label) and strip_seat(a.unit) == strip_seat(b.unit) and _agree(a, b)


def _agree(a: Project, b: Project) -> bool:
    return a.amount is None or b.amount is None or a.amount == b.amount


def merge(a: Project, b: Project) -> Project:
    """Two mentions of one project as one; what the first states stays, and the figures of both hang on it."""
    stated = a.amount_span or b.amount_span
    both = (*a.figures, *(s for s in (b.amount_span,) if s is not None), *b.figures)
    return replace(
        a,
        amount=a.amount if a.amount is not None else b.amount,
        amount_span=stated,
        phase=a.phase or b.phase,
        parent=a.parent or b.parent,
        purpose=a.purpose or b.purpose,
        purpose_span=a.purpose_span or b.purpose_span,
        unit=a.unit or b.unit,
        mentions=_once((*a.mentions, *b.mentions)),
        figures=tuple(s for s in _once(both) if s != stated),
        procured=_once((*a.procured, *b.procured)),
        sums=tuple(dict.fromkeys((*a.sums, *b.sums))),
        is_task=a.is_task and b.is_task,
        details=(*a.details, *(d for d in b.details if d[0] not in {k for k, _, _ in a.details})),
    )


def _once(things: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(things))
