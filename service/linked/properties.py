"""Values of properties for many things at once: data extension of the Reconciliation API, and its proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from service.http.problems import Problem
from service.linked.wellformed import load_json
from service.queries.answers import Answers, Row, Value
from service.search.entries import KINDS

_MOST_PROPERTIES = 30
_FLOATS = ("decimal", "double", "float")
_DATES = ("#date", "#dateTime")


class Properties:
    """Properties of the graph under short names: ``place`` is ours, ``skos:altLabel`` another's."""

    def __init__(self, answers: Answers, space: str) -> None:
        self.answers = answers
        self.space = space
        self._proposed: dict[tuple[str, str], list[dict[str, str]]] = {}

    def shorten(self, iri: str) -> str:
        """The short name of a property; its IRI if it has none."""
        prefixes = self.answers.prefixes()
        if iri.startswith(prefixes["gk"]):
            return iri.removeprefix(prefixes["gk"])
        found = next((p for p, base in prefixes.items() if iri.startswith(base)), None)
        return f"{found}:{iri.removeprefix(prefixes[found])}" if found else iri

    def resolve(self, name: str) -> ox.NamedNode:
        """The property of a name. Raises a 400 :class:`Problem` if it can be none."""
        prefixes = self.answers.prefixes()
        prefix, colon, local = name.partition(":")
        iri = prefixes[prefix] + local if colon and prefix in prefixes else name if colon else prefixes["gk"] + name
        try:
            return ox.NamedNode(iri)
        except ValueError:
            raise Problem(
                400, "bad_property", f"property {name[:60]!r}", "it is no name of a property",
                "Take one from /reconcile/properties?type=Agency",
            ) from None  # fmt: skip

    async def fetch(
        self, identities: Sequence[str], names: Sequence[str]
    ) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """Of each thing, by property, its values as identifier (or text) and label."""
        found: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for identity, name, row in await self._select(identities, names):
            value = row["value"]
            text = value.text.removeprefix(self.space) if value.is_iri else value.text
            found.setdefault(identity, {}).setdefault(name, []).append((text, str(row.get("label", text))))
            if value.is_iri:
                # A code or a place is meant by its notation as well.
                found[identity][name].append((text.rpartition("/")[2], str(row.get("label", text))))
        return found

    async def extend(self, text: str, most: int) -> dict[str, Any]:
        """The answer to a request for data extension. Raises a 400 or 413 :class:`Problem` if it is wrong."""
        identities, wishes = _read_request(text, most)
        rows: dict[str, dict[str, list[dict[str, Any]]]] = {
            identity: {name: [] for name in wishes} for identity in identities
        }
        for identity, name, row in await self._select(identities, list(wishes)):
            cell = self._write(row["value"], str(row.get("label", "")))
            if cell not in rows[identity][name] and not 0 < wishes[name] <= len(rows[identity][name]):
                rows[identity][name].append(cell)
        nodes = {self.resolve(name).value: name for name in wishes}
        values = {"property": [ox.NamedNode(iri) for iri in nodes]}
        labels = (await self.answers.ask_internal("linked/property-names", values)).rows if nodes else []
        names = {nodes[row["property"].text]: row["label"].text for row in labels}
        return {"meta": [{"id": name, "name": names.get(name, name)} for name in wishes], "rows": rows}

    async def propose(self, kind: str) -> list[dict[str, str]]:
        """The properties of a type, those most used first. Raises a 404 :class:`Problem` for an unknown type."""
        if kind not in KINDS:
            raise Problem(404, "unknown_type", f"type {kind[:60]!r}", "there is none of this name",
                          f"Choose one of: {', '.join(KINDS)}")  # fmt: skip
        key = (self.answers.store.version, kind)
        if key not in self._proposed:
            table = await self.answers.ask_internal("linked/properties-of-class", {"class": [self.resolve(kind)]})
            self._proposed = {k: v for k, v in self._proposed.items() if k[0] == key[0]}
            self._proposed[key] = [
                {"id": self.shorten(row["property"].text), "name": _name(row) or self.shorten(row["property"].text)}
                for row in table.rows
                if "property" in row
            ]
        return self._proposed[key]

    async def _select(self, identities: Sequence[str], names: Sequence[str]) -> list[tuple[str, str, Row]]:
        things: dict[str, str] = {}
        for identity in identities:
            try:
                things[ox.NamedNode(self.space + identity).value] = identity
            except ValueError:
                # No IRI of ours: nothing is known of it, as of any other unknown one.
                continue
        properties = {self.resolve(name).value: name for name in names}
        if not things or not properties:
            return []
        terms: Mapping[str, Sequence[ox.NamedNode]] = {
            "thing": [ox.NamedNode(iri) for iri in things],
            "property": [ox.NamedNode(iri) for iri in properties],
        }
        rows = sorted((await self.answers.ask_internal("linked/property-values", terms)).rows, key=_place)
        return [(things[row["thing"].text], properties[row["property"].text], row) for row in rows]

    def _write(self, value: Value, label: str) -> dict[str, Any]:
        """A value as the protocol has it."""
        if value.is_iri:
            if value.text.startswith(self.space):
                identity = value.text.removeprefix(self.space)
                return {"id": identity, "name": label or identity}
            return {"str": label or value.text}
        plain = value.plain
        if isinstance(plain, bool):
            return {"bool": plain}
        if value.datatype.endswith(_DATES):
            return {"date": value.text}
        if value.datatype.endswith(_FLOATS):
            return {"float": float(Decimal(value.text)) if value.datatype.endswith("decimal") else float(value.text)}
        return {"int": plain} if isinstance(plain, int) else {"str": value.text}


def _place(row: Row) -> tuple[object, ...]:
    """Where a row stands among others: by thing and property; numbers by their size before all else by its words."""
    value = row["value"]
    number = value.plain if isinstance(value.plain, int | float | Decimal) else None
    return (row["thing"].text, row["property"].text, number is None, number or 0, value.text, str(row.get("label", "")))


def _name(row: Row) -> str:
    return f"{row.get('zh', '')} {row.get('en', '')}".strip()


def _read_request(text: str, most: int) -> tuple[list[str], dict[str, int]]:
    """The identifiers, and each property with the most values that are wanted of it (0: all)."""
    wrong = Problem(
        400, "bad_extension", "extend", "it is no JSON object with a list of ids and a list of properties",
        'Send extend={"ids": ["agency/…"], "properties": [{"id": "place"}]}',
    )  # fmt: skip
    try:
        asked = load_json(text)
        identities, properties = asked["ids"], asked["properties"]
        wishes = {p["id"]: int((p.get("settings") or {}).get("limit") or 0) for p in properties}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        raise wrong from None
    texts = isinstance(identities, list) and isinstance(properties, list)
    if not texts or not all(isinstance(i, str) for i in (*identities, *wishes)) or min(wishes.values(), default=0) < 0:
        raise wrong
    if len(identities) > most or len(wishes) > _MOST_PROPERTIES:
        raise Problem(
            413, "max_reconcile_queries", "extend", f"there are more than {most} ids or {_MOST_PROPERTIES} properties",
            "Send smaller batches, or raise GONGKAI_MAX_RECONCILE_QUERIES on a server of your own",
        )  # fmt: skip
    return identities, wishes
