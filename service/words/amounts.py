"""Numbers and money as people read them: with separators, in yuan, 万元 or 亿元, with no more decimals than help."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from loaders.words.numbers import trim_zeros

#: What one unit that money may be shown in is worth, in yuan.
MONEY_UNITS = {"yuan": Decimal(1), "wan": Decimal(10_000), "yi": Decimal(100_000_000)}


def format_money(value: Decimal, unit: str = "yuan") -> str:
    """An amount in yuan, shown in a unit of :data:`MONEY_UNITS` with separators."""
    return format_number(value / MONEY_UNITS[unit]) if unit != "yuan" else format_number(value)


#: Units of which English has a plural of its own.
_PLURALS = {"person": "people", "per cent": "per cent"}


def write_plural(unit: str, number: object) -> str:
    """The English name of a unit as it stands behind a number.

    >>> write_plural("vehicle", 1385), write_plural("person", 2), write_plural("vehicle", 1)
    ('vehicles', 'people', 'vehicle')
    """
    return unit if str(number) == "1" or not unit[-1:].isalpha() else _PLURALS.get(unit, f"{unit.removesuffix('s')}s")


#: The most decimals that documents print. A number of more is a quotient, of which people are shown two; the exports
#: have all of them.
_PRINTED_DECIMALS, _SHOWN_DECIMALS = 6, 2


def format_number(value: object) -> str:
    """A number with separators: 70,000,000, and 12.75 for 12.75244008420682752973435946. Anything else as it is.

    Of a number so small that nothing would be left of it two digits are shown.

    >>> format_number("12.75244008420682752973435946")
    '12.75'
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if number.is_finite() and -40 < int(number.as_tuple().exponent) < -_PRINTED_DECIMALS:
        number = round(number, _SHOWN_DECIMALS) or Decimal(f"{number:.2g}")
    if number.is_finite():
        number = Decimal(trim_zeros(f"{number:f}"))
    return f"{number:,f}" if number.is_finite() and abs(number.adjusted()) < 30 else str(value)
