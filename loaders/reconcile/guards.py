"""Last of all: a contradiction is an accusation, published only if its sides are known to be comparable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from loaders.documents import Span
from loaders.facts import Figure, Finding
from loaders.reconcile.judging import excuse
from loaders.reconcile.mentions import Mention, Paragraph
from loaders.reconcile.obstacles import is_phase_plain
from loaders.reconcile.reasons import REASONS, state

#: Rules whose amounts are all of one year, one phase and one body.
_ALIKE = frozenset(
    {
        "parts", "part-exceeds", "listed-items", "balance-total", "balance-carry", "income-expenditure", "code-sum",
        "column-total", "row-total", "row-part", "share", "projects-within",
    }
)  # fmt: skip
#: Rules of which a side is a quotient that the document states with few places.
_QUOTIENTS = frozenset({"share", "growth", "rate", "row-growth", "adjustment-rate"})
_Trait = Callable[[Figure], object]
_TRAITS: tuple[tuple[str, _Trait], ...] = (
    ("years-may-differ", lambda f: f.fiscal_year),
    ("phases-may-differ", lambda f: f.phase),
)


def withdraw(
    findings: Iterable[Finding], figures: Sequence[Figure], paragraphs: Sequence[Paragraph] = ()
) -> list[Finding]:
    """The findings, with those as not checkable of which a dimension is not the same on both sides, or not plain."""
    known = {f.span: f for f in figures}
    mentions = {m.figure.span: m for paragraph in paragraphs for m in paragraph.mentions}
    found = [_doubt_phases(_compare_traits(f, known), mentions) for f in findings]
    rounded = {s: f for f in found if f.rule in _SUMS and f.verdict == "holds within rounding" for s in f.spans}
    found = [_forgive(f) if _is_of_rounded_sum(f, rounded) else f for f in found]
    if _cuts_places(found):
        found = [_forgive(f) if _is_cut(f) else f for f in found]
    return found


def _compare_traits(finding: Finding, known: dict[Span, Figure]) -> Finding:
    if finding.verdict != "contradicted" or finding.rule not in _ALIKE:
        return finding
    used = [known[s] for s in finding.spans if s in known and known[s].unit == "CNY"]
    for code, trait in _TRAITS:
        if len({trait(f) for f in used} - {None, ""}) > 1:
            return excuse(finding, code)
    if len({f.budget_unit for f in used}) > 1:
        return excuse(finding, "bodies-may-differ")
    return finding


#: Rules that sum or divide amounts of the prose by their phases.
_BY_PHASE = frozenset({"parts", "part-exceeds", "listed-items", "rate", "wording", "share"})


def _doubt_phases(finding: Finding, mentions: dict[Span, Mention]) -> Finding:
    """A contradiction of amounts of which one was read as budget where its words say outturn, or the reverse."""
    if finding.verdict != "contradicted" or finding.rule not in _BY_PHASE:
        return finding
    used = [mentions[s] for s in finding.spans if s in mentions and mentions[s].is_level]
    return finding if all(is_phase_plain(m) for m in used) else excuse(finding, "phases-may-differ")


# -- totals of rounded parts ------------------------------------------------------------------------------------------

_SUMS = frozenset({"row-total", "code-sum", "column-total", "balance-total", "balance-carry", "parts"})
_STATED_TWICE = frozenset({"same-in-tables", "same-in-prose-and-table", "same-in-prose"})


def _is_of_rounded_sum(finding: Finding, rounded: dict[Span, Finding]) -> bool:
    """Whether one of two totals is known to differ from its printed parts by rounding, and the other by no more.

    One table gives the rounded total, another the total of rounded parts.
    """
    if finding.verdict != "contradicted" or finding.rule not in _STATED_TWICE or finding.difference is None:
        return False
    sums = [rounded[s] for s in finding.spans if s in rounded]
    return any(abs(finding.difference) <= (f.tolerance or Decimal(0)) for f in sums)


# -- quotients whose last places are cut off -------------------------------------------------------------------------


def _gap_of(finding: Finding) -> tuple[Decimal, Decimal] | None:
    """How far a stated quotient is below its value, and its last place."""
    if finding.rule not in _QUOTIENTS or finding.left_value is None or finding.right_value is None:
        return None
    exponent = finding.left_value.as_tuple().exponent
    if not isinstance(exponent, int):
        return None
    return abs(finding.right_value) - abs(finding.left_value), Decimal(1).scaleb(min(exponent, 0))


def _is_cut(finding: Finding) -> bool:
    """Whether a quotient that is not rounded is what remains once the further places are cut off."""
    gap = _gap_of(finding)
    return finding.verdict == "contradicted" and gap is not None and 0 < gap[0] < gap[1]


def _cuts_places(findings: Sequence[Finding]) -> bool:
    """Whether the document does so throughout: no more quotients are rounded up than are cut off."""
    cut = sum(1 for f in findings if _is_cut(f))
    up = sum(1 for f in findings if f.verdict != "contradicted" and (g := _gap_of(f)) is not None and g[0] < 0)
    return cut >= up


_FOUND = {
    "is-no-quotient": "is-quotient-within-rounding",
    "sides-differ": "sides-agree-within-rounding",
    "apart-beyond-rounding": "apart-within-rounding",
    "apart-in-last-places": "apart-within-rounding",
}


def _forgive(finding: Finding) -> Finding:
    codes = [_FOUND.get(code, code) for code in finding.reasons]
    kept = {name: value for name, value in finding.values if any(name in REASONS[c].values for c in codes)}
    reasons, values = state(codes, kept)
    return replace(finding, verdict="holds within rounding", reasons=reasons, values=values)
