"""Whether a result meets its target: by arithmetic where both are numbers of one unit, or since it repeats it."""

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
#: How far a bare result may be from a target of a unit and still be of that unit: 0.98 may be 98 %, 120000 may be 元
#: where 万元 are meant, and scales of money and of shares are at least a hundred apart.
_NEAR = 20


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
        return [Quantity(target.comparator, single.number, target.unit or single.unit)]
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
    if _plain(wanted.unit) != _plain(reached.unit) and not _fits(wanted, reached):
        return None
    return _HOLDS[wanted.comparator](reached.number, wanted.number)


def _fits(wanted: Quantity, reached: Quantity) -> bool:
    """Whether one of the two is bare and, being as large as the other, of its unit; nothing is nothing in any unit."""
    if wanted.unit and reached.unit:
        return False
    small, large = sorted((abs(wanted.number), abs(reached.number)))
    return not reached.number or large <= small * _NEAR


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
