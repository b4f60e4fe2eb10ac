"""Canned queries: their files, their parameters bound as terms, their errors."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.errors import QueryError
from service.errors import BadParameter, UnknownQuery
from service.queries.binding import bind, find_slots, rebase
from service.queries.catalogue import Choice, Parameter, QueryCatalogue, read_query
from service.sparql.guard import Limits, inspect

QUERY = "SELECT ?x WHERE { VALUES ?x { UNDEF } # VALUES ?y { UNDEF }\n }"
SERVICE = ox.NamedNode("https://w3id.org/gongkai/id/service/free-inspection")
CHOICES = [Choice("free-inspection", SERVICE, "免除查验", frozenset({"免除查验", "免除查验费用"}))]


@pytest.fixture(scope="module")
def catalogue() -> QueryCatalogue:
    return QueryCatalogue.load()


def test_every_query_is_valid_unfilled_and_says_what_it_asks(catalogue: QueryCatalogue) -> None:
    queries = catalogue.list_all()
    assert queries
    for query in queries:
        inspect(query.text, Limits())
        results = ox.Store().query(query.text)
        assert isinstance(results, ox.QuerySolutions)
        names = {v.value for v in results.variables}
        for column in query.columns:
            assert column.name in names, (query.name, column.name)
            assert not column.link or column.link in names, (query.name, column.link)
        for texts in (query.title, query.description, query.row, *(p.title for p in query.parameters)):
            assert set(texts) == {"zh", "en"}, query.name


def test_the_header_is_published_as_it_is(catalogue: QueryCatalogue) -> None:
    query = catalogue.find("offices-funding-service")
    triples = list(ox.parse(query.header, ox.RdfFormat.TURTLE, base_iri="http://x/q"))
    assert any(t.object == ox.NamedNode("http://www.w3.org/ns/shacl#SPARQLExecutable") for t in triples)


def test_unknown_query_lists_those_there_are(catalogue: QueryCatalogue) -> None:
    with pytest.raises(UnknownQuery, match="offices-funding-service") as caught:
        catalogue.find("nope")
    assert "offices-funding-service" in caught.value.choices


@pytest.mark.parametrize("value", ["free-inspection", SERVICE.value, "免除查验", "免除查验费用", " free-inspection "])
def test_a_thing_by_slug_iri_or_name(catalogue: QueryCatalogue, value: str) -> None:
    filled = catalogue.find("offices-funding-service").fill({"service": [value]}, {"service": CHOICES})
    assert f"VALUES ?service {{ {SERVICE} }}" in filled


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("service", 'x> } DROP ALL { <"', "free-inspection"),
        ("year", "二〇二三", "1949"),
        ("year", "2023.5", "integer"),
        ("year", "1e999999999", "integer"),
        ("year", "NaN", "number"),
        ("year", "1", "out of range"),
        ("role", "boss", "administration"),
        ("colour", "red", "service, agency, year, role"),
    ],
)
def test_a_bad_value_names_the_choices(catalogue: QueryCatalogue, name: str, value: str, says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        catalogue.find("offices-funding-service").fill({name: [value]}, {"service": CHOICES})


def test_all_means_everything(catalogue: QueryCatalogue) -> None:
    query = catalogue.find("offices-funding-service")
    assert 'VALUES ?roleAsked { "service" "administration" }' in query.fill({}, {})
    assert "VALUES ?roleAsked { UNDEF }" in query.fill({"role": ["all"]}, {})


def test_a_required_parameter() -> None:
    parameter = Parameter("q", "q", "string", {}, {}, optional=False)
    with pytest.raises(BadParameter, match="a value is needed"):
        parameter.read([])
    number = Parameter("q", "q", "decimal", {}, {}, minimum=Decimal(0))
    assert number.read(["1.50"])[0].value == "1.50"


@given(st.text(max_size=60))
def test_any_text_is_bound_as_one_term(text: str) -> None:
    """Whatever a value holds, it comes back from the engine as that value, and the query has one row."""
    filled = bind(QUERY, {"x": [ox.Literal(text)]})
    rows = list(ox.Store().query(filled))
    assert [row["x"].value for row in rows] == [text]


def test_slots() -> None:
    assert list(find_slots(QUERY)) == ["x"]
    assert bind(QUERY, {"x": []}) == QUERY
    with pytest.raises(QueryError, match="no slot"):
        bind(QUERY, {"y": [SERVICE]})


def test_another_base() -> None:
    moved = rebase('PREFIX gk: <https://w3id.org/gongkai/ontology#> ASK { ?s gk:a "<https://w3id.org/gongkai/x>" }',
                   "https://example.org/g/")  # fmt: skip
    assert "<https://example.org/g/ontology#>" in moved
    assert '"<https://w3id.org/gongkai/x>"' in moved


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#: <> rdfs:label\nASK {}", "cannot be read"),
        ("SELECT * {}", "no rdfs:label"),
        ('#: <> rdfs:label "x"@en ; sh:parameter [ sh:path <#y> ] .\nSELECT * {}', "no slot"),
        ('#: <> rdfs:label "x"@en .\nSELECT * { "', "cannot be read"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "wrong.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QueryError, match=says) as caught:
        read_query(path)
    assert "wrong.rq" in caught.value.place
