"""Of which things a named graph says something: a store that grows and its search look at their entries again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from pyoxigraph import NamedNode, QuerySolutions, Store, Variable

from loaders.graph.internal import read_internal
from loaders.settings import DEFAULT_BASE


def list_mentioned(store: Store, graph: NamedNode, base: str = DEFAULT_BASE) -> Iterator[NamedNode]:
    """The IRIs of these things, each once; terms that the graph only defines are left out."""
    query = read_internal("graph/things-said", base)
    rows = store.query(query, substitutions={Variable("graph"): graph})
    for row in cast(QuerySolutions, rows):
        if isinstance(thing := row["thing"], NamedNode):
            yield thing
