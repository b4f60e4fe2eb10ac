"""What all answers have: the offices that are meant, what of them is not loaded, where to go on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

import pyoxigraph as ox

from loaders.quantities.items import ITEMS
from service.pages.site import Site
from service.queries.answers import Row
from service.search.answer import Answer, AnswerRow, Both, Onward, comparison_address
from service.search.asked import Asked
from service.search.asking_words import load_words
from service.search.offices_asked import Office, OfficeBook

#: What the items of the sheet are called in both languages.
LABELS: dict[str, Both] = {item.id: (item.zh, item.en) for item in ITEMS}
_CHARACTERS = re.compile(r"#char=(\d+),(\d+)$")
_NO_SUCH: Both = ("没有载入“{words}”的文件。", "No document of “{words}” is loaded.")
_NEAR: Both = (
    "没有载入“{words}”的文件。是否指“{near}”？",
    "No document of “{words}” is loaded. Did you mean “{near}”?",
)
_NO_YEAR: Both = (
    "没有载入{office} {years} 年的文件；已载入的是 {loaded} 年。",
    "No document of {office} for {years} is loaded; what is loaded is of {loaded}.",
)


@dataclass(frozen=True)
class Teller:
    """One question on its way to an answer. ``offices`` are the loaded ones that it means."""

    site: Site
    asked: Asked
    book: OfficeBook
    offices: Sequence[Office]

    def list_missing(self) -> list[Both]:
        """The offices asked for of which no document is loaded."""
        asked = self.asked
        lacking = [o for o in (*asked.offices.named, *asked.offices.places) if not o.offices]
        near = [fill(_NEAR, words=o.words, near=o.near.label) for o in lacking if o.near is not None]
        unknown = [o.words for o in lacking if o.near is None]
        unknown += [words for kind, words in asked.offices.kinds if not self.book.of_kind(kind)]
        return [*near, *(fill(_NO_SUCH, words=words) for words in unknown)]

    def list_missing_years(self, offices: Iterable[Office]) -> list[Both]:
        """Those of some offices of which the years asked for are not loaded, and which are."""
        asked = self.asked
        if not asked.years and not asked.last_year:
            return []
        found = []
        for office in offices:
            wanted = asked.years or (max(office.years, default=0) - 1,)
            lacking = [year for year in wanted if year not in office.years]
            if lacking:
                years, loaded = (join_years(each) for each in (lacking, sorted(office.years)))
                found.append(fill(_NO_YEAR, office=office.label, years=years, loaded=loaded))
        return found

    async def ask(self, name: str, **values: Sequence[ox.NamedNode | ox.Literal]) -> list[Row]:
        """The rows of a query of ours about the offices."""
        given = {"agency": [ox.NamedNode(o.iri) for o in self.offices], **values}
        return (await self.site.answers.ask_internal(name, given)).rows

    def keep_years(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of the years asked for, else of each office's latest."""
        asked = self.asked
        if asked.years:
            return [r for r in rows if "year" in r and int(r["year"].text) in asked.years]
        latest: dict[str, int] = {}
        for row in rows:
            if "year" in row:
                latest[row["agency"].text] = max(latest.get(row["agency"].text, 0), int(row["year"].text))
        return [r for r in rows if "year" not in r or int(r["year"].text) == latest[r["agency"].text]]

    def find_office(self, iri: str) -> Office:
        """The office of an IRI."""
        return self.book.offices.get(iri) or Office(iri, self.site.answers.shorten(iri), "", "", frozenset())

    @property
    def whose(self) -> str:
        """The offices by name, the first of them where they are many."""
        few = "、".join(o.label for o in self.offices[:3])
        return few + (f"等 {len(self.offices)} 个部门" if len(self.offices) > 3 else "")

    def end(
        self, status: str, title: Both, rows: Sequence[AnswerRow] = (), missing: Sequence[Both] = (),
        notes: Sequence[Both] = (), total: int = 0,
    ) -> Answer:  # fmt: skip
        """The answer with where it leads."""
        onward = tuple(self._lead_on(status, rows))
        return Answer(status, title, tuple(rows), tuple(missing), tuple(notes), onward, total or len(rows))

    def end_without(self, title: Both, missing: Sequence[Both], notes: Sequence[Both] = ()) -> Answer:
        """The answer that there is none: because the year is not loaded, or because the documents do not say."""
        lacking = self.list_missing_years(self.offices)
        if lacking:
            title = ("没有载入所问年度", "The year asked for is not loaded")
        return self.end("absent" if lacking else "unstated", title, (), [*missing, *lacking], notes)

    def _lead_on(self, status: str, rows: Sequence[AnswerRow]) -> Iterable[Onward]:
        """The sheet of one office, the comparison of several, the canned query."""
        offices = list(dict.fromkeys(r.office_iri for r in rows if r.office_iri)) or [o.iri for o in self.offices]
        short = [self.site.answers.shorten(iri) for iri in offices]
        sheets = list(dict.fromkeys(r.sheet for r in rows if r.sheet))
        if len(sheets) == 1:
            yield Onward(("部门表", "office sheet"), sheets[0])
        elif len(short) == 1:
            yield Onward(("部门", "office"), self.site.local(offices[0]))
        if status == "comparison" and len(short) > 1:
            years = sorted({r.year for r in rows if r.year} | set(self.asked.years))
            items = self.asked.items
            measure = items[0] if len(items) == 1 and self.asked.form == "value" else ""
            address = comparison_address(short, years, measure, {r.phase for r in rows if r.phase})
            yield Onward(("并排比较这些部门", "compare these offices side by side"), address)
        near = [o.near for o in self.asked.offices.named if o.near is not None]
        yield from (Onward((office.label, office.label), self.site.local(office.iri)) for office in near)
        form = self.asked.form
        key = f"list-{self.asked.listed}" if self.asked.listed else next(iter(self.asked.items), "")
        name = load_words()["queries"].get(form) or load_words()["queries"].get(key, "")
        if name in self.site.answers.catalogue:
            yield self._offer(name, short if status != "ranking" else [])

    def _offer(self, name: str, short: Sequence[str]) -> Onward:
        query = self.site.answers.catalogue.find(name)
        taken = {p.name for p in query.parameters}
        pairs = [("agency", short[0])] if "agency" in taken and len(short) == 1 else []
        if "year" in taken and len(self.asked.years) == 1:
            pairs.append(("year", str(self.asked.years[0])))
        address = f"/queries/{name}" + (f"?{urlencode(pairs)}" if pairs else "")
        return Onward((query.title.get("zh", name), query.title.get("en", name)), address)


def fill(pattern: Both, **values: str) -> Both:
    """A pattern of both languages with values in it."""
    return pattern[0].format(**values), pattern[1].format(**values)


def join_years(years: Iterable[int]) -> str:
    """Years in a row."""
    return "、".join(map(str, years))


def group(number: Decimal | None) -> str:
    """A number with its thousands marked.

    >>> group(Decimal("1234567.50"))
    '1,234,567.50'
    """
    return f"{number:,f}" if number is not None else ""


def find_stretch(place: str) -> tuple[int, int]:
    """The characters that the IRI of a place names; (0, 0) where it names none."""
    match = _CHARACTERS.search(place)
    return (int(match[1]), int(match[2])) if match else (0, 0)
