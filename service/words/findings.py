"""What a finding says, in either language, made of its data: codes and values, the two sides, the verdict.

The words themselves stand in :mod:`loaders.reconcile.reasons`, both languages beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.reconcile.reasons import Value
from loaders.reconcile.wording import word
from service.words.terms import WORDS, say

#: How the two sides stand to one another.
SIGNS = {"holds": "=", "holds within rounding": "≈", "contradicted": "≠", "not checkable": "?"}
#: The reasons whose sides are codes for kinds of documents.
_KINDS = "catalogue-kind-"
_PART_RULES = {"row-part", "part-exceeds", "projects-within", "score-maximum"}


@dataclass(frozen=True)
class Outcome:
    """What a finding holds, as :class:`loaders.facts.Finding`. ``message`` is what its graph says of it in English."""

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
    """One sentence on what was found. Where its codes are not known, as in a graph of others, its sides say it."""
    if any(code.startswith(_KINDS) for code in outcome.reasons):
        outcome = replace(outcome, left=say(WORDS, outcome.left, language), right=say(WORDS, outcome.right, language))
    said = word(outcome, language)
    if said:
        return said
    if language != "zh":
        return outcome.message or f"{outcome.left} {find_sign(outcome)} {outcome.right}".strip()
    if outcome.verdict == "not checkable":
        return "、".join(side for side in (outcome.left, outcome.right) if side) + "无法核对。"
    return f"{outcome.left} {find_sign(outcome)} {outcome.right}。"


def find_sign(outcome: Outcome) -> str:
    """The sign between the sides: a part is compared with its whole, anything else with its equal."""
    if outcome.rule in _PART_RULES:
        return {"contradicted": ">", "not checkable": "?"}.get(outcome.verdict, "≤")
    return SIGNS.get(outcome.verdict, "?")
