"""From two sides of an identity to a finding: difference, tolerance from the stated precision, verdict, reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from loaders.documents import Document, Span
from loaders.facts import Figure, Finding, Verdict
from loaders.reconcile.reasons import REASONS, Value, fill, format_plain, state
from loaders.reconcile.registry import RULES
from loaders.words.numbers import half_last_place, trim_zeros

#: A quotient has no end; what is stated of it has these decimals.
_DECIMALS = 6
_ZERO = Decimal(0)
#: The text says itself that its numbers may differ in the last place.
_TAIL_NOTE = re.compile(r"尾数差异|尾差|尾数.{0,6}误差|四舍五入|进位.{0,6}误差|小数点.{0,8}差异")
_FRACTION = re.compile(r"[.．]\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Term:
    """A figure in a sum. ``sign`` is +1 or -1."""

    figure: Figure
    sign: int = 1

    @property
    def value(self) -> Decimal:
        return self.figure.value * self.sign


class Judge:
    """Makes findings for one document. It knows how precisely each figure is stated."""

    def __init__(self, document: Document, figures: Sequence[Figure]) -> None:
        self.document = document
        self.tail_note = bool(_TAIL_NOTE.search(document.text))
        self._places = _usual_places(figures)

    def is_streamed(self, figure: Figure) -> bool:
        """Whether the figure's table came without columns, so that its column is a conclusion."""
        blocks = self.document.blocks
        table = blocks[figure.block].table if 0 <= figure.block < len(blocks) else None
        return table is not None and table.layout in ("spaces", "lines")

    def precision(self, figure: Figure) -> Decimal:
        """Half of the last stated place, in the figure's unit.

        Where a table or the prose drops final zeros (190.6 beside 190.57, never 190.60), a number with fewer decimals
        counts as stated to the usual place; a whole number does not, since whole amounts are also stated roundly.
        """
        usual = self._places.get(_style(figure), -1)
        own = _places(figure.stated)
        if own >= usual or not figure.precision or (own == 0 and figure.value):
            return figure.precision
        return figure.precision.scaleb(own - usual)

    def compare(
        self,
        rule: str,
        item: str,
        left: Sequence[Term],
        right: Sequence[Term],
        *,
        same: bool = False,
        printed: bool = False,
        detail: str = "",
        codes: Sequence[str] = (),
        values: Mapping[str, Value] | None = None,
    ) -> Finding:
        """Whether two sums of figures in the same unit agree. ``codes`` with ``values`` are what else is known.

        With ``same`` both sides state one and the same quantity, so that a gap as wide as the tolerance is not
        rounding: two roundings of one number to the same place are equal. Offices also cut places off: what that
        explains is rounding too. With ``printed`` a number with fewer decimals counts as stated to those alone.
        """
        terms = [*left, *right]
        left_value, right_value = (sum((t.value for t in side), _ZERO) for side in (left, right))
        difference = left_value - right_value
        precision = (lambda figure: figure.precision) if printed else self.precision
        tolerance = sum((precision(t.figure) for t in terms), _ZERO)
        verdict: Verdict = "holds" if not difference else "contradicted"
        near = abs(difference) < tolerance or (abs(difference) == tolerance and not same)
        if difference and (near or _is_cut(difference, left, right, precision)):
            verdict = "holds within rounding"
        told: dict[str, Value] = dict(values or {})
        found = [_AGREE[verdict], *self._gap(verdict, difference, tolerance, left[0].figure, told), *codes]
        if len(right) > _SHOWN:
            found.append("sum-is-long")
            told["terms"] = len(right)
        reasons, known = state(found, told)
        spans = _spans(t.figure for t in terms)
        return Finding(
            rule, show_sum(left), show_sum(right), verdict, spans, difference, tolerance, left_value,
            right_value, reasons, known, item, detail,
        )  # fmt: skip

    def within(self, rule: str, item: str, part: Figure, whole: Figure, detail: str = "") -> Finding:
        """Whether a part is not above its whole."""
        difference = part.value - whole.value
        tolerance = self.precision(part) + self.precision(whole)
        verdict: Verdict = "holds"
        if difference > 0:
            verdict = "holds within rounding" if difference <= tolerance else "contradicted"
        told: dict[str, Value] = {}
        found = "part-above-whole" if verdict == "contradicted" else "part-within-whole"
        reasons, known = state([found, *self._gap(verdict, difference, tolerance, part, told)], told)
        return Finding(
            rule, show(part), show(whole), verdict, _spans([part, whole]), difference, tolerance, part.value,
            whole.value, reasons, known, item, detail,
        )  # fmt: skip

    def ratio(
        self,
        rule: str,
        item: str,
        stated: Figure,
        upper: Sequence[Term],
        lower: Sequence[Term],
        scale: Decimal = Decimal(100),
    ) -> Finding:
        """Whether a stated percentage is ``upper`` over ``lower``, by interval arithmetic on the stated precisions.

        A quotient is rounded by who states it: 3.8 is right for 3.7917, whatever places other percentages have.
        """
        low, high = self.interval(upper, lower, scale)
        top, bottom = (sum((t.value for t in side), _ZERO) for side in (upper, lower))
        half = stated.precision
        texts = show(stated), f"{_bracket(upper)} / {_bracket(lower)}"
        spans = _spans([stated, *(t.figure for t in upper), *(t.figure for t in lower)])
        if low is None or high is None or not bottom:
            return Finding(rule, *texts, "not checkable", spans, reasons=("divisor-is-zero",), item=item)
        value = round(top / bottom * scale, _DECIMALS)
        stated_value = abs(stated.value) if top > 0 else stated.value
        difference = stated_value - value
        verdict: Verdict = "holds"
        if abs(difference) > half:
            verdict = (
                "holds within rounding"
                if low <= stated_value + half and stated_value - half <= high
                else "contradicted"
            )
        tolerance = round(half + (high - low) / 2, _DECIMALS)
        shown = trim_zeros(f"{value:.4f}")
        return Finding(
            rule, texts[0], f"{texts[1]} = {shown}", verdict, spans, difference, tolerance, stated.value, value,
            (_QUOTIENT[verdict],), item=item,
        )  # fmt: skip

    def interval(
        self, upper: Sequence[Term], lower: Sequence[Term], scale: Decimal
    ) -> tuple[Decimal | None, Decimal | None]:
        """The least and greatest ratio that the stated numbers allow, or (None, None) if the divisor may be zero.

        A figure on both sides (the amount in change / (amount − change)) errs on both at once. The ratio rises or falls
        with each figure throughout, so its ends lie at the ends of what each figure may be.
        """
        top, bottom = (sum((t.value for t in side), _ZERO) for side in (upper, lower))
        shared = [(t, u) for t in upper for u in lower if t.figure is u.figure]
        slack_top, slack_bottom = (
            sum((self.precision(t.figure) for t in side if all(t is not s for s in both)), _ZERO)
            for side, both in ((upper, [t for t, _ in shared]), (lower, [u for _, u in shared]))
        )
        slacks = [(slack_top, _ZERO), (_ZERO, slack_bottom)]
        slacks += [(self.precision(t.figure) * t.sign, self.precision(u.figure) * u.sign) for t, u in shared]
        corners = [
            tuple(sum(signs[i] * slack[side] for i, slack in enumerate(slacks)) for side in (0, 1))
            for signs in product((1, -1), repeat=len(slacks))
        ]
        if any(bottom + below <= 0 for _, below in corners):
            return None, None
        ends = [(top + above) / (bottom + below) * scale for above, below in corners]
        return min(ends), max(ends)

    def statement(
        self,
        rule: str,
        code: str,
        left: str,
        right: str,
        verdict: Verdict,
        figures: Iterable[Figure] = (),
        spans: Iterable[Span] = (),
        *,
        item: str | None = None,
        values: Mapping[str, Value] | None = None,
        numbers: tuple[Decimal, Decimal] | None = None,
    ) -> Finding:
        """A finding about words, codes or counts, or one that cannot be checked: what ``code`` says with ``values``.

        ``numbers`` are what the sides are worth.
        """
        places = tuple(sorted({*_spans(figures), *spans}))
        reasons, known = state([code], values)
        finding = Finding(_known(rule), left, right, verdict, places, reasons=reasons, values=known, item=item)
        if numbers is None:
            return finding
        one, two = numbers
        return replace(finding, difference=one - two, tolerance=_ZERO, left_value=one, right_value=two)

    def _gap(
        self, verdict: Verdict, difference: Decimal, tolerance: Decimal, like: Figure, values: dict[str, Value]
    ) -> list[str]:
        """How far two sides are apart, in the unit in which ``like`` is stated; its values are put into ``values``."""
        if not difference or verdict == "holds":
            return []
        factor = factor_of(like)
        values |= {"gap": difference / factor, "unit": like.stated_unit}
        if verdict != "contradicted":
            return ["apart-within-rounding"]
        values["allowed"] = tolerance / factor
        return [
            "apart-in-last-places" if self.tail_note and abs(difference) <= 2 * tolerance else "apart-beyond-rounding"
        ]


