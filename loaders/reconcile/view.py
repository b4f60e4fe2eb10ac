"""A document as the checks see it: tables as sheets, prose as paragraphs, what the amounts in these are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.documents import Document
from loaders.facts import Figure
from loaders.reconcile.mentions import Mention, Paragraph, make_paragraphs
from loaders.reconcile.scopes import Scope, scopes_in
from loaders.reconcile.sheets import Sheet, make_sheets


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Made once for all who ask of a document's figures: nobody changes it."""

    sheets: list[Sheet]
    paragraphs: list[Paragraph]
    scopes: dict[Mention, Scope]


def make_view(document: Document, figures: Sequence[Figure]) -> View:
    """The view of a document with these figures."""
    paragraphs = make_paragraphs(document, figures)
    return View(make_sheets(document, figures), paragraphs, scopes_in(paragraphs))
