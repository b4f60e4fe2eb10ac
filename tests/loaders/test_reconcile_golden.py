"""What the five documents get wrong, found by reading them, and what they only round: the checks must say the same."""

from __future__ import annotations

import functools
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.catalogue import Catalogue
from loaders.facts import Facts, Finding
from loaders.pipeline import read_facts

DOCUMENTS = Path(__file__).resolve().parents[2] / "documents"
NAMES = (
    "baoji-2023-budget",
    "shanghai-2017-budget",
    "shenzhen-2021-evaluation",
    "shenzhen-2023-budget",
    "yueyang-2023-accounts",
)


@functools.cache
def facts(name: str) -> Facts:
    return read_facts(DOCUMENTS / f"{name}.txt", Catalogue.load(DOCUMENTS))


def stated(name: str, finding: Finding) -> str:
    """The numbers and words that a finding rests on, joined by blanks."""
    text = facts(name).document.text
    return " ".join(text[s.start : s.end].replace("\n", "") for s in finding.spans)


def found(name: str, rule: str, verdict: str = "contradicted") -> list[str]:
    """What each finding of a rule and verdict rests on."""
    return [stated(name, f) for f in facts(name).findings if f.rule == rule and f.verdict == verdict]


#: every contradiction that reading found: document, rule, the numbers or words that contradict each other
CONTRADICTIONS = (
    ("baoji-2023-budget", "income-expenditure", "190.57 190.6"),
    ("baoji-2023-budget", "changes-sum", "21.78 22.23 0.5"),
    ("baoji-2023-budget", "changes-sum", "21.78 13.69"),
    ("baoji-2023-budget", "code-class", "0.018"),
    ("baoji-2023-budget", "code-use", "130.15"),
    ("baoji-2023-budget", "code-use", "60.4"),
    ("baoji-2023-budget", "code-name", "其他政府办公厅（室）及相关机构实务（2010399） 64.46"),
    ("yueyang-2023-accounts", "listed-items", "463.48 366.09 2.16 0 31.28 26.49 5.23 30.32 0 0"),
    ("yueyang-2023-accounts", "same-in-prose", "468.3 468.29"),
    ("yueyang-2023-accounts", "share", "791.59 101.64 12.83"),
    ("yueyang-2023-accounts", "wording", "0 203.59"),
    ("yueyang-2023-accounts", "category-name", "商品服务业等支出"),
    ("shenzhen-2021-evaluation", "average", "85.07 102.83 80.56 80.56 90.69"),
    ("shenzhen-2021-evaluation", "same-series", "85.07 102.83 80.56 80.56 85.07 102.83 80.56 94.29"),
    ("shenzhen-2021-evaluation", "count-stated", "28 24"),
    ("shenzhen-2021-evaluation", "same-rate", "86.34 85.34"),
    ("shenzhen-2021-evaluation", "adjustment-rate", "57,373.02 64,689.48 11.31"),
    ("shanghai-2017-budget", "projects-within", "178923,139 17954.37"),
    ("shanghai-2017-budget", "line-name", "190410,477 190410,477"),
)  # fmt: skip
#: gaps that rounding explains
ROUNDED = (
    ("baoji-2023-budget", "listed-items", "190.57 130.15 60.4 0.018"),
    ("yueyang-2023-accounts", "parts", "222.27 51.91 22.04 148.31"),
    ("yueyang-2023-accounts", "growth", "72.09 6.85 10.49"),
    ("shenzhen-2023-budget", "balance-total", "48,957 921 1,139 209 7,000 58,227"),
    ("shenzhen-2023-budget", "code-sum", "48,957 2,216 46,742"),
    ("shenzhen-2023-budget", "code-sum", "921 920 2"),
)
#: identities that hold, and quantities that differ by right
HOLDING = (
    ("shenzhen-2021-evaluation", "parts", "57,373.02 3,207.70 239.3 53,926.02"),
    ("shenzhen-2021-evaluation", "score-sum", "93.78 19.9 18.9 54.98"),
    ("shenzhen-2021-evaluation", "average", "85.07 102.83 80.56 94.29 90.69"),
    ("shenzhen-2021-evaluation", "accounting-equation", "121,988.78 7,841.75 114,147.03"),
    ("shenzhen-2023-budget", "parts", "58,227 3,212 269 574 54,172"),
    ("shanghai-2017-budget", "changes-sum", "0.45 13.55 14"),
    ("yueyang-2023-accounts", "parts", "921.87 475.2 446.67 0 0 0"),
    ("yueyang-2023-accounts", "share", "791.59 399.26 50.44"),
)


@pytest.mark.parametrize(("name", "rule", "numbers"), CONTRADICTIONS)
def test_what_reading_found_is_found(name: str, rule: str, numbers: str) -> None:
    assert numbers in found(name, rule)


@pytest.mark.parametrize(("name", "rule", "numbers"), ROUNDED)
def test_rounding_is_no_contradiction(name: str, rule: str, numbers: str) -> None:
    assert numbers in found(name, rule, "holds within rounding")


@pytest.mark.parametrize(("name", "rule", "numbers"), HOLDING)
def test_what_holds_is_said_to_hold(name: str, rule: str, numbers: str) -> None:
    assert numbers in found(name, rule, "holds")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_is_called_a_contradiction(name: str) -> None:
    expected = {(r, n) for d, r, n in CONTRADICTIONS if d == name}
    actual = {(f.rule, stated(name, f)) for f in facts(name).findings if f.verdict == "contradicted"}
    assert actual == expected


def test_sums_of_all_funds_and_of_fiscal_money_are_not_compared() -> None:
    """基本支出 475.2 of all funds beside 468.3 of fiscal money, 项目支出 446.67 beside 323.3."""
    pairs = {"475.2 468.3", "475.2 468.29", "446.67 323.3"}
    assert not pairs & {stated("yueyang-2023-accounts", f) for f in facts("yueyang-2023-accounts").findings}


@pytest.mark.parametrize("name", NAMES)
def test_findings_stand_on_the_text_and_leave_the_values_alone(name: str) -> None:
    document = facts(name)
    spans = {f.span: f for f in document.figures}
    for finding in document.findings:
        assert all(0 <= s.start < s.end <= len(document.document.text) for s in finding.spans)
        if finding.left_value is not None and finding.right_value is not None:
            assert finding.difference == finding.left_value - finding.right_value
        if finding.rule in ("row-total", "code-sum", "parts") and finding.verdict != "not checkable":
            assert all(s in spans for s in finding.spans)
            assert finding.left_value in {spans[s].value for s in finding.spans}


def test_the_tolerance_of_a_sum_is_half_of_each_last_place() -> None:
    name = "yueyang-2023-accounts"
    (finding,) = (f for f in facts(name).findings if stated(name, f) == "222.27 51.91 22.04 148.31")
    assert finding.tolerance == 4 * Decimal("0.005") * 10_000
    assert finding.difference == Decimal("100")
