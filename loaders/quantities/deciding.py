"""Which of the statements of a quantity is accepted, and how well it is proved.

**proved**: two statements in different places agree, or an identity of the sheet closes with it. **stated**: said once.
**contradicted**: another place says something else of the same scope. **absent**: nothing said. Where statements of
equal rank compete, the one under which an identity closes wins; where none does, the quantity is open and has no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from loaders.facts import Degree
from loaders.quantities.statements import Statement

#: whole = sum of parts. Source: the forms of 部门预算 and 部门决算, in which these lines add up.
IDENTITIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("income-total", ("expenditure-total",)),
    ("expenditure-total", ("basic-expenditure", "project-expenditure")),
    ("expenditure-current", ("basic-expenditure", "project-expenditure")),
    ("general-budget-expenditure", ("basic-expenditure", "project-expenditure")),
    ("basic-expenditure", ("personnel", "running")),
    ("three-public", ("travel-abroad", "reception", "vehicles-bought", "vehicles-run")),
    ("procurement", ("procurement-goods", "procurement-works", "procurement-services")),
)
#: The scopes of an item, the one wanted first.
_SCOPES: dict[str, tuple[str, ...]] = {
    "basic-expenditure": ("all", "general", "fiscal"),
    "project-expenditure": ("all", "general", "fiscal"),
    "personnel": ("general", "fiscal", "all"),
    "running": ("general", "fiscal", "all"),
    "procurement": ("", "general"),
    "procurement-goods": ("", "general"),
    "procurement-works": ("", "general"),
    "procurement-services": ("", "general"),
    "meetings": ("", "general", "basic", "project"),
    "training": ("", "general", "basic", "project"),
    "entrusted-services": ("", "general", "basic", "project"),
}
_ORDER = {"table": 0, "prose": 1, "nil": 2}


@dataclass(frozen=True)
class Decision:
    """What was accepted of an item: the statement, the degree, and all statements that bear on it."""

    degree: Degree
    statement: Statement | None = None
    evidence: tuple[Statement, ...] = ()
    against: tuple[Statement, ...] = field(default=())


def decide(statements: Iterable[Statement], items: Sequence[str]) -> dict[str, Decision]:
    """The decision of each item, from the statements of one year and phase."""
    by_item: dict[str, list[Statement]] = {item: [] for item in items}
    for statement in statements:
        if statement.item in by_item:
            by_item[statement.item].append(statement)
    fields = {item: _choose_scope(item, found) for item, found in by_item.items()}
    chosen = {item: _choose(found) for item, found in fields.items()}
    settled = {item: _settle(item, options, chosen) for item, options in chosen.items()}
    return {item: _judge(item, settled[item], fields[item], settled) for item in items}


def _choose_scope(item: str, found: list[Statement]) -> list[Statement]:
    """The statements of the first scope that has any; one scope a quantity."""
    for scope in _SCOPES.get(item, ()):
        own = [s for s in found if s.scope == scope and s.source != "nil"]
        if own:
            return own
    return found


def _choose(found: list[Statement]) -> list[Statement]:
    """The statements of the best place: those that compete, if they differ. Nil counts where nothing else is said."""
    sure = [s for s in found if s.sure]
    if not sure:
        return []
    best = min((_ORDER[s.source], s.rank) for s in sure)
    return [s for s in sure if (_ORDER[s.source], s.rank) == best]


def _settle(item: str, options: list[Statement], chosen: Mapping[str, list[Statement]]) -> Statement | None:
    """The option that holds: the only one, or the one under which an identity closes."""
    if not options:
        return None
    if len({s.value for s in options}) == 1:
        return min(options, key=lambda s: s.span)
    first = {name: found[0] for name, found in chosen.items() if found}
    # Amounts that differ within rounding: the one with which the sum closes to the last place, else the finer one.
    if all(options[0].agrees(other) for other in options):
        exact = [s for s in options if _closes(item, {**first, item: s}, exactly=True)]
        return min(exact or options, key=lambda s: (s.precision, s.span))
    closing = [s for s in options if _closes(item, {**first, item: s})]
    if closing and all(closing[0].agrees(other) for other in closing):
        return closing[0]
    return None


def _closes(item: str, values: Mapping[str, Statement | None], *, exactly: bool = False) -> bool:
    """Whether an identity that the item takes part in holds within rounding, its parts not being all nil but one."""
    return any(
        _holds(values, whole, parts, exactly=exactly) for whole, parts in IDENTITIES if item == whole or item in parts
    )


def _holds(values: Mapping[str, Statement | None], whole: str, parts: Sequence[str], *, exactly: bool) -> bool:
    total = values.get(whole)
    found = [values.get(part) for part in parts]
    present = [s for s in found if s is not None]
    if total is None or len(present) != len(parts) or not total.value:
        return False
    # One statement of two items, 收支总计, bears out neither.
    if len({total.span, *(s.span for s in present)}) <= len(present):
        return False
    if len({s.scope for s in (total, *present)} - {""}) > 1 and not (
        total.scope == "general" and all(s.scope == "general" for s in present)
    ):
        return False
    # A whole that has one part repeats it: that is one statement more of the part, and no sum.
    if len(parts) > 1 and sum(bool(s.value) for s in present) < 2:
        return False
    tolerance = Decimal(0) if exactly else total.precision + sum((s.precision for s in present), Decimal(0))
    return abs(total.value - sum((s.value for s in present), Decimal(0))) <= tolerance


def _judge(
    item: str, statement: Statement | None, found: list[Statement], settled: Mapping[str, Statement | None]
) -> Decision:
    if statement is None:
        return Decision("contradicted" if len(found) > 1 else "absent", None, tuple(found))
    others = [s for s in found if s is not statement and s.source != "nil" and s.scope == statement.scope and s.sure]
    agreeing = [s for s in others if s.agrees(statement)]
    against = [s for s in others if not s.agrees(statement) and s.rank <= 2]
    apart = [s for s in agreeing if s.place != statement.place]
    nil = [s for s in found if s.source == "nil" and not statement.value and s.place != statement.place]
    degree: Degree
    if against:
        degree = "contradicted"
    elif apart or (nil and statement.source != "nil") or _closes(item, settled):
        degree = "proved"
    else:
        degree = "stated"
    return Decision(degree, statement, (statement, *agreeing, *nil), tuple(against))
