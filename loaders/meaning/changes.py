"""Stated increases and decreases with their stated reasons."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.documents import Document, Passage, Span
from loaders.facts import Change, Figure
from loaders.meaning.comparisons import (
    BUDGET_AND_RESULT,
    COMPARED,
    COMPARED_OBJECT,
    DOWN,
    REASON,
    SAME,
    UP,
    end_of,
    find_comparisons,
    is_same_subject,
    read_direction,
)
from loaders.meaning.money import Amount, figure_at, find_amounts
from loaders.meaning.subjects import GENERIC, names_an_item, without_frame, without_holder
from loaders.words.numbering import STYLES, tidied
from loaders.words.sentences import AMOUNT, ORDINAL_WORD, sentences, split

REASON_ENDS = re.compile(r"[。；;]|，?其中[:：]|，(?:与上年|比上年|较上年|与去年|决算数)")
#: a heading of several reasons in a sentence of its own: 预算收支增加主要原因：
REASON_SENTENCE = re.compile(
    r"^(?P<label>[\u4e00-\u9fff“”（）()]{2,20}?)(?P<word>增加|减少|增长|下降|增（减）|变动)的?(?:主要)?原因(?:是|为)?\s*[:：]?\s*"
)
#: a line of its own that names a functional line of expenditure
LINE = re.compile(r"[（(]项[）)][。.]?$")
#: nothing in per cent behind 增长
NO_GROWTH = re.compile(r"\s*0(?:\.0+)?\s*[%％]")
#: income or expenditure as a whole
WHOLE = re.compile(r"^(?:收入|支出)(?:预算|决算)?$")
SPENT_OR_EARNED = re.compile(r"^(?:一般公共|政府性基金|国有资本经营)预算$|(?:收入|支出|经费|费用?)(?:预算|决算)?$")
#: a functional line of expenditure inside a paragraph: …（款）培训支出（项）。
ITEM = re.compile(r"(?P<label>[\u4e00-\u9fff、]{2,30})[（(]项[）)]")
#: one named behind its code: 科目为2014001行政运行
CODED = re.compile(r"(?<![\d.,])2\d{6}\s*(?P<label>[\u4e00-\u9fff、]{3,30})(?=[，,])")
#: an item that grows or shrinks by an amount, against what its sentence or the one before compares with
MONEY = "收入|支出|经费|费用?|拨款|资金|预算|收支|补助|补贴|结余|结转"
WITHIN = re.compile(
    r"(?:^|(?<=[，,；;：:。]))\s*(?:\d{1,2}[.．、]|[（(][\d一二三四五六七八九十]+[）)])?\s*"
    r"(?:主要|原因|是|为|其中|由于|因(?!公)|[一二三四五六]是){0,6}(?P<subject>(?!与|比|较|同比|相应)"
    r"(?:(?!增加|减少|比上|较上|与上)[\u4e00-\u9fff、“”（）()]){0,24}?(?:" + MONEY + r"))(?:相应|同比|共|预计)?"
    r"(?P<word>增加|增长|上升|提高|减少|下降|降低|压减|缩减)(?:了|约)?\s*(?=\d[\d,.，]*\s*[亿万千]?元)"
)
#: the parts of a sum, joined by 、 behind it: what is compared behind them is the sum
_PART = r"[^，,；;。、\d]*" + AMOUNT.pattern
JOINED = re.compile(rf"[，,；;]?\s*其中\s*[：:]?(?:{_PART}、)+{_PART}[，,]?\s*$")
#: what leads from a whole to its parts: 收入 9 万元，其中：…; 支出 9 万元。按支出功能分类，包括…
PARTS_FOLLOW = re.compile(r"\s*[，,。；;]?\s*(?:按[^，。；]{2,12}分类?[，,]?)?\s*(?:其中|主要?包括|包括|分别为|构成)")
#: what only announces why: 决算大于预算数的主要情况：
ANNOUNCED = re.compile(r"的?(?:主要|具体)?(?:情况|原因)?(?:说明)?(?:如下)?[：:]?\s*$")
#: the three budgets, which are called so
BUDGETS = ("一般公共", "政府性基金", "国有资本经营")
#: the end of a note before an item: …表1-3）收入预算
UNOPENED = re.compile(r"^[^（(]*[）)](?=[\u4e00-\u9fff]{2})")
#: income and expenditure are called by whether they are planned
BARE = re.compile(r"(?:^|(?<=[）)局委会厅办部府署]))(?:收入|支出|收支)(?:预算|决算)")
#: what stands for itself between the last amount and the comparison: …100万元；支出比上年增加
LAST = re.compile(r"[；;，,。]\s*(?:(?:19|20)\d{2}\s*年度?)?\s*(?P<label>[\u4e00-\u9fff“”（）() ]{2,30})$")
#: what a comparison says behind 与上年相比，: 财政拨款收、支总计各增加
COUNTS = re.compile(r"(?:预算)?(?:总计|合计|总额)?[各均]?$")
BEHIND = re.compile(r"(?:收入|支出|经费|费用?|收、支|收支)$")
#: an item at the beginning of a paragraph, as its heading: （一）机关运行经费。
RUN_IN = re.compile(r"(?P<label>[\u4e00-\u9fff“”（）]{4,20})[。：:]")
SAME_ENDING = 4
#: a heading that is an item, one alone
HEADED = re.compile(r"[\u4e00-\u9fff“”（）()]{2,18}(?:收入|支出|经费|费用?|拨款)(?:预算|决算)?")
#: where the words before an item end: at a mark, or at the title of a section that stands on the same line
CLAUSE = re.compile(r"[，,；;：:。]|其中|一是|二是|(?:预算)?情况的?说明(?=.)|表的说明(?=..)|预算情况(?!的?说明)(?=..)")
#: what stands between an item and its amount
PLANNED = re.compile(
    r"\s*(?:预算数|决算数|预算|决算)?\s*(?:总额|调整|安排)?\s*(?:为|是|达到|达|合计为|共计?|今年|本年)?\s*$"
)
#: what the year's beginning planned and what the year came to, before their amounts
INITIAL = re.compile(r"年初预算数?(?:安排)?(?:数|为|是)?\s*$")
FINAL = re.compile(r"(?<!预算)决算数?(?:为|是)?\s*$")
LABEL = re.compile(
    r"(?P<label>[\u4e00-\u9fff“”（）()〔〕、\d]{2,80}?)\s*(?:预算数?|决算数?)?(?:总额|总计|合计|为|是|安排)?\s*$"
)


def find_changes(
    document: Document, figures: tuple[Figure, ...], fiscal_year: int | None, agency: str = ""
) -> tuple[Change, ...]:
    """Every change against another year or against the budget that prose states, with its reasons.

    ``label`` says of what, in the sentence's words without the office's name; ``amount`` is the change's, or None where
    only a direction is said and no figures of budget and result stand before.
    """
    changes: list[Change] = []
    line = ""
    above = _Above()
    compared = False  # whether the text block before states changes that this one may take apart
    for block in document.blocks:
        if block.table is not None:
            above, compared = _Above(above.heading), False
            continue
        passage = tidied(block)
        if LINE.search(passage.text) and len(passage.text) <= 70:
            line = _strip_marker(passage.text).rstrip("。.")
            continue
        if block.kind == "heading":
            line, above, compared = "", _Above(_headed(passage.text)), False
            continue
        found = _in_paragraph(passage, figures, fiscal_year, line, above, compared)
        if compared and not changes[-1].reasons and REASON.match(passage.text):
            changes[-1] = _with_reason(changes[-1], sentences(passage)[0])
        if found and changes and _announced(changes[-1], found[0], document):
            changes.pop()
        compared = bool(found)
        changes.extend(found)
        line = ""
        above = _Above(
            above.heading, "" if found or not AMOUNT.search(passage.text) else _named(passage.text, first=True)
        )
    return tuple(_finished(change, figures, agency) for change in changes)


@dataclass(frozen=True, slots=True)
class _Above:
    """The items that the heading and the paragraph above name: 公务接待费 of 2026年预算安排9万元，比上年减少1万元."""

    heading: str = ""
    paragraph: str = ""

    def item(self, before: str) -> str:
        """What a change is of that names nothing itself; one at a paragraph's very beginning goes on with the last."""
        return self.heading if before.strip() else self.paragraph


