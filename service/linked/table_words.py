"""What the columns of exported tables are called, in both languages."""

from __future__ import annotations

from service.linked.tables import TableForm, find_property
from service.pages.vocabulary import Vocabulary
from service.words.columns import COLUMN_WORDS


class Words:
    """Titles of columns: by the table of words, else as the ontology calls the property that fills them."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._vocabulary = Vocabulary.load(base)

    def name(self, table: TableForm, column: str) -> tuple[str, str]:
        """The Chinese and the English title."""
        if column in COLUMN_WORDS:
            return COLUMN_WORDS[column]
        of = find_property(table, column, self.base)
        return (self._vocabulary.say(of, "zh"), self._vocabulary.say(of, "en")) if of else (column, column)
