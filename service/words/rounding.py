"""Numbers rounded to sense: what a cell shows of a number that was computed. Exports have all of its digits."""

from __future__ import annotations

from decimal import Decimal

from service.words.amounts import MONEY_UNITS, format_number

#: A number with more decimals than this was computed, or turned into another unit: no document prints so many.
_PRINTED = 4
#: Decimals of money in yuan (分), of other numbers from one on, and significant digits of what is smaller.
_MONEY, _OTHERS, _SIGNIFICANT = 2, 2, 3


def round_to_sense(number: Decimal, unit: str = "") -> Decimal:
    """A number with no more decimals than say something: 12.75244008420682752973435946 becomes 12.75.

    What documents print is left as it is: up to four decimals, of money in yuan (``unit`` is "CNY") up to two. Of what
    is smaller than one three significant digits are kept, so that nothing becomes 0 that is not.
    """
    if not number.is_finite():
        return number
    decimals = -int(number.normalize().as_tuple().exponent)
    if decimals <= (_MONEY if unit == "CNY" else _PRINTED):
        return number
    kept = _MONEY if unit == "CNY" else _OTHERS
    if abs(number) < 1:
        kept = max(kept, _SIGNIFICANT - 1 - number.adjusted())
    return round(number, min(kept, decimals))


def show_amount(amount: Decimal, unit: str = "yuan") -> str:
    """An amount in yuan, in a unit of :data:`service.words.amounts.MONEY_UNITS`, rounded to sense, with separators."""
    return format_number(round_to_sense(amount / MONEY_UNITS[unit], "CNY" if unit == "yuan" else ""))