def _headed(heading: str) -> str:
    """The item that is all that a heading says, "" if it says more or none: （二）公务接待费."""
    label = re.sub(r"\s", "", _strip_marker(heading.strip()))
    return label if HEADED.fullmatch(label) else ""


def _in_paragraph(
    passage: Passage, figures: tuple[Figure, ...], year: int | None, line: str, above: _Above, compared: bool
) -> list[Change]:
    changes: list[Change] = []
    parts = sentences(passage)
    for i, sentence in enumerate(parts):
        found = _in_sentence(sentence, passage, figures, year, line, above)
        if found and not found[-1].reasons and i + 1 < len(parts):
            found[-1] = _with_reason(found[-1], parts[i + 1])
        within = _within(sentence, figures, year, bool(found), compared)
        compared = bool(found or within)
        changes.extend(sorted([*found, *within], key=lambda change: change.span.start))
    return changes


def _announced(change: Change, following: Change, document: Document) -> bool:
    """Whether a change is only the heading of the next: 决算数大于预算数的主要情况："""
    same = (change.label, change.direction) == (following.label, following.direction)
    if not same or change.amount is not None or change.reasons:
        return False
    rest = document.text[change.span.end : following.span.start].split("\n")[0]
    return ANNOUNCED.fullmatch(rest.strip()) is not None and not rest.strip().endswith("。")


