"""Answers about services and topics: which offices plan or spend money on them, and how much."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlencode

import pyoxigraph as ox

from service.queries.answers import Row
from service.search.answer import Answer, AnswerRow, Both, Onward
from service.search.telling import Teller, find_stretch

_APART: Both = (
    "每行是文件为这项服务写出的一笔钱；各笔的阶段和口径见各行，不宜相加。",
    "Each row is one amount that a document states for it; phases and scopes differ, the amounts do not add up.",
)
_QUERY = "offices-funding-service"


class ServiceAnswers(Teller):
    """Answers about the money for services."""

    async def answer(self, missing: list[Both]) -> Answer:
        """What the offices that are meant, or all, plan or spend on the services asked for."""
        asked = self.asked
        zh = "、".join(label for _, label, _ in asked.services)
        en = ", ".join(english for _, _, english in asked.services)
        rows = await self.ask("search/service-money", service=[ox.NamedNode(iri) for iri, _, _ in asked.services])
        rows = [r for r in rows if not asked.years or int(r["year"].text) in asked.years]
        rows = [r for r in rows if r["phase"].text.endswith(f"#phase{asked.phase.title()}")] or rows
        shown = [self._show(row) for row in rows]
        if asked.form == "ranking":
            shown.sort(key=lambda row: (row.number or 0) * (1 if asked.least else -1))
        if not shown:
            title = (
                f"图谱中没有找到{self.whose}为“{zh}”写出的金额",
                f"The graph has no amount of {self.whose} for: {en}",
            )
            return self.end_without(title, missing)
        count = len({row.office_iri for row in shown})
        title = (
            f"为“{zh}”安排或支出的资金：{count} 个部门，{len(shown)} 笔",
            f"Money for {en} (amounts: {len(shown)}, offices: {count})",
        )
        found = self.end("list", title, shown, missing, [_APART])
        return replace(found, onward=(*found.onward, *self._offer_query()))

    def _offer_query(self) -> list[Onward]:
        if _QUERY not in self.site.answers.catalogue:
            return []
        query = self.site.answers.catalogue.find(_QUERY)
        pairs = [("service", iri.rpartition("/")[2]) for iri, _, _ in self.asked.services[:1]]
        return [Onward((query.title["zh"], query.title["en"]), f"/queries/{_QUERY}?{urlencode(pairs)}")]

    def _show(self, row: Row) -> AnswerRow:
        place = row["place"].text
        line = row["line"].text if "line" in row else ""
        return AnswerRow(
            self.find_office(row["agency"].text).label, row["agency"].text, (line, line), Decimal(row["amount"].text),
            "CNY", year=int(row["year"].text), phase=row["phase"].text.rpartition("#phase")[2].lower(), degree="stated",
            document=place.partition("#")[0], evidence=self.site.local(place), stretch=find_stretch(place),
        )  # fmt: skip
