"""The canned queries as RDF: ``sh:SPARQLExecutable`` with the SIB's vocabulary of examples, for tools and other sites.

What stands in the header is published as it is; what is added is what tools look for: ``sh:select``, ``sh:prefixes``,
``schema:target``, ``schema:keywords``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from loaders.graph.canned import PREFIXES, describe_queries, name_nodes
from service.queries.catalogue import QueryCatalogue
from service.queries.query import LANGUAGE_SLOT, CannedQuery
from service.sparql.guard import list_prefixes
from service.sparql.tokens import split

_SH = PREFIXES["sh"]
_SCHEMA = PREFIXES["schema"]
_RDF = PREFIXES["rdf"]
_XSD = PREFIXES["xsd"]


def write_catalogue(catalogue: QueryCatalogue, base: str, endpoint: str) -> bytes:
    """All queries, themes and lists of choices as Turtle. ``endpoint`` is the address of the SPARQL endpoint."""
    triples = list(describe_queries(base))
    for query in catalogue.list_all():
        triples += _add(query, base, endpoint)
    return _serialize(triples, base)


def write_query(query: CannedQuery, base: str, endpoint: str) -> bytes:
    """One query as Turtle."""
    iri = f"{base}queries/{query.name}"
    header = list(name_nodes(ox.parse(query.header, ox.RdfFormat.TURTLE, base_iri=iri), iri))
    header.append(ox.Triple(ox.NamedNode(iri), ox.NamedNode(f"{_SH}select"), ox.Literal(query.sparql)))
    return _serialize([*header, *_add(query, base, endpoint)], base)


def _add(query: CannedQuery, base: str, endpoint: str) -> Iterator[ox.Triple]:
    this = ox.NamedNode(f"{base}queries/{query.name}")
    yield ox.Triple(this, ox.NamedNode(f"{_SCHEMA}target"), ox.NamedNode(endpoint))
    for language, words in query.keywords.items():
        for word in words:
            yield ox.Triple(this, ox.NamedNode(f"{_SCHEMA}keywords"), ox.Literal(word, language=language))
    yield from _declare_prefixes(this, query)
    if query.localised:
        # The reserved slot is a parameter like any other to a program that fills the slots itself.
        slot = ox.NamedNode(f"{this.value}#parameter-{LANGUAGE_SLOT}")
        yield ox.Triple(this, ox.NamedNode(f"{_SH}parameter"), slot)
        yield ox.Triple(slot, ox.NamedNode(f"{_SH}path"), ox.NamedNode(f"{this.value}#{LANGUAGE_SLOT}"))
        yield ox.Triple(slot, ox.NamedNode(f"{_SH}datatype"), ox.NamedNode(f"{_XSD}string"))
        yield ox.Triple(slot, ox.NamedNode(f"{_SH}optional"), ox.Literal(True))
        yield ox.Triple(slot, ox.NamedNode(f"{_SH}defaultValue"), ox.Literal("zh"))


def _declare_prefixes(this: ox.NamedNode, query: CannedQuery) -> Iterator[ox.Triple]:
    """``sh:prefixes`` as SHACL has it, from the PREFIX lines of the query."""
    tokens = [t for t in split(query.sparql) if t.kind != "comment"]
    prefixes = ox.NamedNode(f"{this.value}#prefixes")
    yield ox.Triple(this, ox.NamedNode(f"{_SH}prefixes"), prefixes)
    for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.is_word("PREFIX") and iri.kind == "iri":
            prefix = name.text.removesuffix(":")
            node = ox.NamedNode(f"{this.value}#prefix-{prefix}")
            yield ox.Triple(prefixes, ox.NamedNode(f"{_SH}declare"), node)
            yield ox.Triple(node, ox.NamedNode(f"{_SH}prefix"), ox.Literal(prefix))
            namespace = ox.Literal(iri.text[1:-1], datatype=ox.NamedNode(f"{_XSD}anyURI"))
            yield ox.Triple(node, ox.NamedNode(f"{_SH}namespace"), namespace)


def _serialize(triples: Sequence[ox.Triple], base: str) -> bytes:
    prefixes = list_prefixes(base) | PREFIXES
    found = ox.serialize(dict.fromkeys(triples), format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    return found or b""
