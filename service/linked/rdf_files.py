"""The graph as files: everything as N-Quads, and each document as Turtle and JSON-LD.

::

    FOLDER/gongkai.nq.gz
    FOLDER/documents/shenzhen-2023-budget.ttl.gz      what the named graph of the document holds
    FOLDER/documents/shenzhen-2023-budget.jsonld.gz   the same
"""

from __future__ import annotations

import io
from pathlib import Path

import pyoxigraph as ox

from loaders.build.loading import Progress, open_snapshot
from loaders.build.snapshots import Snapshot
from service.linked.dumps import list_documents, name_file
from service.linked.export_folders import Packing, open_packed, replacing_folder, seal_folder
from service.linked.json_ld import type_nodes
from service.sparql.guard import list_prefixes


def export_rdf(snapshot: Snapshot, folder: Path, progress: Progress, packing: Packing = "gzip") -> dict[str, int]:
    """Writes the graph of a snapshot into ``folder`` and gives the number of quads and of documents.

    Raises :class:`loaders.errors.StoreError` if the folder holds anything but an earlier export or cannot be written.
    """
    store, base = open_snapshot(snapshot), snapshot.manifest.base
    prefixes = list_prefixes(base)
    with replacing_folder(folder) as work:
        with open_packed(work / "gongkai.nq", packing) as output:
            store.dump(output, ox.RdfFormat.N_QUADS)
        (work / "documents").mkdir()
        taken: set[str] = set()
        documents = list_documents(store, base)
        for number, iri in enumerate(documents):
            progress("rdf", number, len(documents))
            name = name_file(iri, taken)
            graph = ox.NamedNode(iri)
            with open_packed(work / "documents" / f"{name}.ttl", packing) as output:
                store.dump(output, ox.RdfFormat.TURTLE, from_graph=graph, prefixes=prefixes)
            with open_packed(work / "documents" / f"{name}.jsonld", packing) as output:
                output.write(_write_json_ld(store, graph))
        progress("rdf", len(documents), len(documents))
        counts = {"quads": len(store), "documents": len(documents)}
        seal_folder(work, snapshot, counts)
    return counts


def _write_json_ld(store: ox.Store, graph: ox.NamedNode) -> bytes:
    body = io.BytesIO()
    store.dump(body, ox.RdfFormat.JSON_LD, from_graph=graph)
    return type_nodes(body.getvalue())
