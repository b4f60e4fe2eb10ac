"""The classes and properties that the data use, with their labels: from the data's own VoID description."""

from __future__ import annotations

from dataclasses import dataclass

from service.queries.answers import Answers, Row

_TERMS = """PREFIX void: <http://rdfs.org/ns/void#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?kind ?term (MAX(?number) AS ?count) (MIN(?zhOfIt) AS ?zh) (MIN(?enOfIt) AS ?en) WHERE {
  WHAT
  OPTIONAL { ?term rdfs:label ?zhOfIt . FILTER(LANG(?zhOfIt) = "zh") }
  OPTIONAL { ?term rdfs:label ?enOfIt . FILTER(LANG(?enOfIt) = "en") }
} GROUP BY ?kind ?term ORDER BY DESC(?count) ?term ?kind
"""
#: What a build has counted; and for data that came without a description, their own count.
_DESCRIBED = """{ ?part void:class ?term ; void:entities ?number . BIND("class" AS ?kind) }
  UNION { ?part void:property ?term ; void:triples ?number . BIND("property" AS ?kind) }"""
_COUNTED = """{ { SELECT ?term (COUNT(*) AS ?number) WHERE { ?s a ?term } GROUP BY ?term } BIND("class" AS ?kind) }
  UNION { { SELECT ?term (COUNT(*) AS ?number) WHERE { ?s ?term ?o } GROUP BY ?term } BIND("property" AS ?kind) }"""


@dataclass(frozen=True, slots=True)
class UsedTerm:
    """A class or property: ``kind`` is "class" or "property", ``count`` how often it is used."""

    kind: str
    iri: str
    zh: str
    en: str
    count: int


class UsedTerms:
    """Those of the published snapshot, asked for once."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._known: dict[str, tuple[UsedTerm, ...]] = {}

    async def list_all(self) -> tuple[UsedTerm, ...]:
        """All of them, the most used first."""
        version = self.answers.store.version
        if version not in self._known:
            rows: list[Row] = []
            for what in (_DESCRIBED, _COUNTED):
                # With nothing to group, an aggregate gives one row without its terms.
                rows = rows or [
                    row for row in (await self.answers.ask(_TERMS.replace("WHAT", what))).rows if "term" in row
                ]
            self._known = {version: tuple(_read(row) for row in rows)}
        return self._known[version]


def _read(row: Row) -> UsedTerm:
    zh, en = str(row.get("zh", "")), str(row.get("en", ""))
    return UsedTerm(row["kind"].text, row["term"].text, zh, en, int(row["count"].text))
