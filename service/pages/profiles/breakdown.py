"""The expenditure of an office by code, as a tree: classes (类), their groups (款), their items (项).

The amounts are the sums that a build made of one table (``gk:RollUp``); where the table prints another amount for a
code, both are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from service.queries.answers import Row

#: The classifications that a page shows, in order: the end of the scheme's IRI begins so.
_KINDS = (("function", "按功能", "by function"), ("economic", "按经济分类", "by economic class"),
          ("government-economic", "按政府经济分类", "by government economic class"))  # fmt: skip
#: What the table that was summed covers, as people call it. Beside the scopes of the ontology.
EXTENTS: dict[str, tuple[str, str]] = {
    "whole": ("全部资金", "all funds"),
    "general": ("一般公共预算", "general public budget"),
    "appropriation": ("财政拨款", "fiscal appropriations"),
    "basic": ("基本支出", "basic expenditure"),
}


@dataclass(frozen=True)
class Branch:
    """A code with what is spent under it, in yuan. ``share`` is that of the whole, in per cent; None where that is 0.

    ``printed`` is what the table prints, where that is another amount; ``place`` is where it prints one.
    """

    rollup: str
    code: str
    notation: str
    zh: str
    en: str
    amount: Decimal
    share: Decimal | None
    printed: Decimal | None
    inferred: bool
    place: str
    parts: tuple[Branch, ...] = ()

    def name(self, language: str) -> str:
        """What the code is called, in Chinese where it has no other name."""
        return self.zh if language == "zh" else self.en or self.zh


@dataclass(frozen=True)
class Breakdown:
    """A tree of a classification; ``whole`` is the sum of its branches, ``extent`` which money that is."""

    kind: str
    titles: tuple[str, str]
    extent: str
    whole: Branch
    branches: tuple[Branch, ...]

    def scope(self, language: str) -> str:
        """Which money is summed."""
        return EXTENTS.get(self.extent, (self.extent, self.extent))[language != "zh"]


def read_breakdowns(rows: Iterable[Row]) -> list[Breakdown]:
    """The trees of rows of ``pages/profile-breakdown``: by function, by economic class.

    That by government economic class stands in where there is no other by economic class.
    """
    by_scheme: dict[str, dict[str, Row]] = {}
    for row in rows:
        scheme = row["classification"].text.rpartition("/")[2]
        by_scheme.setdefault(scheme, {}).setdefault(row["code"].text, row)
    found: list[Breakdown] = []
    for kind, zh, en in _KINDS:
        schemes = sorted(s for s in by_scheme if s == kind or s.startswith(f"{kind}-2"))
        if schemes and not (kind == "government-economic" and any(b.kind == "economic" for b in found)):
            # Of two editions in one year the newer.
            tree = _grow(kind, (zh, en), by_scheme[schemes[-1]])
            if tree is not None:
                found.append(tree)
    return found


def _grow(kind: str, titles: tuple[str, str], rows: dict[str, Row]) -> Breakdown | None:
    whole = next((row for code, row in rows.items() if code.endswith("#codeWhole")), None)
    if whole is None:
        return None
    total = Decimal(whole["sum"].text)
    codes = {code.rpartition("/")[2]: row for code, row in rows.items() if row is not whole}

    def branch(notation: str) -> Branch:
        below = [n for n in codes if n != notation and n.startswith(notation)]
        own = [n for n in below if not any(n != m and n.startswith(m) for m in below)]
        parts = sorted((branch(n) for n in own), key=lambda b: (-b.amount, b.notation))
        return read_branch(codes[notation], total, tuple(parts))

    tops = [n for n in codes if not any(n != m and n.startswith(m) for m in codes)]
    branches = sorted((branch(n) for n in tops), key=lambda b: (-b.amount, b.notation))
    return Breakdown(kind, titles, whole["extent"].text, read_branch(whole, total), tuple(branches))


def read_branch(row: Row, total: Decimal, parts: tuple[Branch, ...] = ()) -> Branch:
    """A sum of a row, of ``total`` in yuan."""
    amount = Decimal(row["sum"].text)
    difference = Decimal(row["difference"].text) if "difference" in row else Decimal(0)
    code = row["code"].text if "code" in row else ""
    return Branch(
        rollup=row["rollup"].text,
        code=code,
        notation=code.rpartition("/")[2],
        zh=row["zh"].text if "zh" in row else "",
        en=row["en"].text if "en" in row else "",
        amount=amount,
        share=(amount / total * 100).quantize(Decimal("0.1")) if total else None,
        printed=amount - difference if difference else None,
        inferred="inferred" in row and row["inferred"].text == "true",
        place=row["place"].text if "place" in row else "",
        parts=parts,
    )
