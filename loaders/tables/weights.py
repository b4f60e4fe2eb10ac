"""Weights of indicators that stand under 备注 or in a column without a name of its own."""

from __future__ import annotations

import re
from decimal import Decimal

from loaders.tables.columns import Column
from loaders.tables.entries import Section
from loaders.words.normalise import plain
from loaders.words.numbers import parse_number
from loaders.words.units import UnitWord

_REMARK = re.compile(r"(?:^|[|])(?:备注|说明)$")
_BARE = re.compile(r"^\s*\d{1,3}(?:\.\d{1,2})?\s*$")
#: So many bare numbers in a column of remarks are no accident, and all indicators together weigh no more than this.
_FEWEST, _WHOLE = 3, Decimal(100)


def weigh(column: Column) -> Column:
    """A column of remarks as what its cells are: the weights of indicators, in points."""
    return Column(column.label, "maximum", UnitWord("SCORE", Decimal(1), "分"), aspect="maximum")


def find_weights(section: Section) -> frozenset[str]:
    """The labels of columns of remarks that hold weights: bare numbers, none above 100, and no words between them."""
    found = set()
    for at, column in section.columns.items():
        if column.role != "text" or not _REMARK.search(plain(column.label)):
            continue
        texts = [v.cell.text for e in section.entries for v in e.values if v.column is column]
        words = [c for c, head, _ in section.other if head is column]
        bare = [parse_number(t.strip()) for t in texts if _BARE.match(t)]
        if len(bare) == len(texts) >= _FEWEST and not words and all(n <= _WHOLE for n in bare) and at:
            found.add(column.label)
    return frozenset(found)
