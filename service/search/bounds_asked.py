"""How much is asked for: more than 1 million, at most 50 people, none at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_UNITS = {
    "亿": 100_000_000, "千万": 10_000_000, "百万": 1_000_000, "万": 10_000, "千": 1_000, "billion": 1_000_000_000,
    "million": 1_000_000, "thousand": 1_000,
}  # fmt: skip
_COUNTED = "元|人|辆|个|名|项|台|家|yuan|rmb|cny|people|cars"
_AMOUNT = rf"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>{'|'.join(_UNITS)})?\s*(?:{_COUNTED})?"
#: Words before or behind an amount: whether what is asked for is more, and whether the amount itself is meant too.
_BEFORE = {
    r"不低于|不少于|不小于|至少|大于等于|at least|no less than|not less than": (True, True),
    r"不超过|不高于|不多于|不大于|至多|最多|小于等于|at most|no more than|not more than|up to": (False, True),
    r"超过|超出|大于|高于|多于|over|above|more than|exceed(?:s|ing)?|greater than|higher than": (True, False),
    r"低于|少于|小于|不足|不到|不满|under|below|less than|fewer than|lower than": (False, False),
}
_BEHIND = {r"以上|及以上|or more": (True, True), r"以下|以内|or less|or fewer": (False, True)}
_NONE = re.compile(
    r"没有(?=.*(?:的|$))|未安排|没有安排|没安排|为\s*(?:零|0)(?!\d)|是零|零(?=支出|预算|经费)"
    r"|\b(?:ha(?:s|ve|d) no|no|without(?: any)?|zero)\b"
)
_WORDS = {
    (True, True): ("不低于", "at least"), (True, False): ("高于", "above"), (False, True): ("不高于", "at most"),
    (False, False): ("低于", "below"),
}  # fmt: skip
_WHO = re.compile(r"哪|谁|which|who\b|what offices|what bureaus|list|offices (?:that|with)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a number has to be: above ``amount`` or below it, and the amount itself where ``within``."""

    above: bool
    amount: Decimal
    within: bool

    def holds(self, number: Decimal) -> bool:
        """Whether a number is asked for."""
        if number == self.amount:
            return self.within
        return (number > self.amount) == self.above

    def tell(self) -> tuple[str, str]:
        """In Chinese and English."""
        zh, en = _WORDS[self.above, self.within]
        if not self.amount and not self.above:
            return "为零", "that is zero"
        return f"{zh} {self.amount:,f}", f"{en} {self.amount:,f}"


def find_bound(text: str) -> tuple[Bound, tuple[int, int]] | None:
    """The bound that a question in lower case sets, and where it does."""
    for words, (above, within) in _BEFORE.items():
        match = re.search(rf"(?:{words})\s*(?:人民币)?\s*{_AMOUNT}", text)
        if match:
            return Bound(above, _read(match), within), match.span()
    for words, (above, within) in _BEHIND.items():
        match = re.search(rf"{_AMOUNT}\s*(?:{words})", text)
        if match:
            return Bound(above, _read(match), within), match.span()
    match = _NONE.search(text)
    if match and _WHO.search(text):
        return Bound(False, Decimal(0), True), match.span()
    return None


def _read(match: re.Match[str]) -> Decimal:
    return Decimal(match["number"].replace(",", "")) * _UNITS.get(match["unit"] or "", 1)
