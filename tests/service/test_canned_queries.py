"""Every canned query against the graph of the five documents: it finds what it promises, once, with its place."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pyoxigraph as ox
import pytest
import rdflib

from service.errors import BadParameter
from service.queries.query import CannedQuery
from service.queries.query_export import write_catalogue, write_query
from service.sparql.guard import inspect
from tests.service.five_documents import BAOJI, CATALOGUE, QUERIES, YUEYANG, Graph

BASE = "https://w3id.org/gongkai/"


@pytest.fixture(scope="module")
def graph(graph_of_five: Graph) -> Graph:
    return graph_of_five


# -- what holds for every query ----------------------------------------------------------------------------------------


def test_there_are_queries_on_every_theme() -> None:
    assert len(QUERIES) >= 36
    groups = CATALOGUE.by_theme()
    assert [theme.key for theme, _ in groups] == [theme.key for theme in CATALOGUE.themes]
    assert sum(len(queries) for _, queries in groups) == len(QUERIES)
    for theme, queries in groups:
        assert set(theme.title) == set(theme.description) == {"zh", "en"}
        assert len({q.order for q in queries}) == len(queries), theme.key


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_a_header_says_what_a_reader_needs(query: CannedQuery) -> None:
    for texts in (query.title, query.description, query.row, *(p.title for p in query.parameters)):
        assert set(texts) == {"zh", "en"}
    for texts in (*(p.description for p in query.parameters), *(c.title for c in query.columns)):
        assert set(texts) == {"zh", "en"}
    assert set(query.keywords) == {"zh", "en"}
    assert query.minimum_rows > 0
    assert query.columns
    assert query.evidence
    assert query.needs
    for parameter in query.parameters:
        assert all(set(t) == {"zh", "en"} for t in parameter.option_titles.values())
        assert parameter.kind != "iri" or parameter.has_choices
    titles = Counter(q.title[language] for q in QUERIES for language in ("zh", "en"))
    assert all(titles[query.title[language]] == 1 for language in ("zh", "en"))


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_what_a_header_names_is_in_the_result(query: CannedQuery) -> None:
    inspect(query.text)
    results = ox.Store().query(query.sparql)
    assert isinstance(results, ox.QuerySolutions)
    names = {v.value for v in results.variables}
    named = {*query.evidence, *(c.name for c in query.columns), *(c.link for c in query.columns if c.link)}
    named |= {v for chart in query.charts for v in chart.variables()}
    if query.pivot is not None:
        named |= {query.pivot.rows, query.pivot.columns, query.pivot.value}
    assert named <= names
    numeric = {c.name for c in query.columns if c.numeric}
    assert {chart.value for chart in query.charts} <= numeric


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_a_query_finds_what_it_promises(graph: Graph, query: CannedQuery) -> None:
    rows = graph.run(query.name)
    assert len(rows) >= query.minimum_rows
    # A minimum far below what is found would not notice that half of it is lost.
    assert query.minimum_rows >= len(rows) * 0.6 or len(rows) - query.minimum_rows <= 8, len(rows)
    doubled = [r for r, n in Counter(tuple(sorted((k, v) for k, v in row.items())) for row in rows).items() if n > 1]
    assert not doubled
    for column in query.columns:
        assert any(column.name in row for row in rows) or column.name in _OFTEN_EMPTY, column.name


#: Columns that none of the five documents fills.
_OFTEN_EMPTY = {"result", "met", "divisionLabel", "aboveLabel", "aboveAmount", "share"}


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_every_row_has_its_place(graph: Graph, query: CannedQuery) -> None:
    """Each piece of evidence is a document, or a stretch of one; where it states money, the stretch is that number."""
    for row in graph.run(query.name):
        assert query.evidence[0] in row or query.name == "code-editions"
        for name in query.evidence:
            for place in str(row.get(name, "")).split():
                check_place(graph, place)
    money = [c for c in query.columns if c.unit == "CNY" and c.link in query.evidence]
    for row in graph.run(query.name):
        for column in money:
            if column.name in row and column.link in row:
                assert states(graph, row[column.link].text, Decimal(row[column.name].text)), (column.name, row)


def check_place(graph: Graph, place: str) -> str:
    document, _, stretch = place.partition("#char=")
    text = graph.texts[document]
    if not stretch:
        return text
    start, end = (int(n) for n in stretch.split(","))
    assert 0 <= start < end <= len(text)
    return text[start:end]


def states(graph: Graph, place: str, amount: Decimal) -> bool:
    """Whether the stretch holds the amount, in 元, 万元 or 亿元. A stretch of words (a change) need only be there."""
    words = check_place(graph, place)
    digits = re.sub(r"[,，\s]", "", words)
    if not re.fullmatch(r"[-−]?[\d.]+", digits):
        return True
    number = abs(Decimal(digits.replace("−", "-")))
    return any(number * factor == abs(amount) for factor in (1, 10_000, 100_000_000))


@pytest.mark.parametrize("query", [q for q in QUERIES if q.localised], ids=lambda q: q.name)
def test_labels_come_in_either_language(graph: Graph, query: CannedQuery) -> None:
    chinese, english = graph.run(query.name, "zh"), graph.run(query.name, "en")
    assert len(chinese) == len(english)
    labels = [c.name for c in query.columns if c.name.endswith("Label")]
    # A label is never lost for want of a translation.
    for name in labels:
        assert sum(name in row for row in chinese) == sum(name in row for row in english)
    words = "".join(row[name].text for row in english for name in ("phaseLabel", "quantityLabel") if name in row)
    assert words.isascii()


@pytest.mark.parametrize("query", [q for q in QUERIES if q.parameters], ids=lambda q: q.name)
def test_parameters_are_bound_and_wrong_values_refused(graph: Graph, query: CannedQuery) -> None:
    choices = graph.choices(query)
    everything = {p.name: ["all"] for p in query.parameters}
    for parameter in query.parameters:
        offered = choices.get(parameter.name, [])
        assert offered or not parameter.has_choices
        wrong = 'no such> } DROP ALL # " \\'
        if parameter.kind == "string" and not parameter.options:
            assert '\\"' in query.fill({parameter.name: [wrong]}, choices)
            continue
        with pytest.raises(BadParameter) as caught:
            query.fill({parameter.name: [wrong]}, choices)
        assert caught.value.parameter == parameter.name
        assert caught.value.choices == (parameter.options or tuple(c.value for c in offered))
        value = (*parameter.options, *(c.value for c in offered), str(parameter.minimum))[0]
        filled = query.fill({**everything, parameter.name: [value]}, choices)
        term = offered[0].term if parameter.kind == "iri" else None
        assert f"VALUES ?{parameter.slot} {{ UNDEF }}" not in filled
        # A class of codes stands for what is below it as well.
        bound = re.findall(rf"VALUES \?{parameter.slot} {{ ([^}}]*) }}", filled)
        assert bound
        assert term is None or all(str(term) in terms.split() for terms in bound)


@pytest.mark.parametrize("query", [q for q in QUERIES if any(p.name == "agency" for p in q.parameters)],
                         ids=lambda q: q.name)  # fmt: skip
def test_an_office_sees_its_own_rows_only(graph: Graph, query: CannedQuery) -> None:
    everything = graph.run(query.name)
    if "agencyLabel" not in {c.name for c in query.columns}:
        pytest.skip("its rows are of all offices together")
    label, count = Counter(row["agencyLabel"].text for row in everything).most_common()[-1]
    rows = graph.run(query.name, agency=label)
    assert {row["agencyLabel"].text for row in rows} == {label}
    assert len(rows) == count


# -- nothing found, and published --------------------------------------------------------------------------------------


def test_no_rows_are_explained_by_the_year(graph: Graph) -> None:
    found = graph.explain("three-public-expenses", agency=YUEYANG, year="2019")
    assert [d.id for d in found.loaded if d.agency == YUEYANG] == ["yueyang-2023-accounts"]
    assert not any(d.fits for d in found.loaded)
    year = next(x for x in found.loosened if x.parameter == "year")
    assert (year.asked, [c.value for c in year.near]) == (("2019",), ["2023"])
    assert year.rows == 10
    office = next(x for x in found.loosened if x.parameter == "agency")
    assert (office.rows, office.near) == (0, ())
    assert found.needs[0].label == {"zh": "标准项目的取值", "en": "standard value"}
    assert all(found.needs[0].counts.values())


def test_no_rows_are_explained_by_a_missing_section(graph: Graph) -> None:
    found = graph.explain("procurement", agency=BAOJI)
    mine = [s for s in found.states if s.document.endswith("baoji-2023-budget")]
    assert [(s.form, s.state, s.words) for s in mine] == [("procurement", "declared empty", "备注：本单位不涉及")]
    assert mine[0].label["zh"] == "政府采购表"
    check_place(graph, mine[0].evidence)
    scores = graph.explain("evaluation-scores", agency=BAOJI)
    assert {k.rpartition("/")[2]: n for k, n in scores.needs[0].counts.items()}["baoji-2023-budget"] == 0


def test_the_catalogue_is_published_as_rdf() -> None:
    published = rdflib.Graph().parse(data=write_catalogue(CATALOGUE, BASE, f"{BASE}sparql"), format="turtle")
    # What the SIB's editor asks of an endpoint.
    found = list(published.query("""
        PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX schema: <https://schema.org/>
        SELECT DISTINCT ?query ?text WHERE {
          ?query a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select ?text ; schema:target ?endpoint ;
                 schema:keywords ?word ; sh:prefixes/sh:declare/sh:prefix "gk" .
        }"""))  # fmt: skip
    assert len(found) == len(QUERIES)
    for _, text in found:  # type: ignore[misc]
        assert isinstance(ox.Store().query(str(text)), ox.QuerySolutions)
    alone = rdflib.Graph().parse(data=write_query(QUERIES[0], BASE, f"{BASE}sparql"), format="turtle")
    assert set(alone) <= set(published)


def test_the_catalogue_is_in_the_store(graph: Graph) -> None:
    rows = graph.ask("""PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX gk: <https://w3id.org/gongkai/ontology#>
        SELECT ?query ?rows WHERE { GRAPH <https://w3id.org/gongkai/graph/queries> {
          ?query a sh:SPARQLExecutable ; sh:select ?text ; gk:minimumRows ?rows } }""")
    assert {r["query"].text for r in rows} == {f"{BASE}queries/{q.name}" for q in QUERIES}
