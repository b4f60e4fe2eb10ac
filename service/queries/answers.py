"""Questions of our own pages and commands to the store: canned queries, and rows as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from loaders.graph.internal import read_internal
from service.engine.portable import drop_open_slots
from service.engine.store import Store
from service.engine.workers import Answer, Job
from service.queries.binding import bind, rebase
from service.queries.catalogue import CannedQuery, Choice, Parameter, QueryCatalogue, choices_query
from service.settings import ServiceSettings
from service.sparql.failures import QueryFailure
from service.sparql.guard import list_prefixes

_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = {_XSD + name for name in ("integer", "int", "long", "gYear", "nonNegativeInteger")}


@dataclass(frozen=True)
class Value:
    """A term of a row. ``kind`` is uri, literal or bnode."""

    text: str
    kind: str = "literal"
    datatype: str = ""
    language: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def is_iri(self) -> bool:
        return self.kind == "uri"

    @property
    def plain(self) -> str | int | float | bool:
        """The value as JSON has it: numbers as numbers."""
        if self.datatype in _WHOLE and self.text.lstrip("-").isdigit():
            return int(self.text)
        if self.datatype == f"{_XSD}decimal":
            number = Decimal(self.text)
            return int(number) if number == number.to_integral_value() else float(number)
        if self.datatype == f"{_XSD}boolean":
            return self.text == "true"
        return self.text


class Row(dict[str, Value]):
    """A row of a result: values by variable, those that are bound.

    Raises :class:`service.sparql.failures.QueryFailure` where a value is asked for that each row must have: an engine
    elsewhere has answered wrongly.
    """

    def __missing__(self, name: str) -> Value:
        raise QueryFailure(
            "federation", f"the engine gave a row without ?{name}, which each row of this query has",
            "Tell those who run it to try the engine: gongkai selftest --endpoint",
            zh=(f"引擎给出的一行缺少 ?{name}", "请告知服务的运行者用 gongkai selftest --endpoint 检验该引擎"),
        )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A result: its columns in order, its rows, the snapshot that gave it."""

    columns: tuple[str, ...]
    rows: list[Row]
    snapshot: str = ""


def read_table(body: bytes, snapshot: str = "") -> Table:
    """A table from SPARQL JSON results; an ASK gives one column ``boolean``."""
    data = json.loads(body)
    if "boolean" in data:
        value = Value(str(data["boolean"]).lower(), datatype=f"{_XSD}boolean")
        return Table(("boolean",), [Row(boolean=value)], snapshot)
    rows = [Row((name, _read_value(term)) for name, term in found.items()) for found in data["results"]["bindings"]]
    return Table(tuple(data["head"]["vars"]), rows, snapshot)


def _read_value(term: dict[str, Any]) -> Value:
    if not isinstance(term["value"], str):  # a quoted triple of RDF 1.2
        return Value(json.dumps(term["value"], ensure_ascii=False), "literal")
    return Value(term["value"], term["type"], term.get("datatype", ""), term.get("xml:lang", ""))


class Answers:
    """The store as our own pages and commands ask it."""

    def __init__(self, store: Store, settings: ServiceSettings, catalogue: QueryCatalogue) -> None:
        self.store = store
        self.settings = settings
        self.catalogue = catalogue
        self._choices: dict[tuple[str, str], list[Choice]] = {}
        self._prefixes = list_prefixes(settings.base)

    def data_version(self) -> str:
        """What a citation names: the snapshot and the beginning of the digest of its contents."""
        described = self.store.describe()
        return (
            f"{self.store.version}-{described['fingerprint'][:8]}" if "fingerprint" in described else self.store.version
        )

    def job(self, query: str, form: str, **more: Any) -> Job:
        """A job with the settings' limits."""
        return Job(query, form, self.settings.base, self.settings.max_result_bytes, prefixes=self.prefixes(), **more)

    def prefixes(self) -> dict[str, str]:
        """The prefixes that Turtle is written with."""
        return self._prefixes

    async def ask(self, query: str, values: Mapping[str, Sequence[ox.NamedNode | ox.Literal]] | None = None) -> Table:
        """The rows of a query of ours, with terms in its slots."""
        # An open slot narrows nothing, and yet the engine would begin with it.
        filled = drop_open_slots(bind(rebase(query, self.settings.base), values or {}))
        answer = await self.store.run(self.job(filled, "json"))
        return read_table(answer.body, answer.snapshot)

    async def ask_internal(
        self, name: str, values: Mapping[str, Sequence[ox.NamedNode | ox.Literal]] | None = None
    ) -> Table:
        """The rows of the query of ours in ``queries/internal/<name>.rq``, with terms in its slots."""
        return await self.ask(read_internal(name), values)

    async def choices(self, query: CannedQuery) -> dict[str, list[Choice]]:
        """For each parameter whose choices come from the data: those that the data hold."""
        return {p.name: await self._list_choices(p) for p in query.parameters if p.has_choices}

    async def run(
        self, query: CannedQuery, given: Mapping[str, Sequence[str]], form: str = "json", language: str = "zh"
    ) -> Answer:
        """The answer of a canned query, in a result format such as json or csv, its labels in a language.

        Raises :class:`service.queries.catalogue.BadParameter` for a value that is not of its type.
        """
        filled = query.fill(given, await self.choices(query), language)
        return await self.store.run(self.job(drop_open_slots(filled), form))

    async def _list_choices(self, parameter: Parameter) -> list[Choice]:
        version = self.store.version
        key = (version, parameter.choice_list or parameter.of_class)
        if key not in self._choices:
            listed = parameter.choice_list
            text = self.catalogue.lists[listed] if listed else choices_query(parameter.of_class)
            answer = await self.store.run(self.job(text, "json"))
            # Of another snapshot nothing is kept.
            self._choices = {k: v for k, v in self._choices.items() if k[0] == version}
            self._choices[key] = self._read_choices(read_table(answer.body).rows)
        return self._choices[key]

    def _read_choices(self, rows: Sequence[Row]) -> list[Choice]:
        """The choices of a list with the columns value, zh, en, name and above, in the list's order.

        A choice has a row for each of its names and each of what it belongs to.
        """
        found: dict[Value, tuple[dict[str, str], set[str], set[str]]] = {}
        for row in rows:
            value = row["value"]
            if value.kind == "bnode":
                continue
            labels, names, above = found.setdefault(value, ({}, set(), set()))
            labels |= {language: row[language].text for language in ("zh", "en") if language in row}
            names |= {row["name"].text} if "name" in row else set()
            above |= {row["above"].text} if "above" in row else set()
        return [
            Choice(
                self.shorten(value.text) if value.is_iri else value.text,
                ox.NamedNode(value.text) if value.is_iri else ox.Literal(value.text),
                labels.get("zh") or labels.get("en", ""),
                frozenset(names),
                labels,
                frozenset(above),
            )
            for value, (labels, names, above) in found.items()
        ]

    def shorten(self, iri: str) -> str:
        """What a user writes for an IRI of ours: what follows ``id/<kind>/``."""
        prefix = f"{self.settings.base}id/"
        return iri[len(prefix) :].partition("/")[2] or iri if iri.startswith(prefix) else iri
