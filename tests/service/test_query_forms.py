"""How queries are built, read from their algebra: none chooses by a string of numbers, none takes what comes first.

Holds for the canned queries, the lists of choices, and the internal queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef, Variable
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from loaders.graph.canned import list_choice_files, list_files
from loaders.graph.internal import list_internal_files
from loaders.resources import find_ontology_folder

_BUILDERS = {"Builtin_CONCAT", "Builtin_REPLACE", "Builtin_SUBSTR", "Builtin_STRBEFORE", "Builtin_STRAFTER",
             "Builtin_ENCODE_FOR_URI", "Builtin_STRDT", "Aggregate_GroupConcat"}  # fmt: skip
_RECKONING = {"MultiplicativeExpression", "AdditiveExpression", "Builtin_ROUND", "Builtin_ABS", "Builtin_CEIL",
              "Builtin_FLOOR", "Aggregate_Count", "Aggregate_Sum", "Aggregate_Avg"}  # fmt: skip
_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {URIRef(_XSD + name) for name in ("decimal", "integer", "gYear", "double", "nonNegativeInteger")}
_OA = "http://www.w3.org/ns/oa#"


def _read_numeric() -> set[URIRef]:
    """The properties whose values are numbers, as the ontology says."""
    ontology = Graph().parse(find_ontology_folder() / "gongkai.ttl")
    found = {p for p in ontology.subjects(RDF.type, OWL.DatatypeProperty)
             if set(ontology.objects(p, RDFS.range)) & _NUMBERS}  # fmt: skip
    assert len(found) > 10
    return {URIRef(str(p)) for p in found} | {URIRef(f"{_OA}start"), URIRef(f"{_OA}end")}


NUMERIC = _read_numeric()


CANNED = [(p.stem if p.parent.name != "choices" else f"choices/{p.stem}", p.read_text(encoding="utf-8"))
          for p in (*list_files(), *list_choice_files())]  # fmt: skip
INTERNAL = [(f"{p.parent.name}/{p.stem}", p.read_text(encoding="utf-8")) for p in list_internal_files()]
#: May take what comes first, and why.
_SORTED = "the codes that it joins are put in order by whoever reads them"
_MAY = {
    "linked/thing-exists": "whether there is any row is all that is asked",
    "checks/findings": _SORTED,
    "pages/agency-contradictions": _SORTED,
    "pages/figure-findings": _SORTED,
    "pages/finding-words": _SORTED,
    "engine/joined-words": "the two words that it joins are the same",
}


@cache
def parse(query: str) -> Any:
    """The algebra of a query."""
    return prepareQuery(query).algebra


def walk(node: Any) -> Iterator[CompValue]:
    """All parts of an algebra."""
    if isinstance(node, CompValue):
        yield node
        for key, value in node.items():
            if key not in ("_vars", "PV"):
                yield from walk(value)
    elif isinstance(node, list | tuple | set):
        for each in node:
            yield from walk(each)


class Names:
    """What the variables of a part of a query stand for."""

    def __init__(self, part: Any) -> None:
        self.made: dict[str, list[Any]] = {}
        self.numbers: set[str] = set()
        for each in walk(part):
            if each.name == "Extend":
                self.made.setdefault(str(each["var"]), []).append(each["expr"])
            elif each.name.startswith("Aggregate_"):
                self.made.setdefault(str(each["res"]), []).append(each)
            elif each.name == "BGP":
                self.numbers |= {str(o) for _, p, o in each["triples"] if p in NUMERIC and isinstance(o, Variable)}

    def is_number(self, expression: Any, seen: frozenset[str] = frozenset()) -> bool:
        """Whether an expression is reckoned, or read from a property of numbers."""
        if isinstance(expression, Variable):
            name = str(expression)
            if name in self.numbers:
                return True
            made = [] if name in seen else self.made.get(name, [])
            return any(self.is_number(m, seen | {name}) for m in made)
        if not isinstance(expression, CompValue):
            return False
        if expression.name == "Function":
            return URIRef(str(expression["iri"])) in _NUMBERS
        if expression.name in ("Aggregate_Min", "Aggregate_Max", "Aggregate_Sample"):
            return self.is_number(expression["vars"], seen)
        return expression.name in _RECKONING

    def is_built(self, expression: Any, seen: frozenset[str] = frozenset()) -> bool:
        """Whether an expression is a string that was put together, or a number written as a string."""
        if isinstance(expression, Variable):
            name = str(expression)
            made = [] if name in seen else self.made.get(name, [])
            return any(self.is_built(m, seen | {name}) for m in made)
        if isinstance(expression, list | tuple):
            return any(self.is_built(e, seen) for e in expression)
        if not isinstance(expression, CompValue) or self.is_number(expression):
            return False
        if expression.name in _BUILDERS:
            return True
        if expression.name == "Builtin_STR" and self.is_number(expression["arg"]):
            return True
        return any(self.is_built(v, seen) for k, v in expression.items() if k not in ("_vars", "res"))


def find_string_choices(query: str) -> list[str]:
    """The aggregates that choose the least or greatest of strings that are put together, often of numbers."""
    found = []
    for group in walk(parse(query)):
        if group.name == "AggregateJoin":
            names = Names(group["p"])
            found += [
                f"{each.name}({each['vars']})"
                for each in group["A"]
                if each.name in ("Aggregate_Min", "Aggregate_Max") and names.is_built(each["vars"])
            ]
    return found


def _is_ordered(part: Any) -> bool:
    """Whether solutions come in an order: behind what only renames, projects or thins them out stands an ORDER BY."""
    while isinstance(part, CompValue) and part.name in ("ToMultiSet", "Project", "Distinct", "Extend", "Slice"):
        part = part["p"]
    if isinstance(part, CompValue) and part.name == "Join":
        # rdflib joins a subquery that stands alone with nothing.
        sides = [side for side in (part["p1"], part["p2"]) if not (side.name == "BGP" and not side["triples"])]
        return len(sides) == 1 and _is_ordered(sides[0])
    return isinstance(part, CompValue) and part.name == "OrderBy"


def find_chances(query: str) -> list[str]:
    """What takes whatever comes first, so that one graph may give several answers."""
    found = []
    for part in walk(parse(query)):
        if part.name == "AggregateJoin":
            grouped = {str(v) for v in part["p"]["expr"] or ()}
            # rdflib writes a sample for each variable that the groups are of.
            found += [f"SAMPLE({a['vars']})" for a in part["A"]
                      if a.name == "Aggregate_Sample" and str(a["vars"]) not in grouped]  # fmt: skip
            if any(a.name == "Aggregate_GroupConcat" for a in part["A"]) and not _is_ordered(part["p"]["p"]):
                found.append("GROUP_CONCAT of what comes in no order")
        if part.name == "Slice" and not _is_ordered(part["p"]):
            found.append("LIMIT of what comes in no order")
    return found


@pytest.mark.parametrize(("name", "text"), CANNED, ids=[name for name, _ in CANNED])
def test_no_canned_query_chooses_by_a_string_made_of_numbers(name: str, text: str) -> None:
    assert find_string_choices(text) == []


@pytest.mark.parametrize(("name", "text"), CANNED, ids=[name for name, _ in CANNED])
def test_no_canned_query_takes_what_comes_first(name: str, text: str) -> None:
    assert find_chances(text) == []
    assert _is_ordered(parse(text)["p"]), "its rows come in no order"


@pytest.mark.parametrize(("name", "text"), INTERNAL, ids=[name for name, _ in INTERNAL])
def test_no_internal_query_takes_what_comes_first(name: str, text: str) -> None:
    assert find_string_choices(text) == []
    assert bool(find_chances(text)) == (name in _MAY)


_PREFIXES = """PREFIX gk: <https://w3id.org/gongkai/ontology#> PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> """


