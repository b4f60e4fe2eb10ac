"""The start page: what this is, what is loaded, what can be asked, the newest documents, the largest offices."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from service.http.prefix import find_origin
from service.pages.charts.years import draw_years
from service.pages.site import Site, pick_language
from service.pages.structured import describe_dataset
from service.pages.views import Views
from service.queries.answers import Row

#: Questions that the page offers beside the first one, in Chinese and English, and the queries that answer them.
QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("各部门的“三公”经费是多少？", "What do offices spend on the three public expenses?", "three-public-expenses"),
    ("预算安排了多少，决算花了多少？", "What was planned, and what was spent?", "budgets-and-accounts"),
    ("公开的文件在哪里自相矛盾？", "Where do published documents contradict themselves?", "contradictions"),
)
_MOST_DOCUMENTS, _MOST_OFFICES = 12, 10


@dataclass(frozen=True)
class Loaded:
    """What the store holds: ``picture`` draws documents by year and kind, ``kinds`` are its colours in their order."""

    offices: int
    places: int
    years: tuple[int, ...]
    figures: int
    documents: int
    built: str
    picture: Markup | None
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Office:
    """An office with its total expenditure in yuan, as one document of its latest year states it at ``place``."""

    iri: str
    label: str
    year: int
    phase: str
    amount: Decimal
    place: str


class StartPage:
    """The handler of ``/``."""

    def __init__(self, site: Site, views: Views) -> None:
        self.site = site
        self.views = views

    async def show(self, request: Request) -> Response:
        """What this is, what is loaded, and where to go from here."""
        answers, language = self.site.answers, pick_language(request)
        found, offices, sizes = await asyncio.gather(
            self.views.read_documents(),
            answers.ask_internal("pages/offices-and-places"),
            answers.ask_internal("pages/offices-by-size"),
        )
        documents: list[Row] = found["documents"]
        years = {row["year"].text for row in documents if "year" in row}
        known = {query.name: query for _, queries in answers.catalogue.by_theme() for query in queries}
        newest = sorted(documents, key=lambda row: str(row.get("year", "")), reverse=True)
        return self.site.page(
            request, "start.html", themes=answers.catalogue.by_theme(),
            structured=describe_dataset(self.site.base, find_origin(request), language, years=years),
            loaded=self._count(documents, offices.rows, found["figures"], language),
            questions=[(zh if language == "zh" else en, name) for zh, en, name in QUESTIONS if name in known],
            newest=newest[:_MOST_DOCUMENTS], largest=list_largest(sizes.rows)[:_MOST_OFFICES], **found,
        )  # fmt: skip

    def _count(
        self, documents: Sequence[Row], offices: Sequence[Row], figures: Mapping[str, int], language: str
    ) -> Loaded:
        years: dict[int, Counter[str]] = {}
        kinds: Counter[str] = Counter()
        for row in documents:
            kind = str(row.get("kindZh" if language == "zh" else "kindEn", ""))
            if "year" in row:
                years.setdefault(int(row["year"].text), Counter())[kind] += 1
                kinds[kind] += 1
        order = tuple(kind for kind, _ in sorted(kinds.items(), key=lambda each: (-each[1], each[0])))
        title = "各年度的文件数" if language == "zh" else "Documents by year"
        return Loaded(
            offices=len({row["agency"].text for row in offices}),
            places=len({row["place"].text for row in offices if "place" in row}),
            years=tuple(sorted(years)),
            figures=sum(figures.values()),
            documents=len(documents),
            built=str(self.site.answers.store.describe().get("built", ""))[:10],
            picture=draw_years(years, order, title) if years else None,
            kinds=order,
        )


def list_largest(rows: Sequence[Row]) -> list[Office]:
    """The offices by the total expenditure of their latest year, the largest first; each stands once.

    Of several totals of that year the largest is the whole. ``rows`` come by office, the latest year and largest first.
    """
    found: dict[str, Office] = {}
    for row in rows:
        iri = row["agency"].text
        if iri not in found:
            phase = row["phase"].text.rpartition("#phase")[2].lower()
            amount = Decimal(row["amount"].text)
            found[iri] = Office(iri, row["agencyLabel"].text, int(row["year"].text), phase, amount, row["place"].text)
    return sorted(found.values(), key=lambda office: (-office.amount, office.iri))
