"""What a finding says, in Chinese and English, made of its codes and values alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from loaders.reconcile.reasons import REASONS, Kind, Value, fill


class Told(Protocol):
    """What words are made of: a :class:`loaders.facts.Finding`, or the same read from a graph."""

    @property
    def verdict(self) -> str:
        """Holds, holds within rounding, contradicted or not checkable."""
        ...

    @property
    def left(self) -> str:
        """The left side."""
        ...

    @property
    def right(self) -> str:
        """The right side."""
        ...

    @property
    def difference(self) -> Decimal | None:
        """Left minus right."""
        ...

    @property
    def tolerance(self) -> Decimal | None:
        """What rounding explains."""
        ...

    @property
    def item(self) -> str | None:
        """Of what it is; None if the sides say all."""
        ...

    @property
    def detail(self) -> str:
        """What narrows the item."""
        ...

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of :data:`loaders.reconcile.reasons.REASONS`."""
        ...

    @property
    def values(self) -> tuple[tuple[str, Value], ...]:
        """The values of the codes by name."""
        ...


def word(told: Told, language: str) -> str:
    """What was found, as a sentence in ``zh`` or a phrase in ``en``; "" if it bears no code that is known."""
    if not any(code in REASONS for code in told.reasons):
        return ""
    return _word_zh(told) if language == "zh" else _word_en(told)


def word_sides(told: Told, language: str) -> tuple[str, str]:
    """Both sides in a language: the number of terms of a long sum is told in words."""
    right = told.right
    if language == "zh" and "sum-is-long" in told.reasons:
        values = dict(told.values)
        right = right.replace(fill("sum-is-long", "en", values), fill("sum-is-long", "zh", values))
    return told.left, right


def _word_en(told: Told) -> str:
    scope, found, gap, notes = (_list(told, kind, "en") for kind in ("scope", "found", "gap", "note"))
    begin = "".join([f"{told.item}", *scope, ": "]) if told.item is not None else ""
    detail = f"{told.detail}: " if told.detail else ""
    return begin + detail + "; ".join(["".join([*found, *gap]), *notes] if found else notes)


def _word_zh(told: Told) -> str:
    left, right = word_sides(told, "zh")
    scope, found, gap, notes = (_list(told, kind, "zh") for kind in ("scope", "found", "gap", "note"))
    item = "".join([told.item, *scope]) if told.item else ""
    begin = "".join(f"{words}：" for words in (item, told.detail) if words and words not in left)
    if told.verdict == "not checkable":
        sides = "、".join(side for side in (left, right) if side and (not begin or side not in item))
        named = f"{begin}{sides}" if sides else begin.removesuffix("：")
        why = "；".join(notes or ["".join([*found, *gap])])
        return f"{named}无法核对，因为{why}。"
    return begin + "".join(f"{sentence}。" for sentence in ("".join([*found, *gap]), *notes) if sentence)


def _list(told: Told, kind: Kind, language: str) -> list[str]:
    """The words of all reasons of a kind."""
    left, right = word_sides(told, language)
    values: dict[str, Value | None] = {
        **dict(told.values), "left": left, "right": right, "difference": told.difference, "tolerance": told.tolerance
    }  # fmt: skip
    return [fill(code, language, values) for code in told.reasons if code in REASONS and REASONS[code].kind == kind]
