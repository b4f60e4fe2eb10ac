"""What a finding says, in either language: worded from its codes and values by :mod:`loaders.reconcile.wording`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from loaders.reconcile.reasons import Value
from loaders.reconcile.wording import word

#: How the two sides stand to one another.
SIGNS = {"holds": "=", "holds within rounding": "≈", "contradicted": "≠", "not checkable": "?"}
_PART_RULES = {"row-part", "part-exceeds", "projects-within", "score-maximum"}


@dataclass(frozen=True)
class Outcome:
    """What a finding holds. ``message`` is the English of a finding without codes, as an older Gongkai wrote it."""

    rule: str
    verdict: str
    left: str
    right: str
    message: str = ""
    difference: Decimal | None = None
    tolerance: Decimal | None = None
    item: str | None = None
    detail: str = ""
    reasons: tuple[str, ...] = ()
    values: tuple[tuple[str, Value], ...] = ()


def explain(outcome: Outcome, language: str) -> str:
    """One sentence on what was found; of a finding without codes that we know, its sides."""
    words = word(outcome, language)
    if words or (outcome.message and language != "zh"):
        return words or outcome.message
    sides = f"{outcome.left} {find_sign(outcome)} {outcome.right}".strip()
    return f"{sides}。" if language == "zh" else sides


def find_sign(outcome: Outcome) -> str:
    """The sign between the sides: a part is compared with its whole, anything else with its equal."""
    if outcome.rule in _PART_RULES:
        return {"contradicted": ">", "not checkable": "?"}.get(outcome.verdict, "≤")
    return SIGNS.get(outcome.verdict, "?")
