"""Answers out of office sheets: values, values beside one another, the most and the least, shares, rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

import pyoxigraph as ox

from service.search.answer import Answer, AnswerRow, Both
from service.search.asking_words import load_words
from service.search.figures_asked import Value, add_parts, choose, divide, find_whole, list_needed, rank, read_value
from service.search.offices_asked import Office
from service.search.telling import LABELS, Teller, fill, group, join_years

_QUOTIENTS: Mapping[str, Both] = {
    "share": ("{part}占{whole}的比例", "{part} as a share of {whole}"),
    "head": ("人均{part}", "{part} per head"),
    "car": ("车均{part}", "{part} per official car"),
    "rate": ("{part}的执行率（决算÷预算）", "{part}: final account over budget"),
}
_OVER = {"head": "staff", "car": "vehicles"}
#: What a rate of execution is of, where the question does not say: the first that a document states of both phases.
_EXECUTED = ("expenditure-total", "general-budget-expenditure")
_PERCENT = ("share", "rate")
_NO_PHASE: Both = (
    "没有载入{office}的{zh}数；下面是载入的文件所述。",
    "No {en} of {office} is loaded; what the loaded documents say follows.",
)
_PHASES: Mapping[str, Both] = {"budget": ("预算", "budget"), "final": ("决算", "final account")}
_DIFFERENT: Both = (
    "各行项目、年度、阶段或口径不同，不宜直接相比。",
    "The rows are of different items, years, phases or scopes: not to be compared as they are.",
)
_MIXED: Both = ("各部门年度不同，见各行。", "The offices are of different years, as each row says.")
_OTHERS: Both = (
    "另有 {others} 个部门只有其他年度、阶段或口径的数，没有排入。",
    "Left out, since they have it for other years, phases or scopes only: {others} of the offices.",
)


@dataclass
class _Stated:
    """What sheets state of some offices; the offices that state nothing, and what has to be noted."""

    rows: list[AnswerRow] = field(default_factory=list)
    silent: list[Office] = field(default_factory=list)
    notes: list[Both] = field(default_factory=list)
    items: set[str] = field(default_factory=set)


class SheetAnswers(Teller):
    """Answers about the items of office sheets."""

    async def answer(self, missing: list[Both]) -> Answer | None:
        """The answer, or None where nothing is asked for that sheets hold."""
        asked = self.asked
        items = [ox.Literal(item) for item in list_needed(asked)]
        values = [read_value(row) for row in await self.ask("search/office-values", item=items)]
        if asked.form in _QUOTIENTS:
            return self._divide(values, missing)
        if asked.form == "ranking" or not self.offices:
            return self._rank(values, missing)
        return self._state(values, missing)

    def _state(self, values: list[Value], missing: list[Both]) -> Answer:
        """What sheets say of each office and item."""
        asked = self.asked
        stated = _Stated()
        for office in self.offices:
            self._look_up(values, office, stated)
        what = self._name_items()
        if not stated.rows:
            title = (f"图谱中没有找到{self.whose}的{what[0]}", f"The graph has nothing of {self.whose}: {what[1]}")
            return self.end_without(title, missing, stated.notes)
        lacking = self.list_missing_years(stated.silent)
        missing = [*missing, *lacking]
        silent = [o for o in stated.silent if o.years.issuperset(asked.years)]
        if silent:
            names = "、".join(o.label for o in silent)
            stated.notes.append((f"图谱中没有找到的：{names}。", f"Not found in the graph: {names}."))
        if len(self.offices) > 1 or missing:
            return self._compare(stated, what, missing)
        unsaid = [LABELS[i] for i in asked.items if not {i, *load_words()["instead"].get(i, ())} & stated.items]
        stated.notes += [(f"图谱中没有找到{zh}。", f"Not found in the graph: {en}.") for zh, en in unsaid]
        first = stated.rows[0]
        title = (f"{first.office}的{first.label[0]}", f"{first.office}: {first.label[1]}")
        return self.end("value", title, stated.rows, missing, stated.notes)

    def _look_up(self, values: list[Value], office: Office, stated: _Stated) -> None:
        asked = self.asked
        found = [v for item in asked.items for v in choose(values, asked, item, office.iri)]
        if not found and asked.phase:
            # Of another phase: shown, and said.
            plain = replace(asked, phase="")
            found = [v for item in asked.items for v in choose(values, plain, item, office.iri)]
            if found:
                zh, en = _PHASES[asked.phase]
                stated.notes.append(fill(_NO_PHASE, office=office.label, zh=zh, en=en))
        stated.rows += [self._show(v, office) for v in found]
        stated.items.update(v.item for v in found)
        if not found:
            stated.silent.append(office)

    def _compare(self, stated: _Stated, what: Both, missing: list[Both]) -> Answer:
        rows = sorted(stated.rows, key=lambda r: -(r.number or 0))
        notes = list(stated.notes)
        if _differ(rows):
            notes.append(_DIFFERENT)
        elif len(rows) == 2:
            notes.append(_tell_difference(rows[0], rows[1]))
        count = len({r.office_iri for r in rows})
        title = (f"{what[0]}：{count} 个部门", f"{what[1]}: {count} offices")
        return self.end("comparison", title, rows, missing, notes)

    def _rank(self, values: list[Value], missing: list[Both]) -> Answer:
        """The offices in the order of an item."""
        asked = self.asked
        item, what, parts = self._find_ranked(values)
        among = frozenset(o.iri for o in self.offices) if self.offices else None
        ranked = rank([*values, *parts], asked, item, among)
        if not ranked.values:
            title = (f"没有可以排序的{what[0]}", f"Nothing to rank: {what[1]}")
            if asked.years and not self.offices:
                years = join_years(asked.years)
                nothing: Both = (f"图谱中没有 {years} 年的数。", f"The graph has none of {years}.")
                return self.end("absent", title, (), [*missing, nothing])
            return self.end_without(title, missing)
        notes = [fill(_OTHERS, others=str(ranked.others))] if ranked.others > 0 else []
        kept = [v for v in ranked.values if asked.bound is None or asked.bound.holds(v.number or Decimal(0))]
        rows = [replace(self._show(v, self.find_office(v.agency), what), says=v.says) for v in kept]
        order = ("由低到高", "lowest first") if asked.least else ("由高到低", "highest first")
        if not ranked.year:
            notes.append(_MIXED)
        when = (f"{ranked.year} 年", f"{ranked.year}") if ranked.year else ("各部门最近年度", "latest years")
        bound = asked.bound.tell() if asked.bound is not None else ("", "")
        which = f"{what[1]} {bound[1]}".strip()
        title = (f"{when[0]}{what[0]}{bound[0]}，{order[0]}", f"{which}, {when[1]}, {order[1]}")
        if asked.bound is not None and not rows:
            title = (f"没有部门的{when[0]}{what[0]}{bound[0]}", f"No office has {what[1]} {bound[1]}, {when[1]}")
            return self.end("unstated", title, (), missing, notes)
        shown = rows[: asked.top] if asked.bound is None else rows
        return self.end("ranking", title, shown, missing, notes, total=len(rows))

    def _find_ranked(self, values: list[Value]) -> tuple[str, Both, list[Value]]:
        """The item that offices are put in order by, what it is called, and the sums of its parts where it has any."""
        items = self.asked.items
        group_of = next((g for g, parts in load_words()["several"].items() if tuple(parts) == tuple(items)), "")
        if not group_of:
            return items[0], LABELS[items[0]], []
        zh, en = (" + ".join(LABELS[i][n] for i in items) for n in (0, 1))
        return group_of, (zh, en), add_parts(values, items, group_of)

    def _divide(self, values: list[Value], missing: list[Both]) -> Answer:
        """A part over its whole, over people or cars, or what was spent over what was planned."""
        asked = self.asked
        part, whole = self._find_sides()
        everyone = self.offices or list(self.book.offices.values())
        rows = [row for office in everyone if (row := self._divide_one(values, part, whole, office)) is not None]
        what = (
            fill(_QUOTIENTS[asked.form], part=LABELS[part][0], whole=LABELS[whole][0])[0],
            fill(_QUOTIENTS[asked.form], part=LABELS[part][1], whole=LABELS[whole][1])[1],
        )
        if not rows:
            zh, en = (self.whose, self.whose) if self.offices else ("各部门", "any office")
            title = (f"图谱中没有同时找到{zh}所需的两个数：{what[0]}",
                     f"The graph does not have both numbers of {en}: {what[1]}")  # fmt: skip
            return self.end_without(title, missing)
        silent = [o for o in self.offices if all(r.office_iri != o.iri for r in rows)]
        missing = [*missing, *self.list_missing_years(silent)]
        if len(everyone) == 1:
            return self.end("share", what, rows, missing)
        rows.sort(key=lambda r: (r.number or 0) * (1 if asked.least else -1))
        notes = [_DIFFERENT] if _differ(rows) else []
        shown = rows if self.offices else rows[: asked.top]
        return self.end("share" if self.offices else "ranking", what, shown, missing, notes, total=len(rows))

    def _find_sides(self) -> tuple[str, str]:
        asked = self.asked
        if asked.form == "share":
            return find_whole(asked)
        if asked.form == "rate":
            item = asked.items[0] if asked.items else _EXECUTED[0]
            return item, item
        return asked.items[0], _OVER[asked.form]

    def _divide_one(self, values: list[Value], part: str, whole: str, office: Office) -> AnswerRow | None:
        asked = self.asked
        if asked.form == "rate":
            items = asked.items or _EXECUTED
            spent, planned = (
                [v for item in items for v in choose(values, replace(asked, phase=phase), item, office.iri)]
                for phase in ("final", "budget")
            )
            pairs = [(s, p) for s in spent for p in planned if s.item == p.item and s.scope == p.scope]
        else:
            parts, wholes = (choose(values, asked, item, office.iri) for item in (part, whole))
            pairs = [(p, w) for p in parts for w in wholes]
        for one, other in pairs:
            quotient = divide(one, other, of_phases=asked.form == "rate")
            if quotient is not None:
                return self._show_quotient(one, other, quotient, office)
        return None

    def _show_quotient(self, part: Value, whole: Value, quotient: Decimal, office: Office) -> AnswerRow:
        form = self.asked.form
        number = (quotient * 100 if form in _PERCENT else quotient).quantize(Decimal("0.01"), ROUND_HALF_UP)
        label = tuple(
            _QUOTIENTS[form][n].format(part=LABELS[part.item][n], whole=LABELS[whole.item][n]) for n in (0, 1)
        )
        row = self._show(part, office)
        return replace(
            row, label=(label[0], label[1]), number=number, unit="PERCENT" if form in _PERCENT else part.unit,
            says=f"{group(part.number)} ÷ {group(whole.number)}",
            degree=row.degree if row.degree == whole.degree else "stated",
        )  # fmt: skip

    def _show(self, value: Value, office: Office, what: Both | None = None) -> AnswerRow:
        local = self.site.local
        return AnswerRow(
            office.label, office.iri, what or LABELS[value.item], value.number, value.unit, "", value.year, value.phase,
            value.scope, value.degree, value.document, "", local(value.place) if value.place else "",
            f"{local(value.document)}/sheet", value.stretch,
        )  # fmt: skip

    def _name_items(self) -> Both:
        labels = [LABELS[item] for item in self.asked.items]
        return "、".join(zh for zh, _ in labels), ", ".join(en for _, en in labels)


def _differ(rows: Sequence[AnswerRow]) -> bool:
    """Whether rows are of several items, years, phases or scopes."""
    return len({(row.label, row.year, row.phase, row.scope) for row in rows}) > 1


def _tell_difference(more: AnswerRow, less: AnswerRow) -> Both:
    difference = group((more.number or Decimal(0)) - (less.number or Decimal(0)))
    zh, en = (" 元", " yuan") if more.unit == "CNY" else ("", "")
    return f"相差 {difference}{zh}。", f"They differ by {difference}{en}."