def _within(
    sentence: Passage, figures: tuple[Figure, ...], year: int | None, compares: bool, continued: bool
) -> list[Change]:
    """The items that grow or shrink by an amount, where the sentence or the one before says against what.

    主要是项目支出减少9万元 and 1.收入预算减少9万元，其中… name item and amount without a base of their own.
    """
    found = list(WITHIN.finditer(sentence.text))
    comparisons = find_comparisons(sentence.text) if compares else []
    if not compares and not (continued and found and (found[0].start() == 0 or REASON.match(sentence.text))):
        return []
    changes = []
    for m in found:
        start, end = m.start("subject"), m.end()
        if any(start < c.end() and c.start() < end for c in comparisons):
            continue
        if compares and (not comparisons or start < comparisons[0].start()):
            continue
        size = next(iter(find_amounts(sentence.part(end, min(len(sentence.text), end + 24)), figures)), None)
        label = _named(m.group("subject"), first=False)
        if size is None or size.start > 0 or not names_an_item(label):
            continue
        stretch = sentence.part(start, end + size.end)
        changes.append(Change(label, stretch.span, read_direction(m.group("word")), size.value, size.span, year))
    return changes


def _finished(change: Change, figures: tuple[Figure, ...], agency: str) -> Change:
    """The change without the office's name before its item; one of nothing, whatever word is used, is none."""
    figure = figure_at(figures, change.amount_span) if change.amount_span is not None else None
    nothing = change.amount == 0 if figure is None else figure.value == 0
    label = without_holder(change.label, agency)
    return replace(change, label=label, direction="unchanged" if nothing else change.direction)


def _with_reason(change: Change, sentence: Passage) -> Change:
    """The change with the reasons that the next sentence gives, if that is what it does."""
    m = REASON.match(sentence.text)
    if not m:
        return change
    reasons = _reasons(sentence.part(m.end(), len(sentence.text)))
    return replace(change, reasons=reasons, span=Span(change.span.start, sentence.end))


def _strip_marker(text: str) -> str:
    for pattern in STYLES.values():
        m = pattern.match(text)
        if m:
            return text[m.end() :]
    return text


