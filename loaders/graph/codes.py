"""Classification codes: those of the shipped lists, and those that only a document prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from loaders.documents import Span
from loaders.graph.iris import SKOS, find_classification
from loaders.graph.writer import Writer
from loaders.resources import find_ontology_folder
from loaders.settings import DEFAULT_BASE

_CLASSES = {
    "function": "FunctionCode",
    "economic-2007": "EconomicCode",
    "economic-2018": "EconomicCode",
    "government-economic-2018": "GovernmentEconomicCode",
}
_PROPERTIES = {
    "function": "function",
    "economic-2007": "economic",
    "economic-2018": "economic",
    "government-economic-2018": "governmentEconomic",
}
# How a code of each classification is printed; what is not so is a misprint, and no code.
_FORMS = {
    "function": re.compile(r"2\d{2}(\d{2}){0,2}"),
    "economic-2007": re.compile(r"3\d{2}(\d{2})?"),
    "economic-2018": re.compile(r"3\d{2}(\d{2})?"),
    "government-economic-2018": re.compile(r"5\d{2}(\d{2})?"),
}
_LEVELS = {3: "levelLei", 5: "levelKuan", 7: "levelXiang"}


def find_property(kind: str, code: str, year: int | None) -> str:
    """The property by which a figure has a code, of the edition in force in ``year``; "" if the digits are no code."""
    classification = find_classification(kind, code, year)
    if not classification or not _FORMS[classification].fullmatch(code):
        return ""
    return _PROPERTIES[classification]


@lru_cache(maxsize=1)
def list_shipped() -> frozenset[str]:
    """The codes of the shipped lists, as "function/2010301": the ends of their IRIs."""
    found: set[str] = set()
    prefix = f"{DEFAULT_BASE}id/code/"
    for path in sorted((find_ontology_folder() / "codes").glob("*.ttl")):
        for quad in pyoxigraph.parse(path=path):
            if isinstance(quad.subject, NamedNode) and quad.predicate == SKOS("notation"):
                found.add(quad.subject.value.removeprefix(prefix))
    return frozenset(found)


class Codes:
    """Writes what a document says of codes: the concept of each code that the shipped lists lack."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._attested: dict[tuple[str, str], tuple[str, Span | None]] = {}

    def link(
        self, subject: NamedNode, kind: str, code: str, year: int | None, label: str, span: Span | None
    ) -> NamedNode | None:
        """``gk:function``, ``gk:economic`` or ``gk:governmentEconomic`` of a printed code; returns its IRI.

        None for what has not the form of a code: a misprint stays a string.
        """
        classification = find_classification(kind, code, year)
        if not classification or not _FORMS[classification].fullmatch(code):
            return None
        self._attest(classification, code, label, span)
        node = self.writer.iris.code(classification, code)
        self.writer.add(subject, self.writer.gk(_PROPERTIES[classification]), node)
        return node

    def infer(
        self, subject: NamedNode, kind: str, code: str, year: int | None, label: str, reasons: Mapping[str, str]
    ) -> None:
        """``gk:inferredFunction`` and the like of a code that is not printed; ``gk:inference`` in each language."""
        # What is inferred may be of another classification than the row's subject; the code's digits tell.
        classification = find_classification("", code, year) or find_classification(kind, code, year)
        if not classification or not _FORMS[classification].fullmatch(code):
            return
        name = _PROPERTIES[classification]
        self._attest(classification, code, label, None)
        self.writer.add(
            subject,
            self.writer.gk(f"inferred{name[0].upper()}{name[1:]}"),
            self.writer.iris.code(classification, code),
        )
        for language, how in reasons.items():
            self.writer.text(subject, self.writer.gk("inference"), how, language)

    def _attest(self, classification: str, code: str, label: str, span: Span | None) -> None:
        if f"{classification}/{code}" in list_shipped():
            return
        known = self._attested.get((classification, code))
        if known is None or (known[1] is None and span is not None):
            self._attested[classification, code] = (label, span)
        # The levels above are printed within the code itself, without their names.
        if len(code) > min(_LEVELS) and (classification, code[:-2]) not in self._attested:
            self._attest(classification, code[:-2], "", None)

    def write(self) -> None:
        """The concepts of the codes that only this document prints, each below the nearest known one."""
        writer, gk = self.writer, self.writer.gk
        for (classification, code), (label, span) in sorted(self._attested.items(), key=lambda item: item[0]):
            node = writer.iris.code(classification, code)
            writer.type(node, gk(_CLASSES[classification]), gk("Code"), SKOS("Concept"))
            writer.add(node, SKOS("notation"), Literal(code))
            writer.text(node, SKOS("prefLabel"), label or code, "zh")
            writer.label(node, label or code)
            writer.add(node, SKOS("inScheme"), writer.iris.scheme(classification))
            writer.add(node, gk("codeLevel"), gk(_LEVELS[len(code)]))
            if "-" in classification:
                writer.add(node, gk("edition"), Literal(classification.rsplit("-", 1)[1]))
            writer.number(node, gk("attestedInBudgets"), 0)
            writer.attest(node, span)
            if len(code) > min(_LEVELS):
                writer.add(node, SKOS("broader"), writer.iris.code(classification, code[:-2]))
