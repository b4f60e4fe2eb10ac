"""Compares what was read with the golden files: figures by value, unit, year and code, the ledger by class.

A golden row is found where a figure's span overlaps it. Rows of rules (``criterion``) and rows whose note says
``optional`` or ``threshold`` count neither as a miss nor as a false alarm. Values compare without their sign, since a
change in prose carries its direction apart; 个, 次 and 其他 compare as one unit, since official counts mix them.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from loaders.facts import Figure, NumberToken

_LOOSE = frozenset({"ITEM", "TIMES", "OTHER"})
#: the classes that the ledger may give a row that counts neither way
_NEUTRAL = frozenset({"figure", "criterion", "name"})


@dataclass(frozen=True)
class Gold:
    """One row of ``tests/golden/NAME.csv``."""

    start: int
    end: int
    stated: str
    value: Decimal
    unit: str
    year: int | None
    phase: str
    code: str
    label: str
    note: str
    column: str = ""

    @property
    def neutral(self) -> bool:
        """Whether the row counts neither way."""
        return self.phase == "criterion" or "optional" in self.note or "threshold" in self.note


@dataclass(frozen=True)
class Score:
    """Shares of golden figures found right (recall) and of exported figures that are right (precision)."""

    gold: int
    exported: int
    right: int
    faults: tuple[str, ...]

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def precision(self) -> float:
        return self.right / self.exported if self.exported else 0.0


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_gold(path: Path) -> list[Gold]:
    """The rows of a golden file of figures."""
    return [
        Gold(
            int(row["start"]),
            int(row["end"]),
            row["stated"],
            Decimal(row["value"].replace(",", "")),
            row["unit"],
            int(row["fiscal_year"]) if row["fiscal_year"] else None,
            row["phase"],
            row["subject_code"],
            row["subject_label"],
            row["note"],
            row["column"],
        )
        for row in _rows(path)
    ]


def read_gold_ledger(path: Path) -> list[tuple[int, int, str, str]]:
    """Start, end, characters and class of each row of a golden ledger (which leaves out the figures)."""
    return [(int(r["start"]), int(r["end"]), r["stated"], r["class"]) for r in _rows(path)]


def faults_of(gold: Gold, figure: Figure) -> list[str]:
    """What is wrong in a figure that was found: value, unit, year, code."""
    faults = []
    if abs(figure.value) != abs(gold.value):
        faults.append(f"value {figure.value}")
    if figure.unit != gold.unit and not {figure.unit, gold.unit} <= _LOOSE:
        faults.append(f"unit {figure.unit}")
    if figure.fiscal_year != gold.year:
        faults.append(f"year {figure.fiscal_year}")
    if gold.code and figure.subject_code != gold.code:
        faults.append(f"code {figure.subject_code!r}")
    return faults


#: What words are compared without, beside blanks and marks: 其中, and the unit that a header gives in brackets.
_UNIT = re.compile(r"其中|[(]万?元[)]")


def fold(words: str) -> str:
    """Words as they are compared: one width, no blanks, marks, 其中 or (万元)."""
    return re.sub(r"\W", "", _UNIT.sub("", re.sub(r"\s", "", unicodedata.normalize("NFKC", words))))


def finds_label(gold: Gold, figure: Figure) -> bool:
    """Whether a researcher who filters for the item finds the figure: by its label, or what else it is of.

    The label may be longer or shorter than the golden one; an item that stands on the other axis is in the column.
    """
    wanted, label = fold(gold.label), fold(figure.subject_label)
    if len(label) >= 2 and (label in wanted or wanted in label):
        return True
    return wanted in fold(figure.subject_label + figure.column + "".join(v for _, v in figure.dimensions))


def finds_column(gold: Gold, figure: Figure) -> bool:
    """Whether the words of the golden column are those of the figure's column, or the figure says it is open."""
    return figure.has_open_column or fold(gold.column) in fold(figure.table + figure.column)


def score(gold: Sequence[Gold], figures: Iterable[Figure]) -> Score:
    """Recall and precision of figures against golden rows, with each fault in words."""
    exported = list(figures)
    at = {i: n for n, figure in reversed(list(enumerate(exported))) for i in range(figure.span.start, figure.span.end)}
    met: set[int] = set()
    lenient: set[int] = set()
    counted = right = 0
    faults = []
    for row in gold:
        hit = next((at[i] for i in range(row.start, row.end) if i in at), None)
        if hit is not None:
            met.add(hit)
        if row.neutral:
            if hit is not None:
                lenient.add(hit)
            continue
        counted += 1
        if hit is None:
            faults.append(f"missed {row.start}-{row.end} {row.stated} ({row.label})")
            continue
        wrong = faults_of(row, exported[hit])
        if wrong:
            faults.append(f"wrong {row.start}-{row.end} {row.stated} ({row.label}): {', '.join(wrong)}; gold {row}")
        right += not wrong
    for number, figure in enumerate(exported):
        if number not in met:
            faults.append(f"extra {figure.span.start}-{figure.span.end} {figure.stated} ({figure.subject_label})")
    return Score(counted, len(exported) - len(lenient), right, tuple(faults))


def ledger_faults(text: str, ledger: Iterable[NumberToken]) -> list[str]:
    """Breaches of the ledger's promise: spans that do not cut their characters, digits in no row or in two."""
    faults = []
    seen: set[int] = set()
    for row in ledger:
        if text[row.span.start : row.span.end] != row.stated:
            faults.append(f"{row.span.start}-{row.span.end} does not cut {row.stated!r}")
        here = set(range(row.span.start, row.span.end))
        if here & seen:
            faults.append(f"{row.span.start}-{row.span.end} {row.stated} overlaps another row")
        seen |= here
    lost = [i for i, c in enumerate(text) if "0" <= c <= "9" and i not in seen]
    faults.extend(f"digit {text[i]} at {i} is in no row: {text[max(0, i - 12) : i + 12]!r}" for i in lost)
    return faults


def class_faults(
    ledger: Iterable[NumberToken], gold: Sequence[Gold], others: Iterable[tuple[int, int, str, str]]
) -> tuple[int, list[str]]:
    """How many golden tokens (figures and others) were compared, and those that have another class in the ledger."""
    at = {i: row for row in ledger for i in range(row.span.start, row.span.end)}
    wanted = [(r.start, r.end, r.stated, _NEUTRAL if r.neutral else frozenset({"figure"})) for r in gold]
    wanted += [(start, end, stated, frozenset({kind})) for start, end, stated, kind in others]
    compared = 0
    faults = []
    for start, end, stated, kinds in wanted:
        if not any("0" <= c <= "9" for c in stated):
            continue  # Chinese numerals that state a count: finding them is right, not finding them is not wrong
        compared += 1
        row = at.get(start) or at.get(end - 1)
        found = row.kind if row is not None else "in no row"
        if found not in kinds:
            faults.append(f"{start}-{end} {stated}: {found}, not {' or '.join(sorted(kinds))}")
    return compared, faults
