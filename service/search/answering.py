"""Answers a question out of the office sheets, the projects, duties, divisions, targets and contradictions of offices.

What is not loaded or not stated is said so: no other office, year or item stands in for it unnamed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import pyoxigraph as ox

from loaders.quantities.items import ITEMS
from service.pages.site import Site
from service.queries.answers import Row
from service.search.answer import Answer, AnswerRow, Both, Onward, comparison_address
from service.search.asked import Asked
from service.search.asking_words import load_words
from service.search.figures_asked import (
    Value,
    choose,
    divide,
    find_whole,
    list_needed,
    rank,
    read_value,
)
from service.search.names_asked import find_named
from service.search.offices_asked import Office, OfficeBook

_ITEMS = {item.id: (item.zh, item.en) for item in ITEMS}
#: How many rows an answer shows, of how many the words are quoted, how much of the text stands around a number.
_SHOWN, _QUOTED, _REACH = 20, 3, 36
_CHARACTERS = re.compile(r"#char=(\d+),(\d+)$")
_KINDS_OF_LIST = {
    "duties": ("search/office-duties", ("职责", "duties")),
    "divisions": ("search/office-divisions", ("内设机构", "divisions")),
}
_FORMS: Mapping[str, Both] = {
    "share": ("{part}占{whole}的比例", "{part} as a share of {whole}"),
    "head": ("人均{part}", "{part} per head"),
    "car": ("车均{part}", "{part} per official car"),
}
_NO_SUCH: Both = ("没有载入“{words}”的文件。", "No document of “{words}” is loaded.")
_NO_YEAR: Both = ("没有载入{office} {years} 年的文件；已载入的是 {loaded} 年。",
                  "No document of {office} for {years} is loaded; what is loaded is of {loaded}.")  # fmt: skip
_NO_PHASE: Both = ("没有载入{office}的{phase}数；下面是载入的文件所述。",
                   "No {phase} of {office} is loaded; what the loaded documents say follows.")  # fmt: skip
_PHASES: Mapping[str, Both] = {"budget": ("预算", "budget"), "final": ("决算", "final account")}


class Answering:
    """Answers questions over the store of a site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def answer(self, asked: Asked, book: OfficeBook) -> Answer | None:
        """The answer, or None where the question asks for nothing that is answered here."""
        if not asked.form:
            return None
        offices = list_offices(asked, book)
        work = _Work(self.site, asked, book, offices)
        found = await work.answer()
        if found is None:
            return None
        notes = (*_tell_reading(asked), *found.notes)
        rows = await self._quote(found.rows[:_SHOWN])
        return replace(found, rows=rows, notes=notes, total=found.total or len(found.rows))

    async def _quote(self, rows: Sequence[AnswerRow]) -> tuple[AnswerRow, ...]:
        """The rows, the first of them with the words that state them."""
        quoted = await asyncio.gather(*(self._quote_one(row) for row in rows[:_QUOTED]))
        return (*quoted, *rows[_QUOTED:])

    async def _quote_one(self, row: AnswerRow) -> AnswerRow:
        start, end = row.stretch
        if not row.document or not end:
            return row
        first = max(0, start - _REACH)
        whole = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
        given = {"document": [ox.NamedNode(row.document)], "from": [ox.Literal(str(first + 1), datatype=whole)],
                 "length": [ox.Literal(str(end + _REACH - first), datatype=whole)]}  # fmt: skip
        found = (await self.site.answers.ask_internal("search/words-around", given)).rows
        if not found or "words" not in found[0]:
            return row
        words = found[0]["words"].text
        before, stated, after = words[: start - first], words[start - first : end - first], words[end - first :]
        line = before.rpartition("\n")[2] + stated + after.partition("\n")[0]
        return replace(row, quote=" ".join(line.split()))


def list_offices(asked: Asked, book: OfficeBook) -> list[Office]:
    """The loaded offices that a question means, each once, in the order in which it does."""
    found = [o for named in (*asked.offices.named, *asked.offices.places) for o in named.offices]
    found += [o for kind, _ in asked.offices.kinds for o in book.of_kind(kind)]
    return list(dict.fromkeys(found))


def _tell_reading(asked: Asked) -> list[Both]:
    """What was read otherwise than it was written."""
    return [(f"“{r.words}”读作“{r.meant}”。", f"“{r.words}” was read as “{r.meant}”.") for r in asked.respelt]


