"""The dataset described to machines: VoID and DCAT statements about a snapshot, written into a graph of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Quad

from loaders import __version__
from loaders.build.counts import Counts
from loaders.graph.iris import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, VOID, XSD, Iris, digest

#: Of the dataset, by language.
TITLES = {
    "zh": "公开：政府部门预算、决算与绩效知识图谱",
    "en": "Gongkai: what Chinese government offices spend and achieve",
}
DESCRIPTIONS = {
    "zh": "由部门预算、部门决算和绩效评价报告转换而成；每个数字都可追溯到陈述它的原文字符。",
    "en": "Made from budgets, final accounts and evaluations; every figure leads to the very characters that state it.",
}
#: Of what is added to the documents, which are official acts and not protected (Copyright Law of China, Article 5).
#: How times are written, here and in manifests.
TIME = "%Y-%m-%dT%H:%M:%SZ"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def describe(counts: Counts, documents: Iterable[str], total: int, base: str, time: datetime) -> Iterator[Quad]:
    """The description of a store that holds so much beside it, and ``total`` documents.

    ``documents`` are the ids of all of them, or of some, as ``counts`` may have some graphs only: what is said of one
    does not depend on the others. ``time`` is when the build was made, in UTC.
    """
    iris = Iris(base)
    graph = iris.graph("dataset")
    for subject, predicate, value in _state(counts, documents, total, iris, time):
        yield Quad(subject, predicate, value, graph)


def make_seal(quads: int, time: datetime) -> str:
    """What the origins of a snapshot are marked with: those of this many quads, made at this time."""
    return f"{quads} {time.strftime(TIME)}"


def _state(
    counts: Counts, documents: Iterable[str], total: int, iris: Iris, time: datetime
) -> Iterator[tuple[NamedNode, NamedNode, NamedNode | Literal]]:
    dataset = iris.dataset()
    moment = Literal(time.strftime(TIME), datatype=XSD("dateTime"))
    for each in (VOID("Dataset"), DCAT("Dataset"), PROV("Entity")):
        yield dataset, RDF("type"), each
    for language, title in TITLES.items():
        yield dataset, DCTERMS("title"), Literal(title, language=language)
        yield dataset, RDFS("label"), Literal(title, language=language)
        yield dataset, DCTERMS("description"), Literal(DESCRIPTIONS[language], language=language)
    yield dataset, DCTERMS("license"), NamedNode(_LICENCE)
    yield dataset, DCTERMS("modified"), moment
    yield dataset, FOAF("homepage"), NamedNode(iris.base)
    yield dataset, VOID("uriSpace"), Literal(f"{iris.base}id/")
    yield dataset, VOID("triples"), _count(counts.triples)
    yield dataset, VOID("documents"), _count(total)
    yield from _describe_vocabularies(dataset, iris)
    for node, amount in _sort(counts.classes):
        part = iris.thing(f"partition/class-{digest(node.value)}")
        yield dataset, VOID("classPartition"), part
        yield part, VOID("class"), node
        yield part, VOID("entities"), _count(amount)
    for node, amount in _sort(counts.properties):
        part = iris.thing(f"partition/property-{digest(node.value)}")
        yield dataset, VOID("propertyPartition"), part
        yield part, VOID("property"), node
        yield part, VOID("triples"), _count(amount)
    build = iris.build(time)
    agent = iris.thing(f"software/gongkai-{__version__}")
    yield dataset, PROV("wasGeneratedBy"), build
    yield build, RDF("type"), PROV("Activity")
    yield build, PROV("endedAtTime"), moment
    yield build, PROV("wasAssociatedWith"), agent
    for identity in documents:
        node = iris.document(identity)
        # Of the dataset, not of the build: so one document more changes no statement about another.
        yield dataset, DCTERMS("hasPart"), node
        yield dataset, PROV("wasDerivedFrom"), node
    # Each named graph is a dataset of its own; a document's IRI is also the name of its graph.
    for node, amount in _sort(counts.graphs):
        yield dataset, VOID("subset"), node
        yield node, VOID("triples"), _count(amount)


def _describe_vocabularies(
    dataset: NamedNode, iris: Iris
) -> Iterator[tuple[NamedNode, NamedNode, NamedNode | Literal]]:
    for namespace in (
        iris.gk.base,
        "http://www.w3.org/ns/org#",
        "http://www.w3.org/2004/02/skos/core#",
        "http://purl.org/linked-data/cube#",
        "http://www.w3.org/ns/prov#",
        "http://www.w3.org/ns/oa#",
        "http://www.w3.org/ns/dqv#",
    ):
        yield dataset, VOID("vocabulary"), NamedNode(namespace)


def _sort(counted: Counter[NamedNode]) -> list[tuple[NamedNode, int]]:
    """What there is any of, by IRI."""
    return sorted(((node, n) for node, n in counted.items() if n), key=lambda item: item[0].value)


def _count(amount: int) -> Literal:
    return Literal(str(amount), datatype=XSD("integer"))
