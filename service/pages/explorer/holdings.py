"""What there is to explore: the offices with their kinds and places, and who has a measure when. Kept by snapshot.

Both are small beside the values and the same for many pages, so that a page asks for its values alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from service.pages.explorer.measures import OF_CODES
from service.pages.explorer.wish import Wish, refuse_value
from service.queries.answers import Answers, Row

Terms = dict[str, list[ox.NamedNode | ox.Literal]]
#: What is kept of the holdings of measures: each is as long as there are offices, years and phases.
_MOST_KEPT = 60
#: The editions of the classifications before and since the reform of the economic one.
_EDITIONS = {"function": ("function", "function"), "economic": ("economic-2007", "economic-2018")}
_REFORM = 2018


@dataclass(frozen=True)
class Office:
    """An office that has any value. ``id`` is what an address has of it, ``above`` the IRIs of what it is part of."""

    iri: str
    id: str
    zh: str
    en: str
    kind: str
    place: str
    above: frozenset[str]

    def say(self, language: str) -> str:
        """Its name; in Chinese where it has no other."""
        return (self.en if language == "en" else "") or self.zh or self.en or self.id


@dataclass(frozen=True)
class PlaceName:
    """A place that offices sit in. ``code`` is its division code."""

    iri: str
    code: str
    zh: str
    en: str

    def say(self, language: str) -> str:
        """Its name."""
        return (self.en if language == "en" else "") or self.zh or self.code


@dataclass(frozen=True)
class Directory:
    """All offices by IRI, and the places that they sit in by division code."""

    offices: dict[str, Office]
    places: dict[str, PlaceName]

    @property
    def kinds(self) -> dict[str, int]:
        """The kinds of offices with how many there are of each, the most frequent first."""
        return dict(Counter(o.kind for o in self.offices.values() if o.kind).most_common())

    def find(self, identifier: str) -> Office | None:
        """The office that an address names."""
        return next((o for o in self.offices.values() if o.id == identifier), None)

    def choose(self, wish: Wish) -> list[Office] | None:
        """The offices that a wish is narrowed to; None if it is not.

        Raises :class:`service.pages.explorer.wish.Refused` for a place, kind or office that there is not.
        """
        if not (wish.place or wish.kind or wish.office):
            return None
        self._check(wish)
        inside = _cut_code(wish.place)
        return [
            o
            for o in self.offices.values()
            if (not wish.office or o.id in wish.office)
            and (not wish.kind or o.kind == wish.kind)
            and (not inside or o.place.startswith(inside))
        ]

    def _check(self, wish: Wish) -> None:
        if wish.place and not any(code.startswith(_cut_code(wish.place)) for code in self.places):
            raise refuse_value("place", wish.place, list(self.places), {c: p.zh for c, p in self.places.items()})
        if wish.kind and wish.kind not in self.kinds:
            raise refuse_value("kind", wish.kind, list(self.kinds))
        for identifier in wish.office:
            if self.find(identifier) is None:
                named = {o.id: o.zh for o in sorted(self.offices.values(), key=lambda o: o.zh)}
                raise refuse_value("office", identifier, list(named), named)


@dataclass(frozen=True)
class Held:
    """Who has a measure when: ``scope`` is "" for what the measure means, else the name of narrower funds."""

    agency: str
    year: int
    phase: str
    scope: str


class Holdings:
    """Reads what there is once a snapshot."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._version = ""
        self._kept: dict[str, Directory | list[Held]] = {}

    async def read_directory(self) -> Directory:
        """The offices and places."""
        rows = await self._keep("directory", "pages/explore-offices", {}, self._make_directory)
        assert isinstance(rows, Directory)
        return rows

    async def read_held(self, wish: Wish, offices: Sequence[Office] | None) -> list[Held]:
        """Who has what a wish is about, whatever year, phase and scope."""
        base = self.answers.settings.base
        measure = wish.about
        if wish.by in ("project", "topic"):
            terms: Terms = {"agency": [ox.NamedNode(o.iri) for o in offices or ()]}
            return _read_held((await self.answers.ask_internal("pages/explore-projects-held", terms)).rows)
        if wish.by in OF_CODES or wish.code:
            name = wish.by if wish.by in OF_CODES else wish.code.partition("/")[0]
            terms = {
                "classification": [ox.NamedNode(f"{base}id/scheme/{s}") for s in dict.fromkeys(_EDITIONS[name])],
                "extent": [ox.Literal(measure.extent)],
            }
            found = await self._keep(f"{name} {measure.extent}", "pages/explore-sums-held", terms, _read_held)
        else:
            terms = {"quantity": [ox.NamedNode(f"{base}id/quantity/{measure.id}")]}
            found = await self._keep(measure.id, "pages/explore-held", terms, _read_held)
        assert isinstance(found, list)
        return found

    async def _keep(
        self, key: str, query: str, terms: Terms, make: Callable[[Sequence[Row]], Directory | list[Held]]
    ) -> Directory | list[Held]:
        version = self.answers.store.edition
        if version != self._version or len(self._kept) > _MOST_KEPT:
            self._version, self._kept = version, {}
        if key not in self._kept:
            made = make((await self.answers.ask_internal(query, terms)).rows)
            if self.answers.store.edition != version:
                return made
            self._kept[key] = made
        return self._kept[key]

    def _make_directory(self, rows: Sequence[Row]) -> Directory:
        offices: dict[str, Office] = {}
        places: dict[str, PlaceName] = {}
        above: dict[str, set[str]] = {}
        for row in rows:
            iri = row["agency"].text
            above.setdefault(iri, set()).update([row["above"].text] if "above" in row else [])
            code = _text(row, "code")
            if code and code not in places:
                places[code] = PlaceName(row["place"].text, code, _text(row, "placeZh"), _text(row, "placeEn"))
            if iri not in offices:
                names = _text(row, "zh"), _text(row, "en")
                offices[iri] = Office(iri, self.answers.shorten(iri), *names, _text(row, "kind"), code, frozenset())
        return Directory(
            {i: Office(o.iri, o.id, o.zh, o.en, o.kind, o.place, frozenset(above[i])) for i, o in offices.items()},
            dict(sorted(places.items())),
        )


def find_edition(name: str, year: int | None) -> str:
    """The edition of a classification that codes of a year are of: economic classes were reformed for 2018.

    What is over the years is of the edition of now: the same digits meant other things before.
    """
    before, since = _EDITIONS[name]
    return before if year is not None and year < _REFORM else since


def only(held: Iterable[Held], **asked: object) -> list[Held]:
    """Those of a year, phase, scope: what is None or "" in ``asked`` is left open, but for a scope."""
    return [h for h in held if all(getattr(h, k) == v for k, v in asked.items() if v not in (None, "") or k == "scope")]


def _read_held(rows: Sequence[Row]) -> list[Held]:
    return [
        Held(
            row["agency"].text, int(row["year"].text), _end(row, "phase"),
            _end(row, "scope") if "narrow" in row else "",
        )
        for row in rows
    ]  # fmt: skip


def _end(row: Row, name: str) -> str:
    """What a term of a small vocabulary is called in addresses: ``…#phaseFinal`` is ``final``."""
    return _text(row, name).rpartition("#")[2].removeprefix(name).lower()


def _text(row: Row, name: str) -> str:
    return row[name].text if name in row else ""


def _cut_code(code: str) -> str:
    """The digits of a division code that all places within it share: 44 of 440000, 4403 of 440300."""
    code = code if code.isascii() and code.isdigit() else ("x" if code else "")
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
