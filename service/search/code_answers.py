"""Answers about codes of the classifications: what offices spend under them, as the official tables print it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pyoxigraph as ox

from service.queries.answers import Row
from service.search.answer import Answer, AnswerRow, Both
from service.search.telling import Teller, find_stretch

_BY_NAME: Both = (
    "文件在几处以这个名称列数，口径见各行，数额不同的不宜相加。",
    "Documents state it by name in several places: each row says its column; the amounts do not add up.",
)
_BASIC: Both = ("（基本支出）", " (basic expenditure)")


class CodeAnswers(Teller):
    """Answers about codes."""

    async def answer(self, missing: list[Both]) -> Answer | None:
        """What the offices spend under the codes asked for; None without an office."""
        asked = self.asked
        if not self.offices or asked.form not in ("value", "list"):
            return None
        codes = {iri: (label, english) for iri, label, english in asked.codes}
        rows = await self.ask("search/office-codes", code=[ox.NamedNode(iri) for iri in codes])
        found = self.keep_years(rows)
        if asked.phase:
            found = [r for r in found if r["phase"].text.endswith(f"#phase{asked.phase.title()}")] or found
        names = list(dict.fromkeys(codes.values()))
        zh, en = "、".join(dict.fromkeys(n[0] for n in names)), ", ".join(dict.fromkeys(n[1] for n in names))
        best: dict[tuple[str, str, str], AnswerRow] = {}
        # Of all funds before others, whole before basic expenditure, the finest rounding and the largest first.
        for row in sorted(found, key=_rank):
            office = self.find_office(row["agency"].text)
            shown = self._show(row, office.label, codes[row["code"].text])
            best.setdefault((office.iri, row["code"].text, shown.phase), shown)
        if not best:
            stated = await self._find_by_name(codes)
            if stated:
                title = (f"{self.whose}的{zh}，按文件所印", f"{self.whose}: {en}, as printed")
                return self.end("value" if len(stated) == 1 else "list", title, stated, missing, [_BY_NAME])
            title = (f"图谱中没有找到{self.whose}的{zh}", f"The graph has nothing of {self.whose}: {en}")
            return self.end_without(title, missing)
        listed = list(best.values())
        silent = [o for o in self.offices if all(r.office_iri != o.iri for r in listed)]
        missing = [*missing, *self.list_missing_years(silent)]
        status = "value" if len(self.offices) == 1 and not missing else "comparison"
        return self.end(status, (f"{self.whose}的{zh}", f"{self.whose}: {en}"), listed, missing)

    async def _find_by_name(self, codes: Mapping[str, Both]) -> list[AnswerRow]:
        """What is stated under the names of codes without a code beside them: each amount once, with its column."""
        english = dict(codes.values())
        rows = self.keep_years(await self.ask("search/office-subjects", label=[ox.Literal(label) for label in english]))
        phase = f"#phase{self.asked.phase.title()}"
        rows = [r for r in rows if r["phase"].text.endswith(phase)] or rows if self.asked.phase else rows
        best: dict[tuple[str, ...], AnswerRow] = {}
        # What names its column says more than a sentence.
        for row in sorted(rows, key=lambda r: ("column" not in r, "dimension" not in r)):
            key = tuple(row[n].text for n in ("agency", "label", "year", "phase", "amount"))
            best.setdefault(key, self._show_named(row, english[row["label"].text]))
        return sorted(best.values(), key=lambda r: (r.office, -r.year, r.phase, -(r.number or 0)))

    def _show_named(self, row: Row, english: str) -> AnswerRow:
        place, said = row["place"].text, [row[n].text for n in ("column", "dimension") if n in row]
        column = "，".join(each.rpartition("=")[2].replace("|", " ") for each in said)
        column = f"（{column}）" if column else ""
        return AnswerRow(
            self.find_office(row["agency"].text).label, row["agency"].text,
            (row["label"].text + column, english + column), Decimal(row["amount"].text), "CNY",
            year=int(row["year"].text), phase=row["phase"].text.rpartition("#phase")[2].lower(), degree="stated",
            document=place.partition("#")[0], evidence=self.site.local(place), stretch=find_stretch(place),
        )  # fmt: skip

    def _show(self, row: Row, office: str, name: Both) -> AnswerRow:
        place = row["place"].text
        basic = _is_basic(row)
        label = (name[0] + (_BASIC[0] if basic else ""), name[1] + (_BASIC[1] if basic else ""))
        return AnswerRow(
            office, row["agency"].text, label, Decimal(row["amount"].text), "CNY", year=int(row["year"].text),
            phase=row["phase"].text.rpartition("#phase")[2].lower(), degree="stated",
            scope=row["fund"].text.rpartition("#fund")[2].lower(), document=place.partition("#")[0],
            evidence=self.site.local(place), stretch=find_stretch(place),
        )  # fmt: skip


def _is_basic(row: Row) -> bool:
    return row["part"].text.endswith("Basic")


def _rank(row: Row) -> tuple[bool, bool, Decimal, Decimal]:
    fund = row["fund"].text.endswith("#fundAll")
    return _is_basic(row), not fund, Decimal(row["precision"].text), -Decimal(row["amount"].text)
