"""What may be said against a document and its reading: numbers by class, figures by place, identities, shapes.

A contradiction is a finding about the document. An unaccounted number or a violated shape is a defect of the reading.
The same is told of a file, by :mod:`service.checks.file_checks`, and of a graph, by :mod:`service.checks.graph_checks`.
"""

from __future__ import annotations

import bisect
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, get_args

from loaders.facts import TokenClass, Verdict
from loaders.reconcile.reasons import Value

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
TOKEN_CLASSES: tuple[TokenClass, ...] = get_args(TokenClass)

#: How much text a quote shows on either side of the stretch that it is about, in characters.
_BESIDE = 24


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of the text with a little of what stands beside it. ``line`` is 1-based."""

    start: int
    end: int
    line: int
    before: str
    text: str
    after: str


class Quoter:
    """Quotes from one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]

    def line_of(self, offset: int) -> int:
        """The 1-based number of the line that holds ``offset``."""
        return bisect.bisect_right(self._lines, offset)

    def quote(self, start: int, end: int) -> Quote:
        """A stretch with its neighbourhood on one line, without what would steer a terminal."""
        return Quote(
            start,
            end,
            self.line_of(start),
            _squeeze(self.text[max(0, start - _BESIDE) : start]).lstrip(),
            _squeeze(self.text[start:end]),
            _squeeze(self.text[end : end + _BESIDE]).rstrip(),
        )


def _squeeze(text: str) -> str:
    words = "".join(c if c.isprintable() else " " for c in text).split(" ")
    inner = " ".join(w for w in words if w)
    return (" " if words[0] == "" else "") + inner + (" " if len(words) > 1 and words[-1] == "" else "")


@dataclass(frozen=True, slots=True)
class TableCheck:
    """A table: its kind of nothing, and its figures. Of these, ``open`` have no column, ``derived`` one by arithmetic.

    ``open_units`` have a unit that no words state, and so no value.
    ``state`` is filled, declared empty, blank or not published; "" for a table of no known form. ``evidence`` are the
    words that declare it empty.
    """

    title: str
    form: str
    state: str
    start: int
    end: int
    line: int
    figures: int
    open: int
    open_units: int
    derived: int
    evidence: str


@dataclass(frozen=True, slots=True)
class SectionCheck:
    """A section of the prose, as the headings above it, outermost first, and how many figures it holds."""

    section: tuple[str, ...]
    line: int
    figures: int


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """A check, what it says in either language, and how often it came to which verdict."""

    rule: str
    zh: str
    en: str
    verdicts: dict[str, int]


@dataclass(frozen=True, slots=True)
class FindingCheck:
    """A check that does not plainly hold: its two sides, and the places of every figure used.

    ``zh`` and ``en`` say what should hold, ``message`` what was found, in English, as ``reasons`` and ``values`` do by
    codes of :mod:`loaders.reconcile.reasons`. ``unit`` is that of all figures used (CNY, PERCENT, …), and so of left
    and right value and difference; "" if they are of several.
    """

    rule: str
    zh: str
    en: str
    verdict: str
    message: str
    left: str
    right: str
    left_value: Decimal | None
    right_value: Decimal | None
    difference: Decimal | None
    tolerance: Decimal | None
    unit: str
    quotes: tuple[Quote, ...]
    item: str | None = None
    detail: str = ""
    reasons: tuple[str, ...] = ()
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """The checks of one document. ``figures`` of which ``open`` have no column and ``derived`` one by arithmetic.

    ``open_units`` of them have a unit that no words state, and so no value.
    """

    document: str
    title: str
    kind: str
    fiscal_year: int | None
    tokens: dict[str, int]
    figures: int
    open: int
    open_units: int
    derived: int
    tables: tuple[TableCheck, ...]
    verdicts: dict[str, int]
    rules: tuple[RuleCheck, ...]
    findings: tuple[FindingCheck, ...]

    @property
    def contradictions(self) -> tuple[FindingCheck, ...]:
        """The findings of sides that do not agree."""
        return tuple(f for f in self.findings if f.verdict == "contradicted")

    def describe(self) -> dict[str, Any]:
        """The checks as JSON has them: decimals as numbers."""
        row: dict[str, Any] = _plain(asdict(self))
        for finding in row["findings"]:
            finding["values"] = dict(finding["values"])
        return row


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
