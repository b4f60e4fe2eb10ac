"""Checks of wordings against their numbers: 决算数大于、小于、等于年初预算数, 与上年持平."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loaders.facts import Finding, Verdict
from loaders.reconcile.judging import Judge, show
from loaders.reconcile.mentions import Mention, Paragraph

_COMPARED = re.compile(
    r"决算(?:数|支出)?(?:与)?(?P<word>大于|小于|高于|低于|多于|少于|等于|持平于)(?:年初|全年|调整)?(?:部门)?预算(?:数)?"
    r"|(?:决算|支出)(?:数)?(?:与)(?:年初|全年)?预算(?:数)?(?:相比)?(?P<same>持平|一致|相等)"
)
_WAYS = {
    "大于": 1,
    "高于": 1,
    "多于": 1,
    "小于": -1,
    "低于": -1,
    "少于": -1,
    "等于": 0,
    "持平于": 0,
    "持平": 0,
    "一致": 0,
    "相等": 0,
}
_UNCHANGED = re.compile(
    r"(?:与|和|同|较|比)(?:上年度?|去年|(?:19|20)\d{2}年)(?:预算|决算)?(?:数)?(?:相比)?[，,]?(?:基本)?(?P<word>持平|一致|保持一致|无变化)"
)
_SUB_ITEM = re.compile(r"其中|包括")
_TENDENCY = re.compile(r"(?:基本|大致)(?:持平|一致)")


def check_words(paragraphs: Sequence[Paragraph], judge: Judge) -> Iterator[Finding]:
    """Findings of ``wording``."""
    for paragraph in paragraphs:
        text = paragraph.text
        for match in _COMPARED.finditer(text):
            yield from _check_compared(paragraph, match, judge)
        for match in _UNCHANGED.finditer(text):
            yield from _check_unchanged(paragraph, match, judge)


def _check_compared(paragraph: Paragraph, match: re.Match[str], judge: Judge) -> Iterator[Finding]:
    """The nearest final amount before the words, and the budget right before that."""
    word, at = match.group("word") or match.group("same"), match.start()
    wanted = ("budget",) if "年初" in match.group() else ("adjusted", "budget")
    before = [m for m in paragraph.levels() if m.start < at]
    final = next((m for m in reversed(before) if m.figure.phase == "final"), None)
    budget = None
    if final is not None:
        earlier = before[: before.index(final)]
        budget = next((m for m in reversed(earlier) if m.figure.phase in wanted), None)
        between = earlier[earlier.index(budget) + 1 :] if budget is not None else []
        if any(m.figure.phase == "final" for m in between) or _SUB_ITEM.search(paragraph.text[final.end : at]):
            budget = None  # the outturn beside the words is of something else than the budget
    if final is None or budget is None or paragraph.sentence_at(at) - final.sentence > 1:
        yield judge.statement(
            "wording",
            "budget-and-outturn-not-stated",
            word,
            "",
            "not checkable",
            [m.figure for m in before[-1:]],
            item=f"决算数{word}预算数",
        )
        return
    difference = final.figure.value - budget.figure.value
    actual = (difference > 0) - (difference < 0)
    slack = judge.precision(final.figure) + judge.precision(budget.figure)
    verdict: Verdict = "holds" if actual == _WAYS[word] else "contradicted"
    if verdict == "contradicted" and 0 < abs(difference) < slack:
        verdict = "holds within rounding"
    yield judge.statement(
        "wording",
        {1: "outturn-above-budget", 0: "outturn-equals-budget", -1: "outturn-below-budget"}[actual],
        f"决算数{word}预算数",
        f"{show(final.figure)} / {show(budget.figure)}",
        verdict,
        [final.figure, budget.figure],
        item=_subject(paragraph, budget),
        values={"outturn": final.figure.stated, "budget": budget.figure.stated},
        numbers=(final.figure.value, budget.figure.value),
    )


def _subject(paragraph: Paragraph, mention: Mention) -> str:
    return mention.figure.subject_label or paragraph.text[:20]


def _check_unchanged(paragraph: Paragraph, match: re.Match[str], judge: Judge) -> Iterator[Finding]:
    """持平 beside a change that is not zero in the same clause."""
    if _TENDENCY.search(match.group()):
        return
    sentence = paragraph.sentence_at(match.start())
    following = [
        m
        for m in paragraph.mentions
        if m.start >= match.end() and m.sentence == sentence and m.start - match.end() < 14
    ]
    for mention in following[:1]:
        figure = mention.figure
        if figure.aspect != "change" or figure.unit != "CNY" or re.search(r"[；;]|其中", mention.before[-14:]):
            continue
        verdict: Verdict = "contradicted" if figure.value else "holds"
        change = f"{figure.stated}{figure.stated_unit}"
        yield judge.statement(
            "wording",
            "unchanged-with-change",
            match.group(),
            show(figure),
            verdict,
            [figure],
            values={"change": change},
        )
