"""What is loaded and what is missing: office × year × section, the sizes of things, the limits that hold."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.queries.answers import Answers, Row

_QUERIES = (
    "pages/coverage-documents", "pages/coverage-table-states", "pages/coverage-figures-by-form",
    "pages/coverage-statements",
)  # fmt: skip
#: The official forms, as people call them. A form that a document bears and that is not here is shown by its key.
FORMS: dict[str, tuple[str, str]] = {
    "balance": ("收支总表", "income and expenditure"),
    "income": ("收入总表", "income"),
    "expenditure": ("支出总表", "expenditure"),
    "appropriation-balance": ("财政拨款收支总表", "fiscal appropriations"),
    "general-function": ("一般公共预算支出表（功能）", "general budget by function"),
    "general-economic": ("一般公共预算支出表（经济）", "general budget by economic class"),
    "basic-economic": ("基本支出表", "basic expenditure"),
    "three-public": ("“三公”经费表", "three public expenses"),
    "government-funds": ("政府性基金预算表", "government funds"),
    "state-capital": ("国有资本经营预算表", "state capital operations"),
    "special-business": ("专项业务经费表", "special business expenditure"),
    "project-declaration": ("项目申报表", "project declaration"),
    "performance-targets": ("绩效目标表", "performance targets"),
    "scoring": ("评分表", "scoring table"),
    "procurement": ("政府采购表", "procurement"),
    "divisions": ("内设机构表", "divisions"),
}
#: What the prose of a document may hold, by class.
PARTS = ("Division", "Duty", "Project", "Indicator", "Assessment", "Change", "Citation", "Port")


@dataclass(frozen=True)
class Cover:
    """One cell of the matrix. ``state`` is present, empty (declared so or blank), missing or unknown."""

    state: str
    count: int = 0
    said: str = ""
    iri: str = ""


@dataclass(frozen=True)
class Coverage:
    """The matrix: documents in order, the forms and parts that stand for columns, a cell for each pair."""

    documents: list[Row]
    forms: list[str]
    parts: list[str]
    cells: Mapping[tuple[str, str], Cover]


async def read_coverage(answers: Answers) -> Coverage:
    """What each document holds of each official form and each part of the prose."""
    documents, states, formed, stated = (
        table.rows for table in await asyncio.gather(*(answers.ask_internal(name) for name in _QUERIES))
    )
    cells: dict[tuple[str, str], Cover] = {}
    told: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in states:
        told[row["document"].text, row["form"].text].append(row)
    counts = {(r["document"].text, r["form"].text): int(r["count"].text) for r in formed if "document" in r}
    for key in {*told, *counts}:
        cells[key] = _judge(told.get(key, []), counts.get(key, 0))
    for row in stated:
        if "document" in row:
            name = row["class"].text.rpartition("#")[2]
            cells[row["document"].text, name] = Cover("present", int(row["count"].text))
    seen = {form for _, form in cells} - {*PARTS, "ServiceLink", "Goal", "TermDefinition"}
    forms = [f for f in FORMS if f in seen] + sorted(f for f in seen if f not in FORMS)
    return Coverage(documents, forms, [p for p in PARTS if any(name == p for _, name in cells)], cells)


def _judge(rows: Sequence[Row], count: int) -> Cover:
    """Of several tables of one form the fullest tells."""
    said: dict[str, str] = {}
    for row in rows:
        said.setdefault(row["state"].text, row["thing"].text)
    if count:
        return Cover("present", count, "", said.get("filled", ""))
    for name, state in (("filled", "present"), ("declared empty", "empty"), ("blank", "empty"),
                        ("not published", "missing")):  # fmt: skip
        if name in said:
            return Cover(state, 0, name, said[name])
    return Cover("unknown", 0, next(iter(said), ""), next(iter(said.values()), ""))
