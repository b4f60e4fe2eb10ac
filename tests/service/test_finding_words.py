"""What findings say in Chinese and English: one table words them from codes and values."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

from loaders.pipeline import read_facts
from loaders.reconcile.reasons import REASONS, Value, read_values, sort_codes, state, write_values
from loaders.reconcile.wording import word
from service.words import findings
from service.words.findings import Outcome, explain, find_sign

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted((ROOT / "documents").glob("*.txt"))
#: What a template may use beside the values of its code.
OF_EVERY_FINDING = {"left", "right", "difference", "tolerance"}


def make(
    rule: str, verdict: str, left: str, right: str, codes: list[str], values: dict[str, Value] | None = None,
    **more: object,
) -> Outcome:  # fmt: skip
    stated, given = state(codes, values)
    return Outcome(rule, verdict, left, right, reasons=stated, values=given, **more)  # type: ignore[arg-type]


APART: dict[str, Value] = {"gap": Decimal("-0.03"), "allowed": Decimal("0.01"), "unit": "万元"}


@pytest.mark.parametrize(
    ("outcome", "chinese", "english"),
    [
        (
            make("income-expenditure", "contradicted", "预算收入 190.57万元", "预算支出 190.6万元",
                 ["sides-differ", "apart-beyond-rounding"], APART, item="收支"),
            "收支：预算收入 190.57万元 ≠ 预算支出 190.6万元，相差 0.03 万元，四舍五入只能解释 0.01。",
            "收支: 预算收入 190.57万元 ≠ 预算支出 190.6万元 (difference -0.03 万元, rounding explains 0.01)",
        ),
        (
            make("wording", "contradicted", "决算数小于预算数", "203.59万元 / 0万元", ["outturn-above-budget"],
                 {"outturn": "203.59", "budget": "0"}, item="其他商业服务业等支出"),
            "其他商业服务业等支出：原文写“决算数小于预算数”，决算数 203.59 大于预算数 0。",
            "其他商业服务业等支出: the text says 决算数小于预算数; 203.59 is above 0",
        ),
        (
            make("row-total", "not checkable", "合计", "各列之和", ["columns-are-open"], {"rows": 3}, item="支出总表"),
            "支出总表：合计、各列之和无法核对，因为有 3 行，原文看不出各数所在的栏。",
            "支出总表: in 3 rows the text does not say in which column each number stands",
        ),
        (
            make("code-sum", "holds", "合计 10万元", "1 + 2 … (13 terms)", ["sides-agree", "right-is-long"],
                 {"right_terms": 13}, item="支出"),
            "支出：合计 10万元 = 1 + 2 …（共 13 项）。",
            "支出: 合计 10万元 = 1 + 2 … (13 terms)",
        ),
        (
            make("catalogue-year", "contradicted", "2023", "2022", ["catalogue-year-differs"]),
            "目录所记年度为“2023”，正文为“2022”。",
            "the catalogue's year is 2023; the text states 2022",
        ),
    ],
    ids=lambda value: value.rule if isinstance(value, Outcome) else "",
)  # fmt: skip
def test_both_languages_come_from_the_same_codes(outcome: Outcome, chinese: str, english: str) -> None:
    assert explain(outcome, "zh") == chinese
    assert explain(outcome, "en") == english


@pytest.mark.parametrize("code", REASONS)
def test_each_template_uses_the_values_of_its_code(code: str) -> None:
    reason = REASONS[code]
    assert re.search(r"[\u4e00-\u9fff（“≠=≈≤>]", reason.zh)
    for template in (reason.zh, reason.en):
        names = {name for _, name, _, _ in Formatter().parse(template) if name}
        assert names - OF_EVERY_FINDING <= set(reason.values), template
    used = {n for t in (reason.zh, reason.en) for _, n, _, _ in Formatter().parse(t) if n}
    assert set(reason.values) <= used


def english_words(text: str) -> set[str]:
    """Small words of English; names in documents are Chinese or capitals."""
    return set(re.findall(r"\b(?:the|is|are|of|in|and|not|does|that|under|stated|terms|difference)\b", text))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_every_finding_of_the_documents_is_worded(path: Path) -> None:
    found = read_facts(path).findings
    assert found
    for finding in found:
        chinese, english = word(finding, "zh"), word(finding, "en")
        assert chinese.endswith("。"), finding
        assert english, finding
        assert not english_words(chinese), chinese
        assert not re.search(r"\{\w+|None", chinese + english), finding
        assert "。" not in english, english
        assert read_values(write_values(finding.values)) == finding.values or not finding.values


def test_a_code_or_value_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(KeyError, match="no reason is called"):
        state(["never-heard-of"])
    with pytest.raises(KeyError, match="the values of"):
        state(["columns-are-open"], {"lines": 3})
    assert sort_codes(["apart-beyond-rounding", "sides-differ", "sides-differ"]) == (
        "sides-differ", "apart-beyond-rounding",
    )  # fmt: skip


def test_values_that_are_no_object_are_none() -> None:
    assert read_values("") == read_values("[1]") == read_values("{") == ()
    assert read_values('{"gap": 0.10}') == (("gap", Decimal("0.10")),)


def test_a_finding_of_an_older_graph_says_its_comment_or_its_sides() -> None:
    old = Outcome("parts", "contradicted", "a", "b", "x: a ≠ b")
    assert explain(old, "en") == "x: a ≠ b"
    assert explain(old, "zh") == "a ≠ b。"
    assert explain(Outcome("parts", "contradicted", "a", "b"), "en") == "a ≠ b"
    assert find_sign(Outcome("row-part", "holds", "", "")) == "≤"
    assert find_sign(Outcome("row-part", "contradicted", "", "")) == ">"


def test_nothing_is_read_back_from_sentences() -> None:
    tree = ast.parse(Path(str(findings.__file__)).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "re" not in imported
