"""Answers about what offices have: projects, duties, divisions, targets, changes, contradictions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from service.queries.answers import Row
from service.search.answer import Answer, AnswerRow, Both
from service.search.asking_words import find_cues
from service.search.folding import compact
from service.search.names_asked import find_named
from service.search.telling import LABELS, Teller, find_stretch

_THINGS: Mapping[str, tuple[str, Both]] = {
    "duties": ("search/office-duties", ("职责", "duties")),
    "divisions": ("search/office-divisions", ("内设机构", "divisions")),
    "units": ("search/office-units", ("下属单位", "subordinate units")),
}
_PROJECTS: Both = ("项目", "projects")
_DIRECTIONS = {"up": "增加", "down": "减少", "unchanged": "持平"}
#: Shorter names of projects are words of every kind.
_LEAST_NAME = 5
_OWN_PLACE = re.compile(r"/(\d+)-(\d+)$")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class ListAnswers(Teller):
    """Answers about what offices have."""

    async def answer(self, missing: list[Both]) -> Answer | None:
        """The answer, or None where nothing is asked for that documents list."""
        asked = self.asked
        if not self.offices:
            return None
        if asked.form == "change":
            return await self._list_changes(missing)
        if asked.listed == "contradictions":
            return await self._list_contradictions(missing)
        if asked.listed == "targets":
            return await self._list_targets(missing)
        if asked.listed in _THINGS:
            return await self._list_things(missing)
        return await self._list_projects(missing)

    async def answer_by_name(self, missing: list[Both]) -> Answer | None:
        """The project or target whose whole name stands in the question, though it holds an item's words; else None."""
        said = compact(self.asked.text)
        rows = self._read_projects(await self.ask("search/office-projects"))
        held = [
            r for r in rows if r.number is not None and len(r.label[0]) >= _LEAST_NAME and compact(r.label[0]) in said
        ]
        if not held:
            return await self._find_target(said, missing)
        name = max((r.label[0] for r in held), key=len)
        meant = [r for r in held if r.label[0] == name]
        title = (f"{meant[0].office}的项目“{name}”", f"{meant[0].office}: the project “{name}”")
        return self.end("value" if len(meant) == 1 else "list", title, meant, missing)

    async def _find_target(self, said: str, missing: list[Both]) -> Answer | None:
        """The target whose whole name stands in the question, with a word of it that nothing else explains."""
        rows = [self._show_target(row) for row in self.keep_years(await self.ask("search/office-indicators"))]
        held = [r for r in rows if len(r.label[0]) >= _LEAST_NAME and (name := compact(r.label[0])) in said
                and any(word[:2] in name for word in self.asked.rest)]  # fmt: skip
        if not held:
            return None
        name = max((r.label[0] for r in held), key=len)
        meant = list({(r.office_iri, r.says): r for r in held if r.label[0] == name}.values())
        title = (f"{meant[0].office}的绩效目标“{name}”", f"{meant[0].office}: the target “{name}”")
        return self.end("value" if len(meant) == 1 else "list", title, meant, missing)

    def _list(self, what: Both, rows: Sequence[AnswerRow], missing: list[Both]) -> Answer:
        if not rows:
            title = (f"图谱中没有找到{self.whose}的{what[0]}", f"The graph has nothing of {self.whose}: {what[1]}")
            return self.end_without(title, missing)
        silent = [o for o in self.offices if all(r.office_iri != o.iri for r in rows)]
        title = (f"{self.whose}的{what[0]}：{len(rows)} 项", f"{self.whose}: {len(rows)} {what[1]}")
        return self.end("list", title, rows, [*missing, *self.list_missing_years(silent)])

    async def _list_things(self, missing: list[Both]) -> Answer:
        query, what = _THINGS[self.asked.listed]
        found: dict[str, AnswerRow] = {}
        for row in self.keep_years(await self.ask(query)):
            label, office = row["label"].text, self.find_office(row["agency"].text)
            place = _text(row, "place")
            shown = AnswerRow(
                office.label, office.iri, (label, label), year=_year(row), document=place.partition("#")[0],
                evidence=self.site.local(place or row["thing"].text), stretch=find_stretch(place),
            )  # fmt: skip
            known = found.setdefault(row["thing"].text, shown)
            if shown.stretch < known.stretch:
                found[row["thing"].text] = shown
        # In the order of the document.
        ordered = sorted(found.values(), key=lambda r: (r.office, r.document, r.stretch))
        return self._list(what, ordered, missing)

    # Projects

    async def _list_projects(self, missing: list[Both]) -> Answer | None:
        asked = self.asked
        rows = self._read_projects(await self.ask("search/office-projects"))
        called = "".join(asked.rest)
        if called or asked.like:
            return self._find_projects(rows, called, missing)
        if asked.form == "ranking":
            return self._rank_projects(rows, missing)
        return self._list(_PROJECTS, rows, missing)

    def _find_projects(self, rows: Sequence[AnswerRow], called: str, missing: list[Both]) -> Answer | None:
        """The project that a question calls by its name; None where no name is like it and none was said."""
        meant = [rows[n] for n in find_named([r.label[0] for r in rows], called, self.asked.like)]
        if len(meant) == 1 and meant[0].number is not None:
            name = meant[0].label[0]
            title = (f"{meant[0].office}的项目“{name}”", f"{meant[0].office}: the project “{name}”")
            return self.end("value", title, meant, missing)
        if meant:
            return self._list((f"与“{called}”有关的项目", f"projects about “{called}”"), meant, missing)
        if self.asked.listed != "projects":
            return None
        title = (
            f"图谱中没有找到{self.whose}名为“{called}”的项目",
            f"{self.whose}: the graph has no project called “{called}”",
        )
        return self.end_without(title, missing)

    def _rank_projects(self, rows: Sequence[AnswerRow], missing: list[Both]) -> Answer:
        asked = self.asked
        order = 1 if asked.least else -1
        ranked = sorted((r for r in rows if r.number is not None), key=lambda r: order * (r.number or 0))
        if not ranked:
            return self._list(_PROJECTS, [], missing)
        zh, en = ("由小到大", "smallest first") if asked.least else ("由大到小", "largest first")
        title = (f"{self.whose}的项目，{zh}", f"Projects of {self.whose}, {en}")
        return self.end("ranking", title, ranked[: asked.top], missing, total=len(ranked))

    def _read_projects(self, found: list[Row]) -> list[AnswerRow]:
        """Projects, each with its amount of the latest year: the largest that is stated of it there.

        Of those that bear one name all are kept whose amounts differ; those without an amount only where none has one.
        """
        best: dict[str, AnswerRow] = {}
        for row in self.keep_years(found):
            office, label = self.find_office(row["agency"].text), row["label"].text
            place = row["place"].text if "place" in row else ""
            money = "amount" in row
            shown = AnswerRow(
                office.label, office.iri, (label, label), number=Decimal(row["amount"].text) if money else None,
                unit="CNY" if money else "", year=_year(row), phase=_code(row, "phase"),
                degree="stated" if money else "", document=place.partition("#")[0],
                evidence=self.site.local(place or row["project"].text), stretch=find_stretch(place),
            )  # fmt: skip
            best.setdefault(row["project"].text, shown)
        named = {(r.office_iri, r.label) for r in best.values() if r.number is not None}
        kept = {
            (r.office_iri, r.label, r.number, r.phase): r
            for r in best.values()
            if r.number is not None or (r.office_iri, r.label) not in named
        }
        return list(kept.values())

    # Targets, changes, contradictions

    async def _list_targets(self, missing: list[Both]) -> Answer:
        called = self.asked.named
        rows = self.keep_years(await self.ask("search/office-indicators"))
        shown = [self._show_target(row) for row in rows]
        if not called:
            return self._list(("绩效目标", "performance targets"), shown, missing)
        meant = [shown[n] for n in find_named([r.label[0] for r in shown], called)]
        of_project = {_text(row, "project") for row in rows if compact(called) in compact(_text(row, "project"))}
        if of_project and not any(r.label[0] == called for r in meant):
            # The targets of a project: 接访大厅的绩效目标.
            own = [each for row, each in zip(rows, shown, strict=True) if _text(row, "project") in of_project]
            names = "、".join(sorted(of_project))
            return self._list((f"项目“{names}”的绩效目标", f"targets of the project “{names}”"), own, missing)
        if meant and len({(r.office_iri, r.label, r.says) for r in meant}) == 1:
            name = meant[0].label[0]
            title = (f"{meant[0].office}的绩效目标“{name}”", f"{meant[0].office}: the target “{name}”")
            return self.end("value", title, meant[:1], missing)
        return self._list((f"名为“{called}”的绩效目标", f"targets called “{called}”"), meant, missing)

    def _show_target(self, row: Row) -> AnswerRow:
        office, document = self.find_office(row["agency"].text), row["document"].text
        target = _text(row, "target")
        says = _text(row, "comparator") + target + _text(row, "unit") or _text(row, "qualitative")
        says += f"（{_text(row, 'result')}）" if _text(row, "result") else ""
        stretch, evidence = self._find_own_place(row)
        return AnswerRow(
            office.label, office.iri, (row["label"].text, row["label"].text),
            number=Decimal(target) if _NUMBER.fullmatch(target) else None, says=says, year=_year(row), phase="target",
            degree="stated", document=document, evidence=evidence, stretch=stretch,
        )  # fmt: skip

    async def _list_changes(self, missing: list[Both]) -> Answer:
        """What is said of changes of the items asked for, and of nothing beside them."""
        rows = [r for r in self.keep_years(await self.ask("search/office-changes"))
                if (said := _find_items(r["label"].text)) and said.issubset(self.asked.items)]  # fmt: skip
        what = tuple("、".join(LABELS[item][n] for item in self.asked.items) for n in (0, 1))
        # What is said of the item itself goes before what is said of a part that bears its word: 住房保障支出.
        rows = [r for r in rows if _is_item(r["label"].text)] or rows
        shown = _drop_repeated(self._show_change(row) for row in rows)
        if shown and len({(r.office_iri, r.says) for r in shown}) == 1:
            title = (
                f"{shown[0].office}：{what[0]}比上年的变化",
                f"{shown[0].office}: change of {what[1]} against the year before",
            )
            return self.end("value", title, shown[:1], missing)
        return self._list((f"{what[0]}的变化", f"changes of {what[1]}"), shown, missing)

    def _show_change(self, row: Row) -> AnswerRow:
        office = self.find_office(row["agency"].text)
        label = f"{row['label'].text} {_DIRECTIONS.get(_text(row, 'direction'), '')}".strip()
        amount = Decimal(row["amount"].text) if "amount" in row else None
        reason = _text(row, "reason")
        stretch, evidence = self._find_own_place(row)
        return AnswerRow(
            office.label, office.iri, (label, label), number=amount,
            unit="CNY" if amount is not None else "", says=reason, year=_year(row), degree="stated",
            document=row["document"].text, evidence=evidence, stretch=stretch,
        )  # fmt: skip

    def _find_own_place(self, row: Row) -> tuple[tuple[int, int], str]:
        """The characters of a thing whose IRI names them, and their address."""
        match = _OWN_PLACE.search(row["thing"].text)
        if match is None:
            return (0, 0), self.site.local(row["thing"].text)
        start, end = int(match[1]), int(match[2])
        return (start, end), self.site.local(f"{row['document'].text}#char={start},{end}")

    async def _list_contradictions(self, missing: list[Both]) -> Answer:
        found: dict[str, AnswerRow] = {}
        for row in self.keep_years(await self.ask("search/office-contradictions")):
            office = self.find_office(row["agency"].text)
            said = " ≠ ".join(row[n].text for n in ("left", "right") if n in row)
            item = f"{row['item'].text}：" if "item" in row else ""
            shown = AnswerRow(
                office.label, office.iri, (item + _text(row, "zh"), item + _text(row, "en")), says=said,
                year=_year(row), document=row["document"].text, evidence=self.site.local(row["finding"].text),
            )  # fmt: skip
            found.setdefault(row["finding"].text, shown)
        if not found:
            lacking = self.list_missing_years(self.offices)
            title = (
                f"{self.whose}的文件没有查出前后不一之处",
                f"No contradiction was found in the documents of {self.whose}",
            )
            return (
                self.end("absent", title, (), [*missing, *lacking]) if lacking else self.end("list", title, (), missing)
            )
        title = (
            f"{self.whose}的文件有 {len(found)} 处前后不一",
            f"{self.whose}: {len(found)} contradictions in the documents",
        )
        return self.end("list", title, list(found.values()), missing)


def _drop_repeated(rows: Iterable[AnswerRow]) -> list[AnswerRow]:
    """Changes, each once, rather with a reason: one may be told in several sentences."""
    found: dict[tuple[object, ...], AnswerRow] = {}
    for row in sorted(rows, key=lambda r: not r.says):
        said = row.number if row.number is not None else row.says
        found.setdefault((row.office_iri, row.year, said, frozenset(_find_items(row.label[0]))), row)
    return list(found.values())


def _find_items(label: str) -> set[str]:
    """The items that a label names."""
    return {cue.meaning for cue in find_cues(label) if cue.table == "items"}


def _is_item(label: str) -> bool:
    """Whether a label says an item and nothing beside it."""
    return any(cue.end - cue.start == len(label.strip()) for cue in find_cues(label) if cue.table == "items")


def _text(row: Row, name: str) -> str:
    return row[name].text if name in row else ""


def _year(row: Row) -> int:
    return int(row["year"].text) if "year" in row else 0


def _code(row: Row, name: str) -> str:
    """The last part of a term's IRI in small letters: …#phaseBudget is budget."""
    return _text(row, name).rpartition("#")[2].removeprefix(name).lower()