_AGREE = {
    "holds": "sides-agree",
    "holds within rounding": "sides-agree-within-rounding",
    "contradicted": "sides-differ",
}
_QUOTIENT = {
    "holds": "is-quotient",
    "holds within rounding": "is-quotient-within-rounding",
    "contradicted": "is-no-quotient",
}
#: Of a longer sum only the first terms are shown.
_SHOWN = 12
Maker = Callable[[], Iterable[Finding]]


def _known(rule: str) -> str:
    if rule not in RULES:
        raise KeyError(f"no check is called {rule!r}")
    return rule


def excuse(finding: Finding, code: str) -> Finding:
    """The finding as one that cannot be checked after all, with why."""
    return replace(finding, verdict="not checkable", reasons=state([*finding.reasons, code], dict(finding.values))[0])


def doubt(
    finding: Finding, code: str, item: str, spans: Sequence[Span], values: Mapping[str, Value] | None = None
) -> Finding:
    """A finding of the same two sides that cannot be checked, without what they are worth, with why."""
    sides = [c for c in finding.reasons if REASONS[c].kind == "side"]
    kept = {name: value for name, value in finding.values if any(name in REASONS[c].values for c in sides)}
    reasons, known = state([*sides, code], {**kept, **(values or {})})
    return Finding(
        finding.rule, finding.left, finding.right, "not checkable", tuple(spans), reasons=reasons, values=known,
        item=item,
    )  # fmt: skip


