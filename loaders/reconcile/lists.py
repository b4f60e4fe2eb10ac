"""Amounts and the parts listed under them: 其中 in a sentence, numbered items in paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loaders.reconcile.mentions import Mention, Paragraph
from loaders.reconcile.scopes import Scope, scope_of
from loaders.words.numerals import TEN

_OPENS = re.compile(r"其中|包括|分别为|分别是|具体为|主要为|分为|[:：]$")
_STYLES = (
    ("chinese", rf"^[{TEN}]{{1,3}}、"),
    ("bracket", rf"^[（(][{TEN}]{{1,3}}[）)]"),
    ("arabic", r"^\d{1,2}[、.．](?!\d)"),
    ("bracketed", r"^[（(]\d{1,2}[）)]"),
    ("ring", r"^[①-⑳]"),
)
#: What was carried over from last year is a part of this year's money.
_CARRIED = re.compile(r"结转|结余")
_RANK = {name: i for i, (name, _) in enumerate(_STYLES)}
_SAME_YEAR = re.compile(r"持平|一致|无变化|无增减|没有变化|不变")


@dataclass
class PartList:
    """An amount and the amounts listed under it in one sentence; ``segments`` holds the first of each stretch to ；."""

    whole: Mention
    parts: list[Mention]
    segments: list[Mention]


@dataclass
class Item:
    """A numbered item of a list: its paragraphs' figures."""

    paragraphs: list[Paragraph] = field(default_factory=list)

    @property
    def mentions(self) -> list[Mention]:
        return [m for p in self.paragraphs for m in p.mentions]

    @property
    def text(self) -> str:
        return "".join(p.text for p in self.paragraphs)

    @property
    def is_unchanged(self) -> bool:
        return bool(_SAME_YEAR.search(self.text))


@dataclass
class ItemList:
    """A paragraph that ends with 其中： and the numbered items under it."""

    head: Paragraph
    items: list[Item]


def part_lists(paragraph: Paragraph) -> Iterator[PartList]:
    """The lists of parts of a paragraph. Parts of a list within a list belong to the inner one only."""
    mentions = paragraph.mentions
    taken: set[int] = set()
    for i in range(len(mentions) - 1, 0, -1):
        mention = mentions[i]
        opening = re.split(r"[。；]", mention.before)[-1]
        apart = bool(re.match(r"。其中[:：，]", mention.before))
        if not _OPENS.search(opening) or not mention.is_level or (re.search(r"[。；]", mention.before) and not apart):
            continue
        whole = _whole_before(mentions, i, mention.sentence - apart)
        if whole is None or whole.figure.unit != mention.figure.unit:
            continue
        if (
            re.search(r"[；;]其中", re.split(r"。", mention.before)[-1])
            and mentions.index(whole)
            and mentions[0].sentence == whole.sentence
        ):
            continue  # of which amount before the mark these are parts is open
        inner = whole is not mentions[0] and bool(
            re.search(
                r"其中|包括",
                "".join(m.before for m in mentions[: mentions.index(whole) + 1] if m.sentence == whole.sentence),
            )
        )
        parts, segments, fresh = [], [], True
        for j in range(i, len(mentions)):
            other = mentions[j]
            if other.sentence != mention.sentence:
                break
            breaks = "；" in other.before or ";" in other.before
            if breaks and inner:
                break
            fresh = fresh or breaks
            if j > i and _starts_over(whole, other):
                break
            if j in taken or not other.is_level or other.figure.phase != mention.figure.phase:
                continue
            if _is_previous(other) or (
                other.figure.fiscal_year != whole.figure.fiscal_year and not _CARRIED.search(other.clause)
            ):
                continue
            parts.append(other)
            if fresh:
                segments.append(other)
                fresh = False
        if parts:
            taken.update(mentions.index(m) for m in parts)
            yield PartList(whole, parts, segments)


def _whole_before(mentions: list[Mention], i: int, sentence: int) -> Mention | None:
    """The amount of a sentence that a list divides: the nearest before it of its phase, or simply the nearest."""
    before = [m for m in mentions[:i] if m.sentence == sentence and m.is_level]
    same = [m for m in before if m.figure.phase == mentions[i].figure.phase]
    nearest = same or before
    return nearest[-1] if nearest else None


def _starts_over(whole: Mention, other: Mention) -> bool:
    """Whether an amount is no part but the beginning of a new statement, such as 支出 after 收入."""
    if not re.search(r"[；;]", other.before):
        return False
    first, second = scope_of(whole.clause), scope_of(other.clause)
    return (
        first is not None
        and second is not None
        and second.part == "total"
        and (second.flow != first.flow or second.fund == first.fund)
    )


def _is_previous(mention: Mention) -> bool:
    return bool(re.search(r"(?:上年|去年|年初预算|比|较)[^，。；]*$", mention.clause)) and not re.search(
        r"结转|结余|余额", mention.clause
    )


def item_lists(paragraphs: Sequence[Paragraph]) -> Iterator[ItemList]:
    """Paragraphs that end with 其中：, with the items that follow under one numbering, or one a paragraph."""
    for i, head in enumerate(paragraphs):
        if not re.search(r"(?:其中|如下|包括)[，,]?[:：]$|其中[:：]?$", head.text) or not head.levels():
            continue
        items = _numbered(paragraphs[i + 1 : i + 120], head)
        if len(items) >= 2:
            yield ItemList(head, items)


def style_of(text: str) -> str:
    """The numbering with which a paragraph begins, or an empty string."""
    for name, pattern in _STYLES:
        if re.match(pattern, text):
            return name
    return ""


def _numbered(following: Sequence[Paragraph], head: Paragraph) -> list[Item]:
    if not following:
        return []
    style = style_of(following[0].text)
    items: list[Item] = []
    above = _RANK.get(style_of(head.text), -1)
    number = 0
    for paragraph in following:
        here = style_of(paragraph.text)
        if paragraph.section[: len(head.section)] != head.section:
            break
        if style and here == style:
            ordinal = re.search(r"\d+", paragraph.text[:4])
            if ordinal and int(ordinal.group()) != number + 1:
                break
            number += 1
            items.append(Item([paragraph]))
        elif not style and not here and paragraph.kind == "paragraph":
            if not paragraph.levels() or re.search(r"其中[:：]$", paragraph.text):
                break
            items.append(Item([paragraph]))
        elif style and (not here or _RANK[here] > _RANK[style]) and items and _RANK.get(here, 9) > above:
            items[-1].paragraphs.append(paragraph)
        else:
            break
    return items


def partition_of(names: Sequence[str], whole: str) -> tuple[str, ...]:
    """The official division that the names of parts make up, as the words that tell its parts; () if none."""
    for needs, parts in _PARTITIONS:
        if re.search(needs, whole) and all(any(re.search(p, n) for n in names) for p in parts):
            return parts
    return ()


_PARTITIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"支出|预算|收支", (r"基本支出", r"项目支出")),
    (r"采购", (r"货物", r"工程", r"服务")),
    (r"三公", (r"因公出国", r"公务接待", r"公务用车")),
    (r"公务用车", (r"购置费?(?!.*运行)", r"运行")),
    (r"基本支出", (r"人员(?:经费|支出)", r"公用(?:经费|支出)")),
    (r"资产", (r"(?<!非)流动资产", r"非流动资产")),
    (r"负债", (r"(?<!非)流动负债", r"非流动负债")),
)


def named(scope: Scope | None, mention: Mention) -> str:
    """A short name of an amount for messages: its own wording."""
    return mention.figure.subject_label or mention.clause or (scope.part if scope else "")
