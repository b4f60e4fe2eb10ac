"""Offices, years and phases beside one another, by a classification: which figure stands for what, and where it breaks.

Of the figures that a document prints for one code, that of the most comprehensive table is taken, and of its row the
largest, which is the whole. A code that is printed only in parts is the sum of these, and says so. Nothing is adjusted:
where two columns are not the same thing (another edition of the codes, another phase, another scope, a reorganisation),
a warning says it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pyoxigraph as ox

from loaders.words.office_kinds import name_kind
from service.errors import BadParameter
from service.pages.coverage import FORMS
from service.pages.vocabulary import Vocabulary
from service.queries.answers import Answers, Row

#: The classifications: what they are called, the properties of printed and inferred codes, the lengths of the levels.
CLASSIFICATIONS: dict[str, tuple[str, str, tuple[str, str], tuple[int, ...]]] = {
    "function": ("功能分类", "by function", ("function", "inferredFunction"), (3, 5, 7)),
    "economic": ("部门经济分类", "by economic class", ("economic", "inferredEconomic"), (3, 5)),
    "government": (
        "政府经济分类", "by government economic class", ("governmentEconomic", "inferredGovernmentEconomic"), (3, 5),
    ),
}  # fmt: skip
#: Tables of expenditure, the most comprehensive first. What stands in no table comes after them.
_ORDER = ("expenditure", "general-function", "general-economic", "basic-economic", "")
#: The funds of official forms (gk:Fund) whose figures do not say theirs. 支出总表 is of all funds.
_FUNDS = {
    "expenditure": "fundAll", "general-function": "fundGeneral", "general-economic": "fundGeneral",
    "basic-economic": "fundGeneral",
}  # fmt: skip
#: Tables in which a code is not what the money is spent on.
_NOT_SPENT = {"income", "three-public", "government-funds", "state-capital", "special-business"}
_TOTALS = {"", "合计", "小计", "总计", "本年支出合计", "金额", "预算数", "决算数"}
MOST_COLUMNS = 12
#: What is offered counts columns of tables that are not compared, too; of so many the figures are read and looked at.
_MOST_READ = 4 * MOST_COLUMNS
#: How many groups of offices of one kind are offered instead of too many columns.
_MOST_GROUPS = 12


Key = tuple[str, str, str]


@dataclass(frozen=True)
class Wish:
    """What is to be compared; empty lists mean all. ``level`` is the number of digits of the codes."""

    by: str = "function"
    level: int = 3
    agencies: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """A column of the comparison: an office in a year and phase, with what its figures have in common."""

    agency: str
    agency_label: str
    year: str
    phase: str
    phase_label: str
    forms: frozenset[str] = frozenset()
    editions: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    funds: frozenset[str] = frozenset()
    later: bool = False

    @property
    def title(self) -> str:
        """Office, year and phase in one."""
        return f"{self.agency_label} {self.year} {self.phase_label}"


@dataclass(frozen=True)
class Amount:
    """A cell. ``figures`` are those that it rests on: one that is printed, or several that were added."""

    value: Decimal
    figures: tuple[str, ...]
    inferred: bool = False

    @property
    def summed(self) -> bool:
        """Whether it is no printed number but the sum of some."""
        return len(self.figures) > 1


@dataclass(frozen=True)
class Group:
    """Offices of one kind that may stand beside one another: their IRIs, and the year and phase of most of them."""

    kind: str
    agencies: tuple[str, ...]
    year: str
    phase: str


@dataclass(frozen=True)
class Comparison:
    """The normalised table: codes down the side, columns along the top; amounts in yuan. ``warnings`` are (zh, en).

    Where there would be more than :data:`MOST_COLUMNS`, ``many`` says how many and there is no table, for none is left
    out in silence; ``groups`` are smaller comparisons.
    """

    wish: Wish
    choices: list[Row]
    sides: list[Side]
    codes: list[tuple[str, str, str]]
    cells: Mapping[tuple[str, int], Amount]
    warnings: list[tuple[str, str]] = field(default_factory=list)
    many: int = 0
    groups: tuple[Group, ...] = ()


async def compare(answers: Answers, words: Vocabulary, wish: Wish, language: str) -> Comparison:
    """Reads and lines up what the wish names. Raises BadParameter, with the choices, for what the data do not hold."""
    properties = [ox.NamedNode(words.prefix + name) for name in CLASSIFICATIONS[wish.by][2]]
    choices = (await answers.ask_internal("pages/comparison-choices", {"property": properties})).rows
    agencies = _pick("agency", wish.agencies, {answers.shorten(r["agency"].text): r["agency"].text for r in choices})
    years = _pick("year", wish.years, {r["year"].text: r["year"].text for r in choices})
    phases = _pick("phase", wish.phases, {_name_phase(r): r["phase"].text for r in choices})
    offered = {
        key for key in map(_key, choices)
        if all(not asked or value in asked for value, asked in zip(key, (agencies, years, phases), strict=True))
    }  # fmt: skip
    if len(offered) > _MOST_READ:
        return Comparison(wish, choices, [], [], {}, many=len(offered), groups=_group(choices, offered))
    agency_terms = [ox.NamedNode(a) for a in agencies]
    integer = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    values: dict[str, list[ox.NamedNode] | list[ox.Literal]] = {
        "property": properties,
        "agency": agency_terms,
        "year": [ox.Literal(y, datatype=integer) for y in years],
        "phase": [ox.NamedNode(p) for p in phases],
    }
    figures, events, divisions = (
        table.rows
        for table in await asyncio.gather(
            answers.ask_internal("pages/comparison-figures", values),
            answers.ask_internal("pages/comparison-events", {"agency": agency_terms}),
            answers.ask_internal("pages/comparison-divisions", {"agency": agency_terms}),
        )
    )
    spent = [r for r in figures if _text(r, "form") not in _NOT_SPENT]
    labels = {r["agency"].text: r["agencyLabel"].text for r in choices}
    keys = sorted({_key(r) for r in spent}, key=lambda k: (labels.get(k[0], ""), k[1], k[2]))
    if len(keys) > MOST_COLUMNS:
        return Comparison(wish, choices, [], [], {}, many=len(keys), groups=_group(choices, set(keys)))
    sides, cells, codes = [], {}, set()
    for number, key in enumerate(keys):
        best = _choose([r for r in spent if _key(r) == key])
        line = _line_up(best, wish.level, properties[1].value)
        used = [best[n] for n in best if any(best[n]["figure"].text in a.figures for a in line.values())]
        sides.append(_describe(key, used, labels, words, language))
        for notation, amount in line.items():
            cells[notation, number] = amount
            codes.add(notation)
    names = await _name_codes(answers, sorted(codes), spent, language)
    warnings = _warn(sides, cells, events, divisions, words)
    return Comparison(wish, choices, sides, names, cells, warnings)


def _pick(name: str, asked: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """The IRIs or years of what was asked for. Raises BadParameter with the choices for what is not known."""
    found = []
    for value in asked:
        iri = known.get(value) or (value if value in known.values() else None)
        if iri is None:
            choices = tuple(dict.fromkeys(known))
            raise BadParameter(name, f"{value[:80]!r} is not known", f"Choose one of: {', '.join(choices)}", choices)
        found.append(iri)
    return found


def _group(choices: Sequence[Row], keys: Collection[Key]) -> tuple[Group, ...]:
    """The kinds of which several offices, but not too many, have figures of one year and phase; the largest first."""
    labels = {r["agency"].text: r["agencyLabel"].text for r in choices}
    found: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for agency, year, phase in sorted(keys):
        # The first six characters of an office's local name are the code of its place.
        kind = name_kind(labels.get(agency, ""), agency.rpartition("/")[2][:6])
        found[kind][year, phase].append(agency)
    groups = []
    for kind, moments in found.items():
        (year, phase), agencies = max(moments.items(), key=lambda m: (len(m[1]), m[0]))
        if kind and 1 < len(agencies) <= MOST_COLUMNS:
            groups.append(Group(kind, tuple(agencies), year, phase))
    return tuple(sorted(groups, key=lambda g: (-len(g.agencies), g.kind))[:_MOST_GROUPS])


def _choose(rows: Sequence[Row]) -> dict[str, Row]:
    """For each code the figure that says the most of it."""
    best: dict[str, tuple[tuple[int, int, Decimal, int, str], Row]] = {}
    for row in rows:
        form, column = _text(row, "form"), _text(row, "column").rpartition("|")[2]
        rank = (
            int("inferred" in row["property"].text),
            _ORDER.index(form) if form in _ORDER else len(_ORDER),
            # In a row of one table no part is above the whole; a 小计 may be that of a group of columns only.
            -Decimal(row["amount"].text),
            int(column not in _TOTALS),
            row["figure"].text,
        )
        notation = row["notation"].text
        if notation not in best or rank < best[notation][0]:
            best[notation] = (rank, row)
    return {notation: row for notation, (_, row) in best.items()}


def _line_up(best: Mapping[str, Row], level: int, inferred: str) -> dict[str, Amount]:
    """The amounts at a level: as printed there, else the sum of the highest that are printed below."""
    found: dict[str, Amount] = {}
    below: dict[str, list[str]] = defaultdict(list)
    for notation, row in best.items():
        if len(notation) == level:
            found[notation] = Amount(
                Decimal(row["amount"].text), (row["figure"].text,), row["property"].text == inferred
            )
        elif len(notation) > level:
            below[notation[:level]].append(notation)
    for start, notations in below.items():
        if start in found:
            continue
        # A code whose own parent is printed too is counted within it.
        tops = [n for n in notations if not any(n != m and n.startswith(m) for m in notations)]
        rows = [best[n] for n in sorted(tops)]
        # One figure may stand for several codes by inference; it is money once.
        money = {r["figure"].text: Decimal(r["amount"].text) for r in rows}
        found[start] = Amount(
            sum(money.values(), Decimal(0)), tuple(money), any(r["property"].text == inferred for r in rows)
        )
    return found


def _describe(key: Key, rows: Sequence[Row], labels: Mapping[str, str], words: Vocabulary, language: str) -> Side:
    agency, year, phase = key
    return Side(
        agency,
        labels.get(agency, agency),
        year,
        phase,
        words.say(phase, language),
        frozenset(_text(r, "form") for r in rows),
        frozenset(_text(r, "edition") for r in rows) - {""},
        frozenset(_text(r, "statedUnit") for r in rows) - {""},
        frozenset(_find_fund(r, words.prefix) for r in rows),
        any(_text(r, "documentYear") not in ("", year) for r in rows),
    )


def _find_fund(row: Row, prefix: str) -> str:
    """Which money a figure counts (gk:Fund): as the graph says, else as its official form means it."""
    said = _text(row, "fund")
    if said and not said.endswith("#fundUnstated"):
        return said
    return f"{prefix}{_FUNDS.get(_text(row, 'form'), 'fundUnstated')}"


async def _name_codes(
    answers: Answers, codes: Sequence[str], rows: Sequence[Row], language: str
) -> list[tuple[str, str, str]]:
    """Each code with its IRI and name; a class of which only items are printed is named by the code list."""
    schemes = {r["code"].text.rpartition("/")[0] for r in rows}
    iris = {notation: f"{scheme}/{notation}" for scheme in sorted(schemes) for notation in codes}
    known = {r["notation"].text: r["code"].text for r in rows}
    iris = {notation: known.get(notation, iris.get(notation, "")) for notation in codes}
    terms = [ox.NamedNode(iri) for iri in iris.values() if iri]
    names: dict[str, dict[str, str]] = defaultdict(dict)
    labels = (await answers.ask_internal("pages/comparison-code-names", {"code": terms})).rows if terms else []
    for row in labels:
        names[row["code"].text].setdefault(row["label"].language, row["label"].text)
    found = []
    for notation in codes:
        own = names.get(iris[notation], {})
        found.append((notation, iris[notation], own.get(language) or own.get("zh") or next(iter(own.values()), "")))
    return found


#: What a warning says, in Chinese and English.
Warning = tuple[str, str]


def _warn(
    sides: Sequence[Side], cells: Mapping[tuple[str, int], Amount], events: Sequence[Row], divisions: Sequence[Row],
    words: Vocabulary,
) -> list[Warning]:  # fmt: skip
    """Where the columns are not the same thing."""
    scopes = _warn_of_scopes(sides, words)
    plain = [rule(sides) for rule in (_warn_of_phases, _warn_of_editions, _warn_of_units)]
    found = [warning for warning in (*plain[:2], scopes, plain[2]) if warning is not None]
    found += _warn_of_changes(sides, events, divisions)
    if any(a.summed for a in cells.values()):
        found.append((
            "标 Σ 的数原文没有在这一级印出，是其下各项之和。",
            "Σ: not printed at this level, but the sum of what is printed below it.",
        ))  # fmt: skip
    if any(a.inferred for a in cells.values()):
        found.append((
            "标 ≈ 的数的科目是推定的，原文此处没有印出编码。",
            "≈: its code is inferred; the document does not print it there.",
        ))  # fmt: skip
    later = "、".join(s.title for s in sides if s.later)
    if later:
        found.append(
            (f"有的数出自另一年度的文件：{later}。", f"Some figures stand in a document of another year: {later}.")
        )
    return found


def _warn_of_phases(sides: Sequence[Side]) -> Warning | None:
    if len({s.phase for s in sides}) <= 1:
        return None
    phases = "、".join(sorted({s.phase_label for s in sides}))
    return (
        f"跨阶段：{phases}不是同一回事，差额不等于多花或少花。", f"Phases differ ({phases}): a gap is no overspending."
    )  # fmt: skip


def _warn_of_editions(sides: Sequence[Side]) -> Warning | None:
    editions = {e for s in sides for e in s.editions}
    if len(editions) <= 1:
        return None
    listed = "、".join(sorted(editions))
    return (
        f"跨科目版本：{listed}。经济分类 2018 年改革后，同一编码可能换了含义（30311 原为住房公积金，现为 30113）。",
        f"Editions of the codes differ ({listed}): since the reform of 2018 one code may mean another thing.",
    )


def _warn_of_scopes(sides: Sequence[Side], words: Vocabulary) -> Warning | None:
    """Columns of different tables or different money: the funds of each are named, and its tables."""
    if len({(s.forms, s.funds) for s in sides}) <= 1:
        return None

    def name(side: Side, at: int) -> str:
        join = ("、", ", ")[at]
        tables = join.join(sorted(FORMS[f][at] if f in FORMS else ("正文", "prose")[at] for f in side.forms))
        unstated = ("资金范围未说明", "funds not stated")[at]
        named = (unstated if f.endswith("#fundUnstated") else words.say(f, ("zh", "en")[at]) for f in side.funds)
        funds = join.join(sorted(named))
        return (f"{funds}（{tables}）", f"{funds} ({tables})")[at]

    zh = "；".join(f"{s.title}：{name(s, 0)}" for s in sides)
    en = "; ".join(f"{s.title}: {name(s, 1)}" for s in sides)
    if len({s.funds for s in sides}) > 1:
        return (
            f"范围不同，各栏不是同样的资金，不可直接相比：{zh}。",
            f"Scopes differ: the columns are not of the same funds, and cannot be compared as they are: {en}.",
        )
    return f"范围不同，取自不同的表：{zh}。", f"Scopes differ; the figures are from different tables: {en}."


def _warn_of_units(sides: Sequence[Side]) -> Warning | None:
    units = {u for s in sides for u in s.units}
    if len(units) <= 1:
        return None
    listed = "、".join(sorted(units))
    return (
        f"印出的单位不同（{listed}），已换算为元；以万元印出的数只精确到其末位。",
        f"Printed in different units ({listed}) and converted to yuan; the coarser ones are rounded.",
    )


def _warn_of_changes(sides: Sequence[Side], events: Sequence[Row], divisions: Sequence[Row]) -> list[Warning]:
    """Offices that were reorganised between the years compared."""
    found = []
    for agency in dict.fromkeys(s.agency for s in sides):
        own = [s for s in sides if s.agency == agency]
        first, last = min(int(s.year) for s in own), max(int(s.year) for s in own)
        if first == last:
            continue
        said = [r for r in events if r["agency"].text == agency and first < int(r["year"].text) <= last]
        names: dict[int, set[str]] = defaultdict(set)
        for row in divisions:
            if row["agency"].text == agency and first <= int(row["year"].text) <= last:
                names[int(row["year"].text)].add(row["label"].text)
        if said or len({frozenset(n) for n in names.values()}) > 1:
            label = own[0].agency_label
            found.append((
                f"{label}在 {first} 至 {last} 年间机构有变动，内设机构前后不同。",
                f"{label} was reorganised between {first} and {last}: its divisions are not the same.",
            ))  # fmt: skip
    return found


def _key(row: Row) -> Key:
    return row["agency"].text, row["year"].text, row["phase"].text


def _name_phase(row: Row) -> str:
    return row["phase"].text.rpartition("#phase")[2].lower()


def _text(row: Row, name: str) -> str:
    return row[name].text if name in row else ""
