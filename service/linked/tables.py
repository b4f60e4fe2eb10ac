"""The tables for those who count rather than query: what their columns are, and their rows, document by document.

Every export has these tables (:mod:`service.linked.parquet_tables`, :mod:`service.linked.csv_tables`,
:mod:`service.linked.sqlite_tables`). ``year`` and ``place`` are those of the document (its fiscal year, the GB/T 2260
code of its office's place); the year that a figure is about is its ``fiscal_year``. Things and codes stand by their
IRIs, so that a row leads back to the graph and to the words. Where a thing has several values of one property, they
stand in one cell with spaces between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import pyoxigraph as ox

from loaders.build.loading import Progress, ignore
from loaders.graph.following import list_following
from loaders.graph.internal import read_internal
from service.queries.binding import Term, bind
from service.queries.parquet import Kind

_RDFS, _PROV = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/ns/prov#"
_DATA_SET = "http://purl.org/linked-data/cube#dataSet"
PARTITIONS: dict[str, Kind] = {"year": "whole", "place": "text"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: its name, the property that fills it (a name in our ontology, or an IRI), how it is kept.

    A ``term`` of our ontology stands by its name without the prefix: ``gk:phaseBudget`` as ``budget``. What ``follows``
    is filled by what follows from the graph, too, which takes a while to find out.
    """

    name: str
    of: str
    kind: Kind = "text"
    term: str = ""
    follows: bool = False


@dataclass(frozen=True)
class TableForm:
    """A table: its name, the class whose things are its rows, its columns."""

    name: str
    of_class: str
    columns: tuple[Column, ...]


_YEAR = Column("fiscal_year", "year", "whole")
_PLACE_IN_TEXT = (Column("evidence", f"{_PROV}wasDerivedFrom"),)
TABLES: tuple[TableForm, ...] = (
    TableForm("figures", "Figure", (
        Column("start", "start", "whole"), Column("end", "end", "whole", follows=True), Column("stated", "statedAs"),
        Column("amount", "amount", "decimal"), Column("value", "value", "decimal"),
        Column("unit", "unit", term="unit", follows=True), Column("precision", "precision", "decimal"), _YEAR,
        Column("phase", "phase", term="phase"), Column("aspect", "aspect", term="aspect"), Column("agency", "agency"),
        Column("budget_unit", "budgetUnit"), Column("subject_kind", "subjectKind", follows=True),
        Column("subject_label", "subjectLabel"), Column("column", "column"), Column("form", "form", follows=True),
        Column("function", "function"), Column("economic", "economic"),
        Column("government_economic", "governmentEconomic"), Column("inferred_function", "inferredFunction"),
        Column("project", "project"), Column("official_total", "officialTotal", term="quantity"),
        Column("official_part", "officialPart", term="quantity"), Column("fund_scope", "fundScope", term="fund"),
        Column("table", _DATA_SET, follows=True), *_PLACE_IN_TEXT,
    )),
    TableForm("quantities", "StandardValue", (
        Column("quantity", "quantity"), Column("amount", "acceptedAmount", "decimal"),
        Column("value", "acceptedValue", "decimal"), Column("unit", "unit", term="unit"),
        Column("precision", "precision", "decimal"), _YEAR, Column("phase", "phase", term="phase"),
        Column("scope", "valueScope", term="scope"), Column("degree", "degree", term="degree"),
        Column("agency", "agency"), *_PLACE_IN_TEXT,
    )),
    TableForm("projects", "Project", (
        Column("label", f"{_RDFS}label"), Column("agency", "agency"), Column("parent", "parentProject"),
        Column("project_type", "projectType"), Column("purpose", "purpose"), Column("topics", "about"),
    )),
    TableForm("indicators", "Indicator", (
        Column("label", f"{_RDFS}label"), Column("level1", "level1"), Column("level2", "level2"),
        Column("comparator", "comparator"), Column("target", "target"), Column("target_unit", "targetUnit"),
        Column("qualitative", "qualitative", "truth"), _YEAR, Column("agency", "agency"), Column("project", "project"),
        *_PLACE_IN_TEXT,
    )),
    TableForm("duties", "Duty", (
        Column("label", f"{_RDFS}label"), Column("number", "number"), Column("agency", "agency"),
        Column("division", "ofDivision"),
        Column("topics", "about"), *_PLACE_IN_TEXT,
    )),
)  # fmt: skip
#: What is added to a project's row: the first figure that states its money in the document.
_MONEY = (Column("figure", ""), Column("amount", "", "decimal"), Column("phase", "", term="phase"))
_OF_DOCUMENT: dict[str, Kind] = {"document": "text", "document_kind": "text", "agency_label": "text"}


@dataclass(frozen=True)
class _Document:
    iri: str
    shared: Row


#: Columns whose cells hold one IRI, and those whose cells may hold several with spaces between.
ONE_IRI = frozenset({"iri", "document", "figure"})
IRIS = frozenset({
    "agency", "budget_unit", "function", "economic", "government_economic", "inferred_function", "project", "table",
    "evidence", "quantity", "parent", "topics", "division",
})  # fmt: skip