def _in_sentence(
    sentence: Passage, paragraph: Passage, figures: tuple[Figure, ...], year: int | None, line: str, above: _Above
) -> list[Change]:
    found = find_comparisons(sentence.text)
    changes: list[Change] = []
    if not found:
        m = REASON_SENTENCE.match(sentence.text)
        if m:
            stated = _reasons(sentence.part(m.end(), len(sentence.text)))
            return [Change(m.group("label"), sentence.span, read_direction(m.group("word")), None, None, year, stated)]
        return []
    for i, m in enumerate(found):
        stop = end_of(found, i, sentence.text)
        named = m.groupdict()
        label = named.get("object") or _behind(named.get("subject") or "")
        if not label and changes and is_same_subject(sentence.text[found[i - 1].end() : m.start()]):
            label = changes[-1].label
        label = label or _label(sentence, m.start(), paragraph, line)
        if not names_an_item(label):
            at = paragraph.find_offset(sentence.offsets[m.start()]) or 0
            label = line = above.item(paragraph.text[:at])
        if not label:
            continue  # a change of nothing named is none
        sides = _Sides(sentence, paragraph, figures, m)
        size, end = sides.size(stop)
        reasons, last = _reasons_behind(sentence, end, stop)
        unchanged = size is None and NO_GROWTH.match(sentence.text, m.end())
        before, after = sides.amounts(label, line, size.value if size else None)
        stretch = sentence.part(m.start(), min(max(last, end + 1), len(sentence.text)))
        changes.append(
            Change(
                label=label,
                span=stretch.span,
                direction="unchanged" if unchanged else read_direction(m.group("word")),
                amount=size.value if size else None,
                amount_span=size.span if size and size.end else None,
                year=year,
                reasons=reasons,
                before=before.value if before else None,
                before_span=before.span if before else None,
                after=after.value if after else None,
                after_span=after.span if after else None,
            )
        )
    return changes


def _tells_of_another(between: str) -> bool:
    """Whether an item with an amount of its own stands before a reason: …减少9万元；乙收入50万元…增加较多，原因是…."""
    _, mark, own = between.rpartition("；")
    return bool(mark) and AMOUNT.search(own) is not None


def _reasons_behind(sentence: Passage, end: int, stop: int) -> tuple[tuple[tuple[str, Span], ...], int]:
    """The reasons between ``end`` and ``stop``, and where what is said of the change ends."""
    last = max(end, sentence.text.find("，", end) if "，" in sentence.text[end:stop] else end)
    reason = REASON.search(sentence.text, end, stop)
    if reason is None or _tells_of_another(sentence.text[end : reason.start()]):
        return (), last
    rest = sentence.part(reason.end(), stop)
    cut = None if ORDINAL_WORD.search(rest.text) else REASON_ENDS.search(rest.text)
    rest = rest.part(0, cut.start() if cut else len(rest.text)).strip()
    return _reasons(rest), reason.end() + len(rest.text)