@pytest.mark.parametrize("query", [
    # As it was: rounding, amount and place in one string, of which the greatest was taken.
    """SELECT ?agency (MAX(?statement) AS ?best) WHERE {
         ?figure gk:agency ?agency ; gk:amount ?stated ; gk:precision ?rounding ; prov:wasDerivedFrom ?place .
         BIND(CONCAT(STR(200000000000 - xsd:integer(?rounding * 100)), " ", STR(?stated), " ", STR(?place))
              AS ?statement)
       } GROUP BY ?agency""",
    # The same a step farther away, and without a name.
    """SELECT ?agency (MAX(?one) AS ?best) WHERE {
         ?figure gk:agency ?agency ; gk:amount ?stated . BIND(CONCAT(STR(?stated), " ") AS ?statement)
         BIND(IF(?stated > 0, ?statement, "") AS ?one) } GROUP BY ?agency""",
    'SELECT ?agency (MIN(CONCAT(STR(?at), " ")) AS ?best) WHERE { ?f gk:agency ?agency ; gk:at ?at } GROUP BY ?agency',
    # An amount as a string, by itself.
    "SELECT ?agency (MAX(STR(?stated)) AS ?best) WHERE { ?f gk:agency ?agency ; gk:amount ?stated } GROUP BY ?agency",
    """SELECT ?agency (MAX(?words) AS ?best) WHERE {
         { SELECT ?agency (STR(SUM(?stated)) AS ?words) WHERE { ?f gk:agency ?agency ; gk:amount ?stated }
           GROUP BY ?agency }
       } GROUP BY ?agency""",
    # A stretch of the text, of which 740000 would stand before 95000.
    """SELECT ?document (MIN(?place) AS ?first) WHERE { ?link gk:inDocument ?document .
         BIND(REPLACE(STR(?link), "^.*/([0-9]+)-([0-9]+)$", "$1,$2") AS ?place) } GROUP BY ?document""",
])  # fmt: skip
def test_a_string_made_of_numbers_is_noticed(query: str) -> None:
    assert find_string_choices(_PREFIXES + query)


