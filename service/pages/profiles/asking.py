"""What the profiles share: questions to the store about one thing, and choices that the address makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from service.errors import BadParameter
from service.pages.profiles.accepted import Accepted, Moment, read_accepted
from service.pages.vocabulary import Vocabulary
from service.queries.answers import Answers, Row

_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
Term = ox.NamedNode | ox.Literal


@dataclass(frozen=True)
class Asker:
    """The store as a profile asks it. ``chosen`` are the parameters of the address."""

    answers: Answers
    words: Vocabulary
    language: str
    chosen: Mapping[str, str]

    def t(self, zh: str, en: str) -> str:
        """The words in the page's language."""
        return zh if self.language == "zh" else en

    def say(self, name: str) -> str:
        """A term of the ontology by its name, in the page's language."""
        return self.words.say(f"{self.words.prefix}{name}", self.language)

    def name_moment(self, moment: Moment) -> str:
        """A year and a phase in words: 2023 年初预算 or 2023, initial budget."""
        return self.t(f"{moment.year} {self.say(moment.phase)}", f"{moment.year}, {self.say(moment.phase)}")

    async def rows(self, name: str, iri: str, moment: Moment | None = None, **more: Sequence[Term]) -> list[Row]:
        """The rows of an internal query of the pages about a thing, of one moment if that is given."""
        values: dict[str, Sequence[Term]] = {"thing": [ox.NamedNode(iri)], **more}
        if moment is not None:
            values["year"] = [ox.Literal(str(moment.year), datatype=_INTEGER)]
            values["phase"] = [ox.NamedNode(f"{self.words.prefix}{moment.phase}")]
        return (await self.answers.ask_internal(name, values)).rows

    async def accepted(self, agencies: Sequence[str], items: Sequence[str] = ()) -> list[Accepted]:
        """The values of offices, of all quantities or of some."""
        if not agencies:
            return []
        base = self.answers.settings.base
        values: dict[str, list[ox.NamedNode]] = {
            "agency": [ox.NamedNode(a) for a in agencies],
            "quantity": [ox.NamedNode(f"{base}id/quantity/{item}") for item in items],
        }
        return read_accepted((await self.answers.ask_internal("pages/profile-values", values)).rows, self.words.prefix)

    def choose(self, moments: Sequence[Moment], default: Moment | None) -> Moment | None:
        """The moment that the address names with ``year`` and ``phase``, or with one of them; else the default.

        Raises :class:`service.errors.BadParameter`, with the choices, for what there is none of.
        """
        year, phase = self.chosen.get("year", ""), self.chosen.get("phase", "")
        if default is None or not (year or phase):
            return default
        years = tuple(dict.fromkeys(str(m.year) for m in moments))
        self._hold("year", year, years)
        at = [m for m in moments if not year or str(m.year) == year]
        words = tuple(dict.fromkeys(m.word for m in at))
        self._hold("phase", phase, words)
        fitting = [m for m in at if not phase or m.word == phase]
        return default if default in fitting else fitting[0]

    def pick(self, name: str, choices: Sequence[str], default: str) -> str:
        """The choice that the address names with a parameter, else the default. Raises as :meth:`choose` does."""
        self._hold(name, self.chosen.get(name, ""), tuple(choices))
        return self.chosen.get(name, "") or default

    def _hold(self, name: str, value: str, choices: tuple[str, ...]) -> None:
        if value and value not in choices:
            raise BadParameter(name, f"{value[:60]!r} is not known", f"Choose one of: {', '.join(choices)}", choices)
