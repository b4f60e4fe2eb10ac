"""Checks of changes, growth, shares and rates of execution in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from loaders.facts import Figure, Finding, Verdict
from loaders.reconcile.judging import Judge, Term
from loaders.reconcile.lists import item_lists
from loaders.reconcile.mentions import Mention, Paragraph
from loaders.reconcile.parts import name_of, signed

_AGAINST = re.compile(
    r"^(?:万元|元)?[，,。；;、（(]?(?:其中)?(?:与|比|较|同|相比|相较)[^，。；]{0,24}?(?:相比|比较|比|同口径)?[，,]?(?:[^，。；]{0,16})?$"
)
_RATE = re.compile(
    r"(?:完成(?:年初|全年|调整)?(?:部门)?预算(?:数)?的?|占(?:年初|全年|调整)?预算(?:数)?的|执行率|完成率|支出进度|执行进度|控制率|使用率|支付率)(?:为|达到|达|约)?$"
)
_SPENT_OVER = re.compile(r"完成(?:年初|全年|调整)?(?:部门)?预算(?:数)?的?(?:为|达到|达|约)?$")
_GOOD = ("holds", "holds within rounding")
_SHARES = {
    "holds": "shares-are-the-whole",
    "holds within rounding": "shares-are-about-the-whole",
    "contradicted": "shares-are-not-the-whole",
}
_NAMED_SHARE = re.compile(r"占(?P<whole>[\u4e00-\u9fff“”（）()]{2,30}?)(?:金额|总额)?的?(?:比例|比重)?(?:为|达)?$")


def check_rates(paragraphs: Sequence[Paragraph], judge: Judge) -> Iterator[Finding]:
    """Findings of ``growth``, ``share``, ``shares-sum``, ``rate``, ``change`` and of adjustments."""
    heads = _heads(paragraphs)
    for paragraph in paragraphs:
        for i, mention in enumerate(paragraph.mentions):
            figure = mention.figure
            if figure.aspect == "growth" and figure.unit == "PERCENT":
                yield from _check_growth(paragraph, i, judge)
            elif figure.unit == "PERCENT" and re.search(r"调整(?:比例|率|幅度)(?:为|达)?$", mention.clause):
                yield from _check_adjustment_rate(paragraph, i, judge)
            elif figure.aspect == "share" and figure.unit == "PERCENT":
                yield from _check_share(paragraphs, paragraph, i, heads.get(paragraph.index), judge)
            elif figure.unit == "PERCENT" and _RATE.search(mention.clause):
                yield from _check_rate(paragraph, i, judge)
            elif figure.aspect == "change" and re.search(r"年初预算数?(?:增加|减少)", mention.before):
                yield from _check_adjustment(paragraph, i, judge)
            elif figure.aspect == "change" and i >= 2:
                yield from _check_change(paragraph, i, judge)
        yield from _check_shares_sum(paragraph, judge)


_BEFORE = re.compile(r"^[，,（(]?(?:与|比|较|同)(?:上年|去年|\d{4}年)[^，。；]{0,12}$")


def _check_change(paragraph: Paragraph, i: int, judge: Judge) -> Iterator[Finding]:
    """A 万元，比上年 B 万元增加 C 万元: C = A − B."""
    now, before, change = paragraph.mentions[i - 2 : i + 1]
    told = now.is_level and before.is_level and now.sentence == change.sentence and bool(change.figure.direction)
    if not told or change.figure.value < 0:
        return
    if not _BEFORE.match(before.before) or not re.fullmatch(r"[，,（(]?(?:增加|减少|增长|下降)了?", change.before):
        return
    sides = [Term(now.figure), Term(before.figure, -1)]
    yield judge.compare("change", f"{name_of(now)} 增减额", [signed(change)], sides)


# -- growth ----------------------------------------------------------------------------------------------------------


def _check_growth(paragraph: Paragraph, i: int, judge: Judge) -> Iterator[Finding]:
    """增长 G%: the change C over the amount before, A − C, where A and C stand before it in one statement."""
    mentions = paragraph.mentions
    stated = mentions[i]
    change = mentions[i - 1] if i else None
    if change is None or change.figure.aspect != "change" or change.figure.unit != "CNY" or change.figure.value < 0:
        return
    if (
        not re.fullmatch(r"[，,（(]?(?:同比|约|或)?[^，。；\d]{0,8}", stated.before)
        or change.figure.direction != stated.figure.direction
        or not change.figure.direction
    ):
        return
    levels = [m for m in mentions[: i - 1] if m.is_level]
    item = f"{name_of(levels[-1]) if levels else change.figure.subject_label} 增减率"
    if not levels or not stated.figure.value:
        return
    findings = [_growth(item, stated.figure, m, change, judge) for m in reversed(levels)]
    good = next((f for f in findings if f.verdict in ("holds", "holds within rounding")), None)
    if good is not None:
        yield good
        return
    nearest = levels[-1]
    adjacent = nearest is mentions[i - 2] or all(
        m.figure.aspect in ("share",) or m.figure.unit == "PERCENT"
        for m in mentions[mentions.index(nearest) + 1 : i - 1]
    )
    told = "".join(m.before for m in levels if change.sentence - m.sentence <= 1)
    single = len([m for m in levels if m.sentence == nearest.sentence]) == 1 or not re.search(
        r"其中|包括|、|和|及", told
    )
    if (
        adjacent
        and single
        and findings[0].verdict == "contradicted"
        and _AGAINST.match(re.sub(r"^.*?(?=[，,。；]?(?:与|比|较|同))", "", change.before))
        and change.sentence - nearest.sentence <= 1
    ):
        yield findings[0]
    else:
        yield judge.statement(
            "growth",
            "change-is-of-what",
            stated.figure.stated,
            change.figure.stated,
            "not checkable",
            [stated.figure, change.figure],
            item=item,
        )


def _growth(item: str, stated: Figure, level: Mention, change: Mention, judge: Judge) -> Finding:
    lower = [Term(level.figure), Term(change.figure, -1 if change.figure.direction == "up" else 1)]
    return judge.ratio("growth", item, stated, [Term(change.figure)], lower)


# -- shares ----------------------------------------------------------------------------------------------------------


def _heads(paragraphs: Sequence[Paragraph]) -> dict[int, Mention]:
    """For each paragraph of a list the amount that the list divides."""
    heads: dict[int, Mention] = {}
    for listing in item_lists(paragraphs):
        last = [
            m for m in listing.head.levels() if m.sentence == listing.head.mentions[-1].sentence
        ] or listing.head.levels()
        for item in listing.items:
            heads.update((p.index, last[0]) for p in item.paragraphs)
    return heads


def _check_share(
    paragraphs: Sequence[Paragraph], paragraph: Paragraph, i: int, head: Mention | None, judge: Judge
) -> Iterator[Finding]:
    """A 万元，占 X%: of a named whole, of the amount that its sentence or list divides, or of one stated before it."""
    mentions = paragraph.mentions
    stated = mentions[i]
    before = [m for m in mentions[:i] if m.is_level]
    if not before or mentions[i - 1] is not before[-1] or "占" not in stated.before:
        return
    part = before[-1]
    item = f"{name_of(part)} 占比"
    named = _NAMED_SHARE.search(stated.clause)
    wholes: list[Mention] = []
    sure = False
    if named and named.group("whole") != "比":
        wholes = _named(paragraphs, paragraph, named.group("whole"), part)
        sure = len({m.figure.value for m in wholes if m is not part}) == 1
    elif re.search(r"占(?:比)?(?:为|达)?$", stated.clause):
        wholes = before[:-1]
        listed = bool(wholes) and bool(re.search(r"其中|包括|用于以下", paragraph.text[wholes[0].end : part.start]))
        sure = listed and wholes[0].sentence == part.sentence
        if head is not None and not wholes:
            wholes, sure = [head], len(before) == 1
        wholes = wholes if sure else [*wholes, *_earlier(paragraphs, paragraph)]
    wholes = [m for m in wholes if m is not part and m.figure.value]
    carried = _carried(paragraphs, part)
    lowers = [[Term(w.figure)] for w in wholes]
    lowers += [
        [Term(w.figure), Term(c.figure, -1)] for w in wholes[:2] for c in carried if c.figure.value < w.figure.value
    ]
    findings = (judge.ratio("share", item, stated.figure, [Term(part.figure)], lower) for lower in lowers)
    first = next(findings, None)
    good = (
        first
        if first is not None and first.verdict in _GOOD
        else next((f for f in findings if f.verdict in _GOOD), None)
    )
    if good is not None:
        yield good
    elif first is not None and sure and not _is_of_another_whole(stated, part, named, wholes[0]):
        yield first
    else:
        yield judge.statement(
            "share",
            "whole-is-not-plain",
            stated.figure.stated,
            "",
            "not checkable",
            [stated.figure, part.figure],
            item=item,
        )


_CARRIED = re.compile(r"结转|结余")


def _carried(paragraphs: Sequence[Paragraph], part: Mention) -> list[Mention]:
    """What is carried over, as the prose states it: a total may be with or without it."""
    found = [
        m
        for paragraph in paragraphs
        for m in paragraph.levels()
        if m is not part and m.figure.value and _CARRIED.search(m.clause) and m.figure.phase == part.figure.phase
    ]
    return found[:_CARRIED_TRIED]


_CARRIED_TRIED = 12


def _is_of_another_whole(stated: Mention, part: Mention, named: re.Match[str] | None, whole: Mention) -> bool:
    """Whether a share is of a total without what was carried over (本年支出) and the amount found is one with it.

    So it is too where the shares beside it point to the same other whole: 50 % and 50 % of 400 and 400 are of 800.
    """
    if named and "本年" in named.group("whole") and "本年" not in whole.clause:
        return True
    own = _whole_of(part.figure, stated.figure)
    pointed = [w for w in (_whole_of(*pair) for pair in _shares_near(stated)) if w is not None]
    if own is None or own[0] <= whole.figure.value <= own[1]:
        return False
    apart = [w for w in pointed if not w[0] <= whole.figure.value <= w[1]]
    return sum(1 for low, high in apart if low < own[1] and own[0] < high) > 1


def _whole_of(part: Figure, share: Figure) -> tuple[Decimal, Decimal] | None:
    """Between what the whole lies of which a part is a share."""
    low, high = share.value - share.precision, share.value + share.precision
    if low <= 0 or not part.value:
        return None
    return (part.value - part.precision) * 100 / high, (part.value + part.precision) * 100 / low


def _shares_near(stated: Mention) -> Iterator[tuple[Figure, Figure]]:
    """Each amount with its share in the paragraph."""
    mentions = stated.paragraph.mentions
    for amount, share in pairwise(mentions):
        if amount.is_level and share.figure.aspect == "share" and share.figure.unit == "PERCENT":
            yield amount.figure, share.figure


def _earlier(paragraphs: Sequence[Paragraph], here: Paragraph) -> list[Mention]:
    """Amounts of the same section in the paragraphs just before, the nearest first."""
    at = paragraphs.index(here)
    found: list[Mention] = []
    for paragraph in reversed(paragraphs[max(0, at - 16) : at]):
        if paragraph.section[: len(here.section) - 1] != here.section[:-1]:
            break
        found.extend(reversed(paragraph.levels()))
    return found


def _core(name: str) -> str:
    return re.sub(r"合计|总计|总额|本年|金额|本部门|年度|部门|预算|决算|总|数|(?:19|20)\d{2}年度?|为$|是$", "", name)


def _named(paragraphs: Sequence[Paragraph], here: Paragraph, name: str, part: Mention) -> list[Mention]:
    """Amounts before that bear the name of a whole, the nearest first, in this paragraph or those just before."""
    core = _core(name)
    if len(core) < 2:
        return []
    at = paragraphs.index(here)
    found = []
    for paragraph in reversed(paragraphs[: at + 1]):
        for mention in reversed(paragraph.mentions):
            if paragraph is here and mention.start >= part.start:
                continue
            own = _core(name_of(mention))
            bears = own == core or (len(core) >= 4 and own.endswith(core))
            if mention.is_level and bears and mention.figure.phase == part.figure.phase:
                found.append(mention)
        if found and paragraph is here:
            return found[:1]
        if len(found) >= 6:
            break
    return found


def _check_shares_sum(paragraph: Paragraph, judge: Judge) -> Iterator[Finding]:
    """The shares of one sentence, each 占 …% of the same unnamed whole, sum to 100."""
    by_sentence: dict[int, list[Mention]] = {}
    for m in paragraph.mentions:
        if m.figure.aspect == "share" and re.search(r"占比?(?:为)?$", m.clause):
            by_sentence.setdefault(m.sentence, []).append(m)
    for shares in by_sentence.values():
        total = sum((m.figure.value for m in shares), Decimal(0))
        slack = sum((judge.precision(m.figure) for m in shares), Decimal(0))
        if len(shares) < 2 or abs(total - 100) > Decimal(2):
            continue
        text = " + ".join(m.figure.stated for m in shares)
        bad = abs(total - 100) > slack
        verdict: Verdict = "contradicted" if bad else "holds" if total == 100 else "holds within rounding"
        yield judge.statement(
            "shares-sum",
            _SHARES[verdict],
            text,
            "100",
            verdict,
            [m.figure for m in shares],
            item=f"{name_of(shares[0])} …",
            values={"total": str(total)},
            numbers=(total, Decimal(100)),
        )


# -- execution and adjustment ----------------------------------------------------------------------------------------


def _check_rate(paragraph: Paragraph, i: int, judge: Judge) -> Iterator[Finding]:
    """完成预算的 X%, 执行率 X%: what was spent over the budget, both stated before in the sentence."""
    mentions = paragraph.mentions
    stated = mentions[i]
    near = [
        m
        for m in mentions[:i]
        if stated.sentence - m.sentence <= 1 and m.figure.aspect == "level" and m.figure.unit in ("CNY", "PERSON")
    ]
    same = [m for m in near if m.sentence == stated.sentence]
    item = f"{name_of(same[-1] if same else stated)} {stated.clause}"
    budgets = [m for m in same if m.figure.phase in ("budget", "adjusted")]
    spent = [m for m in same if m.figure.phase == "final"]
    pairs = [(s, b) for s in reversed(spent) for b in reversed(budgets)]
    loose = [(a, b) for a in near for b in near if a is not b and a.figure.unit == b.figure.unit and b.figure.value]
    expected = [
        judge.ratio("rate", item, stated.figure, [Term(s.figure)], [Term(b.figure)])
        for s, b in pairs[:4]
        if b.figure.value
    ]
    good = next((f for f in expected if f.verdict in ("holds", "holds within rounding")), None)
    if good is None:
        others = (judge.ratio("rate", item, stated.figure, [Term(a.figure)], [Term(b.figure)]) for a, b in loose[:40])
        good = next((f for f in others if f.verdict in ("holds", "holds within rounding")), None)
    if good is None:
        good = _rate_of_counts(mentions[:i], stated, item, judge)
    if good is not None:
        yield good
    elif expected and len(budgets) == len(spent) == 1 and _SPENT_OVER.search(stated.clause):
        yield expected[0]
    else:
        yield judge.statement(
            "rate",
            "budget-and-spent-not-stated",
            stated.figure.stated,
            "",
            "not checkable",
            [stated.figure],
            item=item,
        )


def _rate_of_counts(before: Sequence[Mention], stated: Mention, item: str, judge: Judge) -> Finding | None:
    """A rate of progress over the progress due (21.27 % of 25 %), or of one group of staff in all staff."""
    rates = [m for m in before if m.sentence == stated.sentence and m.figure.unit == "PERCENT"][-2:]
    people = [m for m in before if m.sentence == stated.sentence and m.figure.unit == "PERSON"][-2:]
    tries: list[tuple[list[Term], list[Term]]] = []
    if len(rates) == 2:
        tries.append(([Term(rates[0].figure)], [Term(rates[1].figure)]))
    if len(people) == 2:
        both = [Term(m.figure) for m in people]
        tries += [(both[1:], both), (both[:1], both)]
    for upper, lower in tries:
        finding = judge.ratio("rate", item, stated.figure, upper, lower)
        if finding.verdict in ("holds", "holds within rounding"):
            return finding
    return None


def _initial_and_adjusted(paragraph: Paragraph, i: int) -> tuple[Mention | None, Mention | None]:
    before = [m for m in paragraph.mentions[:i] if m.is_level]
    initial = [m for m in before if m.figure.phase == "budget" and "年初" in m.clause + m.figure.subject_label]
    adjusted = [m for m in before if m.figure.phase == "adjusted"]
    return (initial[-1] if initial else None), (adjusted[-1] if adjusted else None)


def _check_adjustment(paragraph: Paragraph, i: int, judge: Judge) -> Iterator[Finding]:
    stated = paragraph.mentions[i]
    initial, adjusted = _initial_and_adjusted(paragraph, i)
    if initial is None or adjusted is None:
        return
    yield judge.compare("adjustment", "预算调整", [signed(stated)], [Term(adjusted.figure), Term(initial.figure, -1)])


def _check_adjustment_rate(paragraph: Paragraph, i: int, judge: Judge) -> Iterator[Finding]:
    stated = paragraph.mentions[i]
    initial, adjusted = _initial_and_adjusted(paragraph, i)
    if initial is None or adjusted is None:
        yield judge.statement(
            "adjustment-rate",
            "initial-and-adjusted-not-stated",
            stated.figure.stated,
            "",
            "not checkable",
            [stated.figure],
            item=stated.clause,
        )
        return
    change = [Term(adjusted.figure), Term(initial.figure, -1)]
    yield judge.ratio("adjustment-rate", "预算调整率", stated.figure, change, [Term(initial.figure)])
