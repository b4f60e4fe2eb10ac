"""Two answers to one question held against each other: the same values, whatever their order and spelling.

SPARQL leaves much open in how a value is written: ``1.0`` and ``1`` are one number, ``zh-CN`` and ``zh-cn`` one
language, a plain string and an ``xsd:string`` one string. So values are compared, not their spellings, and rows as a
multiset. Blank nodes are all alike: none of our queries tells them apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

import pyoxigraph as ox

from service.queries.answers import Row, Table, Value

_XSD = "http://www.w3.org/2001/XMLSchema#"
_EXACT = frozenset(
    _XSD + name
    for name in ("decimal", "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
                 "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort")
)  # fmt: skip
_INEXACT = frozenset((f"{_XSD}double", f"{_XSD}float"))
_STRING = ("", f"{_XSD}string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
#: How many digits of an inexact number, or of a quotient, two engines have to share.
_DIGITS = 15
#: How many characters of a value a difference shows.
_LONGEST = 60

Status = Literal["same", "order", "values", "rows", "error", "timeout", "skipped"]
Key = tuple[str, ...]
#: A row, or a triple: its values by name.
Cells = tuple[tuple[str, Key], ...]


@dataclass(frozen=True)
class Difference:
    """What came of one comparison. ``missing`` and ``more`` count rows of one side alone; ``why`` says it in words."""

    status: Status
    why: str = ""
    missing: int = 0
    more: int = 0


def read_value(value: Value) -> Key:
    """What a term means, so that two spellings of one value are equal."""
    if value.kind == "uri":
        return ("iri", value.text)
    if value.kind == "bnode":
        return ("blank",)
    if value.datatype in _EXACT or value.datatype in _INEXACT:
        return ("number", _read_number(value.text))
    if value.datatype == f"{_XSD}boolean":
        return ("boolean", {"1": "true", "0": "false"}.get(value.text, value.text))
    if value.datatype == f"{_XSD}dateTime":
        return ("dateTime", _read_moment(value.text))
    if value.datatype in (f"{_XSD}date", f"{_XSD}gYear", f"{_XSD}gYearMonth"):
        return ("date", value.datatype.removeprefix(_XSD), value.text.replace("+00:00", "Z").removesuffix("Z"))
    if value.language:
        return ("words", value.text, value.language.lower())
    return ("string", value.text) if value.datatype in _STRING else ("typed", value.text, value.datatype)


def _read_number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return str(number)
    # Quotients are cut at another digit by each engine.
    rounded = Decimal(f"{number:.{_DIGITS - 1}e}")
    return str(rounded.normalize()) if rounded else "0"


def _read_moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def compare_tables(here: Table, there: Table, *, ordered: bool, lists: Mapping[str, str] | None = None) -> Difference:
    """The rows of ``there`` held against those of ``here``, which are right.

    ``ordered`` says that the query asks for an order of its rows; ``lists`` are the columns that hold lists, each with
    what stands between its parts: SPARQL promises no order there.
    """
    if set(here.columns) != set(there.columns):
        lacking = sorted(set(here.columns) - set(there.columns))
        added = sorted(set(there.columns) - set(here.columns))
        return Difference("rows", f"its columns differ: {lacking} are missing, {added} are more")
    ours, theirs = _list_keys(here.rows, {}), _list_keys(there.rows, {})
    found = _compare(Counter(ours), Counter(theirs))
    if found.status == "same" and ordered and ours != theirs:
        return Difference("order", f"the rows are the same, in another order from row {_find_first(ours, theirs)} on")
    if found.status == "values" and lists:
        sorted_ours, sorted_theirs = _list_keys(here.rows, lists), _list_keys(there.rows, lists)
        found = _compare(Counter(sorted_ours), Counter(sorted_theirs))
        if found.status == "same":
            return Difference("order", f"the parts of lists are in another order: {', '.join(lists)}")
    return found


def compare_graphs(here: Iterable[ox.Triple], there: Iterable[ox.Triple]) -> Difference:
    """The triples of ``there`` held against those of ``here``, as sets."""
    return _compare(Counter(set(map(_read_triple, here))), Counter(set(map(_read_triple, there))))


def _read_triple(triple: ox.Triple) -> Cells:
    parts = (("s", triple.subject), ("p", triple.predicate), ("o", triple.object))
    return tuple((name, read_value(_as_value(term))) for name, term in parts)


def _as_value(term: object) -> Value:
    if isinstance(term, ox.NamedNode):
        return Value(term.value, "uri")
    if isinstance(term, ox.Literal):
        return Value(term.value, "literal", "" if term.language else term.datatype.value, term.language or "")
    return Value("", "bnode")


def _list_keys(rows: Sequence[Row], lists: Mapping[str, str]) -> list[Cells]:
    return [
        tuple(sorted((name, _sort_parts(read_value(v), lists.get(name, ""))) for name, v in row.items()))
        for row in rows
    ]


def _sort_parts(key: Key, separator: str) -> Key:
    return ("list", *sorted(key[1].split(separator))) if separator and len(key) > 1 else key


def _compare(ours: Counter[Cells], theirs: Counter[Cells]) -> Difference:
    missing, more = ours - theirs, theirs - ours
    if not missing and not more:
        return Difference("same")
    counts = (missing.total(), more.total())
    if ours.total() == theirs.total():
        return Difference("values", f"{counts[0]} of {ours.total()} differ, as {_pair(missing, more)}", *counts)
    numbers = f"{ours.total()} here, {theirs.total()} there: {counts[0]} missing, {counts[1]} more"
    shown = "; ".join(f"{side} {_show(min(rows))}" for side, rows in (("missing", missing), ("more", more)) if rows)
    return Difference("rows", f"{numbers}; {shown}", *counts)


def _pair(missing: Counter[Cells], more: Counter[Cells]) -> str:
    """The first row that differs, beside the row of the other side that it has most in common with."""
    mine = min(missing)
    other = max(sorted(more), key=lambda row: len(set(mine) & set(row)))
    ours, theirs = dict(mine), dict(other)
    names = [n for n in sorted({*ours, *theirs}) if ours.get(n) != theirs.get(n)]
    return "; ".join(f"{n}: here {_spell(ours.get(n))}, there {_spell(theirs.get(n))}" for n in names)


def _find_first(ours: Sequence[object], theirs: Sequence[object]) -> int:
    return next(n for n, pair in enumerate(zip(ours, theirs, strict=True), 1) if pair[0] != pair[1])


def _show(row: Cells) -> str:
    return ", ".join(f"{name}={_spell(key)}" for name, key in row)


def _spell(key: Key | None) -> str:
    if key is None:
        return "nothing"
    text = " ".join(key[1:]) or key[0]
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…") + (f" ({key[0]})" if key[0] != "iri" else "")
