"""From a wish to numbers: what is shown is settled and said, then one query is asked, the one that readers are shown.

What an address leaves open is not mixed: of the years, phases and scopes that there are one is taken, that of the most
offices, and the others are offered. Whoever has no number in it is counted, and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pyoxigraph as ox

from loaders.graph.internal import read_internal
from service.pages.explorer.holdings import Directory, Held, Holdings, Office, Terms, find_edition, only
from service.pages.explorer.measures import BREAKDOWNS, CHARTS, MEASURES, OF_CODES
from service.pages.explorer.wish import PHASES, Refused, Wish, refuse_value
from service.queries.answers import Answers, Row, Table, read_table
from service.queries.binding import bind, rebase

_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
_NOTHING = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#nil")
#: Divisions that are asked of one office at a time: there are as many projects as lines in all documents.
_OF_ONE = ("project", "topic")
#: The slots of parts in pages/explore-parts-values.
_SLOTS = ("first", "second", "third", "fourth")
_LEVELS = {0: "levelLei", 3: "levelKuan", 5: "levelXiang", 7: "levelXiang"}


@dataclass(frozen=True)
class Item:
    """One thing of a chart. ``value`` is what is drawn: the ``amount`` (yuan, or a count), or what comes to each.

    ``offices`` is of how many offices it is, ``number`` what was divided by; ``after`` the value of a second year.
    """

    key: str
    label: str
    value: Decimal
    amount: Decimal
    year: int | None
    offices: int = 1
    number: Decimal | None = None
    after: Decimal | None = None
    degree: str = ""
    source: str = ""
    code: str = ""


@dataclass(frozen=True)
class Finding:
    """What a wish comes to: ``wish`` with all that was left open settled, the items, and the query that gave them.

    ``absent`` are offices that the wish is about and that have no number of this year, phase and scope; ``nested`` are
    those counted within another, ``undivided`` those without the count that is divided by, ``ungrouped`` those without
    a place or kind. ``other`` counts the offices of each other (year, phase, scope). ``unfit`` are kinds of charts that
    this state has nothing for: slopes where no office has two years, points where none has the count.
    """

    wish: Wish
    directory: Directory
    items: list[Item]
    sparql: str
    total: Decimal = Decimal(0)
    absent: tuple[Office, ...] = ()
    nested: tuple[Office, ...] = ()
    undivided: tuple[Office, ...] = ()
    ungrouped: tuple[Office, ...] = ()
    offices: int = 0
    other: Mapping[tuple[int, str, str], int] = field(default_factory=dict)
    unfit: frozenset[str] = frozenset()

    @property
    def drawn(self) -> str:
        """The kind of chart as it is drawn: where nothing has two years there is no line, and bars are drawn."""
        single = self.wish.drawn == "line" and max(Counter(i.key for i in self.items).values(), default=0) == 1
        return "bar" if single else self.wish.drawn


async def explore(answers: Answers, holdings: Holdings, wish: Wish, language: str) -> Finding:
    """What a wish comes to. Raises :class:`Refused` for what the data do not hold, with what they do."""
    directory = await holdings.read_directory()
    offices = directory.choose(wish)
    if wish.code:
        await _check_code(answers, wish)
    if wish.by in _OF_ONE and len(wish.office) != 1:
        raise _ask_for_office(directory)
    held = await holdings.read_held(wish, offices)
    _check_held(wish, held)
    chosen = {o.iri for o in offices} if offices is not None else None
    near = [h for h in held if chosen is None or h.agency in chosen]
    settled = _settle(wish, near)
    other = Counter((h.year, h.phase, h.scope) for h in {replace(h) for h in near})
    if (settled.year is None and settled.by != "year") or not near:
        return Finding(settled, directory, [], "", absent=tuple(offices or ()), other=other)
    nested = find_nested(settled, near, directory)
    asked = _ask(answers, settled, offices, nested)
    answer = await answers.store.run(answers.job(asked, "json"))
    table = read_table(answer.body, answer.snapshot)
    items = _read_items(table, settled, directory, language)
    if settled.by in OF_CODES:
        items = await _name_codes(answers, items, language)
    within = tuple(directory.offices[iri] for iri in nested if iri in directory.offices)
    unfit = await _list_unfit(holdings, settled, near, offices)
    found = Finding(settled, directory, items, asked, nested=within, other=other, unfit=unfit)
    return _account(found, table, near, offices)


async def _list_unfit(
    holdings: Holdings, wish: Wish, held: Sequence[Held], offices: Sequence[Office] | None
) -> frozenset[str]:
    """The charts of offices that this state has no numbers for; asked so that no page offers what is then refused."""
    if wish.by != "office":
        return frozenset()
    unfit = set() if pair_years(wish, held) else {"slope"}
    if wish.about.money and not wish.code:
        having = {(h.agency, h.year) for h in only(held, year=wish.year, phase=wish.phase, scope=wish.scope)}
        counted = await holdings.read_held(Wish(measure=find_per(wish) or "staff"), offices)
        if having.isdisjoint((h.agency, h.year) for h in counted):
            unfit.add("scatter")
    return frozenset(unfit)


async def _check_code(answers: Answers, wish: Wish) -> None:
    """Refuses a code that no classification has."""
    name, _, digits = wish.code.partition("/")
    plain = digits.isascii() and digits.isdigit() and len(digits) in (3, 5, 7)
    code = (
        ox.NamedNode(f"{answers.settings.base}id/code/{find_edition(name, wish.year)}/{digits}") if plain else _NOTHING
    )
    if not (await answers.ask_internal("pages/comparison-code-names", {"code": [code]})).rows:
        raise Refused(
            name, (f"没有“{digits[:20]}”这个科目", "请写 3、5 或 7 位的编码，或按科目划分后点选"),
            (f"there is no code {digits[:20]!r}", "Write 3, 5 or 7 digits, or divide by code and click"),
            (), [(BREAKDOWNS[name], {name: "", "by": name, "chart": ""})],
        )  # fmt: skip


def _settle(wish: Wish, held: Sequence[Held]) -> Wish:
    """The wish with the year and phase of the most offices where it names none; the newest and the final of equals."""
    by_year = wish.by == "year"
    counts = Counter(
        (0 if by_year else h.year, h.phase)
        for h in only(held, year=None if by_year else wish.year, phase=wish.phase, scope=wish.scope)
    )
    if not counts:
        return wish
    year, phase = max(counts, key=lambda key: (counts[key], key[0], PHASES.index(key[1]) if key[1] else 0))
    if by_year:
        return replace(wish, phase=phase)
    settled = replace(wish, year=year, phase=phase)
    if wish.drawn != "slope" or wish.to is not None:
        return settled
    return _settle_slope(wish, settled, held)


def _settle_slope(wish: Wish, settled: Wish, held: Sequence[Held]) -> Wish:
    """The two years that the most offices have both; the first is that which is asked for, if one is."""
    pairs = pair_years(replace(settled, year=wish.year), held)
    if not pairs:
        raise Refused(
            "chart", ("没有哪个部门有两个年度的数，斜率图要两个年度", "请换一种图，或换阶段、口径"),
            ("no office has numbers of two years, and slopes are of two", "Choose another chart, phase or scope"),
            ("bar", "table"), [(CHARTS["bar"], {"chart": "bar"})],
        )  # fmt: skip
    _, before, after = max(pairs)
    return replace(settled, year=before, to=after)


def pair_years(wish: Wish, held: Sequence[Held]) -> list[tuple[int, int, int]]:
    """The pairs of years that offices have both of in the wish's phase and scope, with how many have; of the wish's
    year where it names one."""
    years: dict[int, set[str]] = {}
    for h in only(held, phase=wish.phase, scope=wish.scope):
        years.setdefault(h.year, set()).add(h.agency)
    pairs = [
        (len(years[a] & years[b]), a, b) for a in years for b in years if a < b and wish.year in (None, a, b)
    ]  # fmt: skip
    return [pair for pair in pairs if pair[0]]


def _check_held(wish: Wish, held: Sequence[Held]) -> None:
    """Refuses a year, phase or scope that nobody has of the measure."""
    for name, value in (("year", wish.year), ("to", wish.to), ("phase", wish.phase), ("scope", wish.scope)):
        there = sorted({str(getattr(h, "year" if name == "to" else name)) for h in held} - {""})
        if value not in (None, "") and str(value) not in there:
            raise refuse_value(name, str(value), there)


def _ask_for_office(directory: Directory) -> Refused:
    named = sorted(directory.offices.values(), key=lambda o: o.zh)
    return Refused(
        "office", ("项目和主题一次看一个部门", "请选一个部门"),
        ("projects and topics are asked of one office at a time", "Choose an office"),
        [o.id for o in named[:50]], [((o.zh or o.id, o.say("en")), {"office": (o.id,)}) for o in named[:50]],
    )  # fmt: skip


def _ask(answers: Answers, wish: Wish, offices: Sequence[Office] | None, nested: Sequence[str]) -> str:
    """The query of a settled wish, all terms in its slots: what is shown to readers is what is asked."""
    base = answers.settings.base
    name, terms = _bind_values(wish, base)
    agencies: list[ox.NamedNode | ox.Literal] = [ox.NamedNode(o.iri) for o in offices or ()]
    of_offices = name in ("pages/explore-offices-values", "pages/explore-code-offices")
    terms["thing" if of_offices else "agency"] = agencies
    if wish.by not in _OF_ONE:
        terms["nested"] = [ox.NamedNode(iri) for iri in nested] or [_NOTHING]
    return bind(rebase(read_internal(name), base), terms)


def _bind_values(wish: Wish, base: str) -> tuple[str, Terms]:
    gk, quantity = f"{base}ontology#", f"{base}id/quantity/"

    def term(name: str) -> ox.NamedNode:
        return ox.NamedNode(gk + name)

    terms: Terms = {
        "phase": [term(f"phase{wish.phase.capitalize()}")] if wish.phase else [],
        "year": [ox.Literal(str(y), datatype=_INTEGER) for y in (wish.year, wish.to) if y is not None],
    }
    if wish.by == "project":
        return "pages/explore-projects", terms
    if wish.by == "topic":
        return "pages/explore-topics", terms
    if wish.by in ("part", "fund"):
        parts = wish.about.parts if wish.by == "part" else wish.about.funds
        named = [ox.NamedNode(quantity + part) for part in parts] + [_NOTHING] * (len(_SLOTS) - len(parts))
        slots: Terms = {slot: [part] for slot, part in zip(_SLOTS, named, strict=True)}
        return "pages/explore-parts-values", {**terms, **slots}
    if wish.by in OF_CODES:
        edition = find_edition(wish.by, wish.year)
        top = wish.function if wish.by == "function" else wish.economic
        return "pages/explore-codes-values", {
            **terms,
            "extent": [ox.Literal(wish.about.extent)],
            "classification": [ox.NamedNode(f"{base}id/scheme/{edition}")],
            "level": [term(_LEVELS.get(len(top), "levelXiang"))],
            "top": [ox.NamedNode(f"{base}id/code/{edition}/{top}")] if top else [],
        }
    if wish.code:
        name, _, digits = wish.code.partition("/")
        code = ox.NamedNode(f"{base}id/code/{find_edition(name, wish.year)}/{digits}")
        return "pages/explore-code-offices", {**terms, "extent": [ox.Literal(wish.about.extent)], "code": [code]}
    return _bind_quantity(wish, term, quantity, terms)


def _bind_quantity(wish: Wish, term: Callable[[str], ox.NamedNode], quantity: str, terms: Terms) -> tuple[str, Terms]:
    """The measure goes into one of three slots: money as the measure means it, money of narrower funds, counts."""
    slot = "countOf" if not wish.about.money else "narrowOf" if wish.scope else "wholeOf"
    per = find_per(wish)
    terms = {
        **terms,
        **{name: [_NOTHING] for name in ("wholeOf", "narrowOf", "countOf")},
        slot: [ox.NamedNode(quantity + wish.measure)],
        "scope": [term(f"scope{wish.scope.capitalize()}")] if wish.scope else [],
        "per": [ox.NamedNode(quantity + per) if per else _NOTHING],
    }
    if wish.by in ("kind", "place"):
        return "pages/explore-groups-values", {**terms, "grouping": [ox.Literal(wish.by)]}
    return "pages/explore-offices-values", terms


def find_per(wish: Wish) -> str:
    """The count that amounts stand over or are divided by; "" for none."""
    return wish.per or ("staff" if wish.drawn == "scatter" else "")


def find_nested(wish: Wish, held: Sequence[Held], directory: Directory) -> list[str]:
    """The offices whose money is within that of another with a number: what is added counts it once.

    Lines, slopes and points add nothing: there each stands for itself.
    """
    if wish.by == "year" or wish.drawn in ("slope", "scatter"):
        return []
    having = {h.agency for h in only(held, year=wish.year, phase=wish.phase, scope=wish.scope)}
    return sorted(iri for iri in having if _find_above(iri, directory) & having)


def _find_above(iri: str, directory: Directory) -> set[str]:
    found: set[str] = set()
    waiting = [iri]
    while waiting:
        office = directory.offices.get(waiting.pop())
        fresh = (office.above if office else frozenset()) - found - {iri}
        found |= fresh
        waiting += fresh
    return found


def _read_items(table: Table, wish: Wish, directory: Directory, language: str) -> list[Item]:
    """The rows as items; those without a quotient, where one is asked for, are left to the account."""
    ratio = bool(find_per(wish))
    found = []
    for row in table.rows:
        if "thing" not in row or (ratio and "ratio" not in row):
            continue
        amount = Decimal(row["amount"].text)
        key = row["thing"].text
        found.append(Item(
            key=key, label=_name(row, wish, directory, language),
            value=Decimal(row["ratio"].text) if wish.per else amount, amount=amount,
            year=int(row["year"].text) if "year" in row else wish.year,
            offices=int(row["offices"].text) if "offices" in row else 1,
            number=Decimal(row["number"].text) if "number" in row else None,
            degree=row["degree"].text.rpartition("#degree")[2].lower() if "degree" in row else "",
            source=row["source"].text if "source" in row else "",
            code=key.rpartition("/")[2] if wish.by in OF_CODES else "",
        ))  # fmt: skip
    if wish.drawn == "slope":
        return _pair(found, wish)
    return sorted(found, key=lambda i: (i.year or 0, -i.value, i.label, i.key) if wish.by == "year" else
                  (0, -i.value, i.label, i.key))  # fmt: skip


def _pair(items: Sequence[Item], wish: Wish) -> list[Item]:
    """One item for each thing that has both years."""
    before = {i.key: i for i in items if i.year == wish.year}
    after = {i.key: i for i in items if i.year == wish.to}
    both = [replace(before[k], after=after[k].value) for k in before if k in after]
    return sorted(both, key=lambda i: (-max(i.value, i.after or i.value), i.label, i.key))


def _name(row: Row, wish: Wish, directory: Directory, language: str) -> str:
    """What a row is of, in words; codes get their names later."""
    key = row["thing"].text
    if wish.by in ("office", "year") and key in directory.offices:
        return directory.offices[key].say(language)
    if wish.by == "place":
        return next((p.say(language) for p in directory.places.values() if p.iri == key), key)
    if wish.by in ("part", "fund"):
        return MEASURES[key.rpartition("/")[2]].name(language)
    if wish.by == "topic":
        name = row.get("en") if language == "en" else row.get("zh")
        return (name or row.get("zh") or row["thing"]).text
    if wish.by == "project":
        return row["label"].text
    return key


async def _name_codes(answers: Answers, items: Sequence[Item], language: str) -> list[Item]:
    """The items with their codes and what these are called."""
    terms: list[ox.NamedNode | ox.Literal] = [ox.NamedNode(item.key) for item in items]
    names: dict[str, dict[str, str]] = {}
    for row in (await answers.ask_internal("pages/comparison-code-names", {"code": terms})).rows if terms else []:
        names.setdefault(row["code"].text, {}).setdefault(row["label"].language, row["label"].text)
    named = []
    for item in items:
        own = names.get(item.key, {})
        name = own.get(language) or own.get("zh") or next(iter(own.values()), "")
        named.append(replace(item, label=f"{item.code} {name}".strip()))
    return named


def _account(found: Finding, table: Table, held: Sequence[Held], offices: Sequence[Office] | None) -> Finding:
    """The finding with what is not drawn: each office that it is about is in it, or is named with its reason."""
    wish, directory = found.wish, found.directory
    asked = list(offices) if offices is not None else [
        directory.offices[a] for a in dict.fromkeys(h.agency for h in held) if a in directory.offices
    ]  # fmt: skip
    scope = [h for h in only(held, phase=wish.phase, scope=wish.scope)
             if wish.by == "year" or h.year in (wish.year, wish.to)]  # fmt: skip
    having = {h.agency for h in scope}
    if wish.drawn == "slope":
        having = {h.agency for h in scope if h.year == wish.year} & {h.agency for h in scope if h.year == wish.to}
    undivided: tuple[Office, ...] = ()
    if wish.by == "office" and find_per(wish):
        drawn, kept = {r["thing"].text for r in table.rows}, {i.key for i in found.items}
        undivided = tuple(o for o in asked if o.iri in drawn and o.iri not in kept)
    ungrouped: tuple[Office, ...] = ()
    if wish.by in ("kind", "place"):
        ungrouped = tuple(o for o in asked if o.iri in having and not getattr(o, wish.by))
    return replace(
        found, total=sum((i.value for i in found.items), Decimal(0)),
        absent=tuple(o for o in asked if o.iri not in having), undivided=undivided,
        ungrouped=ungrouped, offices=_count_offices(found, having),
    )  # fmt: skip


def _count_offices(found: Finding, having: set[str]) -> int:
    """Of how many offices the items are: those drawn themselves, or those that a group adds up, each in one group."""
    match found.wish.by:
        case "office" | "year":
            return len({i.key for i in found.items})
        case "kind" | "place":
            return sum(i.offices for i in found.items)
    return len(having)
