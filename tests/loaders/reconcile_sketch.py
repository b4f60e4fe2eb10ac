"""Small documents for tests of the checks: a table or paragraphs whose figures are known by construction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from loaders.documents import Document, Span
from loaders.facts import Aspect, DocumentKind, Figure, Finding, Phase
from loaders.readers.blocks import make_blocks
from loaders.reading import read_numbers
from loaders.reconcile import reconcile
from loaders.words.numbers import half_last_place, parse_number

YUAN = Decimal(10_000)


class Sketch:
    """A document that is written figure by figure, as the loaders would have read it."""

    def __init__(self, title: str, form: str, year: int = 2023, fund: str = "") -> None:
        self.text = ""
        self.title, self.form, self.year = title, form, year
        self.figures: list[Figure] = []
        self.number = 0
        self.block = 0

    def write(self, words: str) -> Span:
        """Adds words to the text; their place."""
        start = len(self.text)
        self.text += words + "\n"
        return Span(start, start + len(words))

    def row(
        self,
        label: str,
        cells: dict[str, str],
        code: str = "",
        *,
        open_columns: Sequence[str] = (),
        aspects: dict[str, Aspect] | None = None,
        phase: Phase = "budget",
        years: dict[str, int] | None = None,
    ) -> list[Figure]:
        """Adds a row. With ``open_columns`` the text does not say in which of them the numbers stand."""
        self.number += 1
        code_span = self.write(code) if code else None
        label_span = self.write(label)
        added = []
        for column, stated in cells.items():
            moves = (aspects or {}).get(column, "level") in ("change", "growth")
            figure = Figure(
                span=self.write(stated),
                stated=stated,
                value=parse_number(stated) * YUAN,
                unit="CNY",
                fiscal_year=(years or {}).get(column, self.year),
                phase=phase,
                aspect=(aspects or {}).get(column, "level"),
                direction=("down" if parse_number(stated) < 0 else "up") if moves else "",
                subject_kind="function" if code else "item",
                subject_label=label.split("、")[-1],
                subject_code=code,
                column="" if open_columns else column,
                candidates=tuple(open_columns),
                table=self.title,
                form=self.form,
                stated_unit="万元",
                precision=half_last_place(stated) * YUAN,
                label_span=label_span,
                code_span=code_span,
                block=self.block,
                row=self.number,
            )
            self.figures.append(figure)
            added.append(figure)
        return added

    def document(self) -> Document:
        return Document("sketch", self.text, "0" * 64, "text")

    def findings(self, rule: str = "", kind: DocumentKind = "budget") -> list[Finding]:
        found = reconcile(self.document(), kind, self.year, self.figures)
        return [f for f in found if not rule or f.rule == rule]


def findings_of(text: str, kind: DocumentKind = "accounts", year: int = 2023) -> list[Finding]:
    """The findings of a text as the loaders read it."""
    document = Document("made", text, "0" * 64, "text", make_blocks(text))
    return list(reconcile(document, kind, year, read_numbers(document, kind, year).figures))


def verdicts(findings: Sequence[Finding], rule: str) -> list[str]:
    """The verdicts of one check, in order."""
    return [f.verdict for f in findings if f.rule == rule]
