"""What a document states and where: figures, codes, entities, statements and contradictions, read in few queries."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from service.pages.document_page import Mark
from service.pages.vocabulary import Vocabulary
from service.queries.answers import Answers, Row

_QUERIES = (
    "pages/document", "pages/document-figures", "pages/document-statements", "pages/document-codes",
    "pages/document-versions",
)  # fmt: skip


#: How things are marked, by what their IRIs say they are, and what they are called. The rest only has its anchor.
KINDS: dict[str, tuple[str, str]] = {
    "agency": ("entity", "Agency"), "division": ("entity", "Division"), "project": ("entity", "Project"),
    "port": ("entity", "Port"), "citation": ("entity", "Citation"), "indicator": ("entity", "Indicator"),
    "assessment": ("entity", "Assessment"), "term": ("entity", "Term"), "duty": ("duty", "Duty"),
    "goal": ("duty", "Goal"), "definition": ("duty", "TermDefinition"), "change": ("change", "Change"),
    "reason": ("change", "Reason"), "event": ("change", "OfficeEvent"), "link": ("link", "ServiceLink"),
    "finding": ("finding", "Finding"),
}  # fmt: skip
#: A run of digits with nothing like a digit beside it: as codes are printed.
_PLACE = re.compile(r"/([0-9]+)-([0-9]+)$")
_STRETCH = re.compile(r"#char=([0-9]+),([0-9]+)$")
_DIGITS = re.compile(r"(?<![\d.,，])\d{3}(?:\d{2}){0,2}(?![\d.,，]?\d)")


@dataclass(frozen=True)
class DocumentText:
    """A document with all that is to be marked in it. ``spans`` are the places that anything is derived from.

    ``versions`` are the IRIs of the ``earlier`` and ``later`` version of it, as far as there are any.
    """

    iri: str
    row: Row
    text: str
    marks: list[Mark]
    backs: list[Mark]
    spans: list[tuple[int, int]]
    versions: dict[str, str]

    def get(self, name: str) -> str:
        """A text of the document's row; "" if there is none."""
        return self.row[name].text if name in self.row else ""


async def read_document(answers: Answers, words: Vocabulary, iri: str, language: str) -> DocumentText | None:
    """The document of an IRI; None if the graph holds none."""
    values = {"document": [ox.NamedNode(iri)]}
    found, figures, stated, codes, replaced = (
        table.rows for table in await asyncio.gather(*(answers.ask_internal(name, values) for name in _QUERIES))
    )
    if not found:
        return None
    text = str(found[0].get("text", ""))
    figures.sort(key=lambda row: (row["thing"].text, str(row.get("label", ""))))
    marks = [mark for row in figures if (mark := _read_figure(row)) is not None]
    marks += _find_codes(text, codes, {(m.start, m.end) for m in marks})
    backs, spans = _read_stated(stated, f"{answers.settings.base}id/", words, language)
    versions = {name: value.text for row in replaced for name, value in row.items()}
    return DocumentText(iri, found[0], text, marks, backs, spans, versions)


def _read_figure(row: Row) -> Mark | None:
    """A figure's IRI says where it stands, and its label what it is."""
    thing = row["thing"].text
    place = _PLACE.search(thing)
    return Mark(int(place[1]), int(place[2]), thing, str(row.get("label", ""))) if place else None


def _find_codes(text: str, rows: Sequence[Row], taken: set[tuple[int, int]]) -> list[Mark]:
    """The places where codes that the document's figures bear are printed; what is a figure is none."""
    known = {row["notation"].text: row for row in rows}
    return [
        Mark(match.start(), match.end(), row["code"].text, f"{match.group()} {row['label']}", "code")
        for match in _DIGITS.finditer(text)
        if (row := known.get(match.group())) is not None and match.span() not in taken
    ]


def _read_stated(
    rows: Sequence[Row], things: str, words: Vocabulary, language: str
) -> tuple[list[Mark], list[tuple[int, int]]]:
    """What lies behind the text, and the places of all that is stated."""
    found: list[Mark] = []
    spans: list[tuple[int, int]] = []
    for row in rows:
        place = _STRETCH.search(row["fragment"].text)
        if place is None:
            continue
        start, end = int(place[1]), int(place[2])
        spans.append((start, end))
        thing = row["thing"].text
        # agency/440300-1f3c9a20/duty/6b1d24f0 is a duty, agency/440300-1f3c9a20 an agency.
        parts = thing.removeprefix(things).split("/")
        kind, name = KINDS.get(parts[2] if parts[0] == "agency" and len(parts) > 2 else parts[0], ("", ""))
        if kind:
            found.append(Mark(start, end, thing, words.say(f"{words.prefix}{name}", language), kind))
    return found, spans
