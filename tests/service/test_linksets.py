"""Links to data elsewhere, described as linksets of VoID, over the five documents."""

from __future__ import annotations

import pyoxigraph as ox

from loaders.graph.iris import RDF, VOID, Iris
from service.linked.linksets import TARGETS, Links, state_linksets
from tests.service.five_documents import Graph

_COUNT = """SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?thing <{predicate}> ?target }}
  FILTER(STRSTARTS(STR(?target), "{prefix}")) }}"""


def test_each_linkset_counts_what_the_store_has(graph_of_five: Graph) -> None:
    links = [
        Links(row["predicate"].text, row["prefix"].text, int(row["links"].text))
        for row in graph_of_five.ask_internal("linked/links")
    ]
    assert {link.prefix for link in links} == set(TARGETS), "a target that nothing leads to, or one without words"
    for link in links:
        [row] = graph_of_five.ask(_COUNT.format(predicate=link.predicate, prefix=link.prefix))
        assert row["n"].text == str(link.count)
    described = ox.Store()
    for triple in state_linksets(Iris(), links):
        described.add(ox.Quad(*triple))
    sets = {q.subject for q in described.quads_for_pattern(None, RDF("type"), VOID("Linkset"))}
    assert len(sets) == len(links)
    for linkset in sets:
        properties = {q.predicate for q in described.quads_for_pattern(linkset, None, None)}
        assert {VOID("linkPredicate"), VOID("subjectsTarget"), VOID("objectsTarget"), VOID("triples")} <= properties