def list_kinds(table: TableForm) -> dict[str, Kind]:
    """The columns of a table with how each is kept, those of its partitions last."""
    own = (*table.columns, *(_MONEY if table.name == "projects" else ()))
    return {"iri": "text", **{c.name: c.kind for c in own}, **_OF_DOCUMENT, **PARTITIONS}


def find_property(table: TableForm, name: str, base: str) -> str:
    """The IRI of the property that fills a column; "" for what no single one does."""
    found = next((c.of for c in table.columns if c.name == name), "")
    return found if not found or ":" in found else f"{base}ontology#{found}"


class TableSource:
    """A snapshot's store, asked document by document."""

    def __init__(self, store: ox.Store, base: str) -> None:
        self.store, self.base = store, base
        self.gk = f"{self.base}ontology#"
        self.documents = list(self._list_documents())

    def _list_documents(self) -> Iterator[_Document]:
        seen = set()
        for row in self.select("linked/documents"):
            iri = row["document"].value
            if iri in seen:
                continue
            seen.add(iri)
            year, place = row.get("year"), row.get("place")
            yield _Document(iri, {
                "document": iri, "document_kind": self.name_term(_text(row, "kind"), "kind") or None,
                "agency_label": _text(row, "label") or None, "year": int(year.value) if year else None,
                "place": place.value.rpartition("/")[2] if place else None,
            })  # fmt: skip

    def select(self, name: str, **slots: str) -> Iterator[dict[str, Term]]:
        """The rows of an internal query with IRIs in its slots."""
        values: Mapping[str, list[Term]] = {slot: [ox.NamedNode(iri)] for slot, iri in slots.items()}
        query = bind(read_internal(name, self.base), values)
        solutions = cast("ox.QuerySolutions", self.store.query(query, use_default_graph_as_union=True))
        names = [v.value for v in solutions.variables]
        for solution in solutions:
            found = zip(names, solution, strict=True)
            yield {name: term for name, term in found if isinstance(term, ox.NamedNode | ox.Literal)}

    def name_term(self, iri: str, prefix: str) -> str:
        """``budget`` of ``…#phaseBudget``; an IRI of another kind stays as it is."""
        own = f"{self.gk}{prefix}"
        rest = iri.removeprefix(own)
        return rest[:1].lower() + rest[1:] if iri.startswith(own) else iri

    def list_batches(self, table: TableForm, progress: Progress = ignore) -> Iterator[list[Row]]:
        """The rows of a table, those of one document after those of another; none is empty."""
        for number, document in enumerate(self.documents):
            progress(table.name, number, len(self.documents))
            if rows := self.list_rows(table, document):
                yield rows
        progress(table.name, len(self.documents), len(self.documents))

    def list_rows(self, table: TableForm, document: _Document) -> list[Row]:
        """The rows of a table that one document gives, by IRI."""
        wanted = {c.of if ":" in c.of else f"{self.gk}{c.of}": c for c in table.columns}
        found: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for row in self.select("linked/table-statements", document=document.iri, **{"class": self.gk + table.of_class}):
            column = wanted.get(cast("ox.NamedNode", row["property"]).value)
            values = found[row["thing"].value]
            if column is not None:
                values[column.name].append(row["value"])
        following = any(c.follows for c in table.columns)
        for triple in list_following(self.store, self.base, document.iri) if following else ():
            column = wanted.get(triple.predicate.value)
            subject = cast("ox.NamedNode", triple.subject).value
            if column is not None and subject in found:
                found[subject][column.name].append(cast("Term", triple.object))
        money = self._list_money(document) if table.name == "projects" else {}
        return [
            {"iri": iri, **{c.name: self._read(c, values.get(c.name, ())) for c in table.columns},
             **money.get(iri, {}), **document.shared}
            for iri, values in sorted(found.items())
        ]  # fmt: skip

    def _list_money(self, document: _Document) -> dict[str, Row]:
        money: dict[str, Row] = {}
        for row in self.select("linked/table-projects", document=document.iri):
            phase = self.name_term(_text(row, "phase"), "phase") or None
            own = {"figure": _text(row, "figure"), "amount": Decimal(_text(row, "amount")), "phase": phase}
            money.setdefault(row["thing"].value, own)
        return money

    def _read(self, column: Column, terms: Any) -> Any:
        if not terms:
            return None
        if column.kind == "text":
            words = sorted({self.name_term(t.value, column.term) if column.term else t.value for t in terms})
            return " ".join(words)
        return min(_READERS[column.kind](t.value) for t in terms)


_READERS: dict[Kind, Callable[[str], Any]] = {
    "whole": int, "decimal": Decimal, "truth": lambda text: text in ("true", "1"),
}  # fmt: skip


def _text(row: Mapping[str, Term], name: str) -> str:
    return row[name].value if name in row else ""
