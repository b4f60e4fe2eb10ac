"""Facts become RDF: the quads of one document, as the ontology has them.

>>> from loaders.graph import quads
>>> for quad in quads(facts):  # doctest: +SKIP
...     print(quad)
"""

from loaders.graph.document import quads
from loaders.graph.iris import Iris

__all__ = ["Iris", "quads"]