class _Sides:
    """What a comparison says of its two sides: how far they are apart, and what each of them is."""

    def __init__(
        self, sentence: Passage, paragraph: Passage, figures: tuple[Figure, ...], comparison: re.Match[str]
    ) -> None:
        self.sentence, self.figures, self.comparison = sentence, figures, comparison
        self.earlier = paragraph.part(0, paragraph.find_offset(sentence.offsets[comparison.start()]) or 0)
        self.sized = comparison.re in (COMPARED, COMPARED_OBJECT)

    def size(self, stop: int) -> tuple[Amount | None, int]:
        """By how much, and where that ends in the sentence; reckoned (``end`` 0) where both sides are printed alone."""
        end = self.comparison.end()
        if self.sized:
            near = find_amounts(self.sentence.part(end, min(stop, end + 24)), self.figures)
            if near and near[0].start <= 2:
                return near[0], end + near[0].end
        initial, final = self._budget_and_result()
        if initial is not None and final is not None:
            return Amount(abs(final.value - initial.value), final.span, 0, 0), end
        return None, end

    def amounts(self, label: str, line: str, size: Decimal | None) -> tuple[Amount | None, Amount | None]:
        """What it was, and what it is, each None where it is not printed or not certainly of the item."""
        if self.comparison.re is BUDGET_AND_RESULT:
            return self._budget_and_result()
        # 比上年1.43万元，增加…: what stands before a comma may be the change itself
        words = re.split("[，,](?!\\d)", self.comparison.group())[-1]
        stretch = self.sentence.part(self.comparison.end() - len(words), self.comparison.end())
        bases = find_amounts(stretch, self.figures)
        before = bases[-1] if bases else None
        after = self._level(label, line)
        if before is not None and after is not None and size is not None:
            rounding = sum((self._rounding(a) for a in (before, after)), self._rounding(before))
            if abs(abs(after.value - before.value) - size) > rounding:
                after = None
        return before, after

    def _level(self, label: str, line: str) -> Amount | None:
        """The amount before the comparison that is of the item: the last, or the whole whose parts those are."""
        text = _without_note(self.earlier.text)
        levels = find_amounts(self.earlier.part(0, len(text)), self.figures)
        for i in reversed(range(len(levels))):
            listed = PARTS_FOLLOW.match(text, levels[i].end) is not None
            if i < len(levels) - 1 and not listed:
                continue
            words = re.sub(r"\s", "", text[levels[i - 1].end if i else 0 : levels[i].start])
            if self._names(words, levels[i], re.sub(r"\s", "", label)):
                return levels[i]
            if listed:
                return None
        return levels[-1] if len(levels) == 1 and line and label in line else None

    def _names(self, words: str, level: Amount, label: str) -> bool:
        """Whether an amount behind some words is of an item; income and expenditure as a whole are named alone."""
        if WHOLE.match(label):
            return re.search(rf"(?:^|[^\u4e00-\u9fff]|[年度门位]){label}(?!\w{{0,2}}资金)", words) is not None
        figure = figure_at(self.figures, level.span)
        subject = re.sub(r"\s", "", figure.subject_label) if figure is not None else ""
        return label in words or (len(subject) > 2 and subject in label)

    def _rounding(self, amount: Amount) -> Decimal:
        figure = figure_at(self.figures, amount.span)
        return figure.precision if figure is not None else Decimal(0)

    def _budget_and_result(self) -> tuple[Amount | None, Amount | None]:
        """The figures before of the year's beginning and of its end, both or none, if they differ as is said."""
        initial = final = None
        for amount in find_amounts(self.earlier, self.figures):
            words = self.earlier.text[: amount.start]
            if figure_at(self.figures, amount.span) is None:
                continue  # only figures are reckoned with
            if INITIAL.search(words):
                initial, final = amount, None
            elif FINAL.search(words):
                final = amount
        if self.comparison.re is not BUDGET_AND_RESULT or initial is None or final is None:
            return None, None
        agrees = (final.value > initial.value) == (read_direction(self.comparison.group("word")) == "up")
        return (initial, final) if agrees else (None, None)


def _label(sentence: Passage, start: int, paragraph: Passage, line: str) -> str:
    """What the change is of: the words before the level that the change follows, or the line above."""
    before = sentence.text[:start]
    item = line or _item(paragraph.text[: paragraph.find_offset(sentence.offsets[start]) or 0])
    if not before.strip("，, "):
        # 较上年增加…: the level stands at the beginning of the paragraph, or before a note in brackets
        earlier = _since_last_change(paragraph.text[: paragraph.find_offset(sentence.offsets[0]) or 0])
        told = _without_note(earlier)
        label = line or _named(told, first=told == earlier)
        return (item or _heading(paragraph) or label) if GENERIC.match(label) else label
    before = JOINED.sub("", _without_note(before))
    label = _last(before) or _named(before, first=False)
    if GENERIC.match(label):
        others = (item, _named(before, first=True), _named(re.split("。", paragraph.text)[0], first=True))
        # 收入预算…；支出预算…: what is called no more exactly anywhere is what the clause calls it
        label = next((o for o in others if _is_item(o)), label if WHOLE.match(label) else others[1] or others[2])
    return _as_headed(label, paragraph)


def _since_last_change(text: str) -> str:
    """What stands behind the last change of a text and the semicolon that ends it, the whole text if nothing does."""
    last = max((m.end() for m in find_comparisons(text)), default=-1)
    end = text.find("；", last) if last >= 0 else -1
    return text[end + 1 :] if end >= 0 else text


def _heading(paragraph: Passage) -> str:
    """The item that heads a paragraph, "" if none does: （二）支出预算："""
    m = RUN_IN.match(_strip_marker(paragraph.text))
    return m.group("label") if m is not None and BEHIND.search(re.sub("预算$|决算$", "", m.group("label"))) else ""


