"""The SPARQL 1.1 Service Description: what the endpoint can do, its data, its limits, queries to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from service.endpoint.limits import list_limits
from service.http.problems import Problem
from service.queries.catalogue import CannedQuery
from service.settings import ServiceSettings

SD = "http://www.w3.org/ns/sparql-service-description#"
PREFIXES = {
    "sd": SD,
    "void": "http://rdfs.org/ns/void#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "ent": "http://www.w3.org/ns/entailment/",
    "formats": "http://www.w3.org/ns/formats/",
    "unit": "http://qudt.org/vocab/unit/",
}
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples",
    "RDF_XML", "JSON-LD", "N-Quads", "TriG",
)  # fmt: skip
_XSD = PREFIXES["xsd"]

Term = ox.NamedNode | ox.BlankNode | ox.Literal


def describe_service(
    address: str,
    settings: ServiceSettings,
    graphs: Sequence[str] = (),
    graph_count: int = 0,
    quads: int | None = None,
    queries: Iterable[CannedQuery] = (),
) -> list[ox.Triple]:
    """The description of the endpoint at ``address``.

    ``graphs`` are named graphs of the dataset, ``graph_count`` how many there are in all, ``quads`` its size.
    Raises :class:`service.http.problems.Problem` if the address is no IRI.
    """
    try:
        endpoint = ox.NamedNode(address)
    except ValueError:
        raise Problem(
            400, "host", "Host", "the address of the request is no IRI", "Send a proper Host",
            zh=("请求的地址不是 IRI", "请发送正确的 Host"),
        ) from None  # fmt: skip
    triples: list[ox.Triple] = []
    service, dataset, default = ox.BlankNode("service"), ox.BlankNode("dataset"), ox.BlankNode("default")

    def add(subject: ox.NamedNode | ox.BlankNode, predicate: str, *values: Term) -> None:
        node = _RDF_TYPE if predicate == "a" else _name(predicate)
        triples.extend(ox.Triple(subject, node, value) for value in values)

    add(service, "a", _name("sd:Service"))
    add(service, "sd:endpoint", endpoint)
    add(service, "rdfs:label", _say("公开：SPARQL 端点", "zh"), _say("Gongkai: SPARQL endpoint", "en"))
    add(service, "rdfs:seeAlso", ox.NamedNode(f"{address}/help"))
    add(service, "sd:supportedLanguage", _name("sd:SPARQL11Query"))
    add(service, "sd:resultFormat", *(_name(f"formats:{name}") for name in _FORMATS))
    # A graph named in FROM is never fetched from the web, so DereferencesURIs is not among them.
    add(service, "sd:feature", _name("sd:UnionDefaultGraph"))
    if settings.service_allow:
        add(service, "sd:feature", _name("sd:BasicFederatedQuery"))
    add(service, "sd:defaultEntailmentRegime", _name("ent:Simple"))
    add(service, "sd:defaultDataset", dataset)
    add(dataset, "a", _name("sd:Dataset"))
    add(dataset, "sd:defaultGraph", default)
    add(default, "a", _name("sd:Graph"))
    add(default, "rdfs:comment", _say("所有命名图之并", "zh"), _say("the union of all named graphs", "en"))
    if quads is not None:
        add(default, "void:triples", _whole(quads))
    if len(graphs) < graph_count:
        add(dataset, "rdfs:comment", _say(f"{len(graphs):,} of {graph_count:,} named graphs are listed", "en"))
        add(dataset, "rdfs:comment", _say(f"共 {graph_count:,} 个命名图，此处列出 {len(graphs):,} 个", "zh"))
    for i, graph in enumerate(graphs):
        entry, content = ox.BlankNode(f"named{i}"), ox.BlankNode(f"graph{i}")
        add(dataset, "sd:namedGraph", entry)
        add(entry, "a", _name("sd:NamedGraph"))
        add(entry, "sd:name", ox.NamedNode(graph))
        add(entry, "sd:graph", content)
        add(content, "a", _name("sd:Graph"))
    for limit in list_limits(settings):
        node = ox.BlankNode(f"limit-{limit.setting}")
        add(service, "schema:additionalProperty", node)
        add(node, "a", _name("schema:PropertyValue"))
        add(node, "schema:name", ox.Literal(limit.setting))
        add(node, "schema:value", _number(limit.value))
        add(node, "schema:description", _say(limit.text, "en"), _say(limit.text_zh, "zh"))
        if limit.code:
            add(node, "schema:unitCode", _name(f"unit:{limit.code}"))
    for query in queries:
        example = ox.NamedNode(f"{settings.base}queries/{query.name}")
        add(example, "a", _name("sh:SPARQLExecutable"), _name("sh:SPARQLSelectExecutable"))
        add(example, "rdfs:label", *(_say(text, language) for language, text in query.title.items() if language))
        add(example, "schema:target", endpoint)
        add(example, "sh:select", ox.Literal(query.sparql))
    return triples


def _name(short: str) -> ox.NamedNode:
    prefix, _, local = short.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def _say(text: str, language: str) -> ox.Literal:
    return ox.Literal(text, language=language)


def _whole(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(f"{_XSD}integer"))


def _number(number: float) -> ox.Literal:
    kind = "integer" if isinstance(number, int) else "decimal"
    return ox.Literal(str(number), datatype=ox.NamedNode(f"{_XSD}{kind}"))
