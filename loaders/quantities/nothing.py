"""Words that say there is none of a quantity: 没有政府性基金预算拨款安排的支出, 未安排因公出国（境）费用, 本表无数据."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from loaders.documents import Passage
from loaders.facts import Facts
from loaders.quantities.statements import Scope, Statement
from loaders.words.normalise import normalise_passage

_NONE = r"(?:没有|无|未安排|不安排|未编制|不编制|未使用|不涉及|未发生|没有安排|无预算)"
#: item, its scope, its words; none of it is said by ``_NONE`` before or behind them in one clause.
_ITEMS: tuple[tuple[str, Scope, str], ...] = (
    ("fund-budget-expenditure", "government", r"政府性基金(?!预算收入)"),
    ("capital-budget-expenditure", "state", r"国有资本经营(?!预算收入)"),
    ("travel-abroad", "", r"出国[(]境[)]"),
    ("vehicles-bought", "", r"公务用车购置|购置公务用车"),
    ("vehicles-run", "", r"公务用车运行|公务用车购置费?(?:支出)?(?:及|和|与|、)(?:公务用车)?运行"),
    ("reception", "", r"公务接待"),
    ("three-public", "", r"[“\"]三公[”\"]经费"),
    ("procurement", "", r"政府采购"),
    ("meetings", "", r"会议费"),
    ("training", "", r"培训费"),
    ("office-running-costs", "", r"机关运行经费"),
)
_PATTERNS = tuple(
    (item, scope, re.compile(rf"{_NONE}[^，。；,;、\d]{{0,22}}?(?:{words})|(?:{words})[^，。；,;、\d]{{0,14}}?{_NONE}"))
    for item, scope, words in _ITEMS
)
_EMPTY_TABLE = re.compile(r"^(?:本|我)?(?:部门|单位)?(?:没有|无|未安排|不涉及)")
_REASON = re.compile(r"主要(?:原因)?是|因为|由于|原因|增加|减少|取消|新增")
_FORMS: dict[str, tuple[str, Scope]] = {
    "government-funds": ("fund-budget-expenditure", "government"),
    "state-capital": ("capital-budget-expenditure", "state"),
    "procurement": ("procurement", ""),
}


def find_nothing(facts: Facts) -> Iterator[Statement]:
    """Statements of nil, of the document's year: sentences, notes of tables, tables declared empty."""
    for index, block in enumerate(facts.document.blocks):
        passages = [block.passage] if block.table is None else list(block.table.notes)
        if block.table is not None:
            # A list of the tables says in a cell why one of them is empty.
            passages += [cell.passage for cell in block.table.cells() if _EMPTY_TABLE.search(cell.text)]
        for passage in passages:
            yield from _read_sentences(facts, normalise_passage(passage), index)
    for state in facts.tables:
        if state.state == "declared empty" and state.form in _FORMS and state.evidence_span is not None:
            item, scope = _FORMS[state.form]
            place = next((i for i, b in enumerate(facts.document.blocks) if b.span == state.span), -1)
            yield Statement(
                item, Decimal(0), Decimal(0), (state.evidence_span,), "nil", place, 1, scope, facts.fiscal_year
            )


def _read_sentences(facts: Facts, passage: Passage, index: int) -> Iterator[Statement]:
    for sentence in re.finditer(r"[^。；;]+", passage.text):
        words = sentence.group()
        for item, scope, pattern in _PATTERNS:
            match = pattern.search(words)
            if match is None or _is_of_another(facts, words[: match.end()]):
                continue
            span = passage.locate(sentence.start() + match.start(), sentence.start() + match.end())
            yield Statement(item, Decimal(0), Decimal(0), (span,), "nil", index, 2, scope, facts.fiscal_year)


def _is_of_another(facts: Facts, words: str) -> bool:
    """Whether the words before speak of another year, or give a reason for something else."""
    years = {int(y) for y in re.findall(r"((?:19|20)\d\d)年", words)}
    if years and facts.fiscal_year not in years:
        return True
    clause = re.split(r"[，,]", words)[-1]
    return bool(re.search(r"上年|去年", clause) or _REASON.search(clause))
