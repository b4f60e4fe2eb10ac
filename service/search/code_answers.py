"""Answers about codes of the classifications: what offices spend under them, as the official tables print it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import pyoxigraph as ox

from service.queries.answers import Row
from service.search.answer import Answer, AnswerRow, Both
from service.search.telling import Teller, find_stretch, group

_BY_NAME: Both = (
    "文件在几处以这个名称列数，口径见各行，数额不同的不宜相加。",
    "Documents state it by name in several places: each row says its column; the amounts do not add up.",
)
#: Of how many offices the rows are read for an order of them.
_MOST_OFFICES = 2_000
_COLUMNS: Both = (
    "按各部门官方表格所印的最大口径排序；口径见各行。",
    "In order of what the official tables of each office print in the widest scope, which each row says.",
)
_PARTS: Mapping[str, Both] = {
    "Basic": ("（基本支出）", " (basic expenditure)"), "Personnel": ("（人员经费）", " (personnel)"),
    "Public": ("（公用经费）", " (running expenses)"), "Project": ("（项目支出）", " (project expenditure)"),
}  # fmt: skip
_WIDTHS = {"Basic": 1, "Personnel": 2, "Public": 2, "Project": 2}


class CodeAnswers(Teller):
    """Answers about codes."""

    async def answer(self, missing: list[Both]) -> Answer | None:
        """What the offices spend under the codes asked for; None without an office."""
        asked = self.asked
        if asked.form == "ranking" or (not self.offices and asked.form == "value"):
            return await self._rank(missing)
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
        for rows in sorted(add_up(found), key=_rank):
            office = self.find_office(rows[0]["agency"].text)
            shown = self._show(rows, office.label, codes[rows[0]["code"].text])
            best.setdefault((office.iri, rows[0]["code"].text, shown.phase), shown)
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

    async def _rank(self, missing: list[Both]) -> Answer | None:
        """The offices in the order of what they spend under a code, of the year and phase that most of them state."""
        asked = self.asked
        names, *others = dict.fromkeys((label, english) for _, label, english in asked.codes)
        offices = self.offices or list(self.book.offices.values())
        if others or len(offices) > _MOST_OFFICES:
            return None
        # The same name in several classifications: what is spent under any of them, never added.
        codes = [ox.NamedNode(iri) for iri, _, _ in dict.fromkeys(asked.codes)]
        given = {"code": codes, "agency": [ox.NamedNode(o.iri) for o in offices]}
        rows = await self.ask("search/office-codes", **given)
        if asked.phase:
            rows = [r for r in rows if r["phase"].text.endswith(f"#phase{asked.phase.title()}")]
        year = asked.years[0] if asked.years else _find_most(rows, "year")
        rows = [r for r in rows if r["year"].text == str(year)]
        phase = _find_most(rows, "phase")
        best: dict[str, AnswerRow] = {}
        for summed in sorted(add_up([r for r in rows if r["phase"].text == phase]), key=_rank):
            office = self.find_office(summed[0]["agency"].text)
            best.setdefault(office.iri, self._show(summed, office.label, names))
        found = sorted(best.values(), key=lambda r: (r.number or 0) * (1 if asked.least else -1))
        if asked.bound is not None:
            found = [r for r in found if asked.bound.holds(r.number or Decimal(0))]
        if not found:
            return self.end_without((f"没有可以排序的{names[0]}", f"Nothing to rank: {names[1]}"), missing)
        order = ("由低到高", "lowest first") if asked.least else ("由高到低", "highest first")
        title = (f"{year} 年{names[0]}，{order[0]}", f"{names[1]}, {year}, {order[1]}")
        return self.end("ranking", title, found[: asked.top], missing, [_COLUMNS], total=len(found))

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

    def _show(self, rows: Sequence[Row], office: str, name: Both) -> AnswerRow:
        row, place = rows[0], rows[0]["place"].text
        kind = _PARTS.get(_name_part(row), ("", ""))
        says = " + ".join(group(Decimal(r["amount"].text)) for r in rows) if len(rows) > 1 else ""
        return AnswerRow(
            office, row["agency"].text, (name[0] + kind[0], name[1] + kind[1]), _total(rows), "CNY", says,
            int(row["year"].text), phase=row["phase"].text.rpartition("#phase")[2].lower(), degree="stated",
            scope=row["fund"].text.rpartition("#fund")[2].lower(), document=place.partition("#")[0],
            evidence=self.site.local(place), stretch=find_stretch(place),
        )  # fmt: skip


def add_up(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each code that make up one amount: of one table's scope, one for each code of another classification.

    Official tables of economic codes give 办公费 once for 机关 (50201) and once for 事业单位 (50502): the office spends
    both. A row without such a code is the whole already; of codes within one another the finest are added.
    """
    groups: dict[tuple[str, ...], dict[tuple[str, ...], Row]] = {}
    # The finest rounding and the largest first: in a row of a table that is what stands for all of its columns.
    for row in sorted(rows, key=lambda r: (Decimal(r["precision"].text), -Decimal(r["amount"].text))):
        key = tuple(row[n].text for n in ("agency", "code", "year", "phase", "part", "fund"))
        others = (row[n].text if n in row else "" for n in ("function", "economic", "government"))
        key += (row["place"].text.partition("#")[0],)
        groups.setdefault(key, {}).setdefault(tuple("" if o == row["code"].text else o for o in others), row)
    found = []
    for parts in groups.values():
        whole = parts.get(("", "", ""))
        leaves = [row for others, row in parts.items() if not _holds_another(others, parts)]
        found.append([whole] if whole is not None else leaves)
    return found


def _holds_another(codes: tuple[str, ...], among: Iterable[tuple[str, ...]]) -> bool:
    """Whether other codes lie below these: 502 before 50201."""
    return any(o != codes and all(b.startswith(a) for a, b in zip(codes, o, strict=True)) for o in among)


def _find_most(rows: Sequence[Row], name: str) -> str:
    """The value of a column that most offices have, the later one of two."""
    pairs = {(row["agency"].text, row[name].text) for row in rows}
    counts = Counter(value for _, value in pairs)
    return max(counts, key=lambda value: (counts[value], value), default="")


def _name_part(row: Row) -> str:
    return row["part"].text.rpartition("Expenditure")[2]


def _total(rows: Sequence[Row]) -> Decimal:
    return sum((Decimal(row["amount"].text) for row in rows), Decimal(0))


def _rank(rows: Sequence[Row]) -> tuple[int, bool, Decimal, Decimal]:
    """The widest first: all expenditure before basic, that before its parts; all funds before one."""
    part, fund = _name_part(rows[0]), rows[0]["fund"].text.endswith("#fundAll")
    return _WIDTHS.get(part, 0), not fund, Decimal(rows[0]["precision"].text), -_total(rows)
