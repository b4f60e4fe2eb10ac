"""From two sides of an identity to a finding: difference, tolerance from the stated precision, verdict, words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loaders.documents import Document, Span
from loaders.facts import Figure, Finding, Verdict
from loaders.reconcile.registry import RULES
from loaders.words.numbers import half_last_place

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
        extra: Iterable[Figure] = (),
        note: str = "",
    ) -> Finding:
        """Whether two sums of figures in the same unit agree.

        With ``same`` both sides state one and the same quantity, so that a gap as wide as the tolerance is not
        rounding: two roundings of one number to the same place are equal.
        """
        terms = [*left, *right]
        left_value, right_value = (sum((t.value for t in side), _ZERO) for side in (left, right))
        difference = left_value - right_value
        tolerance = sum((self.precision(t.figure) for t in terms), _ZERO)
        verdict: Verdict = "holds" if not difference else "contradicted"
        if difference and (abs(difference) < tolerance or (abs(difference) == tolerance and not same)):
            verdict = "holds within rounding"
        unit = left[0].figure
        texts = show_sum(left), show_sum(right)
        message = f"{item}: {texts[0]} {_SIGN[verdict]} {texts[1]}" + self._gap(verdict, difference, tolerance, unit)
        spans = _spans([*(t.figure for t in terms), *extra])
        return Finding(
            rule, _say(message, note), *texts, verdict, spans, difference, tolerance, left_value, right_value
        )

    def within(self, rule: str, item: str, part: Figure, whole: Figure, note: str = "") -> Finding:
        """Whether a part is not above its whole."""
        difference = part.value - whole.value
        tolerance = self.precision(part) + self.precision(whole)
        verdict: Verdict = "holds"
        if difference > 0:
            verdict = "holds within rounding" if difference <= tolerance else "contradicted"
        texts = show(part), show(whole)
        sign = "≤" if verdict != "contradicted" else "> its whole"
        message = f"{item}: {texts[0]} {sign} {texts[1]}" + self._gap(verdict, difference, tolerance, part)
        spans = _spans([part, whole])
        return Finding(
            rule, _say(message, note), *texts, verdict, spans, difference, tolerance, part.value, whole.value
        )

    def ratio(
        self,
        rule: str,
        item: str,
        stated: Figure,
        upper: Sequence[Term],
        lower: Sequence[Term],
        scale: Decimal = Decimal(100),
        note: str = "",
    ) -> Finding:
        """Whether a stated percentage is ``upper`` over ``lower``, by interval arithmetic on the stated precisions."""
        low, high = self.interval(upper, lower, scale)
        top, bottom = (sum((t.value for t in side), _ZERO) for side in (upper, lower))
        half = self.precision(stated)
        texts = show(stated), f"{_bracket(upper)} / {_bracket(lower)}"
        spans = _spans([stated, *(t.figure for t in upper), *(t.figure for t in lower)])
        if low is None or high is None or not bottom:
            return Finding(rule, _say(f"{item}: {texts[1]} has no value", note), *texts, "not checkable", spans)
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
        shown = f"{value:.4f}".rstrip("0").rstrip(".")
        sign = "is" if verdict != "contradicted" else "is not"
        message = f"{item}: {texts[0]} {sign} {texts[1]} = {shown}"
        return Finding(
            rule,
            _say(message, note),
            texts[0],
            f"{texts[1]} = {shown}",
            verdict,
            spans,
            difference,
            tolerance,
            stated.value,
            value,
        )

    def interval(
        self, upper: Sequence[Term], lower: Sequence[Term], scale: Decimal
    ) -> tuple[Decimal | None, Decimal | None]:
        """The least and greatest ratio that the stated numbers allow, or (None, None) if the divisor may be zero.

        A figure on both sides (the amount in change / (amount − change)) counts with one error on either side.
        """
        top, bottom = (sum((t.value for t in side), _ZERO) for side in (upper, lower))
        slack_top = sum((self.precision(t.figure) for t in upper), _ZERO)
        slack_bottom = sum((self.precision(t.figure) for t in lower), _ZERO)
        if bottom - slack_bottom <= 0:
            return None, None
        ends = [
            (top + a) / (bottom + b) * scale for a in (slack_top, -slack_top) for b in (slack_bottom, -slack_bottom)
        ]
        return min(ends), max(ends)

    def statement(
        self,
        rule: str,
        message: str,
        left: str,
        right: str,
        verdict: Verdict,
        figures: Iterable[Figure] = (),
        spans: Iterable[Span] = (),
        values: tuple[Decimal, Decimal] | None = None,
    ) -> Finding:
        """A finding about words, codes or counts, or one that cannot be checked."""
        places = tuple(sorted({*_spans(figures), *spans}))
        if values is None:
            return Finding(_known(rule), message, left, right, verdict, places)
        return Finding(
            _known(rule), message, left, right, verdict, places, values[0] - values[1], _ZERO, values[0], values[1]
        )

    def _gap(self, verdict: Verdict, difference: Decimal, tolerance: Decimal, like: Figure) -> str:
        if not difference or verdict == "holds":
            return ""
        factor = factor_of(like)
        words = f" (difference {_plain(difference / factor)} {like.stated_unit}".rstrip()
        if verdict == "contradicted":
            words += f", rounding explains {_plain(tolerance / factor)}"
            if self.tail_note and abs(difference) <= 2 * tolerance:
                words += "; the document says that last places may differ"
        return words + ")"


_SIGN = {"holds": "=", "holds within rounding": "≈", "contradicted": "≠", "not checkable": "?"}
Maker = Callable[[], Iterable[Finding]]


def _known(rule: str) -> str:
    if rule not in RULES:
        raise KeyError(f"no check is called {rule!r}")
    return rule


def _say(message: str, note: str) -> str:
    return f"{message}; {note}" if note else message


def _spans(figures: Iterable[Figure]) -> tuple[Span, ...]:
    return tuple(sorted({f.span for f in figures}))


def factor_of(figure: Figure) -> Decimal:
    """What one stated unit is worth in the figure's unit: 10000 for 万元."""
    half = half_last_place(figure.stated)
    return figure.precision / half if figure.precision and half else Decimal(1)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def show(figure: Figure) -> str:
    """A figure in its own words: 基本支出 4,055 万元."""
    name = (figure.column.split("|")[-1] if figure.row >= 0 and figure.column else figure.subject_label) or ""
    return f"{name} {figure.stated}{figure.stated_unit}".strip()


def show_sum(terms: Sequence[Term]) -> str:
    """A sum in the document's own numbers; of a long one the first and last terms."""
    shown = [("−" if t.sign < 0 else "+", t.figure) for t in terms]
    if len(shown) == 1:
        return ("−" if shown[0][0] == "−" else "") + show(shown[0][1])
    if len(shown) > 12:
        head = " ".join(f"{s} {f.stated}" for s, f in shown[:10])
        total = sum((t.value for t in terms), _ZERO) / factor_of(terms[0].figure)
        return f"{head} … ({len(shown)} terms) = {_plain(total)}".lstrip("+ ")
    total = sum((t.value for t in terms), _ZERO) / factor_of(terms[0].figure)
    return (" ".join(f"{s} {f.stated}" for s, f in shown) + f" = {_plain(total)}").removeprefix("+ ")


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