@pytest.mark.parametrize("query", [
    "SELECT ?agency (MAX(?stated) AS ?best) WHERE { ?f gk:agency ?agency ; gk:amount ?stated } GROUP BY ?agency",
    "SELECT ?agency (MIN(STR(?at)) AS ?p) WHERE { ?f gk:agency ?agency ; prov:wasDerivedFrom ?at } GROUP BY ?agency",
    """SELECT ?agency (MIN(?first) AS ?p) WHERE { ?f gk:agency ?agency .
         BIND(xsd:integer(REPLACE(STR(?f), "^.*/([0-9]+)-[0-9]+$", "$1")) AS ?first) } GROUP BY ?agency""",
])  # fmt: skip
def test_a_number_and_a_name_may_be_chosen(query: str) -> None:
    assert find_string_choices(_PREFIXES + query) == []


@pytest.mark.parametrize("query", [
    "SELECT ?a (SAMPLE(?w) AS ?one) WHERE { ?a gk:purpose ?w } GROUP BY ?a",
    "SELECT ?a (GROUP_CONCAT(?w) AS ?all) WHERE { ?a gk:purpose ?w } GROUP BY ?a",
    "SELECT ?a (GROUP_CONCAT(DISTINCT ?w) AS ?all) WHERE { { SELECT ?a ?w WHERE { ?a gk:purpose ?w } } } GROUP BY ?a",
    "SELECT ?a WHERE { ?a gk:purpose ?w } LIMIT 3",
])  # fmt: skip
def test_what_comes_first_is_noticed(query: str) -> None:
    assert find_chances(_PREFIXES + query)


@pytest.mark.parametrize("query", [
    "SELECT ?a WHERE { ?a gk:purpose ?w } ORDER BY ?a LIMIT 3",
    """SELECT ?a (GROUP_CONCAT(?w) AS ?all) WHERE {
         { SELECT DISTINCT ?a ?w WHERE { ?a gk:purpose ?w } ORDER BY ?a ?w } } GROUP BY ?a""",
])  # fmt: skip
def test_an_order_is_noticed(query: str) -> None:
    assert find_chances(_PREFIXES + query) == []


