"""A result as a reader asks to see it: filtered, sorted, in pages, in a unit. All of it stands in the address.

Options begin with ``_``, so that they never meet a query's own parameters: ``_find=words``, ``_only=column:value``,
``_sort=column`` or ``_sort=-column``, ``_show=column``, ``_page=2``, ``_size=50``, ``_unit=wan``;
the rest are read elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qs

from starlette.requests import Request

from service.errors import BadParameter
from service.http.problems import Problem
from service.queries.answers import Row, Table, Value
from service.queries.query import CannedQuery, Column
from service.words.amounts import MONEY_UNITS

SIZES = (20, 50, 100, 500)
#: Options that choose a chart, a pivot or a version of the data.
PLAIN = ("_chart", "_rows", "_columns", "_value", "_total", "_version")
_OWN = ("_find", "_only", "_sort", "_show", "_page", "_size", "_unit")
_LONGEST = 200


@dataclass(frozen=True)
class View:
    """What a reader asked of a result. ``only`` are pairs of column and value, of which a row has one a column.

    ``show`` names the columns that a page shows, all of them where it is empty; ``page`` counts from 1.
    """

    find: str = ""
    only: tuple[tuple[str, str], ...] = ()
    show: tuple[str, ...] = ()
    sort: str = ""
    falling: bool = False
    page: int = 1
    size: int = SIZES[1]
    unit: str = "yuan"

    @property
    def filters(self) -> bool:
        """Whether it leaves rows out or orders them anew."""
        return bool(self.find or self.only or self.sort)


@dataclass(frozen=True)
class Arranged:
    """The rows of one page; ``matched`` are all that pass the filter, of ``total`` rows."""

    rows: list[Row]
    matched: list[Row]
    total: int
    pages: int
    page: int


#: The most parameters that an address of a query may have.
_MOST_FIELDS = 200


def read_address(request: Request) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What an address asks: the parameters of the query, and the options of the page, without ``lang``."""
    try:
        fields = parse_qs(request.scope["query_string"].decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Problem(
            400, "fields", "the address", f"it has more than {_MOST_FIELDS} parameters", "Give fewer",
            zh=(f"参数超过 {_MOST_FIELDS} 个", "请减少参数"),
        ) from None  # fmt: skip
    given = {name: values for name, values in fields.items() if name != "lang" and not name.startswith("_")}
    options = {name: values for name, values in fields.items() if name.startswith("_")}
    for name in options:
        if name not in _OWN and name not in PLAIN:
            known = (*_OWN, *PLAIN)
            raise BadParameter(name, "there is no such option", f"The options are: {', '.join(known)}", known)
    return given, options


def read_view(options: Mapping[str, Sequence[str]], columns: Sequence[str]) -> View:
    """The view that the options ask for. Raises BadParameter for one that names no column or is no number."""
    sort = _one(options, "_sort")
    falling, column = sort.startswith("-"), sort.removeprefix("-")
    if column and column not in columns:
        raise BadParameter("_sort", f"there is no column {column[:60]!r}", f"It takes: {', '.join(columns)}", columns)
    only = []
    for text in options.get("_only", []):
        name, _, value = text.partition(":")
        if name not in columns:
            raise BadParameter("_only", f"there is no column {name[:60]!r}", "Write column:value", columns)
        only.append((name, value))
    show = tuple(dict.fromkeys(options.get("_show", [])))
    for name in show:
        if name not in columns:
            raise BadParameter("_show", f"there is no column {name[:60]!r}", f"It takes: {', '.join(columns)}", columns)
    unit = _one(options, "_unit") or "yuan"
    if unit not in MONEY_UNITS:
        units = tuple(MONEY_UNITS)
        raise BadParameter("_unit", f"{unit[:40]!r} is not known", f"Choose one of: {', '.join(units)}", units)
    size = _read_count(options, "_size", SIZES[1])
    if size not in SIZES:
        sizes = tuple(str(s) for s in SIZES)
        raise BadParameter("_size", f"{size} rows are not offered", f"Choose one of: {', '.join(sizes)}", sizes)
    page = _read_count(options, "_page", 1)
    return View(_one(options, "_find")[:_LONGEST], tuple(only), show, column, falling, page, size, unit)


def arrange(table: Table, view: View) -> Arranged:
    """The rows as the view asks for them; a page beyond the last is the last."""
    rows = choose_rows(table.rows, view)
    if view.sort:
        known = [r for r in rows if view.sort in r]
        known.sort(key=lambda r: _order(r[view.sort]), reverse=view.falling)
        # What has no value stands at the end in either direction.
        rows = known + [r for r in rows if view.sort not in r]
    pages = max(1, -(-len(rows) // view.size))
    page = min(view.page, pages)
    return Arranged(rows[(page - 1) * view.size : page * view.size], rows, len(table.rows), pages, page)


def choose_rows(rows: Iterable[Row], view: View) -> list[Row]:
    """The rows that pass what a view asks for."""
    return [r for r in rows if _passes(r, view)]


def sort_values(rows: Iterable[Row], column: str) -> list[str]:
    """The different values of a column in their order: numbers by size, words by pinyin."""
    found = {r[column].text: _order(r[column]) for r in rows if column in r}
    return sorted(found, key=lambda text: found[text])


def list_values(rows: Sequence[Row], column: str, most: int = 60) -> list[str]:
    """The different values of a column in their order, if there are at least two and at most ``most``; else none."""
    found = sort_values(rows, column)
    return found if 1 < len(found) <= most else []


def choose_columns(columns: Sequence[Column], view: View) -> list[Column]:
    """Those of the columns that a view asks to show; all of them if it names none of them.

    A column that stands for another language's is shown with it: ``codeKnownZh`` where ``codeKnown`` is asked for.
    """
    asked = {_without_language(name) for name in view.show}
    return [c for c in columns if _without_language(c.name) in asked] or list(columns)


def _without_language(name: str) -> str:
    return name.removesuffix("Zh").removesuffix("En")


def show_columns(query: CannedQuery, table: Table, language: str) -> list[Column]:
    """The columns that a page in a language shows: those the header names, but for other languages', else all."""
    named = [c for c in query.columns if c.name in table.columns and c.language in ("", language)]
    return named or [Column(name, {"zh": name, "en": name}) for name in table.columns]


def find_unit(column: Column) -> str:
    """The unit of a column's numbers: as its header says, or as its title does; "" if they have none or several."""
    if column.unit or not column.numeric:
        return column.unit
    return "CNY" if "元" in column.title.get("zh", "") else ""


def read_number(value: Value | None) -> Decimal | None:
    """The number that a cell holds, or None."""
    if value is None:
        return None
    try:
        number = Decimal(value.text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _passes(row: Row, view: View) -> bool:
    for name in {name for name, _ in view.only}:
        if (name, row[name].text if name in row else "") not in view.only:
            return False
    words = view.find.lower().split()
    if not words:
        return True
    text = "\n".join(v.text for v in row.values() if not v.is_iri).lower()
    return all(word in text or word.replace(",", "") in text for word in words)


def _order(value: Value) -> tuple[int, Decimal, bytes]:
    """Numbers by size, words by pinyin: that is how GB 18030 has its first 3,755 characters."""
    number = read_number(value) if value.datatype or not value.language else None
    if number is not None:
        return 0, number, b""
    return 1, Decimal(0), value.text.encode("gb18030", "replace")


def _one(options: Mapping[str, Sequence[str]], name: str) -> str:
    return (options.get(name) or [""])[-1].strip()


def _read_count(options: Mapping[str, Sequence[str]], name: str, default: int) -> int:
    text = _one(options, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < 1:
        raise BadParameter(name, f"{text[:40]!r} is no number from 1 on", "Write a whole number from 1 on")
    return int(text)
