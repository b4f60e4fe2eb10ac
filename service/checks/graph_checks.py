"""The checks of one document as the graph has them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

import pyoxigraph as ox

from loaders.reconcile.reasons import read_values, sort_codes
from service.checks.report import TOKEN_CLASSES, VERDICTS, DocumentCheck, FindingCheck, Quoter, RuleCheck, TableCheck
from service.queries.answers import Answers, Row
from service.words.terms import VERDICT_NAMES


async def read_checks(answers: Answers, name: str) -> DocumentCheck | None:
    """The checks of the document ``id/document/<name>``; None if the graph holds no such document."""
    try:
        values = {"document": [ox.NamedNode(f"{answers.settings.base}id/document/{name}")]}
    except ValueError:
        return None

    async def ask(query: str) -> list[Row]:
        return (await answers.ask_internal(query, values)).rows

    found = await ask("checks/document")
    if not found:
        return None
    document = found[0]
    quoter = Quoter(_text(document, "text"))
    tokens = Counter({_text(r, "class"): int(r["count"].text) for r in await ask("checks/ledger")})
    counts = {_text(r, "table"): r for r in await ask("checks/figures")}
    findings = sorted(await ask("checks/findings"), key=_rank)
    verdicts = Counter(_verdict(r) for r in findings)
    return DocumentCheck(
        document=name,
        title=_text(document, "title") or name,
        kind=_text(document, "kind").rpartition("#kind")[2].lower(),
        fiscal_year=int(document["year"].text) if "year" in document else None,
        tokens={kind: tokens[kind] for kind in TOKEN_CLASSES},
        figures=_sum(counts.values(), "figures"),
        open=_sum(counts.values(), "open"),
        open_units=_sum(counts.values(), "openUnits"),
        derived=_sum(counts.values(), "derived"),
        tables=_read_tables(await ask("checks/tables"), counts, quoter),
        verdicts={verdict: verdicts[verdict] for verdict in VERDICTS},
        rules=_count_rules(findings),
        findings=_read_findings(
            findings, await ask("checks/finding-places"), await ask("checks/finding-units"), quoter
        ),
    )


def _read_tables(rows: Sequence[Row], counts: dict[str, Row], quoter: Quoter) -> tuple[TableCheck, ...]:
    """Tables with their states: a table and the state of a table at one place are one."""
    # The rows are ordered: the first place of a thing is its own, a later one that of the words which prove it.
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["thing"].text, row)
    places: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in first.values():
        places[_place(row)].append(row)
    found = []
    for (start, end), things in sorted(places.items()):
        state = next((r for r in things if "state" in r), Row())
        counted = [counts[r["thing"].text] for r in things if r["thing"].text in counts]
        named = [state, *things]
        found.append(
            TableCheck(
                title=next((_text(r, "label") for r in named if "label" in r), ""),
                form=next((_text(r, "form") for r in named if "form" in r), ""),
                state=_text(state, "state"),
                start=start,
                end=end,
                line=quoter.line_of(start),
                figures=_sum(counted, "figures"),
                open=_sum(counted, "open"),
                open_units=_sum(counted, "openUnits"),
                derived=_sum(counted, "derived"),
                evidence=_text(state, "evidence"),
            )
        )
    return tuple(found)


def _count_rules(findings: Sequence[Row]) -> tuple[RuleCheck, ...]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, Row] = {}
    for row in findings:
        rule = _text(row, "rule")
        counts[rule][_verdict(row)] += 1
        names[rule] = row
    return tuple(
        RuleCheck(rule, *_name(names[rule]), {verdict: counts[rule][verdict] for verdict in VERDICTS})
        for rule in sorted(counts)
    )


def _read_findings(
    rows: Sequence[Row], places: Sequence[Row], used: Sequence[Row], quoter: Quoter
) -> tuple[FindingCheck, ...]:
    """What does not plainly hold, in the order of the text."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in places:
        spans[row["finding"].text].append(_place(row))
    units: dict[str, set[str]] = defaultdict(set)
    for row in used:
        # Money has no unit of its own in the graph: it is always in yuan, unless its unit is open.
        unit = _text(row, "unit").rpartition("#unit")[2].upper()
        units[row["finding"].text].add("" if _text(row, "open") else unit or "CNY")
    shown = [r for r in rows if _verdict(r) != "holds"]
    shown.sort(key=lambda r: (spans[r["finding"].text], _text(r, "rule"), r["finding"].text))
    return tuple(
        FindingCheck(
            _text(row, "rule"),
            *_name(row),
            _verdict(row),
            _text(row, "message"),
            _text(row, "left"),
            _text(row, "right"),
            _number(row, "leftValue"),
            _number(row, "rightValue"),
            _number(row, "difference"),
            _number(row, "tolerance"),
            "".join(units[row["finding"].text]) if len(units[row["finding"].text]) == 1 else "",
            tuple(quoter.quote(start, end) for start, end in spans[row["finding"].text]),
            row["item"].text if "item" in row else None,
            _text(row, "detail"),
            sort_codes(_text(row, "reasons").split()),
            read_values(_text(row, "reasonValues")),
        )
        for row in shown
    )


def _rank(row: Row) -> tuple[str, ...]:
    return tuple(_text(row, name) for name in ("finding", "zh", "en", "message"))


def _name(row: Row) -> tuple[str, str]:
    rule = _text(row, "rule")
    return _text(row, "zh") or rule, _text(row, "en") or rule


def _verdict(row: Row) -> str:
    end = _text(row, "verdict").rpartition("#")[2]
    return VERDICT_NAMES.get(end, end)


def _place(row: Row) -> tuple[int, int]:
    return int(row["start"].text), int(row["end"].text)


def _text(row: Row, name: str) -> str:
    return row[name].text if name in row else ""


def _number(row: Row, name: str) -> Decimal | None:
    return Decimal(row[name].text) if name in row else None


def _sum(rows: Iterable[Row], name: str) -> int:
    return sum(int(r[name].text) for r in rows)
