"""JSON-LD as its tools like it: classes as ``@type``.

The engine writes ``rdf:type`` as any other property. That states the same, but frames and contexts look at ``@type``.
"""

from __future__ import annotations

import json
from typing import Any

from loaders.graph.iris import RDF

_TYPE = RDF("type").value


def type_nodes(*bodies: bytes) -> bytes:
    """Expanded JSON-LD of the engine, one or several as one, with the classes of each node as ``@type``."""
    nodes: list[dict[str, Any]] = [node for body in bodies for node in json.loads(body)]
    return json.dumps([_type_node(node) for node in nodes], ensure_ascii=False).encode("utf-8")


def _type_node(node: dict[str, Any]) -> dict[str, Any]:
    if "@graph" in node:
        return {**node, "@graph": [_type_node(part) for part in node["@graph"]]}
    classes = node.get(_TYPE, ())
    # A class is named by an IRI; what else stands there stays what it is.
    names = [value["@id"] for value in classes if set(value) == {"@id"}]
    if not names or len(names) < len(classes):
        return node
    rest = {key: value for key, value in node.items() if key not in ("@id", _TYPE)}
    return {"@id": node["@id"], "@type": names, **rest}
