"""Whether a result meets its target: by arithmetic where both are numbers of one unit, or since it repeats its words."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from loaders.meaning.targets import Quantity, Target, read_quantity, split_targets

_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "≠": operator.ne,
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}
#: Units that count whole things: a bare number beside one is of it. Of shares and money it is not: 0.98 may be 98 %.
_COUNTED = frozenset("个次人天份家项件辆台套期场篇处座名户条所起批")


def is_met(target: Target, result: str) -> bool | None:
    """Whether ``result``, as printed, meets ``target``; None where that cannot be told.

    It is told where both are numbers of one unit and the target says how they compare, part by part where one cell
    has several (≥2次；≥1次), and where the result repeats the target word for word.
    """
    wanted, reached = _wanted(target), _reached(result, target)
    if wanted and len(wanted) == len(reached):
        told = [_holds(*pair) for pair in zip(wanted, reached, strict=True)]
        if False in told or None not in told:
            return False not in told
    return True if _plain(result) and _plain(result) in (_plain(target.printed), _plain(target.text)) else None


def _wanted(target: Target) -> list[Quantity | None]:
    """The quantities that a target asks for; those of a single one may stand in columns of their own."""
    single = read_quantity(target.text)
    if single is not None:
        return [Quantity(target.comparator, single.number, target.unit)]
    return [] if target.qualitative else [read_quantity(part) for part in split_targets(target.text)]


def _reached(result: str, target: Target) -> list[Quantity | None]:
    """The quantities that were reached; where a column of its own, or the name, has the unit, both are in it."""
    single, printed = read_quantity(result), read_quantity(target.printed)
    if single is None:
        return [read_quantity(part) for part in split_targets(result)]
    bare = not single.unit and printed is not None and not printed.unit
    return [replace(single, unit=target.unit) if bare else single]


def _holds(wanted: Quantity | None, reached: Quantity | None) -> bool | None:
    """Whether one number meets another; None if either is none, or they are not of one unit, or not compared."""
    if wanted is None or reached is None or not wanted.comparator or reached.comparator not in ("", "="):
        return None
    units = _plain(wanted.unit), _plain(reached.unit)
    if units[0] != units[1] and not ("" in units and set(units) & _COUNTED):
        return None
    return _HOLDS[wanted.comparator](reached.number, wanted.number)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
