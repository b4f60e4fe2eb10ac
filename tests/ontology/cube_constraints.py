"""IC-1 to IC-21 of the RDF Data Cube Vocabulary (W3C Recommendation, section 11), each as a query for what breaks it.

The Recommendation asks whether there is anything (ASK); these ask what (SELECT), so that a failing test says where. The
conditions are the same. IC-12 compares all pairs of observations there; here observations of one data set are grouped
by the values of their dimensions, in a fixed order, which finds the same pairs in one pass.
"""

from __future__ import annotations

import pyoxigraph as ox

PREFIXES = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX qb: <http://purl.org/linked-data/cube#>
"""

#: Section 10: the abbreviated forms are spelled out before the constraints are asked.
NORMALISE = (
    "INSERT { ?o a qb:Observation } WHERE { [] qb:observation ?o }",
    "INSERT { ?o a qb:Observation } WHERE { ?o qb:dataSet [] }",
    "INSERT { ?d a qb:DataSet } WHERE { [] qb:dataSet ?d }",
    "INSERT { ?s a qb:Slice } WHERE { [] qb:slice ?s }",
    "INSERT { ?c qb:componentProperty ?p . ?p a qb:DimensionProperty } WHERE { ?c qb:dimension ?p }",
    "INSERT { ?c qb:componentProperty ?p . ?p a qb:MeasureProperty } WHERE { ?c qb:measure ?p }",
    "INSERT { ?c qb:componentProperty ?p . ?p a qb:AttributeProperty } WHERE { ?c qb:attribute ?p }",
    # Components that are attached to the data set, to slices or to measures hold for their observations.
    """INSERT { ?o ?p ?v } WHERE { ?c qb:componentProperty ?p ; qb:componentAttachment qb:DataSet .
       ?d qb:structure/qb:component ?c ; ?p ?v . ?o qb:dataSet ?d }""",
    """INSERT { ?o ?p ?v } WHERE { ?c qb:componentProperty ?p ; qb:componentAttachment qb:Slice .
       ?d qb:structure/qb:component ?c ; qb:slice ?s . ?s ?p ?v ; qb:observation ?o }""",
    """INSERT { ?o ?p ?v } WHERE { ?p a qb:DimensionProperty . ?d qb:structure/qb:component/qb:componentProperty ?p ;
       qb:slice ?s . ?s ?p ?v ; qb:observation ?o }""",
)

_KEY = "?obs qb:dataSet/qb:structure/qb:component/qb:componentProperty ?dim . ?dim a qb:DimensionProperty"

CONSTRAINTS: dict[str, str] = {
    "IC-1": """SELECT ?obs { ?obs a qb:Observation
      OPTIONAL { ?obs qb:dataSet ?set } } GROUP BY ?obs HAVING (COUNT(DISTINCT ?set) != 1)""",
    "IC-2": """SELECT ?set { ?set a qb:DataSet
      OPTIONAL { ?set qb:structure ?dsd } } GROUP BY ?set HAVING (COUNT(DISTINCT ?dsd) != 1)""",
    "IC-3": """SELECT ?dsd { ?dsd a qb:DataStructureDefinition
      FILTER NOT EXISTS { ?dsd qb:component/qb:componentProperty ?m . ?m a qb:MeasureProperty } }""",
    "IC-4": "SELECT ?dim { ?dim a qb:DimensionProperty FILTER NOT EXISTS { ?dim rdfs:range [] } }",
    "IC-5": """SELECT ?dim { ?dim a qb:DimensionProperty ; rdfs:range skos:Concept
      FILTER NOT EXISTS { ?dim qb:codeList [] } }""",
    "IC-6": """SELECT ?dsd ?p { ?dsd qb:component ?c . ?c qb:componentRequired false ; qb:componentProperty ?p
      FILTER NOT EXISTS { ?p a qb:AttributeProperty } }""",
    "IC-7": """SELECT ?key { ?key a qb:SliceKey
      FILTER NOT EXISTS { [] a qb:DataStructureDefinition ; qb:sliceKey ?key } }""",
    "IC-8": """SELECT ?key ?p { ?key a qb:SliceKey ; qb:componentProperty ?p . ?dsd qb:sliceKey ?key
      FILTER NOT EXISTS { ?dsd qb:component/qb:componentProperty ?p } }""",
    "IC-9": """SELECT ?slice { ?slice a qb:Slice
      OPTIONAL { ?slice qb:sliceStructure ?key } } GROUP BY ?slice HAVING (COUNT(DISTINCT ?key) != 1)""",
    "IC-10": """SELECT ?slice ?dim { ?slice qb:sliceStructure/qb:componentProperty ?dim
      FILTER NOT EXISTS { ?slice ?dim [] } }""",
    "IC-11": f"SELECT ?obs ?dim {{ {_KEY} FILTER NOT EXISTS {{ ?obs ?dim [] }} }}",
    "IC-12": f"""SELECT ?set ?key (COUNT(DISTINCT ?obs) AS ?n) {{
      {{ SELECT ?set ?obs (GROUP_CONCAT(?pair; separator="\\u001F") AS ?key) {{
          {{ SELECT DISTINCT ?set ?obs ?pair {{ ?obs qb:dataSet ?set . {_KEY} . ?obs ?dim ?v
              BIND(CONCAT(STR(?dim), "\\u001E", STR(?v), IF(isLiteral(?v), STR(DATATYPE(?v)), "")) AS ?pair)
            }} ORDER BY ?set ?obs ?pair }}
        }} GROUP BY ?set ?obs }}
    }} GROUP BY ?set ?key HAVING (COUNT(DISTINCT ?obs) > 1)""",
    "IC-13": """SELECT ?obs ?attr { ?obs qb:dataSet/qb:structure/qb:component ?c .
      ?c qb:componentRequired true ; qb:componentProperty ?attr FILTER NOT EXISTS { ?obs ?attr [] } }""",
    "IC-14": """SELECT ?obs ?m { ?obs qb:dataSet/qb:structure ?dsd
      FILTER NOT EXISTS { ?dsd qb:component/qb:componentProperty qb:measureType }
      ?dsd qb:component/qb:componentProperty ?m . ?m a qb:MeasureProperty FILTER NOT EXISTS { ?obs ?m [] } }""",
    "IC-15": """SELECT ?obs { ?obs qb:dataSet/qb:structure ?dsd ; qb:measureType ?m .
      ?dsd qb:component/qb:componentProperty qb:measureType FILTER NOT EXISTS { ?obs ?m [] } }""",
    "IC-16": """SELECT ?obs ?other { ?obs qb:dataSet/qb:structure ?dsd ; qb:measureType ?m ; ?other [] .
      ?dsd qb:component/qb:componentProperty qb:measureType ; qb:component/qb:componentProperty ?other .
      ?other a qb:MeasureProperty FILTER(?other != ?m) }""",
    "IC-17": """SELECT ?obs ?measures (COUNT(?beside) AS ?n) {
      { SELECT ?dsd (COUNT(?m) AS ?measures) { ?dsd qb:component/qb:componentProperty ?m . ?m a qb:MeasureProperty }
        GROUP BY ?dsd }
      ?obs qb:dataSet/qb:structure ?dsd ; qb:dataSet ?set ; qb:measureType ?m1 .
      ?beside qb:dataSet ?set ; qb:measureType ?m2
      FILTER NOT EXISTS { ?dsd qb:component/qb:componentProperty ?dim FILTER(?dim != qb:measureType)
        ?dim a qb:DimensionProperty . ?obs ?dim ?v1 . ?beside ?dim ?v2 FILTER(?v1 != ?v2) }
    } GROUP BY ?obs ?measures HAVING (COUNT(?beside) != ?measures)""",
    "IC-18": "SELECT ?obs { ?set qb:slice/qb:observation ?obs FILTER NOT EXISTS { ?obs qb:dataSet ?set } }",
    "IC-19": f"""SELECT ?obs ?dim ?v {{ {{ ?list a skos:ConceptScheme }} UNION {{ ?list a skos:Collection }}
      ?dim qb:codeList ?list . {_KEY} . ?obs ?dim ?v
      FILTER NOT EXISTS {{ ?list a skos:ConceptScheme . ?v a skos:Concept ; skos:inScheme ?list }}
      FILTER NOT EXISTS {{ ?list a skos:Collection ; skos:member+ ?v . ?v a skos:Concept }} }}""",
}

#: IC-20 and IC-21 are made for each property that joins parents to children in a hierarchical code list.
_DOWN = f"""SELECT ?obs ?dim ?v {{ ?list a qb:HierarchicalCodeList ; qb:parentChildProperty <P> .
  ?dim qb:codeList ?list . {_KEY} . ?obs ?dim ?v FILTER NOT EXISTS {{ ?list qb:hierarchyRoot/<P>* ?v }} }}"""
_UP = f"""SELECT ?obs ?dim ?v {{ ?list a qb:HierarchicalCodeList ; qb:parentChildProperty/owl:inverseOf <P> .
  ?dim qb:codeList ?list . {_KEY} . ?obs ?dim ?v FILTER NOT EXISTS {{ ?list qb:hierarchyRoot/(^<P>)* ?v }} }}"""
_DOWN_PROPERTIES = "SELECT DISTINCT ?p { [] a qb:HierarchicalCodeList ; qb:parentChildProperty ?p FILTER(isIRI(?p)) }"
_UP_PROPERTIES = """SELECT DISTINCT ?p { [] a qb:HierarchicalCodeList ; qb:parentChildProperty ?pcp
  FILTER(isBlank(?pcp)) ?pcp owl:inverseOf ?p FILTER(isIRI(?p)) }"""


def normalise(store: ox.Store) -> None:
    """Spells out the abbreviated forms. The store's statements have to stand in its default graph."""
    for update in NORMALISE:
        store.update(PREFIXES + update)


def find_violations(store: ox.Store) -> dict[str, list[str]]:
    """The first things that break each constraint, by the constraint's name; none if the cubes are well-formed."""
    queries = {name: [query] for name, query in CONSTRAINTS.items()}
    queries["IC-20"] = [_DOWN.replace("<P>", f"<{p}>") for p in _list(store, _DOWN_PROPERTIES)]
    queries["IC-21"] = [_UP.replace("<P>", f"<{p}>") for p in _list(store, _UP_PROPERTIES)]
    found = {}
    for name, variants in queries.items():
        rows = [row for query in variants for row in _ask(store, query)]
        if rows:
            found[name] = rows
    return found


def _list(store: ox.Store, query: str) -> list[str]:
    found = store.query(PREFIXES + query)
    assert isinstance(found, ox.QuerySolutions)
    return [row["p"].value for row in found]  # type: ignore[union-attr]


def _ask(store: ox.Store, query: str, most: int = 5) -> list[str]:
    found = store.query(PREFIXES + query)
    assert isinstance(found, ox.QuerySolutions)
    rows = []
    for row in found:
        rows.append(" ".join(str(value) for value in row if value is not None))
        if len(rows) == most:
            break
    return rows
