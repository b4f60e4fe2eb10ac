"""The classes and properties that the data use, with their labels: from the data's own VoID description."""

from __future__ import annotations

from dataclasses import dataclass

from service.queries.answers import Answers, Row

#: What a build has counted; and for data that came without a description, their own count.
_QUERIES = ("pages/terms-described", "pages/terms-counted")


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
            for name in _QUERIES:
                # With nothing to group, an aggregate gives one row without its terms.
                rows = rows or [row for row in (await self.answers.ask_internal(name)).rows if "term" in row]
            self._known = {version: tuple(_read(row) for row in rows)}
        return self._known[version]


def _read(row: Row) -> UsedTerm:
    zh, en = str(row.get("zh", "")), str(row.get("en", ""))
    return UsedTerm(row["kind"].text, row["term"].text, zh, en, int(row["count"].text))