@dataclass(frozen=True)
class _Work:
    """One question on its way to an answer. ``offices`` are the loaded ones that it means."""

    site: Site
    asked: Asked
    book: OfficeBook
    offices: list[Office]

    async def answer(self) -> Answer | None:
        asked = self.asked
        missing = self._list_missing()
        somewhere = asked.offices.named or asked.offices.kinds or asked.offices.places
        if somewhere and not self.offices:
            return Answer(
                "absent", ("没有载入所问的部门", "The office asked for is not loaded"), missing=tuple(missing)
            )
        if asked.form == "list" or asked.listed or (asked.guessed and asked.rest and self.offices):
            return await self._answer_list(missing)
        if asked.form == "rate" or not asked.items:
            return None
        answer = await self._answer_items(missing)
        unread = tuple(w for w in asked.rest if not w.isascii() or asked.text.isascii())
        if answer is None or not unread or not (answer.rows or answer.missing):
            return answer
        if asked.guessed:
            # What is asked for is said by words that nothing here knows: no total stands in for it.
            return None
        words = "、".join(unread)
        note = (f"回答没有用到“{words}”。", f"The answer makes no use of “{words}”.")
        return replace(answer, notes=(*answer.notes, note))

    def _list_missing(self) -> list[Both]:
        asked = self.asked
        unknown = [o.words for o in (*asked.offices.named, *asked.offices.places) if not o.offices]
        unknown += [words for kind, words in asked.offices.kinds if not self.book.of_kind(kind)]
        return [_fill(_NO_SUCH, words=words) for words in unknown]

    def _list_missing_years(self, offices: Iterable[Office]) -> list[Both]:
        asked = self.asked
        if not asked.years and not asked.last_year:
            return []
        found = []
        for office in offices:
            wanted = asked.years or (max(office.years, default=0) - 1,)
            lacking = [year for year in wanted if year not in office.years]
            if lacking:
                years, loaded = (_join_years(each) for each in (lacking, sorted(office.years)))
                found.append(_fill(_NO_YEAR, office=office.label, years=years, loaded=loaded))
        return found

    # Items of the sheet

    async def _ask_values(self, items: Sequence[str]) -> list[Value]:
        given = {"item": [ox.Literal(item) for item in items], "agency": [ox.NamedNode(o.iri) for o in self.offices]}
        return [read_value(row) for row in (await self.site.answers.ask_internal("search/office-values", given)).rows]

    async def _answer_items(self, missing: list[Both]) -> Answer | None:
        asked = self.asked
        values = await self._ask_values(list_needed(asked))
        if asked.form == "ranking" or not self.offices:
            return self._rank(values, missing)
        if asked.form in _FORMS:
            return self._divide(values, missing)
        return self._state(values, missing)

    def _state(self, values: list[Value], missing: list[Both]) -> Answer:
        """What sheets say of each office and item."""
        asked, offices = self.asked, self.offices
        rows: list[AnswerRow] = []
        silent: list[Office] = []
        notes: list[Both] = []
        for office in offices:
            found = [v for item in asked.items for v in choose(values, asked, item, office.iri)]
            if not found and asked.phase:
                plain = replace(asked, phase="")
                found = [v for item in asked.items for v in choose(values, plain, item, office.iri)]
                if found:
                    phase = _PHASES[asked.phase]
                    notes.append((_NO_PHASE[0].format(office=office.label, phase=phase[0]),
                                  _NO_PHASE[1].format(office=office.label, phase=phase[1])))  # fmt: skip
            rows += [self._show(v, office) for v in found]
            if not found:
                silent.append(office)
        lacking = self._list_missing_years(silent)
        missing = [*missing, *lacking]
        what = self._name_items()
        spoken = [o for o in silent if not (set(asked.years) - o.years)] if lacking else silent
        if not rows:
            if lacking:
                return self._end(
                    "absent", ("没有载入所问年度", "The year asked for is not loaded"), rows, missing, notes
                )
            title = (
                f"{_name_offices(offices)}的文件没有陈述{what[0]}",
                f"The documents of {_name_offices(offices)} do not state: {what[1]}",
            )
            return self._end("unstated", title, rows, missing, notes)
        if spoken and len(offices) > 1:
            names = "、".join(o.label for o in spoken)
            notes.append((f"没有陈述的：{names}。", f"Not stated by: {names}."))
        several = len({r.office_iri for r in rows}) > 1 or len(offices) > 1 or bool(missing)
        if several:
            rows.sort(key=lambda r: -(r.number or 0))
            if self._differ(rows):
                notes.append(
                    (
                        "各行年度、阶段或口径不同，不宜直接相比。",
                        "The rows are of different years, phases or scopes: not to be compared as they are.",
                    )
                )
            if len(rows) == 2 and all(r.number is not None for r in rows) and not self._differ(rows):
                notes.append(_tell_difference(rows[0], rows[1]))
            title = (
                f"{what[0]}：{len({r.office_iri for r in rows})} 个部门",
                f"{what[1]}: {len({r.office_iri for r in rows})} offices",
            )
            return self._end("comparison", title, rows, missing, notes)
        title = (f"{rows[0].office}的{rows[0].label[0]}", f"{rows[0].office}: {rows[0].label[1]}")
        return self._end("value", title, rows, missing, notes)

    def _rank(self, values: list[Value], missing: list[Both]) -> Answer | None:
        """The offices in the order of an item."""
        asked = self.asked
        item = asked.items[0]
        among = frozenset(o.iri for o in self.offices) if self.offices else None
        ranked = rank(values, asked, item, among)
        if not ranked.values:
            lacking = self._list_missing_years(self.offices)
            if asked.years and not self.offices:
                lacking = [
                    (
                        f"没有任何 {_join_years(asked.years)} 年的文件陈述该项目。",
                        f"No document of {_join_years(asked.years)} states it.",
                    )
                ]
            title = (f"没有可以排序的{_ITEMS[item][0]}", f"Nothing to rank: {_ITEMS[item][1]}")
            return self._end("absent" if lacking else "unstated", title, (), [*missing, *lacking], [])
        notes: list[Both] = []
        if ranked.others > 0:
            notes.append((f"另有 {ranked.others} 个部门只有其他年度、阶段或口径的数，没有排入。",
                          f"{ranked.others} more offices have it for other years, phases or scopes only and are left out."))  # fmt: skip
        rows = [self._show(v, self._office(v.agency)) for v in ranked.values]
        order = ("由低到高", "lowest first") if asked.least else ("由高到低", "highest first")
        title = (f"{ranked.year} 年{_ITEMS[item][0]}，{order[0]}", f"{_ITEMS[item][1]}, {ranked.year}, {order[1]}")
        answer = self._end("ranking", title, rows[: asked.top], missing, notes)
        return replace(answer, total=len(rows))

    def _divide(self, values: list[Value], missing: list[Both]) -> Answer:
        """A part over its whole, or over people or cars."""
        asked = self.asked
        part, whole = (
            find_whole(asked)
            if asked.form == "share"
            else (asked.items[0], {"head": "staff", "car": "vehicles"}[asked.form])
        )
        rows: list[AnswerRow] = []
        silent: list[Office] = []
        for office in self.offices:
            parts, wholes = (choose(values, asked, item, office.iri) for item in (part, whole))
            pairs = [(p, w, q) for p in parts for w in wholes if (q := divide(p, w)) is not None]
            if pairs:
                rows.append(self._show_quotient(*pairs[0], office))
            else:
                silent.append(office)
        names = tuple(_FORMS[asked.form][n].format(part=_ITEMS[part][n], whole=_ITEMS[whole][n]) for n in (0, 1))
        what: Both = (names[0], names[1])
        lacking = self._list_missing_years(silent)
        if not rows:
            title = (f"{_name_offices(self.offices)}的文件没有同时陈述{_ITEMS[part][0]}与{_ITEMS[whole][0]}",
                     f"The documents of {_name_offices(self.offices)} do not state both: {_ITEMS[part][1]}; {_ITEMS[whole][1]}")  # fmt: skip
            return self._end("absent" if lacking else "unstated", title, (), [*missing, *lacking], [])
        if len(rows) > 1 or asked.form == "ranking":
            rows.sort(key=lambda r: -(r.number or 0))
        return self._end("share", what, rows, [*missing, *lacking], [])

    def _show_quotient(self, part: Value, whole: Value, quotient: Decimal, office: Office) -> AnswerRow:
        asked = self.asked
        row = self._show(part, office)
        over: Both = (_ITEMS[whole.item][0], _ITEMS[whole.item][1])
        number = quotient * 100 if asked.form == "share" else quotient
        names = tuple(_FORMS[asked.form][n].format(part=_ITEMS[part.item][n], whole=over[n]) for n in (0, 1))
        says = f"{_group(part.number)} ÷ {_group(whole.number)}"
        rounded = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
        unit = "PERCENT" if asked.form == "share" else part.unit
        degree = row.degree if row.degree == whole.degree else "stated"
        return replace(row, label=(names[0], names[1]), number=rounded, unit=unit, says=says, degree=degree)

    # Things that offices have

    async def _answer_list(self, missing: list[Both]) -> Answer | None:
        asked = self.asked
        if not self.offices:
            return None
        if asked.listed == "contradictions":
            return await self._list_contradictions(missing)
        if asked.listed == "targets":
            return await self._list_targets(missing)
        if asked.listed in _KINDS_OF_LIST:
            return await self._list_things(missing)
        return await self._list_projects(missing)

    async def _ask(self, name: str) -> list[Row]:
        given = {"agency": [ox.NamedNode(o.iri) for o in self.offices]}
        return (await self.site.answers.ask_internal(name, given)).rows

    def _of_years(self, rows: list[Row]) -> list[Row]:
        """Rows of the years asked for, else of each office's latest."""
        asked = self.asked
        latest: dict[str, int] = {}
        for row in rows:
            if "year" in row:
                latest[row["agency"].text] = max(latest.get(row["agency"].text, 0), int(row["year"].text))
        if asked.years:
            return [r for r in rows if "year" in r and int(r["year"].text) in asked.years]
        return [r for r in rows if "year" not in r or int(r["year"].text) == latest[r["agency"].text]]

    async def _list_things(self, missing: list[Both]) -> Answer:
        asked = self.asked
        query, what = _KINDS_OF_LIST[asked.listed]
        rows = self._of_years(await self._ask(query))
        found: dict[str, AnswerRow] = {}
        for row in rows:
            label = row["label"].text
            office = self._office(row["agency"].text)
            thing = self.site.local(row["thing"].text)
            shown = AnswerRow(office.label, office.iri, (label, label), year=int(row["year"].text), evidence=thing)
            found.setdefault(row["thing"].text, shown)
        return self._end_list(what, list(found.values()), missing)

    def _end_list(self, what: Both, rows: list[AnswerRow], missing: list[Both], notes: Sequence[Both] = ()) -> Answer:
        silent = [o for o in self.offices if all(r.office_iri != o.iri for r in rows)]
        lacking = self._list_missing_years(silent)
        whose = _name_offices(self.offices)
        if not rows:
            title = (f"{whose}的文件没有陈述{what[0]}", f"The documents of {whose} state no {what[1]}")
            return self._end("absent" if lacking else "unstated", title, (), [*missing, *lacking], list(notes))
        title = (f"{whose}的{what[0]}：{len(rows)} 项", f"{whose}: {len(rows)} {what[1]}")
        return replace(self._end("list", title, rows, [*missing, *lacking], list(notes)), total=len(rows))

    async def _list_projects(self, missing: list[Both]) -> Answer | None:
        asked = self.asked
        what: Both = ("项目", "projects")
        rows = self._read_projects(await self._ask("search/office-projects"))
        called = "".join(w for w in asked.rest)
        if called or asked.like:
            meant = find_named([r.label[0] for r in rows], called, asked.like)
            if not meant:
                return await self._say_unknown(called, missing)
            rows = [rows[n] for n in meant]
            if len(rows) == 1 and rows[0].number is not None:
                title = (
                    f"{rows[0].office}的项目“{rows[0].label[0]}”",
                    f"{rows[0].office}: the project “{rows[0].label[0]}”",
                )
                return self._end("value", title, rows, missing, [])
            return self._end_list((f"与“{called}”有关的项目", f"projects about “{called}”"), rows, missing)
        if asked.form == "ranking":
            ranked = sorted(
                (r for r in rows if r.number is not None),
                key=lambda r: (r.number or 0) if asked.least else -(r.number or 0),
            )
            if not ranked:
                return self._end_list(what, [], missing)
            whose = _name_offices(self.offices)
            title = (
                f"{whose}的项目，{'由小到大' if asked.least else '由大到小'}",
                f"Projects of {whose}, {'smallest' if asked.least else 'largest'} first",
            )
            return replace(self._end("ranking", title, ranked[: asked.top], missing, []), total=len(ranked))
        return self._end_list(what, rows, missing)

    async def _say_unknown(self, called: str, missing: list[Both]) -> Answer | None:
        """A project that no name is like: the question said that it is one, so that this is told."""
        if self.asked.listed != "projects" or not called:
            return None
        whose = _name_offices(self.offices)
        title = (
            f"{whose}的文件没有名为“{called}”的项目",
            f"The documents of {whose} have no project called “{called}”",
        )
        return self._end("unstated", title, (), missing, [])

    def _read_projects(self, found: list[Row]) -> list[AnswerRow]:
        """Projects, each with its amount of the latest year: the largest that is stated of it there."""
        best: dict[tuple[str, str], AnswerRow] = {}
        parents = {row["parent"].text for row in found if "parent" in row}
        for row in self._of_years(found):
            office = self._office(row["agency"].text)
            label = row["label"].text
            key = (office.iri, label)
            if key in best or (self.asked.form == "ranking" and row["project"].text in parents and "parent" in row):
                continue
            place = row["place"].text if "place" in row else ""
            match = _CHARACTERS.search(place)
            best[key] = AnswerRow(
                office.label, office.iri, (label, label),
                number=Decimal(row["amount"].text) if "amount" in row else None,
                unit="CNY" if "amount" in row else "", year=int(row["year"].text) if "year" in row else 0,
                phase=row["phase"].text.rpartition("#phase")[2].lower() if "phase" in row else "",
                degree="stated" if "amount" in row else "", document=place.partition("#")[0],
                evidence=self.site.local(place or row["project"].text),
                stretch=(int(match[1]), int(match[2])) if match else (0, 0),
            )  # fmt: skip
        return list(best.values())

    async def _list_targets(self, missing: list[Both]) -> Answer:
        asked = self.asked
        rows = self._of_years(await self._ask("search/office-indicators"))
        shown = [self._show_target(row) for row in rows]
        if asked.named:
            meant = find_named([r.label[0] for r in shown], asked.named)
            shown = [shown[n] for n in meant]
            alike = {(r.office_iri, r.label, r.says) for r in shown}
            if shown and len(alike) == 1:
                title = (
                    f"{shown[0].office}的绩效目标“{shown[0].label[0]}”",
                    f"{shown[0].office}: the target “{shown[0].label[0]}”",
                )
                return self._end("value", title, shown[:1], missing, [])
            what = (f"名为“{asked.named}”的绩效目标", f"targets called “{asked.named}”")
            return self._end_list(what, shown, missing)
        return self._end_list(("绩效目标", "performance targets"), shown, missing)

    def _show_target(self, row: Row) -> AnswerRow:
        def get(name: str) -> str:
            return row[name].text if name in row else ""

        office = self._office(row["agency"].text)
        place = re.search(r"/(\d+)-(\d+)$", row["thing"].text)
        stretch = (int(place[1]), int(place[2])) if place else (0, 0)
        says = get("comparator") + get("target") + get("unit") or get("qualitative")
        if get("result"):
            says += f"（{get('result')}）"
        number = Decimal(get("target")) if re.fullmatch(r"-?\d+(?:\.\d+)?", get("target")) else None
        evidence = (
            self.site.local(f"{get('document')}#char={stretch[0]},{stretch[1]}")
            if place
            else self.site.local(row["thing"].text)
        )
        return AnswerRow(
            office.label, office.iri, (get("label"), get("label")), number=number, unit="", says=says, year=int(get("year") or 0),
            phase="target", degree="stated", document=get("document"), evidence=evidence, stretch=stretch,
        )  # fmt: skip

    async def _list_contradictions(self, missing: list[Both]) -> Answer:
        rows = self._of_years(await self._ask("search/office-contradictions"))
        found: dict[str, AnswerRow] = {}
        for row in rows:
            office = self._office(row["agency"].text)
            said = " ≠ ".join(row[n].text for n in ("left", "right") if n in row)
            item = f"{row['item'].text}：" if "item" in row else ""
            label = (f"{item}{row['zh'].text if 'zh' in row else ''}", f"{item}{row['en'].text if 'en' in row else ''}")
            shown = AnswerRow(office.label, office.iri, label, says=said, year=int(row["year"].text) if "year" in row else 0,
                              document=row["document"].text, evidence=self.site.local(row["finding"].text))  # fmt: skip
            found.setdefault(row["finding"].text, shown)
        whose = _name_offices(self.offices)
        listed = list(found.values())
        if not listed:
            title = (f"{whose}的文件没有查出前后不一之处", f"No contradiction was found in the documents of {whose}")
            return self._end("list", title, (), missing, [])
        title = (f"{whose}的文件有 {len(listed)} 处前后不一", f"{whose}: {len(listed)} contradictions in the documents")
        return replace(self._end("list", title, listed, missing, []), total=len(listed))

    # What all answers have

    def _show(self, value: Value, office: Office) -> AnswerRow:
        return AnswerRow(
            office.label, office.iri, _ITEMS[value.item], value.number, value.unit, "", value.year, value.phase, value.scope,
            value.degree, value.document, "", self.site.local(value.place) if value.place else "",
            f"{self.site.local(value.document)}/sheet", value.stretch,
        )  # fmt: skip

    def _office(self, iri: str) -> Office:
        return self.book.offices.get(iri) or Office(iri, self.site.answers.shorten(iri), "", "", frozenset())

    def _name_items(self) -> Both:
        return ("、".join(_ITEMS[i][0] for i in self.asked.items), ", ".join(_ITEMS[i][1] for i in self.asked.items))

    @staticmethod
    def _differ(rows: Sequence[AnswerRow]) -> bool:
        by_item: dict[Both, set[tuple[int, str, str]]] = {}
        for row in rows:
            by_item.setdefault(row.label, set()).add((row.year, row.phase, row.scope))
        return len(by_item) > 1 or any(len(kinds) > 1 for kinds in by_item.values())

    def _end(
        self, status: str, title: Both, rows: Sequence[AnswerRow], missing: Sequence[Both], notes: Sequence[Both]
    ) -> Answer:
        return Answer(status, title, tuple(rows), tuple(missing), tuple(notes), tuple(self._lead_on(status, rows)))

    def _lead_on(self, status: str, rows: Sequence[AnswerRow]) -> Iterable[Onward]:
        """The sheet of one office, the comparison of several, the canned query."""
        offices = list(dict.fromkeys(r.office_iri for r in rows if r.office_iri)) or [o.iri for o in self.offices]
        short = [iri.rpartition("/")[2] for iri in offices]
        sheets = list(dict.fromkeys(r.sheet for r in rows if r.sheet))
        if len(sheets) == 1:
            yield Onward(("部门表", "office sheet"), sheets[0])
        elif len(short) == 1:
            yield Onward(("部门", "office"), self.site.local(offices[0]))
        if status == "comparison" and len(short) > 1:
            years = sorted({r.year for r in rows if r.year} | set(self.asked.years))
            yield Onward(("并排比较这些部门", "compare these offices side by side"), comparison_address(short, years))
        key = f"list-{self.asked.listed}" if self.asked.listed else next(iter(self.asked.items), "")
        name = load_words()["queries"].get(key, "")
        if name in self.site.answers.catalogue:
            yield self._offer(name, short if status != "ranking" else [])

    def _offer(self, name: str, short: Sequence[str]) -> Onward:
        query = self.site.answers.catalogue.find(name)
        taken = {p.name for p in query.parameters}
        pairs = [("agency", short[0])] if "agency" in taken and len(short) == 1 else []
        if "year" in taken and len(self.asked.years) == 1:
            pairs.append(("year", str(self.asked.years[0])))
        asked = "?" + "&".join(f"{k}={v}" for k, v in pairs) if pairs else ""
        return Onward((query.title.get("zh", name), query.title.get("en", name)), f"/queries/{name}{asked}")


def _fill(pattern: Both, **values: str) -> Both:
    return pattern[0].format(**values), pattern[1].format(**values)


def _join_years(years: Iterable[int]) -> str:
    return "、".join(map(str, years))


def _name_offices(offices: Sequence[Office]) -> str:
    few = "、".join(o.label for o in offices[:3])
    return few + (f"等 {len(offices)} 个部门" if len(offices) > 3 else "")


def _group(number: Decimal | None) -> str:
    return f"{number:,f}" if number is not None else ""


def _tell_difference(more: AnswerRow, less: AnswerRow) -> Both:
    difference = _group((more.number or Decimal(0)) - (less.number or Decimal(0)))
    unit = ("元", "yuan") if more.unit == "CNY" else ("", "")
    return (f"相差 {difference} {unit[0]}".strip() + "。", f"They differ by {difference} {unit[1]}".strip() + ".")
