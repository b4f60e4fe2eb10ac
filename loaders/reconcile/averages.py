"""Checks of averages of a series of rates, and of the series where it is stated twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from loaders.facts import Finding, Verdict
from loaders.reconcile.judging import Judge
from loaders.reconcile.mentions import Mention, Paragraph

_FOUND = {
    "holds": "is-average",
    "holds within rounding": "is-average-within-rounding",
    "contradicted": "is-no-average",
}


def check_averages(paragraphs: Sequence[Paragraph], judge: Judge) -> Iterator[Finding]:
    """Findings of ``average`` and ``same-series``: 平均 X of the series in its sentence, and the series elsewhere."""
    stated: list[tuple[Mention, list[Mention]]] = []
    for paragraph in paragraphs:
        for i, mention in enumerate(paragraph.mentions):
            if mention.figure.unit not in ("PERCENT", "SCORE") or mention.figure.aspect == "growth":
                continue
            sentence = paragraph.text[: mention.start].rsplit("。", 1)[-1]
            series = [
                m
                for m in paragraph.mentions[:i]
                if m.sentence == mention.sentence and m.figure.unit == mention.figure.unit
            ]
            formula = (
                re.search(r"(?:÷|/|\\div)\s*(\d)", paragraph.text[series[-1].end : mention.start]) if series else None
            )
            if "平均" not in sentence or len(series) < 2 or not (formula or "平均" in mention.clause):
                continue
            members = (
                series[-int(formula.group(1)) :] if formula and 1 < int(formula.group(1)) <= len(series) else series
            )
            stated.append((mention, members))
    for mention, members in stated:
        count = Decimal(len(members))
        total = sum((m.figure.value for m in members), Decimal(0))
        mean = total / count
        half = judge.precision(mention.figure)
        slack = sum((judge.precision(m.figure) for m in members), Decimal(0)) / count
        gap = abs(mention.figure.value - mean)
        verdict: Verdict = (
            "holds" if gap <= half else "holds within rounding" if gap <= half + slack else "contradicted"
        )
        text = "(" + " + ".join(m.figure.stated for m in members) + f") / {len(members)} = {mean.normalize():f}"
        yield judge.statement(
            "average",
            _FOUND[verdict],
            mention.figure.stated,
            text,
            verdict,
            [mention.figure, *(m.figure for m in members)],
            item=mention.clause or "平均",
            numbers=(mention.figure.value, mean),
        )
    yield from _same_series(stated, judge)


def _same_series(stated: Sequence[tuple[Mention, list[Mention]]], judge: Judge) -> Iterator[Finding]:
    for k, (first, members) in enumerate(stated):
        for second, others in stated[k + 1 :]:
            if first.figure.value != second.figure.value or len(members) != len(others):
                continue
            one, two = (sorted(m.figure.value for m in s) for s in (members, others))
            same = one == two
            shared = sum(1 for a, b in zip(members, others, strict=True) if a.figure.value == b.figure.value)
            if not same and shared * 2 < len(members):
                continue
            texts = ["、".join(m.figure.stated for m in s) for s in (members, others)]
            verdict: Verdict = "holds" if same else "contradicted"
            yield judge.statement(
                "same-series",
                "series-agree" if same else "series-differ",
                texts[0],
                texts[1],
                verdict,
                [m.figure for m in (*members, *others)],
                values={"average": first.figure.stated},
            )