def _is_item(label: str) -> bool:
    """Whether a label names an item: no word of the frame, no clause that compares, no number."""
    return (
        names_an_item(label)
        and not GENERIC.match(label)
        and re.search(rf"[比较].*(?:{UP}|{DOWN})$|(?:{SAME})$|^\d", label) is None
    )


def _behind(subject: str) -> str:
    """What a comparison itself names (与上年相比，财政拨款支出增加), "" if no item or no more than 支出."""
    label = COUNTS.sub("", subject)
    return label if BEHIND.search(label) and not GENERIC.match(label) else ""


def _last(before: str) -> str:
    """What is named between the last amount and the comparison, "" if nothing or no more than that it is a budget."""
    m = LAST.search(before)
    amounts = list(AMOUNT.finditer(before))
    if m is None or not amounts or amounts[-1].end() > m.start():
        return ""
    label = _named(m.group("label"), first=False)
    return label if SPENT_OR_EARNED.search(label) else ""


def _item(text: str) -> str:
    """The last functional line that a text names, "" if none."""
    return next((m.group("label") for m in reversed([*CODED.finditer(text), *ITEM.finditer(text)])), "")


def _without_note(text: str) -> str:
    """A text without the note at its end that has figures of its own: 费用9万元（其中购置费3万元，比上年增加1万元）."""
    stripped = text.rstrip("，, ")
    depth = 0
    for i in range(len(stripped) - 1, -1, -1):
        depth += (stripped[i] in "）)") - (stripped[i] in "（(")
        if depth == 0:
            return stripped[:i] if stripped[i] in "（(" and AMOUNT.search(stripped, i) else text
    return text


def _as_headed(label: str, paragraph: Passage) -> str:
    """The item that heads the paragraph, where the label ends as it does: 机关运行经费 of 财政拨款运行经费."""
    m = RUN_IN.match(_strip_marker(paragraph.text))
    if m is None or m.group("label") in label:
        return label
    return m.group("label") if m.group("label")[-SAME_ENDING:] == label[-SAME_ENDING:] else label


def _named(text: str, first: bool) -> str:
    """The words in front of the first or last amount of a text."""
    amounts = list(AMOUNT.finditer(text))
    if amounts:
        text = text[: (amounts[0] if first else amounts[-1]).start()]
    elif (m := re.search(r"\d[\d.,]*\s*[\u4e00-\u9fff%]{1,4}[，,]?\s*$", text)) is not None:
        text = text[: m.start()]
    text = AMOUNT.split(text)[-1].lstrip("、") or text
    text = CLAUSE.split(text.rstrip("，,。：: "))[-1]
    text = re.sub(r"\s*(?:19|20)\d{2}\s*年度?\s*", "", _strip_marker(text.strip()))
    text = re.sub(r"(?<=[\u4e00-\u9fff）)]) +(?=[\u4e00-\u9fff（(])", "", text)
    text = without_frame(text)
    text = re.sub(r"为\s*0(?:\.0+)?$", "", text)
    bare = BARE.search(text)
    text = PLANNED.sub("", text)
    if text.count("（") > text.count("）"):
        text = text[text.rfind("（") + 1 :]
    m = LABEL.search(text)
    label = UNOPENED.sub("", (m.group("label") if m else text)[-80:].removesuffix("的"))
    if label in BUDGETS:
        return f"{label}预算"
    return label[:-2] + bare.group() if bare and label.endswith(bare.group()[:2]) else label


def _reasons(passage: Passage) -> tuple[tuple[str, Span], ...]:
    """The reasons apart: 一是…；二是…, else the whole."""
    passage = passage.strip()
    marks = list(ORDINAL_WORD.finditer(passage.text))
    parts: list[Passage] = []
    if marks:
        for m, nxt in zip(marks, [*marks[1:], None], strict=True):
            parts.append(passage.part(m.end(), nxt.start() if nxt else len(passage.text)))
    else:
        parts = split(passage, "；;") if passage else []
    cleaned = []
    for part in parts:
        part = part.strip()
        while part and part.text[-1] in "；;，,。 ":
            part = part.part(0, len(part.text) - 1)
        if part:
            cleaned.append((part.text, part.span))
    return tuple(cleaned)