#: Properties that very many things have: where an OPTIONAL asks for one without saying of which few, all are read.
_COMMON = {RDFS.label}
#: May read all labels, and why.
_ALL_LABELS = {
    "wikidata-and-places": "places are most of what has a label",
    "choices/agency": "what stands above an office need be no office that has a document",
}


def find_wide_labels(query: str) -> list[str]:
    """The OPTIONALs that read all labels there are: nothing in them but a label, and what filters it.

    The engine evaluates what is optional by itself and joins the rest to it. Beside the type, or what leads to the
    thing, it begins there and reads the labels of few.
    """
    found = []
    for part in walk(parse(query)):
        if part.name == "LeftJoin":
            inner = part["p2"]
            while inner.name in ("Filter", "ToMultiSet", "Project"):
                inner = inner["p"]
            if inner.name == "BGP" and len(inner["triples"]) == 1:
                subject, predicate, _ = inner["triples"][0]
                if predicate in _COMMON and isinstance(subject, Variable):
                    found.append(f"?{subject}")
    return found


def _skip_tables(part: Any) -> Any:
    """What stands before the tables (VALUES) at the end of a part."""
    while part.name == "Join" and part["p2"].name == "ToMultiSet" and part["p2"]["p"].name == "values":
        part = part["p1"]
    return part


def find_late_patterns(query: str) -> list[str]:
    """What is computed (BIND) or optional before a pattern of the same group.

    The engine orders the patterns of a group by what they cost, but not across a BIND or an OPTIONAL: what stands
    behind begins anew, with all that there is.
    """
    found = []
    for part in walk(parse(query)):
        if part.name != "Join" or part["p2"].name != "BGP":
            continue
        before, made = _skip_tables(part["p1"]), set()
        if before.name not in ("Extend", "LeftJoin"):
            continue
        while before.name == "Extend":
            made.add(before["var"])
            before = before["p"]
        found += [f"{made or 'OPTIONAL'} before {t}" for t in part["p2"]["triples"] if t[0] not in made]
    return found


@pytest.mark.parametrize(("name", "text"), CANNED, ids=[name for name, _ in CANNED])
def test_no_canned_query_reads_the_labels_of_all_things(name: str, text: str) -> None:
    assert bool(find_wide_labels(text)) == (name in _ALL_LABELS)


@pytest.mark.parametrize(("name", "text"), CANNED + INTERNAL, ids=[name for name, _ in CANNED + INTERNAL])
def test_nothing_is_computed_before_a_pattern_that_does_not_need_it(name: str, text: str) -> None:
    assert find_late_patterns(text) == []


@pytest.mark.parametrize("query", [
    'SELECT * WHERE { ?v gk:agency ?a . OPTIONAL { ?a rdfs:label ?l . FILTER(LANG(?l) = "zh") } }',
    "SELECT * WHERE { ?v gk:agency ?a . OPTIONAL { ?a rdfs:label ?l } }",
])  # fmt: skip
def test_labels_of_all_things_are_noticed(query: str) -> None:
    prefixes = f"{_PREFIXES} PREFIX rdfs: <{RDFS}> "
    assert find_wide_labels(prefixes + query)
    assert not find_wide_labels(prefixes + query.replace("?a rdfs:label", "?a a gk:Agency ; rdfs:label"))


@pytest.mark.parametrize("query", [
    "SELECT * WHERE { ?e gk:count ?n . BIND(?n * 2 AS ?twice) ?e gk:inDocument ?d . ?d gk:year ?y }",
    "SELECT * WHERE { ?e gk:count ?n . OPTIONAL { ?e gk:start ?s } ?e gk:inDocument ?d }",
    "SELECT * WHERE { ?e gk:count ?n . BIND(?n * 2 AS ?twice) VALUES ?d { UNDEF } ?e gk:inDocument ?d }",
])  # fmt: skip
def test_what_is_computed_too_early_is_noticed(query: str) -> None:
    assert find_late_patterns(_PREFIXES + query)
    assert not find_late_patterns(
        _PREFIXES + "SELECT * WHERE { ?d gk:n ?n . BIND(IRI(?n) AS ?place) ?place gk:quote ?words }"
    )
