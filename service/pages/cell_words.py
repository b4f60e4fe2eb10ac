"""What the cells of a result say in the reader's language, where the graph has a code or a sentence.

The exports hold what the graph holds. What documents print stays as it is printed, in either language.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pyoxigraph as ox

from loaders.resources import find_ontology_folder
from service.pages.thing_sections import read_outcome
from service.queries.answers import Answers, Row
from service.queries.query import Column
from service.words.findings import explain
from service.words.terms import CELL_WORDS, say

_LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
#: The files of services and topics, and the columns whose values are their Chinese names, several with ； between.
_TOPIC_FILES = ("services.ttl", "topics.ttl")
_TOPIC_COLUMNS = frozenset(("serviceLabel", "topicLabel", "topics"))
_BETWEEN, _ENGLISH_BETWEEN = "；", "; "
#: The column whose sentences are findings, and that of the findings themselves.
_SENTENCES, _FINDING = "message", "finding"


class CellWords:
    """Words for the cells of one page, in one language. ``sentences`` are those of findings, by IRI."""

    def __init__(self, language: str, sentences: dict[str, str]) -> None:
        self.language = language
        self.sentences = sentences

    @classmethod
    async def read(cls, answers: Answers, rows: Sequence[Row], columns: Sequence[Column], language: str) -> CellWords:
        """The words for some rows; the store is asked only where they are findings."""
        sentences: dict[str, str] = {}
        found = [row[_FINDING].text for row in rows if _FINDING in row]
        if found and any(c.name == _SENTENCES for c in columns):
            findings = [ox.NamedNode(iri) for iri in dict.fromkeys(found)]
            for row in (await answers.ask_internal("pages/finding-words", {_FINDING: findings})).rows:
                sentences.setdefault(row[_FINDING].text, explain(read_outcome(row), language))
        return cls(language, sentences)

    def say(self, row: Row, column: Column) -> str:
        """The text of a row's cell that is no number."""
        if column.name == _SENTENCES and _FINDING in row and row[_FINDING].text in self.sentences:
            return self.sentences[row[_FINDING].text]
        return say_value(row[column.name].text, column.name, self.language)


def say_value(text: str, column: str, language: str) -> str:
    """A value of a column in a language; the value itself if it is no word of ours."""
    if column in _TOPIC_COLUMNS and language == "en":
        return _ENGLISH_BETWEEN.join(read_topics().get(part, part) for part in text.split(_BETWEEN))
    return say(CELL_WORDS, text, language)


@functools.cache
def read_topics() -> dict[str, str]:
    """The English names of services and topics by their Chinese ones, as the ontology has them."""
    names: dict[str, dict[str, str]] = {}
    for file in _TOPIC_FILES:
        for quad in ox.parse(path=find_ontology_folder() / file, format=ox.RdfFormat.TURTLE):
            if quad.predicate.value == _LABEL and isinstance(quad.object, ox.Literal):
                names.setdefault(str(quad.subject), {})[quad.object.language or ""] = quad.object.value
    return {each["zh"]: each["en"] for each in names.values() if "zh" in each and "en" in each}
