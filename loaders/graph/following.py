"""What follows from the statements of a graph and is not kept in it, spelled out: for shapes, for files of others.

A document's graph states once what says the rest: that an amount is in yuan, which form a table has, what a check found
out. ``queries/internal/graph/what-follows.rq`` has the rules; they need no ontology beside the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from pyoxigraph import NamedNode, QuerySolutions, Store, Triple

from loaders.graph.internal import read_internal
from loaders.settings import DEFAULT_BASE


def list_following(store: Store, base: str = DEFAULT_BASE, graph: str = "") -> Iterator[Triple]:
    """The statements that follow from those of all graphs of ``store``, or of one alone, some more than once."""
    query = read_internal("graph/what-follows", base)
    if graph:
        found = store.query(query, default_graph=NamedNode(graph))
    else:
        found = store.query(query, use_default_graph_as_union=True)
    for row in cast(QuerySolutions, found):
        yield Triple(row["thing"], row["property"], row["value"])
