"""What pages ask of the graph as a whole, where a reader has chosen nothing yet."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator

import pyoxigraph as ox

from service.pages.comparison import CLASSIFICATIONS
from service.queries.answers import Answers, Table

#: Queries that are asked with all slots open.
_OPEN = (
    "pages/documents", "pages/documents-figures", "pages/documents-findings", "pages/documents-ledger",
    "pages/offices-and-places", "pages/offices-by-size", "pages/coverage-documents", "pages/coverage-table-states",
    "pages/coverage-figures-by-form", "pages/coverage-statements", "pages/terms-described", "pages/explore-offices",
)  # fmt: skip


def list_questions(answers: Answers) -> Iterator[Awaitable[Table]]:
    """Each question, to be awaited: as the start page, the pages of what is loaded and the forms put it."""
    for name in _OPEN:
        yield answers.ask_internal(name)
    for _, _, properties, _ in CLASSIFICATIONS.values():
        terms = [ox.NamedNode(f"{answers.settings.base}ontology#{name}") for name in properties]
        yield answers.ask_internal("pages/comparison-choices", {"property": terms})
