"""Checks of parts in prose: their sum, none above its whole, their changes and the change of the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from loaders.facts import Figure, Finding
from loaders.reconcile.judging import Judge, Term, doubt, excuse
from loaders.reconcile.lists import Item, ItemList, PartList, item_lists, part_lists, partition_of
from loaders.reconcile.mentions import Mention, Paragraph
from loaders.reconcile.scopes import Scope, scope_of

#: A list without an official division counts as complete if it leaves out less than this share of its whole.
_NEARLY = Decimal("0.01")
_NUMBER = re.compile(r"\d[\d,.]*(?:万元|亿元|元)")
_BREAKDOWN = re.compile(r"分类|明细|构成|结构|具体情况|主要用于以下")


def check_parts(paragraphs: Sequence[Paragraph], scopes: dict[Mention, Scope], judge: Judge) -> Iterator[Finding]:
    """Findings of ``parts``, ``part-exceeds``, ``listed-items``, ``changes-sum`` and ``accounting-equation``."""
    for paragraph in paragraphs:
        for listing in part_lists(paragraph):
            yield from _check_list(listing, judge)
        yield from _check_equation(paragraph, judge)
    for items in item_lists(paragraphs):
        yield from _check_items(items, judge)
        yield from _check_changes(items, paragraphs, scopes, judge)
    yield from _check_three_public(scopes, judge)


def name_of(mention: Mention) -> str:
    return mention.clause.removeprefix("其中") or mention.figure.subject_label


def _check_list(listing: PartList, judge: Judge) -> Iterator[Finding]:
    whole, item = listing.whole, name_of(listing.whole)
    names = [name_of(m) for m in listing.parts]
    partition = partition_of(names, whole.before + item)
    options: list[list[Mention]] = [listing.parts]
    if 1 < len(listing.segments) < len(listing.parts):
        options.append(listing.segments)
    if partition:
        members = [next(m for m, n in zip(listing.parts, names, strict=True) if re.search(p, n)) for p in partition]
        if len(set(map(id, members))) == len(members):
            options.append(members)
        else:
            partition = ()
    findings = [judge.compare("parts", item, [Term(whole.figure)], [Term(m.figure) for m in o]) for o in options]
    good = next((f for f in findings if f.verdict != "contradicted"), None)
    if good is not None:
        if len(listing.parts) > 1:
            yield good
        else:
            yield judge.within("part-exceeds", item, listing.parts[0].figure, whole.figure)
        return
    if _goes_on(listing):
        yield doubt(findings[0], "list-may-be-incomplete", item, findings[0].spans)
        return
    unread = [m for m in listing.parts if _NUMBER.search(m.before)]
    if unread:
        yield doubt(findings[0], "number-is-no-amount", item, [whole.figure.span])
        return
    if partition:
        last = findings[-1]
        yield doubt(last, "list-may-be-incomplete", item, last.spans) if _leaves_out(whole, last) else last
        return
    for part in listing.parts:
        if part.figure.value > whole.figure.value and len(listing.parts) > 1:
            break
        finding = judge.within("part-exceeds", item, part.figure, whole.figure, name_of(part))
        if finding.verdict == "contradicted":
            yield finding
    first = findings[0]
    gap = abs(first.difference or Decimal(0))
    if len(listing.parts) >= 3 and gap <= abs(whole.figure.value) * _NEARLY:
        yield first
    elif len(listing.parts) > 1:
        yield doubt(first, "list-may-be-incomplete", item, first.spans)


def _goes_on(listing: PartList) -> bool:
    """Whether a list breaks off where its paragraph ends, as at the end of a page."""
    text = listing.whole.paragraph.text
    return "。" not in text[listing.parts[-1].end :] and not text.endswith(("。", ".", "！"))


#: Kinds of expenditure beside 基本支出 and 项目支出, and what is carried over.
_BESIDE = re.compile(r"结转|结余|经营支出|上缴上级|附属单位")


def _leaves_out(whole: Mention, finding: Finding) -> bool:
    """Whether a total bears more than its division: what is carried over, or a rarer kind of expenditure."""
    scope = scope_of(whole.clause)
    if scope is None or scope.flow == "three-public" or (finding.difference or Decimal(0)) < 0:
        return False
    return scope.extent == "whole" or bool(_BESIDE.search(whole.paragraph.text))


def _check_equation(paragraph: Paragraph, judge: Judge) -> Iterator[Finding]:
    """资产合计 = 负债合计 + 净资产合计."""
    sides: dict[str, list[Figure]] = {}
    for mention in paragraph.levels():
        match = re.search(r"(净资产|(?<![动产])资产|(?<!动)负债)(?:合计|总计|总额|总)(?:为|是)?$", mention.clause)
        if match:
            sides.setdefault(match.group(1), []).append(mention.figure)
    if all(len(sides.get(n, [])) == 1 for n in ("资产", "负债", "净资产")):
        yield judge.compare(
            "accounting-equation",
            "资产 = 负债 + 净资产",
            [Term(sides["资产"][0])],
            [Term(sides["负债"][0]), Term(sides["净资产"][0])],
        )


def _first(mentions: Sequence[Mention], phase: str) -> Mention | None:
    return next((m for m in mentions if m.is_level and m.figure.phase == phase), None)


def _check_items(listing: ItemList, judge: Judge) -> Iterator[Finding]:
    """The items of a list must sum to the amount above them, in each phase.

    One phase that does proves it complete; so do the names of an official division (人员经费, 公用经费).
    """
    results: list[tuple[str, Finding, int]] = []
    official = False
    for phase in dict.fromkeys(m.figure.phase for m in listing.head.levels()):
        whole = _first(_last_sentence(listing.head), phase)
        parts = [m for m in (_first(item.mentions, phase) for item in listing.items) if m is not None]
        if whole is None or not parts:
            continue
        finding = judge.compare("listed-items", name_of(whole), [Term(whole.figure)], [Term(m.figure) for m in parts])
        results.append((phase, finding, len(parts)))
        partition = partition_of([name_of(m) for m in parts], name_of(whole))
        alone = len([m for m in _last_sentence(listing.head) if m.is_level and m.figure.phase == phase]) == 1
        divides = alone and len(partition) == len(parts) and not _leaves_out(whole, finding)
        official = official or divides
    complete = any(f.verdict != "contradicted" for _, f, _ in results)
    for _, finding, count in results:
        gap, size = abs(finding.difference or Decimal(0)), abs(finding.left_value or Decimal(0))
        near = gap <= size * _NEARLY and count >= 3
        full = count == len(listing.items)
        if finding.verdict != "contradicted" or ((complete or near or official) and full):
            yield finding
        else:
            yield doubt(finding, "items-may-be-incomplete", finding.left, finding.spans, {"items": count})


def _last_sentence(paragraph: Paragraph) -> list[Mention]:
    last = paragraph.mentions[-1].sentence
    return [m for m in paragraph.mentions if m.sentence == last]


def changes_of(mentions: Sequence[Mention]) -> list[Mention]:
    """The changes of money against another year."""
    found = []
    for mention in mentions:
        figure = mention.figure
        if (
            figure.aspect != "change"
            or figure.unit != "CNY"
            or figure.direction not in ("up", "down")
            or figure.value < 0
        ):
            continue
        if re.search(r"上年|去年|\d{4}年|上一年", mention.before) and "年初预算" not in mention.before:
            found.append(mention)
    return found


def change_of(mentions: Sequence[Mention]) -> Mention | None:
    """The first change of money against another year."""
    return next(iter(changes_of(mentions)), None)


def signed(mention: Mention) -> Term:
    return Term(mention.figure, -1 if mention.figure.direction == "down" else 1)


def _check_changes(
    listing: ItemList, paragraphs: Sequence[Paragraph], scopes: dict[Mention, Scope], judge: Judge
) -> Iterator[Finding]:
    """The changes of all items sum to the change of the amount that they divide."""
    mentions = listing.head.mentions
    change = change_of(mentions)
    before = mentions[: mentions.index(change)] if change is not None else _last_sentence(listing.head)
    levels = [m for m in before if m.is_level]
    if not levels:
        return
    whole = levels[-1] if change is not None else levels[0]
    change = change or _change_elsewhere(whole, paragraphs, scopes)
    if change is None:
        return
    terms: list[Term] = []
    for item in listing.items:
        own = changes_of(item.mentions)
        if len(own) > 1 or not (own or item.is_unchanged):
            return
        terms.extend(signed(m) for m in own)
    firsts = [_first(item.mentions, whole.figure.phase) for item in listing.items]
    complete = False
    if all(m is not None for m in firsts):
        total = judge.compare(
            "listed-items", "", [Term(whole.figure)], [Term(m.figure) for m in firsts if m is not None]
        )
        complete = total.verdict != "contradicted"
    if not terms or not (complete or _BREAKDOWN.search("".join(listing.head.section[-1:]) + listing.head.text)):
        return
    codes = () if complete else ("items-by-class",)
    finding = judge.compare("changes-sum", name_of(whole), [signed(change)], terms, codes=codes)
    if finding.verdict == "contradicted" and (finding.difference or Decimal(0)) < 0:
        finding = excuse(finding, "item-of-last-year")
    yield finding


def _change_elsewhere(whole: Mention, paragraphs: Sequence[Paragraph], scopes: dict[Mention, Scope]) -> Mention | None:
    """The change that another paragraph states of the same quantity and amount."""
    scope = scopes.get(whole)
    if scope is None:
        return None
    for paragraph in paragraphs:
        for i, mention in enumerate(paragraph.mentions):
            other = scopes.get(mention)
            if mention is whole or other is None or other.quantity != scope.quantity:
                continue
            if mention.figure.value != whole.figure.value:
                continue
            following = paragraph.mentions[i + 1 : i + 2]
            change = change_of(following)
            if change is not None and re.match(r"[，,。]?(?:与|比|较|同)", change.before):
                return change
    return None


def _check_three_public(scopes: dict[Mention, Scope], judge: Judge) -> Iterator[Finding]:
    """“三公”经费 = 出国 + 接待 + 公务用车, and the same of their changes, where the prose states each once."""
    levels: dict[tuple[str, str, int | None], list[Mention]] = {}
    for mention, scope in scopes.items():
        if scope.flow == "three-public":
            levels.setdefault((scope.part, mention.figure.phase, mention.figure.fiscal_year), []).append(mention)
    for (part, phase, year), totals in levels.items():
        if part != "total":
            continue
        members = [levels.get((name, phase, year), []) for name in ("travel", "reception", "car")]
        if not all(members):
            continue
        firsts = [totals[0], *(m[0] for m in members)]
        sides = [Term(m.figure) for m in firsts]
        finding = judge.compare("parts", "“三公”经费", sides[:1], sides[1:])
        if any(len({m.figure.value for m in group}) > 1 for group in (totals, *members)):
            continue
        yield finding
        yield from _three_changes(firsts, judge)


def _three_changes(firsts: list[Mention], judge: Judge) -> Iterator[Finding]:
    terms: list[Term] = []
    for mention in firsts:
        paragraph = mention.paragraph
        rest = paragraph.mentions[paragraph.mentions.index(mention) + 1 :]
        change = change_of(rest[:3])
        if change is not None:
            terms.append(signed(change))
        elif not Item([paragraph]).is_unchanged or mention is firsts[0]:
            return
    if len(terms) > 1:
        yield judge.compare("changes-sum", "“三公”经费", terms[:1], terms[1:])
