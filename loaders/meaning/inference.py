"""Codes that a document implies without printing them beside the amount. They are marked as inferred, with the reason.

Two rules, both of official form: final accounts name 类, 款 and 项 in words
(``其他支出（类）其他支出（款）其他支出（项）``), and a project's amount may equal exactly one line of the document's
own table by function.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.documents import Document
from loaders.facts import Figure, Project
from loaders.words.codes import load_codes

_LEVELS = re.compile(
    r"(?:^|[、.．，。；：\s\d]|[)）])([^，。；、.．：\d\s（）()]{2,30})[（(]类[)）]\s*"
    r"([^，。；：\s]{2,40}?)[（(]款[)）]\s*(?:([^，。；：\s]{2,40}?)[（(]项[)）])?"
)
#: Amounts below this many significant digits may be equal by chance.
_SIGNIFICANT = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class _Inference:
    """An implied code and why, in both languages."""

    code: str
    en: str
    zh: str


def infer_codes(document: Document, figures: tuple[Figure, ...], projects: tuple[Project, ...]) -> tuple[Figure, ...]:
    """The figures, with ``inferred_code`` and the reason where names or an equal amount imply a functional code."""
    named = _name_codes(document, figures)
    lines = _table_lines(figures)
    amounts = {p.amount_span for p in projects if p.amount_span is not None}
    out = []
    for figure in figures:
        if not figure.subject_code:
            found = named.get(figure.block)
            if not found and figure.span in amounts and figure.aspect == "level" and figure.value >= _SIGNIFICANT:
                found = _equal_line(figure, lines)
            if found:
                figure = replace(figure, inferred_code=found.code, inference=found.en, inference_zh=found.zh)
        out.append(figure)
    return tuple(out)


def _name_codes(document: Document, figures: tuple[Figure, ...]) -> dict[int, _Inference]:
    """For each paragraph the code that the names above or in it mean.

    Names that end a paragraph govern the next one too (the line 1、…（项）。 stands alone above its amounts).
    """
    codes = load_codes("function")
    found: dict[int, _Inference] = {}
    blocks = {f.block for f in figures if not f.table}
    for index, block in enumerate(document.blocks):
        if block.kind == "table":
            continue
        matches = list(_LEVELS.finditer(block.passage.text))
        if len(matches) != 1:
            continue
        levels = tuple(g for g in matches[0].groups() if g)
        code = codes.find(levels)
        if not code:
            continue
        names = "".join(f"{name}（{level}）" for name, level in zip(levels, "类款项", strict=False))
        governed = index if index in blocks else index + 1
        if governed in blocks:
            found[governed] = _Inference(code, f"by the category names {names}", f"按类、款、项名称推定：{names}")
    return found


def _table_lines(figures: tuple[Figure, ...]) -> dict[Decimal, set[tuple[str, str]]]:
    """Amounts of the finest functional lines (项) of the document's tables, with their codes and tables."""
    lines: dict[Decimal, set[tuple[str, str]]] = defaultdict(set)
    for figure in figures:
        if (
            figure.subject_kind == "function"
            and len(figure.subject_code) == 7
            and figure.unit == "CNY"
            and figure.value
        ):
            lines[figure.value].add((figure.subject_code, figure.table))
    return lines


def _equal_line(figure: Figure, lines: dict[Decimal, set[tuple[str, str]]]) -> _Inference | None:
    rows = lines.get(figure.value, set())
    codes = {code for code, _ in rows}
    if len(codes) != 1:
        return None
    code = codes.pop()
    # A line with its code may also stand in the prose, outside every table.
    table = max(t for _, t in rows)
    amount = f"{figure.value.normalize():f}"
    return _Inference(
        code,
        f"by the equal amount: {code} is the only line of {amount} yuan in the "
        + (f"table {table}" if table else "document"),
        f"按相等金额推定：{table or '本文件'}中金额为{amount}元的只有{code}一行",
    )
