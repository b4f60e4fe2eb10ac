"""What this server states of the data as a whole: DCAT 3 as the application profile of Europe's data portals takes it.

DCAT-AP 3.0 (SEMIC, 2024) asks for title, description and publisher of a catalogue, title and description of a dataset,
an access address of a distribution, title and endpoint of a service, and that whatever is named has the class that it
names; ``tests/ontology/dcat-ap.ttl`` has these demands as shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from loaders.build.description import DESCRIPTIONS
from loaders.build.description import TITLES as DATASET_TITLES
from loaders.graph.iris import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, VOID, XSD, Iris, Namespace
from service.linked.dumps import DumpFile

SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_TYPES = "https://www.iana.org/assignments/media-types/"
_EU = "http://publications.europa.eu/resource/authority/"
_PROTOCOL = "http://www.w3.org/TR/sparql11-protocol/"
_RECONCILIATION = "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/"
_MEDIA = {"gongkai.nq.gz": "application/n-quads", "gongkai.trig.gz": "application/trig"}
#: What is added to the documents: their structure, links, findings. The code has a licence of its own.
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TITLES = {
    "gongkai.nq.gz": ("全部数据，N-Quads", "all data as N-Quads"),
    "gongkai.trig.gz": ("全部数据，TriG", "all data as TriG"),
    "figures.csv": ("全部数字，CSV", "all figures as CSV"),
    "figures.parquet": ("全部数字，Parquet", "all figures as Parquet"),
}
RIGHTS = (
    "文件是国家机关的公文，依《著作权法》第五条不受著作权保护；本图谱增加的结构、链接与核对结果按 CC BY 4.0 许可使用。",
    "The documents are official acts, which Article 5 of the Copyright Law of China does not protect; what this graph "
    "adds (structure, links, checks) may be used under CC BY 4.0.",
)
_CATALOGUE = (
    "公开：中国政府部门预算、决算与绩效评价的数据目录。",
    "Gongkai: budgets, final accounts and evaluations of Chinese government offices as data.",
)
_KEYWORDS = (
    ("政府预算", "zh"), ("政府决算", "zh"), ("绩效评价", "zh"), ("government budget", "en"),
    ("government accounts", "en"), ("performance evaluation", "en"),
)  # fmt: skip
#: Themes of the European portals: government and public sector, economy and finance.
_THEMES = (("GOVE", "Government and public sector"), ("ECON", "Economy and finance"))
_SERVICES = (
    ("sparql", _PROTOCOL, ("SPARQL 1.1 端点", "SPARQL 1.1 endpoint")),
    ("reconcile", _RECONCILIATION, ("名称对照服务", "Reconciliation of names")),
)
Statement = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


@dataclass(frozen=True)
class Described:
    """A document as a dataset: its IRI, title and fiscal year, the IRIs of office and place; "" what is unknown."""

    iri: str
    title: str
    year: str
    agency: str
    place: str


def name_dataset(iris: Iris) -> Iterator[ox.Triple]:
    """Title and description of the dataset, as a build states them: for a store that was loaded from other files."""
    for property, texts in ((DCTERMS("title"), DATASET_TITLES), (DCTERMS("description"), DESCRIPTIONS)):
        for language, text in texts.items():
            yield ox.Triple(iris.dataset(), property, ox.Literal(text, language=language))


def state(
    iris: Iris, origin: str, version: str, files: Sequence[DumpFile], documents: Sequence[Described]
) -> Iterator[ox.Triple]:
    """The statements. ``origin`` is the address of the site with a slash at its end, ``version`` that of the data."""
    for statement in _state(iris, origin, version, files, documents):
        yield ox.Triple(*statement)


def _state(
    iris: Iris, origin: str, version: str, files: Sequence[DumpFile], documents: Sequence[Described]
) -> Iterator[Statement]:
    dataset, catalogue = iris.dataset(), ox.NamedNode(f"{iris.base}catalogue")
    yield from _state_kinds(iris, origin)
    for kind in (DCAT("Dataset"), VOID("Dataset")):
        yield dataset, RDF("type"), kind
    yield dataset, DCAT("version"), ox.Literal(version)
    yield dataset, DCAT("landingPage"), ox.NamedNode(f"{origin}dataset")
    yield dataset, VOID("sparqlEndpoint"), ox.NamedNode(f"{origin}sparql")
    yield from _state_common(iris, dataset)
    yield from _state_coverage(iris, dataset, sorted({d.year for d in documents if d.year}))
    for place in sorted({d.place for d in documents if d.place}):
        yield dataset, DCTERMS("spatial"), ox.NamedNode(place)
        yield ox.NamedNode(place), RDF("type"), DCTERMS("Location")
    for words, language in _KEYWORDS:
        yield dataset, DCAT("keyword"), ox.Literal(words, language=language)
    yield catalogue, RDF("type"), DCAT("Catalog")
    yield from say(catalogue, DCTERMS("title"), ("公开", "Gongkai"))
    yield from say(catalogue, DCTERMS("description"), _CATALOGUE)
    yield catalogue, FOAF("homepage"), ox.NamedNode(origin)
    yield ox.NamedNode(origin), RDF("type"), FOAF("Document")
    yield catalogue, DCAT("dataset"), dataset
    yield catalogue, DCAT("themeTaxonomy"), ox.NamedNode(f"{_EU}data-theme")
    yield from _state_common(iris, catalogue)
    for name, standard, titles in _SERVICES:
        service = ox.NamedNode(f"{origin}{name}")
        yield catalogue, DCAT("service"), service
        yield service, RDF("type"), DCAT("DataService")
        yield from say(service, DCTERMS("title"), titles)
        yield service, DCAT("endpointURL"), service
        yield service, DCAT("endpointDescription"), ox.NamedNode(f"{origin}openapi.json")
        yield service, DCAT("servesDataset"), dataset
        yield service, DCTERMS("license"), ox.NamedNode(LICENCE)
        yield service, DCTERMS("conformsTo"), ox.NamedNode(standard)
        yield ox.NamedNode(standard), RDF("type"), DCTERMS("Standard")
    described = {document.iri: document for document in documents}
    for iri in dict.fromkeys(file.document for file in files if file.document):
        yield from _state_document(iris, ox.NamedNode(iri), described.get(iri))
        yield catalogue, DCAT("dataset"), ox.NamedNode(iri)
    for file in files:
        yield from _state_file(iris, origin, file)


def _state_kinds(iris: Iris, origin: str) -> Iterator[Statement]:
    """What is named below and whose class a profile asks for."""
    publisher = part(iris, "publisher")
    yield publisher, RDF("type"), FOAF("Agent")
    yield from say(publisher, FOAF("name"), ("公开项目", "Gongkai contributors"))
    contact = part(iris, "contact")
    yield contact, RDF("type"), VCARD("Kind")
    yield contact, VCARD("fn"), ox.Literal("Gongkai contributors", language="en")
    yield contact, VCARD("hasURL"), ox.NamedNode(iris.base)
    yield ox.NamedNode(LICENCE), RDF("type"), DCTERMS("LicenseDocument")
    rights = part(iris, "rights")
    yield rights, RDF("type"), DCTERMS("RightsStatement")
    yield from say(rights, RDFS("label"), RIGHTS)
    taxonomy = ox.NamedNode(f"{_EU}data-theme")
    yield taxonomy, RDF("type"), SKOS("ConceptScheme")
    yield taxonomy, DCTERMS("title"), ox.Literal("Data theme", language="en")
    for code, label in _THEMES:
        theme = ox.NamedNode(f"{_EU}data-theme/{code}")
        yield theme, RDF("type"), SKOS("Concept")
        yield theme, SKOS("prefLabel"), ox.Literal(label, language="en")
        yield theme, SKOS("inScheme"), taxonomy
    yield ox.NamedNode(f"{_EU}language/ZHO"), RDF("type"), DCTERMS("LinguisticSystem")
    yield ox.NamedNode(f"{_EU}frequency/IRREG"), RDF("type"), DCTERMS("Frequency")
    yield ox.NamedNode(f"{_EU}access-right/PUBLIC"), RDF("type"), DCTERMS("RightsStatement")
    yield SPDX("checksumAlgorithm_sha256"), RDF("type"), SPDX("ChecksumAlgorithm")
    yield ox.NamedNode(f"{origin}dataset"), RDF("type"), FOAF("Document")


def _state_common(iris: Iris, node: ox.NamedNode) -> Iterator[Statement]:
    """What catalogue and dataset have alike."""
    yield node, DCTERMS("publisher"), part(iris, "publisher")
    yield node, DCTERMS("license"), ox.NamedNode(LICENCE)
    yield node, DCTERMS("rights"), part(iris, "rights")
    yield node, DCTERMS("language"), ox.NamedNode(f"{_EU}language/ZHO")


def _state_coverage(iris: Iris, dataset: ox.NamedNode, years: Sequence[str]) -> Iterator[Statement]:
    yield dataset, DCAT("contactPoint"), part(iris, "contact")
    yield dataset, DCTERMS("accrualPeriodicity"), ox.NamedNode(f"{_EU}frequency/IRREG")
    yield dataset, DCTERMS("accessRights"), ox.NamedNode(f"{_EU}access-right/PUBLIC")
    for code, _ in _THEMES:
        yield dataset, DCAT("theme"), ox.NamedNode(f"{_EU}data-theme/{code}")
    if years:
        yield from _state_period(iris, dataset, years[0], years[-1])


def _state_period(iris: Iris, node: ox.NamedNode, first: str, last: str) -> Iterator[Statement]:
    """Fiscal years are calendar years (Budget Law, Article 18)."""
    period = part(iris, f"period-{first}-{last}")
    yield node, DCTERMS("temporal"), period
    yield period, RDF("type"), DCTERMS("PeriodOfTime")
    yield period, DCAT("startDate"), ox.Literal(f"{first}-01-01", datatype=XSD("date"))
    yield period, DCAT("endDate"), ox.Literal(f"{last}-12-31", datatype=XSD("date"))


def _state_document(iris: Iris, node: ox.NamedNode, document: Described | None) -> Iterator[Statement]:
    yield node, RDF("type"), DCAT("Dataset")
    title = (document and document.title) or node.value.rpartition("/")[2]
    yield node, DCTERMS("title"), ox.Literal(title, language="zh")
    words = (f"《{title}》所载的数字、职责、项目与指标。", f"Figures, duties, projects and indicators of {title}.")
    yield from say(node, DCTERMS("description"), words)
    yield node, DCTERMS("license"), ox.NamedNode(LICENCE)
    yield node, DCTERMS("isPartOf"), iris.dataset()
    for code, _ in _THEMES:
        yield node, DCAT("theme"), ox.NamedNode(f"{_EU}data-theme/{code}")
    if document and document.year:
        yield from _state_period(iris, node, document.year, document.year)
    if document and document.place:
        yield node, DCTERMS("spatial"), ox.NamedNode(document.place)
    if document and document.agency:
        yield node, DCTERMS("creator"), ox.NamedNode(document.agency)
        yield ox.NamedNode(document.agency), RDF("type"), FOAF("Agent")


def _state_file(iris: Iris, origin: str, file: DumpFile) -> Iterator[Statement]:
    node = ox.NamedNode(f"{origin}dumps/{file.name}")
    of = ox.NamedNode(file.document) if file.document else iris.dataset()
    yield of, DCAT("distribution"), node
    yield node, RDF("type"), DCAT("Distribution")
    yield from say(node, DCTERMS("title"), TITLES.get(file.name, (file.name, file.name)))
    yield node, DCAT("downloadURL"), node
    yield node, DCAT("accessURL"), ox.NamedNode(f"{origin}dumps")
    yield node, DCTERMS("license"), ox.NamedNode(LICENCE)
    yield node, DCTERMS("rights"), part(iris, "rights")
    media = _MEDIA.get(file.name, file.media_type)
    for property, kind in ((DCAT("mediaType"), media), (DCAT("compressFormat"), file.media_type)):
        if property == DCAT("mediaType") or kind != media:
            yield node, property, ox.NamedNode(_TYPES + kind)
            yield ox.NamedNode(_TYPES + kind), RDF("type"), DCTERMS("MediaType")
    yield node, DCAT("byteSize"), ox.Literal(str(file.size), datatype=XSD("nonNegativeInteger"))
    checksum = ox.NamedNode(f"{node.value}#sha256")
    yield node, SPDX("checksum"), checksum
    yield checksum, RDF("type"), SPDX("Checksum")
    yield checksum, SPDX("algorithm"), SPDX("checksumAlgorithm_sha256")
    yield checksum, SPDX("checksumValue"), ox.Literal(file.sha256, datatype=XSD("hexBinary"))
    if file.name in _MEDIA:
        yield of, VOID("dataDump"), node


def part(iris: Iris, name: str) -> ox.NamedNode:
    """A node of this description, which answers where the description does."""
    return ox.NamedNode(f"{iris.dataset().value}#{name}")


def say(node: ox.NamedNode, property: ox.NamedNode, texts: tuple[str, str]) -> Iterator[Statement]:
    """A property of a thing in Chinese and in English."""
    for language, text in zip(("zh", "en"), texts, strict=True):
        yield node, property, ox.Literal(text, language=language)