def _is_cut(
    difference: Decimal, left: Sequence[Term], right: Sequence[Term], precision: Callable[[Figure], Decimal]
) -> bool:
    """Whether cutting places off explains a gap: what is printed is then below its number by less than a last place."""
    above = sum(
        (2 * precision(t.figure) for side, sign in ((left, -1), (right, 1)) for t in side if t.sign == sign), _ZERO
    )
    below = sum(
        (2 * precision(t.figure) for side, sign in ((left, 1), (right, -1)) for t in side if t.sign == sign), _ZERO
    )
    return -below < difference < above


def _spans(figures: Iterable[Figure]) -> tuple[Span, ...]:
    return tuple(sorted({f.span for f in figures}))


def factor_of(figure: Figure) -> Decimal:
    """What one stated unit is worth in the figure's unit: 10000 for 万元."""
    half = half_last_place(figure.stated)
    return figure.precision / half if figure.precision and half else Decimal(1)


def show(figure: Figure) -> str:
    """A figure in its own words: 基本支出 4,055 万元."""
    name = (figure.column.split("|")[-1] if figure.row >= 0 and figure.column else figure.subject_label) or ""
    return f"{name} {figure.stated}{figure.stated_unit}".strip()


def show_sum(terms: Sequence[Term]) -> str:
    """A sum in the document's own numbers; of a long one the first terms and how many there are."""
    shown = [("−" if t.sign < 0 else "+", t.figure) for t in terms]
    if len(shown) == 1:
        return ("−" if shown[0][0] == "−" else "") + show(shown[0][1])
    if len(shown) > _SHOWN:
        head = " ".join(f"{s} {f.stated}" for s, f in shown[:10])
        total = sum((t.value for t in terms), _ZERO) / factor_of(terms[0].figure)
        more = fill("sum-is-long", "en", {"terms": len(shown)})
        return f"{head}{more} = {format_plain(total)}".lstrip("+ ")
    total = sum((t.value for t in terms), _ZERO) / factor_of(terms[0].figure)
    return (" ".join(f"{s} {f.stated}" for s, f in shown) + f" = {format_plain(total)}").removeprefix("+ ")


def _bracket(terms: Sequence[Term]) -> str:
    if len(terms) == 1:
        return terms[0].figure.stated
    return "(" + " ".join(f"{'−' if t.sign < 0 else '+'} {t.figure.stated}" for t in terms).removeprefix("+ ") + ")"


def _style(figure: Figure) -> tuple[str, str, str]:
    """Figures that are printed alike: those of one table, or of the prose, in one unit."""
    return (figure.table if figure.row >= 0 else "", figure.unit, figure.stated_unit)


def _places(stated: str) -> int:
    match = _FRACTION.search(stated)
    return len(match.group(1)) if match else 0


def _usual_places(figures: Sequence[Figure]) -> dict[tuple[str, str, str], int]:
    """The number of decimals that each style prints, for those styles that drop final zeros."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for figure in figures:
        if figure.value and figure.precision:
            groups.setdefault(_style(figure), []).append(figure.stated)
    usual = {}
    for style, stated in groups.items():
        places = [_places(s) for s in stated]
        for place in range(max(places), 0, -1):
            full = [s for s, p in zip(stated, places, strict=True) if p == place]
            if len(full) >= 3 and len(full) * 10 >= len(stated) * 3:
                if not any(s.rstrip().endswith("0") for s in full):
                    usual[style] = place
                break
    return usual
